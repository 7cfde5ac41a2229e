"""Rules of the house that no single module can keep: layers, one source of chance, declared parameters, docstrings."""

from __future__ import annotations

import ast
import csv
import importlib
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from krimpsim.config.base import UNITS
from krimpsim.core.cache import ABOVE_A_RUN, code_hash, source_hash
from krimpsim.core.streams import Stream
from krimpsim.odd import Parameter, parameters
from krimpsim.schedule import PROCESSES

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "krimpsim"
MODULES = sorted(PACKAGE.rglob("*.py"))
#: files with a part of another one's process
PART_OF = {
    "arrivals": "migration",
    "care_ends": "informal_care",
    "care_outside": "informal_care",
    "driving": "nights",
    "neighbours": "informal_care",
}
NO_PROCESS = {"__init__", "base", *PART_OF}
PROCESS_FILES = [p for p in sorted((PACKAGE / "processes").glob("*.py")) if p.stem not in NO_PROCESS]
PROCESS_FILES += [p for p in sorted((PACKAGE / "organisations").glob("*.py")) if "PROCESS = " in p.read_text("utf-8")]
HEADINGS = ("Purpose", "Who", "Order", "Assumes", "Random")
COMMANDS = (
    "python3 -m venv .venv && .venv/bin/pip install -e . && .venv/bin/krimpsim compare "
    "configs/scenarios/today.toml configs/scenarios/convenant.toml",
    "python3 -m venv .venv && .venv/bin/pip install -e '.[dev]' && .venv/bin/pytest",
)


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def nodes(path: Path) -> Iterator[ast.AST]:
    yield from ast.walk(ast.parse(path.read_text(encoding="utf-8")))


# --- layers and names -------------------------------------------------------------------------------------------


def test_modules_import_from_lower_layers_only() -> None:
    lint = "from importlinter.cli import lint_imports_command; lint_imports_command()"
    done = subprocess.run([sys.executable, "-c", lint, "--no-cache"], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def test_compiled_code_is_kept_by_the_sources_of_a_run() -> None:
    """What lies above a run neither compiles nor changes results, and a run reads nothing of it."""
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"]
    layers = settings["contracts"][0]["layers"]
    above = {name.strip().removeprefix("krimpsim.") for layer in layers for name in layer.split("|")}
    below = layers[layers.index("krimpsim.run") :]
    above -= {name.strip().removeprefix("krimpsim.") for layer in below for name in layer.split("|")}
    assert above == set(ABOVE_A_RUN)
    for path in MODULES:
        if path.relative_to(PACKAGE).parts[0].removesuffix(".py") in ABOVE_A_RUN:
            names = {alias.name for n in nodes(path) if isinstance(n, ast.ImportFrom) for alias in n.names}
            assert not names & {"compiled", "allocating"}, path


def test_the_hash_of_the_sources_follows_what_a_run_reads(tmp_path: Path) -> None:
    for name in ("run.py", "report/page.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("a = 1\n")
    hashes = [source_hash.__wrapped__(tmp_path)]
    for name in ("report/page.py", "run.py"):
        (tmp_path / name).write_text("a = 2\n")
        hashes.append(source_hash.__wrapped__(tmp_path))
    assert hashes[0] == hashes[1] != hashes[2]


def test_the_hash_of_compiled_code_follows_what_it_can_see(tmp_path: Path) -> None:
    """A file with a compiled function, what it imports and what that imports, in a function too; no other file."""
    texts = {
        "rule.py": "from krimpsim.a import x\n@compiled\ndef rule(): ...\n",
        "a.py": "def f():\n    from krimpsim.b.c import y\n",
        "b/__init__.py": "",
        "b/c.py": "y = 1\n",
        "beside.py": "from krimpsim.rule import rule\n",
    }
    (tmp_path / "b").mkdir()
    for name, text in texts.items():
        (tmp_path / name).write_text(text)
    seen = [code_hash.__wrapped__(tmp_path)]
    for name in ("rule.py", "a.py", "b/c.py"):
        (tmp_path / name).write_text(texts[name] + "# edited\n")
        seen.append(code_hash.__wrapped__(tmp_path))
    assert len(set(seen)) == 4
    (tmp_path / "beside.py").write_text("# edited\n")
    assert code_hash.__wrapped__(tmp_path) == seen[-1]


def test_compiled_functions_are_found_by_their_decorator() -> None:
    """Whoever compiles in another way would escape the hash of compiled code."""
    for path in MODULES:
        if path.relative_to(PACKAGE).as_posix() in ("core/jit.py", "core/cache.py"):
            continue
        for node in nodes(path):
            if isinstance(node, ast.Attribute) and node.attr in {"njit", "jit", "cfunc", "vectorize", "guvectorize"}:
                pytest.fail(f"{path}: {node.attr}")
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in {"compiled", "allocating"}:
                pytest.fail(f"{path}: line {node.lineno}")


def test_compiled_functions_hand_back_numbers_only() -> None:
    """They count no references: an array, alone or in a tuple, would be freed while others still use it."""
    for path in MODULES:
        for node in nodes(path):
            if isinstance(node, ast.FunctionDef) and "compiled" in [ast.unparse(d) for d in node.decorator_list]:
                said = ast.unparse(node.returns) if node.returns else ""
                assert re.fullmatch(r"(None|(tuple\[)?(int|bool|float)(, (int|bool|float))*\]?)", said), (
                    path,
                    node.name,
                )


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_no_drawer_for_odds_and_ends(path: Path) -> None:
    names = set(path.relative_to(PACKAGE).with_suffix("").parts)
    assert not names & {"util", "utils", "helper", "helpers", "misc", "common"}


# --- chance and order -------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_streams_are_the_only_source_of_chance(path: Path) -> None:
    """No `random`, `np.random` or `shuffle_do`, and no `prange`, in which the order of writes is open."""
    for node in nodes(path):
        if isinstance(node, ast.Import):
            assert "random" not in {part for alias in node.names for part in alias.name.split(".")}
        elif isinstance(node, ast.ImportFrom):
            words = {*(node.module or "").split("."), *(alias.name for alias in node.names)}
            assert not words & {"random", "prange"}
        elif isinstance(node, ast.Attribute):
            assert node.attr not in {"random", "shuffle_do", "prange"}, f"line {node.lineno}"
        elif isinstance(node, ast.keyword):
            assert node.arg != "parallel"


def test_every_stream_is_drawn_by_a_process_or_by_the_synthesis() -> None:
    drawn = {stream.name for process in PROCESSES for stream in process.streams}
    for path in (PACKAGE / "population").glob("*.py"):
        drawn |= set(re.findall(r"\bStream\.(\w+)", path.read_text(encoding="utf-8")))
    assert {stream.name for stream in Stream} - drawn == set()


def test_no_number_of_a_stream_is_used_twice() -> None:
    assert len(Stream.__members__) == len(set(Stream)), "two names share a number: one would be an alias"


@pytest.mark.parametrize("path", PROCESS_FILES, ids=name_of)
def test_process_names_the_streams_it_draws(path: Path) -> None:
    process = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts)).PROCESS
    parts = [path.with_stem(part) for part, whole in PART_OF.items() if whole == path.stem]
    rules = "".join(one.read_text(encoding="utf-8").partition("\nPROCESS = ")[0] for one in (path, *parts))
    used = set(re.findall(r"\bStream\.(\w+)", rules)) | {one.stream.name for one in process.agenda}
    assert used == {stream.name for stream in process.streams}


# --- parameters -------------------------------------------------------------------------------------------------

PARAMETERS = list(parameters())


@pytest.fixture(scope="module")
def evidence_keys() -> set[str]:
    with (PACKAGE / "inputs" / "data" / "evidence.csv").open(newline="", encoding="utf-8") as lines:
        return {row["key"] for row in csv.DictReader(lines)}


@pytest.mark.parametrize("parameter", PARAMETERS, ids=lambda p: p.key)
def test_parameter_is_declared_in_full(parameter: Parameter, evidence_keys: set[str]) -> None:
    assert parameter.unit in UNITS
    assert parameter.about
    head, _, rest = parameter.source.partition(": ")
    assert rest, "a source has a kind and a text"
    if head == "evidence":
        assert rest in evidence_keys
    elif head == "input":
        assert (PACKAGE / "inputs" / "data" / f"{rest}.csv").is_file()
    elif head == "assumption":
        assert parameter.bounds is not None or not parameter.is_number, "an assumption has a range"
    else:
        assert head == "choice"


@pytest.mark.parametrize("parameter", [p for p in PARAMETERS if p.bounds and p.is_number], ids=lambda p: p.key)
def test_default_lies_in_the_range(parameter: Parameter) -> None:
    assert parameter.bounds is not None
    assert parameter.bounds[0] <= float(parameter.default) <= parameter.bounds[1]


def test_keys_are_unique() -> None:
    keys = [parameter.key for parameter in PARAMETERS]
    assert len(keys) == len(set(keys)) > 100


# --- processes --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", PROCESS_FILES, ids=name_of)
def test_process_file_exports_its_process(path: Path) -> None:
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    assert module.PROCESS in PROCESSES


@pytest.mark.parametrize("path", PROCESS_FILES, ids=name_of)
def test_process_file_begins_with_its_description(path: Path) -> None:
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    text = module.__doc__ or ""
    assert text.startswith(f"{module.PROCESS.number} ")
    found = re.findall(r"^(\w+)\. ", text, flags=re.MULTILINE)
    assert [heading for heading in found if heading in HEADINGS] == list(HEADINGS)


# --- the rest ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", [p for p in MODULES if p.parent.name != "cli"], ids=name_of)
def test_library_code_does_not_print(path: Path) -> None:
    for node in nodes(path):
        if isinstance(node, ast.Call):
            assert not (isinstance(node.func, ast.Name) and node.func.id == "print"), f"line {node.lineno}"


@pytest.mark.parametrize("command", COMMANDS)
def test_readme_holds_the_command_alone_on_one_line(command: str) -> None:
    assert (ROOT / "README.md").read_text(encoding="utf-8").splitlines().count(command) == 1
