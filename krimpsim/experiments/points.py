"""Points from a table: a CSV or Parquet file with a column for each parameter and a row for each point.

Such a file holds, for example, the points that a calibration accepted.
"""

from __future__ import annotations

import csv
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from krimpsim.config.load import shown_name
from krimpsim.config.passes import shown
from krimpsim.core.errors import Problem

KEY = "design.file"  #: what mistakes in the table are about


class Points(NamedTuple):
    """A table of points.

    Parameters
    ----------
    columns
        Keys of the parameters.
    head
        Where the columns are named, for messages.
    rows
        Of each point: where it stands, and its values by key.
    problems
        What is wrong with the table itself.
    """

    columns: tuple[str, ...]
    head: str
    rows: list[tuple[str, dict[str, Any]]]
    problems: list[Problem]


def read_points(path: Path) -> Points:
    """Read a table of points; mistakes are returned, each with its place."""
    name = shown_name(path)
    if not path.is_file():
        problem = Problem(name, KEY, f"'{name}' does not exist", "the path is relative to the file that names it")
        return Points((), name, [], [problem])
    is_csv = path.suffix.lower() == ".csv"
    try:
        lines = list(_csv(path) if is_csv else _parquet(path))
    except (OSError, ValueError, csv.Error) as error:  # damaged Parquet is a ValueError too
        hint = "a table in UTF-8 that ends in .csv, or else a Parquet file"
        return Points((), name, [], [Problem(name, KEY, f"cannot be read: {error}", hint)])
    line_of = f"{name}:{{}}" if is_csv else f"{name} row {{}}"
    head, found = (lines[0][1], lines[1:]) if lines else ([], [])
    columns = tuple(str(column).strip() for column in head)
    top = line_of.format(1) if is_csv else name
    problems = [
        Problem(top, KEY, f"column {number} has no name of its own", "write the key of a parameter, each once")
        for number, column in enumerate(columns, start=1)
        if not column or column in columns[: number - 1]
    ]
    if not found:
        problems.append(Problem(top, KEY, "holds no points", "a line of keys, then a line for each point"))
    rows = []
    for number, cells in found:
        place = line_of.format(number)
        if len(cells) != len(columns):
            problems.append(Problem(place, KEY, f"{len(cells)} cells", f"the first line names {len(columns)}"))
            continue
        values = {column: _value(cell) for column, cell in zip(columns, cells, strict=True)}
        for column, value in values.items():
            if value is None or value == "" or (isinstance(value, float) and not math.isfinite(value)):
                said = "is empty" if value in (None, "") else f"{shown(value)} is not a finite number"
                problems.append(Problem(place, f"{KEY} {column}", said, "every point needs a value of every parameter"))
        rows.append((place, values))
    return Points(columns, top, rows, problems)


def _csv(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    """Yield line number and cells; empty lines are left out."""
    with path.open(newline="", encoding="utf-8-sig") as text:
        reader = csv.reader(text, strict=True)
        for cells in reader:
            if cells:
                yield reader.line_num, cells


def _parquet(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    """Yield the names of the columns as row 0, then number and cells of every row."""
    import pyarrow.parquet as pq

    table: Any = pq.read_table(path)
    yield 0, table.column_names
    yield from enumerate(zip(*(column.to_pylist() for column in table.columns), strict=True), start=1)


def _value(cell: Any) -> Any:
    """Return a cell of a CSV file as a number, true or false, or a text; others as they are."""
    if not isinstance(cell, str):
        return cell
    text = cell.strip()
    if text in ("true", "false"):
        return text == "true"
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
