"""The HTTP server of a desk or of a gateway: uvicorn, with signals handled by the loop."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import Callable, Iterator

import uvicorn

__all__ = ["HttpServer"]

STOP_S = 10
FRAME_BYTES_MAX = 1 << 16


class HttpServer(uvicorn.Server):
    """uvicorn, which else would end the process at a signal before the desk's last flush."""

    def __init__(self, app: object) -> None:
        super().__init__(
            uvicorn.Config(
                app,  # type: ignore[arg-type]
                log_level="warning",
                access_log=False,
                timeout_graceful_shutdown=STOP_S,
                server_header=False,
                lifespan="off",
                ws="websockets-sansio",
                ws_max_size=FRAME_BYTES_MAX,
            )
        )

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        """Leave signals to the loop."""
        return contextlib.nullcontext()

    def end(self) -> None:
        """Take no more requests and let those under way end."""
        self.should_exit = True

    async def run_until_told(self, told: Callable[[str], None], listening: socket.socket) -> None:
        """Serve on a listening socket until the process is told to end, or ``end`` is called."""
        with ending(self.end):
            told(f"serving on {shown_url(listening.getsockname())}/v1")
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


def shown_url(address: tuple[str, int]) -> str:
    """Return the URL of a socket's address."""
    host, port = address[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
