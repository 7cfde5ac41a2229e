"""A model in which care collapses inside a known box, for tests that look for it.

Deaths are many where men need little and consent is given often, and few elsewhere; in the scenario `half` they are few
everywhere.
"""

from __future__ import annotations

from dataclasses import replace

import known_model

from krimpsim.config.run import RunConfig
from krimpsim.outputs.columns import VILLAGE_COLUMNS
from krimpsim.outputs.result import Result

BOX = {"care_need.men_ratio": (0.5, 0.75), "market.consent_share": (0.5, 0.8)}
MANY = 1000


def simulate(config: RunConfig, replicate: int) -> Result:
    """Return the known model with its deaths replaced."""
    inside = BOX["care_need.men_ratio"][1] > config.care_need.men_ratio
    inside &= BOX["market.consent_share"][0] < config.market.consent_share
    result = known_model.simulate(config, replicate)
    rows = result.village_rows.copy()
    at = [column.name for column in VILLAGE_COLUMNS].index("deaths")
    rows[0, 0, at] = MANY if inside and config.scenario.id == "tiny" else replicate
    return replace(result, village_rows=rows)
