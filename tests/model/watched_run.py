"""A run that is watched: what every month of it would be by a look at everybody, whatever the recorder says."""

from __future__ import annotations

from typing import Any

import numpy as np

from krimpsim.config.run import RunConfig
from krimpsim.core.codes import NEVER, Presence
from krimpsim.model import KrimpModel
from krimpsim.outputs.groups import GROUPS
from krimpsim.population.geography import VILLAGE_SIZES
from krimpsim.population.lists import CARER_MINUTES

HOME, FACILITY, AWAY = int(Presence.HOME), int(Presence.FACILITY), int(Presence.AWAY)


class Watched:
    """A run, and what every month of it would be by a look at everybody."""

    def __init__(self, config: RunConfig) -> None:
        self.expected: list[dict[str, Any]] = []
        self.carers: list[set[int]] = []
        self.cells: list[Any] = []
        self.model = KrimpModel(config)
        while self.model.running:
            self.model.step()
            self.look(self.model)
        self.result = self.model.result()

    def look(self, model: KrimpModel) -> None:
        n, market = model.in_use.persons, model.market
        people, uid = model.people, model.people.uid
        home = people.presence == HOME
        claims = home & ((people.level > 0) | (people.episode == 1))
        seen = claims & ((people.noticed == 1) | (people.episode == 1))
        open_ = [
            [
                bool(
                    (
                        (market.active == 1)
                        & (market.takes_new[:, v] == 1)
                        & (market.sells[:, pool] == 1)
                        & ((market.capped == 0) | (pool == 0))
                    ).any()
                )
                for pool in range(2)
            ]
            for v in range(len(model.villages))
        ]
        waits: dict[str, list[tuple[int, int]]] = {"help": [], "care": [], "no_intake": [], "no_staff": []}
        for pool, (name, column) in enumerate((("help", people.waiting_help), ("care", people.waiting_care))):
            for i in np.flatnonzero(claims & (column != NEVER)):
                one = (int(people.village[i]), model.month - int(column[i]) + 1)
                waits[name].append(one)
                waits["no_staff" if open_[one[0]][pool] else "no_intake"].append(one)
        gone = market.active == 0
        disrupted = [
            i
            for provider in (people.provider_help, people.provider_care)
            for i in np.flatnonzero(claims & (provider >= 0))
            if gone[provider[i]]
        ]
        who = {
            "not_noticed": claims & ~seen,
            **{f"need_level_{level}": claims & (people.level == level) for level in range(1, 5)},
            "heavy_in_facility": (people.presence == FACILITY) & (people.level >= 3),
            "heavy_departed": (people.presence == AWAY) & (people.level >= 3) & (people.end_month == model.month),
            "waiting_team": home & (people.level > 0) & (people.noticed == 1) & (people.granted == 0),
        }
        counts = {
            name: np.bincount(people.village[chosen], minlength=len(model.villages)) for name, chosen in who.items()
        }
        for name, rows in waits.items():
            counts[f"waiting_{name}"] = np.bincount([v for v, _ in rows], minlength=len(model.villages))
        counts["clients_disrupted"] = np.bincount(people.village[disrupted], minlength=len(model.villages))
        given = home & (people.care_minutes >= CARER_MINUTES)
        before = set().union(*self.carers[-12:]) - set(uid[given].tolist())
        stopped = np.array([u in before for u in uid.tolist()]) & home
        counts["carers_stopped_12m"] = np.bincount(people.village[stopped], minlength=len(model.villages))
        self.carers.append(set(uid[given].tolist()))
        share = np.sort(1000 * people.met_minutes[seen].astype(np.int64) // np.maximum(1, people.need_minutes[seen]))
        least = share[: max(1, len(share) // 10)]
        self.expected.append(
            {
                "villages": counts,
                "weeks": {
                    (name, percent): 435
                    * (sorted(m for _, m in rows)[-(-len(rows) * percent // 100) - 1] if rows else 0)
                    for name, rows in waits.items()
                    for percent in (50, 90)
                },
                "worst": int(least.sum()) // len(least) if len(share) else 0,
                "active": market.active.copy(),
                "takes": market.takes_new.copy(),
                "calls": model.state.book.delays.copy(),
            }
        )
        alone = people.housemate == np.arange(n)
        size = np.searchsorted(VILLAGE_SIZES, sizes(model), side="right")
        keys = {
            "village_size": size[people.village],
            "living": np.where(people.presence == FACILITY, 2, np.where(alone, 0, 1)),
            "income": people.income,
            "sex": people.sex,
        }
        missing = people.need_minutes - people.met_minutes
        values = {
            "needing_care": claims,
            "heavy_need": claims & (people.level >= 3),
            "minutes_needed": np.where(claims, people.need_minutes, 0),
            "minutes_unmet": np.where(seen, missing, 0),
            "minutes_not_noticed": np.where(claims & ~seen, missing, 0),
            "informal_carers": given,
            "carers_stopped_12m": stopped,
            "minutes_informal_given": np.where(home, people.care_minutes, 0),
            "volunteers": home & (people.volunteer_minutes > 0),
            "in_facility": people.presence == FACILITY,
        }
        self.cells.append(
            {
                name: np.concatenate(
                    [np.bincount(keys[group], weights=value, minlength=len(rows)) for group, rows in GROUPS.items()]
                )
                for name, value in values.items()
            }
        )


def sizes(model: KrimpModel) -> Any:
    from krimpsim.inputs.tables import load_tables

    return load_tables().village_population[model.places.number]
