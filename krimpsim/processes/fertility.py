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

from krimpsim.config.run import RunConfig
from krimpsim.core.clock import age_in, january_age
from krimpsim.core.codes import Event, Presence, Sex
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import Stream, happens, month_key, threshold, uid_of
from krimpsim.inputs.tables import Tables
from krimpsim.population.agenda import Agenda, Chance, Group, Item, chance_of, count, due, own_chance
from krimpsim.population.agenda import plan as plan_item
from krimpsim.population.kinship import join_household
from krimpsim.population.need_profile import FIRST_YEAR, NeedProfile
from krimpsim.population.schema import I64, PC, PL, P, People
from krimpsim.population.synthesis import TAG_BIRTH, Traits, give_need, give_traits
from krimpsim.processes.base import Process

_HOME, _WOMAN = int(Presence.HOME), int(Sex.WOMAN)
DRAW, _SEX, _EVENT = int(Stream.FERTILITY_BIRTH), int(Stream.FERTILITY_SEX), int(Event.BIRTH)
ITEM = int(Item.BIRTH)


class Params(NamedTuple):
    """Thresholds of 2**32.

    Parameters
    ----------
    birth
        shape (2 municipalities, n_years, 7 ages 15-19 ... 45-49), per month.
    boy
        Share of boys.
    comes_up
        By class: year * 36 + age on 1 January - 14.
    """

    birth: I64
    boy: int
    comes_up: Chance


def prepare(config: RunConfig, tables: Tables) -> Params:
    """Return monthly thresholds from yearly rates."""
    rates = tables.fertility
    birth = np.zeros((2, *rates.shape), dtype=np.int64)
    for (m, year, age), _ in np.ndenumerate(birth):
        yearly = float(rates[year, age]) * float(tables.fertility_ratio[m]) * config.fertility.level
        birth[m, year, age] = threshold(yearly / 12.0)
    most = np.zeros((rates.shape[0], 36), dtype=np.int64)
    for age in range(14, 50):  # who is of this age on 1 January is a year older on 31 December
        bands = [(a - 15) // 5 for a in (age, age + 1) if 15 <= a <= 49]
        most[:, age - 14] = birth[:, :, bands].max(axis=(0, 2))
    return Params(birth, threshold(config.fertility.share_boys), chance_of(most))


@compiled
def _class(age: int, year: int) -> int:
    """Return the class in the chances of coming up of a woman aged 14 to 49 on 1 January."""
    return (year - FIRST_YEAR) * 36 + age - 14


@compiled
def plan(group: Group, p: Params, agenda: Agenda, year: int, after: int) -> None:
    """Put the months in which a birth comes up on the agenda."""
    for k in range(len(group.rows)):
        age = int(group.age[k])
        if int(group.sex[k]) == _WOMAN and 14 <= age <= 49:
            plan_item(agenda, ITEM, group.rows[k], group.uid[k], p.comes_up, _class(age, year), after)


@allocating
def step(
    people: People,
    agenda: Agenda,
    census: I64,
    counts: I64,
    municipality: I64,
    p: Params,
    t: Traits,
    profile: NeedProfile,
    key: int,
    month: int,
    events: I64,
) -> None:
    """Let children be born and join their mother."""
    draw = month_key(key, DRAW, month, 0)
    sex_draw = month_key(key, _SEX, 0, 0)
    year = month // 12 - FIRST_YEAR
    for i in due(agenda, ITEM, month):
        if int(people.code[PC.presence, i]) != _HOME:
            continue
        age = age_in(month, int(people.at[P.birth_month, i]))
        if age < 15 or age > 49:
            continue
        v = int(people.code[PC.village, i])
        january = january_age(month // 12, int(people.at[P.birth_month, i]))
        most = int(p.comes_up.most[_class(january, month // 12)])
        if not happens(draw, people.uid[i], own_chance(int(p.birth[municipality[v], year, (age - 15) // 5]), most)):
            continue
        child = int(counts[0])
        counts[0] = child + 1
        people.uid[child] = uid_of(TAG_BIRTH, people.uid[i], month, 0)
        people.at[P.birth_month, child] = month
        people.code[PC.sex, child] = 0 if happens(sex_draw, people.uid[child], p.boy) else 1
        people.code[PC.village, child] = v
        join_household(people, child, i)
        people.link[PL.mother, child] = i
        partner = int(people.link[PL.partner, i])
        if partner >= 0 and int(people.link[PL.household, partner]) == int(people.link[PL.household, i]):
            people.link[PL.father, child] = partner
        people.code[PC.presence, child] = _HOME
        people.at[P.since_month, child] = month
        give_traits(people, child, 0, key, t)
        give_need(people, child, 0, year, 0, month, key, profile, t.noticed)
        count(people, census, child, month, 1)
        events[v, _EVENT] += 1


PROCESS = Process(
    "7.3",
    "fertility",
    "month",
    ("sex", "birth_month", "presence", "village", "partner", "household"),
    ("every column of a new row",),
    (Stream.FERTILITY_BIRTH, Stream.FERTILITY_SEX),
    "Children are born into their mother's household.",
)
