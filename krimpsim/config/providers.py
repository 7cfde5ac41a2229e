"""Parameters of what providers decide (7.15)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


class DecisionsConfig(ConfigModel):
    """7.15 Decisions of providers."""

    loss_quarters: int = param(
        4,
        unit="1",
        ge=1,
        le=40,
        range=(2, 8),
        source="assumption: model description",
        about="Quarters of negative contribution after which a provider stops intake in a group of villages.",
    )
    leave_account_share: float = param(
        -0.10,
        unit="share",
        ge=-5,
        le=1,
        range=(-0.25, 0.0),
        source="assumption: losses in the area that a board accepts",
        about="Area account, as a share of yearly turnover in the area, below which a provider leaves the area on 1 January.",
    )
    disruption_months: int = param(
        2,
        unit="month",
        ge=0,
        le=12,
        range=(2, 3),
        source="assumption: 8 to 12 weeks",
        about="Months over which clients of a provider that stops move to another.",
    )
    entry_per_year: float = param(
        0.05,
        unit="1/year",
        ge=0,
        le=1,
        range=(0.0, 0.15),
        source="assumption: new entrants get a chance in purchasing",
        about="Chance per year that a provider outside the area enters when the contract pays.",
    )
