"""The closed lists of the domain, as integer codes.  The Dutch terms stand in ``glossary.csv``."""

from __future__ import annotations

from enum import IntEnum

NOBODY = -1  #: no row: no partner, no provider, a relative outside the area
NEVER = 1 << 30  #: a month that does not come


class Sex(IntEnum):
    """Sex as registered."""

    MAN = 0
    WOMAN = 1


class Presence(IntEnum):
    """Where a person is."""

    HOME = 0
    FACILITY = 1
    AWAY = 2
    DEAD = 3


class Kind(IntEnum):
    """Kind of care."""

    HOUSEHOLD_HELP = 0
    PERSONAL_CARE = 1
    NURSING = 2
    GUIDANCE = 3
    DAY_PROGRAMME = 4


class Part(IntEnum):
    """What becomes of a minute of need: five givers, then five reasons for a gap.  They add up to the need."""

    HOUSEHOLD = 0
    INFORMAL = 1
    VOLUNTEER = 2
    COLLECTIVE = 3
    PROFESSIONAL = 4
    NOT_NOTICED = 5
    REFUSED = 6
    WAITING = 7
    NO_PROVIDER = 8
    NO_BUDGET = 9


GIVERS = tuple(Part)[:5]
GAPS = tuple(Part)[5:]
UNMET = (Part.WAITING, Part.NO_PROVIDER, Part.NO_BUDGET)  #: the gaps that count as unmet care


class Pool(IntEnum):
    """Staff pool of a provider."""

    HOUSEHOLD_HELP = 0
    CARE_AND_NURSING = 1


class Payer(IntEnum):
    """Who pays the bill."""

    BORGER_ODOORN = 0
    AA_EN_HUNZE = 1
    INSURER = 2
    CARE_OFFICE = 3


class Relation(IntEnum):
    """What the giver of care is to the receiver."""

    PARTNER = 0
    CHILD = 1
    NEIGHBOUR = 2


class Distance(IntEnum):
    """Distance class between the two ends of a tie, by road."""

    SAME_HOME = 0
    UNDER_2_KM = 1
    FROM_2_TO_5_KM = 2
    FROM_5_TO_10_KM = 3
    FROM_10_TO_20_KM = 4
    FROM_20_TO_30_KM = 5
    FROM_30_TO_60_KM = 6
    OVER_60_KM = 7


class Event(IntEnum):
    """What is counted per village as it happens."""

    BIRTH = 0
    DEATH = 1
    DEATH_FACILITY = 2
    ARRIVAL = 3
    DEPARTURE = 4
    ADMISSION = 5
    CARER_STOPPED = 6


class Flow(IntEnum):
    """Care really given, in minutes a week, per village."""

    GIVEN = 0
    RECEIVED = 1
    IMPORTED = 2
    EXPORTED = 3
    HOUSEHOLD = 4
