"""Who pays what: the table of payers, what residents pay themselves, and what is given without pay."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import numpy as np

from krimpsim.inputs.municipalities import TOWNS
from krimpsim.outputs.compare import Paired
from krimpsim.report import page
from krimpsim.report.findings import UNPAID, verdict
from krimpsim.report.numbers import capital, nl, rounded
from krimpsim.report.page_words import MINUS, VERDICTS, a_year, euros, year_words
from krimpsim.report.runset import RunSet, Scenario

_PAYERS = (
    *((town.paid, f"Gemeente {town.name} (Wmo): hulp in huis, begeleiding, dagbesteding") for town in TOWNS),
    ("paid_insurer_eur", "Zorgverzekeraar (Zvw): wijkverpleging"),
    ("paid_care_office_eur", "Zorgkantoor (Wlz): zware zorg"),
    ("clause_cost_eur", "Kosten van samenwerken"),
)


def costs(runs: RunSet, b: Scenario | None, name: str) -> str:
    """Return who pays what in the last year, and the hours without pay beside it, as HTML."""
    year = runs.headline_years[-1]
    places = "dit dorp" if runs.n_villages == 1 else f"deze {runs.n_villages} dorpen"
    caption = (
        f"Voor zorg aan inwoners van {places}, niet van de hele gemeenten. {capital(a_year(runs, year))}, in "
        f"{year_words(runs, year)}, in euro's van 2013, naar schatting; afgerond op honderd euro"
    )
    if b is None:
        amounts = [_euros(runs, runs.a, column, year) for column, _ in _PAYERS]
        rows = [[escape(label), euros(amount)] for (_, label), amount in zip(_PAYERS, amounts, strict=True)]
        rows.append(["Samen", euros(sum(amounts))])
        made = page.table(f"tabel-kosten{name}", caption, ("Wie", a_year(runs, year)), rows, total=True)
        return f"{made}\n{page.paragraph(_beside(runs, [runs.a], year))}"
    rows, total_a, total_b = [], 0, 0
    for column, label in _PAYERS:
        in_a, in_b = (_euros(runs, one, column, year) for one in (runs.a, b))
        total_a, total_b = total_a + in_a, total_b + in_b
        mark = _paid(runs.column_difference(b, column, year))
        rows.append([escape(label), mark, nl(in_b - in_a, 0, sign=True), euros(in_a), euros(in_b)])
    whole = runs.difference(b, "public_cost_eur", year)
    rows.append(["Samen", _paid(whole), nl(total_b - total_a, 0, sign=True), euros(total_a), euros(total_b)])
    parts = [
        page.table(f"tabel-kosten{name}", caption, ("Wie", "B is", MINUS, "A", "B"), rows, texts=(1,), total=True),
        page.paragraph(f"Alle betalers samen, per inwoner van {places}: {_per_head(runs, whole, year)}."),
        page.paragraph(_beside(runs, [runs.a, b], year)),
        page.paragraph("Vraag bij elk bedrag: wie betaalt de rekening? Wie heeft het voordeel?"),
    ]
    return "\n".join(parts)


def _euros(runs: RunSet, scenario: Scenario, column: str, year: int) -> int:
    """Return euros in a year, rounded to hundreds."""
    return int(rounded(float(runs.paid(scenario, column, year).mean()), -2))


def _paid(found: Paired) -> str:
    """Return whether B clearly costs more or less; what is more for one may be less for another."""
    kind = verdict(found)
    words = {"better": ("money", "€", "goedkoper"), "worse": ("money", "€", "duurder")}
    return page.mark(*words.get(kind, VERDICTS[kind]))


def _per_head(runs: RunSet, whole: Paired, year: int) -> str:
    """Return what B costs more or less for each resident."""
    if verdict(whole) == "equal":
        return "even veel"
    if verdict(whole) == "unclear":
        return "geen duidelijk verschil"
    at = int(np.searchsorted(runs.years, year))
    residents = sum(float(group.residents[runs.a.id][:, at].mean()) for group in runs.groups)
    amount = nl(abs(whole.difference) / max(residents, 1), 2)
    return f"€\u00a0{amount} {a_year(runs, year)} {'meer' if whole.difference > 0 else 'minder'}"


def _beside(runs: RunSet, shown: Sequence[Scenario], year: int) -> str:
    """Return what is not in the table: contributions of residents, and hours without pay."""
    money = [f"{euros(_euros(runs, one, 'contributions_eur', year))} {a_year(runs, year)}" for one in shown]
    hours = [float(runs.paid(one, UNPAID, year).mean()) for one in shown]
    unpaid = [f"{nl(rounded(x, -1 if x >= 1000 else 0), 0)} uur per week" for x in hours]
    return (
        f"Niet in de tabel: wat inwoners zelf betalen (eigen bijdrage), {_both(money)}; "
        f"en wat familie en buren doen zonder loon, {_both(unpaid)}."
    )


def _both(numbers: Sequence[str]) -> str:
    """Return one number, or those of A and B."""
    if len(numbers) == 1:
        return numbers[0]
    if numbers[0] == numbers[1]:
        return f"{numbers[0]} bij A en bij B"
    return f"{numbers[0]} bij A en {numbers[1]} bij B"
