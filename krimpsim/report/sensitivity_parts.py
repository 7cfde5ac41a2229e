"""What the figures of a sensitivity analysis share: colours, titles, words of factors, axes of shares."""

from __future__ import annotations

import math
import textwrap
from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator

from krimpsim.report.figures import COLOUR_B, COLOUR_DIFFERENCE, GRID, SOFT
from krimpsim.report.numbers import capital, nl

ALONE, TOGETHER = COLOUR_B, COLOUR_DIFFERENCE
LINES = ("#00677f", "#c8562b", "#5a3789", "#7a8b00", "#a11d2b", "#5b6770")  #: of the factors that matter most
FAINT = "#b9c2c8"
ROW = 0.42  #: inch for a factor


def digits_of(most: float) -> int:
    """Return the decimals for numbers up to this: three figures of the largest."""
    return max(0, 2 - math.floor(math.log10(most))) if most > 0 else 0


def write_heading(figure: Figure, title: tuple[str, str], dutch: str, english: str, wide: int = 72) -> float:
    """Write the titles; return where they end, as a share of the height."""
    height = figure.get_figheight()
    at = 1 - 0.15 / height
    for text, size, step, look in (
        (capital(title[0]), 13, 0.23, {"fontweight": "bold"}),
        (dutch, 10.5, 0.19, {}),
        (f"{capital(title[1])}. {english}", 9.5, 0.17, {"color": SOFT}),
    ):
        lines = textwrap.wrap(text, int(wide * 9.5 / size))
        style: dict[str, Any] = look
        figure.text(0.03, at, "\n".join(lines), fontsize=size, va="top", linespacing=1.15, **style)
        at -= (step * len(lines) + 0.06) / height
    return at


def words_of(factor: str, role: str, labels: Mapping[str, str], wide: int = 26) -> str:
    """Return the label of a factor in lines; one that is a dummy says so."""
    text = labels.get(factor, factor) + (" (telt niet mee)" if role == "dummy" else "")
    return "\n".join(textwrap.wrap(text, wide))


def share_axis(axes: Axes, which: str, low: float, high: float, ticks: int = 8) -> None:
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


def runs_of(table: pd.DataFrame) -> str:
    """Return what stands behind a table, in one line."""
    row = table.iloc[0]
    failed = f", {row['failed_rows']} rijen vielen weg" if row["failed_rows"] else ""
    what = f"N = {row['N']}, R = {row['R']}"
    if "scramblings" in table:
        what = f"{row['scramblings']} ontwerpen × {what}"
    return f"{nl(row['runs'], 0)} doorrekeningen: {what}{failed}. Interval: {row['interval']}."
