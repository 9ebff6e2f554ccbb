"""The alarm for circles: what left an account before a month's end and is back just after it.

Lots that are moved, capital, deposits, withdrawals and wires count; trades do not: who sells before
the end of a month and buys after it has traded.  Every transfer is looked at from the account that
it came to, so a circle is told once: by the account that what went round belongs to.
"""

from fencang.basics.money import format_money
from fencang.engine.regimes.links import today_of
from fencang.engine.regimes.transfers import CASH, LOTS, TransferKey, outside_id
from fencang.engine.state import DeskState
from fencang.ledger.book import reserve_id
from fencang.limits.regimes.turns import turn_before
from fencang.messages.evasion_events import EvasionAlarm, EvasionKind
from fencang.messages.events import AnyEvent, CapitalTransferred, CashDeposited, CashWithdrawn
from fencang.messages.fill_events import PositionTransferred
from fencang.messages.message import Side
from fencang.messages.money_commands import WireDirection
from fencang.messages.money_events import WireConfirmed

__all__ = [
    "follow_capital_moved",
    "follow_cash_moved",
    "follow_lots_moved",
    "follow_wire_confirmed",
]


def follow_lots_moved(state: DeskState, event: PositionTransferred) -> list[AnyEvent]:
    """Tell lots that are back in a sub-account."""
    side = "long" if event.side is Side.BUY else "short"
    return _circles(state, (event.to_sub_account_id, f"{event.contract_id} {side}", LOTS))


def follow_capital_moved(state: DeskState, event: CapitalTransferred) -> list[AnyEvent]:
    """Tell capital that is back in a book."""
    return _circles(state, (event.to_book_id, CASH, state.rates.base_currency))


def follow_cash_moved(state: DeskState, event: CashDeposited | CashWithdrawn) -> list[AnyEvent]:
    """Tell cash that is back in an owner's reserve, or where the owner had it from."""
    is_in = isinstance(event, CashDeposited)
    return _cash_circles(state, event.owner_id, event.currency, is_in=is_in)


def follow_wire_confirmed(state: DeskState, event: WireConfirmed) -> list[AnyEvent]:
    """Tell the same of cash that came or went by wire."""
    wire = state.funds.wires[event.wire_id]
    is_in = wire.direction is WireDirection.IN
    return _cash_circles(state, wire.owner_id, wire.currency, is_in=is_in)


def _cash_circles(state: DeskState, owner_id: str, currency: str, *, is_in: bool) -> list[AnyEvent]:
    place = reserve_id(owner_id) if is_in else outside_id(owner_id)
    return _circles(state, (place, CASH, currency))


def _circles(state: DeskState, key: TransferKey) -> list[AnyEvent]:
    book = state.regimes
    if book.is_empty or not book.day:
        return []
    rules, today = book.watch_rules, today_of(state)
    turn = turn_before(today, rules.turn_days, rules.reporting_days)
    circle = book.watch.transfers.circle(key, turn, rules) if turn is not None else None
    if turn is None or circle is None:
        return []
    account_id, what, unit = key
    left, back = (
        f"{amount} lots of {what}" if unit == LOTS else f"{format_money(amount)} {unit}"
        for amount in (circle.left, circle.back)
    )
    alarm = EvasionAlarm(
        kind=EvasionKind.CIRCULAR_TRANSFER,
        subjects=(account_id, what if unit == LOTS else unit),
        evidence=(
            f"{left} left {account_id} from {circle.first_day} on and were not there at the end of "
            f"{turn}; {back} were back on {today}; with {', '.join(circle.others)}"
        ),
    )
    return [alarm] if book.watch.is_first_since(alarm, turn.toordinal()) else []
