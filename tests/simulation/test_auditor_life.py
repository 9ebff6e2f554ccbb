"""The auditor follows rolls, the guard that closes, and conversions; and finds what is wrong."""

import msgspec

from fencang.messages import commands as cmd
from fencang.messages.events import OrderAccepted
from fencang.messages.life_events import ContractConverted
from fencang.simulation.auditor import Auditor
from tests.engine.acts import cancel
from tests.engine.day_acts import correct
from tests.engine.desk import BUY, SELL, all_of, assign, only, stray, trading_desk
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY, define, rule
from tests.engine.life_acts import convert, list_halves, roll
from tests.engine.test_delivery_close import guard, on_tuesday


def faults(records, change=None):
    """Return what the auditor reports of records, the last of them changed."""
    auditor, found = Auditor(), []
    for told in records[:-1]:
        found += auditor.audit(told)
    last = records[-1]
    if change is not None:
        last = msgspec.structs.replace(last, events=tuple(change(each) for each in last.events))
    return found + auditor.audit(last)


def converted():
    desk = trading_desk()
    list_halves(desk)
    desk.done(define(rule()))
    desk.trade("ALPHA", BUY, 3, "20")
    desk.trade("BETA", SELL, 1, "20")
    desk.vix("20", close=True)
    name = stray(desk, BUY, 2, "20")
    desk.settle(CLM0="20.50")
    desk.next_day(TUESDAY)
    desk.done(convert(day=TUESDAY))
    return desk, name


def test_a_conversion_and_what_comes_after_it_break_no_law():
    desk, name = converted()
    desk.done(assign(name, "GAMMA", 3))
    desk.done(correct(MONDAY, "20.60"))
    desk.trade("ALPHA", SELL, 1, "20.70", contract="CLX0")
    desk.settle(TUESDAY, CLX0="20.80")
    desk.done(correct(MONDAY, "20.40"))
    assert faults(desk.records) == []


def test_a_conversion_that_forgets_somebody_is_found():
    desk, _ = converted()
    records = desk.records

    def forget(event):
        if isinstance(event, ContractConverted):
            return msgspec.structs.replace(event, books=event.books[1:])
        return event

    assert [fault.law for fault in faults(records, forget)] == ["conversion"]


def test_a_conversion_that_changes_the_value_is_found():
    desk, _ = converted()

    def thrice(event):
        if isinstance(event, ContractConverted):
            return msgspec.structs.replace(event, new_lots=3)
        return event

    assert "conversion" in {fault.law for fault in faults(desk.records, thrice)}


def test_rolls_break_no_law():
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 4, "20")
    near, far = (taken.order_id for taken in all_of(desk.done(roll()), OrderAccepted))
    desk.fill(near, 3, "20")
    desk.fill(far, 4, "20.50")
    desk.done(cancel(near))
    desk.cancelled(near)
    assert faults(desk.records) == []


def test_the_guard_that_closes_breaks_no_law():
    desk = trading_desk()
    guard(desk)
    desk.trade("ALPHA", BUY, 10, "20")
    slice_ = only(on_tuesday(desk), OrderAccepted).order_id
    desk.fill(slice_, 10, "19.90")
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    desk.open(day=WEDNESDAY)
    assert faults(desk.records) == []
