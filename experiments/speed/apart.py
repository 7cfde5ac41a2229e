"""Code that is measured in processes of its own, and what is read from them."""

from __future__ import annotations

import gc
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
SIZES = (1, 3, 10, 30, 100)
COUNTED = (r"I\s+refs", "Mispredicts")  #: by cachegrind


def spent(task: Callable[[], Any]) -> tuple[float, Any]:
    """Return the processor time of a task in seconds, and what it returned."""
    gc.collect()
    began = time.process_time()
    value = task()
    return time.process_time() - began, value


def child(code: str, *arguments: str, environment: Mapping[str, str] | None = None, at: Path = ROOT) -> dict[str, Any]:
    """Run code in a fresh process, in a folder, and return what it prints last, as JSON, with the time on the clock."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=at,
        env={**os.environ, **(environment or {})},
    )
    last = done.stdout.strip().splitlines()
    return {"clock": time.perf_counter() - began, **(json.loads(last[-1]) if last else {})}


REFERENCE = """
import gc, json, sys, time
import krimpsim
from krimpsim.config.load import load_config
from krimpsim.run import simulate
today = load_config("configs/scenarios/today.toml")
simulate(today, 0)
models = []
gc.collect()
began = time.process_time()
simulate(today, int(sys.argv[1]), each=models.append)
seconds = time.process_time() - began
found = models[-1].datacollector.model_vars
print(json.dumps({
    "seconds": seconds, "months": len(models), "lived": sum(found["population"]), "cared": sum(found["needing_care"]),
    "package": krimpsim.__file__,
}))
"""

OF_SIZE = """
import json, sys, time
from pathlib import Path
from datetime import date
from krimpsim.config.load import load_config
from krimpsim.model import KrimpModel
ratio, last = int(sys.argv[1]), sys.argv[2]
values = {"region.copies": ratio, "run.end": date.fromisoformat(last)}
config = load_config("configs/scenarios/today.toml", values)
small = load_config("configs/examples/tiny.toml")
def peak():  # not from getrusage: that remembers the process that started this one
    status = Path("/proc/self/status").read_text()
    return int(status.split("VmHWM:")[1].split()[0])
KrimpModel(small).step()
loaded = peak()
began = time.process_time()
model = KrimpModel(config)
made, months = time.process_time(), 0
while model.running:
    model.step()
    months += model.datacollector.model_vars["population"][-1]
done = time.process_time()
most = peak()
residents = model.datacollector.model_vars["population"][0]
print(json.dumps({
    "residents": residents, "person_months": months, "make_s": made - began, "run_s": done - made,
    "peak_mib": most / 1024, "bytes": 1024 * (most - loaded) / residents,
}))
"""

OF_PROCESSES = """
import json, time
from krimpsim.config.load import load_config
from krimpsim.model import KrimpModel
config = load_config("configs/scenarios/today.toml")
best = None
for replicate in range(6):
    model = KrimpModel(config, replicate=replicate)
    before, began = model.laps(), time.process_time()
    while model.running:
        model.step()
    seconds = time.process_time() - began
    ticks = {name: count - before[name] for name, count in model.laps().items()}
    if best is None or seconds < best[0]:
        total = sum(ticks.values())
        best = seconds, {name: 1e6 * seconds * count / total / int(model.steps) for name, count in ticks.items()}
print(json.dumps(best[1]))
"""

INSTRUCTIONS = """
import sys
from datetime import date
from krimpsim.config.load import load_config
from krimpsim.model import KrimpModel
config = load_config("configs/scenarios/today.toml", {"run.end": date(2017, 12, 31)})
for _ in range(int(sys.argv[1])):
    model = KrimpModel(config)
    while model.running:
        model.step()
"""

FIRST_RESULT = """
import time
from krimpsim.config.load import load_config
from krimpsim.run import simulate
simulate(load_config("configs/examples/tiny.toml"), 0)
"""


def reference(folder: Path, replicate: int, environment: Mapping[str, str] | None = None) -> dict[str, Any]:
    """Run the reference run of a checkout, in a process of its own.

    Parameters
    ----------
    folder
        The root of the checkout; its own `krimpsim` and its own scenario are used.
    replicate
        Its number; replicate 0 goes before, to load the compiled code.
    environment
        Of the process, beside what this one has.

    Returns
    -------
    run
        Processor time in ``seconds``; ``months``; ``lived`` and ``cared``, months of residents and of those of them who
        need care.

    Raises
    ------
    RuntimeError
        If another `krimpsim` was run.
    """
    run = child(REFERENCE, str(replicate), environment=environment, at=folder)
    if not Path(run["package"]).resolve().is_relative_to(folder.resolve()):
        raise RuntimeError(f"{folder} holds no krimpsim: {run['package']} was run")
    return run


def sizes(quick: bool) -> list[dict[str, Any]]:
    """Return time and memory by number of residents: five years from 2013, each in a process of its own."""
    return [{"copies": n, **child(OF_SIZE, str(n), "2017-12-31")} for n in (SIZES[:2] if quick else SIZES)]


def instructions() -> tuple[int, int]:
    """Return the instructions of a run of five years, and the jumps in it that a plain processor would guess wrong.

    Counted by cachegrind, so the same on every machine and in any mood; compiled for a plain processor, as it does not
    know the instructions of every new one.  It is what a second run adds: the first also loads the compiled code and
    prepares the configuration.
    """
    plain = {**os.environ, "NUMBA_CPU_NAME": "generic", "NUMBA_CPU_FEATURES": ""}
    child(INSTRUCTIONS, "1", environment=plain)  # compiles
    counts = []
    for runs in ("1", "2"):
        counter = ["valgrind", "--tool=cachegrind", "--cache-sim=no", "--branch-sim=yes"]
        command = [*counter, f"--cachegrind-out-file={os.devnull}", sys.executable, "-c", INSTRUCTIONS, runs]
        done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT, env=plain)
        counts.append([_number(rf"{name}:\s+([\d,]+)", done.stderr) for name in COUNTED])
    return counts[1][0] - counts[0][0], counts[1][1] - counts[0][1]


def _number(pattern: str, text: str) -> int:
    """Return the number that a pattern finds."""
    found = re.search(pattern, text)
    if found is None:
        raise ValueError(f"{pattern} is not in: {text}")
    return int(found[1].replace(",", ""))
