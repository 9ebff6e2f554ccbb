"""Every reference value that a desk is made of.

Written by `make client-types` from the OpenAPI document; not edited by hand.
"""

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
from fencang.client.types.authority import ApiKey, Authority, Delegation, User
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

__all__ = ["Definition"]

Definition = (
    DeskSettings
    | LegalPerson
    | Venue
    | Product
    | Contract
    | MasterAccount
    | CarryingAccount
    | SubAccount
    | PositionLimit
    | IndicatorRule
    | MarginRate
    | BrokerAddOn
    | CrossMargin
    | FeeRow
    | FundingTerms
    | InterestRate
    | SweepTarget
    | OrderControl
    | FlowControl
    | ConnectionControl
    | LinkControl
    | Substitute
    | TradeFlowControl
    | TenorLimit
    | ImpactLimit
    | SelfMatch
    | LimitGroup
    | LimitWarning
    | ControlOverride
    | LossLimit
    | LiquidationTerms
    | ExposureLimit
    | MarginBuffer
    | ServiceTier
    | Regime
    | RegimeVenue
    | ContractGroup
    | GroupMember
    | RegimeLimit
    | ReportThreshold
    | Exemption
    | OwnershipEdge
    | ControlEdge
    | ConcertEdge
    | DisaggregationClaim
    | Representative
    | EvasionWatch
    | User
    | Delegation
    | ApiKey
    | Authority
)
"""Any of them; the field ``type`` says which."""
