"""Liquidation beside what closes the same lots, and what begins when one measure is cured."""

from fencang.messages.events import BlockOrderCreated, IndicatorReported
from fencang.messages.loss_events import (
    LiquidationEnd,
    LiquidationEnded,
    LiquidationPlanned,
    LossLimitReached,
    LossMeasure,
)
from fencang.messages.message import TradingState
from fencang.refdata.loss_limit import PeakOf
from tests.engine.acts import halt
from tests.engine.desk import BUY, SELL, all_of, only
from tests.engine.firm import TUESDAY, define, rule
from tests.engine.loss_firm import STEPS, TERMS, WIDE_LOSSES, losses


def closing(events):
    """Return the lots that block orders of a step close, by what they stand under."""
    return {
        each.rule_id: sum(leg.quantity_lots for leg in each.legs)
        for each in all_of(events, BlockOrderCreated)
    }


def test_a_rule_and_a_liquidation_that_go_on_together_close_no_lot_twice(desk):
    """Everything is halted when the rule fires and the loss is reached; then all goes on at once.

    ALPHA holds 20 lots: the rule takes them all, so nothing is left for the liquidation.
    """
    row = losses(daily="20000", **STEPS)
    desk.done(define(WIDE_LOSSES, TERMS, row, rule(keep_ppm=0)))
    desk.trade("ALPHA", BUY, 20, "20")
    desk.vix("10", close=True)
    halt(desk, "MASTER")
    assert all_of(desk.vix("20"), IndicatorReported)
    assert only(desk.mark(CLM0="18.70"), LiquidationPlanned).legs[0].quantity_lots == 20
    halt(desk, "MASTER", TradingState.REDUCE_ONLY, approved_by="boss")
    assert closing(desk.records[-1].events) == {"STORM": 20}
    assert desk.state.subs["ALPHA"].lines["C1", "CLM0"].closing_lots(SELL) == 20


def test_where_one_measure_is_cured_another_one_goes_on_closing(desk):
    """The day's loss is over with the day; what is lost from the peak ever is not."""
    row = losses(daily="100000", drawdown="100000", peak_of=PeakOf.EVER, **STEPS)
    desk.done(define(WIDE_LOSSES, TERMS, row))
    desk.trade("ALPHA", BUY, 100, "20")
    assert only(desk.mark(CLM0="18.70"), LiquidationPlanned).measure is LossMeasure.DAILY_LOSS
    desk.settle(CLM0="18.70", CLN0="20", CLK0="10", ESM0="3000")
    desk.next_day(TUESDAY)
    events = desk.records[-1].events
    assert only(events, LiquidationEnded).end is LiquidationEnd.CURED
    assert only(events, LiquidationPlanned).measure is LossMeasure.DRAWDOWN
    assert {each.measure for each in all_of(events, LossLimitReached)} == {LossMeasure.DRAWDOWN}
