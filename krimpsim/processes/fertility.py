"""7.3 Fertility.

Purpose.   Add newborns.
Who.       Women aged 15 to 49 at home, every month.
Order.     1. draw a birth at the age-specific rate times the regional ratio; 2. the child joins the mother's
           household; her partner in the same home is the father; 3. lasting traits are drawn from the child's identity.
Assumes.   The rate does not depend on having a partner.  One child a delivery.
Agenda.    Women of these ages, at the rate of the municipality where it is highest.
Random.    FERTILITY_BIRTH per woman and month, FERTILITY_SEX per child.
Sources.   fertility.csv, fertility_ratio.csv.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.core.clock import FIRST_YEAR, age_in, january_age
from krimpsim.core.codes import Event, Presence, Sex
from krimpsim.core.jit import allocating
from krimpsim.core.streams import Stream, happens, month_key, threshold, uid_of
from krimpsim.population.agenda import AGES, N_KINDS, Chance, Item, by_kind, due, kind_of, own_chance
from krimpsim.population.kinship import join_household
from krimpsim.population.need_profile import NeedProfile
from krimpsim.population.roll import count
from krimpsim.population.schema import I64, begin_person
from krimpsim.population.state import Now, State
from krimpsim.population.traits import TAG_BIRTH, Traits, give_life
from krimpsim.population.world import World
from krimpsim.processes.base import Comes, Process


class Params(NamedTuple):
    """Thresholds of 2**32.

    Parameters
    ----------
    birth
        shape (municipalities, n_years, 7 ages 15-19 ... 45-49), per month.
    boy
        Share of boys.
    comes_up
        By year and kind of person.
    """

    birth: I64
    boy: int
    comes_up: Chance
    traits: Traits
    profile: NeedProfile


def prepare(world: World) -> Params:
    """Return monthly thresholds from yearly rates."""
    config, tables = world.config, world.tables
    rates = tables.fertility
    birth = np.zeros((len(tables.fertility_ratio), *rates.shape), dtype=np.int64)
    for (m, year, age), _ in np.ndenumerate(birth):
        yearly = float(rates[year, age]) * float(tables.fertility_ratio[m]) * config.fertility.level
        birth[m, year, age] = threshold(yearly / 12.0)
    most = np.zeros((rates.shape[0], 1, 2, len(AGES)), dtype=np.int64)
    for k, age in enumerate(AGES):  # who is of this age on 1 January is a year older on 31 December
        bands = [(a - 15) // 5 for a in (age, age + 1) if 15 <= a <= 49]
        if bands:
            most[:, 0, Sex.WOMAN, k] = birth[:, :, bands].max(axis=(0, 2))
    return Params(birth, threshold(config.fertility.share_boys), by_kind(most), world.traits, world.profile)


@allocating
def step(s: State, p: Params, now: Now) -> None:
    """Let children be born and join their mother."""
    people, key, month = s.people, now.key, now.month
    draw = month_key(key, Stream.FERTILITY_BIRTH, month, 0)
    sex_draw = month_key(key, Stream.FERTILITY_SEX, 0, 0)
    year = month // 12 - FIRST_YEAR
    for i in due(people, s.agenda, Item.BIRTH, month):
        if people[i].presence != Presence.HOME:
            continue
        age = age_in(month, people[i].birth_month)
        if age < 15 or age > 49:
            continue
        v = people[i].village
        kind = kind_of(0, Sex.WOMAN, january_age(month // 12, people[i].birth_month))
        most = p.comes_up.most[year * N_KINDS + kind]
        if not happens(draw, people[i].uid, own_chance(p.birth[s.places.municipality[v], year, (age - 15) // 5], most)):
            continue
        row = begin_person(s)
        child = people[row]
        child.uid = uid_of(TAG_BIRTH, people[i].uid, month, 0)
        child.birth_month = month
        child.sex = 0 if happens(sex_draw, child.uid, p.boy) else 1
        child.village = v
        join_household(people, row, i)
        child.mother = i
        partner = people[i].partner
        if partner >= 0 and people[partner].household == people[i].household:
            child.father = partner
        child.presence = Presence.HOME
        child.since_month = month
        give_life(child, p.profile, p.traits, month, key)
        count(people, s.roll.census, row, month, 1)
        s.book.events[v, Event.BIRTH] += 1


PROCESS = Process(
    "7.3",
    "fertility",
    "month",
    (
        "presence",
        "village",
        "household",
        "housemate",
        "partner",
        "birth_month",
    ),
    (
        "household",
        "housemate",
        "every column of a new row",
    ),
    (Stream.FERTILITY_BIRTH, Stream.FERTILITY_SEX),
    "Children are born into their mother's household.",
    (Comes(Item.BIRTH, Stream.FERTILITY_BIRTH, "comes_up"),),
)
