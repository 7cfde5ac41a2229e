"""Births and deaths in Starsim, by its own modules and nothing beside them.

It does less than `plain_mesa.py`: one birth rate and one death rate for everybody, and no need for care.  What else
happens is what Starsim does by itself: persons grow older, and it counts who lives, is born and dies.  Luck is drawn as
it is by default, with random numbers that scenarios have in common, as krimpsim's are too.
Nothing of krimpsim is in it: no ties, no care, no providers.
"""

from __future__ import annotations

from collections.abc import Callable

import starsim as ss  # type: ignore

BORN, DIED = 11, 21  #: per thousand and year, as in the toy
FIRST_YEAR = 2013


def prepare(residents: int, months: int) -> Callable[[], int]:
    """Make a simulation.

    Parameters
    ----------
    residents, months
        How many agents there are at the start, and how long it lasts.

    Returns
    -------
    live
        Runs it, and returns how many months its agents lived.
    """
    years, month = divmod(months - 1, 12)
    simulation = ss.Sim(
        n_agents=residents,
        start=f"{FIRST_YEAR}-01-01",
        stop=f"{FIRST_YEAR + years}-{month + 1:02}-01",  # the month of the last step
        dt=ss.month,
        demographics=[ss.Births(birth_rate=ss.peryear(BORN)), ss.Deaths(death_rate=ss.peryear(DIED))],
        rand_seed=1,
        verbose=0,
    )
    simulation.init()

    def live() -> int:
        simulation.run()
        if len(simulation.t) != months:
            raise RuntimeError(f"{len(simulation.t)} steps in place of {months}")
        return int(simulation.results.n_alive.values.sum())

    return live
