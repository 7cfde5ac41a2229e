"""Screening, polynomial chaos and PAWN on functions of which the answer is known, and the figures of the indices."""

from __future__ import annotations

import importlib.util
import sys
from dataclasses import replace
from itertools import combinations
from pathlib import Path

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.text import Text
from PIL import Image
from SALib.analyze import morris as salib_morris
from SALib.analyze import pawn as salib_pawn
from SALib.sample import morris as salib_trajectories
from scipy.stats import binom, qmc, t

from krimpsim.core.errors import DataError, UsageError
from krimpsim.experiments import chaos
from krimpsim.experiments.chaos import basis, chaos_indices, terms_of
from krimpsim.experiments.distribution_indices import pawn_indices
from krimpsim.experiments.screening import morris_effects
from krimpsim.experiments.sensitivity import CONFIDENCE, Factors, Sample, sobol_convergence, sobol_indices
from krimpsim.report.figures import STYLE
from krimpsim.report.sensitivity_figures import (
    FAINT,
    chaos_figure,
    draw_sensitivity,
    effects_figure,
    factor_words,
    pawn_figure,
)

THREE = Factors(("a", "b", "dummy"), ((0.0, 10.0), (-1.0, 1.0), (0.0, 1.0)), dummy="dummy")
ONCE_IN = 10_000


def problem(factors: Factors) -> dict[str, object]:
    return {
        "num_vars": len(factors.names),
        "names": list(factors.names),
        "bounds": [list(bounds) for bounds in factors.bounds],
        "groups": list(factors.groups) if factors.groups else None,
    }


def trajectories(factors: Factors, f, count=40, seed=0, luck=None) -> Sample:
    x = salib_trajectories.sample(problem(factors), count, seed=seed)
    y = f(x)[:, None] if luck is None else f(x)[:, None] + luck(x)
    return Sample(np.arange(len(x)), x, y, tuple(range(y.shape[1])))


def uniform(factors: Factors, f, n=256, seed=0, luck=0.0, replicates=1) -> Sample:
    low, high = np.array(factors.bounds).T
    x = low + (high - low) * qmc.Sobol(len(factors.names), rng=seed).random(n)
    y = f(x)[:, None] + luck * np.random.default_rng(seed).normal(size=(n, replicates))
    return Sample(np.arange(n), x, y, tuple(range(replicates)))


def product(x):
    return x[:, 0] * (1 + x[:, 1])


# --- screening --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("groups", [None, ("both", "both", "none")])
def test_effects_are_those_of_salib(groups) -> None:
    factors = replace(THREE, groups=groups, dummy=None)
    sample = trajectories(factors, product)
    wanted = salib_morris.analyze(problem(factors), sample.x, sample.y[:, 0], seed=1)
    found = morris_effects(factors, sample, outcome="y")
    np.testing.assert_allclose(found["mu_star"], wanted["mu_star"], atol=1e-12)
    alone = factors.members.sum(axis=1) == 1
    for name in ("mu", "sigma"):
        np.testing.assert_allclose(found.loc[alone, name], np.asarray(wanted[name])[alone], atol=1e-12)
        assert found.loc[~alone, name].isna().all()


def test_effects_of_a_straight_line_are_its_slopes_times_the_ranges() -> None:
    found = morris_effects(THREE, trajectories(THREE, lambda x: 3 * x[:, 0] - 2 * x[:, 1]), outcome="y")
    np.testing.assert_allclose(found[["mu", "mu_low", "mu_high"]].iloc[0], 30, atol=1e-9)
    np.testing.assert_allclose(found[["mu", "mu_star"]].iloc[1], [-4, 4], atol=1e-9)
    np.testing.assert_allclose(found["sigma"], 0, atol=1e-9)
    assert (found.iloc[2][["mu", "mu_star", "sigma"]] == 0).all()


def test_without_common_random_numbers_luck_looks_like_an_effect() -> None:
    rng = np.random.default_rng(0)
    fresh = trajectories(THREE, product, luck=lambda x: 5 * rng.normal(size=(len(x), 4)))
    shared = trajectories(THREE, product, luck=lambda x: 5 * rng.normal(size=4))
    keyed = trajectories(THREE, product, luck=lambda x: 5 * np.sin(x[:, :1] * [1, 2, 3, 4] + x[:, 1:2]))
    for sample, has_luck in ((fresh, True), (shared, False), (keyed, False)):
        dummy = morris_effects(THREE, sample, outcome="y").iloc[2]
        assert (dummy["mu_star"] > 0.1) == has_luck
        assert (dummy["mu_star_by_luck"] > 0.1) == has_luck
    found = morris_effects(THREE, fresh, outcome="y").iloc[2]
    assert found["mu_star_low"] <= found["mu_star_by_luck"] <= found["mu_star_high"]


def test_intervals_of_mu_hold_the_slope_as_often_as_they_promise() -> None:
    """The effect of a on a * (1 + b) is 10 * (1 + b), with mean 10; luck is half common."""
    repeats, held = 100, 0
    for seed in range(repeats):
        rng = np.random.default_rng((seed, 1))
        sample = trajectories(
            THREE, product, 20, seed, lambda x, rng=rng: 2 * rng.normal(size=3) + 2 * rng.normal(size=(len(x), 3))
        )
        row = morris_effects(THREE, sample, outcome="y").iloc[0]
        held += row["mu_low"] <= 10 <= row["mu_high"]
    assert held >= binom.ppf(1 / ONCE_IN, repeats, CONFIDENCE)


def test_sigma_is_free_of_luck() -> None:
    """A straight line has sigma 0; luck of 1 in each run would make it 1.5 * sqrt(2 / R)."""
    estimates = []
    for seed in range(30):
        rng = np.random.default_rng((seed, 2))
        sample = trajectories(THREE, lambda x: x[:, 0], 40, seed, lambda x, rng=rng: rng.normal(size=(len(x), 2)))
        estimates.append(morris_effects(THREE, sample, outcome="y")["sigma"][0])
    assert np.median(estimates) < 0.5  # half of the samples give a variance of 0 or less, which counts as 0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda s: replace(s, ids=s.ids[::-1]), None),
        (lambda s: replace(s, x=s.x[::-1].copy(), y=s.y[::-1]), None),
        (lambda s: replace(s, x=np.roll(s.x, 1, axis=0)), "are no trajectory"),
        (lambda s: replace(s, ids=s.ids[:-1], x=s.x[:-1], y=s.y[:-1]), "159 rows are no trajectories of 4"),
        (lambda s: replace(s, y=np.where(s.ids == 7, np.nan, 1.0)[:, None]), "row 7, seed 0: response nan"),
        (lambda s: replace(s, failed=(s.ids > 9)[:, None]), "2 trajectories without a failed run"),
    ],
)
def test_what_is_no_trajectory_is_refused(change, message) -> None:
    sample = change(trajectories(THREE, product))
    if message is None:  # a trajectory walked backwards is one too
        assert len(morris_effects(THREE, sample, outcome="y")) == 3
        return
    with pytest.raises(DataError, match=message):
        morris_effects(THREE, sample, outcome="y")


def test_a_failed_run_costs_its_trajectory() -> None:
    sample = trajectories(THREE, product)
    failed = (sample.ids == 5)[:, None]
    found = morris_effects(THREE, replace(sample, y=np.where(failed, np.nan, sample.y), failed=failed), outcome="y")
    kept = np.r_[0:4, 8:160]
    wanted = morris_effects(THREE, Sample(np.arange(156), sample.x[kept], sample.y[kept], (0,)), outcome="y")
    assert (found["mu_star"] == wanted["mu_star"]).all()
    assert (found["failed_rows"][0], found["failed_runs"][0], found["runs"][0]) == (1, 1, 156)


# --- polynomial chaos -------------------------------------------------------------------------------------------


def test_terms_are_orthonormal() -> None:
    terms = terms_of(3, 4, 2)
    assert len(terms) == len(np.unique(terms, axis=0)) == 3 * 4 + 3 * 6
    assert terms.sum(axis=1).max() == 4
    assert (terms > 0).sum(axis=1).max() == 2
    nodes, weights = np.polynomial.legendre.leggauss(6)
    grid = np.stack(np.meshgrid(nodes, nodes, nodes, indexing="ij"), axis=-1).reshape(-1, 3)
    weight = np.prod(np.stack(np.meshgrid(weights, weights, weights, indexing="ij"), axis=-1), axis=-1).ravel() / 8
    columns = basis((grid + 1) / 2, terms)
    np.testing.assert_allclose(columns.T @ (columns * weight[:, None]), np.eye(len(terms)), atol=1e-12)
    np.testing.assert_allclose(weight @ columns, 0, atol=1e-12)


def test_a_polynomial_is_found_through_luck() -> None:
    """a * (1 + b), a uniform on 0 to 10 and b on -1 to 1: parts of the variance are 25/3, 25/3 and 25/9."""
    pytest.importorskip("sklearn")
    found = chaos_indices(THREE, [uniform(THREE, product, 512, 1, luck=2.0, replicates=4)], outcome="y")
    for name, truth in (("S1", [3 / 7, 3 / 7, 0]), ("ST", [4 / 7, 4 / 7, 0])):
        half = (found[f"{name}_high"] - found[f"{name}_low"]) / 2
        wider = t.ppf(1 - 1 / ONCE_IN / 12, 9) / t.ppf(0.975, 9)
        assert (np.abs(found[name] - np.array(truth)) <= wider * half + 1e-3).all()  # the penalty shrinks a little
        assert half.max() < 0.06
    # held-out means of four runs hold luck of variance 1 beside a signal of 25/3 + 25/3 + 25/9
    assert abs(found["Q2"][0] - (175 / 9) / (175 / 9 + 1)) < 0.03
    assert found["N"][0] == 512


def test_q2_says_so_when_a_polynomial_does_not_fit() -> None:
    pytest.importorskip("sklearn")
    steps = chaos_indices(THREE, [uniform(THREE, lambda x: np.floor(3 * x[:, 0]) % 2.0, 256, 1)], outcome="y")
    assert steps["Q2"][0] < 0.3
    smooth = chaos_indices(THREE, [uniform(THREE, product, 256, 1)], outcome="y")
    assert smooth["Q2"][0] > 0.999


def test_polynomial_of_groups() -> None:
    pytest.importorskip("sklearn")
    factors = replace(THREE, groups=("both", "both", "none"), dummy="none")
    found = chaos_indices(factors, [uniform(factors, product, 256, 1)], outcome="y")
    np.testing.assert_allclose(found[["S1", "ST"]].to_numpy(), [[1, 1], [0, 0]], atol=1e-3)


def test_chaos_says_what_it_needs(monkeypatch) -> None:
    with pytest.raises(DataError, match="64 points are too few"):
        chaos_indices(THREE, [uniform(THREE, product, 64)], outcome="y")
    with pytest.raises(DataError, match="do not vary"):
        chaos_indices(THREE, [uniform(THREE, lambda x: 0 * x[:, 0])], outcome="y")
    monkeypatch.setitem(sys.modules, "sklearn", None)
    with pytest.raises(UsageError, match=r"pip install 'krimpsim\[sensitivity\]'"):
        chaos_indices(THREE, [uniform(THREE, product)], outcome="y")
    assert len(terms_of(12, 3)) <= chaos.TERMS


# --- PAWN -------------------------------------------------------------------------------------------------------


def collapse(x):
    """The year of a collapse, which most runs never see."""
    return np.where(x[:, 0] * (2 + x[:, 1]) > 20, 2013 + x[:, 1], 2041.0)


def test_distances_are_those_of_salib() -> None:
    sample = uniform(THREE, collapse, 512, luck=0.1, replicates=2)
    found = pawn_indices(THREE, [sample], outcome="y")
    wanted = salib_pawn.analyze(problem(THREE), np.repeat(sample.x, 2, axis=0), sample.y.ravel(), S=10)
    np.testing.assert_allclose(found["PAWN"], wanted["median"], atol=1e-12)
    np.testing.assert_allclose(found["largest"], wanted["maximum"], atol=1e-12)


def test_a_skewed_outcome_names_its_factors_and_not_the_dummy() -> None:
    found = pawn_indices(THREE, [uniform(THREE, collapse, 512)], outcome="collapse")
    assert found["is_above_floor"].tolist() == [True, True, False]
    assert found["of"][0] == "distribution of single runs"


def test_the_floor_holds_a_factor_without_influence_as_often_as_it_promises() -> None:
    idle = 30
    factors = Factors(("a", "b", *(f"idle{i}" for i in range(idle))), ((0.0, 10.0), (-1.0, 1.0)) + ((0.0, 1.0),) * idle)
    found = pawn_indices(factors, [uniform(factors, collapse, 128)], outcome="y")
    assert found["is_above_floor"][2:].sum() <= binom.ppf(1 - 1 / ONCE_IN, idle, 1 - CONFIDENCE)


def test_pawn_refuses_what_it_cannot_judge() -> None:
    with pytest.raises(DataError, match="64 points are too few for 10 slices"):
        pawn_indices(THREE, [uniform(THREE, collapse, 64)], outcome="y")
    sample = uniform(THREE, product)
    endless = replace(sample, y=np.where(sample.ids == 3, np.inf, 1.0)[:, None])
    with pytest.raises(DataError, match="row 3, seed 0: response inf"):
        pawn_indices(THREE, [endless], outcome="y")
    failed = uniform(THREE, product)
    found = pawn_indices(THREE, [replace(failed, failed=(failed.ids < 6)[:, None])], outcome="y")
    assert (found["failed_rows"][0], found["N"][0]) == (6, 250)


# --- figures ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def tables():
    path = Path(__file__).resolve().parents[2] / "experiments" / "sensitivity_check" / "check.py"
    spec = importlib.util.spec_from_file_location("sensitivity_check_figures", path)
    study = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = study
    spec.loader.exec_module(study)
    known, parts = study.KNOWN[0], []
    for k in range(8):
        u = study.design(4, 64, k, True)
        parts.append(Sample(np.arange(len(u)), u, study.respond(known, study.LUCK[2], u, (2 * k, 2 * k + 1), 0, k),
                            (2 * k, 2 * k + 1)))  # fmt: skip
    found, pairs = sobol_indices(known.factors, parts, outcome="y", second_order=True)
    return found, pairs, sobol_convergence(known.factors, parts, outcome="y", second_order=True)


def names(count: int) -> Factors:
    """Return factors with long names, as those of the model are."""
    keys = tuple(f"informal_care.substitution_of_personal_care_{chr(97 + k)}" for k in range(count))
    return Factors(keys, ((0.0, 1.0),) * count)


def many(count: int, scale: float = 1.0, luck: float = 0.02) -> pd.DataFrame:
    """Return effects of which most lie close together near zero."""
    weight = scale * np.concatenate([[3.0, 2.9, 2.8], np.geomspace(1.0, 1e-4, count - 3)])

    def response(x):
        return x @ weight + 2 * scale * x[:, 0] * x[:, 1]

    def noise(x):
        return luck * scale * np.random.default_rng(1).normal(size=(len(x), 3))

    return morris_effects(names(count), trajectories(names(count), response, luck=noise), outcome="y")


def written(figure) -> list[tuple[str, object]]:
    """Return every text that a figure shows, with its box in pixels."""
    canvas = FigureCanvasAgg(figure)
    canvas.draw()
    texts = [
        *figure.texts,
        *(
            text
            for axes in figure.axes
            for text in [*axes.texts, axes.title, axes._left_title, axes.xaxis.label, axes.yaxis.label]
        ),
    ]
    for axis in [axis for axes in figure.axes for axis in (axes.xaxis, axes.yaxis)]:
        low, high = axis.get_view_interval()
        places = zip(axis.get_majorticklocs(), axis.get_majorticklabels(), strict=True)
        texts += [label for at, label in places if low <= at <= high]
    return [(text.get_text(), Text.get_window_extent(text)) for text in texts if text.get_text().strip()]


def test_figures_are_drawn_twice_and_the_same_each_time(tables, tmp_path) -> None:
    found, pairs, convergence = tables
    title = ("zorg die blijft liggen in 2040", "unmet care in 2040")
    labels = {"x1": "hoe snel het aantal mantelzorgers daalt"}
    sample = [uniform(THREE, product, 256, luck=0.5, replicates=2)]
    every = {
        "sobol": found,
        "convergence": convergence,
        "pairs": pairs,
        "chaos": chaos_indices(THREE, sample, outcome="y"),
        "pawn": pawn_indices(THREE, sample, outcome="y"),
        "morris": many(5),
    }
    first, second = dict(list(every.items())[:3]), dict(list(every.items())[3:])  # of other factors
    for folder in (tmp_path / "one", tmp_path / "two"):
        drawings = draw_sensitivity(folder, "unmet", title, first, labels)
        drawings += draw_sensitivity(folder, "unmet", title, second, labels)
    kinds = ["indices", "convergence", "pairs", "chaos", "pawn", "effects"]
    assert [drawing.name for drawing in drawings] == [f"unmet_{kind}" for kind in kinds]
    for drawing in drawings:
        assert drawing.alt.startswith("Zorg die blijft liggen")
        assert drawing.alt.endswith(".")
        for kind in ("png", "svg"):
            one, two = (tmp_path / folder / f"{drawing.name}.{kind}" for folder in ("one", "two"))
            assert one.read_bytes() == two.read_bytes()
        with Image.open(tmp_path / "one" / f"{drawing.name}.png") as picture:
            assert picture.width >= 700
    assert "mantelzorgers" in drawings[0].alt


@pytest.mark.parametrize(("count", "scale"), [(4, 1.0), (14, 1e-3), (24, 2e5)])
def test_no_text_of_the_effects_lies_over_another_or_is_cut_off(count, scale) -> None:
    table = many(count, scale)
    labels = {name: factor_words(name) for name in table["factor"]}
    with mpl.rc_context(STYLE):
        figure = effects_figure(table, ("zwaar belaste mantelzorgers", "heavily burdened informal carers"), labels)
        boxes = written(figure)
    whole = figure.bbox
    for text, box in boxes:
        assert whole.x0 <= box.x0, text
        assert box.x1 <= whole.x1, text
        assert whole.y0 <= box.y0, text
        assert box.y1 <= whole.y1, text
    for (one, a), (other, b) in combinations(boxes, 2):
        assert not (a.x0 < b.x1 and b.x0 < a.x1 and a.y0 < b.y1 and b.y0 < a.y1), (one, other)
    listed = {text.replace("\n", " ") for text, _ in boxes}
    assert set(labels.values()) <= listed
    numbers = [text.get_text() for text in figure.axes[0].texts]
    big = table[(table["mu_star"] > 0.02 * table["mu_star"].max()) & (table["mu_star"] > table["mu_star_by_luck"])]
    assert numbers == [str(k + 1) for k in range(len(big))]


def test_points_of_the_effects_are_those_of_the_table() -> None:
    table = many(6).sort_values("mu_star", ascending=False)
    axes = effects_figure(table, ("a", "b"), {}).axes[0]
    points = [(line.get_xdata()[0], line.get_ydata()[0]) for line in axes.lines if line.get_marker() == "o"]
    np.testing.assert_allclose(points, table[["mu_star", "sigma"]])


def test_a_group_has_an_open_point_on_the_axis() -> None:
    factors = replace(THREE, groups=("both", "both", "dummy"))
    table = morris_effects(factors, trajectories(factors, product), outcome="y")
    figure = effects_figure(table, ("a", "b"), {})
    points = [line for line in figure.axes[0].lines if line.get_marker() == "o"]
    assert [line.get_xdata()[0] for line in points] == table["mu_star"].tolist()
    assert [(line.get_ydata()[0], line.get_markerfacecolor() == "white") for line in points] == [(0, True), (0, False)]
    assert "Open stip: een groep" in " ".join(text.get_text() for text in figure.texts).replace("\n", " ")


def test_effects_of_an_outcome_that_nothing_moves_are_drawn_too() -> None:
    table = morris_effects(THREE, trajectories(THREE, lambda x: np.ones(len(x))), outcome="y")
    assert effects_figure(table, ("a", "b"), {}).axes[0].get_xlim()[1] > 1


def test_the_cross_check_says_where_the_two_agree() -> None:
    sample = [uniform(THREE, product, 512)]
    chaos = chaos_indices(THREE, sample, outcome="y")
    direct = chaos.assign(scramblings=1)
    for moved, agreeing in ((0.0, 3), (0.5, 2)):
        sobol = direct.copy()
        sobol.loc[0, ["ST", "ST_low", "ST_high"]] += moved
        figure = chaos_figure(chaos, ("a", "b"), {}, sobol)
        words = " ".join(text.get_text() for text in figure.texts).replace("\n", " ")
        assert f"Bij {agreeing} van 3 factoren overlappen" in words
        assert f"Q2 = {chaos['Q2'][0]:.2f}".replace(".", ",") in words
    found = {float(x) for axes in figure.axes for line in axes.lines for x in line.get_xdata()}
    assert set(sobol["ST"]) | set(chaos["ST"]) | set(chaos["S1"]) <= found


def test_bars_of_pawn_are_those_of_the_table_and_grey_below_the_floor() -> None:
    table = pawn_indices(THREE, [uniform(THREE, product, 512)], outcome="y").sort_values("PAWN")
    axes = pawn_figure(table[::-1], ("a", "b"), {}).axes[0]
    np.testing.assert_allclose([bar.get_width() for bar in axes.patches], table["PAWN"])
    is_grey = [mpl.colors.to_hex(bar.get_facecolor()) == FAINT for bar in axes.patches]
    assert is_grey == (~table["is_above_floor"]).tolist()
    assert 0 < sum(is_grey) < 3
    assert axes.lines[0].get_xdata()[0] == table["floor"].iloc[0]


def test_a_key_becomes_words() -> None:
    assert factor_words("informal_care.stop_per_year") == "informal care: stop per year"
    assert factor_words("convenant.joint_nights.strength") == "joint nights: strength"
    assert factor_words("care_need.minutes_nursing.2") == "care need: minutes nursing 2"


def test_bars_and_intervals_are_those_of_the_table(tables) -> None:
    from krimpsim.report.sensitivity_figures import index_figure

    found, _, _ = tables
    axes = index_figure(found, ("a", "b"), {}).axes[0]
    order = found.sort_values("ST", kind="stable")
    widths = [bar.get_width() for bar in axes.patches]
    np.testing.assert_allclose(widths, [*order["ST"], *order["S1"]])
    ends = np.concatenate([line.get_segments() for line in axes.collections])[:, :, 0]
    for name in ("ST", "S1"):
        for end in ("_low", "_high"):
            assert np.isin(order[name + end].round(9), ends.round(9)).all()


def test_one_replicate_says_nothing_of_luck(tables, tmp_path) -> None:
    found, _, _ = tables
    draw_sensitivity(tmp_path, "y", ("a", "b"), {"sobol": found.assign(noise_share=np.nan)})
    assert (tmp_path / "y_indices.svg").exists()
