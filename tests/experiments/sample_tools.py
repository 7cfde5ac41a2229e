"""Samples of known functions for the methods of sensitivity."""

from __future__ import annotations

import numpy as np
from SALib.sample import morris as salib_trajectories
from scipy.stats import qmc

from krimpsim.experiments.sample import Factors, Sample

THREE = Factors(("a", "b", "dummy"), ((0.0, 10.0), (-1.0, 1.0), (0.0, 1.0)), dummy="dummy")


def problem(factors: Factors) -> dict[str, object]:
    return {
        "num_vars": len(factors.names),
        "names": list(factors.names),
        "bounds": [list(bounds) for bounds in factors.bounds],
        "groups": list(factors.groups) if factors.groups else None,
    }


def trajectories(factors: Factors, f, count=40, seed=0, luck=None) -> Sample:
    x = salib_trajectories.sample(problem(factors), count, seed=seed)
    y = f(x)[:, None] if luck is None else f(x)[:, None] + luck(x)
    return Sample(np.arange(len(x)), x, y, tuple(range(y.shape[1])))


def uniform(factors: Factors, f, n=256, seed=0, luck=0.0, replicates=1) -> Sample:
    low, high = np.array(factors.bounds).T
    x = low + (high - low) * qmc.Sobol(len(factors.names), rng=seed).random(n)
    y = f(x)[:, None] + luck * np.random.default_rng(seed).normal(size=(n, replicates))
    return Sample(np.arange(n), x, y, tuple(range(replicates)))


def product(x):
    return x[:, 0] * (1 + x[:, 1])


# --- screening --------------------------------------------------------------------------------------------------
