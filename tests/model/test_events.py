"""Dated events: each can be switched off, changes what it says and nothing before its day."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest
from model_tools import TABLES, R, V, config_of, result_of, same, small

from krimpsim.config.events import EventsConfig
from krimpsim.config.load import load_config
from krimpsim.config.run import RunConfig
from krimpsim.config.turned import EVENTS, NEVER_YEAR, with_events
from krimpsim.core.clock import month_of
from krimpsim.core.errors import ConfigError
from krimpsim.model import KrimpModel

USUAL = EventsConfig()
NIGHTS = "convenant.joint_nights.enabled"  #: the switch of the region's night service is that of the clause
POOR = {"payers__budget_growth_per_year": -0.1}  #: municipalities that cannot do without
#: Settings in which an event shows in five villages: budgets that bind and are not hopeless, a team that is full.
SHOWS: dict[str, dict[str, object]] = {
    "cut_guidance": {"payers__budget_growth_per_year": 0.0},
    "cuts_restored": {"payers__budget_growth_per_year": 0.0},
    "social_teams": {"detection__team_intakes_per_month": 2},
    "places_frozen": {"region__copies": 4},  # a place more or less takes some twenty people of 75 and over
}

#: What each event sets at its defaults, by key, when its switch is turned over.
SETS: dict[str, dict[str, object]] = {
    "fewer_places": {"admission.places_per_75plus": {"2013": 0.095}},
    "law_reform": {"payers.reform_from": NEVER_YEAR, "payers.fee_care": {"2013": 1.5}},
    "social_teams": {"detection.teams_from": NEVER_YEAR},
    "cut_household_help": {"payers.cut_household_help_2015": 0.0},
    "cut_guidance": {"payers.cut_guidance_2015": 0.0},
    "lower_tariffs": {
        "accounts.tariff_household_help": {"2013": 21.1},
        "accounts.tariff_guidance": {"2013": 47.0},
    },
    "cuts_restored": {"payers.cut_restored_2017": 0.0},
    "flat_fee": {
        "entitlement.uptake_household_help": {"2013": 0.78},
        "payers.flat_fee_budget": 0.0,
        "payers.fee_household_help": {"2013": 1.6},
        "payers.fee_flat_eur_month": {"2013": 0.0},
    },
    "places_frozen": {"admission.frozen_from": NEVER_YEAR},
    "night_system_function": {"nights.system_function_from": NEVER_YEAR},
    "income_test": {
        "entitlement.uptake_household_help": {"2013": 0.78, "2019": 0.88, "2027": 0.78},
        "payers.fee_household_help": {"2013": 1.6, "2019": 0.0, "2027": 1.6},
        "payers.fee_flat_eur_month": {"2013": 0.0, "2019": 18.96, "2020": 19.0, "2027": 0.0},
    },
}


def test_every_switch_has_its_facts_and_events_stand_in_order_of_time() -> None:
    assert set(EVENTS) == set(EventsConfig.model_fields) == set(SETS)
    days = [facts.day for facts in EVENTS.values()]
    assert days == sorted(days)
    assert all(day.day == 1 for day in days)


def test_without_a_switch_the_configuration_stays_as_it_is() -> None:
    config = config_of("scenarios/today")
    assert with_events(config) is config


@pytest.mark.parametrize("name", EVENTS)
def test_a_switch_sets_what_it_says_and_nothing_else(name: str) -> None:
    plain = config_of("scenarios/today").model_dump()
    turned = with_events(config_of("scenarios/today", {f"events.{name}": not getattr(USUAL, name)})).model_dump()
    found = {
        f"{block}.{key}": value
        for block, values in turned.items()
        if isinstance(values, Mapping) and block != "events"
        for key, value in values.items()
        if value != plain[block][key]
    }
    assert found == SETS[name]


def test_a_table_that_begins_with_the_event_keeps_its_first_row() -> None:
    config = RunConfig.model_validate({"payers": {"fee_care": {"2015": 0.5}}, "events": {"law_reform": False}})
    assert with_events(config).payers.fee_care == {"2015": 0.5}


def day_of(name: str) -> int:
    """Return the month in which an event happens."""
    return 2022 * 12 + 9 if name == NIGHTS else month_of(EVENTS[name].day)


@pytest.mark.parametrize("name", [*EVENTS, NIGHTS])
def test_an_event_changes_nothing_before_its_month_and_something_from_then_on(name: str) -> None:
    month = day_of(name)
    more = SHOWS.get(name, {})
    end = f"{month // 12 + 1}-06-30"  # places that no longer follow the number of the old differ a year later
    switch = "convenant__joint_nights__enabled" if name == NIGHTS else f"events__{name}"
    usual = True if name == NIGHTS else getattr(USUAL, name)
    happens = result_of(small("scenarios/today", end, **more, **{switch: True}))
    never = result_of(small("scenarios/today", end, **more, **{switch: False}))
    plain = result_of(small("scenarios/today", end, **more))
    assert same(plain, happens if usual else never)
    until = month - 2013 * 12
    for table in TABLES:
        np.testing.assert_array_equal(getattr(never, table)[:until], getattr(happens, table)[:until])
    assert any(not np.array_equal(getattr(never, t)[until:], getattr(happens, t)[until:]) for t in TABLES)


def test_no_reforms_is_today_with_every_event_of_history_off() -> None:
    today, without = config_of("scenarios/today"), config_of("scenarios/no_reforms")
    off = dict.fromkeys(EventsConfig.model_fields, False)
    assert without == today.model_copy(update={"scenario": without.scenario, "events": EventsConfig(**off)})


def test_without_the_reform_the_care_office_pays_for_good() -> None:
    result = result_of(small("scenarios/no_reforms", "2016-12-31"))
    columns = [name for name in R if name.startswith("paid_") and "insurer" in name]
    assert columns
    assert result.region_rows[:, [R[name] for name in columns]].sum() == 0
    assert result.village_rows[:, :, [V[n] for n in V if n.startswith("minutes_no_budget")]].sum() == 0


def test_a_misspelt_event_is_told_with_its_line_and_the_right_name(tmp_path: Path) -> None:
    file = tmp_path / "mine.toml"
    file.write_text("schema = 1\n[events]\nflat_fe = false\n", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load_config(file)
    (problem,) = caught.value.problems
    assert (problem.where.rpartition("/")[2], problem.key) == ("mine.toml:3", "events.flat_fe")
    assert "did you mean 'flat_fee'?" in problem.hint


# --- a municipality that is short of money ----------------------------------------------------------------------


def test_hours_go_down_first_and_then_waiting_grows() -> None:
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    town = next(party for party in model.parties if party.name == "gemeente_borger_odoorn")
    year = 2016
    found = []
    for share in (1.0, 0.9, 0.75, 0.6, 0.3):
        hours, intakes = np.full(2, 1000, dtype=np.int64), np.full(2, 1000, dtype=np.int64)
        town.book(int(town.budget(year) / share / 12))
        town.decide(hours, intakes, year)
        found.append((int(hours[town.number]), int(intakes[town.number])))
    assert [hours for hours, _ in found] == pytest.approx([1000, 900, 750, 750, 750], abs=1)
    assert [intakes for _, intakes in found] == pytest.approx([1000, 1000, 1000, 800, 500], abs=2)


def test_a_poor_municipality_lets_people_wait_for_its_team() -> None:
    """In the month in which intakes first go down, and not before, fewer are taken in than without the rule."""
    tight = POOR | {"detection__team_intakes_per_month": 4}
    patient = result_of(small("scenarios/today", "2017-12-31", **tight, payers__least_intakes=1.0))
    waits = result_of(small("scenarios/today", "2017-12-31", **tight, payers__least_intakes=0.25))
    until = 27  # April 2015: the first quarter after one with full intakes
    for table in TABLES:
        np.testing.assert_array_equal(getattr(waits, table)[:24], getattr(patient, table)[:24])
    column = V["minutes_waiting_household_help"]
    assert waits.village_rows[until:, :, column].sum() > patient.village_rows[until:, :, column].sum()
