"""7.4 Migration, the part of arrivals: households that come to live in the area.

A number of households fixed in advance arrives in each village each month, with heads by the age profile of those who
move in.  Heads of 25 and over may bring a partner, and pairs below 45 children.
"""

from __future__ import annotations

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
        shape (4,): cumulative, number of children 0 to 3.
    words
        shape (n_villages,): stable word of the village name.
    """

    households: F64
    head_age: I64
    partner: int
    children: I64
    words: U64
    kin: Kin
    traits: Traits
    profile: NeedProfile


def prepare(world: World, into: F64) -> Params:
    """Return how many households arrive, and whom they bring.

    Parameters
    ----------
    into
        shape (2 sexes, 70 ages), per year: arrivals as a share of the residents of 2013.
    """
    m, tables = world.config.migration, world.tables
    region = tables.persons_2013.sum(axis=0)
    weights = [
        sum(float(into[sex, age]) * float(region[sex, age // 5]) / 5 for sex in range(2)) for age in range(18, 70)
    ]
    total = sum(weights)
    couple = m.partner_share * sum(w for age, w in enumerate(weights, 18) if age >= 25) / total
    family = m.partner_share * sum(w for age, w in enumerate(weights, 18) if 25 <= age < 45) / total
    size = 1.0 + couple + family * m.children_mean
    households = []
    for v in world.places.number:
        persons = sum(
            float(into[sex, 5 * band + 2]) * float(tables.persons_2013[v, sex, band])
            for sex in range(2)
            for band in range(14)
        )
        households.append(persons / 12.0 / size)
    mean = m.children_mean / 3.0
    chances = [(1 - mean) ** 3, 3 * mean * (1 - mean) ** 2, 3 * mean**2 * (1 - mean), mean**3]
    return Params(
        households=np.array(households),
        head_age=cumulative(weights),
        partner=threshold(m.partner_share),
        children=cumulative(chances),
        words=world.cells.words,
        kin=world.cells.kin,
        traits=world.traits,
        profile=world.profile,
    )


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
    """Let a pair come with children, at least 20 years younger than the mother."""
    people, month = s.people, now.month
    v = people[head].village
    ages, sexes = (
        month_key(now.key, Stream.MIGRATION_ARRIVE, month, 1),
        month_key(now.key, Stream.MIGRATION_ARRIVE, month, 2),
    )
    mother, father = (head, other) if people[head].sex == Sex.WOMAN else (other, head)
    oldest = max(min(age_in(month, people[mother].birth_month) - 20, 17), 0)
    number = month_key(now.key, Stream.MIGRATION_ARRIVE, month, 4)
    for child in range(pick(number, people[head].uid, p.children)):
        uid = uid_of(TAG_ARRIVAL, p.words[v], month, house + 2 + child)
        row = _new_person(s, p, now, v, below(ages, uid, oldest + 1), below(sexes, uid, 2), uid)
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
                if age < 45:
                    _bring_children(s, p, now, head, other, house)
            give_outside_kin(s, head, age, key, p.kin)
