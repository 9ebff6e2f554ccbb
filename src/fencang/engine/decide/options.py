"""An option's life: instructions, exercise and assignment as reported, expiry.

What is exercised or assigned ends in the books that held it; a future at the strike, or cash, takes
its place (``OptionExercised``).  At expiry what is in the money by the product's threshold is
exercised but for what its holder abandons, and every short of it assigned; the rest ends worthless
but for what its holder exercises all the same.
"""

from fencang.allocation.assignment import assigned_lots
from fencang.basics.price import format_price, is_on_tick
from fencang.engine.accounts import ContractState, Line
from fencang.engine.conversion import ended_words
from fencang.engine.decide.market import price_fault
from fencang.engine.decide.refusal import day_closed_words, rejected, source_refusal
from fencang.engine.state import DeskState
from fencang.messages.events import (
    AnyEvent,
    CommandRejected,
    DuplicateFillIgnored,
    OperatorCalled,
    OrderExpired,
)
from fencang.messages.option_commands import (
    ExerciseKind,
    ExpireOption,
    InstructExercise,
    ReportExercise,
)
from fencang.messages.option_events import (
    ExerciseInstructed,
    ExerciseLeg,
    OptionExercised,
    OptionExpiring,
)
from fencang.messages.reasons import Reason
from fencang.refdata.contract import ExerciseStyle, OptionSettlement

__all__ = ["decide_expire_option", "decide_instruct", "decide_report_exercise"]

Legs = list[ExerciseLeg]


def decide_instruct(state: DeskState, command: InstructExercise) -> list[AnyEvent]:
    """Note what a holder wants exercised or abandoned, as far as it holds the lots."""
    sub = state.subs.get(command.sub_account_id)
    if sub is None:
        detail = f"no sub-account {command.sub_account_id}"
        return [rejected(Reason.UNKNOWN_SUB_ACCOUNT, detail)]
    contract = _option(state, command.contract_id)
    if isinstance(contract, CommandRejected):
        return [contract]
    line = sub.lines.get((command.carrying_account_id, command.contract_id))
    held = line.position.long.quantity_lots if line is not None else 0
    wanted = command.exercise_lots + command.abandon_lots
    if wanted > held:
        detail = f"{command.sub_account_id} holds {held} lots long there, not {wanted}"
        return [rejected(Reason.EXERCISE_LOTS_TOO_FEW, detail)]
    return [
        ExerciseInstructed(
            sub_account_id=command.sub_account_id,
            carrying_account_id=command.carrying_account_id,
            contract_id=command.contract_id,
            exercise_lots=command.exercise_lots,
            abandon_lots=command.abandon_lots,
        )
    ]


def _option(state: DeskState, contract_id: str) -> ContractState | CommandRejected:
    """Return a living option, or why there is none."""
    contract = state.contracts.get(contract_id)
    if contract is None:
        return rejected(Reason.UNKNOWN_CONTRACT, f"no contract {contract_id}")
    if contract.product.option is None:
        return rejected(Reason.NOT_AN_OPTION, f"{contract_id} is no option")
    if contract.is_expired:
        return rejected(Reason.CONTRACT_EXPIRED, ended_words(contract))
    return contract


def decide_report_exercise(state: DeskState, command: ReportExercise) -> list[AnyEvent]:
    """Divide lots that a clearing house exercised or assigned before expiry, once.

    What the house did is done: a report that the books cannot take calls a person.
    """
    carrying_id, execution_id = command.carrying_account_id, command.execution_id
    if (carrying_id, execution_id) in state.executions:
        return [DuplicateFillIgnored(carrying_account_id=carrying_id, execution_id=execution_id)]
    contract = _reported_option(state, command)
    if isinstance(contract, CommandRejected):
        return [contract, OperatorCalled(subject=_subject(command), detail=contract.detail)]
    is_long = command.kind is ExerciseKind.EXERCISED
    lots, unasked = _divided(state, command, contract)
    legs = [
        ExerciseLeg(
            book_id=book,
            long_lots=number if is_long else 0,
            short_lots=0 if is_long else number,
        )
        for book, number in sorted(lots.items())
    ]
    events: list[AnyEvent] = [_exercised(contract, carrying_id, execution_id, legs, command)]
    if unasked:
        detail = f"{unasked} lots were exercised that nobody had asked for; divided pro rata"
        events.append(OperatorCalled(subject=_subject(command), detail=detail))
    return events


def _subject(command: ReportExercise) -> str:
    return f"execution {command.execution_id} at {command.carrying_account_id}"


def _reported_option(state: DeskState, command: ReportExercise) -> ContractState | CommandRejected:
    """Return the option of a report, or why the report cannot be booked."""
    if command.carrying_account_id not in state.carrying:
        detail = f"no account {command.carrying_account_id}"
        return rejected(Reason.UNKNOWN_CARRYING_ACCOUNT, detail)
    contract = _option(state, command.contract_id)
    if isinstance(contract, CommandRejected):
        return contract
    refusal = _day_refusal(state, contract) or _report_refusal(state, command, contract)
    return contract if refusal is None else refusal


def _day_refusal(state: DeskState, contract: ContractState) -> CommandRejected | None:
    """Refuse to book on a closed day, be it the option's venue's or that of what it is on."""
    underlying_id = contract.contract.underlying_id
    venues = [contract.venue]
    if underlying_id is not None:
        venues.append(state.contracts[underlying_id].venue)
    for venue in venues:
        if venue.is_day_closed:
            return rejected(Reason.DAY_CLOSED, day_closed_words(venue))
    return None


def _report_refusal(
    state: DeskState, command: ReportExercise, contract: ContractState
) -> CommandRejected | None:
    option = contract.product.option
    assert option is not None, contract.contract
    contract_id = command.contract_id
    if option.exercise_style is ExerciseStyle.EUROPEAN:
        detail = f"{contract_id} is European: it is exercised at expiry alone"
        return rejected(Reason.EXERCISE_STYLE, detail)
    is_cash = option.settlement is OptionSettlement.CASH
    if command.cash_price_nanos and not is_cash:
        detail = f"{contract_id} brings a future, no cash of {command.cash_price_nanos} nanos"
        return rejected(Reason.EXERCISE_STYLE, detail)
    if not is_on_tick(command.cash_price_nanos, contract.product.mark_tick_nanos):
        detail = f"{format_price(command.cash_price_nanos)} is off the tick of {contract_id}"
        return rejected(Reason.PRICE_OFF_TICK, detail)
    held = sum(_held(state, command.carrying_account_id, contract, command.kind).values())
    if command.quantity_lots > held:
        detail = f"books hold {held} lots of {contract_id} there, not {command.quantity_lots}"
        return rejected(Reason.EXERCISE_LOTS_TOO_FEW, detail)
    return None


def _held(
    state: DeskState, carrying_id: str, contract: ContractState, kind: ExerciseKind
) -> dict[str, int]:
    """Return book → lots on the side that a report is about, suspense account included."""
    found = {}
    for line in _lines(contract, carrying_id):
        position = line.position
        lots = position.long if kind is ExerciseKind.EXERCISED else position.short
        found[line.sub.sub_account_id] = lots.quantity_lots
    suspense = state.carrying[carrying_id].suspense
    long_lots, short_lots = _suspended_lots(state, carrying_id, contract)
    found[suspense.book.book_id] = long_lots if kind is ExerciseKind.EXERCISED else short_lots
    return {book: lots for book, lots in found.items() if lots > 0}


def _lines(contract: ContractState, carrying_id: str) -> list[Line]:
    lines = contract.lines.get(carrying_id, {})
    return [lines[sub_id] for sub_id in sorted(lines)]


def _suspended_lots(state: DeskState, carrying_id: str, contract: ContractState) -> tuple[int, int]:
    """Return suspended lots on either side; a net account has one side at a time."""
    carrying = state.carrying[carrying_id]
    position = carrying.suspense.positions.get(contract.contract.contract_id)
    if position is None:
        return 0, 0
    if carrying.is_gross:
        return position.long_lots, position.short_lots
    return max(0, position.net_lots), max(0, -position.net_lots)


def _divided(
    state: DeskState, command: ReportExercise, contract: ContractState
) -> tuple[dict[str, int], int]:
    """Return book → lots of a report, and how many nobody asked for.

    Exercises go to those who asked, then pro rata; assignments pro rata; the rest by the draw.
    """
    carrying_id, quantity = command.carrying_account_id, command.quantity_lots
    seed = f"{carrying_id} {command.execution_id}"
    held = _held(state, carrying_id, contract, command.kind)
    if command.kind is ExerciseKind.ASSIGNED:
        return assigned_lots(held, quantity, seed), 0
    wanted = {}
    for book, lots in held.items():
        asked = state.instructions.get((book, carrying_id, command.contract_id), (0, 0))[0]
        if asked:
            wanted[book] = min(asked, lots)
    asked_lots = min(quantity, sum(wanted.values()))
    found = assigned_lots(wanted, asked_lots, seed)
    left = {book: lots - found.get(book, 0) for book, lots in held.items()}
    unasked = quantity - asked_lots
    rest = assigned_lots({book: lots for book, lots in left.items() if lots}, unasked, seed)
    return {book: found.get(book, 0) + rest.get(book, 0) for book in {**found, **rest}}, unasked


def _exercised(
    contract: ContractState,
    carrying_id: str,
    execution_id: str,
    legs: Legs,
    report: ReportExercise | int,
) -> OptionExercised:
    """Return the event; ``report`` is the clearing house's, or what a lot is worth at expiry."""
    definition, option = contract.contract, contract.product.option
    assert option is not None, definition
    assert definition.strike_nanos is not None, definition
    is_cash = option.settlement is OptionSettlement.CASH
    worth = report if isinstance(report, int) else report.cash_price_nanos
    return OptionExercised(
        carrying_account_id=carrying_id,
        execution_id=execution_id,
        contract_id=definition.contract_id,
        close_price_nanos=worth if is_cash else 0,
        underlying_id=None if is_cash else definition.underlying_id,
        strike_nanos=definition.strike_nanos,
        legs=tuple(legs),
    )


def decide_expire_option(state: DeskState, command: ExpireOption) -> list[AnyEvent]:
    """End an option: exercise what is in the money, let the rest end worthless."""
    contract = _option(state, command.contract_id)
    if isinstance(contract, CommandRejected):
        return [contract]
    refusal = source_refusal(command.source, command.entered_by, command.approved_by)
    refusal = refusal or _day_refusal(state, contract)
    refusal = refusal or _final_price_refusal(state, command, contract)
    if refusal is not None:
        return [refusal]
    worth = contract.contract.intrinsic_nanos(command.underlying_price_nanos)
    events: list[AnyEvent] = [
        OrderExpired(order_id=order_id) for order_id in sorted(contract.live_orders)
    ]
    for carrying_id in sorted(state.carrying):
        legs = _expiring(state, contract, carrying_id, worth)
        if legs:
            name = f"expiry:{command.contract_id}"
            events.append(_exercised(contract, carrying_id, name, legs, max(0, worth)))
    events.append(
        OptionExpiring(
            contract_id=command.contract_id,
            underlying_price_nanos=command.underlying_price_nanos,
        )
    )
    return events


def _final_price_refusal(
    state: DeskState, command: ExpireOption, contract: ContractState
) -> CommandRejected | None:
    underlying_id = contract.contract.underlying_id
    if underlying_id is not None:
        fault = price_fault(state, underlying_id, command.underlying_price_nanos)
        if fault is not None:
            return rejected(*fault)
        if state.contracts[underlying_id].is_expired:
            detail = f"{underlying_id}, which {command.contract_id} becomes, has expired"
            return rejected(Reason.CONTRACT_EXPIRED, detail)
        return None
    worth = contract.contract.intrinsic_nanos(command.underlying_price_nanos)
    if is_on_tick(worth, contract.product.mark_tick_nanos):
        return None
    detail = f"{format_price(worth)}, price less strike, is off the settlement tick"
    return rejected(Reason.PRICE_OFF_TICK, f"{command.contract_id}: {detail}")


def _expiring(
    state: DeskState, contract: ContractState, carrying_id: str, worth_nanos: int
) -> Legs:
    """Return what is exercised and assigned at one carrying account at expiry."""
    option, contract_id = contract.product.option, contract.contract.contract_id
    assert option is not None, contract_id
    is_exercised = worth_nanos >= option.threshold_nanos
    legs = []
    for line in _lines(contract, carrying_id):
        sub_id, position = line.sub.sub_account_id, line.position
        longs = position.long.quantity_lots
        wanted, abandoned = state.instructions.get((sub_id, carrying_id, contract_id), (0, 0))
        longs = max(0, longs - abandoned) if is_exercised else min(longs, wanted)
        shorts = position.short.quantity_lots if is_exercised else 0
        if longs or shorts:
            legs.append(ExerciseLeg(book_id=sub_id, long_lots=longs, short_lots=shorts))
    if is_exercised:
        longs, shorts = _suspended_lots(state, carrying_id, contract)
        if longs or shorts:
            book_id = state.carrying[carrying_id].suspense.book.book_id
            legs.append(ExerciseLeg(book_id=book_id, long_lots=longs, short_lots=shorts))
    return legs
