"""7.6 Care need.

Purpose.   Let need for care begin, worsen and get better.
Who.       Everybody at home or in a facility, every month.
Order.     1. dementia begins; 2. the level goes up one step, or else down one step; 3. short post-acute episodes
           begin and end; one lasts at least a month, and on average the length of the configuration.
Assumes.   Hazards by age on 1 January, sex, income, dementia and level (population/need_profile.py).  Heavily burdened
           carers worsen more often.  An episode is noticed at once, in hospital.
Agenda.    Onset of dementia; onset of need for those without; episodes.  Who needs care is on the watch list.
Random.    CARE_NEED_*, one draw per person, month and event.
Sources.   Shapes from dis_incidence_*, dementia_inc_*, hr_deterioration_*; levels are set, not fitted.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.clauses import OLD_AGE
from krimpsim.config.run import RunConfig
from krimpsim.core.clock import january_age
from krimpsim.core.codes import NEVER, Lever, Presence
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import CERTAIN, Stream, happens, i64, month_key, threshold
from krimpsim.population.agenda import WATCH, Agenda, Chance, Group, Item, chance_of, due, own_chance, watch
from krimpsim.population.agenda import plan as plan_item
from krimpsim.population.market import ClausesNow
from krimpsim.population.need_profile import NeedRates, per_month
from krimpsim.population.schema import I64, PC, P, People
from krimpsim.processes.base import Process

ITEM_DEMENTIA, ITEM_NEED, ITEM_EPISODE = int(Item.DEMENTIA), int(Item.NEED), int(Item.EPISODE)
_HOME, _AWAY = int(Presence.HOME), int(Presence.AWAY)
_NEED, _UNUSED, _SEAM = int(Lever.NEED), int(Lever.UNUSED), int(Stream.CARE_NEED_SEAM)
MOST_PREVENTION = 1100  #: largest ratio of preventive visits, in thousandths: they might do harm
CHANGE, DEMENTIA = int(Stream.CARE_NEED_CHANGE), int(Stream.CARE_NEED_DEMENTIA)
EPISODE, _EPISODE_END = int(Stream.CARE_NEED_EPISODE), int(Stream.CARE_NEED_EPISODE_END)


class Params(NamedTuple):
    """Thresholds of 2**32 per month.

    Parameters
    ----------
    up
        shape (2 sexes, 3 incomes, 2 dementia, 111 ages, 4 levels).
    down
        shape (111, 5).
    dementia, episode
        By age on 1 January, 111 classes.
    onset
        Of need without dementia, by class: sex * 111 + age on 1 January.
    episode_end
        End of an episode.
    illness_percent
        Hazard of heavily burdened carers, in percent of others.
    seam, seam_months
        At level 4 municipal care stops for so many months, until the care office begins.
    """

    up: I64
    down: I64
    dementia: Chance
    episode: Chance
    onset: Chance
    episode_end: int
    illness_percent: int
    seam: int
    seam_months: int


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
    up = np.rint(rates.up * CERTAIN).astype(np.int64)
    illness_percent = round(100 * config.burden.illness_ratio)
    onset = up[:, :, 0, :, 0].max(axis=1) * max(100, illness_percent) * MOST_PREVENTION // 100_000
    return Params(
        up=up,
        down=np.rint(rates.down * CERTAIN).astype(np.int64),
        dementia=chance_of(np.rint(rates.dementia * CERTAIN).astype(np.int64)),
        episode=chance_of(np.array(episode, dtype=np.int64)),
        onset=chance_of(np.minimum(onset, CERTAIN)),
        episode_end=threshold(min(1.0, 52.18 / 12.0 / need.episode_weeks)),
        illness_percent=illness_percent,
        seam=threshold(config.entitlement.seam_share),
        seam_months=config.entitlement.seam_months,
    )


@compiled
def _in_table(age: int) -> int:
    """Return the age within the tables: children born this year as those of 0, nobody beyond 110."""
    if age < 0:
        return 0
    return age if age < 110 else 110


@compiled
def age_on_january(month: int, birth_month: int) -> int:
    """Return the age on 1 January of the year of a month, at least 0 and at most 110."""
    return _in_table(january_age(month // 12, birth_month))


@compiled
def changes(level: int, rises: bool, falls: bool) -> int:
    """Return the new level: worsening comes before recovery, one step at a time."""
    if rises and level < 4:
        return level + 1
    if falls and level > 0:
        return level - 1
    return level


@compiled
def plan_episodes(group: Group, p: Params, agenda: Agenda, after: int) -> None:
    """Put the months in which an episode comes up on the agenda."""
    for k in range(len(group.rows)):
        plan_item(agenda, ITEM_EPISODE, group.rows[k], group.uid[k], p.episode, _in_table(int(group.age[k])), after)


@compiled
def plan(group: Group, p: Params, agenda: Agenda, after: int) -> None:
    """Put the months in which dementia or a first need comes up on the agenda."""
    for k in range(len(group.rows)):
        i, age, uid = group.rows[k], _in_table(int(group.age[k])), group.uid[k]
        plan_item(agenda, ITEM_NEED, i, uid, p.onset, int(group.sex[k]) * 111 + age, after)
        if age >= 60:
            plan_item(agenda, ITEM_DEMENTIA, i, uid, p.dementia, age, after)


@allocating
def step_episodes(people: People, agenda: Agenda, p: Params, key: int, month: int) -> None:
    """Begin and end post-acute episodes: one that runs may end, another may begin."""
    ends = month_key(key, _EPISODE_END, month, 0)
    rows = due(agenda, ITEM_EPISODE, month)
    fit = np.empty(len(rows), dtype=np.int64)
    n = 0
    for i in rows:
        if int(people.code[PC.presence, i]) == _HOME and int(people.code[PC.episode, i]) == 0:
            fit[n] = i
            n += 1
    for k in range(int(agenda.used[WATCH])):
        i = int(agenda.watch[k])
        runs = int(people.code[PC.episode, i]) == 1 and int(people.code[PC.presence, i]) == _HOME
        if runs and happens(ends, people.uid[i], p.episode_end):
            people.code[PC.episode, i] = 0
    for i in fit[:n]:
        people.code[PC.episode, i] = 1
        watch(people, agenda, i)


@compiled
def chance_up(people: People, i: int, p: Params, age: int, clauses: ClausesNow) -> int:
    """Return the threshold of going up one level; heavily burdened carers go up more often.

    Parameters
    ----------
    age
        On 1 January.
    """
    level = int(people.code[PC.level, i])
    if level == 4:
        return 0
    sex, income, dementia = (
        int(people.code[PC.sex, i]),
        int(people.code[PC.income, i]),
        int(people.code[PC.dementia, i]),
    )
    chance = int(p.up[sex, income, dementia, age, level])
    if int(people.code[PC.burdened, i]) == 1:
        chance = chance * i64(p.illness_percent) // 100
    if age >= OLD_AGE:
        chance = chance * int(clauses.here[_NEED, int(people.code[PC.village, i])]) // 1000
    return chance


@compiled
def _seam(people: People, i: int, p: Params, clauses: ClausesNow) -> int:
    """Return the threshold that municipal care stops before the next payer begins; support for clients helps."""
    return p.seam * int(clauses.here[_UNUSED, int(people.code[PC.village, i])]) // 1000


@compiled
def _change(people: People, agenda: Agenda, n: int, p: Params, clauses: ClausesNow, key: int, month: int) -> None:
    """Let those on the watch list get worse or better."""
    up = month_key(key, CHANGE, month, 0)
    down = month_key(key, CHANGE, month, 1)
    seam = month_key(key, _SEAM, month, 0)
    for k in range(n):
        i = int(agenda.watch[k])
        level = int(people.code[PC.level, i])
        if int(people.code[PC.presence, i]) >= _AWAY or (level == 0 and int(people.code[PC.dementia, i]) == 0):
            continue
        uid = people.uid[i]
        age = age_on_january(month, int(people.at[P.birth_month, i]))
        rises = happens(up, uid, chance_up(people, i, p, age, clauses))
        falls = level > 0 and happens(down, uid, int(p.down[age, level]))
        new = changes(level, rises, falls)
        if new == level:
            continue
        people.code[PC.level, i] = new
        if new == 4 and happens(seam, uid, _seam(people, i, p, clauses)):
            people.at[P.between_payers, i] = month + p.seam_months
        if level == 0:
            people.at[P.need_since, i] = month
        elif new == 0:
            people.at[P.need_since, i] = NEVER
            people.code[PC.noticed, i] = 0
            people.code[PC.granted, i] = 0
            people.code[PC.neighbour_tried, i] = 0


@allocating
def step(people: People, agenda: Agenda, p: Params, clauses: ClausesNow, key: int, month: int) -> None:
    """Change dementia and need levels, one step a month at most."""
    for i in due(agenda, ITEM_DEMENTIA, month):
        if int(people.code[PC.presence, i]) < _AWAY and int(people.code[PC.dementia, i]) == 0:
            people.code[PC.dementia, i] = 1
            watch(people, agenda, i)
    watched = int(agenda.used[WATCH])
    draw = month_key(key, CHANGE, month, 0)
    rows = due(agenda, ITEM_NEED, month)
    onset = np.empty(len(rows), dtype=np.int64)
    n = 0
    for i in rows:
        without = int(people.code[PC.level, i]) == 0 and int(people.code[PC.dementia, i]) == 0
        if without and int(people.code[PC.presence, i]) < _AWAY:
            age = age_on_january(month, int(people.at[P.birth_month, i]))
            most = int(p.onset.most[int(people.code[PC.sex, i]) * 111 + age])
            if happens(draw, people.uid[i], own_chance(chance_up(people, i, p, age, clauses), most)):
                onset[n] = i
                n += 1
    _change(people, agenda, watched, p, clauses, key, month)
    for i in onset[:n]:
        people.code[PC.level, i] = 1
        people.at[P.need_since, i] = month
        watch(people, agenda, i)


PROCESS = Process(
    "7.6",
    "care need",
    "month",
    ("birth_month", "sex", "income", "dementia", "level", "burdened", "presence", "convenant"),
    ("level", "dementia", "need_since", "noticed", "granted", "episode", "between_payers"),
    (
        Stream.CARE_NEED_CHANGE,
        Stream.CARE_NEED_DEMENTIA,
        Stream.CARE_NEED_EPISODE,
        Stream.CARE_NEED_EPISODE_END,
        Stream.CARE_NEED_SEAM,
    ),
    "Need begins, worsens and gets better; short episodes come and go.",
)
