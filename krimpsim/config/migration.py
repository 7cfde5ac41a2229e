"""Parameters of migration (7.4)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param
from krimpsim.config.names import PlaceName


class MigrationConfig(ConfigModel):
    """7.4 Migration below 70, and moves of people of 70 and over."""

    churn_per_year: float = param(
        0.035,
        unit="1/year",
        ge=0,
        le=0.3,
        range=(0.02, 0.06),
        source="assumption: only net flows were found",
        about="Share of residents below 70 who leave and are replaced, on top of the net profile.",
    )
    level_per_year: float = param(
        -0.004,
        unit="1/year",
        ge=-0.05,
        le=0.05,
        range=(-0.009, 0.0),
        source="assumption: set so that the village totals of 2017 are met; small villages lose more movers than the COROP area",
        about="Added to the net migration rate of Zuidoost-Drenthe at every age below 70.",
    )
    partner_share: float = param(
        0.6,
        unit="share",
        ge=0,
        le=1,
        range=(0.4, 0.75),
        source="assumption: most arrivals come as couples or families",
        about="Share of arriving heads aged 25 and over who bring a partner.",
    )
    old_move_per_year: float = param(
        0.012,
        unit="1/year",
        ge=0,
        le=0.5,
        range=(0.004, 0.03),
        source="assumption: no flow by age 70 and over was found",
        about="Moves of people aged 70 and over, in good health, with a partner, in a suited home.",
    )
    old_move_need_ratio: float = param(
        2.0,
        unit="ratio",
        ge=0,
        le=10,
        range=(1.0, 3.0),
        source="assumption: need for care is a main reason to move",
        about="Ratio of moves at need level 2 and over.",
    )
    old_move_alone_ratio: float = param(
        1.5,
        unit="ratio",
        ge=0,
        le=10,
        range=(1.0, 2.5),
        source="assumption: people who live alone move more",
        about="Ratio of moves of people who live alone.",
    )
    old_move_unsuited_ratio: float = param(
        1.5,
        unit="ratio",
        ge=0,
        le=10,
        range=(1.0, 2.5),
        source="assumption: stairs and large gardens push people out",
        about="Ratio of moves from a home that is not suited to age.",
    )
    old_move_outside_share: float = param(
        0.5,
        unit="share",
        ge=0,
        le=1,
        range=(0.3, 0.8),
        source="assumption: Borger, Gieten, Stadskanaal and Emmen have more services",
        about="Share of these moves that go to a service village outside the 22.",
    )
    service_villages: tuple[PlaceName, ...] = param(
        ("Nieuw-Buinen", "Valthermond", "2e Exloermond", "Gasselternijveen"),
        unit="list",
        source="choice: villages with more than 1,900 residents",
        about="Villages of the area where people of 70 and over move to.",
    )
