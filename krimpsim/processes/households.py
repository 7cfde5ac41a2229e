"""7.5 Households.

Purpose.   Form and end partnerships, and let children leave home.
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

from krimpsim.core.clock import age_in, january_age
from krimpsim.core.codes import NOBODY, Distance, Event, Presence, Relation, Sex
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import Stream, bits, happens, i64, month_key, threshold, uniform
from krimpsim.population.agenda import AGES, Chance, Group, Item, by_kind, choose, due, kind_of, own_chance, plan_chosen
from krimpsim.population.kinship import (
    add_tie,
    has_children_at_home,
    join_household,
    leave_household,
    live_alone,
    lives_with_parent,
    tie_uid,
)
from krimpsim.population.need_rates import per_month
from krimpsim.population.roll import count
from krimpsim.population.schema import I64, U64, Person
from krimpsim.population.state import Now, State
from krimpsim.population.world import World
from krimpsim.processes.base import Comes, Process

_MOST_APART = 120  # months between partners
_SEXES_APART = 1 << 32  # in the line of seekers: more than there are months
_TAKEN = 1 << 53  # above every draw of 53 bits


class Params(NamedTuple):
    """Thresholds of 2**32 per month.

    Parameters
    ----------
    seek_young, seek_old
        Below 40, and from 40 on.
    seek, separate, leave_home
        By kind of person: from 19 to 74, women from 19 to 69, from 19 to 74.
    """

    seek_young: int
    seek_old: int
    seek: Chance
    separate: Chance
    leave_home: Chance


def prepare(world: World) -> Params:
    """Return monthly thresholds."""
    h = world.config.households
    young, old, separate, leave_home = (
        threshold(per_month(hazard))
        for hazard in (h.seek_young_per_year, h.seek_old_per_year, h.separate_per_year, h.leave_home_per_year)
    )
    may, women = (AGES >= 19) & (AGES < 75), np.arange(2)[:, None] == Sex.WOMAN
    return Params(
        young,
        old,
        by_kind(np.where(may, np.where(AGES < 39, young, np.where(AGES == 39, max(young, old), old)), 0)),
        by_kind(np.where(women & may & (AGES < 70), separate, 0)),
        by_kind(np.where(may, leave_home, 0)),
    )


@compiled
def _tie_with_parents(s: State, i: int) -> None:
    """Give a child who leaves home ties with the parents who stay behind."""
    people = s.people
    for parent in (people[i].mother, people[i].father):
        if parent >= 0 and people[parent].presence == Presence.HOME and people[parent].household == people[i].household:
            uid = tie_uid(people[i].uid, people[parent].uid, Relation.CHILD)
            add_tie(s, i, parent, Relation.CHILD, Distance.UNDER_2_KM, uid)


@compiled
def _is_home(s: State, i: int) -> bool:
    """Return whether a row is somebody who lives at home."""
    return i >= 0 and s.people[i].presence == Presence.HOME


@compiled
def _place(person: Person, sex: int) -> int:
    """Return where somebody stands, or would stand if of this sex, in the line of seekers."""
    return sex * _SEXES_APART + person.birth_month


class Line(NamedTuple):
    """The seekers of a month, men then women, each by birth month: who is of an age stands side by side.

    Parameters
    ----------
    rows, place
        shape (n,): row, and place in the line as `_place` says it.
    mark
        shape (n,): what races are drawn from.
    taken
        shape (n,): `_TAKEN` once in a pair, 0 before.
    value
        shape (n,): workspace of a race.
    """

    rows: I64
    place: I64
    mark: U64
    taken: I64
    value: I64


@compiled
def _win(s: State, line: Line, race: int, k: int, first: int, last: int) -> int:
    """Return the number in the line of the one who wins the race for a seeker, -1 for none.

    Candidates, from `first` to before `last`, are of the other sex and about the same age; one who is taken, or a
    sibling, does not win.
    """
    marks, taken, value = line.mark[first:last], line.taken[first:last], line.value
    mine = line.mark[k]
    for c in range(len(marks)):  # a straight loop, which takes several candidates at a time
        value[c] = i64(bits(race, mine ^ marks[c]) >> 11) | taken[c]
    best, best_value = NOBODY, _TAKEN
    mother = s.people[line.rows[k]].mother
    for c in range(len(marks)):
        if value[c] < best_value and (mother == NOBODY or s.people[line.rows[first + c]].mother != mother):
            best, best_value = first + c, value[c]
    return best


@allocating
def _line_up(s: State, race: int, seekers: I64) -> Line:
    """Return the line of this month's seekers."""
    n = len(seekers)
    place, mark = np.empty(n, dtype=np.int64), np.empty(n, dtype=np.uint64)
    for k in range(n):
        place[k] = _place(s.people[seekers[k]], s.people[seekers[k]].sex)
    line = np.argsort(place)
    rows = seekers[line]
    for k in range(n):
        mark[k] = bits(race, s.people[rows[k]].uid)
    return Line(rows, place[line], mark, np.zeros(n, dtype=np.int64), np.empty(n, dtype=np.int64))


@allocating
def _pair_up(s: State, now: Now, seekers: I64) -> None:
    """Join this month's seekers, one pair at a time."""
    people, month = s.people, now.month
    race = month_key(now.key, Stream.HOUSEHOLDS_CHOICE, month, 0)
    order_key = month_key(now.key, Stream.HOUSEHOLDS_SEEK, month, 1)
    line, order = _line_up(s, race, seekers), np.empty(len(seekers), dtype=np.float64)
    for k in range(len(order)):
        order[k] = uniform(order_key, people[line.rows[k]].uid)
    for k in np.argsort(order):
        if line.taken[k] > 0:
            continue
        i = line.rows[k]
        middle = _place(people[i], 1 - people[i].sex)
        first = int(np.searchsorted(line.place, middle - _MOST_APART))
        last = int(np.searchsorted(line.place, middle + _MOST_APART + 1))
        chosen = _win(s, line, race, k, first, last)
        if chosen < 0:
            continue
        best = line.rows[chosen]
        woman = i if people[i].sex == Sex.WOMAN else best
        man = best if woman == i else i
        woman_tied = has_children_at_home(people, woman)
        man_tied = has_children_at_home(people, man)
        if woman_tied and man_tied:
            continue
        host, guest = (man, woman) if man_tied else (woman, man)
        for person in (host, guest):
            if lives_with_parent(people, person):
                _tie_with_parents(s, person)
                if person == host:
                    live_alone(s, host)
        leave_household(people, guest)
        join_household(people, guest, host)
        if people[guest].village != people[host].village:
            s.book.events[people[guest].village, Event.DEPARTURE] += 1
            s.book.events[people[host].village, Event.ARRIVAL] += 1
            count(people, s.roll.census, guest, month, -1)
            people[guest].village = people[host].village
            count(people, s.roll.census, guest, month, 1)
        people[host].partner = guest
        people[guest].partner = host
        line.taken[k] = line.taken[chosen] = _TAKEN


@compiled
def plan(s: State, p: Params, group: Group, after: int) -> None:
    """Put the months in which people who live with a parent may leave home on the agenda."""
    agenda = s.agenda
    for c in range(choose(agenda, Item.LEAVE_HOME, group, p.leave_home, 0)):
        k = group.chosen[c]
        if lives_with_parent(s.people, group.rows[k]):
            plan_chosen(agenda, Item.LEAVE_HOME, group, k, p.leave_home, 0, after)


@allocating
def _who(s: State, now: Now, rows: I64, paired: bool) -> I64:
    """Return those at home aged 20 to 74 who have a partner, or have none."""
    chosen = np.empty(len(rows), dtype=np.int64)
    n = 0
    for i in rows:
        age = age_in(now.month, s.people[i].birth_month)
        if _is_home(s, i) and 20 <= age < 75 and (s.people[i].partner >= 0) == paired:
            chosen[n] = i
            n += 1
    return chosen[:n]


@allocating
def step(s: State, p: Params, now: Now) -> None:
    """Separate pairs, let children leave home, join seekers: all decide on what stood at the start of the month."""
    people, agenda, month = s.people, s.agenda, now.month
    parting = _who(s, now, due(people, agenda, Item.SEPARATE, month), True)
    leavers = _who(s, now, due(people, agenda, Item.LEAVE_HOME, month), False)
    singles = _who(s, now, due(people, agenda, Item.SEEK, month), False)
    draw = month_key(now.key, Stream.HOUSEHOLDS_SEEK, month, 0)
    seekers = np.empty(len(singles), dtype=np.int64)
    n = 0
    for i in singles:
        born = people[i].birth_month
        chance = p.seek_young if age_in(month, born) < 40 else p.seek_old
        most = p.seek.most[kind_of(0, 0, january_age(month // 12, born))]
        if happens(draw, people[i].uid, own_chance(chance, most)):
            seekers[n] = i
            n += 1
    n_leave = 0
    for i in leavers:
        if lives_with_parent(people, i):
            leavers[n_leave] = i
            n_leave += 1
    for i in leavers[:n_leave]:
        _tie_with_parents(s, i)
    for i in leavers[:n_leave]:
        live_alone(s, i)
    for i in parting:
        partner = people[i].partner
        if age_in(month, people[i].birth_month) < 70 and _is_home(s, partner):
            people[i].partner = NOBODY
            people[partner].partner = NOBODY
            live_alone(s, partner)
    _pair_up(s, now, seekers[:n])


PROCESS = Process(
    "7.5",
    "households",
    "month",
    (
        "presence",
        "village",
        "household",
        "housemate",
        "partner",
        "birth_month",
        "first_tie",
        "sex",
        "mother",
        "father",
        "first_given",
    ),
    (
        "village",
        "household",
        "housemate",
        "partner",
        "every column of a new row",
    ),
    (Stream.HOUSEHOLDS_SEEK, Stream.HOUSEHOLDS_CHOICE, Stream.HOUSEHOLDS_SEPARATE, Stream.HOUSEHOLDS_LEAVE_HOME),
    "Pairs form and separate, children leave home.",
    (
        Comes(Item.SEPARATE, Stream.HOUSEHOLDS_SEPARATE, "separate"),
        Comes(Item.SEEK, Stream.HOUSEHOLDS_SEEK, "seek"),
        Comes(Item.LEAVE_HOME, Stream.HOUSEHOLDS_LEAVE_HOME),
    ),
)
