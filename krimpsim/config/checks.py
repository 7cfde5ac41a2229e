"""Checks between values: what no single declaration can say.

A check is a function from a configuration to findings; it stands in `CHECKS` to take part.  It may assume that every
single value is allowed.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Iterator, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from krimpsim.config.base import ConfigModel
from krimpsim.config.clause import ClauseConfig, PeriodConfig
from krimpsim.config.locate import KeyPath
from krimpsim.config.names import folded
from krimpsim.config.run import RunConfig
from krimpsim.core.codes import AREA_WIDE

FIRST_DAY = date(2013, 1, 1)  #: the input tables describe the region on this day
LAST_DAY = date(2040, 12, 31)  #: death and birth tables end here
MOST_PROVIDERS = 60  #: with the joint service their teams fit in the bits of one whole number, and in a column
MOST_NEED = 3 * 7 * 24 * 60  #: minutes a week: three people day and night


class Finding(NamedTuple):
    """Something wrong with a value in the company of the others."""

    path: KeyPath
    message: str
    hint: str = ""


def suggestion(word: str, choices: Sequence[str]) -> str:
    """Return ``did you mean 'x'?`` for the most similar choice, or nothing when none is similar."""
    known = {folded(choice): choice for choice in choices}
    near = difflib.get_close_matches(folded(word), list(known), n=1)
    return f"did you mean '{known[near[0]]}'?" if near else ""


def period(config: RunConfig) -> Iterator[Finding]:
    """Check that the run covers whole months, in order, for which there are tables."""
    start, end = config.run.start, config.run.end
    if end < start:
        yield Finding(("run", "end"), f"{end} lies before run.start {start}", "the last day comes after the first")
    if start < FIRST_DAY:
        yield Finding(("run", "start"), f"{start} is too early", f"the input tables begin on {FIRST_DAY}")
    if end > LAST_DAY:
        yield Finding(("run", "end"), f"{end} is too late", f"the input tables end on {LAST_DAY}")
    if start.day != 1:
        yield Finding(("run", "start"), f"{start} is not the first day of a month", f"write {start.replace(day=1)}")
    if end != _month_end(end):
        yield Finding(("run", "end"), f"{end} is not the last day of a month", f"write {_month_end(end)}")


def villages(config: RunConfig) -> Iterator[Finding]:
    """Check that every village is one of the area and is named once."""
    if config.region.villages == "all":
        return
    path: KeyPath = ("region", "villages")
    if not config.region.villages:
        yield Finding(path, "the list is empty", 'name at least one village, or write villages = "all"')
    yield from _places(path, config.region.villages, "village", _village_names())


def service_villages(config: RunConfig) -> Iterator[Finding]:
    """Check that every village with services is one of the area and is named once."""
    path: KeyPath = ("migration", "service_villages")
    yield from _places(path, config.migration.service_villages, "village", _village_names())


def identifiers(config: RunConfig) -> Iterator[Finding]:
    """Check that no two providers and no two parties share an identifier."""
    for block in ("providers", "parties"):
        first: dict[str, int] = {}
        for index, member in enumerate(getattr(config, block)):
            if member.id in first:
                hint = f"{block}.{first[member.id]} has this id already; each needs its own"
                yield Finding((block, index, "id"), f"'{member.id}' is not unique", hint)
            first.setdefault(member.id, index)


def providers(config: RunConfig) -> Iterator[Finding]:
    """Check that there are no more providers than the tables can tell apart, and that each product is named once."""
    if len(config.providers) > MOST_PROVIDERS:
        hint = f"allowed: {MOST_PROVIDERS} or fewer"
        yield Finding(("providers", MOST_PROVIDERS), f"{len(config.providers)} providers are too many", hint)
    for index, provider in enumerate(config.providers):
        path: KeyPath = ("providers", index, "products")
        if not provider.products:
            yield Finding(path, "the list is empty", "name at least one product, or leave the key out for both")
        for number, product in enumerate(provider.products):
            if product in provider.products[:number]:
                yield Finding((*path, number), f"'{product}' is named twice", "leave one of the two out")


def bases(config: RunConfig) -> Iterator[Finding]:
    """Check that the base of every provider is a place with known coordinates."""
    from krimpsim.inputs.tables import load_tables

    for index, provider in enumerate(config.providers):
        if provider.base_km is None:
            yield from _known(("providers", index, "base"), provider.base, "base", load_tables().base_names)


def fixed_visits(config: RunConfig) -> Iterator[Finding]:
    """Check that visits planned by hand name a provider and a village that take part."""
    providers = [provider.id for provider in config.providers]
    chosen = _village_names() if config.region.villages == "all" else config.region.villages
    for index, visit in enumerate(config.nights.fixed_visits):
        path: KeyPath = ("nights", "fixed_visits", index)
        yield from _known((*path, "provider"), visit.provider, "provider of this file", providers)
        yield from _known((*path, "village"), visit.village, "village of this run", chosen)


def key_stops(config: RunConfig) -> Iterator[Finding]:
    """Check that key volunteers stop in a village of the area and within its years."""
    for index, stop in enumerate(config.volunteers.key_stops):
        path: KeyPath = ("volunteers", "key_stops", index)
        yield from _known((*path, "village"), stop.village, "village", _village_names())
        if not FIRST_DAY <= stop.start <= LAST_DAY:
            yield Finding((*path, "start"), f"{stop.start} is out of range", f"allowed: {FIRST_DAY} to {LAST_DAY}")


def time_budget(config: RunConfig) -> Iterator[Finding]:
    """Check that work and volunteering fit in the time budget, so that no hour is given twice."""
    informal, least = config.informal_care, config.informal_care.work_minutes + config.volunteers.minutes
    if informal.time_budget_minutes < least:
        path: KeyPath = ("informal_care", "time_budget_minutes")
        hint = f"work and volunteering take {least} min/week together; allowed is {least} or more"
        yield Finding(path, f"{informal.time_budget_minutes} is too little", hint)


def need(config: RunConfig) -> Iterator[Finding]:
    """Check that nobody needs more care than a few people can give day and night: a week of it fits in a column."""
    n, kinds = config.care_need, ("household_help", "personal_care", "nursing", "guidance", "day_programme")
    rows = {f"minutes_{kind}": getattr(n, f"minutes_{kind}") for kind in kinds}
    episode = n.episode_minutes_personal_care + n.episode_minutes_nursing
    for level in range(4):
        total = n.minutes_scale * (sum(row[level] for row in rows.values()) + episode)
        if total > MOST_NEED:
            largest = max(rows, key=lambda name: rows[name][level])
            message = f"need of level {level + 1} adds up to {total:,.0f} min/week"
            hint = f"allowed: {MOST_NEED:,} for all kinds and an episode, times care_need.minutes_scale: three at once"
            yield Finding(("care_need", largest, level), message, hint)


def survey(config: RunConfig) -> Iterator[Finding]:
    """Check that each row of the survey is about villages of its own, and that its numbers fit together."""
    from krimpsim.inputs.tables import load_tables

    taken: dict[int, str] = {}
    for index, row in enumerate(config.zorgkracht.survey):
        tables, path = load_tables(), ("zorgkracht", "survey", index)
        here = tables.villages_of(row.village_group)
        if not here:
            names = list(dict.fromkeys((*tables.group_names, *tables.village_names)))
            yield from _known((*path, "village_group"), row.village_group, "village or group of villages", names)
            continue
        for other in dict.fromkeys(taken[v] for v in here if v in taken):
            hint = f"the row of '{other}' is about the same village; each village has one row at most"
            yield Finding((*path, "village_group"), f"'{row.village_group}' is counted twice", hint)
        taken |= dict.fromkeys(here, row.village_group)
        willing = max(row.willing_to_give, row.willing_to_accept)
        residents = int(tables.village_population[list(here)].sum())
        if row.respondents < willing:
            hint = f"{willing} of them are willing; allowed is {willing} or more"
            yield Finding((*path, "respondents"), f"{row.respondents} is too few", hint)
        if row.respondents > residents:
            hint = f"{row.village_group} had {residents} residents in 2013; allowed is {residents} or fewer"
            yield Finding((*path, "respondents"), f"{row.respondents} is too many", hint)


def clauses(config: RunConfig) -> Iterator[Finding]:
    """Check that no clause ends before it starts, and that villages are named only where a clause can hold in some."""
    chosen = _village_names() if config.region.villages == "all" else config.region.villages
    for name in type(config.convenant).model_fields:
        clause = getattr(config.convenant, name)
        if not isinstance(clause, ClauseConfig):
            continue
        where: list[tuple[KeyPath, ClauseConfig | PeriodConfig]] = [(("convenant", name), clause)]
        where += [(("convenant", name, "periods", k), one) for k, one in enumerate(clause.periods)]
        for path, dated in where:
            if dated.end < dated.start:
                message = f"{dated.end} lies before the start, {dated.start}"
                yield Finding((*path, "end"), message, "the last day comes after the first")
        levers = clause.multiplies().keys()
        if clause.villages and (not levers or levers & AREA_WIDE):
            hint = "leave villages out: this clause acts on providers or municipalities"
            yield Finding(("convenant", name, "villages"), f"{name} holds in the whole area", hint)
        yield from _places(("convenant", name, "villages"), clause.villages, "village of this run", chosen)


def dated_tables(config: RunConfig) -> Iterator[Finding]:
    """Check that the keys of every dated table are years, and its values not below zero; shares at most 1."""
    yield from _dated_tables(config, ())


def _dated_tables(block: ConfigModel, path: KeyPath) -> Iterator[Finding]:
    for name in type(block).model_fields:
        value = getattr(block, name)
        if isinstance(value, ConfigModel):
            yield from _dated_tables(value, (*path, name))
        elif isinstance(value, dict):
            extra = type(block).model_fields[name].json_schema_extra
            is_share = isinstance(extra, dict) and extra.get("x-unit") == "share"
            for year, number in value.items():
                if not (len(year) == 4 and year.isdecimal()):
                    yield Finding((*path, name, year), f"'{year}' is not a year", "write the year from which it holds")
                if number < 0.0 or (is_share and number > 1.0):
                    allowed = "between 0 and 1" if is_share else "0 or more"
                    yield Finding((*path, name, year), f"{number:g} is out of range", f"allowed: {allowed}")


def _places(path: KeyPath, named: Sequence[str], kind: str, names: Sequence[str]) -> Iterator[Finding]:
    """Yield the names of a list that are no places of a kind, and those that stand there twice."""
    for index, name in enumerate(named):
        yield from _known((*path, index), name, kind, names)
        if name in named[:index]:
            yield Finding((*path, index), f"'{name}' is named twice", "leave one of the two out")


def _known(path: KeyPath, name: str, kind: str, names: Sequence[str]) -> Iterator[Finding]:
    """Yield a finding when a name is not in the list."""
    if name not in names:
        yield Finding(path, f"'{name}' is not a {kind}", suggestion(name, names) or f"choose from {', '.join(names)}")


def _village_names() -> tuple[str, ...]:
    from krimpsim.inputs.tables import load_tables

    return load_tables().village_names


def _month_end(day: date) -> date:
    """Return the last day of the month of a day."""
    return (day.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)


CHECKS: tuple[Callable[[RunConfig], Iterator[Finding]], ...] = (
    period,
    villages,
    service_villages,
    identifiers,
    providers,
    bases,
    fixed_visits,
    key_stops,
    time_budget,
    need,
    survey,
    clauses,
    dated_tables,
)
