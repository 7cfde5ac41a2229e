"""The numbers of the literature, and damage in tables."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from table_tools import damage

from krimpsim.core.errors import DataError
from krimpsim.inputs.evidence import evidence, household_figures, read_evidence, read_household_figures
from krimpsim.inputs.tables import read_tables


def test_evidence() -> None:
    numbers = evidence()
    assert len(numbers) == 234
    assert all(number.low <= number.value <= number.high for number in numbers.values())
    hours = numbers["hours_burdened"]
    assert (hours.value, hours.low, hours.high, hours.unit, hours.year) == (23, 21, 25, "h/wk", 2012)
    assert hours.source.startswith("220 duizend Nederlanders zwaar belast")
    assert numbers["night_calls_per_1000_clients"].quality == "expert-range"
    counts = [
        sum(n.quality == quality for n in numbers.values()) for quality in ("observed", "derived", "expert-range")
    ]
    assert counts == [181, 28, 25]
    assert evidence() is numbers


def test_household_figures() -> None:
    found = {(f.region, f.year, f.indicator, f.sex): f.value for f in household_figures()}
    assert len(found) == len(household_figures())
    assert found["Valthermond", 2011, "one_person_households", "T"] == 355
    assert found["Drenthe", 2020, "divorcing", "F"] == 9.1


@pytest.mark.parametrize(
    ("file", "line", "old", "new", "message"),
    [
        ("mortality.csv", 3, "0.000239", "0,000239", r"mortality\.csv:3  got 5 cells, allowed is 4"),
        (
            "mortality.csv",
            3,
            "0.000239",
            "x",
            r"mortality\.csv:3  q_per_year: got 'x', allowed is a number in \[0, 1\]",
        ),
        ("mortality.csv", 3, "0.000239", "1.2", r"mortality\.csv:3  q_per_year: got '1\.2'"),
        ("mortality.csv", 3, "0.000239", "nan", r"mortality\.csv:3  q_per_year: got 'nan'"),
        ("mortality.csv", 3, "0.000239", "", r"mortality\.csv:3  q_per_year: got ''"),
        ("mortality.csv", 3, "2014", "2013", r"mortality\.csv:3  a second row for sex M, age 0, year 2013"),
        ("mortality.csv", 3, "2014", "2041", r"mortality\.csv:3  year: got '2041', .* from '2013' to '2040'"),
        ("mortality.csv", 1, "q_per_year", "q", r"mortality\.csv:1  columns: got 'sex,age,year,q', allowed is"),
        ("mortality_ratio.csv", 2, "1.021", "102.1", r"mortality_ratio\.csv:2  ratio_to_national: got '102\.1'"),
        ("living_alone.csv", 5, "27.9", "127.9", r"living_alone\.csv:5  living_alone_percent: got '127\.9'"),
        ("fertility.csv", 9, "0.0", "-0.0", r"fertility\.csv:9  births_per_woman_per_year: got '-0\.0\d+'"),
        ("villages.csv", 2, "4955", "4955.5", r"villages\.csv:2  population_2013: got '4955\.5', allowed is a whole"),
        ("villages.csv", 2, "4955", "4_955", r"villages\.csv:2  population_2013: got '4_955'"),
        ("villages.csv", 2, "Borger-Odoorn", "Borger", r"villages\.csv:2  municipality: got 'Borger', .*'Aa en Hunze'"),
        ("villages.csv", 3, "Valthermond", "Nieuw-Buinen", r"villages\.csv:3  name: got 'Nieuw-Buinen', .* once"),
        ("villages.csv", 2, "0.271", "27.1", r"villages\.csv:2  one_person_share: got '27\.1'"),
        ("bases.csv", 2, "52.92333", "6.79306", r"bases\.csv:2  lat: got '6\.79306', allowed is a number in \[52\.5"),
        ("cpi.csv", 3, "2006", "2005", r"cpi\.csv:3  year: got '2005', allowed is each only once"),
        ("population_2013.csv", 2, "146.35", "156.35", r"population_2013\.csv  persons of Nieuw-Buinen: got 4964\.98"),
        ("population_2013.csv", 2, "146.35", "-1", r"population_2013\.csv:2  persons: got '-1'"),
        (
            "population_2013.csv",
            2,
            "Nieuw-Buinen",
            "Niew-Buinen",
            r"population_2013\.csv:2  village: got 'Niew-Buinen'",
        ),
    ],
)
def test_damage_is_refused_by_file_and_line(copy: Path, file: str, line: int, old: str, new: str, message: str) -> None:
    damage(copy / file, line, old, new)
    with pytest.raises(DataError, match=message):
        read_tables(copy)


@pytest.mark.parametrize(
    ("read", "file", "line", "old", "new", "message"),
    [
        (read_evidence, "evidence.csv", 2, "4.79,", "47.9,", r"evidence\.csv:2  value: got '47\.9', .* \[4\.7, 4\.9\]"),
        (read_evidence, "evidence.csv", 2, ",observed,", ",certain,", r"evidence\.csv:2  quality: got 'certain'"),
        (
            read_evidence,
            "evidence.csv",
            3,
            "home_care_hours_per_client_yr",
            "home_care_share_18p",
            r"evidence\.csv:3  key",
        ),
        (read_household_figures, "households.csv", 2, ",T,", ",X,", r"households\.csv:2  sex: got 'X'"),
    ],
)
def test_damaged_evidence_is_refused_by_file_and_line(
    copy: Path, read: Callable[[Path], object], file: str, line: int, old: str, new: str, message: str
) -> None:
    damage(copy / file, line, old, new)
    with pytest.raises(DataError, match=message):
        read(copy)


def test_village_missing_from_the_ages_is_named(copy: Path) -> None:
    path = copy / "population_2013.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("Zandberg")), encoding="utf-8")
    with pytest.raises(
        DataError, match=r"population_2013\.csv  no row for village Zandberg, .*\(38 of 836 rows missing"
    ):
        read_tables(copy)


def test_village_missing_from_the_list_is_named(copy: Path) -> None:
    path = copy / "villages.csv"
    lines = path.read_text(encoding="utf-8").splitlines(keepends=True)
    path.write_text("".join(line for line in lines if not line.startswith("Zandberg")), encoding="utf-8")
    with pytest.raises(DataError, match=r"population_2013\.csv:\d+  village: got 'Zandberg'"):
        read_tables(copy)


@pytest.mark.parametrize("content", [b"", b"place,lat,lon\n", b"\xff\xfe", b'place,lat,lon\n"Borger,1,2\n'])
def test_empty_or_unreadable_file_is_refused(copy: Path, content: bytes) -> None:
    (copy / "bases.csv").write_bytes(content)
    with pytest.raises(DataError, match=r"bases\.csv"):
        read_tables(copy)


def test_missing_file_says_what_to_do(copy: Path) -> None:
    (copy / "bases.csv").unlink()
    with pytest.raises(DataError, match=r"bases\.csv  the file is missing; install krimpsim again"):
        read_tables(copy)
