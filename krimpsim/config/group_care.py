"""Parameters of group facilities (7.10b)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


class CollectiveConfig(ConfigModel):
    """7.10 Group facilities: day programmes."""

    places_per_1000: float = param(
        2.4,
        unit="per_1000",
        ge=0,
        le=50,
        range=(1.0, 5.0),
        source="assumption: a living-room day programme sees about 10 visitors a day (buurtkamer_visits)",
        about="Places of day programme per 1,000 residents of 2013, a place being 480 minutes a week.",
    )
    cost_eur_per_hour: float = param(
        14.0,
        unit="EUR/h",
        ge=0,
        le=200,
        range=(9.0, 22.0),
        source="assumption: group care costs a quarter to a third of care at home",
        about="Price of an hour of day programme.",
    )
