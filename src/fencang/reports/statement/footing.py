"""Does a statement foot?  One that does not is a programmer's error and is never shown."""

from collections import Counter
from collections.abc import Sequence

from fencang.reports.statement.holdings import Held
from fencang.reports.statement.values import MovementKind, ResultLine, Statement

__all__ = ["check_footing"]


def check_footing(statement: Statement, opening: Sequence[Held], closing: Sequence[Held]) -> None:
    """Assert every law that the reader of a statement could check with a pencil.

    Opening cash and movements come to closing cash; every movement to its single items, each in
    one place (corrected settlements are items, and in their contract's variation too); opening lots
    and changes to closing lots; profit by cost of record to profit by settlement, premium and value
    of options.
    """
    for balance in statement.balances:
        moved = sum(movement.amount_micros for movement in balance.movements)
        assert balance.opening_micros + moved == balance.closing_micros, balance
    _check_movements(statement)
    _check_lots(statement, opening, closing)
    for line in statement.results:
        _check_result(line)


def _check_movements(statement: Statement) -> None:
    left: Counter[tuple[str, MovementKind]] = Counter()
    for balance in statement.balances:
        for movement in balance.movements:
            left[balance.currency, movement.kind] += movement.amount_micros
    by_fill = (MovementKind.PREMIUM, MovementKind.FEES)
    fills = Counter({key: amount for key, amount in left.items() if key[1] in by_fill})
    for entry in statement.entries:
        left[entry.currency, entry.kind] -= entry.amount_micros
        if entry.kind is MovementKind.CORRECTION:
            left[entry.currency, MovementKind.VARIATION] += entry.amount_micros
    for line in statement.results:
        left[line.currency, MovementKind.VARIATION] -= line.variation_micros
        left[line.currency, MovementKind.PREMIUM] -= line.premium_micros
        left[line.currency, MovementKind.FEES] += line.fees_micros
    for change in statement.lot_changes:
        fills[change.currency, MovementKind.PREMIUM] -= change.premium_micros
        fills[change.currency, MovementKind.FEES] += change.fee_micros
    assert not any(left.values()), (statement.account_id, left)
    assert not any(fills.values()), (statement.account_id, fills)


def _check_lots(statement: Statement, opening: Sequence[Held], closing: Sequence[Held]) -> None:
    left: Counter[tuple[str, str, str]] = Counter()
    for held in opening:
        left[held.book_id, held.carrying_account_id, held.contract_id] += held.net_lots
    for change in statement.lot_changes:
        sign = 1 if change.side == "buy" else -1
        key = (change.book_id, change.carrying_account_id, change.contract_id)
        left[key] += sign * change.quantity_lots
    for held in closing:
        left[held.book_id, held.carrying_account_id, held.contract_id] -= held.net_lots
    assert not any(left.values()), (statement.account_id, left)


def _check_result(line: ResultLine) -> None:
    unpaid = line.closing_unpaid_micros - line.opening_unpaid_micros
    value = line.closing_option_value_micros - line.opening_option_value_micros
    value -= line.brought_in_option_value_micros
    cash = line.variation_micros + line.premium_micros - line.fees_micros
    assert line.net_micros == cash + unpaid + value, line
