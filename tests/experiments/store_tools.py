"""A store with the runs of a small plan."""

from __future__ import annotations

from krimpsim.experiments import plan as plans
from krimpsim.experiments.chunk import run_chunk


def compute(plan, store, numbers=None):
    """Run these of a plan in this process; what the store lacks when none are given."""
    plans.write_plan(plan, store)
    return run_chunk(store.folder, plan.name, plan.missing(store) if numbers is None else numbers)
