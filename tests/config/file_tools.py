"""Files as a user writes them, and what is wrong with them."""

from __future__ import annotations

from pathlib import Path

import pytest

from krimpsim.config.load import load_config
from krimpsim.core.errors import ConfigError

CONFIGS = Path(__file__).resolve().parents[2] / "configs"


def problems_of(path, overrides=None):
    with pytest.raises(ConfigError) as caught:
        load_config(path, overrides)
    return [(problem.where, problem.key) for problem in caught.value.problems], caught.value.problems
