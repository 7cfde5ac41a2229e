"""7.2 Mortality.

Purpose.   Remove persons by death at the rates of the life table, more often those who need care.
Who.       Everybody at home or in a facility, every month.
Order.     1. look up the monthly probability for municipality, sex, age on 1 January, year and need level; 2. draw;
           3. mark as dead; partners are widowed in the same month.
Assumes.   Probability = life table x regional ratio x hazard ratio of the need level x normaliser.  The normaliser is
           one over the mean hazard ratio in the expected distribution of need (population/need_profile.py), so home
           and facility together follow the table.  No effect of unmet care on mortality.
Random.    MORTALITY_DEATH, one draw per person per month.
Sources.   mortality.csv, mortality_ratio.csv; newborns from the rates in the configuration.
Checked.   tests/model/test_people.py: life expectancy of simulated deaths against the table.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.codes import NOBODY, Event, Presence
from krimpsim.core.jit import compiled
from krimpsim.core.streams import Stream, happens, month_key, threshold
from krimpsim.inputs.tables import Tables
from krimpsim.population.need_profile import FIRST_YEAR, NeedProfile, level_hazard_ratios
from krimpsim.population.schema import I64, P, People
from krimpsim.processes.base import Process

_HOME, _DEAD = int(Presence.HOME), int(Presence.DEAD)
_DEATH, _DEATH_FACILITY = int(Event.DEATH), int(Event.DEATH_FACILITY)
_DRAW = int(Stream.MORTALITY_DEATH)


class Params(NamedTuple):
    """Thresholds of death.

    Parameters
    ----------
    death
        shape (2 municipalities, 2 sexes, 112, n_months, 5 levels), thresholds of 2**32; index 0 of the third axis are
        those born this year, index a + 1 those aged a on 1 January.
    """

    death: I64


def prepare(config: RunConfig, tables: Tables, profile: NeedProfile) -> Params:
    """Return monthly thresholds of death from yearly probabilities."""
    ratios = level_hazard_ratios(config)
    n_years = tables.death_probability.shape[2]
    monthly = np.zeros((2, 2, 112, n_years))
    for m in range(2):
        for sex in range(2):
            newborn = (config.mortality.newborn_men_per_year, config.mortality.newborn_women_per_year)[sex]
            monthly[m, sex, 0, :] = newborn / 6.0  # children born in a year live six months of it on average
            for age in range(111):
                ratio = float(tables.death_ratio[m, sex, 0 if age < 65 else 1 if age < 80 else 2])
                for year in range(n_years):
                    q = min(0.999, float(tables.death_probability[sex, age, year]) * ratio)
                    monthly[m, sex, age + 1, year] = 1.0 - (1.0 - q) ** (1.0 / 12.0)
    normaliser = np.ones((2, 112, n_years, 12))
    normaliser[:, 1:] = profile.normaliser
    chance = (
        monthly[:, :, :, :, None, None] * normaliser[None, :, :, :, :, None] * ratios[None, None, None, None, None, :]
    ).reshape(2, 2, 112, n_years * 12, 5)
    return Params(np.rint(np.minimum(chance, 1.0) * threshold(1.0)).astype(np.int64))


@compiled
def step(people: People, present: I64, municipality: I64, p: Params, key: int, month: int, events: I64) -> None:
    """Let people die and widow their partners."""
    draw = month_key(key, _DRAW, month, 0)
    year = month // 12
    when = month - FIRST_YEAR * 12
    for k in range(len(present)):
        i = present[k]
        v = int(people.at[P.village, i])
        index = year - int(people.at[P.birth_month, i]) // 12
        if index > 111:
            index = 111
        chance = p.death[municipality[v], int(people.at[P.sex, i]), index, when, int(people.at[P.level, i])]
        if happens(draw, people.uid[i], chance):
            events[v, _DEATH if int(people.at[P.presence, i]) == _HOME else _DEATH_FACILITY] += 1
            people.at[P.presence, i] = _DEAD
            people.at[P.end_month, i] = month
            partner = int(people.at[P.partner, i])
            if partner >= 0:
                people.at[P.partner, partner] = NOBODY
                people.at[P.partner, i] = NOBODY


PROCESS = Process(
    "7.2",
    "mortality",
    "month",
    ("birth_month", "sex", "village", "level", "presence"),
    ("presence", "end_month", "partner"),
    (Stream.MORTALITY_DEATH,),
    "People die at the rates of the life table.",
)
