"""What must hold in an experiment file beside its factors: design, indicators, criteria and stop rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from krimpsim.config.checks import Finding, suggestion
from krimpsim.config.declarations import plain, shown
from krimpsim.config.locate import KeyPath
from krimpsim.config.run import RunConfig
from krimpsim.experiments.experiment import ALL, Experiment, Indicator
from krimpsim.outputs.headlines import HEADLINES
from krimpsim.outputs.store import REGION_TABLE_COLUMNS

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


def check_design(experiment: Experiment) -> Iterator[Finding]:
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


def check_empty(experiment: Experiment) -> Iterator[Finding]:
    """Find lists and names that are written and hold nothing."""
    if experiment.execution.store is not None and not experiment.execution.store.strip():
        yield Finding(("execution", "store"), "'' is not the name of a folder", "leave it out, or name one")
    for name in ("scenarios", "factors", "criteria"):
        if name in experiment.model_fields_set and not getattr(experiment, name):
            yield Finding((name,), "the list is empty", "leave it out, or write at least one")


def check_indicators(experiment: Experiment, configs: Sequence[RunConfig]) -> Iterator[Finding]:
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


def check_criteria(experiment: Experiment) -> Iterator[Finding]:
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


def check_stop(experiment: Experiment, scenarios: Sequence[str]) -> Iterator[Finding]:
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
