"""Books: cash per currency, fees, and the position as a venue counts it."""

import pytest

from fencang.basics.price import NANOS
from fencang.ledger.book import (
    Book,
    CarryingBook,
    SignedPosition,
    add_cash,
    reserve_id,
    suspense_id,
)
from fencang.messages.message import Offset, Side
from tests.refdata.product_sample import CL


def test_the_desks_own_books_have_names_no_account_can_have():
    assert reserve_id("FUND") == "@reserve:FUND"
    assert suspense_id("C1") == "@suspense:C1"


def test_cash_stays_in_its_own_currency():
    cash = {}
    for currency, amount in (("USD", 5), ("EUR", 7), ("USD", -9)):
        add_cash(cash, currency, amount)
    assert cash == {"USD": -4, "EUR": 7}


def test_a_fee_is_paid_out_of_cash_and_remembered():
    book = Book("ALPHA", "FUND")
    book.pay_fee("USD", 7_350_000)
    book.pay_fee("USD", 650_000)
    book.pay_fee("CNY", 1)
    assert book.cash == {"USD": -8_000_000, "CNY": -1}
    assert book.fees == {"USD": 8_000_000, "CNY": 1}
    assert (book.book_id, book.owner_id, book.positions) == ("ALPHA", "FUND", {})


def test_a_carrying_book_opens_a_position_once():
    book = CarryingBook("C1")
    position = book.position("CLK0")
    position.long_lots = 3
    assert book.position("CLK0") is position
    assert book.position("CLM0").is_flat
    assert sorted(book.positions) == ["CLK0", "CLM0"]
    assert (book.carrying_account_id, book.cash) == ("C1", {})


def test_one_owners_cash_is_never_anothers():
    book = CarryingBook("C1")
    book.add_cash("FUND", "USD", 100)
    book.add_cash("FUND", "USD", -30)
    book.add_cash("CLIENT", "USD", 5)
    assert book.cash_of("FUND", "USD") == 70
    assert book.cash_of("CLIENT", "USD") == 5
    assert book.cash_of("CLIENT", "EUR") == 0
    assert book.cash == {("FUND", "USD"): 70, ("CLIENT", "USD"): 5}


@pytest.mark.parametrize(
    ("side", "offset", "lots"),
    [
        (Side.BUY, Offset.NET, (2, 0)),
        (Side.SELL, Offset.NET, (-2, 0)),
        (Side.BUY, Offset.OPEN, (2, 0)),
        (Side.SELL, Offset.OPEN, (0, 2)),
        (Side.SELL, Offset.CLOSE, (-2, 0)),
        (Side.BUY, Offset.CLOSE, (0, -2)),
        (Side.SELL, Offset.CLOSE_TODAY, (-2, 0)),
        (Side.BUY, Offset.CLOSE_YESTERDAY, (0, -2)),
    ],
)
def test_a_fill_changes_the_side_its_offset_names(side, offset, lots):
    """A close that nobody claims lowers a side below zero until somebody is found."""
    position = SignedPosition()
    position.trade(CL, side, offset, 2, -10 * NANOS)
    assert (position.long_lots, position.short_lots) == lots
    assert position.net_lots == 2 * side.sign
    assert position.carried_micros == side.sign * -20_000_000_000
    assert not position.is_flat


def test_a_carried_value_keeps_a_position_from_being_flat():
    position = SignedPosition()
    position.trade(CL, Side.BUY, Offset.NET, 2, 50 * NANOS)
    position.trade(CL, Side.SELL, Offset.NET, 2, 51 * NANOS)
    assert (position.net_lots, position.is_flat) == (0, False)
    assert position.settle(CL, 0) == 2_000_000_000
    assert position.is_flat


def test_equal_lots_on_both_sides_are_not_flat():
    position = SignedPosition()
    position.trade(CL, Side.BUY, Offset.OPEN, 1, NANOS)
    position.trade(CL, Side.SELL, Offset.OPEN, 1, NANOS)
    assert (position.net_lots, position.carried_micros, position.is_flat) == (0, 0, False)
