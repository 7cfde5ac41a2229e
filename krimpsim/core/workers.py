"""Processes that work for this one, and never outlive it."""

from __future__ import annotations

import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from multiprocessing.connection import wait


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
        raise
    finally:
        executor.shutdown(wait=True, cancel_futures=True)


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
