"""Nobody's luck depends on who else is there: one more claimant, one more resident, one more child.

Each test adds one person to the founders and compares everybody else, by identity, month by month.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from model_tools import B, R, V, append_person, differences, small, state_by_uid, with_founders

from krimpsim.config.run import RunConfig
from krimpsim.core.clock import START
from krimpsim.core.codes import NEVER, NOBODY, Presence, Relation
from krimpsim.model import KrimpModel
from krimpsim.population.synthesis import Founders

HOME = int(Presence.HOME)
ADDED = 7_000_000_000_000_000_000  # identities of the people added, beyond chance to meet another's
#: What an added person must not do in the test; a number that stays as it was shows that she did not.
OWN = ("presence", "level", "episode", "partner", "volunteer_minutes", "village", "provider_help", "provider_care")


def newcomer(uid: int, age: int, **columns: int) -> dict[str, int]:
    """Return the columns of someone who lives alone, has no ties, no work and no wish to give care."""
    return {
        "uid": uid,
        "birth_month": START - 12 * age - 6,
        "sex": 1,
        "village": 0,
        "presence": HOME,
        "since_month": START,
        "has_car": 1,
        "suited_home": 1,
    } | columns


def own(model: KrimpModel, uid: int) -> dict[str, int]:
    """Return what is a person's own; the partner by identity, as rows may move."""
    row = int(np.flatnonzero(model.people.uid == uid)[0])
    values = {name: int(getattr(model.people, name)[row]) for name in OWN}
    values["partner"] = int(model.people.uid[values["partner"]]) if values["partner"] >= 0 else NOBODY
    return values


def months_alike(
    config: RunConfig, monkeypatch: pytest.MonkeyPatch, added: dict[str, int], months: int, replicate: int = 0
) -> tuple[bool, list[str], KrimpModel, KrimpModel]:
    """Run with and without a person; return whether she had events of her own, what differed for others, and both."""
    plain = KrimpModel(config, replicate=replicate)
    with monkeypatch.context() as patch:
        with_founders(patch, adding(added))
        more = KrimpModel(config, replicate=replicate)
    before = own(more, added["uid"])
    differs: list[str] = []
    for _ in range(months):
        plain.step()
        more.step()
        if own(more, added["uid"]) != before:
            return True, differs, plain, more
        others = state_by_uid(more, without={added["uid"]})
        differs += [f"month {plain.month}: {name}" for name in differences(state_by_uid(plain), others)]
        if differs:
            break
    return False, differs, plain, more


def adding(columns: dict[str, int]) -> Any:
    def change(founders: Founders) -> Any:
        append_person(founders, **columns)
        return founders.people, founders.ties

    return change


@pytest.fixture(scope="module")
def three_years() -> RunConfig:
    """Over the reform of 2015, with clauses, so that every process takes part."""
    return small("scenarios/convenant", "2015-12-31")


def first_without_events(
    config: RunConfig, monkeypatch: pytest.MonkeyPatch, make: Any, months: int, wanted: int = 2
) -> list[tuple[list[str], KrimpModel, KrimpModel]]:
    """Return what differed for others beside the first people added who have no event of their own."""
    found = []
    for number in range(12):
        own, differs, plain, more = months_alike(config, monkeypatch, make(ADDED + 977 * number), months)
        if not own:
            found.append((differs, plain, more))
        if len(found) == wanted:
            return found
    pytest.fail("everybody added had events of her own: the bystander of this test does not exist")


def test_claimant_who_asks_and_gives_nothing_changes_nobody(
    three_years: RunConfig, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Level 2, noticed, refuses all help, knows no neighbours: her minutes are booked as refused, and that is all."""

    def claimant(uid: int) -> dict[str, int]:
        return newcomer(uid, 71, level=2, need_since=START - 36, noticed=1, granted=1, accepts=0, neighbour_tried=1)

    for differs, plain, more in first_without_events(three_years, monkeypatch, claimant, 24):
        assert differs == []
        a, b = plain.result(), more.result()
        changed = {
            name
            for name, number in V.items()
            if not np.array_equal(a.village_rows[..., number], b.village_rows[..., number])
        }
        assert changed <= {"population", "population_65plus", "population_50_74", "needing_care", "need_level_2"} | {
            name for name in V if name.startswith(("minutes_needed", "minutes_refused"))
        }
        assert {"population", "needing_care", "need_level_2", "minutes_refused"} <= changed
        np.testing.assert_array_equal(a.provider_rows, b.provider_rows)
        others = np.arange(len(R)) != R["worst_tenth_met"]  # the tenth of one more has other people in it
        np.testing.assert_array_equal(a.region_rows[:, others], b.region_rows[:, others])


def test_bystander_changes_nobody(three_years: RunConfig, monkeypatch: pytest.MonkeyPatch) -> None:
    def bystander(uid: int) -> dict[str, int]:
        return newcomer(uid, 40, accepts=1)

    for differs, plain, more in first_without_events(three_years, monkeypatch, bystander, 36):
        assert differs == []
        a, b = plain.result(), more.result()
        extra = b.village_rows - a.village_rows
        assert (extra[:, 0, V["population"]] == 1).all()
        extra[:, 0, V["population"]] = 0
        assert not extra.any()
        np.testing.assert_array_equal(a.provider_rows, b.provider_rows)
        np.testing.assert_array_equal(a.region_rows, b.region_rows)


def test_claimant_after_everybody_else_takes_nothing_from_those_before_her(monkeypatch: pytest.MonkeyPatch) -> None:
    """Light need comes last in the order of a month: in her first month she changes nobody at a higher level."""
    config = small("scenarios/convenant", "2013-01-31")
    plain = KrimpModel(config)
    with_founders(
        monkeypatch,
        adding(newcomer(ADDED, 71, level=1, need_since=START - 36, noticed=1, granted=1, accepts=1, neighbour_tried=1)),
    )
    more = KrimpModel(config)
    a, b = state_by_uid(plain), state_by_uid(more, without={ADDED})
    heavier = a["level"] >= 2
    for name in ("met_minutes", "provider_help", "provider_care", "waiting_help", "waiting_care", "need_minutes"):
        np.testing.assert_array_equal(a[name][heavier], b[name][heavier])


@pytest.mark.parametrize("couple", [0, 1, 2])
def test_extra_child_changes_nobody_outside_the_household(couple: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """A newborn joins a couple; nobody else changes for twelve months, nor do the parents, who have no events."""
    config = small(
        "scenarios/convenant",
        "2013-12-31",
        care_need__onset_under_55_per_year=0.0,
        care_need__episode_under_55_per_year=0.0,
    )
    plain = KrimpModel(config)
    people, n = plain.people, plain.in_use.persons
    age = (START - people.birth_month[:n]) // 12
    women = np.flatnonzero(
        (people.sex[:n] == 1) & (age >= 25) & (age < 40) & (people.partner[:n] >= 0) & (people.presence[:n] == HOME)
    )
    mother = int(women[np.argsort(plain.people.uid[women])[7 * couple]])
    home = set(plain.people.uid[:n][people.household[:n] == people.household[mother]].tolist())
    child = {
        "uid": ADDED + couple,
        "birth_month": START - 1,
        "sex": couple % 2,
        "village": int(people.village[mother]),
        "presence": HOME,
        "since_month": START,
        "household": int(people.household[mother]),
        "mother": mother,
        "father": int(people.partner[mother]),
        "need_since": NEVER,
        "partner": NOBODY,
    }
    with_founders(monkeypatch, adding(child))
    more = KrimpModel(config)
    left_out = {child["uid"]} | {int(uid) for uid in home}
    for month in range(12):
        plain.step()
        more.step()
        a, b = state_by_uid(plain, without=left_out), state_by_uid(more, without=left_out)
        assert differences(a, b) == [], f"month {month}"
    extra = more.result().village_rows[..., V["population"]] - plain.result().village_rows[..., V["population"]]
    assert extra.max() == 1
    np.testing.assert_array_equal(
        plain.result().provider_rows[..., B["hours_contact"]], more.result().provider_rows[..., B["hours_contact"]]
    )
    np.testing.assert_array_equal(
        plain.result().region_rows[:, R["paid_insurer_eur"]], more.result().region_rows[:, R["paid_insurer_eur"]]
    )


def test_another_village_changes_no_founder() -> None:
    """A person is made of her village, sex, age and number: she is the same whatever other villages take part."""
    one = KrimpModel(small("scenarios/today", "2013-01-31", ["Zandberg"]))
    two = KrimpModel(small("scenarios/today", "2013-01-31", ["Zandberg", "Exloerveen"]))
    name = two.villages.index("Zandberg")
    n, m = one.in_use.persons, two.in_use.persons
    mine = {int(uid): row for row, uid in enumerate(two.people.uid[:m]) if two.people.village[row] == name}
    assert set(one.people.uid[:n].tolist()) == set(mine)
    for column in ("birth_month", "sex", "accepts", "income", "has_car", "suited_home", "works_in_care"):
        rows = [mine[int(uid)] for uid in one.people.uid[:n]]
        np.testing.assert_array_equal(getattr(one.people, column)[:n], getattr(two.people, column)[rows])


def test_identity_of_a_tie_does_not_depend_on_rows(three_years: RunConfig) -> None:
    model = KrimpModel(three_years)
    both = (model.ties.giver >= 0) & (model.ties.receiver >= 0)
    inside = np.flatnonzero(both & (model.ties.relation == int(Relation.CHILD)))
    assert len(np.unique(model.ties.uid[inside])) == len(inside) > 0
