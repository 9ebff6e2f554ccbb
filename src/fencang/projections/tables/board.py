"""The board: every table of the desk, kept by durable records; each record says what it changed.

The read models are folded first; then the rows that the record may have touched are built anew and
compared.  Touched means more than changed: rows that came out the same are no change.  The law that
nothing is missed is tested by building all rows from nothing.
"""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from fencang.basics.money import format_money
from fencang.basics.price import format_price
from fencang.basics.time import format_time
from fencang.messages.events import PricesMarked, TradingStateSet
from fencang.messages.record import Record
from fencang.projections.blocks import BlockOrders
from fencang.projections.books import Books
from fencang.projections.definitions import Definitions
from fencang.projections.drafts import Drafts
from fencang.projections.executions import Executions
from fencang.projections.ledger_days import LedgerDays
from fencang.projections.orders import Orders
from fencang.projections.plans import Plans
from fencang.projections.reference import PROMISED, RESERVE, SUSPENSE, Reference
from fencang.projections.risk_signals import RiskSignals
from fencang.projections.rules import Rules
from fencang.projections.tables.block_rows import block_leg_row, block_order_row, leg_key
from fencang.projections.tables.building import (
    draft_row,
    execution_row,
    firing_row,
    instruction_row,
    order_row,
    plan_row,
    position_row,
)
from fencang.projections.tables.envelopes import EnvelopeBooks
from fencang.projections.tables.risk_rows import risk_signal_row, rule_row
from fencang.projections.tables.rows import BalanceRow, PriceRow, Row, TradingStateRow
from fencang.projections.tables.touched import Touched, touched_by
from fencang.refdata.rule import IndicatorRule

__all__ = ["TABLES", "Board", "Change", "level_of"]

TABLES = (
    "orders",
    "executions",
    "positions",
    "balances",
    "prices",
    "trading_states",
    "plans",
    "firings",
    "drafts",
    "instructions",
    "block_orders",
    "block_legs",
    "rules",
    "risk_signals",
)

_LEVELS = ((SUSPENSE, "suspense"), (RESERVE, "reserve"), (PROMISED, "promised"))


class Change(NamedTuple):
    """One row of one table, as it is after the record; None: it is no more."""

    table: str
    key: str
    row: Row | None


class Board:
    """All tables at the sequence of the last record."""

    __slots__ = (
        "_positions_of",
        "blocks",
        "books",
        "definitions",
        "drafts",
        "envelopes",
        "executions",
        "ledger_days",
        "orders",
        "plans",
        "reference",
        "risk_signals",
        "rules",
        "sequence",
        "tables",
        "time_ns",
    )

    def __init__(self) -> None:
        self.sequence = 0
        self.time_ns = 0
        self.reference = Reference()
        self.definitions = Definitions()
        self.books = Books(self.reference)
        self.orders = Orders()
        self.executions = Executions()
        self.plans = Plans()
        self.drafts = Drafts()
        self.envelopes = EnvelopeBooks()
        self.rules = Rules(self.books)
        self.blocks = BlockOrders()
        self.risk_signals = RiskSignals()
        self.ledger_days = LedgerDays()
        self.tables: dict[str, dict[str, Row]] = {name: {} for name in TABLES}
        self._positions_of: dict[str, set[str]] = {}
        """Contract → keys of its position rows."""

    def apply(self, record: Record) -> list[Change]:
        """Fold in the next durable record and return what changed, in the order of the tables."""
        assert record.sequence == self.sequence + 1, (record.sequence, self.sequence)
        self.sequence, self.time_ns = record.sequence, record.time_ns
        if not record.events:
            return []
        touched = touched_by(record)
        if touched.is_defining:
            self.reference.apply(record)
            self.definitions.apply(record)
        if touched.is_of_blocks:
            self.rules.apply(record)
            self.blocks.apply(record)
        if touched.is_moving:
            self.books.apply(record)
            self.executions.apply(record)
        if touched.orders:
            self.orders.apply(record)
        if touched.plans:
            self.plans.apply(record)
        if touched.drafts or touched.is_defining:
            self.drafts.apply(record)
        self.envelopes.apply(record)
        if touched.is_of_risk:
            self.risk_signals.apply(record)
        if touched.is_of_days:
            self.ledger_days.apply(record)
        changes = []
        for table, key, row in self._rows(record, touched):
            rows = self.tables[table]
            if row is None:
                if rows.pop(key, None) is not None:
                    changes.append(Change(table, key, None))
            elif rows.get(key) != row:
                rows[key] = row
                changes.append(Change(table, key, row))
        return changes

    def _rows(self, record: Record, touched: Touched) -> Iterator[tuple[str, str, Row | None]]:
        for order_id in touched.orders:
            order = self.orders.order(order_id)
            if order is not None:
                yield "orders", str(order_id), order_row(order)
        for key in touched.executions:
            yield from self._execution_rows(key)
        if touched.is_moving:
            yield from self._position_rows(touched)
            yield from self._balance_rows(touched)
        yield from self._told_rows(record)
        for contract_id in touched.settled:
            if contract_id in self.reference.marks:
                yield self._price_row(contract_id, record.time_ns)
        for plan_id in touched.plans:
            plan = self.plans.plan(plan_id)
            if plan is not None:
                yield "plans", str(plan_id), plan_row(plan)
        for rule_id in touched.rules:
            for firing in self.rules.firings(rule_id)[-2:]:
                yield "firings", f"{rule_id}|{firing.sequence}", firing_row(firing)
        for draft_id in touched.drafts:
            draft = self.drafts.draft(draft_id)
            yield "drafts", str(draft_id), None if draft is None else draft_row(draft)
        for number, queued in touched.instructions.items():
            row = None if queued is None else instruction_row(queued)
            yield "instructions", str(number), row
        if self.blocks.are_any:
            for block_id, legs in self.blocks.take_changed().items():
                yield from self._block_rows(block_id, legs)
        if touched.rules:
            yield from self._rule_rows(touched)
        if touched.is_of_risk:
            for signal in self.risk_signals.take_fresh():
                yield "risk_signals", str(signal.signal_id), risk_signal_row(signal)
        yield from self._forgotten_rows(touched)

    def _block_rows(
        self, block_id: int, legs: Iterable[str]
    ) -> Iterator[tuple[str, str, Row | None]]:
        """Yield a block order's row, and those of its legs that are named."""
        block = self.blocks.block(block_id)
        if block is None:
            return
        yield "block_orders", str(block_id), block_order_row(block)
        currency = self.reference.product_of(block.contract_id).currency
        for sub_account_id in legs:
            row = block_leg_row(block, block.legs[sub_account_id], currency)
            yield "block_legs", leg_key(block_id, sub_account_id), row

    def _rule_rows(self, touched: Touched) -> Iterator[tuple[str, str, Row | None]]:
        for rule_id in touched.rules:
            defined = self.definitions.get(IndicatorRule.__name__, rule_id)
            if defined is None or not isinstance(defined.item, IndicatorRule):
                continue  # what only the desk itself knows, as the delivery guard
            reference = self.rules.reference_nanos(rule_id)
            firing = self.rules.open_firing(rule_id)
            yield "rules", rule_id, rule_row(defined.item, defined.sequence, reference, firing)

    def _told_rows(self, record: Record) -> Iterator[tuple[str, str, Row | None]]:
        """Yield rows that an event says as they are: prices, and states set by hand."""
        for event in record.events:
            if isinstance(event, PricesMarked):
                for mark in event.marks:
                    yield self._price_row(mark.contract_id, record.time_ns)
            elif isinstance(event, TradingStateSet):
                yield (
                    "trading_states",
                    event.node_id,
                    TradingStateRow(
                        node_id=event.node_id,
                        trading_state=event.trading_state.name.lower(),
                        reason=event.reason,
                        time=format_time(record.time_ns),
                    ),
                )

    def _price_row(self, contract_id: str, time_ns: int) -> tuple[str, str, Row]:
        price = format_price(self.reference.marks[contract_id])
        row = PriceRow(contract_id=contract_id, price=price, time=format_time(time_ns))
        return "prices", contract_id, row

    def _execution_rows(self, key: tuple[str, str]) -> Iterator[tuple[str, str, Row | None]]:
        execution = self.executions.execution(key)
        if execution is None:
            return
        currency = self.reference.product_of(execution.contract_id).currency
        for book_id, share in execution.shares.items():
            row = execution_row(execution, book_id, share, currency) if share.lots else None
            yield "executions", "|".join((*key, book_id)), row

    def _position_rows(self, touched: Touched) -> Iterator[tuple[str, str, Row | None]]:
        """Yield rows of touched books in touched contracts, whatever they were and are."""
        books = self.books
        places: dict[str, tuple[str, str, str]] = {}
        for contract_id in self._contracts_of(touched):
            for key in self._positions_of.get(contract_id, ()):
                book_id, carrying_id, _ = key.split("|")
                if touched.is_wide or book_id in touched.books or book_id in touched.carrying:
                    places[key] = (book_id, carrying_id, contract_id)
            for book_id, carrying_id in books.holders(contract_id):
                if touched.is_wide or book_id in touched.books:
                    place = book_id, carrying_id, contract_id
                    places["|".join(place)] = place
            for carrying_id in books.carrying_ids() if touched.is_wide else touched.carrying:
                place = carrying_id, carrying_id, contract_id
                places["|".join(place)] = place
        for key, place in places.items():
            yield "positions", key, self._position_row(key, place)

    def _contracts_of(self, touched: Touched) -> list[str]:
        if touched.contracts:
            return sorted(touched.contracts)
        return sorted(self.reference.contracts) if touched.is_wide else []

    def _position_row(self, key: str, place: tuple[str, str, str]) -> Row | None:
        book_id, carrying_id, contract_id = place
        is_carrying = book_id == carrying_id
        if is_carrying:
            holding = self.books.carried(carrying_id, contract_id)
        else:
            holding = self.books.holding(*place)
        keys = self._positions_of.setdefault(contract_id, set())
        if holding is None or not (holding.long_lots or holding.short_lots):
            keys.discard(key)
            return None
        keys.add(key)
        level = "carrying_account" if is_carrying else level_of(book_id)
        currency = self.reference.product_of(contract_id).currency
        return position_row(level, place, holding, currency)

    def _balance_rows(self, touched: Touched) -> Iterator[tuple[str, str, Row | None]]:
        books = self.books
        named = books.book_ids() if touched.is_wide else sorted(touched.books)
        for book_id in named:
            fees, variation = books.fees(book_id), books.variation(book_id)
            for currency, cash in books.cash(book_id).items():
                row = BalanceRow(
                    level=level_of(book_id),
                    book_id=book_id,
                    currency=currency,
                    cash=format_money(cash),
                    fees=format_money(fees.get(currency, 0)),
                    variation=format_money(variation.get(currency, 0)),
                )
                yield "balances", f"{book_id}|{currency}", row
        for carrying_id in books.carrying_ids() if touched.is_wide else sorted(touched.carrying):
            for currency, cash in books.carrying_cash(carrying_id).items():
                row = BalanceRow(
                    level="carrying_account",
                    book_id=carrying_id,
                    currency=currency,
                    cash=format_money(cash),
                    fees="0.00",
                    variation="0.00",
                )
                yield "balances", f"carrying:{carrying_id}|{currency}", row

    def _forgotten_rows(self, touched: Touched) -> Iterator[tuple[str, str, Row | None]]:
        """Yield rows that their read model has let go: each is bounded, the oldest go first."""
        for order_id in self.orders.take_forgotten():
            yield "orders", str(order_id), None
        for execution in self.executions.take_forgotten():
            for book_id in execution.shares:
                place = execution.carrying_account_id, execution.execution_id, book_id
                yield "executions", "|".join(place), None
        if self.blocks.are_any:
            for block in self.blocks.take_forgotten():
                yield "block_orders", str(block.block_id), None
                for sub_account_id in block.legs:
                    yield "block_legs", leg_key(block.block_id, sub_account_id), None
        if touched.is_of_risk:
            for signal_id in self.risk_signals.take_forgotten():
                yield "risk_signals", str(signal_id), None
        if touched.plans:
            for key in [*self.tables["plans"]]:
                if self.plans.plan(int(key)) is None:
                    yield "plans", key, None
        if touched.drafts:
            for key in [*self.tables["drafts"]]:
                if self.drafts.draft(int(key)) is None:
                    yield "drafts", key, None
        if touched.rules:
            kept = {f"{each.rule_id}|{each.sequence}" for each in self.rules.firings()}
            for key in [*self.tables["firings"]]:
                if key not in kept:
                    yield "firings", key, None


def level_of(book_id: str) -> str:
    """Return what a virtual book is: sub_account, reserve, promised or suspense."""
    return next((level for prefix, level in _LEVELS if book_id.startswith(prefix)), "sub_account")
