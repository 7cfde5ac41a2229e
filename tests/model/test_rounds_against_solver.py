"""Rounds by day against a solver of vehicle routing, on a handful of weeks of a real run.

`experiments/rounds_check` does the same for all its weeks; the bounds here are those that it measured, see its page.
"""

from __future__ import annotations

import importlib.util
import sys
from types import ModuleType

import numpy as np
import pandas as pd
import pytest
from model_tools import ROOT

from krimpsim.config.load import load_config
from krimpsim.inputs.tables import load_tables
from krimpsim.population.geography import Geography, geography
from krimpsim.population.world import world_of
from krimpsim.processes import rounds


def need_solver() -> None:
    pytest.importorskip("pyvrp", reason="the solver PyVRP is not installed; it comes with the extra dev")


@pytest.fixture(scope="module")
def check() -> ModuleType:
    path = ROOT / "experiments" / "rounds_check" / "check.py"
    spec = importlib.util.spec_from_file_location("rounds_check", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["rounds_check"] = module
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def rule() -> tuple[Geography, rounds.Params]:
    config = load_config(ROOT / "configs" / "scenarios" / "today.toml")
    return geography(config, load_tables()), rounds.prepare(world_of(config, load_tables()))


#: Weeks of different size, and bounds on rule over solver in kilometres and in paid minutes: what was measured on all
#: weeks of that pool, to one figure outwards; no week of care lay below 1, as nobody drives less than a good planner.
CARE, HELP = ((1.0, 1.4), (1.0, 1.4)), ((1.1, 1.8), (1.4, 3.3))
WEEKS = {
    "today 2014 thuiszorg_f care": CARE,
    "today 2025 thuiszorg_c care": CARE,
    "today 2035 thuiszorg_e care": CARE,
    "convenant 2025 members care": CARE,
    "today 2025 thuiszorg_a household_help": HELP,
}


@pytest.mark.parametrize("name", WEEKS)
def test_the_rule_drives_about_as_far_as_a_solver(
    name: str, check: ModuleType, rule: tuple[Geography, rounds.Params]
) -> None:
    need_solver()
    week = next(week for week in check.read_weeks(check.HERE / "days.csv") if week.name == name)
    by_rule, by_solver = check.by_rule(week, *rule), check.by_solver(week, *rule, most_days=2)
    km, minutes = WEEKS[name]
    assert km[0] <= by_rule.metres / by_solver.metres <= km[1]
    assert minutes[0] <= by_rule.minutes / by_solver.minutes <= minutes[1]


def test_the_kept_result_is_that_of_the_rule_of_now(check: ModuleType, rule: tuple[Geography, rounds.Params]) -> None:
    kept = pd.read_csv(check.HERE / "result.csv")
    lengths = [check.by_rule(week, *rule) for week in check.read_weeks(check.HERE / "days.csv")]
    command = "run experiments/rounds_check/check.py again, and mend its page"
    assert kept["km_rule"].tolist() == [round(one.metres / 1000, 1) for one in lengths], command
    assert kept["min_rule"].tolist() == [one.minutes for one in lengths], command


def test_what_sharing_rounds_saves_is_about_what_a_solver_saves(check: ModuleType) -> None:
    """In points of a percent of the members' driving: the gain of cooperation that rests on this rule."""
    saved = check.saved(pd.read_csv(check.HERE / "result.csv"))
    too_much = saved["km_rule"] - saved["km_solver"]
    assert -5 <= too_much["care"] <= 10
    assert -5 <= too_much["household_help"] <= 15


def test_the_solver_finds_what_can_be_counted_by_hand(check: ModuleType, rule: tuple[Geography, rounds.Params]) -> None:
    """One visit a day in one village from a base 5 km away: there and back, and from the road to the door and back."""
    need_solver()
    places, p = rule
    contact, base_m = np.zeros(22, dtype=np.int64), np.full(22, 5_000, dtype=np.int64)
    contact[3] = 7 * int(p.visit[1])
    week = check.Week("by hand", 2025, "one", 1, contact, base_m)
    day = check.solve_day(week, places, p, np.array([3]), np.array([200.0]), "end", from_home=False, whole=False)
    assert day.metres == 2 * (5_000 + 200)
    assert day.minutes == pytest.approx(2 * (5_000 / p.m_per_min + 200 / p.village_m_per_min))
    at_home = check.solve_day(week, places, p, np.array([3]), np.array([200.0]), "end", from_home=True, whole=False)
    assert (at_home.metres, at_home.minutes) == (2 * p.home_m, 0.0)
