"""Controls of the flow of orders: how many messages in a time, how many orders at work.

Source: Delegated Regulation (EU) 2017/589 (RTS 6), Article 15 (maximum messages, maximum orders).
"""

from typing import Annotated

import msgspec

from fencang.basics.time import DAY_NS
from fencang.refdata.definition import Definition, Identifier

__all__ = ["FLOW_FIELDS", "FlowControl"]

COUNT_MAX = 10_000_000
Count = Annotated[int, msgspec.Meta(ge=0, le=COUNT_MAX)]


class FlowControl(Definition, tag="FlowControl.1"):
    """What a node of the account tree may send, and have at work.

    New orders and replaces are messages, cancels never are.  ``messages_max`` may go at once, and
    as many again in every ``messages_ns``: after a burst one message is free every
    ``messages_ns / messages_max``.  A field left out is inherited, in that no level of its own is
    asked; the row of the master account states all.
    """

    node_id: Identifier
    messages_max: Count | None = None
    messages_ns: Annotated[int, msgspec.Meta(ge=1, le=DAY_NS)] = 1_000_000_000
    working_orders_max: Count | None = None

    @property
    def key(self) -> tuple[str]:
        """Return what identifies a row."""
        return (self.node_id,)


FLOW_FIELDS = ("messages_max", "working_orders_max")
"""What the row at the root must state."""
