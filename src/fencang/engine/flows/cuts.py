"""Reductions: what a rule in force says must go, as block orders per account, contract and side.

For each line the shortfall is open lots − lots that may stay − closing lots already working.
Working closes count although they are being cancelled: their lots are frozen, and when the cancel
is confirmed the shortfall is computed anew and the rest goes out.  Late fills are counted the same
way.  So the cut is complete in the end and never crosses zero.
"""

from fencang.engine.accounts import Line
from fencang.engine.flows.blocks import OrderEnded, first_slices
from fencang.engine.state import DeskState
from fencang.messages.events import (
    AnyEvent,
    BlockLeg,
    BlockOrderCreated,
    FillAllocated,
    OperatorCalled,
    OrderReplaced,
    SuspenseAssigned,
)
from fencang.messages.message import Offset, Side, TradingState

__all__ = ["cut_lines", "follow_order_ended", "follow_position_changed"]

BlockKey = tuple[str, str, Side, Offset]


def cut_lines(state: DeskState, lines: list[Line]) -> list[AnyEvent]:
    """Return the block orders (with their first slices) that bring the lines to what may stay."""
    legs: dict[BlockKey, list[tuple[Line, int]]] = {}
    halted: list[str] = []
    states = state.trading_states
    for line in lines:
        keep = line.keep
        if keep is None:
            continue
        position = line.position
        long_lots, short_lots = position.long.quantity_lots, position.short.quantity_lots
        if long_lots <= keep[0] and short_lots <= keep[1]:
            continue
        if states and state.trading_state(line.sub.path)[0] is TradingState.HALTED:
            halted.append(line.sub.sub_account_id)
            continue
        if long_lots > keep[0]:
            _add_leg(legs, line, Side.SELL, long_lots - keep[0])
        if short_lots > keep[1]:
            _add_leg(legs, line, Side.BUY, short_lots - keep[1])
    events: list[AnyEvent] = []
    for key in sorted(legs):
        events += _block(state, key, legs[key])
    for sub_id in sorted(set(halted)):
        rule_id = state.subs[sub_id].blocked_by
        detail = f"rule {rule_id} cannot cut a halted sub-account; its positions stand"
        events.append(OperatorCalled(subject=sub_id, detail=detail))
    return events


def _add_leg(
    legs: dict[BlockKey, list[tuple[Line, int]]], line: Line, side: Side, excess_lots: int
) -> None:
    exposure = line.entry.exposure
    if line.is_gross:
        closing = line.closing_lots(side)
    else:
        closing = exposure.buy_lots if side is Side.BUY else exposure.sell_lots
    shortfall = excess_lots - closing
    if shortfall > 0:
        offset = Offset.CLOSE if line.is_gross else Offset.NET
        key = (*line.key, side, offset)
        found = legs.get(key)
        if found is None:
            legs[key] = [(line, shortfall)]
        else:
            found.append((line, shortfall))


def _block(state: DeskState, key: BlockKey, legs: list[tuple[Line, int]]) -> list[AnyEvent]:
    """Return a block order, named after the rule over its first leg, with its first slices."""
    carrying_id, contract_id, side, offset = key
    created = BlockOrderCreated(
        block_id=state.new_order_id(),
        rule_id=legs[0][0].sub.blocked_by,
        carrying_account_id=carrying_id,
        contract_id=contract_id,
        side=side,
        offset=offset,
        legs=tuple(
            BlockLeg(sub_account_id=line.sub.sub_account_id, quantity_lots=lots)
            for line, lots in legs
        ),
    )
    return [created, *first_slices(state, created)]


def _line_of_order(state: DeskState, order_id: int) -> Line | None:
    order = state.orders.get(order_id)
    return order.line if order is not None else None


def _recut(state: DeskState, line: Line | None) -> list[AnyEvent]:
    if line is None or line.keep is None:
        return []
    return cut_lines(state, [line])


def follow_position_changed(
    state: DeskState, event: FillAllocated | SuspenseAssigned
) -> list[AnyEvent]:
    """A late fill reached a line under a rule: cut what it added."""
    sub = state.subs[event.sub_account_id]
    if not sub.blocked_by:
        return []
    return _recut(state, sub.lines.get((event.carrying_account_id, event.contract_id)))


def follow_order_ended(state: DeskState, event: OrderEnded | OrderReplaced) -> list[AnyEvent]:
    """A working close of a line under a rule is gone: cut what it would have closed."""
    return _recut(state, _line_of_order(state, event.order_id))
