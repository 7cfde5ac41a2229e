"""What the engine of experiments costs per run.  ``pytest tests/bench/test_sweep.py -s -o addopts=`` prints it.

Processor time is counted beside time on the clock: it is right on a busy machine too.
"""

from __future__ import annotations

import os
import resource
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from krimpsim.experiments.engine import local_engine, run_plan
from krimpsim.experiments.plan import make_plan
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.store import Store

ROOT = Path(__file__).resolve().parents[2]
RUNS = int(os.environ.get("BENCH_RUNS", "10000"))
TEXT = f"""id = "bench"
base = "{ROOT}/configs/examples/tiny.toml"
replicates = 4
[[factors]]
key = "care_need.men_ratio"
[[factors]]
key = "informal_care.stop_per_year"
[design]
kind = "lhs"
n = {RUNS // 4}
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


@pytest.mark.parametrize("simulate", ["constant_model:simulate", "krimpsim.run:simulate"])
def test_ten_thousand_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, simulate: str) -> None:
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(Path(__file__).parent), *sys.path]))
    file = tmp_path / "bench.toml"
    file.write_text(TEXT, encoding="utf-8")
    clock, cpu = time.perf_counter(), processor_seconds()
    loaded = load_experiment(file, simulate)
    plan = make_plan(loaded, str(file))
    planned, planned_cpu = time.perf_counter() - clock, processor_seconds() - cpu
    store = Store(tmp_path / "store")
    clock, cpu = time.perf_counter(), processor_seconds()
    found = run_plan(plan, store, local_engine(2))
    ran, ran_cpu = time.perf_counter() - clock, processor_seconds() - cpu
    assert (found.missing, found.failed) == (0, 0)
    n = len(plan.ids)
    inside = np.asarray(store.runs(plan.columns).column("seconds"))
    print(  # noqa: T201
        f"\n{simulate}, {n} runs, 2 processes, peak of this process "
        f"{resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024:.0f} MB"
        f"\n  reading, checking and planning {1e3 * planned / n:.2f} ms a run, processor {1e3 * planned_cpu / n:.2f} ms"
        f"\n  run: clock {ran:.1f} s, processor {ran_cpu:.1f} s = {1e3 * ran_cpu / n:.2f} ms a run"
        f"\n  of a run: median {1e3 * np.median(inside):.2f} ms, sum {inside.sum():.1f} s;"
        f" two processes idle or busy with other things {100 * (1 - inside.sum() / (2 * ran)):.1f}%"
        f"\n  {found.bytes / n:.0f} bytes a run in {found.shards} shards"
    )
