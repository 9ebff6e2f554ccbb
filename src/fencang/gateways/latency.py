"""How long an answer took, measured where requests come in and go out, whatever serves them.

`Timed` wraps the whole application.  What enters a command notes the record in the answer of its
own request, which it finds by context; reads are not measured.
"""

from collections.abc import Callable
from contextvars import ContextVar
from typing import Any

from fencang.gateways.metrics import Metrics
from fencang.messages.record import Record

__all__ = ["Timed", "note_record"]

_WRITES = frozenset({"POST", "PUT"})


class _Answer:
    """One answer that is under way."""

    __slots__ = ("decided_ns", "durable_ns")

    def __init__(self) -> None:
        self.decided_ns = self.durable_ns = 0


_answering: ContextVar[_Answer | None] = ContextVar("fencang_answer", default=None)


def note_record(record: Record, durable_ns: int) -> None:
    """Say that the record of the request that is being answered was durable by then."""
    answer = _answering.get()
    if answer is not None:
        answer.decided_ns, answer.durable_ns = record.time_ns, durable_ns


class Timed:
    """An ASGI application that counts how long answers of another one take."""

    def __init__(self, app: Any, metrics: Metrics, clock: Callable[[], int]) -> None:  # noqa: ANN401
        self._app, self._metrics, self._clock = app, metrics, clock

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:  # noqa: ANN401 - ASGI
        """Serve a request."""
        if scope["type"] != "http" or scope["method"] not in _WRITES:
            await self._app(scope, receive, send)
            return
        received_ns = self._clock()
        answer = _Answer()
        _answering.set(answer)  # each request has a context of its own
        await self._app(scope, receive, send)
        # A request that is repeated is answered with the record of the first.
        if answer.decided_ns >= received_ns:
            self._metrics.observe_answer(
                received_ns, answer.decided_ns, answer.durable_ns, self._clock()
            )
