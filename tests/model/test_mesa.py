"""The model as Mesa sees it: batch runs, the data collector, agents, and sets of residents."""

from __future__ import annotations

import copy
import gc
import pickle
import tracemalloc
from collections.abc import Callable
from pathlib import Path

import mesa
import numpy as np
import pytest
from model_tools import CONFIGS, TINY, V, finished, result_of, small

from krimpsim.config.run import RunConfig
from krimpsim.core.errors import KrimpsimError
from krimpsim.model import KrimpModel
from krimpsim.organisations.convenant import Convenant
from krimpsim.organisations.payers import Insurer, Municipality
from krimpsim.organisations.providers import HomeCareProvider
from krimpsim.outputs.result import Result
from krimpsim.population.schema import PEOPLE
from krimpsim.run import simulate
from krimpsim.schedule import PARTS


@pytest.fixture(scope="module")
def model(tiny_config: RunConfig) -> KrimpModel:
    return finished(tiny_config)


def test_batch_run_of_mesa(tiny: Result) -> None:
    rows = mesa.batch_run(
        KrimpModel,
        {"config": [str(CONFIGS / f"{TINY}.toml")], "replicate": range(2)},
        max_steps=10_000,
        number_processes=1,
        display_progress=False,
    )
    last = {row["replicate"]: row for row in rows}
    assert sorted(last) == [0, 1]
    assert last[0]["population"] == tiny.village_rows[-1, :, V["population"]].sum()
    assert last[0]["minutes_needed"] == tiny.village_rows[-1, :, V["minutes_needed"]].sum()
    assert last[0]["population"] != last[1]["population"]
    assert len(rows) == 2, "one row a run, of the last month"


def test_a_run_tells_what_time_its_parts_took(tiny: Result) -> None:
    assert set(tiny.seconds) == {"start", "agenda of the year", "record", *PARTS}
    assert all(seconds > 0 for seconds in tiny.seconds.values())


@pytest.mark.parametrize("luck", [{"seed": 1}, {"rng": 1}, {"seed": 20130101}])
def test_luck_from_elsewhere_is_refused(tiny_config: RunConfig, luck: dict[str, int]) -> None:
    with pytest.raises(ValueError, match=r"run\.seed"):
        KrimpModel(tiny_config, **luck)


@pytest.mark.parametrize("luck", [{"seed": None}, {"seed": 0}, {"rng": None}, {"rng": 0}])
def test_mesas_own_seeds_are_taken(luck: dict[str, int | None]) -> None:
    KrimpModel(small("scenarios/today", "2013-01-31", ["Zandberg"]), **luck)


def test_a_path_will_do(tiny: Result) -> None:
    model = KrimpModel(CONFIGS / f"{TINY}.toml")
    model.step()
    np.testing.assert_array_equal(model.result().village_rows[0], tiny.village_rows[0])


def test_model_stands_at_the_eve_of_its_start_and_stops_after_its_end(tiny_config: RunConfig) -> None:
    model = KrimpModel(tiny_config)
    assert model.steps == 0
    assert model.running
    assert model.month == model.first_month - 1
    while model.running:
        model.step()
    assert model.steps == 24
    assert model.month == model.last_month
    with pytest.raises(KrimpsimError, match=r"run\.end"):
        model.step()


def test_data_collector_has_a_row_a_month(model: KrimpModel, tiny: Result) -> None:
    frame = model.datacollector.get_model_vars_dataframe()
    assert len(frame) == len(tiny.village_rows)
    for name in ("population", "minutes_unmet", "overlap_nights"):
        np.testing.assert_array_equal(frame[name], tiny.village_rows[:, :, V[name]].sum(axis=1))


def test_agents_are_the_organisations_that_decide(model: KrimpModel, tiny_config: RunConfig) -> None:
    kinds = model.agents_by_type
    assert len(kinds[HomeCareProvider]) == len(tiny_config.providers)
    assert len(kinds[Municipality]) == 2
    assert len(kinds[Insurer]) == 1
    assert len(kinds[Convenant]) == 1
    assert len(model.agents) == len(tiny_config.providers) + len(tiny_config.parties) + 1


def test_residents_are_those_at_home(model: KrimpModel) -> None:
    row = model.result().village_rows[-1]
    assert len(model.residents) == row[:, V["population"]].sum()
    assert len(model.informal_carers) == row[:, V["informal_carers"]].sum() > 0
    assert len(model.volunteers) == row[:, V["volunteers"]].sum() > 0
    assert set(model.informal_carers) <= set(model.residents)
    assert len(set(model.residents)) == len(model.residents)


def test_sets_of_residents_speak_mesas_language(model: KrimpModel) -> None:
    residents = model.residents
    women = residents.select(lambda people: people.get("sex") == 1)
    men = residents.select(residents.get("sex") == 0)
    assert len(women) + len(men) == len(residents)
    assert women.agg("sex", np.min) == women.agg("sex", max) == 1
    assert residents.agg("care_minutes", np.sum) == residents.get("care_minutes").sum()
    groups = residents.groupby("village")
    assert list(groups) == sorted(groups)
    assert [len(group) for group in groups.values()] == model.result().village_rows[-1][:, V["population"]].tolist()
    with pytest.raises(AttributeError, match="choose from"):
        residents.get("shoe_size")


def test_every_column_comes_out_wide_by_every_way(model: KrimpModel) -> None:
    """Python's own ``sum`` adds in the type of the column: what leaves the tables has room for sums."""
    carers = model.informal_carers
    for name in (*PEOPLE, "age"):
        exact = sum(int(value) for value in carers.get(name))
        assert carers.get(name).dtype == np.int64
        assert carers.agg(name, sum) == carers.agg(name, np.sum) == exact
        assert carers.to_frame(name)[name].dtype == np.int64
        assert sum(group.agg(name, sum) for group in carers.groupby("village").values()) == exact
        assert carers.select(lambda s: s.get("sex") == 1).get(name).dtype == np.int64
        assert carers.sort(name).get([name, "sex"]).dtype == np.int64
    assert carers.agg("care_minutes", sum) > np.iinfo(np.int16).max, "what overflowed"
    assert all(kind.kind in "iub" and kind.itemsize in (1, 8) for kind in carers.to_frame().dtypes)
    frame = model.datacollector.get_model_vars_dataframe()
    assert {str(kind) for kind in frame.dtypes} == {"int64"}


def test_a_set_is_asked_as_a_set_of_mesa(model: KrimpModel) -> None:
    residents = model.residents
    uids = residents.to_list()
    assert list(residents) == uids
    assert residents[0] == uids[0]
    assert residents[-1] == uids[-1]
    assert residents[2:5].to_list() == uids[2:5]
    assert residents[np.array([3, 1])].to_list() == [uids[3], uids[1]]
    assert uids[7] in residents
    assert uids[7] not in residents[:7]
    assert "somebody" not in residents
    months = model.month - residents.get("birth_month")
    np.testing.assert_array_equal(residents.get("age"), months // 12)
    np.testing.assert_array_equal(residents.get(["age", "sex"])[:, 1], residents.get("sex"))
    old = residents.select(lambda s: s.get("age") >= 75)
    assert min(old.get("age")) >= 75
    assert residents.select(lambda s: s.get("age") >= 75, at_most=3).to_list() == old.to_list()[:3]
    assert len(old.select(old.get("age") >= 0, at_most=0.5)) == len(old) // 2
    by_age = residents.sort("age", ascending=False)
    assert by_age.get("age").tolist() == sorted(residents.get("age").tolist(), reverse=True)
    assert residents.sort(lambda s: s.get("age")).get("age").tolist() == sorted(residents.get("age").tolist())
    assert residents.agg("age", [min, max]) == [residents.agg("age", min), residents.agg("age", max)]
    decades = residents.groupby(lambda s: s.get("age") // 10)
    assert sum(map(len, decades.values())) == len(residents)
    frame = residents.to_frame("age", "village")
    assert frame.index.tolist() == uids
    assert frame["age"].tolist() == residents.get("age").tolist()


@pytest.mark.parametrize("name", ["do", "shuffle_do", "map", "set", "add", "discard", "remove", "shuffle"])
def test_what_makes_no_sense_on_rows_is_refused_with_a_reason(model: KrimpModel, name: str) -> None:
    assert hasattr(mesa.agent.AgentSet, name)
    with pytest.raises(AttributeError, match=f"a set of residents has no '{name}': .*(processes|draws)"):
        getattr(model.residents, name)


def test_an_attribute_of_residents_is_asked_with_get(model: KrimpModel) -> None:
    with pytest.raises(AttributeError, match=r"write get\('age'\)"):
        model.residents.age  # noqa: B018
    with pytest.raises(AttributeError, match=r"a set of residents has no 'shoes'$"):
        model.residents.shoes  # noqa: B018


@pytest.mark.parametrize("keep", [copy.copy, copy.deepcopy, pickle.dumps])
def test_a_model_says_why_it_cannot_be_copied(model: KrimpModel, keep: Callable[[object], object]) -> None:
    with pytest.raises(TypeError, match=r"cannot be pickled or copied: .*make it again"):
        keep(model)
    assert pickle.loads(pickle.dumps(model.result())).scenario == model.config.scenario.id


def test_what_a_set_returns_is_a_copy(model: KrimpModel) -> None:
    before = model.people.level.copy()
    model.residents.get("level")[:] = 4
    np.testing.assert_array_equal(model.people.level, before)


def test_memory_stays_flat_over_many_models() -> None:
    """Three models' worth of arrays may stay, for caches of Python and Mesa; thirty that live on hold far more."""
    config = small("scenarios/today", "2013-02-28", ["Zandberg", "Exloerveen"])
    one = KrimpModel(config)
    size = one.state.people.nbytes + one.state.ties.nbytes
    del one
    for replicate in range(3):
        simulate(config, replicate)
    gc.collect()
    tracemalloc.start()
    try:
        before = tracemalloc.get_traced_memory()[0]
        for replicate in range(30):
            simulate(config, replicate)
        gc.collect()
        grown = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert grown < 3 * size, f"{grown} bytes more after 30 models of {size} bytes"


def test_running_a_model_needs_no_path_of_the_project(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, tiny: Result
) -> None:
    monkeypatch.chdir(tmp_path)
    assert result_of(small("examples/tiny", "2013-01-31")).villages == tiny.villages
