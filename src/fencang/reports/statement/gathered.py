"""What the folds of a statement share: the days, the prices, who is who, and how cash is noted."""

from fencang.projections.reference import Reference
from fencang.projections.trading_days import TradingDays
from fencang.refdata.contract import Product
from fencang.reports.statement.day import Day
from fencang.reports.statement.values import CashEntry, MarkKind, MovementKind

__all__ = ["Gathered"]


class Gathered:
    """Days that movements are gathered for, with all that says which day and what price."""

    __slots__ = ("clock", "days", "marks", "reference", "sequence", "settled")

    def __init__(self) -> None:
        self.clock = TradingDays()
        self.reference = Reference()
        self.days: dict[int, Day] = {0: Day(0)}
        self.marks: dict[str, int] = {}
        self.settled: dict[str, tuple[int, int]] = {}
        """Contract → (day, price) of its last settlement."""
        self.sequence = 0

    def product(self, contract_id: str) -> Product:
        """Return the product of a contract."""
        return self.reference.product_of(contract_id)

    def today(self, contract_id: str) -> int:
        """Return the day that the contract's venue is on; 0 before its first."""
        return self.clock.venue_days.get(self.product(contract_id).venue_id, 0)

    def day_of(self, contract_id: str) -> Day:
        """Return the day that movements in a contract belong to."""
        return self.days[self.clock.of_venue(self.product(contract_id).venue_id)]

    def cash_day(self) -> Day:
        """Return the day that cash without a venue belongs to."""
        return self.days[self.clock.of_cash()]

    def mark(self, contract_id: str, number: int) -> tuple[int, MarkKind]:
        """Return what a contract is valued at on a day, and what kind of price it is."""
        settled = self.settled.get(contract_id)
        if settled is not None and settled[0] == number:
            return settled[1], MarkKind.SETTLEMENT
        return self.marks[contract_id], MarkKind.MARK

    def move_cash(
        self,
        day: Day,
        kind: MovementKind,
        book_id: str,
        currency: str,
        amount_micros: int,
        **more: str,
    ) -> None:
        """Count a movement that is an item of its own."""
        day.move(book_id, currency, kind, amount_micros)
        day.entries.append(
            CashEntry(
                trading_day=day.trading_day,
                sequence=self.sequence,
                book_id=book_id,
                kind=kind,
                currency=currency,
                amount_micros=amount_micros,
                **more,
            )
        )
