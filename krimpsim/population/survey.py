"""5 Initialisation: what residents are willing to do, by village, as assumed and as a survey shifts it.

Purpose.   Let answers at the kitchen table (keukentafelonderzoek) count, and never for more than there are.
Order.     1. willingness to give as assumed, with the difference between villages; 2. per row of the survey the mean of
           its villages moves towards the answers, by n / (n + prior persons), which is the update of a beta prior by a
           binomial count, and of a normal mean by n of equal precision.
Assumes.   Respondents are adults like the others of their village, or count for less (`weight`).  Of villages that
           were asked together the survey tells the mean only: they all shift alike, and differ as before.  What people
           say now held in 2013 and holds to 2040, and they would do what they say.  Acceptance is one trait, of help by
           professionals and volunteers.
Random.    None: thresholds move, draws do not.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.streams import word
from krimpsim.inputs.tables import Tables
from krimpsim.population.geography import geography
from krimpsim.population.schema import F64


class Willingness(NamedTuple):
    """What an adult is willing to do, by village of the input tables.

    Parameters
    ----------
    give, accept
        shape (22,), share of adults.
    minutes
        shape (22,), unit min/week: mean of those who are willing to give.
    """

    give: F64
    accept: F64
    minutes: F64


class Shift(NamedTuple):
    """What a survey changed in a group of villages: numbers as assumed, and with the survey.

    Parameters
    ----------
    place
        Name of the group for publication.
    villages, of
        Number of villages of the run that the survey speaks of, and of all villages of the group.
    respondents
        Number of people who answered.
    give, accept, hours
        Shares of adults and hours a week, mean over those villages by residents of 2013.
    """

    place: str
    villages: int
    of: int
    respondents: int
    give: tuple[float, float]
    accept: tuple[float, float]
    hours: tuple[float, float]


def assumed(config: RunConfig, tables: Tables) -> Willingness:
    """Return willingness without a survey."""
    informal, n = config.informal_care, len(tables.village_names)
    give = []
    for name in tables.village_names:
        u = int(word("vitality " + name)) / 2**64
        give.append(min(1.0, informal.willing_share * (1 + informal.village_spread * (2 * u - 1))))
    return Willingness(
        np.array(give), np.full(n, config.entitlement.accept_share), np.full(n, float(informal.capacity_minutes))
    )


def surveyed(config: RunConfig, tables: Tables) -> Willingness:
    """Return willingness with the survey; without one, as assumed."""
    z, now = config.zorgkracht, assumed(config, tables)
    for row in z.survey:
        here = list(tables.villages_of(row.village_group))
        n, helpers = z.weight * row.respondents, z.weight * row.willing_to_give
        _shift(now.give, here, tables, row.willing_to_give / row.respondents, n / (n + z.give_prior_persons))
        _shift(now.accept, here, tables, row.willing_to_accept / row.respondents, n / (n + z.accept_prior_persons))
        if row.hours is not None:
            _shift(now.minutes, here, tables, 60.0 * row.hours, helpers / (helpers + z.hours_prior_persons))
    return Willingness(np.minimum(now.give, 1.0), np.minimum(now.accept, 1.0), now.minutes)


def _mean(values: F64, here: list[int], tables: Tables) -> float:
    """Return the mean over some villages, by residents of 2013."""
    return float(np.average(values[here], weights=tables.village_population[here]))


def _shift(values: F64, here: list[int], tables: Tables, said: float, share: float) -> None:
    """Move the mean of some villages by this share of the way to what was said, in place; no value below zero."""
    values[here] = np.maximum(values[here] + share * (said - _mean(values, here, tables)), 0.0)


def shifts(config: RunConfig, tables: Tables) -> list[Shift]:
    """Return what the survey changed in the villages of the run, by group for publication."""
    before, after = assumed(config, tables), surveyed(config, tables)
    running = set(geography(config, tables).number.tolist())
    asked: dict[int, tuple[list[int], int]] = {}
    for row in config.zorgkracht.survey:
        here = [v for v in tables.villages_of(row.village_group) if v in running]
        if here:
            group = int(tables.village_group[here[0]])
            villages, n = asked.get(group, ([], 0))
            asked[group] = (villages + here, n + row.respondents)
    return [
        Shift(
            tables.group_names[group],
            len(here),
            int((tables.village_group == group).sum()),
            n,
            give=(_mean(before.give, here, tables), _mean(after.give, here, tables)),
            accept=(_mean(before.accept, here, tables), _mean(after.accept, here, tables)),
            hours=(_mean(before.minutes, here, tables) / 60, _mean(after.minutes, here, tables) / 60),
        )
        for group, (here, n) in sorted(asked.items())
    ]
