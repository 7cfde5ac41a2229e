"""Sweeps on a real SLURM: an array of sbatch, and Dask with dask-jobqueue; with jobs that are killed."""

from __future__ import annotations

import os
import signal
import subprocess
import sys

import pytest
from slurm_tools import lacking, said, slurm
from sweep_tools import FAKE, content, environment, experiment, plan_of, rows_on_disk, serial, skip_or_fail, until

from krimpsim.experiments.plan import write_plan
from krimpsim.experiments.slurm import script
from krimpsim.experiments.store import Store

pytestmark = pytest.mark.once


@pytest.fixture(scope="module")
def cluster():
    """A SLURM of one node; the environment for its commands."""
    reason = lacking()
    if reason:
        skip_or_fail("slurm", reason)
    with slurm() as found:
        yield found


@pytest.fixture
def sweep(tmp_path, cluster, monkeypatch):
    """A sweep of 512 runs: file, plan, store, and what a serial run stores."""
    monkeypatch.setenv("FAKE_SECONDS", "0")
    file = experiment(tmp_path, replicates=8, more="array_size = 3\ntime_minutes = 1\nmemory_mb = 1000")
    return file, plan_of(file), Store(tmp_path / "store"), serial(file, tmp_path / "reference")


def slow(cluster):
    return environment(FAKE_SECONDS="0.02") | {key: cluster[key] for key in ("SLURM_CONF", "PATH")}


def submit(cluster, plan, store, tasks=3):
    """Submit the script that the plan gives; return the number of the job."""
    write_plan(plan, store)
    (store.folder / "logs").mkdir(exist_ok=True)
    text = script(plan, store, len(plan.missing(store))).replace("--array=0-1", f"--array=0-{tasks - 1}")
    text = text.replace('"$SLURM_ARRAY_TASK_ID" 2', f'"$SLURM_ARRAY_TASK_ID" {tasks}')
    (store.folder / "array.sh").write_text(text)
    words = ["sbatch", "--parsable", str(store.folder / "array.sh")]
    done = subprocess.run(words, env=slow(cluster), capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def queue(cluster, job=""):
    return said(cluster, "squeue", "-h", "-o", "%i %T", *(["-j", job] if job else [])).splitlines()


def pids(cluster, job):
    """Return the processes of a job."""
    lines = said(cluster, "scontrol", "listpids", job).splitlines()[1:]
    return [int(line.split()[0]) for line in lines if int(line.split()[0]) > 0]


def done(store, plan):
    return len(plan.ids) - len(plan.missing(store))


def test_an_array_that_lost_tasks_is_finished_by_submitting_it_again(cluster, sweep):
    _, plan, store, reference = sweep
    job = submit(cluster, plan, store)
    assert job
    until(lambda: done(store, plan) > 30)
    for pid in pids(cluster, f"{job}_0"):
        os.kill(pid, signal.SIGKILL)
    said(cluster, "scancel", f"{job}_1")
    until(lambda: not queue(cluster, job), 90)
    stored = done(store, plan)
    assert 0 < stored < len(plan.ids)
    assert rows_on_disk(store) == stored
    log = (store.folder / "logs" / f"{job}_1.out").read_text()
    assert "stopped" in log, "scancel lets the run at hand finish"
    again = submit(cluster, plan, store)
    until(lambda: not queue(cluster, again), 90)
    assert content(store, plan) == reference
    assert rows_on_disk(store) == len(plan.ids)
    assert not list((store.folder / "running").iterdir())


DRIVER = """
import sys
from pathlib import Path
from krimpsim.experiments.engine import dask_client, dask_engine, run_experiment
from krimpsim.experiments.plan import make_plan
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.store import Store

if __name__ == "__main__":
    file, store, where, workers = sys.argv[1], Path(sys.argv[2]), sys.argv[3], int(sys.argv[4])
    loaded = load_experiment(file, "fake_model:simulate")
    with dask_client(where, workers, make_plan(loaded, file), store / "logs") as client:
        print(run_experiment(loaded, file, Store(store), dask_engine(client, workers)))
"""


@pytest.fixture
def dask(cluster):
    """Start a driver with two jobs; one that still lives when the test ends, goes with it, and so do its jobs."""
    pytest.importorskip("dask_jobqueue")
    started = []

    def start(file, store):
        words = [sys.executable, "-c", DRIVER, str(file), str(store.folder), "slurm", "2"]
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        started.append(subprocess.Popen(words, env=slow(cluster) | {"KRIMPSIM_INTERFACE": "lo"}, text=True, **pipes))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait()
    said(cluster, "scancel", "--user=root")


def running(cluster):
    return [line.split()[0] for line in queue(cluster) if line.endswith("RUNNING")]


def test_dask_replaces_jobs_that_are_killed_and_cancelled(cluster, sweep, dask):
    file, plan, store, reference = sweep
    sweeping = dask(file, store)
    jobs = until(lambda: running(cluster) if done(store, plan) > 10 and len(running(cluster)) > 1 else None)
    for pid in pids(cluster, jobs[0]):
        os.kill(pid, signal.SIGKILL)
    said(cluster, "scancel", jobs[1])
    out, err = sweeping.communicate(timeout=400)
    assert sweeping.returncode == 0, err[-3000:]
    assert "failed=0, missing=0" in out
    assert content(store, plan) == reference
    until(lambda: not queue(cluster), 60)


def test_after_sigkill_of_the_dask_driver_the_rest_is_computed(cluster, sweep, dask):
    file, plan, store, reference = sweep
    sweeping = dask(file, store)
    until(lambda: done(store, plan) > 10)
    sweeping.kill()
    sweeping.communicate()
    said(cluster, "scancel", "--user=root")  # they would end by themselves, after a minute without scheduler
    until(lambda: not queue(cluster), 60)
    stored = done(store, plan)
    assert 0 < stored < len(plan.ids)
    again = dask(file, store)
    out, err = again.communicate(timeout=400)
    assert again.returncode == 0, err[-3000:]
    assert "missing=0" in out
    assert content(store, plan) == reference
    until(lambda: not queue(cluster), 60)
    assert FAKE.startswith("fake")
