"""Accounts as the engine keeps them: books with the caches that answer checks in constant time.

A ``Line`` joins everything one sub-account's dealing in one contract touches, so that an order
needs no further look-ups.  Caches (exposures, standings) follow primary state (books, orders) and
can be rebuilt from it at any time; ``engine/invariants.py`` does so.
"""

from typing import TYPE_CHECKING, Any, Final, NamedTuple

from fencang.basics.money import PPM
from fencang.basics.price import NANOS
from fencang.basics.rounding import divide_exact, divide_floor
from fencang.engine.netting.node import SpanNode
from fencang.engine.netting.rate_node import RateNode
from fencang.engine.netting.rate_terms import RateTerms
from fencang.engine.risk.exposures import CountedContract, Exposed
from fencang.engine.venues import Hours, VenueState
from fencang.ledger.book import Book
from fencang.ledger.position import Position
from fencang.limits.order_limits import ControlTable, EffectiveControl
from fencang.limits.tier import TierTerms
from fencang.margin.exposure import Exposure
from fencang.margin.rate import notional_per_lot, requirement_per_lot
from fencang.margin.standing import Standing
from fencang.messages.message import Offset, Side
from fencang.refdata.account import AccountType, SubAccount, side_nodes
from fencang.refdata.contract import CashStyle, Contract, Product
from fencang.refdata.definition import LOTS_MAX
from fencang.rules.indicator import lots_kept

if TYPE_CHECKING:
    from fencang.engine.carrying import CarryingState
    from fencang.engine.conversion import Conversion
    from fencang.engine.limit_links import LimitLinks
    from fencang.engine.netting.add_ons import ConcentrationCharge
    from fencang.engine.netting.cross_margin import CrossMarginCredits
    from fencang.engine.orders import Order
    from fencang.engine.regimes.counters import Tally
    from fencang.engine.settlements import Settlement
    from fencang.engine.state import RuleState

_BUY: Final = Side.BUY
_NET: Final = Offset.NET
_OPEN: Final = Offset.OPEN
_PREMIUM: Final = CashStyle.PREMIUM
"""On the path of every order: to ask an enumeration for a member takes ten times as long."""

LineKey = tuple[str, str]
"""(carrying account, contract)."""
NOTHING_KEPT = (0, 0)

SpanKey = tuple[str, str]
"""(carrying account, clearing house): a netting set of one owner."""

__all__ = [
    "NOTHING_KEPT",
    "Collateral",
    "ContractState",
    "Line",
    "LineKey",
    "MarginEntry",
    "Netted",
    "PoolState",
    "SpanKey",
    "SubState",
    "change_entry",
]


class Netted(NamedTuple):
    """Where an exposure counts: a netting set, and what one lot means to it.

    ``SpanNode`` with ``RowTerms``, or ``RateNode`` with ``RateTerms``: both take the same changes.
    """

    node: Any
    row: Any


class MarginEntry:
    """One exposure in one contract and the standing that its margin and variation count in.

    ``netted`` is set while a SPAN file or a stated rate margins the contract, in the netting set of
    the sub-account or pool; otherwise the contract's requirement per lot counts.
    """

    __slots__ = (
        "add_ons",
        "exposure",
        "netted",
        "premium_micros",
        "staged",
        "standing",
        "tallies",
    )

    def __init__(self, exposure: Exposure, standing: Standing) -> None:
        self.exposure = exposure
        self.standing = standing
        self.netted: Netted | None = None
        self.staged: Netted | None = None
        """Where it will hang when the staged file comes in force; it follows every change."""
        self.add_ons: tuple[ConcentrationCharge, ...] = ()
        """The broker's charges that its margined lots count in."""
        self.premium_micros = 0
        """What working orders may have to pay in premiums; it counts as requirement."""
        self.tallies: tuple[Tally, ...] = ()  # in position limits of jurisdictions

    @property
    def rate_node(self) -> RateNode | None:
        """Return the netting set of a stated rate that the exposure counts in."""
        node = self.netted.node if self.netted is not None else None
        return node if isinstance(node, RateNode) else None


class ContractState:
    """A contract with its mark, what a lot is worth there, and everyone exposed to it."""

    __slots__ = (
        "contract",
        "conversion",
        "currency",
        "entries",
        "exposed",
        "hours",
        "is_expired",
        "is_span_margined",
        "lacks_parameters",
        "lines",
        "live_orders",
        "mark_nanos",
        "marked_ns",
        "notional_per_lot",
        "product",
        "rate_rows",
        "regime_fault",
        "requirement_per_lot",
        "settlement_nanos",
        "settlements",
        "span_floor_micros",
        "unit_value_micros",
        "venue",
    )

    def __init__(self, contract: Contract, product: Product, venue: VenueState) -> None:
        self.contract = contract
        self.product = product
        self.venue = venue
        self.hours: Hours = venue.hours_of(product.product_id)
        """Whose phase its orders ask: the venue, or its product's own hours (a cache)."""
        self.currency = product.currency
        self.mark_nanos: int | None = None
        self.marked_ns = 0
        """When a feed or a settlement last said so; 0 before any."""
        self.settlement_nanos: int | None = None
        self.settlements: dict[int, Settlement] = {}
        """Day → who held what when it was settled, of the last days."""
        self.is_expired = False
        self.conversion: Conversion | None = None
        """What it became; it has then ended as an expired one has."""
        self.is_span_margined = False
        """Whether the SPAN file in force has it; otherwise the rate margins it."""
        self.span_floor_micros = 0
        """What a lot asked for under the last SPAN file that had it; the rate asks for no less."""
        self.lacks_parameters = False
        """Whether a SPAN file is in force that should have it and does not."""
        self.regime_fault = ""
        """Why its regimes let nothing be opened, in words; empty where they are known."""
        self.rate_rows: dict[AccountType, RateTerms] = {}
        """What a lot asks for by the stated rates in force; empty: by SPAN, or by the product."""
        self.unit_value_micros = 0
        """What a lot counts in balances at its mark; where a premium was paid, nothing."""
        self.requirement_per_lot = 0
        self.notional_per_lot = 0
        self.entries: list[MarginEntry] = []
        self.lines: dict[str, dict[str, Line]] = {}
        """Carrying account → sub-account → its line in this contract."""
        self.live_orders: dict[int, Order] = {}
        self.exposed: CountedContract | None = None  # what a lot counts in limits of exposure

    @property
    def asks_for_nothing(self) -> bool:
        """Return whether a rate that should ask for margin asks for none: a price of zero."""
        if self.is_span_margined or self.is_expired or self.mark_nanos is None:
            return False
        if self.rate_rows:
            rows = self.rate_rows.values()
            return not all(row.long_picos and row.short_picos for row in rows)
        return self.requirement_per_lot == 0 and self.product.margin_ppm > 0

    @property
    def pays_premium(self) -> bool:
        """Return whether the whole price is paid at the trade."""
        return self.product.cash_style is _PREMIUM

    def value_micros(self, price_nanos: int, quantity_lots: int) -> int:
        """Return the exact value of lots at a price, in the contract's currency."""
        # ``Product.value_micros`` without leaving the compiled core
        return divide_exact(price_nanos * self.product.point_value_micros * quantity_lots, NANOS)

    def sorted_lines(self) -> "list[Line]":
        """Return the lines by (sub-account, carrying account), whatever order they came in."""
        return sorted(
            (line for lines in self.lines.values() for line in lines.values()),
            key=lambda line: (line.sub.sub_account_id, line.carrying_account_id),
        )

    def mark_again(self) -> None:
        """Mark to the price it has, if any, after what margins it changed."""
        if self.mark_nanos is not None:
            self.mark(self.mark_nanos)

    def mark(self, price_nanos: int) -> None:
        """Mark every exposed standing to a price."""
        self.mark_nanos = price_nanos
        product = self.product
        unit_value = 0 if product.pays_premium else product.value_micros(price_nanos, 1)
        requirement = 0
        if not self.is_span_margined and not self.rate_rows:
            requirement = max(requirement_per_lot(product, price_nanos), self.span_floor_micros)
        strike_nanos = self.contract.strike_nanos
        notional = notional_per_lot(product, price_nanos if strike_nanos is None else strike_nanos)
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
        self.take_prices()
        if self.exposed is not None:
            self.exposed.reprice()

    def take_prices(self) -> None:
        """Let the stated rates in force count at the prices of now."""
        for row in self.rate_rows.values():
            if row.set_prices(
                self.mark_nanos, self.settlement_nanos, floor_micros=self.span_floor_micros
            ):
                self.reprice(row)

    def reprice(self, row: RateTerms) -> None:
        """Count every exposure at a rate anew: what a lot asks for by it changed."""
        for entry in self.entries:
            netted = entry.netted
            if netted is not None and netted.row is row:
                netted.node.reprice(row)
        if self.exposed is not None:
            self.exposed.reprice()


class Line:
    """One sub-account's dealing in one contract through one carrying account."""

    __slots__ = (
        "_control",
        "_control_version",
        "carrying",
        "carrying_account_id",
        "contract",
        "entry",
        "enveloped",
        "exposed",
        "exposure",
        "exposures_above",
        "frozen",
        "group_exposures",
        "group_nodes",
        "is_gross",
        "key",
        "limit_exposures",
        "limit_nodes",
        "own_exposures",
        "path",
        "pool_entry",
        "position",
        "sub",
    )

    def __init__(
        self,
        *,
        sub: "SubState",
        carrying: "CarryingState",
        contract: ContractState,
        position: Position,
        entry: MarginEntry,
        pool_entry: MarginEntry,
    ) -> None:
        self.sub = sub
        venue_id, owner_id = contract.product.venue_id, sub.definition.owner_id
        beside = side_nodes(carrying.account.carrying_account_id, venue_id, owner_id)
        self.path = (*sub.path, *beside)
        """Every node it stands under: the account tree, then account, venue and owner."""
        self.carrying = carrying
        self.carrying_account_id = carrying_id = carrying.account.carrying_account_id
        self.contract = contract
        self.position = position
        self.entry = entry
        self.exposure = entry.exposure
        self.pool_entry = pool_entry
        self.is_gross = entry.exposure.is_gross
        self.key = (carrying_id, contract.contract.contract_id)
        """(carrying account, contract)."""
        self.frozen: dict[tuple[Side, Offset], int] = {}
        """Gross accounts: working closing lots per side and offset."""
        self.exposed: Exposed | None = None  # in limits of exposure
        self.enveloped = {Side.BUY: 0, Side.SELL: 0}
        """Lots of envelopes that no order has taken: among the working lots, yet nothing works."""
        self._control: EffectiveControl | None = None
        self._control_version = 0

    def take_limits(self, links: "LimitLinks") -> None:
        """Count in these limit nodes from now on."""
        self.limit_nodes, self.group_nodes = links
        gross = self.is_gross
        exposures = tuple(node.exposure(is_gross=gross) for node in self.limit_nodes)
        self.limit_exposures = exposures
        self.own_exposures, self.exposures_above = exposures[:2], exposures[2:]
        self.group_exposures = tuple(
            (node.exposure(is_gross=gross), parts) for node, parts in self.group_nodes
        )

    def control(self, controls: ControlTable) -> EffectiveControl:
        """Return the order controls that bind the line, looked up anew only after a change."""
        if self._control is None or self._control_version != controls.version:
            scopes = (self.key[1], self.contract.product.product_id)
            self._control = controls.binding(self.path, scopes)
            self._control_version = controls.version
        return self._control

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
        exposure = self.exposure
        working = exposure.buy_lots if side is _BUY else exposure.sell_lots
        return working - self.enveloped[side]

    def open_lots(self, closed_by: Side) -> int:
        """Return the open lots that an order of side ``closed_by`` would close."""
        position = self.position
        lots = position.short if closed_by is _BUY else position.long
        return lots.quantity_lots

    def change_working(self, side: Side, offset: Offset, lots: int) -> None:
        """Reserve (or, below zero, release) working lots at every level the line touches."""
        if offset is not _NET and offset is not _OPEN:
            self.frozen[side, offset] = self.frozen.get((side, offset), 0) + lots
            for tally in self.pool_entry.tallies:
                tally.change_closing(side, lots)
            if self.exposed is not None:
                self.exposed.change_closing(side, lots)
            return
        contract = self.contract
        if side is _BUY:
            change_entry(self.entry, contract, 0, 0, lots, 0)
            change_entry(self.pool_entry, contract, 0, 0, lots, 0)
            for exposure in self.limit_exposures:
                exposure.buy_lots += lots
            for exposure, parts in self.group_exposures:
                exposure.buy_lots += lots * parts
        else:
            change_entry(self.entry, contract, 0, 0, 0, lots)
            change_entry(self.pool_entry, contract, 0, 0, 0, lots)
            for exposure in self.limit_exposures:
                exposure.sell_lots += lots
            for exposure, parts in self.group_exposures:
                exposure.sell_lots += lots * parts
        if self.exposed is not None:
            self.exposed.change_opening(side, lots)

    def reserve_premium(self, micros: int) -> None:
        """Reserve (or, below zero, release) a premium in the book and in the pool."""
        for entry in (self.entry, self.pool_entry):
            entry.premium_micros += micros
            entry.standing.add_requirement(self.contract.currency, micros)

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
        for exposure, parts in self.group_exposures:
            exposure.change(long_lots * parts, short_lots * parts, buys * parts, sells * parts)
        if self.exposed is not None:
            self.exposed.change(long_lots, short_lots, buys, sells)


def change_entry(
    entry: MarginEntry,
    contract: ContractState,
    long_lots: int,
    short_lots: int,
    buys: int,
    sells: int,
) -> None:
    """Change one exposure and carry the change of its margin into its standing."""
    change = entry.exposure.change(long_lots, short_lots, buys, sells)
    netted = entry.netted
    if netted is not None:
        netted.node.change(netted.row, long_lots, short_lots, buys, sells)
    if entry.staged is not None:
        node, row = entry.staged
        node.change(row, long_lots, short_lots, buys, sells)
    for tally in entry.tallies:
        tally.change(entry.exposure, long_lots, short_lots, buys, sells)
    if change:
        for add_on in entry.add_ons:
            add_on.change(change)
        entry.standing.add_margined(
            contract.currency,
            change * contract.requirement_per_lot,
            change * contract.notional_per_lot,
        )


class SubState:
    """A sub-account: definition, book, standing, lines, and the orders it may still cancel."""

    __slots__ = (
        "_sorted_lines",
        "add_ons",
        "blocked_by",
        "book",
        "client_order_ids",
        "cross_margins",
        "definition",
        "entry_lines",
        "holding",
        "lines",
        "path",
        "permitted",
        "pool",
        "rate_nodes",
        "span_nodes",
        "standing",
        "sub_account_id",
        "tier",
        "working",
    )

    def __init__(self, definition: SubAccount, pool: "PoolState", path: tuple[str, ...]) -> None:
        self.definition = definition
        self.sub_account_id = definition.sub_account_id
        self.pool = pool
        self.path = path
        self.book = Book(definition.sub_account_id, definition.owner_id)
        self.standing = Standing()
        self.span_nodes: dict[SpanKey, SpanNode] = {}
        self.rate_nodes: dict[SpanKey, RateNode] = {}
        self.add_ons: dict[str, ConcentrationCharge] = {}
        self.cross_margins: dict[str, CrossMarginCredits] = {}
        """Carrying account → credits across clearing houses."""
        self.lines: dict[tuple[str, str], Line] = {}
        self.client_order_ids: dict[str, int] = {}
        self.entry_lines: dict[str, Line] = {}
        """Contract → the line that its orders enter by: permitted and routed (a cache)."""
        self.working: dict[int, Order] = {}
        self.blocked_by = ""
        self.holding: list[RuleState] = []
        """Rules in force over this sub-account; ``blocked_by`` names the first."""
        self.permitted = frozenset(definition.mandate.products)
        self.tier: TierTerms | None = None  # its service tier, where the desk has any (a cache)
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


class Collateral(NamedTuple):
    """Securities at a carrying account: what of their value counts after the haircut."""

    currency: str
    value_micros: int
    haircut_ppm: int

    @property
    def counted_micros(self) -> int:
        """Return the value less the haircut, rounded down."""
        return divide_floor(self.value_micros * (PPM - self.haircut_ppm), PPM)


class PoolState:
    """One owner's pool: reserve book, standing over everything it owns, exposures per account."""

    __slots__ = (
        "add_ons",
        "collateral",
        "cross_margins",
        "entries",
        "fixed_add_ons",
        "is_over_granted",
        "owner_id",
        "rate_nodes",
        "reserve",
        "span_nodes",
        "standing",
        "sub_ids",
    )

    def __init__(self, owner_id: str, reserve: Book) -> None:
        self.owner_id = owner_id
        self.reserve = reserve
        self.standing = Standing()
        self.entries: dict[tuple[str, str], MarginEntry] = {}
        self.span_nodes: dict[SpanKey, SpanNode] = {}
        self.rate_nodes: dict[SpanKey, RateNode] = {}
        self.add_ons: dict[str, ConcentrationCharge] = {}
        self.cross_margins: dict[str, CrossMarginCredits] = {}
        """Carrying account → credits across clearing houses."""
        self.fixed_add_ons: dict[str, int] = {}
        """Currency → fixed amounts that the broker asks of the owner's accounts."""
        self.collateral: dict[tuple[str, str], Collateral] = {}
        """(carrying account, item) → securities."""
        self.sub_ids: list[str] = []
        self.is_over_granted = False
