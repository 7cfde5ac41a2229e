"""Households, care ties and parents: who lives with whom, and who could care for whom."""

from __future__ import annotations

from krimpsim.core.codes import NOBODY, Distance, Presence
from krimpsim.core.jit import compiled
from krimpsim.core.streams import uid_of
from krimpsim.population.schema import I64, PC, PL, TC, TL, P, People, T, Ties

TAG_TIE = 5
_HOME = int(Presence.HOME)
_SAME_HOME = int(Distance.SAME_HOME)


@compiled
def live_alone(people: People, counts: I64, i: int) -> None:
    """Take a person out of the household, into a new one."""
    leave_household(people, i)
    people.link[PL.household, i] = counts[2]
    counts[2] += 1


@compiled
def leave_household(people: People, i: int) -> None:
    """Take a person out of the ring of the household: who dies, leaves the area or moves out."""
    before = int(people.link[PL.housemate, i])
    while int(people.link[PL.housemate, before]) != i:
        before = int(people.link[PL.housemate, before])
    people.link[PL.housemate, before] = people.link[PL.housemate, i]
    people.link[PL.housemate, i] = i


@compiled
def join_household(people: People, i: int, host: int) -> None:
    """Let somebody who is in no ring live with a host."""
    people.link[PL.household, i] = people.link[PL.household, host]
    people.link[PL.housemate, i] = people.link[PL.housemate, host]
    people.link[PL.housemate, host] = i


@compiled
def lives_alone(people: People, i: int) -> bool:
    """Return whether nobody else is at home in the household."""
    return int(people.link[PL.housemate, i]) == i


@compiled
def link_housemates(people: People, counts: I64, last: I64) -> None:
    """Close the ring of every household, from the numbers of households.

    Parameters
    ----------
    last
        shape (n_households,): workspace, filled with -1.
    """
    for i in range(int(counts[0])):
        people.link[PL.housemate, i] = i
        if int(people.code[PC.presence, i]) == _HOME:
            h = int(people.link[PL.household, i])
            if last[h] >= 0:
                people.link[PL.housemate, i] = people.link[PL.housemate, last[h]]
                people.link[PL.housemate, last[h]] = i
            last[h] = i


@compiled
def add_tie(
    ties: Ties, counts: I64, people: People, giver: int, receiver: int, relation: int, distance: int, uid: int
) -> None:
    """Add a tie; one of giver and receiver may be outside the area (-1)."""
    t = int(counts[1])
    counts[1] = t + 1
    ties.uid[t] = uid
    ties.link[TL.giver, t] = giver
    ties.link[TL.receiver, t] = receiver
    ties.code[TC.relation, t] = relation
    ties.code[TC.distance, t] = distance
    ties.code[TC.active, t] = 0
    ties.at[T.minutes, t] = 0
    if receiver >= 0:
        ties.link[TL.next_tie, t] = people.link[PL.first_tie, receiver]
        people.link[PL.first_tie, receiver] = t
    if giver >= 0:
        ties.link[TL.next_given, t] = people.link[PL.first_given, giver]
        people.link[PL.first_given, giver] = t


@compiled
def tie_uid(a: int, b: int, relation: int) -> int:
    """Return the identity of the tie between two persons: smaller uid, larger uid, relation."""
    if a < b:
        return uid_of(TAG_TIE, a, b, relation)
    return uid_of(TAG_TIE, b, a, relation)


@compiled
def distance_class(metres: int) -> int:
    """Return the distance class of a road distance between two villages."""
    if metres < 2000:
        return 1
    if metres < 5000:
        return 2
    if metres < 10000:
        return 3
    if metres < 20000:
        return 4
    if metres < 30000:
        return 5
    return 6


@compiled
def distance_now(people: People, ties: Ties, t: int, between_m: I64) -> int:
    """Return the distance class of a tie: between the homes of now when both ends live in the area."""
    giver, receiver = int(ties.link[TL.giver, t]), int(ties.link[TL.receiver, t])
    if giver < 0 or receiver < 0:
        return int(ties.code[TC.distance, t])
    if people.link[PL.household, giver] == people.link[PL.household, receiver]:
        return _SAME_HOME
    return distance_class(int(between_m[int(people.code[PC.village, giver]), int(people.code[PC.village, receiver])]))


@compiled
def has_children_at_home(people: People, i: int) -> bool:
    """Return whether own children live in the same household."""
    j = int(people.link[PL.housemate, i])
    while j != i:
        if int(people.link[PL.mother, j]) == i or int(people.link[PL.father, j]) == i:
            return True
        j = int(people.link[PL.housemate, j])
    return False


@compiled
def lives_with_parent(people: People, i: int) -> bool:
    """Return whether a person shares the home of mother or father."""
    for parent in (int(people.link[PL.mother, i]), int(people.link[PL.father, i])):
        if (
            parent >= 0
            and int(people.code[PC.presence, parent]) == _HOME
            and people.link[PL.household, parent] == people.link[PL.household, i]
        ):
            return True
    return False


@compiled
def is_able(people: People, i: int, month: int) -> bool:
    """Return whether somebody can help at home: 18 or over and without need of one's own."""
    return (
        int(people.code[PC.level, i]) == 0
        and int(people.code[PC.episode, i]) == 0
        and month - int(people.at[P.birth_month, i]) >= 216
    )


@compiled
def helper_of(people: People, i: int, month: int) -> int:
    """Return the able adult in the same home: the partner, else the one with the smallest uid; -1 for none."""
    partner = int(people.link[PL.partner, i])
    best = NOBODY
    j = int(people.link[PL.housemate, i])
    while j != i:
        if is_able(people, j, month):
            if j == partner:
                return partner
            if best < 0 or people.uid[j] < people.uid[best]:
                best = j
        j = int(people.link[PL.housemate, j])
    return best
