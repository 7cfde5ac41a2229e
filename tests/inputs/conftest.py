"""A copy of the input tables that may be damaged."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from krimpsim.inputs.register import DATA


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    return Path(shutil.copytree(DATA, tmp_path / "data"))
