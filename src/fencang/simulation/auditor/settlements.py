"""The auditor's settlements: what every holder had at each of them, and what a correction pays.

Laws: a contract has one settlement price a day, given by somebody who was asked to; a price far
from the mark stands on two persons; a correction is of the positions at the settlement that it
mends, not of today's, in the books that had them; after a later settlement nothing is paid.
"""

from datetime import date

from fencang.basics.money import PPM
from fencang.messages.commands import ExpireContract, SettleTradingDay
from fencang.messages.day_commands import SettleContracts
from fencang.messages.day_events import (
    SettlementCorrected,
    SettlementPricesApproved,
    TradingDayClosed,
    TradingDayOpened,
)
from fencang.messages.events import ContractSettled, SessionOpened
from fencang.simulation.auditor.cash import Cash
from fencang.simulation.auditor.days import Days
from fencang.simulation.auditor.lots import CARRYING, Lots
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference
from fencang.simulation.auditor.standing import Standing

__all__ = ["Settlements"]

Held = dict[tuple[str, str], int]
"""(holder, carrying account) → signed lots."""


class Settlements:
    """Prices and positions at settlements; corrections are entered into lots and cash."""

    def __init__(
        self, reference: Reference, lots: Lots, cash: Cash, days: Days, standing: Standing
    ) -> None:
        self.reference, self.lots, self.cash = reference, lots, cash
        self.days, self.standing = days, standing
        self.held: dict[tuple[str, date], Held] = {}
        self.prices: dict[tuple[str, date], int] = {}
        self.approved: dict[tuple[str, date], bool] = {}
        self.unpaid: dict[tuple[str, date], Held] = {}
        """Of days without a price: what trades brought and variation had not paid, in micros."""
        self.suspended: dict[tuple[str, date], list[tuple[str, str]]] = {}
        self.handlers: Handlers = {
            SessionOpened: self._leave,
            TradingDayOpened: self._leave,
            TradingDayClosed: self._leave_closed,
            ContractSettled: self._settle,
            SettlementPricesApproved: self._approve,
            SettlementCorrected: self._correct,
        }

    def price_of_day(self, contract_id: str) -> int | None:
        """Return the price of the day that the contract's venue is on."""
        day = self.days.day_of(contract_id)
        return None if day is None else self.prices.get((contract_id, day))

    def _leave(self, _page: Page, event: SessionOpened | TradingDayOpened) -> None:
        if self.days.today.get(event.venue_id) != event.trading_day:
            self._keep_unsettled(event.venue_id)

    def _leave_closed(self, _page: Page, event: TradingDayClosed) -> None:
        self._keep_unsettled(event.venue_id)

    def _keep_unsettled(self, venue_id: str) -> None:
        """Keep who holds what in contracts that have no price of the day that ends."""
        before = self.days.today.get(venue_id)
        if before is None:
            return
        for contract_id in self.reference.contracts:
            is_here = self.reference.product(contract_id).venue_id == venue_id
            if is_here and (contract_id, before) not in self.prices:
                self._keep(contract_id, before)

    def _settle(self, page: Page, event: ContractSettled) -> None:
        contract_id, day = event.contract_id, self.days.day_of(event.contract_id)
        self._check_far(page, event)
        if day is None:
            return
        if (contract_id, day) in self.prices and not event.is_final:
            page.report("settled twice", f"{contract_id} has a price of {day} already")
        self._keep(contract_id, day)
        self.prices[contract_id, day] = event.price_nanos
        self.approved[contract_id, day] = False

    def is_far(self, contract_id: str, price_nanos: int) -> bool:
        """Return whether a settlement price is outside the product's band around the mark."""
        product, mark = self.reference.product(contract_id), self.standing.marks.get(contract_id)
        if product.settlement_band_ppm is None or mark is None:
            return False
        away = abs(price_nanos - mark)
        if away <= product.price_band_ticks * product.tick_nanos:
            return False
        return away * PPM > abs(mark) * product.settlement_band_ppm

    def _check_far(self, page: Page, event: ContractSettled) -> None:
        command = page.record.command
        if not isinstance(command, SettleTradingDay | SettleContracts | ExpireContract):
            return
        alone = command.approved_by in ("", command.entered_by)
        if alone and self.is_far(event.contract_id, event.price_nanos):
            page.report("far price", f"{event.contract_id} was settled far away by one person")

    def _approve(self, page: Page, event: SettlementPricesApproved) -> None:
        command = page.record.command
        if isinstance(command, SettleTradingDay | SettleContracts) and (
            command.approved_by != event.approved_by
            or event.approved_by in ("", command.entered_by)
        ):
            page.report("second person", f"prices approved by {event.approved_by!r}")
        for contract_id in event.contract_ids:
            if (contract_id, event.trading_day) not in self.prices:
                page.report("far price", f"{contract_id} has no price that could be approved")
            self.approved[contract_id, event.trading_day] = True

    def _keep(self, contract_id: str, day: date) -> None:
        self.held[contract_id, day] = {
            (holder, carrying): self.lots.signed(holder, carrying, contract_id)
            for holder, carrying, contract in list(self.lots.traded)
            if contract == contract_id
        }
        self.unpaid[contract_id, day] = {
            (holder, carrying): traded - self.lots.paid[holder, carrying, contract]
            for (holder, carrying, contract), traded in self.lots.traded.items()
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
        self._check(page, event, told)
        chain = [contract]
        while chain[-1] in self.reference.successors:
            chain.append(self.reference.successors[chain[-1]])
        later = [other for name, other in self.prices if name in chain and other > day]
        if event.following_day != min(later, default=None):
            page.report("correction", f"{contract} {day}: followed by {min(later, default=None)}")
        self.prices[contract, day] = event.price_nanos
        self.approved[contract, day] = True
        if event.following_day is None:
            self._pay(event, told)
            for (name, other), unpaid in self.unpaid.items():
                if name == contract and other > day:
                    for key, micros in told.items():
                        unpaid[key] = unpaid.get(key, 0) - micros

    def _check(
        self, page: Page, event: SettlementCorrected, told: dict[tuple[str, str], int]
    ) -> None:
        contract, day = event.contract_id, event.trading_day
        held, before = self.held.get((contract, day), {}), self.prices.get((contract, day))
        if (contract, day) not in self.held:
            page.report("correction", f"{contract} {day}: nobody knows who held what")
            return
        for key in sorted({*told, *held}):
            lots = held.get(key, 0)
            due = self.reference.value(contract, event.price_nanos, lots)
            if before is None:
                due += self.unpaid[contract, day].get(key, 0)
            else:
                due -= self.reference.value(contract, before, lots)
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
