"""What a scenario changes, and from when: clauses, worked examples, null checks and extremes."""

from __future__ import annotations

import numpy as np
import pytest
from model_tools import CLAUSES, KINDS, TABLES, B, R, V, config_of, result_of, same, small

from krimpsim.config.run import RunConfig
from krimpsim.outputs.indicators import Result

ALONE = [{"id": "thuiszorg_a", "area_share": 0.05}]
TWO_KINDS = ("village_rows", "provider_rows")
COST = R["clause_cost_eur"]


def clause(name: str, **values: object) -> dict[str, object]:
    plain = {"enabled": True, "start": "2013-01-01"} | ({"covers": "all"} if name == "joint_nights" else {})
    return {f"convenant__{name}__{key}": value for key, value in (plain | values).items()}


def none_of_them(**more: object) -> RunConfig:
    return small("scenarios/no_cooperation", "2014-12-31", **more)


def longer(**more: object) -> RunConfig:
    """Return the scenario without clauses over a year more, so that each clause has time to show in few villages."""
    return small("scenarios/no_cooperation", "2015-12-31", **more)


@pytest.mark.parametrize("name", CLAUSES)
def test_scenarios_are_identical_until_the_month_in_which_they_differ(name: str) -> None:
    without = result_of(longer())
    with_it = result_of(longer(convenant__compliance=1.0, **clause(name, start="2014-07-01")))
    also_without = result_of(longer(convenant__compliance=1.0))
    assert same(without, also_without), "compliance does nothing without a clause"
    for table in TABLES:
        np.testing.assert_array_equal(getattr(with_it, table)[:18], getattr(without, table)[:18])
    assert not np.array_equal(with_it.region_rows[18], without.region_rows[18])
    assert any(not np.array_equal(getattr(with_it, table)[18:], getattr(without, table)[18:]) for table in TWO_KINDS), (
        "the clause does nothing but cost"
    )


def test_convenant_that_starts_later_is_identical_before_and_different_after() -> None:
    later = {key: value for name in CLAUSES for key, value in clause(name, start="2014-07-01").items()}
    without, with_them = result_of(none_of_them()), result_of(none_of_them(**later))
    for table in TABLES:
        np.testing.assert_array_equal(getattr(with_them, table)[:18], getattr(without, table)[:18])
        assert not np.array_equal(getattr(with_them, table)[18:], getattr(without, table)[18:])


@pytest.mark.parametrize("name", CLAUSES)
def test_file_of_a_clause_holds_that_clause_alone(name: str) -> None:
    """From no_cooperation on, one clause changes; the file and the same clause set by hand give the same numbers."""
    file = small(f"scenarios/clauses/{name}", "2014-12-31")
    on = [other for other in CLAUSES if getattr(file.convenant, other).enabled]
    assert on == [name]
    by_hand = result_of(none_of_them(**clause(name)))
    for table in TABLES:
        np.testing.assert_array_equal(getattr(result_of(file), table), getattr(by_hand, table))


def test_cooperation_from_2027_is_history_until_then() -> None:
    history, later = (result_of(small(f"scenarios/{x}", "2027-06-30")) for x in ("today", "convenant_2027"))
    until = 14 * 12
    for table in TABLES:
        np.testing.assert_array_equal(getattr(later, table)[:until], getattr(history, table)[:until])
        assert not np.array_equal(getattr(later, table)[until:], getattr(history, table)[until:])


def test_what_was_allowed_is_history_until_2019() -> None:
    history, allowed = (result_of(small(f"scenarios/{x}", "2019-06-30")) for x in ("today", "convenant_allowed"))
    until = 6 * 12
    for table in TABLES:
        np.testing.assert_array_equal(getattr(allowed, table)[:until], getattr(history, table)[:until])
    assert not np.array_equal(allowed.region_rows[until:], history.region_rows[until:])


@pytest.mark.parametrize("name", CLAUSES)
@pytest.mark.parametrize(
    "values",
    [{"strength": 0.0}, {"start": "2015-01-01"}, {"end": "2013-01-14"}],
    ids=["no strength", "too late", "over at once"],
)
def test_clause_that_never_holds_is_no_clause(name: str, values: dict[str, object]) -> None:
    assert same(result_of(none_of_them(**clause(name, **values))), result_of(none_of_them()))


@pytest.mark.parametrize("name", CLAUSES)
def test_clause_that_nobody_keeps_changes_nothing_but_its_cost(name: str) -> None:
    without, kept_by_none = (
        result_of(none_of_them()),
        result_of(none_of_them(convenant__compliance=0.0, **clause(name))),
    )
    for table in TWO_KINDS:
        np.testing.assert_array_equal(getattr(kept_by_none, table), getattr(without, table))
    np.testing.assert_array_equal(
        np.delete(kept_by_none.region_rows, COST, axis=1), np.delete(without.region_rows, COST, axis=1)
    )
    assert (kept_by_none.region_rows[:, COST] > 0).all()


def test_clause_that_ends_leaves_its_cost_behind() -> None:
    result = result_of(none_of_them(**clause("shared_rounds", end="2013-12-31")))
    assert (result.region_rows[:12, COST] > 0).all()
    assert (result.region_rows[12:, COST] == 0).all()


# --- worked examples --------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("name", "km", "nights"), [("night_ride", 80, 1), ("night_ride_joint", 40, 0)])
@pytest.mark.parametrize("replicate", [0, 1])
def test_night_ride(name: str, km: int, nights: int, replicate: int) -> None:
    result = result_of(config_of(f"examples/{name}"), replicate)
    assert result.provider_rows[:, :, B["km_night"]].sum() == km * 1000
    assert result.village_rows[:, :, V["overlap_nights"]].sum() == nights
    assert result.provider_rows[:, :, B["night_calls"]].sum() == 0


# --- null checks ------------------------------------------------------------------------------------------------


def all_clauses(strength: float = 1.0) -> dict[str, object]:
    return {key: value for name in CLAUSES for key, value in clause(name, strength=strength).items()}


@pytest.mark.parametrize("replicate", [0, 1])
@pytest.mark.parametrize("strength", [1.0, 0.5])
def test_one_provider_gains_nothing_from_a_convenant(replicate: int, strength: float) -> None:
    apart = result_of(none_of_them(providers=ALONE), replicate)
    together = result_of(none_of_them(providers=ALONE, convenant__compliance=1.0, **all_clauses(strength)), replicate)
    for table in TWO_KINDS:
        np.testing.assert_array_equal(getattr(together, table), getattr(apart, table))
    np.testing.assert_array_equal(
        np.delete(together.region_rows, COST, axis=1), np.delete(apart.region_rows, COST, axis=1)
    )
    assert (together.region_rows[:, COST] > apart.region_rows[:, COST]).all()


def test_one_member_gains_nothing_from_a_convenant() -> None:
    others = [{"id": f"thuiszorg_{letter}", "member": letter == "a", "area_share": 0.05} for letter in "abc"]
    names = ("joint_nights", "shared_rounds", "mutual_cover")
    apart = result_of(none_of_them(providers=others))
    clauses = {key: value for name in names for key, value in clause(name).items()}
    together = result_of(none_of_them(providers=others, convenant__compliance=1.0, **clauses))
    for table in TWO_KINDS:
        np.testing.assert_array_equal(getattr(together, table), getattr(apart, table))


def test_one_provider_that_fails_gains_nothing_from_mutual_cover() -> None:
    """Nobody is there to take over: clients of the only provider wait as long with the clause as without it."""
    free = {
        f"accounts__tariff_{kind}": {"2013": 20.0, "2014": 0.0}
        for kind in ("household_help", "personal_care", "nursing", "guidance")
    }
    more = free | {"providers": ALONE, "accounts__margin": -0.2, "accounts__hinterland_margin_sd": 0.0}
    apart = result_of(longer(**more))
    together = result_of(longer(convenant__compliance=1.0, **more, **clause("mutual_cover")))
    assert apart.region_rows[0, R["providers_active"]] == 1
    assert apart.region_rows[-1, R["providers_active"]] == 0
    for table in TWO_KINDS:
        np.testing.assert_array_equal(getattr(together, table), getattr(apart, table))


def test_standby_that_the_hinterland_carries_costs_the_area_nothing() -> None:
    for more in ({}, all_clauses() | {"convenant__compliance": 1.0}):
        result = result_of(none_of_them(nights__standby_area_share=0.0, **more))
        assert result.provider_rows[:, :, B["standby_eur"]].sum() == 0
    assert result_of(none_of_them()).provider_rows[:, :, B["standby_eur"]].sum() > 0


@pytest.mark.parametrize("replicate", range(6))
def test_no_provider_leaves_or_fails_in_the_first_two_years(replicate: int) -> None:
    config = config_of("scenarios/today", {"run.end": "2014-12-31"})
    active = result_of(config, replicate).provider_rows[:, :, B["is_active"]]
    there = [number for number, provider in enumerate(config.providers) if not provider.enters]
    assert len(there) >= 5
    assert (active[:, there] == 1).all()


# --- extremes ---------------------------------------------------------------------------------------------------


def minutes(result: Result, *names: str) -> int:
    return int(sum(result.village_rows[:, :, V[f"minutes_{name}"]].sum() for name in names))


NO_NEED = {
    f"care_need__{name}": 0.0
    for name in (
        "onset_under_55_per_year",
        "onset_at_70_per_year",
        "worsen_light_at_70_per_year",
        "worsen_moderate_at_70_per_year",
        "worsen_heavy_at_70_per_year",
        "episode_under_55_per_year",
        "episode_55_74_per_year",
        "episode_75plus_per_year",
    )
}


def test_without_hazards_of_need_nobody_needs_care() -> None:
    result = result_of(small("scenarios/today", "2015-12-31", informal_care__export_level=0.0, **NO_NEED))
    people = (
        "needing_care",
        "heavy_need",
        "waiting",
        "waiting_for_facility",
        "admissions",
        "in_facility",
        "informal_carers",
    )
    assert result.village_rows[:, :, [V[name] for name in people]].sum() == 0
    assert minutes(result, "needed", "informal_given", "informal_received", "household_given", "unmet") == 0
    for name in ("clients", "hours_contact", "km_day", "km_night", "revenue_eur"):
        assert result.provider_rows[:, :, B[name]].sum() == 0, name
    assert result.region_rows[:, [R["revenue_home_care_eur"], R["revenue_collective_eur"]]].sum() == 0


def test_without_minutes_of_need_nobody_is_paid() -> None:
    result = result_of(small("scenarios/today", "2014-06-30", care_need__minutes_scale=0.0))
    assert minutes(result, "needed", "professional", "informal", "household", "unmet") == 0
    assert result.village_rows[:, :, V["needing_care"]].sum() > 0
    assert result.region_rows[:, R["revenue_home_care_eur"]].sum() == 0


def test_more_need_is_more_minutes_needed() -> None:
    needed = [
        minutes(result_of(small("scenarios/today", "2013-06-30", care_need__minutes_scale=scale)), "needed")
        for scale in (0.5, 1.0, 2.0)
    ]
    assert needed[0] < needed[1] < needed[2]
    assert abs(needed[2] - 2 * needed[1]) <= needed[1] // 100


def test_one_provider_never_meets_another_at_night() -> None:
    result = result_of(none_of_them(providers=ALONE, nights__calls_per_1000=50.0))
    assert result.village_rows[:, :, V["overlap_nights"]].sum() == 0
    assert result.provider_rows[:, :, B["night_calls"]].sum() > 0
    assert result_of(none_of_them(nights__calls_per_1000=50.0)).village_rows[:, :, V["overlap_nights"]].sum() > 0


def test_without_calls_and_planned_visits_nobody_drives_at_night() -> None:
    result = result_of(none_of_them(nights__calls_per_1000=0.0, nights__planned_share=0.0))
    for name in ("km_night", "night_calls", "night_calls_late", "night_response_minutes"):
        assert result.provider_rows[:, :, B[name]].sum() == 0, name
    assert result.village_rows[:, :, V["overlap_nights"]].sum() == 0


def test_joint_nights_meet_nobody_and_drive_for_all() -> None:
    together = result_of(none_of_them(convenant__compliance=1.0, nights__calls_per_1000=50.0, **clause("joint_nights")))
    assert together.village_rows[:, :, V["overlap_nights"]].sum() == 0
    apart = result_of(none_of_them(nights__calls_per_1000=50.0))
    assert together.provider_rows[:, :, B["night_calls"]].sum() > 0
    assert together.provider_rows[:, :, B["standby_eur"]].sum() < apart.provider_rows[:, :, B["standby_eur"]].sum()


def test_without_tariffs_and_with_a_loss_outside_everybody_stops() -> None:
    free = {
        f"accounts__tariff_{kind}": {"2013": price, "2014": 0.0}
        for kind, price in (("household_help", 21.1), ("personal_care", 43.5), ("nursing", 66.0), ("guidance", 47.0))
    }
    result = result_of(
        small(
            "scenarios/today",
            "2017-12-31",
            accounts__margin=-0.2,
            accounts__hinterland_margin_sd=0.0,
            decisions__entry_per_year=1.0,
            **free,
        )
    )
    assert result.region_rows[0, R["providers_active"]] > 0
    assert (result.region_rows[-6:, R["providers_active"]] == 0).all()
    assert (result.region_rows[-6:, R["villages_without_provider"]] == len(result.villages)).all()
    assert (result.village_rows[-6:, :, V["minutes_professional"]] == 0).all()
    assert (result.village_rows[-6:, :, V["minutes_unmet"]] > 0).any()
    assert result.provider_rows[-6:, :, B["clients"]].sum() == 0


def test_endless_volunteers_leave_no_light_household_help_undone() -> None:
    """Nobody is at level 3 or 4 here: all household help is light, and goes to those who are noticed and accept."""
    light = {"entitlement__accept_share": 1.0} | {
        f"care_need__{name}_per_year": 0.0
        for name in ("worsen_moderate_at_70", "episode_under_55", "episode_55_74", "episode_75plus")
    }
    endless = {
        "volunteers__share_of_adults": 0.9,
        "volunteers__home_task_share": 1.0,
        "volunteers__matched_share": 1.0,
        "volunteers__stop_per_year": 0.0,
    }
    many = result_of(small("scenarios/today", "2013-12-31", **light, **endless))
    few = result_of(small("scenarios/today", "2013-12-31", **light))
    undone = ("waiting_household_help", "no_provider_household_help", "no_budget_household_help")
    assert minutes(many, *undone, "professional_household_help") == 0
    assert minutes(few, *undone, "professional_household_help") > 0
    assert minutes(many, "volunteer") > minutes(few, "volunteer")
    for result in (many, few):
        assert minutes(result, *(f"volunteer_{kind}" for kind in KINDS[1:])) == 0
