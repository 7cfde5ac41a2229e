"""The command line, without running the model."""

import json
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest

import krimpsim
from krimpsim import cli
from krimpsim.cli import progress
from krimpsim.cli.app import new_console
from krimpsim.config.load import load_config
from krimpsim.core.errors import DataError, KrimpsimError
from krimpsim.core.progress import Progress

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Run the command line in an empty folder; return exit code, standard output and standard error."""
    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["krimpsim", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        printed = capsys.readouterr()
        return caught.value.code or 0, printed.out, printed.err

    return run


@pytest.fixture
def machinery(monkeypatch):
    """Stand in for the modules that run the model and write reports; return the calls that reach them."""
    calls = []

    def run_scenarios(configs, *, replicates, jobs, out, on_progress, force, vary=None):
        calls.append(
            types.SimpleNamespace(configs=configs, replicates=replicates, jobs=jobs, out=out, progress=on_progress)
        )
        folder = out or Path("results/now")
        folder.mkdir(parents=True)
        rows = "indicator,year,unit,mean\nunmet_hours,2014,h/week,3.5\nother,2014,1,2\nwaiting,2014,persons,7\n"
        (folder / "summary.csv").write_text(rows, encoding="utf-8")
        if len(configs) > 1:
            (folder / "compare.csv").write_text("indicator,year,a,b\nwaiting,2014,x,y\n", encoding="utf-8")
        return folder

    def put(name, **members):
        module = types.ModuleType(name)
        vars(module).update(members)
        monkeypatch.setitem(sys.modules, name, module)
        return module

    put("krimpsim.report")
    put("krimpsim.report.build", build_report=lambda folder, show: folder / "report.html")
    put(
        "krimpsim.report.tables",
        print_summary=lambda folder, console: console.print("SUMMARY"),
        print_comparison=lambda folder, console: console.print("COMPARISON"),
    )

    def write_stories(folder, configs, number, lang):
        (folder / f"stories.{lang}.md").write_text(f"{number} LIVES OF {len(configs)}\n", encoding="utf-8")
        return folder / f"stories.{lang}.md"

    put("krimpsim.report.stories", write_stories=write_stories)
    module = put("krimpsim.run", run_scenarios=run_scenarios)
    return types.SimpleNamespace(calls=calls, module=module)


def write(name, text="schema = 1\n"):
    Path(name).write_text(text, encoding="utf-8")
    return name


FOUR_MISTAKES = """schema = 1
[scenario]
id = "four_mistakes"
[run]
start = 2015-01-01
end = 2014-12-31
replicats = 3
[region]
villages = ["Valthermond", "Zandbreg"]
[market]
consent_share = 1.8
"""


# --- starting ---------------------------------------------------------------------------------------------------


def python(code, **options):
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, timeout=60, check=False, **options
    )


def test_help_is_fast_because_it_imports_nothing_heavy():
    done = python(
        "import sys\n"
        "from krimpsim.cli import main\n"
        "try:\n    sys.argv = ['krimpsim', '--help']; main()\n"
        "except SystemExit as stop:\n    assert not stop.code, stop.code\n"
        "heavy = {'numba', 'mesa', 'numpy', 'pandas', 'pyarrow', 'matplotlib', 'pydantic'} & set(sys.modules)\n"
        "assert not heavy, heavy\n"
    )
    assert done.returncode == 0, done.stderr
    for command in ("run", "compare", "check", "new", "report", "plan", "schema", "info"):
        assert command in done.stdout
    assert "130 stopped" in done.stdout


def test_checking_a_file_needs_no_compiler():
    done = python(
        "import sys\n"
        "from krimpsim import load_config\n"
        "import krimpsim.config.schema\n"
        "assert not {'numba', 'mesa'} & set(sys.modules)\n"
    )
    assert done.returncode == 0, done.stderr


def test_the_package_gives_its_names_on_demand():
    assert krimpsim.load_config is load_config
    assert krimpsim.__version__
    assert {"load_config", "KrimpModel", "run", "read_results", "__version__"} <= set(dir(krimpsim))
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        krimpsim.nothing  # noqa: B018


def test_the_name_run_stays_the_function_when_the_module_of_that_name_is_imported():
    def run():
        pass

    module = types.ModuleType("krimpsim.run")
    module.run = run
    before = vars(krimpsim).get("run")
    try:
        krimpsim.run = module  # as the import system does
        assert krimpsim.run is run
    finally:
        if before is None:
            del krimpsim.run
        else:
            krimpsim.run = before


# --- bad files --------------------------------------------------------------------------------------------------


def test_four_mistakes_are_four_located_errors_and_nothing_is_run(call, machinery):
    code, out, err = call("run", write("bad.toml", FOUR_MISTAKES))
    assert code == 3
    assert out == ""
    assert err.splitlines() == [
        "error bad.toml:6  run.end: 2014-12-31 lies before run.start 2015-01-01",
        "        the last day comes after the first",
        "error bad.toml:7  run.replicats: unknown key",
        "        did you mean 'replicates'?",
        "error bad.toml:9  region.villages.1: 'Zandbreg' is not a village",
        "        did you mean 'Zandberg'?",
        "error bad.toml:11  market.consent_share: 1.8 is outside the allowed range",
        "        0 to 1 share (Share of new clients who agree to be advised to a provider); default 0.55",
        "4 problem(s). Nothing was run.",
    ]
    assert not machinery.calls
    assert not Path("results").exists()


def test_long_messages_are_not_wrapped(call, monkeypatch):
    monkeypatch.setenv("COLUMNS", "40")
    name = "a_rather_long_name_" * 5 + ".toml"
    _, _, err = call("check", write(name, "region.villages = ['Atlantis']"))
    assert f"{name}:1  region.villages.0: 'Atlantis' is not a village" in err.splitlines()[0]
    assert "Spijkerboor" in err.splitlines()[1]


def test_check_reports_every_file_and_a_shared_parent_once(call):
    write("parent.toml", "[run]\nreplicates = 0\n")
    write("a.toml", 'extends = "parent.toml"\nscenario.id = "a"\n')
    write("b.toml", 'extends = "parent.toml"\nscenario.id = "B"\n')
    write("good.toml")
    code, out, err = call("check", "a.toml", "good.toml", "b.toml")
    assert code == 3
    assert out == "good.toml: ok\n"
    assert err.count("parent.toml:2") == 1
    assert "b.toml:2  scenario.id" in err
    assert err.endswith("2 problem(s).\n")


def test_check_and_dry_run_name_a_survey(call, machinery):
    head = "village_group,respondents,willing_to_give,willing_to_accept,hours\n"
    Path("said.csv").write_text(head + "Zandberg,12,6,9,\nGieterveen,30,15,25,8\n", encoding="utf-8")
    write("a.toml", "scenario.id = 'a'\nzorgkracht.survey = 'said.csv'\nzorgkracht.weight = 0.5\n")
    write("b.toml", "scenario.id = 'b'\n")
    words = "survey of 42 respondents about 2 villages of this run, at weight 0.5"
    assert call("check", "a.toml", "b.toml")[1] == f"a.toml: ok; {words}\nb.toml: ok\n"
    _, out, _ = call("compare", "a.toml", "b.toml", "--dry-run", "--set", "region.villages=['Zandberg']")
    assert f"surveys   a: {words.replace('2 villages', '1 village')}\n" in out
    Path("said.csv").write_text(head + "Zandberg,9,6,9,\n", encoding="utf-8")
    code, _, err = call("check", "a.toml")
    assert code == 3
    assert "said.csv:2  zorgkracht.survey.0.respondents: 9 is outside the allowed range" in err


def test_a_path_that_does_not_exist_is_a_usage_error(call, machinery):
    for command in (["run", "none.toml"], ["check", "none.toml"], ["compare", write("a.toml"), "none.toml"]):
        code, out, err = call(*command)
        assert (code, out) == (2, ""), command
        assert "none.toml: no such file" in err
    assert call("report", "none")[0] == 2
    assert not machinery.calls


def test_wrong_options_are_usage_errors(call, machinery):
    write("a.toml")
    for command in (
        ["run"],
        ["run", "a.toml", "-n", "0"],
        ["run", "a.toml", "--set", "seed"],
        ["fly"],
        ["compare", "a.toml"],
    ):
        assert call(*command)[0] == 2, command
    assert not machinery.calls


# --- running ----------------------------------------------------------------------------------------------------


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


# --- other commands ---------------------------------------------------------------------------------------------


def test_new_writes_a_file_that_loads_and_whose_suggestions_load(call):
    Path("configs/scenarios").mkdir(parents=True)
    write("configs/krimpsim.schema.json", "{}")
    write("configs/scenarios/today.toml", "scenario.id = 'today'\nrun.seed = 5\n")
    code, out, err = call("new", "our_plan")
    assert code == 0, err
    file = Path("configs/scenarios/our_plan.toml")
    assert out == f"wrote {file}\n"
    text = file.read_text(encoding="utf-8")
    assert text.startswith("#:schema ../krimpsim.schema.json\n")
    config = load_config(file)
    assert (config.scenario.id, config.run.seed) == ("our_plan", 5)
    head, _, commented = text.partition("# [")
    write(file, head + ("# [" + commented).replace("# ", "", 1).replace("\n# ", "\n"))
    assert load_config(file).convenant.joint_nights.enabled
    code, _, err = call("new", "our_plan")
    assert code == 2
    assert "exists already" in err


def test_new_beside_another_parent_and_its_refusals(call):
    Path("mine").mkdir()
    write("parent.toml", "run.seed = 6")
    assert call("new", "plan", "--extends", "parent.toml", "--folder", "mine")[0] == 0
    assert load_config("mine/plan.toml").run.seed == 6
    assert call("new", "Our-Plan", "--extends", "parent.toml")[0] == 2
    assert call("new", "plan", "--extends", "none.toml")[0] == 2
    assert call("new", "plan", "--extends", "parent.toml", "--folder", "nowhere")[0] == 2


def test_schema_prints_and_writes(call):
    from krimpsim.config.schema import schema_text

    assert call("schema")[1] == schema_text()
    assert call("schema", "--write")[0] == 2
    Path("configs").mkdir()
    assert call("schema", "--write")[0] == 0
    assert Path("configs/krimpsim.schema.json").read_text(encoding="utf-8") == schema_text()


def test_plan_prints_the_schedule_in_order(call, monkeypatch):
    every = types.SimpleNamespace(name="MONTH")
    stream = types.SimpleNamespace(name="MORTALITY_DEATH")
    schedule = types.ModuleType("krimpsim.schedule")
    schedule.PROCESSES = tuple(
        types.SimpleNamespace(
            number=number,
            name=name,
            every=every,
            reads=("uid", "sex"),
            writes=("presence",),
            streams=(stream,),
            about="About.",
        )
        for number, name in (("7.2", "mortality"), ("7.3", "fertility"))
    )
    schedule.PARTS = {"people": tuple(types.SimpleNamespace(PROCESS=one) for one in schedule.PROCESSES)}
    monkeypatch.setitem(sys.modules, "krimpsim.schedule", schedule)
    code, out, _ = call("plan")
    assert code == 0
    assert out.index("mortality") < out.index("fertility")
    for word in ("7.2", "month", "uid, sex", "presence", "mortality_death", "time: not known"):
        assert word in out
    for name, seconds in (("old", 0.5), ("damaged", None), ("without", {}), ("young", 0.0214)):
        folder = Path("results") / name
        folder.mkdir(parents=True)
        times = {"seconds_of_a_replicate": {"people": seconds, "record": 0.003}} if seconds else {}
        (folder / "manifest.json").write_text("{" if seconds is None else json.dumps(times), encoding="utf-8")
    os.utime("results/old/manifest.json", (0, 0))
    _, out, _ = call("plan")
    assert out.count("21.4 ms") == 2
    for word in ("results/young", "record 3.0 ms", "together 24.4 ms"):
        assert word in out


def test_info_shows_versions_cache_and_caveats(call):
    code, out, err = call("info")
    assert code == 0, err
    for word in ("krimpsim", "numba", "cache", "villages.csv", "Bonnerveen"):
        assert word in out
