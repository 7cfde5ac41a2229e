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
from sweep_tools import TINY

from krimpsim import cli
from krimpsim.core.errors import ConfigError, DataError, UsageError
from krimpsim.experiments.analysis import analyse, factors_of, outcomes, samples_of
from krimpsim.experiments.chunk import run_chunk
from krimpsim.experiments.engine import local_engine, run_experiment
from krimpsim.experiments.experiment import MOST_REPLICATES
from krimpsim.experiments.plan import make_plan, read_plan, write_plan
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.responses import read_responses
from krimpsim.experiments.sensitivity import sobol_indices
from krimpsim.experiments.store import Store

SIMULATE = "known_model:simulate"
TWO = """
[[scenarios]]
[[scenarios]]
id = "half"
"""


def experiment(folder, design='kind = "sobol"\nn = 4\nscramblings = 2', replicates=2, more=""):
    """Write an experiment with the four factors of the known model."""
    factors = "".join(
        f'[[factors]]\nkey = "{key}"\nlow = {low}\nhigh = {high}\n' for key, (low, high) in known_model.FACTORS.items()
    )
    file = folder / "known.toml"
    file.write_text(
        f"""schema = 1
id = "known"
base = "{TINY}"
replicates = {replicates}
{more}
{factors}
[design]
{design}
{"" if '"grid"' in design else "seed = 11"}
[[indicators]]
name = "ishigami"
of = "births"
take = "sum"
[[indicators]]
name = "sobol_g"
of = "deaths"
take = "sum"
[execution]
failed_share = 1.0
""",
        encoding="utf-8",
    )
    return file


def plan_of(file):
    return make_plan(load_experiment(file, SIMULATE), str(file))


def in_process(file, store):
    """Run what the store lacks, in this process; return the number of runs."""
    plan = plan_of(file)
    write_plan(plan, store)
    return run_chunk(store.folder, plan.name, plan.missing(store)).runs


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


# --- groups -----------------------------------------------------------------------------------------------------

FIRST_AND_THIRD = "care_need.men_ratio", "informal_care.stop_per_year"  #: of Ishigami's factors, one and three
IDLE = "care_need.onset_at_70_per_year", "informal_care.substitution_personal_care"  #: the known model reads neither


def in_groups(file, groups):
    """Give factors of an experiment file a group, by key; a key that is not there is added."""
    text = file.read_text(encoding="utf-8")
    for key, group in groups.items():
        line = f'key = "{key}"\n'
        if line not in text:
            text = text.replace("[[factors]]", f"[[factors]]\n{line}\n[[factors]]", 1)
        text = text.replace(line, f'{line}group = "{group}"\n')
    file.write_text(text, encoding="utf-8")
    return file


PAIR = dict.fromkeys(FIRST_AND_THIRD, "pair")


@pytest.mark.gate
def test_known_indices_of_a_group_lie_within_their_intervals(tmp_path):
    """The rule above, for the difference of two scenarios, in which no luck is left; S2 within twice its half width.

    Of a product the parts of a group multiply.
    """
    design = 'kind = "sobol"\nn = 64\nscramblings = 8\nsecond_order = true'
    file = in_groups(experiment(tmp_path, design, 1, TWO), PAIR)
    loaded = load_experiment(file, SIMULATE)
    done = run_experiment(loaded, str(file), Store(tmp_path / "store"), local_engine(2))
    assert (done.done, done.failed) == (64 * 8 * (2 * 3 + 2) * 2, 0)
    tables = analyse(file, tmp_path / "store", tmp_path / "out").tables
    one = known_model.PARTS
    parts = np.array([(1 + one[0]) * (1 + one[2]) - 1, one[1], one[3]])
    g = np.prod(1 + parts) - 1
    pair = (known_model.V1 + known_model.V13) / known_model.V
    alone = np.array([pair, 1 - pair, 0])
    truth = {
        ("ishigami", "S1"): alone,
        ("ishigami", "ST"): alone,
        ("ishigami", "S2"): np.zeros(3),
        ("sobol_g", "S1"): parts / g,
        ("sobol_g", "ST"): parts * np.prod(1 + parts) / (1 + parts) / g,
        ("sobol_g", "S2"): np.array([parts[0] * parts[1], parts[0] * parts[2], parts[1] * parts[2]]) / g,
    }
    units = ["pair", "care_need.dementia_ratio", "market.consent_share"]
    assert tables["sobol"]["factor"].unique().tolist() == units
    assert tables["pairs"][["factor", "other"]].to_numpy().tolist()[:3] == [units[:2], units[::2], units[1:]]
    for (outcome, index), wanted in truth.items():
        table = tables["pairs" if index == "S2" else "sobol"]
        rows = table[(table["outcome"] == outcome) & (table["scenario"] == "half - tiny")]
        half = (rows[f"{index}_high"] - rows[f"{index}_low"]).to_numpy() / 2
        away = np.abs(rows[index].to_numpy() - wanted)
        rounded = 1 / known_model.SCALE**2 / known_model.VARIANCE[outcome]  # results are whole numbers
        assert index == "S2" or (half < 0.15).all(), (outcome, index, half)
        assert (away <= 2 * half + rounded).all(), (outcome, index, away, half)
    for name in ("convergence", "chaos", "pawn"):
        assert set(tables[name]["factor"]) == set(units), name


@pytest.mark.parametrize("kind", ["sobol", "morris"])
def test_a_group_that_the_model_does_not_read_gets_zero(tmp_path, kind):
    """Its members change in every row of their own, but no run does: luck hangs on what the model reads."""
    file = in_groups(experiment(tmp_path, f'kind = "{kind}"\nn = 8'), dict.fromkeys(IDLE, "idle"))
    store = Store(tmp_path / "store")
    in_process(file, store)
    tables = analyse(file, store.folder, tmp_path / "out").tables
    index = "ST" if kind == "sobol" else "mu_star"
    table = tables[kind].set_index("factor")[index]
    assert set(table.index) == {"idle", *known_model.FACTORS}
    assert (table["idle"] == 0).all()
    assert (table.drop("idle") != 0).all()


def test_factors_of_a_group_take_the_same_step(tmp_path):
    plan = plan_of(in_groups(experiment(tmp_path, 'kind = "morris"\nn = 6'), PAIR))
    assert plan.unit.shape == (6 * (3 + 1), 4)
    moved = np.diff(plan.unit.reshape(6, 4, 4), axis=1) != 0  # trajectory, step, factor
    names = [r.key for r in plan.facts.ranges]
    a, b = (names.index(key) for key in FIRST_AND_THIRD)
    np.testing.assert_array_equal(moved[:, :, a], moved[:, :, b])
    np.testing.assert_array_equal(moved.sum(axis=1), np.ones((6, 4)))
    others = [k for k in range(4) if k not in (a, b)]
    assert not (moved[:, :, a] & moved[:, :, others].any(axis=2)).any()


@pytest.mark.parametrize(("second", "block"), [("false", 5), ("true", 8)])
def test_a_larger_design_with_groups_computes_none_of_the_old_runs_again(tmp_path, second, block):
    def grouped(n, scramblings):
        design = f'kind = "sobol"\nn = {n}\nscramblings = {scramblings}\nsecond_order = {second}'
        return in_groups(experiment(tmp_path, design, 1), PAIR)

    store = Store(tmp_path / "store")
    assert in_process(grouped(4, 2), store) == 4 * 2 * block
    assert in_process(grouped(8, 2), store) == 4 * 2 * block
    assert in_process(grouped(8, 3), store) == 8 * block
    starts = plan_of(grouped(8, 3)).first
    assert [starts.count(k * MOST_REPLICATES) for k in range(3)] == [8 * block] * 3


def test_other_groups_are_another_design_on_the_same_points(tmp_path):
    """Rows A and B are those of the design without groups, so only the rows between them are new."""
    plain = plan_of(experiment(tmp_path, 'kind = "sobol"\nn = 8', 1))
    grouped = plan_of(in_groups(tmp_path / "known.toml", PAIR))
    other = plan_of(
        in_groups(
            experiment(tmp_path, 'kind = "sobol"\nn = 8', 1), dict.fromkeys(list(known_model.FACTORS)[:2], "pair")
        )
    )
    assert (len(plain.ids), len(grouped.ids), len(other.ids)) == (48, 40, 40)
    assert len({plain.name, grouped.name, other.name}) == 3
    rows = np.flatnonzero(np.isin(np.arange(40) % 5, (0, 4)))
    np.testing.assert_array_equal(grouped.unit[rows], plain.unit[np.isin(np.arange(48) % 6, (0, 5))])
    assert {grouped.ids[k] for k in rows} <= set(plain.ids)


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
