"""Who needs a look this month: short lists in place of passes over everybody.

The watch list has people with a need level, dementia or an episode, and people in a facility.  The others have carers
and volunteers of the month, ties on which care is given, and the claimants in order of urgency.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.core.codes import Presence
from krimpsim.core.jit import compiled
from krimpsim.core.prefetch import ask_ahead
from krimpsim.population.schema import I32, I64, U32, U64, People, Person, Ties, longer

CARER_MINUTES = 60  #: less than an hour of informal care a week is not counted


class Listed(NamedTuple):
    """A list of rows.

    Parameters
    ----------
    rows
        shape (room,): those listed stand in front.
    used
        shape (1,): how many there are.
    """

    rows: I32
    used: I64


class Lists(NamedTuple):
    """The lists of the month: rows of persons, of `ties` rows of ties.

    Parameters
    ----------
    watch
        Looked at every month.
    watch_uid
        shape (room,): identities of those on the watch list.
    draws, more_draws
        shape (room,): workspace for the draws of those on the watch list.
    carers
        Who gave care this month, in the household or outside.
    burdened
        Heavily burdened carers.
    volunteers
        Volunteers in care.
    ties
        Ties on which care is given.
    cared
        Informal carers of one of the 12 months before this one.
    claimants
        This month's claimants in order of urgency.
    """

    watch: Listed
    watch_uid: U64
    draws: U32
    more_draws: U32
    carers: Listed
    burdened: Listed
    volunteers: Listed
    ties: Listed
    cared: Listed
    claimants: Listed


def _empty(room: int) -> Listed:
    return Listed(np.zeros(room, dtype=np.int32), np.zeros(1, dtype=np.int64))


def new_lists(rows: int, ties: int) -> Lists:
    """Return empty lists with room for a number of rows of persons and of ties."""
    return Lists(
        watch=_empty(rows),
        watch_uid=np.zeros(rows, dtype=np.uint64),
        draws=np.zeros(rows, dtype=np.uint32),
        more_draws=np.zeros(rows, dtype=np.uint32),
        carers=_empty(rows),
        burdened=_empty(rows),
        volunteers=_empty(rows),
        ties=_empty(ties),
        cared=_empty(rows),
        claimants=_empty(rows),
    )


def with_places(lists: Lists, rows: int, ties: int) -> Lists:
    """Return the lists with at least this room."""
    if len(lists.watch.rows) >= rows and len(lists.ties.rows) >= ties:
        return lists
    watched = int(lists.watch.used[0])
    room = {name: ties if name == "ties" else rows for name in Lists._fields}
    listed = {name: one for name, one in lists._asdict().items() if isinstance(one, Listed)}
    return lists._replace(
        watch_uid=longer(lists.watch_uid, watched, rows),
        draws=longer(lists.draws, 0, rows),
        more_draws=longer(lists.more_draws, 0, rows),
        **{name: Listed(longer(of, int(used[0]), room[name]), used) for name, (of, used) in listed.items()},
    )


@compiled
def size(listed: Listed) -> int:
    """Return how many rows are on a list."""
    return listed.used[0]


@compiled
def resize(listed: Listed, n: int) -> None:
    """Keep the first rows of a list."""
    listed.used[0] = n


@compiled
def enlist(listed: Listed, row: int) -> None:
    """Put a row at the end of a list."""
    listed.rows[listed.used[0]] = row
    listed.used[0] += 1


@compiled
def watch(people: People, lists: Lists, i: int) -> None:
    """Put a person on the watch list, once."""
    if people[i].watched == 0:
        people[i].watched = 1
        lists.watch_uid[size(lists.watch)] = people[i].uid
        enlist(lists.watch, i)


@compiled
def needs_watching(people: People, i: int) -> bool:
    """Return whether somebody is to be looked at every month."""
    where = people[i].presence
    return where < Presence.AWAY and (
        where != Presence.HOME or people[i].level > 0 or people[i].dementia == 1 or people[i].episode == 1
    )


@compiled
def tidy(people: People, lists: Lists) -> None:
    """Take those who need no watching off the list, and clear last month's minutes of the others."""
    kept, watched = 0, size(lists.watch)
    for k in range(watched):
        ask_ahead(people, lists.watch.rows, k, watched)
        i = lists.watch.rows[k]
        people[i].need_minutes = 0
        people[i].met_minutes = 0
        people[i].declined_minutes = 0
        if needs_watching(people, i):
            lists.watch.rows[kept] = i
            lists.watch_uid[kept] = lists.watch_uid[k]
            kept += 1
        else:
            people[i].watched = 0
    resize(lists.watch, kept)


@compiled
def time_left(person: Person, budget: int) -> int:
    """Return the minutes a week that work, volunteering and care leave a person."""
    left = budget - person.work_minutes - person.volunteer_minutes
    left -= person.usual_minutes + person.care_minutes
    return left if left > 0 else 0


@compiled
def give_care(people: People, lists: Lists, i: int, minutes: int, usual: bool) -> None:
    """Book minutes a week that a resident gives, as usual care in the household or as informal care."""
    if minutes == 0:
        return
    if people[i].care_minutes == 0 and people[i].usual_minutes == 0:
        enlist(lists.carers, i)
    if usual:
        people[i].usual_minutes += minutes
    else:
        people[i].care_minutes += minutes


@compiled
def volunteer(people: People, lists: Lists, i: int, minutes: int) -> None:
    """Let somebody become a volunteer."""
    people[i].volunteer_minutes = minutes
    enlist(lists.volunteers, i)


@compiled
def use_tie(ties: Ties, lists: Lists, t: int) -> None:
    """Let care begin on a tie that is not in use."""
    ties[t].active = 1
    enlist(lists.ties, t)
