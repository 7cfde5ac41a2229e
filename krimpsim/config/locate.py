"""Where every key of a TOML file stands.

The parser of the standard library gives values without positions.  The scanner here reads the same text a second
time and notes the line of every key.  It only ever sees a text that the parser has accepted, so it recognises the
shape of TOML and leaves judging to the parser.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from pathlib import Path
from typing import Any, NamedTuple

from krimpsim.config.toml_cures import cure_of
from krimpsim.core.errors import ConfigError, Problem, UsageError

#: The names of a key from the top of the file; an index where the way leads through a list.
KeyPath = tuple[str | int, ...]

_BLANK = re.compile(r"(?:[ \t\r\n]|#[^\n]*)*")
_SPACE = re.compile(r"[ \t]*")
_BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")
_STRING = re.compile(
    r'"""(?:\\.|[^\\])*?"{3,5}'  # up to two quotes may stand before the three that close
    r"|'''.*?'{3,5}"
    r'|"(?:\\.|[^"\\\n])*"'
    r"|'[^'\n]*'",
    re.DOTALL,
)
_SCALAR = re.compile(r"[^,\]}#\n]+")


class Document(NamedTuple):
    """A TOML file that was read.

    Parameters
    ----------
    name
        The file as a user should see it in messages.
    data
        The values.
    lines
        The line, from 1, of every key, table and list element.
    """

    name: str
    data: dict[str, Any]
    lines: dict[KeyPath, int]


class _Scanner:
    """One pass over a text; fills `lines`."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.at = 0
        self.lines: dict[KeyPath, int] = {}
        self._breaks = [match.start() for match in re.finditer("\n", text)]
        self._lengths: dict[KeyPath, int] = {}  # of the arrays of tables met so far

    def document(self) -> None:
        """Scan headers and key-value pairs until the text ends."""
        table: KeyPath = ()
        while self._skip_blank():
            if self.text.startswith("[[", self.at):
                table = self._header(2)
            elif self.text[self.at] == "[":
                table = self._header(1)
            else:
                self._pair(table)

    def key(self) -> tuple[str, ...]:
        """Scan a key, dotted or not, and return its names."""
        names = []
        while True:
            self._take(_SPACE)
            if self.text[self.at] in "\"'":
                names.append(str(tomllib.loads(f"name = {self._take(_STRING)}")["name"]))
            else:
                names.append(self._take(_BARE_KEY))
            self._take(_SPACE)
            if not self.text.startswith(".", self.at):
                return tuple(names)
            self.at += 1

    def _line(self) -> int:
        return bisect_left(self._breaks, self.at) + 1

    def _take(self, pattern: re.Pattern[str]) -> str:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"no {pattern.pattern!r} at position {self.at}")
        self.at = match.end()
        return match.group()

    def _skip_blank(self) -> bool:
        """Skip spaces, line ends and comments; return whether any text is left."""
        self._take(_BLANK)
        return self.at < len(self.text)

    def _header(self, brackets: int) -> KeyPath:
        """Scan ``[table]`` or ``[[array of tables]]`` and return the path of the table that it opens."""
        line = self._line()
        self.at += brackets
        names = self.key()
        self.at += brackets
        path: KeyPath = ()
        for depth, name in enumerate(names, start=1):
            path = (*path, name)
            self.lines.setdefault(path, line)
            if depth == len(names) and brackets == 2:
                self._lengths[path] = self._lengths.get(path, 0) + 1
            if path in self._lengths:
                path = (*path, self._lengths[path] - 1)
        self.lines[path] = line  # a table's own header places it better than an earlier sub-table does
        return path

    def _pair(self, table: KeyPath) -> None:
        """Scan ``key = value``."""
        line = self._line()
        path = table
        for name in self.key():
            path = (*path, name)
            self.lines.setdefault(path, line)
        self.at += 1  # the equals sign
        self._take(_SPACE)
        self._value(path)

    def _value(self, path: KeyPath) -> None:
        start = self.text[self.at]
        if start in "\"'":
            self._take(_STRING)
        elif start == "[":
            self._sequence(path, "]")
        elif start == "{":
            self._sequence(path, "}")
        else:
            self._take(_SCALAR)

    def _sequence(self, path: KeyPath, end: str) -> None:
        """Scan a list or an inline table up to its closing bracket."""
        self.at += 1
        index = 0
        while self._skip_blank() and self.text[self.at] != end:
            if end == "}":
                self._pair(path)
            else:
                self.lines[(*path, index)] = self._line()
                self._value((*path, index))
            index += 1
            self._skip_blank()
            if self.text[self.at] == ",":
                self.at += 1
        self.at += 1


def locate(text: str) -> dict[KeyPath, int]:
    """Return the line of every key path of a valid TOML text.

    Keys of an inline table and elements of a list stand on the line where they begin; a table stands at its header
    or, without one, at the first key inside it.
    """
    scanner = _Scanner(text)
    scanner.document()
    return scanner.lines


def split_key(text: str) -> tuple[str, ...]:
    """Return the names of a dotted key such as ``run.start`` or ``wage."2031"``.

    Raises
    ------
    ValueError
        If the text is not a key of TOML.
    """
    scanner = _Scanner(text.strip() + "\n")
    names = scanner.key()
    if scanner.at != len(text.strip()):
        raise ValueError(f"{text!r} is not a dotted key")
    return names


def read_toml(path: Path, name: str) -> Document:
    """Read a TOML file with the positions of its keys.

    Parameters
    ----------
    path
        The file.
    name
        The file as messages should show it.

    Raises
    ------
    UsageError
        If the file cannot be read.
    ConfigError
        If the text is not TOML; the problem names the line.
    """
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        raise UsageError(f"{name}: no such file") from None
    except IsADirectoryError:
        raise UsageError(f"{name}: this is a folder; give a file") from None
    except (OSError, ValueError) as error:
        raise UsageError(f"{name}: {getattr(error, 'strerror', None) or error}") from None
    if b"\0" in raw:
        is_utf16 = raw.startswith((b"\xff\xfe", b"\xfe\xff")) or raw.count(0) * 3 > len(raw)
        message, hint = (
            ("the text is UTF-16", "save the file as UTF-8") if is_utf16 else ("this is not a text", "give a TOML file")
        )
        raise ConfigError([Problem(f"{name}:1", "TOML", message, hint)])
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        hint = "save the file as UTF-8"
        raise ConfigError([Problem(f"{name}:{line}", "TOML", "the text is not UTF-8", hint)]) from None
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        line, message, hint = cure_of(text, str(error))
        raise ConfigError([Problem(f"{name}:{line}", "TOML", message, hint)]) from None
    if not data:
        hint = 'a scenario begins with extends = "today.toml", an experiment with schema, id and base; '
        hint += "krimpsim new NAME makes a scenario"
        raise ConfigError([Problem(f"{name}:1", "file", "holds nothing", hint)])
    return Document(name, data, locate(text))
