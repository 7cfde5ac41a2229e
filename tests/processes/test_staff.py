"""Staff (7.14): rules by themselves and in runs."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from krimpsim.processes import (
    staff,
)

minutes = st.integers(0, 6000)


@given(st.floats(0, 1e6), st.floats(0, 1, exclude_max=True))
def test_parts_of_a_minute_are_rounded_by_luck(value: float, draw: float) -> None:
    assert staff.whole(value, draw) == int(value) + (draw < value - int(value))


@given(minutes, minutes, st.integers(0, 2000))
def test_paid_time_is_contact_travel_and_indirect(contact: int, travel: int, indirect: int) -> None:
    assert staff.paid_time(contact, travel, indirect) == contact + travel + contact * indirect // 1000


@pytest.mark.parametrize(("year", "value"), [(2010, 1.0), (2013, 1.0), (2014, 2.0), (2015, 3.0), (2030, 3.0)])
def test_tightness_is_linear_between_years(year: float, value: float) -> None:
    assert staff.linear({"2013": 1.0, "2015": 3.0}, year) == value
