"""How good the sensitivity indices and their intervals are, on functions whose indices are known.

    python experiments/sensitivity_check/check.py

writes coverage.csv beside it, in about a quarter of an hour on one core; --repeats 20 gives a first look.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from functools import cache
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd
from SALib.sample import morris, sobol

from krimpsim.experiments.chaos import chaos_indices
from krimpsim.experiments.distribution_indices import pawn_indices
from krimpsim.experiments.sample import Factors, Sample
from krimpsim.experiments.screening import morris_effects
from krimpsim.experiments.sensitivity import independent_rows, sobol_indices

SCRAMBLINGS = 8


@dataclass(frozen=True)
class Known:
    """A function on the unit cube with its indices; its last factor is a dummy."""

    name: str
    f: Callable[[np.ndarray], np.ndarray]
    s1: tuple[float, ...]
    st: tuple[float, ...]
    variance: float

    @property
    def factors(self) -> Factors:
        """The factors, in the unit cube."""
        d = len(self.s1)
        return Factors((*(f"x{i}" for i in range(1, d)), "dummy"), ((0.0, 1.0),) * d, dummy="dummy")


def ishigami() -> Known:
    """Smooth, bent and with an interaction: a = 7, b = 0.1."""

    def f(u: np.ndarray) -> np.ndarray:
        x = np.pi * (2 * u - 1)
        return np.sin(x[:, 0]) + 7 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])

    v1, v2, v13 = 0.5 * (1 + 0.1 * np.pi**4 / 5) ** 2, 7**2 / 8, 0.1**2 * np.pi**8 * 8 / 225
    v = v1 + v2 + v13
    return Known("ishigami", f, (v1 / v, v2 / v, 0, 0), ((v1 + v13) / v, v2 / v, v13 / v, 0), v)


def sobol_g() -> Known:
    """Has a kink in every factor, and all of them interact: a = 0, 1, 4.5, 99."""
    a = np.array([0, 1, 4.5, 99])

    def f(u: np.ndarray) -> np.ndarray:
        return np.prod((np.abs(4 * u[:, :4] - 2) + a) / (1 + a), axis=1)

    parts = 1 / (3 * (1 + a) ** 2)
    v = np.prod(1 + parts) - 1
    total = parts * np.prod(1 + parts) / (1 + parts) / v
    return Known("sobol_g", f, (*(parts / v), 0), (*total, 0), float(v))


KNOWN = (ishigami(), sobol_g())
ISHIGAMI_PAIRS = (0, KNOWN[0].st[2], 0, 0, 0, 0)
G_PAIRS = tuple(one * other * KNOWN[1].variance for one, other in combinations(KNOWN[1].s1, 2))


@dataclass(frozen=True)
class Luck:
    """Luck of mean zero: its variance over that of the mean response, and how it is divided."""

    name: str
    size: float
    shift: float  #: the same in all points of a replicate
    slope: float  #: goes with the first factor, and differs between replicates
    own: float  #: of each run by itself


LUCK = (
    Luck("none", 0, 0, 0, 0),
    Luck("own to each run", 1, 0, 0, 1),
    Luck("shared .70", 1, 0.7, 0, 0.3),
    Luck("shared .95", 1, 0.95, 0, 0.05),
    Luck("shared .50, with x1 .20", 1, 0.5, 0.2, 0.3),
)


def respond(known: Known, luck: Luck, u: np.ndarray, seeds: tuple[int, ...], repeat: int, place: int = 0) -> np.ndarray:
    """Return responses ``[points, replicates]``: shift and slope go with the seed, the rest is each run's own."""
    shift, slope = np.array([np.random.default_rng((repeat, seed)).normal(size=2) for seed in seeds]).T
    own = np.random.default_rng((repeat, place, 1)).normal(size=(len(u), len(seeds)))
    noise = np.sqrt(luck.shift) * shift + np.sqrt(12 * luck.slope) * slope * (u[:, :1] - 0.5) + np.sqrt(luck.own) * own
    return known.f(u)[:, None] + np.sqrt(luck.size * known.variance) * noise


@cache
def design(factors: int, n: int, seed: int, second_order: bool = False) -> np.ndarray:
    """Return a Saltelli design in the unit cube."""
    problem = {"num_vars": factors, "names": list(range(factors)), "bounds": [[0, 1]] * factors}
    return sobol.sample(problem, n, calc_second_order=second_order, seed=seed)


def samples(
    known: Known,
    luck: Luck,
    n: int,
    replicates: int,
    repeat: int,
    same_seeds: bool = False,
    second_order: bool = False,
) -> list[Sample]:
    """Return the scramblings of one repetition of an experiment: its own designs and its own luck."""
    found = []
    for k in range(SCRAMBLINGS):
        first = 0 if same_seeds else k * replicates
        seeds = tuple(range(first, first + replicates))
        u = design(len(known.s1), n, 1000 * repeat + k, second_order)
        found.append(Sample(np.arange(len(u)), u, respond(known, luck, u, seeds, repeat, k), seeds))
    return found


def summary(known: Known, tables: list[pd.DataFrame], name: str, **cell: object) -> dict[str, object]:
    """Return how far estimates are from what is known, and how often intervals hold it."""
    truth = np.array(known.st if name == "ST" else known.s1)
    value, low, high = (np.array([table[name + end] for table in tables]) for end in ("", "_low", "_high"))
    holds = (low - 1e-12 <= truth) & (truth <= high + 1e-12)
    row = cell | {
        "function": known.name,
        "index": name,
        "repeats": len(tables),
        "coverage": holds[:, :-1].mean(),
        "lowest_coverage": holds[:, :-1].mean(axis=0).min(),
        "dummy_coverage": holds[:, -1].mean(),
        "rmse": np.sqrt(np.square(value - truth).mean()),
        "largest_bias": np.abs((value - truth).mean(axis=0)).max(),
        "half_width": ((high - low) / 2)[:, :-1].mean(),
    }
    if f"{name}_plain" in tables[0]:
        plain = np.array([table[f"{name}_plain"] for table in tables])
        wide = np.array([table[f"{name}_bootstrap"] for table in tables])
        row |= {
            "bootstrap_coverage": (np.abs(value - truth) <= wide + 1e-12)[:, :-1].mean(),
            "bootstrap_half_width": wide[:, :-1].mean(),
            "plain_rmse": np.sqrt(np.square(plain - truth).mean()),
            "plain_largest_bias": np.abs((plain - truth).mean(axis=0)).max(),
        }
    return row


def direct(repeats: int) -> Iterator[dict[str, object]]:
    """Give the rows of the direct estimator."""
    for known in KNOWN:
        for n in (64, 256):
            for luck in LUCK:
                for replicates, same_seeds in ((4, False), (4, True), (2, False)):
                    if luck.size == 0 and (replicates == 2 or same_seeds):
                        continue
                    tables = [
                        sobol_indices(
                            known.factors, samples(known, luck, n, replicates, repeat, same_seeds), outcome=known.name
                        )[0]
                        for repeat in range(repeats)
                    ]
                    seeds = "same in all scramblings" if same_seeds else "own to each scrambling"
                    cell = {"estimator": "direct", "luck": luck.name, "N": n, "R": replicates, "seeds": seeds}
                    for name in ("S1", "ST"):
                        yield summary(known, tables, name, **cell)


def pairs(repeats: int) -> Iterator[dict[str, object]]:
    """Give the rows of S2 by the direct estimator; what is known follows from S1 and ST."""
    for known, second in zip(KNOWN, (ISHIGAMI_PAIRS, G_PAIRS), strict=True):
        for luck in (LUCK[0], LUCK[2]):
            tables = []
            for repeat in range(repeats):
                parts = samples(known, luck, 128, 4, repeat, second_order=True)
                tables.append(sobol_indices(known.factors, parts, outcome=known.name, second_order=True)[1])
            cell = {"estimator": "direct", "luck": luck.name, "N": 128, "R": 4, "seeds": "own to each scrambling"}
            yield summary(replace(known, s1=second), tables, "S2", **cell)


def chaos(repeats: int) -> Iterator[dict[str, object]]:
    """Give the rows of the polynomial, fitted to rows A and B of all scramblings of one repetition."""
    for known in KNOWN:
        for luck in LUCK:
            tables = []
            for repeat in range(repeats):
                rows = [independent_rows(known.factors, part) for part in samples(known, luck, 32, 4, repeat)]
                tables.append(chaos_indices(known.factors, rows, outcome=known.name))
            for name in ("S1", "ST"):
                cell = {
                    "estimator": "polynomial",
                    "luck": luck.name,
                    "N": 512,
                    "R": 4,
                    "seeds": "own to each scrambling",
                }
                yield summary(known, tables, name, **cell) | {"Q2": np.mean([table["Q2"].iloc[0] for table in tables])}


def distances(repeats: int) -> Iterator[dict[str, object]]:
    """Give the rows of PAWN: how often each factor is above the floor, and how often the dummy."""
    for known in KNOWN:
        for luck in (LUCK[0], LUCK[2]):
            tables = []
            for repeat in range(repeats):
                rows = [independent_rows(known.factors, part) for part in samples(known, luck, 32, 1, repeat)]
                tables.append(pawn_indices(known.factors, rows, outcome=known.name))
            above = np.array([table["is_above_floor"] for table in tables]).mean(axis=0)
            yield {
                "estimator": "PAWN", "luck": luck.name, "N": 512, "R": 1, "seeds": "own to each scrambling",
                "function": known.name, "index": "PAWN", "repeats": repeats,
                "above_floor": " ".join(f"{share:.2f}" for share in above[:-1]), "dummy_above_floor": above[-1],
            }  # fmt: skip


def trajectories(known: Known, count: int, seed: int) -> np.ndarray:
    """Return a design of trajectories in the unit cube."""
    d = len(known.s1)
    return morris.sample({"num_vars": d, "names": list(range(d)), "bounds": [[0, 1]] * d}, count, seed=seed)


def screening(repeats: int) -> Iterator[dict[str, object]]:
    """Give the rows of the screening with 40 trajectories; what is known comes from 4000 without luck."""
    for known in KNOWN:
        u = trajectories(known, 4000, repeats)
        exact = morris_effects(known.factors, Sample(np.arange(len(u)), u, known.f(u)[:, None], (0,)), outcome="known")
        for luck in LUCK:
            tables = []
            for repeat in range(repeats):
                u = trajectories(known, 40, repeat)
                y = respond(known, luck, u, (0, 1, 2, 3), repeat)
                tables.append(morris_effects(known.factors, Sample(np.arange(len(u)), u, y, (0, 1, 2, 3)), outcome="y"))
            for name in ("mu", "mu_star", "sigma"):
                truth = replace(known, s1=tuple(exact[name]))
                cell = {"estimator": "Morris", "luck": luck.name, "N": 40, "R": 4, "seeds": "one list"}
                yield summary(truth, tables, name, **cell)


def main() -> None:
    """Write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--repeats", type=int, default=100, help="of each cell of the direct estimator")
    repeats = parser.parse_args().repeats
    few = max(repeats // 4, 2)  # of what takes seconds
    rows = [*direct(repeats), *pairs(repeats), *screening(repeats), *chaos(few), *distances(few)]
    pd.DataFrame(rows).round(4).to_csv(Path(__file__).with_name("coverage.csv"), index=False)


if __name__ == "__main__":
    main()
