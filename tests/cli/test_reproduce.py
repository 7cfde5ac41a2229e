"""Running a finished run again: equal bit for bit, or what differs is named."""

import hashlib
import json
import os
import shutil
import sys
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from krimpsim import cli
from krimpsim.config.load import load_config
from krimpsim.core.errors import DataError
from krimpsim.experiments.vary import Vary
from krimpsim.reproduce import reproduce
from krimpsim.run import run_scenarios

ROOT = Path(__file__).resolve().parents[2]
TINY = ROOT / "configs" / "examples" / "tiny.toml"
SHORT = {"run.end": date(2013, 3, 31), "region.villages": ["Zandberg", "Exloerveen"]}
FILES = ("villages.parquet", "providers.parquet", "flows.parquet", "region.parquet", "groups.parquet", "summary.csv")


def configs():
    return [
        load_config(TINY, SHORT | {"scenario.id": "a"}),
        load_config(TINY, SHORT | {"scenario.id": "b", "convenant.shared_rounds.enabled": True}),
    ]


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """Return the folders of a run-set of two scenarios, and of one with numbers drawn for each replicate."""
    pair, above = configs(), tmp_path_factory.mktemp("made")
    plain = run_scenarios([(one, {}) for one in pair], replicates=2, jobs=1, out=above / "plain")
    vary = Vary(["uncertain", "levers"], pair, 2)
    return plain, run_scenarios([(one, {}) for one in pair], replicates=2, jobs=1, out=above / "drawn", vary=vary)


@pytest.fixture
def plain(made, tmp_path):
    """Return a copy of the run-set, to be changed."""
    return Path(shutil.copytree(made[0], tmp_path / "copy"))


def content(folder):
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.rglob("*") if path.is_file()}


def edit(folder, name, change):
    path = folder / name
    path.write_text(change(path.read_text(encoding="utf-8")), encoding="utf-8")


@pytest.mark.parametrize("which", [0, 1], ids=["plain", "numbers of each replicate"])
def test_a_run_is_equal_and_its_folder_is_left_as_it_is(made, which):
    before = content(made[which])
    found = reproduce(made[which], jobs=1)
    assert found.is_equal
    assert found.equal == (*FILES, "compare.csv")
    assert (found.replicates, found.of, found.inputs, found.circumstances) == (2, 2, (), ())
    assert content(made[which]) == before


def test_the_first_replicates_can_be_compared_alone(made):
    found = reproduce(made[0], replicates=1, jobs=1)
    assert (found.replicates, found.of, found.equal) == (1, 2, FILES[:-1])


def test_one_changed_cell_is_found_and_named(plain):
    path = plain / "villages.parquet"
    table = pq.read_table(path)
    births = table.column("births").to_pylist()
    births[5] += 1
    at = table.column_names.index("births")
    pq.write_table(table.set_column(at, table.schema.field("births"), pa.array(births, pa.int32())), path)
    keys = {name: table.column(name)[5].as_py() for name in ("scenario", "replicate", "month", "village")}
    (said,) = reproduce(plain, jobs=1).different
    assert said.startswith("villages.parquet: 1 of ")
    assert "first births in 1 of " in said
    assert ", ".join(f"{name} {value}" for name, value in keys.items()) in said
    assert said.endswith(f": {births[5]} then, {births[5] - 1} now")


def test_a_changed_line_of_a_summary_is_named(plain):
    edit(plain, "compare.csv", lambda text: text.replace("\na,", "\nA,", 1) if "\na," in text else text + "more\n")
    (said,) = reproduce(plain, jobs=1).different
    assert said.startswith("compare.csv: ")


def test_an_edited_configuration_is_named_and_its_results_differ(plain):
    edit(plain, "run.b.toml", lambda text: text.replace("willing_share = ", "willing_share = 0.9 # ", 1))
    found = reproduce(plain, jobs=1)
    assert found.inputs == (
        "run.b.toml is not the configuration that was run: edited since, or read in another way by this version",
    )
    assert found.different


def test_drawn_numbers_that_were_edited_are_named(made, tmp_path):
    folder = Path(shutil.copytree(made[1], tmp_path / "copy"))

    def lower_the_first(text):
        head, first, *rest = text.splitlines()
        keys, cells = head.split(","), first.split(",")
        at = keys.index("care_need.men_ratio")
        cells[at] = str(float(cells[at]) * 0.999)
        return "\n".join([head, ",".join(cells), *rest, ""])

    edit(folder, "draws.csv", lower_the_first)
    assert reproduce(folder, jobs=1).inputs == tuple(f"draws.csv does not fit the runs of '{name}'" for name in "ab")


def test_what_changed_since_is_listed(plain):
    def older(text):
        manifest = json.loads(text)
        manifest["krimpsim"] = "0.0.9"
        manifest["source_hash"] = "0" * 16
        manifest["environment"]["packages"]["llvmlite"] = "0.1"
        manifest["environment"]["processor"]["name"] = "z80"
        del manifest["environment"]["packages"]["numpy"]
        return json.dumps(manifest)

    edit(plain, "manifest.json", older)
    found = reproduce(plain, jobs=1)
    changed = {name: then for name, then, _ in found.circumstances}
    assert changed["krimpsim"] == "0.0.9"
    assert changed["source_hash"] == "0" * 16
    assert changed["environment.packages.llvmlite"] == "0.1"
    assert changed["environment.processor.name"] == "z80"
    assert changed["environment.packages.numpy"] == "not recorded"
    assert len(changed) == 5
    assert found.is_equal


@pytest.mark.parametrize(
    ("break_it", "said"),
    [
        (lambda f: (f / "manifest.json").unlink(), "manifest.json  no such file"),
        (lambda f: (f / "manifest.json").write_text("{}"), "manifest.json  does not say which runs were made"),
        (lambda f: (f / "manifest.json").write_text("[1"), "manifest.json  cannot be read"),
        (lambda f: (f / "manifest.json").write_text('{"scenarios": 3}'), "does not say which runs were made"),
        (lambda f: (f / "run.b.toml").unlink(), "run.b.toml  no such file"),
        (lambda f: (f / "run.toml").write_text("x = 1"), "run.toml:1  x: unknown key"),
        (lambda f: (f / "flows.parquet").unlink(), "flows.parquet  no such file"),
        (lambda f: (f / "flows.parquet").write_text("PAR1"), "flows.parquet  cannot be read"),
    ],
)
def test_a_folder_that_cannot_be_run_again_says_why(plain, break_it, said):
    break_it(plain)
    with pytest.raises(DataError) as caught:
        reproduce(plain, jobs=1)
    assert said in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("as_json", [False, True])
def test_the_command_says_it_and_its_exit_code_tells(plain, capsys, monkeypatch, as_json):
    def call():
        words = ["krimpsim", "reproduce", str(plain), "-j", "1", "-q", *(["--json"] if as_json else [])]
        monkeypatch.setattr(sys, "argv", words)
        with pytest.raises(SystemExit) as caught:
            cli.main()
        return caught.value.code or 0, capsys.readouterr().out

    code, out = call()
    if as_json:
        assert json.loads(out)["is_equal"] is True
    else:
        assert out == (
            "changed  nothing: the same version, sources, data, libraries and processor\n"
            f"results  {plain}: all 2 replicates run again, equal bit for bit\n"
        )
    assert code == 0
    edit(plain, "summary.csv", lambda text: text + "more\n")
    code, out = call()
    assert code == 1
    assert "summary.csv: " in out


def test_a_folder_that_can_only_be_read_is_enough(plain):
    for path in (plain, *plain.rglob("*")):
        os.chmod(path, 0o555 if path.is_dir() else 0o444)
    try:
        assert reproduce(plain, jobs=1).is_equal
    finally:
        for path in (plain, *plain.rglob("*")):
            os.chmod(path, 0o755)
