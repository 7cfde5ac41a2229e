"""Groups of residents: in every month the values of a group add up to the region."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np

from krimpsim.outputs.columns import Column, like
from krimpsim.population.schema import I64

#: How residents are put in groups: the values of each group with their labels, in the order of their codes; the sizes
#: are those of `krimpsim.population.geography.VILLAGE_SIZES`.  Each group is a whole partition.
GROUPS: Mapping[str, tuple[tuple[str, str, str], ...]] = {
    "village_size": (
        ("under_500", "mensen in dorpen onder 500 inwoners", "people in villages under 500 residents"),
        ("from_500", "mensen in dorpen van 500 tot 2.000 inwoners", "people in villages of 500 to 2,000 residents"),
        ("from_2000", "mensen in dorpen vanaf 2.000 inwoners", "people in villages of 2,000 residents or more"),
    ),
    "living": (
        ("alone", "mensen die alleen wonen", "people who live alone"),
        ("together", "mensen die met anderen wonen", "people who live with others"),
        ("facility", "mensen in een zorginstelling", "people in a facility"),
    ),
    "income": (
        ("low", "mensen met een laag inkomen", "people with a low income"),
        ("middle", "mensen met een middeninkomen", "people with a middle income"),
        ("high", "mensen met een hoog inkomen", "people with a high income"),
    ),
    "sex": (("man", "mannen", "men"), ("woman", "vrouwen", "women")),
}
GROUP_ROWS: tuple[tuple[str, str], ...] = tuple((group, row[0]) for group, rows in GROUPS.items() for row in rows)
_SIZES = tuple(len(rows) for rows in GROUPS.values())
N_CELLS = math.prod(_SIZES)  #: every combination of a value of each group is a cell; residents are counted by cell

#: Columns of ``groups.parquet``: in every month, the values of a group add up to the region.
GROUP_COLUMNS: tuple[Column, ...] = (
    Column("residents_january", "persons", "inwoners op 1 januari", "residents at home on 1 January of the year"),
    *(like(name) for name in ("needing_care", "heavy_need", "heavy_need_met", "not_noticed", "waiting")),
    like("minutes_needed"),
    Column("minutes_met", "min/week", "zorg die er is", "care given, by whoever"),
    *(like(f"minutes_{name}") for name in ("not_noticed", "refused", "unmet")),
    *(like(name) for name in ("informal_carers", "carers_heavily_burdened", "young_carers", "carers_stopped_12m")),
    like("minutes_informal_given"),
    *(like(name) for name in ("volunteers", "in_facility")),
)


def by_group(cells: I64) -> I64:
    """Return counts by value of each group, from counts by cell.

    Parameters
    ----------
    cells
        shape (n_months, N_CELLS, n_columns).

    Returns
    -------
    rows
        shape (n_months, len(GROUP_ROWS), n_columns).
    """
    cube = cells.reshape(len(cells), *_SIZES, cells.shape[2])
    axes = range(1, 1 + len(_SIZES))
    return np.concatenate([cube.sum(axis=tuple(a for a in axes if a != own)) for own in axes], axis=1)
