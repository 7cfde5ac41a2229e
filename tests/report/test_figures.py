import itertools

import matplotlib as mpl
import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg
from PIL import Image
from synthetic_results import write_run_set

from krimpsim.outputs.headlines import HEADLINES
from krimpsim.report import figures, village_map
from krimpsim.report.drawings import draw_all
from krimpsim.report.figures import COLOUR_A, COLOUR_B, COLOUR_DIFFERENCE, fan_figure, spread
from krimpsim.report.runset import RunSet
from krimpsim.report.village_map import class_limits, map_figure


@pytest.fixture(scope="module")
def drawn(compared, tmp_path_factory):
    runs = RunSet(compared)
    folder = tmp_path_factory.mktemp("figures")
    return folder, draw_all(runs, folder, runs.others[0]), runs


def words(figure):
    return " ".join(text.get_text() for text in figure.findobj(mpl.text.Text)).replace("\n", " ")


def test_every_figure_is_drawn_twice(drawn):
    folder, drawings, _ = drawn
    assert [drawing.headline for drawing in drawings] == [*(headline.name for headline in HEADLINES), None]
    assert {path.name for path in folder.iterdir()} == {f"{d.name}.{kind}" for d in drawings for kind in ("png", "svg")}
    for drawing in drawings:
        with Image.open(folder / f"{drawing.name}.png") as picture:
            assert picture.width >= 900
            assert len(picture.convert("RGB").getcolors(1 << 20)) > 20
        assert b"<svg" in (folder / f"{drawing.name}.svg").read_bytes()[:1000]
        assert drawing.alt.endswith(".")


def test_the_same_figure_gives_the_same_bytes(drawn, tmp_path):
    folder, _, runs = drawn
    with mpl.rc_context(figures.STYLE):
        figures.save(fan_figure(runs, HEADLINES[0], runs.others[0]), tmp_path / HEADLINES[0].name)
    for kind in ("png", "svg"):
        name = f"{HEADLINES[0].name}.{kind}"
        assert (tmp_path / name).read_bytes() == (folder / name).read_bytes()


def test_nothing_stays_open_in_pyplot(drawn):
    import matplotlib.pyplot as plt

    assert plt.get_fignums() == []


def test_fan_shows_mean_bands_and_difference_in_their_colours(drawn):
    _, _, runs = drawn
    b = runs.others[0]
    figure = fan_figure(runs, HEADLINES[0], b)
    above, below = figure.axes
    lines = {line.get_color(): line for line in above.lines}
    assert lines[COLOUR_A].get_linestyle() == "--"
    assert lines[COLOUR_B].get_linestyle() == "-"
    np.testing.assert_allclose(lines[COLOUR_A].get_ydata(), runs.values(runs.a, HEADLINES[0].name).mean(axis=0))
    assert len(above.collections) == 4
    assert below.lines[0].get_color() == COLOUR_DIFFERENCE
    assert above.get_ylim()[0] == 0
    assert figure.legends == []


def test_figures_say_what_to_beware_of_in_both_languages(drawn):
    _, _, runs = drawn
    said = words(fan_figure(runs, HEADLINES[0], runs.others[0]))
    for part in (
        "Zorg die blijft liggen, van elke 100 uur",
        "Unmet care per 100 hours needed",
        "The list of 22 is a reconstruction; Bonnerveen a guess",
        "12 replicates",
        "before calibration",
        "nog niet gekalibreerd",
        "11 van de 12 doorrekeningen",
        "6 van de 12",
    ):
        assert part in said
    assert "The list of 22 is a reconstruction; Bonnerveen a guess" in words(map_figure(runs, runs.others[0]))


@pytest.mark.parametrize("headline", HEADLINES, ids=lambda headline: headline.name)
def test_no_text_overlaps_or_leaves_the_figure(drawn, headline):
    _, _, runs = drawn
    with mpl.rc_context(figures.STYLE):
        figure = fan_figure(runs, headline, runs.others[0])
        canvas = FigureCanvasAgg(figure)
        canvas.draw()
        boxes = [(text.get_text(), text.get_window_extent(canvas.get_renderer())) for text in figure.texts]
    width, height = figure.bbox.width, figure.bbox.height
    for text, box in boxes:
        assert box.x0 >= 0, text
        assert box.y0 >= 0, text
        assert box.x1 <= width, text
        assert box.y1 <= height, text
    for i, (one, first) in enumerate(boxes):
        for other, second in boxes[i + 1 :]:
            wide = min(first.x1, second.x1) - max(first.x0, second.x0)
            high = min(first.y1, second.y1) - max(first.y0, second.y0)
            assert min(wide, high) <= 2, (one, other)


def test_labels_are_moved_apart_and_kept_inside():
    assert spread([0.5, 0.5], [0.2, 0.2], 0.05, 0, 1) == pytest.approx([0.5, 0.75])
    assert spread([0.9, 0.95], [0.2, 0.2], 0.0, 0, 1) == pytest.approx([0.7, 0.9])
    assert spread([0.1, 0.9], [0.2, 0.2], 0.0, 0, 1) == pytest.approx([0.1, 0.9])


def test_small_villages_show_the_number_of_their_group(drawn):
    _, _, runs = drawn
    groups = {group.name: group for group in runs.groups}
    assert len(groups) == 11
    said = words(map_figure(runs, None))
    for name in ("Zandberg", "Exloërveen", "Bonnerveen", "Oud Annerveen"):
        assert name in said
    assert "Nieuw-Buinen  " in said
    assert not any(f"Zandberg  {digit}" in said for digit in range(10))


def test_one_scenario_with_one_replicate_is_drawn_without_difference(alone, tmp_path):
    runs = RunSet(alone)
    drawings = draw_all(runs, tmp_path, None)
    assert len(drawings) == len(HEADLINES) + 1
    figure = fan_figure(runs, HEADLINES[0], None)
    assert len(figure.axes) == 1
    assert len(figure.axes[0].collections) == 0


def extent(mark):
    """Return the box of a mark in dots."""
    (matrix,), ((x, y),) = mark.get_transforms(), mark.get_offset_transform().transform(mark.get_offsets())
    box = mark.get_paths()[0].transformed(mpl.transforms.Affine2D(matrix)).get_extents()
    assert box.width > 5
    return box.translated(x, y)


def test_names_on_the_map_stand_beside_marks_and_each_other(drawn):
    """No name lies over a mark or over another name, whatever shape the mark has; worse marks are squares."""
    _, _, runs = drawn
    for kinds in (("better",), ("equal",), ("worse",), ("better", "equal", "worse", "unclear")):
        with mpl.rc_context(figures.STYLE), pytest.MonkeyPatch.context() as patch:
            turn = itertools.cycle(kinds)
            patch.setattr(village_map, "verdict", lambda *_, turn=turn, **__: next(turn))
            figure = map_figure(runs, runs.others[0])
            canvas = FigureCanvasAgg(figure)
            canvas.draw()
            renderer = canvas.get_renderer()
        for axes in figure.axes:
            names = [text for text in axes.texts if text.get_text() and "gemeente" not in text.get_text()]
            assert len(names) == 22
            boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in names]
            marks = [("mark", extent(mark)) for mark in axes.collections]
            assert len(marks) == 22
            for i, (name, box) in enumerate(boxes):
                for other, second in [*boxes[i + 1 :], *marks]:
                    wide = min(box.x1, second.x1) - max(box.x0, second.x0)
                    high = min(box.y1, second.y1) - max(box.y0, second.y0)
                    assert min(wide, high) <= 1, (kinds, name, other)


def test_classes_of_the_map_follow_the_numbers(drawn):
    assert class_limits([8.2, 8.4, 8.9, 9.3, 9.5]) == (8.5, 8.7, 9.0, 9.2)
    assert class_limits([0.0, 50.0]) == (10, 20, 30, 40)
    assert class_limits([3.0, 3.0]) == ()
    _, _, runs = drawn
    first, _ = map_figure(runs, runs.others[0]).axes
    assert len({tuple(mark.get_facecolor()[0]) for mark in first.collections}) >= 3


def test_few_runs_have_one_band_from_the_lowest_to_the_highest(tmp_path):
    runs = RunSet(write_run_set(tmp_path, replicates=4, years=6))
    figure = fan_figure(runs, HEADLINES[0], runs.others[0])
    above = figure.axes[0]
    assert len(above.collections) == 2
    edges = above.collections[0].get_paths()[0].vertices[:, 1]
    values = runs.values(runs.a, HEADLINES[0].name)
    assert (edges.min(), edges.max()) == pytest.approx((values.min(), values.max()))
    assert "Band: van de laagste tot de hoogste doorrekening." in words(figure)
    assert "bijna alle" not in words(figure)
