"""Orders over kept HTTP connections, signed and sent as cheaply as can be.

The load shares the machine with the server that it loads, so what it costs is taken from the
server.  ``signed_order`` writes the signature base of one fixed form of request by hand; that it
reads like ``signing.http_messages`` is proved by every answer of 201.
"""

import asyncio
import base64
import hashlib
import secrets
import time
from typing import cast

from fencang.signing.keys import PrivateKey

__all__ = ["Connection", "signed_order"]

KEY_ID = "operator-1"
_COVERED = (
    '("@method" "@authority" "@path" "@query" "content-type" "content-digest" "idempotency-key")'
)


def signed_order(key: PrivateKey, host: str, name: str, body: bytes) -> bytes:
    """Return the bytes of ``POST /v1/orders``; ``host`` is a name and port, ``name`` a request."""
    digest = f"sha-256=:{base64.b64encode(hashlib.sha256(body).digest()).decode()}:"
    signed = (
        f'{_COVERED};created={int(time.time())};nonce="{secrets.token_urlsafe(18)}"'
        f';keyid="{KEY_ID}";alg="ed25519";tag="fencang"'
    )
    base = (
        f'"@method": POST\n"@authority": {host}\n"@path": /v1/orders\n"@query": ?\n'
        f'"content-type": application/json\n"content-digest": {digest}\n'
        f'"idempotency-key": {name}\n"@signature-params": {signed}'
    )
    signature = base64.b64encode(key.sign(base.encode())).decode()
    head = (
        f"POST /v1/orders HTTP/1.1\r\nhost: {host}\r\ncontent-type: application/json\r\n"
        f"idempotency-key: {name}\r\ncontent-digest: {digest}\r\nsignature-input: sig1={signed}\r\n"
        f"signature: sig1=:{signature}:\r\ncontent-length: {len(body)}\r\n\r\n"
    )
    return head.encode() + body


class Connection(asyncio.Protocol):
    """One kept connection that sends one request after another."""

    def __init__(self) -> None:
        self._transport: asyncio.Transport | None = None
        self._answer: asyncio.Future[int] | None = None
        self._received = b""

    @classmethod
    async def open(cls, host: str, port: int) -> "Connection":
        """Return a connection to a server."""
        loop = asyncio.get_running_loop()
        _, made = await loop.create_connection(cls, host, port)
        return made

    def post(self, request: bytes) -> "asyncio.Future[int]":
        """Send a request and return what its status will be in."""
        assert self._transport is not None
        self._answer = asyncio.get_running_loop().create_future()
        self._transport.write(request)
        return self._answer

    def close(self) -> None:
        """End the connection."""
        assert self._transport is not None
        self._transport.close()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep what it is written to."""
        self._transport = cast("asyncio.Transport", transport)

    def data_received(self, data: bytes) -> None:
        """Read on until the answer is whole."""
        self._received += data
        head, end, body = self._received.partition(b"\r\n\r\n")
        if not end:
            return
        lower = head.lower()
        at = lower.index(b"content-length: ") + 16
        length = int(lower[at : lower.find(b"\r\n", at) if b"\r\n" in lower[at:] else None])
        if len(body) < length or self._answer is None:
            return
        self._received = b""
        answer, self._answer = self._answer, None
        answer.set_result(int(head.split(b" ", 2)[1]))

    def connection_lost(self, exc: Exception | None) -> None:
        """Let whoever waits know."""
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionError("the server closed the connection"))
