"""Reading, merging and checking configuration files."""

from datetime import date

import pytest
from file_tools import problems_of

from krimpsim.config.load import canonical, load_config, load_with_origins
from krimpsim.config.run import RunConfig
from krimpsim.core.errors import UsageError


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
