"""Fills that people enter: agreed by phone, block trades, exchanges for physical, give-ins.

What was traded is booked, limits or not; a sub-account that it takes beyond its limits or margin
calls a person.  Authority, days, legs and lots to close are checked before anything is booked.
"""

from fencang.engine.accounts import ContractState, Line
from fencang.engine.decide.ask import ask_of_lots, is_reducing
from fencang.engine.decide.charging import Charging
from fencang.engine.decide.fills import suspended_events, unbookable
from fencang.engine.decide.ladder import exposure_refusal
from fencang.engine.decide.refusal import rejected, second_person_refusal
from fencang.engine.state import DeskState
from fencang.ledger.position import closed_lots
from fencang.messages.events import AnyEvent, CommandRejected, FillBooked, OperatorCalled
from fencang.messages.fill_commands import EnterFill, FillLeg
from fencang.messages.fill_events import EnteredFillAllocated, FillEntered
from fencang.messages.message import Offset, Side
from fencang.messages.reasons import Reason

__all__ = ["decide_enter"]


def decide_enter(state: DeskState, command: EnterFill) -> list[AnyEvent]:
    """Book a fill that two persons vouch for; without legs it waits in suspense."""
    refusal = second_person_refusal(command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    carrying_id, execution_id = command.carrying_account_id, command.execution_id
    if (carrying_id, execution_id) in state.executions:
        detail = f"execution {execution_id} at {carrying_id} is booked already"
        return [rejected(Reason.EXECUTION_KNOWN, detail)]
    contract = state.contracts.get(command.contract_id)
    fault = unbookable(state, command, contract)
    if fault is not None:
        return [rejected(*fault)]
    assert contract is not None
    refusal = _days_refusal(command, contract) or _legs_refusal(state, command, contract)
    if refusal is not None:
        return [refusal]
    events = _booked(command)
    charging = Charging(state, command, contract, None)
    if not command.legs:
        detail = "entered without a sub-account"
        return events + suspended_events(command, charging, command.quantity_lots, detail)
    for leg in command.legs:
        line = state.line(state.subs[leg.sub_account_id], carrying_id, contract)
        events += _allocated(command, charging, line, leg)
    return events + _limit_calls(state, command, contract)


def _days_refusal(command: EnterFill, contract: ContractState) -> CommandRejected | None:
    venue_id, venue = contract.product.venue_id, contract.venue
    clearing = command.clearing_day
    if not venue.today:
        detail = f"{venue_id} has not opened a trading day yet; a fill needs one to count for"
    elif command.trade_day > clearing:
        detail = f"traded on {command.trade_day}, which is after its clearing day {clearing}"
    elif not venue.venue.is_trading_day(clearing):
        detail = f"{clearing} is no trading day of {venue_id}"
    elif clearing.toordinal() > venue.today:
        detail = f"{venue_id} has not come to the clearing day {clearing} yet"
    else:
        return None
    return rejected(Reason.FILL_DAYS, detail)


def _legs_refusal(
    state: DeskState, command: EnterFill, contract: ContractState
) -> CommandRejected | None:
    names = [leg.sub_account_id for leg in command.legs]
    if len(set(names)) != len(names):
        return rejected(Reason.FILL_LEGS, "a sub-account has two legs; give it one")
    total = sum(leg.quantity_lots for leg in command.legs)
    if command.legs and total != command.quantity_lots:
        detail = f"legs sum to {total} lots, the fill has {command.quantity_lots}"
        return rejected(Reason.FILL_LEGS, detail)
    for leg in command.legs:
        refusal = _leg_refusal(state, command, contract, leg)
        if refusal is not None:
            return refusal
    return None


def _leg_refusal(
    state: DeskState, command: EnterFill, contract: ContractState, leg: FillLeg
) -> CommandRejected | None:
    sub_id, carrying_id = leg.sub_account_id, command.carrying_account_id
    sub = state.subs.get(sub_id)
    if sub is None:
        return rejected(Reason.UNKNOWN_SUB_ACCOUNT, f"no sub-account {sub_id}")
    product = contract.product
    if product.product_id not in sub.permitted:
        detail = f"the mandate of {sub_id} does not permit {product.product_id}"
        return rejected(Reason.PRODUCT_NOT_PERMITTED, detail)
    if state.route(sub, product.venue_id) != carrying_id:
        detail = f"{sub_id} is not routed to {carrying_id}"
        return rejected(Reason.NO_ROUTE, detail)
    if not command.offset.is_close:
        return None
    line = state.line(sub, carrying_id, contract)
    quantity, side = leg.quantity_lots, command.side
    split = closed_lots(line.position, side, command.offset, quantity, contract.venue.today)
    closable = max(0, min(split.closes, line.open_lots(side) - line.closing_lots(side)))
    if quantity > closable:
        detail = f"{sub_id} can close {closable} lots that no order works on, not {quantity}"
        return rejected(Reason.FILL_CLOSE_LOTS_TOO_FEW, detail)
    return None


def _booked(command: EnterFill) -> list[AnyEvent]:
    return [
        FillBooked(
            carrying_account_id=command.carrying_account_id,
            execution_id=command.execution_id,
            order_id=None,
            contract_id=command.contract_id,
            side=command.side,
            offset=command.offset,
            quantity_lots=command.quantity_lots,
            price_nanos=command.price_nanos,
        ),
        FillEntered(
            carrying_account_id=command.carrying_account_id,
            execution_id=command.execution_id,
            kind=command.kind,
            trade_day=command.trade_day,
            clearing_day=command.clearing_day,
            counterparty=command.counterparty,
            reason=command.reason,
            entered_by=command.entered_by,
            approved_by=command.approved_by,
        ),
    ]


def _allocated(command: EnterFill, charging: Charging, line: Line, leg: FillLeg) -> list[AnyEvent]:
    quantity, price = leg.quantity_lots, command.price_nanos
    closes_today = _closes_of_its_day(command, line.contract, line, quantity)
    tier = line.sub.definition.service_tier
    fee, rows = charging.fee(leg.sub_account_id, tier, quantity, closes_today)
    allocated = EnteredFillAllocated(
        execution_id=command.execution_id,
        sub_account_id=leg.sub_account_id,
        carrying_account_id=command.carrying_account_id,
        contract_id=command.contract_id,
        side=command.side,
        offset=command.offset,
        quantity_lots=quantity,
        price_nanos=price,
        fee_micros=fee,
    )
    return [allocated, *rows]


def _closes_of_its_day(
    command: EnterFill, contract: ContractState, line: Line, quantity: int
) -> int:
    """Return the lots it closes that were opened on its clearing day: a late fill's today."""
    side, offset = command.side, command.offset
    split = closed_lots(line.position, side, offset, quantity, contract.venue.today)
    other = line.position.short if side is Side.BUY else line.position.long
    pieces = other.pieces(split.closes, of_last_day=offset is Offset.CLOSE_TODAY)
    day = command.clearing_day.toordinal()
    return sum(lots for opened_day, lots, _ in pieces if opened_day == day)


def _limit_calls(state: DeskState, command: EnterFill, contract: ContractState) -> list[AnyEvent]:
    """Call a person for every leg that an order could not have brought about."""
    calls: list[AnyEvent] = []
    side = command.side
    for leg in command.legs:
        sub, lots = state.subs[leg.sub_account_id], leg.quantity_lots
        line = state.line(sub, command.carrying_account_id, contract)
        if is_reducing(line, side, command.offset, lots) or command.offset.is_close:
            continue
        refusal = exposure_refusal(ask_of_lots(state, line, side, command.offset, lots))
        if refusal is not None:
            subject = f"execution {command.execution_id} at {command.carrying_account_id}"
            detail = f"entered for {leg.sub_account_id} beyond what an order may: {refusal[4]}"
            calls.append(OperatorCalled(subject=subject, detail=detail))
    return calls
