"""The whole path of a sensitivity analysis: experiment file, plan, engine, store, responses, estimators, tables.

The rule for known indices was written down before the first run: with fixed design seeds every estimate of S1 and ST
lies within twice the half width of its own 95 % interval from the truth, and no half width exceeds 0.15.
"""

from __future__ import annotations

import json
import sys

import known_model
import numpy as np
import pandas as pd
import pytest
from analysis_tools import SIMULATE, TWO, experiment, in_process, plan_of

from krimpsim import cli
from krimpsim.core.errors import ConfigError, DataError, UsageError
from krimpsim.experiments.analysis import analyse, factors_of, outcomes, samples_of
from krimpsim.experiments.engine import local_engine, run_experiment
from krimpsim.experiments.experiment import MOST_REPLICATES
from krimpsim.experiments.plan import read_plan, write_plan
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.responses import read_responses
from krimpsim.experiments.sensitivity import sobol_indices
from krimpsim.experiments.store import Store


@pytest.fixture(scope="module")
def known(tmp_path_factory):
    """Eight scramblings of 64 base points and three replicates, by the local engine: 9,216 runs."""
    folder = tmp_path_factory.mktemp("known")
    file = experiment(folder, 'kind = "sobol"\nn = 64\nscramblings = 8', replicates=3)
    with pytest.MonkeyPatch.context() as patch:
        from sweep_tools import environment

        patch.setenv("PYTHONPATH", environment()["PYTHONPATH"])
        done = run_experiment(load_experiment(file, SIMULATE), str(file), Store(folder / "store"), local_engine(2))
    assert (done.done, done.failed) == (9216, 0)
    return analyse(file, folder / "store", folder / "out")


def test_known_indices_lie_within_their_intervals(known):
    table = known.tables["sobol"]
    assert list(table["outcome"].unique()) == ["ishigami", "sobol_g"]
    for outcome, rows in table.groupby("outcome"):
        assert rows["factor"].tolist() == list(known_model.FACTORS)
        for index, truth in (("S1", known_model.S1), ("ST", known_model.ST)):
            half = (rows[f"{index}_high"] - rows[f"{index}_low"]).to_numpy() / 2
            away = np.abs(rows[index].to_numpy() - truth[outcome])
            assert (half < 0.15).all(), (outcome, index, half)
            assert (away <= 2 * half).all(), (outcome, index, away, half)
    assert set(table["interval"]) == {"t over 8 scramblings, each with its own seeds"}
    assert set(table["runs"]) == {9216}


def test_luck_has_the_share_that_it_was_given(known):
    """A half, of which a half is common to all points; 24 replicates in all say so roughly: three standard errors."""
    table = known.tables["sobol"]
    shift_error = np.sqrt(2 / 16) / 2  # of a variance from 8 scramblings x 2 degrees of freedom, half of all luck
    assert (np.abs(table["noise_share"] - 0.5) < 3 * shift_error / 4).all()
    assert (np.abs(table["noise_common"] - 0.5) < 3 * shift_error / 2).all()


def test_tables_stand_in_files_with_scenario_and_outcome_in_front(known):
    assert set(known.tables) == {"sobol", "convergence", "chaos", "pawn"}
    for name, table in known.tables.items():
        read = pd.read_csv(known.folder / f"{name}.csv")
        assert list(read.columns[:2]) == ["scenario", "outcome"]
        assert len(read) == len(table)
        assert set(read["scenario"]) == {"tiny"}
    assert sorted(known.tables["convergence"]["N"].unique()) == [32, 64]
    assert any("2 sizes of design" in note and "double design.n" in note for note in known.notes)


# --- scramblings ------------------------------------------------------------------------------------------------


def test_every_scrambling_has_luck_of_its_own_and_the_same_within(tmp_path):
    plan = plan_of(experiment(tmp_path, replicates=3))
    assert len(plan.unit) == 2 * 4 * 6
    runs = [plan.run(number) for number in range(len(plan.ids))]
    assert {r.replicate for r in runs if plan.point_of_row[r.point] < 24} == {0, 1, 2}
    assert {r.replicate for r in runs if plan.point_of_row[r.point] >= 24} == {MOST_REPLICATES + r for r in range(3)}
    assert not np.array_equal(plan.unit[:24], plan.unit[24:])
    store = Store(tmp_path / "store")
    write_plan(plan, store)
    read = read_plan(store.folder, plan.name)
    assert (read.first, read.values, read.ids) == (plan.first, plan.values, plan.ids)
    assert [read.run(n) for n in range(len(read.ids))] == runs


def test_equal_points_of_two_scramblings_are_different_runs(tmp_path):
    file = experiment(tmp_path, replicates=1)
    text = file.read_text(encoding="utf-8")
    start, end = text.index("[[factors]]"), text.index("[design]")
    whole = '[[factors]]\nkey = "care_need.minutes_nursing.2"\nlow = 1\nhigh = 2\n'
    file.write_text(text[:start] + whole + text[end:], encoding="utf-8")
    plan = plan_of(file)
    assert sorted(zip(plan.values, plan.first, strict=True)) == [
        ((1,), 0), ((1,), MOST_REPLICATES), ((2,), 0), ((2,), MOST_REPLICATES)
    ]  # fmt: skip
    assert len(set(plan.ids)) == 4


@pytest.mark.parametrize(
    ("n", "scramblings", "replicates", "new"), [(8, 2, 2, 96), (4, 2, 3, 48), (4, 3, 2, 48), (8, 3, 3, 336)]
)
def test_a_larger_design_computes_none_of_the_old_runs_again(tmp_path, n, scramblings, replicates, new):
    store = Store(tmp_path / "store")
    old = experiment(tmp_path)
    assert in_process(old, store) == 96
    small = plan_of(old)
    large = plan_of(experiment(tmp_path, f'kind = "sobol"\nn = {n}\nscramblings = {scramblings}', replicates))
    for k in range(2):
        rows = 6 * n * k
        np.testing.assert_array_equal(large.unit[rows : rows + 24], small.unit[24 * k : 24 * k + 24])
    assert set(small.ids) < set(large.ids)
    assert in_process(old, store) == new


@pytest.mark.parametrize(("kind", "n"), [("morris", "n = 4"), ("lhs", "n = 4"), ("grid", "")])
def test_scramblings_are_for_sobol(tmp_path, kind, n):
    file = experiment(tmp_path, f'kind = "{kind}"\n{n}\nscramblings = 2')
    with pytest.raises(ConfigError) as caught:
        load_experiment(file)
    problem = caught.value.problems[0]
    assert (problem.key, problem.message) == ("design.scramblings", f"2: a {kind} has no scramblings")
    line = file.read_text(encoding="utf-8").splitlines().index("scramblings = 2") + 1
    assert problem.where.endswith(f"known.toml:{line}")


# --- responses --------------------------------------------------------------------------------------------------


def test_a_later_scenario_minus_the_first_is_paired(tmp_path):
    """Luck is equal in both scenarios of the known model: in the difference of pairs nothing of it is left."""
    file, store = experiment(tmp_path, 'kind = "sobol"\nn = 32\nscramblings = 2', 2, TWO), Store(tmp_path / "store")
    in_process(file, store)
    found = read_responses(file, store.folder)
    differences = {name: y for scenario, name, y in outcomes(found) if scenario == "half - tiny"}
    u = found.unit
    for name, y in differences.items():
        wanted = [-0.5 * known_model.mean_response(row)[name] for row in u]
        months = 24
        np.testing.assert_allclose(
            y * 12 / known_model.SCALE, np.tile(wanted, (2, 1)).T, atol=months / known_model.SCALE
        )
    samples = samples_of(found, differences["ishigami"])
    assert [sample.seeds for sample in samples] == [(0, 1), (MOST_REPLICATES, MOST_REPLICATES + 1)]
    assert factors_of(found).names == tuple(known_model.FACTORS)
    share = {}
    for scenario, name, y in outcomes(found):
        table, _ = sobol_indices(factors_of(found), samples_of(found, y), outcome=name)
        share[scenario] = table["noise_share"][0]
    assert list(share) == ["tiny", "half", "half - tiny"]
    assert share["half - tiny"] < 1e-9 < 0.2 < share["tiny"] < share["half"]


def test_failed_runs_are_counted_and_their_rows_left_out(tmp_path, monkeypatch):
    file, store = experiment(tmp_path, 'kind = "sobol"\nn = 32\nscramblings = 2', 2, TWO), Store(tmp_path / "store")
    text = file.read_text(encoding="utf-8")
    start, end = text.index('[[indicators]]\nname = "sobol_g"'), text.index("[execution]")
    file.write_text(text[:start] + text[end:], encoding="utf-8")
    failing = MOST_REPLICATES + 1
    monkeypatch.setenv("FAKE_ERROR", str(failing))
    in_process(file, store)
    found = read_responses(file, store.folder, allow_failed=True)
    rows = (found.first == MOST_REPLICATES) & (found.unit[:, 0] < 0.1)
    blocks = rows.reshape(-1, 6).any(axis=1)
    assert 0 < blocks.sum() < 32
    result = analyse(file, store.folder, tmp_path / "out")
    for name, left_out in (("sobol", blocks.sum()), ("pawn", rows.reshape(-1, 6)[:, [0, -1]].sum())):
        assert set(result.tables[name]["failed_rows"]) == {left_out}
        assert set(result.tables[name]["scenario"]) == {"tiny", "half", "half - tiny"}
    assert set(result.tables["sobol"]["failed_runs"]) == {rows.sum()}
    assert f"tiny: {rows.sum()} runs failed; rows with them are left out" in result.notes


def test_morris_finds_the_factor_that_does_nothing(tmp_path):
    file, store = experiment(tmp_path, 'kind = "morris"\nn = 20', 3), Store(tmp_path / "store")
    in_process(file, store)
    result = analyse(file, store.folder, tmp_path / "out")
    assert set(result.tables) == {"morris"}
    rows = result.tables["morris"].set_index(["outcome", "factor"])
    mu_star = rows["mu_star"]["sobol_g"]
    assert mu_star.idxmax() == next(iter(known_model.FACTORS))
    assert mu_star.idxmin() == list(known_model.FACTORS)[-1]
    assert (rows["mu_star_by_luck"] > 0).all()


def test_lhs_gives_chaos_and_pawn_and_a_grid_is_refused(tmp_path, monkeypatch):
    file, store = experiment(tmp_path, 'kind = "lhs"\nn = 128', 2), Store(tmp_path / "store")
    in_process(file, store)
    assert set(analyse(file, store.folder, tmp_path / "out").tables) == {"chaos", "pawn"}
    monkeypatch.setitem(sys.modules, "sklearn", None)
    result = analyse(file, store.folder, tmp_path / "out")
    assert set(result.tables) == {"pawn"}
    assert result.notes == [
        "polynomial chaos needs scikit-learn: pip install 'krimpsim[sensitivity]'; its table was left out"
    ]
    grid = experiment(tmp_path, 'kind = "grid"', 1)
    grid.write_text(grid.read_text(encoding="utf-8").replace("high =", "levels = 2\nhigh ="), encoding="utf-8")
    in_process(grid, store)
    with pytest.raises(UsageError, match=r"a grid says nothing of sensitivity; design.kind is one of sobol, morris"):
        analyse(grid, store.folder, tmp_path / "out")


def test_missing_runs_and_outcomes_that_do_not_vary_are_said(tmp_path):
    file, store = experiment(tmp_path), Store(tmp_path / "store")
    with pytest.raises(DataError, match="96 of 96 runs are missing"):
        analyse(file, store.folder)
    text = file.read_text(encoding="utf-8").replace('of = "births"', 'of = "population"')
    file.write_text(text.replace('of = "deaths"', 'of = "population_65plus"'), encoding="utf-8")
    in_process(file, store)
    with pytest.raises(DataError, match=r"no table could be made: .*does not vary beyond luck"):
        analyse(file, store.folder)


# --- the command ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("design", "index", "pictures"),
    [
        ('kind = "sobol"\nn = 64\nsecond_order = true', "ST", ["chaos", "convergence", "indices", "pairs", "pawn"]),
        ('kind = "morris"\nn = 10', "mu_star", ["effects"]),
    ],
)
def test_the_command_writes_tables_and_figures(tmp_path, monkeypatch, capsys, design, index, pictures):
    monkeypatch.chdir(tmp_path)
    file = experiment(tmp_path, design)
    in_process(file, Store(tmp_path / "store"))

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["krimpsim", "sobol", str(file), "--store", "store", *arguments])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        assert not caught.value.code
        return capsys.readouterr().out

    if index == "mu_star":
        found = json.loads(call("--json", "--out", "elsewhere"))
        assert found["folder"] == "elsewhere"
        table = pd.read_csv(tmp_path / "elsewhere" / "morris.csv")
        assert [row[index] for row in found["table"]] == pytest.approx(table[index].tolist())
    out = call()
    folder = tmp_path / "results" / "known"
    assert "care_need.men_ratio" in out
    assert ("mu*" if index == "mu_star" else "noise share") in out
    assert ("give scramblings = 8" in out) == (index == "ST")
    drawn = [f"tiny_{name}_{kind}.png" for name in ("ishigami", "sobol_g") for kind in pictures]
    assert sorted(path.name for path in folder.glob("*.png")) == drawn
