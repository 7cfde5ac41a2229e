"""Every state variable on one page: name, type, unit, meaning and what it points to.

Persons and ties are rows: ``people[i].level`` is the need level of person i, ``people.level`` that of everybody.  All
of a row lies together in memory.  Compiled code computes with 64 bits whatever the width of a column; in interpreted
code a row gives Python's whole numbers, so that both compute alike.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeVar, cast, get_type_hints, overload

import numpy as np
from numpy.typing import NDArray

from krimpsim.core.codes import NEVER, NOBODY, Presence
from krimpsim.core.jit import compiled

I8 = NDArray[np.int8]
I16 = NDArray[np.int16]
I32 = NDArray[np.int32]
I64 = NDArray[np.int64]
U32 = NDArray[np.uint32]
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
        Value of a row of which nothing is known yet.
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

    A column that points somewhere is a whole number of 32 bits, one without a unit a code of 8, any other has 16.  Of
    each of these three what the month of care reads of a claimant stands first, so that it lies together in memory.
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
    housemate: Annotated[int, Column("1", "next at home in the household, in a ring; oneself if alone", NOBODY, "ring")]
    partner: Annotated[int, Column("1", "row of the partner", NOBODY, "people")]
    birth_month: Annotated[int, Column("month", "absolute month of birth")]
    first_tie: Annotated[int, Column("1", "first tie of which this person is the receiver", NOBODY, "ties")]
    neighbour_tried: Annotated[int, Column("1", "1 when a neighbour has started since need began: no other is sought")]
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
    met_minutes: Annotated[int, Column("min/week", "need of this month that was met or declined, all kinds")]
    sex: Annotated[int, Column("1", "code Sex")]
    burdened: Annotated[int, Column("1", "1 when heavily burdened")]
    income: Annotated[int, Column("1", "income class: 0 low, 1 middle, 2 high")]
    watched: Annotated[int, Column("1", "1 on the watch list of the month")]
    waits_for_facility: Annotated[int, Column("1", "1 while waiting at home for a place in a facility")]
    suited_home: Annotated[int, Column("1", "1 in a home that is suited to old age")]
    mother: Annotated[int, Column("1", "row of the mother; below -1 her name when she is gone", NOBODY, "people")]
    father: Annotated[int, Column("1", "row of the father", NOBODY, "people")]
    since_month: Annotated[int, Column("month", "first month in the area")]
    end_month: Annotated[int, Column("month", "month of death or departure", NEVER)]
    has_car: Annotated[int, Column("1", "1 with a car in the household")]
    works_in_care: Annotated[int, Column("1", "1 when employed in care")]
    first_given: Annotated[int, Column("1", "first tie of which this person is the giver", NOBODY, "ties")]
    declined_minutes: Annotated[int, Column("min/week", "need of this month declined or left unused, all kinds")]
    cared_in: Annotated[int, Column("month", "last month before this one with an hour a week or more of care given")]


class Tie:
    """A row of the table of care ties: who could care for whom."""

    uid: int  #: permanent identity
    giver: Annotated[int, Column("1", "row of the giver, -1 outside the area", NOBODY, "people")]
    receiver: Annotated[int, Column("1", "row of the receiver, -1 outside the area", NOBODY, "people")]
    relation: Annotated[int, Column("1", "code Relation of the giver to the receiver")]
    distance: Annotated[int, Column("1", "code Distance when one end is outside; of two residents their homes tell")]
    active: Annotated[int, Column("1", "1 while care is given")]
    minutes: Annotated[int, Column("min/week", "care given this month")]
    next_tie: Annotated[int, Column("1", "next tie of the same receiver", NOBODY, "ties")]
    next_given: Annotated[int, Column("1", "next tie of the same giver", NOBODY, "ties")]


class InUse:
    """How much of the tables is in use: their one row of this, beside them."""

    persons: int  #: rows of persons
    ties: int  #: rows of ties
    households: int  #: numbers of households


Row = TypeVar("Row", Person, Tie)


class Table(Protocol[Row]):
    """An array of rows as a checker of types sees it; NumPy calls it an array of records."""

    dtype: np.dtype[Any]

    def __len__(self) -> int:
        """Return the number of rows, room for others counted."""

    @overload
    def __getitem__(self, which: int) -> Row: ...

    @overload
    def __getitem__(self, which: slice | NDArray[Any]) -> Table[Row]: ...

    def __setitem__(self, which: int | slice, rows: Row | Table[Row]) -> None:
        """Write over whole rows."""

    def copy(self) -> Table[Row]:
        """Return a table of its own."""

    def __getattr__(self, name: str) -> NDArray[Any]:
        """Return a column, shape (n_rows,); what is written in it is written in the table."""


People = Table[Person]
Ties = Table[Tie]


class Area(Protocol):
    """Whatever holds the tables: the state of a run, and the founders while they are made."""

    @property
    def people(self) -> People:
        """Persons, with room for newcomers."""

    @property
    def ties(self) -> Ties:
        """Care ties, with room for others."""

    @property
    def in_use(self) -> Any:
        """Shape (1,): the row of `InUse`."""


class PlainRow(np.void):  # type: ignore[misc]
    """A row in interpreted code: its values are Python's whole numbers."""

    def __getattr__(self, name: str) -> Any:
        """Return a value of the row."""
        if name not in (self.dtype.names or ()):
            raise AttributeError(f"a row has no {name}")
        value = self[name]
        return value.item() if isinstance(value, np.generic) else value

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a value of the row, and so of the table."""
        self[name] = value


def row_of(kind: type) -> np.dtype[Any]:
    """Return how a row of whole numbers lies in memory: one of 64 bits for each name of a class."""
    return np.dtype((PlainRow, np.dtype([(name, np.int64) for name in kind.__annotations__])))


class _Rows(np.ndarray[Any, Any]):
    """A table in interpreted code: each column is an attribute."""

    def __getattr__(self, name: str) -> Any:
        """Return a column."""
        if name not in (self.dtype.names or ()):
            raise AttributeError(f"a table of these rows has no {name}")
        return self[name].view(np.ndarray)

    def __setattr__(self, name: str, value: Any) -> None:
        """Write a column."""
        if name in (self.dtype.names or ()):
            self[name] = value
        else:
            super().__setattr__(name, value)


def _columns(kind: type) -> dict[str, Column]:
    """Return the columns of a kind of row, by name."""
    hints = get_type_hints(kind, include_extras=True)
    return {name: hint.__metadata__[0] for name, hint in hints.items() if name != "uid"}


PEOPLE: Mapping[str, Column] = _columns(Person)
TIES: Mapping[str, Column] = _columns(Tie)


def _width(column: Column) -> str:
    """Return the type of a column in memory: of a link, a code or a value."""
    if column.points_to:
        return "i4"
    return "i1" if column.unit == "1" else "i2"


def _layout(columns: Mapping[str, Column]) -> np.dtype[Any]:
    """Return how a row lies in memory: identity, links, codes, values, each from a whole number of its own size."""
    fields = [(name, width) for width in ("i4", "i1", "i2") for name in columns if _width(columns[name]) == width]
    return np.dtype((PlainRow, np.dtype([("uid", "u8"), *fields], align=True)))


def _blank(row: np.dtype[Any], columns: Mapping[str, Column]) -> Any:
    """Return a table of one row of which nothing is known."""
    blank: Any = _Rows(1, dtype=row)
    blank.uid = 0
    for name, column in columns.items():
        blank[name] = column.fill
    return blank


PERSON, TIE = _layout(PEOPLE), _layout(TIES)
BLANK_PERSON: People = _blank(PERSON, PEOPLE)
BLANK_TIE: Ties = _blank(TIE, TIES)


IN_USE = row_of(InUse)


@compiled
def begin_person(s: Area) -> int:
    """Take a row into use for a person of whom nothing is known yet, and return it."""
    i = s.in_use[0].persons
    s.in_use[0].persons = i + 1
    s.people[i] = BLANK_PERSON[0]
    return i


@compiled
def begin_tie(s: Area) -> int:
    """Take a row into use for a tie of which nothing is known yet, and return it."""
    t = s.in_use[0].ties
    s.in_use[0].ties = t + 1
    s.ties[t] = BLANK_TIE[0]
    return t


@compiled
def begin_household(s: Area) -> int:
    """Take the number of a household into use, and return it."""
    h = s.in_use[0].households
    s.in_use[0].households = h + 1
    return h


def _new(blank: Table[Row], rows: int, room: int) -> Any:
    table: Any = _Rows(rows + room, dtype=blank.dtype)
    table[:rows] = blank
    return table


def new_people(rows: int, room: int = 0) -> People:
    """Return a table of persons of whom nothing is known, and room for others.

    Room takes no memory until it is used; what stands there means nothing.
    """
    return cast(People, _new(BLANK_PERSON, rows, room))


def new_ties(rows: int, room: int = 0) -> Ties:
    """Return a table of ties of which nothing is known, and room for others."""
    return cast(Ties, _new(BLANK_TIE, rows, room))


def grown(table: Table[Row], used: int, capacity: int) -> Table[Row]:
    """Return a table with more room, and the rows in use with their numbers."""
    new: Any = _Rows(capacity, dtype=table.dtype)
    new[:used] = table[:used]
    return cast("Table[Row]", new)


Numbers = TypeVar("Numbers", I32, U32, U64)


def longer(old: Numbers, used: int, size: int) -> Numbers:
    """Return an array of at least this size with what is in use; the rest is not touched, so takes no memory yet."""
    if len(old) >= size:
        return old
    new = np.zeros(size + size // 8, dtype=old.dtype)
    new[:used] = old[:used]
    return new
