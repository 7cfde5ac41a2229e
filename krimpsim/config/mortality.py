"""Parameters of mortality (7.2)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


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
