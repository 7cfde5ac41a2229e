"""Scenarios: identical until they differ, and what holds in each."""

from __future__ import annotations

import numpy as np
import pytest
from model_tools import (
    COOPERATION,
    FIVE_VILLAGES,
    TABLES,
    B,
    R,
    V,
    clause,
    config_of,
    longer,
    none_of_them,
    result_of,
    same,
    small,
)

from krimpsim.config.convenant import CLAUSES
from krimpsim.core.codes import Lever
from krimpsim.model import KrimpModel

TWO_KINDS = ("village_rows", "provider_rows")
COST = R["clause_cost_eur"]


@pytest.mark.parametrize("name", CLAUSES)
def test_scenarios_are_identical_until_the_month_in_which_they_differ(name: str) -> None:
    scarce = {"collective__places_per_1000": 0.5} if name == "group_facilities" else {}
    without = result_of(longer(**scarce))
    with_it = result_of(longer(convenant__compliance=1.0, **scarce, **clause(name, start="2014-07-01")))
    also_without = result_of(longer(convenant__compliance=1.0, **scarce))
    assert same(without, also_without), "compliance does nothing without a clause"
    for table in TABLES:
        np.testing.assert_array_equal(getattr(with_it, table)[:18], getattr(without, table)[:18])
    assert not np.array_equal(with_it.region_rows[18], without.region_rows[18])
    assert any(not np.array_equal(getattr(with_it, table)[18:], getattr(without, table)[18:]) for table in TWO_KINDS), (
        "the clause does nothing but cost"
    )


def test_convenant_that_starts_later_is_identical_before_and_different_after() -> None:
    later = {key: value for name in CLAUSES for key, value in clause(name, start="2014-07-01").items()}
    without, with_them = result_of(none_of_them()), result_of(none_of_them(**later))
    for table in TABLES:
        np.testing.assert_array_equal(getattr(with_them, table)[:18], getattr(without, table)[:18])
        assert not np.array_equal(getattr(with_them, table)[18:], getattr(without, table)[18:])


def test_prevention_waits_for_its_effect() -> None:
    model = KrimpModel(none_of_them(**clause("prevention", delay_months=6, start="2013-07-01")))
    found = [int(model.convenant.now(2013 * 12 + k).here[Lever.NEED, 0]) for k in range(24)]
    assert found == [1000] * 12 + [500] * 12


def test_clause_with_two_periods_holds_in_each_as_it_says() -> None:
    model = KrimpModel(small("scenarios/convenant_signed", "2013-01-31"))

    def at(year: int) -> tuple[float, int, int]:
        now = model.convenant.now(year * 12)
        return now.nights, now.nights_all, now.rounds

    assert [at(year) for year in (2013, 2014)] == [(1.0, 1, 1000)] * 2
    assert at(2015)[0] == at(2022)[0] == at(2015)[2] == 0
    assert at(2023) == (1.0, 0, 0)
    later = KrimpModel(small("scenarios/nights_2027", "2013-01-31")).convenant
    found = [(later.now(y * 12).nights, later.now(y * 12).nights_all) for y in (2026, 2027)]
    assert found == [(1.0, 0), (1.0, 1)]


@pytest.mark.parametrize("name", ["nights_2027", "respite_2027", "zorgkracht_2027", "one_budget_2027", "together_2027"])
def test_what_a_room_can_decide_is_history_until_2027(name: str) -> None:
    history, later = (small(f"scenarios/{x}", "2027-12-31", FIVE_VILLAGES[:2]) for x in ("today", name))
    a, b, until = result_of(history), result_of(later), 14 * 12
    for table in TABLES:
        np.testing.assert_array_equal(getattr(b, table)[:until], getattr(a, table)[:until])
    assert any(not np.array_equal(getattr(b, table)[until:], getattr(a, table)[until:]) for table in TABLES)


def test_cooperation_from_2027_is_history_until_then() -> None:
    history, later = (result_of(small(f"scenarios/{x}", "2027-06-30")) for x in ("today", "convenant_2027"))
    until = 14 * 12
    for table in TABLES:
        np.testing.assert_array_equal(getattr(later, table)[:until], getattr(history, table)[:until])
        assert not np.array_equal(getattr(later, table)[until:], getattr(history, table)[until:])


def test_what_was_allowed_is_history_until_2019() -> None:
    history, allowed = (result_of(small(f"scenarios/{x}", "2019-06-30")) for x in ("today", "convenant_allowed"))
    until = 6 * 12
    for table in TABLES:
        np.testing.assert_array_equal(getattr(allowed, table)[:until], getattr(history, table)[:until])
    assert not np.array_equal(allowed.region_rows[until:], history.region_rows[until:])


@pytest.mark.parametrize("name", CLAUSES)
@pytest.mark.parametrize(
    "values",
    [{"strength": 0.0}, {"start": "2015-01-01"}, {"end": "2013-01-14"}],
    ids=["no strength", "too late", "over at once"],
)
def test_clause_that_never_holds_is_no_clause(name: str, values: dict[str, object]) -> None:
    assert same(result_of(none_of_them(**clause(name, **values))), result_of(none_of_them()))


@pytest.mark.parametrize("name", COOPERATION)
def test_clause_that_nobody_keeps_changes_nothing_but_its_cost(name: str) -> None:
    without, kept_by_none = (
        result_of(none_of_them()),
        result_of(none_of_them(convenant__compliance=0.0, **clause(name))),
    )
    for table in TWO_KINDS:
        np.testing.assert_array_equal(getattr(kept_by_none, table), getattr(without, table))
    np.testing.assert_array_equal(
        np.delete(kept_by_none.region_rows, COST, axis=1), np.delete(without.region_rows, COST, axis=1)
    )
    assert (kept_by_none.region_rows[:, COST] > 0).all()


def test_clause_that_ends_leaves_its_cost_behind() -> None:
    result = result_of(none_of_them(**clause("shared_rounds", end="2013-12-31")))
    assert (result.region_rows[:12, COST] > 0).all()
    assert (result.region_rows[12:, COST] == 0).all()


@pytest.mark.parametrize(("name", "km", "nights"), [("night_ride", 80, 1), ("night_ride_joint", 40, 0)])
@pytest.mark.parametrize("replicate", [0, 1])
def test_night_ride(name: str, km: int, nights: int, replicate: int) -> None:
    result = result_of(config_of(f"examples/{name}"), replicate)
    assert result.provider_rows[:, :, B["km_night"]].sum() == km * 1000
    assert result.village_rows[:, :, V["overlap_nights"]].sum() == nights
    assert result.provider_rows[:, :, B["night_calls"]].sum() == 0
