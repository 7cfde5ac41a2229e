"""What tests of sweeps share: an experiment file, drivers in processes of their own, and a comparison of stores."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from krimpsim.experiments.engine import local_engine, run_experiment
from krimpsim.experiments.plan import Plan, make_plan
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.shards import CIRCUMSTANCES
from krimpsim.experiments.store import Store

ROOT = Path(__file__).resolve().parents[2]
HERE = Path(__file__).parent
FAKE = "fake_model:simulate"
TINY = ROOT / "configs" / "examples" / "tiny.toml"

TEXT = f"""schema = 1
id = "fake_sweep"
base = "{TINY}"
replicates = {{replicates}}
[[scenarios]]
[[scenarios]]
id = "careless"
set.market.consent_share = 0.9
[[factors]]
key = "care_need.men_ratio"
[[factors]]
key = "informal_care.stop_per_year"
[design]
kind = "{{kind}}"
n = {{n}}
[[indicators]]
name = "unmet"
of = "unmet_per_100_hours"
[[indicators]]
name = "births"
of = "births"
take = "sum"
[execution]
chunk_seconds = 1
flush_seconds = 0.2
{{more}}
"""

DRIVER = """
import sys
from pathlib import Path
from krimpsim.experiments.engine import local_engine, run_experiment
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.store import Store

if __name__ == "__main__":
    file, store, jobs = sys.argv[1:4]
    loaded = load_experiment(file, "fake_model:simulate")
    print(run_experiment(loaded, file, Store(Path(store)), local_engine(int(jobs))))
"""


def experiment(folder: Path, n: int = 8, kind: str = "sobol", replicates: int = 4, more: str = "") -> Path:
    """Write an experiment with two factors and two scenarios: 8 n runs per replicate for sobol."""
    file = folder / "sweep.toml"
    file.write_text(TEXT.format(n=n, kind=kind, replicates=replicates, more=more), encoding="utf-8")
    return file


def plan_of(file: Path) -> Plan:
    return make_plan(load_experiment(file, FAKE), str(file))


def content(store: Store, plan: Plan) -> dict[str, list[Any]]:
    """Return all runs of a plan without the circumstances of their computation, sorted by identity."""
    table = store.runs(plan.columns, plan.facts.level)
    return table.drop_columns(list(CIRCUMSTANCES)).to_pydict()


def serial(file: Path, folder: Path) -> dict[str, list[Any]]:
    """Return what a serial run in this process stores."""
    from krimpsim.experiments.chunk import run_chunk
    from krimpsim.experiments.plan import write_plan

    plan, store = plan_of(file), Store(folder)
    write_plan(plan, store)
    run_chunk(folder, plan.name, range(len(plan.ids)))
    return content(store, plan)


def rows_on_disk(store: Store) -> int:
    """Return the rows of all shards, those of runs that are there twice included."""
    import pyarrow.parquet as pq

    return sum(pq.read_metadata(path).num_rows for path in store.shards())


def environment(**more: str) -> dict[str, str]:
    path = os.pathsep.join([str(HERE), str(ROOT), os.environ.get("PYTHONPATH", "")])
    return os.environ | {"PYTHONPATH": path} | more


def driver(file: Path, store: Path, jobs: int = 2, **more: str) -> subprocess.Popen[str]:
    """Start a sweep in a process of its own."""
    script = store.parent / "driver.py"
    script.write_text(DRIVER, encoding="utf-8")
    words = [sys.executable, str(script), str(file), str(store), str(jobs)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    return subprocess.Popen(words, text=True, env=environment(**more), **pipes)


def finish(file: Path, store: Path) -> None:
    """Resume a sweep in this process."""
    run_experiment(load_experiment(file, FAKE), str(file), Store(store), local_engine(2))


def until(what: Callable[[], Any], seconds: float = 180.0) -> Any:
    """Wait until something is true, and return it."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = what()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError("waited in vain")


def children(pid: int) -> list[int]:
    """Return the worker processes of a driver."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            words = path.read_text().rpartition(")")[2].split()
            command = (path.parent / "cmdline").read_bytes()
        except OSError:
            continue
        if int(words[1]) == pid and b"spawn_main" in command:
            found.append(int(path.parent.name))
    return found


def skip_or_fail(tool: str, reason: str) -> None:
    """Skip a test for lack of a tool; fail when the environment says that the tool has to be there."""
    if tool in os.environ.get("KRIMPSIM_REQUIRE", "").split(","):
        pytest.fail(f"{tool} is required here: {reason}")
    pytest.skip(reason)
