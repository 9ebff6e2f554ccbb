"""The desk as it runs: commands in, durable records out, everything else on one event loop.

Two threads of the sequencer decide and commit; what is durable comes to the loop in one queue, in
order: a batch is folded into the board, shown to listeners and handed to the venue before those who
wait for its records hear of them.  So whoever was answered finds what he was told.
"""

import asyncio
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, NamedTuple, TypeVar

from fencang.app.serve.answers import Answers
from fencang.engine.machine import Machine
from fencang.gateways.ports import DeskBusy, DeskFault, DeskStopped, VenueLink
from fencang.gateways.routing import EffectRouting
from fencang.journal.group_commit import ThreadedSequencer
from fencang.journal.port import InboxFull, JournalPort, SequencerStopped
from fencang.journal.sequencer import Clock, Subscriber
from fencang.messages.commands import AdvanceGatewayCursor, AnyCommand
from fencang.messages.origin import Origin
from fencang.messages.record import Record
from fencang.projections.tables.board import Board, Change

__all__ = ["LiveDesk", "RecordListener"]

AnswerT = TypeVar("AnswerT")

SWITCH_INTERVAL_S = 0.002
"""The loop works in turns of about a millisecond; who waits for it waits for the turn to end."""
CURSOR_WAIT_S = 0.005
"""So long a moved cursor waits for the next one; each is a record, and the last says it all.

What left within it before a crash is in doubt afterwards, and its venue is asked.
"""

RecordListener = Callable[[Record, Sequence[Change]], None]
"""Hears every durable record with what it changed, on the loop."""


class _Wish(NamedTuple):
    """A command on its way to the core thread, and what waits for its record."""

    command: AnyCommand
    origin: Origin | None
    lane: int
    future: "asyncio.Future[Record]"


_Ready = tuple[Record, ...] | tuple["asyncio.Future[Record]", Record]


@contextmanager
def _told_as_of_the_desk() -> Iterator[None]:
    """Raise what the sequencer refuses in the words of gateways."""
    try:
        yield
    except InboxFull as fault:
        raise DeskBusy(str(fault)) from fault
    except SequencerStopped as fault:
        raise DeskStopped(str(fault)) from fault


class LiveDesk:
    """A recovered desk that takes commands; made on the loop that it lives on."""

    def __init__(
        self,
        machine: Machine,
        journal: JournalPort,
        board: Board,
        answers: Answers,
        clock: Clock,
        watching: Sequence[Subscriber] = (),
    ) -> None:
        self.board = board
        self._answers = answers
        self._loop = asyncio.get_running_loop()
        self._sequencer = ThreadedSequencer(machine, journal, clock)
        for watcher in watching:
            self._sequencer.subscribe(watcher)
        self._sequencer.subscribe(self._take_batch)
        self._wishes: list[_Wish] = []
        self._ready: deque[_Ready] = deque()
        self._is_woken = False
        self._listeners: list[RecordListener] = []
        self._venue: VenueLink | None = None
        self._routing: EffectRouting | None = None
        self._cursor: AdvanceGatewayCursor | None = None
        """A cursor that moved and is not entered yet."""
        self._waiting: set[asyncio.Future[Any]] = set()
        """What was taken and is not answered, commands and questions."""
        self.stopped: asyncio.Future[BaseException | None] = self._loop.create_future()

    # --------------------------------------------------------------------------- life of the desk

    def listen(self, listener: RecordListener) -> None:
        """Let somebody hear every durable record from here on."""
        self._listeners.append(listener)

    def route(self, routing: EffectRouting, venue: VenueLink) -> None:
        """Hand durable effects to a venue, and take its reports in."""
        self._routing, self._venue = routing, venue

    def start(self) -> None:
        """Start deciding."""
        self._sequencer.start(on_stopped=self._hear_of_stop, switch_interval_s=SWITCH_INTERVAL_S)

    async def stop(self) -> None:
        """Take no more commands, make durable what was taken, and let everybody hear of it."""
        if self.stopped.done():
            return
        self._send()
        self._enter_cursor()
        await asyncio.to_thread(self._sequencer.stop)
        self._flush()
        if not self.stopped.done():
            self.stopped.set_result(None)

    @property
    def waiting(self) -> int:
        """Return how many commands and questions wait to be decided."""
        return self._sequencer.waiting + len(self._wishes)

    def _hear_of_stop(self, cause: BaseException) -> None:
        self._loop.call_soon_threadsafe(self._fail, cause)

    def _fail(self, cause: BaseException) -> None:
        self._flush()
        for future in self._waiting:
            if not future.done():
                future.set_exception(DeskStopped(str(cause)))
        self._waiting.clear()
        if not self.stopped.done():
            self.stopped.set_result(cause)

    # ------------------------------------------------------------------------------------- commands

    async def enter(
        self, command: AnyCommand, origin: Origin | None = None, lane: int = 1
    ) -> Record:
        """Return the durable record of a command.

        Raises:
            DeskBusy: too much waits; it was not taken.
            DeskStopped: whether it was taken is not known: ask again after the restart.
            RequestReused: the request's identifier stood for another request.
        """
        return await asyncio.shield(self.begin(command, origin, lane))

    def begin(
        self, command: AnyCommand, origin: Origin | None = None, lane: int = 1
    ) -> "asyncio.Future[Record]":
        """Enter a command and return what its durable record will be in; see ``enter``."""
        if origin is None or not origin.request_id:
            return self._submit(command, origin, lane)
        known = self._answers.find(origin)
        if isinstance(known, Record):
            answered: asyncio.Future[Record] = self._loop.create_future()
            answered.set_result(known)
            return answered
        if known is not None:
            return known
        future = self._submit(command, origin, lane)
        self._answers.begin(origin, future)
        return future

    def tell(self, command: AnyCommand) -> None:
        """Enter a command of the desk's own programs; nobody waits for what comes of it.

        Raises:
            DeskBusy: too much waits.
            DeskStopped: the desk does not run.
        """
        with _told_as_of_the_desk():
            self._sequencer.submit(command)

    def _submit(
        self, command: AnyCommand, origin: Origin | None, lane: int
    ) -> "asyncio.Future[Record]":
        """Hand a command in at the end of this turn of the loop, with all others of it.

        Until then the loop holds the interpreter: a core thread woken sooner would wait for it.
        """
        if not self._wishes:
            self._loop.call_soon(self._send)
        future: asyncio.Future[Record] = self._loop.create_future()
        self._wishes.append(_Wish(command, origin, lane, future))
        return future

    def _send(self) -> None:
        wishes, self._wishes = self._wishes, []
        for wish in wishes:
            try:
                self._sequencer.submit(
                    wish.command,
                    partial(self._acknowledge, wish.future),
                    origin=wish.origin,
                    lane=wish.lane,
                )
            except InboxFull as fault:
                self._refuse(wish, DeskBusy(str(fault)))
            except SequencerStopped as fault:
                self._refuse(wish, DeskStopped(str(fault)))
            else:
                self._waiting.add(wish.future)

    def _refuse(self, wish: _Wish, fault: DeskFault) -> None:
        """Let who asked know that a command was not taken; it may come again."""
        if wish.origin is not None and wish.origin.request_id:
            self._answers.forget(wish.origin)
        if not wish.future.done():
            wish.future.set_exception(fault)

    def _acknowledge(self, future: "asyncio.Future[Record]", record: Record) -> None:
        """Take the durable record of a command; on the commit thread."""
        self._ready.append((future, record))
        self._wake()

    async def ask(self, question: Callable[[Machine], AnswerT]) -> AnswerT:
        """Return what a question finds, once everything that it saw is durable.

        Raises:
            DeskBusy: too much waits.
            DeskStopped: the desk does not run, or stopped before it answered.
        """
        future: asyncio.Future[AnswerT] = self._loop.create_future()

        def settle(answer: AnswerT | None, cause: BaseException | None) -> None:
            self._waiting.discard(future)
            if future.done():
                return
            if cause is not None:
                future.set_exception(cause)
            else:
                future.set_result(answer)  # type: ignore[arg-type]

        def answered(answer: AnswerT | None, cause: BaseException | None) -> None:
            self._loop.call_soon_threadsafe(settle, answer, cause)

        with _told_as_of_the_desk():
            self._sequencer.ask(question, answered)
        self._waiting.add(future)
        return await future

    # ------------------------------------------------------------------------- what became durable

    def _take_batch(self, records: tuple[Record, ...]) -> None:
        """Take durable records in; on the commit thread."""
        self._ready.append(records)
        self._wake()

    def _wake(self) -> None:
        if not self._is_woken:
            self._is_woken = True
            self._loop.call_soon_threadsafe(self._flush)

    def _flush(self) -> None:
        """Show what is durable, in order; on the loop."""
        self._is_woken = False
        ready = self._ready
        while ready:
            item = ready.popleft()
            if isinstance(item[0], Record):
                self._show(item)
            else:
                future, record = item
                self._waiting.discard(future)
                if not future.done():
                    future.set_result(record)

    def _show(self, records: Sequence[Record]) -> None:
        for record in records:
            self._answers.keep(record)
            changes = self.board.apply(record)
            for listener in self._listeners:
                listener(record, changes)
        self.exchange(records)

    def exchange(self, records: Sequence[Record] = ()) -> None:
        """Hand the effects of records to the venue and take in what it has to report."""
        if self._routing is None or self._venue is None:
            return
        cursor = self._routing.release(records)
        if cursor is not None:
            if self._cursor is None:
                self._loop.call_later(CURSOR_WAIT_S, self._enter_cursor)
            self._cursor = cursor
        try:
            for command in self._venue.take_reports():
                self._sequencer.submit(command)
        except SequencerStopped:
            return  # the venue gives its reports again to the desk that comes up next

    def _enter_cursor(self) -> None:
        """Let the journal know what has left, if it does not yet."""
        if self._cursor is None:
            return
        try:
            self._sequencer.submit(self._cursor)
        except SequencerStopped:
            pass  # what left is in doubt at the next start
        except InboxFull:
            self._loop.call_later(CURSOR_WAIT_S, self._enter_cursor)
            return
        self._cursor = None
