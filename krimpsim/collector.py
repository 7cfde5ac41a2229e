"""What Mesa's data collector shows of a run: the headlines of every month."""

from __future__ import annotations

from typing import NamedTuple

import mesa

from krimpsim.outputs import rows
from krimpsim.population.schema import I64

SUMMED = (
    "population",
    "needing_care",
    "minutes_needed",
    "minutes_unmet",
    "informal_carers",
    "carers_heavily_burdened",
    "overlap_nights",
    "in_facility",
)  #: headlines: of all villages
OF_REGION = ("providers_active", "villages_without_provider")  #: headlines of the region


class Numbers(NamedTuple):
    """The rows of a run as plain numbers, shapes (months, V, n), (months, P, n), (months, n), (months, N_CELLS, n)."""

    villages: I64
    providers: I64
    region: I64
    cells: I64


class Headlines(mesa.DataCollector):  # type: ignore[misc]
    """The data collector of the headlines: what it has collected is read from the rows when somebody asks."""

    def __init__(self, numbers: Numbers) -> None:
        self._villages = rows.by_name(numbers.villages, rows.VILLAGE)
        self._region = rows.by_name(numbers.region, rows.REGION)
        self._months = 0
        super().__init__(model_reporters={name: name for name in (*SUMMED, *OF_REGION)})

    @property
    def model_vars(self) -> dict[str, list[int]]:
        """The headlines by name, each a list with a number for every month."""
        n = self._months
        summed = {name: self._villages[name][:n].sum(axis=1).tolist() for name in SUMMED}
        return summed | {name: self._region[name][:n].tolist() for name in OF_REGION}

    @model_vars.setter
    def model_vars(self, _: object) -> None:
        """Keep nothing: Mesa begins with an empty one."""

    def collect(self, model: mesa.Model) -> None:
        """Count another month, also where Mesa keeps count."""
        self._months += 1
        if hasattr(self, "_collection_steps"):
            self._collection_steps.append(model.steps)
