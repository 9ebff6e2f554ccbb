"""The auditor follows overrides: wider while they are in force, for one order alone, no longer."""

from msgspec.structs import replace

from fencang.messages import commands as cm
from fencang.messages import events as ev
from fencang.messages.limit_events import OverrideBegun, OverrideEnded
from fencang.messages.message import Side
from fencang.refdata.limit import PositionLimit
from fencang.refdata.override import ControlOverride, OverrideValue
from tests.simulation.audited_stream import Stream

UNTIL_NS = 1_000_000


def overridden(client_order_id=""):
    """Return a stream in which A may hold 20 instead of 10, for a time or for one order."""
    stream = Stream()
    ((node, scope, row),) = [
        (*key, row) for key, row in stream.auditor.reference.limits.items() if key[0] == "A"
    ]
    override = ControlOverride(
        override_id="O-1",
        row_kind="PositionLimit",
        node_id=node,
        scope_id=scope,
        values=(OverrideValue(field="long_lots_max", value=2 * row.long_lots_max),),
        from_ns=stream.time_ns + 2,
        until_ns=UNTIL_NS,
        reason="a roll",
        sub_account_id="A" if client_order_id else "",
        client_order_id=client_order_id,
    )
    items = (override,)
    command = cm.DefineDesk(items=items, entered_by="risk", approved_by="boss")
    assert stream.say(command, ev.DeskDefined(items=items)) == []
    place = {"override_id": "O-1", "row_kind": "PositionLimit", "node_id": node, "scope_id": scope}
    assert (
        stream.say(cm.AdvanceTime(), OverrideBegun(**place, until_ns=UNTIL_NS, reason="a roll"))
        == []
    )
    return stream, OverrideEnded(**place)


def asked_for(stream, lots, **more):
    asked = stream.submission("A", Side.BUY, lots, **more)
    return stream.say(asked, *stream.accepted(asked))


def test_more_may_be_held_while_it_is_in_force_and_no_longer():
    stream, ended = overridden()
    assert asked_for(stream, 15) == []
    assert stream.say(cm.AdvanceTime(), ended, pause_ns=UNTIL_NS) == []
    assert "position limit" in asked_for(stream, 1)


def test_for_one_order_it_is_for_that_order_alone():
    stream, _ = overridden("big")
    assert asked_for(stream, 15, name="big") == []
    assert "position limit" in asked_for(stream, 1, name="small")


def test_it_begins_and_ends_in_time():
    """Too late, too early, and not at all."""
    stream, ended = overridden()
    assert "override" in stream.say(cm.AdvanceTime(), ended)
    stream, ended = overridden()
    assert stream.say(cm.AdvanceTime(), pause_ns=UNTIL_NS) == ["override"]
    assert stream.say(cm.AdvanceTime(), ended) == []


def test_what_widens_takes_two_persons():
    stream = Stream()
    row = PositionLimit(node_id="A", scope_id="CL", long_lots_max=11, short_lots_max=10)
    wider = (row,)
    for second, laws in (("", ["second person"]), ("a", ["second person"]), ("b", [])):
        command = cm.DefineDesk(items=wider, entered_by="a", approved_by=second)
        narrower = cm.DefineDesk(items=(replace(row, long_lots_max=5),), entered_by="a")
        assert stream.say(narrower, ev.DeskDefined(items=narrower.items)) == []
        assert stream.say(command, ev.DeskDefined(items=wider)) == laws
