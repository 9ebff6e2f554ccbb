"""One client on the socket: reads its frames, answers them, and tells it what changed.

Reading never waits for writing.  Answers go out at once; changes as often as the interval of the
connection allows, from the places that its channels have reached.  What cannot be caught up is
said: rows that replace each other are sent as a snapshot again, on the other channels the client is
sent away with the sequence to come back with.
"""

import asyncio
import contextlib
from collections.abc import Callable, Coroutine
from functools import partial
from hashlib import sha256
from typing import Any, Protocol

import msgspec

from fencang.basics.time import format_time
from fencang.gateways.caller import Caller
from fencang.gateways.forms.forms import BodyFaults
from fencang.gateways.metrics import Metrics
from fencang.gateways.ports import DeskFault, ServedDesk
from fencang.gateways.rest.commands import outcome_of
from fencang.gateways.rest.lanes import books_of, lane_of
from fencang.gateways.rest.mass_cancel import counts_of
from fencang.gateways.rest.problem import Fault, Problem, Refused, problem_of
from fencang.gateways.rest.sight import require_common, sees, told_to
from fencang.gateways.stream.hub import Hub
from fencang.gateways.stream.protocol import (
    CHANNELS,
    ENTER_FORMS,
    PROTOCOL,
    REPLACING,
    Answer,
    Changes,
    Enter,
    Failed,
    FromClient,
    Heartbeat,
    Snapshot,
    Subscribe,
    Subscribed,
    Unsubscribe,
    Welcome,
    decode_json,
    decode_msgpack,
    scope_of,
)
from fencang.messages.cancel_commands import CancelOrders
from fencang.messages.origin import Origin
from fencang.messages.record import Record

__all__ = ["CLOSE_REVOKED", "CLOSE_TOO_SLOW", "HEARTBEAT_S", "Connection", "Socket"]

HEARTBEAT_S = 5.0
INTERVAL_S = 0.02
CLOSE_S = 1.0
"""So long a client that is sent away may take until it has heard why."""
SNAPSHOT_ROWS = 500
PENDING_MAX = 10_000
BACKLOG_MAX = 10_000
ROWS_WAITING_MAX = 250_000
"""Rows of snapshots that wait for a client: asking again and again fills no memory."""
FRAMES_IN_TURN_MAX = 64
"""So many frames of one client are read before others have their turn."""
CLOSE_TOO_SLOW = 4008
CLOSE_TOO_MUCH = 4009
CLOSE_REVOKED = 4003

_json = msgspec.json.Encoder().encode
_msgpack = msgspec.msgpack.Encoder().encode


class Socket(Protocol):
    """A message socket; ``receive`` returns None when the client has gone."""

    async def receive(self) -> bytes | str | None:
        """Return the next frame."""
        ...

    async def send(self, frame: bytes, *, is_text: bool) -> None:
        """Send a frame; waits while the client takes none."""
        ...

    async def close(self, code: int, reason: str) -> None:
        """End the connection."""
        ...


class _Ended(Exception):
    """The connection ends for a stated reason."""

    def __init__(self, code: int, reason: str) -> None:
        super().__init__(reason)
        self.code, self.reason = code, reason


class Connection:
    """One admitted client until it goes or is sent away."""

    def __init__(
        self,
        socket: Socket,
        caller: Caller,
        desk: ServedDesk,
        hub: Hub,
        clock: Callable[[], int],
        *,
        is_json: bool,
        interval_s: float = INTERVAL_S,
        backlog_max: int = BACKLOG_MAX,
        metrics: Metrics | None = None,
    ) -> None:
        self._metrics = Metrics() if metrics is None else metrics
        self._timed: list[tuple[int, int, int]] = []
        self._told_from: list[int] = []
        self._socket, self._caller, self._desk, self._hub = socket, caller, desk, hub
        self._clock, self._is_json, self._interval_s = clock, is_json, interval_s
        self._decode = decode_json if is_json else decode_msgpack
        self._encode = _json if is_json else _msgpack
        self._places: dict[str, int] = {}
        self._told: dict[str, int] = {}
        self._outbox: list[msgspec.Struct] = []
        self._has_answers, self._has_too_much = asyncio.Event(), asyncio.Event()
        self._backlog_max, self._rows_waiting = backlog_max, 0
        self._news = hub.follow()
        self._pending = 0
        self._last_lane = 0
        """The last of the lanes that hold what this client entered and is not answered."""

    async def run(self, revoked: Coroutine[Any, Any, None]) -> None:
        """Serve until the client goes or ``revoked`` ends: its key or user is no more."""
        self._put(
            Welcome(
                protocol=PROTOCOL,
                user_id=self._caller.user_id,
                sequence=self._desk.board.sequence,
                heartbeat_s=HEARTBEAT_S,
                is_single_operator=self._desk.is_single_operator,
            )
        )
        work = (
            self._read(),
            self._write_answers(),
            self._write_changes(),
            self._beat(),
            self._leave(revoked),
            self._overflow(),
        )
        self._metrics.stream_clients += 1
        tasks = [asyncio.create_task(each) for each in work]
        try:
            done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
            for task in done:
                await self._end(task.exception())
        finally:
            self._metrics.stream_clients -= 1
            self._hub.leave(self._news)
            for task in tasks:
                task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.gather(*tasks, return_exceptions=True)

    @staticmethod
    async def _leave(revoked: Coroutine[Any, Any, None]) -> None:
        await revoked
        raise _Ended(CLOSE_REVOKED, "the key or its user is no more, or changed: come in anew")

    async def _overflow(self) -> None:
        await self._has_too_much.wait()
        raise _Ended(CLOSE_TOO_MUCH, "too many answers were not taken")

    async def _end(self, cause: BaseException | None) -> None:
        if isinstance(cause, _Ended):
            self._metrics.stream_disconnects += cause.code in (CLOSE_TOO_SLOW, CLOSE_TOO_MUCH)
            with contextlib.suppress(TimeoutError):  # who takes nothing does not take this either
                async with asyncio.timeout(CLOSE_S):
                    await self._socket.close(cause.code, cause.reason)
        elif cause is not None and not isinstance(cause, ConnectionError):
            raise cause

    # -------------------------------------------------------------------------------- what comes in

    async def _read(self) -> None:
        count = 0
        while (frame := await self._socket.receive()) is not None:
            count += 1
            if not count % FRAMES_IN_TURN_MAX:
                await asyncio.sleep(0)
            try:
                read = self._decode(frame.encode() if isinstance(frame, str) else frame)
            except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as fault:
                what = Fault("frame", str(fault))
                self._fail(Refused.of(400, "faulty-message", "not understood", (what,)).problem)
                continue
            for message in read if isinstance(read, list) else (read,):
                self._take(message)

    def _take(self, message: FromClient) -> None:
        try:
            match message:
                case Enter():
                    self._enter(message)
                case Subscribe():
                    self._subscribe(message)
                case Unsubscribe(channel=channel):
                    self._places.pop(channel, None)
                    self._told.pop(channel, None)
                    self._hub.want_no_more(channel, self._news)
        except (Refused, BodyFaults, DeskFault) as fault:
            problem = problem_of(fault).problem
            if isinstance(message, Enter):
                self._put(Answer(request_id=message.request_id, sequence=None, problem=problem))
            else:
                self._fail(problem)

    def _enter(self, message: Enter) -> None:
        received_ns = self._clock()
        if "orders:write" not in self._caller.scopes:
            raise Refused.of(403, "scope-missing", "this key lacks the scope orders:write")
        if self._pending >= PENDING_MAX:
            raise Refused.of(429, "too-many-pending", f"{PENDING_MAX} requests wait already")
        form = message.command
        passage, given = ENTER_FORMS[type(form)], dict[str, Any](interface=self._caller.interface)
        if passage.domain is CancelOrders:
            given["entered_by"] = self._caller.user_id
        command = passage.to_domain(form, given)
        book_id = next(books_of(command))
        if not self._sees(book_id):
            raise Refused.of(403, "outside-sub-tree", f"this key does not reach {book_id}")
        caller = self._caller
        origin = Origin(
            caller.user_id,
            caller.key_id,
            caller.interface.name.lower(),
            caller.address,
            message.request_id,
            sha256(_msgpack(form)).digest(),
        )
        lane = lane_of(self._desk.board, command, caller)
        if self._pending and passage.domain is CancelOrders:
            lane = self._last_lane  # behind the orders that this client sent before it
        self._last_lane = max(lane, self._last_lane) if self._pending else lane
        self._pending += 1
        future = self._desk.begin(command, origin, lane)
        future.add_done_callback(partial(self._answer, message.request_id, received_ns))

    def _answer(self, request_id: str, received_ns: int, future: "asyncio.Future[Record]") -> None:
        self._pending -= 1
        if future.cancelled():
            return
        try:
            record = future.result()
            if record.time_ns >= received_ns:  # else it is the answer to a repeated request
                durable_ns = self._metrics.last_durable_ns
                self._timed.append((received_ns, record.time_ns, durable_ns))
            seen = told_to(self._desk.board, self._caller.sub_tree, record)
            outcome = outcome_of(record, seen, of_order=True, with_events=False)
            counts, order_ids = None, outcome.order_ids  # type: ignore[attr-defined]
            if isinstance(record.command, CancelOrders):
                counts, order_ids = counts_of(record)
            self._put(
                Answer(
                    request_id=request_id,
                    sequence=record.sequence,
                    order_ids=order_ids,
                    cancels=counts,
                )
            )
        except (Refused, DeskFault) as fault:
            problem = problem_of(fault).problem
            self._put(Answer(request_id=request_id, sequence=problem.sequence, problem=problem))

    # ----------------------------------------------------------------------------------- channels

    def _subscribe(self, message: Subscribe) -> None:
        name = message.channel
        if name not in CHANNELS:
            what = Fault("channel", f"there are {', '.join(CHANNELS)}")
            raise Refused.of(400, "unknown-channel", f"there is no channel {name}", (what,))
        if scope_of(name) not in self._caller.scopes:
            raise Refused.of(403, "scope-missing", f"this key lacks the scope {scope_of(name)}")
        is_of_books = self._hub.is_of_books(name)
        require_common(self._caller.sub_tree, name, is_of_books=is_of_books)
        self._hub.want(name, self._news)
        after = message.after_sequence
        place = None if after is None else self._hub.place_after(name, after)
        if place is not None and after is not None:
            self._places[name], self._told[name] = place, after
            self._put(Subscribed(channel=name, sequence=after, is_resumed=True))
        else:
            self._put(Subscribed(channel=name, sequence=self._hub.sequence(name), is_resumed=False))
            self._send_snapshot(name)
        self._news.set()

    def _send_snapshot(self, name: str) -> None:
        sequence = self._hub.sequence(name)
        self._places[name], self._told[name] = self._hub.end(name), sequence
        rows = [
            (key, row)
            for key, row in self._hub.rows(name).items()
            if self._sees(self._hub.book_of(name, row))
        ]
        self._rows_waiting += len(rows)
        if self._rows_waiting > ROWS_WAITING_MAX:
            self._has_too_much.set()
            return
        starts = range(0, max(1, len(rows)), SNAPSHOT_ROWS)
        pieces = [tuple(rows[start : start + SNAPSHOT_ROWS]) for start in starts]
        for number, piece in enumerate(pieces, 1):
            self._put(
                Snapshot(channel=name, sequence=sequence, rows=piece, is_last=number == len(pieces))
            )

    def _sees(self, book_id: str | None) -> bool:
        return sees(self._desk.board, self._caller.sub_tree, book_id)

    async def _write_changes(self) -> None:
        while True:
            await self._news.wait()
            self._news.clear()
            frames = [frame for name in list(self._places) for frame in self._changes_of(name)]
            if frames:
                await self._send(frames)
                told_from, self._told_from = self._told_from, []
                for decided_ns in told_from:
                    self._metrics.decided_to_told.observe(self._clock() - decided_ns)
                await asyncio.sleep(self._interval_s)

    def _changes_of(self, name: str) -> list[bytes]:
        place, told_at = self._places[name], self._told[name]
        batch = self._hub.since(name, place)
        if batch is None:
            if name not in REPLACING:
                raise _Ended(
                    CLOSE_TOO_SLOW,
                    f"{name}: too slow for every change; come back after_sequence {told_at}",
                )
            self._send_snapshot(name)
            return []
        if batch.place == place and not self._hub.is_asked_anew(name, batch, told_at):
            return []
        self._places[name], self._told[name] = batch.place, batch.sequence
        if batch.told and batch.told[0].decided_ns:
            self._told_from.append(batch.told[0].decided_ns)
        span = (place, told_at, batch.place, batch.sequence)
        key = (name, *span, self._caller.sub_tree, self._is_json)
        frame = self._hub.encoded.get(key)
        if frame is None:
            rows = [(t.key, t.row) for t in batch.told if self._sees(t.book_id)]
            is_conflated = name in REPLACING and len(rows) > len(dict(rows))
            self._metrics.stream_conflations += is_conflated
            frame = self._encode(
                Changes(
                    channel=name,
                    after_sequence=told_at,
                    sequence=batch.sequence,
                    rows=tuple(dict(rows).items()) if is_conflated else tuple(rows),
                    is_conflated=is_conflated,
                )
            )
            self._hub.encoded[key] = frame
        return [frame]

    # ------------------------------------------------------------------------------- what goes out

    def _put(self, message: msgspec.Struct) -> None:
        if len(self._outbox) >= self._backlog_max:
            self._has_too_much.set()
            return
        self._outbox.append(message)
        self._has_answers.set()

    def _fail(self, problem: Problem) -> None:
        self._put(Failed(problem=problem))

    async def _write_answers(self) -> None:
        while True:
            await self._has_answers.wait()
            self._has_answers.clear()
            outbox, self._outbox = self._outbox, []
            self._rows_waiting = 0
            timed, self._timed = self._timed, []
            await self._send([self._encode(outbox[0] if len(outbox) == 1 else outbox)])
            for received_ns, decided_ns, durable_ns in timed:
                self._metrics.observe_answer(received_ns, decided_ns, durable_ns, self._clock())

    async def _beat(self) -> None:
        while True:
            await asyncio.sleep(HEARTBEAT_S)
            time = format_time(self._clock())
            self._put(Heartbeat(sequence=self._desk.board.sequence, time=time))

    async def _send(self, frames: list[bytes]) -> None:
        for frame in frames:
            await self._socket.send(frame, is_text=self._is_json)
