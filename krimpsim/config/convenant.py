"""Parameters of the convenant (7.17): who keeps to it, and its clauses."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from krimpsim.config.base import param
from krimpsim.config.clause import ClauseConfig, ClauseFacts, OtherLeverConfig
from krimpsim.config.clauses_of_providers import ClausesOfProviders
from krimpsim.config.clauses_of_residents import ClausesOfResidents


class Compliance(StrEnum):
    """How it is decided who keeps to the convenant."""

    CHANCE = "chance"
    OWN_ACCOUNT = "own_account"


class ConvenantConfig(ClausesOfProviders, ClausesOfResidents):
    """The convenant: compliance of its members and its clauses."""

    compliance: float = param(
        0.9,
        unit="share",
        ge=0,
        le=1,
        range=(0.5, 1.0),
        source="assumption: intentions are not always kept",
        about="Share of the years in which a member keeps to the convenant.",
    )
    decided_by: Compliance = param(
        Compliance.CHANCE,
        unit="choice",
        source="choice: user",
        about="Who keeps to it: by chance, a share of the years; or every member until it has lost by it too often.",
    )
    loss_share: float = param(
        0.01,
        unit="share",
        ge=0,
        le=1,
        range=(0.0, 0.05),
        source="assumption: a branch takes a small loss for the sake of the agreement",
        about="Loss by cooperation, as a share of a year's turnover in the area, above which a member minds.",
    )
    loss_years: int = param(
        2,
        unit="year",
        ge=1,
        le=28,
        range=(1, 4),
        source="assumption: one bad year may be luck",
        about="Years of such a loss in a row after which a member leaves, for good.",
    )
    other_lever: OtherLeverConfig = OtherLeverConfig()


#: What is known of each clause, by its name in a file: of every field that is a clause.
CLAUSES: Mapping[str, ClauseFacts] = {
    name: field.annotation.facts
    for name, field in ConvenantConfig.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, ClauseConfig)
}
