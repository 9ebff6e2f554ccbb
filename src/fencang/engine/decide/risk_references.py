"""What rows of the pre-trade controls may refer to, and which changes only take away."""

from collections.abc import Iterator
from typing import Any

from fencang.engine.snapshot_risk import risk_items
from fencang.engine.state import DeskState
from fencang.refdata.flow_control import FLOW_FIELDS, FlowControl
from fencang.refdata.order_control import CONTROL_FIELDS, OrderControl
from fencang.refdata.risk import RiskItem
from fencang.refdata.self_match import (
    COUNT_MAX,
    SELF_MATCH_FIELDS,
    SelfMatch,
    SelfMatchMode,
    SelfMatchScope,
)

__all__ = ["RiskReferences", "risk_tightens"]

_ROOT_FIELDS: dict[type[Any], tuple[str, ...]] = {
    OrderControl: CONTROL_FIELDS,
    FlowControl: FLOW_FIELDS,
    SelfMatch: SELF_MATCH_FIELDS,
}
"""Kinds whose row at the root, for everything, states every one of these fields."""


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
        fields = _ROOT_FIELDS.get(type(row))
        if fields is None:
            return
        own = (root,) if isinstance(row, FlowControl | SelfMatch) else (root, "*")
        at_root = self.rows.get((type(row).__name__, *own))
        if at_root is None:
            yield f"{root} has no {type(row).__name__} for everything: nothing is unset at the root"
        elif at_root is row:
            for field in fields:
                if getattr(row, field) is None:
                    yield f"{field} is open at the root: nothing is unset there"
        elif isinstance(row, SelfMatch) and row != at_root:
            for field in ("scope", "stops_meet_all"):
                if getattr(row, field) is not None:
                    yield f"{field} is the whole desk's: only {root} states it"


def risk_tightens(state: DeskState, item: RiskItem) -> bool:
    """Return whether a row only takes away from what was allowed: one person is enough."""
    match item:
        case OrderControl():
            return _controls_more(item, state.controls.get(item.node_id, item.scope_id))
        case FlowControl():
            return _flows_less(item, state.flow.rows.get(item.node_id))
        case SelfMatch():
            return _keeps_apart_more(item, state.risk.self_match.table.rows)


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


_SCOPES = tuple(SelfMatchScope)
"""Each counts more orders as own ones than the one before."""


def _keeps_apart_more(row: SelfMatch, rows: dict[str, SelfMatch]) -> bool:
    """Return whether own orders are kept apart no less than before; refusing is the strictest mode.

    The desk's first row only narrows; the first one of another node may hide a stricter mode.
    """
    old = rows.get(row.node_id)
    if old is None:
        return not rows or row.mode in (None, SelfMatchMode.CANCEL_NEWEST)
    if row.mode is not old.mode and row.mode is not SelfMatchMode.CANCEL_NEWEST:
        return False
    if row.scope is not None and old.scope is not None:
        if _SCOPES.index(row.scope) < _SCOPES.index(old.scope):
            return False
        if old.stops_meet_all and not row.stops_meet_all:
            return False
    return (
        _is_no_less(row.wash_window_ns, old.wash_window_ns)
        and _is_no_less(row.wash_price_ticks, old.wash_price_ticks)
        and _is_no_less(old.wash_count_max, row.wash_count_max, unset=COUNT_MAX)
    )


def _is_no_less(now: int | None, before: int | None, unset: int = 0) -> bool:
    """Return whether a number is no less than before; unset binds least."""
    return (unset if now is None else now) >= (unset if before is None else before)


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
