"""Parameters of accounts (7.13)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, Dated, param


class AccountsConfig(ConfigModel):
    """7.13 Accounts of providers, constant euros of 2013."""

    tariff_household_help: Dated = param(
        {"2013": 21.1, "2015": 20.0, "2017": 21.1},
        unit="EUR/h",
        source="evidence: tariff_hh1",
        about="Price of household help, by the year from which it holds.",
    )
    tariff_personal_care: Dated = param(
        {"2013": 43.5},
        unit="EUR/h",
        source="evidence: tariff_pv",
        about="Price of personal care; the mean of care and nursing is anchored on tariff_home_care.",
    )
    tariff_nursing: Dated = param(
        {"2013": 66.0},
        unit="EUR/h",
        source="evidence: tariff_vp",
        about="Price of nursing.",
    )
    tariff_guidance: Dated = param(
        {"2013": 47.0, "2015": 43.0},
        unit="EUR/h",
        source="evidence: tariff_bg",
        about="Price of guidance.",
    )
    wage_household_help: float = param(
        13.0,
        unit="EUR/h",
        ge=1,
        le=100,
        range=(12.5, 16.0),
        source="assumption: gross wage 12.5 in 2015 (wage_hh) with employer's charges; level such that tariff, travel and margin agree",
        about="Cost of a paid hour of household help, without overhead.",
    )
    wage_care: float = param(
        25.0,
        unit="EUR/h",
        ge=1,
        le=150,
        range=(24.0, 33.0),
        source="assumption: below staff_cost_wv (27 to 40, no source); level such that tariff_home_care, billable_share_nl and margin agree",
        about="Cost of a paid hour of care and nursing, without overhead.",
    )
    wage_growth_per_year: float = param(
        0.004,
        unit="1/year",
        ge=-0.05,
        le=0.1,
        range=(0.0, 0.01),
        source="assumption: real wages in care",
        about="Real growth of wages.",
    )
    tariff_growth_per_year: float = param(
        0.004,
        unit="1/year",
        ge=-0.05,
        le=0.1,
        range=(0.0, 0.01),
        source="assumption: tariffs follow wages",
        about="Real growth of tariffs on top of the dated tables.",
    )
    km_cost: float = param(
        0.19,
        unit="EUR/km",
        ge=0,
        le=2,
        range=(0.19, 0.4),
        source="evidence: km_cost",
        about="Cost of a kilometre.",
    )
    overhead_share: float = param(
        0.163,
        unit="share",
        ge=0,
        le=0.6,
        range=(0.16, 0.171),
        source="evidence: overhead_cost",
        about="Overhead as a share of cost, booked once.",
    )
    margin: float = param(
        0.02,
        unit="share",
        ge=-0.2,
        le=0.2,
        range=(-0.03, 0.05),
        source="evidence: margin_homecare_2012",
        about="Pooled margin at the end of the spin-up; the indirect share of paid hours is solved to meet it, then frozen.",
    )
    area_reserve_share: float = param(
        0.06,
        unit="share",
        ge=0,
        le=1,
        range=(0.02, 0.15),
        source="evidence: resistance_norm",
        about="Area account at the start, as a share of yearly turnover in the area.",
    )
    hinterland_reserve_share: float = param(
        0.08,
        unit="share",
        ge=0,
        le=1,
        range=(0.03, 0.15),
        source="evidence: resistance_norm",
        about="Hinterland account at the start, as a share of yearly turnover outside the area.",
    )
    reserve_norm: float = param(
        0.15,
        unit="share",
        ge=0,
        le=2,
        range=(0.10, 0.25),
        source="evidence: resistance_norm",
        about="Reserve, as a share of a year's turnover, above which an account is not saved up: the rest is spent.",
    )
    hinterland_growth_per_year: float = param(
        0.012,
        unit="1/year",
        ge=-0.1,
        le=0.1,
        range=(0.0, 0.025),
        source="assumption: grows with the number of people of 75 and over in the COROP areas",
        about="Growth of turnover outside the area.",
    )
    hinterland_margin_sd: float = param(
        0.02,
        unit="share",
        ge=0,
        le=0.2,
        range=(0.01, 0.03),
        source="evidence: margin_homecare_2012",
        about="Spread of the yearly margin outside the area, same draws in every scenario.",
    )
