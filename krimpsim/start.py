"""How a run starts: what is prepared from a configuration, the first state, and what the spin-up fixes."""

from __future__ import annotations

import math
from collections.abc import Sequence
from functools import lru_cache
from typing import Any

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.box import Box
from krimpsim.core.clock import START, days_in
from krimpsim.core.codes import Kind, Part, Pool
from krimpsim.core.streams import unsigned
from krimpsim.inputs.tables import Tables, crowded, load_tables
from krimpsim.organisations.convenant import Calendar
from krimpsim.organisations.payers import Municipality
from krimpsim.organisations.providers import HomeCareProvider
from krimpsim.outputs.groups import N_CELLS
from krimpsim.population.agenda import new_agenda
from krimpsim.population.lists import new_lists
from krimpsim.population.market import Market, no_clauses, no_tours, open_market
from krimpsim.population.roll import new_roll
from krimpsim.population.schema import I64, IN_USE, new_people, new_ties
from krimpsim.population.state import State, new_book, pool_of
from krimpsim.population.synthesis import Founders
from krimpsim.population.world import World, world_of
from krimpsim.processes import accounts
from krimpsim.schedule import (
    LAPS,
    people_month,
    prepare,
)


def _tables(config: RunConfig) -> Tables:
    """Return the input tables, with as many residents as the configuration asks for."""
    return crowded(load_tables(), config.region.copies)


@lru_cache(maxsize=8)
def prepared(text: str) -> tuple[World, Any, Box, Calendar]:
    """Return what depends on the configuration alone: world, rules, the same in a box, clauses; kept for the next."""
    config = RunConfig.model_validate_json(text)
    world = world_of(config, _tables(config))
    rules = prepare(world)
    return world, rules, Box(rules), Calendar(config, world.villages, rules.accounts)


def first_state(world: World, rules: Any, founders: Founders, market: Market) -> State:
    """Return the state at the start of the spin-up."""
    n_villages, n_providers, towns = len(world.villages), len(world.config.providers), world.places.municipalities
    return State(
        *founders,
        new_agenda(founders.in_use[0].persons + 1),
        new_lists(len(founders.people), len(founders.ties)),
        new_roll(len(founders.people), rules.informal_care.neighbours.circles),
        market,
        world.places,
        contact=np.zeros((n_providers, len(Pool), n_villages), dtype=np.int64),
        hours_factor=np.full(towns, 1000, dtype=np.int64),
        intakes=np.full(towns, 1000, dtype=np.int64),
        frozen=np.zeros(1, dtype=np.int64),
        indirect=np.zeros(len(Pool), dtype=np.int64),
        book=new_book(world.places, n_providers, N_CELLS),
        laps=np.zeros(len(LAPS) + 1, dtype=np.int64),
        tours=no_tours(n_providers, n_villages),
    )


def compile_people(config: RunConfig) -> None:
    """Compile the month of the people by running it on empty tables."""
    (world, rules, box, _), key = prepared(config.model_dump_json(by_alias=True)), unsigned(0)
    market = open_market(config, world.tables, world.places, key)
    nobody = Founders(new_people(2), new_ties(2), np.zeros(1, dtype=IN_USE))
    state = Box(first_state(world, rules, nobody, market))
    people_month(state, box, Box(no_clauses(len(world.villages))), key, START, days_in(START))


def indirect_time(config: RunConfig, rules: Any, s: State) -> I64:
    """Return indirect minutes per 1,000 contact minutes by pool, so that the pooled margin is the one asked for.

    What tariffs leave no room for is no indirect time.

    Returns
    -------
    indirect
        shape (2 pools,).
    """
    a, p, m, days = config.accounts, rules.accounts, s.market, 31
    slack, found = 1.0 + rules.staff.slack, np.zeros(len(Pool), dtype=np.int64)
    for pool in Pool:
        kinds = [kind for kind in Kind if pool_of(kind) == pool]
        minutes = m.delivered.sum(axis=(0, 1, 3))
        contact = int(sum(minutes[k] for k in kinds))
        if contact == 0:
            continue
        revenue = sum(accounts.month_cents(int(minutes[k]), int(p.tariff[0, k]), days) for k in kinds)
        direct = revenue * (1.0 - a.margin) / (1.0 + p.overhead / 1e6)
        direct -= accounts.km_cents(int(m.metres[:, :, pool].sum()) * days // 7, p)
        if pool == Pool.CARE_AND_NURSING:
            nights = s.book.nights
            direct -= float(nights["standby"].sum()) + accounts.km_cents(int(nights["metres"].sum()), p)
        paid = direct * 7 * 60 / (days * int(p.wage[0, pool])) / slack
        share = (paid - int(m.travel[:, :, pool].sum())) / contact - 1.0
        found[pool] = math.floor(1000 * max(share, 0.0) + 0.5)
    return found


def open_accounts(
    s: State, rules: Any, providers: Sequence[HomeCareProvider], municipalities: Sequence[Municipality]
) -> None:
    """Let organisations begin with what the last month of the spin-up brought in and cost."""
    revenue, active = s.book.revenue, s.market.active.sum()
    typical = int(revenue.sum()) // int(active) if active else 0
    tariff = rules.accounts.tariff[0]
    by_kind = s.market.delivered.sum(axis=(0, 1, 3)) * tariff.astype(np.float64)
    for b, provider in enumerate(providers):
        provider.start(int(revenue[b]), typical, by_kind)
    for party in municipalities:
        here = s.places.municipality == party.number
        minutes = s.book.parts[here, Part.PROFESSIONAL].sum(axis=0)
        cents = [accounts.month_cents(int(minutes[k]), int(tariff[k]), 30) for k in Kind]
        collective = int(s.book.parts[here, Part.COLLECTIVE].sum())
        group = accounts.month_cents(collective, int(tariff[Kind.DAY_PROGRAMME]), 30)
        party.start(cents[Kind.HOUSEHOLD_HELP], cents[Kind.GUIDANCE] + group)
