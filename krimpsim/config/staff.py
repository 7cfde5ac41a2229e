"""Parameters of staff (7.14)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, Dated, param


class StaffConfig(ConfigModel):
    """7.14 Staff of providers."""

    hours_per_fte: float = param(
        31.0,
        unit="h/week",
        ge=10,
        le=40,
        range=(28.0, 33.0),
        source="assumption: 36 contract hours less holidays and sick leave",
        about="Hours worked a week per full-time equivalent.",
    )
    turnover_per_year: float = param(
        0.12,
        unit="1/year",
        ge=0,
        le=2,
        range=(0.08, 0.18),
        source="assumption: leavers to other work or employers",
        about="Hazard to leave, retirement apart.",
    )
    retire_per_year: float = param(
        0.022,
        unit="1/year",
        ge=0,
        le=1,
        range=(0.015, 0.03),
        source="evidence: dr_care_55p",
        about="Hazard to retire: 24% is 55 or over and leaves within about eleven years.",
    )
    fill_months: float = param(
        2.5,
        unit="month",
        ge=0.2,
        le=60,
        range=(1.0, 5.0),
        source="assumption: time to fill a vacancy at tightness 1",
        about="Mean months to fill a vacancy.",
    )
    tightness: Dated = param(
        {"2013": 0.6, "2016": 0.9, "2019": 1.4, "2022": 1.8, "2030": 2.2, "2040": 2.6},
        unit="ratio",
        source="assumption: dr_vacancies rose from 358 to 657, north_shortage_2022; one uncertain trend",
        about="Regional tightness of the labour market, linear between years, the same in all scenarios.",
    )
    tightness_level: float = param(
        1.0,
        unit="ratio",
        ge=0,
        le=10,
        range=(0.6, 1.6),
        source="assumption: the trend to 2040 is uncertain as a whole",
        about="Multiplier on tightness.",
    )
    slack_share: float = param(
        0.03,
        unit="share",
        ge=0,
        le=0.5,
        range=(0.0, 0.08),
        source="assumption: room for new clients",
        about="Staff a provider wants above what its clients need.",
    )
    max_hire_share: float = param(
        0.05,
        unit="share",
        ge=0,
        le=1,
        range=(0.02, 0.1),
        source="assumption: a team cannot take in more new colleagues at once",
        about="Most staff hired in a month, as a share of staff.",
    )
