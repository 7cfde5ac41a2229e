"""Parameters of the market (7.10c)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


class MarketConfig(ConfigModel):
    """7.10 Market: clients and providers."""

    distance_exponent: float = param(
        0.5,
        unit="1",
        ge=0,
        le=3,
        range=(0.0, 1.5),
        source="assumption: local clustering of clients is not known",
        about="New clients choose with weight divided by distance to this power.",
    )
    surcharge_after_months: int = param(
        2,
        unit="month",
        ge=1,
        le=24,
        range=(1, 4),
        source="assumption: eight weeks",
        about="Months on a waiting list after which the payer pays a surcharge to a provider that takes the client.",
    )
    surcharge_share: float = param(
        0.15,
        unit="share",
        ge=0,
        le=2,
        range=(0.05, 0.3),
        source="assumption: enough to cover a long trip",
        about="Surcharge on the tariff for such a client, in the month of intake.",
    )
    consent_share: float = param(
        0.55,
        unit="share",
        ge=0,
        le=1,
        range=(0.3, 0.8),
        source="assumption: range of the model description",
        about="Share of new clients who agree to be advised to a provider.",
    )
