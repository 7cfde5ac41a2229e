"""From the record of a run to what an experiment keeps of it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from krimpsim.experiments.experiment import Indicator
from krimpsim.outputs.columns import PROVIDER_COLUMNS, REGION_COLUMNS, VILLAGE_COLUMNS
from krimpsim.outputs.headlines import HEADLINES
from krimpsim.outputs.result import Result
from krimpsim.outputs.store import REGION_TABLE_COLUMNS, yearly_means

F64 = NDArray[np.float64]
Table = dict[str, F64]  #: column -> one number per year or month
_HEADLINES = {headline.name: headline for headline in HEADLINES}


def scalars(result: Result, indicators: Sequence[Indicator]) -> list[float]:
    """Return the indicators of one run, in order.

    ``first_month`` counts months from the first month of the run, which is 0; a condition that never holds gives the
    number of months of the run, one more than the last month has.  The value of a year is the mean over its months, and
    of a headline what it declares; so ``total``, the sum of all months, is the one for births or exits.
    """
    years, yearly = yearly_means(result)
    first = int(years[0])
    found = []
    for one in indicators:
        if one.take == "first_month":
            found.append(_first_month(_series(monthly(result), one.of), one))
            continue
        values = _series(yearly, one.of)
        if one.take == "year":
            found.append(float(values[(one.year or int(years[-1])) - first]))
            continue
        chosen = slice((one.first or first) - first, (one.last or int(years[-1])) - first + 1)
        part = values[chosen]
        if one.take == "total":
            of_year = (result.first_month + np.arange(len(result.region_rows))) // 12 - first
            by_month = _series(monthly(result), one.of)
            found.append(float(by_month[(of_year >= chosen.start) & (of_year < chosen.stop)].sum()))
        elif one.take == "slope":
            x = years[chosen] - years[chosen].mean()
            found.append(float((x * part).sum() / (x * x).sum()))
        else:
            found.append(float(part.sum() if one.take == "sum" else part.mean()))
    return [value + 0.0 for value in found]


def monthly(result: Result) -> Table:
    """Return the region table of a run: every column, villages and providers summed, per month."""
    table: Table = {}
    for columns, rows in (
        (PROVIDER_COLUMNS, result.provider_rows.sum(axis=1)),
        (VILLAGE_COLUMNS, result.village_rows.sum(axis=1)),
        (REGION_COLUMNS, result.region_rows),
    ):
        table.update({column.name: rows[:, i] / column.divisor for i, column in enumerate(columns)})
    found = {column.name: table[column.name] for column in REGION_TABLE_COLUMNS}
    return found | {"months": np.ones(len(result.region_rows))}


def series(result: Result, level: str) -> Table:
    """Return the series that a level keeps: ``year`` or ``month``, every column, and for years the headlines."""
    if level == "monthly":
        table = monthly(result)
        at: Table = {"month": (result.first_month + np.arange(len(result.region_rows))).astype(np.float64)}
        return at | {name: values for name, values in table.items() if name != "months"}
    years, yearly = yearly_means(result)
    headlines = {name: np.asarray(h.value(yearly), dtype=np.float64) for name, h in _HEADLINES.items()}
    return {"year": years.astype(np.float64)} | yearly | headlines


def _series(table: Table, name: str) -> F64:
    """Return a headline or a column, per year or month."""
    return np.asarray(_HEADLINES[name].value(table), dtype=np.float64) if name in _HEADLINES else table[name]


def _first_month(values: F64, one: Indicator) -> float:
    holds = values >= one.at_least if one.at_least is not None else values <= float(one.at_most or 0.0)
    return float(np.argmax(holds)) if holds.any() else float(len(values))
