"""Whether two own orders could trade with each other, and whether two own trades look like one.

Pure functions over values.  ``could_trade`` is the readable definition; the engine finds own orders
by price (``engine/risk/self_match.py``), and tests hold it against this.
"""

from collections.abc import Iterable
from typing import NamedTuple

from fencang.messages.message import OrderType, Side
from fencang.refdata.self_match import SelfMatch, SelfMatchMode, SelfMatchScope

__all__ = [
    "BindingSelfMatch",
    "Quote",
    "SelfMatchTable",
    "WashFill",
    "could_trade",
    "suspected",
]


class Quote(NamedTuple):
    """What an order would trade at: a limit, a stop that becomes a market order, or any price.

    A stop-limit order trades no further than its limit, so it counts as a limit order.
    """

    side: Side
    limit_nanos: int | None = None
    stop_nanos: int | None = None

    @classmethod
    def of(cls, side: Side, kind: OrderType, limit: int | None, stop: int | None) -> "Quote":
        """Return the quote of an order's terms, prices in nanos."""
        if kind in (OrderType.LIMIT, OrderType.STOP_LIMIT):
            return cls(side, limit)
        return cls(side, None, stop if kind is OrderType.STOP else None)


def could_trade(one: Quote, other: Quote, *, stops_meet_all: bool) -> bool:
    """Return whether a venue could let the two trade with each other.

    A market order meets everything.  A stop meets everything too, or only what lies behind its
    trigger: a sell stop at 90 is set off by trades at 90 and below, and a bid of 95 that still
    stands would have been traded before.
    """
    if one.side is other.side:
        return False
    buy, sell = (one, other) if one.side is Side.BUY else (other, one)
    for quote in (buy, sell):
        if quote.limit_nanos is None and (quote.stop_nanos is None or stops_meet_all):
            return True
    if buy.limit_nanos is not None and sell.limit_nanos is not None:
        return buy.limit_nanos >= sell.limit_nanos
    # One or both are stops: behind the trigger of a sell stop is below it, of a buy stop above.
    buy_at = buy.stop_nanos if buy.limit_nanos is None else buy.limit_nanos
    sell_at = sell.stop_nanos if sell.limit_nanos is None else sell.limit_nanos
    assert buy_at is not None
    assert sell_at is not None
    return buy_at <= sell_at


class WashFill(NamedTuple):
    """An execution of own orders, as it is remembered for a while; ``who`` are sub-accounts."""

    time_ns: int
    carrying_account_id: str
    execution_id: str
    side: Side
    quantity_lots: int
    price_nanos: int
    who: tuple[str, ...]


def suspected(
    fill: WashFill,
    earlier: Iterable[WashFill],
    *,
    window_ns: int,
    distance_nanos: int,
    within_one: bool,
) -> WashFill | None:
    """Return the first of the earlier fills that with this one looks like a wash trade, or None.

    On the other side, no more than ``window_ns`` before and ``distance_nanos`` away, and, unless
    ``within_one``, not both of one and the same sub-account.
    """
    side, price, first_ns = fill.side, fill.price_nanos, fill.time_ns - window_ns
    for other in earlier:
        if other.side is side or other.time_ns < first_ns:
            continue
        if abs(other.price_nanos - price) > distance_nanos:
            continue
        if within_one or len(fill.who) > 1 or fill.who != other.who:
            return other
    return None


class BindingSelfMatch(NamedTuple):
    """What binds the orders of one path, and the nodes that state mode and count."""

    mode: SelfMatchMode
    node_id: str
    wash_window_ns: int
    wash_price_ticks: int
    wash_count_max: int
    wash_node_id: str


class SelfMatchTable:
    """The rows of one desk; the master account's states everything."""

    __slots__ = ("_bindings", "rows", "scope", "stops_meet_all", "window_ns_max")

    def __init__(self) -> None:
        self.rows: dict[str, SelfMatch] = {}
        self.scope = SelfMatchScope.OWNER
        self.stops_meet_all = True
        self.window_ns_max = 0
        """The longest window of any row: so long executions are remembered."""
        self._bindings: dict[tuple[str, ...], BindingSelfMatch] = {}

    def set(self, row: SelfMatch) -> None:
        """Set or replace the row of a node."""
        before = self.rows.get(row.node_id)
        self.rows[row.node_id] = row
        self._bindings.clear()
        window_ns = row.wash_window_ns or 0
        if window_ns >= self.window_ns_max:
            self.window_ns_max = window_ns
        elif before is not None and before.wash_window_ns == self.window_ns_max:
            self.window_ns_max = max(each.wash_window_ns or 0 for each in self.rows.values())
        if row.scope is not None:
            self.scope = row.scope
        if row.stops_meet_all is not None:
            self.stops_meet_all = row.stops_meet_all

    def all(self) -> list[SelfMatch]:
        """Return every row, by node."""
        return [self.rows[key] for key in sorted(self.rows)]

    def binding(self, path: tuple[str, ...], tree_nodes: int) -> BindingSelfMatch:
        """Return what binds a path: the account tree first, ``tree_nodes`` of it, then the rest."""
        found = self._bindings.get(path)
        if found is None:
            found = self._bindings[path] = self._found(path, tree_nodes)
        return found

    def _found(self, path: tuple[str, ...], tree_nodes: int) -> BindingSelfMatch:
        # The owner stands last on a path, behind account and venue; the master last in the tree.
        beside = path[tree_nodes:]
        nearest = (*path[: tree_nodes - 1], *beside[-1:], *beside[:-1], path[tree_nodes - 1])
        rows = [self.rows[node] for node in nearest if node in self.rows]
        mode, node_id = next((row.mode, row.node_id) for row in rows if row.mode is not None)
        counts = ((row.wash_count_max, row.node_id) for row in rows)
        count, wash_node = min((count, node) for count, node in counts if count is not None)
        return BindingSelfMatch(
            mode,
            node_id,
            max(row.wash_window_ns or 0 for row in rows),
            max(row.wash_price_ticks or 0 for row in rows),
            count,
            wash_node,
        )
