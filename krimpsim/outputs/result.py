"""What one run gives."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from krimpsim.population.schema import F64, I64


@dataclass(frozen=True)
class Result:
    """Everything one replicate recorded, as integers.

    Parameters
    ----------
    scenario, replicate
        Which run it is.
    first_month
        Absolute month of the first row.
    villages
        Names, in the order of the second axis of `village_rows`.
    providers
        Identifiers, in the order of the second axis of `provider_rows`.
    village_rows
        shape (n_months, n_villages, len(VILLAGE_COLUMNS)).
    provider_rows
        shape (n_months, n_providers, len(PROVIDER_COLUMNS)).
    region_rows
        shape (n_months, len(REGION_COLUMNS)).
    group_rows
        shape (n_months, len(GROUP_ROWS), len(GROUP_COLUMNS)).
    seconds
        Time taken by each part of the run; no part of what was recorded.
    """

    scenario: str
    replicate: int
    first_month: int
    villages: tuple[str, ...]
    providers: tuple[str, ...]
    village_rows: I64
    provider_rows: I64
    region_rows: I64
    group_rows: I64
    seconds: Mapping[str, float] = field(default_factory=dict)


#: Column -> shape (n_years,): villages and providers summed, then the mean over months; ``months``: of each year.
Yearly = Mapping[str, F64]
