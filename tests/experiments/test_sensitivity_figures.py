"""Figures of the indices: they show what the tables say, and nothing in them lies over another."""

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
from sample_tools import THREE, product, trajectories, uniform

from krimpsim.experiments.chaos import chaos_indices
from krimpsim.experiments.distribution_indices import pawn_indices
from krimpsim.experiments.sample import Factors, Sample
from krimpsim.experiments.screening import morris_effects
from krimpsim.experiments.sensitivity import sobol_convergence, sobol_indices
from krimpsim.report.effects_figure import effects_figure
from krimpsim.report.figures import STYLE
from krimpsim.report.sensitivity_figures import (
    chaos_figure,
    draw_sensitivity,
    factor_words,
    pawn_figure,
)
from krimpsim.report.sensitivity_parts import FAINT


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
