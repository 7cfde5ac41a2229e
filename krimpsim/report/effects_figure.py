"""Figure of a screening: sigma against mu_star of Morris, with numbers beside the points and a list of the names."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator

from krimpsim.population.schema import F64
from krimpsim.report.figures import (
    GRID,
    SOFT,
    _footnote,
)
from krimpsim.report.runset import nl
from krimpsim.report.sensitivity_parts import (
    FAINT,
    LINES,
    digits_of,
    runs_of,
    words_of,
    write_heading,
)


def effects_figure(table: pd.DataFrame, title: tuple[str, str], labels: Mapping[str, str]) -> Figure:
    """Return sigma against mu_star of Morris; points have numbers, and a list beside them has the names.

    A group of factors has no sigma: its point is open and stands on the axis.
    """
    rows = table.sort_values("mu_star", ascending=False, kind="stable").reset_index(drop=True)
    is_luck = (rows["mu_star"] <= rows["mu_star_by_luck"]).to_numpy()
    has_number = ~is_luck & (rows["mu_star"] > SMALL * rows["mu_star"].max()).to_numpy()
    words = [words_of(factor, role, labels, 25) for factor, role in zip(rows["factor"], rows["role"], strict=True)]
    deep = [0.155 * (1 + text.count("\n")) + 0.09 for text in words]
    height = max(5.4, sum(deep) + 2.75)
    figure = Figure(figsize=(7.2, height))
    top = write_heading(
        figure, title, "Welke factoren doen ertoe?", "Which factors matter? Elementary effects (Morris)"
    )
    tall = min(top - 1.95 / height, 4.4 / height)
    axes = figure.add_axes((0.115, top - 0.4 / height - tall, 0.475, tall))
    x, y = (rows[name].to_numpy(dtype=np.float64) for name in ("mu_star", "sigma"))
    is_group, y = np.isnan(y), np.nan_to_num(y)
    colours = [
        FAINT if luck else LINES[place] if place < len(LINES) and has_number[place] else SOFT
        for place, luck in enumerate(is_luck)
    ]
    for place, colour in enumerate(colours):
        row = rows.loc[place]
        axes.hlines(y[place], max(row["mu_star_low"], 0), row["mu_star_high"], color=colour, linewidth=1, alpha=0.6)
        axes.vlines(x[place], max(row["sigma_low"], 0), row["sigma_high"], color=colour, linewidth=1, alpha=0.6)
        face = "white" if is_group[place] else colour
        axes.plot(x[place], y[place], "o", color=colour, mfc=face, markersize=6, clip_on=False, zorder=3)
    wide, high = (  # an interval that is very wide goes out of the picture
        float(min(np.nan_to_num(rows[f"{name}_high"]).max(), 1.6 * np.nan_to_num(rows[name]).max())) or 1.0
        for name in ("mu_star", "sigma")
    )
    axes.set_xlim(0, 1.06 * wide)
    axes.set_ylim(0, 1.06 * high)
    end = min(1.06 * wide, 1.06 * high)
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
    box = axes.get_position()
    places = np.stack([x / (1.06 * wide) * box.width * 7.2, y / (1.06 * high) * box.height * height], axis=1)
    moves = _beside(places, int(has_number.sum()), (box.width * 7.2, box.height * height))
    for place, (dx, dy) in enumerate(moves):
        far = math.hypot(dx, dy) > NEAR
        axes.annotate(
            str(place + 1),
            (x[place], y[place]),
            (72 * dx, 72 * dy),
            textcoords="offset points",
            ha="center",
            va="center",
            fontsize=9,
            color=colours[place],
            fontweight="bold",
            annotation_clip=False,
            path_effects=[withStroke(linewidth=2.5, foreground="white")],
            zorder=4,
            arrowprops={"arrowstyle": "-", "color": SOFT, "linewidth": 0.5, "shrinkA": 4, "shrinkB": 3}
            if far
            else None,
        )
    line = top - 0.12 / height
    digits = digits_of(wide)
    for place, (text, step) in enumerate(zip(words, deep, strict=True)):
        colour = SOFT if is_luck[place] else colours[place]
        figure.text(
            0.645,
            line,
            str(place + 1) if has_number[place] else "·",
            color=colour,
            fontsize=9,
            fontweight="bold",
            va="top",
            ha="right",
        )
        figure.text(0.658, line, text, color=colour, fontsize=9, va="top", linespacing=1.1)
        figure.text(0.975, line, nl(x[place], digits), color=colour, fontsize=9, va="top", ha="right")
        line -= step / height
    grey = " Zonder nummer: heel klein." if not has_number.all() else ""
    grey += " Lichtgrijs: niet meer dan toeval geeft." if is_luck.any() else ""
    grey += " Open stip: een groep, zonder σ." if is_group.any() else ""
    _footnote(
        figure,
        [
            "Rechts: een groot effect. Boven de streeplijn: het effect hangt sterk af van de rest, of is krom. "
            f"Getal in de lijst: μ*. Dunne lijnen: 95%-interval.{grey}",
            runs_of(table),
        ],
    )
    return figure


SMALL = 0.02  #: of the largest effect: a point with less gets no number
NEAR, LABEL = 0.17, (0.15, 0.13)  #: inch: distance of a number to its point, and its size


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
