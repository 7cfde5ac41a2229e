"""Short ways through the month of the providers and the synthesis give what the long way round gives."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_tools import B, ask_for_care, month, small

from krimpsim.core.codes import Presence, Sex
from krimpsim.core.streams import Stream, bits, happens, month_key, race, threshold, unsigned
from krimpsim.model import KrimpModel
from krimpsim.organisations.convenant import Convenant
from krimpsim.organisations.payers import Municipality
from krimpsim.population.market import Market, no_tours
from krimpsim.population.state import MOST_DELAY, Now
from krimpsim.population.synthesis import START, synthesise
from krimpsim.processes import driving, nights, rounds

# --- nights -----------------------------------------------------------------------------------------------------

visits = st.tuples(st.integers(0, 30), st.integers(0, 3), st.integers(0, 5), st.integers(0, 2**62 - 1))


@given(st.lists(visits, unique=True))
def test_visits_stand_in_order_of_night_team_minute_and_identity(drawn: list[tuple[int, ...]]) -> None:
    table = np.array([(*visit, k, 0, 0) for k, visit in enumerate(drawn)], dtype=driving.VISIT)
    assert [row[:4] for row in driving.in_order(table).tolist()] == sorted(drawn)


METRES, CALLS, LATE, RESPONSE = range(4)  # as in a row of counts


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


# --- rounds -----------------------------------------------------------------------------------------------------


def test_tours_that_are_kept_are_those_that_would_be_made() -> None:
    """Over two years in which villages come and go and members change, in a run that shares its rounds."""
    model = KrimpModel(small("scenarios/convenant", "2015-02-28", convenant__compliance=0.6))
    market, changed, kept = model.market, 0, 0
    shape = market.takes_new.shape
    before = model.state.tours.base.copy()
    while model.running:
        model.step()
        alone = Market(*(column.copy() for column in market))
        fresh = model.state._replace(market=alone, tours=no_tours(*shape))
        rounds.step(fresh, model.rules.rounds, month(model, model.month, model.convenant.now(model.month)))
        for name in ("travel", "metres", "apart_minutes", "apart_metres"):
            np.testing.assert_array_equal(getattr(market, name), getattr(alone, name), err_msg=name)
        same = (model.state.tours.base == before).all(axis=2)
        changed, kept, before = changed + (~same).sum(), kept + same.sum(), model.state.tours.base.copy()
    assert changed > 10
    assert kept > 100


def test_a_tour_is_made_anew_when_the_base_moves_or_another_village_is_served() -> None:
    between = np.array([[0, 10, 20], [10, 0, 10], [20, 10, 0]], dtype=np.int64)
    tours = no_tours(0, 3)
    west, east = np.array([1, 11, 21]), np.array([21, 11, 1])

    def order(base: np.ndarray, *contact: int) -> list[int]:
        return list(rounds.tour_of(tours, 0, 0, base, between, np.array(contact)).tolist())

    assert order(west, 5, 5, 5) == [0, 1, 2]
    assert order(west, 1, 9, 2) == [0, 1, 2]
    assert order(east, 5, 5, 5) == [2, 1, 0]
    assert order(east, 5, 0, 5) == [2, 0]
    assert order(east, 0, 0, 0) == []
    assert order(east, 5, 5, 5) == [2, 1, 0]


# --- what organisations decide on -------------------------------------------------------------------------------


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
    paid = result.region_rows[:, town.payer]
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


# --- parents in the synthesis -----------------------------------------------------------------------------------


def test_children_have_the_mother_whom_a_race_among_all_women_gives_them() -> None:
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    r, key = model.world, model.key
    people, _, _ = synthesise(r.cells, r.traits, r.profile, model.places.between_m, key)
    stream = int(Stream.SYNTHESIS_HOUSEHOLD)
    is_mother, stays, run = (unsigned(month_key(key, stream, 0, draw)) for draw in (2, 3, 4))
    first, found = 0, 0
    for n in r.cells.persons.sum(axis=(1, 2)).tolist():
        here = range(first, first + n)
        first += n
        age = {i: (START - 1 - int(people.birth_month[i])) // 12 for i in here}
        women = [
            w
            for w in here
            if people.sex[w] == int(Sex.WOMAN) and 18 <= age[w] <= 74 and (age[w] > 30 or people.partner[w] >= 0)
        ]
        ages, children = np.array([age[w] for w in women]), np.zeros(len(women), dtype=np.int64)
        odds = np.where(people.partner[women] >= 0, 1.0, 0.25)
        odds *= [1.0 if happens(is_mother, people.uid[w], 3 << 30) else 0.02 for w in women]
        draws = np.empty(len(women))
        for i in here:
            if age[i] > 30 or people.partner[i] >= 0 or not happens(stays, people.uid[i], int(r.cells.at_home[age[i]])):
                continue
            gap = ages - age[i]
            race(run, unsigned(bits(run, people.uid[i])), people.uid[women], draws)
            values = draws / (np.where((gap >= 23) & (gap <= 36), 1.0, 0.25) * odds)
            values[(gap < 18) | (gap > 44) | (children >= 4)] = np.inf
            if np.isfinite(values).any():
                best = int(np.argmin(values))
                children[best] += 1
                assert int(people.mother[i]) == women[best]
                found += 1
    assert found > 300


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
