"""Parameters of care need (7.6)."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param


class CareNeedConfig(ConfigModel):
    """7.6 Care need: five levels, dementia and short episodes.

    Levels: 0 none, 1 light (household tasks), 2 moderate (daily activities), 3 heavy (several moments a day, nights at
    risk), 4 round the clock.
    """

    onset_under_55_per_year: float = param(
        0.013,
        unit="1/year",
        ge=0,
        le=0.1,
        range=(0.005, 0.025),
        source="assumption: gives a fixed use per head under 55 of about 1%",
        about="Onset of light need below age 55.",
    )
    onset_at_70_per_year: float = param(
        0.095,
        unit="1/year",
        ge=0,
        le=1,
        range=(0.06, 0.15),
        source="assumption: shape of dis_incidence_f70, level set to iadl_75p times the share that needs help",
        about="Onset of light need (0 to 1) at age 70, women, middle income.",
    )
    worsen_light_at_70_per_year: float = param(
        0.085,
        unit="1/year",
        ge=0,
        le=2,
        range=(0.04, 0.17),
        source="assumption: level set to adl_75_84_2010 and adl_85p_2010 times the share that needs help",
        about="Worsening 1 to 2 at age 70.",
    )
    worsen_moderate_at_70_per_year: float = param(
        0.2,
        unit="1/year",
        ge=0,
        le=2,
        range=(0.1, 0.4),
        source="assumption: level set to the share of heavy need among users",
        about="Worsening 2 to 3 at age 70.",
    )
    worsen_heavy_at_70_per_year: float = param(
        0.22,
        unit="1/year",
        ge=0,
        le=2,
        range=(0.1, 0.4),
        source="assumption: level set to the stock in facilities",
        about="Worsening 3 to 4 at age 70.",
    )
    worsen_under_55_ratio: float = param(
        0.3,
        unit="ratio",
        ge=0,
        le=2,
        range=(0.1, 0.7),
        source="assumption: heavy lasting need is rare below 55 and lives mostly outside home care",
        about="Worsening below age 55 against worsening at 55.",
    )
    onset_doubling_years: float = param(
        7.5,
        unit="year",
        ge=2,
        le=40,
        range=(6.0, 9.0),
        source="assumption: prevalence of daily limitations doubles from 75-84 to 85 and over",
        about="Years of age in which the onset hazard doubles, from 55 on.",
    )
    worsen_doubling_years: float = param(
        25.0,
        unit="year",
        ge=2,
        le=80,
        range=(12.0, 60.0),
        source="assumption: worsening rises less steeply with age than onset",
        about="Years of age in which worsening hazards double, from 55 on.",
    )
    recover_light_per_year: float = param(
        0.22,
        unit="1/year",
        ge=0,
        le=2,
        range=(0.1, 0.4),
        source="evidence: dis_recovery_m70",
        about="Recovery 1 to 0 at 70; halves with every 15 years of age.",
    )
    recover_moderate_per_year: float = param(
        0.14,
        unit="1/year",
        ge=0,
        le=2,
        range=(0.05, 0.25),
        source="assumption: half of the recovery from disability at 70",
        about="Recovery 2 to 1 at 70; halves with every 15 years of age.",
    )
    recover_heavy_per_year: float = param(
        0.08,
        unit="1/year",
        ge=0,
        le=2,
        range=(0.02, 0.15),
        source="assumption: a quarter of the recovery from disability at 70",
        about="Recovery 3 to 2 at 70; halves with every 15 years of age.",
    )
    men_ratio: float = param(
        0.75,
        unit="ratio",
        ge=0.1,
        le=3,
        range=(0.58, 0.96),
        source="evidence: hr_deterioration_male",
        about="Hazard ratio of onset and worsening, men against women.",
    )
    dementia_ratio: float = param(
        1.6,
        unit="ratio",
        ge=1,
        le=5,
        range=(1.2, 2.13),
        source="evidence: hr_deterioration_cognitive",
        about="Hazard ratio of onset and worsening with dementia.",
    )
    low_income_ratio: float = param(
        1.3,
        unit="ratio",
        ge=0.5,
        le=4,
        range=(1.0, 1.7),
        source="assumption: home-care use falls from 9.4% to 2.2% between income quintiles, mostly by age",
        about="Hazard ratio of onset and worsening, low income against middle.",
    )
    high_income_ratio: float = param(
        0.8,
        unit="ratio",
        ge=0.2,
        le=2,
        range=(0.6, 1.0),
        source="assumption: home-care use falls from 9.4% to 2.2% between income quintiles, mostly by age",
        about="Hazard ratio of onset and worsening, high income against middle.",
    )
    dementia_at_67_per_year: float = param(
        0.002,
        unit="1/year",
        ge=0,
        le=0.1,
        range=(0.001, 0.003),
        source="evidence: dementia_inc_65_69",
        about="Incidence of dementia at age 67.",
    )
    dementia_at_92_per_year: float = param(
        0.05,
        unit="1/year",
        ge=0,
        le=0.5,
        range=(0.04, 0.07),
        source="evidence: dementia_inc_90p",
        about="Incidence of dementia at age 92; exponential in between.",
    )
    episode_under_55_per_year: float = param(
        0.005,
        unit="1/year",
        ge=0,
        le=1,
        range=(0.002, 0.01),
        source="assumption: fills the gap between users in a year and at a point, wv_users_year and wv_users_point",
        about="Post-acute episodes of care below age 55.",
    )
    episode_55_74_per_year: float = param(
        0.024,
        unit="1/year",
        ge=0,
        le=1,
        range=(0.012, 0.05),
        source="assumption: fills the gap between users in a year and at a point, wv_users_year and wv_users_point",
        about="Post-acute episodes of care at 55 to 74.",
    )
    episode_75plus_per_year: float = param(
        0.08,
        unit="1/year",
        ge=0,
        le=1,
        range=(0.04, 0.15),
        source="assumption: fills the gap between users in a year and at a point, wv_users_year and wv_users_point",
        about="Post-acute episodes of care at 75 and over.",
    )
    episode_weeks: float = param(
        6.0,
        unit="1",
        ge=1,
        le=26,
        range=(4.0, 9.0),
        source="assumption: mean length of an episode, weeks",
        about="Mean length of a post-acute episode, in weeks.",
    )
    minutes_household_help: tuple[int, int, int, int] = param(
        (180, 195, 210, 210),
        unit="min/week",
        source="assumption: 122 h a year for household help alone (hh_only_hours) is 141 min a week",
        about="Household help needed at levels 1 to 4 by someone who lives alone.",
    )
    minutes_personal_care: tuple[int, int, int, int] = param(
        (0, 170, 450, 840),
        unit="min/week",
        source="assumption: 83 h a year for personal care alone (pv_only_hours), rising to several moments a day",
        about="Personal care needed at levels 1 to 4 by someone who lives alone.",
    )
    minutes_nursing: tuple[int, int, int, int] = param(
        (0, 20, 60, 120),
        unit="min/week",
        source="assumption: 17 h a year for nursing alone (vp_only_hours) is 20 min a week",
        about="Nursing needed at levels 1 to 4.",
    )
    minutes_guidance: tuple[int, int, int, int] = param(
        (20, 30, 60, 90),
        unit="min/week",
        source="assumption: support at home 12 to 15 clients per 1,000 residents (ondersteuning_thuis_per1000_NL)",
        about="Guidance needed at levels 1 to 4; nobody below level 1.",
    )
    minutes_day_programme: tuple[int, int, int, int] = param(
        (0, 240, 480, 480),
        unit="min/week",
        source="assumption: one to two half days a week for people with dementia",
        about="Day programme needed at levels 1 to 4 by people with dementia.",
    )
    episode_minutes_personal_care: int = param(
        90,
        unit="min/week",
        ge=0,
        le=2000,
        range=(50, 150),
        source="assumption: 20 h over an episode of six weeks is 200; short episodes need less",
        about="Personal care needed in a post-acute episode.",
    )
    episode_minutes_nursing: int = param(
        75,
        unit="min/week",
        ge=0,
        le=2000,
        range=(40, 120),
        source="assumption: a nursing visit of 25 minutes three times a week",
        about="Nursing needed in a post-acute episode.",
    )
    minutes_scale: float = param(
        1.0,
        unit="ratio",
        ge=0,
        le=3,
        range=(0.8, 1.2),
        source="assumption: the level of need per client is uncertain as a whole",
        about="Multiplier on all minutes of need.",
    )
