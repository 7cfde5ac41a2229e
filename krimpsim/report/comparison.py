"""Scenarios of an experiment side by side, in the terminal and as figures: differences, regret and criteria.

Titles are Dutch with an English line, as in the other figures.  Tables come from `krimpsim.experiments.comparison`.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterator
from typing import Any

import matplotlib as mpl
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator
from rich.console import Console
from rich.table import Table

from krimpsim.experiments.analysis import Analysis
from krimpsim.experiments.comparison import HIGH_REGRET
from krimpsim.outputs.headlines import INDICATORS
from krimpsim.outputs.store import REGION_TABLE_COLUMNS
from krimpsim.report.figures import (
    COLOUR_A,
    COLOUR_B,
    COLOUR_DIFFERENCE,
    GRID,
    INK,
    SOFT,
    STYLE,
    Drawing,
    footnote,
    save,
)
from krimpsim.report.numbers import capital, nl

WIDTH, ROW = 7.2, 0.36  #: inch: a figure, and a scenario in it
_LEFT, _RIGHT = 0.30, 0.79  # of the axes, as shares of the width
_MANY = 1e6  # a ratio that is as good as endless


def print_scenarios(found: Analysis, console: Console) -> None:
    """Print the tables of a comparison, the one of each point left out."""
    if "differences" in found.tables:
        table = found.tables["differences"]
        shown = Table("scenario", "indicator", "difference", "95% interval", "better in", "same luck", "and same point")
        for row in table.to_dict("records"):
            interval = f"{_number(row['low'])} to {_number(row['high'])}" if math.isfinite(row["low"]) else "-"
            known = not pd.isna(row["pairs_better"])
            ties = f", {row['pairs_equal']} equal" if row["pairs_equal"] else ""
            wins = f"{row['pairs_better']} of {row['pairs']}{ties}" if known else "-"
            ratios = [_times(row[f"variance_ratio{end}"]) for end in ("_by_luck", "")]
            shown.add_row(row["scenario"], row["indicator"], _number(row["difference"]), interval, wins, *ratios)
        console.print(shown)
        first = table.iloc[0]
        console.print(
            f"Each scenario minus '{first['against']}', in pairs with the same point and the same luck; interval: "
            f"{first['interval']}."
        )
        console.print("Same luck, and same point: so many times smaller is the variance of the difference by pairing.")
    if "regret" in found.tables:
        shown = Table("scenario", "indicator", "regret: mean", f"{HIGH_REGRET}th percentile", "highest", "best in")
        for row in found.tables["regret"].to_dict("records"):
            numbers = [_number(row[name]) for name in ("mean", f"p{HIGH_REGRET}", "max")]
            shown.add_row(row["scenario"], row["indicator"], *numbers, f"{100 * row['share_best']:.0f}% of points")
        console.print(shown)
        console.print("Regret: how far a scenario is from the best one at the same point.")
    if "criteria" in found.tables:
        shown = Table("scenario", "criterion", "that is", "met in points", "met in runs")
        for row in found.tables["criteria"].to_dict("records"):
            shares = [f"{100 * row[name]:.0f}%" for name in ("share_points", "share_runs")]
            shown.add_row(row["scenario"], row["criterion"], row["means"], *shares)
        console.print(shown)


def _number(value: float) -> str:
    """Return four digits, or all before the point when there are more."""
    return f"{value:.4g}" if abs(value) < 1e4 else f"{value:,.0f}"


def _times(ratio: float) -> str:
    if ratio > _MANY:
        return f"over {_MANY:,.0f} times"
    return f"{ratio:,.1f} times" if math.isfinite(ratio) else "-"


def draw_scenarios(found: Analysis) -> list[Drawing]:
    """Draw differences and regret beside their tables, each as PNG and as SVG, and return the figures."""
    drawings = []
    with mpl.rc_context(STYLE):
        for name, draw in (("differences", difference_figure), ("regret", regret_figure)):
            if name in found.tables:
                save(draw(found), found.folder / name)
                drawings.append(Drawing(name, None, _ALT[name]))
    return drawings


_ALT = {
    "differences": "Het verschil tussen elke toekomst en de eerste, met het interval. De getallen staan in de tabel.",
    "regret": "Hoe ver elke toekomst van de beste af is. De getallen staan in de tabel.",
}


def difference_figure(found: Analysis) -> Figure:
    """Return the paired differences: per indicator a panel of its own scale, per scenario a line."""
    table = found.tables["differences"]
    first = table.iloc[0]
    against = _titles(found)[first["against"]]
    figure, panels = _panels(
        found, table, f"Wat is het verschil met “{against}”?", "Paired differences, with 95% intervals."
    )
    for axes, rows in panels:
        for at, row in enumerate(rows):
            axes.hlines(at, row["points_p5"], row["points_p95"], color=COLOUR_DIFFERENCE, alpha=0.3, linewidth=7)
            if math.isfinite(row["low"]):
                axes.hlines(at, row["low"], row["high"], color=INK, linewidth=1.6)
                axes.vlines([row["low"], row["high"]], at - 0.14, at + 0.14, color=INK, linewidth=1.6)
            axes.plot(row["difference"], at, "o", color=COLOUR_DIFFERENCE, markersize=6)
            if not pd.isna(row["pairs_better"]):
                equal = f"\n(gelijk: {row['pairs_equal']})" if row["pairs_equal"] else ""
                _beside(axes, at, f"beter in {nl(row['pairs_better'], 0)} van {nl(row['pairs'], 0)}{equal}")
        axes.axvline(0, color=SOFT, linewidth=1.0)
        low, high = axes.get_xlim()
        axes.set_xlim(min(low, 0.0), max(high, 0.0))
    points = ""
    if first["points"] > 1:
        points = f" Band: 9 van de 10 punten. Een punt is één keuze voor wat we niet zeker weten ({first['points']})."
    _notes(figure, f"Stip: gemiddeld verschil. Streep: 95%-interval ({first['interval']}).{points}", first)
    return figure


def regret_figure(found: Analysis) -> Figure:
    """Return the regret: per indicator a panel of its own scale, per scenario a bar of the mean and two marks."""
    table = found.tables["regret"]
    figure, panels = _panels(
        found, table, "Hoeveel slechter dan de beste toekomst?", "Regret: distance to the best scenario at a point."
    )
    for axes, rows in panels:
        for at, row in enumerate(rows):
            axes.barh(at, row["mean"], height=0.5, color=COLOUR_B, linewidth=0)
            axes.plot(row["max"], at, "o", color=COLOUR_A, markersize=5, clip_on=False)
            axes.plot(row[f"p{HIGH_REGRET}"], at, "|", color=INK, markersize=12, markeredgewidth=2, clip_on=False)
            _beside(axes, at, f"de beste in {nl(100 * row['share_best'], 0)}%")
        axes.set_xlim(0, None)
    what = "Balk: gemiddeld. Streepje: in 9 van de 10 punten minder. Stip: het meest. Een punt is één keuze voor wat "
    first = table.iloc[0]
    _notes(figure, f"{what}we niet zeker weten ({first['points']}). Gelijke besten tellen allebei.", first)
    return figure


def _panels(
    found: Analysis, table: pd.DataFrame, dutch: str, english: str
) -> tuple[Figure, Iterator[tuple[Axes, list[dict[str, Any]]]]]:
    """Return a figure with its titles, and an iterator over its panels and the rows that go in."""
    parts = [
        (str(name), [{str(key): value for key, value in row.items()} for row in rows.to_dict("records")])
        for name, rows in table.groupby("indicator", sort=False)
    ]
    heights = [0.62 + ROW * len(rows) for _, rows in parts]
    height = 0.95 + sum(heights) + 0.95
    figure = Figure(figsize=(WIDTH, height))
    figure.text(0.03, 1 - 0.15 / height, dutch, fontsize=13, fontweight="bold", va="top")
    figure.text(0.03, 1 - 0.45 / height, english, fontsize=9.5, color=SOFT, va="top")
    titles = _titles(found)
    labels = {column.name: column.label_nl for column in REGION_TABLE_COLUMNS}
    labels |= {headline.name: headline.label_nl for headline in INDICATORS}

    def panels() -> Iterator[tuple[Axes, list[dict[str, Any]]]]:
        top = height - 0.95
        for (name, rows), tall in zip(parts, heights, strict=True):
            axes = figure.add_axes((_LEFT, (top - tall + 0.36) / height, _RIGHT - _LEFT, ROW * len(rows) / height))
            words = f"{capital(labels[found.of[name]])} ({name}; {_better(rows[0]['better'])})"
            figure.text(0.03, (top - 0.04) / height, words, fontsize=9.5, va="top", fontweight="bold")
            yield axes, rows
            axes.set_ylim(len(rows) - 0.5, -0.5)
            axes.set_yticks(
                range(len(rows)), ["\n".join(textwrap.wrap(titles[row["scenario"]], 30)) for row in rows], fontsize=8.5
            )
            axes.xaxis.set_major_locator(MaxNLocator(4, steps=[1, 2, 2.5, 5, 10]))
            axes.xaxis.set_major_formatter(FuncFormatter(_tick))
            axes.tick_params(axis="x", labelsize=8)
            axes.tick_params(axis="y", length=0)
            axes.grid(axis="x", color=GRID, linewidth=0.8)
            axes.set_axisbelow(True)
            axes.spines[["top", "right", "left"]].set_visible(False)
            top -= tall

    return figure, panels()


def _tick(value: float, _: object) -> str:
    """Return a number on an axis: as many decimals as it has, five at most."""
    text = f"{abs(value):.5f}".rstrip("0").partition(".")[2]
    return nl(value, len(text))


def _beside(axes: Axes, at: float, text: str) -> None:
    axes.text(1.02, at, text, transform=axes.get_yaxis_transform(), fontsize=8.5, va="center", linespacing=1.1)


def _better(direction: str) -> str:
    return {"lower": "lager is beter", "higher": "hoger is beter"}.get(direction, "geen richting")


def _titles(found: Analysis) -> dict[str, str]:
    """Return what readers see of the scenarios: titles, or names where titles are not their own."""
    if len(set(found.titles.values())) < len(found.titles):
        return {name: name for name in found.titles}
    return found.titles


def _notes(figure: Figure, text: str, row: pd.Series[Any]) -> None:
    failed = f", {row['failed_runs']} mislukt" if row["failed_runs"] else ""
    runs = f"{nl(row['runs'], 0)} doorrekeningen{failed}: {row['points']} × R = {row['R']}, toeval {row['seeds']}"
    footnote(figure, [text, f"{runs}; ontwerp {row['design_hash']}."])
