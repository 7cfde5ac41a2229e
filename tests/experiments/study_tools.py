"""The study of the estimator, and samples of its known functions."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path

import numpy as np

from krimpsim.experiments.sample import Sample

STUDY = Path(__file__).resolve().parents[2] / "experiments" / "sensitivity_check" / "check.py"
ONCE_IN = 10_000


def load_study():
    spec = importlib.util.spec_from_file_location("sensitivity_check", STUDY)
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


study = load_study()
KNOWN = {known.name: known for known in study.KNOWN}
LUCK = {luck.name: luck for luck in study.LUCK}


def known_sample(known, luck=LUCK["none"], n=64, replicates=1, second_order=False, seed=0) -> Sample:
    u = study.design(len(known.s1), n, seed, second_order)
    seeds = tuple(range(replicates))
    return Sample(np.arange(len(u)), u, study.respond(known, luck, u, seeds, seed), seeds, design_hash="d")
