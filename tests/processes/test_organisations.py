"""What organisations decide on (7.15, 7.17): rules by themselves and in runs."""

from __future__ import annotations

from typing import Any

import pytest
from model_tools import FIVE_VILLAGES, B, R, small

from krimpsim.core.clock import START
from krimpsim.inputs.municipalities import TOWNS
from krimpsim.model import KrimpModel
from krimpsim.organisations.convenant import Convenant
from krimpsim.organisations.payers import Municipality


def test_reserves_above_the_norm_are_not_saved_up() -> None:
    model = KrimpModel(small("scenarios/today", "2016-12-31", FIVE_VILLAGES, accounts__reserve_norm=0.05))
    norm, spent = model.config.accounts.reserve_norm, 0
    for _ in range(48):
        model.step()
        if model.month % 12 == 0 and model.month > 2013 * 12:
            spent += int(model.market.passed_on.sum())
            for b, provider in enumerate(model.providers):
                assert int(model.market.hinterland[b]) <= round(norm * provider.outside_turnover)
    assert spent > 0


@pytest.mark.parametrize(
    ("area", "outside", "active", "expected"),
    [
        (15_000, 20_000, 1, (5_000, 10_000, 25_000)),
        (15_000, 48_000, 1, (5_000, 10_000, 50_000)),
        (9_000, 60_000, 1, (0, 9_000, 50_000)),
        (-4_000, -2_000, 1, (0, -4_000, -2_000)),
        (15_000, 20_000, 0, (0, 15_000, 20_000)),
    ],
    ids=["passed on", "passed on and spent", "spent", "nothing to spend", "not in the area"],
)
def test_what_is_above_the_norm_is_passed_on_and_then_spent(
    area: int, outside: int, active: int, expected: tuple[int, int, int]
) -> None:
    """With a norm of a tenth, a turnover of 100,000 cents in the area and 500,000 outside."""
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    provider, market = model.providers[0], model.market
    provider.year_revenue, provider.outside_turnover = 100_000, 500_000
    market.area[0], market.hinterland[0], market.active[0] = area, outside, active
    provider._spend_reserves(0.1)
    assert (int(market.passed_on[0]), int(market.area[0]), int(market.hinterland[0])) == expected


def test_organisations_decide_on_the_months_since_they_last_did(monkeypatch: pytest.MonkeyPatch) -> None:
    model = KrimpModel(small("scenarios/today", "2015-07-31"))
    town, heard = model.municipalities[0], []
    turnover: dict[int, list[int]] = {}
    of_town, of_members = type(town).decide, type(model.convenant).decide_members

    def decide(self: Municipality, *arguments: Any) -> None:
        if self is town:
            heard.append((self.spent_cents, self.months))
        of_town(self, *arguments)

    def decide_members(self: Convenant, key: int, month: int, of_year: list[int]) -> None:
        turnover[month // 12] = of_year
        of_members(self, key, month, of_year)

    monkeypatch.setattr(type(town), "decide", decide)
    monkeypatch.setattr(type(model.convenant), "decide_members", decide_members)
    while model.running:
        model.step()
    result = model.result()
    paid = result.region_rows[:, R[TOWNS[town.number].paid]]
    quarters = [(0, 24), (24, 27), (27, 30)]  # the law of 2015 makes municipalities decide
    assert heard == [(paid[first:last].sum(), last - first) for first, last in quarters]
    assert turnover[2015] == result.provider_rows[12:24, :, B["revenue_eur"]].sum(axis=0).tolist()


def test_what_is_passed_on_is_of_january_alone() -> None:
    model = KrimpModel(small("scenarios/today", "2014-02-28"))
    for _ in range(12):
        model.step()
    model.market.area[:] = 10**12
    model.step()
    model.step()
    december, january, february = model.result().provider_rows[-3:, :, B["passed_on_eur"]]
    assert january.sum() > 0
    assert december.sum() == february.sum() == 0


def test_the_turnover_of_a_year_is_what_its_months_brought_in(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[int, list[int]] = {}
    decide = Convenant.decide_members

    def look(self: Convenant, key: int, month: int, turnover: list[int]) -> None:
        seen[month] = list(turnover)
        decide(self, key, month, turnover)

    monkeypatch.setattr(Convenant, "decide_members", look)
    model = KrimpModel(small("scenarios/today", "2015-01-31"))
    while model.running:
        model.step()
    revenue = model.result().provider_rows[:, :, B["revenue_eur"]]
    assert seen[START + 12] == revenue[:12].sum(axis=0).tolist()
    assert seen[START + 24] == revenue[12:24].sum(axis=0).tolist()
    assert sum(seen[START]) > 0, "before the first year there is an estimate"
