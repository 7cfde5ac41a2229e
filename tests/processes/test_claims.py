"""Claims: who needs what, in which order (7.9a): rules by themselves and in runs."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_tools import config_of

from krimpsim.core.codes import Kind
from krimpsim.core.order import in_order, rank_of
from krimpsim.inputs.tables import load_tables
from krimpsim.population.world import world_of
from krimpsim.processes import (
    claims,
)

REGION = config_of("scenarios/today")
WORLD = world_of(REGION, load_tables())


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("dementia", [0, 1])
def test_need_rises_with_level_and_episode(kind: Kind, dementia: int) -> None:
    p = claims.prepare(WORLD)
    needs = [int(p.need[level, dementia, 0, kind]) for level in range(5)]
    assert needs[0] == 0
    assert all(a <= b for a, b in pairwise(needs))
    for level in range(5):
        more = p.need[level, dementia, 1, kind] - needs[level]
        assert (more > 0) == (kind in (Kind.PERSONAL_CARE, Kind.NURSING))
    if kind == Kind.DAY_PROGRAMME and not dementia:
        assert needs == [0] * 5


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_urgency_comes_before_luck(level_a: int, level_b: int, draw_a: int, draw_b: int) -> None:
    a, b = rank_of(level_a, np.uint64(draw_a)), rank_of(level_b, np.uint64(draw_b))
    assert a >= 0
    assert b >= 0
    if level_a != level_b:
        assert (a < b) == (level_a > level_b)
    elif draw_a >> 4 != draw_b >> 4:
        assert (a < b) == (draw_a < draw_b)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2**64 - 1)), unique_by=lambda claim: (claim[0], claim[1] >> 4))
)
def test_rows_are_put_in_order_of_rank(claims_: list[tuple[int, int]]) -> None:
    rank = np.array([rank_of(level, np.uint64(draw)) for level, draw in claims_], dtype=np.int64)
    rows = 1000 + np.arange(len(rank))
    assert in_order(rows, rank).tolist() == rows[np.argsort(rank)].tolist()
