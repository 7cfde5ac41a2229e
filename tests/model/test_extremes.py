"""Extreme cases, in which it is known what must come out."""

from __future__ import annotations

import numpy as np
import pytest
from model_tools import COOPERATION, KINDS, B, R, V, clause, config_of, longer, none_of_them, result_of, small

from krimpsim.outputs.result import Result

ALONE = [{"id": "thuiszorg_a", "area_share": 0.05}]
TWO_KINDS = ("village_rows", "provider_rows")
COST = R["clause_cost_eur"]
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


def all_clauses(strength: float = 1.0) -> dict[str, object]:
    return {key: value for name in COOPERATION for key, value in clause(name, strength=strength).items()}


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


def minutes(result: Result, *names: str) -> int:
    return int(sum(result.village_rows[:, :, V[f"minutes_{name}"]].sum() for name in names))


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


def test_a_joint_service_has_the_cars_that_its_planned_visits_take() -> None:
    """One car for all of them would come late: with a fleet calls are answered about as soon as apart."""
    busy = {"nights__planned_share": 1.0, "nights__calls_per_1000": 50.0, "convenant__compliance": 1.0}
    joint = clause("joint_nights")

    def response(**more: object) -> float:
        """Minutes over the calls of eight runs: one has some 1,500 calls, from few clients."""
        runs = [result_of(none_of_them(**busy, **more), replicate).provider_rows for replicate in range(8)]
        minutes, calls = (
            sum(rows[:, :, B[name]].sum() for rows in runs) for name in ("night_response_minutes", "night_calls")
        )
        return float(minutes / calls)

    apart, fleet, one_car = response(), response(**joint), response(**joint, nights__car_load=1.0)
    assert fleet < 1.3 * apart
    assert one_car > fleet


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


def test_tariffs_below_cost_topple_a_specialist_in_household_help_and_no_nursing_branch() -> None:
    """From thin margin to transfer of clients: a price 10% lower from 2015 on, as where the cut was passed on."""
    lower = {"2015": 19.0, "2017": 19.0}
    config = config_of(
        "scenarios/today",
        {
            "run.end": "2020-12-31",
            "accounts.hinterland_margin_sd": 0.0,
            "accounts.tariff_household_help": lower,
        },
    )
    result, number = result_of(config), [p.id for p in config.providers].index("thuiszorg_d")
    rows = result.provider_rows
    active = rows[:, :, B["is_active"]]
    others = [b for b, p in enumerate(config.providers) if b != number and not p.enters]
    assert (active[:, others] == 1).all()
    stop = int(np.argmin(active[:, number]))
    assert active[0, number] == 1
    assert active[stop:, number].sum() == 0
    assert stop % 3 == 0, "decisions are taken at the start of a quarter"
    area, outside = rows[:, number, B["account_area_eur"]], rows[:, number, B["account_hinterland_eur"]]
    assert (area[stop - 1], outside[stop - 1]) < (0, outside[23]), "both accounts shrink before it stops"
    lost = rows[:stop, number, B["revenue_eur"]] - rows[:stop, number, B["cost_eur"]]
    assert (lost[24:] < 0).all(), "every month from the cut on is a loss"
    clients = rows[:, number, B["clients"]]
    assert clients[stop - 1] > 0
    assert clients[stop:].sum() == 0
    assert result.region_rows[stop : stop + 6, R["clients_transferred"]].sum() >= clients[stop - 1] * 0.5
    after = rows[stop + 6, others][:, B["clients"]].sum() - rows[stop - 1, others][:, B["clients"]].sum()
    assert after > 0, "its clients are with others half a year later"


def test_flat_fee_brings_more_household_help() -> None:
    fee = small("scenarios/today", "2020-12-31", run__start="2018-01-01")
    without = small(
        "scenarios/today", "2020-12-31", run__start="2018-01-01", entitlement__uptake_household_help={"2019": 0.78}
    )
    a, b = (minutes_by_month(result_of(x), "professional_household_help") for x in (without, fee))
    np.testing.assert_array_equal(a[:12], b[:12])
    assert b[12:].sum() > 1.03 * a[12:].sum()


def minutes_by_month(result: Result, name: str) -> np.ndarray:
    return np.asarray(result.village_rows[:, :, V[f"minutes_{name}"]].sum(axis=1))
