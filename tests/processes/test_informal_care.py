"""Informal care (7.9b): rules by themselves and in runs."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from model_tools import V, claim, finished, result_of, small

from krimpsim.core.codes import NOBODY, Kind, Relation
from krimpsim.inputs.tables import load_tables
from krimpsim.model import KrimpModel
from krimpsim.population.roll import circle_of
from krimpsim.processes import (
    informal_care,
)

minutes = st.integers(0, 6000)
percents = st.integers(0, 100)
#: Much heavy need below 65, and a place for everybody: then an age limit shows.
HEAVY = {
    "care_need__onset_under_55_per_year": 0.1,
    "care_need__worsen_under_55_ratio": 2.0,
    "care_need__worsen_light_at_70_per_year": 2.0,
    "care_need__worsen_moderate_at_70_per_year": 2.0,
    "care_need__worsen_heavy_at_70_per_year": 2.0,
    "admission__round_the_clock_per_year": 12.0,
    "admission__places_per_75plus": {"2013": 1.0},
}


@given(minutes, minutes, percents)
def test_minutes_covered_are_a_share_of_those_given_and_never_more_than_the_rest(
    given_: int, rest: int, percent: int
) -> None:
    covered = informal_care.covered_by(given_, rest, percent)
    assert covered == min(rest, given_ * percent // 100)
    assert informal_care.covered_by(given_ + 1, rest, percent) >= covered
    assert informal_care.covered_by(given_, rest + 1, percent) >= covered


@given(minutes, minutes, percents)
def test_minutes_given_are_just_enough_and_within_what_is_available(rest: int, available: int, percent: int) -> None:
    spent = informal_care.given_for(rest, available, percent)
    assert 0 <= spent <= available
    if percent == 0:
        assert spent == 0
        return
    if spent < available:
        assert informal_care.covered_by(spent, rest, percent) == rest
        assert spent == 0 or (spent - 1) * percent // 100 < rest
    assert informal_care.given_for(rest, available + 1, percent) >= spent


def test_children_care_for_a_parent_in_need_as_often_as_set() -> None:
    none = result_of(small("scenarios/today", "2013-12-31", informal_care__young_carer_share=0.0, **HEAVY))
    every = result_of(small("scenarios/today", "2013-12-31", informal_care__young_carer_share=1.0, **HEAVY))
    assert none.village_rows[:, :, V["young_carers"]].sum() == 0
    assert every.village_rows[:, :, V["young_carers"]].sum() > 50


def test_kin_take_on_no_more_than_their_share_and_lower_it() -> None:
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    need = claim(rest={Kind.PERSONAL_CARE: 100}, most={Kind.PERSONAL_CARE: 20})
    rules = model.rules.informal_care

    def given() -> int:
        return int(informal_care._give(model.state, rules, 0, need, NOBODY, 5000, 0))

    assert given() == 20 * 100 // int(rules.substitution[Kind.PERSONAL_CARE])
    assert need.rest[Kind.PERSONAL_CARE] == 80
    assert need.most[Kind.PERSONAL_CARE] == 0
    assert given() == 0


def test_a_neighbour_who_helps_is_of_the_same_circle_and_willing() -> None:
    """Every neighbour tie joins two people of one circle of a village, as long as both still live there."""
    model = KrimpModel(small("scenarios/today", "2014-12-31", ["Nieuw-Buinen"]))
    while model.running:
        model.step()
    ties = model.ties
    givers, receivers, neighbours = ties.giver, ties.receiver, ties.relation == int(Relation.NEIGHBOUR)
    found = neighbours & (givers >= 0) & (receivers >= 0)
    circles = model.rules.informal_care.neighbours.circles
    giver, receiver = ([circle_of(model.people, circles, int(i)) for i in end[found]] for end in (givers, receivers))
    assert circles[-1] == load_tables().village_population[model.places.number[0]] // 150
    assert found.sum() > 100
    assert giver == receiver
    assert (model.people.capacity[givers[found]] > 0).all()


def test_care_for_parents_outside_ends_before_they_would_be_a_hundred() -> None:
    ages = []

    def look(model: KrimpModel) -> None:
        ties = model.ties
        out = (ties.receiver < 0) & (ties.active == 1) & (ties.giver >= 0)
        out[model.in_use.ties :] = False
        born = model.people.birth_month[ties.giver[out]]
        ages.append(((model.month - born) // 12).max(initial=0))

    finished(small("scenarios/today", "2014-12-31", informal_care__export_until_age=60), 0, look)
    assert max(ages) == 59
