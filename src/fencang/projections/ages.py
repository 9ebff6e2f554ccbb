"""When what a plan rests on was last said: prices, margins, settled days."""

from datetime import date

from fencang.messages.day_events import SettlementCorrected
from fencang.messages.events import ContractSettled, PricesMarked
from fencang.messages.life_events import ContractConverted
from fencang.messages.margin_events import MarginPublished
from fencang.messages.record import Record
from fencang.projections.projection import Projection

__all__ = ["InputAges"]


class InputAges(Projection):
    """Contract → time of its price, book → time of its margin; the last day that was settled."""

    __slots__ = ("_margins", "_prices", "settled_day")

    def __init__(self) -> None:
        self._prices: dict[str, int] = {}
        self._margins: dict[str, int] = {}
        self.settled_day: date | None = None

    def apply(self, record: Record) -> None:
        """Fold in prices and published margins."""
        for event in record.events:
            match event:
                case PricesMarked(marks=marks):
                    for mark in marks:
                        self._prices[mark.contract_id] = record.time_ns
                case (
                    ContractSettled(contract_id=contract_id)
                    | SettlementCorrected(contract_id=contract_id)
                ):
                    self._prices[contract_id] = record.time_ns
                case ContractConverted(to_contract_id=contract_id, mark_nanos=int()):
                    self._prices[contract_id] = record.time_ns
                case MarginPublished():
                    self.settled_day = event.trading_day
                    for line in event.lines:
                        self._margins[line.book_id] = record.time_ns
                case _:
                    pass

    def content(self) -> object:
        """Return all times."""
        return {name: getattr(self, name) for name in self.__slots__}

    def price_ns(self, contract_id: str) -> int | None:
        """Return when a contract was last priced; None where it never was."""
        return self._prices.get(contract_id)

    def margin_ns(self, book_id: str) -> int | None:
        """Return when a book's margin was last published; None where it never was."""
        return self._margins.get(book_id)
