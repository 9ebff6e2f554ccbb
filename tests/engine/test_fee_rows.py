"""Fee rows at work: what a fill costs row by row, to whom, and how a minimum is counted."""

from fencang.messages.events import FillAllocated, FillSuspended, SuspenseAssigned
from fencang.messages.money_events import FillCharged
from fencang.refdata.contract import FeeSchedule
from fencang.refdata.fees import FeeKind
from tests.engine.desk import BUY, CLOSE, OPEN, SELL, all_of, assign, only, stray
from tests.engine.firm import CL, ES, TUESDAY, changed, define, money
from tests.engine.money_firm import row

ROWS = (
    row("exchange", "ES", FeeKind.EXCHANGE, per_lot_micros=money("1.18")),
    row("clearing", "ES", FeeKind.CLEARING, per_lot_micros=money("0.19")),
    row("NFA", "ES", FeeKind.REGULATORY, per_lot_micros=money("0.02")),
    row("commission", "ES", FeeKind.BROKER, per_lot_micros=money("0.85")),
    row("give-up", "ES", FeeKind.GIVE_UP, per_lot_micros=money("0.05")),
    row("volume rebate", "ES", FeeKind.EXCHANGE, per_lot_micros=money("-0.10"), is_rebate=True),
)
ROWS = tuple(changed(each, row_id=each.row_id.replace(" ", "-")) for each in ROWS)


def parts(event):
    return {part.row_id: part.amount_micros for part in event.parts}


def test_a_fill_is_charged_row_by_row_and_the_rows_sum_to_its_fee(desk):
    """3 lots of ES: 3.54 + 0.57 + 0.06 + 2.55 + 0.15 - 0.30 = 6.57 dollars."""
    desk.done(define(*ROWS))
    before = desk.cash("ALPHA")
    order_id = desk.accepted("ALPHA", BUY, 3, "ESM0", "3000")
    events = desk.fill(order_id, 3, "3000")
    charged = only(events, FillCharged)
    assert parts(charged) == {
        "NFA": money("0.06"),
        "clearing": money("0.57"),
        "commission": money("2.55"),
        "exchange": money("3.54"),
        "give-up": money("0.15"),
        "volume-rebate": money("-0.30"),
    }
    assert (charged.book_id, charged.order_id, charged.currency) == ("ALPHA", order_id, "USD")
    assert only(events, FillAllocated).fee_micros == money("6.57")
    assert desk.cash("ALPHA") == before - money("6.57")


def test_a_row_takes_the_place_of_the_products_own_of_that_name(desk):
    """ES states 2.05 commission and 0.40 clearing; a clearing row of 0.30 replaces the latter."""
    desk.done(define(row("clearing", "ES", FeeKind.CLEARING, per_lot_micros=money("0.30"))))
    desk.trade("ALPHA", BUY, 2, "3000", contract="ESM0")
    charged = only(desk.records[-1].events, FillCharged)
    assert parts(charged) == {"commission": money("4.10"), "clearing": money("0.60")}


def test_without_rows_nothing_is_told_beside_the_fill(desk):
    desk.trade("ALPHA", BUY, 2, "3000", contract="ESM0")
    assert all_of(desk.records[-1].events, FillCharged) == []


def test_closing_today_has_its_own_rates_by_lot_and_by_value(desk):
    """Copper at 40,000 × 5 t: 200,000 a lot.  Opening 0.05 per mille: 10 yuan a lot.

    Closing today is 0.1 per mille: 20; closing yesterday's costs the 10 again.
    """
    desk.done(
        define(
            changed(desk.state.products["CU"], fees=FeeSchedule()),
            row("exchange", "CU", value_ppb=50_000, close_today_value_ppb=100_000),
        )
    )
    desk.deposit("1000000", "CNY", account="CN1")
    desk.trade("ALPHA", BUY, 2, "40000", contract="CU06", offset=OPEN)
    assert desk.cash("ALPHA", "CNY") == money("-20")
    desk.trade("ALPHA", SELL, 1, "40000", contract="CU06", offset=CLOSE)
    assert desk.cash("ALPHA", "CNY") == money("-40")
    desk.next_day(TUESDAY, "SHFE")
    desk.trade("ALPHA", SELL, 1, "40000", contract="CU06", offset=CLOSE)
    assert desk.cash("ALPHA", "CNY") == money("-50")


def test_an_order_pays_the_minimum_once_and_more_when_its_fills_outgrow_it(desk):
    """1 a lot, at least 5 an order.  Fills of 2, 2, 3 lots: 5, then nothing, then 2."""
    desk.done(define(row("commission", per_lot_micros=money("1"), order_minimum_micros=money("5"))))
    order_id = desk.accepted("ALPHA", BUY, 7, at="20")
    fees = [only(desk.fill(order_id, lots, "20"), FillAllocated).fee_micros for lots in (2, 2, 3)]
    assert fees == [money("5"), 0, money("2")]
    second = desk.accepted("ALPHA", BUY, 1, at="20")
    assert only(desk.fill(second, 1, "20"), FillAllocated).fee_micros == money("5")


def test_a_stated_rebate_may_pay_the_fill(desk):
    """CL trades free; a maker rebate of 0.25 a lot pays ALPHA 1 dollar for 4 lots."""
    desk.done(define(row("maker", per_lot_micros=money("-0.25"), is_rebate=True)))
    before = desk.cash("ALPHA"), desk.cash("C1")
    desk.trade("ALPHA", BUY, 4, "20")
    assert (desk.cash("ALPHA"), desk.cash("C1")) == (before[0] + money("1"), before[1] + money("1"))


def test_suspended_lots_are_charged_and_take_their_fee_along(desk):
    """3 lots nobody ordered pay 6.57; ALPHA takes 1 of them with a third, rounded down: 2.19."""
    desk.done(define(*ROWS))
    name = stray(desk, BUY, 3, "3000", contract="ESM0")
    assert only(desk.records[-1].events, FillSuspended).fee_micros == money("6.57")
    charged = only(desk.records[-1].events, FillCharged)
    assert (charged.book_id, charged.order_id) == ("@suspense:C1", None)
    assert only(desk.done(assign(name, "ALPHA", 1)), SuspenseAssigned).fee_micros == money("2.19")


def test_a_row_begins_on_its_day(desk):
    desk.done(define(row("exchange", from_day=TUESDAY, per_lot_micros=money("1"))))
    desk.trade("ALPHA", BUY, 1, "20")
    assert desk.state.subs["ALPHA"].book.fees == {}
    desk.next_day(TUESDAY)
    desk.trade("ALPHA", BUY, 1, "20")
    assert desk.state.subs["ALPHA"].book.fees == {"USD": money("1")}


def test_faulty_rows_are_refused_by_name(desk):
    faulty = (
        row("a", per_lot_micros=-1),
        row("b", per_lot_micros=1, is_rebate=True),
        row("c", order_minimum_micros=1, is_rebate=True),
        row("d", scope="XX", carrying_account_id="C9", service_tier="gold"),
    )
    detail = desk.do(define(*faulty))[0].detail
    for words in (
        "items[0] FeeRow: per_lot_micros is below zero",
        "items[1] FeeRow: per_lot_micros is above zero",
        "items[2] FeeRow: order_minimum_micros",
        "no contract or product XX",
        "no carrying account C9",
        "no sub-account of service tier gold; there are standard",
    ):
        assert words in detail


def test_the_firms_products_are_what_the_numbers_say():
    assert CL.fees == FeeSchedule()
    assert ES.fees.per_lot_micros == money("2.05")
