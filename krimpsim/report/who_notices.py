"""The tables of groups of residents: who notices the difference between A and B."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from krimpsim.outputs.compare import paired
from krimpsim.report import page
from krimpsim.report.findings import shown_interval, shown_pair, verdict
from krimpsim.report.numbers import capital, joined, nl
from krimpsim.report.page_words import MINUS, VERDICTS, scope, verdict_mark, year_words
from krimpsim.report.runset import Residents, RunSet, Scenario

_WHO = (  # what is told by group of residents: part, whole, people it is about, caption, words
    ("minutes_unmet", "minutes_needed", "needing_care", "Zorg die blijft liggen: uren van elke 100 uur die nodig zijn"),
    (
        "carers_heavily_burdened",
        "informal_carers",
        "informal_carers",
        "Zwaar belaste mantelzorgers, van elke 100 mantelzorgers",
    ),
)


def who_notices(runs: RunSet, b: Scenario, name: str) -> str:
    """Return the tables of groups of residents; a direction is said only where the interval leaves zero out."""
    year = runs.headline_years[-1]
    at = int(np.searchsorted(runs.years, year))
    parts = []
    for part, whole, about, caption in _WHO:
        rows: list[list[str]] = []
        verdicts: dict[str, list[str]] = {kind: [] for kind in VERDICTS}
        chosen = [who for who in runs.residents if float(who.columns[runs.a.id][whole][:, at].mean()) > 0]
        for who in chosen:
            found = paired(*runs.residents_pair(who, b, year, part, whole), lower_is_better=True)
            pair = shown_pair(found, 1)
            kind = verdict(found)
            verdicts[kind].append(who.name)
            interval = "–"
            if found.pairs > 1:
                low, high, digits = shown_interval(found, pair)
                interval = f"{nl(low, digits, sign=True)}\u00a0tot\u00a0{nl(high, digits, sign=True)}"
            people = nl(float(who.columns[runs.a.id][about][:, at].mean()), 0)
            numbers = (nl(pair.a, pair.digits), nl(pair.b, pair.digits))
            difference = nl(pair.difference, pair.digits, sign=True)
            rows.append([escape(capital(who.name)), verdict_mark(kind), difference, *numbers, interval, people])
        head = ("Wie", "B is", MINUS, "A", "B", "Verschil waarschijnlijk", "Mensen")
        about_all = f"{caption}, in {year_words(runs, year)}, {scope(runs)}"
        table = page.table(f"tabel-wie-{about}{name}", about_all, head, rows, texts=(1,))
        said = [
            _for_whom("beter", verdicts["better"], len(chosen)),
            _for_whom("slechter", verdicts["worse"], len(chosen)),
            *_who_more(runs, b, year, part, whole, chosen),
        ]
        parts += [table, page.paragraph(" ".join(said))]
    rule = (
        "Mensen: hoeveel het er zijn bij A. Duidelijk wil zeggen: het verschil is waarschijnlijk geen toeval. Bij elke "
        "twintig regels is er gemiddeld één die toch toeval is. Iedereen staat in elke soort groep één keer."
    )
    return "\n".join([*parts, page.paragraph(rule, "small")])


def _who_more(runs: RunSet, b: Scenario, year: int, part: str, whole: str, chosen: Sequence[Residents]) -> list[str]:
    """Return, for each way to group, who comes off better, the first or the last, where that is clear."""
    said = []
    for group in dict.fromkeys(who.group for who in chosen):
        members = [who for who in chosen if who.group == group]
        first, last = members[0], members[-1]
        (first_a, first_b), (last_a, last_b) = (runs.residents_pair(x, b, year, part, whole) for x in (first, last))
        found = paired(last_b - last_a, first_b - first_a, lower_is_better=True)
        if first is not last and verdict(found) in ("better", "worse"):
            more, less = (first, last) if found.difference < 0 else (last, first)
            said.append(f"B pakt voor {more.name} beter uit dan voor {less.name}.")
    return said


def _for_whom(how: str, names: Sequence[str], n_all: int) -> str:
    """Return for whom B is clearly better, or clearly worse."""
    if len(names) == n_all:
        return f"B is voor al deze groepen duidelijk {how}."
    return (
        f"B is duidelijk {how} voor {joined(names)}." if names else f"B is voor geen van deze groepen duidelijk {how}."
    )
