"""Seekers pair up as the rule says: the smallest draw first, each with the free candidate of the best keyed race."""

from __future__ import annotations

import numpy as np
import pytest
from model_tools import month, small

from krimpsim.core.codes import NOBODY, Presence
from krimpsim.core.streams import Stream, bits, month_key, run_key, uniform
from krimpsim.model import KrimpModel
from krimpsim.population.schema import IN_USE, People, Ties, new_people, new_ties
from krimpsim.population.state import Now, State
from krimpsim.processes import households

MONTH, KEY = 12 * 2020, np.uint64(run_key(3, 1))
PERSONS, SEEKERS = 700, 400


def town(seed: int, years: int) -> People:
    """Return people who live alone, aged 20 to 20 + `years`; of the seekers some have a mother in common."""
    dice, people = np.random.default_rng(seed), new_people(PERSONS)
    people.uid[:] = dice.integers(0, 1 << 64, PERSONS, dtype=np.uint64)
    people.presence = int(Presence.HOME)
    people.sex = dice.random(PERSONS) < 0.55
    people.village = dice.integers(0, 3, PERSONS)
    people.birth_month = MONTH - 240 - dice.integers(0, 12 * years, PERSONS)
    people.household = people.housemate = np.arange(PERSONS)
    mothers = np.array([*range(SEEKERS, SEEKERS + 3), -77, -88, -99])  # three are gone, of whom the name is left
    people.mother[:SEEKERS] = np.where(dice.random(SEEKERS) < 0.5, mothers[dice.integers(0, 6, SEEKERS)], -1)
    for child in range(SEEKERS + 6, SEEKERS + 206):  # some seekers have a child at home
        parent = int(dice.integers(0, SEEKERS))
        (people.mother if people.sex[parent] == 1 else people.father)[child] = parent
        people.household[child] = parent
        people.housemate[child] = people.housemate[parent]
        people.housemate[parent] = child
    return people


def the_rest(people: People, ties: Ties) -> tuple[State, Now]:
    """Return the state of a model with this population in its place, and the month."""
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    model.state.book.events[:] = 0
    in_use = np.zeros(1, dtype=IN_USE)
    in_use[0].persons = in_use[0].households = PERSONS
    state = model.state._replace(people=people, ties=ties, in_use=in_use)
    return state, month(model, MONTH)._replace(key=KEY)


def partners_by_the_rule(people: People) -> dict[int, int]:
    """Return who would pair up, by a look at every pair."""
    order = np.uint64(month_key(KEY, Stream.HOUSEHOLDS_SEEK, MONTH, 1))
    race = np.uint64(month_key(KEY, int(Stream.HOUSEHOLDS_CHOICE), MONTH, 0))
    uid = people.uid[:SEEKERS]
    mark = [np.uint64(bits(race, one)) for one in uid]
    sex, born, mother = people.sex.tolist(), people.birth_month.tolist(), people.mother.tolist()
    parents = {p for p in (*mother[SEEKERS:], *people.father[SEEKERS:].tolist()) if p >= 0}
    partner: dict[int, int] = {}
    for i in sorted(range(SEEKERS), key=lambda one: uniform(order, uid[one])):
        free = [
            j
            for j in range(SEEKERS)
            if sex[j] != sex[i]
            and j not in partner
            and abs(born[i] - born[j]) <= 120
            and (mother[i] == -1 or mother[i] != mother[j])
        ]
        if i in partner or not free:
            continue
        best = min(free, key=lambda j: uniform(race, mark[i] ^ mark[j]))
        if i not in parents or best not in parents:
            partner[i], partner[best] = best, i
    return partner


@pytest.mark.parametrize("years", [1, 12, 50])
def test_seekers_pair_up_as_a_look_at_every_pair_says(years: int) -> None:
    people, ties = town(years, years), new_ties(10)
    expected = partners_by_the_rule(people)
    seekers = np.random.default_rng(9).permutation(SEEKERS)
    s, now = the_rest(people, ties)
    households._pair_up(s, now, seekers)
    found = people.partner[:SEEKERS]
    assert {i: int(found[i]) for i in np.flatnonzero(found >= 0)} == expected
    assert SEEKERS // 2 < len(expected) < SEEKERS
    homes = people.household
    assert all(homes[i] == homes[j] for i, j in expected.items())


def test_nobody_seeks() -> None:
    s, now = the_rest(town(1, 1), new_ties(10))
    households._pair_up(s, now, np.zeros(0, dtype=np.int64))
    assert not s.book.events.any()
    assert (s.people.partner == NOBODY).all()
