"""What a scenario changes, and from when: clauses, worked examples, null checks and extremes."""

from __future__ import annotations

import numpy as np
import pytest
from model_tools import COOPERATION, FIVE_VILLAGES, KINDS, TABLES, B, R, V, config_of, month, result_of, same, small

from krimpsim.config.convenant import CLAUSES
from krimpsim.config.run import RunConfig
from krimpsim.core.codes import AREA_WIDE, NOBODY, Kind, Lever
from krimpsim.model import KrimpModel
from krimpsim.outputs.result import Result
from krimpsim.population.market import ClausesNow, no_clauses
from krimpsim.processes import accounts, admission, professional_care
from krimpsim.processes.claims import accepts_help

ALONE = [{"id": "thuiszorg_a", "area_share": 0.05}]
TWO_KINDS = ("village_rows", "provider_rows")
COST = R["clause_cost_eur"]


#: Sizes at which a clause shows within a year in five villages; the middle of a range may be no effect at all.
EFFECT: dict[str, dict[str, object]] = {
    "joint_nights": {"covers": "all"},
    "prevention": {"delay_months": 0, "hazard_ratio": 0.5},
    "respite_care": {"reach": 1.0, "burden_sd": 1.0},
    "early_recognition": {"stop_ratio": 0.0},
    "village_cooperative": {"start_ratio": 2.0},
    "payment_form": {"overhead_ratio": 0.96},
    "other_lever": {"ratio": 0.98},
    "suited_housing": {"adapted_share": 1.0, "full_after_months": 1},
    "care_technology": {"ratio": 0.5},
    "joint_purchasing": {"ratio": 0.96},
    "labour_supply": {"ratio": 2.0},
    "social_activation": {"ratio": 2.0},
    "village_agreement": {"ratio": 0.5},
    "village_budget": {"ratio": 1.2},
}


def clause(name: str, **values: object) -> dict[str, object]:
    plain = {"enabled": True, "start": "2013-01-01"} | EFFECT.get(name, {})
    return {f"convenant__{name}__{key}": value for key, value in (plain | values).items()}


def none_of_them(**more: object) -> RunConfig:
    return small("scenarios/no_cooperation", "2014-12-31", **more)


def longer(**more: object) -> RunConfig:
    """Return the scenario without clauses over a year more, so that each clause has time to show in few villages."""
    return small("scenarios/no_cooperation", "2015-12-31", **more)


def now_of(config: RunConfig, month: int) -> ClausesNow:
    """Return what the clauses make of a month."""
    return KrimpModel(config).convenant.now(month)


@pytest.mark.parametrize("name", CLAUSES)
def test_scenarios_are_identical_until_the_month_in_which_they_differ(name: str) -> None:
    scarce = {"collective__places_per_1000": 0.5} if name == "group_facilities" else {}
    without = result_of(longer(**scarce))
    with_it = result_of(longer(convenant__compliance=1.0, **scarce, **clause(name, start="2014-07-01")))
    also_without = result_of(longer(convenant__compliance=1.0, **scarce))
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
    """From no_cooperation on, one clause changes, and nothing else."""
    file = small(f"scenarios/clauses/{name}", "2014-12-31")
    assert [other for other in CLAUSES if getattr(file.convenant, other).enabled] == [name]
    bare, own = none_of_them(), {name: getattr(file.convenant, name)}
    convenant = bare.convenant.model_copy(update=own)
    assert file == bare.model_copy(update={"convenant": convenant, "scenario": file.scenario})


def levers(now: ClausesNow) -> dict[str, list[int]]:
    """Return what is not as it would be without clauses: levers by village, and what the members' clauses set."""
    rest = now._asdict()
    found = {lever.name.lower(): rest["here"][lever].tolist() for lever in Lever if (rest["here"][lever] != 1000).any()}
    none = no_clauses(now.here.shape[1])._asdict()
    return found | {name: rest[name] for name in none if name != "here" and rest[name] != none[name]}


#: What of the month each clause sets at half its strength, from the sizes above; everything else stays as it is.
SETS = {
    "group_facilities": {"group_room": 1125},
    "respite_care": {"no_respite": 500},
    "prevention": {"need": 750},
    "bundled_transport": {"group_price": 985},
    "early_recognition": {"carers_stop": 500},
    "zorgkracht_programme": {"start_to_help": 1100},
    "volunteer_coordination": {"matching": 1250},
    "village_cooperative": {"volunteers_start": 1500},
    "contact_person": {"noticing": 1250},
    "client_support": {"unused": 900},
    "payment_form": {"overhead": 980},
    "other_lever": {"overhead": 990},
    "self_steering": {"hours": 900, "price": 1060, "admission": 1100},
    "suited_housing": {"unsuited_homes": 500},
    "care_technology": {"night_drives": 750},
    "joint_purchasing": {"overhead": 980},
    "labour_supply": {"filling": 1500},
    "social_activation": {"volunteers_start": 1500},
    "village_agreement": {"declining": 750},
    "village_budget": {"matching": 1100},
    "shared_rounds": {"rounds": 500},
    "mutual_cover": {"cover": 500},
    "joint_nights": {"nights": 0.5, "nights_all": 1},
}


@pytest.mark.parametrize("name", CLAUSES)
def test_clause_acts_where_it_says_and_nowhere_else(name: str) -> None:
    found = levers(now_of(none_of_them(**clause(name, strength=0.5)), 2013 * 12))
    if name == "joint_allocation":
        assert found.keys() == {"advice"}
    elif name in COOPERATION:
        assert found == SETS[name]
    else:
        assert found == {lever: [value] * len(FIVE_VILLAGES) for lever, value in SETS[name].items()}


OF_RESIDENTS = {name: sets for name, sets in SETS.items() if name not in COOPERATION}
BY_VILLAGE = [name for name, sets in OF_RESIDENTS.items() if not {Lever[x.upper()] for x in sets} & AREA_WIDE]


@pytest.mark.parametrize("name", BY_VILLAGE)
def test_clause_can_hold_in_one_village(name: str) -> None:
    found = levers(now_of(none_of_them(**clause(name, villages=(FIVE_VILLAGES[1],))), 2013 * 12))
    for values in found.values():
        assert [value != 1000 for value in values].count(True) == 1
    names = KrimpModel(none_of_them()).villages
    assert all(values[names.index(FIVE_VILLAGES[1])] != 1000 for values in found.values())
    assert found


def test_need_is_noticed_sooner_only_where_the_contact_person_is() -> None:
    """In the first month nothing has spread yet: other villages are as they were."""
    more = clause("contact_person", notice_ratio=10.0, villages=(FIVE_VILLAGES[0],))
    without, with_it = (result_of(none_of_them(**x)).village_rows[0] for x in ({}, more))
    here = KrimpModel(none_of_them()).villages.index(FIVE_VILLAGES[0])
    column = V["minutes_not_noticed"]
    assert with_it[here, column] < without[here, column]
    np.testing.assert_array_equal(np.delete(with_it[:, column], here), np.delete(without[:, column], here))


def test_adapted_homes_are_built_evenly_and_stay() -> None:
    plan = {"adapted_share": 0.5, "full_after_months": 10, "start": "2013-03-01", "end": "2013-07-31"}
    convenant = KrimpModel(none_of_them(**clause("suited_housing", **plan))).convenant
    found = [int(convenant.now(2013 * 12 + k).here[Lever.UNSUITED_HOMES, 0]) for k in range(9)]
    assert found == [1000, 1000, 950, 900, 850, 800, 750, 750, 750]
    assert [convenant.cost(2013 * 12 + k) > 0 for k in range(9)] == [False] * 2 + [True] * 5 + [False] * 2


def test_fewer_people_move_when_homes_are_adapted() -> None:
    moves = {"migration__old_move_per_year": 0.1, "migration__old_move_unsuited_ratio": 3.0}
    adapted = clause("suited_housing", adapted_share=1.0, full_after_months=1)
    a, b = (result_of(none_of_them(**moves, **x)).village_rows[:, :, V["departures"]].sum() for x in ({}, adapted))
    assert b < a


def test_self_steering_teams_give_fewer_hours_for_the_same_need() -> None:
    """In the month after the start, with the same clients: what teams leave to clients is booked as not used."""
    teams = clause("self_steering", hours_ratio=0.5, price_ratio=1.0, admission_ratio=1.0)
    plain, with_it = (result_of(none_of_them(convenant__compliance=1.0, **x)).village_rows[0] for x in ({}, teams))
    care = [f"{part}_{kind}" for part in ("professional", "refused") for kind in ("personal_care", "nursing")]
    before, after = (rows[:, [V[f"minutes_{name}"] for name in care]].sum(axis=0) for rows in (plain, with_it))
    assert (after[:2] < 0.75 * before[:2]).all()
    assert (after[2:] > before[2:]).all()
    np.testing.assert_array_equal(with_it[:, V["minutes_needed"]], plain[:, V["minutes_needed"]])


def test_self_steering_teams_have_a_price_of_their_own() -> None:
    dearer = clause("self_steering", hours_ratio=1.0, price_ratio=2.0, admission_ratio=1.0)
    more = {"accounts__tariff_household_help": {"2013": 0.0}, "accounts__tariff_guidance": {"2013": 0.0}}
    members = config_of("scenarios/no_cooperation").providers
    plain, with_it = (result_of(none_of_them(convenant__compliance=1.0, **x, **more)) for x in ({}, dearer))
    for b, provider in enumerate(members):
        a, c = (r.provider_rows[0, b, B["revenue_eur"]] for r in (plain, with_it))
        assert c == pytest.approx((2 if provider.member else 1) * a, abs=50), provider.id


def test_self_steering_teams_are_those_of_members_and_give_care_and_nursing() -> None:
    ratios = {"hours_ratio": 0.8, "price_ratio": 1.5, "admission_ratio": 1.25}
    model = KrimpModel(none_of_them(**clause("self_steering", **ratios)))
    market, prices = model.market, model.rules.accounts
    now = month(model, 2013 * 12, model.convenant.now(2013 * 12))
    market.member[:] = 0
    market.member[1] = 1
    for kind in Kind:
        teams = kind in (Kind.PERSONAL_CARE, Kind.NURSING)
        hours = [professional_care.hours_given(market, now, b, int(kind), 1000) for b in (NOBODY, 0, 1)]
        assert hours == [1000, 1000, 800 if teams else 1000], kind
        tariff = int(prices.tariff[0, kind])
        paid = [accounts.price_of(market, prices, now, b, int(kind)) for b in (0, 1)]
        assert paid == [tariff, tariff * 1500 // 1000 if teams else tariff], kind
    asks = model.rules.admission
    for level, chance in ((4, asks.round_the_clock), (3, asks.heavy)):
        found = [admission.asking(model.state, asks, now, level, b) for b in (NOBODY, 0, 1)]
        assert found == [chance, chance, chance * 1250 // 1000], level


def test_who_declined_help_may_accept_it_and_nobody_the_other_way() -> None:
    plain, asked = KrimpModel(none_of_them()), KrimpModel(none_of_them(**clause("village_agreement", ratio=0.5)))
    answers = [
        [bool(accepts_help(month(m, clauses=m.convenant.now(2013 * 12)), person)) for person in m.people]
        for m in (plain, asked)
    ]
    before, after = (np.array(x) for x in answers)
    assert (after >= before).all()
    assert 0.4 < (after & ~before).sum() / (~before).sum() < 0.6


# --- who keeps to the convenant ---------------------------------------------------------------------------------

WEIGHED = {"convenant__decided_by": "own_account"}


def test_members_that_weigh_nothing_keep_to_it() -> None:
    """Without shared rounds and nights there is nothing to weigh: as if all kept to it every year."""
    both = clause("mutual_cover") | clause("joint_allocation")
    kept = result_of(none_of_them(convenant__compliance=1.0, **both))
    assert same(result_of(none_of_them(**WEIGHED, **both)), kept)


def test_gain_of_a_member_is_what_driving_alone_would_have_cost_more() -> None:
    """In the first month clients and calls are the same with and without: the gain can be told from two runs."""
    clauses = clause("shared_rounds") | clause("joint_nights")
    alone, together = KrimpModel(none_of_them(**WEIGHED)), KrimpModel(none_of_them(**WEIGHED, **clauses))
    alone.step()
    together.step()
    p, days = alone.rules.accounts, 31
    for b in range(len(alone.providers)):
        saved = 0
        for pool in range(2):
            minutes, metres = (
                int((getattr(alone.market, x)[b, :, pool] - getattr(together.market, x)[b, :, pool]).sum())
                for x in ("travel", "metres")
            )
            saved += accounts.month_cents(minutes, int(p.wage[0, pool]), days) + accounts.km_cents(
                metres * days // 7, p
            )
        apart, joint = alone.state.book.nights[b], together.state.book.nights[b]
        saved += accounts.km_cents(apart.metres - joint.metres, p) + apart.standby - joint.standby
        assert int(together.market.gain[b]) == saved + saved * p.overhead // 1000000
    assert (together.market.gain != 0).sum() >= 3
    assert (alone.market.gain == 0).all()


def test_member_that_loses_two_years_in_a_row_leaves_for_good() -> None:
    model = KrimpModel(none_of_them(**WEIGHED, convenant__loss_share=0.01))
    convenant, market, b = model.convenant, model.market, 0
    turnover = [100_000] * len(model.providers)
    members = []
    for year, gain in enumerate((0, -1100, 0, -1100, -900, -1100, -1100, 5000, 5000), 2014):
        market.gain[b] = gain
        convenant.decide_members(model.key, year * 12, turnover)
        members.append(int(market.member[b]))
    assert members == [1, 1, 1, 1, 1, 1, 0, 0, 0]
    assert (market.gain == 0).all()


def test_levers_on_one_target_multiply_and_matching_never_exceeds_all() -> None:
    both = clause("volunteer_coordination", matched_ratio=2.0) | clause("other_lever", target="matching", ratio=1.1)
    found = levers(now_of(none_of_them(volunteers__matched_share=0.4, **both), 2013 * 12))
    assert found == {"matching": [2200] * 5}
    found = levers(now_of(none_of_them(volunteers__matched_share=0.5, **both), 2013 * 12))
    assert found == {"matching": [2000] * 5}


def test_prevention_waits_for_its_effect() -> None:
    model = KrimpModel(none_of_them(**clause("prevention", delay_months=6, start="2013-07-01")))
    found = [int(model.convenant.now(2013 * 12 + k).here[Lever.NEED, 0]) for k in range(24)]
    assert found == [1000] * 12 + [500] * 12


def test_clause_with_two_periods_holds_in_each_as_it_says() -> None:
    model = KrimpModel(small("scenarios/convenant_signed", "2013-01-31"))

    def at(year: int) -> tuple[float, int, int]:
        now = model.convenant.now(year * 12)
        return now.nights, now.nights_all, now.rounds

    assert [at(year) for year in (2013, 2014)] == [(1.0, 1, 1000)] * 2
    assert at(2015)[0] == at(2022)[0] == at(2015)[2] == 0
    assert at(2023) == (1.0, 0, 0)
    later = KrimpModel(small("scenarios/nights_2027", "2013-01-31")).convenant
    found = [(later.now(y * 12).nights, later.now(y * 12).nights_all) for y in (2026, 2027)]
    assert found == [(1.0, 0), (1.0, 1)]


@pytest.mark.parametrize("name", ["nights_2027", "respite_2027", "zorgkracht_2027", "one_budget_2027", "together_2027"])
def test_what_a_room_can_decide_is_history_until_2027(name: str) -> None:
    history, later = (small(f"scenarios/{x}", "2027-12-31", FIVE_VILLAGES[:2]) for x in ("today", name))
    a, b, until = result_of(history), result_of(later), 14 * 12
    for table in TABLES:
        np.testing.assert_array_equal(getattr(b, table)[:until], getattr(a, table)[:until])
    assert any(not np.array_equal(getattr(b, table)[until:], getattr(a, table)[until:]) for table in TABLES)


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


@pytest.mark.parametrize("name", COOPERATION)
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


def test_a_joint_service_has_the_cars_that_its_planned_visits_take() -> None:
    """One car for all of them would come late: with a fleet calls are answered about as soon as apart."""
    busy = {"nights__planned_share": 1.0, "nights__calls_per_1000": 50.0, "convenant__compliance": 1.0}
    joint = clause("joint_nights")

    def response(**more: object) -> float:
        rows = result_of(none_of_them(**busy, **more)).provider_rows
        return float(rows[:, :, B["night_response_minutes"]].sum() / rows[:, :, B["night_calls"]].sum())

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


# --- replay of what happened ------------------------------------------------------------------------------------


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
