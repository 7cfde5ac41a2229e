"""The report of a run-set: ``report.html``, one page that needs nothing else, and the figures beside it.

The words follow the workshop: plain Dutch first, differences before levels, losers named, doubt said.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from html import escape
from pathlib import Path

import numpy as np

from krimpsim.core.progress import Progress
from krimpsim.inputs.tables import load_tables
from krimpsim.outputs.folder import TABLES
from krimpsim.outputs.headlines import HEADLINES
from krimpsim.outputs.store import read_results, write_text
from krimpsim.report import page
from krimpsim.report.closing import doubt, english, files, footer, survey
from krimpsim.report.costs import costs
from krimpsim.report.drawings import draw_all
from krimpsim.report.figures import Drawing
from krimpsim.report.findings import FEW_RUNS, RULE_NL, findings, place_verdict
from krimpsim.report.headline_table import headline_table
from krimpsim.report.numbers import joined, nl
from krimpsim.report.origins_table import origins
from krimpsim.report.page_words import of_all
from krimpsim.report.places import places
from krimpsim.report.runset import RunSet, Scenario
from krimpsim.report.tiles import more_tiles, tiles
from krimpsim.report.who_notices import who_notices

REPORT = "report.html"
FIGURES = "figures"
_NOT_CALIBRATED = (
    "Het model is nog niet gekalibreerd. Dat wil zeggen: de getallen zijn nog niet gelijk gemaakt aan wat er echt is "
    "gemeten. Het zijn voorbeeldcijfers. Kijk naar {what}, niet naar de hoogte."
)


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
        If the manifest or a table is missing, damaged or of another run.
    """
    runs = RunSet(folder)
    for table in TABLES:  # also those that only the list of files names: a folder is whole, or there is no report
        read_results(folder, table, columns=[])
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
        above, below = _comparison(runs, b, name) if b else _alone(runs)  # finds damage before a figure is drawn
        drawings = draw_all(runs, figures, b, drawn)
        if b is not None and several:
            number = runs.others.index(b) + 1
            about = f'Toekomst B ({number}) hieronder: <strong class="b">{escape(b.title_nl)}</strong>'
            parts.append(f"<hr>\n<p>{about}</p>")
        title = "Wat maakt de keuze uit?" if b else "Hoe gaat het verder?"
        pictures = page.section(f"figuren{name}", title, _figures(runs, drawings), headline_table(runs, b, name))
        parts += [*above, pictures, *below]
    parts += [*survey(runs), doubt(runs), files(runs), english(runs)]
    n = runs.n_villages
    title = f"Zorg in {n} {'dorp' if n == 1 else 'dorpen'} tot {int(runs.years[-1])}"
    path = runs.folder / REPORT
    write_text(path, page.page(title, _header(runs, title), "\n".join(parts), footer(runs)))
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


def _comparison(runs: RunSet, b: Scenario, name: str) -> tuple[list[str], list[str]]:
    """Return the sections about A and B, those above the figures and those below."""
    lists = findings(runs, b, runs.headline_years[-1]).lists_nl()
    told = [page.paragraph(heading) + (page.bullets(items) if items else "") for heading, items in lists]
    texts = "\n".join([*told, *(page.paragraph(text) for text in sentences(runs, b))])
    more = more_tiles(runs, b)
    above = [
        page.section(f"zin{name}", "In het kort", f'<div class="sentence">\n{texts}\n</div>'),
        _beware(runs),
        page.section(f"getallen{name}", "Vier getallen", tiles(runs, b)),
        *([page.section(f"meer{name}", "Wat verschilt nog meer?", more)] if more else ()),
        page.section(f"dorpen{name}", "Per dorp", places(runs, b, name)),
        page.section(f"wie{name}", "Wie merkt het verschil?", who_notices(runs, b, name)),
    ]
    below = [
        page.section(f"herkomst{name}", "Waar komt het verschil vandaan?", origins(runs, b, name)),
        page.section(f"kosten{name}", "Wat kost het en wie betaalt?", costs(runs, b, name)),
    ]
    return above, below


def _alone(runs: RunSet) -> tuple[list[str], list[str]]:
    """Return the sections about a single scenario, those above the figures and those below."""
    texts = "\n".join(page.paragraph(text) for text in sentences(runs, None))
    above = [
        page.section("zin", "In het kort", f'<div class="sentence">\n{texts}\n</div>'),
        _beware(runs),
        page.section("getallen", "Vier getallen", tiles(runs, None)),
        page.section("dorpen", "Per dorp", places(runs, None, "")),
    ]
    return above, [page.section("kosten", "Wat kost het en wie betaalt?", costs(runs, None, ""))]


def _beware(runs: RunSet) -> str:
    """Return of whom the numbers are, and whether levels can be trusted: after the answer, before the numbers."""
    lines = [page.paragraph(for_whom(runs), "scope")]
    if not runs.is_calibrated:
        what = "het verschil tussen A en B" if runs.others else "de richting"
        lines.append(page.paragraph(_NOT_CALIBRATED.format(what=what), "warning"))
    return "\n".join(lines)


def sentences(runs: RunSet, b: Scenario | None) -> list[str]:
    """Return the sentences that say it all, in Dutch; of a comparison those after its list of differences."""
    year = runs.headline_years[-1]
    if b is None:
        values, first = runs.values(runs.a, "unmet_per_100_hours"), int(runs.years[0])
        now = nl(float(values[:, int(np.searchsorted(runs.years, year))].mean()))
        said = f"In {year} blijft bij “{runs.a.title_nl}” naar schatting {now} van elke 100 uur zorg liggen."
        if first < year:
            said += f" In {first} was dat {nl(float(values[:, 0].mean()))}."
        return [said, f"Dit is het gemiddelde van {of_all(runs.replicates)}. {_each_run(runs)}"]
    changed: dict[str, list[str]] = {"better": [], "worse": []}
    for group in runs.groups:
        changed.setdefault(place_verdict(runs, group, b, year), []).append(group.name)
    n = len(runs.groups)
    where = f"In geen van de {n} dorpen of groepen van dorpen verandert duidelijk hoeveel zorg blijft liggen."
    if changed["better"] or changed["worse"]:
        told = [
            f"{word} in {len(names)} van de {n} dorpen of groepen van dorpen"
            + (f" ({joined(names)})" if len(names) < n else "")
            for word, names in (("minder zorg liggen", changed["better"]), ("meer zorg liggen", changed["worse"]))
            if names
        ]
        where = f"Er blijft duidelijk {', en '.join(told)}."
    if n == 1:
        where = ""
    n_pairs = runs.difference(b, "unmet_per_100_hours", year).pairs
    few = "; dat is weinig" if n_pairs < FEW_RUNS else ""
    how = f"Dit is het gemiddelde van {of_all(n_pairs)}{few}. {_each_run(runs)} {RULE_NL}"
    return [*([where] if where else []), how]


def _each_run(runs: RunSet) -> str:
    """Return in what the runs differ, in one Dutch sentence."""
    return f"Elke doorrekening heeft ander toeval{' en andere aannames' if runs.vary else ''}."


def _figures(runs: RunSet, drawings: Sequence[Drawing]) -> str:
    made = []
    for drawing in drawings:
        svg = (runs.folder / FIGURES / f"{drawing.name}.svg").read_bytes()
        made.append(page.figure(svg, drawing.alt, wide=drawing.headline is None and bool(runs.others)))
    return '<div class="figures">\n' + "".join([*made[-1:], *made[:-1]]) + "</div>"
