"""What is wrong with a text that is not TOML, in the words of whoever wrote it, and the cure.

The parser says where it could not go on, in words about its grammar.  Here the line is looked at for what people write.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_AT_LINE = re.compile(r"\s*\(at (?:line (\d+), column \d+|end of document)\)")
_PAIR = re.compile(r"\s*(?P<key>[^=#\"']+?|\"[^\"]*\"|'[^']*')\s*=\s*(?P<value>[^#]*?)\s*(?:#.*)?")
_TABLE = re.compile(r"\s*\[(?P<name>[^\[\]]+)\]\s*(?:#.*)?")
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
    if "overwrite" in said or "twice" in said or "mutate" in said or "redefine" in said:
        twice = _twice(lines, line)
        if twice:
            return twice
    for number in (line, line - 1):  # a quote or bracket that is missing shows on the line after
        cure = next(_of_line(lines[number - 1], number), None) if number else None
        if cure:
            return cure
    opened = _unclosed(lines, last)
    if opened:
        return opened
    if text.lstrip()[:1] in ("<", "{"):
        return Cure(line, "this is no TOML but another kind of file", "give a file with lines such as key = value")
    hint = 'a line is key = value: a number, true or false, a date, or a text in quotes, as title = "Text"'
    return Cure(line, said[:1].lower() + said[1:], hint)


def value_cure(text: str) -> str:
    """Return how a value that was written as a text should be written; nothing when nobody can tell."""
    return _of_value(text)[1]


def _twice(lines: list[str], line: int) -> Cure | None:
    """Return that a key or a table stands there twice, with both lines."""
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
        before = seen.setdefault((table, name), number)
        if before != number and number == line:
            return Cure(line, f"'{name}' stands there twice, first on line {before}", "leave one of the two out")
        table = name if header else table
    return None


def _of_line(line: str, number: int) -> Iterator[Cure]:
    """Yield what is wrong with a line, the likeliest first."""
    stripped = line.strip()
    if not stripped or stripped.startswith("#"):
        return
    smart = next((mark for mark in line if mark in _SMART), "")
    if smart:
        yield Cure(number, f"{smart} is no quote of TOML", "write straight quotes: \"text\" or 'text'")
    odd = next((mark for mark in line if mark in _BLANKS), "")
    if odd:
        yield Cure(number, "a blank of another kind stands in this line", "type the line again, with plain blanks")
    if stripped.startswith("["):
        name = stripped.strip("[] ")
        if "=" not in stripped and "," not in stripped and stripped.count("[") != stripped.count("]"):
            yield Cure(number, "a bracket of this line is missing", f"write [{name}], or [[{name}]] for one of a list")
        if " " in name and "=" not in stripped and '"' not in name:
            yield Cure(number, f"'{name}' cannot name a table", "write it without blanks, as [informal_care]")
        return
    pair = _PAIR.fullmatch(line)
    if pair is None:
        colon = re.fullmatch(r"\s*([A-Za-z_.\"'-]+)\s*:\s*(.*)", line)
        if colon:
            yield Cure(number, f"': ' stands where = belongs, after '{colon[1]}'", f"write {colon[1]} = ...")
        elif "=" not in line and re.match(r"\s*[\w.-]+(\s|$)", line):
            word, _, rest = stripped.partition(" ")
            yield Cure(number, f"there is no = after '{word}'", f"write {word} = {rest.strip() or '...'}")
        return
    key, value = pair["key"].strip(), pair["value"].strip()
    if " " in key and not key.startswith(('"', "'")):
        yield Cure(number, f"'{key}' cannot be a key", f"write {key.replace(' ', '_')} = ...")
    if value.endswith(";") or (value.endswith(",") and not value.startswith(("[", "{"))):
        yield Cure(number, f"a line does not end with {value[-1]}", f"write {key} = {value[:-1].strip()}")
    if value.startswith("[") and ";" in value and not set(value) & {'"', "'"}:
        listed = value.replace(",", ".").replace(";", ",") if re.search(r"\d,\d", value) else value.replace(";", ",")
        yield Cure(number, "a list has commas between its values, not semicolons", f"write {key} = {listed}")
    if not value:
        yield Cure(number, f"'{key}' has no value", f"write {key} = ..., or leave the line out")
    if value.startswith('"') and "\\" in value:
        plain = value.strip('"')
        cure = f"write '{plain}' in single quotes, or \"{plain.replace(chr(92) * 2, '/').replace(chr(92), '/')}\""
        yield Cure(number, "a \\ in double quotes begins a special character", cure)
    if value[:1] in ('"', "'") and (len(value) < 2 or value.count(value[0]) % 2):
        yield Cure(number, f"the quote that opens {value[:30]} is not closed", "close it on the same line")
    message, hint = _of_value(value)
    if hint:
        yield Cure(number, message, hint)
    if value[:1].isalpha() and not value.startswith(("inf", "nan")):
        yield Cure(number, f"{value[:40]} is a text without quotes", f'write {key} = "{value.strip(chr(34))}"')
    if value[:1] not in ("[", "{") and value.endswith(('"', "'")) and value[0] not in ('"', "'"):
        yield Cure(number, f"{value[:40]} has a quote at one end only", f'write {key} = "{value.strip(chr(34))}"')


def _of_value(value: str) -> tuple[str, str]:
    """Return what is wrong with a value, and how to write it; nothing when nobody can tell."""
    text = value.strip()
    if text.casefold() in _WORDS and text not in ("true", "false"):
        return f"{text} is not true or false", f"write {_WORDS[text.casefold()]}"
    if _DECIMAL.fullmatch(text) and not re.fullmatch(r"[+-]?\d{1,3},\d{3}", text):
        return f"{text} has a decimal comma", f"write {text.replace(',', '.')}"
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
        *_, last = re.finditer(r"[.,]", text) if re.search(r"[.,]", text) else (None,)
        is_decimal = last is not None and len(text) - last.end() != 3  # after a mark of thousands stand three digits
        end = last.start() if is_decimal and last is not None else len(text)
        whole, rest = re.sub(r"[^\d+-]", "", text[:end]), text[end + 1 :]
        written = f"{whole}.{rest}" if rest else whole
        hint = f"write {written}" + ("" if rest or len(re.findall(r"[.,]", text)) != 1 else ", or a decimal point")
        return f"{text} has a mark between thousands or a decimal comma", hint
    bare = _BARE_POINT.fullmatch(text)
    if bare:
        return f"{text} lacks a digit", f"write {bare['before']}{bare['left'] or 0}.{bare['right'] or 0}"
    zero = _LEADING_ZERO.fullmatch(text)
    if zero and not re.fullmatch(r"[+-]?0(\.\d+)?", text):
        return f"{text} begins with a 0", f"write {zero['rest']}"
    euro = re.fullmatch(r"(?:€|EUR)\s*(\d[\d.,]*)|(\d[\d.,]*)\s*(?:€|EUR)", text)
    if euro:
        return f"{text} is not a number", f"write {euro[1] or euro[2]} without the unit"
    return "", ""


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
