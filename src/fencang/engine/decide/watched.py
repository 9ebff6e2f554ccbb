"""Orders and definitions as the watch over limits sees them: refusals kept, alarms told.

The ladder decides first and alone; what is added here blocks nothing and changes no answer.
"""

from msgspec.structs import replace

from fencang.engine.decide import amend, desk, submit
from fencang.engine.decide.ask import is_reducing
from fencang.engine.decide.regimes import regime_answer
from fencang.engine.flows.evasion import order_alarms, pressed_alarms
from fencang.engine.risk.envelopes import Envelope
from fencang.engine.state import DeskState
from fencang.messages.commands import DefineDesk, ReplaceOrder, SubmitOrder
from fencang.messages.events import (
    AnyEvent,
    CommandRejected,
    DeskDefined,
    OrderAccepted,
    OrderRejected,
)
from fencang.messages.message import OrderTerms
from fencang.messages.proposal_events import ExcessRefused
from fencang.messages.reasons import Reason
from fencang.refdata.regime import RegimeLimit

__all__ = ["decide_define", "decide_replace", "decide_submit", "watched_order"]


def decide_submit(
    state: DeskState, command: SubmitOrder, *, is_due: bool = False
) -> list[AnyEvent]:
    """Decide an order; keep what a hard limit refused, tell what an accepted one looks like."""
    events = submit.decide_submit(state, command, is_due=is_due)
    return watched_order(state, command, events) if state.regimes.counters else events


def watched_order(state: DeskState, command: SubmitOrder, events: list[AnyEvent]) -> list[AnyEvent]:
    """Return the events of an order with what the watch adds."""
    told = list(events)
    for event in events:
        if isinstance(event, OrderRejected) and event.reason is Reason.REGIME_LIMIT:
            terms = _refused_terms(state, command)
            sub_id, own_id = command.sub_account_id, command.client_order_id
            within = state.risk.envelopes.open.get(command.envelope_id)
            told.append(_excess_refused(state, sub_id, own_id, terms, event.node_id, within))
        elif isinstance(event, OrderAccepted):
            told += _alarms_of(state, event)
    return told


def _alarms_of(state: DeskState, event: OrderAccepted) -> list[AnyEvent]:
    if not state.has_several_owners:  # what is looked for takes two
        return []
    terms, sub = event.terms, state.subs[event.sub_account_id]
    line = state.line(sub, terms.carrying_account_id, state.contracts[terms.contract_id])
    if not line.pool_entry.tallies:
        return []
    opens = not event.is_reducing
    return order_alarms(state, line, terms.side, terms.quantity_lots, opens=opens)


def _refused_terms(state: DeskState, command: SubmitOrder) -> OrderTerms:
    venue_id = state.contracts[command.contract_id].product.venue_id
    carrying_id = state.route(state.subs[command.sub_account_id], venue_id)
    assert carrying_id is not None, command
    return OrderTerms(
        venue_id=venue_id,
        carrying_account_id=carrying_id,
        contract_id=command.contract_id,
        side=command.side,
        offset=command.offset,
        quantity_lots=command.quantity_lots,
        order_type=command.order_type,
        limit_price_nanos=command.limit_price_nanos,
        stop_price_nanos=command.stop_price_nanos,
        time_in_force=command.time_in_force,
        expire_day=command.expire_day,
    )


def _excess_refused(
    state: DeskState,
    sub_id: str,
    client_order_id: str,
    terms: OrderTerms,
    limit_id: str,
    within: Envelope | None,
) -> ExcessRefused:
    """Return what a hard limit refused, and how many of the lots would not have passed."""
    contract = state.contracts[terms.contract_id]
    line = state.line(state.subs[sub_id], terms.carrying_account_id, contract)
    lots = terms.quantity_lots
    reduces = is_reducing(line, terms.side, terms.offset, lots)
    if reduces or (within is not None and not within.is_open):
        within = None
    answer = regime_answer(state, line, terms.side, lots, reduces=reduces, within=within)
    limit = state.regimes.get(RegimeLimit, limit_id)
    assert limit is not None, limit_id
    return ExcessRefused(
        refusal_id=state.new_order_id(),
        sub_account_id=sub_id,
        client_order_id=client_order_id,
        terms=terms,
        regime_id=limit.regime_id,
        limit_id=limit_id,
        excess_lots=lots - answer.room_lots,
    )


def decide_replace(
    state: DeskState, command: ReplaceOrder, *, is_due: bool = False
) -> list[AnyEvent]:
    """Decide a replacement; keep the lots more that a hard limit refused."""
    events = amend.decide_replace(state, command, is_due=is_due)
    first = events[0]
    if not isinstance(first, CommandRejected) or first.reason is not Reason.REGIME_LIMIT:
        return events
    order = state.orders[command.order_id]
    assert order.line is not None
    price = command.limit_price_nanos
    terms = replace(
        order.terms,
        quantity_lots=command.quantity_lots - order.quantity_lots,
        limit_price_nanos=order.limit_price_nanos if price is None else price,
    )
    sub_id = order.line.sub.sub_account_id
    limit_id = first.detail.partition(": ")[0]
    own_id, within = order.client_order_id, order.envelope
    return [*events, _excess_refused(state, sub_id, own_id, terms, limit_id, within)]


def decide_define(state: DeskState, command: DefineDesk) -> list[AnyEvent]:
    """Decide definitions; tell accounts and papers that change while a group is near a limit."""
    events = desk.decide_define(state, command)
    if isinstance(events[0], DeskDefined):
        return [*events, *pressed_alarms(state, command.items)]
    return events
