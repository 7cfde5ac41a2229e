"""What the tests of the model share.  Refresh the golden digests with ``pytest tests/model --update-golden``."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from hypothesis import settings

sys.path.insert(0, str(Path(__file__).resolve().parent))

from model_tools import TINY, config_of, result_of

from krimpsim.config.run import RunConfig
from krimpsim.outputs.indicators import Result

# Examples are the same in every run, and a first call that compiles may take its time.
settings.register_profile("krimpsim", deadline=None, derandomize=True, database=None)
settings.load_profile("krimpsim")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", default=False, help="write the golden digests anew")


@pytest.fixture(scope="session")
def tiny_config() -> RunConfig:
    return config_of(TINY)


@pytest.fixture(scope="session")
def tiny(tiny_config: RunConfig) -> Result:
    return result_of(tiny_config)


@pytest.fixture(scope="session")
def whole_config() -> RunConfig:
    """All 22 villages, over the reform of 2015."""
    return config_of("scenarios/today", {"run.end": "2016-12-31"})
