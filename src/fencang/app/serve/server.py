"""The server: a desk and its doors in one process, from start to the last flush."""

import asyncio
import contextlib
import signal
import socket
import time
from collections.abc import Callable
from pathlib import Path

import uvicorn

from fencang.app.desk.desk import Desk
from fencang.app.serve.asked import keep_asked
from fencang.app.serve.opening import (
    JOURNAL_NAME,
    Opened,
    OpenedJournal,
    opened_journal,
    start_desk,
)
from fencang.app.serve.questions import Questions
from fencang.app.serve.served import Served
from fencang.gateways.doorman import Doorman
from fencang.gateways.rest.app import rest_app
from fencang.gateways.stream.hub import Hub
from fencang.gateways.stream.routes import stream_routes

__all__ = ["serve"]

STOP_S = 10


async def serve(
    desk: Desk,
    folder: Path,
    doorman: Doorman,
    *,
    host: str,
    port: int,
    told: Callable[[str], None],
) -> None:
    """Serve until the process is told to end; then stop intake, commit, flush and close."""
    with opened_journal(folder, desk) as opened:
        told(_recovered_words(opened))
        running = await start_desk(opened, desk, time.time_ns)
        questions = Questions(running.desk, folder / JOURNAL_NAME)
        served = Served(running.desk, questions, is_single_operator=True)
        hub = Hub(served.board)
        running.desk.listen(hub.hear)
        app = rest_app(served, doorman, stream_routes(served, hub, doorman, time.time_ns))
        server = _Server(_config(app, host, port))
        outside = asyncio.create_task(_beside(running, hub, questions))
        running.desk.stopped.add_done_callback(lambda _: server.end())
        try:
            await server.run_until_told(told)
        finally:
            outside.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await outside
            await running.desk.stop()
        cause = running.desk.stopped.result()
        if cause is not None:
            raise cause
        told(f"stopped after record {running.desk.board.sequence:,}; everything is on the disk")


async def _beside(running: Opened, hub: Hub, questions: Questions) -> None:
    """Run what goes on beside the doors, until cancelled."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(running.day.run())
        tasks.create_task(hub.run())
        tasks.create_task(keep_asked(hub, questions))


class _Server(uvicorn.Server):
    """uvicorn, with signals handled by the loop: it would end the process before the last flush."""

    def capture_signals(self) -> contextlib.AbstractContextManager[None]:  # type: ignore[override]
        return contextlib.nullcontext()

    def end(self) -> None:
        """Take no more requests and let those under way end."""
        self.should_exit = True

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Listen, and say where."""
        await super().startup(sockets)
        if self.started:
            host, port = self.servers[0].sockets[0].getsockname()[:2]
            shown = f"[{host}]" if ":" in host else host
            self._told(f"serving on http://{shown}:{port}/v1")

    async def run_until_told(self, told: Callable[[str], None]) -> None:
        """Serve until the process is told to end, or ``end`` is called."""
        self._told = told
        loop = asyncio.get_running_loop()
        for number in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(number, self.end)
        try:
            await self.serve()
        finally:
            for number in (signal.SIGINT, signal.SIGTERM):
                loop.remove_signal_handler(number)


def _config(app: object, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,  # type: ignore[arg-type]
        host=host,
        port=port,
        log_level="warning",
        access_log=False,
        timeout_graceful_shutdown=STOP_S,
        server_header=False,
        lifespan="off",
        ws="websockets-sansio",
        ws_max_size=1 << 16,
    )


def _recovered_words(opened: OpenedJournal) -> str:
    if not opened.machine.sequence:
        return "the data directory is new: the desk begins with what its file says"
    return (
        f"recovered {opened.machine.sequence:,} records; {len(opened.unhandled):,} of them had "
        "effects that may not have left"
    )
