"""7.14 Staff.

Purpose.   Let providers hire and lose staff, and turn paid time into contact time.
Who.       Every provider and pool, every month.
Order.     1. staff leave: turnover and retirement; 2. the provider wants the paid time that its clients and waiting
           list take, plus slack; 3. vacancies are filled in the time that regional tightness allows; 4. contact time of
           next month = paid time x contact minutes per paid minute of this month; what clients leave of it is
           open to new clients.
Assumes.   The region, not the local population, limits hiring.  Saved travel is capacity while there are vacancies,
           else money: staff is not replaced.
Random.    STAFF_ROUNDING: fractions of a minute are rounded by a keyed draw.
"""

from __future__ import annotations

from itertools import pairwise
from typing import NamedTuple

import numpy as np

from krimpsim.core.clock import FIRST_YEAR
from krimpsim.core.codes import Lever
from krimpsim.core.jit import compiled
from krimpsim.core.streams import Stream, i64, month_key, uniform
from krimpsim.population.market import Market
from krimpsim.population.need_rates import per_month
from krimpsim.population.schema import F64
from krimpsim.population.state import Now, State, indirect_now, scaled
from krimpsim.population.world import N_YEARS, World
from krimpsim.processes.base import Process


class Params(NamedTuple):
    """Monthly shares.

    Parameters
    ----------
    leave
        Share of paid time that leaves in a month.
    fill
        shape (n_years,): share of vacancies filled in a month.
    slack, most
        Share wanted above need; most hired in a month as a share of staff.
    """

    leave: float
    fill: F64
    slack: float
    most: float


def linear(table: dict[str, float], year: float) -> float:
    """Return the value of a dated table at a moment, linear between dates and level outside them."""
    rows = sorted((int(y), value) for y, value in table.items())
    if year <= rows[0][0]:
        return rows[0][1]
    for (y0, a), (y1, b) in pairwise(rows):
        if year <= y1:
            return a + (b - a) * (year - y0) / (y1 - y0)
    return rows[-1][1]


def prepare(world: World) -> Params:
    """Return monthly shares by year."""
    s = world.config.staff
    fill = [
        per_month(12.0 / max(1e-6, s.fill_months * s.tightness_level * linear(s.tightness, FIRST_YEAR + k)))
        for k in range(N_YEARS)
    ]
    return Params(per_month(s.turnover_per_year + s.retire_per_year), np.array(fill), s.slack_share, s.max_hire_share)


@compiled
def whole(value: float, draw: float) -> int:
    """Return a number of minutes rounded up or down by a keyed draw, right on average."""
    low = i64(value)
    return low + 1 if draw < value - float(low) else low


@compiled
def paid_time(contact: int, travel: int, indirect_per_1000: int) -> int:
    """Return the paid minutes that contact minutes take."""
    return contact + travel + contact * indirect_per_1000 // 1000


@compiled
def _hire(market: Market, p: Params, now: Now, b: int, pool: int, wanted: int) -> None:
    """Let staff leave, and fill vacancies as far as the region lets them be filled."""
    staff = market.staff[b, pool]
    draw = month_key(now.key, Stream.STAFF_ROUNDING, now.month, 2 * pool)
    staff -= whole(float(staff) * p.leave, uniform(draw, market.words[b]))
    gap = wanted - staff
    if gap > 0:
        filled = p.fill[now.year] * (float(scaled(now, Lever.FILLING, 0, 1000)) / 1000.0)
        hired = float(gap) * (filled if filled < 1.0 else 1.0)
        most = float(staff) * p.most + 300.0
        hired = hired if hired < most else most
        draw = month_key(now.key, Stream.STAFF_ROUNDING, now.month, 2 * pool + 1)
        staff += whole(hired, uniform(draw, market.words[b]))
    market.staff[b, pool] = staff
    market.vacancies[b, pool] = wanted - staff if wanted > staff else 0


@compiled
def step(s: State, p: Params, now: Now) -> None:
    """Update staff and the contact time of next month; in the spin-up staff follows what is asked at once."""
    market = s.market
    for b in range(len(market.active)):
        for pool in range(market.staff.shape[1]):
            contact, travel = 0, 0
            for v in range(market.travel.shape[1]):
                contact += s.contact[b, pool, v]
                travel += market.travel[b, v, pool]
            per_1000 = market.paid_per_1000[b, pool]
            if contact > 0:
                per_1000 = paid_time(contact, travel, indirect_now(s, now, pool)) * 1000 // contact
                market.paid_per_1000[b, pool] = per_1000
            if market.active[b] == 0:
                market.staff[b, pool] = 0
                market.vacancies[b, pool] = 0
                market.room[b, pool] = 0
                market.intake[b, pool] = 0
                continue
            need = s.book.asked[b, pool] if s.book.asked[b, pool] > contact else contact
            wanted = i64(int(float(need * per_1000 // 1000) * (1.0 + p.slack)))
            if now.spin_up:
                market.staff[b, pool] = wanted
                market.vacancies[b, pool] = 0
            else:
                _hire(market, p, now, b, pool, wanted)
            room = market.staff[b, pool] * 1000 // per_1000
            market.room[b, pool] = room
            market.intake[b, pool] = room - contact if room > contact else 0


PROCESS = Process(
    "7.14",
    "staff",
    "month",
    (
        "market.words",
        "market.active",
        "market.staff",
        "market.paid_per_1000",
        "market.travel",
        "contact",
        "indirect",
        "convenant",
    ),
    (
        "market.staff",
        "market.vacancies",
        "market.room",
        "market.intake",
        "market.paid_per_1000",
    ),
    (Stream.STAFF_ROUNDING,),
    "Staff leave and are hired; paid time becomes contact time.",
)
