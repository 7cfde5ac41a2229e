"""Tables of sensitivity of a finished experiment: from its file and its store to CSV files.

Every indicator is analysed in every scenario, and as the difference of each later scenario with the first, replicate
by replicate with the same luck.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pandas as pd

from krimpsim.core.errors import DataError, UsageError
from krimpsim.experiments.chaos import chaos_indices
from krimpsim.experiments.designs import F64, groups_of
from krimpsim.experiments.distribution_indices import pawn_indices
from krimpsim.experiments.responses import Responses, read_responses
from krimpsim.experiments.sample import Factors, Sample
from krimpsim.experiments.screening import morris_effects
from krimpsim.experiments.sensitivity import SCRAMBLINGS, independent_rows, sobol_convergence, sobol_indices, unsettled
from krimpsim.outputs.folder import writable

KINDS = ("sobol", "morris", "lhs")
HALF = 0.5  #: share of luck in the variance of the means of a point from which more replicates help most


@dataclass(frozen=True)
class Analysis:
    """Tables of an experiment, and what to know about them.

    Parameters
    ----------
    folder
        Where the tables lie, one CSV file each, called as the table.
    tables
        By name: ``sobol``, ``pairs`` (with second order), ``convergence``, ``chaos`` and ``pawn`` for a design of
        kind sobol; ``chaos`` and ``pawn`` for lhs; ``morris`` for morris.  Each begins with scenario and outcome.
    notes
        What could not be computed, and what remains to be done, in words.
    of
        What each outcome measures: a headline indicator or a column of the region table.
    titles
        Dutch title of each scenario, where scenarios are compared.
    """

    folder: Path
    tables: dict[str, pd.DataFrame]
    notes: list[str]
    of: dict[str, str]
    titles: dict[str, str] = field(default_factory=dict)


def analyse(file: str | Path, store: str | Path | None = None, out: str | Path | None = None) -> Analysis:
    """Make and write the tables of sensitivity of a finished experiment.

    Parameters
    ----------
    file
        The experiment file.
    store
        Folder of its store; as the file says when None.
    out
        Folder for the tables; ``results/<id of the experiment>`` when None.

    Raises
    ------
    ConfigError
        As `krimpsim.experiments.reading.load_experiment`.
    UsageError
        If the file cannot be read, or its design says nothing of sensitivity.
    DataError
        If runs are missing, or no table at all could be made.
    """
    found = read_responses(file, store, allow_failed=True)
    kind = found.design["kind"]
    if kind not in KINDS:
        raise UsageError(f"{file}: a {kind} says nothing of sensitivity; design.kind is one of {', '.join(KINDS)}")
    parts: dict[str, list[pd.DataFrame]] = {}
    notes = [f"{scenario}: {n} runs failed; rows with them are left out" for scenario, n in found.failed.items() if n]
    for scenario, outcome, y in outcomes(found):
        factors, samples = factors_of(found), samples_of(found, y)
        for table_of in _tables(kind, factors, samples, outcome, bool(found.design["second_order"])):
            try:
                tables = table_of()
            except UsageError as error:  # an extra that is not installed
                notes.append(f"{error}; its table was left out")
                continue
            except DataError as error:
                notes.append(f"{scenario}, {error}")
                continue
            for name, table in tables.items():
                front = table.drop(columns="outcome")
                front.insert(0, "scenario", scenario)
                front.insert(1, "outcome", outcome)
                parts.setdefault(name, []).append(front)
                if name == "convergence":
                    notes += _advice(f"{scenario}, {outcome}", table)
    if not parts:
        raise DataError(f"{file}  no table could be made: {'; '.join(dict.fromkeys(notes))}")
    folder = writable(Path("results") / found.experiment if out is None else out, "--out")
    whole = {name: pd.concat(tables, ignore_index=True) for name, tables in parts.items()}
    for name, table in whole.items():
        table.to_csv(folder / f"{name}.csv", index=False)
    return Analysis(folder, whole, list(dict.fromkeys(notes)), dict(found.of))


def outcomes(found: Responses) -> Iterator[tuple[str, str, F64]]:
    """Yield scenario, indicator and responses; then those of each later scenario minus the first, in pairs."""
    first, *later = found.scenarios
    for scenario in found.scenarios:
        for name in found.indicators:
            yield scenario, name, found.responses[scenario, name]
    for scenario in later:
        for name in found.indicators:
            yield f"{scenario} - {first}", name, found.responses[scenario, name] - found.responses[first, name]


def factors_of(found: Responses) -> Factors:
    """Return the factors of an experiment and their groups, in the unit cube."""
    names = tuple(factor.key for factor in found.factors)
    return Factors(names, ((0.0, 1.0),) * len(names), groups_of(found.factors))


def samples_of(found: Responses, y: F64) -> list[Sample]:
    """Return responses, shape (n_rows, n_replicates), as one sample per scrambling."""
    rows = len(y) // found.design["scramblings"]
    samples = []
    for start in range(0, len(y), rows):
        part = slice(start, start + rows)
        first = int(found.first[start])
        samples.append(
            Sample(
                np.arange(rows),
                found.unit[part],
                y[part],
                tuple(range(first, first + y.shape[1])),
                failed=np.isnan(y[part]),
                design_hash=found.plan,
                values=found.values[part],
            )
        )
    return samples


def _tables(
    kind: str, factors: Factors, samples: Sequence[Sample], outcome: str, second_order: bool
) -> Iterator[Callable[[], dict[str, pd.DataFrame]]]:
    """Yield functions that make tables: one may fail and the others go on."""
    if kind == "morris":
        yield lambda: {"morris": morris_effects(factors, samples[0], outcome=outcome)}
        return
    independent = list(samples)
    if kind == "sobol":

        def indices() -> dict[str, pd.DataFrame]:
            table, pairs = sobol_indices(factors, samples, outcome=outcome, second_order=second_order)
            return {"sobol": table} | ({} if pairs is None else {"pairs": pairs})

        yield indices
        yield lambda: {"convergence": sobol_convergence(factors, samples, outcome=outcome, second_order=second_order)}
        independent = [independent_rows(factors, sample, second_order=second_order) for sample in samples]
    yield lambda: {"chaos": chaos_indices(factors, independent, outcome=outcome)}
    yield lambda: {"pawn": pawn_indices(factors, independent, outcome=outcome)}


def _advice(where: str, convergence: pd.DataFrame) -> list[str]:
    """Return what is not settled yet, and what to double."""
    reasons = unsettled(convergence)
    if not reasons:
        return []
    last = convergence[convergence["N"] == convergence["N"].max()].iloc[0]
    todo = []
    if last["R"] == 1:
        todo.append("give replicates = 2 or more, to take luck out")
    if last["scramblings"] < SCRAMBLINGS:
        todo.append(f"give scramblings = {SCRAMBLINGS}, for intervals of their own")
    is_luck = last["noise_left"] > HALF and convergence["N"].nunique() > 2
    todo.append("double replicates: most of what is left is luck" if is_luck else "double design.n")
    return [f"{where}: not settled ({'; '.join(reasons)}); {', '.join(todo)}"]
