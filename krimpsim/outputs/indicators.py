"""What is looked at: every column of the result tables, with unit and labels, and the headline indicators.

ODD design concept *observation*.  Columns are recorded by ``outputs/recorder.py``; nothing else observes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from krimpsim.core.codes import GAPS, GIVERS, Kind, Part, Payer

I64 = NDArray[np.int64]
F64 = NDArray[np.float64]

KIND_LABELS = {
    Kind.HOUSEHOLD_HELP: ("hulp in huis", "household help"),
    Kind.PERSONAL_CARE: ("verzorging", "personal care"),
    Kind.NURSING: ("verpleging", "nursing"),
    Kind.GUIDANCE: ("begeleiding", "guidance"),
    Kind.DAY_PROGRAMME: ("dagbesteding", "day programme"),
}
PART_LABELS = {
    Part.HOUSEHOLD: ("gezin en partner", "household"),
    Part.INFORMAL: ("familie, vrienden en buren", "informal carers"),
    Part.VOLUNTEER: ("vrijwilligers", "volunteers"),
    Part.COLLECTIVE: ("in een groep", "group facilities"),
    Part.PROFESSIONAL: ("beroepskrachten", "professionals"),
    Part.NOT_NOTICED: ("nog niemand weet het", "not noticed"),
    Part.REFUSED: ("wil liever geen hulp, of gebruikt die niet", "refused or unused"),
    Part.WAITING: ("wacht op hulp", "waiting"),
    Part.NO_PROVIDER: ("geen aanbieder of geen personeel", "no provider or no staff"),
    Part.NO_BUDGET: ("het budget is op", "budget spent"),
}
PAYER_LABELS = {
    Payer.BORGER_ODOORN: ("gemeente Borger-Odoorn", "municipality of Borger-Odoorn"),
    Payer.AA_EN_HUNZE: ("gemeente Aa en Hunze", "municipality of Aa en Hunze"),
    Payer.INSURER: ("zorgverzekeraar", "health insurer"),
    Payer.CARE_OFFICE: ("zorgkantoor", "care office"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a result table.

    Parameters
    ----------
    name, unit
        Name in the table; unit as text.
    label_nl, label_en
        What a reader sees.
    divisor
        The recorded integer is divided by this in the table (100 for cents, 60 for minutes shown as hours); 1 keeps
        the integer.
    """

    name: str
    unit: str
    label_nl: str
    label_en: str
    divisor: int = 1


def _minutes(what: str, nl: str, en: str) -> list[Column]:
    """Return the columns of one giver or gap: the sum over kinds, then each kind."""
    columns = [Column(f"minutes_{what}", "min/week", nl, en)]
    for kind, (kind_nl, kind_en) in KIND_LABELS.items():
        columns.append(
            Column(f"minutes_{what}_{kind.name.lower()}", "min/week", f"{nl}: {kind_nl}", f"{en}: {kind_en}")
        )
    return columns


VILLAGE_COLUMNS: tuple[Column, ...] = (
    Column("population", "persons", "inwoners", "residents at home, end of month"),
    Column("population_65plus", "persons", "inwoners van 65 jaar en ouder", "residents aged 65 and over"),
    Column("population_75plus", "persons", "inwoners van 75 jaar en ouder", "residents aged 75 and over"),
    Column("population_85plus", "persons", "inwoners van 85 jaar en ouder", "residents aged 85 and over"),
    Column("children_4_11", "persons", "kinderen van 4 tot en met 11 jaar", "children aged 4 to 11"),
    Column("births", "persons", "geboren", "births"),
    Column("deaths", "persons", "overleden, thuis", "deaths, at home"),
    Column("deaths_facility", "persons", "overleden in een zorginstelling", "deaths in a facility"),
    Column("arrivals", "persons", "gekomen", "arrivals"),
    Column("departures", "persons", "vertrokken", "departures"),
    Column("admissions", "persons", "opgenomen in een zorginstelling", "admissions to a facility"),
    Column("in_facility", "persons", "in een zorginstelling, uit dit dorp", "in a facility, from this village"),
    Column("waiting_for_facility", "persons", "wacht thuis op een zorginstelling", "waiting at home for a facility"),
    Column("needing_care", "persons", "mensen die zorg nodig hebben", "residents who need care"),
    Column("heavy_need", "persons", "mensen met zware zorgvraag thuis", "residents at home at level 3 or 4"),
    Column("heavy_need_met", "persons", "van hen: met genoeg hulp", "of those: at least 90% of need met or declined"),
    Column("waiting", "persons", "mensen die wachten op hulp", "residents waiting for a provider"),
    Column("informal_carers", "persons", "mantelzorgers", "informal carers"),
    Column("carers_heavily_burdened", "persons", "zwaar belaste mantelzorgers", "heavily burdened informal carers"),
    Column("carers_stopped", "persons", "mantelzorgers die stopten", "informal carers who stopped this month"),
    Column("young_carers", "persons", "jonge mantelzorgers", "carers younger than 18"),
    Column("volunteers", "persons", "vrijwilligers in de zorg", "volunteers in care"),
    Column("providers_present", "1", "aanbieders die nieuwe mensen aannemen", "providers that accept new clients"),
    Column("overlap_nights", "nights", "nachten met twee aanbieders in het dorp", "nights with two or more providers"),
    *_minutes("needed", "zorg die nodig is", "care needed"),
    *(column for part in Part for column in _minutes(part.name.lower(), *PART_LABELS[part])),
    Column("minutes_unmet", "min/week", "zorg die blijft liggen", "unmet care"),
    Column("minutes_informal_given", "min/week", "mantelzorg gegeven", "informal care really given"),
    Column("minutes_informal_received", "min/week", "mantelzorg gekregen", "informal care really received"),
    Column("minutes_informal_imported", "min/week", "mantelzorg van buiten", "informal care from outside the area"),
    Column("minutes_informal_exported", "min/week", "mantelzorg naar buiten", "informal care given outside the area"),
    Column("minutes_household_given", "min/week", "hulp binnen het gezin gegeven", "usual household care given"),
)

PROVIDER_COLUMNS: tuple[Column, ...] = (
    Column("clients", "persons", "cliënten", "clients"),
    Column("clients_nursing", "persons", "cliënten wijkverpleging", "district-nursing clients"),
    Column("hours_contact", "h/week", "uren bij mensen", "contact hours", 60),
    Column("hours_travel", "h/week", "uren onderweg", "paid travel hours", 60),
    Column("hours_paid", "h/week", "betaalde uren", "paid hours", 60),
    Column("km_day", "km/month", "kilometers overdag", "kilometres by day", 1000),
    Column("km_night", "km/month", "kilometers in de nacht", "kilometres by night", 1000),
    Column("night_calls", "1/month", "oproepen in de nacht", "alarm calls at night"),
    Column(
        "night_calls_late", "1/month", "oproepen met meer dan 30 minuten wachten", "calls answered after 30 minutes"
    ),
    Column("night_response_minutes", "min/month", "wachttijd oproepen, som", "minutes to arrival, sum over calls"),
    Column("standby_eur", "EUR/month", "klaarstaan in de nacht, deel gebied", "night standby, share of the area", 100),
    Column("fte", "FTE", "voltijdbanen", "full-time equivalents employed", 1000),
    Column("vacancies", "FTE", "vacatures", "vacancies", 1000),
    Column("revenue_eur", "EUR/month", "opbrengst", "revenue in the area", 100),
    Column("cost_eur", "EUR/month", "kosten", "cost in the area", 100),
    Column("account_area_eur", "EUR", "rekening gebied", "area account", 100),
    Column("account_hinterland_eur", "EUR", "rekening daarbuiten", "hinterland account", 100),
    Column(
        "takes_new_clients",
        "villages",
        "dorpen waar nieuwe mensen welkom zijn",
        "villages where new clients are accepted",
    ),
    Column("is_active", "1", "actief", "active in the area"),
)

REGION_COLUMNS: tuple[Column, ...] = (
    *(
        Column(f"paid_{payer.name.lower()}_eur", "EUR/month", f"betaald: {nl}", f"paid by the {en}", 100)
        for payer, (nl, en) in PAYER_LABELS.items()
    ),
    Column("contributions_eur", "EUR/month", "eigen bijdragen", "clients' contributions", 100),
    Column("revenue_home_care_eur", "EUR/month", "opbrengst thuiszorg", "revenue of home-care providers", 100),
    Column("revenue_collective_eur", "EUR/month", "opbrengst dagbesteding", "revenue of day programmes", 100),
    Column("clause_cost_eur", "EUR/month", "kosten van samenwerken", "cost of cooperation clauses", 100),
    Column("facility_places", "persons", "plaatsen in zorginstellingen", "places in facilities"),
    Column("providers_active", "1", "actieve aanbieders", "providers active in the area"),
    Column("villages_without_provider", "villages", "dorpen zonder aanbieder", "villages without a provider"),
    Column("clients_transferred", "persons", "cliënten die moesten wisselen", "clients who had to change provider"),
)

#: The five givers and the reasons for a gap, by kind, for the whole region (``flows.parquet``).
FLOW_PARTS: tuple[Part, ...] = GIVERS + GAPS


@dataclass(frozen=True)
class Result:
    """Everything one replicate recorded, as integers.

    Parameters
    ----------
    scenario, replicate
        Which run it is.
    first_month
        Absolute month of the first row.
    villages
        Names, in the order of the second axis of `village_rows`.
    providers
        Identifiers, in the order of the second axis of `provider_rows`.
    village_rows
        shape (n_months, n_villages, len(VILLAGE_COLUMNS)).
    provider_rows
        shape (n_months, n_providers, len(PROVIDER_COLUMNS)).
    region_rows
        shape (n_months, len(REGION_COLUMNS)).
    seconds
        Time taken by each part of the run; no part of what was recorded.
    """

    scenario: str
    replicate: int
    first_month: int
    villages: tuple[str, ...]
    providers: tuple[str, ...]
    village_rows: I64
    provider_rows: I64
    region_rows: I64
    seconds: Mapping[str, float] = field(default_factory=dict)


Yearly = Mapping[
    str, F64
]  #: column -> shape (n_years,): villages and providers summed, then the mean over months; ``months``: how many a year holds


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
        lambda y: (
            y["months"]
            * (
                sum((y[f"paid_{payer.name.lower()}_eur"] for payer in Payer), start=np.zeros_like(y["clause_cost_eur"]))
                + y["clause_cost_eur"]
            )
        ),
    ),
)
