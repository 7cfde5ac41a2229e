"""What a run of this model takes before any rule is followed: rows read, draws made, tables filled, months called.

Everything is measured on the lists and tables of one real run, each thing done once where the model does it several
times: a row on the watch list is read once a month here, by ten processes there.  So the sum is a floor for a model
that looks at everybody in need every month, not a forecast of one.  Rows of all months are read from the tables as they
are at the end, where some hold others by then: what counts is how many rows there are, and in which order.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

import mesa
import numba
import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.streams import bits, draw_all, unsigned
from krimpsim.model import KrimpModel
from krimpsim.population.agenda import N_ITEMS
from krimpsim.population.lists import size
from krimpsim.population.synthesis import synthesise

REPEATS = 7
CALLS = 6  #: of compiled code in a month
SPIN_UP = 24  #: months before the first


def least(task: Callable[[], Any]) -> float:
    """Return the least time on the clock of several repeats, in seconds."""
    task()
    times = []
    for _ in range(REPEATS):
        began = time.perf_counter()
        task()
        times.append(time.perf_counter() - began)
    return min(times)


@numba.njit
def read_people(people: Any, rows: Any) -> int:
    """Read something at both ends of each row of a list of persons."""
    total = 0
    for k in range(len(rows)):
        i = rows[k]
        total += people[i].level + people[i].need_minutes
    return total


@numba.njit
def read_claimants(people: Any, ties: Any, rows: Any) -> int:
    """Read claimants in order of urgency, the next in their homes, their ties and who gives care on one in use."""
    total = 0
    for k in range(len(rows)):
        i = rows[k]
        total += people[i].level + people[i].need_minutes + people[people[i].housemate].care_minutes
        t = people[i].first_tie
        while t >= 0:
            if ties[t].active == 1 and ties[t].giver >= 0:
                total += people[ties[t].giver].care_minutes
            t = ties[t].next_tie
    return total


@numba.njit
def read_ties(people: Any, ties: Any, rows: Any) -> int:
    """Read ties in use and both their ends."""
    total = 0
    for k in range(len(rows)):
        t = rows[k]
        giver, receiver = ties[t].giver, ties[t].receiver
        total += ties[t].minutes
        total += people[giver].presence if giver >= 0 else 0
        total += people[receiver].presence if receiver >= 0 else 0
    return total


@numba.njit
def draw_in_turn(key: int, uid: Any, rows: Any) -> int:
    """Make one draw for each of a list, in the order of the list."""
    total = 0
    for k in range(len(rows)):
        total += 1 if bits(key, uid[rows[k]]) >> 63 else 0
    return total


@numba.njit
def nothing(bundle: Any) -> None:
    """Do nothing with a box of arrays."""


@numba.njit
def decide(answers: Any) -> int:
    """Take one of two ways, as the answers say; neither can be done without the jump."""
    a, b = 1, 2
    for k in range(len(answers)):
        if answers[k] == 1:
            a = (a * 5 + b) ^ k
        else:
            b = (b * 3 + a) ^ (k << 1)
    return a + b


LISTS = ("watch", "claimants", "carers", "volunteers", "ties")


class Months(mesa.Model):  # type: ignore[misc]
    """A model of months in which nothing happens but what Mesa does and the calls of compiled code."""

    def __init__(self, box: Any, headlines: int) -> None:
        super().__init__(rng=0)
        self.box, self.headlines = box, np.zeros(headlines, dtype=np.int64)
        reporters = {f"h{k}": lambda model, k=k: int(model.headlines[k]) for k in range(headlines)}
        self.datacollector = mesa.DataCollector(model_reporters=reporters)

    def step(self) -> None:
        """Call compiled code and collect."""
        for _ in range(CALLS):
            nothing(self.box)
        self.datacollector.collect(self)

    def live(self, months: int) -> None:
        """Live some months."""
        for _ in range(months):
            self.step()


def _lists(model: KrimpModel) -> dict[str, list[Any]]:
    """Run a model to its end and return the lists of every month."""
    found: dict[str, list[Any]] = {name: [] for name in LISTS}
    while model.running:
        model.step()
        for name in LISTS:
            listed = getattr(model.state.lists, name)
            found[name].append(listed.rows[: size(listed)].copy())
    return found


def floor(config: RunConfig, replicate: int = 1) -> tuple[dict[str, float], int]:
    """Return the parts of the floor in seconds a run, the spin-up included, and the number of visits to rows in it."""
    model = KrimpModel(config, replicate=replicate)
    n, rules = model.in_use.persons, model.world
    lists = {name: np.concatenate(rows) for name, rows in _lists(model).items()}
    people, ties, months = model.state.people, model.state.ties, int(model.steps)  # rows of all months
    longer = 1.0 + SPIN_UP / months
    result = model.result()
    uid, draws = np.ascontiguousarray(people.uid), np.zeros(len(people), dtype=np.uint32)
    key, listed = unsigned(12345), np.ascontiguousarray(people.uid[lists["watch"]])
    listed_draws = np.zeros(len(listed), dtype=np.uint32)
    tables = (result.village_rows, result.provider_rows, result.region_rows, model._numbers.cells)

    parts = {
        "make the population": least(
            lambda: synthesise(rules.cells, rules.traits, rules.profile, model.places.between_m, model.key)
        ),
        "read rows": longer
        * (
            least(lambda: [read_people(people, lists[name]) for name in ("watch", "carers", "volunteers")])
            + least(lambda: read_claimants(people, ties, lists["claimants"]))
            + least(lambda: read_ties(people, ties, lists["ties"]))
        ),
        "draw": longer
        * (
            3 * least(lambda: draw_all(key, listed, listed_draws))
            + least(lambda: [draw_in_turn(key, uid, lists[name]) for name in ("claimants", "ties", "carers")])
        )
        + months / 12 * N_ITEMS * least(lambda: draw_all(key, uid[:n], draws)),
        "fill the tables": least(lambda: [table.copy() for table in tables]),
    }
    calls = Months(model._box, 10)
    parts["call the months"] = longer * least(lambda: calls.live(months))
    return parts, int(longer * sum(len(rows) for rows in lists.values()))


def wrong_guess() -> float:
    """Return what a jump costs that the processor cannot foresee, against one that it can, in seconds.

    Half of the jumps that cannot be foreseen are guessed wrong.
    """
    dice = np.random.default_rng(1).integers(0, 2, 1 << 20).astype(np.int8)
    known = np.resize(np.array((0, 1), dtype=np.int8), len(dice))
    return 2 * (least(lambda: decide(dice)) - least(lambda: decide(known))) / len(dice)
