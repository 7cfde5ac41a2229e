"""Life stories: people are followed by identity, chosen by rule, and told in two languages without inventing facts."""

import re
import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "model"))

from model_tools import finished, same, small

from krimpsim.core.codes import Presence
from krimpsim.population.lists import CARER_MINUTES
from krimpsim.report import stories
from krimpsim.report.courses import FACTS, H, follow
from krimpsim.report.stories import tell_one, tell_two, write_stories
from krimpsim.report.story_account import Account
from krimpsim.report.story_facts import Chooser, Fact, months_of
from krimpsim.report.story_life import Life, parting, spells
from krimpsim.report.story_rules import RULES, choose, find
from krimpsim.report.story_teller import Teller
from krimpsim.report.story_words import LANGUAGES, MONTHS, NAMES, WORDS, duration, first_name, hours
from krimpsim.run import simulate

END = "2017-12-31"  # two renumberings: January 2013 and, of rows already followed, January 2016
LARGE, SMALL = "Gasselternijveen", ("Eexterveen", "Buinerveen", "Annerveenschekanaal", "Spijkerboor")
VILLAGES = [LARGE, *SMALL]
ENGLISH = ("the", "and", "a week", "years", "months", "starts", "moves", "care", "needs", "home", "hours")


def scenario(name, **more):
    return small(f"scenarios/{name}", END, VILLAGES, **more)


@pytest.fixture(scope="module")
def today():
    return follow(scenario("today"))


@pytest.fixture(scope="module")
def convenant():
    return follow(scenario("convenant"))


@pytest.fixture(scope="module")
def seen():
    """Level, need and village by identity and month, read directly; and the months in which rows moved."""
    found, rows, moved = {}, {}, set()

    def look(model):
        n = model.in_use.persons
        for i in range(n):
            uid = int(model.people.uid[i])
            if rows.get(uid, i) != i:
                moved.add(model.month)
            rows[uid] = i
        people = model.people
        for i in np.flatnonzero((people.presence == int(Presence.HOME)) & (people.level > 0)):
            facts = ("level", "need_minutes", "met_minutes", "birth_month", "sex", "village", "care_minutes")
            found[int(people.uid[i]), model.month] = tuple(int(getattr(people, fact)[i]) for fact in facts)

    finished(scenario("today"), each=look)
    return found, moved


# --- following --------------------------------------------------------------------------------------------------


def test_looking_changes_nothing():
    config = scenario("today")
    months = []
    assert same(simulate(config, 0), simulate(config, 0, each=lambda model: months.append(model.month)))
    assert months == list(range(2013 * 12, 2018 * 12))


def test_people_are_followed_by_identity_over_a_renumbering(today, seen):
    found, moved = seen
    assert any(month > 2013 * 12 and month % 12 == 0 for month in moved)
    noted = {}
    for k in range(len(today)):
        rows = slice(int(today.start[k]), int(today.start[k + 1]))
        f = today.facts[:, rows]
        assert len(set(f[FACTS.birth_month].tolist())) == 1
        assert len(set(f[FACTS.sex].tolist())) == 1
        for j, month in enumerate(today.month[rows].tolist()):
            if f[FACTS.presence, j] == int(Presence.HOME) and f[FACTS.level, j] > 0:
                facts = (FACTS.level, FACTS.need_minutes, FACTS.met_minutes, FACTS.birth_month, FACTS.sex)
                noted[int(today.uid[k]), month] = tuple(
                    int(f[fact, j]) for fact in (*facts, FACTS.village, FACTS.care_minutes)
                )
    assert noted == found


def test_months_of_a_person_are_in_order_and_end_with_death_or_departure(today):
    for k in range(len(today)):
        rows = slice(int(today.start[k]), int(today.start[k + 1]))
        assert (np.diff(today.month[rows]) > 0).all()
        gone = np.flatnonzero(today.facts[FACTS.presence, rows] >= int(Presence.AWAY))
        assert len(gone) == 0 or gone.tolist() == [len(today.month[rows]) - 1]


def test_help_noted_adds_up_to_what_carers_spent(today):
    spent = np.zeros(today.facts.shape[1], dtype=np.int64)
    at = today.row(today.help[H.giver].astype(np.int64), today.help[H.month].astype(np.int64))
    np.add.at(spent, at[at >= 0], today.help[H.minutes, at >= 0])
    booked = today.facts[FACTS.care_minutes].astype(np.int64) + today.facts[FACTS.usual_minutes]
    home = today.facts[FACTS.presence] == int(Presence.HOME)
    assert booked[home].sum() > 0
    assert (np.abs(spent - booked)[home] <= 2).mean() > 0.999  # halves of a minute when two in one home need care


# --- choosing ---------------------------------------------------------------------------------------------------


def test_the_first_is_the_heaviest_gap_of_all(today, seen):
    found, _ = seen
    total, needed, months = {}, {}, {}
    for (uid, _), (level, need, met, *_) in found.items():
        if level >= 2:
            total[uid] = total.get(uid, 0) + need - met
            needed[uid] = needed.get(uid, 0) + need
            months[uid] = months.get(uid, 0) + 1
    had = [uid for uid in total if months[uid] >= 12 and total[uid] >= 0.25 * needed[uid]]
    assert had
    best = max(had, key=lambda uid: (total[uid], -uid))
    rule, place = choose(find(today), 1)[0]
    assert (rule, int(today.uid[place])) == ("gap", best)
    everybody = find(today)["gap"]
    assert int(everybody.group.sum()) == len(total)
    assert int(everybody.had.sum()) == len(had)


def test_nobody_is_told_twice_and_the_rules_take_turns(today):
    found = find(today)
    chosen = choose(found, 20)
    assert len({place for _, place in chosen}) == len(chosen) == 20
    names = [name for name in RULES if found[name].had.any()]
    assert [rule for rule, _ in chosen[: len(names)]] == names
    for rule, place in chosen:
        assert found[rule].had[place]
        assert found[rule].group[place]


def test_children_who_care_are_children(today):
    for k in np.flatnonzero(find(today)["young"].had):
        life = Life(today, int(k))
        t = int(np.flatnonzero(life.monthly(FACTS.care_minutes) >= CARER_MINUTES)[0])
        assert 8 <= life.age(t) < 18


# --- two futures ------------------------------------------------------------------------------------------------


def test_lives_part_in_the_first_month_in_which_a_noted_fact_differs(today, convenant):
    parted = 0
    for k in range(len(convenant)):
        place = today.place(int(convenant.uid[k]))
        if place < 0:
            continue
        a, b = Life(today, place), Life(convenant, k)
        t = parting(a, b)
        for of_a, of_b in zip(a.noted(), b.noted(), strict=True):
            before_a, before_b = (x[x[:, 0] < a.first_month + (a.n if t is None else t)] for x in (of_a, of_b))
            assert np.array_equal(before_a, before_b)
        if t is None:
            continue
        parted += 1
        now = [[x[x[:, 0] == life.first_month + t].tolist() for x in life.noted()] for life in (a, b)]
        assert now[0] != now[1]
    assert parted > 0


def test_a_future_does_not_part_from_itself(today):
    assert all(parting(Life(today, k), Life(today, k)) is None for k in range(0, len(today), 50))
    text = tell_two(today, today, 3, "nl")
    assert "Daarna gaat het leven" not in text
    assert text.count("is alles gelijk in A en in B, van het begin tot het eind") == 3


def test_two_futures_are_told_from_the_month_in_which_they_part(today, convenant):
    text = tell_two(today, convenant, 5, "nl")
    blocks = [block for block in text.split("\n## ")[1:] if "Daarna gaat het leven" in block]
    assert blocks
    for block in blocks:
        before, _, after = block.partition("\n**Tot ")
        if not after:
            continue
        names = "|".join(MONTHS["nl"])
        part = re.match(rf"({names}) (\d{{4}})", after)
        assert part is not None
        moment = int(part[2]) * 12 + MONTHS["nl"].index(part[1])
        for lines, later in ((before, False), (after, True)):
            for name, year in re.findall(rf"- \*\*({names}) (\d{{4}})\.", lines, flags=re.IGNORECASE):
                month = int(year) * 12 + MONTHS["nl"].index(name.lower())
                assert (month >= moment) == later


# --- telling ----------------------------------------------------------------------------------------------------


def test_small_villages_are_never_named(today, convenant):
    texts = [tell_one(today, 20, lang) for lang in LANGUAGES] + [tell_two(today, convenant, 20, "nl")]
    for text in texts:
        assert not any(name in text for name in SMALL)
    assert any(LARGE in text for text in texts)
    assert "een klein veendorp" in texts[0]


def test_both_languages_have_all_texts_with_the_same_values():
    assert set(WORDS["nl"]) == set(WORDS["en"])
    for key, text in WORDS["nl"].items():
        values = [set(re.findall(r"{(\w+)}", words)) for words in (text, WORDS["en"][key])]
        assert values[0] == values[1], key
    for kind in ("about", "group", "had"):
        assert {key.partition("_")[2] for key in WORDS["nl"] if key.startswith(f"{kind}_")} == set(RULES)


def test_dutch_texts_are_dutch_and_say_that_people_are_invented(today, convenant):
    words = re.sub(r"{\w+}", "", "\n".join(WORDS["nl"].values()))
    for text in (tell_one(today, 20, "nl"), tell_two(today, convenant, 10, "nl"), words):
        for word in ENGLISH:
            assert not re.search(rf"\b{re.escape(word)}\b", text), word
        assert "verzonnen" in text
        assert "Dit kan gebeuren. Het is niet gebeurd." in text
    assert "invented" in tell_one(today, 2, "en")


def test_every_sentence_is_whole(today, convenant):
    for text in (tell_one(today, 20, "nl"), tell_one(today, 20, "en"), tell_two(today, convenant, 20, "nl")):
        assert "{" not in text
        assert "  " not in text
        for line in text.splitlines():
            if line and not line.startswith(("#", "*", "A is")):
                assert line.endswith((".", "*")), line


def test_a_story_has_few_lines_and_says_when_some_are_left_out(today, monkeypatch):
    account = Account(Life(today, choose(find(today), 1)[0][1]), "gap")
    assert len(months_of(account.facts)) > 2
    short = Chooser(account.facts).choose(lambda facts: len(months_of(facts)) <= 2)
    assert 0 < len(months_of(short)) <= 2
    teller = Teller(account, "nl", "Anna", np.ones(len(VILLAGES), dtype=bool))
    assert len(teller.lines(account.facts)) == len(months_of(account.facts))
    monkeypatch.setattr(stories, "LINES", 2)
    page = tell_one(today, 20, "nl")
    assert "staan hier niet" in page
    for block in page.split("\n## ")[1:]:
        assert block.count("- **") <= 2


def test_a_spell_is_told_whole_and_nothing_without_what_it_needs():
    facts = [
        Fact(1, 3, "cares", "care 7", role="start"),
        Fact(2, 3, "need_begins", "need"),
        Fact(5, 4, "cares_ends", "care 7", role="end"),
        Fact(6, 0, "noticed", "noticed", needs=(("need", 2), ("need", 99))),
        Fact(8, 2, "cares", "care 7", role="start"),
        Fact(9, -1, "dies", "end"),
    ]
    told = Chooser(facts).choose(lambda chosen: len(chosen) <= 4)
    assert [fact.month for fact in told] == [2, 6, 8, 9]
    assert [fact.month for fact in Chooser(facts).closed([facts[2]])] in ([1, 5], [5, 1])
    assert Chooser(facts).choose(lambda chosen: len(chosen) <= 6) == facts


def test_stories_are_the_same_every_time_and_saved(tmp_path, today):
    paths = [write_stories(tmp_path, [scenario("today")], 4, lang) for lang in LANGUAGES]
    assert [path.name for path in paths] == ["stories.nl.md", "stories.en.md"]
    assert paths[0].read_text(encoding="utf-8") == tell_one(today, 4, "nl")
    assert paths[0].read_text(encoding="utf-8").count("\n## ") == 4


# --- words ------------------------------------------------------------------------------------------------------


def test_hours_and_durations_in_words():
    assert [hours("nl", m) for m in (5, 60, 90, 210, 605, 1260)] == [
        "minder dan een half uur", "1 uur", "1,5 uur", "3,5 uur", "10 uur", "21 uur",
    ]  # fmt: skip
    assert [hours("en", m) for m in (60, 90)] == ["1 hour", "1.5 hours"]
    assert [duration("nl", m) for m in (1, 14, 24, 25, 40)] == [
        "één maand", "14 maanden", "2 jaar", "2 jaar en één maand", "3 jaar en 4 maanden",
    ]  # fmt: skip


def test_names_suit_sex_and_generation_and_are_used_once():
    taken = set()
    names = [first_name(uid, 1, 1940 * 12, taken) for uid in range(20)]
    assert len(set(names)) == 20
    assert set(names) >= set(NAMES[1][0])
    assert first_name(3, 0, 2001 * 12, set()) in NAMES[0][1980]


def test_short_breaks_do_not_end_a_spell():
    assert spells([1, 2, 3, 5, 9, 10]) == [(1, 5), (9, 10)]
    assert spells([]) == []
