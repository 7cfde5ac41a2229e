"""7.7 Admission to a facility (Wlz).

Purpose.   Move people who need care round the clock to a facility, as far as there are places.
Who.       At home, aged 65 and over: level 4, and level 3 with dementia or without an able adult in the home.
Order.     1. those who qualify ask for a place at a hazard; who no longer qualifies stops waiting; 2. free places go
           to those who wait: highest level first, then a keyed draw per person and year, then uid.
Assumes.   Facilities lie outside the villages.  Places follow the number of people of 75 and over on 1 January until
           they are frozen.  When full, people wait at home.
Random.    ADMISSION_REQUEST, ADMISSION_ORDER.
Sources.   inst_75p_2014, inst_75p_drenthe_2016.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.core.clock import age_in
from krimpsim.core.codes import NOBODY, Event, Lever, Presence
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.prefetch import ask_ahead
from krimpsim.core.streams import Stream, bits, happens, i64, month_key, threshold
from krimpsim.population.kinship import helper_of, live_alone
from krimpsim.population.lists import size
from krimpsim.population.need_rates import ADMISSION_AGE, Places, per_month, places_now, places_of
from krimpsim.population.roll import count
from krimpsim.population.state import Now, State, scaled
from krimpsim.population.world import N_YEARS, World
from krimpsim.processes.base import Process


class Params(NamedTuple):
    """Demand and supply of places.

    Parameters
    ----------
    round_the_clock, heavy
        Thresholds of 2**32 per month.
    places
        Supply of places.
    """

    round_the_clock: int
    heavy: int
    places: Places


def prepare(world: World) -> Params:
    """Return thresholds and the supply of places."""
    a = world.config.admission
    return Params(
        threshold(per_month(a.round_the_clock_per_year)),
        threshold(per_month(a.heavy_per_year)),
        places_of(world.config, N_YEARS),
    )


@compiled
def qualifies(level: int, dementia: int, has_helper: bool) -> bool:
    """Return whether someone at home may ask for a place."""
    return level == 4 or (level == 3 and (dementia == 1 or not has_helper))


@compiled
def asking(s: State, p: Params, now: Now, level: int, provider: int) -> int:
    """Return the threshold of asking for a place; clients of self-steering teams ask sooner."""
    chance = p.round_the_clock if level == 4 else p.heavy
    if provider >= 0 and s.market.member[provider] == 1:
        return scaled(now, Lever.ADMISSION, 0, chance)
    return chance


@allocating
def step(s: State, p: Params, now: Now) -> None:
    """Let people ask, and fill free places."""
    people, lists, month = s.people, s.lists, now.month
    asks = month_key(now.key, Stream.ADMISSION_REQUEST, month, 0)
    order = month_key(now.key, Stream.ADMISSION_ORDER, month // 12, 0)
    places = i64(int(places_now(float(s.roll.older[0]), float(s.frozen[0]), p.places, month) + 0.5))
    if s.frozen[0] == 0 and month >= p.places.frozen_from:
        s.frozen[0] = places
    s.book.region[0].facility_places = places
    taken = 0
    n_watched = size(lists.watch)
    waiting = np.empty(n_watched, dtype=np.int64)
    rank = np.empty(n_watched, dtype=np.int64)
    n = 0
    for k in range(n_watched):
        ask_ahead(people, lists.watch.rows, k, n_watched)
        i = lists.watch.rows[k]
        if people[i].presence == Presence.FACILITY:
            taken += 1
            continue
        if people[i].presence != Presence.HOME:
            continue
        level = people[i].level
        if (
            level < 3
            or age_in(month, people[i].birth_month) < ADMISSION_AGE
            or not qualifies(level, people[i].dementia, helper_of(people, i, month) >= 0)
        ):
            people[i].waits_for_facility = 0
            continue
        if people[i].waits_for_facility == 0 and happens(
            asks, people[i].uid, asking(s, p, now, level, people[i].provider_care)
        ):
            people[i].waits_for_facility = 1
        if people[i].waits_for_facility == 1:
            waiting[n] = i
            rank[n] = (4 - level) << 60 | i64(bits(order, people[i].uid) >> 4)
            n += 1
    ranked = np.argsort(rank[:n])
    for k in range(n):
        if taken >= places:
            break
        i = waiting[ranked[k]]
        taken += 1
        count(people, s.roll.census, i, month, -1)
        people[i].presence = Presence.FACILITY
        count(people, s.roll.census, i, month, 1)
        people[i].waits_for_facility = 0
        live_alone(s, i)
        people[i].provider_help = NOBODY
        people[i].provider_care = NOBODY
        s.book.events[people[i].village, Event.ADMISSION] += 1


PROCESS = Process(
    "7.7",
    "admission",
    "month",
    (
        "presence",
        "level",
        "dementia",
        "episode",
        "village",
        "housemate",
        "partner",
        "birth_month",
        "provider_care",
        "waits_for_facility",
        "market.member",
        "frozen",
        "convenant",
    ),
    (
        "presence",
        "household",
        "housemate",
        "provider_help",
        "provider_care",
        "waits_for_facility",
        "frozen",
    ),
    (Stream.ADMISSION_REQUEST, Stream.ADMISSION_ORDER),
    "People with heavy need move to a facility when there is a place.",
)
