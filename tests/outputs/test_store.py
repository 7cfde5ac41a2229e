from dataclasses import replace
from datetime import date

import numpy as np
import pandas as pd
import pyarrow.parquet as pq
import pytest
from synthetic_results import CAVEATS, G, P, R, V, make_result

from krimpsim.core.codes import Kind, Part
from krimpsim.core.errors import DataError, UsageError
from krimpsim.outputs.columns import PROVIDER_COLUMNS, REGION_COLUMNS, VILLAGE_COLUMNS
from krimpsim.outputs.groups import GROUP_COLUMNS, GROUP_ROWS
from krimpsim.outputs.store import (
    NOT_SUMMED,
    REGION_TABLE_COLUMNS,
    TABLES,
    RunWriter,
    read_results,
    write_text,
    yearly_group_means,
    yearly_means,
)

RESULTS = [make_result(name, r, years=2, villages=4) for name in ("today", "convenant") for r in range(3)]


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    path = tmp_path_factory.mktemp("store")
    with RunWriter(path, "; ".join(CAVEATS)) as writer:
        for result in RESULTS:
            writer.write(result)
    return path


def of(frame, result):
    return frame[(frame["scenario"] == result.scenario) & (frame["replicate"] == result.replicate)]


@pytest.mark.parametrize(
    ("table", "columns", "rows"),
    [
        ("villages", VILLAGE_COLUMNS, "village_rows"),
        ("providers", PROVIDER_COLUMNS, "provider_rows"),
        ("groups", GROUP_COLUMNS, "group_rows"),
    ],
)
def test_what_is_written_is_read_back_exactly(folder, table, columns, rows):
    frame = read_results(folder, table)
    for result in RESULTS:
        found = of(frame, result)
        recorded = getattr(result, rows)
        for i, column in enumerate(columns):
            expected = recorded[:, :, i].ravel()
            if column.divisor == 1:
                assert found[column.name].dtype == np.int64
                np.testing.assert_array_equal(found[column.name], expected)
            else:
                np.testing.assert_array_equal(found[column.name], expected / column.divisor)


def test_region_table_holds_its_own_columns_and_the_sums(folder):
    frame = of(read_results(folder, "region"), RESULTS[0])
    result = RESULTS[0]
    names = [column.name for column in REGION_TABLE_COLUMNS]
    assert len(names) == len(set(names))
    assert not NOT_SUMMED & set(names)
    np.testing.assert_array_equal(frame["clause_cost_eur"], result.region_rows[:, R["clause_cost_eur"]] / 100)
    np.testing.assert_array_equal(frame["minutes_needed"], result.village_rows[:, :, V["minutes_needed"]].sum(axis=1))
    np.testing.assert_array_equal(frame["km_night"], result.provider_rows[:, :, P["km_night"]].sum(axis=1) / 1000)
    assert {column.name for column in REGION_COLUMNS} <= set(names)


def test_flows_are_the_minutes_of_all_villages_by_giver_and_kind(folder):
    frame = of(read_results(folder, "flows"), RESULTS[4])
    assert len(frame) == 24 * len(Part) * len(Kind)
    needed = RESULTS[4].village_rows[:, :, V["minutes_needed"]].sum(axis=1)
    np.testing.assert_array_equal(frame.groupby("month")["minutes"].sum(), needed)


def test_every_giver_and_every_reason_for_a_gap_has_its_own_flow(tmp_path):
    """Numbers that all differ, so that no two columns can take each other's place."""
    rows = RESULTS[0].village_rows[:2]
    result = replace(
        RESULTS[0],
        village_rows=np.arange(rows.size).reshape(rows.shape),
        **{name: getattr(RESULTS[0], name)[:2] for name in ("provider_rows", "region_rows", "group_rows")},
    )
    with RunWriter(tmp_path, "") as writer:
        writer.write(result)
    frame = read_results(tmp_path, "flows")
    found = {key: flow["minutes"].tolist() for key, flow in frame.groupby(["giver", "kind"])}
    assert found == {
        (part, kind): result.village_rows[:, :, V[f"minutes_{part}_{kind}"]].sum(axis=1).tolist()
        for part in (one.name.lower() for one in Part)
        for kind in (one.name.lower() for one in Kind)
    }


def test_groups_are_keyed_by_group_and_value(folder):
    frame = of(read_results(folder, "groups"), RESULTS[4])
    assert list(frame.columns[:5]) == ["scenario", "replicate", "month", "group", "value"]
    assert len(frame) == 24 * len(GROUP_ROWS)
    low = frame[(frame["group"] == "income") & (frame["value"] == "low")]
    row = GROUP_ROWS.index(("income", "low"))
    np.testing.assert_array_equal(low["minutes_unmet"], RESULTS[4].group_rows[:, row, G["minutes_unmet"]])
    by_group = frame.groupby("group").apply(lambda rows: tuple(rows.groupby("month")["minutes_needed"].sum()))
    assert len(set(by_group)) == 1, "each group is a partition of the same people"


def test_what_a_label_leaves_open_stands_in_the_metadata(folder):
    about = pq.read_schema(folder / "villages.parquet").field("school_under_threat").metadata[b"about"].decode()
    assert "observation.school_children" in about
    assert b"about" not in pq.read_schema(folder / "villages.parquet").field("population").metadata


def test_one_row_group_per_replicate_with_first_of_month_keys(folder):
    for table in TABLES:
        file = pq.ParquetFile(folder / f"{table}.parquet")
        assert file.num_row_groups == len(RESULTS)
        months = file.read_row_group(0, columns=["month"])["month"].to_pylist()
        assert months[0] == date(2013, 1, 1)
        assert months[-1] == date(2014, 12, 1)
        keys = file.read_row_group(4, columns=["scenario", "replicate"])
        assert set(keys["scenario"].to_pylist()) == {RESULTS[4].scenario}
        assert set(keys["replicate"].to_pylist()) == {RESULTS[4].replicate}


def test_metadata_gives_unit_labels_caveat_and_warning(folder):
    schema = pq.read_schema(folder / "villages.parquet")
    field = schema.field("minutes_waiting_nursing")
    assert field.metadata[b"unit"] == b"min/week"
    assert field.metadata[b"label_nl"].decode() == "wacht op hulp: verpleging"
    assert field.metadata[b"label_en"].decode() == "waiting: nursing"
    assert schema.metadata[b"krimpsim.caveat"].decode() == "; ".join(CAVEATS)
    assert b"under 500 residents" in schema.metadata[b"krimpsim.warning"]
    assert schema.metadata[b"krimpsim.schema"] == b"1"
    assert b"krimpsim.warning" not in pq.read_schema(folder / "region.parquet").metadata


def test_encodings_are_delta_for_whole_numbers_and_zstd(folder):
    file = pq.ParquetFile(folder / "villages.parquet")
    group = file.metadata.row_group(0)
    columns = {group.column(i).path_in_schema: group.column(i) for i in range(group.num_columns)}
    assert "DELTA_BINARY_PACKED" in columns["population"].encodings
    assert not columns["population"].has_dictionary_page
    assert "DELTA_BINARY_PACKED" in columns["month"].encodings
    assert columns["population"].compression == "ZSTD"


@pytest.mark.parametrize("value", [2**31, -(2**31) - 1])
def test_a_number_that_does_not_fit_is_refused_and_leaves_nothing(tmp_path, value):
    bad = make_result(years=1, villages=2)
    bad.village_rows[3, 1, V["population"]] = value
    with pytest.raises(OverflowError, match=r"villages\.population"), RunWriter(tmp_path, "") as writer:
        writer.write(bad)
    assert list(tmp_path.iterdir()) == []


def test_money_may_be_larger_than_32_bits(tmp_path):
    result = make_result(years=1, villages=2)
    result.region_rows[0, R["paid_insurer_eur"]] = 10**12
    with RunWriter(tmp_path, "") as writer:
        writer.write(result)
    assert read_results(tmp_path, "region")["paid_insurer_eur"].iloc[0] == 10**10


def test_a_crash_leaves_the_old_files_and_no_half_ones(tmp_path):
    with RunWriter(tmp_path, "") as writer:
        writer.write(RESULTS[0])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def crash():
        with RunWriter(tmp_path, "") as writer:
            writer.write(RESULTS[1])
            raise RuntimeError("crash")

    with pytest.raises(RuntimeError):
        crash()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_nothing_stands_under_its_name_before_the_end(tmp_path):
    writer = RunWriter(tmp_path, "")
    writer.write(RESULTS[0])
    assert not list(tmp_path.glob("*.parquet"))
    writer.close()
    assert {path.name for path in tmp_path.iterdir()} == {f"{table}.parquet" for table in TABLES}


def test_text_is_replaced_whole(tmp_path):
    path = tmp_path / "a.csv"
    write_text(path, "één\n")
    write_text(path, "twee\n")
    assert path.read_bytes() == b"twee\n"
    assert list(tmp_path.iterdir()) == [path]


def test_tidy_has_a_row_per_indicator(folder):
    wide = read_results(folder, "providers")
    tidy = read_results(folder, "providers", tidy=True)
    assert list(tidy.columns) == ["scenario", "replicate", "month", "provider", "indicator", "value", "unit"]
    assert len(tidy) == len(wide) * len(PROVIDER_COLUMNS)
    one = tidy[tidy["indicator"] == "hours_paid"]
    assert set(one["unit"]) == {"h/week"}
    np.testing.assert_array_equal(one["value"], wide["hours_paid"])


def test_columns_can_be_chosen(folder):
    frame = read_results(folder, "villages", columns=["population"])
    assert list(frame.columns) == ["scenario", "replicate", "month", "village", "population"]
    assert frame["month"].iloc[0] == pd.Timestamp(2013, 1, 1)


def test_what_cannot_be_read_is_explained(folder, tmp_path):
    with pytest.raises(DataError, match="no such result table"):
        read_results(tmp_path, "region")
    with pytest.raises(UsageError, match="allowed is one of villages"):
        read_results(folder, "people")
    with pytest.raises(DataError, match="nonsense"):
        read_results(folder, "region", columns=["nonsense"])
    (tmp_path / "flows.parquet").write_bytes(b"PAR1 half a file")
    with pytest.raises(DataError, match="damaged"):
        read_results(tmp_path, "flows")


def test_yearly_means_sum_villages_and_average_months():
    result = make_result(years=2, villages=4)
    years, means = yearly_means(result)
    assert years.tolist() == [2013, 2014]
    expected = result.village_rows[12:, :, V["population"]].sum(axis=1).mean()
    assert means["population"][1] == pytest.approx(expected, rel=1e-14)
    expected = result.provider_rows[:12, :, P["km_day"]].sum(axis=1).mean() / 1000
    assert means["km_day"][0] == pytest.approx(expected, rel=1e-14)
    assert means["clause_cost_eur"][0] == result.region_rows[:12, R["clause_cost_eur"]].mean() / 100
    assert set(means) == {column.name for column in REGION_TABLE_COLUMNS} | {"months"}
    assert (
        means["months"].tolist()
        == np.unique((result.first_month + np.arange(len(result.region_rows))) // 12, return_counts=True)[1].tolist()
    )


def test_a_part_of_a_year_is_a_year_with_fewer_months():
    whole = make_result(years=2, villages=2)
    part = type(whole)(
        "today", 0, 2013 * 12 + 6, whole.villages, whole.providers,
        whole.village_rows[6:18], whole.provider_rows[6:18], whole.region_rows[6:18], whole.group_rows[6:18],
    )  # fmt: skip
    years, means = yearly_means(part)
    assert years.tolist() == [2013, 2014]
    expected = whole.village_rows[6:12, :, V["deaths"]].sum(axis=1).mean()
    assert means["deaths"][0] == pytest.approx(expected, rel=1e-14)


def test_yearly_means_of_groups_add_up_to_the_region():
    result = make_result(years=2, villages=4)
    names = result.villages
    _, groups = yearly_group_means(result, {names[0]: "x", names[1]: "x", names[2]: "y"})
    assert list(groups) == ["x", "y", names[3]]
    total = sum(groups[name]["population"] for name in groups)
    np.testing.assert_allclose(total, yearly_means(result)[1]["population"], rtol=1e-14)
