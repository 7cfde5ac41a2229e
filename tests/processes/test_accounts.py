"""Money (7.13): rules by themselves and in runs."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from hypothesis import given
from hypothesis import strategies as st
from model_tools import finished, small

from krimpsim.core.clock import days_in
from krimpsim.core.codes import Kind
from krimpsim.model import KrimpModel
from krimpsim.processes import (
    accounts,
)

minutes = st.integers(0, 6000)


@given(st.integers(0, 10**7), st.integers(0, 20_000), st.sampled_from([28, 29, 30, 31]))
def test_a_month_costs_its_minutes_rounded_once(minutes_a_week: int, cents_an_hour: int, days: int) -> None:
    exact = Decimal(minutes_a_week) * days / 7 * cents_an_hour / 60
    assert accounts.month_cents(minutes_a_week, cents_an_hour, days) == int(
        (Decimal(minutes_a_week * days * cents_an_hour) / 420).quantize(Decimal(1), ROUND_HALF_UP)
    )
    assert abs(accounts.month_cents(minutes_a_week, cents_an_hour, days) - exact) <= Decimal("0.5000001")


def test_clients_pay_by_the_hour_until_the_flat_fee_and_nothing_for_care_from_2015() -> None:
    """Cents an hour of household help, of care and nursing, and a month per client of household help, by year."""
    fees = {2014: (160, 150, 0), 2015: (160, 0, 0), 2018: (160, 0, 0), 2019: (0, 0, 1896), 2020: (0, 0, 1900)}

    def look(model: KrimpModel) -> None:
        year, market = model.month // 12, model.market
        minutes = market.delivered.sum(axis=1)  # by provider, kind and payer
        hourly = {Kind.HOUSEHOLD_HELP: fees[year][0], Kind.PERSONAL_CARE: fees[year][1], Kind.NURSING: fees[year][1]}
        expected = sum(
            accounts.month_cents(int(one), cents, days_in(model.month))
            for kind, cents in hourly.items()
            for one in minutes[:, kind].ravel()
        )
        expected += fees[year][2] * int(market.clients[:, 0].sum())
        assert int(model.state.book.region["contributions"][0]) == expected > 0, year
        looked.append(year)

    for start, end in (("2014-12-01", "2015-01-31"), ("2018-12-01", "2019-01-31"), ("2019-12-01", "2020-01-31")):
        looked: list[int] = []
        finished(small("scenarios/today", end, ["Eexterveen"], run__start=start), 0, look)
        assert looked == [int(start[:4]), int(end[:4])]
