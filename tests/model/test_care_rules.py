"""Rules of care that a run must show: who is admitted, which children care, how much kin take on."""

from __future__ import annotations

import numpy as np
from model_tools import V, result_of, small

from krimpsim.core.codes import Kind, Presence
from krimpsim.model import KrimpModel
from krimpsim.population.need_profile import ADMISSION_AGE
from krimpsim.population.schema import P
from krimpsim.processes import informal_care

#: Much heavy need below 65, and a place for everybody: then an age limit shows.
HEAVY = {
    "care_need__onset_under_55_per_year": 0.1,
    "care_need__worsen_under_55_ratio": 2.0,
    "care_need__worsen_light_at_70_per_year": 2.0,
    "care_need__worsen_moderate_at_70_per_year": 2.0,
    "care_need__worsen_heavy_at_70_per_year": 2.0,
    "admission__round_the_clock_per_year": 12.0,
    "admission__places_per_75plus": {"2013": 20.0},
}


def test_nobody_below_the_age_limit_is_admitted() -> None:
    model = KrimpModel(small("scenarios/today", "2013-12-31", **HEAVY))
    while model.running:
        model.step()
    people = model.people.at[:, : int(model.counts[0])]
    age = (model.month - people[P.birth_month]) // 12
    at_home = people[P.presence] == int(Presence.HOME)
    assert ((people[P.level] == 4) & at_home & (age < ADMISSION_AGE)).sum() > 20  # there are some to refuse
    assert int(model.result().village_rows[:, :, V["admissions"]].sum()) > 10
    assert age[people[P.presence] == int(Presence.FACILITY)].min() >= ADMISSION_AGE


def test_children_care_for_a_parent_in_need_as_often_as_set() -> None:
    none = result_of(small("scenarios/today", "2013-12-31", informal_care__young_carer_share=0.0, **HEAVY))
    every = result_of(small("scenarios/today", "2013-12-31", informal_care__young_carer_share=1.0, **HEAVY))
    assert none.village_rows[:, :, V["young_carers"]].sum() == 0
    assert every.village_rows[:, :, V["young_carers"]].sum() > 50


def test_kin_take_on_no_more_than_their_share_and_lower_it() -> None:
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    rest = np.array([0, 100, 0, 0, 0], dtype=np.int64)
    most = np.array([0, 20, 0, 0, 0], dtype=np.int64)
    parts = np.zeros((len(model.villages), 10, 5), dtype=np.int64)
    flows = np.zeros((len(model.villages), 5), dtype=np.int64)
    rules = model.rules.care.informal_care
    given = informal_care._give(model.people, model._agenda, -1, 5000, 0, most, 0, rest, parts, rules, flows)
    assert rest[Kind.PERSONAL_CARE] == 80
    assert most[Kind.PERSONAL_CARE] == 0
    assert given == 20 * 100 // int(rules.substitution[Kind.PERSONAL_CARE])
    assert informal_care._give(model.people, model._agenda, -1, 5000, 0, most, 0, rest, parts, rules, flows) == 0
