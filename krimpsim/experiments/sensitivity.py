"""Variance-based sensitivity of the mean response: Sobol' indices with luck taken out, and their intervals.

What is asked. The model is stochastic, so Y depends on the factors x and on luck. The indices here are those of the
*mean response* E[Y|x]: S1 is the share of its variance that one factor explains alone, ST the share in which the
factor takes part. Luck itself is reported beside them, as a share of the variance of one run.

Luck taken out. A numerator or the variance is a quadratic form Q of the responses. With the mean over R replicates in
it, its expectation is too high (or too low) by the Q of the luck that is left. Replicates have independent seeds, so
products of two *different* replicates are free of this, whatever replicates share over the points: shared seeds, a
shift that is the same everywhere, luck that goes with a factor. Writing y_r = mean + e_r::

    sum over r != s of Q(y_r, y_s) / (R(R-1))  =  Q(mean) - sum over r of Q(e_r) / (R(R-1))

For the numerator of ST this is the variance of the difference, 1/R * var over r of (y_A,r - y_AB,r), and not the
variance within the points: what replicate r adds to both cancels. One replicate allows no correction.

Intervals. Points of a Sobol' sequence are not independent: the spread of several independent scramblings says how far
off an estimate is. The bootstrap over base rows takes them for independent and mostly says too much, the more so the
larger the design; it stands beside. It is no upper bound where luck goes with a factor: the rows of one design share
that luck. When all scramblings share their seeds they share it as well, and the jackknife over the replicates is
added, which with few seeds still says somewhat too little. Scramblings with seeds of their own need no such addition.
`experiments/sensitivity_check` has the figures.

SALib draws the designs. Its estimators take one number a point, so the sums stand here; without luck they equal
those of SALib.analyze.sobol.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any

import numpy as np
import pandas as pd
from scipy.stats import randint

from krimpsim.core.errors import DataError
from krimpsim.experiments.luck import half_width, jackknife_over_seeds, without_luck
from krimpsim.experiments.sample import F64, I64, Factors, Sample, in_order, provenance

SCRAMBLINGS = 8  #: fewer give no interval of their own
BOOTSTRAPS = 200
FIRST_DOUBLING = 32  #: base rows of the smallest design in the table of convergence
WIDTH = 0.05  #: of an interval of ST, whole: narrower counts as settled
MATTERS = 0.05  #: ST above which a factor must be settled
MEAN_RESPONSE = "mean response E[Y|x]"


# --- Sobol' indices ---------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Blocks:
    """The responses of one scrambling by base row: A, then A with one unit from B each, [B with one from A each], B.

    `y` is ``[base rows, rows of a block, replicates]``; `base` says which base row of the design each is, `failed`
    counts the runs that failed in each of all `n`, `start` is the first row of the design.
    """

    y: F64
    base: I64
    n: int
    failed: I64
    start: F64


def base_rows_of(factors: Factors, points: int, *, second_order: bool) -> int:
    """Return N of a Saltelli design of this many rows, or refuse it.

    Raises
    ------
    DataError
        If the rows do not make whole blocks, or their number is not a power of two.
    """
    block = (2 if second_order else 1) * len(factors.units) + 2
    n, rest = divmod(points, block)
    if rest or n < 2 or n & (n - 1):
        raise DataError(
            f"design  {points} rows: {'with' if second_order else 'without'} second order, {len(factors.units)} "
            f"factors or groups take N * {block} rows, N a power of two"
        )
    return n


def _blocks(factors: Factors, given: Sample, outcome: str, second_order: bool) -> _Blocks:
    sample = in_order(factors, given, outcome)
    n = base_rows_of(factors, len(sample.y), second_order=second_order)
    x = sample.x.reshape(n, -1, len(factors.names))
    first, last = x[:, 0], x[:, -1]
    for j, owned in enumerate(factors.members):
        wanted = [np.where(owned, last, first)] + ([np.where(owned, first, last)] if second_order else [])
        for place, values in zip((1 + j, 1 + len(factors.units) + j), wanted, strict=False):
            wrong = np.flatnonzero((x[:, place] != values).any(axis=1))
            if len(wrong):
                raise DataError(
                    f"design  row {wrong[0] * x.shape[1] + place} is not where a Saltelli design has it: only "
                    f"{factors.units[j]} may differ from the {'first' if place == 1 + j else 'last'} row of its block. "
                    "Ids, groups or second order do not fit this design"
                )
    failed = sample.gaps.reshape(n, -1).sum(axis=1)
    whole = failed == 0
    if whole.sum() < 2:
        raise DataError(f"outcome {outcome}  {int(failed.sum())} runs failed: no two base rows are whole")
    y = sample.y.reshape(n, x.shape[1], -1)
    return _Blocks(y[whole], np.flatnonzero(whole), n, failed, sample.x[0])


def _terms(blocks: F64, units: int, second_order: bool) -> F64:
    """Return what each base row adds to the variance and to the numerators of S1, ST and S2.

    Parameters
    ----------
    blocks
        Responses, ``[base rows, rows of a block, columns]``.

    Returns
    -------
    F64
        ``[base rows, 1 + 2 * units (+ pairs), columns]``; their means over the rows are the sums asked for.
    """
    centred = blocks - blocks.mean(axis=(0, 1))  # as SALib does: S1 is far less noisy about the mean than about zero
    a, b, ab = centred[:, :1], centred[:, -1:], centred[:, 1 : 1 + units]
    ends = centred[:, [0, -1]]
    variance = np.square(ends - ends.mean(axis=(0, 1))).mean(axis=1, keepdims=True)
    first = b * (ab - a)  # Saltelli et al. 2010
    total = np.square(a - ab) / 2  # Jansen
    parts = [variance, first, total]
    if second_order:
        ba = centred[:, 1 + units : 1 + 2 * units]
        pairs = np.array(list(combinations(range(units), 2)), dtype=np.int64).reshape(-1, 2)
        j, k = pairs[:, 0], pairs[:, 1]
        parts.append(ba[:, j] * ab[:, k] - a * b - first[:, j] - first[:, k])  # Saltelli 2002
    return np.concatenate(parts, axis=1)


@dataclass(frozen=True, slots=True)
class _Estimate:
    """Indices (S1, ST, then S2 of the pairs) with half widths of their intervals, and the size of luck."""

    index: F64
    plain: F64
    half: F64
    bootstrap: F64
    method: str
    noise_share: float
    noise_common: float
    noise_left: float


def _ratios(terms: Sequence[F64]) -> tuple[F64, F64]:
    """Return the indices of all scramblings together, and how far each of these is from them."""
    means = np.array([rows.mean(axis=0) for rows in terms])
    variance = means[:, 0].mean()
    index = means[:, 1:].mean(axis=0) / variance
    return index, (means[:, 1:] - means[:, :1] * index) / variance


def _estimate(
    blocks: Sequence[_Blocks], units: int, second_order: bool, has_same_seeds: bool, outcome: str
) -> _Estimate:
    def terms(columns: I64 | slice) -> list[F64]:
        return [without_luck(lambda y: _terms(y, units, second_order), part.y[:, :, columns]) for part in blocks]

    corrected = terms(slice(None))
    variance = float(np.mean([rows[:, 0].mean() for rows in corrected]))
    if not variance > 0:
        raise DataError(
            f"outcome {outcome}  the mean response does not vary beyond luck over the design (variance "
            f"{variance:.3g}): there is nothing to divide among factors"
        )
    index, away = _ratios(corrected)
    plain, _ = _ratios([_terms(part.y.mean(axis=2, keepdims=True), units, second_order)[..., 0] for part in blocks])
    rows = np.concatenate(corrected)
    drawn = np.asarray(randint.rvs(0, len(rows), size=(BOOTSTRAPS, len(rows)), random_state=0))
    sums = np.array([np.bincount(chosen, minlength=len(rows)) for chosen in drawn], dtype=np.float64) @ rows
    spread = (sums[:, 1:] / sums[:, :1]).std(axis=0, ddof=1)
    k, replicates = len(blocks), blocks[0].y.shape[2]
    seeds = (
        jackknife_over_seeds(lambda c: _ratios(terms(c))[0], replicates) if has_same_seeds or k < SCRAMBLINGS else []
    )
    bootstrap = half_width([(spread, len(rows) - 1), *seeds])
    if k >= SCRAMBLINGS:
        half = half_width([(away.std(axis=0, ddof=1) / np.sqrt(k), k - 1), *seeds])
        method = f"t over {k} scramblings"
    else:
        half, method = bootstrap, f"bootstrap over base rows, {BOOTSTRAPS} times"
    if seeds:
        method += f" and jackknife over {replicates} seeds"
    elif k >= SCRAMBLINGS and not has_same_seeds:
        method += ", each with its own seeds"
    else:
        method += ", for these seeds only"
    luck, own = _luck([part.y for part in blocks])
    return _Estimate(
        index,
        plain,
        half,
        bootstrap,
        method,
        luck / (variance + luck),
        1 - own / luck if luck > 0 else np.nan,
        own / replicates / (variance + own / replicates),
    )


def _luck(blocks: Sequence[F64]) -> tuple[float, float]:
    """Return the variance of a run about the mean of its point, and the part that is not the same in all points."""
    r = blocks[0].shape[2]
    if r == 1:
        return np.nan, np.nan
    within, own = [], []
    for y in blocks:
        away = y - y.mean(axis=2, keepdims=True)
        within.append(np.square(away).sum(axis=2).mean() / (r - 1))
        own.append(away.reshape(-1, r).var(axis=0).sum() / (r - 1))
    return float(np.mean(within)), float(np.mean(own))


def _checked(
    factors: Factors, samples: Sequence[Sample], outcome: str, second_order: bool
) -> tuple[list[_Blocks], bool]:
    """Return the blocks of all scramblings, and whether these share their seeds."""
    if not samples:
        raise DataError(f"outcome {outcome}  no sample given")
    blocks = [_blocks(factors, sample, outcome, second_order) for sample in samples]
    if len({(part.n, part.y.shape[2]) for part in blocks}) > 1:
        raise DataError(f"outcome {outcome}  scramblings differ in base rows or replicates")
    for one, other in combinations(range(len(samples)), 2):
        if np.array_equal(blocks[one].start, blocks[other].start):
            raise DataError(f"outcome {outcome}  scramblings {one} and {other} are the same design")
    sets = {sample.seeds for sample in samples}
    seeds = [seed for chosen in sets for seed in chosen]
    if len(set(seeds)) < len(seeds) or 1 < len(sets) < len(samples):
        raise DataError(f"outcome {outcome}  scramblings share all their seeds, in the same order, or none")
    return blocks, len(sets) < len(samples)


def _frame(factors: Factors, found: _Estimate, tail: dict[str, Any]) -> pd.DataFrame:
    units = len(factors.units)
    table: dict[str, Any] = {
        "factor": factors.units,
        "role": ["dummy" if unit == factors.dummy else "factor" for unit in factors.units],
    }
    for place, name in enumerate(("S1", "ST")):
        part = slice(place * units, (place + 1) * units)
        table |= _columns(name, found, part)
    shares = {name: getattr(found, name) for name in ("noise_share", "noise_common", "noise_left")}
    return pd.DataFrame(table | shares | tail)


def _columns(name: str, found: _Estimate, part: slice) -> dict[str, F64]:
    return {
        name: found.index[part],
        f"{name}_low": found.index[part] - found.half[part],
        f"{name}_high": found.index[part] + found.half[part],
        f"{name}_bootstrap": found.bootstrap[part],
        f"{name}_plain": found.plain[part],
    }


def _tail(samples: Sequence[Sample], blocks: Sequence[_Blocks], outcome: str, method: str) -> dict[str, Any]:
    _, block, replicates = blocks[0].y.shape
    return provenance(
        samples,
        outcome=outcome,
        of=MEAN_RESPONSE,
        estimator="S1 Saltelli 2010, ST Jansen, S2 Saltelli 2002; "
        + ("plain: one replicate" if replicates == 1 else "luck taken out"),
        interval=method,
        N=blocks[0].n,
        scramblings=len(blocks),
        runs=sum(part.y.size for part in blocks),
        failed_runs=int(sum(part.failed.sum() for part in blocks)),
        failed_rows=sum(part.n - len(part.base) for part in blocks),
        rows_per_block=block,
    )


def sobol_indices(
    factors: Factors, samples: Sequence[Sample], *, outcome: str, second_order: bool = False
) -> tuple[pd.DataFrame, pd.DataFrame | None]:
    """Return S1 and ST of the mean response, one row a factor or group, and S2 of each pair when asked for.

    Parameters
    ----------
    factors
        What was varied.
    samples
        Independent scramblings of one size, rows as `SALib.sample.sobol` draws them. From eight on the interval
        comes from their spread, with fewer from the bootstrap. Give each seeds of its own, if that can be chosen.
    outcome
        Name of the response.
    second_order
        Whether the design holds the rows for S2.

    Returns
    -------
    tuple
        The table of S1 and ST: estimate, ``_low`` and ``_high`` of the 95 % interval, ``_bootstrap`` the half width
        by bootstrap, ``_plain`` the estimate with luck left in; ``noise_share`` the share of luck in the variance of
        one run, ``noise_common`` the share of luck that is the same in all points, ``noise_left`` the share of luck
        in the variance of the means of R runs. ``failed_rows`` counts base rows left out because a run failed.
        The table of S2, or None.

    Raises
    ------
    DataError
        If a design is not what it is said to be, a response is not finite, or nothing varies beyond luck.
    """
    blocks, has_same_seeds = _checked(factors, samples, outcome, second_order)
    units = len(factors.units)
    found = _estimate(blocks, units, second_order, has_same_seeds, outcome)
    tail = _tail(samples, blocks, outcome, found.method)
    if not second_order:
        return _frame(factors, found, tail), None
    pairs = list(combinations(factors.units, 2))
    names = {"factor": [one for one, _ in pairs], "other": [other for _, other in pairs]}
    second = pd.DataFrame(names | _columns("S2", found, slice(2 * units, None)) | tail)
    return _frame(factors, found, tail), second


def sobol_convergence(
    factors: Factors, samples: Sequence[Sample], *, outcome: str, second_order: bool = False
) -> pd.DataFrame:
    """Return the table of S1 and ST for nested designs, from 32 base rows to all of them, doubling.

    The first half of a scrambled Sobol' sequence is the sequence of half the size, so the smaller designs need no
    runs of their own.
    """
    blocks, has_same_seeds = _checked(factors, samples, outcome, second_order)
    tables = []
    n = min(FIRST_DOUBLING, blocks[0].n)
    while n <= blocks[0].n:
        parts = [
            replace(part, y=part.y[part.base < n], base=part.base[part.base < n], failed=part.failed[:n], n=n)
            for part in blocks
        ]
        found = _estimate(parts, len(factors.units), second_order, has_same_seeds, outcome)
        tables.append(_frame(factors, found, _tail(samples, parts, outcome, found.method)))
        n *= 2
    return pd.concat(tables, ignore_index=True)


def unsettled(convergence: pd.DataFrame) -> list[str]:
    """Return why a table of convergence does not settle the indices; empty when it does.

    Settled: every interval of an ST above 0.05 is narrower than 0.05, those factors stand in the same order in the
    last three designs, and the ST of a dummy covers 0.
    """
    sizes = sorted(convergence["N"].unique())[-3:]
    if len(sizes) < 3:
        return [f"{len(sizes)} sizes of design: two doublings are needed"]
    table = convergence[convergence["N"] == sizes[-1]]
    last = table[table["ST"] > MATTERS].set_index("factor")
    widths = last["ST_high"] - last["ST_low"]
    reasons = [f"{name}: interval of ST {width:.3f} wide" for name, width in widths.items() if width >= WIDTH]
    orders = {}
    for size in sizes:
        smaller = convergence[convergence["N"] == size].set_index("factor").loc[last.index]
        orders[size] = smaller["ST"].sort_values(ascending=False, kind="stable").index.tolist()
    dummies = table[(table["role"] == "dummy") & (table["ST_low"] > 0)]
    reasons += [f"{name}: a dummy, and its ST does not cover 0" for name in dummies["factor"]]
    if any(order != orders[sizes[-1]] for order in orders.values()):
        reasons.append("order by ST: " + "; ".join(f"N {size}: {', '.join(o)}" for size, o in orders.items()))
    return reasons


def independent_rows(factors: Factors, sample: Sample, *, second_order: bool = False) -> Sample:
    """Return the rows A and B of a Saltelli design as a sample of their own, for methods that take any sample.

    All rows of a block share values, so the others would count twice what is known once.
    """
    kept = in_order(factors, sample, "all")
    block = len(kept.y) // base_rows_of(factors, len(kept.y), second_order=second_order)
    rows = np.flatnonzero(np.isin(kept.ids % block, (0, block - 1)))
    return replace(
        kept,
        ids=np.arange(len(rows), dtype=np.int64),
        x=kept.x[rows],
        y=kept.y[rows],
        failed=kept.gaps[rows],
        values=None if kept.values is None else [kept.values[int(i)] for i in rows],
    )


def pooled(factors: Factors, samples: Sequence[Sample], outcome: str) -> tuple[F64, F64, int]:
    """Return values in the unit cube and responses of the points without a failed run, and the number of others."""
    kept = [in_order(factors, sample, outcome) for sample in samples]
    whole = [~sample.gaps.any(axis=1) for sample in kept]
    x = np.concatenate([sample.x[good] for sample, good in zip(kept, whole, strict=True)])
    y = np.concatenate([sample.y[good] for sample, good in zip(kept, whole, strict=True)])
    if not len(y) or np.ptp(y.mean(axis=1)) == 0:
        raise DataError(f"outcome {outcome}  the responses of {len(y)} whole points do not vary")
    return factors.in_unit_cube(x), y, int(sum((~good).sum() for good in whole))
