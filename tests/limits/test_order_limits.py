"""Controls of one order: the most restrictive row, absolute values, one-sided collars, ages."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.basics.price import parse_price
from fencang.limits.order_limits import (
    ControlTable,
    age_refusal,
    collar_refusal,
    size_refusal,
)
from fencang.messages.message import Side
from fencang.messages.reasons import Reason
from fencang.refdata.order_control import OrderControl, order_control_faults

PATH, SCOPES = ("ALPHA", "DESK", "MASTER"), ("CLM0", "CL")
ROOT = OrderControl(
    node_id="MASTER",
    quantity_lots_max=100,
    value_micros_max=10**12,
    collar_ppm=20_000,
    collar_ticks=5,
    fast_after_ppm=50_000,
    fast_collar_ppm=60_000,
    price_age_ns_max=10**9,
    takes_market_orders=True,
)
TICK = parse_price("0.01")
BUY, SELL = Side.BUY, Side.SELL


def table(*rows):
    found = ControlTable()
    for row in (ROOT, *rows):
        found.set(row)
    return found


def binding(*rows):
    return table(*rows).binding(PATH, SCOPES)


def row(node, scope="*", **fields):
    return OrderControl(node_id=node, scope_id=scope, **fields)


def test_what_a_node_leaves_open_it_inherits():
    found = binding(row("ALPHA", collar_ppm=10_000))
    assert found.collar_ppm == (10_000, "ALPHA")
    assert found.quantity == (100, "MASTER")


def test_a_node_below_never_widens_what_is_above():
    found = binding(row("ALPHA", quantity_lots_max=500), row("DESK", quantity_lots_max=50))
    assert found.quantity == (50, "DESK")


def test_at_one_node_the_narrowest_scope_counts():
    narrow = row("MASTER", "CLM0", quantity_lots_max=300), row("MASTER", "CL", quantity_lots_max=7)
    assert binding(*narrow).quantity == (300, "MASTER")
    assert binding(narrow[1]).quantity == (7, "MASTER")


def test_a_later_fast_market_is_the_more_restrictive_one():
    assert binding(row("ALPHA", fast_after_ppm=90_000)).fast_after == (90_000, "ALPHA")
    assert binding(row("ALPHA", fast_after_ppm=10_000)).fast_after == (50_000, "MASTER")


def test_one_node_that_takes_no_market_orders_is_enough():
    assert binding(row("DESK", takes_market_orders=False)).market_orders == (0, "DESK")


@pytest.mark.parametrize("node", PATH)
@pytest.mark.parametrize("scope", ["*", "CL", "CLM0"])
def test_a_restriction_anywhere_restricts(node, scope):
    assert binding(row(node, scope, is_restricted=True)).restricted_by == node
    assert binding(row(node, "ES", is_restricted=True)).restricted_by == ""


def test_without_any_row_nothing_is_allowed():
    found = ControlTable().binding(PATH, SCOPES)
    assert found.quantity == (0, "MASTER")
    assert size_refusal(found, 1, 0)[0] is Reason.ORDER_QUANTITY_MAX


def test_exactly_at_a_bound_passes_and_one_more_does_not():
    control = binding()
    assert size_refusal(control, 100, 10**12) is None
    assert size_refusal(control, 101, 0)[:4] == (Reason.ORDER_QUANTITY_MAX, "MASTER", 100, 101)
    assert size_refusal(control, 1, 10**12 + 1)[0] is Reason.ORDER_VALUE_MAX
    assert age_refusal(control, 10**9) is None
    assert age_refusal(control, 10**9 + 1)[0] is Reason.PRICE_STALE


def collar(price, mark, side=BUY, settlement=None, control=None):
    return collar_refusal(
        control or binding(),
        side,
        None if price is None else parse_price(price),
        tick_nanos=TICK,
        mark_nanos=parse_price(mark),
        settlement_nanos=None if settlement is None else parse_price(settlement),
    )


@pytest.mark.parametrize(
    ("side", "price", "mark", "passes"),
    [
        (BUY, "20.40", "20", True),  # 2 % of 20
        (BUY, "20.41", "20", False),
        (BUY, "1", "20", True),
        (SELL, "19.60", "20", True),
        (SELL, "19.59", "20", False),
        (SELL, "90", "20", True),
        (BUY, "-36.87", "-37.63", False),  # 2 % of 37.63 is 0.7526
        (BUY, "-36.88", "-37.63", True),
        (SELL, "-38.38", "-37.63", True),
        (SELL, "-38.39", "-37.63", False),
        (BUY, "0.05", "0", True),  # five ticks
        (BUY, "0.06", "0", False),
    ],
)
def test_collars_bound_the_harmful_side_at_any_price(side, price, mark, passes):
    found = collar(price, mark, side)
    assert (found is None) is passes
    assert found is None or found[0] is Reason.ORDER_COLLAR


def test_a_fast_market_has_the_wider_collar():
    """From 20 to 21.01 is more than 5 %: 6 % of 21.01 are 1.2606."""
    assert collar("22.27", "21.01", settlement="20") is None
    assert collar("22.28", "21.01", settlement="20") is not None
    assert collar("21.43", "21.00", settlement="20") is not None
    assert collar("21.42", "21.00", settlement="20") is None


def test_market_orders_need_leave():
    assert collar(None, "20") is None
    refused = collar(None, "20", control=binding(row("ALPHA", takes_market_orders=False)))
    assert refused[:2] == (Reason.ORDER_COLLAR, "ALPHA")


@given(st.integers(-(10**4), 10**4), st.integers(-(10**4), 10**4), st.sampled_from(Side))
def test_what_is_refused_at_a_price_is_refused_further_away(ticks, mark, side):
    prices = [f"{(ticks + step * (1 if side is BUY else -1)) / 100:.2f}" for step in (0, 1)]
    near, far = (collar(price, f"{mark / 100:.2f}", side) for price in prices)
    assert near is None or far is not None


def test_a_fast_collar_is_no_narrower():
    assert order_control_faults(row("ALPHA", collar_ppm=2, fast_collar_ppm=1))
    assert not order_control_faults(row("ALPHA", collar_ppm=2, fast_collar_ppm=2))
