"""Kill switch, lost clients, deadlines, silent links: what is cancelled, what still gets out."""

import pytest

from fencang.engine.risk import connections as connections_module
from fencang.messages import commands as cmd
from fencang.messages.connection_commands import StopAction
from fencang.messages.connection_events import (
    ClientDisconnected,
    ClientForgotten,
    DeadlinePassed,
    SilenceBegan,
    SilenceEnded,
    TradingStopped,
)
from fencang.messages.events import (
    BlockOrderCreated,
    BlockOrderDone,
    CancelRequested,
    OrderAccepted,
    OrderRejected,
    TradingStateSet,
)
from fencang.messages.message import TimeInForce, TradingState
from fencang.messages.reasons import Reason
from tests.engine.acts import halt, resume
from tests.engine.connection_acts import client, deadline, gone, link, links, losing, stop
from tests.engine.desk import BUY, SELL, all_of, only
from tests.engine.firm import SECOND, define, rule

TICK = cmd.AdvanceTime()


def cancelled_ids(events):
    return {event.order_id for event in all_of(events, CancelRequested)}


# ------------------------------------------------------------------------------------ kill switch


def at_work(desk):
    """ALPHA holds 5 lots, buys more and sells some of them; BETA buys; a client buys elsewhere."""
    desk.fund("CLIENT1", "80000", owner="CLIENT", account="OMNI")
    desk.trade("ALPHA", BUY, 5, "20")
    return {
        "opening": desk.working("ALPHA", BUY, 1, at="19"),
        "closing": desk.working("ALPHA", SELL, 2, at="21"),
        "other": desk.working("BETA", BUY, 1, at="19"),
        "eurex": desk.working("BETA", BUY, 1, contract="FDAX", at="9900"),
        "client": desk.working("CLIENT1", BUY, 1, at="19"),
    }


@pytest.mark.parametrize(
    ("node", "asked"),
    [
        ("ALPHA", {"opening", "closing"}),
        ("MASTER", {"opening", "closing", "other", "eurex", "client"}),
        ("venue:EUREX", {"eurex"}),
        ("carrying:C1", {"opening", "closing", "other", "eurex"}),
        ("person:CLIENT", {"client"}),
    ],
)
def test_a_halt_with_cancels_reaches_what_stands_under_the_node(desk, node, asked):
    orders = at_work(desk)
    events = desk.done(stop(node))
    assert cancelled_ids(events) == {orders[name] for name in asked}
    assert only(events, TradingStopped).orders == len(asked)
    assert only(events, TradingStateSet).trading_state is TradingState.HALTED


def test_reduce_only_leaves_what_closes(desk):
    orders = at_work(desk)
    events = desk.done(stop("MASTER", StopAction.REDUCE_ONLY_AND_CANCEL))
    assert orders["closing"] not in cancelled_ids(events)
    assert cancelled_ids(events) == set(orders.values()) - {orders["closing"]}
    found = only(desk.submit("ALPHA", BUY, 1, at="19"), OrderRejected)
    assert found.reason is Reason.REDUCE_ONLY
    assert only(desk.submit("ALPHA", SELL, 1, at="21"), OrderAccepted).is_reducing


def test_a_venue_that_is_stopped_stops_there_alone(desk):
    desk.done(stop("venue:EUREX", StopAction.HALT))
    found = only(desk.submit("ALPHA", BUY, 1, contract="FDAX", at="9900"), OrderRejected)
    assert (found.reason, found.node_id) == (Reason.TRADING_HALTED, "venue:EUREX")
    desk.accepted("ALPHA", BUY, 1, at="19")


def test_one_person_stops_and_two_resume(desk):
    desk.done(stop())
    assert desk.do(resume())[0].reason is Reason.SECOND_PERSON_REQUIRED
    desk.done(resume(approved_by="chief"))
    desk.accepted("ALPHA", BUY, 1, at="19")


def test_a_second_stop_cancels_again_and_never_loosens(desk):
    desk.done(stop("ALPHA", StopAction.HALT))
    events = desk.done(stop("ALPHA", StopAction.REDUCE_ONLY))
    assert all_of(events, TradingStateSet) == []
    assert desk.state.trading_states["ALPHA"] is TradingState.HALTED


def test_a_block_goes_on_while_one_of_its_legs_may_trade(desk):
    """A rule cuts two accounts at once; one, then both are halted while the slice is unfilled."""
    for sub in ("ALPHA", "BETA"):
        desk.trade(sub, BUY, 4, "20")
    desk.done(define(rule(keep_ppm=0)))
    desk.vix("20", close=True)
    fired = desk.vix("21")
    assert len(only(fired, BlockOrderCreated).legs) == 2
    desk.done(stop("BETA", StopAction.HALT))
    desk.cancelled(only(fired, OrderAccepted).order_id)
    again = only(desk.mark(CLM0="20"), OrderAccepted)
    assert again.terms.quantity_lots == 8
    desk.cancelled(again.order_id)
    desk.done(stop("ALPHA", StopAction.HALT))
    assert all_of(desk.mark(CLM0="20"), OrderAccepted) == []
    desk.done(resume(approved_by="chief"))
    last = only(desk.mark(CLM0="20"), OrderAccepted)
    assert only(desk.fill(last.order_id, 8, "18.40"), BlockOrderDone).unfilled_lots == 0


def test_everything_stopped_cancels_the_desks_own_slices_too(desk):
    desk.trade("ALPHA", BUY, 4, "20")
    desk.done(define(rule(keep_ppm=0)))
    desk.vix("20", close=True)
    slice_id = only(desk.vix("21"), OrderAccepted).order_id
    assert cancelled_ids(desk.done(stop("MASTER"))) == {slice_id}
    desk.cancelled(slice_id)
    assert all_of(desk.mark(CLM0="20"), OrderAccepted) == []


# ---------------------------------------------------------------------------- clients, deadlines


@pytest.fixture
def connected(desk):
    """ALPHA's client is there and has an order of the day and one until cancelled at work."""
    desk.done(define(losing(grace_ns=5 * SECOND, keeps=True)))
    desk.done(client())
    day = desk.working("ALPHA", BUY, 1, at="19")
    good = desk.working("ALPHA", BUY, 1, at="18", time_in_force=TimeInForce.GTC)
    return desk, day, good


def test_a_lost_clients_orders_are_cancelled_after_its_grace(connected):
    desk, day, _ = connected
    lost = desk.done(gone())
    assert only(lost, ClientDisconnected).node_id == "ALPHA"
    assert all_of(lost, CancelRequested) == []
    assert desk.done(TICK, after_ns=5 * SECOND - 1) == ()
    swept = desk.done(TICK, after_ns=1)
    assert cancelled_ids(swept) == {day}
    assert only(swept, ClientForgotten).orders == 1


def test_without_keeping_orders_of_several_days_go_too(connected):
    desk, day, good = connected
    desk.done(define(losing("ALPHA", keeps=False)))
    assert cancelled_ids(desk.done(gone())) == {day, good}


def test_a_client_that_is_back_in_time_keeps_its_orders(connected):
    desk, _, _ = connected
    desk.done(gone())
    desk.done(client())
    assert desk.done(TICK, after_ns=60 * SECOND) == ()


def test_another_client_for_the_account_keeps_them_too(connected):
    desk, _, _ = connected
    desk.done(client("MASTER", "S2"))
    lost = desk.done(gone())
    assert all_of(lost, CancelRequested) == []
    assert only(lost, ClientForgotten).orders == 0


def test_a_desk_without_the_rule_cancels_nothing(desk):
    desk.done(client())
    desk.working("ALPHA", BUY, 1, at="19")
    assert all_of(desk.done(gone()), CancelRequested) == []


def test_a_restart_loses_every_client_and_every_link(connected):
    desk, day, _ = connected
    desk.done(link())
    lost = desk.done(cmd.RestartDesk())
    assert only(lost, ClientDisconnected).session_id == "S1"
    assert desk.state.risk.connections.links == {}
    assert day in cancelled_ids(desk.done(TICK, after_ns=5 * SECOND))


def test_clients_are_bounded(desk, monkeypatch):
    monkeypatch.setattr("fencang.engine.decide.connections.CLIENTS_MAX", 2)
    assert connections_module.CLIENTS_MAX > 2
    desk.done(client("ALPHA", "S1"))
    desk.done(client("ALPHA", "S2"))
    desk.refused(client("ALPHA", "S3"), Reason.CLIENTS_TOO_MANY)
    desk.done(client("BETA", "S2"))


def test_a_deadline_that_nobody_moves_on_cancels_everything_below(desk):
    desk.done(deadline("MASTER"))
    order = desk.working("BETA", BUY, 1, at="19")
    desk.done(deadline("MASTER"), after_ns=9 * SECOND)
    assert desk.done(TICK, after_ns=9 * SECOND) == ()
    passed = desk.done(TICK, after_ns=SECOND)
    assert only(passed, DeadlinePassed).orders == 1
    assert cancelled_ids(passed) == {order}
    assert desk.done(TICK, after_ns=60 * SECOND) == ()


def test_a_deadline_can_be_taken_away(desk):
    desk.done(deadline())
    desk.done(deadline(after_ns=0))
    assert desk.done(TICK, after_ns=60 * SECOND) == ()


# -------------------------------------------------------------------------------- links and feeds


def test_over_a_silent_link_orders_only_reduce(desk):
    desk.done(link())
    desk.trade("ALPHA", BUY, 2, "20")
    desk.done(define(links(link_ns=10 * SECOND)))
    desk.accepted("ALPHA", BUY, 1, at="19")
    desk.done(TICK, after_ns=30 * SECOND)
    found = only(desk.submit("ALPHA", BUY, 1, at="19"), OrderRejected)
    assert (found.reason, found.limit) == (Reason.VENUE_LINK_STALE, 10 * SECOND)
    assert only(desk.submit("ALPHA", SELL, 1, at="21"), OrderAccepted).is_reducing
    desk.done(link())
    desk.accepted("ALPHA", BUY, 1, at="19")


def test_exactly_at_the_age_passes_and_a_nanosecond_later_does_not(desk):
    desk.done(define(links(link_ns=10 * SECOND)))
    desk.done(link())
    desk.done(TICK, after_ns=9 * SECOND)
    desk.accepted("ALPHA", BUY, 1, at="19")  # a second after
    desk.done(TICK, after_ns=1)
    found = only(desk.submit("ALPHA", BUY, 1, at="19"), OrderRejected)
    assert found.reason is Reason.VENUE_LINK_STALE


def test_silence_is_told_once_and_its_end_too(desk):
    desk.done(define(links(feed_ns=10 * SECOND)))
    for account, venue in (("C1", "NYMEX"), ("C1", "EUREX"), ("C1", "OSE"), ("CN1", "SHFE")):
        desk.done(link(account, venue))
    desk.mark(CLM0="20", FDAX="10000", NKM0="20000", CU06="40000")
    began = desk.done(TICK, after_ns=11 * SECOND)
    feeds = {event.place for event in all_of(began, SilenceBegan) if event.kind.value == "feed"}
    assert feeds == {"NYMEX", "EUREX", "OSE", "SHFE"}
    assert all_of(desk.done(TICK), SilenceBegan) == []
    desk.mark(CLM0="20")
    assert only(desk.done(TICK), SilenceEnded).place == "NYMEX"
    found = only(desk.submit("ALPHA", BUY, 1, contract="FDAX", at="9900"), OrderRejected)
    assert found.reason is Reason.MARKET_DATA_STALE


def test_a_sub_account_may_be_stricter_than_the_desk(desk):
    desk.done(define(links()))
    desk.done(define(links("ALPHA", link_ns=SECOND)))
    desk.done(link())
    desk.done(TICK, after_ns=5 * SECOND)
    assert only(desk.submit("ALPHA", BUY, 1, at="19"), OrderRejected).node_id == "ALPHA"
    desk.accepted("BETA", BUY, 1, at="19")


@pytest.mark.parametrize(
    ("old", "new", "tightens"),
    [
        (losing(cancels=False), losing(cancels=True), True),
        (losing(cancels=True), losing(cancels=False), False),
        (losing(grace_ns=5), losing(grace_ns=4), True),
        (losing(grace_ns=5), losing(grace_ns=6), False),
        (losing(keeps=True), losing(keeps=False), True),
        (losing(keeps=False), losing(keeps=True), False),
        (links(link_ns=5), links(link_ns=4), True),
        (links(link_ns=5), links(link_ns=6), False),
        (links(feed_ns=5), links(feed_ns=6), False),
    ],
)
def test_one_person_narrows_and_two_widen(desk, old, new, tightens):
    desk.done(define(old))
    if tightens:
        desk.done(define(new, approved_by=""))
    else:
        desk.refused(define(new, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
        desk.done(define(new))


def test_the_root_states_everything(desk):
    found = desk.refused(define(losing("ALPHA")), Reason.FAULTY_DEFINITION)
    assert "MASTER has no ConnectionControl" in found.detail
    halt(desk)
