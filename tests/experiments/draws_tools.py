"""Experiments of draws, run in this process."""

from __future__ import annotations

from pathlib import Path

import pytest
from sweep_tools import FAKE, TINY

from krimpsim.core.errors import ConfigError
from krimpsim.experiments.chunk import run_chunk
from krimpsim.experiments.plan import Plan, make_plan, write_plan
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.store import Store

CLAUSE = "set.convenant.shared_rounds.enabled = true\n"
SCENARIOS = f'[[scenarios]]\n[[scenarios]]\nid = "rounds"\n{CLAUSE}'
TWO_FACTORS = """
[[factors]]
key = "care_need.men_ratio"
low = 0.6
high = 0.9
[[factors]]
key = "market.consent_share"
"""
STRENGTH = '[[factors]]\nkey = "convenant.shared_rounds.strength"\n'
INDICATOR = '[[indicators]]\nname = "births"\nof = "births"\ntake = "sum"\nbetter = "lower"\n'


def experiment(folder: Path, factors=TWO_FACTORS, design='kind = "draws"', replicates=5, scenarios=SCENARIOS, more=""):
    file = folder / "drawn.toml"
    head = f'schema = 1\nid = "drawn"\nbase = "{TINY}"\nreplicates = {replicates}\n'
    text = f"{head}{scenarios}{factors}[design]\n{design}\n{INDICATOR}{more}"
    file.write_text(text, encoding="utf-8")
    return file


def plan_of(file: Path, replicates: int | None = None) -> Plan:
    return make_plan(load_experiment(file, FAKE), str(file), replicates)


def in_process(plan: Plan, store: Store) -> int:
    write_plan(plan, store)
    return run_chunk(store.folder, plan.name, plan.missing(store)).runs


def problems(file: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_experiment(file)
    return [f"{p.where.rpartition('/')[2]} {p.key}: {p.message} | {p.hint}" for p in caught.value.problems]


def line(file: Path, text: str) -> int:
    return file.read_text(encoding="utf-8").splitlines().index(text) + 1
