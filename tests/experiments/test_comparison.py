"""Scenarios of an experiment side by side: the stop rule on a difference, paired differences, regret and criteria."""

from __future__ import annotations

import json
import sys

import known_model
import numpy as np
import pandas as pd
import pytest
from sweep_tools import FAKE, TINY
from sweep_tools import experiment as sweep

from krimpsim import cli
from krimpsim.core.errors import ConfigError, DataError, UsageError
from krimpsim.experiments.chunk import run_chunk
from krimpsim.experiments.comparison import _Cells, compare_scenarios, lower_is_better
from krimpsim.experiments.engine import current_plan, local_engine, run_experiment
from krimpsim.experiments.experiment import Experiment, Indicator
from krimpsim.experiments.plan import make_plan, write_plan
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.responses import Responses, read_responses
from krimpsim.experiments.store import Store

SIMULATE = "known_model:simulate"
MONTHS = 24
SCENARIOS = '[[scenarios]]\n[[scenarios]]\nid = "half"\n'
CRITERIA = """
[[criteria]]
name = "few_births"
of = "ishigami"
at_most = 8.7e9
[[criteria]]
name = "deaths_between"
of = "sobol_g"
at_least = 8.35e9
at_most = 8.45e9
"""


def experiment(folder, design='kind = "lhs"\nn = 12', replicates=3, more="", scenarios=SCENARIOS):
    """Write an experiment of the known model: births are better when low, deaths have no direction."""
    factors = "".join(
        f'[[factors]]\nkey = "{key}"\nlow = {low}\nhigh = {high}\n' for key, (low, high) in known_model.FACTORS.items()
    )
    file = folder / "pair.toml"
    file.write_text(
        f"""schema = 1
id = "pair"
base = "{TINY}"
replicates = {replicates}
{scenarios}
{factors}
[design]
{design}
[[indicators]]
name = "ishigami"
of = "births"
take = "sum"
better = "lower"
[[indicators]]
name = "sobol_g"
of = "deaths"
take = "sum"
{more}
""",
        encoding="utf-8",
    )
    return file


def run(file, folder):
    """Run what is missing in this process, and return the store."""
    store = Store(folder / "store")
    plan = make_plan(load_experiment(file, SIMULATE), str(file))
    write_plan(plan, store)
    run_chunk(store.folder, plan.name, plan.missing(store))
    return store


def problems(file):
    with pytest.raises(ConfigError) as caught:
        load_experiment(file)
    lines = file.read_text(encoding="utf-8").splitlines()
    found = [(p.where.rpartition(":")[2], p) for p in caught.value.problems]
    return [f"[{lines[int(line) - 1]}] {p.key}: {p.message} | {p.hint}" for line, p in found]


# --- the stop rule ----------------------------------------------------------------------------------------------

STOP = '[stop]\nindicator = "ishigami"\nhalf_width = 1e7\nreplicates = 16\n'


def test_a_stop_rule_on_a_difference_looks_at_pairs_and_not_at_levels(tmp_path):
    """The known model has the same luck in both scenarios: levels never settle, and their difference is settled."""
    found = {}
    for against in ("", 'against = "tiny"\n'):
        file = experiment(tmp_path, replicates=2, more=STOP + against)
        store = run(file, tmp_path)
        found[against] = current_plan(load_experiment(file, SIMULATE), str(file), store).facts.replicates
    assert list(found.values()) == [4, 2]


def test_a_stop_rule_on_a_difference_doubles_while_a_single_difference_is_too_wide(tmp_path):
    more = '[stop]\nindicator = "births"\nagainst = "careless"\nhalf_width = {}\nreplicates = 8\n'
    widths = {}
    for half_width in (0.01, 1e9):
        file = sweep(tmp_path, n=2, replicates=2, more=more.format(half_width))
        done = run_experiment(load_experiment(file, FAKE), str(file), Store(tmp_path / "fake"), local_engine(1))
        widths[half_width] = done.total // (2 * 8)
    assert widths == {0.01: 8, 1e9: 2}


def test_the_half_width_of_a_difference_is_students(tmp_path):
    """Just below the widest interval of a point the replicates double, just above they do not."""
    file = sweep(tmp_path, n=2, replicates=4)
    store = Store(tmp_path / "fake")
    run_experiment(load_experiment(file, FAKE), str(file), store, local_engine(1))
    y = read_responses(file, store.folder).responses
    difference = y["careless", "births"] - y["tiny", "births"]
    widest = 3.182446305 * difference.std(axis=1, ddof=1).max() / 2
    for factor, replicates in ((0.999, 8), (1.001, 4)):
        stop = f'[stop]\nindicator = "births"\nagainst = "tiny"\nhalf_width = {factor * widest}\nreplicates = 8\n'
        loaded = load_experiment(sweep(tmp_path, n=2, replicates=4, more=stop), FAKE)
        assert current_plan(loaded, str(file), store).facts.replicates == replicates


def test_mistakes_in_stop_rule_and_criteria_are_located(tmp_path):
    more = CRITERIA.replace('"ishigami"', '"ishigani"').replace("at_least = 8.35e9", "at_least = 9e9")
    more += '[[criteria]]\nname = "all"\nof = "sobol_g"\n' + STOP + 'against = "hald"\n'
    assert problems(experiment(tmp_path, more=more)) == [
        "[of = \"ishigani\"] criteria.0.of: 'ishigani' is not an indicator of this file | did you mean 'ishigami'?",
        "[at_most = 8.45e9] criteria.1.at_most: 8450000000.0 lies below at_least, 9000000000.0 | ",
        "[[[criteria]]] criteria.2: has no bound | give at_most or at_least",
        "[name = \"all\"] criteria.2.name: 'all' is all together | give each its own name",
        "[against = \"hald\"] stop.against: 'hald' is not a scenario of this file | did you mean 'half'?",
    ]
    alone = experiment(tmp_path, more=STOP + 'against = "tiny"\n', scenarios="")
    assert problems(alone) == [
        '[against = "tiny"] stop.against: there is no other scenario to compare with it | add [[scenarios]]'
    ]


# --- tables -----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def pair(tmp_path_factory):
    folder = tmp_path_factory.mktemp("pair")
    file = experiment(folder, more=CRITERIA)
    store = run(file, folder)
    return read_responses(file, store.folder), compare_scenarios(file, store.folder, out=folder / "out")


def test_differences_are_those_of_pairs_with_equal_point_and_luck(pair):
    found, result = pair
    row = result.tables["differences"].set_index(["scenario", "indicator"]).loc["half", "ishigami"]
    means = [known_model.mean_response(u)["ishigami"] for u in found.unit]
    wanted = -0.5 * np.array(means) * known_model.SCALE / 12
    assert row["difference"] == pytest.approx(wanted.mean(), abs=2)
    assert row["pairs_better"] == 3 * (wanted < 0).sum()
    assert (row["points_better"], row["pairs"], row["pairs_equal"]) == ((wanted < 0).sum(), 36, 0)
    assert row["share_better"] == row["pairs_better"] / 36
    half = 2.200985160 * wanted.std(ddof=1) / np.sqrt(12)  # no luck is left in the difference: points alone
    assert (row["low"], row["high"]) == pytest.approx((wanted.mean() - half, wanted.mean() + half), rel=1e-6)
    assert row["interval"] == "t over 12 points and 3 seeds"
    a, b = (found.responses[name, "ishigami"] for name in ("tiny", "half"))
    assert row["variance_ratio"] == pytest.approx((a.var(ddof=1) + b.var(ddof=1)) / (b - a).var(ddof=1))
    assert row["variance_ratio_by_luck"] > 1e6
    assert (row["runs"], row["R"], row["seeds"], row["design_hash"]) == (72, 3, "0..2", found.plan)


def test_every_point_has_its_own_difference_beside_its_values(pair):
    found, result = pair
    table = result.tables["differences_by_point"].set_index(["indicator", "row"]).loc["ishigami"]
    y = found.responses["half", "ishigami"] - found.responses["tiny", "ishigami"]
    np.testing.assert_allclose(table["difference"], y.mean(axis=1))
    np.testing.assert_array_equal(table["pairs_better"].astype(int), (y < 0).sum(axis=1))
    np.testing.assert_allclose(table[list(known_model.FACTORS)].to_numpy(float), found.matrix())
    deaths = result.tables["differences_by_point"].set_index("indicator").loc["sobol_g"]
    assert deaths["pairs_better"].isna().all()
    read = pd.read_csv(result.folder / "differences_by_point.csv")
    assert len(read) == 24


def test_regret_is_the_distance_to_the_best_at_the_same_point(pair):
    found, result = pair
    table = result.tables["regret"].set_index("scenario")
    assert set(table["indicator"]) == {"ishigami"}
    assert any("sobol_g: give better" in note for note in result.notes)
    means = np.array([found.responses[name, "ishigami"].mean(axis=1) for name in ("tiny", "half")])
    for name, regret in zip(("tiny", "half"), means - means.min(axis=0), strict=True):
        row = table.loc[name]
        assert (row["mean"], row["max"]) == pytest.approx((regret.mean(), regret.max()))
        assert row["p90"] == pytest.approx(np.percentile(regret, 90))
        assert row["share_best"] == (regret == 0).mean()
        assert row["max_at_row"] == regret.argmax()
    assert table["share_best"].sum() == 1
    assert 0 < table["share_best"]["tiny"] < 0.5


def test_regret_turns_round_when_more_is_better(tmp_path):
    file = experiment(tmp_path)
    store = run(file, tmp_path)
    file.write_text(file.read_text(encoding="utf-8").replace('"lower"', '"higher"'), encoding="utf-8")
    tables = compare_scenarios(file, store.folder, out=tmp_path / "out").tables
    shares = tables["regret"].set_index("scenario")["share_best"]
    assert shares["tiny"] > 0.5 > shares["half"]
    row = tables["differences"].iloc[0]
    assert row["pairs_better"] < 18, "direction is no part of a run, so none was computed again"


def test_criteria_are_judged_on_means_and_on_runs_alone_and_together(pair):
    found, result = pair
    table = result.tables["criteria"].set_index(["scenario", "criterion"])
    for name in ("tiny", "half"):
        few = found.responses[name, "ishigami"] <= 8.7e9
        deaths = found.responses[name, "sobol_g"]
        between = (deaths >= 8.35e9) & (deaths <= 8.45e9)
        for criterion, met in (("few_births", few), ("deaths_between", between), ("all", few & between)):
            assert table["share_runs"][name, criterion] == met.mean()
        few = found.responses[name, "ishigami"].mean(axis=1) <= 8.7e9
        deaths = found.responses[name, "sobol_g"].mean(axis=1)
        between = (deaths >= 8.35e9) & (deaths <= 8.45e9)
        for criterion, met in (("few_births", few), ("deaths_between", between), ("all", few & between)):
            assert table["share_points"][name, criterion] == met.mean()
    shares = table[["share_points", "share_runs"]].to_numpy()
    assert 0 < shares.min() < shares.max() < 1, "otherwise this test says nothing"
    assert table["means"]["half", "deaths_between"] == "sobol_g at least 8.35e+09 and at most 8.45e+09"


def test_points_with_a_failed_run_are_left_out_and_counted(tmp_path, monkeypatch):
    monkeypatch.setenv("FAKE_ERROR", "1")
    file = experiment(tmp_path, 'kind = "lhs"\nn = 20', more="[execution]\nfailed_share = 1.0")
    store = run(file, tmp_path)
    found = read_responses(file, store.folder, allow_failed=True)
    lost = int((found.unit[:, 0] < 0.1).sum())
    assert lost == 2
    result = compare_scenarios(file, store.folder, out=tmp_path / "out")
    row = result.tables["differences"].iloc[0]
    assert (row["points"], row["failed_runs"], row["pairs"]) == (18, 4, 54)
    assert result.notes[0] == "4 runs failed; points with them are left out"


@pytest.mark.parametrize(
    ("says", "lower"),
    [
        ({"of": "unmet_per_100_hours"}, True),
        ({"of": "home_with_enough_help"}, False),
        ({"of": "home_with_enough_help", "better": "lower"}, True),
        ({"of": "births"}, None),
        ({"of": "births", "better": "higher"}, False),
        ({"of": "villages_without_provider", "take": "first_month", "at_least": 1}, False),
        ({"of": "villages_without_provider", "take": "first_month", "at_most": 1}, True),
        ({"of": "providers_active", "take": "first_month", "at_most": 3}, False),
    ],
)
def test_directions_are_declared_or_said(says, lower):
    assert lower_is_better(Indicator(name="a", **says)) is lower


# --- intervals --------------------------------------------------------------------------------------------------


def cells_of(y, kind="lhs", first=None, a=None):
    """Return cells whose later scenario has these numbers, shape (points, replicates)."""
    y = np.asarray(y, dtype=np.float64)
    first = np.zeros(len(y), dtype=np.int64) if first is None else np.asarray(first)
    responses = {("a", "x"): np.zeros_like(y) if a is None else a, ("b", "x"): y}
    return _Cells(
        Responses(
            experiment="e", plan="p", design={"kind": kind, "n": len(y), "scramblings": 1}, factors=(),
            unit=np.zeros((len(y), 0)), values=((),) * len(y), scenarios=("a", "b"), indicators=("x",),
            of={"x": "births"}, responses=responses, first=first, failed={"a": 0, "b": 0},
            asked=Experiment(id="e"), titles={"a": "a", "b": "b"},
        )
    )  # fmt: skip


@pytest.mark.parametrize(("points", "seeds"), [(1.0, 0.0), (0.3, 1.0), (1.0, 1.0)])
def test_intervals_hold_the_truth_where_luck_is_shared_over_points(points, seeds):
    """Differences of point + seed + both: 95% intervals over 20 points and 5 seeds, 2000 times."""
    chance = np.random.default_rng(3)
    held = 0
    for _ in range(2000):
        y = (
            points * chance.normal(size=(20, 1))
            + seeds * chance.normal(size=(1, 5))
            + 0.3 * chance.normal(size=(20, 5))
        )
        low, high, _ = cells_of(y).interval(y)
        held += low <= 0 <= high
    assert 0.93 <= held / 2000 <= 0.97


def test_what_an_interval_is_over():
    y = np.random.default_rng(1).normal(size=(6, 4))
    assert cells_of(y).interval(y)[2] == "t over 6 points and 4 seeds"
    assert cells_of(y[:, :2]).interval(y[:, :2])[2] == "t over 6 points"
    assert cells_of(y, "grid").interval(y)[2] == "t over 4 seeds, these points"
    assert cells_of(y[:1]).interval(y[:1])[2] == "t over 4 seeds"
    assert cells_of(y[:, :1], first=range(6)).interval(y[:, :1])[2] == "t over 6 points"
    low, high, method = cells_of(y[:, :1], "grid").interval(y[:, :1])
    assert np.isnan([low, high]).all()
    assert method == "none: one replicate"
    same = np.ones((6, 4))
    assert cells_of(same).interval(same)[:2] == (1, 1)


@pytest.mark.parametrize("replicates", [1, 4])
def test_luck_of_its_own_in_each_point_is_not_counted_twice(replicates):
    y = np.random.default_rng(2).normal(size=(40, replicates))
    low, high, method = cells_of(y, "draws", first=10 * np.arange(40)).interval(y)
    half = 2.022690920 * y.mean(axis=1).std(ddof=1) / np.sqrt(40)
    assert (low, high) == pytest.approx((y.mean() - half, y.mean() + half))
    assert method == "t over 40 points"


def test_of_a_sobol_design_only_rows_a_and_b_count(tmp_path):
    file = experiment(tmp_path, 'kind = "sobol"\nn = 4\nscramblings = 2')
    store = run(file, tmp_path)
    row = compare_scenarios(file, store.folder, out=tmp_path / "out").tables["differences"].iloc[0]
    assert (row["points"], row["runs"], row["pairs"]) == (16, 96, 48)
    assert row["interval"] == "t over 16 points and 6 seeds"
    found = read_responses(file, store.folder)
    y = (found.responses["half", "ishigami"] - found.responses["tiny", "ishigami"]).reshape(8, 6, 3)[:, [0, 5]]
    assert row["difference"] == pytest.approx(y.mean())


# --- what cannot be compared, and the command -------------------------------------------------------------------


def test_what_leaves_nothing_to_compare_is_said(tmp_path):
    file = experiment(tmp_path, scenarios="")
    store = run(file, tmp_path)
    with pytest.raises(UsageError, match=r"one scenario and no \[\[criteria\]\]"):
        compare_scenarios(file, store.folder)
    file = experiment(tmp_path, scenarios="", more=CRITERIA)
    assert set(compare_scenarios(file, store.folder, out=tmp_path / "out").tables) == {"criteria"}
    file = experiment(tmp_path)
    with pytest.raises(DataError, match="36 of 72 runs are missing"):
        compare_scenarios(file, store.folder)
    run(file, tmp_path)
    with pytest.raises(UsageError, match="'gone' is no scenario of it; choose from tiny, half"):
        compare_scenarios(file, store.folder, "gone")
    table = compare_scenarios(file, store.folder, "half", tmp_path / "out").tables["differences"]
    assert set(zip(table["scenario"], table["against"], strict=True)) == {("tiny", "half")}
    file = experiment(tmp_path, 'kind = "morris"\nn = 2', 1)
    run(file, tmp_path)
    with pytest.raises(UsageError, match="trajectories of morris"):
        compare_scenarios(file, store.folder)


def test_the_command_writes_tables_and_figures(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    file = experiment(tmp_path, more=CRITERIA)
    run(file, tmp_path)

    def call(*arguments):
        monkeypatch.setattr(sys, "argv", ["krimpsim", "sweep", "compare", str(file), "--store", "store", *arguments])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        assert not caught.value.code
        return capsys.readouterr().out

    found = json.loads(call("--json", "--out", "elsewhere"))
    table = pd.read_csv(tmp_path / "elsewhere" / "regret.csv")
    assert [row["mean"] for row in found["regret"]] == pytest.approx(table["mean"].tolist())
    assert found["differences"][1]["pairs_better"] is None
    out = call()
    for words in ("better in", "of 36", "over 1,000,000 times", "best in", "met in runs", "results/pair"):
        assert words in out
    folder = tmp_path / "results" / "pair"
    tables = ["criteria", "differences", "differences_by_point", "regret"]
    assert sorted(path.stem for path in folder.glob("*.csv")) == tables
    assert sorted(path.name for path in folder.glob("*.png")) == ["differences.png", "regret.png"]
