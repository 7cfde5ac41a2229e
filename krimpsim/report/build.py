"""The report of a run-set: ``report.html``, one page that needs nothing else, and the figures beside it.

The words follow the workshop: plain Dutch first, differences before levels, losers named, doubt said.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from pathlib import Path
from typing import Any

import numpy as np

from krimpsim.core.progress import Progress
from krimpsim.inputs.tables import load_tables
from krimpsim.outputs.compare import ORIGINS, CompareRow, paired, read_compare
from krimpsim.outputs.indicators import F64, HEADLINES
from krimpsim.outputs.store import SMALL_VILLAGE, write_text
from krimpsim.report import page
from krimpsim.report.figures import UNITS, Drawing, draw_all
from krimpsim.report.findings import FEW_RUNS, RULE_EN, RULE_NL, counted, counted_nl, findings, shown_pair, verdict
from krimpsim.report.runset import (
    HEADLINE,
    Group,
    Residents,
    RunSet,
    Scenario,
    digits_for,
    dutch_name,
    en,
    joined,
    nl,
    rounded,
    rounded_interval,
    rounded_pair,
)

REPORT = "report.html"
_MINUS = "B\u00a0−\u00a0A"  # does not break over two lines
FIGURES = "figures"
_NOT_CALIBRATED = (
    "Het model is nog niet gekalibreerd. Dat wil zeggen: de getallen zijn nog niet gelijk gemaakt aan wat er echt is "
    "gemeten. Het zijn voorbeeldcijfers. Kijk naar {what}, niet naar de hoogte."
)
_VERDICTS = {
    "better": ("fine", "✓", "beter"),
    "equal": ("equal", "=", "gelijk"),
    "worse": ("tight", "✕", "slechter"),
    "unclear": ("unclear", "?", "onzeker"),
}
_TILE_WORDS = {
    "better": "duidelijk beter dan A",
    "equal": "gelijk aan A",
    "worse": "duidelijk slechter dan A",
    "unclear": "geen duidelijk verschil met A",
}
_MARKS = {"fine": ("✓", "op orde"), "watch": ("!", "let op"), "tight": ("✕", "knelt"), "unclear": ("?", "te klein")}
_BREAKS = re.compile(r"(?<=\w)(veen|mond|schekanaal|schemond|diep)")  #: where long names of villages may be broken
_RISE_FINE, _RISE_WATCH, _RISE_HOURS = 1.1, 1.5, 0.5  # times the first year; hours of every 100
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
_CLAUSES_NL = {
    "joint_nights": "samen in de nacht",
    "joint_allocation": "nieuwe mensen samen verdelen",
    "shared_rounds": "routes samen plannen",
    "mutual_cover": "elkaar vervangen",
    "group_facilities": "meer plaatsen in een groep in het dorp",
    "respite_care": "even vrij voor mantelzorgers (respijtzorg)",
    "prevention": "huisbezoek om problemen voor te zijn",
    "bundled_transport": "samen vervoer naar de dagbesteding",
    "early_recognition": "mantelzorgers eerder helpen",
    "zorgkracht_programme": "bewoners vragen om te helpen (zorgkracht)",
    "volunteer_coordination": "iemand die vrijwilligers koppelt",
    "village_cooperative": "dorpscoöperatie",
    "contact_person": "vaste contactpersoon voor wie 70 is of ouder",
    "client_support": "hulp bij het gebruiken van een indicatie",
    "payment_form": "anders betalen (bijvoorbeeld één bedrag)",
    "other_lever": "een andere maatregel",
    "self_steering": "zelfsturende teams in de wijkverpleging",
    "suited_housing": "woningen waar je oud kunt worden",
    "care_technology": "techniek die ritten in de nacht spaart",
    "joint_purchasing": "samen inkopen",
    "labour_supply": "meer mensen opleiden en werven voor de zorg",
    "social_activation": "meer inwoners die vrijwilligerswerk doen",
    "village_agreement": "afspraak in het dorp om hulp aan te nemen",
    "village_budget": "klein budget voor het dorp",
}
_PAYERS_NL = (
    ("paid_borger_odoorn_eur", "Gemeente Borger-Odoorn (Wmo): hulp in huis, begeleiding, dagbesteding"),
    ("paid_aa_en_hunze_eur", "Gemeente Aa en Hunze (Wmo): hulp in huis, begeleiding, dagbesteding"),
    ("paid_insurer_eur", "Zorgverzekeraar (Zvw): wijkverpleging"),
    ("paid_care_office_eur", "Zorgkantoor (Wlz): zware zorg"),
    ("clause_cost_eur", "Kosten van samenwerken"),
)
_WITH_UNIT = ("h/week", "nights/year", "km/year", "EUR/year")  #: units that a label does not say already
_WHO = (  # what is told by group of residents: part, whole, people it is about, caption, words
    ("minutes_unmet", "minutes_needed", "needing_care", "Zorg die blijft liggen: uren van elke 100 uur die nodig zijn"),
    (
        "carers_heavily_burdened",
        "informal_carers",
        "informal_carers",
        "Zwaar belaste mantelzorgers, van elke 100 mantelzorgers",
    ),
)
_FILES = (
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


@dataclass(frozen=True, slots=True)
class _Tile:
    """One of the four numbers: its title, what is counted, and how it follows from a headline."""

    title: str
    unit: str
    headline: str
    lower_is_better: bool
    value: Callable[[F64], F64]


def build_report(folder: str | Path, on_progress: Callable[[Progress], None] | None = None) -> Path:
    """Draw the figures, write ``report.html`` and return its path.

    Parameters
    ----------
    folder
        Folder of a finished run-set: its tables and its manifest.
    on_progress
        Called after each figure.

    Raises
    ------
    DataError
        If a table is missing or damaged.
    """
    runs = RunSet(folder)
    parts, figures = [], runs.folder / FIGURES
    done, total = 0, (len(HEADLINES) + 1) * max(1, len(runs.others))

    def drawn() -> None:
        nonlocal done
        done += 1
        if on_progress is not None:
            on_progress(Progress("report", done, total, "drawing", "figures"))

    for b in runs.others or (None,):
        several = b is not None and len(runs.others) > 1
        name = f"-{b.id}" if b is not None and several else ""
        drawings = draw_all(runs, figures, b, drawn)
        if b is not None and several:
            number = runs.others.index(b) + 1
            about = f'Toekomst B ({number}) hieronder: <strong class="b">{escape(b.title_nl)}</strong>'
            parts.append(f"<hr>\n<p>{about}</p>")
        parts += _comparison(runs, b, drawings, name) if b else _alone(runs, drawings)
    parts += [*_survey(runs), _doubt(runs), _files(runs), _english(runs)]
    n = runs.n_villages
    title = f"Zorg in {n} {'dorp' if n == 1 else 'dorpen'} tot {int(runs.years[-1])}"
    path = runs.folder / REPORT
    write_text(path, page.page(title, _header(runs, title), "\n".join(parts), _footer(runs)))
    return path


# --- the parts of the page --------------------------------------------------------------------------------------


def _header(runs: RunSet, title: str) -> str:
    lines = [f"<h1>{escape(title)}</h1>", '<ul class="futures">']
    for index, one in enumerate(runs.scenarios):
        letter = "a" if index == 0 else "b"
        name = f"Toekomst {letter.upper()}" if runs.others else "Toekomst"
        if index and len(runs.others) > 1:
            name += f" ({index})"
        lines.append(f'<li><strong class="{letter}">{name}</strong> {escape(one.title_nl)}</li>')
    lines.append("</ul>")
    lines.append(page.paragraph(for_whom(runs), "small"))
    if not runs.is_calibrated:
        what = "het verschil tussen A en B" if runs.others else "de richting"
        lines.append(page.paragraph(_NOT_CALIBRATED.format(what=what), "warning"))
    return "\n".join(lines)


def for_whom(runs: RunSet) -> str:
    """Return in Dutch of whom the numbers are, and how much of a year they hold."""
    n = runs.n_villages
    residents = nl(sum(float(group.residents[runs.a.id][:, 0].mean()) for group in runs.groups), 0)
    which = "dit dorp" if n == 1 else f"deze {n} dorpen samen"
    said = f"Alle getallen gaan over de inwoners van {which}: {residents} in {int(runs.years[0])}"
    if n == len(load_tables().village_names):
        said += ". Dat is ongeveer de helft van Borger-Odoorn en een vijfde van Aa en Hunze, niet de hele gemeenten"
    parts = [f"{year} heeft hier {m} maand{'en' if m > 1 else ''}" for year, m in runs.months.items() if m < 12]
    whole = f" Let op: {joined(parts)}; een getal per jaar gaat dan over die maanden." if parts else ""
    return f"{said}.{whole}"


def _comparison(runs: RunSet, b: Scenario, drawings: Sequence[Drawing], name: str) -> list[str]:
    """Return the sections about A and B."""
    lists = findings(runs, b, runs.headline_years[-1]).lists_nl()
    told = [page.paragraph(heading) + (page.bullets(items) if items else "") for heading, items in lists]
    texts = "\n".join([*told, *(page.paragraph(text) for text in sentences(runs, b))])
    return [
        page.section(f"zin{name}", "In het kort", f'<div class="sentence">\n{texts}\n</div>'),
        page.section(f"getallen{name}", "Vier getallen", _tiles(runs, b)),
        page.section(f"dorpen{name}", "Per dorp", _villages(runs, b, name)),
        *([page.section(f"wie{name}", "Wie merkt het verschil?", _who(runs, b, name))] if runs.residents else ()),
        page.section(f"figuren{name}", "Wat maakt de keuze uit?", _figures(runs, drawings), _numbers(runs, b, name)),
        page.section(f"herkomst{name}", "Waar komt het verschil vandaan?", _origins(runs, b, name)),
        page.section(f"kosten{name}", "Wat kost het en wie betaalt?", _costs(runs, b, name)),
    ]


def _alone(runs: RunSet, drawings: Sequence[Drawing]) -> list[str]:
    """Return the sections about a single scenario."""
    texts = "\n".join(page.paragraph(text) for text in sentences(runs, None))
    return [
        page.section("zin", "In het kort", f'<div class="sentence">\n{texts}\n</div>'),
        page.section("getallen", "Vier getallen", _tiles(runs, None)),
        page.section("dorpen", "Per dorp", _villages(runs, None, "")),
        page.section("figuren", "Hoe gaat het verder?", _figures(runs, drawings), _numbers(runs, None, "")),
        page.section("kosten", "Wat kost het en wie betaalt?", _costs(runs, None, "")),
    ]


def sentences(runs: RunSet, b: Scenario | None) -> list[str]:
    """Return the sentences that say it all, in Dutch; of a comparison those after its list of differences."""
    year = runs.headline_years[-1]
    if b is None:
        values, first = runs.values(runs.a, "unmet_per_100_hours"), int(runs.years[0])
        now = nl(float(values[:, int(np.searchsorted(runs.years, year))].mean()))
        said = f"In {year} blijft bij “{runs.a.title_nl}” naar schatting {now} van elke 100 uur zorg liggen."
        if first < year:
            said += f" In {first} was dat {nl(float(values[:, 0].mean()))}."
        return [said, f"Dit is het gemiddelde van {_of_all(runs.replicates)}. {_each_run(runs)}"]
    places = {kind: [g.name for g in runs.groups if _verdict(runs, g, b, year) == kind] for kind in ("better", "worse")}
    n = len(runs.groups)
    where = f"In geen van de {n} dorpen of groepen van dorpen verandert duidelijk hoeveel zorg blijft liggen."
    if places["better"] or places["worse"]:
        told = [
            f"{word} in {len(names)} van de {n} dorpen of groepen van dorpen"
            + (f" ({joined(names)})" if len(names) < n else "")
            for word, names in (("minder zorg liggen", places["better"]), ("meer zorg liggen", places["worse"]))
            if names
        ]
        where = f"Er blijft duidelijk {', en '.join(told)}."
    if n == 1:
        where = ""
    n_pairs = runs.difference(b, "unmet_per_100_hours", year).pairs
    how = f"Dit is het gemiddelde van {_of_all(n_pairs)}. {_each_run(runs)} {RULE_NL}"
    return [*([where] if where else []), how]


def _each_run(runs: RunSet) -> str:
    """Return in what the runs differ, in one Dutch sentence."""
    return f"Elke doorrekening heeft ander toeval{' en andere aannames' if runs.vary else ''}."


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


def _tiles(runs: RunSet, b: Scenario | None) -> str:
    n = runs.n_villages
    tiles = (
        _Tile("Zorg die blijft liggen", "uur van elke 100 uur", "unmet_per_100_hours", True, lambda x: x),
        _Tile("Zwaar belaste mantelzorgers", "mensen", "carers_heavily_burdened", True, lambda x: x),
        _Tile(
            "Thuis met genoeg hulp",
            "van elke 100 mensen thuis met een zware zorgvraag",
            "home_with_enough_help",
            False,
            lambda x: x,
        ),
        _Tile(
            "Dorpen met minstens één aanbieder",
            f"van de {n} dorpen",
            "villages_without_provider",
            False,
            lambda x: n - x,
        ),
    )
    return '<div class="tiles">\n' + "\n".join(_tile(runs, b, one) for one in tiles) + "</div>"


def _tile(runs: RunSet, b: Scenario | None, of: _Tile) -> str:
    years = runs.headline_years
    if b is None:
        values = of.value(runs.values(runs.a, of.headline))
        means = {year: float(values[:, int(np.searchsorted(runs.years, year))].mean()) for year in years}
        shown = [[str(year), nl(mean, digits_for(mean))] for year, mean in means.items()]
        words = f"naar schatting, in {years[-1]}"
        return page.tile(of.title, of.unit, shown[-1][1], "", words, ("jaar", "getal"), shown)
    all_years, values_a, values_b = runs.pair(b, of.headline)
    rows, found = [], None
    for year in years:
        at = int(np.searchsorted(all_years, year))
        found = paired(of.value(values_a[:, at]), of.value(values_b[:, at]), of.lower_is_better)
        pair = shown_pair(found)
        cells = (nl(pair.a, pair.digits), nl(pair.b, pair.digits), nl(pair.difference, pair.digits, sign=True))
        rows.append([str(year), *cells])
    assert found is not None
    return page.tile(
        of.title,
        of.unit,
        rows[-1][2],
        f"A: {rows[-1][1]}",
        f"B in {years[-1]}, naar schatting: {_TILE_WORDS[verdict(found, of.lower_is_better)]}. {counted_nl(found)}",
        ("jaar", "A", "B", _MINUS),
        rows,
    )


def _villages(runs: RunSet, b: Scenario | None, name: str) -> str:
    """Return the table of village groups."""
    year, first = runs.headline_years[-1], int(runs.years[0])
    at = int(np.searchsorted(runs.series[runs.a.id].years, year))
    rows = []
    for group in runs.groups:
        residents = nl(float(group.residents[runs.a.id][:, at].mean()), 0)
        start = float(group.per_100_hours(runs.a.id)[:, 0].mean())
        small = group.is_small(runs.a.id)
        place = escape(_BREAKS.sub("\u00ad\\1", group.name))
        if b is None:
            now = float(group.per_100_hours(runs.a.id)[:, at].mean())
            rows.append([place, residents, nl(start), nl(now), _mark(now, start, small)])
            continue
        found = runs.group_difference(group, b, year)
        pair = shown_pair(found, 1)
        kind, sign, words = _VERDICTS[_verdict(runs, group, b, year)]
        numbers = [nl(pair.difference, pair.digits, sign=True), nl(pair.a, pair.digits), nl(pair.b, pair.digits)]
        cells = [page.mark(kind, sign, words), *numbers]
        marks = [_mark(mean, start, small) for mean in (found.mean_a, found.mean_b)]
        rows.append([place, *cells, *marks, residents])
    caption = f"Uren zorg die blijven liggen, van elke 100 uur die nodig zijn, in {year}"
    columns = ["Dorp of groep dorpen"]
    if b is None:
        columns += [f"Inwoners in {year}", str(first), str(year), f"Vergeleken met {first}"]
        made = page.table(f"tabel-dorpen{name}", caption, columns, rows, texts=(4,))
    else:
        since = [f"{letter} vergeleken met {first}" for letter in "AB"]
        columns += ["B is", _MINUS, "A", "B", *since, f"Inwoners in {year}"]
        made = page.table(f"tabel-dorpen{name}", caption, columns, rows, texts=(1, 5, 6))
    rule = (
        f"Op orde: hoogstens een tiende meer dan in {first}, of minder dan een half uur meer. Let op: tot anderhalf "
        "keer zo veel. Knelt: nog meer."
    )
    pooled = (
        f"Dorpen met minder dan {SMALL_VILLAGE} inwoners in {first} staan samen in een groep: "
        "daar beslist het toeval te veel."
    )
    unsure = "Onzeker: het verschil kan toeval zijn, of de groep is te klein." if b else ""
    return made + page.paragraph(" ".join((rule, pooled, unsure)).strip(), "small")


def _verdict(runs: RunSet, group: Group, b: Scenario, year: int) -> str:
    return verdict(runs.group_difference(group, b, year), small=group.is_small(runs.a.id))


def _mark(now: float, start: float, small: bool) -> str:
    """Return the sign for a place: how much more stays undone than at the start."""
    if small:
        kind = "unclear"
    elif now <= _RISE_FINE * start or now - start < _RISE_HOURS:
        kind = "fine"
    else:
        kind = "watch" if now <= _RISE_WATCH * start else "tight"
    return page.mark(kind, *_MARKS[kind])


def _who(runs: RunSet, b: Scenario, name: str) -> str:
    """Return the tables of groups of residents; a direction is said only where the interval leaves zero out."""
    year = runs.headline_years[-1]
    at = int(np.searchsorted(runs.series[runs.a.id].years, year))
    parts = []
    for part, whole, about, caption in _WHO:
        rows: list[list[str]] = []
        verdicts: dict[str, list[str]] = {kind: [] for kind in _VERDICTS}
        shown = [who for who in runs.residents if float(who.columns[runs.a.id][whole][:, at].mean()) > 0]
        for who in shown:
            found = paired(*runs.residents_pair(who, b, year, part, whole), lower_is_better=True)
            pair = shown_pair(found, 1)
            kind = verdict(found)
            verdicts[kind].append(who.name)
            low, high = rounded_interval(found.low, found.high, pair) if found.pairs > 1 else (pair.difference,) * 2
            ends = [nl(end, pair.digits, sign=True) for end in (low, high)]
            interval = "\u00a0tot\u00a0".join(ends) if found.pairs > 1 else "–"
            people = nl(float(who.columns[runs.a.id][about][:, at].mean()), 0)
            change = nl(pair.difference, pair.digits, sign=True)
            cells = [escape(_capital(who.name)), page.mark(*_VERDICTS[kind]), change, interval]
            rows.append([*cells, nl(pair.a, pair.digits), nl(pair.b, pair.digits), people])
        head = ("Wie", "B is", _MINUS, "Verschil waarschijnlijk", "A", "B", "Mensen")
        table = page.table(f"tabel-wie-{about}{name}", f"{caption}, in {year}", head, rows, texts=(1,))
        said = [
            _for_whom("beter", verdicts["better"], len(shown)),
            _for_whom("slechter", verdicts["worse"], len(shown)),
            *_who_more(runs, b, year, part, whole, shown),
        ]
        parts += [table, page.paragraph(" ".join(said))]
    rule = (
        "Mensen: hoeveel het er zijn bij A. Duidelijk wil zeggen: het verschil is waarschijnlijk geen toeval. Bij elke "
        "twintig regels is er gemiddeld één die toch toeval is. Iedereen staat in elke soort groep één keer."
    )
    return "\n".join([*parts, page.paragraph(rule, "small")])


def _who_more(runs: RunSet, b: Scenario, year: int, part: str, whole: str, shown: Sequence[Residents]) -> list[str]:
    """Return, for each way to group, who comes off better, the first or the last, where that is clear."""
    said = []
    for group in dict.fromkeys(who.group for who in shown):
        members = [who for who in shown if who.group == group]
        first, last = members[0], members[-1]
        (first_a, first_b), (last_a, last_b) = (runs.residents_pair(x, b, year, part, whole) for x in (first, last))
        found = paired(last_b - last_a, first_b - first_a, lower_is_better=True)
        if first is not last and found.pairs > 1 and (found.low > 0 or found.high < 0):
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


def _figures(runs: RunSet, drawings: Sequence[Drawing]) -> str:
    made = []
    for drawing in drawings:
        svg = (runs.folder / FIGURES / f"{drawing.name}.svg").read_bytes()
        made.append(page.figure(svg, drawing.alt, wide=drawing.headline is None and bool(runs.others)))
    return '<div class="figures">\n' + "".join([*made[-1:], *made[:-1]]) + "</div>"


def _numbers(runs: RunSet, b: Scenario | None, name: str) -> str:
    """Return the table of all headlines."""
    rows, n = [], len(runs.headline_years)
    for headline in HEADLINES:
        label = escape(_capital(headline.label_nl))
        if headline.unit in _WITH_UNIT:
            label += f'<br><span class="small">{escape(UNITS[headline.unit][0])}</span>'
        for year in runs.headline_years:
            if b is None:
                values = runs.values(runs.a, headline.name)[:, int(np.searchsorted(runs.years, year))]
                mean = float(values.mean())
                digits = digits_for(mean)
                ends = np.percentile(values, (5, 95) if len(values) >= FEW_RUNS else (0, 100))
                spread = [nl(float(end), digits) for end in ends]
                rows.append(
                    [label, _year_nl(runs, year), nl(mean, digits), " tot ".join(spread) if len(values) > 1 else "–"]
                )
                continue
            found = runs.difference(b, headline.name, year)
            pair = shown_pair(found)
            interval = "–"
            if found.pairs > 1:
                edges = dict.fromkeys(
                    nl(edge, pair.digits, sign=True) for edge in rounded_interval(found.low, found.high, pair)
                )
                interval = "\u00a0tot\u00a0".join(edges)
            count = " / ".join(map(str, counted(found)))
            numbers = (nl(pair.a, pair.digits), nl(pair.b, pair.digits))
            mark = page.mark(*_VERDICTS[verdict(found, headline.lower_is_better)])
            change = nl(pair.difference, pair.digits, sign=True)
            rows.append([label, _year_nl(runs, year), mark, change, interval, *numbers, count])
    if b is None:
        spread_of = "9 van de 10 doorrekeningen" if runs.replicates >= FEW_RUNS else "Laagste tot hoogste"
        columns = ("Getal", "Jaar", "Gemiddeld", spread_of)
        return page.table(f"tabel-cijfers{name}", "Alle cijfers", columns, rows, together=n)
    head = ("Getal", "Jaar", "B is", _MINUS, "Verschil waarschijnlijk", "A", "B", "Beter / gelijk / slechter")
    shared = "hetzelfde toeval en dezelfde aannames" if runs.vary else "hetzelfde toeval"
    caption = f"Alle cijfers, gemiddeld over de doorrekeningen. A en B hebben per doorrekening {shared}."
    count = "De laatste kolom zegt in hoeveel doorrekeningen B beter is, gelijk en slechter."
    table = page.table(f"tabel-cijfers{name}", caption, head, rows, texts=(2,), together=n)
    return table + page.paragraph(f"{RULE_NL} {count}", "small")


def _year_nl(runs: RunSet, year: int) -> str:
    """Return a year, and how many months it has here when it is not whole."""
    n = runs.months[year]
    return str(year) if n == 12 else f"{year} ({n} maand{'en' if n > 1 else ''})"


def _origins(runs: RunSet, b: Scenario, name: str) -> str:
    """Return where the difference comes from: computed, measured elsewhere, or assumed."""
    year = runs.headline_years[-1]
    found = [row for row in read_compare(runs.folder) if row.b == b.id and row.year == year]
    origins = [origin for origin in ORIGINS if any(row.origin == origin for row in found)]
    single = _single_origin(found)
    parts = []
    if b.clauses:
        rows = [
            [escape(_CLAUSES_NL.get(clause, clause)), escape(_ORIGINS_NL.get(origin, origin))]
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
    if len(origins) > 1 and single is None:
        rows = []
        for headline in _SPLIT:
            cells = [_capital(HEADLINE[headline].label_nl)]
            for origin in origins:
                row = next((row for row in found if row.origin == origin and row.indicator == headline), None)
                cells.append("–" if row is None else _difference(row))
            rows.append([escape(cell) for cell in cells])
        head = ("Getal", *(_ORIGINS_NL[origin] for origin in origins))
        parts.append(page.table(f"tabel-herkomst{name}", f"Verschil B − A in {year}, naar herkomst", head, rows))
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


def _costs(runs: RunSet, b: Scenario | None, name: str) -> str:
    """Return who pays what in a year, and the hours without pay beside it."""
    year = runs.headline_years[-1]
    residents = sum(float(_at(runs, group.residents[runs.a.id], year)) for group in runs.groups)
    rows, total_a, total_b, changes = [], 0, 0, {}
    for column, label in _PAYERS_NL:
        in_a = _euros(runs, runs.a, column, year)
        in_b = _euros(runs, b, column, year) if b else in_a
        total_a, total_b = total_a + in_a, total_b + in_b
        changes[column] = in_b - in_a
        rows.append([escape(label), *_money(in_a, in_b, b)])
    rows.append(["Samen", *_money(total_a, total_b, b)])
    head = ("Wie", "A", "B", _MINUS) if b else ("Wie", "per jaar")
    places = "dit dorp" if runs.n_villages == 1 else f"deze {runs.n_villages} dorpen"
    caption = (
        f"Voor zorg aan inwoners van {places}, niet van de hele gemeenten. Per jaar, in {year}, in euro's van "
        "2013, naar schatting; afgerond op honderd euro"
    )
    parts = [page.table(f"tabel-kosten{name}", caption, head, rows, total=True)]
    if b is not None:
        wmo = changes["paid_borger_odoorn_eur"] + changes["paid_aa_en_hunze_eur"]
        said = [
            _pays("De gemeenten betalen", wmo),
            _pays("De verzekeraar betaalt", changes["paid_insurer_eur"]),
            _pays("Het zorgkantoor betaalt", changes["paid_care_office_eur"]),
        ]
        per_head = (total_b - total_a) / max(residents, 1)
        more = f"€\u00a0{nl(abs(per_head), 2)} per jaar {'minder' if per_head < 0 else 'meer'}"
        said.append(f"Per inwoner: {more if abs(per_head) >= 0.005 else 'even veel'}.")
        parts.append(page.paragraph(" ".join(said)))
    both = [runs.a, b] if b else [runs.a]
    contributions = [f"€\u00a0{nl(_euros(runs, one, 'contributions_eur', year), 0)} per jaar" for one in both]
    hours = [_region(runs, one, "minutes_informal_given", year) / 60 for one in both]
    unpaid = [f"{nl(rounded(x, -1 if x >= 1000 else 0), 0)} uur per week" for x in hours]
    parts.append(
        page.paragraph(
            f"Niet in de tabel: wat inwoners zelf betalen (eigen bijdrage), {_both(contributions)}; "
            f"en wat familie en buren doen zonder loon, {_both(unpaid)}."
        )
    )
    if b is not None:
        parts.append(page.paragraph("Vraag bij elk bedrag: wie betaalt de rekening? Wie heeft het voordeel?"))
    return "\n".join(parts)


def _region(runs: RunSet, scenario: Scenario, column: str, year: int) -> float:
    return float(runs.region[scenario.id][column][int(np.searchsorted(runs.series[scenario.id].years, year))])


def _euros(runs: RunSet, scenario: Scenario, column: str, year: int) -> int:
    """Return euros a year, rounded to hundreds."""
    return int(rounded(12 * _region(runs, scenario, column, year), -2))


def _money(in_a: int, in_b: int, b: Scenario | None) -> list[str]:
    return [f"€\u00a0{nl(in_a, 0)}"] + ([f"€\u00a0{nl(in_b, 0)}", nl(in_b - in_a, 0, sign=True)] if b else [])


def _pays(who: str, change: int) -> str:
    if change == 0:
        return f"{who} even veel."
    return f"{who} €\u00a0{nl(abs(change), 0)} {'meer' if change > 0 else 'minder'}."


def _both(numbers: Sequence[str]) -> str:
    """Return one number, or those of A and B."""
    if len(numbers) == 1:
        return numbers[0]
    if numbers[0] == numbers[1]:
        return f"{numbers[0]} bij A en bij B"
    return f"{numbers[0]} bij A en {numbers[1]} bij B"


def _survey(runs: RunSet) -> list[str]:
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
            place = escape(_BREAKS.sub("\u00ad\\1", dutch_name(str(shift["place"]))))
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


def _doubt(runs: RunSet) -> str:
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
        texts.append(
            "Een klein verschil kan toeval zijn. Kijk in hoeveel doorrekeningen B beter is, en in hoeveel slechter."
        )
    parts = [page.bullets(texts)]
    if runs.caveats:
        parts += ['<p class="small">Wat de berekening zelf meldt, in het Engels:</p>', page.bullets(runs.caveats, "en")]
    return page.section("twijfel", "Wat weten we niet?", *parts)


def _files(runs: RunSet) -> str:
    """Return where the files are; only those that are there."""
    lines = [
        f'<li><a href="{name}"><code>{name}</code></a>: {escape(about)}</li>'
        for name, about in _FILES
        if (runs.folder / name).exists()
    ]
    more = sorted(path.name for path in runs.folder.glob("run.*.toml"))
    lines += [f'<li><a href="{escape(name)}"><code>{escape(name)}</code></a>: hetzelfde voor B</li>' for name in more]
    intro = page.paragraph("Ze staan in dezelfde map als deze pagina.")
    return page.section("bestanden", "Waar staan de bestanden?", intro, "<ul>\n" + "\n".join(lines) + "\n</ul>")


def _english(runs: RunSet) -> str:
    """Return a short summary in English."""
    texts = []
    year = runs.headline_years[-1]
    for b in runs.others:
        names = [group.name for group in runs.groups if _verdict(runs, group, b, year) == "worse"]
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


def _footer(runs: RunSet) -> str:
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


def _of_all(n: int) -> str:
    return f"alle {n} doorrekeningen" if n > 1 else "de enige doorrekening"


def _at(runs: RunSet, values: F64, year: int) -> float:
    return float(values[:, int(np.searchsorted(runs.years, year))].mean())


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
