"""Designs: which points of the space of factors are run.

A design is made in the unit cube and then laid over the ranges, so that the same seed gives the same points whatever
the ranges are.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from krimpsim.experiments.experiment import DRAWS, Design

F64 = NDArray[np.float64]


class Range(BaseModel):
    """A factor with everything known: what the file left open is filled in from the parameter's declaration.

    Parameters
    ----------
    key, vary, distribution, low, high, mode, levels
        As in the experiment file.
    values
        The values of a grid, or of a list of points; none when the factor has a range.
    whole
        Whether values are whole numbers.
    scenarios
        Scenarios in which it varies; all when there are none.
    group
        Name of the factors that move together with it in designs of kind sobol and morris; None: it moves alone.
    """

    key: str
    vary: str = "value"
    distribution: str = "uniform"
    low: float = 0.0
    high: float = 1.0
    mode: float | None = None
    levels: int = 3
    values: tuple[int | float | str | bool, ...] = ()
    whole: bool = False
    scenarios: tuple[str, ...] = ()
    group: str | None = None

    def at(self, u: float) -> Any:
        """Return the value at a place in [0, 1]."""
        low, high = self.low, self.high
        if self.values:
            return self.values[min(int(u * len(self.values)), len(self.values) - 1)]
        if self.whole:
            high += 1
        if self.distribution == "log_uniform":
            x = low * (high / low) ** u
        elif self.distribution == "triangular":
            mode = (low + high) / 2 if self.mode is None else self.mode
            left = (mode - low) / (high - low)
            if u < left:
                x = low + math.sqrt(u * (high - low) * (mode - low))
            else:
                x = high - math.sqrt((1 - u) * (high - low) * (high - mode))
        else:
            x = low + u * (high - low)
        if self.whole:
            return int(min(math.floor(x), self.high))
        return min(max(x, low), high) + 0.0  # rounding never leaves the range; -0.0 is 0.0


def groups_of(ranges: Sequence[Range]) -> tuple[str, ...] | None:
    """Return the group of each factor, its own key for one that moves alone; None when all do."""
    return tuple(r.group or r.key for r in ranges) if any(r.group for r in ranges) else None


def unit_points(design: Design, ranges: list[Range], draws: int = 1) -> F64:
    """Return the points of a design in the unit cube.

    Parameters
    ----------
    design, ranges
        The design and its factors.
    draws
        Number of points of a design of draws.

    Returns
    -------
    points
        shape (n_points, n_factors).  Sobol': the rows of SALib's Saltelli scheme, n (D + 2) or n (2D + 2), where D
        counts a group of factors once; a design with twice the n begins with the rows of the smaller one.  Several
        scramblings follow each other, so this holds within each of them.  Morris: n (D + 1), a trajectory after the
        other.
        List: the position of the point in the list, as a share; see `values`.  Draws: point r hangs on seed, r and
        key only, so more of them, or more factors, leave the others as they are; keys of a list are drawn together.
    """
    d = len(ranges)
    if d == 0:
        return np.zeros((1, 0))
    n = design.n or 1
    if design.kind == DRAWS:
        listed = design.points[0] if design.points else ()
        names = ["" if r.key in listed else r.key for r in ranges]
        return np.array([[drawn(design.seed, replicate, name) for name in names] for replicate in range(draws)])
    problem = {"num_vars": d, "names": [r.key for r in ranges], "bounds": [[0.0, 1.0]] * d}
    problem |= {"groups": list(groups)} if (groups := groups_of(ranges)) else {}
    if design.kind == "sobol":
        from SALib.sample import sobol

        order = design.second_order
        scrambled = [
            sobol.sample(problem, n, calc_second_order=order, scramble=True, skip_values=0, seed=design.seed + k)
            for k in range(design.scramblings)
        ]
        points = np.concatenate(scrambled)
    elif design.kind == "morris":
        from SALib.sample import morris

        points = morris.sample(problem, n, num_levels=design.levels, seed=design.seed)
    elif design.kind == "lhs":
        from SALib.sample import latin

        points = latin.sample(problem, n, seed=design.seed)
    elif design.kind == "grid":
        axes = [_grid(r) for r in ranges]
        points = np.stack([axis.ravel() for axis in np.meshgrid(*axes, indexing="ij")], axis=1)
    else:
        rows = len(design.points)
        points = np.repeat((np.arange(rows) + 0.5)[:, None] / max(rows, 1), d, axis=1)
    return np.asarray(points, dtype=np.float64)


def drawn(seed: int, replicate: int, name: str) -> float:
    """Return a number in [0, 1) that hangs on seed, replicate and name only."""
    digest = hashlib.blake2b(f"{seed}:{replicate}:{name}".encode(), digest_size=8).digest()
    return (int.from_bytes(digest, "big") >> 11) / (1 << 53)


def values(points: F64, ranges: list[Range]) -> list[tuple[Any, ...]]:
    """Return the value of every factor in every point."""
    return [tuple(r.at(float(u)) for r, u in zip(ranges, point, strict=True)) for point in points]


def size(design: Design, ranges: list[Range], draws: int = 1) -> int:
    """Return the number of points, without making them."""
    d, n = len(ranges), design.n or 1
    if d == 0:
        return 1
    if design.kind == "grid":
        return math.prod(len(_grid(r)) for r in ranges)
    if design.kind in ("list", "draws"):
        return len(design.points) if design.kind == "list" else draws
    moving = len(set(groups_of(ranges) or range(d)))
    block = 2 * moving + 2 if design.second_order else moving + 2
    return n * {"sobol": design.scramblings * block, "morris": moving + 1, "lhs": 1}[design.kind]


def _grid(r: Range) -> F64:
    """Return the places of a factor in a grid."""
    if r.values:
        return (np.arange(len(r.values)) + 0.5) / len(r.values)
    if r.whole:
        every = int(r.high - r.low) + 1
        if every <= r.levels:
            return (np.arange(every) + 0.5) / every
    return np.linspace(0.0, 1.0, r.levels)
