"""7.13 Accounts: who pays whom, in whole cents.

Purpose.   Book what payers pay and what providers earn and spend, each amount once on both sides.
Who.       Every provider, payer and month.
Order.     1. care given x tariff, rounded once per provider, kind and payer; 2. surcharges and availability of nights;
           3. cost: paid time of staff, kilometres, standby, overhead; 4. the area account changes by the difference;
           5. clients' contributions go to the public purse; 6. for each member, what it would have cost to drive alone
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
from krimpsim.config.run import RunConfig
from krimpsim.core.codes import Kind, Lever, Payer
from krimpsim.core.jit import compiled
from krimpsim.population.market import ClausesNow, Market
from krimpsim.population.schema import I64
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
        shape (n_years,), cents a month per client of municipal care.
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


def prepare(config: RunConfig, first_year: int, n_years: int) -> Params:
    """Return prices by year, as integers."""
    a, f = config.accounts, config.payers
    kinds = (a.tariff_household_help, a.tariff_personal_care, a.tariff_nursing, a.tariff_guidance)
    tariff = np.zeros((n_years, 5), dtype=np.int64)
    wage = np.zeros((n_years, 2), dtype=np.int64)
    fee = np.zeros((n_years, 5), dtype=np.int64)
    tables = [dated(table, first_year, n_years) for table in kinds]
    help_fee, care_fee = dated(f.fee_household_help, first_year, n_years), dated(f.fee_care, first_year, n_years)
    for year in range(n_years):
        growth = (1.0 + a.tariff_growth_per_year) ** year
        for kind, table in enumerate(tables):
            tariff[year, kind] = round(100 * table[year] * growth)
        tariff[year, Kind.DAY_PROGRAMME] = round(100 * config.collective.cost_eur_per_hour * growth)
        wages = (1.0 + a.wage_growth_per_year) ** year
        wage[year] = (round(100 * a.wage_household_help * wages), round(100 * a.wage_care * wages))
        fee[year, Kind.HOUSEHOLD_HELP] = round(100 * help_fee[year])
        fee[year, Kind.PERSONAL_CARE] = fee[year, Kind.NURSING] = round(100 * care_fee[year])
    flat = np.array([round(100 * x) for x in dated(f.fee_flat_eur_month, first_year, n_years)], dtype=np.int64)
    return Params(
        tariff=tariff,
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
def price_of(market: Market, b: int, kind: int, p: Params, clauses: ClausesNow, year: int) -> int:
    """Return what a provider is paid for an hour, in cents; members' self-steering teams have a price of their own."""
    price = p.tariff[year, kind]
    if (kind == Kind.PERSONAL_CARE or kind == Kind.NURSING) and market.member[b] == 1:
        return price * clauses.here[Lever.PRICE, 0] // 1000
    return price


@compiled
def with_overhead(direct: int, p: Params, clauses: ClausesNow) -> int:
    """Return cents with the overhead that comes on top of them."""
    return direct + direct * p.overhead // 1000000 * clauses.here[Lever.OVERHEAD, 0] // 1000


@compiled
def gain(market: Market, b: int, nights: I64, p: Params, year: int, month: int, days: int) -> int:
    """Return what the same clients and calls would have cost a provider more if it had driven alone, in cents.

    Paid travel that is saved counts at the wage, whether it becomes care or money.
    """
    if market.member[b] == 0:
        return 0
    cents = km_cents(market.apart_nights[b, 0] - nights[b, 0], p)
    if month < p.system_function_from:
        cents += market.apart_nights[b, 1] - nights[b, 4]
    for pool in range(2):
        minutes, metres = market.apart_minutes[b, pool], market.apart_metres[b, pool]
        for v in range(market.travel.shape[1]):
            minutes -= market.travel[b, v, pool]
            metres -= market.metres[b, v, pool]
        cents += month_cents(minutes, p.wage[year, pool], days) + km_cents(metres * days // 7, p)
    return cents


@compiled
def step(
    market: Market,
    nights: I64,
    surcharges: I64,
    indirect: I64,
    p: Params,
    clauses: ClausesNow,
    year: int,
    month: int,
    days: int,
    paid: I64,
    revenue: I64,
    cost: I64,
) -> int:
    """Book one month.

    Parameters
    ----------
    nights
        shape (P, 5): as counted by the nights.
    surcharges
        shape (P, 4 payers), unit cents: paid to a provider that took a client who waited too long.
    indirect
        shape (2 pools,): indirect minutes per 1,000 contact minutes.
    paid
        shape (4 payers,), unit cents: filled with what payers pay for home care.
    revenue, cost
        shape (P,), unit cents: filled.

    Returns
    -------
    contributions
        Clients' contributions, in cents.
    """
    n_providers, n_villages = market.takes_new.shape
    paid[:] = 0
    contributions = 0
    for b in range(n_providers):
        revenue[b] = 0
        for payer in range(4):
            revenue[b] += surcharges[b, payer]
            paid[payer] += surcharges[b, payer]
        for kind in range(5):
            for payer in range(4):
                minutes = 0
                for v in range(n_villages):
                    minutes += market.delivered[b, v, kind, payer]
                if minutes == 0:
                    continue
                cents = month_cents(minutes, price_of(market, b, kind, p, clauses, year), days)
                revenue[b] += cents
                paid[payer] += cents
                contributions += month_cents(minutes, p.fee[year, kind], days)
        contributions += market.clients[b, 0] * p.flat_fee[year]
        if month >= p.system_function_from:
            revenue[b] += nights[b, 4]
            paid[Payer.INSURER] += nights[b, 4]
        direct = nights[b, 4] + km_cents(nights[b, 0], p)
        for pool in range(2):
            direct += month_cents(market.staff[b, pool], p.wage[year, pool], days)
            metres = 0
            for v in range(n_villages):
                metres += market.metres[b, v, pool]
            direct += km_cents(metres * days // 7, p)
        cost[b] = with_overhead(direct, p, clauses)
        market.area[b] += revenue[b] - cost[b]
        if clauses.weighs == 1:
            market.gain[b] += with_overhead(gain(market, b, nights, p, year, month, days), p, clauses)
        for v in range(n_villages):
            market.contribution[b, v] += contribution(market, b, v, indirect, p, clauses, year, days)
            market.volume[b] += market.delivered[b, v, 1, Payer.INSURER] + market.delivered[b, v, 2, Payer.INSURER]
    return contributions


@compiled
def contribution(
    market: Market, b: int, v: int, indirect: I64, p: Params, clauses: ClausesNow, year: int, days: int
) -> int:
    """Return what a provider earns in a village above the cost it would avoid without it, in cents."""
    cents = 0
    for kind in range(5):
        pool = 0 if kind == 0 else 1
        for payer in range(4):
            minutes = market.delivered[b, v, kind, payer]
            if minutes == 0:
                continue
            cents += month_cents(minutes, price_of(market, b, kind, p, clauses, year), days)
            cents -= month_cents(minutes + minutes * indirect[pool] // 1000, p.wage[year, pool], days)
    for pool in range(2):
        cents -= month_cents(market.travel[b, v, pool], p.wage[year, pool], days)
        cents -= km_cents(market.metres[b, v, pool] * days // 7, p)
    return cents


PROCESS = Process(
    "7.13",
    "accounts",
    "month",
    ("market.delivered", "market.travel", "market.metres", "market.staff", "market.member", "convenant"),
    ("market.area", "market.contribution", "market.volume", "market.gain"),
    (),
    "Payers pay, providers earn and spend, in whole cents.",
)
