"""The server: a desk and its doors in one process, from start to the last flush."""

import asyncio
import contextlib
import time
from collections.abc import Callable
from pathlib import Path

import uvicorn

from fencang.app.desk.desk import Desk
from fencang.app.serve.opening import JOURNAL_NAME, OpenedJournal, opened_journal, start_desk
from fencang.app.serve.questions import Questions
from fencang.app.serve.served import Served
from fencang.gateways.rest.app import Doorman, rest_app

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
        app = rest_app(served, doorman)
        config = uvicorn.Config(
            app,
            host=host,
            port=port,
            log_level="warning",
            access_log=False,
            timeout_graceful_shutdown=STOP_S,
            server_header=False,
            lifespan="off",
        )
        server = uvicorn.Server(config)
        outside = asyncio.create_task(running.day.run())
        running.desk.stopped.add_done_callback(lambda _: setattr(server, "should_exit", True))
        told(f"serving on http://{host}:{port}/v1")
        try:
            await server.serve()
        finally:
            outside.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await outside
            await running.desk.stop()
        cause = running.desk.stopped.result()
        if cause is not None:
            raise cause
        told(f"stopped after record {running.desk.board.sequence:,}; everything is on the disk")


def _recovered_words(opened: OpenedJournal) -> str:
    if not opened.machine.sequence:
        return "the data directory is new: the desk begins with what its file says"
    return (
        f"recovered {opened.machine.sequence:,} records; {len(opened.unhandled):,} of them had "
        "effects that may not have left"
    )
