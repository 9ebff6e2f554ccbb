"""Books: cash, lots, unpaid variation and the laws that join virtual and carrying books."""

from datetime import date

from fencang.messages.commands import OpeningCash, OpeningLots
from fencang.messages.events import (
    CashWithdrawn,
    ContractExpired,
    CurrencyConverted,
    FillSuspended,
    OpeningBookImported,
    OverGrantedChanged,
    SuspenseAssigned,
    TradingStateSet,
)
from fencang.messages.message import Offset, TradingState
from tests.projections.desk_sample import (
    BUY,
    DESK,
    NANOS,
    SELL,
    USD,
    Pen,
    allocated,
    booked,
    deposit,
    margin,
    marked,
    rated,
    settled,
    transfer,
)


def funded():
    return Pen(DESK, deposit(1_000 * USD), transfer("@reserve:FUND", "A", 400 * USD))


def assert_laws(books):
    assert books.cash_gaps() == {}
    assert books.lot_gaps() == {}


def test_deposits_and_transfers_are_double_entries():
    pen = funded()
    pen.write(
        CashWithdrawn(
            carrying_account_id="C1", owner_id="FUND", currency="USD", amount_micros=100 * USD
        )
    )
    books = pen.view.books
    assert books.cash("@reserve:FUND") == {"USD": 500 * USD}
    assert books.cash("A") == {"USD": 400 * USD}
    assert books.carrying_cash("C1") == {"USD": 900 * USD}
    assert_laws(books)


def test_a_day_in_crude_by_hand():
    """2 lots bought at 50.00, fee 5; marked 49.00 → USD -2,000 unpaid; settled 51.00 → +2,000."""
    pen = funded()
    pen.write(booked(1, 2, 50), allocated(1, "A", 2, 50, fee=5 * USD))
    pen.write(marked(CLH8=49))
    books = pen.view.books
    assert books.equity_micros("A") == (400 - 5 - 2_000) * USD
    pen.write(settled("CLH8", 51, {"A": 2_000 * USD}))
    assert books.equity_micros("A") == (400 - 5 + 2_000) * USD
    assert books.cash("A") == {"USD": (400 - 5 + 2_000) * USD}
    assert books.variation("A") == {"USD": 2_000 * USD}
    assert books.fees("A") == {"USD": 5 * USD}
    assert books.net_lots("A") == {"CLH8": 2}
    assert_laws(books)


def test_a_sale_through_zero_turns_a_net_position():
    pen = funded()
    pen.write(booked(1, 2, 50), allocated(1, "A", 2, 50))
    pen.write(booked(2, 5, 52, SELL), allocated(2, "A", 5, 52, SELL))
    books = pen.view.books
    assert books.positions("A") == [("C1", "CLH8", 0, 3)]
    assert books.carrying_positions("C1") == [("C1", "CLH8", 0, 3)]
    pen.write(settled("CLH8", 52, {"A": 4_000 * USD}))
    assert books.equity_micros("A") == 4_400 * USD


def test_a_gross_account_keeps_both_sides_apart():
    pen = funded()
    gross = {"account": "G1"}
    for order_id, side, offset in ((1, BUY, Offset.OPEN), (2, SELL, Offset.OPEN)):
        pen.write(
            booked(order_id, 3, 50, side, offset=offset, **gross),
            allocated(order_id, "A", 3, 50, side, offset=offset, **gross),
        )
    pen.write(
        booked(3, 1, 50, SELL, offset=Offset.CLOSE, **gross),
        allocated(3, "A", 1, 50, SELL, offset=Offset.CLOSE, **gross),
    )
    assert pen.view.books.positions("A") == [("G1", "CLH8", 2, 3)]
    assert_laws(pen.view.books)


def test_suspense_lots_move_with_price_and_fee_when_assigned():
    pen = funded()
    same = {
        "execution_id": "x",
        "carrying_account_id": "C1",
        "contract_id": "CLH8",
        "side": BUY,
        "offset": Offset.NET,
        "price_nanos": 50 * NANOS,
    }
    pen.write(
        booked(None, 4, 50),
        FillSuspended(quantity_lots=4, fee_micros=4 * USD, detail="", **same),
    )
    books = pen.view.books
    assert books.positions("@suspense:C1") == [("C1", "CLH8", 4, 0)]
    pen.write(
        SuspenseAssigned(sub_account_id="A", quantity_lots=3, fee_micros=3 * USD, reason="", **same)
    )
    assert books.net_lots("@suspense:C1") == {"CLH8": 1}
    assert books.net_lots("A") == {"CLH8": 3}
    assert books.fees("A") == {"USD": 3 * USD}
    assert_laws(books)


def test_foreign_cash_is_valued_at_the_last_rate_and_conversion_stays_double():
    pen = funded()
    pen.write(rated(EUR=1.1))
    pen.write(
        CurrencyConverted(
            book_id="A",
            carrying_account_id="C1",
            sold_currency="USD",
            sold_micros=110 * USD,
            bought_currency="EUR",
            bought_micros=100 * USD,
            rate_source="bank",
        )
    )
    books = pen.view.books
    assert books.cash("A") == {"EUR": 100 * USD, "USD": 290 * USD}
    assert books.equity_micros("A") == 400 * USD
    assert_laws(books)


def test_an_opening_book_carries_what_was_already_settled():
    pen = Pen(DESK)
    lots = OpeningLots("A", "C1", "CLH8", BUY, 2, 40 * NANOS, date(2018, 1, 2), 50 * NANOS)
    cash = OpeningCash(None, "FUND", "C1", "USD", 7 * USD)
    pen.write(OpeningBookImported(source="old", lots=(lots,), cash=(cash,)))
    pen.write(marked(CLH8=51))
    books = pen.view.books
    assert books.equity_micros("A") == 2_000 * USD
    assert books.equity_micros("@reserve:FUND") == 7 * USD
    assert_laws(books)


def test_expiry_closes_the_contract_everywhere():
    pen = funded()
    pen.write(booked(1, 2, 50), allocated(1, "A", 2, 50))
    pen.write(
        settled("CLH8", -37, {"A": -174_000 * USD}),
        ContractExpired(contract_id="CLH8", final_price_nanos=-37 * NANOS),
    )
    books = pen.view.books
    assert books.positions("A") == []
    assert books.equity_micros("A") == (400 - 174_000) * USD
    assert_laws(books)


def test_standing_and_trading_state_are_the_last_said():
    pen = funded()
    pen.write(margin(A=(5, 3), **{"@pool:FUND": (9, 4)}))
    pen.write(
        TradingStateSet(node_id="A", trading_state=TradingState.HALTED, reason="loss"),
        OverGrantedChanged(owner_id="FUND", is_over_granted=True, uncovered_micros=12),
    )
    books = pen.view.books
    assert books.standing("@pool:FUND").requirement_micros == 4
    assert books.standing("B").equity_micros == 0
    assert books.trading_state("A") is TradingState.HALTED
    assert books.trading_state("B") is TradingState.ACTIVE
    assert books.uncovered_micros("FUND") == 12
    assert books.margin_day == 20180205
