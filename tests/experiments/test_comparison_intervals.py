"""How sure a difference is: intervals over points, over seeds or over both, as the design and its luck have it."""

from __future__ import annotations

import numpy as np
import pytest
from pair_tools import experiment, run

from krimpsim.experiments.comparison import _Cells, compare_scenarios
from krimpsim.experiments.experiment import Experiment
from krimpsim.experiments.responses import Responses, read_responses


def cells_of(y, kind="lhs", first=None, a=None):
    """Return cells whose later scenario has these numbers, shape (points, replicates)."""
    y = np.asarray(y, dtype=np.float64)
    first = np.zeros(len(y), dtype=np.int64) if first is None else np.asarray(first)
    responses = {("a", "x"): np.zeros_like(y) if a is None else a, ("b", "x"): y}
    return _Cells(
        Responses(
            experiment="e", plan="p", design={"kind": kind, "n": len(y), "scramblings": 1}, factors=(),
            unit=np.zeros((len(y), 0)), values=((),) * len(y), scenarios=("a", "b"), indicators=("x",),
            of={"x": "births"}, responses=responses, first=first, failed={"a": 0, "b": 0},
            asked=Experiment(id="e"), titles={"a": "a", "b": "b"},
        )
    )  # fmt: skip


@pytest.mark.parametrize(("points", "seeds"), [(1.0, 0.0), (0.3, 1.0), (1.0, 1.0)])
def test_intervals_hold_the_truth_where_luck_is_shared_over_points(points, seeds):
    """Differences of point + seed + both: 95% intervals over 20 points and 5 seeds, 2000 times."""
    chance = np.random.default_rng(3)
    held = 0
    for _ in range(2000):
        y = (
            points * chance.normal(size=(20, 1))
            + seeds * chance.normal(size=(1, 5))
            + 0.3 * chance.normal(size=(20, 5))
        )
        low, high, _ = cells_of(y).interval(y)
        held += low <= 0 <= high
    assert 0.93 <= held / 2000 <= 0.97


def test_what_an_interval_is_over():
    y = np.random.default_rng(1).normal(size=(6, 4))
    assert cells_of(y).interval(y)[2] == "t over 6 points and 4 seeds"
    assert cells_of(y[:, :2]).interval(y[:, :2])[2] == "t over 6 points"
    assert cells_of(y, "grid").interval(y)[2] == "t over 4 seeds, these points"
    assert cells_of(y[:1]).interval(y[:1])[2] == "t over 4 seeds"
    assert cells_of(y[:, :1], first=range(6)).interval(y[:, :1])[2] == "t over 6 points"
    low, high, method = cells_of(y[:, :1], "grid").interval(y[:, :1])
    assert np.isnan([low, high]).all()
    assert method == "none: one replicate"
    same = np.ones((6, 4))
    assert cells_of(same).interval(same)[:2] == (1, 1)


@pytest.mark.parametrize("replicates", [1, 4])
def test_luck_of_its_own_in_each_point_is_not_counted_twice(replicates):
    y = np.random.default_rng(2).normal(size=(40, replicates))
    low, high, method = cells_of(y, "draws", first=10 * np.arange(40)).interval(y)
    half = 2.022690920 * y.mean(axis=1).std(ddof=1) / np.sqrt(40)
    assert (low, high) == pytest.approx((y.mean() - half, y.mean() + half))
    assert method == "t over 40 points"


def test_of_a_sobol_design_only_rows_a_and_b_count(tmp_path):
    file = experiment(tmp_path, 'kind = "sobol"\nn = 4\nscramblings = 2')
    store = run(file, tmp_path)
    row = compare_scenarios(file, store.folder, out=tmp_path / "out").tables["differences"].iloc[0]
    assert (row["points"], row["runs"], row["pairs"]) == (16, 96, 48)
    assert row["interval"] == "t over 16 points and 6 seeds"
    found = read_responses(file, store.folder)
    y = (found.responses["half", "ishigami"] - found.responses["tiny", "ishigami"]).reshape(8, 6, 3)[:, [0, 5]]
    assert row["difference"] == pytest.approx(y.mean())
