"""The input tables: totals and numbers copied by hand, and damage refused by file and line."""

from __future__ import annotations

from dataclasses import fields
from decimal import Decimal

import numpy as np
import pytest

from krimpsim.core.codes import Sex
from krimpsim.inputs.municipalities import MUNICIPALITIES
from krimpsim.inputs.register import DATA
from krimpsim.inputs.tables import load_tables, round_to_total

TABLES = load_tables()
MAN, WOMAN = int(Sex.MAN), int(Sex.WOMAN)
BORGER_ODOORN, AA_EN_HUNZE = 0, 1


def in_group(name: str) -> set[str]:
    code = TABLES.group_names.index(name)
    return {TABLES.village_names[v] for v in np.flatnonzero(TABLES.village_group == code)}


def residents(name: str) -> int:
    return int(TABLES.village_population[TABLES.village_group == TABLES.group_names.index(name)].sum())


@pytest.mark.parametrize(
    ("field", "shape", "dtype"),
    [
        ("village_municipality", (22,), np.int64),
        ("village_group", (22,), np.int64),
        ("village_lat", (22,), np.float64),
        ("village_lon", (22,), np.float64),
        ("village_households", (22,), np.int64),
        ("village_one_person_share", (22,), np.float64),
        ("village_population", (22,), np.int64),
        ("persons_2013", (22, 2, 19), np.int64),
        ("death_probability", (2, 111, 28), np.float64),
        ("death_ratio", (2, 2, 3), np.float64),
        ("fertility", (28, 7), np.float64),
        ("fertility_ratio", (2,), np.float64),
        ("net_migration", (2, 18), np.float64),
        ("living_alone", (2, 7), np.float64),
        ("base_lat", (17,), np.float64),
        ("base_lon", (17,), np.float64),
    ],
)
def test_array_has_its_shape_and_cannot_be_written(field: str, shape: tuple[int, ...], dtype: type) -> None:
    array = getattr(TABLES, field)
    assert array.shape == shape
    assert array.dtype == dtype
    assert np.isfinite(array).all()
    with pytest.raises(ValueError, match="read-only"):
        array[...] = 0


def test_every_array_is_covered_by_the_shape_test() -> None:
    arrays = {field.name for field in fields(TABLES) if isinstance(getattr(TABLES, field.name), np.ndarray)}
    assert len(arrays) == 16


def test_tables_are_read_once() -> None:
    assert load_tables() is TABLES


def test_population_totals() -> None:
    assert len(TABLES.village_names) == len(set(TABLES.village_names)) == 22
    assert TABLES.village_population.sum() == 18_146
    assert [int((TABLES.village_municipality == m).sum()) for m in range(len(MUNICIPALITIES))] == [11, 11]
    assert TABLES.village_population[TABLES.village_municipality == BORGER_ODOORN].sum() == 12_803
    assert TABLES.village_households.sum() == 7_546
    assert TABLES.village_population[TABLES.village_names.index("Gasselternijveen")] == 1936
    assert TABLES.village_municipality[TABLES.village_names.index("Bonnerveen")] == AA_EN_HUNZE


def test_whole_persons_add_up_to_each_village() -> None:
    assert np.array_equal(TABLES.persons_2013.sum(axis=(1, 2)), TABLES.village_population)
    assert (TABLES.persons_2013 >= 0).all()


def test_old_residents_agree_with_the_published_estimate_but_for_rounding() -> None:
    by_age = TABLES.persons_2013.sum(axis=(0, 1))
    assert abs(by_age[13:].sum() - 3012) <= 5
    assert abs(by_age[15:].sum() - 990) <= 5
    assert abs(by_age[16:].sum() - 489) <= 5


def test_rounded_cells_stay_within_one_person_of_the_estimate() -> None:
    lines = (DATA / "population_2013.csv").read_text(encoding="utf-8").splitlines()[1:]
    estimate = np.array([float(line.split(",")[-1]) for line in lines]).reshape(22, 2, 19)
    assert np.abs(TABLES.persons_2013 - estimate).max() < 1


@pytest.mark.parametrize(
    ("cells", "total", "expected"),
    [
        (["1.2", "1.5", "1.3"], 4, [1, 2, 1]),
        (["0.5", "0.5", "0.5", "0.5"], 2, [1, 1, 0, 0]),
        (["146.35", "12.35", "3.30"], 162, [147, 12, 3]),
        (["2.00", "3.00"], 5, [2, 3]),
    ],
)
def test_rounding_gives_to_the_largest_remainder_and_of_equals_to_the_first(
    cells: list[str], total: int, expected: list[int]
) -> None:
    assert round_to_total([Decimal(cell) for cell in cells], total) == expected


@pytest.mark.parametrize(
    ("group", "persons", "villages"),
    [
        (
            "Annerveen-Spijkerboor e.o.",
            1021,
            {"Annerveenschekanaal", "Oud Annerveen", "Nieuw Annerveen", "Spijkerboor", "Eexterveenschekanaal"},
        ),
        ("Eexterveen-Nieuwediep-Bonnerveen", 839, {"Eexterveen", "Nieuwediep", "Bonnerveen"}),
        ("Drouwenerveen-Bronnegerveen-Buinerveen", 776, {"Drouwenerveen", "Bronnegerveen", "Buinerveen"}),
        (
            "1e Exloermond-Exloerveen-2e Valthermond-Zandberg",
            644,
            {"1e Exloermond", "Exloerveen", "2e Valthermond", "Zandberg"},
        ),
    ],
)
def test_small_villages_are_pooled(group: str, persons: int, villages: set[str]) -> None:
    assert residents(group) == persons
    assert in_group(group) == villages


def test_a_village_stands_alone_from_500_residents() -> None:
    large = {TABLES.village_names[v] for v in np.flatnonzero(TABLES.village_population >= 500)}
    assert len(large) == 7
    assert set(TABLES.group_names[:7]) == large
    assert all(in_group(name) == {name} for name in large)
    assert len(TABLES.group_names) == 11


@pytest.mark.parametrize(
    ("sex", "age", "year", "q"),
    [
        (WOMAN, 0, 2013, 0.00021),
        (WOMAN, 1, 2013, 8e-05),
        (WOMAN, 0, 2025, 0.001101),
        (MAN, 80, 2013, 0.066764),
        (MAN, 80, 2040, 0.0434),
        (WOMAN, 85, 2024, 0.08024),
        (MAN, 109, 2023, 0.15625),
        (MAN, 110, 2040, 0.534781),
    ],
)
def test_probability_of_death_as_in_the_source(sex: int, age: int, year: int, q: float) -> None:
    assert TABLES.death_probability[sex, age, year - 2013] == q


def test_probabilities_of_death_make_sense() -> None:
    q = TABLES.death_probability
    assert ((q >= 0) & (q <= 1)).all()
    assert (q[MAN, 40:90] > q[WOMAN, 40:90]).mean() > 0.99
    assert (np.diff(q[:, 60:95:5], axis=1) > 0).all()


def test_regional_death_ratios_follow_the_region_of_the_municipality() -> None:
    assert TABLES.death_ratio[BORGER_ODOORN].tolist() == [[1.099, 1.014, 1.058], [1.138, 1.084, 1.087]]
    assert TABLES.death_ratio[AA_EN_HUNZE].tolist() == [[1.021, 0.94, 0.925], [1.036, 0.883, 0.966]]


def test_births() -> None:
    assert TABLES.fertility[0].tolist()[:2] == [0.004311, 0.03349]
    assert TABLES.fertility[27, 4:].tolist() == [0.067659, 0.014145, 0.000792]
    total = TABLES.fertility.sum(axis=1) * 5
    assert ((total > 1.4) & (total < 1.8)).all()
    assert total[27] == pytest.approx(1.6579, abs=2e-3)
    assert TABLES.fertility_ratio[BORGER_ODOORN] == pytest.approx(1.02, abs=1e-12)
    assert TABLES.fertility_ratio[AA_EN_HUNZE] == pytest.approx(1.08825, abs=1e-12)


def test_migration_is_per_person_and_the_young_leave() -> None:
    assert TABLES.net_migration[MAN, 0] == pytest.approx(0.01053)
    assert TABLES.net_migration[:, 3].max() < -0.01
    assert np.abs(TABLES.net_migration).max() < 0.1


def test_living_alone_is_a_share_that_rises_with_age() -> None:
    assert TABLES.living_alone[MAN, 0] == pytest.approx(0.115)
    assert TABLES.living_alone[WOMAN, 6] == pytest.approx(0.859)
    assert (np.diff(TABLES.living_alone, axis=1) > 0).all()
    assert (TABLES.living_alone[WOMAN] > TABLES.living_alone[MAN]).all()


def test_prices_and_bases() -> None:
    assert list(TABLES.price_index) == list(range(2005, 2025))
    assert TABLES.price_index[2013] == 100
    assert TABLES.price_index[2024] == 132.31
    with pytest.raises(TypeError):
        TABLES.price_index[2013] = 1.0  # type: ignore[index]
    assert TABLES.base_names[0] == "Borger"
    assert (TABLES.base_lat[0], TABLES.base_lon[0]) == (52.92333, 6.79306)


def test_points_lie_in_the_area() -> None:
    km_north = (TABLES.village_lat - TABLES.village_lat.mean()) * 111.2
    km_east = (TABLES.village_lon - TABLES.village_lon.mean()) * 67.0
    assert np.hypot(km_north, km_east).max() < 20
