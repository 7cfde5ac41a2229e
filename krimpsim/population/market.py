"""The organisations' side of the state: arrays by provider, which the agents decide about and the kernels fill."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import Product, ProviderKind, RunConfig
from krimpsim.core.codes import Kind, Lever
from krimpsim.core.streams import Stream, uniform_of, word
from krimpsim.inputs.municipalities import N_PAYERS
from krimpsim.inputs.tables import Tables
from krimpsim.population.geography import Geography, base_distances
from krimpsim.population.schema import F64, I8, I64, U64


class Market(NamedTuple):
    """State of the providers.  P providers, V villages, 2 pools (household help; care and nursing).

    Parameters
    ----------
    words
        shape (P,): permanent identity.
    active, signed, member
        shape (P,): 1 when at work in the area; signed the convenant and did not leave it; keeps to it this year.
    sells
        shape (P, 2): 1 when the provider offers the pool's products.
    pull
        shape (P, V): weight in the choice of a new client, distance included.
    base_m
        shape (P, V), unit m: road distance from the base.
    takes_new
        shape (P, V): 1 when new clients are accepted.
    staff
        shape (P, 2), unit min/week: paid time of the staff employed.
    vacancies
        shape (P, 2), unit min/week: paid time wanted and not found.
    room, intake
        shape (P, 2), unit min/week: contact time still free this month; the part of it open to new clients.
    paid_per_1000
        shape (P, 2): paid minutes per 1,000 contact minutes, of last month.
    delivered
        shape (P, V, 5 kinds, payers), unit min/week: care given this month.
    travel
        shape (P, V, 2), unit min/week: paid travel.
    metres
        shape (P, V, 2), unit m a week: kilometres by day.
    clients
        shape (P, 2), unit persons.
    nursing_clients
        shape (P,), unit persons: those who get personal care or nursing.
    area, hinterland
        shape (P,), unit cents: the two accounts.
    passed_on
        shape (P,), unit cents: what the area account passed on to the organisation behind it this month.
    contribution
        shape (P, V), unit cents: revenue less avoidable cost since the last quarter.
    volume
        shape (P,), unit min/week summed over months: care paid by the insurer this year.
    capped
        shape (P,): 1 when the insurer's volume for the year is used up; no new care clients.
    apart_minutes, apart_metres
        shape (P, 2), min/week, m a week: paid travel and kilometres by day if nobody shared rounds.
    apart_night_metres, apart_standby
        shape (P,), m and cents: kilometres and standby of the month's nights without a joint service.
    gain
        shape (P,), unit cents: what sharing rounds and nights brought since the last January.
    """

    words: U64
    active: I8
    signed: I8
    member: I8
    sells: I8
    pull: F64
    base_m: I64
    takes_new: I8
    staff: I64
    vacancies: I64
    room: I64
    intake: I64
    paid_per_1000: I64
    delivered: I64
    travel: I64
    metres: I64
    clients: I64
    nursing_clients: I64
    area: I64
    hinterland: I64
    passed_on: I64
    contribution: I64
    volume: I64
    capped: I8
    apart_minutes: I64
    apart_metres: I64
    apart_night_metres: I64
    apart_standby: I64
    gain: I64


LOCAL_KINDS = frozenset({ProviderKind.SELF_STEERING, ProviderKind.SMALL_COOPERATIVE})


def shuffled_bases(config: RunConfig, key: int) -> list[str]:
    """Return the place of each provider's base.

    Bases are shuffled over the names of a run, never tied to them: regional organisations among themselves, local ones
    (self-steering teams and small cooperatives) among themselves.
    """
    bases = [p.base for p in config.providers]
    for local in (False, True):
        movable = [i for i, p in enumerate(config.providers) if p.base_km is None and (p.kind in LOCAL_KINDS) == local]
        places = sorted(
            (config.providers[i].base for i in movable),
            key=lambda place: uniform_of(key, int(Stream.PROVIDER_BASE), 0, 0, word("base " + place)),
        )
        for i, place in zip(movable, places, strict=True):
            bases[i] = place
    return bases


def open_market(config: RunConfig, tables: Tables, places: Geography, key: int) -> Market:
    """Return the providers before the spin-up: open everywhere, with as much staff as asked for."""
    n, n_villages = len(config.providers), len(places.number)
    bases = shuffled_bases(config, key)
    base_m = np.array(
        [base_distances(config, tables, places, bases[i], p.base_km) for i, p in enumerate(config.providers)],
        dtype=np.int64,
    ).reshape(n, n_villages)
    pull = np.zeros((n, n_villages))
    for i, p in enumerate(config.providers):
        for v in range(n_villages):
            pull[i, v] = p.weight * max(1.0, base_m[i, v] / 1000.0) ** -config.market.distance_exponent
    sells = np.array(
        [[Product.HOUSEHOLD_HELP in p.products, Product.CARE_AND_NURSING in p.products] for p in config.providers],
        dtype=np.int8,
    ).reshape(n, 2)
    active = np.array([0 if p.enters else 1 for p in config.providers], dtype=np.int8)
    return Market(
        words=np.array([word("provider " + p.id) for p in config.providers], dtype=np.uint64),
        active=active,
        signed=np.array([p.member for p in config.providers], dtype=np.int8),
        member=np.zeros(n, dtype=np.int8),
        sells=sells,
        pull=pull,
        base_m=base_m,
        takes_new=np.repeat(active[:, None], n_villages, axis=1),
        staff=np.zeros((n, 2), dtype=np.int64),
        vacancies=np.zeros((n, 2), dtype=np.int64),
        room=np.zeros((n, 2), dtype=np.int64),
        intake=np.zeros((n, 2), dtype=np.int64),
        paid_per_1000=np.full((n, 2), 1300, dtype=np.int64),
        delivered=np.zeros((n, n_villages, len(Kind), N_PAYERS), dtype=np.int64),
        travel=np.zeros((n, n_villages, 2), dtype=np.int64),
        metres=np.zeros((n, n_villages, 2), dtype=np.int64),
        clients=np.zeros((n, 2), dtype=np.int64),
        nursing_clients=np.zeros(n, dtype=np.int64),
        area=np.zeros(n, dtype=np.int64),
        hinterland=np.zeros(n, dtype=np.int64),
        passed_on=np.zeros(n, dtype=np.int64),
        contribution=np.zeros((n, n_villages), dtype=np.int64),
        volume=np.zeros(n, dtype=np.int64),
        capped=np.zeros(n, dtype=np.int8),
        apart_minutes=np.zeros((n, 2), dtype=np.int64),
        apart_metres=np.zeros((n, 2), dtype=np.int64),
        apart_night_metres=np.zeros(n, dtype=np.int64),
        apart_standby=np.zeros(n, dtype=np.int64),
        gain=np.zeros(n, dtype=np.int64),
    )


class Tours(NamedTuple):
    """The tours of last month: they stay as they are for as long as the same villages are served from the same base.

    Parameters
    ----------
    base
        shape (P + 1, 2 pools, V), unit m: distance of the villages served from the base, -1 of the others; the last
        row is that of members together.
    order
        shape (P + 1, 2 pools, V): the villages served, in the order of the tour.
    """

    base: I64
    order: I64


def no_tours(n_providers: int, n_villages: int) -> Tours:
    """Return tours that are none yet."""
    shape = (n_providers + 1, 2, n_villages)
    return Tours(np.full(shape, -2, dtype=np.int64), np.zeros(shape, dtype=np.int64))


class ClausesNow(NamedTuple):
    """What of the convenant holds this month.

    Parameters
    ----------
    nights
        Strength of the joint night service, 0 = off.
    nights_all
        1 when it drives for planned visits as well.
    advice
        Threshold of 2**32: a new client agrees to be advised and is.
    rounds
        Strength of shared rounds in thousandths.
    cover
        Strength of mutual cover in thousandths.
    weighs
        1 when members weigh what cooperation brings them.
    here
        shape (levers, V): code Lever, thousandths of what would hold without clauses; 1,000 = no change.
    """

    nights: float
    nights_all: int
    advice: int
    rounds: int
    cover: int
    weighs: int
    here: I64


def no_clauses(n_villages: int) -> ClausesNow:
    """Return a month in which no clause holds."""
    return ClausesNow(0.0, 0, 0, 0, 0, 0, np.full((len(Lever), n_villages), 1000, dtype=np.int64))
