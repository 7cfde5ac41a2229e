"""Whom to tell about: rules that choose residents from the courses of a run.  No case is picked by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from krimpsim.core.codes import Presence
from krimpsim.population.lists import CARER_MINUTES
from krimpsim.population.schema import I64
from krimpsim.report.courses import ADULT, FACTS, Courses, H

Mask = NDArray[np.bool_]

DAILY = 2  #: level from which help is needed every day
MUCH_MISSING, LITTLE_MISSING = 25, 5  #: of every 100 hours needed
LONG_NEED, LONG_CARE, LONG_WAIT = 12, 120, 6  #: months
SPELL = 3  #: months: shorter breaks and shorter spells are not told
_HOME, _FACILITY, _AWAY = int(Presence.HOME), int(Presence.FACILITY), int(Presence.AWAY)


@dataclass(frozen=True)
class Found:
    """What a rule says of everybody.

    Parameters
    ----------
    group, had
        shape (n_persons,): whom the rule is about; who of them had it.
    score
        shape (n_persons,): the largest of those who had it is told first.
    """

    group: Mask
    had: Mask
    score: I64

    def best_first(self) -> I64:
        """Return the places of those who had it, best first; equal scores in order of identity."""
        places = np.flatnonzero(self.had)
        return places[np.argsort(-self.score[places], kind="stable")]


def find(courses: Courses) -> dict[str, Found]:
    """Return what every rule says of everybody, by name of the rule, in the order in which they are told."""
    return {name: rule(courses) for name, rule in RULES.items()}


def _sum(courses: Courses, values: NDArray[Any]) -> I64:
    """Return the sum over the rows of each person."""
    return np.add.reduceat(np.asarray(values, dtype=np.int64), courses.start[:-1])


def _daily(courses: Courses) -> Mask:
    """Return the rows of those at home who need help every day."""
    daily: Mask = (courses.facts[FACTS.presence] == _HOME) & (courses.facts[FACTS.level] >= DAILY)
    return daily


def _missing(courses: Courses) -> tuple[I64, I64, I64]:
    """Return months, minutes needed and minutes missing of those who need help every day at home."""
    daily, needed = _daily(courses), courses.facts[FACTS.need_minutes].astype(np.int64)
    missing = needed - courses.facts[FACTS.met_minutes]
    return _sum(courses, daily), _sum(courses, needed * daily), _sum(courses, missing * daily)


def _gap(courses: Courses) -> Found:
    """The heaviest gap: most minutes missing, a quarter or more in a year or longer."""
    months, needed, missing = _missing(courses)
    had = (months >= LONG_NEED) & (100 * missing >= MUCH_MISSING * needed)
    return Found(months > 0, had, missing)


def _care_months(courses: Courses) -> I64:
    """Return the months in which each person was an informal carer."""
    return _sum(courses, courses.facts[FACTS.care_minutes] >= CARER_MINUTES)


def _carer(courses: Courses) -> Found:
    """The longest informal carer of people in the area; nothing is known of people outside it, not even their age."""
    given = courses.help[H.minutes] >= CARER_MINUTES
    here, outside = (np.zeros(courses.facts.shape[1], dtype=bool) for _ in range(2))
    for rows, where in ((here, courses.help[H.receiver] >= 0), (outside, courses.help[H.receiver] < 0)):
        at = courses.row(courses.help[H.giver, given & where], courses.help[H.month, given & where])
        rows[at[at >= 0]] = True
    is_carer = courses.facts[FACTS.care_minutes] >= CARER_MINUTES
    months = _sum(courses, is_carer & here & ~outside)
    return Found(_care_months(courses) > 0, months >= LONG_CARE, months)


def _well(courses: Courses) -> Found:
    """Long need, at home, nearly all met, and not because help was declined."""
    months, needed, missing = _missing(courses)
    accepts = _sum(courses, _daily(courses) & (courses.facts[FACTS.accepts] == 1)) > 0
    gone = np.isin(courses.facts[FACTS.presence], (_FACILITY, _AWAY))
    stayed = _sum(courses, gone | (courses.facts[FACTS.waits_for_facility] == 1)) == 0
    group = months >= LONG_NEED
    all_needed = _sum(courses, courses.facts[FACTS.need_minutes])  # also before and after the time of daily need
    all_missing = all_needed - _sum(courses, courses.facts[FACTS.met_minutes])
    little = (100 * missing <= LITTLE_MISSING * needed) & (100 * all_missing <= LITTLE_MISSING * all_needed)
    return Found(group, group & accepts & stayed & little, months)


def _admitted(courses: Courses) -> Found:
    """Moved to a facility after waiting."""
    presence = courses.facts[FACTS.presence]
    waited = _sum(courses, courses.facts[FACTS.waits_for_facility])
    came = (_sum(courses, presence == _HOME) > 0) & (_sum(courses, presence == _FACILITY) > 0)
    return Found(came | (waited > 0), came & (waited >= LONG_WAIT), waited)


def _stopped(courses: Courses) -> Found:
    """Stopped to care for somebody who still needed it, while heavily burdened."""
    burdened = _sum(courses, courses.facts[FACTS.burdened])
    had = np.zeros(len(courses), dtype=bool)
    had[_stops(courses)[0]] = True
    return Found(burdened > 0, had, burdened)


def _stops(courses: Courses) -> tuple[I64, I64]:
    """Return givers and months in which a heavily burdened giver no longer gives by a tie, without another reason."""
    by_tie = courses.help[:, (courses.help[H.tie] >= 0) & (courses.help[H.minutes] > 0)]
    by_tie = by_tie[:, np.lexsort((by_tie[H.month], by_tie[H.tie]))]
    tie, month, giver, receiver = (by_tie[c].astype(np.int64) for c in (H.tie, H.month, H.giver, H.receiver))
    goes_on = (tie[1:] == tie[:-1]) & (month[1:] <= month[:-1] + SPELL + 1)  # shorter breaks are not told
    first, last = np.flatnonzero(~np.append(False, goes_on)), np.flatnonzero(~np.append(goes_on, False))
    kept = (month[last] - month[first] >= SPELL - 1) & (giver[last] >= 0) & (month[last] < courses.last_month)
    giver, receiver, month = giver[last[kept]], receiver[last[kept]], month[last[kept]] + 1
    before, after = courses.row(giver, month - 1), courses.row(giver, month)
    facts = courses.facts
    stops = (before >= 0) & (facts[FACTS.burdened, before] == 1)
    stops &= (after < 0) | (facts[FACTS.presence, after] == _HOME)
    of_receiver = courses.row(receiver, month)
    needs = (of_receiver >= 0) & (facts[FACTS.presence, of_receiver] == _HOME) & (facts[FACTS.level, of_receiver] > 0)
    stops &= needs
    return giver[stops], month[stops]


def _changed(courses: Courses) -> Found:
    """Had a provider that stopped: most months without, and most changes."""
    client = np.zeros(courses.facts.shape[1], dtype=bool)
    score = np.zeros(courses.facts.shape[1], dtype=np.int64)
    new_person = np.zeros(courses.facts.shape[1], dtype=bool)
    new_person[courses.start[:-1]] = True
    missing = courses.facts[FACTS.met_minutes] < courses.facts[FACTS.need_minutes]
    for of_pool, stopped in ((FACTS.provider_help, FACTS.help_stopped), (FACTS.provider_care, FACTS.care_stopped)):
        b = courses.facts[of_pool]
        gone = courses.facts[stopped] == 1
        changes = (b != np.roll(b, 1)) & (b >= 0) & (np.roll(b, 1) >= 0) & ~np.roll(gone, 1) & ~new_person
        client |= b >= 0
        score += (gone & missing) + SPELL * changes  # a client who asks for nothing does not notice
    total = _sum(courses, score)
    return Found(_sum(courses, client) > 0, total > 0, total)


def _young(courses: Courses) -> Found:
    """A child who cares for a parent at home."""
    is_carer = courses.facts[FACTS.care_minutes] >= CARER_MINUTES
    is_child = courses.month.astype(np.int64) - courses.facts[FACTS.birth_month] < 12 * ADULT
    months = _sum(courses, is_carer & is_child)
    return Found(_care_months(courses) > 0, months > 0, months)


#: Whom to tell about, in this order; then the next best of each.
RULES: dict[str, Callable[[Courses], Found]] = {
    "gap": _gap,
    "carer": _carer,
    "well": _well,
    "admitted": _admitted,
    "stopped": _stopped,
    "changed": _changed,
    "young": _young,
}


def choose(found: dict[str, Found], number: int) -> list[tuple[str, int]]:
    """Return the rule and the place of the persons to tell about: the best of each rule in turn, nobody twice."""
    return in_turn({name: iter(one.best_first().tolist()) for name, one in found.items()}, number)


def in_turn(queues: dict[str, Iterator[int]], number: int) -> list[tuple[str, int]]:
    """Return rule and place of the first of each queue in turn, of whom nobody was taken before."""
    chosen: list[tuple[str, int]] = []
    taken: set[int] = set()
    while queues and len(chosen) < number:
        for name in list(queues):
            if len(chosen) == number:
                break
            place = next((k for k in queues[name] if k not in taken), None)
            if place is None:
                del queues[name]
                continue
            taken.add(place)
            chosen.append((name, place))
    return chosen
