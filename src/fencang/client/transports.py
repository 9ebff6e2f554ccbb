"""HTTP for the steps of an exchange, blocking and on an event loop; httpx is loaded when used."""

import time
from collections.abc import AsyncIterator, Iterator
from typing import TYPE_CHECKING, Any, TypeVar

from fencang.client.answers import Reply
from fencang.client.ask import Ask, RowsAnswer
from fencang.client.exchange import Exchange, NoReply, Pause, Send, Step

if TYPE_CHECKING:
    import ssl

    import httpx

__all__ = ["Awaiting", "Blocking"]

AnswerT = TypeVar("AnswerT")
RowT = TypeVar("RowT")


class Blocking:
    """Carries calls out one after the other in each thread; threads may share it.

    ``transport`` takes the place of the network, for tests.
    """

    def __init__(
        self,
        exchange: Exchange,
        tls: "ssl.SSLContext | None" = None,
        transport: "httpx.BaseTransport | None" = None,
    ) -> None:
        import httpx

        self.exchange = exchange
        self.tls = tls
        self._http = httpx.Client(
            verify=tls or True, transport=transport, trust_env=not exchange.is_loopback
        )

    def run(self, ask: Ask[AnswerT]) -> AnswerT:
        """Return the answer to a request.

        Raises:
            FencangError: see ``errors``.
        """
        steps = self.exchange.steps(ask)
        heard: Reply | NoReply | None = None
        while True:
            try:
                step = steps.send(heard)
            except StopIteration as done:
                answer: AnswerT = done.value
                return answer
            heard = self._carried_out(step)

    def rows(self, ask: Ask[RowsAnswer[RowT]]) -> Iterator[RowT]:
        """Yield the rows of a list, asking for the next page when it is wanted."""
        while True:
            page = self.run(ask)
            yield from page.rows
            if page.next_cursor is None:
                return
            ask = ask.after(page.next_cursor)

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def _carried_out(self, step: Step) -> Reply | NoReply | None:
        import httpx

        if isinstance(step, Pause):
            time.sleep(step.seconds)
            return None
        try:
            return _reply(self._http.request(**_request(step)))
        except httpx.TransportError as fault:
            return _no_reply(fault)


class Awaiting:
    """Carries calls out on the running event loop, as many at a time as there are tasks."""

    def __init__(
        self,
        exchange: Exchange,
        tls: "ssl.SSLContext | None" = None,
        transport: "httpx.AsyncBaseTransport | None" = None,
    ) -> None:
        import httpx

        self.exchange = exchange
        self.tls = tls
        self._http = httpx.AsyncClient(
            verify=tls or True, transport=transport, trust_env=not exchange.is_loopback
        )

    async def run(self, ask: Ask[AnswerT]) -> AnswerT:
        """Return the answer to a request.

        Raises:
            FencangError: see ``errors``.
        """
        steps = self.exchange.steps(ask)
        heard: Reply | NoReply | None = None
        while True:
            try:
                step = steps.send(heard)
            except StopIteration as done:
                answer: AnswerT = done.value
                return answer
            heard = await self._carried_out(step)

    async def rows(self, ask: Ask[RowsAnswer[RowT]]) -> AsyncIterator[RowT]:
        """Yield the rows of a list, asking for the next page when it is wanted."""
        while True:
            page = await self.run(ask)
            for row in page.rows:
                yield row
            if page.next_cursor is None:
                return
            ask = ask.after(page.next_cursor)

    async def close(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def _carried_out(self, step: Step) -> Reply | NoReply | None:
        import asyncio

        import httpx

        if isinstance(step, Pause):
            await asyncio.sleep(step.seconds)
            return None
        try:
            return _reply(await self._http.request(**_request(step)))
        except httpx.TransportError as fault:
            return _no_reply(fault)


def _request(step: Send) -> dict[str, Any]:
    return {
        "method": step.method,
        "url": step.url,
        "headers": step.headers,
        "content": step.body,
        "timeout": step.timeout_s,
    }


def _reply(response: "httpx.Response") -> Reply:
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Reply(status=response.status_code, headers=headers, content=response.content)


def _no_reply(fault: "httpx.TransportError") -> NoReply:
    import httpx

    unsent = (httpx.ConnectError, httpx.ConnectTimeout, httpx.PoolTimeout, httpx.ProxyError)
    words = f"{type(fault).__name__}: {fault}" if str(fault) else type(fault).__name__
    return NoReply(words, was_sent=not isinstance(fault, unsent))
