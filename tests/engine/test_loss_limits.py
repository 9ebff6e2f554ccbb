"""Loss limits on a desk: what counts as a loss, where it is measured, what its steps do."""

import pytest

from fencang.engine.decide.ask import ask_of_submit
from fencang.engine.decide.entry import entry_line
from fencang.engine.decide.losses import losses_evaluations
from fencang.messages import commands as cmd
from fencang.messages.events import (
    CancelRequested,
    OrderRejected,
    RatesMarked,
    TradingStateSet,
)
from fencang.messages.loss_events import LossLimitReached, LossMeasure, LossStep
from fencang.messages.message import TradingState
from fencang.messages.reasons import Reason
from fencang.refdata.loss_limit import PeakOf
from tests.engine.acts import halt
from tests.engine.desk import (
    BUY,
    SELL,
    all_of,
    deposit,
    kinds,
    new_desk,
    only,
    order,
    stray,
    transfer,
    withdraw,
)
from tests.engine.firm import (
    MONDAY,
    SECOND,
    TUESDAY,
    changed,
    define,
    money,
    sub_account,
)
from tests.engine.loss_firm import STEPS, TERMS, WIDE_LOSSES, losses
from tests.engine.money_firm import approve, confirm, give_back, requested, send, with_terms

NEST = sub_account("NEST", parent="ALPHA")


def limited(desk, *rows):
    """Let the desk have loss limits, and ALPHA 100 lots at 20: a point is 100,000 dollars."""
    desk.done(define(WIDE_LOSSES, TERMS, *rows))
    desk.trade("ALPHA", BUY, 100, "20")


def standing(desk, node="ALPHA"):
    """Return loss of the day, below the peak, and within the window, in dollars."""
    memory = desk.state.risk.losses.memories[node]
    now, start, peak, highest = memory.figures(desk.now_ns)
    return tuple(amount // 1_000_000 for amount in (start - now, peak - now, highest - now))


def may_open(desk, sub="ALPHA"):
    rejected = desk.submit(sub, BUY, 1, at="17")[0]
    return None if not isinstance(rejected, OrderRejected) else rejected


# --------------------------------------------------------------------------------- what is a loss


def test_open_and_realised_losses_and_fees_count(desk):
    limited(desk, losses(daily="1000000"))
    desk.mark(CLM0="19.50")
    assert standing(desk)[0] == 50_000
    desk.trade("ALPHA", SELL, 100, "19")  # worse than the mark: realised now
    assert standing(desk)[0] == 100_000
    desk.trade("ALPHA", BUY, 10, "3000", contract="ESM0")
    assert standing(desk)[0] == 100_024  # 10 lots at 2.45 in fees, rounded down


def test_capital_that_comes_or_goes_is_no_profit_and_no_loss(desk):
    limited(desk, losses(daily="1000000"), losses("person:FUND", daily="1000000"))
    desk.mark(CLM0="19.50")
    desk.done(transfer("ALPHA", None, "300000"))
    desk.done(transfer(None, "ALPHA", "100000"))
    desk.done(transfer("ALPHA", "BETA", "100000"))
    desk.done(deposit("500000"))
    desk.done(withdraw("200000"))
    assert standing(desk)[0] == standing(desk, "person:FUND")[0] == 50_000
    assert standing(desk, "MASTER")[0] == 50_000


def test_a_group_is_the_sum_of_what_is_nested_in_it(desk):
    desk.done(define(NEST))
    desk.fund("NEST", "500000")
    limited(desk, losses("ALPHA", daily="1000000"), losses("NEST", daily="1000000"))
    desk.trade("NEST", SELL, 40, "20")
    desk.mark(CLM0="19.50")
    assert standing(desk, "ALPHA")[0] == 30_000
    assert standing(desk, "NEST")[0] == -20_000
    desk.done(transfer("ALPHA", "NEST", "100000"))
    assert standing(desk, "ALPHA")[0] == 30_000
    assert standing(desk, "NEST")[0] == -20_000


def test_a_person_is_measured_on_the_pool_with_what_nobody_claimed(desk):
    limited(desk, losses("person:FUND", daily="1000000"), losses("person:CLIENT", daily="0"))
    stray(desk, BUY, 20, "20")
    desk.mark(CLM0="19")
    assert standing(desk, "person:FUND")[0] == 120_000
    assert standing(desk, "MASTER")[0] == 120_000
    assert standing(desk, "person:CLIENT")[0] == 0
    desk.fund("CLIENT1", "50000", owner="CLIENT", account="OMNI")
    assert may_open(desk, "CLIENT1") is None


def test_a_rate_of_exchange_loses_what_foreign_cash_is_worth(desk):
    limited(desk, losses("person:FUND", daily="1000000"))
    desk.done(deposit("100000", "EUR"))
    events = desk.rate(EUR="1.0", JPY="0.01", CNY="0.14")
    assert isinstance(events[0], RatesMarked)
    assert standing(desk, "person:FUND")[0] == 10_000


# --------------------------------------------------------------------- day, peak, window, shares


def test_a_day_begins_where_the_last_one_ended(desk):
    limited(desk, losses(daily="60000", drawdown="60000"))
    desk.mark(CLM0="19.50")
    desk.settle(CLM0="19.45", CLN0="20", CLK0="10", ESM0="3000")
    assert standing(desk)[:2] == (55_000, 55_000)
    desk.next_day(TUESDAY)
    assert standing(desk)[:2] == (0, 0)
    desk.mark(CLM0="19.40")
    assert standing(desk)[:2] == (5_000, 5_000)


def test_a_peak_may_be_the_days_or_the_highest_ever(desk):
    ever = changed(WIDE_LOSSES, node_id="person:FUND", peak_of=PeakOf.EVER)
    limited(desk, losses("ALPHA", drawdown="60000"), ever)
    desk.mark(CLM0="20.50")
    desk.mark(CLM0="20.20")
    assert standing(desk)[:2] == (-20_000, 30_000)
    desk.settle(CLM0="20.20", CLN0="20", CLK0="10", ESM0="3000")
    desk.next_day(TUESDAY)
    assert standing(desk)[1] == 0
    assert standing(desk, "person:FUND")[1] == 30_000


def test_a_slow_loss_has_no_velocity(desk):
    limited(desk, losses(velocity="30000"))
    for cents in (90, 80, 70, 60, 50):
        desk.now_ns += 30 * SECOND
        desk.mark(CLM0=f"19.{cents}")
    assert standing(desk)[0] == 50_000
    assert standing(desk)[2] == 20_000  # two steps of 31 s, and not what went before
    assert may_open(desk) is None
    desk.mark(CLM0="19.39")
    assert may_open(desk).reason is Reason.LOSS_VELOCITY
    desk.now_ns += 70 * SECOND
    assert may_open(desk) is None


def test_a_level_that_was_held_until_now_counts_in_the_window(desk):
    limited(desk, losses(velocity="30000"))
    desk.now_ns += 500 * SECOND
    desk.mark(CLM0="19.60")
    assert standing(desk)[2] == 40_000


def test_a_share_is_of_the_equity_at_the_days_start_with_capital_of_the_day(desk):
    limited(desk, losses(daily_loss_ppm=50_000))
    assert desk.state.risk.losses.memories["ALPHA"].amounts.daily_loss == money("50000")
    desk.done(transfer(None, "ALPHA", "1000000"))
    assert desk.state.risk.losses.memories["ALPHA"].amounts.daily_loss == money("100000")


# ------------------------------------------------------------------------------ orders and steps


def test_exactly_at_the_limit_passes_and_one_tick_more_does_not(desk):
    limited(desk, losses(daily="50000"))
    desk.mark(CLM0="19.50")
    assert may_open(desk) is None
    desk.mark(CLM0="19.49")
    refusal = may_open(desk)
    assert (refusal.reason, refusal.node_id) == (Reason.DAILY_LOSS, "ALPHA")
    assert (refusal.limit, refusal.value) == (money("50000"), money("51000"))
    desk.accepted("ALPHA", SELL, 100, at="17")  # reducing always gets out


def test_the_steps_come_one_after_the_other(desk):
    limited(desk, losses(daily="100000", **{**STEPS, "liquidate_ppm": None}))
    opening = desk.working("ALPHA", BUY, 5, at="18.50")
    closing = desk.working("ALPHA", SELL, 5, at="25")
    assert kinds(desk.mark(CLM0="19.20")) == ["PricesMarked"]
    events = desk.mark(CLM0="19.19")
    reached = only(events, LossLimitReached)
    assert (reached.step, reached.measure) == (LossStep.STOP, LossMeasure.DAILY_LOSS)
    assert (reached.limit_micros, reached.value_micros) == (money("100000"), money("81000"))
    assert only(events, TradingStateSet).trading_state is TradingState.REDUCE_ONLY
    assert may_open(desk).reason is Reason.REDUCE_ONLY
    events = desk.mark(CLM0="18.99")
    assert only(events, LossLimitReached).step is LossStep.CANCEL
    assert [each.order_id for each in all_of(events, CancelRequested)] == [opening]
    assert desk.order_state(closing) == "WORKING"


def test_a_gap_takes_all_steps_at_once(desk):
    limited(desk, losses(daily="100000", **STEPS))
    events = desk.mark(CLM0="18.50")
    assert [each.step for each in all_of(events, LossLimitReached)] == [1, 2, 3]
    assert len(all_of(events, TradingStateSet)) == 1


def test_resuming_needs_two_persons_and_the_next_step_still_stands(desk):
    limited(desk, losses(daily="100000", **STEPS))
    desk.mark(CLM0="19.15")
    alone = cmd.SetTradingState(
        node_id="ALPHA", trading_state=TradingState.ACTIVE, reason="", entered_by="risk"
    )
    desk.refused(alone, Reason.SECOND_PERSON_REQUIRED)
    desk.done(changed(alone, approved_by="boss"))
    assert may_open(desk) is None
    assert kinds(desk.mark(CLM0="19.10")) == ["PricesMarked"]
    assert only(desk.mark(CLM0="18.95"), LossLimitReached).step is LossStep.CANCEL


@pytest.mark.parametrize("resumes", [False, True])
def test_a_new_day_resumes_only_where_the_row_says_so(desk, resumes):
    limited(desk, losses(daily="100000", resumes_next_day=resumes, **STEPS))
    desk.mark(CLM0="19.15")
    desk.settle(CLM0="19.15", CLN0="20", CLK0="10", ESM0="3000")
    desk.next_day(TUESDAY)
    assert ("ALPHA" in desk.state.trading_states) is not resumes


def test_what_is_lost_since_before_today_takes_its_step_as_the_day_begins(desk):
    """Two persons resume on Monday; on Tuesday nothing has to move for the stop to come back."""
    limited(desk, losses(drawdown="100000", peak_of=PeakOf.EVER, stop_ppm=800_000))
    desk.mark(CLM0="19.15")
    go_on = {"trading_state": TradingState.ACTIVE, "entered_by": "risk", "approved_by": "boss"}
    desk.done(cmd.SetTradingState(node_id="ALPHA", reason="looked", **go_on))
    desk.settle(CLM0="19.15", CLN0="20", CLK0="10", ESM0="3000")
    assert may_open(desk) is None
    desk.next_day(TUESDAY)
    step = only(desk.records[-1].events, LossLimitReached)
    assert (step.step, step.value_micros) == (LossStep.STOP, money("85000"))
    assert desk.state.trading_states["ALPHA"] is TradingState.REDUCE_ONLY


def test_capital_that_leaves_may_take_a_share_of_it_beyond_its_limit(desk):
    """A tenth of 1,000,000 is 100,000, of the half that stays 50,000: 60,000 are lost."""
    limited(desk, losses(daily_loss_ppm=100_000, stop_ppm=1_000_000))
    assert kinds(desk.mark(CLM0="19.40")) == ["PricesMarked"]
    step = only(desk.done(transfer("ALPHA", None, "500000")), LossLimitReached)
    assert (step.limit_micros, step.value_micros) == (money("50000"), money("60000"))
    assert desk.state.trading_states["ALPHA"] is TradingState.REDUCE_ONLY


def test_who_was_stopped_by_a_person_is_not_resumed_by_the_day(desk):
    limited(desk, losses(daily="100000", resumes_next_day=True, **STEPS))
    halt(desk, "ALPHA", TradingState.REDUCE_ONLY)
    desk.mark(CLM0="19.15")
    desk.settle(CLM0="19.15", CLN0="20", CLK0="10", ESM0="3000")
    desk.next_day(TUESDAY)
    assert desk.state.trading_states["ALPHA"] is TradingState.REDUCE_ONLY


def test_a_person_node_stops_all_that_is_theirs(desk):
    limited(desk, losses("person:FUND", daily="100000", **{**STEPS, "liquidate_ppm": None}))
    order = desk.working("BETA", BUY, 1, at="18")
    events = desk.mark(CLM0="18.90")
    assert [each.order_id for each in all_of(events, CancelRequested)] == [order]
    assert may_open(desk, "BETA").node_id == "person:FUND"
    alone = cmd.SetTradingState(
        node_id="person:FUND", trading_state=TradingState.ACTIVE, reason="", entered_by="risk"
    )
    desk.refused(alone, Reason.SECOND_PERSON_REQUIRED)
    desk.done(changed(alone, approved_by="boss"))
    assert may_open(desk, "BETA").reason is Reason.DAILY_LOSS


def test_margin_use_takes_steps_too(desk):
    """100 lots at 20 ask for 200,000; a limit of 25 % of 1,000,000 is 250,000."""
    limited(desk, losses(margin_use_ppm=250_000, stop_ppm=900_000))
    events = desk.trade("ALPHA", BUY, 20, "20") and desk.records[-1].events
    reached = only(events, LossLimitReached)
    assert (reached.measure, reached.value_micros) == (LossMeasure.MARGIN_USE, money("240000"))


# --------------------------------------------------------------------------------- definitions


def test_narrowing_needs_one_person_and_widening_two(desk):
    desk.done(define(WIDE_LOSSES, losses(daily="100000", stop_ppm=900_000), approved_by=""))
    desk.done(define(losses(daily="90000", stop_ppm=800_000), approved_by=""))
    for row in (losses(daily="95000", stop_ppm=800_000), losses(daily="90000")):
        desk.refused(define(row, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    liquidates = losses("BETA", daily="1", liquidate_ppm=1_000_000)
    desk.refused(define(TERMS, liquidates, approved_by=""), Reason.SECOND_PERSON_REQUIRED)


@pytest.mark.parametrize(
    ("items", "words"),
    [
        ((losses(daily="1"),), "MASTER has no LossLimit"),
        ((changed(WIDE_LOSSES, velocity_micros=None),), "velocity is open at the root"),
        ((WIDE_LOSSES, losses("carrying:C1", daily="1")), "not at carrying:C1"),
        ((WIDE_LOSSES, losses(daily="1", **STEPS)), "no LiquidationTerms"),
        ((WIDE_LOSSES, losses(daily="1", stop_ppm=2, cancel_ppm=1)), "before stop"),
        ((WIDE_LOSSES, losses(stop_ppm=2)), "nothing that they are steps of"),
        ((WIDE_LOSSES, changed(TERMS, node_id="ALPHA")), "at MASTER, not at ALPHA"),
        (
            (WIDE_LOSSES, TERMS, losses(daily="1", liquidate_ppm=5, cured_ppm=6)),
            "above liquidate",
        ),
    ],
)
def test_faulty_rows_are_refused_with_all_their_faults(items, words):
    desk = new_desk()
    refusal = desk.refused(define(*items), Reason.FAULTY_DEFINITION)
    assert words in refusal.detail


def test_a_row_stated_on_a_living_desk_begins_its_day_where_it_stands(desk):
    desk.trade("ALPHA", BUY, 100, "20")
    desk.mark(CLM0="19.50")
    desk.done(define(WIDE_LOSSES, losses(daily="10000")))
    assert standing(desk)[0] == 0
    desk.mark(CLM0="19.45")
    assert standing(desk)[0] == 5_000
    desk.next_day(MONDAY)  # the same day again
    assert standing(desk)[0] == 5_000


def test_every_limit_is_explained_and_the_first_that_fails_is_the_refusal(desk):
    limited(desk, losses(daily="50000", drawdown="40000"), losses("person:FUND", velocity="1"))
    desk.mark(CLM0="19.40")
    command = order("ALPHA", BUY, 1, at="17", client_order_id="new")
    ask = ask_of_submit(desk.state, command, entry_line(desk.state, command))
    found = list(losses_evaluations(ask))
    nodes = ["ALPHA"] * 2 + ["MASTER"] * 3 + ["person:FUND"]
    assert [each.node_id for each in found] == nodes
    first = next(each for each in found if not each.passes)
    refused = desk.refused(command, Reason.DAILY_LOSS)
    told = (refused.reason, refused.node_id, refused.limit, refused.value)
    assert (first.reason, first.node_id, first.limit, first.value) == told
    assert first.head_room == -money("10000")


def test_a_wire_is_capital_from_its_request_to_its_end(desk):
    with_terms(desk)
    limited(desk, losses("person:FUND", daily="1000000"))
    desk.mark(CLM0="19.50")
    number = requested(desk, "1000000")
    assert standing(desk, "person:FUND")[0] == 50_000
    for command in (approve(number), send(number), confirm(number, "1000000")):
        desk.done(command)
        assert standing(desk, "person:FUND")[0] == standing(desk, "MASTER")[0] == 50_000
    desk.done(give_back(number, "1000000"))
    assert standing(desk, "person:FUND")[0] == 50_000
