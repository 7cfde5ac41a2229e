"""Dotted keys: where a factor stands in the values of a configuration, whether it acts there, and its value put in."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

from krimpsim.config.convenant import CLAUSES
from krimpsim.config.locate import KeyPath, split_key
from krimpsim.experiments.designs import Range
from krimpsim.experiments.experiment import Factor

CLAUSE_PATHS = {("convenant", name) for name in CLAUSES}

key_names = lru_cache(maxsize=10_000)(split_key)


NOWHERE = object()


def key_path(key: str, data: Any) -> KeyPath:
    """Return the path of a dotted key in the values of a configuration; an index where a list is met."""
    path: KeyPath = ()
    for name in key_names(key):
        step: str | int = int(name) if isinstance(data, list) and name.isdecimal() else name
        path = (*path, step)
        data = _inside(data, step)
    return path


def _inside(data: Any, step: str | int) -> Any:
    """Return what stands under a name or an index, `NOWHERE` where there is nothing."""
    if isinstance(data, dict):
        return data.get(step, NOWHERE)
    return data[step] if isinstance(data, list) and isinstance(step, int) and step < len(data) else NOWHERE


def point_data(data: Any, ranges: Sequence[Range], point: Sequence[Any]) -> Any:
    """Return the values of a configuration in a point; the given ones stay as they are.

    A factor that does not act in this configuration leaves it as it is, so that no run is made for it.
    """
    pairs = sorted(zip(ranges, point, strict=True), key=lambda pair: not pair[0].key.endswith(".enabled"))
    for r, value in pairs:  # what puts a clause on or off first: see `acts`
        if acts(r, data):
            data = _replaced(data, key_path(r.key, data), value, r.vary == "multiplier")
    return data


def acts(r: Range | Factor, data: Any) -> bool:
    """Return whether a factor acts in a configuration: not where it is not meant, nor in a clause that is off."""
    if r.scenarios and data["scenario"]["id"] not in r.scenarios:
        return False
    names = key_names(r.key)
    if len(names) < 3 or names[:2] not in CLAUSE_PATHS or names[2] == "enabled":
        return True
    return bool(value_at(data, (*names[:2], "enabled"))) and value_at(data, key_path(r.key, data)) not in (
        None,
        NOWHERE,
    )


def _replaced(data: Any, path: KeyPath, value: Any, is_multiplier: bool) -> Any:
    """Return data in which one value is replaced or multiplied; what is not on the way is shared."""
    if not path:
        return _times(data, value) if is_multiplier else value
    copy: Any = dict(data) if isinstance(data, dict) else list(data)
    copy[path[0]] = _replaced(copy[path[0]], path[1:], value, is_multiplier)
    return copy


def _times(value: Any, multiplier: float) -> Any:
    """Return a number, or all numbers of a list or table, multiplied; whole numbers stay whole, halves up."""
    if isinstance(value, dict):
        return {key: _times(child, multiplier) for key, child in value.items()}
    if isinstance(value, list):
        return [_times(child, multiplier) for child in value]
    return math.floor(value * multiplier + 0.5) if isinstance(value, int) else value * multiplier


def value_at(data: Any, path: KeyPath) -> Any:
    """Return the value at a path, `NOWHERE` where the path leads nowhere; a value may be None."""
    for step in path:
        data = _inside(data, step)
    return data
