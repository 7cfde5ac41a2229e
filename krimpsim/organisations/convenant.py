"""7.17 Convenant.

Purpose.   Say which clauses hold when, and who keeps to them.
Who.       Members: providers that signed.  Clauses of other parties do not ask for members.
Order.     Each 1 January every member keeps to the convenant this year, or not.  Each month a clause holds when it, or
           one of its periods, holds on the 15th; strengths become multipliers that the processes read.
Assumes.   Four clauses of the members and room in groups are computed: nothing of their effect is entered by hand.  The
           effect of the others is measured elsewhere or assumed, and enters at one place each (config/clauses.py).
           Coordination and other cost are counted, and charged to no account.  In the spin-up no clause holds.
Random.    CONVENANT_COMPLY per member and year.
Sources.   see each clause.
"""

from __future__ import annotations

import math
from typing import Any

import mesa

from krimpsim.config.clauses import CLAUSES, ClauseConfig, LeverTarget, NightCover, PeriodConfig
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
        self.clauses: dict[str, ClauseConfig] = {name: getattr(config.convenant, name) for name in CLAUSES}

    def in_force(self, month: int) -> dict[str, PeriodConfig]:
        """Return the clauses that hold in a month: those that hold on the 15th."""
        day = first_day(month).replace(day=15)
        found = {name: clause.in_force(day) for name, clause in self.clauses.items()}
        return {name: period for name, period in found.items() if period is not None}

    def comply(self, key: int, month: int) -> None:
        """Decide which members keep to the convenant this year."""
        for b, provider in enumerate(self.config.providers):
            luck = uniform_of(key, int(Stream.CONVENANT_COMPLY), month, 0, self.market.words[b])
            self.market.member[b] = int(provider.member and luck < self.config.convenant.compliance)

    def now(self, month: int) -> ClausesNow:
        """Return the strength of each clause this month."""
        c, periods = self.config.convenant, self.in_force(month)
        strength = {name: periods[name].strength if name in periods else 0.0 for name in CLAUSES}

        def changed(name: str, ratio: float, target: LeverTarget | None = None) -> int:
            """Return a ratio at the strength of the clause, times that of the generic clause, in thousandths."""
            whole = 1.0 + (ratio - 1.0) * strength[name]
            if target is not None and target is c.other_lever.target:
                whole *= 1.0 + (c.other_lever.ratio - 1.0) * strength["other_lever"]
            return round(1000 * whole)

        nights = periods.get("joint_nights")
        covers = nights.covers if nights is not None and nights.covers is not None else c.joint_nights.covers
        matched = 1.0 / self.config.volunteers.matched_share if self.config.volunteers.matched_share > 0.0 else 1.0
        acts = c.prevention.in_force(first_day(month - c.prevention.delay_months).replace(day=15))
        return ClausesNow(
            nights=float(strength["joint_nights"]),
            nights_all=int(covers is NightCover.ALL),
            advice=threshold(strength["joint_allocation"] * self.config.market.consent_share),
            rounds=round(1000 * strength["shared_rounds"]),
            cover=round(1000 * strength["mutual_cover"]),
            respite=threshold(strength["respite_care"] * c.respite_care.reach),
            group_room=changed("group_facilities", c.group_facilities.capacity_ratio),
            need=changed("prevention", c.prevention.hazard_ratio if acts is not None else 1.0),
            carers_stop=changed("early_recognition", c.early_recognition.stop_ratio, LeverTarget.CARERS_STOP),
            start_to_help=changed(
                "zorgkracht_programme", c.zorgkracht_programme.start_ratio, LeverTarget.START_TO_HELP
            ),
            matching=min(
                changed("volunteer_coordination", c.volunteer_coordination.matched_ratio, LeverTarget.MATCHING),
                math.floor(1000 * matched),
            ),
            volunteers_start=changed("village_cooperative", c.village_cooperative.start_ratio),
            noticing=changed("contact_person", c.contact_person.notice_ratio, LeverTarget.NOTICING),
            overhead=changed("payment_form", c.payment_form.overhead_ratio, LeverTarget.OVERHEAD),
            group_price=changed("bundled_transport", 1.0 - c.bundled_transport.saving_share),
            unused_closed=round(1000 * strength["client_support"] * c.client_support.gap_closed),
        )

    def cost(self, month: int, wage_cents: int, overhead_millionths: int) -> int:
        """Return what the clauses that hold cost this month beside care, in cents."""
        clauses = [self.clauses[name] for name in self.in_force(month)]
        days = days_in(month)
        fte = sum(clause.coordination_fte for clause in clauses)
        cents = fte * self.config.staff.hours_per_fte * wage_cents * days / 7.0 * (1.0 + overhead_millionths / 1e6)
        return round(cents + sum(100.0 * clause.cost_eur_per_year for clause in clauses) * days / 365.25)


PROCESS = Process(
    "7.17",
    "convenant",
    "year",
    ("convenant",),
    ("market.member",),
    (Stream.CONVENANT_COMPLY,),
    "Members keep to the convenant or not; clauses hold in their periods.",
)
