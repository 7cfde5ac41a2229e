"""What every scenario and every clause does to everything that counts, and the years of `today` beside the evidence.

    python experiments/effects/effects.py [-n 12] [-j 2]

Writes ``effects.csv``, ``today.csv`` and the pictures beside this file.  A clause alone is compared with
*no_cooperation*, a scenario with *today*, in pairs of replicates with the same luck.  ``README.md`` says what came out.
"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from draw import MOST, draw_effects, draw_today

from krimpsim.config.load import load_config
from krimpsim.core.codes import GAPS, UNMET, Part
from krimpsim.core.processors import processors
from krimpsim.inputs.municipalities import TOWNS
from krimpsim.outputs.compare import paired
from krimpsim.outputs.headlines import INDICATORS
from krimpsim.outputs.result import Result, Yearly
from krimpsim.outputs.store import yearly_means
from krimpsim.population.schema import F64
from krimpsim.run import simulate_all, warm

HERE = Path(__file__).resolve().parent
SCENARIOS = HERE.parents[1] / "configs" / "scenarios"
YEARS = (2030, 2040)
PAIRS = 12
BASE, BASE_OF_CLAUSES = "today", "no_cooperation"


class Outcome(NamedTuple):
    """Something that counts in a year.

    Parameters
    ----------
    lower_is_better
        None where neither direction is good in itself.
    value
        From the yearly means of one replicate, shape (n_years,).
    """

    name: str
    unit: str
    lower_is_better: bool | None
    value: Callable[[Yearly], F64]


def _headline(name: str, label: str) -> Outcome:
    """Return a headline of the model as an outcome."""
    one = next(headline for headline in INDICATORS if headline.name == name)
    return Outcome(label, one.unit, one.lower_is_better, one.value)


def _share(parts: Sequence[Part]) -> Callable[[Yearly], F64]:
    """Return the hours of every 100 needed that some reasons for a gap take."""

    def value(y: Yearly) -> F64:
        return np.asarray(100 * sum(y[f"minutes_{part.name.lower()}"] for part in parts) / y["minutes_needed"])

    return value


def _in_a_year(*columns: str) -> Callable[[Yearly], F64]:
    """Return the sum over a year of columns that count by month."""
    return lambda y: np.asarray(sum(y[column] for column in columns) * y["months"])


NEVER_REACHED = tuple(part for part in GAPS if part not in UNMET)
PAID = (*(town.paid for town in TOWNS), "paid_insurer_eur", "paid_care_office_eur")
OUTCOMES = (
    Outcome("asked for and not given", "h of 100 needed", True, _share(UNMET)),
    Outcome("never reached", "h of 100 needed", True, _share(NEVER_REACHED)),
    _headline("home_with_enough_help", "heavy need: enough help"),
    _headline("carers_heavily_burdened", "burdened carers"),
    _headline("carers_stopped", "carers who stopped"),
    Outcome("informal care given", "h/week", None, lambda y: y["minutes_informal_given"] / 60),
    _headline("waiting", "waiting for a provider"),
    Outcome("admissions", "persons/year", None, _in_a_year("admissions")),
    _headline("day_km", "kilometres by day"),
    _headline("night_km", "kilometres by night"),
    _headline("overlap_nights", "overlap nights"),
    Outcome("jobs", "FTE", None, lambda y: y["fte"]),
    Outcome("vacancies", "FTE", True, lambda y: y["vacancies"]),
    _headline("providers_active", "providers"),
    _headline("villages_without_provider", "villages without"),
    *(Outcome(f"paid by {town.name}", "EUR/year", True, _in_a_year(town.paid)) for town in TOWNS),
    Outcome("paid by the insurer", "EUR/year", True, _in_a_year("paid_insurer_eur")),
    Outcome("paid by the care office", "EUR/year", True, _in_a_year("paid_care_office_eur")),
    Outcome("paid by clients", "EUR/year", True, _in_a_year("contributions_eur")),
    Outcome("result of providers", "EUR/year", False, lambda y: (y["revenue_eur"] - y["cost_eur"]) * y["months"]),
    Outcome("cost of clauses", "EUR/year", True, _in_a_year("clause_cost_eur")),
    Outcome(
        "payers, clauses, less result",
        "EUR/year",
        True,
        lambda y: _in_a_year(*PAID, "clause_cost_eur", "cost_eur")(y) - _in_a_year("revenue_eur")(y),
    ),
)


def _index(column: str, first: int) -> Callable[[Yearly], F64]:
    """Return a column with its value in a year as 100."""
    return lambda y: 100 * y[column] / y[column][first - 2013]


#: What of `today` is shown beside the evidence: label and unit, by the name in ``evidence.csv``.
SERIES: Mapping[str, tuple[str, Callable[[Yearly], F64]]] = {
    "residents": ("residents at home", lambda y: y["population"]),
    "residents_75_index": ("people of 75 and over at home, 2014 = 100", _index("population_75plus", 2014)),
    "deaths_in_facility": (
        "deaths in a facility, % of all",
        lambda y: 100 * y["deaths_facility"] / (y["deaths"] + y["deaths_facility"]),
    ),
    "unmet": ("asked for and not given, h of 100 needed", _share(UNMET)),
    "burdened_share": (
        "heavily burdened, % of carers",
        lambda y: 100 * y["carers_heavily_burdened"] / y["informal_carers"],
    ),
    "jobs_index": ("jobs in home care, 2013 = 100", _index("fte", 2013)),
    "margin": ("result of providers, % of turnover", lambda y: 100 * (1 - y["cost_eur"] / y["revenue_eur"])),
    "hours_per_nursing_client": (
        "personal care and nursing, h a week per client",
        lambda y: (
            (y["minutes_professional_personal_care"] + y["minutes_professional_nursing"]) / 60 / y["clients_nursing"]
        ),
    ),
    "leaving": (
        "providers that leave or fail, % a year",
        lambda y: 100 * 12 * (y["exits"] + y["failures"]) / y["providers_active"],
    ),
}


class Effect(NamedTuple):
    """The paired difference of an outcome in a year: a line of ``effects.csv``.

    Parameters
    ----------
    zero
        Pairs in which the difference is exactly nothing.
    standardised
        The difference over the standard deviation of the base between replicates; where the base does not vary, over
        that of the difference.
    """

    scenario: str
    base: str
    outcome: str
    unit: str
    year: int
    mean_base: float
    mean: float
    difference: float
    low: float
    high: float
    pairs: int
    zero: int
    standardised: float

    @property
    def is_luck(self) -> bool:
        """Whether chance could do it: the interval of 95% holds 0."""
        return self.low <= 0 <= self.high


def effect_of(scenario: str, base: str, outcome: Outcome, year: int, a: F64, b: F64) -> Effect:
    """Return the effect of a scenario on an outcome, from both in the same replicates, shape (n_replicates,)."""
    found = paired(a, b, bool(outcome.lower_is_better))
    spread = float(a.std(ddof=1)) or float((b - a).std(ddof=1))
    over = found.difference / spread if spread > 0 else float(np.sign(found.difference)) * MOST
    key = (scenario, base, outcome.name, outcome.unit, year)
    return Effect(
        *key, found.mean_a, found.mean_b, found.difference, found.low, found.high, found.pairs, found.equal, over
    )


def scenario_files() -> list[tuple[Path, str]]:
    """Return every scenario and clause with the name of its base, the bases first."""
    files = sorted(SCENARIOS.glob("*.toml"), key=lambda path: (path.stem != BASE, path.stem))
    clauses = sorted((SCENARIOS / "clauses").glob("*.toml"))
    return [*((path, BASE) for path in files), *((path, BASE_OF_CLAUSES) for path in clauses)]


def main() -> None:
    """Run everything, write the tables and draw the pictures."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("-n", type=int, default=PAIRS, help="pairs")
    parser.add_argument("-j", type=int, default=processors(), help="processes")
    asked = parser.parse_args()
    files = scenario_files()
    configs = [load_config(path) for path, _ in files]
    base_of = {config.scenario.id: base for config, (_, base) in zip(configs, files, strict=True)}
    warm()
    found: dict[str, list[Yearly]] = {name: [] for name in base_of}
    years = np.zeros(0, dtype=np.int64)
    for number, result in enumerate(simulate_all(configs, asked.n, asked.j), 1):
        years = _take(result, found)
        sys.stderr.write(f"\r{number} of {len(configs) * asked.n} runs")
    sys.stderr.write("\n")
    effects = []
    for name, base in base_of.items():
        for outcome in OUTCOMES if name != base else ():
            a, b = (np.array([outcome.value(y) for y in found[one]]) for one in (base, name))
            for year in YEARS:
                at = int(np.flatnonzero(years == year)[0])
                effects.append(effect_of(name, base, outcome, year, a[:, at], b[:, at]))
    series = {key: np.array([value(y) for y in found[BASE]]) for key, (_, value) in SERIES.items()}
    _write("effects.csv", Effect._fields, effects)
    rows = [
        (key, int(year), float(mean), float(sd))
        for key, values in series.items()
        for year, mean, sd in zip(years, values.mean(axis=0), values.std(axis=0, ddof=1), strict=True)
    ]
    _write("today.csv", ("series", "year", "mean", "sd"), rows)
    labels = [outcome.name for outcome in OUTCOMES]
    good = {outcome.name: outcome.lower_is_better for outcome in OUTCOMES}
    for year in YEARS:
        draw_effects([one for one in effects if one.year == year], labels, good, HERE / f"effects_{year}.png")
    draw_today(years, series, {key: label for key, (label, _) in SERIES.items()}, HERE)


def _take(result: Result, found: dict[str, list[Yearly]]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Keep the yearly means of a run, and return its years."""
    years, means = yearly_means(result)
    found[result.scenario].append(means)
    return years


def _write(name: str, header: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Write a table beside this file, numbers with six figures."""
    with (HERE / name).open("w", newline="", encoding="utf-8") as file:
        lines = csv.writer(file, lineterminator="\n")
        lines.writerow(header)
        lines.writerows([[f"{one:.6g}" if isinstance(one, float) else one for one in row] for row in rows])


if __name__ == "__main__":
    main()
