"""Compare the rule of rounds by day (7.11) with a solver of vehicle routing, on days of a real run.

    .venv/bin/python experiments/rounds_check/check.py

It needs the extra ``dev`` (PyVRP) and takes about ten minutes.  ``--days`` runs the model anew and writes ``days.csv``;
without it the days that are kept there are used.  ``README.md`` beside this file says what came out.
"""

from __future__ import annotations

import argparse
import csv
import math
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

import numpy as np
import pandas as pd

from krimpsim import load_config
from krimpsim.config.run import RunConfig
from krimpsim.inputs.tables import load_tables
from krimpsim.population.geography import Geography, geography
from krimpsim.population.market import Market
from krimpsim.population.schema import F64, I64
from krimpsim.population.world import world_of
from krimpsim.processes import rounds

HERE = Path(__file__).resolve().parent
SCENARIOS = HERE.parents[1] / "configs" / "scenarios"
YEARS = (2014, 2025, 2035)  #: June of these years
VARIANTS = 2025  #: of this year the other entry and whole visits are solved as well
POOLS = ("household_help", "care")
ENTRIES = ("end", "middle")  #: where a ribbon is entered and left: at either end, as the rule has it, or in the middle
SEED = 7
TICKS = 100  #: the solver counts hundredths of a minute
ROUGH, FINE = 400, 250  #: iterations of the solver for more than 60 visits a day and for fewer


@dataclass(frozen=True)
class Week:
    """A week of one planner and pool.

    Parameters
    ----------
    scenario, year, planner, pool
        Where it comes from; planner is a provider, or ``members`` for the rounds that members share.
    contact
        shape (V,), unit min/week.
    base_m
        shape (V,), unit m: distance from the base.
    """

    scenario: str
    year: int
    planner: str
    pool: int
    contact: I64
    base_m: I64

    @property
    def name(self) -> str:
        """Name of the week in tables and errors."""
        return f"{self.scenario} {self.year} {self.planner} {POOLS[self.pool]}"


@dataclass(frozen=True)
class Length:
    """Driving in a week: all metres, and the minutes that are paid."""

    metres: float
    minutes: float


# --- weeks of a real run ------------------------------------------------------------------------------------------


def weeks_of_a_run() -> Iterator[Week]:
    """Run the scenarios for one replicate and yield the weeks of their providers; of the convenant, the shared too."""
    from krimpsim.model import KrimpModel

    for scenario in ("today", "convenant"):
        model = KrimpModel(load_config(SCENARIOS / f"{scenario}.toml"))
        while model.month < max(YEARS) * 12 + 5:
            model.step()
            year, month = divmod(model.month, 12)
            if month == 5 and year in YEARS:
                yield from weeks_of_a_month(model.config, model.market, scenario, year)


def weeks_of_a_month(config: RunConfig, market: Market, scenario: str, year: int) -> Iterator[Week]:
    """Yield the weeks of a month, as `rounds.step` sees them."""
    by_kind = market.delivered.sum(axis=3)
    for pool in range(2):
        contact = by_kind[:, :, 0] if pool == 0 else by_kind[:, :, 1:].sum(axis=2)
        members = [b for b in range(len(contact)) if market.member[b] and market.active[b] and contact[b].sum() > 0]
        for b, provider in enumerate(config.providers):
            if contact[b].sum() > 0 and (scenario != "convenant" or b in members):
                yield Week(scenario, year, provider.id, pool, contact[b], market.base_m[b])
        if scenario == "convenant":
            yield Week(
                scenario, year, "members", pool, contact[members].sum(axis=0), market.base_m[members].min(axis=0)
            )


def write_weeks(weeks: Sequence[Week], path: Path) -> None:
    """Write weeks as a table with a row per village that is served, and one distance per village."""
    with path.open("w", newline="", encoding="utf-8") as file:
        rows = csv.writer(file, lineterminator="\n")
        rows.writerow(("scenario", "year", "planner", "pool", "village", "contact_min_week", "base_m"))
        names = load_tables().village_names
        for week in weeks:
            for v in np.flatnonzero(week.contact):
                head = (week.scenario, week.year, week.planner, POOLS[week.pool], names[v])
                rows.writerow((*head, week.contact[v], week.base_m[v]))


def read_weeks(path: Path) -> list[Week]:
    """Read the weeks that `write_weeks` wrote."""
    table = pd.read_csv(path)
    names = load_tables().village_names
    weeks = []
    for (scenario, year, planner, pool), rows in table.groupby(["scenario", "year", "planner", "pool"], sort=False):
        contact, base_m = np.zeros(len(names), dtype=np.int64), np.zeros(len(names), dtype=np.int64)
        at = [names.index(name) for name in rows["village"]]
        contact[at], base_m[at] = rows["contact_min_week"], rows["base_m"]
        weeks.append(Week(scenario, int(year), planner, POOLS.index(pool), contact, base_m))
    return weeks


# --- the rule and the solver --------------------------------------------------------------------------------------


def by_rule(week: Week, places: Geography, p: rounds.Params) -> Length:
    """Return what the rule books for a week."""
    minutes, metres = np.zeros(len(week.contact), dtype=np.int64), np.zeros(len(week.contact), dtype=np.int64)
    contact = week.contact.copy()
    order = rounds.tour(week.base_m, places.between_m, contact)
    rounds.travel(p, week.pool, places, order, week.base_m, contact, rounds.Trip(minutes, metres))
    return Length(float(metres.sum()), float(minutes.sum()))


def visits_by_day(week: Week, p: rounds.Params, luck: np.random.Generator) -> I64:
    """Return whole visits per village and day, shape (V, days): the week's visits, spread evenly over its days."""
    days = int(p.days[week.pool])
    visits = -(-week.contact // int(p.visit[week.pool]))
    start = luck.integers(days, size=len(visits))
    day = np.arange(days)
    upto = (visits[:, None] * (day + 1) + start[:, None]) // days - (visits[:, None] * day + start[:, None]) // days
    return np.asarray(upto, dtype=np.int64)


def by_solver(
    week: Week, places: Geography, p: rounds.Params, entry: str = "end", most_days: int = 7, *, whole: bool = False
) -> Length:
    """Return the length of a week's rounds as PyVRP finds them, addresses drawn along the ribbons.

    Parameters
    ----------
    entry
        One of `ENTRIES`.
    most_days
        How many days of the week are solved; they stand for the rest.
    whole
        Whether no round may hold more than 3.5 contact hours; otherwise rounds hold that on average, as in the rule.
    """
    luck = np.random.default_rng([SEED, week.year, week.pool, sum(map(ord, week.name))])
    visits = visits_by_day(week, p, luck)
    days = visits.shape[1]
    chosen = np.unique(np.linspace(0, days - 1, min(most_days, days)).astype(int))
    home_share = int(p.from_home[week.pool]) / 1000
    metres = minutes = 0.0
    for day in chosen:
        village = np.repeat(np.arange(len(week.contact)), visits[:, day])
        if len(village) == 0:
            continue
        along = luck.random(len(village)) * places.ribbon_m[village]
        for from_home, share in ((True, home_share), (False, 1 - home_share)):
            length = solve_day(week, places, p, village, along, entry, from_home=from_home, whole=whole)
            metres += share * length.metres * days / len(chosen)
            minutes += share * length.minutes * days / len(chosen)
    return Length(metres, minutes)


def solve_day(
    week: Week,
    places: Geography,
    p: rounds.Params,
    village: I64,
    along: F64,
    entry: str,
    *,
    from_home: bool,
    whole: bool,
) -> Length:
    """Return the length of one day's rounds that all start at home, or all at the base.

    Parameters
    ----------
    village, along
        shape (visits,): where each visit is, and how far along the ribbon, unit m.
    """
    from pyvrp import Client, Depot, Location, ProblemData, VehicleType, solve
    from pyvrp.stop import MaxIterations

    ribbon = places.ribbon_m[village]
    to_road = np.minimum(along, ribbon - along) if entry == "end" else abs(along - ribbon / 2)
    same = village[:, None] == village[None, :]
    inside = abs(along[:, None] - along[None, :])
    outside = to_road[:, None] + to_road[None, :]
    if entry == "end":  # of one village: along the ribbon
        outside = np.where(same, 0.0, outside)
    slow = np.where(same, inside, outside)
    fast = np.where(same, 0, places.between_m[village[:, None], village[None, :]])
    base = week.base_m[village]
    fast_depot = np.minimum(p.home_m, base) if from_home else base
    slow_depot = np.zeros(len(village)) if from_home else to_road  # a worker's home lies so far from her first client
    slow = np.block([[np.zeros((1, 1)), slow_depot[None, :]], [slow_depot[:, None], slow]])
    fast = np.block([[np.zeros((1, 1)), fast_depot[None, :]], [fast_depot[:, None], fast]])
    minutes = slow / p.village_m_per_min + fast / p.m_per_min

    per_round = p.round_minutes / int(p.visit[week.pool])
    per_round = math.floor(per_round) if whole else per_round
    n_rounds = math.ceil(len(village) / per_round)
    n_rounds += len(village) > 60  # one to spare: without it the solver hardly finds a plan at all
    loads = [math.floor((k + 1) * per_round) - math.floor(k * per_round) for k in range(n_rounds)]
    data = ProblemData(
        locations=[Location(0, 0)] * (len(village) + 1),
        depots=[Depot(0)],
        clients=[Client(k + 1, delivery=[1]) for k in range(len(village))],
        vehicle_types=[
            VehicleType(loads.count(load), [load], unit_distance_cost=0, unit_duration_cost=1)
            for load in sorted(set(loads))
        ],
        distance_matrices=[np.zeros_like(minutes, dtype=np.int64)],
        duration_matrices=[np.rint(minutes * TICKS).astype(np.int64)],
    )
    for effort in (1, 4, 16):
        stop = MaxIterations(effort * (FINE if len(village) <= 60 else ROUGH))
        result = solve(data, stop, seed=SEED, collect_stats=False)
        if result.is_feasible():
            break
    else:
        raise RuntimeError(f"no rounds found that hold the visits: {week.name}")
    driven = paid = 0.0
    for route in result.best.routes():
        stops = [0, *(stop.idx + 1 for stop in route if stop.is_client()), 0]
        for a, b in pairwise(stops):
            driven += slow[a, b] + fast[a, b]
            paid += 0.0 if from_home and 0 in (a, b) else minutes[a, b]
    return Length(driven, paid)


# --- all weeks, the table and the figure --------------------------------------------------------------------------


def compare(weeks: Sequence[Week]) -> pd.DataFrame:
    """Return km and paid minutes a week by the rule and by the solver, a row per week, and say how far it is."""
    config = load_config(SCENARIOS / "today.toml")
    places, p = geography(config, load_tables()), rounds.prepare(world_of(config, load_tables()))
    rows = []
    for number, week in enumerate(weeks, start=1):
        a_day = week.contact.sum() / int(p.visit[week.pool]) / int(p.days[week.pool])
        most_days = 3 if a_day <= 60 else 1
        lengths = {
            "rule": by_rule(week, places, p),
            "solver": by_solver(week, places, p, "end", most_days),
        }
        if week.year == VARIANTS:
            lengths["middle"] = by_solver(week, places, p, "middle", most_days)
            lengths["whole"] = by_solver(week, places, p, "end", most_days, whole=True)
        row = {"scenario": week.scenario, "year": week.year, "planner": week.planner, "pool": POOLS[week.pool]}
        row |= {"visits_a_day": round(a_day, 1), "contact_hours": round(week.contact.sum() / 60)}
        row |= {f"km_{name}": round(length.metres / 1000, 1) for name, length in lengths.items()}
        row |= {f"min_{name}": round(length.minutes, 1) for name, length in lengths.items()}
        rows.append(row)
        sys.stderr.write(f"{number}/{len(weeks)} {week.name}\n")
    return pd.DataFrame(rows)


def size(rows: pd.DataFrame) -> pd.Series:
    """Return the size class of each week."""
    return pd.cut(
        rows["visits_a_day"],
        [0, 30, 60, 120, 1e6],
        right=False,
        labels=["under 30", "30 to 59", "60 to 119", "120 and more"],
    )


def ratios(rows: pd.DataFrame) -> pd.DataFrame:
    """Return rule over solver by pool and size: of the sums, and of kilometres the smallest and largest."""
    groups = rows.groupby(["pool", size(rows)], observed=True)
    sums = groups.sum(numeric_only=True)
    table = pd.DataFrame({"weeks": groups.size()})
    for unit in ("km", "min"):
        table[unit] = sums[f"{unit}_rule"] / sums[f"{unit}_solver"]
        each = (rows[f"{unit}_rule"] / rows[f"{unit}_solver"]).groupby([rows["pool"], size(rows)], observed=True)
        table[f"{unit} lowest"], table[f"{unit} highest"] = each.min(), each.max()
    some = rows[rows["year"] == VARIANTS]
    of_year = some.groupby(["pool", size(some)], observed=True).sum(numeric_only=True)
    table["km, that year"] = of_year["km_rule"] / of_year["km_solver"]
    table["km, that year, entered in the middle"] = of_year["km_rule"] / of_year["km_middle"]
    table["km, that year, no round over 3.5 h"] = of_year["km_rule"] / of_year["km_whole"]
    hours = sums["contact_hours"]
    table["paid travel, min per contact hour, rule"] = sums["min_rule"] / hours
    table["the same, solver"] = sums["min_solver"] / hours
    return table.round(2)


def saved(rows: pd.DataFrame) -> pd.DataFrame:
    """Return what sharing rounds saves of the members' driving, in percent, by rule and solver."""
    here = rows[rows["scenario"] == "convenant"]
    shared = here["planner"] == "members"
    columns = ["km_rule", "km_solver", "min_rule", "min_solver"]
    together, apart = here[shared].groupby("pool")[columns].sum(), here[~shared].groupby("pool")[columns].sum()
    return (100 * (1 - together / apart)).round(0)


def draw(rows: pd.DataFrame, path: Path) -> None:
    """Draw rule over solver against the size of the day."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, 2, figsize=(9, 3.8), sharex=True, layout="constrained")
    for axis, unit, title in zip(axes, ("km", "min"), ("kilometres", "paid minutes"), strict=True):
        for pool, marker, colour in ((POOLS[0], "o", "#b35900"), (POOLS[1], "s", "#00577d")):
            some = rows[rows["pool"] == pool]
            ratio = some[f"{unit}_rule"] / some[f"{unit}_solver"]
            axis.scatter(
                some["visits_a_day"], ratio, marker=marker, color=colour, alpha=0.7, label=pool.replace("_", " ")
            )
        axis.axhline(1, color="0.4", linewidth=0.8)
        axis.set(xscale="log", title=f"{title}: rule / solver", xlabel="visits a day")
    axes[0].legend(frameon=False)
    figure.savefig(path, dpi=130)


def main() -> None:
    """Compare on all days and write table and figure."""
    parser = argparse.ArgumentParser(description="Rounds by day: the rule against a solver of vehicle routing.")
    parser.add_argument("--days", action="store_true", help="run the model anew and write days.csv")
    if parser.parse_args().days:
        write_weeks(list(weeks_of_a_run()), HERE / "days.csv")
    rows = compare(read_weeks(HERE / "days.csv"))
    rows.to_csv(HERE / "result.csv", index=False, lineterminator="\n")
    draw(rows, HERE / "ratio.png")
    with pd.option_context("display.width", 250, "display.max_columns", None):
        parts = ("Rule / solver", ratios(rows).T.to_string(), "", "Saved by sharing, %", saved(rows).to_string(), "")
        sys.stdout.write("\n".join(parts))


if __name__ == "__main__":
    main()
