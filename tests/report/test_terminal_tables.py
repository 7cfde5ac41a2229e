"""Tables in the terminal, and what is said of residents."""

from __future__ import annotations

import re
import shutil
from dataclasses import replace
from io import StringIO

import numpy as np
import pytest
from rich.console import Console
from synthetic_results import write_run_set

from krimpsim.core.errors import DataError
from krimpsim.outputs.compare import (
    CompareRow,
    csv_text,
    paired,
    read_compare,
    read_series,
)
from krimpsim.report.build import build_report
from krimpsim.report.numbers import en, rounded_pair
from krimpsim.report.runset import Residents, RunSet
from krimpsim.report.tables import print_comparison, print_summary
from krimpsim.report.who_notices import who_notices


def printed(function, folder, width):
    text = StringIO()
    function(folder, Console(file=text, width=width, highlight=False))
    return text.getvalue()


@pytest.mark.parametrize("width", [80, 140])
def test_comparison_in_the_terminal(compared, width):
    text = printed(print_comparison, compared, width)
    assert "\x1b" not in text
    assert max(map(len, text.splitlines())) <= width
    assert "…" not in text
    assert text.isascii()
    for part in (
        "A  As today (today)",
        "B  Convenant as intended (convenant)",
        "better/equal/worse",
        "2025",
        "2030",
        "2040",
    ):
        assert part in text
    found = paired(*(one.values["unmet_per_100_hours"][:, -1] for one in read_series(compared)), True)
    assert en(rounded_pair(found.mean_a, found.mean_b).a) in text
    assert re.search(r"Beware: The list of 22\s+is a\s+reconstruction", text)


def test_comparison_in_the_terminal_splits_by_origin(compared, tmp_path):
    folder = tmp_path / "split"
    shutil.copytree(compared, folder)
    whole = read_compare(folder)
    parts = [
        replace(row, difference=share * row.difference, origin=origin)
        for origin, share in (("computed", 0.75), ("assumed", 0.25))
        for row in whole
    ]
    (folder / "compare.csv").write_text(csv_text([*whole, *parts], CompareRow), encoding="utf-8")
    text = printed(print_comparison, folder, 80)
    _, _, split = text.partition("Where the difference comes from")
    assert "computed" in split
    assert "assumed" in split
    assert "measured" not in split.partition("Computed:")[0]
    assert max(map(len, text.splitlines())) <= 80
    assert "Where the difference comes from" not in printed(print_comparison, compared, 80)


def test_summary_in_the_terminal(alone):
    text = printed(print_summary, alone, 80)
    assert "As today (today)" in text
    assert "2014" in text
    assert "\x1b" not in text


def test_a_folder_without_results_is_explained(tmp_path):
    for function in (build_report, lambda folder: printed(print_summary, folder, 80)):
        with pytest.raises(DataError):
            function(tmp_path)
    with pytest.raises(DataError, match="no comparison"):
        printed(print_comparison, tmp_path, 80)


def residents(name, minutes_a, minutes_b, shape):
    """Return a group of which every one of 1,000 minutes needed is known, the same in all years."""
    columns = {
        scenario: {
            "minutes_unmet": np.repeat(np.reshape(minutes, (-1, 1)), shape[1], axis=1),
            "minutes_needed": np.full(shape, 1000.0),
            "needing_care": np.full(shape, 30.0),
            "informal_carers": np.zeros(shape),
            "carers_heavily_burdened": np.zeros(shape),
        }
        for scenario, minutes in (("today", minutes_a), ("convenant", minutes_b))
    }
    return Residents("sex", name, columns)


def words_about(runs, name):
    row = next(line for line in who_notices(runs, runs.others[0], "").splitlines() if name.capitalize() in line)
    return re.sub(r"<[^>]+>", " ", row)


def test_a_direction_is_said_only_where_the_interval_leaves_zero_out(compared):
    runs, luck = RunSet(compared), np.random.default_rng(3)
    n, years = runs.replicates, len(runs.years)
    a = 200 + luck.normal(0, 20, n)
    clear, doubt = a - 50 + luck.normal(0, 5, n), a + np.resize([40, -50], n)
    assert paired(a, doubt, True).low < 0 < paired(a, doubt, True).high
    assert paired(a, doubt, True).difference < -1, "large enough to be seen in the table"
    runs.__dict__["residents"] = (
        residents("vrouwen", a, clear, (n, years)),
        residents("mannen", a, doubt, (n, years)),
    )
    assert "beter" in words_about(runs, "vrouwen")
    assert "onzeker" in words_about(runs, "mannen")
    text = who_notices(runs, runs.others[0], "")
    assert "B is duidelijk beter voor vrouwen. B is voor geen van deze groepen duidelijk slechter." in text
    assert "B pakt voor vrouwen beter uit dan voor mannen." in text
    assert "tabel-wie-informal_carers" in text, "a group without carers leaves an empty table, not a crash"


def test_one_pair_of_runs_says_no_direction(tmp_path):
    runs = RunSet(write_run_set(tmp_path / "run", replicates=1, years=2, villages=5))
    text = who_notices(runs, runs.others[0], "")
    assert "onzeker" in text
    assert "beter</span>" not in text
    assert "beter uit dan" not in text
    assert "B is voor geen van deze groepen duidelijk beter." in text


def test_residents_are_those_of_the_table(compared):
    from krimpsim.outputs.store import read_results

    runs = RunSet(compared)
    who = next(one for one in runs.residents if one.name == "mensen met een laag inkomen")
    frame = read_results(compared, "groups")
    rows = frame[(frame["group"] == "income") & (frame["value"] == "low") & (frame["scenario"] == "convenant")]
    chosen = rows[(rows["replicate"] == 3) & (rows["month"].dt.year == 2030)]
    at = int(np.searchsorted(runs.years, 2030))
    assert who.columns["convenant"]["minutes_unmet"][3, at] == pytest.approx(chosen["minutes_unmet"].mean())
    per_100 = 100 * chosen["minutes_unmet"].mean() / chosen["minutes_needed"].mean()
    assert who.per_100("convenant", "minutes_unmet", "minutes_needed")[3, at] == pytest.approx(per_100)
