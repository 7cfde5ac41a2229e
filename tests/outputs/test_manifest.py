import json
import subprocess
from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np
import pytest

from krimpsim.core.cache import source_hash
from krimpsim.core.errors import DataError
from krimpsim.inputs.register import data_hash
from krimpsim.outputs import manifest
from krimpsim.outputs.manifest import RunLog, git_state, read_manifest, write_manifest


def test_what_is_found_and_what_is_given(tmp_path):
    path = write_manifest(
        tmp_path,
        scenarios=[{"id": "today", "title_nl": "Doorgaan zoals nu", "title_en": "As today", "run_id": "x"}],
        seed=np.int64(7),
        replicates=40,
        started=datetime(2026, 11, 21, 12, 0, tzinfo=UTC),
        start=date(2013, 1, 1),
        parts={"b", "a"},
        out=Path("results/x"),
        exit_code=0,
        caveats=["één"],
    )
    content = read_manifest(tmp_path)
    assert path == tmp_path / "manifest.json"
    assert content["source_hash"] == source_hash()
    assert content["data_hash"] == data_hash()
    assert {"python", "platform", "processor", "cpu_count", "packages"} == set(content["environment"])
    assert content["environment"]["packages"]["numpy"] == np.__version__
    assert (content["seed"], content["started"], content["start"]) == (7, "2026-11-21T12:00:00+00:00", "2013-01-01")
    assert (content["parts"], content["out"], content["caveats"]) == (["a", "b"], "results/x", ["één"])
    assert [entry.name for entry in tmp_path.iterdir()] == ["manifest.json"]


def test_a_fact_given_replaces_what_was_found(tmp_path):
    write_manifest(tmp_path, data_hash="given", git=None)
    assert read_manifest(tmp_path)["data_hash"] == "given"
    assert read_manifest(tmp_path)["git"] is None


def test_a_failed_write_leaves_the_old_one(tmp_path):
    write_manifest(tmp_path, seed=1)
    with pytest.raises((TypeError, ValueError)):
        write_manifest(tmp_path, seed=float("nan"))
    with pytest.raises(TypeError):
        write_manifest(tmp_path, seed=object())
    assert read_manifest(tmp_path)["seed"] == 1
    assert len(list(tmp_path.iterdir())) == 1


def test_without_git_there_is_no_commit(tmp_path, monkeypatch):
    assert git_state(tmp_path) is None

    def missing(*args, **kwargs):
        raise FileNotFoundError("git")

    monkeypatch.setattr(manifest.subprocess, "run", missing)
    assert git_state() is None
    write_manifest(tmp_path)
    assert read_manifest(tmp_path)["git"] is None


def test_git_gives_commit_and_whether_files_differ(tmp_path):
    def git(*words):
        subprocess.run(["git", "-C", str(tmp_path), "-c", "user.name=a", "-c", "user.email=a@b", *words], check=True)

    try:
        git("init", "-q")
    except FileNotFoundError:
        pytest.skip("git is not installed")
    (tmp_path / "core").mkdir()
    (tmp_path / "core" / "jit.py").write_text("1\n")
    git("add", ".")
    git("commit", "-q", "-m", "x")
    state = git_state(tmp_path)
    assert len(state["commit"]) == 40
    assert state["dirty"] is False
    (tmp_path / "core" / "jit.py").write_text("2\n")
    assert git_state(tmp_path)["dirty"] is True


def test_a_manifest_that_cannot_be_read_is_explained(tmp_path):
    with pytest.raises(DataError, match="finished run"):
        read_manifest(tmp_path)
    for text in ("{", "[]"):
        (tmp_path / "manifest.json").write_text(text)
        with pytest.raises(DataError, match="manifest"):
            read_manifest(tmp_path)


def test_log_appends_one_object_a_line(tmp_path):
    for n in range(2):
        with RunLog(tmp_path) as log:
            log.write("started", n=n)
            log.write("één", path=tmp_path)
    lines = [json.loads(line) for line in (tmp_path / "log.jsonl").read_text(encoding="utf-8").splitlines()]
    assert [line["event"] for line in lines] == ["started", "één"] * 2
    assert lines[2]["n"] == 1
    assert datetime.fromisoformat(lines[0]["time"]).tzinfo is not None
