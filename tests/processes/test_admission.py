"""Admission to a facility (7.7): rules by themselves and in runs."""

from __future__ import annotations

import numpy as np
import pytest
from model_tools import V, month, small

from krimpsim.core.codes import Event, Presence
from krimpsim.core.streams import Stream, bits, month_key
from krimpsim.model import KrimpModel
from krimpsim.population.lists import watch
from krimpsim.population.need_rates import ADMISSION_AGE
from krimpsim.processes import (
    admission,
)

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


@pytest.mark.parametrize("level", range(5))
@pytest.mark.parametrize("dementia", [0, 1])
@pytest.mark.parametrize("helper", [False, True])
def test_who_may_ask_for_a_place(level: int, dementia: int, helper: bool) -> None:
    asks = admission.qualifies(level, dementia, helper)
    assert bool(asks) == (level == 4 or (level == 3 and (bool(dementia) or not helper)))


def test_nobody_below_the_age_limit_is_admitted() -> None:
    model = KrimpModel(small("scenarios/today", "2013-12-31", **HEAVY))
    while model.running:
        model.step()
    people = model.people
    age = (model.month - people.birth_month) // 12
    at_home = people.presence == int(Presence.HOME)
    assert ((people.level == 4) & at_home & (age < ADMISSION_AGE)).sum() > 20  # there are some to refuse
    assert int(model.result().village_rows[:, :, V["admissions"]].sum()) > 10
    assert age[people.presence == int(Presence.FACILITY)].min() >= ADMISSION_AGE


@pytest.mark.parametrize("room", [0, 5, 25, 100])
def test_a_facility_takes_in_no_more_than_it_has_places_and_the_most_urgent_first(room: int) -> None:
    """Forty people wait, half of them at level 4: places go to these, then by the draw of the year."""
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    s, now = model.state, month(model)
    people = s.people[: s.in_use[0].persons]
    p = model.rules.admission
    p = p._replace(round_the_clock=0, heavy=0, places=p.places._replace(share=np.ones_like(p.places.share)))
    people.waits_for_facility = 0
    old = (people.presence == int(Presence.HOME)) & (now.month - people.birth_month >= 12 * 75)
    rows = np.flatnonzero(old)[:40]
    people.waits_for_facility[rows] = people.dementia[rows] = 1
    people.level[rows] = np.where(np.arange(40) % 2, 3, 4)
    for i in rows:
        watch(s.people, s.lists, int(i))
    inside = people.presence == int(Presence.FACILITY)
    assert inside.sum() > 0
    s.roll.older[0] = int(inside.sum()) + room
    draw = month_key(model.key, int(Stream.ADMISSION_ORDER), now.month // 12, 0)
    order = sorted(rows.tolist(), key=lambda i: (-int(people.level[i]), int(bits(draw, people.uid[i]))))
    s.book.events[:] = 0
    admission.step(s, p, now)
    now_inside = people.presence == int(Presence.FACILITY)
    assert set(np.flatnonzero(now_inside & ~inside)) == set(order[:room])
    assert set(np.flatnonzero(people.waits_for_facility == 1)) == set(order[room:])
    assert s.book.events[:, Event.ADMISSION].sum() == min(room, 40)
