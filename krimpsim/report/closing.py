"""The end of the page: what was asked of residents, what is not known, where the files are, English, the source."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import Any

import numpy as np

from krimpsim.report import page
from krimpsim.report.findings import RULE_EN, findings, place_verdict
from krimpsim.report.numbers import dutch_name, en, joined, nl
from krimpsim.report.page_words import place_name
from krimpsim.report.runset import RunSet

FILES = (
    ("summary.csv", "elk getal per jaar: gemiddelde en spreiding"),
    ("compare.csv", "het verschil tussen A en B per jaar"),
    ("region.parquet", "het hele gebied per maand en per doorrekening"),
    ("villages.parquet", "de dorpen per maand; kleine dorpen hebben veel toeval, laat ze nooit los zien"),
    ("providers.parquet", "de aanbieders per maand, zonder echte namen"),
    ("groups.parquet", "groepen inwoners per maand: man of vrouw, inkomen, alleen of samen, grootte van het dorp"),
    ("flows.parquet", "wie helpt met wat, en wat blijft liggen"),
    ("run.toml", "alle instellingen van A, en waar ze vandaan komen"),
    ("draws.csv", "de waarden die per doorrekening anders gekozen zijn"),
    ("manifest.json", "versie, toeval, computer en tijden"),
    ("log.jsonl", "het verloop van de berekening"),
    ("figures/", "de figuren, als PNG en als SVG"),
)


def survey(runs: RunSet) -> list[str]:
    """Return what a survey changed: one section with a table for each survey, or nothing when there is none."""
    tables: list[str] = []
    asked = [one for one in runs.scenarios if one.survey]
    for one in asked:
        same = [other for other in asked if other.survey == one.survey]
        if same[0] is not one:
            continue
        futures = f" Bij: {joined([other.title_nl for other in same])}." if runs.others else ""
        rows = []
        for shift in one.survey:
            place = place_name(dutch_name(str(shift["place"])))
            if shift["villages"] < shift["of"]:
                place += f'<br><span class="small">{shift["villages"]} van de {shift["of"]} dorpen</span>'
            shares = [nl(100 * share, 0) for name in ("give", "accept") for share in shift[name]]
            rows.append([place, str(shift["respondents"]), *shares, *(nl(hours) for hours in shift["hours"])])
        head = (
            "Dorp of groep dorpen",
            "Antwoorden",
            "Wil helpen: eerst",
            "Wil helpen: nu",
            "Neemt hulp aan: eerst",
            "Neemt hulp aan: nu",
            "Uren: eerst",
            "Uren: nu",
        )
        caption = f"Van elke 100 volwassenen, en uren per week van wie wil helpen.{futures}"
        tables.append(page.table(f"tabel-keukentafel-{one.id}", caption, head, rows))
    if not tables:
        return []
    text = (
        "In deze dorpen is aan inwoners gevraagd of zij anderen willen helpen, hoeveel uur, en of zij zelf hulp "
        "aannemen. Eerst: wat het model zonder dit onderzoek aanneemt. Nu: waar het model mee rekent. Hoe meer mensen "
        "antwoord gaven, hoe meer hun antwoord telt. Wie zegt te willen helpen, doet dat niet altijd."
    )
    return [page.section("keukentafel", "Wat zei het keukentafelonderzoek?", page.paragraph(text), *tables)]


def doubt(runs: RunSet) -> str:
    """Return what is not known."""
    texts = (
        [] if runs.is_calibrated else ["Het model is nog niet gekalibreerd. De hoogte van de getallen zegt nog weinig."]
    )
    texts += [
        "Niemand meet hoeveel zorg blijft liggen. Daarom telt het verschil tussen twee toekomsten, en de richting.",
        "De lijst van 22 dorpen is een reconstructie. Bonnerveen is een gok.",
        "De aanbieders hebben verzonnen namen. Het model voorspelt niet welke aanbieder stopt, of waar.",
        drawn_nl(runs.vary)
        if runs.vary
        else "De doorrekeningen verschillen alleen in toeval. Andere aannames kunnen een ander beeld geven.",
        "Het geld is in euro's van 2013: de inflatie is eruit gehaald.",
    ]
    if runs.others:
        texts.append("Een klein verschil kan toeval zijn. Kijk in hoeveel doorrekeningen B beter is.")
    parts = [page.bullets(texts)]
    if runs.caveats:
        parts += ['<p class="small">Wat de berekening zelf meldt, in het Engels:</p>', page.bullets(runs.caveats, "en")]
    return page.section("twijfel", "Wat weten we niet?", *parts)


def files(runs: RunSet) -> str:
    """Return where the files are; only those that are there."""
    lines = [
        f'<li><a href="{name}"><code>{name}</code></a>: {escape(about)}</li>'
        for name, about in FILES
        if (runs.folder / name).exists()
    ]
    more = sorted(path.name for path in runs.folder.glob("run.*.toml"))
    lines += [f'<li><a href="{escape(name)}"><code>{escape(name)}</code></a>: hetzelfde voor B</li>' for name in more]
    intro = page.paragraph("Ze staan in dezelfde map als deze pagina.")
    return page.section("bestanden", "Waar staan de bestanden?", intro, "<ul>\n" + "\n".join(lines) + "\n</ul>")


def english(runs: RunSet) -> str:
    """Return a short summary in English."""
    texts = []
    year = runs.headline_years[-1]
    for b in runs.others:
        names = [group.name for group in runs.groups if place_verdict(runs, group, b, year) == "worse"]
        worse = "No village group is clearly worse off in unmet care."
        if names:
            worse = f"More care stays unmet in {len(names)} of {len(runs.groups)} village groups: {', '.join(names)}."
        found = findings(runs, b, year)
        lines = [f"{line}." for line in found.lines_en()]
        texts.append(f"B, “{b.title_en}”, against A, “{runs.a.title_en}”, {found.pairs} replicates ({RULE_EN}).")
        texts += [*lines, worse]
    if not runs.others:
        values = runs.values(runs.a, "unmet_per_100_hours")[:, int(np.searchsorted(runs.years, year))]
        texts.append(
            f"In {year} an estimated {en(float(values.mean()))} of every 100 hours of care needed stays unmet under "
            f"“{runs.a.title_en}” ({runs.replicates} replicates)."
        )
    if runs.vary:
        numbers, strengths = runs.vary["numbers"], runs.vary["levers"]
        texts.append(
            f"Every replicate has its own draw of {numbers} uncertain numbers and {strengths} strengths of clauses, "
            "the same in all scenarios: counts of runs tell of luck and assumptions together."
        )
    if not runs.is_calibrated:
        texts.append("The model is not calibrated yet: read differences and directions, not levels.")
    texts.append("The list of 22 villages is a reconstruction; Bonnerveen is a guess. Money is in euros of 2013.")
    body = "\n".join(page.paragraph(text) for text in texts)
    return f'<div lang="en">\n{page.section("english", "Summary in English", body)}</div>'


def footer(runs: RunSet) -> str:
    """Return where it comes from."""
    git = runs.manifest.get("git") or {}
    facts = [f"krimpsim {runs.manifest.get('krimpsim') or ''}".rstrip()]
    if git.get("commit"):
        facts.append(f"commit {str(git['commit'])[:12]}{' (gewijzigd)' if git.get('dirty') else ''}")
    if "seed" in runs.manifest:
        facts.append(f"toeval {runs.manifest['seed']}")
    facts.append(_times(runs.replicates).rstrip("."))
    if runs.manifest.get("finished"):
        facts.append(str(runs.manifest["finished"])[:16].replace("T", " "))
    return page.paragraph(" · ".join(facts) + ". Een hulpmiddel voor het gesprek, geen voorspelling.", "small")


def _times(n: int) -> str:
    return f"{n} doorrekening{'en' if n != 1 else ''} per toekomst."


def drawn_nl(vary: Mapping[str, Any]) -> str:
    """Return in Dutch what was drawn anew in every run."""
    said = []
    if vary["numbers"]:
        where = "uit een lijst van mogelijke reeksen" if vary["table"] else "binnen wat mogelijk lijkt"
        said.append(
            f"{vary['numbers']} getallen die niemand zeker weet, kregen in elke doorrekening een andere waarde, "
            f"{where}."
        )
    if vary["levers"]:
        n = vary["levers"]
        said.append(
            f"Ook hoe sterk {'een afspraak werkt' if n == 1 else f'{n} afspraken werken'}, is elke keer anders gekozen."
        )
    said.append(
        "A en B kregen steeds dezelfde waarden. In hoeveel doorrekeningen B beter is, zegt dus iets over toeval en "
        "over aannames samen."
    )
    return " ".join(said)
