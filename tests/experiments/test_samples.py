"""Samples of a design: what is refused, what is counted, and where tables come from."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from SALib.analyze import sobol as salib_sobol
from SALib.sample import sobol as salib_sample
from study_tools import KNOWN, LUCK, known_sample, study

from krimpsim.core.errors import DataError
from krimpsim.experiments import sensitivity
from krimpsim.experiments.sample import Factors, Sample
from krimpsim.experiments.sensitivity import independent_rows, sobol_convergence, sobol_indices


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
