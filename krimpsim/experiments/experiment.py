"""What an experiment file may say: the declarations, from which errors and documentation follow.

An experiment is scenarios x points x replicates.  Replicate r has the same luck in every scenario and every point of
one scrambling.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import ConfigDict, Field

from krimpsim.config.base import ConfigModel, param
from krimpsim.core.arguments import MOST_REPLICATES

NAME = r"^[a-z][a-z0-9_]{0,63}$"
ALL = "all"  #: in the table of criteria: all of them together
DRAWS = "draws"  #: the design in which each replicate has a point of its own
ALL_UNCERTAIN = "all uncertain"  #: in the place of a key: every number with a range that nobody chooses
ALL_LEVERS = "all levers"  #: in the place of a key: the strength of every clause in which scenarios differ


def _choice(default: Any, about: str, unit: str = "choice") -> Any:
    return param(default, unit=unit, source="choice: user", about=about)


def _count(default: int | None, about: str, ge: float, le: float | None = None) -> Any:
    return param(default, unit="1", source="choice: user", about=about, ge=ge, le=le)


class Scenario(ConfigModel):
    """One scenario of the experiment: a configuration file, the base with other values, or both."""

    id: str | None = Field(
        default=None, pattern=NAME, description="Name; scenario.id of the configuration when not given."
    )
    config: str | None = _choice(None, "Configuration file, relative to the experiment file; the base if not given.")
    set: dict[str, Any] = _choice({}, "Values by dotted key that take the place of those in the file.")


class Factor(ConfigModel):
    """One parameter that varies over the points."""

    key: str = Field(
        ...,
        description="Dotted key of a configuration file, as informal_care.willing_share; "
        f"or '{ALL_UNCERTAIN}' or '{ALL_LEVERS}'.",
    )
    scenarios: tuple[str, ...] = _choice((), "Scenarios in which it varies; the others keep their value.", "list")
    without: tuple[str, ...] = _choice((), "Keys that are left out of all, with * for any text.", "list")
    vary: Literal["value", "multiplier"] = _choice(
        "value", "Vary the value, or a multiplier of what the scenario says (of all numbers of a list or dated table)."
    )
    group: str | None = Field(
        default=None,
        pattern=NAME,
        description="For sobol and morris: name of a group, lower case letters, digits and _; the factors of one group "
        "move together and get one index.",
    )
    low: float | None = _choice(None, "Lowest value; default the low end of the parameter's own range.", "1")
    high: float | None = _choice(None, "Highest value; default the high end of the parameter's own range.", "1")
    distribution: Literal["uniform", "log_uniform", "triangular"] = _choice(
        "uniform", "How values are spread between low and high."
    )
    mode: float | None = _choice(None, "Most likely value of a triangular distribution.", "1")
    values: tuple[float | str | bool, ...] = _choice((), "In a grid: exactly these values.", "list")
    levels: int = _count(3, "In a grid: so many values from low to high.", 2, 1000)


class Design(ConfigModel):
    """Which points are run."""

    kind: Literal["grid", "lhs", "sobol", "morris", "list", "draws"] = _choice(
        "list",
        "grid, lhs (Latin hypercube), sobol (Saltelli), morris (trajectories), a list of points, or draws: a point of "
        "its own for each replicate.",
    )
    n: int | None = _count(None, "Base points of lhs and sobol (a power of two), or trajectories of morris.", 1, 10**7)
    seed: int = _count(0, "Seed of the design; it has nothing to do with the luck of runs.", 0, 2**31 - 1)
    second_order: bool = _choice(
        False, "For sobol: also the points for pairs of factors, n (2D + 2) instead of n (D + 2)."
    )
    scramblings: int = _count(
        1,
        "For sobol: independent designs of n base points, each with luck of its own; 8 or more give intervals.",
        1,
        1000,
    )
    levels: int = _count(4, "For morris: levels of each factor, an even number.", 2, 100)
    points: tuple[dict[str, float | str | bool], ...] = _choice(
        (), "For list: a table per point, value by key; draws takes one of them each time.", "list"
    )
    file: str | None = _choice(
        None, "In place of points: a table, CSV or Parquet, with a column per key, relative to this file.", "text"
    )


class Indicator(ConfigModel):
    """One number that is kept of every run."""

    name: str = Field(..., pattern=NAME, description="Name in tables.")
    of: str = Field(..., description="A headline indicator, or a column of the region table.")
    take: Literal["year", "sum", "mean", "slope", "total", "first_month"] = _choice(
        "year",
        "The value of one year; sum, mean or yearly slope of the values of years; the total of all months, for what is "
        "counted by month; or months until a condition first holds.",
    )
    year: int | None = _count(None, "For year: which; default the last.", 1900, 2200)
    first: int | None = _count(None, "For sum, mean, slope and total: first year; default the first.", 1900, 2200)
    last: int | None = _count(None, "For sum, mean, slope and total: last year; default the last.", 1900, 2200)
    at_least: float | None = _choice(None, "For first_month: the month's value is at least this.", "1")
    at_most: float | None = _choice(None, "For first_month: the month's value is at most this.", "1")
    better: Literal["lower", "higher"] | None = _choice(
        None, "Which direction is better; default as declared for headlines. It changes no run."
    )

    @property
    def column(self) -> str:
        """Name of the column of the store: what is measured, whatever it is called."""
        parts = [self.of, self.take]
        parts += [
            f"{k}={v:g}" if float(f"{v:g}") == v else f"{k}={v!r}"  # short, and never the same for two numbers
            for k in ("year", "first", "last", "at_least", "at_most")
            if (v := getattr(self, k)) is not None
        ]
        return ":".join(parts)


class Criterion(ConfigModel):
    """What an outcome has to meet: a bound, or two, on one indicator."""

    name: str = Field(..., pattern=NAME, description="Name in tables.")
    of: str = Field(..., description="Name of an indicator of this file.")
    at_least: float | None = _choice(None, "Met by this and more.", "1")
    at_most: float | None = _choice(None, "Met by this and less.", "1")


class Stop(ConfigModel):
    """When replicates are enough: they double, from `replicates` on, until the intervals are narrow."""

    indicator: str = Field(..., description="Name of the indicator that decides.")
    against: str | None = _choice(
        None, "Name of a scenario: what counts is the difference of each other one with it, in pairs.", "text"
    )
    half_width: float = param(
        ..., unit="1", ge=0, source="choice: user",
        about="Largest half width of the 95% interval of the mean over replicates, in any point and scenario.",
    )  # fmt: skip
    replicates: int = _count(64, "Not more replicates than these.", 2, MOST_REPLICATES)


class Execution(ConfigModel):
    """How the runs are carried out; nothing of this changes a result."""

    store: str | None = _choice(
        None, "Folder of the store, relative to where the command is given; default results/sweeps/<id>.", "text"
    )
    jobs: int | None = _count(None, "Processes; default one per core.", 1, 100000)
    seconds_per_run: float | None = param(
        None, unit="1", ge=0.001, source="choice: user", about="For the plan; default as measured on runs in the store."
    )
    chunk_seconds: float = param(
        20.0, unit="1", ge=0.1, le=3600, source="choice: user", about="Work per task; at least 50 runs."
    )
    flush_seconds: float = param(
        5.0, unit="1", ge=0.05, le=600, source="choice: user", about="Runs are on disk after so long."
    )
    failed_share: float = param(
        0.01, unit="share", ge=0, le=1, source="choice: user", about="More failed runs than this: exit code 5."
    )
    time_minutes: int = _count(60, "Wall time of a task of a SLURM array.", 1, 43200)
    memory_mb: int = _count(2000, "Memory of a task of a SLURM array, in MB.", 100, 10**6)
    array_size: int = _count(1000, "Largest SLURM array that the cluster takes.", 1, 10**6)
    minutes_per_run: float | None = param(
        None, unit="1", ge=0.01, source="choice: user",
        about="A run that takes longer, twice, ends as an error; loading the model counts, so take many times a run.",
    )  # fmt: skip


class Output(ConfigModel):
    """What is kept of every run."""

    level: Literal["scalars", "yearly", "monthly"] = _choice(
        "scalars", "The indicators; also every column of the region per year; also per month."
    )


class Experiment(ConfigModel):
    """Everything an experiment file says."""

    model_config = ConfigDict(populate_by_name=True)

    schema_version: Literal[1] = Field(1, alias="schema", description="Version of the file format.")
    id: str = Field(..., pattern=NAME, description="Name of the experiment.")
    title: str = _choice("", "What is asked.", "text")
    base: str | None = _choice(None, "Configuration file, relative to this file.", "text")
    set: dict[str, Any] = _choice({}, "Values by dotted key, for every scenario.")
    scenarios: tuple[Scenario, ...] = ()
    factors: tuple[Factor, ...] = ()
    design: Design = Design()
    replicates: int = _count(1, "Runs with different luck per point and scenario.", 1, MOST_REPLICATES)
    indicators: tuple[Indicator, ...] = ()
    criteria: tuple[Criterion, ...] = ()
    stop: Stop | None = None
    execution: Execution = Execution()
    output: Output = Output()
