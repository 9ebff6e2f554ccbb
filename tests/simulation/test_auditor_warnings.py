"""The auditor knows warnings that nobody stated, that nothing reached, and that never began."""

import pytest

from fencang.messages import commands as cm
from fencang.messages import events as ev
from fencang.messages.limit_events import LimitWarned, LimitWarningEnded
from fencang.messages.reasons import Reason
from fencang.refdata.limit_warning import LimitWarning
from tests.simulation.audited_stream import Stream

PLACE = {"control": "x", "reason": Reason.NET_EXPOSURE, "scope_id": "CL", "side": "long"}


@pytest.fixture
def stream():
    """The master account is warned at half, the owner at 90 %."""
    found = Stream()
    owner = LimitWarning(node_id="person:FUND", levels_ppm=(900_000,))
    items = (LimitWarning(node_id="M", levels_ppm=(500_000, 1_000_000)), owner)
    command = cm.DefineDesk(items=items, entered_by="risk", approved_by="boss")
    assert found.say(command, ev.DeskDefined(items=items)) == []
    return found


def warned(stream, level, value, node="A", kind=LimitWarned):
    event = kind(node_id=node, level_ppm=level, limit=10, value=value, **PLACE)
    return stream.say(cm.AdvanceTime(), event)


def test_levels_are_those_of_the_nearest_row(stream):
    assert warned(stream, 500_000, 5) == []
    assert warned(stream, 900_000, 9) == ["warning"]
    assert warned(stream, 900_000, 9, "FUND") == []
    assert warned(stream, 500_000, 9, "person:FUND") == ["warning"]


def test_a_level_is_told_when_it_is_reached_and_not_before(stream):
    assert warned(stream, 1_000_000, 9) == ["warning"]
    assert warned(stream, 500_000, 4) == ["warning"]


def test_only_what_was_told_ends(stream):
    assert warned(stream, 0, 1, kind=LimitWarningEnded) == ["warning"]
    assert warned(stream, 1_000_000, 10) == []
    assert warned(stream, 1_000_000, 10, kind=LimitWarningEnded) == ["warning"]
    assert warned(stream, 500_000, 7, kind=LimitWarningEnded) == []
    assert warned(stream, 0, 1, kind=LimitWarningEnded) == []
    assert warned(stream, 0, 1, kind=LimitWarningEnded) == ["warning"]
