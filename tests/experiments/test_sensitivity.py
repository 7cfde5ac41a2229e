"""Indices on functions whose indices are known, with luck of several kinds; the functions are those of the full study.

Bounds are not chosen to pass. Where an estimate is compared with the truth, the bound is the interval of the estimate
itself at a level that is exceeded once in ten thousand comparisons, and the interval must be narrow enough to mean
something. Where intervals are counted, the bound is the binomial one at the level that they promise.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from SALib.analyze import sobol as salib_sobol
from SALib.sample import sobol as salib_sample
from scipy.stats import binom, t
from study_tools import KNOWN, LUCK, ONCE_IN, known_sample, study

from krimpsim.experiments import sensitivity
from krimpsim.experiments.luck import CONFIDENCE, without_luck
from krimpsim.experiments.sample import Sample
from krimpsim.experiments.sensitivity import sobol_convergence, sobol_indices, unsettled

# --- the estimator ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("groups", [None, ("a", "a", "b", "c")])
def test_without_luck_the_indices_are_those_of_salib(groups) -> None:
    known = KNOWN["ishigami"]
    factors = replace(known.factors, groups=groups, dummy=None)
    problem = {"num_vars": 4, "names": list(factors.names), "bounds": [[0, 1]] * 4, "groups": groups and list(groups)}
    u = salib_sample.sample(problem, 64, seed=3)
    y = known.f(u)
    found, pairs = sobol_indices(
        factors, [Sample(np.arange(len(u)), u, y[:, None], (0,))], outcome="y", second_order=True
    )
    wanted = salib_sobol.analyze(problem, y, seed=1)
    upper = np.triu_indices(len(factors.units), 1)
    np.testing.assert_allclose(found["S1"], wanted["S1"], atol=1e-12)
    np.testing.assert_allclose(found["ST"], wanted["ST"], atol=1e-12)
    np.testing.assert_allclose(pairs["S2"], wanted["S2"][upper], atol=1e-12)
    assert found["factor"].tolist() == list(factors.units)


def test_luck_is_taken_out_exactly_for_every_choice_of_seeds() -> None:
    """The expectation over all pairs of different replicates, computed the long way."""
    y = np.random.default_rng(0).normal(size=(16, 6, 4))

    def form(columns):
        return sensitivity._terms(columns, 4, False).mean(axis=0)

    def product(r, s):  # of a quadratic form, by polarisation
        sums, differences = y[:, :, [r]] + y[:, :, [s]], y[:, :, [r]] - y[:, :, [s]]
        return (form(sums) - form(differences))[:, 0] / 4

    pairs = [product(r, s) for r in range(4) for s in range(4) if r != s]
    np.testing.assert_allclose(without_luck(form, y), np.mean(pairs, axis=0), atol=1e-12)


def test_the_numerator_of_st_loses_the_variance_of_the_difference() -> None:
    y = np.random.default_rng(1).normal(size=(32, 3, 5)) + np.arange(5)  # a shift for each replicate
    a, ab = y[:, 0], y[:, 1]
    plain = np.square((a - ab).mean(axis=1)).mean() / 2
    wanted = plain - ((a - ab).var(axis=1, ddof=1) / 5).mean() / 2
    found = without_luck(lambda columns: sensitivity._terms(columns, 1, False), y).mean(axis=0)
    np.testing.assert_allclose(found[2], wanted, atol=1e-12)


@pytest.mark.parametrize("name", KNOWN)
@pytest.mark.parametrize("luck", ["own to each run", "shared .70"])
def test_known_indices_are_found_through_luck_as_large_as_the_signal(name, luck) -> None:
    known = KNOWN[name]
    found, _ = sobol_indices(known.factors, study.samples(known, LUCK[luck], 512, 4, 0), outcome=name)
    level = 1 - 1 / ONCE_IN / (4 * len(known.factors.names) * len(KNOWN))
    wider = t.ppf(0.5 + level / 2, 7) / t.ppf(0.5 + CONFIDENCE / 2, 7)
    for index, truth in (("S1", known.s1), ("ST", known.st)):
        half = (found[f"{index}_high"] - found[f"{index}_low"]) / 2
        assert (np.abs(found[index] - np.array(truth)) <= wider * half + 1e-12).all()
        assert half.max() < 0.06
    assert abs(found["noise_share"][0] - 0.5) < 0.03
    assert abs(found["noise_common"][0] - LUCK[luck].shift) < 0.02


def test_luck_taken_out_leaves_no_bias_where_the_plain_estimator_has_one() -> None:
    """Luck of each run by itself, R = 2: ST of the plain estimator is off by (1 - ST) * 1/3, S1 by -S1 * 1/3."""
    known, repeats = KNOWN["ishigami"], 40
    tables = [
        sobol_indices(known.factors, study.samples(known, LUCK["own to each run"], 64, 2, repeat), outcome="y")[0]
        for repeat in range(repeats)
    ]
    for name, truth, wrong in (
        ("ST", np.array(known.st), (1 - np.array(known.st)) / 3),
        ("S1", np.array(known.s1), -np.array(known.s1) / 3),
    ):
        for column, bias in ((name, 0 * wrong), (f"{name}_plain", wrong)):
            errors = np.array([table[column] for table in tables]) - truth
            bound = t.ppf(1 - 1 / ONCE_IN / 16, repeats - 1) * errors.std(axis=0, ddof=1) / np.sqrt(repeats)
            assert (np.abs(errors.mean(axis=0) - bias) <= bound).all()
            assert bound.max() < np.abs(wrong).max() / 2


@pytest.mark.parametrize(
    ("luck", "same_seeds"),
    [("none", False), ("own to each run", False), ("own to each run", True), ("shared .70", False)],
)
def test_intervals_hold_the_truth_as_often_as_they_promise(luck, same_seeds) -> None:
    known, repeats = KNOWN["ishigami"], 60
    held = []
    for repeat in range(repeats):
        parts = study.samples(known, LUCK[luck], 64, 3, repeat, same_seeds)
        found, _ = sobol_indices(known.factors, parts, outcome="y")
        for name, truth in (("S1", np.array(known.s1)), ("ST", np.array(known.st))):
            held.append((found[f"{name}_low"] - 1e-12 <= truth) & (truth <= found[f"{name}_high"] + 1e-12))
    shares = np.array(held).reshape(repeats, -1).sum(axis=0)
    assert (shares >= binom.ppf(1 / ONCE_IN, repeats, CONFIDENCE)).all(), shares
    widths = (found["ST_high"] - found["ST_low"]).to_numpy()
    assert widths.max() < 0.6


def test_scramblings_that_share_seeds_get_the_luck_of_the_seeds_added() -> None:
    """Luck that goes with a factor is the same in all scramblings, so their spread does not show it."""
    known = KNOWN["ishigami"]
    luck = LUCK["shared .50, with x1 .20"]
    parts = study.samples(known, luck, 64, 4, 1, same_seeds=True)
    same, _ = sobol_indices(known.factors, parts, outcome="y")
    called_own = [replace(part, seeds=tuple(range(4 * k, 4 * k + 4))) for k, part in enumerate(parts)]
    own, _ = sobol_indices(known.factors, called_own, outcome="y")
    assert same["interval"][0] == "t over 8 scramblings and jackknife over 4 seeds"
    assert own["interval"][0] == "t over 8 scramblings, each with its own seeds"
    assert (same["S1"] == own["S1"]).all()
    narrow, wide = ((table["S1_high"] - table["S1_low"])[:3] for table in (own, same))
    assert (wide > narrow).all()
    assert wide[0] > 1.5 * narrow[0]  # luck that goes with x1 is a fifth of all luck, and four seeds tell little


def test_a_dummy_covers_zero_and_is_exactly_zero_when_luck_is_keyed() -> None:
    known = KNOWN["sobol_g"]
    found, _ = sobol_indices(known.factors, study.samples(known, LUCK["own to each run"], 128, 4, 2), outcome="y")
    dummy = found[found["role"] == "dummy"].iloc[0]
    assert dummy["S1_low"] <= 0 <= dummy["S1_high"]
    assert dummy["ST_low"] <= 0 <= dummy["ST_high"]
    keyed = []
    for part in study.samples(known, LUCK["none"], 64, 2, 2):
        luck = np.sin(1000 * part.x[:, :4].sum(axis=1))[:, None] * [1.0, -0.5]  # of all that the model reads
        keyed.append(replace(part, y=part.y + luck))
    found, _ = sobol_indices(known.factors, keyed, outcome="y")
    np.testing.assert_array_equal(
        found[["S1", "S1_low", "S1_high", "ST", "ST_low", "ST_high"]].iloc[-1].to_numpy(dtype=float), 0
    )


def test_pairs_are_found() -> None:
    known = KNOWN["ishigami"]
    parts = [
        replace(known_sample(known, LUCK["shared .70"], 128, 2, True, seed), seeds=(2 * seed, 2 * seed + 1))
        for seed in range(8)
    ]
    _, pairs = sobol_indices(known.factors, parts, outcome="y", second_order=True)
    truth = np.where((pairs["factor"] == "x1") & (pairs["other"] == "x3"), known.st[2], 0)
    wider = t.ppf(1 - 1 / ONCE_IN / 12, 7) / t.ppf(0.975, 7)
    assert (np.abs(pairs["S2"] - truth) <= wider * (pairs["S2_high"] - pairs["S2_low"]) / 2).all()
    assert pairs.loc[1, "S2_low"] > 0


def test_groups_get_one_index_each() -> None:
    known = KNOWN["ishigami"]
    factors = replace(known.factors, groups=("pair", "alone", "pair", "nothing"), dummy="nothing")
    problem = {"num_vars": 4, "names": list(factors.names), "bounds": [[0, 1]] * 4, "groups": list(factors.groups)}
    parts = []
    for k in range(8):
        u = salib_sample.sample(problem, 128, calc_second_order=False, seed=k)
        parts.append(Sample(np.arange(len(u)), u, known.f(u)[:, None], (k,)))
    found, _ = sobol_indices(factors, parts, outcome="y")
    assert found["factor"].tolist() == ["pair", "alone", "nothing"]
    # x1 and x3 interact only with each other, so the pair has one share, alone or together
    for name in ("S1", "ST"):
        half = (found[f"{name}_high"] - found[f"{name}_low"]) / 2
        wider = t.ppf(1 - 1 / ONCE_IN / 12, 7) / t.ppf(0.975, 7)
        assert (np.abs(found[name] - [known.st[0], known.st[1], 0]) <= wider * half + 1e-12).all()


# --- convergence ------------------------------------------------------------------------------------------------


def test_smaller_designs_are_the_first_part_of_larger_ones() -> None:
    known = KNOWN["ishigami"]
    parts = study.samples(known, LUCK["shared .95"], 256, 2, 0)
    table = sobol_convergence(known.factors, parts, outcome="y")
    assert sorted(set(table["N"])) == [32, 64, 128, 256]
    block = len(parts[0].y) // 256
    small = [replace(p, ids=p.ids[: 64 * block], x=p.x[: 64 * block], y=p.y[: 64 * block]) for p in parts]
    for part, k in zip(small, range(8), strict=True):
        np.testing.assert_array_equal(part.x, study.design(4, 64, k))
    wanted, _ = sobol_indices(known.factors, small, outcome="y")
    np.testing.assert_allclose(table[table["N"] == 64]["ST"], wanted["ST"], atol=1e-14)
    assert table[table["N"] == 64]["runs"].iloc[0] == wanted["runs"][0]


def test_what_is_not_settled_is_named() -> None:
    known = KNOWN["ishigami"]
    table = sobol_convergence(known.factors, study.samples(known, LUCK["none"], 512, 1, 0), outcome="y")
    assert unsettled(table) == []
    wide = table.assign(ST_high=table["ST_high"] + 0.06)
    assert [reason.split(":")[0] for reason in unsettled(wide)] == ["x1", "x2", "x3"]
    swapped = table.copy()
    swapped.loc[(swapped["N"] == 128) & (swapped["factor"] == "x2"), "ST"] = 0.1
    assert unsettled(swapped)[0].startswith("order by ST: N 128: x1, x3, x2")
    alive = table.assign(ST_low=np.where(table["role"] == "dummy", 0.01, table["ST_low"]))
    assert unsettled(alive) == ["dummy: a dummy, and its ST does not cover 0"]
    assert "two doublings" in unsettled(table[table["N"] > 128])[0]
