"""Overrides of every family whose numbers are limits, and of none that keeps the law."""

from datetime import timedelta

import pytest

from fencang.engine.decide.overrides import NEVER_OVERRIDDEN
from fencang.engine.evolve.overrides import OVERRIDABLE
from fencang.messages import commands as cmd
from fencang.messages.events import OrderRejected, TradingStateSet
from fencang.messages.limit_events import LimitWarned
from fencang.messages.loss_events import LossLimitReached
from fencang.messages.reasons import Reason
from fencang.refdata.account import SubAccount
from fencang.refdata.contract import Contract
from fencang.refdata.limit import PositionLimit
from fencang.refdata.override import FIXED_FIELDS, overridable_fields
from fencang.refdata.risk import RISK_KINDS
from fencang.refdata.tenor import TenorLimit
from fencang.refdata.ties import REGIME_KINDS
from tests.engine.control_firm import APART
from tests.engine.desk import BUY, START_NS, all_of, kinds, order
from tests.engine.exposure_firm import NO_BUFFER, WIDE_EXPOSURE, buffer, exposure
from tests.engine.firm import MONDAY, changed, define, money
from tests.engine.flow_firm import FREE_IMPACT, FREE_TRADE_FLOW, impact, trade_flow, volumes
from tests.engine.loss_firm import TERMS, WIDE_LOSSES, losses
from tests.engine.node_firm import HOUR, override, warning


def until(desk, hours):
    """Let the next command be the one of this hour."""
    desk.now_ns = START_NS + hours * HOUR - 1


def submit(desk, lots, contract="CLM0", name="", sub="ALPHA", at="20"):
    """Send an order a nanosecond later."""
    desk.executions += 1
    name = name or f"o{desk.executions}"
    return desk.do(order(sub, BUY, lots, contract, at, client_order_id=name), after_ns=1)[-1]


def refused(event, reason, under=""):
    assert isinstance(event, OrderRejected), event
    assert event.reason is reason, event
    assert ("under override" in event.detail) is bool(under), event.detail
    assert under in event.detail
    return event


def _with(*rows):
    return lambda desk: desk.done(define(*rows))


def _volumes(desk):
    desk.done(define(FREE_IMPACT, impact("ALPHA", order_share_ppm=10_000)))
    desk.done(volumes(CLM0=500))


def _hour_later(desk):
    return desk.do(volumes(CLM0=500), after_ns=1)


FAMILIES = {
    "order-to-trade": (
        _with(FREE_TRADE_FLOW, trade_flow("ALPHA", order_to_trade_max=0, free_messages=0)),
        ("TradeFlowControl", "*", {"free_messages": 1}),
        (1, 1, Reason.ORDER_TO_TRADE),
    ),
    "gross exposure": (
        _with(WIDE_EXPOSURE, exposure("ALPHA", "CL", gross="100000")),
        ("ExposureLimit", "CL", {"gross_micros_max": money("200000")}),
        (6, 5, Reason.GROSS_EXPOSURE),
    ),
    "net exposure of named products": (
        _with(WIDE_EXPOSURE, exposure("ALPHA", "fuel", product_ids=("CL",), net="100000")),
        ("ExposureLimit", "fuel", {"net_micros_max": money("200000")}),
        (6, 5, Reason.NET_EXPOSURE),
    ),
    "margin buffer": (
        _with(NO_BUFFER, buffer("ALPHA", amount="990000")),
        ("MarginBuffer", "*", {"buffer_micros": money("980000")}),
        (6, 5, Reason.MARGIN_BUFFER),
    ),
    "market impact": (
        _volumes,
        ("ImpactLimit", "*", {"order_share_ppm": 20_000, "volume_age_ns_max": 9 * HOUR}),
        (6, 11, Reason.MARKET_IMPACT),
    ),
}


@pytest.mark.parametrize("family", FAMILIES)
def test_a_family_is_loosened_for_an_hour_and_binds_again_after_it(desk, family):
    """``lots`` pass under the override alone, ``more`` than that are refused under its name."""
    state, (kind, scope, values), (lots, more, reason) = FAMILIES[family]
    state(desk)
    desk.done(define(override(kind=kind, scope=scope, **values)))
    refused(submit(desk, lots), reason)
    until(desk, 1)
    assert not isinstance(submit(desk, lots), OrderRejected)
    refused(submit(desk, more), reason, "under override O-1 until")
    assert desk.state.risk.overrides.hidden
    until(desk, 2)
    if family == "market impact":
        _hour_later(desk)
        refused(submit(desk, lots), reason)
    else:
        refused(submit(desk, 1), reason)
    assert not desk.state.risk.overrides.hidden


def test_maturities_are_loosened_for_an_hour_and_for_one_order(desk):
    root = TenorLimit(node_id="MASTER", furthest_days=365, nearest_days=3, takes_undated=True)
    ends = MONDAY + timedelta(days=2)
    near = Contract(contract_id="NEAR", product_id="CL", last_trading_day=ends)
    desk.done(define(root, near))
    desk.mark(NEAR="20")
    row = {"kind": "TenorLimit", "node": "MASTER", "scope": "*", "nearest_days": 1}
    desk.done(define(override(**row), override("O-2", hours=(3, 4), order=("ALPHA", "big"), **row)))
    refused(submit(desk, 1, "NEAR"), Reason.TENOR)
    until(desk, 1)
    submit(desk, 1, "NEAR")
    until(desk, 2)
    refused(submit(desk, 1, "NEAR"), Reason.TENOR)
    until(desk, 3)
    refused(submit(desk, 1, "NEAR"), Reason.TENOR)
    assert not isinstance(submit(desk, 1, "NEAR", name="big"), OrderRejected)


def test_what_rests_or_is_disabled_is_not_let_go(desk):
    """An override widens a number; what two persons have to undo, they still undo."""
    desk.done(define(FREE_TRADE_FLOW, trade_flow("ALPHA", repeated_executions_max=1)))
    desk.trade("ALPHA", BUY, 1, "20")
    refused(submit(desk, 1), Reason.REPEATED_EXECUTION)
    values = {"repeated_executions_max": 9}
    desk.done(define(override(kind="TradeFlowControl", scope="*", **values)))
    until(desk, 1)
    refused(submit(desk, 1), Reason.REPEATED_EXECUTION)


# -------------------------------------------------------------------------------------- losses


@pytest.fixture
def losing(desk):
    """ALPHA holds 100 lots at 20, has lost 50,000 of 60,000, and may lose 200,000 for an hour."""
    desk.done(define(WIDE_LOSSES, TERMS, losses("ALPHA", daily="60000", stop_ppm=1_000_000)))
    desk.trade("ALPHA", BUY, 100, "20")
    values = {"daily_loss_micros": money("200000")}
    desk.done(define(override(kind="LossLimit", scope="*", **values)))
    desk.mark(CLM0="19.50")
    return desk


def test_a_loss_limit_is_loosened_and_its_steps_come_when_it_binds_again(losing):
    desk = losing
    until(desk, 1)
    desk.do(cmd.AdvanceTime(), after_ns=1)
    assert not all_of(desk.mark(CLM0="19"), LossLimitReached)
    assert not isinstance(submit(desk, 1, at="19"), OrderRejected)
    until(desk, 2)
    events = desk.do(cmd.AdvanceTime(), after_ns=1)
    assert kinds(events)[:3] == ["OverrideEnded", "LossLimitReached", "TradingStateSet"]
    refused(submit(desk, 1, at="19"), Reason.REDUCE_ONLY)


def test_a_step_that_was_taken_is_not_taken_back(losing):
    desk = losing
    assert all_of(desk.mark(CLM0="19"), LossLimitReached)
    until(desk, 1)
    events = desk.do(cmd.AdvanceTime(), after_ns=1)
    assert not all_of(events, TradingStateSet)
    refused(submit(desk, 1, at="19"), Reason.REDUCE_ONLY)


def test_a_refusal_by_a_loss_names_the_override(losing):
    desk = losing
    desk.done(define(changed(losses("ALPHA", daily="60000"), stop_ppm=None)))
    desk.mark(CLM0="17.90")
    until(desk, 1)
    found = refused(submit(desk, 1, at="17"), Reason.DAILY_LOSS, "under override O-1")
    assert found.limit == money("200000")


def test_warnings_are_of_the_limit_that_holds(losing):
    desk = losing
    told = desk.done(define(warning(), WIDE_EXPOSURE, exposure("ALPHA", net="3000000")))
    assert [each.level_ppm for each in all_of(told, LimitWarned)] == [500_000, 800_000]
    row = override("O-2", "ExposureLimit", net_micros_max=money("2000000"), scope="*")
    desk.done(define(row))
    until(desk, 1)
    events = desk.do(cmd.AdvanceTime(), after_ns=1)
    assert kinds(events) == ["OverrideBegun"] * 2 + ["LimitWarned", "LimitWarningEnded"]
    assert [each.control for each in events[2:]] == ["net exposure", "daily loss"]
    until(desk, 2)
    events = desk.do(cmd.AdvanceTime(), after_ns=1)
    ended = [(each.control, each.level_ppm) for each in events[2:]]
    assert ended == [("net exposure", 500_000), ("daily loss", 800_000)]


# --------------------------------------------------------------------------------------- never


def test_every_kind_of_row_is_overridden_or_says_why_it_is_not():
    rows = {*RISK_KINDS, *REGIME_KINDS, PositionLimit, SubAccount}
    assert rows == {*OVERRIDABLE.values(), *NEVER_OVERRIDDEN}
    assert not {*OVERRIDABLE.values()} & {*NEVER_OVERRIDDEN}
    for kind, fields in FIXED_FIELDS.items():
        assert fields <= {*OVERRIDABLE[kind].__struct_fields__}
        assert not fields & {*overridable_fields(OVERRIDABLE[kind])}


@pytest.mark.parametrize("kind", sorted(kind.__name__ for kind in NEVER_OVERRIDDEN))
def test_a_refusal_says_why_a_kind_is_not_overridden(desk, kind):
    desk.done(define(APART))
    row = override(kind=kind, node="MASTER", scope="*", wash_price_ticks=0)
    found = desk.refused(define(row), Reason.FAULTY_DEFINITION)
    why = NEVER_OVERRIDDEN[next(each for each in NEVER_OVERRIDDEN if each.__name__ == kind)]
    assert f"{kind} is nothing that can be overridden ({why})" in found.detail


def test_what_is_counted_and_what_is_done_is_not_overridden(desk):
    desk.done(define(WIDE_LOSSES, TERMS, FREE_IMPACT, FREE_TRADE_FLOW, WIDE_EXPOSURE))
    for kind, fields in FIXED_FIELDS.items():
        for field in sorted(fields):
            row = override(kind=kind, node="MASTER", scope="*", **{field: 1})
            found = desk.refused(define(row), Reason.FAULTY_DEFINITION)
            assert f"{field} says what {kind} counts or does" in found.detail


def test_two_persons_enter_it_and_one_order_is_not_an_hour(desk):
    desk.done(define(WIDE_EXPOSURE))
    wider = {"net_micros_max": money("1")}
    row = override(kind="ExposureLimit", node="MASTER", scope="*", **wider)
    desk.refused(define(row, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    of_one = override(
        kind="ExposureLimit", node="MASTER", scope="*", order=("ALPHA", "big"), **wider
    )
    found = desk.refused(define(of_one), Reason.FAULTY_DEFINITION)
    assert "not overridden for one order; PositionLimit, OrderControl, TenorLimit" in found.detail
