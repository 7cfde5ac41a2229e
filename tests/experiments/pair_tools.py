"""What tests of scenarios side by side share: an experiment of the known model in two scenarios, and its runs."""

from __future__ import annotations

from analysis_tools import SIMULATE, known_factors
from store_tools import compute
from sweep_tools import TINY

from krimpsim.experiments.plan import make_plan
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.store import Store

SCENARIOS = '[[scenarios]]\n[[scenarios]]\nid = "half"\n'
CRITERIA = """
[[criteria]]
name = "few_births"
of = "ishigami"
at_most = 8.7e9
[[criteria]]
name = "deaths_between"
of = "sobol_g"
at_least = 8.35e9
at_most = 8.45e9
"""


def experiment(folder, design='kind = "lhs"\nn = 12', replicates=3, more="", scenarios=SCENARIOS):
    """Write an experiment of the known model: births are better when low, deaths have no direction."""
    file = folder / "pair.toml"
    file.write_text(
        f"""schema = 1
id = "pair"
base = "{TINY}"
replicates = {replicates}
{scenarios}
{known_factors()}
[design]
{design}
[[indicators]]
name = "ishigami"
of = "births"
take = "sum"
better = "lower"
[[indicators]]
name = "sobol_g"
of = "deaths"
take = "sum"
{more}
""",
        encoding="utf-8",
    )
    return file


def run(file, folder):
    """Run what is missing in this process, and return the store."""
    store = Store(folder / "store")
    compute(make_plan(load_experiment(file, SIMULATE), str(file)), store)
    return store
