"""7.17 Convenant.

Purpose.   Say which clauses hold when, and who keeps to them.
Who.       Members: providers that signed.  Clauses of other parties do not ask for members.
Order.     Each 1 January every member keeps to the convenant this year, or not: by chance; or, when members weigh their
           own account, until cooperation has cost it more than a share of its turnover for some years in a row: then it
           leaves for good.  Each month a clause holds when it, or one of its periods, holds on the 15th; strengths
           become multipliers, by village, that the processes read; clauses on one lever multiply.
Assumes.   Four clauses of the members and room in groups are computed: nothing of their effect is entered by hand.  The
           effect of the others is measured elsewhere or assumed, and enters at one place each (config/clauses_of_*.py).
           Coordination and other cost are counted, and charged to no account.  In the spin-up no clause holds.
           What a member loses or gains is what sharing rounds and nights makes of the cost of the same clients and
           calls; clients that cooperation brings or takes are left out of it.
Random.    CONVENANT_COMPLY per member and year.
Sources.   see each clause.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

import mesa
import numpy as np

from krimpsim.config.clause import MOST_VOLUNTEERS_START, ClauseConfig, NightCover, PeriodConfig
from krimpsim.config.convenant import CLAUSES, Compliance
from krimpsim.config.run import RunConfig
from krimpsim.core.clock import FIRST_YEAR, days_in
from krimpsim.core.codes import Lever
from krimpsim.core.streams import Stream, threshold, uniforms_of
from krimpsim.population.market import ClausesNow, Market
from krimpsim.population.schema import I64
from krimpsim.processes import accounts
from krimpsim.processes.base import Process


class Calendar:
    """What the clauses make of each month: it follows from the configuration, and is worked out once a month.

    Parameters
    ----------
    villages
        Names of the villages of the run.
    prices
        What an hour of coordination costs.
    """

    def __init__(self, config: RunConfig, villages: tuple[str, ...], prices: accounts.Params) -> None:
        self.config, self.prices = config, prices
        clauses: dict[str, ClauseConfig] = {name: getattr(config.convenant, name) for name in CLAUSES}
        self.clauses = {name: clause for name, clause in clauses.items() if clause.enabled}
        self.holds_in = {
            name: np.array([not clause.villages or v in clause.villages for v in villages])
            for name, clause in self.clauses.items()
        }
        self.n_villages = len(villages)
        self.most = _most(config)
        self._follows_from: object = None  # what was made last
        self._made: ClausesNow | None = None
        self._now: dict[int, ClausesNow] = {}
        self._cost: dict[int, int] = {}

    def in_force(self, month: int) -> dict[str, PeriodConfig]:
        """Return the clauses that hold in a month: those that hold on the 15th."""
        found = {name: clause.in_force(month) for name, clause in self.clauses.items()}
        return {name: period for name, period in found.items() if period is not None}

    def now(self, month: int) -> ClausesNow:
        """Return what the clauses make of a month, the same object for as long as nothing changes."""
        if month not in self._now:
            periods = self.in_force(month)
            acting = {name: clause.acting(month) for name, clause in self.clauses.items()}
            if self._made is None or self._follows_from != (periods, acting):
                self._follows_from, self._made = (periods, acting), self._made_of(periods, acting)
            self._now[month] = self._made
        return self._now[month]

    def _made_of(self, periods: Mapping[str, PeriodConfig], acting: Mapping[str, float]) -> ClausesNow:
        """Return what clauses make of a month in which these periods hold, and these strengths are felt."""
        c = self.config.convenant
        strength = {name: period.strength for name, period in periods.items()}
        nights = periods.get("joint_nights")
        covers = nights.covers if nights is not None and nights.covers is not None else c.joint_nights.covers
        return ClausesNow(
            nights=float(strength.get("joint_nights", 0.0)),
            nights_all=int(covers is NightCover.ALL),
            advice=threshold(strength.get("joint_allocation", 0.0) * self.config.market.consent_share),
            rounds=round(1000 * strength.get("shared_rounds", 0.0)),
            cover=round(1000 * strength.get("mutual_cover", 0.0)),
            weighs=int(c.decided_by is Compliance.OWN_ACCOUNT),
            here=self._levers(acting),
        )

    def _levers(self, acting: Mapping[str, float]) -> I64:
        """Return what clauses make of each lever by village, shape (levers, V), thousandths; they multiply."""
        ratios = np.ones((len(Lever), self.n_villages))
        for name, strength in acting.items():
            if strength > 0.0:
                for lever, ratio in self.clauses[name].multiplies().items():
                    ratios[lever, self.holds_in[name]] *= 1.0 + (ratio - 1.0) * strength
        here = np.rint(1000.0 * ratios).astype(np.int64)
        for lever, most in self.most.items():
            np.minimum(here[lever], most, out=here[lever])
        return here

    def cost(self, month: int) -> int:
        """Return what the clauses that hold cost in a month beside care, in cents."""
        if month not in self._cost:
            clauses = [self.clauses[name] for name in self.in_force(month)]
            days, wage = days_in(month), int(self.prices.wage[month // 12 - FIRST_YEAR, 1])
            fte = sum(clause.coordination_fte for clause in clauses)
            cents = fte * self.config.staff.hours_per_fte * wage * days / 7.0 * (1.0 + self.prices.overhead / 1e6)
            cents += sum(100.0 * clause.cost_eur_per_year for clause in clauses) * days / 365.25
            self._cost[month] = round(cents)
        return self._cost[month]


class Convenant(mesa.Agent):  # type: ignore[misc]
    """The agreement between providers: who keeps to it, and what it says in a month."""

    def __init__(self, model: Any, config: RunConfig, market: Market, calendar: Calendar) -> None:
        super().__init__(model)
        self.config, self.market = config, market
        self.in_force, self.now, self.cost = calendar.in_force, calendar.now, calendar.cost
        self.years_of_loss = [0] * len(config.providers)

    def decide_members(self, key: int, month: int, turnover: Sequence[int]) -> None:
        """Decide which members keep to the convenant this year.

        Parameters
        ----------
        turnover
            Of each provider in the area last year, in cents.
        """
        c, m = self.config.convenant, self.market
        luck = uniforms_of(key, int(Stream.CONVENANT_COMPLY), month, 0, m.words).tolist()
        for b in range(len(m.signed)):
            keeps = luck[b] < c.compliance
            if c.decided_by is Compliance.OWN_ACCOUNT:
                lost = turnover[b] > 0 and int(m.gain[b]) < -c.loss_share * turnover[b]
                self.years_of_loss[b] = self.years_of_loss[b] + 1 if lost else 0
                if self.years_of_loss[b] >= c.loss_years:
                    m.signed[b] = 0
                keeps = True
            m.member[b] = int(m.signed[b] == 1 and keeps)
        m.gain[:] = 0


def _most(config: RunConfig) -> dict[Lever, int]:
    """Return what clauses together can at most make of a lever, in thousandths: all of a share is matched."""
    matched = config.volunteers.matched_share
    return {
        Lever.MATCHING: math.floor(1000 / matched) if matched > 0.0 else 1000,
        Lever.VOLUNTEERS_START: round(1000 * MOST_VOLUNTEERS_START),
        Lever.DECLINING: 1000,
        Lever.NIGHT_DRIVES: 1000,
    }


PROCESS = Process(
    "7.17",
    "convenant",
    "year",
    ("convenant", "market.gain"),
    ("market.signed", "market.member", "market.gain"),
    (Stream.CONVENANT_COMPLY,),
    "Members keep to the convenant or not; clauses hold in their periods.",
)
