"""Points of their own for each replicate, points from a table, factors that stand for many, clauses that are off."""

from __future__ import annotations

import json
import sys

import numpy as np
import pytest
from draws_tools import CLAUSE, SCENARIOS, STRENGTH, TWO_FACTORS, experiment, in_process, line, plan_of, problems
from sweep_tools import FAKE, content

from krimpsim import cli
from krimpsim.config.declarations import plain
from krimpsim.config.run import RunConfig
from krimpsim.experiments.chunk import run_chunk
from krimpsim.experiments.comparison import compare_scenarios
from krimpsim.experiments.designs import drawn
from krimpsim.experiments.engine import current_plan, local_engine, run_experiment
from krimpsim.experiments.plan import read_plan, write_plan
from krimpsim.experiments.ranges import levers, uncertain
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.responses import read_responses
from krimpsim.experiments.state import status, values_of
from krimpsim.experiments.store import Store

# --- a point of its own for each replicate ----------------------------------------------------------------------


def test_each_replicate_has_luck_and_a_point_of_its_own_and_scenarios_share_both(tmp_path):
    plan = plan_of(experiment(tmp_path))
    runs = [plan.run(number) for number in range(len(plan.ids))]
    assert len(runs) == 10
    assert [run.replicate for run in runs] == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    points = {run.replicate: set() for run in runs}
    for run in runs:
        config = plan.config(run)
        points[run.replicate].add((config.care_need.men_ratio, config.market.consent_share))
    assert {len(found) for found in points.values()} == {1}, "scenarios share the draw"
    assert len(set.union(*points.values())) == 5, "replicates do not"
    store = Store(tmp_path / "store")
    write_plan(plan, store)
    read = read_plan(store.folder, plan.name)
    assert [read.run(n) for n in range(len(read.ids))] == runs
    assert (read.values, read.replicates, read.is_drawn) == (plan.values, 5, True)


def test_a_draw_hangs_on_seed_replicate_and_key_alone(tmp_path):
    few = plan_of(experiment(tmp_path))
    more = plan_of(experiment(tmp_path, replicates=9))
    assert more.values[:5] == few.values
    assert set(few.ids) < set(more.ids)
    third = plan_of(experiment(tmp_path, '[[factors]]\nkey = "informal_care.stop_per_year"\n' + TWO_FACTORS))
    assert [point[1:] for point in third.values] == few.values
    other = plan_of(experiment(tmp_path, design='kind = "draws"\nseed = 1'))
    assert not set(other.values) & set(few.values)


def test_draws_fill_their_ranges_evenly_and_are_independent():
    u = np.array([[drawn(3, r, name) for name in ("a", "b")] for r in range(4000)])
    counts = np.array([np.histogram(column, 20, (0, 1))[0] for column in u.T])
    assert (((counts - 200) ** 2 / 200).sum(axis=1) < 43.8).all(), "chi-square, 19 degrees of freedom, 1 in 1000"
    assert abs(np.corrcoef(u.T)[0, 1]) < 3.3 / 4000**0.5


def test_a_stop_rule_adds_draws_and_keeps_those_that_are_there(tmp_path):
    stop = '[stop]\nindicator = "births"\nagainst = "tiny"\nhalf_width = {}\nreplicates = 16\n'
    for half_width, draws in ((0.01, 16), (1e9, 4)):
        file = experiment(tmp_path, replicates=4, more=stop.format(half_width))
        store = Store(tmp_path / f"store{draws}")
        done = run_experiment(load_experiment(file, FAKE), str(file), store, local_engine(1))
        assert (done.total, done.missing) == (2 * draws, 0)
        y = read_responses(file, store.folder).responses
        assert y["tiny", "births"].shape == (draws, 1)
    file = experiment(tmp_path, replicates=4)
    store = Store(tmp_path / "store16")
    assert not plan_of(file).missing(store)
    y = read_responses(file, store.folder).responses
    half = 3.182446305 * (y["rounds", "births"] - y["tiny", "births"]).std(ddof=1) / 2
    for factor, draws in ((0.999, 8), (1.001, 4)):
        file = experiment(tmp_path, replicates=4, more=stop.format(factor * half).replace("16", "8"))
        assert current_plan(load_experiment(file, FAKE), str(file), store).replicates == draws


def test_better_in_so_many_means_luck_and_assumptions(tmp_path):
    file, store = experiment(tmp_path, replicates=40), Store(tmp_path / "store")
    in_process(plan_of(file), store)
    result = compare_scenarios(file, store.folder, out=tmp_path / "out")
    row = result.tables["differences"].iloc[0]
    assert (row["pairs"], row["points"], row["R"], row["seeds"]) == (40, 40, 1, "0..39")
    assert row["interval"] == "t over 40 points"
    y = read_responses(file, store.folder).responses
    difference = (y["rounds", "births"] - y["tiny", "births"])[:, 0]
    assert row["pairs_better"] == (difference < 0).sum()
    half = 2.022690920 * difference.std(ddof=1) / 40**0.5
    assert (row["low"], row["high"]) == pytest.approx((difference.mean() - half, difference.mean() + half))
    assert not result.notes


# --- factors that do not act ------------------------------------------------------------------------------------


@pytest.mark.parametrize(("design", "kept"), [('kind = "grid"', 3), ('kind = "sobol"\nn = 4', 8)])
def test_no_run_is_made_for_a_clause_that_is_off(tmp_path, design, kept):
    """Strength varies in the scenario that has the clause; the other keeps its value, its runs and its results."""
    file = experiment(tmp_path, '[[factors]]\nkey = "care_need.men_ratio"\n' + STRENGTH, design, 2)
    plan, store = plan_of(file), Store(tmp_path / "store")
    points = len(plan.values)
    assert len(plan.ids) == 2 * 2 * points
    assert len(plan.positions) == 2 * (points + kept)
    off = {name: {plan.config(plan.run(n)).convenant.shared_rounds.strength for n in range(len(plan.ids))
                  if plan.run(n).scenario == name} for name in plan.scenarios}  # fmt: skip
    assert off["tiny"] == {1.0}
    assert len(off["rounds"]) > 2
    assert plan.missing(store) == sorted(plan.positions.values())
    assert in_process(plan, store) == len(plan.positions)
    assert status(plan, store).missing == 0
    found = status(plan, store)
    assert (found.total, found.done) == (len(plan.positions),) * 2
    values = values_of(plan, store, plan.columns)[plan.columns[0]].reshape(points, 2, 2)
    assert np.isfinite(values).all()
    for p in range(points):
        same = [q for q in range(points) if plan.values[q][:-1] == plan.values[p][:-1]]
        np.testing.assert_array_equal(values[same, :, 0], np.broadcast_to(values[p, :, 0], (len(same), 2)))
    inputs = [json.loads(text) for text in content(store, plan)["inputs"]]
    assert {"convenant.shared_rounds.strength" in one for one in inputs if one["scenario"] == "tiny"} == {False}
    assert {"convenant.shared_rounds.strength" in one for one in inputs if one["scenario"] == "rounds"} == {True}


def test_a_chunk_never_computes_a_run_twice(tmp_path):
    plan = plan_of(experiment(tmp_path, '[[factors]]\nkey = "care_need.men_ratio"\n' + STRENGTH, 'kind = "grid"', 1))
    store = Store(tmp_path / "store")
    write_plan(plan, store)
    assert run_chunk(store.folder, plan.name, range(len(plan.ids))).runs == len(plan.positions) == 12 < len(plan.ids)


def test_dry_run_counts_the_runs_that_are_made(tmp_path, monkeypatch, capsys):
    file = experiment(tmp_path, '[[factors]]\nkey = "care_need.men_ratio"\n' + STRENGTH, 'kind = "grid"', 2)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "argv", ["krimpsim", "sweep", "run", str(file), "--dry-run", "--json"])
    with pytest.raises(SystemExit):
        cli.main()
    found = json.loads(capsys.readouterr().out)
    assert (found["points"], found["runs"], found["missing"]) == (9, 2 * (9 + 3), 2 * (9 + 3))


def test_a_factor_may_be_for_some_scenarios_only(tmp_path):
    factor = '[[factors]]\nkey = "care_need.men_ratio"\nlevels = 2\nscenarios = ["rounds"]\n'
    plan = plan_of(experiment(tmp_path, factor, 'kind = "grid"', 1))
    runs = [plan.run(number) for number in plan.positions.values()]
    found = [(run.scenario, plan.config(run).care_need.men_ratio) for run in runs]
    assert found[0] == ("tiny", RunConfig().care_need.men_ratio)
    assert [name for name, _ in found] == ["tiny", "rounds", "rounds"]
    assert len({value for _, value in found[1:]}) == 2


def test_a_clause_that_a_factor_switches_on_varies_where_it_is_on(tmp_path):
    both = '[[factors]]\nkey = "convenant.shared_rounds.strength"\nlevels = 3\n'
    both += '[[factors]]\nkey = "convenant.shared_rounds.enabled"\nvalues = [false, true]\n'
    plan = plan_of(experiment(tmp_path, both, 'kind = "grid"', 1, scenarios=""))
    found = [plan.config(plan.run(n)).convenant.shared_rounds for n in plan.positions.values()]
    assert sorted((one.enabled, one.strength) for one in found) == [(False, 1.0), (True, 0.0), (True, 0.5), (True, 1.0)]


# --- factors that stand for many --------------------------------------------------------------------------------


def test_all_uncertain_is_every_number_with_a_range_that_nobody_chose(tmp_path):
    plan = plan_of(experiment(tmp_path, '[[factors]]\nkey = "all uncertain"\n'))
    keys = {r.key for r in plan.facts.ranges}
    assert len(keys) == len(plan.facts.ranges) > 100
    assert {"care_need.men_ratio", "market.consent_share", "convenant.shared_rounds.coordination_fte"} <= keys
    assert "convenant.shared_rounds.strength" not in keys, "a choice"
    assert "convenant.mutual_cover.coordination_fte" not in keys, "of a clause that no scenario has"
    assert not any(key.startswith("run.") for key in keys)
    for r in plan.facts.ranges:
        field = RunConfig
        for name in r.key.split("."):
            declared = field.model_fields[name]
            field = declared.annotation
        assert (r.low, r.high) == tuple(map(float, declared.json_schema_extra["x-range"]))
    base = plain(RunConfig())
    clauses = ("convenant.shared_rounds.", "convenant.joint_nights.")  # the base of tiny has joint nights
    assert set(uncertain([base])) == {key for key in keys if not key.startswith(clauses)}


def test_what_scenarios_give_different_values_is_left_to_them(tmp_path):
    """A scenario that is about consent would be overwritten by a draw of consent."""
    other = SCENARIOS + "set.market.consent_share = 0.7\n"
    keys = {
        r.key
        for r in plan_of(experiment(tmp_path, '[[factors]]\nkey = "all uncertain"\n', scenarios=other)).facts.ranges
    }
    assert "care_need.men_ratio" in keys
    assert "market.consent_share" not in keys


def test_a_key_of_its_own_goes_before_all_and_some_may_be_left_out(tmp_path):
    text = '[[factors]]\nkey = "all uncertain"\nwithout = ["market.*"]\n' + TWO_FACTORS
    ranges = {r.key: r for r in plan_of(experiment(tmp_path, text)).facts.ranges}
    assert (ranges["care_need.men_ratio"].low, ranges["care_need.men_ratio"].high) == (0.6, 0.9)
    assert [key for key in ranges if key.startswith("market.")] == ["market.consent_share"]


def test_all_levers_is_the_strength_of_clauses_that_are_on(tmp_path):
    third = '[[scenarios]]\nid = "more"\n' + CLAUSE + "set.convenant.mutual_cover.enabled = true\n"
    third += "set.convenant.mutual_cover.periods = [{ strength = 0.5 }, { start = 2014-01-01, strength = 0.8 }]\n"
    plan = plan_of(experiment(tmp_path, '[[factors]]\nkey = "all levers"\n', scenarios=SCENARIOS + third))
    rounds = "convenant.mutual_cover.periods"
    keys = [f"{rounds}.0.strength", f"{rounds}.1.strength", "convenant.shared_rounds.strength"]
    assert [r.key for r in plan.facts.ranges] == keys
    found = {name: [] for name in plan.scenarios}
    for number in plan.positions.values():
        run = plan.run(number)
        clauses = plan.config(run).convenant
        found[run.scenario].append(
            (clauses.shared_rounds.strength, *(p.strength for p in clauses.mutual_cover.periods))
        )
    assert set(found["tiny"]) == {(1.0,)}
    assert [one[:1] for one in found["more"]] == found["rounds"], "the same draw wherever the clause is on"
    assert len(set(found["more"])) == 5
    configs = [plain(config) for config in load_experiment(tmp_path / "drawn.toml").scenarios.values()]
    configs[1]["convenant"]["shared_rounds"]["strength"] = 0.5
    assert keys[2] not in levers(configs), "scenarios that differ in strength are about strength"


def test_mistakes_in_factors_that_stand_for_many_are_located(tmp_path):
    text = """[[factors]]
key = "all uncertain"
low = 0.5
[[factors]]
key = "all levers"
without = ["convenant.shared_ruonds.*"]
[[factors]]
key = "care_need.men_ratio"
scenarios = ["round"]
[[factors]]
key = "market.consent_share"
without = ["x"]
[[factors]]
key = "convenant.mutual_cover.strength"
"""
    file = experiment(tmp_path, text)
    found = problems(file)
    at = [line(file, words) for words in (
        "low = 0.5", 'without = ["convenant.shared_ruonds.*"]', 'scenarios = ["round"]', 'without = ["x"]',
        'key = "convenant.mutual_cover.strength"')]  # fmt: skip
    assert [int(one.split()[0].partition(":")[2]) for one in found] == at
    assert "factors.0.low: low is not for 'all uncertain' | each parameter has its own range" in found[0]
    assert "fits none of them" in found[1]
    assert "'round' is not a scenario of this file | did you mean 'rounds'?" in found[2]
    assert "without is not for a single key | only for 'all uncertain' and 'all levers'" in found[3]
    assert "belongs to a clause that is off | no scenario has convenant.mutual_cover on" in found[4]
    none = experiment(
        tmp_path, '[[factors]]\nkey = "all levers"\n', scenarios='[[scenarios]]\n[[scenarios]]\nid = "b"\n'
    )
    at = line(none, 'key = "all levers"')
    assert problems(none) == [
        f"drawn.toml:{at} factors.0.key: 'all levers' finds nothing "
        "| no clause is on, or those that are on are the same in all scenarios"
    ]
