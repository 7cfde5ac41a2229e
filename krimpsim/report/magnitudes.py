"""Orders of magnitude of 2013, beside what published figures lead one to expect."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from rich.console import Console
from rich.table import Table

from krimpsim.config.load import load_config
from krimpsim.config.run import RunConfig
from krimpsim.core.codes import Presence
from krimpsim.model import KrimpModel
from krimpsim.outputs.store import yearly_means

_CLIENTS = (
    "the model counts everybody who was a client at the end of any month, guidance and short episodes included; the "
    "expected figure counts adults who paid a contribution for household help, personal care or nursing"
)
_BURDEN = "carers in the model give fewer hours than those who answer surveys, who are the more involved ones"


@dataclass(frozen=True, slots=True)
class Magnitude:
    """One figure of 2013.

    Parameters
    ----------
    name, unit
        What it is.
    low, high
        What published figures lead one to expect; equal when it is one number.
    value
        What the model gives.
    note
        Why it differs, if by more than 30%.
    """

    name: str
    unit: str
    low: float
    high: float
    value: float
    note: str

    @property
    def deviation(self) -> float:
        """Relative distance from the expected range; 0 inside it."""
        if self.low <= self.value <= self.high:
            return 0.0
        nearest = self.low if self.value < self.low else self.high
        return self.value / nearest - 1.0


def magnitudes(config: RunConfig | None = None) -> list[Magnitude]:
    """Return the figures of one replicate of 2013 under history.

    Parameters
    ----------
    config
        History on all villages; by default ``configs/scenarios/today.toml`` of the working folder.
    """
    model = KrimpModel(config or load_config("configs/scenarios/today.toml"))
    served: set[int] = set()
    for _ in range(12):
        model.step()
        people = model.people
        at_home = people.presence == int(Presence.HOME)
        clients = at_home & ((people.provider_help >= 0) | (people.provider_care >= 0))
        served.update(np.flatnonzero(clients).tolist())
    _, mean = yearly_means(model.result())
    calls = 12 * float(mean["night_calls"][0]) / 365.0
    carers = 100 * float(mean["informal_carers"][0]) / 14_600.0
    burdened = 100 * float(mean["carers_heavily_burdened"][0] / mean["informal_carers"][0])
    return [
        Magnitude("district-nursing clients at a time", "persons", 220, 220, float(mean["clients_nursing"][0]), ""),
        Magnitude("home-care clients in a year", "persons", 635, 635, float(len(served)), _CLIENTS),
        Magnitude("contact hours", "h/week", 1980, 1980, float(mean["hours_contact"][0]), ""),
        Magnitude("staff", "FTE", 97, 97, float(mean["fte"][0]), ""),
        Magnitude("turnover", "million EUR/year", 3.6, 3.6, 12 * float(mean["revenue_eur"][0]) / 1e6, ""),
        Magnitude("alarm calls a night", "1", 0.1, 1.3, calls, ""),
        Magnitude("informal carers among adults", "%", 12, 15, carers, ""),
        Magnitude("heavily burdened among carers", "%", 13, 18, burdened, _BURDEN),
        Magnitude("people of 75 and over in a facility", "%", 7.8, 10, _facility_share(model), ""),
    ]


def _facility_share(model: KrimpModel) -> float:
    """Return the share of people of 75 and over who live in a facility, percent."""
    presence = model.people.presence
    old = (model.month - model.people.birth_month) // 12 >= 75
    here = presence <= int(Presence.FACILITY)
    return 100 * float((old & (presence == int(Presence.FACILITY))).sum()) / float((old & here).sum())


def print_magnitudes(console: Console) -> None:
    """Print the table, with the reason of each deviation above 30%."""
    table = Table(title="Orders of magnitude, 2013, one replicate of history", title_justify="left")
    for heading in ("figure", "unit", "expected", "model", "deviation"):
        table.add_column(heading, justify="left" if heading in ("figure", "unit") else "right")
    rows = magnitudes()
    for m in rows:
        expected = f"{m.low:g}" if m.low == m.high else f"{m.low:g}-{m.high:g}"
        table.add_row(
            m.name, m.unit, expected, f"{m.value:,.2f}" if m.value < 10 else f"{m.value:,.0f}", f"{m.deviation:+.0%}"
        )
    console.print(table)
    for m in rows:
        if abs(m.deviation) > 0.3:
            console.print(f"{m.name}: {m.note}")
