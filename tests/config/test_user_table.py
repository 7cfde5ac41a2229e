"""The one reader of tables that users bring: what means the same is read the same, and mistakes have line and cure."""

from __future__ import annotations

import unicodedata

import pytest

from krimpsim.config.load import load_config
from krimpsim.config.user_table import cure, number, read_user_table
from krimpsim.core.errors import ConfigError
from krimpsim.experiments.points import read_points

PLAIN = "place,give now,hours\nÉén,0.5,7\nTwee,1,\n"
COLUMNS = ("place", "give_now", "hours")
ROWS = [(2, ("Één", "0.5", "7")), (3, ("Twee", "1", ""))]
DUTCH = PLAIN.replace(",", ";").replace(".", ",")


def read(tmp_path, content):
    path = tmp_path / "table.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return read_user_table(path)


@pytest.mark.parametrize(
    ("content", "shift"),
    [
        (PLAIN, 0),
        ("\ufeff" + PLAIN, 0),
        (PLAIN.replace("\n", "\r\n"), 0),
        (PLAIN.replace("\n", "\r"), 0),
        (PLAIN.encode("utf-16"), 0),
        (b"\xfe\xff" + PLAIN.encode("utf-16-be"), 0),
        (unicodedata.normalize("NFD", PLAIN), 0),
        (PLAIN.replace("give now", " Give  NOW "), 0),
        (PLAIN.replace("Twee", ' "Twee" ').replace(' "', '"').replace('" ', '"'), 0),
        (PLAIN.replace("\n", ",,\n"), 0),
        ("\n,,\n" + PLAIN, 2),
        (PLAIN + "\n,,\n \n", 0),
        ("sep=,\n" + PLAIN, 1),
        ("SEP=|\r\n" + PLAIN.replace(",", "|"), 1),
        (PLAIN.replace(",", "\t"), 0),
        (DUTCH.replace("0,5", "0.5"), 0),
        ("sep=;\n" + DUTCH.replace("0,5", "0.5"), 1),
        (PLAIN.rstrip("\n"), 0),
        ("sep=;;;\n" + DUTCH.replace("0,5", "0.5"), 1),
        ("\n;;\n" + DUTCH.replace("0,5", "0.5"), 2),
        (PLAIN.replace(",", "|"), 0),
        (PLAIN.encode("utf-16-le"), 0),
        (PLAIN.encode("utf-16-be"), 0),
        ("," + PLAIN.rstrip("\n").replace("\n", "\n,"), 0),
        (PLAIN.replace("give now", "give-now"), 0),
        (PLAIN.replace("give now", '"give now" '), 0),
        (PLAIN.replace("Twee", "\u200bTwee\u00a0"), 0),
    ],
)  # fmt: skip
def test_tables_that_mean_the_same_are_read_the_same(tmp_path, content, shift):
    table = read(tmp_path, content)
    assert table.mistakes == []
    assert table.columns == COLUMNS
    assert [(line - shift, cells) for line, cells in table.rows] == ROWS


@pytest.mark.parametrize("first", ["", "sep=;\r\n", '"sep=;"\n'])
def test_a_decimal_comma_is_one_where_semicolons_part_cells(tmp_path, first):
    table = read(tmp_path, first + DUTCH)
    assert table.comma
    assert [number(cells[1], table.comma) for _, cells in table.rows] == [0.5, 1]


@pytest.mark.parametrize(
    ("content", "line", "message", "hint"),
    [
        ("a,b\n\n1,2,3\n", 3, "3 cells, allowed is 2", "the columns are a, b"),
        ("sep=;\na;b\n1\n", 3, "1 cells, allowed is 2", "the columns are a, b"),
        ('a,b\n1,"2\n', 2, "cannot be read as a table", "a quote that opens a cell must close it"),
        ("a,b\n1,7,5\n", 2, "3 cells, allowed is 2", "for decimal commas, part cells by semicolons"),
        ("a;b\n1,7\n", 2, "1 cells, allowed is 2", "cells stand between ';' here, not ','"),
        ('a,b\n"1"x,2\n', 2, "more stands behind a quote that closes a cell", "write two for one inside"),
        ('a,b\n1,2\n3,"4\n5,6\n', 3, "a quote opens a cell and is not closed", "must close it"),
        ("a,b\n1,2\n".encode("utf-16")[:-1], 2, "the text is not UTF-16", "save the file as CSV UTF-8"),
        ("a;b\n0,5;1\n2;1.048\n", 3, "'1.048' can be 1048 or 1.048", "no mark between thousands"),
        ("a,b\n1,é\n".encode("cp1252"), 2, "the text is not UTF-8", "save the file as CSV UTF-8"),
        (b"PK\x03\x04\x00\x00", 1, "this is not a text", "save the table as CSV UTF-8"),
    ],
)
def test_a_mistake_has_line_and_cure(tmp_path, content, line, message, hint):
    (found,) = read(tmp_path, content).mistakes
    assert found.line == line
    assert message in found.message
    assert hint in found.hint


def test_in_one_column_a_comma_is_decimal(tmp_path):
    table = read(tmp_path, "a\n0,7\n1.25\n")
    assert [number(cells[0], table.comma) for _, cells in table.rows] == [0.7, 1.25]


def test_a_point_is_decimal_where_no_number_has_a_comma(tmp_path):
    table = read(tmp_path, "a;b\n0.5;1\n2;1.048\n")
    assert table.mistakes == []
    assert number(table.rows[1][1][1], table.comma) == 1.048


def test_a_folder_is_no_table(tmp_path):
    assert read_user_table(tmp_path).mistakes[0].message.startswith("cannot be read: ")


@pytest.mark.parametrize(
    ("text", "comma", "found"),
    [("1", False, 1), ("-3", False, -3), ("0.5", True, 0.5), ("0,5", True, 0.5), (",5", True, 0.5),
     ("1e3", False, 1000.0), ("0,5", False, None), ("1_000", False, None), ("1.234,5", True, None),
     ("nan", False, None), ("inf", False, None),
     ("1e999", False, None), ("abc", True, None), ("", False, None), ("١", False, None)],
)  # fmt: skip
def test_a_number_is_what_the_table_writes_as_one(text, comma, found):
    assert number(text, comma) == found
    assert type(number(text, comma)) is type(found)


@pytest.mark.parametrize(
    ("text", "said"),
    [("65%", "write 0.65"), ("6,5 %", "write 0.065"), ("0,65", "write 0.65, or part cells by semicolons"),
     ("1.234,5", "write the number without a mark between thousands"), ("12 000", "without a mark"), ("abc", "")],
)  # fmt: skip
def test_what_looks_like_a_number_has_a_cure(text, said):
    assert said in cure(text)
    assert bool(said) == bool(cure(text))


def test_points_and_surveys_are_read_by_it(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = "sep=;\r\nCare_need.men_ratio;informal_care.stop_per_year\r\n0,7;0,1\r\n;;\r\n"
    (tmp_path / "p.csv").write_text(text, encoding="utf-16")
    found = read_points(tmp_path / "p.csv")
    assert found.problems == []
    assert found.rows == [("p.csv:3", {"care_need.men_ratio": 0.7, "informal_care.stop_per_year": 0.1})]
    (tmp_path / "p.csv").write_text("care_need.men_ratio\n65%\n0.7\n#N/B\n")
    said = [(one.where, one.message, one.hint) for one in read_points(tmp_path / "p.csv").problems]
    assert said[0] == ("p.csv:2", "'65%' is not a number", "write 0.65")
    assert said[1][:2] == ("p.csv:4", "'#N/B' is not a number")
    (tmp_path / "p.csv").write_text("convenant.joint_nights.enabled\nWAAR\nonwaar\nTRUE\n")
    assert [list(point.values()) for _, point in read_points(tmp_path / "p.csv").rows] == [[True], [False], [True]]
    (tmp_path / "p.csv").write_text("care_need.men_ratio\n0.7;0.8\n")
    assert [one.message for one in read_points(tmp_path / "p.csv").problems] == ["2 cells, allowed is 1"]
    survey = "sep=;\nVillage_group;Respondents;Willing_to_give;Willing_to_accept;Hours\nGIETERVEEN;48,0;34;43;7,5\n"
    (tmp_path / "s.csv").write_text(survey)
    (tmp_path / "a.toml").write_text('zorgkracht.survey = "s.csv"\n')
    (row,) = load_config("a.toml").zorgkracht.survey
    assert (row.village_group, row.hours) == ("Gieterveen", 7.5)
    (tmp_path / "s.csv").write_text(survey.replace("7,5", "65%"))
    with pytest.raises(ConfigError) as caught:
        load_config("a.toml")
    (problem,) = caught.value.problems
    assert (problem.where, problem.message) == ("s.csv:3", "'65%' is not a number")
    assert problem.hint.startswith("write 0.65; ")
