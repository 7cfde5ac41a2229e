import sys
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
