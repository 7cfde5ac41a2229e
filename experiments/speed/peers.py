"""Measures krimpsim beside its peers, in turn, and prints nanoseconds of processor time per agent and month.

    pip install -r experiments/speed/peers.txt && pip install --no-deps mesa-frames==0.1.0a0
    python experiments/speed/peers.py            the table, into experiments/speed/<version>-peers.csv
    python experiments/speed/peers.py --quick    three repeats in place of seven; writes nothing

Each repeat of each is a process of its own, which first lives a few months that do not count, so that code is loaded
and compiled.  Processor time is of all threads of the process; libraries are told to use one.  A whole run counts: its
agents made, and all its months.  krimpsim's spin-up of 24 months counts too, but not as months that were lived.

What each does:

plain Mesa, mesa-frames, LASER
    ageing, death, need for care and birth, each by a chance that depends on age.  Nothing else.
Starsim
    its own modules of births and deaths, at one rate for everybody, and its own ageing and counts.  No need for care.
krimpsim
    everything: the reference run of ``configs/scenarios/today.toml``, all processes on, all tables filled.

So the ratio says what a model of this size costs in each, not which package is faster at the same work: krimpsim does
far more per agent.
"""

from __future__ import annotations

import csv
import importlib
import json
import os
import platform
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from statistics import median
from typing import NamedTuple

from apart import ROOT, reference, spent

HERE = Path(__file__).resolve().parent
RESIDENTS = 18_146  #: at the start, of every peer as of the reference run
MONTHS = 336  #: that each lives, as the reference run does
WARM_MONTHS = 14  #: that do not count; a January is among them
ONE_THREAD = ("NUMBA_NUM_THREADS", "POLARS_MAX_THREADS", "OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS")
HOW = "pip install -r experiments/speed/peers.txt"


class Peer(NamedTuple):
    """Something to measure.

    Parameters
    ----------
    name, does
        What is printed.
    package
        As it is installed.
    module
        In this folder, with a function ``prepare``; empty where this file knows how.
    how
        The command that installs the package.
    """

    name: str
    does: str
    package: str
    module: str = ""
    how: str = HOW


KRIMPSIM = Peer("krimpsim", "everything", "krimpsim", how="pip install -e .")
STARSIM = Peer("Starsim", "births and deaths alone", "starsim", "peer_starsim")
PEERS = (
    KRIMPSIM,
    Peer("plain Mesa", "ageing, death, need, birth", "mesa", how="pip install -e ."),
    Peer(
        "mesa-frames",
        "ageing, death, need, birth",
        "mesa-frames",
        "peer_frames",
        f"{HOW} and pip install --no-deps mesa-frames==0.1.0a0",
    ),
    STARSIM,
    Peer("LASER's frame", "ageing, death, need, birth", "laser-core", "peer_laser"),
)


class Repeat(NamedTuple):
    """One repeat: processor time, what was lived in it, and months of people who needed care, where known."""

    seconds: float
    agent_months: int
    months: int
    care_months: int = 0


# --- in the process of one repeat -------------------------------------------------------------------------------


def mesa_village(residents: int, months: int) -> Callable[[], int]:
    """Make the village of `plain_mesa`; see ``prepare`` of the other peers."""
    from plain_mesa import Village

    village = Village(residents)

    def live() -> int:
        for _ in range(months):
            village.step()
        return village.person_months

    return live


def one(peer: Peer) -> Repeat:
    """Measure one repeat in this process."""
    prepare = importlib.import_module(peer.module).prepare if peer.module else mesa_village
    prepare(RESIDENTS, WARM_MONTHS)()
    seconds, lived = spent(lambda: prepare(RESIDENTS, MONTHS)())
    return Repeat(seconds, lived, MONTHS)


# --- in the process that asks for repeats -----------------------------------------------------------------------


def installed(peer: Peer) -> str:
    """Return the version of a package, empty where it is absent."""
    try:
        return version(peer.package)
    except PackageNotFoundError:
        return ""


def repeat(peer: Peer, replicate: int) -> Repeat:
    """Measure one repeat in a process of its own.

    Raises
    ------
    RuntimeError
        If the peer fails, with the last line that it said.
    """
    environment = {**os.environ, **dict.fromkeys(ONE_THREAD, "1"), "MPLBACKEND": "Agg"}
    try:
        if peer is KRIMPSIM:
            run = reference(ROOT, replicate, environment=environment)
            return Repeat(run["seconds"], run["lived"], run["months"], run["cared"])
        command = [sys.executable, str(HERE / "peers.py"), "--one", peer.name]
        done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    except subprocess.CalledProcessError as error:
        raise RuntimeError((error.stderr.strip().splitlines() or [str(error)])[-1]) from None
    return Repeat(*json.loads(done.stdout.strip().splitlines()[-1]))


def measure(repeats: int) -> tuple[dict[Peer, list[Repeat]], dict[Peer, str]]:
    """Measure all peers in turn.

    Parameters
    ----------
    repeats
        How often each is measured.

    Returns
    -------
    found
        The repeats of each peer that is there.
    absent
        Why the others are left out.
    """
    absent = {peer: f"not installed: {peer.how}" for peer in PEERS if not installed(peer)}
    found: dict[Peer, list[Repeat]] = {peer: [] for peer in PEERS if peer not in absent}
    for replicate in range(1, repeats + 1):
        for peer in list(found):
            try:
                found[peer].append(repeat(peer, replicate))
            except RuntimeError as error:
                absent[peer] = f"did not run: {error}"
                del found[peer]
        sys.stderr.write(f"repeat {replicate} of {repeats}\n")
    return found, absent


def table(found: dict[Peer, list[Repeat]], absent: dict[Peer, str]) -> list[tuple[str, ...]]:
    """Return the rows of the table, its heading first."""

    def row(what: str, does: str, costs: list[float], base: float | None, counts: tuple[str, str]) -> tuple[str, ...]:
        ratio = f"{median(costs) / base:.2f}" if base else ""
        return (what, does, f"{median(costs):.0f}", f"{min(costs):.0f} to {max(costs):.0f}", ratio, *counts)

    def costs_of(peer: Peer) -> list[float]:
        return [1e9 * r.seconds / r.agent_months for r in found[peer]]

    base = median(costs_of(KRIMPSIM)) if KRIMPSIM in found else None
    rows: list[tuple[str, ...]] = [("what", "does", "ns", "least to most", "x krimpsim", "agents", "months")]
    for peer in PEERS:
        if peer in absent:
            rows.append((peer.name, absent[peer], "", "", "", "", ""))
            continue
        runs = found[peer]
        agents = f"{sum(r.agent_months for r in runs) / sum(r.months for r in runs):,.0f}"
        counts = agents, str(runs[0].months)
        rows.append(row(f"{peer.name} {installed(peer)}", peer.does, costs_of(peer), base, counts))
        if peer is KRIMPSIM:
            cared = f"{sum(r.care_months for r in runs) / sum(r.months for r in runs):,.0f}"
            each = [1e9 * r.seconds / r.care_months for r in runs]
            rows.append(row("  per person who needs care", "the same runs", each, base, (cared, counts[1])))
    return rows


def verdict(found: dict[Peer, list[Repeat]]) -> str:
    """Say whether krimpsim costs less per agent and month than births and deaths alone in Starsim."""
    goal = "goal: krimpsim below Starsim's births and deaths alone, per agent and month"
    if not {KRIMPSIM, STARSIM} <= set(found):
        return f"{goal}: not measured"
    ours, theirs = (median(r.seconds / r.agent_months for r in found[peer]) for peer in (KRIMPSIM, STARSIM))
    return f"{goal}: {'met' if ours < theirs else 'missed'}"


def main() -> None:
    """Measure, print, and keep the table unless it was a quick look."""
    if "--one" in sys.argv:
        name = sys.argv[sys.argv.index("--one") + 1]
        done = one(next(peer for peer in PEERS if peer.name == name))
        sys.stdout.write(json.dumps(done) + "\n")
        return
    quick = "--quick" in sys.argv[1:]
    found, absent = measure(3 if quick else 7)
    rows = table(found, absent)
    for what, does, ns, spread, ratio, agents, months in rows:
        line = f"{what:28}{does:28}{ns:>7}{spread:>16}{ratio:>12}{agents:>9}{months:>8}"
        sys.stdout.write(line.rstrip() + "\n")
    sys.stdout.write(verdict(found) + "\n")
    if quick:
        return
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    with (HERE / f"{version('krimpsim')}-peers.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows(rows)
        writer.writerow(("machine", machine, "", "", "", "", ""))


if __name__ == "__main__":
    main()
