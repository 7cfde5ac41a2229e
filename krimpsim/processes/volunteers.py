"""7.10a Volunteers.

Purpose.   Let volunteers take light household tasks.
Who.       Volunteers are residents; claimants are those whose need was noticed, at level 1 or 2, who accept help.
Order.     1. each month some volunteers stop and others start; 2. each village's usable time is volunteers x minutes x
           home-task share x matched share, less what key volunteers who stopped still take away; 3. claimants take
           from it in order of urgency.
Assumes.   Most volunteer time goes to visits, transport and groups, outside need as counted here.  Volunteers' time
           counts in their own time budget.  A key volunteer who stops is nobody in the model: in her village part of
           the time of the others finds its way to nobody, and comes back in a straight line.
Agenda.    Those who may start or stop.
Random.    VOLUNTEER_STATE, one draw per adult and month.
Sources.   vol_care_share, vol_hours.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from krimpsim.config.clause import MOST_VOLUNTEERS_START
from krimpsim.core.clock import age_in, month_of
from krimpsim.core.codes import Kind, Lever, Part, Presence
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.prefetch import ask_ahead
from krimpsim.core.streams import Stream, happens, month_key, threshold
from krimpsim.population.agenda import AGES, Chance, Item, by_kind, due, kind_of, own_chance
from krimpsim.population.lists import resize, size, volunteer
from krimpsim.population.need_rates import per_month
from krimpsim.population.schema import I64, Person, row_of
from krimpsim.population.state import Claim, Now, State, scaled
from krimpsim.population.world import World
from krimpsim.processes.base import Comes, Process
from krimpsim.processes.claims import accepts_help


class KeyStop:
    """A key volunteer who stops."""

    village: int  #: number in the run
    start: int  #: absolute month
    lost: int  #: share of the others' time, in millionths
    recovery: int  #: months until it is back


class Params(NamedTuple):
    """Thresholds of 2**32 per month, minutes a week, and the usable share in millionths.

    Parameters
    ----------
    stops
        Rows of `KeyStop`.
    """

    stop: int
    start: int
    minutes: int
    usable: int
    comes_up: Chance
    stops: Any


def prepare(world: World) -> Params:
    """Return thresholds that keep the share of volunteers, and the key volunteers who stop in these villages."""
    v, villages = world.config.volunteers, world.villages
    share = v.share_of_adults
    stop = per_month(v.stop_per_year)
    start = min(1.0, stop * share / (1.0 - share)) if share < 1.0 else 1.0
    usable = round(1e6 * v.home_task_share * v.matched_share)
    most = threshold(min(1.0, max(MOST_VOLUNTEERS_START * start, stop)))
    stops = [
        (villages.index(one.village), month_of(one.start), round(1e6 * one.lost_share), one.recovery_months)
        for one in v.key_stops
        if one.village in villages
    ]
    return Params(
        threshold(stop),
        threshold(start),
        v.minutes,
        usable,
        by_kind(np.where(AGES >= 17, most, 0)),
        np.array(stops, dtype=row_of(KeyStop)),
    )


@compiled
def still_lost(minutes: int, share: int, start: int, recovery: int, month: int) -> int:
    """Return the minutes that a key volunteer's stop takes away in a month: a share in millionths, less every month."""
    since = month - start
    if since < 0 or since >= recovery:
        return 0
    return minutes * share * (recovery - since) // (1000000 * recovery)


@allocating
def step(s: State, p: Params, now: Now) -> None:
    """Let volunteers stop and start, and add up each village's usable minutes."""
    people, month = s.people, now.month
    draw = month_key(now.key, Stream.VOLUNTEER_STATE, month, 0)
    most = p.comes_up.most[kind_of(0, 0, 18)]  # the same for all
    for i in due(people, s.agenda, Item.VOLUNTEER, month):
        if people[i].presence != Presence.HOME:
            continue
        if people[i].volunteer_minutes > 0:
            if happens(draw, people[i].uid, own_chance(p.stop, most)):
                people[i].volunteer_minutes = 0
        elif (
            people[i].level < 2
            and age_in(month, people[i].birth_month) >= 18
            and happens(draw, people[i].uid, own_chance(_start(p, now, people[i]), most))
        ):
            volunteer(people, s.lists, i, p.minutes)
    pool = s.book.unused
    _count(s, pool)
    for v in range(len(pool)):
        pool[v] = scaled(now, Lever.MATCHING, v, pool[v] * p.usable // 1000000)
    for e in range(len(p.stops)):
        stop = p.stops[e]
        v = stop.village
        pool[v] -= still_lost(pool[v], stop.lost, stop.start, stop.recovery, month)


@compiled
def _start(p: Params, now: Now, person: Person) -> int:
    """Return the threshold of starting to volunteer this month."""
    return scaled(now, Lever.VOLUNTEERS_START, person.village, p.start)


@compiled
def _count(s: State, pool: I64) -> None:
    """Add up volunteers' minutes by village; who needs much care stops at once."""
    people, lists = s.people, s.lists
    kept, listed = 0, size(lists.volunteers)
    for k in range(listed):
        ask_ahead(people, lists.volunteers.rows, k, listed)
        i = lists.volunteers.rows[k]
        person = people[i]
        if person.volunteer_minutes == 0 or person.presence != Presence.HOME:
            continue
        if person.level >= 2:
            person.volunteer_minutes = 0
            continue
        pool[person.village] += person.volunteer_minutes
        lists.volunteers.rows[kept] = i
        kept += 1
    resize(lists.volunteers, kept)


@compiled
def step_one(s: State, p: Params, now: Now, i: int, claim: Claim) -> None:
    """Give a claimant volunteer time for household tasks."""
    person, rest, pool = s.people[i], claim.rest, s.book.unused
    v = person.village
    if accepts_help(now, person) and person.noticed == 1 and 1 <= person.level <= 2:
        minutes = rest[Kind.HOUSEHOLD_HELP] if rest[Kind.HOUSEHOLD_HELP] < pool[v] else pool[v]
        rest[Kind.HOUSEHOLD_HELP] -= minutes
        pool[v] -= minutes
        s.book.parts[v, Part.VOLUNTEER, Kind.HOUSEHOLD_HELP] += minutes


PROCESS = Process(
    "7.10a",
    "volunteers",
    "month",
    (
        "presence",
        "level",
        "noticed",
        "village",
        "birth_month",
        "volunteer_minutes",
        "convenant",
    ),
    ("volunteer_minutes",),
    (Stream.VOLUNTEER_STATE,),
    "Volunteers take light household tasks, most urgent first.",
    (Comes(Item.VOLUNTEER, Stream.VOLUNTEER_STATE, "comes_up", True),),
)
