"""Who needs a look this month: the agenda of the year, and short lists.  They replace passes over everybody.

*Agenda.*  Most people have no event in most months.  So each January it is drawn, per person and decision, in which
months the event *comes up*, at the largest chance that the decision can have for somebody of that sex and age.  In such
a month the process looks at the person as she is then, and lets the event happen with her own chance divided by that
largest one.  Together that is a draw at her own chance every month (thinning), whatever changes during the year, and
the months on the agenda depend on her identity alone.  Who is born or arrives comes on the agenda from the next month.

*Lists.*  The watch list: people with a need level, dementia or an episode, and people in a facility.  Carers and
volunteers of the month, and ties on which care is given.

*Roll.*  Who lived in the area on 1 January, and how many live in each village now.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from krimpsim.core.clock import age_in, january_age
from krimpsim.core.codes import Presence
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import CERTAIN, bits, happens, i64, mix, month_key, u64
from krimpsim.population.schema import I8, I16, I32, I64, PC, TC, U64, P, People, Ties

_AWAY, _HOME = int(Presence.AWAY), int(Presence.HOME)
_COMES_UP = 1 << 15  # draw number, beyond those of the decisions themselves


class Item(IntEnum):
    """What can stand on the agenda: rows of persons, for INFORMAL_EXPORT rows of ties."""

    BIRTHDAY = 0
    DEATH = 1
    BIRTH = 2
    LEAVE = 3
    OLD_MOVE = 4
    SEPARATE = 5
    LEAVE_HOME = 6
    SEEK = 7
    DEMENTIA = 8
    NEED = 9
    EPISODE = 10
    VOLUNTEER = 11
    INFORMAL_EXPORT = 12


N_ITEMS = len(Item)
AT_HOME, FROM_65, FROM_75, FROM_85, CHILDREN, IN_FACILITY, FROM_50 = range(7)  #: columns of `Roll.census`
CARER_MINUTES = 60  #: less than an hour of informal care a week is not counted


class Agenda(NamedTuple):
    """The agenda of one calendar year, as chains of entries, and the lists of the month.

    Parameters
    ----------
    first
        shape (13 items, 12 months): first entry of a chain, -1 for none.
    following, row
        shape (n_entries,): next entry of the chain; row of the person or tie.
    keys
        shape (13,): key of the year for each item.
    watch, carers, burdened, volunteers, cared
        shape (n_rows,): rows of persons: looked at every month; who gave care this month, in the household or outside;
        heavily burdened carers; volunteers; informal carers of one of the 12 months before this one.
    ties
        shape (n_ties,): rows of ties on which care is given.
    used
        shape (7,): entries, and places in use of watch, carers, burdened, volunteers, ties and cared, in this order.
        More entries than there is room for are counted but not kept: then the agenda is made again, with more room.
    """

    first: I32
    following: I32
    row: I32
    keys: U64
    watch: I32
    carers: I32
    burdened: I32
    volunteers: I32
    ties: I32
    cared: I32
    used: I64


ENTRIES, WATCH, CARERS, BURDENED, VOLUNTEERS, TIES, CARED = range(7)  #: positions in `Agenda.used`


class Chance(NamedTuple):
    """The largest chance of an event per month, by class of person (sex and age as a rule).

    Parameters
    ----------
    most
        shape (n_classes,), thresholds of 2**32.
    within
        shape (n_classes, 12), thresholds of 2**32: that it comes up within 1, 2, ... 12 months.
    """

    most: I64
    within: I64


def chance_of(most: I64) -> Chance:
    """Return the chances of coming up within months from the largest threshold of a month, shape (n_classes,)."""
    flat = np.ascontiguousarray(most, dtype=np.int64).reshape(-1)
    left = np.cumprod(
        np.repeat(1.0 - flat[:, None] / CERTAIN, 12, axis=1), axis=1
    )  # products are rounded alike on every machine, powers need not be
    return Chance(flat, np.rint((1.0 - left) * CERTAIN).astype(np.int64))


def new_agenda(rows: int, ties: int, entries: int) -> Agenda:
    """Return an empty agenda with room for a number of rows of persons and of ties, and of entries."""

    def zeros(size: int) -> I32:
        return np.zeros(size, dtype=np.int32)

    return Agenda(
        first=np.full((N_ITEMS, 12), -1, dtype=np.int32),
        following=zeros(entries),
        row=zeros(entries),
        keys=np.zeros(N_ITEMS, dtype=np.uint64),
        watch=zeros(rows),
        carers=zeros(rows),
        burdened=zeros(rows),
        volunteers=zeros(rows),
        ties=zeros(ties),
        cared=zeros(rows),
        used=np.zeros(7, dtype=np.int64),
    )


def with_entries(agenda: Agenda, rows: int, ties: int, entries: int) -> Agenda:
    """Return the agenda with at least this room."""
    if len(agenda.watch) >= rows and len(agenda.ties) >= ties and len(agenda.row) >= entries:
        return agenda

    def grown(old: I32, size: int) -> I32:
        new = np.zeros(max(size + size // 8, len(old)), dtype=np.int32)
        new[: len(old)] = old
        return new

    return agenda._replace(
        following=grown(agenda.following, entries),
        row=grown(agenda.row, entries),
        watch=grown(agenda.watch, rows),
        carers=grown(agenda.carers, rows),
        burdened=grown(agenda.burdened, rows),
        volunteers=grown(agenda.volunteers, rows),
        ties=grown(agenda.ties, ties),
        cared=grown(agenda.cared, rows),
    )


@compiled
def put(agenda: Agenda, item: int, month: int, row: int) -> None:
    """Put a row on the agenda of a calendar month, 0 to 11."""
    e = int(agenda.used[ENTRIES])
    agenda.used[ENTRIES] = e + 1
    if e < len(agenda.row):
        agenda.row[e] = row
        agenda.following[e] = agenda.first[item, month]
        agenda.first[item, month] = e


@compiled
def set_key(agenda: Agenda, item: int, stream: int, key: int, year: int) -> None:
    """Set the key of the year from which the months of an item are drawn."""
    agenda.keys[item] = month_key(key, stream, 12 * year, _COMES_UP)


@compiled
def comes_up(agenda: Agenda, item: int, uid: int, p: Chance, group: int) -> bool:
    """Return whether an event comes up at all in the year."""
    return happens(agenda.keys[item], uid, int(p.within[group, 11]))


@compiled
def plan(agenda: Agenda, item: int, row: int, uid: int, p: Chance, group: int, after: int) -> None:
    """Draw the months of the year in which an event comes up, and put those from `after` on the agenda."""
    if comes_up(agenda, item, uid, p, group):
        plan_months(agenda, item, row, uid, p, group, after)


@compiled
def plan_months(agenda: Agenda, item: int, row: int, uid: int, p: Chance, group: int, after: int) -> None:
    """Walk from one month that comes up to the next, each found by one draw of the waiting time."""
    month, draw = -1, u64(agenda.keys[item])
    while True:
        value = i64(bits(draw, uid) >> 32)
        waits = 0
        while waits < 12 and value >= int(p.within[group, waits]):
            waits += 1
        month += waits + 1
        if waits == 12 or month > 11:
            return
        if month >= after:
            put(agenda, item, month, row)
        draw = mix(draw)


@compiled
def own_chance(chance: int, most: int) -> int:
    """Return the threshold, given that the event comes up, that makes the chance of the month right."""
    if chance >= most:
        return CERTAIN
    return i64(int(float(chance) * 4294967296.0 / float(most)))


@allocating
def due(agenda: Agenda, item: int, month: int) -> I64:
    """Return the rows for which an event comes up in an absolute month, shape (n,)."""
    n = 0
    e = int(agenda.first[item, month % 12])
    while e >= 0:
        n += 1
        e = int(agenda.following[e])
    rows = np.empty(n, dtype=np.int64)
    e = int(agenda.first[item, month % 12])
    for k in range(n):
        rows[k] = agenda.row[e]
        e = int(agenda.following[e])
    return rows


@compiled
def watch(people: People, agenda: Agenda, i: int) -> None:
    """Put a person on the watch list, once."""
    if int(people.code[PC.watched, i]) == 0:
        people.code[PC.watched, i] = 1
        agenda.watch[agenda.used[WATCH]] = i
        agenda.used[WATCH] += 1


@compiled
def needs_watching(people: People, i: int) -> bool:
    """Return whether somebody is to be looked at every month."""
    where = int(people.code[PC.presence, i])
    return where < _AWAY and (
        where != _HOME
        or int(people.code[PC.level, i]) > 0
        or int(people.code[PC.dementia, i]) == 1
        or int(people.code[PC.episode, i]) == 1
    )


@compiled
def tidy(people: People, agenda: Agenda) -> None:
    """Take those who need no watching off the list."""
    kept = 0
    for k in range(int(agenda.used[WATCH])):
        i = int(agenda.watch[k])
        people.at[P.need_minutes, i] = 0
        people.at[P.met_minutes, i] = 0
        people.at[P.declined_minutes, i] = 0
        if needs_watching(people, i):
            agenda.watch[kept] = i
            kept += 1
        else:
            people.code[PC.watched, i] = 0
    agenda.used[WATCH] = kept


@compiled
def give_care(people: People, agenda: Agenda, i: int, minutes: int, usual: bool) -> None:
    """Book minutes a week that a resident gives, as usual care in the household or as informal care."""
    if minutes == 0:
        return
    if int(people.at[P.care_minutes, i]) == 0 and int(people.at[P.usual_minutes, i]) == 0:
        agenda.carers[agenda.used[CARERS]] = i
        agenda.used[CARERS] += 1
    people.at[P.usual_minutes if usual else P.care_minutes, i] += minutes


@compiled
def volunteer(people: People, agenda: Agenda, i: int, minutes: int) -> None:
    """Let somebody become a volunteer."""
    people.at[P.volunteer_minutes, i] = minutes
    agenda.volunteers[agenda.used[VOLUNTEERS]] = i
    agenda.used[VOLUNTEERS] += 1


@compiled
def use_tie(ties: Ties, agenda: Agenda, t: int) -> None:
    """Let care begin on a tie that is not in use."""
    ties.code[TC.active, t] = 1
    agenda.ties[agenda.used[TIES]] = t
    agenda.used[TIES] += 1


class Group(NamedTuple):
    """People to put on the agenda, column by column.

    Parameters
    ----------
    rows, uid
        shape (n,).
    age, sex, town
        shape (n,): age on 1 January, -1 for those born this year; sex; municipality.
    """

    rows: I64
    uid: U64
    age: I16
    sex: I8
    town: I8


class Roll(NamedTuple):
    """Who lived in the area on 1 January, and how many live in each village now.

    A circle is a part of a village: people who know each other, by a number that is part of their identity.

    Parameters
    ----------
    everybody
        People at home or in a facility on 1 January, village after village.
    willing, willing_uid
        shape (n_willing,): rows and identities of those of them who are willing to give care, circle after circle.
    start
        shape (n_circles + 1,): where each circle begins in `willing`.
    older
        shape (1,): of 75 and over on 1 January.
    census
        shape (V, 7): at home, of which 65, 75, 85 and over, children of 4 to 11; in a facility; at home, 50 and over.
        Kept up to date.
    """

    everybody: Group
    willing: I64
    willing_uid: U64
    start: I64
    older: I64
    census: I64


@allocating
def group_of(people: People, rows: I64, municipality: I64, year: int) -> Group:
    """Return what the agenda needs to know of people in a calendar year."""
    n = len(rows)
    uid = np.empty(n, dtype=np.uint64)
    age, sex, town = np.empty(n, dtype=np.int16), np.empty(n, dtype=np.int8), np.empty(n, dtype=np.int8)
    _fill_group(people, rows, municipality, year, uid, age, sex, town)
    return Group(rows, uid, age, sex, town)


@compiled
def _fill_group(people: People, rows: I64, municipality: I64, year: int, uid: U64, age: I16, sex: I8, town: I8) -> None:
    for k in range(len(rows)):
        i = rows[k]
        uid[k] = people.uid[i]
        age[k] = january_age(year, int(people.at[P.birth_month, i]))
        sex[k] = people.code[PC.sex, i]
        town[k] = municipality[int(people.code[PC.village, i])]


@allocating
def roll_call(people: People, counts: I64, municipality: I64, circles: I64, month: int) -> Roll:
    """Call the roll on 1 January, before the birthdays of that month.

    Parameters
    ----------
    circles
        shape (V + 1,): number of the first circle of each village, and the number of circles.
    """
    n_villages = len(municipality)
    villages = np.zeros(n_villages + 1, dtype=np.int64)
    start = np.zeros(circles[n_villages] + 1, dtype=np.int64)
    older = np.zeros(1, dtype=np.int64)
    census = np.zeros((n_villages, 7), dtype=np.int64)
    _call(people, counts, circles, month, villages, start, older, census)
    rows = np.empty(villages[-1], dtype=np.int64)
    willing = np.empty(start[-1], dtype=np.int64)
    willing_uid = np.empty(start[-1], dtype=np.uint64)
    _line_up(people, counts, circles, villages[:-1].copy(), rows, start[:-1].copy(), willing, willing_uid)
    everybody = group_of(people, rows, municipality, month // 12)
    return Roll(everybody, willing, willing_uid, start, older, census)


@compiled
def circle_of(people: People, circles: I64, i: int) -> int:
    """Return the circle of a person."""
    v = int(people.code[PC.village, i])
    return int(circles[v]) + i64(people.uid[i] >> 20) % int(circles[v + 1] - circles[v])


@compiled
def _line_up(
    people: People, counts: I64, circles: I64, place: I64, rows: I64, seat: I64, willing: I64, willing_uid: U64
) -> None:
    for i in range(int(counts[0])):
        if int(people.code[PC.presence, i]) < _AWAY:
            v = int(people.code[PC.village, i])
            rows[place[v]] = i
            place[v] += 1
            if int(people.at[P.capacity, i]) > 0:
                c = circle_of(people, circles, i)
                willing[seat[c]] = i
                willing_uid[seat[c]] = people.uid[i]
                seat[c] += 1


@compiled
def _call(
    people: People, counts: I64, circles: I64, month: int, villages: I64, start: I64, older: I64, census: I64
) -> None:
    for i in range(int(counts[0])):
        if int(people.code[PC.presence, i]) < _AWAY:
            villages[int(people.code[PC.village, i]) + 1] += 1
            if int(people.at[P.capacity, i]) > 0:
                start[circle_of(people, circles, i) + 1] += 1
            count(people, census, i, month - 1, 1)
            if age_in(month, int(people.at[P.birth_month, i])) >= 75:
                older[0] += 1
    for v in range(len(villages) - 1):
        villages[v + 1] += villages[v]
    for c in range(len(start) - 1):
        start[c + 1] += start[c]


@compiled
def count(people: People, census: I64, i: int, month: int, persons: int) -> None:
    """Add a person to the census (1), or take her out (-1), as she is this month."""
    v = int(people.code[PC.village, i])
    if int(people.code[PC.presence, i]) != _HOME:
        census[v, IN_FACILITY] += persons
        return
    age = age_in(month, int(people.at[P.birth_month, i]))
    census[v, AT_HOME] += persons
    if age >= 50:
        census[v, FROM_50] += persons
    if age >= 65:
        census[v, FROM_65] += persons
        if age >= 75:
            census[v, FROM_75] += persons
            if age >= 85:
                census[v, FROM_85] += persons
    elif 4 <= age < 12:
        census[v, CHILDREN] += persons


@compiled
def have_birthday(people: People, census: I64, i: int, age: int) -> None:
    """Move a person at home to another age group of the census."""
    v = int(people.code[PC.village, i])
    if age == 4:
        census[v, CHILDREN] += 1
    elif age == 12:
        census[v, CHILDREN] -= 1
    elif age == 50:
        census[v, FROM_50] += 1
    elif age == 65:
        census[v, FROM_65] += 1
    elif age == 75:
        census[v, FROM_75] += 1
    elif age == 85:
        census[v, FROM_85] += 1
