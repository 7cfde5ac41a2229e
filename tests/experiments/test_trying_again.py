"""Runs that failed, tried again on demand: once per command."""

from __future__ import annotations

import sys
from collections import Counter

import pytest
from sweep_tools import (
    FAKE,
    content,
)

from krimpsim.experiments.chunk import run_chunk
from krimpsim.experiments.engine import PartialError, local_engine, run_experiment, run_plan
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.state import status


@pytest.fixture
def failing(monkeypatch, tmp_path):
    """Let one replicate of some points fail; give a function that says how often each of them was tried."""
    log = tmp_path / "failed.log"
    monkeypatch.setenv("FAKE_ERROR", "2")
    monkeypatch.setenv("FAKE_LOG", str(log))
    return lambda: Counter(log.read_text(encoding="ascii").split())


def test_a_run_that_fails_again_is_tried_once_per_command(sweep, failing):
    file, plan, store, _ = sweep
    loaded = load_experiment(file, FAKE)
    for times in (1, 2, 3):
        with pytest.raises(PartialError, match="of 256 runs failed"):
            run_experiment(loaded, str(file), store, local_engine(2), retry_errors=times > 1)
        found = failing()
        assert len(found) == status(plan, store).failed > 2
        assert set(found.values()) == {times}
    with pytest.raises(PartialError):
        run_experiment(loaded, str(file), store, local_engine(2))
    assert set(failing().values()) == {3}, "without --retry-errors nothing is tried again"


def test_a_worker_that_dies_does_not_end_the_trying_again(sweep, failing, monkeypatch):
    """The first round leaves half of the failed runs, as it does when a worker dies; all are tried, each once."""
    file, plan, store, reference = sweep
    with pytest.raises(PartialError):
        run_experiment(load_experiment(file, FAKE), str(file), store, local_engine(2))
    failed = len(failing())
    given = []

    def broken(plan, store, numbers, retry, show):
        given.append(len(numbers))
        run_chunk(store.folder, plan.name, numbers[: failed // 2] if len(given) == 1 else numbers, retry)

    run_plan(plan, store, broken, retry_errors=True)
    assert given == [failed, failed - failed // 2]
    assert set(failing().values()) == {2}
    monkeypatch.delenv("FAKE_ERROR")
    run_plan(plan, store, broken, retry_errors=True)
    assert content(store, plan) == reference


def test_resume_tries_again_what_failed(sweep, monkeypatch, capsys):
    from krimpsim import cli
    from krimpsim.experiments import reading

    file, plan, store, reference = sweep
    monkeypatch.setattr(reading.load_experiment, "__defaults__", (FAKE,))

    def call(*words):
        monkeypatch.setattr(sys, "argv", ["krimpsim", "sweep", *words, str(file), "--store", str(store.folder)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        return caught.value.code or 0, capsys.readouterr().out

    monkeypatch.setenv("FAKE_ERROR", "2")
    assert call("run", "-q", "-j", "1")[0] == 5
    stored = store.shards()
    stored[0].unlink()  # some are missing, some failed
    monkeypatch.delenv("FAKE_ERROR")
    assert call("resume", "-q", "-j", "1")[0] in (0, 5)
    assert status(plan, store).missing == 0
    code, out = call("resume", "-q", "-j", "1", "--retry-errors")
    assert code == 0
    assert "256 done, 0 failed, 0 missing" in out
    assert content(store, plan) == reference
