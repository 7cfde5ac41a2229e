"""What may be asked of a run: one check for the command line and for Python."""

from __future__ import annotations

import operator
from typing import Any

from krimpsim.core.errors import UsageError

MOST_REPLICATES = 10_000
_MOST_JOBS = 4096
_LAST_REPLICATE = 2**31 - 1  # it is kept in 32 bits


def replicates(value: object) -> int:
    """Return a number of replicates.

    Raises
    ------
    UsageError
        If it is not one.
    """
    return _whole("replicates", value, 1, MOST_REPLICATES)


def jobs(value: object) -> int:
    """Return a number of processes.

    Raises
    ------
    UsageError
        If it is not one.
    """
    return _whole("jobs", value, 1, _MOST_JOBS)


def replicate(value: object) -> int:
    """Return the number of a replicate.

    Raises
    ------
    UsageError
        If it is not one.
    """
    return _whole("replicate", value, 0, _LAST_REPLICATE)


def _whole(name: str, value: Any, low: int, high: int) -> int:
    """Return a whole number in [low, high]; one of NumPy is one too, a truth value is none."""
    try:
        found = operator.index(value)
    except TypeError:
        found = None
    if found is None or type(value).__name__ in ("bool", "bool_") or not low <= found <= high:
        raise UsageError(f"{name}: got {value!r}, allowed is a whole number from {low} to {high}")
    return found
