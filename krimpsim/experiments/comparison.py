"""Scenarios of a finished experiment side by side, over luck and over what is not known: tables as CSV files.

Replicate r has the same luck in every scenario, and a point has the same values of the factors, so differences are
taken in pairs of equal point and replicate.  Regret and criteria are judged per point, on the mean over replicates.

Intervals.  Points that were drawn (lhs, sobol, a file of points) stand for all that is possible, so the interval of a
mean is one over points; those of a grid, or written one by one, are taken as they are.  Replicates share their luck
over the points, so the spread over replicates is added where there are three or more.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from krimpsim.core.errors import DataError, UsageError
from krimpsim.experiments.analysis import Analysis
from krimpsim.experiments.designs import F64
from krimpsim.experiments.experiment import ALL, Criterion, Indicator
from krimpsim.experiments.luck import SEEDS_FOR_JACKKNIFE, half_width
from krimpsim.experiments.responses import Responses, read_responses
from krimpsim.outputs.compare import Paired, paired
from krimpsim.outputs.folder import writable
from krimpsim.outputs.headlines import INDICATORS

HIGH_REGRET = 90  #: percentile of the regret that a table shows beside mean and maximum
SPREAD = (5, 95)  #: percentiles of the differences over points
_LOWER = {headline.name: headline.lower_is_better for headline in INDICATORS}


def compare_scenarios(
    file: str | Path, store: str | Path | None = None, against: str | None = None, out: str | Path | None = None
) -> Analysis:
    """Make and write the tables that compare the scenarios of a finished experiment.

    Parameters
    ----------
    file
        The experiment file.
    store
        Folder of its store; as the file says when None.
    against
        The scenario with which the others are compared; the first when None.
    out
        Folder for the tables; ``results/<id of the experiment>`` when None.

    Returns
    -------
    analysis
        Tables by name: ``differences`` and ``differences_by_point``, ``regret``, and ``criteria`` when the file has
        some.  A difference is scenario minus `against`; a ratio of variances says how many times larger the variance
        of the difference would be without pairs (``by_luck``: over the replicates of a point only).

    Raises
    ------
    ConfigError
        As `krimpsim.experiments.reading.load_experiment`.
    UsageError
        If the file cannot be read, or leaves nothing to compare.
    DataError
        If runs are missing, or no point is whole.
    """
    found = read_responses(file, store, allow_failed=True)
    kind, scenarios = found.design["kind"], found.scenarios
    if kind == "morris":
        raise UsageError(f"{file}: trajectories of morris crowd together, so means over them say little; take lhs")
    first = against or scenarios[0]
    if first not in scenarios:
        raise UsageError(f"{file}: '{first}' is no scenario of it; choose from {', '.join(scenarios)}")
    if len(scenarios) == 1 and not found.asked.criteria:
        raise UsageError(f"{file}: one scenario and no [[criteria]] leave nothing to compare")
    cells = _Cells(found)
    better = {one.name: lower_is_better(one) for one in found.asked.indicators}
    parts = {"criteria": _criteria(cells, found.asked.criteria)}
    notes = [f"{cells.failed} runs failed; points with them are left out"] if cells.failed else []
    if len(scenarios) > 1:
        parts |= {
            "differences": _differences(cells, first, better),
            "differences_by_point": _by_point(cells, first, better),
            "regret": _regret(cells, better),
        }
        unknown = [name for name, lower in better.items() if lower is None]
        notes += [f'{name}: give better = "lower" or "higher", then regret can be told' for name in unknown]
    if cells.are_drawn and cells.points > 1 and cells.replicates < SEEDS_FOR_JACKKNIFE and not cells.own_luck:
        notes.append(
            f"{cells.replicates} replicate{'s' if cells.replicates > 1 else ''} share their luck over all points: "
            f"intervals are for this luck only; give replicates = {SEEDS_FOR_JACKKNIFE} or more"
        )
    tables = {name: pd.DataFrame(rows) for name, rows in parts.items() if rows}
    folder = writable(Path("results") / found.experiment if out is None else out, "--out")
    for name, table in tables.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return Analysis(folder, tables, notes, dict(found.of), dict(found.titles))


def lower_is_better(one: Indicator) -> bool | None:
    """Return which direction of an indicator is better: as the file says, else as declared; None when nobody says.

    Months until something bad holds are better when there are more of them.
    """
    if one.better is not None:
        return one.better == "lower"
    lower = _LOWER.get(one.of)
    if lower is not None and one.take == "first_month" and one.at_least is not None:
        return not lower
    return lower


class _Cells:
    """Responses of whole points, by scenario and indicator: shape (n_points, n_replicates).

    Of a Sobol' design only rows A and B count: all rows of a block share values.
    """

    def __init__(self, found: Responses) -> None:
        design, rows = found.design, np.arange(len(found.unit))
        if design["kind"] == "sobol":
            block = len(rows) // design["scramblings"] // design["n"]
            rows = rows[np.isin(rows % block, (0, block - 1))]
        failed = [np.isnan(found.responses[name, found.indicators[0]][rows]) for name in found.scenarios]
        gaps = np.logical_or.reduce(failed)
        self.failed = int(np.sum(failed))
        columns = np.arange(gaps.shape[1])
        if len(rows) == 1:
            columns = columns[~gaps[0]]
        else:
            rows = rows[~gaps.any(axis=1)]
        if not len(rows) or not len(columns):
            raise DataError(f"plan {found.plan}  no point is whole: too many runs failed")
        self._found, self.rows, self._columns = found, rows, columns
        self.scenarios = found.scenarios
        self.points, self.replicates = len(rows), len(columns)
        first = found.first[rows]
        #: runs with the same luck, by point and replicate
        self.luck = np.unique(first, return_inverse=True)[1][:, None] * len(columns) + np.arange(len(columns))
        self.own_luck = len(rows) > 1 and len(set(first.tolist())) == len(rows)
        self.are_drawn = design["kind"] in ("lhs", "sobol") or bool(design.get("file"))
        seeds = np.unique(first[:, None] + columns).tolist()
        is_range = len(seeds) > 2 and seeds == list(range(seeds[0], seeds[-1] + 1))
        self.provenance: dict[str, Any] = {
            "points": self.points,
            "R": self.replicates,
            "runs": self.points * self.replicates * len(self.scenarios),
            "failed_runs": self.failed,
            "seeds": f"{seeds[0]}..{seeds[-1]}" if is_range else " ".join(map(str, seeds)),
            "design_hash": found.plan,
        }

    def __call__(self, scenario: str, indicator: str) -> F64:
        return np.asarray(self._found.responses[scenario, indicator][np.ix_(self.rows, self._columns)])

    def values(self) -> Iterator[tuple[int, Mapping[str, object]]]:
        """Yield row of the design and values of the factors of every point."""
        for row in self.rows.tolist():
            yield row, {r.key: v for r, v in zip(self._found.factors, self._found.values[row], strict=True)}

    def interval(self, y: F64) -> tuple[float, float, str]:
        """Return the 95% interval of the mean of numbers per cell, and how it was made; nan where it cannot be."""
        p, r = self.points, self.replicates
        parts, said = [], []
        if p > 1 and (self.are_drawn or self.own_luck):
            parts.append(_error(y.mean(axis=1)))
            said.append(f"{p} points")
        lucks = self.luck.max() + 1
        if not self.own_luck and (not parts or r >= SEEDS_FOR_JACKKNIFE):
            means = np.bincount(self.luck.ravel(), y.ravel()) / np.bincount(self.luck.ravel())
            parts.append(_error(means))
            said.append(f"{lucks} seeds" + ("" if parts[1:] or p == 1 else ", these points"))
        parts = [(error, freedom) for error, freedom in parts if freedom > 0]
        if not parts:
            return np.nan, np.nan, "none: one replicate"
        mean, half = float(y.mean()), float(half_width(parts)) if any(e > 0 for e, _ in parts) else 0.0
        return mean - half, mean + half, f"t over {' and '.join(said)}"


def _error(means: F64) -> tuple[F64, int]:
    """Return standard error and degrees of freedom of the mean of independent numbers."""
    n = len(means)
    spread = means.std(ddof=1) if n > 1 and np.ptp(means) > 0 else 0.0
    return np.asarray(spread / np.sqrt(n), dtype=np.float64), n - 1


def _pairs(cells: _Cells, first: str, better: Mapping[str, bool | None]) -> Iterator[tuple[str, str, F64, F64]]:
    """Yield scenario, indicator and the two sides of each comparison."""
    for scenario in cells.scenarios:
        if scenario != first:
            for name in better:
                yield scenario, name, cells(first, name), cells(scenario, name)


def _differences(cells: _Cells, first: str, better: Mapping[str, bool | None]) -> list[dict[str, Any]]:
    """Return a row for each scenario and indicator: the paired difference over points and replicates."""
    rows = []
    for scenario, name, a, b in _pairs(cells, first, better):
        lower = better[name]
        found = paired(a.ravel(), b.ravel(), lower is not False)
        by_point = (b - a).mean(axis=1)
        low, high, method = cells.interval(b - a)
        gain = -by_point if lower else by_point
        p5, p95 = np.percentile(by_point, SPREAD)
        rows.append(
            {
                "scenario": scenario,
                "against": first,
                "indicator": name,
                "better": _direction(lower),
                "mean_against": found.mean_a,
                "mean": found.mean_b,
                "difference": found.difference,
                "low": low,
                "high": high,
                "interval": method,
                **_counts(found, lower),
                "points_better": pd.NA if lower is None else int((gain > 0).sum()),
                "points_p5": float(p5),
                "points_p95": float(p95),
                "variance_ratio": found.variance_ratio,
                "variance_ratio_by_luck": _ratio_within(a, b),
                **cells.provenance,
            }
        )
    return rows


def _by_point(cells: _Cells, first: str, better: Mapping[str, bool | None]) -> list[dict[str, Any]]:
    """Return a row for each point, scenario and indicator: the paired difference over replicates."""
    rows = []
    points = list(cells.values())
    for scenario, name, a, b in _pairs(cells, first, better):
        for (row, values), one, other in zip(points, a, b, strict=True):
            found = paired(one, other, better[name] is not False)
            rows.append(
                {
                    "scenario": scenario,
                    "against": first,
                    "indicator": name,
                    "row": row,
                    "difference": found.difference,
                    "low": found.low,
                    "high": found.high,
                    **_counts(found, better[name]),
                    "variance_ratio": found.variance_ratio,
                    **values,
                }
            )
    return rows


def _regret(cells: _Cells, better: Mapping[str, bool | None]) -> list[dict[str, Any]]:
    """Return a row for each scenario and indicator with a direction: how far it is from the best at each point."""
    rows = []
    for name, lower in better.items():
        if lower is None:
            continue
        cost = np.stack([cells(scenario, name).mean(axis=1) for scenario in cells.scenarios]) * (1 if lower else -1)
        for scenario, regret in zip(cells.scenarios, cost - cost.min(axis=0), strict=True):
            rows.append(
                {
                    "scenario": scenario,
                    "indicator": name,
                    "better": _direction(lower),
                    "mean": float(regret.mean()),
                    f"p{HIGH_REGRET}": float(np.percentile(regret, HIGH_REGRET)),
                    "max": float(regret.max()),
                    "max_at_row": int(cells.rows[regret.argmax()]),
                    "share_best": float((regret == 0).mean()),
                    **cells.provenance,
                }
            )
    return rows


def _criteria(cells: _Cells, criteria: Sequence[Criterion]) -> list[dict[str, Any]]:
    """Return a row for each scenario and criterion, and for all together: in how many points and runs it is met."""
    rows = []
    for scenario in cells.scenarios if criteria else ():
        of = {one.name: cells(scenario, one.of) for one in criteria}
        met = [
            (one.name, _said(one), _meets(one, of[one.name].mean(axis=1)), _meets(one, of[one.name]))
            for one in criteria
        ]
        if len(met) > 1:
            points, runs = (np.logical_and.reduce(parts) for parts in ([m[2] for m in met], [m[3] for m in met]))
            met.append((ALL, "all of them", points, runs))
        for name, words, points, runs in met:
            rows.append(
                {
                    "scenario": scenario,
                    "criterion": name,
                    "means": words,
                    "share_points": float(points.mean()),
                    "share_runs": float(runs.mean()),
                    **cells.provenance,
                }
            )
    return rows


def _meets(one: Criterion, y: F64) -> np.ndarray[Any, np.dtype[np.bool_]]:
    """Return where numbers keep within the bounds."""
    low = -np.inf if one.at_least is None else one.at_least
    high = np.inf if one.at_most is None else one.at_most
    return (low <= y) & (y <= high)


def _said(one: Criterion) -> str:
    """Return a criterion in words."""
    bounds = (("at least", one.at_least), ("at most", one.at_most))
    return f"{one.of} {' and '.join(f'{words} {bound:g}' for words, bound in bounds if bound is not None)}"


def _direction(lower: bool | None) -> str:
    return "" if lower is None else "lower" if lower else "higher"


def _counts(found: Paired, lower: bool | None) -> dict[str, Any]:
    """Return in how many pairs the scenario is better; not known without a direction."""
    known = lower is not None
    return {
        "pairs_better": found.better if known else pd.NA,
        "pairs_equal": found.equal,
        "pairs": found.pairs,
        "share_better": found.share_better if known else np.nan,
    }


def _ratio_within(a: F64, b: F64) -> float:
    """Return the ratio of variances over the replicates of a point, pooled over points; nan with one replicate."""
    if a.shape[1] < 2:
        return np.nan
    sides = [np.where(np.ptp(y, axis=1) == 0, 0.0, y.var(axis=1, ddof=1)).mean() for y in (a, b, b - a)]
    apart, together = float(sides[0] + sides[1]), float(sides[2])
    if apart == 0:
        return np.nan
    return apart / together if together > 0 else np.inf
