"""7.4 Migration, and moves of people of 70 and over.

Purpose.   Let people leave and arrive, the young above all; let older people move to villages with services.
Who.       Households below 70 by their head (the woman of a pair, or the single adult); children of 17 and over who
           live with a parent on their own account, for what the leaving of the household does not give already;
           pairs and singles of 70 and over; arriving households.
Order.     1. leaving, at churn + the negative part of the net profile; 2. moves at 70 and over by need, living alone
           and suited home, to a service village in or outside the area; 3. arrivals, an exogenous number per village;
           4. ties change their distance class and one end may move outside, none vanishes.
Assumes.   The net profile of Zuidoost-Drenthe plus a level holds for every village.  Arrivals follow the age table of
           2013, so nobody's move changes them: of children as of adults.
Agenda.    Departures by sex and age; moves at 70 and over at the largest chance of all.
Random.    MIGRATION_LEAVE, MIGRATION_OLD_AGE, MIGRATION_DISTANCE per person; MIGRATION_HOUSING once in a life;
           MIGRATION_ARRIVE per village, household.
Sources.   migration_net.csv; the rest are assumptions of the configuration.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.core.clock import age_in, january_age
from krimpsim.core.codes import NOBODY, Event, Lever, Presence, Relation, Sex
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import CERTAIN, Stream, cumulative, happens, month_key, pick, threshold, uid_of, uniform
from krimpsim.population.agenda import AGES, Chance, Item, by_kind, due, kind_of, own_chance
from krimpsim.population.kinship import (
    TAG_TIE,
    add_tie,
    join_household,
    leave_household,
    live_alone,
    lives_alone,
    lives_with_parent,
)
from krimpsim.population.need_rates import per_month
from krimpsim.population.roll import count
from krimpsim.population.schema import I64, Person
from krimpsim.population.state import Now, State, scaled
from krimpsim.population.world import World
from krimpsim.processes import arrivals
from krimpsim.processes.base import Comes, Process

_ALONE_FROM = 17  # age from which a child leaves without the parents; assumption (16 to 18), for work or study


class Params(NamedTuple):
    """Thresholds of 2**32 unless said otherwise.

    Parameters
    ----------
    leave
        shape (2 sexes, 70 ages), per month.
    old_move
        shape (2 need, 2 alone, 2 unsuited), per month.
    outside
        Share of moves at 70 and over that leave the area.
    far
        shape (8,): cumulative, distance class of someone who left.
    leave_comes_up, old_comes_up
        By kind of person: from 16 to 69, and from 69 on.
    """

    leave: I64
    old_move: I64
    outside: int
    far: I64
    leave_comes_up: Chance
    old_comes_up: Chance
    arrivals: arrivals.Params


def prepare(world: World) -> Params:
    """Return gross flows from the net profile, the level and the churn."""
    m, tables = world.config.migration, world.tables
    out, into = np.zeros((2, 70)), np.zeros((2, 70))
    for sex in range(2):
        for age in range(70):
            net = float(tables.net_migration[sex, max(0, (age - 2) // 5)]) + m.level_per_year
            out[sex, age] = m.churn_per_year + max(0.0, -net)
            into[sex, age] = m.churn_per_year + max(0.0, net)
    leave = np.array([[threshold(per_month(float(x))) for x in row] for row in out], dtype=np.int64)
    old = np.zeros((2, 2, 2), dtype=np.int64)
    for need in range(2):
        for alone in range(2):
            for unsuited in range(2):
                hazard = m.old_move_per_year
                hazard *= m.old_move_need_ratio if need else 1.0
                hazard *= m.old_move_alone_ratio if alone else 1.0
                hazard *= m.old_move_unsuited_ratio if unsuited else 1.0
                old[need, alone, unsuited] = threshold(per_month(hazard))
    leave_most = np.zeros((2, len(AGES)), dtype=np.int64)  # who is 16 on 1 January is 17 on 31 December
    leave_most[:, (AGES >= 16) & (AGES < 70)] = np.maximum(leave, np.c_[leave[:, 1:], leave[:, -1:]])[:, 16:]
    return Params(
        leave=leave,
        old_move=old,
        outside=threshold(m.old_move_outside_share),
        far=cumulative([0.0, 0.0, 0.08, 0.17, 0.25, 0.15, 0.2, 0.15]),
        leave_comes_up=by_kind(leave_most),
        old_comes_up=by_kind(np.where(AGES >= 69, old.max(), 0)),
        arrivals=arrivals.prepare(world, into),
    )


@compiled
def _mend_ties(s: State, p: Params, now: Now, i: int) -> None:
    """Let the ties of a person who leaves end outside the area; none vanishes."""
    ties = s.ties
    draw = month_key(now.key, Stream.MIGRATION_DISTANCE, now.month, 1)
    t = s.people[i].first_given
    while t >= 0:
        if ties[t].giver == i and ties[t].receiver >= 0:
            ties[t].giver = NOBODY
            ties[t].distance = pick(draw, ties[t].uid, p.far)
        t = ties[t].next_given
    t = s.people[i].first_tie
    while t >= 0:
        if ties[t].receiver == i and ties[t].giver >= 0:
            ties[t].receiver = NOBODY
            ties[t].active = 0
            ties[t].distance = pick(draw, ties[t].uid, p.far)
        t = ties[t].next_tie


@compiled
def _depart(s: State, p: Params, now: Now, i: int, with_household: bool) -> None:
    """Let one person leave the area; parents who stay keep a tie with a child far away."""
    people, month = s.people, now.month
    s.book.events[people[i].village, Event.DEPARTURE] += 1
    far = pick(month_key(now.key, Stream.MIGRATION_DISTANCE, month, 0), people[i].uid, p.far)
    for parent in (people[i].mother, people[i].father):
        if (
            not with_household
            and parent >= 0
            and people[parent].presence == Presence.HOME
            and people[parent].household == people[i].household
            and age_in(month, people[i].birth_month) >= 16
        ):
            uid = uid_of(TAG_TIE, people[i].uid, people[parent].uid, Relation.CHILD)
            add_tie(s, NOBODY, parent, Relation.CHILD, far, uid)
    _mend_ties(s, p, now, i)
    count(people, s.roll.census, i, month, -1)
    people[i].presence = Presence.AWAY
    people[i].end_month = month
    leave_household(people, i)
    partner = people[i].partner
    if partner >= 0 and people[partner].presence != Presence.HOME and people[partner].presence != Presence.AWAY:
        people[partner].partner = NOBODY  # a partner in a facility stays behind
        people[i].partner = NOBODY


@compiled
def _with_the_home(s: State, p: Params, now: Now, i: int) -> int:
    """Return the threshold at which somebody who lives with a parent leaves together with the whole household."""
    people, head = s.people, s.people[i].mother
    if head < 0 or people[head].presence != Presence.HOME or people[head].household != people[i].household:
        head = people[i].father
    age = age_in(now.month, people[head].birth_month)
    return p.leave[people[head].sex, age] if 18 <= age < 70 else 0


@allocating
def _leave(s: State, p: Params, now: Now) -> None:
    """Let households and young adults below 70 leave: all decide first, then households go, then who goes alone."""
    people, month = s.people, now.month
    draw = month_key(now.key, Stream.MIGRATION_LEAVE, month, 0)
    rows = due(people, s.agenda, Item.LEAVE, month)
    heads = np.empty(len(rows), dtype=np.int64)
    alone = np.empty(len(rows), dtype=np.int64)
    n_heads, n_alone = 0, 0
    for i in rows:
        born, sex, partner = people[i].birth_month, people[i].sex, people[i].partner
        age = age_in(month, born)
        if people[i].presence != Presence.HOME or age < _ALONE_FROM or age >= 70 or (partner >= 0 and sex != Sex.WOMAN):
            continue
        with_parent = partner < 0 and lives_with_parent(people, i)
        if age < 18 and not with_parent:
            continue
        most = p.leave_comes_up.most[kind_of(0, sex, january_age(month // 12, born))]
        chance = p.leave[sex, age] - (_with_the_home(s, p, now, i) if with_parent else 0)
        if not happens(draw, people[i].uid, own_chance(max(chance, 0), most)):
            continue
        if with_parent:
            alone[n_alone] = i
            n_alone += 1
        else:
            heads[n_heads] = i
            n_heads += 1
    for i in heads[:n_heads]:
        while people[i].presence == Presence.HOME:
            mate = people[i].housemate  # the head goes last
            _depart(s, p, now, mate, True)
    for i in alone[:n_alone]:
        if people[i].presence == Presence.HOME:
            _depart(s, p, now, i, False)


@compiled
def _unsuited(now: Now, person: Person, housing: int) -> int:
    """Return 1 for a home that is not suited to old age and was not adapted."""
    if person.suited_home == 1:
        return 0
    left = scaled(now, Lever.UNSUITED_HOMES, person.village, 1000)
    return 0 if left < 1000 and happens(housing, person.uid, CERTAIN * (1000 - left) // 1000) else 1


@allocating
def _move_old(s: State, p: Params, now: Now) -> None:
    """Let pairs and singles of 70 and over move to a service village, in the area or outside."""
    people, places, key, month = s.people, s.places, now.key, now.month
    draw = month_key(key, Stream.MIGRATION_OLD_AGE, month, 0)
    outside = month_key(key, Stream.MIGRATION_OLD_AGE, month, 1)
    race = month_key(key, Stream.MIGRATION_OLD_AGE, month, 2)
    housing = month_key(key, Stream.MIGRATION_HOUSING, 0, 0)
    most = p.old_comes_up.most[kind_of(0, 0, 70)]  # the same for all
    for i in due(people, s.agenda, Item.OLD_MOVE, month):
        if people[i].presence != Presence.HOME or age_in(month, people[i].birth_month) < 70:
            continue
        partner = people[i].partner
        together = partner >= 0 and people[partner].household == people[i].household
        if together and people[i].sex != Sex.WOMAN and age_in(month, people[partner].birth_month) >= 70:
            continue
        level = people[i].level
        if together and people[partner].level > level:
            level = people[partner].level
        alone = 1 if lives_alone(people, i) else 0
        chance = p.old_move[1 if level >= 2 else 0, alone, _unsuited(now, people[i], housing)]
        if not happens(draw, people[i].uid, own_chance(chance, most)):
            continue
        if happens(outside, people[i].uid, p.outside):
            _depart(s, p, now, i, False)
            if together:
                _depart(s, p, now, partner, False)
            continue
        v = people[i].village
        best, best_value = NOBODY, 0.0
        for w in range(len(places.service)):
            if places.service[w] == 1 and w != v:
                value = uniform(race, uid_of(TAG_TIE, people[i].uid, places.number[w], 0)) * float(
                    places.between_m[v, w]
                )
                if best < 0 or value < best_value:
                    best, best_value = w, value
        if best < 0:
            continue
        live_alone(s, i)
        _settle(s, now, i, v, best)
        if together:
            leave_household(people, partner)
            join_household(people, partner, i)
            _settle(s, now, partner, v, best)


@compiled
def _settle(s: State, now: Now, i: int, old: int, new: int) -> None:
    """Book a move to a suited home in another village."""
    people = s.people
    count(people, s.roll.census, i, now.month, -1)
    people[i].village = new
    count(people, s.roll.census, i, now.month, 1)
    people[i].suited_home = 1
    s.book.events[old, Event.DEPARTURE] += 1
    s.book.events[new, Event.ARRIVAL] += 1


@compiled
def step(s: State, p: Params, now: Now) -> None:
    """Let people leave, move and arrive."""
    _leave(s, p, now)
    _move_old(s, p, now)
    arrivals.step(s, p.arrivals, now)


PROCESS = Process(
    "7.4",
    "migration",
    "month",
    (
        "presence",
        "level",
        "village",
        "household",
        "housemate",
        "partner",
        "birth_month",
        "first_tie",
        "sex",
        "suited_home",
        "mother",
        "father",
        "first_given",
        "ties.giver",
        "ties.receiver",
        "ties.next_tie",
        "ties.next_given",
        "convenant",
    ),
    (
        "presence",
        "village",
        "household",
        "housemate",
        "partner",
        "suited_home",
        "mother",
        "father",
        "end_month",
        "ties.giver",
        "ties.receiver",
        "ties.distance",
        "ties.active",
        "every column of a new row",
    ),
    (
        Stream.MIGRATION_LEAVE,
        Stream.MIGRATION_OLD_AGE,
        Stream.MIGRATION_ARRIVE,
        Stream.MIGRATION_DISTANCE,
        Stream.MIGRATION_HOUSING,
    ),
    "People leave, arrive and move to villages with services.",
    (
        Comes(Item.LEAVE, Stream.MIGRATION_LEAVE, "leave_comes_up"),
        Comes(Item.OLD_MOVE, Stream.MIGRATION_OLD_AGE, "old_comes_up"),
    ),
)
