"""The register of the input tables finds every damage and names it."""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from krimpsim.core.errors import DataError
from krimpsim.inputs import register
from krimpsim.inputs.register import DATA, VILLAGES_CAVEAT, data_hash, read_register, update, verify


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))


def replace_once(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1
    path.write_bytes(text.replace(old, new).encode())


def test_project_tables_are_as_registered() -> None:
    verify()


def test_every_table_is_registered_with_source_and_caveat() -> None:
    entries = read_register()
    assert {entry.file for entry in entries} == {path.name for path in DATA.glob("*.csv")} - {"register.csv"}
    assert all(entry.title and entry.source and entry.year and entry.caveat for entry in entries)
    assert all(len(entry.blake2b) == 32 for entry in entries)


def test_caveat_on_the_list_of_villages_stands_word_for_word() -> None:
    assert VILLAGES_CAVEAT == "The list of 22 is a reconstruction; Bonnerveen a guess"
    assert next(entry for entry in read_register() if entry.file == "villages.csv").caveat == VILLAGES_CAVEAT


def test_changed_table_is_refused_with_both_checksums_and_the_way_out(copy: Path) -> None:
    before = {entry.file: entry.blake2b for entry in read_register(copy)}
    replace_once(copy / "cpi.csv", "132.31", "132.32")
    with pytest.raises(DataError, match=r"cpi\.csv  the table has changed") as caught:
        verify(copy)
    message = str(caught.value)
    assert before["cpi.csv"] in message
    assert register.checksum(copy / "cpi.csv") in message
    assert "python -m krimpsim.inputs.register" in message
    assert "mortality.csv" not in message


def test_line_endings_count_as_a_change(copy: Path) -> None:
    path = copy / "bases.csv"
    path.write_bytes(path.read_bytes().replace(b"\n", b"\r\n"))
    with pytest.raises(DataError, match=r"bases\.csv  the table has changed"):
        verify(copy)


def test_missing_table_is_named_with_what_to_do(copy: Path) -> None:
    (copy / "fertility.csv").unlink()
    with pytest.raises(DataError, match=r"fertility\.csv .* missing; install krimpsim again"):
        verify(copy)
    with pytest.raises(DataError, match=r"fertility\.csv"):
        data_hash(copy)


def test_all_damaged_tables_are_named_at_once(copy: Path) -> None:
    (copy / "fertility.csv").unlink()
    replace_once(copy / "cpi.csv", "132.31", "132.32")
    (copy / "extra.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(DataError) as caught:
        verify(copy)
    lines = str(caught.value).splitlines()
    assert len(lines) == 3
    assert [name for name in ("cpi.csv", "extra.csv", "fertility.csv") if any(name in line for line in lines)] == [
        "cpi.csv",
        "extra.csv",
        "fertility.csv",
    ]


def test_missing_register_is_named(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"register\.csv  the file is missing"):
        verify(tmp_path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        (",2012,estimate,", ",2012,gut feeling,", r"register\.csv:\d+  status: got 'gut feeling'"),
        ("bases.csv,", "../bases.csv,", r"register\.csv:\d+  file: got '\.\./bases\.csv'"),
        ("bases.csv,", "cpi.csv,", r"register\.csv:\d+  file: got 'cpi\.csv'"),
        ("file,title", "table,title", r"register\.csv:1  columns: got 'table,title"),
    ],
)
def test_damaged_register_is_refused_with_its_line(copy: Path, old: str, new: str, message: str) -> None:
    replace_once(copy / "register.csv", old, new)
    with pytest.raises(DataError, match=message):
        read_register(copy)


def test_update_writes_the_new_checksum_and_nothing_else(copy: Path) -> None:
    assert update(copy) == ()
    assert (copy / "register.csv").read_bytes() == (DATA / "register.csv").read_bytes()
    replace_once(copy / "cpi.csv", "132.31", "132.32")
    assert update(copy) == ("cpi.csv",)
    verify(copy)
    with (
        (copy / "register.csv").open(newline="", encoding="utf-8") as new,
        (DATA / "register.csv").open(newline="", encoding="utf-8") as old,
    ):
        changed = [
            (mine["file"], [column for column in mine if mine[column] != theirs[column]])
            for mine, theirs in zip(csv.DictReader(new), csv.DictReader(old), strict=True)
            if mine != theirs
        ]
    assert changed == [("cpi.csv", ["blake2b"])]
    assert sorted(path.name for path in copy.iterdir()) == sorted(path.name for path in DATA.iterdir())


def test_update_refuses_to_forget_an_unregistered_table(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (copy / "extra.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert register.main(copy) == DataError.exit_code
    assert "extra.csv  the table is not in register.csv" in capsys.readouterr().err


def test_command_says_what_changed(copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    replace_once(copy / "cpi.csv", "132.31", "132.32")
    assert register.main(copy) == 0
    assert "cpi.csv changed" in capsys.readouterr().out
    assert register.main(copy) == 0
    assert "no table changed" in capsys.readouterr().out


def test_data_hash_follows_bytes_and_names_but_not_words_of_the_register(copy: Path) -> None:
    first = data_hash(copy)
    assert first == data_hash()
    assert len(first) == 32
    replace_once(copy / "register.csv", VILLAGES_CAVEAT, "No caveat")
    assert data_hash(copy) == first
    replace_once(copy / "cpi.csv", "132.31", "132.32")
    assert data_hash(copy) != first


def test_reading_the_tables_needs_neither_pandas_nor_numba() -> None:
    code = (
        "import sys, krimpsim.inputs.tables as t, krimpsim.inputs.evidence as e; t.load_tables(); e.evidence(); "
        "print([m for m in ('pandas', 'numba', 'mesa', 'pyarrow') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=DATA.parents[2])
    assert done.stdout.strip() == "[]"
