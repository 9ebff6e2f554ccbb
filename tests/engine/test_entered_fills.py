"""Fills that people enter: phone trades, block trades, exchanges for physical, give-ins, transfers
between brokers.  A clerk enters what was agreed, a second person vouches for it.
"""

from datetime import timedelta

import pytest

from fencang.messages.events import FillSuspended, OperatorCalled
from fencang.messages.fill_commands import FillKind
from fencang.messages.fill_events import EnteredFillAllocated, FillEntered
from fencang.messages.message import Offset
from fencang.messages.reasons import Reason
from tests.engine.acts import halt, lose_all
from tests.engine.desk import BUY, CLOSE, OPEN, SELL, all_of, assign, kinds, only, order
from tests.engine.fill_acts import bust, correct, enter
from tests.engine.firm import MONDAY, TUESDAY, define, limit, money, price
from tests.engine.test_fill_corrections import cu_layers, layers, realised

EVE = MONDAY - timedelta(days=3)


def test_a_block_trade_is_booked_and_divided_as_entered(desk):
    events = desk.done(enter("B1", BUY, "19.80", {"ALPHA": 6, "BETA": 4}))
    assert kinds(events) == ["FillBooked", "FillEntered", *["EnteredFillAllocated"] * 2]
    assert (desk.net("ALPHA"), desk.net("BETA")) == (6, 4)
    assert desk.state.carrying["C1"].book.position("CLM0").long_lots == 10
    # At the mark of 20 six lots are 1,200 better.
    assert desk.equity("ALPHA") == money("1001200")
    entered = only(events, FillEntered)
    assert (entered.kind, entered.approved_by) == (FillKind.BLOCK_TRADE, "boss")


@pytest.mark.parametrize("kind", list(FillKind))
def test_every_kind_is_booked_alike_and_told_as_it_is(desk, kind):
    events = desk.done(enter("E1", SELL, "20", {"ALPHA": 2}, kind=kind))
    assert only(events, FillEntered).kind is kind
    assert desk.net("ALPHA") == -2


def test_the_numbers_of_the_kinds_are_those_of_fix_tag_828():
    numbers = {kind.name: kind.value for kind in FillKind if kind < 1_000}
    assert numbers == {
        "ORDINARY": 0,
        "BLOCK_TRADE": 1,
        "EXCHANGE_FOR_PHYSICAL": 2,
        "TRANSFER": 3,
    }


def test_fees_are_paid_per_leg(desk):
    """2.45 a lot."""
    desk.done(enter("B1", BUY, "3000", {"ALPHA": 2, "BETA": 3}, contract="ESM0"))
    assert desk.cash("ALPHA") == money("999995.1")
    assert desk.cash("BETA") == money("999992.65")
    assert desk.cash("C1") == money("9999987.75")


def test_a_fill_without_legs_waits_in_suspense(desk):
    events = desk.done(enter("B1", BUY, "20", {}, lots=5))
    assert only(events, FillSuspended).quantity_lots == 5
    assert all_of(events, OperatorCalled)
    desk.done(assign("B1", "ALPHA", 5))
    assert desk.net("ALPHA") == 5


def test_the_venue_reporting_it_later_changes_nothing(desk):
    desk.done(enter("B1", BUY, "20", {"ALPHA": 2}))
    events = desk.fill(
        None, 2, "20", execution_id="B1", carrying_account_id="C1", contract_id="CLM0", side=BUY
    )
    assert kinds(events) == ["DuplicateFillIgnored"]


def test_an_entered_fill_can_be_corrected_and_busted(desk):
    desk.done(enter("B1", BUY, "20", {"ALPHA": 6, "BETA": 4}))
    desk.done(correct("B1", 5, "19", "c1", source="manual", entered_by="ops", approved_by="boss"))
    assert (desk.net("ALPHA"), desk.net("BETA")) == (3, 2)
    assert desk.equity("ALPHA") == money("1003000")
    desk.done(bust("B1", "c2"))
    assert (desk.equity("ALPHA"), desk.equity("BETA")) == (money("1000000"),) * 2


def test_a_trade_of_friday_evening_that_clears_on_monday_is_mondays(desk):
    events = desk.done(enter("B1", BUY, "20", {"ALPHA": 2}, trade_day=EVE))
    assert only(events, FillEntered).trade_day == EVE
    assert layers(desk) == [(MONDAY, 2, money("20000"))]


def test_a_fill_entered_a_day_late_is_of_its_day_and_paid_with_todays_variation(desk):
    """Cleared on Monday at 40,000, entered on Tuesday: yesterday's lots, settled since at 40,020.

    Tuesday settles at 40,030: 3 lots × 5 CNY × 30 are paid at once; 30 CNY of fees.
    """
    desk.trade("ALPHA", BUY, 1, "40010", contract="CU06", offset=OPEN)
    desk.settle(venue="SHFE", CU06="40020")
    desk.next_day(TUESDAY, "SHFE")
    desk.trade("ALPHA", BUY, 1, "40020", contract="CU06", offset=OPEN)
    late = enter("B1", BUY, "40000", {"ALPHA": 3}, "CU06", carrying_account_id="CN1", offset=OPEN)
    desk.done(late)
    assert cu_layers(desk) == [
        (MONDAY, 1, money("200050")),
        (MONDAY, 3, money("200000")),
        (TUESDAY, 1, money("200100")),
    ]
    desk.done(order("ALPHA", SELL, 4, "CU06", "40020", offset=Offset.CLOSE_YESTERDAY))
    desk.settle(TUESDAY, "SHFE", CU06="40030")
    # Monday 50, Tuesday 50 + 50 for the ordinary two, 450 for the late one; 50 of fees.
    assert desk.cash("ALPHA", "CNY") == money("550")


def test_an_entered_close_takes_the_lots_it_names(desk):
    desk.trade("ALPHA", BUY, 3, "40000", contract="CU06", offset=OPEN)
    close = enter(
        "B1", SELL, "40020", {"ALPHA": 2}, "CU06", carrying_account_id="CN1", offset=CLOSE
    )
    desk.done(close)
    assert desk.lots("ALPHA", "CU06", "CN1") == (1, 0)
    assert realised(desk, contract="CU06", account="CN1") == money("200")
    desk.accepted("ALPHA", SELL, 1, "CU06", "40000", offset=CLOSE)
    again = enter(
        "B2", SELL, "40020", {"ALPHA": 1}, "CU06", carrying_account_id="CN1", offset=CLOSE
    )
    desk.refused(again, Reason.FILL_CLOSE_LOTS_TOO_FEW)


def test_a_close_of_yesterday_entered_late_pays_what_closing_that_day_cost(desk):
    """Monday's 3 lots, 2 of them closed on Monday and told on Tuesday: closing today is free."""
    desk.trade("ALPHA", BUY, 3, "40000", contract="CU06", offset=OPEN)
    desk.settle(venue="SHFE", CU06="40000")
    desk.next_day(TUESDAY, "SHFE")
    desk.trade("ALPHA", BUY, 1, "40000", contract="CU06", offset=OPEN)
    gross = {"contract": "CU06", "carrying_account_id": "CN1", "offset": CLOSE}
    late = enter("B1", SELL, "40000", {"ALPHA": 2}, **gross)
    assert only(desk.done(late), EnteredFillAllocated).fee_micros == 0
    ordinary = enter("B2", SELL, "40000", {"ALPHA": 1}, clearing_day=TUESDAY, **gross)
    assert only(desk.done(ordinary), EnteredFillAllocated).fee_micros == money("10")


def test_a_fill_beyond_a_limit_is_booked_and_a_person_is_called(desk):
    """What was traded was traded; what follows is blocked as after any fill."""
    desk.done(define(limit("ALPHA", "CLM0", 5)))
    events = desk.done(enter("B1", BUY, "20", {"ALPHA": 6, "BETA": 1}))
    assert "worst case 6 lots long" in only(events, OperatorCalled).detail
    assert desk.net("ALPHA") == 6
    assert only(desk.submit("ALPHA", BUY, 1, at="20"), object).reason is Reason.POSITION_LIMIT


def test_a_halted_account_takes_its_fills_all_the_same(desk):
    halt(desk)
    desk.done(enter("B1", BUY, "20", {"ALPHA": 2}))
    assert desk.net("ALPHA") == 2


def test_a_fill_that_covers_the_deficit_says_so(desk):
    """Over-granted at 12.50; 400 lots short sold at 25 by phone bring 5m back."""
    lose_all(desk)
    events = desk.done(enter("B1", SELL, "25", {"ALPHA": 400}))
    assert "OverGrantedChanged" in kinds(events)
    assert only(events, EnteredFillAllocated).price_nanos == price("25")
