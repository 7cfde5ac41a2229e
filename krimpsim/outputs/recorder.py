"""Copies one month of the state into the rows of the result.  Nothing else observes; nothing here changes the state."""

from __future__ import annotations

import numpy as np

from krimpsim.core.clock import age_in
from krimpsim.core.codes import NEVER, UNMET, Event, Flow, Kind, Part, Presence
from krimpsim.core.jit import compiled
from krimpsim.core.streams import i64
from krimpsim.outputs.indicators import PROVIDER_COLUMNS, REGION_COLUMNS, VILLAGE_COLUMNS
from krimpsim.population.agenda import (
    AT_HOME,
    CARERS,
    CHILDREN,
    FROM_65,
    FROM_75,
    FROM_85,
    IN_FACILITY,
    VOLUNTEERS,
    WATCH,
    Agenda,
)
from krimpsim.population.market import Market
from krimpsim.population.schema import I64, P, People

_V = {column.name: number for number, column in enumerate(VILLAGE_COLUMNS)}
_P = {column.name: number for number, column in enumerate(PROVIDER_COLUMNS)}
_R = {column.name: number for number, column in enumerate(REGION_COLUMNS)}

_HOME = int(Presence.HOME)
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
REGION_NUMBERS = {
    name: _R[name]
    for name in (
        "clients_transferred",
        "facility_places",
        "contributions_eur",
        "revenue_collective_eur",
        "spent_own_budget_eur",
        "hours_own_budget",
        "clause_cost_eur",
    )
}
CARER_MINUTES = 60  #: less than an hour of informal care a week is not counted


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


@compiled
def record_people(people: People, agenda: Agenda, census: I64, month: int, row: I64) -> None:
    """Count persons by village.

    Parameters
    ----------
    census
        shape (V, 6): who lives where now.
    row
        shape (V, n_columns): the month's row; counts are added.
    """
    for v in range(len(census)):
        row[v, _POPULATION] = census[v, AT_HOME]
        row[v, _65] = census[v, FROM_65]
        row[v, _75] = census[v, FROM_75]
        row[v, _85] = census[v, FROM_85]
        row[v, _CHILDREN] = census[v, CHILDREN]
        row[v, _IN_FACILITY] = census[v, IN_FACILITY]
    for k in range(int(agenda.used[WATCH])):
        i = int(agenda.watch[k])
        level = int(people.at[P.level, i])
        if int(people.at[P.presence, i]) != _HOME or (level == 0 and int(people.at[P.episode, i]) == 0):
            continue
        v = int(people.at[P.village, i])
        row[v, _NEEDING] += 1
        row[v, _WAITS] += int(people.at[P.waits_for_facility, i])
        if level >= 3:
            row[v, _HEAVY] += 1
            if 10 * int(people.at[P.met_minutes, i]) >= 9 * int(people.at[P.need_minutes, i]):
                row[v, _HEAVY_MET] += 1
        if int(people.at[P.waiting_help, i]) != NEVER or int(people.at[P.waiting_care, i]) != NEVER:
            row[v, _WAITING] += 1
    for k in range(int(agenda.used[CARERS])):
        i = int(agenda.carers[k])
        if int(people.at[P.care_minutes, i]) >= CARER_MINUTES:
            v = int(people.at[P.village, i])
            row[v, _CARERS] += 1
            row[v, _BURDENED] += int(people.at[P.burdened, i])
            if age_in(month, int(people.at[P.birth_month, i])) < 18:
                row[v, _YOUNG] += 1
    for k in range(int(agenda.used[VOLUNTEERS])):
        row[int(people.at[P.village, int(agenda.volunteers[k])]), _VOLUNTEERS] += 1


@compiled
def record_care(
    parts: I64,
    flows: I64,
    events: I64,
    need: I64,
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


@compiled
def record_organisations(
    market: Market,
    nights: I64,
    overlap: I64,
    revenue: I64,
    cost: I64,
    paid: I64,
    fte_minutes: float,
    days: int,
    villages: I64,
    providers: I64,
    region: I64,
) -> None:
    """Copy the month of the organisations.

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
