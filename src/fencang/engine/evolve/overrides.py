"""Overrides take hold of rows and let them go, for a time or while a single order is asked.

What is in force stands in the tables of the controls themselves, so that their own caches notice.
Rows as stated are put back the moment the override ends.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from fencang.engine.evolve.risk import define_risk
from fencang.engine.risk.exposure_links import relink_exposures
from fencang.engine.risk.loss_links import note_row_changed
from fencang.engine.risk.overrides import place_of
from fencang.engine.snapshot_risk import risk_items
from fencang.engine.state import DeskState
from fencang.refdata.desk import DeskItem
from fencang.refdata.exposure_limit import ExposureLimit
from fencang.refdata.flow_control import FlowControl
from fencang.refdata.impact import ImpactLimit
from fencang.refdata.limit import PositionLimit
from fencang.refdata.loss_limit import LossLimit
from fencang.refdata.margin_buffer import MarginBuffer
from fencang.refdata.order_control import OrderControl
from fencang.refdata.override import ControlOverride, overridden
from fencang.refdata.risk import RiskItem
from fencang.refdata.tenor import TenorLimit
from fencang.refdata.trade_flow import TradeFlowControl

__all__ = [
    "OF_ONE_ORDER",
    "OVERRIDABLE",
    "ControlRow",
    "begin_override",
    "end_override",
    "override_again",
    "restore_overrides",
    "row_in_force",
    "under_order_overrides",
]

ControlRow = PositionLimit | RiskItem

OVERRIDABLE: dict[str, type[Any]] = {
    kind.__name__: kind
    for kind in (
        PositionLimit,
        OrderControl,
        FlowControl,
        TradeFlowControl,
        TenorLimit,
        ExposureLimit,
        MarginBuffer,
        LossLimit,
        ImpactLimit,
    )
}
"""Kinds of rows that an override may take hold of, by name: a node and a scope identify a row."""
OF_ONE_ORDER = (PositionLimit, OrderControl, TenorLimit)
"""Kinds that measure an order by itself, so that an override may be for one order alone."""


def row_in_force(state: DeskState, override: ControlOverride) -> ControlRow | None:
    """Return the row that an override is for as it is in force now, None where there is none."""
    kind, node_id, scope_id = override.place
    if kind == PositionLimit.__name__:
        return state.limits.get(node_id, scope_id)
    keys = ((node_id,), (node_id, scope_id)) if scope_id == "*" else ((node_id, scope_id),)
    for row in risk_items(state):
        if type(row).__name__ == kind and row.key in keys:
            return row
    return None


def _put(state: DeskState, row: ControlRow) -> None:
    if isinstance(row, PositionLimit):
        state.limits.set(row)
    else:
        define_risk(state, row)
    if isinstance(row, ExposureLimit):
        relink_exposures(state)
    elif isinstance(row, LossLimit):
        note_row_changed(state, row.node_id)
    state.risk.checks = None


def begin_override(state: DeskState, override_id: str) -> None:
    """Let the values of an override hold."""
    override = state.risk.overrides.begin(override_id)
    if override.client_order_id:
        return
    stated = row_in_force(state, override)
    assert stated is not None, override
    state.risk.overrides.hidden[override.place] = override_id, stated
    _put(state, overridden(stated, override))


def end_override(state: DeskState, override_id: str) -> None:
    """Let the row hold again as it is stated."""
    book = state.risk.overrides
    override = book.end(override_id)
    hidden = book.hidden.get(override.place)
    if hidden is not None and hidden[0] == override_id:
        del book.hidden[override.place]
        _put(state, hidden[1])


def override_again(state: DeskState, item: DeskItem) -> None:
    """Keep a row that was stated anew, and let the override in force over it hold as before."""
    book, place = state.risk.overrides, place_of(item)
    hidden = book.hidden.get(place)
    if hidden is not None:
        assert isinstance(item, ControlRow), item
        book.hidden[place] = hidden[0], item
        _put(state, overridden(item, book.items[hidden[0]]))


def restore_overrides(state: DeskState) -> None:
    """Let hold what had begun by the time of the last command."""
    for override in state.risk.overrides.all():
        if override.from_ns <= state.time_ns:
            begin_override(state, override.override_id)


@contextmanager
def under_order_overrides(state: DeskState, order: tuple[str, str]) -> Iterator[None]:
    """Let the overrides hold that are for one order alone, as long as it is asked."""
    book = state.risk.overrides
    before = []
    for override_id in book.of_orders.get(order, ()):
        override = book.items[override_id]
        row = row_in_force(state, override)
        assert row is not None, override
        before.append((override.place, book.hidden.get(override.place), row))
        book.hidden[override.place] = override_id, row
        _put(state, overridden(row, override))
    try:
        yield
    finally:
        for place, hidden, row in reversed(before):
            _put(state, row)
            if hidden is None:
                del book.hidden[place]
            else:
                book.hidden[place] = hidden
