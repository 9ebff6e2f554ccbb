"""Fills: booked into the carrying account, then allocated to sub-accounts or suspended.

Nothing a venue executed is ever dropped.  Fills after a cancel and over-fills belong to whoever
ordered; what nobody ordered, or nobody can hold, goes to suspense and calls a person.
"""

from typing import Final

from fencang.allocation.shortfall import allocate
from fencang.basics.money import MONEY_MICROS_MAX
from fencang.basics.price import format_price
from fencang.engine.accounts import ContractState, Line
from fencang.engine.carrying import CarryingState, SuspendedFill
from fencang.engine.conversion import ended_words
from fencang.engine.decide.charging import Charging
from fencang.engine.decide.refusal import day_closed_words, rejected, second_person_refusal
from fencang.engine.orders import Order
from fencang.engine.state import DeskState
from fencang.ledger.book import suspense_id
from fencang.ledger.position import closed_lots
from fencang.messages.commands import AssignSuspense, ReportFill
from fencang.messages.events import (
    AnyEvent,
    BlockOrderDone,
    CommandRejected,
    DuplicateFillIgnored,
    FillAllocated,
    FillBooked,
    FillSuspended,
    OperatorCalled,
    SuspenseAssigned,
)
from fencang.messages.fill_commands import EnterFill
from fencang.messages.message import Offset, Side
from fencang.messages.reasons import Reason
from fencang.refdata.account import PositionMode

__all__ = ["decide_assign_suspense", "decide_fill", "suspended_events", "unbookable"]

_BUY: Final = Side.BUY
_NET: Final = Offset.NET
_NET_MODE: Final = PositionMode.NET
"""On the path of every fill: to ask an enumeration for a member takes ten times as long."""


def decide_fill(state: DeskState, command: ReportFill) -> list[AnyEvent]:
    """Book a reported execution, once."""
    carrying_id, execution_id = command.carrying_account_id, command.execution_id
    if (carrying_id, execution_id) in state.executions:
        ignored = DuplicateFillIgnored(carrying_account_id=carrying_id, execution_id=execution_id)
        return [ignored]
    contract = state.contracts.get(command.contract_id)
    fault = unbookable(state, command, contract)
    if fault is not None:
        reason, detail = fault
        subject = f"execution {execution_id} at {carrying_id}"
        return [rejected(reason, detail), OperatorCalled(subject=subject, detail=detail)]
    assert contract is not None
    order = state.orders.get(command.order_id) if command.order_id is not None else None
    claim_fault = _unclaimed(command, order)
    booked = FillBooked(
        carrying_account_id=carrying_id,
        execution_id=execution_id,
        order_id=order.order_id if order is not None and not claim_fault else None,
        contract_id=command.contract_id,
        side=command.side,
        offset=command.offset,
        quantity_lots=command.quantity_lots,
        price_nanos=command.price_nanos,
    )
    charging = Charging(state, command, contract, order if not claim_fault else None)
    if claim_fault or order is None:
        unclaimed = suspended_events(command, charging, command.quantity_lots, claim_fault)
        return [booked, *unclaimed]
    if order.line is not None:
        return [booked, *_single(command, charging, order, order.line)]
    return [booked, *_block(command, charging, order)]


def _unclaimed(command: ReportFill, order: Order | None) -> str:
    """Return why no order of ours claims the fill; empty when one does."""
    if order is None:
        return "names no order" if command.order_id is None else f"no order {command.order_id}"
    terms = order.terms
    ordered = (terms.carrying_account_id, terms.contract_id, terms.side, terms.offset)
    filled = (command.carrying_account_id, command.contract_id, command.side, command.offset)
    if ordered != filled:
        return f"account, contract, side or offset differ from order {order.order_id}"
    return ""


def unbookable(
    state: DeskState, command: ReportFill | EnterFill, contract: ContractState | None
) -> tuple[Reason, str] | None:
    """Return why a report cannot be booked at all: the desk lacks the account or the contract."""
    carrying = state.carrying.get(command.carrying_account_id)
    if carrying is None:
        return Reason.UNKNOWN_CARRYING_ACCOUNT, f"no account {command.carrying_account_id}"
    if contract is None:
        return Reason.UNKNOWN_CONTRACT, f"no contract {command.contract_id}"
    if contract.is_expired:
        return Reason.CONTRACT_EXPIRED, ended_words(contract)
    if contract.venue.is_day_closed:
        return Reason.DAY_CLOSED, f"{day_closed_words(contract.venue)}; report it on the next day"
    tick = contract.product.mark_tick_nanos
    if command.price_nanos % tick:
        detail = f"{format_price(command.price_nanos)} is off the tick {format_price(tick)}"
        return Reason.PRICE_OFF_TICK, detail
    if not _is_storable(carrying, contract, command):
        return Reason.VALUE_OUT_OF_RANGE, "the value of the lots is beyond what is kept exact"
    is_net = carrying.account.position_mode is _NET_MODE
    if (command.offset is _NET) != is_net:
        detail = f"offset {command.offset.name} does not fit {command.carrying_account_id}"
        return Reason.OFFSET_MISMATCH, detail
    return None


def _is_storable(
    carrying: CarryingState, contract: ContractState, command: ReportFill | EnterFill
) -> bool:
    """Return whether the account's carried value stays far inside what a record can store."""
    lots = command.quantity_lots if command.side is _BUY else -command.quantity_lots
    value = contract.value_micros(command.price_nanos, lots)
    position = carrying.book.positions.get(command.contract_id)
    carried = position.carried_micros if position is not None else 0
    # A sixteenth each: a book may stand on the other side of the others.
    return max(abs(value), abs(carried + value)) <= MONEY_MICROS_MAX // 16


def _single(command: ReportFill, charging: Charging, order: Order, line: Line) -> list[AnyEvent]:
    quantity = command.quantity_lots
    events: list[AnyEvent] = []
    taken = _holdable(command, line, quantity)
    if taken:
        events += _allocated(command, charging, line, order.order_id, taken)
    if taken < quantity:
        detail = f"order {order.order_id} closes more lots than {line.sub.sub_account_id} holds"
        events += suspended_events(command, charging, quantity - taken, detail)
    return [*events, *_unexpected(order, quantity)]


def _unexpected(order: Order, quantity: int) -> list[AnyEvent]:
    """Return the call for lots beyond the order's own or after its end; empty when neither."""
    over = order.filled_lots + quantity - order.most_lots
    if over > 0:
        detail = f"{over} lots more than ordered were filled and booked"
    elif not order.is_live:
        detail = f"{quantity} lots filled after the order was {order.state.name.lower()}"
    else:
        return []
    return [OperatorCalled(subject=f"order {order.order_id}", detail=detail)]


def _holdable(command: ReportFill, line: Line, quantity: int) -> int:
    """Return how many lots the line can take: a close cannot go below an empty side."""
    if command.offset in (Offset.NET, Offset.OPEN):
        return quantity
    today = line.contract.venue.today
    return closed_lots(line.position, command.side, command.offset, quantity, today).closes


def _block(command: ReportFill, charging: Charging, order: Order) -> list[AnyEvent]:
    block = order.block
    assert block is not None
    events: list[AnyEvent] = []
    # A leg takes no more than it still holds: what it was instructed to close may be gone by now.
    due = [
        min(leg.quantity_lots, had + line.open_lots(command.side))
        for leg, had, line in zip(block.legs, block.received, block.lines, strict=True)
    ]
    taken_all = min(command.quantity_lots, sum(due) - sum(block.received))
    left = command.quantity_lots - taken_all
    given = allocate(due, block.received, taken_all) if taken_all else []
    for line, lots in zip(block.lines, given, strict=False):
        if lots:
            events += _allocated(command, charging, line, order.order_id, lots)
    if taken_all == block.missing_lots and not block.is_done:
        events.append(BlockOrderDone(block_id=block.block_id, unfilled_lots=0))
    if left:
        detail = f"{left} lots beyond what the legs of block {block.block_id} can take"
        events += suspended_events(command, charging, left, detail)
    else:  # the legs may have room for what came beyond this attempt, or after its end
        events += _unexpected(order, command.quantity_lots)
    return events


def _allocated(
    command: ReportFill, charging: Charging, line: Line, order_id: int, quantity: int
) -> list[AnyEvent]:
    today = line.contract.venue.today
    split = closed_lots(line.position, command.side, command.offset, quantity, today)
    sub = line.sub
    fee, rows = charging.fee(
        sub.sub_account_id, sub.definition.service_tier, quantity, split.closes_today
    )
    allocated = FillAllocated(
        order_id=order_id,
        execution_id=command.execution_id,
        sub_account_id=sub.sub_account_id,
        carrying_account_id=command.carrying_account_id,
        contract_id=command.contract_id,
        side=command.side,
        offset=command.offset,
        quantity_lots=quantity,
        price_nanos=command.price_nanos,
        fee_micros=fee,
    )
    return [allocated, *rows]


def suspended_events(
    command: ReportFill | EnterFill, charging: Charging, quantity: int, detail: str
) -> list[AnyEvent]:
    """Return what puts lots into suspense and calls a person."""
    fee, rows = charging.fee(suspense_id(command.carrying_account_id), "", quantity, 0)
    subject = f"execution {command.execution_id} at {command.carrying_account_id}"
    return [
        FillSuspended(
            execution_id=command.execution_id,
            carrying_account_id=command.carrying_account_id,
            contract_id=command.contract_id,
            side=command.side,
            offset=command.offset,
            quantity_lots=quantity,
            price_nanos=command.price_nanos,
            fee_micros=fee,
            detail=detail,
        ),
        *rows,
        OperatorCalled(subject=subject, detail=f"{quantity} lots in suspense: {detail}"),
    ]


def decide_assign_suspense(state: DeskState, command: AssignSuspense) -> list[AnyEvent]:
    """Give suspended lots to a sub-account of the holder at the price they are carried at.

    That is the fill price until they are first settled, then the settlement price: the variation
    paid up to it stays with the suspense account.
    """
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    carrying = state.carrying.get(command.carrying_account_id)
    fill = carrying.suspense.fills.get(command.execution_id) if carrying else None
    if carrying is None or fill is None:
        detail = f"no suspended execution {command.execution_id}"
        return [rejected(Reason.SUSPENSE_ITEM_UNKNOWN, detail)]
    refusal = _assign_refusal(state, command, carrying, fill)
    if refusal is not None:
        return [refusal]
    return [
        SuspenseAssigned(
            execution_id=command.execution_id,
            carrying_account_id=command.carrying_account_id,
            contract_id=fill.contract_id,
            sub_account_id=command.sub_account_id,
            side=fill.side,
            offset=fill.offset,
            quantity_lots=command.quantity_lots,
            price_nanos=fill.price_nanos,
            fee_micros=fill.fee_micros * command.quantity_lots // fill.quantity_lots,
            reason=command.reason,
        )
    ]


def _assign_refusal(
    state: DeskState, command: AssignSuspense, carrying: CarryingState, fill: SuspendedFill
) -> CommandRejected | None:
    sub = state.subs.get(command.sub_account_id)
    if sub is None:
        return rejected(Reason.UNKNOWN_SUB_ACCOUNT, f"no sub-account {command.sub_account_id}")
    if sub.definition.owner_id != carrying.account.holder_id:
        return rejected(Reason.OWNERS_DIFFER, "suspense is never assigned across owners")
    contract = state.contracts[fill.contract_id]
    if contract.venue.is_day_closed:
        return rejected(Reason.DAY_CLOSED, day_closed_words(contract.venue))
    if state.route(sub, contract.product.venue_id) != command.carrying_account_id:
        detail = f"{command.sub_account_id} is not routed to {command.carrying_account_id}"
        return rejected(Reason.NO_ROUTE, detail)
    quantity = holdable = command.quantity_lots
    if fill.offset.is_close:
        line = state.line(sub, command.carrying_account_id, contract)
        today = contract.venue.today
        split = closed_lots(line.position, fill.side, fill.offset, quantity, today)
        holdable = min(split.closes, line.open_lots(fill.side) - line.closing_lots(fill.side))
    elif contract.product.option is not None:
        holdable = carrying.suspense.claimable_lots(fill, is_gross=carrying.is_gross)
    if quantity > min(fill.quantity_lots, holdable):
        detail = f"{min(fill.quantity_lots, holdable)} lots can be assigned, not {quantity}"
        return rejected(Reason.SUSPENSE_LOTS_TOO_FEW, detail)
    return None
