"""Fee rows with steps at work: the carrying account's lots of the month, fill by fill."""

from datetime import date

from fencang.messages.events import FillAllocated
from fencang.messages.fill_events import EnteredFillAllocated, FillBusted, FillCorrected
from fencang.refdata.fees import FeeStep
from tests.engine.desk import BUY, SELL, only, stray
from tests.engine.fill_acts import bust, correct, enter
from tests.engine.firm import MONDAY, define, money
from tests.engine.money_firm import row

STEPS = (FeeStep(10, 950_000), FeeStep(25, 800_000))
FRIDAY = date(2020, 5, 29)
FIRST_OF_JUNE = date(2020, 6, 1)


def stepped(**more):
    """Return 1.20 a lot, 0.95 above 10 lots of the month, 0.80 above 25."""
    return row("commission", per_lot_micros=money("1.20"), steps=STEPS, **more)


def paid(desk, sub, lots, contract="CLM0"):
    """Return the fee of a fill, in dollars as text of micros."""
    order_id = desk.accepted(sub, BUY, lots, contract, at="20")
    return only(desk.fill(order_id, lots, "20"), FillAllocated).fee_micros


def test_a_fill_that_crosses_a_step_pays_both_rates(desk):
    """8 lots: 9.60.  Then 4: two at 1.20, two at 0.95 = 4.30.  Then 20: 13 × 0.95 + 7 × 0.80."""
    desk.done(define(stepped()))
    assert paid(desk, "ALPHA", 8) == money("9.60")
    assert paid(desk, "BETA", 4) == money("4.30")
    assert paid(desk, "ALPHA", 20, "CLN0") == money("17.95")


def test_the_month_begins_anew_with_its_first_trading_day(desk):
    desk.done(define(stepped()))
    desk.next_day(FRIDAY)
    assert paid(desk, "ALPHA", 12) == money("13.90")
    desk.next_day(FIRST_OF_JUNE)
    assert paid(desk, "ALPHA", 1) == money("1.20")


def test_lots_are_counted_before_a_row_is_stated_and_whoever_has_them(desk):
    """9 lots of nobody and 1 of BETA came before: ALPHA's are above 10."""
    stray(desk, BUY, 9, "20")
    desk.trade("BETA", SELL, 1, "20")
    desk.done(define(stepped()))
    assert paid(desk, "ALPHA", 2) == money("1.90")


def test_products_may_be_counted_together(desk):
    """8 lots of ES count for CL where its row says so; the row of ES counts ES alone."""
    desk.done(define(stepped(counted_products=("ES",)), stepped(scope="ES")))
    desk.trade("ALPHA", BUY, 8, "3000", contract="ESM0")
    assert paid(desk, "ALPHA", 4) == money("4.30")
    desk.trade("ALPHA", BUY, 1, "3000", contract="ESM0")
    charged = desk.records[-1].events[-1].parts
    assert {part.row_id: part.amount_micros for part in charged}["commission"] == money("1.20")


def test_a_rebate_grows_with_volume(desk):
    steps = (FeeStep(5, money("-0.25")),)
    desk.done(define(row("maker", per_lot_micros=money("-0.10"), steps=steps, is_rebate=True)))
    assert paid(desk, "ALPHA", 7) == money("-1.00")


def test_corrected_and_busted_fills_count_as_what_they_should_have_been(desk):
    """12 lots paid 13.90; two fewer bring back 2/12 of it, and the next lot is the 11th.

    A bust gives everything back: the month begins with the next fill.
    """
    desk.done(define(stepped()))
    assert paid(desk, "ALPHA", 12) == money("13.90")
    name = f"x{desk.executions}"
    mended = only(desk.done(correct(name, 10, "20")), FillCorrected).mends
    assert [mend.fee_micros for mend in mended] == [-2_316_667]
    assert paid(desk, "ALPHA", 1) == money("0.95")
    assert only(desk.done(bust(name, "never")), FillBusted).mends[0].fee_micros == -11_583_333
    assert paid(desk, "ALPHA", 9) == money("10.80")


def test_an_entered_fill_counts_for_the_month_of_its_clearing_day(desk):
    """Entered on the 1st of June for the 29th of May, after 9 lots: one at 1.20, one at 0.95."""
    desk.done(define(stepped()))
    desk.next_day(FRIDAY)
    desk.trade("ALPHA", BUY, 9, "20")
    desk.next_day(FIRST_OF_JUNE)
    late = enter("B1", BUY, "20", {"ALPHA": 2}, trade_day=FRIDAY, clearing_day=FRIDAY)
    assert only(desk.done(late), EnteredFillAllocated).fee_micros == money("2.15")
    assert paid(desk, "ALPHA", 1) == money("1.20")


def test_one_report_counts_its_own_parts(desk):
    """An entered fill of two legs: ALPHA's 8 lots come first, BETA pays as in a second fill."""
    desk.done(define(stepped()))
    fill = enter("B1", BUY, "20", {"ALPHA": 8, "BETA": 4}, clearing_day=MONDAY)
    parts = [e for e in desk.done(fill) if isinstance(e, EnteredFillAllocated)]
    assert [part.fee_micros for part in parts] == [money("9.60"), money("4.30")]


def test_faulty_steps_are_refused_by_name(desk):
    faulty = (
        stepped(close_today_per_lot_micros=0),
        row("b", steps=(FeeStep(10, 5), FeeStep(10, 4))),
        row("c", counted_products=("ES",)),
        row("d", steps=(FeeStep(10, -5),)),
        row("e", steps=STEPS, counted_products=("XX",)),
    )
    detail = desk.do(define(*faulty))[0].detail
    for words in (
        "steps stand beside close_today_per_lot_micros; state a row for each",
        "steps begin above [10, 10]; each begins above more lots than the one before",
        "counted_products is for rows with steps",
        "steps above 10 is below zero; only a row with is_rebate pays us",
        "no product XX",
    ):
        assert words in detail
