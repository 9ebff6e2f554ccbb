"""The auditor reads losses for itself: day, peak, window, margin use, and the steps on the way."""

import pytest
from msgspec.structs import replace

from fencang.engine.flows import losses as loss_flow
from fencang.messages import commands as cmd
from fencang.messages.events import (
    CancelRequested,
    OrderRejected,
    TradingStateSet,
)
from fencang.messages.loss_events import (
    LiquidationEnded,
    LiquidationPlanned,
    LiquidationResumed,
    LossLimitReached,
    LossStep,
)
from fencang.messages.message import TradingState
from fencang.messages.reasons import Reason
from fencang.refdata.account import CarryingAccount
from fencang.refdata.loss_limit import PeakOf
from fencang.refdata.person import LegalPerson
from tests.engine.desk import BUY, SELL, all_of, deposit, only, stray, trading_desk, transfer
from tests.engine.firm import SECOND, TUESDAY, changed, define, money
from tests.engine.loss_firm import STEPS, TERMS, WIDE_LOSSES, losses, pause, resume
from tests.plain_core import plain_core_only
from tests.simulation.forgery import forged, laws_of, left_out
from tests.simulation.test_auditor_values import lose_control, refusals, stated_otherwise


def losing(*rows, to="19.40"):
    """ALPHA holds 100 lots at 20, a point is 100,000; after the loss it bids for another one."""
    desk = trading_desk()
    desk.done(define(WIDE_LOSSES, TERMS, *rows))
    desk.trade("ALPHA", BUY, 100, "20")
    desk.mark(CLM0="20.10")
    desk.mark(CLM0=to)
    desk.submit("ALPHA", BUY, 1, at="17")
    desk.accepted("ALPHA", SELL, 2, at="19.50")
    return desk


LOST = {"daily": 60_000, "drawdown": 70_000, "velocity": 70_000}
"""What the node has lost when it bids, in dollars; nothing else moved the owner's pool."""


def row_of(name, node, dollars):
    return losses(node, **{name: str(dollars)})


# ---------------------------------------------------------------------------------- refusals


@pytest.mark.parametrize("node", ["ALPHA", "person:FUND"])
@pytest.mark.parametrize("name", list(LOST))
def test_losses_are_read_to_the_micro_and_opening_beyond_one_is_told(name, node):
    records = losing(row_of(name, node, 10**9)).records
    exactly = row_of(name, node, LOST[name])
    assert laws_of(stated_otherwise(records, exactly)) == set()
    (field,) = (each for each in exactly.__struct_fields__ if each == f"{_long(name)}_micros")
    less = changed(exactly, **{field: getattr(exactly, field) - 1})
    assert laws_of(stated_otherwise(records, less)) == {"losses"}


def _long(name):
    return {"daily": "daily_loss"}.get(name, name)


def test_shares_are_of_the_equity_at_the_day_s_start_and_capital_of_today():
    """ALPHA begins at 1,000,000: 6 % are what it has lost, and after 500,000 have left 12 %."""
    records = losing(losses(daily_loss_ppm=1_000_000)).records
    assert laws_of(stated_otherwise(records, losses(daily_loss_ppm=60_000))) == set()
    assert laws_of(stated_otherwise(records, losses(daily_loss_ppm=59_999))) == {"losses"}
    desk = trading_desk()
    desk.done(define(WIDE_LOSSES, losses(daily_loss_ppm=1_000_000)))
    desk.trade("ALPHA", BUY, 100, "20")
    desk.mark(CLM0="19.40")
    desk.done(transfer("ALPHA", None, "500000"))
    desk.accepted("ALPHA", BUY, 1, at="17")
    assert laws_of(stated_otherwise(desk.records, losses(daily_loss_ppm=120_000))) == set()
    assert laws_of(stated_otherwise(desk.records, losses(daily_loss_ppm=119_999))) == {"losses"}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (losses(daily="50000"), Reason.DAILY_LOSS),
        (losses(drawdown="50000"), Reason.DRAWDOWN),
        (losses(velocity="50000"), Reason.LOSS_VELOCITY),
        (losses("person:FUND", daily="50000"), Reason.DAILY_LOSS),
        (changed(WIDE_LOSSES, drawdown_micros=50_000_000_000), Reason.DRAWDOWN),
    ],
)
def test_a_desk_that_forgets_losses_is_told_and_what_it_refuses_is_compared(
    monkeypatch, row, reason
):
    honest = losing(row) if row.node_id != "MASTER" else _at_the_root(row)
    assert refusals(honest) == [reason]
    assert laws_of(honest.records) == set()
    other = forged(honest.records, OrderRejected, lambda it: replace(it, value=it.value - 1))
    assert laws_of(other) == {"loss refusal"}
    lose_control(monkeypatch, "losses")
    false = losing(row) if row.node_id != "MASTER" else _at_the_root(row)
    assert refusals(false) == []
    assert laws_of(false.records) == {"losses"}


def _at_the_root(row):
    desk = trading_desk()
    desk.done(define(row))
    desk.trade("ALPHA", BUY, 100, "20")
    desk.mark(CLM0="19.40")
    desk.submit("BETA", BUY, 1, at="17")
    return desk


def test_what_was_lost_before_the_window_has_no_velocity():
    desk = trading_desk()
    desk.done(define(WIDE_LOSSES, losses(velocity="60000")))
    desk.trade("ALPHA", BUY, 100, "20")
    desk.mark(CLM0="19.40")
    desk.now_ns += 70 * SECOND
    desk.accepted("ALPHA", BUY, 1, at="17")
    short = stated_otherwise(desk.records, losses(velocity="1", velocity_ns=30 * SECOND))
    assert laws_of(short) == set()
    long = stated_otherwise(desk.records, losses(velocity="59999", velocity_ns=600 * SECOND))
    assert laws_of(long) == {"losses"}


def test_capital_is_neither_profit_nor_loss():
    """100,000 leave ALPHA and 70,000 are lost: as much as it may lose, and no micro more."""
    desk = trading_desk()
    desk.done(define(WIDE_LOSSES, losses(daily="70000")))
    desk.trade("ALPHA", BUY, 100, "20")
    desk.done(transfer("ALPHA", None, "100000"))
    desk.mark(CLM0="19.30")
    desk.done(deposit("500000"))
    desk.accepted("ALPHA", BUY, 1, at="17")
    assert laws_of(desk.records) == set()
    for node in ("ALPHA", "person:FUND"):
        row = losses(node, daily="69999")
        assert laws_of(stated_otherwise(desk.records, row)) == {"losses"}


# -------------------------------------------------------------------------------------- steps


def stepping(to, *, peak_of=PeakOf.DAY):
    """ALPHA holds 100 lots, bids and offers; it stops at 80,000, cancels at 100,000, closes at
    120,000.
    """
    desk = trading_desk()
    row = losses(daily="100000", peak_of=peak_of, **STEPS)
    desk.done(define(WIDE_LOSSES, TERMS, row))
    desk.trade("ALPHA", BUY, 100, "20")
    desk.working("ALPHA", BUY, 1, at="18")
    desk.mark(CLM0=to)
    return desk


@pytest.mark.parametrize(("to", "steps"), [("19.15", 1), ("18.95", 2), ("18.75", 3)])
def test_every_step_is_read_and_one_that_is_not_taken_is_told(to, steps):
    records = stepping(to).records
    taken = [each.step for each in all_of(records[-1].events, LossLimitReached)]
    assert taken == list(LossStep)[1 : steps + 1]
    assert laws_of(records) == set()
    for place in range(steps):
        assert "loss step" in laws_of(forged(records, LossLimitReached, left_out, place))


@pytest.mark.parametrize(
    "field", ["limit_micros", "value_micros", "equity_micros", "start_micros", "share_ppm"]
)
def test_what_is_told_of_a_step_is_what_the_books_say(field):
    records = stepping("19.15").records
    other = {field: lambda it: replace(it, **{field: getattr(it, field) + 1})}
    assert "loss step" in laws_of(forged(records, LossLimitReached, other[field]))


def test_a_step_too_early_or_twice_is_told():
    records = stepping("18.95").records
    early = stated_otherwise(records, losses(daily="110000", **STEPS))
    assert "loss step" in laws_of(early)
    twice = forged(records, LossLimitReached, lambda it: replace(it, step=LossStep.CANCEL))
    assert "loss step" in laws_of(twice)


def test_a_step_stops_and_cancels():
    records = stepping("18.95").records
    assert "loss step" in laws_of(forged(records, TradingStateSet, left_out))
    assert "loss step" in laws_of(forged(records, CancelRequested, left_out))


@plain_core_only
def test_a_desk_that_takes_no_steps_is_told(monkeypatch):
    monkeypatch.setattr(loss_flow, "_steps", lambda _: [])
    for to in ("19.15", "18.95", "18.75"):
        assert laws_of(stepping(to).records) == {"loss step"}


@pytest.mark.parametrize(("to", "ppm"), [("18", 225_000), ("22", 200_000)])
def test_margin_use_is_read_where_prices_move_and_with_fills(to, ppm):
    """100 lots ask at 20 for 200,000 of 1,000,000, and at 18 for 180,000 of 800,000."""
    desk = trading_desk()
    desk.done(define(WIDE_LOSSES, losses(margin_use_ppm=1_000_000, stop_ppm=1_000_000)))
    desk.trade("ALPHA", BUY, 100, "20")
    desk.mark(CLM0=to)
    assert laws_of(desk.records) == set()
    for most, laws in ((ppm, set()), (ppm - 1, {"loss step"})):
        row = losses(margin_use_ppm=most, stop_ppm=1_000_000)
        assert laws_of(stated_otherwise(desk.records, row)) == laws


def test_margin_of_lots_that_nobody_claimed_counts_though_their_holder_has_no_book():
    """HOUSE has an account and no sub-account; 100 lots there ask for 200,000 of the desk's."""
    house = LegalPerson(person_id="HOUSE", name="House", jurisdiction="US")
    account = CarryingAccount(
        carrying_account_id="C9", holder_id="HOUSE", broker="B", venues=("NYMEX",)
    )
    row = changed(WIDE_LOSSES, margin_use_ppm=10_000, stop_ppm=1_000_000)
    desk = trading_desk(house, account)
    desk.done(define(row))
    stray(desk, BUY, 100, "20", account="C9")
    desk.mark(CLM0="20.10")
    told = [each for record in desk.records for each in all_of(record.events, LossLimitReached)]
    assert [each.value_micros for each in told] == [money("200000")]
    assert laws_of(desk.records) == set()


def test_a_new_day_resumes_only_where_the_row_says_so():
    """And what is beyond a limit from before today takes its step as the day begins."""
    desk = trading_desk()
    row = losses(daily="100000", resumes_next_day=True, stop_ppm=800_000)
    desk.done(define(WIDE_LOSSES, row))
    desk.trade("ALPHA", BUY, 100, "20")
    desk.mark(CLM0="19.15")
    desk.settle(CLM0="19.15", CLN0="20", CLK0="10", ESM0="3000")
    desk.next_day(TUESDAY)
    assert only(desk.records[-1].events, TradingStateSet).trading_state is TradingState.ACTIVE
    assert laws_of(desk.records) == set()
    nobody = stated_otherwise(desk.records, changed(row, resumes_next_day=False))
    assert laws_of(nobody) == {"loss step"}
    ever = {"drawdown": "80000", "peak_of": PeakOf.EVER}
    beyond = stated_otherwise(desk.records, changed(row, **vars_of(losses(**ever))))
    assert "loss step" in laws_of(beyond)


def vars_of(row):
    return {name: getattr(row, name) for name in ("drawdown_micros", "peak_of")}


# -------------------------------------------------------------------------------- liquidation


def test_a_plan_names_all_that_is_held_and_follows_its_step():
    records = stepping("18.75").records

    def fewer(event):
        legs = tuple(replace(leg, quantity_lots=leg.quantity_lots - 1) for leg in event.legs)
        return replace(event, legs=legs)

    assert "liquidation" in laws_of(forged(records, LiquidationPlanned, fewer))
    assert "liquidation" in laws_of(forged(records, LiquidationPlanned, left_out))
    more = stated_otherwise(records, losses(daily="100000", keep_ppm=100_000, **STEPS))
    assert "liquidation" in laws_of(more)
    step = forged(records, LossLimitReached, left_out, place=2)
    assert {"liquidation", "loss step"} <= laws_of(step)


def test_what_is_paused_waits_and_what_is_cured_may_be_closed_again():
    desk = stepping("19.50")
    desk.done(pause("ALPHA"))
    desk.mark(CLM0="18.75")
    desk.done(resume("ALPHA"))
    desk.mark(CLM0="19.50")
    assert only(desk.records[-1].events, LiquidationEnded)
    desk.mark(CLM0="18.70")
    assert only(desk.records[-1].events, LiquidationPlanned)
    assert laws_of(desk.records) == set()
    told = forged(desk.records, LiquidationEnded, left_out)
    assert {"block", "loss step"} & laws_of(told)
    twice = forged(desk.records, LiquidationResumed, lambda it: replace(it, node_id="BETA"))
    assert "liquidation" in laws_of(twice)


def test_an_honest_desk_of_every_step_goes_on_and_is_clean():
    desk = stepping("18.95")
    resumed = cmd.SetTradingState(
        node_id="ALPHA",
        trading_state=TradingState.ACTIVE,
        reason="looked",
        entered_by="risk",
        approved_by="boss",
    )
    desk.done(resumed)
    desk.mark(CLM0="19.50")
    desk.accepted("ALPHA", BUY, 1, at="17")
    assert laws_of(desk.records) == set()
