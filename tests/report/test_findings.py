"""One rule of when a difference is named: page, marks and terminal say the same, and say it of every headline."""

from __future__ import annotations

import io
import re
from datetime import date
from pathlib import Path

import numpy as np
import pytest
from rich.console import Console
from synthetic_results import write_run_set

from krimpsim.config.load import load_config
from krimpsim.core.errors import DataError
from krimpsim.outputs.compare import paired, read_compare
from krimpsim.outputs.headlines import HEADLINES
from krimpsim.report.build import build_report, for_whom
from krimpsim.report.costs import costs
from krimpsim.report.findings import (
    PAYERS,
    Findings,
    counted,
    counted_nl,
    findings,
    shown_interval,
    shown_pair,
    verdict,
)
from krimpsim.report.runset import RunSet
from krimpsim.report.tables import print_comparison, print_summary
from krimpsim.report.tiles import more_tiles
from krimpsim.run import run_scenarios

TINY = Path(__file__).resolve().parents[2] / "configs" / "examples" / "tiny.toml"


def printed(folder, what=print_comparison):
    text = io.StringIO()
    what(folder, Console(file=text, width=10_000))
    return text.getvalue()


def words_of(path):
    return " ".join(re.sub(r"<[^>]*>", " ", path.read_text(encoding="utf-8")).replace("\u00ad", "").split())


def brief(words):
    """Return the part of a page with the summary."""
    return words.partition("In het kort")[2].partition("Vier getallen")[0]


def run_real(folder, ids, n=3, end=date(2013, 3, 31), **change):
    same = {"run.end": end, "region.villages": ["Zandberg", "Exloerveen"]}
    configs = [load_config(TINY, same | {"scenario.id": name} | (change if k else {})) for k, name in enumerate(ids)]
    return run_scenarios([(one, {}) for one in configs], replicates=n, jobs=1, out=folder)


@pytest.mark.parametrize("names", [("today", "convenant"), ("today", "no_cooperation")])
def test_every_headline_whose_interval_leaves_zero_out_is_named_good_and_bad(tmp_path, names):
    folder = write_run_set(tmp_path, names, replicates=10)
    rows = {row.indicator: row for row in read_compare(folder) if row.year == 2040 and row.origin == "all"}
    page, terminal = brief(words_of(build_report(folder))), printed(folder)
    last = terminal[terminal.index("What differs") :]
    lines = {kind: re.search(rf"2040: {text}: (.*)", last)[1] for kind, text in
             (("better", "B is better"), ("worse", "B is worse"), ("none", "no clear difference"))}  # fmt: skip
    good, _, bad = page.partition("Duidelijk slechter bij B in 2040:")
    bad = bad.partition("Wie betaalt:")[0]
    named = 0
    for headline in HEADLINES:
        row = rows[headline.name]
        if row.low > 0 or row.high < 0:
            kind = "better" if (row.difference < 0) == headline.lower_is_better else "worse"
            named += 1
        else:
            kind = "none"
        told = {
            one for one, said in lines.items() if headline.label_en in (x.partition(" (")[0] for x in said.split("; "))
        }
        assert told == {kind}, headline.name
        part = f"{headline.label_nl} ("
        assert (part in good, part in bad) == (kind == "better", kind == "worse"), headline.name
    assert named >= 3


def test_who_pays_is_named_where_it_is_clear(tmp_path):
    runs = RunSet(write_run_set(tmp_path, replicates=10))
    b = runs.others[0]
    found = findings(runs, b, 2040)
    told = {name for name, _, _ in found.payers}
    for column, name, _ in PAYERS:
        change = runs.column_difference(b, column, 2040)
        assert (name in told) == (change.low > 0 or change.high < 0)
    page = brief(words_of(build_report(runs.folder)))
    said = page.partition("Wie betaalt:")[2]
    assert all(name in said for name in told)
    assert told or "niemand duidelijk meer of minder" in said


def test_no_difference_is_said_as_such_on_page_and_terminal(tmp_path):
    folder = run_real(tmp_path / "same", ("a", "b"))
    assert "Deze afspraak verandert hier bijna niets" in brief(words_of(build_report(folder)))
    assert "2013: B changes almost nothing here; no difference is clear." in printed(folder)
    assert "B is better" not in printed(folder)


def test_one_run_says_nothing_of_chance(tmp_path):
    folder = run_real(tmp_path / "one", ("a", "b"), n=1, **{"informal_care.willing_share": 0.9})
    assert "Er is één doorrekening. Of een verschil toeval is, is dan niet te zeggen." in brief(
        words_of(build_report(folder))
    )
    text = printed(folder)
    assert "One pair of runs: whether a difference is chance cannot be told." in text
    assert "9 of 10" not in printed(folder, print_summary)


def test_the_spread_of_few_runs_is_lowest_to_highest(tmp_path):
    folder = write_run_set(tmp_path, ("today",), replicates=4, years=2)
    runs = RunSet(folder)
    values = runs.values(runs.a, "waiting")[:, -1]
    text = printed(folder, print_summary)
    assert "lowest to highest of 4" in text
    line = next(line for line in text.splitlines() if line.startswith("persons waiting"))
    low, high = re.search(r"([\d.,]+) to ([\d.,]+)", line).groups()
    assert float(low.replace(",", "")) == pytest.approx(values.min(), abs=0.5)
    assert float(high.replace(",", "")) == pytest.approx(values.max(), abs=0.5)
    assert "Laagste tot hoogste" in words_of(build_report(folder))
    more = write_run_set(tmp_path / "more", ("today",), replicates=10, years=2)
    assert "9 of 10 runs between" in printed(more, print_summary)


def test_a_part_of_a_year_is_said(tmp_path):
    folder = run_real(tmp_path / "month", ("a", "b"), n=2, end=date(2013, 1, 31))
    assert "2013 (1 month)" in printed(folder)
    assert "A year that is not whole counts its months only" in printed(folder)
    page = words_of(build_report(folder))
    assert "2013 (1 maand)" in page
    assert "2013 heeft hier 1 maand; een getal per jaar gaat dan over die maanden" in page


def test_every_number_is_of_somebody(tmp_path, compared):
    whole = for_whom(RunSet(compared))
    assert "deze 22 dorpen samen" in whole
    assert "ongeveer de helft van Borger-Odoorn en een vijfde van Aa en Hunze" in whole
    part = for_whom(RunSet(run_real(tmp_path / "two", ("a", "b"))))
    assert "deze 2 dorpen samen" in part
    assert "Borger-Odoorn" not in part
    assert "Of the residents of 22 villages: " in printed(compared)


@pytest.mark.parametrize(
    ("a", "b", "lower", "kind", "counts", "said"),
    [
        ([2, 2, 2, 2], [1, 1, 1, 1.1], True, "better", (4, 0, 0), "B is beter in alle 4 doorrekeningen."),
        ([2, 2, 2, 2], [1, 1, 1, 1.1], False, "worse", (0, 0, 4), "B is slechter in alle 4 doorrekeningen."),
        ([2, 2, 2], [1, 2, 3], True, "unclear", (1, 1, 1),
         "B is beter in 1, gelijk in 1, slechter in 1 van de 3 doorrekeningen."),
        ([2, 2], [2, 2], True, "equal", (0, 2, 0), "A en B zijn gelijk in alle 2 doorrekeningen."),
        ([2], [1], True, "unclear", (1, 0, 0), "In de enige doorrekening is B beter."),
        ([1], [2], True, "unclear", (0, 0, 1), "In de enige doorrekening is B slechter."),
    ],
)  # fmt: skip
def test_the_rule_and_the_counts(a, b, lower, kind, counts, said):
    found = paired(np.array(a, float), np.array(b, float), lower)
    assert verdict(found, lower) == kind
    assert counted(found) == counts
    assert counted_nl(found) == said
    assert verdict(found, lower, small=True) == "unclear"


def test_the_rule_needs_more_than_chance():
    luck = np.random.default_rng(3)
    a = luck.normal(20, 3, 40)
    assert verdict(paired(a, a - 2 + luck.normal(0, 0.2, 40), True)) == "better"
    assert verdict(paired(a, a + 2 + luck.normal(0, 0.2, 40), True)) == "worse"
    assert verdict(paired(a, a + luck.normal(0.3, 9, 40), True)) == "unclear"


def test_a_small_clear_difference_is_shown_with_the_decimals_it_needs():
    a = np.full(10, 91.7)
    small = paired(a, a - 0.03, lower_is_better=False)
    assert (shown_pair(small).digits, str(shown_pair(small).difference)) == (2, "-0.03")
    tiny = paired(a, a - 0.0003, lower_is_better=False)
    said = Findings(
        2040, 10, {"better": [], "equal": [], "unclear": [], "worse": [(HEADLINES[3], tiny)]}, []
    ).lists_nl()
    assert "minder dan 0,01" in said[1][1][0]


@pytest.mark.parametrize(
    "text", ["{}", '{"name": "a web page"}', '{"scenarios": []}', '{"scenarios": [{}]}', "[]", "{"]
)
def test_a_manifest_of_something_else_makes_no_report(tmp_path, text):
    folder = write_run_set(tmp_path, replicates=2, years=1, villages=2)
    (folder / "manifest.json").write_text(text)
    for make in (build_report, lambda one: printed(one), lambda one: printed(one, print_summary)):
        with pytest.raises(DataError, match=r"manifest\.json") as caught:
            make(folder)
        assert "\n" not in str(caught.value)
    assert not (folder / "report.html").exists()


def test_every_other_headline_that_is_named_has_a_tile(tmp_path):
    """The four tiles are fixed; whatever else differs clearly has one too, with the mark of the rule."""
    folder = write_run_set(tmp_path, replicates=10)
    runs = RunSet(folder)
    found = findings(runs, runs.others[0], 2040).headlines
    made = more_tiles(runs, runs.others[0])
    titles = re.findall(r"<h3>([^<]*)</h3>", made)
    four = {"unmet_per_100_hours", "carers_heavily_burdened", "home_with_enough_help", "villages_without_provider"}
    named = {one.label_nl: kind for kind in ("better", "worse") for one, _ in found[kind] if one.name not in four}
    assert {title.lower() for title in titles} == {label.lower() for label in named}
    assert len(named) >= 2
    for card in made.split('<div class="card')[1:]:
        label = re.search(r"<h3>([^<]*)</h3>", card)[1]
        kind = next(kind for name, kind in named.items() if name.lower() == label.lower())
        assert {"better": ">✓</span>beter", "worse": ">✕</span>slechter"}[kind] in card
    assert "▼" not in made


def test_no_tile_and_no_section_where_nothing_else_differs(tmp_path):
    folder = run_real(tmp_path / "same", ("a", "b"))
    assert "Wat verschilt nog meer?" not in build_report(folder).read_text(encoding="utf-8")


def test_costs_are_called_dearer_or_cheaper_by_the_rule(tmp_path):
    more = {"informal_care.willing_share": 0.9}
    runs = RunSet(run_real(tmp_path / "run", ("a", "b"), n=4, end=date(2014, 12, 31), **more))
    b = runs.others[0]
    rows = re.findall(r'<tr(?: class="total")?><th class="head"[^>]*>(.*?)</th>(.*?)</tr>', costs(runs, b, ""))
    columns = [column for column, _, _ in PAYERS if column != "contributions_eur"]
    found = [runs.column_difference(b, column, 2014) for column in columns]
    found.append(runs.difference(b, "public_cost_eur", 2014))
    words = {"better": "goedkoper", "worse": "duurder", "equal": "gelijk", "unclear": "onzeker"}
    for (_, cells), one in zip(rows, found, strict=True):
        assert words[verdict(one)] in cells
    assert any(one.difference and verdict(one) == "unclear" for one in found)


def test_the_table_of_costs_counts_the_same_months_as_the_headline(tmp_path):
    runs = RunSet(run_real(tmp_path / "month", ("a", "b"), n=2, end=date(2013, 1, 31)))
    text = " ".join(re.sub(r"<[^>]*>", " ", costs(runs, runs.others[0], "")).replace("\u00a0", " ").split())
    assert "In 1 maand, in 2013 (1 maand)" in text
    assert "per jaar" not in text
    total = runs.difference(runs.others[0], "public_cost_eur", 2013).mean_a
    shown = int(re.search(r"Samen .*? € ([\d.]+)", text)[1].replace(".", ""))
    assert shown == pytest.approx(total, abs=300)  # five amounts, each rounded to hundreds


def test_an_amount_of_part_of_a_year_is_not_called_yearly(tmp_path):
    folder = run_real(
        tmp_path / "month", ("a", "b"), n=3, end=date(2013, 1, 31), **{"informal_care.willing_share": 0.9}
    )
    table, _, last = printed(folder).partition("What differs")
    assert "/year" not in table
    assert "a year," not in table
    assert "EUR/year" not in last
    summary = brief(words_of(build_report(folder))).partition("Alle getallen gaan over")[0]
    assert "per jaar" not in summary
    payer = Findings(2013, 3, {"better": [], "worse": [], "equal": [], "unclear": []}, [("zij", "they", 900.0)], 0, 1)
    assert payer.lists_nl()[2][1] == ["zij: € 900 in 1 maand meer".replace("€ ", "€\u00a0")]
    assert payer.lines_en()[2] == "2013: who pays: they +900 EUR in 1 month"


def test_an_interval_shows_that_it_leaves_zero_out():
    a = np.array([8.62, 8.58, 8.60, 8.61])
    found = paired(a, a - np.array([0.04, 0.09, 0.06, 0.07]), True)
    low, high, digits = shown_interval(found, shown_pair(found, 1))
    assert verdict(found) == "better"
    assert low < 0
    assert high < 0
    assert digits == 2


def test_a_small_screen_shows_every_cell_with_its_heading(compared):
    """No table is wider than a small screen: its rows become blocks, and each cell says what it is."""
    text = build_report(compared).read_text(encoding="utf-8")
    small = text.partition("@media (max-width: 40rem) {")[2].partition("@media print")[0]
    assert "content: attr(data-head)" in small
    assert "flex-wrap: wrap" in small
    wide = re.sub(r'<div class="card.*?</table>', "", text, flags=re.DOTALL)
    assert re.findall(r"<td(?![^>]*data-head=)", wide) == []
    row = re.search(r'<tr><th class="head" scope="row">Nieuw-Buinen</th>(.*?)</tr>', text)[1]
    assert re.findall(r'data-head="([^"]*)"', row)[:2] == ["B is", "B\u00a0−\u00a0A"]
    for letter in "AB":
        assert f'data-head="{letter} vergeleken met 2013"' in row


def test_the_answer_comes_before_what_to_beware_of(compared):
    text = words_of(build_report(compared)).partition("Naar de inhoud")[2]
    order = [
        "In het kort",
        "Duidelijk beter bij B",
        "Alle getallen gaan over",
        "nog niet gekalibreerd",
        "Vier getallen",
    ]
    assert [text.index(words) for words in order] == sorted(text.index(words) for words in order)
