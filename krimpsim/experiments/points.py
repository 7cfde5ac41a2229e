"""Points from a table: a CSV or Parquet file with a column for each parameter and a row for each point.

Such a file holds, for example, the points that a calibration accepted.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

from krimpsim.config.declarations import shown
from krimpsim.config.load import shown_name
from krimpsim.config.user_table import cure, number, read_user_table
from krimpsim.core.errors import Problem

KEY = "design.file"  #: what mistakes in the table are about
_SWITCHES = {"true": True, "false": False, "waar": True, "onwaar": False}  # as spreadsheets write them
_NO_NUMBERS = ("nan", "inf", "-inf", "+inf", "infinity", "-infinity", "na", "n/a", "#n/b", "#n/a")


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
        said = "is a folder" if path.is_dir() else "does not exist"
        hint = "the path is relative to the experiment file, or for --vary to the folder where you are"
        problem = Problem(name, KEY, f"'{name}' {said}", hint)
        return Points((), name, [], [problem])
    return _parquet(path, name) if path.suffix.lower() == ".parquet" else _csv(path, name)


def _csv(path: Path, name: str) -> Points:
    """Read a table of text."""
    table = read_user_table(path)
    top = f"{name}:{table.line}"
    problems = [(one.line, Problem(f"{name}:{one.line}", KEY, one.message, one.hint)) for one in table.mistakes]
    rows = []
    for line, cells in table.rows:
        values = {key: _value(cell, table.comma) for key, cell in zip(table.columns, cells, strict=True)}
        rows.append((f"{name}:{line}", values))
        problems += [(line, problem) for problem in _about_values(rows[-1][0], values)]
    about = _about_columns(table.columns, top)
    if not problems and not rows and not about:
        about = [_no_points(top)]
    problems += [(table.line, problem) for problem in about]
    in_order = [problem for _, problem in sorted(problems, key=lambda pair: pair[0])]
    return Points(table.columns, top, rows, in_order)


def _parquet(path: Path, name: str) -> Points:
    """Read a Parquet file."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    try:
        table: Any = pq.read_table(path)
    except (OSError, ValueError, pa.ArrowException) as error:
        hint = "a table in UTF-8 that ends in .csv, or else a Parquet file"
        return Points((), name, [], [Problem(name, KEY, f"cannot be read: {error}", hint)])
    columns = tuple(map(str, table.column_names))
    rows = [(f"{name} row {number}", row) for number, row in enumerate(table.to_pylist(), start=1)]
    problems = _about_columns(columns, name)
    if not rows:
        problems.append(_no_points(name))
    for place, values in rows:
        problems += _about_values(place, values)
    return Points(columns, name, rows, problems)


def _about_columns(columns: Sequence[str], top: str) -> list[Problem]:
    """Return what is wrong with the names of the columns."""
    return [
        Problem(top, KEY, f"column {number} {said}", "write the key of a parameter, each once")
        for number, column in enumerate(columns, start=1)
        if (
            said := "has no name"
            if not column
            else f"is '{column}' once more"
            if column in columns[: number - 1]
            else ""
        )
    ]


def _no_points(top: str) -> Problem:
    return Problem(top, KEY, "holds no points", "a line of keys, then a line for each point")


def _about_values(place: str, values: dict[str, Any]) -> list[Problem]:
    """Return what is wrong with the values of one point, whatever they are for."""
    problems = []
    for column, value in values.items():
        said, hint = "", "every point needs a value of every parameter"
        if value is None or value == "":
            said = "is empty"
        elif isinstance(value, float) and not math.isfinite(value):
            said = f"{shown(value)} is not a finite number"
        elif isinstance(value, str) and (value.casefold() in _NO_NUMBERS or cure(value)):
            said, hint = f"{shown(value)} is not a number", cure(value) or hint
        if said:
            problems.append(Problem(place, f"{KEY} {column}", said, hint))
    return problems


def _value(cell: str, comma: bool) -> Any:
    """Return a cell as a number, true or false, or a text."""
    if cell.casefold() in _SWITCHES:
        return _SWITCHES[cell.casefold()]
    found = number(cell, comma)
    return cell if found is None else found
