"""The numbers of the literature and the observed household figures, each with its source."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType

from krimpsim.inputs.reader import Row, read_table
from krimpsim.inputs.register import DATA, verify
from krimpsim.inputs.tables import SEXES

QUALITIES = ("observed", "derived", "expert-range")


@dataclass(frozen=True, slots=True)
class Evidence:
    """One number from the literature.

    Parameters
    ----------
    key, meaning
        Name of the number and what it measures.
    value, low, high
        The number and its range, in ``unit``; low <= value <= high.
    unit
        Unit as the source gives it; percentages stay percentages.
    year, population
        Year and people that the number speaks of; often not 2012 and not the region.
    source
        Title, publisher and, where there is one, address.
    quality
        One of ``QUALITIES``: observed, derived, or a plausible range without a source.
    note
        What else to know; may be empty.
    """

    key: str
    meaning: str
    value: float
    low: float
    high: float
    unit: str
    year: int
    population: str
    source: str
    quality: str
    note: str


@dataclass(frozen=True, slots=True)
class HouseholdFigure:
    """One observed number about household composition or marriage.

    Parameters
    ----------
    region, year, indicator, sex
        Village, municipality or Drenthe; year; what is counted; M, F, or T for both.
    value, unit
        The number and its unit.
    status, source
        How it was observed and rounded, and a short citation.
    """

    region: str
    year: int
    indicator: str
    sex: str
    value: float
    unit: str
    status: str
    source: str


@cache
def evidence() -> Mapping[str, Evidence]:
    """Return the care parameters of the literature by key, read and verified once per process.

    Raises
    ------
    DataError
        If a table is missing, damaged or changed without its checksum.
    """
    numbers = read_evidence(DATA)
    verify(DATA)
    return numbers


@cache
def household_figures() -> tuple[HouseholdFigure, ...]:
    """Return the observed household numbers, read and verified once per process.

    Raises
    ------
    DataError
        If a table is missing, damaged or changed without its checksum.
    """
    figures = read_household_figures(DATA)
    verify(DATA)
    return figures


def read_evidence(folder: Path) -> Mapping[str, Evidence]:
    """Read the care parameters of a folder, by key, without looking at checksums.

    Raises
    ------
    DataError
        If the table is missing or damaged; names file and line.
    """
    columns = (
        "key,meaning,value,low,high,unit,year,population,source_title,source_publisher,source_address,quality,note"
    )
    table = read_table(folder / "evidence.csv", columns)
    return MappingProxyType(
        {key: _evidence(key, row) for key, row in zip(table.unique("key"), table.rows, strict=True)}
    )


def read_household_figures(folder: Path) -> tuple[HouseholdFigure, ...]:
    """Read the household numbers of a folder, in the order of the file, without looking at checksums.

    Raises
    ------
    DataError
        If the table is missing or damaged; names file and line.
    """
    table = read_table(folder / "households.csv", "region,year,indicator,sex,value,unit,status,source")
    return tuple(
        HouseholdFigure(
            region=row.text("region"),
            year=row.whole("year", 1990, 2050),
            indicator=row.text("indicator"),
            sex=row.text("sex", (*SEXES, "T")),
            value=row.number("value", 0, 1e6),
            unit=row.text("unit"),
            status=row.text("status"),
            source=row.text("source"),
        )
        for row in table.rows
    )


def _evidence(key: str, row: Row) -> Evidence:
    """Return one care parameter; its value must lie in its range."""
    low, high = row.number("low"), row.number("high")
    if low > high:
        row.refuse("low", f"at most high, which is {high:g}")
    title, publisher, address = (row.cells[f"source_{part}"] for part in ("title", "publisher", "address"))
    return Evidence(
        key=key,
        meaning=row.text("meaning"),
        value=row.number("value", low, high),
        low=low,
        high=high,
        unit=row.text("unit"),
        year=row.whole("year", 1990, 2050),
        population=row.text("population"),
        source=f"{title} ({publisher})" + (f", {address}" if address else ""),
        quality=row.text("quality", QUALITIES),
        note=row.cells["note"],
    )
