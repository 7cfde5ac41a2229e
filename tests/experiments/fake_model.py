"""A model that takes no time, for tests of what runs it; the environment says how it misbehaves."""

from __future__ import annotations

import hashlib
import os
import signal
import time

import numpy as np

from krimpsim.config.resolved import canonical
from krimpsim.config.run import RunConfig
from krimpsim.outputs.columns import PROVIDER_COLUMNS, REGION_COLUMNS, VILLAGE_COLUMNS
from krimpsim.outputs.groups import GROUP_COLUMNS, GROUP_ROWS
from krimpsim.outputs.result import Result


def simulate(config: RunConfig, replicate: int) -> Result:
    """Return numbers that depend on the configuration and the replicate only."""
    time.sleep(float(os.environ.get("FAKE_SECONDS", "0")))
    if str(replicate) == os.environ.get("FAKE_POISON") and config.care_need.men_ratio < 0.6:
        os.kill(os.getpid(), signal.SIGKILL)
    if str(replicate) == os.environ.get("FAKE_HANG") and config.care_need.men_ratio < 0.6:
        time.sleep(3600)
    if str(replicate) == os.environ.get("FAKE_ERROR") and config.care_need.men_ratio < 0.6:
        with open(os.environ.get("FAKE_LOG", os.devnull), "a", encoding="ascii") as log:
            log.write(hashlib.blake2b(canonical(config), digest_size=8).hexdigest() + "\n")
        raise RuntimeError("no such luck")
    content = canonical(config) + str(replicate).encode()
    chance = np.random.default_rng(int.from_bytes(hashlib.blake2b(content, digest_size=8).digest(), "big"))
    months = (config.run.end.year - config.run.start.year) * 12 + config.run.end.month - config.run.start.month + 1
    first_month = config.run.start.year * 12 + config.run.start.month - 1
    return _result(chance, config.scenario.id, replicate, first_month, months, 1, 1)


def _result(
    chance: np.random.Generator, scenario: str, replicate: int, first: int, months: int, villages: int, providers: int
) -> Result:
    return Result(
        scenario=scenario,
        replicate=replicate,
        first_month=first,
        villages=("Zandberg",) * villages,
        providers=("a",) * providers,
        village_rows=chance.integers(1, 1000, (months, villages, len(VILLAGE_COLUMNS))),
        provider_rows=chance.integers(1, 1000, (months, providers, len(PROVIDER_COLUMNS))),
        region_rows=chance.integers(1, 1000, (months, len(REGION_COLUMNS))),
        group_rows=chance.integers(1, 1000, (months, len(GROUP_ROWS), len(GROUP_COLUMNS))),
    )


_ALWAYS = _result(np.random.default_rng(1), "x", 0, 2013 * 12, 24, 5, 7)


def constant(config: RunConfig, replicate: int) -> Result:
    """Return the same numbers for every run, at no cost: what remains is the cost of what runs it."""
    return _ALWAYS
