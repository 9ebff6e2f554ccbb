"""Warnings at 50, 80 and 100 % of a limit: told once, again after a fall, kept by snapshots."""

import pytest

from fencang.messages.events import OrderAccepted, OrderRejected, ReplaceRequested
from fencang.messages.limit_events import LimitWarned, LimitWarningEnded
from fencang.messages.reasons import Reason
from fencang.refdata.flow_control import FlowControl
from tests.engine.control_firm import FREE_FLOW
from tests.engine.desk import BUY, SELL, all_of, stray
from tests.engine.firm import changed, define, limit
from tests.engine.node_firm import group, warning

SECOND_PERSON = Reason.SECOND_PERSON_REQUIRED


@pytest.fixture
def warned(desk):
    """100 lots of crude for ALPHA; everybody is warned as the field does it."""
    desk.done(define(warning(), limit("ALPHA", "CL", 100), limit("MASTER", "*", 10_000)))
    return desk


def told(events, node="ALPHA", scope="CL"):
    """Return the levels in per cent told of a node and scope, below zero where one ended."""
    return [
        event.level_ppm // 10_000 * (-1 if isinstance(event, LimitWarningEnded) else 1)
        for event in events
        if isinstance(event, LimitWarned | LimitWarningEnded)
        and (event.node_id, event.scope_id) == (node, scope)
    ]


def test_each_level_is_told_once_when_an_order_first_reaches_it(warned):
    assert told(warned.submit("ALPHA", BUY, 49, at="20")) == []
    events = warned.submit("ALPHA", BUY, 1, at="20")
    assert isinstance(events[0], OrderAccepted)
    (found, *_) = all_of(events, LimitWarned)
    assert (found.control, found.reason) == ("position limit", Reason.POSITION_LIMIT)
    assert (found.side, found.limit, found.value) == ("long", 100, 50)
    assert told(warned.submit("ALPHA", BUY, 29, at="20")) == []
    assert told(warned.submit("ALPHA", BUY, 1, at="20")) == [80]
    assert told(warned.submit("ALPHA", BUY, 20, at="20")) == [100]
    assert isinstance(warned.submit("ALPHA", BUY, 1, at="20")[0], OrderRejected)
    assert told(warned.submit("ALPHA", SELL, 49, at="20")) == []


def test_several_levels_at_once_are_told_as_the_highest_and_a_refusal_tells_nothing(warned):
    assert told(warned.submit("ALPHA", BUY, 101, at="20")) == []
    assert told(warned.submit("ALPHA", BUY, 85, at="20")) == [80]


def test_a_level_is_told_again_only_after_the_use_fell_below_it_by_the_margin(warned):
    """80 of 100 were told; it ends below 75."""
    warned.accepted("ALPHA", BUY, 70, at="20")
    fifth = warned.accepted("ALPHA", BUY, 5, at="20")
    events = warned.submit("ALPHA", BUY, 10, at="20")
    assert told(events) == [80]
    warned.cancelled(events[0].order_id)
    events = warned.submit("ALPHA", BUY, 10, at="20")
    assert told(events) == []  # from 75
    warned.cancelled(events[0].order_id)
    warned.cancelled(fifth)
    events = warned.submit("ALPHA", BUY, 10, at="20")
    assert told(events) == [80]  # from 70
    warned.cancelled(events[0].order_id)
    assert told(warned.submit("ALPHA", BUY, 1, at="20")) == [-50]


def test_a_fall_below_everything_is_told_and_forgotten(warned):
    order_id = warned.accepted("ALPHA", BUY, 100, at="20")
    assert warned.state.risk.warnings.told
    warned.cancelled(order_id)
    events = warned.submit("ALPHA", BUY, 1, at="20")
    assert told(events) == told(events, scope="CLM0") == [0]
    assert not warned.state.risk.warnings.told


def test_replacements_groups_and_nodes_beside_the_tree_warn_too(warned):
    warned.done(
        define(group(CL=100_000), limit("venue:NYMEX", "FUEL", 5), limit("person:FUND", "CL", 70))
    )
    order_id = warned.working("ALPHA", BUY, 20, at="20")
    events = warned.replace(order_id, 25)
    assert isinstance(events[0], ReplaceRequested)
    assert told(events, "venue:NYMEX", "FUEL") == [50]
    events = warned.submit("BETA", BUY, 10, at="20")
    assert told(events, "person:FUND") == [50]
    (found,) = [each for each in all_of(events, LimitWarned) if each.scope_id == "CL"]
    assert (found.limit, found.value) == (70, 35)


def test_a_changed_limit_and_lots_from_elsewhere_warn_by_themselves(warned):
    warned.trade("ALPHA", BUY, 45, "20")
    assert told(warned.done(define(limit("ALPHA", "CL", 50)))) == [80]
    assert told(warned.done(define(limit("ALPHA", "CL", 1_000)))) == [0]
    warned.done(define(limit("carrying:C1", "CL", 50)))
    warned.records.clear()
    stray(warned, BUY, 5, "20")
    assert told(warned.records[-1].events, "carrying:C1") == [100]


def test_levels_that_a_row_does_not_state_any_more_end_with_it(warned):
    """And with a limit of nothing, of which there is no share."""
    warned.done(
        define(warning("ALPHA", levels_ppm=(100_000, 250_000, 500_000, 800_000, 1_000_000)))
    )
    assert told(warned.submit("ALPHA", BUY, 30, at="20")) == [25]
    assert told(
        warned.done(define(warning("ALPHA", levels_ppm=(50_000, 500_000), margin_ppm=1)))
    ) == [-5]
    assert told(warned.done(define(warning("ALPHA")))) == [0]
    assert told(warned.submit("ALPHA", BUY, 25, at="20")) == [50]
    assert told(warned.done(define(limit("ALPHA", "CL", 0)))) == [0]
    assert not [key for key in warned.state.risk.warnings.told if key[1] == "ALPHA"]


def test_working_orders_warn_by_the_same_function(warned):
    warned.done(define(FREE_FLOW, FlowControl(node_id="ALPHA", working_orders_max=2)))
    events = warned.submit("ALPHA", BUY, 1, at="20")
    assert told(events, scope="") == [50]
    assert all_of(events, LimitWarned)[0].reason is Reason.WORKING_ORDERS_MAX
    assert told(warned.submit("ALPHA", BUY, 1, at="20"), scope="") == [100]


def test_a_node_without_levels_is_told_nothing_and_fewer_levels_need_two(warned):
    warned.done(define(warning("ALPHA", levels_ppm=())))
    assert told(warned.submit("ALPHA", BUY, 100, at="20")) == []
    fewer = warning(levels_ppm=(800_000,))
    warned.refused(define(fewer, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    warned.done(define(changed(warning(), margin_ppm=10_000), approved_by=""))


def test_a_desk_that_states_none_is_told_nothing(desk):
    desk.done(define(limit("ALPHA", "CL", 10)))
    assert told(desk.submit("ALPHA", BUY, 10, at="20")) == []


def test_faulty_levels_are_refused(desk):
    for row in (warning(levels_ppm=(2, 1)), warning("NOBODY")):
        desk.refused(define(row), Reason.FAULTY_DEFINITION)


def test_a_row_that_hides_what_a_node_inherits_needs_two_unless_it_tells_as_much(warned):
    """The master account's row warned ALPHA and the account beside the tree until then."""
    for node in ("ALPHA", "carrying:C1"):
        warned.refused(define(warning(node, levels_ppm=()), approved_by=""), SECOND_PERSON)
        wider = warning(node, margin_ppm=60_000)
        warned.refused(define(wider, approved_by=""), SECOND_PERSON)
        more = warning(node, levels_ppm=(250_000, 500_000, 800_000, 1_000_000))
        warned.done(define(more, approved_by=""))
