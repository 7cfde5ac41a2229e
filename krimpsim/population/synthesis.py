"""5 Initialisation: the synthetic population of 1 January 2013.

Purpose.   Make whole persons, couples, households and ties from the table of village, age and sex.
Order.     1. persons from the cells, with birth month, income, need level and traits; 2. couples; 3. children and
           young adults join a mother; 4. former residents who live in a facility; 5. adult children and parents who
           live elsewhere, as ties with a distance class.  What people are willing to do follows a survey, if there is
           one (population/survey.py).
Assumes.   Age within a five-year cell is uniform; from 90 on it falls by a fifth a year.  Who pairs with whom, and
           who is whose child, is drawn by age only.
Random.    SYNTHESIS_*: keyed on the person (village, cell, ordinal), so another village changes nobody here.
Sources.   population_2013.csv, living_alone.csv, child_dist_* in evidence.csv.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.clock import START
from krimpsim.core.codes import Presence, Sex
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import (
    Stream,
    below,
    cumulative,
    happens,
    month_key,
    pick,
    threshold,
    u64,
    uid_of,
    uniform,
    word,
)
from krimpsim.inputs.tables import Tables
from krimpsim.population.descent import Kin, founding_age, join_mothers, kin_of, make_kin
from krimpsim.population.geography import Geography
from krimpsim.population.need_profile import NeedProfile
from krimpsim.population.schema import (
    I64,
    IN_USE,
    U64,
    Area,
    People,
    Ties,
    begin_household,
    begin_person,
    grown,
    new_people,
    new_ties,
)
from krimpsim.population.traits import AT_HOME, IN_FACILITY, TAG_FACILITY, TAG_FOUNDER, Traits, give_need, give_traits

#: In a couple at 18 to 29, where a fifth of the adults is single.  Assumption: rises to the share from 30 on.
_PAIRED_YOUNG = (0.03, 0.05, 0.1, 0.16, 0.24, 0.33, 0.42, 0.5, 0.57, 0.63, 0.68, 0.71)
#: Of those in no couple, with a parent: all below 18, then by age to 30.  Assumption: falls to a quarter at 30.
_AT_HOME = (*[1.0] * 18, 0.98, 0.96, 0.92, 0.88, 0.83, 0.77, 0.7, 0.62, 0.54, 0.46, 0.38, 0.3, 0.24)


class Cells(NamedTuple):
    """What the compiled synthesis reads; thresholds of 2**32 unless said otherwise.

    Parameters
    ----------
    persons
        shape (n_villages, 2, 19), unit persons, of each copy of the population.
    words
        shape (n_villages,): stable word of the village name.
    paired
        shape (2, 111): in a couple, by sex and age.
    at_home
        shape (31,): unpaired and still in the parental home, by age.
    oldest
        shape (11,): cumulative, age 90 to 100.
    """

    persons: I64
    words: U64
    paired: I64
    at_home: I64
    oldest: I64
    kin: Kin
    copies: int


def cells(config: RunConfig, tables: Tables, places: Geography) -> Cells:
    """Return the tables of the synthesis as integers."""
    single = config.population.single_share
    paired = np.zeros((2, 111), dtype=np.int64)
    for sex in range(2):
        for age in range(18, 111):
            share = _PAIRED_YOUNG[age - 18] * (1 - single) / 0.8 if age < 30 else 1 - single
            if age >= 65:
                share = 1.0 - float(tables.living_alone[sex, min((age - 65) // 5, 6)]) - 0.02
            paired[sex, age] = threshold(max(0.0, min(1.0, share)))
    return Cells(
        persons=tables.persons_2013[places.number] // config.region.copies,
        words=np.array([word(tables.village_names[v]) for v in places.number], dtype=np.uint64),
        paired=paired,
        at_home=np.array([threshold(share) for share in _AT_HOME], dtype=np.int64),
        oldest=cumulative([0.8**k for k in range(11)]),
        kin=kin_of(config),
        copies=config.region.copies,
    )


class Founders(NamedTuple):
    """The tables while they are filled, see `Area`."""

    people: People
    ties: Ties
    in_use: Any


@compiled
def _make_persons(s: Area, copy: int, key: int, c: Cells, t: Traits, profile: NeedProfile) -> None:
    """Make one person per head in each cell."""
    age_key = month_key(key, Stream.SYNTHESIS_AGE, 0, 0)
    month_draw = month_key(key, Stream.SYNTHESIS_AGE, 0, 1)
    for v in range(c.persons.shape[0]):
        word_of_copy = u64(c.words[v]) + u64(copy)
        for sex in range(2):
            for band in range(19):
                for ordinal in range(c.persons[v, sex, band]):
                    uid = uid_of(TAG_FOUNDER, word_of_copy, sex * 19 + band, ordinal)
                    age = 5 * band + below(age_key, uid, 5)
                    if band == 18:
                        age = 90 + pick(age_key, uid, c.oldest)
                    person = s.people[begin_person(s)]
                    person.uid = uid
                    person.sex = sex
                    person.village = v
                    person.birth_month = START - 12 * age - 1 - below(month_draw, uid, 12)
                    person.presence = Presence.HOME
                    person.since_month = START
                    give_traits(person, age, key, t)
                    give_need(person, profile.share[sex, age, 0], AT_HOME, START, key, t.noticed)


@allocating
def _pair(people: People, first: int, last: int, key: int, c: Cells) -> None:
    """Make couples in one village: women and men who live as a pair, joined in order of age."""
    draw = month_key(key, Stream.SYNTHESIS_HOUSEHOLD, 0, 0)
    jitter = month_key(key, Stream.SYNTHESIS_HOUSEHOLD, 0, 1)
    women = np.empty(last - first, dtype=np.int64)
    men = np.empty(last - first, dtype=np.int64)
    n_women, n_men = 0, 0
    order_w = np.empty(last - first, dtype=np.float64)
    order_m = np.empty(last - first, dtype=np.float64)
    for i in range(first, last):
        sex = people[i].sex
        age = founding_age(people, i)
        if not happens(draw, people[i].uid, c.paired[sex, age]):
            continue
        spread = float(below(jitter, people[i].uid, 48)) + uniform(jitter, people[i].uid)
        if sex == Sex.WOMAN:
            women[n_women] = i
            order_w[n_women] = float(people[i].birth_month) - 24.0 + spread  # women pair with men two years older
            n_women += 1
        else:
            men[n_men] = i
            order_m[n_men] = float(people[i].birth_month) + spread
            n_men += 1
    by_w = np.argsort(order_w[:n_women])
    by_m = np.argsort(order_m[:n_men])
    a, b = 0, 0
    while a < n_women and b < n_men:
        w, m = by_w[a], by_m[b]
        gap = order_w[w] - order_m[m]
        if gap > 144.0:  # the man is too old for every woman that is left
            b += 1
        elif gap < -144.0:
            a += 1
        else:
            people[women[w]].partner = men[m]
            people[men[m]].partner = women[w]
            a += 1
            b += 1


@compiled
def _make_households(s: Area, first: int, last: int) -> None:
    """Number the households: couples and singles first, then children join their mother."""
    people = s.people
    for i in range(first, last):
        if people[i].mother < 0:
            partner = people[i].partner
            known = partner >= 0 and partner < i
            people[i].household = people[partner].household if known else begin_household(s)
    for i in range(first, last):
        mother = people[i].mother
        if mother >= 0:
            people[i].household = people[mother].household


@compiled
def _make_facility(s: Area, first: int, key: int, t: Traits, profile: NeedProfile) -> None:
    """Add former residents in a facility: for each founder of 60 and over a shadow at the odds of the profile."""
    draw = month_key(key, Stream.SYNTHESIS_NEED, 0, 2)
    for i in range(first, s.in_use[0].persons):
        age, founder = founding_age(s.people, i), s.people[i]
        if age < 60:
            continue
        share = profile.share[founder.sex, age, 0]
        home, facility = 0.0, 0.0
        for state in range(0, len(share), 2):
            home += share[state]
            facility += share[state + 1]
        if uniform(draw, founder.uid) < facility / home:
            person = s.people[begin_person(s)]
            person.uid = uid_of(TAG_FACILITY, founder.uid, 0, 0)
            person.sex = founder.sex
            person.village = founder.village
            person.birth_month = founder.birth_month
            person.presence = Presence.FACILITY
            person.since_month = START
            person.household = begin_household(s)
            give_traits(person, age, key, t)
            give_need(person, share, IN_FACILITY, START, key, t.noticed)


@allocating
def _synthesise(s: Founders, key: int, c: Cells, t: Traits, profile: NeedProfile, between_m: I64) -> None:
    """Run the steps of the synthesis in order, for each copy of the population."""
    n_villages = c.persons.shape[0]
    bounds = np.zeros(n_villages + 1, dtype=np.int64)
    for copy in range(c.copies):
        first = s.in_use[0].persons
        _make_persons(s, copy, key, c, t, profile)
        for v in range(n_villages):
            bounds[v] = first
            first += c.persons[v].sum()
        bounds[n_villages] = first
        for v in range(n_villages):
            _pair(s.people, bounds[v], bounds[v + 1], key, c)
            join_mothers(s.people, bounds[v], bounds[v + 1], key, c.at_home)
            _make_households(s, bounds[v], bounds[v + 1])
        _make_facility(s, bounds[0], key, t, profile)
        make_kin(s, bounds, key, c.kin, between_m)


def synthesise(c: Cells, t: Traits, profile: NeedProfile, between_m: I64, key: int) -> Founders:
    """Return the population of 1 January 2013, in tables with room for newcomers.

    Parameters
    ----------
    c, t, profile
        What persons are drawn from.
    between_m
        shape (n_villages, n_villages), unit m: road distances.
    """
    n = int(c.persons.sum()) * c.copies
    people, ties = new_people(0, room=n + n // 4 + 1000), new_ties(0, room=5 * n // 2 + 1000)
    founders = Founders(people, ties, np.zeros(1, dtype=IN_USE))
    _synthesise(founders, key, c, t, profile, between_m)
    return founders


def with_room(s: Area, newcomers: int) -> tuple[People, Ties]:
    """Return the tables with room for the newcomers of the next month."""
    people, ties, used = s.people, s.ties, s.in_use[0]
    if used.persons + newcomers > len(people):
        people = grown(people, used.persons, int(len(people) * 1.25) + newcomers)
    if used.ties + 10 * newcomers > len(ties):
        ties = grown(ties, used.ties, int(len(ties) * 1.25) + 10 * newcomers)
    return people, ties
