"""7.5 Households.

Purpose.   Form and end partnerships, let children leave home, and count who lives with whom.
Who.       Singles aged 20 to 74; pairs below 70; children of 20 and over with a parent.
Order.     1. some children leave home within the village and keep ties with their parents; 2. some pairs separate: the
           man finds a home in the same village; 3. singles who look for a partner this month pair up, one move-in
           at a time, the seeker with the smallest draw first, each with the candidate of the best keyed race.
Assumes.   A person with children at home does not move in with another who has children at home.
Agenda.    Separations of women, children who leave home, seekers, by age.
Random.    HOUSEHOLDS_*, one draw per person and month; the choice is a keyed race per pair.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.clock import age_in, january_age
from krimpsim.core.codes import NOBODY, Distance, Event, Presence, Relation, Sex
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import Stream, bits, happens, month_key, threshold, uniform
from krimpsim.population.agenda import (
    Agenda,
    Chance,
    Group,
    Item,
    chance_of,
    comes_up,
    count,
    due,
    own_chance,
    plan_months,
)
from krimpsim.population.agenda import plan as plan_item
from krimpsim.population.kinship import (
    add_tie,
    has_children_at_home,
    join_household,
    leave_household,
    live_alone,
    lives_with_parent,
    tie_uid,
)
from krimpsim.population.need_profile import per_month
from krimpsim.population.schema import I64, PC, PL, P, People, Ties
from krimpsim.processes.base import Process

_HOME, _WOMAN, _CHILD = int(Presence.HOME), int(Sex.WOMAN), int(Relation.CHILD)
_UNDER_2 = int(Distance.UNDER_2_KM)
_ARRIVAL, _DEPARTURE = int(Event.ARRIVAL), int(Event.DEPARTURE)
SEEK, _CHOICE = int(Stream.HOUSEHOLDS_SEEK), int(Stream.HOUSEHOLDS_CHOICE)
SEPARATE, LEAVE_HOME = int(Stream.HOUSEHOLDS_SEPARATE), int(Stream.HOUSEHOLDS_LEAVE_HOME)
ITEM_SEEK, ITEM_SEPARATE, ITEM_LEAVE_HOME = int(Item.SEEK), int(Item.SEPARATE), int(Item.LEAVE_HOME)


class Params(NamedTuple):
    """Thresholds of 2**32 per month.

    Parameters
    ----------
    seek
        Three classes: below 40, turning 40 this year, older.
    separate, leave_home
        One class each.
    """

    seek: Chance
    separate: Chance
    leave_home: Chance


def prepare(config: RunConfig) -> Params:
    """Return monthly thresholds."""
    h = config.households
    young, old = h.seek_young_per_year, h.seek_old_per_year

    def chance(*per_year: float) -> Chance:
        return chance_of(np.array([threshold(per_month(hazard)) for hazard in per_year]))

    return Params(
        chance(young, max(young, old), old),
        chance(h.separate_per_year),
        chance(h.leave_home_per_year),
    )


@compiled
def _tie_with_parents(people: People, ties: Ties, counts: I64, i: int) -> None:
    """Give a child who leaves home ties with the parents who stay behind."""
    for parent in (int(people.link[PL.mother, i]), int(people.link[PL.father, i])):
        if (
            parent >= 0
            and int(people.code[PC.presence, parent]) == _HOME
            and people.link[PL.household, parent] == people.link[PL.household, i]
        ):
            uid = tie_uid(people.uid[i], people.uid[parent], _CHILD)
            add_tie(ties, counts, people, i, parent, _CHILD, _UNDER_2, uid)


@compiled
def _is_home(people: People, i: int) -> bool:
    """Return whether a row is somebody who lives at home."""
    return i >= 0 and int(people.code[PC.presence, i]) == _HOME


@allocating
def _pair_up(
    people: People, ties: Ties, census: I64, counts: I64, seekers: I64, month: int, key: int, events: I64
) -> None:
    """Join this month's seekers, one pair at a time."""
    n = len(seekers)
    order_key = month_key(key, SEEK, month, 1)
    race = month_key(key, _CHOICE, month, 0)
    order = np.empty(n, dtype=np.float64)
    for k in range(n):
        order[k] = uniform(order_key, people.uid[seekers[k]])
    ranked = np.argsort(order)
    for a in range(n):
        i = seekers[ranked[a]]
        if int(people.link[PL.partner, i]) >= 0:
            continue
        best, best_value = NOBODY, 0.0
        for b in range(n):
            j = seekers[ranked[b]]
            if people.code[PC.sex, j] == people.code[PC.sex, i] or int(people.link[PL.partner, j]) >= 0:
                continue
            gap = int(people.at[P.birth_month, i]) - int(people.at[P.birth_month, j])
            if (
                gap > 120
                or gap < -120
                or (int(people.link[PL.mother, i]) >= 0 and people.link[PL.mother, i] == people.link[PL.mother, j])
            ):
                continue
            value = uniform(race, bits(race, people.uid[i]) ^ bits(race, people.uid[j]))
            if best < 0 or value < best_value:
                best, best_value = j, value
        if best < 0:
            continue
        woman = i if int(people.code[PC.sex, i]) == _WOMAN else best
        man = best if woman == i else i
        woman_tied = has_children_at_home(people, woman)
        man_tied = has_children_at_home(people, man)
        if woman_tied and man_tied:
            continue
        host, guest = (man, woman) if man_tied else (woman, man)
        for person in (host, guest):
            if lives_with_parent(people, person):
                _tie_with_parents(people, ties, counts, person)
                if person == host:
                    live_alone(people, counts, host)
        leave_household(people, guest)
        join_household(people, guest, host)
        if people.code[PC.village, guest] != people.code[PC.village, host]:
            events[int(people.code[PC.village, guest]), _DEPARTURE] += 1
            events[int(people.code[PC.village, host]), _ARRIVAL] += 1
            count(people, census, guest, month, -1)
            people.code[PC.village, guest] = people.code[PC.village, host]
            count(people, census, guest, month, 1)
        people.link[PL.partner, host] = guest
        people.link[PL.partner, guest] = host


@compiled
def _seek_class(age: int) -> int:
    """Return the class of a seeker by age on 1 January."""
    if age < 39:
        return 0
    return 1 if age == 39 else 2


@compiled
def plan(people: People, group: Group, p: Params, agenda: Agenda, after: int) -> None:
    """Put the months in which people may part, leave home or look for a partner on the agenda."""
    for k in range(len(group.rows)):
        i, age, uid = group.rows[k], int(group.age[k]), group.uid[k]
        if age < 19 or age >= 75:
            continue
        if age < 70 and int(group.sex[k]) == _WOMAN:
            plan_item(agenda, ITEM_SEPARATE, i, uid, p.separate, 0, after)
        plan_item(agenda, ITEM_SEEK, i, uid, p.seek, _seek_class(age), after)
        if comes_up(agenda, ITEM_LEAVE_HOME, uid, p.leave_home, 0) and lives_with_parent(people, i):
            plan_months(agenda, ITEM_LEAVE_HOME, i, uid, p.leave_home, 0, after)


@allocating
def _who(people: People, rows: I64, month: int, paired: bool) -> I64:
    """Return those at home aged 20 to 74 who have a partner, or have none."""
    chosen = np.empty(len(rows), dtype=np.int64)
    n = 0
    for i in rows:
        age = age_in(month, int(people.at[P.birth_month, i]))
        if _is_home(people, i) and 20 <= age < 75 and (int(people.link[PL.partner, i]) >= 0) == paired:
            chosen[n] = i
            n += 1
    return chosen[:n]


@allocating
def step(
    people: People,
    ties: Ties,
    agenda: Agenda,
    census: I64,
    counts: I64,
    p: Params,
    key: int,
    month: int,
    events: I64,
) -> None:
    """Separate pairs, let children leave home, join seekers: all decide on what stood at the start of the month."""
    parting = _who(people, due(agenda, ITEM_SEPARATE, month), month, True)
    leavers = _who(people, due(agenda, ITEM_LEAVE_HOME, month), month, False)
    singles = _who(people, due(agenda, ITEM_SEEK, month), month, False)
    draw = month_key(key, SEEK, month, 0)
    seekers = np.empty(len(singles), dtype=np.int64)
    n = 0
    for i in singles:
        born = int(people.at[P.birth_month, i])
        chance = int(p.seek.most[0 if age_in(month, born) < 40 else 2])
        most = int(p.seek.most[_seek_class(january_age(month // 12, born))])
        if happens(draw, people.uid[i], own_chance(chance, most)):
            seekers[n] = i
            n += 1
    n_leave = 0
    for i in leavers:
        if lives_with_parent(people, i):
            leavers[n_leave] = i
            n_leave += 1
    for i in leavers[:n_leave]:
        _tie_with_parents(people, ties, counts, i)
    for i in leavers[:n_leave]:
        live_alone(people, counts, i)
    for i in parting:
        partner = int(people.link[PL.partner, i])
        if age_in(month, int(people.at[P.birth_month, i])) < 70 and _is_home(people, partner):
            people.link[PL.partner, i] = NOBODY
            people.link[PL.partner, partner] = NOBODY
            live_alone(people, counts, partner)
    _pair_up(people, ties, census, counts, seekers[:n], month, key, events)


PROCESS = Process(
    "7.5",
    "households",
    "month",
    ("birth_month", "sex", "partner", "mother", "father", "household", "village"),
    ("partner", "household", "village", "ties"),
    (Stream.HOUSEHOLDS_SEEK, Stream.HOUSEHOLDS_CHOICE, Stream.HOUSEHOLDS_SEPARATE, Stream.HOUSEHOLDS_LEAVE_HOME),
    "Pairs form and separate, children leave home.",
)
