"""Figures of a sensitivity analysis: the indices with their intervals, how they settle, and pairs of factors.

Titles are Dutch with an English line, as in the other figures. Tables come from `krimpsim.experiments.sensitivity`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from krimpsim.experiments.analysis import Analysis
from krimpsim.experiments.sensitivity import WIDTH
from krimpsim.outputs.indicators import HEADLINES
from krimpsim.outputs.store import REGION_TABLE_COLUMNS
from krimpsim.report.figures import (
    _KEY,
    _STYLE,
    COLOUR_B,
    COLOUR_DIFFERENCE,
    GRID,
    INK,
    SOFT,
    Drawing,
    _capital,
    _footnote,
    _save,
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
    table: pd.DataFrame,
    *,
    convergence: pd.DataFrame | None = None,
    pairs: pd.DataFrame | None = None,
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
    table, pairs
        Indices, and those of pairs if there are any, from `sobol_indices`.
    convergence
        From `sobol_convergence`.
    labels
        Words for the factors; a factor without shows its name.
    """
    folder.mkdir(parents=True, exist_ok=True)
    labels = labels or {}
    drawings = []
    with mpl.rc_context(_STYLE):
        figures = {"indices": (index_figure(table, title, labels), _index_alt(table, title, labels))}
        if convergence is not None:
            alt = f"{_capital(title[0])}: hoe het aandeel van elke factor verandert als er meer is doorgerekend."
            figures["convergence"] = (convergence_figure(convergence, title, labels), alt)
        if pairs is not None and len(pairs):
            alt = (
                f"{_capital(title[0])}: welk deel twee factoren alleen samen verklaren. De getallen staan in de tabel."
            )
            figures["pairs"] = (pairs_figure(pairs, title, labels), alt)
        for kind, (figure, alt) in figures.items():
            _save(figure, folder / f"{name}_{kind}")
            drawings.append(Drawing(f"{name}_{kind}", None, alt))
    return drawings


def draw_analysis(found: Analysis) -> list[Drawing]:
    """Draw every outcome of an analysis of Sobol' indices beside its tables, and return the figures."""
    labels = {column.name: (column.label_nl, column.label_en) for column in REGION_TABLE_COLUMNS}
    labels |= {headline.name: (headline.label_nl, headline.label_en) for headline in HEADLINES}
    drawings = []
    whole = found.tables["sobol"]
    for scenario, outcome in dict.fromkeys(zip(whole["scenario"], whole["outcome"], strict=True)):
        parts = {}
        for kind in ("sobol", "convergence", "pairs"):
            rows = found.tables.get(kind, whole[:0])
            parts[kind] = rows[(rows["scenario"] == scenario) & (rows["outcome"] == outcome)]
        table = parts["sobol"]
        convergence = parts["convergence"] if len(set(parts["convergence"]["N"])) > 1 else None  # one is no course
        dutch, english = (f"{words} ({outcome}, {scenario})" for words in labels[found.of[outcome]])
        words = {factor: factor.replace(".", ": ").replace("_", " ") for factor in table["factor"]}
        name = f"{scenario}_{outcome}".replace(" - ", "_minus_")
        drawings += draw_sensitivity(
            found.folder,
            name,
            (dutch, english),
            table,
            convergence=convergence,
            pairs=parts["pairs"],
            labels=words,
        )
    return drawings


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
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.29, 0.92 / height), ncols=2, **_KEY)
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


def _share_axis(axes: Axes, which: str, low: float, high: float) -> None:
    """Set an axis of shares: it holds zero and what is drawn."""
    low, high = min(low, 0.0), max(high, 0.05)
    room = 0.04 * (high - low)
    limits = (low - (room if low < 0 else 0), high + room)
    axis = axes.xaxis if which == "x" else axes.yaxis
    (axes.set_xlim if which == "x" else axes.set_ylim)(*limits)
    axis.set_major_locator(MaxNLocator(8, steps=[1, 2, 5, 10]))
    decimals = 1 if high - low > 0.8 else 2  # so that no label is rounded
    axis.set_major_formatter(FuncFormatter(lambda value, _: nl(value, decimals)))
    axes.grid(axis="x" if which == "x" else "y", color=GRID, linewidth=0.8)
    axes.set_axisbelow(True)


def _runs(table: pd.DataFrame) -> str:
    """Return what stands behind a table, in one line."""
    row = table.iloc[0]
    failed = f", {row['failed_rows']} rijen vielen weg" if row["failed_rows"] else ""
    return (
        f"{nl(row['runs'], 0)} doorrekeningen: {row['scramblings']} ontwerpen × N = {row['N']}, R = {row['R']}"
        f"{failed}. Interval: {row['interval']}."
    )


def _index_alt(table: pd.DataFrame, title: tuple[str, str], labels: Mapping[str, str]) -> str:
    rows = table.sort_values("ST", ascending=False, kind="stable").head(3)
    parts = [
        f"{labels.get(factor, factor)} {nl(100 * share, 0)}%"
        for factor, share in zip(rows["factor"], rows["ST"], strict=True)
    ]
    return f"{_capital(title[0])}: waar het van afhangt. Het meest: {', '.join(parts)}."
