"""What all clauses of the convenant have: when and where they hold, what they cost, what is known of them.

Every clause says where its effect comes from: *computed* follows from distance, time and clients in this model;
*measured* was found elsewhere; *assumed* is nobody's finding.  The size of an effect stands beside the clause, with
its range.  A clause acts at one place, which its description names; what follows from that is the model's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property
from typing import ClassVar

from krimpsim.config.base import ConfigModel, param
from krimpsim.config.names import PlaceName
from krimpsim.core.codes import Lever

OLD_AGE = 70  #: from this age a contact person and preventive visits come
MOST_VOLUNTEERS_START = 2.0  #: clauses together at most double the rate at which volunteers start


class Origin(StrEnum):
    """Where the effect of a clause comes from."""

    COMPUTED = "computed"
    MEASURED = "measured"
    ASSUMED = "assumed"


class NightCover(StrEnum):
    """What a joint night service drives for."""

    UNPLANNED = "unplanned"
    ALL = "all"


@dataclass(frozen=True, slots=True)
class ClauseFacts:
    """What is known of a clause apart from its numbers.

    Parameters
    ----------
    name_nl
        What it is called in a report.
    origin
        Where its effect comes from: comparisons split differences by it.
    legal_from
        First day on which competition law allowed it, None where nothing stood in its way.  Joint unplanned nights were
        allowed in Drenthe from 2019.
    needs_consent
        Whether each client has to agree.  Advice to clients needs their consent, and existing clients are never
        divided: that would be market sharing.
    """

    name_nl: str
    origin: Origin
    legal_from: date | None = None
    needs_consent: bool = False


class PeriodConfig(ConfigModel):
    """A period in which a clause holds."""

    start: date = param(date(2013, 1, 1), unit="date", source="choice: user", about="First day of the period.")
    end: date = param(date(2040, 12, 31), unit="date", source="choice: user", about="Last day of the period.")
    strength: float = param(
        1.0, unit="share", ge=0, le=1, range=(0.0, 1.0), source="choice: user", about="0 = off, 1 = as intended."
    )
    covers: NightCover | None = param(
        None, unit="choice", source="choice: user", about="Of joint nights: unplanned or all; as the clause if not set."
    )


class ClauseConfig(ConfigModel):
    """One clause: when it holds, how strongly, and what it costs."""

    facts: ClassVar[ClauseFacts]  #: of each clause; a clause without facts is refused

    enabled: bool = param(
        False, unit="choice", source="choice: user", about="Whether the clause is part of the convenant."
    )
    start: date = param(
        date(2013, 1, 1), unit="date", source="choice: user", about="First day on which the clause holds."
    )
    end: date = param(
        date(2040, 12, 31), unit="date", source="choice: user", about="Last day on which the clause holds."
    )
    strength: float = param(
        1.0,
        unit="share",
        ge=0,
        le=1,
        range=(0.0, 1.0),
        source="choice: user",
        about="0 = off, 1 = as intended.",
    )
    periods: tuple[PeriodConfig, ...] = param(
        (), unit="list", source="choice: user", about="Periods in place of start, end and strength."
    )
    coordination_fte: float = param(
        0.25,
        unit="FTE",
        ge=0,
        le=10,
        range=(0.1, 0.5),
        source="assumption: 0.5 to 1.5 FTE for the convenant as a whole",
        about="Coordination that the clause takes.",
    )
    cost_eur_per_year: float = param(
        0.0,
        unit="EUR/year",
        ge=0,
        le=10_000_000,
        range=(0.0, 200_000.0),
        source="assumption: what a clause takes beside coordination is not known",
        about="Cost beside coordination, for the region as a whole, in euros of 2013.",
    )

    villages: tuple[PlaceName, ...] = param(
        (), unit="list", source="choice: user", about="Villages where the clause holds; all of them when none is named."
    )

    def all_periods(self) -> tuple[PeriodConfig, ...]:
        """Return the periods in which the clause holds when it is enabled, in the order of the file."""
        return self.periods or (self._whole,)

    @cached_property
    def _whole(self) -> PeriodConfig:
        return PeriodConfig(start=self.start, end=self.end, strength=self.strength)

    def in_force(self, month: int) -> PeriodConfig | None:
        """Return the period that holds in an absolute month, on the 15th, or None; of two that overlap, the first."""
        if not self.enabled:
            return None
        day = date(month // 12, month % 12 + 1, 15)
        return next((p for p in self.all_periods() if p.strength > 0.0 and p.start <= day <= p.end), None)

    def acting(self, month: int) -> float:
        """Return how strongly the effect of the clause is felt in an absolute month, 0 to 1."""
        period = self.in_force(month)
        return period.strength if period is not None else 0.0

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength, as ratios to what would be without it."""
        return {}


class LeverTarget(StrEnum):
    """Where a clause of one lever acts."""

    START_TO_HELP = "start_to_help"
    CARERS_STOP = "carers_stop"
    VOLUNTEERS_START = "volunteers_start"
    MATCHING = "matching"
    NOTICING = "noticing"
    DECLINING = "declining"
    OVERHEAD = "overhead"
    INDIRECT = "indirect"
    FILLING = "filling"
    NIGHT_DRIVES = "night_drives"


class OtherLeverConfig(ClauseConfig):
    """A generic clause for what has no evidence and no clause of its own, such as a care portal.

    Effect assumed.  It names its target and its size; at 1 it does nothing but cost coordination.
    """

    facts: ClassVar[ClauseFacts] = ClauseFacts("een andere maatregel", Origin.ASSUMED)

    target: LeverTarget = param(
        LeverTarget.OVERHEAD, unit="choice", source="choice: user", about="What the clause multiplies."
    )
    ratio: float = param(
        1.0,
        unit="ratio",
        ge=0.5,
        le=2,
        range=(0.9, 1.1),
        source="assumption: nothing was measured",
        about="The target with the clause, against the target without it.",
    )

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength."""
        return {Lever[self.target.name]: self.ratio}
