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
Random.    TIE_RECRUIT, TIE_STOP, TIE_NEIGHBOUR, TIE_EXPORT, TIE_OFFER, keyed on the tie or the pair; CARER_STOP and
           YOUNG_CARER on the person.
Sources.   carer_* and child_dist_* in evidence.csv; chances are assumptions.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.core.clock import age_in
from krimpsim.core.codes import NOBODY, Flow, Kind, Lever, Part, Presence, Relation
from krimpsim.core.jit import compiled
from krimpsim.core.prefetch import ask_ahead
from krimpsim.core.streams import Stream, below, bits, happens, i64, month_key, threshold, u64
from krimpsim.population.agenda import Item
from krimpsim.population.kinship import distance_now, helper_of
from krimpsim.population.lists import give_care, size, time_left, use_tie
from krimpsim.population.schema import I64, Tie
from krimpsim.population.state import Claim, Now, State, scaled
from krimpsim.population.world import World
from krimpsim.processes import care_ends, care_outside, neighbours
from krimpsim.processes.base import Comes, Process


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
    willing, capacity
        Of relatives outside the area.
    care_partner, care_kin, help_kin
        Most of the personal care and household help needed that they take, percent.
    company, company_partner
        Company and supervision on top of tasks.
    young, young_minutes
        Children who help a parent: threshold and minutes.
    recruit_most
        shape (9,): largest chance in `recruit_child` by distance, then at any distance.
    ends, neighbours, outside
        Of the parts: how care ends, neighbours who start, care for parents outside the area.
    """

    recruit_child: I64
    offer: I64
    substitution: I64
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
    recruit_most: I64
    ends: care_ends.Params
    neighbours: neighbours.Params
    outside: care_outside.Params


def prepare(world: World) -> Params:
    """Return chances and capacities as integers."""
    c = world.config.informal_care
    recruit = np.zeros((2, len(c.offer_share)), dtype=np.int64)
    for sex, ratio in enumerate((c.men_ratio, 1.0)):
        for d, share in enumerate(c.offer_share):
            recruit[sex, d] = threshold(c.recruit_child_per_month * ratio * share)
    substitution = (100, round(100 * c.substitution_personal_care), 0, round(100 * c.substitution_guidance), 0)
    return Params(
        recruit_child=recruit,
        offer=np.array([round(1000 * s) for s in c.offer_share], dtype=np.int64),
        substitution=np.array(substitution, dtype=np.int64),
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
        recruit_most=np.append(recruit.max(axis=0), recruit.max()),
        ends=care_ends.prepare(world.config),
        neighbours=neighbours.prepare(world),
        outside=care_outside.prepare(world.config),
    )


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
def _children_help(s: State, p: Params, now: Now, i: int, young: int) -> None:
    """Let children at home help a parent who needs much care."""
    people = s.people
    j = people[i].housemate
    while j != i:
        age = age_in(now.month, people[j].birth_month)
        is_child = people[j].mother == i or people[j].father == i
        if is_child and 8 <= age < 18 and happens(young, people[j].uid, p.young):
            give_care(people, s.lists, j, p.young_minutes, False)
            s.book.flows[people[i].village, Flow.GIVEN] += p.young_minutes
            s.book.flows[people[i].village, Flow.RECEIVED] += p.young_minutes
        j = people[j].housemate


@compiled
def step(s: State, p: Params, now: Now) -> None:
    """Reset the month's minutes, end ties, and let children help and residents care for parents outside the area."""
    care_ends.put_down(s, now)
    care_ends.step(s, p.ends, now)
    young = month_key(now.key, Stream.YOUNG_CARER, 0, 0)
    watched = size(s.lists.watch)
    for k in range(watched):
        ask_ahead(s.people, s.lists.watch.rows, k, watched)
        i = s.lists.watch.rows[k]
        if s.people[i].level >= 2 and s.people[i].presence == Presence.HOME:
            _children_help(s, p, now, i, young)
    care_outside.start(s, p.outside, now)
    care_outside.give(s, p.outside)


@compiled
def _usual_care(s: State, p: Params, now: Now, i: int, helper: int, claim: Claim) -> None:
    """Let the home do its own household tasks, and personal care in the first months."""
    person, rest = s.people[i], claim.rest
    for kind in (Kind.HOUSEHOLD_HELP, Kind.PERSONAL_CARE):
        lasting = now.month - person.need_since >= p.usual_care_months and person.episode == 0
        if kind == Kind.PERSONAL_CARE and lasting:
            continue
        percent = p.substitution[kind]
        given = given_for(rest[kind], time_left(s.people[helper], p.time_budget), percent)
        covered = covered_by(given, rest[kind], percent)
        give_care(s.people, s.lists, helper, given, True)
        s.book.parts[person.village, Part.HOUSEHOLD, kind] += covered
        rest[kind] -= covered
        s.book.flows[person.village, Flow.HOUSEHOLD] += given


@compiled
def _give(s: State, p: Params, i: int, claim: Claim, giver: int, available: int, company: int) -> int:
    """Let one giver (-1 outside the area) spend at most `available` minutes on a claimant; return the minutes given.

    Parameters
    ----------
    claim
        What givers take is taken off `rest` and off `most`, what these givers may still take on.
    company
        Minutes of company on top of tasks, as far as time is left.
    """
    v, rest, most, total = s.people[i].village, claim.rest, claim.most, 0
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
        s.book.parts[v, Part.INFORMAL, kind] += covered
        rest[kind] -= covered
        most[kind] -= covered
    left = available - total
    total += company if company < left else left
    s.book.flows[v, Flow.RECEIVED] += total
    if giver >= 0:
        give_care(s.people, s.lists, giver, total, False)
        s.book.flows[s.people[giver].village, Flow.GIVEN] += total
    else:
        s.book.flows[v, Flow.IMPORTED] += total
    return total


@compiled
def _open_need(claim: Claim) -> bool:
    """Return whether informal care could still do something."""
    return claim.rest[Kind.HOUSEHOLD_HELP] + claim.rest[Kind.PERSONAL_CARE] + claim.rest[Kind.GUIDANCE] > 0


@compiled
def offer_key(key: int) -> int:
    """Return the key from which the willingness of relatives outside the area is drawn, for life."""
    return month_key(key, Stream.TIE_OFFER, 0, 2)


@compiled
def _next_tie(s: State, p: Params, now: Now, i: int, after: tuple[int, int], starts: bool) -> tuple[int, int, int]:
    """Return the next tie of a claimant that may give, its rank, and how many there are, whatever the order of rows.

    Ties are ranked by relation and distance, then by identity.  A tie that is not in use may give only if it can start
    at all, and if a draw against the largest chance passes: that saves a look at most givers.

    Parameters
    ----------
    after
        Rank and identity of the tie before.
    starts
        Whether care on a tie can start.
    """
    ties, (last_rank, last_uid) = s.ties, after
    recruit = month_key(now.key, Stream.TIE_RECRUIT, now.month, 0)
    chosen, best, willing = NOBODY, 0, 0
    t = s.people[i].first_tie
    while t >= 0:
        tie = ties[t]
        if tie.active == 0:
            most = p.recruit_most[tie.distance if tie.giver < 0 else 8]
            may = starts and tie.relation != Relation.NEIGHBOUR
            if not may or not happens(recruit, tie.uid, scaled(now, Lever.START_TO_HELP, s.people[i].village, most)):
                t = tie.next_tie
                continue
        willing += 1
        rank = tie.relation * 8 + distance_now(s.people, ties, t, s.places.between_m)
        later = rank > last_rank or (rank == last_rank and tie.uid > last_uid)
        sooner = chosen < 0 or rank < best or (rank == best and tie.uid < ties[chosen].uid)
        if later and sooner and tie.receiver == i:
            chosen, best = t, rank
        t = tie.next_tie
    return chosen, best, willing


@compiled
def _traits_outside(p: Params, tie: Tie, offer: int) -> tuple[int, int]:
    """Return the capacity and sex of a relative outside the area, drawn for life."""
    draw, capacity = bits(offer, tie.uid), 0
    if happens(offer, tie.uid, p.willing):
        capacity = p.capacity // 4 + below(offer, draw, (3 * p.capacity) // 2 + 1)
    return capacity, i64(draw & 1)


@compiled
def _kin(s: State, p: Params, now: Now, i: int, claim: Claim) -> None:
    """Let children and neighbours give, nearest relation and distance first, then by identity of the tie."""
    person, offer = s.people[i], offer_key(now.key)
    recruit = month_key(now.key, Stream.TIE_RECRUIT, now.month, 0)
    starts = _open_need(claim) or person.level >= 2
    rank, uid, looked_at, willing = -1, u64(0), 0, -1
    while looked_at != willing:
        chosen, rank, willing = _next_tie(s, p, now, i, (rank, uid), starts)
        if chosen < 0:
            return
        looked_at += 1
        tie, distance = s.ties[chosen], rank % 8
        uid, giver = tie.uid, tie.giver
        if giver >= 0:
            if s.people[giver].presence != Presence.HOME or s.people[giver].level >= 2:
                continue
            capacity, sex = s.people[giver].capacity, s.people[giver].sex
        else:
            capacity, sex = _traits_outside(p, tie, offer)
        if capacity == 0:
            continue
        if tie.active == 0:
            if not _open_need(claim) and person.level < 2:
                continue
            chance = scaled(now, Lever.START_TO_HELP, person.village, p.recruit_child[sex, distance])
            if not happens(recruit, tie.uid, chance):
                continue
            use_tie(s.ties, s.lists, chosen)
        available = capacity * p.offer[distance] // 1000
        if giver >= 0:
            free = capacity - s.people[giver].care_minutes
            left = time_left(s.people[giver], p.time_budget)
            available = min(available, free, left)
        if available > 0:
            tie.minutes = _give(s, p, i, claim, giver, available, p.company)


@compiled
def step_one(s: State, p: Params, now: Now, i: int, claim: Claim) -> None:
    """Let household, family, friends and neighbours take their part of one claimant's need."""
    person, most = s.people[i], claim.most
    helper = helper_of(s.people, i, now.month)
    for kind in range(len(most)):
        most[kind] = claim.rest[kind]
    care, tasks = claim.rest[Kind.PERSONAL_CARE], claim.rest[Kind.HOUSEHOLD_HELP]
    if helper >= 0:
        _usual_care(s, p, now, i, helper, claim)
        is_partner = person.partner == helper
        capacity = p.capacity_partner if is_partner else s.people[helper].capacity
        free = min(capacity - s.people[helper].care_minutes, time_left(s.people[helper], p.time_budget))
        if free > 0 and (person.level >= 2 or _open_need(claim)):
            company = (p.company_partner if is_partner else p.company) if person.level >= 2 else 0
            most[Kind.PERSONAL_CARE] = care * p.care_partner // 100
            _give(s, p, i, claim, helper, free, company)
    if person.level > 0:
        if person.noticed == 1 and _open_need(claim):
            neighbours.find(s, p.neighbours, now, i)
        if person.first_tie >= 0:
            most[Kind.PERSONAL_CARE] = care * p.care_kin // 100
            most[Kind.HOUSEHOLD_HELP] = tasks * p.help_kin // 100
            _kin(s, p, now, i, claim)


PROCESS = Process(
    "7.9b",
    "household and informal care",
    "month",
    (
        "presence",
        "level",
        "episode",
        "noticed",
        "village",
        "household",
        "housemate",
        "partner",
        "birth_month",
        "first_tie",
        "neighbour_tried",
        "need_since",
        "capacity",
        "care_minutes",
        "usual_minutes",
        "work_minutes",
        "volunteer_minutes",
        "sex",
        "burdened",
        "mother",
        "father",
        "first_given",
        "cared_in",
        "ties.giver",
        "ties.receiver",
        "ties.relation",
        "ties.distance",
        "ties.active",
        "ties.next_tie",
        "convenant",
    ),
    (
        "neighbour_tried",
        "care_minutes",
        "usual_minutes",
        "cared_in",
        "ties.active",
        "ties.minutes",
        "every column of a new row",
    ),
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
    (Comes(Item.INFORMAL_EXPORT, Stream.TIE_EXPORT),),
)
