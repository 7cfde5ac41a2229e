"""Commands that run: what they hand on, print and say on the way."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest
from file_of_mistakes import write

from krimpsim.cli import progress
from krimpsim.cli.app import new_console
from krimpsim.core.errors import DataError, KrimpsimError
from krimpsim.core.progress import Progress


def test_run_hands_everything_on(call, machinery):
    write("a.toml", "[run]\nseed = 1\nend = 2014-12-31\n")
    code, out, err = call(
        "run", "a.toml", "-n", "3", "-j", "2", "--out", "there", "--set", "run.seed=7",
        "--set", "region.villages=['Zandberg']", "--set", "scenario.id=other",
    )  # fmt: skip
    assert code == 0, err
    (made,) = machinery.calls
    assert (made.replicates, made.jobs, made.out) == (3, 2, Path("there"))
    ((config, origins),) = made.configs
    assert (config.run.seed, config.region.villages, config.scenario.id) == (7, ("Zandberg",), "other")
    assert origins[("run", "seed")] == "--set run.seed=7"
    assert origins[("run", "end")] == "a.toml:3"
    assert out.splitlines() == ["SUMMARY", "results  there", "report   there/report.html"]


def test_replicates_and_jobs_are_left_to_the_file_and_the_machine(call, machinery):
    call("run", write("a.toml"), "-q")
    assert (machinery.calls[0].replicates, machinery.calls[0].jobs) == (None, None)


def test_compare_runs_all_files_together(call, machinery):
    code, out, _ = call("compare", write("a.toml", "scenario.id = 'a'"), write("b.toml", "scenario.id = 'b'"))
    assert code == 0
    assert [config.scenario.id for config, _ in machinery.calls[0].configs] == ["a", "b"]
    assert out.startswith("COMPARISON")


@pytest.mark.parametrize(
    ("second", "word"),
    [
        ("scenario.id = 'a'", "scenario.id"),
        ("scenario.id = 'b'\nrun.seed = 3", "run.seed"),
        ("scenario.id = 'b'\nrun.end = 2020-12-31", "run.end"),
        ("scenario.id = 'b'\nregion.villages = ['Zandberg']", "region.villages"),
    ],
)
def test_compare_refuses_what_cannot_be_paired(call, machinery, second, word):
    code, _, err = call("compare", write("a.toml", "scenario.id = 'a'"), write("b.toml", second))
    assert code == 2
    assert word in err
    assert not machinery.calls


def test_json_is_one_object_with_the_headline_rows(call, machinery):
    files = write("a.toml", "scenario.id = 'a'"), write("b.toml", "scenario.id = 'b'")
    code, out, _ = call("compare", *files, "--json")
    assert code == 0
    result = json.loads(out)
    assert Path(result["folder"]) == Path("results/now")
    assert result["summary"] == [
        {"indicator": "unmet_hours", "year": 2014, "unit": "h/week", "mean": 3.5},
        {"indicator": "waiting", "year": 2014, "unit": "persons", "mean": 7},
    ]
    assert result["compare"] == [{"indicator": "waiting", "year": 2014, "a": "x", "b": "y"}]


def test_stories_are_printed_after_the_table_and_saved(call, machinery):
    files = write("a.toml", "scenario.id = 'a'"), write("b.toml", "scenario.id = 'b'")
    code, out, err = call("compare", *files, "--story", "3", "--lang", "en")
    assert code == 0, err
    assert out.index("COMPARISON") < out.index("3 LIVES OF 2") < out.index("results  results/now")
    assert out.endswith("stories  results/now/stories.en.md\n")
    assert Path("results/now/stories.en.md").exists()


@pytest.mark.parametrize("option", ["-q", "--json"])
def test_stories_are_only_saved_when_little_is_to_be_printed(call, machinery, option):
    code, out, err = call("run", write("a.toml"), "--story", "2", option)
    assert code == 0, err
    assert "LIVES" not in out
    assert "results/now/stories.nl.md" in out
    assert Path("results/now/stories.nl.md").read_text(encoding="utf-8") == "2 LIVES OF 1\n"
    if option == "--json":
        assert json.loads(out)["stories"] == "results/now/stories.nl.md"


@pytest.mark.parametrize("options", [["--story", "0"], ["--story", "21"], ["--story", "2", "--lang", "de"]])
def test_stories_out_of_range_are_usage_errors(call, machinery, options):
    assert call("run", write("a.toml"), *options)[0] == 2
    assert not machinery.calls


def test_dry_run_counts_and_runs_nothing(call, machinery):
    write("a.toml", "scenario.id = 'a'\nrun.end = 2014-12-31\n")
    write("b.toml", "scenario.id = 'b'\nrun.end = 2014-12-31\n")
    code, out, _ = call("compare", "a.toml", "b.toml", "-n", "5", "--dry-run", "--json", "--out", "there")
    assert code == 0
    assert json.loads(out) == {"runs": 10, "scenarios": ["a", "b"], "villages": 22, "months": 24, "folder": "there"}
    _, out, _ = call("run", "a.toml", "--dry-run", "--set", "region.villages=['Zandberg']", "--set", "run.replicates=7")
    assert dict(line.split() for line in out.splitlines()[:-1]) == {
        "runs": "7",
        "scenarios": "a",
        "villages": "1",
        "months": "24",
        "folder": "results",
    }
    assert out.endswith("\nNothing was run.\n")
    assert not machinery.calls
    assert not Path("there").exists()
    assert not Path("results").exists()


class PartialError(KrimpsimError):
    exit_code = 5


@pytest.mark.parametrize(
    ("error", "code", "word"),
    [
        (KeyboardInterrupt(), 130, "stopped"),
        (DataError("table.csv is damaged"), 4, "error table.csv is damaged"),
        (PartialError("2 of 40 runs failed"), 5, "2 of 40"),
        (KrimpsimError("no need"), 1, "no need"),
        (ZeroDivisionError("in a rule"), 1, "ZeroDivisionError: in a rule"),
    ],
)
def test_exit_codes(call, machinery, monkeypatch, error, code, word):
    def fail(*_args, **_kwargs):
        raise error

    monkeypatch.setattr(machinery.module, "run_scenarios", fail)
    got, out, err = call("run", write("a.toml"))
    assert (got, out) == (code, "")
    assert word in err
    assert ("Traceback" in err) == isinstance(error, ZeroDivisionError)


def test_progress_without_a_terminal_is_a_line_every_thirty_seconds(capsys):
    now = [0.0]
    lines = progress._Lines(clock=lambda: now[0])
    for done in range(41):
        lines(Progress("today", done, 40))
        now[0] += 5.0
    out, err = capsys.readouterr()
    assert out == ""
    printed = err.splitlines()
    assert len(printed) == 6
    assert printed[0] == "today 6/40 runs · 0.2 runs/s · 2:50 left"


def test_compiling_is_said_at_once_and_does_not_count_in_the_time_left(capsys):
    now = [0.0]
    lines = progress._Lines(clock=lambda: now[0])
    lines(Progress("today", 0, 40, "compiling"))
    now[0] = 100.0
    lines(Progress("today", 0, 40, "compiled in 100 s"))
    for done in range(1, 9):
        now[0] += 5.0
        lines(Progress("today", done, 40))
    now[0] += 1.0
    lines(Progress("report", 1, 13, "drawing", "figures"))
    assert capsys.readouterr().err.splitlines() == [
        "today 0/40 runs · compiling",
        "today 0/40 runs · compiled in 100 s",
        "today 6/40 runs · 0.2 runs/s · 2:50 left",
        "report 1/13 figures · drawing",
    ]


def test_progress_on_a_terminal_is_a_bar_for_each_kind_of_work(capsys, monkeypatch):
    monkeypatch.setenv("TERM", "xterm")
    monkeypatch.setenv("COLUMNS", "120")
    monkeypatch.setattr(sys.stderr, "isatty", lambda: True)
    with progress.progress(quiet=False) as show:
        for name, unit in (("today, convenant", "runs"), ("report", "figures")):
            for done in range(3):
                show(Progress(name, done, 2, "2031-04", unit))
    out, err = capsys.readouterr()
    assert out == ""
    for word in ("today, convenant", "2/2 runs", "2/2 figures", "2031-04"):
        assert word in err


@pytest.mark.parametrize(("columns", "width"), [("80", 80), ("", 140), ("many", 140), ("0", 140), ("200", 200)])
def test_a_table_in_a_pipe_is_as_wide_as_asked(columns, width, monkeypatch):
    monkeypatch.setenv("COLUMNS", columns)
    assert new_console().width == width
