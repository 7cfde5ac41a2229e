"""5 Initialisation, the part of parents and children: who is whose child, in the area or elsewhere.

Children and young adults at home join a mother in the village.  Founders of 48 and over get the children who left home,
each at a distance; who lives in the area at that distance and is nobody's child yet becomes one, by a keyed race.  All
other adults get parents elsewhere.  Who arrives later has kin elsewhere only.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from krimpsim.config.run import RunConfig
from krimpsim.core.clock import START, age_in
from krimpsim.core.codes import NOBODY, Distance, Presence, Relation, Sex
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import Stream, bits, cumulative, happens, month_key, pick, race, threshold, uid_of, uniform
from krimpsim.inputs.evidence import evidence
from krimpsim.population.kinship import TAG_TIE, add_tie, distance_class, tie_uid
from krimpsim.population.schema import F64, I64, U64, Area, People

_AGES = 111  #: 0 to 110
_PARENTS = 99  #: number of the tie with parents elsewhere, behind all children


class Kin(NamedTuple):
    """How many children people have, and where; thresholds of 2**32.

    Parameters
    ----------
    childless
        Of 48 and over.
    children
        shape (4,): cumulative, one to four children.
    in_area
        Of children at 2 to 10 km, those who live in the area.
    distance
        shape (8,): cumulative, distance class of a child elsewhere.
    """

    childless: int
    children: I64
    in_area: int
    distance: I64


def kin_of(config: RunConfig) -> Kin:
    """Return the chances of having children, and of where they live."""
    facts = evidence()
    keys = ("lt2", "2_5", "5_10", "10_20", "20_30", "30_60", "ge60")
    return Kin(
        childless=threshold(config.population.childless_share),
        children=cumulative([0.2, 0.42, 0.25, 0.13]),
        in_area=threshold(config.population.children_in_area_share),
        distance=cumulative([0.0] + [facts[f"child_dist_{key}"].value for key in keys]),
    )


@compiled
def founding_age(people: People, i: int) -> int:
    """Return the age on 1 January 2013."""
    return age_in(START - 1, people[i].birth_month)


@allocating
def _by_age(people: People, first: int, last: int, suits: NDArray[np.bool_]) -> tuple[I64, I64]:
    """Return those of a stretch of rows who suit, in order of age and row, and where each age begins.

    Parameters
    ----------
    suits
        shape (last - first,).

    Returns
    -------
    rows, of_age
        shapes (n,) and (_AGES + 1,): those of one age stand from ``of_age[age]`` to before ``of_age[age + 1]``.
    """
    of_age = np.zeros(_AGES + 1, dtype=np.int64)
    for i in range(first, last):
        if suits[i - first]:
            of_age[founding_age(people, i) + 1] += 1
    for age in range(_AGES):
        of_age[age + 1] += of_age[age]
    rows, place = np.empty(of_age[_AGES], dtype=np.int64), of_age.copy()
    for i in range(first, last):
        if suits[i - first]:
            age = founding_age(people, i)
            rows[place[age]] = i
            place[age] += 1
    return rows, of_age


@allocating
def join_mothers(people: People, first: int, last: int, key: int, at_home: I64) -> None:
    """Give each child, and each young adult still at home, a mother in the village.

    Parameters
    ----------
    first, last
        First row of the village, and the row after the last.
    at_home
        shape (31,), thresholds of 2**32: still in the parental home, by age.
    """
    is_mother = month_key(key, Stream.SYNTHESIS_HOUSEHOLD, 0, 2)
    stays = month_key(key, Stream.SYNTHESIS_HOUSEHOLD, 0, 3)
    race_key = month_key(key, Stream.SYNTHESIS_HOUSEHOLD, 0, 4)
    suits = np.zeros(last - first, dtype=np.bool_)
    for w in range(first, last):
        age = founding_age(people, w)
        single = people[w].partner < 0
        suits[w - first] = people[w].sex == Sex.WOMAN and 18 <= age <= 74 and (age > 30 or not single)
    mothers, of_age = _by_age(people, first, last, suits)
    n = len(mothers)
    uids, odds = np.empty(n, dtype=np.uint64), np.empty(n, dtype=np.float64)
    for k in range(n):
        w = mothers[k]
        uids[k] = people[w].uid
        odds[k] = 0.25 if people[w].partner < 0 else 1.0
        if not happens(is_mother, people[w].uid, 3221225472):  # 75% of women have the children of the village
            odds[k] *= 0.02
    children, draws = np.zeros(n, dtype=np.int64), np.empty(n, dtype=np.float64)
    for i in range(first, last):
        age = founding_age(people, i)
        if age > 30 or people[i].partner >= 0 or not happens(stays, people[i].uid, at_home[age]):
            continue
        best, best_value = NOBODY, 0.0
        youngest, oldest = of_age[age + 18], of_age[age + 45]
        race(race_key, bits(race_key, people[i].uid), uids[youngest:oldest], draws[youngest:oldest])
        for gap in range(18, 45):
            likely = 1.0 if 23 <= gap <= 36 else 0.25
            for k in range(of_age[age + gap], of_age[age + gap + 1]):
                if children[k] >= 4:
                    continue
                value = draws[k] / (likely * odds[k])
                if best < 0 or value < best_value or (value == best_value and mothers[k] < mothers[best]):
                    best, best_value = k, value
        if best >= 0:
            people[i].mother = mothers[best]
            people[i].father = people[mothers[best]].partner
            children[best] += 1


@compiled
def _has_children(uid: int, key: int, kin: Kin) -> int:
    """Return how many children somebody of 48 and over has who left home."""
    if happens(month_key(key, Stream.SYNTHESIS_KIN, 0, 0), uid, kin.childless):
        return 0
    return 1 + pick(month_key(key, Stream.SYNTHESIS_KIN, 0, 2), uid, kin.children)


@compiled
def _parents_elsewhere(s: Area, i: int, key: int, kin: Kin) -> None:
    """Give somebody parents outside the area."""
    uid = s.people[i].uid
    far = pick(month_key(key, Stream.SYNTHESIS_KIN, 0, 3), uid, kin.distance)
    add_tie(s, i, NOBODY, Relation.CHILD, far, uid_of(TAG_TIE, uid, _PARENTS, Relation.CHILD))


@compiled
def give_outside_kin(s: Area, i: int, age: int, key: int, kin: Kin) -> None:
    """Give an adult who is new here children elsewhere (from 48) or parents elsewhere (25 to 69)."""
    uid = s.people[i].uid
    if age >= 48:
        classes = month_key(key, Stream.SYNTHESIS_KIN, 0, 1)
        for k in range(_has_children(uid, key, kin)):
            far = pick(classes, uid_of(TAG_TIE, uid, k, 0), kin.distance)
            add_tie(s, NOBODY, i, Relation.CHILD, far, uid_of(TAG_TIE, uid, k, Relation.CHILD))
    if 25 <= age < 70 and s.people[i].mother < 0:
        _parents_elsewhere(s, i, key, kin)


class Orphans(NamedTuple):
    """Founders without parents in the area, by village, age and row.

    Parameters
    ----------
    rows, uids
        shape (n,): row, -1 when parents were found; identity.
    of_age
        shape (V, 112): those of one age in a village stand from ``of_age[v, age]`` to before ``of_age[v, age + 1]``.
    draws
        shape (n,): workspace of the race.
    """

    rows: I64
    uids: U64
    of_age: I64
    draws: F64


@allocating
def _line_up(people: People, bounds: I64) -> Orphans:
    """Return the founders without parents in the area."""
    n_villages = len(bounds) - 1
    room = bounds[n_villages] - bounds[0]
    rows, uids = np.empty(room, dtype=np.int64), np.empty(room, dtype=np.uint64)
    of_age = np.empty((n_villages, _AGES + 1), dtype=np.int64)
    begin = 0
    for v in range(n_villages):
        here, last = bounds[v], bounds[v + 1]
        suits = np.zeros(last - here, dtype=np.bool_)
        for j in range(here, last):
            suits[j - here] = people[j].mother < 0 and people[j].father < 0
        found, starts = _by_age(people, here, last, suits)
        of_age[v] = begin + starts
        for k in range(len(found)):
            rows[begin + k], uids[begin + k] = found[k], people[found[k]].uid
        begin += len(found)
    return Orphans(rows, uids, of_age, np.empty(room, dtype=np.float64))


@compiled
def _village_of(v: int, far: int, child: int, key: int, kin: Kin, bounds: I64, between_m: I64) -> int:
    """Return the village of the area where a child of parents in village `v` lives, -1 for none.

    Parameters
    ----------
    far
        How far away.
    child
        The word from which all about the child is drawn.
    """
    if far == Distance.UNDER_2_KM:
        return v
    near = far == Distance.FROM_2_TO_5_KM or far == Distance.FROM_5_TO_10_KM
    if not near or not happens(month_key(key, Stream.SYNTHESIS_KIN, 0, 4), child, kin.in_area):
        return NOBODY
    races = month_key(key, Stream.SYNTHESIS_KIN, 0, 5)
    where, best = NOBODY, 0.0
    for w in range(len(bounds) - 1):
        if w != v and distance_class(between_m[v, w]) == far:
            weight = float(bounds[w + 1] - bounds[w])
            value = uniform(races, child ^ uid_of(TAG_TIE, w, 0, 1)) / weight
            if where < 0 or value < best:
                where, best = w, value
    return where


@compiled
def _find_child(orphans: Orphans, v: int, age: int, child: int, key: int) -> int:
    """Return the row of somebody in a village who becomes the child of a parent of this age, -1 for none."""
    youngest, oldest = orphans.of_age[v, max(20, age - 40)], orphans.of_age[v, age - 19]
    draws, rows = orphans.draws, orphans.rows
    races = month_key(key, Stream.SYNTHESIS_KIN, 0, 5)
    race(races, child, orphans.uids[youngest:oldest], draws[youngest:oldest])
    best, found, best_value = NOBODY, NOBODY, 0.0
    for m in range(youngest, oldest):
        if rows[m] < 0:
            continue
        if best < 0 or draws[m] < best_value or (draws[m] == best_value and rows[m] < found):
            best, found, best_value = m, rows[m], draws[m]
    if best >= 0:
        rows[best] = NOBODY
    return found


@compiled
def _tie_with_parents(s: Area, i: int, child: int, k: int, far: int) -> None:
    """Give a parent, and the partner, their k-th child: a row, or -1 for one elsewhere."""
    people = s.people
    woman = people[i].sex == Sex.WOMAN
    mother, father = (i, people[i].partner) if woman else (people[i].partner, i)
    if child >= 0:
        people[child].mother = mother
        people[child].father = father
    for parent in (mother, father):
        if parent >= 0:
            uid = people[parent].uid
            tie = uid_of(TAG_TIE, uid, k, Relation.CHILD)
            if child >= 0:
                tie = tie_uid(people[child].uid, uid, Relation.CHILD)
            add_tie(s, child, parent, Relation.CHILD, far, tie)


@allocating
def make_kin(s: Area, bounds: I64, key: int, kin: Kin, between_m: I64) -> None:
    """Give founders of 48 and over their children who left home, in the area or elsewhere, then the others parents.

    Parameters
    ----------
    bounds
        shape (V + 1,): first row of each village, and the row after the last.
    between_m
        shape (V, V), unit m: road distances.
    """
    people, first, n = s.people, bounds[0], s.in_use[0].persons
    classes = month_key(key, Stream.SYNTHESIS_KIN, 0, 1)
    orphans = _line_up(people, bounds)
    for i in range(first, n):
        age = founding_age(people, i)
        if age < 48 or (people[i].partner >= 0 and people[i].sex == Sex.MAN):
            continue  # a couple's children are made from the woman
        uid, v = people[i].uid, people[i].village
        for k in range(_has_children(uid, key, kin)):
            word = uid_of(TAG_TIE, uid, k, 0)
            far = pick(classes, word, kin.distance)
            where = _village_of(v, far, word, key, kin, bounds, between_m)
            child = _find_child(orphans, where, age, word, key) if where >= 0 else NOBODY
            if child < 0 and where == v:
                far = Distance.FROM_2_TO_5_KM  # nobody of the right age is left in the village
            _tie_with_parents(s, i, child, k, far)
    for i in range(first, n):
        person = people[i]
        settled = person.mother >= 0 or person.father >= 0
        if person.presence == Presence.HOME and 25 <= founding_age(people, i) < 70 and not settled:
            _parents_elsewhere(s, i, key, kin)
