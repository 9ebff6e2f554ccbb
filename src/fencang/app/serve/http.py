"""The HTTP server of a desk or of a gateway: uvicorn, with signals handled by the loop."""

import asyncio
import contextlib
import signal
import socket
import ssl
from collections.abc import Callable, Iterator

import uvicorn

from fencang.app.serve.entrance import FRAME_BYTES_MAX, EntranceConfig, look_after
from fencang.app.serve.settings import ServerSettings
from fencang.basics.time import SECOND_NS

__all__ = ["HttpServer"]

LOOK_AFTER_TICKS = 5
"""Connections are looked after once in so many ticks of uvicorn, which are 0.1 s apart."""


class HttpServer(uvicorn.Server):
    """uvicorn, which else would end the process at a signal before the desk's last flush."""

    def __init__(self, app: object, settings: ServerSettings) -> None:
        listen, limits = settings.listen, settings.limits
        super().__init__(
            EntranceConfig(
                app,
                limits,
                log_config=None,
                access_log=False,
                timeout_graceful_shutdown=limits.shutdown_ns // SECOND_NS,
                timeout_keep_alive=limits.idle_ns // SECOND_NS,
                server_header=False,
                proxy_headers=False,
                lifespan="off",
                ws_max_size=FRAME_BYTES_MAX,
                ws_per_message_deflate=False,
                ssl_certfile=listen.certificate,
                ssl_keyfile=listen.key,
                ssl_ca_certs=None if listen.client_ca is None else str(listen.client_ca),
                ssl_cert_reqs=ssl.CERT_NONE if listen.client_ca is None else ssl.CERT_REQUIRED,
            )
        )

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        """Leave signals to the loop."""
        return contextlib.nullcontext()

    async def on_tick(self, counter: int) -> bool:
        """Let time pass for connections."""
        if counter % LOOK_AFTER_TICKS == 0:
            look_after(self.server_state.connections, asyncio.get_running_loop().time())
        return await super().on_tick(counter)

    def end(self) -> None:
        """Take no more requests and let those under way end."""
        self.should_exit = True

    async def run_until_told(self, told: Callable[[str], None], listening: socket.socket) -> None:
        """Serve on a listening socket until the process is told to end, or ``end`` is called."""
        with ending(self.end):
            is_encrypted = self.config.ssl_certfile is not None
            told(f"serving on {shown_url(listening.getsockname(), is_encrypted)}/v1")
            await self.serve([listening])


@contextlib.contextmanager
def ending(end: Callable[[], None]) -> Iterator[None]:
    """Call ``end`` when the process is told to end."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, end)
    try:
        yield
    finally:
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.remove_signal_handler(number)


def shown_url(address: tuple[str, int], is_encrypted: bool) -> str:
    """Return the URL of a socket's address."""
    host, port = address[:2]
    scheme = "https" if is_encrypted else "http"
    return f"{scheme}://[{host}]:{port}" if ":" in host else f"{scheme}://{host}:{port}"
