"""7.6 Care need.

Purpose.   Let need for care begin, worsen and get better.
Who.       Everybody at home or in a facility, every month.
Order.     1. dementia begins; 2. the level goes up one step, or else down one step; 3. short post-acute episodes
           begin and end; one lasts at least a month, and on average the length of the configuration.
Assumes.   Hazards by age on 1 January, sex, income, dementia and level (population/need_profile.py).  Heavily burdened
           carers worsen more often.  An episode is noticed at once, in hospital.
Random.    CARE_NEED_*, one draw per person, month and event.
Sources.   Shapes from dis_incidence_*, dementia_inc_*, hr_deterioration_*; levels are set, not fitted.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.codes import NEVER, Presence
from krimpsim.core.jit import compiled
from krimpsim.core.streams import CERTAIN, Stream, happens, i64, month_key, threshold
from krimpsim.population.need_profile import NeedRates, per_month
from krimpsim.population.schema import I64, P, People
from krimpsim.processes.base import Process

_HOME = int(Presence.HOME)
_CHANGE, _DEMENTIA = int(Stream.CARE_NEED_CHANGE), int(Stream.CARE_NEED_DEMENTIA)
_EPISODE, _EPISODE_END = int(Stream.CARE_NEED_EPISODE), int(Stream.CARE_NEED_EPISODE_END)


class Params(NamedTuple):
    """Thresholds of 2**32 per month.

    Parameters
    ----------
    up
        shape (2 sexes, 3 incomes, 2 dementia, 111 ages, 4 levels).
    down
        shape (111, 5).
    dementia
        shape (111,).
    episode
        shape (111,): by age on 1 January.
    episode_end
        End of an episode.
    illness_percent
        Hazard of heavily burdened carers, in percent of others.
    """

    up: I64
    down: I64
    dementia: I64
    episode: I64
    episode_end: int
    illness_percent: int


def prepare(config: RunConfig, rates: NeedRates) -> Params:
    """Return thresholds from monthly probabilities."""
    need = config.care_need
    episode = [
        threshold(
            per_month(
                need.episode_under_55_per_year
                if age < 55
                else need.episode_55_74_per_year
                if age < 75
                else need.episode_75plus_per_year
            )
        )
        for age in range(111)
    ]
    return Params(
        up=np.rint(rates.up * CERTAIN).astype(np.int64),
        down=np.rint(rates.down * CERTAIN).astype(np.int64),
        dementia=np.rint(rates.dementia * CERTAIN).astype(np.int64),
        episode=np.array(episode, dtype=np.int64),
        episode_end=threshold(min(1.0, 52.18 / 12.0 / need.episode_weeks)),
        illness_percent=round(100 * config.burden.illness_ratio),
    )


@compiled
def age_on_january(month: int, birth_month: int) -> int:
    """Return the age on 1 January of the year of a month, at least 0 and at most 110."""
    age = month // 12 - birth_month // 12 - 1
    if age < 0:
        return 0
    return age if age < 110 else 110


@compiled
def changes(level: int, rises: bool, falls: bool) -> int:
    """Return the new level: worsening comes before recovery, one step at a time."""
    if rises and level < 4:
        return level + 1
    if falls and level > 0:
        return level - 1
    return level


@compiled
def step_episodes(people: People, present: I64, p: Params, key: int, month: int, year_month: int) -> None:
    """Begin and end post-acute episodes; `year_month` sets the age, so that the spin-up can hold it still."""
    begins = month_key(key, _EPISODE, month, 0)
    ends = month_key(key, _EPISODE_END, month, 0)
    for k in range(len(present)):
        i = present[k]
        if int(people.at[P.presence, i]) != _HOME:
            continue
        if int(people.at[P.episode, i]) == 1:
            if happens(ends, people.uid[i], p.episode_end):
                people.at[P.episode, i] = 0
        else:
            age = age_on_january(year_month, int(people.at[P.birth_month, i]))
            if happens(begins, people.uid[i], int(p.episode[age])):
                people.at[P.episode, i] = 1


@compiled
def step(people: People, present: I64, p: Params, key: int, month: int) -> None:
    """Change dementia and need levels."""
    change = month_key(key, _CHANGE, month, 0)
    back = month_key(key, _CHANGE, month, 1)
    onset = month_key(key, _DEMENTIA, month, 0)
    for k in range(len(present)):
        i = present[k]
        uid = people.uid[i]
        age = age_on_january(month, int(people.at[P.birth_month, i]))
        if age >= 60 and int(people.at[P.dementia, i]) == 0 and happens(onset, uid, int(p.dementia[age])):
            people.at[P.dementia, i] = 1
        level = int(people.at[P.level, i])
        rises = False
        if level < 4:
            chance = int(
                p.up[int(people.at[P.sex, i]), int(people.at[P.income, i]), int(people.at[P.dementia, i]), age, level]
            )
            if int(people.at[P.burdened, i]) == 1:
                chance = chance * i64(p.illness_percent) // 100
            rises = happens(change, uid, chance)
        falls = level > 0 and happens(back, uid, int(p.down[age, level]))
        new = changes(level, rises, falls)
        if new == level:
            continue
        people.at[P.level, i] = new
        if level == 0:
            people.at[P.need_since, i] = month
        elif new == 0:
            people.at[P.need_since, i] = NEVER
            people.at[P.noticed, i] = 0
            people.at[P.granted, i] = 0
            people.at[P.neighbour_tried, i] = 0


PROCESS = Process(
    "7.6",
    "care need",
    "month",
    ("birth_month", "sex", "income", "dementia", "level", "burdened", "presence"),
    ("level", "dementia", "need_since", "noticed", "granted", "episode"),
    (Stream.CARE_NEED_CHANGE, Stream.CARE_NEED_DEMENTIA, Stream.CARE_NEED_EPISODE, Stream.CARE_NEED_EPISODE_END),
    "Need begins, worsens and gets better; short episodes come and go.",
)
