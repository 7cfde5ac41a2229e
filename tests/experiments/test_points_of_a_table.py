"""Points that stand in a table of the user."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
from draws_tools import SCENARIOS, STRENGTH, TWO_FACTORS, experiment, in_process, plan_of, problems

from krimpsim.experiments.comparison import compare_scenarios
from krimpsim.experiments.points import read_points
from krimpsim.experiments.store import Store

TABLE = "care_need.men_ratio,market.consent_share,care_need.minutes_nursing.2\n0.6,0.2,100\n0.7,0.3,110\n0.8,0.4,120\n"
LIST = 'kind = "list"\nfile = "accepted.csv"'


def table(folder: Path, text: str, name: str = "accepted.csv") -> None:
    (folder / name).write_text(text, encoding="utf-8")


def test_a_list_of_points_may_stand_in_a_table(tmp_path):
    table(tmp_path, TABLE)
    plan = plan_of(experiment(tmp_path, "", LIST, 2))
    wanted = [(0.6, 0.2, 100), (0.7, 0.3, 110), (0.8, 0.4, 120)]
    assert plan.values == wanted
    assert [type(value) for value in plan.values[0]] == [float, float, int]
    assert len(plan.ids) == 3 * 2 * 2
    pd.read_csv(tmp_path / "accepted.csv").to_parquet(tmp_path / "accepted.parquet")
    again = plan_of(experiment(tmp_path, "", LIST.replace("csv", "parquet"), 2))
    assert again.ids == plan.ids
    points = "".join(f'{{ "care_need.men_ratio" = {a}, "market.consent_share" = {b}, '
                     f'"care_need.minutes_nursing.2" = {c} }}, ' for a, b, c in wanted)  # fmt: skip
    assert plan_of(experiment(tmp_path, "", f'kind = "list"\npoints = [{points}]', 2)).ids == plan.ids


def test_points_of_a_table_stand_for_all_that_is_possible(tmp_path):
    table(tmp_path, TABLE)
    for design, interval in ((LIST, "t over 3 points and 3 seeds"), ('kind = "grid"', "t over 3 seeds, these points")):
        factors = "" if "list" in design else '[[factors]]\nkey = "care_need.men_ratio"\n'
        file, store = experiment(tmp_path, factors, design, 3), Store(tmp_path / "store")
        in_process(plan_of(file), store)
        assert (
            compare_scenarios(file, store.folder, out=tmp_path / "out").tables["differences"]["interval"][0] == interval
        )


def test_draws_take_whole_points_of_a_table_and_numbers_of_factors(tmp_path):
    """Numbers of one row stay together: an accepted set knows that they hang together."""
    table(tmp_path, TABLE)
    file = experiment(tmp_path, STRENGTH, LIST.replace("list", "draws"), 60)
    plan = plan_of(file)
    keys = [r.key for r in plan.facts.ranges]
    order = [keys.index(key) for key in TABLE.splitlines()[0].split(",")]
    rows = [tuple(point[k] for k in order) for point in plan.values]
    assert set(rows) == {(0.6, 0.2, 100), (0.7, 0.3, 110), (0.8, 0.4, 120)}
    assert min(rows.count(row) for row in set(rows)) > 8
    strength = [point[keys.index("convenant.shared_rounds.strength")] for point in plan.values]
    assert len(set(strength)) == 60


def test_mistakes_in_a_table_of_points_are_located(tmp_path):
    file = experiment(tmp_path, "", LIST)
    assert problems(file)[0].startswith("accepted.csv design.file: ")
    assert "does not exist | the path is relative" in problems(file)[0]
    table(tmp_path, TABLE.replace("0.7,0.3,110", "0.7,,110").replace("0.8,0.4,120", "0.8,0.4"))
    assert problems(file) == [
        "accepted.csv:3 design.file market.consent_share: is empty | every point needs a value of every parameter",
        "accepted.csv:4 design.file: 2 cells, allowed is 3 | "
        "the columns are care_need.men_ratio, market.consent_share, care_need.minutes_nursing.2",
    ]
    table(tmp_path, TABLE.replace("consent_share", "consent_shar"))
    assert problems(file) == [
        "accepted.csv:1 design.columns.market.consent_shar: 'market.consent_shar' is no parameter "
        "| did you mean 'consent_share'?"
    ]
    apart = experiment(tmp_path, "", LIST, scenarios=SCENARIOS + "set.market.consent_share = 0.7\n")
    table(tmp_path, TABLE)
    assert problems(apart) == [
        "accepted.csv:1 design.columns.market.consent_share: market.consent_share differs between the scenarios, and "
        "the table would make it the same | leave the column out, or the difference"
    ]
    file = experiment(tmp_path, "", LIST)
    table(tmp_path, TABLE.replace("0.3", "1.3"))
    (found,) = {text.partition(", in 1 of 3")[0] for text in problems(file)}
    assert found == "accepted.csv:3 design.points.1: market.consent_share: 1.3 is outside the allowed range"
    found = {
        text.partition(":")[2].split()[0]
        for text in problems(experiment(tmp_path, "", LIST.replace("list", "draws"), 9))
    }
    assert found == {"3"}
    table(tmp_path, TABLE.replace("market.consent_share", "market consent"))
    assert "accepted.csv:1 design.columns.market_consent: 'market_consent' is no parameter" in problems(file)[0]
    table(tmp_path, TABLE.replace("0.3", "nan"))
    assert "accepted.csv:3 design.file market.consent_share: 'nan' is not a number" in problems(file)[0]
    table(tmp_path, TABLE.replace("market.consent_share", "care_need.men_ratio"))
    assert problems(file)[0].startswith("accepted.csv:1 design.file: column 2 is 'care_need.men_ratio' once more")
    table(tmp_path, TABLE.splitlines()[0])
    assert problems(file) == [
        "accepted.csv:1 design.file: holds no points | a line of keys, then a line for each point"
    ]
    (tmp_path / "accepted.parquet").write_bytes(b"no table")
    found = problems(experiment(tmp_path, "", LIST.replace("csv", "parquet")))
    assert found[0].startswith("accepted.parquet design.file: cannot be read:")
    table(tmp_path, TABLE)
    both = experiment(tmp_path, "", LIST + '\npoints = [{ "care_need.men_ratio" = 1 }]')
    assert "points stand here and in a file" in problems(both)[0]
    lhs = experiment(tmp_path, TWO_FACTORS, 'kind = "lhs"\nn = 4\nfile = "accepted.csv"')
    assert problems(lhs)[0].endswith("design.file: 'accepted.csv': a lhs has no file | file is for list, draws")
    twice = experiment(tmp_path, TWO_FACTORS, LIST.replace("list", "draws"))
    assert [text.partition(" ")[2] for text in problems(twice)] == [
        "factors.0.key: 'care_need.men_ratio' varies twice | ", "factors.1.key: 'market.consent_share' varies twice | "
    ]  # fmt: skip


def test_cells_of_a_table_are_numbers_true_or_false_or_texts(tmp_path):
    table(tmp_path, "\ufeffa, b,c\n1, 2.5 ,true\n\n-1e3,false,text\n")
    found = read_points(tmp_path / "accepted.csv")
    assert (found.columns, found.problems) == (("a", "b", "c"), [])
    assert [values for _, values in found.rows] == [
        {"a": 1, "b": 2.5, "c": True}, {"a": -1000.0, "b": False, "c": "text"}
    ]  # fmt: skip
    assert [where.rpartition(":")[2] for where, _ in found.rows] == ["2", "4"]
