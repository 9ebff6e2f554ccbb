"""The work of alerts, one ``tick`` after another: read, store, hand on, send, note.

Every time is an argument and chance is injected, so that tests walk through nights in a moment.
Sending runs on an executor, at most one message of a channel at a time: a channel that hangs holds
up no other, and a tick never waits for one.
"""

import contextlib
from collections import deque
from collections.abc import Callable, Mapping
from concurrent.futures import Executor, Future
from typing import NamedTuple, Protocol

from fencang.gateways.alerts.alert import Alert, Severity, StoredAlert, unstored
from fencang.gateways.alerts.feed import AlertFeed, RecordSource
from fencang.gateways.alerts.kinds import AlertTable
from fencang.gateways.alerts.message import ALERTS_OF_MESSAGE_MAX, Channel, ChannelFault, Message
from fencang.gateways.alerts.store import AlertStore, AlertStoreFault, Claim

__all__ = ["READ_RECORDS_MAX", "AlertCounts", "AlertDispatch"]

READ_RECORDS_MAX = 20_000
"""So many records are read from the journal in one tick; deliveries go on between."""
SENT_ONCE_MAX = 64
"""So many messages without a queue are waited for at the end."""
CURSOR_STEP = 10_000
"""Without an alert the cursor is stored after so many records: reading them again is harmless."""


class AlertCounts(Protocol):
    """Who counts for the metrics."""

    def alert_delivered(self, alerts: int) -> None:
        """So many alerts were taken by a channel."""
        ...

    def alert_attempt_failed(self, given_up: int) -> None:
        """A try came to nothing; so many alerts were given up with it."""
        ...


class _InFlight(NamedTuple):
    claim: Claim
    future: "Future[None]"


class AlertDispatch:
    """Carries alerts from records to channels; ``tick`` is called on one thread."""

    def __init__(
        self,
        store: AlertStore,
        table: AlertTable,
        channels: Mapping[str, Channel],
        executor: Executor,
        *,
        desk_name: str,
        chance: Callable[[], float],
        feed: AlertFeed,
        source: RecordSource,
        counts: AlertCounts | None = None,
    ) -> None:
        """Take the parts; ``chance`` gives 0 up to 1 and spreads the repetitions."""
        self._store, self._table, self._channels = store, table, channels
        self._executor, self._desk_name, self._chance = executor, desk_name, chance
        self._feed, self._source, self._counts = feed, source, counts
        self._in_flight: dict[str, _InFlight] = {}
        self._sent_once: deque[Future[None]] = deque(maxlen=SENT_ONCE_MAX)
        self._noticed: deque[Alert] = deque(maxlen=SENT_ONCE_MAX)
        """What the server itself has met and no tick has seen to yet, if it is critical."""
        self._read_to = store.cursor
        self._is_caught_up = False
        self._has_begun = False

    @property
    def is_idle(self) -> bool:
        """Return whether no message is on its way."""
        return not self._in_flight and all(future.done() for future in self._sent_once)

    def tick(self, now_ns: int) -> None:
        """Do everything that is due.

        Raises:
            AlertStoreFault: the queue cannot be written; the next tick tries again.
        """
        noticed = len(self._noticed)
        try:
            self._do_all(now_ns)
        except AlertStoreFault:
            self._send_noticed(now_ns)
            raise
        for _ in range(noticed):
            self._next_noticed()

    def _do_all(self, now_ns: int) -> None:
        if not self._has_begun:
            self._store.leave_channels(self._channels, now_ns)
            self._has_begun = True
        self._note_results(now_ns)
        self._read(now_ns)
        self._store.escalate(now_ns)
        for channel_id, channel in self._channels.items():
            if channel_id not in self._in_flight:
                self._send(channel_id, channel, now_ns)
        self._note_results(now_ns)

    def settle(self, now_ns: int) -> None:
        """Note what became of messages that were on their way; nothing new is sent."""
        self._note_results(now_ns)

    def notice(self, kind: str, subject: str, words: str, now_ns: int) -> None:
        """Tell what the server itself has met; ``kind`` is one of ``NOTICES``; any thread.

        Where the queue cannot be written, which a full disk brings about with much else that is to
        be told, the channels of its route get what is critical once without it, as number 0.

        Raises:
            AlertStoreFault: the queue cannot be written; nothing will remember it.
        """
        alert = self._table.notice(kind, subject, words, now_ns)
        kept = [alert] if alert.severity is Severity.CRITICAL else []
        try:
            self._store.take([alert], now_ns)
        except AlertStoreFault:
            self._noticed.extend(kept)
            self._send_noticed(now_ns)
            raise
        self._noticed.extend(kept)

    def _next_noticed(self) -> Alert | None:
        with contextlib.suppress(IndexError):  # another thread may have taken it
            return self._noticed.popleft()
        return None

    def _send_noticed(self, now_ns: int) -> None:
        """Send without the queue; what it holds all the same is sent again once it can be."""
        while (alert := self._next_noticed()) is not None:
            route = self._store.routing.route_of(alert.kind, alert.severity)
            for channel_id in () if route is None else route.channel_ids:
                message = Message(self._desk_name, channel_id, (unstored(alert),))
                send = self._channels[channel_id].send
                self._sent_once.append(self._executor.submit(send, message, now_ns))

    # ------------------------------------------------------------------------------------ reading

    def _read(self, now_ns: int) -> None:
        if not self._is_caught_up:
            self._is_caught_up = self._read_journal(now_ns)
            return
        heard = self._feed.take()
        if heard.first_sequence > self._read_to + 1:  # what came between was not held
            self._is_caught_up = self._read_journal(now_ns)
            return
        alerts = [
            alert
            for record in heard.records
            if record.sequence > self._read_to
            for alert in self._table.alerts_of(record)
        ]
        self._keep(alerts, heard.last_sequence, now_ns)

    def _read_journal(self, now_ns: int) -> bool:
        """Read the journal from the cursor on; return whether its end was reached."""
        alerts: list[Alert] = []
        at = self._read_to
        reached_end = True
        for record in self._source.records(self._read_to + 1):
            alerts += self._table.alerts_of(record)
            at = record.sequence
            if at >= self._read_to + READ_RECORDS_MAX:
                reached_end = False
                break
        self._keep(alerts, at, now_ns)
        return reached_end

    def _keep(self, alerts: list[Alert], read_to: int, now_ns: int) -> None:
        if alerts or read_to >= self._store.cursor + CURSOR_STEP:
            self._store.take(alerts, now_ns, read_to)
        self._read_to = max(self._read_to, read_to)

    # ------------------------------------------------------------------------------------ sending

    def _send(self, channel_id: str, channel: Channel, now_ns: int) -> None:
        claim = self._store.claim(channel_id, now_ns, ALERTS_OF_MESSAGE_MAX)
        if claim is None:
            return
        message = Message(self._desk_name, channel_id, claim.alerts)
        future = self._executor.submit(channel.send, message, now_ns)
        self._in_flight[channel_id] = _InFlight(claim, future)

    def _note_results(self, now_ns: int) -> None:
        for channel_id, (claim, future) in list(self._in_flight.items()):
            if not future.done():
                continue
            fault = future.exception()
            if fault is None:
                self._store.sent(claim, now_ns)
                if self._counts is not None:
                    self._counts.alert_delivered(len(claim.alerts))
            else:
                self._note_fault(claim, fault, now_ns)
            del self._in_flight[channel_id]

    def _note_fault(self, claim: Claim, fault: BaseException, now_ns: int) -> None:
        words = str(fault) if isinstance(fault, ChannelFault) else type(fault).__name__

        def given_up(alert: StoredAlert) -> Alert:
            subject = f"channel {claim.channel_id}"
            told = f"Alert {alert.alert_id} ({alert.title}) was given up: {words}."
            return self._table.notice("DeliveryGivenUp", subject, told, now_ns)

        ended = self._store.failed(claim, words, now_ns, self._chance, given_up)
        if self._counts is not None:
            self._counts.alert_attempt_failed(ended)
