"""7.1 Ageing.

Purpose.   Let people come of age: work, volunteering, retirement.
Who.       Residents at home in the month of their birthday.
Order.     1. at 18 a share starts to volunteer; 2. at 20 a share starts paid work, some of it in care; 3. at 65 paid
           work ends.
Assumes.   Age itself is derived from the birth month and stored nowhere.
Random.    SYNTHESIS_PERSON, keyed on the person alone: traits that a birth fixes and a birthday reveals.
"""

from __future__ import annotations

from krimpsim.core.codes import Presence
from krimpsim.core.jit import compiled
from krimpsim.core.streams import Stream, happens, month_key
from krimpsim.population.schema import I64, P, People
from krimpsim.population.synthesis import Traits
from krimpsim.processes.base import Process

_HOME = int(Presence.HOME)
_PERSON = int(Stream.SYNTHESIS_PERSON)


@compiled
def step(people: People, present: I64, t: Traits, key: int, month: int) -> None:
    """Let everyone who has a birthday this month come of age."""
    for k in range(len(present)):
        i = present[k]
        lived = month - int(people.at[P.birth_month, i])
        if lived % 12 != 0 or int(people.at[P.presence, i]) != _HOME:
            continue
        age = lived // 12
        uid = people.uid[i]
        if age == 18 and happens(month_key(key, _PERSON, 0, 4), uid, t.volunteers):
            people.at[P.volunteer_minutes, i] = t.volunteer_minutes
        elif age == 20 and happens(month_key(key, _PERSON, 0, 0), uid, t.employed):
            people.at[P.work_minutes, i] = t.work_minutes
            if happens(month_key(key, _PERSON, 0, 3), uid, t.works_in_care):
                people.at[P.works_in_care, i] = 1
        elif age == 65:
            people.at[P.work_minutes, i] = 0
            people.at[P.works_in_care, i] = 0


PROCESS = Process(
    "7.1",
    "ageing",
    "month",
    ("birth_month", "presence"),
    ("volunteer_minutes", "work_minutes", "works_in_care"),
    (Stream.SYNTHESIS_PERSON,),
    "People come of age, start work, volunteer and retire.",
)
