"""The auditor follows entered fills, corrections, busts and transfers, and sees when they lie."""

import pytest
from msgspec.structs import replace

from fencang.messages.commands import AdvanceTime
from fencang.messages.events import CommandRejected
from fencang.messages.fee_events import BookCharge, DayMinimumCharged
from fencang.messages.fill_commands import BustFill, CorrectFill, TransferPosition
from fencang.messages.fill_events import (
    EnteredFillAllocated,
    FillBusted,
    FillCorrected,
    PositionTransferred,
    SuspenseAssignmentUndone,
)
from fencang.simulation.auditor.audit import Auditor
from tests.engine.desk import BUY, SELL, assign, stray, trading_desk
from tests.engine.fill_acts import bought, bust, correct, enter, move, permit_cost, undo
from tests.engine.firm import TUESDAY, define, money
from tests.engine.money_firm import row
from tests.engine.random_desk import Office
from tests.simulation.forgery import asked_otherwise, laws_of

OF_OTHERS = {"over-fill", "block"}
"""What the office does with replaces that the simulated venue never does."""


@pytest.mark.parametrize("seed", [3, 21, 22, 25])
def test_an_honest_desk_breaks_no_law(seed):
    office = Office(seed)
    for _ in range(200):
        office.step()
    auditor = Auditor()
    faults = [fault for record in office.desk.records for fault in auditor.audit(record)]
    assert [fault for fault in faults if fault.law not in OF_OTHERS] == []


def day_of_mending():
    """Every kind of event once, in two books and suspense."""
    desk = trading_desk()
    permit_cost(desk)
    execution = bought(desk, 10, "19", contract="CLM0")
    desk.done(enter("B1", BUY, "3000", {"ALPHA": 2, "BETA": 3}, contract="ESM0"))
    desk.done(correct("B1", 4, "3001", "c1"))
    desk.done(bust("B1", "c2"))
    desk.done(move("ALPHA", "GAMMA", 4))
    desk.done(move("ALPHA", "GAMMA", 1, at_cost=True, approved_by="boss"))
    desk.done(correct(execution, 9, "19.50", "c3"))
    lost = stray(desk, SELL, 3, "20")
    desk.done(correct(lost, 2, "21", "c4"))
    desk.done(define(row("broker", day_minimum_micros=money("50"))))
    nobodys = stray(desk, BUY, 5, "20")
    desk.done(assign(nobodys, "ALPHA", 3))
    desk.done(undo(nobodys, "ALPHA", 2))
    desk.settle(CLM0="20", ESM0="3000")
    return desk.records


def laws_broken(records, kind, forge):
    """Forge the first event of a kind; return the laws that the auditor finds broken."""
    auditor, laws, forged = Auditor(), set(), False
    for record in records:
        events = list(record.events)
        for place, event in enumerate(events):
            if isinstance(event, kind) and not forged:
                events[place], forged = forge(event), True
        told = replace(record, events=tuple(events))
        laws |= {fault.law for fault in auditor.audit(told)}
    assert forged
    return laws


def mended(event, **fields):
    first, *rest = event.mends
    return replace(event, mends=(replace(first, **fields), *rest))


def paid_by(book_id, event):
    whole = sum(part.amount_micros for part in event.books)
    return BookCharge(book_id=book_id, amount_micros=whole)


def test_the_day_itself_is_clean():
    assert laws_broken(day_of_mending(), FillBusted, lambda event: event) == set()


@pytest.mark.parametrize(
    ("kind", "forge", "law"),
    [
        (FillCorrected, lambda e: mended(e, book_id="GAMMA"), "correction"),
        (FillCorrected, lambda e: mended(e, entered_lots=9), "correction"),
        (FillCorrected, lambda e: mended(e, entered_price_nanos=0), "variation"),
        (FillCorrected, lambda e: replace(e, old_quantity_lots=6), "correction"),
        (FillCorrected, lambda e: replace(e, correction_id="B1"), "duplicate"),
        (FillCorrected, lambda e: replace(e, new_price_nanos=0), "variation"),
        (FillCorrected, lambda e: replace(e, mends=e.mends[1:]), "correction"),
        (FillCorrected, lambda e: replace(e, mended_day=TUESDAY), "correction"),
        (FillCorrected, lambda e: replace(e, execution_id="x1"), "correction"),
        (FillCorrected, lambda e: mended(e, taken_price_nanos=0), "two values"),
        (FillCorrected, lambda e: mended(e, taken_price_nanos=0), "correction"),
        (FillBusted, lambda e: replace(e, correction_id="other"), "correction"),
        (FillBusted, lambda e: mended(e, fee_micros=0), "fee"),
        (FillBusted, lambda e: replace(e, mends=e.mends[:1]), "two books"),
        (EnteredFillAllocated, lambda e: replace(e, quantity_lots=1), "allocation"),
        (EnteredFillAllocated, lambda e: replace(e, fee_micros=0), "fee"),
        (PositionTransferred, lambda e: replace(e, to_sub_account_id="CLIENT1"), "owner"),
        (PositionTransferred, lambda e: replace(e, quantity_lots=40), "transfer"),
        (PositionTransferred, lambda e: replace(e, side=SELL), "transfer"),
        (PositionTransferred, lambda e: replace(e, mark_nanos=0), "transfer"),
        (PositionTransferred, lambda e: replace(e, at_cost=True), "transfer"),
        (SuspenseAssignmentUndone, lambda e: replace(e, quantity_lots=4), "suspense"),
        (SuspenseAssignmentUndone, lambda e: replace(e, sub_account_id="BETA"), "suspense"),
        (SuspenseAssignmentUndone, lambda e: replace(e, price_nanos=0), "suspense"),
        (DayMinimumCharged, lambda e: replace(e, books=e.books[:1]), "fee"),
        (DayMinimumCharged, lambda e: replace(e, minimum_micros=e.minimum_micros - 1), "fee"),
        (DayMinimumCharged, lambda e: replace(e, books=(paid_by("CLIENT1", e),)), "owner"),
        (PositionTransferred, lambda _: CommandRejected(reason=1001, detail=""), "standing"),
    ],
)
def test_a_forged_event_is_found(kind, forge, law):
    laws = laws_broken(day_of_mending(), kind, forge)
    assert laws == set() if law is None else law in laws


def test_another_correction_than_was_asked_for_is_found():
    records = day_of_mending()
    asked = asked_otherwise(records, CorrectFill, quantity_lots=7)
    assert laws_of(asked) == {"correction"}
    unasked = [
        replace(record, command=AdvanceTime())
        if isinstance(record.command, BustFill | TransferPosition)
        else record
        for record in records
    ]
    assert laws_of(unasked) == {"correction", "transfer"}


def test_a_busted_fill_is_the_last_word():
    desk = trading_desk()
    desk.done(bust(bought(desk, 2, "20"), "b1"))
    busted = desk.records[-1]
    again = replace(
        busted,
        sequence=busted.sequence + 1,
        time_ns=busted.time_ns + 1,
        command=replace(busted.command, correction_id="b2"),
        events=(replace(busted.events[0], correction_id="b2", old_quantity_lots=0, mends=()),),
    )
    assert laws_of([*desk.records, again]) == {"correction"}


def test_one_person_is_not_two():
    records = day_of_mending()
    forged = [
        replace(record, command=replace(record.command, approved_by=""))
        if type(record.command).__name__
        in {"EnterFill", "TransferPosition", "UndoSuspenseAssignment"}
        else record
        for record in records
    ]
    auditor = Auditor()
    faults = [fault for record in forged for fault in auditor.audit(record)]
    assert [fault.law for fault in faults] == ["second person"] * 3
