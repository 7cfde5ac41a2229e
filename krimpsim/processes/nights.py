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
from krimpsim.core.prefetch import ask_ahead
from krimpsim.core.streams import CERTAIN, Stream, below, bits, happens, i64, mix, month_key, threshold, u64
from krimpsim.population.geography import Geography
from krimpsim.population.market import ClausesNow, Market
from krimpsim.population.schema import I64, People
from krimpsim.processes.base import Process

NIGHT_MINUTES = 480  #: from 23 to 7 hours
HERE, FREE_AT, LAST = range(3)  #: columns of a car
METRES, CALLS, LATE, RESPONSE, STANDBY = range(5)  #: columns of what is counted per provider
N_COUNTS = 5
#: Columns of a visit, the first four in the order in which visits are driven.
NIGHT, TEAM, MINUTE, UID, VILLAGE, IS_CALL, PROVIDER = range(7)
N_COLUMNS = 7
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
    here, free_at = cars[c, HERE], cars[c, FREE_AT]
    if here < 0:
        return minute + base[v] // p.m_per_min
    if chains(minute, free_at, p.chain_window):
        start = free_at if free_at > minute else minute
        return start + between[here, v] // p.m_per_min
    back = free_at + base[here] // p.m_per_min
    start = back if back > minute else minute
    return start + base[v] // p.m_per_min


@compiled
def _drive(
    n_cars: int,
    cars: I64,
    planned: I64,
    first_planned: int,
    last_planned: int,
    calls: I64,
    first_call: int,
    last_call: int,
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
    planned, calls
        shape (any, 7): visits in order of minute and identity between first and last; a planned visit goes first.
    out
        shape (P, 5): metres, calls, late calls, minutes to arrival; filled for the provider of each client.
    delays
        shape (P, MOST_DELAY + 1): calls by minutes to arrival; counted for the provider of each client.
    """
    used = 0  # cars that left the base: the others are all alike
    a, c = first_planned, first_call
    while a < last_planned or c < last_call:
        if c == last_call or (a < last_planned and not _sooner(calls, c, planned, a)):
            visits, k = planned, a
            a += 1
        else:
            visits, k = calls, c
            c += 1
        minute, v, b = visits[k, MINUTE], visits[k, VILLAGE], visits[k, PROVIDER]
        if used < n_cars:
            cars[used, HERE] = -1
        car, arrival = 0, _arrives(cars, 0, minute, v, base, between, p)
        for other in range(1, min(used + 1, n_cars)):
            there = _arrives(cars, other, minute, v, base, between, p)
            if there < arrival:
                car, arrival = other, there
        used += 1 if car == used else 0
        here = cars[car, HERE]
        if here >= 0 and chains(minute, cars[car, FREE_AT], p.chain_window):
            out[b, METRES] += between[here, v]
        else:
            if here >= 0:
                out[cars[car, LAST], METRES] += base[here]
            out[b, METRES] += base[v]
        if visits[k, IS_CALL] == 1:
            out[b, CALLS] += 1
            out[b, RESPONSE] += arrival - minute
            delays[b, arrival - minute if arrival - minute < MOST_DELAY else MOST_DELAY] += 1
            if arrival - minute > p.late_after:
                out[b, LATE] += 1
        cars[car, FREE_AT] = arrival + (p.visit if visits[k, IS_CALL] == 1 else p.planned_visit)
        cars[car, HERE] = v
        cars[car, LAST] = b
    for car in range(used):
        out[cars[car, LAST], METRES] += base[cars[car, HERE]]


@compiled
def _sooner(visits: I64, k: int, others: I64, m: int) -> bool:
    """Return whether a visit comes before another one of the same night and team: by minute, then by identity."""
    if visits[k, MINUTE] != others[m, MINUTE]:
        return bool(visits[k, MINUTE] < others[m, MINUTE])
    return bool(visits[k, UID] < others[m, UID])


@allocating
def in_order(visits: I64) -> I64:
    """Return visits, shape (n, 7), by night, team, minute and identity."""
    n = len(visits)
    rank = np.empty(n, dtype=np.int64)
    for k in range(n):
        rank[k] = (visits[k, NIGHT] << 32) | (visits[k, TEAM] << 16) | visits[k, MINUTE]
    order = np.argsort(rank)
    for a in range(1, n):  # the few of one minute
        k, b = order[a], a
        while b > 0 and rank[order[b - 1]] == rank[k] and visits[k, UID] < visits[order[b - 1], UID]:
            order[b] = order[b - 1]
            b -= 1
        order[b] = k
    return visits[order]


@compiled
def _write(visits: I64, n: int, night: int, provider: int, minute: int, uid: int, village: int, is_call: int) -> None:
    """Write one visit; the team is the provider's own until nights are driven together."""
    visits[n, NIGHT] = night
    visits[n, TEAM] = provider
    visits[n, MINUTE] = minute
    visits[n, UID] = uid
    visits[n, VILLAGE] = village
    visits[n, IS_CALL] = is_call
    visits[n, PROVIDER] = provider


@compiled
def _base_of_joint_service(market: Market, base: I64) -> int:
    """Fill the distances of the member whose base is nearest to the villages; return the number of members."""
    members = 0
    nearest = 1 << 60
    for b in range(len(market.active)):
        if market.member[b] == 1 and market.active[b] == 1 and market.sells[b, 1] == 1:
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
    left = clauses.here[Lever.NIGHT_DRIVES, 0]
    return left >= 1000 or happens(remote, uid, CERTAIN * left // 1000)


@compiled
def _draw_visits(
    people: People,
    claims: I64,
    market: Market,
    clauses: ClausesNow,
    p: Params,
    key: int,
    month: int,
    days: int,
    planned: I64,
    calls: I64,
) -> tuple[int, int]:
    """Write down planned visits and alarm calls; those for which there is no room are counted only."""
    of_year, when = (
        month_key(key, Stream.NIGHTS_PLANNED, month // 12, 0),
        month_key(key, Stream.NIGHTS_PLANNED, month // 12, 1),
    )
    remote, until = month_key(key, Stream.NIGHTS_REMOTE, month // 12, 0), month_key(key, Stream.NIGHTS_CALL, month, 0)
    n_planned, n_calls = 0, 0
    for k in range(len(claims)):
        ask_ahead(people, claims, k, len(claims))
        i = claims[k]
        b = people[i].provider_care
        if b < 0 or market.active[b] == 0:
            continue
        uid, v = people[i].uid, people[i].village
        if people[i].level >= 3 and happens(of_year, uid, p.planned) and _needs_drive(remote, uid, clauses):
            if n_planned < len(planned):
                _write(planned, n_planned, 0, b, below(when, uid, NIGHT_MINUTES), i64(uid >> 2), v, 0)
            n_planned += 1
        night, draw = next_call(-1, until, uid, p, days), u64(until)
        while night < days:
            if _needs_drive(month_key(key, Stream.NIGHTS_REMOTE, month, 1 + night), uid, clauses):
                if n_calls < len(calls):
                    minute = below(month_key(key, Stream.NIGHTS_CALL, month, 1 + night), uid, NIGHT_MINUTES)
                    _write(calls, n_calls, night, b, minute, i64(uid >> 2), v, 1)
                n_calls += 1
            draw = mix(draw)
            night = next_call(night, draw, uid, p, days)
    return n_planned, n_calls


@allocating
def visits_of(
    people: People, claims: I64, market: Market, clauses: ClausesNow, p: Params, key: int, month: int, days: int
) -> tuple[I64, I64]:
    """Return the visits that are planned for every night of the year, and the alarm calls of the month, as drawn.

    Returns
    -------
    planned, calls
        shape (any, 7): night (0 when planned), team, minute, identity, village, 1 for a call, provider.
    """
    n_planned, n_calls = len(claims) // 8, len(claims) // 8
    while True:
        planned = np.empty((n_planned, N_COLUMNS), dtype=np.int64)
        calls = np.empty((n_calls, N_COLUMNS), dtype=np.int64)
        n_planned, n_calls = _draw_visits(people, claims, market, clauses, p, key, month, days, planned, calls)
        if n_planned <= len(planned) and n_calls <= len(calls):
            return planned[:n_planned], calls[:n_calls]


@compiled
def next_call(night: int, draw: int, uid: int, p: Params, days: int) -> int:
    """Return the night of a client's next alarm call, found by one draw of the nights until then; `days` for none."""
    value = i64(bits(draw, uid) >> 32)
    left = days - 1 - night
    if left == 0 or value >= p.calls_within[left - 1]:
        return days
    waits = 0
    while value >= p.calls_within[waits]:
        waits += 1
    return night + 1 + waits


@allocating
def _by_hand(p: Params) -> I64:
    """Return the visits that are planned by hand, each in its own night; shape (n, 7)."""
    visits = np.empty((len(p.fixed), N_COLUMNS), dtype=np.int64)
    for k in range(len(p.fixed)):
        _write(visits, k, p.fixed[k, 2], p.fixed[k, 0], p.fixed[k, 3], k, p.fixed[k, 1], 0)
    return visits


@allocating
def _by_team(visits: I64, market: Market, clauses: ClausesNow, joint: bool) -> I64:
    """Return visits in the order in which they are driven, those of a joint service under its own number."""
    for k in range(len(visits)):
        b = visits[k, PROVIDER]
        visits[k, TEAM] = b
        if joint and market.member[b] == 1 and (visits[k, IS_CALL] == 1 or clauses.nights_all == 1):
            visits[k, TEAM] = len(market.active)
    return in_order(visits)


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
        b, v = planned[k, PROVIDER], planned[k, VILLAGE]
        fleet[b] += p.planned_visit + market.base_m[b, v] // p.m_per_min
        if clauses.nights_all == 1 and market.member[b] == 1:
            fleet[n_providers] += p.planned_visit + base[v] // p.m_per_min
    for b in range(n_providers + 1):
        fleet[b] = cars_for(fleet[b], p)


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
    if len(p.fixed) == 0:
        planned, calls = visits_of(people, claims, market, clauses, p, key, month, days)
    else:
        planned, calls = np.empty((0, N_COLUMNS), dtype=np.int64), _by_hand(p)
    fleet = np.zeros(n_providers + 1, dtype=np.int64)
    _size_fleets(planned, market, base, clauses, p, fleet)
    apart = np.zeros((n_providers, N_COUNTS), dtype=np.int64)
    if joint and clauses.weighs == 1:  # members weigh what driving together brings
        _drive_month(
            planned,
            calls,
            market,
            places,
            clauses,
            base,
            False,
            p,
            days,
            fleet,
            np.zeros(n_villages, dtype=np.int64),
            apart,
            np.zeros(delays.shape, dtype=np.int64),
        )
    _drive_month(planned, calls, market, places, clauses, base, joint, p, days, fleet, overlap, out, delays)
    market.apart_nights[:] = 0
    for b in range(n_providers):
        if market.active[b] == 0 or market.sells[b, 1] == 0:
            continue
        cents = p.standby_cents[b] * days
        market.apart_nights[b, 1] = cents
        if joint and market.member[b] == 1:
            cents -= int(float(cents) * clauses.nights * (1.0 - 1.0 / float(members)))
        out[b, STANDBY] = cents
    market.apart_nights[:, 0] = apart[:, METRES] if joint and clauses.weighs == 1 else out[:, METRES]
    return out


@allocating
def _drive_month(
    planned: I64,
    calls: I64,
    market: Market,
    places: Geography,
    clauses: ClausesNow,
    base: I64,
    joint: bool,
    p: Params,
    days: int,
    fleet: I64,
    overlap: I64,
    out: I64,
    delays: I64,
) -> None:
    """Drive every night: teams with calls or visits planned by hand one by one, the quiet ones, all alike, at once.

    Parameters
    ----------
    planned, calls
        shape (any, 7): as drawn.
    fleet
        shape (P + 1,): cars of each provider, and of the joint service.
    """
    n_teams = len(market.active) + 1
    planned, calls = _by_team(planned, market, clauses, joint), _by_team(calls, market, clauses, joint)
    cars = np.empty((fleet.max(), 3), dtype=np.int64)
    first = np.zeros(n_teams + 1, dtype=np.int64)  # of each team's planned visits
    every_night = np.zeros(len(overlap), dtype=np.int64)  # teams that come to a village, as bits
    for k in range(len(planned)):
        first[planned[k, TEAM] + 1] += 1
        every_night[planned[k, VILLAGE]] |= 1 << planned[k, TEAM]
    for team in range(n_teams):
        first[team + 1] += first[team]
    quiet = np.full(n_teams, days, dtype=np.int64)  # nights of each team
    teams = every_night.copy()
    begin, n_quiet = 0, days
    while begin < len(calls):  # a team in a night
        night, team = calls[begin, NIGHT], calls[begin, TEAM]
        end = begin
        while end < len(calls) and calls[end, NIGHT] == night and calls[end, TEAM] == team:
            teams[calls[end, VILLAGE]] |= 1 << team
            end += 1
        here = market.base_m[team] if team < n_teams - 1 else base
        _drive(
            fleet[team],
            cars,
            planned,
            first[team],
            first[team + 1],
            calls,
            begin,
            end,
            here,
            places.between_m,
            p,
            out,
            delays,
        )
        quiet[team] -= 1
        begin = end
        if end == len(calls) or calls[end, NIGHT] != night:
            _book(teams, 1, overlap)
            teams[:] = every_night
            n_quiet -= 1
    _book(every_night, n_quiet, overlap)
    alike = np.empty(out.shape, dtype=np.int64)
    for team in range(n_teams):
        if first[team] == first[team + 1] or quiet[team] == 0:
            continue
        alike[:] = 0
        here = market.base_m[team] if team < n_teams - 1 else base
        _drive(
            fleet[team],
            cars,
            planned,
            first[team],
            first[team + 1],
            calls,
            0,
            0,
            here,
            places.between_m,
            p,
            alike,
            delays,
        )
        for b in range(len(out)):
            out[b, METRES] += alike[b, METRES] * quiet[team]


PROCESS = Process(
    "7.12",
    "nights",
    "month",
    ("provider_care", "level", "village", "market.base_m", "market.member", "convenant"),
    ("market.apart_nights",),
    (Stream.NIGHTS_PLANNED, Stream.NIGHTS_CALL, Stream.NIGHTS_REMOTE),
    "Every night is driven: planned visits, alarm calls, standby.",
)
