"""A cohort-component projection of the 22 villages, apart from the agents, on the same tables.

    python calibration/cohort.py [-n 40] [-j 2]

prints the projection beside the mean of agents, by ten years of age.  It is a yardstick: everybody counts by sex and
age alone, in numbers that are not whole, and no household, tie or care is in it.

A year goes from 1 January to the next.  Who is of age a on the first day is of age a or a + 1 during the year, half a
year each on average; deaths go by the age on 1 January, as the life table does, births and moves by the age of the day.
People in facilities count with the others.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from krimpsim.config.run import RunConfig
from krimpsim.core.clock import FIRST_YEAR
from krimpsim.inputs.tables import Tables

F64 = NDArray[np.float64]
AGES = 111  #: 0 to 110
BANDS = tuple((low, low + 10 if low < 80 else AGES) for low in range(0, 81, 10))  #: of ten years, 80 and over as one
OLD = 70  #: from this age on moves go by the rule of old age
FALL_FROM_90 = 0.8  #: from 90 on each age has so many of the one before; assumption, as in the start population


class Flows(NamedTuple):
    """What moves people between years.

    Parameters
    ----------
    death
        shape (n_years, towns, 2 sexes, 111): probability within a year, by age on 1 January.
    newborn_death
        shape (2,): the same for those born in the year.
    birth
        shape (n_years, towns, 111): children per woman and year, by age of the day.
    boys
        Share of boys.
    leave
        shape (n_years, 2, 111), 1/year: by age of the day.
    arrive
        shape (n_years, towns, 2, 111), persons a year: by age of the day.
    """

    death: F64
    newborn_death: F64
    birth: F64
    boys: float
    leave: F64
    arrive: F64


def founders(tables: Tables, in_facility: F64) -> F64:
    """Return the people of 1 January 2013, shape (towns, 2 sexes, 111).

    Parameters
    ----------
    in_facility
        shape (2, 111): people in a facility for each one at home, by sex and age.
    """
    by_town = np.zeros((len(tables.fertility_ratio), 2, 19))
    np.add.at(by_town, tables.village_municipality, tables.persons_2013)
    home = np.zeros((*by_town.shape[:2], AGES))
    home[..., :90] = np.repeat(by_town[..., :18] / 5.0, 5, axis=-1)
    oldest = FALL_FROM_90 ** np.arange(11)
    home[..., 90:101] = by_town[..., 18:] * oldest / oldest.sum()
    return np.asarray(home * (1.0 + in_facility))


def flows(config: RunConfig, tables: Tables, heavy: F64) -> Flows:
    """Return the flows of a configuration.

    Parameters
    ----------
    heavy
        shape (2, 111): share of those at home with a need level of 2 and over.
    """
    n_years, towns = tables.death_probability.shape[2], len(tables.fertility_ratio)
    regional = np.repeat(tables.death_ratio, (65, 15, 31), axis=2)
    death = np.minimum(np.moveaxis(tables.death_probability, 2, 0)[:, None] * regional, 1.0)
    birth = np.zeros((n_years, towns, AGES))
    by_age = np.repeat(tables.fertility, 5, axis=1)  # of 15 to 49
    birth[:, :, 15:50] = by_age[:, None] * tables.fertility_ratio[:, None] * config.fertility.level
    m = config.migration
    net = np.array([[tables.net_migration[sex, max(0, (age - 2) // 5)] for age in range(OLD)] for sex in range(2)])
    net += m.level_per_year
    leave, into = np.zeros((2, AGES)), np.zeros((2, AGES))
    leave[:, :OLD] = m.churn_per_year + np.maximum(0.0, -net)
    into[:, :OLD] = m.churn_per_year + np.maximum(0.0, net)
    mean = (1 + m.old_move_alone_ratio) / 2 * (1 + 2 * m.old_move_unsuited_ratio) / 3  # as the chain of need has it
    need = 1.0 + heavy * (m.old_move_need_ratio - 1.0)
    leave[:, OLD:] = m.old_move_per_year * mean * need[:, OLD:] * m.old_move_outside_share
    residents = founders(tables, np.zeros((2, AGES)))
    arrive = np.broadcast_to(into * residents, (n_years, towns, 2, AGES))
    c = config.mortality
    newborn = np.array((c.newborn_men_per_year, c.newborn_women_per_year))
    return Flows(death, newborn, birth, config.fertility.share_boys, np.broadcast_to(leave, (n_years, 2, AGES)), arrive)


def project(start: F64, of: Flows, years: int) -> F64:
    """Return the people on 1 January of each year, shape (years + 1, towns, 2 sexes, 111).

    Parameters
    ----------
    start
        shape (towns, 2, 111): those of the first year.
    """
    found = [start]
    for year in range(years):
        found.append(_next(found[-1], Flows(*(part[year] if np.ndim(part) > 1 else part for part in of))))
    return np.array(found)


def _next(people: F64, of: Flows) -> F64:
    """Return the people a year later; the flows are those of that year, without their first axis."""
    hazard = -np.log1p(-np.minimum(of.death, 1 - 1e-12))
    out = _in_the_year(of.leave)
    stay = np.exp(-hazard - out)
    came = _started(of.arrive)  # half of them are a year older on the next 1 January
    half = np.exp(-(hazard + out) / 2)  # who comes is at risk for half a year
    later = people * stay + came * half
    women = (people[:, 1] + later[:, 1]) / 2
    children = (women * _in_the_year(of.birth)).sum(axis=-1)
    born = np.stack([children * of.boys, children * (1 - of.boys)], axis=-1) * (1 - of.newborn_death)
    born *= np.exp(-of.leave[:, 0] / 2)
    after = np.zeros_like(people)
    after[..., 1:] = later[..., :-1]
    after[..., -1] += later[..., -1]
    after[..., 0] = born + of.arrive[..., 0] / 2 * np.exp(-of.leave[:, 0] / 4)
    return after


def _in_the_year(rate: F64) -> F64:
    """Return a rate by age of the day as one by age on 1 January: half a year at that age, half at the next."""
    older = np.concatenate([rate[..., 1:], rate[..., -1:]], axis=-1)
    return np.asarray((rate + older) / 2)


def _started(came: F64) -> F64:
    """Return arrivals by age of the day as arrivals by age on 1 January; those of age 0 born in the year apart."""
    older = np.concatenate([came[..., 1:], np.zeros_like(came[..., :1])], axis=-1)
    return np.asarray((came + older) / 2)


def by_band(people: F64) -> F64:
    """Return people by ten years of age, shape (..., 9), from shape (..., 111)."""
    return np.stack([people[..., low:high].sum(axis=-1) for low, high in BANDS], axis=-1)


def of_config(config: RunConfig, tables: Tables, share: F64, years: int) -> F64:
    """Return the projection of a configuration, shape (years + 1, towns, 2, 111).

    Parameters
    ----------
    share
        shape (2, 111, 60): the profile of need of 2013, for the people in facilities and for moves of the old.
    """
    of_level = share.reshape(2, AGES, 6, 5, 2)  # income and dementia, level, place
    home, inside = of_level[..., 0].sum(axis=(2, 3)), of_level[..., 1].sum(axis=(2, 3))
    heavy = of_level[..., 2:, 0].sum(axis=(2, 3)) / home
    shadows = np.where(np.arange(AGES) >= 60, inside / home, 0.0)
    return project(founders(tables, shadows), flows(config, tables, heavy), years)


def agents(config: RunConfig, replicates: int, jobs: int, years: Sequence[int]) -> F64:
    """Return people of the agents on 1 January, at home and in facilities, shape (replicates, years, 9 bands)."""
    from krimpsim.core.workers import pool

    with pool(jobs) as executor:
        return np.array(list(executor.map(_counted, [config] * replicates, range(replicates), [years] * replicates)))


def _counted(config: RunConfig, replicate: int, years: Sequence[int]) -> F64:
    """Return people by ten years of age on 1 January of some years, in one run."""
    from krimpsim.core.codes import Presence
    from krimpsim.model import KrimpModel

    model, found = KrimpModel(config, replicate=replicate), []
    while len(found) < len(years):
        if (model.month + 1) == 12 * years[len(found)]:
            here = model.people.presence < int(Presence.AWAY)
            age = (12 * years[len(found)] - 1 - model.people.birth_month[here].astype(np.int64)) // 12
            found.append(by_band(np.bincount(np.clip(age, 0, AGES - 1), minlength=AGES).astype(np.float64)))
        if model.running:
            model.step()
    return np.array(found)


def main() -> None:
    """Print the projection beside the mean of the agents."""
    from pathlib import Path

    from krimpsim.config.load import load_config
    from krimpsim.core.processors import processors
    from krimpsim.inputs.tables import load_tables
    from krimpsim.population.need_profile import need_profile
    from krimpsim.population.need_rates import need_rates

    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=40, help="replicates of the agents")
    parser.add_argument("-j", type=int, default=processors(), help="processes")
    asked = parser.parse_args()
    config = load_config(Path(__file__).parents[1] / "configs" / "scenarios" / "today.toml")
    tables = load_tables()
    share = need_profile(config, tables, need_rates(config)).share[:, :, 0]
    years = (2014, 2017, 2020, 2025, 2030)
    projected = by_band(of_config(config, tables, share, years[-1] - FIRST_YEAR).sum(axis=(1, 2)))
    found = agents(config, asked.n, asked.j, years)
    error = found.std(axis=0, ddof=1) / np.sqrt(asked.n)
    for place, year in enumerate(years):
        print(f"{year}  projection, agents, difference in percent and in standard errors of the mean")  # noqa: T201
        for band, (low, _) in enumerate(BANDS):
            wanted = projected[year - FIRST_YEAR, band]
            mean = found[:, place, band].mean()
            off = mean - wanted
            print(  # noqa: T201
                f"  {low:2d}+  {wanted:7.0f} {mean:7.0f}  {100 * off / wanted:+6.1f}%  {off / error[place, band]:+6.1f}"
            )


if __name__ == "__main__":
    main()
