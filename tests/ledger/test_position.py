"""Positions against a list of single lots: quantities, cost, profit and variation to the micro."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.price import NANOS
from fencang.ledger.book import SignedPosition
from fencang.ledger.position import ClosedLots, Position, closed_lots, trade
from fencang.messages.message import Offset, Side
from fencang.refdata.contract import CostMethod
from tests.ledger.lot_by_lot import ReferencePosition
from tests.refdata.product_sample import CL, CL_AVERAGE, HALF

TODAY = 736_730
PRODUCTS = [CL, CL_AVERAGE, HALF]
SIDES = st.sampled_from(Side)
QUANTITIES = st.integers(1, 9)
TICKS = st.integers(-12, 12)
"""Prices around zero, on both sides of it: few, so that equal prices meet."""
SETTLE = st.tuples(st.just("settle"), TICKS)
NIGHT = st.tuples(st.just("night"), st.integers(1, 3))
NET = st.tuples(st.just("trade"), SIDES, st.just(Offset.NET), QUANTITIES, TICKS)
GROSS = st.tuples(
    st.just("trade"), SIDES, st.sampled_from([o for o in Offset if o]), QUANTITIES, TICKS
)
NET_STEPS = st.lists(st.one_of(NET, NET, NET, SETTLE, NIGHT), max_size=40)
GROSS_STEPS = st.lists(st.one_of(GROSS, GROSS, GROSS, SETTLE, NIGHT), max_size=40)


class Desk:
    """A position, its carrying twin and their slow reference, taking the same steps."""

    def __init__(self, product):
        self.product = product
        self.average = product.cost_method is CostMethod.AVERAGE
        self.position = Position()
        self.signed = SignedPosition()
        self.reference = ReferencePosition(self.average)
        self.today = TODAY

    def take(self, step):
        if step[0] == "night":
            self.today += step[1]
        elif step[0] == "settle":
            self.settle(step[1])
        else:
            self.trade(*step[1:])

    def settle(self, ticks):
        price = ticks * self.product.tick_nanos
        paid = self.reference.settle(self.product.value_micros(price, 1))
        assert self.position.settle(self.product, price) == paid
        assert self.signed.settle(self.product, price) == paid

    def trade(self, side, offset, quantity, ticks):
        is_buy, today = side is Side.BUY, self.today
        if offset.is_close:
            # A close beyond the open lots is the caller's error, so it is cut to what there is.
            most = self.reference.closable(is_buy=is_buy, offset=offset.name, today=today)
            quantity = min(quantity, most)
            if not quantity:
                return
        price = ticks * self.product.tick_nanos
        split = closed_lots(self.position, side, offset, quantity, today)
        expected = self.reference.trade(
            is_buy=is_buy,
            offset=offset.name,
            quantity=quantity,
            value_micros=self.product.value_micros(price, 1),
            today=today,
        )
        assert split == expected
        trade(self.position, self.product, side, offset, quantity, price, today)
        self.signed.trade(self.product, side, offset, quantity, price)

    def check(self, ticks):
        """Check every figure against the reference, and the laws at one more price."""
        position, reference, product = self.position, self.reference, self.product
        for lots, other in ((position.long, reference.long), (position.short, reference.short)):
            assert lots.quantity_lots == len(other.lots)
            assert lots.cost_micros == other.cost(self.average)
            assert lots.quantity_of_day(self.today) == other.of_day(self.today)
            assert sum(layer[1] for layer in lots.layers) == lots.quantity_lots
        assert position.net_lots == reference.net_lots
        assert position.is_flat is (not reference.long.lots and not reference.short.lots)
        assert position.realised_micros == reference.realised_micros
        assert position.variation_micros == reference.paid_micros
        price = ticks * product.tick_nanos
        unpaid = position.value_micros(product, price) - position.carried_micros
        profit = position.realised_micros + position.unrealised_micros(product, price)
        assert profit == position.variation_micros + unpaid
        assert self.signed.net_lots == position.net_lots
        assert self.signed.carried_micros == position.carried_micros


def run(product, steps, ticks):
    desk = Desk(product)
    for step in steps:
        desk.take(step)
        desk.check(ticks)
    return desk


@given(st.sampled_from(PRODUCTS), NET_STEPS, TICKS)
def test_a_net_position_is_what_a_list_of_single_lots_says(product, steps, ticks):
    """Law: realised + unrealised profit = variation paid + variation not yet paid."""
    desk = run(product, steps, ticks)
    assert not (desk.position.long.quantity_lots and desk.position.short.quantity_lots)
    assert (desk.signed.long_lots, desk.signed.short_lots) == (desk.position.net_lots, 0)


@given(st.sampled_from(PRODUCTS), GROSS_STEPS, TICKS)
def test_a_gross_position_is_what_a_list_of_single_lots_says(product, steps, ticks):
    """Law: the same, with both sides open and today's lots closed apart from yesterday's."""
    desk = run(product, steps, ticks)
    held = (desk.position.long.quantity_lots, desk.position.short.quantity_lots)
    assert (desk.signed.long_lots, desk.signed.short_lots) == held


@given(st.sampled_from(PRODUCTS), NET_STEPS, TICKS)
def test_when_all_is_closed_profit_is_exactly_what_was_paid(product, steps, ticks):
    desk = run(product, steps, ticks)
    net = desk.position.net_lots
    if net:
        desk.trade(Side.SELL if net > 0 else Side.BUY, Offset.NET, abs(net), ticks)
    desk.settle(0)
    desk.check(ticks)
    assert desk.position.is_flat
    assert desk.signed.is_flat
    assert desk.position.realised_micros == desk.position.variation_micros
    assert desk.position.carried_micros == 0
    assert (desk.position.long.cost_micros, desk.position.short.cost_micros) == (0, 0)


def test_wti_bought_above_zero_and_settled_below():
    """Bought at 10.00, settled at -37.63: USD -47,630 a lot are paid the same evening."""
    position = Position()
    trade(position, CL, Side.BUY, Offset.NET, 2, 10 * NANOS, TODAY)
    assert position.unrealised_micros(CL, -37_630_000_000) == -95_260_000_000
    assert position.settle(CL, -37_630_000_000) == -95_260_000_000
    assert position.settle(CL, -37_630_000_000) == 0
    trade(position, CL, Side.SELL, Offset.NET, 2, -36_980_000_000, TODAY + 1)
    assert position.realised_micros == -93_960_000_000
    assert position.settle(CL, 0) == 1_300_000_000
    assert position.variation_micros == -93_960_000_000


def test_a_net_trade_crosses_through_zero():
    position = Position()
    trade(position, CL, Side.BUY, Offset.NET, 3, 50 * NANOS, TODAY)
    assert closed_lots(position, Side.SELL, Offset.NET, 5, TODAY) == ClosedLots(3, 3, 2)
    trade(position, CL, Side.SELL, Offset.NET, 5, 51 * NANOS, TODAY)
    assert (position.net_lots, position.long.quantity_lots) == (-2, 0)
    assert position.realised_micros == 3_000_000_000
    assert position.short.cost_micros == 102_000_000_000
    trade(position, CL, Side.BUY, Offset.NET, 2, 51 * NANOS, TODAY)
    assert position.is_flat
    assert position.realised_micros == 3_000_000_000


def gross_position():
    """Return 2 long lots of yesterday and 3 of today."""
    position = Position()
    trade(position, CL, Side.BUY, Offset.OPEN, 2, 50 * NANOS, TODAY - 1)
    trade(position, CL, Side.BUY, Offset.OPEN, 3, 52 * NANOS, TODAY)
    return position


@pytest.mark.parametrize(
    ("side", "offset", "quantity", "split"),
    [
        (Side.SELL, Offset.CLOSE, 1, (1, 0, 0)),
        (Side.SELL, Offset.CLOSE, 4, (4, 2, 0)),
        (Side.SELL, Offset.CLOSE, 6, (5, 3, 1)),
        (Side.SELL, Offset.CLOSE_TODAY, 4, (3, 3, 1)),
        (Side.SELL, Offset.CLOSE_YESTERDAY, 4, (2, 0, 2)),
        (Side.SELL, Offset.OPEN, 4, (0, 0, 4)),
        (Side.SELL, Offset.NET, 7, (5, 3, 2)),
        (Side.BUY, Offset.CLOSE, 1, (0, 0, 1)),
        (Side.BUY, Offset.NET, 1, (0, 0, 1)),
    ],
)
def test_how_a_trade_splits(side, offset, quantity, split):
    assert closed_lots(gross_position(), side, offset, quantity, TODAY) == split


@pytest.mark.parametrize(
    ("offset", "realised"),
    [(Offset.CLOSE, 4), (Offset.CLOSE_YESTERDAY, 4), (Offset.CLOSE_TODAY, 2)],
)
def test_the_flag_says_whose_cost_is_released(offset, realised):
    """Yesterday's lots cost 50, today's 52; one is sold at 54."""
    position = gross_position()
    trade(position, CL, Side.SELL, offset, 1, 54 * NANOS, TODAY)
    assert position.realised_micros == realised * 1_000_000_000
    assert position.net_lots == 4


@pytest.mark.parametrize(
    ("side", "offset", "quantity"),
    [
        (Side.SELL, Offset.CLOSE, 6),
        (Side.SELL, Offset.CLOSE_TODAY, 4),
        (Side.SELL, Offset.CLOSE_YESTERDAY, 3),
        (Side.BUY, Offset.CLOSE, 1),
    ],
)
def test_a_close_beyond_the_open_lots_stops_the_process(side, offset, quantity):
    with pytest.raises(AssertionError):
        trade(gross_position(), CL, side, offset, quantity, 54 * NANOS, TODAY)


def test_both_sides_of_a_gross_position_live_apart():
    position = gross_position()
    trade(position, CL, Side.SELL, Offset.OPEN, 5, 53 * NANOS, TODAY)
    assert (position.net_lots, position.is_flat) == (0, False)
    assert position.unrealised_micros(CL, 0) == position.unrealised_micros(CL, 90 * NANOS)
