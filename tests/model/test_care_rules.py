"""Rules of care that a run must show: who is admitted, which children care, how much kin take on."""

from __future__ import annotations

import numpy as np
import pytest
from model_tools import R, V, ask_for_care, claim, config_of, month, result_of, small

from krimpsim.config.run import RunConfig
from krimpsim.core.codes import NEVER, NOBODY, Event, Kind, Part, Pool, Presence, Relation
from krimpsim.core.streams import Stream, bits, month_key, threshold
from krimpsim.inputs.tables import load_tables
from krimpsim.model import KrimpModel
from krimpsim.population import need_profile
from krimpsim.population.lists import watch
from krimpsim.population.need_profile import ADMISSION_AGE
from krimpsim.population.roll import circle_of
from krimpsim.population.synthesis import START
from krimpsim.processes import admission, driving, informal_care, market, nights

#: Much heavy need below 65, and a place for everybody: then an age limit shows.
HEAVY = {
    "care_need__onset_under_55_per_year": 0.1,
    "care_need__worsen_under_55_ratio": 2.0,
    "care_need__worsen_light_at_70_per_year": 2.0,
    "care_need__worsen_moderate_at_70_per_year": 2.0,
    "care_need__worsen_heavy_at_70_per_year": 2.0,
    "admission__round_the_clock_per_year": 12.0,
    "admission__places_per_75plus": {"2013": 1.0},
}


def test_nobody_below_the_age_limit_is_admitted() -> None:
    model = KrimpModel(small("scenarios/today", "2013-12-31", **HEAVY))
    while model.running:
        model.step()
    people = model.people
    age = (model.month - people.birth_month) // 12
    at_home = people.presence == int(Presence.HOME)
    assert ((people.level == 4) & at_home & (age < ADMISSION_AGE)).sum() > 20  # there are some to refuse
    assert int(model.result().village_rows[:, :, V["admissions"]].sum()) > 10
    assert age[people.presence == int(Presence.FACILITY)].min() >= ADMISSION_AGE


@pytest.mark.parametrize("room", [0, 5, 25, 100])
def test_a_facility_takes_in_no_more_than_it_has_places_and_the_most_urgent_first(room: int) -> None:
    """Forty people wait, half of them at level 4: places go to these, then by the draw of the year."""
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    s, now = model.state, month(model)
    people = s.people[: int(s.counts[0])]
    p = model.rules.admission
    p = p._replace(round_the_clock=0, heavy=0, places=p.places._replace(share=np.ones_like(p.places.share)))
    people.waits_for_facility = 0
    old = (people.presence == int(Presence.HOME)) & (now.month - people.birth_month >= 12 * 75)
    rows = np.flatnonzero(old)[:40]
    people.waits_for_facility[rows] = people.dementia[rows] = 1
    people.level[rows] = np.where(np.arange(40) % 2, 3, 4)
    for i in rows:
        watch(s.people, s.lists, int(i))
    inside = people.presence == int(Presence.FACILITY)
    assert inside.sum() > 0
    s.roll.older[0] = int(inside.sum()) + room
    draw = month_key(model.key, int(Stream.ADMISSION_ORDER), now.month // 12, 0)
    order = sorted(rows.tolist(), key=lambda i: (-int(people.level[i]), int(bits(draw, people.uid[i]))))
    s.book.events[:] = 0
    admission.step(s, p, now)
    now_inside = people.presence == int(Presence.FACILITY)
    assert set(np.flatnonzero(now_inside & ~inside)) == set(order[:room])
    assert set(np.flatnonzero(people.waits_for_facility == 1)) == set(order[room:])
    assert s.book.events[:, Event.ADMISSION].sum() == min(room, 40)


def test_children_care_for_a_parent_in_need_as_often_as_set() -> None:
    none = result_of(small("scenarios/today", "2013-12-31", informal_care__young_carer_share=0.0, **HEAVY))
    every = result_of(small("scenarios/today", "2013-12-31", informal_care__young_carer_share=1.0, **HEAVY))
    assert none.village_rows[:, :, V["young_carers"]].sum() == 0
    assert every.village_rows[:, :, V["young_carers"]].sum() > 50


def test_kin_take_on_no_more_than_their_share_and_lower_it() -> None:
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    need = claim(rest={Kind.PERSONAL_CARE: 100}, most={Kind.PERSONAL_CARE: 20})
    rules = model.rules.informal_care

    def given() -> int:
        return int(informal_care._give(model.state, rules, 0, need, NOBODY, 5000, 0))

    assert given() == 20 * 100 // int(rules.substitution[Kind.PERSONAL_CARE])
    assert need.rest[Kind.PERSONAL_CARE] == 80
    assert need.most[Kind.PERSONAL_CARE] == 0
    assert given() == 0


def test_a_neighbour_who_helps_is_of_the_same_circle_and_willing() -> None:
    """Every neighbour tie joins two people of one circle of a village, as long as both still live there."""
    model = KrimpModel(small("scenarios/today", "2014-12-31", ["Nieuw-Buinen"]))
    while model.running:
        model.step()
    ties = model.ties
    givers, receivers, neighbours = ties.giver, ties.receiver, ties.relation == int(Relation.NEIGHBOUR)
    found = neighbours & (givers >= 0) & (receivers >= 0)
    circles = model.rules.informal_care.circles
    giver, receiver = ([circle_of(model.people, circles, int(i)) for i in end[found]] for end in (givers, receivers))
    assert circles[-1] == load_tables().village_population[model.places.number[0]] // 150
    assert found.sum() > 100
    assert giver == receiver
    assert (model.people.capacity[givers[found]] > 0).all()


@pytest.mark.parametrize("share", [0.01, 0.05])
def test_chain_of_need_takes_in_no_more_than_there_are_places_for(share: float) -> None:
    """With few places the expected people in a facility are those places; with many, more."""
    tables = load_tables()

    def inside(config: RunConfig) -> float:
        profile = need_profile.need_profile(config, tables, need_profile.need_rates(config))
        persons = need_profile._people_by_age(tables.persons_2013.sum(axis=0))
        facility = profile.share[:, :, 0, 1::2].sum(axis=-1)
        everybody = persons / (1.0 - facility)
        return float((everybody * facility).sum() / everybody[:, 75:].sum())

    few = inside(config_of("scenarios/today", {"admission.places_per_75plus": {"2013": share}}))
    assert few == pytest.approx(share, rel=0.02)
    assert inside(config_of("scenarios/today", {"admission.places_per_75plus": {"2013": 1.0}})) > 0.08


def test_who_finds_nobody_waits_two_months_and_then_comes_in_with_a_surcharge() -> None:
    """Nobody takes new clients: on the list for two months, then no provider at all until one of them has staff."""
    model = KrimpModel(small("scenarios/no_cooperation", "2013-01-31", market__surcharge_after_months=2))
    people, m, start, minutes = model.people, model.market, model.first_month, 90
    people.provider_help[0] = NOBODY
    people.waiting_help[0] = NEVER
    m.takes_new[:] = 0
    m.intake[:] = m.room[:] = 10 * minutes
    p, region = model.rules.market, model.state.book.region
    region["clients_moved"] = region["placed_with_surcharge"] = 0

    def served(months: int) -> int:
        return int(market.serve(model.state, p, month(model, start + months), 0, Pool.HOUSEHOLD_HELP, minutes))

    assert [served(0), served(1)] == [NOBODY, NOBODY]
    assert people.waiting_help[0] == start
    m.room[:] = minutes - 1
    assert served(2) == NOBODY - 1
    assert region["placed_with_surcharge"] == 0
    m.room[:] = minutes
    placed = served(3)
    assert placed >= 0
    assert m.sells[placed, 0] == 1
    assert people.provider_help[0] == placed
    assert people.waiting_help[0] == NEVER
    assert (region["clients_moved"], region["placed_with_surcharge"]) == (0, 1)
    assert served(4) == placed


def test_clients_of_a_provider_that_stops_go_to_another_or_wait_and_none_is_lost() -> None:
    """Within a month, when that is the time of disruption: a transfer each, and every minute of need has its place.

    Who asks nothing this month is no client any more, and does not count as one that waits for another provider.
    """
    model = KrimpModel(small("scenarios/no_cooperation", "2013-04-30", decisions__disruption_months=1))
    model.step()
    people, m = model.people, model.market
    b = int(np.argmax(m.clients.sum(axis=1)))
    clients = int(m.clients[b].sum())
    pools = (("provider_help", "waiting_help"), ("provider_care", "waiting_care"))
    of_b = [np.flatnonzero(getattr(people, provider) == b) for provider, _ in pools]
    m.active[b] = 0
    m.takes_new[b] = 0
    model.step()
    people, moved, placed = model.people, 0, 0
    for rows, (provider, waits) in zip(of_b, pools, strict=True):
        waiting, now = getattr(people, waits)[rows] != NEVER, getattr(people, provider)[rows]
        elsewhere = (now >= 0) & (now != b)
        assert (now[waiting] == NOBODY).all()
        assert (now != b).all()
        moved += int((waiting | elsewhere).sum())
        placed += int(elsewhere.sum())
    assert int(model.result().region_rows[-1, R["clients_transferred"]]) == moved
    assert moved >= 0.9 * clients > 0, "some got better, died or left"
    assert placed > 0
    row = model.result().village_rows[-1]
    assert row[:, V["clients_disrupted"]].sum() == 0
    parts = sum(row[:, V[f"minutes_{part.name.lower()}"]] for part in Part)
    np.testing.assert_array_equal(parts, row[:, V["minutes_needed"]])


def test_alarm_calls_come_at_their_chance_a_night_and_once_a_night() -> None:
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    n, days, chance = int(model.counts[0]), 31, 0.05
    model.people.provider_care = 0
    ask_for_care(model, np.arange(n))
    within = np.array([threshold(1.0 - (1.0 - chance) ** k) for k in range(1, 32)])
    _, made = nights.visits_of(model.state, model.rules.nights._replace(calls_within=within), month(model))
    per_night = np.bincount(made["night"], minlength=days)
    assert len(per_night) == days
    assert (abs(per_night - n * chance) < 4.5 * (n * chance * (1 - chance)) ** 0.5).all(), per_night
    assert len(np.unique(made[["night", "uid"]])) == len(made)
    assert ((made["minute"] >= 0) & (made["minute"] < driving.NIGHT_MINUTES)).all()


def test_quiet_nights_count_as_often_as_there_are() -> None:
    """Without calls all nights are alike: a month of 31 nights is 31/28 of a month of 28, and planned visits drive."""
    still = {"nights__calls_per_1000": 0.0, "nights__planned_share": 1.0}
    model = KrimpModel(small("scenarios/no_cooperation", "2013-01-31", **still))
    model.step()
    ask_for_care(model, np.flatnonzero(model.people.presence == int(Presence.HOME)))
    book, metres, met = model.state.book, [], []
    for days in (28, 31):
        book.nights[:], book.overlap[:], book.delays[:] = 0, 0, 0
        nights.step(model.state, model.rules.nights, month(model, clauses=model.convenant.now(START), days=days))
        metres.append(book.nights["metres"].copy())
        met.append(book.overlap.copy())
    assert metres[0].sum() > 0
    np.testing.assert_array_equal(metres[0] * 31, metres[1] * 28)
    np.testing.assert_array_equal(met[0] * 31, met[1] * 28)
