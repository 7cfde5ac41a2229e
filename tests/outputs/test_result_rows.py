"""Rows of results: plain numbers seen by name, and blocks that refuse columns in another order."""

from __future__ import annotations

import numpy as np
import pytest

from krimpsim.outputs.columns import VILLAGE_COLUMNS, Column
from krimpsim.outputs.rows import VILLAGE, by_name, row_type

COLUMNS = tuple(Column(name, "1", name, name) for name in ("a", "x", "y", "b"))


def test_what_is_written_by_name_stands_in_the_column() -> None:
    numbers = np.zeros((2, 3, len(VILLAGE_COLUMNS)), dtype=np.int64)
    rows = by_name(numbers, VILLAGE)
    for k, column in enumerate(VILLAGE_COLUMNS):
        rows[column.name] = k
    assert (numbers == np.arange(len(VILLAGE_COLUMNS))).all()
    rows["by_level"][1, 2] = (7, 8, 9, 10)
    assert [int(rows[f"need_level_{level}"][1, 2]) for level in (1, 2, 3, 4)] == [7, 8, 9, 10]


def test_a_block_is_the_columns_it_names() -> None:
    one = np.zeros(1, dtype=row_type(COLUMNS, both=["x", "y"]))
    one["both"] = (1, 2)
    assert one[0].tolist()[:4] == (0, 1, 2, 0)


@pytest.mark.parametrize("names", [["y", "x"], ["a", "y"], [["x", "y"], ["b", "a"]]])
def test_a_block_that_a_column_came_between_is_refused(names: list[str]) -> None:
    with pytest.raises(ValueError, match="do not lie side by side"):
        row_type(COLUMNS, both=names)
