"""Care ties and parents: who could care for whom."""

from __future__ import annotations

from krimpsim.core.codes import Presence
from krimpsim.core.jit import compiled
from krimpsim.core.streams import uid_of
from krimpsim.population.schema import I64, P, People, T, Ties

TAG_TIE = 5
_HOME = int(Presence.HOME)


@compiled
def add_tie(
    ties: Ties, counts: I64, people: People, giver: int, receiver: int, relation: int, distance: int, uid: int
) -> None:
    """Add a tie; one of giver and receiver may be outside the area (-1)."""
    t = int(counts[1])
    counts[1] = t + 1
    ties.uid[t] = uid
    ties.at[T.giver, t] = giver
    ties.at[T.receiver, t] = receiver
    ties.at[T.relation, t] = relation
    ties.at[T.distance, t] = distance
    ties.at[T.active, t] = 0
    ties.at[T.minutes, t] = 0
    if receiver >= 0:
        ties.at[T.next_tie, t] = people.at[P.first_tie, receiver]
        people.at[P.first_tie, receiver] = t


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
def lives_with_parent(people: People, i: int) -> bool:
    """Return whether a person shares the home of mother or father."""
    for parent in (int(people.at[P.mother, i]), int(people.at[P.father, i])):
        if (
            parent >= 0
            and int(people.at[P.presence, parent]) == _HOME
            and people.at[P.household, parent] == people.at[P.household, i]
        ):
            return True
    return False
