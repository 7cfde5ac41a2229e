"""A folder that is not whole makes no report: one line says what is missing or wrong, and what to do."""

import json
import shutil
from io import StringIO

import pandas as pd
import pytest
from rich.console import Console
from synthetic_results import write_run_set
from typer.testing import CliRunner

from krimpsim.cli import app
from krimpsim.core.errors import DataError
from krimpsim.outputs.folder import TABLES
from krimpsim.report.build import build_report
from krimpsim.report.tables import print_comparison, print_summary


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    return write_run_set(tmp_path_factory.mktemp("whole") / "run", replicates=2, years=1, villages=3)


@pytest.fixture
def folder(whole, tmp_path):
    return shutil.copytree(whole, tmp_path / "run")


def printed(function, folder):
    function(folder, Console(file=StringIO()))


def refused(folder, match):
    """Check that nothing is made of a folder, and that one line says why."""
    with pytest.raises(DataError, match=match) as caught:
        build_report(folder)
    assert "\n" not in str(caught.value)
    assert not (folder / "report.html").exists()
    assert not (folder / "figures").exists()
    done = CliRunner().invoke(app, ["report", str(folder), "--quiet"])
    assert done.exit_code == 4, done.output


def manifest_of(folder):
    return json.loads((folder / "manifest.json").read_text(encoding="utf-8"))


def with_manifest(folder, **facts):
    (folder / "manifest.json").write_text(json.dumps(manifest_of(folder) | facts), encoding="utf-8")


def test_the_whole_folder_makes_a_report(folder):
    assert build_report(folder).exists()


@pytest.mark.parametrize("text", ["{}", "[]", "{", "null", "7", '"x"', "\x00", "[" * 100_000, '{"scenarios": {}}'])
def test_a_manifest_that_is_none(folder, text):
    (folder / "manifest.json").write_text(text, encoding="utf-8")
    refused(folder, r"manifest\.json .*(again|finished run|allowed is an object)")
    for function in (print_comparison, print_summary):
        with pytest.raises(DataError, match=r"manifest\.json"):
            printed(function, folder)


@pytest.mark.parametrize(
    "facts",
    [
        {"scenarios": []},
        {"scenarios": ["today", "convenant"]},
        {"scenarios": [{"id": 1}, {"id": "convenant"}]},
        {"scenarios": [{"id": "today"}]},
        {"scenarios": [{"id": "today"}, {"id": "elsewhere"}]},
        {"scenarios": [{"id": "today"}, {"id": "convenant", "clauses": ["joint_nights"]}]},
        {"scenarios": [{"id": "today"}, {"id": "convenant", "survey": [{"place": "Zandberg"}]}]},
        {"caveats": "one"},
        {"vary": {"numbers": 3}},
        {"git": "abc"},
    ],
    ids=lambda facts: json.dumps(facts)[:60],
)
def test_a_manifest_of_something_else(folder, facts):
    with_manifest(folder, **facts)
    refused(folder, r"manifest\.json .*again")


@pytest.mark.parametrize("table", TABLES)
def test_a_table_that_is_missing_cut_short_or_no_table(folder, table):
    path = folder / f"{table}.parquet"
    content = path.read_bytes()
    for damaged in (content[:-100], content[: len(content) // 2], b"", b"not a table"):
        path.write_bytes(damaged)
        refused(folder, rf"{table}\.parquet .*again")
    path.unlink()
    refused(folder, rf"{table}\.parquet .*finished run")


@pytest.mark.parametrize("table", ["region", "villages", "groups"])
def test_a_table_that_lacks_columns_or_rows(folder, table):
    path = folder / f"{table}.parquet"
    frame = pd.read_parquet(path)
    for damaged in (
        pd.DataFrame({"a": [1, 2]}),
        frame.drop(columns="month"),
        frame.drop(columns=[name for name in frame.columns if name.startswith("minutes_needed")]),
        frame[frame["scenario"] != "convenant"],
        frame[(frame["scenario"] != "convenant") | (frame["replicate"] != 1)],
        frame[:0],
    ):
        damaged.to_parquet(path)
        refused(folder, r"(region|villages|groups)\.parquet|manifest\.json")


def test_a_comparison_that_is_missing_or_cut_short(folder):
    path = folder / "compare.csv"
    content = path.read_text(encoding="utf-8")
    for damaged in (content[:-30], "", "a,b\n1,2\n", content.splitlines()[0] + "\n"):
        path.write_text(damaged, encoding="utf-8")
        refused(folder, r"compare\.csv.*again")
    path.write_bytes(b"\xff\xfe\x00rubbish")
    refused(folder, r"compare\.csv.*again")
    path.unlink()
    refused(folder, r"compare\.csv.*again")


@pytest.mark.parametrize("table", TABLES)
def test_the_report_of_one_scenario_needs_the_same_tables(table, alone, tmp_path):
    folder = shutil.copytree(alone, tmp_path / "run", ignore=shutil.ignore_patterns("report.html", "figures"))
    (folder / f"{table}.parquet").unlink()
    refused(folder, rf"{table}\.parquet .*finished run")
