"""Daily profit: exact per currency, valued once a day; conservation between books and accounts."""

from datetime import date

from hypothesis import given
from hypothesis import strategies as st

from fencang.messages.events import CurrencyConverted
from tests.projections.desk_sample import (
    DAY,
    DESK,
    USD,
    Pen,
    allocated,
    booked,
    day_settled,
    deposit,
    margin,
    opened,
    rated,
    settled,
    transfer,
)

NEXT = date(2018, 2, 6)


def funded():
    return Pen(DESK, deposit(1_000 * USD), transfer("@reserve:FUND", "A", 400 * USD))


def test_a_day_is_variation_less_fees_on_the_capital_it_began_with():
    pen = funded()
    pen.write(opened())
    pen.write(booked(1, 2, 50), allocated(1, "A", 2, 50, fee=5 * USD))
    pen.write(
        settled("CLH8", 51, {"A": 2_000 * USD}),
        day_settled(),
        margin(A=(2_395 * USD, 900 * USD), **{"@pool:FUND": (3_000 * USD, 900 * USD)}),
    )
    performance = pen.view.performance
    assert performance.days() == [20180205]
    assert performance.profit_micros("A", 20180205) == 1_995 * USD
    assert performance.profit_micros("@pool:FUND", 20180205) == 1_995 * USD
    assert performance.history("A", 10) == [(20180205, 1_995 * USD, 400 * USD)]
    assert performance.equity_curve("A") == [(20180205, 2_395 * USD)]
    assert performance.equity_curve("@pool:FUND") == [(20180205, 3_000 * USD)]
    assert performance.margin_use("@pool:FUND") == [(20180205, 300_000)]
    assert performance.capital_shares("FUND") == [(20180205, {"A": 1_000_000, "B": 0})]
    assert performance.first_day("A") == 20180205
    assert performance.first_day("B") is None
    assert performance.history("B", 10) == []


def test_moves_of_capital_are_not_profit_but_change_what_it_is_earned_on():
    pen = funded()
    pen.write(opened(), day_settled())
    pen.write(transfer("A", "@reserve:FUND", 100 * USD), transfer("@reserve:FUND", "B", 50 * USD))
    pen.write(
        rated(EUR=2),
        CurrencyConverted(
            book_id="A",
            carrying_account_id="C1",
            sold_currency="USD",
            sold_micros=100 * USD,
            bought_currency="EUR",
            bought_micros=50 * USD,
            rate_source="bank",
        ),
    )
    pen.write(opened(day=NEXT), day_settled(day=NEXT))
    performance = pen.view.performance
    assert performance.history("A", 9) == [(20180205, 0, 400 * USD), (20180206, 0, 300 * USD)]
    assert performance.history("B", 9) == [(20180206, 0, 50 * USD)]
    assert performance.history("A", 1) == [(20180206, 0, 300 * USD)]


def test_a_day_completes_when_every_venue_that_opened_it_has_settled():
    pen = funded()
    pen.write(rated(EUR=1.2), opened("NYMEX"), opened("EUREX"))
    pen.write(settled("CLH8", 50, {"A": 10 * USD}), day_settled("NYMEX"))
    performance = pen.view.performance
    assert performance.days() == []
    pen.write(settled("FDAX", 100, {"A": -5 * USD}, "EUR"), day_settled("EUREX"))
    assert performance.days() == [20180205]
    assert performance.profit_micros("A", 20180205) == 4 * USD


def test_a_venue_that_opens_a_completed_day_adds_to_its_row():
    pen = funded()
    pen.write(rated(EUR=1), opened("NYMEX"))
    pen.write(settled("CLH8", 50, {"A": 10 * USD}), day_settled("NYMEX"))
    pen.write(opened("EUREX"))
    pen.write(settled("FDAX", 100, {"A": 7 * USD}, "EUR"), day_settled("EUREX"))
    performance = pen.view.performance
    assert performance.days() == [20180205]
    assert performance.history("A", 9) == [(20180205, 17 * USD, 400 * USD)]


def test_a_fee_after_settlement_counts_to_the_next_day():
    pen = funded()
    pen.write(opened(), day_settled())
    pen.write(booked(1, 1, 50), allocated(1, "A", 1, 50, fee=3 * USD))
    pen.write(opened(day=NEXT), day_settled(day=NEXT))
    performance = pen.view.performance
    assert performance.profit_micros("A", 20180205) == 0
    assert performance.profit_micros("A", 20180206) == -3 * USD
    assert performance.profit_total_micros("A") == -3 * USD


def test_books_that_do_not_sum_to_the_carrying_account_are_shown():
    pen = funded()
    pen.write(opened(), settled("CLH8", 50, {"A": 10, "B": 5}, carrying=14), day_settled())
    assert pen.view.performance.unbalanced_days() == [20180205]
    assert pen.view.performance.row(20180205).unbalanced == {"USD": 1}


amounts = st.integers(-(10**15), 10**15)


@given(st.lists(st.tuples(amounts, amounts, amounts), min_size=1, max_size=8))
def test_subs_and_suspense_sum_to_the_pool_every_day(days):
    """Law: sum of the sub-accounts' daily profit + suspense == the pool's daily profit."""
    pen = funded()
    pen.write(rated(EUR=1.234567))
    for index, (first, second, suspense) in enumerate(days):
        day = date.fromordinal(DAY.toordinal() + index)
        pen.write(opened(day=day))
        parts = {"A": first, "B": second, "@suspense:C1": suspense}
        pen.write(settled("FDAX", 100, parts, "EUR"), day_settled(day=day))
    performance = pen.view.performance
    for row in performance.rows():
        books = sum(row.profit_micros.get(name, 0) for name in ("A", "B", "@suspense:C1"))
        assert books == performance.profit_micros("@pool:FUND", row.trading_day)
    assert performance.unbalanced_days() == []
    assert pen.view.books.cash_gaps() == {}
