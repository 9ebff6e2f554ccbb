"""The rules of paper/matching.py as tables: one order or a few meet one bar."""

import pytest

from fencang.messages.message import Side, TimeInForce
from tests.gateways.paper_script import PaperScript

B, S = Side.BUY, Side.SELL
IOC, FOK = TimeInForce.IOC, TimeInForce.FOK

# Bars are (open, high, low, close); a price of None means that nothing trades.
ONE_ORDER = [
    # what, order, bar, price
    ("market buys at the open plus slippage", (B, {}), (50, 60, 40, 55), 52),
    ("market sells at the open less slippage", (S, {}), (50, 60, 40, 55), 48),
    ("slippage stays below the high", (B, {}), (59, 60, 40, 55), 60),
    ("slippage stays above the low", (S, {}), (41, 60, 40, 55), 40),
    ("a bar of one price takes the slippage in full", (B, {}), (50, 50, 50, 50), 52),
    ("market at negative prices", (B, {}), (-37, -30, -40, -38), -35),
    ("market at negative prices, sell", (S, {}), (-37, -30, -40, -38), -39),
    ("market at zero", (S, {}), (0, 0, 0, 0), -2),
    ("limit buy above the open gets the open", (B, {"limit": 53}), (50, 60, 40, 55), 50),
    ("limit sell below the open gets the open", (S, {"limit": 47}), (50, 60, 40, 55), 50),
    ("limit buy inside the bar gets its limit", (B, {"limit": 45}), (50, 60, 40, 55), 45),
    ("limit sell inside the bar gets its limit", (S, {"limit": 55}), (50, 60, 40, 55), 55),
    ("limit buy below the low rests", (B, {"limit": 39}), (50, 60, 40, 55), None),
    ("limit sell above the high rests", (S, {"limit": 61}), (50, 60, 40, 55), None),
    ("limit buy at the low trades without a queue", (B, {"limit": 40}), (50, 60, 40, 55), 40),
    ("limit buy at negative prices", (B, {"limit": -37}), (-30, -20, -40, -38), -37),
    ("limit sell at negative prices", (S, {"limit": -37}), (-45, -30, -50, -38), -37),
    ("limit of zero is a price", (B, {"limit": 0}), (5, 6, -1, 2), 0),
    ("stop buy inside the bar", (B, {"stop": 55}), (50, 60, 40, 55), 57),
    ("stop buy at the high", (B, {"stop": 60}), (50, 60, 40, 55), 60),
    ("stop buy not reached", (B, {"stop": 61}), (50, 60, 40, 55), None),
    ("stop buy gapped over", (B, {"stop": 45}), (50, 60, 40, 55), 52),
    ("stop sell inside the bar", (S, {"stop": 45}), (50, 60, 40, 55), 43),
    ("stop sell gapped over", (S, {"stop": 55}), (50, 60, 40, 55), 48),
    ("stop sell through zero", (S, {"stop": 0}), (3, 4, -5, -4), -2),
    ("stop limit buy inside the bar", (B, {"stop": 55, "limit": 58}), (50, 60, 40, 55), 57),
    ("stop limit is no worse than its limit", (B, {"stop": 55, "limit": 56}), (50, 60, 40, 55), 56),
    ("stop limit below its trigger rests", (B, {"stop": 55, "limit": 54}), (50, 60, 40, 55), None),
    (
        "stop limit gapped over is a limit order",
        (B, {"stop": 45, "limit": 48}),
        (50, 60, 40, 55),
        48,
    ),
    ("stop limit gapped over its limit", (B, {"stop": 45, "limit": 39}), (50, 60, 40, 55), None),
    ("IOC at the open", (B, {"limit": 50, "time_in_force": IOC}), (50, 60, 40, 55), 50),
    ("IOC sees only the open", (B, {"limit": 45, "time_in_force": IOC}), (50, 60, 40, 55), None),
    ("FOK at the open", (S, {"limit": 50, "time_in_force": FOK}), (50, 60, 40, 55), 50),
]


@pytest.mark.parametrize(
    ("what", "order", "prices", "price"), ONE_ORDER, ids=[row[0] for row in ONE_ORDER]
)
def test_one_order_meets_one_bar(what, order, prices, price):
    script = PaperScript.start(slippage_ticks=2)
    side, fields = order
    script.order(1, side, 10, **fields)
    script.bar(*prices)
    assert script.fills() == ([] if price is None else [(1, 10, price)])


# Orders are (id, side, lots, limit); None is a market order.
SHARED_VOLUME = [
    (
        "a market order goes first, then the better limit, then the older order",
        [(1, B, 10, 45), (2, B, 10, 46), (3, B, 10, 46), (4, B, 10, None)],
        (50, 60, 40, 55, 35),
        [(4, 10, 50), (2, 10, 46), (3, 10, 46), (1, 5, 45)],
    ),
    (
        "what trades at the open comes before what trades inside the bar",
        [(1, S, 10, 55), (2, B, 10, 51)],
        (50, 60, 40, 55, 15),
        [(2, 10, 50), (1, 5, 55)],
    ),
    (
        "between the sides the older order goes first",
        [(1, S, 10, None), (2, B, 10, None), (3, S, 10, None)],
        (50, 60, 40, 55, 15),
        [(1, 10, 50), (2, 5, 50)],
    ),
    (
        "volume that is not told does not bound",
        [(1, B, 1_000, None), (2, B, 1_000, 45)],
        (50, 60, 40, 55, None),
        [(1, 1_000, 50), (2, 1_000, 45)],
    ),
    ("no volume, no fill", [(1, B, 10, None)], (50, 60, 40, 55, 0), []),
]


@pytest.mark.parametrize(
    ("what", "orders", "prices", "fills"), SHARED_VOLUME, ids=[row[0] for row in SHARED_VOLUME]
)
def test_orders_share_the_volume_in_price_time_order(what, orders, prices, fills):
    script = PaperScript.start()
    for order_id, side, lots, limit in orders:
        script.order(order_id, side, lots, limit=limit)
    script.bar(*prices)
    assert script.fills() == fills


def test_all_orders_together_get_at_most_the_stated_share_of_the_volume():
    script = PaperScript.start(participation_max_ppm=100_000)
    script.order(1, B, 8)
    script.order(2, S, 8)
    script.bar(50, 60, 40, 55, 109)
    assert script.fills() == [(1, 8, 50), (2, 2, 50)]
    script.bar(51, 60, 40, 55, 109)
    assert script.fills() == [(2, 6, 51)]


def test_a_touched_limit_waits_for_the_queue_ahead_of_it():
    """Half of the first touching bar's 100 lots stand ahead: 30 touch, then 100, then the rest."""
    script = PaperScript.start(queue_ahead_ppm=500_000)
    script.order(1, B, 60, limit=40)
    script.bar(50, 60, 40, 55, 100)
    assert script.fills() == [(1, 50, 40)]
    script.bar(50, 60, 40, 55, 100)
    assert script.fills() == [(1, 10, 40)]


def test_a_market_that_goes_through_the_limit_skips_the_queue():
    script = PaperScript.start(queue_ahead_ppm=1_000_000)
    script.order(1, B, 60, limit=40)
    script.bar(50, 60, 40, 55, 100)
    assert script.fills() == []
    script.bar(50, 60, 39, 55, 100)
    assert script.fills() == [(1, 60, 40)]


def test_a_touch_without_told_volume_fills_only_without_a_queue():
    for queue_ahead_ppm, fills in ((0, [(1, 10, 40)]), (1, [])):
        script = PaperScript.start(queue_ahead_ppm=queue_ahead_ppm)
        script.order(1, B, 10, limit=40)
        script.bar(50, 60, 40, 55)
        assert script.fills() == fills


def test_ticks_use_up_the_queue_lot_by_lot():
    script = PaperScript.start(queue_ahead_lots=5)
    script.order(1, B, 4, limit=40)
    script.order(2, B, 4, limit=40)
    script.tick(40, 3)
    assert script.fills() == []
    script.tick(40, 4)
    assert script.fills() == [(1, 2, 40)]
    script.tick(40, 4)
    assert script.fills() == [(1, 2, 40), (2, 2, 40)]
    script.tick(39, 1)
    assert script.fills() == [(2, 1, 39)]


def test_shares_of_small_ticks_add_up():
    """A tenth of one-lot ticks is a lot every ten ticks, never ten lots on the tenth."""
    script = PaperScript.start(participation_max_ppm=100_000)
    script.order(1, B, 5)
    for _ in range(9):
        script.tick(40, 1)
    assert script.fills() == []
    script.tick(40, 1)
    assert script.fills() == [(1, 1, 40)]
    for _ in range(9):
        script.tick(40, 1)
    assert script.fills() == []


def test_lots_that_went_to_our_older_order_are_gone_for_the_younger():
    """Of 100 lots at the price 50 belong to others and 30 to the older order."""
    script = PaperScript.start(queue_ahead_ppm=500_000)
    script.order(1, B, 30, limit=40)
    script.order(2, B, 60, limit=40)
    script.bar(50, 60, 40, 55, 100)
    assert script.fills() == [(1, 30, 40), (2, 20, 40)]


def test_a_younger_order_with_a_shorter_queue_does_not_overtake():
    script = PaperScript.start(queue_ahead_ppm=2_000_000)
    script.order(1, B, 10, limit=40)
    script.bar(50, 60, 40, 55, 100)
    script.order(2, B, 10, limit=40)
    for _ in range(5):
        script.bar(50, 60, 40, 55, 20)
    assert script.fills() == []
    script.bar(50, 60, 40, 55, 25)
    assert script.fills() == [(1, 10, 40), (2, 10, 40)]


def test_a_triggered_stop_limit_rests_as_a_limit_order():
    script = PaperScript.start()
    script.order(1, B, 10, stop=55, limit=54)
    script.bar(50, 60, 40, 55)
    assert script.fills() == []
    script.bar(58, 59, 50, 55)
    assert script.fills() == [(1, 10, 54)]


def test_ioc_keeps_what_it_got_and_fok_wants_all():
    script = PaperScript.start()
    script.order(1, B, 10, limit=50, time_in_force=FOK)
    script.order(2, B, 10, limit=50, time_in_force=IOC)
    script.reports()
    script.bar(50, 60, 40, 55, 6)
    assert script.reports() == ["Cancelled 1", "Fill 2 6@50", "Cancelled 2"]
