"""7.3 Fertility.

Purpose.   Add newborns.
Who.       Women aged 15 to 49 at home, every month.
Order.     1. draw a birth at the age-specific rate times the regional ratio; 2. the child joins the mother's
           household; her partner in the same home is the father; 3. lasting traits are drawn from the child's identity.
Assumes.   The rate does not depend on having a partner.  One child a delivery.
Random.    FERTILITY_BIRTH per woman and month, FERTILITY_SEX per child.
Sources.   fertility.csv, fertility_ratio.csv.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.clock import age_in
from krimpsim.core.codes import Event, Presence, Sex
from krimpsim.core.jit import compiled
from krimpsim.core.streams import Stream, happens, month_key, threshold, uid_of
from krimpsim.inputs.tables import Tables
from krimpsim.population.need_profile import FIRST_YEAR, NeedProfile
from krimpsim.population.schema import I64, P, People
from krimpsim.population.synthesis import TAG_BIRTH, Traits, give_need, give_traits
from krimpsim.processes.base import Process

_HOME, _WOMAN = int(Presence.HOME), int(Sex.WOMAN)
_BIRTH, _SEX, _EVENT = int(Stream.FERTILITY_BIRTH), int(Stream.FERTILITY_SEX), int(Event.BIRTH)


class Params(NamedTuple):
    """Thresholds of 2**32.

    Parameters
    ----------
    birth
        shape (2 municipalities, n_years, 7 ages 15-19 ... 45-49), per month.
    boy
        Share of boys.
    """

    birth: I64
    boy: int


def prepare(config: RunConfig, tables: Tables) -> Params:
    """Return monthly thresholds from yearly rates."""
    rates = tables.fertility
    birth = np.zeros((2, *rates.shape), dtype=np.int64)
    for (m, year, age), _ in np.ndenumerate(birth):
        yearly = float(rates[year, age]) * float(tables.fertility_ratio[m]) * config.fertility.level
        birth[m, year, age] = threshold(yearly / 12.0)
    return Params(birth, threshold(config.fertility.share_boys))


@compiled
def step(
    people: People,
    present: I64,
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
    draw = month_key(key, _BIRTH, month, 0)
    sex_draw = month_key(key, _SEX, 0, 0)
    year = month // 12 - FIRST_YEAR
    for k in range(len(present)):
        i = present[k]
        if int(people.at[P.sex, i]) != _WOMAN or int(people.at[P.presence, i]) != _HOME:
            continue
        age = age_in(month, int(people.at[P.birth_month, i]))
        if age < 15 or age > 49:
            continue
        v = int(people.at[P.village, i])
        if not happens(draw, people.uid[i], int(p.birth[municipality[v], year, (age - 15) // 5])):
            continue
        child = int(counts[0])
        counts[0] = child + 1
        people.uid[child] = uid_of(TAG_BIRTH, people.uid[i], month, 0)
        people.at[P.birth_month, child] = month
        people.at[P.sex, child] = 0 if happens(sex_draw, people.uid[child], p.boy) else 1
        people.at[P.village, child] = v
        people.at[P.household, child] = people.at[P.household, i]
        people.at[P.mother, child] = i
        partner = int(people.at[P.partner, i])
        if partner >= 0 and int(people.at[P.household, partner]) == int(people.at[P.household, i]):
            people.at[P.father, child] = partner
        people.at[P.presence, child] = _HOME
        people.at[P.since_month, child] = month
        give_traits(people, child, 0, key, t)
        give_need(people, child, 0, year, 0, month, key, profile, t.noticed)
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
