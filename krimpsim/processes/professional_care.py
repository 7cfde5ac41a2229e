"""7.10d Professional care, and the book of the gap.

Purpose.   Let providers give what is left, and write down why the rest is not given.
Who.       Claimants, in order of urgency, after household, informal care, volunteers and groups.
Order.     Per kind: 1. need that nobody noticed; 2. help refused, and the part of a grant that is not used, or that a
           self-steering team leaves to the client; 3. waiting for a social team (household help, guidance, day
           programme); 4. the part a municipality no longer pays, and municipal care that has stopped before the care
           office pays; 5. a provider is found or not; 6. care given within the contact time of the provider's staff,
           then of members that cover for it; what is left has no staff.
Assumes.   Day programme is never given by home-care providers: without a place people wait.
Random.    none of its own.
Sources.   entitlement_uptake_pv, hh_growth_flatfee.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.base import dated
from krimpsim.config.run import RunConfig
from krimpsim.core.codes import NOBODY, Kind, Lever, Part, Payer
from krimpsim.core.jit import compiled
from krimpsim.population.market import ClausesNow, Market
from krimpsim.population.schema import I64, People
from krimpsim.processes.base import Process


class Params(NamedTuple):
    """Use of what is granted, and who pays.

    Parameters
    ----------
    uptake
        shape (n_years, 5 kinds), percent.
    reform
        Absolute month in which care at home moves from the AWBZ to insurer and municipality.
    """

    uptake: I64
    reform: int


def prepare(config: RunConfig, first_year: int, n_years: int) -> Params:
    """Return the share of a grant that is used, in percent."""
    e = config.entitlement
    uptake = np.full((n_years, 5), round(100 * e.uptake_other), dtype=np.int64)
    uptake[:, Kind.PERSONAL_CARE] = round(100 * e.uptake_personal_care)
    uptake[:, Kind.HOUSEHOLD_HELP] = [
        round(100 * share) for share in dated(e.uptake_household_help, first_year, n_years)
    ]
    return Params(uptake, config.payers.reform_from * 12)


@compiled
def pool_of(kind: int) -> int:
    """Return the staff pool that gives a kind of care."""
    return 0 if kind == Kind.HOUSEHOLD_HELP else 1


@compiled
def payer_of(kind: int, level: int, municipality: int, month: int, reform: int) -> int:
    """Return who pays a kind of care at home for a person of this level in a month; the reform is a month too."""
    if kind == Kind.HOUSEHOLD_HELP:
        return Payer.CARE_OFFICE if level == 4 and month >= reform else municipality
    if kind == Kind.GUIDANCE or kind == Kind.DAY_PROGRAMME:
        return municipality if month >= reform and level < 4 else Payer.CARE_OFFICE
    return Payer.INSURER if month >= reform and level < 4 else Payer.CARE_OFFICE


@compiled
def hours_given(market: Market, provider: int, kind: int, minutes: int, clauses: ClausesNow) -> int:
    """Return the minutes that a client's provider makes of a grant; self-steering teams make less of it."""
    if (kind == Kind.PERSONAL_CARE or kind == Kind.NURSING) and provider >= 0 and market.member[provider] == 1:
        return minutes * clauses.here[Lever.HOURS, 0] // 1000
    return minutes


@compiled
def asked(
    people: People,
    i: int,
    accepts: bool,
    market: Market,
    municipality: I64,
    hours_factor: I64,
    rest: I64,
    formal: I64,
    parts: I64,
    p: Params,
    clauses: ClausesNow,
    year: int,
    month: int,
) -> int:
    """Split what is left of a claimant's need into reasons for a gap and what professionals are asked for.

    Parameters
    ----------
    hours_factor
        shape (2 municipalities,), thousandths of the hours granted that are still paid.
    rest
        shape (5,), min/week: need left; emptied here.
    formal
        shape (5,), min/week: filled with what professionals are asked for.

    Returns
    -------
    missing
        Minutes a week that nobody will give, help that is declined apart.
    """
    missing = 0
    v = people[i].village
    m = municipality[v]
    level = people[i].level
    noticed = people[i].noticed == 1
    between = month < people[i].between_payers and month >= p.reform
    for kind in range(5):
        left = rest[kind]
        rest[kind] = 0
        formal[kind] = 0
        if left == 0:
            continue
        if not noticed and people[i].episode == 0:
            parts[v, Part.NOT_NOTICED, kind] += left
            missing += left
            continue
        if not accepts:
            parts[v, Part.REFUSED, kind] += left
            continue
        used = left * p.uptake[year, kind] // 100
        used += (left - used) * (1000 - clauses.here[Lever.UNUSED, v]) // 1000
        used = hours_given(market, people[i].provider_care, kind, used, clauses)
        parts[v, Part.REFUSED, kind] += left - used
        if kind == Kind.DAY_PROGRAMME or (
            (kind == Kind.HOUSEHOLD_HELP or kind == Kind.GUIDANCE) and people[i].granted == 0
        ):
            parts[v, Part.WAITING, kind] += used
            missing += used
            continue
        if between and (kind == Kind.HOUSEHOLD_HELP or kind == Kind.GUIDANCE):
            parts[v, Part.NO_BUDGET, kind] += used
            missing += used
            continue
        if payer_of(kind, level, m, month, p.reform) < 2:
            paid = used * hours_factor[m] // 1000
            parts[v, Part.NO_BUDGET, kind] += used - paid
            missing += used - paid
            used = paid
        formal[kind] = used
    return missing


@compiled
def deliver(
    people: People,
    market: Market,
    i: int,
    providers: I64,
    municipality: I64,
    formal: I64,
    parts: I64,
    clauses: ClausesNow,
    month: int,
    reform: int,
) -> int:
    """Give what staff can give, and book the rest as waiting or without staff.

    Parameters
    ----------
    providers
        shape (2 pools,): provider, -1 on a waiting list, -2 no provider.
    reform
        Absolute month from which others pay.

    Returns
    -------
    missing
        Minutes a week that are not given.
    """
    missing = 0
    v = people[i].village
    level = people[i].level
    nursed = False
    for kind in (Kind.NURSING, Kind.PERSONAL_CARE, Kind.GUIDANCE, Kind.HOUSEHOLD_HELP):
        minutes = formal[kind]
        if minutes == 0:
            continue
        pool = pool_of(kind)
        b = providers[pool]
        if b < 0:
            parts[v, Part.WAITING if b == NOBODY else Part.NO_PROVIDER, kind] += minutes
            missing += minutes
            continue
        payer = payer_of(kind, level, municipality[v], month, reform)
        given = minutes if minutes < market.room[b, pool] else market.room[b, pool]
        market.room[b, pool] -= given
        market.delivered[b, v, kind, payer] += given
        left = minutes - given
        if left > 0 and clauses.cover > 0 and market.member[b] == 1:
            for other in range(len(market.active)):
                if other == b or market.member[other] == 0 or market.active[other] == 0 or left == 0:
                    continue
                help_ = market.room[other, pool] * clauses.cover // 1000
                help_ = help_ if help_ < left else left
                market.room[other, pool] -= help_
                market.delivered[other, v, kind, payer] += help_
                left -= help_
        parts[v, Part.PROFESSIONAL, kind] += minutes - left
        parts[v, Part.NO_PROVIDER, kind] += left
        missing += left
        if kind == Kind.NURSING or kind == Kind.PERSONAL_CARE:
            nursed = True
    for pool in range(2):
        b = providers[pool]
        if b >= 0:
            market.clients[b, pool] += 1
    if nursed:
        market.nursing_clients[providers[1]] += 1
    return missing


PROCESS = Process(
    "7.10d",
    "professional care",
    "month",
    (
        "noticed",
        "granted",
        "level",
        "village",
        "provider_care",
        "between_payers",
        "market.member",
        "market.room",
        "convenant",
    ),
    ("market.room", "market.delivered", "market.clients"),
    (),
    "Providers give what their staff can; the rest is booked with its reason.",
)
