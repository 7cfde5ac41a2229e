"""Running replicates, in this process or in others, and writing the folder of a run.  The only way to run."""

from __future__ import annotations

import gc
import multiprocessing
import os
import time
from collections import deque
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import blake2b
from pathlib import Path
from typing import Any, Protocol

import mesa

from krimpsim.config.clauses import CLAUSES
from krimpsim.config.load import canonical, load_config, resolved_toml, run_id
from krimpsim.config.origins import Step, ahead_of_law, steps_by_origin
from krimpsim.config.run import RunConfig
from krimpsim.core.cache import is_warm, mark_warm, source_hash
from krimpsim.inputs.register import VILLAGES_CAVEAT, data_hash
from krimpsim.inputs.tables import load_tables
from krimpsim.model import KrimpModel, compile_people
from krimpsim.outputs.compare import Collector, CompareRow, Series, compare_rows, write_compare, write_summary
from krimpsim.outputs.indicators import Result
from krimpsim.outputs.manifest import RunLog, write_manifest
from krimpsim.outputs.store import RunWriter, write_text
from krimpsim.population.survey import shifts

Origins = Mapping[tuple[str | int, ...], str]
CAVEATS = (
    VILLAGES_CAVEAT,
    "Before calibration: levels are set to the order of magnitude of published figures, not fitted.",
    "Levels of unmet care are not observed anywhere: look at differences.",
    "After 2024 all policy is scenario.",
)
VARY_CAVEAT = "Each replicate has numbers of its own, those of draws.csv; run.toml holds what they were before."
SURVEY_CAVEAT = "willingness follows a survey; people may not do what they said."


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a scenario is.

    Parameters
    ----------
    scenario
        Identifier.
    done, total
        Replicates.
    note
        What happens besides counting, for example compiling.
    """

    scenario: str
    done: int
    total: int
    note: str = ""


class Vary(Protocol):
    """Numbers that differ between replicates, and what the manifest says of them."""

    @property
    def facts(self) -> Mapping[str, Any]:
        """What was drawn, from where."""

    def __call__(self, config: RunConfig, replicate: int) -> RunConfig:
        """Return the configuration of a replicate."""


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

    A second process compiles the month of the people meanwhile; this one finds it on disk when it gets there.
    """
    example = RunConfig.model_validate(EXAMPLE)
    helper = multiprocessing.get_context("spawn").Process(target=compile_people, args=(example,))
    helper.start()
    simulate(example, 0)
    helper.join()
    mark_warm()


def simulate_all(
    configs: Sequence[RunConfig], replicates: int, jobs: int, vary: Vary | None = None
) -> Iterator[Result]:
    """Yield the results of all configurations and replicates, in order, from this or other processes.

    Parameters
    ----------
    jobs
        Number of processes; 1 stays in this one.  The results do not depend on it.
    vary
        As in `run_scenarios`.
    """
    pairs = ((config, replicate) for config in configs for replicate in range(replicates))
    tasks = ((vary(config, replicate) if vary else config, replicate) for config, replicate in pairs)
    if jobs <= 1:
        for task in tasks:
            yield simulate(*task)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=jobs, mp_context=context) as pool:
        pending: deque[Future[Result]] = deque()
        try:
            for task in tasks:
                pending.append(pool.submit(simulate, *task))
                if len(pending) == 3 * jobs:  # few results at a time: memory stays flat
                    yield pending.popleft().result()
            while pending:
                yield pending.popleft().result()
        except BaseException:
            for future in pending:
                future.cancel()
            raise


def run_scenarios(
    configs: Sequence[tuple[RunConfig, Origins]],
    *,
    replicates: int | None = None,
    jobs: int | None = None,
    out: Path | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    vary: Vary | None = None,
) -> Path:
    """Run scenarios with the same luck and write one folder with everything.

    Parameters
    ----------
    configs
        Configurations with the origin of each value; the first is A, the others are compared with it.
    replicates
        Instead of ``run.replicates`` of the first.
    jobs
        Processes; the number of cores by default.
    out
        Folder to write in; by default a new one under ``results``.
    on_progress
        Called after each replicate.
    vary
        Gives each replicate numbers of its own, the same in all scenarios.

    Returns
    -------
    folder
        With the tables, ``summary.csv``, ``compare.csv``, ``manifest.json``, ``run.toml`` and ``log.jsonl``.
    """
    plain = [config for config, _ in configs]
    n = replicates or plain[0].run.replicates
    workers = min(jobs or os.cpu_count() or 1, n * len(plain))
    started, clock = datetime.now(UTC), time.monotonic()
    ids = [
        [run_id(vary(config, r) if vary else config, r, source_hash(), data_hash()) for r in range(n)]
        for config in plain
    ]
    set_id = blake2b("".join(i for row in ids for i in row).encode(), digest_size=6).hexdigest()
    names = [config.scenario.id for config in plain]
    folder = out or Path("results") / f"{started:%Y-%m-%dT%H%M%S}_{'_vs_'.join(names)}_{set_id}"
    folder.mkdir(parents=True, exist_ok=True)

    def show(config: RunConfig, done: int, note: str = "") -> None:
        if on_progress is not None:
            on_progress(Progress(config.scenario.id, done, n, note))

    with RunLog(folder) as log:
        log.write("start", scenarios=[c.scenario.id for c in plain], replicates=n, jobs=workers)
        if not is_warm():
            show(plain[0], 0, "compiling the model, once: a minute or two")
            before = time.monotonic()
            warm()
            log.write("compiled", seconds=round(time.monotonic() - before, 1))
        for config, origins in configs:
            suffix = "" if config is plain[0] else f".{config.scenario.id}"
            write_text(folder / f"run{suffix}.toml", resolved_toml(config, origins))
        ways = [steps_by_origin(plain[0], config) for config in plain[1:]]
        between = [step.config for steps in ways for step in steps[:-1]]
        collector = Collector()
        with RunWriter(folder, VILLAGES_CAVEAT) as writer:
            done = {config.scenario.id: 0 for config in [*plain, *between]}
            fastest: Mapping[str, float] = {}
            for result in simulate_all([*plain, *between], n, workers, vary):
                if result.scenario in names:
                    writer.write(result)
                collector.add(result)
                if not fastest or sum(result.seconds.values()) < sum(fastest.values()):
                    fastest = result.seconds  # the first run of a process also loads the compiled code
                done[result.scenario] += 1
                config = next(c for c in [*plain, *between] if c.scenario.id == result.scenario)
                show(config, done[result.scenario])
        series = {one.scenario: one for one in collector.series()}
        write_summary(folder, [series[name] for name in names])
        if len(names) > 1:
            parts = [row for steps in ways for row in origin_rows(names[0], steps, series)]
            write_compare(folder, [series[name] for name in names], parts)
        seconds = round(time.monotonic() - clock, 1)
        log.write("finish", seconds=seconds)
        write_manifest(
            folder,
            scenarios=[
                {
                    "id": c.scenario.id,
                    "title_nl": c.scenario.title.nl or c.scenario.id,
                    "title_en": c.scenario.title.en or c.scenario.id,
                    "config_hash": blake2b(canonical(c), digest_size=16).hexdigest(),
                    "clauses": {
                        k: str(facts.origin) for k, facts in CLAUSES.items() if getattr(c.convenant, k).enabled
                    },
                    "survey": [shift._asdict() for shift in shifts(c, load_tables())],
                    "run_ids": row,
                }
                for c, row in zip(plain, ids, strict=True)
            ],
            seed=plain[0].run.seed,
            replicates=n,
            jobs=workers,
            parties=[p.id for p in plain[0].providers] + [p.id for p in plain[0].parties],
            started=started.isoformat(timespec="seconds"),
            finished=datetime.now(UTC).isoformat(timespec="seconds"),
            seconds=seconds,
            **({"vary": vary.facts} if vary else {}),
            seconds_of_a_replicate={part: round(value, 6) for part, value in fastest.items()},
            exit_code=0,
            caveats=[
                *CAVEATS,
                *([VARY_CAVEAT] if vary else []),
                *(line for c in plain for line in ahead_of_law(c)),
                *(f"{c.scenario.id}: {SURVEY_CAVEAT}" for c in plain if c.zorgkracht.survey),
            ],
        )
    return folder


def origin_rows(first: str, steps: Sequence[Step], series: Mapping[str, Series]) -> list[CompareRow]:
    """Return the difference of each step, under the names of the two ends."""
    names = [first, *(step.config.scenario.id for step in steps)]
    return [
        replace(row, a=names[0], b=names[-1])
        for start, end, step in zip(names, names[1:], steps, strict=False)
        for row in compare_rows(series[start], series[end], step.origin)
    ]


def run(
    config: RunConfig | str | Path, *, replicates: int | None = None, jobs: int | None = None, out: Path | None = None
) -> Path:
    """Run one scenario and return the folder of its results.

    Parameters
    ----------
    config
        A configuration, or the path of one.
    replicates, jobs, out
        As in `run_scenarios`.
    """
    loaded = config if isinstance(config, RunConfig) else load_config(Path(config))
    return run_scenarios([(loaded, {})], replicates=replicates, jobs=jobs, out=out)
