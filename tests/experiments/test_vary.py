"""A comparison in which each replicate has numbers of its own: the same as an experiment of draws, run by run."""

from __future__ import annotations

import csv
import importlib
import json
import sys

import fake_model
import pytest
from sweep_tools import FAKE, TINY

from krimpsim import cli
from krimpsim.config.load import load_config
from krimpsim.core.errors import ConfigError, UsageError
from krimpsim.experiments.plan import make_plan
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.vary import Vary
from krimpsim.outputs.manifest import read_manifest
from krimpsim.run import run_scenarios, simulate_all

RUN = importlib.import_module("krimpsim.run")  # by this name the package shows a function
A = {"scenario.id": "a"}
B = {"scenario.id": "b", "market.consent_share": 0.7, "convenant.respite_care.enabled": True,
     "convenant.shared_rounds.enabled": True}  # fmt: skip
TABLE = "care_need.men_ratio,informal_care.stop_per_year\n0.6,0.2\n0.7,0.3\n"


@pytest.fixture
def ran(monkeypatch):
    """Run the fake model in place of the real one; return the configurations that it got."""
    found = []

    def simulate(config, replicate):
        found.append((config, replicate))
        return fake_model.simulate(config, replicate)

    monkeypatch.setattr(RUN, "simulate", simulate)
    monkeypatch.setattr(RUN, "is_warm", lambda: True)
    return found


def configs(a=A, b=B):
    return [load_config(TINY, a), load_config(TINY, b)]


def test_every_replicate_has_its_own_numbers_and_all_scenarios_the_same(tmp_path, ran):
    pair = configs()
    vary = Vary(["uncertain", "levers"], pair, 6)
    folder = run_scenarios([(c, {}) for c in pair], replicates=6, jobs=1, out=tmp_path / "run", vary=vary)
    vary.write(folder)
    names = {config.scenario.id for config, _ in ran}
    assert names == {"a", "b__other", "b__computed", "b"}, "those that stand between have the draws too"
    by_replicate = {r: [config for config, of in ran if of == r] for r in range(6)}
    drawn = set()
    for found in by_replicate.values():
        assert len(found) == len(names)
        assert len({config.care_need.men_ratio for config in found}) == 1
        drawn.add(found[0].care_need.men_ratio)
        for config in found:
            assert config.market.consent_share == (0.55 if config.scenario.id == "a" else 0.7), "what b is about"
            rounds, before = config.convenant.shared_rounds, pair[0].convenant.shared_rounds
            assert (rounds.strength != 1) == rounds.enabled
            assert rounds.enabled or rounds == before, "a clause that is off stays as it is"
    assert len(drawn) == 6
    with (folder / "draws.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    ratios = [by_replicate[r][0].care_need.men_ratio for r in range(6)]
    assert [float(row["care_need.men_ratio"]) for row in rows] == ratios
    manifest = read_manifest(folder)
    facts = manifest["vary"]
    assert (facts["numbers"] + facts["levers"], facts["levers"]) == (len(rows[0]) - 1, 2)
    assert any("draws.csv" in text for text in manifest["caveats"])
    ranges = {one["key"]: (one["low"], one["high"]) for one in facts["ranges"]}
    assert ranges["convenant.shared_rounds.strength"] == (0, 1)


def test_runs_are_those_of_an_experiment_of_draws(tmp_path, ran):
    file = tmp_path / "draws.toml"
    sets = "".join(f"set.{key} = {json.dumps(value)}\n" for key, value in B.items() if key != "scenario.id")
    file.write_text(
        f"""schema = 1
id = "draws"
base = "{TINY}"
replicates = 5
[[scenarios]]
id = "a"
[[scenarios]]
id = "b"
{sets}
[[factors]]
key = "all uncertain"
[design]
kind = "draws"
seed = 20130101
[[indicators]]
name = "births"
of = "births"
""",
        encoding="utf-8",
    )
    plan = make_plan(load_experiment(file, FAKE), str(file))
    pair = configs()
    assert pair[0].run.seed == 20130101
    folder = run_scenarios(
        [(c, {}) for c in pair], replicates=5, jobs=1, out=tmp_path / "run", vary=Vary(["uncertain"], pair, 5)
    )
    ids = [row["run_ids"] for row in read_manifest(folder)["scenarios"]]
    assert [one for both in zip(*ids, strict=True) for one in both] == plan.ids


def test_without_the_option_nothing_is_drawn(tmp_path, ran):
    pair = configs(b={"scenario.id": "b"})
    folder = run_scenarios([(c, {}) for c in pair], replicates=2, jobs=1, out=tmp_path / "run")
    assert "vary" not in read_manifest(folder)
    assert [config for config, _ in ran] == [pair[0], pair[0], pair[1], pair[1]]


def test_results_come_in_order_from_other_processes_too():
    pair = configs()
    vary = Vary(["uncertain"], pair, 7)
    found = [(one.scenario, one.replicate) for one in simulate_all_fake(pair, 7, 2, vary)]
    assert found == [(name, r) for name in "ab" for r in range(7)]


def simulate_all_fake(pair, replicates, jobs, vary):
    """Let other processes run the fake model: a function of this module would not be found there."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(RUN, "simulate", fake_model.simulate)
        yield from simulate_all(pair, replicates, jobs, vary)


def test_draws_follow_the_seed_and_not_the_number_of_replicates():
    few, more = (Vary(["uncertain"], configs(), n) for n in (3, 8))
    assert more.values[:3] == few.values
    other = Vary(["uncertain"], configs(A | {"run.seed": 7}, B | {"run.seed": 7}), 3)
    assert not set(other.values) & set(few.values)


def test_points_of_a_table_are_drawn_whole(tmp_path):
    (tmp_path / "accepted.csv").write_text(TABLE, encoding="utf-8")
    pair = configs()
    vary = Vary([str(tmp_path / "accepted.csv"), "levers"], pair, 20)
    assert {value[-2:] for value in vary.values} == {(0.6, 0.2), (0.7, 0.3)}
    assert vary.facts["levers"] == 2
    assert vary.facts["numbers"] == 2
    both = Vary([str(tmp_path / "accepted.csv"), "uncertain"], pair, 2)
    assert [r.key for r in both.ranges].count("care_need.men_ratio") == 1, "a column goes before a range"


def test_mistakes_are_said_with_their_place(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    with pytest.raises(UsageError, match=r"--vary levrs: write uncertain, levers, or a table of points"):
        Vary(["levrs"], configs(), 2)
    with pytest.raises(UsageError, match=r"--vary b\.csv: one table"):
        Vary(["a.csv", "b.csv"], configs(), 2)
    with pytest.raises(ConfigError) as caught:
        Vary(["levers"], configs(b={"scenario.id": "b"}), 2)
    assert caught.value.problems[0].where == "--vary levers"
    for text, where, words in (
        (TABLE.replace("0.7,", "7.0,"), "accepted.csv:3", "7.0 is outside the allowed range"),
        (TABLE.replace("men_ratio", "men_ratoi"), "accepted.csv:1", "is no parameter"),
        (TABLE.replace("0.3", ""), "accepted.csv:3", "is empty"),
    ):
        (tmp_path / "accepted.csv").write_text(text, encoding="utf-8")
        with pytest.raises(ConfigError) as caught:
            Vary(["accepted.csv"], configs(), 20)
        assert caught.value.problems[0].where == where
        assert words in caught.value.problems[0].message


def test_the_command_says_what_it_would_draw(tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    for name, more in (("a", ""), ("b", "convenant.shared_rounds.enabled = true\n")):
        text = f'extends = "{TINY}"\nscenario.id = "{name}"\n{more}'
        (tmp_path / f"{name}.toml").write_text(text, encoding="utf-8")
    words = "compare a.toml b.toml --vary uncertain --vary levers --dry-run --json"
    monkeypatch.setattr(sys, "argv", ["krimpsim", *words.split()])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    assert not caught.value.code
    found = json.loads(capsys.readouterr().out)
    numbers = len(Vary(["uncertain"], [load_config(f"{name}.toml") for name in "ab"], 1).ranges)
    assert found["drawn"] == f"{numbers} numbers and 1 strengths, anew for each run"
    assert numbers > 100
