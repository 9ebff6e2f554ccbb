"""Alerts of one server put together: journal, queue, channels and the thread that ticks.

Subscribe ``feed.hear`` before the sequencer starts; ``start`` and ``stop`` belong around it.  When
the journal is to be closed, alerts are stopped before.
"""

import random
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from fencang.app.serve.alert_settings import AlertSettings, channels_of
from fencang.gateways.alerts.dispatch import AlertCounts, AlertDispatch
from fencang.gateways.alerts.feed import AlertFeed
from fencang.gateways.alerts.routes import Routing
from fencang.gateways.alerts.service import AlertService, sending_threads
from fencang.gateways.alerts.store import AlertStore, AlertStoreForeign
from fencang.journal.sqlite import SqliteJournal
from fencang.messages.record import Record

__all__ = ["ALERTS_FILE", "Alerting", "JournalRecords"]

ALERTS_FILE = "alerts.sqlite"
"""The queue of alerts in the folder of the desk's data."""


class JournalRecords:
    """Durable records of a journal, read beside its writer."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def records(self, from_sequence: int) -> Iterator[Record]:
        """Yield the records from there on up to the end of now."""
        journal = SqliteJournal.reader(self._path)
        try:
            for stored in journal.read(from_sequence):
                yield stored.record()
        finally:
            journal.close()


class Alerting:
    """What a server starts, stops and asks of its alerts."""

    def __init__(
        self,
        settings: AlertSettings,
        journal: Path,
        data: Path,
        *,
        desk_name: str,
        on_fault: Callable[[str], None],
        counts: AlertCounts | None = None,
        clock: Callable[[], int] = time.time_ns,
    ) -> None:
        """Open the queue in ``data``; a new one begins at the end of the journal.

        Raises:
            AlertStoreFault: the queue cannot be opened, is another desk's, or is ahead of the
                journal, which then is an older copy.
            JournalFault: the journal cannot be read.
        """
        self.feed = AlertFeed()
        self.store = _queue(settings, journal, data / ALERTS_FILE)
        channels = channels_of(settings)
        executor = sending_threads(len(channels))
        self._clock = clock
        self._dispatch = AlertDispatch(
            self.store,
            settings.table(),
            channels,
            executor,
            desk_name=desk_name,
            chance=random.SystemRandom().random,
            feed=self.feed,
            source=JournalRecords(journal),
            counts=counts,
        )
        self._service = AlertService(self._dispatch, executor, clock, on_fault)

    def start(self) -> None:
        """Begin to tell; what the journal holds beyond the queue's cursor comes first."""
        self._service.start()

    def notice(self, kind: str, subject: str, words: str) -> None:
        """Tell what the server itself has met; ``kind`` is one of ``NOTICES``.

        Raises:
            AlertStoreFault: the queue cannot be written.
        """
        self._dispatch.notice(kind, subject, words, self._clock())

    def stop(self) -> None:
        """Let messages that are on their way arrive, and close the queue."""
        self._service.stop()
        self.store.close()


def _queue(settings: AlertSettings, journal: Path, path: Path) -> AlertStore:
    reader = SqliteJournal.reader(journal)
    try:
        genesis, last = reader.genesis_hash.hex(), reader.last_sequence
    finally:
        reader.close()
    routing = Routing(settings.routes)
    store = AlertStore(path, desk=genesis, routing=routing, terms=settings.terms, begin_at=last)
    if store.cursor > last:
        store.close()
        raise AlertStoreForeign(
            f"{path} has told of record {store.cursor:,}, the journal ends at {last:,} and seems "
            "to be an older copy. Move the file away to begin anew; nothing was changed"
        )
    return store
