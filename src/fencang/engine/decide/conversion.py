"""A contract becomes another one: all of it in one record, or nothing.

Lots keep their opening day, their cost and the value that carries them; so value and profit stay
to the micro, and every lot must become whole lots.  Working orders have to be gone before: what a
venue may still fill in the old contract could not be booked any more.
"""

from collections.abc import Iterator
from datetime import date

from fencang.basics.price import format_price
from fencang.engine.accounts import ContractState, Line
from fencang.engine.conversion import Conversion, ended_words
from fencang.engine.decide.refusal import day_closed_words, rejected, second_person_refusal
from fencang.engine.state import DeskState
from fencang.ledger.book import SignedPosition
from fencang.ledger.lots import OpenLots
from fencang.messages.events import AnyEvent, CommandRejected
from fencang.messages.life_commands import ConvertContract
from fencang.messages.life_events import ContractConverted, ConvertedAccount, ConvertedBook
from fencang.messages.reasons import Reason
from fencang.refdata.contract import CostMethod

__all__ = ["decide_convert_contract"]

_SAME = ("venue_id", "currency", "kind", "cash_style", "cost_method", "option")
"""What the products of both contracts share; multiplier, ticks and fees may differ."""


def decide_convert_contract(state: DeskState, command: ConvertContract) -> list[AnyEvent]:
    """Convert every lot of a contract, or say what stands in the way."""
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    refusal = refusal or _contracts_refusal(state, command)
    if refusal is not None:
        return [refusal]
    old, new = (
        state.contracts[each] for each in (command.from_contract_id, command.to_contract_id)
    )
    refusal = _day_refusal(old, new, command) or _value_refusal(old, new, command)
    refusal = refusal or _use_refusal(state, old, new)
    if refusal is not None:
        return [refusal]
    conversion = Conversion(
        new,
        old.venue.today,
        command.new_lots,
        command.old_lots,
        command.price_numerator,
        command.price_denominator,
    )
    fault = next(_not_whole(state, old, conversion), "")
    if fault:
        return [rejected(Reason.CONVERSION_NOT_WHOLE, fault)]
    return [_converted(state, old, conversion, command)]


# ------------------------------------------------------------------------------------ what fits


def _contracts_refusal(state: DeskState, command: ConvertContract) -> CommandRejected | None:
    for contract_id in (command.from_contract_id, command.to_contract_id):
        contract = state.contracts.get(contract_id)
        if contract is None:
            return rejected(Reason.UNKNOWN_CONTRACT, f"no contract {contract_id}")
        if contract.is_expired:
            return rejected(Reason.CONTRACT_EXPIRED, ended_words(contract))
    old, new = (
        state.contracts[each] for each in (command.from_contract_id, command.to_contract_id)
    )
    if old is new:
        detail = f"{command.from_contract_id} cannot become itself"
        return rejected(Reason.CONVERSION_CONTRACTS, detail)
    differ = [name for name in _SAME if getattr(old.product, name) != getattr(new.product, name)]
    if old.contract.right is not new.contract.right:
        differ.append("right")
    strike = old.contract.strike_nanos
    if strike is not None:
        converted, rest = divmod(strike * command.price_numerator, command.price_denominator)
        if rest or converted != new.contract.strike_nanos:
            differ.append("strike as converted")
    if not differ:
        return None
    names = f"{command.from_contract_id} and {command.to_contract_id}"
    return rejected(Reason.CONVERSION_CONTRACTS, f"{names} differ in {', '.join(differ)}")


def _day_refusal(
    old: ContractState, new: ContractState, command: ConvertContract
) -> CommandRejected | None:
    """Refuse another day, and one on which a price of either has been paid already."""
    venue = old.venue
    if command.trading_day.toordinal() != venue.today:
        detail = f"{venue.venue.venue_id} is not on trading day {command.trading_day}"
        return rejected(Reason.WRONG_TRADING_DAY, detail)
    if venue.is_day_closed:
        return rejected(Reason.DAY_CLOSED, day_closed_words(venue))
    for contract in (old, new):
        settled = contract.settlements.get(venue.today)
        if settled is not None and settled.price_nanos is not None:
            detail = f"{contract.contract.contract_id} was settled today; convert on the next day"
            return rejected(Reason.ALREADY_SETTLED, detail)
    return None


def _value_refusal(
    old: ContractState, new: ContractState, command: ConvertContract
) -> CommandRejected | None:
    """Refuse a ratio and a price factor that together change what the lots are worth."""
    before = old.product.point_value_micros * command.old_lots * command.price_denominator
    after = new.product.point_value_micros * command.new_lots * command.price_numerator
    if before == after:
        return None
    detail = (
        f"{command.old_lots} lots of {command.from_contract_id} at {command.price_denominator} are "
        f"worth {before} micros, {command.new_lots} of {command.to_contract_id} at "
        f"{command.price_numerator} {after}"
    )
    return rejected(Reason.CONVERSION_VALUE, detail)


def _use_refusal(
    state: DeskState, old: ContractState, new: ContractState
) -> CommandRejected | None:
    old_id, new_id = old.contract.contract_id, new.contract.contract_id
    if old.live_orders:
        detail = (
            f"{len(old.live_orders)} orders work in {old_id}, the first is {min(old.live_orders)}; "
            "cancel them first"
        )
        return rejected(Reason.CONVERSION_ORDERS, detail)
    held = new.live_orders or any(not line.is_empty for line in new.sorted_lines())
    for carrying in state.carrying.values():
        for positions in (carrying.book.positions, carrying.suspense.positions):
            found = positions.get(new_id)
            held = held or (found is not None and not found.is_flat)
    if held:
        detail = f"{new_id} has been dealt in; a successor begins with what is converted"
        return rejected(Reason.CONVERSION_SUCCESSOR_IN_USE, detail)
    for name, contract in sorted(state.contracts.items()):
        if contract.contract.underlying_id == old_id and not contract.is_expired:
            detail = f"{name} is an option on {old_id}: convert it, or let it end, first"
            return rejected(Reason.CONVERSION_OPTIONS, detail)
    for line in old.sorted_lines():
        if _moves(line) and new.product.product_id not in line.sub.permitted:
            name = line.sub.sub_account_id
            detail = f"the mandate of {name} does not permit {new.product.product_id}"
            return rejected(Reason.PRODUCT_NOT_PERMITTED, detail)
    return None


# --------------------------------------------------------------------------------- what is whole


def _moves(line: Line) -> bool:
    return not line.position.is_flat or bool(line.position.carried_micros)


def _not_whole(state: DeskState, old: ContractState, conversion: Conversion) -> Iterator[str]:
    """Yield what does not convert whole, book by book."""
    for line in old.sorted_lines():
        name = f"{line.sub.sub_account_id} at {line.carrying_account_id}"
        is_average = old.product.cost_method is CostMethod.AVERAGE
        for word, side in (("long", line.position.long), ("short", line.position.short)):
            for fault in _side_faults(side, conversion, is_average=is_average):
                yield f"{name}: {fault.format(side=word)}"
    for carrying_id, carrying in sorted(state.carrying.items()):
        for name, fill in sorted(carrying.suspense.fills.items()):
            if fill.contract_id != old.contract.contract_id:
                continue
            if conversion.lots(fill.quantity_lots) is None:
                yield f"{name} in suspense at {carrying_id}: {fill.quantity_lots} lots"
            if conversion.price(fill.price_nanos) is None:
                yield f"{name} in suspense at {carrying_id}: {format_price(fill.price_nanos)}"
        for positions in (carrying.suspense.positions, carrying.book.positions):
            found = positions.get(old.contract.contract_id)
            if found is not None and None in _signed(found, conversion):
                yield f"{carrying_id}: {found.long_lots} and {found.short_lots} lots"
    mark = old.mark_nanos if conversion.successor.mark_nanos is None else None
    if mark is not None and conversion.price(mark) is None:
        yield f"the mark {format_price(mark)}"


def _side_faults(side: OpenLots, conversion: Conversion, *, is_average: bool) -> Iterator[str]:
    for day, lots, cost in side.layers:
        opened = date.fromordinal(day) if day else "the beginning"
        whole = conversion.lots(lots)
        if whole is None:
            yield (
                f"{lots} lots {{side}} of {opened} do not become whole lots at "
                f"{conversion.new_lots} for {conversion.old_lots}"
            )
        elif cost % whole and not is_average:
            yield f"the cost of {lots} lots {{side}} of {opened} is no whole micro per new lot"


def _signed(position: SignedPosition, conversion: Conversion) -> tuple[int | None, int | None]:
    return conversion.lots(position.long_lots), conversion.lots(position.short_lots)


# -------------------------------------------------------------------------------------- the event


def _converted(
    state: DeskState, old: ContractState, conversion: Conversion, command: ConvertContract
) -> ContractConverted:
    new, old_id = conversion.successor, command.from_contract_id
    books, accounts = [], []
    for line in old.sorted_lines():
        if _moves(line):
            lots = line.position.long.quantity_lots, line.position.short.quantity_lots
            book_id, carrying_id = line.sub.sub_account_id, line.carrying_account_id
            books.append(_book(book_id, carrying_id, lots, conversion))
    for carrying_id, carrying in sorted(state.carrying.items()):
        suspended = carrying.suspense.positions.get(old_id)
        if suspended is not None and not suspended.is_flat:
            lots = suspended.long_lots, suspended.short_lots
            books.append(_book(carrying.suspense.book.book_id, carrying_id, lots, conversion))
        held = carrying.book.positions.get(old_id)
        if held is not None and not held.is_flat:
            accounts.append(_account(carrying_id, held, conversion))
    mark = old.mark_nanos if new.mark_nanos is None else None
    settled = old.settlement_nanos if new.settlement_nanos is None else None
    return ContractConverted(
        from_contract_id=old_id,
        to_contract_id=command.to_contract_id,
        trading_day=command.trading_day,
        new_lots=command.new_lots,
        old_lots=command.old_lots,
        price_numerator=command.price_numerator,
        price_denominator=command.price_denominator,
        mark_nanos=None if mark is None else conversion.price(mark),
        settlement_nanos=None if settled is None else conversion.price(settled),
        carrying=tuple(accounts),
        books=tuple(books),
        source=command.source,
        reason=command.reason,
        approved_by=command.approved_by,
    )


def _book(
    book_id: str, carrying_id: str, lots: tuple[int, int], conversion: Conversion
) -> ConvertedBook:
    longs, shorts = (conversion.lots(each) for each in lots)
    assert longs is not None
    assert shorts is not None
    return ConvertedBook(
        book_id=book_id,
        carrying_account_id=carrying_id,
        long_lots=lots[0],
        short_lots=lots[1],
        new_long_lots=longs,
        new_short_lots=shorts,
    )


def _account(carrying_id: str, held: SignedPosition, conversion: Conversion) -> ConvertedAccount:
    longs, shorts = _signed(held, conversion)
    assert longs is not None
    assert shorts is not None
    return ConvertedAccount(
        carrying_account_id=carrying_id,
        long_lots=held.long_lots,
        short_lots=held.short_lots,
        new_long_lots=longs,
        new_short_lots=shorts,
    )
