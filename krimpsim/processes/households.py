"""7.5 Households.

Purpose.   Form and end partnerships, let children leave home, and count who lives with whom.
Who.       Singles aged 20 to 74; pairs below 70; children of 20 and over with a parent.
Order.     1. some children leave home within the village and keep ties with their parents; 2. some pairs separate: the
           man finds a home in the same village; 3. singles who look for a partner this month pair up, one move-in
           at a time, the seeker with the smallest draw first, each with the candidate of the best keyed race.
Assumes.   A person with children at home does not move in with another who has children at home.
Random.    HOUSEHOLDS_*, one draw per person and month; the choice is a keyed race per pair.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.clock import age_in
from krimpsim.core.codes import NOBODY, Distance, Event, Presence, Relation, Sex
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import Stream, bits, happens, month_key, threshold, uniform
from krimpsim.population.kinship import add_tie, lives_with_parent, tie_uid
from krimpsim.population.need_profile import per_month
from krimpsim.population.schema import I64, P, People, Ties
from krimpsim.processes.base import Process

_HOME, _WOMAN, _CHILD = int(Presence.HOME), int(Sex.WOMAN), int(Relation.CHILD)
_UNDER_2 = int(Distance.UNDER_2_KM)
_ARRIVAL, _DEPARTURE = int(Event.ARRIVAL), int(Event.DEPARTURE)
_SEEK, _CHOICE = int(Stream.HOUSEHOLDS_SEEK), int(Stream.HOUSEHOLDS_CHOICE)
_SEPARATE, _LEAVE_HOME = int(Stream.HOUSEHOLDS_SEPARATE), int(Stream.HOUSEHOLDS_LEAVE_HOME)


class Params(NamedTuple):
    """Thresholds of 2**32 per month."""

    seek_young: int
    seek_old: int
    separate: int
    leave_home: int


def prepare(config: RunConfig) -> Params:
    """Return monthly thresholds."""
    h = config.households
    return Params(
        threshold(per_month(h.seek_young_per_year)),
        threshold(per_month(h.seek_old_per_year)),
        threshold(per_month(h.separate_per_year)),
        threshold(per_month(h.leave_home_per_year)),
    )


@allocating
def household_sizes(people: People, present: I64, counts: I64) -> I64:
    """Return the number of people at home in each household, shape (n_households,)."""
    size = np.zeros(int(counts[2]) + 4096, dtype=np.int64)  # room for the households of this month
    for k in range(len(present)):
        i = present[k]
        if int(people.at[P.presence, i]) == _HOME:
            size[int(people.at[P.household, i])] += 1
    return size


@compiled
def _new_home(people: People, counts: I64, i: int) -> None:
    """Give a person a household alone."""
    people.at[P.household, i] = counts[2]
    counts[2] += 1


@compiled
def _tie_with_parents(people: People, ties: Ties, counts: I64, i: int) -> None:
    """Give a child who leaves home ties with the parents who stay behind."""
    for parent in (int(people.at[P.mother, i]), int(people.at[P.father, i])):
        if (
            parent >= 0
            and int(people.at[P.presence, parent]) == _HOME
            and people.at[P.household, parent] == people.at[P.household, i]
        ):
            uid = tie_uid(people.uid[i], people.uid[parent], _CHILD)
            add_tie(ties, counts, people, i, parent, _CHILD, _UNDER_2, uid)


@compiled
def _is_home(people: People, i: int) -> bool:
    """Return whether a row is somebody who lives at home."""
    return i >= 0 and int(people.at[P.presence, i]) == _HOME


@compiled
def _has_children_at_home(people: People, present: I64, i: int) -> bool:
    """Return whether own children live in the same household."""
    for k in range(len(present)):
        j = present[k]
        is_child = int(people.at[P.mother, j]) == i or int(people.at[P.father, j]) == i
        if is_child and _is_home(people, j) and people.at[P.household, j] == people.at[P.household, i]:
            return True
    return False


@allocating
def _pair_up(
    people: People, ties: Ties, counts: I64, present: I64, seekers: I64, month: int, key: int, events: I64
) -> None:
    """Join this month's seekers, one pair at a time."""
    n = len(seekers)
    order_key = month_key(key, _SEEK, month, 1)
    race = month_key(key, _CHOICE, month, 0)
    order = np.empty(n, dtype=np.float64)
    for k in range(n):
        order[k] = uniform(order_key, people.uid[seekers[k]])
    ranked = np.argsort(order)
    for a in range(n):
        i = seekers[ranked[a]]
        if int(people.at[P.partner, i]) >= 0:
            continue
        best, best_value = NOBODY, 0.0
        for b in range(n):
            j = seekers[ranked[b]]
            if people.at[P.sex, j] == people.at[P.sex, i] or int(people.at[P.partner, j]) >= 0:
                continue
            gap = int(people.at[P.birth_month, i]) - int(people.at[P.birth_month, j])
            if (
                gap > 120
                or gap < -120
                or (int(people.at[P.mother, i]) >= 0 and people.at[P.mother, i] == people.at[P.mother, j])
            ):
                continue
            value = uniform(race, bits(race, people.uid[i]) ^ bits(race, people.uid[j]))
            if best < 0 or value < best_value:
                best, best_value = j, value
        if best < 0:
            continue
        woman = i if int(people.at[P.sex, i]) == _WOMAN else best
        man = best if woman == i else i
        woman_tied = _has_children_at_home(people, present, woman)
        man_tied = _has_children_at_home(people, present, man)
        if woman_tied and man_tied:
            continue
        host, guest = (man, woman) if man_tied else (woman, man)
        for person in (host, guest):
            if lives_with_parent(people, person):
                _tie_with_parents(people, ties, counts, person)
                if person == host:
                    _new_home(people, counts, host)
        people.at[P.household, guest] = people.at[P.household, host]
        if people.at[P.village, guest] != people.at[P.village, host]:
            events[int(people.at[P.village, guest]), _DEPARTURE] += 1
            events[int(people.at[P.village, host]), _ARRIVAL] += 1
            people.at[P.village, guest] = people.at[P.village, host]
        people.at[P.partner, host] = guest
        people.at[P.partner, guest] = host


@allocating
def step(people: People, ties: Ties, present: I64, counts: I64, p: Params, key: int, month: int, events: I64) -> None:
    """Separate pairs, let children leave home, join seekers."""
    separate = month_key(key, _SEPARATE, month, 0)
    leave = month_key(key, _LEAVE_HOME, month, 0)
    seek = month_key(key, _SEEK, month, 0)
    seekers = np.empty(len(present), dtype=np.int64)
    leavers = np.empty(len(present), dtype=np.int64)
    parting = np.empty(len(present), dtype=np.int64)
    n_seek, n_leave, n_part = 0, 0, 0
    for k in range(len(present)):  # everybody decides on what stood at the start of the month, then it happens
        i = present[k]
        if int(people.at[P.presence, i]) != _HOME:
            continue
        age = age_in(month, int(people.at[P.birth_month, i]))
        if age < 20 or age >= 75:
            continue
        uid = people.uid[i]
        partner = int(people.at[P.partner, i])
        if partner >= 0:
            may_part = int(people.at[P.sex, i]) == _WOMAN and age < 70 and _is_home(people, partner)
            if may_part and happens(separate, uid, p.separate):
                parting[n_part] = i
                n_part += 1
            continue
        if lives_with_parent(people, i) and happens(leave, uid, p.leave_home):
            leavers[n_leave] = i
            n_leave += 1
        if happens(seek, uid, p.seek_young if age < 40 else p.seek_old):
            seekers[n_seek] = i
            n_seek += 1
    for k in range(n_leave):
        _tie_with_parents(people, ties, counts, leavers[k])
    for k in range(n_leave):
        _new_home(people, counts, leavers[k])
    for k in range(n_part):
        i = parting[k]
        partner = int(people.at[P.partner, i])
        people.at[P.partner, i] = NOBODY
        people.at[P.partner, partner] = NOBODY
        _new_home(people, counts, partner)
    _pair_up(people, ties, counts, present, seekers[:n_seek], month, key, events)


PROCESS = Process(
    "7.5",
    "households",
    "month",
    ("birth_month", "sex", "partner", "mother", "father", "household", "village"),
    ("partner", "household", "village", "ties"),
    (Stream.HOUSEHOLDS_SEEK, Stream.HOUSEHOLDS_CHOICE, Stream.HOUSEHOLDS_SEPARATE, Stream.HOUSEHOLDS_LEAVE_HOME),
    "Pairs form and separate, children leave home.",
)
