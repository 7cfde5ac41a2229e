"""Two futures of the same people: whoever is said to help stands in the sums of that future."""

import re

import story_sentences as says
from story_reader import sentences_of, somebody

from krimpsim.report.stories import tell_two

EACH = 20


def test_two_futures_name_nobody_who_is_not_in_the_sums(lived):
    named = 0
    for lang, who_helped in (("nl", "*Wie"), ("en", "*Who")):
        page = tell_two(lived("today"), lived("convenant"), EACH, lang)
        assert page.count("\n## ") == EACH
        for block in page.split("\n## ")[1:]:
            before, *futures = re.split(
                r"\n### In [AB]: ", block.split("\n### Hoe vaak")[0].split("\n### How often")[0]
            )
            assert not re.search(says.IMPOSSIBLE[lang], block)
            for future in futures:
                lines, sums = f"{before}{future}".split(who_helped)
                for line in re.findall(r"- \*\*\w+ \d+\.\*\* (.+)", lines):
                    for text in sentences_of(line):
                        if match := re.match(says.HELP_STARTS[lang], text):
                            assert somebody(match["who"]) in sums.lower(), block
                            named += 1
    assert named > 20
