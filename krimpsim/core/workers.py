"""Processes that work for this one, and never outlive it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait

_TICKS = 200  # of a hundredth of a second, that a driver may take to die


def serve(last: Callable[[], None] | None = None) -> None:
    """Make this process one that works for the process that started it.

    Ctrl-C is for the driver.  When the driver is gone, however it ended, this process ends too.

    Parameters
    ----------
    last
        Called before that end, to finish what is at hand.
    """
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    threading.Thread(target=_watch_driver, args=(last,), daemon=True).start()


def _watch_driver(last: Callable[[], None] | None) -> None:
    """Wait until the driver is gone, and end this process."""
    driver = multiprocessing.parent_process()
    if driver is not None:
        wait([driver.sentinel])
        for _ in range(_TICKS):  # its files are closed before it is dead
            if os.getppid() != driver.pid:
                break
            time.sleep(0.01)
        try:
            if last is not None:
                last()
        finally:
            os._exit(1)


@contextmanager
def pool(workers: int, last: Callable[[], None] | None = None) -> Iterator[ProcessPoolExecutor]:
    """Give processes that work for this one; leaving with an error asks them to end, by SIGTERM.

    Parameters
    ----------
    workers
        Number of processes.
    last
        As in `serve`; a function that can be sent to another process.
    """
    context = multiprocessing.get_context("spawn")
    executor = ProcessPoolExecutor(max_workers=workers, mp_context=context, initializer=serve, initargs=(last,))
    try:
        yield executor
    except BaseException:
        for child in multiprocessing.active_children():
            child.terminate()
        _hang_up(executor)
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


def _hang_up(executor: ProcessPoolExecutor) -> None:
    """Close this end of the pipe on which workers send results.

    A worker may be ended in the middle of a message.  As long as anybody could go on writing, the executor would wait
    for the rest of it, and this process for the executor.
    """
    writer = getattr(getattr(executor, "_result_queue", None), "_writer", None)
    if writer is not None:
        writer.close()


def in_parallel(*tasks: tuple[Callable[..., object], object]) -> None:
    """Call each function with its argument in a process of its own, and wait for all.

    This process only waits meanwhile, so that Ctrl-C ends everything at once: a compiler that it interrupts may take
    it for a mistake of the code, or for nothing.

    Raises
    ------
    ChildProcessError
        If one of them failed; its message was written to standard error.
    """
    context = multiprocessing.get_context("spawn")
    processes = [context.Process(target=_serving, args=task, daemon=True) for task in tasks]
    try:
        for process in processes:
            process.start()
        for process in processes:
            process.join()
            if process.exitcode:
                raise ChildProcessError(f"a process ended with exit code {process.exitcode}")
    finally:
        for process in processes:
            if process.pid is not None:
                process.terminate()
                process.join()


def _serving(work: Callable[..., object], argument: object) -> None:
    serve()
    work(argument)
