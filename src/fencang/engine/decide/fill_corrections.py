"""Corrections and busts of fills: compensating entries of today in exactly the fill's accounts.

The venue or broker has the last word about what was traded, so a correction that can be booked is
booked, whatever it does to limits and margin; orders keep their state.  Lots in suspense give way
first, then the sub-accounts in proportion; more lots go to who has the fill.  What a gross side no
longer holds cannot be taken back from it: the suspense account owes it and a person is called.
"""

from datetime import date
from typing import NamedTuple

from msgspec.structs import replace

from fencang.allocation.shortfall import allocate
from fencang.basics.money import MONEY_MICROS_MAX
from fencang.basics.price import format_price
from fencang.basics.rounding import divide_half_away
from fencang.engine.accounts import ContractState
from fencang.engine.carrying import CarryingState
from fencang.engine.conversion import ended_words
from fencang.engine.decide.refusal import day_closed_words, rejected, source_refusal
from fencang.engine.executions import Execution, FillPart
from fencang.engine.state import DeskState
from fencang.ledger.book import suspense_id
from fencang.ledger.fees import fee_micros
from fencang.ledger.position import closed_lots
from fencang.messages.events import (
    AnyEvent,
    CommandRejected,
    DuplicateFillIgnored,
    FillSuspended,
    OperatorCalled,
)
from fencang.messages.fill_commands import BustFill, CorrectFill
from fencang.messages.fill_events import FillBusted, FillCorrected, FillMend
from fencang.messages.message import Offset
from fencang.messages.reasons import Reason

__all__ = ["decide_bust", "decide_correct"]


class _Fill(NamedTuple):
    """The fill a command means, with what it touches and what it should have been."""

    execution_id: str
    execution: Execution
    carrying: CarryingState
    contract: ContractState
    quantity_lots: int
    price_nanos: int
    has_fee_rows: bool


def decide_correct(state: DeskState, command: CorrectFill) -> list[AnyEvent]:
    """Give a fill the price and quantity it should have had."""
    found = _find(state, command)
    if isinstance(found, list):
        return found
    fill = _Fill(*found, command.quantity_lots, command.price_nanos, bool(state.fee_rows))
    refusal = _value_refusal(fill)
    if refusal is not None:
        return _refused(command, refusal)
    mends, owed = _mends(state, fill, command.correction_id)
    execution = fill.execution
    corrected = FillCorrected(
        carrying_account_id=command.carrying_account_id,
        execution_id=fill.execution_id,
        correction_id=command.correction_id,
        mended_day=_day(execution),
        contract_id=execution.contract_id,
        side=execution.side,
        offset=execution.offset,
        old_quantity_lots=execution.quantity_lots,
        old_price_nanos=execution.price_nanos,
        new_quantity_lots=command.quantity_lots,
        new_price_nanos=command.price_nanos,
        mends=tuple(mends),
        source=command.source,
        reason=command.reason,
    )
    return [corrected, *owed, *_frozen_calls(state, fill, mends)]


def decide_bust(state: DeskState, command: BustFill) -> list[AnyEvent]:
    """Take a fill back as if it never was."""
    found = _find(state, command)
    if isinstance(found, list):
        return found
    fill = _Fill(*found, 0, found[1].price_nanos, bool(state.fee_rows))
    refusal = _value_refusal(fill)
    if refusal is not None:
        return _refused(command, refusal)
    mends, owed = _mends(state, fill, command.correction_id)
    execution = fill.execution
    busted = FillBusted(
        carrying_account_id=command.carrying_account_id,
        execution_id=fill.execution_id,
        correction_id=command.correction_id,
        mended_day=_day(execution),
        contract_id=execution.contract_id,
        side=execution.side,
        offset=execution.offset,
        old_quantity_lots=execution.quantity_lots,
        old_price_nanos=execution.price_nanos,
        mends=tuple(mends),
        source=command.source,
        reason=command.reason,
    )
    return [busted, *owed, *_frozen_calls(state, fill, mends)]


def _day(execution: Execution) -> date | None:
    return date.fromordinal(execution.day) if execution.day else None


# ------------------------------------------------------------------------------------ refusals


def _refused(command: CorrectFill | BustFill, refusal: CommandRejected) -> list[AnyEvent]:
    """Refuse; a venue or broker is answered by nobody, so a person must hear of it."""
    subject = f"execution {command.execution_id} at {command.carrying_account_id}"
    return [refusal, OperatorCalled(subject=subject, detail=refusal.detail)]


def _find(
    state: DeskState, command: CorrectFill | BustFill
) -> tuple[str, Execution, CarryingState, ContractState] | list[AnyEvent]:
    """Return the fill that is meant, or the events that say why there is none."""
    carrying_id, correction_id = command.carrying_account_id, command.correction_id
    refusal = source_refusal(command.source, command.entered_by, command.approved_by)
    if refusal is not None:
        return [refusal]
    carrying = state.carrying.get(carrying_id)
    if carrying is None:
        detail = f"no account {carrying_id}"
        return _refused(command, rejected(Reason.UNKNOWN_CARRYING_ACCOUNT, detail))
    key = state.detailed_executions.original((carrying_id, command.execution_id))
    execution = state.detailed_executions.get(key)
    if (carrying_id, correction_id) in state.executions:
        if execution is not None and correction_id in execution.correction_ids:
            ignored = DuplicateFillIgnored(
                carrying_account_id=carrying_id, execution_id=correction_id
            )
            return [ignored]
        detail = f"{correction_id} is the identifier of another execution at {carrying_id}"
        return _refused(command, rejected(Reason.EXECUTION_KNOWN, detail))
    refusal = _execution_refusal(state, command, execution)
    if refusal is not None:
        return _refused(command, refusal)
    assert execution is not None
    return key[1], execution, carrying, state.contracts[execution.contract_id]


def _execution_refusal(
    state: DeskState, command: CorrectFill | BustFill, execution: Execution | None
) -> CommandRejected | None:
    name = f"execution {command.execution_id} at {command.carrying_account_id}"
    if execution is None:
        if (command.carrying_account_id, command.execution_id) in state.executions:
            detail = (
                f"{name} was booked, but whose books hold it is no longer remembered; enter what "
                "the broker's statement shows as fills of today"
            )
            return rejected(Reason.EXECUTION_FORGOTTEN, detail)
        return rejected(Reason.EXECUTION_UNKNOWN, f"{name} was never booked")
    if execution.is_busted:
        return rejected(Reason.FILL_BUSTED, f"{name} was busted; what came after is a new fill")
    if state.contracts[execution.contract_id].is_expired:
        ended = state.contracts[execution.contract_id]
        detail = f"{ended_words(ended)}; the difference is cash of the broker's"
        if ended.conversion is not None:
            detail = f"{ended_words(ended)}; enter the difference as fills of what it became"
        return rejected(Reason.CONTRACT_EXPIRED, detail)
    venue = state.contracts[execution.contract_id].venue
    if venue.is_day_closed:
        detail = f"{day_closed_words(venue)}; report it on the next day"
        return rejected(Reason.DAY_CLOSED, detail)
    if not isinstance(command, CorrectFill):
        return None
    tick = state.contracts[execution.contract_id].product.mark_tick_nanos
    # A fill from before the tick grew keeps its price while its lots are corrected.
    if command.price_nanos % tick and command.price_nanos != execution.price_nanos:
        detail = f"{format_price(command.price_nanos)} is off the tick {format_price(tick)}"
        return rejected(Reason.PRICE_OFF_TICK, detail)
    now = (execution.quantity_lots, execution.price_nanos)
    if now == (command.quantity_lots, command.price_nanos):
        detail = f"{name} is {now[0]} lots at {format_price(now[1])} already"
        return rejected(Reason.FILL_UNCHANGED, detail)
    return None


def _value_refusal(fill: _Fill) -> CommandRejected | None:
    """Refuse what would carry the account near what a record can store."""
    execution, product = fill.execution, fill.contract.product
    sign = execution.side.sign
    old = product.value_micros(execution.price_nanos, sign * execution.quantity_lots)
    new = product.value_micros(fill.price_nanos, sign * fill.quantity_lots)
    carried = fill.carrying.book.position(execution.contract_id).carried_micros
    if max(abs(new), abs(carried + new - old)) <= MONEY_MICROS_MAX // 16:
        return None
    detail = "the value of the lots is beyond what is kept exact"
    return rejected(Reason.VALUE_OUT_OF_RANGE, detail)


# --------------------------------------------------------------------------------------- mends


def _mends(
    state: DeskState, fill: _Fill, correction_id: str
) -> tuple[list[FillMend], list[AnyEvent]]:
    """Return what is done to each book of the fill, and what no book of it can give back."""
    execution = fill.execution
    suspended = fill.carrying.suspense.fills.get(fill.execution_id)
    waiting = suspended.quantity_lots if suspended is not None else 0
    added = fill.quantity_lots - execution.quantity_lots
    taken_of_waiting = min(waiting, max(0, -added))
    shares = _shares(execution.parts, added + taken_of_waiting)
    mends: list[FillMend] = []
    at_suspense: list[FillMend] = []
    owed_lots = 0
    used: dict[str, int] = {}
    for part, lots in zip(execution.parts, shares, strict=True):
        mend, unclaimed, owed = _part_mend(state, fill, part, lots, used)
        mends.append(mend)
        at_suspense += _of_suspense_price(fill, part, lots, owed)
        waiting += unclaimed
        owed_lots += owed
    had_by_parts = sum(part.lots.quantity_lots for part in execution.parts)
    waiting += max(0, added - max(0, sum(shares) - had_by_parts))
    left = waiting - taken_of_waiting
    had = suspended.quantity_lots if suspended is not None else 0
    if had or left:
        paid = suspended.fee_micros if suspended is not None else 0
        fee = _fee(fill, paid, (had, 0), (left, 0))
        at_suspense.append(_mend(_suspense(fill), execution, had, fill, left, fee))
    return mends + at_suspense, _owed(fill, correction_id, owed_lots)


def _suspense(fill: _Fill) -> str:
    return suspense_id(fill.carrying.account.carrying_account_id)


def _mend(
    book_id: str, execution: Execution, taken: int, fill: _Fill, entered: int, fee: int
) -> FillMend:
    return FillMend(
        book_id=book_id,
        taken_lots=taken,
        taken_price_nanos=execution.price_nanos,
        entered_lots=entered,
        entered_price_nanos=fill.price_nanos,
        fee_micros=fee,
    )


def _shares(parts: list[FillPart], added: int) -> list[int]:
    """Return the lots that every part should have had: in proportion to what it has.

    Lots that came out of suspense at a settlement price are no base for more lots at the fill's.
    """
    had = [part.lots.quantity_lots for part in parts]
    base = [
        lots if added < 0 or part.is_at_fill_price else 0
        for lots, part in zip(had, parts, strict=True)
    ]
    total = sum(base)
    if not total or not added:
        return had
    assert total + added >= 0, (had, added)
    if total + added == 0:
        return [0] * len(had)
    wanted = allocate([lots * (total + added) for lots in base], [0] * len(had), total + added)
    return [new if lots else old for new, lots, old in zip(wanted, base, had, strict=True)]


def _part_mend(
    state: DeskState, fill: _Fill, part: FillPart, lots: int, used: dict[str, int]
) -> tuple[FillMend, int, int]:
    """Return a sub-account's mend, lots it cannot hold in addition, and lots it cannot give.

    ``used`` counts what earlier parts of the same sub-account hold or give already.
    """
    execution, had, sub_id = fill.execution, part.lots.quantity_lots, part.sub_account_id
    carrying_id = fill.carrying.account.carrying_account_id
    line = state.line(state.subs[sub_id], carrying_id, fill.contract)
    unclaimed = owed = 0
    side, today = execution.side, fill.contract.venue.today
    before = used.get(sub_id, 0)
    added_today = 0
    if lots > had:
        more = before + lots - had
        split = closed_lots(line.position, side, execution.offset, more, today)
        if execution.offset.is_close:
            unclaimed = min(lots - had, max(0, more - split.closes))
            lots -= unclaimed
        used[sub_id] = before + lots - had
        added_today = split.closes_today if not before else 0
    elif lots < had and execution.offset is Offset.OPEN:
        # A trade of the other side closed these lots: what is not there cannot be taken back.
        held = max(0, line.open_lots(side.opposite) - before)
        owed = max(0, had - lots - held)
        used[sub_id] = before + had - lots - owed
    after = (lots, _still_today(part, lots) + added_today)
    fee = _fee(fill, part.fee_micros, (had, _still_today(part, had)), after)
    mend = _mend(sub_id, execution, had - owed, fill, lots, fee)
    if not part.is_at_fill_price:
        price = part.lots.price_nanos
        mend = replace(mend, taken_price_nanos=price, entered_price_nanos=price)
    return mend, unclaimed, owed


def _still_today(part: FillPart, quantity_lots: int) -> int:
    """Return how many of a part's lots close lots of its day when it has so many lots.

    Lots are taken back latest first, so those that closed lots of the same day go before others.
    """
    closed = part.lots.quantity_lots - part.lots.opened_lots
    older = closed - part.lots.closed_of(part.lots.day)
    return max(0, min(closed, quantity_lots) - older)


def _of_suspense_price(fill: _Fill, part: FillPart, lots: int, owed: int) -> list[FillMend]:
    """Return what the suspense account keeps of lots it gave on at a settlement price.

    What it owes of them it owes at the fill's price (``_owed``): the difference stays with it.
    """
    if part.is_at_fill_price:
        return []
    had, price = part.lots.quantity_lots - owed, part.lots.price_nanos
    back = FillMend(
        book_id=_suspense(fill),
        taken_lots=0,
        taken_price_nanos=price,
        entered_lots=had - lots,
        entered_price_nanos=price,
        fee_micros=0,
    )
    return [back, _mend(_suspense(fill), fill.execution, had, fill, lots, 0)]


def _fee(fill: _Fill, paid_micros: int, before: tuple[int, int], after: tuple[int, int]) -> int:
    """Return the change of a fee; lots and lots closing today before and after.

    The difference of today's schedule, so that what was paid by another one is not redone; where
    fee rows are stated, by lots.  A bust gives everything back, and nobody gets back more than was
    paid.
    """
    (old_lots, old_today), (lots, today) = before, after
    if not lots:
        return -paid_micros
    if fill.has_fee_rows:
        return divide_half_away(paid_micros * lots, old_lots) - paid_micros if old_lots else 0
    product = fill.contract.product
    change = fee_micros(product, fill.price_nanos, lots, today)
    change -= fee_micros(product, fill.execution.price_nanos, old_lots, old_today)
    return max(-paid_micros, change)


def _owed(fill: _Fill, correction_id: str, lots: int) -> list[AnyEvent]:
    """Return what suspense owes of lots that were closed since and cannot be taken back."""
    if not lots:
        return []
    execution = fill.execution
    carrying_id = fill.carrying.account.carrying_account_id
    detail = (
        f"{lots} lots of execution {fill.execution_id} were closed since; their books hold none "
        "to give back"
    )
    suspended = FillSuspended(
        execution_id=correction_id,
        carrying_account_id=carrying_id,
        contract_id=execution.contract_id,
        side=execution.side.opposite,
        offset=Offset.CLOSE,
        quantity_lots=lots,
        price_nanos=execution.price_nanos,
        fee_micros=0,
        detail=detail,
    )
    subject = f"execution {correction_id} at {carrying_id}"
    return [suspended, OperatorCalled(subject=subject, detail=f"{lots} lots owed: {detail}")]


def _frozen_calls(state: DeskState, fill: _Fill, mends: list[FillMend]) -> list[AnyEvent]:
    """Call a person when working closes could now close more than a sub-account holds."""
    side = fill.execution.side
    calls: list[AnyEvent] = []
    for mend in mends:
        sub = state.subs.get(mend.book_id)
        fewer = mend.taken_lots - mend.entered_lots
        if sub is None or fewer <= 0:
            continue
        carrying_id = fill.carrying.account.carrying_account_id
        line = state.line(sub, carrying_id, fill.contract)
        working = line.closing_lots(side.opposite)
        if working and working > line.open_lots(side.opposite) - fewer:
            detail = f"{working} working lots could close more than {mend.book_id} holds now"
            subject = f"execution {fill.execution_id} at {carrying_id}"
            calls.append(OperatorCalled(subject=subject, detail=detail))
    return calls
