"""After a restart the world is asked: nothing is resent blindly, nothing is forgotten."""

import pytest

from fencang.messages import commands as cmd
from fencang.messages.connection_commands import StopAction
from fencang.messages.events import (
    CancelRequested,
    OperatorCalled,
    OrderCancelled,
    OrderReplaced,
    OrderRouted,
    ReplaceRejected,
    ReplaceRequested,
)
from fencang.messages.reasons import Reason
from tests.engine.connection_acts import stop
from tests.engine.desk import BUY, SELL, all_of, kinds, only
from tests.engine.firm import SECOND, price


def restart(desk):
    return desk.done(cmd.RestartDesk())


def status(desk, order_id, after_ns=SECOND, **answer):
    return desk.done(cmd.ReportOrderStatus(order_id=order_id, **answer), after_ns)


def test_only_orders_that_await_the_venues_word_are_in_doubt(desk):
    silent = desk.accepted("ALPHA", BUY, 1, at="20")
    working = desk.working("ALPHA", BUY, 2, at="20")
    cancelling = desk.working("ALPHA", BUY, 3, at="20")
    desk.cancel(cancelling)
    replacing = desk.working("ALPHA", BUY, 4, at="20")
    desk.replace(replacing, 5)
    done = desk.working("ALPHA", BUY, 6, at="20")
    desk.cancelled(done)
    first, *doubtful = restart(desk)
    assert kinds([first]) == ["DeskRestarted"]
    assert [event.order_id for event in doubtful] == [silent, cancelling, replacing]
    assert desk.reserved("ALPHA") == (1 + 2 + 3 + 5, 0)
    assert not desk.state.orders[working].is_in_doubt


def test_a_second_restart_asks_again(desk):
    order_id = desk.accepted("ALPHA", BUY, 1, at="20")
    for _ in range(2):
        assert [event.order_id for event in restart(desk)[1:]] == [order_id]


def test_a_young_order_that_the_venue_denies_knowing_is_sent_again_under_its_number(desk):
    order_id = desk.accepted("ALPHA", BUY, 10, at="20")
    restart(desk)
    resent = only(status(desk, order_id, known=False), OrderRouted)
    assert (resent.order_id, resent.is_resend) == (order_id, True)
    assert resent.terms == desk.state.orders[order_id].terms
    assert desk.reserved("ALPHA") == (10, 0)
    desk.fill(order_id, 10, "20")
    assert desk.order_state(order_id) == "FILLED"


def test_an_old_order_that_the_venue_denies_knowing_stays_reserved_and_calls_a_person(desk):
    order_id = desk.accepted("ALPHA", BUY, 10, at="20")
    restart(desk)
    age = desk.state.settings.route_age_ns_max
    assert kinds(status(desk, order_id, after_ns=age, known=False)) == ["OperatorCalled"]
    assert desk.state.orders[order_id].is_in_doubt
    assert desk.reserved("ALPHA") == (10, 0)
    desk.cancelled(order_id)  # the person's word, as the venue's
    assert desk.reserved("ALPHA") == (0, 0)


def test_a_denied_order_with_fills_or_a_pending_cancel_is_never_sent_again(desk):
    filled = desk.accepted("ALPHA", BUY, 10, at="20")
    restart(desk)
    desk.fill(filled, 1, "20")
    assert kinds(status(desk, filled, known=False)) == ["OperatorCalled"]
    cancelling = desk.accepted("ALPHA", BUY, 10, at="20")
    desk.cancel(cancelling)
    restart(desk)
    assert kinds(status(desk, cancelling, known=False)) == ["OperatorCalled"]


def test_a_denied_order_stays_away_while_its_node_is_stopped(desk):
    """It was sent before the stop; what is sent again now is sent under it."""
    opening = desk.accepted("ALPHA", BUY, 10, at="20")
    desk.trade("BETA", BUY, 4, "20")
    reducing = desk.accepted("BETA", SELL, 4, at="20")
    restart(desk)
    desk.done(stop("ALPHA", StopAction.REDUCE_ONLY))
    desk.done(stop("BETA", StopAction.REDUCE_ONLY))
    called = only(status(desk, opening, 1, known=False), OperatorCalled)
    assert "ALPHA may only reduce; it stays in doubt" in called.detail
    assert desk.reserved("ALPHA") == (10, 0)
    assert kinds(status(desk, reducing, 1, known=False)) == ["OrderRouted"]
    restart(desk)
    desk.done(stop("venue:NYMEX", StopAction.HALT))
    called = only(status(desk, reducing, 1, known=False), OperatorCalled)
    assert "venue:NYMEX is halted" in called.detail


def test_a_known_order_works_on(desk):
    order_id = desk.accepted("ALPHA", BUY, 10, at="20")
    restart(desk)
    events = status(desk, order_id, known=True, working_lots=10)
    assert kinds(events) == ["OrderStatusConfirmed"]
    assert desk.order_state(order_id) == "WORKING"
    desk.refused(
        cmd.ReportOrderStatus(order_id=order_id, known=True, working_lots=10),
        Reason.ORDER_NOT_WORKING,
    )


def test_a_known_order_that_is_done_at_the_venue_ends(desk):
    order_id = desk.accepted("ALPHA", BUY, 10, at="20")
    restart(desk)
    events = status(desk, order_id, known=True, working_lots=0)
    assert not only(events, OrderCancelled).was_requested
    assert desk.reserved("ALPHA") == (0, 0)


def test_an_order_stays_in_doubt_until_its_missing_fills_arrive(desk):
    order_id = desk.accepted("ALPHA", BUY, 10, at="20")
    restart(desk)
    answer = {"known": True, "filled_lots": 4, "working_lots": 6}
    assert kinds(status(desk, order_id, **answer)) == ["OperatorCalled"]
    assert desk.state.orders[order_id].is_in_doubt
    desk.fill(order_id, 4, "20")
    assert kinds(status(desk, order_id, **answer)) == ["OrderStatusConfirmed"]
    assert desk.order_state(order_id) == "PARTLY_FILLED"


def test_a_pending_cancel_is_asked_for_again_while_the_order_works(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.cancel(order_id)
    restart(desk)
    events = status(desk, order_id, known=True, working_lots=10)
    assert only(events, CancelRequested).order_id == order_id
    assert only(desk.cancelled(order_id), OrderCancelled).was_requested


def test_a_pending_cancel_that_was_done_counts_as_requested(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.cancel(order_id)
    restart(desk)
    events = status(desk, order_id, known=True, working_lots=0)
    assert only(events, OrderCancelled).was_requested


def test_a_pending_replace_is_asked_for_again_with_its_quantity(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.replace(order_id, 15)
    restart(desk)
    events = status(desk, order_id, known=True, working_lots=10)
    assert only(events, ReplaceRequested).quantity_lots == 15
    assert desk.reserved("ALPHA") == (15, 0)


@pytest.mark.parametrize(
    ("node", "action", "reason", "words"),
    [
        ("ALPHA", StopAction.REDUCE_ONLY, Reason.REDUCE_ONLY, "ALPHA may only reduce"),
        ("MASTER", StopAction.HALT, Reason.TRADING_HALTED, "MASTER is halted"),
    ],
)
def test_an_order_does_not_grow_while_its_node_is_stopped(desk, node, action, reason, words):
    """The replace was asked for before the stop; what is asked for again is asked under it."""
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.replace(order_id, 15)
    restart(desk)
    desk.done(stop(node, action))
    events = status(desk, order_id, known=True, working_lots=10)
    assert kinds(events) == ["OrderStatusConfirmed", "ReplaceRejected"]
    told = only(events, ReplaceRejected)
    assert (told.order_id, told.reason) == (order_id, reason)
    assert words in told.text
    assert desk.order_state(order_id) == "WORKING"
    assert desk.reserved("ALPHA") == (10, 0)
    desk.fill(order_id, 10, "20")
    assert desk.order_state(order_id) == "FILLED"


def test_a_growth_that_the_venue_had_taken_before_the_stop_counts(desk):
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.replace(order_id, 15, at="19")
    restart(desk)
    desk.fill(order_id, 12, "20")
    desk.done(stop("ALPHA", StopAction.HALT))
    events = status(desk, order_id, known=True, filled_lots=12, working_lots=3)
    assert kinds(events) == ["OrderStatusConfirmed", "OrderReplaced"]
    assert only(events, OrderReplaced).limit_price_nanos == price("19")
    assert desk.reserved("ALPHA") == (3, 0)


@pytest.mark.parametrize(("filled", "there"), [(0, 12), (0, 20), (11, 1)])
def test_lots_that_nobody_can_explain_stay_in_doubt_under_a_stop(desk, filled, there):
    """Neither the lots of before nor those asked for, or fewer than were filled of them."""
    order_id = desk.working("ALPHA", BUY, 10, at="20")
    desk.replace(order_id, 15)
    restart(desk)
    if filled:
        desk.fill(order_id, filled, "20")
    desk.done(stop("ALPHA", StopAction.HALT))
    events = status(desk, order_id, known=True, filled_lots=filled, working_lots=there)
    called = only(events, OperatorCalled)
    assert f"works it with {filled + there} lots, where 10 stood and 15 were asked" in called.detail
    assert desk.state.orders[order_id].is_in_doubt
    assert desk.reserved("ALPHA") == (15 - filled, 0)


def test_what_makes_an_order_smaller_or_closes_more_is_asked_for_again_under_a_stop(desk):
    shrinking = desk.working("ALPHA", BUY, 10, at="20")
    desk.replace(shrinking, 5)
    desk.trade("BETA", BUY, 8, "20")
    closing = desk.working("BETA", SELL, 4, at="21")
    desk.replace(closing, 8, sub="BETA")
    over = desk.working("GAMMA", SELL, 4, at="21")
    desk.replace(over, 9, sub="GAMMA")
    restart(desk)
    desk.done(stop("MASTER", StopAction.REDUCE_ONLY))
    for order_id, lots, wanted in ((shrinking, 10, 5), (closing, 4, 8)):
        events = status(desk, order_id, known=True, working_lots=lots)
        assert only(events, ReplaceRequested).quantity_lots == wanted
    assert kinds(status(desk, over, known=True, working_lots=4))[-1] == "ReplaceRejected"
    assert desk.reserved("GAMMA") == (0, 4)


def test_the_venues_word_of_any_kind_ends_the_doubt(desk):
    order_id = desk.accepted("ALPHA", BUY, 10, at="20")
    restart(desk)
    desk.done(cmd.ReportOrderWorking(order_id=order_id, venue_order_id="V"))
    assert not desk.state.orders[order_id].is_in_doubt
    assert all_of(restart(desk), CancelRequested) == []


def test_a_refused_cancel_asks_how_the_order_stands(desk):
    """A late report of an older replacement made the order larger here than at the venue."""
    order_id = desk.working("ALPHA", BUY, 5, at="20")
    desk.done(cmd.ReportOrderReplaced(order_id=order_id, quantity_lots=9))
    desk.fill(order_id, 5, "20")
    desk.cancel(order_id)
    events = desk.done(cmd.ReportCancelRejected(order_id=order_id, text="too late"))
    assert kinds(events) == ["CancelRejected", "OrderInDoubt"]
    status(desk, order_id, known=True, filled_lots=5, working_lots=0)
    assert desk.order_state(order_id) == "CANCELLED"
    assert desk.reserved("ALPHA") == (0, 0)


def test_a_refused_cancel_of_an_order_the_venue_denies_calls_a_person(desk):
    order_id = desk.working("ALPHA", BUY, 5, at="20")
    desk.cancel(order_id)
    desk.done(cmd.ReportCancelRejected(order_id=order_id, text="unknown order"), after_ns=10**10)
    assert kinds(status(desk, order_id, known=False)) == ["OperatorCalled"]


def test_a_refused_cancel_of_an_order_that_is_filled_asks_nothing(desk):
    order_id = desk.working("ALPHA", BUY, 5, at="20")
    desk.replace(order_id, 8)
    desk.cancel(order_id)
    desk.fill(order_id, 5, "20")
    desk.done(cmd.ReportReplaceRejected(order_id=order_id, text="too late"))
    events = desk.done(cmd.ReportCancelRejected(order_id=order_id, text="filled"))
    assert kinds(events) == ["CancelRejected"]
    assert desk.order_state(order_id) == "FILLED"


def test_gateway_cursors_move_forward_and_may_stand_still(desk):
    for sequence in (4, 4, 6):
        desk.done(cmd.AdvanceGatewayCursor(gateway_id="NYMEX", handled_sequence=sequence))
    desk.refused(
        cmd.AdvanceGatewayCursor(gateway_id="NYMEX", handled_sequence=5), Reason.CURSOR_BACKWARDS
    )
    last = desk.machine.sequence
    desk.done(cmd.AdvanceGatewayCursor(gateway_id="OSE", handled_sequence=last))
