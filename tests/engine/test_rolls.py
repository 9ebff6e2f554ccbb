"""Rolls: two orders that leave together, are followed together and end together."""

import pytest

from fencang.messages import commands as cmd
from fencang.messages.events import (
    BlockOrderCreated,
    CancelRequested,
    OperatorCalled,
    OrderAccepted,
    OrderRejected,
)
from fencang.messages.life_events import RollDone, RollStarted
from fencang.messages.message import OrderType, TimeInForce
from fencang.messages.reasons import Reason
from tests.engine.acts import cancel, halt, replace
from tests.engine.desk import (
    BUY,
    CLOSE_YESTERDAY,
    OPEN,
    SELL,
    all_of,
    kinds,
    only,
    order,
)
from tests.engine.firm import (
    CL,
    TUESDAY,
    WEDNESDAY,
    changed,
    define,
    limit,
    price,
    product,
    rule,
)
from tests.engine.life_acts import roll


def rolling(desk, lots=4, **more):
    """ALPHA holds as many lots of CLM0 and rolls them; return the two orders."""
    desk.trade("ALPHA", BUY, lots, "20")
    accepted = all_of(desk.done(roll(lots=lots, **more)), OrderAccepted)
    return [taken.order_id for taken in accepted]


def test_both_orders_leave_at_once_and_carry_the_roll(desk):
    desk.trade("ALPHA", BUY, 4, "20")
    events = desk.done(roll(near="20", far="20.50", time_in_force=TimeInForce.GTC))
    assert kinds(events) == ["RollStarted", *["OrderAccepted", "OrderRouted"] * 2]
    started = only(events, RollStarted)
    near, far = all_of(events, OrderAccepted)
    assert (near.order_id, far.order_id) == (started.near_order_id, started.far_order_id)
    assert near.roll_id == far.roll_id == started.roll_id
    assert (near.client_order_id, far.client_order_id) == ("r1:near", "r1:far")
    assert (near.terms.side, far.terms.side) == (SELL, BUY)
    assert (near.terms.contract_id, far.terms.contract_id) == ("CLM0", "CLN0")
    assert (near.is_reducing, far.is_reducing) == (True, False)
    assert near.terms.time_in_force is far.terms.time_in_force is TimeInForce.GTC
    assert desk.reserved("ALPHA", "CLM0") == (0, 4)
    assert desk.reserved("ALPHA", "CLN0") == (4, 0)


def test_the_roll_says_what_it_brought_to_the_nano(desk):
    """Near 3 at 20.00 and 1 at 20.04: 20.01.  Far 2 at 20.50 and 2 at 20.55: 20.525."""
    near, far = rolling(desk)
    desk.fill(near, 3, "20")
    desk.fill(far, 2, "20.50")
    assert all_of(desk.fill(near, 1, "20.04"), RollDone) == []
    done = only(desk.fill(far, 2, "20.55"), RollDone)
    assert (done.near_lots, done.far_lots, done.imbalance_lots) == (4, 4, 0)
    assert done.near_average_nanos == price("20.01")
    assert done.far_average_nanos == price("20.525")
    assert done.difference_nanos == price("0.515")
    assert (desk.net("ALPHA"), desk.net("ALPHA", "CLN0")) == (0, 4)


def test_the_difference_rounds_once(desk):
    """Near 20.01 over 3 of 1 at 20.01 and 2 at 20.00: 20.003333333; far 20.00: -0.003333333."""
    near, far = rolling(desk, 3)
    desk.fill(near, 1, "20.01")
    desk.fill(near, 2, "20")
    done = only(desk.fill(far, 3, "20"), RollDone)
    assert (done.near_average_nanos, done.difference_nanos) == (20_003_333_333, -3_333_333)


def test_short_lots_roll_the_other_way(desk):
    desk.trade("ALPHA", SELL, 2, "20")
    near, far = all_of(desk.done(roll(lots=2, side=SELL)), OrderAccepted)
    assert (near.terms.side, far.terms.side) == (BUY, SELL)
    assert near.terms.order_type is OrderType.MARKET
    desk.fill(near.order_id, 2, "20")
    desk.fill(far.order_id, 2, "21")
    assert (desk.net("ALPHA"), desk.net("ALPHA", "CLN0")) == (0, -2)


def test_in_a_gross_account_the_near_leg_closes_and_the_far_leg_opens(desk):
    cu07 = changed(desk.state.contracts["CU06"].contract, contract_id="CU07")
    desk.done(define(cu07))
    desk.mark(CU07="40000")
    desk.trade("ALPHA", BUY, 3, "40000", contract="CU06", offset=OPEN)
    desk.next_day(TUESDAY, "SHFE")
    pair = {"from_contract_id": "CU06", "to_contract_id": "CU07"}
    near, far = all_of(desk.done(roll(lots=3, offset=CLOSE_YESTERDAY, **pair)), OrderAccepted)
    assert (near.terms.offset, far.terms.offset) == (CLOSE_YESTERDAY, OPEN)
    assert near.terms.carrying_account_id == far.terms.carrying_account_id == "CN1"
    desk.fill(near.order_id, 3, "40000")
    desk.fill(far.order_id, 3, "40100")
    assert desk.lots("ALPHA", "CU07", "CN1") == (3, 0)
    desk.trade("ALPHA", BUY, 1, "40000", contract="CU06", offset=OPEN)
    opens = roll(lots=1, name="r2", offset=OPEN, **pair)
    assert desk.refused(opens, Reason.OFFSET_MISMATCH).detail == (
        "the near leg closes lots, OPEN opens them"
    )
    desk.refused(roll(lots=1, name="r2", **pair), Reason.OFFSET_MISMATCH)


# ----------------------------------------------------------------------------------- ends together


def test_cancelling_one_leg_cancels_both(desk):
    near, far = rolling(desk)
    asked = all_of(desk.done(cancel(far)), CancelRequested)
    assert [event.order_id for event in asked] == [far, near]
    assert all_of(desk.cancelled(far), RollDone) == []
    done = only(desk.cancelled(near), RollDone)
    assert (done.near_lots, done.far_lots, done.near_average_nanos) == (0, 0, None)
    assert done.difference_nanos is None


@pytest.mark.parametrize(
    "end",
    [
        lambda order_id: cmd.ReportOrderCancelled(order_id=order_id),
        lambda order_id: cmd.ReportOrderExpired(order_id=order_id),
        lambda order_id: cmd.ReportOrderRejected(order_id=order_id, text="no"),
    ],
)
def test_a_leg_that_ends_takes_the_other_one_with_it(desk, end):
    """2 of 4 far lots are filled when the near leg ends: a person hears of the 2."""
    near, far = rolling(desk)
    desk.fill(far, 2, "20.50")
    asked = only(desk.done(end(near)), CancelRequested)
    assert asked.order_id == far
    events = desk.cancelled(far)
    assert only(events, RollDone).imbalance_lots == 2
    call = only(events, OperatorCalled)
    assert call.detail == (
        "ALPHA closed 0 lots of CLM0 and opened 2 of CLN0: 2 lots more were opened than closed"
    )


def test_a_filled_leg_leaves_the_other_one_working(desk):
    near, far = rolling(desk)
    assert kinds(desk.fill(near, 4, "20")) == ["FillBooked", "FillAllocated"]
    assert desk.order_state(far) == "PENDING_NEW"
    events = desk.done(cmd.ReportOrderExpired(order_id=far))
    assert only(events, RollDone).imbalance_lots == -4
    assert "4 lots more were closed than opened" in only(events, OperatorCalled).detail


def test_a_fill_after_the_end_is_told_again_with_the_new_numbers(desk):
    near, far = rolling(desk)
    desk.done(cancel(near))
    desk.cancelled(near)
    desk.cancelled(far)
    events = desk.fill(near, 1, "20")
    assert only(events, RollDone).imbalance_lots == -1
    assert len(all_of(events, OperatorCalled)) == 2  # of the late fill, and of the imbalance
    assert only(desk.fill(far, 1, "20"), RollDone).imbalance_lots == 0


def test_a_refused_cancel_is_not_asked_for_again_and_again(desk):
    near, far = rolling(desk)
    desk.done(cancel(near))
    desk.cancelled(far)
    answered = desk.done(cmd.ReportCancelRejected(order_id=near, text="too late"))
    assert kinds(answered) == ["CancelRejected", "OrderInDoubt"]
    assert only(desk.fill(near, 4, "20"), RollDone).imbalance_lots == -4


def test_the_price_of_a_leg_may_change_but_not_its_lots(desk):
    near, _ = rolling(desk, near="21", far="20")
    desk.done(cmd.ReportOrderWorking(order_id=near, venue_order_id="V"))
    desk.refused(replace(near, 3), Reason.ROLL_LEG_QUANTITY)
    desk.done(replace(near, 4, at="20.50"))


def test_a_rule_that_fires_ends_a_roll_and_cuts_the_rest(desk):
    desk.done(define(rule()))
    near, far = rolling(desk)
    desk.vix("20", close=True)
    events = desk.vix("21")
    assert [event.order_id for event in all_of(events, CancelRequested)] == [near, far]
    desk.cancelled(far)
    events = desk.cancelled(near)
    assert only(events, BlockOrderCreated).legs[0].quantity_lots == 2
    assert only(events, RollDone).near_lots == 0


# ------------------------------------------------------------------------------------------ refused


def test_both_or_none_the_far_leg_passes_the_whole_ladder(desk):
    """The product's worst case counts both months until the near leg is filled: 4 + 4 > 6."""
    desk.trade("ALPHA", BUY, 4, "20")
    desk.done(define(limit("ALPHA", "CL", 6)))
    refusal = desk.refused(roll(), Reason.POSITION_LIMIT)
    assert (refusal.contract_id, refusal.limit, refusal.value) == ("CLN0", 6, 8)
    assert refusal.client_order_id == "r1:far"
    assert refusal.detail.startswith("far leg: ")
    assert desk.reserved("ALPHA") == (0, 0)
    assert len(all_of(desk.done(roll(lots=2)), OrderAccepted)) == 2


def test_the_near_leg_is_asked_like_any_reduction(desk):
    desk.trade("ALPHA", BUY, 4, "20")
    refusal = desk.refused(roll(near="20.005"), Reason.ORDER_PRICE_OFF_TICK)
    assert refusal.detail.startswith("near leg: ")
    halt(desk)
    desk.refused(roll(), Reason.TRADING_HALTED)


def test_only_free_lots_roll(desk):
    desk.trade("ALPHA", BUY, 4, "20")
    desk.accepted("ALPHA", SELL, 3, at="21")
    refusal = desk.refused(roll(lots=2), Reason.ROLL_LOTS_TOO_FEW)
    assert (refusal.limit, refusal.value) == (1, 2)
    desk.refused(roll("BETA", lots=1), Reason.ROLL_LOTS_TOO_FEW)
    desk.refused(roll(lots=1, side=SELL), Reason.ROLL_LOTS_TOO_FEW)


def test_a_roll_goes_to_a_later_contract_of_the_same_product(desk):
    desk.trade("ALPHA", BUY, 4, "20")
    desk.refused(roll(to_contract_id="CLM0"), Reason.ROLL_CONTRACTS)
    desk.refused(roll(to_contract_id="ESM0"), Reason.ROLL_CONTRACTS)
    near, far = (desk.state.contracts[name].contract for name in ("CLM0", "CLN0"))
    dated = changed(near, last_trading_day=WEDNESDAY), changed(far, last_trading_day=TUESDAY)
    desk.done(define(*dated))
    refusal = desk.refused(roll(), Reason.ROLL_CONTRACTS)
    assert "2020-04-21 is no later than 2020-04-22" in refusal.detail
    desk.done(define(changed(near, last_trading_day=TUESDAY), changed(far, last_trading_day=None)))
    desk.done(roll())


def test_unknown_names_and_used_identifiers_are_refused(desk):
    desk.trade("ALPHA", BUY, 4, "20")
    desk.refused(roll("NOBODY"), Reason.UNKNOWN_SUB_ACCOUNT)
    desk.refused(roll(to_contract_id="NONE"), Reason.ORDER_CONTRACT_UNKNOWN)
    desk.refused(roll(from_contract_id="NONE"), Reason.ORDER_CONTRACT_UNKNOWN)
    desk.done(roll(lots=1))
    desk.refused(roll(lots=1), Reason.DUPLICATE_ORDER)
    desk.done(roll(lots=1, name="r2"))


def test_an_expired_contract_ends_its_leg_and_the_roll(desk):
    _, far = rolling(desk)
    final = cmd.ExpireContract(contract_id="CLM0", final_price_nanos=price("20"), source="feed")
    asked = all_of(desk.done(final), CancelRequested)
    assert [event.order_id for event in asked] == [far]
    assert only(desk.cancelled(far), RollDone).imbalance_lots == 0


def test_a_roll_needs_margin_for_the_far_leg_as_for_any_order(desk):
    """30 lots of CL at 20 ask for USD 60,000; with 1m of capital and 95 % margin that is short."""
    desk.trade("ALPHA", BUY, 30, "20")
    desk.done(define(changed(CL, margin_ppm=950_000)))
    refusal = desk.refused(roll(lots=30), Reason.MARGIN_SUB_ACCOUNT)
    assert isinstance(refusal, OrderRejected)
    desk.done(order("ALPHA", SELL, 30, at="20"))


def test_another_product_is_not_rolled_into_by_name(desk):
    desk.done(define(product("CL2", "NYMEX", "USD", "1000", "0.01")))
    other = changed(desk.state.contracts["CLN0"].contract, contract_id="XN0", product_id="CL2")
    desk.done(define(other))
    desk.trade("ALPHA", BUY, 1, "20")
    desk.refused(roll(lots=1, to_contract_id="XN0"), Reason.ROLL_CONTRACTS)
