"""The rows that state pre-trade controls, beside position limits: one kind for each family."""

from fencang.refdata.flow_control import FlowControl
from fencang.refdata.loss_limit import (
    LiquidationTerms,
    LossLimit,
    liquidation_terms_faults,
    loss_limit_faults,
)
from fencang.refdata.order_control import OrderControl, order_control_faults

__all__ = ["RISK_KINDS", "RiskItem", "risk_item_faults"]

RiskItem = OrderControl | FlowControl | LossLimit | LiquidationTerms

RISK_KINDS: tuple[type[RiskItem], ...] = RiskItem.__args__
"""In the order they are defined in; each has a ``key`` that identifies it among its kind."""


def risk_item_faults(item: RiskItem) -> list[str]:
    """Return what is wrong with a row on its own, in plain words."""
    match item:
        case OrderControl():
            return order_control_faults(item)
        case LossLimit():
            return loss_limit_faults(item)
        case LiquidationTerms():
            return liquidation_terms_faults(item)
        case _:
            return []
