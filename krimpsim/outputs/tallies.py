"""How many have which value in a month, for medians, tenths and the mean of the least."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import i64
from krimpsim.population.schema import I64

MOST_MONTHS = 240  #: longer waits are counted as this
MET = 1000  #: shares of need met are counted in thousandths


class Tallies(NamedTuple):
    """How many have which value this month, for medians and tenths.

    Parameters
    ----------
    waits
        shape (4 lists, MOST_MONTHS + 1), persons by months on the list: for help, for care; because no provider takes
        new clients, because those that do have no time.
    shares
        shape (MET + 1,), persons with a noticed need by thousandths of it met or declined.
    open
        shape (V, 2 pools): 1 when a provider takes new clients.
    """

    waits: I64
    shares: I64
    open: I64


@allocating
def new_tallies(n_villages: int) -> Tallies:
    """Return tallies of nobody."""
    return Tallies(
        np.zeros((4, MOST_MONTHS + 1), dtype=np.int64),
        np.zeros(MET + 1, dtype=np.int64),
        np.zeros((n_villages, 2), dtype=np.int64),
    )


@compiled
def quantile(counts: I64, first: int, last: int, total: int, percent: int) -> int:
    """Return the smallest value that so many percent of what was counted do not exceed; 0 when nothing was counted.

    Parameters
    ----------
    counts
        shape (n_rows, n_values): how often each value; rows from `first` to before `last` are taken together.
    total
        Their sum.
    """
    rank, below = (total * percent + 99) // 100, 0
    for value in range(counts.shape[1]):
        for k in range(first, last):
            below += counts[k, value]
        if below >= rank:
            return value
    return 0


@compiled
def mean_of_least(counts: I64, part: int) -> int:
    """Return the mean, rounded down, of the smallest of every `part` values (at least one); 0 when there is none.

    Parameters
    ----------
    counts
        shape (n_values,): how often each value.
    """
    total = 0
    for value in range(len(counts)):
        total += counts[value]
    if total == 0:
        return 0
    wanted = total // part if total >= part else 1
    left, added = wanted, 0
    for value in range(len(counts)):
        taken = counts[value] if counts[value] < left else left
        added += taken * value
        left -= taken
    return i64(added // wanted)
