"""The way from one scenario to another, one origin of effects after the other."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path

import pytest
from model_tools import config_of, small

from krimpsim.config.clause import Origin
from krimpsim.config.convenant import CLAUSES
from krimpsim.config.origins import ahead_of_law, steps_by_origin
from krimpsim.outputs.compare import read_compare
from krimpsim.run import run_scenarios


def test_clauses_are_switched_on_by_origin_after_everything_else() -> None:
    a, b = config_of("scenarios/today"), config_of("scenarios/together_2027", {"market.consent_share": 0.3})
    steps = steps_by_origin(a, b)
    assert [step.origin for step in steps] == ["other", "computed", "measured", "assumed"]
    on = [
        {CLAUSES[name].origin for name in CLAUSES if getattr(x.convenant, name) != getattr(a.convenant, name)}
        for _, x in steps
    ]
    assert on == [set(), {Origin.COMPUTED}, {Origin.COMPUTED, Origin.MEASURED}, set(Origin)]
    assert all(x.market.consent_share == 0.3 for _, x in steps)
    assert len({x.scenario.id for _, x in steps}) == 4
    assert steps[-1].config == b


@pytest.mark.parametrize(
    ("b", "origins"),
    [
        ("today", ()),
        ("convenant", ("computed",)),
        ("respite_2027", ("measured", "assumed")),
        ("nights_2027", ("computed",)),
    ],
)
def test_nothing_stands_between_scenarios_of_one_origin(b: str, origins: tuple[str, ...]) -> None:
    steps = steps_by_origin(config_of("scenarios/today"), config_of(f"scenarios/{b}"))
    assert tuple(step.origin for step in steps) == origins
    assert [step.config.scenario.id for step in steps[-1:]] == ([b] if origins else [])


def test_parts_of_a_comparison_add_up_and_tables_hold_the_two_scenarios_alone(tmp_path: Path) -> None:
    more = {"run__start": "2026-07-01"}
    a = small("scenarios/today", "2028-12-31", **more)
    b = small("scenarios/together_2027", "2028-12-31", **more)
    folder = run_scenarios([(a, {}), (b, {})], replicates=2, jobs=1, out=tmp_path / "run")
    found: dict[tuple[str, int], dict[str, float]] = defaultdict(dict)
    for row in read_compare(folder):
        assert (row.a, row.b) == ("today", "together_2027")
        found[row.indicator, row.year][row.origin] = row.difference
    for key, parts in found.items():
        assert parts.keys() == {"all", "computed", "measured", "assumed"}, key
        whole = parts.pop("all")
        assert sum(parts.values()) == pytest.approx(whole, abs=1e-9 + 1e-12 * abs(whole)), key
    assert any(parts["assumed"] != 0 for parts in found.values())
    assert any(parts["computed"] != 0 for parts in found.values())
    text = (folder / "summary.csv").read_text(encoding="utf-8")
    assert {line.split(",")[0] for line in text.splitlines()[1:]} == {"today", "together_2027"}


def test_scenarios_ahead_of_the_law_say_so() -> None:
    assert ahead_of_law(config_of("scenarios/today")) == []
    (line,) = ahead_of_law(config_of("scenarios/convenant"))
    assert "joint_nights" in line
    assert "2019-01-01" in line
    assert len(ahead_of_law(config_of("scenarios/convenant_signed"))) == 1
