"""The table of all headlines of the page: levels, the difference, its interval, and in how many runs B is better."""

from __future__ import annotations

from html import escape

import numpy as np

from krimpsim.outputs.headlines import HEADLINES, Headline
from krimpsim.report import page
from krimpsim.report.findings import FEW_RUNS, RULE_NL, counted, shown_interval, shown_pair, verdict
from krimpsim.report.numbers import capital, digits_for, nl
from krimpsim.report.page_words import MINUS, scope, spread_words, verdict_mark, year_words
from krimpsim.report.runset import RunSet, Scenario
from krimpsim.report.tiles import unit_nl

_WITH_UNIT = ("h/week", "nights/year", "km/year", "EUR/year")  #: units that a label does not say already


def headline_table(runs: RunSet, b: Scenario | None, name: str) -> str:
    """Return the table of all headlines, as HTML."""
    rows = []
    for headline in HEADLINES:
        label = escape(capital(headline.label_nl))
        if headline.unit in _WITH_UNIT:
            label += f'<br><span class="small">{escape(unit_nl(runs, headline))}</span>'
        for year in runs.headline_years:
            cells = _alone(runs, headline, year) if b is None else _compared(runs, b, headline, year)
            rows.append([label, year_words(runs, year), *cells])
    texts: tuple[int, ...] = ()
    if b is None:
        head = ("Getal", "Jaar", "Gemiddeld", *filter(None, [spread_words(runs.replicates)]))
        caption = f"Alle cijfers, {scope(runs)}"
    else:
        head = ("Getal", "Jaar", "B is", MINUS, "A", "B", "Verschil waarschijnlijk", "Beter / gelijk / slechter")
        shared = "hetzelfde toeval en dezelfde aannames" if runs.vary else "hetzelfde toeval"
        caption = (
            f"Alle cijfers, {scope(runs)}, gemiddeld over de doorrekeningen. A en B hebben per doorrekening {shared}. "
            "De laatste kolom zegt in hoeveel doorrekeningen B beter is, gelijk en slechter."
        )
        texts = (2,)
    made = page.table(f"tabel-cijfers{name}", caption, head, rows, texts, together=len(runs.headline_years))
    if b is not None:
        made += page.paragraph(RULE_NL, "small")
    if runs.holds_part_years:
        made += page.paragraph(
            "Een jaar waar ‘maand’ of ‘maanden’ bij staat, is niet helemaal doorgerekend. Kilometers, nachten en geld "
            "zijn dan opgeteld over alleen die maanden.",
            "small",
        )
    return made


def _alone(runs: RunSet, headline: Headline, year: int) -> list[str]:
    values = runs.values(runs.a, headline.name)[:, int(np.searchsorted(runs.years, year))]
    mean = float(values.mean())
    digits = digits_for(mean)
    cells = [nl(mean, digits)]
    if len(values) > 1:
        edges = np.percentile(values, (0, 100) if len(values) < FEW_RUNS else (5, 95))
        cells.append(" tot ".join(nl(float(edge), digits) for edge in edges))
    return cells


def _compared(runs: RunSet, b: Scenario, headline: Headline, year: int) -> list[str]:
    found = runs.difference(b, headline.name, year)
    pair = shown_pair(found)
    interval = "–"
    if found.pairs > 1:
        low, high, digits = shown_interval(found, pair)
        edges = (nl(edge, digits, sign=True) for edge in (low, high))
        interval = "\u00a0tot\u00a0".join(dict.fromkeys(edges))
    return [
        verdict_mark(verdict(found, headline.lower_is_better)),
        nl(pair.difference, pair.digits, sign=True),
        nl(pair.a, pair.digits),
        nl(pair.b, pair.digits),
        interval,
        "\u00a0/\u00a0".join(map(str, counted(found))),
    ]
