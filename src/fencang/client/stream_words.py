"""The words of the stream as the client reads and writes them, and the tables they fill."""

from collections.abc import Mapping
from typing import Any, Literal, cast

import msgspec

from fencang.client.ask import Ask
from fencang.client.errors import Unexpected
from fencang.client.types import (
    BalanceRow,
    BlockLegRow,
    BlockOrderRow,
    DraftRow,
    EnvelopeAnswer,
    ExecutionRow,
    FiringRow,
    InstructionRow,
    LimitAnswer,
    MarginAnswer,
    OrderRow,
    PlanRow,
    PositionRow,
    PriceRow,
    RiskSignalRow,
    RuleRow,
    TradingStateRow,
)
from fencang.client.wire import decoded

__all__ = [
    "PROTOCOL",
    "SPOKEN",
    "Answer",
    "Changes",
    "Channel",
    "Failed",
    "Heartbeat",
    "MassCancelCounts",
    "Message",
    "Row",
    "Snapshot",
    "Subscribed",
    "Tables",
    "Welcome",
    "enter_frame",
    "messages_in",
    "row_of",
    "subscribe_frame",
]

PROTOCOL = "fencang.stream.1"
SPOKEN = "fencang.json"

Channel = Literal[
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
]
"""What can be followed: each is a table."""

Row = (
    OrderRow
    | ExecutionRow
    | PositionRow
    | BalanceRow
    | PriceRow
    | TradingStateRow
    | PlanRow
    | FiringRow
    | DraftRow
    | InstructionRow
    | BlockOrderRow
    | BlockLegRow
    | RuleRow
    | RiskSignalRow
    | MarginAnswer
    | LimitAnswer
    | EnvelopeAnswer
)
"""One row of any table."""

_ROW_TYPES: Mapping[str, type] = {
    "orders": OrderRow,
    "executions": ExecutionRow,
    "positions": PositionRow,
    "balances": BalanceRow,
    "prices": PriceRow,
    "trading_states": TradingStateRow,
    "plans": PlanRow,
    "firings": FiringRow,
    "drafts": DraftRow,
    "instructions": InstructionRow,
    "block_orders": BlockOrderRow,
    "block_legs": BlockLegRow,
    "rules": RuleRow,
    "risk_signals": RiskSignalRow,
    "margin": MarginAnswer,
    "limits": LimitAnswer,
    "envelopes": EnvelopeAnswer,
}
_RawRows = tuple[tuple[str, msgspec.Raw], ...]


class Tables:
    """Every followed table by the keys of its rows, as of the last update that was told."""

    def __init__(self) -> None:
        self.orders: dict[str, OrderRow] = {}
        self.executions: dict[str, ExecutionRow] = {}
        self.positions: dict[str, PositionRow] = {}
        self.balances: dict[str, BalanceRow] = {}
        self.prices: dict[str, PriceRow] = {}
        self.trading_states: dict[str, TradingStateRow] = {}
        self.plans: dict[str, PlanRow] = {}
        self.firings: dict[str, FiringRow] = {}
        self.drafts: dict[str, DraftRow] = {}
        self.instructions: dict[str, InstructionRow] = {}
        self.block_orders: dict[str, BlockOrderRow] = {}
        self.block_legs: dict[str, BlockLegRow] = {}
        self.rules: dict[str, RuleRow] = {}
        self.risk_signals: dict[str, RiskSignalRow] = {}
        self.margin: dict[str, MarginAnswer] = {}
        self.limits: dict[str, LimitAnswer] = {}
        self.envelopes: dict[str, EnvelopeAnswer] = {}

    def of(self, channel: str) -> dict[str, Any]:
        """Return the table of a channel."""
        found: dict[str, Any] = getattr(self, channel)
        return found


class Welcome(msgspec.Struct, frozen=True, kw_only=True, tag="welcome"):
    """The first message of a connection."""

    protocol: str
    sequence: int
    heartbeat_s: float
    is_single_operator: bool = False


class Subscribed(msgspec.Struct, frozen=True, kw_only=True, tag="subscribed"):
    """A channel is followed, from a snapshot or from where it was left."""

    channel: str
    sequence: int
    is_resumed: bool


class Snapshot(msgspec.Struct, frozen=True, kw_only=True, tag="snapshot"):
    """A piece of a table."""

    channel: str
    sequence: int
    rows: _RawRows
    is_last: bool


class Changes(msgspec.Struct, frozen=True, kw_only=True, tag="changes"):
    """Rows that changed since ``after_sequence``."""

    channel: str
    after_sequence: int
    sequence: int
    rows: _RawRows
    is_conflated: bool = False


class MassCancelCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many orders a mass cancel asked, and what became of the others."""

    mass_cancel_id: int
    asked_orders: int
    pending_orders: int
    left_orders: int
    instructions: int


class Answer(msgspec.Struct, frozen=True, kw_only=True, tag="answer"):
    """What became of what was entered."""

    request_id: str
    sequence: int | None = None
    order_ids: tuple[int, ...] = ()
    cancels: MassCancelCounts | None = None
    problem: msgspec.Raw = msgspec.Raw(b"null")


class Failed(msgspec.Struct, frozen=True, kw_only=True, tag="failed"):
    """A message that the desk could not serve."""

    problem: msgspec.Raw


class Heartbeat(msgspec.Struct, frozen=True, kw_only=True, tag="heartbeat"):
    """The desk lives."""

    sequence: int


Message = Welcome | Subscribed | Snapshot | Changes | Answer | Failed | Heartbeat


def messages_in(frame: bytes) -> list[Message]:
    """Return the messages of a frame, in order.

    Raises:
        Unexpected: it is none of this protocol.
    """
    try:
        found: Message | list[Message] = decoded(frame, cast("Any", Message | list[Message]))
    except msgspec.MsgspecError as fault:
        raise Unexpected(f"the stream speaks another version than this client: {fault}") from fault
    return found if isinstance(found, list) else [found]


def row_of(channel: str, raw: msgspec.Raw) -> Row | None:
    """Return a row as its type, None where it is no more.

    Raises:
        Unexpected: it is none of this version.
    """
    try:
        found: Row | None = decoded(bytes(raw), cast("Any", _ROW_TYPES[channel] | None))
    except msgspec.MsgspecError as fault:
        raise Unexpected(f"a row of {channel} is of another version: {fault}") from fault
    return found


def subscribe_frame(channel: str, after_sequence: int | None) -> bytes:
    """Return the wish to follow a channel, from a sequence on or from its snapshot."""
    said = {"type": "subscribe", "channel": channel, "after_sequence": after_sequence}
    return msgspec.json.encode(said)


def enter_frame(ask: Ask[object], request_id: str) -> bytes:
    """Return an order, a replacement, a cancel or a mass cancel as the stream takes it."""
    kind = "".join(word.capitalize() for word in ask.operation.name.split("_"))
    body = msgspec.json.decode(ask.body) if ask.body else {}
    command = {"type": kind, **dict(ask.in_path), **body}
    said = {"type": "enter", "request_id": request_id, "command": command}
    return msgspec.json.encode(said)
