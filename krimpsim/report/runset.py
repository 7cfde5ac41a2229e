"""A finished run-set as figures, page and terminal tables look at it: headlines, village groups, titles, numbers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from krimpsim.core.errors import DataError
from krimpsim.inputs.tables import load_tables
from krimpsim.outputs.compare import Paired, Series, paired, read_series
from krimpsim.outputs.groups import GROUP_COLUMNS, GROUPS
from krimpsim.outputs.headlines import HEADLINES
from krimpsim.outputs.manifest import MANIFEST, read_run
from krimpsim.outputs.store import SMALL_VILLAGE, read_results
from krimpsim.population.schema import F64, I64
from krimpsim.report.numbers import dutch_name

HEADLINE_YEARS = (2025, 2030, 2040)
HEADLINE = {headline.name: headline for headline in HEADLINES}
_GROUP_COLUMNS = ("population", "minutes_unmet", "minutes_needed")


@dataclass(frozen=True, slots=True)
class Scenario:
    """A scenario and what readers see of it; `survey` holds what a survey changed, by group of villages."""

    id: str
    title_nl: str
    title_en: str
    clauses: Mapping[str, str]
    survey: tuple[Mapping[str, Any], ...] = ()


@dataclass(frozen=True)
class Group:
    """A village, or a few small ones together.

    Parameters
    ----------
    name
        What readers see.
    villages
        Names in the result tables.
    residents, unmet, needed
        Per scenario, mean over the months of each year: persons, minutes a week; shape (n_replicates, n_years).
    """

    name: str
    villages: tuple[str, ...]
    residents: Mapping[str, F64]
    unmet: Mapping[str, F64]
    needed: Mapping[str, F64]

    def per_100_hours(self, scenario: str) -> F64:
        """Return the unmet hours of every 100 needed, shape (n_replicates, n_years)."""
        unmet, needed = self.unmet[scenario], self.needed[scenario]
        return 100 * np.divide(unmet, needed, out=np.zeros_like(unmet), where=needed > 0)

    def is_small(self, scenario: str) -> bool:
        """Return whether it has, at the start, too few residents to be shown alone."""
        return float(self.residents[scenario][:, 0].mean()) < SMALL_VILLAGE


@dataclass(frozen=True)
class Residents:
    """Residents who have something in common, for example those who live alone.

    Parameters
    ----------
    group, name
        What they are grouped by; what readers see.
    columns
        Per scenario and column of the table of groups: mean over the months of each year, shape
        (n_replicates, n_years).
    """

    group: str
    name: str
    columns: Mapping[str, Mapping[str, F64]]

    def per_100(self, scenario: str, part: str, whole: str) -> F64:
        """Return how many of every 100 of one column are in another, shape (n_replicates, n_years)."""
        above, below = self.columns[scenario][part], self.columns[scenario][whole]
        return 100 * np.divide(above, below, out=np.zeros_like(above), where=below > 0)


class RunSet:
    """A finished run-set; reads the tables when asked.

    Parameters
    ----------
    folder
        Folder of the run-set.

    Raises
    ------
    DataError
        If the manifest or a table is missing, damaged or of another run; also when a table is read later.
    """

    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder)
        self.manifest = read_run(folder)
        self.series = {one.scenario: one for one in read_series(folder)}
        #: in the order of the manifest, the first is A
        self.scenarios = tuple(_scenario(entry) for entry in self.manifest["scenarios"])
        if sorted(one.id for one in self.scenarios) != sorted(self.series):
            raise DataError(
                f"{self.folder / MANIFEST}  is of another run than region.parquet beside it: it names "
                f"{', '.join(one.id for one in self.scenarios)}, the table holds {', '.join(self.series)}; "
                "run the scenarios again"
            )
        first, n = self.series[self.a.id], self.manifest.get("replicates")
        for one in self.series.values():
            same = np.array_equal(first.years, one.years) and np.isin(first.replicates, one.replicates).any()
            if not same or (isinstance(n, int) and n != len(one.replicates)):
                raise DataError(
                    f"{self.folder / 'region.parquet'}  lacks years or runs of '{one.scenario}'; run the scenarios "
                    "again"
                )

    @property
    def a(self) -> Scenario:
        """The first scenario."""
        return self.scenarios[0]

    @property
    def others(self) -> tuple[Scenario, ...]:
        """The scenarios that are compared with the first."""
        return self.scenarios[1:]

    @property
    def years(self) -> I64:
        """Calendar years of the first scenario."""
        return self.series[self.a.id].years

    @property
    def headline_years(self) -> tuple[int, ...]:
        """The years to put numbers to: 2025, 2030 and 2040, or as far as the run goes."""
        return headline_years([int(year) for year in self.years])

    @property
    def replicates(self) -> int:
        """Number of replicates of the first scenario."""
        return len(self.series[self.a.id].replicates)

    @property
    def n_villages(self) -> int:
        """Number of villages in the tables."""
        return sum(len(group.villages) for group in self.groups)

    @property
    def is_calibrated(self) -> bool:
        """Whether the run says that the model was calibrated."""
        return bool(self.manifest.get("calibrated", False))

    @property
    def vary(self) -> Mapping[str, Any]:
        """What was drawn anew in every run, as the run itself says; nothing when only luck differs."""
        return dict(self.manifest.get("vary") or {})

    @property
    def caveats(self) -> tuple[str, ...]:
        """What the run itself says to beware of."""
        return tuple(str(text) for text in self.manifest.get("caveats", ()))

    def values(self, scenario: Scenario, headline: str) -> F64:
        """Return a headline of a scenario, shape (n_replicates, n_years)."""
        return self.series[scenario.id].values[headline]

    def pair(self, b: Scenario, headline: str) -> tuple[I64, F64, F64]:
        """Return the years and the values of A and B in the replicates that both have."""
        return matched(self.series[self.a.id], self.series[b.id], headline)

    def difference(self, b: Scenario, headline: str, year: int) -> Paired:
        """Return the paired difference B - A of a headline in a year."""
        years, of_a, of_b = self.pair(b, headline)
        at = int(np.searchsorted(years, year))
        return paired(of_a[:, at], of_b[:, at], HEADLINE[headline].lower_is_better)

    @cached_property
    def region(self) -> Mapping[str, Mapping[str, F64]]:
        """Per scenario and column of the region table, and ``months``: shape (n_replicates, n_years).

        The numbers are means over the months of a year; ``months`` says how many there are.
        """
        frame = read_results(self.folder, "region")
        frame["year"] = frame.pop("month").dt.year
        by_year = frame.groupby(["scenario", "replicate", "year"], sort=True)
        means = by_year.mean().assign(months=by_year.size())
        found = {}
        for one in self.scenarios:
            rows, shape = means.loc[one.id], self._shape(one)
            found[one.id] = {
                str(column): rows[column].to_numpy(dtype=np.float64).reshape(shape) for column in means.columns
            }
        return found

    @cached_property
    def months(self) -> Mapping[int, int]:
        """How many months of each year were run."""
        counts = self.region[self.a.id]["months"][0]
        return {int(year): int(n) for year, n in zip(self.years, counts, strict=True)}

    @property
    def holds_part_years(self) -> bool:
        """Whether a year that numbers are put to holds fewer than twelve months."""
        return any(self.months[year] < 12 for year in self.headline_years)

    def paid(self, scenario: Scenario, column: str, year: int) -> F64:
        """Return what is paid in a year, in euros, or hours a week for minutes; shape (n_replicates,)."""
        of = self.region[scenario.id]
        at = int(np.searchsorted(self.series[scenario.id].years, year))
        values = of[column][:, at]
        return values / 60 if column.startswith("minutes_") else of["months"][:, at] * values

    def column_difference(self, b: Scenario, column: str, year: int) -> Paired:
        """Return the paired difference B - A of `paid`; less is called better."""
        at_a, at_b = self._common(b)
        return paired(self.paid(self.a, column, year)[at_a], self.paid(b, column, year)[at_b], lower_is_better=True)

    @cached_property
    def groups(self) -> tuple[Group, ...]:
        """Village groups in the order of the input table; a village that is not in it comes last, alone."""
        tables = load_tables()
        of_village = {
            village: tables.group_names[index]
            for village, index in zip(tables.village_names, tables.village_group, strict=True)
        }
        frame = read_results(self.folder, "villages", columns=_GROUP_COLUMNS)
        frame["year"] = frame["month"].dt.year
        found = [str(village) for village in frame["village"].unique()]
        if not found:
            raise DataError(f"{self.folder / 'villages.parquet'}  holds no villages; run the scenarios again")
        of_found = {of_village.get(village, village) for village in found}
        frame["group"] = frame["village"].map({village: of_village.get(village, village) for village in found})
        months: Any = frame.groupby(["scenario", "replicate", "year"], sort=True)["month"].nunique()
        sums: Any = frame.groupby(["group", "scenario", "replicate", "year"], sort=True)[list(_GROUP_COLUMNS)].sum()
        names = [name for name in tables.group_names if name in of_found]
        names += [village for village in found if village not in of_village]
        result = []
        for name in names:
            members = tuple(village for village in found if of_village.get(village, village) == name)
            held: dict[str, dict[str, F64]] = {column: {} for column in _GROUP_COLUMNS}
            for one in self.scenarios:
                with self._fitting("villages"):
                    shape = self._shape(one)
                    n_months = months.loc[one.id].to_numpy(dtype=np.float64).reshape(shape)
                    rows = sums.loc[(name, one.id)]
                    for column in _GROUP_COLUMNS:
                        held[column][one.id] = rows[column].to_numpy(dtype=np.float64).reshape(shape) / n_months
            result.append(Group(dutch_name(name), members, *(held[column] for column in _GROUP_COLUMNS)))
        return tuple(result)

    @cached_property
    def residents(self) -> tuple[Residents, ...]:
        """Residents by group, in the order of `GROUPS`."""
        frame = read_results(self.folder, "groups", columns=[column.name for column in GROUP_COLUMNS])
        frame["year"] = frame.pop("month").dt.year
        means = frame.groupby(["group", "value", "scenario", "replicate", "year"], sort=True).mean()
        found = []
        for group, values in GROUPS.items():
            for value, name, _ in values:
                columns = {}
                for one in self.scenarios:
                    key: Any = (group, value, one.id)
                    with self._fitting("groups"):
                        rows, shape = means.loc[key], self._shape(one)
                        columns[one.id] = {
                            column.name: rows[column.name].to_numpy(dtype=np.float64).reshape(shape)
                            for column in GROUP_COLUMNS
                        }
                found.append(Residents(group, name, columns))
        return tuple(found)

    def residents_pair(self, who: Residents, b: Scenario, year: int, part: str, whole: str) -> tuple[F64, F64]:
        """Return A and B of `Residents.per_100` in a year, in the replicates that both have."""
        first, second = self.series[self.a.id], self.series[b.id]
        at_a, at_b = self._common(b)
        of_a = who.per_100(self.a.id, part, whole)[at_a, int(np.searchsorted(first.years, year))]
        of_b = who.per_100(b.id, part, whole)[at_b, int(np.searchsorted(second.years, year))]
        return of_a, of_b

    def group_difference(self, group: Group, b: Scenario, year: int) -> Paired:
        """Return the paired difference B - A of the unmet hours of every 100 in a group."""
        first, second = self.series[self.a.id], self.series[b.id]
        at_a, at_b = self._common(b)
        of_a = group.per_100_hours(self.a.id)[at_a, int(np.searchsorted(first.years, year))]
        of_b = group.per_100_hours(b.id)[at_b, int(np.searchsorted(second.years, year))]
        return paired(of_a, of_b, lower_is_better=True)

    def _common(self, b: Scenario) -> tuple[I64, I64]:
        """Return the positions, in A and in B, of the replicates that both have."""
        first, second = self.series[self.a.id], self.series[b.id]
        _, at_a, at_b = np.intersect1d(first.replicates, second.replicates, return_indices=True)
        return at_a, at_b

    @contextmanager
    def _fitting(self, table: str) -> Iterator[None]:
        """Say of a table that lacks rows that it does not belong to the others."""
        try:
            yield
        except (LookupError, ValueError) as error:
            path = self.folder / f"{table}.parquet"
            raise DataError(f"{path}  lacks rows of this run ({error}); run the scenarios again") from error

    def _shape(self, scenario: Scenario) -> tuple[int, int]:
        series = self.series[scenario.id]
        return len(series.replicates), len(series.years)


def matched(a: Series, b: Series, headline: str) -> tuple[I64, F64, F64]:
    """Return the common years and the values of two series in their common replicates."""
    years, year_a, year_b = np.intersect1d(a.years, b.years, return_indices=True)
    _, at_a, at_b = np.intersect1d(a.replicates, b.replicates, return_indices=True)
    return years, a.values[headline][np.ix_(at_a, year_a)], b.values[headline][np.ix_(at_b, year_b)]


def headline_years(years: Sequence[int]) -> tuple[int, ...]:
    """Return the headline years among the years of a run, and its last year when that is earlier than 2040."""
    chosen = [year for year in HEADLINE_YEARS if year in years]
    last = max(years)
    if last not in chosen and last < HEADLINE_YEARS[-1]:
        chosen.append(last)
    return tuple(chosen or [last])


def _scenario(entry: Mapping[str, Any]) -> Scenario:
    name = str(entry["id"])
    clauses = entry.get("clauses") or {}
    titles = (str(entry.get("title_nl") or name), str(entry.get("title_en") or name))
    return Scenario(name, *titles, dict(clauses), tuple(entry.get("survey") or ()))
