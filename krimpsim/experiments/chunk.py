"""The one piece of work that every engine calls: some runs of a plan, into the store.

It may be called again and again, by anyone, anywhere: what is on disk is not computed again.
"""

from __future__ import annotations

import hashlib
import math
import signal
import socket
import subprocess
import sys
import threading
import time
import traceback
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType
from typing import Any, NamedTuple

from krimpsim.core.errors import KrimpsimError
from krimpsim.experiments.at_hand import AtHand, absolve, suspects
from krimpsim.experiments.plan import Plan, Run, read_plan
from krimpsim.experiments.reductions import scalars, series
from krimpsim.experiments.store import Store

MOST_DEATHS = 3  #: processes over one run; then it is not tried again
_LONGEST_ERROR = 4000
_NOT_KEPT, _STOPPED = 75, 76  # exit codes of a process that ran one run


class Outcome(NamedTuple):
    """What a chunk did; only for progress, the store is the record.

    Parameters
    ----------
    runs, failed
        Runs that were computed, and how many of them failed.
    stopped
        Whether it ended early because it was asked to.
    """

    runs: int
    failed: int
    stopped: bool


class Stop:
    """Notes a wish to stop: SIGTERM, SIGUSR1 (SLURM shortly before the time is over) or `ask`."""

    asked = threading.Event()  #: for the whole process

    def __init__(self) -> None:
        self._before: dict[signal.Signals, Any] = {}

    def __enter__(self) -> Stop:
        if threading.current_thread() is threading.main_thread():
            for number in (signal.SIGTERM, signal.SIGUSR1):
                self._before[number] = signal.signal(number, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _note(self, _number: int, _frame: FrameType | None) -> None:
        self.asked.set()


class _Pending:
    """Runs that are computed and not on disk yet: they go there now and then."""

    def __init__(self, store: Store, plan: Plan, name: str) -> None:
        self._store, self._plan, self._name = store, plan, name
        self._rows: list[dict[str, Any]] = []
        self._series: list[tuple[str, Mapping[str, Any]]] = []
        self._written = time.monotonic()

    def add(self, row: dict[str, Any], series: Mapping[str, Any] | None) -> None:
        """Take a run, and its series when they are kept."""
        self._rows.append(row)
        if series is not None:
            self._series.append((row["run_id"], series))

    def write(self) -> None:
        """Write all of them in a shard."""
        self._store.add(self._name, self._rows, self._plan.columns, self._plan.facts.level, self._series)
        self._rows.clear()
        self._series.clear()
        self._written = time.monotonic()

    def write_when_due(self) -> None:
        """Write when the last time is long ago."""
        if time.monotonic() - self._written > self._plan.facts.execution.flush_seconds:
            self.write()


def run_chunk(
    folder: Path, plan_name: str, numbers: Sequence[int], retry_errors: bool = False, alone: bool = False
) -> Outcome:
    """Compute runs that are not in the store yet.

    Parameters
    ----------
    folder
        The store.
    plan_name
        Name of a plan that lies in it.
    numbers
        Positions in the plan.
    retry_errors
        Whether runs that failed are computed again.
    alone
        Whether this process is there for one run that killed others.

    Raises
    ------
    UsageError
        If the sources or input tables are not those of the plan.
    KrimpsimError
        If the store cannot be written.
    """
    store, plan = Store(folder), read_plan(Path(folder), plan_name)
    plan.check_sources()
    ids = [plan.ids[number] for number in numbers]
    name = hashlib.blake2b("".join(ids).encode(), digest_size=6).hexdigest()
    done = store.done(plan.columns, plan.facts.level, with_errors=not retry_errors, start=f"{name}-")
    suspected = Counter[str]() if alone else suspects(store.folder)
    runs = failed = 0
    pending = _Pending(store, plan, name)
    with Stop() as stop, AtHand(store.folder) as at_hand:
        for number in numbers:
            if stop.asked.is_set():
                break
            run = plan.run(number)
            if run.run_id in done:
                continue
            runs += 1
            deaths = suspected[run.run_id]
            if deaths:
                pending.write()
                error = _in_a_process_of_its_own(store, plan, run, deaths, retry_errors)
                if error:
                    pending.add(_row(plan, run, None, error, 0.0), None)
                    failed += 1
                    pending.write()
                    absolve(store.folder, run.run_id)
            else:
                at_hand.is_(run.run_id)
                row, table = _compute(plan, run)
                done.add(run.run_id)
                pending.add(row, table)
                failed += row["status"] == "error"
            pending.write_when_due()
        pending.write()
        return Outcome(runs, failed, stop.asked.is_set())


def _compute(plan: Plan, run: Run) -> tuple[dict[str, Any], Mapping[str, Any] | None]:
    """Run one replicate; return its row, and its series when they are kept and nothing went wrong."""
    simulate = plan.simulate
    started = time.perf_counter()
    try:
        with _no_longer_than(plan.facts.execution.minutes_per_run):
            result = simulate(plan.config(run), run.replicate)
        values = scalars(result, plan.facts.indicators)
        odd = [one.name for one, v in zip(plan.facts.indicators, values, strict=True) if not math.isfinite(v)]
        if odd:
            raise ArithmeticError(f"{', '.join(odd)}: not a finite number")
        table = series(result, plan.facts.level) if plan.facts.level != "scalars" else None
    except Exception:
        return _row(plan, run, None, traceback.format_exc(), time.perf_counter() - started), None
    return _row(plan, run, values, "", time.perf_counter() - started), table


@contextmanager
def _no_longer_than(minutes: float | None) -> Iterator[None]:
    """End this process when a run takes longer: nothing but its end interrupts compiled code.

    The run is at hand then, so it is tried again in a process of its own, and is an error if that ends as well.
    """
    signal.setitimer(signal.ITIMER_REAL, 60 * minutes if minutes else 0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _row(plan: Plan, run: Run, values: Sequence[float] | None, error: str, seconds: float) -> dict[str, Any]:
    """Return the row of a run in the store."""
    kept: Sequence[float | None] = values or [None] * len(plan.columns)
    return {
        "run_id": run.run_id,
        "status": "error" if values is None else "ok",
        "scenario": run.scenario,
        "replicate": run.replicate,
        "inputs": plan.inputs(run),
        "error": error[-_LONGEST_ERROR:],
        "seconds": seconds,
        "host": socket.gethostname(),
        "finished": datetime.now(UTC).isoformat(timespec="milliseconds"),
        **dict(zip(plan.columns, kept, strict=True)),
    }


def _in_a_process_of_its_own(store: Store, plan: Plan, run: Run, deaths: int, retry_errors: bool) -> str:
    """Compute a run over which a process died before, where it can do no harm; return an error if it dies again."""
    if deaths >= MOST_DEATHS:
        return f"{deaths} processes died while this run was at hand; it was not tried again"
    words = [sys.executable, "-m", "krimpsim.experiments.chunk", str(store.folder), plan.name, str(run.number)]
    child = subprocess.Popen([*words, *(["retry"] if retry_errors else [])], stdin=subprocess.DEVNULL)
    code = child.wait()
    (store.folder / "running" / f"{socket.gethostname()}-{child.pid}.run").unlink(missing_ok=True)
    if code == 0:
        absolve(store.folder, run.run_id)
    if code in (0, _STOPPED):
        return ""
    if code == _NOT_KEPT:
        raise KrimpsimError(f"{store.folder}  run {run.run_id} could not be stored; see above")
    if code == -signal.SIGALRM:
        return f"it took longer than minutes_per_run, {plan.facts.execution.minutes_per_run:g}, twice"
    ended = f"signal {-code}" if code < 0 else f"exit code {code}"
    return f"the process that ran it died again, {ended}: twice with nothing else at hand that was not stored"


def _main(folder: str, plan_name: str, number: str, *rest: str) -> None:
    """Run one run in this process."""
    try:
        outcome = run_chunk(Path(folder), plan_name, [int(number)], retry_errors=bool(rest), alone=True)
    except KrimpsimError:
        traceback.print_exc()
        sys.exit(_NOT_KEPT)
    sys.exit(0 if outcome.runs or not outcome.stopped else _STOPPED)


if __name__ == "__main__":
    _main(*sys.argv[1:])
