"""Parameters of what is observed: they change numbers that are reported, never what happens."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


class ObservationConfig(ConfigModel):
    """4. Observation: from which number on something counts, and at which price."""

    school_children: int = param(
        23,
        unit="persons",
        ge=0,
        le=1000,
        range=(23, 100),
        source="assumption: no primary school is funded below 23 pupils (WPO); in 2013 a minimum of 100 was advised",
        about="A village with fewer children of 4 to 11 has too few for a school of its own.",
    )
    shadow_price_unpaid: float = param(
        0.0,
        unit="EUR/h",
        ge=0,
        le=200,
        range=(0.0, 25.0),
        source="assumption: nobody pays it, so 0; up to the tariff of household help, which would replace it",
        about="Price at which an hour of care without pay is shown beside the euros.",
    )
