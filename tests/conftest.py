"""What all tests share: how many workers there are, the code they run, and how examples are drawn."""

from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest
from hypothesis import settings

os.environ.setdefault("NUMBA_NUM_THREADS", "1")  # the workers are what runs beside each other

# Examples are the same in every run, and a first call that compiles may take its time.  The nightly list draws others.
settings.register_profile("krimpsim", deadline=None, derandomize=True, database=None, print_blob=False)
settings.register_profile("nightly", deadline=None, max_examples=500, database=None, print_blob=True)
settings.load_profile("krimpsim")

MOST_WORKERS = 4  #: each takes some 1.5 GB of memory


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--refresh-golden",
        metavar="LINE",
        help="write the golden digests anew; LINE is how their line under Model change in the changelog begins",
    )


def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """Return a number of workers; none for those who name files, and want them at once."""
    if not all(Path(argument.partition("::")[0]).is_dir() for argument in config.args):
        return 0
    return min(MOST_WORKERS, len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Compile before workers start: each of them would compile the same."""
    if not session.config.getoption("numprocesses", None) or session.config.option.collectonly:
        return
    from krimpsim.core.cache import is_warm
    from krimpsim.run import warm

    if not is_warm():
        session.config.get_terminal_writer().line("The model is compiled; that takes a minute or two.")
        warm()


@pytest.fixture(autouse=True)
def as_wide_as_a_pipe(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let tables be as wide as a pipe has them, whatever the terminal of whoever tests; workers of tests set it."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture
def call(tmp_path, monkeypatch, capsys):
    """Run the command line in an empty folder; return exit code, standard output and standard error."""
    from krimpsim import cli

    monkeypatch.chdir(tmp_path)

    def run(*arguments):
        monkeypatch.setattr(sys, "argv", ["krimpsim", *map(str, arguments)])
        with pytest.raises(SystemExit) as caught:
            cli.main()
        printed = capsys.readouterr()
        return caught.value.code or 0, printed.out, printed.err

    return run
