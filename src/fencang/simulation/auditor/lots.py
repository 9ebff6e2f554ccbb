"""The auditor's lots: both books and the suspense account, counted fill by fill.

Law: per carrying account and contract the virtual books and the suspense account sum to the
carrying position; on net accounts as signed numbers, on gross accounts long and short apart.
So does the variation that is not yet paid.
Variation is not carried forward but computed from the beginning each time: what a holder was paid
in a contract equals its position at the settlement price minus everything its trades cost.
"""

from collections import defaultdict
from typing import Protocol

from fencang.messages.commands import SettleTradingDay
from fencang.messages.events import (
    ContractExpired,
    ContractSettled,
    FillAllocated,
    FillBooked,
    FillSuspended,
    OpeningBookImported,
    SuspenseAssigned,
)
from fencang.messages.fill_events import (
    FillBusted,
    FillCorrected,
    FillMend,
    SuspenseAssignmentUndone,
)
from fencang.messages.message import Offset, Side
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import SUSPENSE, Reference

__all__ = ["CARRYING", "Lots"]

CARRYING = "@carrying"
"""The holder under whose name the real positions stand."""

Mended = FillCorrected | FillBusted


class Fill(Protocol):
    """Lots at a price, whoever tells of them."""

    @property
    def carrying_account_id(self) -> str: ...
    @property
    def contract_id(self) -> str: ...
    @property
    def side(self) -> Side: ...
    @property
    def offset(self) -> Offset: ...
    @property
    def quantity_lots(self) -> int: ...
    @property
    def price_nanos(self) -> int: ...


class Lots:
    """Positions of every holder: sub-accounts, suspense accounts, and the carrying accounts."""

    def __init__(self, reference: Reference) -> None:
        self.reference = reference
        # (holder, carrying account, contract, "net" | "long" | "short") -> lots
        self.lots: defaultdict[tuple[str, str, str, str], int] = defaultdict(int)
        # (holder, carrying account, contract) -> micros that trades brought and variation paid
        self.traded: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        self.paid: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        self.suspended: dict[tuple[str, str], FillSuspended | Mended] = {}
        # what suspended lots are carried at: their fill price, later the last settlement price
        self.suspense_price: dict[tuple[str, str], int] = {}
        self.suspended_lots: defaultdict[tuple[str, str], int] = defaultdict(int)
        self.expired: dict[str, int] = {}
        self.handlers: Handlers = {
            FillBooked: self._book,
            FillAllocated: self._allocate,
            FillSuspended: self._suspend,
            SuspenseAssigned: self._assign,
            SuspenseAssignmentUndone: self._unassign,
            OpeningBookImported: self._open,
            ContractSettled: self._settle,
            ContractExpired: self._expire,
        }

    # -------------------------------------------------------------------------------- questions

    def signed(self, holder: str, carrying_account_id: str, contract_id: str) -> int:
        """Return the signed position of one holder in one contract at one carrying account."""
        key = (holder, carrying_account_id, contract_id)
        lots = self.lots
        return (
            lots.get((*key, "net"), 0) + lots.get((*key, "long"), 0) - lots.get((*key, "short"), 0)
        )

    def own(self, holder: str, contract_id: str) -> int:
        """Return the signed position of one holder in one contract over all carrying accounts."""
        total = 0
        for (who, _, contract, leg), lots in self.lots.items():
            if who == holder and contract == contract_id:
                total += -lots if leg == "short" else lots
        return total

    def closable(self, holder: str, carrying_account_id: str, contract_id: str, side: Side) -> int:
        """Return the lots a trade of this side could close: the holder's opposite lots."""
        key = (holder, carrying_account_id, contract_id)
        if self.reference.is_gross(carrying_account_id):
            return self.lots.get((*key, "long" if side is Side.SELL else "short"), 0)
        return max(0, -side.sign * self.lots.get((*key, "net"), 0))

    # ------------------------------------------------------------------------------------ entry

    def enter(self, holder: str, fill: Fill, sign: int = 1) -> None:
        """Enter lots of a fill at its price, or take them out with a sign of -1."""
        carrying, contract = fill.carrying_account_id, fill.contract_id
        if self.reference.is_gross(carrying):
            opens = fill.offset in {Offset.OPEN, Offset.NET}
            leg = "long" if (fill.side is Side.BUY) == opens else "short"
            lots = fill.quantity_lots if opens else -fill.quantity_lots
        else:
            leg, lots = "net", fill.side.sign * fill.quantity_lots
        self.lots[holder, carrying, contract, leg] += sign * lots
        cost = self.reference.value(contract, fill.price_nanos, fill.side.sign * fill.quantity_lots)
        self.traded[holder, carrying, contract] -= sign * cost

    def move(self, place: tuple[str, str, str], side: Side, lots: int, value: int) -> None:
        """Enter lots of one side that cost a value; both below zero when they leave."""
        leg, signed = "net", side.sign * lots
        if self.reference.is_gross(place[1]):
            leg, signed = ("long" if side is Side.BUY else "short"), lots
        self.lots[(*place, leg)] += signed
        self.traded[place] -= side.sign * value

    def mend_suspended(self, event: Mended, mend: FillMend) -> None:
        """Follow a correction with what can be assigned, and at which price."""
        key = event.carrying_account_id, event.execution_id
        added = mend.entered_lots - mend.taken_lots
        if added and not self.suspended_lots[key]:
            self.suspended[key] = event
            self.suspense_price[key] = mend.entered_price_nanos
        elif mend.entered_lots and self.suspense_price.get(key) == mend.taken_price_nanos:
            self.suspense_price[key] = mend.entered_price_nanos
        self.suspended_lots[key] += added

    def _book(self, _page: Page, event: FillBooked) -> None:
        self.enter(CARRYING, event)

    def _allocate(self, page: Page, event: FillAllocated) -> None:
        if event.sub_account_id not in self.reference.sub_accounts:
            page.report("allocation", f"lots given to {event.sub_account_id!r}, no sub-account")
        self.enter(event.sub_account_id, event)

    def _suspend(self, _page: Page, event: FillSuspended) -> None:
        key = event.carrying_account_id, event.execution_id
        self.suspended[key] = event
        self.suspense_price[key] = event.price_nanos
        self.suspended_lots[key] += event.quantity_lots
        self.enter(SUSPENSE + event.carrying_account_id, event)

    def _assign(self, page: Page, event: SuspenseAssigned) -> None:
        key = event.carrying_account_id, event.execution_id
        self.suspended_lots[key] -= event.quantity_lots
        item = self.suspended.get(key)
        if item is None or self.suspended_lots[key] < 0:
            page.report("suspense", f"{event.quantity_lots} lots of {key} assigned, more than held")
        elif (item.contract_id, item.side, item.offset) != (
            event.contract_id,
            event.side,
            event.offset,
        ) or event.price_nanos != self.suspense_price[key]:
            page.report(
                "suspense", f"{key} assigned on other terms than it was filled or last settled"
            )
        self.enter(SUSPENSE + event.carrying_account_id, event, sign=-1)
        self.enter(event.sub_account_id, event)

    def _unassign(self, page: Page, event: SuspenseAssignmentUndone) -> None:
        key = event.carrying_account_id, event.execution_id
        if not self.suspended_lots[key]:
            self.suspense_price[key] = event.price_nanos
        elif event.price_nanos != self.suspense_price[key]:
            page.report("suspense", f"{key} came back at another price than the rest is carried at")
        self.suspended_lots[key] += event.quantity_lots
        self.enter(event.sub_account_id, event, sign=-1)
        self.enter(SUSPENSE + event.carrying_account_id, event)

    def _open(self, _page: Page, event: OpeningBookImported) -> None:
        for opening in event.lots:
            carrying, contract = opening.carrying_account_id, opening.contract_id
            signed = opening.side.sign * opening.quantity_lots
            cost = self.reference.value(contract, opening.carried_price_nanos, signed)
            for holder in (opening.sub_account_id, CARRYING):
                if self.reference.is_gross(carrying):
                    leg = "long" if opening.side is Side.BUY else "short"
                    self.lots[holder, carrying, contract, leg] += opening.quantity_lots
                else:
                    self.lots[holder, carrying, contract, "net"] += signed
                self.traded[holder, carrying, contract] -= cost

    # ------------------------------------------------------------------------------- settlement

    def _due(self, contract_id: str, price_nanos: int) -> dict[tuple[str, str], int]:
        """Return the unpaid variation of every holder and carrying account at a price."""
        due = {}
        for (holder, carrying, contract), traded in self.traded.items():
            if contract == contract_id:
                position = self.signed(holder, carrying, contract)
                value = self.reference.value(contract, price_nanos, position)
                due[holder, carrying] = value + traded - self.paid[holder, carrying, contract]
        return due

    def _settle(self, page: Page, event: ContractSettled) -> None:
        contract = event.contract_id
        if event.currency != self.reference.product(contract).currency:
            page.report("variation", f"{contract} settled in {event.currency}")
        due = self._due(contract, event.price_nanos)
        told = {
            (line.book_id, line.carrying_account_id): line.variation_micros for line in event.books
        }
        for line in event.carrying:
            told[CARRYING, line.carrying_account_id] = line.variation_micros
        if len(told) != len(event.books) + len(event.carrying):
            page.report("variation", f"{contract}: a book is named twice")
        for key in sorted({*due, *told}):
            paid, owed = told.get(key, 0), due.get(key, 0)
            if paid != owed:
                page.report("variation", f"{contract} {key}: paid {paid}, due {owed} micros")
            self.paid[(*key, contract)] += paid
        for execution, item in self.suspended.items():
            if item.contract_id == contract:
                self.suspense_price[execution] = event.price_nanos

    def _expire(self, page: Page, event: ContractExpired) -> None:
        contract = event.contract_id
        for key, unpaid in sorted(self._due(contract, event.final_price_nanos).items()):
            if unpaid:
                page.report("final settlement", f"{contract} {key}: {unpaid} micros unpaid")
        for place in [place for place in self.lots if place[2] == contract]:
            del self.lots[place]
        for holder in [holder for holder in self.traded if holder[2] == contract]:
            del self.traded[holder]
            self.paid.pop(holder, None)
        for key, item in self.suspended.items():
            if item.contract_id == contract:
                self.suspended_lots[key] = 0
        self.expired[contract] = page.record.sequence

    # ------------------------------------------------------------------------------------ close

    def close(self, page: Page) -> None:
        """Check the law of the two books after a record."""
        sums: defaultdict[tuple[str, str, str], int] = defaultdict(int)
        for (holder, *place), lots in self.lots.items():
            carrying, contract, leg = place
            sums[carrying, contract, leg] += -lots if holder == CARRYING else lots
        for key, difference in sums.items():
            if difference:
                page.report("two books", f"{key}: virtual minus carrying is {difference} lots")
        values: defaultdict[tuple[str, str], int] = defaultdict(int)
        for (holder, carrying, contract), traded in self.traded.items():
            unpaid = traded - self.paid[holder, carrying, contract]
            values[carrying, contract] += -unpaid if holder == CARRYING else unpaid
        for where, value in values.items():
            if value:
                page.report("two values", f"{where}: virtual minus carrying is {value} micros")
        command = page.record.command
        if isinstance(command, SettleTradingDay) and page.has(ContractSettled):
            self._check_settled(page, command)

    def _check_settled(self, page: Page, command: SettleTradingDay) -> None:
        wanted = {mark.contract_id: mark.price_nanos for mark in command.prices}
        for event in page.record.events:
            if (
                isinstance(event, ContractSettled)
                and wanted.get(event.contract_id) != event.price_nanos
            ):
                page.report("variation", f"{event.contract_id} settled at a price nobody gave")
        for contract, price in wanted.items():
            if any(self._due(contract, price).values()):
                page.report("variation", f"{contract} has a settlement price but was not settled")
