"""Overrides: other values for a row, by two persons, to the nanosecond, and never longer."""

import pytest

from fencang.basics.time import format_time
from fencang.engine.explain import explain
from fencang.engine.machine import Machine
from fencang.messages import commands as cmd
from fencang.messages.events import OrderAccepted, OrderRejected
from fencang.messages.limit_events import LimitWarned, OverrideBegun, OverrideEnded
from fencang.messages.reasons import Reason
from fencang.refdata.flow_control import FlowControl
from fencang.refdata.regime import Regime
from tests.engine.control_firm import FREE_FLOW, WIDE, control
from tests.engine.desk import BUY, MAKER, SELL, START_NS, kinds, only, order
from tests.engine.firm import changed, define, limit
from tests.engine.node_firm import HOUR, override, warning, wide


@pytest.fixture
def overridden(desk):
    """ALPHA may hold 10 lots of crude, and 200 in the second hour."""
    desk.done(define(limit("ALPHA", "CL", 10)))
    desk.done(define(override(**wide())))
    return desk


def until(desk, time_ns):
    """Let the next command be the one of this moment."""
    desk.now_ns = time_ns - 1


def submit(desk, *terms, **more):
    """Send an order a nanosecond later."""
    desk.executions += 1
    name = more.pop("name", f"o{desk.executions}")
    return desk.do(order(*terms, at="20", client_order_id=name, **more), after_ns=1)


def refused(events, *, under=""):
    (found,) = [event for event in events if isinstance(event, OrderRejected)]
    assert found.reason is Reason.POSITION_LIMIT
    assert ("under override" in found.detail) is bool(under)
    assert under in found.detail
    return found


def test_it_holds_from_its_first_nanosecond_to_its_last(overridden):
    """Law: the time of a command decides; no command is needed at either end."""
    desk = overridden
    until(desk, START_NS + HOUR - 1)
    refused(submit(desk, "ALPHA", BUY, 11))
    events = submit(desk, "ALPHA", BUY, 11)
    assert kinds(events)[:2] == ["OverrideBegun", "OrderAccepted"]
    begun = only(events, OverrideBegun)
    assert (begun.override_id, begun.until_ns) == ("O-1", START_NS + 2 * HOUR)
    until(desk, START_NS + 2 * HOUR - 1)
    submit(desk, "ALPHA", BUY, 1)
    events = submit(desk, "ALPHA", BUY, 1)
    assert isinstance(events[0], OverrideEnded)
    assert refused(events).limit == 10
    assert desk.state.risk.overrides.items == {}


def test_time_alone_tells_of_both_ends(overridden):
    desk = overridden
    until(desk, START_NS + HOUR)
    assert kinds(desk.do(cmd.AdvanceTime(), after_ns=1)) == ["OverrideBegun"]
    until(desk, START_NS + 5 * HOUR)
    assert kinds(desk.do(cmd.AdvanceTime(), after_ns=1)) == ["OverrideEnded"]


def test_one_that_was_never_looked_at_ends_all_the_same(overridden):
    desk = overridden
    until(desk, START_NS + 3 * HOUR)
    events = submit(desk, "ALPHA", BUY, 11)
    assert kinds(events) == ["OverrideEnded", "OrderRejected"]


def test_a_refusal_names_it_and_the_words_are_the_numbers(overridden):
    desk = overridden
    until(desk, START_NS + HOUR)
    found = refused(submit(desk, "ALPHA", BUY, 201), under="under override O-1 until 2020-04-20")
    assert (found.limit, found.value) == (200, 201)
    assert format_time(START_NS + 2 * HOUR) in found.detail


def test_a_snapshot_keeps_what_is_stated_and_what_holds(overridden):
    """Law: a desk that was read back decides as one that never stopped, before, in and after."""
    desk = overridden
    until(desk, START_NS + HOUR)
    submit(desk, "ALPHA", BUY, 11)
    restored = MAKER.load(desk.machine.dump())
    assert restored.state.limits.get("ALPHA", "CL").long_lots_max == 200
    assert restored.state.risk.overrides.hidden == desk.state.risk.overrides.hidden
    for _ in range(4):
        submit(desk, "ALPHA", BUY, 1)
    until(desk, START_NS + 2 * HOUR)
    refused(submit(desk, "ALPHA", BUY, 1))
    assert Machine.load(desk.machine.dump()).state.limits.get("ALPHA", "CL").long_lots_max == 10


def test_a_row_stated_anew_waits_until_it_ends(overridden):
    desk = overridden
    until(desk, START_NS + HOUR)
    submit(desk, "ALPHA", BUY, 11)
    desk.refused(define(limit("ALPHA", "CL", 50), approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.done(define(limit("ALPHA", "CL", 50)))
    submit(desk, "ALPHA", BUY, 100)
    until(desk, START_NS + 2 * HOUR)
    assert refused(submit(desk, "ALPHA", BUY, 1)).limit == 50


def test_two_persons_enter_it_and_one_ends_what_only_widens(overridden):
    desk = overridden
    fresh = override("O-2", hours=(5, 6), **wide())
    desk.refused(define(fresh, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.refused(define(fresh, approved_by="risk"), Reason.SECOND_PERSON_IS_THE_FIRST)
    narrow = override("O-2", hours=(5, 6), **wide(1))
    desk.refused(define(narrow, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    until(desk, START_NS + HOUR)
    submit(desk, "ALPHA", BUY, 11)
    longer = override(hours=(1, 3), **wide())
    desk.refused(define(longer, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    known = desk.state.risk.overrides.items["O-1"]
    over = changed(known, until_ns=known.from_ns + 1)
    assert kinds(desk.done(define(over, approved_by=""))) == ["DeskDefined", "OverrideEnded"]
    refused(submit(desk, "ALPHA", BUY, 1))


def test_one_that_narrows_is_ended_by_two(desk):
    desk.done(define(limit("ALPHA", "CL", 10), override(hours=(0, 2), **wide(5))))
    refused(submit(desk, "ALPHA", BUY, 6), under="O-1")
    known = desk.state.risk.overrides.items["O-1"]
    over = changed(known, until_ns=known.from_ns + 1)
    desk.refused(define(over, approved_by=""), Reason.SECOND_PERSON_REQUIRED)
    desk.done(define(over))
    submit(desk, "ALPHA", BUY, 6)


def test_in_force_only_its_end_and_its_reason_change(overridden):
    desk = overridden
    until(desk, START_NS + HOUR)
    desk.do(cmd.AdvanceTime(), after_ns=1)
    found = desk.refused(define(override(**wide(300))), Reason.DEFINITION_IN_USE)
    assert "only its end and its reason" in found.detail
    desk.done(define(override(hours=(1, 4), reason="a longer roll", **wide())))
    until(desk, START_NS + 4 * HOUR - 1)
    assert isinstance(submit(desk, "ALPHA", BUY, 150)[0], OrderAccepted)


def test_every_fault_is_named(overridden):
    desk = overridden
    rows = (
        (override("O-2", hours=(1, 3), **wide(30)), "O-1 overrides the same row in that time"),
        (override("O-2", hours=(3, 3), **wide()), "until_ns must lie after from_ns"),
        (override("O-2", hours=(3, 900), **wide()), "more than 30 days"),
        (override("O-2", hours=(-5, -4), **wide()), "until_ns has passed"),
        (override("O-2", hours=(3, 4), reason=" ", **wide()), "reason is empty"),
        (override("O-2", "Regime", hours=(3, 4), **wide()), "Regime is nothing that can be"),
        (override("O-2", "TradingState", hours=(3, 4), x=0), "TradingState is nothing that can be"),
        (override("O-2", "ControlOverride", hours=(3, 4), x=0), "nothing that can be overridden"),
        (override("O-2", node="BETA", hours=(3, 4), **wide()), "BETA in CL has no PositionLimit"),
        (override("O-2", hours=(3, 4), lots=1), "no number lots; there are long_lots_max"),
        (override("O-2", hours=(3, 4), long_lots_max=-1), "`int` >= 0"),
        (override("O-2", order=("ALPHA", ""), hours=(3, 4), **wide()), "both or neither"),
    )
    assert Regime.__name__ == "Regime"
    for row, words in rows:
        assert words in desk.refused(define(row), Reason.FAULTY_DEFINITION).detail, words
    twice = (override(f"O-{name}", hours=(3, 4), **wide()) for name in (7, 8))
    found = desk.refused(define(*twice), Reason.FAULTY_DEFINITION)
    assert found.detail.count("overrides the same row") == 2
    desk.done(define(override("O-2", hours=(2, 3), **wide())))


def test_order_controls_and_flow_controls_are_overridden_too(desk):
    desk.done(define(WIDE, FREE_FLOW, control("ALPHA", is_restricted=True)))
    desk.done(
        define(
            override(kind="OrderControl", scope="*", hours=(1, 2), is_restricted=0),
            override("O-2", "FlowControl", "MASTER", "*", (1, 2), working_orders_max=1),
        )
    )
    until(desk, START_NS + HOUR)
    assert kinds(submit(desk, "ALPHA", BUY, 1))[:3] == ["OverrideBegun"] * 2 + ["OrderAccepted"]
    (found,) = submit(desk, "BETA", BUY, 1)
    assert found.reason is Reason.WORKING_ORDERS_MAX
    assert "under override O-2" in found.detail
    until(desk, START_NS + 2 * HOUR)
    assert submit(desk, "ALPHA", BUY, 1)[-1].reason is Reason.RESTRICTED
    submit(desk, "BETA", BUY, 1)
    assert desk.state.flow.rows["MASTER"] == FREE_FLOW


def test_for_one_order_it_holds_for_that_order_alone(desk):
    """What it leaves behind is beyond the limit: nobody adds to it, and it gets out."""
    desk.done(
        define(
            limit("ALPHA", "CL", 10),
            override(hours=(0, 2), order=("ALPHA", "big"), **wide(40)),
        )
    )
    refused(submit(desk, "ALPHA", BUY, 11))
    refused(submit(desk, "ALPHA", BUY, 41, name="big"), under="O-1")
    big = only(submit(desk, "ALPHA", BUY, 30, name="big"), OrderAccepted)
    refused(submit(desk, "ALPHA", BUY, 1))
    desk.replace(big.order_id, 40)
    desk.fill(big.order_id, 30, "20")
    assert isinstance(submit(desk, "ALPHA", SELL, 30)[0], OrderAccepted)
    assert desk.state.limits.get("ALPHA", "CL") == limit("ALPHA", "CL", 10)


def test_an_explanation_knows_the_override_of_its_order(desk):
    """The order's own head-room is that of the override, another's that of the row."""
    one = override(hours=(0, 2), order=("ALPHA", "big"), **wide(40))
    desk.done(define(limit("ALPHA", "CL", 10), one))
    rooms = []
    for name in ("big", "other"):
        command = order("ALPHA", BUY, 30, at="20", client_order_id=name)
        (told,) = explain(MAKER.load(desk.machine.dump()).state, command)
        found = [each for each in told.evaluations if each.scope_id == "CL"]
        rooms.append([each.head_room for each in found if each.node_id == "ALPHA"])
    assert rooms == [[10], [-20]]


def test_for_one_order_only_what_measures_an_order_is_overridden(desk):
    desk.done(define(FREE_FLOW, FlowControl(node_id="ALPHA", messages_max=1)))
    row = override(kind="FlowControl", scope="*", order=("ALPHA", "big"), messages_max=5)
    found = desk.refused(define(row), Reason.FAULTY_DEFINITION)
    assert "not overridden for one order" in found.detail


def test_warnings_are_of_the_limit_that_holds(overridden):
    desk = overridden
    desk.done(define(warning()))
    until(desk, START_NS + HOUR)
    assert not [each for each in submit(desk, "ALPHA", BUY, 11) if isinstance(each, LimitWarned)]
    until(desk, START_NS + 2 * HOUR)
    events = desk.do(cmd.AdvanceTime(), after_ns=1)
    assert kinds(events) == ["OverrideEnded", "LimitWarned", "LimitWarned"]
    assert [(each.scope_id, each.level_ppm) for each in events[1:]] == [
        ("CL", 1_000_000),
        ("CLM0", 1_000_000),
    ]
