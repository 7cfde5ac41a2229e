"""Experiments on the known model, run in this process."""

from __future__ import annotations

import known_model
from store_tools import compute
from sweep_tools import TINY

from krimpsim.experiments.plan import make_plan
from krimpsim.experiments.reading import load_experiment

SIMULATE = "known_model:simulate"
TWO = """
[[scenarios]]
[[scenarios]]
id = "half"
"""


def known_factors():
    """Return the four factors of the known model, as an experiment file has them."""
    return "".join(
        f'[[factors]]\nkey = "{key}"\nlow = {low}\nhigh = {high}\n' for key, (low, high) in known_model.FACTORS.items()
    )


def experiment(folder, design='kind = "sobol"\nn = 4\nscramblings = 2', replicates=2, more=""):
    """Write an experiment with the four factors of the known model."""
    file = folder / "known.toml"
    file.write_text(
        f"""schema = 1
id = "known"
base = "{TINY}"
replicates = {replicates}
{more}
{known_factors()}
[design]
{design}
{"" if '"grid"' in design else "seed = 11"}
[[indicators]]
name = "ishigami"
of = "births"
take = "sum"
[[indicators]]
name = "sobol_g"
of = "deaths"
take = "sum"
[execution]
failed_share = 1.0
""",
        encoding="utf-8",
    )
    return file


def plan_of(file):
    return make_plan(load_experiment(file, SIMULATE), str(file))


def in_process(file, store):
    """Run what the store lacks, in this process; return the number of runs."""
    return compute(plan_of(file), store).runs
