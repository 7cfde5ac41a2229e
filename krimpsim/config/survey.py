"""The table of a kitchen-table survey: a CSV file with a row per village or group of villages."""

from __future__ import annotations

import csv
import io
import math
from pathlib import Path
from typing import Any, NamedTuple

from krimpsim.config.checks import suggestion
from krimpsim.config.informal import SurveyRow

_COLUMNS = tuple(SurveyRow.model_fields)
_NEEDED = [name for name, field in SurveyRow.model_fields.items() if field.is_required()]
_TEXTS = [name for name, field in SurveyRow.model_fields.items() if field.annotation is str]


class Mistake(NamedTuple):
    """Something wrong with the shape of a table."""

    line: int
    message: str
    hint: str = ""


def read_survey(path: Path) -> tuple[list[tuple[int, dict[str, Any]]], list[Mistake]]:
    """Return the line and the cells by column of each row, and what is wrong with the shape of the table.

    Columns may stand in any order.  A semicolon between cells and a comma in numbers, as spreadsheets in Dutch write
    them, are understood.  An empty cell is left out.  Whether values are allowed is not judged here.
    """
    try:
        raw = path.read_bytes()
        text = raw.decode("utf-8-sig")
    except OSError as error:
        return [], [Mistake(1, f"cannot be read: {error.strerror}")]
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return [], [Mistake(line, "the text is not UTF-8", "save the file as CSV UTF-8")]
    comma = ";" in text.partition("\n")[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if comma else ",", strict=True)
    rows: list[tuple[int, dict[str, Any]]] = []
    mistakes: list[Mistake] = []
    try:
        header = [name.strip() for name in next(reader, [])]
        mistakes += _about_header(header)
        for cells in reader:
            values = [cell.strip() for cell in cells]
            if not any(values):
                continue
            if len(values) != len(header):
                hint = f"the columns are {', '.join(header)}"
                mistakes.append(Mistake(reader.line_num, f"{len(values)} cells, allowed is {len(header)}", hint))
                continue
            row = {name: _value(name, cell, comma) for name, cell in zip(header, values, strict=True) if cell}
            rows.append((reader.line_num, row))
    except csv.Error as error:
        mistakes.append(Mistake(reader.line_num, f"cannot be read as a table: {error}"))
    if not rows and not mistakes:
        mistakes.append(Mistake(1, "the table has no rows", "write one for each village or group that was asked"))
    if set(_NEEDED) - set(header) or set(header) - set(_COLUMNS):
        rows = []  # every row would repeat what is wrong with the header
    return rows, mistakes


def _about_header(header: list[str]) -> list[Mistake]:
    """Return what is wrong with the names of the columns."""
    hint = f"the columns are {', '.join(_COLUMNS)}"
    unknown = [name for name in header if name not in _COLUMNS]
    found = [Mistake(1, f"unknown column '{name}'", suggestion(name, _COLUMNS) or hint) for name in unknown]
    found += [Mistake(1, f"column '{name}' is missing", hint) for name in _NEEDED if name not in header]
    twice = dict.fromkeys(name for name in header if name in _COLUMNS and header.count(name) > 1)
    return found + [Mistake(1, f"column '{name}' stands there twice", hint) for name in twice]


def _value(column: str, text: str, comma: bool) -> int | float | str:
    """Return a cell as a number where it is one, else as it stands, for the declarations to judge."""
    if column not in _TEXTS and "_" not in text:
        for kind in (int, float):
            try:
                number = kind(text.replace(",", ".") if comma else text)
            except ValueError:
                continue
            if math.isfinite(number):
                return number
    return text
