"""The auditor's risk: worst cases, position limits and what a stopped node may still do.

Laws, checked when an order is accepted or enlarged: a reducing order never enlarges its
sub-account's own position; any other order keeps the worst case of its side within the limit that
binds the sub-account, every node above it and the master account, per contract and per product;
it needs an open session, an active node and an owner who is not over-granted.
"""

from collections.abc import Iterator

from fencang.messages.commands import ReportOrderStatus
from fencang.messages.events import (
    OrderAccepted,
    OverGrantedChanged,
    ReplaceRequested,
    TradingStateSet,
)
from fencang.messages.message import Offset, OrderTerms, Side, TradingState
from fencang.simulation.auditor.lots import CARRYING, Lots
from fencang.simulation.auditor.orders import Orders, TrackedOrder
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.phases import Phases
from fencang.simulation.auditor.reference import SUSPENSE, Reference

__all__ = ["Exposure"]


class Exposure:
    """What working orders could still do, asked of the auditor's own books."""

    def __init__(self, reference: Reference, lots: Lots, orders: Orders, phases: Phases) -> None:
        self.reference, self.lots, self.orders = reference, lots, orders
        self.phases = phases
        self.states: dict[str, TradingState] = {}
        self.over_granted: dict[str, bool] = {}
        self.handlers: Handlers = {
            TradingStateSet: self._set_state,
            OverGrantedChanged: self._over_grant,
            OrderAccepted: self._accept,
            ReplaceRequested: self._replace,
        }

    def _set_state(self, _page: Page, event: TradingStateSet) -> None:
        self.states[event.node_id] = event.trading_state

    def _over_grant(self, _page: Page, event: OverGrantedChanged) -> None:
        self.over_granted[event.owner_id] = event.is_over_granted

    # ------------------------------------------------------------------------------ acceptance

    def _accept(self, page: Page, event: OrderAccepted) -> None:
        name = f"order {event.order_id}"
        if event.terms.contract_id in self.lots.expired:
            page.report("contract", f"{name} in a contract that has expired")
        if event.block_id:
            return
        if (
            event.terms.venue_id
            not in self.reference.carrying[event.terms.carrying_account_id].venues
        ):
            page.report("route", f"{name} goes to a venue its carrying account has not")
        venue_id, contract_id = event.terms.venue_id, event.terms.contract_id
        if not self.phases.takes_orders(venue_id, self.reference.product(contract_id).product_id):
            page.report("session", f"{name} accepted while {contract_id} at {venue_id} is closed")
        self._check_states(page, event)
        order = self.orders.orders[event.order_id]
        if event.is_reducing:
            self._check_reducing(page, order)
        else:
            self._check_limits(page, order)

    def _check_states(self, page: Page, event: OrderAccepted) -> None:
        for detail in self.stopped(event):
            page.report("trading state", f"order {event.order_id}: {detail}")

    def stopped(self, event: OrderAccepted) -> Iterator[str]:
        """Yield every state that an order may not be sent in."""
        for node in self.reference.path(event.sub_account_id, event.terms):
            state = self.states.get(node, TradingState.ACTIVE)
            halted = state is TradingState.HALTED
            if halted or (state is TradingState.REDUCE_ONLY and not event.is_reducing):
                yield f"accepted while {node} is {state.name}"
        owner = self.reference.owner(event.sub_account_id)
        if self.over_granted.get(owner) and not event.is_reducing:
            yield f"opens while {owner} is over-granted"

    def _replace(self, page: Page, event: ReplaceRequested) -> None:
        order = self.orders.orders.get(event.order_id)
        if order is None or order.event.block_id:
            return
        venue_id, contract_id = order.event.terms.venue_id, order.event.terms.contract_id
        # After the venue's word on an order in doubt what was asked before is asked again.
        is_new = not isinstance(page.record.command, ReportOrderStatus)
        product_id = self.reference.product(contract_id).product_id
        if is_new and not self.phases.takes_orders(venue_id, product_id):
            page.report("session", f"order {event.order_id} changed while {contract_id} is closed")
        if not order.has_grown:
            return
        # What is added may reduce; where it does not, it is checked like a new order.
        closing, held = self.closing(order)
        if closing > held:
            order.is_reducing = False
            self._check_limits(page, order)

    # -------------------------------------------------------------------------------- reducing

    def _check_reducing(self, page: Page, order: TrackedOrder) -> None:
        closing, held = self.closing(order)
        if closing > held:
            page.report(
                "reducing",
                f"order {order.event.order_id} of {order.event.sub_account_id} and others of its "
                f"side could close {closing} lots of {held}",
            )

    def closing(self, order: TrackedOrder) -> tuple[int, int]:
        """Return the lots that working orders of this side could close, and those held."""
        event, terms = order.event, order.event.terms
        working = 0
        for other in self.orders.live.values():
            mine = other.event.sub_account_id == event.sub_account_id
            if mine and _same_direction(other.event.terms, terms):
                working += other.open_lots
        held = self.lots.closable(
            event.sub_account_id, terms.carrying_account_id, terms.contract_id, terms.side
        )
        return working, held

    # ---------------------------------------------------------------------------------- limits

    def _check_limits(self, page: Page, order: TrackedOrder) -> None:
        for detail in self.beyond(order.event):
            page.report("position limit", f"order {order.event.order_id}: {detail}")

    def beyond(self, event: OrderAccepted) -> Iterator[str]:
        """Yield every limit on the tree that the worst case of an order's side passes."""
        contract = event.terms.contract_id
        side, product = event.terms.side, self.reference.contracts[contract].product_id
        siblings = [
            other.contract_id
            for other in self.reference.contracts.values()
            if other.product_id == product
        ]
        path = list(self.reference.chain(event.sub_account_id))
        for place, node in enumerate(path):
            for scopes, contracts in (
                ((contract, product, "*"), [contract]),
                ((product, "*"), siblings),
            ):
                most = self._limit(path[place:], scopes, event)
                worst = self._worst(node, contracts, side)
                if worst > most:
                    yield (
                        f"{node} could reach {worst} lots {side.name} of {scopes[0]}, "
                        f"its limit is {most}"
                    )

    def _limit(self, path: list[str], scopes: tuple[str, ...], event: OrderAccepted) -> int:
        of_client = event.sub_account_id, event.client_order_id
        is_buy = event.terms.side is Side.BUY
        for node in path:
            for scope in scopes:
                limit = self.reference.limit(node, scope, of_client)
                if limit is not None:
                    return limit.long_lots_max if is_buy else limit.short_lots_max
        return 0

    def _worst(self, node: str, contracts: list[str], side: Side) -> int:
        """Return the worst position of one side: net accounts signed, gross ones that side only.

        What net accounts hold on the other side takes nothing off what gross accounts hold here.
        """
        net, gross = 0, 0
        leg = "long" if side is Side.BUY else "short"
        for (holder, _, contract, kind), lots in self.lots.lots.items():
            if contract in contracts and self._is_below(holder, node):
                if kind == "net":
                    net += side.sign * lots
                elif kind == leg:
                    gross += lots
        for carrying_id, lots in self._waiting(node, contracts, side):
            if self.reference.is_gross(carrying_id):
                gross += lots
            else:
                net += lots
        return max(0, net) + gross

    def _waiting(self, node: str, contracts: list[str], side: Side) -> Iterator[tuple[str, int]]:
        """Yield lots of a side that orders and envelopes below a node may open, and where."""
        for order in self.orders.live.values():
            terms = order.event.terms
            if terms.side is side and terms.contract_id in contracts and _may_open(terms):
                for holder in self._holders(order):
                    if self._is_below(holder, node):
                        yield terms.carrying_account_id, order.open_lots
        for ahead, lots in self.orders.ahead.lots():
            is_here = not set(ahead.contract_ids).isdisjoint(contracts)
            if ahead.side is side and is_here and self._is_below(ahead.sub_account_id, node):
                yield ahead.carrying_account_id, lots

    def _holders(self, order: TrackedOrder) -> Iterator[str]:
        # Slices of a block have no sub-account and only reduce what its legs hold.
        if order.event.sub_account_id:
            yield order.event.sub_account_id

    def _is_below(self, holder: str, node: str) -> bool:
        if holder == CARRYING:
            return False
        if holder.startswith(SUSPENSE):
            # Nobody's lots are still the master account's.
            return node == self.reference.master_id
        return any(above == node for above in self.reference.chain(holder))


def _may_open(terms: OrderTerms) -> bool:
    return terms.offset in {Offset.NET, Offset.OPEN}


def _same_direction(one: OrderTerms, other: OrderTerms) -> bool:
    return (
        one.side is other.side
        and one.contract_id == other.contract_id
        and one.carrying_account_id == other.carrying_account_id
        and (one.offset is Offset.OPEN) == (other.offset is Offset.OPEN)
    )
