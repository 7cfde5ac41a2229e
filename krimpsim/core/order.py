"""Puts rows in order of urgency: level first, then a keyed draw."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import i64

LEVELS = 5  #: need levels, 0 to 4
DRAW_BITS = 60


@compiled
def rank_of(level: int, draw: int) -> int:
    """Return the rank of a claim, smallest first: level in the top bits, 60 bits of the keyed draw below."""
    return (LEVELS - 1 - level) << DRAW_BITS | i64(draw >> 4)


@allocating
def in_order(rows: NDArray[np.int64], rank: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the rows in order of rank, shape (n,).

    Draws are even, so that rows can be dealt into bins by the top bits of their rank; what is left to sort is short.

    Parameters
    ----------
    rows, rank
        shape (n,); ranks as `rank_of` makes them, no two alike.
    """
    n, width = len(rows), 0
    while n >> (width + 2) > 0:
        width += 1
    shift, bins = DRAW_BITS - width, LEVELS << width
    start = np.zeros(bins + 1, dtype=np.int64)
    for k in range(n):
        start[(rank[k] >> shift) + 1] += 1
    for c in range(bins):
        start[c + 1] += start[c]
    placed, ranks = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.int64)
    for k in range(n):
        a = start[rank[k] >> shift]
        start[rank[k] >> shift] = a + 1
        placed[a], ranks[a] = rows[k], rank[k]
    for k in range(1, n):
        row, value, a = placed[k], ranks[k], k
        while a > 0 and ranks[a - 1] > value:
            placed[a], ranks[a] = placed[a - 1], ranks[a - 1]
            a -= 1
        placed[a], ranks[a] = row, value
    return placed
