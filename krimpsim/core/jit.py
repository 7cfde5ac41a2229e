"""The one decorator for compiled functions, and the cache folder that can never serve old code.

Numba's cache looks at the file of the cached function only, not at the files that function calls.  The cache
folder is therefore named after a hash of every source file of the package: an edited rule starts an empty folder.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, cast

import numba

Function = TypeVar("Function", bound=Callable[..., Any])
PACKAGE = Path(__file__).resolve().parent.parent


@cache
def source_hash(package: Path = PACKAGE) -> str:
    """Return the hash, 16 hexadecimal digits, of all Python files of the package and their names."""
    digest = hashlib.blake2b(digest_size=8)
    for path in sorted(package.rglob("*.py")):
        digest.update(path.relative_to(package).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def _cache_folder() -> Path:
    """Return a writable folder for compiled code, named after the sources."""
    home = os.environ.get("NUMBA_CACHE_DIR") or os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    for parent in (Path(home), Path(tempfile.gettempdir())):
        folder = parent / "krimpsim" / source_hash()
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError:
            continue
        if os.access(folder, os.W_OK):
            return folder
    raise OSError("no writable folder for compiled code; set NUMBA_CACHE_DIR to one")


CACHE_FOLDER = _cache_folder()
setattr(numba.config, "CACHE_DIR", str(CACHE_FOLDER))  # noqa: B010


def compiled(function: Function) -> Function:
    """Compile a function on its first call, without the interpreter lock, and keep the result on disk."""
    return cast(Function, numba.njit(nogil=True, cache=True)(function))


def inlined(function: Function) -> Function:
    """Compile a function into its callers: for rules about one person, called from one place in a loop.

    A call between compiled functions counts a reference up and down for every array it passes; inside a loop over
    persons that costs more than the rule itself.
    """
    return cast(Function, numba.njit(nogil=True, cache=True, inline="always")(function))
