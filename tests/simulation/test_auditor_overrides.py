"""The auditor follows overrides: wider while they are in force, for one order alone, no longer."""

from fencang.messages import commands as cm
from fencang.messages import events as ev
from fencang.messages.limit_events import OverrideBegun, OverrideEnded
from fencang.messages.message import Side
from fencang.refdata.override import ControlOverride, OverrideValue
from tests.simulation.audited_stream import Stream


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
        from_ns=0,
        until_ns=1,
        reason="a roll",
        sub_account_id="A" if client_order_id else "",
        client_order_id=client_order_id,
    )
    items = (override,)
    command = cm.DefineDesk(items=items, entered_by="risk", approved_by="boss")
    assert stream.say(command, ev.DeskDefined(items=items)) == []
    place = {"override_id": "O-1", "row_kind": "PositionLimit", "node_id": node, "scope_id": scope}
    assert stream.say(cm.AdvanceTime(), OverrideBegun(**place, until_ns=1, reason="a roll")) == []
    return stream, OverrideEnded(**place)


def asked_for(stream, lots, **more):
    asked = stream.submission("A", Side.BUY, lots, **more)
    return stream.say(asked, *stream.accepted(asked))


def test_more_may_be_held_while_it_is_in_force_and_no_longer():
    stream, ended = overridden()
    assert asked_for(stream, 15) == []
    assert stream.say(cm.AdvanceTime(), ended) == []
    assert "position limit" in asked_for(stream, 1)


def test_for_one_order_it_is_for_that_order_alone():
    stream, _ = overridden("big")
    assert asked_for(stream, 15, name="big") == []
    assert "position limit" in asked_for(stream, 1, name="small")
