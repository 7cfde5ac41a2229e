"""7.9b Household and informal care (mantelzorg).

Purpose.   Let household, family, friends and neighbours carry what they can.
Who.       Claimants in order of urgency; givers are residents, or relatives outside the area.
Order.     Before the claims: children help a parent at home, residents care for parents outside the area.  Then per
           claimant: 1. usual care (gebruikelijke zorg): an able adult in the home does the household tasks, and
           personal care for the first months of need; 2. the partner's lasting care; 3. children and neighbours: ties
           in use go on, others start at a monthly chance by relation, sex, distance and willingness; 4. a neighbour or
           friend may start.
Assumes.   One latent capacity-and-willingness per person, drawn for life, that differs between villages.  A minute
           given replaces a minute of professional household help, half a minute of personal care or guidance, and no
           nursing.  No hour is given twice: work, care and volunteering share one time budget.
Random.    TIE_RECRUIT, TIE_STOP, TIE_NEIGHBOUR, TIE_EXPORT, TIE_OFFER, keyed on the tie or the pair.
Sources.   carer_* and child_dist_* in evidence.csv; chances are assumptions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.clock import age_in
from krimpsim.core.codes import NOBODY, Distance, Event, Flow, Kind, Part, Presence, Relation, Sex
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import Stream, below, bits, happens, i64, month_key, threshold, uniform
from krimpsim.population.kinship import add_tie, tie_uid
from krimpsim.population.need_profile import per_month
from krimpsim.population.schema import I64, P, People, T, Ties
from krimpsim.processes.base import Process

_HOME, _MAN = int(Presence.HOME), int(Sex.MAN)
_HELP, _CARE, _GUIDANCE = int(Kind.HOUSEHOLD_HELP), int(Kind.PERSONAL_CARE), int(Kind.GUIDANCE)
_USUAL, _INFORMAL = int(Part.HOUSEHOLD), int(Part.INFORMAL)
_GIVEN, _RECEIVED, _IMPORTED, _EXPORTED = int(Flow.GIVEN), int(Flow.RECEIVED), int(Flow.IMPORTED), int(Flow.EXPORTED)
_HOUSEHOLD = int(Flow.HOUSEHOLD)
_NEIGHBOUR, _UNDER_2 = int(Relation.NEIGHBOUR), int(Distance.UNDER_2_KM)
_STOPPED = int(Event.CARER_STOPPED)
_RECRUIT, _STOP, _EXPORT = int(Stream.TIE_RECRUIT), int(Stream.TIE_STOP), int(Stream.TIE_EXPORT)
_YOUNG = int(Stream.YOUNG_CARER)
_FIND, _OFFER, _CARER_STOP = (
    int(Stream.TIE_NEIGHBOUR),
    int(Stream.TIE_OFFER),
    int(Stream.CARER_STOP),
)

#: Yearly chance that a willing woman starts to care for a parent outside, from age 25 in steps of five years.
#: Assumption: rises with the parents' age, so that the share of carers by age has the shape of carer_share_*.
EXPORT_START = (0.004, 0.010, 0.02, 0.035, 0.06, 0.085, 0.095, 0.08, 0.05)


class Params(NamedTuple):
    """Capacities in minutes a week, chances as thresholds of 2**32.

    Parameters
    ----------
    recruit_child
        shape (2 sexes of the giver, 8 distances).
    offer
        shape (8,), thousandths of capacity by distance.
    substitution
        shape (5 kinds,), percent.
    export_start, export_stock
        shape (2 sexes, 9 ages 25-29 ... 65-69, 8 distances): start in a month; share at the start of the spin-up.
    willing, capacity
        Of relatives outside the area.
    care_partner, care_kin, help_kin
        Most of the personal care and household help needed that they take, percent.
    company, company_partner
        Company and supervision on top of tasks.
    young, young_minutes
        Children who help a parent: threshold and minutes.
    """

    recruit_child: I64
    recruit_neighbour: int
    stop: int
    burdened_stop: int
    offer: I64
    substitution: I64
    export_start: I64
    export_stock: I64
    willing: int
    capacity: int
    capacity_partner: int
    care_partner: int
    care_kin: int
    help_kin: int
    company: int
    company_partner: int
    young: int
    young_minutes: int
    time_budget: int
    usual_care_months: int


def prepare(config: RunConfig) -> Params:
    """Return chances and capacities as integers."""
    c = config.informal_care
    recruit = np.zeros((2, 8), dtype=np.int64)
    export = np.zeros((2, 9, 8), dtype=np.int64)
    stock = np.zeros((2, 9, 8), dtype=np.int64)
    for sex, ratio in enumerate((c.men_ratio, 1.0)):
        for d, share in enumerate(c.offer_share):
            recruit[sex, d] = threshold(c.recruit_child_per_month * ratio * share)
            for age, start in enumerate(EXPORT_START):
                hazard = start * ratio * c.export_level * (0.3 + share)
                export[sex, age, d] = threshold(per_month(hazard))
                stock[sex, age, d] = threshold(hazard / (hazard + c.stop_per_year)) if hazard > 0.0 else 0
    substitution = (100, round(100 * c.substitution_personal_care), 0, round(100 * c.substitution_guidance), 0)
    return Params(
        recruit_child=recruit,
        recruit_neighbour=threshold(c.recruit_neighbour_per_month),
        stop=threshold(per_month(c.stop_per_year)),
        burdened_stop=threshold(per_month(config.burden.stop_per_year)),
        offer=np.array([round(1000 * s) for s in c.offer_share], dtype=np.int64),
        substitution=np.array(substitution, dtype=np.int64),
        export_start=export,
        export_stock=stock,
        willing=threshold(c.willing_share),
        capacity=c.capacity_minutes,
        capacity_partner=c.capacity_partner_minutes,
        care_partner=round(100 * c.personal_care_partner_share),
        care_kin=round(100 * c.personal_care_kin_share),
        help_kin=round(100 * c.household_help_kin_share),
        company=c.company_minutes,
        company_partner=c.company_partner_minutes,
        young=threshold(c.young_carer_share),
        young_minutes=c.young_carer_minutes,
        time_budget=c.time_budget_minutes,
        usual_care_months=c.usual_care_months,
    )


@compiled
def time_left(people: People, i: int, budget: int) -> int:
    """Return the minutes a week that work, volunteering and care leave a person."""
    left = budget - int(people.at[P.work_minutes, i]) - int(people.at[P.volunteer_minutes, i])
    left -= int(people.at[P.usual_minutes, i]) + int(people.at[P.care_minutes, i])
    return left if left > 0 else 0


@compiled
def given_for(rest: int, available: int, percent: int) -> int:
    """Return the minutes a giver spends to replace `rest` professional minutes, at most `available`."""
    if percent == 0:
        return 0
    wanted = (rest * 100 + percent - 1) // percent
    return wanted if wanted < available else available


@compiled
def covered_by(given: int, rest: int, percent: int) -> int:
    """Return the professional minutes that minutes given replace."""
    covered = given * percent // 100
    return covered if covered < rest else rest


@allocating
def helpers(people: People, present: I64, counts: I64, month: int) -> I64:
    """Return for each person the row of an able adult in the same home, -1 if there is none, shape (n_rows,).

    Able: 18 or over and without need of one's own.  The partner comes first, then the adult with the smallest uid.
    """
    n_households = int(counts[2])
    first = np.full(n_households, -1, dtype=np.int64)
    second = np.full(n_households, -1, dtype=np.int64)
    for k in range(len(present)):
        i = present[k]
        if (
            int(people.at[P.presence, i]) != _HOME
            or int(people.at[P.level, i]) > 0
            or int(people.at[P.episode, i]) == 1
        ):
            continue
        if month - int(people.at[P.birth_month, i]) < 216:
            continue
        h = int(people.at[P.household, i])
        if first[h] < 0 or people.uid[i] < people.uid[first[h]]:
            second[h] = first[h]
            first[h] = i
        elif second[h] < 0 or people.uid[i] < people.uid[second[h]]:
            second[h] = i
    helper = np.full(len(people.uid), -1, dtype=np.int64)
    for k in range(len(present)):
        i = present[k]
        if int(people.at[P.presence, i]) != _HOME:
            continue
        h = int(people.at[P.household, i])
        partner = int(people.at[P.partner, i])
        if partner >= 0 and (partner == first[h] or partner == second[h]):
            helper[i] = partner
        else:
            helper[i] = first[h] if first[h] != i else second[h]
    return helper


@compiled
def start_month(
    people: People,
    ties: Ties,
    present: I64,
    counts: I64,
    p: Params,
    key: int,
    month: int,
    flows: I64,
    events: I64,
    first: bool,
) -> None:
    """Reset the month's minutes, end ties, and let residents care for parents outside the area.

    Parameters
    ----------
    first
        In the first month of the spin-up the ties with parents outside start at their lasting share.
    """
    for k in range(len(present)):
        i = present[k]
        people.at[P.usual_minutes, i] = 0
        people.at[P.care_minutes, i] = 0
        people.at[P.need_minutes, i] = 0
        people.at[P.met_minutes, i] = 0
    young = month_key(key, _YOUNG, 0, 0)
    for k in range(len(present)):
        i = present[k]
        age = age_in(month, int(people.at[P.birth_month, i]))
        if 8 <= age < 18 and int(people.at[P.presence, i]) == _HOME and happens(young, people.uid[i], p.young):
            for parent in (int(people.at[P.mother, i]), int(people.at[P.father, i])):
                if (
                    parent >= 0
                    and int(people.at[P.presence, parent]) == _HOME
                    and int(people.at[P.level, parent]) >= 2
                    and people.at[P.household, parent] == people.at[P.household, i]
                ):
                    people.at[P.care_minutes, i] += p.young_minutes
                    flows[int(people.at[P.village, i]), _GIVEN] += p.young_minutes
                    flows[int(people.at[P.village, i]), _RECEIVED] += p.young_minutes
    stop = month_key(key, _STOP, month, 0)
    tired = month_key(key, _CARER_STOP, month, 0)
    start = month_key(key, _EXPORT, month, 0)
    for t in range(int(counts[1])):
        ties.at[T.minutes, t] = 0
        giver, receiver = int(ties.at[T.giver, t]), int(ties.at[T.receiver, t])
        if giver >= 0 and int(people.at[P.presence, giver]) != _HOME:
            ties.at[T.active, t] = 0
            continue
        if int(ties.at[T.active, t]) == 1:
            if happens(stop, ties.uid[t], p.stop):
                ties.at[T.active, t] = 0
            elif (
                giver >= 0
                and int(people.at[P.burdened, giver]) == 1
                and happens(tired, people.uid[giver], p.burdened_stop)
            ):
                ties.at[T.active, t] = 0
                events[int(people.at[P.village, giver]), _STOPPED] += 1
            elif receiver >= 0 and (
                int(people.at[P.presence, receiver]) != _HOME
                or (int(people.at[P.level, receiver]) == 0 and int(people.at[P.episode, receiver]) == 0)
            ):
                ties.at[T.active, t] = 0
        elif (
            receiver < 0 and giver >= 0 and int(people.at[P.capacity, giver]) > 0 and int(people.at[P.level, giver]) < 2
        ):
            age = age_in(month, int(people.at[P.birth_month, giver]))
            if 25 <= age < 70:
                sex, band, d = int(people.at[P.sex, giver]), (age - 25) // 5, int(ties.at[T.distance, t])
                chance = int(p.export_stock[sex, band, d]) if first else int(p.export_start[sex, band, d])
                if happens(start, ties.uid[t], chance):
                    ties.at[T.active, t] = 1
        if receiver < 0 and giver >= 0 and int(ties.at[T.active, t]) == 1:
            minutes = (
                int(people.at[P.capacity, giver]) * (200 + int(p.offer[int(ties.at[T.distance, t])]) * 8 // 10) // 1000
            )
            left = time_left(people, giver, p.time_budget)
            minutes = minutes if minutes < left else left
            people.at[P.care_minutes, giver] += minutes
            ties.at[T.minutes, t] = minutes
            flows[int(people.at[P.village, giver]), _GIVEN] += minutes
            flows[int(people.at[P.village, giver]), _EXPORTED] += minutes


@compiled
def _usual_care(people: People, i: int, helper: int, rest: I64, parts: I64, p: Params, month: int, flows: I64) -> None:
    """Let the home do its own household tasks, and personal care in the first months."""
    v = int(people.at[P.village, i])
    for kind in (_HELP, _CARE):
        if (
            kind == _CARE
            and month - int(people.at[P.need_since, i]) >= p.usual_care_months
            and int(people.at[P.episode, i]) == 0
        ):
            continue
        percent = int(p.substitution[kind])
        given = given_for(int(rest[kind]), time_left(people, helper, p.time_budget), percent)
        covered = covered_by(given, int(rest[kind]), percent)
        people.at[P.usual_minutes, helper] += given
        parts[v, _USUAL, kind] += covered
        rest[kind] -= covered
        flows[v, _HOUSEHOLD] += given


@compiled
def _give(
    people: People,
    giver: int,
    available: int,
    company: int,
    most: I64,
    i: int,
    rest: I64,
    parts: I64,
    p: Params,
    flows: I64,
) -> int:
    """Let one giver (-1 outside the area) spend at most `available` minutes on a claimant; return the minutes given.

    Parameters
    ----------
    company
        Minutes of company on top of tasks, as far as time is left.
    most
        shape (5 kinds,), min/week: what these givers may still take on; lowered here.
    """
    v = int(people.at[P.village, i])
    total = 0
    for kind in (_CARE, _GUIDANCE, _HELP):
        wanted = int(rest[kind]) if rest[kind] < most[kind] else int(most[kind])
        if wanted == 0:
            continue
        percent = int(p.substitution[kind])
        given = given_for(wanted, available - total, percent)
        covered = covered_by(given, wanted, percent)
        if covered == 0:
            continue
        total += given
        parts[v, _INFORMAL, kind] += covered
        rest[kind] -= covered
        most[kind] -= covered
    left = available - total
    total += company if company < left else left
    flows[v, _RECEIVED] += total
    if giver >= 0:
        people.at[P.care_minutes, giver] += total
        flows[int(people.at[P.village, giver]), _GIVEN] += total
    else:
        flows[v, _IMPORTED] += total
    return total


@compiled
def _open_need(rest: I64) -> bool:
    """Return whether informal care could still do something."""
    return int(rest[_HELP] + rest[_CARE] + rest[_GUIDANCE]) > 0


@compiled
def _kin(
    people: People, ties: Ties, i: int, most: I64, rest: I64, parts: I64, p: Params, key: int, month: int, flows: I64
) -> None:
    """Let children and neighbours give, nearest relation and distance first, then by identity of the tie."""
    recruit = month_key(key, _RECRUIT, month, 0)
    offer = month_key(key, _OFFER, 0, 2)
    last_rank, last_uid = -1, ties.uid[0]
    while True:
        chosen = NOBODY
        t = int(people.at[P.first_tie, i])
        while t >= 0:  # the next tie in order, whatever the order of rows
            rank = int(ties.at[T.relation, t]) * 8 + int(ties.at[T.distance, t])
            after = rank > last_rank or (rank == last_rank and ties.uid[t] > last_uid)
            if after and int(ties.at[T.receiver, t]) == i:
                best = int(ties.at[T.relation, chosen]) * 8 + int(ties.at[T.distance, chosen]) if chosen >= 0 else 0
                if chosen < 0 or rank < best or (rank == best and ties.uid[t] < ties.uid[chosen]):
                    chosen = t
            t = int(ties.at[T.next_tie, t])
        if chosen < 0:
            return
        last_rank = int(ties.at[T.relation, chosen]) * 8 + int(ties.at[T.distance, chosen])
        last_uid = ties.uid[chosen]
        giver = int(ties.at[T.giver, chosen])
        d = int(ties.at[T.distance, chosen])
        if giver >= 0:
            if int(people.at[P.presence, giver]) != _HOME or int(people.at[P.level, giver]) >= 2:
                continue
            capacity = int(people.at[P.capacity, giver])
            sex = int(people.at[P.sex, giver])
        else:
            draw = bits(offer, ties.uid[chosen])
            capacity = 0
            if happens(offer, ties.uid[chosen], p.willing):
                capacity = p.capacity // 4 + below(offer, draw, (3 * p.capacity) // 2 + 1)
            sex = i64(draw & 1)
        if capacity == 0:
            continue
        if int(ties.at[T.active, chosen]) == 0:
            if not _open_need(rest) and int(people.at[P.level, i]) < 2:
                continue
            if int(ties.at[T.relation, chosen]) == _NEIGHBOUR or not happens(
                recruit, ties.uid[chosen], int(p.recruit_child[sex, d])
            ):
                continue
            ties.at[T.active, chosen] = 1
        available = capacity * int(p.offer[d]) // 1000
        if giver >= 0:
            free = capacity - int(people.at[P.care_minutes, giver])
            available = available if available < free else free
            left = time_left(people, giver, p.time_budget)
            available = available if available < left else left
        if available > 0:
            ties.at[T.minutes, chosen] = _give(people, giver, available, p.company, most, i, rest, parts, p, flows)


@compiled
def _find_neighbour(
    people: People, ties: Ties, counts: I64, present: I64, start: I64, i: int, p: Params, key: int, month: int
) -> None:
    """Let a neighbour or friend start to help: a keyed race among willing residents of the village."""
    if int(people.at[P.neighbour_tried, i]) == 1:
        return
    if not happens(month_key(key, _FIND, month, 0), people.uid[i], p.recruit_neighbour):
        return
    race = month_key(key, _FIND, month, 1)
    v = int(people.at[P.village, i])
    best, best_value = NOBODY, 0.0
    for k in range(int(start[v]), int(start[v + 1])):
        j = present[k]
        if (
            int(people.at[P.capacity, j]) == 0
            or int(people.at[P.presence, j]) != _HOME
            or int(people.at[P.level, j]) > 0
        ):
            continue
        age = age_in(month, int(people.at[P.birth_month, j]))
        if age < 30 or age >= 80 or people.at[P.household, j] == people.at[P.household, i]:
            continue
        value = uniform(race, bits(race, people.uid[i]) ^ people.uid[j])
        if best < 0 or value < best_value:
            best, best_value = j, value
    if best >= 0:
        uid = tie_uid(people.uid[best], people.uid[i], _NEIGHBOUR)
        add_tie(ties, counts, people, best, i, _NEIGHBOUR, _UNDER_2, uid)
        ties.at[T.active, int(counts[1]) - 1] = 1
        people.at[P.neighbour_tried, i] = 1


@allocating
def step_one(
    people: People,
    ties: Ties,
    counts: I64,
    present: I64,
    start: I64,
    helper: I64,
    i: int,
    rest: I64,
    most: I64,
    parts: I64,
    p: Params,
    key: int,
    month: int,
    flows: I64,
) -> None:
    """Let household, family, friends and neighbours take their part of one claimant's need.

    Parameters
    ----------
    rest
        shape (5 kinds,), unit min/week: need that nobody has taken yet; lowered here.
    parts
        shape (n_villages, 10 parts, 5 kinds), unit min/week: the month's book, by village of the claimant.
    """
    h = int(helper[i])
    level = int(people.at[P.level, i])
    for kind in range(5):
        most[kind] = rest[kind]
    care, tasks = int(rest[_CARE]), int(rest[_HELP])
    if h >= 0:
        _usual_care(people, i, h, rest, parts, p, month, flows)
        is_partner = int(people.at[P.partner, i]) == h
        capacity = p.capacity_partner if is_partner else int(people.at[P.capacity, h])
        free = capacity - int(people.at[P.care_minutes, h])
        left = time_left(people, h, p.time_budget)
        free = free if free < left else left
        if free > 0 and (level >= 2 or _open_need(rest)):
            company = (p.company_partner if is_partner else p.company) if level >= 2 else 0
            most[_CARE] = care * p.care_partner // 100
            _give(people, h, free, company, most, i, rest, parts, p, flows)
    if level > 0:
        if int(people.at[P.noticed, i]) == 1 and _open_need(rest):
            _find_neighbour(people, ties, counts, present, start, i, p, key, month)
        if int(people.at[P.first_tie, i]) >= 0:
            most[_CARE] = care * p.care_kin // 100
            most[_HELP] = tasks * p.help_kin // 100
            _kin(people, ties, i, most, rest, parts, p, key, month, flows)


PROCESS = Process(
    "7.9b",
    "household and informal care",
    "month",
    ("household", "partner", "capacity", "work_minutes", "volunteer_minutes", "level", "burdened", "ties"),
    ("usual_minutes", "care_minutes", "neighbour_tried", "ties.active", "ties.minutes"),
    (
        Stream.TIE_RECRUIT,
        Stream.TIE_STOP,
        Stream.TIE_NEIGHBOUR,
        Stream.TIE_EXPORT,
        Stream.TIE_OFFER,
        Stream.CARER_STOP,
        Stream.YOUNG_CARER,
    ),
    "Household, family, friends and neighbours carry what they can.",
)
