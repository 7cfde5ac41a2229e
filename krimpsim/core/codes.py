"""The closed lists of the domain, as integer codes.  The Dutch terms stand in ``glossary.csv``."""

from __future__ import annotations

from enum import IntEnum

NOBODY = -1  #: no row: no partner, no provider, a relative outside the area
NEVER = (1 << 15) - 1  #: a month that does not come, the largest that a column holds


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

    INSURER = 0
    CARE_OFFICE = 1
    MUNICIPALITY = 2  #: the first one; the others follow


class Lever(IntEnum):
    """What clauses change: a chance, a share or an amount, in thousandths of what it would be without them."""

    NEED = 0  #: chance that need begins or grows, from 70 years on
    NOTICING = 1  #: chance that need is noticed, from 70 years on
    DECLINING = 2  #: people who decline help
    UNUSED = 3  #: part of a grant that is not used
    START_TO_HELP = 4  #: chance that care starts on a tie
    CARERS_STOP = 5  #: chance that a heavily burdened carer stops
    NO_RESPITE = 6  #: carers who do not use respite care
    VOLUNTEERS_START = 7  #: rate at which residents start to volunteer
    MATCHING = 8  #: share of volunteers' time that is matched
    UNSUITED_HOMES = 9  #: people of 70 and over whose home is not suited to old age
    GROUP_ROOM = 10  #: room in group facilities
    GROUP_PRICE = 11  #: price of group facilities
    OVERHEAD = 12  #: providers' overhead
    INDIRECT = 13  #: paid time of staff that is neither care nor travel
    FILLING = 14  #: share of vacancies filled in a month
    NIGHT_DRIVES = 15  #: visits and calls at night for which somebody has to drive
    HOURS = 16  #: hours of personal care and nursing that members give a client
    PRICE = 17  #: price of those hours
    ADMISSION = 18  #: chance that a member's client asks for a place in a facility


AREA_WIDE = frozenset(tuple(Lever)[Lever.GROUP_ROOM :])  #: levers that are the same in all villages


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
