"""The input tables as read-only arrays, checked on reading.

Every table stands in ``krimpsim/inputs/data``; ``register.csv`` there says where it comes from and what to beware of.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

import numpy as np
from numpy.typing import NDArray

from krimpsim.core.errors import DataError
from krimpsim.inputs.municipalities import COROP, MUNICIPALITIES
from krimpsim.inputs.reader import Table, read_table
from krimpsim.inputs.register import DATA, verify

SEXES = ("M", "F")  #: in the order of ``krimpsim.core.codes.Sex``
YEARS = tuple(range(2013, 2041))  #: years of the death and birth tables
FIVE_YEAR_AGES = tuple(range(0, 95, 5))  #: first age of 0-4, 5-9, ... 90 and over
MIGRATION_AGES = tuple(range(0, 90, 5))  #: first age of 0-4, 5-9, ... 85 and over
MOTHER_AGES = tuple(range(15, 50, 5))  #: first age of 15-19, ... 45-49
LIVING_ALONE_AGES = tuple(range(65, 100, 5))  #: first age of 65-69, ... 95-99
DEATH_RATIO_AGES = (0, 65, 80)  #: first age of 0-64, 65-79, 80 and over
DEATH_AGES = tuple(range(111))  #: single years of age
_FERTILITY_RATIO_YEARS = tuple(range(2014, 2022))
_RATIO_RANGE = (0.2, 5.0)  # regional over national numbers outside it are slips of the pen


@dataclass(frozen=True, slots=True, eq=False)
class Tables:
    """All numbers about the region that the model starts from.  The arrays are read-only.

    Attributes
    ----------
    village_names
        Shape (22,), names of the villages.  Source: ``villages.csv``, as for the fields up to ``village_population``.
    village_municipality
        Shape (22,), index into ``MUNICIPALITIES``.
    group_names
        Shape (11,), names of the groups for publication: first the 7 villages of 500 residents and more, then the
        4 groups of smaller ones.
    village_group
        Shape (22,), index into ``group_names``.
    village_lat, village_lon
        Shape (22,), unit degree (WGS84); for most villages the centre of a postcode area, up to 1 km off.
    village_households
        Shape (22,), unit households, 1 January 2013.
    village_one_person_share
        Shape (22,), share of the households that consist of one person.
    village_population
        Shape (22,), unit persons, 1 January 2013; the sum is 18,146.
    persons_2013
        Shape (22, 2, 19), unit persons: village, sex, five-year age 0-4 to 90 and over, on 1 January 2013.  The
        estimated cells are rounded by largest remainder, so that a village adds up to its population.
        Source: ``population_2013.csv``.
    death_probability
        Shape (2, 111, 28), probability: sex, age on 1 January, year 2013 to 2040; dies within that year.
        National.  Source: ``mortality.csv``.
    death_ratio
        Shape (towns, 2, 3), ratio: municipality (by its COROP region), sex, age 0-64, 65-79, 80 and over; deaths over
        deaths expected at national rates.  Source: ``mortality_ratio.csv``.
    fertility
        Shape (28, 7), unit births per woman per year: year 2013 to 2040, age of the mother 15-19 to 45-49.
        National.  Source: ``fertility.csv``.
    fertility_ratio
        Shape (towns,), ratio: municipality (by its COROP region); births over births expected at national rates, plain
        mean of 2014-2021.  Source: ``fertility_ratio.csv``.
    net_migration
        Shape (2, 18), unit persons per person per year: sex, five-year age at the start 0-4 to 85 and over;
        Zuidoost-Drenthe 2014-2019.  Above 70 partly excess mortality.  Source: ``migration_net.csv``.
    living_alone
        Shape (2, 7), share of persons: sex, age 65-69 to 95-99; Netherlands 2012, an estimate.
        Source: ``living_alone.csv``.
    base_names, base_lat, base_lon
        Shape (17,), places where a provider can have a base, unit degree (WGS84).  Source: ``bases.csv``.
    price_index
        Consumer price index by year 2005 to 2024, 2013 = 100.  Source: ``cpi.csv``.
    """

    village_names: tuple[str, ...]
    village_municipality: NDArray[np.int64]
    group_names: tuple[str, ...]
    village_group: NDArray[np.int64]
    village_lat: NDArray[np.float64]
    village_lon: NDArray[np.float64]
    village_households: NDArray[np.int64]
    village_one_person_share: NDArray[np.float64]
    village_population: NDArray[np.int64]
    persons_2013: NDArray[np.int64]
    death_probability: NDArray[np.float64]
    death_ratio: NDArray[np.float64]
    fertility: NDArray[np.float64]
    fertility_ratio: NDArray[np.float64]
    net_migration: NDArray[np.float64]
    living_alone: NDArray[np.float64]
    base_names: tuple[str, ...]
    base_lat: NDArray[np.float64]
    base_lon: NDArray[np.float64]
    price_index: Mapping[int, float]

    def villages_of(self, place: str) -> tuple[int, ...]:
        """Return the number of the village of this name, or else the numbers of those in the group of this name."""
        if place in self.village_names:
            return (self.village_names.index(place),)
        return tuple(v for v, group in enumerate(self.village_group) if self.group_names[group] == place)


@cache
def load_tables() -> Tables:
    """Return the project's own tables, read and verified once per process.

    Raises
    ------
    DataError
        If a table is missing, damaged or changed without its checksum.
    """
    tables = read_tables(DATA)
    verify(DATA)
    return tables


def crowded(tables: Tables, copies: int) -> Tables:
    """Return the tables with so many persons for each of the census."""
    population, persons = tables.village_population * copies, tables.persons_2013 * copies
    return replace(tables, village_population=population, persons_2013=persons)


def read_tables(folder: Path) -> Tables:
    """Read the tables of a folder without looking at their checksums.

    Raises
    ------
    DataError
        If a table is missing or damaged; names file and line.
    """
    villages = read_table(
        folder / "villages.csv",
        "name,municipality,group,population_2013,households_2013,one_person_share,lat,lon,status,source",
    )
    names = villages.unique("name")
    groups = tuple(row.text("group") for row in villages.rows)
    group_names = tuple(sorted(dict.fromkeys(groups), key=lambda group: group not in names))
    population = [row.whole("population_2013", 1, 1_000_000) for row in villages.rows]
    bases = read_table(folder / "bases.csv", "place,lat,lon")
    prices = read_table(folder / "cpi.csv", "year,index_2013_100,change_percent")
    return Tables(
        village_names=names,
        village_municipality=_integers(
            MUNICIPALITIES.index(row.text("municipality", MUNICIPALITIES)) for row in villages.rows
        ),
        group_names=group_names,
        village_group=_integers(group_names.index(group) for group in groups),
        village_lat=_latitudes(villages),
        village_lon=_longitudes(villages),
        village_households=_integers(
            row.whole("households_2013", 1, residents) for row, residents in zip(villages.rows, population, strict=True)
        ),
        village_one_person_share=_floats([row.number("one_person_share", 0, 1) for row in villages.rows]),
        village_population=_integers(population),
        persons_2013=_persons(folder, names, population),
        death_probability=_array(folder / "mortality.csv", "sex,age,year,q_per_year", (SEXES, DEATH_AGES, YEARS), 0, 1),
        death_ratio=_array(
            folder / "mortality_ratio.csv",
            "corop,sex,age_from,ratio_to_national,ci95_halfwidth,deaths_observed,deaths_expected",
            (COROP, SEXES, DEATH_RATIO_AGES),
            *_RATIO_RANGE,
        ),
        fertility=_array(
            folder / "fertility.csv", "year,age_from,births_per_woman_per_year,kind", (YEARS, MOTHER_AGES), 0, 1
        ),
        fertility_ratio=_fertility_ratio(folder),
        net_migration=_array(
            folder / "migration_net.csv",
            "sex,age_from,net_per_1000_per_year",
            (SEXES, MIGRATION_AGES),
            -1000,
            1000,
            per=1000,
        ),
        living_alone=_array(
            folder / "living_alone.csv",
            "sex,age_from,living_alone_percent",
            (SEXES, LIVING_ALONE_AGES),
            0,
            100,
            per=100,
        ),
        base_names=bases.unique("place"),
        base_lat=_latitudes(bases),
        base_lon=_longitudes(bases),
        price_index=MappingProxyType(
            {
                int(year): row.number("index_2013_100", 1, 1000)
                for year, row in zip(prices.unique("year", whole=True), prices.rows, strict=True)
            }
        ),
    )


def _persons(folder: Path, names: Sequence[str], population: Sequence[int]) -> NDArray[np.int64]:
    """Return whole persons, shape (n_villages, 2, 19), from the estimated cells."""
    table = read_table(folder / "population_2013.csv", "village,sex,age_from,persons")
    axes = {"village": names, "sex": SEXES, "age_from": tuple(str(age) for age in FIVE_YEAR_AGES)}
    cells = table.grid(axes, "persons", 0, 1_000_000)
    whole = []
    for name, of_village, total in zip(names, cells, population, strict=True):
        exact = [Decimal(str(cell)) for cell in of_village.ravel().tolist()]
        found = sum(exact, Decimal(0))
        if abs(found - total) >= Decimal("0.5"):
            raise DataError(
                f"{table.path}  persons of {name}: got {found} in all, allowed is the {total} of villages.csv, "
                "give or take less than 0.5"
            )
        whole.append(round_to_total(exact, total))
    return _integers(whole).reshape(cells.shape)


def round_to_total(cells: Sequence[Decimal], total: int) -> list[int]:
    """Round cells to whole numbers that add up to a total, by largest remainder; the first of equals goes up.

    Parameters
    ----------
    cells
        Numbers of 0 and more whose sum lies within 0.5 of the total.
    total
        What the rounded cells add up to.
    """
    whole = [int(cell) for cell in cells]
    by_remainder = sorted(range(len(cells)), key=lambda k: whole[k] - cells[k])
    for k in by_remainder[: total - sum(whole)]:
        whole[k] += 1
    return whole


def _fertility_ratio(folder: Path) -> NDArray[np.float64]:
    """Return the mean ratio of each municipality's COROP region, shape (municipalities,)."""
    by_year = _array(
        folder / "fertility_ratio.csv",
        "corop,year,ratio_to_national,births_observed,births_expected",
        (COROP, _FERTILITY_RATIO_YEARS),
        *_RATIO_RANGE,
    )
    return _floats([math.fsum(years) / len(years) for years in by_year.tolist()])


def _array(
    path: Path, header: str, labels: Sequence[Sequence[object]], low: float, high: float, per: float = 1
) -> NDArray[np.float64]:
    """Return the number column of a file that begins with its key columns, one axis a key, divided by ``per``."""
    columns = header.split(",")
    axes = {key: tuple(str(label) for label in of_key) for key, of_key in zip(columns, labels, strict=False)}
    return _frozen(read_table(path, header).grid(axes, columns[len(axes)], low, high) / per)


def _latitudes(table: Table) -> NDArray[np.float64]:
    """Return the column ``lat``, shape (n_rows,), unit degree; the box holds Drenthe and its surroundings."""
    return _floats([row.number("lat", 52.5, 53.5) for row in table.rows])


def _longitudes(table: Table) -> NDArray[np.float64]:
    """Return the column ``lon``, shape (n_rows,), unit degree; the box holds Drenthe and its surroundings."""
    return _floats([row.number("lon", 6.0, 7.3) for row in table.rows])


def _integers(values: Any) -> NDArray[np.int64]:
    """Return values as a read-only array of whole numbers."""
    return _frozen(np.array(list(values), dtype=np.int64))


def _floats(values: Sequence[float]) -> NDArray[np.float64]:
    """Return values as a read-only array of numbers."""
    return _frozen(np.array(values, dtype=np.float64))


def _frozen(array: NDArray[Any]) -> NDArray[Any]:
    """Return the array, closed to writing."""
    array.flags.writeable = False
    return array
