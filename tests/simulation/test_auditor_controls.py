"""The auditor reads a firm's controls for itself: an honest desk is clean, a false one is told."""

import pytest
from msgspec.structs import replace

from fencang.messages import commands as cmd
from fencang.messages.connection_commands import StopAction, StopTrading
from fencang.messages.connection_events import DeadlineSet, TradingStopped, VenueLinkReported
from fencang.messages.events import (
    CancelRequested,
    DeskDefined,
    OrderAccepted,
    OrderRouted,
    ReplaceRequested,
    TradingStateSet,
)
from fencang.messages.message import OrderType
from fencang.refdata.self_match import SelfMatchMode, SelfMatchScope
from tests.engine.connection_acts import client, deadline, gone, link, links, losing, stop
from tests.engine.control_firm import APART, FREE_FLOW, WIDE, control
from tests.engine.desk import BUY, SELL, only, trading_desk
from tests.engine.firm import SECOND, changed, define, limit
from tests.engine.node_firm import group
from tests.simulation.forgery import asked_otherwise, forged, laws_of, left_out

FREE_ROWS = (
    WIDE,
    FREE_FLOW,
    group(CL=1_000_000, ES=100_000),
    limit("MASTER", "FUEL", 1_000),
    limit("carrying:C1", "CL", 1_000),
    limit("person:FUND", "*", 1_000),
)


def last_defined(records):
    return sum(isinstance(event, DeskDefined) for each in records for event in each.events) - 1


def stated_otherwise(records, *rows):
    """Return records whose last definitions are others than those that were decided under."""

    def other(event):
        kept = {(type(item), item.key): item for item in event.items}
        kept |= {(type(row), row.key): row for row in rows}
        return replace(event, items=tuple(kept.values()))

    return forged(records, DeskDefined, other, last_defined(records))


def traded(*rows):
    """ALPHA and BETA open, one of them reduces, and one replaces its order."""
    desk = trading_desk()
    desk.done(define(*(rows or FREE_ROWS)))
    desk.trade("ALPHA", BUY, 10, "20")
    desk.accepted("ALPHA", SELL, 4, at="21")
    working = desk.working("BETA", BUY, 5, at="19")
    desk.replace(working, 6, sub="BETA")
    desk.done(cmd.AdvanceTime())
    return desk.records


def test_an_honest_desk_is_clean():
    assert laws_of(traded()) == set()


@pytest.mark.parametrize(
    "row",
    [
        limit("MASTER", "FUEL", 15),
        limit("ALPHA", "FUEL", 9),
        limit("carrying:C1", "CL", 15),
        limit("venue:NYMEX", "CLM0", 15),
        limit("person:FUND", "*", 15),
        group(CL=1_000_000_000),
    ],
)
def test_lots_beyond_a_limit_beside_the_tree_or_of_a_group_are_told(row):
    assert "position limit" in laws_of(stated_otherwise(traded(), row))


@pytest.mark.parametrize(
    "row",
    [
        limit("MASTER", "FUEL", 16),
        limit("carrying:C1", "CL", 16),
        limit("venue:OSE", "*", 0),
        limit("person:CLIENT", "*", 0),
    ],
)
def test_exactly_at_a_limit_and_under_other_nodes_is_clean(row):
    assert laws_of(stated_otherwise(traded(), row)) == set()


@pytest.mark.parametrize(
    ("row", "law"),
    [
        (changed(FREE_FLOW, messages_max=1, messages_ns=3_600 * SECOND), "flow"),
        (changed(FREE_FLOW, node_id="ALPHA", messages_max=0), "flow"),
        (changed(FREE_FLOW, working_orders_max=1), "flow"),
        (changed(FREE_FLOW, node_id="venue:NYMEX", working_orders_max=0), "flow"),
        (control("ALPHA", quantity_lots_max=9), "order control"),
        (control("person:FUND", "CL", quantity_lots_max=9), "order control"),
        (control("ALPHA", "CLM0", is_restricted=True), "order control"),
    ],
)
def test_what_a_row_of_flow_or_orders_does_not_let_out_is_told(row, law):
    assert law in laws_of(stated_otherwise(traded(), row))


def test_prices_beyond_the_collar_are_told_and_market_orders_where_none_are_taken():
    desk = trading_desk()
    desk.done(define(*FREE_ROWS))
    desk.mark(CLM0="20")
    desk.accepted("ALPHA", BUY, 1, at="20.50")
    desk.accepted("ALPHA", BUY, 1, order_type=OrderType.MARKET)
    narrow = changed(WIDE, collar_ppm=25_000, fast_collar_ppm=25_000, collar_ticks=0)
    assert laws_of(stated_otherwise(desk.records, narrow)) == set()
    narrower = changed(narrow, collar_ppm=24_000, fast_collar_ppm=24_000)
    assert "order control" in laws_of(stated_otherwise(desk.records, narrower))
    no_market = control("ALPHA", takes_market_orders=False)
    assert "order control" in laws_of(stated_otherwise(desk.records, no_market))


# ------------------------------------------------------------------------------------------ stops


def stopped(action=StopAction.HALT_AND_CANCEL, node="venue:NYMEX"):
    """An order works when its node is stopped, and another one is refused."""
    desk = trading_desk()
    desk.working("ALPHA", BUY, 5, at="19")
    desk.done(stop(node, action))
    desk.submit("ALPHA", BUY, 1, at="19")
    return desk.records


def test_a_stop_is_clean_and_one_that_was_not_confirmed_or_does_nothing_is_told():
    records = stopped()
    assert laws_of(records) == set()
    other = asked_otherwise(records, StopTrading, confirmed_node_id="ALPHA")
    assert "kill switch" in laws_of(other)
    assert "kill switch" in laws_of(forged(records, TradingStateSet, left_out))
    assert "kill switch" in laws_of(forged(records, CancelRequested, left_out))


def test_what_leaves_under_a_stop_is_told():
    """An order is sent again while BETA is halted; told is that what it stands under was."""
    desk = trading_desk()
    order_id = desk.accepted("ALPHA", BUY, 5, at="19")
    desk.done(cmd.RestartDesk())
    desk.done(stop("BETA", StopAction.HALT))
    (sent,) = desk.done(cmd.ReportOrderStatus(order_id=order_id, known=False), after_ns=1)
    assert isinstance(sent, OrderRouted)
    assert laws_of(desk.records) == set()
    for node in ("ALPHA", "carrying:C1", "person:FUND", "MASTER"):
        told = forged(desk.records, TradingStateSet, lambda it, to=node: replace(it, node_id=to))
        assert "trading state" in laws_of(told)


def test_opening_beside_a_stop_of_a_node_beside_the_tree_is_told():
    desk = trading_desk()
    desk.done(stop("venue:OSE", StopAction.REDUCE_ONLY))
    desk.accepted("ALPHA", BUY, 5, at="19")
    assert laws_of(desk.records) == set()
    here = {"node_id": "venue:NYMEX"}
    told = forged(desk.records, TradingStateSet, lambda it: replace(it, **here))
    told = forged(told, TradingStopped, lambda it: replace(it, **here))
    told = asked_otherwise(told, StopTrading, confirmed_node_id="venue:NYMEX", **here)
    assert laws_of(told) == {"trading state"}


# ------------------------------------------------------------------------------------ connections


def lost(grace_ns=0, *, after_ns=SECOND):
    desk = trading_desk()
    desk.done(define(losing(grace_ns=grace_ns)))
    desk.done(client("ALPHA"))
    desk.working("ALPHA", BUY, 5, at="19")
    desk.working("BETA", BUY, 5, at="19")
    desk.done(gone())
    desk.done(cmd.AdvanceTime(), after_ns=after_ns)
    return desk.records


@pytest.mark.parametrize(("grace", "after"), [(0, SECOND), (60 * SECOND, 61 * SECOND)])
def test_a_lost_client_s_orders_are_asked_to_cancel_in_time(grace, after):
    records = lost(grace, after_ns=after)
    assert laws_of(records) == set()
    assert "disconnect" in laws_of(forged(records, CancelRequested, left_out))


def test_before_the_grace_is_over_nobody_asks():
    assert laws_of(lost(60 * SECOND, after_ns=59 * SECOND)) == set()
    late = stated_otherwise(lost(60 * SECOND, after_ns=59 * SECOND), losing(grace_ns=SECOND))
    assert "disconnect" in laws_of(late)


def test_a_deadline_that_passed_is_told_where_nobody_cancels():
    desk = trading_desk()
    desk.done(deadline("ALPHA"))
    desk.working("ALPHA", BUY, 5, at="19")
    desk.done(cmd.AdvanceTime(), after_ns=20 * SECOND)
    assert laws_of(desk.records) == set()
    assert "disconnect" in laws_of(forged(desk.records, CancelRequested, left_out))
    moved = forged(desk.records, DeadlineSet, lambda it: replace(it, node_id="BETA"))
    assert laws_of(moved) == set()


def linked():
    desk = trading_desk()
    desk.done(define(links()))
    desk.done(link())
    desk.mark(CLM0="20")
    desk.accepted("ALPHA", BUY, 5, at="19")
    return desk.records


def test_over_a_silent_link_and_without_prices_nothing_opens():
    records = linked()
    assert laws_of(records) == set()
    down = forged(records, VenueLinkReported, lambda it: replace(it, is_up=False))
    assert "link" in laws_of(down)
    assert "link" in laws_of(stated_otherwise(records, links("venue:NYMEX", link_ns=SECOND)))
    assert "link" in laws_of(stated_otherwise(records, links(feed_ns=0)))


# ------------------------------------------------------------------------------------- own orders


def crossing(*rows):
    """BETA offers at 20, and ALPHA bids 20 after the offer is gone, and 19 before."""
    desk = trading_desk()
    desk.done(define(*rows))
    desk.working("BETA", SELL, 5, at="20")
    desk.submit("ALPHA", BUY, 2, at="19")
    desk.submit("ALPHA", BUY, 2, at="20")
    return desk


@pytest.mark.parametrize("mode", list(SelfMatchMode))
def test_own_orders_that_are_kept_apart_are_clean(mode):
    assert laws_of(crossing(changed(APART, mode=mode)).records) == set()


def test_own_orders_that_could_meet_are_told():
    records = crossing(limit("MASTER", "*", 1_000)).records
    assert laws_of(records) == set()
    assert laws_of(stated_otherwise(records, APART)) == {"self match"}
    alone = changed(APART, scope=SelfMatchScope.SUB_ACCOUNT)
    assert laws_of(stated_otherwise(records, alone)) == set()


def test_what_could_meet_may_be_moved_away_from_it():
    desk = trading_desk()
    desk.done(define(APART))
    desk.trade("ALPHA", BUY, 4, "20")
    bid = desk.working("BETA", BUY, 5, at="20")
    sent = desk.submit("ALPHA", SELL, 3, at="20")
    out = only(sent, OrderAccepted).order_id
    desk.done(cmd.ReportOrderWorking(order_id=out, venue_order_id="V"))
    desk.done(cmd.ReportCancelRejected(order_id=bid, text="unknown order"))
    only(desk.replace(out, 4, at="21"), ReplaceRequested)
    assert laws_of(desk.records) == set()


def test_what_reduces_leaves_behind_the_cancel_alone():
    desk = trading_desk()
    desk.done(define(APART))
    desk.trade("ALPHA", BUY, 4, "20")
    desk.working("BETA", BUY, 5, at="20")
    desk.accepted("ALPHA", SELL, 4, at="20")
    assert laws_of(desk.records) == set()
    assert "self match" in laws_of(forged(desk.records, CancelRequested, left_out))
