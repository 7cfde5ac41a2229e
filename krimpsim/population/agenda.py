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
from typing import NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from krimpsim.core.clock import age_in, january_age
from krimpsim.core.codes import Presence
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.prefetch import ask_ahead, fetch
from krimpsim.core.streams import CERTAIN, bits, draw_all, i64, mix, month_key, u64
from krimpsim.population.schema import I16, I32, I64, U64, People, Person, Ties

U32 = NDArray[np.uint32]
Listed = TypeVar("Listed", I32, U32, U64)
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
AGES = np.arange(-1, 111)  #: ages on 1 January, from -1, born this year, to 110 and over
N_AGES = len(AGES)
KINDS = (2, 2, N_AGES)  #: kinds of person: municipality, sex and age on 1 January
N_KINDS = 4 * N_AGES
BLOCK = 1024  #: so many people are planned for at a time: what is known of them stays in the nearest memory
AT_HOME, FROM_65, FROM_75, FROM_85, CHILDREN, IN_FACILITY, FROM_50 = range(7)  #: columns of `Roll.census`
CARER_MINUTES = 60  #: less than an hour of informal care a week is not counted


class Agenda(NamedTuple):
    """The agenda of one calendar year, as chains of entries, and the lists of the month.

    Parameters
    ----------
    first, length
        shape (13 items, 12 months): first entry of a chain, -1 for none; number of its entries.
    following, row
        shape (n_entries,): next entry of the chain; row of the person or tie.
    keys
        shape (13,): key of the year for each item.
    watch, carers, burdened, volunteers, cared, claimants
        shape (n_rows,): rows of persons: looked at every month; who gave care this month, in the household or outside;
        heavily burdened carers; volunteers; informal carers of one of the 12 months before this one; this month's
        claimants in order of urgency.
    watch_uid
        shape (n_rows,): identities of those on the watch list.
    draws, more_draws
        shape (n_rows,): workspace for the draws of those on the watch list.
    ties
        shape (n_ties,): rows of ties on which care is given.
    used
        shape (8,): entries, and places in use of watch, carers, burdened, volunteers, ties, cared and claimants.
        More entries than there is room for are counted but not kept: then the agenda is made again, with more room.
    """

    first: I32
    length: I32
    following: I32
    row: I32
    keys: U64
    watch: I32
    watch_uid: U64
    draws: U32
    more_draws: U32
    carers: I32
    burdened: I32
    volunteers: I32
    ties: I32
    cared: I32
    claimants: I32
    used: I64


ENTRIES, WATCH, CARERS, BURDENED, VOLUNTEERS, TIES, CARED, CLAIMANTS = range(8)  #: positions in `Agenda.used`


class Chance(NamedTuple):
    """The largest chance of an event per month, by class: as a rule by kind of person, see `by_kind`.

    Parameters
    ----------
    most
        shape (n_classes,), thresholds of 2**32.
    within
        shape (n_classes, 12), thresholds of 2**32: that it comes up within 1, 2, ... 12 months.
    ever
        shape (n_classes,), thresholds of 2**32: that it comes up in the year; the last of `within`, side by side.
    """

    most: I64
    within: I64
    ever: I64


def chance_of(most: I64) -> Chance:
    """Return the chances of coming up within months from the largest threshold of a month, shape (n_classes,)."""
    flat = np.array(most, dtype=np.int64).reshape(-1)
    left = np.cumprod(
        np.repeat(1.0 - flat[:, None] / CERTAIN, 12, axis=1), axis=1
    )  # products are rounded alike on every machine, powers need not be
    within = np.rint((1.0 - left) * CERTAIN).astype(np.int64)
    return Chance(flat, within, np.ascontiguousarray(within[:, 11]))


def by_kind(most: I64) -> Chance:
    """Return the chances of coming up of each kind of person.

    Parameters
    ----------
    most
        Largest thresholds of a month, of shape (2 municipalities, 2 sexes, 112 ages of `AGES`) or one that spreads to
        it; 0 for those to whom it cannot happen.  An axis before these is the year: the class of somebody is then
        N_KINDS times the number of the year, plus her kind.
    """
    return chance_of(np.broadcast_to(most, np.broadcast_shapes(most.shape, KINDS)))


@compiled
def kind_of(town: int, sex: int, age: int) -> int:
    """Return the kind of a person by age on 1 January, -1 for those born this year."""
    return (town * 2 + sex) * N_AGES + (age if age < 110 else 110) + 1


def new_agenda(rows: int, ties: int, entries: int) -> Agenda:
    """Return an empty agenda with room for a number of rows of persons and of ties, and of entries."""

    def zeros(size: int) -> I32:
        return np.zeros(size, dtype=np.int32)

    return Agenda(
        first=np.full((N_ITEMS, 12), -1, dtype=np.int32),
        length=np.zeros((N_ITEMS, 12), dtype=np.int32),
        following=zeros(entries),
        row=zeros(entries),
        keys=np.zeros(N_ITEMS, dtype=np.uint64),
        watch=zeros(rows),
        watch_uid=np.zeros(rows, dtype=np.uint64),
        draws=np.zeros(rows, dtype=np.uint32),
        more_draws=np.zeros(rows, dtype=np.uint32),
        carers=zeros(rows),
        burdened=zeros(rows),
        volunteers=zeros(rows),
        ties=zeros(ties),
        cared=zeros(rows),
        claimants=zeros(rows),
        used=np.zeros(8, dtype=np.int64),
    )


def _longer(old: Listed, used: int, size: int) -> Listed:
    """Return an array of at least this size with what is in use; the rest is not touched, so takes no memory yet."""
    if len(old) >= size:
        return old
    new = np.zeros(size + size // 8, dtype=old.dtype)
    new[:used] = old[:used]
    return new


def with_entries(agenda: Agenda, rows: int, ties: int, entries: int) -> Agenda:
    """Return the agenda with at least this room."""
    if len(agenda.watch) >= rows and len(agenda.ties) >= ties and len(agenda.row) >= entries:
        return agenda
    used = agenda.used
    planned = min(int(used[ENTRIES]), len(agenda.row))
    return agenda._replace(
        following=_longer(agenda.following, planned, entries),
        row=_longer(agenda.row, planned, entries),
        watch=_longer(agenda.watch, used[WATCH], rows),
        watch_uid=_longer(agenda.watch_uid, used[WATCH], rows),
        draws=_longer(agenda.draws, 0, rows),
        more_draws=_longer(agenda.more_draws, 0, rows),
        carers=_longer(agenda.carers, used[CARERS], rows),
        burdened=_longer(agenda.burdened, used[BURDENED], rows),
        volunteers=_longer(agenda.volunteers, used[VOLUNTEERS], rows),
        ties=_longer(agenda.ties, used[TIES], ties),
        cared=_longer(agenda.cared, used[CARED], rows),
        claimants=_longer(agenda.claimants, used[CLAIMANTS], rows),
    )


@compiled
def put(agenda: Agenda, item: int, month: int, row: int) -> None:
    """Put a row on the agenda of a calendar month, 0 to 11."""
    e = agenda.used[ENTRIES]
    agenda.used[ENTRIES] = e + 1
    if e < len(agenda.row):
        agenda.row[e] = row
        agenda.following[e] = agenda.first[item, month]
        agenda.first[item, month] = e
        agenda.length[item, month] += 1


@compiled
def set_key(agenda: Agenda, item: int, stream: int, key: int, year: int) -> None:
    """Set the key of the year from which the months of an item are drawn."""
    agenda.keys[item] = month_key(key, stream, 12 * year, _COMES_UP)


@compiled
def plan(agenda: Agenda, item: int, row: int, uid: int, p: Chance, of: int, after: int) -> None:
    """Draw the months of the year in which an event comes up for a class, and put those from `after` on the agenda."""
    _plan_months(agenda, item, row, uid, i64(bits(agenda.keys[item], uid) >> 32), p, of, after)


@compiled
def _plan_months(agenda: Agenda, item: int, row: int, uid: int, value: int, p: Chance, of: int, after: int) -> None:
    """Walk from one month that comes up to the next, each found by one draw of the waiting time.

    Parameters
    ----------
    value
        The first draw.
    """
    draw, left = u64(agenda.keys[item]), 12
    while left > 0 and value < p.within[of, left - 1]:
        waits = 0
        for months in range(12):
            waits += 1 if value >= p.within[of, months] else 0
        left -= waits + 1
        if 11 - left >= after:
            put(agenda, item, 11 - left, row)
        draw = mix(draw)
        value = i64(bits(draw, uid) >> 32)


@compiled
def own_chance(chance: int, most: int) -> int:
    """Return the threshold, given that the event comes up, that makes the chance of the month right."""
    if chance >= most:
        return CERTAIN
    return i64(int(float(chance) * 4294967296.0 / float(most)))


@allocating
def due(table: People | Ties, agenda: Agenda, item: int, month: int) -> I64:
    """Return the rows of a table for which an event comes up in an absolute month, shape (n,), and ask for them."""
    rows = np.empty(agenda.length[item, month % 12], dtype=np.int64)
    e = agenda.first[item, month % 12]
    for k in range(len(rows)):
        rows[k] = agenda.row[e]
        fetch(table, rows[k])
        e = agenda.following[e]
    return rows


@compiled
def watch(people: People, agenda: Agenda, i: int) -> None:
    """Put a person on the watch list, once."""
    if people[i].watched == 0:
        people[i].watched = 1
        agenda.watch[agenda.used[WATCH]] = i
        agenda.watch_uid[agenda.used[WATCH]] = people[i].uid
        agenda.used[WATCH] += 1


@compiled
def needs_watching(people: People, i: int) -> bool:
    """Return whether somebody is to be looked at every month."""
    where = people[i].presence
    return where < Presence.AWAY and (
        where != Presence.HOME or people[i].level > 0 or people[i].dementia == 1 or people[i].episode == 1
    )


@compiled
def tidy(people: People, agenda: Agenda) -> None:
    """Take those who need no watching off the list."""
    kept, watched = 0, agenda.used[WATCH]
    for k in range(watched):
        ask_ahead(people, agenda.watch, k, watched)
        i = agenda.watch[k]
        people[i].need_minutes = 0
        people[i].met_minutes = 0
        people[i].declined_minutes = 0
        if needs_watching(people, i):
            agenda.watch[kept] = i
            agenda.watch_uid[kept] = agenda.watch_uid[k]
            kept += 1
        else:
            people[i].watched = 0
    agenda.used[WATCH] = kept


@compiled
def time_left(person: Person, budget: int) -> int:
    """Return the minutes a week that work, volunteering and care leave a person."""
    left = budget - person.work_minutes - person.volunteer_minutes
    left -= person.usual_minutes + person.care_minutes
    return left if left > 0 else 0


@compiled
def give_care(people: People, agenda: Agenda, i: int, minutes: int, usual: bool) -> None:
    """Book minutes a week that a resident gives, as usual care in the household or as informal care."""
    if minutes == 0:
        return
    if people[i].care_minutes == 0 and people[i].usual_minutes == 0:
        agenda.carers[agenda.used[CARERS]] = i
        agenda.used[CARERS] += 1
    if usual:
        people[i].usual_minutes += minutes
    else:
        people[i].care_minutes += minutes


@compiled
def volunteer(people: People, agenda: Agenda, i: int, minutes: int) -> None:
    """Let somebody become a volunteer."""
    people[i].volunteer_minutes = minutes
    agenda.volunteers[agenda.used[VOLUNTEERS]] = i
    agenda.used[VOLUNTEERS] += 1


@compiled
def use_tie(ties: Ties, agenda: Agenda, t: int) -> None:
    """Let care begin on a tie that is not in use."""
    ties[t].active = 1
    agenda.ties[agenda.used[TIES]] = t
    agenda.used[TIES] += 1


class Group(NamedTuple):
    """People to put on the agenda.

    Parameters
    ----------
    rows, uid, kind
        shape (n,): rows, identities and kinds (`kind_of`) of those who live at home or in a facility.
    draws, chosen
        shape (n,): workspace: the draws for an item, and the numbers in the group of those for whom it comes up.
    """

    rows: I32
    uid: U64
    kind: I16
    draws: U32
    chosen: I32


@allocating
def group_of(people: People, first: int, last: int, municipality: I64, year: int) -> Group:
    """Return what the agenda needs to know in a calendar year of the people in rows `first` to `last` - 1."""
    size = last - first
    rows, uid, kind = np.empty(size, dtype=np.int32), np.empty(size, dtype=np.uint64), np.empty(size, dtype=np.int16)
    n = _fill_group(people, first, last, municipality, year, rows, uid, kind)
    draws, chosen = np.empty(n, dtype=np.uint32), np.empty(n, dtype=np.int32)
    return Group(rows[:n], uid[:n], kind[:n], draws, chosen)


@compiled
def _fill_group(
    people: People, first: int, last: int, municipality: I64, year: int, rows: I32, uid: U64, kind: I16
) -> int:
    n = 0
    for i in range(first, last):
        if people[i].presence < Presence.AWAY:
            age = january_age(year, people[i].birth_month)
            rows[n] = i
            uid[n] = people[i].uid
            kind[n] = kind_of(municipality[people[i].village], people[i].sex, age)
            n += 1
    return n


@compiled
def choose(agenda: Agenda, item: int, group: Group, p: Chance, of: int) -> int:
    """Draw for whom of a group an event comes up in the year; fill `group.chosen`, and return how many there are.

    Parameters
    ----------
    of
        Class of the first kind of person.
    """
    draw_all(agenda.keys[item], group.uid, group.draws)
    n = 0
    for k in range(len(group.uid)):
        group.chosen[n] = k  # overwritten by the next unless it comes up: a jump would be guessed wrong too often
        n += 1 if i64(group.draws[k]) < p.ever[of + group.kind[k]] else 0
    return n


@compiled
def plan_chosen(agenda: Agenda, item: int, group: Group, k: int, p: Chance, of: int, after: int) -> None:
    """Put the months in which an event comes up for one of those chosen on the agenda, from `after` on."""
    row, uid, value = group.rows[k], group.uid[k], i64(group.draws[k])
    _plan_months(agenda, item, row, uid, value, p, of + group.kind[k], after)


@compiled
def plan_group(agenda: Agenda, item: int, group: Group, p: Chance, of: int, after: int) -> None:
    """Put the months in which an event comes up for people of a group on the agenda, from `after` on."""
    for c in range(choose(agenda, item, group, p, of)):
        plan_chosen(agenda, item, group, group.chosen[c], p, of, after)


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
        shape (V, 7): at home, of which 65, 75, 85 and over, children of 4 to 11; in a facility; at home, 50 and over.
        Kept up to date.
    """

    willing: I32
    willing_uid: U64
    start: I64
    older: I64
    census: I64


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
        census=np.zeros((len(circles) - 1, 7), dtype=np.int64),
    )


def with_seats(roll: Roll, rows: int) -> Roll:
    """Return the roll with at least this room."""
    if len(roll.willing) >= rows:
        return roll
    used = int(roll.start[-1])
    return roll._replace(willing=_longer(roll.willing, used, rows), willing_uid=_longer(roll.willing_uid, used, rows))


@allocating
def call_roll(people: People, counts: I64, roll: Roll, circles: I64, month: int) -> None:
    """Call the roll on 1 January, before the birthdays of that month."""
    n = counts[0]
    rows, circle = np.empty(n, dtype=np.int32), np.empty(n, dtype=np.int32)
    ages = np.zeros((len(roll.census), 111), dtype=np.int64)
    _call(people, n, roll, circles, month, ages, rows, circle)


@compiled
def circle_of(people: People, circles: I64, i: int) -> int:
    """Return the circle of a person."""
    v = people[i].village
    return circles[v] + i64(people[i].uid >> 20) % (circles[v + 1] - circles[v])


@compiled
def _call(people: People, n: int, roll: Roll, circles: I64, month: int, ages: I64, rows: I32, circle: I32) -> None:
    """Count people by village and age, and line up the willing by circle.

    Parameters
    ----------
    ages
        shape (V, 111): workspace of zeros.
    rows, circle
        shape (n,): workspace.
    """
    roll.census[:] = 0
    roll.start[:] = 0
    older, willing = 0, 0
    for i in range(n):
        where = people[i].presence
        if where >= Presence.AWAY:
            continue
        v, born = people[i].village, people[i].birth_month
        older += 1 if age_in(month, born) >= 75 else 0
        if where == Presence.HOME:
            ages[v, min(max(age_in(month - 1, born), 0), 110)] += 1
        else:
            roll.census[v, IN_FACILITY] += 1
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
def count(people: People, census: I64, i: int, month: int, persons: int) -> None:
    """Add a person to the census (1), or take her out (-1), as she is this month."""
    v = people[i].village
    if people[i].presence == Presence.HOME:
        _count_at_home(census, v, age_in(month, people[i].birth_month), persons)
    else:
        census[v, IN_FACILITY] += persons


@compiled
def _count_at_home(census: I64, v: int, age: int, persons: int) -> None:
    """Add persons of an age who live at home to the census of a village, or take them out."""
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
    v = people[i].village
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
