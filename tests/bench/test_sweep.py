"""What the engine of experiments costs per run.  ``pytest tests/bench/test_sweep.py -s -o addopts=`` prints it.

Some of the same runs are made before and after without an engine, in a process of their own: the difference is what the
engine costs.  Processor time is counted beside time on the clock: it is right on a busy machine too.
BENCH_RUNS and BENCH_JOBS are numbers of runs and processes.
"""

from __future__ import annotations

import multiprocessing
import os
import resource
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from krimpsim.experiments.engine import local_engine, run_plan
from krimpsim.experiments.plan import make_plan, read_plan, write_plan
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.store import Store

ROOT = Path(__file__).resolve().parents[2]
RUNS = int(os.environ.get("BENCH_RUNS", "10000"))
JOBS = int(os.environ.get("BENCH_JOBS", "2"))
REPLICATES, ONE_IN = 4, 40  #: of the points, one in so many is run without an engine
TEXT = f"""id = "bench"
base = "{ROOT}/configs/examples/tiny.toml"
replicates = {REPLICATES}
[[factors]]
key = "care_need.men_ratio"
[[factors]]
key = "informal_care.stop_per_year"
[design]
kind = "lhs"
n = {RUNS // REPLICATES}
[[indicators]]
name = "unmet"
of = "unmet_per_100_hours"
[[indicators]]
name = "births"
of = "births"
take = "sum"
"""


def processor_seconds() -> float:
    """Return the processor time of this process and of those that it started and that ended."""
    spent = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in spent)


def resident_mb() -> float:
    """Return the memory that this process holds now, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize() / 2**20


def bare(folder: Path, name: str) -> tuple[float, float]:
    """Return clock and processor seconds of a run without an engine, the mean of one point in `ONE_IN`."""
    plan = read_plan(folder, name)
    points = range(0, len(plan.values), ONE_IN)
    runs = [plan.run(point * REPLICATES + r) for point in points for r in range(REPLICATES)]
    todo = [(plan.config(run), run.replicate) for run in runs]
    plan.simulate(*todo[-1])  # compiled code is loaded
    clock, cpu = time.perf_counter(), time.process_time()
    for config, replicate in todo:
        plan.simulate(config, replicate)
    return (time.perf_counter() - clock) / len(todo), (time.process_time() - cpu) / len(todo)


@pytest.mark.parametrize("simulate", ["fake_model:constant", "krimpsim.run:simulate"])
def test_ten_thousand_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, simulate: str) -> None:
    monkeypatch.syspath_prepend(ROOT / "tests" / "experiments")  # workers take it over
    file = tmp_path / "bench.toml"
    file.write_text(TEXT, encoding="utf-8")
    clock, cpu = time.perf_counter(), processor_seconds()
    loaded = load_experiment(file, simulate)
    plan = make_plan(loaded, str(file))
    planned, planned_cpu = time.perf_counter() - clock, processor_seconds() - cpu
    store = Store(tmp_path / "store")
    write_plan(plan, store)
    memory: list[tuple[int, float]] = []

    def note(progress: Any) -> None:
        memory.append((progress.done, resident_mb()))

    def alone() -> tuple[float, float]:
        with ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn")) as pool:
            return pool.submit(bare, store.folder, plan.name).result()

    before = alone()
    clock, cpu = time.perf_counter(), processor_seconds()
    found = run_plan(plan, store, local_engine(JOBS), on_progress=note)
    ran, ran_cpu = time.perf_counter() - clock, processor_seconds() - cpu
    after = alone()
    assert (found.missing, found.failed) == (0, 0)
    n = len(plan.ids)
    inside = np.asarray(store.runs(plan.columns).column("seconds"))
    by_clock, by_cpu = ((one + other) / 2 for one, other in zip(before, after, strict=True))
    course = [memory[k] for k in np.linspace(0, len(memory) - 1, 11).astype(int)]
    print(  # noqa: T201
        f"\n{simulate}, {n} runs, {JOBS} processes, peak of this process "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
        f"\n  reading, checking and planning {1e3 * planned / n:.2f} ms a run, processor {1e3 * planned_cpu / n:.2f} ms"
        f"\n  run: clock {ran:.1f} s, processor {ran_cpu:.1f} s = {1e3 * ran_cpu / n:.2f} ms a run"
        f"\n  of a run: median {1e3 * np.median(inside):.2f} ms, sum {inside.sum():.1f} s;"
        f" processes idle or busy with other things {100 * (1 - inside.sum() / (JOBS * ran)):.1f}%"
        f"\n  without engine: clock {1e3 * before[0]:.2f} ms a run before and {1e3 * after[0]:.2f} after,"
        f" processor {1e3 * before[1]:.2f} and {1e3 * after[1]:.2f}"
        f"\n  the engine costs: clock {1e3 * (JOBS * ran / n - by_clock):.2f} ms a run,"
        f" processor {1e3 * (ran_cpu / n - by_cpu):.2f}, start of its processes included"
        f"\n  memory of this process: {', '.join(f'{mb:.0f} MB at {done}' for done, mb in course)}"
        f"\n  {found.bytes / n:.0f} bytes a run in {found.shards} shards"
    )
