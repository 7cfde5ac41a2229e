"""Switches of the dated events: laws, prices and contracts that change on a day (what they set: `turned`)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


class EventsConfig(ConfigModel):
    """Dated events: false = as if it never happened."""

    law_reform: bool = param(
        True,
        unit="choice",
        source="choice: history, the AWBZ ended and the Wmo 2015, Zvw and Wlz took over",
        about="Insurer and municipality pay care at home, care at home has no contribution, municipalities keep to budgets.",
    )
    social_teams: bool = param(
        True,
        unit="choice",
        source="choice: history, social teams started with the Wmo 2015",
        about="A social team decides who gets household help, guidance and day programme.",
    )
    cut_household_help: bool = param(
        True,
        unit="choice",
        source="choice: history, cut_hh_2015",
        about="Budgets for household help are cut; it bites where municipalities keep to budgets (law_reform).",
    )
    cut_guidance: bool = param(
        True,
        unit="choice",
        source="choice: history, cut_begeleiding_2015",
        about="Budgets for guidance and day programme are cut; it bites where municipalities keep to budgets (law_reform).",
    )
    lower_tariffs: bool = param(
        True,
        unit="choice",
        source="choice: history, tariff_hh1 and tariff_bg",
        about="Prices of household help and guidance fall; that of household help rises again in 2017.",
    )
    fewer_places: bool = param(
        True,
        unit="choice",
        source="choice: history, inst_75p_2014 and inst_75p_drenthe_2016",
        about="Fewer places in facilities per person of 75 and over, in 2014 and again in 2016.",
    )
    cuts_restored: bool = param(
        True,
        unit="choice",
        source="choice: history, courts made municipalities restore hours from May 2016",
        about="Part of both cuts on budgets is undone.",
    )
    flat_fee: bool = param(
        True,
        unit="choice",
        source="choice: history, hh_growth_flatfee",
        about="A flat contribution takes the place of one by income: household help is used more and budgets grow.",
    )
    places_frozen: bool = param(
        True,
        unit="choice",
        source="choice: history, national agreement to keep the number of places",
        about="The number of places in facilities no longer follows the number of people of 75 and over.",
    )
    night_system_function: bool = param(
        True,
        unit="choice",
        source="choice: history, unplanned nights bought as a system function",
        about="The insurer pays standby as availability.",
    )
    income_test: bool = param(
        False,
        unit="choice",
        source="choice: a plan of the government, no history; off unless a scenario says so",
        about="The contribution to household help follows income again, and use is as before the flat contribution.",
    )
