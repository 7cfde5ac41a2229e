"""From TOML files to a checked configuration.

A file may extend one parent; tables merge, lists replace.  Three passes look for mistakes, and all mistakes are
reported together, each with the file and line where it was written.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from krimpsim.config.checks import CHECKS
from krimpsim.config.declarations import children, plain, shown
from krimpsim.config.locate import Document, KeyPath, read_toml, split_key
from krimpsim.config.passes import Place, Problems, Reporter, judged
from krimpsim.config.resolved import canonical, resolved_toml, run_id
from krimpsim.config.run import RunConfig
from krimpsim.config.survey import read_survey
from krimpsim.config.toml_cures import path_cure
from krimpsim.core.errors import ConfigError, Problem, UsageError

SURVEY = ("zorgkracht", "survey")  #: rows, or in a file the name of a table that holds them
_AFTER_FILES, _AFTER_ALL = 1 << 19, 1 << 20  # where mistakes in a table, and in overrides, are reported

__all__ = ["canonical", "load_config", "load_with_origins", "resolved_toml", "run_id"]


# --- the public functions ---------------------------------------------------------------------------------------


def as_config(config: RunConfig | str | Path) -> RunConfig:
    """Return a configuration that is given as one, or as the path of its file.

    Raises
    ------
    UsageError, ConfigError
        As `load_config`.
    """
    return config if isinstance(config, RunConfig) else load_config(config)


def load_config(path: str | Path, overrides: Mapping[str, object] | None = None) -> RunConfig:
    """Read, merge and check a configuration file.

    Parameters
    ----------
    path
        A TOML file.
    overrides
        Values by dotted key that take the place of those in the file, as ``{"run.seed": 7}``.

    Raises
    ------
    ConfigError
        If anything is wrong with the file, its parents or the overrides; holds every problem found.
    UsageError
        If the file cannot be read.
    """
    return load_with_origins(path, overrides)[0]


def load_with_origins(
    path: str | Path, overrides: Mapping[str, object] | None = None, written: Mapping[str, str] | None = None
) -> tuple[RunConfig, dict[KeyPath, str]]:
    """Read a configuration as `load_config` does, and tell where each value that is no default came from.

    Parameters
    ----------
    path, overrides
        As in `load_config`.
    written
        Where each override was written, for messages; ``--set key=value`` when nothing is said.

    Returns
    -------
    config
        The configuration.
    origins
        ``file:line`` or ``--set key=value`` of every key path that was written somewhere.
    """
    if not isinstance(path, (str, os.PathLike)) or not os.fspath(path):
        raise UsageError(f"config: got {path!r}, allowed is the name of a TOML file, or a RunConfig")
    if not isinstance(overrides, Mapping | None):
        raise UsageError(f"overrides: got {overrides!r}, allowed is a mapping such as {{'run.seed': 7}}")
    data, places, problems = _read_chain(Path(path))
    whole = not problems  # with a parent missing, a key that nobody wrote is no mistake
    _override(data, places, overrides or {}, written or {}, problems)
    _take_survey(data, places, problems)
    config = judged(RunConfig, data, Reporter(places, problems), whole, CHECKS)
    if problems or config is None:
        unique = dict.fromkeys(sorted(problems, key=lambda pair: pair[0]))
        raise ConfigError([problem for _, problem in unique])
    return config, {key: place.text for key, place in places.items()}


# --- reading and merging ----------------------------------------------------------------------------------------


def shown_name(path: Path) -> str:
    """Return the path as messages show it: normal form, relative where that is shorter."""
    return os.path.normpath(path).removeprefix(os.path.join(os.getcwd(), ""))


def _read_chain(path: Path) -> tuple[dict[str, Any], dict[KeyPath, Place], Problems]:
    """Read a file and its parents; return the merged values and where each was written."""
    problems: Problems = []
    documents: list[Document] = []
    seen: list[Path] = []
    while True:
        documents.append(read_toml(path, shown_name(path)))
        seen.append(path.resolve())
        data, lines = documents[-1].data, documents[-1].lines
        block = data.get(SURVEY[0])
        if isinstance(block, dict) and isinstance(block.get(SURVEY[1]), str):
            block[SURVEY[1]] = str(path.parent / block[SURVEY[1]])
        if "extends" not in data:
            break
        parent = data.pop("extends")
        line = lines[("extends",)]
        refusal = hint = ""
        if not isinstance(parent, str):
            refusal, hint = f"{shown(parent)} is not a file name", 'write one parent, as extends = "today.toml"'
        elif not parent or path_cure(parent):
            refusal, hint = f"{shown(parent)} is not a file name", path_cure(parent) or 'write it as "today.toml"'
        elif (path.parent / parent).resolve() in seen:
            names = [document.name for document in documents]
            first = seen.index((path.parent / parent).resolve())
            refusal = f"a file cannot extend itself: {' -> '.join([*names[first:], names[first]])}"
        elif not (path.parent / parent).is_file():
            refusal = f"{shown(parent)} {'is a folder' if (path.parent / parent).is_dir() else 'does not exist'}"
            hint = f"looked for {shown_name(path.parent / parent)}; the path is relative to the file that extends"
        if refusal:
            where = f"{documents[-1].name}:{line}"
            problems.append(((len(documents) - 1, line), Problem(where, "extends", refusal, hint)))
            break
        path = path.parent / parent
    merged: dict[str, Any] = {}
    places: dict[KeyPath, Place] = {}
    for order, document in reversed(list(enumerate(documents))):
        written = {key: Place(order, line, f"{document.name}:{line}") for key, line in document.lines.items()}
        written.pop(("extends",), None)
        written[()] = Place(order, 1, f"{document.name}:1")
        _merge(merged, document.data, (), places, written)
    return merged, places, problems


def _merge(
    below: dict[str, Any],
    above: Mapping[str, Any],
    path: KeyPath,
    places: dict[KeyPath, Place],
    written: Mapping[KeyPath, Place],
) -> None:
    """Lay one table over another, in place: tables merge, everything else replaces."""
    places[path] = written[path]
    for key, value in above.items():
        here = (*path, key)
        if isinstance(value, dict) and isinstance(below.get(key), dict):
            _merge(below[key], value, here, places, written)
            continue
        _put(below, here, value, places, written)


def _put(
    around: Any, path: KeyPath, value: object, places: dict[KeyPath, Place], written: Mapping[KeyPath, Place]
) -> None:
    """Write a value into the table or list around it, and its places in place of the old ones."""
    around[path[-1]] = value
    for old in [old for old in places if old[: len(path)] == path]:
        del places[old]
    places.update({new: place for new, place in written.items() if new[: len(path)] == path})


def _override(
    data: dict[str, Any],
    places: dict[KeyPath, Place],
    overrides: Mapping[str, object],
    written: Mapping[str, str],
    problems: Problems,
) -> None:
    """Lay the overrides over the merged values, in place."""
    for number, (key, given) in enumerate(overrides.items(), start=1):
        value = plain(given)
        said = f"--set {key}={given if isinstance(given, str) else shown(given, 10_000)}"
        place = Place(_AFTER_ALL, number, written.get(key, said))
        try:
            names = split_key(key)
        except ValueError:
            raise UsageError(f"--set {key}: not a dotted key such as run.seed") from None
        path: KeyPath = ()
        at: Any = data
        for name in names[:-1]:
            path = (*path, _step(at, name))
            if isinstance(at, dict) and not isinstance(at.get(name), (dict, list)):
                _put(at, path, {}, places, {path: place})
            at = dict(children(at)).get(path[-1])
        path = (*path, _step(at, names[-1]))
        inside = {(*path, *inner): place for inner in _paths(value)}
        old = dict(children(at)).get(path[-1])
        if isinstance(old, dict) and isinstance(value, dict):
            _merge(old, value, path, places, inside)
        elif isinstance(at, dict) or old is not None:
            _put(at, path, value, places, inside)
        else:
            problems.append(((place.order, place.line), Problem(place.text, key, "no such element in the list")))


def _take_survey(data: dict[str, Any], places: dict[KeyPath, Place], problems: Problems) -> None:
    """Put the rows of a survey in the place of the name of its file: what was answered is part of a configuration."""
    block = data.get(SURVEY[0])
    if not isinstance(block, dict) or not isinstance(block.get(SURVEY[1]), str):
        return
    path, place, key = Path(block[SURVEY[1]]), places[SURVEY], ".".join(SURVEY)
    name = shown_name(path)
    rows: list[tuple[int, dict[str, Any]]] = []
    if path.is_file():
        rows, found = read_survey(path)
        problems += [((_AFTER_FILES, line), Problem(f"{name}:{line}", key, *said)) for line, *said in found]
    else:
        hint = path_cure(name) or "the path of a table is relative to the file that names it"
        said = "is a folder, not a table" if path.is_dir() else "does not exist"
        problems.append(((place.order, place.line), Problem(place.text, key, f"{shown(name)} {said}", hint)))
    written: dict[KeyPath, Place] = {SURVEY: place}
    for index, (line, cells) in enumerate(rows):
        here = Place(_AFTER_FILES, line, f"{name}:{line}")
        written |= {(*SURVEY, index): here} | {(*SURVEY, index, column): here for column in cells}
    _put(block, SURVEY, [cells for _, cells in rows], places, written)


def _step(at: object, name: str) -> str | int:
    """Return the next element of a key path: an index in a list, a name elsewhere."""
    return int(name) if isinstance(at, list) and name.isdecimal() else name


def _paths(value: object) -> Iterator[KeyPath]:
    """Yield the key path of a value and of everything in it."""
    yield ()
    for key, child in children(value):
        for path in _paths(child):
            yield (key, *path)
