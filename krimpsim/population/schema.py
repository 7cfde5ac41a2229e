"""Every state variable on one page: name, type, unit, meaning and what it points to.

Persons and ties are rows; a table is one block of memory with a line per row, seen through three arrays: identities,
values, and numbers of other rows.  A value is read through a door (``int(people.at[P.level, i])``,
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
        shape (n_columns, n_rows): ``people.at[P.level, i]`` is the need level of person i.
    link
        shape (n_links, n_rows): ``people.link[PL.partner, i]`` is the row of the partner of person i.
    rows
        shape (n_rows, n_words): all of a row, to move it.
    """

    uid: U64
    at: I16
    link: I32
    rows: U64


class Ties(NamedTuple):
    """The table of care ties: who could care for whom.

    Parameters
    ----------
    uid
        shape (n_rows,): permanent identity.
    at
        shape (n_columns, n_rows): ``ties.at[T.active, t]``.
    link
        shape (n_links, n_rows): ``ties.link[TL.giver, t]``.
    rows
        shape (n_rows, n_words): all of a row, to move it.
    """

    uid: U64
    at: I16
    link: I32
    rows: U64


#: Columns that point somewhere are links of 32 bits, all others values of 16.  What the month of care reads of a
#: claimant stands first, so that it lies together in memory.
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
    "mother": Column("1", "row of the mother", NOBODY, "people"),
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


class _PeopleColumns(NamedTuple):
    """Number of each value of a person."""

    presence: int
    level: int
    dementia: int
    episode: int
    noticed: int
    granted: int
    accepts: int
    village: int
    birth_month: int
    neighbour_tried: int
    need_since: int
    capacity: int
    care_minutes: int
    usual_minutes: int
    work_minutes: int
    volunteer_minutes: int
    provider_help: int
    provider_care: int
    waiting_help: int
    waiting_care: int
    between_payers: int
    need_minutes: int
    met_minutes: int
    sex: int
    burdened: int
    income: int
    watched: int
    waits_for_facility: int
    suited_home: int
    since_month: int
    end_month: int
    has_car: int
    works_in_care: int
    declined_minutes: int
    cared_in: int


class _PeopleLinks(NamedTuple):
    """Number of each link of a person."""

    household: int
    housemate: int
    partner: int
    first_tie: int
    mother: int
    father: int
    first_given: int


class _TiesColumns(NamedTuple):
    """Number of each value of a tie."""

    relation: int
    distance: int
    active: int
    minutes: int


class _TiesLinks(NamedTuple):
    """Number of each link of a tie."""

    giver: int
    receiver: int
    next_tie: int
    next_given: int


P, PL = _PeopleColumns(*range(len(_PeopleColumns._fields))), _PeopleLinks(*range(len(_PeopleLinks._fields)))
T, TL = _TiesColumns(*range(len(_TiesColumns._fields))), _TiesLinks(*range(len(_TiesLinks._fields)))

_LINE = 32  # values in a line of memory
AHEAD = 8  #: steps ahead at which a loop asks for rows; in a trial 4, 8, 16 and 32 did the same


@compiled
def ask_for_person(people: People, i: int) -> None:
    """Ask memory for the row of a person, to be there some steps later."""
    fetch(people.link, 0, i)
    fetch(people.at, _LINE // 2, i)


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


def columns_of(kind: type[Table]) -> tuple[list[Column], list[Column]]:
    """Return the values and the links of a table, in order."""
    columns = COLUMNS[kind].values()
    return [c for c in columns if not c.points_to], [c for c in columns if c.points_to]


def new_table(kind: type[Table], capacity: int) -> Table:
    """Return a table of rows that are not in use.

    Parameters
    ----------
    kind
        `People` or `Ties`.
    capacity
        Number of rows.
    """
    values, links = columns_of(kind)
    first = 8 + 4 * len(links)  # a row: identity, links, values; then nothing, up to a whole number of eight bytes
    rows = np.empty((capacity, (first + 2 * len(values) + 7) // 8), dtype=np.uint64)
    halves, quarters = rows.view(np.int32), rows.view(np.int16)
    link = halves[:, 2 : 2 + len(links)].T
    at = quarters[:, first // 2 : first // 2 + len(values)].T
    table = kind(rows[:, 0], at, link, rows)
    empty(table, 0, capacity)
    return table


def line(table: People | Ties, name: str) -> NDArray[Any]:
    """Return a column by its name, value or link, shape (n_rows,); what is written in it is written in the table."""
    values, links = (P, PL) if isinstance(table, People) else (T, TL)
    column: NDArray[Any]
    column = table.link[getattr(links, name)] if hasattr(links, name) else table.at[getattr(values, name)]
    return column


def empty(table: Table, first: int, last: int) -> None:
    """Put rows out of use."""
    values, links = columns_of(type(table))
    table.uid[first:last] = 0
    table.at.T[first:last] = [column.fill for column in values]
    table.link.T[first:last] = [column.fill for column in links]


def grown(table: Table, capacity: int) -> Table:
    """Return the table with room for more rows; rows keep their numbers."""
    new, n = new_table(type(table), capacity), len(table.uid)
    new.rows[:n] = table.rows
    return new
