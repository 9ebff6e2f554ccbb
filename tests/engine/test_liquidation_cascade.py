"""Faulty margin never starts a chain of forced closing; a real crash is closed within its bounds.

A desk of many sub-accounts, each with a liquidate step on loss and on margin.  Whatever raises
requirements without a cause in positions or prices sends not one order, however often the desk is
looked at afterwards, until two persons say that the figure is right.
"""

import pytest

import fencang.engine.accounts as engine_accounts
from fencang.messages import commands as cmd
from fencang.messages.events import BlockOrderCreated, OperatorCalled, OrderAccepted
from fencang.messages.loss_events import (
    LiquidationPlanned,
    LiquidationSuspended,
    LossLimitReached,
    Suspension,
)
from fencang.messages.message import TradingState
from fencang.messages.reasons import Reason
from tests.engine.broker_firm import fixed
from tests.engine.desk import BUY, SELL, all_of, order, trading_desk, transfer
from tests.engine.firm import C1, CL, SECOND, changed, define, money, sub_account
from tests.engine.loss_firm import STEPS, TERMS, WIDE_LOSSES, losses, pause, resume
from tests.engine.span_firm import (
    JUNE,
    TENFOLD,
    activate,
    arrays,
    collateral,
    load,
    use_span,
)

MINUTE = 60 * SECOND
TICK = cmd.AdvanceTime()
CROWD = tuple(f"S{number:02}" for number in range(20))


def crowd(*, lots=10, cash="50000", span=True, desk=None, **terms):
    """Twenty accounts with 10 lots each and 50,000 dollars; margin use up to all of it."""
    desk = trading_desk(*(sub_account(name) for name in CROWD), desk=desk)
    if span:
        use_span(desk)
        desk.done(load(TENFOLD))
    for name in CROWD:
        desk.done(transfer(None, name, cash))
        desk.trade(name, BUY, lots, "20")
    rows = [losses(name, daily="20000", margin_use_ppm=1_000_000, **STEPS) for name in CROWD]
    top = changed(WIDE_LOSSES, margin_use_ppm=1_000_000, **STEPS)
    firm = losses("person:FUND", drawdown="900000", margin_use_ppm=1_000_000, **STEPS)
    settings = {"day_lots_max": 60, "rounds_max": 50, **terms}
    desk.done(define(top, firm, changed(TERMS, **settings), *rows))
    return desk


def forced(desk):
    """Return every block order of a liquidation so far, with its time."""
    return [
        (record.time_ns, event)
        for record in desk.records
        for event in record.events
        if isinstance(event, BlockOrderCreated) and event.rule_id.startswith("@liquidation")
    ]


def look_again(desk):
    """Let marks, fills and time go by, so that everything is evaluated again and again."""
    for cents in (95, 90, 95):
        desk.mark(CLM0=f"19.{cents}")
        desk.done(TICK, after_ns=MINUTE)
    desk.submit("GAMMA", BUY, 1, at="19.95")
    desk.rate(EUR="1.1", JPY="0.01", CNY="0.14")
    desk.settle(CLM0="19.90", CLN0="20", CLK0="10", ESM0="3000")
    desk.done(TICK, after_ns=MINUTE)


def suspended(desk):
    return [
        event
        for record in desk.records
        for event in record.events
        if isinstance(event, LiquidationSuspended)
    ]


# ------------------------------------------------------------------------------- faulty figures


def absurd_file(desk):
    return desk.done(activate(TENFOLD))


def absurd_arrays(desk):
    return desk.done(arrays(30_000, "CLM0"))


def absurd_multiplier(desk):
    return desk.done(define(changed(C1, house_multiplier_ppm=10_000_000)))


@pytest.mark.parametrize("fault", [absurd_file, absurd_arrays, absurd_multiplier])
def test_an_absurd_file_sends_not_one_order(fault):
    """Requirements of 30,000 become 300,000 on 50,000 of capital, at twenty accounts at once."""
    desk = crowd()
    events = fault(desk)
    (found,) = all_of(events, LiquidationSuspended)
    assert (found.node_id, found.cause) == ("person:FUND", Suspension.MARGIN_JUMP)
    assert (found.subject, found.before, found.after) == ("S00", money("30000"), money("300000"))
    assert len(all_of(events, OperatorCalled)) == 1
    look_again(desk)
    assert forced(desk) == []
    steps = [each for record in desk.records for each in all_of(record.events, LossLimitReached)]
    assert steps == []  # nobody is even stopped by a figure that is not trusted
    # Opening is refused by the number as it is, and whoever wants out gets out.
    desk.refused(order("S01", BUY, 1, at="19.90"), Reason.MARGIN_SUB_ACCOUNT)
    desk.done(order("S01", SELL, 10, at="19.90", client_order_id="out"))


def test_the_right_file_and_two_persons_bring_back_what_was():
    desk = crowd()
    absurd_file(desk)
    desk.done(activate(JUNE))
    desk.refused(resume("person:FUND", approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.done(resume("person:FUND"))
    look_again(desk)
    assert forced(desk) == []
    assert desk.state.risk.losses.liquidations.suspensions == {}


def test_two_persons_may_say_that_the_figure_is_right():
    """Then it is closed as any other excess is: at the rate, within the budget."""
    desk = crowd()
    absurd_file(desk)
    desk.done(resume("person:FUND"))
    assert len(all_of(desk.records[-1].events, LiquidationPlanned)) >= 20
    assert sum(leg.quantity_lots for _, block in forced(desk) for leg in block.legs) == 10


def absurd_rate(desk):
    desk.done(define(changed(CL, margin_ppm=1_000_000)))


def absurd_add_on(desk):
    desk.done(define(fixed("90000000")))


@pytest.mark.parametrize("fault", [absurd_rate, absurd_add_on])
def test_absurd_rates_and_add_ons_send_not_one_order(fault):
    desk = crowd(span=False)
    fault(desk)
    assert [each.cause for each in suspended(desk)] == [Suspension.MARGIN_JUMP]
    look_again(desk)
    assert forced(desk) == []


def test_an_absurd_rate_of_exchange_sends_not_one_order():
    """2,000,000 EUR at 0.11 instead of 1.10: the firm seems to have lost 1,980,000."""
    desk = crowd(jump_ppm=100_000)
    desk.deposit("2000000", "EUR")
    desk.rate(EUR="0.11", JPY="0.01", CNY="0.14")
    assert [each.cause for each in suspended(desk)] == [Suspension.EQUITY_JUMP]
    for _ in range(3):
        desk.done(TICK, after_ns=MINUTE)
    desk.mark(CLM0="19.90")
    assert forced(desk) == []
    steps = [each for record in desk.records for each in all_of(record.events, LossLimitReached)]
    assert {each.step for each in steps} == {1, 2}  # stopped for the loss, and no more


def test_collateral_that_is_taken_away_sends_not_one_order():
    desk = crowd(jump_ppm=100_000)
    desk.done(collateral(money("5000000")))
    desk.done(collateral(0))
    assert [each.cause for each in suspended(desk)] == [Suspension.EQUITY_JUMP]
    look_again(desk)
    assert forced(desk) == []


def test_many_small_steps_count_as_one():
    """Twice 30 % are beyond 50 %, though neither is."""
    desk = crowd()
    desk.done(arrays(3_900, "CLM0"))
    assert suspended(desk) == []
    desk.done(arrays(5_070, "CLM0"))
    assert [each.cause for each in suspended(desk)] == [Suspension.MARGIN_JUMP]


def test_a_fault_of_the_margin_method_at_a_mark_sends_not_one_order(monkeypatch):
    """A mark moves a cent, and the method asks for ten times as much."""
    desk = crowd(span=False)
    right = engine_accounts.requirement_per_lot

    def wrong(product, price_nanos):
        return right(product, price_nanos) * (10 if price_nanos < 19_950_000_000 else 1)

    monkeypatch.setattr(engine_accounts, "requirement_per_lot", wrong)
    desk.mark(CLM0="19.94")
    assert [each.cause for each in suspended(desk)] == [Suspension.MARGIN_JUMP]
    look_again(desk)
    assert forced(desk) == []


def test_a_rise_that_is_not_a_jump_is_closed_as_it_should_be():
    """A file of 4,500 instead of 3,000 after a file of 3,000 is 50 %: no jump, and no excess."""
    desk = crowd(cash="33000", jump_ppm=600_000)
    desk.done(arrays(4_500, "CLM0"))
    assert suspended(desk) == []
    assert sum(leg.quantity_lots for _, block in forced(desk) for leg in block.legs) == 10


# ------------------------------------------------------------------------------------ a real crash


def fill_all(desk, events, at, contracts=("CLM0",)):
    """Fill every slice, and those that follow from the fills."""
    waiting = [*all_of(events, OrderAccepted)]
    while waiting:
        each = waiting.pop(0)
        if each.terms.contract_id in contracts:
            found = desk.fill(each.order_id, each.terms.quantity_lots, at)
            waiting += all_of(found, OrderAccepted)


def test_a_real_crash_is_closed_within_rate_and_budget():
    """Ten lots a minute, sixty a day, over twenty accounts; no account crosses zero."""
    desk = crowd()
    levels = [f"{cents // 100}.{cents % 100:02}" for cents in range(1_950, 1_500, -50)]
    for level in levels:
        fill_all(desk, desk.mark(CLM0=level), level)
        for _ in range(2):
            fill_all(desk, desk.done(TICK, after_ns=MINUTE // 2 + SECOND), level)
    for _ in range(2):
        fill_all(desk, desk.done(TICK, after_ns=MINUTE), levels[-1])
    blocks = forced(desk)
    by_time = [(time_ns, sum(leg.quantity_lots for leg in each.legs)) for time_ns, each in blocks]
    for at, _ in by_time:
        within = [lots for time_ns, lots in by_time if at <= time_ns < at + MINUTE]
        assert sum(within) <= 10
    assert sum(lots for _, lots in by_time) == 60
    assert sum(desk.lots(name)[0] for name in CROWD) == 140
    assert [each.cause for each in suspended(desk)] == [Suspension.BUDGET]
    assert all(desk.lots(name)[0] in range(11) and not desk.lots(name)[1] for name in CROWD)
    assert all(desk.state.trading_states[name] is TradingState.REDUCE_ONLY for name in CROWD)


def test_fills_that_make_margin_worse_do_not_make_it_faster():
    """Closing one leg of a calendar spread asks for more, at the account and at the pool."""
    desk = trading_desk()
    use_span(desk)
    desk.trade("ALPHA", BUY, 50, "20")
    desk.trade("ALPHA", SELL, 50, "20", contract="CLN0")
    desk.done(transfer("ALPHA", None, "970000"))
    before = desk.requirement("ALPHA")  # 50 spreads at 500
    top = changed(WIDE_LOSSES, margin_use_ppm=4_000, **STEPS)
    row = losses(margin_use_ppm=500_000, **STEPS)
    desk.done(define(top, row, changed(TERMS, jump_micros=money("1000000000"))))
    at_first = len(forced(desk))
    fill_all(desk, desk.records[-1].events, "20")
    for _ in range(4):
        fill_all(desk, desk.done(TICK, after_ns=MINUTE), "20")  # the other leg finds nobody
    assert at_first > 0
    assert before == money("25000")
    assert desk.requirement("ALPHA") > 4 * before
    lots = {}
    for time_ns, block in forced(desk):
        key = (time_ns, block.contract_id)
        lots[key] = lots.get(key, 0) + sum(leg.quantity_lots for leg in block.legs)
    assert max(lots.values()) <= 10
    assert desk.lots("ALPHA") == (0, 0)


def test_closing_that_makes_margin_worse_beyond_a_jump_suspends_itself():
    desk = trading_desk()
    use_span(desk)
    desk.trade("ALPHA", BUY, 50, "20")
    desk.trade("ALPHA", SELL, 50, "20", contract="CLN0")
    desk.done(transfer("ALPHA", None, "970000"))
    desk.done(define(WIDE_LOSSES, losses(margin_use_ppm=500_000, **STEPS), TERMS))
    (found,) = suspended(desk)
    assert (found.cause, found.what) == (Suspension.MARGIN_JUMP, "liquidation")
    fill_all(desk, desk.records[-1].events, "20")
    look_again(desk)
    assert sum(leg.quantity_lots for _, block in forced(desk) for leg in block.legs) == 20


def test_a_pause_of_the_master_stops_every_account():
    desk = crowd()
    desk.done(pause("MASTER"))
    for level in ("19", "18.50", "18", "17.50"):
        desk.mark(CLM0=level)
        desk.done(TICK, after_ns=MINUTE)
    assert forced(desk) == []
