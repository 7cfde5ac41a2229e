"""7.6 Care need.

Purpose.   Let need for care begin, worsen and get better.
Who.       Everybody at home or in a facility, every month.
Order.     1. dementia begins; 2. the level goes up one step, or else down one step; 3. short post-acute episodes
           begin and end; one lasts at least a month, and on average the length of the configuration.
Assumes.   Hazards by age on 1 January, sex, income, dementia and level (population/need_rates.py).  Heavily burdened
           carers worsen more often.  An episode is noticed at once, in hospital.
Agenda.    Onset of dementia; onset of need for those without; episodes.  Who needs care is on the watch list.
Random.    CARE_NEED_*, one draw per person, month and event.
Sources.   Shapes from dis_incidence_*, dementia_inc_*, hr_deterioration_*; levels are set, not fitted.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.clause import OLD_AGE
from krimpsim.core.clock import january_age
from krimpsim.core.codes import NEVER, Lever, Presence
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.prefetch import ask_ahead
from krimpsim.core.streams import CERTAIN, Stream, draw_all, happens, i64, month_key, threshold
from krimpsim.population.agenda import AGES, Chance, Item, by_kind, due, kind_of, own_chance
from krimpsim.population.lists import size, watch
from krimpsim.population.need_rates import per_month
from krimpsim.population.schema import I64, Person
from krimpsim.population.state import Now, State, scaled
from krimpsim.population.world import World
from krimpsim.processes.base import Comes, Process

MOST_PREVENTION = 1100  #: largest ratio of preventive visits, in thousandths: they might do harm


class Params(NamedTuple):
    """Thresholds of 2**32 per month.

    Parameters
    ----------
    up
        shape (2 sexes, 3 incomes, 2 dementia, 111 ages, 4 levels).
    down
        shape (111, 5).
    most_up, most_down
        shape (5 levels,): the largest that anybody can have.
    dementia, episode, onset
        By kind of person: dementia from 60 on; an episode; need without dementia.
    episode_end
        End of an episode.
    illness_percent
        Hazard of heavily burdened carers, in percent of others.
    seam, seam_months
        At level 4 municipal care stops for so many months, until the care office begins.
    """

    up: I64
    down: I64
    most_up: I64
    most_down: I64
    dementia: Chance
    episode: Chance
    onset: Chance
    episode_end: int
    illness_percent: int
    seam: int
    seam_months: int


def prepare(world: World) -> Params:
    """Return thresholds from monthly probabilities."""
    config, rates = world.config, world.rates
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
    up, down = np.rint(rates.up * CERTAIN).astype(np.int64), np.rint(rates.down * CERTAIN).astype(np.int64)
    illness_percent = round(100 * config.burden.illness_ratio)
    most = up * max(100, illness_percent) * MOST_PREVENTION // 100_000
    onset = np.minimum(most[:, :, 0, :, 0].max(axis=1), CERTAIN)
    age = np.maximum(AGES, 0)  # children born this year as those of 0
    return Params(
        up=up,
        down=down,
        most_up=np.append(most.max(axis=(0, 1, 2, 3)), 0),
        most_down=down.max(axis=0),
        dementia=by_kind(np.where(AGES >= 60, np.rint(rates.dementia * CERTAIN).astype(np.int64)[age], 0)),
        episode=by_kind(np.array(episode, dtype=np.int64)[age]),
        onset=by_kind(onset[:, age]),
        episode_end=threshold(min(1.0, 52.18 / 12.0 / need.episode_weeks)),
        illness_percent=illness_percent,
        seam=threshold(config.entitlement.seam_share),
        seam_months=config.entitlement.seam_months,
    )


@compiled
def age_on_january(month: int, birth_month: int) -> int:
    """Return the age on 1 January of the year of a month, at least 0 and at most 110."""
    return min(max(january_age(month // 12, birth_month), 0), 110)


@compiled
def changes(level: int, rises: bool, falls: bool) -> int:
    """Return the new level: worsening comes before recovery, one step at a time."""
    if rises and level < 4:
        return level + 1
    if falls and level > 0:
        return level - 1
    return level


@allocating
def step_episodes(s: State, p: Params, now: Now) -> None:
    """Begin and end post-acute episodes: one that runs may end, another may begin."""
    people, agenda, lists = s.people, s.agenda, s.lists
    ends = month_key(now.key, Stream.CARE_NEED_EPISODE_END, now.month, 0)
    rows = due(people, agenda, Item.EPISODE, now.month)
    fit = np.empty(len(rows), dtype=np.int64)
    n = 0
    for i in rows:
        if people[i].presence == Presence.HOME and people[i].episode == 0:
            fit[n] = i
            n += 1
    watched = size(lists.watch)
    for k in range(watched):
        ask_ahead(people, lists.watch.rows, k, watched)
        i = lists.watch.rows[k]
        runs = people[i].episode == 1 and people[i].presence == Presence.HOME
        if runs and happens(ends, people[i].uid, p.episode_end):
            people[i].episode = 0
    for i in fit[:n]:
        people[i].episode = 1
        watch(people, lists, i)


@compiled
def chance_up(p: Params, now: Now, person: Person, age: int) -> int:
    """Return the threshold of going up one level; heavily burdened carers go up more often.

    Parameters
    ----------
    age
        On 1 January.
    """
    level = person.level
    if level == 4:
        return 0
    sex, income, dementia = person.sex, person.income, person.dementia
    chance = p.up[sex, income, dementia, age, level]
    if person.burdened == 1:
        chance = chance * i64(p.illness_percent) // 100
    if age >= OLD_AGE:
        chance = scaled(now, Lever.NEED, person.village, chance)
    return chance


@compiled
def _seam(p: Params, now: Now, person: Person) -> int:
    """Return the threshold that municipal care stops before the next payer begins; support for clients helps."""
    return scaled(now, Lever.UNUSED, person.village, p.seam)


@compiled
def _change(s: State, p: Params, now: Now, n: int) -> None:
    """Let those on the watch list get worse or better: most draws lie above the largest chances of the level."""
    people, lists, month = s.people, s.lists, now.month
    draw_all(month_key(now.key, Stream.CARE_NEED_CHANGE, month, 0), lists.watch_uid[:n], lists.draws)
    draw_all(month_key(now.key, Stream.CARE_NEED_CHANGE, month, 1), lists.watch_uid[:n], lists.more_draws)
    seam = month_key(now.key, Stream.CARE_NEED_SEAM, month, 0)
    for k in range(n):
        ask_ahead(people, lists.watch.rows, k, n)
        i, up, down = lists.watch.rows[k], i64(lists.draws[k]), i64(lists.more_draws[k])
        level = people[i].level
        if up >= p.most_up[level] and down >= p.most_down[level]:
            continue
        if people[i].presence >= Presence.AWAY or (level == 0 and people[i].dementia == 0):
            continue
        uid = people[i].uid
        age = age_on_january(month, people[i].birth_month)
        rises = up < chance_up(p, now, people[i], age)
        falls = level > 0 and down < p.down[age, level]
        new = changes(level, rises, falls)
        if new == level:
            continue
        people[i].level = new
        if new == 4 and happens(seam, uid, _seam(p, now, people[i])):
            people[i].between_payers = month + p.seam_months
        if level == 0:
            people[i].need_since = month
        elif new == 0:
            people[i].need_since = NEVER
            people[i].noticed = 0
            people[i].granted = 0
            people[i].neighbour_tried = 0


@allocating
def step(s: State, p: Params, now: Now) -> None:
    """Change dementia and need levels, one step a month at most."""
    people, agenda, lists, month = s.people, s.agenda, s.lists, now.month
    for i in due(people, agenda, Item.DEMENTIA, month):
        if people[i].presence < Presence.AWAY and people[i].dementia == 0:
            people[i].dementia = 1
            watch(people, lists, i)
    watched = size(lists.watch)
    draw = month_key(now.key, Stream.CARE_NEED_CHANGE, month, 0)
    rows = due(people, agenda, Item.NEED, month)
    onset = np.empty(len(rows), dtype=np.int64)
    n = 0
    for i in rows:
        without = people[i].level == 0 and people[i].dementia == 0
        if without and people[i].presence < Presence.AWAY:
            age = age_on_january(month, people[i].birth_month)
            most = p.onset.most[kind_of(0, people[i].sex, age)]
            if happens(draw, people[i].uid, own_chance(chance_up(p, now, people[i], age), most)):
                onset[n] = i
                n += 1
    _change(s, p, now, watched)
    for i in onset[:n]:
        people[i].level = 1
        people[i].need_since = month
        watch(people, lists, i)


PROCESS = Process(
    "7.6",
    "care need",
    "month",
    (
        "presence",
        "level",
        "dementia",
        "episode",
        "village",
        "birth_month",
        "sex",
        "burdened",
        "income",
        "watched",
        "convenant",
    ),
    (
        "level",
        "dementia",
        "episode",
        "noticed",
        "granted",
        "neighbour_tried",
        "need_since",
        "between_payers",
        "watched",
    ),
    (
        Stream.CARE_NEED_CHANGE,
        Stream.CARE_NEED_DEMENTIA,
        Stream.CARE_NEED_EPISODE,
        Stream.CARE_NEED_EPISODE_END,
        Stream.CARE_NEED_SEAM,
    ),
    "Need begins, worsens and gets better; short episodes come and go.",
    (
        Comes(Item.DEMENTIA, Stream.CARE_NEED_DEMENTIA, "dementia"),
        Comes(Item.NEED, Stream.CARE_NEED_CHANGE, "onset"),
        Comes(Item.EPISODE, Stream.CARE_NEED_EPISODE, "episode", True),
    ),
)
