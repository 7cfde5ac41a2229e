"""A text that is not TOML, or a value of another kind: said in the words of whoever wrote it, with the cure."""

from __future__ import annotations

import sys

import pytest

from krimpsim import cli
from krimpsim.config.load import load_config
from krimpsim.core.errors import ConfigError, UsageError

TEXT = """schema = 1
[scenario]
id = "x"
[informal_care]
{}
"""


def said(tmp_path, content):
    path = tmp_path / "a.toml"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(ConfigError) as caught:
        load_config(path)
    (problem,) = caught.value.problems
    return int(problem.where.rpartition(":")[2]), problem.message, problem.hint


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ("willing_share = 0,65", "0,65 has a decimal comma", "write 0.65"),
        ("willing_share = 0,65 # a share", "0,65 has a decimal comma", "write 0.65"),
        ("willing_share = 65%", "65% is not a number", "write 0.65"),
        ("willing_share = 6,5 %", "6,5 % is not a number", "write 0.065"),
        ("capacity_minutes = 1.146.000", "mark between thousands", "write 1146000"),
        ("capacity_minutes = 18,146", "mark between thousands or a decimal comma", "write 18146, or a decimal point"),
        ("willing_share = .5", ".5 lacks a digit", "write 0.5"),
        ("willing_share = 1.", "1. lacks a digit", "write 1.0"),
        ("capacity_minutes = 007", "007 begins with a 0", "write 7"),
        ("capacity_minutes = 12;", "a line does not end with ;", "write capacity_minutes = 12"),
        ("capacity_minutes = 12,", "a line does not end with ,", "write capacity_minutes = 12"),
        ("capacity_minutes =", "'capacity_minutes' has no value", "leave the line out"),
        ("capacity_minutes 12", "there is no = after 'capacity_minutes'", "write capacity_minutes = 12"),
        ("capacity_minutes: 12", "stands where = belongs, after 'capacity_minutes'", "write capacity_minutes = 12"),
        ("capacity_minutes:", "stands where = belongs", "write [capacity_minutes] for a table"),
        ("capacity_minutes := 12", "one = belongs between key and value", "write capacity_minutes = 12"),
        ("capacity_minutes == 12", "one = belongs between key and value", "write capacity_minutes = 12"),
        ("capacity minutes = 12", "'capacity minutes' cannot be a key", "write capacity_minutes = ..."),
        ("x = ja", "ja is not true or false", "write true"),
        ("x = No", "No is not true or false", "write false"),
        ("x = True", "True is not true or false", "write true"),
        ("x = 1-2-2027", "1-2-2027 is not a date", "write 2027-02-01"),
        ("x = 2027/1/31", "2027/1/31 is not a date", "write 2027-01-31"),
        ("x = 2027-13-01", "2027-13-01 is not a date", "write year-month-day, as 2027-01-31"),
        ("x = Hello world", "Hello world is a text without quotes", 'write x = "Hello world"'),
        ("x = “Hi”", "“ is no quote of TOML", "write straight quotes"),
        ('x = "Hi', "is not closed", "close it on the same line"),
        (
            'x = "C:\\Users\\x\\a.csv"',
            "a \\ in double quotes begins a special character",
            "'C:\\Users\\x\\a.csv' in single",
        ),
        ("x = [1, 2", "a list is opened here and not closed", "close it with ]"),
        ("x = {a = 1", "a table in braces is opened here and not closed", "close it with }"),
        ("x = [1; 2]", "a list has commas between its values", "write x = [1, 2]"),
        ("x = [0,5; 0,6]", "a list has commas between its values", "write x = [0.5, 0.6]"),
        ("[convenant", "a bracket of this line is missing", "write [convenant]"),
        ("[informal care]", "'informal care' cannot name a table", "write it without blanks"),
        ("x = 1\u00a02", "a blank of another kind", "type the line again"),
        ("x = € 12", "€ 12 is not a number", "write 12 without the unit"),
        ("x = {a = 0,65}", "0,65 has a decimal comma", "write 0.65"),
        ("x = {a = 0,65, b = 1}", "0,65 has a decimal comma", "write 0.65"),
        ("x = {", "a table in braces is opened here", "write [x] and its keys on lines below"),
        ("x = 6,5e-1", "6,5e-1 has a decimal comma", "write 6.5e-1"),
        ("x = 1.000,5", "mark between thousands", "write 1000.5"),
        ("x = 1,234.567", "mark between thousands", "write 1234.567"),
        ("x = 18 146,25", "mark between thousands", "write 18146.25"),
        ("x = [True, false]", "True is not true or false", "write true"),
        ("x = [65%, 0.7]", "65% is not a number", "write 0.65"),
        ("x = [Eext, Gasselte]", "Eext is a text without quotes", 'write "Eext"'),
        ('x = ["Eext" "Gasselte"]', 'a comma is missing after "Eext"', 'write "Eext",'),
        ('x = ["Eext, "Gasselte"]', "a quote is missing in this list", "each text has two"),
        ('x = ["C:\\Users"]', "a \\ in double quotes begins a special character", "'C:\\Users' in single quotes"),
        ("x = C:\\temp\\new.csv", "is a text without quotes", "write x = 'C:\\temp\\new.csv'"),
        ('x = "a "b" c"', 'a " inside the text ends it', "write 'a \"b\" c'"),
        ("x = 'zo'n dorp'", "a ' inside the text ends it", 'write "zo\'n dorp"'),
        ("x = 31 december 2014", "is not a date", "write 2014-12-31"),
        ("x = 1 okt. 2026", "is not a date", "write 2026-10-01"),
        ("x = 2/3", "2/3 is a calculation", "write its outcome"),
        ("x = 7,5 uur", "7,5 uur is not a number", "write 7.5 without the unit"),
        ("x = null", "null is no value", "leave the line out"),
        ("x = NaN", "NaN is not a number", "write a number"),
        ("x = 1 y = 2", "two values stand on this line", "a line of its own"),
        ("// x", "// begins no line of TOML", "begin the line with #"),
        ("```", "begins no line of TOML", "leave the line out"),
        ("[région]", "'région' cannot name a table", "letters without accents"),
        ("région = 1", "'région' cannot be a key", "letters without accents"),
        ("x = 1\x01", "a character that nobody sees", "type the line again"),
        ("x = {a = 1, a = 2}", "'a' stands there twice in these braces", "leave one of the two out"),
        ("x = 1.234,56 euro", "is not a number", "write 1234.56 without the unit"),
        ("x = €1.500", "is not a number", "write 1500 without the unit"),
        ("x = –4", "–4 is not a number", "write -4"),
        ("x = ４", "４ is not a number", "write 4"),
        ("x = 1, 2, 3", "these are more values than one", "x = [1, 2, 3]"),
        ('x = "a", "b"', "these are more values than one", 'x = ["a", "b"]'),
        ('x = ["a",, "b"]', "a comma stands here with no value before it", "leave it out"),
        ("x = {a: 1}", "in braces = stands between key and value", "write it as {a = 1}"),
        ('x = ["a", "b"', "a list is opened here and not closed", "close it with ]"),
        ("x = 0,5, 0,6", "these are more values than one", "x = [0.5, 0.6]"),
        ("x..y = 1", "'x..y' cannot be a key", "letters without accents"),
        ("x = (1, 2)", "(1, 2) is none that TOML knows", "a list in [ ]"),
        ("[run] seed = 1", "seed = 1 stands behind [run]", "begin a new line"),
        ("[run],", ", stands behind [run]", "leave it out"),
        ("run {", "there is no = after 'run'", "write [run], and its keys on lines below"),
        ("seed -> 3", "there is no = after 'seed'", "write seed = 3"),
        ("seed => 3", "one = belongs between key and value", "write seed = 3"),
        ("= 3", "this line is not TOML", "a line is key = value"),
        ("x = 1 = 2", "1 = 2 is none that TOML knows", "a value is a number"),
    ],
)
def test_what_people_write_is_said_with_its_cure(tmp_path, line, message, hint):
    at, what, cure = said(tmp_path, TEXT.format(line))
    assert at == 5
    assert message in what
    assert hint in cure


@pytest.mark.parametrize(
    ("text", "line", "message"),
    [
        ("a = 1\nb = 2\n\na = 3\n", 4, "'a' stands there twice, first on line 1"),
        ("[run]\nseed = 1\n[market]\nseed = 2\nx = 1\n'x' = 3\n", 6, "'x' stands there twice, first on line 5"),
        ("run.seed = 1\n[run]\nend = 2\n", 2, "'run' stands beside 'run.seed' of line 1, and they cannot both stand"),
        ("[[run]]\nseed = 1\n[run]\n", 3, "'run' stands there twice, first on line 1"),
        ("[[a]]\nb = 1\n[[a]]\nb = 2\nb = 3\n", 5, "'b' stands there twice, first on line 4"),
        ("[a.b]\nx = 1\n[a]\nb = 2\n", 4, "'a.b' stands there twice, first on line 1"),
        ("[run]\nseed = 1\n[market]\n[run]\nend = 1\n", 4, "'run' stands there twice, first on line 1"),
    ],
)
def test_what_stands_there_twice_is_named_with_both_lines(tmp_path, text, line, message):
    assert said(tmp_path, text)[:2] == (line, message)


@pytest.mark.parametrize(
    ("content", "message", "hint"),
    [
        ("", "holds nothing", "krimpsim new NAME"),
        ("# only a comment\n\n", "holds nothing", "krimpsim new NAME"),
        ("run.seed = 1\n".encode("utf-16"), "the text is UTF-16", "save the file as UTF-8"),
        ("run.seed = 1\n".encode("utf-16-le"), "the text is UTF-16", "save the file as UTF-8"),
        ("run.seed = 1\n".encode("utf-16-be"), "the text is UTF-16", "save the file as UTF-8"),
        (b"PK\x03\x04\x00", "this is not a text", "give a TOML file"),
        ("# één\n".encode("cp1252"), "the text is not UTF-8", "save the file as UTF-8"),
        ("<html>\n</html>\n", "another kind of file", "key = value"),
        ('{"run": 1}\n', "another kind of file", "key = value"),
    ],
)
def test_another_kind_of_file_is_said_to_be_one(tmp_path, content, message, hint):
    line, what, cure = said(tmp_path, content)
    assert line == 1
    assert message in what
    assert hint in cure


@pytest.mark.parametrize(
    ("text", "line", "message", "hint"),
    [
        ('x = [\n  "Eext"\n  "Gasselte"\n]\n', 2, 'a comma is missing after "Eext"', 'write "Eext",'),
        ('x = [\n  "Eext",\n  Gasselte,\n]\n', 3, "Gasselte is a text without quotes", 'write "Gasselte"'),
        ('x = ["Eext",\n  "Gasselte"\n[run]\nseed = 1\n', 1, "a list is opened here and not closed", "close it with ]"),
    ],
)
def test_a_mistake_in_a_list_of_more_lines_stands_where_it_was_made(tmp_path, text, line, message, hint):
    assert said(tmp_path, text) == (line, message, hint)


def test_lines_may_end_as_on_an_old_mac(tmp_path):
    (tmp_path / "a.toml").write_bytes(b"[run]\rseed = 3\rreplicates = 2\r")
    assert load_config(tmp_path / "a.toml").run.seed == 3


@pytest.mark.parametrize(
    ("line", "key", "message", "hint"),
    [
        ('extends = "a\\u0000b"', "extends", "is not a file name", "a \\ in double quotes begins"),
        ('extends = "C:\\new.toml"', "extends", "is not a file name", "a \\ in double quotes begins"),
        ('extends = ""', "extends", "'' is not a file name", 'write it as "today.toml"'),
        ('extends = "."', "extends", "is a folder", "relative to the file that extends"),
        (
            'zorgkracht.survey = "C:\\temp\\new.csv"',
            "zorgkracht.survey",
            "does not exist",
            "a \\ in double quotes begins",
        ),
        ('zorgkracht.survey = "."', "zorgkracht.survey", "is a folder, not a table", "relative to the file"),
    ],
)
def test_the_name_of_a_file_is_one(tmp_path, line, key, message, hint):
    (tmp_path / "b.toml").write_text(line + "\n")
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path / "b.toml")
    (problem,) = caught.value.problems
    assert (problem.where.rpartition(":")[2], problem.key) == ("1", key)
    assert message in problem.message
    assert hint in problem.hint
    assert "\n" not in problem.message


def test_a_folder_is_no_file(tmp_path):
    with pytest.raises(UsageError, match="this is a folder; give a file"):
        load_config(tmp_path)


@pytest.mark.parametrize(
    ("line", "message", "hint"),
    [
        ('willing_share = "0,65"', "'0,65' is not a number", "write 0.65; "),
        ('willing_share = "65%"', "'65%' is not a number", "write 0.65; "),
        ('willing_share = "0.65"', "'0.65' is not a number", "write 0.65 without quotes; "),
        ('willing_share = "1.000,5"', "'1.000,5' is not a number", "write 1000.5; "),
        ('willing_share = "0.65;"', "'0.65;' is not a number", "write 0.65; "),
        ('willing_share = "True"', "'True' is not a number", "0 to 1"),
        ('capacity_minutes = "34%"', "'34%' is not a whole number", "0 to"),
        ("capacity_minutes = 120.0", "120.0 is not a whole number", "write 120; "),
        ("willing_share = true", "true is not a number", "0 to 1"),
        ('capacity_minutes = "120"', "'120' is not a whole number", "write 120 without quotes; "),
        ("capacity_minutes = 12.5", "12.5 is not a whole number", ""),
        ("willing_share = nan", "nan is not a number", ""),
        ("willing_share = inf", "inf is not a number", ""),
    ],
)
def test_a_value_of_another_kind_has_a_cure(tmp_path, line, message, hint):
    _, what, cure = said(tmp_path, TEXT.format(line))
    assert what == message
    assert cure.startswith(hint)


@pytest.mark.parametrize(
    ("setting", "hint"),
    [("informal_care.willing_share=0,65", "write 0.65; "), ("informal_care.willing_share=65%", "write 0.65; "),
     ("convenant.joint_nights.enabled=ja", "write true; "), ("run.seed=seven", "")],
)  # fmt: skip
def test_a_setting_of_the_command_line_has_the_same_cures(tmp_path, monkeypatch, capsys, setting, hint):
    (tmp_path / "a.toml").write_text("schema = 1\n")
    words = ["krimpsim", "check", str(tmp_path / "a.toml"), "--set", setting]
    monkeypatch.setattr(sys, "argv", words)
    with pytest.raises(SystemExit) as caught:
        cli.main()
    err = capsys.readouterr().err
    assert caught.value.code == 3
    assert f"--set {setting}  {setting.partition('=')[0]}: '{setting.partition('=')[2]}' is not " in err
    assert hint in err


@pytest.mark.parametrize(
    ("setting", "message", "hint"),
    [
        ("region.villages=[Eexterveen]", "Eexterveen is a text without quotes", 'write "Eexterveen"; a shell takes'),
        ('region.villages=["Eexterveen"', "a list is opened here and not closed", "close it with ]"),
        ("region.villages=[“Eexterveen”]", "“ is no quote of TOML", "write straight quotes"),
        ('scenario.id="x', 'the quote that opens "x is not closed', "close it on the same line"),
        ("region.villages=Eexterveen", "'Eexterveen' is not a choice", "a list is written as ['Eexterveen']"),
    ],
)
def test_a_setting_with_quotes_or_brackets_has_a_cure(tmp_path, monkeypatch, capsys, setting, message, hint):
    (tmp_path / "a.toml").write_text("schema = 1\n")
    monkeypatch.setattr(sys, "argv", ["krimpsim", "check", str(tmp_path / "a.toml"), "--set", setting])
    with pytest.raises(SystemExit) as caught:
        cli.main()
    err = capsys.readouterr().err
    assert caught.value.code == 3
    assert f"--set {setting}  {setting.partition('=')[0]}: {message}" in err
    assert hint in err
