"""The store: shards whole or not at all, every run once, nothing lost."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest
from store_tools import compute
from sweep_tools import FAKE, TINY, content, experiment, finish, plan_of, rows_on_disk, serial

from krimpsim.cli.sweeps import _show_status
from krimpsim.core.errors import DataError, UsageError
from krimpsim.experiments import plan as plans
from krimpsim.experiments import store as store_module
from krimpsim.experiments.chunk import run_chunk
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.shards import made_by
from krimpsim.experiments.state import status
from krimpsim.experiments.store import Store


def test_a_chunk_executed_again_computes_nothing(tmp_path):
    plan, store = plan_of(experiment(tmp_path)), Store(tmp_path / "store")
    assert compute(plan, store, range(60)).runs == 60
    assert compute(plan, store, range(60)).runs == 0
    assert rows_on_disk(store) == 60
    assert len(plan.missing(store)) == len(plan.ids) - 60


def test_a_larger_design_computes_only_what_is_new(tmp_path):
    small = plan_of(experiment(tmp_path, n=256, replicates=1))
    store = Store(tmp_path / "store")
    compute(small, store, range(len(small.ids)))
    large = plan_of(experiment(tmp_path, n=512, replicates=1))
    missing = large.missing(store)
    assert len(large.ids) == 2 * len(small.ids) == 4096
    assert set(small.ids) < set(large.ids)
    assert len(missing) == 2048
    more = plan_of(experiment(tmp_path, n=256, replicates=2))
    assert len(more.missing(store)) == 2048


def test_edited_sources_make_old_runs_ineligible(done, monkeypatch):
    file, plan, store = done
    assert plan.missing(store) == []
    monkeypatch.setattr(plans, "source_hash", lambda: "0123456789abcdef")
    edited = plan_of(file)
    assert len(edited.missing(store)) == len(edited.ids)
    assert not set(edited.ids) & set(plan.ids)
    with pytest.raises(UsageError, match="the code changed since it was made"):
        plan.check_sources()


@pytest.mark.parametrize("damage", ["cut", "empty", "bit"])
def test_a_damaged_shard_is_set_aside_and_computed_again(tmp_path, damage):
    file = experiment(tmp_path)
    reference = serial(file, tmp_path / "reference")
    plan, store = plan_of(file), Store(tmp_path / "store")
    for start in range(0, len(plan.ids), 64):
        compute(plan, store, range(start, start + 64))
    shard = store.shards()[1]
    lost = pq.read_metadata(shard).num_rows
    whole = shard.read_bytes()
    changed = bytearray(whole)
    changed[-len(whole) // 3] ^= 0x01
    shard.write_bytes({"cut": whole[: len(whole) // 2], "empty": b"", "bit": bytes(changed)}[damage])
    assert len(plan.missing(store)) == lost > 0
    assert [path.suffix for path in store.set_aside] == [".damaged"]
    finish(file, store.folder)
    assert content(store, plan) == reference


def test_compaction_keeps_every_run_once_in_large_shards(tmp_path):
    file = experiment(tmp_path)
    reference = serial(file, tmp_path / "reference")
    plan, store = plan_of(file), Store(tmp_path / "store")
    for start in range(0, len(plan.ids), 16):
        compute(plan, store, range(start, start + 16))
    compute(plan, store, range(8, 40))  # another chunk with runs that are there: they are computed twice
    left, at_hand = (store.folder / "scalars" / f".{name}.parquet.host.1.tmp" for name in "xy")
    for path in (left, at_hand):
        path.write_bytes(b"half")
    os.utime(left, (time.time() - 7200,) * 2)
    assert rows_on_disk(store) == len(plan.ids) + 32
    before, after = store.compact()
    assert before >= 17
    assert after == 1
    assert rows_on_disk(store) == len(plan.ids)
    assert content(store, plan) == reference
    assert set((store.folder / "scalars").iterdir()) == {store.shards()[0], at_hand}, "another worker may write now"


def test_unequal_doubles_are_refused(done, monkeypatch):
    _, plan, store = done
    run = plan.run(3)
    row = store.runs(plan.columns).to_pylist()
    other = next(r for r in row if r["run_id"] == run.run_id)
    other[plan.columns[0]] = np.nextafter(other[plan.columns[0]], 1e9)
    store.add("other", [other], plan.columns, "scalars")
    with pytest.raises(DataError, match=f"run {run.run_id} was computed twice with different results"):
        store.runs(plan.columns)
    with pytest.raises(DataError, match="computed twice"):
        store.compact()


def test_experiments_that_vary_other_parameters_may_meet_in_a_run(tmp_path):
    """The same configuration, once as a point of two factors and once of one: one run, whatever its inputs say."""
    text = f'id = "meets"\nbase = "{TINY}"\n[[indicators]]\nname = "births"\nof = "births"\ntake = "sum"\n'
    points = ('"care_need.men_ratio" = 0.7, "market.consent_share" = 0.5', '"care_need.men_ratio" = 0.7')
    stores = []
    for number, point in enumerate(points):
        file = tmp_path / f"{number}.toml"
        file.write_text(f'{text}[set]\nmarket.consent_share = 0.5\n[design]\nkind = "list"\npoints = [{{ {point} }}]\n')
        stores.append(Store(tmp_path / str(number)))
        plan = plan_of(file)
        compute(plan, stores[-1], [0])
    assert stores[0].done(plan.columns, "scalars") == set(plan.ids)
    assert stores[0].take(stores[1]) == 0
    compute(plan, Store(tmp_path / "both"), [0])
    for one in stores:
        for shard in one.shards():
            (tmp_path / "both" / "scalars" / shard.name).write_bytes(shard.read_bytes())
    assert Store(tmp_path / "both").runs(plan.columns).num_rows == 1


def test_a_count_of_the_store_does_not_stumble_over_files_that_come_and_go(done, monkeypatch):
    _, plan, store = done
    before = status(plan, store)
    gone = [store.folder / "scalars" / name for name in (".x.parquet.host.1.tmp", "x-1.parquet")]
    found = Path.rglob
    monkeypatch.setattr(Path, "rglob", lambda path, pattern: [*found(path, pattern), *gone])
    assert status(plan, store) == before


def test_stores_are_collected_and_doubles_compared(tmp_path):
    file = experiment(tmp_path)
    reference = serial(file, tmp_path / "reference")
    plan = plan_of(file)
    one, two, all_ = (Store(tmp_path / name) for name in ("one", "two", "all"))
    compute(plan, one, range(150))
    compute(plan, two, range(100, 256))
    assert [all_.take(one), all_.take(two), all_.take(two)] == [150, 106, 0]
    assert content(all_, plan) == reference
    row = two.runs(plan.columns).to_pylist()[0] | {plan.columns[1]: -1.0}
    odd = Store(tmp_path / "odd")
    odd.add("odd", [row], plan.columns, "scalars")
    with pytest.raises(DataError, match="different results"):
        all_.take(odd)


def test_a_failed_run_is_kept_with_its_error_and_tried_again_on_demand(tmp_path, monkeypatch):
    plan, store = plan_of(experiment(tmp_path)), Store(tmp_path / "store")
    reference = serial(experiment(tmp_path), tmp_path / "reference")
    monkeypatch.setenv("FAKE_ERROR", "2")
    failed = compute(plan, store, range(len(plan.ids))).failed
    assert 0 < failed < 64
    assert plan.missing(store) == []
    rows = [row for row in store.runs(plan.columns).to_pylist() if row["status"] == "error"]
    assert len(rows) == failed
    assert all("RuntimeError: no such luck" in row["error"] for row in rows)
    assert all('"replicate": 2, "care_need.men_ratio": 0.5' in row["inputs"] for row in rows)
    monkeypatch.delenv("FAKE_ERROR")
    again = plan.missing(store, retry_errors=True)
    assert len(again) == failed
    assert run_chunk(store.folder, plan.name, again, retry_errors=True).runs == failed
    assert content(store, plan) == reference
    store.compact()
    assert content(store, plan) == reference


def test_shards_say_what_made_them_and_the_status_says_where_they_differ(tmp_path, monkeypatch, capsys):
    plan, store = plan_of(experiment(tmp_path)), Store(tmp_path / "store")
    compute(plan, store, range(100))
    here = json.loads(made_by())
    assert {"krimpsim", "commit", "python", "numba", "numpy"} <= set(here)
    assert status(plan, store).made_by == {}
    monkeypatch.setattr(store_module, "made_by", lambda: json.dumps(here | {"numba": "0.1"}))
    compute(plan, store, range(100, 150))
    compute(plan, store, range(150, 256))
    assert {name: set(found) for name, found in status(plan, store).made_by.items()} == {
        "numba": {here["numba"], "0.1"}
    }
    other = Store(tmp_path / "other")
    other.take(store)
    for one in (store, other):
        one.compact()
        assert status(plan, one).made_by == {"numba": {here["numba"]: 1, "0.1": 1}}, "merged by maker"
    _show_status(status(plan, store), store, False)
    out = capsys.readouterr().out
    assert re.search(r"differs  numba: (0.1|[\d.]+) in 1 shards, (0.1|[\d.]+) in 1 shards", out)
    monkeypatch.setattr(store_module, "source_hash", lambda: "other sources")
    row = store.runs(plan.columns).to_pylist()[0]
    store.add("new", [row], plan.columns, "scalars")
    assert set(status(plan, store).made_by["numba"].values()) == {1}, "shards of other sources do not count"


def test_run_identities_do_not_depend_on_minus_zero_and_refuse_what_is_no_number(tmp_path):
    from krimpsim.config.resolved import run_id
    from krimpsim.config.run import RunConfig

    config = load_experiment(experiment(tmp_path), FAKE).scenarios["tiny"]
    zero, minus, not_a_number = (
        RunConfig.model_construct(
            **(dict(config) | {"market": config.market.model_copy(update={"consent_share": value})})
        )
        for value in (0.0, -0.0, float("nan"))
    )
    assert run_id(zero, 0, "s", "d") == run_id(minus, 0, "s", "d") != run_id(config, 0, "s", "d")
    with pytest.raises(ValueError, match="not JSON compliant"):
        run_id(not_a_number, 0, "s", "d")


def test_notes_of_living_processes_are_no_deaths(tmp_path):
    from krimpsim.experiments.at_hand import AtHand, absolve, suspects

    store = Store(tmp_path)
    with AtHand(store.folder) as at_hand:
        at_hand.is_("a" * 32)
        assert suspects(store.folder) == {}
        note = next((tmp_path / "running").iterdir())
        dead = note.with_name(note.name.replace(f"-{os.getpid()}.", "-4194304."))
        dead.write_text("b" * 32)
        odd = note.with_name(note.name.replace(f"-{os.getpid()}.", "-x."))
        odd.write_text("")
        assert suspects(store.folder) == {"b" * 32: 1}
    absolve(store.folder, "b" * 32)
    assert [path.name for path in (tmp_path / "running").iterdir()] == [odd.name]


@pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="counts threads as Linux lists them")
def test_no_other_thread_reads_a_shard(done):
    """One that is still at it when the interpreter ends would end the process with an abort."""
    _, _, store = done
    code = (
        "import os, sys, pyarrow.dataset\n"
        "from pathlib import Path\n"
        "from krimpsim.experiments.store import Store\n"
        "before = len(os.listdir('/proc/self/task'))\n"
        "rows = len(Store(Path(sys.argv[1])).runs(()))\n"
        "print(rows > 0, len(os.listdir('/proc/self/task')) - before)\n"
    )
    said = subprocess.run([sys.executable, "-c", code, str(store.folder)], capture_output=True, text=True, check=True)
    assert said.stdout.split() == ["True", "0"]
