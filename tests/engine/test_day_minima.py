"""The least that a day's fills pay at a carrying account: who pays the rest, when, and back."""

from fencang.ledger.fees import FeePlace
from fencang.messages import commands as cmd
from fencang.messages.day_commands import CloseTradingDay, SettleContracts, SettlementPrice
from fencang.messages.fee_events import DayMinimumCharged
from tests.engine.desk import BUY, SELL, all_of, assign, kinds, only, stray
from tests.engine.fill_acts import bust, correct, enter
from tests.engine.firm import MONDAY, TUESDAY, define, money, price
from tests.engine.money_firm import row


def ten_a_day(**more):
    """Return 1.00 a lot and at least 10.00 a day."""
    return row("commission", per_lot_micros=money("1"), day_minimum_micros=money("10"), **more)


def charged(events):
    """Return what each book paid on top, by book."""
    event = only(events, DayMinimumCharged)
    return {part.book_id: part.amount_micros for part in event.books}


def test_what_a_day_lacks_is_charged_when_it_is_settled(desk):
    """ALPHA bought 3 lots, BETA 1: 4.00 paid, 6.00 lack; three quarters of it are ALPHA's."""
    desk.done(define(ten_a_day()))
    desk.trade("ALPHA", BUY, 3, "20")
    desk.trade("BETA", BUY, 1, "20")
    before = [desk.cash(name) for name in ("ALPHA", "BETA", "C1")]
    events = desk.settle(CLM0="20")
    event = only(events, DayMinimumCharged)
    assert charged(events) == {"ALPHA": money("4.50"), "BETA": money("1.50")}
    assert (event.minimum_micros, event.fills_micros) == (money("10"), money("4"))
    assert (event.trading_day, event.row_id, event.currency) == (MONDAY, "commission", "USD")
    after = [desk.cash(name) for name in ("ALPHA", "BETA", "C1")]
    paid = [one - other for one, other in zip(before, after, strict=True)]
    assert paid == [money("4.50"), money("1.50"), money("6")]
    assert desk.state.subs["ALPHA"].book.fees == {"USD": money("7.50")}


def test_the_margin_that_is_published_knows_of_it(desk):
    desk.done(define(ten_a_day()))
    desk.trade("ALPHA", BUY, 4, "20")
    names = kinds(desk.settle(CLM0="20"))
    assert names.index("DayMinimumCharged") < names.index("MarginPublished")


def test_a_micro_is_neither_lost_nor_made(desk):
    """8.000001 lack, by thirds: 2.666667, 2.666667 and 2.666667 are what the running sums say."""
    least = money("11.000001")
    desk.done(define(row("x", per_lot_micros=money("1"), day_minimum_micros=least)))
    for sub in ("ALPHA", "BETA"):
        desk.trade(sub, BUY, 1, "20")
    stray(desk, BUY, 1, "20")
    found = charged(desk.settle(CLM0="20"))
    assert found == {"@suspense:C1": 2_666_667, "ALPHA": 2_666_667, "BETA": 2_666_667}


def test_a_day_that_paid_enough_or_had_no_fill_costs_nothing_more(desk):
    desk.done(define(ten_a_day()))
    assert all_of(desk.settle(CLM0="20"), DayMinimumCharged) == []
    desk.next_day(TUESDAY)
    desk.trade("ALPHA", BUY, 10, "20")
    assert all_of(desk.settle(TUESDAY, CLM0="20"), DayMinimumCharged) == []


def test_a_row_may_be_a_minimum_and_nothing_else(desk):
    desk.done(define(row("ticket", day_minimum_micros=money("5"))))
    desk.trade("ALPHA", BUY, 2, "20")
    assert desk.state.subs["ALPHA"].book.fees == {}
    assert charged(desk.settle(CLM0="20")) == {"ALPHA": money("5")}


def test_a_fill_after_settlement_brings_back_what_it_covers(desk):
    """4.00 paid and 6.00 on top; 3 lots more pay 3.00, and the next day begins with 3.00 back.

    By lots that is ALPHA 3 of 7 and BETA 4 of 7 of the 3.00 that lack now.
    """
    desk.done(define(ten_a_day()))
    desk.trade("ALPHA", BUY, 3, "20")
    desk.trade("BETA", BUY, 1, "20")
    desk.settle(CLM0="20")
    desk.trade("BETA", BUY, 3, "20")
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    events = desk.open("NYMEX", TUESDAY)
    assert kinds(events)[:2] == ["DayMinimumCharged", "SessionOpened"]
    assert charged(events) == {
        "ALPHA": 1_285_714 - money("4.50"),
        "BETA": 1_714_286 - money("1.50"),
    }
    assert only(events, DayMinimumCharged).trading_day == MONDAY
    assert desk.state.funds.day_charges.found == {}


def test_a_bust_of_the_day_counts_before_the_day_is_left(desk):
    """The only fill never was: its fee comes back with the bust, the minimum with the closing."""
    desk.done(define(ten_a_day()))
    desk.trade("ALPHA", BUY, 4, "20")
    name = f"x{desk.executions}"
    before = desk.cash("ALPHA")
    desk.settle(CLM0="20")
    desk.done(bust(name))
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    closing = CloseTradingDay(venue_id="NYMEX", trading_day=MONDAY, entered_by="ops")
    assert charged(desk.done(closing)) == {"ALPHA": money("-6")}
    assert desk.cash("ALPHA") == before + money("4")


def test_a_correction_of_the_day_counts_by_its_lots(desk):
    desk.done(define(ten_a_day()))
    desk.trade("ALPHA", BUY, 4, "20")
    desk.done(correct(f"x{desk.executions}", 6, "20"))
    assert charged(desk.settle(CLM0="20")) == {"ALPHA": money("4")}


def test_a_fill_of_an_earlier_day_is_too_late_for_its_minimum(desk):
    desk.done(define(ten_a_day()))
    desk.next_day(TUESDAY)
    desk.done(enter("B1", BUY, "20", {"ALPHA": 2}))
    assert all_of(desk.settle(TUESDAY, CLM0="20"), DayMinimumCharged) == []


def test_whoever_took_lots_out_of_suspense_pays_for_them(desk):
    desk.done(define(ten_a_day()))
    desk.done(assign(stray(desk, BUY, 4, "20"), "BETA", 4))
    assert charged(desk.settle(CLM0="20")) == {"BETA": money("6")}


def test_slices_charge_the_products_that_they_settle(desk):
    desk.done(define(ten_a_day(), ten_a_day(scope="ES")))
    desk.trade("ALPHA", BUY, 4, "20")
    desk.trade("ALPHA", SELL, 1, "3000", contract="ESM0")
    prices = (SettlementPrice(contract_id="CLM0", price_nanos=price("20")),)
    command = SettleContracts(
        venue_id="NYMEX", trading_day=MONDAY, source="feed", prices=prices, entered_by="ops"
    )
    assert only(desk.done(command), DayMinimumCharged).product_id == "CL"


def test_each_carrying_account_is_asked_for_its_own(desk):
    """A row for one account narrows the one for all: C1 is asked for 3.00, OMNI for 10.00."""
    narrow = row(
        "commission",
        per_lot_micros=money("1"),
        day_minimum_micros=money("3"),
        carrying_account_id="C1",
    )
    desk.done(define(ten_a_day(), narrow))
    desk.fund("FUNDOMNI", "300000", account="OMNI")
    desk.trade("ALPHA", BUY, 1, "20")
    desk.trade("FUNDOMNI", BUY, 1, "20")
    found = all_of(desk.settle(CLM0="20"), DayMinimumCharged)
    assert [(e.carrying_account_id, e.books[0].amount_micros) for e in found] == [
        ("C1", money("2")),
        ("OMNI", money("9")),
    ]


def test_statements_of_a_minimum_that_nobody_can_be_asked_for_are_refused(desk):
    faulty = (
        ten_a_day(service_tier="standard"),
        row("b", "CLM0", day_minimum_micros=1),
        row("c", day_minimum_micros=1, is_rebate=True),
    )
    detail = desk.do(define(*faulty))[0].detail
    for words in (
        "day_minimum_micros stands beside service_tier; it is asked of the carrying account",
        "day_minimum_micros is asked of a product, and CLM0 is a contract",
        "day_minimum_micros stands beside is_rebate; a rebate has no minimum",
    ):
        assert words in detail


def test_a_narrower_statement_without_a_minimum_counts_towards_the_products(desk):
    desk.done(define(ten_a_day(), row("commission", "CLM0", per_lot_micros=money("2"))))
    place = FeePlace("CLM0", "CL", "C1", "standard", MONDAY.toordinal())
    assert list(desk.state.fee_rows.day_rows(place)) == ["commission"]
    desk.trade("ALPHA", BUY, 4, "20")
    assert charged(desk.settle(CLM0="20")) == {"ALPHA": money("2")}
