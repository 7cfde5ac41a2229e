"""Tools that the tests of the model share: configurations, runs, digests and hooks on the population."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np

from krimpsim.config.load import load_config
from krimpsim.config.run import RunConfig
from krimpsim.core.clock import FIRST_YEAR, days_in
from krimpsim.core.codes import NOBODY, Kind, Part, Pool, Presence
from krimpsim.model import KrimpModel
from krimpsim.outputs.columns import PROVIDER_COLUMNS, REGION_COLUMNS, VILLAGE_COLUMNS
from krimpsim.outputs.result import Result
from krimpsim.population.market import ClausesNow, no_clauses
from krimpsim.population.schema import PEOPLE, TIES, People, Ties, begin_household, begin_person
from krimpsim.population.state import Claim, Now
from krimpsim.population.synthesis import Founders
from krimpsim.run import simulate

ROOT = Path(__file__).resolve().parents[2]
CONFIGS = ROOT / "configs"
TINY = "examples/tiny"
COOPERATION = ("joint_nights", "joint_allocation", "shared_rounds", "mutual_cover")  #: clauses of the members
V = {column.name: number for number, column in enumerate(VILLAGE_COLUMNS)}
B = {column.name: number for number, column in enumerate(PROVIDER_COLUMNS)}
R = {column.name: number for number, column in enumerate(REGION_COLUMNS)}
KINDS = tuple(kind.name.lower() for kind in Kind)
PARTS = tuple(part.name.lower() for part in Part)
TABLES = ("village_rows", "provider_rows", "region_rows", "group_rows")
FIVE_VILLAGES = ["Drouwenermond", "Eexterveen", "Annerveenschekanaal", "Buinerveen", "Spijkerboor"]


_configs: dict[tuple[str, str], RunConfig] = {}
_results: dict[tuple[str, int], Result] = {}


def config_of(name: str, overrides: Mapping[str, object] | None = None) -> RunConfig:
    """Return a configuration of the project, with values by dotted key in place of its own; each is read once."""
    key = (name, repr(sorted((overrides or {}).items(), key=lambda pair: pair[0])))
    if key not in _configs:
        values = {
            k: date.fromisoformat(v) if isinstance(v, str) and k.endswith((".start", ".end")) else v
            for k, v in (overrides or {}).items()
        }
        _configs[key] = load_config(CONFIGS / f"{name}.toml", values)
    return _configs[key]


def small(name: str, end: str, villages: list[str] | None = None, **more: object) -> RunConfig:
    """Return a scenario on a few villages up to a day; further values by key with ``__`` for a dot."""
    values: dict[str, object] = {"run.end": end, "region.villages": villages or FIVE_VILLAGES}
    return config_of(name, values | {key.replace("__", "."): value for key, value in more.items()})


def result_of(config: RunConfig, replicate: int = 0) -> Result:
    """Return the result of a run; each run is done once."""
    key = (config.model_dump_json(by_alias=True), replicate)
    if key not in _results:
        _results[key] = simulate(config, replicate)
    return _results[key]


def digest(result: Result) -> dict[str, str]:
    """Return one digest per table of a result: of whole numbers, so the same on every machine."""
    return {
        name: blake2b(np.ascontiguousarray(getattr(result, name), dtype="<i8").tobytes(), digest_size=16).hexdigest()
        for name in TABLES
    }


def same(a: Result, b: Result) -> bool:
    """Return whether two results hold the same numbers."""
    return all(np.array_equal(getattr(a, name), getattr(b, name)) for name in TABLES)


def finished(config: RunConfig, replicate: int = 0, each: Callable[[KrimpModel], None] | None = None) -> KrimpModel:
    """Run a model to its end, look at it after every month, and return it."""
    model = KrimpModel(config, replicate=replicate)
    while model.running:
        model.step()
        if each is not None:
            each(model)
    return model


#: Sizes at which a clause shows within a year in five villages; the middle of a range may be no effect at all.
EFFECT: dict[str, dict[str, object]] = {
    "joint_nights": {"covers": "all"},
    "prevention": {"delay_months": 0, "hazard_ratio": 0.5},
    "respite_care": {"reach": 1.0, "burden_sd": 1.0},
    "early_recognition": {"stop_ratio": 0.0},
    "village_cooperative": {"start_ratio": 2.0},
    "payment_form": {"overhead_ratio": 0.96},
    "other_lever": {"ratio": 0.98},
    "suited_housing": {"adapted_share": 1.0, "full_after_months": 1},
    "care_technology": {"ratio": 0.5},
    "joint_purchasing": {"ratio": 0.96},
    "labour_supply": {"ratio": 2.0},
    "social_activation": {"ratio": 2.0},
    "village_agreement": {"ratio": 0.5},
    "village_budget": {"ratio": 1.2},
}


def clause(name: str, **values: object) -> dict[str, object]:
    plain = {"enabled": True, "start": "2013-01-01"} | EFFECT.get(name, {})
    return {f"convenant__{name}__{key}": value for key, value in (plain | values).items()}


def none_of_them(**more: object) -> RunConfig:
    return small("scenarios/no_cooperation", "2014-12-31", **more)


def longer(**more: object) -> RunConfig:
    """Return the scenario without clauses over a year more, so that each clause has time to show in few villages."""
    return small("scenarios/no_cooperation", "2015-12-31", **more)


# --- what a rule is shown -----------------------------------------------------------------------------------------


def month(
    model: KrimpModel, number: int | None = None, clauses: ClausesNow | None = None, days: int | None = None
) -> Now:
    """Return what is the case in a month, the first of the run unless one is given; without clauses if none are."""
    number = model.first_month if number is None else number
    clauses = no_clauses(len(model.villages)) if clauses is None else clauses
    year, reformed = number // 12 - FIRST_YEAR, number >= model.rules.reform
    return Now(model.key, number, days or days_in(number), year, False, reformed, clauses)


def claim(
    rest: Mapping[Kind, int] | None = None,
    most: Mapping[Kind, int] | None = None,
    formal: Mapping[Kind, int] | None = None,
) -> Claim:
    """Return a claim, min/week by kind of care; 0 where nothing is given."""
    of_kind = [np.array([(minutes or {}).get(kind, 0) for kind in Kind]) for minutes in (rest, most, formal)]
    return Claim(*of_kind, np.full(len(Pool), NOBODY))


def ask_for_care(model: KrimpModel, rows: Any) -> None:
    """Let these be the claimants of the month, in this order."""
    claimants = model.state.lists.claimants
    claimants.rows[: len(rows)] = rows
    claimants.used[0] = len(rows)


# --- the population, whatever the order of its rows -------------------------------------------------------------


def with_founders(monkeypatch: Any, change: Callable[[Founders], tuple[People, Ties]]) -> None:
    """Let a function change the population of 1 January 2013 before the model takes it."""
    from krimpsim import model

    plain = model.synthesise

    def changed(*arguments: Any) -> Founders:
        founders = plain(*arguments)
        people, ties = change(founders)
        return founders._replace(people=people, ties=ties)

    monkeypatch.setattr(model, "synthesise", changed)


def shuffled(seed: int) -> Callable[[Founders], tuple[People, Ties]]:
    """Return a change that permutes the rows of persons and ties and the numbers of households."""

    def change(founders: Founders) -> tuple[People, Ties]:
        rng, used = np.random.default_rng(seed), founders.in_use[0]
        new_number = {
            "people": rng.permutation(used.persons),
            "ties": rng.permutation(used.ties),
            "household": rng.permutation(used.households),
        }
        moved = founders.people.copy(), founders.ties.copy()
        for new, name, columns in zip(moved, ("people", "ties"), (PEOPLE, TIES), strict=True):
            rows = new[: len(new_number[name])].copy()
            for name_of_column, column in columns.items():
                if column.points_to in new_number:
                    values = getattr(rows, name_of_column)
                    used = values >= 0
                    values[used] = new_number[column.points_to][values[used]]
            new[new_number[name]] = rows
        return moved

    return change


def append_person(founders: Founders, uid: int, **columns: int) -> int:
    """Add a person to the founders, in a household of her own unless one is given; return the row."""
    row = begin_person(founders)
    person = founders.people[row]
    person.uid = uid
    if "household" not in columns:
        columns["household"] = begin_household(founders)
    for name, value in columns.items():
        setattr(person, name, value)
    return row


def state_by_uid(model: KrimpModel, without: set[int] = frozenset()) -> dict[str, Any]:  # type: ignore[assignment]
    """Return all persons and ties as columns sorted by identity, with identities in place of row numbers.

    A household is named after its member with the smallest identity; rows that point into a chain of ties are left
    out, and so are ties of which no end lives in the area.
    """
    k = model.in_use.ties
    uid, tie_uid = model.people.uid, model.ties.uid
    keep = ~np.isin(uid, np.array(sorted(without), dtype=np.uint64))
    order = np.flatnonzero(keep)[np.argsort(uid[keep], kind="stable")]
    state: dict[str, Any] = {"uid": uid[order]}
    for name, column in PEOPLE.items():
        values = getattr(model.people, name)[order]
        if column.points_to == "people":
            known = np.where(values >= 0, uid[np.maximum(values, 0)], 0)
            state[name] = np.stack([known, np.minimum(values, -1).astype(np.int64).view(np.uint64)])  # or a name
        elif column.points_to == "household":
            homes = model.people.household
            least = np.full(int(homes.max()) + 1, np.uint64(0xFFFFFFFFFFFFFFFF))
            np.minimum.at(least, homes[keep], uid[keep])
            state[name] = least[values]
        elif column.points_to:
            continue
        else:
            state[name] = values
    giver, receiver = model.ties.giver, model.ties.receiver
    lives = model.people.presence < int(Presence.AWAY)
    in_use = ((giver >= 0) & lives[giver]) | ((receiver >= 0) & lives[receiver])  # the others never act again
    rows = [tie_uid[in_use]]
    for name, column in TIES.items():
        values = getattr(model.ties, name)[:k][in_use]
        if column.points_to == "people":
            rows.append(np.where(values >= 0, uid[np.maximum(values, 0)], 0).astype(np.uint64))
        elif not column.points_to:
            rows.append(values.astype(np.uint64))
    table = np.array(rows, dtype=np.uint64)
    state["ties"] = table[:, np.lexsort(table)]
    return state


def differences(a: dict[str, Any], b: dict[str, Any]) -> list[str]:
    """Return the names of the columns in which two states differ."""
    return [name for name in a if a[name].shape != b[name].shape or not np.array_equal(a[name], b[name])]


__all__ = [
    "CONFIGS",
    "COOPERATION",
    "EFFECT",
    "FIVE_VILLAGES",
    "KINDS",
    "NOBODY",
    "PARTS",
    "ROOT",
    "TABLES",
    "TINY",
    "B",
    "R",
    "V",
    "append_person",
    "ask_for_care",
    "claim",
    "clause",
    "config_of",
    "differences",
    "digest",
    "finished",
    "longer",
    "month",
    "none_of_them",
    "result_of",
    "same",
    "shuffled",
    "small",
    "state_by_uid",
    "with_founders",
]
