"""The same toy in mesa-frames: ageing, death, need and birth, one Polars expression for all persons.

It does what `plain_mesa.py` does, with the same chances.  Its persons change all at once, not one after the other.
Columns are set by ``self.agents = self.agents.with_columns(...)``, the quicker of the two ways that the package
offers: its own ``self["age"] = ...`` joins the table with itself at every assignment.
Nothing of krimpsim is in it: no ties, no care, no providers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import polars as pl  # type: ignore[import-not-found, unused-ignore]
from mesa_frames import AgentSetPolars, ModelDF  # type: ignore
from toy_rules import BETTER, BIRTH, DEATH, MOST, MOTHERS, OLDEST, WORSE, living

_DEATH, _WORSE = pl.Series(DEATH), pl.Series(WORSE)


class Persons(AgentSetPolars):  # type: ignore[misc]
    """The residents, a row each."""

    def __init__(self, model: Village, residents: int) -> None:
        super().__init__(model)
        self._next = 0
        self.add(self._new(model.random.integers(0, 90 * 12, residents)))

    def _new(self, months: Any) -> pl.DataFrame:
        """Return rows of persons of these ages in months."""
        n = len(months)
        first, self._next = self._next, self._next + n
        columns = {
            "unique_id": np.arange(first, first + n, dtype=np.int64),
            "age": np.asarray(months, dtype=np.int64),
            "sex": self.model.random.integers(0, 2, n),
            "level": np.zeros(n, dtype=np.int64),
        }
        return pl.DataFrame(columns)

    def _luck(self) -> pl.Expr:
        """Return a draw for everybody."""
        return pl.lit(pl.Series(self.model.random.random(len(self))))

    def step(self) -> None:
        """Live a month: grow older, die, need care, give birth."""
        level, years = pl.col("level"), (pl.col("age") // 12).clip(0, OLDEST)
        self.agents = self.agents.with_columns(age=pl.col("age") + 1)  # type: ignore[has-type]
        dead = self.agents.filter(self._luck() < pl.lit(_DEATH).gather(years))["unique_id"]
        if len(dead):
            self.remove(dead)
        self.agents = self.agents.with_columns(
            level=pl.when(self._luck() < pl.lit(_WORSE).gather(years))
            .then((level + 1).clip(0, MOST))
            .when((level > 0) & (self._luck() < BETTER))
            .then(level - 1)
            .otherwise(level)
        )
        mothers = (pl.col("sex") == 1) & (years >= MOTHERS[0]) & (years < MOTHERS[1]) & (self._luck() < BIRTH)
        born = int(self.agents.select(mothers.sum()).item())
        if born:
            self.add(self._new(np.zeros(born)))


class Village(ModelDF):  # type: ignore[misc]
    """Residents and nothing else."""

    def __init__(self, residents: int) -> None:
        super().__init__(seed=1)
        self.agents += Persons(self, residents)
        self.person_months = 0

    def step(self) -> None:
        """Live a month."""
        self.person_months += len(self.agents)
        self.agents.step()


def prepare(residents: int, months: int) -> Callable[[], int]:
    """Make a village.

    Parameters
    ----------
    residents, months
        How many there are at the start, and how long it lives.

    Returns
    -------
    live
        Lives the months, and returns how many months its persons lived.
    """
    return living(Village(residents), months)
