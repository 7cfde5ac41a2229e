"""7.16 Burden of informal carers.

Purpose.   Decide who is heavily burdened.
Who.       Residents who give informal care this month.
Order.     1. the chance rises steeply with hours of care and with a need level of one's own; 2. compare it with a draw
           per person and year, so that burden lasts as long as the hours do; respite care lowers it by a share of a
           standard deviation for those who use it.
Assumes.   What burden does stands elsewhere: carers stop (7.9b) and fall ill (7.6) more often.
Random.    BURDEN_STATE, RESPITE_REACH, one draw each per person and year.
Sources.   carer_overburdened, hours_burdened, hours_not_burdened.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from krimpsim.core.codes import Lever, Presence
from krimpsim.core.jit import compiled
from krimpsim.core.prefetch import ask_ahead
from krimpsim.core.streams import CERTAIN, Stream, happens, month_key, threshold
from krimpsim.population.lists import CARER_MINUTES, resize, size
from krimpsim.population.schema import I64
from krimpsim.population.state import Now, State, scaled
from krimpsim.population.world import World
from krimpsim.processes.base import Process

MOST_HOURS = 84


class Params(NamedTuple):
    """Chances of heavy burden.

    Parameters
    ----------
    burden
        shape (2 respite, 2 own need, 85 hours a week), thresholds of 2**32.
    """

    burden: I64


def prepare(world: World) -> Params:
    """Return the chance of heavy burden by hours of care."""
    config = world.config
    b = config.burden
    relief = config.convenant.respite_care.burden_sd * math.pi / math.sqrt(3.0)  # standard deviation of a log odds
    table = np.zeros((2, 2, MOST_HOURS + 1), dtype=np.int64)
    for (respite, own, hours), _ in np.ndenumerate(table):
        odds = math.exp(b.intercept + b.own_need * own + b.per_hour * hours - relief * respite)
        table[respite, own, hours] = threshold(odds / (1.0 + odds))
    return Params(table)


@compiled
def step(s: State, p: Params, now: Now) -> None:
    """Set who is heavily burdened."""
    people, lists = s.people, s.lists
    respite = month_key(now.key, Stream.RESPITE_REACH, now.month // 12, 0)
    draw = month_key(now.key, Stream.BURDEN_STATE, now.month // 12, 0)
    listed = size(lists.burdened)
    for k in range(listed):
        ask_ahead(people, lists.burdened.rows, k, listed)
        people[lists.burdened.rows[k]].burdened = 0
    n = 0
    carers = size(lists.carers)
    for k in range(carers):
        ask_ahead(people, lists.carers.rows, k, carers)
        i = lists.carers.rows[k]
        minutes = people[i].care_minutes
        if minutes >= CARER_MINUTES and people[i].presence == Presence.HOME:
            hours = minutes // 60 if minutes // 60 < MOST_HOURS else MOST_HOURS
            reached = CERTAIN * (1000 - scaled(now, Lever.NO_RESPITE, people[i].village, 1000)) // 1000
            rests = 1 if reached > 0 and happens(respite, people[i].uid, reached) else 0
            if happens(draw, people[i].uid, p.burden[rests, 1 if people[i].level > 0 else 0, hours]):
                people[i].burdened = 1
                lists.burdened.rows[n] = i
                n += 1
    resize(lists.burdened, n)


PROCESS = Process(
    "7.16",
    "burden",
    "month",
    (
        "presence",
        "level",
        "village",
        "care_minutes",
        "convenant",
    ),
    ("burdened",),
    (Stream.BURDEN_STATE, Stream.RESPITE_REACH),
    "Carers with many hours, or with a need of their own, are more often heavily burdened.",
)
