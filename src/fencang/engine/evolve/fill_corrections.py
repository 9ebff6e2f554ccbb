"""Entered fills, corrections, busts and moved positions: the books they touch, and no other."""

from collections.abc import Callable
from datetime import date

from fencang.engine.accounts import ContractState, Line
from fencang.engine.carrying import SuspendedFill
from fencang.engine.evolve.fees import count_mended
from fencang.engine.evolve.fills import (
    change_suspended,
    note_part,
    pay_fee,
    pay_premium,
    pay_suspended_premium,
    signed_change,
    trade_line,
)
from fencang.engine.executions import Execution, FillPart
from fencang.engine.state import DeskState
from fencang.ledger.book import suspense_id
from fencang.ledger.mending import add_lots, give_lots, reprice, take_back, take_lots
from fencang.ledger.position import Position
from fencang.ledger.volumes import month_of
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    FillEntered,
    FillMend,
    PositionTransferred,
)

__all__ = ["change_line"]

Mended = FillCorrected | FillBusted


def on_entered(state: DeskState, event: FillEntered) -> None:
    """Let the fill, which is booked already, count for its clearing day."""
    key = (event.carrying_account_id, event.execution_id)
    execution = state.detailed_executions.get(key)
    assert execution is not None, key
    day, clearing = execution.day, event.clearing_day.toordinal()
    execution.day = clearing
    if month_of(clearing) != month_of(day):
        product_id = state.contracts[execution.contract_id].product.product_id
        lots, place = execution.quantity_lots, (event.carrying_account_id, product_id)
        state.funds.month_lots.change(*place, month_of(day), -lots)
        state.funds.month_lots.add(*place, month_of(clearing), lots)


def on_entered_allocated(state: DeskState, event: EnteredFillAllocated) -> None:
    """Book lots and fee into a sub-account; lots that open are of the fill's clearing day."""
    key = (event.carrying_account_id, event.execution_id)
    execution = state.detailed_executions.get(key)
    assert execution is not None, key
    sub, contract = state.subs[event.sub_account_id], state.contracts[event.contract_id]
    line = state.line(sub, event.carrying_account_id, contract)
    quantity, price, day = event.quantity_lots, event.price_nanos, execution.day
    closed = trade_line(line, event.side, event.offset, quantity, price, day)
    note_part(state, event, closed, day)
    if event.fee_micros:
        pay_fee(state, line, event.fee_micros)


def on_corrected(state: DeskState, event: FillCorrected) -> None:
    """Book the opposite trade at the old price and the right one, then know the fill by it."""
    execution = _mend(state, event, event.new_quantity_lots, event.new_price_nanos)
    execution.quantity_lots = event.new_quantity_lots
    execution.price_nanos = event.new_price_nanos


def on_busted(state: DeskState, event: FillBusted) -> None:
    """Book the opposite trade; the fill is remembered as one that never was."""
    execution = _mend(state, event, 0, event.old_price_nanos)
    execution.quantity_lots = 0
    execution.is_busted = True


def _mend(state: DeskState, event: Mended, new_lots: int, new_price: int) -> Execution:
    carrying_id = event.carrying_account_id
    key = (carrying_id, event.execution_id)
    execution = state.detailed_executions.get(key)
    assert execution is not None, key
    state.note_execution(carrying_id, event.correction_id)
    state.detailed_executions.correct(key, event.correction_id)
    contract = state.contracts[event.contract_id]
    position = state.carrying[carrying_id].book.position(event.contract_id)
    product, side, offset = contract.product, event.side, event.offset
    position.trade(product, side, offset, -event.old_quantity_lots, event.old_price_nanos)
    position.trade(product, side, offset, new_lots, new_price)
    parts = iter(list(execution.parts))
    for mend in event.mends:
        if mend.book_id == suspense_id(carrying_id):
            _mend_suspense(state, event, contract, mend)
        else:
            part = next(part for part in parts if part.sub_account_id == mend.book_id)
            line = state.line(state.subs[mend.book_id], carrying_id, contract)
            _mend_part(state, event, line, part, mend)
    execution.parts = [part for part in execution.parts if part.lots.quantity_lots]
    count_mended(state, event, execution.day)
    return execution


def _mend_part(state: DeskState, event: Mended, line: Line, part: FillPart, mend: FillMend) -> None:
    product, side = line.contract.product, event.side
    lots = part.lots
    # What a gross side can no longer give back was taken from the suspense account instead.
    short = lots.quantity_lots - mend.taken_lots
    fewer = max(0, mend.taken_lots - mend.entered_lots)
    more = max(0, mend.entered_lots - mend.taken_lots)
    today = line.contract.venue.today

    def change(position: Position) -> None:
        if fewer:
            take_back(position, product, side, lots, fewer, is_gross=line.is_gross)
        lots.forget(short)
        if lots.quantity_lots:
            reprice(position, product, side, lots, mend.entered_price_nanos)
        if more:
            add_lots(position, product, side, event.offset, lots, more, today)

    change_line(line, change)
    part.fee_micros += mend.fee_micros
    if mend.fee_micros:
        pay_fee(state, line, mend.fee_micros)


def change_line(line: Line, change: Callable[[Position], None]) -> None:
    """Change a line's position and carry the change into every cache over it."""
    position, contract = line.position, line.contract
    longs, shorts = position.long.quantity_lots, position.short.quantity_lots
    unit = contract.unit_value_micros
    unpaid = position.net_lots * unit - position.carried_micros
    change(position)
    longs = position.long.quantity_lots - longs
    shorts = position.short.quantity_lots - shorts
    line.change_lots(longs, shorts, 0, 0)
    unpaid = position.net_lots * unit - position.carried_micros - unpaid
    if unpaid:
        line.sub.standing.add_balance(contract.currency, unpaid)
        line.sub.pool.standing.add_balance(contract.currency, unpaid)
    if contract.product.pays_premium:
        pay_premium(line)


def _mend_suspense(
    state: DeskState, event: Mended, contract: ContractState, mend: FillMend
) -> None:
    carrying_id = event.carrying_account_id
    carrying = state.carrying[carrying_id]
    suspense, product = carrying.suspense, contract.product
    position, side, offset = suspense.position(event.contract_id), event.side, event.offset
    unit = contract.unit_value_micros
    unpaid = position.net_lots * unit - position.carried_micros
    premium = position.trade(product, side, offset, -mend.taken_lots, mend.taken_price_nanos)
    premium += position.trade(product, side, offset, mend.entered_lots, mend.entered_price_nanos)
    pay_suspended_premium(carrying, contract.currency, premium)
    unpaid = position.net_lots * unit - position.carried_micros - unpaid
    added = mend.entered_lots - mend.taken_lots
    longs, shorts = signed_change(side, offset, added)
    change_suspended(state, contract, carrying_id, longs, shorts)
    pool = state.pool(carrying.account.holder_id)
    fee, currency = mend.fee_micros, contract.currency
    suspense.book.pay_fee(currency, fee)
    carrying.book.add_cash(pool.owner_id, currency, -fee)
    pool.standing.add_balance(currency, unpaid + premium - fee)
    _mend_suspended(suspense.fills, event, contract, mend)


def _mend_suspended(
    fills: dict[str, SuspendedFill], event: Mended, contract: ContractState, mend: FillMend
) -> None:
    """Follow with what can be assigned; what was settled stays at the settlement price."""
    added = mend.entered_lots - mend.taken_lots
    fill = fills.get(event.execution_id)
    if fill is None:
        if not added:
            return
        price, today = mend.entered_price_nanos, contract.venue.today
        fill = fills[event.execution_id] = SuspendedFill(
            event.contract_id, event.side, event.offset, 0, price, 0, today
        )
    elif fill.price_nanos == mend.taken_price_nanos and mend.entered_lots:
        fill.price_nanos = mend.entered_price_nanos
    fill.quantity_lots += added
    fill.fee_micros += mend.fee_micros
    if not fill.quantity_lots:
        del fills[event.execution_id]


def on_position_transferred(state: DeskState, event: PositionTransferred) -> None:
    """Take lots from the giver, give them to the receiver; carrying account and pool stand."""
    contract = state.contracts[event.contract_id]
    giver, receiver = (
        state.line(state.subs[sub_id], event.carrying_account_id, contract)
        for sub_id in (event.from_sub_account_id, event.to_sub_account_id)
    )
    product, side = contract.product, event.side
    pieces = [
        [_ordinal(piece.opened_day), piece.quantity_lots, piece.cost_micros]
        for piece in event.pieces
    ]
    value = sum(piece[2] for piece in pieces)
    lots, is_gross = event.quantity_lots, giver.is_gross
    change_line(giver, lambda position: give_lots(position, product, side, lots, value))
    change_line(
        receiver,
        lambda position: take_lots(position, product, side, pieces, is_gross=is_gross),
    )


def _ordinal(day: date | None) -> int:
    return day.toordinal() if day is not None else 0
