"""Streams: tables that follow the desk, and orders on the same connection.

    with desk.stream("orders", "prices") as stream:
        for update in stream:
            for key, row in update.rows:
                ...
            stream.place(sub_account_id="TREND", ...)

``stream.tables`` holds every followed table as of the last update.  A blocking stream works only
while it is gone through or while something is entered; an ``AsyncStream`` works by itself.
"""

from collections import deque
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import ExitStack
from functools import wraps
from types import TracebackType
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, Self, overload

from fencang.client.ask import Ask
from fencang.client.errors import FencangError, Unreachable
from fencang.client.exchange import Exchange, NoReply, Pause
from fencang.client.following import (
    Closed,
    Entered,
    Following,
    Hear,
    Heard,
    Open,
    Say,
    Silence,
    Step,
    Update,
)
from fencang.client.resources.orders import (
    cancel_order,
    cancel_orders,
    replace_order,
    submit_order,
)
from fencang.client.stream_words import SPOKEN, Tables

if TYPE_CHECKING:
    import ssl

    from websockets.asyncio.client import ClientConnection as AsyncConnection
    from websockets.exceptions import ConnectionClosed
    from websockets.sync.client import ClientConnection

__all__ = ["AsyncStream", "Entry", "Stream"]

FRAME_BYTES_MAX = 1 << 26
UPDATES_MAX = 10_000
"""Updates that wait to be gone through; then the desk is heard no further until some are."""

P = ParamSpec("P")


class Entry(Generic[P]):
    """A method that enters an order, a replacement or a cancel over a stream."""

    def __init__(self, ask: Callable[P, Ask[Any]]) -> None:
        self.ask = ask
        self.__doc__ = ask.__doc__

    @overload
    def __get__(self, stream: None, owner: type) -> "Entry[P]": ...
    @overload
    def __get__(self, stream: "Stream", owner: type) -> Callable[P, Entered]: ...
    @overload
    def __get__(
        self, stream: "AsyncStream", owner: type
    ) -> Callable[P, Coroutine[Any, Any, Entered]]: ...
    def __get__(self, stream: "Stream | AsyncStream | None", owner: type) -> Any:
        """Return the method of a stream."""
        if stream is None:
            return self
        ask, enter = self.ask, stream.enter

        @wraps(ask)
        def call(*args: P.args, **kwargs: P.kwargs) -> Any:  # noqa: ANN401 - either of the two
            return enter(ask(*args, **kwargs))

        return call


class Stream:
    """A stream for plain programs: one thread goes through it and enters over it."""

    place = Entry(submit_order)
    replace = Entry(replace_order)
    cancel = Entry(cancel_order)
    cancel_orders = Entry(cancel_orders)

    def __init__(
        self, exchange: Exchange, channels: tuple[str, ...], tls: "ssl.SSLContext | None" = None
    ) -> None:
        self.following = Following(exchange, channels)
        self._tls = tls
        self._steps = self.following.steps()
        self._heard: Heard = None
        self._updates: deque[Update] = deque()
        self._fault: FencangError | None = None
        self._is_closed = False
        self._connection: ClientConnection | None = None
        self._held = ExitStack()

    @property
    def tables(self) -> Tables:
        """Every followed table as of the last update."""
        return self.following.tables

    def __iter__(self) -> Iterator[Update]:
        return self

    def __next__(self) -> Update:
        while not self._updates:
            self._advance()
        return self._updates.popleft()

    def enter(self, ask: Ask[Any]) -> Entered:
        """Enter an order, a replacement or a cancel, of one or many; return what was taken in.

        Raises:
            FencangError: as over REST.
        """
        if self._is_closed:
            raise Unreachable("the stream is closed; nothing was entered")
        key, frame = self.following.enter(ask)
        try:
            if self._connection is not None:
                self._say([frame])
            while key not in self.following.answers:
                self._advance()
            return self.following.outcome(key)
        finally:
            self.following.forget(key)

    def close(self) -> None:
        """End the stream."""
        self._is_closed = True
        self._steps.close()
        self._connection = None
        self._held.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def _advance(self) -> None:
        if self._fault is not None:
            raise self._fault
        try:
            step = self._steps.send(self._heard)
        except FencangError as fault:
            self._fault = fault
            raise
        self._heard = None
        if isinstance(step, Update):
            self._updates.append(step)
        else:
            self._heard = self._carried_out(step)

    def _carried_out(self, step: Step) -> Heard:
        import time

        match step:
            case Open():
                return self._open(step)
            case Say():
                self._say(step.frames)
            case Pause():
                time.sleep(step.seconds)
            case Hear():
                return self._hear(step.timeout_s)
            case _:
                pass
        return None

    def _open(self, step: Open) -> Heard:
        from websockets.exceptions import WebSocketException
        from websockets.sync.client import connect

        self._connection = None
        self._held.close()
        try:
            opened = connect(step.url, ssl=self._tls, **_terms(step, self.following.exchange))
            self._connection = self._held.enter_context(opened)
        except (OSError, WebSocketException) as fault:
            return NoReply(f"{type(fault).__name__}: {fault}", was_sent=False)
        return None

    def _say(self, frames: Any) -> None:  # noqa: ANN401 - frames in any sequence
        from websockets.exceptions import ConnectionClosed

        assert self._connection is not None, "frames are said on a connection"
        try:
            for frame in frames:
                self._connection.send(frame, text=True)
        except ConnectionClosed:
            return  # hearing says so next, and what was entered is entered again

    def _hear(self, timeout_s: float) -> Heard:
        from websockets.exceptions import ConnectionClosed

        assert self._connection is not None, "frames are heard on a connection"
        try:
            return self._connection.recv(timeout_s, decode=False)
        except TimeoutError:
            return Silence()
        except ConnectionClosed as fault:
            return _closed(fault)


class AsyncStream:
    """A stream for asyncio: a task of its own hears the desk, any task may enter."""

    place = Entry(submit_order)
    replace = Entry(replace_order)
    cancel = Entry(cancel_order)
    cancel_orders = Entry(cancel_orders)

    def __init__(
        self, exchange: Exchange, channels: tuple[str, ...], tls: "ssl.SSLContext | None" = None
    ) -> None:
        import asyncio

        self.following = Following(exchange, channels)
        self._tls = tls
        self._updates: asyncio.Queue[Update | None] = asyncio.Queue(UPDATES_MAX)
        self._waiting: dict[str, asyncio.Future[None]] = {}
        self._connection: AsyncConnection | None = None
        self._task: asyncio.Task[None] | None = None

    @property
    def tables(self) -> Tables:
        """Every followed table as of the last update that was heard."""
        return self.following.tables

    async def __aenter__(self) -> Self:
        import asyncio

        self._task = asyncio.create_task(self._run())
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()

    async def close(self) -> None:
        """End the stream."""
        import asyncio
        import contextlib

        if self._task is not None:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError, Exception):
                await self._task
        if self._connection is not None:
            await self._connection.close()
            self._connection = None

    def __aiter__(self) -> AsyncIterator[Update]:
        return self

    async def __anext__(self) -> Update:
        if self._task is not None and self._task.done() and self._updates.empty():
            self._task.result()
        update = await self._updates.get()
        if update is None:
            assert self._task is not None, "only the task says that there is no more"
            await self._task
            raise StopAsyncIteration
        return update

    async def enter(self, ask: Ask[Any]) -> Entered:
        """Enter an order, a replacement or a cancel, of one or many; return what was taken in.

        Raises:
            FencangError: as over REST.
        """
        import asyncio

        assert self._task is not None, "a stream is opened by `async with`"
        if self._task.done():
            self._task.result()
        key, frame = self.following.enter(ask)
        self._waiting[key] = asyncio.get_running_loop().create_future()
        try:
            if self._connection is not None:
                await self._say([frame])
            await self._waiting[key]
            return self.following.outcome(key)
        finally:
            self._waiting.pop(key, None)
            self.following.forget(key)

    async def _run(self) -> None:
        steps = self.following.steps()
        heard: Heard = None
        try:
            while True:
                step = steps.send(heard)
                heard = await self._carried_out(step)
                for key in self.following.answers.keys() & self._waiting.keys():
                    if not self._waiting[key].done():
                        self._waiting[key].set_result(None)
        except Exception as fault:
            for future in self._waiting.values():
                if not future.done():
                    future.set_exception(fault)
            raise
        finally:
            if not self._updates.full():
                self._updates.put_nowait(None)

    async def _carried_out(self, step: Step) -> Heard:
        import asyncio

        match step:
            case Update():
                await self._updates.put(step)
            case Open():
                return await self._open(step)
            case Say():
                await self._say(step.frames)
            case Pause():
                await asyncio.sleep(step.seconds)
            case Hear():
                return await self._hear(step.timeout_s)
            case _:
                pass
        return None

    async def _open(self, step: Open) -> Heard:
        from websockets.asyncio.client import connect
        from websockets.exceptions import WebSocketException

        if self._connection is not None:
            await self._connection.close()
        self._connection = None
        try:
            self._connection = await connect(
                step.url, ssl=self._tls, **_terms(step, self.following.exchange)
            )
        except (OSError, TimeoutError, WebSocketException) as fault:
            return NoReply(f"{type(fault).__name__}: {fault}", was_sent=False)
        return None

    async def _say(self, frames: Any) -> None:  # noqa: ANN401 - frames in any sequence
        from websockets.exceptions import ConnectionClosed

        assert self._connection is not None, "frames are said on a connection"
        try:
            for frame in frames:
                await self._connection.send(frame, text=True)
        except ConnectionClosed:
            return  # hearing says so next, and what was entered is entered again

    async def _hear(self, timeout_s: float) -> Heard:
        import asyncio

        from websockets.exceptions import ConnectionClosed

        assert self._connection is not None, "frames are heard on a connection"
        try:
            async with asyncio.timeout(timeout_s):
                return await self._connection.recv(decode=False)
        except TimeoutError:
            return Silence()
        except ConnectionClosed as fault:
            return _closed(fault)


def _terms(step: Open, exchange: Exchange) -> dict[str, Any]:
    return {
        "additional_headers": list(step.headers),
        "subprotocols": [SPOKEN],
        "open_timeout": step.timeout_s,
        "max_size": FRAME_BYTES_MAX,
        "compression": None,
        "proxy": None if exchange.is_loopback else True,
        "user_agent_header": None,
    }


def _closed(fault: "ConnectionClosed") -> Closed:
    if fault.rcvd is None:
        return Closed(0, "no word of why")
    return Closed(fault.rcvd.code, fault.rcvd.reason)
