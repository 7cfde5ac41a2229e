"""How long things take.  Not part of the test run: ``pytest tests/bench -o addopts=`` prints the table."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from krimpsim.config.load import load_config
from krimpsim.model import KrimpModel
from krimpsim.run import simulate, warm

CONFIGS = Path(__file__).parents[2] / "configs"


@pytest.fixture(scope="module", autouse=True)
def compiled() -> None:
    warm()


def test_one_reference_run(benchmark: Any) -> None:
    """18,146 residents, spin-up and 336 months, every process and indicator, one process."""
    config = load_config(CONFIGS / "scenarios" / "today.toml")
    benchmark.pedantic(simulate, args=(config, 0), rounds=3, warmup_rounds=1)


def test_one_reference_run_of_the_convenant(benchmark: Any) -> None:
    config = load_config(CONFIGS / "scenarios" / "convenant.toml")
    benchmark.pedantic(simulate, args=(config, 0), rounds=3, warmup_rounds=1)


def test_making_the_population_and_the_spin_up(benchmark: Any) -> None:
    config = load_config(CONFIGS / "scenarios" / "today.toml")
    benchmark.pedantic(lambda: KrimpModel(config), rounds=3, warmup_rounds=1)


def test_tiny_example(benchmark: Any) -> None:
    config = load_config(CONFIGS / "examples" / "tiny.toml")
    benchmark.pedantic(simulate, args=(config, 0), rounds=5, warmup_rounds=1)
