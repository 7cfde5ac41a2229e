"""Processes that work for another and end with it."""

import os
import signal
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import pytest

from krimpsim.core.workers import in_parallel, pool

ROOT = Path(__file__).resolve().parents[2]


def lives(pid):
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def wait_until(met, seconds=30.0):
    began = time.monotonic()
    while not met():
        assert time.monotonic() - began < seconds
        time.sleep(0.02)


def test_a_worker_works_and_ctrl_c_is_not_for_it():
    with pool(1) as executor:
        worker = executor.submit(os.getpid).result()
        os.kill(worker, signal.SIGINT)
        assert executor.submit(os.getpid).result() == worker
    assert not lives(worker)


def test_an_error_in_the_driver_ends_the_workers_at_once():
    with pytest.raises(ZeroDivisionError), pool(1) as executor:  # noqa: PT012
        worker = executor.submit(os.getpid).result()
        executor.submit(time.sleep, 600)
        raise ZeroDivisionError
    assert not lives(worker)


def half_a_message(folder):
    """Send a result that is larger than a pipe: as long as nobody reads, this process hangs in the middle of it."""
    open(f"{folder}/{os.getpid()}", "w").close()
    return bytes(50_000_000)


def test_a_worker_that_ends_in_the_middle_of_a_message_is_not_waited_for(tmp_path):
    """The reader of results takes its time over each, so that workers are caught while they send."""
    ended = []

    def try_once(k):
        folder = tmp_path / str(k)
        folder.mkdir()
        with pytest.raises(KeyboardInterrupt), pool(2) as executor:  # noqa: PT012
            for _ in range(4):
                executor.submit(half_a_message, str(folder))
            wait_until(lambda: list(folder.iterdir()))
            time.sleep(0.01 * k)
            raise KeyboardInterrupt
        ended.append(k)

    for k in range(6):
        thread = threading.Thread(target=try_once, args=(k,), daemon=True)
        thread.start()
        thread.join(30)
        assert ended[-1:] == [k], "the driver hangs"


DRIVER = """
    import os, sys, time
    from krimpsim.core.workers import in_parallel, pool

    def say(folder):
        open(f"{folder}/{os.getpid()}", "w").close()

    def last_words():
        say(sys.argv[1] + "/ended")

    def work(folder):
        say(folder)
        time.sleep(600)

    if __name__ == "__main__":
        if sys.argv[2] == "pool":
            with pool(2, last_words) as executor:
                for _ in range(2):
                    executor.submit(work, sys.argv[1])
                time.sleep(600)
        else:
            in_parallel((work, sys.argv[1]), (work, sys.argv[1]))
"""


@pytest.mark.parametrize("how", ["pool", "in_parallel"])
def test_workers_do_not_outlive_a_driver_that_is_killed(tmp_path, how):
    file = tmp_path / "driver.py"
    file.write_text(textwrap.dedent(DRIVER))
    (tmp_path / "ended").mkdir()
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    driver = subprocess.Popen([sys.executable, str(file), str(tmp_path), how], env=environment)

    def workers():
        return [int(path.name) for path in tmp_path.iterdir() if path.name.isdecimal()]

    wait_until(lambda: len(workers()) == 2)
    driver.kill()
    driver.wait()
    wait_until(lambda: not any(map(lives, workers())), 5.0)
    if how == "pool":
        assert sorted(int(path.name) for path in (tmp_path / "ended").iterdir()) == sorted(workers())


def test_work_in_parallel_is_waited_for_and_a_failure_is_an_error(tmp_path):
    in_parallel((os.mkdir, tmp_path / "a"), (os.mkdir, tmp_path / "b"))
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]
    began = time.monotonic()
    with pytest.raises(ChildProcessError, match="exit code 1"):
        in_parallel((os.mkdir, tmp_path / "a"), (time.sleep, 600))
    assert time.monotonic() - began < 60
