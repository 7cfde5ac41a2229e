"""7.1 Ageing.

Purpose.   Let people come of age: work, volunteering, retirement.
Who.       Residents at home in the month of their birthday.
Order.     1. at 18 a share starts to volunteer; 2. at 20 a share starts paid work, some of it in care; 3. at 65 paid
           work ends.
Assumes.   Age itself is derived from the birth month and stored nowhere.
Agenda.    The birthdays at which something changes.
Random.    SYNTHESIS_PERSON, keyed on the person alone: traits that a birth fixes and a birthday reveals.
"""

from __future__ import annotations

from krimpsim.core.codes import Presence
from krimpsim.core.jit import allocating, compiled
from krimpsim.core.streams import Stream, happens, month_key
from krimpsim.population.agenda import N_AGES, Group, Item, due, put
from krimpsim.population.lists import volunteer
from krimpsim.population.roll import have_birthday
from krimpsim.population.state import Now, State
from krimpsim.population.traits import Traits
from krimpsim.population.world import World
from krimpsim.processes.base import Process

Params = Traits  #: of new persons: what a birthday reveals is drawn as a birth fixed it


def prepare(world: World) -> Params:
    """Return the traits that birthdays reveal."""
    return world.traits


@compiled
def plan(s: State, group: Group, after: int) -> None:
    """Note birthdays of this calendar year at which something changes."""
    for k in range(len(group.rows)):
        age = group.kind[k] % N_AGES  # of those who are a year younger on 1 January
        if age == 4 or age == 12 or age == 18 or age == 20 or age == 50 or age == 65 or age == 75 or age == 85:
            birthday = s.people[group.rows[k]].birth_month % 12
            if birthday >= after:
                put(s.agenda, Item.BIRTHDAY, birthday, group.rows[k])


@allocating
def step(s: State, p: Params, now: Now) -> None:
    """Let everyone who has such a birthday this month come of age."""
    people = s.people
    for i in due(people, s.agenda, Item.BIRTHDAY, now.month):
        if people[i].presence != Presence.HOME:
            continue
        lived = now.month - people[i].birth_month
        age = lived // 12
        have_birthday(people, s.roll.census, i, age)
        uid = people[i].uid
        if age == 18 and happens(month_key(now.key, Stream.SYNTHESIS_PERSON, 0, 4), uid, p.volunteers):
            volunteer(people, s.lists, i, p.volunteer_minutes)
        elif age == 20 and happens(month_key(now.key, Stream.SYNTHESIS_PERSON, 0, 0), uid, p.employed):
            people[i].work_minutes = p.work_minutes
            if happens(month_key(now.key, Stream.SYNTHESIS_PERSON, 0, 3), uid, p.works_in_care):
                people[i].works_in_care = 1
        elif age == 65:
            people[i].work_minutes = 0
            people[i].works_in_care = 0


PROCESS = Process(
    "7.1",
    "ageing",
    "month",
    (
        "presence",
        "village",
        "birth_month",
    ),
    (
        "work_minutes",
        "volunteer_minutes",
        "works_in_care",
    ),
    (Stream.SYNTHESIS_PERSON,),
    "People come of age, start work, volunteer and retire.",
)
