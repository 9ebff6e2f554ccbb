"""A broker's statement as values, whatever file it came in; money is micros, prices are nanos."""

from datetime import date
from typing import NamedTuple

from fencang.messages.message import Side
from fencang.messages.reconciliation_commands import StatementSection
from fencang.projections.carrying_days import Movement

__all__ = [
    "BrokerCash",
    "BrokerFill",
    "BrokerMargin",
    "BrokerPosition",
    "BrokerStatement",
    "FileFault",
    "StatementFault",
]


class FileFault(NamedTuple):
    """What is wrong in a file, and where; ``line`` is 0 for the file as a whole."""

    file: str
    line: int
    column: str
    words: str

    def __str__(self) -> str:
        """Return ``file, line 3, column Price: words``."""
        place = [self.file]
        if self.line:
            place.append(f"line {self.line}")
        if self.column:
            place.append(f"column {self.column}")
        return f"{', '.join(place)}: {self.words}"


class StatementFault(ValueError):
    """A map or a statement is refused; ``faults`` names every place, nothing was compared."""

    def __init__(self, faults: list[FileFault]) -> None:
        self.faults = sorted(faults, key=lambda fault: (fault.file, fault.line))
        super().__init__("; ".join(str(fault) for fault in self.faults[:3]))


class BrokerPosition(NamedTuple):
    """Open lots of a symbol; ``contract_id`` is empty for a symbol that nobody mapped."""

    symbol: str
    contract_id: str
    long_lots: int
    short_lots: int
    long_today_lots: int | None = None
    short_today_lots: int | None = None


class BrokerFill(NamedTuple):
    """One line of executions; brokers may put several of ours into one."""

    execution_id: str
    symbol: str
    contract_id: str
    side: Side
    quantity_lots: int
    price_nanos: int
    fee_micros: int | None
    line: int


class BrokerCash(NamedTuple):
    """One currency: balances, and what moved them, as far as the statement says."""

    currency: str
    opening_micros: int | None
    closing_micros: int | None
    movements: dict[Movement, int]


class BrokerMargin(NamedTuple):
    """What the broker asks for; ``commodity`` is empty in the line of the whole account."""

    currency: str
    commodity: str
    requirement_micros: int


class BrokerStatement(NamedTuple):
    """One carrying account on one trading day; a section that the files lack is None."""

    carrying_account_id: str
    trading_day: date
    sha256: str
    positions: list[BrokerPosition] | None
    fills: list[BrokerFill] | None
    cash: list[BrokerCash] | None
    margins: list[BrokerMargin] | None
    lines: int

    @property
    def sections(self) -> tuple[StatementSection, ...]:
        """Return which sections the statement has, movements of cash apart from balances."""
        found = []
        if self.positions is not None:
            found.append(StatementSection.POSITIONS)
        if self.fills is not None:
            found.append(StatementSection.FILLS)
        if self.cash is not None:
            if any(_has_balance(each) for each in self.cash):
                found.append(StatementSection.CASH)
            if any(each.movements for each in self.cash):
                found.append(StatementSection.MOVEMENTS)
        if self.margins is not None:
            found.append(StatementSection.MARGIN)
        return tuple(found)


def _has_balance(cash: BrokerCash) -> bool:
    return cash.opening_micros is not None or cash.closing_micros is not None
