"""The delivery guard that closes: what is held too near a delivery goes, session by session.

When a venue opens, the working orders that open or close guarded lots are asked to cancel, and what
is held goes out as block orders, as a rule's cut does: lots that a working close still covers are
counted, and follow when that close has ended.  A line under a rule in force is the rule's cut to
make, which then lets nothing of a guarded contract stay.  What is left in the evening before the
day of delivery calls a person.
"""

from collections.abc import Iterable
from datetime import date

from fencang.engine.accounts import ContractState, Line, SubState
from fencang.engine.delivery import DELIVERY_GUARD, deadline, is_closing
from fencang.engine.flows.cuts import cut_lines
from fencang.engine.orders import Order, Pending
from fencang.engine.state import DeskState
from fencang.engine.venues import VenueState
from fencang.messages.day_events import PhaseEntered, ProductPhaseEntered
from fencang.messages.events import (
    AnyEvent,
    CancelRequested,
    OperatorCalled,
    SessionOpened,
    TradingDaySettled,
    TradingStateSet,
)
from fencang.messages.message import Side, TradingState
from fencang.refdata.contract import DeliveryPolicy
from fencang.refdata.session import Phase

__all__ = [
    "close_lines",
    "follow_evening",
    "follow_guarded_phase",
    "follow_guarded_session",
    "follow_resumed",
]

WEEKDAYS_MAX = 31
"""So many calendar days ahead the next trading day is looked for."""


def follow_guarded_session(state: DeskState, event: SessionOpened) -> list[AnyEvent]:
    """Close what is guarded, now that the venue is open."""
    return _close(state, event.venue_id)


def follow_guarded_phase(
    state: DeskState, event: PhaseEntered | ProductPhaseEntered
) -> list[AnyEvent]:
    """Close what is guarded when trading begins or goes on."""
    return _close(state, event.venue_id) if event.phase is Phase.OPEN else []


def follow_resumed(state: DeskState, event: TradingStateSet) -> list[AnyEvent]:
    """Close what a halted account held in the meantime; lines under a rule are that rule's."""
    if event.trading_state is TradingState.HALTED:
        return []
    events: list[AnyEvent] = []
    for venue_id in sorted(state.venues):
        if state.venues[venue_id].phase is Phase.OPEN:
            events += _close(state, venue_id, node_id=event.node_id)
    return events


def _close(state: DeskState, venue_id: str, node_id: str = "") -> list[AnyEvent]:
    """Return cancels and block orders for what a venue's guarded contracts hold.

    ``node_id``: only of sub-accounts at and below it that no rule binds.
    """
    cancels: list[AnyEvent] = []
    held: dict[str, tuple[SubState, list[Line]]] = {}
    for _, contract in sorted(state.contracts.items()):
        is_open = contract.hours.phase is Phase.OPEN
        if contract.product.venue_id != venue_id or not is_open or not _closes(contract):
            continue
        cancels += _cancels(contract, node_id)
        for line in contract.sorted_lines():
            chosen = not node_id or (node_id in line.sub.path and not line.sub.holding)
            if chosen and _is_held(line):
                held.setdefault(line.sub.sub_account_id, (line.sub, []))[1].append(line)
    parts = [held[name] for name in sorted(held)]
    return cancels + cut_lines(state, parts, DELIVERY_GUARD)


def _closes(contract: ContractState) -> bool:
    return is_closing(contract, is_long=True) or is_closing(contract, is_long=False)


def _is_held(line: Line) -> bool:
    """Return whether a line has lots on a side that the guard closes."""
    position = line.position
    return bool(
        (position.long.quantity_lots and is_closing(line.contract, is_long=True))
        or (position.short.quantity_lots and is_closing(line.contract, is_long=False))
    )


def _cancels(contract: ContractState, node_id: str) -> list[AnyEvent]:
    """Ask for the orders that open, or that close what the guard closes itself."""
    return [
        CancelRequested(order_id=order_id, terms=order.terms)
        for order_id, order in sorted(contract.live_orders.items())
        if order.line is not None
        and order.pending is not Pending.CANCEL
        and (not node_id or node_id in order.line.sub.path)
        and _is_unwanted(order, contract)
    ]


def _is_unwanted(order: Order, contract: ContractState) -> bool:
    if not order.is_reducing:
        return True
    return is_closing(contract, is_long=order.terms.side is Side.SELL)


def close_lines(state: DeskState, lines: Iterable[Line]) -> list[AnyEvent]:
    """Close what is guarded in lines whose working close has gone, or that a fill came to late."""
    parts = [
        (line.sub, [line])
        for line in lines
        if not line.sub.holding and line.contract.venue.phase is Phase.OPEN and _is_held(line)
    ]
    return cut_lines(state, parts, DELIVERY_GUARD) if parts else []


# ------------------------------------------------------------------------------------ the evening


def follow_evening(state: DeskState, event: TradingDaySettled) -> list[AnyEvent]:
    """Call a person for what is held in the last evening before a delivery, and every one after."""
    venue = state.venues[event.venue_id]
    tomorrow = _next_trading_day(venue)
    calls: list[AnyEvent] = []
    for contract_id, contract in sorted(state.contracts.items()):
        is_guard = contract.venue is venue and not contract.is_expired
        if not is_guard or contract.product.delivery_guard.policy is not DeliveryPolicy.CLOSE:
            continue
        for word, is_long in (("long", True), ("short", False)):
            day = deadline(contract, is_long=is_long)
            lots = _held(state, contract, is_long=is_long)
            if day is None or not lots or tomorrow < day:
                continue
            detail = (
                f"{lots} lots {word} were not closed, and may be delivered from "
                f"{date.fromordinal(day)} on"
            )
            calls.append(OperatorCalled(subject=f"contract {contract_id}", detail=detail))
    return calls


def _next_trading_day(venue: VenueState) -> int:
    for ordinal in range(venue.today + 1, venue.today + WEEKDAYS_MAX):
        if venue.venue.is_trading_day(date.fromordinal(ordinal)):
            return ordinal
    return venue.today + WEEKDAYS_MAX


def _held(state: DeskState, contract: ContractState, *, is_long: bool) -> int:
    """Return the lots of a side in all books, suspense accounts among them."""
    total = 0
    for line in contract.sorted_lines():
        side = line.position.long if is_long else line.position.short
        total += side.quantity_lots
    for carrying in state.carrying.values():
        found = carrying.suspense.positions.get(contract.contract.contract_id)
        if found is None:
            continue
        lots = found.long_lots if is_long else found.short_lots
        if not carrying.is_gross:
            lots = found.net_lots if is_long else -found.net_lots
        total += max(0, lots)
    return total
