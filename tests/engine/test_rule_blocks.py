"""Block orders: fixed split, slices to the clip, a price inside the band, again until done."""

import pytest

from fencang.messages import commands as cmd
from fencang.messages.connection_commands import StopAction
from fencang.messages.events import (
    BlockOrderCreated,
    BlockOrderDone,
    FillAllocated,
    FillSuspended,
    OperatorCalled,
    ReplaceRequested,
)
from fencang.messages.message import OrderType, TimeInForce
from fencang.messages.reasons import Reason
from tests.engine.connection_acts import stop
from tests.engine.desk import BUY, SELL, all_of, kinds, only, trading_desk
from tests.engine.firm import CL, TUESDAY, changed, define, limit, price, rule, sub_account
from tests.engine.test_rule_firing import fill_slices, slices


def fire(desk, **changes):
    """Arm a rule that cuts everything and fire it."""
    desk.done(define(rule(**{"keep_ppm": 0, **changes})))
    desk.vix("20", close=True)
    return desk.vix("21")


@pytest.fixture
def team():
    """Three tagged accounts with 10, 3 and 1 lots in one contract."""
    desk = trading_desk(sub_account("THIRD", tags=("cut",)))
    desk.fund("THIRD", "1000000")
    for sub, lots in (("ALPHA", 10), ("BETA", 3), ("THIRD", 1)):
        desk.trade(sub, BUY, lots, "20")
    return desk


def received(events):
    return {part.sub_account_id: part.quantity_lots for part in all_of(events, FillAllocated)}


def test_one_block_per_account_contract_and_side(team):
    team.trade("ALPHA", SELL, 2, "20", contract="CLN0")
    team.trade("BETA", BUY, 1, "10000", contract="FDAX")
    created = all_of(fire(team), BlockOrderCreated)
    found = [(b.carrying_account_id, b.contract_id, b.side.name, len(b.legs)) for b in created]
    assert found == [
        ("C1", "CLM0", "SELL", 3),
        ("C1", "CLN0", "BUY", 1),
        ("C1", "FDAX", "SELL", 1),
    ]


def test_long_and_short_accounts_are_not_crossed_with_each_other(desk):
    desk.trade("ALPHA", BUY, 10, "20")
    desk.trade("BETA", SELL, 4, "20")
    created = all_of(fire(desk), BlockOrderCreated)
    assert [(b.side.name, b.legs[0].quantity_lots) for b in created] == [("BUY", 4), ("SELL", 10)]


def test_slices_are_day_limit_orders_at_the_far_edge_of_the_band(team):
    """2 % of 20 is 0.40, 20 ticks are 0.20: the sale may go down to 19.60."""
    (found,) = slices(fire(team))
    terms = found.terms
    assert (terms.order_type, terms.time_in_force) == (OrderType.LIMIT, TimeInForce.DAY)
    assert terms.limit_price_nanos == price("19.60")
    assert (found.sub_account_id, found.is_reducing, terms.quantity_lots) == ("", True, 14)


def test_the_band_does_not_vanish_at_a_price_of_zero(team):
    team.mark(CLM0="0")
    assert slices(fire(team))[0].terms.limit_price_nanos == price("-0.20")


def test_a_block_is_sliced_to_the_clip(team):
    team.done(define(changed(CL, order_quantity_max=5)))
    assert [found.terms.quantity_lots for found in slices(fire(team))] == [5, 5, 4]


def test_fills_go_to_the_account_furthest_below_its_share(team):
    """14 lots instructed as 10, 3 and 1: every fill follows the cumulative shares."""
    order_id = slices(fire(team))[0].order_id
    assert received(team.fill(order_id, 1, "20")) == {"ALPHA": 1}
    total = {"ALPHA": 1, "BETA": 0, "THIRD": 0}
    for lots in (1, 2, 3, 3, 4):
        for sub, share in received(team.fill(order_id, lots, "20")).items():
            total[sub] += share
        done = sum(total.values())
        for sub, wanted in (("ALPHA", 10), ("BETA", 3), ("THIRD", 1)):
            assert abs(total[sub] * 14 - wanted * done) <= 14, (done, total)
    assert total == {"ALPHA": 10, "BETA": 3, "THIRD": 1}
    assert [team.net(sub) for sub in total] == [0, 0, 0]


def test_a_filled_block_is_done_and_frees_nothing_twice(team):
    events = fire(team)
    order_id = slices(events)[0].order_id
    assert only(team.fill(order_id, 14, "20"), BlockOrderDone).unfilled_lots == 0
    assert team.reserved("ALPHA") == (0, 0)
    assert kinds(team.mark(CLM0="20")) == ["PricesMarked"]


def test_lots_beyond_the_instruction_go_to_suspense(team):
    order_id = slices(fire(team))[0].order_id
    events = team.fill(order_id, 16, "20")
    assert only(events, FillSuspended).quantity_lots == 2
    assert (team.net("ALPHA"), team.suspended()) == (0, (-2, 0))


def test_a_late_fill_of_a_finished_block_goes_to_suspense(team):
    order_id = slices(fire(team))[0].order_id
    team.fill(order_id, 14, "20")
    assert kinds(team.fill(order_id, 1, "20")) == ["FillBooked", "FillSuspended", "OperatorCalled"]


def test_while_the_venue_is_shut_a_block_waits_for_its_session(team):
    team.done(cmd.CloseSession(venue_id="NYMEX"))
    events = fire(team)
    assert slices(events) == []
    assert team.reserved("ALPHA") == (0, 10)
    (found,) = slices(team.open("NYMEX", TUESDAY))
    assert (found.terms.quantity_lots, found.attempt) == (14, 1)


def test_an_unfilled_rest_goes_out_again_with_the_next_price(team):
    order_id = slices(fire(team))[0].order_id
    team.fill(order_id, 4, "20")
    assert kinds(team.cancelled(order_id)) == ["OrderCancelled"]
    assert slices(team.mark(CLN0="20")) == []
    (again,) = slices(team.mark(CLM0="19"))
    assert (again.terms.quantity_lots, again.attempt) == (10, 2)
    assert again.terms.limit_price_nanos == price("18.62")


def test_a_fill_after_an_attempts_end_is_booked_and_calls_a_person(team):
    """As for a single order: the legs have room, but the venue said that nothing more comes."""
    order_id = slices(fire(team))[0].order_id
    team.cancelled(order_id)
    events = team.fill(order_id, 4, "20")
    assert sum(received(events).values()) == 4
    (call,) = all_of(events, OperatorCalled)
    assert call.subject == f"order {order_id}"
    assert call.detail == "4 lots filled after the order was cancelled"
    (again,) = slices(team.mark(CLM0="19"))
    assert again.terms.quantity_lots == 10
    assert all_of(team.fill(again.order_id, 10, "19"), OperatorCalled) == []


def test_an_unfilled_rest_goes_out_again_with_the_next_session(team):
    order_id = slices(fire(team))[0].order_id
    team.done(cmd.CloseSession(venue_id="NYMEX"))
    team.done(cmd.ReportOrderExpired(order_id=order_id))
    assert slices(team.mark(CLM0="19")) == []
    (again,) = slices(team.open("NYMEX", TUESDAY))
    assert (again.terms.quantity_lots, again.attempt) == (14, 2)


def test_a_slice_that_the_market_left_behind_is_priced_anew(team):
    order_id = slices(fire(team))[0].order_id
    team.done(cmd.ReportOrderWorking(order_id=order_id, venue_order_id="V"))
    assert kinds(team.mark(CLM0="19.60")) == ["PricesMarked"]
    asked = only(team.mark(CLM0="19.50"), ReplaceRequested)
    assert (asked.order_id, asked.limit_price_nanos) == (order_id, price("19.11"))
    assert kinds(team.mark(CLM0="19.40")) == ["PricesMarked"]
    report = cmd.ReportOrderReplaced(
        order_id=order_id, quantity_lots=14, limit_price_nanos=price("19.11")
    )
    team.done(report)
    assert only(team.mark(CLM0="19"), ReplaceRequested).limit_price_nanos == price("18.62")


def test_the_last_attempt_calls_a_person_and_frees_the_lots(team):
    order_id = slices(fire(team, attempts_max=2))[0].order_id
    team.cancelled(order_id)
    order_id = slices(team.mark(CLM0="19"))[0].order_id
    team.fill(order_id, 4, "19")
    events = team.done(cmd.ReportOrderRejected(order_id=order_id, text="no"))
    assert only(events, BlockOrderDone).unfilled_lots == 10
    calls = [event.detail for event in all_of(events, OperatorCalled)]
    assert any("10 lots of CLM0 were not reduced" in detail for detail in calls)
    assert team.reserved("ALPHA") == (0, 0)


def test_a_block_is_not_given_up_while_another_slice_works(team):
    team.done(define(changed(CL, order_quantity_max=7)))
    first, second = slices(fire(team, attempts_max=1))
    assert kinds(team.cancelled(first.order_id)) == ["OrderCancelled"]
    team.fill(second.order_id, 7, "20")
    done = only(team.mark(CLM0="20"), BlockOrderDone)
    assert done.unfilled_lots == 7


@pytest.mark.parametrize("attempts_max", [1, 20])
@pytest.mark.parametrize("clip", [5, 1_000])
def test_a_contract_that_expires_ends_its_blocks_once(team, attempts_max, clip):
    team.done(define(changed(CL, order_quantity_max=clip)))
    fill = slices(fire(team, attempts_max=attempts_max))[0]
    team.fill(fill.order_id, 2, "20")
    command = cmd.ExpireContract(contract_id="CLM0", final_price_nanos=0, source="feed")
    events = team.done(command)
    assert only(events, BlockOrderDone).unfilled_lots == 12
    assert [team.net(sub) for sub in ("ALPHA", "BETA", "THIRD")] == [0, 0, 0]
    assert kinds(team.mark(CLM0="1")) == ["PricesMarked"]


def test_a_slice_belongs_to_the_desk(team):
    order_id = slices(fire(team))[0].order_id
    for sub in ("ALPHA", "GAMMA"):
        assert team.cancel(order_id, sub)[0].reason is Reason.BLOCK_ORDER_IS_THE_DESKS


def test_a_slice_in_doubt_is_asked_about_and_resent_like_any_order(team):
    order_id = slices(fire(team))[0].order_id
    assert kinds(team.done(cmd.RestartDesk())) == ["DeskRestarted", "OrderInDoubt"]
    assert kinds(team.mark(CLM0="15")) == ["PricesMarked"]
    status = cmd.ReportOrderStatus(order_id=order_id, known=False)
    assert kinds(team.done(status)) == ["OrderRouted"]


def test_a_denied_slice_is_sent_again_while_one_of_its_accounts_may_trade(team):
    order_id = slices(fire(team))[0].order_id
    status = cmd.ReportOrderStatus(order_id=order_id, known=False)
    for node, wanted in (("ALPHA", "OrderRouted"), ("MASTER", "OperatorCalled")):
        team.done(cmd.RestartDesk())
        team.done(stop(node, StopAction.HALT))
        assert kinds(team.done(status)) == [wanted]


def test_a_reduction_passes_whatever_limits_and_margin_say(team):
    team.done(define(limit("MASTER", "*", 0), changed(CL, margin_floor_micros=10**15)))
    events = fire(team)
    assert slices(events)[0].terms.quantity_lots == 14
    fill_slices(team, events)
    assert team.net("ALPHA") == 0


def test_an_account_may_reduce_beside_its_block_but_not_beyond(team):
    team.done(define(rule(keep_ppm=500_000)))
    team.vix("20", close=True)
    events = team.vix("21")
    assert team.submit("ALPHA", SELL, 5, at="20")[0].is_reducing
    refused = team.submit("ALPHA", SELL, 1, at="20")[0]
    assert refused.reason is Reason.OPENING_BLOCKED_BY_RULE
    fill_slices(team, events)
    assert team.net("ALPHA") == 5


def test_a_fresh_slice_asks_only_for_lots_that_its_legs_still_hold(team):
    """The rule armed again, ALPHA sold 8 of its 10 by an order of its own: 2 + 3 + 1 are left."""
    order_id = slices(fire(team, hold_ns=0))[0].order_id
    team.cancelled(order_id)
    team.vix("20", close=True)
    team.trade("ALPHA", SELL, 8, "20")
    (again,) = slices(team.mark(CLM0="19"))
    assert again.terms.quantity_lots == 6
    team.fill(again.order_id, 6, "19")
    assert [team.net(sub) for sub in ("ALPHA", "BETA", "THIRD")] == [0, 0, 0]


def test_a_block_whose_legs_hold_nothing_any_more_is_done_without_a_call(desk):
    desk.trade("ALPHA", BUY, 10, "20")
    desk.cancelled(slices(fire(desk, hold_ns=0))[0].order_id)
    desk.vix("20", close=True)
    desk.trade("ALPHA", SELL, 10, "20")
    events = desk.mark(CLM0="19")
    assert only(events, BlockOrderDone).unfilled_lots == 10
    assert all_of(events, OperatorCalled) == []
    assert desk.reserved("ALPHA") == (0, 0)
