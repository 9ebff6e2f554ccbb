"""A mended position is worth what the right trades would have been worth, whatever came between.

Trades come in any order over days; one of them is corrected or busted at the end.  Law: at every
price the position is worth (realised + unrealised, and carried value) exactly what it would have
been, had the fill been right from the beginning; without closes in between it is the very position.
"""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.ledger.mending import FillLots, add_lots, give_lots, reprice, take_back, take_lots
from fencang.ledger.position import Position, closed_lots, trade
from fencang.messages.message import Offset, Side
from fencang.refdata.contract import CostMethod, Product

NANOS = 1_000_000_000
PRODUCTS = [
    Product(
        product_id="P",
        venue_id="V",
        name="P",
        currency="USD",
        point_value_micros=7_000_000,
        tick_nanos=NANOS,
        cost_method=method,
    )
    for method in CostMethod
]
SIDES = st.sampled_from(list(Side))
LOTS = st.integers(1, 6)
PRICES = st.integers(-5, 9)
TRADES = st.lists(st.tuples(SIDES, LOTS, PRICES), min_size=1, max_size=8)
GROSS_TRADES = st.lists(st.tuples(SIDES, LOTS, PRICES, st.booleans()), min_size=1, max_size=8)


def worth(position, product, points):
    price = points * NANOS
    return position.realised_micros + position.unrealised_micros(product, price)


def book(position, product, trades, offsets, wrong=None):
    """Book trades two to a day; return what the wrong one did."""
    found = None
    for place, ((side, lots, points), offset) in enumerate(zip(trades, offsets, strict=True)):
        day = 100 + place // 2
        closed = trade(position, product, side, offset, lots, points * NANOS, day)
        if place == wrong:
            opened = lots - sum(piece[1] for piece in closed)
            found = FillLots(day, points * NANOS, opened, closed)
    return found


def mend(position, product, side, offset, fill, lots, points, *, is_gross):
    had = fill.quantity_lots
    if lots < had:
        take_back(position, product, side, fill, had - lots, is_gross=is_gross)
    if lots:
        reprice(position, product, side, fill, points * NANOS)
    if lots > had:
        add_lots(position, product, side, offset, fill, lots - had, 103)


def layers(position):
    return [[tuple(layer) for layer in lots.layers] for lots in (position.long, position.short)]


@given(TRADES, st.integers(0, 7), st.integers(0, 8), PRICES, st.sampled_from(PRODUCTS))
def test_a_mended_net_position_is_worth_what_the_right_trades_are(
    trades, wrong, lots, points, product
):
    wrong %= len(trades)
    position, right = Position(), Position()
    offsets = [Offset.NET] * len(trades)
    fill = book(position, product, trades, offsets, wrong)
    side = trades[wrong][0]
    mend(position, product, side, Offset.NET, fill, lots, points, is_gross=False)
    corrected = list(trades)
    corrected[wrong] = (side, lots, points)
    if not lots:
        del corrected[wrong]
    book(right, product, corrected, [Offset.NET] * len(corrected))
    assert position.net_lots == right.net_lots
    assert position.carried_micros == right.carried_micros
    for at in (-3, 0, 11):
        assert worth(position, product, at) == worth(right, product, at)
    for sides in (position.long, position.short):
        assert sides.quantity_lots == sum(layer[1] for layer in sides.layers)
        assert [layer[0] for layer in sides.layers] == sorted(layer[0] for layer in sides.layers)
        assert sides.quantity_lots or not sides.cost_micros
    assert not (position.long.quantity_lots and position.short.quantity_lots)


@given(TRADES, SIDES, LOTS, PRICES, st.sampled_from(PRODUCTS))
def test_a_fill_that_is_busted_at_once_leaves_the_very_position_before_it(
    trades, side, lots, points, product
):
    position, before = Position(), Position()
    offsets = [Offset.NET] * len(trades)
    book(position, product, trades, offsets)
    book(before, product, trades, offsets)
    closed = trade(position, product, side, Offset.NET, lots, points * NANOS, 110)
    opened = lots - sum(piece[1] for piece in closed)
    fill = FillLots(110, points * NANOS, opened, closed)
    take_back(position, product, side, fill, lots, is_gross=False)
    assert layers(position) == layers(before) or product.cost_method is CostMethod.AVERAGE
    assert (position.realised_micros, position.carried_micros) == (
        before.realised_micros,
        before.carried_micros,
    )
    assert (position.long.cost_micros, position.short.cost_micros) == (
        before.long.cost_micros,
        before.short.cost_micros,
    )


@given(TRADES, st.integers(0, 7), PRICES, st.sampled_from(PRODUCTS))
def test_a_corrected_price_keeps_lots_and_days(trades, wrong, points, product):
    wrong %= len(trades)
    position, before = Position(), Position()
    offsets = [Offset.NET] * len(trades)
    fill = book(position, product, trades, offsets, wrong)
    book(before, product, trades, offsets)
    reprice(position, product, trades[wrong][0], fill, points * NANOS)
    for side in ("long", "short"):
        mended, old = getattr(position, side), getattr(before, side)
        days = {layer[0] for layer in (*mended.layers, *old.layers)}
        for day in days:
            lots = [sum(x[1] for x in found.layers if x[0] == day) for found in (mended, old)]
            assert lots[0] == lots[1]


@given(GROSS_TRADES, st.integers(0, 7), PRICES, st.sampled_from(PRODUCTS))
def test_a_gross_bust_gives_back_what_the_side_holds(drawn, wrong, at, product):
    """Closes that find nothing to close are left out, as the desk leaves them to suspense."""
    position, trades, offsets = Position(), [], []
    for place, (side, lots, points, closes) in enumerate(drawn):
        offset = Offset.CLOSE if closes else Offset.OPEN
        day = 100 + len(trades) // 2
        if closes and closed_lots(position, side, offset, lots, day).closes < lots:
            continue
        trade(position, product, side, offset, lots, points * NANOS, day)
        trades.append((side, lots, points))
        offsets.append(offset)
        assert place >= len(trades) - 1
    if not trades:
        return
    wrong %= len(trades)
    position = Position()
    fill = book(position, product, trades, offsets, wrong)
    side, lots, points = trades[wrong]
    own = position.long if side is Side.BUY else position.short
    given_back = lots if offsets[wrong] is Offset.CLOSE else min(lots, own.quantity_lots)
    before = worth(position, product, at)
    net = position.net_lots
    take_back(position, product, side, fill, given_back, is_gross=True)
    assert position.net_lots == net - side.sign * given_back
    change = side.sign * given_back * (points - at) * 7_000_000
    assert worth(position, product, at) - before == change


@given(TRADES, st.integers(1, 6), PRICES, st.sampled_from(PRODUCTS))
def test_lots_that_move_are_worth_the_same_with_both_together(trades, lots, at, product):
    giver, receiver = Position(), Position()
    book(giver, product, trades, [Offset.NET] * len(trades))
    side = Side.BUY if giver.net_lots > 0 else Side.SELL
    own = giver.long if side is Side.BUY else giver.short
    lots = min(lots, own.quantity_lots)
    if not lots:
        return
    before = worth(giver, product, at)
    unit = product.value_micros(at * NANOS, 1)
    pieces = [[day, part, unit * part] for day, part, _ in own.pieces(lots, of_last_day=False)]
    give_lots(giver, product, side, lots, unit * lots)
    take_lots(receiver, product, side, pieces, is_gross=False)
    assert worth(giver, product, at) == before
    assert worth(receiver, product, at) == 0
    assert receiver.net_lots == side.sign * lots
    assert receiver.carried_micros == side.sign * unit * lots


@pytest.mark.parametrize("product", PRODUCTS)
def test_the_worked_numbers_of_the_module(product):
    """5 at 20, 2 sold at 21; corrected to 19; or busted."""
    trades = [(Side.BUY, 5, 20), (Side.SELL, 2, 21)]
    position = Position()
    fill = book(position, product, trades, [Offset.NET] * 2, 0)
    reprice(position, product, Side.BUY, fill, 19 * NANOS)
    assert position.realised_micros == 4 * 7_000_000
    position = Position()
    fill = book(position, product, trades, [Offset.NET] * 2, 0)
    take_back(position, product, Side.BUY, fill, 5, is_gross=False)
    assert (position.net_lots, position.realised_micros) == (-2, 2 * 7_000_000)
