"""What an experiment file says and nothing would come of is refused at its line, never passed over."""

from __future__ import annotations

import pytest
from sweep_tools import TINY

from krimpsim.core.errors import ConfigError
from krimpsim.experiments.reading import load_experiment

TEXT = """schema = 1
id = "x"
base = "{base}"
[design]
{design}
[[factors]]
key = "{key}"
{factor}
[[indicators]]
name = "births"
of = "births"
"""


def said(
    tmp_path, design='kind = "grid"', factor="", key="care_need.men_ratio", base=str(TINY), change=lambda text: text
):
    file = tmp_path / "x.toml"
    file.write_text(change(TEXT.format(base=base, design=design, key=key, factor=factor)), encoding="utf-8")
    try:
        load_experiment(file)
    except ConfigError as error:
        return [(p.where.rpartition(":")[2], p.key, p.message, p.hint) for p in error.problems]
    return []


@pytest.mark.parametrize(
    ("design", "key", "kinds"),
    [
        ('kind = "grid"\nlevels = 8', "levels", "morris"),
        ('kind = "grid"\nn = 8', "n", "lhs, sobol, morris"),
        ('kind = "grid"\nseed = 3', "seed", "lhs, sobol, morris, draws"),
        ('kind = "grid"\nsecond_order = true', "second_order", "sobol"),
        ('kind = "grid"\nscramblings = 1', "scramblings", "sobol"),
        ('kind = "lhs"\nn = 4\nscramblings = 8', "scramblings", "sobol"),
        ('kind = "lhs"\nn = 4\nlevels = 4', "levels", "morris"),
        ('kind = "sobol"\nn = 4\nlevels = 4', "levels", "morris"),
        ('kind = "morris"\nn = 4\nsecond_order = false', "second_order", "sobol"),
        ('kind = "draws"\nn = 4', "n", "lhs, sobol, morris"),
        ('kind = "grid"\npoints = [{"care_need.men_ratio" = 0.7}]', "points", "list, draws"),
    ],
)
def test_a_design_does_not_take_what_its_kind_does_not_read(tmp_path, design, key, kinds):
    kind = design.split('"')[1]
    found = [one for one in said(tmp_path, design) if one[1] == f"design.{key}"]
    ((line, _, message, hint),) = found
    assert line == str(4 + len(design.splitlines()))
    assert message.endswith(f": a {kind} has no {key}")
    assert hint == f"{key} is for {kinds}"


@pytest.mark.parametrize(
    ("factor", "key", "message", "hint"),
    [
        ("values = []", "values", "the list is empty", "leave it out"),
        ("scenarios = []", "scenarios", "the list is empty", "leave it out"),
        ("without = []", "without", "the list is empty", "leave it out"),
        ('values = ["0.6"]', "values.0", "'0.6' is not a number", "write 0.6 without quotes"),
        ('values = [0.6, "0,7"]', "values.1", "'0,7' is not a number", "write 0.7"),
        ("values = [0.6, true]", "values.1", "true is not a number", ""),
        ("values = [0.6, 0.7, 0.6]", "values.2", "0.6 stands there twice", "once"),
        ("values = [0.6]\nlevels = 3", "levels", "levels means nothing beside values", "give values"),
        ("values = [0.6]\nlow = 0.5", "low", "low means nothing beside values", "give values"),
        ('values = [0.6]\ndistribution = "uniform"', "distribution", "means nothing beside values", ""),
        ("values = [nan]", "values", "nan is not a finite number", ""),
        ("low = nan", "low", "nan is not a number", ""),
        ("low = 0.8\nhigh = 0.7", "high", "0.7 is not above low, 0.8", ""),
        ("low = 0.7\nhigh = 0.7", "high", "0.7 is not above low, 0.7", ""),
        ('low = "0.7"', "low", "'0.7' is not a number", "write 0.7 without quotes"),
        ("low = true", "low", "true is not a number", ""),
        ("levels = 2.5", "levels", "2.5 is not a whole number", ""),
    ],
)
def test_a_factor_says_only_what_is_used(tmp_path, factor, key, message, hint):
    found = said(tmp_path, factor=factor)
    assert [one[1] for one in found] == [f"factors.0.{key}"]
    assert message in found[0][2]
    assert hint in found[0][3]
    assert 8 <= int(found[0][0]) <= 9


def test_levels_of_a_factor_are_for_a_grid(tmp_path):
    ((line, key, message, _),) = said(tmp_path, 'kind = "lhs"\nn = 4', "levels = 5")
    assert (line, key, message) == ("9", "factors.0.levels", "5: levels of a factor are not for lhs")


@pytest.mark.parametrize("values", ['["true"]', "[1]", '["ja"]'])
def test_a_switch_takes_true_and_false_only(tmp_path, values):
    found = said(tmp_path, factor=f"values = {values}", key="convenant.joint_nights.enabled")
    assert [one[1] for one in found] == ["factors.0.values.0"]
    assert found[0][2].endswith("is not true or false")


@pytest.mark.parametrize("name", ["scenarios", "criteria", "factors", "indicators"])
def test_an_empty_list_is_no_list(tmp_path, name):
    def change(text):
        text = (
            text
            if name not in ("factors", "indicators")
            else text.partition(f"[[{name}]]")[0]
            + (text.partition("[[indicators]]")[1] + text.partition("[[indicators]]")[2] if name == "factors" else "")
        )
        return text.replace("[design]", f"{name} = []\n[design]")  # fmt: skip

    assert any(one[1] == name for one in said(tmp_path, change=change))


@pytest.mark.parametrize("text", ["", "# nothing\n"])
def test_an_empty_file_is_no_experiment(tmp_path, text):
    ((line, key, message, _),) = said(tmp_path, change=lambda _: text)
    assert (line, key, message) == ("1", "file", "holds nothing")


@pytest.mark.parametrize("base", ["none.toml", "", "."])
def test_a_base_is_a_file(tmp_path, base):
    found = said(tmp_path, base=base)
    assert [one[:2] for one in found] == [("3", "base")]


def test_points_are_of_the_kind_of_their_key(tmp_path):
    points = '[{"care_need.men_ratio" = 0.7}, {"care_need.men_ratio" = "0.8"}]'
    cut = lambda text: text.partition("[[factors]]")[0] + "[[indicators]]" + text.partition("[[indicators]]")[2]  # noqa: E731
    ((line, key, message, hint),) = said(tmp_path, f'kind = "list"\npoints = {points}', change=cut)
    assert (line, key) == ("6", "design.points.1.care_need.men_ratio")
    assert (message, hint) == ("'0.8' is not a number", "write 0.8 without quotes")
    ((_, key, message, _),) = said(tmp_path, 'kind = "list"\npoints = []', change=cut)
    assert (key, message) == ("design.points", "the list is empty")
