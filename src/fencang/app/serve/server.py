"""The server: a desk and its doors, from start to the last flush.

The doors stand in the desk's own process, or in processes of their own behind the link.
"""

import asyncio
import contextlib
import socket
import time
from collections.abc import AsyncIterator, Callable, Sequence
from pathlib import Path
from typing import NamedTuple

from fencang.app.desk.desk import Desk
from fencang.app.exit_status import UsageFault
from fencang.app.serve.alerting import Alerting
from fencang.app.serve.asked import keep_asked
from fencang.app.serve.doorkeeping import (
    KEY_ID,
    KEY_NAME,
    OPERATOR,
    DeskDoorman,
    found_single_operator,
    give_operator_key,
    is_loopback,
    keep_doors,
    policy_of,
    session_door,
)
from fencang.app.serve.draft_questions import DeskDraftQuestions
from fencang.app.serve.gateways import keep_gateways, listening_socket
from fencang.app.serve.http import HttpServer, ending, shown_url
from fencang.app.serve.live_desk import LiveDesk
from fencang.app.serve.metrics_route import metrics_route
from fencang.app.serve.opening import (
    JOURNAL_NAME,
    Opened,
    OpenedJournal,
    opened_journal,
    start_desk,
)
from fencang.app.serve.questions import Questions
from fencang.app.serve.served import Served
from fencang.app.serve.settings import ServerSettings
from fencang.gateways.alerts.store import AlertStoreFault
from fencang.gateways.browser.admission import SessionDoor
from fencang.gateways.browser.routes import browser_routes
from fencang.gateways.browser.site import BrowserSite
from fencang.gateways.doors.directory import DefinedDirectory
from fencang.gateways.doors.opened import DeskDoors
from fencang.gateways.latency import Timed
from fencang.gateways.link.desk_side import DeskLink
from fencang.gateways.metrics import Metrics, Readings
from fencang.gateways.rest.app import rest_app
from fencang.gateways.stream.hub import Hub
from fencang.gateways.stream.routes import stream_routes
from fencang.messages.record import Record
from fencang.projections.tables.board import Change
from fencang.signing.http_messages import SignaturePolicy

__all__ = ["LINK_NAME", "serve", "serve_apart"]

LINK_NAME = "desk.sock"

Told = Callable[[str], None]


async def serve(desk: Desk, folder: Path, settings: ServerSettings, told: Told) -> None:
    """Serve in one process until told to end; then stop intake, commit, flush and close."""
    with listening_socket(settings.listen.host, settings.listen.port) as listening:
        async with _running(desk, folder, listening, settings, told) as house:
            hub = Hub(house.served.board)
            house.running.desk.listen(hub.hear)
            doorman, live = house.doorman, house.doors.live
            metrics, backlog_max = house.metrics, settings.limits.stream_backlog_max
            streams = stream_routes(
                house.served, hub, doorman, live, time.time_ns, metrics, backlog_max
            )
            routes = [*streams, metrics_route(metrics.read, settings.metrics)]
            routes += browser_routes(house.site)
            app = rest_app(house.served, doorman, routes, settings.limits.body_bytes_max)
            server = HttpServer(Timed(app, metrics, time.time_ns), settings)
            house.running.desk.stopped.add_done_callback(lambda _: server.end())
            beside = asyncio.create_task(_beside(house, hub, told))
            try:
                await server.run_until_told(told, listening)
            finally:
                await _ended(beside)


async def serve_apart(desk: Desk, folder: Path, settings: ServerSettings, told: Told) -> None:
    """Serve with doors in processes of their own: the desk's process decides, commits, admits."""
    path = folder / LINK_NAME
    with listening_socket(settings.listen.host, settings.listen.port) as listening:
        async with _running(desk, folder, listening, settings, told) as house:
            link = DeskLink(house.served, house.doorman, house.site, house.metrics, time.time_ns)
            house.running.desk.listen(link.hear)
            house.doors.alarms.listen(link.close_key)
            path.unlink(missing_ok=True)
            server = await link.serve(str(path))
            told_to_end = asyncio.Event()
            house.running.desk.stopped.add_done_callback(lambda _: told_to_end.set())
            with ending(told_to_end.set):
                doing = [
                    asyncio.create_task(keep_gateways(folder, listening, settings, told)),
                    asyncio.create_task(house.running.day.run()),
                    asyncio.create_task(keep_doors(house.doors, house.alerting.notice, told)),
                ]
                url = shown_url(listening.getsockname(), settings.listen.is_encrypted)
                told(f"serving on {url}/v1 by {settings.gateways} gateways")
                await told_to_end.wait()
                for task in doing:
                    await _ended(task)
            server.close()
            path.unlink(missing_ok=True)


class House(NamedTuple):
    """A running desk with all that stands around it."""

    running: Opened
    served: Served
    doors: DeskDoors
    doorman: DeskDoorman
    site: BrowserSite
    metrics: Metrics
    alerting: Alerting


@contextlib.asynccontextmanager
async def _running(
    desk: Desk, folder: Path, listening: socket.socket, settings: ServerSettings, told: Told
) -> AsyncIterator[House]:
    """Run a desk with its doors and alerts; at the end everything that it took is durable.

    Raises:
        Exception: what stopped the desk, if it stopped by itself.
    """
    host, port = listening.getsockname()[:2]
    with opened_journal(folder, desk) as opened:
        told(_recovered_words(opened))
        following = _Following(opened.directory)
        metrics, journal = Metrics(), folder / JOURNAL_NAME
        alerting = Alerting(
            settings.alerts, journal, folder, desk_name=desk.name, on_fault=told, counts=metrics
        )
        watching = (alerting.feed.hear, lambda batch: metrics.observe_batch(batch, time.time_ns()))
        running = await start_desk(opened, desk, time.time_ns, following, watching)
        alerting.start()
        questions = Questions(running.desk, journal)
        try:
            is_single = await _authority(running.desk, opened.directory, desk, folder, told)
            if is_single and not is_loopback(host):
                raise UsageFault(f"a desk of one operator listens on loopback only, not on {host}")
            policy = policy_of(host, port)
            doors = _opened_doors(folder, desk, opened.directory, policy, settings)
            following.doors = doors
            metrics.readings = _readings(running.desk, journal, alerting)
            sessions = session_door(doors, settings.listen, port)
            yield _house(running, doors, sessions, metrics, alerting, questions, journal, desk.name)
        finally:
            await questions.close()
            await running.desk.stop()
            await asyncio.to_thread(_end_alerts, alerting, running.desk.stopped.result(), told)
            following.close()
        cause = running.desk.stopped.result()
        if cause is not None:
            raise cause
        told(f"stopped after record {running.desk.board.sequence:,}; everything is on the disk")


def _opened_doors(
    folder: Path,
    desk: Desk,
    directory: DefinedDirectory,
    policy: SignaturePolicy,
    settings: ServerSettings,
) -> DeskDoors:
    return DeskDoors(
        folder,
        desk.name,
        directory,
        policy,
        time.time_ns(),
        watched=settings.watch.policy,
        failures_max=settings.watch.failures_max,
        streams_max=settings.limits.streams_max,
    )


def _end_alerts(alerting: Alerting, cause: BaseException | None, told: Told) -> None:
    """Let people hear if the desk stopped by itself, and end the alerts."""
    if cause is not None:
        try:
            alerting.notice("SequencerStopped", "desk", f"{type(cause).__name__}: {cause}")
        except AlertStoreFault as fault:
            told(str(fault))
    alerting.stop()


def _house(
    running: Opened,
    doors: DeskDoors,
    sessions: SessionDoor,
    metrics: Metrics,
    alerting: Alerting,
    questions: Questions,
    journal: Path,
    desk_name: str,
) -> House:
    """Put what answers programs and people around a desk that runs."""
    served = Served(running.desk, questions, doors.directory, doors, metrics)
    site = BrowserSite(
        served,
        doors.people,
        doors.directory,
        sessions,
        DeskDraftQuestions(running.desk, journal),
        metrics,
        desk_name=desk_name,
        clock=time.time_ns,
    )
    doorman = DeskDoorman(doors, sessions, metrics)
    return House(running, served, doors, doorman, site, metrics, alerting)


def _readings(desk: LiveDesk, journal: Path, alerting: Alerting) -> Readings:
    return Readings(
        alerts_open=lambda: alerting.store.counts()["open"],
        alerts_waiting=lambda: alerting.store.counts()["waiting"],
        inbox_commands=lambda: desk.waiting,
        durable_sequence=lambda: desk.board.sequence,
        journal_bytes=lambda: journal.stat().st_size,
    )


class _Following:
    """Lets whoever knows keys hear each record: the directory, and once they are open the doors."""

    def __init__(self, directory: DefinedDirectory) -> None:
        self._directory = directory
        self.doors: DeskDoors | None = None

    def __call__(self, record: Record, changes: Sequence[Change]) -> None:
        del changes
        if self.doors is None:
            self._directory.apply(record)
        else:
            self.doors.warden.follow(record, time.time_ns())

    def close(self) -> None:
        if self.doors is not None:
            self.doors.close()


async def _authority(
    live: LiveDesk, directory: DefinedDirectory, desk: Desk, folder: Path, told: Told
) -> bool:
    """See to it that somebody may come in; return whether one operator runs the desk."""
    if not live.board.definitions.kinds().count("Authority"):
        await found_single_operator(live, desk.entered_by, desk.approved_by)
    if not directory.authority().single_operator:
        return False
    told("SINGLE OPERATOR: one person alone may do what otherwise takes two. Loopback only.")
    if directory.user(OPERATOR) is not None:
        await give_operator_key(live, directory, folder)
        told(f"the operator signs with {folder / KEY_NAME}, known to the desk as {KEY_ID}")
    return True


async def _beside(house: House, hub: Hub, told: Told) -> None:
    """Run what goes on beside the doors, until cancelled."""
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(house.running.day.run())
        tasks.create_task(hub.run())
        tasks.create_task(keep_asked(hub, house.served.questions))
        tasks.create_task(keep_doors(house.doors, house.alerting.notice, told))


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
