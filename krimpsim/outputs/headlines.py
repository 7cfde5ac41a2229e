"""The headline indicators: numbers of a calendar year by which scenarios are compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from krimpsim.outputs.columns import PAYER_LABELS
from krimpsim.outputs.result import Yearly
from krimpsim.population.schema import F64


@dataclass(frozen=True, slots=True)
class Headline:
    """A headline indicator: one number per calendar year.

    Parameters
    ----------
    name, unit, label_nl, label_en
        As in `Column`.
    lower_is_better
        Which direction people would call better.
    value
        Function from the yearly means of the columns to one number per year, shape (n_years,).
    """

    name: str
    unit: str
    label_nl: str
    label_en: str
    lower_is_better: bool
    value: Callable[[Yearly], F64]


def _ratio(above: F64, below: F64) -> F64:
    """Return above / below, and 0 where there is nothing to divide by."""
    return np.divide(above, below, out=np.zeros_like(above), where=below > 0)


def _column(name: str) -> Callable[[Yearly], F64]:
    """Return the function that takes a column as it is."""
    return lambda y: y[name]


def _public_cost(y: Yearly) -> F64:
    """Return what payers and clauses cost in a year."""
    paid = sum((y[column] for column in PAYER_LABELS), start=np.zeros_like(y["clause_cost_eur"]))
    return y["months"] * (paid + y["clause_cost_eur"])


HEADLINES: tuple[Headline, ...] = (
    Headline(
        "unmet_per_100_hours",
        "h per 100 h needed",
        "zorg die blijft liggen, van elke 100 uur",
        "unmet care per 100 hours needed",
        True,
        lambda y: 100 * _ratio(y["minutes_unmet"], y["minutes_needed"]),
    ),
    Headline(
        "unmet_hours",
        "h/week",
        "zorg die blijft liggen",
        "unmet care",
        True,
        lambda y: y["minutes_unmet"] / 60,
    ),
    Headline(
        "carers_heavily_burdened",
        "persons",
        "zwaar belaste mantelzorgers",
        "heavily burdened informal carers",
        True,
        lambda y: y["carers_heavily_burdened"],
    ),
    Headline(
        "home_with_enough_help",
        "per 100 persons",
        "van elke 100 mensen met zware zorgvraag: thuis met genoeg hulp",
        "of 100 persons at level 3 or 4 at home: at least 90% of need met or declined",
        False,
        lambda y: 100 * _ratio(y["heavy_need_met"], y["heavy_need"]),
    ),
    Headline(
        "waiting",
        "persons",
        "mensen die wachten op hulp",
        "persons waiting for a provider",
        True,
        lambda y: y["waiting"],
    ),
    Headline(
        "providers_active",
        "1",
        "aanbieders die het volhouden",
        "providers active",
        False,
        lambda y: y["providers_active"],
    ),
    Headline(
        "villages_without_provider",
        "villages",
        "dorpen zonder aanbieder",
        "villages without a provider",
        True,
        lambda y: y["villages_without_provider"],
    ),
    Headline(
        "overlap_nights",
        "nights/year",
        "nachten met twee aanbieders in één dorp",
        "nights with two providers in one village",
        True,
        lambda y: y["months"] * y["overlap_nights"],
    ),
    Headline(
        "night_km",
        "km/year",
        "kilometers in de nacht",
        "kilometres by night",
        True,
        lambda y: y["months"] * y["km_night"],
    ),
    Headline(
        "day_km",
        "km/year",
        "kilometers overdag",
        "kilometres by day",
        True,
        lambda y: y["months"] * y["km_day"],
    ),
    Headline(
        "standby_eur",
        "EUR/year",
        "klaarstaan in de nacht",
        "night standby",
        True,
        lambda y: y["months"] * y["standby_eur"],
    ),
    Headline(
        "public_cost_eur",
        "EUR/year",
        "kosten voor de betalers",
        "cost to the payers",
        True,
        _public_cost,
    ),
)

#: Further numbers with a meaning as a difference: in ``summary.csv`` and ``compare.csv``, not drawn one by one.
INDICATORS: tuple[Headline, ...] = (
    *HEADLINES,
    Headline(
        "worst_tenth_met",
        "per 100",
        "deel van de zorg dat er is, voor de tien procent met het minst",
        "share of need met or declined, for the tenth with the least",
        False,
        lambda y: y["worst_tenth_met"],
    ),
    Headline(
        "heavy_home_short",
        "per 100 persons",
        "van elke 100 mensen met zware zorgvraag: thuis met te weinig hulp",
        "of 100 persons at level 3 or 4, at home or in a facility: at home with less than 90% met or declined",
        True,
        lambda y: 100 * _ratio(y["heavy_need"] - y["heavy_need_met"], y["heavy_need"] + y["heavy_in_facility"]),
    ),
    Headline(
        "heavy_departed",
        "persons/year",
        "mensen met zware zorgvraag die het gebied verlieten",
        "persons at level 3 or 4 who left the area",
        True,
        lambda y: y["months"] * y["heavy_departed"],
    ),
    Headline(
        "not_noticed",
        "persons",
        "mensen van wie nog niemand de zorgvraag ziet",
        "residents whose need nobody noticed",
        True,
        lambda y: y["not_noticed"],
    ),
    Headline("informal_carers", "persons", "mantelzorgers", "informal carers", False, lambda y: y["informal_carers"]),
    Headline(
        "carers_stopped_12m",
        "persons",
        "mantelzorgers die stopten in de laatste 12 maanden",
        "informal carers who stopped in the last 12 months, for whatever reason",
        True,
        lambda y: y["carers_stopped_12m"],
    ),
    Headline(
        "carers_stopped",
        "1/year",
        "mantelzorgers die stopten omdat het te zwaar was",
        "informal carers who stopped because they were heavily burdened",
        True,
        lambda y: y["months"] * y["carers_stopped"],
    ),
    Headline(
        "young_carers", "persons", "jonge mantelzorgers", "carers younger than 18", True, lambda y: y["young_carers"]
    ),
    Headline("volunteers", "persons", "vrijwilligers in de zorg", "volunteers", False, lambda y: y["volunteers"]),
    Headline(
        "support_ratio",
        "ratio",
        "inwoners van 50 tot en met 74 voor elke inwoner van 85 en ouder",
        "residents aged 50 to 74 per resident aged 85 and over",
        False,
        lambda y: _ratio(y["population_50_74"], y["population_85plus"]),
    ),
    Headline(
        "schools_under_threat",
        "villages",
        "dorpen met te weinig kinderen voor een school",
        "villages with too few children for a school",
        True,
        lambda y: y["school_under_threat"],
    ),
    *(
        Headline(
            f"weeks_waited_{name}_p90",
            "weeks",
            f"weken gewacht, {nl}, 9 van de 10 korter",
            f"weeks waited, {en}, 90th percentile",
            True,
            _column(f"weeks_waited_{name}_p90"),
        )
        for name, nl, en in (
            ("help", "hulp in huis", "household help"),
            ("care", "verzorging, verpleging, begeleiding", "care, nursing and guidance"),
        )
    ),
    Headline(
        "waiting_team",
        "persons",
        "mensen die wachten op het sociaal team",
        "persons waiting for the social team",
        True,
        lambda y: y["waiting_team"],
    ),
    Headline(
        "provider_changes",
        "per 100 clients a year",
        "van elke 100 cliënten: zo vaak moest iemand wisselen van aanbieder",
        "changes of provider per 100 clients",
        True,
        lambda y: 100 * y["months"] * _ratio(y["clients_transferred"], y["clients"]),
    ),
    Headline(
        "clients_disrupted",
        "persons",
        "cliënten van een gestopte aanbieder, nog zonder nieuwe",
        "clients of a provider that stopped, not yet with another",
        True,
        lambda y: y["clients_disrupted"],
    ),
    Headline(
        "villages_with_choice",
        "villages",
        "dorpen met twee of meer aanbieders",
        "villages with two or more providers",
        False,
        lambda y: y["villages_with_choice"],
    ),
    Headline(
        "intake_stops",
        "1/year",
        "keren dat een aanbieder in een dorp nieuwe mensen ging weigeren",
        "times that a provider stopped to take new clients in a village",
        True,
        lambda y: y["months"] * y["intake_stops"],
    ),
    Headline(
        "providers_gone",
        "1/year",
        "aanbieders die vertrokken of failliet gingen",
        "providers that left or failed",
        True,
        lambda y: y["months"] * (y["exits"] + y["failures"]),
    ),
    Headline("vacancies", "FTE", "vacatures", "vacancies", True, lambda y: y["vacancies"]),
    Headline(
        "night_response_p90",
        "min",
        "wachttijd oproep in de nacht, 9 van de 10 korter",
        "minutes to arrival at night, 90th percentile",
        True,
        lambda y: y["night_response_p90"],
    ),
    Headline(
        "professional_cost_eur",
        "EUR/year",
        "kosten van beroepskrachten thuis",
        "cost of professionals at home",
        True,
        lambda y: y["months"] * y["revenue_home_care_eur"],
    ),
    Headline(
        "collective_cost_eur",
        "EUR/year",
        "kosten van groepen",
        "cost of group facilities",
        True,
        lambda y: y["months"] * y["revenue_collective_eur"],
    ),
    Headline(
        "public_cost_per_resident_eur",
        "EUR/year",
        "kosten voor de betalers, per inwoner",
        "cost to the payers, per resident",
        True,
        lambda y: _ratio(_public_cost(y), y["population"]),
    ),
    Headline(
        "contributions_eur",
        "EUR/year",
        "eigen bijdragen van inwoners",
        "contributions of residents",
        True,
        lambda y: y["months"] * y["contributions_eur"],
    ),
    Headline(
        "unpaid_hours",
        "h/week",
        "uren zorg zonder loon",
        "hours of care that residents give without pay",
        True,
        lambda y: (y["minutes_informal_given"] + y["minutes_household_given"] + y["minutes_volunteer"]) / 60,
    ),
    Headline(
        "unpaid_value_eur",
        "EUR/year",
        "zorg zonder loon, in geld",
        "care without pay, at the shadow price",
        True,
        lambda y: y["months"] * y["unpaid_value_eur"],
    ),
)
