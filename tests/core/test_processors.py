"""How many processors a job has."""

import os

import pytest

from krimpsim.core import processors as module
from krimpsim.core.processors import processors


@pytest.fixture
def bound(monkeypatch):
    """Bind this process to eight processors of a machine of sixteen."""
    monkeypatch.setattr(os, "cpu_count", lambda: 16)
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


@pytest.mark.parametrize(
    ("slurm", "found"),
    [
        ({}, 8),
        ({"SLURM_CPUS_PER_TASK": "2"}, 8),  # left over in a shell, no job
        ({"SLURM_JOB_ID": "1", "SLURM_CPUS_PER_TASK": "2"}, 2),
        ({"SLURM_JOB_ID": "1", "SLURM_CPUS_PER_TASK": "2", "SLURM_CPUS_ON_NODE": "6"}, 2),
        ({"SLURM_JOB_ID": "1", "SLURM_CPUS_ON_NODE": "6"}, 6),
        ({"SLURM_JOB_ID": "1", "SLURM_CPUS_ON_NODE": "6", "SLURM_STEP_TASKS_PER_NODE": "3(x2),1"}, 2),
        ({"SLURM_JOB_ID": "1", "SLURM_CPUS_ON_NODE": "2", "SLURM_STEP_TASKS_PER_NODE": "4"}, 1),
        ({"SLURM_JOB_ID": "1", "SLURM_CPUS_PER_TASK": "64"}, 8),
        ({"SLURM_JOB_ID": "1", "SLURM_CPUS_PER_TASK": "many"}, 8),
        ({"SLURM_JOB_ID": "1"}, 8),
    ],
)
def test_the_processors_are_those_of_the_job(bound, slurm, found):
    assert processors(slurm) == found


def test_where_a_system_knows_no_binding_the_machine_counts(monkeypatch):
    monkeypatch.delattr(module.os, "sched_getaffinity", raising=False)
    monkeypatch.setattr(os, "cpu_count", lambda: 3)
    assert processors({}) == 3
