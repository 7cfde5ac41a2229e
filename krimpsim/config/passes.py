"""The three passes over a merged configuration, each on what the pass before left standing.

1. Keys that do not exist.
2. Values that are not allowed, with what the declarations allow.
3. Values that do not go together, with wrong values replaced by their defaults.
"""

from __future__ import annotations

import math
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date, datetime, time
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError
from pydantic.fields import FieldInfo

from krimpsim.config.checks import Finding, suggestion
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


# --- what the declarations say ----------------------------------------------------------------------------------

_KINDS: dict[Any, tuple[Callable[[Any], bool], str]] = {
    bool: (lambda value: isinstance(value, bool), "true or false"),
    int: (lambda value: isinstance(value, int) and not isinstance(value, bool), "a whole number"),
    float: (
        lambda value: isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value),
        "a number",
    ),
    str: (lambda value: isinstance(value, str), "a text in quotes"),
    date: (lambda value: isinstance(value, date) and not isinstance(value, datetime), "a date such as 2013-01-01"),
}


def _core(annotation: Any) -> Any:
    """Return a type without ``Annotated`` and without ``| None``."""
    if get_origin(annotation) is Annotated:
        return _core(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        members = [member for member in get_args(annotation) if member is not NoneType]
        if len(members) == 1:
            return _core(members[0])
    return annotation


def _is_block(annotation: Any) -> bool:
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a block by the names they have in TOML."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def _inner(annotation: Any) -> Any:
    """Return the type of the elements of a list or of the values of a dated table."""
    arguments = [argument for argument in get_args(annotation) if argument is not Ellipsis]
    return arguments[-1] if arguments and get_origin(annotation) in (dict, tuple, list, frozenset, Mapping) else Any


def declared(root: type[BaseModel], path: KeyPath) -> tuple[FieldInfo | None, Any]:
    """Return the declaration and the type of a key path.

    What stands in a list or a dated table shares the declaration of the list or the table.
    """
    annotation: Any = root
    field: FieldInfo | None = None
    for element in path:
        annotation = _core(annotation)
        if _is_block(annotation):
            field = fields_of(annotation).get(str(element))
            if field is None:
                return None, Any
            annotation = field.annotation
        else:
            annotation = _inner(annotation)
    return field, _core(annotation)


def _choices(field: FieldInfo | None) -> list[Any]:
    """Return what a value may be, when the declaration lists it."""
    annotation = _core(field.annotation) if field else None
    members = get_args(annotation) if get_origin(annotation) in (Union, UnionType) else (annotation,)
    choices: list[Any] = []
    for member in members:
        if get_origin(member) is Literal:
            choices += get_args(member)
        elif isinstance(member, type) and issubclass(member, Enum):
            choices += [choice.value for choice in member]
    return choices


def bounds(field: FieldInfo) -> tuple[float | None, float | None]:
    """Return the smallest and the largest allowed value, None where there is no bound."""
    low = high = None
    for constraint in field.metadata:
        low = getattr(constraint, "ge", low)
        high = getattr(constraint, "le", high)
    return low, high


def _allowed(root: type[BaseModel], path: KeyPath) -> str:
    """Return what the declaration of a key allows: range or choices, unit, meaning, default."""
    field = declared(root, path)[0]
    if field is None:
        return ""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    unit = str(extra.get("x-unit", ""))
    unit = "" if unit in {"1", "choice", "date", "text", "list"} else unit
    low, high = bounds(field)
    choices = _choices(field)
    if choices:
        lists = [member for member in get_args(_core(field.annotation)) if get_origin(member) in (tuple, list)]
        allowed = f"choose {' or '.join([*map(shown, choices), *('a list' for _ in lists)])}"
    elif low is not None and high is not None:
        allowed = f"{shown(low)} to {shown(high)}"
    elif low is not None or high is not None:
        allowed = f"at least {shown(low)}" if high is None else f"at most {shown(high)}"
    else:
        allowed = _KINDS.get(_core(field.annotation), (None, ""))[1]
    about = f"({field.description.rstrip('.')})" if field.description else ""
    parts = [" ".join(filter(None, [allowed, unit, about]))]
    if not field.is_required() and field.default_factory is None and not isinstance(field.default, (BaseModel, dict)):
        default = plain(field.default)
        parts.append(f"default {'none' if default is None else shown(default)}")
    return "; ".join(filter(None, parts))


# --- pass 1: keys that do not exist -----------------------------------------------------------------------------


def _without_unknown(root: type[BaseModel], annotation: Any, value: Any, path: KeyPath, report: Reporter) -> Any:
    """Return the value without keys that no block declares, and report each of them."""
    annotation = _core(annotation)
    if isinstance(value, dict) and _is_block(annotation):
        fields = fields_of(annotation)
        for key in value:
            if key not in fields:
                report((*path, key), "unknown key", meant(root, key, list(fields), path))
        return {
            key: _without_unknown(root, fields[key].annotation, child, (*path, key), report)
            for key, child in value.items()
            if key in fields
        }
    inner = _inner(annotation)
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


def all_keys(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Yield the dotted name of every key outside lists."""
    for name, field in fields_of(model).items():
        yield before + name
        annotation = _core(field.annotation)
        if _is_block(annotation):
            yield from all_keys(annotation, f"{before}{name}.")


def _fill_dated_tables(model: type[BaseModel], data: dict[str, Any]) -> None:
    """Lay every dated table over its default, in place: like all tables it merges, so one year can be changed alone."""
    for key, field in fields_of(model).items():
        value = data.get(key)
        if isinstance(value, dict) and _is_block(_core(field.annotation)):
            _fill_dated_tables(_core(field.annotation), value)
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
        report(path, f"{shown(value)} is not {_KINDS[kind][1]}", "; ".join(filter(None, [hint, _allowed(root, path)])))
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
    return len(values) == 1 and bool(_KINDS[kind][0](values[0]))


def _within(path: KeyPath, others: set[KeyPath]) -> bool:
    """Return whether a key path is one of the others or stands in one of them."""
    return any(path[:depth] in others for depth in range(len(path) + 1))


def _mistyped(annotation: Any, value: Any, path: KeyPath) -> Iterator[tuple[KeyPath, Any, Any]]:
    """Yield the values that a lenient reader would bend to the declared type: a text "3", the number 1 for true."""
    annotation = _core(annotation)
    if annotation in _KINDS:
        if not _KINDS[annotation][0](value):
            yield path, annotation, value
    elif isinstance(value, dict) and _is_block(annotation):
        for key, field in fields_of(annotation).items():
            if key in value:
                yield from _mistyped(field.annotation, value[key], (*path, key))
    else:
        for step, child in children(value):
            yield from _mistyped(_inner(annotation), child, (*path, step))


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
    allowed, choices = _allowed(root, path), _choices(declared(root, path)[0])
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
    if field is not None and field.is_required() and _is_block(declared(root, path[:-1])[1]):
        at[path[-1]] = _placeholder(field)
    else:
        at.pop(path[-1], None)
    return path


def _placeholder(field: FieldInfo) -> Any:
    """Return some allowed value for a key without default, so that the last pass has something to look at."""
    annotation = _core(field.annotation)
    low, high = bounds(field)
    choices = _choices(field)
    if choices:
        return choices[0]
    simple = {bool: False, str: "unnamed", date: date(2013, 1, 1), int: 1, float: 1.0}
    if annotation in (int, float):
        return low if low is not None else high if high is not None else simple[annotation]
    if annotation in simple:
        return simple[annotation]
    return {} if _is_block(annotation) or get_origin(annotation) is dict else []


# --- values as Python and as text --------------------------------------------------------------------------------


def shown(value: object, width: int = 60) -> str:
    """Return a value as a user would have typed it, with single quotes for texts and cut when long."""
    if isinstance(value, bool):
        text = "true" if value else "false"
    elif isinstance(value, (date, time)):
        text = value.isoformat()
    elif isinstance(value, dict):
        text = "{" + ", ".join(f"{key} = {shown(child, width)}" for key, child in value.items()) + "}"
    elif isinstance(value, (list, tuple)):
        text = "[" + ", ".join(shown(child, width) for child in value) + "]"
    elif isinstance(value, str):
        text = f"'{value}'"
    else:
        text = repr(value)
    text = " ".join(text.split())
    return text if len(text) <= width else text[: width - 1] + "…"


def children(value: object) -> Iterator[tuple[str | int, Any]]:
    """Yield the keys and values of a table, or the indices and elements of a list."""
    if isinstance(value, dict):
        yield from value.items()
    elif isinstance(value, list):
        yield from enumerate(value)


def plain(value: object) -> Any:
    """Return a Python value as the TOML parser would give it."""
    if isinstance(value, BaseModel):
        return plain(value.model_dump(by_alias=True))
    if isinstance(value, Mapping):
        return {str(key): plain(child) for key, child in value.items()}
    if isinstance(value, (list, tuple, set, frozenset)):
        return [plain(child) for child in value]
    if isinstance(value, Enum):
        return value.value
    return value.item() if hasattr(value, "item") else value  # a number of NumPy as a plain one
