"""The rows that state pre-trade controls, beside position limits: one kind for each family."""

from fencang.refdata.connection_control import ConnectionControl, LinkControl
from fencang.refdata.flow_control import FlowControl
from fencang.refdata.order_control import OrderControl, order_control_faults
from fencang.refdata.substitute import Substitute, substitute_faults

__all__ = ["RISK_KINDS", "RiskItem", "risk_item_faults"]

RiskItem = OrderControl | FlowControl | ConnectionControl | LinkControl | Substitute

RISK_KINDS: tuple[type[RiskItem], ...] = RiskItem.__args__
"""In the order they are defined in; each has a ``key`` that identifies it among its kind."""


def risk_item_faults(item: RiskItem) -> list[str]:
    """Return what is wrong with a row on its own, in plain words."""
    match item:
        case OrderControl():
            return order_control_faults(item)
        case Substitute():
            return substitute_faults(item)
        case _:
            return []
