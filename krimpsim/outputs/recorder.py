"""Copies one month of the state into the rows of the result.  Nothing else observes; nothing here changes the state."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.core.clock import age_in
from krimpsim.core.codes import NEVER, UNMET, Event, Flow, Kind, Part, Presence
from krimpsim.core.jit import compiled
from krimpsim.core.prefetch import ask_ahead
from krimpsim.core.streams import i64
from krimpsim.outputs.indicators import GROUP_COLUMNS, PROVIDER_COLUMNS, REGION_COLUMNS, VILLAGE_COLUMNS
from krimpsim.population.agenda import (
    AT_HOME,
    CARED,
    CARERS,
    CHILDREN,
    FROM_50,
    FROM_65,
    FROM_75,
    FROM_85,
    IN_FACILITY,
    VOLUNTEERS,
    WATCH,
    Agenda,
)
from krimpsim.population.agenda import CARER_MINUTES as CARER_MINUTES
from krimpsim.population.kinship import lives_alone
from krimpsim.population.market import Market
from krimpsim.population.schema import I32, I64, People

_V = {column.name: number for number, column in enumerate(VILLAGE_COLUMNS)}
_P = {column.name: number for number, column in enumerate(PROVIDER_COLUMNS)}
_R = {column.name: number for number, column in enumerate(REGION_COLUMNS)}
_G = {column.name: number for number, column in enumerate(GROUP_COLUMNS)}

_POPULATION, _65, _75, _85 = (
    _V["population"],
    _V["population_65plus"],
    _V["population_75plus"],
    _V["population_85plus"],
)
_CHILDREN, _IN_FACILITY, _WAITS = _V["children_4_11"], _V["in_facility"], _V["waiting_for_facility"]
_NEEDING, _HEAVY, _HEAVY_MET, _WAITING = _V["needing_care"], _V["heavy_need"], _V["heavy_need_met"], _V["waiting"]
_CARERS, _BURDENED, _YOUNG, _VOLUNTEERS = (
    _V["informal_carers"],
    _V["carers_heavily_burdened"],
    _V["young_carers"],
    _V["volunteers"],
)
_V_PRESENT, _V_OVERLAP = _V["providers_present"], _V["overlap_nights"]
_P_CLIENTS, _P_NURSING, _P_CONTACT, _P_TRAVEL = (
    _P["clients"],
    _P["clients_nursing"],
    _P["hours_contact"],
    _P["hours_travel"],
)
_P_PAID, _P_FTE, _P_VACANCIES = _P["hours_paid"], _P["fte"], _P["vacancies"]
_P_DAY_KM, _P_NIGHT_KM, _P_CALLS, _P_LATE = _P["km_day"], _P["km_night"], _P["night_calls"], _P["night_calls_late"]
_P_RESPONSE, _P_STANDBY = _P["night_response_minutes"], _P["standby_eur"]
_P_REVENUE, _P_COST = _P["revenue_eur"], _P["cost_eur"]
_P_AREA, _P_HINTERLAND, _P_PASSED_ON = _P["account_area_eur"], _P["account_hinterland_eur"], _P["passed_on_eur"]
_P_TAKES, _P_ACTIVE = _P["takes_new_clients"], _P["is_active"]
_P_MEMBER, _P_GAIN = _P["is_member"], _P["gain_by_cooperation_eur"]
_R_REVENUE, _R_ACTIVE, _R_WITHOUT = (
    _R["revenue_home_care_eur"],
    _R["providers_active"],
    _R["villages_without_provider"],
)
_R_TRANSFERRED, _R_PLACES, _R_CONTRIBUTIONS = _R["clients_transferred"], _R["facility_places"], _R["contributions_eur"]
_R_COLLECTIVE, _R_OWN_BUDGET = _R["revenue_collective_eur"], _R["spent_own_budget_eur"]
_R_OWN_HOURS, _R_CLAUSES, _R_UNPAID = _R["hours_own_budget"], _R["clause_cost_eur"], _R["unpaid_value_eur"]


def _positions() -> tuple[I64, I64, I64, I64]:
    """Return the column of each event, flow and part x kind, and of need by kind."""
    events = [
        _V[name]
        for name in ("births", "deaths", "deaths_facility", "arrivals", "departures", "admissions", "carers_stopped")
    ]
    flows = [
        _V[f"minutes_{name}"]
        for name in ("informal_given", "informal_received", "informal_imported", "informal_exported", "household_given")
    ]
    parts = [[_V[f"minutes_{p.name.lower()}_{k.name.lower()}"] for k in Kind] for p in Part]
    needed = [_V[f"minutes_needed_{k.name.lower()}"] for k in Kind]
    assert len(events) == len(Event)
    assert len(flows) == len(Flow)
    return tuple(np.array(x, dtype=np.int64) for x in (events, flows, parts, needed))  # type: ignore[return-value]


EVENT_COLUMNS, FLOW_COLUMNS, PART_COLUMNS, NEED_COLUMNS = _positions()
PART_TOTALS = np.array([_V[f"minutes_{p.name.lower()}"] for p in Part], dtype=np.int64)
UNMET_PARTS = np.array([int(p) for p in UNMET], dtype=np.int64)
_NEEDED, _UNMET = _V["minutes_needed"], _V["minutes_unmet"]


_50_74, _SCHOOL, _LEVEL, _NOT_NOTICED = (
    _V["population_50_74"],
    _V["school_under_threat"],
    _V["need_level_1"] - 1,
    _V["not_noticed"],
)
_HEAVY_FACILITY, _HEAVY_DEPARTED, _STOPPED = (
    _V["heavy_in_facility"],
    _V["heavy_departed"],
    _V["carers_stopped_12m"],
)
_WAIT_LIST, _WAIT_TEAM, _DISRUPTED = _V["waiting_help"], _V["waiting_team"], _V["clients_disrupted"]
_UNUSED = _V["minutes_volunteer_unused"]
#: What residents give without pay, in minutes a week.
UNPAID = np.array([_V[n] for n in ("minutes_informal_given", "minutes_household_given", "minutes_volunteer")])
_P_MEDIAN, _P_P90, _P_CAPPED = _P["night_response_median"], _P["night_response_p90"], _P["care_capped"]
DECISIONS = slice(_P["intake_stops"], _P["failures"] + 1)  #: intake_stops, entries, exits, failures
_R_ONE, _R_CHOICE, _R_WORST = _R["villages_with_one_provider"], _R["villages_with_choice"], _R["worst_tenth_met"]
_R_WEEKS, _R_MEDIAN, _R_P90 = _R["weeks_waited_help_median"], _R["night_response_median"], _R["night_response_p90"]
_G_RESIDENTS, _G_NEEDING, _G_HEAVY, _G_HEAVY_MET = (
    _G["residents_january"],
    _G["needing_care"],
    _G["heavy_need"],
    _G["heavy_need_met"],
)
_G_UNSEEN, _G_WAITING, _G_NEEDED, _G_MET = _G["not_noticed"], _G["waiting"], _G["minutes_needed"], _G["minutes_met"]
_G_UNSEEN_MINUTES, _G_REFUSED, _G_UNMET = _G["minutes_not_noticed"], _G["minutes_refused"], _G["minutes_unmet"]
_G_CARERS, _G_BURDENED, _G_YOUNG, _G_STOPPED = (
    _G["informal_carers"],
    _G["carers_heavily_burdened"],
    _G["young_carers"],
    _G["carers_stopped_12m"],
)
_G_GIVEN, _G_VOLUNTEERS, _G_FACILITY = _G["minutes_informal_given"], _G["volunteers"], _G["in_facility"]
WEEK_HUNDREDTHS = 435  #: hundredths of a week in a month
MOST_MONTHS = 240  #: longer waits are counted as this
MET = 1000  #: shares of need met are counted in thousandths


class Tallies(NamedTuple):
    """How many have which value this month, for medians and tenths.

    Parameters
    ----------
    waits
        shape (4 lists, MOST_MONTHS + 1), persons by months on the list: for help, for care; because no provider takes
        new clients, because those that do have no time.
    shares
        shape (1, MET + 1), persons with a noticed need by thousandths of it met or declined.
    open
        shape (V, 2 pools): 1 when a provider takes new clients.
    """

    waits: I64
    shares: I64
    open: I64


@compiled
def quantile(counts: I64, first: int, last: int, total: int, percent: int) -> int:
    """Return the smallest value that so many percent of what was counted do not exceed; 0 when nothing was counted.

    Parameters
    ----------
    counts
        shape (n_rows, n_values): how often each value; rows from `first` to before `last` are taken together.
    total
        Their sum.
    """
    rank, below = (total * percent + 99) // 100, 0
    for value in range(counts.shape[1]):
        for k in range(first, last):
            below += counts[k, value]
        if below >= rank:
            return value
    return 0


@compiled
def mean_of_least(counts: I64, part: int) -> int:
    """Return the mean, rounded down, of the smallest of every `part` values (at least one); 0 when there is none."""
    total = 0
    for value in range(counts.shape[1]):
        total += counts[0, value]
    if total == 0:
        return 0
    wanted = total // part if total >= part else 1
    left, added = wanted, 0
    for value in range(counts.shape[1]):
        taken = counts[0, value] if counts[0, value] < left else left
        added += taken * value
        left -= taken
    return i64(added // wanted)


@compiled
def cell_of(people: People, size: I64, i: int) -> int:
    """Return the cell of a resident: size of the village, living, income and sex, as in `indicators.GROUPS`."""
    living = 2
    if people[i].presence == Presence.HOME:
        living = 0 if lives_alone(people, i) else 1
    cell = size[people[i].village] * 3 + living
    return (cell * 3 + people[i].income) * 2 + people[i].sex


@compiled
def count_residents(people: People, size: I64, rows: I32, residents: I64) -> None:
    """Count who of these lives at home, by cell."""
    for k in range(len(rows)):
        i = rows[k]
        if people[i].presence == Presence.HOME:
            residents[cell_of(people, size, i)] += 1


@compiled
def record_census(census: I64, schools: I64, residents: I64, row: I64, cells: I64) -> None:
    """Copy who lives where.

    Parameters
    ----------
    census
        shape (V, 7): who lives where now.
    schools
        shape (V,): children needed for a school; 0 where there were too few on 1 January 2013.
    residents
        shape (N_CELLS,): on 1 January of the year.
    row, cells
        shapes (V, n_columns) and (N_CELLS, n_columns): the month's rows of villages and cells, empty before.
    """
    for v in range(len(census)):
        row[v, _POPULATION] = census[v, AT_HOME]
        row[v, _50_74] = census[v, FROM_50] - census[v, FROM_75]
        row[v, _65] = census[v, FROM_65]
        row[v, _75] = census[v, FROM_75]
        row[v, _85] = census[v, FROM_85]
        row[v, _CHILDREN] = census[v, CHILDREN]
        row[v, _IN_FACILITY] = census[v, IN_FACILITY]
        if census[v, CHILDREN] < schools[v]:
            row[v, _SCHOOL] = 1
    for c in range(len(residents)):
        cells[c, _G_RESIDENTS] = residents[c]


@compiled
def record_need(
    people: People, agenda: Agenda, market: Market, size: I64, month: int, row: I64, cells: I64, tally: Tallies
) -> None:
    """Count who needs care, who gets it, who waits and since when."""
    for v in range(len(row)):
        for b in range(len(market.active)):
            if market.active[b] == 1 and market.takes_new[b, v] == 1:
                tally.open[v, 0] |= market.sells[b, 0]
                tally.open[v, 1] |= market.sells[b, 1] * (1 - market.capped[b])
    watched = agenda.used[WATCH]
    for k in range(watched):
        ask_ahead(people, agenda.watch, k, watched)
        i = agenda.watch[k]
        where, v = people[i].presence, people[i].village
        level, episode = people[i].level, people[i].episode
        if where != Presence.HOME:
            if where == Presence.FACILITY:
                cells[cell_of(people, size, i), _G_FACILITY] += 1
                row[v, _HEAVY_FACILITY] += 1 if level >= 3 else 0
            elif where == Presence.AWAY:  # left this month: the list is tidied at the start of the next
                row[v, _HEAVY_DEPARTED] += 1 if level >= 3 else 0
            continue
        if level == 0 and episode == 0:
            continue
        cell = cells[cell_of(people, size, i)]
        row[v, _NEEDING] += 1
        cell[_G_NEEDING] += 1
        row[v, _WAITS] += people[i].waits_for_facility
        needed, met = people[i].need_minutes, people[i].met_minutes
        cell[_G_NEEDED] += needed
        cell[_G_MET] += met - people[i].declined_minutes
        cell[_G_REFUSED] += people[i].declined_minutes
        if people[i].noticed == 0 and episode == 0:
            row[v, _NOT_NOTICED] += 1
            cell[_G_UNSEEN] += 1
            cell[_G_UNSEEN_MINUTES] += needed - met
        else:
            cell[_G_UNMET] += needed - met
            if needed > 0:
                tally.shares[0, MET * met // needed] += 1
        if level > 0:
            row[v, _LEVEL + level] += 1
            if people[i].noticed == 1 and people[i].granted == 0:
                row[v, _WAIT_TEAM] += 1
        if level >= 3:
            row[v, _HEAVY] += 1
            cell[_G_HEAVY] += 1
            if 10 * met >= 9 * needed:
                row[v, _HEAVY_MET] += 1
                cell[_G_HEAVY_MET] += 1
        waits = 0
        for pool in range(2):
            b = people[i].provider_help if pool == 0 else people[i].provider_care
            if b >= 0 and market.active[b] == 0:
                row[v, _DISRUPTED] += 1
            since = people[i].waiting_help if pool == 0 else people[i].waiting_care
            if since != NEVER:
                waits = 1
                months = month - since + 1 if month - since < MOST_MONTHS else MOST_MONTHS
                why = 3 if tally.open[v, pool] > 0 else 2
                row[v, _WAIT_LIST + pool] += 1
                row[v, _WAIT_LIST + why] += 1
                tally.waits[pool, months] += 1
                tally.waits[why, months] += 1
        row[v, _WAITING] += waits
        cell[_G_WAITING] += waits


@compiled
def record_givers(people: People, agenda: Agenda, size: I64, month: int, row: I64, cells: I64) -> None:
    """Count carers, those who stopped, and volunteers."""
    carers = agenda.used[CARERS]
    for k in range(carers):
        ask_ahead(people, agenda.carers, k, carers)
        i = agenda.carers[k]
        minutes = people[i].care_minutes
        if minutes == 0:
            continue
        cell = cells[cell_of(people, size, i)]
        cell[_G_GIVEN] += minutes
        if minutes >= CARER_MINUTES:
            v = people[i].village
            row[v, _CARERS] += 1
            cell[_G_CARERS] += 1
            row[v, _BURDENED] += people[i].burdened
            cell[_G_BURDENED] += people[i].burdened
            if age_in(month, people[i].birth_month) < 18:
                row[v, _YOUNG] += 1
                cell[_G_YOUNG] += 1
    cared = agenda.used[CARED]
    for k in range(cared):
        ask_ahead(people, agenda.cared, k, cared)
        i = agenda.cared[k]
        if people[i].care_minutes < CARER_MINUTES and people[i].presence == Presence.HOME:
            row[people[i].village, _STOPPED] += 1
            cells[cell_of(people, size, i), _G_STOPPED] += 1
    volunteers = agenda.used[VOLUNTEERS]
    for k in range(volunteers):
        ask_ahead(people, agenda.volunteers, k, volunteers)
        i = agenda.volunteers[k]
        row[people[i].village, _VOLUNTEERS] += 1
        cells[cell_of(people, size, i), _G_VOLUNTEERS] += 1


@compiled
def record_care(
    parts: I64,
    flows: I64,
    events: I64,
    need: I64,
    unused: I64,
    row: I64,
    event_columns: I64,
    flow_columns: I64,
    part_columns: I64,
    need_columns: I64,
    part_totals: I64,
    unmet_parts: I64,
) -> None:
    """Copy the month's book of care and its events by village."""
    for v in range(row.shape[0]):
        for e in range(len(event_columns)):
            row[v, event_columns[e]] = events[v, e]
        for f in range(len(flow_columns)):
            row[v, flow_columns[f]] = flows[v, f]
        for kind in range(5):
            row[v, need_columns[kind]] = need[v, kind]
            row[v, _NEEDED] += need[v, kind]
            for part in range(10):
                row[v, part_columns[part, kind]] = parts[v, part, kind]
                row[v, part_totals[part]] += parts[v, part, kind]
        for k in range(len(unmet_parts)):
            row[v, _UNMET] += row[v, part_totals[unmet_parts[k]]]
        row[v, _UNUSED] = unused[v]


@compiled
def record_organisations(
    market: Market,
    nights: I64,
    delays: I64,
    overlap: I64,
    revenue: I64,
    cost: I64,
    paid: I64,
    tally: Tallies,
    fte_minutes: float,
    days: int,
    villages: I64,
    providers: I64,
    region: I64,
) -> None:
    """Copy the month of the organisations, and what is known of the region alone.

    Parameters
    ----------
    villages, providers, region
        The month's rows, shapes (V, n), (P, n), (n,).
    fte_minutes
        Minutes a week that one full-time equivalent works.
    """
    for v in range(len(villages)):
        villages[v, _V_PRESENT] = 0
        villages[v, _V_OVERLAP] = overlap[v]
    for b in range(len(providers)):
        row = providers[b]
        row[_P_NURSING] = market.nursing_clients[b]
        row[_P_NIGHT_KM] = nights[b, 0]
        row[_P_CALLS] = nights[b, 1]
        row[_P_LATE] = nights[b, 2]
        row[_P_RESPONSE] = nights[b, 3]
        row[_P_STANDBY] = nights[b, 4]
        row[_P_REVENUE] = revenue[b]
        row[_P_COST] = cost[b]
        row[_P_AREA] = market.area[b]
        row[_P_HINTERLAND] = market.hinterland[b]
        row[_P_PASSED_ON] = market.passed_on[b]
        row[_P_ACTIVE] = market.active[b]
        row[_P_MEMBER] = market.signed[b]
        row[_P_GAIN] = market.gain[b]
        row[_P_CAPPED] = market.capped[b]
        row[_P_MEDIAN] = quantile(delays, b, b + 1, nights[b, 1], 50)
        row[_P_P90] = quantile(delays, b, b + 1, nights[b, 1], 90)
        metres, staff, vacancies = 0, 0, 0
        for pool in range(2):
            row[_P_CLIENTS] += market.clients[b, pool]
            staff += market.staff[b, pool]
            vacancies += market.vacancies[b, pool]
            for v in range(len(villages)):
                row[_P_TRAVEL] += market.travel[b, v, pool]
                metres += market.metres[b, v, pool]
        row[_P_PAID] = staff
        row[_P_FTE] = i64(int(float(staff) * 1000.0 / fte_minutes + 0.5))
        row[_P_VACANCIES] = i64(int(float(vacancies) * 1000.0 / fte_minutes + 0.5))
        row[_P_DAY_KM] = metres * days // 7
        for v in range(len(villages)):
            for kind in range(5):
                for payer in range(4):
                    row[_P_CONTACT] += market.delivered[b, v, kind, payer]
            if market.takes_new[b, v] > 0 and market.active[b] > 0:
                row[_P_TAKES] += 1
                villages[v, _V_PRESENT] += 1
        region[_R_REVENUE] += revenue[b]
        region[_R_ACTIVE] += market.active[b]
    for payer in range(4):
        region[payer] = paid[payer]
    for v in range(len(villages)):
        if villages[v, _V_PRESENT] == 0:
            region[_R_WITHOUT] += 1
        elif villages[v, _V_PRESENT] == 1:
            region[_R_ONE] += 1
        else:
            region[_R_CHOICE] += 1
    calls = 0
    for b in range(len(providers)):
        calls += nights[b, 1]
    region[_R_MEDIAN] = quantile(delays, 0, len(delays), calls, 50)
    region[_R_P90] = quantile(delays, 0, len(delays), calls, 90)
    region[_R_WORST] = mean_of_least(tally.shares, 10)
    for which in range(4):
        persons = 0
        for v in range(len(villages)):
            persons += villages[v, _WAIT_LIST + which]
        median = quantile(tally.waits, which, which + 1, persons, 50)
        region[_R_WEEKS + 2 * which] = median * WEEK_HUNDREDTHS
        region[_R_WEEKS + 2 * which + 1] = quantile(tally.waits, which, which + 1, persons, 90) * WEEK_HUNDREDTHS


@compiled
def record_region(counters: I64, clause_cents: int, unpaid_cents: int, region: I64) -> None:
    """Copy what is counted for the region as a whole.

    Parameters
    ----------
    counters
        shape (7,): as in the book of the month.
    clause_cents, unpaid_cents
        What clauses cost beside care; care without pay at the shadow price.
    """
    region[_R_TRANSFERRED] = counters[0]
    region[_R_PLACES] = counters[2]
    region[_R_CONTRIBUTIONS] = counters[3]
    region[_R_COLLECTIVE] = counters[4]
    region[_R_OWN_BUDGET] = counters[5]
    region[_R_OWN_HOURS] = counters[6]
    region[_R_CLAUSES] = clause_cents
    region[_R_UNPAID] = unpaid_cents


@compiled
def record_headlines(villages: I64, region: I64, summed: I64, of_region: I64, headlines: I64) -> None:
    """Fill the headlines: columns summed over the villages, then numbers of the region."""
    for k in range(len(summed)):
        headlines[k] = 0
        for v in range(len(villages)):
            headlines[k] += villages[v, summed[k]]
    for k in range(len(of_region)):
        headlines[len(summed) + k] = region[of_region[k]]
