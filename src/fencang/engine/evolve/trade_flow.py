"""What orders leave behind for the controls of their flow: counts, repetitions, what was sent."""

from collections.abc import Callable
from typing import Any

from fencang.engine.accounts import Line
from fencang.engine.orders import Order
from fencang.engine.risk.like_orders import like_order
from fencang.engine.risk.trade_flow import Disabled
from fencang.engine.state import DeskState
from fencang.limits.impact import Volume
from fencang.messages.trade_flow_events import (
    CoolingOffStarted,
    DayCounted,
    DayLimitNeared,
    StrategyDisabled,
    StrategyReenabled,
    VolumesReported,
)

__all__ = ["TRADE_FLOW_CHANGES", "count_cancel", "count_fill", "count_order", "count_replace"]


def count_order(state: DeskState, order: Order, line: Line) -> None:
    """Count a new order of a sub-account."""
    if state.risk.impact.rows:
        state.risk.impact.note_sent(line, order.quantity_lots, state.time_ns)
    flow = state.risk.trade_flow
    if not flow.rows:
        return
    _count_message(state, line)
    if flow.of_line(line).duplicate_ns:
        terms = order.terms
        like = like_order(line.sub.sub_account_id, terms, terms.offset, terms.quantity_lots)
        flow.note_sent(like, state.time_ns)


def count_replace(state: DeskState, order: Order, quantity_lots: int) -> None:
    """Count a replacement that was asked of the venue, and the lots that it adds."""
    line, added = order.line, quantity_lots - order.quantity_lots
    if line is None:
        return
    if state.risk.trade_flow.rows:
        _count_message(state, line)
    if state.risk.impact.rows and added > 0:
        state.risk.impact.note_sent(line, added, state.time_ns)


def count_cancel(state: DeskState, order: Order) -> None:
    """Count a cancel that was asked of the venue, whoever wanted it."""
    if state.risk.trade_flow.rows and order.line is not None:
        _count_message(state, order.line, cancels=1)


def _count_message(state: DeskState, line: Line, cancels: int = 0) -> None:
    today = line.contract.venue.today
    for each in state.risk.trade_flow.of_line(line).counts:
        count = each.count
        count.begin(today)
        count.messages += 1
        count.cancels += cancels


def count_fill(state: DeskState, order: Order) -> None:
    """Count a fill before it is booked on its order; what a person orders repeats nothing."""
    flow, line = state.risk.trade_flow, order.line
    if not flow.rows or line is None:
        return
    today = line.contract.venue.today
    for each in flow.of_line(line).counts:
        count = each.count
        count.begin(today)
        count.executions += 1
    if not order.filled_lots and order.roll is None:
        flow.note_execution(line, order.terms.side, state.time_ns)


def on_limit_neared(state: DeskState, event: DayLimitNeared) -> None:
    """Remember what was told of the day."""
    flow = state.risk.trade_flow
    if flow.rows[event.node_id, event.scope_id].of_each_contract:
        venue = state.contracts[event.counted_id].venue
    else:
        venue = state.venues[event.counted_id]
    count = flow.count(event.node_id, event.scope_id, event.counted_id)
    count.begin(venue.today)
    if event.counted is DayCounted.CANCELS:
        count.cancels_told = event.per_cent
    else:
        count.messages_told = event.per_cent


def on_disabled(state: DeskState, event: StrategyDisabled) -> None:
    """Let the sub-account open nothing."""
    state.risk.trade_flow.disabled[event.sub_account_id] = Disabled(
        event.node_id, event.contract_id, int(event.side), event.executions, event.executions_max
    )


def on_reenabled(state: DeskState, event: StrategyReenabled) -> None:
    """Let it open again."""
    state.risk.trade_flow.enable(event.sub_account_id)


def on_volumes(state: DeskState, event: VolumesReported) -> None:
    """Know what markets traded."""
    for each in event.volumes:
        volume = Volume(each.quantity_lots, each.window_ns, state.time_ns)
        state.risk.impact.volumes[each.contract_id] = volume


def on_cooling_off(state: DeskState, event: CoolingOffStarted) -> None:
    """Let the node open nothing in the contract for a while."""
    key = (event.node_id, event.scope_id, event.contract_id)
    state.risk.impact.resting[key] = event.until_ns


TRADE_FLOW_CHANGES: dict[type[Any], Callable[[DeskState, Any], None]] = {
    DayLimitNeared: on_limit_neared,
    StrategyDisabled: on_disabled,
    StrategyReenabled: on_reenabled,
    VolumesReported: on_volumes,
    CoolingOffStarted: on_cooling_off,
}
