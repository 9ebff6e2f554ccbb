"""Frames of the link: four bytes of length, then one message in msgpack.

Both ends are this program at the same version: a message that does not fit ends the connection, and
the gateway's process with it.
"""

import asyncio
import struct
from typing import Annotated, Any, TypeVar

import msgspec

from fencang.gateways.caller import Caller
from fencang.gateways.rest.problem import Problem
from fencang.messages.commands import AnyCommand
from fencang.messages.message import Interface
from fencang.messages.origin import Origin
from fencang.signing.request import Request

__all__ = [
    "FRAME_BYTES_MAX",
    "LINK_PROTOCOL",
    "Admission",
    "Admitted",
    "Answered",
    "Ask",
    "Browsed",
    "Closed",
    "Enter",
    "Entered",
    "FromDesk",
    "FromGateway",
    "Greeting",
    "Hello",
    "LinkFault",
    "Recorded",
    "framed",
    "read_frame",
]

LINK_PROTOCOL = "fencang.link.1"
FRAME_BYTES_MAX = 32 << 20
_length = struct.Struct(">I")

MessageT = TypeVar("MessageT")


class LinkFault(Exception):
    """The link is broken, or says what it must not; the gateway ends and is started anew."""


class Hello(msgspec.Struct, frozen=True, tag="hello"):
    """A gateway comes: it has read the journal up to ``after_sequence``."""

    protocol: str
    gateway_id: Annotated[str, msgspec.Meta(max_length=64)]
    after_sequence: Annotated[int, msgspec.Meta(ge=0)]


class Enter(msgspec.Struct, frozen=True, tag="enter"):
    """A command of a client; ``number`` names it on this connection."""

    number: int
    command: AnyCommand
    origin: Origin | None
    lane: Annotated[int, msgspec.Meta(ge=0, le=3)]


class Ask(msgspec.Struct, frozen=True, tag="ask"):
    """A question by name, with its argument in msgpack."""

    number: int
    question: Annotated[str, msgspec.Meta(max_length=32)]
    argument: bytes = b""


class Greeting(msgspec.Struct, frozen=True, tag="greeting"):
    """The desk's first word."""

    protocol: str
    is_single_operator: bool


class Recorded(msgspec.Struct, frozen=True, tag="recorded"):
    """Durable records in order, as they are stored; all after those that the gateway has read."""

    payloads: tuple[bytes, ...]


class Entered(msgspec.Struct, frozen=True, tag="entered"):
    """What a command's durable record is, or why it was not taken (the fault's name, and words)."""

    number: int
    payload: bytes = b""
    fault: str = ""
    words: str = ""


class Answered(msgspec.Struct, frozen=True, tag="answered"):
    """The answer to a question in msgpack, or why there is none."""

    number: int
    answer: bytes = b""
    fault: str = ""
    words: str = ""


class Closed(msgspec.Struct, frozen=True, tag="closed"):
    """A key froze: what is open under it ends."""

    key_id: str


class Admission(msgspec.Struct, frozen=True):
    """A request at a gateway's door, as it came."""

    request: Request
    address: str
    interface: Interface


class Browsed(msgspec.Struct, frozen=True):
    """A request of a browser at a gateway: the desk's process has the secrets of persons."""

    request: Request
    address: str

    def __repr__(self) -> str:
        return f"Browsed(address={self.address!r})"


class Admitted(msgspec.Struct, frozen=True):
    """Who asks, or the problem that nobody comes in with."""

    caller: Caller | None
    problem: Problem | None = None
    headers: dict[str, str] = {}


FromGateway = Hello | Enter | Ask
FromDesk = Greeting | Recorded | Entered | Answered | Closed

_encode = msgspec.msgpack.Encoder().encode
_decoders: dict[Any, Any] = {
    kind: msgspec.msgpack.Decoder(kind).decode for kind in (FromGateway, FromDesk)
}


def framed(message: msgspec.Struct) -> bytes:
    """Return a message with its length before it."""
    payload = _encode(message)
    if len(payload) > FRAME_BYTES_MAX:
        raise LinkFault(f"a message of {len(payload):,} bytes is beyond {FRAME_BYTES_MAX:,}")
    return _length.pack(len(payload)) + payload


async def read_frame(reader: asyncio.StreamReader, kind: Any) -> Any:  # noqa: ANN401 - by kind
    """Return the next message of a kind; None at the end of the connection.

    Raises:
        LinkFault: the bytes are not one.
    """
    try:
        size = _length.unpack(await reader.readexactly(_length.size))[0]
        if size > FRAME_BYTES_MAX:
            raise LinkFault(f"a frame of {size:,} bytes is beyond {FRAME_BYTES_MAX:,}")
        payload = await reader.readexactly(size)
    except (asyncio.IncompleteReadError, ConnectionError) as fault:
        if isinstance(fault, asyncio.IncompleteReadError) and not fault.partial:
            return None
        raise LinkFault("the connection ended inside a frame") from fault
    try:
        return _decoders[kind](payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as fault:
        raise LinkFault(f"not a message of {LINK_PROTOCOL}: {fault}") from fault
