"""Who a new person is: lasting traits and need, whoever makes her: synthesis, birth or arrival.

All is drawn from her identity alone.  What people are willing to do follows a survey, if there is one
(population/survey.py).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.clock import FIRST_YEAR, age_in, january_age
from krimpsim.core.jit import compiled
from krimpsim.core.streams import Stream, below, happens, month_key, threshold, uniform
from krimpsim.inputs.tables import Tables
from krimpsim.population.geography import Geography
from krimpsim.population.need_profile import NeedProfile
from krimpsim.population.schema import F64, I64, Person
from krimpsim.population.survey import surveyed

TAG_FOUNDER, TAG_FACILITY, TAG_BIRTH, TAG_ARRIVAL = 1, 2, 3, 4  #: first word of the identity of a person
AT_HOME, IN_FACILITY = 0, 1  #: places in the chain of need


class Traits(NamedTuple):
    """Thresholds and sizes for the traits of a new person.

    Parameters
    ----------
    employed, works_in_care, car, suited_home, volunteers
        Thresholds of 2**32.
    accepts, willing
        shape (n_villages,): thresholds, by village.
    noticed
        shape (5,): thresholds that need is known to others on the day that somebody enters the model, by level; then it
        is granted too.
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


@compiled
def give_traits(person: Person, age: int, key: int, t: Traits) -> None:
    """Draw the lasting traits of a new person."""
    uid, v = person.uid, person.village
    draw = month_key(key, Stream.SYNTHESIS_PERSON, 0, 0)
    person.has_car = 1 if happens(month_key(key, Stream.SYNTHESIS_PERSON, 0, 1), uid, t.car) else 0
    person.suited_home = 1 if happens(month_key(key, Stream.SYNTHESIS_PERSON, 0, 2), uid, t.suited_home) else 0
    person.accepts = 1 if happens(month_key(key, Stream.CLAIM_ACCEPT, 0, 0), uid, t.accepts[v]) else 0
    if happens(month_key(key, Stream.TIE_OFFER, 0, 0), uid, t.willing[v]):
        capacity = t.capacity[v]
        person.capacity = capacity // 4 + below(month_key(key, Stream.TIE_OFFER, 0, 1), uid, (3 * capacity) // 2 + 1)
    if 20 <= age < 65 and happens(draw, uid, t.employed):
        person.work_minutes = t.work_minutes
        if happens(month_key(key, Stream.SYNTHESIS_PERSON, 0, 3), uid, t.works_in_care):
            person.works_in_care = 1
    if age >= 18 and happens(month_key(key, Stream.SYNTHESIS_PERSON, 0, 4), uid, t.volunteers):
        person.volunteer_minutes = t.volunteer_minutes


@compiled
def give_need(person: Person, share: F64, place: int, month: int, key: int, noticed: I64) -> None:
    """Draw income, dementia and need level of a new person.

    Parameters
    ----------
    share
        shape (60,): the profile of her age and sex in a year.
    place
        `AT_HOME` or `IN_FACILITY`.
    noticed
        shape (5,): threshold by level that need was noticed already.
    """
    total = 0.0
    for s in range(place, len(share), 2):
        total += share[s]
    target = uniform(month_key(key, Stream.SYNTHESIS_NEED, 0, 0), person.uid) * total
    running, chosen = 0.0, place
    for s in range(place, len(share), 2):
        if share[s] > 0.0:
            chosen = s
            running += share[s]
            if target < running:
                break
    person.level = (chosen // 2) % 5
    person.dementia = (chosen // 10) % 2
    person.income = chosen // 20
    if person.level > 0:
        person.need_since = month - 36
        seen = happens(month_key(key, Stream.SYNTHESIS_NEED, 0, 1), person.uid, noticed[person.level])
        person.noticed = person.granted = 1 if seen else 0


@compiled
def give_life(person: Person, profile: NeedProfile, t: Traits, month: int, key: int) -> None:
    """Draw traits and need of somebody who is born, or arrives, this month."""
    give_traits(person, age_in(month, person.birth_month), key, t)
    age = january_age(month // 12, person.birth_month)
    share = profile.share[person.sex, age if age > 0 else 0, month // 12 - FIRST_YEAR]
    give_need(person, share, AT_HOME, month, key, t.noticed)
