"""The roll of 1 January: who lived in the area, and how many live in each village now."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from krimpsim.core.clock import age_in
from krimpsim.core.codes import Presence
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import i64
from krimpsim.population.schema import I32, I64, U64, People, longer, row_of


class Census:
    """Residents of a village now."""

    at_home: int
    from_50: int  #: of these, aged 50 and over, and so on
    from_65: int
    from_75: int
    from_85: int
    children: int  #: of 4 to 11
    in_facility: int


CENSUS = row_of(Census)
BLANK_CENSUS: Any = np.zeros(1, dtype=CENSUS)


class Roll(NamedTuple):
    """Who lived in the area on 1 January, and how many live in each village now.

    A circle is a part of a village: people who know each other, by a number that is part of their identity.

    Parameters
    ----------
    willing, willing_uid
        shape (n_rows,): rows and identities of residents on 1 January who are willing to give care, circle after
        circle.
    start
        shape (n_circles + 1,): where each circle begins in `willing`.
    older
        shape (1,): of 75 and over on 1 January.
    census
        shape (V,): rows of `Census`, kept up to date.
    """

    willing: I32
    willing_uid: U64
    start: I64
    older: I64
    census: Any


def new_roll(rows: int, circles: I64) -> Roll:
    """Return an empty roll, with room for a number of rows of persons.

    Parameters
    ----------
    circles
        shape (V + 1,): number of the first circle of each village, and the number of circles.
    """
    return Roll(
        willing=np.zeros(rows, dtype=np.int32),
        willing_uid=np.zeros(rows, dtype=np.uint64),
        start=np.zeros(int(circles[-1]) + 1, dtype=np.int64),
        older=np.zeros(1, dtype=np.int64),
        census=np.zeros(len(circles) - 1, dtype=CENSUS),
    )


def with_seats(roll: Roll, rows: int) -> Roll:
    """Return the roll with at least this room."""
    if len(roll.willing) >= rows:
        return roll
    used = int(roll.start[-1])
    return roll._replace(willing=longer(roll.willing, used, rows), willing_uid=longer(roll.willing_uid, used, rows))


@allocating
def call_roll(people: People, n: int, roll: Roll, circles: I64, month: int) -> None:
    """Call the roll of the rows before `n` on 1 January, before the birthdays of that month."""
    rows, circle = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32)
    ages = np.zeros((len(roll.census), 111), dtype=np.int64)
    _call(people, roll, circles, month, ages, rows, circle)


@compiled
def circle_of(people: People, circles: I64, i: int) -> int:
    """Return the circle of a person."""
    v = people[i].village
    return circles[v] + i64(people[i].uid >> 20) % (circles[v + 1] - circles[v])


@compiled
def _call(people: People, roll: Roll, circles: I64, month: int, ages: I64, rows: I32, circle: I32) -> None:
    """Count people by village and age, and line up the willing by circle.

    Parameters
    ----------
    ages
        shape (V, 111): workspace of zeros.
    rows, circle
        shape (n,): workspace.
    """
    for v in range(len(roll.census)):
        roll.census[v] = BLANK_CENSUS[0]
    roll.start[:] = 0
    older, willing = 0, 0
    for i in range(len(rows)):
        where = people[i].presence
        if where >= Presence.AWAY:
            continue
        v, born = people[i].village, people[i].birth_month
        older += 1 if age_in(month, born) >= 75 else 0
        if where == Presence.HOME:
            ages[v, min(max(age_in(month - 1, born), 0), 110)] += 1
        else:
            roll.census[v].in_facility += 1
        if people[i].capacity > 0:
            c = circle_of(people, circles, i)
            roll.start[c] += 1
            rows[willing], circle[willing] = i, c
            willing += 1
    roll.older[0] = older
    for v in range(ages.shape[0]):
        for age in range(ages.shape[1]):
            _count_at_home(roll.census, v, age, ages[v, age])
    end = 0
    for c in range(len(roll.start)):  # where each circle ends; seats are given from there on down
        end += roll.start[c]
        roll.start[c] = end
    for k in range(willing - 1, -1, -1):
        i, c = rows[k], circle[k]
        roll.start[c] -= 1
        roll.willing[roll.start[c]] = i
        roll.willing_uid[roll.start[c]] = people[i].uid


@compiled
def count(people: People, census: Any, i: int, month: int, persons: int) -> None:
    """Add a person to the census (1), or take her out (-1), as she is this month."""
    v = people[i].village
    if people[i].presence == Presence.HOME:
        _count_at_home(census, v, age_in(month, people[i].birth_month), persons)
    else:
        census[v].in_facility += persons


@compiled
def _count_at_home(census: Any, v: int, age: int, persons: int) -> None:
    """Add persons of an age who live at home to the census of a village, or take them out."""
    census[v].at_home += persons
    if age >= 50:
        census[v].from_50 += persons
    if age >= 65:
        census[v].from_65 += persons
        if age >= 75:
            census[v].from_75 += persons
            if age >= 85:
                census[v].from_85 += persons
    elif 4 <= age < 12:
        census[v].children += persons


@compiled
def have_birthday(people: People, census: Any, i: int, age: int) -> None:
    """Move a person at home to another age group of the census."""
    v = people[i].village
    if age == 4:
        census[v].children += 1
    elif age == 12:
        census[v].children -= 1
    elif age == 50:
        census[v].from_50 += 1
    elif age == 65:
        census[v].from_65 += 1
    elif age == 75:
        census[v].from_75 += 1
    elif age == 85:
        census[v].from_85 += 1
