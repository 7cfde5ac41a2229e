"""Parameters of admission to a facility (7.7)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


class AdmissionConfig(ConfigModel):
    """7.7 Admission to a facility."""

    round_the_clock_per_year: float = param(
        1.2,
        unit="1/year",
        ge=0,
        le=12,
        range=(0.5, 3.0),
        source="assumption: set to the stock inst_75p_2014 and inst_75p_drenthe_2016",
        about="Hazard of asking for a place at level 4.",
    )
    heavy_per_year: float = param(
        0.4,
        unit="1/year",
        ge=0,
        le=12,
        range=(0.15, 0.9),
        source="assumption: set to the stock inst_75p_2014 and inst_75p_drenthe_2016",
        about="Hazard of asking for a place at level 3 with dementia or without someone in the home who can care.",
    )
    places_per_75plus: dict[str, float] = param(
        {"2013": 0.095, "2014": 0.09, "2016": 0.078},
        unit="share",
        source="evidence: inst_75p_drenthe_2016",
        about="Places per person of 75 and over (home and facility), by the year from which it holds.",
    )
    frozen_from: int = param(
        2022,
        unit="year",
        ge=2013,
        le=2041,
        source="choice: national agreement to keep the number of places",
        about="Year from which the number of places stays as it is.",
    )
    places_growth_per_year: float = param(
        0.0,
        unit="1/year",
        ge=-0.1,
        le=0.1,
        range=(-0.012, 0.03),
        source="assumption: from 20% fewer places to growth with the number of people of 75 and over",
        about="Yearly growth of the number of places after the freeze.",
    )
