"""Sensitivity of the whole distribution of an outcome: a second opinion where the variance says little.

For skewed outcomes (the year in which care collapses, the longest queue) a few runs make the variance. PAWN compares
the distribution of single runs, with their luck, inside ten slices of a factor with the distribution over all runs,
by the largest distance between the two (Kolmogorov-Smirnov), and takes the median over the slices. It needs no
density, so values that many runs share (no collapse at all) do no harm; the delta index smooths them by a kernel.

PAWN is never 0 on a finite sample, and its value depends on the number of slices. `floor` is therefore the value that
95 of 100 factors without any influence stay under, on these responses. Use it to separate and to rank: the indices do
not add up to one.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from SALib.analyze import pawn
from scipy.stats import uniform

from krimpsim.core.errors import DataError
from krimpsim.experiments.luck import CONFIDENCE, half_width, jackknife
from krimpsim.experiments.sample import F64, Factors, Sample, provenance
from krimpsim.experiments.sensitivity import pooled

SLICES = 10
IN_A_SLICE = 10  #: points, at least
IDLE = 100  #: factors without influence, drawn for the floor
GROUPS = 10  #: of points, each left out once for the interval


def pawn_indices(factors: Factors, samples: Sequence[Sample], *, outcome: str) -> pd.DataFrame:
    """Return the PAWN index of each factor or group, with a 95 % interval and the floor of no influence.

    Parameters
    ----------
    factors
        What was varied. A group gets the mean of its factors, as in SALib.
    samples
        Samples of independent points; of a Saltelli design `independent_rows`.
    outcome
        Name of the response.

    Returns
    -------
    pandas.DataFrame
        One row a factor or group: ``PAWN`` with ``_low`` and ``_high``, ``largest`` distance over the slices,
        ``floor``, ``is_above_floor``, and the columns that say where the table comes from.

    Raises
    ------
    DataError
        If a response is not finite or does not vary, or points are too few.
    """
    u, y, left_out = pooled(factors, samples, outcome)
    if len(u) < SLICES * IN_A_SLICE:
        raise DataError(f"outcome {outcome}  {len(u)} points are too few for {SLICES} slices of {IN_A_SLICE}")
    problem = {"num_vars": len(factors.names), "names": list(factors.names), "groups": list(factors.groups or ())}
    found = _pawn(problem, u, y)
    place = np.arange(len(u))
    parts = jackknife([_pawn(problem, u[place % GROUPS != g], y[place % GROUPS != g]) for g in range(GROUPS)])
    half = half_width([parts])[0]
    idle = {"num_vars": 1, "names": ["idle"]}
    draws = np.asarray(uniform.rvs(size=(IDLE, len(u), 1), random_state=0), dtype=np.float64)
    floor = float(np.quantile([_pawn(idle, column, y)[0, 0] for column in draws], CONFIDENCE))
    columns: dict[str, Any] = {
        "factor": factors.units,
        "role": ["dummy" if unit == factors.dummy else "factor" for unit in factors.units],
        "PAWN": found[0],
        "PAWN_low": found[0] - half,
        "PAWN_high": found[0] + half,
        "largest": found[1],
        "floor": floor,
        "is_above_floor": found[0] > floor,
    }
    tail = provenance(
        samples,
        outcome=outcome,
        of="distribution of single runs",
        estimator=f"PAWN, median over {SLICES} slices; floor of {IDLE} idle factors",
        interval=f"jackknife over {GROUPS} groups of points",
        N=len(u),
        runs=y.size,
        failed_runs=int(sum(sample.gaps.sum() for sample in samples)),
        failed_rows=left_out,
    )
    return pd.DataFrame(columns | tail)


def _pawn(problem: dict[str, Any], u: F64, y: F64) -> F64:
    """Return median and largest distance ``[2, units]``; every run counts, those of one point together."""
    found = pawn.analyze(problem, np.repeat(u, y.shape[1], axis=0), y.ravel(), S=SLICES)
    return np.array([found["median"], found["maximum"]], dtype=np.float64)
