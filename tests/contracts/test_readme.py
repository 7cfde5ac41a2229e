"""What the pages tell a reader to open, write and run is there."""

from __future__ import annotations

import ast
import re
import tomllib
from pathlib import Path

import pytest

from krimpsim.config.load import load_config

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = (
    "README.md",
    "tests/README.md",
    "krimpsim/ODD.md",
    "krimpsim/CHANGELOG.md",
    "krimpsim/adding_a_process.md",
    "calibration/TRACE.md",
)


def code(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n((?:.*\n)*?)```$", README, flags=re.MULTILINE)


@pytest.mark.parametrize("page", PAGES)
def test_links_lead_somewhere(page: str) -> None:
    path = ROOT / page
    for target in re.findall(r"\]\(([^)#:]+)\)", path.read_text(encoding="utf-8")):
        assert (path.parent / target).exists(), target


@pytest.mark.parametrize("text", code("python"))
def test_python_on_the_page_can_be_read(text: str) -> None:
    ast.parse(text)


def test_example_of_a_scenario_is_a_good_file(tmp_path: Path) -> None:
    (text,) = code("toml")
    parent = (ROOT / "configs" / "scenarios" / "today.toml").as_posix()
    file = tmp_path / "more_hands.toml"
    file.write_text(text.replace('"today.toml"', f'"{parent}"'), encoding="utf-8")
    config = load_config(file)
    assert config.scenario.id == "more_hands"
    assert config.informal_care.willing_share > load_config(Path(parent)).informal_care.willing_share


def test_versions_agree() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["version"]
    assert f"\nversion: {version}\n" in (ROOT / "CITATION.cff").read_text(encoding="utf-8")
    newest = re.search(
        r"^## (\S+)", (ROOT / "krimpsim" / "CHANGELOG.md").read_text(encoding="utf-8"), flags=re.MULTILINE
    )
    assert newest is not None
    assert newest[1] == version
