"""Life stories: the course of a few residents of replicate 0, chosen by rule and told in plain words.

A number says how much, a story says what it is like.  `courses` follows people, `story_rules` chooses among them,
`story_teller` tells one life in words of `story_words`; here the pages are put together.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.outputs.store import SMALL_VILLAGE, write_text
from krimpsim.population.schema import I64
from krimpsim.report.courses import FACTS, Courses, follow
from krimpsim.report.runset import en, nl, rounded
from krimpsim.report.story_rules import Found, choose, find, in_turn
from krimpsim.report.story_teller import Event, Life, Teller, lines_of, parting
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
        life = Life(courses, place)
        teller = Teller(life, lang, first_name(life.uid, life.sex, life.birth_month, names), named, rule)
        events = teller.events()
        blocks += _head(teller, rank, events)
        blocks.append("\n".join(lines_of(events, lang, courses.first_month, LINES)))
        blocks += _summary(teller)
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
        tellers = [Teller(life, lang, name, named, rule) for life in (life_a, life_b)]
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
    told = [[(e.month, e.text) for e in Teller(life, "nl", "", unnamed, "").events()] for life in (a, b)]
    return 2 if told[0] != told[1] else 1


def _head(teller: Teller, rank: int, events: Sequence[Event]) -> list[str]:
    """Return the heading of a person: name, age and village at the first thing told, and why this person."""
    life, lang = teller.life, teller.lang
    t = events[0].month if events else 0
    words = {
        "number": rank,
        "name": teller.name,
        "age": life.age(t),
        "month": month_name(lang, life.first_month + t),
        "place": teller.home(life.village(t)),
    }
    return [f"## {say(lang, 'heading', **words)}", say(lang, f"about_{teller.rule}")]


def _summary(teller: Teller) -> list[str]:
    lang = teller.lang
    heading, lines = teller.judgement()
    return [
        f"### {say(lang, teller.who)}",
        "\n".join(f"- {line}" for line in teller.who_helped()),
        f"### {say(lang, heading)}",
        "\n".join(f"- {line}" for line in lines),
    ]


def _pair(a: Teller, b: Teller, rank: int) -> list[str]:
    """Return the story of one person in two futures."""
    lang, first_month = a.lang, a.life.first_month
    events_a, events_b = a.events(), b.events()
    part = parting(a.life, b.life)
    blocks = _head(b, rank, events_b)
    if part is None:
        blocks += [say(lang, "same", name=b.name), "\n".join(lines_of(events_b, lang, first_month, LINES))]
        return blocks + _summary(b)
    common = [event for event in events_b if event.month < part and event in events_a]
    if common:
        blocks.append("\n".join(lines_of(common, lang, first_month, LINES_BEFORE)))
    month = month_name(lang, first_month + part)
    blocks.append(say(lang, "until" if part else "from_start", month=month, name=b.name))
    blocks.append(say(lang, "first_difference", what=say(lang, f"differs_{_what_differs(a.life, b.life, part)}")))
    after = [[event for event in events if event.month >= part] for events in (events_a, events_b)]
    shown = [_own_first(mine, other) for mine, other in (after, after[::-1])]
    if [(e.month, e.text) for e in after[0]] == [(e.month, e.text) for e in after[1]]:
        blocks.append(say(lang, "same_story"))
    for key, teller, events in zip(("in_a", "in_b"), (a, b), shown, strict=True):
        blocks.append(f"### {say(lang, key)}: {_title(teller)}")
        lines = lines_of(events, lang, first_month, LINES_AFTER)
        blocks.append("\n".join(lines) if lines else say(lang, "nothing"))
        heading, why = teller.judgement()
        blocks.append(f"*{say(lang, teller.who)}* " + " ".join(teller.who_helped()))
        blocks.append(f"*{say(lang, heading)}* " + " ".join(why))
    return blocks


def _own_first(events: Sequence[Event], of_other: Sequence[Event]) -> list[Event]:
    """Return events, of which those that the other future lacks are the last to be left out."""
    known = {(event.month, event.text) for event in of_other}
    return [e if (e.month, e.text) in known else replace(e, weight=min(e.weight, 0)) for e in events]


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
