"""Parameters of informal care (7.9b)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


class InformalCareConfig(ConfigModel):
    """7.9 Household and informal care: zorgkracht of persons."""

    willing_share: float = param(
        0.55,
        unit="share",
        ge=0,
        le=1,
        range=(0.35, 0.75),
        source="assumption: a third of adults gives any informal help in a year (scp_inf_help_2014)",
        about="Share of adults willing and able to give care outside the home.",
    )
    capacity_minutes: int = param(
        600,
        unit="min/week",
        ge=0,
        le=5000,
        range=(400, 900),
        source="assumption: carers give 11 h a week on average (carer_hours)",
        about="Mean capacity of a willing adult, outside the home.",
    )
    capacity_partner_minutes: int = param(
        1500,
        unit="min/week",
        ge=0,
        le=5000,
        range=(900, 2100),
        source="evidence: carer_hours_85p",
        about="Most that a partner gives to a partner.",
    )
    village_spread: float = param(
        0.15,
        unit="share",
        ge=0,
        le=1,
        range=(0.0, 0.3),
        source="assumption: social vitality differs between villages",
        about="Half-width of the difference in willingness between villages.",
    )
    employed_share: float = param(
        0.72,
        unit="share",
        ge=0,
        le=1,
        range=(0.65, 0.78),
        source="assumption: net labour participation at 20 to 64",
        about="Share of people aged 20 to 64 in paid work.",
    )
    work_minutes: int = param(
        1920,
        unit="min/week",
        ge=0,
        le=5000,
        range=(1500, 2400),
        source="assumption: 32 hours a week on average",
        about="Paid work of the employed.",
    )
    time_budget_minutes: int = param(
        5040,
        unit="min/week",
        ge=0,
        le=10080,
        range=(4200, 5880),
        source="assumption: 12 hours a day",
        about="Most that work, care and volunteering take together.",
    )
    recruit_child_per_month: float = param(
        0.35,
        unit="1/month",
        ge=0,
        le=1,
        range=(0.15, 0.7),
        source="assumption: most children who will help do so within half a year",
        about="Chance per month that a willing child in the same village starts to care for a parent in need.",
    )
    circle_persons: int = param(
        150,
        unit="persons",
        ge=10,
        le=10000,
        range=(75, 300),
        source="assumption: people one knows well enough to ask or offer help, after Dunbar's number",
        about="People of the village among whom a neighbour or friend is found who helps.",
    )
    recruit_neighbour_per_month: float = param(
        0.05,
        unit="1/month",
        ge=0,
        le=1,
        range=(0.02, 0.15),
        source="assumption: set to neighbour_carer_share, 15% of carers",
        about="Chance per month that a neighbour or friend starts to help someone in need.",
    )
    men_ratio: float = param(
        0.65,
        unit="ratio",
        ge=0,
        le=2,
        range=(0.5, 0.8),
        source="evidence: carer_share_men",
        about="Chance that sons start to care against daughters.",
    )
    stop_per_year: float = param(
        0.2,
        unit="1/year",
        ge=0,
        le=12,
        range=(0.125, 0.33),
        source="evidence: carer_spell_years",
        about="Hazard that a tie of care outside the home stops.",
    )
    offer_share: tuple[float, float, float, float, float, float, float, float] = param(
        (1.0, 0.8, 0.6, 0.5, 0.35, 0.22, 0.12, 0.05),
        unit="share",
        source="assumption: hours and willingness fall with distance",
        about="Share of capacity offered, and of the chance to start, by distance class from the same home to over 60 km.",
    )
    substitution_personal_care: float = param(
        0.5,
        unit="share",
        ge=0,
        le=1,
        range=(0.3, 0.8),
        source="assumption: range of the model description",
        about="Minutes of professional personal care that a minute of informal care replaces.",
    )
    substitution_guidance: float = param(
        0.5,
        unit="share",
        ge=0,
        le=1,
        range=(0.2, 0.8),
        source="assumption: as for personal care",
        about="Minutes of professional guidance that a minute of informal care replaces.",
    )
    personal_care_partner_share: float = param(
        0.35,
        unit="share",
        ge=0,
        le=1,
        range=(0.15, 0.6),
        source="assumption: partner_effect_pv, 19% fewer hours over all clients with a partner",
        about="Most of the personal care needed that a partner takes on for good.",
    )
    personal_care_kin_share: float = param(
        0.2,
        unit="share",
        ge=0,
        le=1,
        range=(0.05, 0.4),
        source="assumption: children help with tasks and company more than with the body",
        about="Most of the personal care needed that children and neighbours take on together.",
    )
    household_help_kin_share: float = param(
        0.25,
        unit="share",
        ge=0,
        le=1,
        range=(0.1, 0.5),
        source="assumption: inf_formal_elasticity, a weak substitute of household help",
        about="Most of the household help needed that children and neighbours take on together.",
    )
    export_until_age: int = param(
        75,
        unit="year",
        ge=50,
        le=110,
        range=(70, 80),
        source="assumption: parents are some 20 to 40 years older, and have died by then",
        about="Age of a resident from which care for parents outside the area has ended.",
    )
    company_minutes: int = param(
        150,
        unit="min/week",
        ge=0,
        le=2000,
        range=(60, 300),
        source="assumption: visits, transport and paperwork are part of the hours carers report (carer_hours)",
        about="Company and supervision that an active carer gives on top of tasks; not part of need.",
    )
    company_partner_minutes: int = param(
        600,
        unit="min/week",
        ge=0,
        le=5000,
        range=(300, 1200),
        source="assumption: carers of 85 and over, mostly partners, give 24 h a week (carer_hours_85p)",
        about="Company and supervision by the partner of someone at level 2 or more; not part of need.",
    )
    usual_care_months: int = param(
        3,
        unit="month",
        ge=0,
        le=24,
        range=(2, 4),
        source="assumption: rule of usual care (gebruikelijke zorg) in the law",
        about="Months for which the household is expected to give personal care.",
    )
    young_carer_share: float = param(
        0.5,
        unit="share",
        ge=0,
        le=1,
        range=(0.2, 0.8),
        source="assumption: many do not know that they are carers",
        about="Share of children of 8 to 17 who help a parent at level 2 or more in the same home.",
    )
    young_carer_minutes: int = param(
        180,
        unit="min/week",
        ge=0,
        le=2000,
        range=(60, 420),
        source="assumption: half an hour a day; not part of need",
        about="Company and help that such a child gives.",
    )
    export_level: float = param(
        1.8,
        unit="ratio",
        ge=0,
        le=5,
        range=(0.8, 2.8),
        source="assumption: set to the share of adults who care, carer_share_BO",
        about="Multiplier on the chance that residents start to care for parents who live outside the area.",
    )
