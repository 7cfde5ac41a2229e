"""Clauses on residents, carers and volunteers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import ClassVar

from krimpsim.config.base import ConfigModel, param
from krimpsim.config.clause import (
    ClauseConfig,
    ClauseFacts,
    LeverTarget,
    Origin,
    OtherLeverConfig,
)
from krimpsim.core.codes import Lever


class RespiteCareConfig(ClauseConfig):
    """Respite care (respijtzorg): carers who are reached feel less burden.  Effect measured elsewhere, and small.

    Reviews find 0.1 standard deviation less burden (0 to 0.3), randomised trials next to none.
    """

    facts: ClassVar[ClauseFacts] = ClauseFacts("even vrij voor mantelzorgers (respijtzorg)", Origin.MEASURED)

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

    facts: ClassVar[ClauseFacts] = ClauseFacts(
        "huisbezoek om problemen voor te zijn", Origin.MEASURED, needs_consent=True
    )

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

    facts: ClassVar[ClauseFacts] = ClauseFacts("mantelzorgers eerder helpen", Origin.ASSUMED)

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

    facts: ClassVar[ClauseFacts] = ClauseFacts("bewoners vragen om te helpen (zorgkracht)", Origin.ASSUMED)

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

    facts: ClassVar[ClauseFacts] = ClauseFacts("iemand die vrijwilligers koppelt", Origin.ASSUMED)

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

    facts: ClassVar[ClauseFacts] = ClauseFacts("dorpscoöperatie", Origin.ASSUMED)

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

    facts: ClassVar[ClauseFacts] = ClauseFacts(
        "vaste contactpersoon voor wie 70 is of ouder", Origin.ASSUMED, needs_consent=True
    )

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

    facts: ClassVar[ClauseFacts] = ClauseFacts(
        "hulp bij het gebruiken van een indicatie", Origin.ASSUMED, needs_consent=True
    )

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


class SuitedHousingConfig(ClauseConfig):
    """Suited housing: homes are adapted to old age, so that fewer people of 70 and over move away.  Effect assumed.

    Homes that were adapted stay so when the clause ends.  That a suited home asks for less help is not counted.
    """

    facts: ClassVar[ClauseFacts] = ClauseFacts("woningen waar je oud kunt worden", Origin.ASSUMED, needs_consent=True)

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


class SocialActivationConfig(OtherLeverConfig):
    """Social activation: people without work or day programme, clients among them, volunteer.  Effect assumed."""

    facts: ClassVar[ClauseFacts] = ClauseFacts("meer inwoners die vrijwilligerswerk doen", Origin.ASSUMED)

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

    facts: ClassVar[ClauseFacts] = ClauseFacts("afspraak in het dorp om hulp aan te nemen", Origin.ASSUMED)

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

    facts: ClassVar[ClauseFacts] = ClauseFacts("klein budget voor het dorp", Origin.ASSUMED)

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


class ClausesOfResidents(ConfigModel):
    """The clauses on residents, by the name that a file gives them."""

    respite_care: RespiteCareConfig = RespiteCareConfig()
    prevention: PreventionConfig = PreventionConfig()
    early_recognition: EarlyRecognitionConfig = EarlyRecognitionConfig()
    zorgkracht_programme: ZorgkrachtProgrammeConfig = ZorgkrachtProgrammeConfig()
    volunteer_coordination: VolunteerCoordinationConfig = VolunteerCoordinationConfig()
    village_cooperative: VillageCooperativeConfig = VillageCooperativeConfig()
    contact_person: ContactPersonConfig = ContactPersonConfig()
    client_support: ClientSupportConfig = ClientSupportConfig()
    suited_housing: SuitedHousingConfig = SuitedHousingConfig()
    social_activation: SocialActivationConfig = SocialActivationConfig()
    village_agreement: VillageAgreementConfig = VillageAgreementConfig()
    village_budget: VillageBudgetConfig = VillageBudgetConfig()
