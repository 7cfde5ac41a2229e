"""Parameters of the founders and of new persons."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


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
