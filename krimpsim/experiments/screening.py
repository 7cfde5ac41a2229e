"""Screening by elementary effects (Morris): which factors can be left alone before the costly indices are asked.

An elementary effect is the change of the mean response along one step of a trajectory, per width of the range of the
factor. `mu` is its mean, `mu_star` the mean of its size, `sigma` its spread over the range: bent, or different with
other factors. Luck makes every effect look larger: `mu_star_by_luck` is the mu_star that luck alone would give, and
sigma is free of it. The screening therefore needs common random numbers, one list of seeds for every point: a factor
that the model does not read then gets an exact zero.

Trajectories are independent, so intervals are the jackknife over them, and over the seeds, which all of them share.
SALib draws the trajectories; its analysis takes one number a point and gives no interval for mu and sigma.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from krimpsim.core.errors import DataError
from krimpsim.experiments.luck import half_width, jackknife, jackknife_over_seeds, without_luck
from krimpsim.experiments.sample import F64, I64, Factors, Sample, in_order, provenance
from krimpsim.experiments.sensitivity import MEAN_RESPONSE

STILL = 1e-9  #: of the range of a factor: less is no step
TRAJECTORIES = 4  #: fewer give no interval worth printing


def morris_effects(factors: Factors, sample: Sample, *, outcome: str) -> pd.DataFrame:
    """Return mu, mu_star and sigma of each factor or group, with 95 % intervals.

    Parameters
    ----------
    factors
        What was varied. A group of several factors has no sign: its mu and sigma are NaN.
    sample
        Trajectories as `SALib.sample.morris` draws them. Values stand as drawn: whole numbers before they are rounded,
        since a step that rounding hides is still a step.
    outcome
        Name of the response.

    Returns
    -------
    pandas.DataFrame
        One row a factor or group, in units of the response per width of the range; ``_low`` and ``_high`` of each,
        ``mu_star_by_luck``, and the columns that say where the table comes from. ``failed_rows`` counts trajectories
        left out because a run failed.

    Raises
    ------
    DataError
        If the rows are no trajectories, or a response is not finite.
    """
    kept = in_order(factors, sample, outcome)
    effects, left_out = _effects(factors, kept, outcome)
    trajectories, units, replicates = effects.shape
    signed = np.where(factors.members.sum(axis=1) == 1, 1.0, np.nan)

    def statistics(part: F64) -> F64:
        means = part.mean(axis=2)
        spread = without_luck(lambda columns: columns.var(axis=0, ddof=1), part)
        return np.array([means.mean(axis=0) * signed, np.abs(means).mean(axis=0), np.sqrt(spread.clip(0)) * signed])

    def over_seeds(columns: I64) -> F64:
        return statistics(effects[:, :, columns])

    estimates = statistics(effects)
    half = _half_widths(statistics, over_seeds, effects)
    luck = np.full(units, np.nan)
    if replicates > 1:
        luck = np.sqrt(2 / np.pi * effects.var(axis=2, ddof=1) / replicates).mean(axis=0)  # mean size of a normal draw
    columns = {
        "factor": factors.units,
        "role": ["dummy" if unit == factors.dummy else "factor" for unit in factors.units],
    }
    for name, value, width in zip(("mu", "mu_star", "sigma"), estimates, half, strict=True):
        columns |= {name: value, f"{name}_low": value - width, f"{name}_high": value + width}
    tail = provenance(
        [kept],
        outcome=outcome,
        of=MEAN_RESPONSE,
        estimator="elementary effects per width of the range; sigma "
        + ("plain" if replicates == 1 else "without luck"),
        interval="jackknife over trajectories"
        + (f" and {replicates} seeds" if replicates > 2 else ", these seeds only"),
        N=trajectories + left_out,
        runs=trajectories * (units + 1) * replicates,
        failed_runs=int(kept.gaps.sum()),
        failed_rows=left_out,
    )
    return pd.DataFrame(columns | {"mu_star_by_luck": luck} | tail)


def _half_widths(statistics: Callable[[F64], F64], over_seeds: Callable[[I64], F64], effects: F64) -> F64:
    trajectories, _, replicates = effects.shape
    over_trajectories = jackknife([statistics(np.delete(effects, i, axis=0)) for i in range(trajectories)])
    return half_width([over_trajectories, *jackknife_over_seeds(over_seeds, replicates)])


def _effects(factors: Factors, sample: Sample, outcome: str) -> tuple[F64, int]:
    """Return the effects ``[trajectories, units, replicates]`` and how many trajectories a failed run cost."""
    units = len(factors.units)
    trajectories, rest = divmod(len(sample.y), units + 1)
    if rest:
        raise DataError(f"design  {len(sample.y)} rows are no trajectories of {units + 1} points")
    steps = np.diff(factors.in_unit_cube(sample.x).reshape(trajectories, units + 1, -1), axis=1)
    moved = np.abs(steps) > STILL
    moving = np.array([(moved == owned).all(axis=2) for owned in factors.members])  # [units, trajectories, steps]
    if not (moving.sum(axis=2) == 1).all():
        trajectory = int(np.argwhere(moving.sum(axis=2) != 1)[0, 1])
        raise DataError(
            f"design  rows {trajectory * (units + 1)} to {(trajectory + 1) * (units + 1) - 1} are no trajectory: each "
            "step moves one factor or one whole group. Ids or groups do not fit this design"
        )
    whole = ~sample.gaps.reshape(trajectories, -1).any(axis=1)
    if whole.sum() < TRAJECTORIES:
        raise DataError(
            f"outcome {outcome}  {int(whole.sum())} trajectories without a failed run; {TRAJECTORIES} are needed"
        )
    at = moving.argmax(axis=2).T  # [trajectories, units]: the step that moves the unit
    rows = np.arange(trajectories)[:, None]
    lengths = steps[rows, at][:, np.arange(units), factors.members.argmax(axis=1)]
    changes = np.diff(sample.y.reshape(trajectories, units + 1, -1), axis=1)[rows, at]
    return (changes / lengths[:, :, None])[whole], int((~whole).sum())
