"""The auditor's mass cancels: what was to be cancelled, and whether all of it was asked.

Laws: a mass cancel is what somebody asked for; every order that it means and that is not asked with
it is asked with the commands that follow, the oldest mass cancel first, and once nothing is left
every such order has ended, waits for its cancel, or was refused it by the venue; what waits for the
next trading day is taken back at once.  Block orders of the desk are not meant.
"""

from fencang.messages.cancel_commands import CancelOrders
from fencang.messages.cancel_events import MassCancelAccepted, MassCancelContinued
from fencang.messages.commands import ReplaceOrder, SubmitOrder
from fencang.messages.events import CancelRejected, CancelRequested, OrderCancelled
from fencang.messages.instruction_events import InstructionQueued
from fencang.messages.life_commands import RollPosition
from fencang.messages.message import Side
from fencang.simulation.auditor.orders import Orders, TrackedOrder
from fencang.simulation.auditor.page import Handlers, Page
from fencang.simulation.auditor.reference import Reference
from fencang.simulation.auditor.tiers import Tiers

__all__ = ["MassCancels"]

SLICE = 1_000
"""So many orders are asked before any may be left for the next command."""
Parts = MassCancelAccepted | MassCancelContinued


class MassCancels:
    """Every mass cancel until it has asked all that it means."""

    def __init__(self, reference: Reference, orders: Orders, tiers: Tiers) -> None:
        self.reference, self.orders, self.tiers = reference, orders, tiers
        self.going_on: dict[int, MassCancelAccepted] = {}
        self.refused: set[int] = set()
        """Orders that the venue refused a cancel while something goes on."""
        self.handlers: Handlers = {CancelRejected: self._refuse}

    def _refuse(self, _page: Page, event: CancelRejected) -> None:
        if self.going_on:
            self.refused.add(event.order_id)

    def close(self, page: Page) -> None:
        """Check what a record says of mass cancels, and that those that go on went on."""
        parts = [event for event in page.record.events if isinstance(event, Parts)]
        if not parts and not self.going_on:
            return
        for oldest in [*self.going_on][:1]:
            if all(part.mass_cancel_id != oldest for part in parts):
                page.report("mass cancel", f"{oldest} has orders left and asked none")
        for part in parts:
            self._check(page, part)
        if not self.going_on:
            self.refused.clear()

    def _check(self, page: Page, part: Parts) -> None:
        number, name = part.mass_cancel_id, f"mass cancel {part.mass_cancel_id}"
        if isinstance(part, MassCancelAccepted):
            self._check_asked_for(page, part, name)
            known: MassCancelAccepted | None = part
            self.going_on[number] = part
        else:
            known = self.going_on.get(number)
        if known is None:
            page.report("mass cancel", f"{name} goes on and had nothing left")
            return
        asked = self._asked(page, known)
        if asked < part.asked_orders:
            page.report("mass cancel", f"{name} asked {asked} orders, told {part.asked_orders}")
        if part.left_orders:
            if not 0 < part.asked_orders <= SLICE:
                page.report("mass cancel", f"{name} asked {part.asked_orders} and left others")
            return
        del self.going_on[number]
        for order_id, order in self.orders.live.items():
            is_asked = order.is_cancelling or order_id in self.refused
            if self._means(known, order_id, order) and order.is_live and not is_asked:
                page.report("mass cancel", f"{name} never asked order {order_id}")

    def _check_asked_for(self, page: Page, event: MassCancelAccepted, name: str) -> None:
        command = page.record.command
        if not isinstance(command, CancelOrders):
            page.report("mass cancel", f"{name} was begun unasked")
            return
        if _terms(command) != _terms(event):
            page.report("mass cancel", f"{name} is not what was asked for")
        for number, queued in self.tiers.waiting.items():
            if self._means_queued(event, queued):
                page.report("mass cancel", f"{name} left instruction {number} waiting")

    def _asked(self, page: Page, known: MassCancelAccepted) -> int:
        """Return how many orders that are meant the record asks to cancel, or ends."""
        return sum(
            isinstance(event, CancelRequested | OrderCancelled)
            and (order := self.orders.orders.get(event.order_id)) is not None
            and self._means(known, event.order_id, order)
            for event in page.record.events
        )

    def _means(self, known: MassCancelAccepted, order_id: int, order: TrackedOrder) -> bool:
        event, terms = order.event, order.event.terms
        return (
            not event.block_id
            and order_id < known.mass_cancel_id
            and known.node_id in self.reference.path(event.sub_account_id, terms)
            and known.carrying_account_id in (None, terms.carrying_account_id)
            and self._means_in(known, terms.contract_id, terms.side)
        )

    def _means_in(self, known: MassCancelAccepted, contract_id: str, side: Side) -> bool:
        names = (None, contract_id, self.reference.product(contract_id).product_id)
        return known.scope_id in names and known.side in (None, side)

    def _means_queued(self, known: MassCancelAccepted, queued: InstructionQueued) -> bool:
        legs = self._legs(queued)
        sub = self.reference.sub_accounts[queued.sub_account_id]
        routes = {route.venue_id: route.carrying_account_id for route in sub.routes}
        account = routes.get(queued.venue_id, "")
        return any(
            self._means_in(known, contract_id, side)
            and known.carrying_account_id in (None, account)
            and known.node_id
            in (
                *self.reference.chain(queued.sub_account_id),
                *self.reference.beside(queued.sub_account_id, account, contract_id),
            )
            for contract_id, side in legs
        )

    def _legs(self, queued: InstructionQueued) -> list[tuple[str, Side]]:
        command = queued.command
        if isinstance(command, SubmitOrder):
            return [(command.contract_id, command.side)]
        if isinstance(command, RollPosition):
            near, far = command.from_contract_id, command.to_contract_id
            return [(near, command.side.opposite), (far, command.side)]
        if isinstance(command, ReplaceOrder) and command.order_id in self.orders.live:
            terms = self.orders.live[command.order_id].event.terms
            return [(terms.contract_id, terms.side)]
        return []


def _terms(asked: CancelOrders | MassCancelAccepted) -> tuple[object, ...]:
    return asked.node_id, asked.scope_id, asked.side, asked.carrying_account_id, asked.entered_by
