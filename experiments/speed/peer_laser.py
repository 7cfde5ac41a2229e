"""The same toy in LASER's frame: ageing, death, need and birth, a column each and one compiled loop.

It does what `plain_mesa.py` does, with the same chances.  The loop is of one thread, like every other peer; LASER's
own kernels may use more.  The dead stay in the frame until January, when the frame is squashed.
Nothing of krimpsim is in it: no ties, no care, no providers.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numba
import numpy as np
from laser.core import LaserFrame  # type: ignore
from laser.core.random import seed  # type: ignore
from toy_rules import BETTER, BIRTH, DEATH, MOST, MOTHERS, OLDEST, WORSE, living

ROOM = 2  #: places in the frame, for each resident at the start
COLUMNS = {"age": np.int16, "sex": np.int8, "level": np.int8, "alive": np.int8}


@numba.njit(nogil=True)
def live_month(age: Any, sex: Any, level: Any, alive: Any, death: Any, worse: Any) -> tuple[int, int]:
    """Let everybody live a month, and return how many there were and how many were born."""
    lived, born = 0, 0
    for i in range(len(age)):
        if alive[i] == 0:
            continue
        lived += 1
        age[i] += 1
        years = min(age[i] // 12, OLDEST)
        if np.random.random() < death[years]:  # noqa: NPY002 -- compiled code draws so
            alive[i] = 0
            continue
        if np.random.random() < worse[years]:  # noqa: NPY002
            level[i] = min(MOST, level[i] + 1)
        elif level[i] > 0 and np.random.random() < BETTER:  # noqa: NPY002
            level[i] -= 1
        if sex[i] == 1 and MOTHERS[0] <= years < MOTHERS[1] and np.random.random() < BIRTH:  # noqa: NPY002
            born += 1
    return lived, born


class Village:
    """Residents and nothing else."""

    def __init__(self, residents: int) -> None:
        self.random = seed(1)
        self.people = LaserFrame(capacity=ROOM * residents, initial_count=residents)
        for name, dtype in COLUMNS.items():
            self.people.add_scalar_property(name, dtype=dtype)
        self.people.age[:] = self.random.integers(0, 90 * 12, residents)
        self.people.sex[:] = self.random.integers(0, 2, residents)
        self.people.alive[:] = 1
        self.person_months = self.months = 0

    def step(self) -> None:
        """Live a month."""
        p = self.people
        if self.months % 12 == 0:
            p.squash(p.alive == 1)
        lived, born = live_month(p.age, p.sex, p.level, p.alive, DEATH, WORSE)
        first, last = p.add(born)
        p.age[first:last] = p.level[first:last] = 0  # a place may have been somebody's
        p.sex[first:last] = self.random.integers(0, 2, born)
        p.alive[first:last] = 1
        self.person_months += lived
        self.months += 1


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
