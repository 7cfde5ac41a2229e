"""One thing that happened in a life, not yet in words, and the choice of those that are told in a few lines."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

Id = tuple[str, int]  #: thread and month of a fact


@dataclass(frozen=True)
class Fact:
    """Something that happened.

    Parameters
    ----------
    month
        Month of the run.
    weight
        The smaller, the sooner it is told; what weighs -1 is always told.
    key
        The sentence.
    thread
        What it is about, for instance help of one person; a thread has at most one fact a month.
    values
        Names and numbers that the sentence needs.
    role
        ``start`` or ``end`` of a spell, or empty.
    needs
        Facts without which it is not told, of those that there are.
    """

    month: int
    weight: int
    key: str
    thread: str
    values: tuple[tuple[str, int], ...] = ()
    role: str = ""
    needs: tuple[Id, ...] = ()

    @property
    def id(self) -> Id:
        """Thread and month."""
        return self.thread, self.month

    def lighter(self, by: int) -> Fact:
        """Return a fact that this story is less about."""
        return replace(self, weight=self.weight + by)


class Chooser:
    """Chooses facts so that what is told holds together.

    A spell is told whole, from its start to its end when that is known, and nothing without what it needs.

    Parameters
    ----------
    facts
        All that happened, in order of time.
    """

    def __init__(self, facts: Sequence[Fact]) -> None:
        self.facts = facts
        by_id = {fact.id: fact for fact in facts}
        self._with = {fact.id: [by_id[one] for one in fact.needs if one in by_id] for fact in facts}
        started: dict[str, Fact] = {}
        for fact in facts:
            if fact.role == "start":
                started[fact.thread] = fact
            elif fact.role == "end" and fact.thread in started:
                start = started.pop(fact.thread)
                self._with[fact.id].append(start)
                self._with[start.id].append(fact)

    def closed(self, told: Iterable[Fact]) -> set[Fact]:
        """Return these facts with all that must be told with them."""
        found, last = set(told), set(told)
        while last:
            last = {other for fact in last for other in self._with[fact.id]} - found
            found |= last
        return found

    def choose(self, fits: Callable[[set[Fact]], bool], told: Iterable[Fact] = ()) -> list[Fact]:
        """Return the facts to tell, in order of time.

        Parameters
        ----------
        fits
            Says whether there is room for a set of facts.
        told
            Facts that are told already, and are part of the answer.
        """
        chosen = self.closed(told)
        for always in (True, False):
            for fact in sorted(self.facts, key=lambda one: (one.weight, one.month)):
                if fact not in chosen and (fact.weight < 0) == always:
                    wider = self.closed({*chosen, fact})
                    if fits(wider):
                        chosen = wider
        return [fact for fact in self.facts if fact in chosen]


def months_of(facts: Iterable[Fact]) -> set[int]:
    """Return the months in which something is told."""
    return {fact.month for fact in facts}
