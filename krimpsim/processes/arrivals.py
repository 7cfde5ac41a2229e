"""7.4 Migration, the part of arrivals: households that come to live in the area.

A number of households fixed in advance arrives in each village each month.  Heads of 25 and over may bring a partner,
and pairs children; heads and children are of such ages that all who arrive have the ages of the table.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from krimpsim.core.clock import age_in
from krimpsim.core.codes import Event, Presence, Sex
from krimpsim.core.jit import compiled
from krimpsim.core.streams import Stream, below, cumulative, happens, i64, month_key, pick, threshold, uid_of, uniform
from krimpsim.population.descent import Kin, give_outside_kin
from krimpsim.population.kinship import join_household
from krimpsim.population.need_profile import NeedProfile
from krimpsim.population.roll import count
from krimpsim.population.schema import F64, I64, U64, begin_household, begin_person
from krimpsim.population.state import Now, State
from krimpsim.population.traits import TAG_ARRIVAL, Traits, give_life
from krimpsim.population.world import World

MOST_CHILDREN = 4  #: that come with a pair; assumption (3 to 6): on average 1.4 come
_MOTHERS = range(18, 73)  #: ages of women in arriving pairs
_APART = range(20, 41)  #: years between mother and child; assumption (from 18 to 22, to 38 to 45)


class Params(NamedTuple):
    """Thresholds of 2**32 unless said otherwise.

    Parameters
    ----------
    households
        shape (n_villages,), unit households a month: expected arrivals.
    head_age
        shape (52,): cumulative over ages 18 to 69 of arriving heads.
    partner
        Arriving head of 25 and over brings a partner.
    children
        shape (55, 5): cumulative, number of children 0 to 4, by age of the woman from 18 on.
    child_age
        shape (55, 18): cumulative, age of a child, by age of the woman from 18 on.
    words
        shape (n_villages,): stable word of the village name.
    """

    households: F64
    head_age: I64
    partner: int
    children: I64
    child_age: I64
    words: U64
    kin: Kin
    traits: Traits
    profile: NeedProfile


def prepare(world: World, into: F64) -> Params:
    """Return how many households arrive and whom they bring, so that arrivals have the ages of the table.

    Parameters
    ----------
    into
        shape (2 sexes, 70 ages), per year: arrivals as a share of the residents of 2013.
    """
    m, tables = world.config.migration, world.tables
    came = into * np.repeat(tables.persons_2013[..., :14], 5, axis=-1) / 5.0  # (villages, sexes, ages), persons a year
    wanted = came.sum(axis=(0, 1))
    heads = wanted[18:].copy()
    heads[25 - 18 :] /= 1.0 + m.partner_share  # a partner is of about the same age
    number, age = _children(m.partner_share * heads[25 - 18 :], wanted[:18])
    size = wanted.sum() / heads.sum()
    return Params(
        households=came[world.places.number].sum(axis=(1, 2)) / 12.0 / size,
        head_age=cumulative(heads.tolist()),
        partner=threshold(m.partner_share),
        children=number,
        child_age=age,
        words=world.cells.words,
        kin=world.cells.kin,
        traits=world.traits,
        profile=world.profile,
    )


def _children(pairs: F64, wanted: F64) -> tuple[I64, I64]:
    """Return number and ages of the children that a woman of each age brings, so that all ages of the table come.

    Children of an age are spread evenly over the women who are 20 to 40 years older.  With very few pairs not all of
    them come, as no pair brings more than `MOST_CHILDREN`.

    Parameters
    ----------
    pairs
        shape (45,): pairs a year, by age of the head from 25 on.
    wanted
        shape (18,), persons a year: children by age.
    """
    women = np.zeros(len(_MOTHERS))
    for k, number in enumerate(pairs):  # the head is as often a man; his partner is three years younger to one older
        at = 25 - _MOTHERS.start + k
        women[at] += number / 2.0
        women[at - 3 : at + 2] += number / 10.0
    apart = np.array(_MOTHERS)[:, None] - np.arange(len(wanted))
    may = (apart >= _APART.start) & (apart < _APART.stop)
    each = may * wanted / np.maximum((women[:, None] * may).sum(axis=0), 1e-9)  # of one woman, by age of the child
    mean = np.minimum(each.sum(axis=1) / MOST_CHILDREN, 1.0)
    ways = [math.comb(MOST_CHILDREN, n) for n in range(MOST_CHILDREN + 1)]
    chances = [[way * q**n * (1 - q) ** (MOST_CHILDREN - n) for n, way in enumerate(ways)] for q in mean.tolist()]
    ages = [row if sum(row) > 0 else [1.0] * len(row) for row in each.tolist()]
    return np.array([cumulative(row) for row in chances]), np.array([cumulative(row) for row in ages])


def newcomers_per_month(p: Params) -> int:
    """Return a number of new rows that no month exceeds, births apart."""
    return int(sum(float(x) for x in p.households) + len(p.households)) * 5


@compiled
def _new_person(s: State, p: Params, now: Now, v: int, age: int, sex: int, uid: int) -> int:
    """Add one arriving person, in no household yet, and return the row."""
    i = begin_person(s)
    person = s.people[i]
    person.uid = uid
    person.sex = sex
    person.village = v
    person.housemate = i
    person.birth_month = (
        now.month - 12 * age - below(month_key(now.key, Stream.MIGRATION_ARRIVE, now.month, 5), uid, 12)
    )
    person.presence = Presence.HOME
    person.since_month = now.month
    give_life(person, p.profile, p.traits, now.month, now.key)
    count(s.people, s.roll.census, i, now.month, 1)
    s.book.events[v, Event.ARRIVAL] += 1
    return i


@compiled
def _bring_partner(s: State, p: Params, now: Now, head: int, age: int, house: int) -> int:
    """Let a head come with a partner of about the same age, and return the partner's row.

    Parameters
    ----------
    age
        Of the head.
    house
        Number of the first identity of the household.
    """
    v, sex = s.people[head].village, s.people[head].sex
    uid = uid_of(TAG_ARRIVAL, p.words[v], now.month, house + 1)
    younger = 3 if sex == Sex.MAN else 1
    age = age - younger + below(month_key(now.key, Stream.MIGRATION_ARRIVE, now.month, 1), uid, 5)
    other = _new_person(s, p, now, v, age, 1 - sex, uid)
    join_household(s.people, other, head)
    s.people[head].partner = other
    s.people[other].partner = head
    give_outside_kin(s, other, age, now.key, p.kin)
    return other


@compiled
def _bring_children(s: State, p: Params, now: Now, head: int, other: int, house: int) -> None:
    """Let a pair come with children, 20 to 40 years younger than the mother."""
    people, month = s.people, now.month
    v = people[head].village
    ages, sexes = (
        month_key(now.key, Stream.MIGRATION_ARRIVE, month, 1),
        month_key(now.key, Stream.MIGRATION_ARRIVE, month, 2),
    )
    mother, father = (head, other) if people[head].sex == Sex.WOMAN else (other, head)
    of_mother = age_in(month, people[mother].birth_month) - 18
    number = month_key(now.key, Stream.MIGRATION_ARRIVE, month, 4)
    for child in range(pick(number, people[head].uid, p.children[of_mother])):
        uid = uid_of(TAG_ARRIVAL, p.words[v], month, house + 2 + child)
        row = _new_person(s, p, now, v, pick(ages, uid, p.child_age[of_mother]), below(sexes, uid, 2), uid)
        join_household(people, row, head)
        people[row].mother = mother
        people[row].father = father


@compiled
def step(s: State, p: Params, now: Now) -> None:
    """Let households arrive in each village."""
    key, month = now.key, now.month
    number = month_key(key, Stream.MIGRATION_ARRIVE, month, 0)
    ages = month_key(key, Stream.MIGRATION_ARRIVE, month, 1)
    sexes = month_key(key, Stream.MIGRATION_ARRIVE, month, 2)
    pairs = month_key(key, Stream.MIGRATION_ARRIVE, month, 3)
    for v in range(len(p.households)):
        n = i64(p.households[v])
        if uniform(number, p.words[v]) < p.households[v] - float(n):
            n += 1
        for house in range(0, 16 * n, 16):
            uid = uid_of(TAG_ARRIVAL, p.words[v], month, house)
            age = 18 + pick(ages, uid, p.head_age)
            head = _new_person(s, p, now, v, age, below(sexes, uid, 2), uid)
            s.people[head].household = begin_household(s)
            if age >= 25 and happens(pairs, uid, p.partner):
                other = _bring_partner(s, p, now, head, age, house)
                _bring_children(s, p, now, head, other, house)
            give_outside_kin(s, head, age, key, p.kin)
