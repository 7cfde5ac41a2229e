"""Migration: who arrives and who leaves has the ages that the tables say."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from model_tools import config_of, month

from krimpsim import model as model_module
from krimpsim.core.clock import START
from krimpsim.core.codes import Presence
from krimpsim.core.streams import CERTAIN
from krimpsim.model import KrimpModel
from krimpsim.population.world import World
from krimpsim.processes import arrivals, migration

REPLICATES, MONTHS = 6, 36
BANDS = ((0, 5), (5, 10), (10, 15), (15, 18), (18, 25), (25, 35), (35, 45), (45, 55), (55, 67))


class Moved(NamedTuple):
    """Persons by age of the day, shape (111,): who came and left, and who was expected to leave by the table."""

    came: np.ndarray
    left: np.ndarray
    expected: np.ndarray


@pytest.fixture(scope="module")
def moved() -> Moved:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_module, "YEARS_OF_ORDER", 1000)  # who left keeps the row
        found = Moved(*(np.zeros(111) for _ in range(3)))
        for replicate in range(REPLICATES):
            model = KrimpModel(config_of("scenarios/today"), replicate=replicate)
            founders, leave = model.in_use.persons, model.rules.migration.leave / CERTAIN
            for _ in range(MONTHS):
                people, month = model.people, model.month + 1
                age = (month - people.birth_month.astype(int)) // 12
                here = (people.presence == int(Presence.HOME)) & (age >= 17) & (age < 70)
                np.add.at(found.expected, age[here], leave[people.sex[here], age[here]])
                model.step()
            people = model.people
            born, since, end = (
                getattr(people, name).astype(int) for name in ("birth_month", "since_month", "end_month")
            )
            new = (np.arange(len(born)) >= founders) & (since > born)
            np.add.at(found.came, (since[new] - born[new]) // 12, 1)
            gone = people.presence == int(Presence.AWAY)
            np.add.at(found.left, np.clip((end[gone] - born[gone]) // 12, 0, 110), 1)
        return found


def in_bands(persons: np.ndarray) -> np.ndarray:
    return np.array([persons[low:high].sum() for low, high in BANDS])


@pytest.fixture(scope="module")
def world() -> World:
    return KrimpModel(config_of("scenarios/today", {"run.end": "2013-01-31"})).world


def wanted(world: World) -> np.ndarray:
    """Return the persons of each age below 70 who arrive in a year, by the net profile, its level and the churn."""
    m, tables = world.config.migration, world.tables
    net = np.array([[tables.net_migration[sex, max(0, (age - 2) // 5)] for age in range(70)] for sex in (0, 1)])
    residents = np.repeat(tables.persons_2013.sum(axis=0)[:, :14], 5, axis=1) / 5
    return ((m.churn_per_year + np.maximum(0, net + m.level_per_year)) * residents).sum(axis=0)


def test_who_arrives_has_the_ages_of_the_table(moved: Moved, world: World) -> None:
    expected = in_bands(np.append(wanted(world), np.zeros(41))) * REPLICATES * MONTHS / 12
    found = in_bands(moved.came)
    assert (np.abs(found - expected) < 4 * np.sqrt(2 * expected) + 0.03 * expected).all(), (found, expected)


def test_who_leaves_has_the_ages_of_the_table(moved: Moved) -> None:
    """From 17 on: the household of a child decides below."""
    found, expected = (np.append(in_bands(one)[4:], one[17]) for one in (moved.left, moved.expected))
    assert (np.abs(found - expected) < 4 * np.sqrt(2 * expected) + 0.03 * expected).all(), (found, expected)


def test_children_of_all_ages_come_with_women_of_20_to_40_years_more() -> None:
    pairs, of_table = np.linspace(5, 2, 45), np.linspace(4, 8, 18)
    number, age = arrivals._children(pairs, of_table)
    women = np.zeros(55)
    for k, pair in enumerate(pairs):
        women[7 + k] += pair / 2
        women[4 + k : 9 + k] += pair / 10
    mean = -np.diff(number / CERTAIN, axis=1, prepend=0).cumsum(axis=1)[:, :-1].sum(axis=1) + 4
    share = np.diff(age / CERTAIN, axis=1, prepend=0)
    assert (women * mean) @ share == pytest.approx(of_table, rel=1e-6)
    apart = (np.arange(18, 73)[:, None] - np.arange(18))[(share > 1e-9) & (mean > 1e-9)[:, None]]
    assert (apart.min(), apart.max()) == (20, 40)


def test_a_child_of_the_house_leaves_alone_only_for_what_the_household_does_not_give() -> None:
    model = KrimpModel(config_of("scenarios/today", {"run.end": "2013-01-31"}))
    p, people = model.rules.migration, model.state.people
    now, tried = month(model, START), 0
    for i in range(model.in_use.persons):
        mother = int(people[i].mother)
        if mother >= 0 and people[i].household == people[mother].household and people[mother].presence == 0:
            age = (START - people[mother].birth_month) // 12
            wanted = int(p.leave[people[mother].sex, age]) if 18 <= age < 70 else 0
            assert migration._with_the_home(model.state, p, now, i) == wanted
            tried += 1
        if tried == 50:
            break
    assert tried == 50
