"""7.11 Rounds by day.

Purpose.   Work out how far and how long staff travel to give this month's care.
Who.       Every provider with clients, per pool; under shared rounds the members together.
Order.     1. the villages served are put in the order of a tour (nearest neighbour, then 2-opt); 2. walking along it,
           rounds of 3.5 contact hours are filled; 3. a round is: the way to its first village, from home or from the
           base, along the part of each village's ribbon that holds its visits, on to the next, and back.
Assumes.   Addresses lie at random along the ribbon, rounds in one village divide it among them, and the ribbon is
           entered and left at either end.  The way between home and a visit is not paid, and as long for every visit.
           Care is given on seven days a week, household help on five.  With shared rounds each member bears the pooled
           travel in proportion to its contact time in the village.
Random.    none.
Sources.   speed_rural_day, wv_visit_min; the rest are assumptions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.core.jit import allocating, compiled
from krimpsim.population.geography import Geography
from krimpsim.population.market import Tours
from krimpsim.population.schema import I64
from krimpsim.population.state import Now, State
from krimpsim.population.world import World
from krimpsim.processes.base import Process


class Params(NamedTuple):
    """Integers: minutes, metres, and metres per minute.

    Parameters
    ----------
    visit
        shape (2 pools,), unit min.
    days
        shape (2 pools,): days of work a week.
    from_home
        shape (2 pools,): rounds that start at home, thousandths.
    """

    round_minutes: int
    visit: I64
    days: I64
    from_home: I64
    home_m: int
    m_per_min: int
    village_m_per_min: int


def prepare(world: World) -> Params:
    """Return the parameters of rounds as integers."""
    r = world.config.rounds
    return Params(
        round_minutes=round(60 * r.contact_hours_per_round),
        visit=np.array([r.household_visit_minutes, r.visit_minutes], dtype=np.int64),
        days=np.array([5, 7], dtype=np.int64),
        from_home=np.array([round(1000 * r.start_at_home_household), round(1000 * r.start_at_home)], dtype=np.int64),
        home_m=round(1000 * r.home_start_km),
        m_per_min=round(1000 * r.speed_km_h / 60),
        village_m_per_min=round(1000 * r.village_speed_km_h / 60),
    )


@allocating
def tour(base: I64, between: I64, contact: I64) -> I64:
    """Return the villages with contact time in the order of a short tour from the base.

    Parameters
    ----------
    base
        shape (V,), unit m: distance from the base.
    between
        shape (V, V), unit m.
    contact
        shape (V,): villages with a value above 0 are visited.
    """
    order = np.empty(len(contact), dtype=np.int64)
    n = 0
    for v in range(len(contact)):
        if contact[v] > 0:
            order[n] = v
            n += 1
    order = order[:n]
    for a in range(n):  # nearest neighbour
        best = a
        for b in range(a, n):
            here = base[order[b]] if a == 0 else between[order[a - 1], order[b]]
            there = base[order[best]] if a == 0 else between[order[a - 1], order[best]]
            if here < there:
                best = b
        swap = order[a]
        order[a] = order[best]
        order[best] = swap
    improved = n > 3
    while improved:  # 2-opt: turn a stretch round when that shortens the tour
        improved = False
        for a in range(n - 1):
            for b in range(a + 1, n):
                before = base[order[a]] if a == 0 else between[order[a - 1], order[a]]
                after = base[order[b]] if b == n - 1 else between[order[b], order[b + 1]]
                new_before = base[order[b]] if a == 0 else between[order[a - 1], order[b]]
                new_after = base[order[a]] if b == n - 1 else between[order[a], order[b + 1]]
                if new_before + new_after < before + after:
                    lo, hi = a, b
                    while lo < hi:
                        swap = order[lo]
                        order[lo] = order[hi]
                        order[hi] = swap
                        lo += 1
                        hi -= 1
                    improved = True
    return order


@allocating
def tour_of(tours: Tours, row: int, pool: int, base: I64, between: I64, contact: I64) -> I64:
    """Return the tour of a provider, the one of last month when that is still good."""
    kept, n, same = tours.base[row, pool], 0, True
    for v in range(len(contact)):
        now = base[v] if contact[v] > 0 else -1
        same = same and kept[v] == now
        kept[v] = now
        n += int(contact[v] > 0)
    order = tours.order[row, pool, :n]
    if not same:
        order[:] = tour(base, between, contact)
    return order


@compiled
def ribbon_way(length: int, visits: int, here: int, trips: int, starts: bool, from_home: int) -> int:
    """Return the metres that a round drives along the ribbon of a village on a day, entered and left at either end.

    Of N addresses at random, n neighbours stretch over n / (N + 1) of the ribbon, with the way from the one before.

    Parameters
    ----------
    length
        Of the ribbon, unit m.
    visits, here
        Visits a week of this round, and of all rounds, in the village; n and N are these by day.
    trips
        Days a week on which somebody comes.
    starts
        Whether the round starts in this village; if not, it comes along the road.
    from_home
        Rounds that start at home, thousandths: their way to the first visit is no part of this.
    """
    whole, stretch = length * visits // (visits + trips), length * visits // (here + trips)
    if not starts:
        return min(whole, 2 * stretch)
    between = length * max(0, visits - trips) // (here + trips)
    there_and_back = length // 2 + stretch  # a quarter of the ribbon from the nearer end, on average
    return (min(whole, there_and_back) * (1000 - from_home) + between * from_home) // 1000


class Trip(NamedTuple):
    """What a plan of rounds takes in a week, by village: a leg belongs to the village it leads to.

    Parameters
    ----------
    minutes
        shape (V,): paid travel.
    metres
        shape (V,).
    """

    minutes: I64
    metres: I64


@compiled
def travel(p: Params, pool: int, places: Geography, order: I64, base: I64, contact: I64, trip: Trip) -> None:
    """Fill a week's paid travel minutes and metres by village for one plan of rounds.

    Parameters
    ----------
    order
        shape (n,): the villages with contact time, in the order of the tour.
    base
        shape (V,), unit m: distance from the base.
    contact
        shape (V,), unit min/week.
    trip
        Filled here; the way back belongs to the last village.
    """
    minutes, metres = trip
    minutes[:] = 0
    metres[:] = 0
    total = 0
    for v in range(len(contact)):
        total += contact[v]
    days = p.days[pool]
    if total // p.visit[pool] + 1 < days:  # fewer visits than days: on some days nobody drives
        days = total // p.visit[pool] + 1
    room = 0
    previous = -1
    for k in range(len(order)):
        v = order[k]
        left = contact[v]
        here = left // p.visit[pool] + 1
        trips = here if here < days else days
        while left > 0:
            starts = room == 0
            if starts:
                if previous >= 0:
                    _leg_home(p, pool, base[previous], days, previous, trip)
                _leg_home(p, pool, base[v], days, v, trip)
                room = p.round_minutes * days
                previous = v
            elif previous != v:
                leg = places.between_m[previous, v] * trips
                metres[v] += leg
                minutes[v] += leg // p.m_per_min
                previous = v
            share = left if left < room else room
            visits = share // p.visit[pool] + 1
            along = ribbon_way(places.ribbon_m[v], visits, here, trips, starts, p.from_home[pool]) * trips
            metres[v] += along
            minutes[v] += along // p.village_m_per_min
            room -= share
            left -= share
    if previous >= 0:
        _leg_home(p, pool, base[previous], days, previous, trip)


@compiled
def _leg_home(p: Params, pool: int, base_m: int, days: int, v: int, trip: Trip) -> None:
    """Book the leg between a village and where the round starts or ends: partly a worker's home, partly the base."""
    home = p.home_m if p.home_m < base_m else base_m
    from_base = base_m * days * (1000 - p.from_home[pool]) // 1000
    trip.metres[v] += from_base + home * days * p.from_home[pool] // 1000
    trip.minutes[v] += from_base // p.m_per_min


@allocating
def _apart(s: State, p: Params, pool: int, trip: Trip) -> None:
    """Fill what each provider travels on rounds of its own."""
    market, places = s.market, s.places
    for b in range(len(s.contact)):
        base, mine = market.base_m[b], s.contact[b, pool]
        travel(p, pool, places, tour_of(s.tours, b, pool, base, places.between_m, mine), base, mine, trip)
        market.travel[b, :, pool] = trip.minutes
        market.metres[b, :, pool] = trip.metres
        market.apart_minutes[b, pool] = trip.minutes.sum()
        market.apart_metres[b, pool] = trip.metres.sum()


@allocating
def _share(s: State, p: Params, now: Now, pool: int, trip: Trip) -> None:
    """Let members share rounds, unless they would drive further: each bears its part of the pooled travel."""
    market, places, contact, strength = s.market, s.places, s.contact, now.clauses.rounds
    pooled = np.zeros(contact.shape[2], dtype=np.int64)
    nearest = np.full(contact.shape[2], 1 << 40, dtype=np.int64)
    apart = 0
    for b in range(len(contact)):
        if market.member[b] == 1 and market.active[b] == 1:
            for v in range(len(pooled)):
                pooled[v] += contact[b, pool, v]
                apart += market.travel[b, v, pool]
                if contact[b, pool].sum() > 0 and market.base_m[b, v] < nearest[v]:
                    nearest[v] = market.base_m[b, v]
    if pooled.sum() == 0:
        return
    order = tour_of(s.tours, len(contact), pool, nearest, places.between_m, pooled)
    travel(p, pool, places, order, nearest, pooled, trip)
    if trip.minutes.sum() >= apart:
        return
    for b in range(len(contact)):
        if market.member[b] == 1 and market.active[b] == 1:
            for v in range(len(pooled)):
                if contact[b, pool, v] > 0:
                    minutes = trip.minutes[v] * contact[b, pool, v] // pooled[v]
                    metres = trip.metres[v] * contact[b, pool, v] // pooled[v]
                    market.travel[b, v, pool] += (minutes - market.travel[b, v, pool]) * strength // 1000
                    market.metres[b, v, pool] += (metres - market.metres[b, v, pool]) * strength // 1000


@allocating
def step(s: State, p: Params, now: Now) -> None:
    """Fill travel minutes and metres of every provider from the care it gave."""
    n_villages = s.contact.shape[2]
    trip = Trip(np.zeros(n_villages, dtype=np.int64), np.zeros(n_villages, dtype=np.int64))
    for pool in range(s.contact.shape[1]):
        _apart(s, p, pool, trip)
        if now.clauses.rounds > 0:
            _share(s, p, now, pool, trip)


PROCESS = Process(
    "7.11",
    "rounds by day",
    "month",
    (
        "market.active",
        "market.member",
        "market.base_m",
        "market.travel",
        "market.metres",
        "contact",
        "convenant",
    ),
    (
        "market.travel",
        "market.metres",
        "market.apart_minutes",
        "market.apart_metres",
    ),
    (),
    "Travel follows from rounds of 3.5 contact hours over a tour of the villages served.",
)
