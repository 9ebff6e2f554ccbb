"""What strangers meet before anybody knows them: bounds of connections, heads, bodies and time.

uvicorn takes as many connections, header fields and seconds as a peer likes to spend.  These
protocols count connections by address, read no head beyond a bound, no body whose length is not
stated, and end whoever keeps the server waiting.  Time is looked at twice a second for all of them,
so a request costs a comparison and no timer.  What is refused here is refused as a problem.
"""

import asyncio
from collections import Counter, deque
from http import HTTPStatus
from typing import Any, cast

import msgspec
import uvicorn
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol, RequestResponseCycle
from uvicorn.protocols.websockets.websockets_sansio_impl import WebSocketsSansIOProtocol
from websockets.frames import CloseCode, Frame

from fencang.app.serve.joined_writes import JoinedWrites
from fencang.app.serve.settings import ServerLimits
from fencang.basics.time import SECOND_NS
from fencang.gateways.doors.throttle import address_name
from fencang.gateways.rest.problem import Problem, Refused

__all__ = [
    "FRAGMENTS_MAX",
    "FRAME_BYTES_MAX",
    "HEADERS_MAX",
    "PINGS_MAX",
    "PIPELINED_MAX",
    "Crowd",
    "EntranceConfig",
    "HttpEntrance",
    "SocketEntrance",
    "look_after",
]

FRAME_BYTES_MAX = 1 << 16
"""Bytes of one message of a socket, however many frames it comes in."""
HEADERS_MAX = 64
"""Header fields of one request."""
FRAGMENTS_MAX = 1_024
"""Frames of one message: empty ones cost no bytes, so bytes alone do not bound them."""
PINGS_MAX = 100
"""Pings of a socket from one look at the time to the next, half a second later."""

PIPELINED_MAX = 16
"""Requests that a client sends ahead of the answers to those before."""

_VERSIONS = frozenset({"1.0", "1.1"})
_encode = msgspec.json.Encoder().encode


class Crowd:
    """How many are inside, altogether and from each address; one for each server."""

    def __init__(self, limits: ServerLimits) -> None:
        self._limits = limits
        self._by_address: Counter[str] = Counter()
        self.count = 0

    def enter(self, address: str) -> bool:
        """Count a connection and return whether there is room for it; `leave` at its end."""
        self.count += 1
        self._by_address[address] += 1
        return (
            self.count <= self._limits.connections_max
            and self._by_address[address] <= self._limits.connections_of_address_max
        )

    def leave(self, address: str) -> None:
        """Count a connection that ended."""
        self.count -= 1
        self._by_address[address] -= 1
        if not self._by_address[address]:
            del self._by_address[address]


class EntranceConfig(uvicorn.Config):
    """uvicorn's settings with the bounds of the entrance."""

    def __init__(self, app: Any, limits: ServerLimits, **more: Any) -> None:  # noqa: ANN401 - ASGI
        super().__init__(app, http=HttpEntrance, ws=SocketEntrance, **more)
        self.limits, self.crowd = limits, Crowd(limits)


class HttpEntrance(HttpToolsProtocol):
    """One connection that speaks HTTP/1."""

    def __init__(self, config: EntranceConfig, *arguments: Any, **more: Any) -> None:  # noqa: ANN401
        super().__init__(config, *arguments, **more)
        self._crowd, self._limits = config.crowd, config.limits
        self._asked = self.app
        self._address = ""
        self._is_counted = False
        self._waited_from = self.loop.time()
        """Since when the client owes the rest of a request; 0: it owes none."""
        self._stuck_from = 0.0
        """Since when it takes nothing of an answer; 0: it does."""
        self._is_in_head = False
        self._head_bytes = 0
        self._unanswered: deque[RequestResponseCycle] = deque()
        """Requests in order, from the oldest that is not answered whole."""

    # --------------------------------------------------------------------------------- connections

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Take a connection if there is room for one more."""
        joined = JoinedWrites(cast("asyncio.Transport", transport), self.loop)
        super().connection_made(joined)  # type: ignore[arg-type]
        self._address = address_name(self.client[0]) if self.client is not None else ""
        self._is_counted = True
        if not self._crowd.enter(self._address):
            detail = "too many connections are open, of this address or of all; close one"
            self.refuse(Refused.of(503, "too-many-connections", detail, headers=_SOON))

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room."""
        if self._is_counted:
            self._is_counted = False
            self._crowd.leave(self._address)
        for cycle in self._unanswered:  # uvicorn knows of the last one only
            cycle.disconnected = True
        super().connection_lost(exc)

    def handle_websocket_upgrade(self) -> None:
        """Hand the connection on; the socket makes room at its end."""
        fault = self._fault_of_head()
        if fault is not None:
            self.refuse(fault)
            return
        super().handle_websocket_upgrade()
        self._is_counted = False

    # ------------------------------------------------------------------------------------- requests

    def data_received(self, data: bytes) -> None:
        """Read on, and no further than a head may go."""
        if not self._waited_from:
            self._waited_from = self.loop.time()
        if self._is_in_head:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._is_in_head and not self.transport.is_closing():
            self._bound_head()

    def _bound_head(self) -> None:
        if self._head_bytes > self._limits.header_bytes_max or len(self.headers) > HEADERS_MAX:
            self.refuse(self._head_too_large())

    def on_message_begin(self) -> None:
        """Begin a request."""
        super().on_message_begin()
        self._is_in_head, self._head_bytes = True, 0

    def on_headers_complete(self) -> None:
        """Let the application have a request whose head is in order."""
        self._is_in_head = False
        fault = self._fault_of_head()
        self.app = self._asked if fault is None else _refusing(fault)
        super().on_headers_complete()
        while self._unanswered and self._unanswered[0].response_complete:
            self._unanswered.popleft()
        if self.parser.should_upgrade() and self._should_upgrade():
            return  # a socket; what it asks is no request of ours
        self._unanswered.append(self.cycle)
        if len(self._unanswered) > PIPELINED_MAX:
            self.transport.close()

    def on_message_complete(self) -> None:
        """The client owes nothing more."""
        self._waited_from = 0.0
        super().on_message_complete()

    def _fault_of_head(self) -> Refused | None:
        """Return what no request may bring in its head, whoever sends it."""
        if self.parser.get_http_version() not in _VERSIONS:
            return Refused.of(400, "faulty-request", "HTTP/1.1 is spoken here")
        size, length = len(self.url), 0
        for name, value in self.headers:
            size += len(name) + len(value)
            if name == b"content-length":
                length = int(value)
            elif name == b"transfer-encoding":
                detail = "state the length of the body in Content-Length; chunks are not read"
                return Refused.of(411, "length-required", detail)
            elif name == b"content-encoding" and value.lower() != b"identity":
                detail = "send the body as it is: Content-Encoding is not read"
                return Refused.of(415, "content-encoded", detail)
        if size > self._limits.header_bytes_max or len(self.headers) > HEADERS_MAX:
            return self._head_too_large()
        if length > self._limits.body_bytes_max:
            detail = (
                f"a body has at most {self._limits.body_bytes_max:,} bytes, this one {length:,}"
            )
            return Refused.of(413, "body-too-large", detail)
        return None

    def _head_too_large(self) -> Refused:
        bound = f"{HEADERS_MAX} header fields and {self._limits.header_bytes_max:,} bytes of them"
        return Refused.of(431, "head-too-large", f"a request has at most {bound}")

    # ------------------------------------------------------------------------------------ refusals

    def refuse(self, refused: Refused) -> None:
        """Say why the connection ends, unless an answer before is under way, and end it."""
        under_way = [each for each in self._unanswered if not each.response_complete]
        if not under_way or not (len(under_way) > 1 or under_way[0].response_started):
            body = _encode(refused.problem)
            status = HTTPStatus(refused.problem.status)
            lines = [f"HTTP/1.1 {status.value} {status.phrase}"]
            fields = [(name.decode(), value.decode()) for name, value in _fields(refused, body)]
            lines += [f"{name}: {value}" for name, value in fields]
            self.transport.write("\r\n".join([*lines, "", ""]).encode() + body)
        self.transport.close()

    def send_400_response(self, msg: str) -> None:
        """Answer what is not HTTP."""
        self.refuse(Refused.of(400, "faulty-request", msg))

    # ----------------------------------------------------------------------------------------- time

    def pause_writing(self) -> None:
        """Note since when the client takes nothing."""
        self._stuck_from = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client takes again what it is sent."""
        self._stuck_from = 0.0
        super().resume_writing()

    def look_after(self, now_s: float) -> None:
        """End the connection if its client keeps the server waiting."""
        limits = self._limits
        owes = self._waited_from and not self.flow.read_paused
        if self._stuck_from and (now_s - self._stuck_from) * SECOND_NS > limits.idle_ns:
            self.transport.abort()
        elif owes and (now_s - self._waited_from) * SECOND_NS > limits.request_ns:
            detail = f"the request did not arrive within {limits.request_ns / SECOND_NS:g} s"
            self.refuse(Refused.of(408, "too-slow", detail))


class SocketEntrance(WebSocketsSansIOProtocol):
    """One connection that became a socket."""

    def __init__(self, config: EntranceConfig, *arguments: Any, **more: Any) -> None:  # noqa: ANN401
        super().__init__(config, *arguments, **more)
        self._crowd, self._limits = config.crowd, config.limits
        self._pings = 0
        self._stuck_from = 0.0

    def connection_lost(self, exc: Exception | None) -> None:
        """Make room."""
        self._crowd.leave(address_name(self.client[0]) if self.client is not None else "")
        super().connection_lost(exc)

    def handle_cont(self, event: Frame) -> None:
        """Take a further frame of a message, as long as there are not too many."""
        if len(self.frames) >= FRAGMENTS_MAX:
            self._end(CloseCode.MESSAGE_TOO_BIG, f"a message has at most {FRAGMENTS_MAX} frames")
            return
        super().handle_cont(event)

    def send_receive_event_to_app(self) -> None:
        """Hand on a whole message, if it is the text that it says it is."""
        if self.curr_msg_data_type == "text":
            self.frames = [b"".join(self.frames)]
            try:
                self.frames[0].decode()
            except UnicodeDecodeError:
                self._end(CloseCode.INVALID_DATA, "the message is not UTF-8 text")
                return
        super().send_receive_event_to_app()

    def handle_ping(self) -> None:
        """Answer a ping, unless pings come in a flood or their answers are not taken."""
        self._pings += 1
        if self._pings > PINGS_MAX or self._stuck_from:
            self._end(CloseCode.POLICY_VIOLATION, f"at most {PINGS_MAX} pings at a time")
            return
        super().handle_ping()

    def _end(self, code: CloseCode, reason: str) -> None:
        if self.close_sent or self.transport.is_closing():
            return
        self.conn.fail(code, reason)
        self.frames = []
        self.handle_parser_exception()

    def pause_writing(self) -> None:
        """Note since when the client takes nothing."""
        self._stuck_from = self.loop.time()
        super().pause_writing()

    def resume_writing(self) -> None:
        """The client takes again what it is sent."""
        self._stuck_from = 0.0
        super().resume_writing()

    def look_after(self, now_s: float) -> None:
        """End the connection if its client takes nothing for too long."""
        self._pings = 0
        if self._stuck_from and (now_s - self._stuck_from) * SECOND_NS > self._limits.idle_ns:
            self.transport.abort()


def look_after(connections: set[Any], now_s: float) -> None:
    """Let time pass for open connections; call it now and then."""
    for connection in list(connections):
        connection.look_after(now_s)


_SOON = {"Retry-After": "1"}


def _fields(refused: Refused, body: bytes) -> list[tuple[bytes, bytes]]:
    return [
        (b"content-type", b"application/problem+json"),
        (b"content-length", b"%d" % len(body)),
        (b"connection", b"close"),
        *((name.lower().encode(), value.encode()) for name, value in refused.headers.items()),
    ]


def _refusing(refused: Refused) -> Any:  # noqa: ANN401 - an ASGI application
    """Return an application that answers everything with a problem and ends the connection."""

    async def refuse(scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401
        del scope, receive
        problem: Problem = refused.problem
        body = _encode(problem)
        start = {"type": "http.response.start", "status": problem.status}
        await send({**start, "headers": _fields(refused, body)})
        await send({"type": "http.response.body", "body": body, "more_body": False})

    return refuse
