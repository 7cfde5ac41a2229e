import json
import re
import shutil
from dataclasses import replace
from html.parser import HTMLParser

import numpy as np
import pytest
from synthetic_results import write_run_set
from test_terminal_tables import printed

from krimpsim.outputs.compare import (
    compare_rows,
    read_series,
    write_compare,
)
from krimpsim.report.build import build_report, sentences
from krimpsim.report.closing import FILES, drawn_nl
from krimpsim.report.numbers import dutch_name, en, joined, nl, rounded_interval, rounded_pair
from krimpsim.report.runset import RunSet, headline_years
from krimpsim.report.tables import print_comparison

YEARS = (2025, 2030, 2040)


class Reader(HTMLParser):
    """Collects tags, and checks that they are closed in order."""

    EMPTY = ("meta", "link", "img", "br", "hr")

    def __init__(self):
        super().__init__()
        self.tags, self.open, self.text = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))
        if tag not in self.EMPTY:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        self.text.append(data)


def read(path):
    reader = Reader()
    reader.feed(path.read_text(encoding="utf-8"))
    assert reader.open == []
    return reader


@pytest.fixture(scope="module")
def page(compared):
    return read(build_report(compared))


def test_the_page_needs_nothing_from_elsewhere(page, compared):
    for _, attributes in page.tags:
        for name in ("src", "href"):
            value = attributes.get(name) or ""
            assert not re.match(r"(https?:)?//", value)
            if name == "href" and not value.startswith(("#", "data:")):
                assert (compared / value).exists()
    text = (compared / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"https?://|url\(|@import|<script", text)


def test_the_page_is_semantic(page):
    tags = [tag for tag, _ in page.tags]
    assert ("html", {"lang": "nl"}) in page.tags
    assert any(attributes.get("lang") == "en" for _, attributes in page.tags)
    for tag in ("header", "main", "footer", "h1", "caption", "title"):
        assert tag in tags
    assert tags.count("h1") == 1
    assert all("scope" in attributes for tag, attributes in page.tags if tag == "th")
    assert all(attributes.get("alt") for tag, attributes in page.tags if tag == "img")
    names = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(names) == len(set(names))
    labels = [attributes["aria-labelledby"] for _, attributes in page.tags if "aria-labelledby" in attributes]
    assert set(labels) <= set(names)


def test_the_page_holds_every_part(page, compared):
    text = " ".join(page.text).replace("\u00ad", "")
    for part in (
        "Zorg die blijft liggen",
        "Zwaar belaste mantelzorgers",
        "Thuis met genoeg hulp",
        "Dorpen met minstens één aanbieder",
        "Eexterveen",
        "Wie merkt het verschil?",
        "Mensen die alleen wonen",
        "Waar komt het verschil vandaan?",
        "Wat kost het en wie betaalt?",
        "nog niet gekalibreerd",
        "Bonnerveen is een gok",
        "Summary in English",
        "villages.parquet",
    ):
        assert part in text
    assert sum(tag == "img" for tag, _ in page.tags) == 13
    assert len(list((compared / "figures").iterdir())) == 26


def test_every_village_group_has_a_row(page, compared):
    text = " ".join(page.text).replace("\u00ad", "")
    for group in RunSet(compared).groups:
        assert group.name in text


def test_a_survey_is_shown_as_it_was_and_as_it_is_now(tmp_path, page):
    assert "keukentafel" not in " ".join(page.text)
    shift = {"place": "1e Exloermond-Exloerveen", "villages": 1, "of": 4, "respondents": 25}
    shift |= {"give": [0.573, 0.687], "accept": [0.92, 0.858], "hours": [10.0, 11.72]}
    folder = write_run_set(tmp_path, replicates=2, years=2, survey=[shift])
    text = " ".join(" ".join(read(build_report(folder)).text).replace("\u00ad", "").split())
    assert "Wat zei het keukentafelonderzoek?" in text
    assert "1e Exloërmond-Exloërveen 1 van de 4 dorpen 25 57 69 92 86 10,0 11,7" in text
    assert "uren per week van wie wil helpen. Bij: Samenwerken volgens afspraak (convenant)." in text


def test_sentences_after_the_list_say_where_and_how_sure(compared):
    runs = RunSet(compared)
    where, how = sentences(runs, runs.others[0])
    mean = np.mean([runs.group_difference(group, runs.others[0], 2040).difference for group in runs.groups])
    assert where.startswith(f"Er blijft duidelijk {'meer' if mean > 0 else 'minder'} zorg liggen in ")
    assert "van de 11 dorpen of groepen van dorpen" in where
    assert how.startswith("Dit is het gemiddelde van alle 12 doorrekeningen. Elke doorrekening heeft ander toeval. ")
    assert "95% ligt aan één kant van nul" in how


def test_numbers_as_readers_see_them():
    pair = rounded_pair(17.94, 16.46)
    assert (nl(pair.a), nl(pair.b), nl(pair.difference, sign=True)) == ("17,9", "16,5", "−1,4")
    assert rounded_interval(-1.52, -1.46, pair) == (rounded_pair(0, -1.5).b, rounded_pair(0, -1.4).b)
    assert nl(1234567.8, 0) == "1.234.568"
    assert nl(1234567.8, -3) == "1.235.000"
    assert en(-0.04, sign=True) == "0.0"
    assert en(3.25, sign=True) == "+3.2"
    assert rounded_pair(99.96, 100.2).digits == 0
    assert dutch_name("1e Exloermond-Exloerveen") == "1e Exloërmond-Exloërveen"
    assert [joined(names) for names in (["a"], ["a", "b"], ["a", "b", "c"])] == ["a", "a en b", "a, b en c"]


def test_headline_years_follow_the_run():
    assert headline_years(range(2013, 2041)) == (2025, 2030, 2040)
    assert headline_years(range(2013, 2037)) == (2025, 2030, 2036)
    assert headline_years([2013, 2014]) == (2014,)
    assert headline_years(range(2035, 2046)) == (2040,)


def test_one_scenario_alone(alone):
    page = read(build_report(alone))
    text = " ".join(page.text)
    assert "In 2014 blijft bij “Doorgaan zoals nu” naar schatting" in text
    assert "In 2013 was dat" in text
    assert "Waar komt het verschil vandaan?" not in text


def test_a_page_about_one_future_speaks_of_no_other(alone):
    words = " ".join(read(build_report(alone)).text)
    assert "nog niet gekalibreerd" in words
    assert not re.search(r"tussen A en B|of B beter|B beter is", words)


def test_three_scenarios_each_have_their_own_part(tmp_path):
    names = ("today", "convenant", "no_cooperation")
    folder = write_run_set(tmp_path, names, replicates=2, years=2, villages=4, clauses={"joint_nights": "computed"})
    page = read(build_report(folder))
    text = " ".join(page.text)
    assert text.count("In het kort") == 2
    assert "samen in de nacht" in text
    assert (folder / "figures" / "waiting_no_cooperation.svg").exists()
    ids = [attributes["id"] for _, attributes in page.tags if "id" in attributes]
    assert len(ids) == len(set(ids))


def test_origins_are_shown_apart_or_named_once(tmp_path):
    folder = write_run_set(tmp_path, replicates=3, years=2, villages=2)
    a, b = read_series(folder)

    def text():
        return " ".join(read(build_report(folder)).text)

    assert "niet gesplitst naar herkomst" in text()
    write_compare(folder, [a, b], compare_rows(a, b, "computed"))
    assert "Het hele verschil heeft dezelfde herkomst: uitgerekend" in text()
    other = [replace(row, origin="measured") for row in compare_rows(a, b)]
    write_compare(folder, [a, b], [*compare_rows(a, b, "computed"), *other])
    assert "elders gemeten" in text()
    assert "naar herkomst" in text()


def test_titles_are_escaped(tmp_path):
    from krimpsim.outputs.manifest import write_manifest

    folder = write_run_set(tmp_path, replicates=2, years=1, villages=2)
    entry = {"id": "today", "title_nl": "<b>A & B</b>", "title_en": "x"}
    write_manifest(folder, scenarios=[entry, {"id": "convenant"}], caveats=[])
    text = build_report(folder).read_text(encoding="utf-8")
    assert "<b>A" not in text
    assert "&lt;b&gt;A &amp; B&lt;/b&gt;" in text


def test_colours_can_be_read(page):
    def light(colour):
        parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
        linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
        return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]

    def contrast(one, other):
        low, high = sorted((light(one), light(other)))
        return (high + 0.05) / (low + 0.05)

    for ink in ("#1b262c", "#4b565e", "#5b6770", "#00677f", "#5a3789", "#005a70"):
        for ground in ("#ffffff", "#f2f5f5", "#fff6dd", "#e3eff1"):
            assert contrast(ink, ground) >= 4.5, (ink, ground)
    for ink, ground in (("#ffffff", "#0b4f7d"), ("#ffffff", "#a11d2b"), ("#1b262c", "#f0b429"), ("#1b262c", "#b9c2c8")):
        assert contrast(ink, ground) >= 4.5


def test_files_named_on_the_page_are_those_of_a_run():
    assert [name for name, _ in FILES][:2] == ["summary.csv", "compare.csv"]


# --- numbers that differ between the runs -----------------------------------------------------------------------


@pytest.fixture(scope="module")
def drawn(compared, tmp_path_factory):
    folder = tmp_path_factory.mktemp("drawn") / "run"
    shutil.copytree(compared, folder)
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    manifest["vary"] = {"asked": ["uncertain", "levers"], "numbers": 171, "levers": 4, "table": None, "ranges": []}
    (folder / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    (folder / "draws.csv").write_text("replicate\n", encoding="utf-8")
    return folder


def test_the_page_says_that_assumptions_differ_too(drawn, compared):
    text, before = (build_report(folder).read_text(encoding="utf-8") for folder in (drawn, compared))
    for words in (
        "Elke doorrekening heeft ander toeval en andere aannames.",
        "171 getallen die niemand zeker weet, kregen in elke doorrekening een andere waarde, binnen wat mogelijk",
        "Ook hoe sterk 4 afspraken werken, is elke keer anders gekozen.",
        "A en B kregen steeds dezelfde waarden.",
        "hetzelfde toeval en dezelfde aannames",
        "Every replicate has its own draw of 171 uncertain numbers and 4 strengths of clauses",
        'href="draws.csv"',
    ):
        assert words in text
        assert words not in before
    only_luck = "De doorrekeningen verschillen alleen in toeval."
    assert only_luck in before
    assert only_luck not in text


def test_a_list_of_points_is_called_a_list():
    text = drawn_nl({"numbers": 3, "levers": 1, "table": "accepted.csv"})
    assert "uit een lijst van mogelijke reeksen" in text
    assert "Ook hoe sterk een afspraak werkt, is elke keer anders gekozen." in text
    assert "afspra" not in drawn_nl({"numbers": 3, "levers": 0, "table": None})


def test_the_terminal_says_that_draws_are_shared(drawn, compared):
    words = "the same luck and the same draw of 171 numbers and 4 strengths"
    assert words in " ".join(printed(print_comparison, drawn, 140).split())
    assert "draw" not in printed(print_comparison, compared, 140)
