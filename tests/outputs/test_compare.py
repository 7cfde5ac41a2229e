import csv
import math

import numpy as np
import pytest
from scipy import stats
from synthetic_results import make_result, write_run_set

from krimpsim.core.errors import DataError
from krimpsim.outputs.compare import (
    Collector,
    CompareRow,
    Series,
    compare_rows,
    csv_text,
    paired,
    read_compare,
    read_series,
    summary_rows,
    write_compare,
)
from krimpsim.outputs.headlines import HEADLINES, INDICATORS

A = np.array([10.0, 12.0, 14.0, 16.0])
B = np.array([9.0, 12.0, 11.0, 16.0])


def series(name, values, years=(2025,), replicates=None):
    table = np.asarray(values, dtype=float).reshape(-1, len(years))
    numbers = np.arange(len(table)) if replicates is None else np.array(replicates)
    return Series(name, np.array(years), numbers, {headline.name: table for headline in INDICATORS})


def test_paired_difference_by_hand():
    found = paired(A, B, lower_is_better=True)
    assert (found.mean_a, found.mean_b, found.difference, found.pairs) == (13.0, 12.0, -1.0, 4)
    # differences -1, 0, -3, 0: squares around the mean 0, 1, 4, 1, so variance 6 / 3 = 2 and standard error sqrt(2 / 4)
    half = stats.t.ppf(0.975, 3) * math.sqrt(0.5)
    assert found.low == pytest.approx(-1 - half)
    assert found.high == pytest.approx(-1 + half)
    assert (found.better, found.equal) == (2, 2)
    assert found.share_better == 0.75  # a tie counts as half
    # var a = (9 + 1 + 1 + 9) / 3, var b = (9 + 0 + 1 + 16) / 3
    assert found.variance_ratio == pytest.approx((20 / 3 + 26 / 3) / 2)


def test_direction_of_better_follows_the_headline():
    assert paired(A, B, lower_is_better=False).share_better == 0.25


def test_interval_is_that_of_scipy():
    luck = np.random.default_rng(1)
    a, b = luck.normal(size=40), luck.normal(size=40)
    expected = stats.ttest_rel(b, a).confidence_interval(0.95)
    found = paired(a, b, True)
    assert (found.low, found.high) == pytest.approx((expected.low, expected.high))


def test_variance_ratio_where_the_difference_does_not_vary():
    assert paired(A, A - 2, True).variance_ratio == math.inf
    assert paired(A, A, True).variance_ratio == math.inf
    same = np.full(4, 0.1)
    assert math.isnan(paired(same, same + 0.2, True).variance_ratio)


def test_one_pair_has_no_interval():
    found = paired(A[:1], B[:1], True)
    assert found.difference == -1
    assert math.isnan(found.low)
    assert math.isnan(found.variance_ratio)


def test_only_common_replicates_and_years_are_paired():
    a = series("a", [[1, 2], [3, 4], [5, 6]], years=(2024, 2025), replicates=(0, 1, 2))
    b = series("b", [[7, 8], [9, 10]], years=(2025, 2026), replicates=(2, 1))
    rows = [row for row in compare_rows(a, b) if row.indicator == "waiting"]
    assert [(row.year, row.pairs) for row in rows] == [(2025, 2)]
    assert rows[0].difference == pytest.approx(((9 - 4) + (7 - 6)) / 2)


def test_nothing_in_common_and_unknown_origin_are_refused():
    a, b = series("a", [1, 2]), series("b", [1, 2], replicates=(5, 6))
    with pytest.raises(ValueError, match="in common"):
        compare_rows(a, b)
    with pytest.raises(ValueError, match="guessed"):
        compare_rows(a, a, "guessed")


def test_compare_file_has_exactly_these_columns_and_shortest_numbers(tmp_path):
    a, b, c = series("a", A), series("b", B), series("c", A - 2)
    write_compare(tmp_path, [a, b, c], compare_rows(a, b, "computed"))
    lines = (tmp_path / "compare.csv").read_text().splitlines()
    assert lines[0] == (
        "indicator,year,unit,a,b,mean_a,mean_b,difference,low,high,share_better,variance_ratio,pairs,origin"
    )
    assert len(lines) == 1 + 3 * len(INDICATORS)
    rows = list(csv.DictReader(lines))
    first = rows[0]
    assert (first["a"], first["b"], first["origin"]) == ("a", "b", "all")
    assert (first["mean_a"], first["difference"], first["share_better"]) == ("13.0", "-1.0", "0.75")
    assert rows[len(INDICATORS)]["variance_ratio"] == "inf"
    assert (rows[-1]["b"], rows[-1]["origin"]) == ("b", "computed")
    assert read_compare(tmp_path)[0] == compare_rows(a, b)[0]


def test_empty_where_there_is_no_number():
    row = CompareRow("x", 2025, "1", "a", "b", 1.0, 1.0, -0.0, math.nan, math.nan, 0.5, math.nan, 1, "all")
    assert csv_text([row], CompareRow).splitlines()[1] == "x,2025,1,a,b,1.0,1.0,0.0,,,0.5,,1,all"


def test_a_damaged_compare_file_is_named_with_its_line(tmp_path):
    write_compare(tmp_path, [series("a", A), series("b", B)])
    path = tmp_path / "compare.csv"
    path.write_text(path.read_text()[:-20])
    with pytest.raises(DataError, match=rf"compare\.csv:{1 + len(INDICATORS)}"):
        read_compare(tmp_path)
    assert read_compare(tmp_path / "elsewhere") == []


def test_summary_by_hand():
    row = next(row for row in summary_rows([series("a", np.arange(1.0, 102.0))]) if row.indicator == "waiting")
    assert (row.mean, row.p5, row.p25, row.p50, row.p75, row.p95) == (51, 6, 26, 51, 76, 96)
    assert row.sd == pytest.approx(np.std(np.arange(101), ddof=1))
    assert (row.scenario, row.year, row.unit, row.replicates) == ("a", 2025, "persons", 101)


def test_results_and_their_tables_give_the_same_headlines(tmp_path):
    write_run_set(tmp_path, replicates=2, years=3, villages=5)
    collector = Collector()
    for scenario in ("today", "convenant"):
        for replicate in (1, 0):
            collector.add(make_result(scenario, replicate, 3, 5))
    for direct, read in zip(collector.series(), read_series(tmp_path), strict=True):
        assert direct.scenario == read.scenario
        assert direct.years.tolist() == read.years.tolist() == [2013, 2014, 2015]
        assert direct.replicates.tolist() == read.replicates.tolist() == [0, 1]
        for name in direct.values:
            np.testing.assert_allclose(direct.values[name], read.values[name], rtol=1e-12)


def test_replicates_with_different_years_are_refused():
    collector = Collector()
    collector.add(make_result("today", 0, 2, 2))
    collector.add(make_result("today", 1, 3, 2))
    with pytest.raises(DataError, match="different years"):
        collector.series()


def test_yearly_sums_count_the_months_that_were_run() -> None:
    headline = next(h for h in HEADLINES if h.name == "overlap_nights")
    year = {"overlap_nights": np.array([1.0, 1.0]), "months": np.array([12.0, 1.0])}
    assert headline.value(year).tolist() == [12.0, 1.0]
