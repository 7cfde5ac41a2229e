"""A SLURM array without any library: the script, and what one of its tasks does."""

from __future__ import annotations

import math
import os
import shlex
import sys
from pathlib import Path

from krimpsim.core.errors import KrimpsimError
from krimpsim.experiments.chunk import Outcome, Stop, run_chunk
from krimpsim.experiments.plan import Plan, chunk_size, chunks, read_plan
from krimpsim.experiments.state import seconds_per_run
from krimpsim.experiments.store import Store

RUNS_OF_A_TASK = 500  #: as long as nobody knows how long a run takes
_SHARE_OF_TIME = 0.7  # of the wall time that is planned for: nodes differ
_REPLICATES_TOGETHER = 16  # of a point, in one task: they share what is prepared for a configuration
_HANDED_ON = ("NUMBA_CACHE_DIR", "PYTHONPATH", "XDG_CACHE_HOME")


def tasks_needed(plan: Plan, missing: int, seconds: float | None) -> int:
    """Return the size of the array.

    Raises
    ------
    KrimpsimError
        If the largest array is too small for the work in the given wall time.
    """
    execution = plan.facts.execution
    if seconds is None:
        return max(1, min(execution.array_size, math.ceil(missing / RUNS_OF_A_TASK)))
    per_task = max(1, math.floor(_SHARE_OF_TIME * 60 * execution.time_minutes / seconds))
    needed = max(1, math.ceil(missing / per_task))
    if needed > execution.array_size:
        raise KrimpsimError(
            f"{missing} runs of {seconds:.2f} s need {needed} tasks of {execution.time_minutes} minutes, and "
            f"execution.array_size is {execution.array_size}; give more execution.time_minutes"
        )
    return needed


def script(plan: Plan, store: Store, missing: int) -> str:
    """Return the text of an sbatch script that computes what is missing.

    Submitted again it computes what is still missing then, and nothing twice.
    """
    tasks = tasks_needed(plan, missing, seconds_per_run(plan, store))
    execution, folder = plan.facts.execution, store.folder.resolve()
    hours, minutes = divmod(execution.time_minutes, 60)
    handed = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
    exports = [f"export {name}={shlex.quote(value)}" for name, value in handed.items()]
    words = [sys.executable, "-m", "krimpsim", "sweep", "work", str(folder), plan.name]
    return "\n".join(
        [
            "#!/bin/bash",
            f"# Experiment {plan.facts.experiment}, plan {plan.name}.  Submit it again when tasks were lost.",
            f"#SBATCH --job-name=krimpsim-{plan.facts.experiment}",
            f"#SBATCH --array=0-{tasks - 1}",
            "#SBATCH --ntasks=1",
            "#SBATCH --cpus-per-task=1",
            f"#SBATCH --time={hours:02d}:{minutes:02d}:00",
            f"#SBATCH --mem={execution.memory_mb}M",
            "#SBATCH --requeue",
            "#SBATCH --signal=B:USR1@90",
            "#SBATCH --open-mode=append",
            f"#SBATCH --output={_in_quotes(f'{folder}/logs/')}",
            "export OMP_NUM_THREADS=1 NUMBA_NUM_THREADS=1",
            *exports,
            f'exec {shlex.join(words)} "$SLURM_ARRAY_TASK_ID" {tasks}',
            "",
        ]
    )


def _in_quotes(folder: str) -> str:
    """Return the file of a task's output as sbatch reads it: in quotes, and a % of the folder doubled."""
    plain = folder.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%")
    return f'"{plain}%A_%a.out"'


def work(folder: Path, plan_name: str, task: int, tasks: int) -> Outcome:
    """Do the part of one task of an array: every `tasks`-th block of runs, what is not in the store of it.

    Ends early, with everything stored, on SIGTERM and on SIGUSR1.
    """
    store, plan = Store(folder), read_plan(Path(folder), plan_name)
    block = len(plan.scenarios) * min(plan.facts.replicates, _REPLICATES_TOGETHER)
    mine = [number for number in plan.missing(store) if number // block % tasks == task]
    runs = failed = 0
    with Stop() as stop:
        for chunk in chunks(mine, chunk_size(plan, len(mine), seconds_per_run(plan, store), 1)):
            outcome = run_chunk(folder, plan_name, chunk)
            runs, failed = runs + outcome.runs, failed + outcome.failed
            if stop.asked.is_set():
                return Outcome(runs, failed, True)
    return Outcome(runs, failed, False)
