"""Measures how fast krimpsim is, and prints the table with the goals.

    python experiments/speed/measure.py            the table, into experiments/speed/<version>.csv, and the figure
    python experiments/speed/measure.py --quick    fewer repeats and sizes; writes nothing
    python experiments/speed/measure.py --against FOLDER
                                                   the reference run alone, in turn with that of a checkout in FOLDER

Times are of the processor, of one process, the least of several runs: they are right on a busy machine too, apart from
shared caches.  What is compared is measured side by side, in turn.  `peers.py` measures the peers.
"""

from __future__ import annotations

import csv
import importlib.util
import os
import platform
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from statistics import median
from typing import Any

from apart import FIRST_RESULT, OF_PROCESSES, ROOT, SIZES, child, instructions, reference, sizes, spent

HERE = Path(__file__).resolve().parent
TODAY = ROOT / "configs" / "scenarios" / "today.toml"
DEARER = {10: 1.3, 100: 1.75}  #: goal: cost per resident at a size, against the smallest
NO_DEARER = 1.02  #: goal: a run per person who needs care, against that of another commit
TIMES_MESA, AIM, STRETCH = 13, 16, 24  #: goal: times faster than plain Mesa
BYTES = 200  #: goal: memory of a resident at the largest size
ENGINE = 0.05  #: goal: what the engine of experiments takes of a run
BARE_MONTHS = 24  #: of the plain-Mesa loop in a repeat


def against(folder: Path, repeats: int) -> list[str]:
    """Return lines that compare the reference run with that of a checkout, repeat by repeat in turn."""
    places = (ROOT, folder)
    for place in places:
        reference(place, 0)  # compiles
    costs: dict[Path, list[float]] = {place: [] for place in places}
    for replicate in range(1, repeats + 1):
        for place in places if replicate % 2 else places[::-1]:
            run = reference(place, replicate)
            costs[place].append(run["seconds"] / run["cared"])
    lines = [
        f"{place}: {1e9 * median(some):.0f} ns per person who needs care and month"
        f" ({1e9 * min(some):.0f} to {1e9 * max(some):.0f})"
        for place, some in costs.items()
    ]
    pairs = [here / there for here, there in zip(costs[ROOT], costs[folder], strict=True)]
    ratio = median(costs[ROOT]) / median(costs[folder])
    met = "met" if ratio <= NO_DEARER else "missed"
    return [*lines, f"ratio {ratio:.3f} (pairs {min(pairs):.3f} to {max(pairs):.3f}), goal {NO_DEARER}: {met}"]


class Table:
    """The rows of the table: what, measured, goal, met; each is printed when it is known."""

    def __init__(self) -> None:
        self.rows: list[tuple[str, str, str, str]] = []

    def add(self, what: str, measured: str, goal: str = "", met: bool | None = None) -> None:
        """Add a row, and print it."""
        self.rows.append((what, measured, goal, "" if met is None else "met" if met else "missed"))
        sys.stdout.write(f"{what:68}{measured:>18}  {goal:30}{self.rows[-1][3]}\n")
        sys.stdout.flush()


def live(village: Any, months: int) -> None:
    """Let a village live some months."""
    for _ in range(months):
        village.step()


def runs_beside_mesa(table: Table, repeats: int) -> tuple[float, list[Any]]:
    """Measure reference runs in turn with plain Mesa; return the least time of one, and the results of all."""
    from plain_mesa import Village

    from krimpsim.config.load import load_config
    from krimpsim.outputs.columns import VILLAGE_COLUMNS
    from krimpsim.run import simulate, warm

    warm()
    today = load_config(TODAY)
    simulate(today, 0)
    bare = Village(18_146)
    bare.step()
    runs: list[tuple[float, Any]] = []
    loops: list[float] = []
    for replicate in range(1, repeats + 1):
        runs.append(spent(partial(simulate, today, replicate)))
        if len(loops) < 4:
            before = bare.person_months
            seconds, _ = spent(partial(live, bare, BARE_MONTHS))
            loops.append(seconds / (bare.person_months - before))
    best, result = min(runs, key=lambda run: run[0])
    names = [column.name for column in VILLAGE_COLUMNS]
    lived, cared = (float(result.village_rows[:, :, names.index(n)].sum()) for n in ("population", "needing_care"))
    table.add("one reference run, every process and indicator", f"{1000 * best:.0f} ms", "x 1.02: see --against")
    table.add("  per resident and month", f"{1e9 * best / lived:.0f} ns", "below Starsim's: see peers.py")
    table.add("  per person who needs care and month", f"{1e9 * best / cared:.0f} ns")
    table.add("plain Mesa: ageing, death, need and birth, per resident and month", f"{1e9 * min(loops):.0f} ns")
    ratio, goal = min(loops) * lived / best, f"{TIMES_MESA} (aim {AIM}, stretch {STRETCH})"
    table.add("  times that krimpsim is faster, with everything in it", f"{ratio:.1f}", goal, ratio >= TIMES_MESA)
    for part, seconds in result.seconds.items():
        table.add(f"  of a run: {part}", f"{1000 * seconds:.1f} ms")
    return best, [value for _, value in runs]


def where_it_goes(table: Table, best: float) -> None:
    """Measure what each process takes of a month, and what a run takes before any rule is followed."""
    from floor import floor, wrong_guess

    from krimpsim.config.load import load_config

    for process, microseconds in child(OF_PROCESSES, environment={"KRIMPSIM_LAPS": "1"}).items():
        if process != "clock" and microseconds > 0.0:
            table.add(f"  of a month: {process}", f"{microseconds:.0f} µs")
    floors, visits = floor(load_config(TODAY))
    for part, seconds in floors.items():
        table.add(f"floor of a run, no rule followed: {part}", f"{1000 * seconds:.1f} ms")
    floor_s = sum(floors.values())
    table.add("  all of it, and share of a run", f"{1000 * floor_s:.0f} ms, {100 * floor_s / best:.0f} %")
    table.add("  the rest of a run, each of the visits to a row", f"{1e9 * (best - floor_s) / visits:.1f} ns")
    table.add("  for comparison: a jump that the processor guesses wrong", f"{1e9 * wrong_guess():.1f} ns")


def around_a_run(table: Table, best: float, results: list[Any], quick: bool) -> None:
    """Measure the start of a run, its tables, several workers, and the start of a process."""
    from krimpsim.config.load import load_config
    from krimpsim.model import KrimpModel
    from krimpsim.run import simulate_all

    today = load_config(TODAY)
    makes = [spent(partial(KrimpModel, today, replicate=r))[0] for r in range(len(results))]
    table.add("population, and two years to fill ties, rounds and staff", f"{1000 * min(makes):.0f} ms")
    share = writing(results) / best
    table.add("writing all tables, share of a run", f"{100 * share:.1f} %", "< 20 %", share < 0.2)
    for jobs in (1, 2):
        n, began = (4 if quick else 12) * jobs, time.perf_counter()
        for _ in simulate_all([today], n, jobs):
            pass
        speed = n / (time.perf_counter() - began)
        table.add(f"runs a second on {jobs} worker(s), start of workers included", f"{speed:.2f}")
    environment, repeats = dict(os.environ), 2 if quick else 5
    shown = min(timed([sys.executable, "-m", "krimpsim", "--help"], environment) for _ in range(repeats))
    table.add("krimpsim --help", f"{shown:.2f} s", "< 0.5 s", shown < 0.5)
    first = min(child(FIRST_RESULT)["clock"] for _ in range(repeats))
    table.add("a new process to its first result (tiny), compiled code on disk", f"{first:.1f} s", "< 3 s", first < 3)


def what_takes_long(table: Table) -> None:
    """Count instructions, compile everything anew, and measure the engine of experiments."""
    if shutil.which("valgrind"):
        done, wrong = instructions()
        table.add("instructions of a run of five years, spin-up included", f"{done / 1e6:.0f} million")
        table.add("  jumps in it that a plain processor guesses wrong", f"{wrong / 1e6:.1f} million")
    with tempfile.TemporaryDirectory() as folder:
        anew = {**os.environ, "NUMBA_CACHE_DIR": folder}
        cold = timed([sys.executable, "-m", "krimpsim", "info", "--warm"], anew)
    table.add("compiling everything, two processes", f"{cold:.0f} s")
    share, goal = engine(), f"< {100 * ENGINE:.0f} %"
    measured = "pytest is absent" if share is None else f"{100 * share:.1f} %"
    met = None if share is None else share < ENGINE
    table.add("the engine of experiments, beside a run of the tiny example", measured, goal, met)


def engine() -> float | None:
    """Return what the engine takes of a short run, as ``tests/bench/test_sweep.py`` prints it; None without pytest."""
    if importlib.util.find_spec("pytest") is None:
        return None
    command = [
        sys.executable,
        "-m",
        "pytest",
        "tests/bench/test_sweep.py",
        "-s",
        "-o",
        "addopts=",
        "-k",
        "not constant",
    ]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=ROOT)
    bare = re.search(r"without engine: .*processor ([\d.]+) and ([\d.]+)", done.stdout)
    costs = re.search(r"the engine costs: .*processor (-?[\d.]+),", done.stdout)
    if bare is None or costs is None:
        raise ValueError(f"no costs of the engine in: {done.stdout}")
    return 2 * float(costs[1]) / (float(bare[1]) + float(bare[2]))


def by_size(table: Table, series: list[dict[str, Any]]) -> None:
    """Add the rows of the sizes; goals hold at the sizes that they are set for."""
    base = series[0]["run_s"] / series[0]["person_months"]
    for one in series:
        cost, most = one["run_s"] / one["person_months"], DEARER.get(one["copies"])
        goal, met = ("", None) if most is None else (f"x {most}", cost / base <= most)
        what = f"{one['residents']:,} residents: ns per resident and month, against the smallest"
        table.add(what, f"{1e9 * cost:.0f} ns, x {cost / base:.2f}", goal, met)
    last = series[-1]
    goal, met = (f"{BYTES} bytes", last["bytes"] <= BYTES) if last["copies"] == SIZES[-1] else ("", None)
    table.add("memory per resident at the largest size", f"{last['bytes']:.0f} bytes", goal, met)


def measure(quick: bool) -> tuple[list[tuple[str, str, str, str]], list[dict[str, Any]]]:
    """Return the rows of the table (what, measured, goal, met) and the series of sizes."""
    table = Table()
    best, results = runs_beside_mesa(table, 3 if quick else 9)
    where_it_goes(table, best)
    around_a_run(table, best, results, quick)
    if not quick:
        what_takes_long(table)
    series = sizes(quick)
    by_size(table, series)
    return table.rows, series


def timed(command: list[str], environment: dict[str, str]) -> float:
    """Return how long a command takes on the clock."""
    began = time.perf_counter()
    subprocess.run(command, check=True, capture_output=True, env=environment, cwd=ROOT)
    return time.perf_counter() - began


def writing(results: Sequence[Any]) -> float:
    """Return the processor time that writing the tables of one run takes."""
    from krimpsim.outputs.store import RunWriter

    with tempfile.TemporaryDirectory() as folder, RunWriter(Path(folder), "") as writer:
        return min(spent(partial(writer.write, result))[0] for result in results)


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
    if "--against" in sys.argv:
        folder = Path(sys.argv[sys.argv.index("--against") + 1]).resolve()
        sys.stdout.write("\n".join(against(folder, 3 if quick else 9)) + "\n")
        return
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
