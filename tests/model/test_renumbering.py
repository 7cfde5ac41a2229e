"""Putting the tables in order changes the numbers of rows, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from model_tools import config_of, same, small

from krimpsim import model as model_module
from krimpsim.core.codes import Presence
from krimpsim.core.streams import unsigned
from krimpsim.model import KrimpModel
from krimpsim.population.lists import size
from krimpsim.population.renumbering import _move, name_of, renumber
from krimpsim.population.schema import PEOPLE, TIES, new_people, new_ties
from krimpsim.processes.informal_care import offer_key
from krimpsim.run import simulate


def as_known(model: KrimpModel) -> dict[str, Any]:
    """Say everything about those who are there in terms of identities, without row numbers."""
    people, ties, lists = model.people, model.ties, model.state.lists
    here = people.presence < int(Presence.AWAY)

    def name(row: int) -> int:
        return int(people.uid[row]) if row >= 0 and here[row] else -1

    def tie(t: int) -> tuple[int, ...]:
        rest = tuple(int(ties[column][t]) for column, of in TIES.items() if not of.points_to)
        return (int(ties.uid[t]), name(int(ties.giver[t])), name(int(ties.receiver[t])), *rest)

    persons = {}
    for i in np.flatnonzero(here):
        plain = tuple(int(people[column][i]) for column, of in PEOPLE.items() if of.points_to in ("", "household"))
        kin = tuple(name(int(people[column][i])) for column in ("partner", "mother", "father", "housemate"))
        persons[int(people.uid[i])] = (*plain, *kin)
    kept = [
        t
        for t in range(len(ties))
        if max(ties.giver[t], ties.receiver[t]) >= 0
        and all(row < 0 or here[row] for row in (int(ties.giver[t]), int(ties.receiver[t])))
    ]
    kept_lists = {
        which: sorted(name(int(row)) for row in on.rows[: size(on)] if here[row])
        for which in ("watch", "carers", "burdened", "volunteers")
        for on in (getattr(lists, which),)
    }
    return {"persons": persons, "ties": sorted(tie(t) for t in kept), "lists": kept_lists}


def test_everybody_keeps_kin_ties_and_places_on_lists() -> None:
    model = KrimpModel(small("scenarios/today", "2015-12-31"))
    while model.running:
        model.step()
    before, rows = as_known(model), model.state.in_use.copy()
    mother, uid = model.people.mother[: rows[0].persons], model.people.uid
    here, gone = (model.people.presence[: rows[0].persons] < int(Presence.AWAY)), {}
    for i in np.flatnonzero(here & (mother >= 0) & ~here[np.maximum(mother, 0)]):
        gone[int(uid[i])] = name_of(uid[mother[i]])
    s, willing = model.state, model.rules.informal_care.willing
    renumber(s.people, s.ties, s.in_use, s.lists, len(model.villages), unsigned(offer_key(model.key)), willing)
    assert as_known(model) == before
    assert len(gone) > 5, "some have a mother who is gone"
    known = {int(uid[i]): int(model.people.mother[i]) for i in range(s.in_use[0].persons)}
    assert {child: known[child] for child in gone} == gone
    assert s.in_use[0].persons == len(before["persons"]) < rows[0].persons
    assert s.in_use[0].ties == len(before["ties"]) < rows[0].ties
    n, k = s.in_use[0].persons, s.in_use[0].ties
    people, housemate = s.people[:n], s.people.housemate
    acts = (people.watched == 1) | (people.level > 0)
    acts |= (people.volunteer_minutes > 0) | (people.care_minutes > 0) | (people.usual_minutes > 0)
    busy = acts.copy()
    for i in np.flatnonzero(acts):
        j = int(housemate[i])
        while j != i:
            busy[j] = True
            j = int(housemate[j])
    first = int(busy.sum())
    assert 0 < first < n
    assert busy[:first].all(), "households where something happens stand together"
    assert (np.diff(people.village[:first]) >= 0).all()
    assert (np.diff(people.village[first:]) >= 0).all()
    for first, following, end in (("first_tie", "next_tie", "receiver"), ("first_given", "next_given", "giver")):
        for i in range(n):
            t = int(s.people[first][i])
            while t >= 0:
                assert t < k
                assert s.ties[end][t] == i
                t = int(s.ties[following][t])


@pytest.mark.parametrize("years", [1, 1000])
def test_results_do_not_depend_on_how_often_tables_are_put_in_order(
    years: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    config = small("scenarios/convenant", "2017-06-30")
    plain = simulate(config, 0)
    monkeypatch.setattr(model_module, "YEARS_OF_ORDER", years)
    assert same(simulate(config, 0), plain)


@pytest.mark.parametrize("years", [1, 1000])
def test_all_years_of_the_whole_area_do_not_depend_on_it_either(years: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """In a long run neighbours help again, and brothers and sisters outlive their mother."""
    config = config_of("scenarios/today")
    plain = simulate(config, 3)
    monkeypatch.setattr(model_module, "YEARS_OF_ORDER", years)
    assert same(simulate(config, 3), plain)


@pytest.mark.parametrize("new", [new_people, new_ties])
@pytest.mark.parametrize(
    "number",
    [[0], [1, 0], [0, 2, 1, 3], [1, 2, 0], [6, 0, 1, 2, 3, 4, 5], np.random.default_rng(1).permutation(500)],
    ids=["one", "two", "two of four", "round of three", "round of seven", "many"],
)
def test_every_row_moves_to_its_number_with_all_it_holds(new: Callable[[int], Any], number: Any) -> None:
    n, table = len(number), new(len(number) + 2)
    np.asarray(table).view(np.uint8)[:] = np.random.default_rng(2).integers(0, 256, table.nbytes)
    before, number = table.copy(), np.array(number, dtype=np.int32)
    to = number.copy()
    _move(table, number, np.empty(n, dtype=np.int32), table[:1].copy())
    assert (table[to] == before[:n]).all()
    assert (table[n:] == before[n:]).all()
