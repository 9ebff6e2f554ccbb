"""Rows of the pre-trade controls."""

from fencang.engine.state import DeskState
from fencang.refdata.connection_control import ConnectionControl, LinkControl
from fencang.refdata.exposure_limit import ExposureLimit
from fencang.refdata.flow_control import FlowControl
from fencang.refdata.impact import ImpactLimit
from fencang.refdata.limit_group import LimitGroup
from fencang.refdata.limit_warning import LimitWarning
from fencang.refdata.loss_limit import LiquidationTerms, LossLimit
from fencang.refdata.margin_buffer import MarginBuffer
from fencang.refdata.order_control import OrderControl
from fencang.refdata.override import ControlOverride
from fencang.refdata.risk import RiskItem
from fencang.refdata.self_match import SelfMatch
from fencang.refdata.service_tier import ServiceTier
from fencang.refdata.substitute import Substitute
from fencang.refdata.tenor import TenorLimit
from fencang.refdata.trade_flow import TradeFlowControl

__all__ = ["define_risk"]


def define_risk(state: DeskState, item: RiskItem) -> None:
    """Set or replace one row."""
    match item:
        case OrderControl():
            state.controls.set(item)
        case FlowControl():
            _define_flow(state, item)
        case LimitGroup():
            state.risk.limit_groups.set(item)
        case LimitWarning():
            state.risk.warnings.set(item)
            state.limits.touch()
        case ControlOverride():
            state.risk.overrides.set(item)
        case ConnectionControl() | LinkControl():
            state.risk.connections.set(item)
        case Substitute():
            state.risk.substitutes.set(item)
        case TradeFlowControl():
            state.risk.trade_flow.set(item)
        case TenorLimit():
            state.risk.tenors.set(item)
        case ImpactLimit():
            state.risk.impact.set(item)
        case SelfMatch():
            state.risk.self_match.table.set(item)
        case LossLimit():
            state.risk.losses.set(item)
        case LiquidationTerms():
            state.risk.losses.terms = item
        case ExposureLimit():
            state.risk.exposures.set(item)
        case MarginBuffer():
            state.risk.buffers.set(item)
        case ServiceTier():
            state.risk.tiers.rows[item.tier_id] = item


def _define_flow(state: DeskState, item: FlowControl) -> None:
    """Set a row; orders at work are counted anew, for the nodes that have one now."""
    state.flow.set(item)
    for sub in state.subs.values():
        for order in sub.working.values():
            assert order.line is not None
            state.flow.count(order.line.path, 1)
