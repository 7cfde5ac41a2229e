"""How the life stories say things: sentences by key, months, hours, durations and invented first names."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal

from krimpsim.core.codes import Sex
from krimpsim.report.numbers import en, nl
from krimpsim.report.story_dutch import DUTCH
from krimpsim.report.story_english import ENGLISH

LANGUAGES = ("nl", "en")

#: First names by sex and by the first year of birth for which they are common.
NAMES: Mapping[Sex, Mapping[int, tuple[str, ...]]] = {
    Sex.WOMAN: {
        0: ("Geesje", "Hendrikje", "Jantje", "Grietje", "Roelfien", "Aaltje", "Trijntje", "Annie", "Lammie", "Tineke"),
        1950: ("Ina", "Wilma", "Janny", "Gea", "Marja", "Anja", "Hilda", "Jolanda"),
        1980: ("Linda", "Marloes", "Sanne", "Ilse", "Lotte", "Emma", "Noor"),
    },
    Sex.MAN: {
        0: ("Harm", "Roelof", "Geert", "Albert", "Hendrik", "Lammert", "Jans", "Klaas", "Berend", "Egbert"),
        1950: ("Jan", "Henk", "Gerrit", "Wim", "Bert", "Jaap", "Marten", "Johan"),
        1980: ("Jeroen", "Niels", "Rick", "Bram", "Daan", "Thijs", "Sem"),
    },
}
MONTHS: Mapping[str, tuple[str, ...]] = {
    "nl": (
        *("januari", "februari", "maart", "april", "mei", "juni"),
        *("juli", "augustus", "september", "oktober", "november", "december"),
    ),
    "en": (
        *("January", "February", "March", "April", "May", "June"),
        *("July", "August", "September", "October", "November", "December"),
    ),
}

WORDS: Mapping[str, Mapping[str, str]] = {"nl": DUTCH, "en": ENGLISH}


def say(lang: str, key: str, **values: object) -> str:
    """Return a sentence or phrase, with values filled in."""
    return WORDS[lang][key].format(**values)


def month_name(lang: str, month: int) -> str:
    """Return an absolute month as ``maart 2029``."""
    return f"{MONTHS[lang][month % 12]} {month // 12}"


def hours(lang: str, minutes: float) -> str:
    """Return minutes as hours, in halves below ten."""
    value = round(minutes / 30) / 2 if minutes < 600 else round(minutes / 60)
    if value == 0:
        return say(lang, "less_than_half_hour")
    whole = value == int(value)
    number = (nl if lang == "nl" else en)(Decimal(str(value)) if not whole else Decimal(int(value)), 0 if whole else 1)
    return say(lang, "hour" if value == 1 else "hours", number=number)


def duration(lang: str, months: int) -> str:
    """Return a number of months, from two years on as years and months."""
    if months < 24:
        return say(lang, "month") if months == 1 else say(lang, "months", number=months)
    years = say(lang, "years", number=months // 12)
    rest = months % 12
    return years if rest == 0 else say(lang, "year_and_month", years=years, months=duration(lang, rest))


def first_name(uid: int, sex: int, birth_month: int, taken: set[str]) -> str:
    """Return an invented first name that suits sex and year of birth, and nobody else has yet."""
    lists = NAMES[Sex(sex)]
    names = lists[max(year for year in lists if year <= birth_month // 12)]
    turn = [names[(uid + k) % len(names)] for k in range(len(names))]
    free = [name for name in turn if name not in taken]
    name = free[0] if free else next(f"{turn[0]} {c}." for c in "BDEGHJKLMNPRSTVWZ" if f"{turn[0]} {c}." not in taken)
    taken.add(name)
    return name


def listed(lang: str, words: Sequence[str]) -> str:
    """Return words as ``a, b en c``."""
    first, last = ", ".join(words[:-1]), words[-1]
    return say(lang, "and", first=first, last=last) if first else last


def capital(text: str) -> str:
    """Return a sentence that begins with a capital."""
    return text[:1].upper() + text[1:]
