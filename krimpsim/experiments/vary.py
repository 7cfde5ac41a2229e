"""A comparison in which every replicate has numbers of its own, the same in all scenarios: luck and assumptions.

It is the design of kind draws of an experiment file, for the command ``krimpsim compare``: run by run the same.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from krimpsim.config.declarations import plain
from krimpsim.config.locate import KeyPath
from krimpsim.config.passes import Place, Problems, Reporter
from krimpsim.config.run import RunConfig
from krimpsim.core.errors import ConfigError, UsageError
from krimpsim.experiments.designs import unit_points, values
from krimpsim.experiments.experiment import ALL_LEVERS, ALL_UNCERTAIN, DRAWS, Design, Experiment, Factor
from krimpsim.experiments.keys import point_data
from krimpsim.experiments.points import read_points
from krimpsim.experiments.ranges import levers, ranges_of
from krimpsim.experiments.reading import check_points
from krimpsim.outputs.store import write_text

WORDS = {"uncertain": ALL_UNCERTAIN, "levers": ALL_LEVERS}
TABLES = (".csv", ".parquet")
FILE = "draws.csv"  #: in the folder of the results: what was drawn


class Vary:
    """Gives every replicate its own numbers.

    Parameters
    ----------
    asked
        What varies: ``uncertain``, ``levers``, or a table of points from which each replicate takes one.
    configs
        The scenarios; a number in which they differ is left to them.
    replicates
        How many draws are made and checked.

    Raises
    ------
    UsageError
        If a word is none of these.
    ConfigError
        If a table is wrong, or a draw gives a configuration that is refused.
    """

    def __init__(self, asked: Sequence[str], configs: Sequence[RunConfig], replicates: int) -> None:
        tables = [word for word in asked if word not in WORDS]
        for word in tables:
            if Path(word).suffix.lower() not in TABLES:
                raise UsageError(f"--vary {word}: write uncertain, levers, or a table of points, .csv or .parquet")
        if len(tables) > 1:
            raise UsageError(f"--vary {tables[1]}: one table of points is enough")
        design: dict[str, Any] = {"kind": DRAWS, "seed": configs[0].run.seed % 2**31}
        places: dict[KeyPath, Place] = {(): Place(0, 0, f"--vary {' '.join(asked)}")}
        for word in tables:
            found = read_points(Path(word))
            if found.problems:
                raise ConfigError(found.problems)
            design |= {"file": word, "points": tuple(point for _, point in found.rows)}
            places |= {("design", "columns", column): Place(1, 0, found.head) for column in found.columns}
            places |= {("design", "points", k): Place(1, k, place) for k, (place, _) in enumerate(found.rows)}
        factors = tuple(Factor(key=WORDS[word]) for word in dict.fromkeys(asked) if word in WORDS)
        experiment = Experiment(schema=1, id="vary", factors=factors, design=Design(**design), replicates=replicates)
        problems: Problems = []
        report = Reporter(places, problems)
        self.ranges: list[Any] = []
        for mistake in ranges_of(experiment, configs, self.ranges):
            report(mistake.path, mistake.message, mistake.hint)
        if not problems:
            self.values = values(unit_points(experiment.design, self.ranges, replicates), self.ranges)
            scenarios = {config.scenario.id: config for config in configs}
            check_points(experiment, scenarios, self.ranges, self.values, report)
        if problems:
            raise ConfigError([problem for _, problem in problems])
        strengths = set(levers([plain(config) for config in configs])) if "levers" in asked else set()
        n_levers = sum(r.key in strengths for r in self.ranges)
        #: for the manifest
        self.facts: Mapping[str, Any] = {
            "asked": list(asked),
            "seed": experiment.design.seed,
            "numbers": len(self.ranges) - n_levers,
            "levers": n_levers,
            "table": tables[0] if tables else None,
            "ranges": [
                {"key": r.key} if r.values else {"key": r.key, "low": r.low, "high": r.high} for r in self.ranges
            ],
        }

    def __call__(self, config: RunConfig, replicate: int) -> RunConfig:
        """Return the configuration of a replicate."""
        return RunConfig.model_validate(point_data(plain(config), self.ranges, self.values[replicate]))

    def write(self, folder: Path) -> None:
        """Write what was drawn: a line for each replicate, a column for each number."""
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\n")
        writer.writerow(["replicate", *(r.key for r in self.ranges)])
        writer.writerows([replicate, *point] for replicate, point in enumerate(self.values))
        write_text(folder / FILE, text.getvalue())
