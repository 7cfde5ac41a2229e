"""Residents as an array-backed agent set, with the vocabulary of Mesa's AgentSet."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
from numpy.typing import NDArray

from krimpsim.population.schema import I64, PEOPLE, People


class ResidentSet:
    """Rows of the table of persons, seen as a set of agents.

    Parameters
    ----------
    people
        The table.
    rows
        shape (n,): the rows that belong to the set.
    """

    def __init__(self, people: People, rows: I64) -> None:
        self._people, self._rows = people, rows

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[int]:
        """Iterate over the permanent identities."""
        return iter(self._people.uid[self._rows].tolist())

    def get(self, name: str) -> NDArray[Any]:
        """Return a copy of one attribute, shape (n,); names and units stand in ``population/schema.py``.

        Raises
        ------
        AttributeError
            If there is no such attribute.
        """
        if name not in PEOPLE:
            raise AttributeError(f"persons have no attribute {name!r}; choose from {', '.join(sorted(PEOPLE))}")
        column: NDArray[Any] = getattr(self._people, name)[self._rows]
        return column

    def select(self, chosen: Callable[[ResidentSet], NDArray[np.bool_]] | NDArray[np.bool_]) -> ResidentSet:
        """Return the members for which a mask, or a function of the set that returns one, is true."""
        mask = chosen(self) if callable(chosen) else chosen
        return ResidentSet(self._people, self._rows[mask])

    def agg(self, name: str, function: Callable[[NDArray[Any]], Any]) -> Any:
        """Return a function of one attribute over the set."""
        return function(self.get(name))

    def groupby(self, name: str) -> dict[int, ResidentSet]:
        """Return one set per value of an attribute, in order of the value."""
        values = self.get(name)
        return {int(value): ResidentSet(self._people, self._rows[values == value]) for value in np.unique(values)}
