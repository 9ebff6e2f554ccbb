"""Events of the firm's own limits: warnings before they bind, overrides that begin and end."""

from fencang.messages.message import Event
from fencang.messages.reasons import Reason

__all__ = ["LimitEvent", "LimitWarned", "LimitWarningEnded", "OverrideBegun", "OverrideEnded"]


class LimitWarned(Event, tag="LimitWarned.1"):
    """The use of a limit has reached a level that somebody is to be told of.

    ``reason`` is the number that the control refuses with; ``side`` is ``long``, ``short`` or
    empty.  ``limit`` and ``value`` are counted as the control counts them.
    """

    control: str
    reason: Reason
    node_id: str
    scope_id: str
    side: str
    level_ppm: int
    limit: int
    value: int


class LimitWarningEnded(Event, tag="LimitWarningEnded.1"):
    """The use of a limit has fallen below a level that was told.

    ``level_ppm`` is the level that still counts as told, 0 where none does.
    """

    control: str
    reason: Reason
    node_id: str
    scope_id: str
    side: str
    level_ppm: int
    limit: int
    value: int


class OverrideBegun(Event, tag="OverrideBegun.1"):
    """From this command on the values of an override hold."""

    override_id: str
    row_kind: str
    node_id: str
    scope_id: str
    until_ns: int
    reason: str


class OverrideEnded(Event, tag="OverrideEnded.1"):
    """From this command on the row holds again as it is stated."""

    override_id: str
    row_kind: str
    node_id: str
    scope_id: str


LimitEvent = LimitWarned | LimitWarningEnded | OverrideBegun | OverrideEnded
