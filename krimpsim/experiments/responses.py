"""A finished experiment as arrays, in the order of the design: what an analysis of sensitivity begins with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from krimpsim.core.errors import DataError
from krimpsim.experiments.designs import F64, Range, groups_of
from krimpsim.experiments.engine import current_plan
from krimpsim.experiments.experiment import Experiment
from krimpsim.experiments.plan import Plan, command, store_folder
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.state import values_of
from krimpsim.experiments.store import Store


@dataclass(frozen=True)
class Responses:
    """Design and responses of an experiment.

    Parameters
    ----------
    experiment, plan
        Names of the experiment and of its plan.
    design
        The design as written: ``kind``, ``n``, ``seed``, ``second_order``, ``scramblings``, ``levels``.
    factors
        The factors in the order of the columns; ``key`` is the name.
    unit
        Design in the unit cube, shape (n_rows, n_factors), rows in the order of the design.
    values
        Values of the factors, one tuple per row.
    scenarios, indicators
        Names, in the order of the file.
    of
        What each indicator measures, by name.
    responses
        By scenario and indicator, shape (n_rows, n_replicates); NaN where a run failed.  Column r holds replicate r
        of the row's scrambling, which has the same luck in every row of that scrambling and every scenario.
    first
        Number of the replicate in column 0, shape (n_rows,): 0 in all rows but those of further scramblings.
    failed
        By scenario: number of failed runs.
    asked
        What the file says.
    titles
        Dutch title of each scenario, by name.
    """

    experiment: str
    plan: str
    design: Mapping[str, Any]
    factors: tuple[Range, ...]
    unit: F64
    values: tuple[tuple[Any, ...], ...]
    scenarios: tuple[str, ...]
    indicators: tuple[str, ...]
    of: Mapping[str, str]
    responses: Mapping[tuple[str, str], F64]
    first: np.ndarray[Any, np.dtype[np.int64]]
    failed: Mapping[str, int]
    asked: Experiment
    titles: Mapping[str, str]

    @property
    def problem(self) -> dict[str, Any]:
        """The problem as SALib takes it: factors in the unit cube, with their groups if there are any."""
        names, groups = [factor.key for factor in self.factors], groups_of(self.factors)
        whole = {"num_vars": len(names), "names": names, "bounds": [[0.0, 1.0]] * len(names)}
        return whole | ({"groups": list(groups)} if groups else {})

    def matrix(self) -> F64:
        """Return the values of the factors, shape (n_rows, n_factors); NaN for what is no number."""
        rows = [[float(v) if isinstance(v, (int, float)) else np.nan for v in point] for point in self.values]
        return np.array(rows, dtype=np.float64).reshape(len(self.values), len(self.factors))


def read_responses(file: str | Path, store: str | Path | None = None, allow_failed: bool = False) -> Responses:
    """Return design and responses of a finished experiment.

    Parameters
    ----------
    file
        The experiment file.
    store
        Folder of the store; as the file says when None.
    allow_failed
        Whether failed runs may stand as NaN; otherwise they are an error, for a NaN spoils an analysis in silence.

    Raises
    ------
    ConfigError, UsageError
        As `load_experiment`.
    DataError
        If runs are missing, or failed.
    """
    loaded = load_experiment(file)
    place = Store(Path(store) if store is not None else store_folder(loaded.experiment))
    plan = current_plan(loaded, str(file), place)
    missing = len(plan.missing(place))
    if missing:
        begun = missing < len(plan.positions)
        how = command("resume" if begun else "run", file, loaded.experiment, place)
        raise DataError(f"{place.folder}  {missing} of {len(plan.positions)} runs are missing; first {how}")
    return _responses(loaded.experiment, plan, place, allow_failed)


def _responses(asked: Experiment, plan: Plan, store: Store, allow_failed: bool) -> Responses:
    """Lay the values of a plan out by row of the design."""
    shape = (len(plan.values), plan.facts.replicates, len(plan.scenarios))
    cubes = {name: values.reshape(shape) for name, values in values_of(plan, store, plan.columns).items()}
    responses = {}
    failed = dict.fromkeys(plan.scenarios, 0)
    for s, scenario in enumerate(plan.scenarios):
        for one in plan.facts.indicators:
            cube = cubes[one.column][:, :, s]
            failed[scenario] = int(np.isnan(cube).sum())
            responses[scenario, one.name] = cube[plan.point_of_row]
    if not allow_failed and any(failed.values()):
        said = ", ".join(f"{n} of '{name}'" for name, n in failed.items() if n)
        why = command("status", plan.facts.file, asked, store)
        raise DataError(f"{store.folder}  runs failed: {said}; {why} shows why, and run has --retry-errors")
    return Responses(
        experiment=plan.facts.experiment,
        plan=plan.name,
        design=plan.facts.design,
        factors=tuple(plan.facts.ranges),
        unit=plan.unit,
        values=tuple(plan.values[k] for k in plan.point_of_row),
        scenarios=tuple(plan.scenarios),
        indicators=tuple(one.name for one in plan.facts.indicators),
        of={one.name: one.of for one in plan.facts.indicators},
        responses=responses,
        first=np.array(plan.first, dtype=np.int64)[plan.point_of_row],
        failed=failed,
        asked=asked,
        titles={name: str(c["scenario"]["title"]["nl"] or name) for name, c in plan.facts.scenarios.items()},
    )
