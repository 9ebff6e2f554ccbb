"""The desk's end of the link: takes commands and questions of gateways, gives them every record.

A gateway that has too much under way is not read until some of it is done, so its own clients wait;
one that does not take its records is let go, reads the journal anew and comes back.
"""

import asyncio
import contextlib
import os
import socket
import struct
from collections.abc import Awaitable, Callable, Sequence
from functools import partial
from typing import Any

import msgspec
import structlog

from fencang.gateways.browser.answer import Answer, BrowserDoor
from fencang.gateways.doorman import Doorman
from fencang.gateways.link.frames import (
    LINK_PROTOCOL,
    Admission,
    Admitted,
    Answered,
    Ask,
    Browsed,
    Closed,
    Enter,
    Entered,
    FromGateway,
    Greeting,
    Hello,
    LinkFault,
    Recorded,
    framed,
    read_frame,
)
from fencang.gateways.link.studies import studies_asked
from fencang.gateways.metrics import Metrics
from fencang.gateways.ports import DeskFault, ServedDesk
from fencang.gateways.rest.problem import Refused
from fencang.messages.commands import SubmitOrder
from fencang.messages.record import Record, encode_record
from fencang.projections.tables.board import Change

__all__ = ["PENDING_MAX", "UNSENT_BYTES_MAX", "DeskLink"]

PENDING_MAX = 4_096
"""Requests of one gateway under way; beyond them it is not read."""
UNSENT_BYTES_MAX = 64 << 20
"""A gateway that leaves so much unread is let go."""
BEHIND_MAX = 100_000
"""Records remembered for gateways that come with what they read from the journal."""

_pack = msgspec.msgpack.Encoder().encode
_admission = msgspec.msgpack.Decoder(Admission).decode
_browsed = msgspec.msgpack.Decoder(Browsed).decode
_order = msgspec.msgpack.Decoder(SubmitOrder).decode


class DeskLink:
    """Listens for gateways; ``hear`` gets every durable record of the desk."""

    def __init__(
        self,
        desk: ServedDesk,
        doorman: Doorman,
        browser: BrowserDoor,
        metrics: Metrics,
        clock: Callable[[], int],
    ) -> None:
        self._desk, self._doorman, self._browser = desk, doorman, browser
        self._metrics, self._clock = metrics, clock
        self._gateways: set[_Gateway] = set()
        self._remembered: list[tuple[int, bytes]] = []
        self._fresh: list[bytes] = []

    def hear(self, record: Record, changes: Sequence[Change]) -> None:
        """Take a durable record in; it goes out with the others of this turn of the loop."""
        del changes
        payload = encode_record(record)
        self._remembered.append((record.sequence, payload))
        if len(self._remembered) >= 2 * BEHIND_MAX:
            del self._remembered[:BEHIND_MAX]
        if not self._fresh:
            asyncio.get_running_loop().call_soon(self._send_fresh)
        self._fresh.append(payload)

    def _send_fresh(self) -> None:
        fresh, self._fresh = self._fresh, []
        if self._gateways:
            frame = framed(Recorded(tuple(fresh)))
            for gateway in tuple(self._gateways):
                gateway.send(frame)

    def close_key(self, key_id: str) -> None:
        """Let every gateway end what is open under a key."""
        for gateway in tuple(self._gateways):
            gateway.send(framed(Closed(key_id)))

    def since(self, sequence: int) -> list[bytes] | None:
        """Return the payloads after a sequence; None where they are no longer remembered."""
        if sequence >= self._desk.board.sequence:
            return []
        first = self._remembered[0][0] if self._remembered else self._desk.board.sequence + 1
        if sequence + 1 < first:
            return None
        return [payload for number, payload in self._remembered if number > sequence]

    async def serve(self, path: str) -> asyncio.AbstractServer:
        """Listen on a Unix socket that only this user reaches: by its mode, and by who calls."""
        mask = os.umask(0o177)  # made with its mode, not changed to it afterwards
        try:
            return await asyncio.start_unix_server(self._meet, path)
        finally:
            os.umask(mask)

    async def _meet(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if _peer_of(writer) != os.getuid():
            structlog.get_logger().warning("another user called at the link", user=_peer_of(writer))
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()
            return
        gateway = _Gateway(
            self._desk,
            self._doorman,
            self._browser,
            reader,
            writer,
            self._metrics,
            self._clock,
        )
        try:
            await gateway.run(self)
        except (LinkFault, ConnectionError):
            pass
        finally:
            self._gateways.discard(gateway)
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    def join(self, gateway: "_Gateway", after_sequence: int) -> None:
        """Let a gateway hear records from a sequence on.

        Raises:
            LinkFault: it reads the journal first, up to nearly the present.
        """
        behind = self.since(after_sequence)
        if behind is None:
            raise LinkFault(f"records after {after_sequence} are read from the journal")
        self._send_fresh()
        if behind:
            gateway.send(framed(Recorded(tuple(behind))))
        self._gateways.add(gateway)


_PEER = struct.Struct("3i")
"""What Linux says of the peer of a Unix socket: process, user, group."""


def _peer_of(writer: asyncio.StreamWriter) -> int:
    """Return the user whose process called; one's own where the system does not tell."""
    option = getattr(socket, "SO_PEERCRED", None)
    if option is None:
        return os.getuid()
    told = writer.get_extra_info("socket").getsockopt(socket.SOL_SOCKET, option, _PEER.size)
    return int(_PEER.unpack(told)[1])


class _Gateway:
    """One connected gateway."""

    def __init__(
        self,
        desk: ServedDesk,
        doorman: Doorman,
        browser: BrowserDoor,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        metrics: Metrics,
        clock: Callable[[], int],
    ) -> None:
        self._desk, self._doorman, self._browser = desk, doorman, browser
        self._metrics, self._clock = metrics, clock
        self._reader, self._writer = reader, writer
        self._pending = 0
        self._has_room = asyncio.Event()
        self._tasks: set[asyncio.Task[None]] = set()

    def send(self, frame: bytes) -> None:
        transport = self._writer.transport
        if transport.is_closing():
            return
        self._writer.write(frame)
        if transport.get_write_buffer_size() > UNSENT_BYTES_MAX:
            transport.abort()

    async def run(self, link: DeskLink) -> None:
        hello = await read_frame(self._reader, FromGateway)
        if not isinstance(hello, Hello) or hello.protocol != LINK_PROTOCOL:
            raise LinkFault("a gateway of another version")
        self.send(framed(Greeting(LINK_PROTOCOL, self._desk.is_single_operator)))
        link.join(self, hello.after_sequence)
        while (message := await read_frame(self._reader, FromGateway)) is not None:
            match message:
                case Enter():
                    self._enter(message)
                case Ask():
                    task = asyncio.create_task(self._ask(message))
                    self._tasks.add(task)
                    task.add_done_callback(self._tasks.discard)
                case _:
                    raise LinkFault("only one hello")
            while self._pending >= PENDING_MAX:
                self._has_room.clear()
                await self._has_room.wait()

    def _enter(self, message: Enter) -> None:
        received_ns = self._clock()
        try:
            future = self._desk.begin(message.command, message.origin, message.lane)
        except DeskFault as fault:
            self._refuse(message.number, fault)
            return
        self._pending += 1
        future.add_done_callback(partial(self._entered, message.number, received_ns))

    def _entered(self, number: int, received_ns: int, future: "asyncio.Future[Record]") -> None:
        self._pending -= 1
        self._has_room.set()
        if future.cancelled():
            return
        fault = future.exception()
        if isinstance(fault, DeskFault):
            self._refuse(number, fault)
        elif fault is None:
            record, durable_ns = future.result(), self._metrics.last_durable_ns
            self.send(framed(Entered(number, encode_record(record))))
            if record.time_ns >= received_ns:
                self._metrics.observe_answer(received_ns, record.time_ns, durable_ns, self._clock())

    def _refuse(self, number: int, fault: DeskFault) -> None:
        self.send(framed(Entered(number, b"", type(fault).__name__, str(fault))))

    async def _ask(self, message: Ask) -> None:
        questions = self._desk.questions
        asked: dict[str, Callable[[], Awaitable[Any]]] = {
            "margin": questions.margin,
            "limits": questions.limits,
            "envelopes": questions.envelopes,
            "what_if": lambda: questions.what_if(_order(message.argument)),
            "metrics": self._read_metrics,
            "admit": lambda: self._admit(message.argument),
            "browse": lambda: self._browse(message.argument),
            **studies_asked(questions, message.argument),
        }
        try:
            answer = await asked[message.question]()
        except DeskFault as fault:
            words = str(fault)
            self.send(framed(Answered(message.number, b"", type(fault).__name__, words)))
        else:
            self.send(framed(Answered(message.number, _pack(answer))))

    async def _read_metrics(self) -> tuple[bytes, str]:
        return self._metrics.exposition()

    async def _browse(self, argument: bytes) -> Answer:
        """Answer a browser here: one process knows who is signed in."""
        asked = _browsed(argument)
        return await self._browser.answer(asked.request, asked.address)

    async def _admit(self, argument: bytes) -> Admitted:
        """Let a request in here: one process knows which nonces are used."""
        asked = _admission(argument)
        try:
            return Admitted(
                await self._doorman.admit(asked.request, asked.address, asked.interface)
            )
        except Refused as refused:
            return Admitted(None, refused.problem, refused.headers)
