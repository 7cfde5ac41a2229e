"""The register of the input tables: where each comes from, how far to trust it, and its checksum.

After editing a table, ``python -m krimpsim.inputs.register`` writes the new checksums.
"""

from __future__ import annotations

import csv
import hashlib
import io
import os
import sys
from dataclasses import astuple, dataclass, fields, replace
from pathlib import Path

from krimpsim.core.errors import DataError
from krimpsim.inputs.reader import INSTALL_AGAIN, read_table

DATA = Path(__file__).resolve().parent / "data"  #: the folder of the tables
REGISTER = "register.csv"
STATUSES = ("observed", "derived", "estimate", "projection")
VILLAGES_CAVEAT = "The list of 22 is a reconstruction; Bonnerveen a guess"
_COMMAND = "python -m krimpsim.inputs.register"


@dataclass(frozen=True, slots=True)
class Entry:
    """What is known about one table.

    Parameters
    ----------
    file, title, source, year
        File name, contents, short citation, and the year or years that the numbers speak of.
    status
        One or more of ``STATUSES``, joined by a comma: observed, derived from observed numbers, estimate, projection.
    caveat
        What a careful reader must know before using the numbers.
    blake2b
        BLAKE2b checksum of the bytes of the file, 16 bytes as hexadecimal digits.
    """

    file: str
    title: str
    source: str
    year: str
    status: str
    caveat: str
    blake2b: str


_COLUMNS = tuple(field.name for field in fields(Entry))


def read_register(folder: Path = DATA) -> tuple[Entry, ...]:
    """Return the entries of the register of a folder, in the order of the file.

    Raises
    ------
    DataError
        If the register is missing or damaged.
    """
    entries = []
    seen = set()
    for row in read_table(folder / REGISTER, ",".join(_COLUMNS)).rows:
        texts = {column: row.text(column) for column in _COLUMNS if column != "blake2b"}
        entry = Entry(**texts, blake2b=row.cells["blake2b"])
        if not all(word in STATUSES for word in entry.status.split(", ")):
            row.refuse("status", f"one or more of {', '.join(STATUSES)}")
        if entry.file in seen or Path(entry.file).name != entry.file:
            row.refuse("file", "the name of one file in the same folder, once")
        seen.add(entry.file)
        entries.append(entry)
    return tuple(entries)


def checksum(path: Path) -> str:
    """Return the BLAKE2b checksum of a file, 32 hexadecimal digits.

    Raises
    ------
    DataError
        If the file is missing or cannot be read.
    """
    try:
        return hashlib.blake2b(path.read_bytes(), digest_size=16).hexdigest()
    except FileNotFoundError:
        raise DataError(f"{path}  the table is in the register but the file is missing; {INSTALL_AGAIN}") from None
    except OSError as error:
        raise DataError(f"{path}  cannot be read ({error}); {INSTALL_AGAIN}") from error


def verify(folder: Path = DATA) -> None:
    """Check that every registered table is there unchanged, and that no other table is.

    Raises
    ------
    DataError
        If a table is missing, differs from its checksum, or is not registered; all such tables are named.
    """
    problems = []
    entries = read_register(folder)
    for entry in entries:
        try:
            found = checksum(folder / entry.file)
        except DataError as error:
            problems.append(str(error))
            continue
        if found != entry.blake2b:
            problems.append(
                f"{folder / entry.file}  the table has changed: expected checksum {entry.blake2b or 'none'}, "
                f"found {found}; if the change is meant, run `{_COMMAND}`, if not, {INSTALL_AGAIN}"
            )
    for name in sorted({path.name for path in folder.glob("*.csv")} - {entry.file for entry in entries} - {REGISTER}):
        problems.append(f"{folder / name}  the table is not in {REGISTER}: add a row there and run `{_COMMAND}`")
    if problems:
        raise DataError("\n".join(problems))


def data_hash(folder: Path = DATA) -> str:
    """Return one hash of the names and bytes of all registered tables, 32 hexadecimal digits.

    Titles and caveats are no part of it: they change no result.

    Raises
    ------
    DataError
        If the register or a table is missing or damaged.
    """
    lines = sorted(f"{entry.file} {checksum(folder / entry.file)}\n" for entry in read_register(folder))
    return hashlib.blake2b("".join(lines).encode(), digest_size=16).hexdigest()


def update(folder: Path = DATA) -> tuple[str, ...]:
    """Write the checksums of the tables as they are now, and return the names of the tables that had changed.

    Raises
    ------
    DataError
        If the register is damaged or a table is missing.
    """
    old = read_register(folder)
    new = tuple(replace(entry, blake2b=checksum(folder / entry.file)) for entry in old)
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(_COLUMNS)
    writer.writerows(astuple(entry) for entry in new)
    waiting = folder / f"{REGISTER}.new"
    waiting.write_bytes(text.getvalue().encode())
    os.replace(waiting, folder / REGISTER)
    return tuple(after.file for before, after in zip(old, new, strict=True) if before != after)


def main(folder: Path = DATA) -> int:
    """Update the register, check it, say what changed, and return the exit code."""
    try:
        changed = update(folder)
        verify(folder)
    except DataError as error:
        sys.stderr.write(f"{error}\n")
        return DataError.exit_code
    sys.stdout.write(f"{folder / REGISTER}: {', '.join(changed) or 'no table'} changed\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
