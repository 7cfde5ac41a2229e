"""Figure of a screening: sigma against mu_star of Morris, with numbers beside the points and a list of the names."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator
from numpy.typing import NDArray

from krimpsim.population.schema import F64
from krimpsim.report.figures import (
    GRID,
    SOFT,
    footnote,
)
from krimpsim.report.numbers import nl
from krimpsim.report.sensitivity_parts import (
    FAINT,
    LINES,
    digits_of,
    runs_of,
    words_of,
    write_heading,
)

SMALL = 0.02  #: of the largest effect: a point with less gets no number
NEAR, LABEL = 0.17, (0.15, 0.13)  #: inch: distance of a number to its point, and its size
WIDE = 7.2  #: inch
ROOM = 1.06  #: of an axis, against the largest value
Bool = NDArray[np.bool_]


class _Effects(NamedTuple):
    """The factors, the largest effect first, and how each is drawn.

    Parameters
    ----------
    is_luck
        shape (n,): the effect is no larger than luck gives.
    has_number
        shape (n,): the point gets a number.
    colours, words
        Of each factor; words are one or more lines.
    x, y, is_group
        shape (n,): mu_star, sigma (0 for a group), and whether it is a group.
    """

    rows: pd.DataFrame
    is_luck: Bool
    has_number: Bool
    colours: list[str]
    words: list[str]
    x: F64
    y: F64
    is_group: Bool


def _effects(table: pd.DataFrame, labels: Mapping[str, str]) -> _Effects:
    rows = table.sort_values("mu_star", ascending=False, kind="stable").reset_index(drop=True)
    is_luck = (rows["mu_star"] <= rows["mu_star_by_luck"]).to_numpy()
    has_number = ~is_luck & (rows["mu_star"] > SMALL * rows["mu_star"].max()).to_numpy()
    words = [words_of(factor, role, labels, 25) for factor, role in zip(rows["factor"], rows["role"], strict=True)]
    x, y = (rows[name].to_numpy(dtype=np.float64) for name in ("mu_star", "sigma"))
    colours = [
        FAINT if luck else LINES[place] if place < len(LINES) and has_number[place] else SOFT
        for place, luck in enumerate(is_luck)
    ]
    return _Effects(rows, is_luck, has_number, colours, words, x, np.nan_to_num(y), np.isnan(y))


def effects_figure(table: pd.DataFrame, title: tuple[str, str], labels: Mapping[str, str]) -> Figure:
    """Return sigma against mu_star of Morris; points have numbers, and a list beside them has the names.

    A group of factors has no sigma: its point is open and stands on the axis.
    """
    e = _effects(table, labels)
    deep = [0.155 * (1 + text.count("\n")) + 0.09 for text in e.words]
    height = max(5.4, sum(deep) + 2.75)
    figure = Figure(figsize=(WIDE, height))
    top = write_heading(
        figure, title, "Welke factoren doen ertoe?", "Which factors matter? Elementary effects (Morris)"
    )
    tall = min(top - 1.95 / height, 4.4 / height)
    axes = figure.add_axes((0.115, top - 0.4 / height - tall, 0.475, tall))
    wide, high = _draw_points(axes, e)
    _set_axes(axes, wide, high)
    _write_numbers(axes, e, (WIDE, height), (wide, high))
    _write_list(figure, e, top - 0.12 / height, [step / height for step in deep], digits_of(wide))
    grey = " Zonder nummer: heel klein." if not e.has_number.all() else ""
    grey += " Lichtgrijs: niet meer dan toeval geeft." if e.is_luck.any() else ""
    grey += " Open stip: een groep, zonder σ." if e.is_group.any() else ""
    footnote(
        figure,
        [
            "Rechts: een groot effect. Boven de streeplijn: het effect hangt sterk af van de rest, of is krom. "
            f"Getal in de lijst: μ*. Dunne lijnen: 95%-interval.{grey}",
            runs_of(table),
        ],
    )
    return figure


def _draw_points(axes: Axes, e: _Effects) -> tuple[float, float]:
    """Draw points and intervals; return the largest mu_star and sigma that have to be in the picture."""
    for place, colour in enumerate(e.colours):
        row = e.rows.loc[place]
        axes.hlines(e.y[place], max(row["mu_star_low"], 0), row["mu_star_high"], color=colour, linewidth=1, alpha=0.6)
        axes.vlines(e.x[place], max(row["sigma_low"], 0), row["sigma_high"], color=colour, linewidth=1, alpha=0.6)
        face = "white" if e.is_group[place] else colour
        axes.plot(e.x[place], e.y[place], "o", color=colour, mfc=face, markersize=6, clip_on=False, zorder=3)
    wide, high = (  # an interval that is very wide goes out of the picture
        float(min(np.nan_to_num(e.rows[f"{name}_high"]).max(), 1.6 * np.nan_to_num(e.rows[name]).max())) or 1.0
        for name in ("mu_star", "sigma")
    )
    return wide, high


def _set_axes(axes: Axes, wide: float, high: float) -> None:
    """Set the axes, with the line on which sigma equals mu_star."""
    axes.set_xlim(0, ROOM * wide)
    axes.set_ylim(0, ROOM * high)
    end = min(ROOM * wide, ROOM * high)
    axes.plot([0, end], [0, end], color=SOFT, linewidth=1, linestyle=(0, (4, 3)), zorder=1)
    for axis in (axes.xaxis, axes.yaxis):
        axis.set_major_locator(MaxNLocator(6, steps=[1, 2, 5, 10]))
        step = np.diff(axis.get_majorticklocs())[0]
        digits = max(0, -math.floor(math.log10(step) + 1e-9))
        axis.set_major_formatter(FuncFormatter(lambda value, _, digits=digits: nl(value, digits)))
    axes.grid(color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_xlabel("hoe groot het effect is (μ*)", fontsize=9)
    axes.set_title("hoe sterk het effect verschilt (σ)", fontsize=9, color=SOFT, loc="left")


def _write_numbers(axes: Axes, e: _Effects, inches: tuple[float, float], most: tuple[float, float]) -> None:
    """Write a number beside each point that gets one, with a line to it where it stands apart.

    Parameters
    ----------
    inches
        Size of the figure.
    most
        Largest mu_star and sigma in the picture.
    """
    box = axes.get_position()
    room = (box.width * inches[0], box.height * inches[1])
    places = np.stack([e.x / (ROOM * most[0]) * room[0], e.y / (ROOM * most[1]) * room[1]], axis=1)
    for place, (dx, dy) in enumerate(_beside(places, int(e.has_number.sum()), room)):
        arrow = {"arrowstyle": "-", "color": SOFT, "linewidth": 0.5, "shrinkA": 4, "shrinkB": 3}
        axes.annotate(
            str(place + 1),
            (e.x[place], e.y[place]),
            (72 * dx, 72 * dy),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=9,
            color=e.colours[place],
            fontweight="bold",
            annotation_clip=False,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
            zorder=4,
            arrowprops=arrow if math.hypot(dx, dy) > NEAR else None,
        )


def _write_list(figure: Figure, e: _Effects, line: float, deep: Sequence[float], digits: int) -> None:
    """Write the names of the factors, with number and mu_star, from a line down."""
    for place, (text, step) in enumerate(zip(e.words, deep, strict=True)):
        colour = SOFT if e.is_luck[place] else e.colours[place]
        number = str(place + 1) if e.has_number[place] else "·"
        figure.text(0.645, line, number, color=colour, fontsize=9, fontweight="bold", va="top", ha="right")
        figure.text(0.658, line, text, color=colour, fontsize=9, va="top", linespacing=1.1)
        figure.text(0.975, line, nl(e.x[place], digits), color=colour, fontsize=9, va="top", ha="right")
        line -= step


def _beside(places: F64, numbers: int, room: tuple[float, float]) -> list[tuple[float, float]]:
    """Return where to write a number beside each point: off all points and off the numbers before it, in inches.

    Parameters
    ----------
    places
        Points, shape (n_points, 2), in inches from the corner of the axes.
    numbers
        How many of them get one, from the first on.
    room
        Width and height of the axes; numbers stay inside, and do not stand on the axes.
    """
    size = np.array(LABEL)
    taken: list[F64] = []
    found = []
    for here in places[:numbers]:
        best = (0.0, NEAR)
        for step in range(96):
            far, angle = NEAR * (1 + 0.6 * (step // 12)), math.radians(60 + 30 * (step % 12))
            move = np.array([far * math.cos(angle), far * math.sin(angle)])
            middle = here + move
            is_inside = ((middle > size / 2) & (middle < np.array(room) - size / 2)).all()
            hits = [(np.abs(middle - other) < size / 2 + 0.05).all() for other in places]
            hits += [(np.abs(middle - other) < size).all() for other in taken]
            if is_inside and not any(hits):
                best = (float(move[0]), float(move[1]))
                break
        taken.append(here + np.array(best))
        found.append(best)
    return found
