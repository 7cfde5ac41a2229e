"""7.12 Nights, the driving: the order of a night, and what each drive takes.

A team serves the visits and calls of a night in order of time.  It drives on to the next when that starts within the
chain window after the last visit, else it goes back to its base.  Of several cars the one that is there first drives.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from krimpsim.core.jit import allocating, compiled
from krimpsim.population.schema import I64, row_of
from krimpsim.population.state import MOST_DELAY, State

NIGHT_MINUTES = 480  #: from 23 to 7 hours


class Visit:
    """A visit or call that is driven; the first four are the order in which that is done."""

    night: int
    team: int  #: provider, or the number of providers for a joint service
    minute: int  #: of the night
    uid: int  #: who is visited
    village: int
    is_call: int  #: 0 for a planned visit
    provider: int  #: of whom is visited


class Car:
    """A car in a night."""

    here: int  #: village of the last visit, -1 for the base
    free_at: int  #: minute
    last: int  #: provider of who was visited last


VISIT, CAR = row_of(Visit), row_of(Car)


class Pace(NamedTuple):
    """How long things take: minutes, and metres a minute."""

    visit: int
    planned_visit: int
    chain_window: int
    late_after: int
    m_per_min: int


class Log(NamedTuple):
    """What nights are counted in.

    Parameters
    ----------
    counts
        shape (P,): rows of `NightCount`, of the provider of each client.
    delays
        shape (P, MOST_DELAY + 1): calls by minutes to arrival.
    overlap
        shape (V,): nights in which two or more teams came to the village.
    """

    counts: Any
    delays: I64
    overlap: I64


class Plan(NamedTuple):
    """What is to be driven in a month, and with what.

    Parameters
    ----------
    planned, calls
        Rows of `Visit`: those of every night, and those of one.
    joint
        Whether members drive together.
    all_visits
        Whether they do so for planned visits as well.
    base
        shape (V,), unit m: from the base of the joint service.
    fleet
        shape (P + 1,): cars of each provider, and of the joint service.
    days
        Nights of the month.
    """

    planned: Any
    calls: Any
    joint: bool
    all_visits: bool
    base: I64
    fleet: I64
    days: int


@compiled
def chains(now: int, free_at: int, window: int) -> bool:
    """Return whether a team that became free drives straight on to a visit at `now`."""
    return now <= free_at + window


@compiled
def _arrives(car: Car, minute: int, v: int, base: I64, between: I64, p: Pace) -> int:
    """Return the minute at which a car that starts when it is free, and not before it is needed, is in a village."""
    if car.here < 0:
        return minute + base[v] // p.m_per_min
    if chains(minute, car.free_at, p.chain_window):
        start = car.free_at if car.free_at > minute else minute
        return start + between[car.here, v] // p.m_per_min
    back = car.free_at + base[car.here] // p.m_per_min
    start = back if back > minute else minute
    return start + base[v] // p.m_per_min


@compiled
def _sooner(visit: Visit, other: Visit) -> bool:
    """Return whether a visit comes before another one of the same night and team: by minute, then by identity."""
    if visit.minute != other.minute:
        return visit.minute < other.minute
    return visit.uid < other.uid


@compiled
def drive(p: Pace, base: I64, between: I64, cars: Any, planned: Any, calls: Any, log: Log) -> None:
    """Let one team serve its visits of one night, in order of time.

    Parameters
    ----------
    base
        shape (V,), unit m: from the base of the team.
    cars
        shape (n_cars,): rows of `Car`, filled here.
    planned, calls
        Rows of `Visit` in order of minute and identity; a planned visit goes first.
    """
    used = 0  # cars that left the base: the others are all alike
    a, c = 0, 0
    while a < len(planned) or c < len(calls):
        if c == len(calls) or (a < len(planned) and not _sooner(calls[c], planned[a])):
            visit = planned[a]
            a += 1
        else:
            visit = calls[c]
            c += 1
        if used < len(cars):
            cars[used].here = -1
        first, arrival = 0, _arrives(cars[0], visit.minute, visit.village, base, between, p)
        for other in range(1, min(used + 1, len(cars))):
            there = _arrives(cars[other], visit.minute, visit.village, base, between, p)
            if there < arrival:
                first, arrival = other, there
        used += 1 if first == used else 0
        car, v, counted = cars[first], visit.village, log.counts[visit.provider]
        if car.here >= 0 and chains(visit.minute, car.free_at, p.chain_window):
            counted.metres += between[car.here, v]
        else:
            if car.here >= 0:
                log.counts[car.last].metres += base[car.here]
            counted.metres += base[v]
        if visit.is_call == 1:
            waited = arrival - visit.minute
            counted.calls += 1
            counted.response += waited
            counted.late += 1 if waited > p.late_after else 0
            log.delays[visit.provider, waited if waited < MOST_DELAY else MOST_DELAY] += 1
        car.free_at = arrival + (p.visit if visit.is_call == 1 else p.planned_visit)
        car.here = v
        car.last = visit.provider
    for k in range(used):
        log.counts[cars[k].last].metres += base[cars[k].here]


@allocating
def in_order(visits: Any) -> Any:
    """Return visits by night, team, minute and identity."""
    n = len(visits)
    rank = np.empty(n, dtype=np.int64)
    for k in range(n):
        rank[k] = (visits[k].night << 32) | (visits[k].team << 16) | visits[k].minute
    order = np.argsort(rank)
    for a in range(1, n):  # the few of one minute
        k, b = order[a], a
        while b > 0 and rank[order[b - 1]] == rank[k] and visits[k].uid < visits[order[b - 1]].uid:
            order[b] = order[b - 1]
            b -= 1
        order[b] = k
    ordered = np.empty(n, dtype=VISIT)
    for k in range(n):
        ordered[k] = visits[order[k]]
    return ordered


@allocating
def _by_team(s: State, visits: Any, plan: Plan) -> Any:
    """Return visits in the order in which they are driven, those of a joint service under its own number."""
    for k in range(len(visits)):
        visit = visits[k]
        visit.team = visit.provider
        if plan.joint and s.market.member[visit.provider] == 1 and (visit.is_call == 1 or plan.all_visits):
            visit.team = len(s.market.active)
    return in_order(visits)


@compiled
def _count_overlap(teams: I64, nights: int, overlap: I64) -> None:
    """Count nights in which two or more teams came to a village."""
    for v in range(len(teams)):
        if teams[v] & (teams[v] - 1) != 0:
            overlap[v] += nights


@allocating
def drive_month(s: State, p: Pace, plan: Plan, log: Log) -> None:
    """Drive every night: teams with calls or visits planned by hand one by one, the quiet ones, all alike, at once."""
    market, between = s.market, s.places.between_m
    joint_team = len(market.active)
    planned, calls = _by_team(s, plan.planned, plan), _by_team(s, plan.calls, plan)
    cars = np.empty(plan.fleet.max(), dtype=CAR)
    first = np.zeros(joint_team + 2, dtype=np.int64)  # of each team's planned visits
    every_night = np.zeros(len(log.overlap), dtype=np.int64)  # teams that come to a village, as bits
    for k in range(len(planned)):
        first[planned[k].team + 1] += 1
        every_night[planned[k].village] |= 1 << planned[k].team
    for team in range(joint_team + 1):
        first[team + 1] += first[team]
    quiet = np.full(joint_team + 1, plan.days, dtype=np.int64)  # nights of each team
    teams = every_night.copy()
    begin, n_quiet = 0, plan.days
    while begin < len(calls):  # a team in a night
        night, team = calls[begin].night, calls[begin].team
        end = begin
        while end < len(calls) and calls[end].night == night and calls[end].team == team:
            teams[calls[end].village] |= 1 << team
            end += 1
        base = market.base_m[team] if team < joint_team else plan.base
        mine = planned[first[team] : first[team + 1]]
        drive(p, base, between, cars[: plan.fleet[team]], mine, calls[begin:end], log)
        quiet[team] -= 1
        begin = end
        if end == len(calls) or calls[end].night != night:
            _count_overlap(teams, 1, log.overlap)
            teams[:] = every_night
            n_quiet -= 1
    _count_overlap(every_night, n_quiet, log.overlap)
    alike = Log(np.empty(len(log.counts), dtype=log.counts.dtype), log.delays, log.overlap)
    for team in range(joint_team + 1):
        if first[team] == first[team + 1] or quiet[team] == 0:
            continue
        for b in range(len(alike.counts)):
            alike.counts[b].metres = 0
        base = market.base_m[team] if team < joint_team else plan.base
        mine = planned[first[team] : first[team + 1]]
        drive(p, base, between, cars[: plan.fleet[team]], mine, calls[:0], alike)
        for b in range(len(alike.counts)):
            log.counts[b].metres += alike.counts[b].metres * quiet[team]
