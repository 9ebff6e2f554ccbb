"""The rows that state pre-trade controls, beside position limits: one kind for each family."""

from fencang.refdata.connection_control import ConnectionControl, LinkControl
from fencang.refdata.exposure_limit import ExposureLimit, exposure_limit_faults
from fencang.refdata.flow_control import FlowControl
from fencang.refdata.impact import ImpactLimit
from fencang.refdata.limit_group import LimitGroup, limit_group_faults
from fencang.refdata.limit_warning import LimitWarning, limit_warning_faults
from fencang.refdata.loss_limit import (
    LiquidationTerms,
    LossLimit,
    liquidation_terms_faults,
    loss_limit_faults,
)
from fencang.refdata.margin_buffer import MarginBuffer, margin_buffer_faults
from fencang.refdata.order_control import OrderControl, order_control_faults
from fencang.refdata.override import ControlOverride, override_faults
from fencang.refdata.self_match import SelfMatch
from fencang.refdata.service_tier import ServiceTier, service_tier_faults
from fencang.refdata.substitute import Substitute, substitute_faults
from fencang.refdata.tenor import TenorLimit
from fencang.refdata.trade_flow import TradeFlowControl

__all__ = ["RISK_KINDS", "RiskItem", "risk_item_faults"]

RiskItem = (
    OrderControl
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
)

RISK_KINDS: tuple[type[RiskItem], ...] = RiskItem.__args__
"""In the order they are defined in; each has a ``key`` that identifies it among its kind."""


def risk_item_faults(item: RiskItem) -> list[str]:
    """Return what is wrong with a row on its own, in plain words."""
    match item:
        case OrderControl():
            return order_control_faults(item)
        case Substitute():
            return substitute_faults(item)
        case LimitGroup():
            return limit_group_faults(item)
        case LimitWarning():
            return limit_warning_faults(item)
        case ControlOverride():
            return override_faults(item)
        case LossLimit():
            return loss_limit_faults(item)
        case LiquidationTerms():
            return liquidation_terms_faults(item)
        case ExposureLimit():
            return exposure_limit_faults(item)
        case MarginBuffer():
            return margin_buffer_faults(item)
        case ServiceTier():
            return service_tier_faults(item)
        case _:
            return []
