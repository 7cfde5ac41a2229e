"""The one door to every folder that is written to: looked at before the first run, swept of what dead runs left."""

from __future__ import annotations

import errno
import os
import re
import shutil
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import NoReturn

from krimpsim.core.errors import KrimpsimError, UsageError

UNFINISHED = "UNFINISHED.txt"  #: stands in the folder of a run as long as it runs, and after it was killed
#: What a run-set writes; of ``figures`` only pictures.
TABLES = ("villages", "providers", "flows", "region", "groups")
_FILES = ("manifest.json", "summary.csv", "compare.csv", "draws.csv", "report.html", "log.jsonl", UNFINISHED)
_PATTERNS = ("run.toml", "run.*.toml", "stories.*.md", "figures/*.png", "figures/*.svg")
_TEMPORARY = re.compile(r"\..+\.(?P<host>[^/]+)\.(?P<pid>[0-9]+)\.tmp")
_LEFT_BEHIND = 3600.0  # seconds after which a temporary file of another machine is nobody's work at hand
_MOST_NEIGHBOURS = 1000  # folders beside the one at hand that are swept too


class StorageError(KrimpsimError):
    """A folder that could not be written while something was computed."""

    exit_code = 4


# --- any folder -------------------------------------------------------------------------------------------------


def writable(folder: str | Path, what: str, need: int = 0) -> Path:
    """Return a folder that is there and can be written to; it is made if need be, and swept.

    Parameters
    ----------
    folder
        Its name.
    what
        Who names it, for messages: an option, or a key of a file.
    need
        Room that will be used, bytes.

    Raises
    ------
    UsageError
        If it has no name, cannot be made or written to, or if there is too little room.
    """
    if not str(folder).strip():
        raise UsageError(f"{what}: the name is empty; give the name of a folder")
    path = Path(folder)
    made = [one for one in (path, *path.parents) if not os.path.lexists(one)] if "\0" not in str(folder) else []
    try:
        path.mkdir(parents=True, exist_ok=True)
        probe = temporary(path / "probe")
        probe.write_bytes(b"\n")
        probe.unlink()
    except (OSError, ValueError) as error:
        for one in made:
            with suppress(OSError, ValueError):
                one.rmdir()
        raise UsageError(f"{what} {_shown(path)}: {_why(path, error)}; give a folder that can be written to") from None
    free = shutil.disk_usage(path).free
    if free < need:
        for one in made:
            one.rmdir()
        room = f"about {need / 1e6:.0f} MB is needed and {free / 1e6:.0f} MB of room is left there"
        raise UsageError(f"{what} {_shown(path)}: {room}; make room, or give another folder")
    sweep(path)
    return path


def _shown(path: Path) -> str:
    """Return a path as messages show it: a very long one by its ends."""
    text = str(path).replace("\0", "\\0")
    return text if len(text) <= 120 else f"{text[:50]}...{text[-50:]}"


def _why(path: Path, error: Exception) -> str:
    """Return in words why a folder cannot be used."""
    if isinstance(error, ValueError):
        return "this cannot be the name of a folder"
    with suppress(OSError, ValueError):
        for one in (path, *path.parents):
            if os.path.lexists(one):
                if not one.exists():
                    return f"{_shown(one)} is a link to something that is not there"
                if not one.is_dir():
                    return ("this is" if one == path else f"{_shown(one)} is") + " a file, not a folder"
                break
    assert isinstance(error, OSError)
    return said(error)


def said(error: OSError) -> str:
    """Return what an error of the system says, in plain words where it is a common one."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT) or "No space left" in str(error):
        return "the disk is full"
    common = {
        errno.EACCES: "you may not write there",
        errno.EPERM: "you may not write there",
        errno.EROFS: "it can only be read",
        errno.ENAMETOOLONG: "the name is too long",
    }
    return common.get(error.errno or 0, error.strerror or str(error))


# --- temporary files --------------------------------------------------------------------------------------------


def temporary(path: Path) -> Path:
    """Return the hidden name under which this process writes a file until it is whole."""
    return path.with_name(f".{path.name}.{socket.gethostname()}.{os.getpid()}.tmp")


def sweep(folder: Path) -> None:
    """Remove the temporary files of processes that are dead."""
    for path in _temporary_files(folder):
        with suppress(OSError):  # another process may be first
            path.unlink()


def _temporary_files(folder: Path) -> Iterator[Path]:
    with suppress(OSError):
        for path in list(folder.glob(".*.tmp")):
            found = _TEMPORARY.fullmatch(path.name)
            if found and not _is_at_work(path, found["host"], int(found["pid"])):
                yield path


def _is_at_work(path: Path, host: str, pid: int) -> bool:
    """Return whether somebody may still be writing a file: a process that lives here, or one elsewhere not long ago."""
    if host == socket.gethostname():
        return lives(pid)
    with suppress(OSError):
        return time.time() - path.stat().st_mtime < _LEFT_BEHIND
    return True


def lives(pid: int) -> bool:
    """Return whether a process of this machine lives; one that ended and was not missed yet does not."""
    with suppress(OSError):
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] not in "ZX"
    try:
        os.kill(pid, 0)
    except (ProcessLookupError, OverflowError):
        return False
    except PermissionError:
        return True
    return True


# --- the folder of a run-set ------------------------------------------------------------------------------------


class RunFolder:
    """The folder of a run-set while it is written.

    A context manager.  Inside it, a file says that the run has not finished.  Leaving it with an error removes what
    was written, unless the folder held the same run-set before.

    Parameters
    ----------
    folder
        Its name.
    held
        Identity of the run-set that the folder holds now, None for one that is no run-set, and what it holds in words.
    set_id
        Identity of the run-set that will be written.
    what
        Who names the folder, for messages.
    need
        Room that will be used, bytes.
    force
        Whether other results there are removed first.

    Raises
    ------
    UsageError
        If the folder cannot be written to, holds the results of others, or is being written by another run.
    """

    def __init__(
        self,
        folder: str | Path,
        held: tuple[str | None, str],
        set_id: str,
        what: str = "--out",
        need: int = 0,
        force: bool = False,
    ) -> None:
        there = bool(str(folder).strip()) and "\0" not in str(folder) and os.path.isdir(folder)
        self._made = [] if there else _missing(Path(folder))
        self.path = writable(folder, what, need)
        self._mark = self.path / UNFINISHED
        self._again = held[0] == set_id
        busy = _writer(self._mark)
        if busy:
            self._refuse(f"{what} {_shown(self.path)}: another run is writing there ({busy}); give another folder")
        if not self._again:
            found = [one.name for one in _written(self.path)]
            if found and not force and not self._mark.exists():
                holds = held[1] or f"files with names that a run writes ({', '.join(sorted(found)[:3])})"
                self._refuse(
                    f"{what} {_shown(self.path)}: it holds {holds}; give another one, or --force to replace them"
                )
            _remove(self.path)

    def _refuse(self, message: str) -> NoReturn:
        for one in self._made:
            one.rmdir()
        raise UsageError(message)

    def __enter__(self) -> Path:
        began = time.strftime("%Y-%m-%d %H:%M:%S %Z")
        text = (
            f"A run that began here on {began} has not finished.\n"
            "If it is no longer running it was killed, and nothing here is whole: give the command again.\n"
            f"process {os.getpid()} on {socket.gethostname()}\n"
        )
        self._mark.write_text(text, encoding="utf-8")
        for number, beside in enumerate(self.path.parent.iterdir()):
            if number == _MOST_NEIGHBOURS:
                break
            if beside.is_dir():
                sweep(beside)
        return self.path

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._mark.unlink(missing_ok=True)
        if kind is None:
            return
        if not self._again:
            _remove(self.path)
            for one in self._made:
                with suppress(OSError):
                    one.rmdir()
        if isinstance(error, OSError):
            why = f"{error.filename or self.path}  {said(error)}"
            raise StorageError(f"{why}: nothing is kept; mend that and give the command again") from error


def _missing(path: Path) -> list[Path]:
    """Return the folders that making a folder would make, the innermost first."""
    with suppress(OSError, ValueError):
        return [one for one in (path, *path.parents) if not os.path.lexists(one)]
    return []


def _writer(mark: Path) -> str:
    """Return which living process of this machine is writing a folder; nothing when none is."""
    with suppress(OSError, ValueError):
        words = mark.read_text(encoding="utf-8").splitlines()[-1].split()
        if words[3] == socket.gethostname() and int(words[1]) != os.getpid() and lives(int(words[1])):
            return f"process {words[1]}"
    return ""


def _written(folder: Path) -> list[Path]:
    """Return the files of a folder that have the names of those of a run-set."""
    names = [*_FILES, *(f"{table}.parquet" for table in TABLES)]
    plain = [folder / name for name in names if os.path.lexists(folder / name)]
    return plain + [path for pattern in _PATTERNS for path in folder.glob(pattern)]


def _remove(folder: Path) -> None:
    """Remove the files of a run-set, its manifest first."""
    for path in _written(folder):
        with suppress(IsADirectoryError):
            path.unlink()
    with suppress(OSError):
        (folder / "figures").rmdir()
