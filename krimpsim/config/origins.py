"""The way from one scenario to another, one origin of effects after the other."""

from __future__ import annotations

from datetime import date
from typing import NamedTuple

from krimpsim.config.clause import Origin
from krimpsim.config.convenant import CLAUSES
from krimpsim.config.run import RunConfig

OTHER = "other"  #: settings that are no clause


class Step(NamedTuple):
    """What changes next, and the scenario in which it has changed."""

    origin: str
    config: RunConfig


def steps_by_origin(a: RunConfig, b: RunConfig) -> tuple[Step, ...]:
    """Return the steps from a to b: what is no clause first, then clauses, computed, measured, assumed.

    The part of an origin is what its clauses add to those before; in another order parts may differ.  The last step
    ends in b itself; between stand scenarios of their own, ``<id of b>__<origin>``.
    """
    changed = [name for name in CLAUSES if getattr(a.convenant, name) != getattr(b.convenant, name)]
    before = {name: getattr(a.convenant, name) for name in changed}
    now = b.model_copy(update={"convenant": b.convenant.model_copy(update=before)})
    steps = [] if now.model_copy(update={"scenario": a.scenario}) == a else [Step(OTHER, now)]
    for origin in Origin:
        on = {name: getattr(b.convenant, name) for name in changed if CLAUSES[name].origin is origin}
        if on:
            now = now.model_copy(update={"convenant": now.convenant.model_copy(update=on)})
            steps.append(Step(str(origin), now))
    names = [f"{b.scenario.id}__{step.origin}" for step in steps[:-1]] + [b.scenario.id]
    return tuple(
        Step(step.origin, step.config.model_copy(update={"scenario": b.scenario.model_copy(update={"id": name})}))
        for step, name in zip(steps, names, strict=False)
    )


def ahead_of_law(config: RunConfig) -> list[str]:
    """Return a line for each clause that holds in this scenario before the law allowed it."""
    lines = []
    for name, facts in CLAUSES.items():
        clause = getattr(config.convenant, name)
        starts: list[date] = [one.start for one in clause.periods or (clause,)]
        if clause.enabled and facts.legal_from is not None and min(starts) < facts.legal_from:
            lines.append(f"{config.scenario.id}: {name} begins before {facts.legal_from}, when the law allowed it.")
    return lines
