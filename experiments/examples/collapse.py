"""Find the conditions under which providers disappear, with PRIM of the EMA Workbench: python collapse.py [STORE].

Needs Python 3.12 and `pip install 'krimpsim[ema]'`.  What `krimpsim sweep run collapse.toml` computed, anywhere, is not
computed again.
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
from ema_workbench import Sample
from ema_workbench.analysis import prim

from krimpsim.experiments.ema import SCENARIO, StoreEvaluator

NEVER = 336  # months of the run
DENSITY = 0.8  # share of the points in the box in which it goes wrong: the largest box that has this


def main(store: str | None = None) -> None:
    """Run what is missing, and print the box."""
    with StoreEvaluator(Path(__file__).with_name("collapse.toml"), store) as evaluator:
        policies = [Sample(name, **{SCENARIO: name}) for name in evaluator.loaded.scenarios]
        cases, outcomes = evaluator.perform_experiments(scenarios=evaluator.design(), policies=policies)
    wrong = (outcomes["few_providers"] < NEVER).all(axis=1)  # in every replicate
    factors = [parameter.name for parameter in evaluator.model.uncertainties]
    first, *others = evaluator.loaded.scenarios
    is_first = (cases[SCENARIO] == first).to_numpy()
    x, y = cases.loc[is_first, factors].reset_index(drop=True), wrong[is_first]
    print(f"{first}: four providers or fewer in {y.sum()} of {len(y)} points, in all replicates")

    box = prim.Prim(x, y).find_box()
    path = box.peeling_trajectory
    step = int((path["density"] >= DENSITY).argmax() or path["density"].argmax())
    box.inspect(step)  # prints it; a qp value near 0: that limit is no luck
    limits = box.box_lims[step]
    inside = np.all([x[name].between(*limits[name]) for name in factors], axis=0)
    for name in others:
        share = wrong[(cases[SCENARIO] == name).to_numpy()][inside].mean()
        print(f"{name}: {share:.0%} of the points in the same box")


if __name__ == "__main__":
    main(*sys.argv[1:])
