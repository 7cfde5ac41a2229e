"""7.9b Informal care, the part of neighbours: a neighbour or friend may start to help.

Who helps is of the circle of the person in need as it was on 1 January: people of one village who know each other.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.core.clock import age_in
from krimpsim.core.codes import NOBODY, Distance, Lever, Presence, Relation
from krimpsim.core.jit import compiled
from krimpsim.core.streams import Stream, bits, happens, i64, month_key, threshold
from krimpsim.population.kinship import add_tie, tie_uid
from krimpsim.population.lists import use_tie
from krimpsim.population.roll import circle_of
from krimpsim.population.schema import I64, Person
from krimpsim.population.state import Now, State, scaled
from krimpsim.population.world import World


class Params(NamedTuple):
    """Who may start to help whom.

    Parameters
    ----------
    recruit
        Threshold of 2**32 per month that somebody is looked for.
    circles
        shape (V + 1,): number of the first circle of each village, and the number of circles.
    """

    recruit: int
    circles: I64


def prepare(world: World) -> Params:
    """Return the chance and the circles; the residents of 2013 set the number of circles for good."""
    c, persons = world.config.informal_care, world.tables.village_population[world.places.number]
    circles = np.concatenate([[0], np.cumsum(np.maximum(1, persons // c.circle_persons))])
    return Params(threshold(c.recruit_neighbour_per_month), circles)


@compiled
def _may_help(now: Now, neighbour: Person, person: Person) -> bool:
    """Return whether somebody willing may help a neighbour: able, aged 30 to 79, and not of the same home."""
    return (
        neighbour.presence == Presence.HOME
        and neighbour.village == person.village
        and neighbour.level == 0
        and 30 <= age_in(now.month, neighbour.birth_month) < 80
        and neighbour.household != person.household
    )


@compiled
def _tie_with(s: State, giver: int, person: Person) -> int:
    """Return the tie by which a neighbour has helped before, -1 for none: who helps again does so on the same tie."""
    ties = s.ties
    t = person.first_tie
    while t >= 0:
        if ties[t].giver == giver and ties[t].relation == Relation.NEIGHBOUR:
            return t
        t = ties[t].next_tie
    return NOBODY


@compiled
def find(s: State, p: Params, now: Now, i: int) -> None:
    """Let a neighbour or friend start to help: a keyed race in the circle as it was on 1 January."""
    person, roll = s.people[i], s.roll
    if person.neighbour_tried == 1:
        return
    chance = scaled(now, Lever.START_TO_HELP, person.village, p.recruit)
    if not happens(month_key(now.key, Stream.TIE_NEIGHBOUR, now.month, 0), person.uid, chance):
        return
    race = month_key(now.key, Stream.TIE_NEIGHBOUR, now.month, 1)
    mine = bits(race, person.uid)
    c = circle_of(s.people, p.circles, i)
    best, best_value = NOBODY, 1 << 62
    for k in range(roll.start[c], roll.start[c + 1]):
        value = i64(bits(race, mine ^ roll.willing_uid[k]) >> 2)
        if value < best_value and _may_help(now, s.people[roll.willing[k]], person):
            best, best_value = roll.willing[k], value
    if best >= 0:
        t = _tie_with(s, best, person)
        if t < 0:
            uid = tie_uid(s.people[best].uid, person.uid, Relation.NEIGHBOUR)
            t = add_tie(s, best, i, Relation.NEIGHBOUR, Distance.UNDER_2_KM, uid)
        if s.ties[t].active == 0:
            use_tie(s.ties, s.lists, t)
        person.neighbour_tried = 1
