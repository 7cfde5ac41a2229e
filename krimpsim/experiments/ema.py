"""Exploratory modelling with the EMA Workbench: its samplers and analyses, on runs of our own store.

The workbench asks what uncertainties and levers do together, and finds the conditions under which something goes
wrong (PRIM).  Here an experiment file says what they are: a factor whose declaration names its source `choice:` is a
lever, for somebody decides it; any other is an uncertainty.  Several scenarios of the file are one more lever, and
the indicators are outcomes, one number per replicate.  Every experiment has the same replicates and so the same luck.

Runs go through the store and the engines of a sweep, so they are resumed, shared and computed once.  The runner and
the files of the workbench are not used.  An extra, `krimpsim[ema]`: the workbench needs Python 3.12.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.stats import loguniform, triang

from krimpsim.config.declarations import declared, plain
from krimpsim.config.locate import KeyPath
from krimpsim.config.passes import Place, Problems, Reporter
from krimpsim.config.run import RunConfig
from krimpsim.core.errors import ConfigError, DataError, UsageError
from krimpsim.experiments.designs import Range
from krimpsim.experiments.engine import Engine, local_engine, run_plan
from krimpsim.experiments.experiment import Design
from krimpsim.experiments.keys import key_path
from krimpsim.experiments.plan import Plan, make_plan, store_folder
from krimpsim.experiments.reading import SIMULATE, Loaded, check_points, load_experiment
from krimpsim.experiments.state import failures, values_of
from krimpsim.experiments.store import Store

try:
    from ema_workbench import ArrayOutcome, CategoricalParameter, IntegerParameter, Model, RealParameter
    from ema_workbench.em_framework.evaluators import BaseEvaluator
    from ema_workbench.em_framework.points import SampleCollection
except ImportError as error:
    raise UsageError(f"no EMA Workbench ({error}): with Python 3.12 or later, pip install 'krimpsim[ema]'") from None

if TYPE_CHECKING:
    from krimpsim.core.progress import Progress

SCENARIO = "krimpsim_scenario"  #: the lever that chooses a scenario of the file; `scenario` is a word of the workbench


class StoreEvaluator(BaseEvaluator):  # type: ignore[misc]
    """An evaluator of the workbench that computes what the store lacks, and reads the rest.

    Use it as any evaluator: ``perform_experiments(scenarios=200, policies=4)``, or `optimize` after a
    ``ScalarOutcome`` with a function of the replicates (such as their mean) was added to `model.outcomes`.  Processes
    start anew, so a script guards its calls by ``if __name__ == "__main__":``.

    Parameters
    ----------
    file
        The experiment file.  Its factors, scenarios, indicators and replicates are used; its design only by `design`.
    store
        Folder of the store; as the file says when None.
    engine
        What carries out the runs; processes of this machine when None.
    retry_errors
        Whether runs that failed are computed again.
    on_progress
        Called now and then.
    simulate
        Module and name of the function that runs one replicate.

    Attributes
    ----------
    model
        The ``ema_workbench.Model``: uncertainties, levers, and an outcome of shape (n_replicates,) per indicator.

    Raises
    ------
    ConfigError, UsageError
        As `krimpsim.experiments.reading.load_experiment`.
    """

    def __init__(
        self,
        file: str | Path,
        store: str | Path | None = None,
        engine: Engine | None = None,
        retry_errors: bool = False,
        on_progress: Callable[[Progress], None] | None = None,
        simulate: str = SIMULATE,
    ) -> None:
        self.loaded = load_experiment(file, simulate)
        experiment = self.loaded.experiment
        self.model = _model(self.loaded)
        super().__init__(self.model)
        self.store = Store(Path(store) if store is not None else store_folder(experiment))
        self._file = str(file)
        self._engine = engine or local_engine(experiment.execution.jobs)
        self._retry_errors = retry_errors
        self._on_progress = on_progress
        self._ranges = {name_of(r.key): r for r in self.loaded.ranges}

    def initialize(self) -> None:
        """Do nothing: engines prepare themselves."""

    def finalize(self) -> None:
        """Do nothing."""

    def design(self) -> Any:
        """Return the points of the file's own design, to be given as ``scenarios``: runs of a sweep are there already.

        Returns
        -------
        samples
            ``SampleCollection`` of all factors, levers among them, in the order of the design.
        """
        ranges = self.loaded.ranges
        columns = [
            [_categories(r).index(point[k]) if r.values else float(point[k]) for point in self.loaded.values]
            for k, r in enumerate(ranges)
        ]
        return SampleCollection(np.array(columns, dtype=np.float64).T, [_parameter(r) for r in ranges])

    def evaluate_experiments(self, experiments: Iterable[Any], callback: Callable[..., None], **_: Any) -> None:
        """Compute what the store lacks of these experiments, and hand over the outcomes of all; for the workbench.

        Raises
        ------
        UsageError
            If an experiment sets something that is no factor or scenario of the file.
        ConfigError
            If values make no configuration.
        DataError
            If runs fail: a NaN spoils an analysis in silence.
        """
        of_scenario: dict[str, list[tuple[Any, dict[str, Any]]]] = {}
        for one in experiments:
            settings = {**one.scenario, **one.policy}
            scenario = settings.pop(SCENARIO, next(iter(self.loaded.scenarios)))
            of_scenario.setdefault(scenario, []).append((one, settings))
        for scenario, jobs in of_scenario.items():
            plan = self._plan(scenario, [settings for _, settings in jobs])
            now = run_plan(plan, self.store, self._engine, self._retry_errors, self._on_progress)
            if now.failed:
                run_id, inputs, error = next(failures(plan, self.store))
                raise DataError(
                    f"{self.store.folder}  {now.failed} of {now.total} runs failed, first {run_id} with {inputs}: "
                    f"{error.strip().splitlines()[-1]}; try again with retry_errors=True"
                )
            found = values_of(plan, self.store, plan.columns)
            rows = {column: found[column].reshape(len(plan.values), -1)[plan.point_of_row] for column in found}
            for number, (one, _) in enumerate(jobs):
                self.model.outcomes_output = {i.name: rows[i.column][number] for i in plan.facts.indicators}
                callback(one, dict(self.model.outcomes_output))

    def _plan(self, scenario: str, settings: list[dict[str, Any]]) -> Plan:
        """Return the plan of some experiments in one scenario; what none of them sets is as the file says."""
        if scenario not in self.loaded.scenarios:
            raise UsageError(f"{SCENARIO} = {scenario!r}: the file has {', '.join(self.loaded.scenarios)}")
        names = list(settings[0])
        wrong = sorted({name for one in settings for name in set(one) ^ set(names)} | set(names) - set(self._ranges))
        if wrong:
            raise UsageError(
                f"{', '.join(wrong)}: not in every experiment, or no factor; those are {', '.join(self._ranges)}"
            )
        ranges = [self._ranges[name] for name in names]
        values = [tuple(_own(r, one[name_of(r.key)]) for r in ranges) for one in settings]
        experiment = self.loaded.experiment.model_copy(update={"design": Design(), "stop": None})
        scenarios = {scenario: self.loaded.scenarios[scenario]}
        problems: Problems = []
        check_points(experiment, scenarios, ranges, values, Reporter({(): Place(0, 1, self._file)}, problems))
        if problems:
            raise ConfigError([problem for _, problem in problems])
        asked = Loaded(experiment, scenarios, ranges, np.zeros((len(values), 0)), values, self.loaded.simulate)
        return make_plan(asked, self._file)


def name_of(key: str) -> str:
    """Return the name of a factor in the workbench, where names are Python identifiers: `a.b` becomes `a__b`."""
    return re.sub(r"\W", "_", key.replace(".", "__"))


def is_lever(key: str, data: Any) -> bool:
    """Return whether somebody decides a parameter: the source in its declaration is a choice.

    Parameters
    ----------
    key
        Dotted key of the parameter.
    data
        Plain values of a configuration that holds it.
    """
    path: KeyPath = key_path(key, data)
    field, _ = declared(RunConfig, path)
    extra = field.json_schema_extra if field is not None else None
    return isinstance(extra, dict) and str(extra.get("x-source")).startswith("choice:")


def _model(loaded: Loaded) -> Any:
    """Return the model of the workbench: what an experiment file varies and measures."""
    experiment, scenarios = loaded.experiment, list(loaded.scenarios)
    data = plain(loaded.scenarios[scenarios[0]])
    model = Model(experiment.id, function=_not_here)
    model.uncertainties = [_parameter(r) for r in loaded.ranges if not is_lever(r.key, data)]
    levers = [_parameter(r) for r in loaded.ranges if is_lever(r.key, data)]
    model.levers = ([CategoricalParameter(SCENARIO, scenarios)] if len(scenarios) > 1 else []) + levers
    shape = (experiment.replicates,)
    model.outcomes = [ArrayOutcome(one.name, shape=shape, dtype=np.float64) for one in experiment.indicators]
    return model


def _not_here(**_: Any) -> dict[str, Any]:
    """Refuse to run outside the store."""
    raise UsageError("runs go through the store: evaluate by krimpsim.experiments.ema.StoreEvaluator")


def _parameter(r: Range) -> Any:
    """Return a factor as parameter of the workbench, with the same values and distribution."""
    name = name_of(r.key)
    if r.values:
        if len(_categories(r)) < 2:
            raise UsageError(f"{r.key} takes one value only: nothing to explore; put it under [set]")
        return CategoricalParameter(name, _categories(r))
    if r.whole and r.distribution == "uniform":
        return IntegerParameter(name, int(r.low), int(r.high))
    if r.whole:
        raise UsageError(f"{r.key}: the workbench takes whole numbers uniform only, and it is {r.distribution}")
    if r.distribution == "log_uniform":
        return RealParameter.from_dist(name, loguniform(r.low, r.high))
    if r.distribution == "triangular":
        mode = (r.low + r.high) / 2 if r.mode is None else r.mode
        width = r.high - r.low
        return RealParameter.from_dist(name, triang((mode - r.low) / width, r.low, width))
    return RealParameter(name, r.low, r.high)


def _categories(r: Range) -> list[Any]:
    """Return the values of a factor that takes only some, each once."""
    return list(dict.fromkeys(r.values))


def _own(r: Range, value: Any) -> Any:
    """Return a value of the workbench as the plain number or word that stands in a configuration."""
    if r.values:
        return value.item() if isinstance(value, np.generic) else value
    return int(value) if r.whole else float(value) + 0.0
