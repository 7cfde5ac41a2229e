"""Parameters of rounds by day (7.11)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


class RoundsConfig(ConfigModel):
    """7.11 Rounds by day."""

    contact_hours_per_round: float = param(
        3.5,
        unit="h",
        ge=0.5,
        le=10,
        range=(2.5, 4.5),
        source="assumption: a morning or an evening",
        about="Contact hours in one round.",
    )
    visit_minutes: int = param(
        25,
        unit="min",
        ge=5,
        le=240,
        range=(15, 40),
        source="evidence: wv_visit_min",
        about="Mean length of a care visit.",
    )
    household_visit_minutes: int = param(
        130,
        unit="min",
        ge=15,
        le=480,
        range=(90, 180),
        source="assumption: one visit of two hours a week",
        about="Mean length of a visit of household help.",
    )
    start_at_home: float = param(
        0.6,
        unit="share",
        ge=0,
        le=1,
        range=(0.3, 0.9),
        source="assumption: not known for the area",
        about="Share of rounds that start and end at the worker's home; that leg is not paid.",
    )
    start_at_home_household: float = param(
        0.9,
        unit="share",
        ge=0,
        le=1,
        range=(0.7, 1.0),
        source="assumption: household help goes from home to client",
        about="The same for household help.",
    )
    home_start_km: float = param(
        4.0,
        unit="km",
        ge=0,
        le=50,
        range=(2.0, 8.0),
        source="assumption: most workers live in or near the area",
        about="Distance from a worker's home to the first client.",
    )
    detour: float = param(
        1.3,
        unit="ratio",
        ge=1,
        le=3,
        range=(1.2, 1.5),
        source="assumption: road distance over straight line",
        about="Road km per km as the crow flies.",
    )
    speed_km_h: float = param(
        50.0,
        unit="km/h",
        ge=5,
        le=130,
        range=(40.0, 60.0),
        source="evidence: speed_rural_day",
        about="Speed between villages.",
    )
    village_speed_km_h: float = param(
        25.0,
        unit="km/h",
        ge=5,
        le=80,
        range=(18.0, 35.0),
        source="assumption: slow along the ribbon, stops and parking included",
        about="Speed between addresses in a village.",
    )
    metres_per_household: float = param(
        12.5,
        unit="m",
        ge=1,
        le=200,
        range=(7.5, 20.0),
        source="assumption: ribbon of houses on two sides, 25 m a plot",
        about="Length of the village ribbon per household of 2013.",
    )
