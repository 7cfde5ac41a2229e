"""Sweeps with Dask on this machine."""

from __future__ import annotations

import pytest
from sweep_tools import FAKE, content, experiment, plan_of, serial

from krimpsim.experiments.engine import PartialError, dask_client, dask_engine, run_experiment
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.store import Store

pytest.importorskip("distributed", reason="Dask is not installed: pip install krimpsim[cluster]")


@pytest.mark.gate
def test_a_poisoned_sweep_on_dask_loses_only_the_poison(tmp_path, monkeypatch):
    file = experiment(tmp_path)
    reference = serial(file, tmp_path / "reference")
    plan, store = plan_of(file), Store(tmp_path / "store")
    loaded = load_experiment(file, FAKE)
    monkeypatch.setenv("FAKE_POISON", "1")
    with dask_client("local", 2, plan, tmp_path / "logs") as client:
        go = dask_engine(client, 2)
        with pytest.raises(PartialError):
            run_experiment(loaded, str(file), store, go)
    rows = store.runs(plan.columns).to_pylist()
    assert len(rows) == len(plan.ids)
    assert 0 < sum(row["status"] == "error" for row in rows) < 20
    monkeypatch.delenv("FAKE_POISON")
    with dask_client("local", 2, plan, tmp_path / "logs") as client:
        run_experiment(loaded, str(file), store, dask_engine(client, 2), retry_errors=True)
    assert content(store, plan) == reference
