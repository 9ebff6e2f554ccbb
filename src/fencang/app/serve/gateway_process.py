"""One gateway in a process of its own: reads the journal, follows the link, serves the doors.

It can read the journal and nothing else of the desk; what it enters passes the desk's own checks.
It ends when the link ends, and whoever started it starts it anew.
"""

import asyncio
import contextlib
import socket
import sys
import time
from pathlib import Path

from fencang.app.commands.serve import level_of, run_on_loop
from fencang.app.serve.asked import keep_asked
from fencang.app.serve.http import HttpServer
from fencang.app.serve.metrics_route import metrics_route
from fencang.app.serve.opening import JOURNAL_NAME
from fencang.app.serve.past import Past
from fencang.app.serve.server import LINK_NAME
from fencang.app.serve.settings import ServerSettings, read_settings
from fencang.gateways.browser.routes import browser_routes
from fencang.gateways.doors.directory import DefinedDirectory, Warden
from fencang.gateways.doors.live import LiveConnections
from fencang.gateways.link.frames import LinkFault
from fencang.gateways.link.gateway_side import RemoteDesk
from fencang.gateways.logs import configure_logs
from fencang.gateways.rest.app import rest_app
from fencang.gateways.stream.hub import Hub
from fencang.gateways.stream.routes import stream_routes
from fencang.journal.sqlite import SqliteJournal
from fencang.messages.record import Record
from fencang.projections.tables.board import Board

__all__ = ["run_gateway"]

LINK_BROKEN = 3


async def run_gateway(
    folder: Path, listening: socket.socket, number: int, settings: ServerSettings
) -> int:
    """Serve until told to end, or until the link ends; return the exit status."""
    board, directory = await asyncio.to_thread(_read, folder / JOURNAL_NAME)
    desk = RemoteDesk(board, Past(folder / JOURNAL_NAME))
    hub, live = Hub(board), LiveConnections(settings.limits.streams_max)
    desk.listen(hub.hear)
    desk.on_closed(live.drop_key)
    warden = Warden(directory, live)
    desk.listen(lambda record, _: _follow(warden, record))
    reader = await desk.connect(str(folder / LINK_NAME), f"gateway-{number}")
    limits = settings.limits
    streams = stream_routes(
        desk, hub, desk, live, time.time_ns, backlog_max=limits.stream_backlog_max
    )
    routes = [*streams, metrics_route(desk.metrics, settings.metrics), *browser_routes(desk)]
    server = HttpServer(rest_app(desk, desk, routes, limits.body_bytes_max), settings)
    link = asyncio.create_task(desk.run(reader))
    link.add_done_callback(lambda _: server.end())
    going = (hub.run(), keep_asked(hub, desk), _drop_ended(directory, live))
    beside = [asyncio.create_task(each) for each in going]
    try:
        await server.run_until_told(lambda _: None, listening)
        return LINK_BROKEN if link.done() else 0
    finally:
        for task in (link, *beside):
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(link, *beside, return_exceptions=True)


def _read(journal: Path) -> tuple[Board, DefinedDirectory]:
    board, directory = Board(), DefinedDirectory()
    stored = SqliteJournal.reader(journal)
    try:
        for each in stored.read(1):
            record = each.record()
            board.apply(record)
            directory.apply(record)
    finally:
        stored.close()
    return board, directory


def _follow(warden: Warden, record: Record) -> None:
    warden.follow(record, time.time_ns())


async def _drop_ended(directory: DefinedDirectory, live: LiveConnections) -> None:
    while True:
        await asyncio.sleep(1)
        live.drop_ended(directory, time.time_ns())


def _main() -> int:
    folder, handle, number = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
    settings = read_settings(Path(sys.argv[4])) if len(sys.argv) > 4 else ServerSettings()
    configure_logs(level_of(settings.logs))
    try:
        return run_on_loop(run_gateway(folder, socket.socket(fileno=handle), number, settings))
    except LinkFault as fault:
        sys.stderr.write(f"gateway {number}: {fault}\n")
        return LINK_BROKEN


if __name__ == "__main__":
    raise SystemExit(_main())
