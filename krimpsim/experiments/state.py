"""How far a plan is, and what came out, as the store tells."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from krimpsim.experiments.plan import Plan
from krimpsim.experiments.store import FEW_RUNS, Store

#: Of a run on disk, until there are some: scalars as measured, the others estimated.
_BYTES = {"scalars": 150, "yearly": 14_000, "monthly": 90_000}


@dataclass(frozen=True)
class Status:
    """How far an experiment is, as counted in the store.

    Parameters
    ----------
    plan
        Name of the plan.
    total, done, failed, missing
        Runs; `done` counts those that failed too.
    shards, damaged
        Files with runs, and those that were set aside.
    seconds_per_run
        Median over the runs that did not fail; None without any.
    bytes
        Size of the store.
    made_by
        Commit and versions that are not the same in all shards of these sources: how many shards each made, by name.
    """

    plan: str
    total: int
    done: int
    failed: int
    missing: int
    shards: int
    damaged: int
    seconds_per_run: float | None
    bytes: int
    made_by: dict[str, dict[str, int]]


def status(plan: Plan, store: Store) -> Status:
    """Count the runs of a plan in the store."""
    table = store.runs(plan.columns, plan.facts.level)
    mine = np.array([run_id in plan.positions for run_id in table.column("run_id").to_pylist()], dtype=bool)
    fine = np.asarray(table.column("status").to_pylist(), dtype=object) == "ok"
    seconds = np.asarray(table.column("seconds"))[mine & fine] if len(mine) else np.zeros(0)
    files = [path for path in store.folder.rglob("*.parquet*") if path.suffix != ".tmp"]  # those come and go
    return Status(
        plan=plan.name,
        total=len(plan.positions),
        done=int(mine.sum()),
        failed=int((mine & ~fine).sum()) if len(mine) else 0,
        missing=len(plan.positions) - int(mine.sum()),
        shards=len(store.shards()),
        damaged=sum(path.suffix == ".damaged" for path in files),
        seconds_per_run=float(np.median(seconds)) if len(seconds) else None,
        bytes=sum(_size(path) for path in files),
        made_by=store.makers(plan.facts.sources),
    )


def _size(path: Path) -> int:
    """Return the size of a file, 0 when it is gone: others may merge shards, or set them aside, meanwhile."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def failures(plan: Plan, store: Store) -> Iterator[tuple[str, str, str]]:
    """Yield identity, inputs and error text of every failed run of a plan."""
    table = store.runs(plan.columns, plan.facts.level).select(["run_id", "status", "inputs", "error"])
    for row in table.to_pylist():
        if row["status"] == "error" and row["run_id"] in plan.positions:
            yield row["run_id"], row["inputs"], row["error"]


def failed_at(plan: Plan, store: Store) -> dict[str, str]:
    """Return when each failed run of a plan failed last."""
    table = store.runs(plan.columns, plan.facts.level).select(["run_id", "status", "finished"])
    return {
        row["run_id"]: row["finished"]
        for row in table.to_pylist()
        if row["status"] == "error" and row["run_id"] in plan.positions
    }


def bytes_per_run(plan: Plan, now: Status) -> float:
    """Return what a run takes on disk: as found in the store, else by the level of output."""
    return now.bytes / now.done if now.done >= FEW_RUNS else _BYTES[plan.facts.level]


def values_of(plan: Plan, store: Store, columns: Sequence[str]) -> dict[str, Any]:
    """Return columns of the store in the order of the plan, NaN where a run failed or is missing.

    Returns
    -------
    values
        By column, shape (n_runs,): by point, then replicate, then scenario.
    """
    table: Any = store.runs(columns)
    at = plan.positions
    of_run = np.array([at[run_id] for run_id in plan.ids], dtype=np.int64)
    places = np.array([at.get(run_id, -1) for run_id in table.column("run_id").to_pylist()], dtype=np.int64)
    found = {}
    for name in columns:
        values = np.full(len(plan.ids), np.nan)
        values[places[places >= 0]] = np.asarray(table.column(name).to_numpy(), dtype=np.float64)[places >= 0]
        found[name] = values[of_run]
    return found


def seconds_per_run(plan: Plan, store: Store) -> float | None:
    """Return the time of a run: as stated, else as measured on runs of these sources in the store."""
    stated = plan.facts.execution.seconds_per_run
    return stated if stated is not None else status(plan, store).seconds_per_run
