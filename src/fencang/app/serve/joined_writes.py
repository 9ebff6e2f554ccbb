"""HTTP whose answers leave in one write: the server's own would send head and body apart.

Each write to a socket costs about as much as deciding an order, so what one turn of the loop writes
is joined.
"""

import asyncio
from typing import Any

__all__ = ["JoinedWrites"]

HELD_BYTES_MAX = 1 << 16
"""Beyond it what is held leaves at once, so that the transport says when a reader is slow."""


class JoinedWrites:
    """A transport that holds what is written until the turn of the loop ends."""

    def __init__(self, transport: asyncio.Transport, loop: asyncio.AbstractEventLoop) -> None:
        self._transport, self._loop = transport, loop
        self._held: list[bytes] = []
        self._held_bytes = 0

    def __getattr__(self, name: str) -> Any:  # noqa: ANN401 - whatever the transport has
        return getattr(self._transport, name)

    def write(self, data: bytes) -> None:
        """Write soon, after what was written before and together with it."""
        if not self._held:
            self._loop.call_soon(self._flush)
        self._held.append(data)
        self._held_bytes += len(data)
        if self._held_bytes > HELD_BYTES_MAX:
            self._flush()

    def close(self) -> None:
        """Write what is held, then close."""
        self._flush()
        self._transport.close()

    def _flush(self) -> None:
        if not self._held:
            return
        held, self._held, self._held_bytes = self._held, [], 0
        if not self._transport.is_closing():
            self._transport.write(held[0] if len(held) == 1 else b"".join(held))
