"""Measures how fast krimpsim is, and prints the table with the goals.

    python experiments/speed/measure.py            the table, into experiments/speed/<version>.csv, and the figure
    python experiments/speed/measure.py --quick    fewer repeats and no series of sizes; writes nothing

Times are of the processor, of one process, the least of several runs: they are right on a busy machine too, apart from
shared caches.  What is compared is measured side by side, in turn.
"""

from __future__ import annotations

import csv
import gc
import json
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
TODAY = ROOT / "configs" / "scenarios" / "today.toml"
TINY = ROOT / "configs" / "examples" / "tiny.toml"
SIZES = (1, 3, 10, 30, 100)
COUNTED = (r"I\s+refs", "Mispredicts")  #: by cachegrind
BARE_MONTHS = 24  #: of the plain-Mesa loop in a repeat


def spent(task: Callable[[], Any]) -> tuple[float, Any]:
    """Return the processor time of a task in seconds, and what it returned."""
    gc.collect()
    began = time.process_time()
    value = task()
    return time.process_time() - began, value


def child(code: str, *arguments: str, environment: dict[str, str] | None = None) -> dict[str, Any]:
    """Run code in a fresh process and return what it prints last, as JSON, with the time on the clock."""
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code, *arguments],
        capture_output=True,
        text=True,
        check=True,
        cwd=ROOT,
        env={**os.environ, **(environment or {})},
    )
    last = done.stdout.strip().splitlines()
    return {"clock": time.perf_counter() - began, **(json.loads(last[-1]) if last else {})}


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


def sizes(quick: bool) -> list[dict[str, Any]]:
    """Return time and memory by number of residents: five years from 2013, each in a process of its own."""
    return [child(OF_SIZE, str(ratio), "2017-12-31") for ratio in (SIZES[:2] if quick else SIZES)]


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
        counts.append([int(re.search(rf"{name}:\s+([\d,]+)", done.stderr)[1].replace(",", "")) for name in COUNTED])
    return counts[1][0] - counts[0][0], counts[1][1] - counts[0][1]


def measure(quick: bool) -> tuple[list[tuple[str, str, str, str]], list[dict[str, Any]]]:
    """Return the rows of the table (what, measured, goal, met) and the series of sizes."""
    from floor import floor, wrong_guess
    from plain_mesa import Village

    from krimpsim.config.load import load_config
    from krimpsim.model import KrimpModel
    from krimpsim.run import simulate, simulate_all, warm

    rows: list[tuple[str, str, str, str]] = []

    def add(what: str, measured: str, goal: str = "", met: bool | None = None) -> None:
        rows.append((what, measured, goal, "" if met is None else "met" if met else "missed"))
        sys.stdout.write(f"{what:68}{measured:>18}  {goal:18}{rows[-1][3]}\n")
        sys.stdout.flush()

    warm()
    today = load_config(TODAY)
    simulate(today, 0)
    bare = Village(18_146)
    bare.step()
    repeats = 3 if quick else 9
    runs, loops = [], []
    for replicate in range(1, repeats + 1):
        runs.append(spent(lambda r=replicate: simulate(today, r)))
        if len(loops) < 4:
            before = bare.person_months
            seconds, _ = spent(lambda: [bare.step() for _ in range(BARE_MONTHS)])
            loops.append(seconds / (bare.person_months - before))
    best, result = min(runs, key=lambda run: run[0])
    population = result.village_rows[:, :, 0].sum()
    add("one reference run, every process and indicator", f"{1000 * best:.0f} ms", "60 ms", best <= 0.06)
    per_month = best / float(population)
    add("  per resident and month", f"{1e9 * per_month:.0f} ns")
    ratio = min(loops) / per_month
    add("plain Mesa: ageing, death, need and birth, per resident and month", f"{1e9 * min(loops):.0f} ns")
    add("  times that krimpsim is faster, with everything in it", f"{ratio:.0f}", "40 (stretch 100)", ratio >= 40)
    for part, seconds in result.seconds.items():
        add(f"  of a run: {part}", f"{1000 * seconds:.1f} ms")

    for process, microseconds in child(OF_PROCESSES, environment={"KRIMPSIM_LAPS": "1"}).items():
        if process != "clock" and microseconds > 0.0:
            add(f"  of a month: {process}", f"{microseconds:.0f} µs")

    floors, visits = floor(today)
    for part, seconds in floors.items():
        add(f"floor of a run, no rule followed: {part}", f"{1000 * seconds:.1f} ms")
    left = 0.06 - sum(floors.values())
    add("  all of it, and what is left of the goal", f"{1000 * (0.06 - left):.0f} ms, {1000 * left:.0f} ms")
    add("  left for all rules, each of the visits to a row", f"{1e9 * left / visits:.1f} ns")
    add("  for comparison: a jump that the processor guesses wrong", f"{1e9 * wrong_guess():.1f} ns")

    makes = [spent(lambda r=r: KrimpModel(today, replicate=r))[0] for r in range(repeats)]
    add("population, and two years to fill ties, rounds and staff", f"{1000 * min(makes):.0f} ms")
    share = writing([value for _, value in runs]) / best
    add("writing all tables, share of a run", f"{100 * share:.1f} %", "< 20 %", share < 0.2)

    for jobs in (1, 2):
        n, began = (4 if quick else 12) * jobs, time.perf_counter()
        for _ in simulate_all([today], n, jobs):
            pass
        add(f"runs a second on {jobs} worker(s), start of workers included", f"{n / (time.perf_counter() - began):.2f}")

    environment = dict(os.environ)
    shown = min(timed([sys.executable, "-m", "krimpsim", "--help"], environment) for _ in range(2 if quick else 5))
    add("krimpsim --help", f"{shown:.2f} s", "< 0.5 s", shown < 0.5)
    first = min(child(FIRST_RESULT)["clock"] for _ in range(2 if quick else 5))
    add("a new process to its first result (tiny), compiled code on disk", f"{first:.1f} s", "< 3 s", first < 3)
    series = sizes(quick)
    if not quick and shutil.which("valgrind"):
        done, wrong = instructions()
        add("instructions of a run of five years, spin-up included", f"{done / 1e6:.0f} million")
        add("  jumps in it that a plain processor guesses wrong", f"{wrong / 1e6:.1f} million")
    if not quick:
        with tempfile.TemporaryDirectory() as folder:
            cold = timed(
                [sys.executable, "-m", "krimpsim", "info", "--warm"], {**environment, "NUMBA_CACHE_DIR": folder}
            )
        add("compiling everything, two processes", f"{cold:.0f} s")
    base = series[0]["run_s"] / series[0]["person_months"]
    for one in series:
        cost = one["run_s"] / one["person_months"]
        what = f"{one['residents']:,} residents: ns per resident and month, against the smallest"
        add(what, f"{1e9 * cost:.0f} ns, x {cost / base:.2f}", "x 1.3", cost / base <= 1.3)
    largest = series[-1]
    add(
        "memory per resident at the largest size", f"{largest['bytes']:.0f} bytes", "200 bytes", largest["bytes"] <= 200
    )
    return rows, series


def timed(command: list[str], environment: dict[str, str]) -> float:
    """Return how long a command takes on the clock."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment, cwd=ROOT)
    return time.perf_counter() - began


def writing(results: Sequence[Any]) -> float:
    """Return the processor time that writing the tables of one run takes."""
    from krimpsim.outputs.store import RunWriter

    with tempfile.TemporaryDirectory() as folder, RunWriter(Path(folder), "") as writer:
        return min(spent(lambda result=result: writer.write(result))[0] for result in results)


def draw(series: list[dict[str, Any]], path: Path) -> None:
    """Draw cost and memory against the number of residents."""
    import matplotlib.pyplot as plt

    residents = [one["residents"] for one in series]
    figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.6), layout="constrained")
    left.plot(residents, [1e9 * one["run_s"] / one["person_months"] for one in series], "o-", color="#0072B2")
    left.set(xscale="log", xlabel="residents", ylabel="nanoseconds per resident and month", title="Cost")
    left.set_ylim(bottom=0)
    right.plot(residents, [one["peak_mib"] for one in series], "o-", color="#D55E00")
    right.set(xscale="log", xlabel="residents", ylabel="MiB, the whole process", title="Peak memory")
    right.set_ylim(bottom=0)
    for axis in (left, right):
        axis.grid(alpha=0.3)
        axis.spines[["top", "right"]].set_visible(False)
    figure.savefig(path, dpi=150)


def main() -> None:
    """Measure, print, and keep the table unless it was a quick look."""
    from krimpsim import __version__

    quick = "--quick" in sys.argv[1:]
    sys.path.insert(0, str(HERE))
    rows, series = measure(quick)
    if quick:
        return
    with (HERE / f"{__version__}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(("what", "measured", "goal", "met"))
        writer.writerows(rows)
        writer.writerow(
            ("machine", f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}", "", "")
        )
    draw(series, HERE / "size.png")


if __name__ == "__main__":
    main()
