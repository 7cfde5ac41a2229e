"""Parameters of households (7.5)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


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
