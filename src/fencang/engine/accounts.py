"""Accounts as the engine keeps them: books with the caches that answer checks in constant time.

A ``Line`` joins everything one sub-account's dealing in one contract touches, so that an order
needs no further look-ups.  Caches (exposures, standings) follow primary state (books, orders) and
can be rebuilt from it at any time; ``engine/invariants.py`` does so.
"""

from typing import TYPE_CHECKING

from fencang.ledger.book import Book, CarryingBook, SignedPosition
from fencang.ledger.position import Position
from fencang.limits.position_limits import LimitPair, LimitTable
from fencang.margin.exposure import Exposure
from fencang.margin.rate import notional_per_lot, requirement_per_lot
from fencang.margin.standing import Standing
from fencang.messages.message import Offset, Side
from fencang.refdata.account import CarryingAccount, PositionMode, SubAccount
from fencang.refdata.contract import Contract, Product
from fencang.refdata.definition import LOTS_MAX
from fencang.refdata.venue import Venue
from fencang.rules.indicator import lots_kept

if TYPE_CHECKING:
    from fencang.engine.orders import Order
    from fencang.engine.state import RuleState

LineKey = tuple[str, str]
"""(carrying account, contract)."""
NOTHING_KEPT = (0, 0)

__all__ = [
    "NOTHING_KEPT",
    "CarryingState",
    "ContractState",
    "LimitNode",
    "Line",
    "LineKey",
    "MarginEntry",
    "PoolState",
    "SubState",
    "SuspendedFill",
    "SuspenseState",
    "VenueState",
    "change_entry",
    "change_working",
]


class VenueState:
    """A venue with its session and trading day (``today`` as proleptic ordinal, 0 before any)."""

    __slots__ = ("is_open", "settled_day", "today", "venue")

    def __init__(self, venue: Venue) -> None:
        self.venue = venue
        self.is_open = False
        self.today = 0
        self.settled_day = 0


class MarginEntry:
    """One exposure in one contract and the standing that its margin and variation count in."""

    __slots__ = ("exposure", "standing")

    def __init__(self, exposure: Exposure, standing: Standing) -> None:
        self.exposure = exposure
        self.standing = standing


class ContractState:
    """A contract with its mark, what a lot is worth there, and everyone exposed to it."""

    __slots__ = (
        "contract",
        "currency",
        "entries",
        "is_expired",
        "lines",
        "live_orders",
        "mark_nanos",
        "notional_per_lot",
        "product",
        "requirement_per_lot",
        "settlement_nanos",
        "unit_value_micros",
        "venue",
    )

    def __init__(self, contract: Contract, product: Product, venue: VenueState) -> None:
        self.contract = contract
        self.product = product
        self.venue = venue
        self.currency = product.currency
        self.mark_nanos: int | None = None
        self.settlement_nanos: int | None = None
        self.is_expired = False
        self.unit_value_micros = 0
        self.requirement_per_lot = 0
        self.notional_per_lot = 0
        self.entries: list[MarginEntry] = []
        self.lines: dict[str, dict[str, Line]] = {}
        """Carrying account → sub-account → its line in this contract."""
        self.live_orders: dict[int, Order] = {}

    def sorted_lines(self) -> "list[Line]":
        """Return the lines by (sub-account, carrying account), whatever order they came in."""
        return sorted(
            (line for lines in self.lines.values() for line in lines.values()),
            key=lambda line: (line.sub.sub_account_id, line.carrying_account_id),
        )

    def mark(self, price_nanos: int) -> None:
        """Mark every exposed standing to a price."""
        self.mark_nanos = price_nanos
        product = self.product
        unit_value = product.value_micros(price_nanos, 1)
        requirement = requirement_per_lot(product, price_nanos)
        notional = notional_per_lot(product, price_nanos)
        value_change = unit_value - self.unit_value_micros
        requirement_change = requirement - self.requirement_per_lot
        notional_change = notional - self.notional_per_lot
        self.unit_value_micros = unit_value
        self.requirement_per_lot = requirement
        self.notional_per_lot = notional
        currency = self.currency
        for entry in self.entries:
            exposure = entry.exposure
            net = exposure.long_lots - exposure.short_lots
            if net:
                entry.standing.add_balance(currency, net * value_change)
            lots = exposure.margined_lots()
            if lots:
                entry.standing.add_margined(
                    currency, lots * requirement_change, lots * notional_change
                )


class LimitNode:
    """One node's worst case in one contract or product, with the limit that binds it.

    Lots in net and in gross accounts are kept apart: they never offset each other, so the node's
    worst case is the sum of both.
    """

    __slots__ = ("_limit", "_limit_version", "gross", "net", "path", "scope_ids")

    def __init__(self, path: tuple[str, ...], scope_ids: tuple[str, ...]) -> None:
        self.path = path
        self.scope_ids = scope_ids
        self.net = Exposure(is_gross=False)
        self.gross = Exposure(is_gross=True)
        self._limit = LimitPair(0, 0, path[-1])
        self._limit_version = -1

    def worst_lots(self, side: Side, added_lots: int, *, gross: bool) -> int:
        """Return the worst case on the side of an order that adds working lots."""
        net, other = self.net, self.gross
        if side is Side.BUY:
            worst = net.long_lots - net.short_lots + net.buy_lots
            worst_gross = other.long_lots + other.buy_lots
        else:
            worst = net.short_lots - net.long_lots + net.sell_lots
            worst_gross = other.short_lots + other.sell_lots
        if gross:
            worst_gross += added_lots
        else:
            worst += added_lots
        return worst_gross + worst if worst > 0 else worst_gross

    def limit(self, limits: LimitTable) -> LimitPair:
        """Return the limit that binds the node, looked up anew only after a limit changed."""
        if self._limit_version != limits.version:
            self._limit = limits.binding(self.path, self.scope_ids)
            self._limit_version = limits.version
        return self._limit


class Line:
    """One sub-account's dealing in one contract through one carrying account."""

    __slots__ = (
        "carrying_account_id",
        "contract",
        "entry",
        "exposure",
        "exposures_above",
        "frozen",
        "is_gross",
        "key",
        "limit_exposures",
        "limit_nodes",
        "own_exposures",
        "pool_entry",
        "position",
        "sub",
    )

    def __init__(
        self,
        *,
        sub: "SubState",
        carrying_account_id: str,
        contract: ContractState,
        position: Position,
        entry: MarginEntry,
        pool_entry: MarginEntry,
        limit_nodes: tuple[LimitNode, ...],
    ) -> None:
        self.sub = sub
        self.carrying_account_id = carrying_account_id
        self.contract = contract
        self.position = position
        self.entry = entry
        self.exposure = entry.exposure
        self.pool_entry = pool_entry
        self.limit_nodes = limit_nodes
        self.is_gross = gross = entry.exposure.is_gross
        exposures = tuple(node.gross if gross else node.net for node in limit_nodes)
        self.limit_exposures = exposures
        self.own_exposures, self.exposures_above = exposures[:2], exposures[2:]
        self.key = (carrying_account_id, contract.contract.contract_id)
        """(carrying account, contract)."""
        self.frozen: dict[tuple[Side, Offset], int] = {}
        """Gross accounts: working closing lots per side and offset."""

    @property
    def is_empty(self) -> bool:
        """Return whether nothing is open, nothing works and nothing ever happened."""
        position = self.position
        return (
            position.is_flat
            and not position.carried_micros
            and not position.realised_micros
            and not position.variation_micros
        )

    def closing_lots(self, side: Side) -> int:
        """Return working lots on ``side`` that could close the other side's position."""
        if self.is_gross:
            return sum(lots for (own, _), lots in self.frozen.items() if own is side)
        exposure = self.entry.exposure
        return exposure.buy_lots if side is Side.BUY else exposure.sell_lots

    def open_lots(self, closed_by: Side) -> int:
        """Return the open lots that an order of side ``closed_by`` would close."""
        position = self.position
        lots = position.long if closed_by is Side.SELL else position.short
        return lots.quantity_lots

    def change_working(self, side: Side, offset: Offset, lots: int) -> None:
        """Reserve (or, below zero, release) working lots at every level the line touches."""
        if offset not in (Offset.NET, Offset.OPEN):
            self.frozen[side, offset] = self.frozen.get((side, offset), 0) + lots
            return
        buys, sells = (lots, 0) if side is Side.BUY else (0, lots)
        self.change_lots(0, 0, buys, sells)

    def change_lots(self, long_lots: int, short_lots: int, buys: int, sells: int) -> None:
        """Change open and working lots at every level the line touches."""
        contract = self.contract
        for entry in (self.entry, self.pool_entry):
            change_entry(entry, contract, long_lots, short_lots, buys, sells)
        for exposure in self.limit_exposures:
            exposure.long_lots += long_lots
            exposure.short_lots += short_lots
            exposure.buy_lots += buys
            exposure.sell_lots += sells


def change_entry(
    entry: MarginEntry,
    contract: ContractState,
    long_lots: int,
    short_lots: int,
    buys: int,
    sells: int,
) -> None:
    """Change one exposure and carry the change of its margin into its standing."""
    exposure = entry.exposure
    before = exposure.margined_lots()
    exposure.long_lots += long_lots
    exposure.short_lots += short_lots
    exposure.buy_lots += buys
    exposure.sell_lots += sells
    change = exposure.margined_lots() - before
    if change:
        entry.standing.add_margined(
            contract.currency,
            change * contract.requirement_per_lot,
            change * contract.notional_per_lot,
        )


def change_working(lines: list[Line], side: Side, offset: Offset, lots: list[int]) -> None:
    """Reserve (or release) working lots of many lines in one contract through one account.

    Does what ``Line.change_working`` does one by one, but visits what the lines share (the pool,
    the nodes above) once: a firing over 1,000 sub-accounts has 20,000 legs.
    """
    if offset not in (Offset.NET, Offset.OPEN):
        for line, change in zip(lines, lots, strict=True):
            line.change_working(side, offset, change)
        return
    is_buy = side is Side.BUY
    for line, change in zip(lines, lots, strict=True):
        exposure = line.exposure
        of_contract, of_product = line.own_exposures
        net = exposure.long_lots - exposure.short_lots
        if is_buy:
            own, other = exposure.buy_lots + net, exposure.sell_lots - net
        else:
            own, other = exposure.sell_lots - net, exposure.buy_lots + net
        if own > other or own + change > other or line.is_gross:
            # Otherwise the order closes less than the position and its worst case stands.
            buys, sells = (change, 0) if is_buy else (0, change)
            change_entry(line.entry, line.contract, 0, 0, buys, sells)
        elif is_buy:
            exposure.buy_lots += change
        else:
            exposure.sell_lots += change
        if is_buy:
            of_contract.buy_lots += change
            of_product.buy_lots += change
        else:
            of_contract.sell_lots += change
            of_product.sell_lots += change
    _change_shared(lines, lots, is_buy=is_buy)


def _change_shared(lines: list[Line], lots: list[int], *, is_buy: bool) -> None:
    """Change what lines share above their sub-accounts, each once with the sum of its lines."""
    shared: dict[tuple[MarginEntry, tuple[Exposure, ...]], int] = {}
    entry, above, total = lines[0].pool_entry, lines[0].exposures_above, 0
    for line, change in zip(lines, lots, strict=True):
        if line.pool_entry is not entry or line.exposures_above != above:
            shared[entry, above] = shared.get((entry, above), 0) + total
            entry, above, total = line.pool_entry, line.exposures_above, 0
        total += change
    shared[entry, above] = shared.get((entry, above), 0) + total
    for (pool_entry, exposures), change in shared.items():
        buys, sells = (change, 0) if is_buy else (0, change)
        change_entry(pool_entry, lines[0].contract, 0, 0, buys, sells)
        for exposure in exposures:
            exposure.buy_lots += buys
            exposure.sell_lots += sells


class SubState:
    """A sub-account: definition, book, standing, lines, and the orders it may still cancel."""

    __slots__ = (
        "_sorted_lines",
        "blocked_by",
        "book",
        "client_order_ids",
        "definition",
        "holding",
        "lines",
        "path",
        "permitted",
        "pool",
        "standing",
        "sub_account_id",
        "working",
    )

    def __init__(self, definition: SubAccount, pool: "PoolState", path: tuple[str, ...]) -> None:
        self.definition = definition
        self.sub_account_id = definition.sub_account_id
        self.pool = pool
        self.path = path
        self.book = Book(definition.sub_account_id, definition.owner_id)
        self.standing = Standing()
        self.lines: dict[tuple[str, str], Line] = {}
        self.client_order_ids: dict[str, int] = {}
        self.working: dict[int, Order] = {}
        self.blocked_by = ""
        self.holding: list[RuleState] = []
        """Rules in force over this sub-account; ``blocked_by`` names the first."""
        self.permitted = frozenset(definition.mandate.products)
        self._sorted_lines: list[Line] | None = None

    def set_holding(self, holding: "list[RuleState]") -> None:
        """Set the rules in force over the sub-account."""
        self.holding = holding
        self.blocked_by = holding[0].rule.rule_id if holding else ""

    def kept_of(self, key: LineKey) -> tuple[int, int]:
        """Return the long and short lots that every rule in force lets a line keep.

        Lots that were not there at a rule's reference may not stay.
        """
        long_lots = short_lots = LOTS_MAX
        for armed in self.holding:
            lots = armed.positions[self.sub_account_id].get(key)
            if lots is None:
                return NOTHING_KEPT
            keep_ppm = armed.rule.keep_ppm
            kept = lots_kept(lots[0], keep_ppm)
            long_lots = kept if kept < long_lots else long_lots
            kept = lots_kept(lots[1], keep_ppm)
            short_lots = kept if kept < short_lots else short_lots
        return long_lots, short_lots

    def add_line(self, line: Line) -> None:
        """Add a line and forget the kept order of lines."""
        self.lines[line.key] = line
        self._sorted_lines = None

    def sorted_lines(self) -> list[Line]:
        """Return the lines by (carrying account, contract), whatever order they came in."""
        if self._sorted_lines is None:
            self._sorted_lines = [self.lines[key] for key in sorted(self.lines)]
        return self._sorted_lines


class PoolState:
    """One owner's pool: reserve book, standing over everything it owns, exposures per account."""

    __slots__ = ("entries", "is_over_granted", "owner_id", "reserve", "standing", "sub_ids")

    def __init__(self, owner_id: str, reserve: Book) -> None:
        self.owner_id = owner_id
        self.reserve = reserve
        self.standing = Standing()
        self.entries: dict[tuple[str, str], MarginEntry] = {}
        self.sub_ids: list[str] = []
        self.is_over_granted = False


class CarryingState:
    """A carrying account with its real book and its suspense account."""

    __slots__ = ("account", "book", "is_gross", "suspense")

    def __init__(self, account: CarryingAccount, suspense: "SuspenseState") -> None:
        self.account = account
        self.book = CarryingBook(account.carrying_account_id)
        self.is_gross = account.position_mode is PositionMode.GROSS
        self.suspense = suspense


class SuspendedFill:
    """Lots of one execution that nobody has claimed yet; ``price_nanos`` is what carries them."""

    __slots__ = (
        "contract_id",
        "day",
        "fee_micros",
        "offset",
        "price_nanos",
        "quantity_lots",
        "side",
    )

    def __init__(
        self,
        contract_id: str,
        side: Side,
        offset: Offset,
        quantity_lots: int,
        price_nanos: int,
        fee_micros: int,
        day: int,
    ) -> None:
        self.contract_id = contract_id
        self.side = side
        self.offset = offset
        self.quantity_lots = quantity_lots
        self.price_nanos = price_nanos
        self.fee_micros = fee_micros
        self.day = day


class SuspenseState:
    """The suspense account of one carrying account: cash, positions, unclaimed fills."""

    __slots__ = ("book", "fills", "positions", "standing")

    def __init__(self, book: Book) -> None:
        self.book = book
        self.standing = Standing()
        self.positions: dict[str, SignedPosition] = {}
        self.fills: dict[str, SuspendedFill] = {}

    def position(self, contract_id: str) -> SignedPosition:
        """Return the position in a contract, opening an empty one when there is none."""
        found = self.positions.get(contract_id)
        if found is None:
            found = self.positions[contract_id] = SignedPosition()
        return found
