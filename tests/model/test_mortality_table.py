"""Deaths of home and facility together follow the life table, although those who need care die more often.

Two things are kept apart.

Luck: given who is alive, and at which need level, deaths are independent draws, so deaths less the sum of the chances
used have a variance of the sum of p (1 - p), whatever happens to people in between (a martingale).  A right model stays
within 3.5 standard deviations in 99.95% of the cases, and the runs are always the same ones.

Bias: the factor that makes deaths by need level add up to the table is worked out for the need that people are
expected to have at national rates, with places for all.  Burdened carers, full facilities, moves of older people and
regional ratios change that need, so the chances used differ a little from the table.  They are summed over the same
person-months, so hardly any luck is in that ratio; it may be 2.5% off by sex and age group, and 1.5% over all deaths.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from model_tools import V, config_of
from numpy.typing import NDArray

from krimpsim.core.codes import Presence
from krimpsim.core.streams import CERTAIN
from krimpsim.inputs.tables import load_tables
from krimpsim.model import KrimpModel
from krimpsim.population.schema import P
from krimpsim.population.synthesis import START

REPLICATES = 3
MONTHS = 28 * 12
BOUND = 3.5  # standard deviations
BIAS = 0.025  # of the deaths of a group
BIAS_OF_ALL = 0.015
GROUPS = {
    "all": (slice(None), slice(None)),
    "men": (0, slice(None)),
    "women": (1, slice(None)),
    "men 65-79": (0, slice(66, 81)),
    "women 65-79": (1, slice(66, 81)),
    "men 80+": (0, slice(81, None)),
    "women 80+": (1, slice(81, None)),
    "below 65": (slice(None), slice(1, 66)),
}


@dataclass
class Counted:
    """Sums over person-months, by sex and age on 1 January + 1; 0 are those born this year.

    Parameters
    ----------
    exposure, deaths
        Person-months and deaths.
    expected, variance
        Deaths expected by the table, and their variance.
    chance
        Deaths expected by the chances used, which know the need level.
    recorded
        Deaths in the result.
    """

    exposure: NDArray[np.float64]
    deaths: NDArray[np.float64]
    expected: NDArray[np.float64]
    variance: NDArray[np.float64]
    chance: NDArray[np.float64]
    recorded: int = 0


def monthly_chance(config_newborn: tuple[float, float]) -> NDArray[np.float64]:
    """Return the monthly chance of death of the table, shape (2 municipalities, 2 sexes, 112, 28 years)."""
    tables = load_tables()
    band = np.searchsorted([65, 80], np.arange(111), side="right")
    ratio = np.asarray(tables.death_ratio)[:, :, band]
    yearly = np.minimum(0.999, tables.death_probability[None] * ratio[..., None])
    monthly = np.empty((2, 2, 112, 28))
    monthly[:, :, 1:] = 1.0 - (1.0 - yearly) ** (1.0 / 12.0)
    monthly[:, :, 0] = np.array(config_newborn)[None, :, None] / 6.0
    return monthly


@pytest.fixture(scope="module")
def counted() -> Counted:
    config = config_of("scenarios/today")
    table = monthly_chance((config.mortality.newborn_men_per_year, config.mortality.newborn_women_per_year))
    found = Counted(*(np.zeros((2, 112)) for _ in range(5)))
    for replicate in range(REPLICATES):
        model = KrimpModel(config, replicate=replicate)
        founders = int(model.counts[0])
        while model.running:  # the chances used: levels and villages as they are when the month begins
            at, month = model.people.at[:, : int(model.counts[0])], model.month + 1
            here = np.flatnonzero(at[P.presence] < int(Presence.AWAY))
            index, sex = np.minimum(month // 12 - at[P.birth_month, here] // 12, 111), at[P.sex, here]
            town = model.places.municipality[at[P.village, here]]
            used = model.rules.people.mortality.death[town, sex, index, month - START, at[P.level, here]] / CERTAIN
            found.chance += np.bincount(sex * 112 + index, used, minlength=224).reshape(2, 112)
            model.step()
        rows = model.result().village_rows
        found.recorded += int(rows[:, :, [V["deaths"], V["deaths_facility"]]].sum())
        # exposure to the table: from the rows at the end alone
        at = model.people.at[:, : int(model.counts[0])]
        born, sex, dead = at[P.birth_month], at[P.sex], at[P.presence] == int(Presence.DEAD)
        town = model.places.municipality[at[P.village]]
        founder = np.arange(len(born)) < founders  # they stand in the first rows
        first = np.where(
            founder, START, at[P.since_month] + 1
        )  # who is born or arrives comes after the deaths of a month
        for month in range(START, START + MONTHS):
            here = np.flatnonzero((first <= month) & (at[P.end_month] >= month))
            index = np.minimum(month // 12 - born[here] // 12, 111)
            p = table[town[here], sex[here], index, month // 12 - START // 12]
            died = dead[here] & (at[P.end_month, here] == month)
            cell = sex[here] * 112 + index
            for sums, weights in (
                (found.exposure, None),
                (found.deaths, died),
                (found.expected, p),
                (found.variance, p * (1 - p)),
            ):
                sums += np.bincount(cell, weights, minlength=224).reshape(2, 112)
    return found


def test_deaths_recorded_are_deaths_of_rows(counted: Counted) -> None:
    assert counted.deaths.sum() == counted.recorded > 5000 * REPLICATES


def test_rows_and_months_show_the_same_people(counted: Counted) -> None:
    """People who moved between the municipalities are counted where they ended; that is all the two may differ in."""
    assert abs(counted.chance[:, 1:66].sum() / counted.expected[:, 1:66].sum() - 1) < BIAS


@pytest.mark.parametrize("group", GROUPS)
def test_deaths_are_as_many_as_their_chances(counted: Counted, group: str) -> None:
    deaths, chance, variance = (
        float(x[GROUPS[group]].sum()) for x in (counted.deaths, counted.chance, counted.variance)
    )
    assert abs(deaths - chance) / variance**0.5 < BOUND, f"{deaths:.0f} deaths, {chance:.0f} by the chances used"


@pytest.mark.parametrize("group", GROUPS)
def test_chances_follow_the_table(counted: Counted, group: str) -> None:
    chance, expected = float(counted.chance[GROUPS[group]].sum()), float(counted.expected[GROUPS[group]].sum())
    assert abs(chance / expected - 1) < (BIAS_OF_ALL if group == "all" else BIAS), (
        f"{chance:.0f}, {expected:.0f} by the table"
    )


@pytest.mark.parametrize("group", GROUPS)
def test_deaths_follow_the_table(counted: Counted, group: str) -> None:
    deaths, expected, variance = (
        float(x[GROUPS[group]].sum()) for x in (counted.deaths, counted.expected, counted.variance)
    )
    excess = max(0.0, abs(deaths - expected) - BIAS_OF_ALL * expected)
    assert excess / variance**0.5 < BOUND, f"{deaths:.0f} deaths, {expected:.0f} by the table"


def life_expectancy(
    months: NDArray[np.float64], deaths: NDArray[np.float64], variance: NDArray[np.float64]
) -> tuple[float, float]:
    """Return the years lived before the last age, by those born, and their variance (the delta method, as Chiang's).

    Parameters
    ----------
    months, deaths, variance
        shape (n,): person-months, deaths and their variance by age on 1 January + 1, from the half year of birth on.
    """
    years = np.full(len(months), 12.0)
    years[0] = 6.0
    monthly = deaths / months
    alive = np.concatenate([[1.0], np.cumprod((1.0 - monthly) ** years)])
    lived = (alive[:-1] + alive[1:]) / 2 * years / 12
    left = np.concatenate([np.cumsum(lived[::-1])[::-1], [0.0]])  # years lived from an age on, by those born
    slope = years * (1.0 - monthly) ** (years - 1) / months  # of the chance to die at an age, by one death more
    change = alive[:-1] * slope * (left[1:] / alive[1:] + years / 24)
    return float(left[0]), float((change**2 * variance).sum())


@pytest.mark.parametrize("sex", [0, 1], ids=["men", "women"])
def test_life_expectancy_is_that_of_the_table(counted: Counted, sex: int) -> None:
    """Deaths expected give the expectancy of the table, as its chance is the same in all months of a year."""
    ages = slice(0, 101)  # up to the 100th birthday: beyond, ages are empty
    months, variance = counted.exposure[sex, ages], counted.variance[sex, ages]
    simulated, _ = life_expectancy(months, counted.deaths[sex, ages], variance)
    table, spread = life_expectancy(months, counted.expected[sex, ages], variance)
    allowed = BOUND * spread**0.5 + 10 * BIAS_OF_ALL  # a percent more deaths at all ages: a tenth of a year less
    assert abs(simulated - table) < allowed, f"{simulated:.2f} years, {table:.2f} in the table, {allowed:.2f} allowed"
    assert 76 < table < 90
    assert spread**0.5 < 0.2


def test_those_who_need_care_die_more_often() -> None:
    """Of founders of 80 and over, those at level 3 or 4 on the first day die sooner than those without need."""
    config = config_of("scenarios/today", {"run.end": "2016-12-31"})
    model = KrimpModel(config)
    n = int(model.counts[0])
    old = (START - model.people.at[P.birth_month, :n]) // 12 >= 80
    level = model.people.at[P.level, :n].copy()
    while model.running:
        model.step()
    dead = model.people.at[P.presence, :n] == int(Presence.DEAD)
    assert dead[old & (level >= 3)].mean() > dead[old & (level == 0)].mean() + 0.1
