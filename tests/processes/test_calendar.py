"""Months, days and values with a date: rules by themselves and in runs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from krimpsim.config.base import dated
from krimpsim.core.clock import days_in, first_day, label, last_day, month_of


def test_dated_values_hold_from_their_year() -> None:
    assert dated({"2013": 1.0, "2015": 2.0}, 2013, 4) == [1.0, 1.0, 2.0, 2.0]
    assert dated({"2014": 1.0}, 2013, 2) == [1.0, 1.0]
    assert dated({"2010": 3.0, "2016": 4.0}, 2013, 5) == [3.0, 3.0, 3.0, 4.0, 4.0]


@given(st.integers(1990 * 12, 2100 * 12))
def test_months_and_days(month: int) -> None:
    assert month_of(first_day(month)) == month == month_of(last_day(month))
    assert (last_day(month) - first_day(month)).days + 1 == days_in(month)
    assert 28 <= days_in(month) <= 31
    assert label(month) == f"{first_day(month):%Y-%m}"
