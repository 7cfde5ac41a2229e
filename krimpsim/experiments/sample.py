"""What sensitivity methods take: factors, and the responses to one design of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from krimpsim.core.errors import DataError

F64 = NDArray[np.float64]
I64 = NDArray[np.int64]
Bool = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Factors:
    """What is varied: names, bounds, and groups if whole groups are asked about.

    Parameters
    ----------
    names
        One for each column of a design.
    bounds
        Lowest and highest value of each. For a design in the unit cube, (0, 1).
    groups
        Group of each factor; None gives one index a factor.
    dummy
        Name of a factor or group that the model does not read: its index must cover zero.
    """

    names: tuple[str, ...]
    bounds: tuple[tuple[float, float], ...]
    groups: tuple[str, ...] | None = None
    dummy: str | None = None

    def __post_init__(self) -> None:
        if len(set(self.names)) < len(self.names) or not self.names:
            raise DataError(f"factors  {', '.join(self.names)}: names are needed, each once")
        for what, entries in (("bounds", self.bounds), ("groups", self.groups)):
            if entries is not None and len(entries) != len(self.names):
                raise DataError(f"factors  {what}: {len(entries)} given, one is needed for each of {len(self.names)}")
        for name, (low, high) in zip(self.names, self.bounds, strict=True):
            if not (np.isfinite([low, high]).all() and low < high):
                raise DataError(f"factors  {name}: bounds {low}, {high} are no interval")
        if self.dummy is not None and self.dummy not in self.units:
            raise DataError(f"factors  dummy {self.dummy} is none of {', '.join(self.units)}")

    @property
    def units(self) -> tuple[str, ...]:
        """What gets an index: the groups, in order of appearance, or else the factors."""
        return tuple(dict.fromkeys(self.groups or self.names))

    @property
    def members(self) -> Bool:
        """Which factor belongs to which unit, ``[units, factors]``."""
        owners = np.array(self.groups or self.names)
        return np.array([owners == unit for unit in self.units], dtype=np.bool_)

    def in_unit_cube(self, x: F64) -> F64:
        """Return values ``[points, factors]`` as shares of their bounds."""
        low, high = np.array(self.bounds, dtype=np.float64).T
        return np.asarray((x - low) / (high - low), dtype=np.float64)


@dataclass(frozen=True, slots=True)
class Sample:
    """One design and the responses to it: one scrambling, or one set of trajectories.

    Rows may come in any order: the ids say where they belong.

    Parameters
    ----------
    ids
        Row of the design that each row is, ``[points]``: 0 to points - 1, each once.
    x
        Values of the factors, ``[points, factors]``.
    y
        Responses, ``[points, replicates]``; column r has the same seed in every row.
    seeds
        Seed of each replicate.
    failed
        Runs that gave no response, ``[points, replicates]``; what `y` holds there is not read. None: all did.
    design_hash
        Identity of the design.
    values
        What was run in each row, where `x` is in the unit cube (whole numbers, choices, other distributions); it is
        shown in messages.
    """

    ids: I64
    x: F64
    y: F64
    seeds: tuple[int, ...]
    failed: Bool | None = None
    design_hash: str = ""
    values: Sequence[Sequence[object]] | None = None

    @property
    def gaps(self) -> Bool:
        """Runs that failed, ``[points, replicates]``."""
        return np.zeros(self.y.shape, dtype=np.bool_) if self.failed is None else self.failed


def in_order(factors: Factors, sample: Sample, outcome: str) -> Sample:
    """Return a sample with its rows in the order of the design, or refuse it.

    Raises
    ------
    DataError
        If shapes or ids do not fit the design, a value lies outside its bounds, or a run that did not fail gave
        no finite response.
    """
    points, replicates = sample.y.shape
    where = f"outcome {outcome}"
    if sample.x.shape != (points, len(factors.names)) or sample.ids.shape != (points,):
        raise DataError(
            f"{where}  {points} rows of responses do not fit a design of {sample.x.shape} with {len(sample.ids)} ids; "
            f"{len(factors.names)} factors are named"
        )
    if sample.gaps.shape != sample.y.shape:
        raise DataError(f"{where}  the runs that failed are given as {sample.gaps.shape}, responses {sample.y.shape}")
    if len(set(sample.seeds)) != replicates or len(sample.seeds) != replicates:
        raise DataError(f"{where}  seeds {sample.seeds}: {replicates} replicates need as many different seeds")
    order = np.argsort(sample.ids, kind="stable")
    wrong = np.flatnonzero(sample.ids[order] != np.arange(points))
    if len(wrong):
        raise DataError(
            f"{where}  design ids must be 0 to {points - 1}, each once; sorted, place {wrong[0]} holds "
            f"{sample.ids[order[wrong[0]]]}: rows are missing, double or of another design"
        )
    kept = replace(
        sample,
        ids=sample.ids[order],
        x=sample.x[order],
        y=sample.y[order].astype(np.float64),
        failed=sample.gaps[order],
        values=None if sample.values is None else [sample.values[i] for i in order],
    )
    low, high = np.array(factors.bounds, dtype=np.float64).T
    outside = ~((kept.x >= low) & (kept.x <= high))
    if outside.any():
        row, column = np.argwhere(outside)[0]
        raise DataError(
            f"{where}  row {row}: {factors.names[column]} = {kept.x[row, column]} lies outside "
            f"{low[column]} to {high[column]}"
        )
    bad = ~np.isfinite(kept.y) & ~kept.gaps
    if bad.any():
        row, column = np.argwhere(bad)[0]
        run = kept.x[row].tolist() if kept.values is None else kept.values[row]
        values = ", ".join(f"{name} = {value}" for name, value in zip(factors.names, run, strict=True))
        raise DataError(
            f"{where}  row {row}, seed {kept.seeds[column]}: response {kept.y[row, column]} ({values}); "
            f"{int(bad.sum())} such in all. A run without an outcome is marked as failed, or the outcome is defined "
            "for it; one of these in the sums would make every index 0"
        )
    return kept


def provenance(samples: Sequence[Sample], **columns: Any) -> dict[str, Any]:
    """Return what every table carries of the runs behind it: design, seeds, replicates, and the columns given."""
    seeds = sorted({seed for sample in samples for seed in sample.seeds})
    is_range = len(seeds) > 2 and seeds == list(range(seeds[0], seeds[-1] + 1))
    return {
        **columns,
        "R": samples[0].y.shape[1],
        "seeds": f"{seeds[0]}..{seeds[-1]}" if is_range else " ".join(map(str, seeds)),
        "design_hash": " ".join(dict.fromkeys(sample.design_hash for sample in samples)),
    }
