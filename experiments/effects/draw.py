"""The pictures of effects: a matrix of scenarios against outcomes, and the years of `today` beside the evidence."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import matplotlib as mpl
import numpy as np
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.colors import LinearSegmentedColormap
from matplotlib.figure import Figure

from krimpsim.population.schema import F64, I64
from krimpsim.report.figures import COLOUR_B, COLOUR_DIFFERENCE, GRID, INK, SOFT

if TYPE_CHECKING:
    from effects import Effect

MOST = 3.0  #: standard deviations at which the colour is full
WORSE, BETTER, NEUTRAL = "#c8562b", "#00677f", "#6b5b95"
NOTHING = "·"  #: exactly no difference in any pair


def _scale(colour: str) -> LinearSegmentedColormap:
    return LinearSegmentedColormap.from_list(colour, ["#ffffff", colour])


def cell(effect: Effect, lower_is_better: bool | None) -> tuple[str, str]:
    """Return colour and text of a cell: a mark for exactly nothing, blank where chance could do it."""
    if effect.zero == effect.pairs:
        return "#ffffff", NOTHING
    if effect.is_luck:
        return "#ffffff", ""
    strength = min(abs(effect.standardised) / MOST, 1.0)
    colour = NEUTRAL
    if lower_is_better is not None:
        colour = BETTER if (effect.difference < 0) == lower_is_better else WORSE
    shown = mpl.colors.to_hex(_scale(colour)(0.15 + 0.85 * strength))
    size = abs(effect.difference)
    if size >= 1000:
        return shown, f"{effect.difference / 1000:+,.0f}k"
    return shown, f"{effect.difference:+.0f}" if size >= 10 else f"{effect.difference:+.2g}"


def draw_effects(
    effects: Sequence[Effect], outcomes: Sequence[str], good: Mapping[str, bool | None], path: Path
) -> None:
    """Draw what each scenario (a row) does to each outcome (a column) in a year."""
    rows = list(dict.fromkeys((one.base, one.scenario) for one in effects))
    at = {(one.scenario, one.outcome): one for one in effects}
    figure = Figure(figsize=(0.62 * len(outcomes) + 3.2, 0.28 * len(rows) + 3.6), layout="constrained")
    axes = figure.add_subplot()
    for i, (_, scenario) in enumerate(rows):
        for j, outcome in enumerate(outcomes):
            colour, text = cell(at[scenario, outcome], good[outcome])
            axes.fill_between([j - 0.5, j + 0.5], i - 0.5, i + 0.5, color=colour, linewidth=0)
            strong = abs(at[scenario, outcome].standardised) > 0.6 * MOST
            ink = SOFT if text == NOTHING else "white" if strong else INK
            axes.text(j, i, text, ha="center", va="center", fontsize=6.5, color=ink)
    for i, ((base, _), (other, _)) in enumerate(pairwise(rows)):
        if base != other:
            axes.axhline(i + 0.5, color=INK, linewidth=1)
    axes.set_xlim(-0.5, len(outcomes) - 0.5)
    axes.set_ylim(len(rows) - 0.5, -0.5)
    axes.set_xticks(range(len(outcomes)), outcomes, rotation=55, ha="left", fontsize=8)
    axes.xaxis.tick_top()
    axes.set_yticks(range(len(rows)), [scenario for _, scenario in rows], fontsize=8)
    axes.tick_params(length=0)
    axes.set_xticks(np.arange(len(outcomes) - 1) + 0.5, minor=True)
    axes.set_yticks(np.arange(len(rows) - 1) + 0.5, minor=True)
    axes.grid(which="minor", color=GRID, linewidth=0.5)
    axes.tick_params(which="minor", length=0)
    axes.spines[:].set_visible(False)
    one = effects[0]
    axes.set_xlabel(
        f"Difference in {one.year}, {one.pairs} pairs; above the line against today, below it each clause alone\n"
        f"against no cooperation. Blue-green: better, orange: worse, purple: neither; full: {MOST:g} deviations\n"
        f"(standard, of the base). Blank: chance could do it. {NOTHING} exactly nothing in any pair.",
        fontsize=8,
        color=SOFT,
        loc="left",
    )
    _save(figure, path)


def draw_today(years: I64, series: Mapping[str, F64], labels: Mapping[str, str], folder: Path) -> None:
    """Draw the years of `today`, mean and nine of ten runs, with the evidence and its range on top."""
    with (folder / "evidence.csv").open(encoding="utf-8", newline="") as file:
        evidence = list(csv.DictReader(file))
    figure = Figure(figsize=(11, 9.4), layout="constrained")
    for axes, (key, values) in zip(figure.subplots(3, 3).flat, series.items(), strict=True):
        low, high = np.percentile(values, (5, 95), axis=0)
        axes.fill_between(years, low, high, color=COLOUR_B, alpha=0.2, linewidth=0)
        axes.plot(years, values.mean(axis=0), color=COLOUR_B, linewidth=1.8)
        for row in (one for one in evidence if one["series"] == key):
            year, value, least, most = (float(row[name]) for name in ("year", "value", "low", "high"))
            axes.plot([year, year], [least, most], color=COLOUR_DIFFERENCE, linewidth=2.5, solid_capstyle="butt")
            axes.plot(year, value, "o", color=COLOUR_DIFFERENCE, markersize=5)
        axes.set_title(labels[key], fontsize=9.5, loc="left", color=INK)
        axes.grid(color=GRID, linewidth=0.6)
        axes.set_axisbelow(True)
        axes.spines[["top", "right"]].set_visible(False)
        axes.tick_params(labelsize=8)
        axes.set_ylim(bottom=min(0, float(low.min())))
    figure.supxlabel(
        f"As today, {len(next(iter(series.values())))} runs: mean, and nine of ten runs. Purple: evidence with its "
        "range (evidence.csv); none where nothing is known.",
        fontsize=9,
        color=SOFT,
    )
    _save(figure, folder / "today.png")


def _save(figure: Figure, path: Path) -> None:
    """Write a figure; the same figure gives the same bytes."""
    FigureCanvasAgg(figure)
    figure.savefig(path, dpi=130, metadata={"Software": None}, facecolor="white")
