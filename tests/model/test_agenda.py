"""The agenda of a year is a draw per month in another dress, and the lists and the census say what a pass would say."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_tools import V, finished, small

from krimpsim.core.clock import january_age
from krimpsim.core.codes import Presence
from krimpsim.core.streams import CERTAIN, bits, draw_all, happens, month_key, run_key, threshold
from krimpsim.model import KrimpModel
from krimpsim.population import agenda as a
from krimpsim.population.lists import Listed, new_lists, size, tidy, watch, with_places
from krimpsim.population.roll import call_roll, new_roll, with_seats
from krimpsim.population.schema import new_people

YEAR = 2020
PERSONS = 20_000
ITEM = int(a.Item.DEATH)
HOME, AWAY = int(Presence.HOME), int(Presence.AWAY)


TABLE = new_people(PERSONS)  # what `due` asks memory for


def planned(most: int, after: int = 0, persons: int = PERSONS) -> a.Agenda:
    """Return an agenda on which an event of this largest chance was planned for many persons."""
    agenda = a.new_agenda(12 * persons)
    a.set_key(agenda, ITEM, 10, np.uint64(run_key(7, 0)), YEAR)
    chance = a.chance_of(np.array([most]))
    for person in range(persons):
        a.plan(agenda, ITEM, person, np.uint64(person * 7919 + 1), chance, 0, after)
    return agenda


def months(agenda: a.Agenda) -> Iterator[np.ndarray]:
    for month in range(12):
        yield a.due(TABLE, agenda, ITEM, 12 * YEAR + month)


@pytest.mark.parametrize("chance", [0.003, 0.05, 0.6])
def test_an_event_comes_up_in_each_month_with_its_largest_chance(chance: float) -> None:
    """Each month is a draw of its own: the number of persons lies within 4.5 standard deviations in every month."""
    found = np.array([len(rows) for rows in months(planned(threshold(chance)))])
    spread = (PERSONS * chance * (1 - chance)) ** 0.5
    assert (abs(found - PERSONS * chance) < 4.5 * spread).all(), found


def test_months_are_independent() -> None:
    """Of those for whom an event came up in March, as many as of all others have it in April."""
    march, april = (set(rows.tolist()) for k, rows in enumerate(months(planned(threshold(0.3)))) if k in (2, 3))
    share = len(march & april) / len(march)
    assert abs(share - 0.3) < 4.5 * (0.3 * 0.7 / len(march)) ** 0.5


def test_certain_and_impossible_events() -> None:
    assert [len(rows) for rows in months(planned(CERTAIN, persons=10))] == [10] * 12
    assert [len(rows) for rows in months(planned(0, persons=10))] == [0] * 12


def test_who_comes_later_in_the_year_has_the_same_months_from_then_on() -> None:
    whole, late = planned(threshold(0.2)), planned(threshold(0.2), after=5)
    for month, (x, y) in enumerate(zip(months(whole), months(late), strict=True)):
        assert sorted(y.tolist()) == (sorted(x.tolist()) if month >= 5 else [])


@given(st.integers(0, CERTAIN), st.integers(1, CERTAIN))
def test_own_chance_times_the_largest_is_the_chance(chance: int, most: int) -> None:
    given_up = a.own_chance(min(chance, most), most)
    assert 0 <= given_up <= CERTAIN
    assert abs(given_up * most / CERTAIN - min(chance, most)) <= most / CERTAIN + 1


def test_thinning_gives_the_chance_of_the_moment() -> None:
    """A person whose chance is a quarter of the largest has the event a quarter as often."""
    most, own = threshold(0.4), threshold(0.1)
    struck = 0
    for month, rows in enumerate(months(planned(most))):
        draw = np.uint64(month_key(np.uint64(run_key(7, 0)), 10, 12 * YEAR + month, 0))
        struck += sum(happens(draw, np.uint64(r * 7919 + 1), a.own_chance(own, most)) for r in rows.tolist())
    trials = 12 * PERSONS
    assert abs(struck - 0.1 * trials) < 4.5 * (0.09 * trials) ** 0.5


def test_entries_beyond_the_room_are_counted_and_not_kept() -> None:
    agenda = a.new_agenda(3)
    for row in range(5):
        a.put(agenda, ITEM, 0, row)
    assert int(agenda.entries[0]) == 5
    assert sorted(a.due(TABLE, agenda, ITEM, 12 * YEAR).tolist()) == [0, 1, 2]


def test_draws_of_many_are_those_of_each() -> None:
    uid, draws = np.random.default_rng(1).integers(0, 1 << 64, 1001, dtype=np.uint64), np.zeros(1003, dtype=np.uint32)
    key = np.uint64(run_key(7, 0))
    draw_all(key, uid, draws)
    assert draws.tolist() == [int(bits(key, one)) >> 32 for one in uid] + [0, 0]


def test_a_group_is_planned_for_like_each_of_its_people_alone() -> None:
    """Of all ages and both sexes, in two municipalities, for two years of a table; who died or left is passed over."""
    size, dice = 3000, np.random.default_rng(2)
    people, towns = new_people(size), np.array([0, 1, 1], dtype=np.int64)
    people.uid[:] = dice.integers(0, 1 << 64, size, dtype=np.uint64)
    people.presence = dice.integers(0, 4, size)
    people.village = dice.integers(0, 3, size)
    people.sex = dice.integers(0, 2, size)
    people.birth_month = 12 * (YEAR + 1) - 1 - dice.integers(0, 120 * 12, size)
    most = dice.integers(0, CERTAIN // 8, (2, *a.KINDS)) * (dice.random((2, *a.KINDS)) < 0.7)
    most[1, 0, 0, 40], chance = CERTAIN, a.by_kind(most)
    whole, alone = a.new_agenda(24 * size), a.new_agenda(24 * size)
    for agenda in (whole, alone):
        a.set_key(agenda, ITEM, 10, np.uint64(run_key(7, 0)), YEAR)
    for first, last in ((0, 1000), (1000, 1001), (1001, 1001), (1001, size)):
        a.plan_group(whole, ITEM, a.group_of(people, first, last, towns, YEAR), chance, a.N_KINDS, 3)
    for i in np.flatnonzero(people.presence < AWAY):
        age = min(january_age(YEAR, int(people.birth_month[i])), 110)
        town, sex = int(towns[people.village[i]]), int(people.sex[i])
        of = int(np.ravel_multi_index((1, town, sex, age + 1), most.shape))
        a.plan(alone, ITEM, int(i), people.uid[i], chance, of, 3)
    assert whole.entries[0] == alone.entries[0] > 100
    for one, other in zip(months(whole), months(alone), strict=True):
        assert one.tolist() == other.tolist()


def test_more_room_keeps_what_is_listed() -> None:
    agenda, roll, lists = planned(threshold(0.2), persons=50), new_roll(3, np.array([0, 2])), new_lists(1, 1)
    lists.watch.rows[0], lists.watch_uid[0], lists.watch.used[0] = 7, 8, 1
    lists.cared.rows[0], lists.cared.used[0] = 5, 1
    roll.willing[:], roll.willing_uid[:], roll.start[:] = (4, 5, 6), (7, 8, 9), (0, 1, 3)
    more, seats, places = a.with_entries(agenda, 5000), with_seats(roll, 9), with_places(lists, 9, 9)
    rooms = (places.watch.rows, places.watch_uid, places.draws, places.ties.rows, seats.willing)
    assert min(map(len, rooms)) >= 9
    assert len(more.row) >= 5000
    for one, other in zip(months(agenda), months(more), strict=True):
        assert one.tolist() == other.tolist()
    assert (places.watch.rows[0], places.watch_uid[0], places.cared.rows[0]) == (7, 8, 5)
    assert (size(places.watch), size(places.cared), size(places.ties)) == (1, 1, 0)
    assert (seats.willing[:3].tolist(), seats.willing_uid[:3].tolist()) == ([4, 5, 6], [7, 8, 9])


def test_identities_stay_beside_the_rows_of_the_watch_list() -> None:
    people, lists = new_people(6), new_lists(6, 1)
    people.uid[:], people.presence = np.arange(6) + 100, HOME
    people.level = (0, 1, 0, 1, 1, 0)
    for i in (3, 2, 4, 3, 0, 1):
        watch(people, lists, i)
    assert lists.watch_uid[:5].tolist() == [103, 102, 104, 100, 101]
    tidy(people, lists)
    assert lists.watch.rows[: size(lists.watch)].tolist() == [3, 4, 1]
    assert lists.watch_uid[:3].tolist() == [103, 104, 101]


def check_roll(model: KrimpModel) -> None:
    """Call the roll anew: what is kept up to date is what a count finds, and the willing stand by circle."""
    n, circles = model.in_use.persons, model.rules.informal_care.neighbours.circles
    people, uid = model.people, model.people.uid
    roll = new_roll(n, circles)
    call_roll(model.people, n, roll, circles, model.month + 1)
    np.testing.assert_array_equal(roll.census, model.state.roll.census)
    here = people.presence < AWAY
    assert int(roll.older[0]) == int((here & ((model.month + 1 - people.birth_month) // 12 >= 75)).sum()) > 0
    villages = people.village.astype(np.int64)
    size = (circles[villages + 1] - circles[villages]).astype(np.uint64)
    circle = circles[villages] + ((uid >> np.uint64(20)) % size).astype(np.int64)
    for c in range(int(circles[-1])):
        rows = np.flatnonzero(here & (people.capacity > 0) & (circle == c))
        found = slice(int(roll.start[c]), int(roll.start[c + 1]))
        assert roll.willing[found].tolist() == rows.tolist()
        assert roll.willing_uid[found].tolist() == uid[rows].tolist()


def check(model: KrimpModel) -> None:
    """Compare lists, rings and census with passes over everybody."""
    people, lists = model.people, model.state.lists
    here, home = people.presence < AWAY, people.presence == HOME
    sick = (people.level > 0) | (people.dementia == 1) | (people.episode == 1)

    def listed(on: Listed) -> set[int]:
        found = on.rows[: size(on)].tolist()
        assert len(set(found)) == len(found), "somebody stands on a list twice"
        return set(found)

    watched = listed(lists.watch)
    listed_uid = lists.watch_uid[: size(lists.watch)]
    np.testing.assert_array_equal(listed_uid, people.uid[lists.watch.rows[: len(listed_uid)]])
    check_roll(model)
    assert set(np.flatnonzero(here & (sick | ~home)).tolist()) <= watched
    assert set(np.flatnonzero(people.watched == 1).tolist()) == watched
    gives = set(np.flatnonzero((people.care_minutes > 0) | (people.usual_minutes > 0)).tolist())
    assert gives == listed(lists.carers)
    burdened = set(np.flatnonzero((people.burdened == 1) & home).tolist())
    assert burdened == listed(lists.burdened)
    helps = set(np.flatnonzero((people.volunteer_minutes > 0) & home).tolist())
    assert helps == listed(lists.volunteers)
    assert set(np.flatnonzero(model.ties.active == 1).tolist()) == listed(lists.ties)
    age = (model.month - people.birth_month) // 12
    row = model.result().village_rows[-1]
    for name, chosen in (
        ("population", home),
        ("population_65plus", home & (age >= 65)),
        ("population_75plus", home & (age >= 75)),
        ("population_85plus", home & (age >= 85)),
        ("children_4_11", home & (age >= 4) & (age <= 11)),
        ("population_50_74", home & (age >= 50) & (age <= 74)),
        ("in_facility", people.presence == int(Presence.FACILITY)),
    ):
        counted = np.bincount(people.village[chosen], minlength=len(model.villages))
        np.testing.assert_array_equal(row[:, V[name]], counted, err_msg=name)
    # the ring of a household holds all its members at home, and nobody else
    for household in np.unique(people.household[home])[::7]:
        members = np.flatnonzero(home & (people.household == household)).tolist()
        ring, person = [], members[0]
        for _ in members:
            ring.append(person)
            person = int(people.housemate[person])
        assert person == members[0]
        assert sorted(ring) == members


@pytest.mark.parametrize("name", ["scenarios/today", "scenarios/convenant"])
def test_lists_rings_and_census_agree_with_a_look_at_everybody(name: str) -> None:
    finished(small(name, "2016-06-30"), each=check)


def test_nobody_stands_on_the_agenda_of_a_month_twice_for_the_same() -> None:
    model = KrimpModel(small("scenarios/today", "2014-06-30"))
    planned = np.zeros(len(a.Item), dtype=np.int64)
    while model.running:
        model.step()
        agenda = model.state.agenda
        for item in a.Item:
            for first in agenda.first[item]:
                rows, e = [], int(first)
                while e >= 0:
                    rows.append(int(agenda.row[e]))
                    e = int(agenda.following[e])
                assert len(set(rows)) == len(rows), item.name
                planned[item] += len(rows)
    assert (planned > 0).all()
