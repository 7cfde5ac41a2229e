"""What is looked at: every column of the result tables, with unit and labels.

ODD design concept *observation*.  Columns are recorded by ``outputs/recorder.py``.
"""

from __future__ import annotations

from dataclasses import dataclass

from krimpsim.core.codes import Kind, Part
from krimpsim.inputs.municipalities import TOWNS

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
#: What a payer is called, by the column of what it pays.
PAYER_LABELS = {
    **{town.paid: (f"gemeente {town.name}", f"municipality of {town.name}") for town in TOWNS},
    "paid_insurer_eur": ("zorgverzekeraar", "health insurer"),
    "paid_care_office_eur": ("zorgkantoor", "care office"),
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
    about
        What exactly is counted, where the label leaves that open.
    """

    name: str
    unit: str
    label_nl: str
    label_en: str
    divisor: int = 1
    about: str = ""


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
    Column("population_50_74", "persons", "inwoners van 50 tot en met 74 jaar", "residents aged 50 to 74"),
    Column(
        "school_under_threat",
        "villages",
        "dorpen met te weinig kinderen voor een school",
        "villages with too few children for a school",
        about="Children of 4 to 11 are fewer than observation.school_children, and were not on 1 January 2013.",
    ),
    *(
        Column(f"need_level_{level}", "persons", f"mensen thuis met {nl}", f"residents at home at need level {level}")
        for level, nl in enumerate(
            ("een lichte zorgvraag", "een matige zorgvraag", "een zware zorgvraag", "zorg dag en nacht"), 1
        )
    ),
    Column(
        "not_noticed",
        "persons",
        "mensen van wie nog niemand de zorgvraag ziet",
        "residents whose need nobody noticed",
        about="With a need level and nobody who can act knows it; a post-acute episode is always noticed.",
    ),
    Column(
        "heavy_in_facility",
        "persons",
        "mensen met zware zorgvraag in een zorginstelling, uit dit dorp",
        "persons at level 3 or 4 in a facility, from this village",
    ),
    Column(
        "heavy_departed",
        "persons",
        "mensen met zware zorgvraag die het gebied verlieten",
        "persons at level 3 or 4 who left the area this month",
    ),
    Column(
        "carers_stopped_12m",
        "persons",
        "mantelzorgers die stopten in de laatste 12 maanden",
        "informal carers who stopped in the last 12 months",
        about=(
            "Residents at home who gave informal care of an hour a week or more in one of the 12 months before, and "
            "do not now; for whatever reason, the end of the need included."
        ),
    ),
    Column(
        "waiting_help",
        "persons",
        "wacht op een aanbieder van hulp in huis",
        "waiting for a provider of household help",
    ),
    Column(
        "waiting_care",
        "persons",
        "wacht op een aanbieder van verzorging, verpleging of begeleiding",
        "waiting for a provider of care, nursing or guidance",
    ),
    Column(
        "waiting_no_intake",
        "persons",
        "wacht: geen aanbieder neemt mensen aan in het dorp",
        "waiting: no provider takes new clients in the village",
        about="Who waits for help and for care counts twice; with waiting_no_staff the sum of the two lists.",
    ),
    Column(
        "waiting_no_staff",
        "persons",
        "wacht: aanbieders hebben geen tijd over",
        "waiting: providers that take new clients have no time left",
        about="Who waits for help and for care counts twice; with waiting_no_intake the sum of the two lists.",
    ),
    Column(
        "waiting_team",
        "persons",
        "wacht op het sociaal team",
        "waiting for the social team",
        about="Need is noticed, and the municipality has not taken the household in yet.",
    ),
    Column(
        "clients_disrupted",
        "persons",
        "cliënten van een gestopte aanbieder, nog zonder nieuwe",
        "clients of a provider that stopped, not yet with another",
        about="Who has help and care from it counts twice.",
    ),
    Column(
        "minutes_volunteer_unused",
        "min/week",
        "tijd van vrijwilligers die niemand vroeg",
        "volunteers' matched time for tasks at home that nobody took",
    ),
)


def like(name: str) -> Column:
    """Return the column of the villages with this name, for another table."""
    return next(column for column in VILLAGE_COLUMNS if column.name == name)


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
        "passed_on_eur",
        "EUR/month",
        "naar de organisatie erachter",
        "reserve above the norm that the area passed on to the organisation behind it, in January",
        100,
    ),
    Column(
        "takes_new_clients",
        "villages",
        "dorpen waar nieuwe mensen welkom zijn",
        "villages where new clients are accepted",
    ),
    Column("is_active", "1", "actief", "active in the area"),
    Column("is_member", "1", "lid van het convenant", "signed the convenant and did not leave it"),
    Column(
        "gain_by_cooperation_eur",
        "EUR since 1 January",
        "voordeel van samen rijden dit jaar",
        "what driving together saved since 1 January, when members weigh it",
        100,
    ),
    Column(
        "night_response_median",
        "min",
        "wachttijd oproep in de nacht, middelste",
        "minutes to arrival at night, median",
        about="Of the month's alarm calls; 0 without calls. In the region of the calls of all providers.",
    ),
    Column(
        "night_response_p90",
        "min",
        "wachttijd oproep in de nacht, 9 van de 10 korter",
        "minutes to arrival at night, 90th percentile",
        about="As the median.",
    ),
    Column(
        "care_capped",
        "1",
        "verzekeraar betaalt dit jaar geen nieuwe cliënten meer",
        "closed for new care clients by the insurer's volume",
    ),
    Column(
        "intake_stops",
        "villages/month",
        "dorpen waar de aanbieder nieuwe mensen ging weigeren",
        "villages in which the provider stopped to take new clients",
    ),
    Column("entries", "1/month", "begonnen in het gebied", "began in the area"),
    Column("exits", "1/month", "vertrokken uit het gebied", "left the area, without failing"),
    Column("failures", "1/month", "failliet", "failed"),
)

REGION_COLUMNS: tuple[Column, ...] = (
    *(Column(name, "EUR/month", f"betaald: {nl}", f"paid by the {en}", 100) for name, (nl, en) in PAYER_LABELS.items()),
    Column("contributions_eur", "EUR/month", "eigen bijdragen", "clients' contributions", 100),
    Column("revenue_home_care_eur", "EUR/month", "opbrengst thuiszorg", "revenue of home-care providers", 100),
    Column("revenue_collective_eur", "EUR/month", "opbrengst dagbesteding", "revenue of day programmes", 100),
    Column("spent_own_budget_eur", "EUR/month", "betaald uit eigen budget", "paid from personal budgets", 100),
    Column("hours_own_budget", "h/week", "uren uit eigen budget", "hours bought with personal budgets", 60),
    Column("clause_cost_eur", "EUR/month", "kosten van samenwerken", "cost of cooperation clauses", 100),
    Column("facility_places", "persons", "plaatsen in zorginstellingen", "places in facilities"),
    Column("providers_active", "1", "actieve aanbieders", "providers active in the area"),
    Column("villages_without_provider", "villages", "dorpen zonder aanbieder", "villages without a provider"),
    Column("clients_transferred", "persons", "cliënten die moesten wisselen", "clients who had to change provider"),
    Column(
        "villages_with_one_provider",
        "villages",
        "dorpen met één aanbieder",
        "villages with one provider",
        about="Providers that take new clients.",
    ),
    Column(
        "villages_with_choice",
        "villages",
        "dorpen met twee of meer aanbieders",
        "villages with two or more providers",
        about="Providers that take new clients.",
    ),
    *(
        Column(
            f"weeks_waited_{list_}_{what}",
            "weeks",
            f"weken gewacht, {list_nl}, {what_nl}",
            f"weeks waited, {list_en}, {what_en}",
            100,
            "Of those on the list at the end of the month, since they were put on it; 0 when nobody waits.",
        )
        for list_, list_nl, list_en in (
            ("help", "hulp in huis", "household help"),
            ("care", "verzorging, verpleging, begeleiding", "care, nursing and guidance"),
            ("no_intake", "geen aanbieder neemt aan", "no provider takes new clients"),
            ("no_staff", "geen tijd over", "no time left"),
        )
        for what, what_nl, what_en in (
            ("median", "middelste", "median"),
            ("p90", "9 van de 10 korter", "90th percentile"),
        )
    ),
    Column(
        "worst_tenth_met",
        "per 100",
        "deel van de zorg dat er is, voor de tien procent met het minst",
        "share of need met or declined, for the tenth with the least",
        10,
        (
            "Mean over the tenth of people with a noticed need who have the smallest share of their own need met or "
            "declined; shares are cut to a thousandth."
        ),
    ),
    Column(
        "night_response_median",
        "min",
        "wachttijd oproep in de nacht, middelste",
        "minutes to arrival at night, median",
        about="Of the month's alarm calls; 0 without calls.",
    ),
    Column(
        "night_response_p90",
        "min",
        "wachttijd oproep in de nacht, 9 van de 10 korter",
        "minutes to arrival at night, 90th percentile",
        about="As the median.",
    ),
    Column(
        "unpaid_value_eur",
        "EUR/month",
        "zorg zonder loon, in geld",
        "care without pay, at the shadow price",
        100,
        "What residents give in the household, as informal care and as volunteers at home x observation.shadow_price_unpaid.",
    ),
)
