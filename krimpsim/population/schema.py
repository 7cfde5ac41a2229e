"""Every state variable on one page: name, type, unit, meaning and what it points to.

Persons and ties are rows: ``people[i].level`` is the need level of person i, ``people.level`` that of everybody.  One
row lies in one place in memory.  Values are read through a door (``int(people[i].level)``), so that compiled and
interpreted code compute alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeVar, cast, get_type_hints, overload

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


class Person:
    """A row of the table of persons.

    Columns that point somewhere are whole numbers of 32 bits, those without a unit codes of 8, all others of 16.
    """

    uid: int  #: permanent identity, key of every draw; 64 bits without a sign
    presence: Annotated[int, Column("1", "code Presence", int(Presence.AWAY))]
    level: Annotated[int, Column("1", "need level 0 to 4")]
    dementia: Annotated[int, Column("1", "1 with dementia")]
    episode: Annotated[int, Column("1", "1 during a post-acute episode")]
    noticed: Annotated[int, Column("1", "1 when the need was noticed by someone who can act")]
    granted: Annotated[int, Column("1", "1 when the municipality has taken the household in")]
    accepts: Annotated[int, Column("1", "1 when professional help is accepted")]
    village: Annotated[int, Column("1", "number of the village; of a person in a facility, the village that was left")]
    household: Annotated[int, Column("1", "number of the household", NOBODY, "household")]
    housemate: Annotated[
        int, Column("1", "next person at home in the household, in a ring; oneself when alone", NOBODY, "ring")
    ]
    partner: Annotated[int, Column("1", "row of the partner", NOBODY, "people")]
    birth_month: Annotated[int, Column("month", "absolute month of birth")]
    first_tie: Annotated[int, Column("1", "first tie of which this person is the receiver", NOBODY, "ties")]
    neighbour_tried: Annotated[int, Column("1", "1 when a neighbour tie exists")]
    need_since: Annotated[int, Column("month", "month in which need began", NEVER)]
    capacity: Annotated[int, Column("min/week", "capacity and willingness to give care outside the home")]
    care_minutes: Annotated[int, Column("min/week", "informal care given this month, usual care apart")]
    usual_minutes: Annotated[int, Column("min/week", "usual care given in the household this month")]
    work_minutes: Annotated[int, Column("min/week", "paid work")]
    volunteer_minutes: Annotated[int, Column("min/week", "volunteering in care")]
    provider_help: Annotated[int, Column("1", "provider of household help", NOBODY)]
    provider_care: Annotated[int, Column("1", "provider of care, nursing and guidance", NOBODY)]
    waiting_help: Annotated[int, Column("month", "on the waiting list for household help since", NEVER)]
    waiting_care: Annotated[int, Column("month", "on the waiting list for care since", NEVER)]
    between_payers: Annotated[int, Column("month", "from this month on the new payer pays", 0)]
    need_minutes: Annotated[int, Column("min/week", "need of this month, all kinds")]
    met_minutes: Annotated[
        int, Column("min/week", "need of this month that somebody met or that the person declined, all kinds")
    ]
    sex: Annotated[int, Column("1", "code Sex")]
    burdened: Annotated[int, Column("1", "1 when heavily burdened")]
    income: Annotated[int, Column("1", "income class: 0 low, 1 middle, 2 high")]
    watched: Annotated[int, Column("1", "1 on the watch list of the month")]
    waits_for_facility: Annotated[int, Column("1", "1 while waiting at home for a place in a facility")]
    suited_home: Annotated[int, Column("1", "1 in a home that is suited to old age")]
    mother: Annotated[
        int, Column("1", "row of the mother; below -1 her name when she is out of the table", NOBODY, "people")
    ]
    father: Annotated[int, Column("1", "row of the father", NOBODY, "people")]
    since_month: Annotated[int, Column("month", "first month in the area")]
    end_month: Annotated[int, Column("month", "month of death or departure", NEVER)]
    has_car: Annotated[int, Column("1", "1 with a car in the household")]
    works_in_care: Annotated[int, Column("1", "1 when employed in care")]
    first_given: Annotated[int, Column("1", "first tie of which this person is the giver", NOBODY, "ties")]
    declined_minutes: Annotated[
        int, Column("min/week", "need of this month that the person declined or left unused, all kinds")
    ]
    cared_in: Annotated[
        int, Column("month", "last month but this one with informal care of an hour a week or more given")
    ]


class Tie:
    """A row of the table of care ties: who could care for whom."""

    uid: int  #: permanent identity
    giver: Annotated[int, Column("1", "row of the giver, -1 outside the area", NOBODY, "people")]
    receiver: Annotated[int, Column("1", "row of the receiver, -1 outside the area", NOBODY, "people")]
    relation: Annotated[int, Column("1", "code Relation of the giver to the receiver")]
    distance: Annotated[
        int, Column("1", "code Distance when one end is outside; of two residents it follows from their homes")
    ]
    active: Annotated[int, Column("1", "1 while care is given")]
    minutes: Annotated[int, Column("min/week", "care given this month")]
    next_tie: Annotated[int, Column("1", "next tie of the same receiver", NOBODY, "ties")]
    next_given: Annotated[int, Column("1", "next tie of the same giver", NOBODY, "ties")]


Row = TypeVar("Row", Person, Tie)
Row_co = TypeVar("Row_co", covariant=True)


class Table(Protocol[Row_co]):
    """An array of rows, of which a column is an array too."""

    def __len__(self) -> int:
        """Return the number of rows, those not in use among them."""

    @overload
    def __getitem__(self, which: int) -> Row_co: ...

    @overload
    def __getitem__(self, which: slice | NDArray[Any]) -> Table[Row_co]: ...

    def __getattr__(self, name: str) -> NDArray[Any]:
        """Return a column, shape (n_rows,); what is written in it is written in the table."""


People = Table[Person]
Ties = Table[Tie]


def _columns(kind: type) -> dict[str, Column]:
    """Return the columns of a kind of row, by name."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if name != "uid"}


PEOPLE: Mapping[str, Column] = _columns(Person)
TIES: Mapping[str, Column] = _columns(Tie)


def _layout(columns: Mapping[str, Column]) -> np.dtype[Any]:
    """Return how a row lies in memory: identity, links, codes, values, each from a whole number of its own size."""
    links = [name for name, column in columns.items() if column.points_to]
    codes = [name for name, column in columns.items() if not column.points_to and column.unit == "1"]
    values = [name for name in columns if name not in links and name not in codes]
    offsets, end = [0], 8
    for names, size in ((links, 4), (codes, 1), (values, 2)):
        end += -end % size
        offsets += range(end, end + size * len(names), size)
        end += size * len(names)
    formats = ["u8", *["i4"] * len(links), *["i1"] * len(codes), *["i2"] * len(values)]
    names = ["uid", *links, *codes, *values]
    row = np.dtype({"names": names, "formats": formats, "offsets": offsets, "itemsize": end + -end % 8})
    return np.dtype((np.record, row))


PERSON, TIE = _layout(PEOPLE), _layout(TIES)
_UNUSED: Mapping[np.dtype[Any], tuple[int, ...]] = {
    row: tuple(columns[name].fill if name in columns else 0 for name in row.names or ())
    for row, columns in ((PERSON, PEOPLE), (TIE, TIES))
}
_FIRST, _LAST = 8, PERSON.itemsize - 8  # bytes near both ends of a person, who may lie in two lines of memory
AHEAD = 8  #: steps ahead at which a loop asks for rows; in a trial 4, 8, 16 and 32 did the same


@compiled
def ask_for_person(people: People, i: int) -> None:
    """Ask memory for the row of a person, to be there some steps later."""
    fetch(people, i, _FIRST)
    fetch(people, i, _LAST)


@compiled
def ask_ahead(people: People, rows: I32 | I64, k: int, n: int) -> None:
    """Ask memory for the person that comes some steps after place k of a list of n rows."""
    if k + AHEAD < n:
        ask_for_person(people, int(rows[k + AHEAD]))


@compiled
def ask_for_tie(ties: Ties, t: int) -> None:
    """Ask memory for the row of a tie, to be there some steps later."""
    fetch(ties, t, 0)


def _new(row: np.dtype[Any], capacity: int) -> Any:
    table = np.empty(capacity, dtype=row).view(np.recarray)
    empty(table, 0, capacity)
    return table


def new_people(capacity: int) -> People:
    """Return a table of persons with so many rows, none of them in use."""
    return cast(People, _new(PERSON, capacity))


def new_ties(capacity: int) -> Ties:
    """Return a table of ties with so many rows, none of them in use."""
    return cast(Ties, _new(TIE, capacity))


def empty(table: People | Ties, first: int, last: int) -> None:
    """Put rows out of use."""
    rows = cast(Any, table)
    rows[first:last] = np.array(_UNUSED[rows.dtype], dtype=rows.dtype)


def grown(table: Table[Row], capacity: int) -> Table[Row]:
    """Return the table with room for more rows; rows keep their numbers."""
    new = _new(cast(Any, table).dtype, capacity)
    new[: len(table)] = table
    return cast(Table[Row], new)
