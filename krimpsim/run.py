"""Running replicates, in this process or in others, and writing the folder of a run."""

from __future__ import annotations

import gc
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future
from concurrent.futures.process import BrokenProcessPool
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

import mesa

from krimpsim.config.convenant import CLAUSES
from krimpsim.config.load import as_config, canonical, resolved_toml, run_id
from krimpsim.config.origins import Step, ahead_of_law, steps_by_origin
from krimpsim.config.run import RunConfig
from krimpsim.core import arguments
from krimpsim.core.cache import is_warm, mark_warm, source_hash
from krimpsim.core.errors import KrimpsimError, Stopped
from krimpsim.core.processors import processors
from krimpsim.core.progress import Progress
from krimpsim.core.workers import in_parallel, pool
from krimpsim.inputs.register import VILLAGES_CAVEAT, data_hash
from krimpsim.inputs.tables import load_tables
from krimpsim.model import KrimpModel
from krimpsim.outputs.compare import Collector, CompareRow, Series, compare_rows, write_compare, write_summary
from krimpsim.outputs.folder import RunFolder, sweep
from krimpsim.outputs.manifest import RunLog, held, run_set_id, write_manifest
from krimpsim.outputs.result import Result
from krimpsim.outputs.store import RunWriter, write_text
from krimpsim.population.survey import shifts
from krimpsim.start import compile_people

Origins = Mapping[tuple[str | int, ...], str]
CAVEATS = (
    VILLAGES_CAVEAT,
    "Before calibration: levels are set to the order of magnitude of published figures, not fitted.",
    "Levels of unmet care are not observed anywhere: look at differences.",
    "After 2024 all policy is scenario.",
)
VARY_CAVEAT = "Each replicate has numbers of its own, those of draws.csv; run.toml holds what they were before."
COMPILING = "compiling the model for this machine, once: one to three minutes"
LONGEST_NAME = 100  #: of scenarios in the name of a folder
SURVEY_CAVEAT = "willingness follows a survey; people may not do what they said."


class Vary(Protocol):
    """Numbers that differ between replicates, and what the manifest says of them."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What was drawn, from where."""

    def __call__(self, config: RunConfig, replicate: int) -> RunConfig:
        """Return the configuration of a replicate."""

    def write(self, folder: Path) -> None:
        """Write the numbers of each replicate."""


def simulate(config: RunConfig, replicate: int, each: Callable[[KrimpModel], None] | None = None) -> Result:
    """Run one replicate from the first to the last month and return what it recorded.

    Parameters
    ----------
    each
        Called after every month, to look and not to touch.
    """
    collects = gc.isenabled()
    gc.disable()  # a run leaves next to no cycles behind; looking for them takes a twentieth of its time
    try:
        model = KrimpModel(config, replicate=replicate)
        while model.running:
            model.step()
            if each is not None:
                each(model)
    finally:
        if collects:
            gc.enable()
    result = model.result()
    getattr(mesa.Agent, "_ids", {}).pop(model, None)  # Mesa 3.3 keeps every model alive in this table
    return result


EXAMPLE = {
    "run": {"end": "2013-03-31"},
    "region": {"villages": ["Zandberg", "Exloerveen"]},
    "providers": [{"id": "a"}, {"id": "b"}],
    "convenant": {name: {"enabled": True} for name in CLAUSES},
}


def warm() -> None:
    """Compile everything by one short run, and remember that it was done.

    Raises
    ------
    KrimpsimError
        If that failed.
    """
    example = RunConfig.model_validate(EXAMPLE)
    try:
        in_parallel((_first_run, example), (compile_people, example))  # the run finds the people's month on disk
    except ChildProcessError as error:
        raise KrimpsimError(f"the model could not be compiled: {error}; the lines above say why") from None
    mark_warm()


def _first_run(example: RunConfig) -> None:
    simulate(example, 0)


def simulate_all(
    configs: Sequence[RunConfig],
    replicates: int,
    jobs: int,
    vary: Vary | None = None,
    last: Callable[[], None] | None = None,
) -> Iterator[Result]:
    """Yield the results of all configurations and replicates, in order, from this or other processes.

    Parameters
    ----------
    jobs
        Number of processes; 1 stays in this one.  The results do not depend on it.
    vary
        As in `run_scenarios`.
    last
        What other processes do when this one is killed.
    """
    pairs = ((config, replicate) for config in configs for replicate in range(replicates))
    tasks = ((vary(config, replicate) if vary else config, replicate) for config, replicate in pairs)
    if jobs <= 1:
        for task in tasks:
            yield simulate(*task)
        return
    with pool(jobs, last) as executor:
        pending: deque[Future[Result]] = deque()
        try:
            for task in tasks:
                pending.append(executor.submit(simulate, *task))
                if len(pending) == 3 * jobs:  # few results at a time: memory stays flat
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        except BrokenProcessPool:
            raise KrimpsimError(
                f"one of {jobs} processes was killed, often because memory ran out: nothing is kept; "
                "give the command again, with fewer processes: -j 1"
            ) from None


def run_scenarios(
    configs: Sequence[tuple[RunConfig, Origins]],
    *,
    replicates: int | None = None,
    jobs: int | None = None,
    out: str | Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    vary: Vary | None = None,
    force: bool = False,
) -> Path:
    """Run scenarios with the same luck and write one folder with everything.

    Parameters
    ----------
    configs
        Configurations with the origin of each value; the first is A, the others are compared with it.
    replicates
        Instead of ``run.replicates`` of the first.
    jobs
        Processes; the number of processors of this job by default.
    out
        Folder to write in; by default a new one under ``results``.
    on_progress
        Called after each replicate.
    vary
        Gives each replicate numbers of its own, the same in all scenarios.
    force
        Whether other results in `out` are replaced.

    Returns
    -------
    folder
        With the tables, ``summary.csv``, ``compare.csv``, ``manifest.json``, ``run.toml`` and ``log.jsonl``.

    Raises
    ------
    UsageError
        If the folder cannot be written to, or holds other results.
    Stopped
        On Ctrl-C; nothing is kept then.
    """
    n = configs[0][0].run.replicates if replicates is None else arguments.replicates(replicates)
    jobs = None if jobs is None else arguments.jobs(jobs)
    work = _Work(configs, n, jobs, vary, on_progress)
    folder = work.default_folder() if out is None else out
    need = bytes_of(work.plain, n)
    with RunFolder(folder, held(folder), work.set_id, need=need, force=force) as place, RunLog(place) as log:
        try:
            work.carry_out(place, log)
        except KeyboardInterrupt:
            raise Stopped(f"{work.done} of {work.total} runs; nothing is kept") from None
    return place


class _Work:
    """Scenarios to run with the same luck, and how far that is."""

    def __init__(
        self,
        configs: Sequence[tuple[RunConfig, Origins]],
        replicates: int,
        jobs: int | None,
        vary: Vary | None,
        on_progress: Callable[[Progress], None] | None,
    ) -> None:
        self.configs, self.replicates, self.vary, self.on_progress = configs, replicates, vary, on_progress
        self.plain = [config for config, _ in configs]
        self.names = [config.scenario.id for config in self.plain]
        self.ids = [
            [run_id(vary(config, r) if vary else config, r, source_hash(), data_hash()) for r in range(replicates)]
            for config in self.plain
        ]
        self.set_id, self.started, self.clock = run_set_id(self.ids), datetime.now(UTC), time.monotonic()
        self.ways = [steps_by_origin(self.plain[0], config) for config in self.plain[1:]]
        self.every = [*self.plain, *(step.config for steps in self.ways for step in steps[:-1])]
        self.done, self.total = 0, replicates * len(self.every)
        self.workers = min(jobs or processors(), self.total)

    def default_folder(self) -> Path:
        """Return the folder of the results where none is named."""
        return Path("results") / (
            f"{self.started:%Y-%m-%dT%H%M%S}_{'_vs_'.join(self.names)[:LONGEST_NAME]}_{self.set_id}"
        )

    def carry_out(self, place: Path, log: RunLog) -> None:
        """Run everything, and fill the folder."""
        log.write("start", scenarios=self.names, replicates=self.replicates, jobs=self.workers)
        self._compile(log)
        for config, origins in self.configs:
            suffix = "" if config is self.plain[0] else f".{config.scenario.id}"
            write_text(place / f"run{suffix}.toml", resolved_toml(config, origins))
        if self.vary:
            self.vary.write(place)
        series, fastest = self._simulate(place)
        write_summary(place, [series[name] for name in self.names])
        if len(self.names) > 1:
            parts = [row for steps in self.ways for row in origin_rows(self.names[0], steps, series)]
            write_compare(place, [series[name] for name in self.names], parts)
        seconds = round(time.monotonic() - self.clock, 1)
        log.write("finish", seconds=seconds)
        first = self.plain[0]
        write_manifest(
            place,
            scenarios=[about(config, row) for config, row in zip(self.plain, self.ids, strict=True)],
            seed=first.run.seed,
            replicates=self.replicates,
            jobs=self.workers,
            parties=[p.id for p in first.providers] + [p.id for p in first.parties],
            started=self.started.isoformat(timespec="seconds"),
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=seconds,
            **({"vary": self.vary.facts} if self.vary else {}),
            seconds_of_a_replicate={part: round(value, 6) for part, value in fastest.items()},
            exit_code=0,
            caveats=caveats(self.plain, self.vary is not None),
        )

    def _compile(self, log: RunLog) -> None:
        """Compile the model if that was not done, and say so."""
        if not is_warm():
            self._show(COMPILING)
            warm()
            spent = round(time.monotonic() - self.clock, 1)
            log.write("compiled", seconds=spent)
            self._show(f"compiled in {spent:.0f} s")

    def _simulate(self, place: Path) -> tuple[dict[str, Series], Mapping[str, float]]:
        """Run all replicates and write their tables; return the series by scenario, and the times of the fastest."""
        collector = Collector()
        fastest: Mapping[str, float] = {}
        with RunWriter(place, VILLAGES_CAVEAT) as writer:
            for result in simulate_all(self.every, self.replicates, self.workers, self.vary, partial(sweep, place)):
                if result.scenario in self.names:
                    writer.write(result)
                collector.add(result)
                if not fastest or sum(result.seconds.values()) < sum(fastest.values()):
                    fastest = result.seconds  # the first run of a process also loads the compiled code
                self.done += 1
                self._show()
        return {one.scenario: one for one in collector.series()}, fastest

    def _show(self, note: str = "") -> None:
        """Say how far it is."""
        if self.on_progress is not None:
            self.on_progress(Progress(", ".join(self.names), self.done, self.total, note))


def bytes_of(configs: Sequence[RunConfig], replicates: int) -> int:
    """Return about how many bytes the results of scenarios take, as measured: tables, and a report."""
    months = sum(12 * (c.run.end.year - c.run.start.year) + c.run.end.month - c.run.start.month + 1 for c in configs)
    villages = len(load_tables().village_names)
    return 3_000_000 + replicates * months * (1200 + 120 * villages)


def about(config: RunConfig, run_ids: Sequence[str]) -> dict[str, Any]:
    """Return what the manifest says of a scenario."""
    return {
        "id": config.scenario.id,
        "title_nl": config.scenario.title.nl or config.scenario.id,
        "title_en": config.scenario.title.en or config.scenario.id,
        "config_hash": blake2b(canonical(config), digest_size=16).hexdigest(),
        "clauses": {k: str(facts.origin) for k, facts in CLAUSES.items() if getattr(config.convenant, k).enabled},
        "survey": [shift._asdict() for shift in shifts(config, load_tables())],
        "run_ids": list(run_ids),
    }


def caveats(configs: Sequence[RunConfig], varies: bool) -> list[str]:
    """Return what to beware of in the results of scenarios."""
    return [
        *CAVEATS,
        *([VARY_CAVEAT] if varies else []),
        *(line for c in configs for line in ahead_of_law(c)),
        *(f"{c.scenario.id}: {SURVEY_CAVEAT}" for c in configs if c.zorgkracht.survey),
    ]


def origin_rows(first: str, steps: Sequence[Step], series: Mapping[str, Series]) -> list[CompareRow]:
    """Return the difference of each step, under the names of the two ends."""
    names = [first, *(step.config.scenario.id for step in steps)]
    return [
        replace(row, a=names[0], b=names[-1])
        for start, end, step in zip(names, names[1:], steps, strict=False)
        for row in compare_rows(series[start], series[end], step.origin)
    ]


def run(
    config: RunConfig | str | Path,
    *,
    replicates: int | None = None,
    jobs: int | None = None,
    out: str | Path | None = None,
    force: bool = False,
) -> Path:
    """Run one scenario and return the folder of its results.

    Parameters
    ----------
    config
        A configuration, or the path of one.
    replicates, jobs, out, force
        As in `run_scenarios`.
    """
    return run_scenarios([(as_config(config), {})], replicates=replicates, jobs=jobs, out=out, force=force)
