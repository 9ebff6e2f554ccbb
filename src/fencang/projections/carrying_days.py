"""The carrying book day by day: what a broker's statement of a trading day should say.

A fill, its fee and a contract's variation belong to the trading day their venue is in; cash that
moves without a venue belongs to the latest day any venue of the account is in.  A day's positions
are those at the moment its venue opens for a later day, so a day can be asked for long after it.
Laws: opening + movements = closing; closing of a day = opening of the next one.
"""

from collections import Counter
from collections.abc import Iterator
from datetime import date
from enum import StrEnum
from typing import NamedTuple

from fencang.messages.events import (
    AccountMargin,
    CashDeposited,
    CashWithdrawn,
    ContractExpired,
    ContractSettled,
    CurrencyConverted,
    FillAllocated,
    FillBooked,
    FillSuspended,
    MarginPublished,
    OpeningBookImported,
    SessionOpened,
    SpanParametersActivated,
)
from fencang.messages.message import Offset, Side
from fencang.messages.record import Record
from fencang.projections.projection import Projection
from fencang.projections.reference import Reference

__all__ = ["DAYS_MAX", "CarryingDay", "CarryingDays", "DayFill", "DayPosition", "Movement"]

DAYS_MAX = 40
"""Days that stay whole; of older ones only the balances they ended with are kept."""


class Movement(StrEnum):
    """Why cash of a carrying account moved."""

    FEES = "fees"
    VARIATION = "variation"
    TRANSFERS = "transfers"
    CONVERSIONS = "conversions"


class DayFill(NamedTuple):
    """One execution in the carrying book, with the fees of all its parts."""

    execution_id: str
    contract_id: str
    side: Side
    offset: Offset
    quantity_lots: int
    price_nanos: int
    fee_micros: int


class DayPosition(NamedTuple):
    """Open lots in one contract; those opened on the day itself are known in gross accounts."""

    long_lots: int = 0
    short_lots: int = 0
    long_today_lots: int = 0
    short_today_lots: int = 0


class CarryingDay(NamedTuple):
    """One carrying account on one trading day; money is micros per currency."""

    carrying_account_id: str
    trading_day: date
    positions: dict[str, DayPosition]
    fills: list[DayFill]
    opening: dict[str, int]
    movements: dict[tuple[str, Movement], int]
    closing: dict[str, int]
    margins: list[AccountMargin]
    settlements: dict[str, int]
    """Contract → settlement price in nanos."""
    settlements_before: dict[str, int]
    """The same of the last day before that had one."""
    parameters: dict[str, str]
    """Clearing house → hash of the SPAN file that the day's margin was computed from."""


class _Lots:
    """Lots of one contract as they change, today's apart."""

    __slots__ = ("long", "long_today", "short", "short_today")

    def __init__(self) -> None:
        self.long = self.short = self.long_today = self.short_today = 0

    def trade(self, side: Side, offset: Offset, quantity_lots: int) -> None:
        """Take in lots; a close takes the oldest first unless it names today's."""
        buys = side is Side.BUY
        if offset is Offset.NET:
            net = self.long - self.short + side.sign * quantity_lots
            self.long, self.short = max(net, 0), max(-net, 0)
        elif offset is Offset.OPEN:
            if buys:
                self.long += quantity_lots
                self.long_today += quantity_lots
            else:
                self.short += quantity_lots
                self.short_today += quantity_lots
        elif buys:
            self.short -= quantity_lots
            self.short_today = _left(self.short, self.short_today, quantity_lots, offset)
        else:
            self.long -= quantity_lots
            self.long_today = _left(self.long, self.long_today, quantity_lots, offset)

    def position(self) -> DayPosition:
        """Return the lots as they stand."""
        return DayPosition(self.long, self.short, self.long_today, self.short_today)

    def begin_day(self) -> None:
        """Let today's lots be yesterday's."""
        self.long_today = self.short_today = 0


def _left(after: int, today: int, closed: int, offset: Offset) -> int:
    """Return how many of today's lots are left after a close."""
    if offset is Offset.CLOSE_TODAY:
        return max(0, today - closed)
    return max(0, min(today, after))


class _Day:
    """What happened to one account on one day."""

    __slots__ = ("fees", "fills", "margins", "movements", "parameters", "settlements")

    def __init__(self) -> None:
        self.fills: list[FillBooked] = []
        self.fees: dict[str, int] = {}
        self.movements: dict[tuple[str, Movement], int] = {}
        self.margins: list[AccountMargin] = []
        self.settlements: dict[str, int] = {}
        self.parameters: dict[str, str] = {}

    def move(self, currency: str, kind: Movement, amount_micros: int) -> None:
        """Count cash in."""
        key = currency, kind
        self.movements[key] = self.movements.get(key, 0) + amount_micros


class _Account:
    """One carrying account: its days, its lots now, and its lots at the end of each venue's day."""

    __slots__ = ("before", "days", "ends", "lots")

    def __init__(self) -> None:
        self.before: Counter[str] = Counter()
        """Cash at the end of the last day that is no longer kept."""
        self.days: dict[int, _Day] = {}
        self.lots: dict[str, _Lots] = {}
        self.ends: dict[str, dict[int, dict[str, DayPosition]]] = {}
        """Venue → day → contract → lots at its end."""

    def day(self, ordinal: int) -> _Day:
        """Return a day, a new one when nothing happened on it yet."""
        return self.days.setdefault(ordinal, _Day())

    def contract(self, contract_id: str) -> _Lots:
        """Return the lots of a contract."""
        return self.lots.setdefault(contract_id, _Lots())

    def forget(self, days_max: int) -> None:
        """Fold the oldest days into the balance before, beyond a bound."""
        for ordinal in sorted(self.days)[: max(0, len(self.days) - days_max)]:
            for (currency, _), amount in self.days.pop(ordinal).movements.items():
                self.before[currency] += amount
        for ends in self.ends.values():
            for ordinal in sorted(ends)[: max(0, len(ends) - days_max)]:
                del ends[ordinal]


class CarryingDays(Projection):
    """Every carrying account by day; ``reference`` is applied by whoever composes the two."""

    __slots__ = ("_accounts", "_days_max", "_parameters", "_today", "reference")

    def __init__(self, reference: Reference, days_max: int = DAYS_MAX) -> None:
        assert days_max >= 2, "a day and the one before it"
        self.reference = reference
        self._days_max = days_max
        self._accounts: dict[str, _Account] = {}
        self._today: dict[str, int] = {}
        self._parameters: dict[str, str] = {}

    def apply(self, record: Record) -> None:
        """Fold in everything that moves a carrying account's lots or cash."""
        for event in record.events:
            match event:
                case FillBooked():
                    self._book(event)
                case FillAllocated() | FillSuspended():
                    self._charge(event)
                case ContractSettled():
                    self._settle(event)
                case SessionOpened():
                    self._open(event)
                case MarginPublished():
                    self._publish(event)
                case CashDeposited() | CashWithdrawn() | CurrencyConverted():
                    self._move(event)
                case ContractExpired(contract_id=contract_id):
                    for account in self._accounts.values():
                        account.lots.pop(contract_id, None)
                case OpeningBookImported():
                    self._import(event)
                case SpanParametersActivated():
                    self._parameters[event.clearing_house] = event.sha256
                case _:
                    pass

    def content(self) -> object:
        """Return every account's days."""
        accounts = {
            name: {
                "before": {key: amount for key, amount in account.before.items() if amount},
                "days": {
                    ordinal: [
                        [list(_terms(fill)) for fill in day.fills],
                        day.fees,
                        day.movements,
                        day.margins,
                        day.settlements,
                        day.parameters,
                    ]
                    for ordinal, day in account.days.items()
                },
                "lots": {key: list(lots.position()) for key, lots in account.lots.items()},
                "ends": account.ends,
            }
            for name, account in self._accounts.items()
        }
        return [self._days_max, self._today, self._parameters, accounts]

    # ------------------------------------------------------------------------------------ questions

    def days(self, carrying_account_id: str) -> list[date]:
        """Return the days of an account that can be asked for, oldest first."""
        account = self._accounts.get(carrying_account_id)
        known = sorted(account.days) if account is not None else []
        return [date.fromordinal(ordinal) for ordinal in known if ordinal]

    def day(self, carrying_account_id: str, trading_day: date) -> CarryingDay | None:
        """Return an account's day; None when nothing is kept of it."""
        account = self._accounts.get(carrying_account_id)
        ordinal = trading_day.toordinal()
        found = account.days.get(ordinal) if account is not None else None
        if account is None or found is None:
            return None
        opening = Counter(account.before)
        settled: dict[str, int] = {}
        for earlier in sorted(account.days):
            if earlier < ordinal:
                settled.update(account.days[earlier].settlements)
                for (currency, _), amount in account.days[earlier].movements.items():
                    opening[currency] += amount
        closing = Counter(opening)
        for (currency, _), amount in found.movements.items():
            closing[currency] += amount
        return CarryingDay(
            carrying_account_id=carrying_account_id,
            trading_day=trading_day,
            positions=dict(sorted(self._positions(account, ordinal))),
            fills=[
                DayFill(*_terms(fill), found.fees.get(fill.execution_id, 0)) for fill in found.fills
            ],
            opening={key: opening[key] for key in sorted(closing)},
            movements=dict(sorted(found.movements.items())),
            closing={key: closing[key] for key in sorted(closing)},
            margins=list(found.margins),
            settlements=dict(sorted(found.settlements.items())),
            settlements_before=dict(sorted(settled.items())),
            parameters=dict(sorted(found.parameters.items())),
        )

    def _positions(self, account: _Account, ordinal: int) -> Iterator[tuple[str, DayPosition]]:
        """Yield what was open at the end of a day, each contract by the day of its own venue."""
        for contract_id, lots in account.lots.items():
            is_now = self._today.get(self._venue_of(contract_id), 0) <= ordinal
            if is_now and (lots.long or lots.short):
                yield contract_id, lots.position()
        for venue_id, ends in account.ends.items():
            if self._today.get(venue_id, 0) > ordinal:
                last = max((day for day in ends if day <= ordinal), default=None)
                if last is not None:
                    yield from ends[last].items()

    # ---------------------------------------------------------------------------------------- folds

    def _venue_of(self, contract_id: str) -> str:
        return self.reference.product_of(contract_id).venue_id

    def _account(self, carrying_account_id: str) -> _Account:
        return self._accounts.setdefault(carrying_account_id, _Account())

    def _day_of(self, carrying_account_id: str, contract_id: str = "") -> _Day:
        if contract_id:
            ordinal = self._today.get(self._venue_of(contract_id), 0)
        else:
            definition = self.reference.carrying_accounts[carrying_account_id]
            ordinal = max(self._today.get(venue_id, 0) for venue_id in definition.venues)
        return self._account(carrying_account_id).day(ordinal)

    def _book(self, event: FillBooked) -> None:
        lots = self._account(event.carrying_account_id).contract(event.contract_id)
        lots.trade(event.side, event.offset, event.quantity_lots)
        self._day_of(event.carrying_account_id, event.contract_id).fills.append(event)

    def _charge(self, event: FillAllocated | FillSuspended) -> None:
        day = self._day_of(event.carrying_account_id, event.contract_id)
        day.fees[event.execution_id] = day.fees.get(event.execution_id, 0) + event.fee_micros
        if event.fee_micros:
            currency = self.reference.product_of(event.contract_id).currency
            day.move(currency, Movement.FEES, -event.fee_micros)

    def _settle(self, event: ContractSettled) -> None:
        venue_id = self._venue_of(event.contract_id)
        for name, definition in self.reference.carrying_accounts.items():
            if venue_id in definition.venues and name in self._accounts:
                day = self._day_of(name, event.contract_id)
                day.settlements[event.contract_id] = event.price_nanos
        for part in event.carrying:
            if part.variation_micros:
                day = self._day_of(part.carrying_account_id, event.contract_id)
                day.move(event.currency, Movement.VARIATION, part.variation_micros)

    def _open(self, event: SessionOpened) -> None:
        before, now = self._today.get(event.venue_id, 0), event.trading_day.toordinal()
        if now <= before:
            return
        for name in self.reference.carrying_accounts:
            if event.venue_id not in self.reference.carrying_accounts[name].venues:
                continue
            account = self._account(name)
            end = account.ends.setdefault(event.venue_id, {}).setdefault(before, {})
            for contract_id, lots in account.lots.items():
                if self._venue_of(contract_id) == event.venue_id:
                    if lots.long or lots.short:
                        end[contract_id] = lots.position()
                    lots.begin_day()
            account.day(now)
            account.forget(self._days_max)
        self._today[event.venue_id] = now

    def _publish(self, event: MarginPublished) -> None:
        ordinal = event.trading_day.toordinal()
        told: dict[str, list[AccountMargin]] = {}
        for line in event.accounts:
            told.setdefault(line.carrying_account_id, []).append(line)
        for name in self.reference.carrying_accounts:
            account = self._accounts.get(name)
            if account is not None and ordinal in account.days:
                account.days[ordinal].margins = told.get(name, [])
                account.days[ordinal].parameters = dict(self._parameters)

    def _move(self, event: CashDeposited | CashWithdrawn | CurrencyConverted) -> None:
        day = self._day_of(event.carrying_account_id)
        match event:
            case CashDeposited():
                day.move(event.currency, Movement.TRANSFERS, event.amount_micros)
            case CashWithdrawn():
                day.move(event.currency, Movement.TRANSFERS, -event.amount_micros)
            case CurrencyConverted():
                day.move(event.sold_currency, Movement.CONVERSIONS, -event.sold_micros)
                day.move(event.bought_currency, Movement.CONVERSIONS, event.bought_micros)

    def _import(self, event: OpeningBookImported) -> None:
        for item in event.lots:
            lots = self._account(item.carrying_account_id).contract(item.contract_id)
            is_net = self.reference.is_net(item.carrying_account_id)
            lots.trade(item.side, Offset.NET if is_net else Offset.OPEN, item.quantity_lots)
            if item.opened_day.toordinal() < self._today.get(self._venue_of(item.contract_id), 0):
                _age(lots, item.side, item.quantity_lots)
        for cash in event.cash:
            day = self._day_of(cash.carrying_account_id)
            day.move(cash.currency, Movement.TRANSFERS, cash.amount_micros)


def _age(lots: _Lots, side: Side, quantity_lots: int) -> None:
    """Let lots that were brought in count as opened before today."""
    if side is Side.BUY:
        lots.long_today = max(0, lots.long_today - quantity_lots)
    else:
        lots.short_today = max(0, lots.short_today - quantity_lots)


def _terms(fill: FillBooked) -> tuple[str, str, Side, Offset, int, int]:
    return (
        fill.execution_id,
        fill.contract_id,
        fill.side,
        fill.offset,
        fill.quantity_lots,
        fill.price_nanos,
    )
