"""What every process prepares its parameters from: the configuration, the input tables, and what follows from both."""

from __future__ import annotations

from typing import NamedTuple

from krimpsim.config.run import RunConfig
from krimpsim.inputs.tables import YEARS, Tables
from krimpsim.population.geography import Geography, geography
from krimpsim.population.need_profile import NeedProfile, need_profile
from krimpsim.population.need_rates import NeedRates, need_rates
from krimpsim.population.synthesis import Cells, cells
from krimpsim.population.traits import Traits, traits

N_YEARS = len(YEARS)  #: calendar years for which there are parameters, from `clock.FIRST_YEAR` on


class World(NamedTuple):
    """A configuration and what follows from it before anybody lives.

    Parameters
    ----------
    villages
        Names of the villages of the run.
    """

    config: RunConfig
    tables: Tables
    places: Geography
    villages: tuple[str, ...]
    rates: NeedRates
    profile: NeedProfile
    traits: Traits
    cells: Cells


def world_of(config: RunConfig, tables: Tables) -> World:
    """Return the world of a configuration."""
    places, rates = geography(config, tables), need_rates(config)
    return World(
        config,
        tables,
        places,
        tuple(tables.village_names[v] for v in places.number),
        rates,
        need_profile(config, tables, rates),
        traits(config, tables, places),
        cells(config, tables, places),
    )
