"""7.13 Accounts: who pays whom, in whole cents.

Purpose.   Book what payers pay and what providers earn and spend, each amount once on both sides.
Who.       Every provider, payer and month.
Order.     1. care given x tariff, rounded once per provider, kind and payer; 2. surcharges and availability of nights;
           3. cost: paid time of staff, kilometres, standby, overhead; 4. the area account changes by the difference;
           5. clients' contributions are counted apart; 6. for each member, what it would have cost to drive alone
           to the same clients and calls.
Assumes.   Paid time = contact + paid travel + indirect; the indirect share per pool is solved at the end of the spin-up
           and then frozen.  Overhead is a share of cost.  Constant euros of 2013.
Random.    none.
Sources.   tariff_*, staff_cost_wv, overhead_cost, margin_homecare_2012.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.base import dated
from krimpsim.core.clock import FIRST_YEAR
from krimpsim.core.codes import Kind, Lever, Payer, Pool
from krimpsim.core.jit import compiled
from krimpsim.population.market import Market
from krimpsim.population.schema import I64
from krimpsim.population.state import Now, State, indirect_now, pool_of, scaled
from krimpsim.population.world import N_YEARS, World
from krimpsim.processes.base import Process


class Params(NamedTuple):
    """Prices in cents (cents an hour unless said otherwise).

    Parameters
    ----------
    tariff
        shape (n_years, 5 kinds): day programme is the price of group facilities.
    wage
        shape (n_years, 2 pools).
    km_millicents
        Cost per kilometre, thousandths of a cent per metre.
    overhead
        Overhead over other cost, in millionths.
    fee
        shape (n_years, 5 kinds): client's contribution per hour.
    flat_fee
        shape (n_years,), cents a month per client of household help.
    system_function_from
        Absolute month from which the insurer pays standby.
    """

    tariff: I64
    wage: I64
    km_millicents: int
    overhead: int
    fee: I64
    flat_fee: I64
    system_function_from: int


def tariffs(world: World) -> I64:
    """Return what an hour of care costs who pays, in cents, shape (n_years, 5 kinds)."""
    a = world.config.accounts
    kinds = (a.tariff_household_help, a.tariff_personal_care, a.tariff_nursing, a.tariff_guidance)
    tables = [dated(table, FIRST_YEAR, N_YEARS) for table in kinds]
    tariff = np.zeros((N_YEARS, len(Kind)), dtype=np.int64)
    for year in range(N_YEARS):
        growth = (1.0 + a.tariff_growth_per_year) ** year
        for kind, table in enumerate(tables):
            tariff[year, kind] = round(100 * table[year] * growth)
        tariff[year, Kind.DAY_PROGRAMME] = round(100 * world.config.collective.cost_eur_per_hour * growth)
    return tariff


def prepare(world: World) -> Params:
    """Return prices by year, as integers."""
    config = world.config
    a, f = config.accounts, config.payers
    wage = np.zeros((N_YEARS, len(Pool)), dtype=np.int64)
    fee = np.zeros((N_YEARS, len(Kind)), dtype=np.int64)
    help_fee, care_fee = dated(f.fee_household_help, FIRST_YEAR, N_YEARS), dated(f.fee_care, FIRST_YEAR, N_YEARS)
    for year in range(N_YEARS):
        wages = (1.0 + a.wage_growth_per_year) ** year
        wage[year] = (round(100 * a.wage_household_help * wages), round(100 * a.wage_care * wages))
        fee[year, Kind.HOUSEHOLD_HELP] = round(100 * help_fee[year])
        fee[year, Kind.PERSONAL_CARE] = fee[year, Kind.NURSING] = round(100 * care_fee[year])
    flat = np.array([round(100 * x) for x in dated(f.fee_flat_eur_month, FIRST_YEAR, N_YEARS)], dtype=np.int64)
    return Params(
        tariff=tariffs(world),
        wage=wage,
        km_millicents=round(100 * a.km_cost),
        overhead=round(1e6 * a.overhead_share / (1 - a.overhead_share)),
        fee=fee,
        flat_fee=flat,
        system_function_from=config.nights.system_function_from * 12,
    )


@compiled
def month_cents(minutes_a_week: int, cents_an_hour: int, days: int) -> int:
    """Return the price of weekly minutes over a month, in cents, rounded once."""
    return (2 * minutes_a_week * days * cents_an_hour + 420) // 840


@compiled
def km_cents(metres: int, p: Params) -> int:
    """Return the cost of a distance in cents."""
    return metres * p.km_millicents // 1000


@compiled
def price_of(market: Market, p: Params, now: Now, b: int, kind: int) -> int:
    """Return what a provider is paid for an hour, in cents; members' self-steering teams have a price of their own."""
    price = p.tariff[now.year, kind]
    if (kind == Kind.PERSONAL_CARE or kind == Kind.NURSING) and market.member[b] == 1:
        return scaled(now, Lever.PRICE, 0, price)
    return price


@compiled
def with_overhead(p: Params, now: Now, direct: int) -> int:
    """Return cents with the overhead that comes on top of them."""
    return direct + scaled(now, Lever.OVERHEAD, 0, direct * p.overhead // 1000000)


@compiled
def gain(s: State, p: Params, now: Now, b: int) -> int:
    """Return what the same clients and calls would have cost a provider more if it had driven alone, in cents.

    Paid travel that is saved counts at the wage, whether it becomes care or money.
    """
    market, night = s.market, s.book.nights[b]
    if market.member[b] == 0:
        return 0
    cents = km_cents(market.apart_night_metres[b] - night.metres, p)
    if now.month < p.system_function_from:
        cents += market.apart_standby[b] - night.standby
    for pool in range(market.travel.shape[2]):
        minutes, metres = market.apart_minutes[b, pool], market.apart_metres[b, pool]
        for v in range(market.travel.shape[1]):
            minutes -= market.travel[b, v, pool]
            metres -= market.metres[b, v, pool]
        cents += month_cents(minutes, p.wage[now.year, pool], now.days) + km_cents(metres * now.days // 7, p)
    return cents


@compiled
def _earned(s: State, p: Params, now: Now, b: int) -> int:
    """Book what a provider earns in a month on who pays, and return it, in cents."""
    market, book = s.market, s.book
    revenue = 0
    for payer in range(len(book.paid)):
        revenue += book.surcharges[b, payer]
        book.paid[payer] += book.surcharges[b, payer]
    for kind in range(market.delivered.shape[2]):
        for payer in range(len(book.paid)):
            minutes = 0
            for v in range(market.delivered.shape[1]):
                minutes += market.delivered[b, v, kind, payer]
            if minutes == 0:
                continue
            cents = month_cents(minutes, price_of(market, p, now, b, kind), now.days)
            revenue += cents
            book.paid[payer] += cents
            book.region[0].contributions += month_cents(minutes, p.fee[now.year, kind], now.days)
    book.region[0].contributions += market.clients[b, Pool.HOUSEHOLD_HELP] * p.flat_fee[now.year]
    if now.month >= p.system_function_from:
        revenue += book.nights[b].standby
        book.paid[Payer.INSURER] += book.nights[b].standby
    return revenue


@compiled
def _spent(s: State, p: Params, now: Now, b: int) -> int:
    """Return what a month cost a provider, in cents."""
    market, night = s.market, s.book.nights[b]
    direct = night.standby + km_cents(night.metres, p)
    for pool in range(market.staff.shape[1]):
        direct += month_cents(market.staff[b, pool], p.wage[now.year, pool], now.days)
        metres = 0
        for v in range(market.metres.shape[1]):
            metres += market.metres[b, v, pool]
        direct += km_cents(metres * now.days // 7, p)
    return with_overhead(p, now, direct)


@compiled
def step(s: State, p: Params, now: Now) -> None:
    """Book one month, and add it to the quarter."""
    market, book, insurer = s.market, s.book, Payer.INSURER
    for b in range(len(market.active)):
        book.revenue[b] = _earned(s, p, now, b)
        book.cost[b] = _spent(s, p, now, b)
        result = book.revenue[b] - book.cost[b]
        market.area[b] += result
        book.quarter[b].revenue += book.revenue[b]
        book.quarter[b].result += result
        if now.clauses.weighs == 1:
            market.gain[b] += with_overhead(p, now, gain(s, p, now, b))
        for v in range(market.contribution.shape[1]):
            market.contribution[b, v] += contribution(s, p, now, b, v)
            for kind in (Kind.PERSONAL_CARE, Kind.NURSING):
                market.volume[b] += market.delivered[b, v, kind, insurer]
    for payer in range(len(book.paid)):
        book.quarter_paid[payer] += book.paid[payer]


@compiled
def contribution(s: State, p: Params, now: Now, b: int, v: int) -> int:
    """Return what a provider earns in a village above the cost it would avoid without it, in cents."""
    market, cents = s.market, 0
    for kind in range(market.delivered.shape[2]):
        pool = pool_of(kind)
        for payer in range(market.delivered.shape[3]):
            minutes = market.delivered[b, v, kind, payer]
            if minutes == 0:
                continue
            cents += month_cents(minutes, price_of(market, p, now, b, kind), now.days)
            indirect = minutes * indirect_now(s, now, pool) // 1000
            cents -= month_cents(minutes + indirect, p.wage[now.year, pool], now.days)
    for pool in range(market.travel.shape[2]):
        cents -= month_cents(market.travel[b, v, pool], p.wage[now.year, pool], now.days)
        cents -= km_cents(market.metres[b, v, pool] * now.days // 7, p)
    return cents


PROCESS = Process(
    "7.13",
    "accounts",
    "month",
    (
        "market.active",
        "market.member",
        "market.staff",
        "market.delivered",
        "market.travel",
        "market.metres",
        "market.clients",
        "market.contribution",
        "market.apart_minutes",
        "market.apart_metres",
        "market.apart_night_metres",
        "market.apart_standby",
        "indirect",
        "convenant",
    ),
    (
        "market.area",
        "market.contribution",
        "market.volume",
        "market.gain",
    ),
    (),
    "Payers pay, providers earn and spend, in whole cents.",
)
