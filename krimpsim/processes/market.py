"""7.10c Market: clients and providers.

Purpose.   Bring those who ask for professional care to a provider, and keep them there.
Who.       Claimants with care left for professionals, noticed, accepting; per pool (household help; care and nursing).
Order.     Per claimant, in order of urgency: 1. a client stays with the provider; when it has stopped, the client moves
           within the months of disruption, at once under mutual cover; 2. a new client who consents is advised to the
           member that is strongest in the village; others choose among providers with room, by a keyed race with
           weight and distance; 3. no taker: a waiting list; 4. after eight weeks the payer pays a surcharge to a
           provider with staff, whether it takes new clients or not.  Who asks nothing this month leaves the list, and
           a provider that has stopped.
Assumes.   Providers take a new client only for contact time that is free.
Random.    MARKET_CHOICE per (person, provider), MARKET_CONSENT and PROVIDER_DISRUPTION per person.
"""

from __future__ import annotations

import math
from typing import NamedTuple

from krimpsim.config.run import RunConfig
from krimpsim.core.codes import NEVER, NOBODY
from krimpsim.core.jit import compiled
from krimpsim.core.streams import Stream, bits, happens, month_key, threshold, uniform
from krimpsim.population.market import ClausesNow, Market
from krimpsim.population.schema import I64, People
from krimpsim.processes.base import Process


class Params(NamedTuple):
    """When a payer pays a surcharge, and how soon clients of a provider that stopped move on.

    Parameters
    ----------
    surcharge_after
        Unit month.
    surcharge
        Share of the tariff.
    moves_on
        Threshold of 2**32 per month.
    """

    surcharge_after: int
    surcharge: float
    moves_on: int


def prepare(config: RunConfig) -> Params:
    """Return the parameters of the market."""
    months = config.decisions.disruption_months
    moves_on = threshold(1.0 if months <= 1 else 1.0 / months)
    return Params(config.market.surcharge_after_months, config.market.surcharge_share, moves_on)


@compiled
def provider_of(people: People, i: int, pool: int) -> int:
    """Return the provider of a person for a pool, -1 for none."""
    return people[i].provider_help if pool == 0 else people[i].provider_care


@compiled
def set_provider(people: People, i: int, pool: int, provider: int) -> None:
    """Make someone a client."""
    if pool == 0:
        people[i].provider_help = provider
    else:
        people[i].provider_care = provider


@compiled
def _waiting_since(people: People, i: int, pool: int) -> int:
    return people[i].waiting_help if pool == 0 else people[i].waiting_care


@compiled
def _set_waiting(people: People, i: int, pool: int, month: int) -> None:
    if pool == 0:
        people[i].waiting_help = month
    else:
        people[i].waiting_care = month


@compiled
def asks_nothing(people: People, market: Market, i: int, pool: int) -> None:
    """Take a person who no longer asks off the waiting list, and from a provider that has stopped."""
    _set_waiting(people, i, pool, NEVER)
    provider = provider_of(people, i, pool)
    if provider >= 0 and market.active[provider] == 0:
        set_provider(people, i, pool, NOBODY)


@compiled
def takes(market: Market, b: int, v: int, pool: int, minutes: int) -> bool:
    """Return whether a provider takes a new client of this size in this village."""
    return (
        market.active[b] == 1
        and market.sells[b, pool] == 1
        and market.takes_new[b, v] == 1
        and (pool == 0 or market.capped[b] == 0)
        and market.intake[b, pool] >= minutes
    )


@compiled
def has_other_member(market: Market, provider: int, pool: int) -> bool:
    """Return whether a member stands by another member: one that is active and sells the same."""
    found = False
    if market.member[provider] == 1:
        for b in range(len(market.active)):
            if b != provider and market.member[b] == 1 and market.active[b] == 1 and market.sells[b, pool] == 1:
                found = True
    return found


@compiled
def strongest_member(market: Market, strength: I64, v: int, pool: int, minutes: int) -> int:
    """Return the member with the most contact time in the village last month, then the nearest base; -1 for none."""
    best = NOBODY
    for b in range(len(market.active)):
        if market.member[b] == 0 or not takes(market, b, v, pool, minutes):
            continue
        here, there = strength[b, v, pool], strength[best, v, pool] if best >= 0 else -1
        nearer = best >= 0 and here == there and market.base_m[b, v] < market.base_m[best, v]
        if here > there or nearer:
            best = b
    return best


@compiled
def chosen_provider(
    market: Market, people: People, i: int, pool: int, minutes: int, key: int, month: int, taken: int
) -> int:
    """Return the winner of the keyed race among providers, -1 when none takes the client.

    Parameters
    ----------
    taken
        0: those who take new clients; 1: all with free staff (after the surcharge).
    """
    v = people[i].village
    race = month_key(key, Stream.MARKET_CHOICE, month, pool)
    best, best_value = NOBODY, 0.0
    for b in range(len(market.active)):
        if taken == 0:
            if not takes(market, b, v, pool, minutes):
                continue
        elif market.active[b] == 0 or market.sells[b, pool] == 0 or market.room[b, pool] < minutes:
            continue
        value = -math.log(uniform(race, bits(race, people[i].uid) ^ market.words[b])) / market.pull[b, v]
        if best < 0 or value < best_value:
            best, best_value = b, value
    return best


@compiled
def step_one(
    people: People,
    market: Market,
    strength: I64,
    i: int,
    pool: int,
    minutes: int,
    clauses: ClausesNow,
    p: Params,
    key: int,
    month: int,
    counters: I64,
) -> int:
    """Return the provider that serves a claimant this month: -1 on the waiting list, -2 no provider at all.

    Parameters
    ----------
    strength
        shape (P, V, 2), unit min/week: contact time of last month.
    minutes
        Contact time asked for, min/week.
    counters
        shape (2,): clients who had to change provider; clients placed with a surcharge.
    """
    provider = provider_of(people, i, pool)
    v = people[i].village
    if provider >= 0:
        if market.active[provider] == 1:
            return provider
        covered = clauses.cover > 0 and has_other_member(market, provider, pool)
        if not covered and not happens(
            month_key(key, Stream.PROVIDER_DISRUPTION, month, pool), people[i].uid, p.moves_on
        ):
            return NOBODY
        set_provider(people, i, pool, NOBODY)
        counters[0] += 1
    new = NOBODY
    if clauses.advice > 0 and happens(month_key(key, Stream.MARKET_CONSENT, 0, pool), people[i].uid, clauses.advice):
        new = strongest_member(market, strength, v, pool, minutes)
    if new < 0:
        new = chosen_provider(market, people, i, pool, minutes, key, month, 0)
    since = _waiting_since(people, i, pool)
    if new < 0 and since != NEVER and month - since >= p.surcharge_after:
        new = chosen_provider(market, people, i, pool, minutes, key, month, 1)
        if new >= 0:
            counters[1] += 1
    if new < 0:
        if since == NEVER:
            _set_waiting(people, i, pool, month)
            since = month
        return NOBODY if month - since < p.surcharge_after else NOBODY - 1
    set_provider(people, i, pool, new)
    _set_waiting(people, i, pool, NEVER)
    market.intake[new, pool] -= minutes
    return new


PROCESS = Process(
    "7.10c",
    "market",
    "month",
    ("provider_help", "provider_care", "waiting_help", "waiting_care", "village", "market", "convenant"),
    ("provider_help", "provider_care", "waiting_help", "waiting_care", "market.intake"),
    (Stream.MARKET_CHOICE, Stream.MARKET_CONSENT, Stream.PROVIDER_DISRUPTION),
    "New clients find a provider, or wait.",
)
