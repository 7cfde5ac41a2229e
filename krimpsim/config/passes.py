"""The three passes over a merged configuration, each on what the pass before left standing.

1. Keys that do not exist.
2. Values that are not allowed, with what the declarations allow.
3. Values that do not go together, with wrong values replaced by their defaults.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple, TypeVar, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from krimpsim.config.checks import Finding, suggestion
from krimpsim.config.declarations import (
    KINDS,
    all_keys,
    allowed_at,
    bounds,
    children,
    choices_of,
    core_of,
    declared,
    fields_of,
    inner_of,
    is_block,
    shown,
)
from krimpsim.config.locate import KeyPath
from krimpsim.config.toml_cures import value_cure
from krimpsim.core.errors import Problem

Root = TypeVar("Root", bound=BaseModel)


class Place(NamedTuple):
    """Where a value was written: position of the file in the chain (child first), line, and text for messages."""

    order: int
    line: int
    text: str


Problems = list[tuple[tuple[int, int], Problem]]  #: with the order of file and line to sort by


class Reporter(NamedTuple):
    """Collects problems at the place of a key path, or of the nearest table around it."""

    places: Mapping[KeyPath, Place]
    problems: Problems

    def __call__(self, path: KeyPath, message: str, hint: str = "") -> None:
        """Add a problem."""
        around = path
        while around and around not in self.places:
            around = around[:-1]
        place = self.places[around]
        problem = Problem(place.text, ".".join(map(str, path)) or "file", message, hint)
        self.problems.append(((place.order, place.line), problem))


def judged(
    root: type[Root],
    data: dict[str, Any],
    report: Reporter,
    whole: bool,
    checks: Sequence[Callable[[Root], Iterator[Finding]]],
) -> Root | None:
    """Run the three passes over merged values.

    Parameters
    ----------
    root
        What the file declares: the class of its top.
    data
        The values as the TOML parser gives them.
    report
        Takes every problem found.
    whole
        Whether everything that was written could be read; if not, a key that nobody wrote is no mistake and the
        third pass is left out.
    checks
        The third pass.

    Returns
    -------
    config
        The configuration, with wrong values replaced by defaults; None when none can be made.
    """
    data = _without_unknown(root, root, data, (), report)
    _fill_dated_tables(root, data)
    repaired: set[KeyPath] = set()
    config = _validated(root, data, report, whole, repaired)
    if config is not None and whole:
        for check in checks:
            for found in check(config):
                if not _within(found.path, repaired):
                    report(found.path, found.message, found.hint)
    return config


# --- pass 1: keys that do not exist -----------------------------------------------------------------------------


def _without_unknown(root: type[BaseModel], annotation: Any, value: Any, path: KeyPath, report: Reporter) -> Any:
    """Return the value without keys that no block declares, and report each of them."""
    annotation = core_of(annotation)
    if isinstance(value, dict) and is_block(annotation):
        fields = fields_of(annotation)
        for key in value:
            if key not in fields:
                report((*path, key), "unknown key", meant(root, key, list(fields), path))
        return {
            key: _without_unknown(root, fields[key].annotation, child, (*path, key), report)
            for key, child in value.items()
            if key in fields
        }
    inner = inner_of(annotation)
    if isinstance(value, dict):
        return {key: _without_unknown(root, inner, child, (*path, key), report) for key, child in value.items()}
    if isinstance(value, list):
        return [_without_unknown(root, inner, child, (*path, i), report) for i, child in enumerate(value)]
    return value


def meant(root: type[BaseModel], key: str, siblings: list[str], path: KeyPath) -> str:
    """Return a suggestion for an unknown key: a similar name beside it, the same name elsewhere, or the choices."""
    near = suggestion(key, siblings)
    if near:
        return near
    elsewhere = [name for name in all_keys(root) if name.rpartition(".")[2] == key]
    if elsewhere:
        return f"did you mean {shown(elsewhere[0])}?"
    place = f"[{'.'.join(map(str, path))}]" if path else "the top of the file"
    return f"{place} knows {', '.join(siblings[:8])}{' and more' if len(siblings) > 8 else ''}"


def _fill_dated_tables(model: type[BaseModel], data: dict[str, Any]) -> None:
    """Lay every dated table over its default, in place: like all tables it merges, so one year can be changed alone."""
    for key, field in fields_of(model).items():
        value = data.get(key)
        if isinstance(value, dict) and is_block(core_of(field.annotation)):
            _fill_dated_tables(core_of(field.annotation), value)
        elif isinstance(value, dict) and isinstance(field.default, dict):
            data[key] = dict(sorted({**field.default, **value}.items()))


# --- pass 2: values that are not allowed ------------------------------------------------------------------------

_BOUND_ERRORS = {"greater_than_equal", "less_than_equal", "greater_than", "less_than"}


def _validated(
    root: type[Root], data: dict[str, Any], report: Reporter, whole: bool, repaired: set[KeyPath]
) -> Root | None:
    """Run the second pass; add the key paths that were given their default to `repaired`."""
    for path, kind, value in list(_mistyped(root, data, ())):
        hint = cure_for(value, kind)
        report(path, f"{shown(value)} is not {KINDS[kind][1]}", "; ".join(filter(None, [hint, allowed_at(root, path)])))
        repaired.add(_repair(root, data, path))
    for _ in range(20):  # each round replaces the values that the round before refused
        try:
            return root.model_validate(data)
        except ValidationError as error:
            refused = _refused(error, data)
        if () in refused:
            report((), refused[()][0])
            break
        for path, (message, kind, value) in refused.items():
            if not _within(path, repaired) and (whole or kind != "missing"):
                report(path, *_explain(root, path, message, kind, value))
        for path in refused:
            repaired.add(_repair(root, data, path))
    return None


def cure_for(value: Any, kind: Any) -> str:
    """Return how a value should be written to be of a kind; nothing when nobody can tell."""
    if kind is int and isinstance(value, float) and value.is_integer():
        return f"write {value:.0f}"
    if not isinstance(value, str) or kind is str:
        return ""
    if _is_written(value, kind):
        return f"write {value} without quotes"
    said = value_cure(value)
    written = re.match(r"write ([^\s,]+)", said)
    return said if written and _is_written(written[1], kind) else ""


def _is_written(text: str, kind: Any) -> bool:
    """Return whether a text is how a file writes a value of a kind."""
    try:
        values = list(tomllib.loads(f"value = {text}").values())
    except tomllib.TOMLDecodeError:
        return False
    return len(values) == 1 and bool(KINDS[kind][0](values[0]))


def _within(path: KeyPath, others: set[KeyPath]) -> bool:
    """Return whether a key path is one of the others or stands in one of them."""
    return any(path[:depth] in others for depth in range(len(path) + 1))


def _mistyped(annotation: Any, value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any, Any]]:
    """Yield the values that a lenient reader would bend to the declared type: a text "3", the number 1 for true."""
    annotation = core_of(annotation)
    if annotation in KINDS:
        if not KINDS[annotation][0](value):
            yield path, annotation, value
    elif isinstance(value, dict) and is_block(annotation):
        for key, field in fields_of(annotation).items():
            if key in value:
                yield from _mistyped(field.annotation, value[key], (*path, key))
    else:
        for step, child in children(value):
            yield from _mistyped(inner_of(annotation), child, (*path, step))


def _refused(error: ValidationError, data: Any) -> dict[KeyPath, tuple[str, str, Any]]:
    """Return message, kind and value of each refused key path, one for each path."""
    refused: dict[KeyPath, tuple[str, str, Any]] = {}
    for found in error.errors(include_url=False):
        path: KeyPath = ()
        at: Any = data
        for element in found["loc"]:
            inside = dict(children(at))
            if element in inside:
                at = inside[element]
            elif found["type"] == "missing" and element == found["loc"][-1]:
                at = None
            else:
                continue  # the name of a member of a union, or the mark of a key
            path = (*path, element)
        message = str(found["msg"]).removeprefix("Value error, ").removeprefix("Assertion failed, ")
        refused.setdefault(path, (message, str(found["type"]), found["input"] if at is None else at))
    around = {path[:depth] for path in refused for depth in range(len(path))}  # the members of a union complain twice
    return {path: refusal for path, refusal in refused.items() if path not in around}


def _explain(root: type[BaseModel], path: KeyPath, message: str, kind: str, value: Any) -> tuple[str, str]:
    """Return message and hint for a value that the declarations refuse."""
    allowed, choices = allowed_at(root, path), choices_of(declared(root, path)[0])
    if kind == "missing":
        return "is missing", allowed
    if kind in _BOUND_ERRORS:
        return f"{shown(value)} is outside the allowed range", allowed
    if choices and not isinstance(value, (dict, list)):
        near = suggestion(value, [text for text in choices if isinstance(text, str)]) if isinstance(value, str) else ""
        if isinstance(value, str) and not near and allowed.partition(" (")[0].endswith("a list"):
            near = f"a list is written as [{shown(value)}]"
        return f"{shown(value)} is not a choice", "; ".join(filter(None, [allowed, near]))
    if kind in {"model_type", "dict_type", "model_attributes_type"}:
        return f"{shown(value)} is not a table", allowed
    if kind in {"tuple_type", "list_type"}:
        return f"{shown(value)} is not a list", allowed
    if kind == "string_pattern_mismatch":
        hint = "lower-case letters, digits and _, and a letter first"
        return f"{shown(value)} cannot be a name here", "; ".join(filter(None, [hint, allowed]))
    got = "" if isinstance(value, (dict, list)) or value is None else f"{shown(value)}: "
    return f"{got}{message[:1].lower()}{message[1:]}", allowed


def _repair(root: type[BaseModel], data: dict[str, Any], path: KeyPath) -> KeyPath:
    """Put the default in the place of a refused value, in place; return the path that was replaced."""
    while isinstance(path[-1], int):
        path = path[:-1]  # a list with one wrong element is replaced whole: the others must keep their index
    at: Any = data
    for element in path[:-1]:
        try:
            at = at[element]
        except (KeyError, IndexError):
            return path  # the list around it was replaced already
    field = declared(root, path)[0]
    if field is not None and field.is_required() and is_block(declared(root, path[:-1])[1]):
        at[path[-1]] = _placeholder(field)
    else:
        at.pop(path[-1], None)
    return path


def _placeholder(field: FieldInfo) -> Any:
    """Return some allowed value for a key without default, so that the last pass has something to look at."""
    annotation = core_of(field.annotation)
    low, high = bounds(field)
    choices = choices_of(field)
    if choices:
        return choices[0]
    simple = {bool: False, str: "unnamed", date: date(2013, 1, 1), int: 1, float: 1.0}
    if annotation in (int, float):
        return low if low is not None else high if high is not None else simple[annotation]
    if annotation in simple:
        return simple[annotation]
    return {} if is_block(annotation) or get_origin(annotation) is dict else []
