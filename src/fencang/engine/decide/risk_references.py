"""What rows of the pre-trade controls may refer to, and which changes only take away."""

from collections.abc import Iterator
from typing import Any

from msgspec.structs import replace

from fencang.engine.snapshot_risk import risk_items
from fencang.engine.state import DeskState
from fencang.refdata.connection_control import (
    CONNECTION_FIELDS,
    LINK_FIELDS,
    ConnectionControl,
    LinkControl,
)
from fencang.refdata.flow_control import FLOW_FIELDS, FlowControl
from fencang.refdata.order_control import CONTROL_FIELDS, OrderControl
from fencang.refdata.risk import RiskItem
from fencang.refdata.substitute import Substitute

__all__ = ["RiskReferences", "risk_tightens"]

_ROOT_FIELDS: dict[type[Any], tuple[str, ...]] = {
    OrderControl: CONTROL_FIELDS,
    FlowControl: FLOW_FIELDS,
    ConnectionControl: CONNECTION_FIELDS,
    LinkControl: LINK_FIELDS,
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
        own = (root, "*") if isinstance(row, OrderControl) else (root,)
        at_root = self.rows.get((type(row).__name__, *own))
        if at_root is None:
            yield f"{root} has no {type(row).__name__} for everything: nothing is unset at the root"
        elif at_root is row:
            for field in fields:
                if getattr(row, field) is None:
                    yield f"{field} is open at the root: nothing is unset there"


def risk_tightens(state: DeskState, item: RiskItem) -> bool:
    """Return whether a row only takes away from what was allowed: one person is enough."""
    match item:
        case OrderControl():
            return _controls_more(item, state.controls.get(item.node_id, item.scope_id))
        case FlowControl():
            return _flows_less(item, state.flow.rows.get(item.node_id))
        case ConnectionControl():
            return _cancels_more(item, state.risk.connections.controls.rows.get(item.node_id))
        case LinkControl():
            return _waits_less(item, state.risk.connections.link_rows.rows.get(item.node_id))
        case Substitute():
            old = state.risk.substitutes.rows.get(item.substitute_id)
            return old is not None and item == replace(
                old,
                cap_lots=min(item.cap_lots, old.cap_lots),
                is_dry_run=item.is_dry_run or old.is_dry_run,
            )


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


def _cancels_more(row: ConnectionControl, old: ConnectionControl | None) -> bool:
    """Return whether no order lives longer by a row; a node's first row only takes away."""
    if old is None:
        return True
    cancels = (bool(row.cancels_on_disconnect), not row.keeps_good_till)
    before = (bool(old.cancels_on_disconnect), not old.keeps_good_till)
    return all(now >= then for now, then in zip(cancels, before, strict=True)) and _is_less(
        row.grace_ns, old.grace_ns
    )


def _waits_less(row: LinkControl, old: LinkControl | None) -> bool:
    """Return whether nothing may be silent for longer by a row; a first row only takes away."""
    if old is None:
        return True
    return _is_less(row.link_age_ns_max, old.link_age_ns_max) and _is_less(
        row.feed_age_ns_max, old.feed_age_ns_max
    )


def _is_less(now: int | None, before: int | None) -> bool:
    return before is None or (now is not None and now <= before)
