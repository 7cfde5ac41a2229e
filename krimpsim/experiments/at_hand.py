"""Who works on which run: noted on disk, so that a death can be laid at its door."""

from __future__ import annotations

import os
import socket
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from krimpsim.core.errors import KrimpsimError
from krimpsim.outputs.folder import lives

_FOLDER = "running"


class AtHand:
    """Says on disk which run this process is working on, so that a death can be laid at its door.

    Leaving it normally removes the note; a process that dies leaves it.

    Parameters
    ----------
    store
        Folder of the store.
    """

    def __init__(self, store: Path) -> None:
        folder = store / _FOLDER
        self._path = folder / f"{socket.gethostname()}-{os.getpid()}.run"
        try:
            folder.mkdir(parents=True, exist_ok=True)
            self._handle = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o644)
        except OSError as error:
            raise KrimpsimError(f"{folder}  cannot be written: {error.strerror}") from error

    def __enter__(self) -> AtHand:
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self._handle)
        self._path.unlink(missing_ok=True)

    def is_(self, run_id: str) -> None:
        """Note the run that begins."""
        try:
            os.pwrite(self._handle, run_id.encode("ascii"), 0)
        except OSError as error:
            raise KrimpsimError(f"{self._path.parent}  cannot be written: {error.strerror}") from error


def suspects(store: Path) -> Counter[str]:
    """Return the runs that were at hand when a process died, with the number of deaths.

    A process of this machine that lives is no death; of other machines nobody can tell.
    """
    found: Counter[str] = Counter()
    for path in _notes_of_the_dead(store):
        with suppress(OSError, ValueError):
            text = path.read_text(encoding="ascii")
            if text:
                found[text] += 1
    return found


def absolve(store: Path, run_id: str) -> None:
    """Forget the deaths over a run."""
    for path in _notes_of_the_dead(store):
        with suppress(OSError, ValueError):
            if path.read_text(encoding="ascii") == run_id:
                path.unlink(missing_ok=True)


def _notes_of_the_dead(store: Path) -> Iterator[Path]:
    for path in (store / _FOLDER).glob("*.run"):
        host, _, pid = path.stem.rpartition("-")
        if host != socket.gethostname() or not pid.isdecimal() or not lives(int(pid)):
            yield path
