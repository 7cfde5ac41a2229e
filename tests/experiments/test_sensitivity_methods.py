"""Screening, polynomial chaos and PAWN on functions of which the answer is known."""

from __future__ import annotations

import sys
from dataclasses import replace

import numpy as np
import pytest
from SALib.analyze import morris as salib_morris
from SALib.analyze import pawn as salib_pawn
from sample_tools import THREE, problem, product, trajectories, uniform
from scipy.stats import binom, t

from krimpsim.core.errors import DataError, UsageError
from krimpsim.experiments import chaos
from krimpsim.experiments.chaos import basis, chaos_indices, terms_of
from krimpsim.experiments.distribution_indices import pawn_indices
from krimpsim.experiments.luck import CONFIDENCE
from krimpsim.experiments.sample import Factors, Sample
from krimpsim.experiments.screening import morris_effects

ONCE_IN = 10_000


@pytest.mark.parametrize("groups", [None, ("both", "both", "none")])
def test_effects_are_those_of_salib(groups) -> None:
    factors = replace(THREE, groups=groups, dummy=None)
    sample = trajectories(factors, product)
    wanted = salib_morris.analyze(problem(factors), sample.x, sample.y[:, 0], seed=1)
    found = morris_effects(factors, sample, outcome="y")
    np.testing.assert_allclose(found["mu_star"], wanted["mu_star"], atol=1e-12)
    alone = factors.members.sum(axis=1) == 1
    for name in ("mu", "sigma"):
        np.testing.assert_allclose(found.loc[alone, name], np.asarray(wanted[name])[alone], atol=1e-12)
        assert found.loc[~alone, name].isna().all()


def test_effects_of_a_straight_line_are_its_slopes_times_the_ranges() -> None:
    found = morris_effects(THREE, trajectories(THREE, lambda x: 3 * x[:, 0] - 2 * x[:, 1]), outcome="y")
    np.testing.assert_allclose(found[["mu", "mu_low", "mu_high"]].iloc[0], 30, atol=1e-9)
    np.testing.assert_allclose(found[["mu", "mu_star"]].iloc[1], [-4, 4], atol=1e-9)
    np.testing.assert_allclose(found["sigma"], 0, atol=1e-9)
    assert (found.iloc[2][["mu", "mu_star", "sigma"]] == 0).all()


def test_without_common_random_numbers_luck_looks_like_an_effect() -> None:
    rng = np.random.default_rng(0)
    fresh = trajectories(THREE, product, luck=lambda x: 5 * rng.normal(size=(len(x), 4)))
    shared = trajectories(THREE, product, luck=lambda x: 5 * rng.normal(size=4))
    keyed = trajectories(THREE, product, luck=lambda x: 5 * np.sin(x[:, :1] * [1, 2, 3, 4] + x[:, 1:2]))
    for sample, has_luck in ((fresh, True), (shared, False), (keyed, False)):
        dummy = morris_effects(THREE, sample, outcome="y").iloc[2]
        assert (dummy["mu_star"] > 0.1) == has_luck
        assert (dummy["mu_star_by_luck"] > 0.1) == has_luck
    found = morris_effects(THREE, fresh, outcome="y").iloc[2]
    assert found["mu_star_low"] <= found["mu_star_by_luck"] <= found["mu_star_high"]


def test_intervals_of_mu_hold_the_slope_as_often_as_they_promise() -> None:
    """The effect of a on a * (1 + b) is 10 * (1 + b), with mean 10; luck is half common."""
    repeats, held = 100, 0
    for seed in range(repeats):
        rng = np.random.default_rng((seed, 1))
        sample = trajectories(
            THREE, product, 20, seed, lambda x, rng=rng: 2 * rng.normal(size=3) + 2 * rng.normal(size=(len(x), 3))
        )
        row = morris_effects(THREE, sample, outcome="y").iloc[0]
        held += row["mu_low"] <= 10 <= row["mu_high"]
    assert held >= binom.ppf(1 / ONCE_IN, repeats, CONFIDENCE)


def test_sigma_is_free_of_luck() -> None:
    """A straight line has sigma 0; luck of 1 in each run would make it 1.5 * sqrt(2 / R)."""
    estimates = []
    for seed in range(30):
        rng = np.random.default_rng((seed, 2))
        sample = trajectories(THREE, lambda x: x[:, 0], 40, seed, lambda x, rng=rng: rng.normal(size=(len(x), 2)))
        estimates.append(morris_effects(THREE, sample, outcome="y")["sigma"][0])
    assert np.median(estimates) < 0.5  # half of the samples give a variance of 0 or less, which counts as 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: replace(s, ids=s.ids[::-1]), None),
        (lambda s: replace(s, x=s.x[::-1].copy(), y=s.y[::-1]), None),
        (lambda s: replace(s, x=np.roll(s.x, 1, axis=0)), "are no trajectory"),
        (lambda s: replace(s, ids=s.ids[:-1], x=s.x[:-1], y=s.y[:-1]), "159 rows are no trajectories of 4"),
        (lambda s: replace(s, y=np.where(s.ids == 7, np.nan, 1.0)[:, None]), "row 7, seed 0: response nan"),
        (lambda s: replace(s, failed=(s.ids > 9)[:, None]), "2 trajectories without a failed run"),
    ],
)
def test_what_is_no_trajectory_is_refused(change, message) -> None:
    sample = change(trajectories(THREE, product))
    if message is None:  # a trajectory walked backwards is one too
        assert len(morris_effects(THREE, sample, outcome="y")) == 3
        return
    with pytest.raises(DataError, match=message):
        morris_effects(THREE, sample, outcome="y")


def test_a_failed_run_costs_its_trajectory() -> None:
    sample = trajectories(THREE, product)
    failed = (sample.ids == 5)[:, None]
    found = morris_effects(THREE, replace(sample, y=np.where(failed, np.nan, sample.y), failed=failed), outcome="y")
    kept = np.r_[0:4, 8:160]
    wanted = morris_effects(THREE, Sample(np.arange(156), sample.x[kept], sample.y[kept], (0,)), outcome="y")
    assert (found["mu_star"] == wanted["mu_star"]).all()
    assert (found["failed_rows"][0], found["failed_runs"][0], found["runs"][0]) == (1, 1, 156)


# --- polynomial chaos -------------------------------------------------------------------------------------------


def test_terms_are_orthonormal() -> None:
    terms = terms_of(3, 4, 2)
    assert len(terms) == len(np.unique(terms, axis=0)) == 3 * 4 + 3 * 6
    assert terms.sum(axis=1).max() == 4
    assert (terms > 0).sum(axis=1).max() == 2
    nodes, weights = np.polynomial.legendre.leggauss(6)
    grid = np.stack(np.meshgrid(nodes, nodes, nodes, indexing="ij"), axis=-1).reshape(-1, 3)
    weight = np.prod(np.stack(np.meshgrid(weights, weights, weights, indexing="ij"), axis=-1), axis=-1).ravel() / 8
    columns = basis((grid + 1) / 2, terms)
    np.testing.assert_allclose(columns.T @ (columns * weight[:, None]), np.eye(len(terms)), atol=1e-12)
    np.testing.assert_allclose(weight @ columns, 0, atol=1e-12)


def test_a_polynomial_is_found_through_luck() -> None:
    """a * (1 + b), a uniform on 0 to 10 and b on -1 to 1: parts of the variance are 25/3, 25/3 and 25/9."""
    pytest.importorskip("sklearn")
    found = chaos_indices(THREE, [uniform(THREE, product, 512, 1, luck=2.0, replicates=4)], outcome="y")
    for name, truth in (("S1", [3 / 7, 3 / 7, 0]), ("ST", [4 / 7, 4 / 7, 0])):
        half = (found[f"{name}_high"] - found[f"{name}_low"]) / 2
        wider = t.ppf(1 - 1 / ONCE_IN / 12, 9) / t.ppf(0.975, 9)
        assert (np.abs(found[name] - np.array(truth)) <= wider * half + 1e-3).all()  # the penalty shrinks a little
        assert half.max() < 0.06
    # held-out means of four runs hold luck of variance 1 beside a signal of 25/3 + 25/3 + 25/9
    assert abs(found["Q2"][0] - (175 / 9) / (175 / 9 + 1)) < 0.03
    assert found["N"][0] == 512


def test_q2_says_so_when_a_polynomial_does_not_fit() -> None:
    pytest.importorskip("sklearn")
    steps = chaos_indices(THREE, [uniform(THREE, lambda x: np.floor(3 * x[:, 0]) % 2.0, 256, 1)], outcome="y")
    assert steps["Q2"][0] < 0.3
    smooth = chaos_indices(THREE, [uniform(THREE, product, 256, 1)], outcome="y")
    assert smooth["Q2"][0] > 0.999


def test_polynomial_of_groups() -> None:
    pytest.importorskip("sklearn")
    factors = replace(THREE, groups=("both", "both", "none"), dummy="none")
    found = chaos_indices(factors, [uniform(factors, product, 256, 1)], outcome="y")
    np.testing.assert_allclose(found[["S1", "ST"]].to_numpy(), [[1, 1], [0, 0]], atol=1e-3)


def test_chaos_says_what_it_needs(monkeypatch) -> None:
    with pytest.raises(DataError, match="64 points are too few"):
        chaos_indices(THREE, [uniform(THREE, product, 64)], outcome="y")
    with pytest.raises(DataError, match="do not vary"):
        chaos_indices(THREE, [uniform(THREE, lambda x: 0 * x[:, 0])], outcome="y")
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(UsageError, match=r"pip install 'krimpsim\[sensitivity\]'"):
        chaos_indices(THREE, [uniform(THREE, product)], outcome="y")
    assert len(terms_of(12, 3)) <= chaos.TERMS


# --- PAWN -------------------------------------------------------------------------------------------------------


def collapse(x):
    """The year of a collapse, which most runs never see."""
    return np.where(x[:, 0] * (2 + x[:, 1]) > 20, 2013 + x[:, 1], 2041.0)


def test_distances_are_those_of_salib() -> None:
    sample = uniform(THREE, collapse, 512, luck=0.1, replicates=2)
    found = pawn_indices(THREE, [sample], outcome="y")
    wanted = salib_pawn.analyze(problem(THREE), np.repeat(sample.x, 2, axis=0), sample.y.ravel(), S=10)
    np.testing.assert_allclose(found["PAWN"], wanted["median"], atol=1e-12)
    np.testing.assert_allclose(found["largest"], wanted["maximum"], atol=1e-12)


def test_a_skewed_outcome_names_its_factors_and_not_the_dummy() -> None:
    found = pawn_indices(THREE, [uniform(THREE, collapse, 512)], outcome="collapse")
    assert found["is_above_floor"].tolist() == [True, True, False]
    assert found["of"][0] == "distribution of single runs"


def test_the_floor_holds_a_factor_without_influence_as_often_as_it_promises() -> None:
    idle = 30
    factors = Factors(("a", "b", *(f"idle{i}" for i in range(idle))), ((0.0, 10.0), (-1.0, 1.0)) + ((0.0, 1.0),) * idle)
    found = pawn_indices(factors, [uniform(factors, collapse, 128)], outcome="y")
    assert found["is_above_floor"][2:].sum() <= binom.ppf(1 - 1 / ONCE_IN, idle, 1 - CONFIDENCE)


def test_pawn_refuses_what_it_cannot_judge() -> None:
    with pytest.raises(DataError, match="64 points are too few for 10 slices"):
        pawn_indices(THREE, [uniform(THREE, collapse, 64)], outcome="y")
    sample = uniform(THREE, product)
    endless = replace(sample, y=np.where(sample.ids == 3, np.inf, 1.0)[:, None])
    with pytest.raises(DataError, match="row 3, seed 0: response inf"):
        pawn_indices(THREE, [endless], outcome="y")
    failed = uniform(THREE, product)
    found = pawn_indices(THREE, [replace(failed, failed=(failed.ids < 6)[:, None])], outcome="y")
    assert (found["failed_rows"][0], found["N"][0]) == (6, 250)
