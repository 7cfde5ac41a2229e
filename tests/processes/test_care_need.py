"""Care need (7.6), and the chain that founders and mortality share: rules by themselves and in runs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_tools import config_of, small
from model_tools import month as month_of_model

from krimpsim.config.clause import MOST_VOLUNTEERS_START
from krimpsim.config.clauses_of_residents import PreventionConfig, VillageCooperativeConfig
from krimpsim.config.run import RunConfig
from krimpsim.core.clock import age_in
from krimpsim.core.codes import Lever
from krimpsim.core.streams import CERTAIN
from krimpsim.inputs.tables import load_tables
from krimpsim.model import KrimpModel
from krimpsim.population import need_profile
from krimpsim.population.lists import size
from krimpsim.population.need_rates import need_rates
from krimpsim.processes import (
    care_need,
)


@pytest.mark.parametrize("level", range(5))
@pytest.mark.parametrize("rises", [False, True])
@pytest.mark.parametrize("falls", [False, True])
def test_level_changes_one_step_at_a_time_and_stays_in_bounds(level: int, rises: bool, falls: bool) -> None:
    expected = level + 1 if rises and level < 4 else level - 1 if falls and level > 0 else level
    assert care_need.changes(level, rises, falls) == expected
    assert 0 <= expected <= 4


@given(st.integers(2013 * 12, 2041 * 12 - 1), st.integers(0, 130 * 12))
def test_ages(month: int, lived: int) -> None:
    born = month - lived
    assert age_in(month, born) == lived // 12
    january = care_need.age_on_january(month, born)
    assert january == min(110, max(0, (month // 12) * 12 - 1 - born) // 12)
    assert 0 <= age_in(month, born) - january <= 1 or january == 110


def test_the_agenda_leaves_room_for_the_largest_ratio_a_clause_may_have() -> None:
    """More would be cut off in silence: an event can happen only in a month in which it comes up."""
    prevention, cooperative = PreventionConfig.model_fields, VillageCooperativeConfig.model_fields
    (most_prevention,) = (bound.le for bound in prevention["hazard_ratio"].metadata if hasattr(bound, "le"))
    (most_start,) = (bound.le for bound in cooperative["start_ratio"].metadata if hasattr(bound, "le"))
    assert round(1000 * most_prevention) == care_need.MOST_PREVENTION
    assert most_start <= MOST_VOLUNTEERS_START


def test_the_gap_between_payers_begins_with_level_4_and_lasts_as_set() -> None:
    """Everybody who can gets worse: those who get to level 4, and nobody else, have a gap of five months from now."""
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    people, now, p = model.people, month_of_model(model), model.rules.care_need
    p = p._replace(up=np.full_like(p.up, CERTAIN), most_up=np.full(5, CERTAIN), seam=CERTAIN, seam_months=5)
    before = people.level.copy(), people.between_payers.copy()
    care_need._change(model.state, p, now, size(model.state.lists.watch))
    worse = people.level > before[0]
    reached = worse & (before[0] == 3)
    assert reached.sum() > 5
    assert (worse & ~reached).sum() > 20
    np.testing.assert_array_equal(people.between_payers, np.where(reached, now.month + 5, before[1]))


def test_no_chance_exceeds_the_largest_of_its_level() -> None:
    """Death and change are drawn against the largest chance first: it must hold for everybody, whatever is agreed."""
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    death, need = model.rules.mortality, model.rules.care_need
    assert (death.death <= death.most[:, None]).all()
    burdened = need.up * max(100, need.illness_percent) // 100
    prevented = burdened * care_need.MOST_PREVENTION // 1000
    for up in (need.up, burdened, prevented):
        assert (up <= need.most_up[:4]).all()
    assert (need.down <= need.most_down).all()
    # and nobody is drawn against more than that for nothing
    assert (death.death.max(axis=1) == death.most).all()
    assert (need.most_up[:4] <= prevented.max(axis=(0, 1, 2, 3)) + 2).all()


def test_support_for_clients_makes_a_gap_between_payers_less_likely() -> None:
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    now, p, person = month_of_model(model), model.rules.care_need, model.people[0]
    assert care_need._seam(p, now, person) == p.seam > 0
    now.clauses.here[Lever.UNUSED] = 250
    assert care_need._seam(p, now, person) == p.seam // 4


@pytest.mark.parametrize("share", [0.01, 0.05])
def test_chain_of_need_takes_in_no_more_than_there_are_places_for(share: float) -> None:
    """With few places the expected people in a facility are those places; with many, more."""
    tables = load_tables()

    def inside(config: RunConfig) -> float:
        profile = need_profile.need_profile(config, tables, need_rates(config))
        persons = need_profile._people_by_age(tables.persons_2013.sum(axis=0))
        facility = profile.share[:, :, 0, 1::2].sum(axis=-1)
        everybody = persons / (1.0 - facility)
        return float((everybody * facility).sum() / everybody[:, 75:].sum())

    few = inside(config_of("scenarios/today", {"admission.places_per_75plus": {"2013": share}}))
    assert few == pytest.approx(share, rel=0.02)
    assert inside(config_of("scenarios/today", {"admission.places_per_75plus": {"2013": 1.0}})) > 0.08
