"""The hash that identifies the sources of a run, and the folder of compiled code, which can never serve old code.

Numba's cache looks at the file of the cached function only, not at the files that this function calls.  The folder is
therefore named after a hash of every file that compiled code can see: an edited rule starts an empty folder.  It is
named after processor, Python and Numba too, and not after the place of the package: two clones of the same sources
share what was compiled.
"""

from __future__ import annotations

import hashlib
import os
import re
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite.binding
import numba

COUNTS_LAPS = os.environ.get("KRIMPSIM_LAPS") == "1"  #: whether a month is compiled with a clock in it: core/laps.py
PACKAGE = Path(__file__).resolve().parent.parent
ABOVE_A_RUN = (
    "experiments",
    "report",
    "reproduce",
    "cli",
    "odd",
)  #: layers that no run reads: what they say changes no result
_COMPILES = re.compile(r"^@(?:compiled|allocating)\b", re.MULTILINE)
_IMPORTS = re.compile(r"^\s*(?:from|import) (krimpsim\.[\w.]+)", re.MULTILINE)


@cache
def source_hash(package: Path = PACKAGE) -> str:
    """Return the hash, 16 hexadecimal digits, of the names and texts of all Python files that a run reads."""
    files = (path for path in package.rglob("*.py"))
    below = (path for path in files if path.relative_to(package).parts[0].removesuffix(".py") not in ABOVE_A_RUN)
    return _hash_of(sorted(below), package)


@cache
def code_hash(package: Path = PACKAGE) -> str:
    """Return the hash, 16 hexadecimal digits, of the files that compile functions and of all that they import."""
    texts = {path: path.read_text(encoding="utf-8") for path in package.rglob("*.py")}
    found = {path for path, text in texts.items() if _COMPILES.search(text)}
    ahead = list(found)
    while ahead:
        for name in _IMPORTS.findall(texts[ahead.pop()]):
            place = package.joinpath(*name.split(".")[1:])
            for path in (place.with_suffix(".py"), place / "__init__.py"):
                if path in texts and path not in found:
                    found.add(path)
                    ahead.append(path)
    return _hash_of(sorted(found), package)


def _hash_of(paths: list[Path], package: Path) -> str:
    """Return a hash of the names and texts of files."""
    digest = hashlib.blake2b(digest_size=8)
    for path in paths:
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def processor() -> dict[str, str]:
    """Return the kind of processor that code is compiled for, and a hash of what it can do."""
    config: Any = numba.config
    features = config.CPU_FEATURES
    if features is None:
        features = llvmlite.binding.get_host_cpu_features().flatten()
    name = config.CPU_NAME or llvmlite.binding.get_host_cpu_name()
    return {"name": name, "features": hashlib.blake2b(features.encode(), digest_size=4).hexdigest()}


def _machine() -> str:
    """Return a name for what machine code depends on besides the sources."""
    config: Any = numba.config
    versions = f"{sys.implementation.cache_tag} numba {numba.__version__} llvmlite {llvmlite.__version__}"
    switches = f"{config.BOUNDSCHECK} {config.OPT} {COUNTS_LAPS}"
    facts = f"{versions} {processor()} {switches}"
    return f"{sys.implementation.cache_tag}-{hashlib.blake2b(facts.encode(), digest_size=4).hexdigest()}"


def _cache_folder() -> Path:
    """Return a writable folder for compiled code."""
    home = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    for parent in (Path(home), Path(tempfile.gettempdir())):
        folder = parent / "krimpsim" / f"{code_hash()}-{_machine()}"
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    raise OSError("no writable folder for compiled code; set NUMBA_CACHE_DIR to one")


CACHE_FOLDER = _cache_folder()
_MARKER = CACHE_FOLDER / "warm"


def is_warm() -> bool:
    """Return whether everything that a run calls was compiled and still lies on disk."""
    try:
        return _files() >= int(_MARKER.read_text(encoding="utf-8")) > 0
    except (OSError, ValueError):
        return False


def mark_warm() -> None:
    """Remember that everything was compiled, and how many files that made."""
    _MARKER.write_text(str(_files()), encoding="utf-8")


def _files() -> int:
    """Return how many compiled functions lie on disk."""
    return sum(1 for _ in CACHE_FOLDER.rglob("*.nbc"))


class PackageLocator:
    """Tells Numba where the compiled code of a function of this package lies.

    Parameters
    ----------
    function, file
        The function, and the file it stands in.
    """

    def __init__(self, function: Callable[..., Any], file: str) -> None:
        self._py_file = file  # Numba names it in its warnings
        self._line = function.__code__.co_firstlineno
        path = Path(file).resolve()
        if path.is_relative_to(PACKAGE):
            self._folder = CACHE_FOLDER / path.parent.relative_to(PACKAGE)
        else:  # a rule that somebody tries out: its text is not in the name of the folder
            text = path.read_bytes() if path.is_file() else function.__code__.co_code
            self._folder = CACHE_FOLDER / "elsewhere" / hashlib.blake2b(text, digest_size=8).hexdigest()

    @classmethod
    def from_function(cls, function: Callable[..., Any], file: str) -> PackageLocator:
        """Return where a function is kept."""
        return cls(function, file)

    def ensure_cache_path(self) -> None:
        """Make the folder."""
        self._folder.mkdir(parents=True, exist_ok=True)

    def get_cache_path(self) -> str:
        """Return the folder."""
        return str(self._folder)

    def get_source_stamp(self) -> str:
        """Return what tells old code from new: nothing more, as the folder is named after the sources."""
        return ""

    def get_disambiguator(self) -> str:
        """Return what tells functions of one name apart."""
        return str(self._line)


@contextmanager
def kept_with_the_package() -> Iterator[None]:
    """Let Numba keep the functions that are made inside in the folder of this package, whoever cloned it where."""
    config: Any = numba.config
    before = config.CACHE_LOCATOR_CLASSES
    config.CACHE_LOCATOR_CLASSES = f"{__name__}.{PackageLocator.__name__}"
    try:
        yield
    finally:
        config.CACHE_LOCATOR_CLASSES = before
