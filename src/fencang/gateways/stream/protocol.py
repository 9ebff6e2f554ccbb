"""The words of the socket, in JSON or msgpack: a frame holds one message, or a list of them.

A channel is a table.  After ``subscribe`` comes a snapshot in pieces, the last marked, then
changes: each message names the sequence it stands at and that of the message before it, so a gap
shows.  A client that comes back says the last sequence it has seen and gets what came since, or a
snapshot when that is no longer remembered.
"""

from typing import Annotated, Any, Union

import msgspec

from fencang.gateways.forms.forms import form_of
from fencang.gateways.rest.mass_cancel import MassCancelCounts
from fencang.gateways.rest.problem import Problem
from fencang.messages.cancel_commands import CancelOrders
from fencang.messages.commands import CancelOrder, ReplaceOrder, SubmitOrder

__all__ = [
    "ASKED",
    "CHANNELS",
    "PROTOCOL",
    "REPLACING",
    "Answer",
    "Changes",
    "Enter",
    "Failed",
    "FromClient",
    "Heartbeat",
    "Snapshot",
    "Subscribe",
    "Subscribed",
    "Unsubscribe",
    "Welcome",
    "decode_json",
    "decode_msgpack",
    "scope_of",
]

PROTOCOL = "fencang.stream.1"

CHANNELS = (
    "orders",
    "executions",
    "positions",
    "balances",
    "prices",
    "trading_states",
    "plans",
    "firings",
    "drafts",
    "instructions",
    "block_orders",
    "block_legs",
    "rules",
    "risk_signals",
    "margin",
    "limits",
    "envelopes",
)
REPLACING = frozenset({*CHANNELS} - {"orders", "executions", "risk_signals"})
"""Channels whose rows replace each other: a slow client gets the last row of each key.  On the
others every change is told, and a client that is too slow for that is disconnected."""
ASKED = ("margin", "limits", "envelopes")
"""Channels that no record fills: the desk is asked from time to time, while somebody follows."""


def scope_of(channel: str) -> str:
    """Return what a key must have to follow a channel."""
    return _SCOPES.get(channel, f"{channel}:read")


_SCOPES = {
    "firings": "rules:read",
    "instructions": "orders:read",
    "block_legs": "block_orders:read",
    "risk_signals": "limits:read",
}


_FROM_KEY = frozenset({"interface"})
_ENTERED = (
    *(form_of(command, without=_FROM_KEY) for command in (SubmitOrder, ReplaceOrder, CancelOrder)),
    form_of(CancelOrders, without=_FROM_KEY | {"entered_by"}),
)
ENTER_FORMS = {passage.form: passage for passage in _ENTERED}
_CommandForm: Any = Union[tuple(ENTER_FORMS)]  # noqa: UP007 - made at run time

RequestId = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9_.:-]{1,64}$(?!\n)")]


class Subscribe(
    msgspec.Struct, frozen=True, kw_only=True, tag="subscribe", forbid_unknown_fields=True
):
    """Follow a channel; ``after_sequence``: what was seen last, to go on from there."""

    channel: Annotated[str, msgspec.Meta(max_length=32)]
    after_sequence: Annotated[int, msgspec.Meta(ge=0)] | None = None


class Unsubscribe(
    msgspec.Struct, frozen=True, kw_only=True, tag="unsubscribe", forbid_unknown_fields=True
):
    """Follow a channel no more."""

    channel: Annotated[str, msgspec.Meta(max_length=32)]


class Enter(msgspec.Struct, frozen=True, kw_only=True, tag="enter", forbid_unknown_fields=True):
    """Enter an order, a replacement, a cancel or a mass cancel.

    ``request_id`` is its Idempotency-Key.
    """

    request_id: RequestId
    command: _CommandForm


FromClient = Subscribe | Unsubscribe | Enter


class Welcome(msgspec.Struct, frozen=True, kw_only=True, tag="welcome"):
    """The first message: what is spoken, who was let in, and how often a heartbeat comes."""

    protocol: str
    user_id: str
    sequence: int
    heartbeat_s: float
    is_single_operator: bool


class Subscribed(msgspec.Struct, frozen=True, kw_only=True, tag="subscribed"):
    """A channel is followed; ``is_resumed``: no snapshot comes, changes go on where they ended."""

    channel: str
    sequence: int
    is_resumed: bool


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, tag="snapshot"):
    """Rows by key as of ``sequence``; more pieces follow until ``is_last``."""

    channel: str
    sequence: int
    rows: tuple[tuple[str, Any], ...]
    is_last: bool


class Changes(msgspec.Struct, frozen=True, kw_only=True, tag="changes"):
    """Rows as they are at ``sequence``, None where one is no more.

    No rows: all is at ``sequence`` as it was before (of channels that are asked for).
    ``after_sequence`` is what the message before on this channel stood at.  ``is_conflated``: rows
    between were left out, because the client was slower than they came.
    """

    channel: str
    after_sequence: int
    sequence: int
    rows: tuple[tuple[str, Any], ...]
    is_conflated: bool = False


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag="answer", omit_defaults=True):
    """What became of what was entered: durable, or refused with a problem.

    ``order_ids``: the orders that were made, or, of a mass cancel, that were asked to cancel.
    """

    request_id: str
    sequence: int | None
    order_ids: tuple[int, ...] = ()
    cancels: MassCancelCounts | None = None
    problem: Problem | None = None


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """A message that could not be served; the connection goes on."""

    problem: Problem


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True, tag="heartbeat"):
    """The connection and the desk live; nothing newer than ``sequence`` was held back."""

    sequence: int
    time: str


_Frame = FromClient | list[FromClient]
decode_json = msgspec.json.Decoder(_Frame).decode
decode_msgpack = msgspec.msgpack.Decoder(_Frame).decode
