"""Read models beside the engine through slices, corrections and days that are closed."""

import pytest

from fencang.ledger.book import suspense_id
from fencang.projections.desk_view import DeskView
from tests.engine.day_acts import close_day, correct, open_day, settle_some, shut
from tests.engine.desk import BUY, SELL, trading_desk
from tests.engine.firm import MONDAY, TUESDAY, money
from tests.engine.random_desk import SUBS, Office
from tests.engine.test_random_life import LifeOffice


def viewed(desk):
    view = DeskView()
    for record in desk.records:
        view.apply(record)
    return view


def test_a_correction_counts_to_the_day_that_mends():
    """ALPHA made 1,000 on Monday; on Tuesday 1,000 more by the right price, and 500 by trading."""
    desk = trading_desk()
    desk.trade("ALPHA", BUY, 1, "20")
    desk.done(settle_some(CLM0="21"))
    shut(desk)
    desk.done(close_day())
    desk.done(open_day(TUESDAY))
    desk.open("NYMEX", TUESDAY)
    desk.trade("ALPHA", SELL, 1, "22.50")
    desk.done(correct(MONDAY, "22"))
    desk.settle(TUESDAY, CLM0="22.50")
    for venue in ("EUREX", "OSE", "SHFE"):
        desk.settle(venue=venue)
    view = viewed(desk)
    assert view.performance.profit_micros("ALPHA", 20200420) == money("1000")
    assert view.performance.profit_micros("ALPHA", 20200421) == money("1500")
    assert view.performance.unbalanced_days() == []
    assert view.books.equity_micros("ALPHA") == desk.equity("ALPHA") == money("1002500")


@pytest.mark.parametrize(
    ("kind", "seed"), [(Office, 2), (Office, 4), (Office, 6), (Office, 8), (LifeOffice, 1)]
)
def test_books_of_the_view_are_those_of_a_careless_office(kind, seed):
    office = kind(seed)
    for _ in range(200):
        office.step()
    desk, view = office.desk, viewed(office.desk)
    assert view.books.cash_gaps() == {}
    assert view.books.lot_gaps() == {}
    for book_id in (*SUBS, "@reserve:FUND", *map(suspense_id, ("C1", "CN1", "OMNI"))):
        for currency in ("USD", "CNY"):
            assert view.books.cash(book_id).get(currency, 0) == desk.cash(book_id, currency)
