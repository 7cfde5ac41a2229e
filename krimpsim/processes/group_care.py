"""7.10b Group facilities (collective care).

Purpose.   Serve day programmes, and guidance with what is left, in a group.
Who.       Claimants whose need was noticed and granted, and who accept help.
Order.     Per claimant, in order of urgency: day programme, then guidance.
Assumes.   Places per municipality follow the population of 2013, 480 minutes a week a place.
Random.    none.
Sources.   buurtkamer_visits.
"""

from __future__ import annotations

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.codes import Kind, Part, Payer
from krimpsim.core.jit import compiled
from krimpsim.inputs.tables import Tables
from krimpsim.population.geography import Geography
from krimpsim.population.schema import I64, People
from krimpsim.processes.accounts import month_cents
from krimpsim.processes.base import Process

PLACE_MINUTES = 480  #: a place is a full day a week


def capacity(config: RunConfig, tables: Tables, places: Geography) -> I64:
    """Return the minutes a week that group facilities of each municipality offer, shape (2,)."""
    minutes = np.zeros(2, dtype=np.int64)
    for m in range(2):
        residents = int(tables.village_population[places.number[places.municipality == m]].sum())
        minutes[m] = round(residents / 1000.0 * config.collective.places_per_1000 * PLACE_MINUTES)
    return minutes


@compiled
def step_one(people: People, i: int, accepts: bool, municipality: I64, rest: I64, parts: I64, room: I64) -> None:
    """Give a claimant a place in a group."""
    if not accepts or people[i].noticed == 0 or people[i].granted == 0:
        return
    v = people[i].village
    m = municipality[v]
    for kind in (Kind.DAY_PROGRAMME, Kind.GUIDANCE):
        minutes = rest[kind] if rest[kind] < room[m] else room[m]
        rest[kind] -= minutes
        room[m] -= minutes
        parts[v, Part.COLLECTIVE, kind] += minutes


@compiled
def step(parts: I64, municipality: I64, price: int, reformed: bool, days: int, paid: I64) -> int:
    """Book what groups cost on who pays, and return it, in cents.

    Parameters
    ----------
    parts
        shape (V, 10 parts, 5 kinds), min/week.
    price
        Cents an hour.
    reformed
        Whether municipalities pay, and no longer the care office.
    paid
        shape (4 payers,), cents: added to.
    """
    total = 0
    for town in range(2):
        minutes = 0
        for v in range(len(municipality)):
            if municipality[v] == town:
                for kind in range(5):
                    minutes += parts[v, Part.COLLECTIVE, kind]
        cents = month_cents(minutes, price, days)
        paid[town if reformed else Payer.CARE_OFFICE] += cents
        total += cents
    return total


PROCESS = Process(
    "7.10b",
    "group facilities",
    "month",
    ("noticed", "granted", "village", "convenant"),
    (),
    (),
    "Day programmes and guidance in a group.",
)
