"""Orders beside the volume: exact shares, windows of other lengths, ages, rests."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fencang.limits.impact import (
    Volume,
    cooling_refusal,
    order_lots_max,
    order_refusal,
    volume_refusal,
    window_lots_max,
    window_refusal,
)
from fencang.messages.reasons import Reason
from fencang.refdata.impact import ImpactLimit

SECOND = 10**9
MINUTE = 60 * SECOND
FIVE = Volume(2_000, 5 * MINUTE, 100 * SECOND)


def row(**fields):
    return ImpactLimit(node_id="ALPHA", **fields)


def test_one_order_may_be_its_share_of_what_was_reported():
    """1 % of 2,000 lots are 20."""
    limits = row(order_share_ppm=10_000)
    assert order_lots_max(limits, FIVE) == 20
    assert order_refusal(limits, 20, 20) is None
    refusal = order_refusal(limits, 20, 21)
    assert refusal[:4] == (Reason.MARKET_IMPACT, "ALPHA", 20, 21)


def test_all_orders_of_a_window_may_be_their_share_of_what_trades_in_it():
    """2,000 lots in 5 minutes are 400 in one: 10 % of them are 40."""
    limits = row(window_share_ppm=100_000, window_ns=MINUTE)
    assert window_lots_max(limits, FIVE) == 40
    assert window_refusal(limits, 40, 40) is None
    assert window_refusal(limits, 40, 41)[:4] == (Reason.MARKET_IMPACT, "ALPHA", 40, 41)


def test_what_a_row_does_not_state_is_not_asked():
    assert order_lots_max(row(), FIVE) is None
    assert window_lots_max(row(), FIVE) is None
    assert order_refusal(row(), None, 10**9) is None
    assert window_refusal(row(), None, 10**9) is None


def test_a_volume_that_is_not_known_or_old_opens_nothing():
    limits = row(volume_age_ns_max=MINUTE)
    assert volume_refusal(limits, None, 0)[:2] == (Reason.MARKET_IMPACT, "ALPHA")
    assert volume_refusal(limits, FIVE, 160 * SECOND) is None
    refusal = volume_refusal(limits, FIVE, 160 * SECOND + 1)
    assert refusal[2:4] == (MINUTE, MINUTE + 1)


@pytest.mark.parametrize("lots", [1, 5])
def test_a_market_without_volume_takes_no_order(lots):
    limits = row(order_share_ppm=10**9)
    assert order_refusal(limits, order_lots_max(limits, Volume(0, MINUTE, 0)), lots) is not None


def test_a_rest_ends_on_its_nanosecond():
    assert cooling_refusal(row(), 500, 499)[:4] == (Reason.MARKET_IMPACT, "ALPHA", 0, 1)
    assert cooling_refusal(row(), 500, 500) is None


@given(
    share=st.integers(0, 10**6),
    volume=st.integers(0, 1 << 40),
    lots=st.integers(1, 10**7),
)
def test_an_order_passes_exactly_when_it_is_no_more_than_its_share(share, volume, lots):
    limits = row(order_share_ppm=share)
    limit = order_lots_max(limits, Volume(volume, MINUTE, 0))
    assert (order_refusal(limits, limit, lots) is None) == (lots * 10**6 <= share * volume)
