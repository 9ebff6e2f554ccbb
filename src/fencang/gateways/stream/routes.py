"""The socket and the event stream as routes beside REST, let in by the same doorman."""

from collections.abc import AsyncIterator, Callable
from typing import Any

import msgspec
from litestar import Request, Response, WebSocket, get, websocket
from litestar.response import Stream

from fencang.gateways.caller import Caller
from fencang.gateways.doorman import Doorman
from fencang.gateways.ports import ServedDesk
from fencang.gateways.rest.problem import Problem, Refused
from fencang.gateways.stream.connection import Connection
from fencang.gateways.stream.events import event_stream
from fencang.gateways.stream.hub import Hub
from fencang.messages.message import Interface

__all__ = ["CLOSE_NOT_ADMITTED", "MSGPACK", "stream_routes"]

MSGPACK = "fencang.msgpack"
JSON = "fencang.json"
CLOSE_NOT_ADMITTED = 4001
CONNECTIONS_MAX = 1_000


class _Socket:
    """Litestar's socket in the form that a connection wants."""

    def __init__(self, socket: WebSocket[Any, Any, Any]) -> None:
        self._socket = socket

    async def receive(self) -> bytes | str | None:
        message: Any = await self._socket.receive()
        if message["type"] == "websocket.disconnect":
            return None
        found: bytes | str | None = message.get("bytes") or message.get("text") or b""
        return found

    async def send(self, frame: bytes, *, is_text: bool) -> None:
        if is_text:
            await self._socket.send_data(frame.decode(), mode="text")
        else:
            await self._socket.send_data(frame, mode="binary")

    async def close(self, code: int, reason: str) -> None:
        await self._socket.close(code=code, reason=reason[:120])


def stream_routes(
    desk: ServedDesk, hub: Hub, doorman: Doorman, clock: Callable[[], int]
) -> list[Any]:
    """Return the routes of the socket and of the event stream."""

    @websocket("/v1/stream", include_in_schema=False)
    async def stream(socket: WebSocket[Any, Any, Any]) -> None:
        offered = socket.scope.get("subprotocols", [])
        spoken = next((each for each in offered if each in (MSGPACK, JSON)), None)
        try:
            caller = await _admitted(socket, doorman, Interface.WEBSOCKET)
            if hub.followers_count >= CONNECTIONS_MAX:
                raise Refused.of(503, "too-many-connections", "too many connections")
        except Refused as refused:
            await socket.accept(subprotocols=spoken)
            await socket.close(code=CLOSE_NOT_ADMITTED, reason=refused.problem.title)
            return
        await socket.accept(subprotocols=spoken)
        connection = Connection(
            _Socket(socket), caller, desk, hub, clock, is_json=spoken != MSGPACK
        )
        await connection.run()

    @get("/v1/events/{channel:str}", include_in_schema=False)
    async def events(request: Request[Any, Any, Any], channel: str) -> Stream | Response[bytes]:
        try:
            caller = await _admitted(request, doorman, Interface.REST)
            last = request.headers.get("last-event-id", "")
            told: AsyncIterator[bytes] = event_stream(
                desk, hub, caller, channel, int(last) if last.isdecimal() else None
            )
        except Refused as refused:
            return _problem(refused.problem)
        return Stream(told, media_type="text/event-stream", headers={"Cache-Control": "no-store"})

    return [stream, events]


async def _admitted(
    connection: WebSocket[Any, Any, Any] | Request[Any, Any, Any],
    doorman: Doorman,
    interface: Interface,
) -> Caller:
    target = connection.scope["raw_path"].decode("ascii", "replace")
    query = connection.scope["query_string"].decode("ascii", "replace")
    address = connection.client.host if connection.client is not None else ""
    full = f"{target}?{query}" if query else target
    caller = await doorman.admit("GET", full, dict(connection.headers), b"", address)
    return msgspec.structs.replace(caller, interface=interface)


def _problem(problem: Problem) -> Response[bytes]:
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type="application/problem+json",
    )
