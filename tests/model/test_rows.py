"""A row holds every column of its class, apart from the others; out of use it says so."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

import numpy as np
import pytest

from krimpsim.population import schema
from krimpsim.population.schema import Column, empty, grown


class Kind(NamedTuple):
    """A kind of row, and what it must take."""

    of: type
    columns: Mapping[str, Column]
    row: np.dtype[Any]
    new: Callable[[int], Any]
    size: int

    def unused(self) -> dict[str, int]:
        return {"uid": 0} | {name: column.fill for name, column in self.columns.items()}


@pytest.fixture(params=["person", "tie"])
def kind(request: pytest.FixtureRequest) -> Kind:
    if request.param == "person":
        return Kind(schema.Person, schema.PEOPLE, schema.PERSON, schema.new_people, 88)
    return Kind(schema.Tie, schema.TIES, schema.TIE, schema.new_ties, 32)


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
    assert [name for name in kind.row.names or () if hasattr(np.recarray, name) or hasattr(np.record, name)] == []


def test_rows_out_of_use_hold_the_values_of_that(kind: Kind) -> None:
    table, unused = kind.new(5), kind.unused()
    assert 1 not in unused.values()
    for name, value in unused.items():
        assert table[name].tolist() == [value] * 5, name
        table[name] = 1
    empty(table, 1, 4)
    empty(table, 4, 4)
    for name, value in unused.items():
        assert table[name].tolist() == [1, value, value, value, 1], name


def test_a_table_that_grows_keeps_its_rows_and_gets_others_out_of_use(kind: Kind) -> None:
    table, unused = kind.new(2), kind.unused()
    for name in unused:
        table[name] = (1, 2)
    more = grown(table, 4)
    for name, value in unused.items():
        assert more[name].tolist() == [1, 2, value, value], name
    more.uid[0] = 3
    assert table.uid[0] == 1, "the new table is another"
