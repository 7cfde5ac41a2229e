"""The table of systems around the experiment is whole, and names only what is there."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path
from typing import NamedTuple

import pytest

from krimpsim.odd import ODD, parameters
from krimpsim.outputs.columns import PROVIDER_COLUMNS, REGION_COLUMNS, VILLAGE_COLUMNS
from krimpsim.outputs.headlines import INDICATORS

ROOT = Path(__file__).resolve().parents[2]
TITLE = "\n## Systems around the experiment\n"


class System(NamedTuple):
    """A line of the table."""

    number: str
    name: str
    lever: str
    scenario: str
    test: str


def systems() -> list[System]:
    section = ODD.read_text(encoding="utf-8").partition(TITLE)[2].partition("\n## ")[0]
    lines = [line.strip("| ").split(" | ") for line in section.splitlines() if line.startswith("|")][2:]
    assert all(len(line) == 5 for line in lines), "five cells a line"
    return [System(*(cell.strip() for cell in line)) for line in lines]


def names_in(cell: str) -> list[str]:
    return re.findall(r"`([^`]+)`", cell)


@cache
def functions(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


@cache
def known() -> set[str]:
    keys = {parameter.key for parameter in parameters()}
    blocks = {key.rpartition(".")[0] for key in keys}
    columns = {column.name for column in (*VILLAGE_COLUMNS, *PROVIDER_COLUMNS, *REGION_COLUMNS)}
    return keys | blocks | columns | {indicator.name for indicator in INDICATORS} | {"villages.parquet"}


def test_every_system_has_a_line() -> None:
    assert [system.number for system in systems()] == [str(number) for number in range(38)]


@pytest.mark.parametrize("system", systems(), ids=lambda system: system.number)
def test_what_a_line_names_is_there(system: System) -> None:
    assert all(system)
    assert set(names_in(system.lever)) <= known()
    files, tests = names_in(system.scenario), names_in(system.test)
    for file in files:
        assert file.startswith("configs/")
        assert (ROOT / file).is_file(), file
    for test in tests:
        file, _, function = test.partition("::")
        assert file.startswith("tests/")
        assert (ROOT / file).is_file(), file
        assert function.startswith("test_")
        assert function in functions(ROOT / file), test
    for cell, found in ((system.scenario, files), (system.test, tests)):
        assert cell == (", ".join(f"`{name}`" for name in found) or "-"), "names in backquotes, or a dash"


@pytest.mark.parametrize("system", systems(), ids=lambda system: system.number)
def test_who_has_nothing_says_so(system: System) -> None:
    assert bool(names_in(system.lever)) != system.lever.startswith("Not yet: ")
    if system.lever.startswith("Not yet: "):
        assert (system.scenario, system.test) == ("-", "-")
