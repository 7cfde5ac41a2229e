"""Figures of a sensitivity analysis: indices, how they settle, pairs, and the second opinions.

Titles are Dutch with an English line, as in the other figures. Tables come from `krimpsim.experiments.analysis`.
"""

from __future__ import annotations

import textwrap
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib.figure import Figure

from krimpsim.experiments.analysis import Analysis
from krimpsim.experiments.distribution_indices import SLICES
from krimpsim.experiments.sensitivity import WIDTH
from krimpsim.outputs.headlines import HEADLINES
from krimpsim.outputs.store import REGION_TABLE_COLUMNS
from krimpsim.report.effects_figure import effects_figure
from krimpsim.report.figures import GRID, INK, KEY, SOFT, STYLE, Drawing, footnote, save, spread
from krimpsim.report.numbers import capital, nl
from krimpsim.report.sensitivity_parts import (
    ALONE,
    FAINT,
    LINES,
    ROW,
    TOGETHER,
    digits_of,
    runs_of,
    share_axis,
    words_of,
    write_heading,
)


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
    return [Drawing(f"{name}_{kind}", None, f"{capital(title[0])}: {alt}") for kind, (_, alt) in figures.items()]


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
    top = write_heading(figure, title, "Waar hangt de uitkomst van af?", "What does the outcome depend on?")
    axes = figure.add_axes((0.30, 1.45 / height, 0.66, top - 1.62 / height))
    at = np.arange(len(rows))
    for name, offset, colour in (("ST", -0.19, TOGETHER), ("S1", 0.19, ALONE)):
        value, low, high = (rows[name + end].to_numpy(dtype=np.float64) for end in ("", "_low", "_high"))
        axes.barh(at + offset, value, height=0.34, color=colour, linewidth=0)
        axes.hlines(at + offset, low, high, color=INK, linewidth=1.3)
        for edge in (low, high):
            axes.vlines(edge, at + offset - 0.09, at + offset + 0.09, color=INK, linewidth=1.3)
    axes.set_yticks(
        at, [words_of(factor, role, labels) for factor, role in zip(rows["factor"], rows["role"], strict=True)]
    )
    axes.set_ylim(-0.6, len(rows) - 0.4)
    axes.axvline(0, color=SOFT, linewidth=0.8)
    share_axis(axes, "x", rows[["S1_low", "ST_low"]].to_numpy().min(), rows[["S1_high", "ST_high"]].to_numpy().max())
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
    footnote(
        figure,
        [
            f"{luck}De staven gaan over het gemiddelde; streep: 95%-interval.",
            f"{runs_of(table)} Indices of the mean response.",
        ],
    )
    return figure


def convergence_figure(convergence: pd.DataFrame, title: tuple[str, str], labels: Mapping[str, str]) -> Figure:
    """Return ST against the size of the design, with intervals; factors that matter little are grey."""
    sizes = np.array(sorted(convergence["N"].unique()))
    last = convergence[convergence["N"] == sizes[-1]].sort_values("ST", ascending=False, kind="stable")
    height = 5.2
    figure = Figure(figsize=(7.2, height))
    top = write_heading(figure, title, "Is er genoeg doorgerekend?", "Have the indices settled?")
    axes = figure.add_axes((0.10, 1.2 / height, 0.58, top - 1.4 / height))
    ends, words, colours = [], [], []
    for place, (factor, role) in enumerate(zip(last["factor"], last["role"], strict=True)):
        rows = convergence[convergence["factor"] == factor].sort_values("N")
        colour = LINES[place] if place < len(LINES) and role != "dummy" else FAINT
        value = rows["ST"].to_numpy(dtype=np.float64)
        axes.fill_between(sizes, rows["ST_low"], rows["ST_high"], color=colour, alpha=0.18, linewidth=0)
        axes.plot(sizes, value, color=colour, linewidth=2, marker="o", markersize=4)
        ends.append(float(value[-1]))
        words.append(f"{nl(float(value[-1]), 2)}  {words_of(factor, role, labels, 24)}")
        colours.append(colour if colour != FAINT else SOFT)
    axes.set_xscale("log", base=2)
    axes.set_xticks(sizes, [str(size) for size in sizes])
    axes.minorticks_off()
    axes.set_xlabel("punten in elk ontwerp (N) · base rows of a design", fontsize=9)
    share_axis(axes, "y", convergence["ST_low"].min(), convergence["ST_high"].max())
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
    footnote(
        figure,
        [f"Band: 95%-interval. Genoeg: banden smaller dan {nl(WIDTH, 2)} en een vaste volgorde.", runs_of(last)],
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
    top = write_heading(figure, title, "Welke factoren werken op elkaar in?", "Which factors interact?", wide)
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
    axes.set_xticks(range(d - 1), [words_of(f, "", labels, 22) for f in factors[:-1]], rotation=90)
    axes.set_yticks(range(d - 1), [words_of(f, "", labels, 22) for f in factors[1:]])
    axes.tick_params(length=0, labelsize=9)
    axes.spines[:].set_visible(False)
    axes.set_xticks(np.arange(d) - 0.5, minor=True)
    axes.set_yticks(np.arange(d) - 0.5, minor=True)
    axes.grid(which="minor", color=GRID, linewidth=0.8)
    axes.tick_params(which="minor", length=0)
    lines = [
        "Deel dat twee factoren alleen samen verklaren (S2). Vet: het 95%-interval houdt 0 niet in.",
        runs_of(pairs),
    ]
    footnote(figure, [part for line in lines for part in textwrap.wrap(line, wide)])
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
    top = write_heading(figure, title, dutch, english)
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
        axes.set_yticks(at, [words_of(factor, role[factor], labels) if not place else "" for factor in order])
        axes.axvline(0, color=SOFT, linewidth=0.8)
        share_axis(axes, "x", every[f"{index}_low"].min(), every[f"{index}_high"].max(), 5)
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
    footnote(figure, [*lines, f"Veelterm: graad {first['degree']}, {first['terms']} termen. {runs_of(chaos)}"])
    return figure


def pawn_figure(table: pd.DataFrame, title: tuple[str, str], labels: Mapping[str, str]) -> Figure:
    """Return bars of PAWN with their intervals and the floor of no influence; what is not above it is grey."""
    rows = table.sort_values("PAWN", kind="stable")
    height = 3.0 + ROW * len(rows)
    figure = Figure(figsize=(7.2, height))
    top = write_heading(
        figure, title, "Wat verschuift de hele verdeling?", "What shifts the whole distribution? (PAWN)"
    )
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
        at, [words_of(factor, role, labels) for factor, role in zip(rows["factor"], rows["role"], strict=True)]
    )
    axes.set_ylim(-0.6, len(rows) - 0.4)
    share_axis(axes, "x", 0.0, max(float(high.max()), floor))
    axes.spines[["top", "right", "left"]].set_visible(False)
    axes.tick_params(axis="y", length=0)
    handles = [
        mpl.patches.Patch(color=ALONE, label="doet ertoe"),
        mpl.patches.Patch(color=FAINT, label="niet te zien"),
        mpl.lines.Line2D([], [], color=TOGETHER, linewidth=1.5, linestyle=(0, (4, 2)), label="ondergrens · floor"),
    ]
    figure.legend(handles=handles, loc="lower left", bbox_to_anchor=(0.29, 0.92 / height), ncols=3, **KEY)
    footnote(
        figure,
        [
            "Afstand tussen de verdeling in een stuk van het bereik van de factor en die van alles, het midden van "
            f"{SLICES} stukken. Onder de ondergrens blijven 95 van 100 factoren die niets doen. Streep: 95%-interval.",
            runs_of(table),
        ],
    )
    return figure


def _most(what: str, table: pd.DataFrame, index: str, labels: Mapping[str, str]) -> str:
    """Return what a figure shows, with the three factors that come first and their numbers."""
    rows = table.sort_values(index, ascending=False, kind="stable").head(3)
    digits = digits_of(float(rows[index].max()))
    parts = [
        f"{labels.get(factor, factor)} {nl(value, digits)}"
        for factor, value in zip(rows["factor"], rows[index], strict=True)
    ]
    return f"{what}. Het meest: {'; '.join(parts)}."
