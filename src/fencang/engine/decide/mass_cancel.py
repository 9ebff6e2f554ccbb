"""Mass cancels: every order at work under a node, or those of one contract, side or account.

Cancels always pass: no state, limit, rate or tier is asked.  What one command does is bounded:
where more orders are meant, the next ones are asked after the command that comes next, until all
are.  Only orders that were there when it was entered are meant, each of them once.
"""

from collections.abc import Iterator
from typing import Protocol

from fencang.basics.identifiers import ORDERS_PER_COMMAND_MAX
from fencang.engine.decide.node_orders import has_node, orders_under, subs_under
from fencang.engine.decide.refusal import rejected
from fencang.engine.decide.self_match import cancel_event
from fencang.engine.orders import Order, Pending
from fencang.engine.risk.mass_cancels import (
    CANCELS_PER_COMMAND_MAX,
    MASS_CANCELS_MAX,
)
from fencang.engine.state import DeskState
from fencang.messages.cancel_commands import CancelOrders
from fencang.messages.cancel_events import MassCancelAccepted, MassCancelContinued
from fencang.messages.commands import ReplaceOrder, SubmitOrder
from fencang.messages.events import AnyEvent
from fencang.messages.instruction_events import InstructionCancelled, InstructionQueued
from fencang.messages.life_commands import RollPosition
from fencang.messages.message import Side
from fencang.messages.reasons import Reason

__all__ = ["decide_cancel_orders", "due_cancels"]


class Filters(Protocol):
    """What a mass cancel means, as its command and what is kept of it say it."""

    @property
    def node_id(self) -> str:
        """Whose orders."""
        ...

    @property
    def scope_id(self) -> str | None:
        """In which contract or product."""
        ...

    @property
    def side(self) -> Side | None:
        """Of which side."""
        ...

    @property
    def carrying_account_id(self) -> str | None:
        """At which carrying account."""
        ...


def decide_cancel_orders(state: DeskState, command: CancelOrders) -> list[AnyEvent]:
    """Ask the first orders to cancel, and take back every order that waits for its day."""
    missing = _missing(state, command)
    if missing:
        return [rejected(Reason.UNKNOWN_REFERENCE, f"{missing}; nothing was cancelled")]
    number = state.new_order_id()
    meant = _meant(state, command, 0, number)
    wanted = [order for order in meant if order.pending is not Pending.CANCEL]
    is_crowded = len(state.risk.mass_cancels.going_on) >= MASS_CANCELS_MAX
    asked = wanted if is_crowded else wanted[:CANCELS_PER_COMMAND_MAX]
    waiting = list(_instructions(state, command))
    accepted = MassCancelAccepted(
        mass_cancel_id=number,
        node_id=command.node_id,
        scope_id=command.scope_id,
        side=command.side,
        carrying_account_id=command.carrying_account_id,
        asked_orders=len(asked),
        pending_orders=len(meant) - len(wanted),
        left_orders=len(wanted) - len(asked),
        last_order_id=asked[-1].order_id if asked else 0,
        instructions=len(waiting),
        entered_by=command.entered_by,
    )
    called_off = [
        InstructionCancelled(
            instruction_id=each.instruction_id,
            sub_account_id=each.sub_account_id,
            cancelled_by=command.entered_by,
        )
        for each in waiting
    ]
    return [accepted, *called_off, *(cancel_event(state, order) for order in asked)]


def due_cancels(state: DeskState) -> list[AnyEvent]:
    """Return the next orders of mass cancels that go on, the oldest of these first."""
    events: list[AnyEvent] = []
    taken: set[int] = set()
    for number, going_on in state.risk.mass_cancels.going_on.items():
        room = CANCELS_PER_COMMAND_MAX - len(taken)
        if not room or number // ORDERS_PER_COMMAND_MAX == state.sequence:
            break
        meant = _meant(state, going_on, going_on.last_order_id, number)
        wanted = [
            order
            for order in meant
            if order.pending is not Pending.CANCEL and order.order_id not in taken
        ]
        asked = wanted[:room]
        taken.update(order.order_id for order in asked)
        continued = MassCancelContinued(
            mass_cancel_id=number,
            node_id=going_on.node_id,
            asked_orders=len(asked),
            left_orders=len(wanted) - len(asked),
            last_order_id=asked[-1].order_id if asked else going_on.last_order_id,
        )
        events += [continued, *(cancel_event(state, order) for order in asked)]
    return events


def _missing(state: DeskState, command: CancelOrders) -> str:
    """Say what the desk does not have; empty where it has everything that is named."""
    if not has_node(state, command.node_id):
        return f"nothing on this desk is called {command.node_id}"
    scope_id, carrying_id = command.scope_id, command.carrying_account_id
    if scope_id is not None and scope_id not in state.contracts and scope_id not in state.products:
        return f"no contract and no product {scope_id}"
    if carrying_id is not None and carrying_id not in state.carrying:
        return f"no carrying account {carrying_id}"
    return ""


def _meant(state: DeskState, filters: Filters, after: int, before: int) -> list[Order]:
    """Return the orders that are meant with numbers between two, by number."""
    found = [
        order
        for order in orders_under(state, filters.node_id)
        if after < order.order_id < before and _fits(state, filters, order)
    ]
    found.sort(key=lambda order: order.order_id)
    return found


def _fits(state: DeskState, filters: Filters, order: Order) -> bool:
    terms, account = order.terms, filters.carrying_account_id
    return (account is None or terms.carrying_account_id == account) and _fits_leg(
        state, filters, terms.contract_id, terms.side
    )


def _fits_leg(state: DeskState, filters: Filters, contract_id: str, side: Side) -> bool:
    scope_id = filters.scope_id
    return (filters.side is None or side is filters.side) and (
        scope_id is None
        or scope_id in (contract_id, state.contracts[contract_id].product.product_id)
    )


# ------------------------------------------------------------------------------ what waits its day


def _instructions(state: DeskState, filters: Filters) -> Iterator[InstructionQueued]:
    """Yield the orders that wait for their day and are meant; capital and lots are no orders.

    An order that waits is no less the client's than one at work: left alone it would open a
    position tomorrow, for somebody who was told that everything is cancelled.
    """
    subs = {sub.sub_account_id for sub in subs_under(state, filters.node_id)}
    for instruction in state.risk.tiers.waiting.values():
        if instruction.sub_account_id not in subs:
            continue
        if any(
            _fits_leg(state, filters, contract_id, side)
            for contract_id, side in _legs(state, instruction)
        ) and _is_at(state, filters, instruction):
            yield instruction


def _legs(state: DeskState, instruction: InstructionQueued) -> Iterator[tuple[str, Side]]:
    """Yield contract and side of each order that an instruction would become or change."""
    match instruction.command:
        case SubmitOrder(contract_id=contract_id, side=side):
            yield contract_id, side
        case ReplaceOrder(order_id=order_id):
            order = state.orders.get(order_id)
            if order is not None:  # else it has ended long ago: there is nothing left to change
                yield instruction.contract_id, order.terms.side
        case RollPosition(from_contract_id=near, to_contract_id=far, side=side):
            yield near, side.opposite
            yield far, side
        case _:
            pass


def _is_at(state: DeskState, filters: Filters, instruction: InstructionQueued) -> bool:
    """Return whether an order that waits would stand under the node, and at the account."""
    sub = state.subs[instruction.sub_account_id]
    carrying_id = state.route(sub, instruction.venue_id)
    nodes = (
        *sub.path,
        f"carrying:{carrying_id}",
        f"venue:{instruction.venue_id}",
        f"person:{sub.definition.owner_id}",
    )
    return filters.node_id in nodes and filters.carrying_account_id in (None, carrying_id)
