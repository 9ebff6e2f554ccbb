"""Fees beyond the cash of a fill: orders' and days' minima, and the month's volume."""

from fencang.engine.day_charges import DayKey
from fencang.engine.state import DeskState
from fencang.ledger.volumes import month_of
from fencang.messages.fee_events import DayMinimumCharged
from fencang.messages.fill_events import FillBusted, FillCorrected
from fencang.messages.money_events import FillCharged

__all__ = ["count_mended", "leave_day"]


def on_fill_charged(state: DeskState, event: FillCharged) -> None:
    """Count towards the minima of the order and of the day; the fee was paid with the fill."""
    order = state.orders.get(event.order_id) if event.order_id is not None else None
    for part in event.parts:
        if order is not None and part.counted_micros is not None:
            before = order.charged.get(part.row_id, 0)
            order.charged[part.row_id] = before + part.counted_micros
        if part.is_for_day_minimum:
            _count_for_day(state, event, part.row_id, part.amount_micros)


def _count_for_day(state: DeskState, event: FillCharged, row_id: str, amount: int) -> None:
    """Count what was charged for a fill of the running day; one of an earlier day is too late.

    Before a venue's first day there is none to count for.
    """
    carrying_id = event.carrying_account_id
    execution = state.detailed_executions.get((carrying_id, event.execution_id))
    assert execution is not None, event
    contract = state.contracts[execution.contract_id]
    if execution.day and execution.day == contract.venue.today:
        key = DayKey(carrying_id, contract.product.product_id, row_id)
        state.funds.day_charges.of(key).add(event.execution_id, amount)


def on_day_minimum(state: DeskState, event: DayMinimumCharged) -> None:
    """Pay what is missing, or bring it back, book by book."""
    key = DayKey(event.carrying_account_id, event.product_id, event.row_id)
    charge = state.funds.day_charges.of(key)
    carrying, currency = state.carrying[event.carrying_account_id], event.currency
    for part in event.books:
        amount = part.amount_micros
        charge.pay(part.book_id, amount)
        sub = state.subs.get(part.book_id)
        book = carrying.suspense.book if sub is None else sub.book
        book.pay_fee(currency, amount)
        if sub is not None:
            sub.standing.add_balance(currency, -amount)
        state.pool(book.owner_id).standing.add_balance(currency, -amount)
        carrying.book.add_cash(book.owner_id, currency, -amount)


def count_mended(state: DeskState, event: FillCorrected | FillBusted, day: int) -> None:
    """Let the month of the fill and its day count the lots that it should have had."""
    product_id = state.contracts[event.contract_id].product.product_id
    carrying_id = event.carrying_account_id
    old = event.old_quantity_lots
    new = event.new_quantity_lots if isinstance(event, FillCorrected) else 0
    state.funds.month_lots.change(carrying_id, product_id, month_of(day), new - old)
    state.funds.day_charges.mend((carrying_id, product_id), event.execution_id, old, new)


def leave_day(state: DeskState, venue_id: str) -> None:
    """Forget what a venue's day has charged: no minimum of it is asked any more."""
    if state.funds.day_charges.found:
        products = state.products.values()
        state.funds.day_charges.forget(
            each.product_id for each in products if each.venue_id == venue_id
        )
