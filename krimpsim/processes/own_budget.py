"""7.10e Own budgets (persoonsgebonden budget, pgb).

Purpose.   Let some people buy their care themselves.
Who.       Claimants who use what is granted; with a budget, whoever is so by nature.
Order.     Before a provider is looked for: household help, personal care and guidance that the claimant asks for are
           bought; nursing is always in kind.
Assumes.   Who has a budget has found a helper, without waiting and without travel that is paid; the helper comes on top
           of the residents' own time, also when it is kin.  The hours count as professional.
Random.    OWN_BUDGET once in a life.
Sources.   none found: in the reference all care is in kind.
"""

from __future__ import annotations

from typing import NamedTuple

from krimpsim.core.codes import Kind, Part
from krimpsim.core.jit import compiled
from krimpsim.core.streams import Stream, happens, month_key, threshold
from krimpsim.population.schema import I64
from krimpsim.population.state import Claim, Now, State
from krimpsim.population.world import World
from krimpsim.processes.accounts import month_cents, tariffs
from krimpsim.processes.base import Process
from krimpsim.processes.professional_care import payer_of


class Params(NamedTuple):
    """Who has a budget, and what it pays.

    Parameters
    ----------
    has
        Threshold of 2**32 of having a budget.
    price
        shape (n_years, 5 kinds), cents an hour.
    """

    has: int
    price: I64


def prepare(world: World) -> Params:
    """Return who has a budget, and what it pays."""
    e = world.config.entitlement
    price = tariffs(world) * round(1000 * e.own_budget_price_ratio) // 1000
    return Params(threshold(e.own_budget_share), price)


@compiled
def step_one(s: State, p: Params, now: Now, i: int, claim: Claim) -> None:
    """Let a claimant with a budget buy: what is bought is no longer asked of professionals."""
    person = s.people[i]
    if p.has == 0 or not happens(month_key(now.key, Stream.OWN_BUDGET, 0, 0), person.uid, p.has):
        return
    town = s.places.municipality[person.village]
    for kind in (Kind.HOUSEHOLD_HELP, Kind.PERSONAL_CARE, Kind.GUIDANCE):
        minutes = claim.formal[kind]
        claim.formal[kind] = 0
        s.book.parts[person.village, Part.PROFESSIONAL, kind] += minutes
        s.book.bought[kind, payer_of(now, kind, person.level, town)] += minutes


@compiled
def step(s: State, p: Params, now: Now) -> None:
    """Book what budgets cost on who pays."""
    bought, region = s.book.bought, s.book.region[0]
    for kind in range(bought.shape[0]):
        for payer in range(bought.shape[1]):
            cents = month_cents(bought[kind, payer], p.price[now.year, kind], now.days)
            s.book.paid[payer] += cents
            region.cost_of_own_budgets += cents
            region.bought += bought[kind, payer]


PROCESS = Process(
    "7.10e",
    "own budgets",
    "month",
    (
        "level",
        "village",
    ),
    (),
    (Stream.OWN_BUDGET,),
    "People with a personal budget buy care themselves.",
)
