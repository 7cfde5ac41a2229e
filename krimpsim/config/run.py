"""The configuration of a run: scenario, period, region, organisations and all blocks of parameters."""

from __future__ import annotations

from datetime import date
from enum import StrEnum
from typing import Literal

from pydantic import ConfigDict, Field

from krimpsim.config.accounts import AccountsConfig
from krimpsim.config.admission import AdmissionConfig
from krimpsim.config.base import ConfigModel, param
from krimpsim.config.burden import BurdenConfig
from krimpsim.config.care_need import CareNeedConfig
from krimpsim.config.convenant import ConvenantConfig
from krimpsim.config.detection import DetectionConfig
from krimpsim.config.events import EventsConfig
from krimpsim.config.fertility import FertilityConfig
from krimpsim.config.group_care import CollectiveConfig
from krimpsim.config.households import HouseholdsConfig
from krimpsim.config.informal_care import InformalCareConfig
from krimpsim.config.market import MarketConfig
from krimpsim.config.migration import MigrationConfig
from krimpsim.config.mortality import MortalityConfig
from krimpsim.config.names import PlaceName
from krimpsim.config.nights import NightsConfig
from krimpsim.config.observation import ObservationConfig
from krimpsim.config.payers import PayersConfig
from krimpsim.config.population import PopulationConfig
from krimpsim.config.professional_care import EntitlementConfig
from krimpsim.config.providers import DecisionsConfig
from krimpsim.config.rounds import RoundsConfig
from krimpsim.config.staff import StaffConfig
from krimpsim.config.volunteers import VolunteersConfig
from krimpsim.config.zorgkracht import ZorgkrachtConfig


class Title(ConfigModel):
    """What readers see."""

    nl: str = param("", unit="text", source="choice: user", about="Dutch title, in plain words.")
    en: str = param("", unit="text", source="choice: user", about="English title.")


class ScenarioConfig(ConfigModel):
    """Which future this is."""

    id: str = Field(
        default="unnamed",
        pattern=r"^[a-z][a-z0-9_]*$",
        max_length=64,
        description="Lower-case name, used in files and tables.",
        json_schema_extra={"x-unit": "text", "x-source": "choice: user"},
    )
    title: Title = Title()


class RunBlock(ConfigModel):
    """Period and luck."""

    start: date = param(date(2013, 1, 1), unit="date", source="choice: user", about="First day: the first of a month.")
    end: date = param(date(2040, 12, 31), unit="date", source="choice: user", about="Last day: the last of a month.")
    seed: int = param(
        20130101, unit="1", ge=0, le=2**53, source="choice: user", about="Same seed, same luck in every scenario."
    )
    replicates: int = param(
        40, unit="1", ge=1, le=10000, source="choice: user", about="Number of runs with different luck."
    )


class RegionConfig(ConfigModel):
    """Which of the 22 villages take part."""

    villages: Literal["all"] | tuple[PlaceName, ...] = param(
        "all", unit="list", source="input: villages", about="Names of villages, or all."
    )
    copies: int = param(
        1,
        unit="1",
        ge=1,
        le=1000,
        source="choice: user",
        about="Copies of the population in the same villages; above 1 only to measure how time and memory grow.",
    )


class ProviderKind(StrEnum):
    """Kind of home-care provider."""

    LARGE_REGIONAL = "large_regional"
    RESIDENTIAL_CHAIN = "residential_chain"
    HOUSEHOLD_SPECIALIST = "household_specialist"
    SELF_STEERING = "self_steering"
    SMALL_COOPERATIVE = "small_cooperative"


class Product(StrEnum):
    """What a provider offers."""

    HOUSEHOLD_HELP = "household_help"
    CARE_AND_NURSING = "care_and_nursing"


class ProviderConfig(ConfigModel):
    """A home-care provider: the branch of a regional organisation that works in the area."""

    id: str = Field(
        ...,
        pattern=r"^[a-z][a-z0-9_]*$",
        description="Neutral name: no real organisation is predicted to fail.",
        json_schema_extra={"x-unit": "text", "x-source": "choice: user"},
    )
    kind: ProviderKind = param(
        ProviderKind.LARGE_REGIONAL, unit="choice", source="choice: user", about="Kind of organisation."
    )
    products: tuple[Product, ...] = param(
        (Product.HOUSEHOLD_HELP, Product.CARE_AND_NURSING),
        unit="list",
        source="choice: user",
        about="Household help, care and nursing, or both.",
    )
    base: PlaceName = param(
        "Borger",
        unit="text",
        source="input: bases",
        about="Place of the base; bases are shuffled over providers per replicate.",
    )
    base_km: float | None = param(
        None,
        unit="km",
        ge=0,
        le=200,
        source="choice: user",
        about="Road distance from the base to every village, instead of a place; for worked examples.",
    )
    weight: float = param(
        1.0,
        unit="1",
        ge=0,
        le=1000,
        range=(0.2, 5.0),
        source="assumption: market shares are not known (concentration 0.35-0.80)",
        about="Weight in the choice of new clients.",
    )
    area_share: float = param(
        0.03,
        unit="share",
        ge=0.0001,
        le=1,
        range=(0.01, 1.0),
        source="assumption: by kind, see the description of the model",
        about="Share of the organisation's turnover that lies in the area.",
    )
    enters: bool = param(False, unit="choice", source="choice: user", about="Not there at the start; may enter later.")
    member: bool = param(True, unit="choice", source="choice: user", about="Signs the convenant.")


class PartyConfig(ConfigModel):
    """A party to the convenant that holds no clients of its own."""

    id: str = Field(
        ...,
        pattern=r"^[a-z][a-z0-9_]*$",
        description="Neutral name.",
        json_schema_extra={"x-unit": "text", "x-source": "choice: user"},
    )
    kind: str = param(
        "support",
        unit="text",
        source="choice: user",
        about="Municipality, welfare, housing, insurer, care office, volunteers, carers or support.",
    )
    role: str = param("", unit="text", source="choice: user", about="What the party does.")


class RunConfig(ConfigModel):
    """Everything that decides a run, apart from the replicate."""

    model_config = ConfigDict(populate_by_name=True)

    schema_version: Literal[1] = Field(
        1,
        alias="schema",
        description="Version of the file format.",
        json_schema_extra={"x-unit": "1", "x-source": "choice: 1"},
    )
    scenario: ScenarioConfig = ScenarioConfig()
    run: RunBlock = RunBlock()
    region: RegionConfig = RegionConfig()
    population: PopulationConfig = PopulationConfig()
    mortality: MortalityConfig = MortalityConfig()
    fertility: FertilityConfig = FertilityConfig()
    migration: MigrationConfig = MigrationConfig()
    households: HouseholdsConfig = HouseholdsConfig()
    care_need: CareNeedConfig = CareNeedConfig()
    admission: AdmissionConfig = AdmissionConfig()
    detection: DetectionConfig = DetectionConfig()
    entitlement: EntitlementConfig = EntitlementConfig()
    zorgkracht: ZorgkrachtConfig = ZorgkrachtConfig()
    informal_care: InformalCareConfig = InformalCareConfig()
    volunteers: VolunteersConfig = VolunteersConfig()
    collective: CollectiveConfig = CollectiveConfig()
    burden: BurdenConfig = BurdenConfig()
    market: MarketConfig = MarketConfig()
    rounds: RoundsConfig = RoundsConfig()
    nights: NightsConfig = NightsConfig()
    accounts: AccountsConfig = AccountsConfig()
    staff: StaffConfig = StaffConfig()
    decisions: DecisionsConfig = DecisionsConfig()
    payers: PayersConfig = PayersConfig()
    events: EventsConfig = EventsConfig()
    convenant: ConvenantConfig = ConvenantConfig()
    observation: ObservationConfig = ObservationConfig()
    providers: tuple[ProviderConfig, ...] = ()
    parties: tuple[PartyConfig, ...] = ()
