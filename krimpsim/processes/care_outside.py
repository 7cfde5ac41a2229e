"""7.9b Informal care, the part outside: residents who care for parents who live outside the area.

Such care starts at a yearly chance by sex, age and distance, and goes on until the carer stops, leaves or is too old.
The parents' need is unknown: it counts as care given, and for nobody here as care received.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.clock import age_in, january_age
from krimpsim.core.codes import Flow, Presence
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.prefetch import AHEAD, ask_ahead, fetch
from krimpsim.core.streams import Stream, happens, month_key, threshold
from krimpsim.population.agenda import Chance, Item, chance_of, due, own_chance
from krimpsim.population.agenda import plan as plan_item
from krimpsim.population.lists import give_care, size, time_left, use_tie
from krimpsim.population.need_rates import per_month
from krimpsim.population.schema import I64, Person, Tie
from krimpsim.population.state import Now, State

#: Yearly chance that a willing woman starts to care for a parent outside, from age 25 in steps of five years.
#: Assumption: rises with the parents' age, so that the share of carers by age has the shape of carer_share_*.
START = (0.004, 0.010, 0.02, 0.035, 0.06, 0.085, 0.095, 0.08, 0.05)
AGES = range(25, 70)  #: of those who may start, by the table
_JANUARY_AGES = range(24, 70)  #: the same on 1 January: who is of this age is a year older on 31 December


class Params(NamedTuple):
    """Chances as thresholds of 2**32.

    Parameters
    ----------
    start, stock
        shape (2 sexes, 9 ages 25-29 ... 65-69, 8 distances): start in a month; share at the start of the spin-up.
    comes_up
        By class: (sex * 46 + age on 1 January - 24) * 8 + distance.
    minutes
        shape (8 distances,), thousandths of capacity given.
    until
        Age at which it ends, and from which nobody starts.
    time_budget
        Minutes a week for work, volunteering and care.
    """

    start: I64
    stock: I64
    comes_up: Chance
    minutes: I64
    until: int
    time_budget: int


def prepare(config: RunConfig) -> Params:
    """Return chances and minutes as integers."""
    c = config.informal_care
    start = np.zeros((2, len(START), len(c.offer_share)), dtype=np.int64)
    stock = np.zeros_like(start)
    for sex, ratio in enumerate((c.men_ratio, 1.0)):
        for d, share in enumerate(c.offer_share):
            for age, chance in enumerate(START):
                hazard = chance * ratio * c.export_level * (0.3 + share)
                start[sex, age, d] = threshold(per_month(hazard))
                stock[sex, age, d] = threshold(hazard / (hazard + c.stop_per_year)) if hazard > 0.0 else 0
    most = np.zeros((2, len(_JANUARY_AGES), len(c.offer_share)), dtype=np.int64)
    for k, age in enumerate(_JANUARY_AGES):
        most[:, k] = start[:, [(a - AGES.start) // 5 for a in (age, age + 1) if a in AGES]].max(axis=1)
    return Params(
        start=start,
        stock=stock,
        comes_up=chance_of(most),
        minutes=np.array([200 + round(1000 * share) * 8 // 10 for share in c.offer_share], dtype=np.int64),
        until=c.export_until_age,
        time_budget=c.time_budget_minutes,
    )


@compiled
def _class(tie: Tie, giver: Person, january: int) -> int:
    """Return the class of a tie with a parent outside in the chances of coming up."""
    return (giver.sex * 46 + january - 24) * 8 + tie.distance


@compiled
def plan(s: State, p: Params, first: int, last: int, year: int, after: int) -> None:
    """Put the months in which care for a parent outside may start on the agenda, for ties `first` to `last` - 1."""
    for t in range(first, last):
        tie = s.ties[t]
        if tie.giver >= 0 and tie.receiver < 0:
            giver = s.people[tie.giver]
            age = january_age(year, giver.birth_month)
            if 24 <= age < 70:
                plan_item(s.agenda, Item.INFORMAL_EXPORT, t, tie.uid, p.comes_up, _class(tie, giver, age), after)


@compiled
def _may_start(s: State, tie: Tie) -> bool:
    """Return whether a resident who does not do so yet could care for a parent outside."""
    if tie.giver < 0 or tie.receiver >= 0 or tie.active == 1:
        return False
    giver = s.people[tie.giver]
    return giver.presence == Presence.HOME and giver.capacity > 0 and giver.level < 2


@compiled
def start_stock(s: State, p: Params, now: Now) -> None:
    """In the first month of the spin-up, start care for parents outside at its lasting share."""
    start = month_key(now.key, Stream.TIE_EXPORT, now.month, 0)
    for t in range(s.in_use[0].ties):
        tie = s.ties[t]
        if _may_start(s, tie):
            giver = s.people[tie.giver]
            age = age_in(now.month, giver.birth_month)
            may = 25 <= age < 70 and age < p.until
            if may and happens(start, tie.uid, p.stock[giver.sex, (age - 25) // 5, tie.distance]):
                use_tie(s.ties, s.lists, t)


@allocating
def start(s: State, p: Params, now: Now) -> None:
    """Let residents start to care for parents outside."""
    draw = month_key(now.key, Stream.TIE_EXPORT, now.month, 0)
    for t in due(s.ties, s.agenda, Item.INFORMAL_EXPORT, now.month):
        tie = s.ties[t]
        if not _may_start(s, tie):
            continue
        giver = s.people[tie.giver]
        age = age_in(now.month, giver.birth_month)
        if 25 <= age < 70 and age < p.until:
            chance = p.start[giver.sex, (age - 25) // 5, tie.distance]
            most = p.comes_up.most[_class(tie, giver, january_age(now.month // 12, giver.birth_month))]
            if happens(draw, tie.uid, own_chance(chance, most)):
                use_tie(s.ties, s.lists, t)


@compiled
def give(s: State, p: Params) -> None:
    """Let residents give this month's care to parents outside."""
    lists = s.lists
    in_use = size(lists.ties)
    for k in range(in_use):
        ask_ahead(s.ties, lists.ties.rows, k + AHEAD, in_use)
        if k + AHEAD < in_use:
            soon = s.ties[lists.ties.rows[k + AHEAD]]
            if soon.receiver < 0:
                fetch(s.people, soon.giver)
        tie = s.ties[lists.ties.rows[k]]
        if tie.receiver >= 0:
            continue
        giver = s.people[tie.giver]
        minutes = giver.capacity * p.minutes[tie.distance] // 1000
        left = time_left(giver, p.time_budget)
        minutes = minutes if minutes < left else left
        give_care(s.people, lists, tie.giver, minutes, False)
        tie.minutes = minutes
        s.book.flows[giver.village, Flow.GIVEN] += minutes
        s.book.flows[giver.village, Flow.EXPORTED] += minutes
