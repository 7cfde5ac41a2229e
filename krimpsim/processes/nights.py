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

from typing import Any, NamedTuple

import numpy as np

from krimpsim.core.codes import Lever, Pool
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.prefetch import ask_ahead
from krimpsim.core.streams import CERTAIN, Stream, below, bits, happens, i64, mix, month_key, threshold, u64
from krimpsim.population.lists import size
from krimpsim.population.market import Market
from krimpsim.population.schema import I64
from krimpsim.population.state import Now, State, scaled
from krimpsim.population.world import World
from krimpsim.processes.base import Process
from krimpsim.processes.driving import NIGHT_MINUTES, VISIT, Log, Pace, Plan, Visit, drive_month


class Params(NamedTuple):
    """Minutes, thresholds of 2**32, cents.

    Parameters
    ----------
    planned
        Share of clients at level 3 and 4 with a visit every night.
    calls_within
        shape (31,): an alarm call within 1, 2, ... nights.
    pace
        How long things take.
    car_minutes
        Planned work of a night that one car does.
    fixed
        Rows of `Visit`, planned by hand for one night each; when there are any, none is drawn.
    standby_cents
        shape (P,): own standby of one night, share of the area.
    """

    planned: int
    calls_within: I64
    pace: Pace
    car_minutes: int
    fixed: Any
    standby_cents: I64


def prepare(world: World) -> Params:
    """Return the parameters of nights as integers."""
    config, n, a = world.config, world.config.nights, world.config.accounts
    ids = [p.id for p in config.providers]
    fixed = [
        (f.night - 1, ids.index(f.provider), f.minute, k, world.villages.index(f.village), 0, ids.index(f.provider))
        for k, f in enumerate(n.fixed_visits)
    ]
    night_cents = 100 * n.standby_hours * a.wage_care * n.standby_pay_share * n.standby_area_share
    standby = np.array([round(night_cents * p.area_share) for p in config.providers], dtype=np.int64)
    return Params(
        planned=threshold(n.planned_share),
        calls_within=np.array([threshold(1.0 - (1.0 - n.calls_per_1000 / 1000.0) ** k) for k in range(1, 32)]),
        pace=Pace(
            visit=n.visit_minutes,
            planned_visit=n.planned_visit_minutes,
            chain_window=n.chain_window_minutes,
            late_after=n.late_after_minutes,
            m_per_min=round(1000 * config.rounds.speed_km_h / 60),
        ),
        car_minutes=round(NIGHT_MINUTES * n.car_load),
        fixed=np.array(fixed, dtype=VISIT),
        standby_cents=standby,
    )


@compiled
def _base_of_joint_service(market: Market, base: I64) -> int:
    """Fill the distances of the member whose base is nearest to the villages; return the number of members."""
    members = 0
    nearest = 1 << 60
    for b in range(len(market.active)):
        if market.member[b] == 1 and market.active[b] == 1 and market.sells[b, Pool.CARE_AND_NURSING] == 1:
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
def _needs_drive(now: Now, remote: int, uid: int) -> bool:
    """Return whether somebody has to drive for a visit or call, or care at a distance is enough."""
    left = scaled(now, Lever.NIGHT_DRIVES, 0, 1000)
    return left >= 1000 or happens(remote, uid, CERTAIN * left // 1000)


@compiled
def _write(visit: Visit, night: int, provider: int, minute: int, uid: int, village: int, is_call: int) -> None:
    """Write one visit; the team is the provider's own until nights are driven together."""
    visit.night = night
    visit.team = provider
    visit.minute = minute
    visit.uid = i64(uid >> 2)
    visit.village = village
    visit.is_call = is_call
    visit.provider = provider


@compiled
def _draw_visits(s: State, p: Params, now: Now, planned: Any, calls: Any) -> tuple[int, int]:
    """Write down planned visits and alarm calls; those for which there is no room are counted only."""
    year, until = now.month // 12, month_key(now.key, Stream.NIGHTS_CALL, now.month, 0)
    of_year, when = (
        month_key(now.key, Stream.NIGHTS_PLANNED, year, 0),
        month_key(now.key, Stream.NIGHTS_PLANNED, year, 1),
    )
    remote = month_key(now.key, Stream.NIGHTS_REMOTE, year, 0)
    n_planned, n_calls, claimants = 0, 0, size(s.lists.claimants)
    for k in range(claimants):
        ask_ahead(s.people, s.lists.claimants.rows, k, claimants)
        client = s.people[s.lists.claimants.rows[k]]
        b, uid, v = client.provider_care, client.uid, client.village
        if b < 0 or s.market.active[b] == 0:
            continue
        if client.level >= 3 and happens(of_year, uid, p.planned) and _needs_drive(now, remote, uid):
            if n_planned < len(planned):
                _write(planned[n_planned], 0, b, below(when, uid, NIGHT_MINUTES), uid, v, 0)
            n_planned += 1
        night, draw = next_call(p, -1, until, uid, now.days), u64(until)
        while night < now.days:
            if _needs_drive(now, month_key(now.key, Stream.NIGHTS_REMOTE, now.month, 1 + night), uid):
                if n_calls < len(calls):
                    minute = below(month_key(now.key, Stream.NIGHTS_CALL, now.month, 1 + night), uid, NIGHT_MINUTES)
                    _write(calls[n_calls], night, b, minute, uid, v, 1)
                n_calls += 1
            draw = mix(draw)
            night = next_call(p, night, draw, uid, now.days)
    return n_planned, n_calls


@allocating
def visits_of(s: State, p: Params, now: Now) -> tuple[Any, Any]:
    """Return the visits that are planned for every night of the year, and the alarm calls of the month, as drawn.

    Returns
    -------
    planned, calls
        Rows of `Visit`; the night of those that are planned is 0.
    """
    n_planned = n_calls = size(s.lists.claimants) // 8
    while True:
        planned, calls = np.empty(n_planned, dtype=VISIT), np.empty(n_calls, dtype=VISIT)
        n_planned, n_calls = _draw_visits(s, p, now, planned, calls)
        if n_planned <= len(planned) and n_calls <= len(calls):
            return planned[:n_planned], calls[:n_calls]


@compiled
def next_call(p: Params, night: int, draw: int, uid: int, days: int) -> int:
    """Return the night of a client's next alarm call, found by one draw of the nights until then; `days` for none."""
    value = i64(bits(draw, uid) >> 32)
    left = days - 1 - night
    if left == 0 or value >= p.calls_within[left - 1]:
        return days
    waits = 0
    while value >= p.calls_within[waits]:
        waits += 1
    return night + 1 + waits


@compiled
def cars_for(p: Params, minutes: int) -> int:
    """Return the cars that planned work of a night takes, at least one."""
    return 1 + (minutes - 1) // p.car_minutes if minutes > 0 else 1


@compiled
def _size_fleets(market: Market, p: Params, plan: Plan) -> None:
    """Fill the cars of each provider and of the joint service, from the visits planned and the way to them."""
    fleet, pace, joint = plan.fleet, p.pace, len(market.active)
    for k in range(len(plan.planned)):
        b, v = plan.planned[k].provider, plan.planned[k].village
        fleet[b] += pace.planned_visit + market.base_m[b, v] // pace.m_per_min
        if plan.all_visits and market.member[b] == 1:
            fleet[joint] += pace.planned_visit + plan.base[v] // pace.m_per_min
    for b in range(len(fleet)):
        fleet[b] = cars_for(p, fleet[b])


@allocating
def plan_of(s: State, p: Params, now: Now, base: I64, joint: bool) -> Plan:
    """Return what is to be driven this month, and with how many cars.

    Parameters
    ----------
    base
        shape (V,), unit m: from the base of the joint service.
    """
    if len(p.fixed) == 0:
        planned, calls = visits_of(s, p, now)
    else:
        planned, calls = np.empty(0, dtype=VISIT), p.fixed.copy()
    fleet = np.zeros(len(s.market.active) + 1, dtype=np.int64)
    plan = Plan(planned, calls, joint, now.clauses.nights_all == 1, base, fleet, now.days)
    _size_fleets(s.market, p, plan)
    return plan


@compiled
def _pay_standby(s: State, p: Params, now: Now, joint: bool, members: int) -> None:
    """Book what standby costs each provider, alone and as it is."""
    market = s.market
    for b in range(len(market.active)):
        market.apart_standby[b] = 0
        if market.active[b] == 0 or market.sells[b, Pool.CARE_AND_NURSING] == 0:
            continue
        cents = p.standby_cents[b] * now.days
        market.apart_standby[b] = cents
        if joint and market.member[b] == 1:
            cents -= int(float(cents) * now.clauses.nights * (1.0 - 1.0 / float(members)))
        s.book.nights[b].standby = cents


@allocating
def step(s: State, p: Params, now: Now) -> None:
    """Drive the nights of a month."""
    market, counts = s.market, s.book.nights
    base = np.zeros(market.base_m.shape[1], dtype=np.int64)
    members = _base_of_joint_service(market, base)
    joint = now.clauses.nights > 0.0 and members > 1
    plan = plan_of(s, p, now, base, joint)
    drive_month(s, p.pace, plan, Log(counts, s.book.delays, s.book.overlap))
    for b in range(len(counts)):
        market.apart_night_metres[b] = counts[b].metres
    if joint and now.clauses.weighs == 1:  # members weigh what driving together brings
        alone = np.zeros(len(counts), dtype=counts.dtype)
        unread = Log(alone, np.zeros_like(s.book.delays), np.zeros_like(s.book.overlap))
        apart = Plan(plan.planned, plan.calls, False, plan.all_visits, base, plan.fleet, now.days)
        drive_month(s, p.pace, apart, unread)
        for b in range(len(counts)):
            market.apart_night_metres[b] = alone[b].metres
    _pay_standby(s, p, now, joint, members)


PROCESS = Process(
    "7.12",
    "nights",
    "month",
    (
        "level",
        "village",
        "provider_care",
        "market.active",
        "market.member",
        "market.sells",
        "market.base_m",
        "convenant",
    ),
    (
        "market.apart_night_metres",
        "market.apart_standby",
    ),
    (Stream.NIGHTS_PLANNED, Stream.NIGHTS_CALL, Stream.NIGHTS_REMOTE),
    "Every night is driven: planned visits, alarm calls, standby.",
)
