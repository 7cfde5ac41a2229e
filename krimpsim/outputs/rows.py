"""Rows of the result tables as the recorder fills them: a name for every column, and one for each block of columns.

A row lies in memory as plain whole numbers of 64 bits in the order of the columns, which is how it is stored.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from krimpsim.core.codes import Flow, Kind, Part
from krimpsim.inputs.municipalities import TOWNS
from krimpsim.outputs.columns import PROVIDER_COLUMNS, REGION_COLUMNS, VILLAGE_COLUMNS, Column
from krimpsim.outputs.groups import GROUP_COLUMNS
from krimpsim.population.schema import I64, PlainRow

#: Columns of care really given, by its code.
FLOWS = {
    Flow.GIVEN: "minutes_informal_given",
    Flow.RECEIVED: "minutes_informal_received",
    Flow.IMPORTED: "minutes_informal_imported",
    Flow.EXPORTED: "minutes_informal_exported",
    Flow.HOUSEHOLD: "minutes_household_given",
}
WAITING_LISTS = ("help", "care", "no_intake", "no_staff")  #: for help, for care; then all of these by reason
KINDS = ("", *(f"_{kind.name.lower()}" for kind in Kind))  #: all together, then each kind of care
ALL_KINDS = 0  #: place in `KINDS`
PERCENT = (50, 90)  #: of those on a waiting list, who waited no longer


def row_type(columns: Sequence[Column], **blocks: Any) -> np.dtype[Any]:
    """Return a row with a name for every column, and names for blocks of columns that lie side by side.

    Parameters
    ----------
    blocks
        Names of the columns of each block, as a list or as a list of lists of equal length.

    Raises
    ------
    ValueError
        If the columns of a block do not lie side by side in this order.
    """
    names, formats = [column.name for column in columns], ["i8"] * len(columns)
    offsets = [8 * k for k in range(len(columns))]
    for block, of in blocks.items():
        grid = np.array(of)
        first = names.index(str(grid.flat[0]))
        if names[first : first + grid.size] != grid.ravel().tolist():
            raise ValueError(f"columns of the block {block} do not lie side by side: {', '.join(grid.ravel())}")
        names.append(block)
        formats.append(f"{grid.shape}i8")
        offsets.append(8 * first)
    layout: Any = {"names": names, "formats": formats, "offsets": offsets, "itemsize": 8 * len(columns)}
    return np.dtype((PlainRow, np.dtype(layout)))


VILLAGE = row_type(
    VILLAGE_COLUMNS,
    need=[f"minutes_needed{kind}" for kind in KINDS],
    parts=[[f"minutes_{part.name.lower()}{kind}" for kind in KINDS] for part in Part],
    flows=[FLOWS[flow] for flow in Flow],
    by_level=[f"need_level_{level}" for level in range(1, 5)],
    lists=[f"waiting_{name}" for name in WAITING_LISTS],
)
PROVIDER = row_type(PROVIDER_COLUMNS)
REGION = row_type(
    REGION_COLUMNS,
    paid_municipal=[town.paid for town in TOWNS],
    weeks=[[f"weeks_waited_{name}_{what}" for what in ("median", "p90")] for name in WAITING_LISTS],
)
CELL = row_type(GROUP_COLUMNS)


def by_name(numbers: I64, row: np.dtype[Any]) -> Any:
    """Return plain numbers, shape (..., n_columns), as rows, shape (...); what is written here stands there."""
    return numbers.view(row)[..., 0]
