"""7.17 The convenant.

Purpose.   Say which clauses hold when, and who keeps to them.
Who.       Providers that signed; the convenant is an agent of its own.
Order.     Every January each member keeps to the convenant that year with the probability of compliance.  Every month
           a clause holds when it is enabled and the 15th lies between its start and its end.
Assumes.   What a clause does stands in the process it changes (nights, market, rounds, professional care); nothing of
           its effect is entered by hand, so its effect is computed.  Joint allocation reaches new, consenting clients
           only.  The two municipalities pay the coordination.
Random.    CONVENANT_COMPLY per provider and year.
Sources.   Joint unplanned nights are legal in Drenthe from 2019; the region's service began on 3 October 2022.
"""

from __future__ import annotations

from typing import Any

import mesa

from krimpsim.config.clauses import ClauseConfig, NightCover
from krimpsim.config.run import RunConfig
from krimpsim.core.clock import days_in, first_day
from krimpsim.core.streams import Stream, threshold, uniform_of
from krimpsim.population.market import ClausesNow, Market
from krimpsim.processes.base import Process


class Convenant(mesa.Agent):  # type: ignore[misc]
    """The agreement between providers."""

    def __init__(self, model: Any, config: RunConfig, market: Market) -> None:
        super().__init__(model)
        self.config, self.market = config, market
        self.clauses: dict[str, ClauseConfig] = {
            name: getattr(config.convenant, name)
            for name in ("joint_nights", "joint_allocation", "shared_rounds", "mutual_cover")
        }

    def holds(self, clause: ClauseConfig, month: int) -> bool:
        """Return whether a clause holds in a month: it does when it holds on the 15th."""
        return (
            clause.enabled and clause.strength > 0.0 and clause.start <= first_day(month).replace(day=15) <= clause.end
        )

    def comply(self, key: int, month: int) -> None:
        """Decide which members keep to the convenant this year."""
        for b, provider in enumerate(self.config.providers):
            luck = uniform_of(key, int(Stream.CONVENANT_COMPLY), month, 0, self.market.words[b])
            self.market.member[b] = int(provider.member and luck < self.config.convenant.compliance)

    def now(self, month: int) -> ClausesNow:
        """Return the strength of each clause this month."""
        c = self.config.convenant
        strength = {
            name: clause.strength if self.holds(clause, month) else 0.0 for name, clause in self.clauses.items()
        }
        return ClausesNow(
            nights=float(strength["joint_nights"]),
            nights_all=int(c.joint_nights.covers is NightCover.ALL),
            advice=threshold(strength["joint_allocation"] * self.config.market.consent_share),
            rounds=round(1000 * strength["shared_rounds"]),
            cover=round(1000 * strength["mutual_cover"]),
        )

    def cost(self, month: int, wage_cents: int, overhead_millionths: int) -> int:
        """Return what coordination costs this month, in cents."""
        fte = sum(clause.coordination_fte for clause in self.clauses.values() if self.holds(clause, month))
        cents = fte * self.config.staff.hours_per_fte * wage_cents * days_in(month) / 7.0
        return round(cents * (1.0 + overhead_millionths / 1e6))


PROCESS = Process(
    "7.17",
    "convenant",
    "year",
    ("convenant",),
    ("market.member",),
    (Stream.CONVENANT_COMPLY,),
    "Members keep to the convenant or not; clauses hold from their start to their end.",
)
