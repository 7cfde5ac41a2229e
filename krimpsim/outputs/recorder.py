"""Copies one month of the state into the rows of the result.  Nothing else observes; nothing here changes the state."""

from __future__ import annotations

import numpy as np

from krimpsim.core.clock import age_in
from krimpsim.core.codes import NEVER, UNMET, Event, Flow, Kind, Part, Presence
from krimpsim.core.jit import compiled
from krimpsim.outputs.indicators import PROVIDER_COLUMNS, REGION_COLUMNS, VILLAGE_COLUMNS
from krimpsim.population.market import Market
from krimpsim.population.schema import I64, P, People

_V = {column.name: number for number, column in enumerate(VILLAGE_COLUMNS)}
_P = {column.name: number for number, column in enumerate(PROVIDER_COLUMNS)}
_R = {column.name: number for number, column in enumerate(REGION_COLUMNS)}

_HOME, _FACILITY = int(Presence.HOME), int(Presence.FACILITY)
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
def record_people(people: People, present: I64, month: int, row: I64) -> None:
    """Count persons by village.

    Parameters
    ----------
    row
        shape (V, n_columns): the month's row; counts are added.
    """
    for k in range(len(present)):
        i = present[k]
        v = int(people.at[P.village, i])
        if int(people.at[P.presence, i]) == _FACILITY:
            row[v, _IN_FACILITY] += 1
            continue
        if int(people.at[P.presence, i]) != _HOME:
            continue
        age = age_in(month, int(people.at[P.birth_month, i]))
        row[v, _POPULATION] += 1
        if age >= 65:
            row[v, _65] += 1
            if age >= 75:
                row[v, _75] += 1
                if age >= 85:
                    row[v, _85] += 1
        elif 4 <= age <= 11:
            row[v, _CHILDREN] += 1
        level = int(people.at[P.level, i])
        if level > 0 or int(people.at[P.episode, i]) == 1:
            row[v, _NEEDING] += 1
            row[v, _WAITS] += int(people.at[P.waits_for_facility, i])
            if level >= 3:
                row[v, _HEAVY] += 1
                if 10 * int(people.at[P.met_minutes, i]) >= 9 * int(people.at[P.need_minutes, i]):
                    row[v, _HEAVY_MET] += 1
            if int(people.at[P.waiting_help, i]) != NEVER or int(people.at[P.waiting_care, i]) != NEVER:
                row[v, _WAITING] += 1
        if int(people.at[P.care_minutes, i]) >= CARER_MINUTES:
            row[v, _CARERS] += 1
            row[v, _BURDENED] += int(people.at[P.burdened, i])
            if age < 18:
                row[v, _YOUNG] += 1
        if int(people.at[P.volunteer_minutes, i]) > 0:
            row[v, _VOLUNTEERS] += 1


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
    month: dict[str, int],
) -> None:
    """Copy the month of the organisations.

    Parameters
    ----------
    villages, providers, region
        The month's rows, shapes (V, n), (P, n), (n,).
    fte_minutes
        Minutes a week that one full-time equivalent works.
    month
        Values of the region that are known elsewhere, by column name.
    """
    open_ = (market.takes_new > 0) & (market.active[:, None] > 0)
    present = open_.sum(axis=0)
    villages[:, _V["providers_present"]] = present
    villages[:, _V["overlap_nights"]] = overlap
    delivered = market.delivered.sum(axis=(1, 2, 3))
    metres = market.metres.sum(axis=(1, 2))
    providers[:, _P["clients"]] = market.clients.sum(axis=1)
    providers[:, _P["clients_nursing"]] = market.nursing_clients
    providers[:, _P["hours_contact"]] = delivered
    providers[:, _P["hours_travel"]] = market.travel.sum(axis=(1, 2))
    providers[:, _P["hours_paid"]] = market.staff.sum(axis=1)
    providers[:, _P["km_day"]] = metres * days // 7
    providers[:, _P["km_night"]] = nights[:, 0]
    providers[:, _P["night_calls"]] = nights[:, 1]
    providers[:, _P["night_calls_late"]] = nights[:, 2]
    providers[:, _P["night_response_minutes"]] = nights[:, 3]
    providers[:, _P["standby_eur"]] = nights[:, 4]
    providers[:, _P["fte"]] = np.rint(market.staff.sum(axis=1) * (1000.0 / fte_minutes)).astype(np.int64)
    providers[:, _P["vacancies"]] = np.rint(market.vacancies.sum(axis=1) * (1000.0 / fte_minutes)).astype(np.int64)
    providers[:, _P["revenue_eur"]] = revenue
    providers[:, _P["cost_eur"]] = cost
    providers[:, _P["account_area_eur"]] = market.area
    providers[:, _P["account_hinterland_eur"]] = market.hinterland
    providers[:, _P["takes_new_clients"]] = open_.sum(axis=1)
    providers[:, _P["is_active"]] = market.active
    region[:4] = paid
    region[_R["revenue_home_care_eur"]] = revenue.sum()
    region[_R["providers_active"]] = market.active.sum()
    region[_R["villages_without_provider"]] = int((present == 0).sum())
    for name, value in month.items():
        region[_R[name]] = value
