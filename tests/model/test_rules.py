"""Small rules of the processes against a naive reading: bounds, direction, dates and rounding."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from model_tools import FIVE_VILLAGES, B, R, V, claim, config_of, finished, result_of, small
from model_tools import month as month_of_model

from krimpsim.config.base import dated
from krimpsim.config.clause import MOST_VOLUNTEERS_START
from krimpsim.config.clauses_of_residents import PreventionConfig, VillageCooperativeConfig
from krimpsim.core.clock import age_in, days_in, first_day, label, last_day, month_of
from krimpsim.core.codes import NOBODY, Kind, Lever, Part, Payer
from krimpsim.core.order import in_order, rank_of
from krimpsim.core.streams import CERTAIN
from krimpsim.inputs.tables import load_tables
from krimpsim.model import KrimpModel
from krimpsim.population.lists import size
from krimpsim.population.market import no_clauses
from krimpsim.population.state import Now, pool_of
from krimpsim.population.synthesis import cumulative, distance_class, tie_uid
from krimpsim.population.world import world_of
from krimpsim.processes import (
    accounts,
    admission,
    burden,
    care_need,
    claims,
    detection,
    driving,
    informal_care,
    nights,
    professional_care,
    rounds,
    staff,
    volunteers,
)

minutes = st.integers(0, 6000)
percents = st.integers(0, 100)
REGION = config_of("scenarios/today")
WORLD = world_of(REGION, load_tables())
NOW = Now(np.uint64(1), 2013 * 12, 31, 0, False, False, no_clauses(22))


# --- informal care ----------------------------------------------------------------------------------------------


@given(minutes, minutes, percents)
def test_minutes_covered_are_a_share_of_those_given_and_never_more_than_the_rest(
    given_: int, rest: int, percent: int
) -> None:
    covered = informal_care.covered_by(given_, rest, percent)
    assert covered == min(rest, given_ * percent // 100)
    assert informal_care.covered_by(given_ + 1, rest, percent) >= covered
    assert informal_care.covered_by(given_, rest + 1, percent) >= covered


@given(minutes, minutes, percents)
def test_minutes_given_are_just_enough_and_within_what_is_available(rest: int, available: int, percent: int) -> None:
    spent = informal_care.given_for(rest, available, percent)
    assert 0 <= spent <= available
    if percent == 0:
        assert spent == 0
        return
    if spent < available:
        assert informal_care.covered_by(spent, rest, percent) == rest
        assert spent == 0 or (spent - 1) * percent // 100 < rest
    assert informal_care.given_for(rest, available + 1, percent) >= spent


# --- care need, admission, claims, burden -----------------------------------------------------------------------


@pytest.mark.parametrize("level", range(5))
@pytest.mark.parametrize("rises", [False, True])
@pytest.mark.parametrize("falls", [False, True])
def test_level_changes_one_step_at_a_time_and_stays_in_bounds(level: int, rises: bool, falls: bool) -> None:
    expected = level + 1 if rises and level < 4 else level - 1 if falls and level > 0 else level
    assert care_need.changes(level, rises, falls) == expected
    assert 0 <= expected <= 4


@pytest.mark.parametrize("level", range(5))
@pytest.mark.parametrize("dementia", [0, 1])
@pytest.mark.parametrize("helper", [False, True])
def test_who_may_ask_for_a_place(level: int, dementia: int, helper: bool) -> None:
    asks = admission.qualifies(level, dementia, helper)
    assert bool(asks) == (level == 4 or (level == 3 and (bool(dementia) or not helper)))


@given(st.integers(2013 * 12, 2041 * 12 - 1), st.integers(0, 130 * 12))
def test_ages(month: int, lived: int) -> None:
    born = month - lived
    assert age_in(month, born) == lived // 12
    january = care_need.age_on_january(month, born)
    assert january == min(110, max(0, (month // 12) * 12 - 1 - born) // 12)
    assert 0 <= age_in(month, born) - january <= 1 or january == 110


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("dementia", [0, 1])
def test_need_rises_with_level_and_episode(kind: Kind, dementia: int) -> None:
    p = claims.prepare(WORLD)
    needs = [int(p.need[level, dementia, 0, kind]) for level in range(5)]
    assert needs[0] == 0
    assert all(a <= b for a, b in pairwise(needs))
    for level in range(5):
        more = p.need[level, dementia, 1, kind] - needs[level]
        assert (more > 0) == (kind in (Kind.PERSONAL_CARE, Kind.NURSING))
    if kind == Kind.DAY_PROGRAMME and not dementia:
        assert needs == [0] * 5


@given(st.integers(0, 4), st.integers(0, 4), st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1))
def test_urgency_comes_before_luck(level_a: int, level_b: int, draw_a: int, draw_b: int) -> None:
    a, b = rank_of(level_a, np.uint64(draw_a)), rank_of(level_b, np.uint64(draw_b))
    assert a >= 0
    assert b >= 0
    if level_a != level_b:
        assert (a < b) == (level_a > level_b)
    elif draw_a >> 4 != draw_b >> 4:
        assert (a < b) == (draw_a < draw_b)


@given(
    st.lists(st.tuples(st.integers(0, 4), st.integers(0, 2**64 - 1)), unique_by=lambda claim: (claim[0], claim[1] >> 4))
)
def test_rows_are_put_in_order_of_rank(claims_: list[tuple[int, int]]) -> None:
    rank = np.array([rank_of(level, np.uint64(draw)) for level, draw in claims_], dtype=np.int64)
    rows = 1000 + np.arange(len(rank))
    assert in_order(rows, rank).tolist() == rows[np.argsort(rank)].tolist()


def test_burden_rises_with_hours_and_own_need() -> None:
    table = burden.prepare(WORLD).burden
    assert (np.diff(table, axis=2) > 0).all()
    assert (table[:, 1] > table[:, 0]).all()
    assert (table[1] < table[0]).all(), "respite care lowers it"
    assert ((table >= 0) & (table <= 1 << 32)).all()


def test_need_is_noticed_sooner_when_heavy_and_later_alone_or_with_a_low_income() -> None:
    notice = detection.prepare(WORLD).notice
    assert (np.diff(notice[1:4], axis=0) > 0).all()
    assert (notice[:, 1] <= notice[:, 0]).all()
    assert (notice[:, :, 1] <= notice[:, :, 0]).all()


def test_volunteers_who_stop_are_replaced_at_the_rate_that_keeps_the_share() -> None:
    p = volunteers.prepare(WORLD)
    share = REGION.volunteers.share_of_adults
    assert abs(p.start * (1 - share) - p.stop * share) < 2


# --- who pays, and how much -------------------------------------------------------------------------------------


@pytest.mark.parametrize("municipality", [0, 1])
@pytest.mark.parametrize("level", range(5))
@pytest.mark.parametrize("month", [2013 * 12, 2014 * 12 + 11, 2015 * 12, 2015 * 12 + 1, 2040 * 12 + 11])
def test_payers_by_date(municipality: int, level: int, month: int) -> None:
    before, heavy = month < month_of(first_day(2015 * 12)), level == 4
    town = Payer(municipality)
    office = Payer.CARE_OFFICE
    expected = {
        Kind.HOUSEHOLD_HELP: town if before or not heavy else office,
        Kind.PERSONAL_CARE: office if before or heavy else Payer.INSURER,
        Kind.NURSING: office if before or heavy else Payer.INSURER,
        Kind.GUIDANCE: office if before or heavy else town,
        Kind.DAY_PROGRAMME: office if before or heavy else town,
    }
    now = NOW._replace(month=month, reformed=month >= 2015 * 12)
    payers = {kind: professional_care.payer_of(now, int(kind), level, municipality) for kind in Kind}
    assert payers == expected


def test_pools() -> None:
    assert [pool_of(int(kind)) for kind in Kind] == [0, 1, 1, 1, 1]


@given(st.integers(0, 10**7), st.integers(0, 20_000), st.sampled_from([28, 29, 30, 31]))
def test_a_month_costs_its_minutes_rounded_once(minutes_a_week: int, cents_an_hour: int, days: int) -> None:
    exact = Decimal(minutes_a_week) * days / 7 * cents_an_hour / 60
    assert accounts.month_cents(minutes_a_week, cents_an_hour, days) == int(
        (Decimal(minutes_a_week * days * cents_an_hour) / 420).quantize(Decimal(1), ROUND_HALF_UP)
    )
    assert abs(accounts.month_cents(minutes_a_week, cents_an_hour, days) - exact) <= Decimal("0.5000001")


def test_dated_values_hold_from_their_year() -> None:
    assert dated({"2013": 1.0, "2015": 2.0}, 2013, 4) == [1.0, 1.0, 2.0, 2.0]
    assert dated({"2014": 1.0}, 2013, 2) == [1.0, 1.0]
    assert dated({"2010": 3.0, "2016": 4.0}, 2013, 5) == [3.0, 3.0, 3.0, 4.0, 4.0]


@given(st.floats(0, 1e6), st.floats(0, 1, exclude_max=True))
def test_parts_of_a_minute_are_rounded_by_luck(value: float, draw: float) -> None:
    assert staff.whole(value, draw) == int(value) + (draw < value - int(value))


@given(minutes, minutes, st.integers(0, 2000))
def test_paid_time_is_contact_travel_and_indirect(contact: int, travel: int, indirect: int) -> None:
    assert staff.paid_time(contact, travel, indirect) == contact + travel + contact * indirect // 1000


@pytest.mark.parametrize(("year", "value"), [(2010, 1.0), (2013, 1.0), (2014, 2.0), (2015, 3.0), (2030, 3.0)])
def test_tightness_is_linear_between_years(year: float, value: float) -> None:
    assert staff.linear({"2013": 1.0, "2015": 3.0}, year) == value


# --- places and distances ---------------------------------------------------------------------------------------


@given(st.integers(0, 200_000))
def test_distance_classes(metres: int) -> None:
    limits = (2000, 5000, 10_000, 20_000, 30_000)
    assert distance_class(metres) == 1 + sum(metres >= limit for limit in limits)


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2))
def test_a_tie_is_the_same_from_both_ends(a: int, b: int, relation: int) -> None:
    assert tie_uid(np.uint64(a), np.uint64(b), relation) == tie_uid(np.uint64(b), np.uint64(a), relation)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12).filter(lambda weights: sum(weights) > 1e-6))
def test_cumulative_thresholds_rise_to_certainty(weights: list[float]) -> None:
    table = cumulative(weights)
    assert (np.diff(table) >= 0).all()
    assert abs(int(table[-1]) - (1 << 32)) <= 1


points = st.tuples(st.integers(-20_000, 20_000), st.integers(-20_000, 20_000))


def apart(a: tuple[int, int], b: tuple[int, int]) -> int:
    return round(((a[0] - b[0]) ** 2 + (a[1] - b[1]) ** 2) ** 0.5)


def length(order: Sequence[int], base: np.ndarray, between: np.ndarray) -> int:
    legs = [int(between[a, b]) for a, b in pairwise(order)]
    return int(base[order[0]]) + sum(legs) + int(base[order[-1]]) if len(order) else 0


@settings(max_examples=settings.default.max_examples * 60 // 100)
@given(points, st.lists(points, min_size=1, max_size=9), st.data())
def test_a_tour_visits_every_village_once_and_is_not_longer_than_by_nearest_neighbour(
    start: tuple[int, int], villages: list[tuple[int, int]], data: st.DataObject
) -> None:
    base = np.array([apart(start, v) for v in villages], dtype=np.int64)
    between = np.array([[apart(a, b) for b in villages] for a in villages], dtype=np.int64)
    contact = np.array(
        data.draw(st.lists(st.integers(0, 300), min_size=len(villages), max_size=len(villages))), dtype=np.int64
    )
    order = [int(v) for v in rounds.tour(base, between, contact)]
    served = [v for v in range(len(villages)) if contact[v] > 0]
    assert sorted(order) == served
    left, naive = list(served), []
    while left:
        here = [int(base[v]) if not naive else int(between[naive[-1], v]) for v in left]
        naive.append(left.pop(here.index(min(here))))
    # among villages equally near the choice may differ, and with it the start of the search
    ties = len({tuple(v) for v in villages}) < len(villages) or len({*base.tolist()}) < len(villages)
    if not ties:
        assert length(order, base, between) <= length(naive, base, between)
    for a in range(len(order)):
        for b in range(a + 1, len(order)):
            turned = order[:a] + order[a : b + 1][::-1] + order[b + 1 :]
            assert len(order) <= 3 or length(order, base, between) <= length(turned, base, between)


@pytest.mark.parametrize("rounds_here", [1, 2, 5])
@pytest.mark.parametrize("visits", [1, 3, 8])
def test_the_way_along_a_ribbon_is_that_of_addresses_at_random(visits: int, rounds_here: int) -> None:
    """Rounds divide the addresses of a day in order.  From home within three standard errors of the mean of many days;
    there and back from the road within a fifth (found: 0.80 to 1.11), as the rule knows no way out at the other end.
    """
    length, n = 10_000, visits * rounds_here
    at = np.sort(np.random.default_rng(3).random((4000, n)), axis=1) * length
    first, last = at[:, ::visits], at[:, visits - 1 :: visits]
    stretch = last - first
    found = [rounds.ribbon_way(length, 7 * visits, 7 * n, 7, True, share) for share in (1000, 0)]
    there_and_back = np.minimum(2 * last, np.minimum(2 * (length - first), np.full_like(last, length)))
    for way, drawn, bias in zip(found, (stretch, there_and_back), (0.0, 0.2), strict=True):
        means = drawn.mean(axis=1)
        assert abs(way - means.mean()) <= 3 * means.std() / np.sqrt(len(means)) + 1 + bias * means.mean()


def test_a_round_that_comes_along_the_road_serves_what_is_near_its_end_of_the_ribbon() -> None:
    ways = [rounds.ribbon_way(9_000, 7 * n, 7 * 8, 7, False, 600) for n in (1, 2, 8)]
    assert ways == [2_000, 4_000, 8_000]


@given(st.integers(0, 480), st.integers(0, 600), st.integers(0, 120))
def test_a_team_drives_on_within_the_window(now: int, free_at: int, window: int) -> None:
    assert bool(driving.chains(now, free_at, window)) == (now - free_at <= window)


# --- the calendar -----------------------------------------------------------------------------------------------


@given(st.integers(1990 * 12, 2100 * 12))
def test_months_and_days(month: int) -> None:
    assert month_of(first_day(month)) == month == month_of(last_day(month))
    assert (last_day(month) - first_day(month)).days + 1 == days_in(month)
    assert 28 <= days_in(month) <= 31
    assert label(month) == f"{first_day(month):%Y-%m}"


def test_the_agenda_leaves_room_for_the_largest_ratio_a_clause_may_have() -> None:
    """More would be cut off in silence: an event can happen only in a month in which it comes up."""
    prevention, cooperative = PreventionConfig.model_fields, VillageCooperativeConfig.model_fields
    (most_prevention,) = (bound.le for bound in prevention["hazard_ratio"].metadata if hasattr(bound, "le"))
    (most_start,) = (bound.le for bound in cooperative["start_ratio"].metadata if hasattr(bound, "le"))
    assert round(1000 * most_prevention) == care_need.MOST_PREVENTION
    assert most_start <= MOST_VOLUNTEERS_START


# --- who pays, and what is saved --------------------------------------------------------------------------------


def test_municipal_care_stops_between_two_payers() -> None:
    """A gap of a year for everybody who reaches level 4, from 2015 on and not before."""
    gap = {"entitlement__seam_share": 1.0, "entitlement__seam_months": 12}
    none = {"entitlement__seam_share": 0.0}
    with_it, without = (result_of(small("scenarios/today", "2015-12-31", **x)).village_rows for x in (gap, none))
    columns = [V["minutes_no_budget_household_help"], V["minutes_no_budget_guidance"]]
    until = 2 * 12
    np.testing.assert_array_equal(with_it[:until], without[:until])
    assert with_it[until][:, columns].sum() > without[until][:, columns].sum()
    nursing = V["minutes_no_budget_nursing"]
    assert with_it[:, :, nursing].sum() == without[:, :, nursing].sum() == 0


@pytest.mark.parametrize(
    ("month", "gap_until", "stops"),
    [
        (2015 * 12, 2015 * 12 + 1, True),
        (2015 * 12, 2015 * 12, False),
        (2014 * 12 + 11, 2015 * 12 + 1, False),
    ],
    ids=["in the gap", "gap over", "before the reform"],
)
def test_only_help_and_guidance_stop_in_the_gap_between_payers(month: int, gap_until: int, stops: bool) -> None:
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    person, v = model.people[0], int(model.people[0].village)
    person.noticed = person.granted = person.accepts = 1
    person.level = 4
    person.provider_care = NOBODY
    p, book, now = model.rules.professional_care, model.state.book, month_of_model(model, month)

    def split(until: int) -> tuple[list[int], list[int]]:
        person.between_payers = until
        need = claim(rest=dict.fromkeys(Kind, 600))
        book.parts[:] = 0
        professional_care.ask(model.state, p, now, 0, need)
        return need.formal.tolist(), book.parts[v, Part.NO_BUDGET].tolist()

    plain, nothing = split(0)
    assert min(plain[kind] for kind in Kind if kind != Kind.DAY_PROGRAMME) > 0
    assert nothing == [0] * 5
    lost = [
        x if stops and kind in (Kind.HOUSEHOLD_HELP, Kind.GUIDANCE) else 0 for kind, x in zip(Kind, plain, strict=True)
    ]
    assert split(gap_until) == ([x - y for x, y in zip(plain, lost, strict=True)], lost)


def test_the_gap_between_payers_begins_with_level_4_and_lasts_as_set() -> None:
    """Everybody who can gets worse: those who get to level 4, and nobody else, have a gap of five months from now."""
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    people, now, p = model.people, month_of_model(model), model.rules.care_need
    p = p._replace(up=np.full_like(p.up, CERTAIN), most_up=np.full(5, CERTAIN), seam=CERTAIN, seam_months=5)
    before = people.level.copy(), people.between_payers.copy()
    care_need._change(model.state, p, now, size(model.state.lists.watch))
    worse = people.level > before[0]
    reached = worse & (before[0] == 3)
    assert reached.sum() > 5
    assert (worse & ~reached).sum() > 20
    np.testing.assert_array_equal(people.between_payers, np.where(reached, now.month + 5, before[1]))


def test_no_chance_exceeds_the_largest_of_its_level() -> None:
    """Death and change are drawn against the largest chance first: it must hold for everybody, whatever is agreed."""
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    death, need = model.rules.mortality, model.rules.care_need
    assert (death.death <= death.most[:, None]).all()
    burdened = need.up * max(100, need.illness_percent) // 100
    prevented = burdened * care_need.MOST_PREVENTION // 1000
    for up in (need.up, burdened, prevented):
        assert (up <= need.most_up[:4]).all()
    assert (need.down <= need.most_down).all()
    # and nobody is drawn against more than that for nothing
    assert (death.death.max(axis=1) == death.most).all()
    assert (need.most_up[:4] <= prevented.max(axis=(0, 1, 2, 3)) + 2).all()


def test_support_for_clients_makes_a_gap_between_payers_less_likely() -> None:
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    now, p, person = month_of_model(model), model.rules.care_need, model.people[0]
    assert care_need._seam(p, now, person) == p.seam > 0
    now.clauses.here[Lever.UNUSED] = 250
    assert care_need._seam(p, now, person) == p.seam // 4


def test_own_budgets_buy_what_providers_no_longer_give() -> None:
    """In the first month the same people ask for the same; what they buy costs three quarters of care in kind."""
    shares = {"entitlement__accept_share": 1.0, "entitlement__own_budget_price_ratio": 0.75}
    kinds = [V[f"minutes_professional_{kind}"] for kind in ("household_help", "personal_care", "guidance")]
    in_kind, half, all_ = (
        result_of(small("scenarios/today", "2013-01-31", **shares, entitlement__own_budget_share=x))
        for x in (0.0, 0.5, 1.0)
    )
    assert in_kind.region_rows[0, [R["hours_own_budget"], R["spent_own_budget_eur"]]].sum() == 0
    assert 0 < half.region_rows[0, R["hours_own_budget"]] < all_.region_rows[0, R["hours_own_budget"]]
    bought = all_.region_rows[0, R["hours_own_budget"]]
    assert bought == all_.village_rows[0][:, kinds].sum()
    nursing = all_.village_rows[0, :, V["minutes_professional_nursing"]].sum()
    assert all_.provider_rows[0, :, B["hours_contact"]].sum() == nursing
    wanted = [int(all_.village_rows[0][:, column].sum()) for column in kinds]
    tariffs = (21.1, 43.5, 47.0)
    price = sum(m / 60 * t * 0.75 * 31 / 7 for m, t in zip(wanted, tariffs, strict=True))
    assert all_.region_rows[0, R["spent_own_budget_eur"]] / 100 == pytest.approx(price, rel=0.01)


def test_care_for_parents_outside_ends_before_they_would_be_a_hundred() -> None:
    ages = []

    def look(model: KrimpModel) -> None:
        ties = model.ties
        out = (ties.receiver < 0) & (ties.active == 1) & (ties.giver >= 0)
        out[int(model.counts[1]) :] = False
        born = model.people.birth_month[ties.giver[out]]
        ages.append(((model.month - born) // 12).max(initial=0))

    finished(small("scenarios/today", "2014-12-31", informal_care__export_until_age=60), 0, look)
    assert max(ages) == 59


def test_reserves_above_the_norm_are_not_saved_up() -> None:
    model = KrimpModel(small("scenarios/today", "2016-12-31", FIVE_VILLAGES, accounts__reserve_norm=0.05))
    norm, spent = model.config.accounts.reserve_norm, 0
    for _ in range(48):
        model.step()
        if model.month % 12 == 0 and model.month > 2013 * 12:
            spent += int(model.market.passed_on.sum())
            for b, provider in enumerate(model.providers):
                assert int(model.market.hinterland[b]) <= round(norm * provider.outside_turnover)
    assert spent > 0


@pytest.mark.parametrize(
    ("area", "outside", "active", "expected"),
    [
        (15_000, 20_000, 1, (5_000, 10_000, 25_000)),
        (15_000, 48_000, 1, (5_000, 10_000, 50_000)),
        (9_000, 60_000, 1, (0, 9_000, 50_000)),
        (-4_000, -2_000, 1, (0, -4_000, -2_000)),
        (15_000, 20_000, 0, (0, 15_000, 20_000)),
    ],
    ids=["passed on", "passed on and spent", "spent", "nothing to spend", "not in the area"],
)
def test_what_is_above_the_norm_is_passed_on_and_then_spent(
    area: int, outside: int, active: int, expected: tuple[int, int, int]
) -> None:
    """With a norm of a tenth, a turnover of 100,000 cents in the area and 500,000 outside."""
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    provider, market = model.providers[0], model.market
    provider.year_revenue, provider.outside_turnover = 100_000, 500_000
    market.area[0], market.hinterland[0], market.active[0] = area, outside, active
    provider._spend_reserves(0.1)
    assert (int(market.passed_on[0]), int(market.area[0]), int(market.hinterland[0])) == expected


# --- cars of night teams ----------------------------------------------------------------------------------------


def test_a_team_has_one_car_and_another_for_each_load_that_is_full() -> None:
    p = nights.prepare(WORLD._replace(config=config_of("scenarios/today", {"nights.car_load": 0.5})))
    assert p.car_minutes == 240
    assert [nights.cars_for(p, minutes) for minutes in (0, 1, 240, 241, 480, 481)] == [1, 1, 1, 2, 2, 3]


@pytest.mark.parametrize("nights_all", [0, 1])
def test_cars_follow_from_planned_visits_and_the_way_to_them(nights_all: int) -> None:
    model = KrimpModel(small("scenarios/no_cooperation", "2013-01-31", nights__car_load=0.25))
    market, p = model.market, model.rules.nights
    market.member[:] = 0
    market.member[:2] = 1
    base = market.base_m[2].copy()
    plan = ((0, 1, 9), (1, 2, 30), (2, 0, 60))  # provider, village, visits
    visits = [(0, b, 0, 0, v, 0, b) for b, v, n in plan for _ in range(n)]
    fleet = np.zeros(len(market.active) + 1, dtype=np.int64)
    planned = np.array(visits, dtype=driving.VISIT)
    nights._size_fleets(market, p, driving.Plan(planned, planned[:0], True, nights_all == 1, base, fleet, 31))
    speed = p.pace.m_per_min
    work = [
        n * (p.pace.planned_visit + int(market.base_m[b, v]) // speed)
        for b, v, n in ((0, 1, 9), (1, 2, 30), (2, 0, 60))
    ]
    joint = sum(n * (p.pace.planned_visit + int(base[v]) // speed) for v, n in ((1, 9), (2, 30)))
    expected = [-(-minutes // 120) for minutes in (*work, joint * nights_all)]
    assert fleet[[0, 1, 2, -1]].tolist() == [max(1, cars) for cars in expected]
    assert (fleet[3:-1] == 1).all()


@pytest.mark.parametrize("strength", [1.0, 0.5])
def test_standby_is_paid_per_team_and_a_joint_service_is_one_team(strength: float) -> None:
    """In the first month, when the same providers are there: of k teams the strength of a joint service saves k - 1."""
    joint = {f"convenant__joint_nights__{k}": v for k, v in (("enabled", True), ("start", "2013-01-01"))}
    joint |= {"convenant__joint_nights__strength": strength, "convenant__compliance": 1.0}
    busy = {"nights__planned_share": 1.0, "nights__car_load": 0.1}  # more cars than one, and no more standby for it
    apart, together = (result_of(small("scenarios/no_cooperation", "2013-01-31", **busy, **x)) for x in ({}, joint))
    config = config_of("scenarios/no_cooperation")
    a, b = (r.provider_rows[0, :, B["standby_eur"]] for r in (apart, together))
    there = a > 0
    member = np.array([provider.member for provider in config.providers])
    k = int((there & member).sum())
    assert k > 1
    np.testing.assert_array_equal(b[~member], a[~member])
    np.testing.assert_allclose(b[member], a[member] * (1 - strength * (1 - 1 / k)), atol=1)
    n = config.nights
    a_night = 100 * n.standby_hours * config.accounts.wage_care * n.standby_pay_share * n.standby_area_share
    shares = np.array([provider.area_share for provider in config.providers])
    np.testing.assert_allclose(a[there], (31 * a_night * shares)[there], atol=16)


# --- contributions ----------------------------------------------------------------------------------------------


def test_clients_pay_by_the_hour_until_the_flat_fee_and_nothing_for_care_from_2015() -> None:
    """Cents an hour of household help, of care and nursing, and a month per client of household help, by year."""
    fees = {2014: (160, 150, 0), 2015: (160, 0, 0), 2018: (160, 0, 0), 2019: (0, 0, 1896), 2020: (0, 0, 1900)}

    def look(model: KrimpModel) -> None:
        year, market = model.month // 12, model.market
        minutes = market.delivered.sum(axis=1)  # by provider, kind and payer
        hourly = {Kind.HOUSEHOLD_HELP: fees[year][0], Kind.PERSONAL_CARE: fees[year][1], Kind.NURSING: fees[year][1]}
        expected = sum(
            accounts.month_cents(int(one), cents, days_in(model.month))
            for kind, cents in hourly.items()
            for one in minutes[:, kind].ravel()
        )
        expected += fees[year][2] * int(market.clients[:, 0].sum())
        assert int(model.state.book.region["contributions"][0]) == expected > 0, year
        looked.append(year)

    for start, end in (("2014-12-01", "2015-01-31"), ("2018-12-01", "2019-01-31"), ("2019-12-01", "2020-01-31")):
        looked: list[int] = []
        finished(small("scenarios/today", end, ["Eexterveen"], run__start=start), 0, look)
        assert looked == [int(start[:4]), int(end[:4])]
