"""An assignment out of suspense that is taken back: lots, price and fee, on its day only."""

from fencang.messages.events import FillAllocated
from fencang.messages.fill_events import FillBusted, FillCorrected, SuspenseAssignmentUndone
from fencang.messages.reasons import Reason
from tests.engine.desk import BUY, CLOSE, OPEN, SELL, all_of, assign, only, stray
from tests.engine.fill_acts import bust, correct, undo
from tests.engine.firm import MONDAY, TUESDAY, define, money, rule
from tests.engine.money_firm import row


def books(desk, *names):
    """Return lots, cash and equity of sub-accounts, and what suspense has."""
    found = [(desk.lots(name), desk.cash(name), desk.equity(name)) for name in names]
    return found, desk.suspended(), desk.cash("@suspense:C1"), desk.cash("C1")


def test_an_undone_assignment_leaves_every_book_as_it_was(desk):
    """3 of 5 lots went to ALPHA at 20 with their share of the fee; the mark is 21 by now."""
    desk.done(define(row("exchange", per_lot_micros=money("1"))))
    name = stray(desk, BUY, 5, "20")
    desk.mark(CLM0="21")
    before = books(desk, "ALPHA", "BETA")
    desk.done(assign(name, "ALPHA", 3))
    assert desk.lots("ALPHA") == (3, 0)
    event = only(desk.done(undo(name, "ALPHA", 3)), SuspenseAssignmentUndone)
    assert (event.quantity_lots, event.fee_micros) == (3, money("3"))
    assert books(desk, "ALPHA", "BETA") == before
    fill = desk.state.carrying["C1"].suspense.fills[name]
    assert (fill.quantity_lots, fill.fee_micros) == (5, money("5"))
    desk.done(assign(name, "BETA", 5))
    assert (desk.lots("BETA"), desk.suspended()) == ((5, 0), (0, 0))
    assert desk.state.subs["BETA"].book.fees == {"USD": money("5")}


def test_lots_come_back_a_part_at_a_time_the_latest_first(desk):
    name = stray(desk, BUY, 5, "20")
    desk.done(assign(name, "ALPHA", 2))
    desk.done(assign(name, "ALPHA", 3))
    found = all_of(desk.done(undo(name, "ALPHA", 4)), SuspenseAssignmentUndone)
    assert [event.quantity_lots for event in found] == [3, 1]
    assert (desk.lots("ALPHA"), desk.suspended()) == ((1, 0), (4, 0))
    refusal = desk.refused(undo(name, "ALPHA", 2), Reason.ASSIGNMENT_LOTS_TOO_FEW)
    assert refusal.detail == "1 lots were assigned today, not 2"


def test_lots_that_closed_others_bring_them_back_with_day_and_cost(desk):
    """ALPHA was 2 long from Monday at 19; two lots sold at 20 closed them and realised 2,000."""
    desk.trade("ALPHA", BUY, 2, "19")
    desk.next_day(TUESDAY)
    name = stray(desk, SELL, 2, "20")
    desk.done(assign(name, "ALPHA", 2))
    position = desk.state.subs["ALPHA"].book.positions["C1", "CLM0"]
    assert (position.is_flat, position.realised_micros) == (True, money("2000"))
    desk.done(undo(name, "ALPHA", 2))
    assert (desk.lots("ALPHA"), position.realised_micros) == ((2, 0), 0)
    assert list(position.long.layers) == [[MONDAY.toordinal(), 2, money("38000")]]


def test_lots_that_were_traded_away_do_not_come_back(desk):
    name = stray(desk, BUY, 3, "20")
    desk.done(assign(name, "ALPHA", 3))
    desk.trade("ALPHA", SELL, 2, "20")
    refusal = desk.refused(undo(name, "ALPHA", 2), Reason.ASSIGNMENT_LOTS_TOO_FEW)
    assert refusal.detail == (
        "2 of the lots opened a position; ALPHA still has 1 of them, "
        "and 1 lots of the side that no order closes"
    )
    desk.done(undo(name, "ALPHA", 1))
    assert desk.net("ALPHA") == 0


def test_lots_that_a_working_order_closes_do_not_come_back(desk):
    desk.deposit("1000000", "CNY", account="CN1")
    desk.mark(CU06="40000")
    name = stray(desk, BUY, 2, "40000", contract="CU06", account="CN1", offset=OPEN)
    desk.done(assign(name, "ALPHA", 2, account="CN1"))
    order_id = desk.working("ALPHA", SELL, 1, "CU06", "40000", offset=CLOSE)
    again = undo(name, "ALPHA", 2, account="CN1")
    desk.refused(again, Reason.ASSIGNMENT_LOTS_TOO_FEW)
    desk.cancel(order_id)
    desk.cancelled(order_id)
    desk.done(again)
    assert desk.suspended("CU06", "CN1") == (2, 0)


def test_only_on_its_day_and_before_a_settlement_has_paid_on_it(desk):
    name = stray(desk, BUY, 2, "20")
    desk.done(assign(name, "ALPHA", 1))
    desk.settle(CLM0="21")
    refusal = desk.refused(undo(name, "ALPHA", 1), Reason.ASSIGNMENT_SETTLED_SINCE)
    assert "assigned at 20 and settled since" in refusal.detail
    desk.done(assign(name, "BETA", 1))
    desk.done(undo(name, "BETA", 1))
    desk.next_day(TUESDAY)
    desk.refused(undo(name, "ALPHA", 1), Reason.ASSIGNMENT_NOT_OF_TODAY)


def test_allocated_lots_of_the_same_fill_are_no_assignment(desk):
    """What ALPHA ordered was never in suspense, so there is no assignment to take back."""
    order_id = desk.accepted("ALPHA", BUY, 2, at="20")
    events = desk.fill(order_id, 2, "20")
    assert only(events, FillAllocated).quantity_lots == 2
    desk.refused(undo(f"x{desk.executions}", "ALPHA", 1), Reason.ASSIGNMENT_UNKNOWN)


def test_a_correction_and_a_bust_after_it_find_who_has_the_lots(desk):
    """5 lots: 2 at ALPHA, 3 came back from BETA.  At 19 instead of 20 all five gain 1,000 a lot."""
    name = stray(desk, BUY, 5, "20")
    desk.mark(CLM0="20")
    for sub, lots in (("ALPHA", 2), ("BETA", 3)):
        desk.done(assign(name, sub, lots))
    equities = [desk.equity(sub) for sub in ("ALPHA", "BETA")]
    desk.done(undo(name, "BETA", 3))
    mends = only(desk.done(correct(name, 5, "19")), FillCorrected).mends
    assert [(mend.book_id, mend.entered_lots) for mend in mends] == [
        ("ALPHA", 2),
        ("@suspense:C1", 3),
    ]
    assert [desk.equity(sub) for sub in ("ALPHA", "BETA")] == [
        equities[0] + money("2000"),
        equities[1],
    ]
    assert len(only(desk.done(bust(name, "never")), FillBusted).mends) == 2
    assert (desk.lots("ALPHA"), desk.suspended()) == ((0, 0), (0, 0))
    desk.refused(undo(name, "ALPHA", 1), Reason.ASSIGNMENT_UNKNOWN)


def test_lots_that_come_back_under_a_rule_are_cut_again(desk):
    """The rule sold ALPHA's only lot; a sale out of suspense had closed another one before."""
    desk.trade("ALPHA", BUY, 4, "20")
    desk.done(define(rule(keep_ppm=500_000)))
    desk.vix("20", close=True)
    name = stray(desk, SELL, 2, "20")
    desk.done(assign(name, "ALPHA", 2))
    desk.vix("21")
    assert desk.net("ALPHA") == 2
    names = [type(event).__name__ for event in desk.done(undo(name, "ALPHA", 2))]
    assert names[:2] == ["SuspenseAssignmentUndone", "BlockOrderCreated"]
