"""A reader of life stories: it knows only the page, and takes it apart by what the sentences say."""

import re
from dataclasses import dataclass, field

import story_sentences as says

from krimpsim.report.story_words import MONTHS


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


def sentences_of(line):
    return re.split(r"(?<=[^A-Z]\.) (?=[A-Z])", line)


def month_of(name, year, lang):
    return int(year) * 12 + [month.lower() for month in MONTHS[lang]].index(name.lower())


def read(page, lang):
    """Take a page of stories apart."""
    stories = []
    for block in page.split("\n## ")[1:]:
        head, *rest = block.split("\n\n")
        heading = re.match(rf"\d+\. ({says.NAME}), (?:aged )?(\d+) (?:jaar )?in (\w+) (\d+), (?:uit|from) ", head)
        story = Story(lang, heading[1], int(heading[2]), month_of(heading[3], heading[4], lang), block)
        for line in rest[1].split("\n"):
            dated = re.match(r"- \*\*(\w+) (\d+)\.\*\* (.+)$", line)
            if dated:
                story.lines.append((month_of(dated[1], dated[2], lang), sentences_of(dated[3])))
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


def said_of(story, pattern):
    """Months and people of sentences that say something, one at a time."""
    return [(month, who) for month, match in story.said(pattern) for who in people(match["who"], story.lang)]


def facts_of(words, of):
    """The numbers of a sentence, and how often it has each of the words that both languages know."""
    words = words.replace("één", "1").replace(" one ", " 1 ")
    plain = re.sub(r"(?<=\d)[.,](?=\d)", ".", words)
    return sorted(re.findall(r"\d+(?:\.\d+)?", plain)), [len(re.findall(pair[of], words)) for pair in says.WORDS]


def parts_of(story):
    """Months and hours by person from the summary, apart from what is told in passing."""
    found = {}
    for line in story.helped:
        match = re.match(says.PART[story.lang], line)
        if match and not re.match(says.WHOLE[story.lang], line):
            found[somebody(match["who"])] = (months(match["t"]), hours(match["h"]))
    return found


def more_at_once(story):
    """Months that the parts hold and the whole does not, as more people helped at once."""
    found = 0
    for line in story.helped:
        if match := re.search(says.TOGETHER[story.lang], line):
            words = next(group for group in match.groups() if group)
            for number, t in re.findall(
                r"(\w+) (?:mensen|people for) ((?:\d+|één|one) \w+"
                r"(?: (?:en|and) (?:\d+|één|one) maand(?:en)?| and (?:\d+|one) months?)?)",
                words,
            ):
                found += (says.NUMBERS[story.lang].split().index(number) - 1) * months(t)
    return found


def sums_of(story):
    """Months by person of help that was given to, and given by, the person told about."""
    got, gave = {}, {}
    is_about_care = "Wie kreeg hulp?" in story.rest or "Who was helped?" in story.rest
    (gave if is_about_care else got).update({who: t for who, (t, _) in parts_of(story).items()})
    for line in story.helped:
        match = re.match(says.ONE[story.lang], line)
        if match and not re.match(says.WHOLE[story.lang], line):
            of = match.groupdict()
            gives = "zorgde" in line or "cared" in line
            (gave if gives else got)[somebody(of["who"] or of["by"])] = months(of["t"] or of["s"])
    return got, gave


def first_time(text, before, lang, he):
    """What is said again, when it was said before; else nothing."""
    for kind, pattern in (("help", says.HELP_STARTS[lang]), ("care", says.CARE_STARTS[lang].replace(says.NAME, he))):
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
        who = re.match(says.W[lang] + " (?:kan|can)", text)["who"]
        known = [
            p
            for one in before
            if (m := re.match(says.CARE_STARTS[lang].replace(says.NAME, he), one))
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
