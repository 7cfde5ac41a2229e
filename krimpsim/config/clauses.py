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

from krimpsim.config.base import ConfigModel, param

OLD_AGE = 70  #: from this age a contact person and preventive visits come


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

    def in_force(self, day: date) -> PeriodConfig | None:
        """Return the period that holds on a day, or None; of two that overlap, the first."""
        if not self.enabled:
            return None
        own = (PeriodConfig(start=self.start, end=self.end, strength=self.strength),)
        return next((p for p in self.periods or own if p.strength > 0.0 and p.start <= day <= p.end), None)


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


class LeverTarget(StrEnum):
    """Where a generic clause acts."""

    START_TO_HELP = "start_to_help"
    CARERS_STOP = "carers_stop"
    MATCHING = "matching"
    NOTICING = "noticing"
    OVERHEAD = "overhead"


class OtherLeverConfig(ClauseConfig):
    """A generic clause for what has no evidence: care technology, a care portal, joint purchasing, a learning centre.

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
}
