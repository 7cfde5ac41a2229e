"""Hazards of care need by age, and the distribution of need that follows from them.

One chain serves three users, so that they cannot disagree: the founders' need at the start, the need of people who
arrive, and the factor that keeps mortality by need level equal to the life table on average.  The chain follows each
cohort month by month over (income, dementia, level, place) and divides the hazard ratios of mortality by their mean
over the cohort.  Facilities take people in as far as the expected number of people leaves places free.  The chain uses
no count of the simulated people, so nobody's death depends on who else lives in the area.

All hazards are looked up at the age on 1 January, the age of the life table.
"""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from krimpsim.config.base import dated
from krimpsim.config.run import RunConfig
from krimpsim.core.jit import allocating, compiled
from krimpsim.inputs.tables import Tables
from krimpsim.population.schema import F64, I64

N_AGES = 111  #: ages 0 to 110 on 1 January
N_LEVELS = 5
N_INCOMES = 3
N_STATES = N_INCOMES * 2 * N_LEVELS * 2
FIRST_YEAR = 2013
MOST_KEPT = 4  #: profiles, 4 MB each
ADMISSION_AGE = 65  #: younger people who need heavy care live elsewhere, outside this model
_ALONE_AT_LEVEL_3 = 0.5  # half of those at level 3 without dementia live alone; enters the chain only


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


class NeedProfile(NamedTuple):
    """What follows from the rates.

    Parameters
    ----------
    share
        shape (2 sexes, 111 ages, n_years, 60 states): distribution on 1 January over home and facility.
    normaliser
        shape (2, 111, n_years, 12 months): multiplies hazard ratio x monthly death probability.
    """

    share: F64
    normaliser: F64


@allocating
def state_of(income: int, dementia: int, level: int, place: int) -> int:
    """Return the number of a state of the chain."""
    return ((income * 2 + dementia) * 5 + level) * 2 + place


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


@compiled
def _advance(
    now: F64, after: F64, sex: int, age: int, death: float, ratios: F64, rates: NeedRates, stays: F64
) -> float:
    """Move one cohort one month ahead, without admissions, and return the normaliser of its mortality.

    Parameters
    ----------
    now, after
        shape (60,): distribution before and after; `after` sums to 1.
    death
        Death probability of the cohort in the month.
    stays
        shape (1,): filled with the share that neither dies nor leaves.
    """
    mean = 0.0
    for income in range(3):
        for dementia in range(2):
            for level in range(5):
                for place in range(2):
                    weight = now[state_of(income, dementia, level, place)]
                    if weight != 0.0:  # most states of the young are empty
                        mean += weight * ratios[level]
    normaliser = 1.0 / mean
    after[:] = 0.0
    for income in range(3):
        for dementia in range(2):
            for level in range(5):
                for place in range(2):
                    weight = now[state_of(income, dementia, level, place)]
                    if weight == 0.0:
                        continue
                    weight *= 1.0 - death * normaliser * ratios[level]
                    if place == 0:
                        weight *= 1.0 - rates.leave[age, level]
                    for new_dementia in range(dementia, 2):
                        if dementia == 1:
                            w = weight
                        elif new_dementia == 1:
                            w = weight * rates.dementia[age]
                        else:
                            w = weight * (1.0 - rates.dementia[age])
                        up = rates.up[sex, income, new_dementia, age, level] if level < 4 else 0.0
                        down = rates.down[age, level] if level > 0 else 0.0
                        if level < 4:
                            after[state_of(income, new_dementia, level + 1, place)] += w * up
                        if level > 0:
                            after[state_of(income, new_dementia, level - 1, place)] += w * (1.0 - up) * down
                        after[state_of(income, new_dementia, level, place)] += w * (1.0 - up) * (1.0 - down)
    total = 0.0
    for state in range(len(after)):
        total += after[state]
    for state in range(len(after)):
        after[state] /= total
    stays[0] = total
    return normaliser


@compiled
def _asking(rates: NeedRates, dementia: int, level: int, alone: float) -> float:
    """Return the share of those at home in a state who qualify and ask for a place in a month."""
    go = float(rates.admission[dementia, level])
    return go * alone if level == 3 and dementia == 0 else go


@compiled
def _asked(now: F64, rates: NeedRates, level: int, alone: float) -> float:
    """Return the share of a cohort that asks for a place at a level."""
    total = 0.0
    for income in range(3):
        for dementia in range(2):
            total += now[state_of(income, dementia, level, 0)] * _asking(rates, dementia, level, alone)
    return total


@compiled
def _admit(now: F64, rates: NeedRates, level: int, alone: float, granted: float) -> None:
    """Move the share of those who ask that finds a place to the facility."""
    for income in range(3):
        for dementia in range(2):
            home = state_of(income, dementia, level, 0)
            moved = now[home] * _asking(rates, dementia, level, alone) * granted
            now[home] -= moved
            now[state_of(income, dementia, level, 1)] += moved


@compiled
def _in_facility(now: F64) -> float:
    """Return the share of a cohort that lives in a facility."""
    total = 0.0
    for state in range(1, len(now), 2):
        total += now[state]
    return total


@allocating
def _start(death: F64, ratios: F64, rates: NeedRates, share: F64, alone: float, granted: float, first: int) -> None:
    """Fill the first year: a stationary population in which a share `granted` of those who ask finds a place.

    Parameters
    ----------
    share
        shape (2, 111, 60); filled already at the age `first`, from which it is filled.
    """
    now, after, stays = np.empty(N_STATES), np.empty(N_STATES), np.empty(1)
    for sex in range(2):
        now[:] = share[sex, first]
        for age in range(first, N_AGES):
            share[sex, age] = now
            for _ in range(12):
                _advance(now, after, sex, age, death[sex, age, 0], ratios, rates, stays)
                if age >= ADMISSION_AGE:
                    _admit(after, rates, 4, alone, granted)
                    _admit(after, rates, 3, alone, granted)
                now[:] = after


@compiled
def _older(persons: F64) -> float:
    """Return the number of people of 75 and over."""
    total = 0.0
    for sex in range(2):
        for age in range(75, N_AGES):
            total += persons[sex, age]
    return total


@allocating
def _follow(
    death: F64,
    ratios: F64,
    rates: NeedRates,
    start: F64,
    at_home: F64,
    places: Places,
    share: F64,
    normaliser: F64,
    alone: float,
) -> None:
    """Fill the profile: a stationary population under the rates of the first year, then all cohorts to the end.

    Parameters
    ----------
    at_home
        shape (2, 111): people at home on the first day.  They die and move house as expected; who arrives and leaves
        below 70 is left out, as it changes the number of old people late and little.
    """
    low, high = 0.0, 1.0
    share[:, 0, 0] = start
    for step in range(20):  # the share of those who ask that fills the places of the first day, by halving
        granted = 1.0 if step == 0 else (low + high) / 2.0
        _start(death, ratios, rates, share[:, :, 0], alone, granted, 0 if step == 0 else ADMISSION_AGE)
        persons = at_home.copy()
        occupied = 0.0
        for sex in range(2):
            for age in range(N_AGES):
                inside = _in_facility(share[sex, age, 0])
                persons[sex, age] = at_home[sex, age] / (1.0 - inside)
                occupied += persons[sex, age] * inside
        if occupied <= places_now(_older(persons), 0.0, places, FIRST_YEAR * 12):
            low = granted
            if step == 0:
                break
        else:
            high = granted
    now = share[:, :, 0].copy()
    after, stays = start.copy(), np.empty(1)
    frozen = 0.0
    for year in range(share.shape[2]):
        share[:, :, year] = now
        older = _older(persons)
        for month in range(12):
            absolute = 12 * (FIRST_YEAR + year) + month
            free = places_now(older, frozen, places, absolute)
            if absolute >= places.frozen_from and frozen == 0.0:
                frozen = free
            asked = np.zeros(5)
            for sex in range(2):
                for age in range(N_AGES):
                    normaliser[sex, age, year, month] = _advance(
                        now[sex, age], after, sex, age, death[sex, age, year], ratios, rates, stays
                    )
                    now[sex, age] = after
                    persons[sex, age] *= stays[0]
                    if age >= ADMISSION_AGE:
                        free -= persons[sex, age] * _in_facility(after)
                        for level in (3, 4):
                            asked[level] += persons[sex, age] * _asked(after, rates, level, alone)
            free = max(0.0, free)
            granted_4 = 1.0 if asked[4] <= free else free / asked[4]
            free -= asked[4] * granted_4
            granted_3 = 1.0 if asked[3] <= free else free / asked[3]
            for sex in range(2):
                for age in range(ADMISSION_AGE, N_AGES):
                    _admit(now[sex, age], rates, 4, alone, granted_4)
                    _admit(now[sex, age], rates, 3, alone, granted_3)
        for sex in range(2):
            for age in range(N_AGES - 1, 0, -1):
                now[sex, age] = now[sex, age - 1]
                persons[sex, age] = persons[sex, age - 1]
            now[sex, 0] = start


_kept: dict[tuple[bytes, ...], NeedProfile] = {}  # by every number that went in, the newest last


def need_profile(config: RunConfig, tables: Tables, rates: NeedRates) -> NeedProfile:
    """Return the distribution of need by sex, age and year, and the normaliser of mortality.

    The last ones are kept, for the most of what varies in a sweep does not change them.  Nobody may write in them.
    """
    n_years = tables.death_probability.shape[2]
    start = np.zeros(N_STATES)
    low, high = config.population.low_income_share, config.population.high_income_share
    for income, weight in enumerate((low, 1.0 - low - high, high)):
        start[state_of(income, 0, 0, 0)] = weight
    monthly, ratios = in_a_month(tables.death_probability), level_hazard_ratios(config)
    at_home, places = _people_by_age(tables.persons_2013.sum(axis=0)), places_of(config, n_years)
    key = tuple(np.asarray(one).tobytes() for one in (monthly, ratios, *rates, start, at_home, *places))
    found = _kept.pop(key, None)
    if found is None:
        found = NeedProfile(np.zeros((2, N_AGES, n_years, N_STATES)), np.zeros((2, N_AGES, n_years, 12)))
        _follow(monthly, ratios, rates, start, at_home, places, *found, _ALONE_AT_LEVEL_3)
    _kept[key] = found
    if len(_kept) > MOST_KEPT:
        del _kept[next(iter(_kept))]
    return found


def _people_by_age(bands: I64) -> F64:
    """Return persons by age from five-year bands, shape (2, 19); from 90 on each age has a fifth less."""
    persons = np.zeros((2, N_AGES))
    persons[:, :90] = np.repeat(bands[:, :18] / 5.0, 5, axis=1)
    oldest = 0.8 ** np.arange(11)
    persons[:, 90:101] = bands[:, 18:] * oldest / oldest.sum()
    return persons
