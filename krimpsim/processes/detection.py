"""7.8 Detection and triage.

Purpose.   Let need be noticed, and let social teams take households in.
Who.       Residents at home with a need level above 0.
Order.     1. need that nobody noticed yet is noticed at a hazard; 2. from 2015 each municipality's social team takes in
           at most its caseload of newly noticed households a month: highest level first, then a keyed draw, then uid.
           A municipality that is short of money lets it take in fewer (payers).
Assumes.   The delay depends on level, living alone and income.  Faster detection raises demand.  Before 2015 a grant
           follows at once.  Nursing and personal care need no team.
Random.    DETECTION_NOTICE, CLAIM_ORDER.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.clause import OLD_AGE
from krimpsim.core.clock import age_in
from krimpsim.core.codes import Lever, Presence
from krimpsim.core.jit import allocating
from krimpsim.core.order import in_order, rank_of
from krimpsim.core.prefetch import ask_ahead
from krimpsim.core.streams import Stream, bits, happens, month_key, threshold
from krimpsim.population.kinship import lives_alone
from krimpsim.population.lists import size
from krimpsim.population.need_rates import per_month
from krimpsim.population.schema import I64
from krimpsim.population.state import Now, State, scaled
from krimpsim.population.world import World
from krimpsim.processes.base import Process


class Params(NamedTuple):
    """Delay and caseload.

    Parameters
    ----------
    notice
        shape (5 levels, 2 alone, 2 low income), thresholds of 2**32 per month.
    intakes
        Households a team takes in per month.
    teams_from
        Absolute month.
    """

    notice: I64
    intakes: int
    teams_from: int


def prepare(world: World) -> Params:
    """Return thresholds from mean delays."""
    config = world.config
    d = config.detection
    delays = (1.0, d.delay_light_months, d.delay_moderate_months, d.delay_heavy_months, d.delay_heavy_months)
    notice = np.zeros((5, 2, 2), dtype=np.int64)
    for (level, alone, low), _ in np.ndenumerate(notice):
        delay = delays[level] * (d.alone_ratio if alone else 1.0) * (d.low_income_ratio if low else 1.0)
        notice[level, alone, low] = threshold(per_month(12.0 / delay))
    intakes = d.team_intakes_per_month * config.region.copies
    return Params(notice, intakes, d.teams_from * 12)


@allocating
def step(s: State, p: Params, now: Now) -> None:
    """Notice need and grant what the teams can take in; in the spin-up nobody notices."""
    people, lists, month = s.people, s.lists, now.month
    draw = month_key(now.key, Stream.DETECTION_NOTICE, month, 0)
    order = month_key(now.key, Stream.CLAIM_ORDER, month // 12, 1)
    watched = size(lists.watch)
    queue = np.empty(watched, dtype=np.int64)
    rank = np.empty(watched, dtype=np.int64)
    n = 0
    for k in range(watched):
        ask_ahead(people, lists.watch.rows, k, watched)
        i = lists.watch.rows[k]
        level = people[i].level
        if level == 0 or people[i].presence != Presence.HOME:
            continue
        if people[i].noticed == 0 and not now.spin_up:
            alone = 1 if lives_alone(people, i) else 0
            chance = p.notice[level, alone, 1 if people[i].income == 0 else 0]
            if age_in(month, people[i].birth_month) >= OLD_AGE:
                chance = scaled(now, Lever.NOTICING, people[i].village, chance)
            if happens(draw, people[i].uid, chance):
                people[i].noticed = 1
        if people[i].noticed == 1 and people[i].granted == 0:
            if month < p.teams_from:
                people[i].granted = 1
            else:
                queue[n] = i
                rank[n] = rank_of(level, bits(order, people[i].uid))
                n += 1
    taken = np.zeros(len(s.intakes), dtype=np.int64)
    for i in in_order(queue[:n], rank[:n]):
        m = s.places.municipality[people[i].village]
        if taken[m] < p.intakes * s.intakes[m] // 1000:
            taken[m] += 1
            people[i].granted = 1


PROCESS = Process(
    "7.8",
    "detection and triage",
    "month",
    (
        "presence",
        "level",
        "noticed",
        "granted",
        "village",
        "housemate",
        "birth_month",
        "income",
        "intakes",
        "convenant",
    ),
    (
        "noticed",
        "granted",
    ),
    (Stream.DETECTION_NOTICE, Stream.CLAIM_ORDER),
    "Need is noticed after a delay; social teams take households in.",
)
