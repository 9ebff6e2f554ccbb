"""Engines with one control less: what a simulated desk must not be able to hide."""

from fencang.engine.decide import controls, desk, tenor, trade_flow
from fencang.engine.risk.self_match import SelfMatchBook
from fencang.engine.risk.trade_flow import TradeFlow
from fencang.refdata.limit_group import LimitGroup
from fencang.refdata.limit_warning import LimitWarning
from fencang.refdata.loss_limit import LiquidationTerms
from fencang.refdata.self_match import SelfMatch

SIZE, TIGHTENS, REPEATED = controls.size_refusal, desk.risk_tightens, TradeFlow.repeated


def nothing(*_values):
    return None


def lots_alone(control, quantity_lots, _value_micros):
    return SIZE(control, quantity_lots, 0)


def one_person(kind):
    """Return an engine's part that lets one person state rows of a kind as they like."""
    return lambda state, item: isinstance(item, kind) or TIGHTENS(state, item)


FAULTS = {
    "values": (controls, "size_refusal", lots_alone, "order value"),
    "ages": (controls, "age_refusal", nothing, "price age"),
    "maturities": (tenor, "tenor_passes", lambda *_days: True, "tenor"),
    "ratios": (trade_flow, "order_to_trade_refusal", nothing, "order to trade"),
    "cancels": (trade_flow, "cancels_refusal", nothing, "cancels"),
    "like orders": (trade_flow, "duplicate_refusal", nothing, "like order"),
    "disabled accounts": (trade_flow, "_disabled", nothing, "repeated execution"),
    "repetitions": (TradeFlow, "repeated", lambda *_all: 0, "repeated execution"),
    "repetitions too early": (
        TradeFlow,
        "repeated",
        lambda *of: REPEATED(*of) and 1 + REPEATED(*of),
        "repeated execution",
    ),
    "wash trades": (SelfMatchBook, "closes", lambda *_key: False, "wash trade"),
    "own orders": (desk, "risk_tightens", one_person(SelfMatch), "second person"),
    "terms": (desk, "risk_tightens", one_person(LiquidationTerms), "second person"),
    "groups": (desk, "risk_tightens", one_person(LimitGroup), "second person"),
    "warnings": (desk, "risk_tightens", one_person(LimitWarning), "second person"),
}
"""Name → where it is, its name there, what stands in its place, and the law that is broken."""
