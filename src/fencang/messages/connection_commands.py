"""Commands of stopping and of connections: kill switch, clients, deadlines, venue links."""

from enum import StrEnum
from typing import Annotated

import msgspec

from fencang.basics.time import DAY_NS
from fencang.messages.message import Command
from fencang.refdata.definition import Identifier, Text

__all__ = [
    "ConnectionCommand",
    "ReportClientConnected",
    "ReportClientDisconnected",
    "ReportVenueLink",
    "SetDeadline",
    "StopAction",
    "StopTrading",
]


class StopAction(StrEnum):
    """What the kill switch does to a node."""

    REDUCE_ONLY = "reduce_only"
    """Nothing opens; orders at work stay."""
    REDUCE_ONLY_AND_CANCEL = "reduce_only_and_cancel"
    """Nothing opens, and orders that open are cancelled."""
    HALT = "halt"
    """Nothing new at all; orders at work stay."""
    HALT_AND_CANCEL = "halt_and_cancel"
    """Nothing new at all, and every order is cancelled, the desk's own among them."""


class StopTrading(Command, tag="StopTrading.1"):
    """The kill switch: stop a strategy's book, a sub-account, a venue, an owner, or everything.

    ``confirmed_node_id`` repeats the node, so that a slip of the hand stops nothing.  One person is
    enough; resuming (``SetTradingState``) needs two.
    """

    node_id: Identifier
    confirmed_node_id: Identifier
    action: StopAction
    reason: Text
    entered_by: Identifier


class ReportClientConnected(Command, tag="ReportClientConnected.1"):
    """A gateway has a client that sends the orders of a node: a sub-account or one above."""

    session_id: Identifier
    node_id: Identifier


class ReportClientDisconnected(Command, tag="ReportClientDisconnected.1"):
    """A gateway has lost a client."""

    session_id: Identifier


class SetDeadline(Command, tag="SetDeadline.1"):
    """A dead man's switch: cancel a node's orders unless this is sent again within ``after_ns``.

    0 takes the deadline away.
    """

    node_id: Identifier
    after_ns: Annotated[int, msgspec.Meta(ge=0, le=DAY_NS)]


class ReportVenueLink(Command, tag="ReportVenueLink.1"):
    """A gateway's link of a carrying account to a venue is up, said again as heartbeat, or not."""

    carrying_account_id: Identifier
    venue_id: Identifier
    is_up: bool


ConnectionCommand = (
    StopTrading | ReportClientConnected | ReportClientDisconnected | SetDeadline | ReportVenueLink
)
