"""Open lots: whose cost a close takes, under FIFO and at average cost."""

import pytest

from fencang.ledger.lots import OpenLots


def lots_of(*opened):
    lots = OpenLots()
    for day, quantity, cost in opened:
        lots.open(day, quantity, cost)
    return lots


def test_average_cost_is_one_pool():
    """2 lots at 100 and 1 at 103: closing 1 releases 101, the two that stay cost 202."""
    lots = lots_of((1, 2, 200), (1, 1, 103))
    assert lots.close_oldest(1, average=True) == 101
    assert (lots.quantity_lots, lots.cost_micros) == (2, 202)


def test_fifo_takes_the_cost_of_the_oldest():
    lots = lots_of((1, 2, 200), (1, 1, 103))
    assert lots.close_oldest(1, average=False) == 100
    assert lots.close_oldest(2, average=False) == 203
    assert (lots.quantity_lots, lots.cost_micros, len(lots.layers)) == (0, 0, 0)


@pytest.mark.parametrize(("sign", "released"), [(1, 3), (-1, -3)])
def test_an_average_share_rounds_half_away_and_nothing_is_lost(sign, released):
    """5 over 2 lots: 2.5 → 3, the remainder stays with the lot that stays."""
    lots = lots_of((1, 1, sign * 2), (2, 1, sign * 3))
    assert lots.close_oldest(1, average=True) == released
    assert lots.cost_micros == sign * 5 - released
    assert lots.close_oldest(1, average=True) == sign * 5 - released
    assert lots.cost_micros == 0


def test_lots_of_one_day_and_price_are_one_layer():
    lots = lots_of((1, 2, 200), (1, 3, 300), (1, 1, 101), (2, 1, 101), (2, 1, 101))
    assert [list(layer) for layer in lots.layers] == [[1, 5, 500], [1, 1, 101], [2, 2, 202]]
    assert (lots.quantity_lots, lots.cost_micros) == (8, 803)


def test_lots_at_zero_cost_are_one_layer_and_never_one_with_others():
    lots = lots_of((1, 2, 0), (1, 3, 0), (1, 1, 7), (1, 1, 0), (1, 1, -7))
    assert [layer[1:] for layer in lots.layers] == [[5, 0], [1, 7], [1, 0], [1, -7]]


def test_lots_of_a_day_are_counted_from_the_youngest():
    lots = lots_of((1, 2, 200), (2, 1, 90), (2, 3, 400))
    assert [lots.quantity_of_day(day) for day in (1, 2, 3)] == [0, 4, 0]
    assert OpenLots().quantity_of_day(1) == 0


def test_closing_today_leaves_yesterdays_lots_where_they_were():
    lots = lots_of((1, 2, 200), (2, 1, 90), (2, 3, 390))
    assert lots.close_of_last_day(2, average=False) == 90 + 130
    assert [list(layer) for layer in lots.layers] == [[1, 2, 200], [2, 2, 260]]
    assert lots.close_of_last_day(2, average=False) == 260
    assert lots.close_oldest(2, average=False) == 200


def test_closing_today_keeps_older_lots_in_the_order_they_were_opened():
    lots = lots_of((1, 1, 100), (2, 1, 200), (3, 1, 300), (4, 2, 800))
    assert lots.close_of_last_day(2, average=False) == 800
    assert [lots.close_oldest(1, average=False) for _ in range(3)] == [100, 200, 300]


def test_closing_today_at_average_cost_takes_its_share_of_the_pool():
    lots = lots_of((1, 2, 200), (2, 1, 103))
    assert lots.close_of_last_day(1, average=True) == 101
    assert [list(layer)[:2] for layer in lots.layers] == [[1, 2]]
    assert lots.cost_micros == 202


def test_clearing_drops_every_lot():
    lots = lots_of((1, 2, 200), (2, 1, 90))
    lots.clear()
    assert (lots.quantity_lots, lots.cost_micros, len(lots.layers)) == (0, 0, 0)


@pytest.mark.parametrize("average", [False, True])
def test_closing_nothing_changes_nothing(average):
    for lots in (lots_of((1, 3, -100)), OpenLots()):
        before = (lots.quantity_lots, lots.cost_micros)
        assert lots.close_oldest(0, average=average) == 0
        assert lots.close_of_last_day(0, average=average) == 0
        assert (lots.quantity_lots, lots.cost_micros) == before


@pytest.mark.parametrize("quantity", [-1, 4])
def test_closing_more_than_there_is_stops_the_process(quantity):
    for close in (OpenLots.close_oldest, OpenLots.close_of_last_day):
        with pytest.raises(AssertionError):
            close(lots_of((1, 3, 300)), quantity, average=False)
