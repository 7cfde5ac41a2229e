"""Indices on functions whose indices are known, with luck of several kinds; the functions are those of the full study.

Bounds are not chosen to pass. Where an estimate is compared with the truth, the bound is the interval of the estimate
itself at a level that is exceeded once in ten thousand comparisons, and the interval must be narrow enough to mean
something. Where intervals are counted, the bound is the binomial one at the level that they promise.
"""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from SALib.analyze import sobol as salib_sobol
from SALib.sample import sobol as salib_sample
from scipy.stats import binom, t

from krimpsim.core.errors import DataError
from krimpsim.experiments import sensitivity
from krimpsim.experiments.luck import CONFIDENCE, without_luck
from krimpsim.experiments.sample import Factors, Sample
from krimpsim.experiments.sensitivity import independent_rows, sobol_convergence, sobol_indices, unsettled

STUDY = Path(__file__).resolve().parents[2] / "experiments" / "sensitivity_check" / "check.py"
ONCE_IN = 10_000


def load_study():
    spec = importlib.util.spec_from_file_location("sensitivity_check", STUDY)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


study = load_study()
KNOWN = {known.name: known for known in study.KNOWN}
LUCK = {luck.name: luck for luck in study.LUCK}


def known_sample(known, luck=LUCK["none"], n=64, replicates=1, second_order=False, seed=0) -> Sample:
    u = study.design(len(known.s1), n, seed, second_order)
    seeds = tuple(range(replicates))
    return Sample(np.arange(len(u)), u, study.respond(known, luck, u, seeds, seed), seeds, design_hash="d")


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


# --- what is refused, and what is counted -----------------------------------------------------------------------


def test_rows_in_any_order_give_the_same_table() -> None:
    """A response does not say which row it belongs to: the id does."""
    sample = known_sample(KNOWN["ishigami"], LUCK["own to each run"], 64, 3)
    mixed = np.random.default_rng(1).permutation(len(sample.y))
    late = replace(sample, ids=sample.ids[mixed], x=sample.x[mixed], y=sample.y[mixed])
    factors = KNOWN["ishigami"].factors
    one, _ = sobol_indices(factors, [sample], outcome="y")
    other, _ = sobol_indices(factors, [late], outcome="y")
    assert one.equals(other)
    with pytest.raises(DataError, match="not where a Saltelli design has it"):
        sobol_indices(factors, [replace(late, ids=sample.ids)], outcome="y")


def test_a_failed_run_costs_its_base_row_and_is_counted() -> None:
    known = KNOWN["ishigami"]
    sample = known_sample(known, LUCK["shared .70"], 64, 3)
    failed = np.zeros(sample.y.shape, dtype=bool)
    failed[[13, 14, 300], [0, 2, 1]] = True  # rows 13 and 14 are of base row 2, row 300 of base row 50
    gaps = replace(sample, y=np.where(failed, np.nan, sample.y), failed=failed)
    found, _ = sobol_indices(known.factors, [gaps], outcome="y")
    assert (found["failed_runs"][0], found["failed_rows"][0], found["runs"][0]) == (3, 2, 62 * 6 * 3)
    table = sobol_convergence(known.factors, [gaps], outcome="y")
    assert table.groupby("N")[["failed_runs", "failed_rows"]].first().to_numpy().tolist() == [[2, 1], [3, 2]]
    assert table["runs"].tolist()[::4] == [31 * 18, 62 * 18]
    rows = np.delete(np.arange(64 * 6).reshape(64, 6), [2, 50], axis=0).ravel()
    kept = sensitivity._Blocks(
        sample.y[rows].reshape(62, 6, 3), np.arange(62), 64, np.zeros(64, dtype=np.int64), sample.x[0]
    )
    wanted = sensitivity._estimate([kept], 4, False, False, "y")
    np.testing.assert_allclose(found["S1"], wanted.index[:4], atol=1e-14)


def test_a_response_that_is_no_number_is_refused_by_name() -> None:
    sample = known_sample(KNOWN["ishigami"], n=16, replicates=3)
    y = sample.y.copy()
    y[37, 2] = np.nan
    with pytest.raises(DataError) as error:
        sobol_indices(KNOWN["ishigami"].factors, [replace(sample, y=y)], outcome="unmet")
    text = str(error.value)
    assert "outcome unmet  row 37, seed 2: response nan" in text
    assert f"x1 = {sample.x[37, 0]}" in text
    assert f"dummy = {sample.x[37, 3]}" in text
    named = replace(sample, y=y, values=[(i, "never", 2, 0.5) for i in sample.ids])
    mixed = replace(named, ids=named.ids[::-1], x=named.x[::-1], y=named.y[::-1], values=named.values[::-1])
    with pytest.raises(DataError, match=r"row 37, seed 2: .*x1 = 37, x2 = never, x3 = 2, dummy = 0\.5"):
        sobol_indices(KNOWN["ishigami"].factors, [mixed], outcome="unmet")


def broken(change):
    sample = known_sample(KNOWN["ishigami"], n=16, replicates=2)
    return change(sample)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: replace(s, ids=s.ids[:60], x=s.x[:60], y=s.y[:60]), "60 rows: .*N a power of two"),
        (lambda s: replace(s, ids=s.ids[:50], x=s.x[:50], y=s.y[:50]), "50 rows: .*N a power of two"),
        (lambda s: replace(s, ids=np.where(s.ids == 5, 4, s.ids)), "place 5 holds 4"),
        (lambda s: replace(s, ids=s.ids + 1), "place 0 holds 1"),
        (lambda s: replace(s, y=s.y[:-1]), "95 rows of responses do not fit"),
        (lambda s: replace(s, seeds=(1, 1)), "as many different seeds"),
        (lambda s: replace(s, seeds=(1, 2, 3)), "as many different seeds"),
        (lambda s: replace(s, x=s.x + 0.5), "lies outside 0.0 to 1.0"),
        (lambda s: replace(s, y=np.ones_like(s.y)), "does not vary beyond luck"),
        (lambda s: replace(s, y=s.y[::-1], x=s.x[::-1]), "not where a Saltelli design has it"),
        (lambda s: replace(s, failed=np.ones(s.y.shape, dtype=bool)), "no two base rows are whole"),
        (lambda s: replace(s, failed=np.zeros(3, dtype=bool)), "runs that failed are given as"),
    ],
)
def test_a_design_that_is_not_what_it_is_said_to_be_is_refused(change, message) -> None:
    with pytest.raises(DataError, match=message):
        sobol_indices(KNOWN["ishigami"].factors, [broken(change)], outcome="y")


def test_second_order_that_does_not_fit_the_rows_is_refused() -> None:
    """Of two factors, 96 base rows without second order are as many rows as 64 with it: SALib takes either."""
    factors = Factors(("a", "b"), ((0.0, 1.0),) * 2)
    problem = {"num_vars": 2, "names": ["a", "b"], "bounds": [[0, 1]] * 2}
    u = salib_sample.sample(problem, 96, calc_second_order=False, seed=0)  # 384 rows: 64 base rows with second order
    sample = Sample(np.arange(len(u)), u, u.sum(axis=1)[:, None], (0,))
    salib_sobol.analyze(problem, sample.y[:, 0], calc_second_order=True)  # says nothing
    with pytest.raises(DataError, match="not where a Saltelli design has it"):
        sobol_indices(factors, [sample], outcome="y", second_order=True)


def test_scramblings_that_are_no_repetition_are_refused() -> None:
    known = KNOWN["ishigami"]
    parts = study.samples(known, LUCK["none"], 16, 2, 0)
    with pytest.raises(DataError, match="scramblings 0 and 3 are the same design"):
        sobol_indices(known.factors, [*parts[:3], replace(parts[0], seeds=(50, 51))], outcome="y")
    with pytest.raises(DataError, match="share all their seeds, in the same order, or none"):
        sobol_indices(known.factors, [parts[0], replace(parts[1], seeds=(1, 2))], outcome="y")
    with pytest.raises(DataError, match="differ in base rows or replicates"):
        sobol_indices(known.factors, [parts[0], known_sample(known, n=32, replicates=2, seed=9)], outcome="y")
    with pytest.raises(DataError, match="no sample given"):
        sobol_indices(known.factors, [], outcome="y")


@pytest.mark.parametrize(
    ("entries", "message"),
    [
        ({"names": ("a", "a"), "bounds": ((0, 1),) * 2}, "each once"),
        ({"names": ("a", "b"), "bounds": ((0, 1),)}, "bounds: 1 given"),
        ({"names": ("a",), "bounds": ((1, 1),)}, "no interval"),
        ({"names": ("a",), "bounds": ((0, 1),), "groups": ("g", "h")}, "groups: 2 given"),
        ({"names": ("a",), "bounds": ((0, 1),), "dummy": "b"}, "dummy b is none of a"),
    ],
)
def test_factors_that_make_no_sense_are_refused(entries, message) -> None:
    with pytest.raises(DataError, match=message):
        Factors(**entries)


def test_every_table_says_where_it_comes_from() -> None:
    known = KNOWN["ishigami"]
    found, _ = sobol_indices(known.factors, study.samples(known, LUCK["none"], 16, 2, 0), outcome="unmet")
    row = found.iloc[0]
    assert row["outcome"] == "unmet"
    assert row["of"] == "mean response E[Y|x]"
    assert "luck taken out" in row["estimator"]
    assert (row["N"], row["R"], row["scramblings"], row["runs"], row["seeds"]) == (16, 2, 8, 8 * 16 * 6 * 2, "0..15")
    single, _ = sobol_indices(known.factors, [known_sample(known)], outcome="unmet")
    assert "plain: one replicate" in single["estimator"][0]
    assert single["interval"][0] == "bootstrap over base rows, 200 times, for these seeds only"
    assert single["design_hash"][0] == "d"
    assert np.isnan(single["noise_share"][0])


def test_independent_rows_are_a_and_b() -> None:
    known = KNOWN["ishigami"]
    for second_order in (False, True):
        sample = known_sample(known, n=16, replicates=2, second_order=second_order)
        rows = independent_rows(known.factors, sample, second_order=second_order)
        assert len(rows.y) == 32
        block = len(sample.y) // 16
        np.testing.assert_array_equal(rows.x[::2], sample.x[::block])
        np.testing.assert_array_equal(rows.y[1::2], sample.y[block - 1 :: block])
