"""Liquidation: its plan, its bounds, its end, and who may hold it back."""

import pytest

from fencang.messages import commands as cmd
from fencang.messages.events import (
    BlockOrderCreated,
    BlockOrderDone,
    CancelRequested,
    OperatorCalled,
    OrderAccepted,
    ReplaceRequested,
)
from fencang.messages.loss_events import (
    LiquidationEnd,
    LiquidationEnded,
    LiquidationPlanned,
    LiquidationResumed,
    LiquidationSuspended,
    LossLimitReached,
    Suspension,
)
from fencang.messages.message import TradingState
from fencang.messages.reasons import Reason
from tests.engine.acts import halt
from tests.engine.control_firm import APART
from tests.engine.desk import BUY, CLOSE, OPEN, SELL, all_of, only
from tests.engine.firm import SECOND, TUESDAY, changed, define, money, sub_account
from tests.engine.flow_firm import volumes
from tests.engine.loss_firm import STEPS, TERMS, WIDE_LOSSES, losses, pause, resume

MINUTE = 60 * SECOND
TICK = cmd.AdvanceTime()


def doomed(desk, *more, lots=100, **terms):
    """ALPHA holds lots at 20 and may lose a point on each: below 18.80 they are closed."""
    row = losses(daily=f"{lots}000", **STEPS)
    rows = {each.key: each for each in (WIDE_LOSSES, row, *more)}
    desk.done(define(changed(TERMS, **terms), *rows.values()))
    desk.trade("ALPHA", BUY, lots, "20")


def sent(events):
    """Return the lots of each block order of a liquidation: (contract, side, lots)."""
    return [
        (each.contract_id, each.side, sum(leg.quantity_lots for leg in each.legs))
        for each in all_of(events, BlockOrderCreated)
    ]


def fill_slices(desk, events, at):
    """Fill every slice that was sent; return what follows."""
    found = []
    for each in all_of(events, OrderAccepted):
        if each.block_id:
            found += desk.fill(each.order_id, each.terms.quantity_lots, at)
    return found


# ------------------------------------------------------------------------------- plan and bounds


def test_the_plan_names_every_position_the_largest_relief_first(desk):
    row = losses(daily="100000", **STEPS)
    desk.done(define(WIDE_LOSSES, TERMS, row))
    desk.trade("ALPHA", SELL, 2, "3000", contract="ESM0")  # asks for 30,000
    desk.trade("ALPHA", BUY, 100, "20")  # asks for 200,000
    desk.trade("ALPHA", BUY, 3, "10000", contract="FDAX")  # asks for 82,500
    plan = only(desk.mark(CLM0="18.70"), LiquidationPlanned)
    legs = [(leg.contract_id, leg.side, leg.quantity_lots, leg.slices) for leg in plan.legs]
    assert legs == [("CLM0", SELL, 100, 10), ("FDAX", SELL, 3, 1), ("ESM0", BUY, 2, 1)]
    reliefs = [leg.relief_micros for leg in plan.legs]
    assert reliefs == [money("187000"), money("82500"), money("30000")]


def test_so_many_lots_go_in_an_interval_and_no_more(desk):
    doomed(desk)
    events = desk.mark(CLM0="18.70")
    assert sent(events) == [("CLM0", SELL, 10)]
    fill_slices(desk, events, "18.70")
    assert sent(desk.mark(CLM0="18.60")) == []
    assert sent(desk.done(TICK, after_ns=40 * SECOND)) == []
    events = desk.done(TICK, after_ns=20 * SECOND)
    assert sent(events) == [("CLM0", SELL, 10)]
    assert desk.lots("ALPHA") == (90, 0)


def test_the_rate_is_of_the_contract_over_all_accounts(desk):
    doomed(desk, losses("BETA", daily="100000", **STEPS))
    desk.trade("BETA", BUY, 100, "20")
    assert sent(desk.mark(CLM0="18.70")) == [("CLM0", SELL, 10)]


def test_it_goes_on_until_nothing_is_left_and_never_crosses_zero(desk):
    doomed(desk, lots=25)
    events = desk.mark(CLM0="18.70")
    seen = []
    for _ in range(5):
        seen += sent(events)
        fill_slices(desk, events, "18.70")
        events = desk.done(TICK, after_ns=MINUTE)
    assert [lots for _, _, lots in seen] == [10, 10, 5]
    assert desk.lots("ALPHA") == (0, 0)
    ended = [each for record in desk.records for each in all_of(record.events, LiquidationEnded)]
    assert [each.end for each in ended] == [LiquidationEnd.DONE]


def test_a_share_may_stay(desk):
    doomed(desk, lots=25)
    desk.done(define(losses(daily="25000", keep_ppm=500_000, **STEPS)))
    plan = only(desk.mark(CLM0="18.70"), LiquidationPlanned)
    assert (plan.legs[0].kept_lots, plan.legs[0].quantity_lots) == (12, 13)


def test_what_the_account_closes_itself_is_counted(desk):
    doomed(desk, lots=25)
    events = desk.mark(CLM0="18.70")
    own = desk.accepted("ALPHA", SELL, 15, at="18.60")
    fill_slices(desk, events, "18.70")
    desk.fill(own, 15, "18.70")
    assert sent(desk.done(TICK, after_ns=MINUTE)) == []
    assert desk.lots("ALPHA") == (0, 0)


def test_an_order_that_sits_on_the_last_lots_is_cancelled(desk):
    doomed(desk, lots=10, interval_lots_max=5)
    fill_slices(desk, desk.mark(CLM0="18.70"), "18.70")
    parked = desk.accepted("ALPHA", SELL, 5, at="25")
    assert all_of(desk.done(TICK, after_ns=MINUTE), CancelRequested) == []
    cancels = all_of(desk.done(TICK, after_ns=MINUTE), CancelRequested)
    assert [each.order_id for each in cancels] == [parked]
    desk.cancelled(parked)
    assert sent(desk.records[-1].events) == [("CLM0", SELL, 5)]


def test_slices_that_time_sends_clear_their_way_of_own_orders(desk):
    doomed(desk, lots=25)
    desk.done(define(APART))
    fill_slices(desk, desk.mark(CLM0="18.70"), "18.70")
    bid = desk.working("BETA", BUY, 2, at="18.70")
    events = desk.done(TICK, after_ns=MINUTE)
    assert [each.order_id for each in all_of(events, CancelRequested)] == [bid]
    assert sent(events) == [("CLM0", SELL, 10)]
    leaves = [type(each) for each in events if isinstance(each, CancelRequested | OrderAccepted)]
    assert leaves == [CancelRequested, OrderAccepted]


def test_an_order_that_its_venue_denies_is_not_asked_for_again_with_every_refusal(desk):
    """It stays in doubt until the venue or a person says what became of it."""
    doomed(desk, lots=10, interval_lots_max=5)
    fill_slices(desk, desk.mark(CLM0="18.70"), "18.70")
    parked = desk.accepted("ALPHA", SELL, 5, at="25")
    desk.done(TICK, after_ns=MINUTE)
    assert all_of(desk.done(TICK, after_ns=MINUTE), CancelRequested)
    refused = cmd.ReportCancelRejected(order_id=parked, text="unknown order")
    assert all_of(desk.done(refused), CancelRequested) == []
    denied = cmd.ReportOrderStatus(order_id=parked, known=False, filled_lots=0, working_lots=0)
    assert all_of(desk.done(denied), OperatorCalled)
    assert all_of(desk.done(TICK, after_ns=MINUTE), CancelRequested) == []
    works = cmd.ReportOrderStatus(order_id=parked, known=True, filled_lots=0, working_lots=5)
    assert [each.order_id for each in all_of(desk.done(works), CancelRequested)] == [parked]


def test_the_days_budget_binds_the_whole_desk_and_returns_the_next_day(desk):
    doomed(desk, day_lots_max=15)
    events = desk.mark(CLM0="18.70")
    fill_slices(desk, events, "18.70")
    events = desk.done(TICK, after_ns=MINUTE)
    assert sent(events) == [("CLM0", SELL, 5)]
    assert only(events, LiquidationSuspended).cause is Suspension.BUDGET
    assert only(events, OperatorCalled).subject == "liquidation at MASTER"
    fill_slices(desk, events, "18.70")
    assert desk.done(TICK, after_ns=MINUTE) == ()
    assert desk.lots("ALPHA") == (85, 0)
    desk.settle(CLM0="18.70", CLN0="20", CLK0="10", ESM0="3000")
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    events = desk.open("NYMEX", TUESDAY)
    assert only(events, LiquidationResumed).what == "a new day"
    assert desk.state.risk.losses.liquidations.spent_lots == 0


def test_the_budget_counts_value_at_any_price(desk):
    """A lot at 18.70 is worth 18,700: 50,000 dollars are 2 lots."""
    doomed(desk, day_micros_max=money("50000"))
    assert sent(desk.mark(CLM0="18.70")) == [("CLM0", SELL, 2)]


@pytest.mark.parametrize(("lots", "wanted"), [(240, [4]), (30, []), (100_000, [10])])
def test_a_share_of_the_volume_binds_where_a_volume_is_known(desk, lots, wanted):
    """240 lots in 5 minutes are 48 in one; 10 % of them are 4 lots."""
    desk.done(volumes(5 * MINUTE, CLM0=lots))
    doomed(desk, volume_ppm=100_000)
    assert [lots for _, _, lots in sent(desk.mark(CLM0="18.70"))] == wanted


def test_both_sides_of_a_gross_account_are_closed(desk):
    row = losses(daily="1000", **STEPS)
    desk.done(define(WIDE_LOSSES, TERMS, row))
    desk.trade("ALPHA", BUY, 20, "40000", contract="CU06", offset=OPEN)
    desk.trade("ALPHA", SELL, 5, "40000", contract="CU06", offset=OPEN)
    events = desk.mark(CU06="39000")
    assert sent(events) == [("CU06", SELL, 10)]  # the rate is used up by the larger relief
    assert all_of(events, BlockOrderCreated)[0].offset is CLOSE
    fill_slices(desk, events, "39000")
    assert sent(desk.done(TICK, after_ns=MINUTE)) == [("CU06", SELL, 10)]


def test_it_waits_for_an_open_venue_and_for_a_halted_node(desk):
    doomed(desk)
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    events = desk.mark(CLM0="18.70")
    assert only(events, LiquidationPlanned).node_id == "ALPHA"
    assert sent(events) == []
    halt(desk, "MASTER")
    desk.open("NYMEX")
    assert sent(desk.records[-1].events) == []
    calm = cmd.SetTradingState(
        node_id="MASTER",
        trading_state=TradingState.ACTIVE,
        reason="",
        entered_by="risk",
        approved_by="boss",
    )
    assert sent(desk.done(calm)) == [("CLM0", SELL, 10)]


# --------------------------------------------------------------------------------------- its end


def test_it_ends_when_the_loss_is_cured_and_may_begin_anew(desk):
    doomed(desk)
    slices = all_of(desk.mark(CLM0="18.70"), OrderAccepted)
    events = desk.mark(CLM0="19.20")  # 80 % of the limit: cured
    assert only(events, LiquidationEnded).end is LiquidationEnd.CURED
    assert only(events, CancelRequested).order_id == slices[0].order_id
    events = desk.cancelled(slices[0].order_id)
    assert only(events, BlockOrderDone).unfilled_lots == 10
    assert desk.reserved("ALPHA") == (0, 0)
    assert only(desk.mark(CLM0="18.60"), LossLimitReached).step == 3
    assert sent(desk.records[-1].events) == []  # the interval is used
    assert sent(desk.done(TICK, after_ns=MINUTE)) == [("CLM0", SELL, 10)]


def test_what_is_never_filled_calls_a_person(desk):
    doomed(desk, rounds_max=2)
    events = desk.mark(CLM0="18.70")
    for _ in range(2):
        (order,) = all_of(events, OrderAccepted)
        ended = desk.done(cmd.ReportOrderExpired(order_id=order.order_id))
        events = desk.done(TICK, after_ns=MINUTE)
    assert only((*ended, *events), LiquidationSuspended).cause is Suspension.NOT_FILLED
    assert sent(desk.done(TICK, after_ns=MINUTE)) == []
    assert sent(desk.done(resume("ALPHA"))) == [("CLM0", SELL, 10)]


def test_a_late_fill_that_no_plan_names_makes_a_plan_of_its_own(desk):
    doomed(desk, lots=10)
    late = desk.working("ALPHA", BUY, 5, "CLN0", at="20")
    fill_slices(desk, desk.mark(CLM0="18.70"), "18.70")
    assert only(desk.records[-1].events, LiquidationEnded).end is LiquidationEnd.DONE
    events = desk.fill(late, 5, "20")
    assert [leg.contract_id for leg in only(events, LiquidationPlanned).legs] == ["CLN0"]
    assert sent(events) == [("CLN0", SELL, 5)]


# ---------------------------------------------------------------------------------- held back


def test_one_person_pauses_and_two_resume(desk):
    doomed(desk)
    (slice_,) = all_of(desk.mark(CLM0="18.70"), OrderAccepted)
    events = desk.done(pause("ALPHA"))
    assert only(events, CancelRequested).order_id == slice_.order_id
    desk.cancelled(slice_.order_id)
    assert desk.reserved("ALPHA") == (0, 0)  # whoever wants to close may
    assert sent(desk.done(TICK, after_ns=MINUTE)) == []
    desk.refused(resume("ALPHA", approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.refused(resume("ALPHA", approved_by="risk"), Reason.SECOND_PERSON_IS_THE_FIRST)
    assert sent(desk.done(resume("ALPHA"))) == [("CLM0", SELL, 10)]


@pytest.mark.parametrize("node", ["MASTER", "person:FUND", "ALPHA", "contract:CLM0"])
def test_what_is_paused_beforehand_does_not_begin(desk, node):
    doomed(desk)
    desk.done(pause(node))
    assert sent(desk.mark(CLM0="18.70")) == []
    assert sent(desk.done(TICK, after_ns=MINUTE)) == []
    assert sent(desk.done(resume(node))) == [("CLM0", SELL, 10)]


def test_a_pause_below_holds_back_only_what_is_below(desk):
    doomed(desk, changed(WIDE_LOSSES, daily_loss_micros=money("150000"), **STEPS))
    desk.trade("BETA", BUY, 100, "20")
    desk.done(pause("ALPHA"))
    (block,) = all_of(desk.mark(CLM0="18.70"), BlockOrderCreated)
    assert [leg.sub_account_id for leg in block.legs] == ["BETA"]


def test_nodes_that_do_not_exist_cannot_be_paused(desk):
    doomed(desk)
    for node in ("NOBODY", "venue:NYMEX", "contract:XX", "person:NOBODY"):
        desk.refused(pause(node), Reason.UNKNOWN_REFERENCE)


def test_a_mark_too_far_away_suspends_until_two_persons_or_a_settlement(desk):
    """20 % are a jump: 20 to 15.90 is 20.5 %."""
    doomed(desk)
    events = desk.mark(CLM0="15.90")
    suspended = only(events, LiquidationSuspended)
    assert (suspended.node_id, suspended.cause) == ("contract:CLM0", Suspension.PRICE_JUMP)
    assert [each.step for each in all_of(events, LossLimitReached)] == [1, 2]
    assert sent(events) == []
    assert sent(desk.mark(CLM0="15.80")) == []
    events = desk.settle(CLM0="15.85", CLN0="20", CLK0="10", ESM0="3000")
    assert only(events, LiquidationResumed).what == "settled"
    assert sent(events) == [("CLM0", SELL, 10)]


def test_nothing_is_closed_on_an_old_price_and_a_new_one_lets_it_go_on(desk):
    doomed(desk, price_age_ns_max=30 * SECOND)
    fill_slices(desk, desk.mark(CLM0="18.70"), "18.70")
    events = desk.done(TICK, after_ns=MINUTE)
    assert only(events, LiquidationSuspended).cause is Suspension.PRICE_STALE
    events = desk.mark(CLM0="18.60")
    assert only(events, LiquidationResumed).what == "a new price"
    assert sent(events) == [("CLM0", SELL, 10)]


def test_slices_of_a_liquidation_held_back_are_not_priced_anew(desk):
    doomed(desk)
    (slice_,) = all_of(desk.mark(CLM0="18.70"), OrderAccepted)
    desk.done(cmd.ReportOrderWorking(order_id=slice_.order_id, venue_order_id="V"))
    desk.done(pause())
    number = slice_.order_id
    events = desk.done(cmd.ReportCancelRejected(order_id=number, text="too late"))
    assert all_of(events, CancelRequested) == []  # the venue says first what it knows
    status = cmd.ReportOrderStatus(order_id=number, known=True, filled_lots=0, working_lots=10)
    events = (*desk.done(status), *desk.mark(CLM0="17.50"))
    assert all_of(events, ReplaceRequested) == []
    assert only(events, CancelRequested).order_id == number


def test_a_nested_account_is_closed_with_its_group(desk):
    desk.done(define(sub_account("NEST", parent="ALPHA")))
    desk.fund("NEST", "500000")
    doomed(desk)
    desk.trade("NEST", BUY, 5, "20")
    plan = only(desk.mark(CLM0="18.70"), LiquidationPlanned)
    assert [leg.sub_account_id for leg in plan.legs] == ["ALPHA", "NEST"]


def test_the_next_day_a_daily_loss_is_over_and_so_is_its_liquidation(desk):
    doomed(desk)
    desk.mark(CLM0="18.70")
    desk.settle(CLM0="18.70", CLN0="20", CLK0="10", ESM0="3000")
    desk.done(cmd.CloseSession(venue_id="NYMEX"))
    events = desk.open("NYMEX", TUESDAY)
    assert only(events, LiquidationEnded).end is LiquidationEnd.CURED


def test_two_nodes_over_one_position_close_it_once(desk):
    """The account and its owner liquidate at once: one rate, one budget, one end."""
    owner = changed(WIDE_LOSSES, node_id="person:FUND", daily_loss_micros=money("25000"), **STEPS)
    doomed(desk, owner, lots=25)
    events = desk.mark(CLM0="18.70")
    assert [plan.node_id for plan in all_of(events, LiquidationPlanned)] == ["ALPHA", "person:FUND"]
    seen = []
    for _ in range(5):
        seen += sent(events)
        fill_slices(desk, events, "18.70")
        events = desk.done(TICK, after_ns=MINUTE)
    assert [lots for _, _, lots in seen] == [10, 10, 5]
    assert desk.lots("ALPHA") == (0, 0)
