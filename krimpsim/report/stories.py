"""Life stories: the course of a few residents of replicate 0, chosen by rule and told in plain words.

A number says how much, a story says what it is like.  `courses` follows people, `story_rules` chooses among them,
`story_account` draws up one account of each, `story_teller` tells it in words of `story_words`; here the pages are put
together.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.outputs.store import SMALL_VILLAGE, write_text
from krimpsim.population.schema import I64
from krimpsim.report.courses import FACTS, Courses, follow
from krimpsim.report.numbers import en, nl, rounded
from krimpsim.report.story_account import Account
from krimpsim.report.story_facts import Chooser, Fact, months_of
from krimpsim.report.story_life import Life, parting
from krimpsim.report.story_rules import Found, choose, find, in_turn
from krimpsim.report.story_teller import Teller
from krimpsim.report.story_words import first_name, month_name, say

LINES, LINES_BEFORE, LINES_AFTER = 12, 6, 8  #: of one future; of two, before and after they part
LARGE_GROUP = 50  #: persons: in a smaller group a number per 100 says nothing
TRIED = 60  #: candidates of each rule whose two stories are put side by side

#: What may differ first between two futures, the most telling on top; else it is the help of others.
DIFFERENCES = {
    "place": (FACTS.presence, FACTS.village),
    "need": (FACTS.level, FACTS.dementia, FACTS.episode),
    "noticed": (FACTS.noticed, FACTS.granted),
    "waiting": (FACTS.waiting_help, FACTS.waiting_care, FACTS.waits_for_facility),
    "provider": (FACTS.provider_help, FACTS.provider_care, FACTS.help_stopped, FACTS.care_stopped),
    "missing": (FACTS.met_minutes,),
    "burden": (FACTS.burdened, FACTS.care_minutes, FACTS.usual_minutes),
}


def tell_one(courses: Courses, number: int, lang: str) -> str:
    """Return the stories of so many residents of one future.

    Parameters
    ----------
    courses
        What `follow` noted.
    number
        How many stories.
    lang
        nl or en.
    """
    found = find(courses)
    named = courses.fewest > SMALL_VILLAGE
    title = courses.title_nl if lang == "nl" else courses.title_en
    blocks = [f"# {say(lang, 'title', title=title)}", say(lang, "banner"), say(lang, "reading")]
    names: set[str] = set()
    chosen = choose(found, number)
    for rank, (rule, place) in enumerate(chosen, 1):
        account = Account(Life(courses, place), rule)
        life = account.life
        teller = Teller(account, lang, first_name(life.uid, life.sex, life.birth_month, names), named)
        told = Chooser(account.facts).choose(lambda facts: len(months_of(facts)) <= LINES)
        blocks += [*_head(teller, rank, told), _lines(teller, told, account.facts), *_summary(teller, told)]
        blocks += [f"### {say(lang, 'how_often')}", _often(found[rule], rule, lang)]
    if not chosen:
        blocks.append(say(lang, "nobody"))
    return "\n\n".join(blocks) + "\n"


def tell_two(a: Courses, b: Courses, number: int, lang: str) -> str:
    """Return the stories of so many residents in two futures, with the month in which their lives part.

    They are chosen by the rules in B, and among those first the ones whose story differs.
    """
    found_a, found_b = find(a), find(b)
    named = (a.fewest > SMALL_VILLAGE) & (b.fewest > SMALL_VILLAGE)
    titles = (a.title_nl, b.title_nl) if lang == "nl" else (a.title_en, b.title_en)
    blocks = [
        f"# {say(lang, 'title_compare')}",
        say(lang, "futures", a=titles[0], b=titles[1]),
        say(lang, "banner"),
        say(lang, "reading"),
    ]
    names: set[str] = set()
    chosen = choose_two(a, b, found_b, number)
    for rank, (rule, place) in enumerate(chosen, 1):
        life_b = Life(b, place)
        life_a = Life(a, a.place(life_b.uid))
        name = first_name(life_b.uid, life_b.sex, life_b.birth_month, names)
        tellers = [Teller(Account(life, rule), lang, name, named) for life in (life_a, life_b)]
        blocks += _pair(tellers[0], tellers[1], rank)
        share = [_of_100(found[rule], lang) for found in (found_a, found_b)]
        blocks.append(f"### {say(lang, 'how_often')}")
        if min(found[rule].group.sum() for found in (found_a, found_b)) < LARGE_GROUP:
            blocks += [f"{x}: {_often(f[rule], rule, lang)}" for x, f in (("A", found_a), ("B", found_b))]
        else:
            words = {"group": say(lang, f"group_{rule}"), "what": say(lang, f"had_{rule}")}
            blocks.append(say(lang, "often_both", a=share[0], b=share[1], **words))
    if not chosen:
        blocks.append(say(lang, "nobody"))
    return "\n\n".join(blocks) + "\n"


def choose_two(a: Courses, b: Courses, found: dict[str, Found], number: int) -> list[tuple[str, int]]:
    """Return rule and place in B of those to tell about: first whose story differs, then whose course does."""

    def in_order(places: I64) -> Iterator[int]:
        here = [k for k in places.tolist() if a.place(int(b.uid[k])) >= 0]
        tried = here[:TRIED]
        rank = {k: _difference(Life(a, a.place(int(b.uid[k]))), Life(b, k)) for k in tried}
        yield from sorted(tried, key=lambda k: -rank[k])  # stable: the best of those that differ as much
        yield from here[TRIED:]

    return in_turn({name: in_order(one.best_first()) for name, one in found.items()}, number)


def _difference(a: Life, b: Life) -> int:
    """Return 2 when the stories of two courses differ, 1 when only what was noted differs, 0 when nothing does."""
    if parting(a, b) is None:
        return 0
    unnamed = np.zeros(len(a.courses.villages), dtype=bool)
    accounts = [Account(life, "") for life in (a, b)]
    told = [Teller(account, "nl", "", unnamed).lines(account.facts) for account in accounts]
    return 2 if told[0] != told[1] else 1


def _head(teller: Teller, rank: int, told: Sequence[Fact]) -> list[str]:
    """Return the heading of a person: name, age and village at the first thing told, and why this person."""
    life, lang = teller.life, teller.lang
    t = told[0].month if told else 0
    words = {
        "number": rank,
        "name": teller.name,
        "age": life.age(t),
        "month": month_name(lang, life.first_month + t),
        "place": teller.home(int(life.villages[t])),
    }
    return [f"## {say(lang, 'heading', **words)}", say(lang, f"about_{teller.account.rule}")]


def _lines(teller: Teller, told: Sequence[Fact], facts: Sequence[Fact]) -> str:
    """Return what is told, and whether that is all."""
    lines = teller.lines(told)
    if len(told) < len(facts):
        lines.append("- " + say(teller.lang, "left_out"))
    return "\n".join(lines)


def _summary(teller: Teller, told: Sequence[Fact]) -> list[str]:
    lang = teller.lang
    heading, lines = teller.judgement()
    return [
        f"### {say(lang, teller.who)}",
        "\n".join(f"- {line}" for line in teller.who_helped(told)),
        f"### {say(lang, heading)}",
        "\n".join(f"- {line}" for line in lines),
    ]


def _pair(a: Teller, b: Teller, rank: int) -> list[str]:
    """Return the story of one person in two futures."""
    lang, first_month = a.lang, a.life.first_month
    part = parting(a.life, b.life)
    if part is None:
        told = Chooser(b.account.facts).choose(lambda facts: len(months_of(facts)) <= LINES)
        same = say(lang, "same", name=b.name)
        return [*_head(b, rank, told), same, _lines(b, told, b.account.facts), *_summary(b, told)]
    common, told_a, told_b = choose_pair(a.account.facts, b.account.facts, part)
    blocks = _head(b, rank, [*common, *told_b])
    before = [teller.lines(common) for teller in (a, b)][1]  # both have told it, it stands once
    if before:
        blocks.append("\n".join(before))
    month = month_name(lang, first_month + part)
    blocks.append(say(lang, "until" if part else "from_start", month=month, name=b.name))
    blocks.append(say(lang, "first_difference", what=say(lang, f"differs_{_what_differs(a.life, b.life, part)}")))
    lines = [_lines(t, told, [f for f in t.account.facts if f.month >= part]) for t, told in ((a, told_a), (b, told_b))]
    stories = []
    for teller, told, text in zip((a, b), (told_a, told_b), lines, strict=True):
        heading, why = teller.judgement()
        helped = f"*{say(lang, teller.who)}* " + " ".join(teller.who_helped([*common, *told]))
        stories.append([text or say(lang, "nothing"), helped, f"*{say(lang, heading)}* " + " ".join(why)])
    if stories[0] == stories[1]:
        blocks.append(say(lang, "same_story"))
    for key, teller, story in zip(("in_a", "in_b"), (a, b), stories, strict=True):
        blocks += [f"### {say(lang, key)}: {_title(teller)}", *story]
    return blocks


def choose_pair(a: Sequence[Fact], b: Sequence[Fact], part: int) -> tuple[list[Fact], list[Fact], list[Fact]]:
    """Return what is told before two futures part, and after it in each; what only one of them has is told first."""
    in_both = set(a) & set(b)
    before = [fact for fact in b if fact.month < part and fact in in_both]
    choosers = []
    for mine, other in ((a, b), (b, a)):
        known = {(fact.month, fact.key, fact.values) for fact in other}
        after = [fact for fact in mine if fact.month >= part]
        own = [f if (f.month, f.key, f.values) in known else replace(f, weight=min(f.weight, 0)) for f in after]
        choosers.append(Chooser([*before, *own]))
    common: set[Fact] = set()
    for chooser, room in zip(choosers, (LINES_BEFORE // 2, LINES_BEFORE), strict=True):
        told = chooser.choose(partial(_fits, part=part, most_before=room), common)
        common |= {fact for fact in told if fact.month < part}
    while more := {f for chooser in choosers for f in chooser.closed(common) if f.month < part} - common:
        common |= more
    told_a, told_b = (
        [f for f in chooser.choose(partial(_fits, part=part, most_before=0, told=common), common) if f.month >= part]
        for chooser in choosers
    )
    return [fact for fact in before if fact in common], told_a, told_b


def _fits(facts: set[Fact], part: int, most_before: int, told: Iterable[Fact] = ()) -> bool:
    """Return whether there is room for facts before and after two futures part, apart from what is told already."""
    before = months_of(fact for fact in facts.difference(told) if fact.month < part)
    return len(before) <= most_before and len(months_of(fact for fact in facts if fact.month >= part)) <= LINES_AFTER


def _what_differs(a: Life, b: Life, t: int) -> str:
    """Return the most telling thing that differs in the month in which two courses part."""
    for name, facts in DIFFERENCES.items():
        if any(a.monthly(fact, -1)[t] != b.monthly(fact, -1)[t] for fact in facts):
            return name
    return "help"


def _title(teller: Teller) -> str:
    courses = teller.life.courses
    return courses.title_nl if teller.lang == "nl" else courses.title_en


def _of_100(found: Found, lang: str) -> str:
    """Return how many of every 100 of the group had it."""
    group, had = int(found.group.sum()), int((found.group & found.had).sum())
    share = 100.0 * had / max(group, 1)
    if not had:
        return say(lang, "of_100_none")
    if 0 < share < 0.5:
        return say(lang, "of_100_few")
    return say(lang, "of_100", number=int(rounded(share, 0)))


def _often(found: Found, rule: str, lang: str) -> str:
    """Return how often it happens in one future."""
    number = nl if lang == "nl" else en
    group, had = int(found.group.sum()), int((found.group & found.had).sum())
    words = {"group": say(lang, f"group_{rule}"), "what": say(lang, f"had_{rule}")}
    words |= {"had": number(had, 0), "all": number(group, 0)}
    if group < LARGE_GROUP:
        return say(lang, "often_few", **words)
    return say(lang, "often", share=_of_100(found, lang), **words)


def write_stories(folder: str | Path, configs: Sequence[RunConfig], number: int, lang: str) -> Path:
    """Follow replicate 0 of each scenario, write ``stories.nl.md`` or ``stories.en.md`` and return its path.

    Parameters
    ----------
    folder
        Folder of the run-set.
    configs
        One scenario, or more of which the others are compared with the first.
    number
        How many residents.
    lang
        nl or en.
    """
    courses = follow(configs[0])
    if len(configs) == 1:
        text = tell_one(courses, number, lang)
    else:
        text = "\n".join(tell_two(courses, follow(config), number, lang) for config in configs[1:])
    path = Path(folder) / f"stories.{lang}.md"
    write_text(path, text)
    return path
