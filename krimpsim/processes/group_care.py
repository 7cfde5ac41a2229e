"""7.10b Group facilities (collective care).

Purpose.   Serve day programmes, and guidance with what is left, in a group.
Who.       Claimants whose need was noticed and granted, and who accept help.
Order.     Per claimant, in order of urgency: day programme, then guidance.
Assumes.   Places per municipality follow the population of 2013, 480 minutes a week a place.
Random.    none.
Sources.   buurtkamer_visits.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.core.codes import Kind, Lever, Part, Payer
from krimpsim.core.jit import compiled
from krimpsim.population.schema import I64
from krimpsim.population.state import Claim, Now, State, scaled
from krimpsim.population.world import World
from krimpsim.processes.accounts import month_cents, tariffs
from krimpsim.processes.base import Process
from krimpsim.processes.claims import accepts_help

PLACE_MINUTES = 480  #: a place is a full day a week


class Params(NamedTuple):
    """Room and price of group facilities.

    Parameters
    ----------
    room
        shape (municipalities,), min/week.
    price
        shape (n_years,), cents an hour.
    """

    room: I64
    price: I64


def prepare(world: World) -> Params:
    """Return the minutes a week that group facilities of each municipality offer, and their price."""
    places, per_1000 = world.places, world.config.collective.places_per_1000
    room = np.zeros(places.municipalities, dtype=np.int64)
    for m in range(len(room)):
        residents = int(world.tables.village_population[places.number[places.municipality == m]].sum())
        room[m] = round(residents / 1000.0 * per_1000 * PLACE_MINUTES)
    return Params(room, tariffs(world)[:, Kind.DAY_PROGRAMME])


@compiled
def open_doors(s: State, p: Params, now: Now) -> None:
    """Open the groups of a month, before the first claimant."""
    for m in range(len(p.room)):
        s.book.group_room[m] = scaled(now, Lever.GROUP_ROOM, 0, p.room[m])


@compiled
def step_one(s: State, p: Params, now: Now, i: int, claim: Claim) -> None:
    """Give a claimant a place in a group."""
    person, rest, room = s.people[i], claim.rest, s.book.group_room
    if person.noticed == 0 or person.granted == 0 or not accepts_help(now, person):
        return
    m = s.places.municipality[person.village]
    for kind in (Kind.DAY_PROGRAMME, Kind.GUIDANCE):
        minutes = rest[kind] if rest[kind] < room[m] else room[m]
        rest[kind] -= minutes
        room[m] -= minutes
        s.book.parts[person.village, Part.COLLECTIVE, kind] += minutes


@compiled
def step(s: State, p: Params, now: Now) -> None:
    """Book what groups cost on who pays."""
    book, towns = s.book, s.places.municipality
    price = scaled(now, Lever.GROUP_PRICE, 0, p.price[now.year])
    for town in range(len(p.room)):
        minutes = 0
        for v in range(len(towns)):
            if towns[v] == town:
                for kind in range(book.parts.shape[2]):
                    minutes += book.parts[v, Part.COLLECTIVE, kind]
        cents = month_cents(minutes, price, now.days)
        book.paid[Payer.MUNICIPALITY + town if now.reformed else Payer.CARE_OFFICE] += cents
        book.region[0].cost_of_groups += cents


PROCESS = Process(
    "7.10b",
    "group facilities",
    "month",
    (
        "noticed",
        "granted",
        "village",
        "convenant",
    ),
    (),
    (),
    "Day programmes and guidance in a group.",
)
