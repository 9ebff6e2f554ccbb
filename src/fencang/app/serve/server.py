"""The server: a desk and its doors, from start to the last flush.

The doors stand in the desk's own process, or in processes of their own behind the link.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable
from pathlib import Path

from fencang.app.desk.desk import Desk
from fencang.app.serve.asked import keep_asked
from fencang.app.serve.gateways import keep_gateways, listening_socket
from fencang.app.serve.http import HttpServer, ending, shown_url
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
from fencang.gateways.link.desk_side import DeskLink
from fencang.gateways.rest.app import rest_app
from fencang.gateways.stream.hub import Hub
from fencang.gateways.stream.routes import stream_routes

__all__ = ["LINK_NAME", "serve", "serve_apart"]

LINK_NAME = "desk.sock"

Told = Callable[[str], None]


async def serve(
    desk: Desk, folder: Path, doorman: Doorman, *, host: str, port: int, told: Told
) -> None:
    """Serve in one process until told to end; then stop intake, commit, flush and close."""
    async with _running(desk, folder, told) as (running, served):
        hub = Hub(served.board)
        running.desk.listen(hub.hear)
        app = rest_app(served, doorman, stream_routes(served, hub, doorman, time.time_ns))
        server = HttpServer(app, host, port)
        running.desk.stopped.add_done_callback(lambda _: server.end())
        beside = asyncio.create_task(_beside(running, hub, served))
        try:
            await server.run_until_told(told)
        finally:
            await _ended(beside)


async def serve_apart(
    desk: Desk, folder: Path, *, host: str, port: int, gateways: int, told: Told
) -> None:
    """Serve with doors in processes of their own: the desk's process only decides and commits."""
    async with _running(desk, folder, told) as (running, served):
        link = DeskLink(served)
        running.desk.listen(link.hear)
        path = folder / LINK_NAME
        path.unlink(missing_ok=True)
        server = await link.serve(str(path))
        path.chmod(0o600)
        told_to_end = asyncio.Event()
        running.desk.stopped.add_done_callback(lambda _: told_to_end.set())
        with listening_socket(host, port) as listening, ending(told_to_end.set):
            doors = asyncio.create_task(keep_gateways(folder, listening, gateways, told))
            outside = asyncio.create_task(running.day.run())
            told(f"serving on {shown_url(listening.getsockname())}/v1 by {gateways} gateways")
            await told_to_end.wait()
            await _ended(doors)
            await _ended(outside)
        server.close()
        path.unlink(missing_ok=True)


@contextlib.asynccontextmanager
async def _running(desk: Desk, folder: Path, told: Told) -> AsyncIterator[tuple[Opened, Served]]:
    """Run a desk; at the end everything that it took is durable.

    Raises:
        Exception: what stopped the desk, if it stopped by itself.
    """
    with opened_journal(folder, desk) as opened:
        told(_recovered_words(opened))
        running = await start_desk(opened, desk, time.time_ns)
        questions = Questions(running.desk, folder / JOURNAL_NAME)
        try:
            yield running, Served(running.desk, questions, is_single_operator=True)
        finally:
            await running.desk.stop()
        cause = running.desk.stopped.result()
        if cause is not None:
            raise cause
        told(f"stopped after record {running.desk.board.sequence:,}; everything is on the disk")


async def _beside(running: Opened, hub: Hub, served: Served) -> None:
    """Run what goes on beside the doors, until cancelled."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(running.day.run())
        tasks.create_task(hub.run())
        tasks.create_task(keep_asked(hub, served.questions))


async def _ended(task: "asyncio.Task[None]") -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


def _recovered_words(opened: OpenedJournal) -> str:
    if not opened.machine.sequence:
        return "the data directory is new: the desk begins with what its file says"
    return (
        f"recovered {opened.machine.sequence:,} records; {len(opened.unhandled):,} of them had "
        "effects that may not have left"
    )
