"""Every few years the tables are put in order: who has died or left is taken out, households stand together.

Rows say nothing about results: every draw is keyed on identities, so another order gives the same numbers.  The order
keeps the tables short, and what a month reads close together in memory: first the households in which somebody needs
care, gives care or volunteers, then all others.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from krimpsim.core.codes import NOBODY, Presence
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.prefetch import AHEAD, fetch
from krimpsim.core.streams import happens, i64
from krimpsim.population.lists import Lists, resize, size
from krimpsim.population.schema import I8, I32, I64, People, Row, Table, Ties


@allocating
def renumber(people: People, ties: Ties, in_use: Any, lists: Lists, n_villages: int, offer: int, willing: int) -> None:
    """Give new numbers to the rows of persons and ties.

    Dropped are people who have died or left, and ties of which an end is dropped, or none of the two lives in the area.
    Relatives outside who are not willing stand in no chain of a receiver: nobody need ask them every month.  Of the
    lists, that of ties is not kept: the opening of the year makes it anew.

    Parameters
    ----------
    offer, willing
        Key and threshold of the willingness of relatives outside.
    """
    n, n_ties = in_use[0].persons, in_use[0].ties
    number, seats = np.full(n, NOBODY, dtype=np.int32), np.empty(max(n + 3, n_ties), dtype=np.int32)
    busy = np.zeros(n, dtype=np.int8)
    _mark_busy(people, n, busy)
    kept = _number_people(people, n, busy, n_villages, np.zeros(2 * n_villages + 1, dtype=np.int64), number)
    _point_anew(people, ties, n, n_ties, kept, number)
    for listed in (lists.watch, lists.carers, lists.burdened, lists.volunteers, lists.cared):
        resize(listed, _keep_listed(listed.rows, size(listed), kept, number))
    _move(people, number, seats, people[:1].copy())
    number = np.empty(n_ties, dtype=np.int32)
    seats[:] = 0
    kept_ties = _number_ties(ties, n_ties, seats[: kept + 3], number)
    _move(ties, number, seats, ties[:1].copy())
    _chain(people, ties, kept, kept_ties, offer, willing)
    in_use[0].persons, in_use[0].ties = kept, kept_ties


@compiled
def _mark_busy(people: People, n: int, busy: I8) -> None:
    """Mark everybody in a household with somebody who needs care, gives care, or volunteers."""
    for i in range(n):
        acts = people[i].watched == 1 or people[i].volunteer_minutes > 0
        gives = people[i].care_minutes + people[i].usual_minutes > 0
        if people[i].presence < Presence.AWAY and (acts or gives or people[i].level > 0):
            j = i
            while busy[j] == 0:
                busy[j] = 1
                j = people[j].housemate


@compiled
def _number_people(people: People, n: int, busy: I8, n_villages: int, place: I64, number: I32) -> int:
    """Number the busy people of each village, household by household, then the others, then those who are gone.

    Parameters
    ----------
    busy
        shape (n,): 1 for those who stand first; the same for all of a household.
    place
        shape (2 * n_villages + 1,): workspace of zeros.
    number
        shape (n,): -1 on entry, the new number on return.

    Returns
    -------
    stay
        How many are not gone.
    """
    for i in range(n):
        if people[i].presence < Presence.AWAY:
            place[people[i].village + (0 if busy[i] == 1 else n_villages) + 1] += 1
    for c in range(1, len(place)):
        place[c] += place[c - 1]
    stay = place[len(place) - 1]
    gone = stay
    for i in range(n):
        if people[i].presence >= Presence.AWAY:
            number[i] = gone
            gone += 1
        c, j = people[i].village + (0 if busy[i] == 1 else n_villages), i
        while number[j] < 0:
            number[j] = place[c]
            place[c] += 1
            j = people[j].housemate
    return stay


@compiled
def _point_anew(people: People, ties: Ties, n: int, n_ties: int, stay: int, number: I32) -> None:
    """Let every column that points to a person point to the new number; nobody points to one who is gone.

    A mother who is gone leaves her name, so that brothers and sisters still know each other.
    """
    for i in range(n):
        mother = people[i].mother
        people[i].housemate = _number_of(number, people[i].housemate, stay)
        people[i].partner = _number_of(number, people[i].partner, stay)
        people[i].mother = _number_of(number, mother, stay)
        people[i].father = _number_of(number, people[i].father, stay)
        if mother >= 0 and people[i].mother < 0:
            people[i].mother = name_of(people[mother].uid)
    for t in range(n_ties):
        giver, receiver = ties[t].giver, ties[t].receiver
        giver = number[giver] if giver >= 0 else NOBODY
        receiver = number[receiver] if receiver >= 0 else NOBODY
        if giver >= stay or receiver >= stay:
            giver = receiver = NOBODY
        ties[t].giver = giver
        ties[t].receiver = receiver


@compiled
def _number_of(number: I32, i: int, stay: int) -> int:
    """Return the new number of a person, -1 for one who is gone; what points to no row stays as it is."""
    if i < 0:
        return i
    return number[i] if number[i] < stay else NOBODY


@compiled
def name_of(uid: int) -> int:
    """Return what is kept of a person who is gone: 30 bits of her identity, as a number below that of nobody."""
    return NOBODY - 1 - i64(uid & 0x3FFFFFFF)


@compiled
def _keep_listed(rows: I32, used: int, stay: int, number: I32) -> int:
    """Let a list hold new numbers, and return how many of it stay."""
    kept = 0
    for k in range(used):
        i = number[rows[k]]
        if i < stay:
            rows[kept] = i
            kept += 1
    return kept


@compiled
def _number_ties(ties: Ties, n: int, place: I32, number: I32) -> int:
    """Number ties by receiver, those with a receiver outside behind, and return how many stay.

    Parameters
    ----------
    place
        shape (n_persons + 3,): workspace of zeros; receivers, then a receiver outside, then a tie to drop.
    """
    outside = len(place) - 3
    for t in range(n):
        place[_shelf(ties, t, outside) + 1] += 1
    for i in range(1, len(place)):
        place[i] += place[i - 1]
    stay = place[outside + 1]
    for t in range(n):
        shelf = _shelf(ties, t, outside)
        number[t] = place[shelf]
        place[shelf] += 1
    return stay


@compiled
def _shelf(ties: Ties, t: int, outside: int) -> int:
    """Return the receiver of a tie, `outside` for one outside the area, one more when the tie is to be dropped."""
    receiver = ties[t].receiver
    if receiver >= 0:
        return receiver
    return outside if ties[t].giver >= 0 else outside + 1


@compiled
def _move(table: Table[Row], goes_to: I32, sits_at: I32, held: Table[Row]) -> None:
    """Move every row to its new number, in place: each seat takes in its row and puts out the one there.

    Where each row sits is written down, so that rows can be asked for ahead: a walk from row to row waits for each.

    Parameters
    ----------
    goes_to
        shape (n,): new number of the row that sits at each seat, a permutation; used up.
    sits_at
        shape (n or more,): workspace for the seat of the row that gets each number.
    held
        shape (1,): workspace for the row that is put out.
    """
    n = len(goes_to)
    for seat in range(n):
        sits_at[goes_to[seat]] = seat
    for number in range(n):
        if number + AHEAD < n:
            fetch(table, sits_at[number + AHEAD])
        seat = sits_at[number]
        if seat != number:
            held[0] = table[number]
            table[number] = table[seat]
            table[seat] = held[0]
            goes_to[seat] = goes_to[number]
            sits_at[goes_to[seat]] = seat


@compiled
def _chain(people: People, ties: Ties, n: int, n_ties: int, offer: int, willing: int) -> None:
    """Chain the ties of each receiver and of each giver anew."""
    for i in range(n):
        people[i].first_tie = NOBODY
        people[i].first_given = NOBODY
    for t in range(n_ties - 1, -1, -1):
        if t >= AHEAD and ties[t - AHEAD].giver >= 0:
            fetch(people, ties[t - AHEAD].giver)
        giver, receiver = ties[t].giver, ties[t].receiver
        ties[t].next_tie = NOBODY
        ties[t].next_given = NOBODY
        if receiver >= 0 and (giver >= 0 or happens(offer, ties[t].uid, willing)):
            ties[t].next_tie = people[receiver].first_tie
            people[receiver].first_tie = t
        if giver >= 0:
            ties[t].next_given = people[giver].first_given
            people[giver].first_given = t
