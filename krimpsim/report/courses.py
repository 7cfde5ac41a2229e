"""Following residents through one run: what is noted of each of them, month by month, by permanent identity."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from krimpsim.config.run import RunConfig
from krimpsim.core.codes import NEVER, Kind, Presence, Relation
from krimpsim.model import KrimpModel
from krimpsim.population.lists import size
from krimpsim.population.schema import I16, I64, U64
from krimpsim.run import simulate

_HOME = int(Presence.HOME)
ADULT = 18
CHILD_CARER = (8, ADULT)  #: ages between which a child at home may help a parent

#: Who helps, as noted: relations of ties, then people in the same home without a tie.
PARTNER, CHILD, NEIGHBOUR = (int(relation) for relation in Relation)
CHILD_AT_HOME, PARENT_AT_HOME, OTHER_AT_HOME, YOUNG_CHILD = 3, 4, 5, 6


class _Facts(NamedTuple):
    """Number of each fact that is noted of a person in a month; -1 stands for nobody and never."""

    presence: int
    level: int
    dementia: int
    episode: int
    noticed: int
    granted: int
    accepts: int
    village: int
    birth_month: int
    sex: int
    need_minutes: int
    met_minutes: int
    care_minutes: int
    usual_minutes: int
    burdened: int
    provider_help: int
    provider_care: int
    waiting_help: int
    waiting_care: int
    waits_for_facility: int
    since_month: int
    need_since: int
    help_stopped: int  #: 1 when the provider of household help has stopped in the area
    care_stopped: int  #: the same for care
    lower_hours: int  #: 1 when the municipality pays fewer hours than it granted
    day_minutes: int  #: need of a day programme, min/week


FACTS = _Facts(*range(len(_Facts._fields)))
_OF_PEOPLE = _Facts._fields[: FACTS.help_stopped]


class _Help(NamedTuple):
    """Number of each column of the table of help; persons by place in `Courses.uid`, -1 outside the area."""

    month: int
    giver: int
    receiver: int
    relation: int
    minutes: int
    tie: int  #: tells givers outside the area apart; -1 in the home


H = _Help(*range(len(_Help._fields)))


@dataclass(frozen=True)
class Courses:
    """What was noted in one run of everybody who needed care, gave care, died or left.

    Parameters
    ----------
    scenario, title_nl, title_en
        Which future it was.
    first_month, last_month
        Absolute months.
    villages
        Names.
    fewest
        shape (V,): least residents at home of each village in any month.
    uid
        shape (n,): permanent identities, ascending.
    start
        shape (n + 1,): where the rows of each person begin in `month` and `facts`.
    month, partner
        shape (rows,): absolute month; identity of the partner, 0 for none.
    facts
        shape (26, rows): ``facts[FACTS.level]`` and so on; minutes are per week.
    help
        shape (6, n_help): who gave help to whom: ``help[H.minutes]`` and so on, by receiver, month and giver.  Of a
        helper in the home it holds the time given in the home, in equal parts where two people there need care.
    ties
        shape (n_ties,): identities that ``help[H.tie]`` points to.
    """

    scenario: str
    title_nl: str
    title_en: str
    first_month: int
    last_month: int
    villages: tuple[str, ...]
    fewest: I64
    uid: U64
    start: I64
    month: I16
    partner: U64
    facts: I16
    help: NDArray[np.int32]
    ties: U64

    def __len__(self) -> int:
        return len(self.uid)

    def place(self, uid: int) -> int:
        """Return the place of a person in `uid`, -1 for one of whom nothing was noted."""
        k = int(np.searchsorted(self.uid, np.uint64(uid)))
        return k if k < len(self.uid) and int(self.uid[k]) == uid else -1

    @cached_property
    def _keys(self) -> I64:
        """Person and month of each row in one ascending number."""
        person = np.repeat(np.arange(len(self), dtype=np.int64), np.diff(self.start))
        return person << 16 | self.month

    def row(self, place: I64, month: I64) -> I64:
        """Return the row of persons in months, -1 where nothing was noted."""
        key = (place << 16) + month
        row = np.minimum(np.searchsorted(self._keys, key), len(self._keys) - 1)
        return np.where((place >= 0) & (self._keys[row] == key), row, -1)

    def help_to(self, place: int) -> NDArray[np.int32]:
        """Return the help given to a person, a column each, in order of month."""
        first, last = np.searchsorted(self.help[H.receiver], (place, place + 1))
        return self.help[:, first:last]

    @cached_property
    def _by_giver(self) -> tuple[I64, NDArray[np.int32]]:
        order = np.lexsort((self.help[H.tie], self.help[H.receiver], self.help[H.month], self.help[H.giver]))
        return order, self.help[H.giver, order]

    def help_by(self, place: int) -> NDArray[np.int32]:
        """Return the help given by a person, a column each, in order of month."""
        order, giver = self._by_giver
        first, last = np.searchsorted(giver, (place, place + 1))
        return self.help[:, order[first:last]]

    def known_help(self, table: NDArray[np.int32]) -> NDArray[np.int64]:
        """Return help as rows that mean the same in every run: month, giver, receiver, relation, minutes, tie."""

        def identity(known: U64, places: NDArray[np.int32]) -> I64:
            return np.where(places >= 0, known[np.maximum(places, 0)], np.uint64(0)).view(np.int64)

        rows = table.T.astype(np.int64)
        for column, known in ((H.giver, self.uid), (H.receiver, self.uid), (H.tie, self.ties)):
            if len(known):
                rows[:, column] = identity(known, table[column])
        return rows[np.lexsort(rows.T[::-1])]


def follow(config: RunConfig, replicate: int = 0) -> Courses:
    """Run one replicate once more and note what happens to its residents.

    Parameters
    ----------
    config
        The scenario.
    replicate
        Number of the replicate.
    """
    notes = _Notes()
    result = simulate(config, replicate, each=notes.take)
    uid, facts = _joined(notes.uid), np.concatenate(notes.facts, axis=1)
    months = _months(notes.uid, result.first_month)
    order = np.argsort(uid, kind="stable")  # months stay in order
    persons, start = np.unique(uid[order], return_index=True)
    giver, receiver, tie = (_joined(column) for column in (notes.giver, notes.receiver, notes.tie))
    ties = np.unique(tie[tie > 0])
    table = np.stack(
        [
            _months(notes.giver, result.first_month).astype(np.int32),
            _places(persons, giver),
            _places(persons, receiver),
            np.concatenate(notes.of_help, axis=1)[0],
            np.concatenate(notes.of_help, axis=1)[1],
            _places(ties, tie),
        ]
    )
    of_receiver = np.lexsort((table[H.tie], table[H.giver], table[H.month], table[H.receiver]))
    title = config.scenario.title
    return Courses(
        scenario=config.scenario.id,
        title_nl=title.nl or config.scenario.id,
        title_en=title.en or config.scenario.id,
        first_month=result.first_month,
        last_month=result.first_month + len(notes.uid) - 1,
        villages=result.villages,
        fewest=notes.fewest,
        uid=persons,
        start=np.append(start, len(uid)),
        month=months[order],
        partner=_joined(notes.partner)[order],
        facts=np.ascontiguousarray(facts[:, order]),
        help=np.ascontiguousarray(table[:, of_receiver]),
        ties=ties,
    )


class _Notes:
    """Notes of each month, as arrays; rows of the tables are renumbered now and then, so people go by identity."""

    def __init__(self) -> None:
        self.uid: list[U64] = []
        self.partner: list[U64] = []
        self.facts: list[I16] = []
        self.giver: list[U64] = []
        self.receiver: list[U64] = []
        self.tie: list[U64] = []
        self.of_help: list[NDArray[np.int32]] = []
        self.fewest = np.zeros(0, dtype=np.int64)

    def take(self, model: KrimpModel) -> None:
        """Note the month that has just passed."""
        people, lists = model.people, model.state.lists
        ended = np.flatnonzero(people.end_month == model.month)
        listed = (on.rows[: size(on)] for on in (lists.watch, lists.carers))
        rows = np.concatenate([*listed, ended]).astype(np.int64)
        rows = np.unique(rows)
        at_home = model.state.roll.census["at_home"]
        self.fewest = np.minimum(self.fewest, at_home) if len(self.fewest) else at_home.copy()
        self.uid.append(people.uid[rows])
        self.partner.append(_uid_at(people.uid, people.partner[rows]))
        self.facts.append(_facts(model, rows))
        self._take_help(model, rows)

    def _take_help(self, model: KrimpModel, rows: I64) -> None:
        """Note who helps whom: by the ties in use, and in the home."""
        people, ties, lists = model.people, model.ties, model.state.lists
        in_use = lists.ties.rows[: size(lists.ties)]
        giver, receiver = ties.giver[in_use].astype(np.int64), ties.receiver[in_use].astype(np.int64)
        minutes = ties.minutes[in_use]
        by_tie = np.zeros(len(people), dtype=np.int64)
        np.add.at(by_tie, giver[giver >= 0], minutes[giver >= 0])
        helper, helped, relation = _in_the_home(model, rows)
        spent = people.usual_minutes[helper] + people.care_minutes[helper] - by_tie[helper]
        people_helped = np.bincount(helper, minlength=1)[helper]
        spent = spent // np.maximum(people_helped, 1)
        helper, helped, relation, spent = (x[spent > 0] for x in (helper, helped, relation, spent))
        self.giver.append(np.concatenate([_uid_at(people.uid, giver), people.uid[helper]]))
        self.receiver.append(np.concatenate([_uid_at(people.uid, receiver), people.uid[helped]]))
        self.tie.append(np.concatenate([ties.uid[in_use], np.zeros(len(helper), dtype=np.uint64)]))
        relations = np.concatenate([ties.relation[in_use], relation])
        self.of_help.append(np.stack([relations, np.concatenate([minutes, spent])]).astype(np.int32))


def _facts(model: KrimpModel, rows: I64) -> I16:
    """Return the facts of a month, shape (26, n)."""
    people, market = model.people, model.market
    facts = np.zeros((len(FACTS), len(rows)), dtype=np.int16)
    for fact, name in enumerate(_OF_PEOPLE):
        facts[fact] = getattr(people, name)[rows]
    facts[facts == NEVER] = -1
    for provider, stopped in ((FACTS.provider_help, FACTS.help_stopped), (FACTS.provider_care, FACTS.care_stopped)):
        b = facts[provider]
        facts[stopped] = (b >= 0) & (market.active[np.maximum(b, 0)] == 0)
    town = model.places.municipality[facts[FACTS.village]]
    day = model.rules.claims.need[facts[FACTS.level], 1, 0, int(Kind.DAY_PROGRAMME)]
    facts[FACTS.day_minutes] = day * (facts[FACTS.dementia] == 1)
    facts[FACTS.lower_hours] = model.state.hours_factor[town] < 1000
    return facts


def _in_the_home(model: KrimpModel, rows: I64) -> tuple[I64, I64, I64]:
    """Return helper, helped and relation for those whom somebody in the home can help.

    An adult helps as the model has it: the partner when able, else the able adult with the smallest identity.
    """
    people, month = model.people, model.month
    needs = (people.presence[rows] == _HOME) & ((people.level[rows] > 0) | (people.episode[rows] == 1))
    helped = rows[needs]
    best = np.full(len(helped), -1, dtype=np.int64)
    other = people.housemate[helped].astype(np.int64)
    young: list[tuple[I64, I64]] = []
    while (other != helped).any():
        going = other != helped
        age = (month - people.birth_month[other]) // 12
        able = going & (age >= ADULT) & (people.level[other] == 0) & (people.episode[other] == 0)
        is_partner = able & (people.partner[helped] == other)
        best_is_partner = (best >= 0) & (people.partner[helped] == best)
        smaller = (best < 0) | (people.uid[other] < people.uid[np.maximum(best, 0)])
        best = np.where(is_partner | (able & ~best_is_partner & smaller), other, best)
        is_child = (people.mother[other] == helped) | (people.father[other] == helped)
        carer = going & is_child & (age >= CHILD_CARER[0]) & (age < CHILD_CARER[1]) & (people.care_minutes[other] > 0)
        carer &= people.level[helped] >= 2
        young.append((other[carer], helped[carer]))
        other = np.where(going, people.housemate[other], other)
    found = best >= 0
    helper, helped_by_adult = best[found], helped[found]
    relation = np.full(len(helper), OTHER_AT_HOME, dtype=np.int64)
    for parent in (people.mother, people.father):
        relation[parent[helped_by_adult] == helper] = PARENT_AT_HOME
        relation[parent[helper] == helped_by_adult] = CHILD_AT_HOME
    relation[people.partner[helped_by_adult] == helper] = PARTNER
    children, parents = (np.concatenate([pair[k] for pair in young] or [helper[:0]]) for k in (0, 1))
    return (
        np.concatenate([helper, children]),
        np.concatenate([helped_by_adult, parents]),
        np.concatenate([relation, np.full(len(children), YOUNG_CHILD, dtype=np.int64)]),
    )


def _uid_at(uid: U64, rows: NDArray[np.integer]) -> U64:
    """Return identities of rows, 0 for no row."""
    return np.where(rows >= 0, uid[np.maximum(rows, 0)], np.uint64(0))


def _joined(parts: Sequence[U64]) -> U64:
    return np.concatenate(parts) if parts else np.zeros(0, dtype=np.uint64)


def _months(parts: Sequence[U64], first_month: int) -> I16:
    """Return the month of each row of the joined parts, of which there is one per month."""
    lengths = [len(part) for part in parts]
    return np.repeat(np.arange(first_month, first_month + len(parts), dtype=np.int16), lengths)


def _places(known: U64, values: U64) -> NDArray[np.int32]:
    """Return the place of each value among sorted ones, -1 for one that is not there."""
    if not len(known):
        return np.full(len(values), -1, dtype=np.int32)
    place = np.minimum(np.searchsorted(known, values), len(known) - 1)
    return np.where(known[place] == values, place, -1).astype(np.int32)
