"""The plan of an experiment: which runs there are, by identity, in an order that never changes.

A plan lies in the store, in files of its own, so that workers on other machines need nothing but the store.
"""

from __future__ import annotations

import hashlib
import importlib
import json
import shlex
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel

from krimpsim.config.declarations import plain
from krimpsim.config.resolved import run_ids
from krimpsim.config.run import RunConfig
from krimpsim.core.arguments import MOST_REPLICATES
from krimpsim.core.cache import source_hash
from krimpsim.core.errors import DataError, UsageError
from krimpsim.experiments.designs import F64, Range
from krimpsim.experiments.experiment import DRAWS, Execution, Experiment, Indicator, Stop
from krimpsim.experiments.keys import acts, point_data
from krimpsim.experiments.reading import Loaded
from krimpsim.experiments.store import Store
from krimpsim.inputs.register import data_hash
from krimpsim.outputs.folder import writable
from krimpsim.outputs.result import Result
from krimpsim.outputs.store import write_text

Simulate = Callable[[RunConfig, int], Result]
FORMAT = "plan 3"  #: part of the name of a plan, so that files of an older kind are not read as these


class Facts(BaseModel):
    """Everything about a plan but its points and runs: ``plan.json``.

    Parameters
    ----------
    experiment, title, file
        Name, title and file of the experiment.
    scenarios
        The configurations at the values of their files, as JSON values, by name.
    ranges, design, indicators, level, replicates, stop
        As in the file, with everything filled in.
    execution
        As in the file.
    simulate
        Module and name of the function that runs one replicate.
    sources, data
        Hashes of the sources that a run reads and of the input tables.
    """

    experiment: str
    title: str
    file: str
    scenarios: dict[str, dict[str, Any]]
    ranges: list[Range]
    design: dict[str, Any]
    indicators: list[Indicator]
    level: str
    replicates: int
    stop: Stop | None
    execution: Execution
    simulate: str
    sources: str
    data: str


class Run(NamedTuple):
    """One run of a plan: position, identity, scenario, replicate and point (row of the distinct points)."""

    number: int
    run_id: str
    scenario: str
    replicate: int
    point: int


@dataclass(frozen=True)
class Plan:
    """Runs in a fixed order: by point, then by replicate, scenarios side by side.

    So runs of one configuration follow each other: preparing a configuration takes longer than a small run.

    Parameters
    ----------
    facts
        What is run.
    unit
        Design in the unit cube, shape (n_rows, n_factors).
    values
        Value of each factor in each distinct point, n_points tuples.
    first
        First replicate of each distinct point, n_points numbers: equal values in two scramblings are two points.
    point_of_row
        Position among the distinct points of each row of the design, shape (n_rows,).
    ids
        Identities of all runs, n_points * n_replicates * n_scenarios.  Where a factor does not act, the runs of
        several points are one and the same.
    """

    facts: Facts
    unit: F64
    values: list[tuple[Any, ...]]
    first: list[int]
    point_of_row: np.ndarray[Any, np.dtype[np.int64]]
    ids: list[str]

    @cached_property
    def name(self) -> str:
        """Name of the plan: a hash of its runs and of what is kept of them, 12 hexadecimal digits."""
        content = "\n".join([FORMAT, *self.ids, *self.columns, self.facts.level])
        return hashlib.blake2b(content.encode(), digest_size=6).hexdigest()

    @cached_property
    def columns(self) -> list[str]:
        """Columns of the store that hold the indicators."""
        return [one.column for one in self.facts.indicators]

    @cached_property
    def scenarios(self) -> list[str]:
        """Names of the scenarios."""
        return list(self.facts.scenarios)

    @cached_property
    def positions(self) -> dict[str, int]:
        """Position of every run by its identity, the first one; as many as there are runs to make."""
        found: dict[str, int] = {}
        for number, run_id in enumerate(self.ids):
            found.setdefault(run_id, number)
        return found

    @property
    def is_drawn(self) -> bool:
        """Whether each replicate has a point of its own."""
        return bool(self.facts.design["kind"] == DRAWS)

    @property
    def replicates(self) -> int:
        """Number of replicates, whether they have points of their own or not."""
        return len(self.values) if self.is_drawn else self.facts.replicates

    @cached_property
    def simulate(self) -> Simulate:
        """Function that runs one replicate."""
        module, _, name = self.facts.simulate.partition(":")
        function: Simulate = getattr(importlib.import_module(module), name)
        return function

    @cached_property
    def _bases(self) -> dict[str, Any]:
        return {name: plain(RunConfig.model_validate(values)) for name, values in self.facts.scenarios.items()}

    def run(self, number: int) -> Run:
        """Return the run at a position."""
        rest, scenario = divmod(number, len(self.facts.scenarios))
        point, replicate = divmod(rest, self.facts.replicates)
        return Run(number, self.ids[number], self.scenarios[scenario], self.first[point] + replicate, point)

    @cached_property
    def _configs(self) -> Callable[[str, int], RunConfig]:
        """Make the configuration of a scenario in a point; the last are kept, for replicates follow each other."""

        def make(scenario: str, point: int) -> RunConfig:
            return _config(self._bases[scenario], self.facts.ranges, self.values[point])

        return lru_cache(maxsize=len(self.scenarios))(make)

    def config(self, run: Run) -> RunConfig:
        """Return the configuration of a run."""
        return self._configs(run.scenario, run.point)

    def inputs(self, run: Run) -> str:
        """Return what went into a run, as JSON: scenario, replicate and the value of every factor."""
        point = self.values[run.point]
        data = point_data(self._bases[run.scenario], self.facts.ranges, point)
        factors = {r.key: v for r, v in zip(self.facts.ranges, point, strict=True) if acts(r, data)}
        return json.dumps({"scenario": run.scenario, "replicate": run.replicate, **factors})

    def missing(self, store: Store, retry_errors: bool = False) -> list[int]:
        """Return the positions of the runs that are not in the store."""
        done = store.done(self.columns, self.facts.level, with_errors=not retry_errors)
        return [number for run_id, number in self.positions.items() if run_id not in done]

    def check_sources(self) -> None:
        """Refuse to run with other sources or data than planned.

        Raises
        ------
        UsageError
            If the code or the input tables changed after the plan was made.
        """
        for what, planned, now in (
            ("the code", self.facts.sources, source_hash()),
            ("an input table", self.facts.data, data_hash()),
        ):
            if planned != now:
                raise UsageError(f"plan {self.name}: {what} changed since it was made; make the plan anew")


def _config(base: Any, ranges: list[Range], point: tuple[Any, ...]) -> RunConfig:
    return RunConfig.model_validate(point_data(base, ranges, point))


def make_plan(loaded: Loaded, file: str, replicates: int | None = None) -> Plan:
    """Return the plan of an experiment.

    Parameters
    ----------
    loaded
        The experiment.
    file
        Its file, for the record.
    replicates
        Instead of those of the file.
    """
    experiment = loaded.experiment
    n = replicates or experiment.replicates
    unit, values = loaded.points, loaded.values
    firsts = first_replicates(len(values), experiment.design.scramblings).tolist()
    if experiment.design.kind == DRAWS:
        unit, values, firsts, n = unit[:n], values[:n], list(range(n)), 1
    rows: dict[tuple[int, tuple[Any, ...]], int] = {}
    keys = zip(firsts, values, strict=True)
    of_row = np.array([rows.setdefault(key, len(rows)) for key in keys], dtype=np.int64)
    first, points = [one for one, _ in rows], [point for _, point in rows]
    sources, data = source_hash(), data_hash()
    table = []
    for config in loaded.scenarios.values():
        base = plain(config)
        table.append(
            [run_ids(_config(base, loaded.ranges, point), range(r, r + n), sources, data) for r, point in rows]
        )
    ids = [of_scenario[p][r] for p in range(len(points)) for r in range(n) for of_scenario in table]
    facts = Facts(
        experiment=experiment.id,
        title=experiment.title,
        file=file,
        scenarios={name: c.model_dump(mode="json", by_alias=True) for name, c in loaded.scenarios.items()},
        ranges=loaded.ranges,
        design=experiment.design.model_dump(mode="json", exclude={"points"}),
        indicators=list(experiment.indicators),
        level=experiment.output.level,
        replicates=n,
        stop=experiment.stop,
        execution=experiment.execution,
        simulate=loaded.simulate,
        sources=sources,
        data=data,
    )
    return Plan(facts, unit, points, first, of_row, ids)


def first_replicates(rows: int, scramblings: int) -> np.ndarray[Any, np.dtype[np.int64]]:
    """Return the first replicate of each row of a design: luck of its own for each scrambling, the same within one."""
    return np.arange(scramblings, dtype=np.int64).repeat(rows // scramblings) * MOST_REPLICATES


# --- names --------------------------------------------------------------------------------------------------------


def store_folder(experiment: Experiment) -> Path:
    """Return the folder of the store of an experiment, as its file says."""
    return Path(experiment.execution.store or f"results/sweeps/{experiment.id}")


def command(word: str, file: str | Path, experiment: Experiment, store: Store) -> str:
    """Return a command for an experiment that can be copied: with its store, where that is not as the file says."""
    words = ["krimpsim", "sweep", word, str(file)]
    return shlex.join(words if store.folder == store_folder(experiment) else [*words, "--store", str(store.folder)])


# --- files ------------------------------------------------------------------------------------------------------


def write_plan(plan: Plan, store: Store) -> Path:
    """Write a plan into a store, and return its folder."""
    folder = writable(store.folder, "the store") / "plans" / plan.name
    store.sweep()
    if not (folder / "plan.json").exists():
        folder.mkdir(parents=True, exist_ok=True)
        points: Any = {"row": plan.point_of_row} | {f"unit_{k}": plan.unit[:, k] for k in range(plan.unit.shape[1])}
        distinct = [json.dumps(value) for value in plan.values]
        store.write(folder / "points.parquet", pa.table(points))
        store.write(folder / "values.parquet", pa.table({"values": distinct, "first": plan.first}))
        store.write(folder / "runs.parquet", pa.table({"run_id": plan.ids}))
    write_text(folder / "plan.json", plan.facts.model_dump_json(indent=1, by_alias=True) + "\n")
    return folder


@lru_cache(maxsize=2)
def read_plan(store: Path, name: str) -> Plan:
    """Return a plan that lies in a store.

    Raises
    ------
    DataError
        If it is not there or damaged.
    """
    folder = store / "plans" / name
    try:
        facts = Facts.model_validate_json((folder / "plan.json").read_text(encoding="utf-8"))
        points: Any = pq.read_table(folder / "points.parquet")
        distinct: Any = pq.read_table(folder / "values.parquet").to_pydict()
        ids: Any = pq.read_table(folder / "runs.parquet").column("run_id").to_pylist()
    except (OSError, ValueError, pa.ArrowException) as error:
        raise DataError(f"{folder}  is no plan that can be read ({error}); make the plan anew") from error
    unit = [points.column(k).to_numpy() for k in range(1, points.num_columns)]
    rows = points.column("row").to_numpy()
    stacked = np.stack(unit, axis=1) if unit else np.zeros((len(rows), 0))
    values = [tuple(json.loads(text)) for text in distinct["values"]]
    return Plan(facts, stacked, values, distinct["first"], rows, ids)


def chunks(numbers: list[int], size: int) -> Iterator[tuple[int, ...]]:
    """Cut positions into tasks of one size."""
    for start in range(0, len(numbers), size):
        yield tuple(numbers[start : start + size])


def chunk_size(plan: Plan, pending: int, seconds: float | None, workers: int) -> int:
    """Return the number of runs of a task: at least 50, and `chunk_seconds` of work; fewer where workers would idle."""
    of_work = round(plan.facts.execution.chunk_seconds / seconds) if seconds else 0
    return max(1, min(max(50, of_work), -(-pending // (2 * workers))))
