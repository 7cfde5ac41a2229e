"""The store: what was computed, as Parquet shards that appear whole or not at all.

A run is done when its identity lies on disk; nothing else counts.  Any number of workers on any number of machines
may write at the same time: nobody changes a file of another.  A run that was computed twice is harmless, and a free
test: readers take it once and refuse when the two differ.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from krimpsim.core.cache import source_hash
from krimpsim.core.errors import DataError
from krimpsim.experiments.shards import (
    FACTS,
    LEVEL,
    LEVELS,
    MADE_BY,
    SOURCES,
    Table,
    bytes_of,
    digest_of,
    improving,
    made_by,
    metadata_of,
    once,
    opened,
    pc,
    schema_of,
    series_once,
    series_table,
    together,
)
from krimpsim.outputs.folder import StorageError, said, sweep, temporary
from krimpsim.outputs.store import sync_folder

FEW_RUNS = 200  #: a shard with fewer is merged when the sweep is done
MANY_RUNS = 10_000  #: of a merged shard


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
        start = f"{name}-{digest_of(''.join(str(row['run_id']) for row in rows).encode())}"
        if level != "scalars":
            self._write_shard(level, start, series_table(series))
        schema = schema_of(columns, level).with_metadata(metadata_of(level, source_hash(), made_by()))
        self._write_shard("scalars", start, pa.Table.from_pylist(list(rows), schema=schema))

    def _write_shard(self, level: str, start: str, table: Table) -> Path:
        """Write a shard whose name ends with the hash of its bytes, so that any damage shows."""
        content = bytes_of(table)
        path = self.folder / level / f"{start}-{digest_of(content)}.parquet"
        self._write_bytes(path, content)
        return path

    def write(self, path: Path, table: Table) -> None:
        """Write a table in a file that appears whole: temporary file, sync, rename.

        Raises
        ------
        KrimpsimError
            If the disk is full or cannot be written; nothing is left behind.
        """
        self._write_bytes(path, bytes_of(table))

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
            with suppress(OSError, ValueError):
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
        schema = schema_of(columns, level)
        tables = [table.select(schema.names) for _, table in self._tables(columns, level)]
        if not tables:
            return schema.remove_metadata().empty_table()
        return once(together(tables))

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
        return series_once(together(tables), level)

    def makers(self, sources: str) -> dict[str, dict[str, int]]:
        """Return with what the shards of some sources were made, where that differs: shards by name and version."""
        found: dict[str, Counter[str]] = {}
        for path in self.shards():
            with suppress(OSError, ValueError):
                meta = pq.read_schema(path).metadata or {}
                if meta.get(SOURCES, b"").decode() == sources and MADE_BY in meta:
                    for name, one in json.loads(meta[MADE_BY]).items():
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
            if path.stem.rpartition("-")[2] != digest_of(content):
                raise pa.ArrowInvalid("other bytes than were written")
            table = opened(content)
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
        if (table.schema.metadata or {}).get(LEVEL, b"scalars").decode() != level:
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
        with suppress(OSError, ValueError):  # another worker may have been first
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
                level, sources = meta.get(LEVEL, b"scalars").decode(), meta.get(SOURCES, b"").decode()
                kind = (level, tuple(schema.names), sources, meta.get(MADE_BY, b"").decode())
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
            merged = once(together(tables))
            ids = merged.column("run_id").to_pylist()
            start = f"merged-{digest_of(''.join(ids).encode())}"
            new: list[Path] = []
            old = list(batch)
            if level != "scalars":
                of_series = [self._beside(path, level) for path in batch]
                old += [path for path in of_series if path is not None]
                series = [self._read(path) for path in of_series if path is not None]
                if len(series) < len(batch) or any(table is None for table in series):
                    continue  # damaged series: the next run finds it, and computes them again
                new.append(self._write_shard(level, start, series_once(together(series), level)))
            whole = merged.replace_schema_metadata(metadata_of(level, sources, made))
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
            level = (table.schema.metadata or {}).get(LEVEL, b"scalars").decode()
            kind = (level, *columns)
            if kind not in present:
                present[kind] = self.runs(columns, level)
            mine = present[kind]
            names = schema_of(columns, level).names
            plain = table.select(names).replace_schema_metadata(None)
            ids = pc.is_in(plain.column("run_id"), mine.column("run_id"))
            both = mine.filter(pc.is_in(mine.column("run_id"), plain.column("run_id"))).select(names)
            once(together([both, plain.filter(ids)]))
            better = improving(mine, plain)
            new = plain.filter(pc.or_(pc.invert(ids), better))
            if new.num_rows == 0:
                continue
            taken += new.num_rows
            of_new = new.column("run_id").to_pylist()
            start = f"taken-{digest_of(''.join(of_new).encode())}"
            if level != "scalars":
                at = other._beside(path, level)
                beside = None if at is None else other._read(at)
                if beside is None:
                    raise DataError(f"{path}  has no {level} series, or they are damaged; resume that sweep first")
                keep = beside.filter(pc.is_in(beside.column("run_id"), new.column("run_id")))
                self._write_shard(level, start, keep)
            self._write_shard("scalars", start, new.replace_schema_metadata(table.schema.metadata))
        return taken
