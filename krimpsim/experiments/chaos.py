"""Sobol' indices from a sparse polynomial in the factors: a cheap cross-check on any sample, which also filters luck.

The mean response is fitted by Legendre polynomials, orthonormal on the unit cube, so the squares of the coefficients
are the parts of its variance. LassoLarsCV keeps few of them; the degree is the one with the least error in
cross-validation. Q2, the share explained on held-out points that neither choice has seen, says whether to believe it:
a threshold (a village without care) is no polynomial, and there only the direct indices count. Q2 counts the luck
left in the held-out points as error, so it stays below 1 however good the fit.

scikit-learn has the regression; NumPy and SciPy have none, and SALib's enhanced_hdmr is not sparse, gives no Q2 and
refuses fewer than 300 points. It is an extra, `krimpsim[sensitivity]`, since nothing else needs it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import combinations, product
from typing import Any

import numpy as np
import pandas as pd
from numpy.polynomial.legendre import legvander

from krimpsim.core.errors import DataError, UsageError
from krimpsim.experiments.luck import half_width, jackknife, jackknife_over_seeds
from krimpsim.experiments.sample import F64, I64, Bool, Factors, Sample, provenance
from krimpsim.experiments.sensitivity import MEAN_RESPONSE, pooled

DEGREES = (2, 3, 5, 7, 9)
ORDER = 3  #: most factors in one term
TERMS = 2000  #: more make the regression slow: the degrees that need them are not tried
HELD_OUT = 5  #: every fifth point
GROUPS = 10  #: of points, each left out once for the interval
FOLDS = 5
KEPT = 100  #: most terms with a coefficient


def terms_of(factors: int, degree: int, order: int = ORDER) -> I64:
    """Return the degrees of each factor in each term, ``[terms, factors]``: total degree and order at most these."""

    def every() -> Iterator[list[int]]:
        for size in range(1, min(order, degree, factors) + 1):
            for chosen in combinations(range(factors), size):
                for degrees in product(range(1, degree + 2 - size), repeat=size):
                    if sum(degrees) <= degree:
                        row = [0] * factors
                        for factor, value in zip(chosen, degrees, strict=True):
                            row[factor] = value
                        yield row

    return np.array(list(every()), dtype=np.int64)


def basis(u: F64, terms: I64) -> F64:
    """Return the orthonormal Legendre terms ``[points, terms]`` at points ``[points, factors]`` of the unit cube."""
    highest = int(terms.max())
    single = legvander(2 * u - 1, highest) * np.sqrt(2 * np.arange(highest + 1) + 1)  # [points, factors, degrees]
    columns = np.ones((len(u), len(terms)))
    for factor in range(u.shape[1]):
        columns *= single[:, factor, terms[:, factor]]
    return columns


def chaos_indices(factors: Factors, samples: Sequence[Sample], *, outcome: str) -> pd.DataFrame:
    """Return S1 and ST of the mean response from a sparse polynomial, with 95 % intervals and Q2.

    Parameters
    ----------
    factors
        What was varied. Values are uniform between the bounds; of a whole number, give the value before rounding.
    samples
        Samples of independent points; of a Saltelli design `independent_rows`.
    outcome
        Name of the response.

    Returns
    -------
    pandas.DataFrame
        One row a factor or group: S1 and ST with ``_low`` and ``_high``, ``Q2``, ``degree``, ``terms`` kept, and the
        columns that say where the table comes from.

    Raises
    ------
    UsageError
        If scikit-learn is not installed.
    DataError
        If a response is not finite or does not vary, or points are too few.
    """
    u, y, left_out = pooled(factors, samples, outcome)
    if len(u) < 2 * HELD_OUT * GROUPS:
        raise DataError(
            f"outcome {outcome}  {len(u)} points are too few for a polynomial; give {2 * HELD_OUT * GROUPS}"
        )
    mean = y.mean(axis=1)
    place = np.arange(len(u))
    held = place % HELD_OUT == 0
    candidates = [found for degree in DEGREES if len(found := terms_of(len(factors.names), degree)) <= TERMS]
    trials = [(tried, _fit(basis(u[~held], tried), mean[~held])) for tried in candidates]
    terms, model = min(trials, key=lambda trial: float(trial[1].mse_path_.mean(axis=1).min()))
    error = np.square(mean[held] - model.predict(basis(u[held], terms))).mean()
    q2 = float(1 - error / mean[held].var())
    whole = _fit(basis(u, terms), mean)
    penalty = float(whole.alpha_)

    def indices(points: Bool, columns: I64 | slice) -> F64:
        fitted = _regression().LassoLars(alpha=penalty, max_iter=KEPT)
        fitted.fit(basis(u[points], terms), y[points][:, columns].mean(axis=1))
        return _shares(factors, terms, fitted.coef_)

    every = np.ones(len(u), dtype=np.bool_)
    estimates = _shares(factors, terms, whole.coef_)
    parts = [jackknife([indices(place % GROUPS != g, slice(None)) for g in range(GROUPS)])]
    seeds = jackknife_over_seeds(lambda columns: indices(every, columns), y.shape[1])
    half = half_width([*parts, *seeds])
    columns: dict[str, Any] = {
        "factor": factors.units,
        "role": ["dummy" if unit == factors.dummy else "factor" for unit in factors.units],
    }
    for name, value, width in zip(("S1", "ST"), estimates, half, strict=True):
        columns |= {name: value, f"{name}_low": value - width, f"{name}_high": value + width}
    tail = provenance(
        samples,
        outcome=outcome,
        of=MEAN_RESPONSE,
        estimator="sparse polynomial chaos, Legendre, LassoLarsCV",
        interval=f"jackknife over {GROUPS} groups of points" + (f" and {y.shape[1]} seeds" if seeds else ""),
        N=len(u),
        runs=y.size,
        failed_runs=int(sum(sample.gaps.sum() for sample in samples)),
        failed_rows=left_out,
    )
    fit = {"Q2": q2, "degree": int(terms.sum(axis=1).max()), "terms": int(np.count_nonzero(whole.coef_))}
    return pd.DataFrame(columns | fit | tail)


def _regression() -> Any:
    try:
        from sklearn import linear_model
    except ImportError:
        raise UsageError("polynomial chaos needs scikit-learn: pip install 'krimpsim[sensitivity]'") from None
    return linear_model


def _fit(columns: F64, y: F64) -> Any:
    return _regression().LassoLarsCV(cv=FOLDS, max_iter=KEPT).fit(columns, y)


def _shares(factors: Factors, terms: I64, coefficients: F64) -> F64:
    """Return S1 and ST ``[2, units]``: the share of the terms in the unit alone, and of all terms that hold it."""
    squares = np.square(coefficients)
    inside = np.array([terms[:, owned].any(axis=1) for owned in factors.members])
    outside = np.array([terms[:, ~owned].any(axis=1) for owned in factors.members])
    total = squares.sum()
    if total == 0:
        return np.zeros((2, len(factors.units)))
    return np.array([(inside & ~outside) @ squares, inside @ squares], dtype=np.float64) / float(total)
