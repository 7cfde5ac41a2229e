"""The order of a month (ODD element 3), and the compiled drivers that follow it.

`PROCESSES` can be read aloud; ``krimpsim plan`` prints it.  The month of the people, the month of care and the month of
the providers are each compiled as one driver that calls the processes in that order.  `open_year` makes the agenda.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.codes import NEVER, Presence
from krimpsim.core.jit import allocating, compiled
from krimpsim.inputs.tables import YEARS, Tables
from krimpsim.organisations import convenant, providers
from krimpsim.outputs import recorder
from krimpsim.population.agenda import (
    ENTRIES,
    TIES,
    VOLUNTEERS,
    WATCH,
    Agenda,
    Group,
    Roll,
    group_of,
    needs_watching,
    set_key,
    tidy,
    use_tie,
    volunteer,
    watch,
)
from krimpsim.population.geography import Geography
from krimpsim.population.kinship import renew_ties
from krimpsim.population.market import ClausesNow, Market
from krimpsim.population.need_profile import FIRST_YEAR, NeedProfile, NeedRates, need_profile
from krimpsim.population.schema import I64, P, People, T, Ties
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


class PeopleRules(NamedTuple):
    """The parameters of the month of the people, ready to use."""

    traits: Traits
    cells: Cells
    profile: NeedProfile
    mortality: mortality.Params
    fertility: fertility.Params
    migration: migration.Params
    households: households.Params
    admission: admission.Params


class CareRules(NamedTuple):
    """The parameters of need and of the month of care, ready to use."""

    care_need: care_need.Params
    detection: detection.Params
    claims: claims.Params
    informal_care: informal_care.Params
    volunteers: volunteers.Params
    professional_care: professional_care.Params
    market: market.Params
    burden: burden.Params


class SupplyRules(NamedTuple):
    """The parameters of the month of the providers, ready to use."""

    rounds: rounds.Params
    nights: nights.Params
    accounts: accounts.Params
    staff: staff.Params


class Rules(NamedTuple):
    """The parameters of all compiled processes, ready to use, by the part of the month that reads them."""

    people: PeopleRules
    care: CareRules
    supply: SupplyRules


def prepare(config: RunConfig, tables: Tables, places: Geography, rates: NeedRates) -> Rules:
    """Return the parameters of every process, from the configuration and the tables."""
    profile = need_profile(config, tables, rates)
    n_years = len(YEARS)
    names = tuple(tables.village_names[v] for v in places.number)
    return Rules(
        PeopleRules(
            traits=traits(config, tables, places),
            cells=cells(config, tables, places),
            profile=profile,
            mortality=mortality.prepare(config, tables, profile),
            fertility=fertility.prepare(config, tables),
            migration=migration.prepare(config, tables, places),
            households=households.prepare(config),
            admission=admission.prepare(config, n_years),
        ),
        CareRules(
            care_need=care_need.prepare(config, rates),
            detection=detection.prepare(config),
            claims=claims.prepare(config),
            informal_care=informal_care.prepare(config, tables.village_population[places.number]),
            volunteers=volunteers.prepare(config),
            professional_care=professional_care.prepare(config),
            market=market.prepare(config),
            burden=burden.prepare(config),
        ),
        SupplyRules(
            rounds=rounds.prepare(config),
            nights=nights.prepare(config, names),
            accounts=accounts.prepare(config, FIRST_YEAR, n_years),
            staff=staff.prepare(config, FIRST_YEAR, n_years),
        ),
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
        shape (5,): clients who had to change, clients placed with a surcharge, places in facilities; contributions of
        clients and cost of groups in cents.
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
        counters=zeros(5),
    )


@compiled
def _set_keys(agenda: Agenda, key: int, year: int) -> None:
    """Set the key of the year for every item that is drawn."""
    set_key(agenda, mortality.ITEM, mortality.DRAW, key, year)
    set_key(agenda, fertility.ITEM, fertility.DRAW, key, year)
    set_key(agenda, migration.ITEM_LEAVE, migration.LEAVE, key, year)
    set_key(agenda, migration.ITEM_OLD, migration.OLD, key, year)
    set_key(agenda, households.ITEM_SEPARATE, households.SEPARATE, key, year)
    set_key(agenda, households.ITEM_LEAVE_HOME, households.LEAVE_HOME, key, year)
    set_key(agenda, households.ITEM_SEEK, households.SEEK, key, year)
    set_key(agenda, care_need.ITEM_DEMENTIA, care_need.DEMENTIA, key, year)
    set_key(agenda, care_need.ITEM_NEED, care_need.CHANGE, key, year)
    set_key(agenda, care_need.ITEM_EPISODE, care_need.EPISODE, key, year)
    set_key(agenda, volunteers.ITEM, volunteers.STATE, key, year)
    set_key(agenda, informal_care.ITEM_EXPORT, informal_care.EXPORT, key, year)


@compiled
def _plan(
    people: People, group: Group, agenda: Agenda, of_people: PeopleRules, of_care: CareRules, year: int, after: int
) -> None:
    """Put people on the agenda of a year, from a calendar month on."""
    ageing.plan(people, group, agenda, after)
    mortality.plan(group, of_people.mortality, agenda, year, after)
    fertility.plan(group, of_people.fertility, agenda, year, after)
    migration.plan(group, of_people.migration, agenda, after)
    households.plan(people, group, of_people.households, agenda, after)
    care_need.plan(group, of_care.care_need, agenda, after)
    care_need.plan_episodes(group, of_care.care_need, agenda, after)
    volunteers.plan(group, of_care.volunteers, agenda, after)


@compiled
def _enlist(people: People, agenda: Agenda, i: int) -> None:
    """Put somebody on the lists she belongs to."""
    if needs_watching(people, i):
        watch(people, agenda, i)
    if int(people.at[P.volunteer_minutes, i]) > 0:
        volunteer(people, agenda, i, int(people.at[P.volunteer_minutes, i]))


@compiled
def open_year(
    people: People,
    ties: Ties,
    counts: I64,
    roll: Roll,
    agenda: Agenda,
    of_people: PeopleRules,
    of_care: CareRules,
    key: int,
    year: int,
    spin_up: bool,
) -> None:
    """Make the lists and the agenda of a year; in the spin-up people do not change, but care does.

    Parameters
    ----------
    roll
        Of this 1 January; in the spin-up of that of the first year, as ages are held still.
    """
    renew_ties(people, ties, counts, informal_care.offer_key(key), of_care.informal_care.willing)
    agenda.first[:] = -1
    agenda.used[ENTRIES] = 0
    _set_keys(agenda, key, year)
    for k in range(int(agenda.used[WATCH])):
        people.at[P.watched, int(agenda.watch[k])] = 0
    agenda.used[WATCH] = agenda.used[VOLUNTEERS] = agenda.used[TIES] = 0
    for k in range(len(roll.everybody.rows)):
        _enlist(people, agenda, roll.everybody.rows[k])
    for t in range(int(counts[1])):
        if int(ties.at[T.active, t]) == 1:
            use_tie(ties, agenda, t)
    informal_care.plan(people, ties, 0, int(counts[1]), of_care.informal_care, agenda, year, 0)
    if spin_up:
        care_need.plan_episodes(roll.everybody, of_care.care_need, agenda, 0)
        volunteers.plan(roll.everybody, of_care.volunteers, agenda, 0)
    else:
        _plan(people, roll.everybody, agenda, of_people, of_care, year, 0)


@allocating
def people_month(
    people: People,
    ties: Ties,
    counts: I64,
    roll: Roll,
    agenda: Agenda,
    places: Geography,
    of_people: PeopleRules,
    of_care: CareRules,
    frozen: I64,
    book: Book,
    key: int,
    month: int,
) -> None:
    """Run the demographic processes and care need of one month: 7.1 to 7.7."""
    before, ties_before = int(counts[0]), int(counts[1])
    events = book.events
    tidy(people, agenda)
    ageing.step(people, agenda, roll.census, of_people.traits, key, month)
    mortality.step(people, agenda, roll.census, places.municipality, of_people.mortality, key, month, events)
    fertility.step(
        people,
        agenda,
        roll.census,
        counts,
        places.municipality,
        of_people.fertility,
        of_people.traits,
        of_people.profile,
        key,
        month,
        events,
    )
    migration.step(
        people,
        ties,
        agenda,
        roll.census,
        counts,
        places,
        of_people.migration,
        of_people.cells,
        of_people.traits,
        of_people.profile,
        key,
        month,
        events,
    )
    households.step(people, ties, agenda, roll.census, counts, of_people.households, key, month, events)
    care_need.step(people, agenda, of_care.care_need, key, month)
    book.counters[2] = admission.step(people, agenda, roll, counts, frozen, of_people.admission, key, month, events)
    after = month % 12 + 1
    for i in range(before, int(counts[0])):
        _enlist(people, agenda, i)
    newcomers = group_of(people, np.arange(before, int(counts[0])), places.municipality, month // 12)
    _plan(people, newcomers, agenda, of_people, of_care, month // 12, after)
    informal_care.plan(people, ties, ties_before, int(counts[1]), of_care.informal_care, agenda, month // 12, after)


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
    pool, group_room
        shape (V,), (2,), min/week: volunteer time and group places left.
    rest, most, formal
        shape (5 kinds,), min/week: need left, most that kin take on, asked of professionals; of the claimant at hand.
    chosen, waiting
        shape (2 pools,): provider of the claimant at hand; minutes a week on waiting lists.
    """

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
    roll: Roll,
    agenda: Agenda,
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
        informal_care.step_one(
            people,
            ties,
            agenda,
            counts,
            roll,
            places.between_m,
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
        missing = professional_care.asked(
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
        missing += professional_care.deliver(
            people, market_, i, chosen, places.municipality, formal, book.parts, clauses, month
        )
        people.at[P.need_minutes, i] = total
        people.at[P.met_minutes, i] = total - missing
    for k in range(int(agenda.used[WATCH])):
        i = int(agenda.watch[k])
        if int(people.at[P.presence, i]) != _HOME or (
            int(people.at[P.level, i]) == 0 and int(people.at[P.episode, i]) == 0
        ):
            people.at[P.provider_help, i] = -1
            people.at[P.provider_care, i] = -1
            people.at[P.waiting_help, i] = NEVER
            people.at[P.waiting_care, i] = NEVER


@compiled
def _share_waiting(market_: Market, waiting: I64, asked: I64) -> None:
    """Let each provider that sells a product count an equal part of the waiting list as asked of it."""
    for staff_pool in range(2):
        sellers = 0
        for b in range(len(market_.active)):
            sellers += int(market_.active[b]) * int(market_.sells[b, staff_pool])
        for b in range(len(market_.active)):
            if int(market_.active[b]) * int(market_.sells[b, staff_pool]) == 1:
                asked[b, staff_pool] += waiting[staff_pool] // sellers


@compiled
def _measure_strength(market_: Market, strength: I64) -> None:
    """Measure the contact time of each provider by village and pool, for the advice of next month."""
    for b in range(len(market_.active)):
        for v in range(strength.shape[1]):
            for staff_pool in range(2):
                strength[b, v, staff_pool] = 0
            for kind in range(5):
                for payer in range(4):
                    strength[b, v, professional_care.pool_of(kind)] += market_.delivered[b, v, kind, payer]


@allocating
def care_month(
    people: People,
    ties: Ties,
    counts: I64,
    roll: Roll,
    agenda: Agenda,
    places: Geography,
    market_: Market,
    clauses: ClausesNow,
    of_care: CareRules,
    accounts_p: accounts.Params,
    strength: I64,
    hours_factor: I64,
    room: I64,
    surcharge_share: float,
    book: Book,
    key: int,
    month: int,
    days: int,
    spin_up: bool,
) -> I64:
    """Run the month of care, 7.8 to 7.10 and 7.16, and return the rows of the claimants.

    Parameters
    ----------
    strength
        shape (P, V, 2), min/week: contact time of last month.
    hours_factor
        shape (2,), thousandths.
    room
        shape (2,), min/week: capacity of group facilities.
    """
    n_villages = len(places.municipality)
    year = month // 12 - FIRST_YEAR if not spin_up else 0
    care_need.step_episodes(people, agenda, of_care.care_need, key, month)
    detection.step(people, agenda, places.municipality, of_care.detection, key, month, not spin_up)
    pool = volunteers.step(people, agenda, n_villages, of_care.volunteers, key, month)
    if month == FIRST_MONTH:
        informal_care.start_stock(people, ties, agenda, counts, of_care.informal_care, key, month)
    informal_care.start_month(people, ties, agenda, of_care.informal_care, key, month, book.flows, book.events)
    rows = claims.step(people, agenda, key, month)
    waiting = np.zeros(2, dtype=np.int64)
    hands = Hands(
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
        roll,
        agenda,
        rows,
        places,
        market_,
        clauses,
        of_care.claims,
        of_care.informal_care,
        of_care.professional_care,
        of_care.market,
        accounts_p,
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
    _share_waiting(market_, waiting, book.asked)
    burden.step(people, agenda, of_care.burden, key, month)
    return rows


@allocating
def supply_month(
    people: People,
    rows: I64,
    places: Geography,
    market_: Market,
    clauses: ClausesNow,
    of_supply: SupplyRules,
    strength: I64,
    indirect: I64,
    book: Book,
    key: int,
    month: int,
    days: int,
    spin_up: bool,
) -> None:
    """Run the month of the providers: rounds, nights, accounts and staff, 7.11 to 7.14.

    Parameters
    ----------
    rows
        shape (n_claims,): this month's claimants.
    strength
        shape (P, V, 2), min/week: filled with the contact time of this month.
    indirect
        shape (2,): indirect minutes per 1,000 contact minutes.
    """
    year = month // 12 - FIRST_YEAR if not spin_up else 0
    rounds.step(market_, places, clauses, of_supply.rounds)
    book.nights[:] = nights.step(
        people, rows, market_, places, clauses, of_supply.nights, key, month, days, book.overlap
    )
    book.counters[3] = accounts.step(
        market_,
        book.nights,
        book.surcharges,
        indirect,
        of_supply.accounts,
        year,
        month,
        days,
        book.paid,
        book.revenue,
        book.cost,
    )
    tariff = of_supply.accounts.tariff[year]
    book.counters[4] = group_care.step(book.parts, places.municipality, tariff, month, days, book.paid)
    staff.step(market_, indirect, book.asked, of_supply.staff, key, year, month, spin_up)
    _measure_strength(market_, strength)


@compiled
def record_month(
    people: People,
    agenda: Agenda,
    roll: Roll,
    market_: Market,
    book: Book,
    fte_minutes: float,
    month: int,
    days: int,
    villages: I64,
    providers: I64,
    region: I64,
    columns: tuple[I64, I64, I64, I64, I64, I64],
) -> None:
    """Copy the month into the rows of the villages, the providers and the region."""
    recorder.record_people(people, agenda, roll.census, month, villages)
    recorder.record_care(
        book.parts,
        book.flows,
        book.events,
        book.need,
        villages,
        columns[0],
        columns[1],
        columns[2],
        columns[3],
        columns[4],
        columns[5],
    )
    recorder.record_organisations(
        market_,
        book.nights,
        book.overlap,
        book.revenue,
        book.cost,
        book.paid,
        fte_minutes,
        days,
        villages,
        providers,
        region,
    )
