"""Parameters of volunteers (7.10a)."""

from __future__ import annotations

from datetime import date

from krimpsim.config.base import ConfigModel, param
from krimpsim.config.names import PlaceName


class KeyStopConfig(ConfigModel):
    """One or two people who hold the volunteers of a village together stop."""

    village: PlaceName = param(..., unit="text", source="choice: user", about="Name of the village.")
    start: date = param(
        ..., unit="date", source="choice: user", about="They stop in the month of this day, 2013 or later."
    )
    lost_share: float = param(
        0.5,
        unit="share",
        ge=0,
        le=1,
        range=(0.2, 0.8),
        source="assumption: much of the volunteering of a village hangs on one or two people",
        about="Share of the matched time of volunteers that is lost in the first month.",
    )
    recovery_months: int = param(
        24,
        unit="months",
        ge=1,
        le=600,
        range=(6, 60),
        source="assumption: a successor, if there is one, needs time to know and be known",
        about="Months until all of it is back; each month as much as the other.",
    )


class VolunteersConfig(ConfigModel):
    """7.10 Volunteers."""

    share_of_adults: float = param(
        0.075,
        unit="share",
        ge=0,
        le=1,
        range=(0.065, 0.085),
        source="evidence: vol_care_share",
        about="Share of adults who volunteer in care and support.",
    )
    minutes: int = param(
        240,
        unit="min/week",
        ge=0,
        le=2000,
        range=(210, 270),
        source="evidence: vol_hours",
        about="Time a volunteer gives.",
    )
    home_task_share: float = param(
        0.08,
        unit="share",
        ge=0,
        le=1,
        range=(0.05, 0.20),
        source="assumption: most volunteer time goes to visits, transport and groups",
        about="Share of that time that can go to household tasks at home.",
    )
    matched_share: float = param(
        0.4,
        unit="share",
        ge=0,
        le=1,
        range=(0.3, 0.8),
        source="assumption: without a coordinator half finds its way",
        about="Share of usable time that is matched with someone who asks.",
    )
    stop_per_year: float = param(
        0.15,
        unit="1/year",
        ge=0,
        le=12,
        range=(0.08, 0.3),
        source="assumption: volunteers stay six to seven years",
        about="Hazard that a volunteer stops; the place is taken at the rate that keeps the share.",
    )
    key_stops: tuple[KeyStopConfig, ...] = param(
        (), unit="list", source="choice: none", about="Key volunteers who stop, each in one village from one month."
    )
