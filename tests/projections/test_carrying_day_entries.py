"""What a carrying day has of corrections, late fills, wires, interest, premiums and exercises."""

from fencang.messages.commands import CloseSession
from fencang.messages.message import Offset, Side
from fencang.messages.option_commands import ExerciseKind
from fencang.projections.carrying_days import DayMend, DayPosition, Movement
from fencang.projections.carrying_lots import CarryingLots
from tests.engine.day_acts import correct as correct_settlement
from tests.engine.day_acts import open_day
from tests.engine.desk import BUY, CLOSE, CLOSE_TODAY, OPEN, SELL, trading_desk
from tests.engine.fill_acts import bought, bust, correct, enter
from tests.engine.firm import MONDAY, TUESDAY, WEDNESDAY, define, money, price
from tests.engine.money_firm import broker_pays, confirmed, post, row, with_terms
from tests.engine.option_firm import report, use_options
from tests.projections.test_carrying_days import folded

NOTHING = DayPosition()


def terms(fills):
    return [(fill.execution_id, fill.side, fill.quantity_lots, fill.price_nanos) for fill in fills]


def test_a_fill_corrected_on_its_day_has_its_right_terms():
    desk = trading_desk()
    first, second = bought(desk, 3, "3000", contract="ESM0"), bought(desk, 2, "20")
    desk.done(correct(first, 2, "3001", "k1"))
    desk.done(bust(second, "k2"))
    monday = folded(desk).day("C1", MONDAY)
    assert terms(monday.fills) == [(first, BUY, 2, price("3001"))]
    assert monday.fills[0].fee_micros == money("4.90")
    assert monday.movements["USD", Movement.FEES] == money("-4.90")
    assert monday.positions == {"ESM0": DayPosition(2, 0)}
    assert monday.mends == []


def test_a_fill_corrected_later_is_entered_on_the_later_day():
    """Two lots too many at the wrong price: on Tuesday 5 go back at 20, 3 come in at 20.50."""
    desk = trading_desk()
    first = bought(desk, 5, "20")
    desk.settle(CLM0="21")
    before = folded(desk).day("C1", MONDAY)
    desk.next_day(TUESDAY)
    desk.done(correct(first, 3, "20.50", "k1"))
    days = folded(desk)
    assert days.day("C1", MONDAY) == before
    tuesday = days.day("C1", TUESDAY)
    back, right = (first, SELL, 5, price("20")), ("k1", BUY, 3, price("20.50"))
    assert terms(tuesday.fills) == [back, right]
    assert tuesday.mends == [DayMend("k1", "CLM0", MONDAY, "USD", 0, first)]
    assert tuesday.positions == {"CLM0": DayPosition(3, 0)}
    desk.done(correct("k1", 4, "20.50", "k2"))
    fills = folded(desk).day("C1", TUESDAY).fills
    assert terms(fills) == [back, ("k1", BUY, 4, price("20.50"))]
    desk.next_day(WEDNESDAY)
    desk.done(bust(first, "k3"))
    wednesday = folded(desk).day("C1", WEDNESDAY)
    assert terms(wednesday.fills) == [("k1", SELL, 4, price("20.50"))]
    assert wednesday.positions == {}
    assert wednesday.mends == [DayMend("k3", "CLM0", MONDAY, "USD", 0, "k1")]


def test_fees_go_back_with_the_fill_that_paid_them():
    desk = trading_desk()
    first = bought(desk, 2, "3000", contract="ESM0")
    desk.next_day(TUESDAY)
    desk.done(correct(first, 3, "3000", "k1"))
    tuesday = folded(desk).day("C1", TUESDAY)
    assert [fill.fee_micros for fill in tuesday.fills] == [money("-4.90"), money("7.35")]
    assert tuesday.movements == {("USD", Movement.FEES): money("-2.45")}


def test_what_a_day_lacks_to_a_minimum_is_among_its_fees():
    """4.00 with the fills and 6.00 at the settlement; the fills keep what they paid themselves."""
    desk = trading_desk()
    desk.done(define(row("x", per_lot_micros=money("1"), day_minimum_micros=money("10"))))
    bought(desk, 4, "20")
    desk.settle(CLM0="20")
    desk.next_day(TUESDAY)
    monday = folded(desk).day("C1", MONDAY)
    assert monday.movements["USD", Movement.FEES] == money("-10")
    assert [fill.fee_micros for fill in monday.fills] == [money("4")]


def test_a_late_fill_is_of_the_day_that_it_was_entered_on():
    desk = trading_desk()
    desk.next_day(TUESDAY)
    desk.done(enter("b1", BUY, "20", {"ALPHA": 3}))
    desk.done(enter("b2", BUY, "20", {"ALPHA": 1}, clearing_day=TUESDAY))
    days = folded(desk)
    assert days.day("C1", MONDAY).positions == {}
    tuesday = days.day("C1", TUESDAY)
    assert tuesday.positions == {"CLM0": DayPosition(4, 0)}
    assert [fill.execution_id for fill in tuesday.fills] == ["b1", "b2"]
    assert tuesday.mends == [DayMend("b1", "CLM0", MONDAY, "USD", 0, "b1", is_late_fill=True)]
    (late,) = days.late_fills("C1")
    assert (late.fill, late.clearing_day, late.booked_day) == (tuesday.fills[0], MONDAY, TUESDAY)
    assert late.last_day is None
    desk.settle(TUESDAY, CLM0="21")
    (late,) = folded(desk).late_fills("C1")
    assert late.last_day == TUESDAY


def test_a_late_fill_has_paid_its_fees_by_coming():
    """3 lots at 2.45."""
    desk = trading_desk()
    desk.next_day(TUESDAY)
    desk.done(enter("b1", BUY, "3000", {"ALPHA": 3}, "ESM0"))
    (mend,) = folded(desk).day("C1", TUESDAY).mends
    assert (mend.amount_micros, mend.is_late_fill) == (money("-7.35"), True)


def test_a_settlement_corrected_later_pays_on_the_later_day():
    """2 lots bought at 20, settled at 21 instead of 22: 2,000 on Tuesday."""
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 2, "20")
    desk.settle(CLM0="21")
    before = folded(desk).day("C1", MONDAY)
    desk.next_day(TUESDAY)
    desk.done(correct_settlement(MONDAY, "22"))
    desk.settle(TUESDAY, CLM0="23")
    days = folded(desk)
    assert days.day("C1", MONDAY) == before
    tuesday = days.day("C1", TUESDAY)
    assert tuesday.movements == {
        ("USD", Movement.CORRECTIONS): money("2000"),
        ("USD", Movement.VARIATION): money("2000"),
    }
    assert tuesday.settlements_before == {"CLM0": price("22")}
    assert tuesday.mends == [DayMend("", "CLM0", MONDAY, "USD", money("2000"))]


def test_a_settlement_corrected_on_its_day_has_its_right_price():
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 2, "20")
    desk.settle(CLM0="21")
    desk.done(correct_settlement(MONDAY, "22"))
    monday = folded(desk).day("C1", MONDAY)
    assert monday.settlements["CLM0"] == price("22")
    assert monday.movements["USD", Movement.VARIATION] == money("4000")
    assert monday.mends == []


def test_an_opened_day_begins_like_a_session():
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 1, "20")
    desk.done(CloseSession(venue_id="NYMEX"))
    desk.done(open_day(TUESDAY))
    desk.deposit("5")
    days = folded(desk)
    assert days.days("C1") == [MONDAY, TUESDAY]
    assert days.day("C1", MONDAY).positions == {"CLM0": DayPosition(1, 0)}
    assert days.day("C1", TUESDAY).movements == {("USD", Movement.TRANSFERS): money("5")}


def test_a_wire_moves_cash_when_it_is_confirmed():
    desk = trading_desk()
    with_terms(desk)
    before = folded(desk).day("C1", MONDAY).movements["USD", Movement.TRANSFERS]
    confirmed(desk, "1000")
    monday = folded(desk).day("C1", MONDAY)
    assert monday.movements["USD", Movement.TRANSFERS] == before - money("1000")


def test_interest_of_the_broker_is_a_movement_of_its_own():
    desk = trading_desk()
    desk.done(define(broker_pays(credit_ppm=36_000)))
    desk.done(post())
    monday = folded(desk).day("C1", MONDAY)
    assert monday.movements == {
        ("USD", Movement.INTEREST): money("1000"),
        ("USD", Movement.TRANSFERS): money("10000000"),
    }


def test_premiums_move_at_the_trade_and_exercise_opens_the_future():
    """2 calls at 1.50 cost 3,000; one is exercised and becomes a future at 20."""
    desk = trading_desk()
    use_options(desk)
    desk.trade("ALPHA", BUY, 2, "1.50", "LOC")
    desk.done(report(ExerciseKind.EXERCISED, 1))
    monday = folded(desk).day("C1", MONDAY)
    assert monday.movements["USD", Movement.PREMIUMS] == money("-3000")
    assert monday.positions == {"CLM0": DayPosition(1, 0), "LOC": DayPosition(1, 0)}
    assert terms(monday.exercises) == [
        ("X1:LOC:sell", SELL, 1, 0),
        ("X1:CLM0:buy", BUY, 1, price("20")),
    ]


def test_a_close_that_is_taken_back_leaves_todays_lots_as_they_were():
    """3 from before, 2 of today; a close of 4 leaves 1 of today, without it 2 are today's."""
    lots = CarryingLots()
    lots.trade(BUY, OPEN, 3)
    lots.begin_day()
    lots.trade(BUY, OPEN, 2)
    lots.trade(SELL, CLOSE, 4)
    assert lots.position() == DayPosition(1, 0, 1, 0)
    lots.trade(SELL, CLOSE, -4)
    assert lots.position() == DayPosition(5, 0, 2, 0)
    lots.trade(SELL, CLOSE_TODAY, 1)
    lots.trade(BUY, OPEN, -1, is_of_today=False)
    assert lots.position() == DayPosition(3, 0, 1, 0)
    lots.age(BUY, OPEN, 1)
    assert lots.position() == DayPosition(3, 0, 0, 0)
    lots.trade(Side.SELL, Offset.CLOSE, 3)
    assert lots.position() == NOTHING
    assert lots.is_flat


def test_a_corrected_premium_is_paid_on_the_day_of_the_correction():
    """2 calls at 1.50 cost 3,000; at 1.40 they should have cost 2,800; a bust gives 2,800 back."""
    desk = trading_desk()
    use_options(desk)
    first = bought(desk, 2, "1.50", contract="LOC")
    desk.next_day(TUESDAY)
    desk.done(correct(first, 2, "1.40", "k1"))
    tuesday = folded(desk).day("C1", TUESDAY)
    assert tuesday.movements == {("USD", Movement.PREMIUMS): money("200")}
    assert tuesday.mends == [DayMend("k1", "LOC", MONDAY, "USD", money("200"), first)]
    desk.done(bust(first, "k2"))
    tuesday = folded(desk).day("C1", TUESDAY)
    assert tuesday.movements == {("USD", Movement.PREMIUMS): money("3000")}
    assert tuesday.closing == {"USD": desk.cash("C1")}
