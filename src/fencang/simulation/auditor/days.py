"""The auditor's trading days: what every holder had at a settlement, and what a correction pays.

Laws: a correction is of the positions at the settlement that it mends, not of today's; after a
later settlement nothing is paid; nothing is booked on a day that was closed.
"""

from datetime import date

from fencang.messages.day_events import (
    PhaseEntered,
    ProductPhaseEntered,
    ProductSessionsStated,
    SettlementCorrected,
    TradingDayClosed,
    TradingDayOpened,
)
from fencang.messages.events import ContractSettled, FillBooked, SessionOpened
from fencang.refdata.session import Phase, ProductSessions, phase_at
from fencang.simulation.auditor.cash import Cash
from fencang.simulation.auditor.exposure import Exposure
from fencang.simulation.auditor.lots import CARRYING, Lots
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference
from fencang.simulation.auditor.standing import Standing

__all__ = ["Days"]

Held = dict[tuple[str, str], int]
"""(holder, carrying account) → signed lots."""


class Days:
    """Days of venues, and positions at settlements; corrections are entered into the others."""

    def __init__(
        self,
        reference: Reference,
        lots: Lots,
        cash: Cash,
        exposure: Exposure,
        standing: Standing,
    ) -> None:
        self.reference, self.lots, self.cash = reference, lots, cash
        self.exposure, self.standing = exposure, standing
        self.today: dict[str, date] = {}
        self.closed: dict[str, date] = {}
        self.groups: dict[str, tuple[ProductSessions, ...]] = {}
        self.held: dict[tuple[str, date], Held] = {}
        self.prices: dict[tuple[str, date], int] = {}
        self.suspended: dict[tuple[str, date], list[tuple[str, str]]] = {}
        self.handlers: Handlers = {
            SessionOpened: self._begin,
            TradingDayOpened: self._begin,
            PhaseEntered: self._enter,
            ProductSessionsStated: self._state_products,
            ProductPhaseEntered: self._enter_products,
            TradingDayClosed: self._close_day,
            FillBooked: self._fill,
            ContractSettled: self._settle,
            SettlementCorrected: self._correct,
        }

    def _begin(self, page: Page, event: SessionOpened | TradingDayOpened) -> None:
        venue, before = event.venue_id, self.today.get(event.venue_id)
        if self.closed.get(venue) == event.trading_day:
            page.report("closed day", f"{venue} is on {event.trading_day} again, which is closed")
        if before != event.trading_day:
            self.exposure.open_products.pop(venue, None)
        if before is not None and before != event.trading_day:
            for contract_id in self.reference.contracts:
                if (
                    self._venue_of(contract_id) == venue
                    and (contract_id, before) not in self.prices
                ):
                    self._keep(contract_id, before)
        self.today[venue] = event.trading_day
        if isinstance(event, SessionOpened):
            self._open_products(page, event)

    def _venue_of(self, contract_id: str) -> str:
        return self.reference.product(contract_id).venue_id

    def _enter(self, _page: Page, event: PhaseEntered) -> None:
        self.exposure.open_venues[event.venue_id] = event.phase is not Phase.CLOSE

    def _state_products(self, _page: Page, event: ProductSessionsStated) -> None:
        is_open = self.exposure.open_venues.get(event.venue_id, False)
        self.exposure.open_products[event.venue_id] = {
            product_id: is_open for group in event.groups for product_id in group.product_ids
        }
        self.groups[event.venue_id] = event.groups

    def _open_products(self, page: Page, event: SessionOpened) -> None:
        """Opened by hand: products with hours of their own are where their sessions are."""
        products = self.exposure.open_products.get(event.venue_id, {})
        for group in self.groups.get(event.venue_id, ()):
            phase = phase_at(group.sessions, page.record.time_ns)
            for product_id in group.product_ids:
                if product_id in products:
                    products[product_id] = phase is not Phase.CLOSE

    def _enter_products(self, page: Page, event: ProductPhaseEntered) -> None:
        products = self.exposure.open_products.get(event.venue_id, {})
        for product_id in event.product_ids:
            if product_id not in products:
                page.report("session", f"{product_id} has no hours of its own today")
            products[product_id] = event.phase is not Phase.CLOSE

    def _close_day(self, page: Page, event: TradingDayClosed) -> None:
        if self.today.get(event.venue_id) != event.trading_day:
            page.report("closed day", f"{event.venue_id} closed {event.trading_day}, not its day")
        self.closed[event.venue_id] = event.trading_day
        self.exposure.open_venues[event.venue_id] = False
        self.exposure.open_products.pop(event.venue_id, None)

    def _fill(self, page: Page, event: FillBooked) -> None:
        venue = self._venue_of(event.contract_id)
        if venue in self.closed and self.closed[venue] == self.today.get(venue):
            page.report("closed day", f"{event.execution_id} booked on {self.closed[venue]}")

    def _settle(self, _page: Page, event: ContractSettled) -> None:
        day = self.today.get(self._venue_of(event.contract_id))
        if day is not None:
            self._keep(event.contract_id, day)
            self.prices[event.contract_id, day] = event.price_nanos

    def _keep(self, contract_id: str, day: date) -> None:
        self.held[contract_id, day] = {
            (holder, carrying): self.lots.signed(holder, carrying, contract_id)
            for holder, carrying, contract in list(self.lots.traded)
            if contract == contract_id
        }
        self.suspended[contract_id, day] = [
            key
            for key, item in self.lots.suspended.items()
            if item.contract_id == contract_id and self.lots.suspended_lots[key]
        ]

    # ------------------------------------------------------------------------------ corrections

    def _correct(self, page: Page, event: SettlementCorrected) -> None:
        contract, day = event.contract_id, event.trading_day
        told = {
            (part.book_id, part.carrying_account_id): part.difference_micros for part in event.books
        }
        for account in event.carrying:
            told[CARRYING, account.carrying_account_id] = account.difference_micros
        before = self.prices.get((contract, day))
        if before != event.price_before_nanos:
            page.report("correction", f"{contract} {day}: settled at {before}")
        if before is not None:
            self._check(page, event, told, before)
        chain = [contract]
        while chain[-1] in self.reference.successors:
            chain.append(self.reference.successors[chain[-1]])
        later = [other for name, other in self.prices if name in chain and other > day]
        if event.following_day != min(later, default=None):
            page.report("correction", f"{contract} {day}: followed by {min(later, default=None)}")
        self.prices[contract, day] = event.price_nanos
        if event.following_day is None:
            self._pay(event, told)

    def _check(
        self, page: Page, event: SettlementCorrected, told: dict[tuple[str, str], int], before: int
    ) -> None:
        held = self.held[event.contract_id, event.trading_day]
        for key in sorted({*told, *held}):
            lots = held.get(key, 0)
            due = self.reference.value(event.contract_id, event.price_nanos, lots)
            due -= self.reference.value(event.contract_id, before, lots)
            if told.get(key, 0) != due:
                page.report("correction", f"{key}: corrected by {told.get(key, 0)}, due {due}")

    def _pay(self, event: SettlementCorrected, told: dict[tuple[str, str], int]) -> None:
        contract, currency = event.contract_id, event.currency
        for (holder, carrying), micros in told.items():
            if holder == CARRYING:
                self.cash.books["", currency] += micros
            else:
                self.cash.enter(holder, carrying, currency, micros)
                self.cash.books["", currency] -= micros
            if not event.is_final:
                self.lots.paid[holder, carrying, self.reference.living(contract)] += micros
        for key in self.suspended.get((contract, event.trading_day), ()):
            if self.lots.suspended[key].contract_id == contract:
                self.lots.suspense_price[key] = event.price_nanos
        if not event.is_final and self.standing.marks.get(contract) == event.price_before_nanos:
            self.standing.marks[contract] = event.price_nanos
