"""All figures of a comparison on disk: one for each headline, and the map."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import matplotlib as mpl

from krimpsim.outputs.headlines import HEADLINES, Headline
from krimpsim.report.figures import STYLE, Drawing, fan_figure, save
from krimpsim.report.findings import shown_pair
from krimpsim.report.numbers import capital, digits_for, nl
from krimpsim.report.runset import RunSet, Scenario
from krimpsim.report.village_map import map_figure


def draw_all(runs: RunSet, folder: Path, b: Scenario | None, drawn: Callable[[], None] = lambda: None) -> list[Drawing]:
    """Draw every figure of a comparison, or of the first scenario alone, and return them.

    Parameters
    ----------
    runs
        The run-set.
    folder
        Where the files go; made when it is not there.
    b
        The scenario to compare with the first; None draws the first alone.
    drawn
        Called after each figure.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ending = "" if b is None or len(runs.others) < 2 else f"_{b.id}"
    drawings = []
    for headline in HEADLINES:
        name = headline.name + ending
        with mpl.rc_context(STYLE):
            save(fan_figure(runs, headline, b), folder / name)
        drawings.append(Drawing(name, headline.name, _fan_alt(runs, headline, b)))
        drawn()
    with mpl.rc_context(STYLE):
        figure = map_figure(runs, b)
        if figure is not None:
            save(figure, folder / f"map{ending}")
            drawings.append(Drawing(f"map{ending}", None, _map_alt(runs, b)))
    drawn()
    return drawings


def _fan_alt(runs: RunSet, headline: Headline, b: Scenario | None) -> str:
    """Return the figure in one Dutch sentence."""
    year = int(runs.years[-1])
    if b is None:
        of_a = float(runs.values(runs.a, headline.name)[:, -1].mean())
        return (
            f"{capital(headline.label_nl)}, {int(runs.years[0])} tot {year}. In {year}: {nl(of_a, digits_for(of_a))}."
        )
    found = runs.difference(b, headline.name, year)
    pair = shown_pair(found)
    return (
        f"{capital(headline.label_nl)}, {int(runs.years[0])} tot {year}. In {year}: A {nl(pair.a, pair.digits)}, "
        f"B {nl(pair.b, pair.digits)}, verschil {nl(pair.difference, pair.digits, sign=True)}."
    )


def _map_alt(runs: RunSet, b: Scenario | None) -> str:
    year = runs.headline_years[-1]
    what = "bij A, en het verschil tussen B en A" if b else "bij deze toekomst"
    return f"Kaart van de dorpen: hoeveel zorg blijft liggen in {year} {what}. De getallen staan in de tabel per dorp."
