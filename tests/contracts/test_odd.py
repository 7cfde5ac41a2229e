"""The description of the model agrees with the code: generated tables are fresh, every process has a section."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from krimpsim import odd
from krimpsim.processes.base import Process
from krimpsim.schedule import PARTS, PROCESSES


def test_generated_part_is_up_to_date() -> None:
    text = odd.ODD.read_text(encoding="utf-8")
    assert odd.refreshed(text) == text, f"krimpsim/ODD.md is stale; run: {odd.COMMAND}"


def test_every_process_has_a_section_in_the_order_of_its_number() -> None:
    titles = re.findall(r"^### (7\.\d+[a-e]?) ", odd.ODD.read_text(encoding="utf-8"), flags=re.MULTILINE)
    numbers = [process.number for process in PROCESSES]
    assert sorted(titles) == sorted(numbers)
    assert titles == sorted(titles, key=lambda n: (int(re.sub(r"\D", "", n[2:])), n))


def test_every_process_belongs_to_one_part_of_the_month() -> None:
    numbers = [module.PROCESS.number for part in PARTS.values() for module in part]
    assert sorted(numbers) == sorted(process.number for process in PROCESSES)


@pytest.mark.parametrize("process", PROCESSES, ids=lambda p: p.name)
def test_section_gives_rule_order_and_assumptions(process: Process) -> None:
    _, _, rest = odd.ODD.read_text(encoding="utf-8").partition(f"\n### {process.number} ")
    section = rest.partition("\n##")[0]
    assert re.findall(r"\*(Rule|Order|Assumptions)\.\*", section) == ["Rule", "Order", "Assumptions"]


def test_seven_elements_are_there() -> None:
    titles = re.findall(r"^## (\d)\. ", odd.ODD.read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert titles == list("1234567")


def test_refresh_writes_only_when_something_changed(tmp_path: Path) -> None:
    path = tmp_path / "odd.md"
    path.write_text(f"before\n{odd.BEGIN}\nstale\n{odd.END}\nafter\n", encoding="utf-8")
    assert odd.refresh(path)
    assert not odd.refresh(path)
    text = path.read_text(encoding="utf-8")
    assert text.startswith("before\n")
    assert text.endswith("\nafter\n")
    assert "stale" not in text


@pytest.mark.parametrize("text", ["", odd.BEGIN, f"{odd.END}\n{odd.BEGIN}", f"{odd.BEGIN}{odd.END}{odd.END}"])
def test_text_without_markers_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="needs the line"):
        odd.refreshed(text)
