"""Copies one month of the state into the rows of the result.  Nothing here changes the state, but the January count."""

from __future__ import annotations

from typing import Any, NamedTuple

from krimpsim.core.clock import age_in
from krimpsim.core.codes import NEVER, UNMET, Event, Payer, Pool, Presence
from krimpsim.core.jit import compiled
from krimpsim.core.prefetch import ask_ahead
from krimpsim.core.streams import i64
from krimpsim.outputs.rows import ALL_KINDS, PERCENT
from krimpsim.outputs.tallies import MET, MOST_MONTHS, Tallies, mean_of_least, quantile
from krimpsim.population.kinship import lives_alone
from krimpsim.population.lists import CARER_MINUTES, size
from krimpsim.population.schema import I32, I64, Person
from krimpsim.population.state import State

WEEK_HUNDREDTHS = 435  #: hundredths of a week in a month


class Rows(NamedTuple):
    """The rows of a month, empty before; see `krimpsim.outputs.rows`.

    Parameters
    ----------
    villages, providers, cells
        shapes (V,), (P,), (N_CELLS,).
    region
        shape (1,).
    """

    villages: Any
    providers: Any
    region: Any
    cells: Any


class Sheets(NamedTuple):
    """What a run is recorded in, and what that takes.

    Parameters
    ----------
    villages, providers, region, cells
        shapes (months, V), (months, P), (months,) and (months, N_CELLS): rows of all months by name.
    schools
        shape (V,): children needed for a school; 0 where there were too few on 1 January 2013.
    fte_minutes
        Minutes a week that one full-time equivalent works.
    unpaid_price
        Shadow price of care without pay, in cents an hour; 0 for none.
    """

    villages: Any
    providers: Any
    region: Any
    cells: Any
    schools: I64
    fte_minutes: float
    unpaid_price: int


@compiled
def cell_of(s: State, i: int) -> int:
    """Return the cell of a resident: size of the village, living, income and sex, as in `groups.GROUPS`."""
    person, living = s.people[i], 2
    if person.presence == Presence.HOME:
        living = 0 if lives_alone(s.people, i) else 1
    cell = s.places.size[person.village] * 3 + living
    return (cell * 3 + person.income) * 2 + person.sex


@compiled
def count_residents(s: State, rows: I32) -> None:
    """Count who of these lives at home, by cell."""
    for k in range(len(rows)):
        if s.people[rows[k]].presence == Presence.HOME:
            s.book.residents[cell_of(s, rows[k])] += 1


@compiled
def record_census(s: State, rows: Rows, schools: I64) -> None:
    """Copy who lives where.

    Parameters
    ----------
    schools
        shape (V,): children needed for a school; 0 where there were too few on 1 January 2013.
    """
    census = s.roll.census
    for v in range(len(census)):
        row = rows.villages[v]
        row.population = census[v].at_home
        row.population_50_74 = census[v].from_50 - census[v].from_75
        row.population_65plus = census[v].from_65
        row.population_75plus = census[v].from_75
        row.population_85plus = census[v].from_85
        row.children_4_11 = census[v].children
        row.in_facility = census[v].in_facility
        if census[v].children < schools[v]:
            row.school_under_threat = 1
    for c in range(len(rows.cells)):
        rows.cells[c].residents_january = s.book.residents[c]


@compiled
def _count_open(s: State, tally: Tallies) -> None:
    """Mark in which villages a provider of each pool takes new clients."""
    market = s.market
    for v in range(len(tally.open)):
        for b in range(len(market.active)):
            if market.active[b] == 1 and market.takes_new[b, v] == 1:
                uncapped = market.sells[b, Pool.CARE_AND_NURSING] * (1 - market.capped[b])
                tally.open[v, Pool.HOUSEHOLD_HELP] |= market.sells[b, Pool.HOUSEHOLD_HELP]
                tally.open[v, Pool.CARE_AND_NURSING] |= uncapped


@compiled
def _record_waits(s: State, person: Person, row: Any, tally: Tallies, month: int) -> int:
    """Count a person on the waiting lists, and return whether she is on any: 1 or 0."""
    waits = 0
    for pool in range(tally.open.shape[1]):
        of_help = pool == Pool.HOUSEHOLD_HELP
        b = person.provider_help if of_help else person.provider_care
        if b >= 0 and s.market.active[b] == 0:
            row.clients_disrupted += 1
        since = person.waiting_help if of_help else person.waiting_care
        if since != NEVER:
            waits = 1
            months = month - since + 1 if month - since < MOST_MONTHS else MOST_MONTHS
            why = 3 if tally.open[person.village, pool] > 0 else 2
            row.lists[pool] += 1
            row.lists[why] += 1
            tally.waits[pool, months] += 1
            tally.waits[why, months] += 1
    return waits


@compiled
def _record_met(person: Person, row: Any, cell: Any, tally: Tallies) -> None:
    """Count what a person needs, gets and declines."""
    needed, met = person.need_minutes, person.met_minutes
    cell.minutes_needed += needed
    cell.minutes_met += met - person.declined_minutes
    cell.minutes_refused += person.declined_minutes
    if person.noticed == 0 and person.episode == 0:
        row.not_noticed += 1
        cell.not_noticed += 1
        cell.minutes_not_noticed += needed - met
    else:
        cell.minutes_unmet += needed - met
        if needed > 0:
            tally.shares[MET * met // needed] += 1
    if person.level >= 3:
        row.heavy_need += 1
        cell.heavy_need += 1
        if 10 * met >= 9 * needed:
            row.heavy_need_met += 1
            cell.heavy_need_met += 1


@compiled
def record_need(s: State, rows: Rows, tally: Tallies, month: int) -> None:
    """Count who needs care, who gets it, who waits and since when."""
    people, lists = s.people, s.lists
    _count_open(s, tally)
    watched = size(lists.watch)
    for k in range(watched):
        ask_ahead(people, lists.watch.rows, k, watched)
        i = lists.watch.rows[k]
        person, row = people[i], rows.villages[people[i].village]
        if person.presence != Presence.HOME:
            if person.presence == Presence.FACILITY:
                rows.cells[cell_of(s, i)].in_facility += 1
                row.heavy_in_facility += 1 if person.level >= 3 else 0
            elif person.presence == Presence.AWAY:  # left this month: the list is tidied at the start of the next
                row.heavy_departed += 1 if person.level >= 3 else 0
            continue
        if person.level == 0 and person.episode == 0:
            continue
        cell = rows.cells[cell_of(s, i)]
        row.needing_care += 1
        cell.needing_care += 1
        row.waiting_for_facility += person.waits_for_facility
        _record_met(person, row, cell, tally)
        if person.level > 0:
            row.by_level[person.level - 1] += 1
            if person.noticed == 1 and person.granted == 0:
                row.waiting_team += 1
        waits = _record_waits(s, person, row, tally, month)
        row.waiting += waits
        cell.waiting += waits


@compiled
def record_givers(s: State, rows: Rows, month: int) -> None:
    """Count carers, those who stopped, and volunteers."""
    people, lists = s.people, s.lists
    carers = size(lists.carers)
    for k in range(carers):
        ask_ahead(people, lists.carers.rows, k, carers)
        i = lists.carers.rows[k]
        person = people[i]
        if person.care_minutes == 0:
            continue
        row, cell = rows.villages[person.village], rows.cells[cell_of(s, i)]
        cell.minutes_informal_given += person.care_minutes
        if person.care_minutes >= CARER_MINUTES:
            row.informal_carers += 1
            cell.informal_carers += 1
            row.carers_heavily_burdened += person.burdened
            cell.carers_heavily_burdened += person.burdened
            if age_in(month, person.birth_month) < 18:
                row.young_carers += 1
                cell.young_carers += 1
    cared = size(lists.cared)
    for k in range(cared):
        ask_ahead(people, lists.cared.rows, k, cared)
        i = lists.cared.rows[k]
        if people[i].care_minutes < CARER_MINUTES and people[i].presence == Presence.HOME:
            rows.villages[people[i].village].carers_stopped_12m += 1
            rows.cells[cell_of(s, i)].carers_stopped_12m += 1
    volunteers = size(lists.volunteers)
    for k in range(volunteers):
        ask_ahead(people, lists.volunteers.rows, k, volunteers)
        i = lists.volunteers.rows[k]
        rows.villages[people[i].village].volunteers += 1
        rows.cells[cell_of(s, i)].volunteers += 1


@compiled
def record_care(s: State, rows: Rows) -> None:
    """Copy the month's book of care and its events by village."""
    book = s.book
    for v in range(len(rows.villages)):
        row = rows.villages[v]
        row.births = book.events[v, Event.BIRTH]
        row.deaths = book.events[v, Event.DEATH]
        row.deaths_facility = book.events[v, Event.DEATH_FACILITY]
        row.arrivals = book.events[v, Event.ARRIVAL]
        row.departures = book.events[v, Event.DEPARTURE]
        row.admissions = book.events[v, Event.ADMISSION]
        row.carers_stopped = book.events[v, Event.CARER_STOPPED]
        for flow in range(book.flows.shape[1]):
            row.flows[flow] = book.flows[v, flow]
        for kind in range(book.need.shape[1]):
            row.need[1 + kind] = book.need[v, kind]
            row.minutes_needed += book.need[v, kind]
            for part in range(book.parts.shape[1]):
                row.parts[part, 1 + kind] = book.parts[v, part, kind]
                row.parts[part, ALL_KINDS] += book.parts[v, part, kind]
        for part in UNMET:
            row.minutes_unmet += row.parts[part, ALL_KINDS]
        row.minutes_volunteer_unused = book.unused[v]


@compiled
def _record_staff(s: State, row: Any, b: int, fte_minutes: float, days: int) -> None:
    """Copy clients, staff and travel of a provider."""
    market = s.market
    metres, staff, vacancies = 0, 0, 0
    for pool in range(market.staff.shape[1]):
        row.clients += market.clients[b, pool]
        staff += market.staff[b, pool]
        vacancies += market.vacancies[b, pool]
        for v in range(market.travel.shape[1]):
            row.hours_travel += market.travel[b, v, pool]
            metres += market.metres[b, v, pool]
    row.clients_nursing = market.nursing_clients[b]
    row.hours_paid = staff
    row.fte = i64(int(float(staff) * 1000.0 / fte_minutes + 0.5))
    row.vacancies = i64(int(float(vacancies) * 1000.0 / fte_minutes + 0.5))
    row.km_day = metres * days // 7


@compiled
def _record_provider(s: State, row: Any, b: int) -> None:
    """Copy nights, money and standing of a provider."""
    market, book, night = s.market, s.book, s.book.nights[b]
    row.km_night = night.metres
    row.night_calls = night.calls
    row.night_calls_late = night.late
    row.night_response_minutes = night.response
    row.night_response_median = quantile(book.delays, b, b + 1, night.calls, 50)
    row.night_response_p90 = quantile(book.delays, b, b + 1, night.calls, 90)
    row.standby_eur = night.standby
    row.revenue_eur = book.revenue[b]
    row.cost_eur = book.cost[b]
    row.account_area_eur = market.area[b]
    row.account_hinterland_eur = market.hinterland[b]
    row.passed_on_eur = market.passed_on[b]
    row.is_active = market.active[b]
    row.is_member = market.signed[b]
    row.gain_by_cooperation_eur = market.gain[b]
    row.care_capped = market.capped[b]


@compiled
def record_organisations(s: State, rows: Rows, fte_minutes: float, days: int) -> None:
    """Copy the month of the organisations.

    Parameters
    ----------
    fte_minutes
        Minutes a week that one full-time equivalent works.
    """
    market, region = s.market, rows.region[0]
    for v in range(len(rows.villages)):
        rows.villages[v].overlap_nights = s.book.overlap[v]
    for b in range(len(rows.providers)):
        row = rows.providers[b]
        _record_provider(s, row, b)
        _record_staff(s, row, b, fte_minutes, days)
        for v in range(len(rows.villages)):
            for kind in range(market.delivered.shape[2]):
                for payer in range(market.delivered.shape[3]):
                    row.hours_contact += market.delivered[b, v, kind, payer]
            if market.takes_new[b, v] > 0 and market.active[b] > 0:
                row.takes_new_clients += 1
                rows.villages[v].providers_present += 1
        region.revenue_home_care_eur += s.book.revenue[b]
        region.providers_active += market.active[b]


@compiled
def record_region(s: State, rows: Rows, tally: Tallies, clause_cents: int, unpaid_cents: int) -> None:
    """Copy what is counted for the region as a whole.

    Parameters
    ----------
    clause_cents, unpaid_cents
        What clauses cost beside care; care without pay at the shadow price.
    """
    book, counted, region = s.book, s.book.region[0], rows.region[0]
    region.clients_transferred = counted.clients_moved
    region.facility_places = counted.facility_places
    region.contributions_eur = counted.contributions
    region.revenue_collective_eur = counted.cost_of_groups
    region.spent_own_budget_eur = counted.cost_of_own_budgets
    region.hours_own_budget = counted.bought
    region.clause_cost_eur = clause_cents
    region.unpaid_value_eur = unpaid_cents
    region.paid_insurer_eur = book.paid[Payer.INSURER]
    region.paid_care_office_eur = book.paid[Payer.CARE_OFFICE]
    for town in range(len(region.paid_municipal)):
        region.paid_municipal[town] = book.paid[Payer.MUNICIPALITY + town]
    for v in range(len(rows.villages)):
        present = rows.villages[v].providers_present
        region.villages_without_provider += 1 if present == 0 else 0
        region.villages_with_one_provider += 1 if present == 1 else 0
        region.villages_with_choice += 1 if present > 1 else 0
    calls = 0
    for b in range(len(book.nights)):
        calls += book.nights[b].calls
    region.night_response_median = quantile(book.delays, 0, len(book.delays), calls, 50)
    region.night_response_p90 = quantile(book.delays, 0, len(book.delays), calls, 90)
    region.worst_tenth_met = mean_of_least(tally.shares, 10)
    for which in range(len(tally.waits)):
        persons = 0
        for v in range(len(rows.villages)):
            persons += rows.villages[v].lists[which]
        for k in range(len(PERCENT)):
            months = quantile(tally.waits, which, which + 1, persons, PERCENT[k])
            region.weeks[which, k] = months * WEEK_HUNDREDTHS


@compiled
def unpaid_minutes(rows: Rows) -> int:
    """Return what residents give without pay, in minutes a week."""
    minutes = 0
    for v in range(len(rows.villages)):
        row = rows.villages[v]
        minutes += row.minutes_informal_given + row.minutes_household_given + row.minutes_volunteer
    return minutes
