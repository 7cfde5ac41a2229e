"""A key volunteer who stops costs her village time that was matched, for a while, and nobody else anything at once."""

from __future__ import annotations

from datetime import date
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from model_tools import CONFIGS, TABLES, TINY, V, config_of, finished, result_of, same, small

from krimpsim.config.load import load_config
from krimpsim.config.run import RunConfig
from krimpsim.core.codes import Lever, Presence
from krimpsim.core.errors import ConfigError
from krimpsim.model import KrimpModel
from krimpsim.outputs.result import Result
from krimpsim.processes.volunteers import still_lost

STOP = {"village": "Eexterveen", "start": date(2014, 1, 1), "lost_share": 0.5, "recovery_months": 6}
GIVEN = V["minutes_volunteer"]


def with_stops(*stops: dict[str, Any], **more: object) -> RunConfig:
    return small("scenarios/today", "2014-12-31", volunteers__key_stops=list(stops), **more)


def place(config: RunConfig, name: str) -> int:
    return KrimpModel(config).villages.index(name)


# --- the rule ---------------------------------------------------------------------------------------------------


def test_what_is_lost_comes_back_in_a_straight_line() -> None:
    lost = [still_lost(1000, 500_000, 100, 5, month) for month in range(98, 107)]
    assert lost == [0, 0, 500, 400, 300, 200, 100, 0, 0]


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 600), st.integers(-5, 700))
def test_no_more_is_lost_than_there_is_and_less_each_month(minutes: int, share: int, recovery: int, since: int) -> None:
    now, later = (still_lost(minutes, share, 24000, recovery, 24000 + since + k) for k in (0, 1))
    assert 0 <= now <= minutes * share // 10**6
    assert later <= now or since == -1
    assert (now == 0) or 0 <= since < recovery


# --- in a run ---------------------------------------------------------------------------------------------------


def test_no_stops_change_nothing(tiny: Result) -> None:
    assert same(result_of(config_of(TINY, {"volunteers.key_stops": []})), tiny)
    nothing = [STOP | {"lost_share": 0.0}, STOP | {"village": "Zandberg"}]
    assert same(result_of(config_of(TINY, {"volunteers.key_stops": nothing})), tiny), "no share, or not in this run"


def test_until_then_all_is_alike_and_then_one_village_has_fewer_minutes_of_volunteers() -> None:
    plain, stopped = (result_of(with_stops(*stops)) for stops in ((), (STOP,)))
    for table in TABLES:
        np.testing.assert_array_equal(getattr(stopped, table)[:12], getattr(plain, table)[:12])
    v = place(with_stops(), STOP["village"])
    before, after = (result.village_rows[12, :, GIVEN] for result in (plain, stopped))
    assert after[v] < before[v]
    np.testing.assert_array_equal(np.delete(after, v), np.delete(before, v))
    for name in ("volunteers", "population", "minutes_informal", "minutes_household", "minutes_needed"):
        np.testing.assert_array_equal(stopped.village_rows[12, :, V[name]], plain.village_rows[12, :, V[name]])


@pytest.mark.parametrize(
    "stops",
    [(), (STOP,), (STOP, STOP | {"start": date(2014, 3, 15), "lost_share": 1.0, "recovery_months": 2})],
    ids=["none", "one", "a second, of all"],
)
@pytest.mark.parametrize("scenario", ["scenarios/today", "scenarios/clauses/volunteer_coordination"])
def test_no_time_of_volunteers_is_used_above_what_is_there(scenario: str, stops: tuple[dict[str, Any], ...]) -> None:
    """Every month and village: the volunteers who live there, the usable share, the coordinator, less what is lost."""
    config = small(scenario, "2014-12-31", volunteers__key_stops=list(stops))
    usable = round(1e6 * config.volunteers.home_task_share * config.volunteers.matched_share)
    there: list[list[int]] = []

    def count(model: KrimpModel) -> None:
        people = model.people
        home = people.presence == int(Presence.HOME)
        matching = model.convenant.now(model.month).here[Lever.MATCHING].tolist()
        pool = [
            int(people.volunteer_minutes[home & (people.village == v)].sum()) * usable // 1000000 * matching[v] // 1000
            for v in range(len(model.villages))
        ]
        for stop in stops:
            v = model.villages.index(stop["village"])
            start, recovery = stop["start"].year * 12 + stop["start"].month - 1, stop["recovery_months"]
            pool[v] -= still_lost(pool[v], round(1e6 * stop["lost_share"]), start, recovery, model.month)
        there.append(pool)

    given_minutes = finished(config, each=count).result().village_rows[..., GIVEN]
    assert (given_minutes <= np.array(there)).all()
    assert (given_minutes == np.array(there)).any(axis=0).all(), "in each village all of it is used in some month"
    if len(stops) == 2:
        v = place(config, STOP["village"])
        assert given_minutes[14, v] == 0 < given_minutes[:14, v].min()


def test_an_hour_is_never_given_twice() -> None:
    """Work, volunteering and care in one time budget, with so little of it that volunteers who care run out of time."""
    config = small(
        "scenarios/zorgkracht_2027",
        "2015-12-31",
        informal_care__time_budget_minutes=2600,
        convenant__village_cooperative__start=date(2013, 1, 1),
        volunteers__key_stops=[STOP],
    )
    full = {"volunteers": 0, "volunteers who work": 0, "others": 0}

    def look(model: KrimpModel) -> None:
        people = model.people[model.people.presence == int(Presence.HOME)]
        care = people.usual_minutes + people.care_minutes
        used = people.work_minutes + people.volunteer_minutes + care
        assert (used <= 2600).all(), f"month {model.month}"
        at_the_end = (used == 2600) & (care > 0)
        volunteers, works = people.volunteer_minutes > 0, people.work_minutes > 0
        full["volunteers"] += int((at_the_end & volunteers).sum())
        full["volunteers who work"] += int((at_the_end & volunteers & works).sum())
        full["others"] += int((at_the_end & ~volunteers).sum())

    finished(config, each=look)
    assert all(full.values()), f"nobody ran out of time, so nothing was tested: {full}"


def test_the_scenario_is_history_until_2027_and_then_one_village_after_the_other_loses_time() -> None:
    villages = ["Drouwenermond", "Eexterveen", "Gieterveen", "Gasselternijveenschemond"]
    history, later = (
        result_of(small(f"scenarios/{x}", "2027-12-31", villages)) for x in ("today", "key_volunteers_2027")
    )
    until = 14 * 12
    for table in TABLES:
        np.testing.assert_array_equal(getattr(later, table)[:until], getattr(history, table)[:until])
    names = KrimpModel(small("scenarios/today", "2013-01-31", villages)).villages
    fell = later.village_rows[..., GIVEN] < history.village_rows[..., GIVEN]
    for stop in config_of("scenarios/key_volunteers_2027").volunteers.key_stops:
        assert fell[(stop.start.year - 2013) * 12 + stop.start.month - 1, names.index(stop.village)]
    assert np.flatnonzero(fell[until]).tolist() == [names.index("Gieterveen")]


# --- mistakes ---------------------------------------------------------------------------------------------------


def test_mistakes_name_their_line(tmp_path: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.toml").write_text(
        "[[volunteers.key_stops]]\n"
        'village = "Gietervene"\n'
        "start = 2027-01-01\n"
        "[[volunteers.key_stops]]\n"
        'village = "Zandberg"\n'
        "start = 2012-12-31\n"
        "lost_share = 1.5\n"
        "recovery_months = 0\n"
        "[[volunteers.key_stops]]\n"
        'village = "Zandberg"\n'
    )
    with pytest.raises(ConfigError) as caught:
        load_config("a.toml")
    found = {(p.where, p.key.removeprefix("volunteers.key_stops.")): p for p in caught.value.problems}
    assert set(found) == {
        ("a.toml:2", "0.village"),
        ("a.toml:6", "1.start"),
        ("a.toml:7", "1.lost_share"),
        ("a.toml:8", "1.recovery_months"),
        ("a.toml:9", "2.start"),
    }
    assert found["a.toml:2", "0.village"].hint == "did you mean 'Gieterveen'?"
    assert "2013-01-01" in found["a.toml:6", "1.start"].hint


def test_less_time_than_work_and_volunteering_take_is_refused() -> None:
    """Else an hour would be given twice before anybody cares."""
    with pytest.raises(ConfigError, match=r"informal_care\.time_budget_minutes: 2000 is too little"):
        load_config(CONFIGS / "examples" / "tiny.toml", {"informal_care.time_budget_minutes": 2000})
