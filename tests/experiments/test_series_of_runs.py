"""Series beside the indicators of a run."""

from __future__ import annotations

import numpy as np
import pyarrow.parquet as pq
import pytest
from store_tools import compute
from sweep_tools import experiment, plan_of

from krimpsim.core.errors import DataError
from krimpsim.experiments.reductions import scalars, series
from krimpsim.experiments.store import Store
from krimpsim.outputs.columns import VILLAGE_COLUMNS
from krimpsim.outputs.store import yearly_means

BIRTHS = [column.name for column in VILLAGE_COLUMNS].index("births")


@pytest.mark.parametrize("level", ["yearly", "monthly"])
def test_series_lie_beside_the_indicators(tmp_path, level):
    file = experiment(tmp_path, more=f'[output]\nlevel = "{level}"')
    plan, store = plan_of(file), Store(tmp_path / "store")
    for start in range(0, 96, 32):
        compute(plan, store, range(start, start + 32))
    run = plan.run(40)
    result = plan.simulate(plan.config(run), run.replicate)
    expected = series(result, level)
    for _ in range(2):
        found = store.series(level, [run.run_id]).to_pydict()
        found.pop("run_id")
        assert found == {name: values.tolist() for name, values in expected.items()}
        store.compact()
    lost = next((store.folder / level).glob("*.parquet"))
    lost.write_bytes(lost.read_bytes()[:1000])
    assert len(plan.missing(store)) == len(plan.ids)
    plain = plan_of(experiment(tmp_path))
    assert len(plain.missing(Store(tmp_path / "store"))) == len(plain.ids)


@pytest.mark.parametrize("at", [0.5, 0.99])  # in the values, which the list of what is missing does not read; its end
def test_a_damaged_shard_of_series_is_said_and_its_runs_are_missing(tmp_path, at):
    file = experiment(tmp_path, more='[output]\nlevel = "yearly"')
    plan, store = plan_of(file), Store(tmp_path / "store")
    for start in range(0, 96, 32):
        compute(plan, store, range(start, start + 32))
    whole, missing = store.series("yearly").num_rows, len(plan.missing(store))
    path = sorted((store.folder / "yearly").glob("*.parquet"))[1]
    lost = len(set(pq.read_table(path).column("run_id").to_pylist()))
    content = bytearray(path.read_bytes())
    content[int(at * len(content))] ^= 0x01
    path.write_bytes(content)
    with pytest.raises(DataError, match=rf"1 shards of yearly series are damaged \({path.name}\).*sweep resume"):
        store.series("yearly")
    assert [one.name for one in store.set_aside][:1] == [f"{path.name}.damaged"]
    assert len(plan.missing(store)) == missing + lost
    assert store.series("yearly").num_rows == whole - 2 * lost
    compute(plan, store, range(96))
    assert store.series("yearly").num_rows == whole
    assert len(plan.missing(store)) == missing


def test_indicators_are_what_they_say(tmp_path):
    text = """
[[indicators]]
name = "slope"
of = "births"
take = "slope"
[[indicators]]
name = "when"
of = "deaths"
take = "first_month"
at_least = 900
[[indicators]]
name = "never"
of = "deaths"
take = "first_month"
at_most = -1
[[indicators]]
name = "mean"
of = "births"
take = "mean"
first = 2014
[[indicators]]
name = "all"
of = "births"
take = "total"
[[indicators]]
name = "late"
of = "births"
take = "total"
first = 2014
"""
    file = experiment(tmp_path)
    file.write_text(file.read_text().replace("[execution]", text + "[execution]"))
    plan = plan_of(file)
    run = plan.run(0)
    result = plan.simulate(plan.config(run), 0)
    found = dict(zip([one.name for one in plan.facts.indicators], scalars(result, plan.facts.indicators), strict=True))
    years, yearly = yearly_means(result)
    assert years.tolist() == [2013, 2014]
    assert found["unmet"] == 100 * (yearly["minutes_unmet"][1] / yearly["minutes_needed"][1])
    assert found["births"] == yearly["births"].sum()
    assert found["all"] == result.village_rows[:, :, BIRTHS].sum()
    assert found["late"] == result.village_rows[12:, :, BIRTHS].sum() != found["all"]
    assert found["mean"] == yearly["births"][1]
    assert found["slope"] == pytest.approx(yearly["births"][1] - yearly["births"][0])
    from krimpsim.outputs.columns import VILLAGE_COLUMNS

    deaths = result.village_rows[:, 0, [c.name for c in VILLAGE_COLUMNS].index("deaths")]
    assert found["when"] == np.flatnonzero(deaths >= 900)[0]
    assert found["never"] == 24
