"""Parameters of the people: mortality, fertility, migration and households."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param
from krimpsim.config.names import PlaceName


class PopulationConfig(ConfigModel):
    """5 Initialisation: who exists on 1 January 2013, beyond the table of village, age and sex."""

    low_income_share: float = param(
        0.38,
        unit="share",
        ge=0,
        le=1,
        range=(0.3, 0.45),
        source="assumption: low socio-economic status in parts of Borger-Odoorn",
        about="Share of people with a low income.",
    )
    high_income_share: float = param(
        0.22,
        unit="share",
        ge=0,
        le=1,
        range=(0.15, 0.3),
        source="assumption: low socio-economic status in parts of Borger-Odoorn",
        about="Share of people with a high income.",
    )
    car_share: float = param(
        0.82,
        unit="share",
        ge=0,
        le=1,
        range=(0.7, 0.9),
        source="assumption: rural area; lower with age",
        about="Share of adults with a car in the household.",
    )
    suited_home_share: float = param(
        0.35,
        unit="share",
        ge=0,
        le=1,
        range=(0.2, 0.5),
        source="assumption: bungalows and homes of corporations",
        about="Share of people in a home suited to old age.",
    )
    single_share: float = param(
        0.10,
        unit="share",
        ge=0,
        le=1,
        range=(0.06, 0.2),
        source="assumption: set to the one-person households of the villages",
        about="Share of people aged 30 to 64 without a partner.",
    )
    childless_share: float = param(
        0.124,
        unit="share",
        ge=0,
        le=1,
        range=(0.11, 0.14),
        source="evidence: child_dist_none",
        about="Share of people without children.",
    )
    children_in_area_share: float = param(
        0.35,
        unit="share",
        ge=0,
        le=1,
        range=(0.15, 0.6),
        source="assumption: the other villages and towns within 10 km hold as many homes",
        about="Share of children at 2 to 10 km who live in one of the 22 villages.",
    )
    works_in_care_share: float = param(
        0.065,
        unit="share",
        ge=0,
        le=0.5,
        range=(0.05, 0.08),
        source="evidence: dr_care_jobs",
        about="Share of people aged 20 to 64 who work in care.",
    )


class MortalityConfig(ConfigModel):
    """7.2 Mortality."""

    hazard_ratio_light: float = param(
        1.3,
        unit="ratio",
        ge=1,
        le=5,
        range=(1.0, 1.8),
        about="Mortality of need level 1 against level 0.",
        source="assumption: between no disability and the ratio 3.7 of mort_ratio_disabled_m70",
    )
    hazard_ratio_moderate: float = param(
        2.2,
        unit="ratio",
        ge=1,
        le=10,
        range=(1.5, 3.0),
        about="Mortality of need level 2 against level 0.",
        source="assumption: between no disability and the ratio 3.7 of mort_ratio_disabled_m70",
    )
    hazard_ratio_heavy: float = param(
        3.7,
        unit="ratio",
        ge=1,
        le=15,
        range=(2.5, 4.5),
        about="Mortality of need level 3 against level 0.",
        source="evidence: mort_ratio_disabled_m70",
    )
    hazard_ratio_round_the_clock: float = param(
        5.5,
        unit="ratio",
        ge=1,
        le=20,
        range=(3.7, 8.0),
        about="Mortality of need level 4 against level 0.",
        source="assumption: above the ratio 3.7 of mort_ratio_disabled_m70",
    )
    newborn_men_per_year: float = param(
        0.0036,
        unit="1/year",
        ge=0,
        le=0.05,
        range=(0.003, 0.0042),
        source="input: mortality",
        about="Death rate of boys under one year, 2013-2016 (Human Mortality Database).",
    )
    newborn_women_per_year: float = param(
        0.0033,
        unit="1/year",
        ge=0,
        le=0.05,
        range=(0.0027, 0.0039),
        source="input: mortality",
        about="Death rate of girls under one year, 2013-2016 (Human Mortality Database).",
    )


class FertilityConfig(ConfigModel):
    """7.3 Fertility."""

    level: float = param(
        1.0,
        unit="ratio",
        ge=0,
        le=3,
        range=(0.9, 1.1),
        source="input: fertility_ratio",
        about="Multiplier on the national age-specific rates times the regional ratio.",
    )
    share_boys: float = param(
        0.512,
        unit="share",
        ge=0,
        le=1,
        range=(0.508, 0.516),
        about="Share of boys among births.",
        source="assumption: the sex ratio at birth of 105 boys to 100 girls that human populations show",
    )


class MigrationConfig(ConfigModel):
    """7.4 Migration below 70, and moves of people of 70 and over."""

    churn_per_year: float = param(
        0.035,
        unit="1/year",
        ge=0,
        le=0.3,
        range=(0.02, 0.06),
        source="assumption: only net flows were found",
        about="Share of residents below 70 who leave and are replaced, on top of the net profile.",
    )
    level_per_year: float = param(
        -0.004,
        unit="1/year",
        ge=-0.05,
        le=0.05,
        range=(-0.009, 0.0),
        source="assumption: set so that the village totals of 2017 are met; small villages lose more movers than the COROP area",
        about="Added to the net migration rate of Zuidoost-Drenthe at every age below 70.",
    )
    partner_share: float = param(
        0.6,
        unit="share",
        ge=0,
        le=1,
        range=(0.4, 0.75),
        source="assumption: most arrivals come as couples or families",
        about="Share of arriving heads aged 25 and over who bring a partner.",
    )
    children_mean: float = param(
        0.9,
        unit="persons",
        ge=0,
        le=3,
        range=(0.5, 1.4),
        source="assumption: children per arriving couple with a head aged 25 to 44",
        about="Mean number of children that come with a couple with a head aged 25 to 44; at most 3.",
    )
    old_move_per_year: float = param(
        0.012,
        unit="1/year",
        ge=0,
        le=0.5,
        range=(0.004, 0.03),
        source="assumption: no flow by age 70 and over was found",
        about="Moves of people aged 70 and over, in good health, with a partner, in a suited home.",
    )
    old_move_need_ratio: float = param(
        2.0,
        unit="ratio",
        ge=0,
        le=10,
        range=(1.0, 3.0),
        source="assumption: need for care is a main reason to move",
        about="Ratio of moves at need level 2 and over.",
    )
    old_move_alone_ratio: float = param(
        1.5,
        unit="ratio",
        ge=0,
        le=10,
        range=(1.0, 2.5),
        source="assumption: people who live alone move more",
        about="Ratio of moves of people who live alone.",
    )
    old_move_unsuited_ratio: float = param(
        1.5,
        unit="ratio",
        ge=0,
        le=10,
        range=(1.0, 2.5),
        source="assumption: stairs and large gardens push people out",
        about="Ratio of moves from a home that is not suited to age.",
    )
    old_move_outside_share: float = param(
        0.5,
        unit="share",
        ge=0,
        le=1,
        range=(0.3, 0.8),
        source="assumption: Borger, Gieten, Stadskanaal and Emmen have more services",
        about="Share of these moves that go to a service village outside the 22.",
    )
    service_villages: tuple[PlaceName, ...] = param(
        ("Nieuw-Buinen", "Valthermond", "2e Exloermond", "Gasselternijveen"),
        unit="list",
        source="choice: villages with more than 1,900 residents",
        about="Villages of the area where people of 70 and over move to.",
    )


class HouseholdsConfig(ConfigModel):
    """7.5 Households."""

    seek_young_per_year: float = param(
        0.16,
        unit="1/year",
        ge=0,
        le=2,
        range=(0.08, 0.3),
        source="assumption: higher than marriages (11 per 1,000 unmarried) as most pairs start unmarried",
        about="Hazard of singles aged 20 to 39 to look for a partner in the area.",
    )
    seek_old_per_year: float = param(
        0.04,
        unit="1/year",
        ge=0,
        le=2,
        range=(0.01, 0.08),
        source="assumption: marriages of all ages are 11 per 1,000 unmarried",
        about="Hazard of singles aged 40 to 74 to look for a partner in the area.",
    )
    separate_per_year: float = param(
        0.009,
        unit="1/year",
        ge=0,
        le=0.2,
        range=(0.006, 0.015),
        source="assumption: divorces in Drenthe 2020 were 8.4 to 9.1 per 1,000 married",
        about="Hazard of a pair below 70 to separate; one partner finds a home in the same village.",
    )
    leave_home_per_year: float = param(
        0.06,
        unit="1/year",
        ge=0,
        le=2,
        range=(0.02, 0.12),
        source="assumption: most who leave home also leave the village, see migration",
        about="Hazard of children aged 20 and over to leave the parental home for one in the same village.",
    )
