"""The people in one life: who helped a person and whom the person cared for, each known by one relation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

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
    H,
)
from krimpsim.report.story_life import Life, spells
from krimpsim.report.story_rules import SPELL

#: What a giver is to the receiver, and what a receiver is to the giver; of more than one, the first in KINS counts.
GIVER = {
    PARTNER: "partner",
    CHILD: "child",
    NEIGHBOUR: "neighbour",
    CHILD_AT_HOME: "child",
    PARENT_AT_HOME: "parent",
    OTHER_AT_HOME: "housemate",
    YOUNG_CHILD: "child",
}
RECEIVER = GIVER | {CHILD: "parent", CHILD_AT_HOME: "parent", PARENT_AT_HOME: "child", YOUNG_CHILD: "parent"}
KINS = ("partner", "child", "parent", "housemate", "neighbour")


@dataclass(frozen=True)
class Help:
    """Help between the person told about and one other.

    Parameters
    ----------
    other
        Who the other is, a key of `People.others`.
    spells
        First and last month of each spell; shorter breaks belong to it.
    minutes
        shape (n_months,): minutes a week given.
    relations
        Relation noted in the last month of each spell.
    """

    other: int
    spells: list[tuple[int, int]]
    minutes: I64
    relations: list[int]

    @property
    def in_months(self) -> NDArray[np.bool_]:
        """The months of the spells, shape (n_months,)."""
        months = np.zeros(len(self.minutes), dtype=bool)
        for first, last in self.spells:
            months[first : last + 1] = True
        return months


@dataclass(frozen=True)
class Other:
    """Somebody in the life of the person told about.

    Parameters
    ----------
    place
        Place in ``courses.uid``, -1 for somebody of whom nothing was noted.
    kin
        One of KINS.
    sex
        As noted, -1 when unknown.
    where
        ``home``, ``here`` (same village), ``near`` (another village of the area) or ``outside``; empty when it changed
        while help was given.
    """

    place: int
    kin: str
    sex: int
    where: str


class People:
    """Everybody who helped a person or was helped by them.

    Parameters
    ----------
    life
        The person.
    """

    def __init__(self, life: Life) -> None:
        self.life = life
        got, gave = life.got, life.gave
        got, gave = got[:, got[H.minutes] > 0], gave[:, gave[H.minutes] > 0]
        ends = [(got, self._keys(got, H.giver), GIVER), (gave, self._keys(gave, H.receiver), RECEIVER)]
        self.others = {key: self._other(key, ends) for key in {int(k) for _, keys, _ in ends for k in keys}}
        for uid in sorted(set(life.partner) - {0}):
            place = life.courses.place(uid)
            if place >= 0 and uid not in self.others:
                self.others[uid] = Other(place, "partner", self._sex(place), "")
        self.helpers = self._help(got, ends[0][1], within=life.need > 0)
        self.cared_for = self._help(gave, ends[1][1], within=np.ones(life.n, dtype=bool))

    def _keys(self, table: NDArray[np.int32], end: int) -> NDArray[np.object_]:
        """Return who is at the other end: the identity, or of somebody never noted that of the tie, below 0."""
        courses, at, tie = self.life.courses, table[end], table[H.tie]
        known = {int(t): int(k) for t, k in zip(tie, at, strict=True) if t >= 0 and k >= 0}
        keys = np.empty(len(at), dtype=object)  # identities fill all 64 bits
        for row, (k, t) in enumerate(zip(at.tolist(), tie.tolist(), strict=True)):
            place = k if k >= 0 else known.get(t, -1)
            keys[row] = int(courses.uid[place]) if place >= 0 else -int(courses.ties[t])
        return keys

    def _sex(self, place: int) -> int:
        return int(self.life.courses.facts[FACTS.sex, self.life.courses.start[place]])

    def _other(self, key: int, ends: Sequence[tuple[NDArray[np.int32], NDArray[np.object_], dict[int, str]]]) -> Other:
        """Return what somebody is to the person, over all help in both directions."""
        life, place = self.life, self.life.courses.place(key) if key > 0 else -1
        kins: set[str] = set()
        where: set[str] = set()
        other = Life(life.courses, place) if place >= 0 else None
        for end, (table, keys, kin_of) in zip((H.giver, H.receiver), ends, strict=True):
            rows = table[:, keys == key]
            kins |= {kin_of[relation] for relation in rows[H.relation].tolist()}
            at_home = rows[H.tie] < 0
            inside = (rows[end] >= 0) & ~at_home
            where |= {"home"} if at_home.any() else set()
            where |= {"outside"} if (rows[end] < 0).any() else set()
            if other is not None and inside.any():
                months = rows[H.month, inside] - life.first_month
                same = life.villages[months] == other.villages[months]
                where |= {"here"} if same.any() else set()
                where |= {"near"} if not same.all() else set()
        kin = next(kin for kin in KINS if kin in kins)
        return Other(place, kin, self._sex(place) if place >= 0 else -1, where.pop() if len(where) == 1 else "")

    def _help(self, table: NDArray[np.int32], keys: NDArray[np.object_], within: NDArray[np.bool_]) -> list[Help]:
        """Return the help with each other, in spells that lie within months."""
        found = []
        for key in sorted({int(k) for k in keys}):
            rows = table[:, keys == key]
            months = rows[H.month] - self.life.first_month
            minutes = np.bincount(months, rows[H.minutes], minlength=self.life.n).astype(np.int64)
            parts: list[tuple[int, int]] = []
            for first, last in spells(sorted(set(months.tolist())), SPELL + 1):
                inside = [t for t in range(first, last + 1) if within[t]]
                parts += spells(inside, 1)
            relation = dict(zip(months.tolist(), rows[H.relation].tolist(), strict=True))
            trimmed = [(first, last) for first, last in parts if minutes[first : last + 1].any()]
            relations = [relation[max(t for t in relation if t <= last)] for _, last in trimmed]
            found.append(Help(key, trimmed, minutes, relations))
        return found


@dataclass(frozen=True)
class Sums:
    """Months and mean minutes of all help of one kind, and of each other person; the parts are not to be added.

    Parameters
    ----------
    months, minutes
        Months in which there was help, and mean minutes a week in them.
    parts
        Other, months and mean minutes a week, longest first.
    together
        Months by how many people took part at the same time, two or more: ``months`` and once more each of these for
        every further person make the sum of the parts.
    """

    months: int
    minutes: float
    parts: list[tuple[int, int, float]]
    together: dict[int, int]


def sums(helps: Sequence[Help]) -> Sums:
    """Return how long and how much, of all and of each."""
    if not helps:
        return Sums(0, 0.0, [], {})
    several: NDArray[Any] = np.sum([one.in_months for one in helps], axis=0)
    months = int((several > 0).sum())
    total = float(np.sum([one.minutes for one in helps]))
    parts = [
        (one.other, n, float(one.minutes.sum()) / n) for one in helps if (n := int(one.in_months.sum()))
    ]  # fmt: skip
    parts.sort(key=lambda part: (-part[1], -part[2], part[0]))
    return Sums(months, total / max(months, 1), parts, dict(sorted(Counter(several[several > 1].tolist()).items())))
