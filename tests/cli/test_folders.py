"""Commands and the folders they write to: refused in a line before the first run, whole results never lost."""

import errno
import os
import subprocess
import sys
from pathlib import Path

import pytest

from krimpsim.report import build

ROOT = Path(__file__).resolve().parents[2]
TINY = str(ROOT / "configs" / "examples" / "tiny.toml")
GRID = str(ROOT / "experiments" / "examples" / "tiny_grid.toml")
SHORT = ["--set", "run.end=2013-01-31", "-n", "1", "-j", "1", "-q"]


@pytest.fixture
def call(call):
    """Run a command as `call` does, and see that it ends in order."""

    def run(*words):
        code, out, err = call(*words)
        assert "Traceback" not in err
        assert "fault in krimpsim" not in err
        return code, out, err

    return run


def everything():
    return sorted(str(path) for path in Path().rglob("*"))


@pytest.mark.parametrize("place", ["file", "file/under", "/dev/null", "/dev/null/x", "/proc/x", "x" * 300, "", " "])
@pytest.mark.parametrize(
    "command",
    [
        ["run", TINY, *SHORT, "--out"],
        ["compare", TINY, "other.toml", *SHORT, "--out"],
        ["sweep", "plan", GRID, "--store"],
        ["sweep", "run", GRID, "-j", "1", "-q", "--store"],
        ["collect", "old", "--out"],
        ["sweep", "plan", GRID, "--store", "fine", "--slurm"],
    ],
    ids=lambda words: " ".join(words[:2]) + words[-1],
)
def test_a_place_that_cannot_be_written_is_refused_in_a_line(call, command, place):
    if "--slurm" in command and place in ("file", "/dev/null", "", " "):
        place = "file/under"  # a script may be written over a file; what else stands there is asked elsewhere
    Path("file").write_text("mine")
    Path("other.toml").write_text(f"extends = {TINY!r}\nscenario.id = 'other'\n")
    Path("old/scalars").mkdir(parents=True)
    before = everything()
    code, out, err = call(*command, place)
    assert code in (2, 4), err
    assert out == ""
    message = err.split("Error")[-1] if "Usage" in err else err
    assert message.count("\n") <= 4, "one line, or one in the box of a wrong option"
    assert Path("file").read_text() == "mine"
    assert [path for path in everything() if path not in before and not path.startswith("fine")] == []


def test_two_run_sets_do_not_share_a_folder_unless_forced(call):
    assert call("run", TINY, *SHORT, "--out", "d")[0] == 0
    before = {path: path.read_bytes() for path in Path("d").rglob("*") if path.is_file()}
    code, _, err = call("run", TINY, *SHORT, "--set", "run.seed=9", "--out", "d")
    assert code == 2
    assert "--out d: it holds the results of 'tiny' of 20" in err
    assert "--force" in err
    assert {path: path.read_bytes() for path in Path("d").rglob("*") if path.is_file()} == before
    assert call("run", TINY, *SHORT, "--set", "run.seed=9", "--out", "d", "--force")[0] == 0
    assert Path("d/run.toml").read_bytes() != before[Path("d/run.toml")]
    assert call("run", TINY, *SHORT, "--set", "run.seed=9", "--out", "d")[0] == 0, "the same run-set again"


@pytest.mark.parametrize("name", ["manifest.json", "summary.csv", "report.html"])
def test_files_of_somebody_else_with_our_names_are_not_written_over(call, name):
    Path("d").mkdir()
    Path("d", name).write_text("mine")
    code, _, err = call("run", TINY, *SHORT, "--out", "d")
    assert code == 2
    assert name in err
    assert Path("d", name).read_text() == "mine"
    assert everything() == ["d", f"d/{name}"]


def test_other_files_in_the_folder_stay(call):
    Path("d").mkdir()
    Path("d/notes.txt").write_text("mine")
    assert call("run", TINY, *SHORT, "--out", "d")[0] == 0
    assert Path("d/notes.txt").read_text() == "mine"


def test_whole_results_without_a_report_are_said_and_kept(call):
    Path("d").mkdir()
    Path("d/figures").write_text("a file, not a folder")
    code, out, err = call("run", TINY, *SHORT, "--out", "d")
    assert code == 4
    assert "results are whole; report not written: " in err
    assert err.rstrip().endswith("krimpsim report d")
    assert "results  d" in out
    assert Path("d/manifest.json").is_file()
    Path("d/figures").unlink()
    assert call("report", "d")[0] == 0
    assert Path("d/report.html").is_file()


def test_a_disk_that_is_full_while_figures_are_drawn(call, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr(build, "draw_all", full)
    code, out, err = call("run", TINY, *SHORT, "--out", "d")
    assert code == 4
    assert "results are whole; report not written: the disk is full; krimpsim report d" in err
    assert "results  d" in out


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can become somebody else")
@pytest.mark.parametrize("words", [["run", TINY, *SHORT, "--out", "shut/d"], ["new", "plan", "--extends", TINY],
                                   ["run", TINY, *SHORT, "--out", "shut"],
                                   ["sweep", "run", GRID, "-q", "--store", "shut/s"],
                                   ["report", "shut"], ["collect", "old", "--out", "shut/c"]])  # fmt: skip
def test_a_folder_that_may_only_be_read_by_another_user(tmp_path, words):
    """In a process that is nobody, as root may write everywhere."""
    (tmp_path / "shut").mkdir(mode=0o755)
    (tmp_path / "old" / "scalars").mkdir(parents=True)
    for path in (tmp_path, *tmp_path.parents):
        if path != Path("/") and path.stat().st_mode & 0o005 != 0o005:
            path.chmod(path.stat().st_mode | 0o055)
    words = [*words, "--folder", "shut"] if words[0] == "new" else words
    before = [["check", TINY], ["sweep", "status", GRID, "--store", "none"], ["report", "none"]]
    code = (
        f"import contextlib, io, os, sys; os.chdir({str(tmp_path)!r})\n"
        "from krimpsim import cli, run\n"
        "import krimpsim.experiments.engine, krimpsim.report.build\n"
        "def call(words):\n"
        "    sys.argv = ['krimpsim', *words]\n"
        "    cli.main()\n"
        f"for words in {before!r}:\n"  # what is loaded late may lie where only root may read
        "    with contextlib.suppress(SystemExit), contextlib.redirect_stderr(io.StringIO()):\n"
        "        call(words)\n"
        "os.setuid(65534)\n"
        f"call({words!r})\n"
    )
    environment = os.environ | {"PYTHONPATH": str(ROOT), "MPLCONFIGDIR": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode in (2, 4), done.stderr
    assert "Traceback" not in done.stderr
    assert len(done.stderr.strip().splitlines()) == 1, done.stderr


@pytest.mark.parametrize("where", ["nonsense", "http//x", "tcp://", "none.json", "slurm2", ""])
def test_a_scheduler_that_cannot_be_one_is_refused(call, where):
    code, _, err = call("sweep", "run", GRID, "-q", "--store", "s", "--dask", where)
    assert code == 2
    assert f"--dask {where}: allowed is local, slurm, the file of a scheduler or its address" in err
    assert everything() == []


@pytest.mark.parametrize("command", [["sobol"], ["sweep", "compare"]])
def test_an_analysis_before_the_runs_says_how_to_begin(call, command):
    file = ROOT / "experiments" / "examples" / "sobol.toml"
    code, _, err = call(*command, file, "--store", "my store")
    assert code == 4
    assert err.rstrip().endswith(f"first krimpsim sweep run {file} --store 'my store'")
    code, _, err = call(*command, file)
    assert err.rstrip().endswith(f"first krimpsim sweep run {file}")
    assert everything() == []


def test_a_name_of_three_hundred_letters(call):
    code, _, err = call("new", "x" * 300, "--extends", TINY, "--folder", ".")
    assert code == 2
    assert len(err) < 300
    Path("long.toml").write_text(f"extends = {TINY!r}\nscenario.id = '{'x' * 300}'\n")
    code, _, err = call("run", "long.toml", *SHORT)
    assert code == 3
    assert "long.toml:2  scenario.id" in err
    assert everything() == ["long.toml"]


def test_many_scenarios_make_a_folder_with_a_bearable_name(call):
    for k in range(8):
        Path(f"{k}.toml").write_text(f"extends = {TINY!r}\nscenario.id = '{'abcdefgh'[k] * 60}'\n")
    code, _, err = call("compare", *(f"{k}.toml" for k in range(8)), *SHORT)
    assert code == 0, err
    assert len(next(Path("results").iterdir()).name) < 160
