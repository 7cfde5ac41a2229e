"""The figure of one headline over the years, and the look that all figures share.

Drawn on `Figure` objects, without the global state of pyplot.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.ticker import FuncFormatter, MaxNLocator

from krimpsim.inputs.register import VILLAGES_CAVEAT
from krimpsim.outputs.headlines import Headline
from krimpsim.population.schema import F64, I64
from krimpsim.report.findings import FEW_RUNS, shown_pair
from krimpsim.report.numbers import capital, joined, nl, rounded_pair
from krimpsim.report.page_words import scope, year_words
from krimpsim.report.runset import RunSet, Scenario

COLOUR_A, COLOUR_B, COLOUR_DIFFERENCE = "#5b6770", "#00677f", "#5a3789"
INK, SOFT, GRID = "#1b262c", "#4b565e", "#d5dbdf"
UNITS = {
    "h per 100 h needed": ("uur van elke 100 uur zorg die nodig is", "hours of every 100 hours needed"),
    "h/week": ("uur per week", "hours a week"),
    "persons": ("mensen", "persons"),
    "per 100 persons": ("van elke 100 mensen", "of every 100 persons"),
    "1": ("aantal", "number"),
    "villages": ("dorpen", "villages"),
    "nights/year": ("nachten per jaar, alle dorpen samen", "nights a year, all villages together"),
    "km/year": ("kilometer per jaar", "kilometres a year"),
    "EUR/year": ("euro per jaar, prijzen van 2013", "euros a year, prices of 2013"),
}
KEY: dict[str, Any] = {"frameon": False, "fontsize": 9, "handlelength": 1.2, "borderpad": 0}  #: of a legend
BANDS = ((5, 95, 0.16), (25, 75, 0.28))  #: percentiles, and how dark
DPI = 150
_NOTE_LINES = 4  #: of text that fit under a figure; with more it grows
STYLE: dict[Any, Any] = {
    "font.family": "DejaVu Sans",
    "font.size": 10,
    "axes.edgecolor": SOFT,
    "axes.labelcolor": SOFT,
    "text.color": INK,
    "xtick.color": SOFT,
    "ytick.color": SOFT,
    "svg.fonttype": "path",
    "svg.hashsalt": "krimpsim",
    "text.hinting": "no_hinting",
    "figure.dpi": DPI,
}


@dataclass(frozen=True, slots=True)
class Drawing:
    """A figure on disk.

    Parameters
    ----------
    name
        File name without ending; ``.png`` and ``.svg`` stand next to each other.
    headline
        Headline that it shows; None for the map.
    alt
        What it shows, in Dutch, for those who cannot see it.
    """

    name: str
    headline: str | None
    alt: str


def fan_figure(runs: RunSet, headline: Headline, b: Scenario | None) -> Figure:
    """Return the figure of one headline: the spread of the replicates, and below it the paired difference."""
    years, of_a, of_b = runs.pair(b or runs.a, headline.name)
    note = _wrapped(_fan_note(runs, len(of_a), b))
    room = 0.15 * max(0, len(note) - _NOTE_LINES)
    height = (6.6 if b else 5.0) + room
    figure = Figure(figsize=(6.4, height))
    top = _titles(figure, headline)
    grid = figure.add_gridspec(
        2 if b else 1,
        1,
        height_ratios=(3.0, 1.25) if b else (1.0,),
        left=0.165,
        right=0.745,
        top=top - 0.3 / height,
        bottom=(1.05 + room) / height,
        hspace=0.42,
    )
    axes = figure.add_subplot(grid[0])
    _fan(axes, years, of_a, COLOUR_A, "--" if b else "-")
    if b is not None:
        _fan(axes, years, of_b, COLOUR_B, "-")
    _limits(axes, [of_a, of_b])
    _year_axis(axes, years)
    _number_axis(axes)
    of_unit: tuple[str, ...] = UNITS.get(headline.unit, (headline.unit,))
    if any(runs.months[int(year)] < 12 for year in (years[0], years[-1])):
        of_unit = tuple(text.replace("per jaar", "in die tijd").replace("a year", "in that time") for text in of_unit)
    units = [part for text in of_unit for part in textwrap.wrap(text, 44)]
    axes.set_ylabel("\n".join(units), fontsize=8.5, linespacing=1.3)
    last_a, last_b = float(of_a[:, -1].mean()), float(of_b[:, -1].mean())
    pair = rounded_pair(last_a, last_b)
    if b is not None:
        pair = shown_pair(runs.difference(b, headline.name, int(years[-1])))
    labels = [_Label(last_a, f"A  {nl(pair.a, pair.digits)}", runs.a.title_nl, COLOUR_A)]
    if b is None:
        labels[0].number = nl(pair.a, pair.digits)
    else:
        labels.append(_Label(last_b, f"B  {nl(pair.b, pair.digits)}", b.title_nl, COLOUR_B))
        below = figure.add_subplot(grid[1])
        _fan(below, years, of_b - of_a, COLOUR_DIFFERENCE, "-")
        below.axhline(0, color=SOFT, linewidth=0.8)
        _limits(below, [of_b - of_a])
        _year_axis(below, years)
        _number_axis(below, bins=4)
        dutch, english = ("onder", "below") if headline.lower_is_better else ("boven", "above")
        title = f"Verschil B − A ({dutch} 0: B beter)  ·  Difference ({english} 0: B better)"
        below.set_title(title, loc="left", fontsize=9, color=INK, pad=6, x=-0.17)
        difference = nl(pair.difference, pair.digits, sign=True)
        mean = float((of_b - of_a)[:, -1].mean())
        _end_labels(figure, below, [_Label(mean, difference, "verschil", COLOUR_DIFFERENCE)])
    _end_labels(figure, axes, labels)
    footnote(figure, note)
    return figure


def _titles(figure: Figure, headline: Headline) -> float:
    """Write the Dutch title and the English line under it, wrapped to the width; return where they end."""
    title = textwrap.wrap(capital(headline.label_nl), 50)
    below = textwrap.wrap(capital(headline.label_en), 74)
    height = figure.get_figheight()
    start = 1 - 0.15 / height
    figure.text(0.03, start, "\n".join(title), fontsize=13, fontweight="bold", va="top", linespacing=1.15)
    middle = start - (0.23 * len(title) + 0.06) / height
    figure.text(0.03, middle, "\n".join(below), fontsize=9.5, color=SOFT, va="top", linespacing=1.2)
    return middle - 0.17 * len(below) / height


def _fan(axes: Axes, years: I64, values: F64, colour: str, style: str) -> None:
    """Draw the bands of the replicates and their mean."""
    if len(values) > 1:
        for low, high, dark in BANDS if len(values) >= FEW_RUNS else ((0, 100, BANDS[0][2]),):
            edges = np.percentile(values, (low, high), axis=0)
            axes.fill_between(years, edges[0], edges[1], color=colour, alpha=dark, linewidth=0)
    marker = "o" if len(years) < 4 else ""
    axes.plot(
        years,
        values.mean(axis=0),
        color=colour,
        linestyle=style,
        linewidth=2.2,
        marker=marker,
        markersize=5,
        clip_on=False,
    )


def _limits(axes: Axes, series: Sequence[F64]) -> None:
    """Set the limits of the numbers: they hold zero, so that heights can be compared."""
    edges = np.concatenate([np.percentile(values, (2, 98), axis=0).ravel() for values in series])
    low, high = min(float(edges.min()), 0.0), max(float(edges.max()), 0.0)
    if low == high:
        high = 1.0
    room = 0.06 * (high - low)
    axes.set_ylim(low - (room if low < 0 else 0), high + (room if high > 0 else 0))


def _year_axis(axes: Axes, years: I64) -> None:
    first, last = int(years[0]), int(years[-1])
    axes.set_xlim(first - (0.5 if first == last else 0), last + (0.5 if first == last else 0))
    step = next(step for step in (1, 2, 5, 10) if (last - first) / step <= 7 or step == 10)
    axes.set_xticks([year for year in range(first, last + 1) if year % step == 0] or [first])
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(axis="x", length=4, labelsize=9.5)


def _number_axis(axes: Axes, bins: int = 6) -> None:
    axes.yaxis.set_major_locator(MaxNLocator(bins, steps=[1, 2, 5, 10]))
    ticks = axes.get_yticks()
    step = float(ticks[1] - ticks[0]) if len(ticks) > 1 else 1.0
    digits = max(0, min(3, math.ceil(-math.log10(step) - 1e-9)))
    top = float(np.abs(ticks).max())
    scale, word = (1e6, " mln") if top >= 2e6 else (1.0, "")
    if scale > 1:
        digits = max(0, min(3, math.ceil(-math.log10(step / scale) - 1e-9)))
    axes.yaxis.set_major_formatter(FuncFormatter(lambda value, _: nl(value / scale, digits) + word))
    axes.tick_params(axis="y", length=0, labelsize=9.5)
    axes.grid(axis="y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


@dataclass(slots=True)
class _Label:
    """What stands at the end of a line: a number, in bold, and words under it."""

    value: float
    number: str
    words: str
    colour: str


def _end_labels(figure: Figure, axes: Axes, labels: Sequence[_Label]) -> None:
    """Write the labels beside the ends of their lines, moved apart so that they do not touch."""
    box = axes.get_position()
    height = figure.get_figheight()
    low, high = axes.get_ylim()
    number, line = 0.2 / height, 0.155 / height  # of one line of text, in parts of the figure
    texts = [textwrap.wrap(label.words, 18) for label in labels]
    sizes = [number + line * len(text) for text in texts]
    ends = [box.y0 + (label.value - low) / (high - low) * box.height for label in labels]
    middles = spread(ends, sizes, 0.07 / height, box.y0 - 0.15 / height, box.y1 + 0.15 / height)
    for label, text, size, end, middle in zip(labels, texts, sizes, ends, middles, strict=True):
        top = middle + size / 2
        if abs(middle - end) > 0.08 / height:
            connector = Line2D((box.x1 + 0.006, box.x1 + 0.024), (end, middle), color=label.colour, linewidth=0.8)
            figure.add_artist(connector)
        figure.text(box.x1 + 0.03, top, label.number, color=label.colour, fontsize=11, fontweight="bold", va="top")
        words = "\n".join(text)
        figure.text(box.x1 + 0.03, top - number, words, color=label.colour, fontsize=8.5, va="top", linespacing=1.2)


def spread(wanted: Sequence[float], sizes: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return middles as near as can be to those wanted, such that blocks of these sizes do not overlap.

    Parameters
    ----------
    wanted, sizes
        Middle and size of each block.
    gap
        Space between two blocks.
    low, high
        The blocks stay between these, if they fit.
    """
    order = sorted(range(len(wanted)), key=lambda i: wanted[i])
    result = [0.0] * len(wanted)
    floor = low
    for i in order:
        result[i] = max(wanted[i], floor + sizes[i] / 2)
        floor = result[i] + sizes[i] / 2 + gap
    ceiling = high
    for i in reversed(order):
        result[i] = min(result[i], ceiling - sizes[i] / 2)
        ceiling = result[i] - sizes[i] / 2 - gap
    return result


def _fan_note(runs: RunSet, n: int, b: Scenario | None) -> list[str]:
    """Return the lines under a figure: what the bands are, and what to beware of."""
    each = "per toekomst" if b else ""
    lines = []
    if n > 1:
        bands = "Band: van de laagste tot de hoogste doorrekening."
        if n >= FEW_RUNS:
            bands = (
                f"Lichte band: {round(0.9 * n)} van de {n} doorrekeningen; donkere band: {round(0.5 * n)} van de {n}."
            )
        lines.append(f"Lijn: gemiddelde. {bands}")
    parts = [year for year in (int(runs.years[0]), int(runs.years[-1])) if runs.months[year] < 12]
    if parts:
        lines.append(f"{joined([year_words(runs, year) for year in dict.fromkeys(parts)])}: niet het hele jaar.")
    uncalibrated = "" if runs.is_calibrated else " · nog niet gekalibreerd"
    lines.append(
        f"{n} doorrekening{'en' if n > 1 else ''} {each}".rstrip()
        + (" · elk met andere aannames" if runs.vary else "")
        + f"{uncalibrated} · {scope(runs)} · een model, geen voorspelling."
    )
    lines.append(
        f"{VILLAGES_CAVEAT} · {n} replicate{'s' if n > 1 else ''}"
        + ("" if runs.is_calibrated else " · before calibration")
    )
    return lines


def _wrapped(lines: Iterable[str]) -> list[str]:
    return [part for line in lines for part in textwrap.wrap(line, 92)]


def footnote(figure: Figure, lines: Iterable[str]) -> None:
    """Write lines under a figure, wrapped to its width."""
    text = "\n".join(_wrapped(lines))
    figure.text(0.03, 0.018, text, fontsize=8, color=SOFT, va="bottom", linespacing=1.3)


def save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG and as SVG; the same figure gives the same bytes."""
    FigureCanvasAgg(figure)
    figure.savefig(path.with_name(path.name + ".png"), dpi=DPI, metadata={"Software": None}, facecolor="white")
    figure.savefig(path.with_name(path.name + ".svg"), metadata={"Date": None, "Creator": None}, facecolor="white")
