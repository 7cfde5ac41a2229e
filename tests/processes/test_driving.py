"""Nights (7.12): a short way of driving them against the long one: rules by themselves and in runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_tools import ask_for_care, month, small

from krimpsim.core.clock import START
from krimpsim.core.codes import Presence
from krimpsim.core.streams import threshold
from krimpsim.model import KrimpModel
from krimpsim.population.state import MOST_DELAY, Now
from krimpsim.processes import (
    driving,
    nights,
)

visits = st.tuples(st.integers(0, 30), st.integers(0, 3), st.integers(0, 5), st.integers(0, 2**62 - 1))
METRES, CALLS, LATE, RESPONSE = range(4)  # as in a row of counts


@given(st.lists(visits, unique=True))
def test_visits_stand_in_order_of_night_team_minute_and_identity(drawn: list[tuple[int, ...]]) -> None:
    table = np.array([(*visit, k, 0, 0) for k, visit in enumerate(drawn)], dtype=driving.VISIT)
    assert [row[:4] for row in driving.in_order(table).tolist()] == sorted(drawn)


def the_long_way(
    model: KrimpModel, p: nights.Params, now: Now, planned: np.ndarray, calls: np.ndarray, base: list[int]
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Drive every team through every night, one visit after the other: counts, waits of calls and nights of overlap."""
    market, n = model.market, len(model.market.active)
    between = model.places.between_m.tolist()
    bases = [*market.base_m.tolist(), base]
    fleet, clauses, pace, days = np.zeros(n + 1, dtype=np.int64), now.clauses, p.pace, now.days
    all_visits = clauses.nights_all == 1
    nights._size_fleets(market, p, driving.Plan(planned, calls, True, all_visits, np.array(base), fleet, days))
    out = np.zeros((n, 4), dtype=np.int64)
    delays = np.zeros((n, MOST_DELAY + 1), dtype=np.int64)
    overlap = np.zeros(len(base), dtype=np.int64)

    def team_of(visit: list[int]) -> int:
        together = clauses.nights > 0 and market.member[visit[6]] == 1 and (visit[5] == 1 or all_visits)
        return n if together else visit[6]

    for night in range(days):
        tonight = planned.tolist() + [call for call in calls.tolist() if call[0] == night]
        for village in range(len(base)):
            overlap[village] += len({team_of(visit) for visit in tonight if visit[4] == village}) > 1
        for team, way in enumerate(bases):
            cars: list[list[int]] = [[-1, 0, 0] for _ in range(fleet[team])]
            mine = [visit for visit in tonight if team_of(visit) == team]
            for _, _, minute, _, v, is_call, b in sorted(mine, key=lambda visit: (visit[2], visit[3], visit[5])):
                arrivals = []
                for here, free_at, _ in cars:
                    if here >= 0 and minute <= free_at + pace.chain_window:
                        arrivals.append(max(minute, free_at) + between[here][v] // pace.m_per_min)
                    else:
                        back = free_at + way[here] // pace.m_per_min if here >= 0 else minute
                        arrivals.append(max(minute, back) + way[v] // pace.m_per_min)
                arrival = min(arrivals)
                here, free_at, last = car = cars[arrivals.index(arrival)]
                if here >= 0 and minute <= free_at + pace.chain_window:
                    out[b, METRES] += between[here][v]
                else:
                    out[last, METRES] += way[here] if here >= 0 else 0
                    out[b, METRES] += way[v]
                if is_call:
                    out[b, CALLS] += 1
                    out[b, RESPONSE] += arrival - minute
                    out[b, LATE] += arrival - minute > pace.late_after
                    delays[b, min(arrival - minute, MOST_DELAY)] += 1
                car[:] = v, arrival + (pace.visit if is_call else pace.planned_visit), b
            for here, _, last in cars:
                out[last, METRES] += way[here] if here >= 0 else 0
    return out, delays, overlap


@pytest.mark.parametrize("nights_all", [None, 0, 1])
def test_nights_are_those_of_every_team_driven_one_by_one(nights_all: int | None) -> None:
    model = KrimpModel(small("scenarios/no_cooperation", "2013-01-31"))
    model.step()
    within = np.array([threshold(1.0 - 0.97**k) for k in range(1, 32)])
    p = model.rules.nights
    pace = p.pace._replace(late_after=25)
    p = p._replace(calls_within=within, planned=threshold(0.3), car_minutes=400, pace=pace)
    market, book = model.market, model.state.book
    rows = np.flatnonzero(model.people.presence == int(Presence.HOME))[::4]
    model.people.level[rows] = 3
    model.people.provider_care[rows] = rows % len(market.active)
    ask_for_care(model, rows)
    clauses = model.convenant.now(START)
    base = [0] * len(model.villages)
    if nights_all is not None:
        market.member[:] = 0
        market.member[:3] = 1
        clauses = clauses._replace(nights=1.0, nights_all=nights_all)
        able = [b for b in range(3) if market.active[b] == 1 and market.sells[b, 1] == 1]
        assert len(able) > 1
        base = min((market.base_m[b].tolist() for b in able), key=sum)
    now = month(model, START, clauses)
    planned, calls = nights.visits_of(model.state, p, now)
    together = {(v["provider"], v["minute"]) for v in planned} & {(v["provider"], v["minute"]) for v in calls}
    assert len(together) > 5, "calls at the minute of a planned visit"
    book.nights[:], book.overlap[:], book.delays[:] = 0, 0, 0
    nights.step(model.state, p, now)
    expected = the_long_way(model, p, now, planned, calls, base)
    counts = np.array([row[:4] for row in book.nights.tolist()])
    for found, wanted in zip((counts, book.delays, book.overlap), expected, strict=True):
        np.testing.assert_array_equal(found, wanted)
    assert counts[:, LATE].sum() > 0
    assert book.overlap.sum() > 0 or nights_all == 1
