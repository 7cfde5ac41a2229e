"""What a switch of a dated event sets when it is turned over.

What an event sets stands in the blocks it acts on.  A switch that is turned over lays other values over them, so that
the event never happened, or does happen: `with_events` is the only place where that is done.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from krimpsim.config.events import EventsConfig
from krimpsim.config.run import RunConfig

NEVER_YEAR = 2041  #: after the last year that can be simulated

Change = Callable[[RunConfig], dict[str, object]]  #: values by dotted key that turn an event over


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
