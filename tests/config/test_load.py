"""Reading, merging and checking configuration files."""

import json
from datetime import date
from pathlib import Path

import pytest

from krimpsim.config.load import canonical, load_config, load_with_origins, resolved_toml, run_id
from krimpsim.config.run import RunConfig
from krimpsim.core.errors import ConfigError, UsageError

CONFIGS = Path(__file__).resolve().parents[2] / "configs"


@pytest.fixture
def write(tmp_path, monkeypatch):
    """Write files into the working folder, so that messages show short names."""
    monkeypatch.chdir(tmp_path)

    def put(name, text):
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
        return name

    return put


def problems_of(path, overrides=None):
    with pytest.raises(ConfigError) as caught:
        load_config(path, overrides)
    return [(problem.where, problem.key) for problem in caught.value.problems], caught.value.problems


def test_a_file_that_changes_nothing_is_all_defaults(write):
    assert load_config(write("a.toml", "schema = 1")) == RunConfig()


# --- extends ----------------------------------------------------------------------------------------------------


def test_tables_merge_and_lists_replace(write):
    write(
        "base/parent.toml",
        """
[run]
seed = 5
replicates = 7
[region]
villages = ["Zandberg", "Valthermond"]
[[providers]]
id = "a"
[[providers]]
id = "b"
""",
    )
    child = write(
        "child.toml",
        """extends = "base/parent.toml"
run.seed = 6
region.villages = ["Gieterveen"]
[[providers]]
id = "c"
""",
    )
    config, origins = load_with_origins(child)
    assert (config.run.seed, config.run.replicates) == (6, 7)
    assert config.region.villages == ("Gieterveen",)
    assert [provider.id for provider in config.providers] == ["c"]
    assert origins[("run", "seed")] == "child.toml:2"
    assert origins[("run", "replicates")] == "base/parent.toml:4"
    assert origins[("providers", 0, "id")] == "child.toml:5"
    assert ("providers", 1, "id") not in origins
    assert ("region", "villages", 1) not in origins
    assert ("extends",) not in origins


def test_the_parent_is_relative_to_the_child_and_may_have_a_parent(write):
    write("configs/top.toml", "[run]\nseed = 1\nreplicates = 1\n")
    write("configs/scenarios/middle.toml", 'extends = "../top.toml"\n[run]\nseed = 2\n')
    write("configs/scenarios/clauses/low.toml", 'extends = "../middle.toml"\n[run]\nend = 2014-12-31\n')
    config, origins = load_with_origins("configs/scenarios/clauses/low.toml")
    assert (config.run.seed, config.run.replicates, config.run.end) == (2, 1, date(2014, 12, 31))
    assert origins[("run", "replicates")] == "configs/top.toml:3"


def test_a_dated_table_merges_with_its_default(write):
    config = load_config(write("a.toml", "[staff.tightness]\n2030 = 9\n"))
    assert config.staff.tightness == {**RunConfig().staff.tightness, "2030": 9.0}
    assert list(config.staff.tightness) == sorted(config.staff.tightness)


def test_a_cycle_is_refused_where_it_closes(write):
    write("a.toml", '# first\nextends = "b.toml"\n')
    write("b.toml", 'extends = "./a.toml"\n')
    found, (problem,) = problems_of("a.toml")
    assert found == [("b.toml:1", "extends")]
    assert "a.toml -> b.toml -> a.toml" in problem.message
    write("self.toml", 'extends = "self.toml"\n')
    assert problems_of("self.toml")[0] == [("self.toml:1", "extends")]


def test_a_missing_parent_is_located_and_the_child_is_still_checked(write):
    write(
        "sub/a.toml",
        'schema = 1\nextends = "none.toml"\n[run]\nseeed = 1\nreplicates = 0\n[[providers]]\nweight = 1.0\n',
    )
    found, problems = problems_of("sub/a.toml")
    assert found == [("sub/a.toml:2", "extends"), ("sub/a.toml:4", "run.seeed"), ("sub/a.toml:5", "run.replicates")]
    assert "sub/none.toml" in problems[0].hint


def test_a_parent_that_is_no_text_is_refused(write):
    assert problems_of(write("a.toml", 'extends = ["x.toml"]'))[0] == [("a.toml:1", "extends")]


def test_broken_syntax_in_the_parent_is_located_there(write):
    write("parent.toml", "\n[run\n")
    assert problems_of(write("a.toml", 'extends = "parent.toml"'))[0] == [("parent.toml:2", "TOML")]


def test_mistakes_point_to_the_file_they_came_from(write):
    write("parent.toml", "\n[run]\nreplicates = 0\nstart = 2030-01-01\n")
    write("a.toml", 'extends = "parent.toml"\n[run]\nend = 2020-12-31\nseed = -1\n')
    found, _ = problems_of("a.toml")
    assert found == [("a.toml:3", "run.end"), ("a.toml:4", "run.seed"), ("parent.toml:3", "run.replicates")]


# --- the three passes -------------------------------------------------------------------------------------------


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


# --- overrides --------------------------------------------------------------------------------------------------


def test_overrides_win_and_are_an_origin(write):
    write("a.toml", '[run]\nseed = 1\n[[providers]]\nid = "a"\n[[providers]]\nid = "b"\nweight = 2.0\n')
    config, origins = load_with_origins(
        "a.toml",
        {
            "run.seed": 2,
            "providers.1.weight": 3.0,
            "region.villages": ("Zandberg",),
            'staff.tightness."2030"': 4.0,
            "convenant.joint_nights": {"enabled": True},
        },
    )
    assert config.run.seed == 2
    assert [provider.weight for provider in config.providers] == [1.0, 3.0]
    assert config.region.villages == ("Zandberg",)
    assert config.staff.tightness["2030"] == 4.0
    assert config.convenant.joint_nights.enabled
    assert origins[("run", "seed")] == "--set run.seed=2"
    assert origins[("providers", 1, "weight")] == "--set providers.1.weight=3.0"
    assert origins[("providers", 1, "id")] == "a.toml:6"


def test_overrides_are_checked_like_the_file_and_come_last(write):
    write("a.toml", "run.seed = -1\n[[providers]]\nid = 'a'\n")
    found, _ = problems_of(
        "a.toml",
        {
            "run.replicates": 0,
            "run.sed": 1,
            "run.end": "soon",
            "extends": "x",
            "providers.3.weight": 1.0,
            "run.seed.x": 1,
        },
    )
    assert ("--set run.replicates=0", "run.replicates") in found
    assert ("--set run.sed=1", "run.sed") in found
    assert ("--set run.end=soon", "run.end") in found
    assert ("--set extends=x", "extends") in found
    assert ("--set providers.3.weight=1.0", "providers.3.weight") in found
    assert found[-1] == ("--set run.seed.x=1", "run.seed")
    assert len(found) == 6


def test_a_key_that_is_no_key_is_a_usage_error(write):
    with pytest.raises(UsageError, match="dotted key"):
        load_config(write("a.toml", "schema = 1"), {"run..seed": 1})


def test_numbers_of_numpy_are_numbers(write):
    numpy = pytest.importorskip("numpy")
    config = load_config(
        write("a.toml", "schema = 1"), {"run.seed": numpy.int64(3), "market.consent_share": numpy.float64(0.25)}
    )
    assert canonical(config) == canonical(load_config("a.toml", {"run.seed": 3, "market.consent_share": 0.25}))


# --- run.toml and identity --------------------------------------------------------------------------------------

RICH = """
[scenario]
id = "rich"
title.nl = "Aan \\"elkaar\\" \\\\ é \\t\\u007f #"
[run]
end = 2014-12-31
[region]
villages = ["Zandberg", "Gieterveen"]
[accounts]
wage_care = 1e2
km_cost = 1e-5
[staff.tightness]
2014 = 3
[nights]
fixed_visits = [{ provider = "a", village = "Zandberg" }]
[[providers]]
id = "a"
base_km = 20
products = ["household_help"]
[[providers]]
id = "b"
[[parties]]
id = "gemeente"
"""


def test_the_resolved_file_loads_to_an_equal_configuration(write):
    write("parent.toml", RICH)
    config, origins = load_with_origins(
        write("a.toml", 'extends = "parent.toml"\nrun.seed = 9\n'), {"run.replicates": 2}
    )
    text = resolved_toml(config, origins)
    again = load_config(write("run.toml", text))
    assert again == config
    assert canonical(again) == canonical(config)
    lines = text.splitlines()
    assert "seed = 9  # a.toml:2" in lines
    assert "replicates = 2  # --set run.replicates=2" in lines
    assert "km_cost = 1e-05  # parent.toml:11" in lines
    assert "start = 2013-01-01  # default" in lines
    assert "base_km = 20.0  # parent.toml:18" in lines
    assert all("#" in line for line in lines if line and not line.startswith("["))


def test_origins_with_line_ends_stay_comments(write):
    config, origins = load_with_origins(write("a.toml", "schema = 1"), {"scenario.title.nl": "een\ntwee"})
    assert load_config(write("run.toml", resolved_toml(config, origins))) == config


def test_canonical_json_knows_every_value_but_the_replicates(write):
    write("a.toml", RICH)
    config = load_config("a.toml")
    content = json.loads(canonical(config))
    assert "replicates" not in content["run"]
    assert content["run"]["end"] == "2014-12-31"
    assert list(content) == sorted(content)
    assert canonical(load_config("a.toml", {"run.replicates": 3})) == canonical(config)
    for key, value in {"run.seed": 1, "market.consent_share": 0.5500001, "scenario.id": "x"}.items():
        assert canonical(load_config("a.toml", {key: value})) != canonical(config)


def test_the_order_of_keys_does_not_matter(write):
    one = load_config(write("a.toml", "[run]\nseed = 3\n[staff.tightness]\n2013 = 1\n2020 = 2\n"))
    two = load_config(write("b.toml", "[staff.tightness]\n2020 = 2\n2013 = 1\n[run]\nseed = 3\n"))
    assert canonical(one) == canonical(two)


def test_run_identities_differ_in_every_ingredient(write):
    config = load_config(write("a.toml", "schema = 1"))
    more = load_config("a.toml", {"run.replicates": 3})
    other = load_config("a.toml", {"run.seed": 3})
    identity = run_id(config, 0, "s", "d")
    assert len(identity) == 32
    assert int(identity, 16) >= 0
    assert run_id(more, 0, "s", "d") == identity
    others = {
        run_id(config, 1, "s", "d"),
        run_id(config, 0, "t", "d"),
        run_id(config, 0, "s", "e"),
        run_id(other, 0, "s", "d"),
    }
    assert len(others | {identity}) == 5


@pytest.mark.parametrize("file", sorted(CONFIGS.rglob("*.toml")), ids=lambda file: file.stem)
def test_every_file_of_the_project_loads_and_survives_its_own_record(file, write):
    config, origins = load_with_origins(file)
    assert load_config(write("run.toml", resolved_toml(config, origins))) == config
