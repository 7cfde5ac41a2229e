"""Replicates are doubled until a difference is known as well as was asked; the rule is checked when it is read."""

from __future__ import annotations

import pytest
from analysis_tools import SIMULATE
from pair_tools import CRITERIA, experiment, run
from sweep_tools import FAKE
from sweep_tools import experiment as sweep

from krimpsim.core.errors import ConfigError
from krimpsim.experiments.engine import current_plan, local_engine, run_experiment
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.responses import read_responses
from krimpsim.experiments.store import Store

STOP = '[stop]\nindicator = "ishigami"\nhalf_width = 1e7\nreplicates = 16\n'


def problems(file):
    with pytest.raises(ConfigError) as caught:
        load_experiment(file)
    lines = file.read_text(encoding="utf-8").splitlines()
    found = [(p.where.rpartition(":")[2], p) for p in caught.value.problems]
    return [f"[{lines[int(line) - 1]}] {p.key}: {p.message} | {p.hint}" for line, p in found]


def test_a_stop_rule_on_a_difference_looks_at_pairs_and_not_at_levels(tmp_path):
    """The known model has the same luck in both scenarios: levels never settle, and their difference is settled."""
    found = {}
    for against in ("", 'against = "tiny"\n'):
        file = experiment(tmp_path, replicates=2, more=STOP + against)
        store = run(file, tmp_path)
        found[against] = current_plan(load_experiment(file, SIMULATE), str(file), store).facts.replicates
    assert list(found.values()) == [4, 2]


def test_a_stop_rule_on_a_difference_doubles_while_a_single_difference_is_too_wide(tmp_path):
    more = '[stop]\nindicator = "births"\nagainst = "careless"\nhalf_width = {}\nreplicates = 8\n'
    widths = {}
    for half_width in (0.01, 1e9):
        file = sweep(tmp_path, n=2, replicates=2, more=more.format(half_width))
        done = run_experiment(load_experiment(file, FAKE), str(file), Store(tmp_path / "fake"), local_engine(1))
        widths[half_width] = done.total // (2 * 8)
    assert widths == {0.01: 8, 1e9: 2}


def test_replicates_grow_until_the_stop_rule_is_met(tmp_path):
    more = '[stop]\nindicator = "births"\nhalf_width = {width}\nreplicates = 16'
    file = sweep(tmp_path, n=2, replicates=2, more=more.format(width=1))
    loaded = load_experiment(file, FAKE)
    found = run_experiment(loaded, str(file), Store(tmp_path / "store"), local_engine(2))
    assert found.total == 2 * 8 * 16
    wide = sweep(tmp_path, n=2, replicates=2, more=more.format(width=1e9))
    found = run_experiment(load_experiment(wide, FAKE), str(wide), Store(tmp_path / "store"), local_engine(2))
    assert found.total == 2 * 8 * 2


def test_the_half_width_of_a_difference_is_students(tmp_path):
    """Just below the widest interval of a point the replicates double, just above they do not."""
    file = sweep(tmp_path, n=2, replicates=4)
    store = Store(tmp_path / "fake")
    run_experiment(load_experiment(file, FAKE), str(file), store, local_engine(1))
    y = read_responses(file, store.folder).responses
    difference = y["careless", "births"] - y["tiny", "births"]
    widest = 3.182446305 * difference.std(axis=1, ddof=1).max() / 2
    for factor, replicates in ((0.999, 8), (1.001, 4)):
        stop = f'[stop]\nindicator = "births"\nagainst = "tiny"\nhalf_width = {factor * widest}\nreplicates = 8\n'
        loaded = load_experiment(sweep(tmp_path, n=2, replicates=4, more=stop), FAKE)
        assert current_plan(loaded, str(file), store).facts.replicates == replicates


def test_mistakes_in_stop_rule_and_criteria_are_located(tmp_path):
    more = CRITERIA.replace('"ishigami"', '"ishigani"').replace("at_least = 8.35e9", "at_least = 9e9")
    more += '[[criteria]]\nname = "all"\nof = "sobol_g"\n' + STOP + 'against = "hald"\n'
    assert problems(experiment(tmp_path, more=more)) == [
        "[of = \"ishigani\"] criteria.0.of: 'ishigani' is not an indicator of this file | did you mean 'ishigami'?",
        "[at_most = 8.45e9] criteria.1.at_most: 8450000000.0 lies below at_least, 9000000000.0 | ",
        "[[[criteria]]] criteria.2: has no bound | give at_most or at_least",
        "[name = \"all\"] criteria.2.name: 'all' is all together | give each its own name",
        "[against = \"hald\"] stop.against: 'hald' is not a scenario of this file | did you mean 'half'?",
    ]
    alone = experiment(tmp_path, more=STOP + 'against = "tiny"\n', scenarios="")
    assert problems(alone) == [
        '[against = "tiny"] stop.against: there is no other scenario to compare with it | add [[scenarios]]'
    ]
