"""What a shard holds: tables of runs and of series, as bytes, and every run once."""

from __future__ import annotations

import hashlib
import io
import json
import platform
from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import compute

from krimpsim import __version__
from krimpsim.core.cache import source_hash
from krimpsim.core.errors import DataError
from krimpsim.outputs.manifest import environment, git_state

pc: Any = compute  # the stubs of pyarrow know fewer signatures than pyarrow
Table = Any
LEVELS = ("scalars", "yearly", "monthly")
LEVEL, SOURCES, MADE_BY = b"krimpsim.level", b"krimpsim.sources", b"krimpsim.made_by"
#: What is kept beside the indicators.  `seconds`, `host` and `finished` say how a run went, not what came out.
_FIELDS: list[Any] = [
    pa.field("run_id", pa.string(), nullable=False),
    pa.field("status", pa.string(), nullable=False),
    pa.field("scenario", pa.string(), nullable=False),
    pa.field("replicate", pa.int32(), nullable=False),
    pa.field("inputs", pa.string(), nullable=False),
    pa.field("error", pa.string(), nullable=False),
    pa.field("seconds", pa.float64(), nullable=False),
    pa.field("host", pa.string(), nullable=False),
    pa.field("finished", pa.string(), nullable=False),
]
FACTS: Any = pa.schema(_FIELDS)
CIRCUMSTANCES = ("seconds", "host", "finished")  #: may differ between two computations of one run


def digest_of(content: bytes) -> str:
    """Return the hash that ends the name of a shard."""
    return hashlib.blake2b(content, digest_size=6).hexdigest()


def bytes_of(table: Table) -> bytes:
    """Return a table as the bytes of a shard."""
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def together(tables: list[Table]) -> Table:
    """Return tables below each other, without metadata; where one lacks a column, nulls."""
    return pa.concat_tables([table.replace_schema_metadata(None) for table in tables], promote_options="default")


def metadata_of(level: str, sources: str, made: str = "") -> dict[bytes | str, bytes | str]:
    """Return what stands in a shard beside its rows: level, sources, and by what it was made."""
    found: dict[bytes | str, bytes | str] = {LEVEL: level.encode(), SOURCES: sources.encode()}
    return found | ({MADE_BY: made.encode()} if made else {})


@lru_cache(maxsize=1)
def made_by() -> str:
    """Return commit and versions of this process, as JSON: kept with every shard, no part of any identity."""
    git = git_state()
    commit = "unknown" if git is None else f"{git['commit'][:12]}{' with changes' if git['dirty'] else ''}"
    facts = {"krimpsim": __version__, "commit": commit, "python": platform.python_version()}
    return json.dumps(facts | {name: str(one) for name, one in environment()["packages"].items()})


def opened(content: bytes) -> Table:
    """Return the table in the bytes of a shard, read by this thread alone.

    A thread of the library that still holds the bytes when the interpreter ends takes the process down with it.
    """
    with pq.ParquetFile(pa.BufferReader(content), pre_buffer=False) as file:
        return file.read(use_threads=False)


def schema_of(columns: Sequence[str], level: str) -> pa.Schema:
    """Return the schema of a shard of runs."""
    fields: Any = [*FACTS, *(pa.field(name, pa.float64()) for name in columns)]
    return pa.schema(fields, metadata=metadata_of(level, source_hash()))


def series_table(series: Sequence[tuple[str, Mapping[str, Any]]]) -> Table:
    """Return the series of several runs as one table."""
    if not series:
        return pa.table({"run_id": pa.array([], pa.string())})
    lengths = [len(next(iter(columns.values()))) for _, columns in series]
    ids = np.repeat(np.array([run_id for run_id, _ in series]), lengths)
    table: Any = {name: np.concatenate([columns[name] for _, columns in series]) for name in series[0][1]}
    return pa.table({"run_id": pa.array(ids, pa.string()), **table})


def once(table: Table) -> Table:
    """Return every run once, sorted by identity; a run that did not fail goes before one that did.

    Two experiments may vary other parameters and meet in one run: `inputs` differ then, and that is no difference.

    Raises
    ------
    DataError
        If a run was computed twice with different results.
    """
    order = [("run_id", "ascending"), ("status", "descending"), ("finished", "descending")]
    table = table.sort_by(order)  # ok before error, later before earlier
    ids = np.asarray(table.column("run_id"))
    if len(ids) < 2:
        return table
    again = np.flatnonzero(ids[1:] == ids[:-1]) + 1
    if len(again):
        fine = np.asarray(table.column("status")) == "ok"
        pairs = again[fine[again] & fine[again - 1]]
        names = [name for name in table.schema.names if name not in (*CIRCUMSTANCES, "inputs")]
        one, other = (table.select(names).take(pa.array(rows)) for rows in (pairs - 1, pairs))
        if not one.equals(other):
            for row in range(len(pairs)):
                if not one.slice(row, 1).equals(other.slice(row, 1)):
                    raise DataError(
                        f"run {ids[pairs[row]]} was computed twice with different results: "
                        f"{one.slice(row, 1).to_pylist()[0]} and {other.slice(row, 1).to_pylist()[0]}"
                    )
    first = np.concatenate([[True], ids[1:] != ids[:-1]])
    return table.filter(pa.array(first))


def series_once(table: Table, level: str) -> Table:
    """Return every row of series once, sorted by run and time."""
    key = "year" if level == "yearly" else "month"
    if table.num_rows == 0:
        return table
    table = table.sort_by([("run_id", "ascending"), (key, "ascending")])
    ids, at = np.asarray(table.column("run_id")), np.asarray(table.column(key))
    same = np.concatenate([[False], (ids[1:] == ids[:-1]) & (at[1:] == at[:-1])])
    again = np.flatnonzero(same)
    if len(again) and not table.take(pa.array(again)).equals(table.take(pa.array(again - 1))):
        raise DataError("a run was computed twice with different series")
    return table.filter(pa.array(~same))


def improving(mine: Table, theirs: Table) -> Table:
    """Return which of their runs did not fail while mine did."""
    failed = mine.filter(pc.equal(mine.column("status"), "error")).column("run_id")
    return pc.and_(pc.is_in(theirs.column("run_id"), failed), pc.equal(theirs.column("status"), "ok"))
