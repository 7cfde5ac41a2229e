"""Parameters of burden (7.16)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


class BurdenConfig(ConfigModel):
    """7.16 Burden of informal carers."""

    intercept: float = param(
        -2.5,
        unit="1",
        ge=-10,
        le=5,
        range=(-3.2, -2.0),
        source="evidence: carer_overburdened",
        about="Log odds of heavy burden at zero hours of care.",
    )
    per_hour: float = param(
        0.085,
        unit="1",
        ge=0,
        le=1,
        range=(0.05, 0.12),
        source="evidence: hours_burdened",
        about="Added log odds per hour of care a week.",
    )
    own_need: float = param(
        0.9,
        unit="1",
        ge=0,
        le=5,
        range=(0.3, 1.5),
        source="assumption: carers who need care themselves carry more",
        about="Added log odds for carers with a need level of their own.",
    )
    stop_per_year: float = param(
        0.35,
        unit="1/year",
        ge=0,
        le=12,
        range=(0.15, 0.7),
        source="assumption: burdened carers stop more often",
        about="Hazard that a heavily burdened carer stops all care outside the home.",
    )
    illness_ratio: float = param(
        1.3,
        unit="ratio",
        ge=1,
        le=4,
        range=(1.0, 1.8),
        source="assumption: burdened carers fall ill more often",
        about="Hazard ratio of onset and worsening of own need for heavily burdened carers.",
    )
