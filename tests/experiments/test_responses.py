"""A finished experiment as arrays, and the commands around it."""

from __future__ import annotations

import json
import re
import shlex
import sys

import numpy as np
import pytest
from sweep_tools import FAKE, ROOT, experiment, plan_of, serial

from krimpsim import cli
from krimpsim.core.errors import DataError
from krimpsim.experiments import reading
from krimpsim.experiments.chunk import run_chunk
from krimpsim.experiments.plan import write_plan
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.reductions import scalars
from krimpsim.experiments.responses import read_responses
from krimpsim.experiments.slurm import script
from krimpsim.experiments.store import Store


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Run the command line with the fake model; return exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(reading.load_experiment, "__defaults__", (FAKE,))

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["krimpsim", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        printed = capsys.readouterr()
        return caught.value.code or 0, printed.out, printed.err

    return run


def test_responses_stand_in_the_order_of_the_design(tmp_path, call):
    file = experiment(tmp_path)
    plan, store = plan_of(file), Store(tmp_path / "store")
    write_plan(plan, store)
    order = np.random.default_rng(3).permutation(len(plan.ids)).tolist()
    for start in range(0, len(order), 32):
        run_chunk(store.folder, plan.name, order[start : start + 32])
    found = read_responses(file, store.folder)
    assert (found.scenarios, found.indicators) == (("tiny", "careless"), ("unmet", "births"))
    assert found.unit.shape == (32, 2)
    assert found.problem["names"] == ["care_need.men_ratio", "informal_care.stop_per_year"]
    np.testing.assert_array_equal(found.matrix(), np.array(load_experiment(file).values))
    assert found.responses["tiny", "births"].shape == (32, 4)
    for row, replicate, scenario in ((0, 0, "tiny"), (17, 3, "careless"), (31, 1, "tiny")):
        number = next(
            n for n in range(len(plan.ids))
            if plan.run(n)[2:] == (scenario, replicate, int(plan.point_of_row[row]))
        )  # fmt: skip
        run = plan.run(number)
        values = scalars(plan.simulate(plan.config(run), replicate), plan.facts.indicators)
        assert [found.responses[scenario, name][row, replicate] for name in found.indicators] == values


def test_rows_of_the_design_with_equal_values_are_run_once(tmp_path, call):
    """Whole numbers make rows of a Sobol' design equal: one run serves them all."""
    file = experiment(tmp_path, replicates=1)
    file.write_text(
        file.read_text().replace('"informal_care.stop_per_year"', '"care_need.minutes_nursing.3"\nlow = 1\nhigh = 2')
    )
    text = file.read_text().replace('"care_need.men_ratio"', '"care_need.minutes_nursing.2"\nlow = 1\nhigh = 2')
    file.write_text(text)
    plan = plan_of(file)
    assert len(plan.values) == 4
    assert len(plan.ids) == 8
    serial(file, tmp_path / "store")
    found = read_responses(file, tmp_path / "store")
    values = found.responses["tiny", "births"][:, 0]
    assert values.shape == (32,)
    assert len({(point, value) for point, value in zip(found.values, values, strict=True)}) == 4
    assert {type(v) for point in found.values for v in point} == {int}


def test_what_is_missing_or_failed_is_not_handed_to_an_analysis(tmp_path, call, monkeypatch):
    file = experiment(tmp_path)
    plan, store = plan_of(file), Store(tmp_path / "store")
    write_plan(plan, store)
    monkeypatch.setenv("FAKE_ERROR", "3")
    run_chunk(store.folder, plan.name, range(100))
    with pytest.raises(DataError, match="156 of 256 runs are missing"):
        read_responses(file, store.folder)
    run_chunk(store.folder, plan.name, range(100, 256))
    with pytest.raises(DataError, match="runs failed"):
        read_responses(file, store.folder)
    found = read_responses(file, store.folder, allow_failed=True)
    assert np.isnan(found.responses["tiny", "births"]).sum() == found.failed["tiny"] > 0


def test_the_script_of_an_array_bears_every_name_of_a_folder(tmp_path, monkeypatch):
    """As sbatch reads it: in quotes, and %A is the number of the array, so a % of the folder is doubled."""
    folder = tmp_path / """my 100% "store" of \\ it's $HOME"""
    monkeypatch.setenv("NUMBA_CACHE_DIR", "a b'c")
    plan = plan_of(experiment(tmp_path))
    text = script(plan, Store(folder), 5)
    (said,) = re.findall(r"^#SBATCH --output=(.*)$", text, re.MULTILINE)
    assert said == f'"{tmp_path}/my 100%% \\"store\\" of \\\\ it\'s $HOME/logs/%A_%a.out"'
    assert "export NUMBA_CACHE_DIR='a b'\"'\"'c'" in text
    words = shlex.split(text.splitlines()[-1])
    assert words[6] == str(folder)


def test_the_commands_of_a_sweep(tmp_path, call):
    file = experiment(tmp_path, n=2, more="seconds_per_run = 1")
    assert call("sweep", "resume", file, "--store", "s")[0] == 2
    code, out, _ = call("sweep", "plan", file, "--store", "s", "--slurm", "go.sh", "--pilot", "3")
    assert code == 0
    assert "missing          61" in out
    assert "submit it with: sbatch go.sh" in out
    script = (tmp_path / "go.sh").read_text()
    assert "#SBATCH --array=0-0\n" in script
    assert "#SBATCH --signal=B:USR1@90\n" in script
    words = script.splitlines()[-1].split()
    assert words[:5] == ["exec", sys.executable, "-m", "krimpsim", "sweep"]
    assert words[5:] == ["work", str(tmp_path / "s"), plan_of(file).name, '"$SLURM_ARRAY_TASK_ID"', "1"]
    for task, runs in ((0, 29), (1, 32)):
        assert f"task {task} of 2: {runs} runs" in call("sweep", "work", "s", plan_of(file).name, task, 2)[1]
    code, out, _ = call("sweep", "run", file, "--store", "s", "--json")
    assert (code, json.loads(out)["done"]) == (0, 64)
    code, out, _ = call("sweep", "status", file, "--store", "s")
    assert out.splitlines()[0] == "runs     64: 64 done, 0 failed, 0 missing"
    run = plan_of(file).run(5)
    code, out, _ = call("sweep", "rerun", file, run.run_id, "--store", "s")
    stored = next(r for r in Store(tmp_path / "s").runs(plan_of(file).columns).to_pylist() if r["run_id"] == run.run_id)
    assert json.loads(out)["births"] == stored["births:sum"]
    assert call("sweep", "rerun", file, "zz", "--store", "s")[0] == 2
    assert call("sweep", "compact", file, "--store", "s")[0] == 0
    assert "64 runs taken" in call("collect", "s", "--out", "t")[1]
    assert call("collect", "none", "--out", "t")[0] == 2


def test_too_many_failures_are_exit_code_5(tmp_path, call, monkeypatch):
    monkeypatch.setenv("FAKE_ERROR", "0")
    file = experiment(tmp_path)
    code, out, err = call("sweep", "run", file, "--store", "s", "-q", "-j", "1")
    assert (code, out) == (5, "")
    assert "of 256 runs failed" in err
    _, out, _ = call("sweep", "status", file, "--store", "s")
    assert "RuntimeError: no such luck" in out
    monkeypatch.delenv("FAKE_ERROR")
    code, out, _ = call("sweep", "run", file, "--store", "s", "-q", "-j", "1", "--retry-errors")
    assert (code, out.splitlines()[0]) == (0, "runs     256: 256 done, 0 failed, 0 missing")


@pytest.mark.parametrize("file", sorted((ROOT / "experiments").glob("*/*.toml")), ids=lambda p: p.stem)
def test_the_examples_can_be_run(file):
    if "indicators" in file.read_text(encoding="utf-8"):
        loaded = load_experiment(file)
        name = file.stem if file.parent.name == "examples" else f"{file.parent.name}_{file.stem}"
        assert loaded.experiment.id == name
        assert len(loaded.values) == {"tiny_grid": 9, "screening": 440, "sobol": 3584, "robust": 320}.get(
            name, len(loaded.values)
        )
