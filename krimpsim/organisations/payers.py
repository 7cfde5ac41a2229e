"""The payers: the municipalities, the insurer and the care office.

Budget.    A municipality's budget is its spending at the end of the spin-up, to which guidance and day programmes are
           added with the reform of 2015, times growth, less the cuts.  It never follows the scenario's own spending.
Decision.  Each quarter a municipality compares what it would spend without lowering hours with its budget, and lowers
           the hours per client as far as needed, at most by a quarter.  If that is not enough, its social team takes in
           fewer households, in proportion to what is lacking, down to a floor: people wait longer.  Each October the
           insurer looks at providers whose volume of the year runs above last year's plus a growth: they close for new
           clients until January.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import mesa

from krimpsim.config.payers import PayersConfig
from krimpsim.core.codes import Payer
from krimpsim.inputs.municipalities import TOWNS
from krimpsim.population.market import Market
from krimpsim.population.schema import I64

if TYPE_CHECKING:
    from krimpsim.config.run import RunConfig


class Party(mesa.Agent):  # type: ignore[misc]
    """A party to the convenant that holds no clients of its own."""

    def __init__(self, model: Any, name: str, kind: str, role: str) -> None:
        super().__init__(model)
        self.name, self.kind, self.role = name, kind, role


class Municipality(Party):
    """Pays household help, and from 2015 guidance and day programme."""

    def __init__(self, model: Any, name: str, role: str, town: int, config: PayersConfig) -> None:
        super().__init__(model, name, "municipality", role)
        self.number, self.payer, self.config = town, Payer.MUNICIPALITY + town, config
        self.help_cents = 0  # a year's spending at the end of the spin-up
        self.guidance_cents = 0
        self.spent_cents = 0
        self.months = 0

    def start(self, help_cents: int, guidance_cents: int) -> None:
        """Fix the budgets from a month's spending at the end of the spin-up, in cents."""
        self.help_cents, self.guidance_cents = 12 * help_cents, 12 * guidance_cents

    def budget(self, year: int) -> int:
        """Return the budget of a calendar year, in cents."""
        c = self.config
        growth = (1.0 + c.budget_growth_per_year) ** (year - 2013)
        left = 0.0 if year < 2015 else 1.0 if year < 2017 else 1.0 - c.cut_restored_2017
        total = self.help_cents * (1.0 - left * c.cut_household_help_2015)
        total *= 1.0 + (c.flat_fee_budget if year >= 2019 else 0.0)
        if year >= c.reform_from:
            total += self.guidance_cents * (1.0 - left * c.cut_guidance_2015)
        return round(total * growth)

    def book(self, cents: int, months: int = 1) -> None:
        """Add the spending of some months."""
        self.spent_cents += cents
        self.months += months

    def decide(self, hours_factor: I64, intakes: I64, year: int) -> None:
        """Set the shares of granted hours and of a team's intakes, in thousandths, for the next quarter."""
        if self.months and self.spent_cents > 0:
            uncut = self.spent_cents * 12 * 1000 // (self.months * int(hours_factor[self.number]))
            lowest = round(1000 * (1.0 - self.config.most_hours_lowered))
            affords = self.budget(year) * 1000 // uncut
            hours_factor[self.number] = max(lowest, min(1000, affords))
            least = round(1000 * self.config.least_intakes)
            intakes[self.number] = max(least, min(1000, affords * 1000 // max(1, lowest)))
        self.spent_cents = self.months = 0


class Insurer(Party):
    """Pays personal care and nursing from 2015, up to a volume per provider."""

    def __init__(self, model: Any, name: str, role: str, config: PayersConfig) -> None:
        super().__init__(model, name, "insurer", role)
        self.config = config
        self.last_year: list[int] = []

    def decide(self, market: Market, calendar_month: int) -> None:
        """In October close providers that run above their volume; in January begin a new year."""
        if calendar_month == 9 and self.last_year:
            for b, before in enumerate(self.last_year):
                limit = before * (1.0 + self.config.insurer_growth_cap) * 0.75
                market.capped[b] = int(before > 0 and market.volume[b] > limit)
        elif calendar_month == 0:
            self.last_year = [int(x) for x in market.volume]
            market.volume[:] = 0
            market.capped[:] = 0


def make_parties(model: Any, config: RunConfig) -> list[Party]:
    """Return the parties of the region file as agents, municipalities and insurer with their decisions."""
    towns = {town.party: k for k, town in enumerate(TOWNS)}
    parties: list[Party] = []
    for p in config.parties:
        if p.id in towns:
            parties.append(Municipality(model, p.id, p.role, towns[p.id], config.payers))
        elif p.kind == "insurer":
            parties.append(Insurer(model, p.id, p.role, config.payers))
        else:
            parties.append(Party(model, p.id, p.kind, p.role))
    return parties
