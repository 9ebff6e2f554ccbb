"""Which lane of the inbox a command takes: what cancels or stops goes before clients' orders."""

import pytest

from fencang.gateways.caller import Caller
from fencang.gateways.rest.lanes import LANE_AHEAD, LANE_MAX, lane_of
from fencang.messages.commands import CancelOrder, ReplaceOrder
from fencang.messages.message import Interface
from fencang.projections.tables.board import Board
from tests.engine.cancel_acts import cancel_orders
from tests.engine.connection_acts import stop
from tests.engine.desk import BUY, order, trading_desk
from tests.engine.tier_firm import call_off, tier, use_tiers

CALLER = Caller(
    user_id="trader",
    key_id="k",
    scopes=frozenset(),
    sub_tree="",
    address="",
    interface=Interface.REST,
)


@pytest.fixture(scope="module")
def board():
    """A desk whose ALPHA is of the last priority class and BETA of the first."""
    desk, board = trading_desk(), Board()
    use_tiers(desk, tier("last", priority_class=2), ALPHA="last")
    for record in desk.records:
        board.apply(record)
    return board


def test_an_order_takes_the_lane_of_its_books_tier(board):
    assert lane_of(board, order("ALPHA", BUY, 1), CALLER) == LANE_MAX
    assert lane_of(board, order("BETA", BUY, 1), CALLER) == LANE_AHEAD
    replace = ReplaceOrder(sub_account_id="ALPHA", order_id=1, quantity_lots=1)
    assert lane_of(board, replace, CALLER) == LANE_MAX


@pytest.mark.parametrize(
    "command",
    [
        CancelOrder(sub_account_id="ALPHA", order_id=1),
        cancel_orders("ALPHA"),
        cancel_orders("MASTER"),
        call_off(1),
        stop("ALPHA"),
    ],
    ids=lambda each: type(each).__name__,
)
def test_what_cancels_or_stops_goes_ahead_whatever_the_tier(board, command):
    assert lane_of(board, command, CALLER) == LANE_AHEAD < CALLER.lane
