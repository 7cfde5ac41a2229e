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

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from krimpsim.config.clauses import MOST_VOLUNTEERS_START
from krimpsim.config.run import RunConfig
from krimpsim.core.clock import age_in, month_of
from krimpsim.core.codes import Kind, Lever, Part, Presence
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.prefetch import ask_ahead
from krimpsim.core.streams import Stream, happens, month_key, threshold
from krimpsim.population.agenda import (
    AGES,
    VOLUNTEERS,
    Agenda,
    Chance,
    Group,
    Item,
    by_kind,
    due,
    kind_of,
    own_chance,
    plan_group,
    volunteer,
)
from krimpsim.population.market import ClausesNow
from krimpsim.population.need_profile import per_month
from krimpsim.population.schema import I64, People
from krimpsim.processes.base import Process


class Params(NamedTuple):
    """Thresholds of 2**32 per month, minutes a week, and the usable share in millionths.

    Parameters
    ----------
    stops
        shape (S, 4): village of the run, first month, share lost in millionths, months until it is back.
    """

    stop: int
    start: int
    minutes: int
    usable: int
    comes_up: Chance
    stops: I64


def prepare(config: RunConfig, villages: Sequence[str]) -> Params:
    """Return thresholds that keep the share of volunteers, and the key volunteers who stop in these villages."""
    v = config.volunteers
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
        np.array(stops, dtype=np.int64).reshape(len(stops), 4),
    )


@compiled
def still_lost(minutes: int, share: int, start: int, recovery: int, month: int) -> int:
    """Return the minutes that a key volunteer's stop takes away in a month: a share in millionths, less every month."""
    since = month - start
    if since < 0 or since >= recovery:
        return 0
    return minutes * share * (recovery - since) // (1000000 * recovery)


@compiled
def plan(group: Group, p: Params, agenda: Agenda, after: int) -> None:
    """Put the months in which starting or stopping comes up on the agenda."""
    plan_group(agenda, Item.VOLUNTEER, group, p.comes_up, 0, after)


@allocating
def step(people: People, agenda: Agenda, n_villages: int, p: Params, clauses: ClausesNow, key: int, month: int) -> I64:
    """Let volunteers stop and start; return each village's usable minutes, shape (n_villages,), unit min/week."""
    draw = month_key(key, Stream.VOLUNTEER_STATE, month, 0)
    most = p.comes_up.most[kind_of(0, 0, 18)]  # the same for all
    for i in due(people, agenda, Item.VOLUNTEER, month):
        if people[i].presence != Presence.HOME:
            continue
        if people[i].volunteer_minutes > 0:
            if happens(draw, people[i].uid, own_chance(p.stop, most)):
                people[i].volunteer_minutes = 0
        elif (
            people[i].level < 2
            and age_in(month, people[i].birth_month) >= 18
            and happens(draw, people[i].uid, own_chance(_start(people, i, p, clauses), most))
        ):
            volunteer(people, agenda, i, p.minutes)
    pool = np.zeros(n_villages, dtype=np.int64)
    _count(people, agenda, pool)
    for v in range(n_villages):
        pool[v] = pool[v] * p.usable // 1000000 * clauses.here[Lever.MATCHING, v] // 1000
    for e in range(p.stops.shape[0]):
        v = p.stops[e, 0]
        pool[v] -= still_lost(pool[v], p.stops[e, 2], p.stops[e, 1], p.stops[e, 3], month)
    return pool


@compiled
def _start(people: People, i: int, p: Params, clauses: ClausesNow) -> int:
    """Return the threshold of starting to volunteer this month."""
    return p.start * clauses.here[Lever.VOLUNTEERS_START, people[i].village] // 1000


@compiled
def _count(people: People, agenda: Agenda, pool: I64) -> None:
    """Add up volunteers' minutes by village; who needs much care stops at once."""
    kept, listed = 0, agenda.used[VOLUNTEERS]
    for k in range(listed):
        ask_ahead(people, agenda.volunteers, k, listed)
        i = agenda.volunteers[k]
        minutes = people[i].volunteer_minutes
        if minutes == 0 or people[i].presence != Presence.HOME:
            continue
        if people[i].level >= 2:
            people[i].volunteer_minutes = 0
            continue
        pool[people[i].village] += minutes
        agenda.volunteers[kept] = i
        kept += 1
    agenda.used[VOLUNTEERS] = kept


@compiled
def step_one(people: People, i: int, accepts: bool, rest: I64, parts: I64, pool: I64) -> None:
    """Give a claimant volunteer time for household tasks."""
    v = people[i].village
    if accepts and people[i].noticed == 1 and 1 <= people[i].level <= 2:
        minutes = rest[Kind.HOUSEHOLD_HELP] if rest[Kind.HOUSEHOLD_HELP] < pool[v] else pool[v]
        rest[Kind.HOUSEHOLD_HELP] -= minutes
        pool[v] -= minutes
        parts[v, Part.VOLUNTEER, Kind.HOUSEHOLD_HELP] += minutes


PROCESS = Process(
    "7.10a",
    "volunteers",
    "month",
    ("volunteer_minutes", "level", "noticed", "convenant"),
    ("volunteer_minutes",),
    (Stream.VOLUNTEER_STATE,),
    "Volunteers take light household tasks, most urgent first.",
    ((Item.VOLUNTEER, Stream.VOLUNTEER_STATE),),
)
