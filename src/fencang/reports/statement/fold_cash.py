"""Cash that moves by itself: deposits, transfers, conversions, wires, interest, daily minima.

All but the minima have no venue.
"""

from fencang.basics.money import format_money
from fencang.messages import events as ev
from fencang.messages.fee_events import DayMinimumCharged
from fencang.messages.money_events import (
    InterestKind,
    InterestPosted,
    WireCancelled,
    WireConfirmed,
    WireRequested,
    WireReturned,
)
from fencang.projections.cash_moves import WireNote, moves_of
from fencang.projections.reference import reserve_id
from fencang.reports.statement.gathered import Gathered
from fencang.reports.statement.values import MovementKind

__all__ = ["CashFold"]

WireEvent = WireRequested | WireConfirmed | WireReturned | WireCancelled


class CashFold:
    """Notes what moves cash by itself."""

    __slots__ = ("_gathered", "_wires")

    def __init__(self, gathered: Gathered) -> None:
        self._gathered = gathered
        self._wires: dict[int, WireNote] = {}

    def change(self, event: ev.AnyEvent) -> None:
        """Do what an event does; one that moves cash alone needs a case here."""
        match event:
            case ev.CashDeposited() | ev.CashWithdrawn():
                self._paid(event)
            case ev.CapitalTransferred():
                self._transferred(event)
            case ev.CurrencyConverted():
                self._converted(event)
            case WireRequested() | WireConfirmed() | WireReturned() | WireCancelled():
                self._wired(event)
            case InterestPosted():
                self._interest(event)
            case DayMinimumCharged():
                self._minimum(event)
            case _:
                pass

    def import_cash(self, event: ev.OpeningBookImported) -> None:
        """Take over cash of a prior system."""
        for cash in event.cash:
            self._moved(
                MovementKind.OPENING_BOOK,
                cash.sub_account_id or reserve_id(cash.owner_id),
                cash.currency,
                cash.amount_micros,
                carrying_account_id=cash.carrying_account_id,
                text=event.source,
            )

    def _moved(
        self, kind: MovementKind, book_id: str, currency: str, amount_micros: int, **more: str
    ) -> None:
        day = self._gathered.cash_day()
        self._gathered.move_cash(day, kind, book_id, currency, amount_micros, **more)

    def _paid(self, event: ev.CashDeposited | ev.CashWithdrawn) -> None:
        comes = isinstance(event, ev.CashDeposited)
        self._moved(
            MovementKind.DEPOSIT if comes else MovementKind.WITHDRAWAL,
            reserve_id(event.owner_id),
            event.currency,
            event.amount_micros if comes else -event.amount_micros,
            carrying_account_id=event.carrying_account_id,
        )

    def _transferred(self, event: ev.CapitalTransferred) -> None:
        base, reason = self._gathered.reference.base_currency, event.reason
        ends = (
            (event.from_book_id, event.to_book_id, -1),
            (event.to_book_id, event.from_book_id, 1),
        )
        for book_id, other, sign in ends:
            self._moved(
                MovementKind.TRANSFER,
                book_id,
                base,
                sign * event.amount_micros,
                other_book_id=other,
                text=reason,
            )

    def _converted(self, event: ev.CurrencyConverted) -> None:
        for currency, amount in (
            (event.sold_currency, -event.sold_micros),
            (event.bought_currency, event.bought_micros),
        ):
            self._moved(
                MovementKind.CONVERSION,
                event.book_id,
                currency,
                amount,
                carrying_account_id=event.carrying_account_id,
                text=event.rate_source,
            )

    def _wired(self, event: WireEvent) -> None:
        """Move cash to the promised cash and back, or in and out of the desk."""
        moves = moves_of(event, self._wires)
        is_wire = any(move.is_carrying for move in moves)
        kind = MovementKind.WIRE if is_wire else MovementKind.PROMISED
        reason = "" if isinstance(event, WireConfirmed) else event.reason
        books = [move for move in moves if not move.is_carrying]
        for place, move in enumerate(books):
            self._moved(
                kind,
                move.name,
                move.currency,
                move.amount_micros,
                carrying_account_id=move.at,
                other_book_id="" if is_wire else books[1 - place].name,
                text=f"#{event.wire_id} {reason}".rstrip(),
            )

    def _minimum(self, event: DayMinimumCharged) -> None:
        """Pay what a day's fills lacked to a minimum, on the venue's day."""
        gathered = self._gathered
        for part in event.books:
            gathered.move_cash(
                gathered.days[gathered.clock.of_venue(event.venue_id)],
                MovementKind.DAY_MINIMUM,
                part.book_id,
                event.currency,
                -part.amount_micros,
                carrying_account_id=event.carrying_account_id,
                text=f"{event.product_id} {event.row_id} {format_money(event.minimum_micros)}",
            )

    def _interest(self, event: InterestPosted) -> None:
        """Move interest: brokers and reserves, reserves and sub-accounts."""
        nights = f"{event.day} – {event.until_day}"
        for line in event.lines:
            if not line.amount_micros:
                continue
            reserve, amount, kind = reserve_id(line.owner_id), line.amount_micros, line.kind
            if kind is InterestKind.BROKER:
                at = line.account_id
                self._moved(
                    MovementKind.INTEREST,
                    reserve,
                    line.currency,
                    amount,
                    carrying_account_id=at,
                    text=nights,
                )
                continue
            ends = ((reserve, line.account_id, -amount), (line.account_id, reserve, amount))
            for book_id, other, moved in ends:
                self._moved(
                    MovementKind.INTEREST,
                    book_id,
                    line.currency,
                    moved,
                    other_book_id=other,
                    text=nights,
                )
