"""How many processors this job has: not how many the machine has."""

from __future__ import annotations

import os
from collections.abc import Mapping


def processors(environment: Mapping[str, str] | None = None) -> int:
    """Return how many processors this process may use: those it is bound to, and no more than SLURM gave it.

    Parameters
    ----------
    environment
        Where SLURM says so; that of this process when None.
    """
    bound = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    given = _given_by_slurm(os.environ if environment is None else environment)
    return max(1, min(bound, given or bound))


def _given_by_slurm(environment: Mapping[str, str]) -> int | None:
    """Return the processors of this task of a job, or None where there is no job.

    What a task was asked for (``-c``) counts.  Without it a batch script has all that the job has on this node, and the
    tasks of a step share them.
    """
    if "SLURM_JOB_ID" not in environment:
        return None
    asked, here = (_first_number(environment.get(f"SLURM_CPUS_{name}", "")) for name in ("PER_TASK", "ON_NODE"))
    if asked or not here:
        return asked
    tasks = _first_number(environment.get("SLURM_STEP_TASKS_PER_NODE", ""))
    return max(1, here // (tasks or 1))


def _first_number(text: str) -> int | None:
    """Return the number that a text such as ``4(x2)`` begins with."""
    digits = text.partition("(")[0].partition(",")[0]
    return int(digits) if digits.isdecimal() else None
