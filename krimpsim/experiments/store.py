"""The store: what was computed, as Parquet shards that appear whole or not at all.

A run is done when its identity lies on disk; nothing else counts.  Any number of workers on any number of machines
may write at the same time: nobody changes a file of another.  A run that was computed twice is harmless, and a free
test: readers take it once and refuse when the two differ.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import platform
import socket
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pyarrow import compute

from krimpsim import __version__
from krimpsim.core.cache import source_hash
from krimpsim.core.errors import DataError, KrimpsimError
from krimpsim.outputs.folder import StorageError, lives, said, sweep, temporary
from krimpsim.outputs.manifest import environment, git_state
from krimpsim.outputs.store import sync_folder

pc: Any = compute  # the stubs of pyarrow know fewer signatures than pyarrow
Table = Any
LEVELS = ("scalars", "yearly", "monthly")
FEW_RUNS = 200  #: a shard with fewer is merged when the sweep is done
MANY_RUNS = 10_000  #: of a merged shard
_LEVEL, _SOURCES, _MADE_BY = b"krimpsim.level", b"krimpsim.sources", b"krimpsim.made_by"

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


class Store:
    """A folder with shards of runs, plans, and the runs at hand.

    Parameters
    ----------
    folder
        Where it lies; made when something is written.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = Path(folder)
        self.set_aside: list[Path] = []  #: damaged shards met so far, under their new names

    # --- writing ------------------------------------------------------------------------------------------------

    def add(
        self,
        name: str,
        rows: Sequence[Mapping[str, Any]],
        columns: Sequence[str],
        level: str,
        series: Sequence[tuple[str, Mapping[str, Any]]] = (),
    ) -> None:
        """Write one shard of runs; with series first those, so that a run in the shard always has its series.

        Parameters
        ----------
        name
            First part of the file name.  A hash of the runs and one of the bytes follow: other runs never take its
            place, and a file that does not hold what was written is found out.
        rows
            A value for every column of `FACTS` and for those of the indicators, which are None in a failed run.
        columns
            Columns of the indicators.
        level
            What else is kept: one of `LEVELS`.
        series
            Identity and columns of the series of each run that did not fail.
        """
        if not rows:
            return
        start = f"{name}-{_digest(''.join(str(row['run_id']) for row in rows).encode())}"
        if level != "scalars":
            self._write_shard(level, start, _series_table(series))
        schema = _schema(columns, level).with_metadata(_metadata(level, source_hash(), made_by()))
        self._write_shard("scalars", start, pa.Table.from_pylist(list(rows), schema=schema))

    def _write_shard(self, level: str, start: str, table: Table) -> Path:
        """Write a shard whose name ends with the hash of its bytes, so that any damage shows."""
        content = _bytes_of(table)
        path = self.folder / level / f"{start}-{_digest(content)}.parquet"
        self._write_bytes(path, content)
        return path

    def write(self, path: Path, table: Table) -> None:
        """Write a table in a file that appears whole: temporary file, sync, rename.

        Raises
        ------
        KrimpsimError
            If the disk is full or cannot be written; nothing is left behind.
        """
        self._write_bytes(path, _bytes_of(table))

    def _write_bytes(self, path: Path, content: bytes) -> None:
        hidden = temporary(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with hidden.open("wb") as handle:
                handle.write(content)
                handle.flush()
                os.fsync(handle.fileno())
            hidden.replace(path)
        except OSError as error:
            with _ignored():
                hidden.unlink(missing_ok=True)
            raise StorageError(
                f"{path.parent}  {said(error)}: the last runs are not kept; mend that and give the command again"
            ) from error
        sync_folder(path.parent)

    # --- reading ------------------------------------------------------------------------------------------------

    def shards(self, start: str = "") -> list[Path]:
        """Return the shards of runs whose name starts so, in order of name."""
        folder = self.folder / "scalars"
        return sorted(folder.glob(f"{start}*.parquet")) if folder.is_dir() else []

    def done(self, columns: Sequence[str], level: str, with_errors: bool = True, start: str = "") -> set[str]:
        """Return the identities of the runs that are on disk with these indicators and this level.

        A shard that cannot be read is set aside under another name: its runs are computed again.
        """
        found: set[str] = set()
        for _, table in self._tables(columns, level, start):
            ids = table.column("run_id")
            if not with_errors:
                ids = ids.filter(pc.not_equal(table.column("status"), "error"))
            found.update(ids.to_pylist())
        return found

    def runs(self, columns: Sequence[str], level: str = "scalars") -> Table:
        """Return one row per run that has these indicators: `FACTS`, then the indicators; sorted by identity.

        Raises
        ------
        DataError
            If a run was computed twice with different results.
        """
        schema = _schema(columns, level)
        tables = [table.select(schema.names) for _, table in self._tables(columns, level)]
        if not tables:
            return schema.remove_metadata().empty_table()
        return _once(_together(tables))

    def series(self, level: str, ids: Sequence[str] | None = None) -> Table:
        """Return the series of a level: `run_id`, `year` or `month`, and every column; each run once.

        Parameters
        ----------
        level
            yearly or monthly.
        ids
            Runs to return; all when None.

        Raises
        ------
        DataError
            If there are none, a shard is damaged, or a run was computed twice with different results.  A damaged shard
            is set aside and its runs count as missing, so the next call gives what is left.
        """
        wanted = None if ids is None else pa.array(list(ids), pa.string())
        tables, damaged = [], []
        for path in sorted((self.folder / level).glob("*.parquet")):
            known = len(self.set_aside)
            table = self._read(path)
            if len(self.set_aside) > known:
                damaged.append(path.name)
            if table is not None:
                keep = table if wanted is None else table.filter(pc.is_in(table.column("run_id"), wanted))
                tables.append(keep)
        if damaged:
            raise DataError(
                f"{self.folder}  {len(damaged)} shards of {level} series are damaged ({', '.join(damaged[:3])}) "
                "and were set aside; their runs count as missing: krimpsim sweep resume"
            )
        if not tables:
            raise DataError(f"{self.folder}  holds no {level} series; set output.level in the experiment")
        return _series_once(_together(tables), level)

    def makers(self, sources: str) -> dict[str, dict[str, int]]:
        """Return with what the shards of some sources were made, where that differs: shards by name and version."""
        found: dict[str, Counter[str]] = {}
        for path in self.shards():
            with _ignored():
                meta = pq.read_schema(path).metadata or {}
                if meta.get(_SOURCES, b"").decode() == sources and _MADE_BY in meta:
                    for name, one in json.loads(meta[_MADE_BY]).items():
                        found.setdefault(name, Counter())[one] += 1
        return {name: dict(versions) for name, versions in found.items() if len(versions) > 1}

    def _tables(self, columns: Sequence[str], level: str, start: str = "") -> Iterator[tuple[Path, Table]]:
        """Yield every shard that has these columns and this level, whole."""
        for path in self.shards(start):
            table = self._read(path, columns)
            if table is None:
                continue
            if level != "scalars" and not self._has_series(path, table, level):
                continue
            yield path, table

    def _read(self, path: Path, columns: Sequence[str] = ()) -> Table:
        """Return a shard; None when it lacks a column, is gone (compacted meanwhile), or is damaged and set aside."""
        try:
            content = path.read_bytes()
            if path.stem.rpartition("-")[2] != _digest(content):
                raise pa.ArrowInvalid("other bytes than were written")
            table = _opened(content)
            return table if set(columns) <= set(table.column_names) else None
        except FileNotFoundError:
            return None
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise DataError(f"{path}  cannot be read: {error.strerror}") from error
            self._put_aside(path)
            return None

    def _has_series(self, path: Path, table: Table, level: str) -> bool:
        """Return whether the series of a shard are there; a shard without them is set aside."""
        if (table.schema.metadata or {}).get(_LEVEL, b"scalars").decode() != level:
            return False
        beside = self._beside(path, level)
        if beside is None:
            self._put_aside(path)
            return False
        try:
            pq.read_metadata(beside)
        except (pa.ArrowException, OSError) as error:
            if isinstance(error, OSError) and error.errno is not None:
                raise DataError(f"{beside}  cannot be read: {error.strerror}") from error
            self._put_aside(beside)
            self._put_aside(path)
            return False
        return True

    def _beside(self, path: Path, level: str) -> Path | None:
        """Return the shard with the series of a shard of runs."""
        return next((self.folder / level).glob(f"{path.stem.rpartition('-')[0]}-*.parquet"), None)

    def _put_aside(self, path: Path) -> None:
        with _ignored():  # another worker may have been first
            new = path.with_name(f"{path.name}.damaged")
            path.replace(new)
            self.set_aside.append(new)

    def sweep(self) -> None:
        """Remove what killed workers left half written."""
        for folder in (self.folder, *(self.folder / level for level in LEVELS), *(self.folder / "plans").glob("*")):
            sweep(folder)

    # --- compaction and collection --------------------------------------------------------------------------------

    def compact(self) -> tuple[int, int]:
        """Merge small shards into large ones, and remove what killed workers left; return shards before and after.

        New shards are complete before old ones go, so a compaction that is cut off loses nothing.  Not to be done
        while workers run.
        """
        self.sweep()
        before = self.shards()
        groups: dict[tuple[str, tuple[str, ...], str, str], list[Path]] = {}
        for path in before:
            schema = self._schema_of(path)
            if schema is not None:
                meta = schema.metadata or {}
                level, sources = meta.get(_LEVEL, b"scalars").decode(), meta.get(_SOURCES, b"").decode()
                kind = (level, tuple(schema.names), sources, meta.get(_MADE_BY, b"").decode())
                groups.setdefault(kind, []).append(path)
        for (level, names, sources, made), paths in groups.items():
            self._merge(paths, [name for name in names if name not in FACTS.names], level, sources, made)
        return len(before), len(self.shards())

    def _schema_of(self, path: Path) -> pa.Schema | None:
        table = self._read(path)
        return None if table is None else table.schema

    def _merge(self, paths: list[Path], columns: list[str], level: str, sources: str, made: str) -> None:
        """Merge shards of one kind."""
        rows = 0
        batch: list[Path] = []
        batches: list[list[Path]] = []
        for path in paths:
            batch.append(path)
            rows += pq.read_metadata(path).num_rows
            if rows >= (MANY_RUNS if level == "scalars" else FEW_RUNS):
                batches.append(batch)
                batch, rows = [], 0
        if batch:
            batches = [*batches[:-1], [*batches[-1], *batch]] if batches and rows < FEW_RUNS else [*batches, batch]
        for batch in batches:
            if len(batch) < 2:
                continue
            tables = [table for path in batch if (table := self._read(path)) is not None]
            merged = _once(_together(tables))
            ids = merged.column("run_id").to_pylist()
            start = f"merged-{_digest(''.join(ids).encode())}"
            new: list[Path] = []
            old = list(batch)
            if level != "scalars":
                of_series = [self._beside(path, level) for path in batch]
                old += [path for path in of_series if path is not None]
                series = [self._read(path) for path in of_series if path is not None]
                if len(series) < len(batch) or any(table is None for table in series):
                    continue  # damaged series: the next run finds it, and computes them again
                new.append(self._write_shard(level, start, _series_once(_together(series), level)))
            whole = merged.replace_schema_metadata(_metadata(level, sources, made))
            new.append(self._write_shard("scalars", start, whole))
            for path in old:
                if path not in new:
                    path.unlink(missing_ok=True)

    def take(self, other: Store) -> int:
        """Copy the runs of another store that this one lacks, and check that those of both are equal.

        Returns
        -------
        taken
            Number of runs copied.

        Raises
        ------
        DataError
            If a run has different results in the two.
        """
        taken = 0
        present: dict[tuple[str, ...], Any] = {}
        for path in other.shards():
            table = other._read(path)
            if table is None:
                continue
            columns = [name for name in table.schema.names if name not in FACTS.names]
            level = (table.schema.metadata or {}).get(_LEVEL, b"scalars").decode()
            kind = (level, *columns)
            if kind not in present:
                present[kind] = self.runs(columns, level)
            mine = present[kind]
            names = _schema(columns, level).names
            plain = table.select(names).replace_schema_metadata(None)
            ids = pc.is_in(plain.column("run_id"), mine.column("run_id"))
            both = mine.filter(pc.is_in(mine.column("run_id"), plain.column("run_id"))).select(names)
            _once(_together([both, plain.filter(ids)]))
            better = _improving(mine, plain)
            new = plain.filter(pc.or_(pc.invert(ids), better))
            if new.num_rows == 0:
                continue
            taken += new.num_rows
            of_new = new.column("run_id").to_pylist()
            start = f"taken-{_digest(''.join(of_new).encode())}"
            if level != "scalars":
                at = other._beside(path, level)
                beside = None if at is None else other._read(at)
                if beside is None:
                    raise DataError(f"{path}  has no {level} series, or they are damaged; resume that sweep first")
                keep = beside.filter(pc.is_in(beside.column("run_id"), new.column("run_id")))
                self._write_shard(level, start, keep)
            self._write_shard("scalars", start, new.replace_schema_metadata(table.schema.metadata))
        return taken

    # --- the runs at hand ---------------------------------------------------------------------------------------

    def suspects(self) -> Counter[str]:
        """Return the runs that were at hand when a process died, with the number of deaths.

        A process of this machine that lives is no death; of other machines nobody can tell.
        """
        found: Counter[str] = Counter()
        for path in self._notes_of_the_dead():
            with _ignored():
                text = path.read_text(encoding="ascii")
                if text:
                    found[text] += 1
        return found

    def absolve(self, run_id: str) -> None:
        """Forget the deaths over a run."""
        for path in self._notes_of_the_dead():
            with _ignored():
                if path.read_text(encoding="ascii") == run_id:
                    path.unlink(missing_ok=True)

    def _notes_of_the_dead(self) -> Iterator[Path]:
        for path in (self.folder / "running").glob("*.run"):
            host, _, pid = path.stem.rpartition("-")
            if host != socket.gethostname() or not pid.isdecimal() or not lives(int(pid)):
                yield path


class AtHand:
    """Says on disk which run this process is working on, so that a death can be laid at its door.

    Leaving it normally removes the note; a process that dies leaves it.
    """

    def __init__(self, store: Store) -> None:
        folder = store.folder / "running"
        self._path = folder / f"{socket.gethostname()}-{os.getpid()}.run"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
        except OSError as error:
            raise KrimpsimError(f"{folder}  cannot be written: {error.strerror}") from error

    def __enter__(self) -> AtHand:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)
        self._path.unlink(missing_ok=True)

    def is_(self, run_id: str) -> None:
        """Note the run that begins."""
        try:
            os.pwrite(self._handle, run_id.encode("ascii"), 0)
        except OSError as error:
            raise KrimpsimError(f"{self._path.parent}  cannot be written: {error.strerror}") from error


class _ignored:  # noqa: N801
    """Ignore that a file is gone or cannot be touched."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: type[BaseException] | None, *_: object) -> bool:
        return kind is not None and issubclass(kind, (OSError, ValueError))


def _digest(content: bytes) -> str:
    return hashlib.blake2b(content, digest_size=6).hexdigest()


def _bytes_of(table: Table) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(table, buffer, compression="zstd")
    return buffer.getvalue()


def _together(tables: list[Table]) -> Table:
    """Return tables below each other, without metadata; where one lacks a column, nulls."""
    return pa.concat_tables([table.replace_schema_metadata(None) for table in tables], promote_options="default")


def _metadata(level: str, sources: str, made: str = "") -> dict[bytes | str, bytes | str]:
    found: dict[bytes | str, bytes | str] = {_LEVEL: level.encode(), _SOURCES: sources.encode()}
    return found | ({_MADE_BY: made.encode()} if made else {})


@lru_cache(maxsize=1)
def made_by() -> str:
    """Return commit and versions of this process, as JSON: kept with every shard, no part of any identity."""
    git = git_state()
    commit = "unknown" if git is None else f"{git['commit'][:12]}{' with changes' if git['dirty'] else ''}"
    facts = {"krimpsim": __version__, "commit": commit, "python": platform.python_version()}
    return json.dumps(facts | {name: str(one) for name, one in environment()["packages"].items()})


def _opened(content: bytes) -> Table:
    """Return the table in the bytes of a shard, read by this thread alone.

    A thread of the library that still holds the bytes when the interpreter ends takes the process down with it.
    """
    with pq.ParquetFile(pa.BufferReader(content), pre_buffer=False) as file:
        return file.read(use_threads=False)


def _schema(columns: Sequence[str], level: str) -> pa.Schema:
    """Return the schema of a shard of runs."""
    fields: Any = [*FACTS, *(pa.field(name, pa.float64()) for name in columns)]
    return pa.schema(fields, metadata=_metadata(level, source_hash()))


def _series_table(series: Sequence[tuple[str, Mapping[str, Any]]]) -> Table:
    """Return the series of several runs as one table."""
    if not series:
        return pa.table({"run_id": pa.array([], pa.string())})
    lengths = [len(next(iter(columns.values()))) for _, columns in series]
    ids = np.repeat(np.array([run_id for run_id, _ in series]), lengths)
    table: Any = {name: np.concatenate([columns[name] for _, columns in series]) for name in series[0][1]}
    return pa.table({"run_id": pa.array(ids, pa.string()), **table})


def _once(table: Table) -> Table:
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


def _series_once(table: Table, level: str) -> Table:
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


def _improving(mine: Table, theirs: Table) -> Table:
    """Return which of their runs did not fail while mine did."""
    failed = mine.filter(pc.equal(mine.column("status"), "error")).column("run_id")
    return pc.and_(pc.is_in(theirs.column("run_id"), failed), pc.equal(theirs.column("status"), "ok"))
