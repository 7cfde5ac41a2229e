"""7.15 Decisions of home-care providers.

Purpose.   Let providers stop intake, leave, fail and enter.
Who.       Every provider: the branch of a regional organisation with two accounts, area and hinterland.
Order.     Each quarter: 1. where the contribution of a group of villages was negative for four quarters, intake stops
           there; it opens again on 1 January when the last quarter paid; 2. a provider whose two accounts are both
           below zero fails.  Each 1 January: 3. the hinterland earns its margin; 4. what an account holds above the
           norm for reserves is passed on or spent; 5. a provider leaves when its area account has sunk too deep and
           the area did not pay its avoidable cost last year: overhead stays when it goes; 6. a provider outside may
           enter when the area paid last year.
Assumes.   Reserves above the norm go to what this model does not follow: they do not come back in a bad year.
           Clients of a provider that stops move on through the market, over 8 to 12 weeks.  The hinterland's margins
           are the same draws in every scenario; its prices and wages move as those in the area do, by what the provider
           sells.
Random.    HINTERLAND_MARGIN and PROVIDER_ENTRY per provider and year.
Sources.   margin_homecare_2012, resistance_norm; provider_exit_rate is a range to check against, never an input.
"""

from __future__ import annotations

from typing import Any

import mesa
import numpy as np

from krimpsim.config.run import ProviderConfig, RunConfig
from krimpsim.core.codes import Kind
from krimpsim.core.streams import Stream, uniform_of
from krimpsim.population.market import Market
from krimpsim.population.need_profile import FIRST_YEAR
from krimpsim.population.schema import F64, I64
from krimpsim.processes import accounts
from krimpsim.processes.base import Process
from krimpsim.processes.professional_care import pool_of


def outside_margin(margin: float, mix: F64, tariffs: F64, wages: F64) -> float:
    """Return the margin of a year outside the area, when prices and wages have moved since the first year.

    Parameters
    ----------
    margin
        Margin of the first year, as a share of turnover.
    mix
        shape (5 kinds,): share of each kind of care in turnover.
    tariffs, wages
        shape (5 kinds,): of this year against the first.
    """
    return 1.0 - (1.0 - margin) * float(mix @ wages) / float(mix @ tariffs) if float(mix @ tariffs) > 0.0 else -1.0


class HomeCareProvider(mesa.Agent):  # type: ignore[misc]
    """A provider that decides over its rows of the market."""

    def __init__(
        self,
        model: Any,
        number: int,
        provider: ProviderConfig,
        config: RunConfig,
        market: Market,
        group: I64,
        prices: accounts.Params,
    ) -> None:
        super().__init__(model)
        self.pools = [pool_of(int(kind)) for kind in Kind]
        self.prices, self.mix = prices, np.zeros(len(Kind))
        self.number, self.name, self.kind = number, provider.id, provider.kind
        self.area_share, self.config = provider.area_share, config
        self.market, self.group = market, group
        self.loss_quarters = {int(g): 0 for g in np.unique(group)}
        self.of_group = (group[:, None] == np.unique(group)).astype(np.int64)  # (villages, groups)
        self.outside_turnover = 0
        self.year_contribution = 0
        self.year_result = 0
        self.year_revenue = 0
        self.has_failed = False

    @property
    def is_active(self) -> bool:
        """Whether the provider works in the area."""
        return bool(self.market.active[self.number])

    def start(self, month_revenue: int, typical_revenue: int, cents: F64) -> None:
        """Open the two accounts from a month's revenue at the end of the spin-up, in cents.

        Parameters
        ----------
        month_revenue
            Of this provider; 0 for one that is not there yet.
        typical_revenue
            Mean of those that are there: sets the size of the organisation behind a provider that may enter.
        cents
            shape (5 kinds,): revenue of all providers by kind; what the organisation sells elsewhere follows it.
        """
        sold = np.where(self.market.sells[self.number][[pool_of(kind) for kind in Kind]] == 1, cents, 0.0)
        self.mix = sold / sold.sum() if sold.sum() > 0.0 else np.full(len(Kind), 1.0 / len(Kind))
        a, b = self.config.accounts, self.number
        turnover = 12 * (month_revenue or typical_revenue)
        self.year_revenue = 12 * month_revenue
        self.outside_turnover = round(turnover * (1.0 - self.area_share) / self.area_share)
        self.market.area[b] = round(12 * month_revenue * a.area_reserve_share)
        self.market.hinterland[b] = round(self.outside_turnover * a.hinterland_reserve_share)

    def decide_quarter(self, january: bool) -> None:
        """Stop or reopen intake by group of villages; fail when both accounts are gone."""
        m, b = self.market, self.number
        if self.is_active:
            by_group = (m.contribution[b] @ self.of_group).tolist()
            self.year_contribution += sum(by_group)
            for g, cents in zip(self.loss_quarters, by_group, strict=True):
                self.loss_quarters[g] = self.loss_quarters[g] + 1 if cents < 0 else 0
                if self.loss_quarters[g] >= self.config.decisions.loss_quarters:
                    m.takes_new[b, self.group == g] = 0
                elif january and cents > 0:
                    m.takes_new[b, self.group == g] = 1
            if m.area[b] < 0 and m.hinterland[b] < 0:
                self.has_failed = True
                self._stop()
        m.contribution[b, :] = 0

    def decide_year(self, key: int, month: int, area_paid: bool) -> None:
        """Earn in the hinterland, then leave or enter the area."""
        m, b, a = self.market, self.number, self.config.accounts
        draw = sum(uniform_of(key, int(Stream.HINTERLAND_MARGIN), month, k, m.words[b]) for k in range(12)) - 6.0
        year = month // 12 - 1 - FIRST_YEAR
        tariffs = self.prices.tariff[year] / np.maximum(1, self.prices.tariff[0])
        wages = (self.prices.wage[year] / np.maximum(1, self.prices.wage[0]))[self.pools]
        margin = outside_margin(a.margin, self.mix, tariffs, wages)
        m.hinterland[b] += round(self.outside_turnover * (margin + a.hinterland_margin_sd * draw))
        self.outside_turnover = round(self.outside_turnover * (1.0 + a.hinterland_growth_per_year))
        self._spend_reserves(a.reserve_norm)
        if self.is_active:
            floor = self.config.decisions.leave_account_share * self.year_revenue
            if self.year_contribution < 0 and m.area[b] < floor:
                self._stop()
        elif not self.has_failed and area_paid:
            luck = uniform_of(key, int(Stream.PROVIDER_ENTRY), month, 0, m.words[b])
            if luck < self.config.decisions.entry_per_year:
                m.active[b] = 1
                m.takes_new[b, :] = 1
                m.area[b] = 0
        self.year_contribution = self.year_result = self.year_revenue = 0

    def _spend_reserves(self, norm: float) -> None:
        """Pass on what the area has saved above the norm, and spend what the organisation has above it."""
        m, b = self.market, self.number
        m.passed_on[b] = max(0, int(m.area[b]) - round(norm * self.year_revenue)) if self.is_active else 0
        m.area[b] -= m.passed_on[b]
        m.hinterland[b] = min(int(m.hinterland[b]) + int(m.passed_on[b]), round(norm * self.outside_turnover))

    def _stop(self) -> None:
        """Close in the area; clients move on through the market."""
        m, b = self.market, self.number
        m.active[b] = 0
        m.takes_new[b, :] = 0
        if m.area[b] < 0 and not self.has_failed:  # the organisation behind it pays what is left
            m.hinterland[b] += m.area[b]
            m.area[b] = 0


PROCESS = Process(
    "7.15",
    "decisions of providers",
    "quarter",
    ("market.contribution", "market.area", "market.hinterland"),
    ("market.takes_new", "market.active", "market.area", "market.hinterland", "market.passed_on"),
    (Stream.HINTERLAND_MARGIN, Stream.PROVIDER_ENTRY),
    "Providers stop intake, leave, fail and enter.",
)
