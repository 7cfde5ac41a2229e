"""The scanner that finds the line of every key."""

import random
import tomllib

import pytest

from krimpsim.config.locate import locate, read_toml, split_key
from krimpsim.core.errors import ConfigError, UsageError

NASTY = r'''# a comment with [brackets] and key = 1
title = "a # b [c] \" = {"   # comment, with "quotes"
'single quoted' = 'c:\dir\'
"quoted \u00e9.dot" = 1
a.b . "c.d" = 2
day = 1979-05-27 07:32:00   # a date with a space
empty = ""
none = ''

text = """
[not.a.table]
key = "no key"
two quotes ""and an escape \""" end"""""
raw = QQQ
[[neither]]
QQQ'
after = true
list = [
  1, # one
  [2,
   3],

  { x = 1, y = { z = [
    4 ] } },
  "a]b",
]

[table]
[table.sub."deep.er"]
x = {}
[[providers]]
base = "one"
[providers.staff]
fte = 3
[[providers.visits]]
night = 1
[[providers.visits]]
night = 2
[[providers]]
id = "b"
base = "two"
[[providers.visits]]
night = 3
[late.first]
x = 1
[late]
y = 1e-3
\tindented = +inf'''.replace("QQQ", "'" * 3).replace(r"\tind", "\tind")


def paths(value, path=()):
    """Yield every key path of parsed TOML."""
    children = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, child in children:
        yield (*path, key)
        yield from paths(child, (*path, key))


def line_with(mark, occurrence=0):
    return [number for number, line in enumerate(NASTY.splitlines(), 1) if line.strip().startswith(mark)][occurrence]


def test_the_scanner_finds_exactly_the_keys_that_the_parser_finds():
    assert set(locate(NASTY)) == set(paths(tomllib.loads(NASTY)))


@pytest.mark.parametrize(
    ("path", "mark", "occurrence"),
    [
        (("title",), "title", 0),
        (("single quoted",), "'single", 0),
        (("quoted é.dot",), '"quoted', 0),
        (("a", "b", "c.d"), "a.b", 0),
        (("day",), "day", 0),
        (("text",), "text", 0),
        (("raw",), "raw", 0),
        (("after",), "after", 0),
        (("list",), "list", 0),
        (("list", 0), "1, #", 0),
        (("list", 1, 1), "3]", 0),
        (("list", 2, "y", "z"), "{ x", 0),
        (("list", 2, "y", "z", 0), "4 ]", 0),
        (("list", 3), '"a]b"', 0),
        (("table", "sub"), "[table.sub", 0),
        (("providers", 0, "base"), "base", 0),
        (("providers", 0, "staff", "fte"), "fte", 0),
        (("providers", 0, "visits", 1, "night"), "night", 1),
        (("providers", 1), "[[providers]]", 1),
        (("providers", 1, "base"), "base", 1),
        (("providers", 1, "visits", 0, "night"), "night", 2),
        (("late",), "[late]", 0),
        (("late", "indented"), "indented", 0),
    ],
)
def test_lines(path, mark, occurrence):
    assert locate(NASTY)[path] == line_with(mark, occurrence)


def test_windows_line_ends_count_once():
    assert locate("a = 1\r\n# c\r\nb = [1,\r\n2]\r\n") == {("a",): 1, ("b",): 3, ("b", 0): 3, ("b", 1): 4}


def test_blank_lines_anywhere_move_every_key_below_by_as_many():
    simple = ['a = "x"', "b.c = [1, 2]", "[t]", "q = 1", "r.s = { u = 2 }", "[[list]]", "x = 1", "[[list]]", "x = 2"]
    plain = locate("\n".join(simple))
    luck = random.Random(7)
    for _ in range(50):
        gaps = [luck.randrange(3) for _ in simple]
        text = "".join("# gap = 1\n" * gap + line + "\n" for gap, line in zip(gaps, simple, strict=True))
        assert locate(text) == {path: line + sum(gaps[:line]) for path, line in plain.items()}


def test_split_key():
    assert split_key("run.start") == ("run", "start")
    assert split_key(' wage . "20.31" ') == ("wage", "20.31")
    for wrong in ("", "run.", ".run", "a b", "run=1", '"open'):
        with pytest.raises(ValueError):  # noqa: PT011
            split_key(wrong)


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"a = 1\nb = = 2\n", 2),
        (b"a = 1\n\na = 2\n", 3),
        (b"a = 1\nb = [1,\n", 2),
        (b'a = "x\n', 1),
        (b"# caf\xe9\na = 1\n", 1),
    ],
)
def test_broken_syntax_is_a_located_problem(tmp_path, content, line):
    file = tmp_path / "broken.toml"
    file.write_bytes(content)
    with pytest.raises(ConfigError) as caught:
        read_toml(file, "broken.toml")
    (problem,) = caught.value.problems
    assert problem.where == f"broken.toml:{line}"
    assert problem.message
    assert "at line" not in problem.message


def test_a_missing_file_and_a_folder_are_usage_errors(tmp_path):
    for path in (tmp_path / "none.toml", tmp_path):
        with pytest.raises(UsageError, match=r"shown\.toml"):
            read_toml(path, "shown.toml")


def test_a_byte_order_mark_is_no_mistake(tmp_path):
    file = tmp_path / "bom.toml"
    file.write_bytes(b"\xef\xbb\xbfa = 1\n")
    assert read_toml(file, "bom.toml").data == {"a": 1}
