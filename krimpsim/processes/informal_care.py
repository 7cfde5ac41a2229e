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
           nursing.  No hour is given twice: work, care and volunteering share one time budget.  A neighbour or friend
           is one of the circle of a person as it was on 1 January.  A resident whose parent moved out of the area may
           start to care for the parent there from the next January on.
Agenda.    The start of care for parents outside, by tie.
Random.    TIE_RECRUIT, TIE_STOP, TIE_NEIGHBOUR, TIE_EXPORT, TIE_OFFER, keyed on the tie or the pair.
Sources.   carer_* and child_dist_* in evidence.csv; chances are assumptions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.clock import age_in, january_age
from krimpsim.core.codes import NOBODY, Distance, Event, Flow, Kind, Lever, Part, Presence, Relation
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.prefetch import AHEAD, ask_ahead, fetch
from krimpsim.core.streams import Stream, below, bits, happens, i64, month_key, threshold
from krimpsim.population.agenda import (
    CARED,
    CARER_MINUTES,
    CARERS,
    TIES,
    WATCH,
    Agenda,
    Chance,
    Item,
    Roll,
    chance_of,
    circle_of,
    due,
    give_care,
    own_chance,
    use_tie,
)
from krimpsim.population.agenda import plan as plan_item
from krimpsim.population.kinship import add_tie, distance_now, helper_of, tie_uid
from krimpsim.population.market import ClausesNow
from krimpsim.population.need_profile import per_month
from krimpsim.population.schema import I64, People, Ties
from krimpsim.processes.base import Process

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
    export_comes_up
        By class: (sex * 46 + age on 1 January - 24) * 8 + distance.
    company, company_partner
        Company and supervision on top of tasks.
    recruit_most
        shape (9,): largest chance in `recruit_child` by distance, then at any distance.
    circles
        shape (V + 1,): number of the first circle of each village, and the number of circles.
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
    export_comes_up: Chance
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
    export_until: int
    usual_care_months: int
    recruit_most: I64
    circles: I64


def prepare(config: RunConfig, persons: I64) -> Params:
    """Return chances and capacities as integers.

    Parameters
    ----------
    persons
        shape (V,): residents in 2013, which set the number of circles for good.
    """
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
    most = np.zeros((2, 46, 8), dtype=np.int64)
    for age in range(24, 70):  # who is of this age on 1 January is a year older on 31 December
        most[:, age - 24] = export[:, [(a - 25) // 5 for a in (age, age + 1) if 25 <= a < 70]].max(axis=1)
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
        export_comes_up=chance_of(most),
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
        export_until=c.export_until_age,
        usual_care_months=c.usual_care_months,
        recruit_most=np.append(recruit.max(axis=0), recruit.max()),
        circles=np.concatenate([[0], np.cumsum(np.maximum(1, persons // c.circle_persons))]),
    )


@compiled
def time_left(people: People, i: int, budget: int) -> int:
    """Return the minutes a week that work, volunteering and care leave a person."""
    left = budget - people[i].work_minutes - people[i].volunteer_minutes
    left -= people[i].usual_minutes + people[i].care_minutes
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


@compiled
def plan(people: People, ties: Ties, first: int, last: int, p: Params, agenda: Agenda, year: int, after: int) -> None:
    """Put the months in which a resident may start to care for a parent outside on the agenda, by row of the tie."""
    for t in range(first, last):
        giver = ties[t].giver
        if giver >= 0 and ties[t].receiver < 0:
            age = january_age(year, people[giver].birth_month)
            if 24 <= age < 70:
                group = _export_group(people, ties, t, age)
                plan_item(agenda, Item.INFORMAL_EXPORT, t, ties[t].uid, p.export_comes_up, group, after)


@compiled
def _export_group(people: People, ties: Ties, t: int, age: int) -> int:
    """Return the class of a tie with a parent outside in the chances of coming up."""
    sex = people[ties[t].giver].sex
    return (sex * 46 + age - 24) * 8 + ties[t].distance


@compiled
def _may_export(people: People, ties: Ties, t: int) -> bool:
    """Return whether a resident who does not do so yet could care for a parent outside."""
    giver = ties[t].giver
    return (
        giver >= 0
        and ties[t].receiver < 0
        and ties[t].active == 0
        and people[giver].presence == Presence.HOME
        and people[giver].capacity > 0
        and people[giver].level < 2
    )


@compiled
def start_stock(people: People, ties: Ties, agenda: Agenda, counts: I64, p: Params, key: int, month: int) -> None:
    """In the first month of the spin-up, start care for parents outside at its lasting share."""
    start = month_key(key, Stream.TIE_EXPORT, month, 0)
    for t in range(counts[1]):
        if _may_export(people, ties, t):
            giver = ties[t].giver
            age = age_in(month, people[giver].birth_month)
            if 25 <= age < 70 and age < p.export_until:
                chance = p.export_stock[people[giver].sex, (age - 25) // 5, ties[t].distance]
                if happens(start, ties[t].uid, chance):
                    use_tie(ties, agenda, t)


@allocating
def _start_exports(people: People, ties: Ties, agenda: Agenda, p: Params, key: int, month: int) -> None:
    """Let residents start to care for parents outside."""
    start = month_key(key, Stream.TIE_EXPORT, month, 0)
    for t in due(ties, agenda, Item.INFORMAL_EXPORT, month):
        if not _may_export(people, ties, t):
            continue
        giver = ties[t].giver
        born = people[giver].birth_month
        age = age_in(month, born)
        if 25 <= age < 70 and age < p.export_until:
            chance = p.export_start[people[giver].sex, (age - 25) // 5, ties[t].distance]
            most = p.export_comes_up.most[_export_group(people, ties, t, january_age(month // 12, born))]
            if happens(start, ties[t].uid, own_chance(chance, most)):
                use_tie(ties, agenda, t)


@compiled
def _children_help(people: People, agenda: Agenda, i: int, p: Params, young: int, month: int, flows: I64) -> None:
    """Let children at home help a parent who needs much care."""
    j = people[i].housemate
    while j != i:
        age = age_in(month, people[j].birth_month)
        is_child = people[j].mother == i or people[j].father == i
        if is_child and 8 <= age < 18 and happens(young, people[j].uid, p.young):
            give_care(people, agenda, j, p.young_minutes, False)
            flows[people[i].village, Flow.GIVEN] += p.young_minutes
            flows[people[i].village, Flow.RECEIVED] += p.young_minutes
        j = people[j].housemate


@compiled
def _go_on(
    people: People, ties: Ties, t: int, p: Params, clauses: ClausesNow, month: int, stop: int, tired: int, events: I64
) -> bool:
    """Return whether care on a tie in use goes on this month."""
    giver, receiver = ties[t].giver, ties[t].receiver
    if giver >= 0 and people[giver].presence != Presence.HOME:
        return False
    if happens(stop, ties[t].uid, p.stop):
        return False
    if receiver < 0 and age_in(month, people[giver].birth_month) >= p.export_until:
        return False
    if giver >= 0 and people[giver].burdened == 1:
        v = people[giver].village
        if happens(tired, people[giver].uid, p.burdened_stop * clauses.here[Lever.CARERS_STOP, v] // 1000):
            events[v, Event.CARER_STOPPED] += 1
            return False
    return receiver < 0 or (
        people[receiver].presence == Presence.HOME and (people[receiver].level > 0 or people[receiver].episode == 1)
    )


@compiled
def _care_outside(people: People, ties: Ties, agenda: Agenda, t: int, p: Params, flows: I64) -> None:
    """Let a resident give this month's care to a parent outside."""
    giver = ties[t].giver
    minutes = people[giver].capacity * (200 + p.offer[ties[t].distance] * 8 // 10) // 1000
    left = time_left(people, giver, p.time_budget)
    minutes = minutes if minutes < left else left
    give_care(people, agenda, giver, minutes, False)
    ties[t].minutes = minutes
    flows[people[giver].village, Flow.GIVEN] += minutes
    flows[people[giver].village, Flow.EXPORTED] += minutes


@compiled
def _put_down_care(people: People, agenda: Agenda, month: int) -> None:
    """Let everybody put down last month's care, and list who gave informal care in the 12 months before this one.

    Nothing but the record reads that list.
    """
    kept = 0
    cared, carers = agenda.used[CARED], agenda.used[CARERS]
    for k in range(cared):
        ask_ahead(people, agenda.cared, k, cared)
        i = agenda.cared[k]
        if people[i].cared_in >= month - 12:
            agenda.cared[kept] = i
            kept += 1
    for k in range(carers):
        ask_ahead(people, agenda.carers, k, carers)
        i = agenda.carers[k]
        if people[i].care_minutes >= CARER_MINUTES:
            if people[i].cared_in < month - 12:
                agenda.cared[kept] = i
                kept += 1
            people[i].cared_in = month - 1
        people[i].usual_minutes = 0
        people[i].care_minutes = 0
    agenda.used[CARED] = kept
    agenda.used[CARERS] = 0


@compiled
def start_month(
    people: People,
    ties: Ties,
    agenda: Agenda,
    p: Params,
    clauses: ClausesNow,
    key: int,
    month: int,
    flows: I64,
    events: I64,
) -> None:
    """Reset the month's minutes, end ties, and let residents care for parents outside the area."""
    _put_down_care(people, agenda, month)
    stop = month_key(key, Stream.TIE_STOP, month, 0)
    tired = month_key(key, Stream.CARER_STOP, month, 0)
    kept = 0
    in_use = agenda.used[TIES]
    for k in range(in_use):
        ask_ahead(ties, agenda.ties, k + AHEAD, in_use)
        if k + AHEAD < in_use:
            soon = agenda.ties[k + AHEAD]
            for end in (ties[soon].giver, ties[soon].receiver):
                if end >= 0:
                    fetch(people, end)
        t = agenda.ties[k]
        ties[t].minutes = 0
        if ties[t].active == 1 and _go_on(people, ties, t, p, clauses, month, stop, tired, events):
            agenda.ties[kept] = t
            kept += 1
        else:
            ties[t].active = 0
    agenda.used[TIES] = kept
    young = month_key(key, Stream.YOUNG_CARER, 0, 0)
    watched = agenda.used[WATCH]
    for k in range(watched):
        ask_ahead(people, agenda.watch, k, watched)
        i = agenda.watch[k]
        if people[i].level >= 2 and people[i].presence == Presence.HOME:
            _children_help(people, agenda, i, p, young, month, flows)
    _start_exports(people, ties, agenda, p, key, month)
    in_use = agenda.used[TIES]
    for k in range(in_use):
        ask_ahead(ties, agenda.ties, k + AHEAD, in_use)
        if k + AHEAD < in_use:
            soon = agenda.ties[k + AHEAD]
            if ties[soon].receiver < 0:
                fetch(people, ties[soon].giver)
        t = agenda.ties[k]
        if ties[t].receiver < 0:
            _care_outside(people, ties, agenda, t, p, flows)


@compiled
def _usual_care(
    people: People, agenda: Agenda, i: int, helper: int, rest: I64, parts: I64, p: Params, month: int, flows: I64
) -> None:
    """Let the home do its own household tasks, and personal care in the first months."""
    v = people[i].village
    for kind in (Kind.HOUSEHOLD_HELP, Kind.PERSONAL_CARE):
        if (
            kind == Kind.PERSONAL_CARE
            and month - people[i].need_since >= p.usual_care_months
            and people[i].episode == 0
        ):
            continue
        percent = p.substitution[kind]
        given = given_for(rest[kind], time_left(people, helper, p.time_budget), percent)
        covered = covered_by(given, rest[kind], percent)
        give_care(people, agenda, helper, given, True)
        parts[v, Part.HOUSEHOLD, kind] += covered
        rest[kind] -= covered
        flows[v, Flow.HOUSEHOLD] += given


@compiled
def _give(
    people: People,
    agenda: Agenda,
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
    v = people[i].village
    total = 0
    for kind in (Kind.PERSONAL_CARE, Kind.GUIDANCE, Kind.HOUSEHOLD_HELP):
        wanted = rest[kind] if rest[kind] < most[kind] else most[kind]
        if wanted == 0:
            continue
        percent = p.substitution[kind]
        given = given_for(wanted, available - total, percent)
        covered = covered_by(given, wanted, percent)
        if covered == 0:
            continue
        total += given
        parts[v, Part.INFORMAL, kind] += covered
        rest[kind] -= covered
        most[kind] -= covered
    left = available - total
    total += company if company < left else left
    flows[v, Flow.RECEIVED] += total
    if giver >= 0:
        give_care(people, agenda, giver, total, False)
        flows[people[giver].village, Flow.GIVEN] += total
    else:
        flows[v, Flow.IMPORTED] += total
    return total


@compiled
def _open_need(rest: I64) -> bool:
    """Return whether informal care could still do something."""
    return rest[Kind.HOUSEHOLD_HELP] + rest[Kind.PERSONAL_CARE] + rest[Kind.GUIDANCE] > 0


@compiled
def offer_key(key: int) -> int:
    """Return the key from which the willingness of relatives outside the area is drawn, for life."""
    return month_key(key, Stream.TIE_OFFER, 0, 2)


@compiled
def _most(ties: Ties, t: int, p: Params, helps: int) -> int:
    """Return the largest chance with which care can start on a tie; it saves a look at most givers."""
    return p.recruit_most[ties[t].distance if ties[t].giver < 0 else 8] * helps // 1000


@compiled
def _kin(
    people: People,
    ties: Ties,
    agenda: Agenda,
    between_m: I64,
    i: int,
    most: I64,
    rest: I64,
    parts: I64,
    p: Params,
    helps: int,
    key: int,
    month: int,
    flows: I64,
) -> None:
    """Let children and neighbours give, nearest relation and distance first, then by identity of the tie."""
    recruit = month_key(key, Stream.TIE_RECRUIT, month, 0)
    offer = offer_key(key)
    last_rank, last_uid, looked_at, willing = -1, ties[0].uid, 0, -1
    while looked_at != willing:
        chosen, best, willing = NOBODY, 0, 0
        t = people[i].first_tie
        while t >= 0:  # the next tie in order, whatever the order of rows
            if ties[t].active == 0 and not happens(recruit, ties[t].uid, _most(ties, t, p, helps)):
                t = ties[t].next_tie
                continue
            willing += 1
            rank = ties[t].relation * 8 + distance_now(people, ties, t, between_m)
            later = rank > last_rank or (rank == last_rank and ties[t].uid > last_uid)
            sooner = chosen < 0 or rank < best or (rank == best and ties[t].uid < ties[chosen].uid)
            if later and sooner and ties[t].receiver == i:
                chosen, best = t, rank
            t = ties[t].next_tie
        if chosen < 0:
            return
        looked_at += 1
        last_rank = best
        last_uid = ties[chosen].uid
        giver = ties[chosen].giver
        d = best % 8
        if giver >= 0:
            if people[giver].presence != Presence.HOME or people[giver].level >= 2:
                continue
            capacity = people[giver].capacity
            sex = people[giver].sex
        else:
            draw = bits(offer, ties[chosen].uid)
            capacity = 0
            if happens(offer, ties[chosen].uid, p.willing):
                capacity = p.capacity // 4 + below(offer, draw, (3 * p.capacity) // 2 + 1)
            sex = i64(draw & 1)
        if capacity == 0:
            continue
        if ties[chosen].active == 0:
            if not _open_need(rest) and people[i].level < 2:
                continue
            if ties[chosen].relation == Relation.NEIGHBOUR or not happens(
                recruit, ties[chosen].uid, p.recruit_child[sex, d] * helps // 1000
            ):
                continue
            use_tie(ties, agenda, chosen)
        available = capacity * p.offer[d] // 1000
        if giver >= 0:
            free = capacity - people[giver].care_minutes
            available = available if available < free else free
            left = time_left(people, giver, p.time_budget)
            available = available if available < left else left
        if available > 0:
            ties[chosen].minutes = _give(people, agenda, giver, available, p.company, most, i, rest, parts, p, flows)


@compiled
def _may_help(people: People, j: int, i: int, month: int) -> bool:
    """Return whether somebody willing may help a neighbour: able, aged 30 to 79, and not of the same home."""
    return (
        people[j].presence == Presence.HOME
        and people[j].village == people[i].village
        and people[j].level == 0
        and 30 <= age_in(month, people[j].birth_month) < 80
        and people[j].household != people[i].household
    )


@compiled
def _tie_with(people: People, ties: Ties, giver: int, i: int) -> int:
    """Return the tie by which a neighbour has helped before, -1 for none: who helps again does so on the same tie."""
    t = people[i].first_tie
    while t >= 0:
        if ties[t].giver == giver and ties[t].relation == Relation.NEIGHBOUR:
            return t
        t = ties[t].next_tie
    return NOBODY


@compiled
def _find_neighbour(
    people: People,
    ties: Ties,
    agenda: Agenda,
    counts: I64,
    roll: Roll,
    i: int,
    p: Params,
    helps: int,
    key: int,
    month: int,
) -> None:
    """Let a neighbour or friend start to help: a keyed race in the circle as it was on 1 January."""
    if people[i].neighbour_tried == 1:
        return
    if not happens(month_key(key, Stream.TIE_NEIGHBOUR, month, 0), people[i].uid, p.recruit_neighbour * helps // 1000):
        return
    race = month_key(key, Stream.TIE_NEIGHBOUR, month, 1)
    mine = bits(race, people[i].uid)
    c = circle_of(people, p.circles, i)
    best, best_value = NOBODY, 1 << 62
    for k in range(roll.start[c], roll.start[c + 1]):
        value = i64(bits(race, mine ^ roll.willing_uid[k]) >> 2)
        if value < best_value and _may_help(people, roll.willing[k], i, month):
            best, best_value = roll.willing[k], value
    if best >= 0:
        t = _tie_with(people, ties, best, i)
        if t < 0:
            t = counts[1]
            uid = tie_uid(people[best].uid, people[i].uid, Relation.NEIGHBOUR)
            add_tie(ties, counts, people, best, i, Relation.NEIGHBOUR, Distance.UNDER_2_KM, uid)
        if ties[t].active == 0:
            use_tie(ties, agenda, t)
        people[i].neighbour_tried = 1


@compiled
def step_one(
    people: People,
    ties: Ties,
    agenda: Agenda,
    counts: I64,
    roll: Roll,
    between_m: I64,
    i: int,
    rest: I64,
    most: I64,
    parts: I64,
    p: Params,
    helps: int,
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
    helps
        Thousandths of the chance that somebody starts to help.
    """
    h = helper_of(people, i, month)
    level = people[i].level
    for kind in range(5):
        most[kind] = rest[kind]
    care, tasks = rest[Kind.PERSONAL_CARE], rest[Kind.HOUSEHOLD_HELP]
    if h >= 0:
        _usual_care(people, agenda, i, h, rest, parts, p, month, flows)
        is_partner = people[i].partner == h
        capacity = p.capacity_partner if is_partner else people[h].capacity
        free = capacity - people[h].care_minutes
        left = time_left(people, h, p.time_budget)
        free = free if free < left else left
        if free > 0 and (level >= 2 or _open_need(rest)):
            company = (p.company_partner if is_partner else p.company) if level >= 2 else 0
            most[Kind.PERSONAL_CARE] = care * p.care_partner // 100
            _give(people, agenda, h, free, company, most, i, rest, parts, p, flows)
    if level > 0:
        if people[i].noticed == 1 and _open_need(rest):
            _find_neighbour(people, ties, agenda, counts, roll, i, p, helps, key, month)
        if people[i].first_tie >= 0:
            most[Kind.PERSONAL_CARE] = care * p.care_kin // 100
            most[Kind.HOUSEHOLD_HELP] = tasks * p.help_kin // 100
            _kin(people, ties, agenda, between_m, i, most, rest, parts, p, helps, key, month, flows)


PROCESS = Process(
    "7.9b",
    "household and informal care",
    "month",
    ("household", "partner", "capacity", "work_minutes", "volunteer_minutes", "level", "burdened", "ties", "convenant"),
    ("usual_minutes", "care_minutes", "neighbour_tried", "cared_in", "ties.active", "ties.minutes"),
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
    ((Item.INFORMAL_EXPORT, Stream.TIE_EXPORT),),
)
