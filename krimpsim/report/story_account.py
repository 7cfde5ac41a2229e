"""The account of one life: what happened, who was there, and the sums.  Every sentence is told from it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property

import numpy as np

from krimpsim.report.courses import FACTS
from krimpsim.report.story_facts import Fact
from krimpsim.report.story_help import burden_facts, caring_facts, helper_facts, partner_facts
from krimpsim.report.story_life import Life, spells
from krimpsim.report.story_need import (
    end_facts,
    episode_facts,
    facility_facts,
    gap_facts,
    need_facts,
    provider_facts,
    seen_facts,
)
from krimpsim.report.story_people import People, Sums, sums
from krimpsim.report.story_rules import LITTLE_MISSING, LONG_WAIT, Mask

_OF_CHANGE = ("provider_stops", "provider_next", "provider_changes")
_OF_PLACE = ("asks_place", "asks_ends")


class Account:
    """What is told of one person.

    Parameters
    ----------
    life
        The person.
    rule
        Why this person was chosen; what the rule is about is the last to be left out.
    """

    def __init__(self, life: Life, rule: str) -> None:
        self.life, self.rule = life, rule
        self.is_about_care = rule in ("carer", "stopped", "young")
        self.people = People(life)

    @cached_property
    def facts(self) -> list[Fact]:
        """All that happened, in order of time; in a month need first, the end last."""
        life, need = self.life, need_facts(self.life)
        receives = [*need, *episode_facts(life), *seen_facts(life, need)]
        receives += [*provider_facts(life, 0), *provider_facts(life, 1), *helper_facts(life, self.people)]
        receives += gap_facts(life, need)
        gives = [*caring_facts(life, self.people), *burden_facts(life, self.people)]
        if self.is_about_care:
            begins = min((fact.month for fact in gives), default=0)
            receives = [fact.lighter(4) for fact in receives if fact.key != "episode"]
        else:
            begins = min((fact.month for fact in need), default=0)
            gives = [fact.lighter(4) for fact in gives]
        found = [*receives, *facility_facts(life), *gives, *partner_facts(life, self.people), *end_facts(life)]
        weighed = [self._weighed(fact, begins) for fact in found if fact.month <= life.ended[0]]
        deaths = {(fact.month, fact.values) for fact in weighed if fact.key == "other_dies"}
        told_once = [f for f in weighed if f.key != "helper_dies" or (f.month, f.values) not in deaths]
        return sorted(told_once, key=lambda fact: fact.month)  # stable

    def _weighed(self, fact: Fact, begins: int) -> Fact:
        """Return a fact by how much this story is about it."""
        of_rule = {"changed": _OF_CHANGE, "admitted": _OF_PLACE, "stopped": ("cares_stops_burdened",)}
        if fact.key in of_rule.get(self.rule, ()):
            return replace(fact, weight=min(fact.weight, 0))
        return fact.lighter(4) if fact.month < begins else fact

    # --- sums

    @cached_property
    def needed(self) -> int:
        """Months in which help was needed at home."""
        return int((self.life.need > 0).sum())

    @cached_property
    def need_minutes(self) -> float:
        """Mean minutes a week needed in these months."""
        return float(self.life.need.sum()) / max(self.needed, 1)

    @cached_property
    def gap_minutes(self) -> float:
        """Mean minutes a week missing in these months."""
        return float(self.life.missing.sum()) / max(self.needed, 1)

    @property
    def gap_share(self) -> float:
        """Hours missing of every 100 needed."""
        return 100.0 * self.gap_minutes / self.need_minutes if self.needed else 0.0

    @cached_property
    def helped(self) -> Sums:
        """Help that this person got from family and neighbours."""
        return sums(self.people.helpers)

    @cached_property
    def cared(self) -> Sums:
        """Help that this person gave."""
        return sums(self.people.cared_for)

    def client(self, pool: int) -> int:
        """Return the months with home care of a pool, of those in which help was needed."""
        provider = self.life.monthly((FACTS.provider_help, FACTS.provider_care)[pool], -1) >= 0
        stopped = self.life.monthly((FACTS.help_stopped, FACTS.care_stopped)[pool]) == 1
        return int((provider & ~stopped & (self.life.need > 0)).sum())

    @cached_property
    def burdened(self) -> list[int]:
        """Months of each spell of heavy burden."""
        months = np.flatnonzero(self.life.monthly(FACTS.burdened)).tolist()
        return [last - first + 1 for first, last in spells(months, 1)]

    @cached_property
    def waited(self) -> int:
        """Months of waiting for a place in a nursing home, when they are many."""
        months = int(self.life.monthly(FACTS.waits_for_facility).sum())
        return months if months >= LONG_WAIT else 0

    @property
    def gave_up(self) -> bool:
        """Whether the person stopped while heavily burdened, and the other still needed help."""
        return any(fact.key == "cares_stops_burdened" for fact in self.facts)

    @property
    def went_well(self) -> bool:
        """Whether there is nothing to tell under what went wrong."""
        if self.is_about_care:
            return not self.burdened
        return self.gap_share <= LITTLE_MISSING and not (self.rule in ("admitted", "changed") and self.wrong)

    @property
    def wrong(self) -> bool:
        """Whether there was a long wait, or help was missing for some months."""
        return bool(self.waited or self.reasons)

    @cached_property
    def reasons(self) -> dict[str, int]:
        """Months in which a tenth of the help or more was missing, by why; the first reason of a month counts."""
        life = self.life
        day = life.monthly(FACTS.day_minutes)
        short = (10 * life.missing >= life.need) & (life.need > 0)
        on_list = (life.monthly(FACTS.waiting_help, -1) >= 0) | (life.monthly(FACTS.waiting_care, -1) >= 0)
        stopped = (life.monthly(FACTS.help_stopped) == 1) | (life.monthly(FACTS.care_stopped) == 1)
        clauses: list[tuple[str, Mask]] = [
            ("wrong_noticed", (life.monthly(FACTS.noticed) == 0) & (life.monthly(FACTS.episode) == 0) & ~life.served),
            ("wrong_stopped", stopped),
            ("wrong_waiting", on_list),
            ("wrong_granted", life.monthly(FACTS.granted) == 0),
            ("wrong_group", (100 * life.missing >= 85 * day) & (life.missing <= day) & (day > 0)),
            ("wrong_staff", (life.monthly(FACTS.dementia) == 0) & (life.monthly(FACTS.lower_hours) == 0)),
            ("wrong_rest", np.ones(life.n, dtype=bool)),
        ]
        found: dict[str, int] = {}
        for key, holds in clauses:
            if months := int((short & holds).sum()):
                found[key] = months
            short = short & ~holds
        return found
