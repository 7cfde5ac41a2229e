"""What the tests of the model share."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent))

from model_tools import TINY, config_of, result_of

from krimpsim.config.run import RunConfig
from krimpsim.outputs.result import Result


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
