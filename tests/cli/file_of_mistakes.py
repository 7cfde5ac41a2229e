"""Files for the command line."""

from __future__ import annotations

from pathlib import Path

FOUR_MISTAKES = """schema = 1
[scenario]
id = "four_mistakes"
[run]
start = 2015-01-01
end = 2014-12-31
replicats = 3
[region]
villages = ["Valthermond", "Zandbreg"]
[market]
consent_share = 1.8
"""


def write(name, text="schema = 1\n"):
    Path(name).write_text(text, encoding="utf-8")
    return name
