"""Sensitivity of groups of factors: indices, designs and steps."""

from __future__ import annotations

import known_model
import numpy as np
import pytest
from analysis_tools import SIMULATE, TWO, experiment, in_process, plan_of

from krimpsim.experiments.analysis import analyse
from krimpsim.experiments.engine import local_engine, run_experiment
from krimpsim.experiments.experiment import MOST_REPLICATES
from krimpsim.experiments.reading import load_experiment
from krimpsim.experiments.store import Store

FIRST_AND_THIRD = "care_need.men_ratio", "informal_care.stop_per_year"  #: of Ishigami's factors, one and three
IDLE = "care_need.onset_at_70_per_year", "informal_care.substitution_personal_care"  #: the known model reads neither
PAIR = dict.fromkeys(FIRST_AND_THIRD, "pair")


def in_groups(file, groups):
    """Give factors of an experiment file a group, by key; a key that is not there is added."""
    text = file.read_text(encoding="utf-8")
    for key, group in groups.items():
        line = f'key = "{key}"\n'
        if line not in text:
            text = text.replace("[[factors]]", f"[[factors]]\n{line}\n[[factors]]", 1)
        text = text.replace(line, f'{line}group = "{group}"\n')
    file.write_text(text, encoding="utf-8")
    return file


@pytest.mark.gate
def test_known_indices_of_a_group_lie_within_their_intervals(tmp_path):
    """The rule above, for the difference of two scenarios, in which no luck is left; S2 within twice its half width.

    Of a product the parts of a group multiply.
    """
    design = 'kind = "sobol"\nn = 64\nscramblings = 8\nsecond_order = true'
    file = in_groups(experiment(tmp_path, design, 1, TWO), PAIR)
    loaded = load_experiment(file, SIMULATE)
    done = run_experiment(loaded, str(file), Store(tmp_path / "store"), local_engine(2))
    assert (done.done, done.failed) == (64 * 8 * (2 * 3 + 2) * 2, 0)
    tables = analyse(file, tmp_path / "store", tmp_path / "out").tables
    one = known_model.PARTS
    parts = np.array([(1 + one[0]) * (1 + one[2]) - 1, one[1], one[3]])
    g = np.prod(1 + parts) - 1
    pair = (known_model.V1 + known_model.V13) / known_model.V
    alone = np.array([pair, 1 - pair, 0])
    truth = {
        ("ishigami", "S1"): alone,
        ("ishigami", "ST"): alone,
        ("ishigami", "S2"): np.zeros(3),
        ("sobol_g", "S1"): parts / g,
        ("sobol_g", "ST"): parts * np.prod(1 + parts) / (1 + parts) / g,
        ("sobol_g", "S2"): np.array([parts[0] * parts[1], parts[0] * parts[2], parts[1] * parts[2]]) / g,
    }
    units = ["pair", "care_need.dementia_ratio", "market.consent_share"]
    assert tables["sobol"]["factor"].unique().tolist() == units
    assert tables["pairs"][["factor", "other"]].to_numpy().tolist()[:3] == [units[:2], units[::2], units[1:]]
    for (outcome, index), wanted in truth.items():
        table = tables["pairs" if index == "S2" else "sobol"]
        rows = table[(table["outcome"] == outcome) & (table["scenario"] == "half - tiny")]
        half = (rows[f"{index}_high"] - rows[f"{index}_low"]).to_numpy() / 2
        away = np.abs(rows[index].to_numpy() - wanted)
        rounded = 1 / known_model.SCALE**2 / known_model.VARIANCE[outcome]  # results are whole numbers
        assert index == "S2" or (half < 0.15).all(), (outcome, index, half)
        assert (away <= 2 * half + rounded).all(), (outcome, index, away, half)
    for name in ("convergence", "chaos", "pawn"):
        assert set(tables[name]["factor"]) == set(units), name


@pytest.mark.parametrize("kind", ["sobol", "morris"])
def test_a_group_that_the_model_does_not_read_gets_zero(tmp_path, kind):
    """Its members change in every row of their own, but no run does: luck hangs on what the model reads."""
    file = in_groups(experiment(tmp_path, f'kind = "{kind}"\nn = 8'), dict.fromkeys(IDLE, "idle"))
    store = Store(tmp_path / "store")
    in_process(file, store)
    tables = analyse(file, store.folder, tmp_path / "out").tables
    index = "ST" if kind == "sobol" else "mu_star"
    table = tables[kind].set_index("factor")[index]
    assert set(table.index) == {"idle", *known_model.FACTORS}
    assert (table["idle"] == 0).all()
    assert (table.drop("idle") != 0).all()


def test_factors_of_a_group_take_the_same_step(tmp_path):
    plan = plan_of(in_groups(experiment(tmp_path, 'kind = "morris"\nn = 6'), PAIR))
    assert plan.unit.shape == (6 * (3 + 1), 4)
    moved = np.diff(plan.unit.reshape(6, 4, 4), axis=1) != 0  # trajectory, step, factor
    names = [r.key for r in plan.facts.ranges]
    a, b = (names.index(key) for key in FIRST_AND_THIRD)
    np.testing.assert_array_equal(moved[:, :, a], moved[:, :, b])
    np.testing.assert_array_equal(moved.sum(axis=1), np.ones((6, 4)))
    others = [k for k in range(4) if k not in (a, b)]
    assert not (moved[:, :, a] & moved[:, :, others].any(axis=2)).any()


@pytest.mark.parametrize(("second", "block"), [("false", 5), ("true", 8)])
def test_a_larger_design_with_groups_computes_none_of_the_old_runs_again(tmp_path, second, block):
    def grouped(n, scramblings):
        design = f'kind = "sobol"\nn = {n}\nscramblings = {scramblings}\nsecond_order = {second}'
        return in_groups(experiment(tmp_path, design, 1), PAIR)

    store = Store(tmp_path / "store")
    assert in_process(grouped(4, 2), store) == 4 * 2 * block
    assert in_process(grouped(8, 2), store) == 4 * 2 * block
    assert in_process(grouped(8, 3), store) == 8 * block
    starts = plan_of(grouped(8, 3)).first
    assert [starts.count(k * MOST_REPLICATES) for k in range(3)] == [8 * block] * 3


def test_other_groups_are_another_design_on_the_same_points(tmp_path):
    """Rows A and B are those of the design without groups, so only the rows between them are new."""
    plain = plan_of(experiment(tmp_path, 'kind = "sobol"\nn = 8', 1))
    grouped = plan_of(in_groups(tmp_path / "known.toml", PAIR))
    other = plan_of(
        in_groups(
            experiment(tmp_path, 'kind = "sobol"\nn = 8', 1), dict.fromkeys(list(known_model.FACTORS)[:2], "pair")
        )
    )
    assert (len(plain.ids), len(grouped.ids), len(other.ids)) == (48, 40, 40)
    assert len({plain.name, grouped.name, other.name}) == 3
    rows = np.flatnonzero(np.isin(np.arange(40) % 5, (0, 4)))
    np.testing.assert_array_equal(grouped.unit[rows], plain.unit[np.isin(np.arange(48) % 6, (0, 5))])
    assert {grouped.ids[k] for k in rows} <= set(plain.ids)
