"""Running a finished run-set once more, and comparing what comes out bit for bit with what is there."""

from __future__ import annotations

import csv
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from krimpsim.config.load import canonical, load_config, run_id
from krimpsim.config.run import RunConfig
from krimpsim.core.errors import ConfigError, DataError, UsageError
from krimpsim.core.progress import Progress
from krimpsim.experiments.vary import FILE as DRAWS
from krimpsim.experiments.vary import Vary
from krimpsim.outputs.folder import TABLES
from krimpsim.outputs.manifest import MANIFEST, facts_of_this_process, read_manifest
from krimpsim.outputs.store import KEYS
from krimpsim.run import run_scenarios

_TEXTS = ("summary.csv", "compare.csv")


@dataclass(frozen=True)
class Reproduction:
    """What came out of running a run-set again.

    Parameters
    ----------
    folder
        The run-set.
    replicates, of
        Replicates that were run again, and those that it has.
    equal
        Files that are equal bit for bit, as far as they were run again.
    different
        In words, what differs in each other file.
    circumstances
        What was not the same: name, then, now; of versions, sources, data, libraries and processor.
    inputs
        In words, what of the inputs is no longer as in the manifest: scenarios whose configuration or runs differ.
    """

    folder: Path
    replicates: int
    of: int
    equal: tuple[str, ...]
    different: tuple[str, ...]
    circumstances: tuple[tuple[str, str, str], ...]
    inputs: tuple[str, ...]

    @property
    def is_equal(self) -> bool:
        """Whether everything that was run again is equal bit for bit."""
        return not self.different


def reproduce(
    folder: str | Path,
    *,
    replicates: int | None = None,
    jobs: int | None = None,
    on_progress: Callable[[Progress], None] | None = None,
) -> Reproduction:
    """Run a run-set again from its own files and compare; its folder is not touched.

    Parameters
    ----------
    folder
        Folder of a finished run-set.
    replicates
        Only so many, the first; all when None.
    jobs, on_progress
        As in `krimpsim.run.run_scenarios`.

    Raises
    ------
    DataError
        If a file of the run-set is missing or damaged.
    """
    place = Path(folder)
    manifest = read_manifest(place)
    scenarios, of = _scenarios(place, manifest)
    n = min(replicates or of, of)
    configs = [_config(place, number, one["id"]) for number, one in enumerate(scenarios)]
    with tempfile.TemporaryDirectory(prefix="krimpsim-") as scratch:
        vary = _again(place, configs, of, Path(scratch)) if "vary" in manifest else None
        inputs = tuple(_changed_inputs(manifest, configs, vary))
        try:
            new = run_scenarios(
                [(config, {}) for config in configs],
                replicates=n,
                jobs=jobs,
                out=Path(scratch) / "again",
                on_progress=on_progress,
                vary=vary,
            )
        except UsageError as error:
            raise UsageError(f"the temporary folder: {error}") from None
        equal: list[str] = []
        different: list[str] = []
        for name, said in _differences(place, new, n, whole=n == of):
            (different if said else equal).append(f"{name}: {said}" if said else name)
    now = facts_of_this_process()
    then = {name: manifest.get(name) for name in now}
    return Reproduction(place, n, of, tuple(equal), tuple(different), tuple(_unequal("", then, now)), inputs)


# --- what was run -----------------------------------------------------------------------------------------------


def _scenarios(folder: Path, manifest: Mapping[str, Any]) -> tuple[list[dict[str, Any]], int]:
    """Return what the manifest says of each scenario, and the number of replicates."""
    try:
        scenarios, n = list(manifest["scenarios"]), int(manifest["replicates"])
        ids = [[str(one) for one in scenario["run_ids"]] for scenario in scenarios]
        named = all(isinstance(one["id"], str) and isinstance(one["config_hash"], str) for one in scenarios)
        fine = named and n > 0 and bool(scenarios) and all(len(row) == n for row in ids)
    except (LookupError, TypeError, ValueError):
        fine = False
    if not fine:
        raise DataError(f"{folder / MANIFEST}  does not say which runs were made; nothing can be run again from it")
    return scenarios, n


def _config(folder: Path, number: int, name: str) -> RunConfig:
    """Return the configuration of a scenario as the run-set holds it."""
    path = folder / (f"run.{name}.toml" if number else "run.toml")
    if not path.is_file():
        raise DataError(f"{path}  no such file: without it the scenario '{name}' cannot be run again")
    try:
        return load_config(path)
    except ConfigError as error:
        first = error.problems[0]
        raise DataError(
            f"{first.where}  {first.key}: {first.message}; this version does not take the configuration as it was"
        ) from None


class _Again(Vary):
    """Numbers as they were drawn for a run-set, with what was said of them."""

    def write(self, folder: Path) -> None:
        """Leave them where they are."""


def _again(folder: Path, configs: Sequence[RunConfig], replicates: int, scratch: Path) -> Vary:
    """Return the numbers that were drawn, from the table that the run-set holds."""
    path = folder / DRAWS
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            rows = [row[1:] for row in csv.reader(lines)]
    except OSError as error:
        raise DataError(f"{path}  cannot be read: {error.strerror}; each replicate had numbers of its own") from None
    points = scratch / "points.csv"
    with points.open("w", newline="", encoding="utf-8") as text:
        csv.writer(text).writerows(rows)
    try:
        return _Again([str(points)], configs, replicates)
    except ConfigError as error:
        first = error.problems[0]
        raise DataError(f"{path}  {first.key}: {first.message}") from None


def _changed_inputs(manifest: Mapping[str, Any], configs: Sequence[RunConfig], vary: Vary | None) -> Iterator[str]:
    """Yield in words what is no longer as in the manifest."""
    hashes = str(manifest.get("source_hash")), str(manifest.get("data_hash"))
    for number, (one, config) in enumerate(zip(manifest["scenarios"], configs, strict=True)):
        file = f"run.{one['id']}.toml" if number else "run.toml"
        if blake2b(canonical(config), digest_size=16).hexdigest() != one["config_hash"]:
            yield f"{file} is not the configuration that was run: edited since, or read in another way by this version"
        elif [run_id(vary(config, r) if vary else config, r, *hashes) for r in range(len(one["run_ids"]))] != one[
            "run_ids"
        ]:
            yield f"{DRAWS if vary else MANIFEST} does not fit the runs of '{one['id']}'"


# --- comparing --------------------------------------------------------------------------------------------------


def _differences(old: Path, new: Path, replicates: int, whole: bool) -> Iterator[tuple[str, str]]:
    """Yield each file that both hold, and in words how it differs; nothing when it is equal."""
    for name in TABLES:
        yield f"{name}.parquet", _table_differs(old, new, name, replicates)
    for name in _TEXTS if whole else ():
        if (new / name).exists():
            yield name, _text_differs(old / name, new / name)


def _table_differs(old: Path, new: Path, name: str, replicates: int) -> str:
    """Return how a table differs, in words."""
    then, now = (_read(folder / f"{name}.parquet") for folder in (old, new))
    then = then.filter(pa.array([one < replicates for one in then.column("replicate").to_pylist()]))
    if then.num_rows != now.num_rows:
        return f"{then.num_rows} rows then, {now.num_rows} now"
    columns = [one for one in then.column_names if one in now.column_names]
    lost = sorted({*then.column_names, *now.column_names} - {*columns})
    said = [f"columns that only one of the two has: {', '.join(lost)}"] if lost else []
    unequal = [one for one in columns if not then.column(one).equals(now.column(one))]
    if unequal:
        keys = KEYS[name]
        a, b = then.column(unequal[0]).to_pylist(), now.column(unequal[0]).to_pylist()
        rows = [row for row, (x, y) in enumerate(zip(a, b, strict=True)) if x != y]
        where = ", ".join(f"{key} {then.column(key)[rows[0]].as_py()}" for key in keys)
        said.append(
            f"{len(unequal)} of {len(columns)} columns differ, first {unequal[0]} in {len(rows)} of {len(a)} rows, "
            f"first at {where}: {a[rows[0]]} then, {b[rows[0]]} now"
        )
    return "; ".join(said)


def _read(path: Path) -> Any:
    """Return a table of results."""
    try:
        table: Any = pq.read_table(path)
    except FileNotFoundError:
        raise DataError(f"{path}  no such file; is this the folder of a finished run?") from None
    except (pa.ArrowException, OSError) as error:
        raise DataError(f"{path}  cannot be read ({error}); the file is damaged") from None
    if "replicate" not in table.column_names:
        raise DataError(f"{path}  is no table of results: it has no column 'replicate'")
    return table


def _text_differs(old: Path, new: Path) -> str:
    """Return how a table of text differs, in words."""
    try:
        then = old.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError):
        return "cannot be read"
    now = new.read_text(encoding="utf-8").splitlines()
    unequal = [line for line, (a, b) in enumerate(zip(then, now, strict=False)) if a != b]
    if unequal:
        line = unequal[0]
        return f"{len(unequal)} lines differ, first line {line + 1}: {then[line]} then, {now[line]} now"
    return "" if len(then) == len(now) else f"{len(then)} lines then, {len(now)} now"


def _unequal(name: str, then: Any, now: Any) -> Iterator[tuple[str, str, str]]:
    """Yield name and both values of everything that is not the same, inside tables too."""
    if isinstance(now, Mapping) and isinstance(then, Mapping | None):
        for key, value in now.items():
            yield from _unequal(f"{name}.{key}" if name else str(key), (then or {}).get(key), value)
    elif then != now:
        yield name, "not recorded" if then is None else str(then), str(now)
