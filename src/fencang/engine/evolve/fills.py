"""Fills: the carrying book, the sub-accounts, the suspense account."""

from typing import Final

from fencang.engine.accounts import ContractState, Line, change_entry
from fencang.engine.carrying import CarryingState, SuspendedFill
from fencang.engine.evolve.orders import fill_order, receive
from fencang.engine.evolve.self_match import remember_fill
from fencang.engine.evolve.trade_flow import count_fill
from fencang.engine.executions import Execution
from fencang.engine.limit_links import suspense_links
from fencang.engine.risk.exposure_links import suspend_exposure
from fencang.engine.state import DeskState
from fencang.ledger.book import add_cash
from fencang.ledger.position import trade
from fencang.ledger.volumes import month_of
from fencang.messages import events as ev
from fencang.messages.fill_events import EnteredFillAllocated
from fencang.messages.message import Offset, Side

__all__ = [
    "change_suspended",
    "note_part",
    "pay_fee",
    "pay_premium",
    "pay_suspended_premium",
    "signed_change",
    "trade_line",
    "unpaid_micros",
]

_BUY: Final = Side.BUY
"""On the path of every fill: to ask an enumeration for a member takes ten times as long."""


def on_booked(state: DeskState, event: ev.FillBooked) -> None:
    """Book a venue fill into the carrying account and count it on its order."""
    contract = state.contracts[event.contract_id]
    if contract.mark_nanos is None:
        contract.mark(event.price_nanos)
    key = (event.carrying_account_id, event.execution_id)
    state.note_execution(*key)
    day, price = contract.venue.today, event.price_nanos
    execution = Execution(
        event.contract_id, event.side, event.offset, event.quantity_lots, price, day
    )
    state.detailed_executions.add(key, execution)
    product_id = contract.product.product_id
    state.funds.month_lots.add(
        event.carrying_account_id, product_id, month_of(day), event.quantity_lots
    )
    book = state.carrying[event.carrying_account_id].book
    book.position(event.contract_id).trade(
        contract.product, event.side, event.offset, event.quantity_lots, event.price_nanos
    )
    if event.order_id is not None:
        order = state.orders[event.order_id]
        count_fill(state, order)
        remember_fill(state, event)
        fill_order(state, order, event.quantity_lots)


def on_allocated(state: DeskState, event: ev.FillAllocated) -> None:
    """Book lots and fee into a sub-account."""
    order = state.orders[event.order_id]
    line = order.line
    if line is None:
        assert order.block is not None
        receive(order.block, event.sub_account_id, event.quantity_lots)
        sub = state.subs[event.sub_account_id]
        line = sub.lines[event.carrying_account_id, event.contract_id]
    side, offset, quantity, price = (
        event.side,
        event.offset,
        event.quantity_lots,
        event.price_nanos,
    )
    if order.roll is not None:
        order.roll.count(order.order_id, quantity, price)
    closed = trade_line(line, side, offset, quantity, price)
    note_part(state, event, closed, line.contract.venue.today)
    if event.fee_micros:
        pay_fee(state, line, event.fee_micros)


def note_part(
    state: DeskState,
    event: ev.FillAllocated | EnteredFillAllocated | ev.SuspenseAssigned,
    closed: list[list[int]],
    day: int,
) -> None:
    """Note on the execution who received its lots, if it is still remembered.

    Lots that were converted in suspense are none of the fill's any more.
    """
    key = (event.carrying_account_id, event.execution_id)
    execution = state.detailed_executions.get(key)
    if execution is not None and execution.contract_id == event.contract_id:
        lots, price = event.quantity_lots, event.price_nanos
        part = execution.add(event.sub_account_id, lots, price, closed, event.fee_micros, day)
        part.is_assigned = isinstance(event, ev.SuspenseAssigned)


def pay_fee(state: DeskState, line: Line, fee_micros: int) -> None:
    """Pay a fee out of a sub-account and its carrying account; below zero it comes back."""
    currency = line.contract.currency
    line.sub.book.pay_fee(currency, fee_micros)
    line.sub.standing.add_balance(currency, -fee_micros)
    line.sub.pool.standing.add_balance(currency, -fee_micros)
    carrying = state.carrying[line.carrying_account_id]
    carrying.book.add_cash(line.sub.definition.owner_id, currency, -fee_micros)


def trade_line(
    line: Line, side: Side, offset: Offset, quantity_lots: int, price_nanos: int, day: int = 0
) -> list[list[int]]:
    """Book a trade into a line and carry it into every cache over it; return what it closed.

    Lots that it opens are today's unless an opening day is given.
    """
    contract, position = line.contract, line.position
    long_before, short_before = position.long.quantity_lots, position.short.quantity_lots
    product, today = contract.product, contract.venue.today
    closed = trade(position, product, side, offset, quantity_lots, price_nanos, today, day)
    longs = position.long.quantity_lots - long_before
    shorts = position.short.quantity_lots - short_before
    line.change_lots(longs, shorts, 0, 0)
    premium = pay_premium(line) if line.contract.pays_premium else 0
    balance = unpaid_micros(contract, side, quantity_lots, price_nanos) + premium
    if balance:
        line.sub.standing.add_balance(contract.currency, balance)
        line.sub.pool.standing.add_balance(contract.currency, balance)
    return closed


def pay_premium(line: Line) -> int:
    """Pay what a line's trades cost or brought in premiums; return it."""
    premium = line.position.pay_premium()
    if premium:
        currency = line.contract.currency
        add_cash(line.sub.book.cash, currency, premium)
        line.carrying.book.add_cash(line.sub.definition.owner_id, currency, premium)
    return premium


def unpaid_micros(contract: ContractState, side: Side, quantity_lots: int, price_nanos: int) -> int:
    """Return the variation that lots traded at a price have not been paid up to the mark."""
    if contract.pays_premium:
        return 0
    signed_lots = quantity_lots if side is _BUY else -quantity_lots
    return signed_lots * (contract.unit_value_micros - contract.value_micros(price_nanos, 1))


def signed_change(side: Side, offset: Offset, quantity_lots: int) -> tuple[int, int]:
    """Return how a fill changes the long and short lots of a signed position."""
    signed = side.sign * quantity_lots
    if offset is Offset.NET or (offset is Offset.OPEN) == (side is Side.BUY):
        return signed, 0
    return 0, -signed


def on_suspended(state: DeskState, event: ev.FillSuspended) -> None:
    """Book lots and fee into the suspense account; pool and master count them."""
    contract = state.contracts[event.contract_id]
    carrying = state.carrying[event.carrying_account_id]
    suspense = carrying.suspense
    pool = state.pool(carrying.account.holder_id)
    premium = suspense.position(event.contract_id).trade(
        contract.product, event.side, event.offset, event.quantity_lots, event.price_nanos
    )
    pay_suspended_premium(carrying, contract.currency, premium)
    suspense.fills[event.execution_id] = SuspendedFill(
        event.contract_id,
        event.side,
        event.offset,
        event.quantity_lots,
        event.price_nanos,
        event.fee_micros,
        contract.venue.today,
    )
    longs, shorts = signed_change(event.side, event.offset, event.quantity_lots)
    change_suspended(state, contract, event.carrying_account_id, longs, shorts)
    unpaid = unpaid_micros(contract, event.side, event.quantity_lots, event.price_nanos) + premium
    suspense.book.pay_fee(contract.currency, event.fee_micros)
    carrying.book.add_cash(pool.owner_id, contract.currency, -event.fee_micros)
    pool.standing.add_balance(contract.currency, unpaid - event.fee_micros)


def pay_suspended_premium(carrying: CarryingState, currency: str, premium: int) -> None:
    """Move a premium in the suspense account and in the account that really holds it."""
    if premium:
        book = carrying.suspense.book
        add_cash(book.cash, currency, premium)
        carrying.book.add_cash(book.owner_id, currency, premium)


def change_suspended(
    state: DeskState, contract: ContractState, carrying_id: str, longs: int, shorts: int
) -> None:
    """Change the holder's pool and the worst case of master, account, venue and holder."""
    carrying = state.carrying[carrying_id]
    pool = state.pool(carrying.account.holder_id)
    change_entry(state.pool_entry(pool, carrying_id, contract), contract, longs, shorts, 0, 0)
    links = suspense_links(state, carrying_id, contract)
    links.change(longs, shorts, 0, 0, is_gross=carrying.is_gross)
    suspend_exposure(state, contract, carrying_id, longs, shorts)


def on_suspense_assigned(state: DeskState, event: ev.SuspenseAssigned) -> None:
    """Move lots and their fee from the suspense account to a sub-account."""
    contract = state.contracts[event.contract_id]
    suspense = state.carrying[event.carrying_account_id].suspense
    fill = suspense.fills[event.execution_id]
    fill.quantity_lots -= event.quantity_lots
    fill.fee_micros -= event.fee_micros
    if not fill.quantity_lots:
        del suspense.fills[event.execution_id]
    premium = suspense.position(event.contract_id).trade(
        contract.product, event.side, event.offset, -event.quantity_lots, event.price_nanos
    )
    pay_suspended_premium(state.carrying[event.carrying_account_id], contract.currency, premium)
    suspense.book.pay_fee(contract.currency, -event.fee_micros)
    # The lots leave pool and master in the form they came in and enter again as the line's.
    longs, shorts = signed_change(event.side, event.offset, event.quantity_lots)
    change_suspended(state, contract, event.carrying_account_id, -longs, -shorts)
    unpaid = unpaid_micros(contract, event.side, event.quantity_lots, event.price_nanos)
    sub = state.subs[event.sub_account_id]
    sub.pool.standing.add_balance(contract.currency, premium - unpaid)
    line = state.line(sub, event.carrying_account_id, contract)
    closed = trade_line(line, event.side, event.offset, event.quantity_lots, event.price_nanos)
    note_part(state, event, closed, contract.venue.today)
    sub.book.pay_fee(contract.currency, event.fee_micros)
    sub.standing.add_balance(contract.currency, -event.fee_micros)
