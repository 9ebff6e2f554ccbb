"""Events of stopping and of connections."""

from enum import StrEnum

from fencang.messages.connection_commands import StopAction
from fencang.messages.message import Event

__all__ = [
    "ClientConnected",
    "ClientDisconnected",
    "ClientForgotten",
    "ConnectionEvent",
    "DeadlinePassed",
    "DeadlineSet",
    "SilenceBegan",
    "SilenceEnded",
    "SilenceKind",
    "TradingStopped",
    "VenueLinkReported",
]


class TradingStopped(Event, tag="TradingStopped.1"):
    """The kill switch was used: who, why, and how many orders the venues are asked to cancel."""

    node_id: str
    action: StopAction
    orders: int
    reason: str
    entered_by: str


class ClientConnected(Event, tag="ClientConnected.1"):
    """A client sends the orders of a node."""

    session_id: str
    node_id: str


class ClientDisconnected(Event, tag="ClientDisconnected.1"):
    """A client is gone; what it left at work is cancelled after its grace, unless it is back."""

    session_id: str
    node_id: str


class ClientForgotten(Event, tag="ClientForgotten.1"):
    """The grace of a client that is gone has passed: its orders are being cancelled, or stay."""

    session_id: str
    node_id: str
    orders: int


class DeadlineSet(Event, tag="DeadlineSet.1"):
    """A node's orders are cancelled at a time, unless it is moved on; 0 takes it away."""

    node_id: str
    deadline_ns: int


class DeadlinePassed(Event, tag="DeadlinePassed.1"):
    """Nobody moved a deadline on: the node's orders are being cancelled."""

    node_id: str
    orders: int


class VenueLinkReported(Event, tag="VenueLinkReported.1"):
    """The link of a carrying account to a venue is up, or not."""

    carrying_account_id: str
    venue_id: str
    is_up: bool


class SilenceKind(StrEnum):
    """What has gone silent."""

    LINK = "link"
    FEED = "feed"


class SilenceBegan(Event, tag="SilenceBegan.1"):
    """A link or a feed is silent for longer than allowed: orders there only reduce."""

    kind: SilenceKind
    place: str
    detail: str


class SilenceEnded(Event, tag="SilenceEnded.1"):
    """A link or a feed is heard again."""

    kind: SilenceKind
    place: str


ConnectionEvent = (
    TradingStopped
    | ClientConnected
    | ClientDisconnected
    | ClientForgotten
    | DeadlineSet
    | DeadlinePassed
    | VenueLinkReported
    | SilenceBegan
    | SilenceEnded
)
