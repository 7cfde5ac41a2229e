"""Designs: points of the unit cube, and what they become in a configuration."""

from __future__ import annotations

import numpy as np
import pytest
from sweep_tools import TINY

from krimpsim.experiments.designs import Range, unit_points
from krimpsim.experiments.experiment import Design
from krimpsim.experiments.reading import load_experiment


def test_a_multiplier_takes_lists_and_whole_numbers_along(tmp_path):
    text = f"""id = "x"
base = "{TINY}"
[[factors]]
key = "care_need.minutes_personal_care"
vary = "multiplier"
low = 0.5
high = 1.5
levels = 3
[design]
kind = "grid"
[[indicators]]
name = "a"
of = "births"
"""
    from krimpsim.config.declarations import plain
    from krimpsim.config.run import RunConfig
    from krimpsim.experiments.keys import point_data

    file = tmp_path / "sweep.toml"
    file.write_text(text, encoding="utf-8")
    loaded = load_experiment(file)
    assert loaded.values == [(0.5,), (1.0,), (1.5,)]
    base = loaded.scenarios["tiny"]
    made = [RunConfig.model_validate(point_data(plain(base), loaded.ranges, point)) for point in loaded.values]
    minutes = [config.care_need.minutes_personal_care for config in made]
    assert minutes == [(0, 85, 225, 420), (0, 170, 450, 840), (0, 255, 675, 1260)]
    assert made[1] == base


def test_whole_numbers_get_the_same_share_of_the_cube():
    r = Range(key="k", low=2, high=5, whole=True)
    found = [r.at(u) for u in np.linspace(0, 1, 4001)]
    assert [type(v) for v in found[:1]] == [int]
    counts = np.bincount(found)[2:]
    assert len(counts) == 4
    assert counts.max() - counts.min() <= 1


@pytest.mark.parametrize("distribution", ["uniform", "log_uniform", "triangular"])
def test_distributions_reach_their_ends_and_never_leave_them(distribution):
    r = Range(key="k", low=0.1, high=0.7, distribution=distribution, mode=0.2 if distribution == "triangular" else None)
    found = [r.at(u) for u in np.linspace(0, 1, 1001)]
    assert found == sorted(found)
    assert found[0] == pytest.approx(0.1)
    assert found[-1] == pytest.approx(0.7)
    assert min(found) >= 0.1
    assert max(found) <= 0.7
    middle = {"uniform": 0.4, "log_uniform": (0.1 * 0.7) ** 0.5, "triangular": 0.7 - (0.5 * 0.6 * 0.5) ** 0.5}
    assert r.at(0.5) == pytest.approx(middle[distribution])


def test_a_sobol_design_twice_as_large_begins_with_the_smaller():
    ranges = [Range(key=k) for k in "abc"]
    for second_order, rows in ((False, 5), (True, 8)):
        small, large = (
            unit_points(Design(kind="sobol", n=n, seed=7, second_order=second_order), ranges) for n in (64, 128)
        )
        assert small.shape == (64 * rows, 3)
        np.testing.assert_array_equal(large[: len(small)], small)


def test_a_grid_has_every_combination_once():
    ranges = [Range(key="a", low=0, high=1, levels=3), Range(key="b", low=1, high=2, whole=True)]
    points = unit_points(Design(kind="grid"), ranges)
    values = [tuple(r.at(u) for r, u in zip(ranges, point, strict=True)) for point in points]
    assert values == [(0, 1), (0, 2), (0.5, 1), (0.5, 2), (1, 1), (1, 2)]
