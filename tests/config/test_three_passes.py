"""The three passes over a file: keys, values, and what does not go together."""

from __future__ import annotations

import pytest
from file_tools import problems_of

from krimpsim.config.load import load_config


def test_all_three_passes_report_in_order_of_lines(write):
    write(
        "a.toml",
        """[run]
start = 2015-01-01
end = 2014-12-31
replicats = 3
seed = 1.5
[region]
villages = [
  "Valthermond",
  "Valthermnd",
]
[market]
consent_share = 1.8
[convenant.joint_nights]
covers = "al"
enabled = 1
start = 2020-01-01
end = 2019-12-31
""",
    )
    found, problems = problems_of("a.toml")
    assert found == [
        ("a.toml:3", "run.end"),
        ("a.toml:4", "run.replicats"),
        ("a.toml:5", "run.seed"),
        ("a.toml:9", "region.villages.1"),
        ("a.toml:12", "market.consent_share"),
        ("a.toml:14", "convenant.joint_nights.covers"),
        ("a.toml:15", "convenant.joint_nights.enabled"),
        ("a.toml:17", "convenant.joint_nights.end"),
    ]
    by_key = {problem.key: problem for problem in problems}
    assert "'replicates'" in by_key["run.replicats"].hint
    assert "'Valthermond'" in by_key["region.villages.1"].hint
    assert by_key["market.consent_share"].message == "1.8 is outside the allowed range"
    hint = by_key["market.consent_share"].hint
    assert hint.startswith("0 to 1 share (")
    assert hint.endswith("default 0.55")
    assert "'all'" in by_key["convenant.joint_nights.covers"].hint


def test_a_key_in_the_wrong_table_is_sent_to_the_right_one(write):
    _, (problem,) = problems_of(write("a.toml", "[market]\nloss_quarters = 3\n"))
    assert problem.hint == "did you mean 'decisions.loss_quarters'?"


def test_an_unknown_key_in_a_list_of_tables(write):
    text = '[[providers]]\nid = "a"\n[[providers]]\nid = "b"\nbsae = "Borger"\n'
    found, (problem,) = problems_of(write("a.toml", text))
    assert found == [("a.toml:5", "providers.1.bsae")]
    assert "'base'" in problem.hint


def test_python_names_of_aliased_keys_are_unknown(write):
    assert problems_of(write("a.toml", "schema_version = 1"))[0] == [("a.toml:1", "schema_version")]


@pytest.mark.parametrize(
    "line",
    [
        'run.seed = "7"',
        "run.seed = true",
        "run.seed = 7.0",
        'run.start = "2013-01-01"',
        "run.start = 2013-01-01T00:00:00",
        "run.start = 20130101",
        'market.consent_share = "0.5"',
        "market.consent_share = false",
        "market.consent_share = nan",
        "accounts.wage_care = inf",
        "convenant.joint_nights.enabled = 1",
        'convenant.joint_nights.enabled = "yes"',
        "scenario.id = 3",
        'scenario.id = "Not A Name"',
        "schema = 2",
        "run = 3",
        'staff.tightness."2030" = "x"',
        "staff.tightness = 3",
        "staff.tightness.soon = 3",
        'region.villages = "Valthermond"',
        "region.villages = [3]",
        "region.villages = []",
        'region.villages = ["Valthermond", "Valthermond"]',
        "care_need.minutes_nursing = [1, 2, 3]",
        "care_need.minutes_nursing = [1, 2, 3, 4.5]",
        "care_need.minutes_nursing = [1, 2, 3, 10080]\ncare_need.minutes_scale = 3.0",
        "providers = 3",
        "providers = [3]",
        "providers = [{ weight = 1.0 }]",
        "providers = [[]]",
        'providers = [{ id = "a", kind = "larg_regional" }]',
        'providers = [{ id = "a", base = "Atlantis" }]',
        'providers = [{ id = "a" }, { id = "a" }]',
        "providers = [" + ", ".join(f"{{ id = 'p{k}' }}" for k in range(61)) + "]",
        'nights.fixed_visits = [{ provider = "a", village = "Valthermond" }]',
        "run.start = 2012-12-01",
        "run.end = 2041-01-31",
        "run.start = 2013-01-02",
        "run.end = 2013-12-30",
    ],
)
def test_one_wrong_value_is_one_problem_on_its_line(write, line):
    found, (problem,) = problems_of(write("a.toml", f"# a comment\n{line}\n"))
    assert problem.where == "a.toml:2"
    assert problem.message
    assert "[type=" not in problem.message
    assert found[0][1].split(".")[0] == line.split(" ")[0].split(".")[0]


def test_a_wrong_value_does_not_hide_a_cross_check_elsewhere(write):
    """Two providers without id, which nothing can replace, and a village that does not exist."""
    found, _ = problems_of(
        write("a.toml", 'region.villages = ["Atlantis"]\n[[providers]]\nweight = -1\n[[providers]]\n')
    )
    assert found == [
        ("a.toml:1", "region.villages.0"),
        ("a.toml:2", "providers.0.id"),
        ("a.toml:3", "providers.0.weight"),
        ("a.toml:4", "providers.1.id"),
    ]


def test_a_list_that_is_wrong_in_every_way(write):
    found, _ = problems_of(write("a.toml", 'providers = [3, {}, { weight = "x" }]\nrun.replicates = 0\n'))
    assert found == [
        ("a.toml:1", "providers.2.weight"),
        ("a.toml:1", "providers.0"),
        ("a.toml:1", "providers.1.id"),
        ("a.toml:1", "providers.2.id"),
        ("a.toml:2", "run.replicates"),
    ]


def test_whole_numbers_are_welcome_where_numbers_are(write):
    config = load_config(write("a.toml", "market.consent_share = 1"))
    assert config.market.consent_share == 1.0
    assert isinstance(config.market.consent_share, float)
