"""Each clause acts where it says and nowhere else."""

from __future__ import annotations

import numpy as np
import pytest
from model_tools import COOPERATION, FIVE_VILLAGES, B, V, clause, config_of, month, none_of_them, result_of, same, small

from krimpsim.config.convenant import CLAUSES
from krimpsim.config.run import RunConfig
from krimpsim.core.codes import AREA_WIDE, NOBODY, Kind, Lever
from krimpsim.model import KrimpModel
from krimpsim.population.market import ClausesNow, no_clauses
from krimpsim.processes import accounts, admission, professional_care
from krimpsim.processes.claims import accepts_help

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
OF_RESIDENTS = {name: sets for name, sets in SETS.items() if name not in COOPERATION}
BY_VILLAGE = [name for name, sets in OF_RESIDENTS.items() if not {Lever[x.upper()] for x in sets} & AREA_WIDE]
WEIGHED = {"convenant__decided_by": "own_account"}


def now_of(config: RunConfig, month: int) -> ClausesNow:
    """Return what the clauses make of a month."""
    return KrimpModel(config).convenant.now(month)


def levers(now: ClausesNow) -> dict[str, list[int]]:
    """Return what is not as it would be without clauses: levers by village, and what the members' clauses set."""
    rest = now._asdict()
    found = {lever.name.lower(): rest["here"][lever].tolist() for lever in Lever if (rest["here"][lever] != 1000).any()}
    none = no_clauses(now.here.shape[1])._asdict()
    return found | {name: rest[name] for name in none if name != "here" and rest[name] != none[name]}


@pytest.mark.parametrize("name", CLAUSES)
def test_file_of_a_clause_holds_that_clause_alone(name: str) -> None:
    """From no_cooperation on, one clause changes, and nothing else."""
    file = small(f"scenarios/clauses/{name}", "2014-12-31")
    assert [other for other in CLAUSES if getattr(file.convenant, other).enabled] == [name]
    bare, own = none_of_them(), {name: getattr(file.convenant, name)}
    convenant = bare.convenant.model_copy(update=own)
    assert file == bare.model_copy(update={"convenant": convenant, "scenario": file.scenario})


@pytest.mark.parametrize("name", CLAUSES)
def test_clause_acts_where_it_says_and_nowhere_else(name: str) -> None:
    found = levers(now_of(none_of_them(**clause(name, strength=0.5)), 2013 * 12))
    if name == "joint_allocation":
        assert found.keys() == {"advice"}
    elif name in COOPERATION:
        assert found == SETS[name]
    else:
        assert found == {lever: [value] * len(FIVE_VILLAGES) for lever, value in SETS[name].items()}


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
