"""The map of the villages: what stays undone in A, and the difference between A and B."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Patch

from krimpsim.inputs.municipalities import MUNICIPALITIES
from krimpsim.inputs.register import VILLAGES_CAVEAT
from krimpsim.inputs.tables import load_tables
from krimpsim.outputs.store import SMALL_VILLAGE
from krimpsim.report.figures import COLOUR_A, COLOUR_DIFFERENCE, GRID, INK, KEY, SOFT
from krimpsim.report.findings import shown_pair, verdict
from krimpsim.report.numbers import dutch_name, nl
from krimpsim.report.runset import Group, RunSet, Scenario

CLASS_COLOURS = ("#fff3d6", "#fdd08a", "#f29b4b", "#c8562b", "#7a1f1a")
VERDICTS = {
    "better": ("beter", "better", "#0b4f7d", "o"),
    "equal": ("gelijk", "equal", "#b9c2c8", "o"),
    "worse": ("slechter", "worse", "#a11d2b", "s"),
    "unclear": ("onzeker", "not clear", "#ffffff", "o"),
}


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
    of_a = {spot.name: float(spot.group.per_100_hours(runs.a.id)[:, at].mean()) for spot in spots}
    first = figure.add_axes((0.03, 0.16, width, 0.68))
    _panel(first, spots, f"A  {runs.a.title_nl}", COLOUR_A)
    limits = class_limits(
        [float(group.per_100_hours(one.id)[:, at].mean()) for group in runs.groups for one in runs.scenarios]
    )
    _dots(first, spots, [CLASS_COLOURS[int(np.searchsorted(limits, of_a[s.name], side="right"))] for s in spots])
    _name_dots(figure, first, spots, {spot.name: nl(of_a[spot.name], 1) for spot in spots})
    _class_key(figure, 0.03, limits)
    if b is not None:
        second = figure.add_axes((0.51, 0.16, width, 0.68))
        _panel(second, spots, f"Verschil tussen B en A  ·  B: {b.title_nl}", COLOUR_DIFFERENCE)
        kinds, numbers = [], {}
        for spot in spots:
            found = runs.group_difference(spot.group, b, year)
            pair = shown_pair(found, 1)
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


def _dots(axes: Axes, spots: Sequence[_Spot], colours: Sequence[str], markers: Sequence[str] | None = None) -> None:
    for index, (spot, colour) in enumerate(zip(spots, colours, strict=True)):
        marker = markers[index] if markers else "o"
        axes.scatter(
            [spot.lon],
            [spot.lat],
            s=_area(spot.residents),
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
    """Give places for a label around a dot, the nearest first: whether it is far off, and its lower left corner.

    The label touches, from outside, a circle around the dot that grows.
    """
    for extra in (2.0, 7.0, 13.0, 20.0, 28.0, 38.0, 50.0, 64.0):
        out = radius + extra
        for step in range(24):
            turn = step * math.pi / 12
            across, up = math.cos(turn), math.sin(turn)
            dx = out * across + (0 if across > 1e-9 else -width if across < -1e-9 else -width / 2)
            dy = out * up + (-height / 2 if abs(up) < 1e-9 else 0 if up > 0 else -height)
            yield extra > 7, dx, dy


def _overlap(a: Sequence[float], b: Sequence[float]) -> float:
    """Return the surface that two boxes share."""
    width = min(a[2], b[2]) - max(a[0], b[0])
    height = min(a[3], b[3]) - max(a[1], b[1])
    return width * height if width > 0 and height > 0 else 0.0


def class_limits(values: Sequence[float]) -> tuple[float, ...]:
    """Return upper limits of all classes but the last, in equal steps over what the values span."""
    low, high = min(values), max(values)
    n = len(CLASS_COLOURS)
    digits = max(0, min(2, -math.floor(math.log10((high - low) / n)))) if high > low else 1
    limits = [round(low + (high - low) * k / n, digits) for k in range(1, n)]
    return tuple(dict.fromkeys(limits)) if high > low else ()


def _class_key(figure: Figure, left: float, limits: Sequence[float]) -> None:
    digits = 0 if all(limit == round(limit) for limit in limits) else 2 if any(round(x, 1) != x for x in limits) else 1
    edges = [nl(limit, digits) for limit in limits]
    labels = [f"< {edges[0]}", *(f"{x}–{y}" for x, y in pairwise(edges)), f"≥ {edges[-1]}"] if edges else ["="]
    handles = [
        Patch(facecolor=colour, edgecolor=INK, label=label)
        for colour, label in zip(CLASS_COLOURS, labels, strict=False)
    ]
    title = {"title": "uur van elke 100 uur · hours of every 100", "title_fontsize": 9, "alignment": "left"}
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(left, 0.15), ncols=5, **KEY, **title)


def _verdict_key(figure: Figure, left: float) -> None:
    handles = []
    for dutch, english, colour, marker in VERDICTS.values():
        look: dict[str, Any] = {"marker": marker, "markersize": 9, "markerfacecolor": colour, "markeredgecolor": INK}
        handles.append(Line2D([], [], linestyle="", label=f"{dutch} · {english}", **look))
    figure.legend(handles=handles, loc="upper left", bbox_to_anchor=(left, 0.15), ncols=2, **KEY)
