"""Rolls on their way: the legs end together, and an imbalance calls a person.

A leg that was cancelled, refused or ran out, or whose cancel is asked for, takes the other one
with it; a leg that was filled leaves the other one working.  Fills between request and answer are
booked as ever, so the legs may end with different lots: the numbers go to a person.
"""

from fencang.engine.orders import Order, OrderState, Pending
from fencang.engine.rolls import Roll
from fencang.engine.state import DeskState
from fencang.messages.events import (
    AnyEvent,
    CancelRejected,
    CancelRequested,
    FillBooked,
    OperatorCalled,
    OrderCancelled,
    OrderExpired,
    OrderRejectedByVenue,
    OrderReplaced,
    OrderStatusConfirmed,
    ReplaceRejected,
)

__all__ = ["LEG_EVENTS", "follow_rolls"]

_STOPPING = (CancelRequested, OrderCancelled, OrderExpired, OrderRejectedByVenue)
LEG_EVENTS = (
    *_STOPPING,
    CancelRejected,
    FillBooked,
    OrderReplaced,
    OrderStatusConfirmed,
    ReplaceRejected,
)
"""What may end a leg, or ask for its end."""


def follow_rolls(state: DeskState, events: list[AnyEvent]) -> list[AnyEvent]:
    """Look once at every roll that something of the step concerns."""
    if not state.rolls:
        return []
    stopped: dict[int, bool] = {}
    filled: dict[int, bool] = {}
    for event in events:
        if not isinstance(event, LEG_EVENTS) or event.order_id is None:
            continue
        order = state.orders.get(event.order_id)
        if order is None or order.roll is None:
            continue
        roll_id = order.roll.roll_id
        stopped[roll_id] = stopped.get(roll_id, False) or isinstance(event, _STOPPING)
        filled[roll_id] = filled.get(roll_id, False) or isinstance(event, FillBooked)
    following: list[AnyEvent] = []
    for roll_id in sorted(stopped):
        roll = state.rolls[roll_id]
        following += _follow(state, roll, is_stopped=stopped[roll_id], is_filled=filled[roll_id])
    return following


def _follow(state: DeskState, roll: Roll, *, is_stopped: bool, is_filled: bool) -> list[AnyEvent]:
    legs = [state.orders.get(order_id) for order_id in roll.order_ids]
    live = [order for order in legs if order is not None and order.is_live]
    if live:
        return _stop(legs, live) if is_stopped else []
    if roll.is_done and not is_filled:
        return []
    done = roll.done()
    return [done, *_imbalance(roll)] if done.imbalance_lots else [done]


def _stop(legs: list[Order | None], live: list[Order]) -> list[AnyEvent]:
    """Ask to cancel what works, once a leg ended unfilled or is to end."""
    if not any(_is_stopped(order) for order in legs):
        return []
    return [
        CancelRequested(order_id=order.order_id, terms=order.terms)
        for order in live
        if order.pending is not Pending.CANCEL
    ]


def _is_stopped(order: Order | None) -> bool:
    if order is None:
        return False
    if order.is_live:
        return order.pending is Pending.CANCEL
    return order.state is not OrderState.FILLED


def _imbalance(roll: Roll) -> list[AnyEvent]:
    lots = roll.imbalance_lots
    more, less = ("opened", "closed") if lots > 0 else ("closed", "opened")
    detail = (
        f"{roll.sub_account_id} closed {roll.near_lots} lots of {roll.from_contract_id} and opened "
        f"{roll.far_lots} of {roll.to_contract_id}: {abs(lots)} lots more were {more} than {less}"
    )
    return [OperatorCalled(subject=f"roll {roll.roll_id}", detail=detail)]
