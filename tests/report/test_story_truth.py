"""Three hundred life stories in both languages, read line by line: sums close, and no sentence belies another."""

import re
from collections import Counter

import numpy as np
import pytest
import story_sentences as says
from story_reader import facts_of, first_time, hours, months, more_at_once, parts_of, read, said_of, somebody, sums_of

from krimpsim.report.courses import H
from krimpsim.report.stories import tell_one
from krimpsim.report.story_account import Account
from krimpsim.report.story_facts import Chooser
from krimpsim.report.story_life import Life
from krimpsim.report.story_rules import choose, find

REPLICATES, EACH = 15, 20


@pytest.fixture(scope="module")
def courses(lived):
    return [lived("today", replicate) for replicate in range(REPLICATES)]


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
        wholes = [match for line in story.helped if (match := re.match(says.WHOLE[lang], line))]
        parts = parts_of(story)
        if not wholes:
            assert len(parts) <= 1
            continue
        whole, mean = months(wholes[0]["t"] or wholes[0]["s"]), hours(wholes[0]["h"])
        rest = [months(match[1]) for line in story.helped if (match := re.match(says.REST[lang], line))]
        assert all(t <= whole for t, _ in parts.values())
        assert sum(t for t, _ in parts.values()) + sum(rest) == whole + more_at_once(story), story.rest
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
        needed = re.search(says.NEEDED[lang], text)
        if not needed:
            continue
        needed = months(needed[1])
        assert needed <= 28 * 12
        for line in story.helped:
            if match := re.match(says.CLIENT[lang], line):
                assert months(match[1]) <= needed
        assert all(t <= needed for t, _ in parts_of(story).values())
        short = [match for line in story.judged if (match := re.match(says.SHORT[lang], line))]
        why = [months(match[1]) for line in story.judged if (match := re.match(says.REASON[lang], line))]
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
        starts = [month for month, _ in story.said(says.BURDENED[lang])]
        ends = [month for month, _ in story.said(says.BURDEN_ENDS[lang])]
        total = next((match for line in story.judged if (match := re.search(says.BURDEN_SUM[lang], line))), None)
        if says.NEVER[lang] in "\n".join(story.judged):
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
        for pattern, listed in zip((says.HELP_STARTS, says.CARE_STARTS), sums_of(story), strict=True):
            he = f"(?:{story.name}|Hij|Zij|He|She)"
            for _, who in said_of(story, pattern[story.lang].replace(says.NAME, he)):
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
            (says.HELP_STARTS[lang], [says.HELP_ENDS[lang]], got),
            (says.CARE_STARTS[lang], says.CARE_ENDS[lang], gave),
        ):
            spans = Counter()
            stops = [stop for end in ends for stop in said_of(story, end.replace(says.NAME, he))]
            open_since = {}
            for month, who in said_of(story, starts.replace(says.NAME, he)):
                until = min([m for m, w in stops if w == who and m > month] + [last])
                if starts == says.HELP_STARTS[lang]:
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
        for month, match in story.said(rf"^{says.W[lang]} (?:overlijdt|dies)\b"):
            deaths += 1
            who = somebody(match["who"])
            for later, text in story.sentences:
                if later > month:
                    found = [
                        one
                        for pattern in (says.HELP_STARTS, says.HELP_ENDS)
                        for one in [re.match(pattern[lang], text)]
                        if one
                    ]
                    assert all(somebody(one["who"]) != who for one in found), story.rest
        if says.NOBODY[lang] in "\n".join(story.helped):
            assert not story.said(says.HELP_STARTS[lang])
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


def test_dates_and_ages_are_in_order_and_nothing_comes_after_the_end(told):
    for story in told:
        dates = [month for month, _ in story.lines]
        assert dates == sorted(set(dates))
        assert story.month == dates[0]
        ends = story.said(says.GOES[story.lang])
        assert len(ends) == 1
        assert ends[0][0] == dates[-1]
        last = " ".join(story.lines[-1][1])
        assert re.search(says.GOES[story.lang].replace("{name}", story.name).replace("^", r"(?:^|\. )"), last)
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
        assert not re.search(says.IMPOSSIBLE[story.lang], story.rest), story.rest
        assert not re.search(r"\b(\w+) \1\b", story.rest.lower()), story.rest


def test_both_languages_say_the_same(stories):
    for dutch, english in zip(stories["nl"], stories["en"], strict=True):
        assert (dutch.name, dutch.age, dutch.month) == (english.name, english.age, english.month)
        assert [month for month, _ in dutch.lines] == [month for month, _ in english.lines]
        for (_, one), (_, other) in zip(dutch.lines, english.lines, strict=True):
            assert facts_of(" ".join(one), 0) == facts_of(" ".join(other), 1), (one, other)
        for one, other in ((dutch.helped, english.helped), (dutch.judged, english.judged)):
            assert len(one) == len(other)
            for line, same in zip(one, other, strict=True):
                assert facts_of(line, 0) == facts_of(same, 1), (line, same)


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
