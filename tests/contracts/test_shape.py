"""How rules read: sizes, signatures, names in place of numbers.  What is not so yet stands in one list that may shrink.

``python tests/contracts/test_shape.py`` prints the longest files, functions and lists of arguments.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "krimpsim"
MODULES = sorted(PACKAGE.rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))
RULES = [*sorted((PACKAGE / "processes").glob("*.py")), PACKAGE / "schedule.py", PACKAGE / "outputs" / "recorder.py"]
MOST_LINES, MOST_LINES_OF_TESTS, MOST_OF_A_FUNCTION, MOST_ARGUMENTS = 400, 300, 70, 7

MOST_TOO_LARGE = 0  #: may get smaller only

#: Not yet as it should be, and how large it is.  What is here may get smaller, and nothing may come to it.
TOO_LARGE: dict[str, int] = {}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def lines_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def functions(path: Path) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.FunctionDef):
            yield node


def length(function: ast.FunctionDef) -> int:
    return (function.end_lineno or 0) - function.lineno + 1


def is_compiled(function: ast.FunctionDef) -> bool:
    return bool({"compiled", "allocating"} & {ast.unparse(one) for one in function.decorator_list})


COMPILED = [(path, one) for path in MODULES for one in functions(path) if is_compiled(one)]
OF_RULES = [(path, one) for path, one in COMPILED if path in RULES]


def where(pair: tuple[Path, ast.FunctionDef]) -> str:
    return f"{name_of(pair[0])}:{pair[1].name}"


def sizes() -> Iterator[tuple[str, int, int]]:
    """Yield everything that has a size, with the most that it may have."""
    for path in MODULES:
        yield name_of(path), lines_of(path), MOST_LINES
        for one in functions(path):
            yield f"lines of {where((path, one))}", length(one), MOST_OF_A_FUNCTION
    for path in TESTS:
        yield name_of(path), lines_of(path), MOST_LINES_OF_TESTS
    for path, one in COMPILED:
        yield f"arguments of {where((path, one))}", len(one.args.args), MOST_ARGUMENTS


def test_nothing_is_too_large_but_what_is_on_the_list() -> None:
    found = {name: size for name, size, most in sizes() if size > most}
    assert {name: size for name, size in found.items() if size > TOO_LARGE.get(name, 0)} == {}


def test_the_list_of_what_is_too_large_is_short() -> None:
    assert len(TOO_LARGE) <= MOST_TOO_LARGE


def test_what_got_smaller_is_written_down() -> None:
    found = {name: size for name, size, most in sizes() if size > most}
    assert {name: found.get(name) for name in TOO_LARGE if found.get(name) != TOO_LARGE[name]} == {}


@pytest.mark.parametrize("pair", [one for one in OF_RULES if one[1].name in ("step", "step_one")], ids=where)
def test_every_process_has_the_same_doors(pair: tuple[Path, ast.FunctionDef]) -> None:
    said = [(one.arg, ast.unparse(one.annotation or ast.Constant(None))) for one in pair[1].args.args]
    month = [("s", "State"), ("p", "Params"), ("now", "Now")]
    assert said == (month if pair[1].name == "step" else [*month, ("i", "int"), ("claim", "Claim")])
    assert ast.unparse(pair[1].returns or ast.Constant(0)) == "None"


#: What a rule may be shown: the state and parts of it, the month, a claim, rows, numbers; `Any` stands for other rows.
SHOWN = {"State", "Now", "Claim", "Person", "Tie", "Market", "Geography", "Group", "Tours", "I64", "Any"}
SHOWN |= {"int", "bool", "float", "tuple"}
OF_PROCESSES = [path for path in RULES if path.parent.name == "processes"]
OWN = {
    node.name
    for path in OF_PROCESSES
    for node in ast.walk(ast.parse(path.read_text("utf-8")))
    if isinstance(node, ast.ClassDef)
}


@pytest.mark.parametrize("pair", [one for one in OF_RULES if one[0] in OF_PROCESSES], ids=where)
def test_a_rule_is_shown_the_state_and_what_its_process_names(pair: tuple[Path, ast.FunctionDef]) -> None:
    kinds = {
        one.id
        for argument in pair[1].args.args
        for one in ast.walk(argument.annotation or ast.Constant(None))
        if isinstance(one, ast.Name)
    }
    assert kinds - SHOWN - OWN == set()


@pytest.mark.parametrize("pair", COMPILED, ids=where)
def test_no_cast_stands_around_a_read_of_a_whole_number(pair: tuple[Path, ast.FunctionDef]) -> None:
    for node in ast.walk(pair[1]):
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "int":
            assert not isinstance(node.args[0], ast.Subscript | ast.Attribute | ast.Name), f"line {node.lineno}"


#: Arrays of one row or one number, of which that is the first; BLANK_... besides.
OF_ONE = {"in_use", "region", "used", "entries", "older", "frozen", "stays", "held"}
#: A number that is the place on an axis: of ages, need levels, villages, cars, years.
PLACES = {
    "now[sex, 0]",  # newborn
    "share[:, 0, 0]",
    "share[:, :, 0]",  # of the first year
    "profile.share[sex, age, 0]",
    "profile.share[founder.sex, age, 0]",
    "asked[3]",  # at a need level
    "asked[4]",
    "bounds[0]",  # of the first village
    "cars[0]",
}


@pytest.mark.parametrize("pair", COMPILED, ids=where)
def test_no_array_is_indexed_by_a_number_that_stands_for_a_name(pair: tuple[Path, ast.FunctionDef]) -> None:
    for node in ast.walk(pair[1]):
        if not isinstance(node, ast.Subscript) or ast.unparse(node) in PLACES:
            continue
        of, index = ast.unparse(node.value).rpartition(".")[2], node.slice
        places = index.elts if isinstance(index, ast.Tuple) else [index]
        if of != "shape" and any(isinstance(one, ast.Constant) and isinstance(one.value, int) for one in places):
            assert of in OF_ONE or of.startswith("BLANK_"), f"line {node.lineno}: {ast.unparse(node)}"
            assert ast.unparse(index) == "0", f"line {node.lineno}: {ast.unparse(node)}"


@pytest.mark.parametrize("path", [p for p in MODULES if "processes" in p.parts or "population" in p.parts], ids=name_of)
def test_no_line_only_gives_a_code_another_name(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not re.search(r"^[A-Z_]+(, [A-Z_]+)* = int\([A-Z]\w+\.[A-Z]", text, flags=re.MULTILINE)


def report() -> Iterator[str]:
    """Yield what is longest: files, functions and lists of arguments."""
    yield "files"
    yield from (
        f"  {n:5}  {name}" for n, name in sorted(((lines_of(p), name_of(p)) for p in MODULES), reverse=True)[:15]
    )
    yield "files of tests"
    yield from (f"  {n:5}  {name}" for n, name in sorted(((lines_of(p), name_of(p)) for p in TESTS), reverse=True)[:15])
    yield "functions"
    found = sorted(((length(one), where((p, one))) for p in MODULES for one in functions(p)), reverse=True)
    yield from (f"  {n:5}  {name}" for n, name in found[:15])
    yield "arguments of compiled functions"
    found = sorted(((len(one.args.args), where((p, one))) for p, one in COMPILED), reverse=True)
    yield from (f"  {n:5}  {name}" for n, name in found[:15])


if __name__ == "__main__":
    print("\n".join(report()))  # noqa: T201
