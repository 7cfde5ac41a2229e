"""Parameters of payers."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, Dated, param


class PayersConfig(ConfigModel):
    """7.13 Who pays: budgets and cuts."""

    reform_from: int = param(
        2015,
        unit="year",
        ge=2013,
        le=2041,
        source="choice: the AWBZ ended on 1 January 2015",
        about="Year from which insurer and municipality pay care at home, and municipalities keep to budgets.",
    )
    cut_household_help_2015: float = param(
        0.32,
        unit="share",
        ge=0,
        le=1,
        range=(0.32, 0.40),
        source="evidence: cut_hh_2015",
        about="Cut on the budget for household help from 2015.",
    )
    cut_guidance_2015: float = param(
        0.11,
        unit="share",
        ge=0,
        le=1,
        range=(0.11, 0.25),
        source="evidence: cut_begeleiding_2015",
        about="Realised cut on the budget for guidance and day programme from 2015.",
    )
    cut_restored_2017: float = param(
        0.5,
        unit="share",
        ge=0,
        le=1,
        range=(0.2, 0.9),
        source="assumption: courts made municipalities restore part of the hours from May 2016",
        about="Part of both cuts that is undone from 2017.",
    )
    budget_growth_per_year: float = param(
        0.03,
        unit="1/year",
        ge=-0.1,
        le=0.2,
        range=(0.01, 0.045),
        source="assumption: budgets follow ageing in part",
        about="Yearly growth of municipal budgets, in constant euros.",
    )
    flat_fee_budget: float = param(
        0.20,
        unit="share",
        ge=0,
        le=1,
        range=(0.0, 0.4),
        source="evidence: hh_growth_flatfee",
        about="Added to budgets for household help from 2019, when the flat fee made use grow.",
    )
    most_hours_lowered: float = param(
        0.25,
        unit="share",
        ge=0,
        le=1,
        range=(0.1, 0.4),
        source="assumption: model description",
        about="Most by which a municipality that overspends lowers hours per client.",
    )
    least_intakes: float = param(
        0.5,
        unit="share",
        ge=0,
        le=1,
        range=(0.25, 1.0),
        source="assumption: a team keeps half of its intakes at least, for the most urgent; 1 = waiting is not lengthened",
        about="Share of a social team's intakes below which a municipality does not go that overspends at the fewest hours.",
    )
    insurer_growth_cap: float = param(
        0.04,
        unit="share",
        ge=0,
        le=1,
        range=(0.0, 0.1),
        source="assumption: volume contracts",
        about="Growth on last year's volume that an insurer pays per provider.",
    )
    fee_household_help: Dated = param(
        {"2013": 1.6, "2019": 0.0},
        unit="EUR/h",
        source="assumption: contributions by income, mean per hour",
        about="Client's contribution per hour of household help, until the flat fee.",
    )
    fee_flat_eur_month: Dated = param(
        {"2013": 0.0, "2019": 18.96, "2020": 19.0},
        unit="EUR",
        source="assumption: 17.50 per four weeks in 2019, 19 a month from 2020",
        about="Flat contribution per client of municipal care a month.",
    )
    fee_care: Dated = param(
        {"2013": 1.5, "2015": 0.0},
        unit="EUR/h",
        source="assumption: contributions by income under the AWBZ, none under the Zvw",
        about="Client's contribution per hour of personal care or nursing.",
    )
