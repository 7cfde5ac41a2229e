"""One life: what was noted of a resident, month by month, and where it parts from the same life in another future."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Any

import numpy as np
from numpy.typing import NDArray

from krimpsim.core.codes import Presence
from krimpsim.population.schema import I64
from krimpsim.report.courses import FACTS, Courses
from krimpsim.report.story_rules import SPELL

Table = NDArray[np.integer[Any]]

_HOME, _AWAY = int(Presence.HOME), int(Presence.AWAY)


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

    @cached_property
    def served(self) -> NDArray[np.bool_]:
        """Whether there was home care in every month."""
        providers = (self.monthly(fact, -1) for fact in (FACTS.provider_help, FACTS.provider_care))
        served: NDArray[np.bool_] = np.any([provider >= 0 for provider in providers], axis=0)
        return served

    def age(self, t: int) -> int:
        """Return the age in a month of the run."""
        return (self.first_month + t - self.birth_month) // 12

    @cached_property
    def villages(self) -> I64:
        """The village in the last month noted up to every month, before the first one noted the village then."""
        last = np.searchsorted(self.noted_months, np.arange(self.n), side="right") - 1
        villages: I64 = self._noted[FACTS.village, np.maximum(last, 0)].astype(np.int64)
        return villages

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


def length_before(holds: NDArray[Any], t: int) -> int:
    """Return how many months in a row something held up to the month before t."""
    n = 0
    while t - n - 1 >= 0 and holds[t - n - 1]:
        n += 1
    return n
