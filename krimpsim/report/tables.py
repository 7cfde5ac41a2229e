"""The results in the terminal: one line per headline and year, for 80 columns and more."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from decimal import Decimal
from pathlib import Path

import numpy as np
from rich.console import Console
from rich.table import Table
from rich.text import Text

from krimpsim.core.errors import DataError
from krimpsim.inputs.tables import load_tables
from krimpsim.outputs.compare import ORIGINS, CompareRow, read_compare
from krimpsim.outputs.headlines import HEADLINES, Headline
from krimpsim.report.findings import FEW_RUNS, RULE_EN, counted, findings, shown_interval, shown_pair
from krimpsim.report.numbers import digits_for, en
from krimpsim.report.runset import RunSet, Scenario

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
    runs = RunSet(folder)
    for b in runs.others:
        _print_pair(runs, b, console)
        _print_origins(runs, b, console, every)
    _print_scope(runs, console)
    _print_caveats(runs, console)
    for b in runs.others:
        _print_findings(runs, b, console)


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
    runs = RunSet(folder)
    n = runs.replicates
    head = ["9 of 10 runs between" if n >= FEW_RUNS else f"lowest to highest of {n}"] if n > 1 else []
    for scenario in runs.scenarios:
        table = _table("mean", *head)
        for headline in HEADLINES:
            cells = []
            for year in runs.headline_years:
                values = runs.values(scenario, headline.name)[:, int(np.searchsorted(runs.years, year))]
                edges = np.percentile(values, (5, 95) if n >= FEW_RUNS else (0, 100))
                mean, low, high = (float(one) for one in (values.mean(), *edges))
                digits = digits_for(mean, low, high)
                spread = [f"{_number(low, digits)} to {_number(high, digits)}"] if n > 1 else []
                cells.append((_year(runs, year), _number(mean, digits), *spread))
            _add(table, runs, headline, cells)
        console.print(Text(f"{scenario.title_en} ({scenario.id})", style="bold"))
        console.print(table)
    _print_scope(runs, console)
    _print_caveats(runs, console)


def _year(runs: RunSet, year: int) -> str:
    """Return a year, and how many months it has here when it is not whole."""
    n = runs.months[year]
    return str(year) if n == 12 else f"{year} ({n} month{'s' if n > 1 else ''})"


def _print_scope(runs: RunSet, console: Console) -> None:
    """Print of whom the numbers are, and how much of a year they hold."""
    residents = sum(float(group.residents[runs.a.id][:, 0].mean()) for group in runs.groups)
    n = runs.n_villages
    said = f"Of the residents of {n} village{'s' if n > 1 else ''}: {residents:,.0f} in {int(runs.years[0])}"
    if n == len(load_tables().village_names):
        said += ", about half of municipality Borger-Odoorn and a fifth of Aa en Hunze"
    console.print()
    console.print(Text(said + "."))
    if any(m < 12 for m in runs.months.values()):
        console.print(Text("A year that is not whole counts its months only: nights, km and EUR are sums over them."))


def _print_pair(runs: RunSet, b: Scenario, console: Console) -> None:
    """Print one comparison."""
    table = _table("A", "B", "B - A", "95% interval", "better/equal/worse")
    for headline in HEADLINES:
        cells = []
        for year in runs.headline_years:
            found = runs.difference(b, headline.name, year)
            pair = shown_pair(found)
            difference = _number(pair.difference, pair.digits, sign=True)
            interval = "-"
            if not math.isnan(found.low):
                low, high, digits = shown_interval(found, pair)
                interval = f"{_number(low, digits)} to {_number(high, digits)}"
            numbers = (_number(pair.a, pair.digits), _number(pair.b, pair.digits))
            counts = "/".join(map(str, counted(found)))
            cells.append((_year(runs, year), *numbers, difference, interval, counts))
        _add(table, runs, headline, cells)
    console.print(Text(f"A  {runs.a.title_en} ({runs.a.id})", style="bold"))
    console.print(Text(f"B  {b.title_en} ({b.id})", style="bold"))
    console.print(table)
    shared = "Same luck"
    if runs.vary:
        shared += f" and the same draw of {runs.vary['numbers']} numbers and {runs.vary['levers']} strengths"
    notes = [f"better/equal/worse: B in so many pairs of runs with the {shared[0].lower()}{shared[1:]}."]
    ratio = runs.difference(b, _PROOF, runs.headline_years[-1]).variance_ratio
    if math.isfinite(ratio):
        notes.append(
            f"{shared} make{'' if runs.vary else 's'} the variance of the difference in unmet care "
            f"{ratio:,.0f} times smaller."
        )
    for note in notes:
        console.print(Text(note))


def _print_findings(runs: RunSet, b: Scenario, console: Console) -> None:
    """Print what differs clearly in the last headline year, by the rule of the page."""
    console.print()
    console.print(Text(f"What differs in B, {b.id} ({RULE_EN})", style="bold"))
    for line in findings(runs, b, runs.headline_years[-1]).lines_en():
        console.print(Text(line))


def _print_origins(runs: RunSet, b: Scenario, console: Console, every: Sequence[CompareRow]) -> None:
    """Print where a difference comes from, for the headline years, when it has more than one origin."""
    rows = [row for row in every if row.b == b.id]
    origins = [origin for origin in ORIGINS if origin != "all" and any(row.origin == origin for row in rows)]
    if len(origins) < 2:
        return
    at = {(row.indicator, row.year, row.origin): row for row in rows}
    table = _table("B - A", *origins)
    for headline in HEADLINES:
        cells = []
        for year in runs.headline_years:
            pair = shown_pair(runs.difference(b, headline.name, year))
            lost = [origin for origin in origins if (headline.name, year, origin) not in at]
            if lost:
                path = runs.folder / "compare.csv"
                raise DataError(f"{path}  lacks {headline.name} in {year} ({lost[0]}); run the comparison again")
            parts = [at[headline.name, year, origin].difference for origin in origins]
            numbers = [_number(part, pair.digits, sign=True) for part in parts]
            cells.append((_year(runs, year), _number(pair.difference, pair.digits, sign=True), *numbers))
        _add(table, runs, headline, cells)
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


def _add(table: Table, runs: RunSet, headline: Headline, cells: Iterable[Sequence[str]]) -> None:
    """Add a headline: its label once, and a line for each year beside it; no amount is called that of a whole year."""
    lines = ["\n".join(column) for column in zip(*cells, strict=True)]
    label = _LABELS.get(headline.name, headline.label_en)
    unit = _UNITS.get(headline.unit, headline.unit)
    if runs.holds_part_years:
        unit = unit.removesuffix("/year").replace("a year", "")
    table.add_row(Text(f"{label}, {unit}" if unit else label), *(Text(line) for line in lines))


def _print_caveats(runs: RunSet, console: Console) -> None:
    """Print what to beware of, in one paragraph."""
    caveats = [text.rstrip(".") for text in runs.caveats]
    if caveats:
        console.print()
        console.print(Text("Beware: " + "; ".join(caveats) + "."))


def _number(number: Decimal | float, digits: int, sign: bool = False) -> str:
    """Return a number with a plain minus, which every terminal can show and every program can read."""
    return en(number, digits, sign).replace("−", "-")
