"""Fixtures of the tests of sweeps."""

from __future__ import annotations

import os

import pytest


@pytest.fixture(autouse=True)
def fake_model_for_workers(monkeypatch):
    """Let processes that these tests start find the fake model."""
    from sweep_tools import HERE, ROOT

    path = os.pathsep.join([str(HERE), str(ROOT), os.environ.get("PYTHONPATH", "")])
    monkeypatch.setenv("PYTHONPATH", path)
