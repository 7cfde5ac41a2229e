"""Three hundred life stories in both languages, read line by line: sums close, and no sentence belies another.

The readers below know only the page.  What is on it is taken apart by what the sentences say, not by the code that
made them.
"""

import re
import sys
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "model"))

from model_tools import small

from krimpsim.report.courses import H, follow
from krimpsim.report.stories import tell_one, tell_two
from krimpsim.report.story_account import Account
from krimpsim.report.story_facts import Chooser
from krimpsim.report.story_life import Life
from krimpsim.report.story_rules import choose, find
from krimpsim.report.story_words import MONTHS

VILLAGES = ["Gasselternijveen", "Eexterveen", "Buinerveen", "Annerveenschekanaal", "Spijkerboor"]
REPLICATES, EACH = 15, 20
NAME = r"[A-Z]\w+(?: [A-Z]\.)?"

#: What the sentences say, in two languages.  `W` stands for somebody else.
W = {
    "nl": r"(?P<who>(?:[Ee]en|[Dd]e|[Zz]ijn|[Hh]aar) .+?)",
    "en": r"(?P<who>(?:[Aa]|[Tt]he|[Hh]is|[Hh]er) .+?)",
}
HELP_STARTS = {
    "nl": rf"^{W['nl']}(?: \(\d+ jaar\))? (?:helpt al|gaat (?P<again>weer )?helpen),",
    "en": rf"^{W['en']}(?: \(\d+ years old\))? (?:already helps|starts to help(?P<again> again)?),",
}
HELP_ENDS = {
    "nl": rf"^{W['nl']} (?:stopt met helpen|helpt niet meer|"
    r"is zwaar belast en stopt|overlijdt|verhuist|heeft zelf hulp nodig)",
    "en": rf"^{W['en']} (?:stops helping|no longer helps|is heavily burdened and stops|dies|moves|needs help too)",
}
CARE_STARTS = {
    "nl": rf"^{NAME} (?:zorgt bij het begin al voor|gaat (?P<again>weer )?zorgen voor) {W['nl']}, (?:samen )?[\dm]",
    "en": rf"^(?:At the start )?{NAME} (?:already cares|starts to care) for {W['en']}(?P<again> again)?, [\dl]",
}
CARE_ENDS = {
    "nl": (
        rf"{NAME} (?:is zwaar belast en )?(?:stopt met zorgen|zorgt niet meer|kan nu niet meer zorgen) "
        rf"voor {W['nl']}\.",
        rf"^{W['nl']} (?:overlijdt|verhuist naar een verpleeghuis|kan weer zonder hulp)",
    ),
    "en": (
        rf"{NAME} (?:is heavily burdened and )?(?:stops caring|no longer cares|can now no longer care) for {W['en']}\.",
        rf"^{W['en']} (?:dies|moves to a nursing home|can do without help again)",
    ),
}
WHOLE = {
    "nl": rf"^(?:Familie en bekenden hielpen (?P<t>.+?)|{NAME} zorgde (?P<s>.+?) voor een ander), "
    r"gemiddeld (?P<h>.+) per week\.$",
    "en": (
        rf"^(?:Family, friends and neighbours helped|{NAME} cared for others) for "
        r"(?P<t>.+)(?P<s>), (?P<h>.+) a week on average\.$"
    ),
}
PART = {
    "nl": r"^(?:Voor )?(?P<who>.+): (?P<t>.+), gemiddeld (?P<h>.+) per week\.$",
    "en": r"^(?:For )?(?P<who>.+): (?P<t>.+), (?P<h>.+) a week on average\.$",
}
ONE = {
    "nl": rf"^{NAME} (?:zorgde(?: zelf)? (?P<t>.+) voor|kreeg zelf (?P<s>.+) hulp van) "
    r"(?P<who>.+), gemiddeld (?P<h>.+) per week\.$",
    "en": rf"^(?:{NAME}(?: also)? cared for (?P<who>.+)|(?P<by>.+) helped {NAME}) "
    r"for (?P<t>.+), (?P<h>.+) a week on average\.$",
}
REST = {
    "nl": r"^Nog (?:iemand anders|\d+ anderen): (?:samen )?(.+)\.$",
    "en": r"^(?:Somebody else|\d+ others): (.+?)(?: together)?\.$",
}
TOGETHER = {
    "nl": r"meer mensen tegelijk: (.+?)\. Die tijd",
    "en": r"more people at once: (.+?)\. That|helped at once: (.+?)\. That",
}
NUMBERS = {
    "nl": "nul één twee drie vier vijf zes zeven acht negen tien",
    "en": "zero one two three four five six seven eight nine ten",
}
NEEDED = {
    "nl": r" had thuis (.+?) hulp nodig, gemiddeld",
    "en": r" needed help at home for (.+?), [^,]+ a week on average",
}
SHORT = {"nl": r"^(.+) lang bleef een tiende", "en": r"^For (.+) a tenth or more|^For (.+) a tenth of"}
REASON = {"nl": r"^In (.+?) daarvan ", "en": r"^For (.+?) of these "}
CLIENT = {"nl": r"^Klant van de thuiszorg voor .+: (.+)\.$", "en": r"^Client of home care for .+: (.+)\.$"}
BURDENED = {
    "nl": r"^(?:{name}|Hij|Zij) is (?:nu|weer) zwaar belast",
    "en": r"^(?:{name}|He|She) is (?:now )?heavily burdened(?: again)?\.",
}
BURDEN_ENDS = {"nl": r"^(?:{name}|Hij|Zij) is niet meer zwaar", "en": r"^(?:{name}|He|She) is no longer heavily"}
BURDEN_SUM = {
    "nl": r" was (?:(?P<n>\d+) keer zwaar belast, bij elkaar (?P<t>.+)|(?P<one>.+) zwaar belast)\.$",
    "en": r" was heavily burdened (?:(?P<n>\d+) times, for (?P<t>.+) in all|for (?P<one>.+))\.$",
}
NEVER = {"nl": "is nooit zwaar belast geweest", "en": "was never heavily burdened"}
GOES = {
    "nl": r"^{name} overlijdt, \d+ jaar oud|"
    r"^(?:{name}|Hij|Zij) verhuist naar een plaats buiten|^Hier stopt de berekening",
    "en": r"^{name} dies, \d+ years old|^(?:{name}|He|She) moves to a place outside|^Here the calculation ends",
}
NOBODY = {"nl": "Er hielp niemand uit", "en": "Nobody from family"}
WORDS = [
    (r"\bpartner\b", r"\bpartner\b"),
    (r"\bzoon\b", r"\bson\b"),
    (r"\bdochter\b", r"\bdaughter\b"),
    (r"\bvader\b", r"\bfather\b"),
    (r"\bmoeder\b", r"\bmother\b"),
    (r"\bbekende\b", r"\bfriend or neighbour\b"),
    (r"\bnaaste\b", r"\brelative\b"),
    (r"\bhuisgenoot\b", r"\bhousemate\b"),
    (r"\bhetzelfde dorp\b", r"\bsame village\b"),
    (r"\been ander dorp\b", r"\banother village\b"),
    (r"\bbuiten het gebied\b", r"\boutside the area\b"),
    (r"\boverlijdt\b", r"\bdies\b"),
    (r"\bverpleeghuis\b", r"\bnursing home\b"),
    (r"\bzwaar belast\b", r"\bheavily burdened\b"),
    (r"\bweer\b", r"\bagain\b"),
    (r"\bdementie\b", r"\bdementia\b"),
    (r"\bhuishouden\b", r"\bwith the household\b"),
    (r"\belke dag\b", r"\bevery day\b"),
    (r"\bpersoneel\b", r"\bstaff\b"),
    (r"\bnieuwe\b", r"\bnew\b"),
    (r"\btweede\b", r"\bsecond\b"),
]
IMPOSSIBLE = {
    "nl": r"\b0 (?:jaar|maand|uur|keer|mensen)|\b1 (?:maanden|keren|mensen|anderen|keer)\b|"
    r"keren zwaar|een keer elke|\bNone\b|-\d",
    "en": r"\b0 (?:years|months|hours|times|others)|\b1 (?:years|months|hours|times|people|others)\b|"
    r"once every|\bNone\b|-\d",
}


@dataclass
class Story:
    """One story, as a reader sees it."""

    lang: str
    name: str
    age: int
    month: int
    rest: str
    lines: list[tuple[int, list[str]]] = field(default_factory=list)
    helped: list[str] = field(default_factory=list)
    judged: list[str] = field(default_factory=list)

    @property
    def sentences(self):
        return [(month, sentence) for month, of_month in self.lines for sentence in of_month]

    def said(self, pattern):
        """Months and matches of sentences that say something."""
        found = [(month, re.search(pattern.replace("{name}", self.name), text)) for month, text in self.sentences]
        return [(month, match) for month, match in found if match]


def month_of(name, year, lang):
    return int(year) * 12 + [month.lower() for month in MONTHS[lang]].index(name.lower())


def read(page, lang):
    """Take a page of stories apart."""
    stories = []
    for block in page.split("\n## ")[1:]:
        head, *rest = block.split("\n\n")
        heading = re.match(rf"\d+\. ({NAME}), (?:aged )?(\d+) (?:jaar )?in (\w+) (\d+), (?:uit|from) ", head)
        story = Story(lang, heading[1], int(heading[2]), month_of(heading[3], heading[4], lang), block)
        for line in rest[1].split("\n"):
            dated = re.match(r"- \*\*(\w+) (\d+)\.\*\* (.+)$", line)
            if dated:
                sentences = re.split(r"(?<=[^A-Z]\.) (?=[A-Z])", dated[3])
                story.lines.append((month_of(dated[1], dated[2], lang), sentences))
        story.helped = [line.removeprefix("- ") for line in rest[3].split("\n")]
        story.judged = [line.removeprefix("- ") for line in rest[5].split("\n")]
        stories.append(story)
    return stories


def months(words):
    """``2 jaar en één maand`` in months."""
    years = re.search(r"(\d+) (?:jaar|years)", words)
    rest = re.search(r"(\d+|één|one) (?:maand|month)", words)
    assert years or rest, words
    count = 0 if not rest else int(rest[1]) if rest[1].isdigit() else 1
    return 12 * int(years[1] if years else 0) + count


def hours(words):
    return 0.25 if "half" in words else float(re.match(r"[\d.,]+", words)[0].replace(",", "."))


def somebody(who):
    """Who it is, however the article: the first mention and later ones are the same person."""
    who = re.sub(r"^(een|de|a|the) (eerste |first )?", "", who.strip().lower())
    return re.sub(r" \(\d+ (?:jaar|years old)\)$", "", who)


def people(words, lang):
    """The people of a list ``a, b en c``."""
    split = (
        r", (?=een|de|zijn|haar)| en (?=een|de|zijn|haar)"
        if lang == "nl"
        else r", (?=a |the|his|her)| and (?=a |the|his|her)"
    )
    return [somebody(one) for one in re.split(split, words)]


def parts_of(story):
    """Months and hours by person from the summary, apart from what is told in passing."""
    found = {}
    for line in story.helped:
        match = re.match(PART[story.lang], line)
        if match and not re.match(WHOLE[story.lang], line):
            found[somebody(match["who"])] = (months(match["t"]), hours(match["h"]))
    return found


def sums_of(story):
    """Months by person of help that was given to, and given by, the person told about."""
    got, gave = {}, {}
    is_about_care = "Wie kreeg hulp?" in story.rest or "Who was helped?" in story.rest
    (gave if is_about_care else got).update({who: t for who, (t, _) in parts_of(story).items()})
    for line in story.helped:
        match = re.match(ONE[story.lang], line)
        if match and not re.match(WHOLE[story.lang], line):
            of = match.groupdict()
            gives = "zorgde" in line or "cared" in line
            (gave if gives else got)[somebody(of["who"] or of["by"])] = months(of["t"] or of["s"])
    return got, gave


@pytest.fixture(scope="module")
def courses():
    config = small("scenarios/today", "2040-12-31", VILLAGES)
    return [follow(config, replicate) for replicate in range(REPLICATES)]


@pytest.fixture(scope="module")
def stories(courses):
    return {lang: [s for one in courses for s in read(tell_one(one, EACH, lang), lang)] for lang in ("nl", "en")}


@pytest.fixture(scope="module", params=["nl", "en"])
def told(request, stories):
    return stories[request.param]


@pytest.fixture(scope="module")
def accounts(courses):
    return [Account(Life(one, place), rule) for one in courses for rule, place in choose(find(one), EACH)]


def test_there_are_three_hundred(stories, accounts):
    assert len(stories["nl"]) == len(stories["en"]) == len(accounts) == REPLICATES * EACH
    assert min(len(story.lines) for story in stories["nl"]) >= 2


# --- sums -------------------------------------------------------------------------------------------------------


def test_the_parts_of_help_make_the_whole(told):
    closed = 0
    for story in told:
        lang = story.lang
        wholes = [match for line in story.helped if (match := re.match(WHOLE[lang], line))]
        parts = parts_of(story)
        if not wholes:
            assert len(parts) <= 1
            continue
        whole, mean = months(wholes[0]["t"] or wholes[0]["s"]), hours(wholes[0]["h"])
        rest = [months(match[1]) for line in story.helped if (match := re.match(REST[lang], line))]
        twice = 0
        for line in story.helped:
            if match := re.search(TOGETHER[lang], line):
                words = next(group for group in match.groups() if group)
                for number, t in re.findall(
                    r"(\w+) (?:mensen|people for) ((?:\d+|één|one) \w+"
                    r"(?: (?:en|and) (?:\d+|één|one) maand(?:en)?| and (?:\d+|one) months?)?)",
                    words,
                ):
                    twice += (NUMBERS[lang].split().index(number) - 1) * months(t)
        assert all(t <= whole for t, _ in parts.values())
        assert sum(t for t, _ in parts.values()) + sum(rest) == whole + twice, story.rest
        if not rest:
            given = sum(t * h for t, h in parts.values())
            rounding = sum(t * (0.26 if h < 10 else 0.51) for t, h in parts.values()) + whole * (
                0.26 if mean < 10 else 0.51
            )
            assert abs(given - whole * mean) <= rounding, story.rest
        closed += 1
    assert closed > 200


def test_months_of_need_hold_help_home_care_and_every_reason(told):
    reasons = 0
    for story in told:
        lang, text = story.lang, "\n".join(story.helped)
        needed = re.search(NEEDED[lang], text)
        if not needed:
            continue
        needed = months(needed[1])
        assert needed <= 28 * 12
        for line in story.helped:
            if match := re.match(CLIENT[lang], line):
                assert months(match[1]) <= needed
        assert all(t <= needed for t, _ in parts_of(story).values())
        short = [match for line in story.judged if (match := re.match(SHORT[lang], line))]
        why = [months(match[1]) for line in story.judged if (match := re.match(REASON[lang], line))]
        assert bool(short) == bool(why)
        if short:
            short = months(next(group for group in short[0].groups() if group))
            assert sum(why) == short <= needed, story.rest
            reasons += 1
    assert reasons > 50


def test_heavy_burden_is_counted_as_it_is_told(told):
    again = 0
    for story in told:
        lang = story.lang
        starts = [month for month, _ in story.said(BURDENED[lang])]
        ends = [month for month, _ in story.said(BURDEN_ENDS[lang])]
        total = next((match for line in story.judged if (match := re.search(BURDEN_SUM[lang], line))), None)
        if NEVER[lang] in "\n".join(story.judged):
            assert not starts
        last = story.lines[-1][0]
        length = 0
        for k, month in enumerate(starts):
            until = next((end for end in ends if end > month), None)
            assert until is None or k + 1 == len(starts) or until <= starts[k + 1]
            assert until is not None or k + 1 == len(starts)
            length += (until or last) - month
            again += k > 0
        assert len(ends) <= len(starts)
        if total:
            assert len(starts) <= int(total["n"] or 1)
            assert int(total["n"] or 2) > 1
            assert length <= months(total["t"] or total["one"]) + 1, story.rest
    assert again > 5


# --- people -----------------------------------------------------------------------------------------------------


def test_everybody_who_helps_or_is_helped_stands_in_the_sums(told):
    named = 0
    for story in told:
        for pattern, listed in zip((HELP_STARTS, CARE_STARTS), sums_of(story), strict=True):
            for _, match in story.said(pattern[story.lang].replace(NAME, f"(?:{story.name}|Hij|Zij|He|She)")):
                for who in people(match["who"], story.lang):
                    assert who in listed, (who, listed, story.rest)
                    named += 1
    assert named > 500


def test_help_that_is_told_is_not_longer_than_the_sum(told):
    compared = 0
    for story in told:
        lang, (got, gave), last = story.lang, sums_of(story), story.lines[-1][0] + 1
        he = rf"(?:{re.escape(story.name)}|Hij|Zij|He|She|he|she)(?!\w)"
        own = story.said(
            rf"^{he} (?:kan weer zonder hulp|can do without help again|"
            r"verhuist naar een verpleeghuis|moves to a nursing)"
        )
        for starts, ends, listed in (
            (HELP_STARTS[lang], [HELP_ENDS[lang]], got),
            (CARE_STARTS[lang], CARE_ENDS[lang], gave),
        ):
            spans = Counter()
            stops = [
                (m, w)
                for end in ends
                for m, match in story.said(end.replace(NAME, he))
                for w in people(match["who"], lang)
            ]
            open_since = {}
            for month, match in story.said(starts.replace(NAME, he)):
                for who in people(match["who"], lang):
                    until = min([m for m, w in stops if w == who and m > month] + [last])
                    if starts == HELP_STARTS[lang]:
                        until = min([until] + [m for m, _ in own if m > month])
                    assert month >= open_since.get(who, 0), (who, story.rest)
                    open_since[who] = until
                    spans[who] += until - month
            for who, length in spans.items():
                assert length <= listed[who] + 1, (who, length, story.rest)
                compared += 1
    assert compared > 400


def test_nobody_does_anything_after_death(told):
    deaths = 0
    for story in told:
        lang = story.lang
        for month, match in story.said(rf"^{W[lang]} (?:overlijdt|dies)\b"):
            deaths += 1
            who = somebody(match["who"])
            for later, text in story.sentences:
                if later > month:
                    found = [
                        one for pattern in (HELP_STARTS, HELP_ENDS) for one in [re.match(pattern[lang], text)] if one
                    ]
                    assert all(somebody(one["who"]) != who for one in found), story.rest
        if NOBODY[lang] in "\n".join(story.helped):
            assert not story.said(HELP_STARTS[lang])
    assert deaths > 30


# --- time -------------------------------------------------------------------------------------------------------


def test_again_has_a_first_time(told):
    found = Counter()
    for story in told:
        lang, before = story.lang, []
        he = rf"(?:{re.escape(story.name)}|Hij|Zij|He|She)(?!\w)"
        for _, text in story.sentences:
            again = re.search(r"\b(?:weer|again)\b", text)
            if again:
                kind = first_time(text, before, lang, he)
                assert kind, (text, story.rest)
                found[kind] += 1
            before.append(text)
    assert set(found) == {"help", "care", "burden", "need", "gap", "provider", "without", "place"} | set(found)
    assert sum(found.values()) > 200


def first_time(text, before, lang, he):
    """What is said again, when it was said before; else nothing."""
    for kind, pattern in (("help", HELP_STARTS[lang]), ("care", CARE_STARTS[lang].replace(NAME, he))):
        if match := re.match(pattern, text):
            who = set(people(match["who"], lang))
            known = [p for one in before if (m := re.match(pattern, one)) for p in people(m["who"], lang)]
            return kind if who <= set(known) else ""
    earlier = "\n".join(before)
    if re.search(r"zwaar belast|heavily burdened", text):
        return "burden" if re.search(r"is nu zwaar belast|is now heavily burdened", earlier) else ""
    if re.search(r"blijft weer|is missing again", text):
        return "gap" if re.search(r"blijft|is missing", earlier) else ""
    if match := re.match(r"De thuiszorg begint weer met (.+?)(?:,|\.)|Home care starts to give (.+?) again", text):
        pools = re.split(r" en | and ", match[1] or match[2])
        said = "\n".join(one for one in before if re.match("De thuiszorg|Home care", one))
        return "provider" if all(re.search(rf"\b{pool}\b", said) for pool in pools) else ""
    if re.search(r"kan weer zonder hulp|can do without help again", text):
        if re.match(he, text):
            return "without" if re.search(r"nodig|needs", earlier) else ""
        who = re.match(W[lang] + " (?:kan|can)", text)["who"]
        known = [
            p
            for one in before
            if (m := re.match(CARE_STARTS[lang].replace(NAME, he), one))
            for p in people(m["who"], lang)
        ]
        return "without" if somebody(who) in known else ""
    if re.search(r"wachtlijst|waiting list", text):
        return "waits" if re.search(r"wachtlijst|waiting list", earlier) else ""
    if re.search(r"om een plek|a place in a nursing home", text):
        return "place" if re.search(r"om een plek|a place in a nursing home", earlier) else ""
    if re.search(r"ziekenhuis|hospital", text):
        return "episode" if re.search(r"ziekenhuis|hospital", earlier) else ""
    need = re.search(r"heeft weer (.+) nodig|needs (.+) again", text)
    return "need" if need and (need[1] or need[2]) in earlier else ""


def test_dates_and_ages_are_in_order_and_nothing_comes_after_the_end(told):
    for story in told:
        dates = [month for month, _ in story.lines]
        assert dates == sorted(set(dates))
        assert story.month == dates[0]
        ends = story.said(GOES[story.lang])
        assert len(ends) == 1
        assert ends[0][0] == dates[-1]
        last = " ".join(story.lines[-1][1])
        assert re.search(GOES[story.lang].replace("{name}", story.name).replace("^", r"(?:^|\. )"), last)
        age = re.search(
            r"overlijdt, (\d+) jaar oud|dies, (\d+) years old|(\d+) (?:jaar|years old)(?: en woont.*| and lives.*)?\.$",
            last,
        )
        if age:
            years = int(next(group for group in age.groups() if group)) - story.age
            assert (dates[-1] - dates[0]) // 12 <= years <= -(-(dates[-1] - dates[0]) // 12), story.rest


def test_waiting_lasts_from_the_one_date_to_the_other(told):
    waits = 0
    for story in told:
        asked = [month for month, _ in story.said(r"vraagt (?:weer )?om een plek|asks for a place")]
        for month, match in story.said(r"verpleeghuis, na (.+) wachten|nursing home, after waiting for (.+)\."):
            assert asked
            assert month - asked[-1] == months(match[1] or match[2]), story.rest
            waits += 1
    assert waits > 20


# --- words ------------------------------------------------------------------------------------------------------


def test_no_count_is_impossible(told, stories):
    for story in told:
        assert not re.search(IMPOSSIBLE[story.lang], story.rest), story.rest
        assert not re.search(r"\b(\w+) \1\b", story.rest.lower()), story.rest


def test_both_languages_say_the_same(stories):
    def facts(words, of):
        words = words.replace("één", "1").replace(" one ", " 1 ")
        plain = re.sub(r"(?<=\d)[.,](?=\d)", ".", words)
        return sorted(re.findall(r"\d+(?:\.\d+)?", plain)), [len(re.findall(pair[of], words)) for pair in WORDS]

    for dutch, english in zip(stories["nl"], stories["en"], strict=True):
        assert (dutch.name, dutch.age, dutch.month) == (english.name, english.age, english.month)
        assert [month for month, _ in dutch.lines] == [month for month, _ in english.lines]
        for (_, one), (_, other) in zip(dutch.lines, english.lines, strict=True):
            assert facts(" ".join(one), 0) == facts(" ".join(other), 1), (one, other)
        for one, other in ((dutch.helped, english.helped), (dutch.judged, english.judged)):
            assert len(one) == len(other)
            for line, same in zip(one, other, strict=True):
                assert facts(line, 0) == facts(same, 1), (line, same)


# --- the account ------------------------------------------------------------------------------------------------


def test_months_of_help_are_those_noted_and_short_breaks_between_them(accounts):
    checked = 0
    for account in accounts:
        life = account.life
        for helps, end, table in (
            (account.people.helpers, H.giver, life.got),
            (account.people.cared_for, H.receiver, life.gave),
        ):
            noted = set((table[H.month, table[H.minutes] > 0] - life.first_month).tolist())
            counted = {int(t) for one in helps for t in np.flatnonzero(one.in_months)}
            assert noted <= counted
            for t in counted - noted:
                assert noted & set(range(t - 3, t))
                assert noted & set(range(t + 1, t + 4))
            minutes = int(table[H.minutes].sum())
            assert sum(int(one.minutes.sum()) for one in helps) == minutes
            checked += len({k for k in table[end].tolist() if k >= 0}) > 0
    assert checked > 200


def test_what_is_told_is_told_whole(accounts):
    for account in accounts:
        facts = account.facts
        assert len({fact.id for fact in facts}) == len(facts)
        assert all(fact.month <= account.life.ended[0] for fact in facts)
        chooser = Chooser(facts)
        for most in (3, 6, 12):
            told = chooser.choose(lambda chosen, most=most: len({fact.month for fact in chosen}) <= most)
            assert chooser.closed(told) == set(told)
            starts = Counter(fact.thread for fact in told if fact.role == "start")
            ends = Counter(fact.thread for fact in told if fact.role == "end")
            assert all(ends[thread] <= starts[thread] for thread in ends)


def test_two_futures_name_nobody_who_is_not_in_the_sums(courses):
    other = follow(small("scenarios/convenant", "2040-12-31", VILLAGES))
    named = 0
    for lang, who_helped in (("nl", "*Wie"), ("en", "*Who")):
        page = tell_two(courses[0], other, EACH, lang)
        assert page.count("\n## ") == EACH
        for block in page.split("\n## ")[1:]:
            before, *futures = re.split(
                r"\n### In [AB]: ", block.split("\n### Hoe vaak")[0].split("\n### How often")[0]
            )
            assert not re.search(IMPOSSIBLE[lang], block)
            for future in futures:
                lines, sums = f"{before}{future}".split(who_helped)
                for line in re.findall(r"- \*\*\w+ \d+\.\*\* (.+)", lines):
                    for text in re.split(r"(?<=[^A-Z]\.) (?=[A-Z])", line):
                        if match := re.match(HELP_STARTS[lang], text):
                            assert somebody(match["who"]) in sums.lower(), block
                            named += 1
    assert named > 20
