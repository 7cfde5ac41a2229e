"""Parameters of the convenant (7.17): who keeps to it, and its clauses."""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum

from krimpsim.config.base import ConfigModel, param
from krimpsim.config.clause import (
    ClauseConfig,
    ClauseFacts,
    OtherLeverConfig,
)
from krimpsim.config.clauses_of_providers import (
    BundledTransportConfig,
    CareTechnologyConfig,
    GroupFacilitiesConfig,
    JointAllocationConfig,
    JointNightsConfig,
    JointPurchasingConfig,
    LabourSupplyConfig,
    MutualCoverConfig,
    PaymentFormConfig,
    SelfSteeringConfig,
    SharedRoundsConfig,
)
from krimpsim.config.clauses_of_residents import (
    ClientSupportConfig,
    ContactPersonConfig,
    EarlyRecognitionConfig,
    PreventionConfig,
    RespiteCareConfig,
    SocialActivationConfig,
    SuitedHousingConfig,
    VillageAgreementConfig,
    VillageBudgetConfig,
    VillageCooperativeConfig,
    VolunteerCoordinationConfig,
    ZorgkrachtProgrammeConfig,
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


#: What is known of each clause, by its name in a file: of every field of `ConvenantConfig` that is a clause.
CLAUSES: Mapping[str, ClauseFacts] = {
    name: field.annotation.facts
    for name, field in ConvenantConfig.model_fields.items()
    if isinstance(field.annotation, type) and issubclass(field.annotation, ClauseConfig)
}
