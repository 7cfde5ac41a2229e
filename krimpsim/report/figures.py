"""The figures: one per headline indicator, and a map of the villages.

Drawn on `Figure` objects, without the global state of pyplot.
"""

from __future__ import annotations

import itertools
import math
import textwrap
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch
from matplotlib.ticker import FuncFormatter, MaxNLocator

from krimpsim.inputs.register import VILLAGES_CAVEAT
from krimpsim.inputs.tables import MUNICIPALITIES, load_tables
from krimpsim.outputs.indicators import F64, HEADLINES, I64, Headline
from krimpsim.outputs.store import SMALL_VILLAGE
from krimpsim.report.findings import verdict
from krimpsim.report.runset import (
    Group,
    RunSet,
    Scenario,
    digits_for,
    dutch_name,
    nl,
    rounded_pair,
)

COLOUR_A, COLOUR_B, COLOUR_DIFFERENCE = "#5b6770", "#00677f", "#5a3789"
INK, SOFT, GRID = "#1b262c", "#4b565e", "#d5dbdf"
CLASS_COLOURS = ("#fff3d6", "#fdd08a", "#f29b4b", "#c8562b", "#7a1f1a")
VERDICTS = {
    "better": ("beter", "better", "#0b4f7d", "o"),
    "equal": ("gelijk", "equal", "#b9c2c8", "D"),
    "worse": ("slechter", "worse", "#a11d2b", "s"),
    "unclear": ("onzeker", "not clear", "#ffffff", "o"),
}
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
BANDS = ((5, 95, 0.16), (25, 75, 0.28))  #: percentiles, and how dark
DPI = 150
_STYLE: dict[Any, Any] = {
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


def draw_all(runs: RunSet, folder: Path, b: Scenario | None, drawn: Callable[[], None] = lambda: None) -> list[Drawing]:
    """Draw every figure of a comparison, or of the first scenario alone, and return them.

    Parameters
    ----------
    runs
        The run-set.
    folder
        Where the files go; made when it is not there.
    b
        The scenario to compare with the first; None draws the first alone.
    drawn
        Called after each figure.
    """
    folder.mkdir(parents=True, exist_ok=True)
    ending = "" if b is None or len(runs.others) < 2 else f"_{b.id}"
    drawings = []
    for headline in HEADLINES:
        name = headline.name + ending
        with mpl.rc_context(_STYLE):
            _save(fan_figure(runs, headline, b), folder / name)
        drawings.append(Drawing(name, headline.name, _fan_alt(runs, headline, b)))
        drawn()
    with mpl.rc_context(_STYLE):
        figure = map_figure(runs, b)
        if figure is not None:
            _save(figure, folder / f"map{ending}")
            drawings.append(Drawing(f"map{ending}", None, _map_alt(runs, b)))
    drawn()
    return drawings


# --- a headline over the years ----------------------------------------------------------------------------------


def fan_figure(runs: RunSet, headline: Headline, b: Scenario | None) -> Figure:
    """Return the figure of one headline: the spread of the replicates, and below it the paired difference."""
    height = 6.6 if b else 5.0
    figure = Figure(figsize=(6.4, height))
    top = _titles(figure, headline)
    grid = figure.add_gridspec(
        2 if b else 1,
        1,
        height_ratios=(3.0, 1.25) if b else (1.0,),
        left=0.165,
        right=0.745,
        top=top - 0.3 / height,
        bottom=1.05 / height,
        hspace=0.42,
    )
    axes = figure.add_subplot(grid[0])
    if b is None:
        years, of_a = runs.years, runs.values(runs.a, headline.name)
        of_b = of_a
    else:
        years, of_a, of_b = runs.pair(b, headline.name)
    _fan(axes, years, of_a, COLOUR_A, "--" if b else "-")
    if b is not None:
        _fan(axes, years, of_b, COLOUR_B, "-")
    _limits(axes, [of_a, of_b])
    _year_axis(axes, years)
    _number_axis(axes)
    units = [part for text in UNITS.get(headline.unit, (headline.unit,)) for part in textwrap.wrap(text, 44)]
    axes.set_ylabel("\n".join(units), fontsize=8.5, linespacing=1.3)
    last_a, last_b = float(of_a[:, -1].mean()), float(of_b[:, -1].mean())
    pair = rounded_pair(last_a, last_b)
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
    _footnote(figure, _fan_note(runs, of_a.shape[0], b))
    return figure


def _titles(figure: Figure, headline: Headline) -> float:
    """Write the Dutch title and the English line under it, wrapped to the width; return where they end."""
    title = textwrap.wrap(_capital(headline.label_nl), 50)
    below = textwrap.wrap(_capital(headline.label_en), 74)
    height = figure.get_figheight()
    start = 1 - 0.15 / height
    figure.text(0.03, start, "\n".join(title), fontsize=13, fontweight="bold", va="top", linespacing=1.15)
    middle = start - (0.23 * len(title) + 0.06) / height
    figure.text(0.03, middle, "\n".join(below), fontsize=9.5, color=SOFT, va="top", linespacing=1.2)
    return middle - 0.17 * len(below) / height


def _fan(axes: Axes, years: I64, values: F64, colour: str, style: str) -> None:
    """Draw the bands of the replicates and their mean."""
    if len(values) > 1:
        for low, high, dark in BANDS:
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
        bands = ("bijna alle doorrekeningen", "de middelste helft")
        if n >= 10:
            bands = (f"{round(0.9 * n)} van de {n} doorrekeningen", f"{round(0.5 * n)} van de {n}")
        lines.append(f"Lijn: gemiddelde. Lichte band: {bands[0]}; donkere band: {bands[1]}.")
    uncalibrated = "" if runs.is_calibrated else " · nog niet gekalibreerd"
    lines.append(
        f"{n} doorrekening{'en' if n > 1 else ''} {each}".rstrip()
        + (" · elk met andere aannames" if runs.vary else "")
        + f"{uncalibrated} · een model, geen voorspelling."
    )
    lines.append(
        f"{VILLAGES_CAVEAT} · {n} replicate{'s' if n > 1 else ''}"
        + ("" if runs.is_calibrated else " · before calibration")
    )
    return lines


def _footnote(figure: Figure, lines: Iterable[str]) -> None:
    text = "\n".join(part for line in lines for part in textwrap.wrap(line, 92))
    figure.text(0.03, 0.018, text, fontsize=8, color=SOFT, va="bottom", linespacing=1.3)


def _fan_alt(runs: RunSet, headline: Headline, b: Scenario | None) -> str:
    """Return the figure in one Dutch sentence."""
    year = int(runs.years[-1])
    of_a = float(runs.values(runs.a, headline.name)[:, -1].mean())
    if b is None:
        return (
            f"{_capital(headline.label_nl)}, {int(runs.years[0])} tot {year}. In {year}: {nl(of_a, digits_for(of_a))}."
        )
    found = runs.difference(b, headline.name, year)
    pair = rounded_pair(found.mean_a, found.mean_b)
    return (
        f"{_capital(headline.label_nl)}, {int(runs.years[0])} tot {year}. In {year}: A {nl(pair.a, pair.digits)}, "
        f"B {nl(pair.b, pair.digits)}, verschil {nl(pair.difference, pair.digits, sign=True)}."
    )


# --- the map ----------------------------------------------------------------------------------------------------


def map_figure(runs: RunSet, b: Scenario | None, year: int | None = None) -> Figure | None:
    """Return the map of the villages in a year, or None when no village of the run is on the map.

    A village with few residents at the start shows the number of its group.
    """
    tables = load_tables()
    place = {
        name: (float(x), float(y))
        for name, x, y in zip(tables.village_names, tables.village_lon, tables.village_lat, strict=True)
    }
    drawn = [(group, village) for group in runs.groups for village in group.villages if village in place]
    if not drawn:
        return None
    year = runs.headline_years[-1] if year is None else year
    residents = dict(zip(tables.village_names, tables.village_population.tolist(), strict=True))
    spots = [_Spot(village, group, *place[village], int(residents[village])) for group, village in drawn]
    figure = Figure(figsize=(10.4 if b else 5.8, 7.6))
    figure.text(0.03, 0.975, f"Waar blijft zorg liggen in {year}?", fontsize=14, fontweight="bold", va="top")
    sub = f"Unmet care in {year}, hours of every 100 hours needed. Size of a dot: residents in 2013"
    figure.text(0.03, 0.935, "\n".join(textwrap.wrap(sub, 120 if b else 62)), fontsize=9.5, color=SOFT, va="top")
    width = 0.46 if b else 0.92
    at = int(np.searchsorted(runs.series[runs.a.id].years, year))
    shown = [runs.a, b] if b else [runs.a]  # the classes are those of A and B together
    of_a = {spot.name: float(spot.group.per_100_hours(runs.a.id)[:, at].mean()) for spot in spots}
    first = figure.add_axes((0.03, 0.16, width, 0.68))
    _panel(first, spots, f"A  {runs.a.title_nl}", COLOUR_A)
    limits = class_limits([float(group.per_100_hours(one.id)[:, at].mean()) for group in runs.groups for one in shown])
    colours = [CLASS_COLOURS[int(np.searchsorted(limits, of_a[spot.name], side="right"))] for spot in spots]
    _dots(first, spots, colours)
    _name_dots(figure, first, spots, {spot.name: nl(of_a[spot.name], 1) for spot in spots})
    _class_key(figure, 0.03, limits)
    if b is not None:
        second = figure.add_axes((0.51, 0.16, width, 0.68))
        _panel(second, spots, f"Verschil tussen B en A  ·  B: {b.title_nl}", COLOUR_DIFFERENCE)
        kinds, numbers = [], {}
        for spot in spots:
            found = runs.group_difference(spot.group, b, year)
            pair = rounded_pair(found.mean_a, found.mean_b)
            kinds.append(verdict(found, small=spot.group.is_small(runs.a.id)))
            numbers[spot.name] = nl(pair.difference, pair.digits, sign=True)
        _dots(second, spots, [VERDICTS[kind][2] for kind in kinds], [VERDICTS[kind][3] for kind in kinds])
        _name_dots(figure, second, spots, numbers)
        _verdict_key(figure, 0.51)
    n = runs.replicates
    note = [
        f"Dorpen met minder dan {SMALL_VILLAGE} inwoners tonen het getal van hun groep. "
        + f"{n} doorrekening{'en' if n > 1 else ''}"
        + ("." if runs.is_calibrated else ", nog niet gekalibreerd."),
        f"{VILLAGES_CAVEAT}." + ("" if runs.is_calibrated else " Before calibration."),
    ]
    wrapped = "\n".join(part for line in note for part in textwrap.wrap(line, 150 if b else 80))
    figure.text(0.03, 0.015, wrapped, fontsize=8.5, color=SOFT, va="bottom", linespacing=1.3)
    return figure


@dataclass(frozen=True, slots=True)
class _Spot:
    """A village on the map."""

    name: str
    group: Group
    lon: float
    lat: float
    residents: int

    @property
    def is_small(self) -> bool:
        return self.residents < SMALL_VILLAGE


def _panel(axes: Axes, spots: Sequence[_Spot], title: str, colour: str) -> None:
    """Prepare one map: its extent, its ground and the names of the municipalities."""
    tables = load_tables()
    lons, lats = tables.village_lon, tables.village_lat
    south, north = float(lats.min()) - 0.022, float(lats.max()) + 0.022
    box = axes.get_window_extent()
    wide = (north - south) / math.cos(math.radians(float(lats.mean()))) * box.width / box.height
    middle = float(lons.min() + lons.max()) / 2
    axes.set_xlim(middle - wide / 2, middle + wide / 2)
    axes.set_ylim(south, north)
    axes.set_facecolor("#f3f5f1")
    axes.set_xticks([])
    axes.set_yticks([])
    axes.spines[:].set_color(GRID)
    for name, x, y, alignment in ((MUNICIPALITIES[1], 0.97, 0.965, "right"), (MUNICIPALITIES[0], 0.03, 0.035, "left")):
        level = "top" if y > 0.5 else "bottom"
        axes.text(
            x,
            y,
            f"gemeente {name}",
            transform=axes.transAxes,
            ha=alignment,
            va=level,
            fontsize=9,
            color=SOFT,
            style="italic",
        )
    axes.set_title(
        "\n".join(textwrap.wrap(title, 56)), loc="left", fontsize=10.5, fontweight="bold", color=colour, pad=6
    )


def _area(residents: int) -> float:
    """Return the size of a dot in square points: its surface goes with the residents."""
    return 26 + residents * 0.11


_INSIDE = {"D": 0.5, "s": 0.64}  # of the area: such a mark stays inside the circle that names keep clear of


def class_limits(values: Sequence[float]) -> tuple[float, ...]:
    """Return upper limits of all classes but the last, in equal steps over what the values span."""
    low, high = min(values), max(values)
    n = len(CLASS_COLOURS)
    digits = max(0, min(2, -math.floor(math.log10((high - low) / n)))) if high > low else 1
    limits = [round(low + (high - low) * k / n, digits) for k in range(1, n)]
    return tuple(dict.fromkeys(limits)) if high > low else ()


def _dots(axes: Axes, spots: Sequence[_Spot], colours: Sequence[str], markers: Sequence[str] | None = None) -> None:
    for index, (spot, colour) in enumerate(zip(spots, colours, strict=True)):
        marker = markers[index] if markers else "o"
        axes.scatter(
            [spot.lon],
            [spot.lat],
            s=_area(spot.residents) * _INSIDE.get(marker, 1.0),
            c=[colour],
            marker=marker,
            edgecolors=INK,
            linewidths=0.9,
            zorder=3,
        )


def _name_dots(figure: Figure, axes: Axes, spots: Sequence[_Spot], numbers: dict[str, str]) -> None:
    """Write names beside the dots, each where it touches nothing, large villages first."""
    canvas: Any = FigureCanvasAgg(figure)
    renderer: Any = canvas.get_renderer()
    per_point = figure.dpi / 72
    taken: list[Sequence[float]] = []
    for spot in spots:
        x, y = axes.transData.transform((spot.lon, spot.lat))
        radius = (math.sqrt(_area(spot.residents)) / 2 + 1) * per_point
        taken.append((x - radius, y - radius, x + radius, y + radius))
    taken += [tuple(text.get_window_extent(renderer).extents) for text in axes.texts]
    frame = axes.get_window_extent(renderer)
    for spot in sorted(spots, key=lambda spot: -spot.residents):
        words = f"{dutch_name(spot.name)}  {numbers[spot.name]}" if not spot.is_small else dutch_name(spot.name)
        style: dict[str, Any] = (
            {"fontsize": 7.5, "color": SOFT} if spot.is_small else {"fontsize": 9, "fontweight": "bold"}
        )
        text = axes.annotate(
            words, (spot.lon, spot.lat), textcoords="offset points", xytext=(0, 0), zorder=4, va="bottom", **style
        )
        extent = text.get_window_extent(renderer)
        width, height = extent.width / per_point, extent.height / per_point
        radius = math.sqrt(_area(spot.residents)) / 2
        x, y = axes.transData.transform((spot.lon, spot.lat))
        best = None
        for far, dx, dy in _places(radius, width, height):
            box = (x + dx * per_point, y + dy * per_point, x + (dx + width) * per_point, y + (dy + height) * per_point)
            outside = box[0] < frame.x0 + 2 or box[2] > frame.x1 - 2 or box[1] < frame.y0 + 2 or box[3] > frame.y1 - 2
            cost = 1e6 * outside + sum(_overlap(box, other) for other in taken)
            if best is None or cost < best[0] - 1e-9:
                best = (cost, far, dx, dy, box)
            if cost == 0:
                break
        assert best is not None
        _, far, dx, dy, box = best
        text.set_position((dx, dy))
        taken.append(box)
        if far:
            nearest = (min(max(0.0, dx), dx + width), min(max(0.0, dy), dy + height))
            axes.annotate(
                "", (spot.lon, spot.lat), xytext=nearest, textcoords="offset points", zorder=2,
                arrowprops={"arrowstyle": "-", "color": SOFT, "linewidth": 0.6, "shrinkA": 0, "shrinkB": 0},
            )  # fmt: skip


def _places(radius: float, width: float, height: float) -> Iterable[tuple[bool, float, float]]:
    """Give places for a label around a dot, the nearest first: whether it is far off, and its lower left corner."""
    for extra in (2.0, 7.0, 13.0, 20.0, 28.0):
        out = radius + extra
        slant = out * 0.75
        for dx, dy in (
            (out, -height / 2),
            (-out - width, -height / 2),
            (-width / 2, out),
            (-width / 2, -out - height),
            (slant, slant),
            (slant, -slant - height),
            (-slant - width, slant),
            (-slant - width, -slant - height),
        ):
            yield extra > 7, dx, dy


def _overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the surface that two boxes share."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0.0


_KEY: dict[str, Any] = {"frameon": False, "fontsize": 9, "handlelength": 1.2, "borderpad": 0}


def _class_key(figure: Figure, left: float, limits: Sequence[float]) -> None:
    digits = 0 if all(limit == round(limit) for limit in limits) else 2 if any(round(x, 1) != x for x in limits) else 1
    edges = [nl(limit, digits) for limit in limits]
    labels = (
        [f"< {edges[0]}", *(f"{x}–{y}" for x, y in itertools.pairwise(edges)), f"≥ {edges[-1]}"] if edges else ["="]
    )
    handles = [
        Patch(facecolor=colour, edgecolor=INK, label=label)
        for colour, label in zip(CLASS_COLOURS, labels, strict=False)
    ]
    title = {"title": "uur van elke 100 uur · hours of every 100", "title_fontsize": 9, "alignment": "left"}
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(left, 0.15), ncols=5, **_KEY, **title)


def _verdict_key(figure: Figure, left: float) -> None:
    handles = []
    for dutch, english, colour, marker in VERDICTS.values():
        look: dict[str, Any] = {"marker": marker, "markersize": 9, "markerfacecolor": colour, "markeredgecolor": INK}
        handles.append(Line2D([], [], linestyle="", label=f"{dutch} · {english}", **look))
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(left, 0.15), ncols=2, **_KEY)


def _map_alt(runs: RunSet, b: Scenario | None) -> str:
    year = runs.headline_years[-1]
    what = "bij A, en het verschil tussen B en A" if b else "bij deze toekomst"
    return f"Kaart van de dorpen: hoeveel zorg blijft liggen in {year} {what}. De getallen staan in de tabel per dorp."


def _save(figure: Figure, path: Path) -> None:
    """Write a figure as PNG and as SVG; the same figure gives the same bytes."""
    FigureCanvasAgg(figure)
    figure.savefig(path.with_name(path.name + ".png"), dpi=DPI, metadata={"Software": None}, facecolor="white")
    figure.savefig(path.with_name(path.name + ".svg"), metadata={"Date": None, "Creator": None}, facecolor="white")


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]
