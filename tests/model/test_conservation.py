"""What may never be lost: minutes, persons and cents balance in every month, village and account."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest
from model_tools import KINDS, PARTS, TINY, B, R, V, config_of, small
from numpy.typing import NDArray

from krimpsim.config.run import RunConfig
from krimpsim.core.codes import Kind, Presence
from krimpsim.model import KrimpModel
from krimpsim.outputs.result import Result

HOME, FACILITY, AWAY, DEAD = (int(presence) for presence in Presence)


@dataclass
class Watched:
    """A finished run, with what was seen of its state after every month."""

    config: RunConfig
    result: Result
    at_home_before: NDArray[np.int64]
    in_facility_before: NDArray[np.int64]
    area_before: NDArray[np.int64]
    active_before: NDArray[np.int8]
    group_cents: list[int] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)


def by_village(model: KrimpModel, presence: int) -> NDArray[np.int64]:
    people = model.people
    return np.bincount(people.village[people.presence == presence], minlength=len(model.villages))


def look(model: KrimpModel, seen: Watched) -> None:
    """Note every rule about the state that does not hold after this month."""
    n = model.in_use.persons
    people, ties = model.people, model.ties
    minutes = ties.minutes
    presence, partner = people.presence, people.partner
    home = presence == HOME
    here = np.flatnonzero(presence <= FACILITY)
    giver, receiver = ties.giver, ties.receiver
    budget = seen.config.informal_care.time_budget_minutes
    used = people.work_minutes + people.volunteer_minutes + people.usual_minutes + people.care_minutes
    paired = here[partner[here] >= 0]
    homes = people.household[home]
    villages = people.village[home]
    first = np.full(model.in_use.households, -1)
    first[homes] = villages
    clients = model.market.clients
    both = (giver >= 0) & (receiver >= 0)
    relation = ties.relation
    pairs = list(zip(giver[both].tolist(), receiver[both].tolist(), relation[both].tolist(), strict=True))
    rules = {
        "everybody at home has a household": bool((homes >= 0).all() and (homes < model.in_use.households).all()),
        "everybody lives in a village of the run": bool(
            ((people.village >= 0) & (people.village < len(model.villages))).all()
        ),
        "a household lives in one village": bool((first[homes] == villages).all()),
        "nobody in a facility shares a household with people at home": not np.isin(
            people.household[presence == FACILITY], homes
        ).any(),
        "partners point at each other": bool((partner[partner[paired]] == paired).all()),
        "the dead have no partner": bool((partner[presence == DEAD] < 0).all()),
        "partners at home share a household": bool(
            (people.household[paired] == people.household[partner[paired]])[home[paired] & home[partner[paired]]].all()
        ),
        "identities are unique": len(np.unique(people.uid)) == n,
        "nobody has two ties of one kind with the same person": len({*pairs}) == len(pairs),
        "only people at home give care": not ((minutes > 0) & (giver >= 0) & ~home[giver]).any(),
        "only people at home are cared for": not ((minutes > 0) & (receiver >= 0) & ~home[receiver]).any(),
        "nobody gives more time than there is": bool((used[home] <= budget).all()),
        "nobody has less than no time": bool((people.usual_minutes >= 0).all() and (people.care_minutes >= 0).all()),
        "clients live at home and need care": bool(
            home[here[people.provider_help[here] >= 0]].all() and home[here[people.provider_care[here] >= 0]].all()
        ),
        "providers count no client twice": bool(
            (
                clients[:, 0]
                <= np.bincount(people.provider_help[home & (people.provider_help >= 0)], minlength=len(clients))
            ).all()
            and (
                clients[:, 1]
                <= np.bincount(people.provider_care[home & (people.provider_care >= 0)], minlength=len(clients))
            ).all()
        ),
        "levels are 0 to 4": bool(((people.level >= 0) & (people.level <= 4)).all()),
        "what was met is part of the need": bool((people.met_minutes[home] <= people.need_minutes[home]).all()),
        "people who left or died have a month of it": bool((people.end_month[presence >= AWAY] <= model.month).all()),
        "a tie with care has care of one end at least": bool(((giver >= 0) | (receiver >= 0))[ties.active == 1].all()),
        "row numbers stay in the table": bool(
            all((row < n).all() for row in (partner, people.mother, people.father, people.housemate))
            and (giver < n).all()
            and (receiver < n).all()
        ),
    }
    seen.broken += [f"month {model.month}: {rule}" for rule, holds in rules.items() if not holds]


def watch(config: RunConfig, replicate: int = 0) -> Watched:
    model = KrimpModel(config, replicate=replicate)
    seen = Watched(
        config,
        model.result(),
        by_village(model, HOME),
        by_village(model, FACILITY),
        model.market.area.copy(),
        model.market.active.copy(),
    )
    while model.running:
        model.step()
        look(model, seen)
    seen.result = model.result()
    return seen


RUNS = {
    "today, 22 villages": lambda: config_of("scenarios/today", {"run.end": "2016-12-31"}),
    "convenant": lambda: small("scenarios/convenant", "2016-12-31"),
    "no cooperation": lambda: small("scenarios/no_cooperation", "2016-12-31"),
    "tight times": lambda: small("scenarios/today", "2015-12-31", informal_care__time_budget_minutes=2600),
    "late": lambda: small("scenarios/today", "2024-12-31", run__start="2022-07-01"),
    "everything together": lambda: small("scenarios/together_2027", "2028-12-31", run__start="2026-10-01"),
    "providers that fail": lambda: small(
        "scenarios/convenant",
        "2017-12-31",
        accounts__hinterland_reserve_share=0.0,
        accounts__area_reserve_share=0.0,
        accounts__margin=-0.15,
    ),
}


@pytest.fixture(scope="session", params=RUNS)
def seen(request: pytest.FixtureRequest) -> Watched:
    return watch(RUNS[request.param]())


def village(seen: Watched, name: str) -> NDArray[np.int64]:
    return seen.result.village_rows[:, :, V[name]]


def provider(seen: Watched, name: str) -> NDArray[np.int64]:
    return seen.result.provider_rows[:, :, B[name]]


def region(seen: Watched, name: str) -> NDArray[np.int64]:
    return seen.result.region_rows[:, R[name]]


def test_state_keeps_its_rules_after_every_month(seen: Watched) -> None:
    assert not seen.broken, "\n".join(seen.broken[:20])


@pytest.mark.parametrize("kind", KINDS)
def test_every_minute_of_need_is_in_exactly_one_part(seen: Watched, kind: str) -> None:
    parts = sum(village(seen, f"minutes_{part}_{kind}") for part in PARTS)
    np.testing.assert_array_equal(parts, village(seen, f"minutes_needed_{kind}"))


@pytest.mark.parametrize("what", ["needed", *PARTS])
def test_totals_are_sums_over_kinds(seen: Watched, what: str) -> None:
    kinds = sum(village(seen, f"minutes_{what}_{kind}") for kind in KINDS)
    np.testing.assert_array_equal(kinds, village(seen, f"minutes_{what}"))


def test_unmet_care_is_waiting_no_provider_and_no_budget(seen: Watched) -> None:
    gaps = sum(village(seen, f"minutes_{part}") for part in ("waiting", "no_provider", "no_budget"))
    np.testing.assert_array_equal(gaps, village(seen, "minutes_unmet"))
    assert village(seen, "minutes_unmet").sum() > 0


def test_no_number_of_minutes_persons_or_kilometres_is_negative(seen: Watched) -> None:
    assert (seen.result.village_rows >= 0).all()
    signed = [B["account_area_eur"], B["account_hinterland_eur"]]
    assert (np.delete(seen.result.provider_rows, signed, axis=2) >= 0).all()
    assert (seen.result.region_rows >= 0).all()


def test_informal_care_given_and_imported_is_received_and_exported(seen: Watched) -> None:
    given, imported = village(seen, "minutes_informal_given"), village(seen, "minutes_informal_imported")
    received, exported = village(seen, "minutes_informal_received"), village(seen, "minutes_informal_exported")
    np.testing.assert_array_equal((given + imported).sum(axis=1), (received + exported).sum(axis=1))
    assert (imported <= received).all()
    assert (exported <= given).all()
    assert given.sum() > 0


def test_informal_minutes_in_the_book_are_not_more_than_minutes_given(seen: Watched) -> None:
    assert (village(seen, "minutes_informal") <= village(seen, "minutes_informal_received")).all()
    assert (village(seen, "minutes_household") <= village(seen, "minutes_household_given")).all()


def test_residents_balance_in_every_village(seen: Watched) -> None:
    before = np.vstack([seen.at_home_before, village(seen, "population")[:-1]])
    change = sum(
        sign * village(seen, name)
        for name, sign in (("births", 1), ("deaths", -1), ("arrivals", 1), ("departures", -1), ("admissions", -1))
    )
    np.testing.assert_array_equal(before + change, village(seen, "population"))


def test_people_in_facilities_balance_in_every_village(seen: Watched) -> None:
    before = np.vstack([seen.in_facility_before, village(seen, "in_facility")[:-1]])
    np.testing.assert_array_equal(
        before + village(seen, "admissions") - village(seen, "deaths_facility"), village(seen, "in_facility")
    )


def test_ages_and_roles_are_parts_of_the_population(seen: Watched) -> None:
    for part, whole in (
        ("population_65plus", "population"),
        ("population_75plus", "population_65plus"),
        ("population_85plus", "population_75plus"),
        ("children_4_11", "population"),
        ("needing_care", "population"),
        ("heavy_need", "needing_care"),
        ("heavy_need_met", "heavy_need"),
        ("waiting", "needing_care"),
        ("carers_heavily_burdened", "informal_carers"),
        ("young_carers", "informal_carers"),
        ("volunteers", "population"),
    ):
        assert (village(seen, part) <= village(seen, whole)).all(), part


def test_what_payers_pay_is_what_providers_and_groups_earn(seen: Watched) -> None:
    paid = sum(
        region(seen, f"paid_{payer}_eur") for payer in ("borger_odoorn", "aa_en_hunze", "insurer", "care_office")
    )
    earned = ("revenue_home_care_eur", "revenue_collective_eur", "spent_own_budget_eur")
    np.testing.assert_array_equal(paid, sum(region(seen, name) for name in earned))
    np.testing.assert_array_equal(provider(seen, "revenue_eur").sum(axis=1), region(seen, "revenue_home_care_eur"))
    assert paid.sum() > 0


def test_area_account_changes_by_revenue_less_cost(seen: Watched) -> None:
    account, active = provider(seen, "account_area_eur"), provider(seen, "is_active")
    before = np.vstack([seen.area_before, account[:-1]])
    decided = np.vstack([seen.active_before, active[:-1]]) != active
    change = np.where(decided, 0, account - before)
    earned = provider(seen, "revenue_eur") - provider(seen, "cost_eur") - provider(seen, "passed_on_eur")
    earned = np.where(decided, 0, earned)
    np.testing.assert_array_equal(change, earned)


def test_hours_at_clients_are_the_minutes_that_professionals_gave(seen: Watched) -> None:
    np.testing.assert_array_equal(
        provider(seen, "hours_contact").sum(axis=1) + region(seen, "hours_own_budget"),
        village(seen, "minutes_professional").sum(axis=1),
    )


def test_providers_that_are_gone_do_nothing(seen: Watched) -> None:
    gone = provider(seen, "is_active") == 0
    for name in (
        "hours_contact",
        "hours_travel",
        "km_day",
        "km_night",
        "standby_eur",
        "revenue_eur",
        "takes_new_clients",
        "fte",
    ):
        assert not provider(seen, name)[gone].any(), name


def test_reform_moves_personal_care_and_nursing_to_the_insurer() -> None:
    result = watch(config_of(TINY, {"run.end": "2016-12-31"})).result
    insurer, office = (result.region_rows[:, R[f"paid_{payer}_eur"]] for payer in ("insurer", "care_office"))
    home_care = result.region_rows[:, R["revenue_home_care_eur"]]
    assert (insurer[:24] < home_care[:24] // 50).all(), "before 2015 the insurer pays surcharges at most"
    assert (insurer[24:] > home_care[24:] // 4).all()
    assert (office[24:] < office[:24].min()).all()
    assert result.village_rows[0, :, V[f"minutes_needed_{Kind.NURSING.name.lower()}"]].sum() > 0
