"""The table of villages: what stays undone in each, the difference, and how A and B compare with the first year."""

from __future__ import annotations

import numpy as np

from krimpsim.outputs.store import SMALL_VILLAGE
from krimpsim.report import page
from krimpsim.report.findings import place_verdict, shown_pair
from krimpsim.report.numbers import nl
from krimpsim.report.page_words import MINUS, place_name, verdict_mark, year_words
from krimpsim.report.runset import RunSet, Scenario

_MARKS = {"fine": ("✓", "op orde"), "watch": ("!", "let op"), "tight": ("✕", "knelt"), "unclear": ("?", "te klein")}
_RISE_FINE, _RISE_WATCH, _RISE_HOURS = 1.1, 1.5, 0.5  # times the first year; hours of every 100


def places(runs: RunSet, b: Scenario | None, name: str) -> str:
    """Return the table of village groups, with the rules of its marks, as HTML."""
    year, first = runs.headline_years[-1], int(runs.years[0])
    at = int(np.searchsorted(runs.years, year))
    rows = []
    for group in runs.groups:
        residents = nl(float(group.residents[runs.a.id][:, at].mean()), 0)
        start = float(group.per_100_hours(runs.a.id)[:, 0].mean())
        small = group.is_small(runs.a.id)
        place = place_name(group.name)
        if b is None:
            now = float(group.per_100_hours(runs.a.id)[:, at].mean())
            rows.append([place, _mark(now, start, small), nl(start), nl(now), residents])
            continue
        found = runs.group_difference(group, b, year)
        pair = shown_pair(found, 1)
        rows.append(
            [
                place,
                verdict_mark(place_verdict(runs, group, b, year)),
                nl(pair.difference, pair.digits, sign=True),
                nl(pair.a, pair.digits),
                nl(pair.b, pair.digits),
                _mark(found.mean_a, start, small),
                _mark(found.mean_b, start, small),
                residents,
            ]
        )
    when = year_words(runs, year)
    caption = f"Uren zorg die blijven liggen, van elke 100 uur die nodig zijn, per dorp of groep dorpen, in {when}"
    if b is None:
        alone = ("Dorp of groep dorpen", f"Vergeleken met {first}", str(first), str(year), f"Inwoners in {year}")
        made = page.table(f"tabel-dorpen{name}", caption, alone, rows, texts=(1,))
    else:
        head = (
            "Dorp of groep dorpen",
            "B is",
            MINUS,
            "A",
            "B",
            f"A vergeleken met {first}",
            f"B vergeleken met {first}",
            f"Inwoners in {year}, bij A",
        )
        made = page.table(f"tabel-dorpen{name}", caption, head, rows, texts=(1, 5, 6))
    both = "A en B worden" if b else "Elk dorp wordt"
    rule = (
        f"{both} met hetzelfde getal vergeleken: dat van {first}. Op orde: hoogstens een tiende meer dan toen, of "
        "minder dan een half uur meer. Let op: tot anderhalf keer zo veel. Knelt: nog meer."
    )
    pooled = (
        f"Dorpen met minder dan {SMALL_VILLAGE} inwoners in {first} staan samen in een groep: "
        "daar beslist het toeval te veel."
    )
    unsure = "Onzeker: het verschil kan toeval zijn, of de groep is te klein." if b else ""
    return made + page.paragraph(" ".join((rule, pooled, unsure)).strip(), "small")


def _mark(now: float, start: float, small: bool) -> str:
    """Return the sign for a place: how much more stays undone than at the start."""
    if small:
        kind = "unclear"
    elif now <= _RISE_FINE * start or now - start < _RISE_HOURS:
        kind = "fine"
    else:
        kind = "watch" if now <= _RISE_WATCH * start else "tight"
    return page.mark(kind, *_MARKS[kind])
