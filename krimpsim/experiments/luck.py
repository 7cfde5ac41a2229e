"""Luck in a mean over replicates: taken out of what is squared, and put into intervals."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from scipy.stats import t

from krimpsim.experiments.sample import F64, I64

CONFIDENCE = 0.95
SEEDS_FOR_JACKKNIFE = 3  #: two leave one, and one allows no correction for luck


def half_width(parts: Sequence[tuple[F64, int]]) -> F64:
    """Return half the width of an interval from independent standard errors, each with its degrees of freedom.

    Parameters
    ----------
    parts
        Standard errors, arrays of one shape, and the degrees of freedom of each (Welch and Satterthwaite).
    """
    squares = [(np.square(error), freedom) for error, freedom in parts]
    total = np.sum([square for square, _ in squares], axis=0)
    weight = np.sum([np.square(square) / freedom for square, freedom in squares], axis=0)
    freedom = np.divide(np.square(total), weight, out=np.ones_like(total), where=weight > 0)
    return np.asarray(t.ppf(0.5 + CONFIDENCE / 2, freedom) * np.sqrt(total), dtype=np.float64)


def jackknife(left_out: Sequence[F64]) -> tuple[F64, int]:
    """Return standard error and degrees of freedom from the estimates with one part left out each time."""
    estimates = np.array(left_out, dtype=np.float64)
    g = len(estimates)
    return np.sqrt((g - 1) * estimates.var(axis=0)), g - 1


def jackknife_over_seeds(estimate: Callable[[I64], F64], replicates: int) -> list[tuple[F64, int]]:
    """Return the part of an interval that the choice of seeds adds; empty when there are too few to say.

    Parameters
    ----------
    estimate
        Gives the estimates from these columns of the responses.
    replicates
        How many columns there are.
    """
    if replicates < SEEDS_FOR_JACKKNIFE:
        return []
    return [jackknife([estimate(np.delete(np.arange(replicates), r)) for r in range(replicates)])]


def without_luck(form: Callable[[F64], F64], y: F64) -> F64:
    """Return a quadratic form of the mean response, free of the luck that the mean over replicates still holds.

    Parameters
    ----------
    form
        Gives, for columns ``[..., replicates]``, its value for each column, ``[..., replicates]``.
    y
        Responses, ``[..., replicates]``. With one replicate nothing is taken out.
    """
    mean = y.mean(axis=-1, keepdims=True)
    r = y.shape[-1]
    value = form(mean)[..., 0]
    return value if r == 1 else np.asarray(value - form(y - mean).sum(axis=-1) / (r * (r - 1)), dtype=np.float64)
