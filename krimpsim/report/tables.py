"""The results in the terminal: one line per headline and year, for 80 columns and more."""

from __future__ import annotations

import csv
import math
from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from krimpsim.core.errors import DataError
from krimpsim.outputs.compare import ORIGINS, CompareRow, read_compare
from krimpsim.outputs.indicators import HEADLINES, Headline
from krimpsim.outputs.manifest import read_manifest
from krimpsim.report.runset import digits_for, en, headline_years, rounded_interval, rounded_pair

_PROOF = "unmet_per_100_hours"  #: the headline whose variance ratio is printed
_LABELS = {
    "unmet_per_100_hours": "unmet care, per 100 hours",
    "home_with_enough_help": "heavy need: home with enough help, per 100",
    "overlap_nights": "nights with two providers in a village",
}
_UNITS = {
    "persons": "",
    "1": "",
    "villages": "",
    "h per 100 h needed": "",
    "per 100 persons": "",
    "nights/year": "a year",
}


def print_comparison(folder: str | Path, console: Console) -> None:
    """Print the paired differences of a run-set for the headline years.

    Parameters
    ----------
    folder
        Folder of the run-set: ``compare.csv`` and ``manifest.json``.
    console
        Where to print; without a terminal it prints plain text.

    Raises
    ------
    DataError
        If there is nothing to compare.
    """
    every = read_compare(folder)
    rows = [row for row in every if row.origin == "all"]
    if not rows:
        raise DataError(f"{Path(folder) / 'compare.csv'}  holds no comparison")
    titles, vary = _titles(folder), read_manifest(folder).get("vary")
    for pair in dict.fromkeys((row.a, row.b) for row in rows):
        _print_pair(console, [row for row in rows if (row.a, row.b) == pair], titles, vary)
        _print_origins(console, [row for row in every if (row.a, row.b) == pair])
    _print_caveats(folder, console)


def print_summary(folder: str | Path, console: Console) -> None:
    """Print the headlines of every scenario of a run-set for the headline years.

    Parameters
    ----------
    folder
        Folder of the run-set: ``summary.csv`` and ``manifest.json``.
    console
        Where to print; without a terminal it prints plain text.

    Raises
    ------
    DataError
        If the table is missing or damaged.
    """
    path = Path(folder) / "summary.csv"
    found: dict[str, dict[tuple[str, int], tuple[float, float, float]]] = {}
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            for line in csv.DictReader(lines):
                numbers = (float(line["mean"]), float(line["p5"]), float(line["p95"]))
                found.setdefault(line["scenario"], {})[line["indicator"], int(line["year"])] = numbers
    except FileNotFoundError:
        raise DataError(f"{path}  no such file; is this the folder of a finished run?") from None
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"{path}  is damaged ({error}); run the scenario again") from error
    titles = _titles(folder)
    for scenario, at in found.items():
        years = headline_years(sorted({year for _, year in at}))
        table = _table("mean", "9 of 10 runs between")
        for headline in HEADLINES:
            cells = []
            for year in years:
                mean, low, high = at[headline.name, year]
                digits = digits_for(mean, low, high)
                cells.append((str(year), _number(mean, digits), f"{_number(low, digits)} to {_number(high, digits)}"))
            _add(table, headline, cells)
        console.print(Text(f"{titles.get(scenario, scenario)} ({scenario})", style="bold"))
        console.print(table)
    _print_caveats(folder, console)


def _print_pair(
    console: Console, rows: Sequence[CompareRow], titles: dict[str, str], vary: Mapping[str, Any] | None
) -> None:
    """Print one comparison."""
    a, b = rows[0].a, rows[0].b
    at = {(row.indicator, row.year): row for row in rows}
    years = headline_years(sorted({row.year for row in rows}))
    table = _table("A", "B", "B - A", "95% interval", "B better")
    for headline in HEADLINES:
        cells = []
        for year in years:
            row = at[headline.name, year]
            pair = rounded_pair(row.mean_a, row.mean_b)
            difference = _number(pair.difference, pair.digits, sign=True)
            interval = "-"
            if not math.isnan(row.low):
                low, high = rounded_interval(row.low, row.high, pair)
                interval = f"{_number(low, pair.digits)} to {_number(high, pair.digits)}"
            count = row.share_better * row.pairs
            wins = f"{round(count)}" if count == round(count) else f"{count:.1f}"
            numbers = (_number(pair.a, pair.digits), _number(pair.b, pair.digits))
            cells.append((str(year), *numbers, difference, interval, f"{wins} of {row.pairs}"))
        _add(table, headline, cells)
    console.print(Text(f"A  {titles.get(a, a)} ({a})", style="bold"))
    console.print(Text(f"B  {titles.get(b, b)} ({b})", style="bold"))
    console.print(table)
    shared = "Same luck"
    if vary:
        shared += f" and the same draw of {vary['numbers']} numbers and {vary['levers']} strengths"
    notes = [f"B better: in so many pairs of runs with the {shared[0].lower()}{shared[1:]}; a tie counts as half."]
    ratio = at[_PROOF, years[-1]].variance_ratio
    if math.isfinite(ratio):
        notes.append(
            f"{shared} make{'' if vary else 's'} the variance of the difference in unmet care "
            f"{ratio:,.0f} times smaller."
        )
    for note in notes:
        console.print(Text(note))


def _print_origins(console: Console, rows: Sequence[CompareRow]) -> None:
    """Print where a difference comes from, for the headline years, when it has more than one origin."""
    origins = [origin for origin in ORIGINS if origin != "all" and any(row.origin == origin for row in rows)]
    if len(origins) < 2:
        return
    at = {(row.indicator, row.year, row.origin): row for row in rows}
    years = headline_years(sorted({row.year for row in rows}))
    table = _table("B - A", *origins)
    for headline in HEADLINES:
        cells = []
        for year in years:
            whole = at[headline.name, year, "all"]
            pair = rounded_pair(whole.mean_a, whole.mean_b)
            parts = [at[headline.name, year, origin].difference for origin in origins]
            numbers = [_number(part, pair.digits, sign=True) for part in parts]
            cells.append((str(year), _number(pair.difference, pair.digits, sign=True), *numbers))
        _add(table, headline, cells)
    console.print()
    console.print(Text("Where the difference comes from", style="bold"))
    console.print(table)
    console.print(
        Text(
            "Computed: from routes, staff and places in this model. Measured: found elsewhere. Assumed: nobody "
            "found it. Other: settings that are no clause. Switched on in this order; in another, parts may differ."
        )
    )


def _table(*columns: str) -> Table:
    """Return an empty table; the first columns are the indicator and the year."""
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="bold", show_edge=False)
    table.add_column("indicator", min_width=16, max_width=47, overflow="fold")
    table.add_column("year", no_wrap=True)
    for column in columns:
        table.add_column(column, justify="right", no_wrap=True)
    return table


def _add(table: Table, headline: Headline, cells: Iterable[Sequence[str]]) -> None:
    """Add a headline: its label once, and a line for each year beside it."""
    lines = ["\n".join(column) for column in zip(*cells, strict=True)]
    label = _LABELS.get(headline.name, headline.label_en)
    unit = _UNITS.get(headline.unit, headline.unit)
    table.add_row(Text(f"{label}, {unit}" if unit else label), *(Text(line) for line in lines))


def _print_caveats(folder: str | Path, console: Console) -> None:
    """Print what to beware of, in one paragraph."""
    caveats = [str(text).rstrip(".") for text in read_manifest(folder).get("caveats", ())]
    if caveats:
        console.print()
        console.print(Text("Beware: " + "; ".join(caveats) + "."))


def _number(number: Decimal | float, digits: int, sign: bool = False) -> str:
    """Return a number with a plain minus, which every terminal can show and every program can read."""
    return en(number, digits, sign).replace("−", "-")


def _titles(folder: str | Path) -> dict[str, str]:
    """Return the English titles of the scenarios."""
    entries = read_manifest(folder).get("scenarios", ())
    return {str(entry["id"]): str(entry.get("title_en") or entry["id"]) for entry in entries}
