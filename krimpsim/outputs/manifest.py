"""What a result was made from and with: ``manifest.json``, and the log of a run."""

from __future__ import annotations

import json
import os
import platform
import subprocess
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from hashlib import blake2b
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import TracebackType
from typing import Any

from krimpsim.core.cache import PACKAGE, processor, source_hash
from krimpsim.core.errors import DataError
from krimpsim.inputs.register import data_hash
from krimpsim.outputs.store import write_text

MANIFEST = "manifest.json"
LOG = "log.jsonl"
FORMAT = 1
SURVEYED = {"place", "villages", "of", "respondents", "give", "accept", "hours"}  #: what is said of a survey
PACKAGES = (
    "mesa",
    "numpy",
    "scipy",
    "pandas",
    "numba",
    "llvmlite",
    "SALib",
    "matplotlib",
    "pyarrow",
    "pydantic",
    "typer",
    "rich",
)


def write_manifest(folder: Path, **facts: Any) -> Path:
    """Write ``manifest.json`` and return its path.

    Version, commit, hash of sources and of data, and the environment are found here; a fact given replaces what was
    found.

    Parameters
    ----------
    folder
        Folder of the run-set.
    **facts
        ``scenarios`` (a list of ``{id, title_nl, title_en, config_hash, run_ids}``, the first is A), ``seed``,
        ``replicates``, ``started``, ``finished``, ``seconds``, ``exit_code``, ``caveats`` (a list of sentences) and
        whatever else should be kept.  Dates and paths are written as text.

    Raises
    ------
    DataError
        If the input tables cannot be read.
    """
    found = {"format": FORMAT} | facts_of_this_process()
    path = Path(folder) / MANIFEST
    text = json.dumps(found | facts, indent=2, ensure_ascii=False, default=_as_json, allow_nan=False)
    write_text(path, text + "\n")
    return path


def facts_of_this_process() -> dict[str, Any]:
    """Return version, commit, hash of sources and of data, and the environment: what results depend on."""
    return {
        "krimpsim": _version("krimpsim"),
        "git": git_state(),
        "source_hash": source_hash(),
        "data_hash": data_hash(),
        "environment": environment(),
    }


def read_manifest(folder: str | Path) -> dict[str, Any]:
    """Return the manifest of a run-set.

    Raises
    ------
    DataError
        If it is missing or damaged.
    """
    path = Path(folder) / MANIFEST
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"{path}  no such file; is this the folder of a finished run?") from None
    except (OSError, ValueError, RecursionError) as error:
        raise DataError(f"{path}  cannot be read ({error}); run the scenario again") from error
    if not isinstance(content, dict):
        raise DataError(f"{path}  is damaged: got {type(content).__name__}, allowed is an object")
    return content


def read_run(folder: str | Path) -> dict[str, Any]:
    """Return the manifest of a finished run-set, with all that a report reads of it in the form that it has.

    Raises
    ------
    DataError
        If it is missing, damaged, or not that of a run.
    """
    path = Path(folder) / MANIFEST
    found = read_manifest(folder)
    scenarios = found.get("scenarios")
    whole = isinstance(scenarios, list) and scenarios
    if not whole or not all(isinstance(one, dict) and isinstance(one.get("id"), str) for one in scenarios or ()):
        raise DataError(
            f"{path}  does not say which scenarios were run ('scenarios', each with an 'id'), so it is not that of a "
            "finished run; give the folder of one, or run the scenarios again"
        )
    kinds = {"caveats": list, "git": dict}
    wrong = [name for name, kind in kinds.items() if found.get(name) and not isinstance(found[name], kind)]
    vary = found.get("vary")
    if vary and not (isinstance(vary, dict) and set(vary) >= {"numbers", "levers", "table"}):
        wrong.append("vary")
    for one in scenarios or ():
        survey = one.get("survey") or []
        if not isinstance(one.get("clauses") or {}, dict):
            wrong.append(f"clauses of {one['id']}")
        if not isinstance(survey, list) or not all(isinstance(row, dict) and set(row) >= SURVEYED for row in survey):
            wrong.append(f"survey of {one['id']}")
    if wrong:
        raise DataError(f"{path}  is damaged: {', '.join(wrong)}; run the scenarios again")
    return found


def run_set_id(run_ids: Sequence[Sequence[str]]) -> str:
    """Return the identity of a run-set: of all runs of all its scenarios."""
    return blake2b("".join(one for row in run_ids for one in row).encode(), digest_size=6).hexdigest()


def held(folder: str | Path) -> tuple[str | None, str]:
    """Return the identity of the run-set that a folder holds, None for what is none, and in words what it holds."""
    try:
        if not (Path(folder) / MANIFEST).exists():
            return None, ""
        content = read_manifest(folder)
        scenarios = content["scenarios"]
        names = " and ".join(f"'{one['id']}'" for one in scenarios)
        return run_set_id([one["run_ids"] for one in scenarios]), f"the results of {names} of {content['finished']}"
    except (DataError, OSError, LookupError, TypeError, ValueError):
        return None, f"a {MANIFEST} that cannot be read"


def environment() -> dict[str, Any]:
    """Return Python, platform, processor and the versions of the packages that results depend on."""
    return {
        "python": platform.python_version(),
        "platform": platform.platform(),
        "processor": processor(),
        "cpu_count": os.cpu_count(),
        "packages": {name: _version(name) for name in PACKAGES},
    }


def git_state(folder: Path = PACKAGE) -> dict[str, Any] | None:
    """Return commit and whether files differ from it; None without git or when the sources are not under git."""
    commit = _git(folder, "rev-parse", "HEAD")
    tracked = _git(folder, "ls-files", "--error-unmatch", "--", "core/jit.py")
    if commit is None or tracked is None:
        return None
    changes = _git(folder, "status", "--porcelain", "--untracked-files=no")
    return {"commit": commit, "dirty": None if changes is None else changes != ""}


class RunLog:
    """Appends events to ``log.jsonl``: one JSON object a line, with the time, on disk at once.

    Parameters
    ----------
    folder
        Folder of the run-set.
    """

    def __init__(self, folder: Path) -> None:
        self._handle = (Path(folder) / LOG).open("a", encoding="utf-8", newline="\n")

    def __enter__(self) -> RunLog:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def write(self, event: str, **facts: Any) -> None:
        """Append one event."""
        line = {"time": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **facts}
        self._handle.write(json.dumps(line, ensure_ascii=False, default=_as_json) + "\n")
        self._handle.flush()

    def close(self) -> None:
        """Close the log."""
        self._handle.close()


def _git(folder: Path, *words: str) -> str | None:
    """Return what git says, or None when it cannot say anything."""
    quiet = os.environ | {"GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}
    try:
        said = subprocess.run(
            ["git", "-C", str(folder), *words], capture_output=True, text=True, timeout=10, check=True, env=quiet
        )
    except (OSError, subprocess.SubprocessError, UnicodeError):
        return None
    return said.stdout.strip()


def _version(package: str) -> str | None:
    try:
        return version(package)
    except PackageNotFoundError:
        return None


def _as_json(value: object) -> object:
    """Return a value that JSON does not know as one that it knows."""
    if isinstance(value, date):  # a datetime is a date
        return value.isoformat()
    if isinstance(value, Path):
        return value.as_posix()
    if isinstance(value, Mapping):
        return dict(value)
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if hasattr(value, "tolist"):  # NumPy's numbers and arrays
        return value.tolist()
    raise TypeError(f"{type(value).__name__} cannot be written as JSON")
