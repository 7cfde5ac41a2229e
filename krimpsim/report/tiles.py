"""The tiles of the page: one large number each.

The four of the conversation are always there; every other headline is when it differs clearly.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from krimpsim.outputs.compare import paired
from krimpsim.outputs.headlines import HEADLINES, Headline
from krimpsim.population.schema import F64
from krimpsim.report import page
from krimpsim.report.figures import UNITS
from krimpsim.report.findings import counted_nl, findings, shown_pair, verdict
from krimpsim.report.numbers import capital, digits_for, nl
from krimpsim.report.page_words import MINUS, scope, verdict_mark, year_words
from krimpsim.report.runset import RunSet, Scenario


@dataclass(frozen=True, slots=True)
class _Tile:
    """A number: its title, what is counted, and how it follows from a headline."""

    title: str
    unit: str
    headline: str
    lower_is_better: bool
    value: Callable[[F64], F64]


def tiles(runs: RunSet, b: Scenario | None) -> str:
    """Return the four tiles, as HTML."""
    return _together(runs, b, _always(runs), "tiles")


def more_tiles(runs: RunSet, b: Scenario) -> str:
    """Return a tile for every other headline that differs clearly, as HTML; nothing when there is none."""
    there = {one.headline for one in _always(runs)}
    found = findings(runs, b, runs.headline_years[-1]).headlines
    named = {headline.name for kind in ("better", "worse") for headline, _ in found[kind]}
    chosen = [_of(runs, one) for one in HEADLINES if one.name in named - there]
    return _together(runs, b, chosen, "tiles wide") if chosen else ""


def _together(runs: RunSet, b: Scenario | None, chosen: Sequence[_Tile], kind: str) -> str:
    return f'<div class="{kind}">\n' + "\n".join(_tile(runs, b, one) for one in chosen) + "</div>"


def unit_nl(runs: RunSet, headline: Headline) -> str:
    """Return the unit of a headline; an amount of a year that was run in part counts for the months of it."""
    unit = UNITS.get(headline.unit, (headline.unit,))[0]
    return unit.replace("per jaar", "in die tijd") if runs.holds_part_years else unit


def _always(runs: RunSet) -> list[_Tile]:
    n = runs.n_villages
    where = scope(runs)
    home = f"van elke 100 mensen thuis met een zware zorgvraag, {where}"
    return [
        _Tile("Zorg die blijft liggen", f"uur van elke 100 uur, {where}", "unmet_per_100_hours", True, lambda x: x),
        _Tile("Zwaar belaste mantelzorgers", f"mensen, {where}", "carers_heavily_burdened", True, lambda x: x),
        _Tile("Thuis met genoeg hulp", home, "home_with_enough_help", False, lambda x: x),
        _Tile(
            "Dorpen met minstens één aanbieder",
            f"van de {n} dorpen",
            "villages_without_provider",
            False,
            lambda x: n - x,
        ),
    ]


def _of(runs: RunSet, headline: Headline) -> _Tile:
    unit = unit_nl(runs, headline).removesuffix(", alle dorpen samen")
    title = capital(headline.label_nl)
    return _Tile(title, f"{unit}, {scope(runs)}", headline.name, headline.lower_is_better, lambda x: x)


def _tile(runs: RunSet, b: Scenario | None, of: _Tile) -> str:
    years = runs.headline_years
    if b is None:
        values = of.value(runs.values(runs.a, of.headline))
        means = {year: float(values[:, int(np.searchsorted(runs.years, year))].mean()) for year in years}
        shown_years = [[year_words(runs, year), nl(mean, digits_for(mean))] for year, mean in means.items()]
        words = f"naar schatting, in {year_words(runs, years[-1])}"
        return page.tile(of.title, of.unit, (shown_years[-1][1], "", ""), words, ("jaar", "getal"), shown_years)
    all_years, values_a, values_b = runs.pair(b, of.headline)
    rows = []
    for year in years:
        at = int(np.searchsorted(all_years, year))
        found = paired(of.value(values_a[:, at]), of.value(values_b[:, at]), of.lower_is_better)
        pair = shown_pair(found)
        cells = (nl(pair.a, pair.digits), nl(pair.b, pair.digits), nl(pair.difference, pair.digits, sign=True))
        rows.append([year_words(runs, year), *cells])
    mark = verdict_mark(verdict(found, of.lower_is_better))
    words = f"B in {year_words(runs, years[-1])}, naar schatting. {counted_nl(found)}"
    return page.tile(
        of.title, of.unit, (rows[-1][2], f"A: {rows[-1][1]}", mark), words, ("jaar", "A", "B", MINUS), rows
    )
