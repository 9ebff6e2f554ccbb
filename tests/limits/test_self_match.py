"""Could two own orders trade, and does a trade look like one with oneself: by hand, and as laws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.engine.risk.own_orders import OwnOrders
from fencang.limits.self_match import Quote, SelfMatchTable, WashFill, could_trade, suspected
from fencang.messages.message import OrderType, Side
from fencang.refdata.self_match import SelfMatch, SelfMatchMode, SelfMatchScope
from tests.plain_core import plain_core_only

BUY, SELL = Side.BUY, Side.SELL
SECOND = 1_000_000_000


@pytest.mark.parametrize(
    ("buy", "sell", "always", "behind"),
    [
        # limit of the buy, stop of the buy, the same of the sell; stops meet all, or behind only
        ((100, None), (100, None), True, True),
        ((99, None), (100, None), False, False),
        ((-38, None), (-38, None), True, True),  # prices below zero are prices
        ((-39, None), (-38, None), False, False),
        ((0, None), (0, None), True, True),
        ((None, None), (10_000, None), True, True),  # a market order
        ((1, None), (None, None), True, True),
        ((95, None), (None, 90), True, False),  # a bid above a sell stop trades before it
        ((90, None), (None, 90), True, True),
        ((None, 110), (105, None), True, False),
        ((None, 110), (110, None), True, True),
        ((None, 110), (None, 90), True, False),  # both triggers, far apart
        ((None, 90), (None, 110), True, True),
    ],
)
def test_two_orders_could_trade(buy, sell, always, behind):
    one, other = Quote(BUY, *buy), Quote(SELL, *sell)
    for first, second in ((one, other), (other, one)):
        assert could_trade(first, second, stops_meet_all=True) is always
        assert could_trade(first, second, stops_meet_all=False) is behind


def test_orders_of_one_side_never_trade():
    assert not could_trade(Quote(BUY), Quote(BUY), stops_meet_all=True)


def test_a_stop_limit_order_trades_no_further_than_its_limit():
    assert Quote.of(BUY, OrderType.STOP_LIMIT, 106, 105) == Quote(BUY, 106)
    assert Quote.of(BUY, OrderType.STOP, None, 105) == Quote(BUY, None, 105)
    assert Quote.of(SELL, OrderType.MARKET, None, None) == Quote(SELL)


class Standing:
    """An order as the books of own orders look at it."""

    pending = pending_quantity_lots = filled_lots = 0
    pending_price_nanos = None

    def __init__(self, order_id, quote):
        self.order_id, self.terms, self.is_live = order_id, self, True
        self.side, self.contract_id = quote.side, "C"
        self.limit_price_nanos, self.stop_price_nanos = quote.limit_nanos, quote.stop_nanos
        self.order_type = OrderType.MARKET
        if quote.limit_nanos is not None:
            self.order_type = OrderType.LIMIT
        elif quote.stop_nanos is not None:
            self.order_type = OrderType.STOP


PRICES = st.integers(-3, 3)
QUOTES = st.one_of(
    st.builds(Quote, st.sampled_from(Side), PRICES),
    st.builds(Quote, st.sampled_from(Side), st.none(), PRICES),
    st.builds(Quote, st.sampled_from(Side)),
)


@plain_core_only
@given(st.lists(st.tuples(QUOTES, st.booleans()), max_size=30), QUOTES, st.booleans())
def test_the_books_find_what_the_readable_definition_names(orders, quote, meets_all):
    """Law: found by price = found by asking every order, whatever came and went before."""
    book, standing = OwnOrders(), []
    for number, (own, ends) in enumerate(orders):
        order = Standing(number, own)
        book.put(order, ("P",))
        standing.append(order)
        if ends:
            gone = standing[number // 2]
            gone.is_live = False
            book.put(gone, ("P",))
    met = {
        order.order_id
        for order in standing
        if order.is_live
        and could_trade(
            quote,
            Quote.of(order.side, order.order_type, order.limit_price_nanos, order.stop_price_nanos),
            stops_meet_all=meets_all,
        )
    }
    found = [order.order_id for order in book.met_by("P", "C", quote, stops_meet_all=meets_all)]
    assert sorted(found) == sorted(met)
    is_buy = quote.side is BUY
    limit = quote.limit_nanos
    assert not (book.is_clear("P", "C", limit, is_buy=is_buy) and met)
    assert list(book.met_by("Q", "C", quote, stops_meet_all=meets_all)) == []


@plain_core_only
def test_the_best_price_comes_first_and_the_older_order_of_a_price():
    book = OwnOrders()
    for order_id, price in ((1, 12), (2, 11), (3, 11), (4, 13)):
        book.put(Standing(order_id, Quote(SELL, price)), ("P",))
    met = book.met_by("P", "C", Quote(BUY, 12), stops_meet_all=True)
    assert [order.order_id for order in met] == [2, 3, 1]


def fill(side=BUY, time_s=0, price=100, who=("A",)):
    return WashFill(time_s * SECOND, "C1", f"x{time_s}{side}", side, 1, price, who)


@pytest.mark.parametrize(
    ("earlier", "is_suspected"),
    [
        (fill(SELL, 0), False),  # the same sub-account
        (fill(SELL, 0, who=("B",)), True),
        (fill(SELL, 0, who=("A", "B")), True),
        (fill(BUY, 0, who=("B",)), False),
        (fill(SELL, 0, 102, who=("B",)), True),
        (fill(SELL, 0, 103, who=("B",)), False),
        (fill(SELL, 0, 98, who=("B",)), True),
    ],
)
def test_a_trade_is_suspected(earlier, is_suspected):
    bounds = {"window_ns": 10 * SECOND, "distance_nanos": 2, "within_one": False}
    assert (suspected(fill(BUY, 10), [earlier], **bounds) is earlier) is is_suspected
    assert suspected(fill(BUY, 11), [earlier], **bounds) is None
    within = {**bounds, "within_one": True}
    assert (suspected(fill(BUY, 10), [fill(SELL)], **within)) is not None


def test_the_nearest_mode_and_the_strictest_numbers_bind():
    table = SelfMatchTable()
    scope, modes = SelfMatchScope.OWNER, SelfMatchMode
    table.set(SelfMatch("MASTER", modes.CANCEL_OLDEST, scope, False, 5, 1, 9))
    path = ("NEST", "ALPHA", "MASTER", "carrying:C1", "venue:V", "person:P")
    assert table.binding(path, 3) == (modes.CANCEL_OLDEST, "MASTER", 5, 1, 9, "MASTER")
    table.set(SelfMatch("venue:V", mode=modes.DECREMENT))
    assert table.binding(path, 3).node_id == "venue:V"
    table.set(SelfMatch("carrying:C1", mode=modes.CANCEL_NEWEST))
    assert table.binding(path, 3).node_id == "carrying:C1"
    table.set(SelfMatch("person:P", mode=modes.CANCEL_BOTH, wash_window_ns=7))
    table.set(SelfMatch("ALPHA", wash_price_ticks=0, wash_count_max=3))
    assert table.binding(path, 3) == (modes.CANCEL_BOTH, "person:P", 7, 1, 3, "ALPHA")
    table.set(SelfMatch("NEST", mode=modes.DECREMENT))
    assert table.binding(path, 3).mode is modes.DECREMENT
    assert (table.scope, table.stops_meet_all, table.window_ns_max) == (scope, False, 7)
    table.set(SelfMatch("person:P", mode=modes.CANCEL_BOTH, wash_window_ns=4))
    assert table.window_ns_max == 5, "the longest that is left"
