"""Nights (7.12): calls, cars, standby: rules by themselves and in runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_tools import B, ask_for_care, config_of, month, result_of, small

from krimpsim.core.clock import START
from krimpsim.core.codes import Presence
from krimpsim.core.streams import threshold
from krimpsim.inputs.tables import load_tables
from krimpsim.model import KrimpModel
from krimpsim.population.world import world_of
from krimpsim.processes import (
    driving,
    nights,
)

minutes = st.integers(0, 6000)
REGION = config_of("scenarios/today")
WORLD = world_of(REGION, load_tables())
visits = st.tuples(st.integers(0, 30), st.integers(0, 3), st.integers(0, 5), st.integers(0, 2**62 - 1))


@given(st.integers(0, 480), st.integers(0, 600), st.integers(0, 120))
def test_a_team_drives_on_within_the_window(now: int, free_at: int, window: int) -> None:
    assert bool(driving.chains(now, free_at, window)) == (now - free_at <= window)


def test_a_team_has_one_car_and_another_for_each_load_that_is_full() -> None:
    p = nights.prepare(WORLD._replace(config=config_of("scenarios/today", {"nights.car_load": 0.5})))
    assert p.car_minutes == 240
    assert [nights.cars_for(p, minutes) for minutes in (0, 1, 240, 241, 480, 481)] == [1, 1, 1, 2, 2, 3]


@pytest.mark.parametrize("nights_all", [0, 1])
def test_cars_follow_from_planned_visits_and_the_way_to_them(nights_all: int) -> None:
    model = KrimpModel(small("scenarios/no_cooperation", "2013-01-31", nights__car_load=0.25))
    market, p = model.market, model.rules.nights
    market.member[:] = 0
    market.member[:2] = 1
    base = market.base_m[2].copy()
    plan = ((0, 1, 9), (1, 2, 30), (2, 0, 60))  # provider, village, visits
    visits = [(0, b, 0, 0, v, 0, b) for b, v, n in plan for _ in range(n)]
    fleet = np.zeros(len(market.active) + 1, dtype=np.int64)
    planned = np.array(visits, dtype=driving.VISIT)
    nights._size_fleets(market, p, driving.Plan(planned, planned[:0], True, nights_all == 1, base, fleet, 31))
    speed = p.pace.m_per_min
    work = [
        n * (p.pace.planned_visit + int(market.base_m[b, v]) // speed)
        for b, v, n in ((0, 1, 9), (1, 2, 30), (2, 0, 60))
    ]
    joint = sum(n * (p.pace.planned_visit + int(base[v]) // speed) for v, n in ((1, 9), (2, 30)))
    expected = [-(-minutes // 120) for minutes in (*work, joint * nights_all)]
    assert fleet[[0, 1, 2, -1]].tolist() == [max(1, cars) for cars in expected]
    assert (fleet[3:-1] == 1).all()


@pytest.mark.parametrize("strength", [1.0, 0.5])
def test_standby_is_paid_per_team_and_a_joint_service_is_one_team(strength: float) -> None:
    """In the first month, when the same providers are there: of k teams the strength of a joint service saves k - 1."""
    joint = {f"convenant__joint_nights__{k}": v for k, v in (("enabled", True), ("start", "2013-01-01"))}
    joint |= {"convenant__joint_nights__strength": strength, "convenant__compliance": 1.0}
    busy = {"nights__planned_share": 1.0, "nights__car_load": 0.1}  # more cars than one, and no more standby for it
    apart, together = (result_of(small("scenarios/no_cooperation", "2013-01-31", **busy, **x)) for x in ({}, joint))
    config = config_of("scenarios/no_cooperation")
    a, b = (r.provider_rows[0, :, B["standby_eur"]] for r in (apart, together))
    there = a > 0
    member = np.array([provider.member for provider in config.providers])
    k = int((there & member).sum())
    assert k > 1
    np.testing.assert_array_equal(b[~member], a[~member])
    np.testing.assert_allclose(b[member], a[member] * (1 - strength * (1 - 1 / k)), atol=1)
    n = config.nights
    a_night = 100 * n.standby_hours * config.accounts.wage_care * n.standby_pay_share * n.standby_area_share
    shares = np.array([provider.area_share for provider in config.providers])
    np.testing.assert_allclose(a[there], (31 * a_night * shares)[there], atol=16)


def test_alarm_calls_come_at_their_chance_a_night_and_once_a_night() -> None:
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    n, days, chance = model.in_use.persons, 31, 0.05
    model.people.provider_care = 0
    ask_for_care(model, np.arange(n))
    within = np.array([threshold(1.0 - (1.0 - chance) ** k) for k in range(1, 32)])
    _, made = nights.visits_of(model.state, model.rules.nights._replace(calls_within=within), month(model))
    per_night = np.bincount(made["night"], minlength=days)
    assert len(per_night) == days
    assert (abs(per_night - n * chance) < 4.5 * (n * chance * (1 - chance)) ** 0.5).all(), per_night
    assert len(np.unique(made[["night", "uid"]])) == len(made)
    assert ((made["minute"] >= 0) & (made["minute"] < driving.NIGHT_MINUTES)).all()


def test_quiet_nights_count_as_often_as_there_are() -> None:
    """Without calls all nights are alike: a month of 31 nights is 31/28 of a month of 28, and planned visits drive."""
    still = {"nights__calls_per_1000": 0.0, "nights__planned_share": 1.0}
    model = KrimpModel(small("scenarios/no_cooperation", "2013-01-31", **still))
    model.step()
    ask_for_care(model, np.flatnonzero(model.people.presence == int(Presence.HOME)))
    book, metres, met = model.state.book, [], []
    for days in (28, 31):
        book.nights[:], book.overlap[:], book.delays[:] = 0, 0, 0
        nights.step(model.state, model.rules.nights, month(model, clauses=model.convenant.now(START), days=days))
        metres.append(book.nights["metres"].copy())
        met.append(book.overlap.copy())
    assert metres[0].sum() > 0
    np.testing.assert_array_equal(metres[0] * 31, metres[1] * 28)
    np.testing.assert_array_equal(met[0] * 31, met[1] * 28)
