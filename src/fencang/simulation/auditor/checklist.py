"""The auditor's own checklist of a trading day, from its own books.

Law: a day is closed with every row met, or with exactly the rows accepted that are not, for a
reason and by two persons (``authority``).
"""

from collections.abc import Iterator
from datetime import date

from fencang.messages.day_commands import Check
from fencang.messages.day_events import TradingDayClosed
from fencang.messages.events import (
    ContractExpired,
    FillSuspended,
    OrderInDoubt,
    OrderRouted,
    OrderStatusConfirmed,
    OrderWorking,
    SuspenseAssigned,
)
from fencang.messages.fill_events import FillBusted, FillCorrected, SuspenseAssignmentUndone
from fencang.messages.message import TimeInForce
from fencang.messages.option_events import OptionExercised
from fencang.refdata.session import Phase
from fencang.simulation.auditor.breaks import Breaks
from fencang.simulation.auditor.days import Days
from fencang.simulation.auditor.lots import CARRYING, Lots
from fencang.simulation.auditor.orders import Orders, TrackedOrder
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.phases import Phases
from fencang.simulation.auditor.reference import Reference
from fencang.simulation.auditor.settlements import Settlements

__all__ = ["Checklist"]

_MOVES_SUSPENSE = (
    FillSuspended,
    SuspenseAssigned,
    SuspenseAssignmentUndone,
    FillCorrected,
    FillBusted,
    OptionExercised,
    ContractExpired,
)


class Checklist:
    """What a venue's day lacks; it looks before the other chapters enter the close."""

    def __init__(
        self,
        reference: Reference,
        lots: Lots,
        orders: Orders,
        phases: Phases,
        days: Days,
        settlements: Settlements,
        breaks: Breaks,
    ) -> None:
        self.reference, self.lots, self.orders = reference, lots, orders
        self.phases, self.days = phases, days
        self.settlements, self.breaks = settlements, breaks
        self.in_doubt: dict[int, bool] = {}
        self.suspended_on: dict[tuple[str, str], date | None] = {}
        self.handlers: Handlers = {
            TradingDayClosed: self._close_day,
            OrderInDoubt: self._doubt,
            OrderRouted: self._answer,
            OrderWorking: self._answer,
            OrderStatusConfirmed: self._answer,
        }

    def _doubt(self, _page: Page, event: OrderInDoubt) -> None:
        self.in_doubt[event.order_id] = True

    def _answer(self, _page: Page, event: OrderRouted | OrderWorking) -> None:
        self.in_doubt.pop(event.order_id, None)

    def close(self, page: Page) -> None:
        """Note on which day lots went into suspense."""
        if not page.has(*_MOVES_SUSPENSE):
            return
        for key, lots in self.lots.suspended_lots.items():
            if not lots:
                self.suspended_on.pop(key, None)
            elif key not in self.suspended_on:
                day = self.days.day_of(self.lots.suspended[key].contract_id)
                self.suspended_on[key] = day

    # ----------------------------------------------------------------------------------- closing

    def _close_day(self, page: Page, event: TradingDayClosed) -> None:
        lacking = dict(self._rows(event.venue_id, event.trading_day, page.record.time_ns))
        accepted = {row.check for row in event.accepted}
        for check in Check:
            if check in lacking and check not in accepted:
                page.report("checklist", f"{check.value} is not met: {lacking[check]}")
            elif check in accepted and check not in lacking:
                page.report("checklist", f"{check.value} was accepted and lacks nothing")
        if accepted and not event.reason:
            page.report("checklist", f"{event.venue_id} closed with {accepted} for no reason")

    def _rows(self, venue_id: str, day: date, now_ns: int) -> Iterator[tuple[Check, str]]:
        """Yield what is missing, row by row; a row may be named more than once."""
        if not self.phases.is_shut(venue_id):
            yield Check.SESSIONS, "the venue or one of its products is open"
        if any(
            session.end_ns > now_ns and session.phase is not Phase.CLOSE
            for sessions in self.phases.sessions.get(venue_id, {}).values()
            for session in sessions
        ):
            yield Check.SESSIONS, "a session lies ahead"
        for contract_id in self._living(venue_id):
            yield from self._prices(contract_id, day)
        for order in self._live(venue_id):
            yield from self._order(order, day)
        for key, since in self.suspended_on.items():
            item = self.lots.suspended[key]
            is_here = self.reference.product(item.contract_id).venue_id == venue_id
            if is_here and (since is None or since < day):
                yield Check.FILLS, f"{key} lies in suspense since {since}"
        for account in self.reference.carrying.values():
            if venue_id in account.venues and self.breaks.count(account.carrying_account_id):
                yield Check.BREAKS, f"breaks at {account.carrying_account_id}"

    def _living(self, venue_id: str) -> Iterator[str]:
        for contract_id in self.reference.contracts:
            is_here = self.reference.product(contract_id).venue_id == venue_id
            if is_here and contract_id not in self.lots.expired:
                yield contract_id

    def _live(self, venue_id: str) -> Iterator[TrackedOrder]:
        for order in self.orders.live.values():
            if order.is_live and order.event.terms.venue_id == venue_id:
                yield order

    def _prices(self, contract_id: str, day: date) -> Iterator[tuple[Check, str]]:
        price = self.settlements.prices.get((contract_id, day))
        if price is None:
            is_held = any(
                lots and contract == contract_id and holder != CARRYING
                for (holder, _, contract, _), lots in self.lots.lots.items()
            )
            works = any(
                order.is_live and order.event.terms.contract_id == contract_id
                for order in self.orders.live.values()
            )
            if is_held or works:
                yield Check.PRICES, f"{contract_id} has no price"
        elif not self.settlements.approved.get((contract_id, day)) and self.settlements.is_far(
            contract_id, price
        ):
            yield Check.APPROVALS, f"{contract_id} was settled far from its mark"

    def _order(self, order: TrackedOrder, day: date) -> Iterator[tuple[Check, str]]:
        terms, name = order.event.terms, f"order {order.event.order_id}"
        if order.event.order_id in self.in_doubt:
            yield Check.FILLS, f"{name} is in doubt"
        last = terms.expire_day
        if terms.time_in_force is not TimeInForce.GTC and (last is None or last <= day):
            yield Check.ORDERS, f"{name} ends with the day and works"
