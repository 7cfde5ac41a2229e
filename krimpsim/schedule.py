"""The order of a month (ODD element 3), and the compiled drivers that follow it.

`PROCESSES` can be read aloud; ``krimpsim plan`` prints it.  The month of the people and the month of care are each
compiled as one driver that calls the processes in that order.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.codes import NEVER, Part, Presence
from krimpsim.core.jit import allocating, compiled
from krimpsim.inputs.tables import YEARS, Tables
from krimpsim.organisations import convenant, providers
from krimpsim.outputs import recorder
from krimpsim.population.geography import Geography
from krimpsim.population.market import ClausesNow, Market
from krimpsim.population.need_profile import FIRST_YEAR, NeedProfile, NeedRates, need_profile
from krimpsim.population.schema import I64, P, People, Ties
from krimpsim.population.synthesis import Cells, Traits, cells, traits
from krimpsim.processes import (
    accounts,
    admission,
    ageing,
    burden,
    care_need,
    claims,
    detection,
    fertility,
    group_care,
    households,
    informal_care,
    market,
    migration,
    mortality,
    nights,
    professional_care,
    rounds,
    staff,
    volunteers,
)
from krimpsim.processes.base import Process

PROCESSES: tuple[Process, ...] = (
    ageing.PROCESS,
    mortality.PROCESS,
    fertility.PROCESS,
    migration.PROCESS,
    households.PROCESS,
    care_need.PROCESS,
    admission.PROCESS,
    detection.PROCESS,
    claims.PROCESS,
    informal_care.PROCESS,
    volunteers.PROCESS,
    group_care.PROCESS,
    market.PROCESS,
    professional_care.PROCESS,
    rounds.PROCESS,
    nights.PROCESS,
    accounts.PROCESS,
    staff.PROCESS,
    providers.PROCESS,
    burden.PROCESS,
    convenant.PROCESS,
)

SPIN_UP_MONTHS = 24
FIRST_MONTH = FIRST_YEAR * 12 - SPIN_UP_MONTHS  #: absolute month in which the spin-up begins
_HOME, _AWAY = int(Presence.HOME), int(Presence.AWAY)
_FIRST_GAP, _REFUSED = int(Part.NOT_NOTICED), int(Part.REFUSED)


class Rules(NamedTuple):
    """The parameters of all compiled processes, ready to use."""

    traits: Traits
    cells: Cells
    profile: NeedProfile
    mortality: mortality.Params
    fertility: fertility.Params
    migration: migration.Params
    households: households.Params
    care_need: care_need.Params
    admission: admission.Params
    detection: detection.Params
    claims: claims.Params
    informal_care: informal_care.Params
    volunteers: volunteers.Params
    professional_care: professional_care.Params
    market: market.Params
    rounds: rounds.Params
    nights: nights.Params
    accounts: accounts.Params
    staff: staff.Params
    burden: burden.Params


def prepare(config: RunConfig, tables: Tables, places: Geography, rates: NeedRates) -> Rules:
    """Return the parameters of every process, from the configuration and the tables."""
    profile = need_profile(config, tables, rates)
    n_years = len(YEARS)
    names = tuple(tables.village_names[v] for v in places.number)
    return Rules(
        traits=traits(config, tables, places),
        cells=cells(config, tables, places),
        profile=profile,
        mortality=mortality.prepare(config, tables, profile),
        fertility=fertility.prepare(config, tables),
        migration=migration.prepare(config, tables, places),
        households=households.prepare(config),
        care_need=care_need.prepare(config, rates),
        admission=admission.prepare(config, n_years),
        detection=detection.prepare(config),
        claims=claims.prepare(config),
        informal_care=informal_care.prepare(config),
        volunteers=volunteers.prepare(config),
        professional_care=professional_care.prepare(config),
        market=market.prepare(config),
        rounds=rounds.prepare(config),
        nights=nights.prepare(config, names),
        accounts=accounts.prepare(config, FIRST_YEAR, n_years),
        staff=staff.prepare(config, FIRST_YEAR, n_years),
        burden=burden.prepare(config),
    )


class Book(NamedTuple):
    """What a month of care writes down, cleared at its start; minutes a week by village unless said otherwise.

    Parameters
    ----------
    events
        shape (V, 7): code Event.
    need
        shape (V, 5 kinds).
    parts
        shape (V, 10 parts, 5 kinds).
    flows
        shape (V, 5): code Flow.
    overlap
        shape (V,): nights.
    asked
        shape (P, 2): contact time asked of each provider, the waiting list included.
    nights
        shape (P, 5).
    surcharges
        shape (P, 4 payers), unit cents.
    revenue, cost
        shape (P,), unit cents.
    paid
        shape (4,), unit cents.
    counters
        shape (4,): clients who had to change, clients placed with a surcharge, places in facilities, contributions in
        cents.
    """

    events: I64
    need: I64
    parts: I64
    flows: I64
    overlap: I64
    asked: I64
    nights: I64
    surcharges: I64
    revenue: I64
    cost: I64
    paid: I64
    counters: I64


def new_book(n_villages: int, n_providers: int) -> Book:
    """Return an empty book."""

    def zeros(*shape: int) -> I64:
        return np.zeros(shape, dtype=np.int64)

    return Book(
        events=zeros(n_villages, 7),
        need=zeros(n_villages, 5),
        parts=zeros(n_villages, 10, 5),
        flows=zeros(n_villages, 5),
        overlap=zeros(n_villages),
        asked=zeros(n_providers, 2),
        nights=zeros(n_providers, nights.N_COUNTS),
        surcharges=zeros(n_providers, 4),
        revenue=zeros(n_providers),
        cost=zeros(n_providers),
        paid=zeros(4),
        counters=zeros(4),
    )


@allocating
def present_by_village(people: People, counts: I64, n_villages: int) -> tuple[I64, I64]:
    """Return the rows of people at home or in a facility, village after village, and where each village starts."""
    start = np.zeros(n_villages + 1, dtype=np.int64)
    n = int(counts[0])
    for i in range(n):
        if int(people.at[P.presence, i]) < _AWAY:
            start[int(people.at[P.village, i]) + 1] += 1
    for v in range(n_villages):
        start[v + 1] += start[v]
    rows = np.empty(start[n_villages], dtype=np.int64)
    place = start[:-1].copy()
    for i in range(n):
        if int(people.at[P.presence, i]) < _AWAY:
            v = int(people.at[P.village, i])
            rows[place[v]] = i
            place[v] += 1
    return rows, start


@allocating
def people_month(
    people: People,
    ties: Ties,
    counts: I64,
    places: Geography,
    rules: Rules,
    frozen: I64,
    book: Book,
    key: int,
    month: int,
) -> None:
    """Run the demographic processes and care need of one month: 7.1 to 7.7."""
    n_villages = len(places.municipality)
    present, _ = present_by_village(people, counts, n_villages)
    ageing.step(people, present, rules.traits, key, month)
    mortality.step(people, present, places.municipality, rules.mortality, key, month, book.events)
    fertility.step(
        people,
        present,
        counts,
        places.municipality,
        rules.fertility,
        rules.traits,
        rules.profile,
        key,
        month,
        book.events,
    )
    size = households.household_sizes(people, present, counts)
    migration.step(
        people,
        ties,
        present,
        size,
        counts,
        places,
        rules.migration,
        rules.cells,
        rules.traits,
        rules.profile,
        key,
        month,
        book.events,
    )
    present, _ = present_by_village(people, counts, n_villages)
    households.step(people, ties, present, counts, rules.households, key, month, book.events)
    care_need.step(people, present, rules.care_need, key, month)
    helper = informal_care.helpers(people, present, counts, month)
    book.counters[2] = admission.step(people, present, helper, counts, frozen, rules.admission, key, month, book.events)


@compiled
def clear(book: Book, market: Market) -> None:
    """Empty the book and the month's columns of the market."""
    book.events[:] = 0
    book.need[:] = 0
    book.parts[:] = 0
    book.flows[:] = 0
    book.asked[:] = 0
    book.surcharges[:] = 0
    book.counters[:] = 0
    market.delivered[:] = 0
    market.clients[:] = 0
    market.nursing_clients[:] = 0


class Hands(NamedTuple):
    """What the pass over the claims works with.

    Parameters
    ----------
    helper
        shape (n_rows,): able adult in the same home.
    pool, group_room
        shape (V,), (2,), min/week: volunteer time and group places left.
    rest, most, formal
        shape (5 kinds,), min/week: need left, most that kin take on, asked of professionals; of the claimant at hand.
    chosen, waiting
        shape (2 pools,): provider of the claimant at hand; minutes a week on waiting lists.
    """

    helper: I64
    pool: I64
    group_room: I64
    rest: I64
    most: I64
    formal: I64
    chosen: I64
    waiting: I64


@compiled
def serve(
    people: People,
    ties: Ties,
    counts: I64,
    present: I64,
    start: I64,
    rows: I64,
    places: Geography,
    market_: Market,
    clauses: ClausesNow,
    claims_p: claims.Params,
    informal_p: informal_care.Params,
    professional_p: professional_care.Params,
    market_p: market.Params,
    accounts_p: accounts.Params,
    strength: I64,
    hours_factor: I64,
    surcharge_share: float,
    hands: Hands,
    book: Book,
    key: int,
    month: int,
    days: int,
    year: int,
) -> None:
    """Serve the claims in order of urgency: one pass over the region, 7.9b to 7.10d."""
    rest, formal, chosen, waiting = hands.rest, hands.formal, hands.chosen, hands.waiting
    for k in range(len(rows)):
        i = rows[k]
        v = int(people.at[P.village, i])
        total = 0
        for kind in range(5):
            minutes = claims.need_of(
                claims_p,
                int(people.at[P.level, i]),
                int(people.at[P.dementia, i]),
                int(people.at[P.episode, i]),
                kind,
            )
            rest[kind] = minutes
            book.need[v, kind] += minutes
            total += minutes
        missing_before = missing(book.parts, v)
        informal_care.step_one(
            people,
            ties,
            counts,
            present,
            start,
            hands.helper,
            i,
            rest,
            hands.most,
            book.parts,
            informal_p,
            key,
            month,
            book.flows,
        )
        volunteers.step_one(people, i, rest, book.parts, hands.pool)
        group_care.step_one(people, i, places.municipality, rest, book.parts, hands.group_room)
        professional_care.asked(
            people, i, places.municipality, hours_factor, rest, formal, book.parts, professional_p, month
        )
        for staff_pool in range(2):
            minutes = formal[0] if staff_pool == 0 else formal[1] + formal[2] + formal[3]
            chosen[staff_pool] = -1
            if minutes == 0:
                market.leave_list(people, i, staff_pool)
                continue
            placed = book.counters[1]
            chosen[staff_pool] = market.step_one(
                people, market_, strength, i, staff_pool, minutes, clauses, market_p, key, month, book.counters
            )
            b = int(chosen[staff_pool])
            if b >= 0:
                book.asked[b, staff_pool] += minutes
                if book.counters[1] > placed:
                    price = int(accounts_p.tariff[year, staff_pool])
                    level, town = int(people.at[P.level, i]), int(places.municipality[v])
                    payer = professional_care.payer_of(staff_pool, level, town, month)
                    cents = accounts.month_cents(minutes, price, days)
                    book.surcharges[b, payer] += np.int64(float(cents) * surcharge_share)
            else:
                waiting[staff_pool] += minutes
        professional_care.deliver(people, market_, i, chosen, places.municipality, formal, book.parts, clauses, month)
        people.at[P.need_minutes, i] = total
        people.at[P.met_minutes, i] = total - (missing(book.parts, v) - missing_before)
    for k in range(len(present)):
        i = present[k]
        if int(people.at[P.presence, i]) != _HOME or (
            int(people.at[P.level, i]) == 0 and int(people.at[P.episode, i]) == 0
        ):
            people.at[P.provider_help, i] = -1
            people.at[P.provider_care, i] = -1
            people.at[P.waiting_help, i] = NEVER
            people.at[P.waiting_care, i] = NEVER


@allocating
def care_month(
    people: People,
    ties: Ties,
    counts: I64,
    places: Geography,
    market_: Market,
    clauses: ClausesNow,
    rules: Rules,
    strength: I64,
    hours_factor: I64,
    room: I64,
    indirect: I64,
    surcharge_share: float,
    book: Book,
    key: int,
    month: int,
    days: int,
    spin_up: bool,
) -> I64:
    """Run the month of care: 7.8 to 7.14 and 7.16; return the rows of those who live in the area.

    Parameters
    ----------
    strength
        shape (P, V, 2), min/week: contact time of last month; replaced by that of this month.
    hours_factor
        shape (2,), thousandths.
    room
        shape (2,), min/week: capacity of group facilities.
    indirect
        shape (2,): indirect minutes per 1,000 contact minutes.
    """
    n_villages = len(places.municipality)
    year = month // 12 - FIRST_YEAR if not spin_up else 0
    present, start = present_by_village(people, counts, n_villages)
    size = households.household_sizes(people, present, counts)
    care_need.step_episodes(people, present, rules.care_need, key, month, FIRST_YEAR * 12 if spin_up else month)
    detection.step(people, present, size, places.municipality, rules.detection, key, month, not spin_up)
    helper = informal_care.helpers(people, present, counts, month)
    pool = volunteers.step(people, present, n_villages, rules.volunteers, key, month)
    informal_care.start_month(
        people, ties, present, counts, rules.informal_care, key, month, book.flows, book.events, month == FIRST_MONTH
    )
    rows = claims.step(people, present, key, month)
    waiting = np.zeros(2, dtype=np.int64)
    sellers = np.zeros(2, dtype=np.int64)
    for b in range(len(market_.active)):
        for staff_pool in range(2):
            if int(market_.active[b]) == 1 and int(market_.sells[b, staff_pool]) == 1:
                sellers[staff_pool] += 1
    hands = Hands(
        helper,
        pool,
        room.copy(),
        np.zeros(5, dtype=np.int64),
        np.zeros(5, dtype=np.int64),
        np.zeros(5, dtype=np.int64),
        np.zeros(2, dtype=np.int64),
        waiting,
    )
    serve(
        people,
        ties,
        counts,
        present,
        start,
        rows,
        places,
        market_,
        clauses,
        rules.claims,
        rules.informal_care,
        rules.professional_care,
        rules.market,
        rules.accounts,
        strength,
        hours_factor,
        surcharge_share,
        hands,
        book,
        key,
        month,
        days,
        year,
    )
    for b in range(len(market_.active)):
        for staff_pool in range(2):
            if int(market_.active[b]) == 1 and int(market_.sells[b, staff_pool]) == 1:
                book.asked[b, staff_pool] += waiting[staff_pool] // sellers[staff_pool]
    rounds.step(market_, places, clauses, rules.rounds)
    book.nights[:] = nights.step(people, rows, market_, places, clauses, rules.nights, key, month, days, book.overlap)
    book.counters[3] = accounts.step(
        market_,
        book.nights,
        book.surcharges,
        indirect,
        rules.accounts,
        year,
        month,
        days,
        book.paid,
        book.revenue,
        book.cost,
    )
    staff.step(market_, indirect, book.asked, rules.staff, key, year, month, spin_up)
    for b in range(len(market_.active)):
        for v in range(n_villages):
            for staff_pool in range(2):
                strength[b, v, staff_pool] = 0
            for kind in range(5):
                for payer in range(4):
                    strength[b, v, professional_care.pool_of(kind)] += market_.delivered[b, v, kind, payer]
    burden.step(people, present, rules.burden, key, month)
    return present


@compiled
def missing(parts: I64, v: int) -> int:
    """Return the minutes a week of a village that nobody gives, help that people decline apart."""
    total = 0
    for part in range(_FIRST_GAP, 10):
        if part != _REFUSED:
            for kind in range(5):
                total += parts[v, part, kind]
    return total


@compiled
def record_month(
    people: People, present: I64, book: Book, month: int, row: I64, columns: tuple[I64, I64, I64, I64, I64, I64]
) -> None:
    """Copy the month into the rows of the villages."""
    recorder.record_people(people, present, month, row)
    recorder.record_care(
        book.parts,
        book.flows,
        book.events,
        book.need,
        row,
        columns[0],
        columns[1],
        columns[2],
        columns[3],
        columns[4],
        columns[5],
    )
