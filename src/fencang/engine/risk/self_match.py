"""What keeps own orders apart: rows, own orders by price, orders that wait, suspected wash trades.

``held``, ``fills`` and ``counts`` are primary state; own orders and principals are caches.
"""

from collections import deque
from collections.abc import Iterator
from typing import TYPE_CHECKING, NamedTuple

from fencang.engine.risk.own_orders import OwnOrders, place_of
from fencang.limits.self_match import BindingSelfMatch, Quote, SelfMatchTable, WashFill
from fencang.refdata.self_match import SelfMatchScope
from fencang.refdata.ties import ConcertEdge, ControlEdge, OwnershipEdge

if TYPE_CHECKING:
    from fencang.engine.accounts import Line, SubState
    from fencang.engine.orders import Order
    from fencang.engine.state import DeskState

__all__ = ["WASH_FILLS_MAX", "SelfMatchBook", "WashCount"]

WASH_FILLS_MAX = 64
"""Executions of one principal in one contract that are compared with the next one."""
MAJORITY_PPM = 500_000

WashKey = tuple[str, str]
"""(principal, contract)."""


class WashCount(NamedTuple):
    """Suspected wash trades of a trading day (as ordinal), and whether they closed the contract."""

    day: int
    trades: int
    closes: bool


class SelfMatchBook:
    """Rows and memory of one desk; costs nothing while no row is stated."""

    __slots__ = ("_group_of", "counts", "fills", "held", "own_orders", "table")

    def __init__(self) -> None:
        self.table = SelfMatchTable()
        self.own_orders = OwnOrders()
        self.held: dict[int, tuple[int, ...]] = {}
        """Order that has not left → the orders that must have ended before."""
        self.fills: dict[WashKey, deque[WashFill]] = {}
        self.counts: dict[WashKey, WashCount] = {}
        self._group_of: dict[str, str] = {}

    @property
    def is_stated(self) -> bool:
        """Return whether the desk keeps own orders apart."""
        return bool(self.table.rows)

    # ------------------------------------------------------------------------------- who is one

    def principal_of(self, sub: "SubState") -> str:
        """Return who a sub-account's orders count with: itself, its owner, the owner's group."""
        scope = self.table.scope
        if scope is SelfMatchScope.SUB_ACCOUNT:
            return sub.sub_account_id
        owner_id = sub.definition.owner_id
        return self._group_of.get(owner_id, owner_id)

    def principals_of(self, order: "Order") -> tuple[str, ...]:
        """Return whose order it is; a slice belongs to every owner of its block's legs."""
        if order.line is not None:
            return (self.principal_of(order.line.sub),)
        assert order.block is not None
        return tuple(sorted({self.principal_of(line.sub) for line in order.block.lines}))

    def binding(self, line: "Line") -> BindingSelfMatch:
        """Return what binds the orders of a line."""
        return self.table.binding(line.path, len(line.sub.path))

    # ---------------------------------------------------------------------------------- orders

    def note(self, order: "Order") -> None:
        """Follow a change of an order; nothing waits for, or is, an order that ended."""
        if not self.table.rows:
            return
        kept = self.own_orders.places.get(order.order_id)
        principals = kept[0] if kept is not None else self.principals_of(order)
        self.own_orders.put(order, principals)
        if self.held and not order.is_live:
            self.held.pop(order.order_id, None)

    def met_by(self, principal_id: str, contract_id: str, quote: Quote) -> "Iterator[Order]":
        """Yield the own orders that a quote could trade with, the best first."""
        return self.own_orders.met_by(
            principal_id, contract_id, quote, stops_meet_all=self.table.stops_meet_all
        )

    def rebuild(self, state: "DeskState") -> None:
        """Find all caches anew, after definitions changed or a snapshot was read."""
        self.own_orders.clear()
        self._group_of.clear()
        if not self.table.rows:
            return
        if self.table.scope is SelfMatchScope.GROUP:
            self._join_groups(state)
        for _, contract in sorted(state.contracts.items()):
            for order in contract.live_orders.values():
                self.own_orders.put(order, self.principals_of(order))

    def _join_groups(self, state: "DeskState") -> None:
        """Join persons that stated ties make one, whatever the days of the ties."""
        regimes = state.regimes
        pairs = [(edge.controller_id, edge.controlled_id) for edge in regimes.each(ControlEdge)]
        pairs += [(edge.first_id, edge.second_id) for edge in regimes.each(ConcertEdge)]
        pairs += [
            (edge.owner_id, edge.owned_id)
            for edge in regimes.each(OwnershipEdge)
            if edge.share_ppm >= MAJORITY_PPM
        ]
        pairs += [
            (sub.definition.controller_id, sub.definition.owner_id)
            for _, sub in sorted(state.subs.items())
            if sub.definition.controller_id
        ]
        group = {person_id: person_id for person_id in sorted(state.persons)}
        for one, other in pairs:
            low, high = sorted((group.get(one, one), group.get(other, other)))
            for person_id, name in group.items():
                if name == high:
                    group[person_id] = low
        self._group_of = group

    def differences(self, rebuilt: "SelfMatchBook", state: "DeskState") -> Iterator[str]:
        """Yield what the caches have that books built anew have not, or otherwise."""
        own, other = self.own_orders.content(), rebuilt.own_orders.content()
        for key in sorted({*own, *other}):
            if own.get(key) != other.get(key):
                yield f"own orders {key}: {own.get(key)}, rebuilt {other.get(key)}"
        for order_id in sorted(self.own_orders.places):
            order = state.orders[order_id]
            if self.own_orders.places[order_id] != place_of(order, self.principals_of(order)):
                yield f"own order {order_id} stands elsewhere"

    # ------------------------------------------------------------------------------ wash trades

    def remember(self, key: WashKey, fill: WashFill) -> None:
        """Keep an execution for as long as the longest window."""
        fills = self.fills.setdefault(key, deque(maxlen=WASH_FILLS_MAX))
        oldest = fill.time_ns - self.table.window_ns_max
        while fills and fills[0].time_ns < oldest:
            fills.popleft()
        fills.append(fill)

    def closes(self, key: WashKey) -> bool:
        """Return whether suspected wash trades closed a contract to a principal."""
        found = self.counts.get(key)
        return found is not None and found.closes
