"""From an experiment file to scenarios, ranges and points; every mistake in it is reported at once, with its line.

The passes are those of configuration files.  After them the configuration of every point is made and checked, before
the first run.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from enum import Enum
from fnmatch import fnmatchcase
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple, get_args

from pydantic.fields import FieldInfo

from krimpsim.config.base import ConfigModel
from krimpsim.config.checks import CHECKS, Finding, suggestion
from krimpsim.config.clauses import CLAUSES
from krimpsim.config.load import load_with_origins, shown_name
from krimpsim.config.locate import KeyPath, read_toml, split_key
from krimpsim.config.names import is_place, place_name
from krimpsim.config.passes import (
    Place,
    Problems,
    Reporter,
    bounds,
    children,
    cure_for,
    declared,
    fields_of,
    judged,
    meant,
    plain,
    shown,
)
from krimpsim.config.run import RunConfig
from krimpsim.config.toml_cures import path_cure
from krimpsim.core.errors import ConfigError, Problem, UsageError
from krimpsim.experiments.designs import F64, Range, drawn, size, unit_points, values
from krimpsim.experiments.experiment import ALL, ALL_LEVERS, ALL_UNCERTAIN, DRAWS, Experiment, Factor, Indicator
from krimpsim.experiments.points import read_points
from krimpsim.outputs.indicators import HEADLINES
from krimpsim.outputs.store import REGION_TABLE_COLUMNS

SIMULATE = "krimpsim.run:simulate"  #: module and name of the function that runs one replicate
MOST_POINTS = 5_000_000
_LUCK = {"run.seed", "run.replicates"}
_NEEDS_N = ("lhs", "sobol", "morris")
_GROUPED = ("sobol", "morris")
_READS = {
    "grid": (),
    "lhs": ("n", "seed"),
    "sobol": ("n", "seed", "second_order", "scramblings"),
    "morris": ("n", "seed", "levels"),
    "list": ("points", "file"),
    "draws": ("seed", "points", "file"),
}  #: what each kind of design reads
_CLAUSES = {("convenant", name) for name in CLAUSES}


class Loaded(NamedTuple):
    """An experiment with everything that its file refers to.

    Parameters
    ----------
    experiment
        As written.
    scenarios
        Configuration of each scenario at the values of its file, by name.
    ranges
        The factors.
    points
        Design in the unit cube, shape (n_points, n_factors).
    values
        Values of the factors in each point.
    simulate
        Module and name of the function that runs one replicate.
    """

    experiment: Experiment
    scenarios: dict[str, RunConfig]
    ranges: list[Range]
    points: F64
    values: list[tuple[Any, ...]]
    simulate: str = SIMULATE


def load_experiment(path: str | Path, simulate: str = SIMULATE) -> Loaded:
    """Read an experiment file and check it, down to the configuration of every point.

    Parameters
    ----------
    path
        The file.
    simulate
        Module and name of the function that runs one replicate.

    Raises
    ------
    ConfigError
        If anything is wrong; holds every problem found, in this file and in those it names.
    UsageError
        If the file cannot be read.
    """
    path = Path(path)
    document = read_toml(path, shown_name(path))
    places = {key: Place(0, line, f"{document.name}:{line}") for key, line in document.lines.items()}
    places[()] = Place(0, 1, f"{document.name}:1")
    problems: Problems = []
    report = Reporter(places, problems)
    scenarios: dict[str, RunConfig] = {}
    ranges: list[Range] = []
    elsewhere: list[Problem] = []
    _take_points(document.data, path.parent, places, report, elsewhere)

    def files(experiment: Experiment) -> Iterator[Finding]:
        yield from _scenarios(experiment, path.parent, places, scenarios, elsewhere)

    def factors(experiment: Experiment) -> Iterator[Finding]:
        yield from ranges_of(experiment, list(scenarios.values()) or [RunConfig.model_validate({})], ranges)

    def years(experiment: Experiment) -> Iterator[Finding]:
        yield from _indicators(experiment, list(scenarios.values()))

    def stop(experiment: Experiment) -> Iterator[Finding]:
        yield from _stop(experiment, list(scenarios))

    checks = [files, factors, _design, years, _criteria, stop, _empty]
    experiment = judged(Experiment, document.data, report, True, checks)
    if experiment is not None and not problems and not elsewhere:
        draws = max(experiment.replicates, experiment.stop.replicates if experiment.stop else 0)
        if size(experiment.design, ranges, draws) > MOST_POINTS:
            message = f"{size(experiment.design, ranges, draws)} points"
            report(("design",), message, f"at most {MOST_POINTS} are taken")
        else:
            points = unit_points(experiment.design, ranges, draws)
            found = values(points, ranges)
            check_points(experiment, scenarios, ranges, found, report)
    if problems or elsewhere or experiment is None:
        here = [problem for _, problem in sorted(problems, key=lambda pair: pair[0])]
        raise ConfigError(list(dict.fromkeys([*here, *elsewhere])))
    return Loaded(experiment, scenarios, ranges, points, found, simulate)


def _take_points(
    data: dict[str, Any],
    folder: Path,
    places: dict[KeyPath, Place],
    report: Reporter,
    elsewhere: list[Problem],
) -> None:
    """Put the points of a table in the place of its name; a mistake in one of them is reported where it stands."""
    design = data.get("design")
    if not isinstance(design, dict) or not isinstance(design.get("file"), str):
        return
    if "points" in design:
        report(("design", "points"), "points stand here and in a file", "give points or file, one of them")
        return
    if not design["file"] or path_cure(design["file"]):
        named = design.pop("file")
        report(("design", "file"), f"{shown(named)} is not a file name", path_cure(named) or 'write it as "points.csv"')
        return
    found = read_points(folder / design["file"])
    elsewhere += found.problems
    design["points"] = [values for _, values in found.rows] if not found.problems else []
    places |= {("design", "columns", column): Place(1, 0, found.head) for column in found.columns}
    places |= {("design", "points", k): Place(1, k, place) for k, (place, _) in enumerate(found.rows)}


# --- points -----------------------------------------------------------------------------------------------------

_names = lru_cache(maxsize=10_000)(split_key)


_NOWHERE = object()


def key_path(key: str, data: Any) -> KeyPath:
    """Return the path of a dotted key in the values of a configuration; an index where a list is met."""
    path: KeyPath = ()
    for name in _names(key):
        step: str | int = int(name) if isinstance(data, list) and name.isdecimal() else name
        path = (*path, step)
        data = _inside(data, step)
    return path


def _inside(data: Any, step: str | int) -> Any:
    """Return what stands under a name or an index, `_NOWHERE` where there is nothing."""
    if isinstance(data, dict):
        return data.get(step, _NOWHERE)
    return data[step] if isinstance(data, list) and isinstance(step, int) and step < len(data) else _NOWHERE


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
    names = _names(r.key)
    if len(names) < 3 or names[:2] not in _CLAUSES or names[2] == "enabled":
        return True
    return bool(_at(data, (*names[:2], "enabled"))) and _at(data, key_path(r.key, data)) not in (None, _NOWHERE)


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


def check_points(
    experiment: Experiment,
    scenarios: Mapping[str, RunConfig],
    ranges: Sequence[Range],
    found: Sequence[tuple[Any, ...]],
    report: Reporter,
) -> None:
    """Make the configuration of every point in every scenario, and report those that are refused."""
    refused: dict[tuple[str, str, str, str], list[int]] = {}
    for name, config in scenarios.items():
        base = plain(config)
        for number, point in enumerate(found):
            data = point_data(base, ranges, point)
            try:
                made = RunConfig.model_validate(data)
                good = not any(True for check in CHECKS for _ in check(made))
            except ValueError:
                good = False
            if not good:
                trouble: Problems = []
                inner = Reporter({(): Place(0, 0, "")}, trouble)
                judged(RunConfig, _written(data), inner, True, CHECKS)
                for _, problem in trouble:
                    refused.setdefault((name, problem.key, problem.message, problem.hint), []).append(number)
    for (name, key, message, hint), numbers in list(refused.items())[:20]:
        index = next((i for i, r in enumerate(ranges) if key == r.key or key.startswith(f"{r.key}.")), None)
        place: KeyPath = ("design",)
        if index is not None:
            place = _place_of(ranges[index].key, experiment, numbers[0])
        where = f"in {len(numbers)} of {len(found)} points of scenario '{name}', first in point {numbers[0]}"
        at = ", ".join(f"{r.key} = {shown(v)}" for r, v in zip(ranges, found[numbers[0]], strict=True))
        report(place, f"{key}: {message}, {where}", "; ".join(filter(None, [hint, f"there {at}" if at else ""])))


def _written(data: Any) -> Any:
    """Return a copy of the values of a configuration as a file would hold them: without what is not set."""
    if isinstance(data, dict):
        return {key: _written(child) for key, child in data.items() if child is not None}
    return [_written(child) for child in data] if isinstance(data, list) else data


# --- scenarios --------------------------------------------------------------------------------------------------


def _flat(values: Mapping[str, Any], path: KeyPath, prefix: str = "") -> Iterator[tuple[str, Any, KeyPath]]:
    """Yield dotted key, value and place of every value in a table of values."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, (*path, key), f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value, (*path, key)


def _scenarios(
    experiment: Experiment,
    folder: Path,
    places: Mapping[KeyPath, Place],
    scenarios: dict[str, RunConfig],
    elsewhere: list[Problem],
) -> Iterator[Finding]:
    """Load the configuration of every scenario into `scenarios`; problems of other files go to `elsewhere`."""
    from krimpsim.experiments.experiment import Scenario

    first: RunConfig | None = None
    for number, scenario in enumerate(experiment.scenarios or (Scenario(),)):
        here: KeyPath = ("scenarios", number)
        key: KeyPath = ("base",) if scenario.config is None else (*here, "config")
        file = experiment.base if scenario.config is None else scenario.config
        if file is not None and (not file or path_cure(file)):
            yield Finding(key, f"{shown(file)} is not a file name", path_cure(file) or 'write it as "tiny.toml"')
            continue
        if file is None:
            place = here if experiment.scenarios else ()
            yield Finding(place, "no configuration", "give base, or config of the scenario: a file such as tiny.toml")
            continue
        said = [*_flat(experiment.set, ("set",)), *_flat(scenario.set, (*here, "set"))]
        overrides = {name: value for name, value, _ in said}
        written = {name: places[place].text for name, _, place in said}
        if scenario.id:
            overrides["scenario.id"], written["scenario.id"] = scenario.id, places[(*here, "id")].text
        try:
            config = load_with_origins(folder / file, overrides, written)[0]
        except UsageError as error:
            hint = f"looked for {shown_name(folder / file)}; the path is relative to the experiment file"
            yield Finding(key, f"{shown(file)} cannot be read: {str(error).rpartition(': ')[2]}", hint)
            continue
        except ConfigError as error:
            elsewhere += error.problems
            continue
        name = config.scenario.id
        if name in scenarios:
            yield Finding((*here, "id"), f"two scenarios are called '{name}'", "give each its own id")
        first = first or config
        for what in ("run.start", "run.end", "run.seed", "region.villages"):
            block, field = what.split(".")
            a, b = (getattr(getattr(one, block), field) for one in (first, config))
            if a != b:
                message = f"{what} is {shown(plain(b))} and that of '{first.scenario.id}' is {shown(plain(a))}"
                yield Finding(key, message, f'put the same in all of them, as [set] "{what}" = ...')
        scenarios[name] = config


# --- factors and design -----------------------------------------------------------------------------------------


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
            clause = ".".join(_names(factor.key)[:2]) if idle else ""
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
        if design.file and len(ranges) > known and len({repr(_at(data, key_path(key, data))) for data in every}) > 1:
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
        found = [data for data in every if path[:2] not in _CLAUSES or _at(data, (*path[:2], "enabled"))]
        if found and _at(found[0], path) is not None and all(_at(data, path) == _at(found[0], path) for data in found):
            keys.append(".".join(map(str, path)))
    return keys


def levers(every: Sequence[Any]) -> list[str]:
    """Return the keys of the strength of the clauses that are on, and equally strong wherever they are on.

    A clause that is the same in all scenarios is no lever of theirs, unless there is one scenario only.
    """
    keys = []
    for block, clause in sorted(_CLAUSES):
        found = [data[block][clause] for data in every if data[block][clause]["enabled"]]
        if len(every) > 1 and all(data[block][clause] == every[0][block][clause] for data in every):
            continue
        whole = [key for one in found for key in _strengths(one)]
        for key in dict.fromkeys(whole):
            if len({_at(one, key_path(key, one)) for one in found} - {None, _NOWHERE}) == 1:
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


def _place_of(key: str, experiment: Experiment, point: int) -> KeyPath:
    """Return where the value of a factor in a point comes from: a list, the factor, or one that stands for many."""
    design = experiment.design
    if design.points and key in design.points[0]:
        row = int(drawn(design.seed, point, "") * len(design.points)) if design.kind == DRAWS else point
        return ("design", "points", row, *(() if design.file else (key,)))
    names = [factor.key for factor in experiment.factors]
    number = names.index(key) if key in names else next(k for k, name in enumerate(names) if name in SHORTHANDS)
    return ("factors", number, "key")


def _range(factor: Factor, here: KeyPath, kind: str, every: Sequence[Any], ranges: list[Range]) -> Iterator[Finding]:
    """Check one factor against the declaration of its parameter, and add it to `ranges`."""
    place = (*here, "key") if here[0] == "factors" else here
    try:
        data = next((one for one in every if acts(factor, one)), every[0])
        path = key_path(factor.key, data)
    except ValueError:
        yield Finding(place, f"{shown(factor.key)} is not a dotted key", "write it as informal_care.willing_share")
        return
    value, field, annotation = _at(data, path), *declared(RunConfig, path)
    if field is None or value is _NOWHERE or (value is None and annotation not in (int, float)):
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


def _at(data: Any, path: KeyPath) -> Any:
    """Return the value at a path, `_NOWHERE` where the path leads nowhere; a value may be None."""
    for step in path:
        data = _inside(data, step)
    return data


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


def _design(experiment: Experiment) -> Iterator[Finding]:
    """Check that the design has what its kind needs, and nothing else."""
    design, factors = experiment.design, experiment.factors
    kind = design.kind
    if kind in _NEEDS_N and design.n is None:
        yield Finding(("design", "n"), "is missing", f"{kind} needs it; for sobol a power of two such as 256")
    for name in sorted(design.model_fields_set - {"kind", *_READS[kind]}):
        if name == "points" and design.file:
            continue  # they stand in the file
        value = shown(plain(getattr(design, name)))
        kinds = [other for other, names in _READS.items() if name in names]
        hint = f"{name} is for {', '.join(kinds)}"
        if (kind, name) == ("grid", "levels"):
            hint += "; in a grid each of [[factors]] has levels, or values"
        yield Finding(("design", name), f"{value}: a {kind} has no {name}", hint)
    if kind == "sobol" and design.n is not None and design.n & (design.n - 1):
        below = 1 << (design.n.bit_length() - 1)
        yield Finding(("design", "n"), f"{design.n} is not a power of two", f"take {below} or {2 * below}")
    if kind == "morris" and design.levels % 2:
        yield Finding(("design", "levels"), f"{design.levels} is odd", "morris needs an even number of levels, as 4")
    groups = [factor.group for factor in factors]
    for number, group in enumerate(groups):
        if group and kind not in _GROUPED:
            hint = f"groups are for {' and '.join(_GROUPED)}"
            yield Finding(("factors", number, "group"), f"{shown(group)}: a {kind} has no groups", hint)
    if factors and groups[0] and len(set(groups)) == 1 and kind in _GROUPED:
        message = f"all factors are in group {shown(groups[0])}"
        yield Finding(("factors", 0, "group"), message, "leave one out, or make two groups: indices compare them")
    takes_points = kind in ("list", "draws")
    if kind != "list" and not factors and not (takes_points and (design.points or design.file)):
        yield Finding(("design", "kind"), f"a {kind} needs factors", '[[factors]] key = "informal_care.willing_share"')
    if takes_points and not design.points and not design.file and "points" in design.model_fields_set:
        yield Finding(("design", "points"), "the list is empty", "write a table for each point, as {key = value}")
    if kind == "list" and factors:
        yield Finding(("factors",), "a list of points has no factors", "name the keys in the points, or choose a grid")


def _empty(experiment: Experiment) -> Iterator[Finding]:
    """Find lists and names that are written and hold nothing."""
    if experiment.execution.store is not None and not experiment.execution.store.strip():
        yield Finding(("execution", "store"), "'' is not the name of a folder", "leave it out, or name one")
    for name in ("scenarios", "factors", "criteria"):
        if name in experiment.model_fields_set and not getattr(experiment, name):
            yield Finding((name,), "the list is empty", "leave it out, or write at least one")


# --- indicators -------------------------------------------------------------------------------------------------


def _indicators(experiment: Experiment, configs: Sequence[RunConfig]) -> Iterator[Finding]:
    """Check that every indicator can be taken from a run."""
    if not experiment.indicators:
        yield Finding(("indicators",), "is missing", '[[indicators]] name = "unmet" of = "unmet_per_100_hours"')
    known = [headline.name for headline in HEADLINES] + [column.name for column in REGION_TABLE_COLUMNS]
    names: set[str] = set()
    measured: dict[str, str] = {}
    for number, one in enumerate(experiment.indicators):
        here: KeyPath = ("indicators", number)
        if one.name in names:
            yield Finding((*here, "name"), f"two indicators are called '{one.name}'", "give each its own name")
        names.add(one.name)
        if one.column in measured:
            yield Finding((*here, "of"), f"measures the same as '{measured[one.column]}'", "leave one of them out")
        measured.setdefault(one.column, one.name)
        if one.of not in known:
            hint = suggestion(one.of, known) or f"choose from {', '.join(known[: len(HEADLINES)])} and more"
            yield Finding((*here, "of"), f"{shown(one.of)} is not an indicator", hint)
        takes = {"year": ("year",), "first_month": ("at_least", "at_most")}.get(one.take, ("first", "last"))
        for name in ("year", "first", "last", "at_least", "at_most"):
            if getattr(one, name) is not None and name not in takes:
                yield Finding((*here, name), f"not for take = '{one.take}'", f"that knows {', '.join(takes)}")
        if one.take == "first_month" and (one.at_least is None) == (one.at_most is None):
            yield Finding((*here, "take"), "first_month needs at_least or at_most, one of them")
        yield from _years(one, here, configs)


def _years(one: Indicator, here: KeyPath, configs: Sequence[RunConfig]) -> Iterator[Finding]:
    if not configs:
        return
    start, end = configs[0].run.start.year, configs[0].run.end.year
    for name in ("year", "first", "last"):
        value = getattr(one, name)
        if value is not None and not start <= value <= end:
            yield Finding((*here, name), f"{value} is not in the run", f"{start} to {end}")
            return
    first, last = one.first or start, one.last or end
    if last < first:
        yield Finding((*here, "last"), f"{last} lies before first, {first}")
    elif one.take == "slope" and last == first:
        yield Finding((*here, "take"), "a slope needs two years or more", f"the run has {start} to {end}")


def _criteria(experiment: Experiment) -> Iterator[Finding]:
    """Check that every criterion bounds an indicator of the file."""
    names: set[str] = set()
    for number, one in enumerate(experiment.criteria):
        here: KeyPath = ("criteria", number)
        if one.name in names or one.name == ALL:
            message = f"two criteria are called '{one.name}'" if one.name in names else f"'{ALL}' is all together"
            yield Finding((*here, "name"), message, "give each its own name")
        names.add(one.name)
        yield from _indicator_of(one.of, (*here, "of"), experiment)
        if one.at_least is None and one.at_most is None:
            yield Finding(here, "has no bound", "give at_most or at_least")
        elif one.at_least is not None and one.at_most is not None and one.at_least > one.at_most:
            yield Finding((*here, "at_most"), f"{shown(one.at_most)} lies below at_least, {shown(one.at_least)}")


def _indicator_of(name: str, here: KeyPath, experiment: Experiment) -> Iterator[Finding]:
    """Check that a name is that of an indicator of the file."""
    names = [one.name for one in experiment.indicators]
    if name not in names:
        hint = suggestion(name, names) or f"choose from {', '.join(names)}"
        yield Finding(here, f"{shown(name)} is not an indicator of this file", hint)


def _stop(experiment: Experiment, scenarios: Sequence[str]) -> Iterator[Finding]:
    """Check that the stop rule names an indicator and a scenario, and has replicates to begin with."""
    stop = experiment.stop
    if stop is None:
        return
    yield from _indicator_of(stop.indicator, ("stop", "indicator"), experiment)
    if stop.against is not None and scenarios:
        if stop.against not in scenarios:
            hint = suggestion(stop.against, scenarios) or f"choose from {', '.join(scenarios)}"
            yield Finding(("stop", "against"), f"{shown(stop.against)} is not a scenario of this file", hint)
        elif len(scenarios) == 1:
            yield Finding(("stop", "against"), "there is no other scenario to compare with it", "add [[scenarios]]")
    if experiment.replicates < 2 or stop.replicates < experiment.replicates:
        hint = f"replicates is {experiment.replicates}: the number to begin with, at least 2"
        yield Finding(("stop", "replicates"), f"{stop.replicates} is not from 2 and from replicates on", hint)
