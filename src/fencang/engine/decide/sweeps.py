"""Sweeps: proposed from the balances of now, applied by a second person as approved wires."""

from datetime import date

from fencang.allocation.sweeps import SweepPlace, propose_sweeps
from fencang.basics.identifiers import order_id_of
from fencang.basics.money import format_money
from fencang.engine.decide.refusal import rejected, second_person_refusal
from fencang.engine.decide.wires import free_cash, payout_refusal
from fencang.engine.funds import OPEN_MAX, Sweep
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent, CommandRejected, OperatorCalled
from fencang.messages.money_commands import ApplySweep, ProposeSweep, WireDirection
from fencang.messages.money_events import (
    ProposedConversion,
    ProposedWire,
    SweepApplied,
    SweepProposed,
    WireApproved,
    WireRequested,
)
from fencang.messages.reasons import Reason
from fencang.refdata.funding import FundingTerms

__all__ = ["decide_apply_sweep", "decide_propose_sweep"]


def decide_propose_sweep(state: DeskState, command: ProposeSweep) -> list[AnyEvent]:
    """Propose the wires and conversions that bring an owner's balances to their targets."""
    owner_id = command.owner_id
    if owner_id not in state.persons:
        return [rejected(Reason.UNKNOWN_REFERENCE, f"no legal person {owner_id}")]
    wires, conversions = propose_sweeps(_places(state, owner_id), state.rates.rate_nanos)
    if not wires and not conversions:
        detail = f"every balance of {owner_id} with a target is where it can be"
        return [rejected(Reason.SWEEP_EMPTY, detail)]
    return [
        SweepProposed(
            sweep_id=state.sequence,
            owner_id=owner_id,
            proposed_by=command.entered_by,
            wires=tuple(
                ProposedWire(
                    from_account_id=wire.from_account_id,
                    to_account_id=wire.to_account_id,
                    currency=wire.currency,
                    amount_micros=wire.amount_micros,
                )
                for wire in wires
            ),
            conversions=tuple(
                ProposedConversion(
                    carrying_account_id=each.carrying_account_id,
                    sold_currency=each.sold_currency,
                    sold_micros=each.sold_micros,
                    bought_currency=each.bought_currency,
                    bought_micros=each.bought_micros,
                )
                for each in conversions
            ),
        )
    ]


def _places(state: DeskState, owner_id: str) -> list[SweepPlace]:
    """Return the owner's balances that have a target; wires on their way in count as there."""
    coming: dict[tuple[str, str], int] = {}
    for wire in state.funds.open_wires():
        if wire.owner_id == owner_id and wire.direction is WireDirection.IN:
            key = (wire.carrying_account_id, wire.currency)
            coming[key] = coming.get(key, 0) + wire.amount_micros
    return [
        SweepPlace(
            target.carrying_account_id,
            target.currency,
            free_cash(state, target.carrying_account_id, owner_id, target.currency).free_micros
            + coming.get((target.carrying_account_id, target.currency), 0),
            target.target_micros,
            target.least_micros,
        )
        for target in state.funds.targets_of(owner_id)
    ]


def decide_apply_sweep(state: DeskState, command: ApplySweep) -> list[AnyEvent]:
    """Request and approve the wires of a proposal, all or none; conversions call a person."""
    sweep = state.funds.sweeps.get(command.sweep_id)
    if sweep is None:
        return [rejected(Reason.SWEEP_UNKNOWN, f"no sweep {command.sweep_id}")]
    if sweep.is_applied:
        return [rejected(Reason.SWEEP_APPLIED, f"sweep {command.sweep_id} is applied already")]
    refusal = second_person_refusal(sweep.proposed_by, command.approved_by)
    refusal = refusal or _sweep_refusal(state, sweep)
    if refusal is not None:
        return [refusal]
    events: list[AnyEvent] = [SweepApplied(sweep_id=sweep.sweep_id)]
    for index, wire in enumerate(sweep.wires):
        events += _wire_pair(state, sweep, wire, 2 * index, command.approved_by)
    events += [_call_for(sweep, each) for each in sweep.conversions]
    return events


def _sweep_refusal(state: DeskState, sweep: Sweep) -> CommandRejected | None:
    """Refuse a sweep when an account has no terms, or cash is not free any more."""
    if len(state.funds.open_wires()) + 2 * len(sweep.wires) > OPEN_MAX:
        detail = f"{OPEN_MAX} wires may be open; finish some first"
        return rejected(Reason.WIRES_TOO_MANY, detail)
    leaving: dict[tuple[str, str], int] = {}
    for wire in sweep.wires:
        for account in (wire.from_account_id, wire.to_account_id):
            if _terms(state, account, wire.currency) is None:
                detail = f"no funding terms for {wire.currency} at {account} are in force"
                return rejected(Reason.FUNDING_TERMS_MISSING, detail)
        key = (wire.from_account_id, wire.currency)
        leaving[key] = leaving.get(key, 0) + wire.amount_micros
    return payout_refusal(state, sweep.owner_id, leaving)


def _terms(state: DeskState, account: str, currency: str) -> FundingTerms | None:
    return state.funds.terms(account, currency, state.time_ns)


def _value_date(state: DeskState, wire: ProposedWire) -> date:
    """Return the first day that has value at both ends."""
    ends = [
        terms
        for account in (wire.from_account_id, wire.to_account_id)
        if (terms := _terms(state, account, wire.currency)) is not None
    ]
    day = max(terms.first_value_day(state.time_ns) for terms in ends)
    while not all(terms.is_business_day(day) for terms in ends):
        day = max(terms.business_day_after(day, 0) for terms in ends)
    return day


def _wire_pair(
    state: DeskState, sweep: Sweep, wire: ProposedWire, index: int, approved_by: str
) -> list[AnyEvent]:
    """Return one wire out and its twin in, requested by the proposer and approved."""
    day = _value_date(state, wire)
    ends = ((wire.from_account_id, WireDirection.OUT), (wire.to_account_id, WireDirection.IN))
    events: list[AnyEvent] = []
    for place, (account, direction) in enumerate(ends):
        wire_id = order_id_of(state.sequence, index + place)
        requested = WireRequested(
            wire_id=wire_id,
            carrying_account_id=account,
            owner_id=sweep.owner_id,
            currency=wire.currency,
            direction=direction,
            amount_micros=wire.amount_micros,
            value_date=day,
            reason=f"sweep {sweep.sweep_id}",
            entered_by=sweep.proposed_by,
        )
        events += [requested, WireApproved(wire_id=wire_id, approved_by=approved_by)]
    return events


def _call_for(sweep: Sweep, each: ProposedConversion) -> OperatorCalled:
    sold, bought = format_money(each.sold_micros), format_money(each.bought_micros)
    return OperatorCalled(
        subject=f"sweep {sweep.sweep_id} at {each.carrying_account_id}",
        detail=(
            f"buy {bought} {each.bought_currency} for some {sold} {each.sold_currency} and enter "
            "it as the bank confirms it"
        ),
    )
