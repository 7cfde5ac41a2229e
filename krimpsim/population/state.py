"""What a month reads and writes: the state of a run, the book of the month, and what is the case this month.

Every process sees these three and its own parameters, and nothing else::

    step(s: State, p: Params, now: Now)                              once a month
    step_one(s: State, p: Params, now: Now, i: int, claim: Claim)    once for each claimant, in order of urgency
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from krimpsim.core.codes import Event, Flow, Kind, Lever, Part, Pool
from krimpsim.core.jit import compiled
from krimpsim.inputs.municipalities import N_PAYERS
from krimpsim.population.agenda import Agenda
from krimpsim.population.geography import Geography
from krimpsim.population.lists import Lists
from krimpsim.population.market import ClausesNow, Market, Tours
from krimpsim.population.roll import Roll
from krimpsim.population.schema import I64, People, Ties, row_of

MOST_DELAY = 720  #: minutes; a longer wait for an alarm call is counted as this


class Now(NamedTuple):
    """What is the case this month.

    Parameters
    ----------
    key
        Key of the run, from which every draw follows.
    month, days
        Absolute month, and its number of days.
    year
        Number of the calendar year from 2013 on; 0 in the spin-up.
    spin_up
        Whether people are held still.
    reformed
        Whether insurer and municipalities pay for care at home, and no longer the AWBZ.
    clauses
        What of the convenant holds.
    """

    key: int
    month: int
    days: int
    year: int
    spin_up: bool
    reformed: bool
    clauses: ClausesNow


@compiled
def scaled(now: Now, lever: int, v: int, value: int) -> int:
    """Return a chance, time or price as the clauses in force in a village make it; v = 0 for levers of the area."""
    return value * now.clauses.here[lever, v] // 1000


@compiled
def pool_of(kind: int) -> int:
    """Return the staff pool that gives a kind of care."""
    return Pool.HOUSEHOLD_HELP if kind == Kind.HOUSEHOLD_HELP else Pool.CARE_AND_NURSING


class Claim(NamedTuple):
    """The need of the claimant at hand on its way past all who may take a part of it.

    Parameters
    ----------
    rest
        shape (5 kinds,), min/week: need that nobody has taken yet; every giver lowers it.
    most
        shape (5 kinds,), min/week: most that kin still take on.
    formal
        shape (5 kinds,), min/week: asked of professionals.
    chosen
        shape (2 pools,): provider; -1 on the waiting list, -2 for no provider at all.
    """

    rest: I64
    most: I64
    formal: I64
    chosen: I64


class Region:
    """What is counted in a month for the region as a whole: the one row of `Book.region`."""

    clients_moved: int  #: persons, who had to change provider
    placed_with_surcharge: int  #: persons
    facility_places: int
    contributions: int  #: cents, of clients
    cost_of_groups: int  #: cents
    cost_of_own_budgets: int  #: cents
    bought: int  #: min/week, with own budgets


class NightCount:
    """What the nights of a month took of one provider: a row of `Book.nights`."""

    metres: int
    calls: int
    late: int  #: calls
    response: int  #: minutes to arrival, summed over calls
    standby: int  #: cents


class Quarter:
    """What a provider earned and kept since organisations last decided: a row of `Book.quarter`."""

    revenue: int  #: cents
    result: int  #: cents


REGION, NIGHT_COUNT, QUARTER = row_of(Region), row_of(NightCount), row_of(Quarter)
BLANK_REGION: Any = np.zeros(1, dtype=REGION)
BLANK_NIGHT_COUNT: Any = np.zeros(1, dtype=NIGHT_COUNT)


class Book(NamedTuple):
    """What a month writes down; minutes a week by village unless said otherwise.

    It is cleared at the start of the month, but for what every month writes over whole (revenue, cost, room in groups)
    and what says so.

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
        shape (P, 2 pools): contact time asked of each provider, the waiting list included.
    waiting
        shape (2 pools,): asked by those on the waiting list.
    nights
        shape (P,): rows of `NightCount`.
    surcharges
        shape (P, payers), unit cents: paid to a provider that took a client who waited too long.
    revenue, cost
        shape (P,), unit cents.
    paid
        shape (payers,), unit cents.
    region
        shape (1,): the row of `Region`.
    bought
        shape (5 kinds, payers): with own budgets.
    delays
        shape (P, MOST_DELAY + 1): alarm calls by minutes to arrival.
    unused
        shape (V,): volunteers' matched time that nobody has taken yet.
    group_room
        shape (municipalities,): room in group facilities that nobody has taken yet.
    residents
        shape (N_CELLS,), unit persons: at home on 1 January, by cell of `groups.GROUPS`; not cleared.
    quarter
        shape (P,): rows of `Quarter`; not cleared with the month.
    quarter_paid
        shape (payers,), unit cents: what payers paid since organisations last decided; not cleared with the month.
    """

    events: I64
    need: I64
    parts: I64
    flows: I64
    overlap: I64
    asked: I64
    waiting: I64
    nights: Any
    surcharges: I64
    revenue: I64
    cost: I64
    paid: I64
    region: Any
    bought: I64
    delays: I64
    unused: I64
    group_room: I64
    residents: I64
    quarter: Any
    quarter_paid: I64


def new_book(places: Geography, n_providers: int, n_cells: int) -> Book:
    """Return an empty book."""
    n_villages, kinds, payers, pools = len(places.number), len(Kind), N_PAYERS, len(Pool)

    def zeros(*shape: int) -> I64:
        return np.zeros(shape, dtype=np.int64)

    return Book(
        events=zeros(n_villages, len(Event)),
        need=zeros(n_villages, kinds),
        parts=zeros(n_villages, len(Part), kinds),
        flows=zeros(n_villages, len(Flow)),
        overlap=zeros(n_villages),
        asked=zeros(n_providers, pools),
        waiting=zeros(pools),
        nights=np.zeros(n_providers, dtype=NIGHT_COUNT),
        surcharges=zeros(n_providers, payers),
        revenue=zeros(n_providers),
        cost=zeros(n_providers),
        paid=zeros(payers),
        region=np.zeros(1, dtype=REGION),
        bought=zeros(kinds, payers),
        delays=zeros(n_providers, MOST_DELAY + 1),
        unused=zeros(n_villages),
        group_room=zeros(places.municipalities),
        residents=zeros(n_cells),
        quarter=np.zeros(n_providers, dtype=QUARTER),
        quarter_paid=zeros(payers),
    )


class State(NamedTuple):
    """All that changes in a run, and the map on which it does.

    Parameters
    ----------
    in_use
        shape (1,): the row of `InUse`.
    contact
        shape (P, 2 pools, V), min/week: contact time of the month; until care was given, that of last month.
    hours_factor
        shape (municipalities,), thousandths of the hours granted that a municipality still pays.
    intakes
        shape (municipalities,), thousandths of its intakes that a social team still makes.
    frozen
        shape (1,): places in facilities when their number was frozen.
    indirect
        shape (2 pools,): indirect minutes per 1,000 contact minutes.
    laps
        shape (n_laps + 1,): ticks by process, and when the last lap was; see `schedule.LAPS`.
    tours
        Tours of last month.
    """

    people: People
    ties: Ties
    in_use: Any
    agenda: Agenda
    lists: Lists
    roll: Roll
    market: Market
    places: Geography
    contact: I64
    hours_factor: I64
    intakes: I64
    frozen: I64
    indirect: I64
    book: Book
    laps: I64
    tours: Tours


@compiled
def indirect_now(s: State, now: Now, pool: int) -> int:
    """Return the indirect minutes per 1,000 contact minutes of a staff pool."""
    return scaled(now, Lever.INDIRECT, 0, s.indirect[pool])
