"""The command line, without running the model."""

import json
import os
import subprocess
import sys
import types
from pathlib import Path

import pytest
from file_of_mistakes import FOUR_MISTAKES, write

import krimpsim
from krimpsim.config.load import load_config

ROOT = Path(__file__).resolve().parents[2]


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
