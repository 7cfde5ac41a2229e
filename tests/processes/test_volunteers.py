"""Volunteers (7.10a): rules by themselves and in runs."""

from __future__ import annotations

from model_tools import config_of

from krimpsim.inputs.tables import load_tables
from krimpsim.population.world import world_of
from krimpsim.processes import (
    volunteers,
)

REGION = config_of("scenarios/today")
WORLD = world_of(REGION, load_tables())


def test_volunteers_who_stop_are_replaced_at_the_rate_that_keeps_the_share() -> None:
    p = volunteers.prepare(WORLD)
    share = REGION.volunteers.share_of_adults
    assert abs(p.start * (1 - share) - p.stop * share) < 2
