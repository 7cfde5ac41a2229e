"""Words and signs that several parts of the page share."""

from __future__ import annotations

import re
from html import escape

from krimpsim.report import page
from krimpsim.report.findings import FEW_RUNS, a_year_nl
from krimpsim.report.numbers import nl
from krimpsim.report.runset import RunSet

MINUS = "B\u00a0−\u00a0A"  #: does not break over two lines
#: kind of the sign, sign and words; no arrow, because a number that falls may be the better one
VERDICTS = {
    "better": ("fine", "✓", "beter"),
    "equal": ("equal", "=", "gelijk"),
    "worse": ("tight", "✕", "slechter"),
    "unclear": ("unclear", "?", "onzeker"),
}
_BREAKS = re.compile(r"(?<=\w)(veen|mond|schekanaal|schemond|diep)")  #: where long names of villages may be broken


def verdict_mark(kind: str) -> str:
    """Return the sign and the words of a verdict, as HTML."""
    return page.mark(*VERDICTS[kind])


def place_name(name: str) -> str:
    """Return the name of a village as HTML that may be broken where its parts meet."""
    return escape(_BREAKS.sub("\u00ad\\1", name))


def spread_words(n: int) -> str:
    """Return what a spread over n runs reaches from and to; nothing for a single run."""
    return "" if n < 2 else "Laagste tot hoogste" if n < FEW_RUNS else "9 van de 10 doorrekeningen"


def scope(runs: RunSet) -> str:
    """Return the villages that a number counts for."""
    n = runs.n_villages
    return f"{n} dorpen samen" if n > 1 else "één dorp"


def year_words(runs: RunSet, year: int) -> str:
    """Return a year, and how many months of it were run when that is not all of it."""
    n = runs.months[year]
    return str(year) if n == 12 else f"{year} ({n} maand{'en' if n > 1 else ''})"


def a_year(runs: RunSet, year: int) -> str:
    """Return over which time an amount of this year is counted."""
    return a_year_nl(runs.months[year])


def of_all(n: int) -> str:
    """Return all runs, or the only one."""
    return f"alle {n} doorrekeningen" if n > 1 else "de enige doorrekening"


def euros(amount: int) -> str:
    """Return an amount of money."""
    return f"€\u00a0{nl(amount, 0)}"
