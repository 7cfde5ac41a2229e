"""The glossary is well formed, agrees with the labels that readers see, and knows every Dutch word in the code."""

from __future__ import annotations

import ast
import csv
import re
import tomllib
from enum import IntEnum
from pathlib import Path

import pytest

from krimpsim.core.codes import Kind, Part
from krimpsim.outputs.columns import KIND_LABELS, PART_LABELS

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "krimpsim"
DUTCH = re.compile(
    "zorg|gemeente|krimp|wmo|wlz|zvw|awbz|ciz|pgb|dorp|welzijn|corporatie|vrijwillig|mantel|veen|convenant|wijk|verpleeg"
)


def rows() -> list[dict[str, str]]:
    with (PACKAGE / "glossary.csv").open(newline="", encoding="utf-8") as lines:
        return list(csv.DictReader(lines, strict=True))


def test_every_cell_is_filled_and_trimmed() -> None:
    assert list(rows()[0]) == ["term", "label_nl", "label_en", "definition", "source"]
    for row in rows():
        assert None not in row
        assert all(cell and cell == cell.strip() for cell in row.values()), row


def test_terms_are_in_order_and_unique() -> None:
    terms = [row["term"].casefold() for row in rows()]
    assert terms == sorted(set(terms))


@pytest.mark.parametrize("labels", [KIND_LABELS, PART_LABELS])
def test_labels_are_those_that_readers_see(labels: dict[IntEnum, tuple[str, str]]) -> None:
    known = {row["term"]: (row["label_nl"], row["label_en"]) for row in rows()}
    for code, label in labels.items():
        if code is not Part.VOLUNTEER:  # the person stands in the glossary, the label is plural
            assert known[code.name.lower().replace("_", " ")] == label
    assert set(labels) in (set(Kind), set(Part))


def test_dutch_words_in_names_are_explained() -> None:
    names: set[str] = set()
    for path in PACKAGE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            for field in ("id", "attr", "name", "arg"):
                names.add(str(getattr(node, field, None)))
    for path in (ROOT / "configs" / "regions").glob("*.toml"):
        region = tomllib.loads(path.read_text(encoding="utf-8"))
        names |= {party["id"] for block in ("providers", "parties") for party in region.get(block, [])}
    words = {word.lower() for name in names for word in re.findall(r"[A-Z]?[a-z]+|[A-Z]+", name)} - {"krimpsim"}
    known = {row["term"].casefold() for row in rows()}
    unknown = {w for w in words if DUTCH.search(w) and not {w, w.removesuffix("s")} & known}
    assert unknown == set(), "add these words to krimpsim/glossary.csv"
