"""The order of a month (ODD element 3), and the compiled drivers that follow it.

`PARTS` is the only list: processes, parameters, laps and keys of the agenda follow; ``krimpsim plan`` prints them in
the order of the description.  The months of the people, of care and of the providers are each compiled as one driver,
and there stands the real order: some processes are called more than once, `step` before the claims and `step_one`
within them.  `open_year` makes the agenda.
"""

from __future__ import annotations

from collections import namedtuple
from types import ModuleType
from typing import Any

import numpy as np

from krimpsim.core.clock import FIRST_YEAR
from krimpsim.core.codes import Kind, Pool
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.laps import lap
from krimpsim.core.prefetch import AHEAD, ask_ahead, fetch
from krimpsim.organisations import convenant, providers
from krimpsim.outputs import recorder
from krimpsim.outputs.tallies import new_tallies
from krimpsim.population.agenda import BLOCK, N_KINDS, Group, group_of, plan_group, set_key
from krimpsim.population.lists import needs_watching, resize, size, tidy, use_tie, volunteer, watch
from krimpsim.population.market import ClausesNow
from krimpsim.population.roll import call_roll
from krimpsim.population.state import BLANK_NIGHT_COUNT, BLANK_REGION, Claim, Now, State
from krimpsim.population.world import World
from krimpsim.processes import (
    accounts,
    admission,
    ageing,
    burden,
    care_need,
    care_outside,
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
from krimpsim.processes.base import Process, place_of

#: What happens in a month, by the part that calls it.  A run times the parts, not the processes: within a part they
#: are compiled into one, and a clock between them would cost more than most of them take.
PARTS: dict[str, tuple[ModuleType, ...]] = {
    "people": (ageing, mortality, fertility, migration, households, care_need, admission),
    "care": (
        detection,
        claims,
        informal_care,
        volunteers,
        group_care,
        market,
        professional_care,
        own_budget,
        burden,
    ),
    "providers": (rounds, nights, accounts, staff),
    "decisions": (providers, convenant),
}
_MODULES = [module for part in PARTS.values() for module in part]
_COMPILED = [module for module in _MODULES if hasattr(module, "prepare")]
_NAMES = [module.__name__.rpartition(".")[2] for module in _COMPILED]

#: The processes in the order of the description.
PROCESSES: tuple[Process, ...] = tuple(sorted((module.PROCESS for module in _MODULES), key=place_of))

#: What laps are counted for: the compiled processes, then lists and agenda, the record, and all between.
LAPS = (*(module.PROCESS.name for module in _COMPILED), "lists and agenda", "record", "between")
_named: Any = namedtuple  # the checker of types takes fields that are written out only
Laps = _named("Laps", [*_NAMES, "lists", "record", "between"])
LAP = Laps(*range(len(LAPS)))

#: What is put on the agenda of a year, with the process that does; the keys of all, and what all plan alike.
_COMES = [(name, one) for name, module in zip(_NAMES, _COMPILED, strict=True) for one in module.PROCESS.agenda]
_KEYS = np.array([(one.item, one.stream) for _, one in _COMES], dtype=np.int64)
_PLANNED = [(name, one) for name, one in _COMES if one.chance]
_ITEMS = np.array([one.item for _, one in _PLANNED], dtype=np.int64)
_IN_SPIN_UP = np.array([one.spin_up for _, one in _PLANNED])

_KINDS, _POOLS = len(Kind), len(Pool)
SPIN_UP_MONTHS = 24
FIRST_MONTH = FIRST_YEAR * 12 - SPIN_UP_MONTHS  #: absolute month in which the spin-up begins

#: What the drivers read and never change: the parameters of all compiled processes, each under the name of its file;
#: the chances of what is planned for everybody, in the order of `_PLANNED`; and the absolute month from which insurer
#: and municipalities pay for care at home.
Rules = _named("Rules", [*_NAMES, "chances", "reform"])


def prepare(world: World) -> Any:
    """Return the `Rules` of a run."""
    made = {name: module.prepare(world) for name, module in zip(_NAMES, _COMPILED, strict=True)}
    chances = tuple(getattr(made[name], one.chance) for name, one in _PLANNED)
    return Rules(**made, chances=chances, reform=world.config.payers.reform_from * 12)


@allocating
def now_of(rules: Any, clauses: ClausesNow, key: int, month: int, days: int, spin_up: bool) -> Now:
    """Return what is the case in a month."""
    year = 0 if spin_up else month // 12 - FIRST_YEAR
    return Now(key, month, days, year, spin_up, month >= rules.reform, clauses)


@compiled
def _plan(s: State, rules: Any, group: Group, year: int, after: int, spin_up: bool) -> None:
    """Put people on the agenda of a year, from a calendar month on."""
    for k in range(len(_ITEMS)):
        if _IN_SPIN_UP[k] or not spin_up:
            chance = rules.chances[k]
            of_year = (year - FIRST_YEAR) * N_KINDS if len(chance.most) > N_KINDS else 0
            plan_group(s.agenda, _ITEMS[k], group, chance, of_year, after)
    if not spin_up:
        ageing.plan(s, group, after)
        households.plan(s, rules.households, group, after)


@compiled
def _enlist(s: State, i: int) -> None:
    """Put somebody on the lists she belongs to."""
    if needs_watching(s.people, i):
        watch(s.people, s.lists, i)
    if s.people[i].volunteer_minutes > 0:
        volunteer(s.people, s.lists, i, s.people[i].volunteer_minutes)


@allocating
def open_year(s: Any, rules: Any, key: int, year: int, today: int, spin_up: bool) -> None:
    """Call the roll and make the lists and the agenda of a year; in the spin-up people do not change, but care does.

    Parameters
    ----------
    today
        The month of January in which people are of the age they have: in the spin-up that of the first year.
    """
    lap(s.laps, LAP.between)
    call_roll(s.people, s.in_use[0].persons, s.roll, rules.informal_care.neighbours.circles, today)
    _empty_lists(s, rules, key, year)
    n = s.in_use[0].persons
    for first in range(0, n, BLOCK):
        group = group_of(s.people, first, min(first + BLOCK, n), s.places.municipality, today // 12)
        _open_for(s, rules, group, year, spin_up)
    lap(s.laps, LAP.lists)


@compiled
def _open_for(s: State, rules: Any, group: Group, year: int, spin_up: bool) -> None:
    """Put a group of people on the lists and the agenda of a year."""
    recorder.count_residents(s, group.rows)
    for k in range(len(group.rows)):
        _enlist(s, group.rows[k])
    _plan(s, rules, group, year, 0, spin_up)


@compiled
def _empty_lists(s: State, rules: Any, key: int, year: int) -> None:
    """Empty the lists and the agenda, and put the ties on them."""
    agenda, lists = s.agenda, s.lists
    s.book.residents[:] = 0
    agenda.first[:] = -1
    agenda.length[:] = 0
    agenda.entries[0] = 0
    for k in range(len(_KEYS)):
        item, stream = _KEYS[k]
        set_key(agenda, item, stream, key, year)
    for k in range(size(lists.watch)):
        s.people[lists.watch.rows[k]].watched = 0
    resize(lists.watch, 0)
    resize(lists.volunteers, 0)
    resize(lists.ties, 0)
    for t in range(s.in_use[0].ties):
        if s.ties[t].active == 1:
            use_tie(s.ties, lists, t)
    care_outside.plan(s, rules.informal_care.outside, 0, s.in_use[0].ties, year, 0)


@allocating
def people_month(s: Any, rules: Any, clauses: Any, key: int, month: int, days: int) -> None:
    """Run the demographic processes and care need of one month: 7.1 to 7.7."""
    now = now_of(rules, clauses, key, month, days, False)
    people_before, ties_before = s.in_use[0].persons, s.in_use[0].ties
    lap(s.laps, LAP.between)
    tidy(s.people, s.lists)
    lap(s.laps, LAP.lists)
    ageing.step(s, rules.ageing, now)
    lap(s.laps, LAP.ageing)
    mortality.step(s, rules.mortality, now)
    lap(s.laps, LAP.mortality)
    fertility.step(s, rules.fertility, now)
    lap(s.laps, LAP.fertility)
    migration.step(s, rules.migration, now)
    lap(s.laps, LAP.migration)
    households.step(s, rules.households, now)
    lap(s.laps, LAP.households)
    care_need.step(s, rules.care_need, now)
    lap(s.laps, LAP.care_need)
    admission.step(s, rules.admission, now)
    lap(s.laps, LAP.admission)
    _plan_newcomers(s, rules, now, people_before, ties_before)
    lap(s.laps, LAP.lists)


@allocating
def _plan_newcomers(s: State, rules: Any, now: Now, people_before: int, ties_before: int) -> None:
    """Put the people and ties that are new this month on the lists, and on the agenda of the months to come."""
    year, after, used = now.month // 12, now.month % 12 + 1, s.in_use[0]
    for i in range(people_before, used.persons):
        _enlist(s, i)
    newcomers = group_of(s.people, people_before, used.persons, s.places.municipality, year)
    _plan(s, rules, newcomers, year, after, False)
    care_outside.plan(s, rules.informal_care.outside, ties_before, used.ties, year, after)


@allocating
def clear(s: Any) -> None:
    """Empty the book and the month's columns of the market, before anybody decides."""
    book, market = s.book, s.market
    book.events[:] = 0
    book.need[:] = 0
    book.parts[:] = 0
    book.flows[:] = 0
    book.overlap[:] = 0
    book.asked[:] = 0
    book.waiting[:] = 0
    book.surcharges[:] = 0
    book.paid[:] = 0
    book.bought[:] = 0
    book.delays[:] = 0
    book.unused[:] = 0
    book.region[0] = BLANK_REGION[0]
    for b in range(len(book.nights)):
        book.nights[b] = BLANK_NIGHT_COUNT[0]
    market.delivered[:] = 0
    market.clients[:] = 0
    market.nursing_clients[:] = 0
    market.passed_on[:] = 0


@compiled
def _ask_ahead(s: State, k: int, n: int) -> None:
    """Ask memory for the claimants to come: for themselves, then for home and family, then for those who give."""
    people, ties, rows = s.people, s.ties, s.lists.claimants.rows
    ask_ahead(people, rows, k + 2 * AHEAD, n)
    if k + 2 * AHEAD < n:
        person = people[rows[k + 2 * AHEAD]]
        fetch(people, person.housemate)
        if person.first_tie >= 0:
            fetch(ties, person.first_tie)
            fetch(ties, person.first_tie + 2)  # as a rule it is of the same receiver
    if k + AHEAD < n:
        t = people[rows[k + AHEAD]].first_tie
        while t >= 0:
            if ties[t].active == 1 and ties[t].giver >= 0:
                fetch(people, ties[t].giver)
            t = ties[t].next_tie


@compiled
def serve(s: State, rules: Any, now: Now, claim: Claim) -> None:
    """Serve the claims in order of urgency: one pass over the region, 7.9b to 7.10e."""
    n = size(s.lists.claimants)
    for k in range(n):
        _ask_ahead(s, k, n)
        i = s.lists.claimants.rows[k]
        claims.step_one(s, rules.claims, now, i, claim)
        lap(s.laps, LAP.claims)
        informal_care.step_one(s, rules.informal_care, now, i, claim)
        lap(s.laps, LAP.informal_care)
        volunteers.step_one(s, rules.volunteers, now, i, claim)
        lap(s.laps, LAP.volunteers)
        group_care.step_one(s, rules.group_care, now, i, claim)
        lap(s.laps, LAP.group_care)
        professional_care.ask(s, rules.professional_care, now, i, claim)
        lap(s.laps, LAP.professional_care)
        own_budget.step_one(s, rules.own_budget, now, i, claim)
        lap(s.laps, LAP.own_budget)
        market.step_one(s, rules.market, now, i, claim)
        lap(s.laps, LAP.market)
        professional_care.step_one(s, rules.professional_care, now, i, claim)
        lap(s.laps, LAP.professional_care)


@allocating
def care_month(s: Any, rules: Any, clauses: Any, key: int, month: int, days: int, spin_up: bool) -> None:
    """Run the month of care, 7.8 to 7.10 and 7.16."""
    now = now_of(rules, clauses, key, month, days, spin_up)
    rest, most, formal = np.zeros(_KINDS, np.int64), np.zeros(_KINDS, np.int64), np.zeros(_KINDS, np.int64)
    claim = Claim(rest, most, formal, np.zeros(_POOLS, np.int64))
    lap(s.laps, LAP.between)
    care_need.step_episodes(s, rules.care_need, now)
    lap(s.laps, LAP.care_need)
    detection.step(s, rules.detection, now)
    lap(s.laps, LAP.detection)
    volunteers.step(s, rules.volunteers, now)
    lap(s.laps, LAP.volunteers)
    if month == FIRST_MONTH:
        care_outside.start_stock(s, rules.informal_care.outside, now)
    informal_care.step(s, rules.informal_care, now)
    lap(s.laps, LAP.informal_care)
    claims.step(s, rules.claims, now)
    group_care.open_doors(s, rules.group_care, now)
    lap(s.laps, LAP.claims)
    serve(s, rules, now, claim)
    market.let_go(s)
    market.share_waiting(s)
    lap(s.laps, LAP.market)
    burden.step(s, rules.burden, now)
    lap(s.laps, LAP.burden)


@allocating
def supply_month(s: Any, rules: Any, clauses: Any, key: int, month: int, days: int, spin_up: bool) -> None:
    """Run the month of the providers: rounds, nights, accounts and staff, 7.11 to 7.14."""
    now = now_of(rules, clauses, key, month, days, spin_up)
    lap(s.laps, LAP.between)
    market.measure_contact(s)
    lap(s.laps, LAP.market)
    rounds.step(s, rules.rounds, now)
    lap(s.laps, LAP.rounds)
    nights.step(s, rules.nights, now)
    lap(s.laps, LAP.nights)
    group_care.step(s, rules.group_care, now)
    own_budget.step(s, rules.own_budget, now)
    accounts.step(s, rules.accounts, now)
    lap(s.laps, LAP.accounts)
    staff.step(s, rules.staff, now)
    lap(s.laps, LAP.staff)


@allocating
def record_month(s: Any, sheet: Any, index: int, month: int, days: int, clause_cents: int) -> None:
    """Copy the month into the rows of the villages, the providers, the region and the groups of residents.

    Parameters
    ----------
    index
        Number of the row of the month.
    clause_cents
        What the clauses cost this month beside care.
    """
    lap(s.laps, LAP.between)
    rows = recorder.Rows(
        sheet.villages[index], sheet.providers[index], sheet.region[index : index + 1], sheet.cells[index]
    )
    tally = new_tallies(len(rows.villages))
    recorder.record_census(s, rows, sheet.schools)
    recorder.record_need(s, rows, tally, month)
    recorder.record_givers(s, rows, month)
    recorder.record_care(s, rows)
    recorder.record_organisations(s, rows, sheet.fte_minutes, days)
    unpaid = accounts.month_cents(recorder.unpaid_minutes(rows), sheet.unpaid_price, days)
    recorder.record_region(s, rows, tally, clause_cents, unpaid)
    lap(s.laps, LAP.record)
