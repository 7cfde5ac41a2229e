"""What happened with the need of one person: need, help that is missing, home care, nursing home, moves and the end."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from krimpsim.core.codes import Presence
from krimpsim.report.courses import FACTS
from krimpsim.report.story_facts import Fact, Id
from krimpsim.report.story_life import Life, length_before, spells
from krimpsim.report.story_rules import MUCH_MISSING, SPELL

_HOME, _FACILITY, _DEAD = int(Presence.HOME), int(Presence.FACILITY), int(Presence.DEAD)


def need_facts(life: Life) -> list[Fact]:
    """Return how need begins, grows, falls and ends; a dip is told whole or not at all."""
    level, since = life.level, life.monthly(FACTS.since_month, -1)
    presence = life.monthly(FACTS.presence)
    facts: list[Fact] = []
    first_of: dict[int, Id] = {}
    highest = 0
    changes = [t for t in range(min(life.n, life.ended[0])) if level[t] != (level[t - 1] if t else 0)]
    changes = [t for t in changes if presence[t] == _HOME]
    for k, t in enumerate(changes):
        now, before = int(level[t]), int(level[t - 1]) if t else 0
        previous = facts[-1].id if facts else None
        after: tuple[Id, ...] = (("need", changes[k + 1]),) if k + 1 < len(changes) else ()
        values = (("level", now), ("minutes", int(life.need[t])))
        if now > highest:
            arrives = t > 0 and since[t] == life.first_month + t
            key = "need_grows" if highest else "need_from_start" if t == 0 else "need_begins"
            key = "need_arrives" if arrives and not highest else key
            highest_fact = (first_of[highest],) if highest else ()
            facts.append(Fact(t, 1 if highest else 0, key, "need", values, needs=highest_fact))
            highest = now
        elif now > before:
            key = "need_again" if now in first_of else "need_grows"
            needs = tuple(one for one in (previous, first_of.get(now)) if one)
            facts.append(Fact(t, 3, key, "need", values, needs=needs))
        else:
            key = "need_falls" if now else "need_ends"
            facts.append(Fact(t, 3, key, "need", values, needs=((previous,) if previous else ()) + after))
        first_of.setdefault(now, ("need", t))
    return facts


def episode_facts(life: Life) -> list[Fact]:
    """Return when help is needed for a while after hospital, by somebody who else needs none."""
    alone = np.flatnonzero((life.need > 0) & (life.level == 0) & (life.monthly(FACTS.presence) == _HOME))
    return [
        Fact(first, 4, "episode", "episode", (("minutes", int(life.need[first])),))
        for first, _ in spells(alone.tolist(), 1)
    ]


def seen_facts(life: Life, need: list[Fact]) -> Iterator[Fact]:
    """Give when need is seen, granted or declined, and when dementia begins."""
    level, need_since = life.level, life.monthly(FACTS.need_since, -1)
    noticed, granted = life.monthly(FACTS.noticed), life.monthly(FACTS.granted)
    dementia = life.monthly(FACTS.dementia)
    for t in range(min(life.n, life.ended[0])):
        if not level[t]:
            continue
        began = ("need", int(need_since[t]) - life.first_month)
        needs = (began,) if began in {fact.id for fact in need} else ()
        if t and dementia[t] and not dementia[t - 1] and t - 1 in life.noted_months:
            yield Fact(t, 2, "dementia", "dementia")
        if noticed[t] and t and not noticed[t - 1] and level[t - 1]:
            took = life.first_month + t - int(need_since[t])
            if took >= SPELL and not life.served[max(0, t - took) : t].any():
                yield Fact(t, 2, "noticed", "noticed", (("months", took),), needs=needs)
        if noticed[t] and (t == 0 or not noticed[t - 1]) and not life.accepts:
            yield Fact(t, 1, "refuses", "refuses")
        if granted[t] and t and not granted[t - 1] and noticed[t - 1]:
            took = length_before(noticed, t)
            if took >= SPELL:
                yield Fact(t, 3, "granted", "granted", (("months", took),))


def gap_facts(life: Life, need: list[Fact]) -> Iterator[Fact]:
    """Give when much of the help is missing for some months, and when it is not any more."""
    again = False
    much = np.flatnonzero((100 * life.missing >= MUCH_MISSING * life.need) & (life.level >= 1))
    for first, last in spells(much.tolist()):
        if last - first < SPELL:
            continue
        values = (("gap", int(life.missing[first])), ("minutes", int(life.need[first])))
        key = "gap_all" if life.missing[first] == life.need[first] else "gap_begins"
        known = [fact.id for fact in need if fact.month <= first]
        yield Fact(first, 3 if again else 1, key, "gap", values, "start", tuple(known[-1:]))
        again = True
        after = np.arange(last + 1, min(last + 1 + SPELL, life.n))
        solved = (10 * life.missing[after] <= life.need[after]) & (life.level[after] > 0)
        if len(after) == SPELL and solved.all():
            yield Fact(last + 1, 2, "gap_ends", "gap", (), "end")


def facility_facts(life: Life) -> Iterator[Fact]:
    """Give when a place in a nursing home is asked for, waited for and found."""
    waits, presence = life.monthly(FACTS.waits_for_facility), life.monthly(FACTS.presence)
    inside = np.flatnonzero(presence == _FACILITY)
    enters = int(inside[0]) if len(inside) else life.n
    for first, last in spells(np.flatnonzero(waits).tolist(), 1):
        if last - first + 1 >= 2:
            yield Fact(first, 1, "asks_place", "place", (), "start")
            if last + 1 < life.n and presence[last + 1] == _HOME:
                yield Fact(last + 1, 2, "asks_ends", "place", (), "end")
    if 0 < enters < life.n:
        waited = length_before(waits, enters)
        if waited >= 2:
            yield Fact(enters, -1, "admitted_after", "place", (("months", waited),), "end")
        else:
            yield Fact(enters, -1, "admitted", "home")


def provider_facts(life: Life, pool: int) -> Iterator[Fact]:
    """Give when home care of a pool is waited for, starts, stops and is taken over."""
    b = life.monthly((FACTS.provider_help, FACTS.provider_care)[pool], -1)
    stopped = life.monthly((FACTS.help_stopped, FACTS.care_stopped)[pool])
    without = (stopped == 1) & (life.missing > 0)  # a client who asks for nothing does not notice
    waits = life.monthly((FACTS.waiting_help, FACTS.waiting_care)[pool], -1) >= 0
    need, of_pool = life.level > 0, (("pool", pool),)
    thread, waiting = f"provider {pool}", f"waiting {pool}"
    gives: int | None = None  # month of the last start
    lost: int | None = None  # month in which the provider stopped, until there is another
    for t in range(min(life.n, life.ended[0])):
        before = int(b[t - 1]) if t else -1
        if waits[t] and (t == 0 or not waits[t - 1]) and waits[t : t + SPELL].sum() == SPELL:
            yield Fact(t, 1, "waits", waiting, of_pool, "start")
        if t and waits[t - 1] and not waits[t] and b[t] < 0 and need[t] and length_before(waits, t) >= SPELL:
            yield Fact(t, 3, "waits_end", waiting, of_pool, "end")
        if without[t] and (t == 0 or not without[t - 1]) and gives is not None and lost is None:
            lost = t
            yield Fact(t, 1, "provider_stops", thread, of_pool, "end")
        if b[t] < 0 or b[t] == before:
            continue
        waited = length_before(waits, t)
        values = (*of_pool, ("months", waited))
        if before >= 0 and not stopped[t - 1] and gives is not None:
            yield Fact(t, 1, "provider_changes", thread, of_pool, needs=((thread, gives),))
        elif lost is not None:
            yield Fact(t, 1, "provider_next", thread, of_pool, "start", ((thread, lost),))
            gives, lost = t, None
        elif need[t]:
            if gives is not None and (b[max(0, t - SPELL) : t] >= 0).any():
                continue
            key = "provider_already" if t == 0 else "provider_after" if waited >= 2 else "provider_starts"
            yield Fact(t, 2, key, thread, values, "start")
            gives = t


def end_facts(life: Life) -> Iterator[Fact]:
    """Give moves within the area, and how the course ends."""
    villages, months = life.villages, life.noted_months
    home = life.monthly(FACTS.presence, -1) == _HOME
    for t in months[1:].tolist():
        if home[t] and home[t - 1] and villages[t] != villages[t - 1]:
            yield Fact(t, 2, "moves", "moves", (("village", int(villages[t])),))
    end, how = life.ended
    if end < life.n:
        yield Fact(end, -1, "dies" if how == _DEAD else "leaves", "end", (("age", life.age(end)),))
        return
    in_facility = int(life.monthly(FACTS.presence)[-1]) == _FACILITY
    key = "still_facility" if in_facility else "still_home" if life.level[-1] else "still_here"
    yield Fact(life.n - 1, -1, key, "end", (("age", life.age(life.n - 1)),))
