"""Figures of a sensitivity analysis: indices, how they settle, pairs, the screening, and the second opinions.

Titles are Dutch with an English line, as in the other figures. Tables come from `krimpsim.experiments.analysis`.
"""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patheffects import withStroke
from matplotlib.ticker import FuncFormatter, MaxNLocator

from krimpsim.experiments.analysis import Analysis
from krimpsim.experiments.distribution_indices import SLICES
from krimpsim.experiments.sensitivity import WIDTH
from krimpsim.outputs.indicators import F64, HEADLINES
from krimpsim.outputs.store import REGION_TABLE_COLUMNS
from krimpsim.report.figures import (
    COLOUR_B,
    COLOUR_DIFFERENCE,
    GRID,
    INK,
    KEY,
    SOFT,
    STYLE,
    Drawing,
    _capital,
    _footnote,
    save,
    spread,
)
from krimpsim.report.runset import nl

ALONE, TOGETHER = COLOUR_B, COLOUR_DIFFERENCE
LINES = ("#00677f", "#c8562b", "#5a3789", "#7a8b00", "#a11d2b", "#5b6770")  #: of the factors that matter most
FAINT = "#b9c2c8"
ROW = 0.42  #: inch for a factor


def draw_sensitivity(
    folder: Path,
    name: str,
    title: tuple[str, str],
    tables: Mapping[str, pd.DataFrame],
    labels: Mapping[str, str] | None = None,
) -> list[Drawing]:
    """Draw the figures of one outcome, each as PNG and as SVG, and return them.

    Parameters
    ----------
    folder
        Where the files go; made when it is not there.
    name
        Start of the file names.
    title
        What the outcome is, in Dutch and in English.
    tables
        Those of one outcome, any of them, named as in `Analysis`: ``sobol``, ``convergence``, ``pairs``, ``chaos``,
        ``pawn``, ``morris``.
    labels
        Words for the factors; a factor without shows its name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    labels = labels or {}
    found = {kind: table for kind, table in tables.items() if len(table)}
    figures: dict[str, tuple[Figure, str]] = {}
    with mpl.rc_context(STYLE):
        if "sobol" in found:
            table = found["sobol"]
            figures["indices"] = (
                index_figure(table, title, labels),
                _most("waar het van afhangt", table, "ST", labels),
            )
        if "convergence" in found and len(set(found["convergence"]["N"])) > 1:  # one size is no course
            alt = "hoe het aandeel van elke factor verandert als er meer is doorgerekend."
            figures["convergence"] = (convergence_figure(found["convergence"], title, labels), alt)
        if "pairs" in found:
            alt = "welk deel twee factoren alleen samen verklaren. De getallen staan in de tabel."
            figures["pairs"] = (pairs_figure(found["pairs"], title, labels), alt)
        if "chaos" in found:
            table = found["chaos"]
            alt = _most("wat een veelterm zegt", table, "ST", labels)
            figures["chaos"] = (chaos_figure(table, title, labels, found.get("sobol")), alt)
        if "pawn" in found:
            table = found["pawn"]
            alt = _most("waar de hele verdeling van afhangt", table, "PAWN", labels)
            figures["pawn"] = (pawn_figure(table, title, labels), alt)
        if "morris" in found:
            table = found["morris"]
            figures["effects"] = (
                effects_figure(table, title, labels),
                _most("wat ertoe doet", table, "mu_star", labels),
            )
        for kind, (figure, _) in figures.items():
            save(figure, folder / f"{name}_{kind}")
    return [Drawing(f"{name}_{kind}", None, f"{_capital(title[0])}: {alt}") for kind, (_, alt) in figures.items()]


def draw_analysis(found: Analysis) -> list[Drawing]:
    """Draw every outcome of an analysis beside its tables, and return the figures."""
    labels = {column.name: (column.label_nl, column.label_en) for column in REGION_TABLE_COLUMNS}
    labels |= {headline.name: (headline.label_nl, headline.label_en) for headline in HEADLINES}
    drawings = []
    pairs = [pair for table in found.tables.values() for pair in zip(table["scenario"], table["outcome"], strict=True)]
    for scenario, outcome in dict.fromkeys(pairs):
        tables = {
            kind: table[(table["scenario"] == scenario) & (table["outcome"] == outcome)]
            for kind, table in found.tables.items()
        }
        dutch, english = (f"{words} ({outcome}, {scenario})" for words in labels[found.of[outcome]])
        factors = [factor for table in tables.values() for factor in table["factor"]]
        words = {factor: factor_words(factor) for factor in factors}
        name = f"{scenario}_{outcome}".replace(" - ", "_minus_")
        drawings += draw_sensitivity(found.folder, name, (dutch, english), tables, words)
    return drawings


def factor_words(key: str) -> str:
    """Return a dotted key as words: the last two names, and the place in a list if there is one."""
    names = key.split(".")
    place = f" {names.pop()}" if len(names) > 1 and names[-1].isdecimal() else ""
    return ": ".join(name.replace("_", " ") for name in names[-2:]) + place


def index_figure(table: pd.DataFrame, title: tuple[str, str], labels: Mapping[str, str]) -> Figure:
    """Return bars of S1 and ST with their intervals, the factor that takes part most on top."""
    rows = table.sort_values("ST", kind="stable")
    height = 3.0 + ROW * len(rows)
    figure = Figure(figsize=(7.2, height))
    top = _heading(figure, title, "Waar hangt de uitkomst van af?", "What does the outcome depend on?")
    axes = figure.add_axes((0.30, 1.45 / height, 0.66, top - 1.62 / height))
    at = np.arange(len(rows))
    for name, offset, colour in (("ST", -0.19, TOGETHER), ("S1", 0.19, ALONE)):
        value, low, high = (rows[name + end].to_numpy(dtype=np.float64) for end in ("", "_low", "_high"))
        axes.barh(at + offset, value, height=0.34, color=colour, linewidth=0)
        axes.hlines(at + offset, low, high, color=INK, linewidth=1.3)
        for edge in (low, high):
            axes.vlines(edge, at + offset - 0.09, at + offset + 0.09, color=INK, linewidth=1.3)
    axes.set_yticks(
        at, [_words(factor, role, labels) for factor, role in zip(rows["factor"], rows["role"], strict=True)]
    )
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.axvline(0, color=SOFT, linewidth=0.8)
    _share_axis(axes, "x", rows[["S1_low", "ST_low"]].to_numpy().min(), rows[["S1_high", "ST_high"]].to_numpy().max())
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    handles = [
        mpl.patches.Patch(color=ALONE, label="alleen deze factor · S1"),
        mpl.patches.Patch(color=TOGETHER, label="ook samen met andere · ST"),
    ]
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.29, 0.92 / height), ncols=2, **KEY)
    first = table.iloc[0]
    luck = ""
    if np.isfinite(first["noise_share"]):
        luck = f"Toeval maakt {nl(100 * first['noise_share'], 0)}% van de verschillen tussen losse doorrekeningen. "
    _footnote(
        figure,
        [
            f"{luck}De staven gaan over het gemiddelde; streep: 95%-interval.",
            f"{_runs(table)} Indices of the mean response.",
        ],
    )
    return figure


def convergence_figure(convergence: pd.DataFrame, title: tuple[str, str], labels: Mapping[str, str]) -> Figure:
    """Return ST against the size of the design, with intervals; factors that matter little are grey."""
    sizes = np.array(sorted(convergence["N"].unique()))
    last = convergence[convergence["N"] == sizes[-1]].sort_values("ST", ascending=False, kind="stable")
    height = 5.2
    figure = Figure(figsize=(7.2, height))
    top = _heading(figure, title, "Is er genoeg doorgerekend?", "Have the indices settled?")
    axes = figure.add_axes((0.10, 1.2 / height, 0.58, top - 1.4 / height))
    ends, words, colours = [], [], []
    for place, (factor, role) in enumerate(zip(last["factor"], last["role"], strict=True)):
        rows = convergence[convergence["factor"] == factor].sort_values("N")
        colour = LINES[place] if place < len(LINES) and role != "dummy" else FAINT
        value = rows["ST"].to_numpy(dtype=np.float64)
        axes.fill_between(sizes, rows["ST_low"], rows["ST_high"], color=colour, alpha=0.18, linewidth=0)
        axes.plot(sizes, value, color=colour, linewidth=2, marker="o", markersize=4)
        ends.append(float(value[-1]))
        words.append(f"{nl(float(value[-1]), 2)}  {_words(factor, role, labels, 24)}")
        colours.append(colour if colour != FAINT else SOFT)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.minorticks_off()
    axes.set_xlabel("punten in elk ontwerp (N) · base rows of a design", fontsize=9)
    _share_axis(axes, "y", convergence["ST_low"].min(), convergence["ST_high"].max())
    axes.spines[["top", "right"]].set_visible(False)
    axes.set_ylabel("aandeel, ook samen met andere (ST)", fontsize=9)
    box = axes.get_position()
    low, high = axes.get_ylim()
    wanted = [box.y0 + (end - low) / (high - low) * box.height for end in ends]
    heights = [0.15 / height * (1 + text.count("\n")) for text in words]
    for middle, text, colour in zip(
        spread(wanted, heights, 0.008, box.y0 - 0.03, box.y1 + 0.03), words, colours, strict=True
    ):
        figure.text(box.x1 + 0.02, middle, text, color=colour, fontsize=9, va="center", linespacing=1.1)
    _footnote(
        figure,
        [f"Band: 95%-interval. Genoeg: banden smaller dan {nl(WIDTH, 2)} en een vaste volgorde.", _runs(last)],
    )
    return figure


def pairs_figure(pairs: pd.DataFrame, title: tuple[str, str], labels: Mapping[str, str]) -> Figure:
    """Return a matrix of S2: bold where the interval leaves out zero."""
    factors = list(dict.fromkeys([*pairs["factor"], *pairs["other"]]))
    d = len(factors)
    side = max(3.2, 0.72 * d)
    width, height = side + 2.6, side + 3.7
    figure = Figure(figsize=(width, height))
    wide = round(width * 10)
    top = _heading(figure, title, "Welke factoren werken op elkaar in?", "Which factors interact?", wide)
    axes = figure.add_axes((2.2 / width, 2.5 / height, side / width, min(side / height, top - 2.6 / height)))
    values, sure = np.full((d, d), np.nan), np.zeros((d, d), dtype=np.bool_)
    for row in pairs.to_dict("records"):
        j, k = factors.index(row["factor"]), factors.index(row["other"])
        values[k, j] = row["S2"]
        sure[k, j] = row["S2_low"] > 0 or row["S2_high"] < 0
    shades: Any = mpl.colors.LinearSegmentedColormap.from_list("pairs", ["#ffffff", TOGETHER])
    highest = max(float(np.nanmax(values)), 0.05)
    axes.imshow(values[1:, :-1].clip(0), cmap=shades, vmin=0, vmax=highest, aspect="auto")
    for k, j in np.argwhere(np.isfinite(values)):
        ink = "#ffffff" if values[k, j] > 0.55 * highest else (INK if sure[k, j] else SOFT)
        weight = "bold" if sure[k, j] else "normal"
        axes.text(j, k - 1, nl(values[k, j], 2), ha="center", va="center", color=ink, fontsize=9, fontweight=weight)
    axes.set_xticks(range(d - 1), [_words(f, "", labels, 22) for f in factors[:-1]], rotation=90)
    axes.set_yticks(range(d - 1), [_words(f, "", labels, 22) for f in factors[1:]])
    axes.tick_params(length=0, labelsize=9)
    axes.spines[:].set_visible(False)
    axes.set_xticks(np.arange(d) - 0.5, minor=True)
    axes.set_yticks(np.arange(d) - 0.5, minor=True)
    axes.grid(which="minor", color=GRID, linewidth=0.8)
    axes.tick_params(which="minor", length=0)
    lines = ["Deel dat twee factoren alleen samen verklaren (S2). Vet: het 95%-interval houdt 0 niet in.", _runs(pairs)]
    _footnote(figure, [part for line in lines for part in textwrap.wrap(line, wide)])
    return figure


def chaos_figure(
    chaos: pd.DataFrame, title: tuple[str, str], labels: Mapping[str, str], sobol: pd.DataFrame | None = None
) -> Figure:
    """Return S1 and ST of the polynomial, with intervals, beside those of the direct estimator if there are any."""
    by = chaos if sobol is None else sobol
    order = by.sort_values("ST", kind="stable")["factor"].tolist()
    at = np.arange(len(order))
    height = 3.3 + ROW * len(order)
    figure = Figure(figsize=(7.2, height))
    kinds = [("veelterm · polynomial chaos", chaos, ALONE, "D", 0.0 if sobol is None else -0.16)]
    dutch, english = "Waar hangt de uitkomst van af?", "What does the outcome depend on? Polynomial chaos"
    if sobol is not None:
        kinds.append(("rechtstreeks · Sobol'", sobol, TOGETHER, "o", 0.16))
        dutch, english = "Zegt een tweede methode hetzelfde?", "A cross-check by polynomial chaos"
    top = _heading(figure, title, dutch, english)
    every = pd.concat([table for _, table, *_ in kinds])
    for place, (index, words) in enumerate((("S1", "alleen (S1)"), ("ST", "ook samen met andere (ST)"))):
        axes = figure.add_axes((0.30 + 0.345 * place, 1.75 / height, 0.32, top - 2.15 / height))
        for name, table, colour, marker, offset in kinds:
            rows = table.set_index("factor").loc[order]
            axes.hlines(at + offset, rows[f"{index}_low"], rows[f"{index}_high"], color=colour, linewidth=1.5)
            axes.plot(rows[index], at + offset, marker, color=colour, markersize=5, label=name)
        axes.set_title(words, fontsize=9.5, color=SOFT, loc="left")
        axes.set_ylim(-0.6, len(order) - 0.4)
        role = by.set_index("factor")["role"]
        axes.set_yticks(at, [_words(factor, role[factor], labels) if not place else "" for factor in order])
        axes.axvline(0, color=SOFT, linewidth=0.8)
        _share_axis(axes, "x", every[f"{index}_low"].min(), every[f"{index}_high"].max(), 5)
        axes.spines[["top", "right", "left"]].set_visible(False)
        axes.tick_params(axis="y", length=0)
        axes.hlines(at[:-1] + 0.5, *axes.get_xlim(), color=GRID, linewidth=0.6)
    figure.legend(
        *axes.get_legend_handles_labels(), loc="lower left", bbox_to_anchor=(0.29, 1.12 / height), ncols=2, **KEY
    )
    first = chaos.iloc[0]
    lines = [
        f"Q2 = {nl(first['Q2'], 2)}: dat deel van de verschillen voorspelt de veelterm op punten die hij niet kende. "
        "Ver onder 1: geloof hem niet, en bij een drempel of sprong ook niet.",
    ]
    if sobol is not None:
        one, other = (table.set_index("factor").loc[order] for table in (sobol, chaos))
        meet = (one["ST_low"] <= other["ST_high"]) & (other["ST_low"] <= one["ST_high"])
        lines.append(f"Bij {meet.sum()} van {len(meet)} factoren overlappen de 95%-intervallen van ST.")
    _footnote(figure, [*lines, f"Veelterm: graad {first['degree']}, {first['terms']} termen. {_runs(chaos)}"])
    return figure


def pawn_figure(table: pd.DataFrame, title: tuple[str, str], labels: Mapping[str, str]) -> Figure:
    """Return bars of PAWN with their intervals and the floor of no influence; what is not above it is grey."""
    rows = table.sort_values("PAWN", kind="stable")
    height = 3.0 + ROW * len(rows)
    figure = Figure(figsize=(7.2, height))
    top = _heading(figure, title, "Wat verschuift de hele verdeling?", "What shifts the whole distribution? (PAWN)")
    axes = figure.add_axes((0.30, 1.45 / height, 0.66, top - 1.62 / height))
    at = np.arange(len(rows))
    value, low, high = (rows[f"PAWN{end}"].to_numpy(dtype=np.float64) for end in ("", "_low", "_high"))
    axes.barh(at, value, height=0.5, color=np.where(rows["is_above_floor"], ALONE, FAINT), linewidth=0)
    axes.hlines(at, low, high, color=INK, linewidth=1.3)
    for edge in (low, high):
        axes.vlines(edge, at - 0.12, at + 0.12, color=INK, linewidth=1.3)
    floor = float(rows["floor"].iloc[0])
    axes.axvline(floor, color=TOGETHER, linewidth=1.5, linestyle=(0, (4, 2)))
    axes.set_yticks(
        at, [_words(factor, role, labels) for factor, role in zip(rows["factor"], rows["role"], strict=True)]
    )
    axes.set_ylim(-0.6, len(rows) - 0.4)
    _share_axis(axes, "x", 0.0, max(float(high.max()), floor))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    handles = [
        mpl.patches.Patch(color=ALONE, label="doet ertoe"),
        mpl.patches.Patch(color=FAINT, label="niet te zien"),
        mpl.lines.Line2D([], [], color=TOGETHER, linewidth=1.5, linestyle=(0, (4, 2)), label="ondergrens · floor"),
    ]
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.29, 0.92 / height), ncols=3, **KEY)
    _footnote(
        figure,
        [
            "Afstand tussen de verdeling in een stuk van het bereik van de factor en die van alles, het midden van "
            f"{SLICES} stukken. Onder de ondergrens blijven 95 van 100 factoren die niets doen. Streep: 95%-interval.",
            _runs(table),
        ],
    )
    return figure


def effects_figure(table: pd.DataFrame, title: tuple[str, str], labels: Mapping[str, str]) -> Figure:
    """Return sigma against mu_star of Morris; points have numbers, and a list beside them has the names.

    A group of factors has no sigma: its point is open and stands on the axis.
    """
    rows = table.sort_values("mu_star", ascending=False, kind="stable").reset_index(drop=True)
    is_luck = (rows["mu_star"] <= rows["mu_star_by_luck"]).to_numpy()
    has_number = ~is_luck & (rows["mu_star"] > SMALL * rows["mu_star"].max()).to_numpy()
    words = [_words(factor, role, labels, 25) for factor, role in zip(rows["factor"], rows["role"], strict=True)]
    deep = [0.155 * (1 + text.count("\n")) + 0.09 for text in words]
    height = max(5.4, sum(deep) + 2.75)
    figure = Figure(figsize=(7.2, height))
    top = _heading(figure, title, "Welke factoren doen ertoe?", "Which factors matter? Elementary effects (Morris)")
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
    digits = _digits(wide)
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
            _runs(table),
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


def _digits(most: float) -> int:
    """Return the decimals for numbers up to this: three figures of the largest."""
    return max(0, 2 - math.floor(math.log10(most))) if most > 0 else 0


def _heading(figure: Figure, title: tuple[str, str], dutch: str, english: str, wide: int = 72) -> float:
    """Write the titles; return where they end, as a share of the height."""
    height = figure.get_figheight()
    at = 1 - 0.15 / height
    for text, size, step, look in (
        (_capital(title[0]), 13, 0.23, {"fontweight": "bold"}),
        (dutch, 10.5, 0.19, {}),
        (f"{_capital(title[1])}. {english}", 9.5, 0.17, {"color": SOFT}),
    ):
        lines = textwrap.wrap(text, int(wide * 9.5 / size))
        style: dict[str, Any] = look
        figure.text(0.03, at, "\n".join(lines), fontsize=size, va="top", linespacing=1.15, **style)
        at -= (step * len(lines) + 0.06) / height
    return at


def _words(factor: str, role: str, labels: Mapping[str, str], wide: int = 26) -> str:
    text = labels.get(factor, factor) + (" (telt niet mee)" if role == "dummy" else "")
    return "\n".join(textwrap.wrap(text, wide))


def _share_axis(axes: Axes, which: str, low: float, high: float, ticks: int = 8) -> None:
    """Set an axis of shares: it holds zero and what is drawn."""
    low, high = min(low, 0.0), max(high, 0.05)
    room = 0.04 * (high - low)
    limits = (low - (room if low < 0 else 0), high + room)
    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xlim if which == "x" else axes.set_ylim)(*limits)
    axis.set_major_locator(MaxNLocator(ticks, steps=[1, 2, 5, 10]))
    decimals = 1 if high - low > 0.8 else 2  # so that no label is rounded
    axis.set_major_formatter(FuncFormatter(lambda value, _: nl(value, decimals)))
    axes.grid(axis="x" if which == "x" else "y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def _runs(table: pd.DataFrame) -> str:
    """Return what stands behind a table, in one line."""
    row = table.iloc[0]
    failed = f", {row['failed_rows']} rijen vielen weg" if row["failed_rows"] else ""
    what = f"N = {row['N']}, R = {row['R']}"
    if "scramblings" in table:
        what = f"{row['scramblings']} ontwerpen × {what}"
    return f"{nl(row['runs'], 0)} doorrekeningen: {what}{failed}. Interval: {row['interval']}."


def _most(what: str, table: pd.DataFrame, index: str, labels: Mapping[str, str]) -> str:
    """Return what a figure shows, with the three factors that come first and their numbers."""
    rows = table.sort_values(index, ascending=False, kind="stable").head(3)
    digits = _digits(float(rows[index].max()))
    parts = [
        f"{labels.get(factor, factor)} {nl(value, digits)}"
        for factor, value in zip(rows["factor"], rows[index], strict=True)
    ]
    return f"{what}. Het meest: {'; '.join(parts)}."
