"""Experiment files: what they say, and every mistake in them at once."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from sweep_tools import TINY, experiment

from krimpsim.core.errors import ConfigError
from krimpsim.experiments.designs import size
from krimpsim.experiments.experiment import Indicator
from krimpsim.experiments.reading import load_experiment

FIVE_MISTAKES = f"""schema = 1
id = "five"
base = "{TINY}"
[[factors]]
key = "care_need.men_ratoi"
[[factors]]
key = "informal_care.offer_share"
[[factors]]
key = "care_need.onset_doubling_years"
high = 100
[design]
kind = "sobol"
n = 300
[[indicators]]
name = "unmet"
of = "unmet_per_100_hour"
"""


def write(text: str, name: str = "sweep.toml") -> Path:
    Path(name).write_text(text, encoding="utf-8")
    return Path(name)


def problems(path: Path) -> list[str]:
    with pytest.raises(ConfigError) as caught:
        load_experiment(path)
    return [f"{p.where.rpartition('/')[2]} {p.key}: {p.message} | {p.hint}" for p in caught.value.problems]


def test_five_mistakes_are_five_located_errors_and_nothing_is_run(call):
    code, out, err = call("sweep", "run", write(FIVE_MISTAKES))
    assert (code, out) == (3, "")
    found = [line for line in err.splitlines() if line.startswith("error")]
    assert [line.split()[1].partition("sweep.toml")[2] for line in found] == [":5", ":7", ":10", ":13", ":16"]
    assert "did you mean 'men_ratio'?" in err
    assert 'vary one of them, as "informal_care.offer_share.0"' in err
    assert "100.0 is outside what the parameter allows" in err
    assert "300 is not a power of two\n        take 256 or 512" in err
    assert "did you mean 'unmet_per_100_hours'?" in err
    assert err.endswith("5 problem(s). Nothing was run.\n")
    assert not Path("results").exists()


def test_unknown_keys_and_wrong_types_are_reported_with_the_rest(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = FIVE_MISTAKES.replace("n = 300", 'n = "many"\nsede = 3').replace("schema = 1", "schema = 1\nreplicates = 0")
    found = "\n".join(problems(write(text)))
    assert "design.sede: unknown key | did you mean 'seed'?" in found
    assert "design.n: 'many' is not a whole number" in found
    assert "replicates: 0 is outside the allowed range" in found


def test_a_mistake_in_a_scenario_is_located_where_it_was_written(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    write("extends = 'none.toml'\n", "other.toml")
    text = f"""id = "x"
base = "{TINY}"
set.market.consent_share = 2.0
[[scenarios]]
[[scenarios]]
id = "two"
config = "other.toml"
[[scenarios]]
config = "gone.toml"
[[indicators]]
name = "a"
of = "births"
"""
    found = "\n".join(problems(write(text)))
    assert "sweep.toml:3 market.consent_share: 2.0 is outside the allowed range" in found
    assert "other.toml:1 extends: 'none.toml' does not exist" in found
    assert "sweep.toml:9 scenarios.2.config: 'gone.toml' cannot be read: no such file" in found


GROUPED = f"""id = "x"
base = "{TINY}"
[[factors]]
key = "care_need.men_ratio"
group = "need"
[[factors]]
key = "care_need.dementia_ratio"
group = "need"
[[factors]]
key = "market.consent_share"
low = 0.2
high = 0.8
[design]
kind = "sobol"
n = 4
[[indicators]]
name = "a"
of = "births"
"""


@pytest.mark.parametrize(
    ("kind", "points", "runs"), [('"sobol"', 16, 16), ('"sobol"\nsecond_order = true', 24, 16), ('"morris"', 12, 12)]
)
def test_a_group_counts_once_in_the_size_of_a_design(call, kind, points, runs):
    """Two units, so a row of A with one from B is a row of B with the other from A: that run is made once."""
    file = write(GROUPED.replace('"sobol"', kind))
    code, out, _ = call("sweep", "run", file, "--dry-run", "--json")
    assert code == 0
    found = json.loads(out)
    assert (found["points"], found["runs"]) == (points, runs)
    loaded = load_experiment(file)
    assert size(loaded.experiment.design, loaded.ranges) == points


def test_all_uncertain_may_be_one_group(tmp_path, monkeypatch):
    """Everything but one: what that one does beside all that is uncertain."""
    monkeypatch.chdir(tmp_path)
    rest = '[[factors]]\nkey = "all uncertain"\ngroup = "rest"\n[[factors]]\nkey = "care_need.dementia_ratio"'
    text = GROUPED[: GROUPED.index("[[factors]]")] + rest + GROUPED[GROUPED.index("\n[design]") :]
    loaded = load_experiment(write(text))
    assert len(loaded.ranges) > 100
    assert {r.group for r in loaded.ranges if r.key != "care_need.dementia_ratio"} == {"rest"}
    assert loaded.points.shape == (4 * (2 + 2), len(loaded.ranges))


def test_groups_stand_where_they_mean_something(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    for kind in ("lhs", "grid", "draws"):
        text = GROUPED.replace('"sobol"', f'"{kind}"').replace("n = 4", "n = 4" if kind == "lhs" else "")
        hint = "groups are for sobol and morris"
        assert problems(write(text))[:2] == [
            f"sweep.toml:{line} factors.{k}.group: 'need': a {kind} has no groups | {hint}"
            for k, line in ((0, 5), (1, 8))
        ]
    named = problems(write(GROUPED.replace('"need"', '"care_need.men_ratio"', 1)))
    assert len(named) == 1
    assert named[0].startswith("sweep.toml:5 factors.0.group: 'care_need.men_ratio' cannot be a name here")
    assert "lower case letters, digits and _" in named[0]
    start, end = GROUPED.index('[[factors]]\nkey = "market'), GROUPED.index("[design]")
    assert problems(write(GROUPED[:start] + GROUPED[end:])) == [
        "sweep.toml:5 factors.0.group: all factors are in group 'need' | "
        "leave one out, or make two groups: indices compare them"
    ]


def test_every_point_is_checked_before_the_first_run(call):
    """A list of points with a key that does not exist, and with a value that is not allowed."""
    text = f"""id = "x"
base = "{TINY}"
[design]
kind = "list"
points = [
    {{ "nights.no_such_key" = 1 }},
    {{ "nights.no_such_key" = 2 }},
]
[[indicators]]
name = "a"
of = "births"
"""
    code, _, err = call("sweep", "run", write(text))
    assert code == 3
    assert "sweep.toml:6" in err
    good = text.replace("nights.no_such_key", "care_need.men_ratio")
    assert load_experiment(write(good)).values == [(1.0,), (2.0,)]
    bad = good.replace("= 2 }", "= 9 }")
    code, _, err = call("sweep", "run", write(bad))
    assert code == 3
    assert "sweep.toml:7" in err
    assert "care_need.men_ratio: 9.0 is outside the allowed range, in 1 of 2 points of scenario 'tiny'" in err
    assert not Path("results").exists()


def test_values_that_do_not_go_together_are_found_in_points(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    text = f"""id = "x"
base = "{TINY}"
[[factors]]
key = "admission.places_per_75plus"
vary = "multiplier"
low = -1.0
high = 1.0
[design]
kind = "grid"
[[indicators]]
name = "a"
of = "births"
"""
    from krimpsim.config.base import ConfigModel
    from krimpsim.config.run import RunConfig

    def dated(block, prefix=""):
        for name, field in type(block).model_fields.items():
            value = getattr(block, name)
            if isinstance(value, ConfigModel):
                yield from dated(value, f"{prefix}{name}.")
            elif isinstance(field.default, dict) and field.default and all(k.isdecimal() for k in field.default):
                yield f"{prefix}{name}"

    key = next(dated(RunConfig()))
    found = problems(write(text.replace("admission.places_per_75plus", key)))
    assert found
    assert all("sweep.toml:4" in line and "is out of range" in line for line in found)


@pytest.mark.parametrize(
    ("key", "more", "message"),
    [
        ("accounts.tariff_household_help.1999", "values = [20.0]", "is no parameter"),
        ("informal_care.offer_share.99", "values = [0.5]", "is no parameter"),
        ("informal_care.offer_share.0", "values = [nan]", "nan is not a finite number"),
    ],
)
def test_a_factor_that_leads_nowhere_or_is_no_number_is_refused_at_its_line(tmp_path, monkeypatch, key, more, message):
    monkeypatch.chdir(tmp_path)
    text = f'''id = "x"
base = "{TINY}"
[[factors]]
key = "{key}"
{more}
[design]
kind = "grid"
[[indicators]]
name = "a"
of = "births"
'''
    (found,) = problems(write(text))
    assert found.startswith(("sweep.toml:4", "sweep.toml:5"))
    assert message in found


def test_a_column_says_what_is_measured_and_not_how_it_is_called():
    one, other = (Indicator(name=name, of="births", take="sum", first=2013) for name in ("a", "b"))
    assert one.column == other.column == "births:sum:first=2013"
    when = [Indicator(name="a", of="population", take="first_month", at_most=x) for x in (12345.67, 12345.68, 900.0)]
    assert [one.column for one in when] == [
        f"population:first_month:at_most={x}" for x in ("12345.67", "12345.68", 900)
    ]


def test_two_indicators_that_measure_the_same_are_refused(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    one = '[[indicators]]\nname = "a"\nof = "births"\n'
    found = problems(write(f'id = "x"\nbase = "{TINY}"\n{one}{one.replace(chr(34) + "a", chr(34) + "b")}'))
    assert found == ["sweep.toml:8 indicators.1.of: measures the same as 'a' | leave one of them out"]


def test_dry_run_says_what_it_takes_and_runs_nothing(call, tmp_path):
    file = experiment(tmp_path, n=64, more="seconds_per_run = 0.06")
    code, out, _ = call("sweep", "run", file, "--dry-run", "--json")
    assert code == 0
    found = json.loads(out)
    assert (found["points"], found["runs"], found["missing"]) == (256, 2048, 2048)
    assert found["core_hours"] == pytest.approx(2048 * 0.06 / 3600, abs=1e-3)
    assert found["disk_mb"] > 0
    assert not Path("results").exists()
    assert "Nothing was run." in call("sweep", "run", file, "--dry-run")[1]
