"""What the declarations of a configuration say of a key: type, bounds, choices, default; values as text."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from datetime import date, datetime, time
from enum import Enum
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from krimpsim.config.locate import KeyPath

KINDS: dict[Any, tuple[Callable[[Any], bool], str]] = {
    bool: (lambda value: isinstance(value, bool), "true or false"),
    int: (lambda value: isinstance(value, int) and not isinstance(value, bool), "a whole number"),
    float: (
        lambda value: isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value),
        "a number",
    ),
    str: (lambda value: isinstance(value, str), "a text in quotes"),
    date: (lambda value: isinstance(value, date) and not isinstance(value, datetime), "a date such as 2013-01-01"),
}


def core_of(annotation: Any) -> Any:
    """Return a type without ``Annotated`` and without ``| None``."""
    if get_origin(annotation) is Annotated:
        return core_of(get_args(annotation)[0])
    if get_origin(annotation) in (Union, UnionType):
        members = [member for member in get_args(annotation) if member is not NoneType]
        if len(members) == 1:
            return core_of(members[0])
    return annotation


def is_block(annotation: Any) -> bool:
    """Return whether a type is a table of a file."""
    return isinstance(annotation, type) and issubclass(annotation, BaseModel)


def fields_of(model: type[BaseModel]) -> dict[str, FieldInfo]:
    """Return the fields of a block by the names they have in TOML."""
    return {field.alias or name: field for name, field in model.model_fields.items()}


def inner_of(annotation: Any) -> Any:
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
        annotation = core_of(annotation)
        if is_block(annotation):
            field = fields_of(annotation).get(str(element))
            if field is None:
                return None, Any
            annotation = field.annotation
        else:
            annotation = inner_of(annotation)
    return field, core_of(annotation)


def choices_of(field: FieldInfo | None) -> list[Any]:
    """Return what a value may be, when the declaration lists it."""
    annotation = core_of(field.annotation) if field else None
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


def allowed_at(root: type[BaseModel], path: KeyPath) -> str:
    """Return what the declaration of a key allows: range or choices, unit, meaning, default."""
    field = declared(root, path)[0]
    if field is None:
        return ""
    extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
    unit = str(extra.get("x-unit", ""))
    unit = "" if unit in {"1", "choice", "date", "text", "list"} else unit
    low, high = bounds(field)
    choices = choices_of(field)
    if choices:
        lists = [member for member in get_args(core_of(field.annotation)) if get_origin(member) in (tuple, list)]
        allowed = f"choose {' or '.join([*map(shown, choices), *('a list' for _ in lists)])}"
    elif low is not None and high is not None:
        allowed = f"{shown(low)} to {shown(high)}"
    elif low is not None or high is not None:
        allowed = f"at least {shown(low)}" if high is None else f"at most {shown(high)}"
    else:
        allowed = KINDS.get(core_of(field.annotation), (None, ""))[1]
    about = f"({field.description.rstrip('.')})" if field.description else ""
    parts = [" ".join(filter(None, [allowed, unit, about]))]
    if not field.is_required() and field.default_factory is None and not isinstance(field.default, (BaseModel, dict)):
        default = plain(field.default)
        parts.append(f"default {'none' if default is None else shown(default)}")
    return "; ".join(filter(None, parts))


def all_keys(model: type[BaseModel], before: str = "") -> Iterator[str]:
    """Yield the dotted name of every key outside lists."""
    for name, field in fields_of(model).items():
        yield before + name
        annotation = core_of(field.annotation)
        if is_block(annotation):
            yield from all_keys(annotation, f"{before}{name}.")


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
