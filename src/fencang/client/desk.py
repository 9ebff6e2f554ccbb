"""A desk somewhere else: every call that its API has, by what it is about.

    with Desk("https://desk.example:8443", key_file="trend.key", key_id="trend-1") as desk:
        desk.orders.place(sub_account_id="TREND", client_order_id="t-1", contract_id="CLZ6",
                          side="buy", quantity_lots=2, limit_price="74.10")
        for row in desk.positions(book_id="TREND"):
            print(row.contract_id, row.net_lots)

``AsyncDesk`` has the same calls to be awaited, and its lists are gone through by ``async for``.
"""

import os
import re
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from fencang.client.ask import Ask
from fencang.client.credentials import Credentials, Token, credentials_of
from fencang.client.errors import BadRequest
from fencang.client.exchange import Exchange, Patience
from fencang.client.methods import Method, TransportT
from fencang.client.resources import Resources
from fencang.client.resources.orders import cancel_orders, explain_order, what_if
from fencang.client.resources.trading_states import stop_trading
from fencang.client.stream_words import Channel
from fencang.client.streams import AsyncStream, Stream
from fencang.client.transports import Awaiting, Blocking
from fencang.client.types import Outcome, StopAction

if TYPE_CHECKING:
    import ssl

    import httpx

__all__ = ["AsyncDesk", "Desk"]

DEFAULT_URL = "http://127.0.0.1:8000"
"""Where ``fencang serve`` listens unless told otherwise."""

AnswerT = TypeVar("AnswerT")

_URL = re.compile(r"https?://(\[[0-9a-fA-F:.]+\]|[^/?#@\[\]:]+)(:\d{1,5})?(/[^?#]*)?", re.ASCII)
_LOOPBACK = re.compile(r"localhost|127\.\d+\.\d+\.\d+|\[::1\]", re.ASCII)


def kill(
    node_id: str,
    *,
    reason: str,
    action: StopAction = "halt_and_cancel",
    idempotency_key: str | None = None,
) -> Ask[Outcome]:
    """Stop a node of the account tree, a venue, an owner or everything, at once and by one person.

    What works there is cancelled unless ``action`` says otherwise; resuming takes two persons.
    """
    return stop_trading(
        node_id=node_id,
        confirmed_node_id=node_id,
        action=action,
        reason=reason,
        idempotency_key=idempotency_key,
    )


class _Calls(Resources[TransportT]):
    """The calls by subject, and under names of their own those that are made most."""

    what_if = Method(what_if)
    explain = Method(explain_order)
    kill = Method(kill)
    cancel_orders = Method(cancel_orders)


class Desk(_Calls[Blocking]):
    """A desk for plain programs; its threads may share one.

    ``url`` is the server's, without ``/v1``.  ``key_file`` and ``key_id`` name the key that signs
    each request, ``token`` or the one in ``token_file`` is sent along instead, and ``credentials``
    may be anything else that adds what lets a request in.  A call
    waits ``timeout_s`` for an answer, and is repeated as ``patience`` says.  ``tls`` holds other
    certificates than the system's; ``transport`` takes the place of the network in tests.

    Raises:
        BadRequest: no URL, no key, or a token that would travel in the clear.
    """

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        key_file: str | Path | None = None,
        key_id: str | None = None,
        token: str | None = None,
        token_file: str | Path | None = None,
        credentials: Credentials | None = None,
        timeout_s: float = 10.0,
        patience: Patience | None = None,
        tls: "ssl.SSLContext | None" = None,
        transport: "httpx.BaseTransport | None" = None,
    ) -> None:
        proof = credentials or credentials_of(key_file, key_id, token, token_file)
        exchange = _exchange(url, proof, timeout_s, patience)
        super().__init__(Blocking(exchange, tls, transport))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "Desk":
        """Return the desk that FENCANG_URL and FENCANG_KEY_FILE with FENCANG_KEY_ID name.

        FENCANG_TOKEN or FENCANG_TOKEN_FILE take the place of the key; FENCANG_CA_FILE names
        certificates to trust.

        Raises:
            BadRequest: they do not make a desk.
        """
        return cls(**_said_by(environment))

    def run(self, ask: Ask[AnswerT]) -> AnswerT:
        """Return the answer to any request, such as one kept from before."""
        return self._transport.run(ask)

    def stream(self, *channels: Channel) -> Stream:
        """Return a stream that follows these tables, to be gone through and to enter orders."""
        return Stream(self._transport.exchange, channels, self._transport.tls)

    def close(self) -> None:
        """Close the connections."""
        self._transport.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


class AsyncDesk(_Calls[Awaiting]):
    """A desk for asyncio: as ``Desk``, awaited."""

    def __init__(
        self,
        url: str = DEFAULT_URL,
        *,
        key_file: str | Path | None = None,
        key_id: str | None = None,
        token: str | None = None,
        token_file: str | Path | None = None,
        credentials: Credentials | None = None,
        timeout_s: float = 10.0,
        patience: Patience | None = None,
        tls: "ssl.SSLContext | None" = None,
        transport: "httpx.AsyncBaseTransport | None" = None,
    ) -> None:
        proof = credentials or credentials_of(key_file, key_id, token, token_file)
        exchange = _exchange(url, proof, timeout_s, patience)
        super().__init__(Awaiting(exchange, tls, transport))

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> "AsyncDesk":
        """Return the desk that the environment names; see ``Desk.from_environment``."""
        return cls(**_said_by(environment))

    async def run(self, ask: Ask[AnswerT]) -> AnswerT:
        """Return the answer to any request, such as one kept from before."""
        return await self._transport.run(ask)

    def stream(self, *channels: Channel) -> AsyncStream:
        """Return a stream that follows these tables, for ``async with``."""
        return AsyncStream(self._transport.exchange, channels, self._transport.tls)

    async def close(self) -> None:
        """Close the connections."""
        await self._transport.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self.close()


def _exchange(
    url: str, credentials: Credentials | None, timeout_s: float, patience: Patience | None
) -> Exchange:
    match = _URL.fullmatch(url)
    if match is None:
        raise BadRequest(f"{url!r} is no URL of a desk, such as https://desk.example:8443")
    is_loopback = _LOOPBACK.fullmatch(match[1]) is not None
    if url.startswith("http:") and not is_loopback and isinstance(credentials, Token):
        raise BadRequest(f"{url}: a token would travel in the clear; use https, or a key")
    return Exchange(
        url=url.rstrip("/").removesuffix("/v1"),
        is_loopback=is_loopback,
        credentials=credentials,
        timeout_s=timeout_s,
        patience=patience or Patience(),
    )


def _said_by(environment: Mapping[str, str]) -> dict[str, Any]:
    """Return the arguments that the environment stands for."""
    import ssl

    certificates = environment.get("FENCANG_CA_FILE")
    return {
        "url": environment.get("FENCANG_URL", DEFAULT_URL),
        "key_file": environment.get("FENCANG_KEY_FILE"),
        "key_id": environment.get("FENCANG_KEY_ID"),
        "token": environment.get("FENCANG_TOKEN"),
        "token_file": environment.get("FENCANG_TOKEN_FILE"),
        "tls": ssl.create_default_context(cafile=certificates) if certificates else None,
    }
