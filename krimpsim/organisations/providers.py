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

from collections.abc import Sequence
from typing import Any

import mesa
import numpy as np

from krimpsim.config.run import ProviderConfig, RunConfig
from krimpsim.core.clock import FIRST_YEAR
from krimpsim.core.codes import Kind
from krimpsim.core.streams import Stream, uniform_of, uniforms_of
from krimpsim.population.market import Market
from krimpsim.population.schema import F64, I64, U64
from krimpsim.population.state import pool_of
from krimpsim.processes import accounts
from krimpsim.processes.base import Process


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


def _pools() -> list[int]:
    """Return the staff pool of each kind of care."""
    return [pool_of(int(kind)) for kind in Kind]


def prices_of(month: int, prices: accounts.Params) -> tuple[F64, F64]:
    """Return tariffs and wages of the year before a January, against those of the first year; shapes (5 kinds,)."""
    year = month // 12 - 1 - FIRST_YEAR
    tariffs = prices.tariff[year] / np.maximum(1, prices.tariff[0])
    return tariffs, (prices.wage[year] / np.maximum(1, prices.wage[0]))[_pools()]


def hinterland_luck(key: int, month: int, words: U64) -> F64:
    """Return what luck a year brings each provider outside the area, in standard deviations, shape (P,)."""
    draws = np.zeros(len(words))
    for k in range(12):
        draws += uniforms_of(key, int(Stream.HINTERLAND_MARGIN), month, k, words)
    return draws - 6.0


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
    ) -> None:
        super().__init__(model)
        self.mix = np.zeros(len(Kind))
        self.number, self.name, self.kind = number, provider.id, provider.kind
        self.area_share, self.config = provider.area_share, config
        self.market = market
        self.villages_of = [np.flatnonzero(group == g).tolist() for g in np.unique(group)]
        self.loss_quarters = [0] * len(self.villages_of)  # by group
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
        sold = np.where(self.market.sells[self.number][_pools()] == 1, cents, 0.0)
        self.mix = sold / sold.sum() if sold.sum() > 0.0 else np.full(len(Kind), 1.0 / len(Kind))
        a, b = self.config.accounts, self.number
        turnover = 12 * (month_revenue or typical_revenue)
        self.year_revenue = 12 * month_revenue
        self.outside_turnover = round(turnover * (1.0 - self.area_share) / self.area_share)
        self.market.area[b] = round(12 * month_revenue * a.area_reserve_share)
        self.market.hinterland[b] = round(self.outside_turnover * a.hinterland_reserve_share)

    def decide_quarter(self, by_group: Sequence[int], january: bool) -> None:
        """Stop or reopen intake by group of villages; fail when both accounts are gone.

        Parameters
        ----------
        by_group
            Contribution of last quarter in cents, by group of villages.
        """
        m, b = self.market, self.number
        if not self.is_active:
            return
        self.year_contribution += sum(by_group)
        most, before = self.config.decisions.loss_quarters, m.takes_new[b].tolist()
        takes = before.copy()
        for g, cents in enumerate(by_group):
            self.loss_quarters[g] = self.loss_quarters[g] + 1 if cents < 0 else 0
            stops = self.loss_quarters[g] >= most
            if stops or (january and cents > 0):
                for v in self.villages_of[g]:
                    takes[v] = 0 if stops else 1
        if takes != before:
            m.takes_new[b] = takes
        if m.area[b] < 0 and m.hinterland[b] < 0:
            self.has_failed = True
            self._stop()

    def decide_year(self, key: int, month: int, area_paid: bool, luck: float, prices: tuple[F64, F64]) -> None:
        """Earn in the hinterland, then leave or enter the area.

        Parameters
        ----------
        luck
            Of the hinterland this year, in standard deviations: from `hinterland_luck`.
        prices
            Tariffs and wages of last year against the first, shapes (5 kinds,): from `prices_of`.
        """
        m, b, a = self.market, self.number, self.config.accounts
        margin = outside_margin(a.margin, self.mix, *prices)
        m.hinterland[b] += round(self.outside_turnover * (margin + a.hinterland_margin_sd * luck))
        self.outside_turnover = round(self.outside_turnover * (1.0 + a.hinterland_growth_per_year))
        self._spend_reserves(a.reserve_norm)
        if self.is_active:
            floor = self.config.decisions.leave_account_share * self.year_revenue
            if self.year_contribution < 0 and m.area[b] < floor:
                self._stop()
        elif not self.has_failed and area_paid:
            entry = uniform_of(key, int(Stream.PROVIDER_ENTRY), month, 0, m.words[b])
            if entry < self.config.decisions.entry_per_year:
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
