"""One life, told: what was noted of a resident as dated sentences.  Nothing is said that was not noted."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from krimpsim.core.codes import Presence, Sex
from krimpsim.outputs.recorder import CARER_MINUTES
from krimpsim.population.schema import I64
from krimpsim.report.courses import (
    CHILD,
    CHILD_AT_HOME,
    FACTS,
    NEIGHBOUR,
    OTHER_AT_HOME,
    PARENT_AT_HOME,
    PARTNER,
    YOUNG_CHILD,
    Courses,
    H,
)
from krimpsim.report.runset import dutch_name, en, nl, rounded
from krimpsim.report.story_rules import LITTLE_MISSING, LONG_WAIT, MUCH_MISSING, SPELL, Mask
from krimpsim.report.story_words import capital, duration, hours, month_name, say

Table = NDArray[np.integer[Any]]

_HOME, _FACILITY, _AWAY, _DEAD = (int(one) for one in Presence)


# --- one life ---------------------------------------------------------------------------------------------------


class Life:
    """The course of one person, month by month from the first month of the run.

    Parameters
    ----------
    courses
        The run.
    place
        Place of the person in ``courses.uid``.
    """

    def __init__(self, courses: Courses, place: int) -> None:
        self.courses, self.place, self.first_month = courses, place, courses.first_month
        self.rows = slice(int(courses.start[place]), int(courses.start[place + 1]))
        self.noted_months = courses.month[self.rows].astype(np.int64) - courses.first_month
        self.n = courses.last_month - courses.first_month + 1
        noted = courses.facts[:, self.rows]
        self.uid = int(courses.uid[place])
        self.sex, self.birth_month = int(noted[FACTS.sex, 0]), int(noted[FACTS.birth_month, 0])
        self.accepts = int(noted[FACTS.accepts, -1]) == 1
        self._noted = noted

    def monthly(self, fact: int, missing: int = 0) -> I64:
        """Return a fact for every month of the run, shape (n_months,)."""
        values = np.full(self.n, missing, dtype=np.int64)
        values[self.noted_months] = self._noted[fact]
        return values

    @cached_property
    def partner(self) -> list[int]:
        """The identity of the partner for every month of the run, 0 for none or not noted."""
        values = [0] * self.n
        for t, uid in zip(self.noted_months.tolist(), self.courses.partner[self.rows].tolist(), strict=True):
            values[t] = uid
        return values

    @cached_property
    def ended(self) -> tuple[int, int]:
        """Month in which the person died or left, and which of the two; the number of months and home for neither."""
        gone = np.flatnonzero(self._noted[FACTS.presence] >= _AWAY)
        if not len(gone):
            return self.n, _HOME
        return int(self.noted_months[gone[0]]), int(self._noted[FACTS.presence, gone[0]])

    @cached_property
    def level(self) -> I64:
        """Level of need in every month at home, else 0."""
        return np.where(self.monthly(FACTS.presence) == _HOME, self.monthly(FACTS.level), 0)

    @cached_property
    def need(self) -> I64:
        """Minutes a week needed at home in every month."""
        return self.monthly(FACTS.need_minutes)

    @cached_property
    def missing(self) -> I64:
        """Minutes a week needed that nobody gave, in every month."""
        return self.need - self.monthly(FACTS.met_minutes)

    def age(self, t: int) -> int:
        """Return the age in a month of the run."""
        return (self.first_month + t - self.birth_month) // 12

    def village(self, t: int) -> int:
        """Return the village in the last month noted up to a month, else in the first one."""
        before = np.flatnonzero(self.noted_months <= t)
        return int(self._noted[FACTS.village, before[-1] if len(before) else 0])

    @property
    def got(self) -> NDArray[np.int32]:
        """Help that was given to this person, a column of the table of help each."""
        return self.courses.help_to(self.place)

    @property
    def gave(self) -> NDArray[np.int32]:
        """Help that this person gave."""
        return self.courses.help_by(self.place)

    def noted(self) -> tuple[Table, ...]:
        """Return all that was noted, as tables with the month in their first column, to compare two futures."""
        own = self._noted[: FACTS.lower_hours]  # what a municipality pays shows in what is met, if at all
        facts = np.concatenate([self.courses.month[None, self.rows], own]).T
        return facts, self.courses.known_help(self.got), self.courses.known_help(self.gave)


def parting(a: Life, b: Life) -> int | None:
    """Return the first month of the run in which anything noted of a person differs, None when nothing ever does."""
    firsts = [
        first for pair in zip(a.noted(), b.noted(), strict=True) if (first := _first_difference(*pair)) is not None
    ]
    return min(firsts) - a.first_month if firsts else None


def _first_difference(a: Table, b: Table) -> int | None:
    """Return the month of the first row that differs between two tables in order of month."""
    both = min(len(a), len(b))
    differs = np.flatnonzero((a[:both] != b[:both]).any(axis=1))
    if len(differs):
        k = int(differs[0])
        return int(min(a[k, 0], b[k, 0]))
    longer = a if len(a) > len(b) else b
    return int(longer[both, 0]) if len(a) != len(b) else None


def spells(months: Sequence[int], apart: int = SPELL) -> list[tuple[int, int]]:
    """Return first and last month of each spell; breaks shorter than `apart` months do not end it."""
    found: list[tuple[int, int]] = []
    for t in months:
        if found and t - found[-1][1] <= apart:
            found[-1] = (found[-1][0], t)
        else:
            found.append((t, t))
    return found


# --- telling ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Event:
    """A sentence with its month of the run; what weighs 0 is never left out."""

    month: int
    weight: int
    text: str


def _lighter(event: Event) -> Event:
    """Return an event that this story is not about."""
    return replace(event, weight=event.weight + 3)


class Teller:
    """Tells one life in one language.

    Parameters
    ----------
    life
        The person.
    lang
        nl or en.
    name
        Invented first name.
    named
        shape (V,): villages large enough to be named.
    rule
        Why this person was chosen; what the rule is about is never left out.
    """

    def __init__(self, life: Life, lang: str, name: str, named: Mask, rule: str) -> None:
        self.life, self.lang, self.name, self.named, self.rule = life, lang, name, named, rule
        self.his = self._say("his" if life.sex == int(Sex.MAN) else "her")
        self.him = self._say("him" if life.sex == int(Sex.MAN) else "her_object")

    def _say(self, key: str, **values: object) -> str:
        return say(self.lang, key, **values)

    def _hours(self, minutes: float) -> str:
        return hours(self.lang, minutes)

    def _for(self, months: int) -> str:
        return duration(self.lang, months)

    @property
    def who(self) -> str:
        """The heading of the summary: who gave help, or who got it."""
        return "who_was_helped" if self._is_about_care else "who"

    def home(self, village: int, other: bool = False) -> str:
        """Return the name of a village that is large enough to be named, else what kind of village it is."""
        if self.named[village]:
            return dutch_name(self.life.courses.villages[village])
        return self._say("another_place" if other else "small_place")

    def events(self) -> list[Event]:
        """Return all that can be told, in order of time."""
        need, gaps = list(self._need()), list(self._gaps())
        begins = min((event.month for event in need), default=0)
        receives = [*need, *self._providers(), *self._helpers(), *gaps]
        gives = [*self._caring(), *self._burden()]
        if self._is_about_care:
            begins = min((event.month for event in gives), default=begins)
            receives = [_lighter(event) for event in receives]
        else:
            gives = [_lighter(event) for event in gives]
        found = dict.fromkeys([*receives, *self._facility(), *gives, *self._end()])  # nothing is said twice
        told = [event for event in found if begins <= event.month <= self.life.ended[0]]
        return sorted(told, key=lambda event: event.month)  # stable: within a month need first, the end last

    def _need(self) -> Iterator[Event]:
        """Tell how need begins, grows and ends, and when it is seen."""
        life, level, end = self.life, self.life.level, self.life.ended[0]
        need_since, since = life.monthly(FACTS.need_since, -1), life.monthly(FACTS.since_month, -1)
        noticed, granted = life.monthly(FACTS.noticed), life.monthly(FACTS.granted)
        dementia, presence = life.monthly(FACTS.dementia), life.monthly(FACTS.presence)
        most = 0
        for t in range(min(life.n, end)):
            now, before = int(level[t]), int(level[t - 1]) if t else 0
            words = {
                "name": self.name,
                "need": self._say(f"level_{now}"),
                "hours": self._hours(float(life.need[t])),
            }
            if now > before:
                arrives = since[t] == life.first_month + t
                key = "need_from_start" if t == 0 else "need_arrives" if arrives else "need_begins"
                key = "need_again" if now <= most else "need_grows" if before else key
                yield Event(t, 3 if now <= most else 1 if most else 0, self._say(key, **words))
                most = max(most, now)
            elif 0 < now < before:
                yield Event(t, 3, self._say("need_falls", **words))
            elif before and not now and presence[t] == _HOME:
                yield Event(t, 3, self._say("need_ends", **words))
            if t and dementia[t] and not dementia[t - 1] and t - 1 in life.noted_months and now:
                yield Event(t, 2, self._say("dementia", name=self.name))
            if now and noticed[t] and t and not noticed[t - 1] and level[t - 1]:
                took = life.first_month + t - int(need_since[t])
                if took >= SPELL:
                    yield Event(t, 2, self._say("noticed", months=self._for(took)))
            if now and noticed[t] and (t == 0 or not noticed[t - 1]) and not life.accepts:
                yield Event(t, 1, self._say("refuses", name=self.name))
            if now and granted[t] and t and not granted[t - 1] and noticed[t - 1]:
                took = _length_before(noticed, t)
                if took >= SPELL:
                    yield Event(t, 3, self._say("granted", months=self._for(took)))

    def _gaps(self) -> Iterator[Event]:
        """Tell when much of the help is missing for some months, and when it is not any more."""
        life = self.life
        much = np.flatnonzero((100 * life.missing >= MUCH_MISSING * life.need) & (life.level >= 1))
        for first, last in spells(much.tolist()):
            if last - first < SPELL:
                continue
            gap, need = self._hours(float(life.missing[first])), self._hours(float(life.need[first]))
            key = "gap_all" if life.missing[first] == life.need[first] else "gap_begins"
            yield Event(first, 1, self._say(key, gap=gap, need=need))
            after = np.arange(last + 1, min(last + 1 + SPELL, life.n))
            solved = (10 * life.missing[after] <= life.need[after]) & (life.level[after] > 0)
            if len(after) == SPELL and solved.all():
                yield Event(last + 1, 2, self._say("gap_ends"))

    def _facility(self) -> Iterator[Event]:
        """Tell about asking for a place, waiting and moving in."""
        life = self.life
        waits, presence = life.monthly(FACTS.waits_for_facility), life.monthly(FACTS.presence)
        weight = 0 if self.rule == "admitted" else 1
        for first, last in spells(np.flatnonzero(waits).tolist(), 1):
            if last - first + 1 >= 2:
                yield Event(first, weight, self._say("asks_place", name=self.name))
                if last + 1 < life.n and presence[last + 1] == _HOME:
                    yield Event(last + 1, 2, self._say("asks_ends", name=self.name))
        inside = np.flatnonzero(presence == _FACILITY)
        if len(inside) and inside[0]:
            waited = _length_before(waits, int(inside[0]))
            key = "admitted_after" if waited >= 2 else "admitted"
            yield Event(int(inside[0]), -1, self._say(key, name=self.name, months=self._for(max(waited, 1))))

    def _providers(self) -> Iterator[Event]:
        """Tell when home care starts, stops and changes; both pools in one sentence when they go together."""
        found: dict[tuple[int, int, str, int], list[int]] = {}
        for pool in (0, 1):
            for t, weight, key, months in self._pool(pool):
                found.setdefault((t, weight, key, months), []).append(pool)
        for (t, weight, key, months), pools in found.items():
            of_pool = self._say("pool_both" if len(pools) == 2 else f"pool_{pools[0]}")
            if self.rule == "changed" and key.startswith(("provider_stops", "provider_next", "provider_changes")):
                weight = 0
            text = self._say(key, name=self.name, pool=of_pool, months=self._for(max(months, 1)))
            yield Event(t, weight, text)

    def _pool(self, pool: int) -> Iterator[tuple[int, int, str, int]]:
        """Give month, weight, sentence and months waited of what happens in a pool."""
        life = self.life
        of_pool = (FACTS.provider_help, FACTS.provider_care)[pool]
        b = life.monthly(of_pool, -1)
        stopped = life.monthly((FACTS.help_stopped, FACTS.care_stopped)[pool])
        without = (stopped == 1) & (life.missing > 0)  # a client who asks for nothing does not notice
        waits = life.monthly((FACTS.waiting_help, FACTS.waiting_care)[pool], -1) >= 0
        need = life.level > 0
        for t in range(life.n):
            before = int(b[t - 1]) if t else -1
            if waits[t] and (t == 0 or not waits[t - 1]) and waits[t : t + SPELL].sum() == SPELL:
                yield t, 1, "waits", 0
            if t and waits[t - 1] and not waits[t] and b[t] < 0 and need[t] and _length_before(waits, t) >= SPELL:
                yield t, 3, "waits_end", 0
            if without[t] and (t == 0 or not without[t - 1]):
                yield t, 1, "provider_stops", 0
            if b[t] < 0 or b[t] == before:
                continue
            waited = _length_before(waits, t)
            if before >= 0 and not stopped[t - 1]:
                yield t, 1, "provider_changes", 0
            elif without[: t - waited][-1:].any():
                yield t, 1, "provider_next", 0
            elif t == 0:
                yield t, 2, "provider_already", 0
            elif need[t]:
                known = b[max(0, t - SPELL) : t]
                if not (known >= 0).any() or stopped[t - 1]:
                    yield t, 2, "provider_after" if waited >= 2 else "provider_starts", waited

    # --- who helps

    def _helpers(self) -> Iterator[Event]:
        """Tell who starts and stops to help this person."""
        life = self.life
        got = life.got
        for giver in _givers(got):
            of_giver = got[:, giver.columns]
            relation = int(of_giver[H.relation, 0])
            months = of_giver[H.month] - life.first_month
            spent = np.bincount(months, of_giver[H.minutes], minlength=life.n)
            for first, last in spells(sorted(set(months.tolist())), SPELL + 1):
                working = np.flatnonzero(spent[first : last + 1] > 0)
                if not len(working) or (last - first + 1 < SPELL and last < life.n - 1):
                    continue
                t = first + int(working[0])
                who = self._who(giver.place, relation, t)
                weight = 1 if relation == YOUNG_CHILD else 2
                words = {"who": capital(who), "hours": self._hours(float(spent[t]))}
                yield Event(t, weight, self._say("help_already" if t == 0 else "help_starts", **words))
                yield from self._helper_stops(giver.place, relation, last + 1)
        yield from self._partner()

    def _helper_stops(self, giver: int, relation: int, t: int) -> Iterator[Event]:
        """Tell why a helper stops, when this person still needs help at home."""
        life = self.life
        if t >= life.n or t >= life.ended[0] or life.monthly(FACTS.presence)[t] != _HOME or not life.level[t]:
            return
        key, weight = "help_stops", 3
        if giver >= 0:
            other = Life(life.courses, giver)
            if other.ended[0] <= t:
                key = "helper_dies" if other.ended[1] == _DEAD else "helper_leaves"
                if relation == PARTNER and other.ended[1] == _DEAD:
                    return  # told of the partner
            elif other.monthly(FACTS.presence)[t] == _FACILITY:
                return
            elif relation in (PARTNER, CHILD_AT_HOME, PARENT_AT_HOME, OTHER_AT_HOME):
                if not other.level[t] and not other.monthly(FACTS.episode)[t]:
                    return  # two in one home, or somebody moved: nothing sure to say
                key = "helper_needs_help"
            elif relation == YOUNG_CHILD:
                return
            elif other.monthly(FACTS.burdened)[t - 1]:
                key, weight = "help_stops_burdened", 1
        yield Event(t, weight, self._say(key, who=capital(self._who(giver, relation, t - 1))))

    def _partner(self) -> Iterator[Event]:
        """Tell when the partner dies or moves to a facility while this person is followed."""
        life, courses = self.life, self.life.courses
        for uid in sorted(set(life.partner) - {0}):
            place = courses.place(uid)
            if place < 0:
                continue
            other = Life(courses, place)
            last = max(t for t in range(life.n) if life.partner[t] == uid)
            end, how = other.ended
            if how == _DEAD and end < life.n and last >= end - 1 and life.ended[0] > end:
                yield Event(end, 1, self._say("partner_dies", name=self.name))
            inside = np.flatnonzero(other.monthly(FACTS.presence) == _FACILITY)
            if len(inside) and 0 < inside[0] <= last and life.ended[0] > inside[0]:
                yield Event(int(inside[0]), 1, self._say("partner_facility", name=self.name))

    def _who(self, giver: int, relation: int, t: int) -> str:
        """Return who helps, as a phrase."""
        simple = {
            PARTNER: "by_partner",
            NEIGHBOUR: "by_neighbour",
            PARENT_AT_HOME: "by_parent_home",
            OTHER_AT_HOME: "by_other_home",
        }
        if relation in simple:
            return self._say(simple[relation])
        if giver < 0:
            return self._say("by_child_outside")
        other = Life(self.life.courses, giver)
        if relation == YOUNG_CHILD:
            return self._say("by_young", age=other.age(t))
        child = self._say("son" if other.sex == int(Sex.MAN) else "daughter")
        if relation == CHILD_AT_HOME:
            return self._say("by_child_home", child=child)
        same = other.village(t) == self.life.village(t)
        return self._say("by_child_here" if same else "by_child_near", child=child)

    # --- for whom this person cares

    def _caring(self) -> Iterator[Event]:
        """Tell for whom this person starts and stops to care."""
        life = self.life
        gave = life.gave
        for receiver in _receivers(gave):
            of_one = gave[:, receiver.columns]
            relation = int(of_one[H.relation, 0])
            months = of_one[H.month] - life.first_month
            spent = np.bincount(months, of_one[H.minutes], minlength=life.n)
            for first, last in spells(sorted(set(months.tolist())), SPELL + 1):
                working = np.flatnonzero(spent[first : last + 1] > 0)
                if not len(working) or (last - first + 1 < SPELL and last < life.n - 1):
                    continue
                t = first + int(working[0])
                weight = 0 if last - first >= 24 else 1 if last - first >= 12 else 2
                whom = self._whom(receiver.place, relation, t)
                words = {"name": self.name, "whom": whom, "hours": self._hours(float(spent[t]))}
                yield Event(t, weight, self._say("cares_from_start" if t == 0 else "cares", **words))
                yield from self._caring_stops(receiver.place, relation, last + 1, weight + 1)

    def _caring_stops(self, receiver: int, relation: int, t: int, weight: int) -> Iterator[Event]:
        """Tell why care for somebody ends."""
        life = self.life
        if t >= life.n or t >= life.ended[0]:
            return
        whom = self._whom(receiver, relation, t - 1)
        if receiver >= 0:
            other = Life(life.courses, receiver)
            if other.ended[0] <= t and other.ended[1] == _DEAD:
                if relation != PARTNER:
                    yield Event(t, weight, self._say("cared_dies", whom=capital(whom)))
                return
            if other.monthly(FACTS.presence)[t] == _FACILITY:
                if relation != PARTNER:
                    yield Event(t, weight, self._say("cared_facility", whom=capital(whom)))
                return
            if other.ended[0] > t and not other.level[t]:
                yield Event(t, weight, self._say("cared_recovers", whom=capital(whom)))
                return
        by_tie = relation in (CHILD, NEIGHBOUR)
        key = "cares_own_need" if life.level[t] and not life.level[t - 1] else "cares_ends"
        if by_tie and key == "cares_ends" and (receiver < 0 or Life(life.courses, receiver).ended[0] > t):
            key = "cares_stops_burdened" if life.monthly(FACTS.burdened)[t - 1] else "cares_stops"
        if key == "cares_stops_burdened":
            weight = 0
        yield Event(t, weight, self._say(key, name=self.name, whom=whom))

    def _whom(self, receiver: int, relation: int, t: int) -> str:
        """Return for whom this person cares, as a phrase."""
        if relation == PARTNER:
            return self._say("for_partner", his=self.his)
        if relation == OTHER_AT_HOME:
            return self._say("for_other_home")
        if receiver < 0:
            return self._say("for_parent_outside" if relation == CHILD else "for_neighbour_outside")
        if relation == NEIGHBOUR:
            return self._say("for_neighbour")
        other = Life(self.life.courses, receiver)
        if relation == PARENT_AT_HOME:
            child = self._say("son" if other.sex == int(Sex.MAN) else "daughter")
            return self._say("for_child_home", child=child)
        parent = self._say("father" if other.sex == int(Sex.MAN) else "mother")
        near = relation == CHILD and other.village(t) != self.life.village(t)
        return self._say("for_parent_near" if near else "for_parent_here", his=self.his, parent=parent)

    def _burden(self) -> Iterator[Event]:
        """Tell when this person becomes heavily burdened, and when that ends."""
        life = self.life
        care, again = life.monthly(FACTS.care_minutes), False
        for first, last in spells(np.flatnonzero(life.monthly(FACTS.burdened)).tolist()):
            if last - first + 1 < SPELL:
                continue
            key = "burdened_again" if again else "burdened"
            text = self._say(key, name=self.name, hours=self._hours(float(care[first])))
            yield Event(first, 2 if again else 1, text)
            again = True
            if last + 1 < min(life.n, life.ended[0]):
                yield Event(last + 1, 3, self._say("burdened_ends", name=self.name))

    def _end(self) -> Iterator[Event]:
        """Tell about moving within the area, and how the course ends."""
        life = self.life
        villages = life._noted[FACTS.village]
        home = life._noted[FACTS.presence] == _HOME
        for k in range(1, len(villages)):
            if villages[k] != villages[k - 1] and home[k] and home[k - 1]:
                t = int(life.noted_months[k])
                yield Event(t, 2, self._say("moves", name=self.name, place=self.home(int(villages[k]), True)))
        end, how = life.ended
        if end < life.n:
            words = {"name": self.name, "age": life.age(end), "him": self.him}
            yield Event(end, -1, self._say("dies" if how == _DEAD else "leaves", **words))
            return
        in_facility = int(life._noted[FACTS.presence, -1]) == _FACILITY
        words = {"name": self.name, "age": life.age(life.n - 1)}
        key = "still_facility" if in_facility else "still_home" if life.level[-1] else "still_here"
        yield Event(life.n - 1, -1, self._say(key, **words))

    # --- summary

    def who_helped(self) -> list[str]:
        """Return sentences on how much was needed and who gave it, over the whole course."""
        life, lines = self.life, []
        if self._is_about_care:
            care = life.monthly(FACTS.care_minutes)
            months = np.flatnonzero(care >= CARER_MINUTES)
            mean = self._hours(float(care[months].mean()) if len(months) else 0.0)
            lines.append(self._say("sum_carer", name=self.name, months=self._for(len(months)), hours=mean))
            parts = [
                (life.gave[:, one.columns], self._whom_last(one.place, life.gave[:, one.columns]))
                for one in _receivers(life.gave)
            ]
            return lines + self._parts("sum_for", parts)
        needed = np.flatnonzero(life.need > 0)
        if not len(needed):
            return lines
        need, gap = float(life.need[needed].mean()), float(life.missing[needed].mean())
        words = {"months": self._for(len(needed)), "need": self._hours(need)}
        lines.append(self._say("sum_needed", name=self.name, **words))
        lines.append(self._say("sum_gap", gap=self._hours(gap)) if gap >= 15 else self._say("sum_no_gap"))
        got = life.got[:, life.got[H.minutes] > 0]
        parts = [(got[:, one.columns], self._who_last(one.place, got[:, one.columns])) for one in _givers(got)]
        lines += self._parts("sum_helper", parts) or [self._say("sum_none")]
        for pool, fact, stopped in (
            (0, FACTS.provider_help, FACTS.help_stopped),
            (1, FACTS.provider_care, FACTS.care_stopped),
        ):
            served = int(((life.monthly(fact, -1) >= 0) & (life.monthly(stopped) == 0) & (life.need > 0)).sum())
            if served:
                lines.append(self._say("sum_client", pool=self._say(f"pool_{pool}"), months=self._for(served)))
        return lines

    @property
    def _is_about_care(self) -> bool:
        return self.rule in ("carer", "stopped", "young")

    def _who_last(self, place: int, rows: NDArray[np.int32]) -> str:
        return self._who(place, int(rows[H.relation, -1]), int(rows[H.month, -1]) - self.life.first_month)

    def _whom_last(self, place: int, rows: NDArray[np.int32]) -> str:
        return self._whom(place, int(rows[H.relation, -1]), int(rows[H.month, -1]) - self.life.first_month)

    def _parts(self, key: str, parts: list[tuple[NDArray[np.int32], str]]) -> list[str]:
        """Return a line for each of the four who were there longest, and how many more there were."""
        told = []
        for rows, who in parts:
            rows = rows[:, rows[H.minutes] > 0]
            if not rows.shape[1]:
                continue
            months = len(np.unique(rows[H.month]))
            told.append((-months, who, float(rows[H.minutes].sum()) / months))
        told.sort()
        lines = [
            capital(self._say(key, who=capital(who), whom=who, months=self._for(-n), hours=self._hours(mean)))
            for n, who, mean in told[:4]
        ]
        more = len(told) - 4
        if more > 0:
            lines.append(self._say("sum_one_more") if more == 1 else self._say("sum_more", number=more))
        return lines

    def judgement(self) -> tuple[str, list[str]]:
        """Return the heading, what went wrong or what went well, and the sentences under it."""
        life = self.life
        burdened = int(life.monthly(FACTS.burdened).sum())
        if self._is_about_care:
            if burdened:
                lines = [self._say("wrong_burdened", name=self.name, months=self._for(burdened))]
                if self.rule == "stopped":
                    lines.append(self._say("wrong_gave_up", name=self.name))
                return "went_wrong", lines
            return "went_well", [self._say("well_never_burdened", name=self.name)]
        needed, missing = int(life.need.sum()), int(life.missing.sum())
        lines = self._reasons()
        waited = int(life.monthly(FACTS.waits_for_facility).sum())
        if waited >= LONG_WAIT:
            lines.append(self._say("wrong_admission", name=self.name, months=self._for(waited)))
        share = 100.0 * missing / needed if needed else 0.0
        if share <= LITTLE_MISSING and self.rule not in ("admitted", "changed"):
            return "went_well", [self._share(share, "well_share")]
        return "went_wrong", [self._share(share, "wrong_share"), *lines]

    def _share(self, share: float, key: str) -> str:
        if share < 0.5:
            return self._say("well_no_gap")
        return self._say(key, gap=(nl if self.lang == "nl" else en)(rounded(share, 0), 0))

    def _reasons(self) -> list[str]:
        """Return why help was missing, in months; of more than one reason in a month the first counts."""
        life = self.life
        day = life.monthly(FACTS.day_minutes)
        short = (10 * life.missing > life.need) & (life.need > 0)  # a tenth or more
        lines = []
        clauses: list[tuple[str, Mask]] = [
            ("wrong_noticed", (life.monthly(FACTS.noticed) == 0) & (life.monthly(FACTS.episode) == 0)),
            ("wrong_stopped", (life.monthly(FACTS.help_stopped) == 1) | (life.monthly(FACTS.care_stopped) == 1)),
            (
                "wrong_waiting",
                (life.monthly(FACTS.waiting_help, -1) >= 0) | (life.monthly(FACTS.waiting_care, -1) >= 0),
            ),
            ("wrong_granted", life.monthly(FACTS.granted) == 0),
            ("wrong_group", (100 * life.missing >= 85 * day) & (life.missing <= day) & (day > 0)),
            ("wrong_staff", (life.monthly(FACTS.dementia) == 0) & (life.monthly(FACTS.lower_hours) == 0)),
            ("wrong_rest", np.ones(life.n, dtype=bool)),
        ]
        for key, holds in clauses:
            months = int((short & holds).sum())
            short = short & ~holds
            if months >= 2:
                lines.append(capital(self._say(key, months=self._for(months), name=self.name)))
        return lines


@dataclass(frozen=True)
class _Other:
    """Somebody at the other end of help: place (-1 outside the area), and the columns of the table."""

    place: int
    columns: I64


def _givers(table: NDArray[np.int32]) -> list[_Other]:
    return _others(table, H.giver)


def _receivers(table: NDArray[np.int32]) -> list[_Other]:
    return _others(table, H.receiver)


def _others(table: NDArray[np.int32], end: int) -> list[_Other]:
    """Return those at an end of help; outside the area a tie stands for a person."""
    key = np.where(table[end] >= 0, table[end].astype(np.int64), -1 - table[H.tie].astype(np.int64) - 1)
    return [_Other(int(value) if value >= 0 else -1, np.flatnonzero(key == value)) for value in np.unique(key).tolist()]


def _length_before(holds: NDArray[Any], t: int) -> int:
    """Return how many months in a row something held up to the month before t."""
    n = 0
    while t - n - 1 >= 0 and holds[t - n - 1]:
        n += 1
    return n


def lines_of(events: Sequence[Event], lang: str, first_month: int, most: int) -> list[str]:
    """Return dated lines of at most `most` months, the weightiest; a last line says when some were left out."""
    by_month: dict[int, list[Event]] = {}
    for event in events:
        by_month.setdefault(event.month, []).append(event)
    ranked = sorted(by_month, key=lambda t: (min(event.weight for event in by_month[t]), t))
    kept = sorted(ranked[:most])
    lines = [
        f"- **{capital(month_name(lang, first_month + t))}.** {' '.join(event.text for event in by_month[t])}"
        for t in kept
    ]
    if len(ranked) > most:
        lines.append("- " + say(lang, "left_out"))
    return lines
