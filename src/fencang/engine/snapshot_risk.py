"""Rows of the pre-trade controls, and what they remember, to their stored form and back."""

import msgspec

from fencang.engine.snapshot_impact import ImpactForm, impact_form, restore_impact
from fencang.engine.snapshot_trade_flow import (
    TradeFlowForm,
    restore_trade_flow,
    trade_flow_form,
)
from fencang.engine.state import DeskState
from fencang.refdata.risk import RiskItem

__all__ = ["RiskForm", "restore_risk", "risk_form", "risk_items"]


class RiskForm(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What the families of controls remember."""

    flow_full_ns: list[tuple[str, int]] = []
    """Node, when its bucket of messages is full again."""
    trade_flow: TradeFlowForm = TradeFlowForm()
    impact: ImpactForm = ImpactForm()


def risk_items(state: DeskState) -> list[RiskItem]:
    """Return every row, kind by kind."""
    risk = state.risk
    return [
        *state.controls.all(),
        *state.flow.all(),
        *risk.trade_flow.all(),
        *risk.tenors.all(),
        *risk.impact.all(),
    ]


def risk_form(state: DeskState) -> RiskForm:
    """Return the stored form of what is remembered."""
    return RiskForm(
        flow_full_ns=sorted(state.flow.full_ns.items()),
        trade_flow=trade_flow_form(state.risk.trade_flow),
        impact=impact_form(state.risk.impact),
    )


def restore_risk(state: DeskState, form: RiskForm) -> None:
    """Set what is remembered from its stored form."""
    state.flow.full_ns = dict(form.flow_full_ns)
    restore_trade_flow(state.risk.trade_flow, form.trade_flow)
    restore_impact(state.risk.impact, form.impact)
