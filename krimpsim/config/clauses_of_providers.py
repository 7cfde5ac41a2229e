"""Clauses on providers: nights, rounds, clients, staff and money."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import ClassVar

from krimpsim.config.base import ConfigModel, param
from krimpsim.config.clause import (
    ClauseConfig,
    ClauseFacts,
    LeverTarget,
    NightCover,
    Origin,
    OtherLeverConfig,
)
from krimpsim.core.codes import Lever


class JointNightsConfig(ClauseConfig):
    """Joint night service: fewer standby teams, visits chained.  Effect computed.

    Legal for unplanned nights in Drenthe from 2019; the region's service started on 3 October 2022.
    """

    facts: ClassVar[ClauseFacts] = ClauseFacts("samen in de nacht", Origin.COMPUTED, legal_from=date(2019, 1, 1))

    covers: NightCover = param(
        NightCover.ALL, unit="choice", source="choice: user", about="Drive for unplanned calls only, or for all visits."
    )


class JointAllocationConfig(ClauseConfig):
    """Joint allocation: new, consenting clients are advised to the nearest team.  Effect computed."""

    facts: ClassVar[ClauseFacts] = ClauseFacts("nieuwe mensen samen verdelen", Origin.COMPUTED, needs_consent=True)


class SharedRoundsConfig(ClauseConfig):
    """Shared rounds: rounds of the members are planned together.  Effect computed."""

    facts: ClassVar[ClauseFacts] = ClauseFacts("routes samen plannen", Origin.COMPUTED, needs_consent=True)


class MutualCoverConfig(ClauseConfig):
    """Mutual cover: members take over visits that a member cannot staff.  Effect computed."""

    facts: ClassVar[ClauseFacts] = ClauseFacts("elkaar vervangen", Origin.COMPUTED, needs_consent=True)


class GroupFacilitiesConfig(ClauseConfig):
    """More room in group facilities of both municipalities.  Effect computed: places fill in order of need."""

    facts: ClassVar[ClauseFacts] = ClauseFacts("meer plaatsen in een groep in het dorp", Origin.COMPUTED)

    capacity_ratio: float = param(
        1.25,
        unit="ratio",
        ge=1,
        le=5,
        range=(1.0, 2.0),
        source="assumption: a village centre in one or two places more, as in Eexterveen from 2017",
        about="Places in groups, against those without the clause.",
    )
    cost_eur_per_year: float = param(
        30_000.0,
        unit="EUR/year",
        ge=0,
        le=10_000_000,
        range=(10_000.0, 100_000.0),
        source="assumption: rent and a host in one or two places; hours of care are paid apart",
        about="Cost beside coordination, for the region as a whole, in euros of 2013.",
    )

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength."""
        return {Lever.GROUP_ROOM: self.capacity_ratio}


class BundledTransportConfig(ClauseConfig):
    """Bundled transport to day programmes: groups cost less.  Effect assumed: tenders expect 0 to 8% of transport."""

    facts: ClassVar[ClauseFacts] = ClauseFacts("samen vervoer naar de dagbesteding", Origin.ASSUMED)

    saving_share: float = param(
        0.03,
        unit="share",
        ge=0,
        le=0.5,
        range=(0.0, 0.05),
        source="assumption: 0 to 8% of transport, which is at most half of the price of a place",
        about="Share of the price of group facilities that is saved.",
    )

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength."""
        return {Lever.GROUP_PRICE: 1.0 - self.saving_share}


class PaymentFormConfig(ClauseConfig):
    """Another payment form (lump sum, result): less overhead, or more.  Effect assumed.

    No evaluated saving was found: at the middle of the range the clause does nothing but cost coordination.
    """

    facts: ClassVar[ClauseFacts] = ClauseFacts("anders betalen (bijvoorbeeld één bedrag)", Origin.ASSUMED)

    overhead_ratio: float = param(
        1.0,
        unit="ratio",
        ge=0,
        le=2,
        range=(0.39, 1.31),
        source="evidence: lump_saving",
        about="Providers' overhead, against that without; the range is -10% to 5% of cost, of which overhead is 16%.",
    )

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength."""
        return {Lever.OVERHEAD: self.overhead_ratio}


class SelfSteeringConfig(ClauseConfig):
    """Self-steering teams: members give fewer hours at a higher price, and clients ask for a place sooner.

    Effect measured elsewhere, of an organisation that clients and staff chose: part of it is selection.
    """

    facts: ClassVar[ClauseFacts] = ClauseFacts("zelfsturende teams in de wijkverpleging", Origin.MEASURED)

    hours_ratio: float = param(
        0.8,
        unit="ratio",
        ge=0.3,
        le=1,
        range=(0.65, 0.9),
        source="evidence: hours_client_buurtzorg",
        about="Hours of personal care and nursing per client, against those without; 0.65 was found, in part by selection.",
    )
    price_ratio: float = param(
        1.12,
        unit="ratio",
        ge=0.5,
        le=2,
        range=(1.04, 1.22),
        source="evidence: tariff_buurtzorg",
        about="Price of an hour of that care, against that without.",
    )
    admission_ratio: float = param(
        1.2,
        unit="ratio",
        ge=0.5,
        le=3,
        range=(1.0, 1.4),
        source="assumption: set to bz_nursinghome_age, clients move to a facility 1.3 years (0 to 2) younger",
        about="Chance that a client who qualifies asks for a place, against that without.",
    )

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength."""
        return {
            Lever.HOURS: self.hours_ratio,
            Lever.PRICE: self.price_ratio,
            Lever.ADMISSION: self.admission_ratio,
        }


class CareTechnologyConfig(OtherLeverConfig):
    """Care technology (zorgtechnologie): sensors and care at a distance in place of drives at night.  Effect assumed."""

    facts: ClassVar[ClauseFacts] = ClauseFacts(
        "techniek die ritten in de nacht spaart", Origin.ASSUMED, needs_consent=True
    )

    target: LeverTarget = param(
        LeverTarget.NIGHT_DRIVES, unit="choice", source="choice: user", about="What the clause multiplies."
    )
    ratio: float = param(
        0.9,
        unit="ratio",
        ge=0.5,
        le=1,
        range=(0.7, 1.0),
        source="assumption: nothing was measured for visits at night",
        about="Visits and calls at night for which somebody drives, against those without.",
    )
    cost_eur_per_year: float = param(
        40_000.0,
        unit="EUR/year",
        ge=0,
        le=10_000_000,
        range=(10_000.0, 150_000.0),
        source="assumption: 100 to 200 euros a year for some 250 clients",
        about="Cost beside coordination, for the region as a whole, in euros of 2013.",
    )


class JointPurchasingConfig(OtherLeverConfig):
    """Joint purchasing by municipalities: one set of rules and tariffs.  Effect on overhead assumed."""

    facts: ClassVar[ClauseFacts] = ClauseFacts("samen inkopen", Origin.ASSUMED)

    ratio: float = param(
        0.97,
        unit="ratio",
        ge=0.5,
        le=2,
        range=(0.9, 1.03),
        source="assumption: less administration per contract; nothing was measured",
        about="Providers' overhead, against that without.",
    )


class LabourSupplyConfig(OtherLeverConfig):
    """Training, a learning centre and work across the border: vacancies are filled sooner.  Effect assumed."""

    facts: ClassVar[ClauseFacts] = ClauseFacts("meer mensen opleiden en werven voor de zorg", Origin.ASSUMED)

    target: LeverTarget = param(
        LeverTarget.FILLING, unit="choice", source="choice: user", about="What the clause multiplies."
    )
    ratio: float = param(
        1.1,
        unit="ratio",
        ge=0.5,
        le=2,
        range=(1.0, 1.3),
        source="assumption: nothing was measured",
        about="Share of vacancies filled in a month, against that without.",
    )
    cost_eur_per_year: float = param(
        50_000.0,
        unit="EUR/year",
        ge=0,
        le=10_000_000,
        range=(10_000.0, 150_000.0),
        source="assumption: training of some ten people a year",
        about="Cost beside coordination, for the region as a whole, in euros of 2013.",
    )


class ClausesOfProviders(ConfigModel):
    """The clauses on providers, by the name that a file gives them."""

    joint_nights: JointNightsConfig = JointNightsConfig()
    joint_allocation: JointAllocationConfig = JointAllocationConfig()
    shared_rounds: SharedRoundsConfig = SharedRoundsConfig()
    mutual_cover: MutualCoverConfig = MutualCoverConfig()
    group_facilities: GroupFacilitiesConfig = GroupFacilitiesConfig()
    bundled_transport: BundledTransportConfig = BundledTransportConfig()
    payment_form: PaymentFormConfig = PaymentFormConfig()
    self_steering: SelfSteeringConfig = SelfSteeringConfig()
    care_technology: CareTechnologyConfig = CareTechnologyConfig()
    joint_purchasing: JointPurchasingConfig = JointPurchasingConfig()
    labour_supply: LabourSupplyConfig = LabourSupplyConfig()
