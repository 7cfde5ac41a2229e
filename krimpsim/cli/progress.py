"""Progress of long work, and how it ends when it is asked to stop."""

from __future__ import annotations

import signal
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from krimpsim.config.locate import KeyPath
    from krimpsim.config.run import RunConfig
    from krimpsim.core.progress import Progress

    Loaded = tuple[RunConfig, Mapping[KeyPath, str]]

SECONDS_BETWEEN_LINES = 30  #: of progress, where there is no terminal

_SECONDS_OF_ONE_WISH = 1.0  # to stop; a later one ends everything at once

_stop_asked = threading.Event()


def _stop_if_asked() -> None:
    """Stop now when that was asked: code that was interrupted in the wrong place may have gone on."""
    if _stop_asked.is_set():
        raise KeyboardInterrupt


@contextmanager
def stoppable() -> Iterator[None]:
    """Let work end in order when it is asked to stop: by Ctrl-C, by the system, or because the terminal is closed."""
    first: list[float] = []

    def stop(number: int, _: object) -> None:
        now = time.monotonic()
        if first:  # one wish may come twice: to the process, and to its group
            if now - first[0] > _SECONDS_OF_ONE_WISH:
                signal.signal(number, signal.SIG_DFL)
                signal.raise_signal(number)
            return
        first.append(now)
        typer.echo("stopping", err=True)
        _stop_asked.set()
        raise KeyboardInterrupt

    asked = [signal.SIGINT, signal.SIGTERM, signal.SIGHUP]
    main = threading.current_thread() is threading.main_thread()
    before = {one: signal.signal(one, stop) for one in asked if main and signal.getsignal(one) != signal.SIG_IGN}
    try:
        yield
    except Exception:
        _stop_if_asked()  # an error that stopping brought about is none
        raise
    finally:
        _stop_asked.clear()
        for one, handler in before.items():
            signal.signal(one, handler)


@contextmanager
def progress(quiet: bool) -> Iterator[Callable[[Progress], None]]:
    """Give a function that shows progress: a bar on a terminal, a line now and then elsewhere, nothing when quiet."""
    if quiet:
        yield lambda _: _stop_if_asked()
    elif not sys.stderr.isatty():
        yield _Lines()
    else:
        from rich.console import Console
        from rich.progress import BarColumn, TaskID, TextColumn, TimeRemainingColumn
        from rich.progress import Progress as Bars

        text = "[progress.description]{task.description}"
        count, note = TextColumn("{task.completed}/{task.total} {task.fields[unit]}"), TextColumn("{task.fields[note]}")
        tasks: dict[str, TaskID] = {}
        with Bars(
            TextColumn(text), BarColumn(), count, TimeRemainingColumn(), note, console=Console(stderr=True)
        ) as bars:

            def show(now: Progress) -> None:
                _stop_if_asked()
                if now.name not in tasks:
                    tasks[now.name] = bars.add_task(now.name, total=now.total, note=now.note, unit=now.unit)
                bars.update(tasks[now.name], completed=now.done, total=now.total, note=now.note)

            yield show


class _Lines:
    """Progress as plain lines: one when something else begins, and one every `SECONDS_BETWEEN_LINES`.

    Time left is told from the first run that was ready on: compiling and starting processes do not count.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._last = clock()
        self._first: dict[str, tuple[float, int]] = {}
        self._note = ""

    def __call__(self, now: Progress) -> None:
        _stop_if_asked()
        moment = self._clock()
        if now.done and now.done < now.total:
            self._first.setdefault(now.name, (moment, now.done))
        is_news = now.note not in ("", self._note)
        self._note = now.note
        if not is_news and moment - self._last < SECONDS_BETWEEN_LINES:
            return
        self._last = moment
        parts = [f"{now.name} {now.done}/{now.total} {now.unit}"]
        start, before = self._first.get(now.name, (moment, 0))
        if now.done > before and moment > start:
            rate = (now.done - before) / (moment - start)
            left = round((now.total - now.done) / rate)
            parts += [f"{rate:.1f} {now.unit}/s", f"{left // 60}:{left % 60:02d} left"]
        typer.echo(" · ".join([*parts, *([now.note] if now.note else [])]), err=True)
