"""Carrying out a plan: processes of this machine, or Dask.  Both hand out chunks; the store says what is done.

When workers die, whoever stands above them starts others, and what is missing in the store is handed out again.  There
is no scheduler of our own.
"""

from __future__ import annotations

import os
import re
import shlex
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, wait
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from krimpsim.core.errors import KrimpsimError, UsageError
from krimpsim.core.processors import processors
from krimpsim.core.progress import Progress
from krimpsim.core.workers import pool
from krimpsim.experiments.at_hand import suspects
from krimpsim.experiments.chunk import MOST_DEATHS, Outcome, Stop, run_chunk
from krimpsim.experiments.plan import Plan, chunk_size, chunks, command, make_plan, write_plan
from krimpsim.experiments.reading import SIMULATE, Loaded
from krimpsim.experiments.state import Status, failed_at, seconds_per_run, status, values_of
from krimpsim.experiments.store import FEW_RUNS, Store
from krimpsim.outputs.folder import writable

#: Hands out runs, and calls back with the number of runs that became ready.  Returns when all were handed out, or when
#: workers died.
Engine = Callable[[Plan, Store, list[int], bool, Callable[[int], None]], None]
FRUITLESS = 3  #: rounds in a row without any run or any clue; then workers cannot live here
_CONFIDENCE = 0.95
_ADDRESS = re.compile(r"[a-z]+://[^\s/]+:[0-9]+|[A-Za-z0-9.-]+:[0-9]+")  # of a scheduler of Dask


class PartialError(KrimpsimError):
    """More runs failed than the experiment allows."""

    exit_code = 5


def run_plan(
    plan: Plan,
    store: Store,
    engine: Engine,
    retry_errors: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> Status:
    """Carry out what the store lacks of a plan.

    Parameters
    ----------
    plan, store
        The work, and where it goes.
    engine
        `local_engine` or `dask_engine`.
    retry_errors
        Whether runs that failed are computed again.
    on_progress
        Called now and then.

    Returns
    -------
    status
        As counted in the store.

    Raises
    ------
    KrimpsimError
        If the store cannot be written, or workers die before they finish a single run.
    """
    write_plan(plan, store)
    failed = failed_at(plan, store) if retry_errors else {}
    missing = plan.missing(store, retry_errors)
    total = len(plan.positions)
    ready = total - len(missing)

    def show(more: int, note: str = "") -> None:
        nonlocal ready
        ready += more
        if on_progress is not None:
            on_progress(Progress(plan.facts.experiment, ready, total, note))

    if missing:
        _make_warm(plan, lambda note: show(0, note))
    fruitless = clues = 0
    while missing:
        show(0)
        engine(plan, store, missing, retry_errors, show)
        # A failed run is tried again once, not for ever: it is done when it failed at another time than before.
        before, still = len(missing), failed_at(plan, store) if failed else {}
        untried = {plan.positions[run_id] for run_id, at in failed.items() if still.get(run_id) == at}
        missing = sorted({*plan.missing(store), *untried})
        retry_errors = bool(untried)
        ready = total - len(missing)
        suspected = suspects(store.folder)
        deaths = sum(min(one, MOST_DEATHS) for one in suspected.values())  # more of them tell nothing new
        fruitless = 0 if len(missing) < before or deaths > clues else fruitless + 1
        clues = max(clues, deaths)
        if fruitless == FRUITLESS:
            raise KrimpsimError(
                f"{len(missing)} runs are missing and the last {FRUITLESS} rounds brought none: "
                "workers die before they finish a run; look at memory and at their messages"
                + (f". At hand when they died: {', '.join(sorted(suspected)[:5])}" if suspected else "")
            )
        if missing:
            show(0, f"workers died; {len(missing)} runs are handed out again")
    if sum(1 for _ in store.shards()) > max(1, 2 * total // FEW_RUNS):
        store.compact()
    return status(plan, store)


def _make_warm(plan: Plan, say: Callable[[str], None]) -> None:
    """Compile the model when a plan runs it and that was not done."""
    if plan.facts.simulate == SIMULATE:
        from krimpsim.core.cache import is_warm
        from krimpsim.run import COMPILING, warm

        if not is_warm():
            say(COMPILING)
            started = time.monotonic()
            warm()
            say(f"compiled in {time.monotonic() - started:.0f} s")


def run_experiment(
    loaded: Loaded,
    file: str,
    store: Store,
    engine: Engine,
    retry_errors: bool = False,
    on_progress: Callable[[Progress], None] | None = None,
) -> Status:
    """Carry out an experiment, with more replicates until its stop rule is met.

    Raises
    ------
    PartialError
        If more runs failed than the experiment allows.
    """
    plan = current_plan(loaded, file, store)
    while True:
        found = run_plan(plan, store, engine, retry_errors, on_progress)
        following = current_plan(loaded, file, store)
        if len(following.ids) == len(plan.ids):
            break
        plan = following
    if found.failed > loaded.experiment.execution.failed_share * found.total:
        raise PartialError(
            f"{found.failed} of {found.total} runs failed; their messages are in the store: "
            f"{command('status', file, loaded.experiment, store)}, and try again with --retry-errors"
        )
    return found


# --- the stop rule ----------------------------------------------------------------------------------------------


def current_plan(loaded: Loaded, file: str, store: Store) -> Plan:
    """Return the plan with as many replicates as are wanted now.

    Without a stop rule those of the file.  With one they double as long as every run of the smaller number is there
    and an interval is too wide.  This depends on nothing but the runs in the store.
    """
    plan = make_plan(loaded, file)
    stop = loaded.experiment.stop
    while stop is not None and plan.replicates < stop.replicates and _too_wide(plan, store):
        plan = make_plan(loaded, file, min(2 * plan.replicates, stop.replicates))
    return plan


def _too_wide(plan: Plan, store: Store) -> bool:
    """Return whether all runs are there and some interval of a mean over replicates is too wide.

    With a scenario in `stop.against` it is the mean of the paired difference with that scenario.
    """
    stop = plan.facts.stop
    if stop is None or plan.missing(store):
        return False
    column = next(one.column for one in plan.facts.indicators if one.name == stop.indicator)
    values = values_of(plan, store, [column])[column]
    n = plan.replicates
    cube = values.reshape(len(plan.values), plan.facts.replicates, -1)
    if stop.against is not None:
        at = plan.scenarios.index(stop.against)
        cube = np.delete(cube - cube[:, :, [at]], at, axis=2)
    cells = cube.swapaxes(0, 1).reshape(n, -1)  # of draws one cell, with as many points as replicates
    counted = np.sum(~np.isnan(cells), axis=0)
    cells = cells[:, counted > 1]
    if cells.size == 0:
        return False
    from scipy.special import stdtrit

    half = stdtrit(counted[counted > 1] - 1, (1 + _CONFIDENCE) / 2) * np.nanstd(cells, axis=0, ddof=1)
    return bool((half / np.sqrt(counted[counted > 1])).max() > stop.half_width)


# --- this machine -----------------------------------------------------------------------------------------------


def local_engine(jobs: int | None = None) -> Engine:
    """Return an engine of `jobs` processes of this machine, one per processor of this job by default."""
    workers = jobs or processors()

    def go(plan: Plan, store: Store, numbers: list[int], retry: bool, show: Callable[[int], None]) -> None:
        size = chunk_size(plan, len(numbers), seconds_per_run(plan, store), workers)
        tasks = deque(chunks(numbers, size))
        pending: set[Future[Outcome]] = set()
        with pool(min(workers, len(tasks)), _finish_the_run_at_hand) as executor:
            try:
                while tasks or pending:
                    while tasks and len(pending) < 2 * workers:
                        pending.add(executor.submit(_in_pool, store.folder, plan.name, tasks.popleft(), retry))
                    ready, pending = wait(pending, timeout=1.0, return_when=FIRST_COMPLETED)
                    show(sum(future.result().runs for future in ready))
            except BrokenProcessPool:
                return  # a worker died; the others have stored what they had

    return go


_busy = threading.Lock()


def _finish_the_run_at_hand() -> None:
    """Ask a worker to stop, and return when the run at hand is stored."""
    Stop.asked.set()
    _busy.acquire()


def _in_pool(folder: Path, plan_name: str, numbers: tuple[int, ...], retry: bool) -> Outcome:
    """Run a chunk in a worker; a worker that was asked to stop takes no other."""
    with _busy:
        try:
            return run_chunk(folder, plan_name, numbers, retry)
        finally:
            if Stop.asked.is_set():
                os._exit(0)  # what was computed is stored; the queue to the driver may hang on a dead worker's lock


def pilot(plan: Plan, store: Store, runs: int) -> None:
    """Compute the first runs of a plan here and now, to measure them; they are kept like all others."""
    write_plan(plan, store)
    _make_warm(plan, lambda _: None)
    run_chunk(store.folder, plan.name, plan.missing(store)[:runs])


# --- Dask -------------------------------------------------------------------------------------------------------


def dask_engine(client: Any, workers: int) -> Engine:
    """Return an engine on a Dask cluster.

    Parameters
    ----------
    client
        A ``distributed.Client``.
    workers
        How many workers are expected; only for the size of the tasks.
    """

    def go(plan: Plan, store: Store, numbers: list[int], retry: bool, show: Callable[[int], None]) -> None:
        from distributed import as_completed

        size = chunk_size(plan, len(numbers), seconds_per_run(plan, store), workers)
        tasks = deque(chunks(numbers, size))
        stamp = f"{time.time_ns():x}"  # a later round does not get the answers of an earlier one

        def submit() -> Any:
            task = tasks.popleft()
            key = f"chunk-{plan.name}-{task[0]}-{stamp}"
            return client.submit(run_chunk, store.folder, plan.name, task, retry, key=key, pure=False, retries=3)

        flowing = as_completed([submit() for _ in range(min(len(tasks), 4 * workers))])
        for future in flowing:
            if future.status == "finished":
                show(future.result().runs)
            else:
                error = future.exception()
                if isinstance(error, KrimpsimError):
                    raise error
            if tasks:
                flowing.add(submit())

    return go


@contextmanager
def dask_client(where: str, workers: int, plan: Plan, logs: Path) -> Iterator[Any]:
    """Give a Dask client.

    Parameters
    ----------
    where
        ``local`` (processes of this machine), ``slurm`` (jobs that dask-jobqueue submits), the file of a scheduler, or
        its address.
    workers
        Number of workers of local and slurm.
    plan
        Its execution says memory and time of a job.
    logs
        Folder for the output of jobs.
    """
    if not (where in ("local", "slurm") or _ADDRESS.fullmatch(where) or Path(where).is_file()):
        raise UsageError(
            f"--dask {where}: allowed is local, slurm, the file of a scheduler or its address, as tcp://10.0.0.1:8786"
        )
    try:
        from distributed import Client, LocalCluster
    except ImportError:
        raise KrimpsimError("Dask is not installed: pip install 'krimpsim[cluster]'") from None
    if where in ("local", "slurm"):
        cluster = (
            LocalCluster(n_workers=workers, threads_per_worker=1, dashboard_address=None)
            if where == "local"
            else _slurm_cluster(workers, plan, logs)
        )
        with cluster, Client(cluster) as client:
            yield client
        return
    options = {"address": where} if _ADDRESS.fullmatch(where) else {"scheduler_file": where}
    try:
        client = Client(**options)
    except (OSError, ValueError, KeyError) as error:
        raise UsageError(f"--dask {where}: no scheduler answers there ({error})") from None
    with client:
        yield client


def _slurm_cluster(workers: int, plan: Plan, logs: Path) -> Any:
    """Return a cluster of SLURM jobs, one worker each; `adapt` replaces those that die, `scale` would not."""
    import sys

    from dask_jobqueue import SLURMCluster

    writable(logs, "the store")
    execution = plan.facts.execution
    life = max(60 * execution.time_minutes - 120, 60)
    keep = {name: os.environ[name] for name in ("PYTHONPATH", "NUMBA_CACHE_DIR") if name in os.environ}
    cluster = SLURMCluster(
        cores=1,
        processes=1,
        memory=f"{execution.memory_mb}MB",
        walltime=f"{execution.time_minutes // 60:02d}:{execution.time_minutes % 60:02d}:00",
        python=sys.executable,
        log_directory=str(logs),
        local_directory=str(logs),
        job_extra_directives=["--requeue"],
        job_script_prologue=[f"export {name}={shlex.quote(value)}" for name, value in keep.items()]
        + ["export OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1"],
        worker_extra_args=["--lifetime", f"{life}s", "--lifetime-stagger", "60s"],
        death_timeout=60,
        scheduler_options={"dashboard_address": None},
        **({"interface": os.environ["KRIMPSIM_INTERFACE"]} if "KRIMPSIM_INTERFACE" in os.environ else {}),
    )
    cluster.adapt(minimum_jobs=workers, maximum_jobs=workers)
    return cluster
