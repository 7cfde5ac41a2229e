"""From an experiment file to scenarios, ranges and points; every mistake in it is reported at once, with its line.

The passes are those of configuration files.  After them the configuration of every point is made and checked, before
the first run.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

from krimpsim.config.checks import CHECKS, Finding
from krimpsim.config.declarations import plain, shown
from krimpsim.config.load import load_with_origins, shown_name
from krimpsim.config.locate import KeyPath, read_toml
from krimpsim.config.passes import Place, Problems, Reporter, judged
from krimpsim.config.run import RunConfig
from krimpsim.config.toml_cures import path_cure
from krimpsim.core.errors import ConfigError, Problem, UsageError
from krimpsim.experiments.checks import check_criteria, check_design, check_empty, check_indicators, check_stop
from krimpsim.experiments.designs import F64, Range, drawn, size, unit_points, values
from krimpsim.experiments.experiment import DRAWS, Experiment
from krimpsim.experiments.keys import point_data
from krimpsim.experiments.points import read_points
from krimpsim.experiments.ranges import SHORTHANDS, ranges_of

SIMULATE = "krimpsim.run:simulate"  #: module and name of the function that runs one replicate
MOST_POINTS = 5_000_000


class Loaded(NamedTuple):
    """An experiment with everything that its file refers to.

    Parameters
    ----------
    experiment
        As written.
    scenarios
        Configuration of each scenario at the values of its file, by name.
    ranges
        The factors.
    points
        Design in the unit cube, shape (n_points, n_factors).
    values
        Values of the factors in each point.
    simulate
        Module and name of the function that runs one replicate.
    """

    experiment: Experiment
    scenarios: dict[str, RunConfig]
    ranges: list[Range]
    points: F64
    values: list[tuple[Any, ...]]
    simulate: str = SIMULATE


def load_experiment(path: str | Path, simulate: str = SIMULATE) -> Loaded:
    """Read an experiment file and check it, down to the configuration of every point.

    Parameters
    ----------
    path
        The file.
    simulate
        Module and name of the function that runs one replicate.

    Raises
    ------
    ConfigError
        If anything is wrong; holds every problem found, in this file and in those it names.
    UsageError
        If the file cannot be read.
    """
    path = Path(path)
    document = read_toml(path, shown_name(path))
    places = {key: Place(0, line, f"{document.name}:{line}") for key, line in document.lines.items()}
    places[()] = Place(0, 1, f"{document.name}:1")
    problems: Problems = []
    report = Reporter(places, problems)
    scenarios: dict[str, RunConfig] = {}
    ranges: list[Range] = []
    elsewhere: list[Problem] = []
    _take_points(document.data, path.parent, places, report, elsewhere)

    def files(experiment: Experiment) -> Iterator[Finding]:
        yield from _scenarios(experiment, path.parent, places, scenarios, elsewhere)

    def factors(experiment: Experiment) -> Iterator[Finding]:
        yield from ranges_of(experiment, list(scenarios.values()) or [RunConfig.model_validate({})], ranges)

    def years(experiment: Experiment) -> Iterator[Finding]:
        yield from check_indicators(experiment, list(scenarios.values()))

    def stop(experiment: Experiment) -> Iterator[Finding]:
        yield from check_stop(experiment, list(scenarios))

    checks = [files, factors, check_design, years, check_criteria, stop, check_empty]
    experiment = judged(Experiment, document.data, report, True, checks)
    if experiment is not None and not problems and not elsewhere:
        draws = max(experiment.replicates, experiment.stop.replicates if experiment.stop else 0)
        if size(experiment.design, ranges, draws) > MOST_POINTS:
            message = f"{size(experiment.design, ranges, draws)} points"
            report(("design",), message, f"at most {MOST_POINTS} are taken")
        else:
            points = unit_points(experiment.design, ranges, draws)
            found = values(points, ranges)
            check_points(experiment, scenarios, ranges, found, report)
    if problems or elsewhere or experiment is None:
        here = [problem for _, problem in sorted(problems, key=lambda pair: pair[0])]
        raise ConfigError(list(dict.fromkeys([*here, *elsewhere])))
    return Loaded(experiment, scenarios, ranges, points, found, simulate)


def _take_points(
    data: dict[str, Any],
    folder: Path,
    places: dict[KeyPath, Place],
    report: Reporter,
    elsewhere: list[Problem],
) -> None:
    """Put the points of a table in the place of its name; a mistake in one of them is reported where it stands."""
    design = data.get("design")
    if not isinstance(design, dict) or not isinstance(design.get("file"), str):
        return
    if "points" in design:
        report(("design", "points"), "points stand here and in a file", "give points or file, one of them")
        return
    if not design["file"] or path_cure(design["file"]):
        named = design.pop("file")
        report(("design", "file"), f"{shown(named)} is not a file name", path_cure(named) or 'write it as "points.csv"')
        return
    found = read_points(folder / design["file"])
    elsewhere += found.problems
    design["points"] = [values for _, values in found.rows] if not found.problems else []
    places |= {("design", "columns", column): Place(1, 0, found.head) for column in found.columns}
    places |= {("design", "points", k): Place(1, k, place) for k, (place, _) in enumerate(found.rows)}


def check_points(
    experiment: Experiment,
    scenarios: Mapping[str, RunConfig],
    ranges: Sequence[Range],
    found: Sequence[tuple[Any, ...]],
    report: Reporter,
) -> None:
    """Make the configuration of every point in every scenario, and report those that are refused."""
    refused: dict[tuple[str, str, str, str], list[int]] = {}
    for name, config in scenarios.items():
        base = plain(config)
        for number, point in enumerate(found):
            data = point_data(base, ranges, point)
            try:
                made = RunConfig.model_validate(data)
                good = not any(True for check in CHECKS for _ in check(made))
            except ValueError:
                good = False
            if not good:
                trouble: Problems = []
                inner = Reporter({(): Place(0, 0, "")}, trouble)
                judged(RunConfig, _written(data), inner, True, CHECKS)
                for _, problem in trouble:
                    refused.setdefault((name, problem.key, problem.message, problem.hint), []).append(number)
    for (name, key, message, hint), numbers in list(refused.items())[:20]:
        index = next((i for i, r in enumerate(ranges) if key == r.key or key.startswith(f"{r.key}.")), None)
        place: KeyPath = ("design",)
        if index is not None:
            place = _place_of(ranges[index].key, experiment, numbers[0])
        where = f"in {len(numbers)} of {len(found)} points of scenario '{name}', first in point {numbers[0]}"
        at = ", ".join(f"{r.key} = {shown(v)}" for r, v in zip(ranges, found[numbers[0]], strict=True))
        report(place, f"{key}: {message}, {where}", "; ".join(filter(None, [hint, f"there {at}" if at else ""])))


def _written(data: Any) -> Any:
    """Return a copy of the values of a configuration as a file would hold them: without what is not set."""
    if isinstance(data, dict):
        return {key: _written(child) for key, child in data.items() if child is not None}
    return [_written(child) for child in data] if isinstance(data, list) else data


def _place_of(key: str, experiment: Experiment, point: int) -> KeyPath:
    """Return where the value of a factor in a point comes from: a list, the factor, or one that stands for many."""
    design = experiment.design
    if design.points and key in design.points[0]:
        row = int(drawn(design.seed, point, "") * len(design.points)) if design.kind == DRAWS else point
        return ("design", "points", row, *(() if design.file else (key,)))
    names = [factor.key for factor in experiment.factors]
    number = names.index(key) if key in names else next(k for k, name in enumerate(names) if name in SHORTHANDS)
    return ("factors", number, "key")


def _flat(values: Mapping[str, Any], path: KeyPath, prefix: str = "") -> Iterator[tuple[str, Any, KeyPath]]:
    """Yield dotted key, value and place of every value in a table of values."""
    for key, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, (*path, key), f"{prefix}{key}.")
        else:
            yield f"{prefix}{key}", value, (*path, key)


def _scenarios(
    experiment: Experiment,
    folder: Path,
    places: Mapping[KeyPath, Place],
    scenarios: dict[str, RunConfig],
    elsewhere: list[Problem],
) -> Iterator[Finding]:
    """Load the configuration of every scenario into `scenarios`; problems of other files go to `elsewhere`."""
    from krimpsim.experiments.experiment import Scenario

    first: RunConfig | None = None
    for number, scenario in enumerate(experiment.scenarios or (Scenario(),)):
        here: KeyPath = ("scenarios", number)
        key: KeyPath = ("base",) if scenario.config is None else (*here, "config")
        file = experiment.base if scenario.config is None else scenario.config
        if file is not None and (not file or path_cure(file)):
            yield Finding(key, f"{shown(file)} is not a file name", path_cure(file) or 'write it as "tiny.toml"')
            continue
        if file is None:
            place = here if experiment.scenarios else ()
            yield Finding(place, "no configuration", "give base, or config of the scenario: a file such as tiny.toml")
            continue
        said = [*_flat(experiment.set, ("set",)), *_flat(scenario.set, (*here, "set"))]
        overrides = {name: value for name, value, _ in said}
        written = {name: places[place].text for name, _, place in said}
        if scenario.id:
            overrides["scenario.id"], written["scenario.id"] = scenario.id, places[(*here, "id")].text
        try:
            config = load_with_origins(folder / file, overrides, written)[0]
        except UsageError as error:
            hint = f"looked for {shown_name(folder / file)}; the path is relative to the experiment file"
            yield Finding(key, f"{shown(file)} cannot be read: {str(error).rpartition(': ')[2]}", hint)
            continue
        except ConfigError as error:
            elsewhere += error.problems
            continue
        name = config.scenario.id
        if name in scenarios:
            yield Finding((*here, "id"), f"two scenarios are called '{name}'", "give each its own id")
        first = first or config
        for what in ("run.start", "run.end", "run.seed", "region.villages"):
            block, field = what.split(".")
            a, b = (getattr(getattr(one, block), field) for one in (first, config))
            if a != b:
                message = f"{what} is {shown(plain(b))} and that of '{first.scenario.id}' is {shown(plain(a))}"
                yield Finding(key, message, f'put the same in all of them, as [set] "{what}" = ...')
        scenarios[name] = config
