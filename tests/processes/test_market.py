"""Clients and providers (7.10c): rules by themselves and in runs."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from model_tools import R, V, month, small

from krimpsim.core.codes import NEVER, NOBODY, Part, Pool
from krimpsim.model import KrimpModel
from krimpsim.processes import (
    market,
)

minutes = st.integers(0, 6000)


def test_who_finds_nobody_waits_two_months_and_then_comes_in_with_a_surcharge() -> None:
    """Nobody takes new clients: on the list for two months, then no provider at all until one of them has staff."""
    model = KrimpModel(small("scenarios/no_cooperation", "2013-01-31", market__surcharge_after_months=2))
    people, m, start, minutes = model.people, model.market, model.first_month, 90
    people.provider_help[0] = NOBODY
    people.waiting_help[0] = NEVER
    m.takes_new[:] = 0
    m.intake[:] = m.room[:] = 10 * minutes
    p, region = model.rules.market, model.state.book.region
    region["clients_moved"] = region["placed_with_surcharge"] = 0

    def served(months: int) -> int:
        return int(market.serve(model.state, p, month(model, start + months), 0, Pool.HOUSEHOLD_HELP, minutes))

    assert [served(0), served(1)] == [NOBODY, NOBODY]
    assert people.waiting_help[0] == start
    m.room[:] = minutes - 1
    assert served(2) == NOBODY - 1
    assert region["placed_with_surcharge"] == 0
    m.room[:] = minutes
    placed = served(3)
    assert placed >= 0
    assert m.sells[placed, 0] == 1
    assert people.provider_help[0] == placed
    assert people.waiting_help[0] == NEVER
    assert (region["clients_moved"], region["placed_with_surcharge"]) == (0, 1)
    assert served(4) == placed


def test_clients_of_a_provider_that_stops_go_to_another_or_wait_and_none_is_lost() -> None:
    """Within a month, when that is the time of disruption: a transfer each, and every minute of need has its place.

    Who asks nothing this month is no client any more, and does not count as one that waits for another provider.
    """
    model = KrimpModel(small("scenarios/no_cooperation", "2013-04-30", decisions__disruption_months=1))
    model.step()
    people, m = model.people, model.market
    b = int(np.argmax(m.clients.sum(axis=1)))
    clients = int(m.clients[b].sum())
    pools = (("provider_help", "waiting_help"), ("provider_care", "waiting_care"))
    of_b = [np.flatnonzero(getattr(people, provider) == b) for provider, _ in pools]
    m.active[b] = 0
    m.takes_new[b] = 0
    model.step()
    people, moved, placed = model.people, 0, 0
    for rows, (provider, waits) in zip(of_b, pools, strict=True):
        waiting, now = getattr(people, waits)[rows] != NEVER, getattr(people, provider)[rows]
        elsewhere = (now >= 0) & (now != b)
        assert (now[waiting] == NOBODY).all()
        assert (now != b).all()
        moved += int((waiting | elsewhere).sum())
        placed += int(elsewhere.sum())
    assert int(model.result().region_rows[-1, R["clients_transferred"]]) == moved
    assert moved >= 0.9 * clients > 0, "some got better, died or left"
    assert placed > 0
    row = model.result().village_rows[-1]
    assert row[:, V["clients_disrupted"]].sum() == 0
    parts = sum(row[:, V[f"minutes_{part.name.lower()}"]] for part in Part)
    np.testing.assert_array_equal(parts, row[:, V["minutes_needed"]])
