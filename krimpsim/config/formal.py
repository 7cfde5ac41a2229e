"""Parameters of providers: market, rounds, nights, accounts, staff, decisions and payers."""

from __future__ import annotations

from krimpsim.config.base import ConfigModel, param
from krimpsim.config.names import PlaceName, ProviderName

Dated = dict[str, float]


class CollectiveConfig(ConfigModel):
    """7.10 Group facilities: day programmes."""

    places_per_1000: float = param(
        2.4,
        unit="per_1000",
        ge=0,
        le=50,
        range=(1.0, 5.0),
        source="assumption: a living-room day programme sees about 10 visitors a day (buurtkamer_visits)",
        about="Places of day programme per 1,000 residents of 2013, a place being 480 minutes a week.",
    )
    cost_eur_per_hour: float = param(
        14.0,
        unit="EUR/h",
        ge=0,
        le=200,
        range=(9.0, 22.0),
        source="assumption: group care costs a quarter to a third of care at home",
        about="Price of an hour of day programme.",
    )


class MarketConfig(ConfigModel):
    """7.10 Market: clients and providers."""

    distance_exponent: float = param(
        0.5,
        unit="1",
        ge=0,
        le=3,
        range=(0.0, 1.5),
        source="assumption: local clustering of clients is not known",
        about="New clients choose with weight divided by distance to this power.",
    )
    surcharge_after_months: int = param(
        2,
        unit="month",
        ge=1,
        le=24,
        range=(1, 4),
        source="assumption: eight weeks",
        about="Months on a waiting list after which the payer pays a surcharge to a provider that takes the client.",
    )
    surcharge_share: float = param(
        0.15,
        unit="share",
        ge=0,
        le=2,
        range=(0.05, 0.3),
        source="assumption: enough to cover a long trip",
        about="Surcharge on the tariff for such a client, in the month of intake.",
    )
    consent_share: float = param(
        0.55,
        unit="share",
        ge=0,
        le=1,
        range=(0.3, 0.8),
        source="assumption: range of the model description",
        about="Share of new clients who agree to be advised to a provider.",
    )


class RoundsConfig(ConfigModel):
    """7.11 Rounds by day."""

    contact_hours_per_round: float = param(
        3.5,
        unit="h",
        ge=0.5,
        le=10,
        range=(2.5, 4.5),
        source="assumption: a morning or an evening",
        about="Contact hours in one round.",
    )
    visit_minutes: int = param(
        25,
        unit="min",
        ge=5,
        le=240,
        range=(15, 40),
        source="evidence: wv_visit_min",
        about="Mean length of a care visit.",
    )
    household_visit_minutes: int = param(
        130,
        unit="min",
        ge=15,
        le=480,
        range=(90, 180),
        source="assumption: one visit of two hours a week",
        about="Mean length of a visit of household help.",
    )
    start_at_home: float = param(
        0.6,
        unit="share",
        ge=0,
        le=1,
        range=(0.3, 0.9),
        source="assumption: not known for the area",
        about="Share of rounds that start and end at the worker's home; that leg is not paid.",
    )
    start_at_home_household: float = param(
        0.9,
        unit="share",
        ge=0,
        le=1,
        range=(0.7, 1.0),
        source="assumption: household help goes from home to client",
        about="The same for household help.",
    )
    home_start_km: float = param(
        4.0,
        unit="km",
        ge=0,
        le=50,
        range=(2.0, 8.0),
        source="assumption: most workers live in or near the area",
        about="Distance from a worker's home to the first client.",
    )
    detour: float = param(
        1.3,
        unit="ratio",
        ge=1,
        le=3,
        range=(1.2, 1.5),
        source="assumption: road distance over straight line",
        about="Road km per km as the crow flies.",
    )
    speed_km_h: float = param(
        50.0,
        unit="km/h",
        ge=5,
        le=130,
        range=(40.0, 60.0),
        source="evidence: speed_rural_day",
        about="Speed between villages.",
    )
    village_speed_km_h: float = param(
        25.0,
        unit="km/h",
        ge=5,
        le=80,
        range=(18.0, 35.0),
        source="assumption: slow along the ribbon, stops and parking included",
        about="Speed between addresses in a village.",
    )
    metres_per_household: float = param(
        12.5,
        unit="m",
        ge=1,
        le=200,
        range=(7.5, 20.0),
        source="assumption: ribbon of houses on two sides, 25 m a plot",
        about="Length of the village ribbon per household of 2013.",
    )


class NightsConfig(ConfigModel):
    """7.12 Nights: planned visits, alarm calls, standby."""

    planned_share: float = param(
        0.10,
        unit="share",
        ge=0,
        le=1,
        range=(0.03, 0.2),
        source="assumption: a small part of people at level 3 and 4 has a visit every night",
        about="Share of nursing clients at level 3 and 4 at home with a planned visit every night.",
    )
    calls_per_1000: float = param(
        2.0,
        unit="1/1000/night",
        ge=0,
        le=50,
        range=(0.5, 6.0),
        source="evidence: night_calls_per_1000_clients",
        about="Alarm calls per 1,000 nursing clients per night.",
    )
    visit_minutes: int = param(
        35,
        unit="min",
        ge=5,
        le=240,
        range=(20, 60),
        source="evidence: night_visit_min",
        about="Length of a visit at night.",
    )
    planned_visit_minutes: int = param(
        15,
        unit="min",
        ge=5,
        le=120,
        range=(10, 25),
        source="assumption: shorter than an alarm call",
        about="Length of a planned visit at night.",
    )
    car_load: float = param(
        0.6,
        unit="share",
        ge=0.1,
        le=1,
        range=(0.4, 0.8),
        source="assumption: with more planned work a car comes too late for calls",
        about="Most of the night that planned visits, with the way to them, take of one car; else there is another car.",
    )
    chain_window_minutes: int = param(
        30,
        unit="min",
        ge=0,
        le=480,
        range=(10, 60),
        source="assumption: the car waits when the next visit is near",
        about="A team drives on to the next visit without going back when it starts within this time after the last one ended.",
    )
    late_after_minutes: int = param(
        30,
        unit="min",
        ge=1,
        le=240,
        range=(15, 45),
        source="evidence: night_response_target",
        about="An alarm call answered later than this counts as late.",
    )
    standby_hours: float = param(
        8.0,
        unit="h",
        ge=0,
        le=24,
        range=(8.0, 8.0),
        source="evidence: night_window",
        about="Length of the night on standby, 23 to 7 hours.",
    )
    standby_pay_share: float = param(
        0.5,
        unit="share",
        ge=0,
        le=2,
        range=(0.2, 1.44),
        source="assumption: asleep at the base or at home, between availability pay and full pay with night_surcharge",
        about="Pay for an hour of standby as a share of the hourly cost of care staff.",
    )
    standby_area_share: float = param(
        1.0,
        unit="share",
        ge=0,
        le=1,
        range=(0.0, 1.0),
        source="assumption: the area bears its share of clients",
        about="Part of the area's share of standby that is booked in the area; 0 = the hinterland carries all standby.",
    )
    system_function_from: int = param(
        2024,
        unit="year",
        ge=2013,
        le=2041,
        source="choice: unplanned nights bought as a system function from 2024",
        about="Year from which the insurer pays standby as availability.",
    )
    fixed_visits: tuple[FixedVisit, ...] = param(
        (),
        unit="list",
        source="choice: none; for worked examples",
        about="Visits that are planned by hand; when given, no other night visits are drawn.",
    )


class FixedVisit(ConfigModel):
    """A night visit planned by hand, once a month."""

    provider: ProviderName = param(..., unit="text", source="choice: user", about="Identifier of the provider.")
    village: PlaceName = param(..., unit="text", source="choice: user", about="Name of the village.")
    night: int = param(1, unit="1", ge=1, le=28, source="choice: user", about="Night of the month.")
    minute: int = param(240, unit="min", ge=0, le=479, source="choice: user", about="Minutes after 23:00.")


class AccountsConfig(ConfigModel):
    """7.13 Accounts of providers, constant euros of 2013."""

    tariff_household_help: Dated = param(
        {"2013": 21.1, "2015": 20.0, "2017": 21.1},
        unit="EUR/h",
        source="evidence: tariff_hh1",
        about="Price of household help, by the year from which it holds.",
    )
    tariff_personal_care: Dated = param(
        {"2013": 43.5},
        unit="EUR/h",
        source="evidence: tariff_pv",
        about="Price of personal care; the mean of care and nursing is anchored on tariff_home_care.",
    )
    tariff_nursing: Dated = param(
        {"2013": 66.0},
        unit="EUR/h",
        source="evidence: tariff_vp",
        about="Price of nursing.",
    )
    tariff_guidance: Dated = param(
        {"2013": 47.0, "2015": 43.0},
        unit="EUR/h",
        source="evidence: tariff_bg",
        about="Price of guidance.",
    )
    wage_household_help: float = param(
        13.0,
        unit="EUR/h",
        ge=1,
        le=100,
        range=(12.5, 16.0),
        source="assumption: gross wage 12.5 in 2015 (wage_hh) with employer's charges; level such that tariff, travel and margin agree",
        about="Cost of a paid hour of household help, without overhead.",
    )
    wage_care: float = param(
        25.0,
        unit="EUR/h",
        ge=1,
        le=150,
        range=(24.0, 33.0),
        source="assumption: below staff_cost_wv (27 to 40, no source); level such that tariff_home_care, billable_share_nl and margin agree",
        about="Cost of a paid hour of care and nursing, without overhead.",
    )
    wage_growth_per_year: float = param(
        0.004,
        unit="1/year",
        ge=-0.05,
        le=0.1,
        range=(0.0, 0.01),
        source="assumption: real wages in care",
        about="Real growth of wages.",
    )
    tariff_growth_per_year: float = param(
        0.004,
        unit="1/year",
        ge=-0.05,
        le=0.1,
        range=(0.0, 0.01),
        source="assumption: tariffs follow wages",
        about="Real growth of tariffs on top of the dated tables.",
    )
    km_cost: float = param(
        0.19,
        unit="EUR/km",
        ge=0,
        le=2,
        range=(0.19, 0.4),
        source="evidence: km_cost",
        about="Cost of a kilometre.",
    )
    overhead_share: float = param(
        0.163,
        unit="share",
        ge=0,
        le=0.6,
        range=(0.16, 0.171),
        source="evidence: overhead_cost",
        about="Overhead as a share of cost, booked once.",
    )
    margin: float = param(
        0.02,
        unit="share",
        ge=-0.2,
        le=0.2,
        range=(-0.03, 0.05),
        source="evidence: margin_homecare_2012",
        about="Pooled margin at the end of the spin-up; the indirect share of paid hours is solved to meet it, then frozen.",
    )
    area_reserve_share: float = param(
        0.06,
        unit="share",
        ge=0,
        le=1,
        range=(0.02, 0.15),
        source="evidence: resistance_norm",
        about="Area account at the start, as a share of yearly turnover in the area.",
    )
    hinterland_reserve_share: float = param(
        0.08,
        unit="share",
        ge=0,
        le=1,
        range=(0.03, 0.15),
        source="evidence: resistance_norm",
        about="Hinterland account at the start, as a share of yearly turnover outside the area.",
    )
    reserve_norm: float = param(
        0.15,
        unit="share",
        ge=0,
        le=2,
        range=(0.10, 0.25),
        source="evidence: resistance_norm",
        about="Reserve, as a share of a year's turnover, above which an account is not saved up: the rest is spent.",
    )
    hinterland_growth_per_year: float = param(
        0.012,
        unit="1/year",
        ge=-0.1,
        le=0.1,
        range=(0.0, 0.025),
        source="assumption: grows with the number of people of 75 and over in the COROP areas",
        about="Growth of turnover outside the area.",
    )
    hinterland_margin_sd: float = param(
        0.02,
        unit="share",
        ge=0,
        le=0.2,
        range=(0.01, 0.03),
        source="evidence: margin_homecare_2012",
        about="Spread of the yearly margin outside the area, same draws in every scenario.",
    )


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


class DecisionsConfig(ConfigModel):
    """7.15 Decisions of providers."""

    loss_quarters: int = param(
        4,
        unit="1",
        ge=1,
        le=40,
        range=(2, 8),
        source="assumption: model description",
        about="Quarters of negative contribution after which a provider stops intake in a group of villages.",
    )
    leave_account_share: float = param(
        -0.10,
        unit="share",
        ge=-5,
        le=1,
        range=(-0.25, 0.0),
        source="assumption: losses in the area that a board accepts",
        about="Area account, as a share of yearly turnover in the area, below which a provider leaves the area on 1 January.",
    )
    disruption_months: int = param(
        2,
        unit="month",
        ge=0,
        le=12,
        range=(2, 3),
        source="assumption: 8 to 12 weeks",
        about="Months over which clients of a provider that stops move to another.",
    )
    entry_per_year: float = param(
        0.05,
        unit="1/year",
        ge=0,
        le=1,
        range=(0.0, 0.15),
        source="assumption: new entrants get a chance in purchasing",
        about="Chance per year that a provider outside the area enters when the contract pays.",
    )


class PayersConfig(ConfigModel):
    """7.13 Who pays: budgets and cuts."""

    reform_from: int = param(
        2015,
        unit="year",
        ge=2013,
        le=2041,
        source="choice: the AWBZ ended on 1 January 2015",
        about="Year from which insurer and municipality pay care at home, and municipalities keep to budgets.",
    )
    cut_household_help_2015: float = param(
        0.32,
        unit="share",
        ge=0,
        le=1,
        range=(0.32, 0.40),
        source="evidence: cut_hh_2015",
        about="Cut on the budget for household help from 2015.",
    )
    cut_guidance_2015: float = param(
        0.11,
        unit="share",
        ge=0,
        le=1,
        range=(0.11, 0.25),
        source="evidence: cut_begeleiding_2015",
        about="Realised cut on the budget for guidance and day programme from 2015.",
    )
    cut_restored_2017: float = param(
        0.5,
        unit="share",
        ge=0,
        le=1,
        range=(0.2, 0.9),
        source="assumption: courts made municipalities restore part of the hours from May 2016",
        about="Part of both cuts that is undone from 2017.",
    )
    budget_growth_per_year: float = param(
        0.03,
        unit="1/year",
        ge=-0.1,
        le=0.2,
        range=(0.01, 0.045),
        source="assumption: budgets follow ageing in part",
        about="Yearly growth of municipal budgets, in constant euros.",
    )
    flat_fee_budget: float = param(
        0.20,
        unit="share",
        ge=0,
        le=1,
        range=(0.0, 0.4),
        source="evidence: hh_growth_flatfee",
        about="Added to budgets for household help from 2019, when the flat fee made use grow.",
    )
    most_hours_lowered: float = param(
        0.25,
        unit="share",
        ge=0,
        le=1,
        range=(0.1, 0.4),
        source="assumption: model description",
        about="Most by which a municipality that overspends lowers hours per client.",
    )
    least_intakes: float = param(
        0.5,
        unit="share",
        ge=0,
        le=1,
        range=(0.25, 1.0),
        source="assumption: a team keeps half of its intakes at least, for the most urgent; 1 = waiting is not lengthened",
        about="Share of a social team's intakes below which a municipality does not go that overspends at the fewest hours.",
    )
    insurer_growth_cap: float = param(
        0.04,
        unit="share",
        ge=0,
        le=1,
        range=(0.0, 0.1),
        source="assumption: volume contracts",
        about="Growth on last year's volume that an insurer pays per provider.",
    )
    fee_household_help: Dated = param(
        {"2013": 1.6, "2019": 0.0},
        unit="EUR/h",
        source="assumption: contributions by income, mean per hour",
        about="Client's contribution per hour of household help, until the flat fee.",
    )
    fee_flat_eur_month: Dated = param(
        {"2013": 0.0, "2019": 18.96, "2020": 19.0},
        unit="EUR",
        source="assumption: 17.50 per four weeks in 2019, 19 a month from 2020",
        about="Flat contribution per client of municipal care a month.",
    )
    fee_care: Dated = param(
        {"2013": 1.5, "2015": 0.0},
        unit="EUR/h",
        source="assumption: contributions by income under the AWBZ, none under the Zvw",
        about="Client's contribution per hour of personal care or nursing.",
    )


NightsConfig.model_rebuild()
