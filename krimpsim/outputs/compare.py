"""Scenarios side by side: what each headline does per year, and the paired difference between two scenarios.

Replicate r has the same luck in every scenario, so differences are taken within pairs of equal replicates.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import astuple, dataclass, fields
from pathlib import Path
from typing import Any, cast

import numpy as np
from scipy.special import stdtrit

from krimpsim.core.errors import DataError
from krimpsim.outputs.headlines import INDICATORS, Headline
from krimpsim.outputs.result import Result
from krimpsim.outputs.store import REGION_TABLE_COLUMNS, read_results, write_text, yearly_means
from krimpsim.population.schema import F64, I64

#: where a difference comes from: all of it; settings that are no clause; clauses by the origin of their effect
ORIGINS = ("all", "other", "computed", "measured", "assumed")
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Series:
    """The headlines of one scenario: a number per replicate and year.

    Parameters
    ----------
    scenario
        Identifier.
    years
        Calendar years, shape (n_years,).
    replicates
        Replicate numbers, ascending, shape (n_replicates,).
    values
        Per headline, shape (n_replicates, n_years).
    """

    scenario: str
    years: I64
    replicates: I64
    values: Mapping[str, F64]


@dataclass(frozen=True, slots=True)
class Paired:
    """The difference b - a over pairs of replicates.

    Parameters
    ----------
    mean_a, mean_b, difference
        Means over the pairs.
    low, high
        95% interval of the mean difference, by Student's t; nan with a single pair.
    better, equal
        Number of pairs in which b is strictly better, and in which both are the same.
    variance_ratio
        How many times larger the variance of the difference would be without pairing: (var a + var b) / var(b - a);
        infinite when all differences are the same, nan when a and b do not vary or there is a single pair.
    pairs
        Number of pairs.
    """

    mean_a: float
    mean_b: float
    difference: float
    low: float
    high: float
    better: int
    equal: int
    variance_ratio: float
    pairs: int

    @property
    def worse(self) -> int:
        """Number of pairs in which b is strictly worse."""
        return self.pairs - self.better - self.equal

    @property
    def share_better(self) -> float:
        """Share of the pairs in which b is better; a tie counts as half."""
        return (self.better + self.equal / 2) / self.pairs


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """One line of ``summary.csv``: the spread of a headline over the replicates."""

    scenario: str
    indicator: str
    year: int
    unit: str
    mean: float
    sd: float
    p5: float
    p25: float
    p50: float
    p75: float
    p95: float
    replicates: int


@dataclass(frozen=True, slots=True)
class CompareRow:
    """One line of ``compare.csv``: the paired difference b - a of a headline."""

    indicator: str
    year: int
    unit: str
    a: str
    b: str
    mean_a: float
    mean_b: float
    difference: float
    low: float
    high: float
    share_better: float
    variance_ratio: float
    pairs: int
    origin: str


class Collector:
    """Keeps the headlines of results as they arrive."""

    def __init__(self) -> None:
        self._found: dict[str, dict[int, tuple[I64, dict[str, F64]]]] = {}

    def add(self, result: Result) -> None:
        """Take the yearly headlines of one replicate."""
        years, means = yearly_means(result)
        self.add_means(result.scenario, result.replicate, years, means)

    def add_means(self, scenario: str, replicate: int, years: I64, means: Mapping[str, F64]) -> None:
        """Take the yearly means of one replicate, per column of the region table."""
        values = {headline.name: np.asarray(headline.value(means), dtype=np.float64) for headline in INDICATORS}
        self._found.setdefault(scenario, {})[replicate] = (years, values)

    def series(self) -> tuple[Series, ...]:
        """Return what was taken, a series per scenario in order of arrival."""
        return tuple(_series(scenario, found) for scenario, found in self._found.items())


def read_series(folder: str | Path) -> tuple[Series, ...]:
    """Return the headlines of a finished run-set, from its region table.

    Raises
    ------
    DataError
        If the table is missing, damaged or empty.
    """
    frame = read_results(folder, "region", columns=[column.name for column in REGION_TABLE_COLUMNS])
    if frame.empty:
        raise DataError(f"{Path(folder) / 'region.parquet'}  holds no replicates; run the scenario again")
    frame["year"] = frame.pop("month").dt.year
    collector = Collector()
    for key, one in frame.groupby(["scenario", "replicate"], sort=False):
        scenario, replicate = cast(tuple[str, int], key)
        by_year = one.drop(columns=["scenario", "replicate"]).groupby("year", sort=True)
        means = by_year.mean()
        columns = {str(name): means[name].to_numpy(dtype=np.float64) for name in means.columns}
        columns["months"] = by_year.size().to_numpy(dtype=np.float64)
        collector.add_means(scenario, int(replicate), means.index.to_numpy(dtype=np.int64), columns)
    return collector.series()


def paired(a: F64, b: F64, lower_is_better: bool) -> Paired:
    """Return the paired difference b - a of two series of the same replicates, shape (n_replicates,)."""
    n = len(a)
    difference = b - a
    mean = float(difference.mean())
    gain = -difference if lower_is_better else difference
    low = high = ratio = math.nan
    if n > 1:
        half = float(stdtrit(n - 1, (1 + CONFIDENCE) / 2)) * _sd(difference) / math.sqrt(n)
        low, high = mean - half, mean + half
        apart, together = _sd(a) ** 2 + _sd(b) ** 2, _sd(difference) ** 2
        if apart > 0:
            ratio = apart / together if together > 0 else math.inf
    better, equal = int((gain > 0).sum()), int((gain == 0).sum())
    return Paired(float(a.mean()), float(b.mean()), mean, low, high, better, equal, ratio, n)


def summary_rows(series: Sequence[Series]) -> list[SummaryRow]:
    """Return the spread over replicates per scenario, headline and year."""
    rows = []
    for one in series:
        for headline in INDICATORS:
            of_headline = one.values[headline.name]
            for year, values in zip(one.years, of_headline.T, strict=True):
                p5, p25, p50, p75, p95 = (float(p) for p in np.percentile(values, (5, 25, 50, 75, 95)))
                mean, sd, n = float(values.mean()), _sd(values) if len(values) > 1 else math.nan, len(values)
                key = (one.scenario, headline.name, int(year), headline.unit)
                rows.append(SummaryRow(*key, mean, sd, p5, p25, p50, p75, p95, n))
    return rows


def compare_rows(a: Series, b: Series, origin: str = "all") -> list[CompareRow]:
    """Return the paired differences b - a per headline and year.

    Parameters
    ----------
    a, b
        The two scenarios; years and replicates that only one of them has are left out.
    origin
        Where the effect of the clauses that differ comes from: one of `ORIGINS`.

    Raises
    ------
    ValueError
        If the origin is unknown, or there is no replicate or year in common.
    """
    if origin not in ORIGINS:
        raise ValueError(f"origin {origin!r} is none of {', '.join(ORIGINS)}")
    years, at_year_a, at_year_b = np.intersect1d(a.years, b.years, return_indices=True)
    replicates, at_a, at_b = np.intersect1d(a.replicates, b.replicates, return_indices=True)
    if not len(years) or not len(replicates):
        raise ValueError(f"'{a.scenario}' and '{b.scenario}' have no replicate or no year in common")
    rows = []
    for headline in INDICATORS:
        values_a = a.values[headline.name][np.ix_(at_a, at_year_a)]
        values_b = b.values[headline.name][np.ix_(at_b, at_year_b)]
        for index, year in enumerate(years):
            found = paired(values_a[:, index], values_b[:, index], headline.lower_is_better)
            rows.append(_compare_row(headline, int(year), a.scenario, b.scenario, found, origin))
    return rows


def write_summary(folder: Path, series: Sequence[Series]) -> None:
    """Write ``summary.csv``."""
    write_text(Path(folder) / "summary.csv", csv_text(summary_rows(series), SummaryRow))


def write_compare(folder: Path, series: Sequence[Series], extra: Iterable[CompareRow] = ()) -> None:
    """Write ``compare.csv``: every further scenario compared with the first, then the extra rows.

    Parameters
    ----------
    folder
        Folder of the run-set.
    series
        The scenarios; the first is A.
    extra
        Rows of other origins, from `compare_rows`.
    """
    rows = [row for other in series[1:] for row in compare_rows(series[0], other)]
    write_text(Path(folder) / "compare.csv", csv_text([*rows, *extra], CompareRow))


def read_compare(folder: str | Path) -> list[CompareRow]:
    """Return the rows of ``compare.csv``; none when there is no such file.

    Raises
    ------
    DataError
        If the file is damaged.
    """
    path = Path(folder) / "compare.csv"
    if not path.exists():
        return []
    rows: list[CompareRow] = []
    try:
        with path.open(newline="", encoding="utf-8") as lines:
            for line in csv.DictReader(lines):
                rows.append(
                    CompareRow(*(_read_cell(str(field.type), line[field.name]) for field in fields(CompareRow)))
                )
    except (KeyError, TypeError, ValueError, csv.Error, OSError) as error:
        raise DataError(f"{path}:{len(rows) + 2}  is damaged ({error}); run the comparison again") from error
    return rows


def csv_text(rows: Sequence[SummaryRow] | Sequence[CompareRow], kind: type[SummaryRow] | type[CompareRow]) -> str:
    """Return rows as CSV: shortest exact numbers with a point, empty where there is no number."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow([field.name for field in fields(kind)])
    writer.writerows([[_cell(value) for value in astuple(row)] for row in rows])
    return text.getvalue()


def _compare_row(headline: Headline, year: int, a: str, b: str, found: Paired, origin: str) -> CompareRow:
    return CompareRow(
        headline.name,
        year,
        headline.unit,
        a,
        b,
        found.mean_a,
        found.mean_b,
        found.difference,
        found.low,
        found.high,
        found.share_better,
        found.variance_ratio,
        found.pairs,
        origin,
    )


def _series(scenario: str, found: Mapping[int, tuple[I64, dict[str, F64]]]) -> Series:
    """Return the series of one scenario; every replicate must have the same years."""
    replicates = sorted(found)
    years = found[replicates[0]][0]
    for replicate in replicates:
        if not np.array_equal(found[replicate][0], years):
            raise DataError(f"scenario '{scenario}': replicates {replicates[0]} and {replicate} have different years")
    values = {h.name: np.stack([found[replicate][1][h.name] for replicate in replicates]) for h in INDICATORS}
    return Series(scenario, years, np.array(replicates, dtype=np.int64), values)


def _sd(values: F64) -> float:
    """Return the standard deviation of a sample; exactly 0 when all values are the same."""
    return 0.0 if np.ptp(values) == 0 else float(values.std(ddof=1))


def _read_cell(kind: str, text: str | None) -> Any:
    """Return a cell of a table: text, int or float, an empty one as nan."""
    if text is None:
        raise ValueError("a cell is missing")
    if kind == "float":
        return float(text or "nan")
    return int(text) if kind == "int" else text


def _cell(value: object) -> str:
    if isinstance(value, float):
        return "" if math.isnan(value) else repr(value + 0.0)  # adding 0 turns -0.0 into 0.0
    return str(value)
