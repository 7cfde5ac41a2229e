"""7.12 Nights: planned visits, alarm calls and standby.

Purpose.   Drive every night of the month and count what it takes.
Who.       Nursing clients at home: alarm calls; a share of those at level 3 and 4: a planned visit every night.
Order.     Per night: 1. calls and visits get a clock time; 2. each team serves its own in order of time: it drives on
           to the next when that starts within the chain window after the last visit, else it goes back to its base;
           3. nights in which two teams come to one village are counted there; 4. standby is paid per team.
Assumes.   One car a team; distance between addresses of one village is left out.  A joint service stands at the base of
           the member nearest to the villages; it needs 1 team instead of k in proportion to its strength.
Random.    NIGHTS_PLANNED per person and year, NIGHTS_CALL per person and night.
Sources.   night_calls_per_1000_clients, night_visit_min, night_response_target, night_window: all expert ranges, the
           largest uncertainty of the night lever.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import Stream, below, happens, i64, month_key, threshold
from krimpsim.population.geography import Geography
from krimpsim.population.market import ClausesNow, Market
from krimpsim.population.schema import I64, P, People
from krimpsim.processes.base import Process

_PLANNED, _CALL = int(Stream.NIGHTS_PLANNED), int(Stream.NIGHTS_CALL)
NIGHT_MINUTES = 480  #: from 23 to 7 hours
METRES, CALLS, LATE, RESPONSE, STANDBY = range(5)  #: columns of what is counted per provider
N_COUNTS = 5


class Params(NamedTuple):
    """Minutes, metres a minute, thresholds of 2**32, cents.

    Parameters
    ----------
    fixed
        shape (n, 4): provider, village, night, minute of visits planned by hand; when there are any, none is drawn.
    standby_cents
        shape (P,): own standby of one night, share of the area.
    """

    planned: int
    call: int
    visit: int
    planned_visit: int
    chain_window: int
    late_after: int
    m_per_min: int
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
        call=threshold(n.calls_per_1000 / 1000.0),
        visit=n.visit_minutes,
        planned_visit=n.planned_visit_minutes,
        chain_window=n.chain_window_minutes,
        late_after=n.late_after_minutes,
        m_per_min=round(1000 * config.rounds.speed_km_h / 60),
        fixed=fixed,
        standby_cents=standby,
    )


@compiled
def chains(now: int, free_at: int, window: int) -> bool:
    """Return whether a team that became free drives straight on to a visit at `now`."""
    return now <= free_at + window


@compiled
def _drive(team: int, visits: I64, n: int, base: I64, between: I64, p: Params, out: I64) -> None:
    """Let one team serve its visits of one night, in order of time.

    Parameters
    ----------
    visits
        shape (n, 5): team, minute, village, 1 for a call, provider whose client it is; sorted by minute.
    out
        shape (P, 5): metres, calls, late calls, minutes to arrival; filled for the provider of each client.
    """
    here = -1
    free_at = 0
    last = -1
    for k in range(n):
        if visits[k, 0] != team:
            continue
        minute, v, b = int(visits[k, 1]), int(visits[k, 2]), int(visits[k, 4])
        start = minute
        if here >= 0 and chains(minute, free_at, p.chain_window):
            leg = int(between[here, v])
            start = free_at if free_at > minute else minute
        else:
            if here >= 0:
                out[last, METRES] += base[here]
                back = free_at + int(base[here]) // p.m_per_min
                start = back if back > minute else minute
            leg = int(base[v])
        out[b, METRES] += leg
        arrival = start + leg // p.m_per_min
        if visits[k, 3] == 1:
            out[b, CALLS] += 1
            out[b, RESPONSE] += arrival - minute
            if arrival - minute > p.late_after:
                out[b, LATE] += 1
        free_at = arrival + (p.visit if visits[k, 3] == 1 else p.planned_visit)
        here = v
        last = b
    if here >= 0:
        out[last, METRES] += base[here]


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
) -> I64:
    """Drive the nights of a month.

    Parameters
    ----------
    overlap
        shape (V,): filled with the nights in which two or more teams came to the village.

    Returns
    -------
    out
        shape (P, 5): metres, calls, late calls, minutes to arrival summed over calls, standby in cents.
    """
    n_providers, n_villages = market.takes_new.shape
    out = np.zeros((n_providers, N_COUNTS), dtype=np.int64)
    overlap[:] = 0
    members = 0
    base = np.zeros(n_villages, dtype=np.int64)
    nearest = 1 << 60
    for b in range(n_providers):
        if int(market.member[b]) == 1 and int(market.active[b]) == 1 and int(market.sells[b, 1]) == 1:
            members += 1
            total = 0
            for v in range(n_villages):
                total += market.base_m[b, v]
            if total < nearest:
                nearest = total
                base[:] = market.base_m[b]
    joint = clauses.nights > 0.0 and members > 1
    size = len(claims) + len(p.fixed) + 1
    clients = np.empty(size, dtype=np.int64)
    n_clients = 0
    if len(p.fixed) == 0:
        for k in range(len(claims)):
            i = claims[k]
            b = int(people.at[P.provider_care, i])
            if b >= 0 and int(market.active[b]) == 1 and int(people.at[P.presence, i]) == 0:
                clients[n_clients] = i
                n_clients += 1
    planned = month_key(key, _PLANNED, month // 12, 0)
    when = month_key(key, _PLANNED, month // 12, 1)
    visits = np.empty((2 * size, 5), dtype=np.int64)
    uids = np.empty(2 * size, dtype=np.int64)
    teams = np.zeros(n_villages, dtype=np.int64)
    for night in range(days):
        n = 0
        for k in range(len(p.fixed)):
            if p.fixed[k, 2] == night:
                uids[n] = k
                n = _add(visits, n, int(p.fixed[k, 0]), int(p.fixed[k, 3]), int(p.fixed[k, 1]), 0)
        call = month_key(key, _CALL, month, 2 * night)
        minute = month_key(key, _CALL, month, 2 * night + 1)
        for k in range(n_clients):
            i = clients[k]
            b = int(people.at[P.provider_care, i])
            uid = people.uid[i]
            if int(people.at[P.level, i]) >= 3 and happens(planned, uid, p.planned):
                uids[n] = i64(uid >> 2)
                n = _add(visits, n, b, below(when, uid, NIGHT_MINUTES), int(people.at[P.village, i]), 0)
            if happens(call, uid, p.call):
                uids[n] = i64(uid >> 2)
                n = _add(visits, n, b, below(minute, uid, NIGHT_MINUTES), int(people.at[P.village, i]), 1)
        if n == 0:
            continue
        for k in range(n):
            b = int(visits[k, 4])
            if joint and int(market.member[b]) == 1 and (visits[k, 3] == 1 or clauses.nights_all == 1):
                visits[k, 0] = n_providers
        _sort(visits, uids, n)
        for b in range(n_providers):
            _drive(b, visits, n, market.base_m[b], places.between_m, p, out)
        if joint:
            _drive(n_providers, visits, n, base, places.between_m, p, out)
        teams[:] = 0
        for k in range(n):
            teams[int(visits[k, 2])] |= 1 << int(visits[k, 0])
        for v in range(n_villages):
            if teams[v] & (teams[v] - 1) != 0:
                overlap[v] += 1
    for b in range(n_providers):
        if int(market.active[b]) == 0 or int(market.sells[b, 1]) == 0:
            continue
        cents = int(p.standby_cents[b]) * days
        if joint and int(market.member[b]) == 1:
            cents -= int(float(cents) * clauses.nights * (1.0 - 1.0 / float(members)))
        out[b, STANDBY] = cents
    return out


PROCESS = Process(
    "7.12",
    "nights",
    "month",
    ("provider_care", "level", "village", "market.base_m", "market.member"),
    (),
    (Stream.NIGHTS_PLANNED, Stream.NIGHTS_CALL),
    "Every night is driven: planned visits, alarm calls, standby.",
)
