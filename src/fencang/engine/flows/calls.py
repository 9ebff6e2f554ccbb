"""Margin calls: from what is published at a settlement, and their end.

Per carrying account, owner and currency a deficit falls into three parts, in the order in which
money covers them: what brings the account to zero (variation), the clearing house's margin
(initial), what the broker asks on top (house).
"""

from collections.abc import Collection, Mapping

from fencang.basics.identifiers import order_id_of
from fencang.basics.money import format_money
from fencang.engine.flows.publication import account_lines
from fencang.engine.funds import OPEN_MAX, MarginCall
from fencang.engine.state import DeskState
from fencang.messages.events import (
    AccountMargin,
    AnyEvent,
    CashDeposited,
    CollateralReported,
    MarginPublished,
    OperatorCalled,
)
from fencang.messages.money_commands import CallKind
from fencang.messages.money_events import (
    MarginCallCancelled,
    MarginCallIssued,
    MarginCallMet,
    MarginCallOverdue,
    MetBy,
    WireConfirmed,
)

__all__ = [
    "deficit_parts",
    "follow_collateral",
    "follow_deposit",
    "follow_published",
    "follow_wire",
    "overdue_calls",
]

Place = tuple[str, str, str]
"""(carrying account, owner, currency)."""


def deficit_parts(line: AccountMargin) -> dict[CallKind, int]:
    """Return what an account lacks, by what it lacks it for; the parts sum to the deficit."""
    held = line.cash_micros + line.unpaid_micros + line.collateral_micros
    house = min(line.add_ons_micros, line.requirement_micros)
    exchange = line.requirement_micros - house
    left = max(0, held)
    return {
        CallKind.VARIATION: max(0, -held),
        CallKind.INITIAL: max(0, exchange - left),
        CallKind.HOUSE: max(0, house - max(0, left - exchange)),
    }


def follow_published(state: DeskState, event: MarginPublished) -> list[AnyEvent]:
    """Issue calls for deficits, end those that are gone, and tell what is overdue."""
    lines = {
        (line.carrying_account_id, line.owner_id, line.currency): line for line in event.accounts
    }
    open_calls = state.funds.open_calls
    own = {(call.place, call.kind): call for call in open_calls.values() if not call.reference}
    events: list[AnyEvent] = []
    issued = 0
    for place in sorted({*lines, *(place for place, _ in own)}):
        parts, least, requirement = _called_parts(state, place, lines)
        for kind in CallKind:
            call, amount = own.get((place, kind)), parts[kind] if parts[kind] > least else 0
            if amount == (call.missing_micros if call is not None else 0):
                continue
            if call is not None:
                events.append(_ended(call, amount, requirement, event))
            if amount and len(open_calls) + issued < OPEN_MAX:
                events.append(_issued(state, place, kind, amount, requirement, call, issued))
                issued += 1
            elif amount:
                detail = f"{OPEN_MAX} calls are open; one of {amount} micros is not issued"
                events.append(OperatorCalled(subject=" ".join(place), detail=detail))
    ending = (MarginCallMet, MarginCallCancelled)
    ended = [each.call_id for each in events if isinstance(each, ending)]
    return [*events, *overdue_calls(state, ended)]


def _called_parts(
    state: DeskState, place: Place, lines: Mapping[Place, AccountMargin]
) -> tuple[dict[CallKind, int], int, int]:
    """Return deficit by kind, the least that is called, and the requirement of now."""
    line = lines.get(place)
    terms = state.funds.terms(place[0], place[2], state.time_ns)
    if line is None or terms is None:
        return dict.fromkeys(CallKind, 0), 0, 0
    return deficit_parts(line), terms.call_minimum_micros, line.requirement_micros


def _ended(
    call: MarginCall, amount: int, requirement: int, event: MarginPublished
) -> MarginCallMet | MarginCallCancelled:
    if amount:
        reason = f"the publication of {event.trading_day} asks for {amount} micros instead"
        return MarginCallCancelled(call_id=call.call_id, reason=reason)
    if call.requirement_micros - requirement >= call.missing_micros:
        return MarginCallMet(call_id=call.call_id, met_by=MetBy.REDUCTION)
    reason = f"the publication of {event.trading_day} shows no deficit"
    return MarginCallCancelled(call_id=call.call_id, reason=reason)


def _issued(
    state: DeskState,
    place: Place,
    kind: CallKind,
    amount: int,
    requirement: int,
    before: MarginCall | None,
    index: int,
) -> MarginCallIssued:
    terms = state.funds.terms(place[0], place[2], state.time_ns)
    assert terms is not None
    due_ns = terms.call_due_ns(state.time_ns)
    return MarginCallIssued(
        call_id=order_id_of(state.sequence, index),
        carrying_account_id=place[0],
        owner_id=place[1],
        currency=place[2],
        kind=kind,
        amount_micros=amount,
        # A call that is replaced gives no new time for what was due already.
        due_ns=due_ns if before is None else min(due_ns, before.due_ns),
        requirement_micros=requirement,
    )


def overdue_calls(state: DeskState, ended: Collection[int] = ()) -> list[AnyEvent]:
    """Return what is to be said of calls whose time has passed, once each, but the ``ended``."""
    events: list[AnyEvent] = []
    for call_id, call in sorted(state.funds.open_calls.items()):
        if call_id in ended or call.is_overdue or state.time_ns <= call.due_ns:
            continue
        missing = format_money(call.missing_micros)
        name = f"{call.kind.name.lower()} call {call.reference or call_id}"
        events += [
            MarginCallOverdue(call_id=call_id, missing_micros=call.missing_micros),
            OperatorCalled(
                subject=f"{name} at {call.carrying_account_id}",
                detail=f"is overdue: {call.owner_id} still lacks {missing} {call.currency}",
            ),
        ]
    return events


def follow_deposit(state: DeskState, event: CashDeposited) -> list[AnyEvent]:
    """End the calls that a deposit has covered."""
    return _covered(state, (event.carrying_account_id, event.owner_id, event.currency))


def follow_wire(state: DeskState, event: WireConfirmed) -> list[AnyEvent]:
    """End the calls that a confirmed wire has covered."""
    wire = state.funds.wires[event.wire_id]
    return _covered(state, (wire.carrying_account_id, wire.owner_id, wire.currency))


def _covered(state: DeskState, place: Place) -> list[AnyEvent]:
    return [
        MarginCallMet(call_id=call.call_id, met_by=MetBy.CASH)
        for call in state.funds.calls_at(place)
        if not call.missing_micros
    ]


def follow_collateral(state: DeskState, event: CollateralReported) -> list[AnyEvent]:
    """End the calls for which nothing is lacking any more, now that securities count."""
    place = (event.carrying_account_id, event.owner_id, event.currency)
    calls = state.funds.calls_at(place)
    if not calls:
        return []
    lines = [
        line
        for line in account_lines(state, state.pool(event.owner_id))
        if (line.carrying_account_id, line.currency) == (place[0], place[2])
    ]
    parts = deficit_parts(lines[0]) if lines else dict.fromkeys(CallKind, 0)
    return [
        MarginCallMet(call_id=call.call_id, met_by=MetBy.COLLATERAL)
        for call in calls
        if not parts[call.kind]
    ]
