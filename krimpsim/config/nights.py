"""Parameters of nights (7.12)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param
from krimpsim.config.names import PlaceName, ProviderName


class FixedVisit(ConfigModel):
    """A night visit planned by hand, once a month."""

    provider: ProviderName = param(..., unit="text", source="choice: user", about="Identifier of the provider.")
    village: PlaceName = param(..., unit="text", source="choice: user", about="Name of the village.")
    night: int = param(1, unit="1", ge=1, le=28, source="choice: user", about="Night of the month.")
    minute: int = param(240, unit="min", ge=0, le=479, source="choice: user", about="Minutes after 23:00.")


class NightsConfig(ConfigModel):
    """7.12 Nights: planned visits, alarm calls, standby."""

    planned_share: float = param(
        0.10,
        unit="share",
        ge=0,
        le=1,
        range=(0.03, 0.2),
        source="assumption: a small part of people at level 3 and 4 has a visit every night",
        about="Share of nursing clients at level 3 and 4 at home with a planned visit every night.",
    )
    calls_per_1000: float = param(
        2.0,
        unit="1/1000/night",
        ge=0,
        le=50,
        range=(0.5, 6.0),
        source="evidence: night_calls_per_1000_clients",
        about="Alarm calls per 1,000 nursing clients per night.",
    )
    visit_minutes: int = param(
        35,
        unit="min",
        ge=5,
        le=240,
        range=(20, 60),
        source="evidence: night_visit_min",
        about="Length of a visit at night.",
    )
    planned_visit_minutes: int = param(
        15,
        unit="min",
        ge=5,
        le=120,
        range=(10, 25),
        source="assumption: shorter than an alarm call",
        about="Length of a planned visit at night.",
    )
    car_load: float = param(
        0.6,
        unit="share",
        ge=0.1,
        le=1,
        range=(0.4, 0.8),
        source="assumption: with more planned work a car comes too late for calls",
        about="Most of the night that planned visits, with the way to them, take of one car; else there is another car.",
    )
    chain_window_minutes: int = param(
        30,
        unit="min",
        ge=0,
        le=480,
        range=(10, 60),
        source="assumption: the car waits when the next visit is near",
        about="A team drives on to the next visit without going back when it starts within this time after the last one ended.",
    )
    late_after_minutes: int = param(
        30,
        unit="min",
        ge=1,
        le=240,
        range=(15, 45),
        source="evidence: night_response_target",
        about="An alarm call answered later than this counts as late.",
    )
    standby_hours: float = param(
        8.0,
        unit="h",
        ge=0,
        le=24,
        range=(8.0, 8.0),
        source="evidence: night_window",
        about="Length of the night on standby, 23 to 7 hours.",
    )
    standby_pay_share: float = param(
        0.5,
        unit="share",
        ge=0,
        le=2,
        range=(0.2, 1.44),
        source="assumption: asleep at the base or at home, between availability pay and full pay with night_surcharge",
        about="Pay for an hour of standby as a share of the hourly cost of care staff.",
    )
    standby_area_share: float = param(
        1.0,
        unit="share",
        ge=0,
        le=1,
        range=(0.0, 1.0),
        source="assumption: the area bears its share of clients",
        about="Part of the area's share of standby that is booked in the area; 0 = the hinterland carries all standby.",
    )
    system_function_from: int = param(
        2024,
        unit="year",
        ge=2013,
        le=2041,
        source="choice: unplanned nights bought as a system function from 2024",
        about="Year from which the insurer pays standby as availability.",
    )
    fixed_visits: tuple[FixedVisit, ...] = param(
        (),
        unit="list",
        source="choice: none; for worked examples",
        about="Visits that are planned by hand; when given, no other night visits are drawn.",
    )
