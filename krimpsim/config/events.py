"""Dated events: laws, prices and contracts that change on a day, each with a switch.

What an event sets stands in the blocks it acts on.  A switch that is turned over lays other values over them, so that
the event never happened, or does happen: `with_events` is the only place where that is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from krimpsim.config.base import ConfigModel, param

if TYPE_CHECKING:
    from krimpsim.config.run import RunConfig

NEVER_YEAR = 2041  #: after the last year that can be simulated


class EventsConfig(ConfigModel):
    """Dated events: false = as if it never happened."""

    law_reform: bool = param(
        True,
        unit="choice",
        source="choice: history, the AWBZ ended and the Wmo 2015, Zvw and Wlz took over",
        about="Insurer and municipality pay care at home, care at home has no contribution, municipalities keep to budgets.",
    )
    social_teams: bool = param(
        True,
        unit="choice",
        source="choice: history, social teams started with the Wmo 2015",
        about="A social team decides who gets household help, guidance and day programme.",
    )
    cut_household_help: bool = param(
        True,
        unit="choice",
        source="choice: history, cut_hh_2015",
        about="Budgets for household help are cut; it bites where municipalities keep to budgets (law_reform).",
    )
    cut_guidance: bool = param(
        True,
        unit="choice",
        source="choice: history, cut_begeleiding_2015",
        about="Budgets for guidance and day programme are cut; it bites where municipalities keep to budgets (law_reform).",
    )
    lower_tariffs: bool = param(
        True,
        unit="choice",
        source="choice: history, tariff_hh1 and tariff_bg",
        about="Prices of household help and guidance fall; that of household help rises again in 2017.",
    )
    fewer_places: bool = param(
        True,
        unit="choice",
        source="choice: history, inst_75p_2014 and inst_75p_drenthe_2016",
        about="Fewer places in facilities per person of 75 and over, in 2014 and again in 2016.",
    )
    cuts_restored: bool = param(
        True,
        unit="choice",
        source="choice: history, courts made municipalities restore hours from May 2016",
        about="Part of both cuts on budgets is undone.",
    )
    flat_fee: bool = param(
        True,
        unit="choice",
        source="choice: history, hh_growth_flatfee",
        about="A flat contribution takes the place of one by income: household help is used more and budgets grow.",
    )
    places_frozen: bool = param(
        True,
        unit="choice",
        source="choice: history, national agreement to keep the number of places",
        about="The number of places in facilities no longer follows the number of people of 75 and over.",
    )
    night_system_function: bool = param(
        True,
        unit="choice",
        source="choice: history, unplanned nights bought as a system function",
        about="The insurer pays standby as availability.",
    )
    income_test: bool = param(
        False,
        unit="choice",
        source="choice: a plan of the government, no history; off unless a scenario says so",
        about="The contribution to household help follows income again, and use is as before the flat contribution.",
    )


Change = Callable[["RunConfig"], dict[str, object]]  #: values by dotted key that turn an event over


@dataclass(frozen=True, slots=True)
class EventFacts:
    """When an event happens, where it acts, and what its switch lays over the configuration.

    Parameters
    ----------
    day
        First day on which something differs with and without it.
    where
        Processes that read what it sets, by section of the description of the model.
    change
        Values that turn it over.
    """

    day: date
    where: str
    change: Change


def _before(table: Mapping[str, float], year: int) -> dict[str, float]:
    """Return a dated table as it stood before a year; a first row from later on counts as from the beginning."""
    return {key: value for key, value in table.items() if int(key) < year or key == min(table)}


def _until(table: Mapping[str, float], year: int, until: int) -> dict[str, float]:
    """Return a dated table in which what held before `year` holds again from `until` on."""
    _, last = max((int(key), value) for key, value in _before(table, year).items())
    return _before(table, until) | {str(until): last}


EVENTS: dict[str, EventFacts] = {
    "fewer_places": EventFacts(
        date(2014, 1, 1),
        "7.7",
        lambda c: {"admission.places_per_75plus": _before(c.admission.places_per_75plus, 2014)},
    ),
    "law_reform": EventFacts(
        date(2015, 1, 1),
        "7.10b, 7.10d, 7.13, payers",
        lambda c: {"payers.reform_from": NEVER_YEAR, "payers.fee_care": _before(c.payers.fee_care, 2015)},
    ),
    "social_teams": EventFacts(date(2015, 1, 1), "7.8", lambda c: {"detection.teams_from": NEVER_YEAR}),
    "cut_household_help": EventFacts(date(2015, 1, 1), "payers", lambda c: {"payers.cut_household_help_2015": 0.0}),
    "cut_guidance": EventFacts(date(2015, 1, 1), "payers", lambda c: {"payers.cut_guidance_2015": 0.0}),
    "lower_tariffs": EventFacts(
        date(2015, 1, 1),
        "7.13, 7.15",
        lambda c: {
            "accounts.tariff_household_help": _before(c.accounts.tariff_household_help, 2015),
            "accounts.tariff_guidance": _before(c.accounts.tariff_guidance, 2015),
        },
    ),
    "cuts_restored": EventFacts(date(2017, 1, 1), "payers", lambda c: {"payers.cut_restored_2017": 0.0}),
    "flat_fee": EventFacts(
        date(2019, 1, 1),
        "7.10d, 7.13, payers",
        lambda c: {
            "entitlement.uptake_household_help": _before(c.entitlement.uptake_household_help, 2019),
            "payers.flat_fee_budget": 0.0,
            "payers.fee_household_help": _before(c.payers.fee_household_help, 2019),
            "payers.fee_flat_eur_month": _before(c.payers.fee_flat_eur_month, 2019),
        },
    ),
    "places_frozen": EventFacts(date(2022, 1, 1), "7.7", lambda c: {"admission.frozen_from": NEVER_YEAR}),
    "night_system_function": EventFacts(
        date(2024, 1, 1), "7.13", lambda c: {"nights.system_function_from": NEVER_YEAR}
    ),
    "income_test": EventFacts(
        date(2027, 1, 1),
        "7.10d, 7.13",
        lambda c: {
            "entitlement.uptake_household_help": _until(c.entitlement.uptake_household_help, 2019, 2027),
            "payers.fee_household_help": _until(c.payers.fee_household_help, 2019, 2027),
            "payers.fee_flat_eur_month": _until(c.payers.fee_flat_eur_month, 2019, 2027),
        },
    ),
}


def with_events(config: RunConfig) -> RunConfig:
    """Return the configuration with the values that its switches ask for; the same object when none is turned over."""
    usual = EventsConfig()
    for name, facts in EVENTS.items():
        if getattr(config.events, name) != getattr(usual, name):
            for key, value in facts.change(config).items():
                block, _, field = key.partition(".")
                changed: Any = getattr(config, block).model_copy(update={field: value})
                config = config.model_copy(update={block: changed})
    return config
