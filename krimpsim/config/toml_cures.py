"""What is wrong with a text that is not TOML, in the words of whoever wrote it, and the cure.

The parser says where it could not go on, in words about its grammar.  Here the line is looked at for what people write.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from typing import NamedTuple

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
_PAIR = re.compile(r"\s*(?P<key>[^=#\"']+?|\"[^\"]*\"|'[^']*')\s*=\s*(?P<value>[^#]*?)\s*(?:#.*)?")
_TABLE = re.compile(r"\s*\[(?P<many>\[)?(?P<name>[^\[\]]+)\]\]?\s*(?:#.*)?")
_WORDS = dict.fromkeys(("yes", "on", "ja", "aan", "waar", "true"), "true")
_WORDS |= dict.fromkeys(("no", "off", "nee", "uit", "onwaar", "false"), "false")
_SMART = "“”„‟‘’‚‛«»"
_BLANKS = "\u00a0\u2007\u202f\u2009\u200b\ufeff"
_DECIMAL = re.compile(r"[+-]?\d+,\d+")
_PERCENT = re.compile(r"(?P<number>[+-]?\d+(?:[.,]\d+)?)\s*%")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[. '’,]\d{3})+(?:[.,]\d+)?")
_DAY_FIRST = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4})")
_YEAR_FIRST = re.compile(r"(\d{4})[-/. ](\d{1,2})[-/. ](\d{1,2})")
_BARE_POINT = re.compile(r"(?P<before>[+-]?)(?:(?P<left>\d+)\.|\.(?P<right>\d+))")
_SUM = re.compile(r"[\d.,\s()]*\d[\s()]*[*/+^-][\d.,\s()*/+^-]*\d[\s()]*")
_UNIT = re.compile(
    r"(?P<number>[+-]?\d(?:[\d.,' ]*\d)?)\s*(?:€|[^\W\d_][^\d\"'=]*)|(?:€|EUR|[~±<>])\s*(?P<behind>[+-]?\d[\d.,]*)"
)
_EXPONENT = re.compile(r"[+-]?\d+,\d+[eE][+-]?\d+")
_DAY_IN_WORDS = re.compile(r"(\d{1,2})\s+([A-Za-z]+)\.?\s+(\d{4})")
_MONTHS = {name: k for k, names in enumerate(
    ("jan", "feb", "maa mrt mar", "apr", "mei may", "jun", "jul", "aug", "sep", "okt oct", "nov", "dec"), start=1
) for name in names.split()}  # fmt: skip
_NOTHING = ("null", "none", "nil", "na", "n/a", "nvt", "n.v.t.", "leeg", "empty", "undefined")
_NO_NUMBERS = ("inf", "nan", "infinity", "-inf", "+inf", "-nan", "oneindig")
_TEXT = re.compile(r"\"(?:\\.|[^\"\\])*\"|'[^']*'")
_BARE_WORD = re.compile(r"(?<![\w.+-])[^\W\d_][^,\[\]{}=#\"']*")
_NO_COMMENT = ("//", "--", ";", "%", "/*", "<!--", "REM ", "!")
_LEADING_ZERO = re.compile(r"[+-]?0+(?P<rest>\d+(?:\.\d+)?)")


class Cure(NamedTuple):
    """What is wrong, on which line, and what to write."""

    line: int
    message: str
    hint: str


def cure_of(text: str, error: str) -> Cure:
    """Return what is wrong with a text that the parser refused.

    Parameters
    ----------
    text
        The file.
    error
        What the parser says.
    """
    found = _AT_LINE.search(error)
    said = _AT_LINE.sub("", error)
    lines = text.split("\n")
    last = max((number for number, one in enumerate(lines, start=1) if one.strip()), default=1)
    line = min(int(found[1]) if found and found[1] else last, last)
    if any(word in said for word in ("overwrite", "twice", "mutate", "redefine", "uplicate")):
        twice = _twice(lines, line, said)
        if twice:
            return twice
    if "nclosed array" in said and re.match(r"\s*[\"'\d+-]", lines[line - 1]):
        before = next((k for k in range(line - 1, 0, -1) if lines[k - 1].strip()), 0)
        if before and lines[before - 1].rstrip()[-1] in "\"'0123456789":
            word = lines[before - 1].strip()
            return Cure(before, f"a comma is missing after {word}", f"write {word},")
    for number in (line, line - 1):  # a quote or bracket that is missing shows on the line after
        cure = next(_of_line(lines[number - 1], number), None) if number else None
        if cure:
            return cure
    opened = _unclosed(lines, last)
    if opened:
        return opened
    if text.lstrip()[:1] in ("<", "{"):
        return Cure(line, "this is no TOML but another kind of file", "give a file with lines such as key = value")
    pair = _PAIR.fullmatch(lines[line - 1])
    if pair and pair["value"]:
        hint = "a value is a number as 0.65, true or false, a date as 2027-01-31, a text in quotes, or a list in [ ]"
        return Cure(line, f"{pair['value'][:40]} is none that TOML knows", hint)
    hint = 'a line is key = value: a number, true or false, a date, or a text in quotes, as title = "Text"'
    return Cure(line, f"this line is not TOML: {said[:1].lower()}{said[1:]}", hint)


def value_cure(text: str) -> str:
    """Return how a value that was written as a text should be written; nothing when nobody can tell."""
    return _of_value(text)[1]


def path_cure(text: str) -> str:
    """Return what went wrong with the name of a file in which characters stand that nobody sees."""
    odd = any(character < " " for character in text)
    return "a \\ in double quotes begins a special character: write single quotes, or / in its place" if odd else ""


def _twice(lines: list[str], line: int, said: str) -> Cure | None:
    """Return that a key or a table stands there twice, with both lines."""
    inside = re.search(r"inline table key '([^']*)'", said)
    if inside:
        return Cure(line, f"'{inside[1]}' stands there twice in these braces", "leave one of the two out")
    seen: dict[tuple[str, str], int] = {}
    table = ""
    for number, one in enumerate(lines[:line], start=1):
        header, pair = _TABLE.fullmatch(one), _PAIR.fullmatch(one)
        if header:
            table, key = "", header["name"]
        elif pair:
            key = pair["key"]
        else:
            continue
        name = ".".join(part.strip().strip("\"'") for part in key.split("."))
        if number == line:
            return _before(seen, table, name, line)
        if header and header["many"]:  # each of a list begins anew
            seen = {pair: at for pair, at in seen.items() if not f"{pair[0]}.".startswith(f"{name}.")}
        seen.setdefault((table, name), number)
        table = name if header else table
    return None


def _before(seen: dict[tuple[str, str], int], table: str, name: str, line: int) -> Cure | None:
    """Return where a key or a table stands already: by its name, or as part of a longer or a shorter one."""
    if (table, name) in seen:
        first = seen[table, name]
        return Cure(line, f"'{name}' stands there twice, first on line {first}", "leave one of the two out")
    whole = f"{table}.{name}".lstrip(".")
    for (around, key), first in seen.items():
        other = f"{around}.{key}".lstrip(".")
        if other == whole:
            return Cure(line, f"'{whole}' stands there twice, first on line {first}", "leave one of the two out")
        if f"{other}.".startswith(f"{whole}.") or f"{whole}.".startswith(f"{other}."):
            short = min(whole, other, key=len)
            hint = f"write all of {short} in one place, as [{short}] with its keys below"
            return Cure(line, f"'{whole}' stands beside '{other}' of line {first}, and they cannot both stand", hint)
    return None


def _of_line(line: str, number: int) -> Iterator[Cure]:
    """Yield what is wrong with a line, the likeliest first."""
    stripped = line.strip()
    if not stripped or stripped.startswith("#"):
        return
    bare = _TEXT.sub("", line)
    smart = next((mark for mark in bare if mark in _SMART), "")
    if smart:
        yield Cure(number, f"{smart} is no quote of TOML", "write straight quotes: \"text\" or 'text'")
    odd = next((mark for mark in bare if mark in _BLANKS), "")
    if odd:
        yield Cure(number, "a blank of another kind stands in this line", "type the line again, with plain blanks")
    if any((mark < " " and mark != "\t") or mark == "\x7f" for mark in line):
        yield Cure(number, "a character that nobody sees stands in this line", "type the line again")
    sign = next((mark for mark in _NO_COMMENT if stripped.startswith(mark)), "")
    if sign or stripped.startswith("```"):
        hint = "begin the line with #" if sign else "leave the line out"
        yield Cure(number, f"{sign or '```'} begins no line of TOML, nor a comment", hint)
        return
    if re.match(r"\[[^\"',]*\]|\[[^\"',]*$", stripped):
        yield from _of_header(stripped, number)
        return
    pair = _PAIR.fullmatch(line)
    if pair is None or (stripped[0] in "\"'[" and "=" not in bare):
        yield from _of_part(line, number)
        return
    key, value = pair["key"].strip().rstrip(":").strip(), pair["value"].strip()
    if " " in key and not key.startswith(('"', "'")):
        yield Cure(number, f"'{key}' cannot be a key", f"write {key.replace(' ', '_')} = ...")
    if not re.fullmatch(r"[\w -]+(\.[\w -]+)*|.*[\"'].*", key, re.ASCII):
        yield Cure(number, f"'{key}' cannot be a key", "letters without accents, digits, _ and -")
    if value.startswith(("=", ">")) or pair["key"].rstrip().endswith(":"):
        yield Cure(number, "one = belongs between key and value", f"write {key} = {value.lstrip('=> ')}")
    if not value:
        yield Cure(number, f"'{key}' has no value", f"write {key} = ..., or leave the line out")
        return
    if value.endswith(";") or (value.endswith(",") and not value.startswith(("[", "{"))):
        yield Cure(number, f"a line does not end with {value[-1]}", f"write {key} = {value[:-1].strip()}")
    if value[0] not in "[{" and re.match(r"\S+[\s;,]+[A-Za-z_][\w.-]*\s*=", _TEXT.sub("''", value)):
        yield Cure(number, "two values stand on this line", "write each on a line of its own")
    yield from _of_written(key, value, number)


def _of_header(header: str, number: int) -> Iterator[Cure]:
    """Yield what is wrong with a line that opens a table."""
    name = header.partition("#")[0].strip("[] ")
    inside, _, rest = header.partition("#")[0].strip().lstrip("[").partition("]")
    if rest.strip("] "):
        yield Cure(
            number, f"{rest.strip('] ')} stands behind [{inside}]", "begin a new line after a table, or leave it out"
        )
    if header.count("[") != header.count("]"):
        yield Cure(number, "a bracket of this line is missing", f"write [{name}], or [[{name}]] for one of a list")
    if " " in name:
        yield Cure(number, f"'{name}' cannot name a table", "write it without blanks, as [informal_care]")
    if not re.fullmatch(r"[A-Za-z0-9_.-]+", name):
        yield Cure(number, f"'{name}' cannot name a table", "letters without accents, digits, _ and -")


def _of_part(line: str, number: int) -> Iterator[Cure]:
    """Yield what is wrong with a line that is no pair of key and value: a part of a list, or a pair written otherwise."""
    stripped = line.strip()
    colon = re.fullmatch(r"\s*([A-Za-z_.\"'-]+)\s*:\s*(.*)", line)
    if colon:
        write = f"write {colon[1]} = {colon[2]}" if colon[2] else f"write [{colon[1]}] for a table, and its keys below"
        yield Cure(number, f"': ' stands where = belongs, after '{colon[1]}'", write)
        return
    yield from _of_quotes(stripped, number)
    if stripped.endswith((",", "]")) and not stripped.startswith(('"', "'")):
        yield from _of_words(stripped, number)
    if "=" not in line and re.match(r"\s*[\w.-]+(\s|$)", line):
        word, _, rest = stripped.partition(" ")
        rest = re.sub(r"^\s*(->|<-|:=)\s*", "", rest).strip() or "..."
        write = f"write [{word}], and its keys on lines below" if rest == "{" else f"write {word} = {rest}"
        yield Cure(number, f"there is no = after '{word}'", write)


def _of_written(key: str, value: str, number: int) -> Iterator[Cure]:
    """Yield what is wrong with the value of a pair."""
    if value.startswith("{") and "}" not in value:
        hint = f"close it with }} on the same line, or write [{key}] and its keys on lines below"
        yield Cure(number, "a table in braces is opened here and not closed", hint)
    if value.startswith("[") and ";" in value and not set(value) & {'"', "'"}:
        listed = value.replace(",", ".").replace(";", ",") if re.search(r"\d,\d", value) else value.replace(";", ",")
        yield Cure(number, "a list has commas between its values, not semicolons", f"write {key} = {listed}")
    path = re.search(r"\"([^\"]*\\[^\"]*)\"?", value)
    if path:
        plain = path[1]
        cure = f"write '{plain}' in single quotes, or \"{plain.replace(chr(92) * 2, '/').replace(chr(92), '/')}\""
        yield Cure(number, "a \\ in double quotes begins a special character", cure)
    if not re.fullmatch(r"(\"[^\"]*\"|'[^']*')(\s*,\s*(\"[^\"]*\"|'[^']*'))+", value):
        yield from _of_quotes(value, number)
    if value[0] in "[{":
        comma = re.search(r"=\s*([+-]?\d+,\d+)\s*[,}]", value)
        if comma:
            yield Cure(number, f"{comma[1]} has a decimal comma", f"write {comma[1].replace(',', '.')}")
        yield from _of_words(value, number)
        return
    if re.fullmatch(r"(\"[^\"]*\"|'[^']*'|[\d.]+)(\s*,\s*(\"[^\"]*\"|'[^']*'|[\d.]+))+", value) and (
        value[0] in "\"'" or ", " in value
    ):
        listed = value if value[0] in "\"'" else re.sub(r"(\d),(\d)", r"\1.\2", value)
        yield Cure(number, "these are more values than one", f"write a list: {key} = [{listed}]")
    message, hint = _of_value(value)
    if hint:
        yield Cure(number, message, hint)
    if value[0].isalpha():
        quote = "'" if "\\" in value else '"'
        yield Cure(
            number, f"{value[:40]} is a text without quotes", f"write {key} = {quote}{value.strip(chr(34))}{quote}"
        )
    if value.endswith(('"', "'")) and value[0] not in "\"'":
        yield Cure(number, f"{value[:40]} has a quote at one end only", f'write {key} = "{value.strip(chr(34))}"')


def _of_quotes(value: str, number: int) -> Iterator[Cure]:
    """Yield what is wrong with the quotes of a value, or of a part of a list."""
    one = value.rstrip(",")
    mark = one[:1]
    if mark in ('"', "'") and not one.startswith(mark * 3):
        other = "'" if mark == '"' else '"'
        if len(one) > 2 and one.endswith(mark) and mark in one[1:-1] and other not in one and "," not in one:
            written = f"write {other}{one[1:-1]}{other}"
            yield Cure(number, f"a {mark} inside the text ends it", written)
        if len(one) < 2 or one.count(mark) % 2:
            yield Cure(number, f"the quote that opens {one[:30]} is not closed", "close it on the same line")
    elif any(mark in _TEXT.sub("", value) for mark in "\"'") and value[:1] in "[{":
        yield Cure(number, "a quote is missing in this list", 'each text has two, as ["one", "two"]')
    beside = re.search(r"(\"[^\"]*\"|'[^']*')\s+[\"']", value)
    if beside and value.count('"') % 2 == 0:
        yield Cure(number, f"a comma is missing after {beside[1]}", f"write {beside[1]},")


def _of_words(value: str, number: int) -> Iterator[Cure]:
    """Yield the words without quotes in a list, in braces, or in a part of them."""
    bare = _TEXT.sub("''", value)
    if re.search(r",\s*,|[\[{]\s*,", bare):
        yield Cure(number, "a comma stands here with no value before it", "leave it out")
    if value.startswith("{") and re.search(r",\s*}", bare):
        yield Cure(number, "braces do not end with a comma", "leave the last comma out")
    if value.startswith("{") and re.search(r"[\w.-]*\s*:", bare) and "=" not in bare:
        yield Cure(number, "in braces = stands between key and value, not :", "write it as {a = 1}")
    plain = re.sub(r"[\w.-]*\s*=", "", bare).replace("''", "")
    for word in map(str.strip, _BARE_WORD.findall(plain)):
        if word not in ("true", "false", "inf", "nan", ""):
            message, hint = _of_value(word)
            yield Cure(number, message or f"{word[:40]} is a text without quotes", hint or f'write "{word}"')
    for part in map(str.strip, re.split(r"[,\[\]{}]", plain)):
        message, hint = _of_value(part)
        if hint:
            yield Cure(number, message, hint)


def _of_value(value: str) -> tuple[str, str]:
    """Return what is wrong with a value, and how to write it; nothing when nobody can tell."""
    text = value.strip()
    if text.casefold() in _WORDS and text not in ("true", "false"):
        return f"{text} is not true or false", f"write {_WORDS[text.casefold()]}"
    if _DECIMAL.fullmatch(text) and not re.fullmatch(r"[+-]?\d{1,3},\d{3}", text):
        return f"{text} has a decimal comma", f"write {text.replace(',', '.')}"
    if _EXPONENT.fullmatch(text):
        return f"{text} has a decimal comma", f"write {text.replace(',', '.')}"
    if text.casefold() in _NOTHING:
        return f"{text} is no value", "leave the line out, or write a value"
    if text.casefold() in _NO_NUMBERS and text not in _NO_NUMBERS:
        return f"{text} is not a number", "write a number"
    percent = _PERCENT.fullmatch(text)
    if percent:
        share = float(percent["number"].replace(",", ".")) / 100
        return f"{text} is not a number", f"write {share:g}"
    for pattern, order in ((_DAY_FIRST, (2, 1, 0)), (_YEAR_FIRST, (0, 1, 2))):
        day = pattern.fullmatch(text)
        if day:
            year, month, of_month = (int(day.groups()[k]) for k in order)
            written = f"{year}-{month:02d}-{of_month:02d}"
            is_written = written == text or not (1 <= month <= 12 and 1 <= of_month <= 31)
            return f"{text} is not a date", "write year-month-day, as 2027-01-31" if is_written else f"write {written}"
    if _GROUPED.fullmatch(text):
        return f"{text} has a mark between thousands or a decimal comma", _without_marks(text)
    bare = _BARE_POINT.fullmatch(text)
    if bare:
        return f"{text} lacks a digit", f"write {bare['before']}{bare['left'] or 0}.{bare['right'] or 0}"
    zero = _LEADING_ZERO.fullmatch(text)
    if zero and not re.fullmatch(r"[+-]?0(\.\d+)?", text):
        return f"{text} begins with a 0", f"write {zero['rest']}"
    words = _DAY_IN_WORDS.fullmatch(text)
    if words and words[2][:3].casefold() in _MONTHS:
        month = _MONTHS[words[2][:3].casefold()]
        return f"{text} is not a date", f"write {words[3]}-{month:02d}-{int(words[1]):02d}"
    core = text.strip(" ;,=\"'" + _SMART)
    if core != text and re.fullmatch(r"[+-]?\d+(\.\d+)?", core):
        return f"{text} is not a number", f"write {core}"
    if _SUM.fullmatch(text):
        return f"{text} is a calculation", "write its outcome"
    unit = _UNIT.fullmatch(text)
    if unit and not re.match(r"0[xob]|\d+[eE]$", text):
        return f"{text} is not a number", f"write {_plain(unit['number'] or unit['behind'])} without the unit"
    plain = unicodedata.normalize("NFKC", text).translate(dict.fromkeys((0x2010, 0x2011, 0x2012, 0x2013, 0x2212), "-"))
    if plain != text and re.fullmatch(r"[+-]?\d+(\.\d+)?", plain):
        return f"{text} is not a number", f"write {plain}, with the signs of the keyboard"
    return "", ""


def _plain(text: str) -> str:
    """Return a number with a point for a decimal comma and no marks between thousands."""
    if _GROUPED.fullmatch(text):
        return _without_marks(text).removeprefix("write ").partition(",")[0]
    return text.replace(",", ".")


def _without_marks(text: str) -> str:
    """Return how a number is written without marks between thousands; a mark that comes last and once is a point."""
    marks = re.sub(r"\d|[+-]", "", text)
    digits = re.sub(r"[^\d+-]", "", text)
    if len(set(marks)) > 1:
        return f"write {digits[: -len(text) + text.rindex(marks[-1]) + 1]}.{text.rpartition(marks[-1])[2]}"
    return f"write {digits}, or a decimal point" if marks in (",", ".") else f"write {digits}"


def _unclosed(lines: list[str], last: int) -> Cure | None:
    """Return a list, an inline table or a long text that is opened and not closed."""
    for mark, name in (('"""', "a text in three quotes"), ("'''", "a text in three quotes")):
        at = [number for number, line in enumerate(lines, start=1) for _ in range(line.count(mark))]
        if len(at) % 2:
            return Cure(at[-1], f"{name} is opened here and not closed", f"close it with {mark}")
    for opening, closing, name in ("[", "]", "a list"), ("{", "}", "a table in braces"):
        depth: list[int] = []
        for number, line in enumerate(lines[:last], start=1):
            plain = re.sub(r"\"[^\"]*\"|'[^']*'|#.*", "", line)
            for character in plain:
                if character == opening:
                    depth.append(number)
                elif character == closing and depth:
                    depth.pop()
        if depth:
            return Cure(depth[-1], f"{name} is opened here and not closed", f"close it with {closing}")
    return None
