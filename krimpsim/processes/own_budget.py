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

from krimpsim.config.run import RunConfig
from krimpsim.core.codes import Kind, Part
from krimpsim.core.jit import compiled
from krimpsim.core.streams import Stream, happens, month_key, threshold
from krimpsim.population.schema import I64, People
from krimpsim.processes.accounts import month_cents
from krimpsim.processes.base import Process
from krimpsim.processes.professional_care import payer_of


class Params(NamedTuple):
    """Threshold of 2**32 of having a budget; price against care in kind, in thousandths."""

    has: int
    price: int


def prepare(config: RunConfig) -> Params:
    """Return who has a budget, and what it pays."""
    e = config.entitlement
    return Params(threshold(e.own_budget_share), round(1000 * e.own_budget_price_ratio))


@compiled
def step_one(
    people: People,
    i: int,
    municipality: I64,
    formal: I64,
    parts: I64,
    bought: I64,
    p: Params,
    key: int,
    month: int,
    reform: int,
) -> None:
    """Let a claimant with a budget buy.

    Parameters
    ----------
    formal
        shape (5 kinds,), min/week: what professionals are asked for; what is bought is taken off.
    bought
        shape (5 kinds, 4 payers), min/week: added to.
    reform
        Absolute month from which others pay.
    """
    if p.has == 0 or not happens(month_key(key, Stream.OWN_BUDGET, 0, 0), people[i].uid, p.has):
        return
    v, level = people[i].village, people[i].level
    for kind in (Kind.HOUSEHOLD_HELP, Kind.PERSONAL_CARE, Kind.GUIDANCE):
        minutes = formal[kind]
        formal[kind] = 0
        parts[v, Part.PROFESSIONAL, kind] += minutes
        bought[kind, payer_of(kind, level, municipality[v], month, reform)] += minutes


@compiled
def step(bought: I64, tariff: I64, p: Params, days: int, paid: I64) -> int:
    """Book what budgets cost on who pays, and return it, in cents.

    Parameters
    ----------
    tariff
        shape (5 kinds,), cents an hour of care in kind.
    paid
        shape (4 payers,), cents: added to.
    """
    total = 0
    for kind in (Kind.HOUSEHOLD_HELP, Kind.PERSONAL_CARE, Kind.GUIDANCE):
        for payer in range(4):
            cents = month_cents(bought[kind, payer], tariff[kind] * p.price // 1000, days)
            paid[payer] += cents
            total += cents
    return total


PROCESS = Process(
    "7.10e",
    "own budgets",
    "month",
    ("level", "village"),
    (),
    (Stream.OWN_BUDGET,),
    "People with a personal budget buy care themselves.",
)
