"""Parameters of the convenant: who takes part, and its clauses (levers)."""

from __future__ import annotations

from datetime import date
from enum import StrEnum

from krimpsim.config.base import ConfigModel, param


class Origin(StrEnum):
    """Where the effect of a clause comes from."""

    COMPUTED = "computed"
    MEASURED = "measured"
    ASSUMED = "assumed"


class NightCover(StrEnum):
    """What a joint night service drives for."""

    UNPLANNED = "unplanned"
    ALL = "all"


class ClauseConfig(ConfigModel):
    """One clause: when it holds, how strongly, and what coordination it costs."""

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
    coordination_fte: float = param(
        0.25,
        unit="FTE",
        ge=0,
        le=10,
        range=(0.1, 0.5),
        source="assumption: 0.5 to 1.5 FTE for the convenant as a whole",
        about="Coordination that the clause takes.",
    )


class JointNightsConfig(ClauseConfig):
    """Joint night service: fewer standby teams, visits chained.  Effect computed.

    Legal for unplanned nights in Drenthe from 2019; the region's service started on 3 October 2022.
    """

    covers: NightCover = param(
        NightCover.ALL, unit="choice", source="choice: user", about="Drive for unplanned calls only, or for all visits."
    )


class JointAllocationConfig(ClauseConfig):
    """Joint allocation: new, consenting clients are advised to the nearest team.  Effect computed."""


class SharedRoundsConfig(ClauseConfig):
    """Shared rounds: rounds of the members are planned together.  Effect computed."""


class MutualCoverConfig(ClauseConfig):
    """Mutual cover: members take over visits that a member cannot staff.  Effect computed."""


class ConvenantConfig(ConfigModel):
    """The convenant: compliance of its members and its clauses."""

    compliance: float = param(
        0.9,
        unit="share",
        ge=0,
        le=1,
        range=(0.5, 1.0),
        source="assumption: intentions are not always kept",
        about="Share of the years in which a member keeps to the convenant.",
    )
    joint_nights: JointNightsConfig = JointNightsConfig()
    joint_allocation: JointAllocationConfig = JointAllocationConfig()
    shared_rounds: SharedRoundsConfig = SharedRoundsConfig()
    mutual_cover: MutualCoverConfig = MutualCoverConfig()


#: Where the effect of each clause comes from: comparisons split differences by it.
CLAUSE_ORIGIN = {
    "joint_nights": Origin.COMPUTED,
    "joint_allocation": Origin.COMPUTED,
    "shared_rounds": Origin.COMPUTED,
    "mutual_cover": Origin.COMPUTED,
}
