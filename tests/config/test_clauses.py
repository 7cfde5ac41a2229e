"""A clause is whole where it is declared: facts of its own, and a place where it acts."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import krimpsim
from krimpsim.config.clause import ClauseConfig
from krimpsim.config.convenant import CLAUSES, ConvenantConfig

PACKAGE = Path(krimpsim.__file__).parent
RULES = [PACKAGE / "organisations" / "convenant.py", *sorted((PACKAGE / "processes").glob("*.py"))]


def test_every_clause_of_the_convenant_is_known() -> None:
    """A clause that is declared and not known would load and never act."""
    fields = [name for name, value in ConvenantConfig() if isinstance(value, ClauseConfig)]
    assert list(CLAUSES) == fields
    assert len(fields) > 20


@pytest.mark.parametrize("name", CLAUSES)
def test_a_clause_has_facts_of_its_own_and_acts(name: str) -> None:
    kind = type(getattr(ConvenantConfig(), name))
    assert "facts" in vars(kind), "not those of the clause that it is like"
    assert CLAUSES[name].name_nl
    if kind.multiplies is ClauseConfig.multiplies:
        text = "".join(path.read_text(encoding="utf-8") for path in RULES)
        assert re.search(rf"\b{name}\b", text), "it multiplies nothing, and nobody reads it"


def test_no_two_clauses_are_called_alike() -> None:
    names = [facts.name_nl for facts in CLAUSES.values()]
    assert len(set(names)) == len(names)
