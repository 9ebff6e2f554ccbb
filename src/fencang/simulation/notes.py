"""What operations know of the desk: days, settlements, executions and breaks of durable records."""

from collections import defaultdict
from datetime import date
from typing import NamedTuple

from fencang.messages.commands import ReportFill
from fencang.messages.day_events import (
    PhaseEntered,
    SettlementCorrected,
    TradingDayClosed,
    TradingDayOpened,
)
from fencang.messages.events import (
    CommandRejected,
    ContractExpired,
    ContractSettled,
    FillAllocated,
    FillBooked,
    FillSuspended,
    SessionClosed,
    SessionOpened,
    SuspenseAssigned,
    TradingDaySettled,
)
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    PositionTransferred,
)
from fencang.messages.message import Event, Side
from fencang.messages.reasons import Reason
from fencang.messages.reconciliation_events import (
    BreakCleared,
    BreakOpened,
    BreakResolved,
    ReconciliationReported,
)
from fencang.messages.record import Record
from fencang.refdata.contract import Contract, Product
from fencang.refdata.desk import DeskItem
from fencang.refdata.session import Phase

__all__ = ["KnownFill", "Notes"]


class KnownFill(NamedTuple):
    """An execution as it was last told."""

    carrying_account_id: str
    execution_id: str
    contract_id: str
    quantity_lots: int


class Notes:
    """Days by venue, prices by contract and day, executions, lots of sub-accounts, open breaks."""

    def __init__(self, items: list[DeskItem]) -> None:
        products = {item.product_id: item for item in items if isinstance(item, Product)}
        self.venue_of = {
            item.contract_id: products[item.product_id].venue_id
            for item in items
            if isinstance(item, Contract)
        }
        self.sequence = 0
        self.today: dict[str, date] = {}
        self.closed: dict[str, date] = {}
        self.settled: dict[str, date] = {}
        self.is_open: dict[str, bool] = {}
        self.prices: dict[tuple[str, date], int] = {}
        self.expired: list[str] = []
        self.fills: list[KnownFill] = []
        self.corrections: list[tuple[str, str]] = []
        self.suspended: list[FillSuspended] = []
        self.late: dict[tuple[str, str], ReportFill] = {}
        """Fills that came for a closed day, until they are told again."""
        # (sub-account, carrying account, contract) -> net lots
        self.held: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        self.breaks: dict[tuple[str, str], bool] = {}
        self.compared: dict[str, int] = {}

    def see(self, record: Record) -> None:
        """Take in a durable record."""
        self.sequence = record.sequence
        self._see_late(record)
        for event in record.events:
            self._see_day(event)
            self._see_fill(event)
            self._see_break(event)

    def unsettled(self, venue_id: str) -> list[str]:
        """Return the living contracts of a venue that its day has no price of."""
        return [
            name
            for name, venue in self.venue_of.items()
            if venue == venue_id
            and name not in self.expired
            and (name, self.today.get(venue_id)) not in self.prices
        ]

    def _see_late(self, record: Record) -> None:
        command = record.command
        if isinstance(command, ReportFill):
            key = command.carrying_account_id, command.execution_id
            self.late.pop(key, None)
            if any(
                isinstance(event, CommandRejected) and event.reason is Reason.DAY_CLOSED
                for event in record.events
            ):
                self.late[key] = command

    def _see_day(self, event: Event) -> None:
        match event:
            case SessionOpened() | TradingDayOpened():
                self.today[event.venue_id] = event.trading_day
                if isinstance(event, SessionOpened):
                    self.is_open[event.venue_id] = True
            case PhaseEntered():
                self.is_open[event.venue_id] = event.phase is not Phase.CLOSE
            case SessionClosed():
                self.is_open[event.venue_id] = False
            case TradingDaySettled():
                self.settled[event.venue_id] = event.trading_day
            case TradingDayClosed():
                self.closed[event.venue_id] = event.trading_day
                self.is_open[event.venue_id] = False
            case ContractSettled():
                day = self.today.get(self.venue_of[event.contract_id])
                if day is not None:
                    self.prices[event.contract_id, day] = event.price_nanos
            case SettlementCorrected():
                self.prices[event.contract_id, event.trading_day] = event.price_nanos
            case ContractExpired():
                self.expired.append(event.contract_id)
                for place in [key for key in self.held if key[2] == event.contract_id]:
                    del self.held[place]
            case _:
                pass

    def _see_fill(self, event: Event) -> None:
        match event:
            case FillBooked():
                where = event.carrying_account_id, event.execution_id, event.contract_id
                self.fills.append(KnownFill(*where, event.quantity_lots))
            case FillAllocated() | EnteredFillAllocated() | SuspenseAssigned():
                self._hold(event, event.sub_account_id, event.side, event.quantity_lots)
            case FillSuspended():
                self.suspended.append(event)
            case FillCorrected() | FillBusted():
                self.corrections.append((event.carrying_account_id, event.correction_id))
                for mend in event.mends:
                    lots = mend.entered_lots - mend.taken_lots
                    self._hold(event, mend.book_id, event.side, lots)
            case PositionTransferred():
                lots = event.quantity_lots
                self._hold(event, event.from_sub_account_id, event.side, -lots)
                self._hold(event, event.to_sub_account_id, event.side, lots)
            case _:
                pass

    def _hold(
        self,
        event: FillAllocated
        | EnteredFillAllocated
        | SuspenseAssigned
        | FillCorrected
        | FillBusted
        | PositionTransferred,
        book_id: str,
        side: Side,
        lots: int,
    ) -> None:
        self.held[book_id, event.carrying_account_id, event.contract_id] += side.sign * lots

    def _see_break(self, event: Event) -> None:
        match event:
            case ReconciliationReported():
                self.compared[event.carrying_account_id] = event.at_sequence
            case BreakOpened():
                self.breaks[event.carrying_account_id, event.found.break_id] = True
            case BreakCleared() | BreakResolved():
                self.breaks.pop((event.carrying_account_id, event.break_id), None)
            case _:
                pass
