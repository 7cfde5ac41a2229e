"""The order of a month (ODD element 3), and the compiled drivers that follow it.

`PROCESSES` can be read aloud; ``krimpsim plan`` prints it.  The month of the people, the month of care and the month of
the providers are each compiled as one driver that calls the processes in that order.  `open_year` makes the agenda.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.codes import NEVER, Kind, Lever, Presence
from krimpsim.core.jit import Box, allocating, compiled
from krimpsim.core.laps import lap
from krimpsim.core.prefetch import AHEAD, ask_ahead, fetch
from krimpsim.inputs.tables import YEARS, Tables
from krimpsim.organisations import convenant, providers
from krimpsim.outputs import recorder
from krimpsim.outputs.indicators import N_CELLS
from krimpsim.population.agenda import (
    BLOCK,
    ENTRIES,
    TIES,
    VOLUNTEERS,
    WATCH,
    Agenda,
    Group,
    Roll,
    call_roll,
    group_of,
    needs_watching,
    set_key,
    tidy,
    use_tie,
    volunteer,
    watch,
)
from krimpsim.population.geography import Geography
from krimpsim.population.market import ClausesNow, Market
from krimpsim.population.need_profile import FIRST_YEAR, NeedProfile, NeedRates, need_profile
from krimpsim.population.schema import I64, People, Ties
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
    own_budget,
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
    own_budget.PROCESS,
    rounds.PROCESS,
    nights.PROCESS,
    accounts.PROCESS,
    staff.PROCESS,
    providers.PROCESS,
    burden.PROCESS,
    convenant.PROCESS,
)

#: The processes by the part of the month that calls them.  A run times the parts, not the processes: within a part
#: they are compiled into one, and a clock between them would cost more than most of them take.
PARTS: dict[str, tuple[Process, ...]] = {
    "people": (
        ageing.PROCESS,
        mortality.PROCESS,
        fertility.PROCESS,
        migration.PROCESS,
        households.PROCESS,
        care_need.PROCESS,
        admission.PROCESS,
    ),
    "care": (
        detection.PROCESS,
        claims.PROCESS,
        informal_care.PROCESS,
        volunteers.PROCESS,
        group_care.PROCESS,
        market.PROCESS,
        professional_care.PROCESS,
        own_budget.PROCESS,
        burden.PROCESS,
    ),
    "providers": (rounds.PROCESS, nights.PROCESS, accounts.PROCESS, staff.PROCESS),
    "decisions": (providers.PROCESS, convenant.PROCESS),
}

#: Items of the agenda, and the decisions that draw their months.
_DRAWN = np.array([drawn for process in PROCESSES for drawn in process.agenda], dtype=np.int64)

#: What laps are counted for: the processes, then lists and agenda, the record, and all between.
LAPS = (*(process.name for process in PROCESSES), "lists and agenda", "record", "between")
_LISTS, _RECORD, _BETWEEN = range(len(PROCESSES), len(LAPS))
_AGEING, _MORTALITY, _FERTILITY = (PROCESSES.index(module.PROCESS) for module in (ageing, mortality, fertility))
_MIGRATION, _HOUSEHOLDS = (PROCESSES.index(module.PROCESS) for module in (migration, households))
_CARE_NEED, _ADMISSION = (PROCESSES.index(module.PROCESS) for module in (care_need, admission))
_DETECTION, _CLAIMS, _INFORMAL = (PROCESSES.index(module.PROCESS) for module in (detection, claims, informal_care))
_VOLUNTEERS, _GROUPS, _MARKET = (PROCESSES.index(module.PROCESS) for module in (volunteers, group_care, market))
_PROFESSIONAL, _OWN_BUDGET = (PROCESSES.index(module.PROCESS) for module in (professional_care, own_budget))
_BURDEN, _ROUNDS, _NIGHTS = (PROCESSES.index(module.PROCESS) for module in (burden, rounds, nights))
_ACCOUNTS, _STAFF = (PROCESSES.index(module.PROCESS) for module in (accounts, staff))

SPIN_UP_MONTHS = 24
FIRST_MONTH = FIRST_YEAR * 12 - SPIN_UP_MONTHS  #: absolute month in which the spin-up begins


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
    own_budget: own_budget.Params
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

    places: Geography
    people: PeopleRules
    care: CareRules
    supply: SupplyRules


def prepare(config: RunConfig, tables: Tables, places: Geography, rates: NeedRates) -> Rules:
    """Return the parameters of every process, from the configuration and the tables."""
    profile = need_profile(config, tables, rates)
    n_years = len(YEARS)
    names = tuple(tables.village_names[v] for v in places.number)
    return Rules(
        places,
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
            volunteers=volunteers.prepare(config, names),
            professional_care=professional_care.prepare(config, FIRST_YEAR, n_years),
            own_budget=own_budget.prepare(config),
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
        shape (7,): clients who had to change, clients placed with a surcharge, places in facilities; contributions of
        clients, cost of groups and of own budgets in cents; minutes a week bought with own budgets.
    bought
        shape (5 kinds, 4 payers): with own budgets.
    delays
        shape (P, MOST_DELAY + 1): alarm calls by minutes to arrival.
    unused
        shape (V,): volunteers' matched time that nobody took.
    residents
        shape (N_CELLS,), unit persons: at home on 1 January, by cell of `indicators.GROUPS`; not cleared.
    quarter, quarter_paid
        shapes (P, 2) and (4,), unit cents: revenue and result, and what payers paid, since organisations last decided;
        not cleared with the month.
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
    bought: I64
    delays: I64
    unused: I64
    residents: I64
    quarter: I64
    quarter_paid: I64


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
        counters=zeros(7),
        bought=zeros(5, 4),
        delays=zeros(n_providers, nights.MOST_DELAY + 1),
        unused=zeros(n_villages),
        residents=zeros(N_CELLS),
        quarter=zeros(n_providers, 2),
        quarter_paid=zeros(4),
    )


class State(NamedTuple):
    """All that changes in a run; what a month reads and writes.

    Parameters
    ----------
    counts
        shape (3,): rows of persons, rows of ties and numbers of households in use.
    strength
        shape (P, V, 2), min/week: contact time of last month.
    hours_factor
        shape (2,), thousandths of the hours granted that a municipality still pays.
    intakes
        shape (2,), thousandths of its intakes that a social team still makes.
    room
        shape (2,), min/week: capacity of group facilities of each municipality.
    frozen
        shape (1,): places in facilities when their number was frozen.
    indirect
        shape (2,): indirect minutes per 1,000 contact minutes, by staff pool.
    laps
        shape (n_laps + 1,): ticks by process, and when the last lap was; see `LAPS`.
    tours
        Tours of last month.
    """

    people: People
    ties: Ties
    counts: I64
    agenda: Agenda
    roll: Roll
    market: Market
    strength: I64
    hours_factor: I64
    intakes: I64
    room: I64
    frozen: I64
    indirect: I64
    book: Book
    laps: I64
    tours: rounds.Tours


@compiled
def _plan(s: State, group: Group, rules: Rules, year: int, after: int) -> None:
    """Put people on the agenda of a year, from a calendar month on."""
    of_people, of_care = rules.people, rules.care
    ageing.plan(s.people, group, s.agenda, after)
    mortality.plan(group, of_people.mortality, s.agenda, year, after)
    fertility.plan(group, of_people.fertility, s.agenda, year, after)
    migration.plan(group, of_people.migration, s.agenda, after)
    households.plan(s.people, group, of_people.households, s.agenda, after)
    care_need.plan(group, of_care.care_need, s.agenda, after)
    care_need.plan_episodes(group, of_care.care_need, s.agenda, after)
    volunteers.plan(group, of_care.volunteers, s.agenda, after)


@compiled
def _enlist(people: People, agenda: Agenda, i: int) -> None:
    """Put somebody on the lists she belongs to."""
    if needs_watching(people, i):
        watch(people, agenda, i)
    if people[i].volunteer_minutes > 0:
        volunteer(people, agenda, i, people[i].volunteer_minutes)


@allocating
def open_year(state: Box, settings: Box, key: int, year: int, today: int, spin_up: bool) -> None:
    """Call the roll and make the lists and the agenda of a year; in the spin-up people do not change, but care does.

    Parameters
    ----------
    today
        The month of January in which people are of the age they have: in the spin-up that of the first year.
    """
    s, rules = state.held, settings.held
    lap(s.laps, _BETWEEN)
    call_roll(s.people, s.counts, s.roll, rules.care.informal_care.circles, today)
    _empty_lists(s, rules, key, year)
    n = s.counts[0]
    for first in range(0, n, BLOCK):
        group = group_of(s.people, first, min(first + BLOCK, n), rules.places.municipality, today // 12)
        _open_for(s, group, rules, year, spin_up)
    lap(s.laps, _LISTS)


@compiled
def _open_for(s: State, group: Group, rules: Rules, year: int, spin_up: bool) -> None:
    """Put a group of people on the lists and the agenda of a year."""
    recorder.count_residents(s.people, rules.places.size, group.rows, s.book.residents)
    for k in range(len(group.rows)):
        _enlist(s.people, s.agenda, group.rows[k])
    if spin_up:
        care_need.plan_episodes(group, rules.care.care_need, s.agenda, 0)
        volunteers.plan(group, rules.care.volunteers, s.agenda, 0)
    else:
        _plan(s, group, rules, year, 0)


@compiled
def _empty_lists(s: State, rules: Rules, key: int, year: int) -> None:
    """Empty the lists and the agenda, and put the ties on them."""
    people, ties, agenda = s.people, s.ties, s.agenda
    s.book.residents[:] = 0
    agenda.first[:] = -1
    agenda.length[:] = 0
    agenda.used[ENTRIES] = 0
    for k in range(len(_DRAWN)):
        set_key(agenda, _DRAWN[k, 0], _DRAWN[k, 1], key, year)
    for k in range(agenda.used[WATCH]):
        people[agenda.watch[k]].watched = 0
    agenda.used[WATCH] = agenda.used[VOLUNTEERS] = agenda.used[TIES] = 0
    for t in range(s.counts[1]):
        if ties[t].active == 1:
            use_tie(ties, agenda, t)
    informal_care.plan(people, ties, 0, s.counts[1], rules.care.informal_care, agenda, year, 0)


@allocating
def people_month(state: Box, settings: Box, in_force: Box, key: int, month: int) -> None:
    """Run the demographic processes and care need of one month: 7.1 to 7.7."""
    s, rules, clauses = state.held, settings.held, in_force.held
    people, ties, counts, agenda, census = s.people, s.ties, s.counts, s.agenda, s.roll.census
    places, p, of_care, events = rules.places, rules.people, rules.care, s.book.events
    towns = places.municipality
    before, ties_before = counts[0], counts[1]
    lap(s.laps, _BETWEEN)
    tidy(people, agenda)
    lap(s.laps, _LISTS)
    ageing.step(people, agenda, census, p.traits, key, month)
    lap(s.laps, _AGEING)
    mortality.step(people, agenda, census, towns, p.mortality, key, month, events)
    lap(s.laps, _MORTALITY)
    fertility.step(people, agenda, census, counts, towns, p.fertility, p.traits, p.profile, key, month, events)
    lap(s.laps, _FERTILITY)
    migration.step(
        people,
        ties,
        agenda,
        census,
        counts,
        places,
        clauses,
        p.migration,
        p.cells,
        p.traits,
        p.profile,
        key,
        month,
        events,
    )
    lap(s.laps, _MIGRATION)
    households.step(people, ties, agenda, census, counts, p.households, key, month, events)
    lap(s.laps, _HOUSEHOLDS)
    care_need.step(people, agenda, of_care.care_need, clauses, key, month)
    lap(s.laps, _CARE_NEED)
    s.book.counters[2] = admission.step(
        people, agenda, s.roll, counts, s.frozen, s.market, clauses, p.admission, key, month, events
    )
    lap(s.laps, _ADMISSION)
    after = month % 12 + 1
    for i in range(before, counts[0]):
        _enlist(people, agenda, i)
    newcomers = group_of(people, before, counts[0], towns, month // 12)
    _plan(s, newcomers, rules, month // 12, after)
    informal_care.plan(people, ties, ties_before, counts[1], of_care.informal_care, agenda, month // 12, after)
    lap(s.laps, _LISTS)


@allocating
def clear(state: Box) -> None:
    """Empty the book and the month's columns of the market, before anybody decides."""
    book, market = state.held.book, state.held.market
    book.events[:] = 0
    book.need[:] = 0
    book.parts[:] = 0
    book.flows[:] = 0
    book.asked[:] = 0
    book.surcharges[:] = 0
    book.counters[:] = 0
    book.bought[:] = 0
    market.delivered[:] = 0
    market.clients[:] = 0
    market.nursing_clients[:] = 0
    market.passed_on[:] = 0


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
def _ask_ahead(people: People, ties: Ties, rows: I64, k: int) -> None:
    """Ask memory for the claimants to come: for themselves, then for home and family, then for those who give."""
    ask_ahead(people, rows, k + 2 * AHEAD, len(rows))
    if k + 2 * AHEAD < len(rows):
        i = rows[k + 2 * AHEAD]
        fetch(people, people[i].housemate)
        if people[i].first_tie >= 0:
            fetch(ties, people[i].first_tie)
            fetch(ties, people[i].first_tie + 2)  # as a rule it is of the same receiver
    if k + AHEAD < len(rows):
        t = people[rows[k + AHEAD]].first_tie
        while t >= 0:
            if ties[t].active == 1 and ties[t].giver >= 0:
                fetch(people, ties[t].giver)
            t = ties[t].next_tie


@compiled
def serve(
    s: State, rows: I64, rules: Rules, clauses: ClausesNow, hands: Hands, key: int, month: int, days: int, year: int
) -> None:
    """Serve the claims in order of urgency: one pass over the region, 7.9b to 7.10e."""
    people, agenda, book, p, towns = s.people, s.agenda, s.book, rules.care, rules.places.municipality
    rest, formal, chosen, waiting = hands.rest, hands.formal, hands.chosen, hands.waiting
    reform = p.professional_care.reform
    for k in range(len(rows)):
        _ask_ahead(people, s.ties, rows, k)
        i = rows[k]
        v = people[i].village
        total = 0
        for kind in range(5):
            minutes = claims.need_of(p.claims, people[i].level, people[i].dementia, people[i].episode, kind)
            rest[kind] = minutes
            book.need[v, kind] += minutes
            total += minutes
        lap(s.laps, _CLAIMS)
        informal_care.step_one(
            people,
            s.ties,
            agenda,
            s.counts,
            s.roll,
            rules.places.between_m,
            i,
            rest,
            hands.most,
            book.parts,
            p.informal_care,
            clauses.here[Lever.START_TO_HELP, v],
            key,
            month,
            book.flows,
        )
        lap(s.laps, _INFORMAL)
        accepts = claims.accepts_help(people, i, clauses, key)
        lap(s.laps, _CLAIMS)
        volunteers.step_one(people, i, accepts, rest, book.parts, hands.pool)
        lap(s.laps, _VOLUNTEERS)
        group_care.step_one(people, i, accepts, towns, rest, book.parts, hands.group_room)
        lap(s.laps, _GROUPS)
        left = 0
        for kind in range(5):
            left += rest[kind]
        missing = professional_care.asked(
            people,
            i,
            accepts,
            s.market,
            towns,
            s.hours_factor,
            rest,
            formal,
            book.parts,
            p.professional_care,
            clauses,
            year,
            month,
        )
        declined = left - missing
        for kind in range(5):
            declined -= formal[kind]
        lap(s.laps, _PROFESSIONAL)
        own_budget.step_one(people, i, towns, formal, book.parts, book.bought, p.own_budget, key, month, reform)
        lap(s.laps, _OWN_BUDGET)
        for staff_pool in range(2):
            minutes = formal[0] if staff_pool == 0 else formal[1] + formal[2] + formal[3]
            chosen[staff_pool] = -1
            if minutes == 0:
                market.asks_nothing(people, s.market, i, staff_pool)
                continue
            placed = book.counters[1]
            chosen[staff_pool] = market.step_one(
                people, s.market, s.strength, i, staff_pool, minutes, clauses, p.market, key, month, book.counters
            )
            b = chosen[staff_pool]
            if b >= 0:
                book.asked[b, staff_pool] += minutes
                if book.counters[1] > placed:
                    price = rules.supply.accounts.tariff[year, staff_pool]
                    level, town = people[i].level, towns[v]
                    payer = professional_care.payer_of(staff_pool, level, town, month, reform)
                    cents = accounts.month_cents(minutes, price, days)
                    book.surcharges[b, payer] += np.int64(float(cents) * p.market.surcharge)
            else:
                waiting[staff_pool] += minutes
        lap(s.laps, _MARKET)
        missing += professional_care.deliver(
            people, s.market, i, chosen, towns, formal, book.parts, clauses, month, reform
        )
        people[i].need_minutes = total
        people[i].met_minutes = total - missing
        people[i].declined_minutes = declined
        lap(s.laps, _PROFESSIONAL)
    watched = agenda.used[WATCH]
    for k in range(watched):
        ask_ahead(people, agenda.watch, k, watched)
        i = agenda.watch[k]
        if people[i].presence != Presence.HOME or (people[i].level == 0 and people[i].episode == 0):
            people[i].provider_help = -1
            people[i].provider_care = -1
            people[i].waiting_help = NEVER
            people[i].waiting_care = NEVER


@compiled
def _share_waiting(market_: Market, waiting: I64, asked: I64) -> None:
    """Let each provider that sells a product count an equal part of the waiting list as asked of it."""
    for staff_pool in range(2):
        sellers = 0
        for b in range(len(market_.active)):
            sellers += market_.active[b] * market_.sells[b, staff_pool]
        for b in range(len(market_.active)):
            if market_.active[b] * market_.sells[b, staff_pool] == 1:
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
def care_month(state: Box, settings: Box, in_force: Box, key: int, month: int, days: int, spin_up: bool) -> I64:
    """Run the month of care, 7.8 to 7.10 and 7.16, and return the rows of the claimants."""
    s, rules, clauses = state.held, settings.held, in_force.held
    people, agenda, book, p, towns = s.people, s.agenda, s.book, rules.care, rules.places.municipality
    year = month // 12 - FIRST_YEAR if not spin_up else 0
    lap(s.laps, _BETWEEN)
    care_need.step_episodes(people, agenda, p.care_need, key, month)
    lap(s.laps, _CARE_NEED)
    detection.step(people, agenda, towns, p.detection, clauses, s.intakes, key, month, not spin_up)
    lap(s.laps, _DETECTION)
    pool = volunteers.step(people, agenda, len(towns), p.volunteers, clauses, key, month)
    lap(s.laps, _VOLUNTEERS)
    if month == FIRST_MONTH:
        informal_care.start_stock(people, s.ties, agenda, s.counts, p.informal_care, key, month)
    informal_care.start_month(people, s.ties, agenda, p.informal_care, clauses, key, month, book.flows, book.events)
    lap(s.laps, _INFORMAL)
    rows = claims.step(people, agenda, key, month)
    lap(s.laps, _CLAIMS)
    waiting = np.zeros(2, dtype=np.int64)
    hands = Hands(
        pool,
        s.room * clauses.here[Lever.GROUP_ROOM, 0] // 1000,
        np.zeros(5, dtype=np.int64),
        np.zeros(5, dtype=np.int64),
        np.zeros(5, dtype=np.int64),
        np.zeros(2, dtype=np.int64),
        waiting,
    )
    serve(s, rows, rules, clauses, hands, key, month, days, year)
    lap(s.laps, _CLAIMS)
    book.unused[:] = pool
    _share_waiting(s.market, waiting, book.asked)
    burden.step(people, agenda, p.burden, clauses, key, month)
    lap(s.laps, _BURDEN)
    return rows


@allocating
def supply_month(
    state: Box, rows: I64, settings: Box, in_force: Box, key: int, month: int, days: int, spin_up: bool
) -> None:
    """Run the month of the providers: rounds, nights, accounts and staff, 7.11 to 7.14.

    Parameters
    ----------
    rows
        shape (n_claims,): this month's claimants.
    """
    s, rules, clauses = state.held, settings.held, in_force.held
    places, book, p = rules.places, s.book, rules.supply
    year = month // 12 - FIRST_YEAR if not spin_up else 0
    indirect = s.indirect * clauses.here[Lever.INDIRECT, 0] // 1000
    lap(s.laps, _BETWEEN)
    rounds.step(s.market, places, clauses, p.rounds, s.tours)
    lap(s.laps, _ROUNDS)
    book.nights[:] = nights.step(
        s.people, rows, s.market, places, clauses, p.nights, key, month, days, book.overlap, book.delays
    )
    lap(s.laps, _NIGHTS)
    book.counters[3] = accounts.step(
        s.market,
        book.nights,
        book.surcharges,
        indirect,
        p.accounts,
        clauses,
        year,
        month,
        days,
        book.paid,
        book.revenue,
        book.cost,
    )
    price = p.accounts.tariff[year, Kind.DAY_PROGRAMME] * clauses.here[Lever.GROUP_PRICE, 0] // 1000
    reformed = month >= rules.care.professional_care.reform
    book.counters[4] = group_care.step(book.parts, places.municipality, price, reformed, days, book.paid)
    book.counters[5] = own_budget.step(book.bought, p.accounts.tariff[year], rules.care.own_budget, days, book.paid)
    book.counters[6] = book.bought.sum()
    book.quarter[:, 0] += book.revenue
    book.quarter[:, 1] += book.revenue - book.cost
    book.quarter_paid[:] += book.paid
    lap(s.laps, _ACCOUNTS)
    staff.step(s.market, indirect, book.asked, p.staff, clauses, key, year, month, spin_up)
    _measure_strength(s.market, s.strength)
    lap(s.laps, _STAFF)


class Sheets(NamedTuple):
    """What a run is recorded in, and what that takes.

    Parameters
    ----------
    villages, providers, region, cells
        shapes (months, V, n), (months, P, n), (months, n) and (months, N_CELLS, n): rows of all months.
    headlines
        shape (any,): those of the month, sums over villages and then numbers of the region.
    summed, of_region
        shape (any,): columns of the headlines.
    schools
        shape (V,): children needed for a school; 0 where there were too few on 1 January 2013.
    unpaid
        shape (any,): columns of care without pay.
    fte_minutes
        Minutes a week that one full-time equivalent works.
    unpaid_price
        Shadow price of care without pay, in cents an hour; 0 for none.
    columns
        Columns of events, flows, parts by kind, need by kind and parts, and the parts that are unmet.
    """

    villages: I64
    providers: I64
    region: I64
    cells: I64
    headlines: I64
    summed: I64
    of_region: I64
    schools: I64
    unpaid: I64
    fte_minutes: float
    unpaid_price: int
    columns: tuple[I64, I64, I64, I64, I64, I64]


@allocating
def record_month(state: Box, settings: Box, sheets: Box, index: int, month: int, days: int, clause_cents: int) -> None:
    """Copy the month into the rows of the villages, the providers, the region and the groups of residents.

    Parameters
    ----------
    index
        Number of the row of the month.
    clause_cents
        What the clauses cost this month beside care.
    """
    s, size, sheet = state.held, settings.held.places.size, sheets.held
    book, columns = s.book, sheet.columns
    villages, providers = sheet.villages[index], sheet.providers[index]
    region, cells = sheet.region[index], sheet.cells[index]
    lap(s.laps, _BETWEEN)
    tally = recorder.Tallies(
        np.zeros((4, recorder.MOST_MONTHS + 1), dtype=np.int64),
        np.zeros((1, recorder.MET + 1), dtype=np.int64),
        np.zeros((len(villages), 2), dtype=np.int64),
    )
    recorder.record_census(s.roll.census, sheet.schools, book.residents, villages, cells)
    recorder.record_need(s.people, s.agenda, s.market, size, month, villages, cells, tally)
    recorder.record_givers(s.people, s.agenda, size, month, villages, cells)
    recorder.record_care(
        book.parts,
        book.flows,
        book.events,
        book.need,
        book.unused,
        villages,
        columns[0],
        columns[1],
        columns[2],
        columns[3],
        columns[4],
        columns[5],
    )
    recorder.record_organisations(
        s.market,
        book.nights,
        book.delays,
        book.overlap,
        book.revenue,
        book.cost,
        book.paid,
        tally,
        sheet.fte_minutes,
        days,
        villages,
        providers,
        region,
    )
    unpaid = 0
    for v in range(len(villages)):
        for k in range(len(sheet.unpaid)):
            unpaid += villages[v, sheet.unpaid[k]]
    recorder.record_region(book.counters, clause_cents, accounts.month_cents(unpaid, sheet.unpaid_price, days), region)
    recorder.record_headlines(villages, region, sheet.summed, sheet.of_region, sheet.headlines)
    lap(s.laps, _RECORD)
