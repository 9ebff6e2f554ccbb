"""Margin calls that people enter and take back."""

from fencang.basics.identifiers import order_id_of
from fencang.basics.money import format_money
from fencang.engine.decide.money import owner_refusal, rate_refusal
from fencang.engine.decide.refusal import rejected, second_person_refusal
from fencang.engine.funds import OPEN_MAX
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent, CommandRejected, OperatorCalled
from fencang.messages.money_commands import CancelMarginCall, ReportMarginCall
from fencang.messages.money_events import MarginCallCancelled, MarginCallIssued
from fencang.messages.reasons import Reason

__all__ = ["decide_cancel_call", "decide_report_call"]


def decide_report_call(state: DeskState, command: ReportMarginCall) -> list[AnyEvent]:
    """Keep a broker's call and say when it is not what ours come to."""
    refusal = _call_refusal(state, command)
    if refusal is not None:
        return [refusal]
    carrying_id = command.carrying_account_id
    place = (carrying_id, command.owner_id, command.currency)
    ours = sum(
        call.missing_micros
        for call in state.funds.calls_at(place)
        if call.kind is command.kind and not call.reference
    )
    issued = MarginCallIssued(
        call_id=order_id_of(state.sequence, 0),
        carrying_account_id=carrying_id,
        owner_id=command.owner_id,
        currency=command.currency,
        kind=command.kind,
        amount_micros=command.amount_micros,
        due_ns=command.due_ns,
        requirement_micros=0,
        reference=command.reference,
        ours_micros=ours,
    )
    if ours == command.amount_micros:
        return [issued]
    kind = command.kind.name.lower()
    detail = (
        f"the broker calls {format_money(command.amount_micros)} {command.currency} ({kind}) of "
        f"{command.owner_id}, ours is {format_money(ours)}"
    )
    subject = f"margin call {command.reference} at {carrying_id}"
    return [issued, OperatorCalled(subject=subject, detail=detail)]


def _call_refusal(state: DeskState, command: ReportMarginCall) -> CommandRejected | None:
    refusal = owner_refusal(state, command.carrying_account_id, command.owner_id)
    refusal = refusal or rate_refusal(state, command.currency)
    if refusal is not None:
        return refusal
    name = (command.carrying_account_id, command.reference)
    calls = state.funds.calls.values()
    if any((call.carrying_account_id, call.reference) == name for call in calls):
        return rejected(Reason.MARGIN_CALL_KNOWN, f"call {name[1]} of {name[0]} is known already")
    if len(state.funds.open_calls) >= OPEN_MAX:
        detail = f"{OPEN_MAX} calls are open; finish some first"
        return rejected(Reason.MARGIN_CALLS_TOO_MANY, detail)
    return None


def decide_cancel_call(state: DeskState, command: CancelMarginCall) -> list[AnyEvent]:
    """Take back an open call with two persons."""
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    call = state.funds.calls.get(command.call_id)
    if call is None:
        return [rejected(Reason.MARGIN_CALL_UNKNOWN, f"no margin call {command.call_id}")]
    if not call.is_open:
        detail = f"margin call {command.call_id} is {call.state.name.lower()}"
        return [rejected(Reason.MARGIN_CALL_STATE, detail)]
    return [MarginCallCancelled(call_id=command.call_id, reason=command.reason)]
