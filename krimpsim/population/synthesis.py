"""5 Initialisation: the synthetic population of 1 January 2013.

Purpose.   Make whole persons, couples, households and ties from the table of village, age and sex.
Order.     1. persons from the cells, with birth month, income, need level and traits; 2. couples; 3. children and
           young adults join a mother; 4. former residents who live in a facility; 5. adult children and parents who
           live elsewhere, as ties with a distance class.  What people are willing to do follows a survey, if there is
           one (population/survey.py).
Assumes.   Age within a five-year cell is uniform; from 90 on it falls by a fifth a year.  Who pairs with whom, and
           who is whose child, is drawn by age only.
Random.    SYNTHESIS_*: keyed on the person (village, cell, ordinal), so another village changes nobody here.
Sources.   population_2013.csv, living_alone.csv, child_dist_* in evidence.csv.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from krimpsim.config.run import RunConfig
from krimpsim.core.codes import NOBODY, Distance, Presence, Relation, Sex
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import (
    Stream,
    below,
    bits,
    happens,
    month_key,
    pick,
    race,
    threshold,
    u64,
    uid_of,
    uniform,
    word,
)
from krimpsim.inputs.tables import Tables, evidence
from krimpsim.population.geography import Geography
from krimpsim.population.kinship import TAG_TIE, add_tie, distance_class, tie_uid
from krimpsim.population.need_profile import NeedProfile
from krimpsim.population.schema import I64, U64, People, Ties, begin_person, grown, new_people, new_ties
from krimpsim.population.survey import surveyed

START = 2013 * 12  #: absolute month of 1 January 2013
_AGES = 111  #: 0 to 110
TAG_FOUNDER, TAG_FACILITY, TAG_BIRTH, TAG_ARRIVAL = 1, 2, 3, 4


class Traits(NamedTuple):
    """Thresholds and sizes for the traits of a new person, whoever makes it: synthesis, birth or arrival.

    Parameters
    ----------
    employed, works_in_care, car, suited_home, volunteers
        Thresholds of 2**32.
    accepts, willing
        shape (n_villages,): thresholds, by village.
    noticed
        shape (5,): thresholds for founders, by level.
    capacity
        shape (n_villages,), unit min/week: mean of those who are willing, by village.
    """

    employed: int
    works_in_care: int
    car: int
    suited_home: int
    accepts: I64
    volunteers: int
    willing: I64
    noticed: I64
    capacity: I64
    work_minutes: int
    volunteer_minutes: int


class Cells(NamedTuple):
    """What the compiled synthesis reads; thresholds of 2**32 unless said otherwise.

    Parameters
    ----------
    persons
        shape (n_villages, 2, 19), unit persons, of each copy of the population.
    words
        shape (n_villages,): stable word of the village name.
    paired
        shape (2, 111): in a couple, by sex and age.
    at_home
        shape (31,): unpaired and still in the parental home, by age.
    oldest
        shape (11,): cumulative, age 90 to 100.
    distance
        shape (8,): cumulative, distance class of a child elsewhere.
    """

    persons: I64
    words: U64
    paired: I64
    at_home: I64
    oldest: I64
    distance: I64
    childless: int
    children: I64
    in_area: int
    copies: int


def cumulative(weights: list[float]) -> I64:
    """Return cumulative thresholds of 2**32 for a list of weights."""
    total, running, out = sum(weights), 0.0, []
    for weight in weights:
        running += weight
        out.append(threshold(min(1.0, running / total)))
    return np.array(out, dtype=np.int64)


def traits(config: RunConfig, tables: Tables, places: Geography) -> Traits:
    """Return the thresholds of personal traits."""
    informal, detection = config.informal_care, config.detection
    will = surveyed(config, tables)
    stay = (60.0, 60.0, 48.0, 30.0, 18.0)  # rough months at a level; sets the share noticed at the start only
    delays = (1.0, detection.delay_light_months, detection.delay_moderate_months, detection.delay_heavy_months, 0.5)
    return Traits(
        employed=threshold(informal.employed_share),
        works_in_care=threshold(config.population.works_in_care_share),
        car=threshold(config.population.car_share),
        suited_home=threshold(config.population.suited_home_share),
        accepts=np.array([threshold(float(will.accept[v])) for v in places.number], dtype=np.int64),
        volunteers=threshold(config.volunteers.share_of_adults),
        willing=np.array([threshold(float(will.give[v])) for v in places.number], dtype=np.int64),
        noticed=np.array([threshold(s / (s + d)) for s, d in zip(stay, delays, strict=True)], dtype=np.int64),
        capacity=np.array([round(float(will.minutes[v])) for v in places.number], dtype=np.int64),
        work_minutes=informal.work_minutes,
        volunteer_minutes=config.volunteers.minutes,
    )


def cells(config: RunConfig, tables: Tables, places: Geography) -> Cells:
    """Return the tables of the synthesis as integers."""
    single = config.population.single_share
    young = {
        18: 0.03,
        19: 0.05,
        20: 0.1,
        21: 0.16,
        22: 0.24,
        23: 0.33,
        24: 0.42,
        25: 0.5,
        26: 0.57,
        27: 0.63,
        28: 0.68,
        29: 0.71,
    }
    paired = np.zeros((2, 111), dtype=np.int64)
    for sex in range(2):
        for age in range(18, 111):
            share = young[age] * (1 - single) / 0.8 if age < 30 else 1 - single
            if age >= 65:
                share = 1.0 - float(tables.living_alone[sex, min((age - 65) // 5, 6)]) - 0.02
            paired[sex, age] = threshold(max(0.0, min(1.0, share)))
    at_home = [1.0] * 18 + [0.98, 0.96, 0.92, 0.88, 0.83, 0.77, 0.7, 0.62, 0.54, 0.46, 0.38, 0.3, 0.24]
    facts = evidence()
    keys = ("coresident", "lt2", "2_5", "5_10", "10_20", "20_30", "30_60", "ge60")
    return Cells(
        persons=tables.persons_2013[places.number] // config.region.copies,
        words=np.array([word(tables.village_names[v]) for v in places.number], dtype=np.uint64),
        paired=paired,
        at_home=np.array([threshold(p) for p in at_home], dtype=np.int64),
        oldest=cumulative([0.8**k for k in range(11)]),
        distance=cumulative([0.0] + [facts[f"child_dist_{key}"].value for key in keys[1:]]),
        childless=threshold(config.population.childless_share),
        children=cumulative([0.2, 0.42, 0.25, 0.13]),
        in_area=threshold(config.population.children_in_area_share),
        copies=config.region.copies,
    )


@compiled
def give_traits(people: People, i: int, age: int, key: int, t: Traits) -> None:
    """Draw the lasting traits of a new person from her identity alone."""
    uid = people[i].uid
    v = people[i].village
    draw = month_key(key, Stream.SYNTHESIS_PERSON, 0, 0)
    people[i].has_car = 1 if happens(month_key(key, Stream.SYNTHESIS_PERSON, 0, 1), uid, t.car) else 0
    people[i].suited_home = 1 if happens(month_key(key, Stream.SYNTHESIS_PERSON, 0, 2), uid, t.suited_home) else 0
    people[i].accepts = 1 if happens(month_key(key, Stream.CLAIM_ACCEPT, 0, 0), uid, t.accepts[v]) else 0
    if happens(month_key(key, Stream.TIE_OFFER, 0, 0), uid, t.willing[v]):
        capacity = t.capacity[v]
        people[i].capacity = capacity // 4 + below(month_key(key, Stream.TIE_OFFER, 0, 1), uid, (3 * capacity) // 2 + 1)
    if 20 <= age < 65 and happens(draw, uid, t.employed):
        people[i].work_minutes = t.work_minutes
        if happens(month_key(key, Stream.SYNTHESIS_PERSON, 0, 3), uid, t.works_in_care):
            people[i].works_in_care = 1
    if age >= 18 and happens(month_key(key, Stream.SYNTHESIS_PERSON, 0, 4), uid, t.volunteers):
        people[i].volunteer_minutes = t.volunteer_minutes


@compiled
def give_need(
    people: People, i: int, age: int, year: int, place: int, month: int, key: int, profile: NeedProfile, noticed: I64
) -> None:
    """Draw income, dementia and need level of a new person from the profile of her age and sex.

    Parameters
    ----------
    age
        Age on 1 January of the year.
    year
        Number of the year in the profile.
    place
        0 for those at home, 1 for those in a facility.
    """
    share = profile.share[people[i].sex, age, year]
    total = 0.0
    for s in range(place, len(share), 2):
        total += share[s]
    target = uniform(month_key(key, Stream.SYNTHESIS_NEED, 0, 0), people[i].uid) * total
    running = 0.0
    chosen = place
    for s in range(place, len(share), 2):
        if share[s] > 0.0:
            chosen = s
            running += share[s]
            if target < running:
                break
    level = (chosen // 2) % 5
    people[i].level = level
    people[i].dementia = (chosen // 10) % 2
    people[i].income = chosen // 20
    if level > 0:
        people[i].need_since = month - 36
        people[i].noticed = (
            1 if happens(month_key(key, Stream.SYNTHESIS_NEED, 0, 1), people[i].uid, noticed[level]) else 0
        )
        people[i].granted = people[i].noticed


@compiled
def _make_persons(people: People, counts: I64, copy: int, key: int, c: Cells, t: Traits, profile: NeedProfile) -> None:
    """Make one person per head in each cell."""
    age_key = month_key(key, Stream.SYNTHESIS_AGE, 0, 0)
    month_draw = month_key(key, Stream.SYNTHESIS_AGE, 0, 1)
    row = counts[0]
    for v in range(c.persons.shape[0]):
        word_of_copy = u64(c.words[v]) + u64(copy)
        for sex in range(2):
            for band in range(19):
                for ordinal in range(c.persons[v, sex, band]):
                    uid = uid_of(TAG_FOUNDER, word_of_copy, sex * 19 + band, ordinal)
                    age = 5 * band + below(age_key, uid, 5)
                    if band == 18:
                        age = 90 + pick(age_key, uid, c.oldest)
                    begin_person(people, row)
                    people[row].uid = uid
                    people[row].sex = sex
                    people[row].village = v
                    people[row].birth_month = START - 12 * age - 1 - below(month_draw, uid, 12)
                    people[row].presence = Presence.HOME
                    people[row].since_month = START
                    give_traits(people, row, age, key, t)
                    give_need(people, row, age, 0, 0, START, key, profile, t.noticed)
                    row += 1
    counts[0] = row


@compiled
def _age(people: People, i: int) -> int:
    """Return the age on 1 January 2013."""
    return (START - 1 - people[i].birth_month) // 12


@allocating
def _pair(people: People, first: int, last: int, key: int, c: Cells) -> None:
    """Make couples in one village: women and men who live as a pair, joined in order of age."""
    draw = month_key(key, Stream.SYNTHESIS_HOUSEHOLD, 0, 0)
    jitter = month_key(key, Stream.SYNTHESIS_HOUSEHOLD, 0, 1)
    women = np.empty(last - first, dtype=np.int64)
    men = np.empty(last - first, dtype=np.int64)
    n = np.zeros(2, dtype=np.int64)
    order_w = np.empty(last - first, dtype=np.float64)
    order_m = np.empty(last - first, dtype=np.float64)
    for i in range(first, last):
        sex = people[i].sex
        age = _age(people, i)
        if not happens(draw, people[i].uid, c.paired[sex, age]):
            continue
        spread = float(below(jitter, people[i].uid, 48)) + uniform(jitter, people[i].uid)
        if sex == Sex.WOMAN:
            women[n[1]] = i
            order_w[n[1]] = float(people[i].birth_month) - 24.0 + spread  # women pair with men two years older
            n[1] += 1
        else:
            men[n[0]] = i
            order_m[n[0]] = float(people[i].birth_month) + spread
            n[0] += 1
    by_w = np.argsort(order_w[: n[1]])
    by_m = np.argsort(order_m[: n[0]])
    a, b = 0, 0
    while a < n[1] and b < n[0]:
        w, m = by_w[a], by_m[b]
        gap = order_w[w] - order_m[m]
        if gap > 144.0:  # the man is too old for every woman that is left
            b += 1
        elif gap < -144.0:
            a += 1
        else:
            people[women[w]].partner = men[m]
            people[men[m]].partner = women[w]
            a += 1
            b += 1


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
            of_age[_age(people, i) + 1] += 1
    for age in range(_AGES):
        of_age[age + 1] += of_age[age]
    rows, place = np.empty(of_age[_AGES], dtype=np.int64), of_age.copy()
    for i in range(first, last):
        if suits[i - first]:
            age = _age(people, i)
            rows[place[age]] = i
            place[age] += 1
    return rows, of_age


@allocating
def _join_mothers(people: People, first: int, last: int, key: int, c: Cells) -> None:
    """Give each child, and each young adult still at home, a mother in the village."""
    is_mother = month_key(key, Stream.SYNTHESIS_HOUSEHOLD, 0, 2)
    stays = month_key(key, Stream.SYNTHESIS_HOUSEHOLD, 0, 3)
    race_key = month_key(key, Stream.SYNTHESIS_HOUSEHOLD, 0, 4)
    suits = np.zeros(last - first, dtype=np.bool_)
    for w in range(first, last):
        age = _age(people, w)
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
        age = _age(people, i)
        if age > 30 or people[i].partner >= 0 or not happens(stays, people[i].uid, c.at_home[age]):
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
def _make_households(people: People, first: int, last: int, counts: I64) -> None:
    """Number the households: couples and singles first, then children join their mother."""
    for i in range(first, last):
        if people[i].mother >= 0:
            continue
        p = people[i].partner
        if p >= 0 and p < i:
            people[i].household = people[p].household
        else:
            people[i].household = counts[2]
            counts[2] += 1
    for i in range(first, last):
        m = people[i].mother
        if m >= 0:
            people[i].household = people[m].household


@compiled
def _make_facility(people: People, counts: I64, first: int, key: int, t: Traits, profile: NeedProfile) -> None:
    """Add former residents in a facility: for each founder of 60 and over a shadow at the odds of the profile."""
    draw = month_key(key, Stream.SYNTHESIS_NEED, 0, 2)
    for i in range(first, counts[0]):
        age = _age(people, i)
        if age < 60:
            continue
        share = profile.share[people[i].sex, age, 0]
        home, facility = 0.0, 0.0
        for s in range(0, len(share), 2):
            home += share[s]
            facility += share[s + 1]
        if uniform(draw, people[i].uid) < facility / home:
            j = counts[0]
            counts[0] = j + 1
            begin_person(people, j)
            people[j].uid = uid_of(TAG_FACILITY, people[i].uid, 0, 0)
            people[j].sex = people[i].sex
            people[j].village = people[i].village
            people[j].birth_month = people[i].birth_month
            people[j].presence = Presence.FACILITY
            people[j].since_month = START
            people[j].household = counts[2]
            counts[2] += 1
            give_traits(people, j, age, key, t)
            give_need(people, j, age, 0, 1, START, key, profile, t.noticed)


@compiled
def give_outside_kin(people: People, ties: Ties, counts: I64, i: int, age: int, key: int, c: Cells) -> None:
    """Give an adult who is new here children elsewhere (from 48) or parents elsewhere (25 to 69)."""
    draw = month_key(key, Stream.SYNTHESIS_KIN, 0, 0)
    uid = people[i].uid
    if age >= 48 and not happens(draw, uid, c.childless):
        mean_class = month_key(key, Stream.SYNTHESIS_KIN, 0, 1)
        n = 1 + pick(month_key(key, Stream.SYNTHESIS_KIN, 0, 2), uid, c.children)
        for k in range(n):
            far = pick(mean_class, uid_of(TAG_TIE, uid, k, 0), c.distance)
            add_tie(ties, counts, people, NOBODY, i, Relation.CHILD, far, uid_of(TAG_TIE, uid, k, Relation.CHILD))
    if 25 <= age < 70 and people[i].mother < 0:
        far = pick(month_key(key, Stream.SYNTHESIS_KIN, 0, 3), uid, c.distance)
        add_tie(ties, counts, people, i, NOBODY, Relation.CHILD, far, uid_of(TAG_TIE, uid, 99, Relation.CHILD))


@allocating
def _make_kin(people: People, ties: Ties, counts: I64, bounds: I64, key: int, c: Cells, between_m: I64) -> None:
    """Give founders of 48 and over their children who left home, in the area or elsewhere, then the others parents."""
    draw = month_key(key, Stream.SYNTHESIS_KIN, 0, 0)
    classes = month_key(key, Stream.SYNTHESIS_KIN, 0, 1)
    number = month_key(key, Stream.SYNTHESIS_KIN, 0, 2)
    inside = month_key(key, Stream.SYNTHESIS_KIN, 0, 4)
    race_key = month_key(key, Stream.SYNTHESIS_KIN, 0, 5)
    n_villages, first, n = len(bounds) - 1, bounds[0], counts[0]
    orphans = np.empty(bounds[n_villages] - first, dtype=np.int64)  # by village, age and row; -1 when taken
    uids, draws = np.empty(len(orphans), dtype=np.uint64), np.empty(len(orphans), dtype=np.float64)
    of_age = np.empty((n_villages, _AGES + 1), dtype=np.int64)
    begin = 0
    for v in range(n_villages):
        here, last = bounds[v], bounds[v + 1]
        suits = np.zeros(last - here, dtype=np.bool_)
        for j in range(here, last):
            suits[j - here] = people[j].mother < 0 and people[j].father < 0
        rows, starts = _by_age(people, here, last, suits)
        of_age[v] = begin + starts
        for k in range(len(rows)):
            orphans[begin + k], uids[begin + k] = rows[k], people[rows[k]].uid
        begin += len(rows)
    for i in range(first, n):
        age = _age(people, i)
        p = people[i].partner
        if age < 48 or (p >= 0 and people[i].sex == Sex.MAN):
            continue  # a couple's children are made from the woman
        uid = people[i].uid
        if happens(draw, uid, c.childless):
            continue
        v = people[i].village
        for k in range(1 + pick(number, uid, c.children)):
            child_word = uid_of(TAG_TIE, uid, k, 0)
            far = pick(classes, child_word, c.distance)
            where = NOBODY
            if far == Distance.UNDER_2_KM:
                where = v
            elif (far == Distance.FROM_2_TO_5_KM or far == Distance.FROM_5_TO_10_KM) and happens(
                inside, child_word, c.in_area
            ):
                best_value = 0.0
                for w in range(n_villages):
                    if w != v and distance_class(between_m[v, w]) == far:
                        weight = float(bounds[w + 1] - bounds[w])
                        value = uniform(race_key, child_word ^ uid_of(TAG_TIE, w, 0, 1)) / weight
                        if where < 0 or value < best_value:
                            where, best_value = w, value
            child = NOBODY
            if where >= 0:
                best, best_value = NOBODY, 0.0
                youngest, oldest = of_age[where, max(20, age - 40)], of_age[where, age - 19]
                race(race_key, child_word, uids[youngest:oldest], draws[youngest:oldest])
                for m in range(youngest, oldest):
                    if orphans[m] < 0:
                        continue
                    if best < 0 or draws[m] < best_value or (draws[m] == best_value and orphans[m] < child):
                        best, child, best_value = m, orphans[m], draws[m]
                if best >= 0:
                    orphans[best] = NOBODY
            mother = i if people[i].sex == Sex.WOMAN else p
            father = p if people[i].sex == Sex.WOMAN else i
            if child >= 0:
                people[child].mother = mother
                people[child].father = father
            elif where == v:
                far = Distance.FROM_2_TO_5_KM  # nobody of the right age is left in the village
            for parent in (mother, father):
                if parent >= 0:
                    if child >= 0:
                        uid_tie = tie_uid(people[child].uid, people[parent].uid, Relation.CHILD)
                    else:
                        uid_tie = uid_of(TAG_TIE, people[parent].uid, k, Relation.CHILD)
                    add_tie(ties, counts, people, child, parent, Relation.CHILD, far, uid_tie)
    outside = month_key(key, Stream.SYNTHESIS_KIN, 0, 3)
    for i in range(first, n):
        age = _age(people, i)
        if people[i].presence == Presence.HOME and 25 <= age < 70 and people[i].mother < 0 and people[i].father < 0:
            far = pick(outside, people[i].uid, c.distance)
            add_tie(
                ties, counts, people, i, NOBODY, Relation.CHILD, far, uid_of(TAG_TIE, people[i].uid, 99, Relation.CHILD)
            )


@allocating
def _synthesise(
    people: People, ties: Ties, counts: I64, key: int, c: Cells, t: Traits, profile: NeedProfile, between_m: I64
) -> None:
    """Run the steps of the synthesis in order, for each copy of the population."""
    n_villages = c.persons.shape[0]
    bounds = np.zeros(n_villages + 1, dtype=np.int64)
    for copy in range(c.copies):
        bounds[0] = counts[0]
        _make_persons(people, counts, copy, key, c, t, profile)
        for v in range(n_villages):
            bounds[v + 1] = bounds[v] + c.persons[v].sum()
        for v in range(n_villages):
            first, last = bounds[v], bounds[v + 1]
            _pair(people, first, last, key, c)
            _join_mothers(people, first, last, key, c)
            _make_households(people, first, last, counts)
        _make_facility(people, counts, bounds[0], key, t, profile)
        _make_kin(people, ties, counts, bounds, key, c, between_m)


def synthesise(
    tables_of: Cells, traits_of: Traits, profile: NeedProfile, between_m: I64, key: int
) -> tuple[People, Ties, I64]:
    """Make the population of 1 January 2013.

    Parameters
    ----------
    tables_of, traits_of, profile
        What persons are drawn from.
    between_m
        shape (n_villages, n_villages), unit m: road distances.

    Returns
    -------
    people, ties
        Tables with room for newcomers.
    counts
        shape (3,): persons, ties and households in use.
    """
    n = int(tables_of.persons.sum()) * tables_of.copies
    people, ties = new_people(0, room=n + n // 4 + 1000), new_ties(0, room=5 * n // 2 + 1000)
    counts = np.zeros(3, dtype=np.int64)
    _synthesise(people, ties, counts, key, tables_of, traits_of, profile, between_m)
    return people, ties, counts


def with_room(people: People, ties: Ties, counts: I64, newcomers: int) -> tuple[People, Ties]:
    """Return the tables with room for the newcomers of the next month."""
    if counts[0] + newcomers > len(people):
        people = grown(people, int(counts[0]), int(len(people) * 1.25) + newcomers)
    if counts[1] + 10 * newcomers > len(ties):
        ties = grown(ties, int(counts[1]), int(len(ties) * 1.25) + 10 * newcomers)
    return people, ties
