"""The table of a survey: read into the configuration, so that a run keeps its answers; mistakes by line."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from krimpsim.config.load import load_config, load_with_origins, resolved_toml, run_id
from krimpsim.core.errors import ConfigError

HEAD = "village_group,respondents,willing_to_give,willing_to_accept,hours\n"
GOOD = HEAD + "Gieterveen,48,34,43,7.5\nZandberg,12,6,9,\n"
NAMES_IT = 'zorgkracht.survey = "survey.csv"\n'
Write = Callable[[str, str], str]


@pytest.fixture
def write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Write:
    monkeypatch.chdir(tmp_path)

    def put(name: str, text: str, encoding: str = "utf-8") -> str:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding=encoding)
        return name

    return put


def said(path: str, overrides: dict[str, object] | None = None) -> list[tuple[str, str, str, str]]:
    with pytest.raises(ConfigError) as caught:
        load_config(path, overrides)
    return [(p.where, p.key, p.message, p.hint) for p in caught.value.problems]


def identity(path: str) -> str:
    return run_id(load_config(path), 0, "sources", "data")


def test_rows_become_part_of_the_configuration(write: Write) -> None:
    write("deep/survey.csv", GOOD)
    write("deep/parent.toml", NAMES_IT)
    config, origins = load_with_origins(write("a.toml", 'extends = "deep/parent.toml"'))
    first, second = config.zorgkracht.survey
    assert first.model_dump() == {
        "village_group": "Gieterveen",
        "respondents": 48,
        "willing_to_give": 34,
        "willing_to_accept": 43,
        "hours": 7.5,
    }
    assert second.hours is None
    assert origins["zorgkracht", "survey", 0, "respondents"] == "deep/survey.csv:2"
    assert origins["zorgkracht", "survey"] == "deep/parent.toml:1"


def test_a_run_knows_the_answers_and_needs_the_table_no_more(write: Write, tmp_path: Path) -> None:
    write("survey.csv", GOOD)
    config, origins = load_with_origins(write("a.toml", NAMES_IT))
    before, text = identity("a.toml"), resolved_toml(config, origins)
    assert "respondents = 48  # survey.csv:2" in text
    (tmp_path / "survey.csv").unlink()
    assert load_config(write("run.toml", text)) == config
    assert identity("run.toml") == before
    write("survey.csv", GOOD.replace("34", "33"))
    assert identity("a.toml") != before
    assert identity(write("none.toml", "schema = 1")) != before
    write("elsewhere/other.csv", GOOD)
    write("b.toml", 'zorgkracht.survey = "elsewhere/other.csv"')
    assert identity("b.toml") == before, "the answers count, not the name of their file"


def test_a_child_takes_another_table_and_the_parents_is_not_read(write: Write) -> None:
    write("survey.csv", GOOD)
    write("parent.toml", 'zorgkracht.survey = "lost.csv"\n')
    child = write("child.toml", 'extends = "parent.toml"\n' + NAMES_IT)
    assert len(load_config(child).zorgkracht.survey) == 2
    assert load_config(child, {"zorgkracht.survey": []}).zorgkracht.survey == ()
    assert len(load_config("parent.toml", {"zorgkracht.survey": "survey.csv"}).zorgkracht.survey) == 2


@pytest.mark.parametrize(
    "text",
    [
        GOOD.replace(".", "%").replace(",", ";").replace("%", ","),
        "\ufeff" + GOOD,
        GOOD.replace("\n", "\r\n") + ",,,,\r\n",
        "hours,village_group,willing_to_accept,willing_to_give,respondents\n7.5,Gieterveen,43,34,48\n,Zandberg,9,6,12\n",
        GOOD.replace(",34,", ' , "34" ,').replace('" ', '"').replace(' "', '"'),
    ],
    ids=["as spreadsheets in Dutch write it", "mark of UTF-8", "empty line", "other order", "spaces and quotes"],
)
def test_tables_that_mean_the_same_are_the_same(write: Write, text: str) -> None:
    write("survey.csv", GOOD)
    expected = load_config(write("a.toml", NAMES_IT))
    write("survey.csv", text)
    assert load_config("a.toml") == expected


def test_every_mistake_is_reported_with_its_line(write: Write) -> None:
    write(
        "survey.csv",
        HEAD
        + "Gietervene,7,3,3,7.5\n"
        + "Gasselternijveen,62,70,58,abc\n"
        + "1e Exloermond-Exloerveen-2e Valthermond-Zandberg,25,19,20,120\n"
        + "Zandberg,60,16,,\n"
        + "Eexterveen,21,16.5,-1,\n"
        + "Eexterveen,2_1,nan,3\n"
        + ",21,1_0,nan,\n",
    )
    found = said(write("a.toml", NAMES_IT + "zorgkracht.weight = 2\n"))
    assert [(where, key.removeprefix("zorgkracht.")) for where, key, _, _ in found] == [
        ("a.toml:2", "weight"),
        ("survey.csv:2", "survey.0.respondents"),
        ("survey.csv:2", "survey.0.village_group"),
        ("survey.csv:3", "survey.1.hours"),
        ("survey.csv:3", "survey.1.respondents"),
        ("survey.csv:4", "survey.2.hours"),
        ("survey.csv:5", "survey.3.willing_to_accept"),
        ("survey.csv:5", "survey.3.village_group"),
        ("survey.csv:5", "survey.3.respondents"),
        ("survey.csv:6", "survey.4.willing_to_give"),
        ("survey.csv:6", "survey.4.willing_to_accept"),
        ("survey.csv:7", "survey"),
        ("survey.csv:8", "survey.5.willing_to_give"),
        ("survey.csv:8", "survey.5.willing_to_accept"),
        ("survey.csv:8", "survey.5.village_group"),
    ]
    told = {(where, key): (message, hint) for where, key, message, hint in found}
    message, hint = told["survey.csv:2", "zorgkracht.survey.0.respondents"]
    assert message == "7 is outside the allowed range"
    assert hint.startswith("10 to 100000 persons")
    assert "could be recognised" in hint
    assert told["survey.csv:2", "zorgkracht.survey.0.village_group"][1] == "did you mean 'Gieterveen'?"
    assert "70 or more" in told["survey.csv:3", "zorgkracht.survey.1.respondents"][1]
    assert "the same village" in told["survey.csv:5", "zorgkracht.survey.3.village_group"][1]
    assert "58 residents" in told["survey.csv:5", "zorgkracht.survey.3.respondents"][1]
    assert told["survey.csv:7", "zorgkracht.survey"][0] == "4 cells, allowed is 5"


@pytest.mark.parametrize(
    ("text", "messages"),
    [
        ("", ["the table has no rows"]),
        ("\n;;\n", ["the table has no rows"]),
        (
            "Survey of 2026;;;;\n" + GOOD.replace(",", ";"),
            ["this line does not name the columns, and the first line has to"],
        ),
        ("," + GOOD.replace("\n", "\nx,"), ["column 1 has no name"]),
        (HEAD, ["the table has no rows"]),
        (GOOD.replace("respondents", "respondent"), ["unknown column 'respondent'", "column 'respondents' is missing"]),
        (GOOD.replace("hours", "respondents"), ["column 'respondents' stands there twice"]),
        (HEAD + 'Gieterveen,"48,34,43,7.5\n', ["cannot be read as a table: a quote opens a cell and is not closed"]),
    ],
)
def test_a_table_of_another_shape_is_refused_where_it_begins(write: Write, text: str, messages: list[str]) -> None:
    write("survey.csv", text)
    found = said(write("a.toml", NAMES_IT))
    assert [message for _, _, message, _ in found][: len(messages)] == messages
    assert all(where.startswith("survey.csv:") and hint for where, _, message, hint in found if "read" not in message)


def test_a_table_in_another_encoding_is_refused_at_its_line(write: Write) -> None:
    write("survey.csv", HEAD + "Gieterveen,48,34,43,7.5\n1e Exloërmond,12,6,9,\n", encoding="latin-1")
    assert said(write("a.toml", NAMES_IT))[0][:3] == ("survey.csv:3", "zorgkracht.survey", "the text is not UTF-8")


def test_a_table_that_is_not_there_is_refused_where_it_is_named(write: Write) -> None:
    found = said(write("deep/a.toml", "schema = 1\n" + NAMES_IT))
    assert [found[0][:3]] == [("deep/a.toml:2", "zorgkracht.survey", "'deep/survey.csv' does not exist")]
    assert "relative to the file that names it" in found[0][3]
    assert len(found) == 1
