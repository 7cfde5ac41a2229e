"""The door to folders: looked at before the first run, swept, and never two run-sets in one."""

import os
import shutil
import socket
import subprocess
import sys
from collections import namedtuple
from pathlib import Path

import pytest

from krimpsim.core.errors import UsageError
from krimpsim.outputs import folder as door
from krimpsim.outputs.folder import UNFINISHED, RunFolder, StorageError, sweep, temporary, writable

NEW = (None, "")  # what a folder holds in which nothing was run


@pytest.fixture
def dead():
    """Return the number of a process that lived and is dead."""
    process = subprocess.Popen([sys.executable, "-c", ""])
    process.wait()
    return process.pid


# --- any folder -------------------------------------------------------------------------------------------------


def test_a_folder_is_made_with_its_parents(tmp_path):
    assert writable(str(tmp_path / "a" / "b"), "--out") == tmp_path / "a" / "b"
    assert list((tmp_path / "a" / "b").iterdir()) == []


@pytest.mark.parametrize(
    ("name", "why"),
    [
        ("", "the name is empty"),
        ("  ", "the name is empty"),
        ("file", "this is a file, not a folder"),
        ("file/under/it", "file is a file, not a folder"),
        ("link", "is a link to something that is not there"),
        ("link/under/it", "is a link to something that is not there"),
        ("/dev/null", "this is a file, not a folder"),
        ("/dev/null/x", "/dev/null is a file, not a folder"),
        ("/proc/here", "--out /proc/here"),
        ("x" * 300, "the name is too long"),
        ("new/" + "x" * 300, "the name is too long"),
        ("nul\0byte", "this cannot be the name of a folder"),
    ],
)
def test_a_folder_that_cannot_be_is_refused_in_a_line_and_leaves_nothing(tmp_path, monkeypatch, name, why):
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("mine")
    Path("link").symlink_to("nowhere")
    for write in (lambda: writable(name, "--out"), lambda: RunFolder(name, NEW, "a")):
        with pytest.raises(UsageError, match="--out") as caught:
            write()
        assert why in str(caught.value)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 300
    assert sorted(path.name for path in tmp_path.iterdir()) == ["file", "link"]
    assert Path("file").read_text() == "mine"


def test_a_folder_in_which_nobody_may_write_is_refused(tmp_path, monkeypatch):
    """As another user, or where this is root: by the answer of the system."""

    def refuse(path, _):
        raise PermissionError(13, "Permission denied", str(path))

    monkeypatch.setattr(Path, "write_bytes", refuse)
    with pytest.raises(UsageError, match="you may not write there"):
        writable(tmp_path / "new", "--out")
    assert not (tmp_path / "new").exists()


def test_too_little_room_is_said_with_both_numbers(tmp_path, monkeypatch):
    usage = namedtuple("usage", "free")
    monkeypatch.setattr(shutil, "disk_usage", lambda _: usage(5_000_000))
    with pytest.raises(UsageError, match="about 6 MB is needed and 5 MB of room is left"):
        writable(tmp_path / "new", "--out", 6_000_000)
    assert not (tmp_path / "new").exists()
    writable(tmp_path / "new", "--out", 5_000_000)


# --- leftovers --------------------------------------------------------------------------------------------------


def test_only_what_dead_processes_left_is_swept(tmp_path, dead):
    host = socket.gethostname()
    gone = [tmp_path / f".{name}.{host}.{dead}.tmp" for name in ("villages.parquet", "run.toml")]
    old, young = tmp_path / ".a.csv.elsewhere.1.tmp", tmp_path / ".b.csv.elsewhere.1.tmp"
    kept = [temporary(tmp_path / "mine.csv"), young, tmp_path / ".theirs.tmp", tmp_path / "x.host.1.tmp"]
    for path in (*gone, old, *kept):
        path.write_text("")
    os.utime(old, (0, 0))
    sweep(tmp_path)
    assert not [path for path in (*gone, old) if path.exists()]
    assert [path for path in kept if path.exists()] == kept


# --- the folder of a run-set ------------------------------------------------------------------------------------


def fill(folder):
    """Write as a run does."""
    for name in ("run.toml", "run.b.toml", "villages.parquet", "summary.csv", "manifest.json", "stories.nl.md"):
        (folder / name).write_text(name)
    (folder / "figures").mkdir(exist_ok=True)
    (folder / "figures" / "map.png").write_text("")


def test_a_folder_says_that_it_is_unfinished_as_long_as_it_is(tmp_path):
    with RunFolder(tmp_path / "out", NEW, "a") as folder:
        assert "has not finished" in (folder / UNFINISHED).read_text()
        fill(folder)
    assert not (folder / UNFINISHED).exists()
    assert (folder / "summary.csv").exists()


@pytest.mark.parametrize("there", [False, True], ids=["new", "empty"])
def test_an_error_leaves_nothing_of_a_run(tmp_path, there):
    out = tmp_path / "above" / "out"
    if there:
        out.mkdir(parents=True)
    with pytest.raises(ZeroDivisionError), RunFolder(out, NEW, "a") as folder:  # noqa: PT012
        fill(folder)
        raise ZeroDivisionError
    assert list(tmp_path.rglob("*")) == ([out.parent, out] if there else [])


def test_a_full_disk_is_said_in_a_line(tmp_path):
    with pytest.raises(StorageError, match="the disk is full: nothing is kept") as caught:  # noqa: SIM117
        with RunFolder(tmp_path / "out", NEW, "a"):
            raise OSError(28, "No space left on device", "summary.csv")
    assert caught.value.exit_code == 4


def test_two_run_sets_do_not_mix(tmp_path):
    with RunFolder(tmp_path / "out", NEW, "a") as out:
        fill(out)
    (out / "notes.txt").write_text("mine")
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with pytest.raises(UsageError, match="it holds the results of 'a'; give another one, or --force"):
        RunFolder(out, ("a", "the results of 'a'"), "b")
    with pytest.raises(UsageError, match="it holds files with names that a run writes"):
        RunFolder(out, NEW, "b")
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before
    with RunFolder(out, ("a", "the results of 'a'"), "b", force=True):
        assert sorted(path.name for path in out.iterdir()) == [UNFINISHED, "notes.txt"]


def test_the_same_run_set_may_be_written_again_and_stays_when_that_fails(tmp_path):
    with RunFolder(tmp_path / "out", NEW, "a") as out:
        fill(out)
    before = {path: path.read_bytes() for path in out.rglob("*") if path.is_file()}
    with pytest.raises(ZeroDivisionError), RunFolder(out, ("a", ""), "a"):
        raise ZeroDivisionError
    assert {path: path.read_bytes() for path in out.rglob("*") if path.is_file()} == before


def test_what_a_killed_run_left_is_swept_by_the_next_here_and_beside(tmp_path, dead):
    left = RunFolder(tmp_path / "one", NEW, "a")
    left.__enter__()
    fill(left.path)
    mark = left.path / UNFINISHED
    mark.write_text(mark.read_text().replace(f"process {os.getpid()}", f"process {dead}"))
    hidden = left.path / f".villages.parquet.{socket.gethostname()}.{dead}.tmp"
    hidden.write_text("half")
    with RunFolder(tmp_path / "two", NEW, "b"):
        assert not hidden.exists(), "swept by a run beside it"
    assert mark.exists(), "the folder still says what it is"
    with RunFolder(left.path, NEW, "b"):
        assert [path.name for path in left.path.iterdir()] == [UNFINISHED], "its place is free"


def test_a_folder_that_another_process_writes_is_refused(tmp_path):
    (tmp_path / UNFINISHED).write_text(f"...\nprocess {os.getppid()} on {socket.gethostname()}\n")
    with pytest.raises(UsageError, match=f"another run is writing there .process {os.getppid()}."):
        RunFolder(tmp_path, NEW, "a")
    assert door.lives(os.getppid())


def test_a_process_that_ended_and_was_not_missed_yet_does_not_live():
    process = subprocess.Popen([sys.executable, "-c", ""])
    while Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z":
        pass
    assert not door.lives(process.pid)
    process.wait()
    assert not door.lives(process.pid)
    assert door.lives(os.getpid())
