"""A model whose indices are known, with luck of two kinds, for tests of the whole path from file to table.

Births follow Ishigami's function of the first three factors, deaths the G function of Sobol' of all four. Luck is half
common to all points of a replicate and half of each run by itself; together it has the variance of the mean response.
"""

from __future__ import annotations

import hashlib
import os

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.outputs.columns import PROVIDER_COLUMNS, REGION_COLUMNS, VILLAGE_COLUMNS
from krimpsim.outputs.groups import GROUP_COLUMNS, GROUP_ROWS
from krimpsim.outputs.result import Result

#: key -> low and high: numbers that are laid evenly over their range, so a value is a place in the cube
FACTORS = {
    "care_need.men_ratio": (0.5, 1.0),
    "care_need.dementia_ratio": (1.2, 2.2),
    "informal_care.stop_per_year": (0.1, 0.3),
    "market.consent_share": (0.2, 0.8),
}
A = np.array([0, 1, 4.5, 99])
V1, V2, V13 = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 7**2 / 8, 0.1**2 * np.pi**8 * 8 / 225
V = V1 + V2 + V13
PARTS = 1 / (3 * (1 + A) ** 2)
G = float(np.prod(1 + PARTS) - 1)
S1 = {"ishigami": np.array([V1, V2, 0, 0]) / V, "sobol_g": PARTS / G}
ST = {
    "ishigami": np.array([V1 + V13, V2, V13, 0]) / V,
    "sobol_g": PARTS * np.prod(1 + PARTS) / (1 + PARTS) / G,
}
VARIANCE = {"ishigami": V, "sobol_g": G}
LUCK = 1.0  #: variance over that of the mean response
SCALE, LIFT = 10**9, 100.0  #: results are whole numbers
_COLUMNS = {"ishigami": "births", "sobol_g": "deaths"}


def mean_response(u: np.ndarray) -> dict[str, float]:
    x = np.pi * (2 * u - 1)
    return {
        "ishigami": float(np.sin(x[0]) + 7 * np.sin(x[1]) ** 2 + 0.1 * x[2] ** 4 * np.sin(x[0])),
        "sobol_g": float(np.prod((np.abs(4 * u - 2) + A) / (1 + A))),
    }


def place(config: RunConfig) -> np.ndarray:
    """Return the place in the unit cube."""
    found = []
    for key, (low, high) in FACTORS.items():
        block, name = key.split(".")
        found.append((getattr(getattr(config, block), name) - low) / (high - low))
    return np.array(found)


def draw(*what: object) -> np.ndarray:
    digest = hashlib.blake2b(repr(what).encode(), digest_size=8).digest()
    return np.random.default_rng(int.from_bytes(digest, "big")).normal(size=2)


def luck(u: np.ndarray, replicate: int) -> dict[str, float]:
    shifts, owns = draw("shift", replicate), draw("own", replicate, u.round(9).tolist())
    return {
        name: float(np.sqrt(LUCK * VARIANCE[name] / 2) * (shift + own))
        for name, shift, own in zip(VARIANCE, shifts, owns, strict=True)
    }


def simulate(config: RunConfig, replicate: int) -> Result:
    """Return mean response and luck; a later scenario has the same luck and half the mean response."""
    u = place(config)
    if str(replicate) == os.environ.get("FAKE_ERROR") and u[0] < 0.1:
        raise RuntimeError("no such luck")
    months = (config.run.end.year - config.run.start.year) * 12 + config.run.end.month - config.run.start.month + 1
    villages = np.zeros((months, 1, len(VILLAGE_COLUMNS)), dtype=np.int64)
    means, chance = mean_response(u), luck(u, replicate)
    size = 1.0 if config.scenario.id == "tiny" else 0.5
    for name, column in _COLUMNS.items():
        at = [c.name for c in VILLAGE_COLUMNS].index(column)
        villages[0, 0, at] = round(SCALE * (LIFT + size * means[name] + chance[name]))
    return Result(
        scenario=config.scenario.id,
        replicate=replicate,
        first_month=config.run.start.year * 12 + config.run.start.month - 1,
        villages=("Zandberg",),
        providers=("a",),
        village_rows=villages,
        provider_rows=np.zeros((months, 1, len(PROVIDER_COLUMNS)), dtype=np.int64),
        region_rows=np.zeros((months, len(REGION_COLUMNS)), dtype=np.int64),
        group_rows=np.zeros((months, len(GROUP_ROWS), len(GROUP_COLUMNS)), dtype=np.int64),
    )
