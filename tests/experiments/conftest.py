"""Fixtures of the tests of sweeps."""

from __future__ import annotations

import os

import pytest
from sweep_tools import (
    ROOT,
    experiment,
    plan_of,
    serial,
)

from krimpsim.experiments.store import Store


@pytest.fixture(autouse=True)
def fake_model_for_workers(monkeypatch):
    """Let processes that these tests start find the fake model."""
    from sweep_tools import HERE

    path = os.pathsep.join([str(HERE), str(ROOT), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", path)


@pytest.fixture
def done(tmp_path):
    """A finished sweep of 256 runs: file, plan and store."""
    file = experiment(tmp_path)
    serial(file, tmp_path / "store")
    return file, plan_of(file), Store(tmp_path / "store")


@pytest.fixture
def sweep(tmp_path):
    """A sweep of 256 runs: file, plan, store, and what a serial run stores."""
    file = experiment(tmp_path)
    return file, plan_of(file), Store(tmp_path / "store"), serial(file, tmp_path / "reference")
