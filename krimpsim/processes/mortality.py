"""7.2 Mortality.

Purpose.   Remove persons by death at the rates of the life table, more often those who need care.
Who.       Everybody at home or in a facility, every month.
Order.     1. look up the monthly probability for municipality, sex, age on 1 January, year and need level; 2. draw;
           3. mark as dead; partners are widowed in the same month.
Assumes.   Probability = life table x regional ratio x hazard ratio of the need level x normaliser.  The normaliser is
           one over the mean hazard ratio in the expected distribution of need (population/need_profile.py), so home
           and facility together follow the table.  No effect of unmet care on mortality.
Agenda.    Those without need; who needs care is on the watch list.
Random.    MORTALITY_DEATH, one draw per person per month.
Sources.   mortality.csv, mortality_ratio.csv; newborns from the rates in the configuration.
Checked.   tests/model/test_mortality_table.py: deaths and life expectancy against the table.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.core.clock import FIRST_YEAR, january_age
from krimpsim.core.codes import NOBODY, Event, Presence
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.prefetch import ask_ahead
from krimpsim.core.streams import Stream, draw_all, happens, i64, month_key, threshold
from krimpsim.population.agenda import KINDS, N_KINDS, Chance, Item, by_kind, due, kind_of, own_chance
from krimpsim.population.kinship import leave_household
from krimpsim.population.lists import size
from krimpsim.population.need_rates import in_a_month, level_hazard_ratios
from krimpsim.population.roll import count
from krimpsim.population.schema import I64, Person
from krimpsim.population.state import Now, State
from krimpsim.population.world import World
from krimpsim.processes.base import Comes, Process


class Params(NamedTuple):
    """Thresholds of death.

    Parameters
    ----------
    death
        shape (n_months, 448 kinds of person, 5 levels), thresholds of 2**32.
    most
        shape (n_months, 5 levels): the largest of all kinds of person.
    comes_up
        Without need, by year and kind of person.
    """

    death: I64
    most: I64
    comes_up: Chance


def prepare(world: World) -> Params:
    """Return monthly thresholds of death from yearly probabilities."""
    config, tables = world.config, world.tables
    ratios = level_hazard_ratios(config)
    n_years = tables.death_probability.shape[2]
    newborn = np.array((config.mortality.newborn_men_per_year, config.mortality.newborn_women_per_year))
    regional = np.repeat(tables.death_ratio, (65, 15, 31), axis=2)  # below 65, 65 to 79, 80 and over
    monthly = np.zeros((*KINDS, n_years))
    monthly[:, :, 0] = newborn[:, None] / 6.0  # children born in a year live six months of it on average
    monthly[:, :, 1:] = in_a_month(tables.death_probability * regional[:, :, :, None])
    normaliser = np.ones((2, 112, n_years, 12))
    normaliser[:, 1:] = world.profile.normaliser
    chance = (monthly[..., None] * normaliser)[..., None] * ratios
    np.minimum(chance, 1.0, out=chance)
    chance *= threshold(1.0)
    death = np.rint(chance, out=chance).astype(np.int64).reshape(*KINDS, n_years * 12, 5)
    death = np.ascontiguousarray(np.moveaxis(death, 3, 0))  # what a month reads lies together
    comes_up = by_kind(death[..., 0].reshape(n_years, 12, *KINDS).max(axis=1))
    death = death.reshape(len(death), N_KINDS, 5)
    return Params(death, death.max(axis=1), comes_up)


@compiled
def die(s: State, now: Now, i: int) -> None:
    """Let a person die, and widow the partner."""
    people = s.people
    count(people, s.roll.census, i, now.month, -1)
    home = people[i].presence == Presence.HOME
    s.book.events[people[i].village, Event.DEATH if home else Event.DEATH_FACILITY] += 1
    people[i].presence = Presence.DEAD
    people[i].end_month = now.month
    leave_household(people, i)
    partner = people[i].partner
    if partner >= 0:
        people[partner].partner = NOBODY
        people[i].partner = NOBODY


@compiled
def _chances(s: State, p: Params, now: Now, person: Person) -> tuple[int, int]:
    """Return the chance of death of a person this month, and the largest for those without need of that age."""
    month = now.month
    town, sex = s.places.municipality[person.village], person.sex
    kind = kind_of(town, sex, january_age(month // 12, person.birth_month))
    chance = p.death[month - FIRST_YEAR * 12, kind, person.level]
    return chance, p.comes_up.most[(month // 12 - FIRST_YEAR) * N_KINDS + kind]


@compiled
def _die_in_need(s: State, p: Params, now: Now) -> None:
    """Let people who need care die: most draws lie above the largest chance of the level, and ask for no more."""
    people, lists = s.people, s.lists
    n = size(lists.watch)
    draw_all(month_key(now.key, Stream.MORTALITY_DEATH, now.month, 0), lists.watch_uid[:n], lists.draws)
    for k in range(n):
        ask_ahead(people, lists.watch.rows, k, n)
        i, value = lists.watch.rows[k], i64(lists.draws[k])
        level = people[i].level
        if level > 0 and value < p.most[now.month - FIRST_YEAR * 12, level] and people[i].presence < Presence.AWAY:
            chance, _ = _chances(s, p, now, people[i])
            if value < chance:
                die(s, now, i)


@allocating
def step(s: State, p: Params, now: Now) -> None:
    """Let people die."""
    people = s.people
    draw = month_key(now.key, Stream.MORTALITY_DEATH, now.month, 0)
    for i in due(people, s.agenda, Item.DEATH, now.month):
        if people[i].level == 0 and people[i].presence < Presence.AWAY:
            chance, most = _chances(s, p, now, people[i])
            if happens(draw, people[i].uid, own_chance(chance, most)):
                die(s, now, i)
    _die_in_need(s, p, now)


PROCESS = Process(
    "7.2",
    "mortality",
    "month",
    (
        "presence",
        "level",
        "village",
        "housemate",
        "partner",
        "birth_month",
        "sex",
    ),
    (
        "presence",
        "housemate",
        "partner",
        "end_month",
    ),
    (Stream.MORTALITY_DEATH,),
    "People die at the rates of the life table.",
    (Comes(Item.DEATH, Stream.MORTALITY_DEATH, "comes_up"),),
)
