"""A contract becomes another one: lots, values, suspended fills, references of rules."""

from fencang.engine.accounts import ContractState, Line
from fencang.engine.conversion import Conversion
from fencang.engine.evolve.fill_corrections import change_line
from fencang.engine.evolve.fills import change_suspended
from fencang.engine.state import DeskState
from fencang.ledger.conversion import convert_position
from fencang.ledger.position import Position
from fencang.messages.life_events import ContractConverted, ConvertedAccount, ConvertedBook

__all__: list[str] = []


def on_converted(state: DeskState, event: ContractConverted) -> None:
    """Move everything over; the old contract has ended."""
    old = state.contracts[event.from_contract_id]
    new = state.contracts[event.to_contract_id]
    conversion = Conversion(
        new,
        event.trading_day.toordinal(),
        event.new_lots,
        event.old_lots,
        event.price_numerator,
        event.price_denominator,
    )
    if event.settlement_nanos is not None:
        new.settlement_nanos = event.settlement_nanos
    if event.mark_nanos is not None:
        new.mark(event.mark_nanos)
        new.marked_ns = old.marked_ns
    new.take_prices()
    for part in event.books:
        sub = state.subs.get(part.book_id)
        if sub is None:
            _move_suspended(state, old, new, part)
        else:
            line = sub.lines[part.carrying_account_id, event.from_contract_id]
            _move_line(line, state.line(sub, part.carrying_account_id, new), conversion)
    for account in event.carrying:
        _move_carried(state, event, account)
    _convert_fills(state, event.from_contract_id, conversion)
    _convert_references(state, event, conversion)
    old.is_expired = True
    old.conversion = conversion


def _move_line(line: Line, successor: Line, conversion: Conversion) -> None:
    """Take lots and carried value out of one line and into the other; profit goes with them."""
    moved = Position()
    new_lots, old_lots = conversion.new_lots, conversion.old_lots

    def take(position: Position) -> None:
        convert_position(position, moved, new_lots, old_lots)

    def give(position: Position) -> None:
        position.long, position.short = moved.long, moved.short
        position.carried_micros += moved.carried_micros
        position.variation_micros += moved.variation_micros

    change_line(line, take)
    change_line(successor, give)


def _move_suspended(
    state: DeskState, old: ContractState, new: ContractState, part: ConvertedBook
) -> None:
    carrying_id = part.carrying_account_id
    carrying = state.carrying[carrying_id]
    suspense = carrying.suspense
    before = suspense.positions.pop(old.contract.contract_id)
    unpaid = before.net_lots * old.unit_value_micros - before.carried_micros
    after = suspense.position(new.contract.contract_id)
    after.long_lots, after.short_lots = part.new_long_lots, part.new_short_lots
    after.carried_micros = before.carried_micros
    change_suspended(state, old, carrying_id, -part.long_lots, -part.short_lots)
    change_suspended(state, new, carrying_id, part.new_long_lots, part.new_short_lots)
    change = after.net_lots * new.unit_value_micros - after.carried_micros - unpaid
    state.pool(carrying.account.holder_id).standing.add_balance(new.currency, change)


def _move_carried(state: DeskState, event: ContractConverted, part: ConvertedAccount) -> None:
    book = state.carrying[part.carrying_account_id].book
    before = book.positions.pop(event.from_contract_id)
    after = book.position(event.to_contract_id)
    after.long_lots, after.short_lots = part.new_long_lots, part.new_short_lots
    after.carried_micros = before.carried_micros


def _convert_fills(state: DeskState, old_id: str, conversion: Conversion) -> None:
    """Let what lies in suspense be assigned in the successor, at the price that carries it."""
    for carrying in state.carrying.values():
        for fill in carrying.suspense.fills.values():
            if fill.contract_id != old_id:
                continue
            lots, price = conversion.lots(fill.quantity_lots), conversion.price(fill.price_nanos)
            assert lots is not None, fill.contract_id
            assert price is not None, fill.contract_id
            fill.contract_id = conversion.successor.contract.contract_id
            fill.quantity_lots, fill.price_nanos = lots, price


def _convert_references(state: DeskState, event: ContractConverted, conversion: Conversion) -> None:
    """Let rules and instructions mean the successor; what is not whole is rounded down."""
    old_id, new_id = event.from_contract_id, event.to_contract_id
    new_lots, old_lots = conversion.new_lots, conversion.old_lots
    for armed in state.rules.values():
        for own in armed.positions.values():
            for key in [key for key in own if key[1] == old_id]:
                longs, shorts = own.pop(key)
                own[key[0], new_id] = (longs * new_lots // old_lots, shorts * new_lots // old_lots)
    for place in [place for place in state.instructions if place[2] == old_id]:
        exercise, abandon = state.instructions.pop(place)
        exercise, abandon = exercise * new_lots // old_lots, abandon * new_lots // old_lots
        if exercise or abandon:
            state.instructions[place[0], place[1], new_id] = exercise, abandon
