"""7.12 Nights: planned visits, alarm calls and standby.

Purpose.   Drive every night of the month and count what it takes.
Who.       Nursing clients at home: alarm calls; a share of those at level 3 and 4: a planned visit every night.
Order.     Per night: 1. calls and visits get a clock time; 2. each team serves its own in order of time: it drives on
           to the next when that starts within the chain window after the last visit, else it goes back to its base;
           3. nights in which two teams come to one village are counted there; 4. standby is paid per team.
Assumes.   A team has one car, and another when visits that are planned, with the way to them, take more than a share
           of the night; the car that is there first drives.  Distance between addresses of one village is left out.
           Cars beyond the first drive for visits that are planned: their time is paid as care, not as standby.
           A joint service stands at the base of the member nearest to the villages; it needs the standby of 1 team
           instead of k in proportion to its strength.
Random.    NIGHTS_PLANNED per person and year; NIGHTS_CALL per person and month: the nights until the next call;
           NIGHTS_REMOTE per visit or call.
Sources.   night_calls_per_1000_clients, night_visit_min, night_response_target, night_window: all expert ranges, the
           largest uncertainty of the night lever.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.codes import Lever
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import CERTAIN, Stream, below, bits, happens, i64, mix, month_key, threshold, u64
from krimpsim.population.geography import Geography
from krimpsim.population.market import ClausesNow, Market
from krimpsim.population.schema import I64, PC, People
from krimpsim.processes.base import Process

_PLANNED, _CALL, _REMOTE = int(Stream.NIGHTS_PLANNED), int(Stream.NIGHTS_CALL), int(Stream.NIGHTS_REMOTE)
_NIGHT_DRIVES = int(Lever.NIGHT_DRIVES)
NIGHT_MINUTES = 480  #: from 23 to 7 hours
HERE, FREE_AT, LAST = range(3)  #: columns of a car
METRES, CALLS, LATE, RESPONSE, STANDBY = range(5)  #: columns of what is counted per provider
N_COUNTS = 5
MOST_DELAY = 720  #: minutes; a longer wait for an alarm call is counted as this


class Params(NamedTuple):
    """Minutes, metres a minute, thresholds of 2**32, cents.

    Parameters
    ----------
    calls_within
        shape (31,): an alarm call within 1, 2, ... nights.
    fixed
        shape (n, 4): provider, village, night, minute of visits planned by hand; when there are any, none is drawn.
    standby_cents
        shape (P,): own standby of one night, share of the area.
    """

    planned: int
    calls_within: I64
    visit: int
    planned_visit: int
    chain_window: int
    late_after: int
    m_per_min: int
    car_minutes: int
    fixed: I64
    standby_cents: I64


def prepare(config: RunConfig, village_names: tuple[str, ...]) -> Params:
    """Return the parameters of nights as integers."""
    n, a = config.nights, config.accounts
    ids = [p.id for p in config.providers]
    fixed = np.array(
        [[ids.index(f.provider), village_names.index(f.village), f.night - 1, f.minute] for f in n.fixed_visits],
        dtype=np.int64,
    ).reshape(-1, 4)
    night_cents = 100 * n.standby_hours * a.wage_care * n.standby_pay_share * n.standby_area_share
    standby = np.array([round(night_cents * p.area_share) for p in config.providers], dtype=np.int64)
    return Params(
        planned=threshold(n.planned_share),
        calls_within=np.array([threshold(1.0 - (1.0 - n.calls_per_1000 / 1000.0) ** k) for k in range(1, 32)]),
        visit=n.visit_minutes,
        planned_visit=n.planned_visit_minutes,
        chain_window=n.chain_window_minutes,
        late_after=n.late_after_minutes,
        m_per_min=round(1000 * config.rounds.speed_km_h / 60),
        car_minutes=round(NIGHT_MINUTES * n.car_load),
        fixed=fixed,
        standby_cents=standby,
    )


@compiled
def chains(now: int, free_at: int, window: int) -> bool:
    """Return whether a team that became free drives straight on to a visit at `now`."""
    return now <= free_at + window


@compiled
def _arrives(cars: I64, c: int, minute: int, v: int, base: I64, between: I64, p: Params) -> int:
    """Return the minute at which a car that starts when it is free, and not before it is needed, is in a village."""
    here, free_at = int(cars[c, HERE]), int(cars[c, FREE_AT])
    if here < 0:
        return minute + int(base[v]) // p.m_per_min
    if chains(minute, free_at, p.chain_window):
        start = free_at if free_at > minute else minute
        return start + int(between[here, v]) // p.m_per_min
    back = free_at + int(base[here]) // p.m_per_min
    start = back if back > minute else minute
    return start + int(base[v]) // p.m_per_min


@compiled
def _drive(
    team: int,
    n_cars: int,
    cars: I64,
    visits: I64,
    n: int,
    base: I64,
    between: I64,
    p: Params,
    out: I64,
    delays: I64,
) -> None:
    """Let one team serve its visits of one night, in order of time; the car that is there first drives.

    Parameters
    ----------
    cars
        shape (any, 3): village of the last visit, minute at which it is free, provider of that client; filled here.
    visits
        shape (n, 5): team, minute, village, 1 for a call, provider whose client it is; sorted by minute.
    out
        shape (P, 5): metres, calls, late calls, minutes to arrival; filled for the provider of each client.
    delays
        shape (P, MOST_DELAY + 1): calls by minutes to arrival; counted for the provider of each client.
    """
    for c in range(n_cars):
        cars[c, HERE] = -1
    for k in range(n):
        if visits[k, 0] != team:
            continue
        minute, v, b = int(visits[k, 1]), int(visits[k, 2]), int(visits[k, 4])
        car, arrival = 0, _arrives(cars, 0, minute, v, base, between, p)
        for c in range(1, n_cars):
            sooner = _arrives(cars, c, minute, v, base, between, p)
            if sooner < arrival:
                car, arrival = c, sooner
        here = int(cars[car, HERE])
        if here >= 0 and chains(minute, int(cars[car, FREE_AT]), p.chain_window):
            out[b, METRES] += between[here, v]
        else:
            if here >= 0:
                out[cars[car, LAST], METRES] += base[here]
            out[b, METRES] += base[v]
        if visits[k, 3] == 1:
            out[b, CALLS] += 1
            out[b, RESPONSE] += arrival - minute
            delays[b, arrival - minute if arrival - minute < MOST_DELAY else MOST_DELAY] += 1
            if arrival - minute > p.late_after:
                out[b, LATE] += 1
        cars[car, FREE_AT] = arrival + (p.visit if visits[k, 3] == 1 else p.planned_visit)
        cars[car, HERE] = v
        cars[car, LAST] = b
    for c in range(n_cars):
        if cars[c, HERE] >= 0:
            out[cars[c, LAST], METRES] += base[cars[c, HERE]]


@compiled
def _add(visits: I64, n: int, team: int, minute: int, village: int, is_call: int) -> int:
    """Write one visit in the list of the night and return the new length."""
    visits[n, 0] = team
    visits[n, 1] = minute
    visits[n, 2] = village
    visits[n, 3] = is_call
    visits[n, 4] = team
    return n + 1


@compiled
def _sort(visits: I64, uids: I64, n: int) -> None:
    """Sort a night's few visits by minute, then by identity."""
    for a in range(1, n):
        b = a
        while b > 0 and (
            visits[b, 1] < visits[b - 1, 1] or (visits[b, 1] == visits[b - 1, 1] and uids[b] < uids[b - 1])
        ):
            for c in range(5):
                swap = visits[b, c]
                visits[b, c] = visits[b - 1, c]
                visits[b - 1, c] = swap
            swap = uids[b]
            uids[b] = uids[b - 1]
            uids[b - 1] = swap
            b -= 1


@compiled
def _base_of_joint_service(market: Market, base: I64) -> int:
    """Fill the distances of the member whose base is nearest to the villages; return the number of members."""
    members = 0
    nearest = 1 << 60
    for b in range(len(market.active)):
        if int(market.member[b]) == 1 and int(market.active[b]) == 1 and int(market.sells[b, 1]) == 1:
            members += 1
            total = 0
            for v in range(len(base)):
                total += market.base_m[b, v]
            if total < nearest:
                nearest = total
                for v in range(len(base)):
                    base[v] = market.base_m[b, v]
    return members


@compiled
def _needs_drive(remote: int, uid: int, clauses: ClausesNow) -> bool:
    """Return whether somebody has to drive for a visit or call, or care at a distance is enough."""
    left = int(clauses.here[_NIGHT_DRIVES, 0])
    return left >= 1000 or happens(remote, uid, CERTAIN * left // 1000)


@compiled
def _planned_visits(
    people: People,
    claims: I64,
    market: Market,
    clauses: ClausesNow,
    p: Params,
    key: int,
    year: int,
    visits: I64,
    uids: I64,
) -> int:
    """List the visits that are planned for every night of the year, and return how many there are."""
    planned = month_key(key, _PLANNED, year, 0)
    when = month_key(key, _PLANNED, year, 1)
    remote = month_key(key, _REMOTE, year, 0)
    n = 0
    for k in range(len(claims)):
        i = claims[k]
        b = int(people.code[PC.provider_care, i])
        if b >= 0 and int(market.active[b]) == 1 and int(people.code[PC.level, i]) >= 3:
            uid = people.uid[i]
            if happens(planned, uid, p.planned) and _needs_drive(remote, uid, clauses):
                uids[n] = i64(uid >> 2)
                n = _add(visits, n, b, below(when, uid, NIGHT_MINUTES), int(people.code[PC.village, i]), 0)
    return n


@compiled
def _calls(
    people: People,
    claims: I64,
    market: Market,
    clauses: ClausesNow,
    p: Params,
    key: int,
    month: int,
    days: int,
    calls: I64,
) -> int:
    """List the alarm calls of the month as (night, minute, row), and return how many there are.

    A client's next call is found by one draw of the number of nights until then.
    """
    until = month_key(key, _CALL, month, 0)
    n = 0
    for k in range(len(claims)):
        i = claims[k]
        b = int(people.code[PC.provider_care, i])
        if b < 0 or int(market.active[b]) == 0:
            continue
        uid = people.uid[i]
        night, draw = -1, u64(until)
        while True:
            value = i64(bits(draw, uid) >> 32)
            waits = 0
            while waits < 31 and value >= int(p.calls_within[waits]):
                waits += 1
            night += 1 + waits
            if night >= days:
                break
            if _needs_drive(month_key(key, _REMOTE, month, 1 + night), uid, clauses):
                calls[n, 0] = night
                calls[n, 1] = below(month_key(key, _CALL, month, 1 + night), uid, NIGHT_MINUTES)
                calls[n, 2] = i
                n += 1
            draw = mix(draw)
    return n


@compiled
def _drive_night(
    market: Market,
    places: Geography,
    clauses: ClausesNow,
    base: I64,
    joint: bool,
    p: Params,
    fleet: I64,
    cars: I64,
    visits: I64,
    uids: I64,
    n: int,
    teams: I64,
    out: I64,
    delays: I64,
) -> None:
    """Let all teams serve the visits of one night; `teams` says which came to each village, as bits.

    Parameters
    ----------
    fleet
        shape (P + 1,): cars of each provider, and of the joint service.
    """
    n_providers = len(market.active)
    for k in range(n):
        b = int(visits[k, 4])
        if joint and int(market.member[b]) == 1 and (visits[k, 3] == 1 or clauses.nights_all == 1):
            visits[k, 0] = n_providers
    _sort(visits, uids, n)
    for b in range(n_providers):
        _drive(b, int(fleet[b]), cars, visits, n, market.base_m[b], places.between_m, p, out, delays)
    if joint:
        _drive(n_providers, int(fleet[n_providers]), cars, visits, n, base, places.between_m, p, out, delays)
    teams[:] = 0
    for k in range(n):
        teams[int(visits[k, 2])] |= 1 << int(visits[k, 0])


@compiled
def _book(teams: I64, nights: int, overlap: I64) -> None:
    """Count nights in which two or more teams came to a village."""
    for v in range(len(teams)):
        if teams[v] & (teams[v] - 1) != 0:
            overlap[v] += nights


@compiled
def cars_for(minutes: int, p: Params) -> int:
    """Return the cars that planned work of a night takes, at least one."""
    return 1 + (minutes - 1) // p.car_minutes if minutes > 0 else 1


@compiled
def _size_fleets(planned: I64, market: Market, base: I64, clauses: ClausesNow, p: Params, fleet: I64) -> None:
    """Fill the cars of each provider and of the joint service, from the visits planned and the way to them."""
    n_providers = len(market.active)
    for k in range(len(planned)):
        b, v = int(planned[k, 4]), int(planned[k, 2])
        fleet[b] += p.planned_visit + int(market.base_m[b, v]) // p.m_per_min
        if clauses.nights_all == 1 and int(market.member[b]) == 1:
            fleet[n_providers] += p.planned_visit + int(base[v]) // p.m_per_min
    for b in range(n_providers + 1):
        fleet[b] = cars_for(int(fleet[b]), p)


@allocating
def step(
    people: People,
    claims: I64,
    market: Market,
    places: Geography,
    clauses: ClausesNow,
    p: Params,
    key: int,
    month: int,
    days: int,
    overlap: I64,
    delays: I64,
) -> I64:
    """Drive the nights of a month.

    Parameters
    ----------
    overlap
        shape (V,): filled with the nights in which two or more teams came to the village.
    delays
        shape (P, MOST_DELAY + 1): filled with the alarm calls by minutes to arrival.

    Returns
    -------
    out
        shape (P, 5): metres, calls, late calls, minutes to arrival summed over calls, standby in cents.
    """
    n_providers, n_villages = market.takes_new.shape
    out = np.zeros((n_providers, N_COUNTS), dtype=np.int64)
    overlap[:] = 0
    delays[:] = 0
    base = np.zeros(n_villages, dtype=np.int64)
    members = _base_of_joint_service(market, base)
    joint = clauses.nights > 0.0 and members > 1
    size = 2 * len(claims) + len(p.fixed) + 1
    visits = np.empty((size, 5), dtype=np.int64)
    uids = np.empty(size, dtype=np.int64)
    calls = np.empty((days * len(claims) + 1, 3), dtype=np.int64)
    n_planned, n_calls = 0, 0
    if len(p.fixed) == 0:
        n_planned = _planned_visits(people, claims, market, clauses, p, key, month // 12, visits, uids)
        n_calls = _calls(people, claims, market, clauses, p, key, month, days, calls)
    planned, planned_uids = visits[:n_planned].copy(), uids[:n_planned].copy()
    calls = calls[np.argsort(calls[:n_calls, 0])]
    fleet = np.zeros(n_providers + 1, dtype=np.int64)
    _size_fleets(planned, market, base, clauses, p, fleet)
    apart = np.zeros((n_providers, N_COUNTS), dtype=np.int64)
    for together in range(2):  # apart first, but only when members weigh the difference
        if together == 0 and not (joint and clauses.weighs == 1):
            continue
        _drive_month(
            people,
            market,
            places,
            clauses,
            base,
            joint and together == 1,
            p,
            days,
            fleet,
            np.empty((fleet.max(), 3), dtype=np.int64),
            visits,
            planned,
            uids,
            planned_uids,
            calls,
            np.zeros(n_villages, dtype=np.int64),
            np.zeros((n_providers, N_COUNTS), dtype=np.int64),
            overlap if together == 1 else np.zeros(n_villages, dtype=np.int64),
            out if together == 1 else apart,
            delays if together == 1 else np.zeros(delays.shape, dtype=np.int64),
        )
    market.apart_nights[:] = 0
    for b in range(n_providers):
        if int(market.active[b]) == 0 or int(market.sells[b, 1]) == 0:
            continue
        cents = int(p.standby_cents[b]) * days
        market.apart_nights[b, 1] = cents
        if joint and int(market.member[b]) == 1:
            cents -= int(float(cents) * clauses.nights * (1.0 - 1.0 / float(members)))
        out[b, STANDBY] = cents
    market.apart_nights[:, 0] = apart[:, METRES] if joint and clauses.weighs == 1 else out[:, METRES]
    return out


@compiled
def _take(planned: I64, planned_uids: I64, visits: I64, uids: I64) -> None:
    """Put the planned visits at the head of the list of a night."""
    for k in range(len(planned)):
        uids[k] = planned_uids[k]
        for c in range(5):
            visits[k, c] = planned[k, c]


@compiled
def _drive_month(
    people: People,
    market: Market,
    places: Geography,
    clauses: ClausesNow,
    base: I64,
    joint: bool,
    p: Params,
    days: int,
    fleet: I64,
    cars: I64,
    visits: I64,
    planned: I64,
    uids: I64,
    planned_uids: I64,
    calls: I64,
    teams: I64,
    quiet: I64,
    overlap: I64,
    out: I64,
    delays: I64,
) -> None:
    """Drive every night: those with calls or visits planned by hand one by one, the quiet ones, all alike, at once."""
    n_quiet = 0
    at = 0
    for night in range(days):
        n = len(planned)
        while at < len(calls) and calls[at, 0] == night:
            i = calls[at, 2]
            uids[n] = i64(people.uid[i] >> 2)
            n = _add(
                visits, n, int(people.code[PC.provider_care, i]), int(calls[at, 1]), int(people.code[PC.village, i]), 1
            )
            at += 1
        for k in range(len(p.fixed)):
            if p.fixed[k, 2] == night:
                uids[n] = k
                n = _add(visits, n, int(p.fixed[k, 0]), int(p.fixed[k, 3]), int(p.fixed[k, 1]), 0)
        if n == len(planned):
            n_quiet += 1
            continue
        _take(planned, planned_uids, visits, uids)
        _drive_night(market, places, clauses, base, joint, p, fleet, cars, visits, uids, n, teams, out, delays)
        _book(teams, 1, overlap)
    if n_quiet > 0 and len(planned) > 0:
        _take(planned, planned_uids, visits, uids)
        _drive_night(
            market, places, clauses, base, joint, p, fleet, cars, visits, uids, len(planned), teams, quiet, delays
        )
        _book(teams, n_quiet, overlap)
        for b in range(len(out)):
            out[b, METRES] += quiet[b, METRES] * n_quiet


PROCESS = Process(
    "7.12",
    "nights",
    "month",
    ("provider_care", "level", "village", "market.base_m", "market.member", "convenant"),
    ("market.apart_nights",),
    (Stream.NIGHTS_PLANNED, Stream.NIGHTS_CALL, Stream.NIGHTS_REMOTE),
    "Every night is driven: planned visits, alarm calls, standby.",
)
