"""Wires, interest, margin calls, and what an order's fills have counted towards a minimum."""

from collections.abc import Callable
from typing import Any

from fencang.engine.evolve.money import move_cash
from fencang.engine.funds import CallState, MarginCall, Sweep, Wire, WireState
from fencang.engine.state import DeskState
from fencang.ledger.book import reserve_id
from fencang.messages import money_events as ev
from fencang.messages.money_commands import WireDirection

__all__ = ["FUNDS_CHANGES"]


def _to_reserve(state: DeskState, wire: Wire, amount_micros: int) -> None:
    reserve = reserve_id(wire.owner_id)
    move_cash(state, reserve, wire.owner_id, wire.currency, amount_micros)


def _to_carrying(state: DeskState, wire: Wire, amount_micros: int) -> None:
    book = state.carrying[wire.carrying_account_id].book
    book.add_cash(wire.owner_id, wire.currency, amount_micros)


def on_wire_requested(state: DeskState, event: ev.WireRequested) -> None:
    """Keep the wire; promise what is to go out."""
    wire = Wire(
        event.wire_id,
        carrying_account_id=event.carrying_account_id,
        owner_id=event.owner_id,
        currency=event.currency,
        direction=event.direction,
        amount_micros=event.amount_micros,
        value_date=event.value_date,
        entered_by=event.entered_by,
    )
    state.funds.add_wire(wire)
    _to_reserve(state, wire, -wire.promised_micros)


def on_wire_approved(state: DeskState, event: ev.WireApproved) -> None:
    """Note the second person."""
    wire = state.funds.wires[event.wire_id]
    wire.state, wire.approved_by = WireState.APPROVED, event.approved_by


def on_wire_sent(state: DeskState, event: ev.WireSent) -> None:
    """Note the bank's reference and the value date."""
    wire = state.funds.wires[event.wire_id]
    wire.state, wire.reference = WireState.SENT, event.reference
    wire.value_date = event.value_date


def on_wire_confirmed(state: DeskState, event: ev.WireConfirmed) -> None:
    """Move the cash."""
    wire = state.funds.wires[event.wire_id]
    wire.state, wire.amount_micros = WireState.CONFIRMED, event.amount_micros
    if wire.direction is WireDirection.OUT:
        _to_carrying(state, wire, -event.amount_micros)
        return
    _to_carrying(state, wire, event.amount_micros)
    _to_reserve(state, wire, event.amount_micros)
    place = (wire.carrying_account_id, wire.owner_id, wire.currency)
    state.funds.cover_calls(place, event.amount_micros)


def on_wire_returned(state: DeskState, event: ev.WireReturned) -> None:
    """Book a confirmed wire back; free the promise of a sent one."""
    wire = state.funds.wires[event.wire_id]
    if wire.state is WireState.CONFIRMED:
        sign = 1 if wire.direction is WireDirection.OUT else -1
        _to_carrying(state, wire, sign * event.amount_micros)
        _to_reserve(state, wire, sign * event.amount_micros)
    else:
        _to_reserve(state, wire, wire.promised_micros)
    wire.state = WireState.RETURNED


def on_wire_cancelled(state: DeskState, event: ev.WireCancelled) -> None:
    """Free the promise."""
    wire = state.funds.wires[event.wire_id]
    _to_reserve(state, wire, wire.promised_micros)
    wire.state = WireState.CANCELLED


def on_interest_posted(state: DeskState, event: ev.InterestPosted) -> None:
    """Move interest and keep what is owed and what is less than a micro."""
    funds = state.funds
    for line in event.lines:
        key = (line.kind, line.account_id, line.owner_id, line.currency)
        if line.owed_micros or line.rest:
            funds.accrued[key] = (line.owed_micros, line.rest)
        else:
            funds.accrued.pop(key, None)
        reserve, amount = reserve_id(line.owner_id), line.amount_micros
        if line.kind is ev.InterestKind.BROKER:
            state.carrying[line.account_id].book.add_cash(line.owner_id, line.currency, amount)
            move_cash(state, reserve, line.owner_id, line.currency, amount)
        else:
            move_cash(state, reserve, line.owner_id, line.currency, -amount)
            move_cash(state, line.account_id, line.owner_id, line.currency, amount)
    funds.interest_until = event.until_day.toordinal()


def on_call_issued(state: DeskState, event: ev.MarginCallIssued) -> None:
    """Keep the call open."""
    state.funds.add_call(
        MarginCall(
            event.call_id,
            carrying_account_id=event.carrying_account_id,
            owner_id=event.owner_id,
            currency=event.currency,
            kind=event.kind,
            amount_micros=event.amount_micros,
            due_ns=event.due_ns,
            requirement_micros=event.requirement_micros,
            reference=event.reference,
        )
    )


def on_call_met(state: DeskState, event: ev.MarginCallMet) -> None:
    """Close the call."""
    state.funds.end_call(event.call_id, CallState.MET)


def on_call_cancelled(state: DeskState, event: ev.MarginCallCancelled) -> None:
    """Close the call."""
    state.funds.end_call(event.call_id, CallState.CANCELLED)


def on_call_overdue(state: DeskState, event: ev.MarginCallOverdue) -> None:
    """Note that people were told."""
    state.funds.calls[event.call_id].is_overdue = True


def on_sweep_proposed(state: DeskState, event: ev.SweepProposed) -> None:
    """Keep the proposal."""
    sweep = Sweep(event.sweep_id, event.owner_id, event.proposed_by, event.wires, event.conversions)
    state.funds.add_sweep(sweep)


def on_sweep_applied(state: DeskState, event: ev.SweepApplied) -> None:
    """Note the end; the wires stand beside this event."""
    state.funds.sweeps[event.sweep_id].is_applied = True


FUNDS_CHANGES: dict[type[Any], Callable[[DeskState, Any], None]] = {
    ev.WireRequested: on_wire_requested,
    ev.WireApproved: on_wire_approved,
    ev.WireSent: on_wire_sent,
    ev.WireConfirmed: on_wire_confirmed,
    ev.WireReturned: on_wire_returned,
    ev.WireCancelled: on_wire_cancelled,
    ev.InterestPosted: on_interest_posted,
    ev.MarginCallIssued: on_call_issued,
    ev.MarginCallMet: on_call_met,
    ev.MarginCallCancelled: on_call_cancelled,
    ev.MarginCallOverdue: on_call_overdue,
    ev.SweepProposed: on_sweep_proposed,
    ev.SweepApplied: on_sweep_applied,
}
