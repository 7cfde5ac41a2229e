"""The result tables: written as Parquet while replicates arrive, read back as data frames.

One file per table per run-set, one row group per replicate.  A file appears under its name only when it is complete.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import IO, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from krimpsim.core.clock import first_day
from krimpsim.core.codes import GAPS, GIVERS, Kind
from krimpsim.core.errors import DataError, UsageError
from krimpsim.outputs.columns import PROVIDER_COLUMNS, REGION_COLUMNS, VILLAGE_COLUMNS, Column
from krimpsim.outputs.folder import TABLES, temporary
from krimpsim.outputs.groups import GROUP_COLUMNS, GROUP_ROWS
from krimpsim.outputs.result import Result
from krimpsim.population.schema import F64, I64

SCHEMA_VERSION = 1
SMALL_VILLAGE = 500  #: residents; published tables pool smaller villages into groups
VILLAGE_WARNING = (
    f"A single village under {SMALL_VILLAGE} residents carries its chance spread: never show one replicate or one "
    "small village alone. Published tables pool these villages into groups."
)
#: Columns of providers of which a sum over providers says nothing, or is another column of the region.
NOT_SUMMED = frozenset({"is_active", "takes_new_clients", "account_area_eur", "account_hinterland_eur"})

KEYS: dict[str, tuple[str, ...]] = {
    "villages": ("scenario", "replicate", "month", "village"),
    "providers": ("scenario", "replicate", "month", "provider"),
    "flows": ("scenario", "replicate", "month", "giver", "kind"),
    "region": ("scenario", "replicate", "month"),
    "groups": ("scenario", "replicate", "month", "group", "value"),
}
_FLOW_COLUMN = Column("minutes", "min/week", "zorg", "care")
_VILLAGE_INDEX = {column.name: index for index, column in enumerate(VILLAGE_COLUMNS)}
_REGION_NAMES = frozenset(column.name for column in REGION_COLUMNS)
#: A column that the region counts itself is not summed as well.
_SUMMED_VILLAGE = tuple(i for i, column in enumerate(VILLAGE_COLUMNS) if column.name not in _REGION_NAMES)
_NOT_FROM_PROVIDERS = _REGION_NAMES | NOT_SUMMED | set(_VILLAGE_INDEX)
_SUMMED_PROVIDER = tuple(i for i, column in enumerate(PROVIDER_COLUMNS) if column.name not in _NOT_FROM_PROVIDERS)
REGION_TABLE_COLUMNS: tuple[Column, ...] = (
    *REGION_COLUMNS,
    *(VILLAGE_COLUMNS[i] for i in _SUMMED_VILLAGE),
    *(PROVIDER_COLUMNS[i] for i in _SUMMED_PROVIDER),
)
COLUMNS: Mapping[str, tuple[Column, ...]] = {
    "villages": VILLAGE_COLUMNS,
    "providers": PROVIDER_COLUMNS,
    "flows": (_FLOW_COLUMN,),
    "region": REGION_TABLE_COLUMNS,
    "groups": GROUP_COLUMNS,
}
#: The five givers and the reasons for a gap, by kind, for the whole region (``flows.parquet``).
_FLOWS = tuple((part, kind) for part in GIVERS + GAPS for kind in Kind)
_FLOW_INDEX = [_VILLAGE_INDEX[f"minutes_{part.name.lower()}_{kind.name.lower()}"] for part, kind in _FLOWS]


class RunWriter:
    """Writes results, one replicate after the other, into the Parquet files of a run-set.

    A context manager: leaving it normally puts the files in place, leaving it with an error removes what was written.

    Parameters
    ----------
    folder
        Folder of the run-set; it exists.
    caveat
        Text that goes into the metadata of every table.
    """

    def __init__(self, folder: Path, caveat: str) -> None:
        self._folder = Path(folder)
        self._files: dict[str, tuple[Path, IO[bytes], pq.ParquetWriter]] = {}
        self._schemas = {name: schema(name, caveat) for name in TABLES}
        try:
            for name in TABLES:
                hidden = temporary(self._folder / f"{name}.parquet")
                handle = hidden.open("wb")
                writer = _parquet_writer(handle, name, self._schemas[name])
                self._files[name] = (hidden, handle, writer)
        except BaseException:
            self.abandon()
            raise

    def __enter__(self) -> RunWriter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if kind is None:
            self.close()
        else:
            self.abandon()

    def write(self, result: Result) -> None:
        """Write one replicate: one row group in each file.

        Raises
        ------
        OverflowError
            If a number does not fit in the 32 bits of its column.
        """
        for name, (keys, rows) in _rows(result).items():
            arrays = [*keys, *_arrays(name, rows, result)]
            table = pa.Table.from_arrays(arrays, schema=self._schemas[name])
            self._files[name][2].write_table(table, row_group_size=max(table.num_rows, 1))

    def close(self) -> None:
        """Finish the files and put them in place under their names; on an error nothing is left behind."""
        try:
            for _, handle, writer in self._files.values():
                writer.close()
                handle.flush()
                os.fsync(handle.fileno())
                handle.close()
            for name, (hidden, _, _) in self._files.items():
                hidden.replace(self._folder / f"{name}.parquet")
        except BaseException:
            self.abandon()
            raise
        self._files = {}
        sync_folder(self._folder)

    def abandon(self) -> None:
        """Remove what was written."""
        for hidden, handle, writer in self._files.values():
            with suppress(Exception):  # a full disk also breaks the closing; the file goes anyway
                writer.close()
            with suppress(OSError):
                handle.close()
            hidden.unlink(missing_ok=True)
        self._files = {}


def schema(table: str, caveat: str) -> pa.Schema:
    """Return the Arrow schema of a result table, with unit and labels of every column in its metadata."""
    types = {"scenario": pa.string(), "replicate": pa.int32(), "month": pa.date32()}
    fields = [pa.field(key, types.get(key, pa.string()), nullable=False) for key in KEYS[table]]
    for column in COLUMNS[table]:
        kind = pa.int32() if column.divisor == 1 else pa.float64()
        about: dict[bytes | str, bytes | str] = {"unit": column.unit, "label_nl": column.label_nl}
        about["label_en"] = column.label_en
        if column.about:
            about["about"] = column.about
        fields.append(pa.field(column.name, kind, nullable=False, metadata=about))
    metadata: dict[bytes | str, bytes | str] = {"krimpsim.schema": str(SCHEMA_VERSION), "krimpsim.table": table}
    metadata["krimpsim.caveat"] = caveat
    if table == "villages":
        metadata["krimpsim.warning"] = VILLAGE_WARNING
    return pa.schema(fields, metadata=metadata)


def read_results(
    folder: str | Path, table: str = "villages", tidy: bool = False, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Return a result table of a run-set.

    Parameters
    ----------
    folder
        Folder of the run-set.
    table
        villages, providers, flows, region or groups.
    tidy
        Long instead of wide: the keys, then indicator, value (float) and unit.  The key ``value`` of the table groups
        is called ``group_value`` then.
    columns
        Indicators to read; all when None.  The keys always come along.

    Returns
    -------
    frame
        Whole numbers in 64 bits, so that sums and products cannot overflow.

    Raises
    ------
    UsageError
        If there is no such table, or `columns` is no list of names.
    DataError
        If the table is missing, damaged or lacks a column.
    """
    if table not in TABLES:
        raise UsageError(f"table: got {table!r}, allowed is one of {', '.join(TABLES)}")
    if isinstance(columns, str) or not isinstance(columns, Sequence | None):
        raise UsageError(f"columns: got {columns!r}, allowed is a list of names such as ['births', 'deaths']")
    path = Path(folder) / f"{table}.parquet"
    keys = list(KEYS[table])
    try:
        found: Any = pq.read_table(path, columns=None if columns is None else [*keys, *columns])
    except FileNotFoundError:
        raise DataError(f"{path}  no such result table; is this the folder of a finished run?") from None
    except (pa.ArrowException, OSError) as error:
        why = (str(error).splitlines() or ["it ends early"])[0]
        raise DataError(f"{path}  cannot be read ({why}); the file is damaged, run the scenario again") from error
    missing = [name for name in (*keys, *(columns or ())) if name not in found.column_names]
    if missing:
        raise DataError(f"{path}  has no column {', '.join(missing)}; run the scenario again")
    units = {field.name: (field.metadata or {}).get(b"unit", b"").decode() for field in found.schema}
    wide = [one.with_type(pa.int64()) if pa.types.is_integer(one.type) else one for one in found.schema]
    frame: pd.DataFrame = found.cast(pa.schema(wide)).to_pandas()
    try:
        frame["month"] = pd.to_datetime(frame["month"])
    except (TypeError, ValueError) as error:
        raise DataError(f"{path}  has a month that is none ({error}); run the scenario again") from error
    if not tidy:
        return frame
    frame, keys = frame.rename(columns={"value": "group_value"}), ["group_value" if k == "value" else k for k in keys]
    long = frame.melt(id_vars=keys, var_name="indicator", value_name="value")
    long["value"] = long["value"].astype(np.float64)
    long["unit"] = long["indicator"].map(units)
    return long


def yearly_means(result: Result) -> tuple[I64, dict[str, F64]]:
    """Return the calendar years of a replicate and, per column of the region table, the mean over their months.

    Villages and providers are summed.  The first and last year may hold fewer than twelve months: the key ``months``
    says how many.
    """
    years, counts, mean = _yearly(result)
    means = {}
    for columns, rows in (
        (PROVIDER_COLUMNS, result.provider_rows.sum(axis=1)),
        (VILLAGE_COLUMNS, result.village_rows.sum(axis=1)),
        (REGION_COLUMNS, result.region_rows),
    ):
        values = mean(rows)
        means.update({column.name: values[:, i] / column.divisor for i, column in enumerate(columns)})
    found = {column.name: means[column.name] for column in REGION_TABLE_COLUMNS}
    return years, found | {"months": counts.astype(np.float64)}


def yearly_group_means(result: Result, group_of: Mapping[str, str]) -> tuple[I64, dict[str, dict[str, F64]]]:
    """Return the calendar years of a replicate and, per village group and column, the mean over their months.

    Parameters
    ----------
    result
        One replicate.
    group_of
        Group of each village; a village that is not in it is a group of its own.
    """
    years, _, mean = _yearly(result)
    groups: dict[str, list[int]] = {}
    for index, village in enumerate(result.villages):
        groups.setdefault(group_of.get(village, village), []).append(index)
    table = {}
    for group, members in groups.items():
        values = mean(result.village_rows[:, members].sum(axis=1))
        table[group] = {column.name: values[:, i] / column.divisor for i, column in enumerate(VILLAGE_COLUMNS)}
    return years, table


def sync_folder(folder: Path) -> None:
    """Make sure that renames in a folder reach the disk, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError:  # a system that does not open folders
        return
    try:
        os.fsync(handle)
    except OSError:  # a file system that does not sync folders
        return
    finally:
        os.close(handle)


def write_text(path: Path, text: str) -> None:
    """Write a text file at once: under its name stands the old text or the whole new one, never half of it."""
    hidden = temporary(path)
    try:
        with hidden.open("w", encoding="utf-8", newline="\n") as handle:
            handle.write(text)
            handle.flush()
            os.fsync(handle.fileno())
        hidden.replace(path)
    except BaseException:
        hidden.unlink(missing_ok=True)
        raise
    sync_folder(path.parent)


def _parquet_writer(handle: IO[bytes], table: str, of_table: pa.Schema) -> pq.ParquetWriter:
    """Return a writer with the encodings that suit the columns."""
    texts: Any = [field.name for field in of_table if field.type == pa.string()]
    whole = [field.name for field in of_table if field.type in (pa.int32(), pa.date32())]
    return pq.ParquetWriter(
        handle,
        of_table,
        compression="zstd",
        use_dictionary=texts,
        column_encoding=dict.fromkeys(whole, "DELTA_BINARY_PACKED"),
    )


def _rows(result: Result) -> dict[str, tuple[list[Any], I64]]:
    """Return the key columns and the integer rows of every table, rows in two dimensions."""
    n_months = len(result.region_rows)
    months = np.array([first_day(result.first_month + i) for i in range(n_months)], dtype="datetime64[D]")
    villages, providers = result.village_rows.sum(axis=1), result.provider_rows.sum(axis=1)
    region = np.concatenate([result.region_rows, villages[:, _SUMMED_VILLAGE], providers[:, _SUMMED_PROVIDER]], axis=1)
    givers = [part.name.lower() for part, _ in _FLOWS]
    kinds = [kind.name.lower() for _, kind in _FLOWS]
    return {
        "villages": (
            _keys(result, months, result.villages),
            result.village_rows.reshape(-1, len(VILLAGE_COLUMNS)),
        ),
        "providers": (
            _keys(result, months, result.providers),
            result.provider_rows.reshape(-1, len(PROVIDER_COLUMNS)),
        ),
        "flows": (_keys(result, months, givers, kinds), villages[:, _FLOW_INDEX].reshape(-1, 1)),
        "region": (_keys(result, months), region),
        "groups": (
            _keys(result, months, [group for group, _ in GROUP_ROWS], [value for _, value in GROUP_ROWS]),
            result.group_rows.reshape(-1, len(GROUP_COLUMNS)),
        ),
    }


def _keys(result: Result, months: Any, *names: Sequence[str]) -> list[Any]:
    """Return the key columns: each month, and within it each name."""
    each = len(names[0]) if names else 1
    n = len(months) * each
    return [
        pa.array([result.scenario] * n, pa.string()),
        pa.array(np.full(n, result.replicate, dtype=np.int32)),
        pa.array(np.repeat(months, each), pa.date32()),
        *(pa.array(list(of_row) * len(months), pa.string()) for of_row in names),
    ]


def _arrays(table: str, rows: I64, result: Result) -> list[Any]:
    """Return the indicator columns, checked to fit."""
    limits = np.iinfo(np.int32)
    whole = np.array([column.divisor == 1 for column in COLUMNS[table]])
    bad = whole & ((rows > limits.max) | (rows < limits.min)).any(axis=0)
    if bad.any():
        name = COLUMNS[table][int(np.argmax(bad))].name
        raise OverflowError(
            f"{table}.{name} of scenario '{result.scenario}', replicate {result.replicate}: "
            f"a number lies outside the 32 bits of its column"
        )
    by_column = np.ascontiguousarray(rows.T)
    return [
        pa.array(values.astype(np.int32) if column.divisor == 1 else values / column.divisor)
        for column, values in zip(COLUMNS[table], by_column, strict=True)
    ]


def _yearly(result: Result) -> tuple[I64, I64, Any]:
    """Return the years of a result, their months, and a function that takes the mean of rows over those months."""
    of_month = (result.first_month + np.arange(len(result.region_rows), dtype=np.int64)) // 12
    years, starts, counts = np.unique(of_month, return_index=True, return_counts=True)

    def mean(rows: I64) -> F64:
        return np.add.reduceat(rows, starts, axis=0) / counts[:, None]

    return years, counts, mean
