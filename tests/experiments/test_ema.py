"""The EMA Workbench on runs of our own store."""

from __future__ import annotations

import importlib.util
import re
import sys

import box_model
import known_model
import numpy as np
import pytest
from analysis_tools import TWO, experiment
from sweep_tools import FAKE, ROOT

from krimpsim.config.declarations import plain
from krimpsim.config.run import RunConfig
from krimpsim.core.errors import ConfigError, DataError, UsageError
from krimpsim.experiments.chunk import run_chunk
from krimpsim.experiments.engine import run_experiment
from krimpsim.experiments.keys import point_data
from krimpsim.experiments.plan import make_plan, write_plan
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.reductions import scalars
from krimpsim.experiments.state import status

LEVER = '[[factors]]\nkey = "convenant.joint_nights.strength"\n'
LHS = 'kind = "lhs"\nn = 8'


@pytest.fixture(scope="module")
def ema():
    if sys.version_info < (3, 12):
        pytest.skip("the EMA Workbench needs Python 3.12")
    return importlib.import_module("krimpsim.experiments.ema")


class Counting:
    """An engine in this process that counts the runs it is given."""

    def __init__(self):
        self.runs = 0

    def __call__(self, plan, store, numbers, retry, show):
        self.runs += len(numbers)
        write_plan(plan, store)
        run_chunk(store.folder, plan.name, numbers, retry)


def evaluator_of(ema, file, simulate="known_model:simulate", **more):
    engine = Counting()
    found = ema.StoreEvaluator(file, file.parent / "store", engine, simulate=simulate, **more)
    return found, engine


def test_without_the_workbench_the_reason_is_plain(monkeypatch):
    for name in [name for name in sys.modules if name.partition(".")[0] == "ema_workbench"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "ema_workbench", None)
    monkeypatch.delitem(sys.modules, "krimpsim.experiments.ema", raising=False)
    with pytest.raises(UsageError, match=r"with Python 3.12 or later, pip install 'krimpsim\[ema\]'"):
        importlib.import_module("krimpsim.experiments.ema")


# --- what is declared -------------------------------------------------------------------------------------------


def test_uncertainties_levers_and_outcomes_are_those_of_the_declarations(ema, tmp_path):
    text = experiment(tmp_path, LHS, replicates=3, more=TWO).read_text(encoding="utf-8")
    more = (
        '[[factors]]\nkey = "informal_care.substitution_personal_care"\n'
        '[[factors]]\nkey = "care_need.minutes_nursing.2"\nlow = 1\nhigh = 4\n' + LEVER
    )
    file = tmp_path / "more.toml"
    file.write_text(text.replace("[design]", f"{more}[design]"), encoding="utf-8")
    model = evaluator_of(ema, file)[0].model
    bounds = {p.name: (p.lower_bound, p.upper_bound) for p in model.uncertainties}
    block = type(RunConfig().informal_care).model_fields["substitution_personal_care"].json_schema_extra
    assert bounds == {key.replace(".", "__"): ends for key, ends in known_model.FACTORS.items()} | {
        "informal_care__substitution_personal_care": tuple(block["x-range"]),
        "care_need__minutes_nursing__2": (1, 4),
    }
    assert type(model.uncertainties["care_need__minutes_nursing__2"]).__name__ == "IntegerParameter"
    scenario, strength = model.levers
    assert (scenario.name, [one.value for one in scenario.categories]) == ("krimpsim_scenario", ["tiny", "half"])
    assert (strength.name, strength.lower_bound, strength.upper_bound) == ("convenant__joint_nights__strength", 0, 1)
    assert [(one.name, one.shape) for one in model.outcomes] == [("ishigami", (3,)), ("sobol_g", (3,))]


@pytest.mark.parametrize(
    "words",
    [
        "",
        'distribution = "log_uniform"',
        'distribution = "triangular"',
        'distribution = "triangular"\nmode = 0.6',
    ],
)
def test_values_are_spread_as_in_a_sweep(ema, tmp_path, words):
    file = experiment(tmp_path, LHS)
    text = file.read_text(encoding="utf-8")
    file.write_text(text.replace("high = 1.0", f"high = 1.0\n{words}"), encoding="utf-8")
    found, _ = evaluator_of(ema, file)
    (r,) = [r for r in found.loaded.ranges if r.key == "care_need.men_ratio"]
    u = np.linspace(0.01, 0.99, 25)
    dist = found.model.uncertainties["care_need__men_ratio"].dist
    np.testing.assert_allclose(dist.ppf(u), [r.at(one) for one in u], rtol=1e-12)
    assert found.model.uncertainties["care_need__men_ratio"].lower_bound == pytest.approx(0.5)


# --- what comes out ---------------------------------------------------------------------------------------------


def sampled(evaluator, seed=1, scenarios=5, policies=3):
    return evaluator.perform_experiments(
        scenarios=scenarios,
        policies=policies,
        uncertainty_sampling_kwargs={"rng": seed},
        lever_sampling_kwargs={"rng": seed},
    )


def test_outcomes_are_those_of_the_model_and_are_computed_once(ema, tmp_path):
    file = experiment(tmp_path, LHS, replicates=3, more=TWO)
    file.write_text(file.read_text(encoding="utf-8").replace("[design]", f"{LEVER}[design]"), encoding="utf-8")
    evaluator, engine = evaluator_of(ema, file)
    with evaluator:
        cases, outcomes = sampled(evaluator)
    assert engine.runs == 15 * 3
    assert set(cases["krimpsim_scenario"]) == {"tiny", "half"}
    loaded = evaluator.loaded
    for number, case in enumerate(cases.to_dict("records")):
        values = [case[ema.name_of(r.key)] for r in loaded.ranges]
        base = plain(loaded.scenarios[case["krimpsim_scenario"]])
        config = RunConfig.model_validate(point_data(base, loaded.ranges, values))
        for replicate in range(3):
            wanted = scalars(known_model.simulate(config, replicate), loaded.experiment.indicators)
            assert [outcomes[name][number, replicate] for name in ("ishigami", "sobol_g")] == wanted
    again, engine = evaluator_of(ema, file)
    with again:
        same, others = sampled(again)
        assert engine.runs == 0
        names = [ema.name_of(r.key) for r in loaded.ranges]
        assert same[names].equals(cases[names])
        assert all(np.array_equal(outcomes[name], others[name]) for name in outcomes)
        sampled(again, seed=2)
    assert engine.runs == 45, "other points are other runs"


def test_the_design_of_a_sweep_that_is_done_costs_nothing(ema, tmp_path):
    file = experiment(tmp_path, LHS, replicates=2, more=TWO)
    evaluator, engine = evaluator_of(ema, file)
    run_experiment(evaluator.loaded, str(file), evaluator.store, engine)
    assert engine.runs == 8 * 2 * 2
    from ema_workbench import Sample

    policies = [Sample(name, krimpsim_scenario=name) for name in ("tiny", "half")]
    with evaluator:
        cases, outcomes = evaluator.perform_experiments(scenarios=evaluator.design(), policies=policies)
    assert engine.runs == 8 * 2 * 2
    plan = make_plan(evaluator.loaded, str(file))
    assert cases["care_need__men_ratio"].tolist() == [point[0] for point in plan.values] * 2
    assert outcomes["ishigami"].shape == (16, 2)
    assert status(plan, evaluator.store).missing == 0


def test_a_grid_of_words_becomes_categories(ema, tmp_path):
    file = experiment(tmp_path, 'kind = "grid"', replicates=1)
    text = file.read_text(encoding="utf-8")
    start, end = text.index("[[factors]]"), text.index("[design]")
    words = '[[factors]]\nkey = "convenant.joint_nights.enabled"\nvalues = [true, false]\n'
    words += '[[factors]]\nkey = "care_need.minutes_nursing.2"\nlow = 1\nhigh = 2\n'
    file.write_text(text[:start] + words + text[end:], encoding="utf-8")
    evaluator, engine = evaluator_of(ema, file, "fake_model:simulate")
    assert [type(p).__name__ for p in evaluator.model.levers] == ["CategoricalParameter"]
    run_experiment(evaluator.loaded, str(file), evaluator.store, engine)
    with evaluator:
        cases, _ = evaluator.perform_experiments(scenarios=evaluator.design())
    assert engine.runs == 4
    found = zip(cases["convenant__joint_nights__enabled"], cases["care_need__minutes_nursing__2"], strict=True)
    assert list(found) == evaluator.loaded.values


def test_prim_finds_the_box_that_was_planted(ema, tmp_path):
    from ema_workbench.analysis import prim

    file = experiment(tmp_path, LHS, replicates=2, more=TWO)
    evaluator, _ = evaluator_of(ema, file, "box_model:simulate")
    with evaluator:
        cases, outcomes = evaluator.perform_experiments(
            scenarios=400, policies=0, uncertainty_sampling_kwargs={"rng": 3}
        )
    collapsed = (outcomes["sobol_g"] * 24 > box_model.MANY / 2).all(axis=1)
    x = cases[[ema.name_of(r.key) for r in evaluator.loaded.ranges]]
    box = prim.Prim(x, collapsed).find_box()
    path = box.peeling_trajectory
    step = int(np.argmax(path["density"] > 0.95))
    assert path["density"][step] > 0.95
    assert path["coverage"][step] > 0.9
    limits = box.box_lims[step]
    width = {key: ends[1] - ends[0] for key, ends in known_model.FACTORS.items()}
    for key, (low, high) in known_model.FACTORS.items():
        wanted = box_model.BOX.get(key, (low, high))
        found = limits[ema.name_of(key)].to_numpy(dtype=np.float64)
        np.testing.assert_allclose(found, wanted, atol=0.08 * width[key], err_msg=key)


def test_a_mean_over_replicates_is_an_outcome_too(ema, tmp_path):
    from ema_workbench import ScalarOutcome

    evaluator, _ = evaluator_of(ema, experiment(tmp_path, LHS, replicates=3))
    evaluator.model.outcomes = [ScalarOutcome("mean", ScalarOutcome.MAXIMIZE, "ishigami", np.mean)]
    with evaluator:
        _, outcomes = sampled(evaluator, policies=0)
    np.testing.assert_allclose(outcomes["mean"], outcomes["ishigami"].mean(axis=1))


# --- what is refused --------------------------------------------------------------------------------------------


def test_runs_that_fail_are_an_error_and_can_be_tried_again(ema, tmp_path, monkeypatch):
    file = experiment(tmp_path, LHS, replicates=2)
    evaluator, _ = evaluator_of(ema, file)
    monkeypatch.setenv("FAKE_ERROR", "1")
    with evaluator, pytest.raises(DataError, match=r"runs failed, first .*men_ratio.*RuntimeError: no such luck"):
        sampled(evaluator, scenarios=20, policies=0)
    monkeypatch.delenv("FAKE_ERROR")
    again, engine = evaluator_of(ema, file, retry_errors=True)
    with again:
        _, outcomes = sampled(again, scenarios=20, policies=0)
    assert 0 < engine.runs < 10
    assert np.isfinite(outcomes["ishigami"]).all()


@pytest.mark.parametrize(
    ("values", "error", "said"),
    [
        ({"care_need__men_ratio": 0.7, "care_need__men_ration": 0.7}, UsageError, "care_need__men_ration: not in"),
        ({"care_need__men_ratio": -3.0}, ConfigError, r"care_need.men_ratio.*in 1 of 1 points"),
        ({"krimpsim_scenario": "doubled"}, UsageError, "'doubled': the file has tiny, half"),
    ],
)
def test_what_the_file_does_not_know_is_refused(ema, tmp_path, values, error, said):
    from ema_workbench import Sample

    evaluator, engine = evaluator_of(ema, experiment(tmp_path, LHS, more=TWO))
    with evaluator, pytest.raises(error, match=said):
        evaluator.perform_experiments(scenarios=[Sample("odd", **values)])
    assert engine.runs == 0


def test_the_runner_of_the_workbench_is_refused(ema, tmp_path):
    from ema_workbench import EMAError, SequentialEvaluator

    evaluator, _ = evaluator_of(ema, experiment(tmp_path, LHS))
    with SequentialEvaluator(evaluator.model) as other, pytest.raises(EMAError, match="runs go through the store"):
        other.perform_experiments(scenarios=2)


def test_a_file_is_read_as_for_a_sweep(ema, tmp_path):
    file = experiment(tmp_path, LHS)
    file.write_text(file.read_text(encoding="utf-8").replace("men_ratio", "men_ration"), encoding="utf-8")
    with pytest.raises(ConfigError):
        ema.StoreEvaluator(file)
    assert load_experiment(experiment(tmp_path, LHS)).ranges


def test_the_example_runs_to_its_end(ema, tmp_path, monkeypatch, capsys):
    """On the fake model, whose providers fall to four or fewer by luck in some points."""
    spec = importlib.util.spec_from_file_location("collapse", ROOT / "experiments" / "examples" / "collapse.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)
    engine = Counting()
    monkeypatch.setattr(ema, "load_experiment", lambda file, _: load_experiment(file, FAKE))
    monkeypatch.setattr(ema, "local_engine", lambda _: engine)
    example.main(tmp_path / "store")
    out = capsys.readouterr().out
    assert engine.runs == 128 * 2 * 2
    assert re.search(r"today: four providers or fewer in \d+ of 128 points", out)
    assert "density" in out
    assert re.search(r"convenant: \d+% of the points in the same box", out)
