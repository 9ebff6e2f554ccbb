"""The auditor's trading days: opened, settled and closed in their order, and nothing after.

Laws: a day is opened once and only forward; under the strict policy a session opens inside an open
day, and a day that leaves another one open stands on a reason, two persons and a call; a day is
settled once, while it is the venue's; a closed day is a settled one and nothing is booked on it: no
fill, correction, transfer, claim, settlement, exercise, expiry or session.
"""

from datetime import date

from fencang.messages.day_commands import OpenTradingDay
from fencang.messages.day_events import (
    ContractsSettled,
    SettlementCorrected,
    TradingDayClosed,
    TradingDayOpened,
)
from fencang.messages.events import (
    ContractExpired,
    ContractSettled,
    FillAllocated,
    FillBooked,
    FillSuspended,
    OperatorCalled,
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
from fencang.messages.option_events import OptionExercised
from fencang.refdata.desk import DayPolicy
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference

__all__ = ["Days"]

Booking = (
    FillBooked
    | FillAllocated
    | EnteredFillAllocated
    | FillSuspended
    | SuspenseAssigned
    | FillCorrected
    | FillBusted
    | PositionTransferred
    | OptionExercised
    | ContractSettled
    | SettlementCorrected
    | ContractExpired
)
"""What books something in a contract."""


class Days:
    """The day every venue is on, and how far it has come."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        self.today: dict[str, date] = {}
        self.opened: dict[str, date] = {}
        self.settled: dict[str, date] = {}
        self.closed: dict[str, date] = {}
        self.handlers: Handlers = {
            SessionOpened: self._open_session,
            TradingDayOpened: self._open_day,
            ContractsSettled: self._settle_some,
            TradingDaySettled: self._settle,
            TradingDayClosed: self._close,
            **dict.fromkeys(Booking.__args__, self._book),
        }

    def day_of(self, contract_id: str) -> date | None:
        """Return the day that a contract's venue is on."""
        return self.today.get(self.reference.product(contract_id).venue_id)

    def is_closed(self, venue_id: str) -> bool:
        """Return whether the day a venue is on has been closed."""
        return venue_id in self.closed and self.closed[venue_id] == self.today.get(venue_id)

    def _is_strict(self) -> bool:
        return self.reference.settings.day_policy is DayPolicy.STRICT

    # ---------------------------------------------------------------------------------- opening

    def _open_session(self, page: Page, event: SessionOpened) -> None:
        venue_id, day = event.venue_id, event.trading_day
        if self.closed.get(venue_id) == day:
            page.report("closed day", f"{venue_id} is on {day} again, which is closed")
        if self._is_strict() and self.opened.get(venue_id) != day:
            page.report("trading day", f"a session of {day} at {venue_id}, which is not open")
        self._go_on(page, venue_id, day)

    def _open_day(self, page: Page, event: TradingDayOpened) -> None:
        venue_id, day = event.venue_id, event.trading_day
        passed = (self.opened, self.settled, self.closed)
        if any(day <= days[venue_id] for days in passed if venue_id in days):
            page.report("trading day", f"{venue_id} opens {day}, which it opened or passed before")
        before = self.today.get(venue_id)
        left_open = None if before == day or self.is_closed(venue_id) else before
        if event.left_open != left_open:
            page.report("trading day", f"{venue_id} left {left_open} open, told {event.left_open}")
        if left_open is not None and self._is_strict():
            self._check_override(page, left_open)
        self.opened[venue_id] = day
        self._go_on(page, venue_id, day)

    def _check_override(self, page: Page, left_open: date) -> None:
        command = page.record.command
        if not isinstance(command, OpenTradingDay):
            page.report("trading day", "a day was opened unasked")
        elif command.approved_by in ("", command.entered_by) or not command.reason:
            page.report("second person", f"{left_open} was left open on one person's word")
        elif not page.has(OperatorCalled):
            page.report("trading day", f"{left_open} was left open and nobody was called")

    def _go_on(self, page: Page, venue_id: str, day: date) -> None:
        before = self.today.get(venue_id)
        if before is not None and day < before:
            page.report("trading day", f"{venue_id} goes back from {before} to {day}")
        venue = self.reference.venues.get(venue_id)
        if venue is not None and (day.isoweekday() in venue.weekend_days or day in venue.holidays):
            page.report("trading day", f"{venue_id} does not trade on {day}")
        self.today[venue_id] = day

    # --------------------------------------------------------------------- settling and closing

    def _settle_some(self, page: Page, event: ContractsSettled) -> None:
        if self.today.get(event.venue_id) != event.trading_day:
            page.report("trading day", f"{event.venue_id} settles {event.trading_day}, not its day")

    def _settle(self, page: Page, event: TradingDaySettled) -> None:
        venue_id, day = event.venue_id, event.trading_day
        if self.today.get(venue_id) != day:
            page.report("trading day", f"{venue_id} settles {day}, which is not its day")
        if self.settled.get(venue_id) == day or self.is_closed(venue_id):
            page.report("settled twice", f"{venue_id} has settled {day} already")
        self.settled[venue_id] = day

    def _close(self, page: Page, event: TradingDayClosed) -> None:
        venue_id, day = event.venue_id, event.trading_day
        if self.today.get(venue_id) != day or self.is_closed(venue_id):
            page.report("closed day", f"{venue_id} closed {day}, not its day")
        if self.settled.get(venue_id) != day:
            page.report("closed day", f"{venue_id} closed {day}, which is not settled")
        self.closed[venue_id] = day

    def _book(self, page: Page, event: Booking) -> None:
        contract_id = event.contract_id
        venue_id = self.reference.product(contract_id).venue_id
        if self.is_closed(venue_id):
            name = type(event).__name__
            page.report("closed day", f"{name} in {contract_id} on {self.closed[venue_id]}")
