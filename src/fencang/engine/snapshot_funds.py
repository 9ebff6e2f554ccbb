"""Wires, margin calls and accrued interest to their stored form and back."""

from fencang.engine.funds import CallState, Funds, MarginCall, Sweep, Wire, WireState
from fencang.engine.snapshot_fees import day_charge_forms, restore_day_charges
from fencang.engine.snapshot_form import CallForm, FundsForm, SweepForm, WireForm
from fencang.messages.money_commands import CallKind, WireDirection

__all__ = ["funds_form", "restore_funds"]


def funds_form(funds: Funds) -> FundsForm:
    """Return the stored form; definitions stand among the desk's items."""
    return FundsForm(
        wires=[_wire(funds.wires[key]) for key in sorted(funds.wires)],
        calls=[_call(funds.calls[key]) for key in sorted(funds.calls)],
        sweeps=[
            SweepForm(
                key,
                sweep.owner_id,
                sweep.proposed_by,
                list(sweep.wires),
                list(sweep.conversions),
                sweep.is_applied,
            )
            for key, sweep in sorted(funds.sweeps.items())
        ],
        interest_until=funds.interest_until,
        accrued=[(*key, *amounts) for key, amounts in sorted(funds.accrued.items())],
        month_lots=funds.month_lots.dump(),
        day_charges=day_charge_forms(funds.day_charges),
    )


def _wire(wire: Wire) -> WireForm:
    return WireForm(
        wire.wire_id,
        wire.carrying_account_id,
        wire.owner_id,
        wire.currency,
        wire.direction,
        wire.amount_micros,
        wire.value_date,
        wire.entered_by,
        wire.approved_by,
        wire.state,
        wire.reference,
    )


def _call(call: MarginCall) -> CallForm:
    return CallForm(
        call.call_id,
        call.carrying_account_id,
        call.owner_id,
        call.currency,
        call.kind,
        call.amount_micros,
        call.due_ns,
        call.requirement_micros,
        call.reference,
        call.covered_micros,
        call.is_overdue,
        call.state,
    )


def restore_funds(funds: Funds, form: FundsForm) -> None:
    """Fill what a stored form holds into funds that have their definitions."""
    for each in form.wires:
        wire = Wire(
            each.wire_id,
            carrying_account_id=each.carrying_account_id,
            owner_id=each.owner_id,
            currency=each.currency,
            direction=WireDirection(each.direction),
            amount_micros=each.amount_micros,
            value_date=each.value_date,
            entered_by=each.entered_by,
        )
        wire.approved_by, wire.reference = each.approved_by, each.reference
        wire.state = WireState(each.state)
        funds.add_wire(wire)
    for stored in form.calls:
        funds.add_call(_restored_call(stored))
    for entry in form.sweeps:
        sweep = Sweep(
            entry.sweep_id,
            entry.owner_id,
            entry.proposed_by,
            tuple(entry.wires),
            tuple(entry.conversions),
        )
        sweep.is_applied = entry.is_applied
        funds.add_sweep(sweep)
    funds.month_lots.restore(form.month_lots)
    restore_day_charges(funds.day_charges, form.day_charges)
    funds.interest_until = form.interest_until
    funds.accrued = {
        (kind, account, owner, currency): (owed, rest)
        for kind, account, owner, currency, owed, rest in form.accrued
    }


def _restored_call(stored: CallForm) -> MarginCall:
    call = MarginCall(
        stored.call_id,
        carrying_account_id=stored.carrying_account_id,
        owner_id=stored.owner_id,
        currency=stored.currency,
        kind=CallKind(stored.kind),
        amount_micros=stored.amount_micros,
        due_ns=stored.due_ns,
        requirement_micros=stored.requirement_micros,
        reference=stored.reference,
    )
    call.covered_micros = stored.covered_micros
    call.is_overdue, call.state = stored.is_overdue, CallState(stored.state)
    return call
