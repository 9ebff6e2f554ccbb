"""Wires: asked for, approved, sent, confirmed; what goes out is promised from the first moment."""

from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any, NamedTuple

from fencang.basics.identifiers import order_id_of
from fencang.basics.money import format_money
from fencang.engine.decide.money import (
    owner_refusal,
    range_refusal,
    rate_refusal,
    reserve_refusal,
    unpromised_micros,
)
from fencang.engine.decide.refusal import rejected, second_person_refusal
from fencang.engine.flows.publication import account_lines
from fencang.engine.funds import OPEN_MAX, Wire, WireState
from fencang.engine.state import DeskState
from fencang.messages.events import AnyEvent, CommandRejected
from fencang.messages.money_commands import (
    ApproveWire,
    CancelWire,
    ConfirmWire,
    RequestWire,
    ReturnWire,
    SendWire,
    WireDirection,
)
from fencang.messages.money_events import (
    WireApproved,
    WireCancelled,
    WireConfirmed,
    WireRequested,
    WireReturned,
    WireSent,
)
from fencang.messages.reasons import Reason
from fencang.refdata.funding import AfterCutoff, FundingTerms

__all__ = ["WIRE_DECISIONS", "FreeCash", "free_cash", "payout_refusal"]

VALUE_DAYS_AHEAD_MAX = 366


class FreeCash(NamedTuple):
    """What of an owner's cash in one currency may leave a carrying account."""

    cash_micros: int
    margin_micros: int
    """Requirement beyond collateral, and variation that is still to be paid."""
    promised_micros: int
    account_base_micros: int
    """Free cash of all currencies of the account together, in the base currency."""

    @property
    def free_micros(self) -> int:
        """Return cash less margin less promises; below zero something is short."""
        return self.cash_micros - self.margin_micros - self.promised_micros


def free_cash(state: DeskState, carrying_id: str, owner_id: str, currency: str) -> FreeCash:
    """Return what an owner's cash at a carrying account can spare in a currency."""
    funds, rates = state.funds, state.rates
    cash = margin = total = 0
    for line in account_lines(state, state.pool(owner_id)):
        if line.carrying_account_id != carrying_id:
            continue
        held = max(0, line.requirement_micros - line.collateral_micros) - min(0, line.unpaid_micros)
        promised = funds.promised_micros(owner_id, line.currency, carrying_id)
        total += rates.value(line.currency, line.cash_micros - held - promised)
        if line.currency == currency:
            cash, margin = line.cash_micros, held
    promised = funds.promised_micros(owner_id, currency, carrying_id)
    return FreeCash(cash, margin, promised, total)


def _beyond_free(
    state: DeskState, place: tuple[str, str, str], amount: int, own_promise: int
) -> CommandRejected | None:
    """Refuse an amount beyond the free cash; ``own_promise`` of it is promised already."""
    carrying_id, owner_id, currency = place
    free = free_cash(state, *place)
    spare = free.free_micros + own_promise
    if amount > spare:
        numbers = [free.cash_micros, free.margin_micros, free.promised_micros - own_promise, spare]
        cash, margin, promised, left = (format_money(number) for number in numbers)
        detail = (
            f"{format_money(amount)} {currency} of {owner_id} cannot leave {carrying_id}: cash "
            f"{cash}, margin {margin}, promised to other wires {promised}, free {left}"
        )
        return rejected(Reason.WIRE_BEYOND_FREE_CASH, detail)
    whole = free.account_base_micros + state.rates.value(currency, own_promise)
    if state.rates.value(currency, amount) > whole:
        detail = (
            f"{format_money(amount)} {currency} of {owner_id} cannot leave {carrying_id}: other "
            f"currencies there are short, all together {format_money(whole)} "
            f"{state.rates.base_currency} is free"
        )
        return rejected(Reason.WIRE_BEYOND_FREE_CASH, detail)
    return None


def _value_date_refusal(
    state: DeskState, command: RequestWire, terms: FundingTerms
) -> CommandRejected | None:
    day = command.value_date
    today, _ = terms.local(state.time_ns)
    if today <= day <= today + timedelta(days=VALUE_DAYS_AHEAD_MAX) and terms.is_business_day(day):
        return None
    first = terms.first_value_day(state.time_ns)
    detail = (
        f"{day} cannot be a value date of {command.currency} at {command.carrying_account_id}: "
        f"state a business day within a year, {first} at the earliest"
    )
    return rejected(Reason.WIRE_VALUE_DATE, detail)


def _late_refusal(
    state: DeskState, wire: Wire | RequestWire, terms: FundingTerms
) -> CommandRejected | None:
    """Refuse a wire past the cut-off of its value date where the terms do not roll it."""
    first = terms.first_value_day(state.time_ns)
    if wire.value_date >= first or terms.after_cutoff is AfterCutoff.NEXT_DAY:
        return None
    hours, minutes = divmod(terms.cutoff_s // 60, 60)
    detail = (
        f"the cut-off of {wire.currency} at {wire.carrying_account_id} is {hours:02d}:{minutes:02d}"
        f" local time; {wire.value_date} is out of reach, {first} is the next value date"
    )
    return rejected(Reason.WIRE_AFTER_CUTOFF, detail)


def _no_terms(currency: str, carrying_id: str) -> CommandRejected:
    detail = f"no funding terms for {currency} at {carrying_id} are in force: define them first"
    return rejected(Reason.FUNDING_TERMS_MISSING, detail)


def decide_request(state: DeskState, command: RequestWire) -> list[AnyEvent]:
    """Take a wire in; promise what it is to take out."""
    refusal = owner_refusal(state, command.carrying_account_id, command.owner_id)
    refusal = refusal or rate_refusal(state, command.currency)
    if refusal is not None:
        return [refusal]
    carrying_id, currency = command.carrying_account_id, command.currency
    terms = state.funds.terms(carrying_id, currency, state.time_ns)
    if terms is None:
        return [_no_terms(currency, carrying_id)]
    refusal = _value_date_refusal(state, command, terms) or _late_refusal(state, command, terms)
    refusal = refusal or _amount_refusal(state, command)
    if refusal is None and len(state.funds.open_wires()) >= OPEN_MAX:
        detail = f"{OPEN_MAX} wires are open; finish some first"
        refusal = rejected(Reason.WIRES_TOO_MANY, detail)
    if refusal is not None:
        return [refusal]
    return [
        WireRequested(
            wire_id=order_id_of(state.sequence, 0),
            carrying_account_id=carrying_id,
            owner_id=command.owner_id,
            currency=currency,
            direction=command.direction,
            amount_micros=command.amount_micros,
            value_date=max(command.value_date, terms.first_value_day(state.time_ns)),
            reason=command.reason,
            entered_by=command.entered_by,
        )
    ]


def _amount_refusal(state: DeskState, command: RequestWire) -> CommandRejected | None:
    owner_id, currency, amount = command.owner_id, command.currency, command.amount_micros
    if command.direction is WireDirection.IN:
        return range_refusal(state, owner_id, currency, amount)
    place = (command.carrying_account_id, owner_id, currency)
    refusal = _beyond_free(state, place, amount, 0)
    return refusal or _reserve_refusal(state, owner_id, currency, amount)


def payout_refusal(
    state: DeskState, owner_id: str, leaving: Mapping[tuple[str, str], int]
) -> CommandRejected | None:
    """Refuse amounts per (carrying account, currency) that cannot all leave together."""
    refusal = None
    by_currency: dict[str, int] = {}
    for (carrying_id, currency), amount in sorted(leaving.items()):
        refusal = refusal or _beyond_free(state, (carrying_id, owner_id, currency), amount, 0)
        by_currency[currency] = by_currency.get(currency, 0) + amount
    total = 0
    for currency, amount in sorted(by_currency.items()):
        refusal = refusal or _reserve_refusal(state, owner_id, currency, amount)
        total += state.rates.value(currency, amount)
    if refusal is None and total > state.pool(owner_id).standing.available_micros(state.rates):
        detail = f"the pool's margin needs part of {total} base micros"
        refusal = rejected(Reason.MARGIN_POOL, detail)
    return refusal or reserve_refusal(state, owner_id, total)


def _reserve_refusal(
    state: DeskState, owner_id: str, currency: str, amount: int
) -> CommandRejected | None:
    """Refuse what the owner's reserve, its deficits or the pool's margin cannot spare."""
    pool = state.pool(owner_id)
    held = pool.reserve.cash.get(currency, 0)
    if amount > held:
        detail = f"the reserve of {owner_id} holds {held} micros of {currency}, not {amount}"
        return rejected(Reason.CASH_TOO_SMALL, detail)
    value = state.rates.value(currency, amount)
    refusal = reserve_refusal(state, owner_id, value)
    available = pool.standing.available_micros(state.rates)
    if refusal is None and value > available:
        detail = f"the pool's margin leaves {available} base micros, not {value}"
        refusal = rejected(Reason.MARGIN_POOL, detail)
    return refusal


def _found(
    state: DeskState, wire_id: int, *allowed: WireState
) -> tuple[Wire | None, CommandRejected | None]:
    wire = state.funds.wires.get(wire_id)
    if wire is None:
        return None, rejected(Reason.WIRE_UNKNOWN, f"no wire {wire_id}")
    if wire.state not in allowed:
        names = " or ".join(each.name.lower() for each in allowed)
        detail = f"wire {wire_id} is {wire.state.name.lower()}; it would have to be {names}"
        return None, rejected(Reason.WIRE_STATE, detail)
    return wire, None


def decide_approve(state: DeskState, command: ApproveWire) -> list[AnyEvent]:
    """Approve a wire as a second person while its cash is still free."""
    wire, refusal = _found(state, command.wire_id, WireState.REQUESTED)
    if wire is None:
        assert refusal is not None
        return [refusal]
    refusal = second_person_refusal(wire.entered_by, command.approved_by)
    refusal = refusal or _still_free(state, wire)
    if refusal is not None:
        return [refusal]
    return [WireApproved(wire_id=wire.wire_id, approved_by=command.approved_by)]


def _still_free(state: DeskState, wire: Wire) -> CommandRejected | None:
    """Refuse a promised wire when margin has come to need its cash."""
    if wire.direction is WireDirection.IN:
        return None
    place = (wire.carrying_account_id, wire.owner_id, wire.currency)
    refusal = _beyond_free(state, place, wire.amount_micros, wire.promised_micros)
    available = state.pool(wire.owner_id).standing.available_micros(state.rates)
    if refusal is None and available < 0:
        detail = f"the pool's margin lacks {-available} base micros: it needs what is promised"
        refusal = rejected(Reason.MARGIN_POOL, detail)
    return refusal


def decide_send(state: DeskState, command: SendWire) -> list[AnyEvent]:
    """Note that a wire went to the bank; one to go out must be approved and still be free."""
    wire, refusal = _found(state, command.wire_id, WireState.REQUESTED, WireState.APPROVED)
    if wire is None:
        assert refusal is not None
        return [refusal]
    if wire.direction is WireDirection.OUT and wire.state is not WireState.APPROVED:
        detail = f"wire {wire.wire_id} goes out and has one person only; approve it first"
        return [rejected(Reason.SECOND_PERSON_REQUIRED, detail)]
    terms = state.funds.terms(wire.carrying_account_id, wire.currency, state.time_ns)
    if terms is None:
        # Terms stated anew for a day that has not come on their own clock.
        return [_no_terms(wire.currency, wire.carrying_account_id)]
    refusal = _late_refusal(state, wire, terms) or _still_free(state, wire)
    if refusal is not None:
        return [refusal]
    value_date = max(wire.value_date, terms.first_value_day(state.time_ns))
    sent = WireSent(wire_id=wire.wire_id, reference=command.reference, value_date=value_date)
    return [sent]


def decide_confirm(state: DeskState, command: ConfirmWire) -> list[AnyEvent]:
    """Book a wire's cash as the broker shows it."""
    wire, refusal = _found(
        state, command.wire_id, WireState.REQUESTED, WireState.APPROVED, WireState.SENT
    )
    if wire is None:
        assert refusal is not None
        return [refusal]
    if wire.direction is WireDirection.IN:
        refusal = range_refusal(state, wire.owner_id, wire.currency, command.amount_micros)
    elif wire.state is not WireState.SENT:
        detail = f"wire {wire.wire_id} goes out and was not sent"
        refusal = rejected(Reason.WIRE_STATE, detail)
    elif command.amount_micros != wire.amount_micros:
        asked, told = format_money(wire.amount_micros), format_money(command.amount_micros)
        detail = f"wire {wire.wire_id} is of {asked} {wire.currency}, {told} was confirmed"
        refusal = rejected(Reason.WIRE_AMOUNT, detail)
    if refusal is not None:
        return [refusal]
    return [WireConfirmed(wire_id=wire.wire_id, amount_micros=command.amount_micros)]


def decide_return(state: DeskState, command: ReturnWire) -> list[AnyEvent]:
    """Take back a sent wire's promise, or book a confirmed one back."""
    wire, refusal = _found(state, command.wire_id, WireState.SENT, WireState.CONFIRMED)
    if wire is None:
        assert refusal is not None
        return [refusal]
    is_confirmed, amount = wire.state is WireState.CONFIRMED, command.amount_micros
    if amount > wire.amount_micros or (amount < wire.amount_micros and not is_confirmed):
        whole = format_money(wire.amount_micros)
        detail = (
            f"wire {wire.wire_id} is of {whole} {wire.currency}: a confirmed one comes back in "
            "part or whole, a sent one whole"
        )
        return [rejected(Reason.WIRE_AMOUNT, detail)]
    if is_confirmed:
        refusal = _booked_back_refusal(state, wire, command)
    if refusal is not None:
        return [refusal]
    return [
        WireReturned(
            wire_id=wire.wire_id,
            amount_micros=amount if is_confirmed else 0,
            reason=command.reason,
        )
    ]


def _booked_back_refusal(
    state: DeskState, wire: Wire, command: ReturnWire
) -> CommandRejected | None:
    owner_id, currency, amount = wire.owner_id, wire.currency, command.amount_micros
    if wire.direction is WireDirection.OUT:
        return range_refusal(state, owner_id, currency, amount)
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    held = min(
        state.pool(owner_id).reserve.cash.get(currency, 0),
        unpromised_micros(state, wire.carrying_account_id, owner_id, currency),
    )
    if refusal is None and amount > held:
        detail = (
            f"reserve and {wire.carrying_account_id} can give back {held} micros of {currency}, "
            f"not {amount}; bring capital back to the reserve first"
        )
        refusal = rejected(Reason.CASH_TOO_SMALL, detail)
    return refusal or reserve_refusal(state, owner_id, state.rates.value(currency, amount))


def decide_cancel(state: DeskState, command: CancelWire) -> list[AnyEvent]:
    """Withdraw a wire that has not been sent."""
    wire, refusal = _found(state, command.wire_id, WireState.REQUESTED, WireState.APPROVED)
    if wire is None:
        assert refusal is not None
        return [refusal]
    return [WireCancelled(wire_id=wire.wire_id, reason=command.reason)]


WIRE_DECISIONS: dict[type[Any], Callable[[DeskState, Any], list[AnyEvent]]] = {
    RequestWire: decide_request,
    ApproveWire: decide_approve,
    SendWire: decide_send,
    ConfirmWire: decide_confirm,
    ReturnWire: decide_return,
    CancelWire: decide_cancel,
}
