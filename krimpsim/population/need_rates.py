"""Hazards by age that need follows: of care need, mortality by need level, and places in facilities.

All hazards are looked up at the age on 1 January, the age of the life table.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from krimpsim.config.base import dated
from krimpsim.config.run import RunConfig
from krimpsim.core.clock import FIRST_YEAR
from krimpsim.core.jit import compiled
from krimpsim.population.schema import F64

N_AGES = 111  #: ages 0 to 110 on 1 January
N_LEVELS = 5
N_INCOMES = 3
ADMISSION_AGE = 65  #: younger people who need heavy care live elsewhere, outside this model


class NeedRates(NamedTuple):
    """Monthly probabilities of change of need.

    Parameters
    ----------
    up
        shape (2 sexes, 3 incomes, 2 dementia, 111 ages, 4 levels): from level l to l + 1.
    down
        shape (111, 5): from level l to l - 1.
    dementia
        shape (111,): onset of dementia.
    admission
        shape (2 dementia, 5 levels): asking for a place in a facility, for those who qualify.
    leave
        shape (111, 5): leaving the area at 70 and over.
    """

    up: F64
    down: F64
    dementia: F64
    admission: F64
    leave: F64


def per_month(hazard_per_year: float) -> float:
    """Return the probability within a month at a constant hazard, unit 1/year."""
    return 1.0 - math.exp(-hazard_per_year / 12.0)


def in_a_month(yearly: F64) -> F64:
    """Return monthly probabilities from yearly ones; number by number, for powers of arrays are rounded otherwise."""
    shares = np.minimum(yearly, 0.999).ravel().tolist()
    return np.array([1.0 - (1.0 - q) ** (1.0 / 12.0) for q in shares]).reshape(yearly.shape)


def need_rates(config: RunConfig) -> NeedRates:
    """Return monthly probabilities from the yearly hazards of the configuration."""
    need = config.care_need
    incomes = (need.low_income_ratio, 1.0, need.high_income_ratio)
    at_70 = (
        need.onset_at_70_per_year,
        need.worsen_light_at_70_per_year,
        need.worsen_moderate_at_70_per_year,
        need.worsen_heavy_at_70_per_year,
    )
    recover = (0.0, need.recover_light_per_year, need.recover_moderate_per_year, need.recover_heavy_per_year, 0.0)
    up = np.zeros((2, N_INCOMES, 2, N_AGES, 4))
    down = np.zeros((N_AGES, N_LEVELS))
    dementia = np.zeros(N_AGES)
    leave = np.zeros((N_AGES, N_LEVELS))
    slope = math.log(need.dementia_at_92_per_year / need.dementia_at_67_per_year) / 25.0
    for age in range(N_AGES):
        older = max(age, 55) - 70
        onset_age = 2.0 ** (older / need.onset_doubling_years)
        worsen_age = 2.0 ** (older / need.worsen_doubling_years)
        for level in range(4):
            hazard = at_70[level] * (onset_age if level == 0 else worsen_age)
            if age < 55:
                hazard = need.onset_under_55_per_year if level == 0 else hazard * need.worsen_under_55_ratio
            for sex, sex_ratio in enumerate((need.men_ratio, 1.0)):
                for income, income_ratio in enumerate(incomes):
                    for has_dementia, dementia_ratio in enumerate((1.0, need.dementia_ratio)):
                        up[sex, income, has_dementia, age, level] = per_month(
                            hazard * sex_ratio * income_ratio * dementia_ratio
                        )
        for level in range(N_LEVELS):
            down[age, level] = per_month(recover[level] * 2.0 ** (-(max(age, 40) - 70) / 15.0))
        if age >= 60:
            dementia[age] = per_month(need.dementia_at_67_per_year * math.exp(slope * (min(age, 97) - 67)))
        if age >= 70:
            move = config.migration
            # Assumption: half of them live alone, two thirds in a home that is not suited.
            mean = (1 + move.old_move_alone_ratio) / 2 * (1 + 2 * move.old_move_unsuited_ratio) / 3
            for level in range(N_LEVELS):
                ratio = move.old_move_need_ratio if level >= 2 else 1.0
                leave[age, level] = per_month(move.old_move_per_year * mean * ratio * move.old_move_outside_share)
    admission = np.zeros((2, N_LEVELS))
    admission[:, 4] = per_month(config.admission.round_the_clock_per_year)
    admission[:, 3] = per_month(config.admission.heavy_per_year)
    return NeedRates(up, down, dementia, admission, leave)


def level_hazard_ratios(config: RunConfig) -> F64:
    """Return the mortality ratio of each need level, shape (5,)."""
    mortality = config.mortality
    return np.array(
        [
            1.0,
            mortality.hazard_ratio_light,
            mortality.hazard_ratio_moderate,
            mortality.hazard_ratio_heavy,
            mortality.hazard_ratio_round_the_clock,
        ]
    )


class Places(NamedTuple):
    """Supply of places in facilities.

    Parameters
    ----------
    share
        shape (n_years,): places per person of 75 and over.
    frozen_from
        Absolute month from which the number is frozen.
    growth
        Yearly growth after it.
    """

    share: F64
    frozen_from: int
    growth: float


def places_of(config: RunConfig, n_years: int) -> Places:
    """Return the supply of places by year: the last share dated in or before it."""
    a = config.admission
    share = np.array(dated(a.places_per_75plus, FIRST_YEAR, n_years))
    return Places(share, a.frozen_from * 12, a.places_growth_per_year)


@compiled
def places_now(older: float, frozen: float, p: Places, month: int) -> float:
    """Return the number of places of a month.

    Parameters
    ----------
    older
        People of 75 and over on 1 January, at home or in a facility.
    frozen
        Number at the freeze, 0 as long as there is none.
    """
    if month < p.frozen_from or frozen == 0.0:
        return older * float(p.share[month // 12 - FIRST_YEAR])
    return frozen * (1.0 + p.growth * float((month - p.frozen_from) // 12))
