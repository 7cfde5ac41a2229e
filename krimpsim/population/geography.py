"""Where villages and bases lie, and how far apart by road, in whole metres."""

from __future__ import annotations

import math
from typing import NamedTuple

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.inputs.municipalities import TOWNS
from krimpsim.inputs.tables import Tables
from krimpsim.population.schema import I64

_EARTH_KM = 6371.0
VILLAGE_SIZES = (500, 2000)  #: residents in 2013 from which a village counts as middling and as large


class Geography(NamedTuple):
    """The villages of a run.

    Parameters
    ----------
    number
        shape (n_villages,): row of the village in the input tables.
    municipality, group
        shape (n_villages,): code of the municipality; number of the village group.
    municipalities
        How many the region has.
    between_m
        shape (n_villages, n_villages), unit m: road distance.
    ribbon_m
        shape (n_villages,), unit m: length of the ribbon of houses, from the households of 2013.
    service
        shape (n_villages,): 1 in villages that people of 70 and over move to.
    size
        shape (n_villages,): 0 for a small village, 1 middling, 2 large, by the residents of 2013.
    """

    number: I64
    municipality: I64
    municipalities: int
    group: I64
    between_m: I64
    ribbon_m: I64
    service: I64
    size: I64


def road_m(lat_1: float, lon_1: float, lat_2: float, lon_2: float, detour: float) -> int:
    """Return the road distance between two points (degrees WGS84) in metres: straight line times detour."""
    phi_1, phi_2 = math.radians(lat_1), math.radians(lat_2)
    a = (
        math.sin((phi_2 - phi_1) / 2) ** 2
        + math.cos(phi_1) * math.cos(phi_2) * math.sin(math.radians(lon_2 - lon_1) / 2) ** 2
    )
    return round(2 * _EARTH_KM * 1000 * math.asin(math.sqrt(a)) * detour)


def geography(config: RunConfig, tables: Tables) -> Geography:
    """Return the villages that the configuration names, in the order of the input table."""
    names = tables.village_names
    chosen = names if config.region.villages == "all" else config.region.villages
    number = np.array([i for i, name in enumerate(names) if name in chosen], dtype=np.int64)
    lat, lon, detour = tables.village_lat, tables.village_lon, config.rounds.detour
    between = np.array(
        [[road_m(lat[a], lon[a], lat[b], lon[b], detour) for b in number] for a in number], dtype=np.int64
    ).reshape(len(number), len(number))
    ribbon = np.array(
        [round(float(tables.village_households[i]) * config.rounds.metres_per_household) for i in number],
        dtype=np.int64,
    )
    service = np.array([int(names[i] in config.migration.service_villages) for i in number], dtype=np.int64)
    size = np.searchsorted(VILLAGE_SIZES, tables.village_population[number], side="right").astype(np.int64)
    return Geography(
        number=number,
        municipality=tables.village_municipality[number],
        municipalities=len(TOWNS),
        group=tables.village_group[number],
        between_m=between,
        ribbon_m=ribbon,
        service=service,
        size=size,
    )


def base_distances(config: RunConfig, tables: Tables, places: Geography, place: str, base_km: float | None) -> I64:
    """Return the road distance from a base to each village of the run, shape (n_villages,), unit m."""
    if base_km is not None:
        return np.full(len(places.number), round(base_km * 1000), dtype=np.int64)
    b = tables.base_names.index(place)
    return np.array(
        [
            road_m(
                tables.base_lat[b],
                tables.base_lon[b],
                tables.village_lat[v],
                tables.village_lon[v],
                config.rounds.detour,
            )
            for v in places.number
        ],
        dtype=np.int64,
    )
