"""Parameters of fertility (7.3)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


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
