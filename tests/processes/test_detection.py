"""Detection (7.8): rules by themselves and in runs."""

from __future__ import annotations

import numpy as np
from model_tools import config_of

from krimpsim.inputs.tables import load_tables
from krimpsim.population.world import world_of
from krimpsim.processes import (
    detection,
)

REGION = config_of("scenarios/today")
WORLD = world_of(REGION, load_tables())


def test_need_is_noticed_sooner_when_heavy_and_later_alone_or_with_a_low_income() -> None:
    notice = detection.prepare(WORLD).notice
    assert (np.diff(notice[1:4], axis=0) > 0).all()
    assert (notice[:, 1] <= notice[:, 0]).all()
    assert (notice[:, :, 1] <= notice[:, :, 0]).all()
