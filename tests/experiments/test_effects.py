"""The page of effects: what a cell says, and that every scenario and all evidence is on it."""

from __future__ import annotations

import csv
import importlib.util
import sys
from pathlib import Path

import numpy as np
import pytest

from krimpsim.config.load import load_config

HERE = Path(__file__).resolve().parents[2] / "experiments" / "effects"
CONFIGS = HERE.parents[1] / "configs"


def load(name):
    spec = importlib.util.spec_from_file_location(name, HERE / f"{name}.py")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module  # dataclasses and imports beside it look it up
    spec.loader.exec_module(module)
    return module


draw = load("draw")
effects = load("effects")
LESS = effects.Outcome("less is better", "1", True, None)
MORE = LESS._replace(lower_is_better=False)
NEITHER = LESS._replace(lower_is_better=None)
BASE = np.array([10.0, 12.0, 14.0, 11.0])
MUCH, NOISE = np.array([4, 4.1, 4, 4]), np.array([1.0, -1.0, 2.0, -2.0])


def cell(b, outcome=LESS, a=BASE):
    return draw.cell(effects.effect_of("b", "a", outcome, 2030, a, np.array(b)), outcome.lower_is_better)


def test_exactly_nothing_has_a_mark_and_chance_a_blank():
    assert cell(BASE) == ("#ffffff", draw.NOTHING)
    assert cell(BASE + NOISE) == ("#ffffff", "")
    assert cell(BASE + 1e-9 * (NOISE > 1))[1] == ""


def test_the_colour_says_better_or_worse_and_the_text_how_much():
    better, worse = cell(BASE - MUCH), cell(BASE + MUCH)
    assert better[0] == cell(BASE + MUCH, MORE)[0] != worse[0] == cell(BASE - MUCH, MORE)[0]
    assert cell(BASE + MUCH, NEITHER)[0] not in (better[0], worse[0])
    assert (better[1], worse[1], cell(BASE + 10_000 * MUCH)[1]) == ("-4", "+4", "+40k")


def test_a_difference_is_measured_by_the_spread_of_the_base():
    found = effects.effect_of("b", "a", LESS, 2030, BASE, BASE - MUCH)
    assert found.standardised == pytest.approx(found.difference / BASE.std(ddof=1))
    alike = effects.effect_of("b", "a", LESS, 2030, np.zeros(4), np.array([1.0, 2.0, 1.0, 2.0]))
    assert alike.standardised == pytest.approx(1.5 / np.array([1.0, 2.0, 1.0, 2.0]).std(ddof=1))
    assert (found.zero, found.pairs, found.is_luck) == (0, 4, False)


def test_every_scenario_and_clause_is_on_the_page_with_its_base():
    files = effects.scenario_files()
    assert {path for path, _ in files} == set((CONFIGS / "scenarios").rglob("*.toml"))
    names = [load_config(path).scenario.id for path, _ in files]
    assert names[0] == effects.BASE
    assert len(set(names)) == len(names)
    assert {base for _, base in files} == {effects.BASE, effects.BASE_OF_CLAUSES} <= set(names)


def test_the_parts_of_the_gap_are_all_there_and_money_is_counted_once():
    y = {f"minutes_{part.name.lower()}": np.array([float(k)]) for k, part in enumerate(effects.Part)}
    y |= {"minutes_needed": np.array([100.0]), "months": np.array([12.0])}
    of = {one.name: one.value for one in effects.OUTCOMES}
    gaps = sum(y[f"minutes_{part.name.lower()}"] for part in effects.GAPS)
    assert of["asked for and not given"](y) + of["never reached"](y) == gaps
    money = {name: np.array([float(k)]) for k, name in enumerate((*effects.PAID, "clause_cost_eur"), 1)}
    whole = of["payers, clauses, less result"](
        y | money | {"cost_eur": np.array([50.0]), "revenue_eur": np.array([60.0])}
    )
    assert whole == 12 * (sum(money.values()) - 10)


def test_all_evidence_belongs_to_a_series_and_lies_in_its_range():
    with (HERE / "evidence.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {row["series"] for row in rows} <= set(effects.SERIES)
    assert all(float(row["low"]) <= float(row["value"]) <= float(row["high"]) and row["source"] for row in rows)
