"""Parameters of professional care and own budgets (7.10d, 7.10e)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


class EntitlementConfig(ConfigModel):
    """7.9 What people accept and use."""

    accept_share: float = param(
        0.92,
        unit="share",
        ge=0,
        le=1,
        range=(0.8, 0.98),
        source="assumption: some avoid care",
        about="Share of people who accept professional help for a need that was noticed.",
    )
    uptake_personal_care: float = param(
        0.78,
        unit="share",
        ge=0,
        le=1,
        range=(0.58, 0.9),
        source="assumption: entitlement_uptake_pv is 58% of the maximum of a class; against need as defined here more is used",
        about="Share of personal care granted that is used.",
    )
    uptake_household_help: dict[str, float] = param(
        {"2013": 0.78, "2019": 0.88},
        unit="share",
        source="assumption: 0.65 to 0.9, 0.75 to 0.97 from 2019: at a flat fee less is bought privately (hh_growth_flatfee)",
        about="Share of household help granted that is used, by the year from which it holds.",
    )
    uptake_other: float = param(
        0.88,
        unit="share",
        ge=0,
        le=1,
        range=(0.7, 0.97),
        source="assumption: an indication is not care",
        about="Share of nursing, guidance and day programme granted that is used.",
    )
    own_budget_share: float = param(
        0.0,
        unit="share",
        ge=0,
        le=1,
        range=(0.0, 0.2),
        source="choice: all care is in kind in the reference; how many use a personal budget (pgb) was not found",
        about="Share of people who buy household help, personal care and guidance themselves, with a personal budget.",
    )
    own_budget_price_ratio: float = param(
        0.75,
        unit="ratio",
        ge=0.1,
        le=1.5,
        range=(0.6, 1.0),
        source="assumption: a budget is lower than the tariff of a provider, which pays travel and overhead",
        about="Price of an hour bought with a personal budget, against the tariff of care in kind.",
    )
    seam_share: float = param(
        0.1,
        unit="share",
        ge=0,
        le=1,
        range=(0.0, 0.3),
        source="assumption: that people fall between laws is told, how many was not counted",
        about="Share of people whose municipal care stops when they pass to the care office at level 4.",
    )
    seam_months: int = param(
        1,
        unit="months",
        ge=0,
        le=24,
        range=(0, 3),
        source="assumption: until the new payer has begun",
        about="Months without household help and guidance at home for them, from 2015; groups go on.",
    )
