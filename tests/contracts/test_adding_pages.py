"""Carries out the pages on adding something on a copy of the package, and looks whether they do what they say.

Nothing is compiled, so this takes seconds.  The profile of need is followed for one year instead of 28, which only
changes where people start.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "krimpsim"

RUN = """
import hashlib, json, sys
import krimpsim
from krimpsim.config.run import RunConfig
from krimpsim.population import need_profile

follow = need_profile._follow

def one_year(chain, start, at_home, share, normaliser):
    follow(chain, start, at_home, share[:, :, :1], normaliser[:, :, :1])
    share[:], normaliser[:] = share[:, :, :1], normaliser[:, :, :1]

need_profile._follow = one_year

from krimpsim.run import simulate

def facts(changes):
    config = {"run": {"end": "2013-03-31"}, "region": {"villages": ["Zandberg", "Exloerveen"]},
              "providers": [{"id": "a"}, {"id": "b"}], **changes}
    result = simulate(RunConfig.model_validate(config), 0)
    from krimpsim.outputs.columns import VILLAGE_COLUMNS
    known = [k for k, column in enumerate(VILLAGE_COLUMNS) if column.name != "carers_working"]
    tables = (result.village_rows[:, :, known], result.provider_rows, result.region_rows)
    return hashlib.sha256(b"".join(table.tobytes() for table in tables)).hexdigest()

print(json.dumps({"where": krimpsim.__file__, "facts": [facts(c) for c in json.loads(sys.argv[1])]}))
"""


class Block(NamedTuple):
    """One block of the page: a new file, or a change with the lines around it."""

    kind: str
    path: str
    text: str


def blocks(page: str) -> list[Block]:
    fence = re.compile(r"^```(python|diff) title=(\S+)\n((?:.*\n)*?)```$", flags=re.MULTILINE)
    return [Block(*found) for found in fence.findall((PACKAGE / page).read_text(encoding="utf-8"))]


def apply(block: Block, root: Path) -> None:
    path = root / block.path
    if block.kind == "python":
        assert not path.exists(), f"{block.path} is there already; show the change as a diff"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(block.text, encoding="utf-8")
        return
    lines = block.text.splitlines(keepends=True)
    old = "".join(line[1:] for line in lines if line[0] in " -")
    new = "".join(line[1:] for line in lines if line[0] in " +")
    text = "\n" + path.read_text(encoding="utf-8")
    assert text.count("\n" + old) == 1, f"{block.path} does not hold these lines once; mend the page:\n{old}"
    path.write_text(text.replace("\n" + old, "\n" + new)[1:], encoding="utf-8")


def python(root: Path, *arguments: str) -> str:
    """Return what Python prints when it finds the package in a folder."""
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "SYSTEMROOT") if name in os.environ}
    settings = {"PYTHONPATH": str(root), "NUMBA_DISABLE_JIT": "1", "NUMBA_CACHE_DIR": str(root / "cache")}
    command = [sys.executable, "-B", *arguments]
    done = subprocess.run(command, cwd=root, env=kept | settings, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def carried_out(root: Path, page: str = "") -> Path:
    """Return a folder with the package, changed as a page says."""
    shutil.copytree(PACKAGE, root / "krimpsim", ignore=shutil.ignore_patterns("__pycache__"))
    for block in blocks(page) if page else ():
        apply(block, root)
    return root


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return carried_out(tmp_path_factory.mktemp("before"))


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, before: Path) -> tuple[Path, Path]:
    """Return two folders: one with the package as it is, one with the page on a process carried out."""
    return before, carried_out(tmp_path_factory.mktemp("after"), "adding_a_process.md")


def test_the_page_names_every_file_that_changes() -> None:
    assert {block.path for block in blocks("adding_a_process.md")} == {
        "krimpsim/processes/falls.py",
        "krimpsim/core/streams.py",
        "krimpsim/population/agenda.py",
        "krimpsim/config/falls.py",
        "krimpsim/config/run.py",
        "krimpsim/schedule.py",
        "tests/processes/test_falls.py",
    }


@pytest.mark.parametrize(
    ("page", "lines", "files"),
    [("adding_a_process.md", 7, 4), ("adding_a_clause.md", 20, 1), ("adding_an_indicator.md", 3, 3)],
)
def test_so_few_lines_change_in_files_that_are_there(page: str, lines: int, files: int) -> None:
    changes = [block for block in blocks(page) if block.kind == "diff"]
    assert sum(line[0] in "+-" for block in changes for line in block.text.splitlines()) == lines
    assert len({block.path for block in changes}) == files


@pytest.mark.gate
def test_a_new_clause_is_known_and_acts(tmp_path: Path, before: Path) -> None:
    after = carried_out(tmp_path, "adding_a_clause.md")
    told = python(after, "-c", "from krimpsim.config.convenant import CLAUSES; print(*CLAUSES)")
    assert "meal_service" in told.split()
    on = {"convenant": {"meal_service": {"enabled": True, "ratio": 0.5}}}
    plain = json.loads(python(before, "-c", RUN, json.dumps([{}])))["facts"]
    without, with_it = json.loads(python(after, "-c", RUN, json.dumps([{}, on])))["facts"]
    assert [without] == plain
    assert with_it != without


@pytest.mark.gate
def test_a_new_indicator_is_counted_and_changes_nothing_else(tmp_path: Path, before: Path) -> None:
    after = carried_out(tmp_path, "adding_an_indicator.md")
    count = (
        "import krimpsim.outputs.headlines as h; from krimpsim.outputs.rows import VILLAGE; "
        "print('carers_working' in VILLAGE.names, 'carers_working' in [one.name for one in h.INDICATORS])"
    )
    assert python(after, "-c", count).split() == ["True", "True"]
    plain, changed = (json.loads(python(root, "-c", RUN, json.dumps([{}])))["facts"] for root in (before, after))
    assert changed == plain


@pytest.mark.gate
def test_the_plan_lists_the_new_process(copy: tuple[Path, Path]) -> None:
    plan = python(copy[1], "-m", "krimpsim", "plan")
    assert "falls_fall" in plan
    assert "7.18" in plan
    assert "falls_fall" not in python(copy[0], "-m", "krimpsim", "plan")


@pytest.mark.gate
def test_the_new_process_changes_the_result_and_nothing_else(copy: tuple[Path, Path]) -> None:
    before = json.loads(python(copy[0], "-c", RUN, json.dumps([{}])))
    asked = [{"falls": {"hazard_per_year": 0.0}}, {"falls": {"hazard_per_year": 6.0}}]
    after = json.loads(python(copy[1], "-c", RUN, json.dumps(asked)))
    assert Path(before["where"]).is_relative_to(copy[0])
    assert Path(after["where"]).is_relative_to(copy[1])
    without, with_falls = after["facts"]
    assert without == before["facts"][0]
    assert with_falls != without


def test_the_test_on_the_page_passes(copy: tuple[Path, Path]) -> None:
    options = ("-p", "no:cacheprovider", "-q", "--rootdir", str(copy[1]))
    told = python(copy[1], "-m", "pytest", *options, "tests/processes/test_falls.py")
    assert "1 passed" in told
