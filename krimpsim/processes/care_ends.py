"""7.9b Informal care, the part of its end: last month's care is put down, and what does not go on ends.

Care on a tie ends when one of the two is no longer at home, when need is over, at a constant chance, and at a higher
one when the carer is heavily burdened.  Care for a parent outside the area ends at an age.
"""

from __future__ import annotations

from typing import NamedTuple

from krimpsim.config.run import RunConfig
from krimpsim.core.clock import age_in
from krimpsim.core.codes import Event, Lever, Presence
from krimpsim.core.jit import compiled
from krimpsim.core.prefetch import AHEAD, ask_ahead, fetch
from krimpsim.core.streams import Stream, happens, month_key, threshold
from krimpsim.population.lists import CARER_MINUTES, resize, size
from krimpsim.population.need_rates import per_month
from krimpsim.population.schema import Tie
from krimpsim.population.state import Now, State, scaled


class Params(NamedTuple):
    """Chances as thresholds of 2**32 per month.

    Parameters
    ----------
    stop, burdened_stop
        That any carer stops, and that a heavily burdened one does.
    until
        Age at which care for a parent outside ends.
    """

    stop: int
    burdened_stop: int
    until: int


def prepare(config: RunConfig) -> Params:
    """Return monthly thresholds."""
    c = config.informal_care
    stop, burdened = per_month(c.stop_per_year), per_month(config.burden.stop_per_year)
    return Params(threshold(stop), threshold(burdened), c.export_until_age)


@compiled
def put_down(s: State, now: Now) -> None:
    """Let everybody put down last month's care, and list who gave informal care in the 12 months before this one.

    Nothing but the record reads that list.
    """
    people, lists, month = s.people, s.lists, now.month
    kept = 0
    cared, carers = size(lists.cared), size(lists.carers)
    for k in range(cared):
        ask_ahead(people, lists.cared.rows, k, cared)
        i = lists.cared.rows[k]
        if people[i].cared_in >= month - 12:
            lists.cared.rows[kept] = i
            kept += 1
    for k in range(carers):
        ask_ahead(people, lists.carers.rows, k, carers)
        i = lists.carers.rows[k]
        if people[i].care_minutes >= CARER_MINUTES:
            if people[i].cared_in < month - 12:
                lists.cared.rows[kept] = i
                kept += 1
            people[i].cared_in = month - 1
        people[i].usual_minutes = 0
        people[i].care_minutes = 0
    resize(lists.cared, kept)
    resize(lists.carers, 0)


@compiled
def _goes_on(s: State, p: Params, now: Now, tie: Tie, stop: int, tired: int) -> bool:
    """Return whether care on a tie in use goes on this month.

    Parameters
    ----------
    stop, tired
        Keys of the draws that anybody stops, and that a heavily burdened carer does.
    """
    if tie.giver >= 0 and s.people[tie.giver].presence != Presence.HOME:
        return False
    if happens(stop, tie.uid, p.stop):
        return False
    if tie.receiver < 0 and age_in(now.month, s.people[tie.giver].birth_month) >= p.until:
        return False
    if tie.giver >= 0 and s.people[tie.giver].burdened == 1:
        giver = s.people[tie.giver]
        if happens(tired, giver.uid, scaled(now, Lever.CARERS_STOP, giver.village, p.burdened_stop)):
            s.book.events[giver.village, Event.CARER_STOPPED] += 1
            return False
    if tie.receiver < 0:
        return True
    receiver = s.people[tie.receiver]
    return receiver.presence == Presence.HOME and (receiver.level > 0 or receiver.episode == 1)


@compiled
def step(s: State, p: Params, now: Now) -> None:
    """End ties that do not go on."""
    lists, kept, in_use = s.lists, 0, size(s.lists.ties)
    stop = month_key(now.key, Stream.TIE_STOP, now.month, 0)
    tired = month_key(now.key, Stream.CARER_STOP, now.month, 0)
    for k in range(in_use):
        ask_ahead(s.ties, lists.ties.rows, k + AHEAD, in_use)
        if k + AHEAD < in_use:
            soon = s.ties[lists.ties.rows[k + AHEAD]]
            for end in (soon.giver, soon.receiver):
                if end >= 0:
                    fetch(s.people, end)
        t = lists.ties.rows[k]
        tie = s.ties[t]
        tie.minutes = 0
        if tie.active == 1 and _goes_on(s, p, now, tie, stop, tired):
            lists.ties.rows[kept] = t
            kept += 1
        else:
            tie.active = 0
    resize(lists.ties, kept)
