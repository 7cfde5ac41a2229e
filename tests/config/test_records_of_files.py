"""What is kept of a configuration: the resolved file, its canonical form and the identities of runs."""

from __future__ import annotations

import json

import pytest
from file_tools import CONFIGS

from krimpsim.config.load import canonical, load_config, load_with_origins, resolved_toml, run_id

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
