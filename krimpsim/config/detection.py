"""Parameters of detection and triage (7.8)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


class DetectionConfig(ConfigModel):
    """7.8 Detection and triage."""

    delay_light_months: float = param(
        10.0,
        unit="month",
        ge=0.1,
        le=120,
        range=(4.0, 24.0),
        source="assumption: people come late and ask for a provision",
        about="Mean months until light need is noticed.",
    )
    delay_moderate_months: float = param(
        5.0,
        unit="month",
        ge=0.1,
        le=120,
        range=(2.0, 10.0),
        source="assumption: limitations in daily activities show sooner",
        about="Mean months until moderate need is noticed.",
    )
    delay_heavy_months: float = param(
        1.5,
        unit="month",
        ge=0.1,
        le=120,
        range=(0.5, 4.0),
        source="assumption: heavy need is seen by the GP",
        about="Mean months until need of level 3 or 4 is noticed.",
    )
    alone_ratio: float = param(
        1.3,
        unit="ratio",
        ge=0.2,
        le=5,
        range=(1.0, 1.8),
        source="assumption: nobody in the home notices",
        about="Ratio of the delay for people who live alone.",
    )
    low_income_ratio: float = param(
        1.3,
        unit="ratio",
        ge=0.2,
        le=5,
        range=(1.0, 1.8),
        source="assumption: people with low income ask late",
        about="Ratio of the delay for people with a low income.",
    )
    team_intakes_per_month: int = param(
        30,
        unit="persons",
        ge=1,
        le=100000,
        range=(12, 80),
        source="assumption: a team of six takes in one or two households a week each",
        about="New households that a social team can take in per month.",
    )
    teams_from: int = param(
        2015,
        unit="year",
        ge=2013,
        le=2041,
        source="choice: social teams started on 1 January 2015",
        about="Year from which social teams decide on household help, guidance and day programme.",
    )
