"""Parameters of zorgkracht: a survey of the villages in place of the model's own shares."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param
from krimpsim.config.names import PlaceName


class SurveyRow(ConfigModel):
    """What the adults of a village or a group of villages said."""

    village_group: PlaceName = param(
        ...,
        unit="text",
        source="choice: user",
        about="Name of a village, or of a group of villages, of the input table.",
    )
    respondents: int = param(
        ...,
        unit="persons",
        ge=10,
        le=100000,
        source="choice: user",
        about="Adults who answered; fewer are refused, because answers of so few people could be recognised.",
    )
    willing_to_give: int = param(
        ..., unit="persons", ge=0, le=100000, source="choice: user", about="Those of them who are willing to give care."
    )
    willing_to_accept: int = param(
        ..., unit="persons", ge=0, le=100000, source="choice: user", about="Those of them who would accept help."
    )
    hours: float | None = param(
        None,
        unit="h/week",
        ge=0.5,
        le=80,
        source="choice: user",
        about="Mean time that those who are willing to give offer; empty when they were not asked.",
    )


class ZorgkrachtConfig(ConfigModel):
    """5 Kitchen-table survey (keukentafelonderzoek): it shifts what residents of some villages are willing to do."""

    survey: tuple[SurveyRow, ...] = param(
        (),
        unit="list",
        source="choice: user",
        about="The rows, or the name of a CSV file with a row per line, relative to the file that names it.",
    )
    weight: float = param(
        1.0,
        unit="share",
        ge=0,
        le=1,
        range=(0.2, 1.0),
        source="assumption: who answers chose to do so; less than 1 when those who want to help answered sooner",
        about="So much does each respondent count for; 0 = the survey changes nothing.",
    )
    give_prior_persons: float = param(
        16.0,
        unit="persons",
        ge=1,
        le=10000,
        range=(8.0, 40.0),
        source="assumption: the range of informal_care.willing_share holds it with 90%",
        about="So many respondents weigh as much as what was assumed about willingness to give.",
    )
    accept_prior_persons: float = param(
        24.0,
        unit="persons",
        ge=1,
        le=10000,
        range=(12.0, 60.0),
        source="assumption: the range of entitlement.accept_share holds it with 90%",
        about="So many respondents weigh as much as what was assumed about acceptance.",
    )
    hours_prior_persons: float = param(
        3.0,
        unit="persons",
        ge=1,
        le=10000,
        range=(1.0, 10.0),
        source="assumption: the range of informal_care.capacity_minutes holds it with 90%; people differ by half of it",
        about="So many respondents who are willing weigh as much as what was assumed about their time.",
    )
