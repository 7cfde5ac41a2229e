"""An account told: the facts chosen become dated sentences, the sums a summary.  Nothing is said that is not in it."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby

from krimpsim.core.codes import Sex
from krimpsim.report.numbers import dutch_name, en, nl, rounded
from krimpsim.report.story_account import Account
from krimpsim.report.story_facts import Fact
from krimpsim.report.story_people import Sums
from krimpsim.report.story_rules import Mask
from krimpsim.report.story_words import capital, duration, hours, listed, month_name, say

LAST_WORD = 10  #: numbers up to it are written as words
AT_LEAST = 4  #: people who are named in a summary, when there are so many
_AGAIN = (
    *("help_starts", "cares", "burdened", "gap_begins", "gap_all", "asks_place", "waits", "episode"),
    *("provider_starts", "provider_after"),
)
_JOINED = ("cares_from_start", "cares", "cares_stops_burdened", "cares_stops", "cares_ends", "cares_own_need")


class Teller:
    """Tells one account in one language; it remembers what it has told.

    Parameters
    ----------
    account
        What there is to tell.
    lang
        nl or en.
    name
        Invented first name.
    named
        shape (V,): villages large enough to be named.
    """

    def __init__(self, account: Account, lang: str, name: str, named: Mask) -> None:
        self.account, self.lang, self.name, self.named = account, lang, name, named
        self.life = account.life
        man = self.life.sex == int(Sex.MAN)
        self._pronouns = {"his": self._say("his" if man else "her"), "him": self._say("him" if man else "her_object")}
        self._he = self._say("he" if man else "she")
        self._mentioned: dict[str, list[int]] = {}  # people by how they are called, in order of their first mention
        self._told: dict[str, str] = {}  # of threads told before whether the last was a start or an end

    def _say(self, key: str, **values: object) -> str:
        return say(self.lang, key, **values)

    def _hours(self, minutes: float) -> str:
        return hours(self.lang, minutes)

    def _for(self, months: int) -> str:
        return duration(self.lang, months)

    def home(self, village: int, other: bool = False) -> str:
        """Return the name of a village that is large enough to be named, else what kind of village it is."""
        if self.named[village]:
            return dutch_name(self.life.courses.villages[village])
        return self._say("another_place" if other else "small_place")

    # --- lines

    def lines(self, facts: Sequence[Fact]) -> list[str]:
        """Return the facts as dated lines."""
        found = []
        for t, of_month in groupby(facts, key=lambda fact: fact.month):
            sentences = self._sentences(list(of_month))
            month = capital(month_name(self.lang, self.life.first_month + t))
            found.append(f"- **{month}.** {' '.join(sentences)}")
        return found

    def _sentences(self, facts: Sequence[Fact]) -> list[str]:
        """Return the sentences of a month; one that has the same subject as the one before calls it he or she."""
        found: list[str] = []
        by_name = False
        for key, together in _together([(self._key(fact), fact) for fact in facts]):
            values = self._values(together)
            starts = self._say(key, **values | {"name": "\0"}).startswith("\0")
            name = self._he if starts and by_name else self.name
            found.append(capital(self._say(key, **values | {"name": name})))
            by_name = starts
            if key.startswith("burdened") and "hours" in values and str(values["hours"]) not in " ".join(found):
                found.append(self._say("burden_hours", **values))
        return found

    def _key(self, fact: Fact) -> str:
        """Return the sentence of a fact: the one for a first time, or for again."""
        before = self._told.get(fact.thread)
        if fact.role or fact.key == "episode":
            self._told[fact.thread] = fact.role
        if before is None or fact.key not in _AGAIN:
            return fact.key
        still = before == "start" and fact.thread == "gap"  # less is missing for a while, but not little
        return f"{fact.key}_now" if still else f"{fact.key}_again"

    def _values(self, facts: Sequence[Fact]) -> dict[str, object]:
        """Return the words that a sentence on one fact, or on more of the same kind, needs."""
        raw = dict(facts[0].values)
        words: dict[str, object] = dict(self._pronouns)
        if "who" in raw:
            words["who"] = listed(self.lang, [self.called(dict(fact.values)["who"]) for fact in facts])
        if "pool" in raw:
            words["pool"] = self._say(f"pool_{raw['pool']}" if len(facts) == 1 else "pool_both")
        if "minutes" in raw:
            words["hours"] = self._hours(sum(dict(fact.values)["minutes"] for fact in facts))
        if "gap" in raw:
            words["gap"] = self._hours(raw["gap"])
        if raw.get("level"):
            words["need"] = self._say(f"level_{raw['level']}")
        if "months" in raw:
            words["months"] = self._for(raw["months"])
        if "village" in raw:
            words["place"] = self.home(raw["village"], True)
        words["age"] = raw.get("age", 0)
        words["young"] = self._say("young", age=raw["young"]) if "young" in raw else ""
        return words

    # --- people

    def called(self, key: int) -> str:
        """Return what somebody is called; the second with the same description is a second one."""
        other = self.account.people.others[key]
        sex = {int(Sex.MAN): "man", int(Sex.WOMAN): "woman"}.get(other.sex, "unknown")
        kin = other.kin if other.kin in ("partner", "housemate", "neighbour") else f"{other.kin}_{sex}"
        where = self._say(f"where_{other.where}") if other.kin in ("child", "neighbour") and other.where else ""
        if other.kin == "parent" and other.where == "near":
            where = self._say("where_parent_near")
        if other.kin == "parent" and sex == "unknown":
            kin, where = "relative", self._say("where_relative")
        who = self._say(f"kin_{kin}") + where
        known = self._mentioned.setdefault(who, [])
        first = key not in known
        if first:
            known.append(key)
        rank = known.index(key)
        if kin == "partner" or kin in ("parent_man", "parent_woman"):
            new = f"{self._say('new_one') if rank == 1 else self._nth(rank)} " if rank else ""
            return f"{self._pronouns['his']} {new}{who}"
        if first:
            return self._say("a", who=who) if rank == 0 else self._say("a_nth", nth=self._nth(rank), who=who)
        if len(known) == 1:
            return self._say("the", who=who)
        return self._say("the_nth", nth=self._nth(rank), who=who)

    def _nth(self, rank: int) -> str:
        """Return which one it is, counted from 0."""
        return self._say(f"nth_{rank + 1}") if rank < LAST_WORD else self._say("nth", number=rank + 1)

    def _number(self, people: int) -> str:
        """Return how many people, two or more."""
        return self._say(f"number_{people}") if people <= LAST_WORD else str(people)

    # --- summary

    @property
    def who(self) -> str:
        """The heading of the summary: who gave help, or who got it."""
        return "who_was_helped" if self.account.is_about_care else "who"

    def who_helped(self, told: Sequence[Fact]) -> list[str]:
        """Return sentences on how much was needed and who gave it, over the whole course; all who were told about."""
        account = self.account
        if account.is_about_care:
            return [*self._parts("care", account.cared, told), *self._also("help", account.helped, told)]
        words = {"months": self._for(account.needed), "need": self._hours(account.need_minutes)}
        lines = [self._say("sum_needed", name=self.name, **words)]
        little = account.gap_share < 0.5
        lines.append(self._say("sum_no_gap") if little else self._say("sum_gap", gap=self._hours(account.gap_minutes)))
        lines += self._parts("help", account.helped, told) or [self._say("sum_none")]
        for pool in (0, 1):
            if served := account.client(pool):
                lines.append(self._say("sum_client", pool=self._say(f"pool_{pool}"), months=self._for(served)))
        return [*lines, *self._also("care", account.cared, told)]

    def _also(self, thread: str, whole: Sums, told: Sequence[Fact]) -> list[str]:
        """Return a line on each who was told about in passing, in the direction that the story is not about."""
        known = {fact.thread for fact in told}
        key = "sum_gave" if thread == "care" else "sum_got"
        return [self._part(key, *part) for part in whole.parts if f"{thread} {part[0]}" in known]

    def _parts(self, thread: str, whole: Sums, told: Sequence[Fact]) -> list[str]:
        """Return the whole, each who was told about and some more, and how these make the whole."""
        known = {fact.thread for fact in told}
        named = [part for part in whole.parts if f"{thread} {part[0]}" in known]
        rest = [part for part in whole.parts if part not in named]
        room = max(0, AT_LEAST - len(named)) if len(rest) + len(named) > AT_LEAST else len(rest)
        named = sorted([*named, *rest[:room]], key=whole.parts.index)
        rest = rest[room:]
        lines = []
        if thread == "care" and len(whole.parts) == 1:
            return [self._part("sum_carer_one", *named[0])]
        if len(whole.parts) > 1:
            words = {"name": self.name, "months": self._for(whole.months), "hours": self._hours(whole.minutes)}
            lines.append(self._say("sum_carer" if thread == "care" else "sum_helped", **words))
        lines += [self._part("sum_for" if thread == "care" else "sum_helper", *part) for part in named]
        if rest:
            others = self._for(sum(months for _, months, _ in rest))
            lines.append(self._say("sum_one_more" if len(rest) == 1 else "sum_more", number=len(rest), months=others))
        if whole.together:
            several = [
                self._say("together", number=self._number(people), months=self._for(months))
                for people, months in whole.together.items()
            ]
            lines.append(self._say(f"sum_together_{thread}", name=self.name, list=listed(self.lang, several)))
        return lines

    def _part(self, key: str, other: int, months: int, minutes: float) -> str:
        """Return the line on one other person."""
        who = self.called(other)
        words = {"months": self._for(months), "hours": self._hours(minutes)}
        return capital(self._say(key, name=self.name, who=capital(who) if key == "sum_helper" else who, **words))

    def judgement(self) -> tuple[str, list[str]]:
        """Return the heading, what went wrong or what went well, and the sentences under it."""
        account = self.account
        if account.is_about_care:
            if account.went_well:
                return "went_well", [self._say("well_never_burdened", name=self.name)]
            times = len(account.burdened)
            words = {"name": self.name, "months": self._for(sum(account.burdened)), "times": times}
            lines = [self._say("wrong_burdened" if times == 1 else "wrong_burdened_often", **words)]
            if account.gave_up:
                lines.append(self._say("wrong_gave_up", name=self.name))
            return "went_wrong", lines
        if account.went_well:
            return "went_well", [self._share("well_share")]
        lines = [] if account.gap_share < 0.5 else [self._share("wrong_share")]
        if account.reasons:
            short = sum(account.reasons.values())
            lines.append(self._say("wrong_short", months=self._for(short)))
            lines += [self._say(key, months=self._for(months)) for key, months in account.reasons.items()]
        if account.waited:
            lines.append(self._say("wrong_admission", name=self.name, months=self._for(account.waited)))
        return "went_wrong", lines

    def _share(self, key: str) -> str:
        if self.account.gap_share < 0.5:
            return self._say("well_no_gap")
        return self._say(key, gap=(nl if self.lang == "nl" else en)(rounded(self.account.gap_share, 0), 0))


def _together(facts: Sequence[tuple[str, Fact]]) -> list[tuple[str, list[Fact]]]:
    """Return sentences of a month with their facts: of both pools, or on several people, together."""
    found: list[tuple[str, list[Fact]]] = []
    for key, fact in facts:
        same = next((facts for other, facts in found if other == key and _joins(facts[0], fact)), None)
        if same is None:
            found.append((key, [fact]))
        else:
            same.append(fact)
    more = {key: f"{key}_more" for key in ("cares_from_start", "cares")}
    return [(more.get(key, key) if len(facts) > 1 else key, facts) for key, facts in found]


def _joins(a: Fact, b: Fact) -> bool:
    """Return whether two facts with the same sentence go in one."""
    if a.key in _JOINED:
        return True
    values_a, values_b = dict(a.values), dict(b.values)
    return "pool" in values_a and values_a.get("months") == values_b.get("months")
