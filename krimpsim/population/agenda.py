"""The agenda of the year: who needs a look in which month, in place of passes over everybody.

Most people have no event in most months.  So each January it is drawn, per person and decision, in which
months the event *comes up*, at the largest chance that the decision can have for somebody of that sex and age.  In such
a month the process looks at the person as she is then, and lets the event happen with her own chance divided by that
largest one.  Together that is a draw at her own chance every month (thinning), whatever changes during the year, and
the months on the agenda depend on her identity alone.  Who is born or arrives comes on the agenda from the next month.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple

import numpy as np

from krimpsim.core.clock import january_age
from krimpsim.core.codes import Presence, Sex
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.prefetch import fetch
from krimpsim.core.streams import CERTAIN, bits, draw_all, i64, mix, month_key, u64
from krimpsim.inputs.municipalities import TOWNS
from krimpsim.population.schema import I16, I32, I64, U32, U64, People, Ties, longer

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
KINDS = (len(TOWNS), len(Sex), N_AGES)  #: kinds of person: municipality, sex and age on 1 January
N_KINDS = len(TOWNS) * len(Sex) * N_AGES
BLOCK = 1024  #: so many people are planned for at a time: what is known of them stays in the nearest memory


class Agenda(NamedTuple):
    """The agenda of one calendar year, as chains of entries.

    Parameters
    ----------
    first, length
        shape (13 items, 12 months): first entry of a chain, -1 for none; number of its entries.
    following, row
        shape (n_entries,): next entry of the chain; row of the person or tie.
    keys
        shape (13,): key of the year for each item.
    entries
        shape (1,): number of entries.  More than there is room for are counted but not kept: then the agenda is made
        again, with more room.
    """

    first: I32
    length: I32
    following: I32
    row: I32
    keys: U64
    entries: I64


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
        Largest thresholds of a month, of shape (municipalities, 2 sexes, 112 ages of `AGES`) or one that spreads to
        it; 0 for those to whom it cannot happen.  An axis before these is the year: the class of somebody is then
        N_KINDS times the number of the year, plus her kind.
    """
    return chance_of(np.broadcast_to(most, np.broadcast_shapes(most.shape, KINDS)))


@compiled
def kind_of(town: int, sex: int, age: int) -> int:
    """Return the kind of a person by age on 1 January, -1 for those born this year."""
    return (town * 2 + sex) * N_AGES + (age if age < 110 else 110) + 1


def new_agenda(entries: int) -> Agenda:
    """Return an empty agenda with room for a number of entries."""
    return Agenda(
        first=np.full((N_ITEMS, 12), -1, dtype=np.int32),
        length=np.zeros((N_ITEMS, 12), dtype=np.int32),
        following=np.zeros(entries, dtype=np.int32),
        row=np.zeros(entries, dtype=np.int32),
        keys=np.zeros(N_ITEMS, dtype=np.uint64),
        entries=np.zeros(1, dtype=np.int64),
    )


def with_entries(agenda: Agenda, entries: int) -> Agenda:
    """Return the agenda with at least this room."""
    if len(agenda.row) >= entries:
        return agenda
    used = min(int(agenda.entries[0]), len(agenda.row))
    return agenda._replace(following=longer(agenda.following, used, entries), row=longer(agenda.row, used, entries))


@compiled
def put(agenda: Agenda, item: int, month: int, row: int) -> None:
    """Put a row on the agenda of a calendar month, 0 to 11."""
    e = agenda.entries[0]
    agenda.entries[0] = e + 1
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
    _plan_months(agenda, item, row, uid, i64(bits(agenda.keys[item], uid) >> 32), p.within[of], after)


@compiled
def _plan_months(agenda: Agenda, item: int, row: int, uid: int, value: int, within: I64, after: int) -> None:
    """Walk from one month that comes up to the next, each found by one draw of the waiting time.

    Parameters
    ----------
    value
        The first draw.
    within
        shape (12,): that it comes up within so many months, of one class.
    """
    draw, left = u64(agenda.keys[item]), 12
    while left > 0 and value < within[left - 1]:
        waits = 0
        for months in range(12):
            waits += 1 if value >= within[months] else 0
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
    group = Group(rows, uid, kind, np.empty(size, dtype=np.uint32), np.empty(size, dtype=np.int32))
    n = _fill_group(people, first, municipality, year, group)
    return Group(rows[:n], uid[:n], kind[:n], group.draws[:n], group.chosen)


@compiled
def _fill_group(people: People, first: int, municipality: I64, year: int, group: Group) -> int:
    n = 0
    for i in range(first, first + len(group.rows)):
        if people[i].presence < Presence.AWAY:
            age = january_age(year, people[i].birth_month)
            group.rows[n] = i
            group.uid[n] = people[i].uid
            group.kind[n] = kind_of(municipality[people[i].village], people[i].sex, age)
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
    _plan_months(agenda, item, row, uid, value, p.within[of + group.kind[k]], after)


@compiled
def plan_group(agenda: Agenda, item: int, group: Group, p: Chance, of: int, after: int) -> None:
    """Put the months in which an event comes up for people of a group on the agenda, from `after` on."""
    for c in range(choose(agenda, item, group, p, of)):
        plan_chosen(agenda, item, group, group.chosen[c], p, of, after)
