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
from krimpsim.core.clock import FIRST_YEAR
from krimpsim.core.codes import NOBODY, Kind, Lever, Part, Payer, Pool
from krimpsim.core.jit import compiled
from krimpsim.population.market import Market
from krimpsim.population.schema import I64
from krimpsim.population.state import Claim, Now, State, pool_of, scaled
from krimpsim.population.world import N_YEARS, World
from krimpsim.processes.base import Process
from krimpsim.processes.claims import accepts_help


class Params(NamedTuple):
    """Use of what is granted.

    Parameters
    ----------
    uptake
        shape (n_years, 5 kinds), percent.
    """

    uptake: I64


def prepare(world: World) -> Params:
    """Return the share of a grant that is used, in percent."""
    e = world.config.entitlement
    uptake = np.full((N_YEARS, len(Kind)), round(100 * e.uptake_other), dtype=np.int64)
    uptake[:, Kind.PERSONAL_CARE] = round(100 * e.uptake_personal_care)
    help_used = dated(e.uptake_household_help, FIRST_YEAR, N_YEARS)
    uptake[:, Kind.HOUSEHOLD_HELP] = [round(100 * share) for share in help_used]
    return Params(uptake)


@compiled
def payer_of(now: Now, kind: int, level: int, municipality: int) -> int:
    """Return who pays a kind of care at home for a person of this level."""
    town = Payer.MUNICIPALITY + municipality
    if kind == Kind.HOUSEHOLD_HELP:
        return Payer.CARE_OFFICE if level == 4 and now.reformed else town
    if kind == Kind.GUIDANCE or kind == Kind.DAY_PROGRAMME:
        return town if now.reformed and level < 4 else Payer.CARE_OFFICE
    return Payer.INSURER if now.reformed and level < 4 else Payer.CARE_OFFICE


@compiled
def hours_given(market: Market, now: Now, provider: int, kind: int, minutes: int) -> int:
    """Return the minutes that a client's provider makes of a grant; self-steering teams make less of it."""
    if (kind == Kind.PERSONAL_CARE or kind == Kind.NURSING) and provider >= 0 and market.member[provider] == 1:
        return scaled(now, Lever.HOURS, 0, minutes)
    return minutes


@compiled
def ask(s: State, p: Params, now: Now, i: int, claim: Claim) -> None:
    """Split what is left of a claimant's need into reasons for a gap and what professionals are asked for."""
    person, parts = s.people[i], s.book.parts
    v, m = person.village, s.places.municipality[person.village]
    accepts = accepts_help(now, person)
    between = now.month < person.between_payers and now.reformed
    for kind in range(len(claim.rest)):
        left = claim.rest[kind]
        claim.rest[kind] = 0
        claim.formal[kind] = 0
        if left == 0:
            continue
        if person.noticed == 0 and person.episode == 0:
            parts[v, Part.NOT_NOTICED, kind] += left
            person.met_minutes -= left
            continue
        if not accepts:
            parts[v, Part.REFUSED, kind] += left
            person.declined_minutes += left
            continue
        used = left * p.uptake[now.year, kind] // 100
        used += (left - used) * (1000 - scaled(now, Lever.UNUSED, v, 1000)) // 1000
        used = hours_given(s.market, now, person.provider_care, kind, used)
        parts[v, Part.REFUSED, kind] += left - used
        person.declined_minutes += left - used
        by_team = kind == Kind.HOUSEHOLD_HELP or kind == Kind.GUIDANCE
        if kind == Kind.DAY_PROGRAMME or (by_team and person.granted == 0):
            parts[v, Part.WAITING, kind] += used
            person.met_minutes -= used
            continue
        if between and by_team:
            parts[v, Part.NO_BUDGET, kind] += used
            person.met_minutes -= used
            continue
        if payer_of(now, kind, person.level, m) == Payer.MUNICIPALITY + m:
            paid = used * s.hours_factor[m] // 1000
            parts[v, Part.NO_BUDGET, kind] += used - paid
            person.met_minutes -= used - paid
            used = paid
        claim.formal[kind] = used


@compiled
def _covered(s: State, now: Now, b: int, left: int, place: tuple[int, int, int, int]) -> int:
    """Let other members give what a member's staff cannot; return what is still left.

    Parameters
    ----------
    place
        Staff pool, and village, kind and payer of the care.
    """
    market, (pool, v, kind, payer) = s.market, place
    for other in range(len(market.active)):
        if other == b or market.member[other] == 0 or market.active[other] == 0 or left == 0:
            continue
        spare = market.room[other, pool] * now.clauses.cover // 1000
        spare = spare if spare < left else left
        market.room[other, pool] -= spare
        market.delivered[other, v, kind, payer] += spare
        left -= spare
    return left


@compiled
def step_one(s: State, p: Params, now: Now, i: int, claim: Claim) -> None:
    """Give a claimant what staff can give, and book the rest as waiting or without staff."""
    market, person, parts = s.market, s.people[i], s.book.parts
    v, nursed = person.village, False
    for kind in (Kind.NURSING, Kind.PERSONAL_CARE, Kind.GUIDANCE, Kind.HOUSEHOLD_HELP):
        minutes = claim.formal[kind]
        if minutes == 0:
            continue
        pool = pool_of(kind)
        b = claim.chosen[pool]
        if b < 0:
            parts[v, Part.WAITING if b == NOBODY else Part.NO_PROVIDER, kind] += minutes
            person.met_minutes -= minutes
            continue
        payer = payer_of(now, kind, person.level, s.places.municipality[v])
        given = minutes if minutes < market.room[b, pool] else market.room[b, pool]
        market.room[b, pool] -= given
        market.delivered[b, v, kind, payer] += given
        left = minutes - given
        if left > 0 and now.clauses.cover > 0 and market.member[b] == 1:
            left = _covered(s, now, b, left, (pool, v, kind, payer))
        parts[v, Part.PROFESSIONAL, kind] += minutes - left
        parts[v, Part.NO_PROVIDER, kind] += left
        person.met_minutes -= left
        if kind == Kind.NURSING or kind == Kind.PERSONAL_CARE:
            nursed = True
    for pool in range(len(claim.chosen)):
        if claim.chosen[pool] >= 0:
            market.clients[claim.chosen[pool], pool] += 1
    if nursed:
        market.nursing_clients[claim.chosen[Pool.CARE_AND_NURSING]] += 1


PROCESS = Process(
    "7.10d",
    "professional care",
    "month",
    (
        "level",
        "episode",
        "noticed",
        "granted",
        "village",
        "provider_care",
        "between_payers",
        "market.active",
        "market.member",
        "market.room",
        "hours_factor",
        "convenant",
    ),
    (
        "met_minutes",
        "declined_minutes",
        "market.room",
        "market.delivered",
        "market.clients",
        "market.nursing_clients",
    ),
    (),
    "Providers give what their staff can; the rest is booked with its reason.",
)
