"""Nothing is lost in any configuration: scenarios, villages and parameters drawn from their declared ranges."""

from __future__ import annotations

import math
import re
from pathlib import Path

import numpy as np
import test_conservation as conservation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from model_tools import CONFIGS, KINDS, PARTS, config_of, same

from krimpsim.inputs.tables import load_tables
from krimpsim.odd import parameters
from krimpsim.run import simulate

SCENARIOS = sorted(str(path.relative_to(CONFIGS).with_suffix("")) for path in Path(CONFIGS).glob("scenarios/**/*.toml"))
#: Scalars with a declared range; clauses take part with their own numbers, but are not moved in time.
FACTORS = [p for p in parameters() if p.bounds is not None and p.is_number and "[]" not in p.key]


def values(bounds: tuple[float, float], default: str) -> st.SearchStrategy[float]:
    """Return a strategy for one factor: whole numbers for those that are declared whole."""
    low, high = bounds
    if re.fullmatch(r"-?\d+", default) and math.ceil(low) <= math.floor(high) and high - low >= 2:
        return st.integers(math.ceil(low), math.floor(high))
    return st.floats(low, high) if not re.fullmatch(r"-?\d+", default) else st.just(int(default))


@st.composite
def overrides(draw: st.DrawFn) -> dict[str, object]:
    names = draw(st.lists(st.sampled_from(load_tables().village_names), min_size=1, max_size=5, unique=True))
    start = draw(st.sampled_from(["2013-01-01", "2014-07-01", "2021-07-01", "2026-07-01"]))
    found: dict[str, object] = {"region.villages": names, "run.start": start, "run.end": f"{int(start[:4]) + 1}-12-31"}
    for p in draw(st.lists(st.sampled_from(FACTORS), max_size=12, unique_by=lambda p: p.key)):
        assert p.bounds is not None
        found[p.key] = draw(values(p.bounds, p.default))
    return found


@settings(max_examples=settings.default.max_examples * 12 // 100, suppress_health_check=[HealthCheck.too_slow])
@given(scenario=st.sampled_from(SCENARIOS), more=overrides(), replicate=st.integers(0, 1000))
def test_minutes_persons_and_euros_balance(scenario: str, more: dict[str, object], replicate: int) -> None:
    config = config_of(scenario, more)
    seen = conservation.watch(config, replicate)
    assert not seen.broken, "\n".join(seen.broken[:20])
    for kind in KINDS:
        conservation.test_every_minute_of_need_is_in_exactly_one_part(seen, kind)
    for what in ("needed", *PARTS):
        conservation.test_totals_are_sums_over_kinds(seen, what)
    for check in (
        conservation.test_no_number_of_minutes_persons_or_kilometres_is_negative,
        conservation.test_informal_minutes_in_the_book_are_not_more_than_minutes_given,
        conservation.test_residents_balance_in_every_village,
        conservation.test_people_in_facilities_balance_in_every_village,
        conservation.test_ages_and_roles_are_parts_of_the_population,
        conservation.test_area_account_changes_by_revenue_less_cost,
        conservation.test_hours_at_clients_are_the_minutes_that_professionals_gave,
        conservation.test_providers_that_are_gone_do_nothing,
    ):
        check(seen)
    gaps = sum(conservation.village(seen, f"minutes_{part}") for part in ("waiting", "no_provider", "no_budget"))
    np.testing.assert_array_equal(gaps, conservation.village(seen, "minutes_unmet"))
    assert same(simulate(config, replicate), seen.result)
