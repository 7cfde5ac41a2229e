"""Burden of informal carers (7.16): rules by themselves and in runs."""

from __future__ import annotations

import numpy as np
from model_tools import config_of

from krimpsim.inputs.tables import load_tables
from krimpsim.population.world import world_of
from krimpsim.processes import (
    burden,
)

REGION = config_of("scenarios/today")
WORLD = world_of(REGION, load_tables())


def test_burden_rises_with_hours_and_own_need() -> None:
    table = burden.prepare(WORLD).burden
    assert (np.diff(table, axis=2) > 0).all()
    assert (table[:, 1] > table[:, 0]).all()
    assert (table[1] < table[0]).all(), "respite care lowers it"
    assert ((table >= 0) & (table <= 1 << 32)).all()
