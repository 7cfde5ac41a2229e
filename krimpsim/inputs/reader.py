"""Small CSV tables, read strictly: every error names file and line, the value and what is allowed."""

from __future__ import annotations

import csv
import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

import numpy as np
from numpy.typing import NDArray

from krimpsim.core.errors import DataError

_SHOWN = 12  # labels listed in full in an error; a longer list is shown by its ends


@dataclass(frozen=True, slots=True)
class Row:
    """One line of a table.

    Parameters
    ----------
    where
        ``file:line``.
    cells
        Text by column.
    """

    where: str
    cells: Mapping[str, str]

    def refuse(self, column: str, allowed: str) -> NoReturn:
        """Raise the error for a cell that holds something else than is allowed."""
        raise DataError(f"{self.where}  {column}: got {self.cells[column]!r}, allowed is {allowed}")

    def text(self, column: str, allowed: Collection[str] = ()) -> str:
        """Return a cell, which must not be empty and must be one of ``allowed`` unless that is empty.

        Raises
        ------
        DataError
            If it is not.
        """
        text = self.cells[column]
        if not text or (allowed and text not in allowed):
            self.refuse(column, _listed(tuple(allowed)) if allowed else "any text but an empty one")
        return text

    def number(self, column: str, low: float = -math.inf, high: float = math.inf) -> float:
        """Return a cell as a finite number in [low, high].

        Raises
        ------
        DataError
            If it is not one.
        """
        allowed = "a finite number" if low == -math.inf and high == math.inf else f"a number in [{low:g}, {high:g}]"
        text = self.cells[column]
        try:
            value = float(text)
        except ValueError:
            self.refuse(column, allowed)
        if "_" in text or not math.isfinite(value) or not low <= value <= high:
            self.refuse(column, allowed)
        return value

    def whole(self, column: str, low: int, high: int) -> int:
        """Return a cell as a whole number in [low, high].

        Raises
        ------
        DataError
            If it is not one.
        """
        text = self.cells[column]
        if not text.removeprefix("-").isdecimal() or not low <= int(text) <= high:
            self.refuse(column, f"a whole number in [{low}, {high}]")
        return int(text)


@dataclass(frozen=True, slots=True)
class Table:
    """One file: its path and its lines in order."""

    path: Path
    rows: tuple[Row, ...]

    def unique(self, column: str, whole: bool = False) -> tuple[str, ...]:
        """Return a column whose cells all differ, as text; whole numbers between 1990 and 2050 if asked."""
        seen: dict[str, None] = {}
        for row in self.rows:
            text = str(row.whole(column, 1990, 2050)) if whole else row.text(column)
            if text in seen:
                row.refuse(column, "each only once")
            seen[text] = None
        return tuple(seen)

    def grid(
        self, axes: Mapping[str, Sequence[str]], column: str, low: float = -math.inf, high: float = math.inf
    ) -> NDArray[np.float64]:
        """Return one column as an array with an axis for each key column.

        Parameters
        ----------
        axes
            Labels by key column, in the order of the axes.
        column, low, high
            Column of the numbers, and the closed interval they must lie in.

        Returns
        -------
        NDArray[np.float64]
            Shape (number of labels of the first key column, ... of the second, ...), unit of the column.

        Raises
        ------
        DataError
            If a label or a number is not allowed, or if a combination of labels is missing or stands there twice.
        """
        place = {key: {label: index for index, label in enumerate(labels)} for key, labels in axes.items()}
        grid = np.full(tuple(len(labels) for labels in axes.values()), np.nan)
        for row in self.rows:
            index = tuple(place[key][row.text(key, place[key])] for key in axes)
            if not math.isnan(grid[index]):
                raise DataError(f"{row.where}  a second row for {_named(axes, index)}: one is allowed")
            grid[index] = row.number(column, low, high)
        missing = np.argwhere(np.isnan(grid))
        if len(missing):
            raise DataError(
                f"{self.path}  no row for {_named(axes, missing[0])} ({len(missing)} of {grid.size} rows missing): "
                "each combination must stand in the table once"
            )
        return grid


def read_table(path: Path, header: str) -> Table:
    """Read a CSV file whose first line is exactly this header, column names joined by commas.

    Raises
    ------
    DataError
        If the file is missing or not UTF-8, has other columns, no rows, or a line of another length.
    """
    columns = header.split(",")
    try:
        with path.open(newline="", encoding="utf-8") as stream:
            lines = csv.reader(stream, strict=True)
            found = next(lines, [])
            if found != columns:
                raise DataError(f"{path}:1  columns: got {','.join(found)!r}, allowed is {header!r}")
            rows = []
            for cells in lines:
                where = f"{path}:{lines.line_num}"
                if len(cells) != len(columns):
                    raise DataError(f"{where}  got {len(cells)} cells, allowed is {len(columns)}: {header}")
                rows.append(Row(where, dict(zip(columns, cells, strict=True))))
    except FileNotFoundError:
        raise DataError(f"{path}  the file is missing; {INSTALL_AGAIN}") from None
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"{path}  cannot be read as a table ({error}); {INSTALL_AGAIN}") from error
    if not rows:
        raise DataError(f"{path}:1  got no rows, allowed is at least one; {INSTALL_AGAIN}")
    return Table(path, tuple(rows))


INSTALL_AGAIN = "install krimpsim again, or take the file from its repository"  #: what to do about a lost table


def _listed(labels: Sequence[str]) -> str:
    """Return the labels in words, a long list by its ends."""
    if len(labels) > _SHOWN:
        return f"one of {len(labels)} labels from {labels[0]!r} to {labels[-1]!r}"
    return "one of " + ", ".join(repr(label) for label in labels)


def _named(axes: Mapping[str, Sequence[str]], index: Sequence[int]) -> str:
    """Return a cell of a grid in words."""
    return ", ".join(f"{key} {labels[i]}" for (key, labels), i in zip(axes.items(), index, strict=True))
