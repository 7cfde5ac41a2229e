"""Deaths of home and facility together follow the life table, although those who need care die more often.

Two things are kept apart.

Luck: given who is alive, and at which need level, deaths are independent draws, so deaths less the sum of the chances
used have a variance of the sum of p (1 - p), whatever happens to people in between (a martingale).  A right model stays
within 3.5 standard deviations in 99.95% of the cases, and the runs are always the same ones.

Bias: the factor that makes deaths by need level add up to the table is worked out for the need that people are
expected to have.  By luck the need of 18,000 people differs from that, so the chances used, the deaths and the life
expectancy of one run differ from the table even when the factor is right.  How much is seen from the spread between
replicates: the mean of twelve stays within 5.1 of its standard errors in 99.95% of the cases (Student's t).  Nothing is
allowed on top of that.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from model_tools import V, config_of
from numpy.typing import NDArray

from krimpsim import model as model_module
from krimpsim.core.clock import START
from krimpsim.core.codes import Presence
from krimpsim.core.streams import CERTAIN
from krimpsim.inputs.tables import load_tables
from krimpsim.model import KrimpModel

REPLICATES = 12
MONTHS = 28 * 12
BOUND = 3.5  # standard deviations
BOUND_OF_MEAN = 5.1  # standard errors of the mean of twelve
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
    """Sums over person-months, by replicate, sex and age on 1 January + 1; 0 are those born this year.

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
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(model_module, "YEARS_OF_ORDER", 1000)  # the dead keep their rows
        return count_all()


def count_all() -> Counted:
    config = config_of("scenarios/today")
    table = monthly_chance((config.mortality.newborn_men_per_year, config.mortality.newborn_women_per_year))
    found = Counted(*(np.zeros((REPLICATES, 2, 112)) for _ in range(5)))
    for replicate in range(REPLICATES):
        model = KrimpModel(config, replicate=replicate)
        founders = model.in_use.persons
        while model.running:  # the chances used: levels and villages as they are when the month begins
            month = model.month + 1
            people = model.people
            here = np.flatnonzero(people.presence < int(Presence.AWAY))
            index, sex = np.minimum(month // 12 - people.birth_month[here] // 12, 111), people.sex[here]
            town = model.places.municipality[people.village[here]]
            kind = (town * 2 + sex) * 112 + index
            used = model.rules.mortality.death[month - START, kind, people.level[here]] / CERTAIN
            found.chance[replicate] += np.bincount(sex * 112 + index, used, minlength=224).reshape(2, 112)
            model.step()
        rows = model.result().village_rows
        found.recorded += int(rows[:, :, [V["deaths"], V["deaths_facility"]]].sum())
        # exposure to the table: from the rows at the end alone
        people = model.people
        born, sex, dead = people.birth_month, people.sex, people.presence == int(Presence.DEAD)
        town = model.places.municipality[people.village]
        founder = np.arange(len(born)) < founders  # they stand in the first rows
        first = np.where(
            founder, START, people.since_month + 1
        )  # who is born or arrives comes after the deaths of a month
        for month in range(START, START + MONTHS):
            here = np.flatnonzero((first <= month) & (people.end_month >= month))
            index = np.minimum(month // 12 - born[here] // 12, 111)
            p = table[town[here], sex[here], index, month // 12 - START // 12]
            died = dead[here] & (people.end_month[here] == month)
            cell = sex[here] * 112 + index
            for sums, weights in (
                (found.exposure, None),
                (found.deaths, died),
                (found.expected, p),
                (found.variance, p * (1 - p)),
            ):
                sums[replicate] += np.bincount(cell, weights, minlength=224).reshape(2, 112)
    return found


def test_deaths_recorded_are_deaths_of_rows(counted: Counted) -> None:
    assert counted.deaths.sum() == counted.recorded > 5000 * REPLICATES


def test_rows_and_months_show_the_same_people(counted: Counted) -> None:
    """People who moved between the municipalities are counted where they ended; that is all the two may differ in."""
    assert abs(counted.chance[:, :, 1:66].sum() / counted.expected[:, :, 1:66].sum() - 1) < 0.01


def of_group(sums: NDArray[np.float64], group: str) -> NDArray[np.float64]:
    """Return the sums of a group, by replicate."""
    return np.array([replicate[GROUPS[group]].sum() for replicate in sums])


def standard_errors(values: NDArray[np.float64]) -> float:
    """Return how many standard errors the mean of replicates lies from 0."""
    return float(values.mean() / (values.std(ddof=1) / len(values) ** 0.5))


@pytest.mark.parametrize("group", GROUPS)
def test_deaths_are_as_many_as_their_chances(counted: Counted, group: str) -> None:
    deaths, chance, variance = (of_group(x, group).sum() for x in (counted.deaths, counted.chance, counted.variance))
    assert abs(deaths - chance) / variance**0.5 < BOUND, f"{deaths:.0f} deaths, {chance:.0f} by the chances used"


@pytest.mark.parametrize("group", GROUPS)
def test_chances_follow_the_table(counted: Counted, group: str) -> None:
    ratio = of_group(counted.chance, group) / of_group(counted.expected, group) - 1.0
    assert abs(standard_errors(ratio)) < BOUND_OF_MEAN, f"{ratio.mean():+.2%} against the table"
    assert abs(ratio.mean()) < 0.01  # a spread that grew would hide a bias: not beyond a percent


@pytest.mark.parametrize("group", GROUPS)
def test_deaths_follow_the_table(counted: Counted, group: str) -> None:
    ratio = of_group(counted.deaths, group) / of_group(counted.expected, group) - 1.0
    assert abs(standard_errors(ratio)) < BOUND_OF_MEAN, f"{ratio.mean():+.2%} against the table"


def life_expectancy(months: NDArray[np.float64], deaths: NDArray[np.float64]) -> float:
    """Return the years lived before the last age, by those born.

    Parameters
    ----------
    months, deaths
        shape (n,): person-months and deaths by age on 1 January + 1, from the half year of birth on.
    """
    years = np.full(len(months), 12.0)
    years[0] = 6.0
    alive = np.concatenate([[1.0], np.cumprod((1.0 - deaths / months) ** years)])
    return float(((alive[:-1] + alive[1:]) / 2 * years / 12).sum())


@pytest.mark.parametrize("sex", [0, 1], ids=["men", "women"])
def test_life_expectancy_is_that_of_the_table(counted: Counted, sex: int) -> None:
    """Deaths expected give the expectancy of the table, as its chance is the same in all months of a year."""
    ages = slice(0, 101)  # up to the 100th birthday: beyond, ages are empty
    simulated, table = (
        np.array([life_expectancy(counted.exposure[r, sex, ages], deaths[r, sex, ages]) for r in range(REPLICATES)])
        for deaths in (counted.deaths, counted.expected)
    )
    difference = simulated - table
    assert abs(standard_errors(difference)) < BOUND_OF_MEAN, f"{difference.mean():+.2f} years against the table"
    assert abs(difference.mean()) < 0.3
    assert ((table > 76) & (table < 90)).all()


def test_those_who_need_care_die_more_often(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of founders of 80 and over, those at level 3 or 4 on the first day die sooner than those without need."""
    monkeypatch.setattr(model_module, "YEARS_OF_ORDER", 1000)  # the dead keep their rows
    config = config_of("scenarios/today", {"run.end": "2016-12-31"})
    model = KrimpModel(config)
    order = np.argsort(model.people.uid)
    old = (START - model.people.birth_month[order]) // 12 >= 80
    level = model.people.level[order]
    while model.running:
        model.step()
    founders = model.people[: len(order)]
    dead = founders.presence[np.argsort(founders.uid)] == int(Presence.DEAD)
    assert dead[old & (level >= 3)].mean() > dead[old & (level == 0)].mean() + 0.1
