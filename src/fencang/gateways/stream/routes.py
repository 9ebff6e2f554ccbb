"""The socket and the event stream as routes beside REST, let in by the same doorman."""

import asyncio
from collections.abc import AsyncIterator, Callable
from functools import partial
from typing import Any

import msgspec
from litestar import Request, Response, WebSocket, get, websocket
from litestar.handlers import HTTPRouteHandler, WebsocketRouteHandler
from litestar.response import Stream

from fencang.gateways.caller import Caller
from fencang.gateways.doorman import Doorman, request_of
from fencang.gateways.doors.live import LiveConnections, TooManyConnections
from fencang.gateways.metrics import Metrics
from fencang.gateways.ports import ServedDesk
from fencang.gateways.rest.problem import Problem, Refused
from fencang.gateways.stream.connection import BACKLOG_MAX, Connection
from fencang.gateways.stream.events import event_stream
from fencang.gateways.stream.hub import Hub
from fencang.messages.message import Interface

__all__ = ["CLOSE_NOT_ADMITTED", "MSGPACK", "stream_routes"]

MSGPACK = "fencang.msgpack"
JSON = "fencang.json"
CLOSE_NOT_ADMITTED = 4001


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
    desk: ServedDesk,
    hub: Hub,
    doorman: Doorman,
    live: LiveConnections,
    clock: Callable[[], int],
    metrics: Metrics | None = None,
    backlog_max: int = BACKLOG_MAX,
) -> list[Any]:
    """Return the routes of the socket and of the event stream.

    Both end with the key or the user that they came by: ``live`` closes them.
    """
    counted = Metrics() if metrics is None else metrics
    connect = partial(
        Connection, desk=desk, hub=hub, clock=clock, backlog_max=backlog_max, metrics=counted
    )
    return [
        _socket_route(connect, doorman, live),
        _events_route(desk, hub, doorman, live, counted, clock),
    ]


def _socket_route(
    connect: Callable[..., Connection], doorman: Doorman, live: LiveConnections
) -> WebsocketRouteHandler:
    @websocket("/v1/stream", include_in_schema=False)
    async def stream(socket: WebSocket[Any, Any, Any]) -> None:
        offered = socket.scope.get("subprotocols", [])
        spoken = next((each for each in offered if each in (MSGPACK, JSON)), None)
        ended = _Ended()
        try:
            caller = await _admitted(socket, doorman, Interface.WEBSOCKET)
            number = live.register(caller, ended.close)
        except (Refused, TooManyConnections) as refused:
            await socket.accept(subprotocols=spoken)
            words = refused.problem.title if isinstance(refused, Refused) else str(refused)
            await socket.close(code=CLOSE_NOT_ADMITTED, reason=words[:120])
            return
        try:
            await socket.accept(subprotocols=spoken)
            is_json = spoken != MSGPACK
            connection = connect(_Socket(socket), caller, is_json=is_json)
            await connection.run(ended.wait())
        finally:
            live.forget(number)

    return stream


def _events_route(
    desk: ServedDesk,
    hub: Hub,
    doorman: Doorman,
    live: LiveConnections,
    metrics: Metrics,
    clock: Callable[[], int],
) -> HTTPRouteHandler:
    @get("/v1/events/{channel:str}", include_in_schema=False)
    async def events(request: Request[Any, Any, Any], channel: str) -> Stream | Response[bytes]:
        ended = _Ended()
        try:
            caller = await _admitted(request, doorman, Interface.REST)
            last = request.headers.get("last-event-id", "")
            after = int(last) if last.isdecimal() and len(last) < 16 else None
            told = event_stream(desk, hub, caller, channel, after, metrics, clock)
            number = live.register(caller, ended.close)
        except Refused as refused:
            return _problem(refused.problem)
        except TooManyConnections as fault:
            return _problem(Refused.of(503, "too-many-connections", str(fault)).problem)
        return Stream(
            _until(told, ended, lambda: live.forget(number)),
            media_type="text/event-stream",
            headers={"Cache-Control": "no-store"},
        )

    return events


class _Ended:
    """Set from any thread when the key or user behind a connection is no more."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._event = asyncio.Event()

    def close(self) -> None:
        self._loop.call_soon_threadsafe(self._event.set)

    async def wait(self) -> None:
        await self._event.wait()

    @property
    def is_set(self) -> bool:
        return self._event.is_set()


async def _until(
    told: AsyncIterator[bytes], ended: _Ended, forget: Callable[[], None]
) -> AsyncIterator[bytes]:
    """Yield what is told until the connection's key or user ends; heartbeats notice it in time."""
    try:
        async for each in told:
            if ended.is_set:
                return
            yield each
    finally:
        forget()


async def _admitted(
    connection: WebSocket[Any, Any, Any] | Request[Any, Any, Any],
    doorman: Doorman,
    interface: Interface,
) -> Caller:
    address = connection.client.host if connection.client is not None else ""
    return await doorman.admit(request_of(connection.scope, "GET", b""), address, interface)


def _problem(problem: Problem) -> Response[bytes]:
    return Response(
        msgspec.json.encode(problem),
        status_code=problem.status,
        media_type="application/problem+json",
    )
