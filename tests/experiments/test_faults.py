"""What goes wrong on real machines.  Afterwards the store equals a serial run, nothing twice and nothing lost."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from sweep_tools import (
    FAKE,
    ROOT,
    children,
    content,
    driver,
    environment,
    experiment,
    finish,
    plan_of,
    rows_on_disk,
    serial,
    skip_or_fail,
    until,
)

from krimpsim.core.errors import KrimpsimError
from krimpsim.experiments.chunk import MOST_DEATHS, run_chunk
from krimpsim.experiments.engine import FRUITLESS, PartialError, local_engine, run_experiment, run_plan
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.state import status
from krimpsim.experiments.store import Store

SLOW = {"FAKE_SECONDS": "0.01"}


def done(store, plan):
    return len(plan.ids) - len(plan.missing(store))


@pytest.mark.gate
def test_kill_of_a_worker_costs_nothing_but_time(sweep):
    file, plan, store, reference = sweep
    running = driver(file, store.folder, **SLOW)
    until(lambda: 0 < done(store, plan) < len(plan.ids))
    os.kill(children(running.pid)[0], signal.SIGKILL)
    out, err = running.communicate(timeout=90)
    assert running.returncode == 0, err
    assert "failed=0, missing=0" in out
    assert content(store, plan) == reference
    assert rows_on_disk(store) == len(plan.ids)


def test_after_sigkill_of_the_driver_resume_computes_exactly_what_is_missing(sweep):
    file, plan, store, reference = sweep
    running = driver(file, store.folder, **SLOW)
    until(lambda: 0 < done(store, plan) < len(plan.ids))
    workers = children(running.pid)
    running.kill()
    running.communicate(timeout=30)
    until(lambda: not any(os.path.exists(f"/proc/{pid}/fd") and os.listdir(f"/proc/{pid}/fd") for pid in workers))
    stored = done(store, plan)
    assert 0 < stored < len(plan.ids)
    assert rows_on_disk(store) == stored
    assert status(plan, store).missing == len(plan.ids) - stored
    counted = []
    found = run_plan(plan, store, counting(counted))
    assert counted == [len(plan.ids) - stored]
    assert found.missing == 0
    assert content(store, plan) == reference
    assert rows_on_disk(store) == len(plan.ids)


def counting(counted):
    """Return an engine of two processes that notes how many runs it is given."""
    inner = local_engine(2)

    def go(plan, store, numbers, retry, show):
        counted.append(len(numbers))
        inner(plan, store, numbers, retry, show)

    return go


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_a_driver_that_is_stopped_leaves_everything_stored(sweep, number):
    file, plan, store, reference = sweep
    running = subprocess.Popen(
        [sys.executable, "-c", STOPPABLE, str(file), str(store.folder)],
        env=environment(**SLOW), text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell ignores it for what runs behind it
    )  # fmt: skip
    until(lambda: 0 < done(store, plan) < len(plan.ids))
    running.send_signal(number)
    _, err = running.communicate(timeout=60)
    assert running.returncode == 130, err
    assert not list((store.folder / "running").iterdir()), "no worker was killed at a run"
    assert done(store, plan) < len(plan.ids)
    finish(file, store.folder)
    assert content(store, plan) == reference
    assert rows_on_disk(store) == len(plan.ids)


STOPPABLE = """
import sys
import krimpsim.experiments.reading as reading
from krimpsim import cli

if __name__ == "__main__":
    reading.load_experiment.__defaults__ = ("fake_model:simulate",)
    sys.argv = ["krimpsim", "sweep", "run", sys.argv[1], "--store", sys.argv[2], "-j", "2", "-q"]
    cli.main()
"""


@pytest.mark.gate
def test_a_run_that_kills_its_process_ends_as_an_error_and_the_rest_is_done(sweep):
    """In a driver of its own: were such runs not kept apart, new workers would die over them for ever."""
    file, plan, store, reference = sweep
    poisoned = {
        plan.ids[n] for n in range(len(plan.ids))
        if plan.run(n).replicate == 1 and plan.values[plan.run(n).point][0] < 0.6
    }  # fmt: skip
    assert 0 < len(poisoned) < 20
    running = driver(file, store.folder, FAKE_POISON="1")
    try:
        _, err = running.communicate(timeout=600)
    finally:
        running.kill()  # its workers end with it
    assert running.returncode == 1
    assert f"PartialError: {len(poisoned)} of 256 runs failed" in err
    rows = store.runs(plan.columns).to_pylist()
    assert {row["run_id"] for row in rows if row["status"] == "error"} == poisoned
    assert all("died again, signal 9" in row["error"] for row in rows if row["status"] == "error")
    assert not list((store.folder / "running").iterdir())
    run_experiment(load_experiment(file, FAKE), str(file), store, local_engine(2), retry_errors=True)
    assert content(store, plan) == reference


@pytest.mark.gate
def test_a_run_that_hangs_ends_as_an_error_and_the_rest_is_done(tmp_path, monkeypatch):
    file = experiment(tmp_path, n=16, kind="lhs", replicates=2, more="minutes_per_run = 0.05")
    plan, store = plan_of(file), Store(tmp_path / "store")
    monkeypatch.setenv("FAKE_HANG", "1")
    hanging = {
        plan.ids[n] for n in range(len(plan.ids))
        if plan.run(n).replicate == 1 and plan.values[plan.run(n).point][0] < 0.6
    }  # fmt: skip
    assert len(hanging) == 2
    with pytest.raises(PartialError, match="2 of 64 runs failed"):
        run_experiment(load_experiment(file, FAKE), str(file), store, local_engine(2))
    failed = [row for row in store.runs(plan.columns).to_pylist() if row["status"] == "error"]
    assert {row["run_id"] for row in failed} == hanging
    assert {row["error"] for row in failed} == {"it took longer than minutes_per_run, 0.05, twice"}
    assert not list((store.folder / "running").iterdir())
    monkeypatch.delenv("FAKE_HANG")
    run_experiment(load_experiment(file, FAKE), str(file), store, local_engine(2), retry_errors=True)
    assert content(store, plan) == serial(file, tmp_path / "reference")


def test_workers_that_cannot_live_are_not_started_for_ever(sweep, monkeypatch):
    _, plan, store, _ = sweep
    rounds = []

    def dead(*_):
        rounds.append(1)

    with pytest.raises(KrimpsimError, match="workers die before they finish a run"):
        run_plan(plan, store, dead)
    assert len(rounds) == 3


def test_a_run_over_which_workers_die_for_ever_ends_with_its_name(sweep):
    """As if nothing kept such a run apart: every round leaves one death more, and stores nothing."""
    _, plan, store, _ = sweep
    rounds = []

    def deadly(plan, store, *_):
        assert len(rounds) < 20, "for ever"
        rounds.append(1)
        note = store.folder / "running" / f"elsewhere-{len(rounds)}.run"
        note.parent.mkdir(exist_ok=True)
        note.write_text(plan.ids[7], encoding="ascii")

    with pytest.raises(KrimpsimError, match=f"At hand when they died: {plan.ids[7]}"):
        run_plan(plan, store, deadly)
    assert len(rounds) == MOST_DEATHS + FRUITLESS


def test_a_full_disk_loses_nothing_that_was_stored(sweep, tmp_path):
    _, plan, _, reference = sweep
    disk = tmp_path / "disk"
    disk.mkdir()
    made = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=176k", "tmpfs", disk], capture_output=True, text=True, check=False
    )
    if made.returncode != 0:
        skip_or_fail("mount", f"no small file system can be made: {made.stderr.strip()}")
    try:
        store = Store(disk / "store")
        with pytest.raises(KrimpsimError, match="the disk is full"):
            run_many_small_shards(plan, store)
        stored = done(store, plan)
        assert 0 < stored < len(plan.ids)
        assert not list(store.folder.rglob("*.tmp"))
        subprocess.run(["mount", "-o", "remount,size=16m", disk], check=True)
        counted = []
        run_plan(plan, store, counting(counted))
        assert counted == [len(plan.ids) - stored]
        assert content(store, plan) == reference
    finally:
        subprocess.run(["umount", disk], check=True)


def run_many_small_shards(plan, store):
    from krimpsim.experiments.plan import write_plan

    write_plan(plan, store)
    for start in range(0, len(plan.ids), 4):
        run_chunk(store.folder, plan.name, range(start, start + 4))


@pytest.mark.gate
def test_many_cold_starts_at_once_do_not_disturb_each_other(tmp_path):
    """Processes compile the same function into one empty folder: all get the right answer, and a later one finds it.

    Twelve are what a small machine bears; KRIMPSIM_COLD_STARTS asks for another number.
    """
    many = int(os.environ.get("KRIMPSIM_COLD_STARTS", "12"))
    code = (
        "from krimpsim.core.streams import mix\n"
        "from krimpsim.core.cache import CACHE_FOLDER\n"
        "import numpy as np\n"
        "print(int(mix(np.int64(7))), CACHE_FOLDER, end=' ')\n"
    )
    folder = environment(NUMBA_CACHE_DIR=str(tmp_path))

    def start(_, more=""):
        return subprocess.run(
            [sys.executable, "-c", code + more], env=folder, cwd=ROOT, capture_output=True, text=True, check=False
        )

    with ThreadPoolExecutor(many) as pool:
        found = list(pool.map(start, range(many)))
    assert {one.stderr for one in found} == {""}
    assert len({one.stdout for one in found}) == 1
    assert str(tmp_path) in found[0].stdout
    later = start(0, "print(sum(mix.stats.cache_hits.values()), sum(mix.stats.cache_misses.values()))")
    assert later.stdout == f"{found[0].stdout}1 0\n", "loaded, not compiled"


def test_the_real_model_in_a_real_pool(tmp_path):
    """Two runs of the tiny example by the engine are those of a plain call."""
    from krimpsim.experiments.reductions import scalars

    file = experiment(tmp_path, n=1, kind="lhs", replicates=2)
    text = file.read_text().replace('id = "fake_sweep"', 'id = "real"\nset."run.end" = 2013-02-28')
    text = text[: text.index("[[scenarios]]")] + text[text.index("[[factors]]") :]
    file.write_text(text)
    loaded = load_experiment(file)
    started = time.monotonic()
    found = run_experiment(loaded, str(file), Store(tmp_path / "store"), local_engine(2))
    assert (found.total, found.missing, found.failed) == (2, 0, 0), time.monotonic() - started
    plan = plan_of(file)
    assert not plan.missing(Store(tmp_path / "store")), "the function that runs is no part of an identity"
    from krimpsim.run import simulate

    for row in Store(tmp_path / "store").runs(plan.columns).to_pylist():
        run = plan.run(plan.positions[row["run_id"]])
        assert [row[name] for name in plan.columns] == scalars(
            simulate(plan.config(run), run.replicate), plan.facts.indicators
        )
