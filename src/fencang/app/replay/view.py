"""What the outside world knows of the desk from durable records: lots, capital, and a tally.

The strategies and the planner of a replay look here and nowhere else, so they act on what was
durable when they acted.  It is a slim fold for speed; the full read models are in ``projections``.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date
from typing import Any

from fencang.messages.events import (
    CapitalTransferred,
    CashDeposited,
    CashWithdrawn,
    ContractExpired,
    DeskDefined,
    FillAllocated,
    MarginPublished,
    SuspenseAssigned,
)
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    PositionTransferred,
    SuspenseAssignmentUndone,
)
from fencang.messages.life_events import ContractConverted
from fencang.messages.record import Record
from fencang.refdata.account import MasterAccount, SubAccount

__all__ = ["DayResult", "OutsideView"]

DayResult = tuple[int, int, int]
"""(trading day as yyyymmdd, profit in micros, capital it was earned on in micros)."""

POOL = "@pool:"
RESERVE = "@reserve:"


class OutsideView:
    """Positions and standing of every sub-account; the planner's ``CapitalView``."""

    def __init__(self, history_days_max: int = 600) -> None:
        self.positions: dict[str, dict[str, int]] = {}
        self.pool_equity: dict[str, int] = {}
        self.pool_requirement: dict[str, int] = {}
        self.published_day: date | None = None
        self._base_currency = ""
        self._reserve_cash: dict[str, int] = {}
        self._owners: dict[str, str] = {}
        self._equity: dict[str, int] = {}
        self._requirement: dict[str, int] = {}
        self._earned_on: dict[str, int] = {}
        self._history: dict[str, list[DayResult]] = {}
        self._history_days_max = history_days_max
        self._folds: dict[type[Any], Callable[[Any], None]] = {
            FillAllocated: self._trade,
            SuspenseAssigned: self._trade,
            EnteredFillAllocated: self._trade,
            FillCorrected: self._mend,
            FillBusted: self._mend,
            PositionTransferred: self._transfer_position,
            SuspenseAssignmentUndone: self._undo,
            ContractExpired: self._expire,
            ContractConverted: self._convert,
            MarginPublished: self._publish,
            CapitalTransferred: self._transfer,
            CashDeposited: self._deposit,
            CashWithdrawn: self._withdraw,
            DeskDefined: self._define,
        }

    def apply(self, records: Iterable[Record]) -> None:
        """Fold in durable records."""
        folds = self._folds
        for record in records:
            for event in record.events:
                fold = folds.get(type(event))
                if fold is not None:
                    fold(event)

    # ------------------------------------------------------------------------------------ questions

    def lots(self, sub_account_id: str, contract_id: str) -> int:
        """Return the signed lots of a sub-account in a contract."""
        return self.positions[sub_account_id].get(contract_id, 0)

    def owner_ids(self) -> Sequence[str]:
        """Return every owner of a sub-account, sorted."""
        return sorted(dict.fromkeys(self._owners.values()))

    def sub_account_ids(self, owner_id: str) -> Sequence[str]:
        """Return the owner's sub-accounts, sorted."""
        return sorted(name for name, owner in self._owners.items() if owner == owner_id)

    def capital_micros(self, book_id: str) -> int:
        """Return a book's equity in the base currency at the last settlement, moves included."""
        return self._equity.get(book_id, 0)

    def reserve_micros(self, owner_id: str) -> int:
        """Return the owner's capital that no sub-account has."""
        books = sum(self._equity.get(name, 0) for name in self.sub_account_ids(owner_id))
        return self.pool_equity.get(owner_id, 0) - books

    def releasable_micros(self, owner_id: str) -> int:
        """Return what a plan may take out of the reserve: base-currency cash, deficits off."""
        deficits = sum(min(0, self._equity.get(name, 0)) for name in self.sub_account_ids(owner_id))
        return self._reserve_cash.get(owner_id, 0) + deficits

    def requirement_micros(self, book_id: str) -> int:
        """Return the margin requirement published last for a book."""
        return self._requirement.get(book_id, 0)

    def history(self, book_id: str, days_max: int) -> Sequence[DayResult]:
        """Return (trading day, profit, capital it was earned on) of the last days."""
        return self._history.get(book_id, [])[-days_max:]

    # ---------------------------------------------------------------------------------------- folds

    def _define(self, event: DeskDefined) -> None:
        for item in event.items:
            if isinstance(item, SubAccount):
                self._owners[item.sub_account_id] = item.owner_id
                self.positions.setdefault(item.sub_account_id, {})
            elif isinstance(item, MasterAccount):
                self._base_currency = item.base_currency

    def _trade(self, event: FillAllocated | EnteredFillAllocated | SuspenseAssigned) -> None:
        self._add(event.sub_account_id, event.contract_id, event.side.sign * event.quantity_lots)

    def _undo(self, event: SuspenseAssignmentUndone) -> None:
        self._add(event.sub_account_id, event.contract_id, -event.side.sign * event.quantity_lots)

    def _add(self, sub_account_id: str, contract_id: str, signed_lots: int) -> None:
        positions = self.positions[sub_account_id]
        lots = positions.get(contract_id, 0) + signed_lots
        if lots:
            positions[contract_id] = lots
        else:
            positions.pop(contract_id, None)

    def _mend(self, event: FillCorrected | FillBusted) -> None:
        for mend in event.mends:
            if mend.book_id in self.positions:
                lots = event.side.sign * (mend.entered_lots - mend.taken_lots)
                self._add(mend.book_id, event.contract_id, lots)

    def _transfer_position(self, event: PositionTransferred) -> None:
        lots = event.side.sign * event.quantity_lots
        self._add(event.from_sub_account_id, event.contract_id, -lots)
        self._add(event.to_sub_account_id, event.contract_id, lots)

    def _expire(self, event: ContractExpired) -> None:
        for positions in self.positions.values():
            positions.pop(event.contract_id, None)

    def _convert(self, event: ContractConverted) -> None:
        for positions in self.positions.values():
            lots = positions.pop(event.from_contract_id, 0)
            if lots:
                positions[event.to_contract_id] = lots * event.new_lots // event.old_lots

    def _deposit(self, event: CashDeposited) -> None:
        self._reserve(event.owner_id, event.currency, event.amount_micros)

    def _withdraw(self, event: CashWithdrawn) -> None:
        self._reserve(event.owner_id, event.currency, -event.amount_micros)

    def _reserve(self, owner_id: str, currency: str, amount_micros: int) -> None:
        if currency == self._base_currency:
            for held in (self.pool_equity, self._reserve_cash):
                held[owner_id] = held.get(owner_id, 0) + amount_micros

    def _transfer(self, event: CapitalTransferred) -> None:
        for book_id, sign in ((event.from_book_id, -1), (event.to_book_id, 1)):
            amount = sign * event.amount_micros
            if book_id in self._owners:
                self._equity[book_id] = self._equity.get(book_id, 0) + amount
                self._earned_on[book_id] = self._earned_on.get(book_id, 0) + amount
            elif book_id.startswith(RESERVE):
                owner_id = book_id.removeprefix(RESERVE)
                self._reserve_cash[owner_id] = self._reserve_cash.get(owner_id, 0) + amount

    def _publish(self, event: MarginPublished) -> None:
        day = event.trading_day
        if day != self.published_day:
            self._earned_on.update(self._equity)
            self.published_day = day
        number = day.year * 10_000 + day.month * 100 + day.day
        for line in event.lines:
            book_id, equity = line.book_id, line.equity_micros
            if book_id.startswith(POOL):
                owner = book_id.removeprefix(POOL)
                self.pool_equity[owner] = equity
                self.pool_requirement[owner] = line.requirement_micros
            elif book_id in self._owners:
                self._equity[book_id] = equity
                self._requirement[book_id] = line.requirement_micros
                self._remember(book_id, number, equity)

    def _remember(self, book_id: str, number: int, equity: int) -> None:
        earned_on = self._earned_on.get(book_id, 0)
        result = (number, equity - earned_on, earned_on)
        history = self._history.setdefault(book_id, [])
        if history and history[-1][0] == number:
            history[-1] = result  # a second venue settled the same day
        else:
            history.append(result)
            if len(history) > 2 * self._history_days_max:
                del history[: self._history_days_max]
