"""Where the difference comes from: the clauses of B, and what of it is computed, measured elsewhere or assumed."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from krimpsim.config.convenant import CLAUSES
from krimpsim.core.errors import DataError
from krimpsim.outputs.compare import ORIGINS, CompareRow, read_compare
from krimpsim.report import page
from krimpsim.report.numbers import capital, nl, rounded_pair
from krimpsim.report.page_words import scope, year_words
from krimpsim.report.runset import HEADLINE, RunSet, Scenario

_ORIGINS_NL = {
    "all": "alles samen",
    "other": "andere instellingen, geen afspraak",
    "computed": "uitgerekend: routes, personeel, plaatsen",
    "measured": "elders gemeten",
    "assumed": "aangenomen",
}
_SPLIT = (
    "unmet_per_100_hours",
    "carers_heavily_burdened",
    "home_with_enough_help",
    "villages_without_provider",
    "public_cost_eur",
)


def origins(runs: RunSet, b: Scenario, name: str) -> str:
    """Return where the difference comes from: computed, measured elsewhere, or assumed."""
    year = runs.headline_years[-1]
    found = [row for row in read_compare(runs.folder) if row.b == b.id and row.year == year]
    if not found:
        raise DataError(f"{runs.folder / 'compare.csv'}  holds nothing of '{b.id}' in {year}; run the comparison again")
    of_all = [origin for origin in ORIGINS if any(row.origin == origin for row in found)]
    single = _single_origin(found)
    parts = []
    if b.clauses:
        rows = [
            [escape(CLAUSES[clause].name_nl if clause in CLAUSES else clause), escape(_ORIGINS_NL.get(origin, origin))]
            for clause, origin in b.clauses.items()
        ]
        parts.append(
            page.table(
                f"tabel-afspraken{name}",
                "Afspraken in B, en hoe we het gevolg weten",
                ("Afspraak", "Gevolg"),
                rows,
                (1,),
            )
        )
    if len(of_all) > 1 and single is None:
        rows = []
        for headline in _SPLIT:
            cells = [capital(HEADLINE[headline].label_nl)]
            for origin in of_all:
                row = next((row for row in found if row.origin == origin and row.indicator == headline), None)
                cells.append("–" if row is None else _difference(row))
            rows.append([escape(cell) for cell in cells])
        head = ("Getal", *(_ORIGINS_NL[origin] for origin in of_all))
        parts.append(
            page.table(
                f"tabel-herkomst{name}",
                f"Verschil B − A in {year_words(runs, year)}, {scope(runs)}, naar herkomst",
                head,
                rows,
            )
        )
    elif single is not None:
        parts.append(page.paragraph(f"Het hele verschil heeft dezelfde herkomst: {_ORIGINS_NL.get(single, single)}."))
    else:
        parts.append(page.paragraph("Het verschil is in deze berekening niet gesplitst naar herkomst."))
    parts.append(
        page.paragraph(
            "Uitgerekend wil zeggen: het volgt uit routes, personeel en plaatsen in het model. Elders gemeten: een "
            "onderzoek op een andere plek vond dit. Aangenomen: niemand weet het zeker.",
            "small",
        )
    )
    return "\n".join(parts)


def _single_origin(rows: Sequence[CompareRow]) -> str | None:
    """Return the origin of the whole difference, when it has only one."""
    whole = {row.indicator: row.difference for row in rows if row.origin == "all"}
    origins = sorted({row.origin for row in rows} - {"all"})
    if len(origins) != 1:
        return None
    part = {row.indicator: row.difference for row in rows if row.origin == origins[0]}
    return origins[0] if part == whole else None


def _difference(row: CompareRow) -> str:
    pair = rounded_pair(row.mean_a, row.mean_b)
    return nl(pair.difference, pair.digits, sign=True)
