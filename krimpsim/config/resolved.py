"""A configuration as text: the ``run.toml`` of a result, and the bytes that decide the identity of a run."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Mapping
from datetime import date
from enum import Enum
from typing import Any

from krimpsim.config.base import ConfigModel
from krimpsim.config.locate import KeyPath
from krimpsim.config.run import RunConfig

RUN_FORMAT = 1  #: part of every run identity; raised when the meaning of a result changes without a change of sources
NOT_IDENTITY = ("replicates",)  #: keys of ``[run]`` that say how much is computed, not what


def canonical(config: ConfigModel) -> bytes:
    """Return the configuration as canonical JSON: keys sorted, shortest floats, ISO dates, replicates left out."""
    return _json(_identity(config)).encode()


def run_id(config: RunConfig, replicate: int, source_hash: str, data_hash: str) -> str:
    """Return the identity of one run, 32 hexadecimal digits.

    Raises
    ------
    ValueError
        If a number of the configuration is not finite.
    """
    return run_ids(config, [replicate], source_hash, data_hash)[0]


def run_ids(config: RunConfig, replicates: Iterable[int], source_hash: str, data_hash: str) -> list[str]:
    """Return the identities of several replicates of one configuration."""
    content = [RUN_FORMAT, source_hash, data_hash, _identity(config), config.run.seed]
    start = _json(content)[:-1]  # without the bracket that closes: the replicate comes last
    return [hashlib.blake2b(f"{start},{replicate}]".encode(), digest_size=16).hexdigest() for replicate in replicates]


def resolved_toml(config: ConfigModel, origins: Mapping[KeyPath, str]) -> str:
    """Return a TOML text with every value of the configuration and, as a comment, where it came from.

    The text has no parent and loads to an equal configuration.
    """
    lines = ["# Every value of this run.  The comment says where it came from; default: nobody wrote it."]
    _write_table(config.model_dump(by_alias=True), (), origins, lines)
    return "\n".join(lines) + "\n"


_BARE = re.compile(r"[A-Za-z0-9_-]+")


def _toml(value: object) -> str:
    """Return a value as TOML on one line."""
    if isinstance(value, Enum):
        return _toml(value.value)
    if isinstance(value, (bool, str)):
        return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Mapping):
        pairs = (f"{_key(key)} = {_toml(child)}" for key, child in value.items() if child is not None)
        return "{" + ", ".join(pairs) + "}"
    if isinstance(value, (list, tuple)):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return repr(value)


def _key(name: object) -> str:
    return str(name) if _BARE.fullmatch(str(name)) else _toml(str(name))


def _is_tables(value: object) -> bool:
    """Return whether a value is a list that is written as ``[[tables]]``."""
    return isinstance(value, (list, tuple)) and len(value) > 0 and all(isinstance(row, Mapping) for row in value)


def _write_table(table: Mapping[Any, Any], path: KeyPath, origins: Mapping[KeyPath, str], lines: list[str]) -> None:
    """Write the single values of a table, then the tables in it."""
    for key, value in table.items():
        if not isinstance(value, Mapping) and not _is_tables(value):
            origin = " ".join(origins.get((*path, str(key)), "default").split())
            written = f"# {_key(key)} is not set" if value is None else f"{_key(key)} = {_toml(value)}"
            lines.append(f"{written}  # {origin}")
    for key, value in table.items():
        here = (*path, str(key))
        name = ".".join(_key(element) for element in here if not isinstance(element, int))
        if isinstance(value, Mapping):
            lines += ["", f"[{name}]"]
            _write_table(value, here, origins, lines)
        elif _is_tables(value):
            for index, row in enumerate(value):
                lines += ["", f"[[{name}]]"]
                _write_table(row, (*here, index), origins, lines)


def _identity(config: ConfigModel) -> dict[str, Any]:
    """Return the configuration as JSON values, without what does not change a run."""
    values = config.model_dump(mode="json", by_alias=True)
    for key in NOT_IDENTITY:
        values.get("run", {}).pop(key, None)
    return _without_minus_zero(values) if "-0.0" in json.dumps(values) else values


def _json(content: object) -> str:
    """Return JSON in its one canonical form; raise ValueError for a number that is not finite."""
    return json.dumps(content, sort_keys=True, separators=(",", ":"), allow_nan=False)


def _without_minus_zero(value: Any) -> Any:
    """Return JSON values with every -0.0 as 0.0: the two are one number."""
    if isinstance(value, dict):
        return {key: _without_minus_zero(child) for key, child in value.items()}
    if isinstance(value, list):
        return [_without_minus_zero(child) for child in value]
    return value + 0.0 if isinstance(value, float) else value
