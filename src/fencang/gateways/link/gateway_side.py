"""The gateway's end of the link: a desk in another process, as gateways see any desk.

The gateway has read the journal up to a record; the link gives it every one after that, and its own
board follows.  A command is answered only when the board has its record, so whoever was answered
finds what he was told, here as in the desk's own process.
"""

import asyncio
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any, TypeVar

import msgspec

from fencang.gateways import ports
from fencang.gateways.browser.answer import Answer, problem_answer
from fencang.gateways.caller import Caller
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
    FromDesk,
    Greeting,
    Hello,
    LinkFault,
    Recorded,
    framed,
    read_frame,
)
from fencang.gateways.link.studies import RemoteStudies
from fencang.gateways.ports import DeskBusy, DeskFault, DeskStopped, KeyClosed
from fencang.gateways.questions import (
    EnvelopeAnswer,
    LimitAnswer,
    MarginAnswer,
    OrderExplained,
    PastQuestions,
    Scan,
    Scanned,
)
from fencang.gateways.rest.problem import Refused, problem_of
from fencang.messages.commands import AnyCommand, SubmitOrder
from fencang.messages.message import Interface
from fencang.messages.origin import Origin
from fencang.messages.record import Record, decode_record
from fencang.projections.tables.board import Board, Change
from fencang.signing.request import Request

__all__ = ["RemoteDesk"]

Listener = Callable[[Record, Sequence[Change]], None]
PENDING_MAX = 8_192

FoundT = TypeVar("FoundT")

_pack = msgspec.msgpack.Encoder().encode


class RemoteDesk(RemoteStudies):
    """What ``ports.ServedDesk`` asks for, over the link; ``past`` answers from the journal."""

    def __init__(self, board: Board, past: PastQuestions) -> None:
        self._board = board
        self._past = past
        self._listeners: list[Listener] = []
        self._closers: list[Callable[[str], object]] = []
        self._numbers = count(1)
        self._entering: dict[int, asyncio.Future[Record]] = {}
        self._asking: dict[int, asyncio.Future[bytes]] = {}
        self._ahead: list[tuple[int, asyncio.Future[Record], Record]] = []
        self._writer: asyncio.StreamWriter | None = None
        self._is_single_operator = False

    @property
    def board(self) -> Board:
        """Return the tables as of the last record that came over the link."""
        return self._board

    @property
    def is_single_operator(self) -> bool:
        """Return whether one person alone may do what otherwise takes two."""
        return self._is_single_operator

    @property
    def questions(self) -> "RemoteDesk":
        """Return who answers what the tables do not hold."""
        return self

    def listen(self, listener: Listener) -> None:
        """Let somebody hear every record from here on."""
        self._listeners.append(listener)

    def on_closed(self, close: Callable[[str], object]) -> None:
        """Let somebody end what is open under a key that froze."""
        self._closers.append(close)

    # ------------------------------------------------------------------------------ the connection

    async def connect(self, path: str, gateway_id: str) -> asyncio.StreamReader:
        """Connect to a desk and learn what it is; then ``run`` with what is returned.

        Raises:
            LinkFault: no desk, or one of another version.
        """
        try:
            reader, writer = await asyncio.open_unix_connection(path)
        except OSError as fault:
            raise LinkFault(f"no desk listens at {path}: {fault}") from fault
        self._writer = writer
        writer.write(framed(Hello(LINK_PROTOCOL, gateway_id, self._board.sequence)))
        greeting = await read_frame(reader, FromDesk)
        if not isinstance(greeting, Greeting) or greeting.protocol != LINK_PROTOCOL:
            raise LinkFault("the desk is of another version, or too far ahead of what was read")
        self._is_single_operator = greeting.is_single_operator
        return reader

    async def run(self, reader: asyncio.StreamReader) -> None:
        """Take what the desk says until the connection ends; everything under way ends with it."""
        try:
            while (message := await read_frame(reader, FromDesk)) is not None:
                self._take(message)
        finally:
            self._lose()

    def _lose(self) -> None:
        fault = DeskStopped("the link to the desk is broken; whether it was taken is not known")
        under_way: list[asyncio.Future[Any]] = [*self._entering.values(), *self._asking.values()]
        for future in under_way:
            if not future.done():
                future.set_exception(fault)
        self._writer = None

    def _take(self, message: Any) -> None:  # noqa: ANN401 - any of FromDesk
        match message:
            case Recorded(payloads=payloads):
                for payload in payloads:
                    self._show(decode_record(payload))
                self._resolve()
            case Entered(number=number):
                future = self._entering.pop(number)
                if message.fault:
                    _fail(future, message.fault, message.words)
                else:
                    record = decode_record(message.payload)
                    self._ahead.append((record.sequence, future, record))
                    self._resolve()
            case Answered(number=number):
                asked = self._asking.pop(number)
                if message.fault:
                    _fail(asked, message.fault, message.words)
                elif not asked.done():
                    asked.set_result(message.answer)
            case Closed(key_id=key_id):
                for close in self._closers:
                    close(key_id)
            case _:
                raise LinkFault("the desk greets once")

    def _show(self, record: Record) -> None:
        if record.sequence <= self._board.sequence:
            return
        changes = self._board.apply(record)
        for listener in self._listeners:
            listener(record, changes)

    def _resolve(self) -> None:
        """Answer those whose record the board has."""
        waiting = []
        for sequence, future, record in self._ahead:
            if sequence > self._board.sequence:
                waiting.append((sequence, future, record))
            elif not future.done():
                future.set_result(record)
        self._ahead = waiting

    # ----------------------------------------------------------------------- commands and questions

    async def enter(
        self, command: AnyCommand, origin: Origin | None = None, lane: int = 1
    ) -> Record:
        """Return the durable record of a command; see ``ports.ServedDesk``."""
        return await asyncio.shield(self.begin(command, origin, lane))

    def begin(
        self, command: AnyCommand, origin: Origin | None = None, lane: int = 1
    ) -> "asyncio.Future[Record]":
        """Enter a command and return what its durable record will be in."""
        number, writer = self._next()
        future: asyncio.Future[Record] = asyncio.get_running_loop().create_future()
        self._entering[number] = future
        writer.write(framed(Enter(number, command, origin, lane)))
        return future

    def _next(self) -> tuple[int, asyncio.StreamWriter]:
        if self._writer is None:
            raise DeskStopped("the link to the desk is broken; nothing was sent")
        if len(self._entering) + len(self._asking) >= PENDING_MAX:
            raise DeskBusy(f"{PENDING_MAX:,} requests wait for the desk; this one was not sent")
        return next(self._numbers), self._writer

    async def _ask(self, question: str, kind: Any, argument: bytes = b"") -> Any:  # noqa: ANN401
        number, writer = self._next()
        future: asyncio.Future[bytes] = asyncio.get_running_loop().create_future()
        self._asking[number] = future
        writer.write(framed(Ask(number, question, argument)))
        return msgspec.msgpack.decode(await future, type=kind)

    async def margin(self) -> tuple[int, list[MarginAnswer]]:
        """Return the sequence, and where every book and pool stands."""
        found: tuple[int, list[MarginAnswer]] = await self._ask(
            "margin", tuple[int, list[MarginAnswer]]
        )
        return found

    async def limits(self) -> tuple[int, list[LimitAnswer]]:
        """Return the sequence, and every position limit with its worst cases."""
        found: tuple[int, list[LimitAnswer]] = await self._ask(
            "limits", tuple[int, list[LimitAnswer]]
        )
        return found

    async def envelopes(self) -> tuple[int, list[EnvelopeAnswer]]:
        """Return the sequence, and the open envelopes."""
        found: tuple[int, list[EnvelopeAnswer]] = await self._ask(
            "envelopes", tuple[int, list[EnvelopeAnswer]]
        )
        return found

    async def what_if(self, order: SubmitOrder) -> OrderExplained:
        """Return what the ladder would say of an order now; nothing is entered."""
        found: OrderExplained = await self._ask("what_if", OrderExplained, _pack(order))
        return found

    async def admit(self, request: Request, address: str, interface: Interface) -> Caller:
        """Return who calls; the desk's process knows keys and nonces.

        Raises:
            Refused: nobody that may, or the desk cannot be asked.
        """
        argument = _pack(Admission(request, address, interface))
        found: Admitted = await self._ask("admit", Admitted, argument)
        if found.caller is None:
            assert found.problem is not None, found
            raise Refused(found.problem, found.headers)
        return found.caller

    async def metrics(self) -> tuple[bytes, str]:
        """Return what the desk's process counts, as text, and its content type."""
        found: tuple[bytes, str] = await self._ask("metrics", tuple[bytes, str])
        return found

    async def answer(self, request: Request, address: str) -> Answer:
        """Return what a browser is answered; see ``browser.answer.BrowserDoor``."""
        try:
            argument = _pack(Browsed(request, address))
            found: Answer = await self._ask("browse", Answer, argument)
        except DeskFault as fault:
            return problem_answer(problem_of(fault))
        return found

    async def explain(self, order: str) -> OrderExplained:
        """Return why an order was accepted or refused, from the journal, in this process."""
        return await self._past.explain(order)

    async def records(self, first_sequence: int, count: int) -> Sequence[Record]:
        """Return durable records, from the journal, in this process."""
        return await self._past.records(first_sequence, count)

    async def scan(self, asked: Scan[FoundT]) -> Scanned[FoundT]:
        """Return what is found in the journal, read in this process."""
        return await self._past.scan(asked)

    async def command_before(self, sequence: int, command: AnyCommand, by: str) -> AnyCommand:
        """Return the command by which ``by`` states what was in force before one of a record."""
        return await self._past.command_before(sequence, command, by)


def _fail(future: "asyncio.Future[Any]", fault: str, words: str) -> None:
    """Raise at the waiter what the desk raised; a request that was reused is told as such."""
    if future.done():
        return
    if fault == ports.RequestReused.__name__:
        future.set_exception(_Reused(words))
    elif fault == KeyClosed.__name__:
        future.set_exception(KeyClosed(words))
    elif fault == DeskBusy.__name__:
        future.set_exception(DeskBusy(words))
    else:
        future.set_exception(DeskStopped(words))


class _Reused(ports.RequestReused):
    """The desk's own words for a request that was reused."""

    def __init__(self, words: str) -> None:
        DeskFault.__init__(self, words)
