"""The table of a kitchen-table survey: a CSV file with a row per village or group of villages."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from krimpsim.config.checks import suggestion
from krimpsim.config.user_table import Mistake, UserTable, misnamed, number, read_user_table
from krimpsim.config.zorgkracht import SurveyRow

_COLUMNS = tuple(SurveyRow.model_fields)
_NEEDED = [name for name, field in SurveyRow.model_fields.items() if field.is_required()]
_TEXTS = [name for name, field in SurveyRow.model_fields.items() if field.annotation is str]


def read_survey(path: Path) -> tuple[list[tuple[int, dict[str, Any]]], list[Mistake]]:
    """Return the line and the cells by column of each row, and what is wrong with the shape of the table.

    Columns may stand in any order.  An empty cell is left out.  Whether values are allowed is not judged here.
    """
    table = read_user_table(path)
    mistakes = table.mistakes
    if table.columns:
        mistakes = [*_about_header(table), *(mistakes if set(table.columns) & set(_COLUMNS) else ())]
    rows = [
        (line, {name: _value(name, cell, table.comma) for name, cell in zip(table.columns, cells, strict=True) if cell})
        for line, cells in table.rows
    ]
    if not rows and not mistakes:
        hint = f"a line of columns, {', '.join(_COLUMNS)}; then one for each village or group that was asked"
        mistakes = [Mistake(1, "the table has no rows", hint)]
    if any(one.line == table.line for one in mistakes):
        rows = []  # every row would repeat what is wrong with the header
    return rows, mistakes


def _about_header(table: UserTable) -> list[Mistake]:
    """Return what is wrong with the names of the columns."""
    header, hint = table.columns, f"the columns are {', '.join(_COLUMNS)}"
    if not set(header) & set(_COLUMNS):
        return [Mistake(table.line, "this line does not name the columns, and the first line has to", hint)]
    unknown = [name for name in header if name and name not in _COLUMNS]
    found = [(f"unknown column '{name}'", suggestion(name, _COLUMNS) or hint) for name in unknown]
    found += [(f"column {k} has no name", hint) for k, name in enumerate(header, start=1) if not name]
    found += [(f"column '{name}' is missing", hint) for name in _NEEDED if name not in header]
    found += [(f"column '{name}' stands there twice", hint) for name in misnamed(table, _COLUMNS)]
    return [Mistake(table.line, *said) for said in found]


def _value(column: str, text: str, comma: bool) -> int | float | str:
    """Return a cell as a number where it is one, else as it stands, for the declarations to judge."""
    found = None if column in _TEXTS else number(text, comma)
    if found is None:
        return text
    return int(found) if found == int(found) else found  # spreadsheets write 48.0 too
