"""The projection by cohorts: by hand, and beside the agents."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

PLACE = Path(__file__).resolve().parents[2] / "calibration" / "cohort.py"
spec = importlib.util.spec_from_file_location("cohort", PLACE)
cohort = importlib.util.module_from_spec(spec)
sys.modules["cohort"] = cohort
spec.loader.exec_module(cohort)
AGES = cohort.AGES


def still(**more):
    """Flows of one year in one town in which nothing happens but what is given."""
    nothing = cohort.Flows(
        death=np.zeros((1, 1, 2, AGES)),
        newborn_death=np.zeros(2),
        birth=np.zeros((1, 1, AGES)),
        boys=0.5,
        leave=np.zeros((1, 2, AGES)),
        arrive=np.zeros((1, 1, 2, AGES)),
    )
    return nothing._replace(**more)


def people(**ages):
    found = np.zeros((1, 2, AGES))
    for age, number in ages.items():
        found[0, :, int(age[1:])] = number
    return found


def test_without_flows_everybody_is_a_year_older_and_nobody_is_lost():
    start = people(a0=10, a64=20, a109=3, a110=4)
    _, after = cohort.project(start, still(), 1)
    assert after[0, 0, [0, 1, 65, 110]] == pytest.approx([0, 10, 20, 7])
    assert after.sum() == pytest.approx(start.sum())


def test_deaths_go_by_the_age_on_1_january():
    death = np.zeros((1, 1, 2, AGES))
    death[..., 80] = 0.1
    _, after = cohort.project(people(a79=100, a80=100, a81=100), still(death=death), 1)
    assert after[0, 0, [80, 81, 82]] == pytest.approx([100, 90, 100])


def test_moves_go_by_the_age_of_the_day_half_a_year_each():
    leave = np.zeros((1, 2, AGES))
    leave[..., 30] = 0.2
    _, after = cohort.project(people(a28=100, a29=100, a30=100, a31=100), still(leave=leave), 1)
    assert after[0, 0, [29, 30, 31, 32]] == pytest.approx([100, 100 * np.exp(-0.1), 100 * np.exp(-0.1), 100])


def test_who_arrives_is_half_of_the_time_a_year_older_on_1_january():
    arrive = np.zeros((1, 1, 2, AGES))
    arrive[..., 30], arrive[..., 0] = 8, 6
    _, after = cohort.project(people(), still(arrive=arrive), 1)
    assert after[0, 0, [0, 1, 30, 31]] == pytest.approx([3, 3, 4, 4])
    assert after.sum() == pytest.approx(arrive.sum())


def test_children_are_born_to_women_alone():
    birth = np.zeros((1, 1, AGES))
    birth[..., 20:40] = 0.1
    start = people(a30=100)
    _, after = cohort.project(start, still(birth=birth, newborn_death=np.array([0.02, 0.0])), 1)
    assert after[0, :, 0] == pytest.approx([5 * 0.98, 5])
    start[0, 1] = 0
    assert cohort.project(start, still(birth=birth), 1)[1, 0, :, 0].sum() == 0


def test_bands_hold_everybody():
    found = cohort.by_band(np.ones((3, AGES)))
    assert found.shape == (3, 9)
    assert found[0].tolist() == [10] * 8 + [31]
