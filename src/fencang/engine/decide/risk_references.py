"""What rows of the pre-trade controls may refer to, and which changes only take away."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from fencang.engine.snapshot_risk import risk_items
from fencang.engine.state import DeskState
from fencang.refdata.flow_control import FLOW_FIELDS, FlowControl
from fencang.refdata.loss_limit import LOSS_FIELDS, LiquidationTerms, LossLimit
from fencang.refdata.order_control import CONTROL_FIELDS, OrderControl
from fencang.refdata.risk import RiskItem

__all__ = ["RiskReferences", "risk_tightens"]

_ROOT_FIELDS: dict[type[Any], tuple[str, ...]] = {
    OrderControl: CONTROL_FIELDS,
    FlowControl: FLOW_FIELDS,
    LossLimit: LOSS_FIELDS,
}
"""Kinds whose row at the root, for everything, states every one of these fields."""


_LOSS_BOUNDS = (
    "daily_loss_micros",
    "daily_loss_ppm",
    "drawdown_micros",
    "drawdown_ppm",
    "velocity_micros",
    "velocity_ppm",
    "margin_use_ppm",
    "stop_ppm",
    "cancel_ppm",
)


class RiskReferences:
    """Rows as they are, together with what a command brings."""

    def __init__(self, state: DeskState) -> None:
        self.rows: dict[tuple[str, ...], RiskItem] = {}
        for row in risk_items(state):
            self.add(row)

    def add(self, row: RiskItem) -> None:
        """Add or replace a row."""
        self.rows[type(row).__name__, *row.key] = row

    def root_faults(self, row: RiskItem, root: str) -> Iterator[str]:
        """Yield what the row of the root leaves open, or that there is none."""
        yield from self._liquidation_faults(row, root)
        fields = _ROOT_FIELDS.get(type(row))
        if fields is None:
            return
        own = (root,) if len(row.key) == 1 else (root, "*")
        at_root = self.rows.get((type(row).__name__, *own))
        if at_root is None:
            yield f"{root} has no {type(row).__name__} for everything: nothing is unset at the root"
        elif at_root is row:
            for field in fields:
                if getattr(row, field) is None:
                    yield f"{field} is open at the root: nothing is unset there"

    def _liquidation_faults(self, row: RiskItem, root: str) -> Iterator[str]:
        if isinstance(row, LiquidationTerms) and row.node_id != root:
            yield f"liquidation has one set of terms, at {root}, not at {row.node_id}"
        terms = self.rows.get((LiquidationTerms.__name__, root))
        if isinstance(row, LossLimit) and row.liquidate_ppm is not None and terms is None:
            yield f"{row.node_id} has a liquidate step, and {root} no LiquidationTerms"


def risk_tightens(state: DeskState, item: RiskItem) -> bool:
    """Return whether a row only takes away from what was allowed: one person is enough."""
    match item:
        case OrderControl():
            return _controls_more(item, state.controls.get(item.node_id, item.scope_id))
        case FlowControl():
            return _flows_less(item, state.flow.rows.get(item.node_id))
        case LossLimit():
            return _loses_less(item, state.risk.losses.rows.get(item.node_id))
        case LiquidationTerms():
            return item == state.risk.losses.terms


def _flows_less(row: FlowControl, old: FlowControl | None) -> bool:
    """Return whether a row lets no more through than before; a node's first row only narrows."""
    if old is None:
        return True
    if row.messages_max is None or row.working_orders_max is None:
        return row == old
    messages, working = old.messages_max, old.working_orders_max
    return (
        (messages is None or row.messages_max <= messages)
        and row.messages_ns >= old.messages_ns
        and (working is None or row.working_orders_max <= working)
    )


def _controls_more(row: OrderControl, old: OrderControl | None) -> bool:
    """Return whether a row only narrows what the one before it allowed; a fast market counts less.

    A new row may hide a narrower one of a wider scope, so it needs two persons.
    """
    if old is None or (old.is_restricted and not row.is_restricted):
        return False
    for field in CONTROL_FIELDS:
        now, before = getattr(row, field), getattr(old, field)
        if now != before and (now is None or before is None):
            return False
        is_wider = now is not None and now > before
        if field == "fast_after_ppm":
            is_wider = now is not None and now < before
        if is_wider:
            return False
    return True


def _loses_less(row: LossLimit, old: LossLimit | None) -> bool:
    """Return whether a row only narrows what a node may lose, and closes nothing by force.

    Whoever may close positions by force, or says when, is two persons.
    """
    if row.liquidate_ppm is not None:
        return row == old
    if old is None:
        return not row.resumes_next_day
    if old.liquidate_ppm is not None:
        return False
    narrowed = {name: _lesser(getattr(row, name), getattr(old, name)) for name in _LOSS_BOUNDS}
    return row == replace(old, **narrowed)


def _lesser(now: int | None, before: int | None) -> int | None:
    """Return the narrower of two bounds; one that is not stated narrows nothing."""
    if now is None or before is None:
        return before if now is None else now
    return min(now, before)
