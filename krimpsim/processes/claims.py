"""7.9a Claims: who needs what this month, and in which order.

Purpose.   List residents who need care and put them in order.
Who.       Residents at home with a need level above 0 or in a post-acute episode.
Order.     Highest level first, then a keyed draw per person and year.  The draw is 60 bits of a bijection of the uid:
           two persons never share it in practice, and the uid decides with it.
Assumes.   Need = minutes a week that an assessment would grant someone of this level who lives alone, by kind.  Day
           programmes are for people with dementia.
           Who declines help by nature may accept it when a clause makes it usual to ask.
Random.    CLAIM_ORDER; CLAIM_ACCEPT once in a life.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.core.codes import Kind, Lever, Presence
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.order import in_order, rank_of
from krimpsim.core.prefetch import ask_ahead
from krimpsim.core.streams import CERTAIN, Stream, bits, happens, month_key
from krimpsim.population.lists import resize, size
from krimpsim.population.schema import I64, Person
from krimpsim.population.state import Claim, Now, State, scaled
from krimpsim.population.world import World
from krimpsim.processes.base import Process


class Params(NamedTuple):
    """Minutes of need.

    Parameters
    ----------
    need
        shape (5 levels, 2 dementia, 2 episode, 5 kinds), unit min/week.
    """

    need: I64


def prepare(world: World) -> Params:
    """Return the table of need."""
    n = world.config.care_need
    rows = (
        n.minutes_household_help,
        n.minutes_personal_care,
        n.minutes_nursing,
        n.minutes_guidance,
        n.minutes_day_programme,
    )
    need = np.zeros((5, 2, 2, 5), dtype=np.int64)
    for kind, row in enumerate(rows):
        for level, value in enumerate(row, 1):
            need[level, :, :, kind] = round(value * n.minutes_scale)
    need[:, 0, :, Kind.DAY_PROGRAMME] = 0  # day programmes are for people with dementia
    need[:, :, 1, Kind.PERSONAL_CARE] += round(n.episode_minutes_personal_care * n.minutes_scale)
    need[:, :, 1, Kind.NURSING] += round(n.episode_minutes_nursing * n.minutes_scale)
    return Params(need)


@compiled
def accepts_help(now: Now, person: Person) -> bool:
    """Return whether a claimant accepts help from outside the home, by nature or since a clause asks people to."""
    if person.accepts == 1:
        return True
    left = scaled(now, Lever.DECLINING, person.village, 1000)
    return left < 1000 and happens(
        month_key(now.key, Stream.CLAIM_ACCEPT, 0, 1), person.uid, CERTAIN * (1000 - left) // 1000
    )


@allocating
def step(s: State, p: Params, now: Now) -> None:
    """List this month's claimants in order of urgency."""
    people, lists = s.people, s.lists
    order = month_key(now.key, Stream.CLAIM_ORDER, now.month // 12, 0)
    watched = size(lists.watch)
    rows = np.empty(watched, dtype=np.int64)
    rank = np.empty(watched, dtype=np.int64)
    n = 0
    for k in range(watched):
        ask_ahead(people, lists.watch.rows, k, watched)
        i = lists.watch.rows[k]
        person = people[i]
        if person.presence == Presence.HOME and (person.level > 0 or person.episode == 1):
            rows[n] = i
            rank[n] = rank_of(person.level, bits(order, person.uid))
            n += 1
    lists.claimants.rows[:n] = in_order(rows[:n], rank[:n])
    resize(lists.claimants, n)


@compiled
def step_one(s: State, p: Params, now: Now, i: int, claim: Claim) -> None:
    """Write down what a claimant needs, before anybody gives."""
    person, total = s.people[i], 0
    for kind in range(len(claim.rest)):
        minutes = p.need[person.level, person.dementia, person.episode, kind]
        claim.rest[kind] = minutes
        s.book.need[person.village, kind] += minutes
        total += minutes
    person.need_minutes = total
    person.met_minutes = total
    person.declined_minutes = 0


PROCESS = Process(
    "7.9a",
    "claims",
    "month",
    (
        "presence",
        "level",
        "dementia",
        "episode",
        "accepts",
        "village",
        "convenant",
    ),
    (
        "need_minutes",
        "met_minutes",
        "declined_minutes",
    ),
    (Stream.CLAIM_ORDER, Stream.CLAIM_ACCEPT),
    "Those who need care are put in order of urgency; some decline help.",
)
