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

import numpy as np

from krimpsim.core.codes import NEVER, NOBODY, Pool, Presence
from krimpsim.core.jit import compiled
from krimpsim.core.prefetch import ask_ahead
from krimpsim.core.streams import Stream, bits, happens, month_key, threshold, uniform
from krimpsim.population.lists import size
from krimpsim.population.market import Market
from krimpsim.population.schema import I64, Person
from krimpsim.population.state import Claim, Now, State, pool_of
from krimpsim.population.world import World
from krimpsim.processes.accounts import month_cents, tariffs
from krimpsim.processes.base import Process
from krimpsim.processes.professional_care import payer_of


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
    tariff
        shape (n_years, 2 pools), cents an hour: on which the surcharge is paid.
    """

    surcharge_after: int
    surcharge: float
    moves_on: int
    tariff: I64


def prepare(world: World) -> Params:
    """Return the parameters of the market."""
    m, months = world.config.market, world.config.decisions.disruption_months
    moves_on = threshold(1.0 if months <= 1 else 1.0 / months)
    return Params(m.surcharge_after_months, m.surcharge_share, moves_on, tariffs(world)[:, : len(Pool)])


@compiled
def provider_of(person: Person, pool: int) -> int:
    """Return the provider of a person for a pool, -1 for none."""
    return person.provider_help if pool == Pool.HOUSEHOLD_HELP else person.provider_care


@compiled
def set_provider(person: Person, pool: int, provider: int) -> None:
    """Make someone a client."""
    if pool == Pool.HOUSEHOLD_HELP:
        person.provider_help = provider
    else:
        person.provider_care = provider


@compiled
def _waiting_since(person: Person, pool: int) -> int:
    return person.waiting_help if pool == Pool.HOUSEHOLD_HELP else person.waiting_care


@compiled
def _set_waiting(person: Person, pool: int, month: int) -> None:
    if pool == Pool.HOUSEHOLD_HELP:
        person.waiting_help = month
    else:
        person.waiting_care = month


@compiled
def asks_nothing(market: Market, person: Person, pool: int) -> None:
    """Take a person who no longer asks off the waiting list, and from a provider that has stopped."""
    _set_waiting(person, pool, NEVER)
    provider = provider_of(person, pool)
    if provider >= 0 and market.active[provider] == 0:
        set_provider(person, pool, NOBODY)


@compiled
def takes(market: Market, b: int, v: int, pool: int, minutes: int) -> bool:
    """Return whether a provider takes a new client of this size in this village."""
    return (
        market.active[b] == 1
        and market.sells[b, pool] == 1
        and market.takes_new[b, v] == 1
        and (pool == Pool.HOUSEHOLD_HELP or market.capped[b] == 0)
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
def strongest_member(s: State, v: int, pool: int, minutes: int) -> int:
    """Return the member with the most contact time in the village last month, then the nearest base; -1 for none."""
    market, best = s.market, NOBODY
    for b in range(len(market.active)):
        if market.member[b] == 0 or not takes(market, b, v, pool, minutes):
            continue
        here, there = s.contact[b, pool, v], s.contact[best, pool, v] if best >= 0 else -1
        nearer = best >= 0 and here == there and market.base_m[b, v] < market.base_m[best, v]
        if here > there or nearer:
            best = b
    return best


@compiled
def chosen_provider(market: Market, now: Now, person: Person, pool: int, minutes: int, forced: bool) -> int:
    """Return the winner of the keyed race among providers, -1 when none takes the client.

    Parameters
    ----------
    forced
        Whether all with free staff run, and not only those who take new clients: after the surcharge.
    """
    v = person.village
    race = month_key(now.key, Stream.MARKET_CHOICE, now.month, pool)
    best, best_value = NOBODY, 0.0
    for b in range(len(market.active)):
        if not forced:
            if not takes(market, b, v, pool, minutes):
                continue
        elif market.active[b] == 0 or market.sells[b, pool] == 0 or market.room[b, pool] < minutes:
            continue
        value = -math.log(uniform(race, bits(race, person.uid) ^ market.words[b])) / market.pull[b, v]
        if best < 0 or value < best_value:
            best, best_value = b, value
    return best


@compiled
def _book_surcharge(s: State, p: Params, now: Now, person: Person, pool: int, b: int, minutes: int) -> None:
    """Let who pays for a client pay a surcharge to the provider."""
    payer = payer_of(now, pool, person.level, s.places.municipality[person.village])
    cents = month_cents(minutes, p.tariff[now.year, pool], now.days)
    s.book.surcharges[b, payer] += np.int64(float(cents) * p.surcharge)
    s.book.region[0].placed_with_surcharge += 1


@compiled
def serve(s: State, p: Params, now: Now, i: int, pool: int, minutes: int) -> int:
    """Return the provider that serves a claimant this month: -1 on the waiting list, -2 no provider at all.

    Parameters
    ----------
    minutes
        Contact time asked for, min/week.
    """
    market, clauses, person = s.market, now.clauses, s.people[i]
    provider = provider_of(person, pool)
    if provider >= 0:
        if market.active[provider] == 1:
            return provider
        covered = clauses.cover > 0 and has_other_member(market, provider, pool)
        disruption = month_key(now.key, Stream.PROVIDER_DISRUPTION, now.month, pool)
        if not covered and not happens(disruption, person.uid, p.moves_on):
            return NOBODY
        set_provider(person, pool, NOBODY)
        s.book.region[0].clients_moved += 1
    new = NOBODY
    if clauses.advice > 0 and happens(month_key(now.key, Stream.MARKET_CONSENT, 0, pool), person.uid, clauses.advice):
        new = strongest_member(s, person.village, pool, minutes)
    if new < 0:
        new = chosen_provider(market, now, person, pool, minutes, False)
    since = _waiting_since(person, pool)
    if new < 0 and since != NEVER and now.month - since >= p.surcharge_after:
        new = chosen_provider(market, now, person, pool, minutes, True)
        if new >= 0:
            _book_surcharge(s, p, now, person, pool, new, minutes)
    if new < 0:
        if since == NEVER:
            _set_waiting(person, pool, now.month)
            since = now.month
        return NOBODY if now.month - since < p.surcharge_after else NOBODY - 1
    set_provider(person, pool, new)
    _set_waiting(person, pool, NEVER)
    market.intake[new, pool] -= minutes
    return new


@compiled
def step_one(s: State, p: Params, now: Now, i: int, claim: Claim) -> None:
    """Bring a claimant to a provider of each pool, or on the waiting list."""
    for pool in range(len(claim.chosen)):
        minutes = 0
        for kind in range(len(claim.formal)):
            if pool_of(kind) == pool:
                minutes += claim.formal[kind]
        claim.chosen[pool] = NOBODY
        if minutes == 0:
            asks_nothing(s.market, s.people[i], pool)
            continue
        b = serve(s, p, now, i, pool, minutes)
        claim.chosen[pool] = b
        if b >= 0:
            s.book.asked[b, pool] += minutes
        else:
            s.book.waiting[pool] += minutes


@compiled
def let_go(s: State) -> None:
    """End the contract of those on the watch list who need no care at home any more."""
    lists = s.lists
    watched = size(lists.watch)
    for k in range(watched):
        ask_ahead(s.people, lists.watch.rows, k, watched)
        person = s.people[lists.watch.rows[k]]
        if person.presence != Presence.HOME or (person.level == 0 and person.episode == 0):
            person.provider_help = NOBODY
            person.provider_care = NOBODY
            person.waiting_help = NEVER
            person.waiting_care = NEVER


@compiled
def share_waiting(s: State) -> None:
    """Let each provider that sells a product count an equal part of the waiting list as asked of it."""
    market, book = s.market, s.book
    for pool in range(len(book.waiting)):
        sellers = 0
        for b in range(len(market.active)):
            sellers += market.active[b] * market.sells[b, pool]
        for b in range(len(market.active)):
            if market.active[b] * market.sells[b, pool] == 1:
                book.asked[b, pool] += book.waiting[pool] // sellers


@compiled
def measure_contact(s: State) -> None:
    """Measure the contact time of each provider, for its rounds, its staff, and the advice of next month."""
    delivered = s.market.delivered
    s.contact[:] = 0
    for b in range(delivered.shape[0]):
        for v in range(delivered.shape[1]):
            for kind in range(delivered.shape[2]):
                for payer in range(delivered.shape[3]):
                    s.contact[b, pool_of(kind), v] += delivered[b, v, kind, payer]


PROCESS = Process(
    "7.10c",
    "market",
    "month",
    (
        "presence",
        "level",
        "episode",
        "village",
        "provider_help",
        "provider_care",
        "waiting_help",
        "waiting_care",
        "market.words",
        "market.active",
        "market.member",
        "market.sells",
        "market.pull",
        "market.base_m",
        "market.takes_new",
        "market.room",
        "market.intake",
        "market.delivered",
        "market.capped",
        "contact",
        "convenant",
    ),
    (
        "provider_help",
        "provider_care",
        "waiting_help",
        "waiting_care",
        "market.intake",
        "contact",
    ),
    (Stream.MARKET_CHOICE, Stream.MARKET_CONSENT, Stream.PROVIDER_DISRUPTION),
    "New clients find a provider, or wait.",
)
