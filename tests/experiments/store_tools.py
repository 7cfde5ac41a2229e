"""A store with the runs of a small plan."""

from __future__ import annotations

from krimpsim.experiments import plan as plans
from krimpsim.experiments.chunk import run_chunk


def compute(plan, store, numbers):
    plans.write_plan(plan, store)
    return run_chunk(store.folder, plan.name, numbers)
