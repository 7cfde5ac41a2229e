"""What a process says that it reads and writes is what its rules read and write: columns of rows, fields of the market.

Read from the text of the rules, and of what they call in the population; the clauses count as ``convenant``.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from test_house import PART_OF

from krimpsim import processes
from krimpsim.population import agenda, kinship, lists, roll, state
from krimpsim.population.market import Market
from krimpsim.population.schema import PEOPLE, TIES
from krimpsim.schedule import PARTS

OF_STATE = {"contact", "hours_factor", "intakes", "frozen", "indirect"}  #: what else processes hand to each other
NEW_ROW = "every column of a new row"
MODULES = [module for part in PARTS.values() for module in part if module.__name__.startswith(processes.__name__)]


class Seen(NamedTuple):
    """Names that are read and written."""

    reads: frozenset[str]
    writes: frozenset[str]


def functions(path: Path) -> dict[str, ast.FunctionDef]:
    """Return the rules of a file, each under ``file.name``."""
    found = [node for node in ast.parse(path.read_text(encoding="utf-8")).body if isinstance(node, ast.FunctionDef)]
    return {f"{path.stem}.{node.name}": node for node in found if node.name != "prepare"}


POPULATION = {
    name.partition(".")[2]: of
    for module in (agenda, kinship, lists, roll, state)
    for name, of in functions(Path(module.__file__ or "")).items()
}
WALKS = {"tidy", "call_roll", "group_of", "renumber"}  # of the lists, no rule's


def of_row(node: ast.Attribute) -> str:
    """Return the name of a column that is looked at, empty for anything else."""
    base = ast.unparse(node.value)
    is_tie = "tie" in base.rpartition("people")[2] and "people" not in base
    row = "[" in base or base in {
        "person",
        "tie",
        "giver",
        "receiver",
        "neighbour",
        "client",
        "soon",
        "helper",
        "child",
    }
    if base == "s":
        return node.attr if node.attr in OF_STATE else ""
    if base.endswith("market"):
        return f"market.{node.attr}" if node.attr in Market._fields else ""
    if not row or "market" in base or "clauses" in base:
        return ""
    if is_tie or base in {"tie", "soon"}:
        return f"ties.{node.attr}" if node.attr in TIES else ""
    return node.attr if node.attr in PEOPLE else ""


def written(node: ast.AST) -> Iterator[ast.Attribute]:
    """Yield the attributes to which a statement assigns, alone or at a place."""
    targets = node.targets if isinstance(node, ast.Assign) else [node.target] if isinstance(node, ast.AugAssign) else []
    for target in targets:
        for one in target.elts if isinstance(target, ast.Tuple) else [target]:
            place = one.value if isinstance(one, ast.Subscript) else one
            if isinstance(place, ast.Attribute):
                yield place


def seen_in(name: str, known: dict[str, ast.FunctionDef], done: set[str]) -> Seen:
    """Return what a function reads and writes, with those that it calls."""
    if name in done:
        return Seen(frozenset(), frozenset())
    done.add(name)
    reads, writes, function = set(), set(), known[name]
    targets = {id(one) for node in ast.walk(function) for one in written(node)}
    makes_rows = any(isinstance(n, ast.Name) and n.id in {"begin_person", "begin_tie"} for n in ast.walk(function))
    for node in ast.walk(function):
        if isinstance(node, ast.Attribute) and (column := of_row(node)):
            (writes if id(node) in targets else reads).add(NEW_ROW if id(node) in targets and makes_rows else column)
        if isinstance(node, ast.Attribute) and node.attr == "clauses":
            reads.add("convenant")
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            called = next((one for one in (called, f"{name.partition('.')[0]}.{called}") if one in known), "")
            if called and called not in WALKS:
                more = seen_in(called, known, done)
                reads, writes = reads | more.reads, writes | more.writes
    return Seen(frozenset(reads), frozenset(writes))


def seen_of(path: Path) -> Seen:
    """Return what the rules of a process read and write."""
    own = functions(path)
    for part, whole in PART_OF.items():
        own |= functions(path.with_stem(part)) if whole == path.stem else {}
    known, done = POPULATION | own, set()
    found = [seen_in(name, known, done) for name in own]
    return Seen(*(frozenset().union(*names) for names in zip(*found, strict=True)))


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_a_process_says_what_it_reads_and_writes(module) -> None:
    seen = seen_of(Path(module.__file__))
    assert sorted(module.PROCESS.reads) == sorted(seen.reads)
    assert sorted(module.PROCESS.writes) == sorted(seen.writes)
