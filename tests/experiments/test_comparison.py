"""Scenarios of an experiment side by side: paired differences, regret, criteria, and the command that shows them."""

from __future__ import annotations

import json
import sys

import known_model
import numpy as np
import pandas as pd
import pytest
from pair_tools import CRITERIA, experiment, run

from krimpsim import cli
from krimpsim.core.errors import DataError, UsageError
from krimpsim.experiments.comparison import compare_scenarios, lower_is_better
from krimpsim.experiments.experiment import Indicator
from krimpsim.experiments.responses import read_responses


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
