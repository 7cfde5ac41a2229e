"""What the tests of the report share: results that are made up, and lives that were followed."""

import sys
from functools import cache
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))


@pytest.fixture(scope="session")
def compared(tmp_path_factory):
    from synthetic_results import write_run_set

    return write_run_set(tmp_path_factory.mktemp("compared") / "run", replicates=12)


@pytest.fixture(scope="session")
def alone(tmp_path_factory):
    from synthetic_results import write_run_set

    folder = tmp_path_factory.mktemp("alone") / "run"
    return write_run_set(folder, scenarios=("today",), replicates=1, years=2, villages=5)


@pytest.fixture(scope="session")
def lived():
    """Lives in five villages until 2040, by scenario and replicate; each run is followed once."""
    from model_tools import small

    from krimpsim.report.courses import follow

    villages = ["Gasselternijveen", "Eexterveen", "Buinerveen", "Annerveenschekanaal", "Spijkerboor"]

    @cache
    def followed(scenario, replicate=0):
        return follow(small(f"scenarios/{scenario}", "2040-12-31", villages), replicate)

    return followed
