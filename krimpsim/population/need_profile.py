"""The distribution of care need by age that follows from its hazards.

One chain serves three users, so that they cannot disagree: the founders' need at the start, the need of people who
arrive, and the factor that keeps mortality by need level equal to the life table on average.  The chain follows each
cohort month by month over (income, dementia, level, place) and divides the hazard ratios of mortality by their mean
over the cohort.  Facilities take people in as far as the expected number of people leaves places free.  The chain uses
no count of the simulated people, so nobody's death depends on who else lives in the area.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.clock import FIRST_YEAR
from krimpsim.core.jit import allocating, compiled
from krimpsim.inputs.tables import Tables
from krimpsim.population.need_rates import (
    ADMISSION_AGE,
    N_AGES,
    N_INCOMES,
    N_LEVELS,
    NeedRates,
    Places,
    in_a_month,
    level_hazard_ratios,
    places_now,
    places_of,
)
from krimpsim.population.schema import F64, I64

N_STATES = N_INCOMES * 2 * N_LEVELS * 2
MOST_KEPT = 4  #: profiles, 4 MB each
_ALONE_AT_LEVEL_3 = 0.5  # half of those at level 3 without dementia live alone; enters the chain only


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


class Chain(NamedTuple):
    """What moves a cohort from one month to the next.

    Parameters
    ----------
    death
        shape (2, 111, n_years): death probability in a month.
    ratios
        shape (5,): mortality ratio of each need level.
    alone
        Share of those at level 3 without dementia who live alone, and so may ask for a place.
    """

    death: F64
    ratios: F64
    rates: NeedRates
    places: Places
    alone: float


@allocating
def state_of(income: int, dementia: int, level: int, place: int) -> int:
    """Return the number of a state of the chain."""
    return ((income * 2 + dementia) * 5 + level) * 2 + place


@compiled
def _advance(c: Chain, now: F64, after: F64, sex: int, age: int, year: int, stays: F64) -> float:
    """Move one cohort one month ahead, without admissions, and return the normaliser of its mortality.

    Parameters
    ----------
    now, after
        shape (60,): distribution before and after; `after` sums to 1.
    stays
        shape (1,): filled with the share that neither dies nor leaves.
    """
    death, ratios, rates = c.death[sex, age, year], c.ratios, c.rates
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


@compiled
def _older(persons: F64) -> float:
    """Return the number of people of 75 and over."""
    total = 0.0
    for sex in range(2):
        for age in range(75, N_AGES):
            total += persons[sex, age]
    return total


@allocating
def _start(c: Chain, share: F64, granted: float, first: int) -> None:
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
                _advance(c, now, after, sex, age, 0, stays)
                if age >= ADMISSION_AGE:
                    _admit(after, c.rates, 4, c.alone, granted)
                    _admit(after, c.rates, 3, c.alone, granted)
                now[:] = after


@allocating
def _first_day(c: Chain, at_home: F64, share: F64) -> F64:
    """Fill the first year so that its places are full, as far as people ask; return the people in each cohort.

    Parameters
    ----------
    share
        shape (2, 111, 60); filled already at birth.
    """
    low, high, persons = 0.0, 1.0, at_home.copy()
    for step in range(20):  # the share of those who ask that fills the places, by halving
        granted = 1.0 if step == 0 else (low + high) / 2.0
        _start(c, share, granted, 0 if step == 0 else ADMISSION_AGE)
        occupied = 0.0
        for sex in range(2):
            for age in range(N_AGES):
                inside = _in_facility(share[sex, age])
                persons[sex, age] = at_home[sex, age] / (1.0 - inside)
                occupied += persons[sex, age] * inside
        if occupied <= places_now(_older(persons), 0.0, c.places, FIRST_YEAR * 12):
            low = granted
            if step == 0:
                break
        else:
            high = granted
    return persons


@allocating
def _month(c: Chain, now: F64, persons: F64, year: int, places: float, normaliser: F64) -> None:
    """Move all cohorts one month ahead, and let those who ask take the places that are free.

    Parameters
    ----------
    now, persons
        shapes (2, 111, 60) and (2, 111): distribution of each cohort, and how many people it has.
    places
        In facilities.
    normaliser
        shape (2, 111): filled.
    """
    after, stays, asked = np.empty(N_STATES), np.empty(1), np.zeros(N_LEVELS)
    free = places
    for sex in range(2):
        for age in range(N_AGES):
            normaliser[sex, age] = _advance(c, now[sex, age], after, sex, age, year, stays)
            now[sex, age] = after
            persons[sex, age] *= stays[0]
            if age >= ADMISSION_AGE:
                free -= persons[sex, age] * _in_facility(after)
                for level in (3, 4):
                    asked[level] += persons[sex, age] * _asked(after, c.rates, level, c.alone)
    free = max(0.0, free)
    granted_4 = 1.0 if asked[4] <= free else free / asked[4]
    free -= asked[4] * granted_4
    granted_3 = 1.0 if asked[3] <= free else free / asked[3]
    for sex in range(2):
        for age in range(ADMISSION_AGE, N_AGES):
            _admit(now[sex, age], c.rates, 4, c.alone, granted_4)
            _admit(now[sex, age], c.rates, 3, c.alone, granted_3)


@allocating
def _follow(c: Chain, start: F64, at_home: F64, share: F64, normaliser: F64) -> None:
    """Fill the profile: a stationary population under the rates of the first year, then all cohorts to the end.

    Parameters
    ----------
    start
        shape (60,): distribution at birth.
    at_home
        shape (2, 111): people at home on the first day.  They die and move house as expected; who arrives and leaves
        below 70 is left out, as it changes the number of old people late and little.
    """
    share[:, 0, 0] = start
    persons = _first_day(c, at_home, share[:, :, 0])
    now, frozen = share[:, :, 0].copy(), 0.0
    for year in range(share.shape[2]):
        share[:, :, year] = now
        older = _older(persons)
        for month in range(12):
            absolute = 12 * (FIRST_YEAR + year) + month
            places = places_now(older, frozen, c.places, absolute)
            if absolute >= c.places.frozen_from and frozen == 0.0:
                frozen = places
            _month(c, now, persons, year, places, normaliser[:, :, year, month])
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
        _follow(Chain(monthly, ratios, rates, places, _ALONE_AT_LEVEL_3), start, at_home, *found)
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
