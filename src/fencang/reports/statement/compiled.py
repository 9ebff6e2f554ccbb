"""From days of the desk to the statement of one book, one owner, or the whole desk.

A statement that does not foot is a programmer's error and is not given out (``footing.py``).
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import NamedTuple, TypeVar

from fencang.basics.money import convert
from fencang.projections.reference import PROMISED, RESERVE, SUSPENSE, pool_id
from fencang.reports.statement.day import EndedDay, Rate, Results, Tree
from fencang.reports.statement.footing import check_footing
from fencang.reports.statement.holdings import Held
from fencang.reports.statement.values import (
    FORM_VERSION,
    Balance,
    BookLine,
    BrokerMargin,
    CashEntry,
    CashMovement,
    LotChange,
    MarginReport,
    MarginStanding,
    MovementKind,
    PositionLine,
    PositionSide,
    ResultLine,
    Scope,
    Statement,
)

Dated = TypeVar("Dated", CashEntry, LotChange)
OfBook = TypeVar("OfBook", CashEntry, LotChange, Held)

__all__ = ["Account", "Period", "accounts_of", "compile_statement"]


class Account:
    """Whose statement it is: the books that belong to it on a day."""

    __slots__ = ("account_id", "scope")

    def __init__(self, scope: Scope, account_id: str) -> None:
        self.scope = scope
        self.account_id = account_id

    def owner_id(self, tree: Tree) -> str:
        """Return the person behind the account."""
        if self.scope is Scope.DESK:
            return tree.masters[self.account_id].person_id
        if self.scope is Scope.OWNER:
            return self.account_id.removeprefix(pool_id(""))
        return _owner_of(tree, self.account_id)

    def books(self, day: EndedDay) -> list[str]:
        """Return the books that the statement adds up, sorted."""
        if self.scope is Scope.BOOK:
            return [self.account_id]
        books = day.book_ids()
        if self.scope is Scope.DESK:
            return books
        owner_id = self.owner_id(day.tree)
        return [book_id for book_id in books if _owner_of(day.tree, book_id) == owner_id]

    def name(self, tree: Tree) -> str:
        """Return the account's own name; empty for reserves and suspense accounts."""
        if self.scope is Scope.DESK:
            return tree.masters[self.account_id].name
        if self.scope is Scope.OWNER:
            return _person_name(tree, self.owner_id(tree))
        return _book_name(tree, self.account_id)


class Period:
    """The days of a statement, indexed once for all accounts that want one."""

    __slots__ = ("_closing", "_entries", "_lots", "_opening", "_results", "days", "month")

    def __init__(self, days: Sequence[EndedDay], month: str = "") -> None:
        assert days, "a statement has at least one day"
        self.days = tuple(days)
        self.month = month
        self._opening = _by_book(days[0].opening_held)
        self._closing = _by_book(days[-1].closing_held)
        self._entries = _by_book([each for day in days for each in day.day.entries])
        self._lots = _by_book([each for day in days for each in day.day.lot_changes])
        self._results: dict[str, dict[str, Results]] = {}
        for day in days:
            for (book_id, contract_id), results in day.day.results.items():
                found = self._results.setdefault(book_id, {})
                before = found.get(contract_id)
                found[contract_id] = results if before is None else before.plus(results)

    @property
    def first(self) -> EndedDay:
        """Return the first day."""
        return self.days[0]

    @property
    def last(self) -> EndedDay:
        """Return the last day."""
        return self.days[-1]

    def of(self, books: Sequence[str]) -> "_Extract":
        """Return what concerns some books."""
        return _Extract(
            opening=[held for book in books for held in self._opening.get(book, ())],
            closing=[held for book in books for held in self._closing.get(book, ())],
            entries=_in_order(self._entries, books),
            lots=_in_order(self._lots, books),
            results=[self._results[book] for book in books if book in self._results],
        )


class _Extract(NamedTuple):
    """What concerns the books of one statement."""

    opening: list[Held]
    closing: list[Held]
    entries: list[CashEntry]
    lots: list[LotChange]
    results: list[dict[str, Results]]


def accounts_of(day: EndedDay) -> list[Account]:
    """Return every account of a day that has statements: books, owners, the desk."""
    books = day.book_ids()
    owners = sorted({_owner_of(day.tree, book_id) for book_id in books})
    return [
        *(Account(Scope.BOOK, book_id) for book_id in books),
        *(Account(Scope.OWNER, pool_id(owner_id)) for owner_id in owners),
        *(Account(Scope.DESK, master_id) for master_id in sorted(day.tree.masters)),
    ]


def compile_statement(period: Period, account: Account) -> Statement:
    """Return the statement of an account; asserts that it foots."""
    last, tree = period.last, period.last.tree
    books = account.books(last)
    found = period.of(books)
    owner_id = account.owner_id(tree)
    statement = Statement(
        form_version=FORM_VERSION,
        scope=account.scope,
        account_id=account.account_id,
        name=account.name(tree),
        owner_id=owner_id,
        owner_name=_person_name(tree, owner_id),
        base_currency=tree.base_currency,
        first_day=period.first.trading_day,
        last_day=last.trading_day,
        month=period.month,
        trading_days=tuple(day.trading_day for day in period.days),
        is_final=all(day.is_final for day in period.days),
        waits_for=tuple(sorted({name for day in period.days for name in day.waits_for})),
        balances=_balances(period, books, found.closing),
        results=_results(found),
        entries=tuple(found.entries),
        lot_changes=tuple(found.lots),
        positions=tuple(line for held in found.closing for line in _positions(held)),
        margin=_margin(last, account, books),
        books=() if account.scope is Scope.BOOK else _book_lines(period, books),
    )
    check_footing(statement, found.opening, found.closing)
    return statement


# ------------------------------------------------------------------------------------------- parts


def _balances(period: Period, books: Sequence[str], closing: Sequence[Held]) -> tuple[Balance, ...]:
    before = _sum_cash(period.first.opening_cash, books)
    moved: dict[str, Counter[MovementKind]] = {}
    for day in period.days:
        for book_id in books:
            for currency, kinds in day.day.moved.get(book_id, {}).items():
                counted = moved.setdefault(currency, Counter())
                for kind, amount in kinds.items():
                    counted[kind] += amount
    unpaid: Counter[str] = Counter()
    option_value: Counter[str] = Counter()
    for held in closing:
        unpaid[held.product.currency] += held.unpaid_micros
        option_value[held.product.currency] += held.option_value_micros
    found = []
    for currency in sorted({*before, *moved, *unpaid}):
        kinds = moved.get(currency, Counter())
        movements = tuple(
            CashMovement(kind=k, amount_micros=kinds[k]) for k in MovementKind if k in kinds
        )
        closes = before.get(currency, 0) + sum(kinds.values())
        rate = period.last.rates.get(currency)
        found.append(
            Balance(
                currency=currency,
                opening_micros=before.get(currency, 0),
                movements=movements,
                closing_micros=closes,
                unpaid_micros=unpaid[currency],
                option_value_micros=option_value[currency],
                rate_nanos=None if rate is None else rate.rate_nanos,
                rate_source="" if rate is None else rate.source,
                base_value_micros=_valued(rate, closes + unpaid[currency]),
            )
        )
    kept = _sum_cash(period.last.closing_cash, books)
    for balance in found:
        assert balance.closing_micros == kept.pop(balance.currency, 0), (balance, kept)
    assert not any(kept.values()), kept
    return tuple(found)


def _results(found: _Extract) -> tuple[ResultLine, ...]:
    opening, closing = _by_contract(found.opening), _by_contract(found.closing)
    summed: dict[str, Results] = {}
    for per_contract in found.results:
        for contract_id, results in per_contract.items():
            before = summed.get(contract_id)
            summed[contract_id] = results if before is None else before.plus(results)
    lines = []
    for contract_id in sorted({*summed, *opening, *closing}):
        opened, closed = opening.get(contract_id, []), closing.get(contract_id, [])
        earned = summed.get(contract_id)
        if earned is None:
            earned = Results((opened + closed)[0].product.currency)
        lines.append(
            ResultLine(
                contract_id=contract_id,
                currency=earned.currency,
                realised_micros=earned.realised_micros,
                opening_unrealised_micros=sum(held.unrealised_micros for held in opened),
                closing_unrealised_micros=sum(held.unrealised_micros for held in closed),
                variation_micros=earned.variation_micros,
                premium_micros=earned.premium_micros,
                opening_unpaid_micros=sum(held.unpaid_micros for held in opened),
                closing_unpaid_micros=sum(held.unpaid_micros for held in closed),
                opening_option_value_micros=sum(held.option_value_micros for held in opened),
                closing_option_value_micros=sum(held.option_value_micros for held in closed),
                brought_in_micros=earned.brought_in_micros,
                brought_in_option_value_micros=earned.brought_in_option_value_micros,
                fees_micros=earned.fees_micros,
            )
        )
    return tuple(lines)


def _positions(held: Held) -> list[PositionLine]:
    unit = held.product.value_micros(held.mark_nanos, 1)
    lines = []
    for side, sign, lots, of_today, cost in (
        (PositionSide.LONG, 1, held.long_lots, held.long_today_lots, held.long_cost_micros),
        (PositionSide.SHORT, -1, held.short_lots, held.short_today_lots, held.short_cost_micros),
    ):
        if lots or cost:
            lines.append(
                PositionLine(
                    book_id=held.book_id,
                    carrying_account_id=held.carrying_account_id,
                    contract_id=held.contract_id,
                    side=side,
                    quantity_lots=lots,
                    of_today_lots=of_today,
                    average_price_nanos=held.average_price_nanos(lots, cost),
                    mark_nanos=held.mark_nanos,
                    mark_kind=held.mark_kind,
                    currency=held.product.currency,
                    unrealised_micros=sign * (unit * lots - cost),
                )
            )
    return lines


def _margin(last: EndedDay, account: Account, books: Sequence[str]) -> MarginReport:
    """Return what was published with the day's last settlement and concerns the account."""
    owner_id = account.owner_id(last.tree)
    wanted = set(books)
    owners = {owner_id} if account.scope is Scope.OWNER else set()
    if account.scope is Scope.DESK:
        owners = {_owner_of(last.tree, book_id) for book_id in books}
    wanted |= {pool_id(owner) for owner in owners}
    standings = tuple(
        MarginStanding(
            book_id=line.book_id,
            equity_micros=line.equity_micros,
            requirement_micros=line.requirement_micros,
            attributed_micros=line.attributed_micros,
            granted_micros=line.granted_micros,
        )
        for line in last.day.margin
        if line.book_id in wanted
    )
    at_brokers = tuple(
        BrokerMargin(
            carrying_account_id=line.carrying_account_id,
            owner_id=line.owner_id,
            currency=line.currency,
            cash_micros=line.cash_micros,
            unpaid_micros=line.unpaid_micros,
            collateral_micros=line.collateral_micros,
            requirement_micros=line.requirement_micros,
            excess_micros=line.excess_micros,
        )
        for line in last.day.accounts
        if line.owner_id in owners
    )
    return MarginReport(
        trading_day=last.day.margin_day,
        standings=standings,
        at_brokers=at_brokers,
        flags=last.day.flags if owners else (),
    )


def _book_lines(period: Period, books: Sequence[str]) -> tuple[BookLine, ...]:
    last = period.last
    lines = []
    for book_id in books:
        cash = Counter(last.closing_cash.get(book_id, {}))
        equity = Counter(cash)
        for held in period.of([book_id]).closing:
            equity[held.product.currency] += held.unpaid_micros
        lines.append(
            BookLine(
                book_id=book_id,
                name=_book_name(last.tree, book_id),
                owner_id=_owner_of(last.tree, book_id),
                cash=tuple(sorted(cash.items())),
                base_equity_micros=sum(
                    _valued(last.rates.get(currency), amount) for currency, amount in equity.items()
                ),
            )
        )
    return tuple(lines)


# ---------------------------------------------------------------------------------------- look-ups


def _owner_of(tree: Tree, book_id: str) -> str:
    if book_id.startswith(SUSPENSE):
        return tree.carrying_accounts[book_id.removeprefix(SUSPENSE)].holder_id
    if book_id.startswith(RESERVE):
        return book_id.removeprefix(RESERVE)
    if book_id.startswith(PROMISED):
        return book_id.removeprefix(PROMISED)
    return tree.sub_accounts[book_id].owner_id


def _person_name(tree: Tree, person_id: str) -> str:
    person = tree.persons.get(person_id)
    return person.name if person is not None else ""


def _book_name(tree: Tree, book_id: str) -> str:
    account = tree.sub_accounts.get(book_id)
    return account.name if account is not None else ""


def _valued(rate: Rate | None, amount_micros: int) -> int:
    return 0 if rate is None else convert(amount_micros, rate.rate_nanos)


def _sum_cash(cash: "dict[str, dict[str, int]]", books: Sequence[str]) -> dict[str, int]:
    summed: Counter[str] = Counter()
    for book_id in books:
        for currency, amount in cash.get(book_id, {}).items():
            summed[currency] += amount
    return dict(summed)


def _by_book(items: Iterable[OfBook]) -> dict[str, list[OfBook]]:
    found: dict[str, list[OfBook]] = {}
    for item in items:
        found.setdefault(item.book_id, []).append(item)
    return found


def _in_order(by_book: dict[str, list[Dated]], books: Sequence[str]) -> list[Dated]:
    """Return what happened in some books, oldest first."""
    found = [each for book in books for each in by_book.get(book, ())]
    return sorted(found, key=lambda each: (each.trading_day, each.sequence))


def _by_contract(held: Iterable[Held]) -> dict[str, list[Held]]:
    found: dict[str, list[Held]] = {}
    for each in held:
        found.setdefault(each.contract_id, []).append(each)
    return found
