"""Residents as an array-backed agent set, with the vocabulary of Mesa's AgentSet where it makes sense on rows."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any, NoReturn

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from krimpsim.population.schema import I64, PEOPLE, People

AGE = "age"  #: in whole years; derived, not kept
#: What Mesa's AgentSet offers and rows do not, and what to do instead.
_NOT_HERE = {
    **dict.fromkeys(("do", "shuffle_do", "map"), "residents act in the processes of a month, all in one compiled pass"),
    **dict.fromkeys(("set", "add", "discard", "remove"), "residents change in the processes of a month only"),
    "shuffle": "luck comes from keyed draws only; draw from the identities with a generator of your own",
}


class ResidentSet:
    """Rows of the table of persons, seen as a set of agents.

    Columns come out wide: whole numbers in 64 bits, whatever they take in the table, so that sums cannot overflow.
    ``len``, ``in``, iteration and ``to_list`` speak of permanent identities, whole numbers of 64 bits.

    Parameters
    ----------
    people
        The table.
    rows
        shape (n,): the rows that belong to the set.
    month
        Absolute month in which ages are told.
    """

    def __init__(self, people: People, rows: I64, month: int) -> None:
        self._people, self._rows, self._month = people, rows, month

    def __len__(self) -> int:
        return len(self._rows)

    def __iter__(self) -> Iterator[int]:
        """Iterate over the permanent identities."""
        return iter(self.to_list())

    def __contains__(self, uid: object) -> bool:
        return isinstance(uid, (int, np.integer)) and bool(np.any(self._people.uid[self._rows] == np.uint64(uid)))

    def __getitem__(self, which: int | slice | NDArray[Any] | Sequence[int]) -> Any:
        """Return the identity at a place, or the set of the members at some places."""
        if isinstance(which, (int, np.integer)):
            return int(self._people.uid[self._rows[which]])
        return self._of(self._rows[which])

    def __repr__(self) -> str:
        return f"<ResidentSet of {len(self)}>"

    def __getattr__(self, name: str) -> NoReturn:
        if name in _NOT_HERE:
            raise AttributeError(f"a set of residents has no {name!r}: {_NOT_HERE[name]}")
        hint = f"; write get({name!r})" if name in (*PEOPLE, AGE) else ""
        raise AttributeError(f"a set of residents has no {name!r}{hint}")

    def _of(self, rows: I64) -> ResidentSet:
        return ResidentSet(self._people, rows, self._month)

    def to_list(self) -> list[int]:
        """Return the permanent identities."""
        uids: list[int] = self._people.uid[self._rows].tolist()
        return uids

    def to_frame(self, *names: str) -> pd.DataFrame:
        """Return attributes as a data frame with a row per resident, by identity; all attributes when none is named."""
        columns = {name: self.get(name) for name in names or (*PEOPLE, AGE)}
        return pd.DataFrame(columns, index=pd.Index(self._people.uid[self._rows], name="uid"))

    def get(self, names: str | Sequence[str]) -> NDArray[Any]:
        """Return a wide copy of one attribute, shape (n,), or of several, shape (n, number of names).

        Names and units stand in ``population/schema.py``; ``age`` is in whole years.

        Raises
        ------
        AttributeError
            If there is no such attribute.
        """
        if not isinstance(names, str):
            return np.stack([self.get(name) for name in names], axis=1)
        if names == AGE:
            months: NDArray[Any] = self._month - self.get("birth_month")
            return months // 12
        if names not in PEOPLE:
            known = ", ".join(sorted((*PEOPLE, AGE)))
            raise AttributeError(f"persons have no attribute {names!r}; choose from {known}")
        column: NDArray[Any] = getattr(self._people, names)[self._rows].astype(np.int64)
        return column

    def select(
        self, chosen: Callable[[ResidentSet], NDArray[np.bool_]] | NDArray[np.bool_], at_most: float = np.inf
    ) -> ResidentSet:
        """Return the members for which a mask, or a function of the set that returns one, is true.

        Parameters
        ----------
        chosen
            The mask, shape (n,), or the function.
        at_most
            How many are returned, the first ones; below 1 the share of the set.
        """
        rows = self._rows[np.asarray(chosen(self) if callable(chosen) else chosen, dtype=bool)]
        most = at_most * len(self) if 0 < at_most < 1 else at_most
        return self._of(rows if most >= len(rows) else rows[: int(most)])

    def sort(self, by: str | Callable[[ResidentSet], NDArray[Any]], ascending: bool = True) -> ResidentSet:
        """Return the set in order of an attribute, or of a function of the set; equals keep their order."""
        values = self.get(by) if isinstance(by, str) else np.asarray(by(self))
        return self._of(self._rows[np.argsort(values if ascending else -values, kind="stable")])

    def agg(self, name: str, function: Callable[[NDArray[Any]], Any] | Sequence[Callable[[NDArray[Any]], Any]]) -> Any:
        """Return a function of one attribute over the set; a list of them when there are several functions."""
        values = self.get(name)
        return function(values) if callable(function) else [one(values) for one in function]

    def groupby(self, by: str | Callable[[ResidentSet], NDArray[Any]]) -> dict[int, ResidentSet]:
        """Return one set per value of an attribute, or of a function of the set, in order of the value."""
        values = self.get(by) if isinstance(by, str) else np.asarray(by(self))
        return {value: self._of(self._rows[values == value]) for value in np.unique(values).tolist()}
