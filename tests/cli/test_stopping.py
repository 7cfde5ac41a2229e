"""Work that is stopped or killed, in real processes: nobody works on, nothing half stays, and what is kept is said."""

import os
import re
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "configs" / "examples" / "tiny.toml"
LONGEST = 120.0  # seconds that a slow machine may take to begin
SWEEP = f"""schema = 1
id = "long"
base = {str(TINY)!r}
replicates = 400
factors = [{{key = "care_need.men_ratio", values = [0.6, 0.7]}}]
design.kind = "grid"
indicators = [{{name = "births", of = "births", take = "total"}}]
execution.flush_seconds = 1
"""


def hears():
    """Let a child hear the signals that whoever started these tests may ignore, as nohup does."""
    for one in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(one, signal.SIG_DFL)


def start(*words, cwd):
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    return subprocess.Popen(
        [sys.executable, "-m", "krimpsim", *map(str, words)],
        cwd=cwd,
        env=environment,
        start_new_session=True,
        preexec_fn=hears,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_for(met):
    """Wait until something is met."""
    began = time.monotonic()
    while not met():
        assert time.monotonic() - began < LONGEST
        time.sleep(0.05)


def of_session(number):
    """Return what lives of a session, this way: state and command of each process."""
    said = subprocess.run(["ps", "-o", "stat=,args=", "-s", str(number)], capture_output=True, text=True, check=False)
    return [line for line in said.stdout.splitlines() if not line.startswith("Z")]


def hidden(folder):
    return [path.name for path in Path(folder).rglob(".*")]


@pytest.fixture
def running(tmp_path):
    """Start a long run of two workers, and give it when results are coming in."""
    child = start("run", TINY, "-n", 2000, "-j", 2, "--out", "out", cwd=tmp_path)
    wait_for(lambda: (hidden(tmp_path) and len(of_session(child.pid)) >= 3) or child.poll() is not None)
    time.sleep(1.0)
    assert child.poll() is None, child.communicate()
    yield child
    if child.poll() is None:
        child.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP], ids=lambda one: one.name)
def test_a_run_that_is_stopped_leaves_nothing_and_says_how_far_it_was(running, tmp_path, number):
    began = time.monotonic()
    running.send_signal(number)
    out, err = running.communicate(timeout=30)
    assert time.monotonic() - began < 5
    assert running.returncode == 130
    assert out == ""
    assert re.search(r"^stopping\nstopped: \d+ of 2000 runs; nothing is kept\n\Z", err, re.MULTILINE), err
    wait_for(lambda: of_session(running.pid) == [])  # what kept track of processes for Python ends last
    assert list(tmp_path.iterdir()) == []


def test_a_signal_that_reaches_the_group_too_is_one_wish(running, tmp_path):
    """As `timeout` and schedulers send it: once to the process, once to its group."""
    running.send_signal(signal.SIGTERM)
    os.killpg(running.pid, signal.SIGTERM)
    _, err = running.communicate(timeout=30)
    assert running.returncode == 130, err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_the_workers_of_a_run_that_is_killed_clear_up_and_end_and_its_folder_is_free(running, tmp_path):
    running.kill()
    running.communicate(timeout=5)  # whoever reads its output gets to the end: no worker holds the pipe open
    wait_for(lambda: of_session(running.pid) == [])
    assert hidden(tmp_path) == [], "its workers cleared up behind it"
    assert "has not finished" in (tmp_path / "out" / "UNFINISHED.txt").read_text()
    again = start("run", TINY, "-n", 1, "-q", "--out", "out", "--set", "run.end=2013-01-31", cwd=tmp_path)
    assert again.wait(LONGEST) == 0
    assert not (tmp_path / "out" / "UNFINISHED.txt").exists()


def test_what_a_run_without_workers_left_when_it_was_killed_is_swept_by_the_next(tmp_path):
    child = start("run", TINY, "-n", 2000, "-j", 1, "--out", "out", cwd=tmp_path)
    wait_for(lambda: hidden(tmp_path) or child.poll() is not None)
    child.kill()
    child.communicate(timeout=5)
    assert hidden(tmp_path), "a killed process cannot clear up"
    following = start("run", TINY, "-n", 1, "-q", "--out", "other", "--set", "run.end=2013-01-31", cwd=tmp_path)
    assert following.wait(LONGEST) == 0
    assert hidden(tmp_path) == []


def test_a_sweep_that_is_stopped_says_what_is_kept_and_how_to_go_on(tmp_path):
    (tmp_path / "long.toml").write_text(SWEEP, encoding="utf-8")
    child = start("sweep", "run", "long.toml", "--store", "my store", "-j", 2, cwd=tmp_path)
    wait_for(lambda: list(tmp_path.glob("my store/scalars/*.parquet")) or child.poll() is not None)
    child.send_signal(signal.SIGINT)
    _, err = child.communicate(timeout=30)
    assert child.returncode == 130, err
    said = re.search(r"^stopped: (\d+) of 800 runs are kept; go on with krimpsim (.*)$", err, re.MULTILINE)
    assert said, err
    assert said[2] == "sweep resume long.toml --store 'my store'"
    assert int(said[1]) > 0
    status = start("sweep", "status", "long.toml", "--store", "my store", cwd=tmp_path)
    assert f"runs     800: {said[1]} done, 0 failed" in status.communicate(timeout=LONGEST)[0]
    wait_for(lambda: of_session(child.pid) == [])
    assert hidden(tmp_path) == []
