"""Reference values as the desk has them, each with its version.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

import msgspec

from fencang.client.instant import Instant
from fencang.client.types.accounts import (
    CarryingAccount,
    Contract,
    DeskSettings,
    LegalPerson,
    MasterAccount,
    Product,
    SubAccount,
    Venue,
)
from fencang.client.types.authority import ApiKeyKind, Authority, Delegation, User
from fencang.client.types.controls import (
    ConnectionControl,
    ControlOverride,
    FlowControl,
    ImpactLimit,
    LimitGroup,
    LimitWarning,
    LinkControl,
    OrderControl,
    SelfMatch,
    Substitute,
    TenorLimit,
    TradeFlowControl,
)
from fencang.client.types.money import (
    BrokerAddOn,
    CrossMargin,
    FeeRow,
    FundingTerms,
    IndicatorRule,
    InterestRate,
    MarginRate,
    PositionLimit,
    SweepTarget,
)
from fencang.client.types.regimes import (
    ConcertEdge,
    ContractGroup,
    ControlEdge,
    DisaggregationClaim,
    EvasionWatch,
    Exemption,
    GroupMember,
    OwnershipEdge,
    Regime,
    RegimeLimit,
    RegimeVenue,
    ReportThreshold,
    Representative,
)
from fencang.client.types.risk import (
    ExposureLimit,
    LiquidationTerms,
    LossLimit,
    MarginBuffer,
    ServiceTier,
)

__all__ = [
    "KeyTerms",
    "StatedApiKey",
    "StatedAuthority",
    "StatedBrokerAddOn",
    "StatedCarryingAccount",
    "StatedConcertEdge",
    "StatedConnectionControl",
    "StatedContract",
    "StatedContractGroup",
    "StatedControlEdge",
    "StatedControlOverride",
    "StatedCrossMargin",
    "StatedDelegation",
    "StatedDeskSettings",
    "StatedDisaggregationClaim",
    "StatedEvasionWatch",
    "StatedExemption",
    "StatedExposureLimit",
    "StatedFeeRow",
    "StatedFlowControl",
    "StatedFundingTerms",
    "StatedGroupMember",
    "StatedImpactLimit",
    "StatedIndicatorRule",
    "StatedInterestRate",
    "StatedLegalPerson",
    "StatedLimitGroup",
    "StatedLimitWarning",
    "StatedLinkControl",
    "StatedLiquidationTerms",
    "StatedLossLimit",
    "StatedMarginBuffer",
    "StatedMarginRate",
    "StatedMasterAccount",
    "StatedOrderControl",
    "StatedOwnershipEdge",
    "StatedPositionLimit",
    "StatedProduct",
    "StatedRegime",
    "StatedRegimeLimit",
    "StatedRegimeVenue",
    "StatedReportThreshold",
    "StatedRepresentative",
    "StatedSelfMatch",
    "StatedServiceTier",
    "StatedSubAccount",
    "StatedSubstitute",
    "StatedSweepTarget",
    "StatedTenorLimit",
    "StatedTradeFlowControl",
    "StatedUser",
    "StatedVenue",
]


class StatedDeskSettings(msgspec.Struct, frozen=True, kw_only=True):
    """One of the settings; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: DeskSettings


class StatedLegalPerson(msgspec.Struct, frozen=True, kw_only=True):
    """One of the legal persons; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: LegalPerson


class StatedVenue(msgspec.Struct, frozen=True, kw_only=True):
    """One of the venues; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: Venue


class StatedProduct(msgspec.Struct, frozen=True, kw_only=True):
    """One of the products; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: Product


class StatedContract(msgspec.Struct, frozen=True, kw_only=True):
    """One of the contracts; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: Contract


class StatedMasterAccount(msgspec.Struct, frozen=True, kw_only=True):
    """One of the masters; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: MasterAccount


class StatedCarryingAccount(msgspec.Struct, frozen=True, kw_only=True):
    """One of the carrying accounts; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: CarryingAccount


class StatedSubAccount(msgspec.Struct, frozen=True, kw_only=True):
    """One of the sub-accounts; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: SubAccount


class StatedPositionLimit(msgspec.Struct, frozen=True, kw_only=True):
    """One of the position limits; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: PositionLimit


class StatedIndicatorRule(msgspec.Struct, frozen=True, kw_only=True):
    """One of the rules; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: IndicatorRule


class StatedMarginRate(msgspec.Struct, frozen=True, kw_only=True):
    """One of the margin rates; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: MarginRate


class StatedBrokerAddOn(msgspec.Struct, frozen=True, kw_only=True):
    """One of the broker add ons; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: BrokerAddOn


class StatedCrossMargin(msgspec.Struct, frozen=True, kw_only=True):
    """One of the cross margins; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: CrossMargin


class StatedFeeRow(msgspec.Struct, frozen=True, kw_only=True):
    """One of the fee rows; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: FeeRow


class StatedFundingTerms(msgspec.Struct, frozen=True, kw_only=True):
    """One of the funding terms; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: FundingTerms


class StatedInterestRate(msgspec.Struct, frozen=True, kw_only=True):
    """One of the interest rates; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: InterestRate


class StatedSweepTarget(msgspec.Struct, frozen=True, kw_only=True):
    """One of the sweep targets; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: SweepTarget


class StatedOrderControl(msgspec.Struct, frozen=True, kw_only=True):
    """One of the order controls; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: OrderControl


class StatedFlowControl(msgspec.Struct, frozen=True, kw_only=True):
    """One of the flow controls; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: FlowControl


class StatedConnectionControl(msgspec.Struct, frozen=True, kw_only=True):
    """One of the connection controls; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: ConnectionControl


class StatedLinkControl(msgspec.Struct, frozen=True, kw_only=True):
    """One of the link controls; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: LinkControl


class StatedSubstitute(msgspec.Struct, frozen=True, kw_only=True):
    """One of the substitutes; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: Substitute


class StatedTradeFlowControl(msgspec.Struct, frozen=True, kw_only=True):
    """One of the trade flow controls; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: TradeFlowControl


class StatedTenorLimit(msgspec.Struct, frozen=True, kw_only=True):
    """One of the tenor limits; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: TenorLimit


class StatedImpactLimit(msgspec.Struct, frozen=True, kw_only=True):
    """One of the impact limits; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: ImpactLimit


class StatedSelfMatch(msgspec.Struct, frozen=True, kw_only=True):
    """One of the self match controls; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: SelfMatch


class StatedLimitGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One of the limit groups; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: LimitGroup


class StatedLimitWarning(msgspec.Struct, frozen=True, kw_only=True):
    """One of the limit warnings; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: LimitWarning


class StatedControlOverride(msgspec.Struct, frozen=True, kw_only=True):
    """One of the control overrides; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: ControlOverride


class StatedLossLimit(msgspec.Struct, frozen=True, kw_only=True):
    """One of the loss limits; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: LossLimit


class StatedLiquidationTerms(msgspec.Struct, frozen=True, kw_only=True):
    """One of the liquidation terms; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: LiquidationTerms


class StatedExposureLimit(msgspec.Struct, frozen=True, kw_only=True):
    """One of the exposure limits; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: ExposureLimit


class StatedMarginBuffer(msgspec.Struct, frozen=True, kw_only=True):
    """One of the margin buffers; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: MarginBuffer


class StatedServiceTier(msgspec.Struct, frozen=True, kw_only=True):
    """One of the tiers; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: ServiceTier


class StatedRegime(msgspec.Struct, frozen=True, kw_only=True):
    """One of the regimes; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: Regime


class StatedRegimeVenue(msgspec.Struct, frozen=True, kw_only=True):
    """One of the regime venues; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: RegimeVenue


class StatedContractGroup(msgspec.Struct, frozen=True, kw_only=True):
    """One of the contract groups; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: ContractGroup


class StatedGroupMember(msgspec.Struct, frozen=True, kw_only=True):
    """One of the group members; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: GroupMember


class StatedRegimeLimit(msgspec.Struct, frozen=True, kw_only=True):
    """One of the regime limits; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: RegimeLimit


class StatedReportThreshold(msgspec.Struct, frozen=True, kw_only=True):
    """One of the report thresholds; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: ReportThreshold


class StatedExemption(msgspec.Struct, frozen=True, kw_only=True):
    """One of the exemptions; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: Exemption


class StatedOwnershipEdge(msgspec.Struct, frozen=True, kw_only=True):
    """One of the ownership edges; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: OwnershipEdge


class StatedControlEdge(msgspec.Struct, frozen=True, kw_only=True):
    """One of the control edges; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: ControlEdge


class StatedConcertEdge(msgspec.Struct, frozen=True, kw_only=True):
    """One of the concert edges; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: ConcertEdge


class StatedDisaggregationClaim(msgspec.Struct, frozen=True, kw_only=True):
    """One of the disaggregation claims; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: DisaggregationClaim


class StatedRepresentative(msgspec.Struct, frozen=True, kw_only=True):
    """One of the representatives; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: Representative


class StatedEvasionWatch(msgspec.Struct, frozen=True, kw_only=True):
    """One of the evasion terms; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: EvasionWatch


class StatedUser(msgspec.Struct, frozen=True, kw_only=True):
    """One of the users; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: User


class StatedDelegation(msgspec.Struct, frozen=True, kw_only=True):
    """One of the delegations; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: Delegation


class KeyTerms(msgspec.Struct, frozen=True, kw_only=True):
    """An API key: whose it is, what it opens, from where and how long.

    ``proof_hex`` is the public key of a signed one, and in a new bearer key the SHA-256 of its
    token. That of a bearer token is never shown, and a change that leaves it out keeps what
    there is. ``sub_tree`` is the node that it may see and trade, with all below it; empty: the
    whole desk. ``networks`` are where requests may come from; empty: from anywhere.  It opens
    nothing before ``from_time`` and nothing at ``until_time`` and later, nor once it is
    revoked.
    """

    key_id: str
    user_id: str
    kind: ApiKeyKind
    proof_hex: str | None = None
    scopes: tuple[str, ...]
    sub_tree: str = ""
    networks: tuple[str, ...] = ()
    from_time: Instant = Instant.parse("1970-01-01T00:00:00.000000000Z")
    until_time: Instant
    is_revoked: bool = False
    note: str = ""


class StatedApiKey(msgspec.Struct, frozen=True, kw_only=True):
    """One of the keys; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: KeyTerms


class StatedAuthority(msgspec.Struct, frozen=True, kw_only=True):
    """One of the authority; ``version`` is its last record, and its ETag."""

    key: str
    version: int
    item: Authority
