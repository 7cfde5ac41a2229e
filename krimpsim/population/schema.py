"""Every state variable on one page: name, type, unit, meaning and what it points to.

Persons and ties are rows; a table is one block of memory with a line per row, seen through four arrays: identities,
numbers of other rows, codes, and values.  All are read through a door (``int(people.code[PC.level, i])``,
``int(people.link[PL.partner, i])``) so that compiled and interpreted code compute alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeVar

import numpy as np
from numpy.typing import NDArray

from krimpsim.core.codes import NEVER, NOBODY, Presence
from krimpsim.core.jit import compiled
from krimpsim.core.prefetch import fetch

I8 = NDArray[np.int8]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U64 = NDArray[np.uint64]
F64 = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Column:
    """One attribute of one kind of row.

    Parameters
    ----------
    unit, meaning
        What it says.
    fill
        Value of a row that is not in use.
    points_to
        ``people`` or ``ties`` when the value is a row number of that table, or ``household``; -1 points nowhere.
        ``ring`` is a row of persons that says in which order rows are walked, and nothing more.
    """

    unit: str
    meaning: str
    fill: int = 0
    points_to: str = ""


class People(NamedTuple):
    """The table of persons.

    Parameters
    ----------
    uid
        shape (n_rows,): permanent identity, key of every draw.
    at
        shape (n_values, n_rows): ``people.at[P.need_minutes, i]`` is what person i needs, in minutes a week.
    code
        shape (n_codes, n_rows): ``people.code[PC.level, i]`` is the need level of person i.
    link
        shape (n_links, n_rows): ``people.link[PL.partner, i]`` is the row of the partner of person i.
    rows
        shape (n_rows, n_words): all of a row, to move it.
    """

    uid: U64
    at: I16
    code: I8
    link: I32
    rows: U64


class Ties(NamedTuple):
    """The table of care ties: who could care for whom.

    Parameters
    ----------
    uid
        shape (n_rows,): permanent identity.
    at
        shape (n_values, n_rows): ``ties.at[T.minutes, t]``.
    code
        shape (n_codes, n_rows): ``ties.code[TC.active, t]``.
    link
        shape (n_links, n_rows): ``ties.link[TL.giver, t]``.
    rows
        shape (n_rows, n_words): all of a row, to move it.
    """

    uid: U64
    at: I16
    code: I8
    link: I32
    rows: U64


#: Columns that point somewhere are links of 32 bits, those without a unit codes of 8, all others values of 16.  What
#: the month of care reads of a claimant stands first, so that it lies together in memory.
PEOPLE: Mapping[str, Column] = {
    "presence": Column("1", "code Presence", int(Presence.AWAY)),
    "level": Column("1", "need level 0 to 4"),
    "dementia": Column("1", "1 with dementia"),
    "episode": Column("1", "1 during a post-acute episode"),
    "noticed": Column("1", "1 when the need was noticed by someone who can act"),
    "granted": Column("1", "1 when the municipality has taken the household in"),
    "accepts": Column("1", "1 when professional help is accepted"),
    "village": Column("1", "number of the village; of a person in a facility, the village that was left"),
    "household": Column("1", "number of the household", NOBODY, "household"),
    "housemate": Column("1", "next person at home in the household, in a ring; oneself when alone", NOBODY, "ring"),
    "partner": Column("1", "row of the partner", NOBODY, "people"),
    "birth_month": Column("month", "absolute month of birth"),
    "first_tie": Column("1", "first tie of which this person is the receiver", NOBODY, "ties"),
    "neighbour_tried": Column("1", "1 when a neighbour tie exists"),
    "need_since": Column("month", "month in which need began", NEVER),
    "capacity": Column("min/week", "capacity and willingness to give care outside the home"),
    "care_minutes": Column("min/week", "informal care given this month, usual care apart"),
    "usual_minutes": Column("min/week", "usual care given in the household this month"),
    "work_minutes": Column("min/week", "paid work"),
    "volunteer_minutes": Column("min/week", "volunteering in care"),
    "provider_help": Column("1", "provider of household help", NOBODY),
    "provider_care": Column("1", "provider of care, nursing and guidance", NOBODY),
    "waiting_help": Column("month", "on the waiting list for household help since", NEVER),
    "waiting_care": Column("month", "on the waiting list for care since", NEVER),
    "between_payers": Column("month", "from this month on the new payer pays", 0),
    "need_minutes": Column("min/week", "need of this month, all kinds"),
    "met_minutes": Column("min/week", "need of this month that somebody met or that the person declined, all kinds"),
    "sex": Column("1", "code Sex"),
    "burdened": Column("1", "1 when heavily burdened"),
    "income": Column("1", "income class: 0 low, 1 middle, 2 high"),
    "watched": Column("1", "1 on the watch list of the month"),
    "waits_for_facility": Column("1", "1 while waiting at home for a place in a facility"),
    "suited_home": Column("1", "1 in a home that is suited to old age"),
    "mother": Column("1", "row of the mother; below -1 her name when she is out of the table", NOBODY, "people"),
    "father": Column("1", "row of the father", NOBODY, "people"),
    "since_month": Column("month", "first month in the area"),
    "end_month": Column("month", "month of death or departure", NEVER),
    "has_car": Column("1", "1 with a car in the household"),
    "works_in_care": Column("1", "1 when employed in care"),
    "first_given": Column("1", "first tie of which this person is the giver", NOBODY, "ties"),
    "declined_minutes": Column("min/week", "need of this month that the person declined or left unused, all kinds"),
    "cared_in": Column("month", "last month but this one with informal care of an hour a week or more given"),
}


TIES: Mapping[str, Column] = {
    "giver": Column("1", "row of the giver, -1 outside the area", NOBODY, "people"),
    "receiver": Column("1", "row of the receiver, -1 outside the area", NOBODY, "people"),
    "relation": Column("1", "code Relation of the giver to the receiver"),
    "distance": Column("1", "code Distance when one end is outside; of two residents it follows from their homes"),
    "active": Column("1", "1 while care is given"),
    "minutes": Column("min/week", "care given this month"),
    "next_tie": Column("1", "next tie of the same receiver", NOBODY, "ties"),
    "next_given": Column("1", "next tie of the same giver", NOBODY, "ties"),
}


class _PeopleValues(NamedTuple):
    """Number of each value of a person."""

    birth_month: int
    need_since: int
    capacity: int
    care_minutes: int
    usual_minutes: int
    work_minutes: int
    volunteer_minutes: int
    waiting_help: int
    waiting_care: int
    between_payers: int
    need_minutes: int
    met_minutes: int
    since_month: int
    end_month: int
    declined_minutes: int
    cared_in: int


class _PeopleCodes(NamedTuple):
    """Number of each code of a person."""

    presence: int
    level: int
    dementia: int
    episode: int
    noticed: int
    granted: int
    accepts: int
    village: int
    neighbour_tried: int
    provider_help: int
    provider_care: int
    sex: int
    burdened: int
    income: int
    watched: int
    waits_for_facility: int
    suited_home: int
    has_car: int
    works_in_care: int


class _PeopleLinks(NamedTuple):
    """Number of each link of a person."""

    household: int
    housemate: int
    partner: int
    first_tie: int
    mother: int
    father: int
    first_given: int


class _TiesValues(NamedTuple):
    """Number of each value of a tie."""

    minutes: int


class _TiesCodes(NamedTuple):
    """Number of each code of a tie."""

    relation: int
    distance: int
    active: int


class _TiesLinks(NamedTuple):
    """Number of each link of a tie."""

    giver: int
    receiver: int
    next_tie: int
    next_given: int


P = _PeopleValues(*range(len(_PeopleValues._fields)))
PC = _PeopleCodes(*range(len(_PeopleCodes._fields)))
PL = _PeopleLinks(*range(len(_PeopleLinks._fields)))
T = _TiesValues(*range(len(_TiesValues._fields)))
TC = _TiesCodes(*range(len(_TiesCodes._fields)))
TL = _TiesLinks(*range(len(_TiesLinks._fields)))

_LATER = len(_PeopleValues._fields) - 4  # a value near the end of the row
AHEAD = 8  #: steps ahead at which a loop asks for rows; in a trial 4, 8, 16 and 32 did the same


@compiled
def ask_for_person(people: People, i: int) -> None:
    """Ask memory for the row of a person, to be there some steps later."""
    fetch(people.link, 0, i)
    fetch(people.at, _LATER, i)


@compiled
def ask_ahead(people: People, rows: I32 | I64, k: int, n: int) -> None:
    """Ask memory for the person that comes some steps after place k of a list of n rows."""
    if k + AHEAD < n:
        ask_for_person(people, int(rows[k + AHEAD]))


@compiled
def ask_for_tie(ties: Ties, t: int) -> None:
    """Ask memory for the row of a tie, to be there some steps later."""
    fetch(ties.at, 0, t)


Table = TypeVar("Table", People, Ties)
COLUMNS: Mapping[type, Mapping[str, Column]] = {People: PEOPLE, Ties: TIES}
NUMBERS: Mapping[type, tuple[Any, Any, Any]] = {People: (P, PC, PL), Ties: (T, TC, TL)}  #: of values, codes, links


def new_table(kind: type[Table], capacity: int) -> Table:
    """Return a table of rows that are not in use.

    Parameters
    ----------
    kind
        `People` or `Ties`.
    capacity
        Number of rows.
    """
    values, codes, links = NUMBERS[kind]
    first_code = 8 + 4 * len(links)  # a row: identity, links, codes, values, each from a whole number of its own size
    first_value = first_code + (len(codes) + 1) // 2 * 2
    words = (first_value + 2 * len(values) + 7) // 8
    rows = np.empty((capacity, words), dtype=np.uint64)
    link = rows.view(np.int32)[:, 2 : 2 + len(links)].T
    code = rows.view(np.int8)[:, first_code : first_code + len(codes)].T
    at = rows.view(np.int16)[:, first_value // 2 : first_value // 2 + len(values)].T
    table = kind(rows[:, 0], at, code, link, rows)
    empty(table, 0, capacity)
    return table


def column_of(table: People | Ties, name: str) -> NDArray[Any]:
    """Return a column by its name, shape (n_rows,); what is written in it is written in the table."""
    arrays: tuple[NDArray[Any], ...] = (table.at, table.code, table.link)
    for array, numbers in zip(arrays, NUMBERS[type(table)], strict=True):
        if name in numbers._fields:
            column: NDArray[Any] = array[getattr(numbers, name)]
            return column
    raise AttributeError(f"no column is called {name!r}")


def empty(table: Table, first: int, last: int) -> None:
    """Put rows out of use."""
    if first < last:
        table.uid[first] = 0
        for name, column in COLUMNS[type(table)].items():
            column_of(table, name)[first] = column.fill
        table.rows[first + 1 : last] = table.rows[first]


def grown(table: Table, capacity: int) -> Table:
    """Return the table with room for more rows; rows keep their numbers."""
    new, n = new_table(type(table), capacity), len(table.uid)
    new.rows[:n] = table.rows
    return new
