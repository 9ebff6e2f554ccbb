"""Orders that wait for own orders to end, executions that are compared, suspected wash trades."""

from collections.abc import Callable
from typing import Any

from fencang.engine.risk.self_match import WashCount
from fencang.engine.state import DeskState
from fencang.limits.self_match import WashFill
from fencang.messages.events import FillBooked
from fencang.messages.self_match_events import OrderHeld, WashTradesReleased, WashTradeSuspected

__all__ = ["SELF_MATCH_CHANGES", "remember_fill"]


def remember_fill(state: DeskState, event: FillBooked) -> None:
    """Keep an execution of own orders, to compare the next ones with it."""
    book = state.risk.self_match
    if not book.is_stated or event.order_id is None:
        return
    order = state.orders[event.order_id]
    if order.line is not None:
        who: tuple[str, ...] = (order.line.sub.sub_account_id,)
    else:
        assert order.block is not None
        who = tuple(leg.sub_account_id for leg in order.block.legs)
    fill = WashFill(
        state.time_ns,
        event.carrying_account_id,
        event.execution_id,
        event.side,
        event.quantity_lots,
        event.price_nanos,
        who,
    )
    for principal_id in book.principals_of(order):
        book.remember((principal_id, event.contract_id), fill)


def on_held(state: DeskState, event: OrderHeld) -> None:
    """Keep what the order waits for."""
    state.risk.self_match.held[event.order_id] = event.waits_for


def on_suspected(state: DeskState, event: WashTradeSuspected) -> None:
    """Count it on its trading day."""
    day = state.contracts[event.contract_id].venue.today
    key = (event.principal_id, event.contract_id)
    state.risk.self_match.counts[key] = WashCount(day, event.count, event.closes)


def on_released(state: DeskState, event: WashTradesReleased) -> None:
    """Begin to count anew."""
    del state.risk.self_match.counts[event.principal_id, event.contract_id]


SELF_MATCH_CHANGES: dict[type[Any], Callable[[DeskState, Any], None]] = {
    OrderHeld: on_held,
    WashTradeSuspected: on_suspected,
    WashTradesReleased: on_released,
}
