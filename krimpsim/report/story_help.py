"""What happened between one person and others: help that begins and ends, the partner, and heavy burden."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from krimpsim.core.codes import Presence
from krimpsim.report.courses import (
    ADULT,
    CHILD,
    CHILD_AT_HOME,
    FACTS,
    NEIGHBOUR,
    OTHER_AT_HOME,
    PARENT_AT_HOME,
    PARTNER,
    YOUNG_CHILD,
)
from krimpsim.report.story_facts import Fact, Id
from krimpsim.report.story_life import Life, spells
from krimpsim.report.story_people import Help, People
from krimpsim.report.story_rules import SPELL

_HOME, _FACILITY, _DEAD = int(Presence.HOME), int(Presence.FACILITY), int(Presence.DEAD)


def _first_minutes(one: Help, first: int, last: int) -> int:
    """Return the minutes a week in the first month of a spell in which help was given."""
    given = one.minutes[first : last + 1]
    return int(given[given > 0][0])


def _elsewhere(one: Help, last: int) -> tuple[Id, ...]:
    """Return what tells the end of a spell when its own thread does not: need ends, or the partner dies or moves."""
    return ("need", last + 1), (f"partner {one.other}", last + 1)


def helper_facts(life: Life, people: People) -> Iterator[Fact]:
    """Give who starts and stops to help this person."""
    for one in people.helpers:
        thread = f"help {one.other}"
        for (first, last), relation in zip(one.spells, one.relations, strict=True):
            if not life.level[first : last + 1].any():
                continue  # a while after hospital
            weight = 1 if relation == YOUNG_CHILD else 2
            weight += 2 if last - first + 1 < SPELL and last < life.n - 1 else 0
            values: tuple[tuple[str, int], ...] = (("who", one.other), ("minutes", _first_minutes(one, first, last)))
            place = people.others[one.other].place
            if place >= 0 and (age := Life(life.courses, place).age(first)) < ADULT:
                values += (("young", age),)
            key = "help_already" if first == 0 else "help_starts"
            yield Fact(first, weight, key, thread, values, "start", _elsewhere(one, last))
            key, of_end = _why_helper_stops(life, place, relation, last + 1)
            if key:
                yield Fact(last + 1, max(of_end, weight), key, thread, (("who", one.other),), "end")


def _why_helper_stops(life: Life, giver: int, relation: int, t: int) -> tuple[str, int]:
    """Return sentence and weight of why a helper stops; no sentence when need ended or nothing sure can be said."""
    if t >= min(life.n, life.ended[0]) or life.monthly(FACTS.presence)[t] != _HOME or not life.level[t]:
        return "", 0
    if giver < 0:
        return "help_stops", 3
    other = Life(life.courses, giver)
    if other.ended[0] <= t:
        if relation == PARTNER and other.ended[1] == _DEAD:
            return "", 0  # told of the partner
        return "helper_dies" if other.ended[1] == _DEAD else "helper_leaves", 3
    if other.monthly(FACTS.presence)[t] == _FACILITY:
        return ("", 0) if relation == PARTNER else ("help_ends", 3)
    if relation == YOUNG_CHILD:
        return "help_ends", 3
    if relation in (PARTNER, CHILD_AT_HOME, PARENT_AT_HOME, OTHER_AT_HOME):
        needs = other.level[t] or other.monthly(FACTS.episode)[t]
        return "helper_needs_help" if needs else "help_ends", 3
    return ("help_stops_burdened", 1) if other.monthly(FACTS.burdened)[t - 1] else ("help_stops", 3)


def partner_facts(life: Life, people: People) -> Iterator[Fact]:
    """Give when a partner dies or moves to a nursing home while this person is followed."""
    for uid in sorted(set(life.partner) - {0}):
        if uid not in people.others:
            continue
        other, who = Life(life.courses, people.others[uid].place), (("who", uid),)
        last = max(t for t in range(life.n) if life.partner[t] == uid)
        end, how = other.ended
        inside = np.flatnonzero(other.monthly(FACTS.presence) == _FACILITY)
        if len(inside) and 0 < inside[0] <= last + 1 and life.ended[0] > inside[0]:
            yield Fact(int(inside[0]), 1, "other_facility", f"partner {uid}", who)
        if how == _DEAD and end < life.n and last >= end - 1 and life.ended[0] > end:
            yield Fact(end, 1, "other_dies", f"partner {uid}", who)


def caring_facts(life: Life, people: People) -> Iterator[Fact]:
    """Give for whom this person starts and stops to care."""
    burdened = spells(np.flatnonzero(life.monthly(FACTS.burdened)).tolist(), 1)
    for one in people.cared_for:
        thread, whom = f"care {one.other}", (("who", one.other),)
        for (first, last), relation in zip(one.spells, one.relations, strict=True):
            length = last - first + 1
            weight = 0 if length > 24 else 1 if length > 12 else 2
            weight += 2 if length < SPELL and last < life.n - 1 else 0
            values = (*whom, ("minutes", _first_minutes(one, first, last)))
            yield Fact(
                first,
                weight,
                "cares_from_start" if first == 0 else "cares",
                thread,
                values,
                "start",
                _elsewhere(one, last),
            )
            key = _why_caring_stops(life, people.others[one.other].place, relation, last + 1)
            if key:
                tired = [("burden", since) for since, until in burdened if since <= last <= until]
                needs = tuple(tired) if key == "cares_stops_burdened" else ()
                weight = 0 if needs else weight + 1
                yield Fact(last + 1, weight, key, thread, whom, "end", needs)


def _why_caring_stops(life: Life, receiver: int, relation: int, t: int) -> str:
    """Return the sentence of why care for somebody ends; none when it is told of the partner or life ends here."""
    if t >= min(life.n, life.ended[0]):
        return ""
    needs_still = False  # of people outside the area nothing is known
    if receiver >= 0:
        other = Life(life.courses, receiver)
        gone = other.ended[0] <= t
        if gone and other.ended[1] == _DEAD:
            return "" if relation == PARTNER else "other_dies"
        if other.monthly(FACTS.presence)[t] == _FACILITY:
            return "" if relation == PARTNER else "other_facility"
        if not gone and not other.need[t]:
            return "other_recovers"
        needs_still = not gone
    by_tie = relation in (CHILD, NEIGHBOUR)
    if by_tie and needs_still and life.monthly(FACTS.burdened)[t - 1]:
        return "cares_stops_burdened"
    if life.level[t] and not life.level[t - 1]:
        return "cares_own_need"
    return "cares_stops" if by_tie and needs_still else "cares_ends"


def burden_facts(life: Life, people: People) -> Iterator[Fact]:
    """Give when this person becomes heavily burdened, and when that ends."""
    given = np.sum([one.minutes for one in people.cared_for] or [np.zeros(life.n, dtype=np.int64)], axis=0)
    for again, (first, last) in enumerate(spells(np.flatnonzero(life.monthly(FACTS.burdened)).tolist(), 1)):
        weight = (2 if again else 1) + (2 if last - first + 1 < SPELL and last < life.n - 1 else 0)
        yield Fact(first, weight, "burdened", "burden", (("minutes", int(given[first])),), "start")
        if last + 1 < min(life.n, life.ended[0]):
            yield Fact(last + 1, 3, "burdened_ends", "burden", (), "end")
