"""Factors of an experiment: which keys they vary, each checked against the declaration of its parameter."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from enum import Enum
from fnmatch import fnmatchcase
from typing import Any, get_args

from pydantic.fields import FieldInfo

from krimpsim.config.base import ConfigModel
from krimpsim.config.checks import Finding, suggestion
from krimpsim.config.declarations import bounds, children, declared, fields_of, plain, shown
from krimpsim.config.locate import KeyPath
from krimpsim.config.names import is_place, place_name
from krimpsim.config.passes import cure_for, meant
from krimpsim.config.run import RunConfig
from krimpsim.experiments.designs import Range
from krimpsim.experiments.experiment import ALL_LEVERS, ALL_UNCERTAIN, Experiment, Factor
from krimpsim.experiments.keys import CLAUSE_PATHS, NOWHERE, acts, key_names, key_path, value_at

_LUCK = {"run.seed", "run.replicates"}


def ranges_of(experiment: Experiment, configs: Sequence[RunConfig], ranges: list[Range]) -> Iterator[Finding]:
    """Fill in what the factors leave open, into `ranges`."""
    design, names = experiment.design, [config.scenario.id for config in configs]
    every = [plain(config) for config in configs]
    listed = list(design.points[0]) if design.points and design.kind in ("list", "draws") else []
    asked = {factor.key for factor in experiment.factors}
    seen = set(listed)
    for number, factor in enumerate(experiment.factors):
        here: KeyPath = ("factors", number)
        unknown = [name for name in factor.scenarios if name not in names]
        for name in unknown:
            hint = suggestion(name, names) or f"choose from {', '.join(names)}"
            yield Finding((*here, "scenarios"), f"{shown(name)} is not a scenario of this file", hint)
        if unknown:
            continue
        if factor.key not in SHORTHANDS:
            if factor.key in seen:
                yield Finding((*here, "key"), f"{shown(factor.key)} varies twice")
                continue
            seen.add(factor.key)
            if factor.without:
                yield Finding((*here, "without"), "without is not for a single key", f"only for {_EITHER}")
            known = len(ranges)
            yield from _range(factor, here, design.kind, every, ranges)
            idle = len(ranges) > known and not any(acts(factor, data) for data in every)
            clause = ".".join(key_names(factor.key)[:2]) if idle else ""
            if idle and f"{clause}.enabled" not in asked | seen:
                hint = f"no scenario has {clause} on, so the factor does nothing"
                yield Finding((*here, "key"), f"{shown(factor.key)} belongs to a clause that is off", hint)
            continue
        meant_for = [data for data, name in zip(every, names, strict=True) if name in (factor.scenarios or names)]
        given = [name for name in ("low", "high", "mode") if getattr(factor, name) is not None]
        given += ["values"] if factor.values else []
        if given or factor.vary == "multiplier":
            place = (*here, given[0] if given else "vary")
            yield Finding(place, f"{place[-1]} is not for '{factor.key}'", "each parameter has its own range")
            continue
        keys = [key for key in SHORTHANDS[factor.key](meant_for) if key not in seen | asked]
        left = [pattern for pattern in factor.without if not any(fnmatchcase(key, pattern) for key in keys)]
        for pattern in left:
            yield Finding(
                (*here, "without"), f"{shown(pattern)} fits none of them", "a key, or * for any text: market.*"
            )
        keys = [key for key in keys if not any(fnmatchcase(key, pattern) for pattern in factor.without)]
        if not keys:
            hint = "no clause is on, or those that are on are the same in all scenarios"
            yield Finding((*here, "key"), f"'{factor.key}' finds nothing", hint)
        for key in keys:
            yield from _range(factor.model_copy(update={"key": key}), here, design.kind, every, ranges)
        seen.update(keys)
    if design.points and not listed and design.kind in ("list", "draws"):
        yield Finding(("design", "points", 0), "the point is empty", "name a key and its value, as {key = value}")
    for number, point in enumerate(design.points if listed else ()):
        if set(point) != set(listed):
            odd = sorted(set(point) ^ set(listed))
            yield Finding(("design", "points", number), f"{', '.join(odd)} not in every point", "name the same keys")
            return
    for key in listed:
        values_of_key = tuple(point[key] for point in design.points)
        place = ("design", "columns", key) if design.file else ("design", "points", 0, key)
        known = len(ranges)
        yield from _range(Factor(key=key, values=values_of_key), place, "list", every, ranges)
        if (
            design.file
            and len(ranges) > known
            and len({repr(value_at(data, key_path(key, data))) for data in every}) > 1
        ):
            message = f"{key} differs between the scenarios, and the table would make it the same"
            yield Finding(place, message, "leave the column out, or the difference")


def uncertain(every: Sequence[Any]) -> list[str]:
    """Return the keys of all numbers that have a range, are nobody's choice and do not differ between scenarios.

    Of a clause only where it is on somewhere.  A number that scenarios give different values is what they are about.

    Parameters
    ----------
    every
        The values of the configuration of each scenario.
    """
    keys = []
    for path, field in _numbers(RunConfig, ()):
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        written: Any = extra.get("x-range", (0, 0))
        if written[0] == written[1] or str(extra.get("x-source")).startswith("choice"):
            continue
        found = [data for data in every if path[:2] not in CLAUSE_PATHS or value_at(data, (*path[:2], "enabled"))]
        if (
            found
            and value_at(found[0], path) is not None
            and all(value_at(data, path) == value_at(found[0], path) for data in found)
        ):
            keys.append(".".join(map(str, path)))
    return keys


def levers(every: Sequence[Any]) -> list[str]:
    """Return the keys of the strength of the clauses that are on, and equally strong wherever they are on.

    A clause that is the same in all scenarios is no lever of theirs, unless there is one scenario only.
    """
    keys = []
    for block, clause in sorted(CLAUSE_PATHS):
        found = [data[block][clause] for data in every if data[block][clause]["enabled"]]
        if len(every) > 1 and all(data[block][clause] == every[0][block][clause] for data in every):
            continue
        whole = [key for one in found for key in _strengths(one)]
        for key in dict.fromkeys(whole):
            if len({value_at(one, key_path(key, one)) for one in found} - {None, NOWHERE}) == 1:
                keys.append(f"{block}.{clause}.{key}")
    return keys


SHORTHANDS = {ALL_UNCERTAIN: uncertain, ALL_LEVERS: levers}
_EITHER = " and ".join(f"'{name}'" for name in SHORTHANDS)


def _strengths(clause: Any) -> list[str]:
    """Return the keys of the strength of a clause, or of each of its periods."""
    return [f"periods.{k}.strength" for k in range(len(clause["periods"]))] or ["strength"]


def _numbers(block: type[Any], path: KeyPath) -> Iterator[tuple[KeyPath, FieldInfo]]:
    """Yield path and declaration of every single number of a configuration."""
    for name, field in fields_of(block).items():
        inside = field.annotation
        if isinstance(inside, type) and issubclass(inside, ConfigModel):
            yield from _numbers(inside, (*path, name))
        elif _core_kind(inside) is not None:
            yield (*path, name), field


def _range(factor: Factor, here: KeyPath, kind: str, every: Sequence[Any], ranges: list[Range]) -> Iterator[Finding]:
    """Check one factor against the declaration of its parameter, and add it to `ranges`."""
    place = (*here, "key") if here[0] == "factors" else here
    try:
        data = next((one for one in every if acts(factor, one)), every[0])
        path = key_path(factor.key, data)
    except ValueError:
        yield Finding(place, f"{shown(factor.key)} is not a dotted key", "write it as informal_care.willing_share")
        return
    value, field, annotation = value_at(data, path), *declared(RunConfig, path)
    if field is None or value is NOWHERE or (value is None and annotation not in (int, float)):
        yield Finding(place, f"{shown(factor.key)} is no parameter", _near(path))
        return
    if factor.key in _LUCK:
        yield Finding(place, f"{factor.key} cannot vary", "luck varies by replicate: see replicates")
        return
    odd = [v for v in factor.values if isinstance(v, float) and not math.isfinite(v)]
    if odd:
        yield Finding((*here, "values") if here[0] == "factors" else here, f"{shown(odd[0])} is not a finite number")
        return
    one = _core_kind(annotation)
    if factor.vary == "multiplier":
        yield from _only_numbers(value, place, factor.key)
    elif isinstance(value, (list, dict)):
        hint = f'vary one of them, as "{factor.key}.{next(iter(dict(children(value))), 0)}" with low and high; or all '
        hint += 'together with vary = "multiplier", low and high'
        yield Finding(place, f"{factor.key} is not one number but {shown(value)}", hint)
        return
    if here[0] == "factors":
        odd_keys = list(_idle_keys(factor, here, kind))
        yield from odd_keys
        if odd_keys:
            return
    if factor.values:
        given = tuple(map(place_name, factor.values)) if is_place(value) else factor.values
        wrong = list(_wrong_values(given, here, annotation, factor.vary == "multiplier"))
        yield from wrong
        if wrong:
            return
        taken = tuple(int(v) if one is int and isinstance(v, float) and v.is_integer() else v for v in given)
        ranges.append(Range(key=factor.key, vary=factor.vary, values=taken, scenarios=factor.scenarios))
        return
    yield from _low_and_high(factor, here, path, field, one, ranges)


def _low_and_high(
    factor: Factor, here: KeyPath, path: KeyPath, field: FieldInfo, one: Any, ranges: list[Range]
) -> Iterator[Finding]:
    """Check the ends of a factor that has no list of values, and add it to `ranges`."""
    place = (*here, "key") if here[0] == "factors" else here
    if one not in (int, float) and factor.vary == "value":
        yield Finding(place, f"{factor.key} is not a number", 'give values = ["a", "b"] and make a grid')
        return
    declared_range = (None, None)
    if factor.vary == "value" and isinstance(path[-1], str) and path[-1] in _siblings(path):
        extra = field.json_schema_extra if isinstance(field.json_schema_extra, dict) else {}
        written: Any = extra.get("x-range", (None, None))
        declared_range = (written[0], written[1])
    low = declared_range[0] if factor.low is None else factor.low
    high = declared_range[1] if factor.high is None else factor.high
    if low is None or high is None:
        yield Finding(place, f"{factor.key} has no range of its own", "give low and high")
        return
    if not low < high:
        yield Finding((*here, "high"), f"{shown(high)} is not above low, {shown(low)}")
        return
    least, most = bounds(field) if factor.vary == "value" else (None, None)
    for name, end in (("low", low), ("high", high)):
        if (least is not None and end < least) or (most is not None and end > most):
            allowed = f"{factor.key} takes {shown(least)} to {shown(most)}"
            yield Finding((*here, name), f"{shown(end)} is outside what the parameter allows", allowed)
            return
    if factor.distribution == "log_uniform" and low <= 0:
        yield Finding((*here, "distribution"), "log_uniform needs a low above 0", f"low is {shown(low)}")
        return
    if factor.mode is not None and (factor.distribution != "triangular" or not low <= factor.mode <= high):
        yield Finding(
            (*here, "mode"), f"{shown(factor.mode)}: no mode of a triangle from {shown(low)} to {shown(high)}"
        )
        return
    whole = one is int and factor.vary == "value"
    for name, given_end in (("low", factor.low), ("high", factor.high)):
        if whole and given_end is not None and not given_end.is_integer():
            yield Finding(
                (*here, name), f"{shown(given_end)} is not a whole number", f"{factor.key} takes whole numbers"
            )
            return
    if whole:
        low, high = math.ceil(low), math.floor(high)
    same = factor.model_dump(include={"key", "vary", "distribution", "mode", "levels", "scenarios", "group"})
    ranges.append(Range(**same, low=low, high=high, whole=whole))


def _idle_keys(factor: Factor, here: KeyPath, kind: str) -> Iterator[Finding]:
    """Yield what a factor says that nothing would come of."""
    said = factor.model_fields_set
    for name in ("values", "scenarios", "without"):
        if name in said and not getattr(factor, name):
            yield Finding((*here, name), "the list is empty", "leave it out, or name at least one")
    for name in ("scenarios", "without"):
        for number, one in enumerate(getattr(factor, name)):
            if one in getattr(factor, name)[:number]:
                yield Finding((*here, name, number), f"{shown(one)} stands there twice", "leave one of the two out")
    if factor.values and kind != "grid":
        yield Finding((*here, "values"), f"values are not for {kind}", "give low and high, or make a grid")
    if "levels" in said and kind != "grid":
        yield Finding((*here, "levels"), f"{factor.levels}: levels of a factor are not for {kind}", "they are for grid")
    for name in ("low", "high", "mode", "distribution", "levels"):
        if factor.values and name in said:
            yield Finding((*here, name), f"{name} means nothing beside values", "give values, or low and high")


def _wrong_values(found: Sequence[Any], here: KeyPath, annotation: Any, is_multiplier: bool) -> Iterator[Finding]:
    """Yield the values of a factor or of a column of points that are not of the kind of their parameter."""
    of_factor, of_table = here[0] == "factors", here[:2] == ("design", "columns")
    kind = float if is_multiplier else _core_kind(annotation) or (bool if annotation is bool else None)
    said = {float: "a number", int: "a whole number", bool: "true or false"}
    for number, value in enumerate(found):
        place = (*here, "values", number) if of_factor else ("design", "points", number, here[-1])
        if kind and not _is_of(value, kind):
            hint = cure_for(value, kind).removesuffix(" without quotes" if of_table else "")
            hint = hint or ("write true or false" if kind is bool else "")
            yield Finding(place, f"{shown(value)} is not {said[kind]}", hint)
        elif of_factor and any(value == other and type(value) is type(other) for other in found[:number]):
            yield Finding(place, f"{shown(value)} stands there twice", "name each value once")


def _is_of(value: Any, kind: Any) -> bool:
    """Return whether a value of a point is of a kind; a whole number may be written with a point."""
    if kind is bool or isinstance(value, bool):
        return kind is bool and isinstance(value, bool)
    return isinstance(value, int) or (isinstance(value, float) and (kind is float or value.is_integer()))


def _core_kind(annotation: Any) -> Any:
    """Return int or float for a type of numbers, with or without None."""
    kinds = {kind for kind in (annotation, *get_args(annotation)) if kind in (int, float)}
    return next(iter(kinds), None)


def _only_numbers(value: Any, place: KeyPath, key: str) -> Iterator[Finding]:
    if isinstance(value, (dict, list)):
        for _, child in children(value):
            yield from _only_numbers(child, place, key)
    elif not isinstance(value, (int, float)) or isinstance(value, (bool, Enum)):
        yield Finding(place, f"{key} cannot be multiplied", f"it is {shown(value)}")


def _siblings(path: KeyPath) -> list[str]:
    """Return the names of the keys of the block in which a key path ends; none outside a block."""
    block = declared(RunConfig, path[:-1])[1] if len(path) > 1 else RunConfig
    return list(fields_of(block)) if isinstance(block, type) and hasattr(block, "model_fields") else []


def _near(path: KeyPath) -> str:
    """Return a suggestion for a key that does not exist."""
    for depth in range(1, len(path) + 1):
        if _siblings(path[:depth]) and path[depth - 1] not in _siblings(path[:depth]):
            last = depth == len(path)
            word = str(path[depth - 1])
            siblings = _siblings(path[:depth])
            if last:
                return meant(RunConfig, word, siblings, path[: depth - 1])
            return suggestion(word, siblings) or meant(RunConfig, str(path[-1]), siblings, path[: depth - 1])
    return "no such element in the list or table"
