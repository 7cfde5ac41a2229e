"""The one reader of tables that users bring: CSV as programs and spreadsheets write it, in English or in Dutch.

Understood are: UTF-8 and UTF-16, any ends of lines, the line ``sep=;`` of Excel, semicolons, tabs or bars between cells,
a decimal comma where cells are not parted by commas, accents in either form, names of columns in capitals or with blanks
or hyphens, quotes, marks that nobody sees, and lines and columns that hold nothing.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

_MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
_SEPARATOR = re.compile(r"\s*\"?sep=([;,|:\t])\"?[;,|\s]*", re.IGNORECASE)
_QUOTED = re.compile(r"\"[^\"]*\"")
_UNSEEN = {0x2212: "-", **dict.fromkeys((0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF))}  # and the long minus
_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?", re.ASCII)
_WITH_COMMA = re.compile(r"[+-]?\d*,\d+", re.ASCII)
_THOUSANDS = re.compile(r"[+-]?[1-9]\d{0,2}\.\d{3}", re.ASCII)
_GROUPED = re.compile(r"[+-]?\d{1,3}([.,'  ]\d{3})+([.,]\d+)?", re.ASCII)


class Mistake(NamedTuple):
    """Something wrong with a table: the line it stands on, what it is, and the cure."""

    line: int
    message: str
    hint: str = ""


class UserTable(NamedTuple):
    """A table as it was read.

    Parameters
    ----------
    line
        Line of the header.
    columns
        Names of the columns: lower case, composed accents, ``_`` for a blank.
    rows
        Line and cells of each row, as many as there are columns.
    mistakes
        What is wrong with the shape of the table; a row that is wrong is left out.
    comma
        Whether numbers may have a decimal comma.
    """

    line: int
    columns: tuple[str, ...]
    rows: list[tuple[int, tuple[str, ...]]]
    mistakes: list[Mistake]
    comma: bool


def read_user_table(path: Path) -> UserTable:
    """Return the table in a CSV file; what cannot be read is a mistake, with its line."""
    try:
        raw = path.read_bytes()
    except OSError as error:
        return _nothing(Mistake(1, f"cannot be read: {error.strerror}"))
    encoding = next((name for mark, name in _MARKS if raw.startswith(mark)), "utf-8")
    if encoding == "utf-8" and raw.count(0) * 3 > len(raw):  # UTF-16 that lost its mark
        encoding = "utf-16-be" if raw[:1] == b"\0" else "utf-16-le"
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        name = encoding.upper()[:6].rstrip("-")
        return _nothing(Mistake(line, f"the text is not {name}", "save the file as CSV UTF-8"))
    if "\0" in text:
        return _nothing(Mistake(1, "this is not a text", "save the table as CSV UTF-8"))
    text = unicodedata.normalize("NFC", text.translate(_UNSEEN)).replace("\r\n", "\n").replace("\r", "\n")
    first, _, rest = text.partition("\n")
    asked = _SEPARATOR.fullmatch(first)
    if asked:
        return _table(rest, asked[1], 1)
    head = next((_QUOTED.sub("", line) for line in text.split("\n") if line.strip('";,| \t')), "")
    return _table(text, next((mark for mark in ";\t|," if mark in head), ";"), 0)  # in one column a comma is decimal


def _nothing(mistake: Mistake) -> UserTable:
    return UserTable(mistake.line, (), [], [mistake], False)


def _table(text: str, delimiter: str, skipped: int) -> UserTable:
    """Return the table of a text."""
    columns: tuple[str, ...] = ()
    rows: list[tuple[int, tuple[str, ...]]] = []
    mistakes: list[Mistake] = []
    header, width = 1 + skipped, 0
    text = re.sub(rf"\" +(?={re.escape(delimiter)}|\n|$)", '"', text)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True, skipinitialspace=True)
    start = skipped + 1  # a row may take several lines: it stands where it begins
    try:
        for cells in reader:
            line, start = start, skipped + reader.line_num + 1
            values = [" ".join(cell.split()) for cell in cells]
            if not any(values):
                continue
            if not columns:
                while not values[-1]:
                    values.pop()
                header, width, columns = line, len(values), tuple(map(column_name, values))
                continue
            while len(values) > width and not values[-1]:
                values.pop()
            if len(values) == width:
                rows.append((line, tuple(values)))
            else:
                hint = f"{_of_cells(values, width, delimiter)}the columns are {', '.join(columns)}"
                mistakes.append(Mistake(line, f"{len(values)} cells, allowed is {width}", hint))
    except csv.Error as error:
        unclosed = "end of data" in str(error)
        said = "a quote opens a cell and is not closed" if unclosed else "more stands behind a quote that closes a cell"
        said = f"a cell is longer than {csv.field_size_limit():,} characters" if "limit" in str(error) else said
        hint = 'a quote that opens a cell must close it: "..."; write two for one inside, as ""'
        mistakes.append(Mistake(start, f"cannot be read as a table: {said}", hint))
    kept = [k for k, name in enumerate(columns) if name or any(cells[k] for _, cells in rows)]
    rows = [(line, tuple(cells[k] for k in kept)) for line, cells in rows]
    if delimiter != ",":
        mistakes += _either(rows)
    wrong = {one.line for one in mistakes}
    rows = [row for row in rows if row[0] not in wrong]
    mistakes.sort(key=lambda one: one.line)
    return UserTable(header, tuple(columns[k] for k in kept), rows, mistakes, delimiter != ",")


def _of_cells(values: Sequence[str], width: int, delimiter: str) -> str:
    """Return what may be the cause that a row has more or fewer cells than there are columns."""
    if delimiter == "," and len(values) > width:
        return "for decimal commas, part cells by semicolons, or write 7.5 for 7,5; "
    other = next((mark for mark in ";\t|," if mark != delimiter and mark in values[0]), "")
    return f"cells stand between {delimiter!r} here, not {other!r}; " if len(values) == 1 and other else ""


def _either(rows: Sequence[tuple[int, tuple[str, ...]]]) -> list[Mistake]:
    """Return the cells whose point is a decimal point or parts thousands: nobody can tell beside decimal commas."""
    if not any(_WITH_COMMA.fullmatch(cell) for _, cells in rows for cell in cells):
        return []
    return [
        Mistake(line, f"'{cell}' can be {cell.replace('.', '')} or {cell}", "write no mark between thousands")
        for line, cells in rows
        for cell in cells
        if _THOUSANDS.fullmatch(cell)
    ]


def column_name(text: str) -> str:
    """Return the name of a column as it is looked for, however it was written."""
    return "_".join(text.casefold().replace("-", " ").split())


def misnamed(table: UserTable, known: Sequence[str] = ()) -> list[str]:
    """Return the columns without a name of their own, or, where names are known, those that stand there twice."""
    names = [name for name in table.columns if not known or name in known]
    return list(dict.fromkeys(name for name in names if not name or names.count(name) > 1))


def number(text: str, comma: bool) -> int | float | None:
    """Return the number that a cell holds, None when it holds none.

    Parameters
    ----------
    text
        The cell.
    comma
        Whether it may have a decimal comma.
    """
    plain = text.replace(",", ".") if comma and _WITH_COMMA.fullmatch(text) else text
    if not _NUMBER.fullmatch(plain):
        return None
    try:
        return int(plain)
    except ValueError:
        value = float(plain)
        return value if abs(value) != float("inf") else None


def cure(text: str) -> str:
    """Return how a cell that looks like a number, and is none, should be written; nothing when nobody can tell."""
    if text.endswith("%") and (found := number(text[:-1].strip(), True)) is not None:
        return f"write {found / 100:g}"
    if _WITH_COMMA.fullmatch(text):
        return f"write {text.replace(',', '.')}, or part cells by semicolons"
    if _GROUPED.fullmatch(text):
        return "write the number without a mark between thousands"
    return ""
