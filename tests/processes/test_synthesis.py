"""The founders: distances, ties, parents: rules by themselves and in runs."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from model_tools import small

from krimpsim.core.clock import START
from krimpsim.core.codes import Sex
from krimpsim.core.streams import Stream, bits, cumulative, happens, month_key, race, unsigned
from krimpsim.model import KrimpModel
from krimpsim.population.kinship import distance_class, tie_uid
from krimpsim.population.synthesis import synthesise


@given(st.integers(0, 200_000))
def test_distance_classes(metres: int) -> None:
    limits = (2000, 5000, 10_000, 20_000, 30_000)
    assert distance_class(metres) == 1 + sum(metres >= limit for limit in limits)


@given(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1), st.integers(0, 2))
def test_a_tie_is_the_same_from_both_ends(a: int, b: int, relation: int) -> None:
    assert tie_uid(np.uint64(a), np.uint64(b), relation) == tie_uid(np.uint64(b), np.uint64(a), relation)


@given(st.lists(st.floats(0, 1), min_size=1, max_size=12).filter(lambda weights: sum(weights) > 1e-6))
def test_cumulative_thresholds_rise_to_certainty(weights: list[float]) -> None:
    table = cumulative(weights)
    assert (np.diff(table) >= 0).all()
    assert abs(int(table[-1]) - (1 << 32)) <= 1


def test_children_have_the_mother_whom_a_race_among_all_women_gives_them() -> None:
    model = KrimpModel(small("scenarios/today", "2013-01-31"))
    r, key = model.world, model.key
    people, _, _ = synthesise(r.cells, r.traits, r.profile, model.places.between_m, key)
    stream = int(Stream.SYNTHESIS_HOUSEHOLD)
    is_mother, stays, run = (unsigned(month_key(key, stream, 0, draw)) for draw in (2, 3, 4))
    first, found = 0, 0
    for n in r.cells.persons.sum(axis=(1, 2)).tolist():
        here = range(first, first + n)
        first += n
        age = {i: (START - 1 - int(people.birth_month[i])) // 12 for i in here}
        women = [
            w
            for w in here
            if people.sex[w] == int(Sex.WOMAN) and 18 <= age[w] <= 74 and (age[w] > 30 or people.partner[w] >= 0)
        ]
        ages, children = np.array([age[w] for w in women]), np.zeros(len(women), dtype=np.int64)
        odds = np.where(people.partner[women] >= 0, 1.0, 0.25)
        odds *= [1.0 if happens(is_mother, people.uid[w], 3 << 30) else 0.02 for w in women]
        draws = np.empty(len(women))
        for i in here:
            if age[i] > 30 or people.partner[i] >= 0 or not happens(stays, people.uid[i], int(r.cells.at_home[age[i]])):
                continue
            gap = ages - age[i]
            race(run, unsigned(bits(run, people.uid[i])), people.uid[women], draws)
            values = draws / (np.where((gap >= 23) & (gap <= 36), 1.0, 0.25) * odds)
            values[(gap < 18) | (gap > 44) | (children >= 4)] = np.inf
            if np.isfinite(values).any():
                best = int(np.argmin(values))
                children[best] += 1
                assert int(people.mother[i]) == women[best]
                found += 1
    assert found > 300
