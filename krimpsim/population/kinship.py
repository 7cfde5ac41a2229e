"""Households, care ties and parents: who lives with whom, who could care for whom, and who helps at home."""

from __future__ import annotations

from krimpsim.core.codes import NOBODY, Distance, Presence
from krimpsim.core.jit import compiled
from krimpsim.core.streams import uid_of
from krimpsim.population.schema import I64, Area, People, Ties, begin_household, begin_tie

TAG_TIE = 5


@compiled
def live_alone(s: Area, i: int) -> None:
    """Take a person out of the household, into a new one."""
    leave_household(s.people, i)
    s.people[i].household = begin_household(s)


@compiled
def leave_household(people: People, i: int) -> None:
    """Take a person out of the ring of the household: who dies, leaves the area or moves out."""
    before = people[i].housemate
    while people[before].housemate != i:
        before = people[before].housemate
    people[before].housemate = people[i].housemate
    people[i].housemate = i


@compiled
def join_household(people: People, i: int, host: int) -> None:
    """Let somebody who is in no ring live with a host."""
    people[i].household = people[host].household
    people[i].housemate = people[host].housemate
    people[host].housemate = i


@compiled
def lives_alone(people: People, i: int) -> bool:
    """Return whether nobody else is at home in the household."""
    return people[i].housemate == i


@compiled
def link_housemates(people: People, last: I64) -> None:
    """Close the ring of every household, from the numbers of households.

    Parameters
    ----------
    people
        The rows in use.
    last
        shape (n_households,): workspace, filled with -1.
    """
    for i in range(len(people)):
        people[i].housemate = i
        if people[i].presence == Presence.HOME:
            h = people[i].household
            if last[h] >= 0:
                people[i].housemate = people[last[h]].housemate
                people[last[h]].housemate = i
            last[h] = i


@compiled
def add_tie(s: Area, giver: int, receiver: int, relation: int, distance: int, uid: int) -> int:
    """Add a tie, and return its row; one of giver and receiver may be outside the area (-1)."""
    t = begin_tie(s)
    tie = s.ties[t]
    tie.uid = uid
    tie.giver = giver
    tie.receiver = receiver
    tie.relation = relation
    tie.distance = distance
    if receiver >= 0:
        tie.next_tie = s.people[receiver].first_tie
        s.people[receiver].first_tie = t
    if giver >= 0:
        tie.next_given = s.people[giver].first_given
        s.people[giver].first_given = t
    return t


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
    giver, receiver = ties[t].giver, ties[t].receiver
    if giver < 0 or receiver < 0:
        return ties[t].distance
    if people[giver].household == people[receiver].household:
        return Distance.SAME_HOME
    return distance_class(between_m[people[giver].village, people[receiver].village])


@compiled
def has_children_at_home(people: People, i: int) -> bool:
    """Return whether own children live in the same household."""
    j = people[i].housemate
    while j != i:
        if people[j].mother == i or people[j].father == i:
            return True
        j = people[j].housemate
    return False


@compiled
def lives_with_parent(people: People, i: int) -> bool:
    """Return whether a person shares the home of mother or father."""
    for parent in (people[i].mother, people[i].father):
        if parent >= 0 and people[parent].presence == Presence.HOME and people[parent].household == people[i].household:
            return True
    return False


@compiled
def is_able(people: People, i: int, month: int) -> bool:
    """Return whether somebody can help at home: 18 or over and without need of one's own."""
    return people[i].level == 0 and people[i].episode == 0 and month - people[i].birth_month >= 216


@compiled
def helper_of(people: People, i: int, month: int) -> int:
    """Return the able adult in the same home: the partner, else the one with the smallest uid; -1 for none."""
    partner = people[i].partner
    best = NOBODY
    j = people[i].housemate
    while j != i:
        if is_able(people, j, month):
            if j == partner:
                return partner
            if best < 0 or people[j].uid < people[best].uid:
                best = j
        j = people[j].housemate
    return best
