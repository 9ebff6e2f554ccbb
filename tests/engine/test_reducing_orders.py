"""Reducing orders pass what measures exposure; what would open does not pass as reducing."""

import pytest

from fencang.messages import commands as cmd
from fencang.messages.events import OrderAccepted
from fencang.messages.message import TradingState
from fencang.messages.reasons import Reason
from tests.engine.acts import halt
from tests.engine.desk import BUY, SELL, order, transfer
from tests.engine.firm import CL, changed, define, limit, rule, sub_account

LONG = 10


def short_of_margin(desk):
    desk.done(define(changed(CL, margin_ppm=5_000_000, margin_floor_micros=200_000_000_000)))


def over_granted(desk):
    desk.trade("GAMMA", BUY, 40, "20000", contract="NKM0")
    desk.done(transfer(None, "BETA", "7000000"))
    desk.mark(NKM0="10000")


def blocked(desk):
    desk.done(define(rule(keep_ppm=1_000_000)))
    desk.vix("20", close=True)
    desk.vix("21")


STOPS = {
    "margin is short": (short_of_margin, Reason.MARGIN_SUB_ACCOUNT),
    "the account may only reduce": (
        lambda desk: halt(desk, state=TradingState.REDUCE_ONLY),
        Reason.REDUCE_ONLY,
    ),
    "the master may only reduce": (
        lambda desk: halt(desk, "MASTER", TradingState.REDUCE_ONLY),
        Reason.REDUCE_ONLY,
    ),
    "a rule blocks opening": (blocked, Reason.OPENING_BLOCKED_BY_RULE),
    "the owner is over-granted": (over_granted, Reason.OVER_GRANTED),
    "the limit was cut below the position": (
        lambda desk: desk.done(define(limit("ALPHA", "CLM0", 0))),
        Reason.POSITION_LIMIT,
    ),
    "the mandate allows no leverage": (
        lambda desk: desk.done(define(sub_account("ALPHA", tags=("cut",), leverage_max_ppm=0))),
        Reason.LEVERAGE,
    ),
}


@pytest.mark.parametrize(("stop", "reason"), STOPS.values(), ids=STOPS)
def test_a_reducing_order_passes_where_an_opening_one_is_refused(desk, stop, reason):
    desk.trade("ALPHA", BUY, LONG, "20")
    stop(desk)
    desk.refused(order("ALPHA", BUY, 1, at="20"), reason)
    accepted = desk.submit("ALPHA", SELL, LONG, at="20")[0]
    assert isinstance(accepted, OrderAccepted), accepted
    assert accepted.is_reducing


def test_a_halted_account_does_not_even_reduce(desk):
    desk.trade("ALPHA", BUY, LONG, "20")
    halt(desk)
    desk.refused(order("ALPHA", SELL, 1, at="20"), Reason.TRADING_HALTED)


@pytest.mark.parametrize("fields", [{"at": "19"}, {"lots": 4}])
def test_a_halted_account_cannot_replace_either(desk, fields):
    """HALTED: nothing but cancel."""
    order_id = desk.working("ALPHA", BUY, 5, at="18")
    halt(desk)
    replacement = cmd.ReplaceOrder(
        sub_account_id="ALPHA",
        order_id=order_id,
        quantity_lots=fields.get("lots", 5),
        limit_price_nanos=19_000_000_000 if "at" in fields else None,
    )
    desk.refused(replacement, Reason.TRADING_HALTED)


def test_two_closes_may_not_together_exceed_the_position(desk):
    """Reducing: this order with the working closes of its side fits the own opposite lots."""
    desk.trade("ALPHA", BUY, LONG, "20")
    assert desk.submit("ALPHA", SELL, 6, at="20")[0].is_reducing
    assert desk.submit("ALPHA", SELL, 4, at="20")[0].is_reducing
    assert not desk.submit("ALPHA", SELL, 1, at="20")[0].is_reducing
    halt(desk, state=TradingState.REDUCE_ONLY)
    desk.refused(order("ALPHA", SELL, 1, at="20"), Reason.REDUCE_ONLY)


def test_an_order_through_zero_is_not_reducing(desk):
    desk.trade("ALPHA", BUY, LONG, "20")
    desk.done(define(limit("ALPHA", "CLM0", LONG, 0)))
    refusal = desk.refused(order("ALPHA", SELL, LONG + 1, at="20"), Reason.POSITION_LIMIT)
    assert (refusal.node_id, refusal.limit, refusal.value) == ("ALPHA", 0, 1)


def test_a_close_frees_room_for_another_when_it_is_cancelled(desk):
    desk.trade("ALPHA", BUY, LONG, "20")
    order_id = desk.working("ALPHA", SELL, LONG, at="21")
    halt(desk, state=TradingState.REDUCE_ONLY)
    desk.refused(order("ALPHA", SELL, 1, at="20"), Reason.REDUCE_ONLY)
    desk.cancel(order_id)
    desk.refused(order("ALPHA", SELL, 1, at="20"), Reason.REDUCE_ONLY)
    desk.cancelled(order_id)
    assert desk.submit("ALPHA", SELL, LONG, at="20")[0].is_reducing


def test_a_reduction_that_enlarges_the_worst_case_above_is_flagged(desk):
    """ALPHA is long, the firm is short: ALPHA's sale takes the firm further short."""
    desk.trade("ALPHA", BUY, LONG, "20")
    desk.trade("BETA", SELL, 30, "20")
    accepted = desk.submit("ALPHA", SELL, 5, at="20")[0]
    assert (accepted.is_reducing, accepted.raises_elsewhere) == (True, True)


def test_a_reduction_that_reduces_everywhere_carries_no_flag(desk):
    desk.trade("ALPHA", BUY, LONG, "20")
    accepted = desk.submit("ALPHA", SELL, 5, at="20")[0]
    assert (accepted.is_reducing, accepted.raises_elsewhere) == (True, False)


def test_a_replacement_is_checked_on_what_it_adds(desk):
    order_id = desk.working("ALPHA", BUY, 5, at="20")
    desk.done(define(limit("ALPHA", "CLM0", 8)))

    def bigger(lots):
        return cmd.ReplaceOrder(sub_account_id="ALPHA", order_id=order_id, quantity_lots=lots)

    desk.refused(bigger(9), Reason.POSITION_LIMIT)
    desk.done(bigger(8))


def test_a_smaller_replacement_passes_when_the_account_may_only_reduce(desk):
    order_id = desk.working("ALPHA", BUY, 5, at="20")
    halt(desk, state=TradingState.REDUCE_ONLY)
    bigger = cmd.ReplaceOrder(sub_account_id="ALPHA", order_id=order_id, quantity_lots=6)
    desk.refused(bigger, Reason.REDUCE_ONLY)
    desk.done(cmd.ReplaceOrder(sub_account_id="ALPHA", order_id=order_id, quantity_lots=4))


@pytest.mark.parametrize(
    ("lots", "at", "stop", "reason"),
    [
        (1_001, None, None, Reason.ORDER_QUANTITY_MAX),
        (5, "20.001", None, Reason.ORDER_PRICE_OFF_TICK),
        (6, None, blocked, Reason.CANCEL_PENDING),
        (6, None, over_granted, Reason.OVER_GRANTED),
        (6, None, short_of_margin, Reason.MARGIN_SUB_ACCOUNT),
        (
            5,
            None,
            lambda desk: desk.done(cmd.CloseSession(venue_id="NYMEX")),
            Reason.SESSION_CLOSED,
        ),
    ],
)
def test_a_replacement_passes_the_ladder_again(desk, lots, at, stop, reason):
    order_id = desk.working("ALPHA", BUY, 5, at="20")
    if stop is not None:
        stop(desk)
    events = desk.replace(order_id, lots, at)
    assert events[0].reason is reason


def test_a_market_order_has_no_price_to_replace(desk):
    order_id = desk.working("ALPHA", BUY, 5)
    assert desk.replace(order_id, 5, at="20")[0].reason is Reason.ORDER_PRICE_UNWANTED
