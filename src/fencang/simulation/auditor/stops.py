"""The auditor's stops: what a stopped node sends, and what the kill switch asks for.

Laws: over a halted node nothing leaves and nothing is changed, however long ago it was asked for;
under a node that may only reduce nothing is enlarged; the kill switch stops what was confirmed, and
asks for the cancels that its action names.
"""

from fencang.messages.commands import ReplaceOrder
from fencang.messages.connection_commands import StopAction, StopTrading
from fencang.messages.connection_events import TradingStopped
from fencang.messages.events import OrderAccepted, OrderRouted, ReplaceRequested
from fencang.messages.message import TradingState
from fencang.simulation.auditor.exposure import Exposure
from fencang.simulation.auditor.orders import Orders, TrackedOrder
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference
from fencang.simulation.auditor.rules import Rules

__all__ = ["Stops"]

CANCELS = frozenset({StopAction.REDUCE_ONLY_AND_CANCEL, StopAction.HALT_AND_CANCEL})
HALTS = frozenset({StopAction.HALT, StopAction.HALT_AND_CANCEL})


class Stops:
    """Trading states of every node, as the exposure chapter keeps them."""

    def __init__(
        self, reference: Reference, orders: Orders, exposure: Exposure, rules: Rules
    ) -> None:
        self.reference, self.orders = reference, orders
        self.exposure, self.rules = exposure, rules
        self.handlers: Handlers = {
            OrderRouted: self._route,
            ReplaceRequested: self._replace,
            TradingStopped: self._stop,
        }

    def _strictest(self, path: list[str]) -> tuple[TradingState, str]:
        states = self.exposure.states
        return max((states.get(node, TradingState.ACTIVE), node) for node in path)

    def _route(self, page: Page, event: OrderRouted) -> None:
        order = self.orders.orders.get(event.order_id)
        # Of what is accepted and leaves at once the exposure chapter has spoken.
        is_new = page.has(OrderAccepted) and order is not None and order.routed == 1
        if order is None or (is_new and not order.event.block_id):
            return
        name = f"order {event.order_id}"
        states = [self._strictest(path) for path in self._paths(order)]
        if states and all(state is TradingState.HALTED for state, _ in states):
            page.report("trading state", f"{name} left while {states[0][1]} is halted")
        # Lots on their way may have become a position meanwhile: an order says itself what it is.
        if not order.event.block_id and not order.is_reducing:
            state, node = states[0]
            if state is TradingState.REDUCE_ONLY:
                page.report("trading state", f"{name} opens while {node} may only reduce")

    def _paths(self, order: TrackedOrder) -> list[list[str]]:
        """Return what an order stands under; a slice stands under the accounts of its block."""
        subs = [order.event.sub_account_id]
        if order.event.block_id:
            block = self.rules.blocks.get(order.event.block_id)
            subs = [leg.sub_account_id for leg in block.event.legs] if block is not None else []
        return [self.reference.path(sub, order.event.terms) for sub in subs]

    def _replace(self, page: Page, event: ReplaceRequested) -> None:
        order = self.orders.orders.get(event.order_id)
        if order is None or order.event.block_id:
            return
        if not isinstance(page.asked(event), ReplaceOrder):
            return
        state, node = self._strictest(self._paths(order)[0])
        if state is TradingState.HALTED:
            page.report("trading state", f"order {event.order_id} changed, {node} is halted")
        elif state is TradingState.REDUCE_ONLY and order.has_grown:
            closing, held = self.exposure.closing(order)
            if closing > held:
                page.report("trading state", f"order {event.order_id} grew, {node} only reduces")

    def _stop(self, page: Page, event: TradingStopped) -> None:
        command = page.record.command
        if not isinstance(command, StopTrading):
            page.report("kill switch", f"{event.node_id} was stopped unasked")
        elif not command.node_id == command.confirmed_node_id == event.node_id:
            page.report("kill switch", f"{event.node_id} was stopped and not confirmed")

    def close(self, page: Page) -> None:
        """Check that a node is stopped and its orders are asked to cancel."""
        for event in page.record.events:
            if isinstance(event, TradingStopped):
                self._check_stopped(page, event)

    def _check_stopped(self, page: Page, event: TradingStopped) -> None:
        node = event.node_id
        wanted = TradingState.HALTED if event.action in HALTS else TradingState.REDUCE_ONLY
        if self.exposure.states.get(node, TradingState.ACTIVE) < wanted:
            page.report("kill switch", f"{node} was stopped and goes on")
        if event.action not in CANCELS:
            return
        for order_id, order in self.orders.live.items():
            paths = self._paths(order)
            is_meant = event.action in HALTS or not order.is_reducing
            is_under = bool(paths) and all(node in path for path in paths)
            if order.is_live and is_meant and is_under and not order.is_cancelling:
                page.report("kill switch", f"nobody asked to cancel order {order_id}")
