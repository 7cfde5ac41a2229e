"""Parameters of the convenant: who keeps to it, and its clauses (levers).

Every clause says where its effect comes from: *computed* follows from distance, time and clients in this model;
*measured* was found elsewhere; *assumed* is nobody's finding.  The size of an effect stands beside the clause, with
its range.  A clause acts at one place, which its description names; what follows from that is the model's.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

from krimpsim.config.base import ConfigModel, param
from krimpsim.config.names import PlaceName
from krimpsim.core.codes import Lever

OLD_AGE = 70  #: from this age a contact person and preventive visits come
MOST_VOLUNTEERS_START = 2.0  #: clauses together at most double the rate at which volunteers start


class Origin(StrEnum):
    """Where the effect of a clause comes from."""

    COMPUTED = "computed"
    MEASURED = "measured"
    ASSUMED = "assumed"


class NightCover(StrEnum):
    """What a joint night service drives for."""

    UNPLANNED = "unplanned"
    ALL = "all"


class PeriodConfig(ConfigModel):
    """A period in which a clause holds."""

    start: date = param(date(2013, 1, 1), unit="date", source="choice: user", about="First day of the period.")
    end: date = param(date(2040, 12, 31), unit="date", source="choice: user", about="Last day of the period.")
    strength: float = param(
        1.0, unit="share", ge=0, le=1, range=(0.0, 1.0), source="choice: user", about="0 = off, 1 = as intended."
    )
    covers: NightCover | None = param(
        None, unit="choice", source="choice: user", about="Of joint nights: unplanned or all; as the clause if not set."
    )


class ClauseConfig(ConfigModel):
    """One clause: when it holds, how strongly, and what it costs."""

    enabled: bool = param(
        False, unit="choice", source="choice: user", about="Whether the clause is part of the convenant."
    )
    start: date = param(
        date(2013, 1, 1), unit="date", source="choice: user", about="First day on which the clause holds."
    )
    end: date = param(
        date(2040, 12, 31), unit="date", source="choice: user", about="Last day on which the clause holds."
    )
    strength: float = param(
        1.0,
        unit="share",
        ge=0,
        le=1,
        range=(0.0, 1.0),
        source="choice: user",
        about="0 = off, 1 = as intended.",
    )
    periods: tuple[PeriodConfig, ...] = param(
        (), unit="list", source="choice: user", about="Periods in place of start, end and strength."
    )
    coordination_fte: float = param(
        0.25,
        unit="FTE",
        ge=0,
        le=10,
        range=(0.1, 0.5),
        source="assumption: 0.5 to 1.5 FTE for the convenant as a whole",
        about="Coordination that the clause takes.",
    )
    cost_eur_per_year: float = param(
        0.0,
        unit="EUR/year",
        ge=0,
        le=10_000_000,
        range=(0.0, 200_000.0),
        source="assumption: what a clause takes beside coordination is not known",
        about="Cost beside coordination, for the region as a whole, in euros of 2013.",
    )

    villages: tuple[PlaceName, ...] = param(
        (), unit="list", source="choice: user", about="Villages where the clause holds; all of them when none is named."
    )

    def all_periods(self) -> tuple[PeriodConfig, ...]:
        """Return the periods in which the clause holds when it is enabled, in the order of the file."""
        return self.periods or (self._whole,)

    @cached_property
    def _whole(self) -> PeriodConfig:
        return PeriodConfig(start=self.start, end=self.end, strength=self.strength)

    def in_force(self, month: int) -> PeriodConfig | None:
        """Return the period that holds in an absolute month, on the 15th, or None; of two that overlap, the first."""
        if not self.enabled:
            return None
        day = date(month // 12, month % 12 + 1, 15)
        return next((p for p in self.all_periods() if p.strength > 0.0 and p.start <= day <= p.end), None)

    def acting(self, month: int) -> float:
        """Return how strongly the effect of the clause is felt in an absolute month, 0 to 1."""
        period = self.in_force(month)
        return period.strength if period is not None else 0.0

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength, as ratios to what would be without it."""
        return {}


class JointNightsConfig(ClauseConfig):
    """Joint night service: fewer standby teams, visits chained.  Effect computed.

    Legal for unplanned nights in Drenthe from 2019; the region's service started on 3 October 2022.
    """

    covers: NightCover = param(
        NightCover.ALL, unit="choice", source="choice: user", about="Drive for unplanned calls only, or for all visits."
    )


class JointAllocationConfig(ClauseConfig):
    """Joint allocation: new, consenting clients are advised to the nearest team.  Effect computed."""


class SharedRoundsConfig(ClauseConfig):
    """Shared rounds: rounds of the members are planned together.  Effect computed."""


class MutualCoverConfig(ClauseConfig):
    """Mutual cover: members take over visits that a member cannot staff.  Effect computed."""


class GroupFacilitiesConfig(ClauseConfig):
    """More room in group facilities of both municipalities.  Effect computed: places fill in order of need."""

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


class RespiteCareConfig(ClauseConfig):
    """Respite care (respijtzorg): carers who are reached feel less burden.  Effect measured elsewhere, and small.

    Reviews find 0.1 standard deviation less burden (0 to 0.3), randomised trials next to none.
    """

    reach: float = param(
        0.225,
        unit="share",
        ge=0,
        le=1,
        range=(0.19, 0.26),
        source="evidence: respite_use",
        about="Share of carers who use it.",
    )
    burden_sd: float = param(
        0.1,
        unit="1",
        ge=0,
        le=1,
        range=(0.0, 0.3),
        source="evidence: respite_effect_burden",
        about="Less burden felt, in standard deviations, by those who use it.",
    )
    cost_eur_per_year: float = param(
        60_000.0,
        unit="EUR/year",
        ge=0,
        le=10_000_000,
        range=(20_000.0, 200_000.0),
        source="assumption: two hours a week for some 30 carers at the price of household help",
        about="Cost beside coordination, for the region as a whole, in euros of 2013.",
    )

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength."""
        return {Lever.NO_RESPITE: 1.0 - self.reach}


class PreventionConfig(ClauseConfig):
    """Preventive visits to people of 70 and over: need begins and grows less often.  Effect measured elsewhere.

    Odds ratio of functional decline 0.89 (0.76 to 1.03) in trials of visits with many sides: it may not work.
    """

    hazard_ratio: float = param(
        0.89,
        unit="ratio",
        ge=0.5,
        le=1.1,
        range=(0.76, 1.03),
        source="evidence: phv_or_function",
        about="Chance that need begins or grows, against that without the clause, from 70 years of age.",
    )
    delay_months: int = param(
        24,
        unit="months",
        ge=0,
        le=240,
        range=(6, 48),
        source="assumption: trials followed people for two to three years",
        about="Time from the start of the clause to its effect.",
    )
    cost_eur_per_year: float = param(
        75_000.0,
        unit="EUR/year",
        ge=0,
        le=10_000_000,
        range=(25_000.0, 150_000.0),
        source="assumption: one nurse who visits some 500 people a year",
        about="Cost beside coordination, for the region as a whole, in euros of 2013.",
    )

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength."""
        return {Lever.NEED: self.hazard_ratio}

    def acting(self, month: int) -> float:
        """Return how strongly the effect is felt: some time after the visits began, as long as they go on."""
        began = self.in_force(month - self.delay_months) is not None
        return super().acting(month) if began else 0.0


class EarlyRecognitionConfig(ClauseConfig):
    """Early recognition of carers: help before overload, so that they stop less often.  Effect assumed, small."""

    stop_ratio: float = param(
        0.9,
        unit="ratio",
        ge=0,
        le=1,
        range=(0.7, 1.0),
        source="assumption: support is asked for late, and what it does is hardly measured",
        about="Chance that a heavily burdened carer stops, against that without the clause.",
    )

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength."""
        return {Lever.CARERS_STOP: self.stop_ratio}


class ZorgkrachtProgrammeConfig(ClauseConfig):
    """Zorgkracht programme: residents are asked, and start to help sooner.  Effect assumed.

    It acts on the step from being willing to helping; how much time people have stays as it is.
    """

    start_ratio: float = param(
        1.2,
        unit="ratio",
        ge=1,
        le=5,
        range=(1.0, 1.6),
        source="assumption: no programme of this kind was evaluated with a control group",
        about="Chance that kin, friends or neighbours start to help, against that without the clause.",
    )

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength."""
        return {Lever.START_TO_HELP: self.start_ratio}


class VolunteerCoordinationConfig(ClauseConfig):
    """A coordinator matches volunteers and people who ask.  Effect assumed."""

    matched_ratio: float = param(
        1.5,
        unit="ratio",
        ge=1,
        le=5,
        range=(1.0, 2.0),
        source="assumption: without a coordinator half finds its way",
        about="Share of volunteers' time that is matched, against that without the clause; at most all of it.",
    )

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength."""
        return {Lever.MATCHING: self.matched_ratio}


class VillageCooperativeConfig(ClauseConfig):
    """Village cooperatives (dorpscooperaties): more residents volunteer.  Effect assumed."""

    start_ratio: float = param(
        1.36,
        unit="ratio",
        ge=1,
        le=2,
        range=(1.0, 1.6),
        source="evidence: coop_volunteers",
        about="Rate at which residents start to volunteer, against that without: 2.7% of them on top of 7.5%, if all are new.",
    )
    cost_eur_per_year: float = param(
        20_000.0,
        unit="EUR/year",
        ge=0,
        le=10_000_000,
        range=(5_000.0, 60_000.0),
        source="assumption: rooms, insurance and an allowance for a few villages",
        about="Cost beside coordination, for the region as a whole, in euros of 2013.",
    )

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength."""
        return {Lever.VOLUNTEERS_START: self.start_ratio}


class ContactPersonConfig(ClauseConfig):
    """A contact person for people of 70 and over (as in Even Buurten): need is noticed sooner.  Effect assumed.

    A controlled study found no effect on need or well-being.  More need noticed is more demand.
    """

    notice_ratio: float = param(
        1.5,
        unit="ratio",
        ge=1,
        le=10,
        range=(1.0, 3.0),
        source="assumption: how much sooner was not measured",
        about="Chance per month that need is noticed, against that without the clause, from 70 years of age.",
    )
    coordination_fte: float = param(
        1.0,
        unit="FTE",
        ge=0,
        le=10,
        range=(0.5, 2.0),
        source="assumption: one contact person for a few thousand people of 70 and over, with volunteers",
        about="Coordination that the clause takes.",
    )

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength."""
        return {Lever.NOTICING: self.notice_ratio}


class ClientSupportConfig(ClauseConfig):
    """Client support (clientondersteuning): less of what is granted stays unused.  Effect assumed."""

    gap_closed: float = param(
        0.2,
        unit="share",
        ge=0,
        le=1,
        range=(0.0, 0.4),
        source="assumption: why part of what is granted is not used is not known",
        about="Share of the unused part of a grant that is used with support.",
    )

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength."""
        return {Lever.UNUSED: 1.0 - self.gap_closed}


class PaymentFormConfig(ClauseConfig):
    """Another payment form (lump sum, result): less overhead, or more.  Effect assumed.

    No evaluated saving was found: at the middle of the range the clause does nothing but cost coordination.
    """

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


class BundledTransportConfig(ClauseConfig):
    """Bundled transport to day programmes: groups cost less.  Effect assumed: tenders expect 0 to 8% of transport."""

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


class SelfSteeringConfig(ClauseConfig):
    """Self-steering teams: members give fewer hours at a higher price, and clients ask for a place sooner.

    Effect measured elsewhere, of an organisation that clients and staff chose: part of it is selection.
    """

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


class SuitedHousingConfig(ClauseConfig):
    """Suited housing: homes are adapted to old age, so that fewer people of 70 and over move away.  Effect assumed.

    Homes that were adapted stay so when the clause ends.  That a suited home asks for less help is not counted.
    """

    adapted_share: float = param(
        0.2,
        unit="share",
        ge=0,
        le=1,
        range=(0.05, 0.5),
        source="assumption: what corporations adapt is not known",
        about="Share of homes of people of 70 and over, not suited before, that is adapted in the end.",
    )
    full_after_months: int = param(
        60,
        unit="months",
        ge=1,
        le=336,
        range=(24, 120),
        source="assumption: a plan of five years",
        about="Time from the start of the clause until that share is reached, evenly.",
    )
    cost_eur_per_year: float = param(
        100_000.0,
        unit="EUR/year",
        ge=0,
        le=10_000_000,
        range=(30_000.0, 300_000.0),
        source="assumption: some 40 homes a year",
        about="Cost beside coordination, for the region as a whole, in euros of 2013.",
    )

    def acting(self, month: int) -> float:
        """Return the part of the plan that is built by now."""
        built = 0.0
        for period in self.all_periods():
            first = 12 * period.start.year + period.start.month - 1 + (period.start.day > 15)
            last = 12 * period.end.year + period.end.month - 1 - (period.end.day < 15)
            built += period.strength * max(0, min(month, last) - first + 1)
        return min(1.0, built / self.full_after_months)

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength."""
        return {Lever.UNSUITED_HOMES: 1.0 - self.adapted_share}


class LeverTarget(StrEnum):
    """Where a clause of one lever acts."""

    START_TO_HELP = "start_to_help"
    CARERS_STOP = "carers_stop"
    VOLUNTEERS_START = "volunteers_start"
    MATCHING = "matching"
    NOTICING = "noticing"
    DECLINING = "declining"
    OVERHEAD = "overhead"
    INDIRECT = "indirect"
    FILLING = "filling"
    NIGHT_DRIVES = "night_drives"


class OtherLeverConfig(ClauseConfig):
    """A generic clause for what has no evidence and no clause of its own, such as a care portal.

    Effect assumed.  It names its target and its size; at 1 it does nothing but cost coordination.
    """

    target: LeverTarget = param(
        LeverTarget.OVERHEAD, unit="choice", source="choice: user", about="What the clause multiplies."
    )
    ratio: float = param(
        1.0,
        unit="ratio",
        ge=0.5,
        le=2,
        range=(0.9, 1.1),
        source="assumption: nothing was measured",
        about="The target with the clause, against the target without it.",
    )

    def multiplies(self) -> Mapping[Lever, float]:
        """Return what the clause changes at full strength."""
        return {Lever[self.target.name]: self.ratio}


class CareTechnologyConfig(OtherLeverConfig):
    """Care technology (zorgtechnologie): sensors and care at a distance in place of drives at night.  Effect assumed."""

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


class SocialActivationConfig(OtherLeverConfig):
    """Social activation: people without work or day programme, clients among them, volunteer.  Effect assumed."""

    target: LeverTarget = param(
        LeverTarget.VOLUNTEERS_START, unit="choice", source="choice: user", about="What the clause multiplies."
    )
    ratio: float = param(
        1.1,
        unit="ratio",
        ge=0.5,
        le=2,
        range=(1.0, 1.3),
        source="assumption: groups of ten to twenty people in two villages",
        about="Rate at which residents start to volunteer, against that without.",
    )


class VillageAgreementConfig(OtherLeverConfig):
    """A village agreement (as the Sociale Marke): people look after each other, and ask.  Effect assumed."""

    target: LeverTarget = param(
        LeverTarget.DECLINING, unit="choice", source="choice: user", about="What the clause multiplies."
    )
    ratio: float = param(
        0.9,
        unit="ratio",
        ge=0.5,
        le=1,
        range=(0.7, 1.0),
        source="assumption: nothing was measured",
        about="People who decline help, against those without.",
    )


class VillageBudgetConfig(OtherLeverConfig):
    """A small budget about which clients and residents decide: volunteers are matched better.  Effect assumed."""

    target: LeverTarget = param(
        LeverTarget.MATCHING, unit="choice", source="choice: user", about="What the clause multiplies."
    )
    ratio: float = param(
        1.1,
        unit="ratio",
        ge=0.5,
        le=2,
        range=(1.0, 1.3),
        source="assumption: a fund of this kind was not always spent",
        about="Share of volunteers' time that is matched, against that without; at most all of it.",
    )
    cost_eur_per_year: float = param(
        10_000.0,
        unit="EUR/year",
        ge=0,
        le=10_000_000,
        range=(2_000.0, 30_000.0),
        source="assumption: half a euro per resident",
        about="Cost beside coordination, for the region as a whole, in euros of 2013.",
    )


class Compliance(StrEnum):
    """How it is decided who keeps to the convenant."""

    CHANCE = "chance"
    OWN_ACCOUNT = "own_account"


class ConvenantConfig(ConfigModel):
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
    joint_nights: JointNightsConfig = JointNightsConfig()
    joint_allocation: JointAllocationConfig = JointAllocationConfig()
    shared_rounds: SharedRoundsConfig = SharedRoundsConfig()
    mutual_cover: MutualCoverConfig = MutualCoverConfig()
    group_facilities: GroupFacilitiesConfig = GroupFacilitiesConfig()
    respite_care: RespiteCareConfig = RespiteCareConfig()
    prevention: PreventionConfig = PreventionConfig()
    bundled_transport: BundledTransportConfig = BundledTransportConfig()
    early_recognition: EarlyRecognitionConfig = EarlyRecognitionConfig()
    zorgkracht_programme: ZorgkrachtProgrammeConfig = ZorgkrachtProgrammeConfig()
    volunteer_coordination: VolunteerCoordinationConfig = VolunteerCoordinationConfig()
    village_cooperative: VillageCooperativeConfig = VillageCooperativeConfig()
    contact_person: ContactPersonConfig = ContactPersonConfig()
    client_support: ClientSupportConfig = ClientSupportConfig()
    payment_form: PaymentFormConfig = PaymentFormConfig()
    other_lever: OtherLeverConfig = OtherLeverConfig()
    self_steering: SelfSteeringConfig = SelfSteeringConfig()
    suited_housing: SuitedHousingConfig = SuitedHousingConfig()
    care_technology: CareTechnologyConfig = CareTechnologyConfig()
    joint_purchasing: JointPurchasingConfig = JointPurchasingConfig()
    labour_supply: LabourSupplyConfig = LabourSupplyConfig()
    social_activation: SocialActivationConfig = SocialActivationConfig()
    village_agreement: VillageAgreementConfig = VillageAgreementConfig()
    village_budget: VillageBudgetConfig = VillageBudgetConfig()


@dataclass(frozen=True, slots=True)
class ClauseFacts:
    """What is known of a clause apart from its numbers.

    Parameters
    ----------
    origin
        Where its effect comes from: comparisons split differences by it.
    legal_from
        First day on which competition law allowed it, None where nothing stood in its way.
    needs_consent
        Whether each client has to agree.
    """

    origin: Origin
    legal_from: date | None = None
    needs_consent: bool = False


#: Joint unplanned nights were allowed in Drenthe from 2019.  Advice to clients needs their consent, and existing
#: clients are never divided: that would be market sharing.
CLAUSES: Mapping[str, ClauseFacts] = {
    "joint_nights": ClauseFacts(Origin.COMPUTED, legal_from=date(2019, 1, 1)),
    "joint_allocation": ClauseFacts(Origin.COMPUTED, needs_consent=True),
    "shared_rounds": ClauseFacts(Origin.COMPUTED, needs_consent=True),
    "mutual_cover": ClauseFacts(Origin.COMPUTED, needs_consent=True),
    "group_facilities": ClauseFacts(Origin.COMPUTED),
    "respite_care": ClauseFacts(Origin.MEASURED),
    "prevention": ClauseFacts(Origin.MEASURED, needs_consent=True),
    "bundled_transport": ClauseFacts(Origin.ASSUMED),
    "early_recognition": ClauseFacts(Origin.ASSUMED),
    "zorgkracht_programme": ClauseFacts(Origin.ASSUMED),
    "volunteer_coordination": ClauseFacts(Origin.ASSUMED),
    "village_cooperative": ClauseFacts(Origin.ASSUMED),
    "contact_person": ClauseFacts(Origin.ASSUMED, needs_consent=True),
    "client_support": ClauseFacts(Origin.ASSUMED, needs_consent=True),
    "payment_form": ClauseFacts(Origin.ASSUMED),
    "other_lever": ClauseFacts(Origin.ASSUMED),
    "self_steering": ClauseFacts(Origin.MEASURED),
    "suited_housing": ClauseFacts(Origin.ASSUMED, needs_consent=True),
    "care_technology": ClauseFacts(Origin.ASSUMED, needs_consent=True),
    "joint_purchasing": ClauseFacts(Origin.ASSUMED),
    "labour_supply": ClauseFacts(Origin.ASSUMED),
    "social_activation": ClauseFacts(Origin.ASSUMED),
    "village_agreement": ClauseFacts(Origin.ASSUMED),
    "village_budget": ClauseFacts(Origin.ASSUMED),
}
