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
    in_grid = "; in a grid each of [[factors]] has levels, or values" if (kind, key) == ("grid", "levels") else ""
    assert hint == f"{key} is for {kinds}{in_grid}"


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
        ('scenarios = ["tiny", "tiny"]', "scenarios.1", "'tiny' stands there twice", "leave one of the two out"),
        ('vary = "multiplier"\nvalues = [true]', "values.0", "true is not a number", ""),
        ('group = ""', "group", "'' cannot be a name here", "lower-case letters"),
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


@pytest.mark.parametrize(
    ("factor", "key", "message"),
    [
        ("values = [100, 3.7]", "values.1", "3.7 is not a whole number"),
        ("low = 100.3\nhigh = 200", "low", "100.3 is not a whole number"),
        ("low = 100\nhigh = 200.9", "high", "200.9 is not a whole number"),
    ],
)
def test_a_whole_number_is_not_rounded(tmp_path, factor, key, message):
    ((_, name, said_, _),) = said(tmp_path, factor=factor, key="informal_care.work_minutes")
    assert (name, said_) == (f"factors.0.{key}", message)


@pytest.mark.parametrize(
    "factor", ["values = [100.0, 200]", "low = 100.0\nhigh = 200.0", 'vary = "multiplier"\nvalues = [0.5]']
)
def test_a_whole_number_may_have_a_point(tmp_path, factor):
    assert said(tmp_path, factor=factor, key="informal_care.work_minutes") == []


def test_patterns_are_named_once(tmp_path):
    ((line, key, message, _),) = said(
        tmp_path, 'kind = "draws"', 'without = ["market.*", "market.*"]', key="all uncertain"
    )
    assert (line, key, message) == ("8", "factors.0.without.1", "'market.*' stands there twice")


PLACED = ["2e Exlo\u00ebrmond", "2e exloe\u0308rmond", "2E-EXLOERMOND"]


@pytest.mark.parametrize("name", PLACED)
def test_names_of_places_are_the_same_in_points(tmp_path, name):
    (tmp_path / "x.toml").write_text(
        TEXT.format(
            base=TINY, design='kind = "grid"', key="region.villages.0", factor=f'values = ["{name}", "Zandberg"]'
        )
    )
    assert load_experiment(tmp_path / "x.toml").values == [("2e Exloermond",), ("Zandberg",)]
    ((_, key, message, _),) = said(tmp_path, factor=f'values = ["{name}", "2e Exloermond"]', key="region.villages.0")
    assert (key, message) == ("factors.0.values.1", "'2e Exloermond' stands there twice")
    (tmp_path / "p.csv").write_text(f"region.villages.0\n{name}\n")
    text = TEXT.format(base=TINY, design='kind = "list"\nfile = "p.csv"', key="", factor="")
    text = text.partition("[[factors]]")[0] + "[[indicators]]" + text.partition("[[indicators]]")[2]
    (tmp_path / "x.toml").write_text(text)
    assert load_experiment(tmp_path / "x.toml").values == [("2e Exloermond",)]


@pytest.mark.parametrize(
    ("column", "cell", "message", "hint"),
    [
        ("care_need.men_ratio", "much", "'much' is not a number", ""),
        ("care_need.men_ratio", "true", "true is not a number", ""),
        ("informal_care.work_minutes", "100.5", "100.5 is not a whole number", ""),
        ("convenant.joint_nights.enabled", "ja", "'ja' is not true or false", "write true"),
        ("convenant.joint_nights.enabled", "1", "1.0 is not true or false", "write true or false"),
    ],
)
def test_a_cell_of_another_kind_stands_where_it_was_written(tmp_path, monkeypatch, column, cell, message, hint):
    monkeypatch.chdir(tmp_path)
    good = {"care_need.men_ratio": "0.7", "informal_care.work_minutes": "100"}.get(column, "false")
    (tmp_path / "p.csv").write_text(f"{column}\n{good}\n{cell}\n")
    text = TEXT.format(base=TINY, design='kind = "list"\nfile = "p.csv"', key="", factor="")
    (tmp_path / "x.toml").write_text(
        text.partition("[[factors]]")[0] + "[[indicators]]" + text.partition("[[indicators]]")[2]
    )
    with pytest.raises(ConfigError) as caught:
        load_experiment("x.toml")
    (problem,) = caught.value.problems
    assert (problem.where, problem.message, problem.hint) == ("p.csv:3", message, hint)


@pytest.mark.parametrize(
    ("design", "key", "message", "hint"),
    [
        ('kind = "list"\nfile = ""', "design.file", "'' is not a file name", 'write it as "points.csv"'),
        ('kind = "list"\nfile = "C:\\temp\\new.csv"', "design.file", "is not a file name", "in double quotes begins"),
        ('kind = "list"\npoints = [{}]', "design.points.0", "the point is empty", "name a key and its value"),
        ('kind = "list"\n[execution]\nstore = ""', "execution.store", "'' is not the name of a folder", "leave it out"),
    ],
)
def test_what_is_named_has_a_name(tmp_path, design, key, message, hint):
    cut = lambda text: text.partition("[[factors]]")[0] + "[[indicators]]" + text.partition("[[indicators]]")[2]  # noqa: E731
    ((_, name, what, cure),) = said(tmp_path, design, change=cut)
    assert name == key
    assert message in what
    assert hint in cure
