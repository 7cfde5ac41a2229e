"""A row holds every column of its class, apart from the others; out of use it says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest

from krimpsim.population import schema
from krimpsim.population.schema import Column, grown
from krimpsim.population.synthesis import Founders


class Kind(NamedTuple):
    """A kind of row, and what it must take."""

    of: type
    columns: Mapping[str, Column]
    row: np.dtype[Any]
    new: Callable[..., Any]
    begin: Callable[[Any], int]
    size: int

    def blank(self) -> dict[str, int]:
        return {"uid": 0} | {name: column.fill for name, column in self.columns.items()}


@pytest.fixture(params=["person", "tie"])
def kind(request: pytest.FixtureRequest) -> Kind:
    if request.param == "person":
        return Kind(schema.Person, schema.PEOPLE, schema.PERSON, schema.new_people, schema.begin_person, 88)
    return Kind(schema.Tie, schema.TIES, schema.TIE, schema.new_ties, schema.begin_tie, 32)


def test_a_row_holds_every_column_of_its_class_as_wide_as_its_unit_asks(kind: Kind) -> None:
    assert set(kind.row.names or ()) == set(kind.of.__annotations__) == {"uid", *kind.columns}
    assert kind.row["uid"] == np.uint64
    for name, column in kind.columns.items():
        width = np.int32 if column.points_to else np.int8 if column.unit == "1" else np.int16
        assert kind.row[name] == width, name
        assert np.iinfo(width).min <= column.fill <= np.iinfo(width).max, name
    assert kind.new(3).dtype == kind.row


def test_columns_lie_apart_and_close_together(kind: Kind) -> None:
    """A wider row costs time, as fewer fit in the cache."""
    assert kind.row.itemsize == kind.size
    places = sorted((place, place + of.itemsize) for of, place, *_ in (kind.row.fields or {}).values())
    ends, starts = [end for _, end in places], [start for start, _ in places]
    assert starts[0] == 0
    assert all(end <= start for end, start in zip(ends, [*starts[1:], kind.size], strict=True))
    assert all(start % (end - start) == 0 for start, end in places)


def test_no_column_is_called_like_something_else_of_an_array(kind: Kind) -> None:
    """NumPy would give that in its place."""
    assert [name for name in kind.row.names or () if hasattr(np.ndarray, name) or hasattr(np.void, name)] == []


def test_of_a_new_row_nothing_is_known(kind: Kind) -> None:
    table, blank = kind.new(5), kind.blank()
    assert 1 not in blank.values()
    for name, value in blank.items():
        assert table[name].tolist() == [value] * 5, name
        table[name] = 1
    used = np.zeros(1, dtype=schema.IN_USE)
    used[0].persons = used[0].ties = 3
    assert kind.begin(Founders(table, table, used)) == 3
    for name, value in blank.items():
        assert table[name].tolist() == [1, 1, 1, value, 1], name
    assert len(kind.new(2, room=3)) == 5


def test_a_table_that_grows_keeps_the_rows_in_use(kind: Kind) -> None:
    table, blank = kind.new(2, room=1), kind.blank()
    for name in blank:
        table[name][:2] = (1, 2)
    more = grown(table, 2, 5)
    assert len(more) == 5
    for name in blank:
        assert more[name][:2].tolist() == [1, 2], name
    more.uid[0] = 3
    assert table.uid[0] == 1, "the new table is another"
