"""What is recorded is what a look at everybody says, month after month; and groups add up to the region."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from model_tools import KINDS, PARTS, TINY, B, R, V, config_of, finished, result_of, small
from watched_run import HOME, Watched

from krimpsim.core.codes import Lever
from krimpsim.model import KrimpModel
from krimpsim.outputs import tallies
from krimpsim.outputs.groups import GROUP_COLUMNS, GROUP_ROWS, GROUPS
from krimpsim.outputs.result import Result
from krimpsim.population.state import MOST_DELAY
from krimpsim.processes import accounts

G = {column.name: number for number, column in enumerate(GROUP_COLUMNS)}
RUNS = {
    "today": lambda: small("scenarios/today", "2016-06-30", ["Drouwenermond", "Eexterveen", "Valthermond"]),
    "everything together": lambda: small("scenarios/together_2027", "2028-06-30", run__start="2026-10-01"),
    "providers that fail": lambda: small(
        "scenarios/no_cooperation",
        "2017-12-31",
        ["Drouwenermond", "Eexterveen", "Gieterveen"],
        accounts__hinterland_reserve_share=0.0,
        accounts__area_reserve_share=0.0,
        accounts__margin=-0.15,
        decisions__disruption_months=6,
    ),
}


@pytest.fixture(scope="module", params=RUNS)
def watched(request: pytest.FixtureRequest) -> Watched:
    return Watched(RUNS[request.param]())


def test_every_village_column_is_what_a_look_at_everybody_says(watched: Watched) -> None:
    for t, month in enumerate(watched.expected):
        for name, counted in month["villages"].items():
            if name == "carers_stopped_12m" and t < 12:
                continue  # who cared before the first month is not known here
            np.testing.assert_array_equal(watched.result.village_rows[t, :, V[name]], counted, err_msg=f"{name} {t}")


def test_weeks_waited_and_the_worst_tenth_are_those_of_the_people(watched: Watched) -> None:
    for t, month in enumerate(watched.expected):
        row = watched.result.region_rows[t]
        for (name, percent), weeks in month["weeks"].items():
            assert row[R[f"weeks_waited_{name}_{'median' if percent == 50 else 'p90'}"]] == weeks, (name, percent, t)
        assert row[R["worst_tenth_met"]] == month["worst"], t


def test_every_group_counts_its_own(watched: Watched) -> None:
    for t, month in enumerate(watched.cells):
        for name, counted in month.items():
            if name != "carers_stopped_12m" or t >= 12:
                np.testing.assert_array_equal(watched.result.group_rows[t, :, G[name]], counted, err_msg=f"{name} {t}")


def test_every_group_adds_up_to_the_region(watched: Watched) -> None:
    adds_up(watched.result)


def adds_up(result: Result) -> None:
    for group in GROUPS:
        rows = [number for number, (of, _) in enumerate(GROUP_ROWS) if of == group]
        summed = result.group_rows[:, rows].sum(axis=1)
        for name, number in G.items():
            if name in V:
                whole = result.village_rows[:, :, V[name]].sum(axis=1)
            elif name == "minutes_met":
                whole = sum(result.village_rows[:, :, V[f"minutes_{part}"]].sum(axis=1) for part in PARTS[:5])
            else:
                assert name == "residents_january"
                continue
            np.testing.assert_array_equal(summed[:, number], whole, err_msg=f"{group}: {name}")
        first = result.first_month % 12
        for january in range(-first % 12, len(summed), 12):
            year = summed[january : january + 12, G["residents_january"]]
            assert (year == year[0]).all()
            if january:
                assert year[0] == result.village_rows[january - 1, :, V["population"]].sum(), group


def test_groups_of_the_whole_region_add_up_to_2040() -> None:
    result = result_of(config_of("scenarios/today"))
    adds_up(result)
    used = result.group_rows[:, :, G["minutes_needed"]].sum(axis=0) > 0
    assert [row for row, has_some in zip(GROUP_ROWS, used, strict=True) if not has_some] == [("living", "facility")]


def test_waiting_lists_levels_and_providers_add_up(watched: Watched) -> None:
    def village(name: str) -> Any:
        return watched.result.village_rows[:, :, V[name]]

    lists = village("waiting_help") + village("waiting_care")
    np.testing.assert_array_equal(lists, village("waiting_no_intake") + village("waiting_no_staff"))
    np.testing.assert_array_equal(village("need_level_3") + village("need_level_4"), village("heavy_need"))
    present, region = village("providers_present"), watched.result.region_rows
    for name, chosen in (
        ("villages_without_provider", present == 0),
        ("villages_with_one_provider", present == 1),
        ("villages_with_choice", present >= 2),
    ):
        np.testing.assert_array_equal(region[:, R[name]], chosen.sum(axis=1))


def test_decisions_of_providers_are_counted_in_the_month_they_take_effect(watched: Watched) -> None:
    rows = watched.result.provider_rows
    for t in range(1, len(rows)):
        old, new = watched.expected[t - 1], watched.expected[t]
        np.testing.assert_array_equal(rows[t, :, B["entries"]], (old["active"] == 0) & (new["active"] == 1))
        gone = rows[t, :, B["exits"]] + rows[t, :, B["failures"]]
        np.testing.assert_array_equal(gone, (old["active"] == 1) & (new["active"] == 0))
        stays = (old["active"] == 1) & (new["active"] == 1)
        refused = ((old["takes"] == 1) & (new["takes"] == 0)).sum(axis=1) * stays
        np.testing.assert_array_equal(rows[t, :, B["intake_stops"]], refused)


def test_failing_providers_fail_and_their_clients_are_without_for_a_while() -> None:
    result = result_of(RUNS["providers that fail"]())
    assert result.provider_rows[:, :, B["failures"]].sum() > 0
    assert result.village_rows[:, :, V["clients_disrupted"]].sum() > 0
    assert result_of(RUNS["today"]()).provider_rows[:, :, B["failures"]].sum() == 0


def test_minutes_to_arrival_are_those_of_the_calls(watched: Watched) -> None:
    for t, month in enumerate(watched.expected):
        calls, rows = month["calls"], watched.result.provider_rows[t]
        np.testing.assert_array_equal(calls.sum(axis=1), rows[:, B["night_calls"]])
        if calls[:, MOST_DELAY].sum() == 0:
            np.testing.assert_array_equal(calls @ np.arange(MOST_DELAY + 1), rows[:, B["night_response_minutes"]])
        each = [np.sort(np.repeat(np.arange(MOST_DELAY + 1), one)) for one in (*calls, calls.sum(axis=0))]
        found = [*rows, watched.result.region_rows[t]]
        for minutes, row, column in zip(each, found, [*[B] * len(rows), R], strict=True):
            for name, percent in (("median", 50), ("p90", 90)):
                expected = minutes[-(-len(minutes) * percent // 100) - 1] if len(minutes) else 0
                assert row[column[f"night_response_{name}"]] == expected


def test_time_of_volunteers_is_used_or_left() -> None:
    def look(model: KrimpModel) -> None:
        p = model.rules.volunteers
        people = model.people
        home = people.presence == HOME
        minutes = np.bincount(people.village[home], people.volunteer_minutes[home], len(model.villages)).astype(
            np.int64
        )
        matching = model.convenant.now(model.month).here[Lever.MATCHING]
        row = model.result().village_rows[-1]
        used = row[:, V["minutes_volunteer"]] + row[:, V["minutes_volunteer_unused"]]
        np.testing.assert_array_equal(used, minutes * p.usable // 1000000 * matching // 1000)

    finished(small("scenarios/convenant", "2014-12-31"), each=look)


def test_quantile_and_mean_of_the_least_by_hand() -> None:
    counts = np.array([[0, 2, 0, 1], [0, 0, 3, 0]])  # 1, 1, 3 and 2, 2, 2
    assert [tallies.quantile(counts, 0, 1, 3, percent) for percent in (50, 67, 90, 100)] == [1, 3, 3, 3]
    assert [tallies.quantile(counts, 0, 2, 6, percent) for percent in (1, 33, 34, 50, 90)] == [1, 1, 2, 2, 3]
    assert tallies.quantile(np.zeros((1, 4), dtype=np.int64), 0, 1, 0, 50) == 0
    least = np.array([1, 0, 5, 24])  # 30 values: 0, five times 2, 24 times 3
    assert tallies.mean_of_least(least, 10) == (0 + 2 + 2) // 3
    assert tallies.mean_of_least(np.array([0, 0, 4, 0]), 10) == 2
    assert tallies.mean_of_least(np.zeros(4, dtype=np.int64), 10) == 0


def test_a_shadow_price_is_shown_and_changes_nothing_else() -> None:
    plain, priced = result_of(config_of(TINY)), result_of(config_of(TINY, {"observation.shadow_price_unpaid": 14.5}))
    column = R["unpaid_value_eur"]
    assert not plain.region_rows[:, column].any()
    names = ("minutes_informal_given", "minutes_household_given", "minutes_volunteer")
    minutes = sum(plain.village_rows[:, :, V[name]].sum(axis=1) for name in names)
    days = [31, 28, 31]
    assert priced.region_rows[:3, column].tolist() == [
        accounts.month_cents(int(m), 1450, d) for m, d in zip(minutes[:3], days, strict=True)
    ]
    np.testing.assert_array_equal(np.delete(plain.region_rows, column, 1), np.delete(priced.region_rows, column, 1))
    np.testing.assert_array_equal(plain.village_rows, priced.village_rows)
    np.testing.assert_array_equal(plain.group_rows, priced.group_rows)


def test_a_school_is_under_threat_only_where_there_were_enough_children() -> None:
    children = result_of(config_of("scenarios/today")).village_rows[:, :, V["children_4_11"]]
    founders = KrimpModel(config_of("scenarios/today")).state.roll.census["children"]
    for needed in (23, 60):
        config = config_of("scenarios/today", {"observation.school_children": needed})
        found = result_of(config).village_rows[:, :, V["school_under_threat"]]
        np.testing.assert_array_equal(found, (children < needed) & (founders >= needed))
    assert found.any()
    assert not found.all(axis=0).any()


def test_need_by_kind_still_adds_up_by_group() -> None:
    """Unmet minutes by person are those of the three reasons in the book of the villages."""
    result = result_of(config_of(TINY))
    reasons = sum(
        result.village_rows[:, :, V[f"minutes_{part}_{kind}"]].sum(axis=1)
        for part in ("waiting", "no_provider", "no_budget")
        for kind in KINDS
    )
    rows = [number for number, (group, _) in enumerate(GROUP_ROWS) if group == "sex"]
    np.testing.assert_array_equal(result.group_rows[:, rows, G["minutes_unmet"]].sum(axis=1), reasons)
