"""The queue of alerts on disk: alerts, and exactly one row for each of them and each channel.

Law: a record makes its alerts once.  The alerts and the sequence they were read up to are stored in
one transaction, so that a restart neither loses nor repeats any.  A delivery is claimed before it
is tried and finished afterwards; killed in between, it is tried again: at least once.

    AlertStoreFault                 the queue cannot be used; the desk's journal is untouched
    ├── AlertStoreForeign           the file is of another desk, or no queue of alerts
    └── AlertStoreUnwritable        the disk or the database refused; nothing of the step was stored
"""

import os
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from enum import IntEnum
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from fencang.basics.time import SECOND_NS
from fencang.gateways.alerts.alert import Alert, Severity, StoredAlert, plain
from fencang.gateways.alerts.routes import STAGES_MAX, Route, Routing

__all__ = [
    "ALERTS_MAX",
    "AlertStore",
    "AlertStoreFault",
    "AlertStoreForeign",
    "AlertStoreUnwritable",
    "Claim",
    "DeliveryState",
    "DeliveryTerms",
]

ALERTS_MAX = 100_000
"""So many alerts are kept; beyond, the oldest that nobody waits for go first."""
NOTE_LENGTH_MAX = 400
_VERSION = 1
_APPLICATION_ID = 0x46434145  # 'FCAE'

ResultT = TypeVar("ResultT")


class AlertStoreFault(Exception):
    """The queue cannot be used; the message says what happened to its alerts."""


class AlertStoreForeign(AlertStoreFault):
    """The file belongs to another desk, or is no queue of alerts."""


class AlertStoreUnwritable(AlertStoreFault):
    """The disk or the database refused; nothing of the step was stored."""


class DeliveryState(IntEnum):
    """Where a delivery stands."""

    WAITING = 0
    SENT = 1
    GIVEN_UP = 2
    NOT_NEEDED = 3
    """Somebody acknowledged the alert before this channel had it."""


class DeliveryTerms(NamedTuple):
    """How deliveries are repeated; times in nanoseconds.

    The same cause within ``repeat_ns`` of its first telling is counted, not told.  A failed try is
    repeated after ``retry_first_ns``, doubled each time up to ``retry_longest_ns``; of that a half
    to the whole, by chance, so that channels do not knock together.
    """

    repeat_ns: int = 3_600 * SECOND_NS
    retry_first_ns: int = 5 * SECOND_NS
    retry_longest_ns: int = 600 * SECOND_NS
    attempts_max: int = 12
    lease_ns: int = 60 * SECOND_NS
    """A try that nobody finished is repeated after this: longer than any channel takes."""

    def pause_ns(self, attempts: int, chance: Callable[[], float]) -> int:
        """Return the pause after so many failed tries; ``chance`` gives 0 up to 1."""
        whole = min(self.retry_longest_ns, self.retry_first_ns << min(attempts - 1, 40))
        return whole // 2 + int(whole * chance()) // 2


class Claim(NamedTuple):
    """Alerts that one channel is about to send, and the most often that one was tried."""

    channel_id: str
    alerts: tuple[StoredAlert, ...]
    attempts: int


_CREATE_ALERTS = """
    CREATE TABLE alerts (
        alert_id INTEGER PRIMARY KEY AUTOINCREMENT,
        source TEXT NOT NULL UNIQUE,
        kind TEXT NOT NULL,
        cause TEXT NOT NULL,
        severity INTEGER NOT NULL,
        subject TEXT NOT NULL,
        title TEXT NOT NULL,
        words TEXT NOT NULL,
        runbook TEXT NOT NULL,
        first_ns INTEGER NOT NULL,
        last_ns INTEGER NOT NULL,
        count INTEGER NOT NULL,
        route_id TEXT NOT NULL,
        stage INTEGER NOT NULL,
        escalate_ns INTEGER NOT NULL,
        acknowledged_ns INTEGER NOT NULL,
        acknowledged_by TEXT NOT NULL,
        note TEXT NOT NULL
    )
"""
_CREATE_DELIVERIES = """
    CREATE TABLE deliveries (
        alert_id INTEGER NOT NULL REFERENCES alerts ON DELETE CASCADE,
        channel_id TEXT NOT NULL,
        state INTEGER NOT NULL,
        attempts INTEGER NOT NULL,
        next_ns INTEGER NOT NULL,
        sent_ns INTEGER NOT NULL,
        fault TEXT NOT NULL,
        PRIMARY KEY (alert_id, channel_id)
    ) WITHOUT ROWID
"""
_CREATE_HEAD = """
    CREATE TABLE head (
        only INTEGER PRIMARY KEY CHECK (only = 1),
        desk TEXT NOT NULL,
        cursor INTEGER NOT NULL,
        dropped INTEGER NOT NULL
    )
"""
_CREATE = (
    _CREATE_HEAD,
    _CREATE_ALERTS,
    _CREATE_DELIVERIES,
    "CREATE INDEX alerts_by_cause ON alerts (cause, alert_id)",
    "CREATE INDEX alerts_to_escalate ON alerts (escalate_ns) WHERE escalate_ns > 0",
    "CREATE INDEX deliveries_due ON deliveries (channel_id, next_ns) WHERE state = 0",
    f"PRAGMA application_id={_APPLICATION_ID}",
    f"PRAGMA user_version={_VERSION}",
)
_COLUMNS = ", ".join(f"alerts.{name}" for name in StoredAlert.__struct_fields__)


class AlertStore:
    """One file of alerts; its methods may be called from any thread, one at a time inside."""

    def __init__(
        self,
        path: Path,
        *,
        desk: str | None,
        routing: Routing,
        terms: DeliveryTerms,
        begin_at: int = 0,
    ) -> None:
        """Open the queue, or make it; only its owner may read it.

        ``desk`` is the genesis hash of the journal; None takes whichever it is.  A new queue
        begins after record ``begin_at``: what happened before it was switched on is history.

        Raises:
            AlertStoreForeign: the file is another desk's, or something else.
            AlertStoreUnwritable: it cannot be opened.
        """
        self._path, self.routing, self._terms = path, routing, terms
        self._gate = threading.RLock()
        try:
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
            self._base = sqlite3.connect(
                path, isolation_level=None, check_same_thread=False, timeout=10
            )
            for setting in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
                self._base.execute(f"PRAGMA {setting}")
            self._create(desk or "", begin_at)
            head = self._base.execute("SELECT desk, cursor, dropped FROM head").fetchone()
        except (OSError, sqlite3.OperationalError) as fault:
            raise AlertStoreUnwritable(f"{path} cannot be opened: {fault}") from fault
        except sqlite3.DatabaseError as fault:
            raise AlertStoreForeign(f"{path} is no queue of alerts: {fault}") from fault
        if head is None or desk not in {None, head[0]}:
            self._base.close()
            raise AlertStoreForeign(
                f"{path} holds the alerts of another journal; move it away, nothing was changed"
            )
        self._cursor: int = head[1]

    def _create(self, desk: str, begin_at: int) -> None:
        with self._transaction():
            application = self._base.execute("PRAGMA application_id").fetchone()[0]
            tables = self._base.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]
            if not tables:
                for statement in _CREATE:
                    self._base.execute(statement)
                self._base.execute("INSERT INTO head VALUES (1, ?, ?, 0)", (desk, begin_at))
            elif application != _APPLICATION_ID:
                raise AlertStoreForeign(f"{self._path} is no queue of alerts; nothing was changed")

    def close(self) -> None:
        """Close the file."""
        with self._gate:
            self._base.close()

    @property
    def cursor(self) -> int:
        """Return the last sequence whose alerts are stored."""
        return self._cursor

    # ----------------------------------------------------------------------------- what comes in

    def take(self, alerts: Iterable[Alert], now_ns: int, cursor: int | None = None) -> int:
        """Store alerts with the sequence they were read up to; return how many are new.

        What says the same again is counted on the alert that said it first.
        """
        with self._transaction():
            new = sum(self._take_one(alert, now_ns) for alert in alerts)
            if cursor is not None and cursor > self._cursor:
                self._base.execute("UPDATE head SET cursor = ?", (cursor,))
            self._forget()
        if cursor is not None:
            self._cursor = max(self._cursor, cursor)
        return new

    def _take_one(self, alert: Alert, now_ns: int, *, without: str = "") -> int:
        known = self._base.execute(
            "SELECT alert_id, first_ns, severity FROM alerts WHERE cause = ?"
            " ORDER BY alert_id DESC LIMIT 1",
            (alert.cause,),
        ).fetchone()
        is_repeated = (
            known is not None
            and alert.time_ns - known[1] < self._terms.repeat_ns
            and alert.severity <= known[2]
        )
        if is_repeated:
            self._base.execute(
                "UPDATE alerts SET count = count + 1, last_ns = max(last_ns, ?)"
                " WHERE alert_id = ? AND source <> ?",
                (alert.time_ns, known[0], alert.source),
            )
            return 0
        return self._insert(alert, now_ns, without)

    def _insert(self, alert: Alert, now_ns: int, without: str) -> int:
        route = self.routing.route_of(alert.kind, alert.severity)
        row = self._base.execute(
            "INSERT OR IGNORE INTO alerts (source, kind, cause, severity, subject, title, words,"
            " runbook, first_ns, last_ns, count, route_id, stage, escalate_ns, acknowledged_ns,"
            " acknowledged_by, note)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 1, '', 0, 0, 0, '', '') RETURNING alert_id",
            (
                *(alert.source, alert.kind, alert.cause, int(alert.severity), alert.subject),
                *(alert.title, alert.words, alert.runbook, alert.time_ns, alert.time_ns),
            ),
        ).fetchone()
        if row is None:
            return 0
        if route is not None:
            self._queue(row[0], alert.severity, route, 0, now_ns, without)
        return 1

    def _queue(
        self,
        alert_id: int,
        severity: Severity,
        route: Route,
        stage: int,
        now_ns: int,
        without: str = "",
    ) -> None:
        due_ns = route.due_ns(severity, now_ns)
        self._base.executemany(
            "INSERT OR IGNORE INTO deliveries VALUES (?, ?, 0, 0, ?, 0, '')",
            [(alert_id, each, due_ns) for each in route.channel_ids if each != without],
        )
        goes_on = route.escalate_ns > 0 and stage < STAGES_MAX
        self._base.execute(
            "UPDATE alerts SET route_id = ?, stage = ?, escalate_ns = ? WHERE alert_id = ?",
            (route.route_id, stage, due_ns + route.escalate_ns if goes_on else 0, alert_id),
        )

    def _forget(self) -> None:
        span = "SELECT coalesce(max(alert_id) - min(alert_id) + 1, 0) FROM alerts"
        if self._base.execute(span).fetchone()[0] <= ALERTS_MAX:  # ids only rise
            return
        count = self._base.execute("SELECT count(*) FROM alerts").fetchone()[0]
        waiting = "EXISTS (SELECT 1 FROM deliveries d WHERE d.alert_id = a.alert_id AND state = 0)"
        unsent = self._base.execute(
            f"SELECT alert_id, {waiting} FROM alerts a"  # noqa: S608 - constants only
            f" ORDER BY {waiting}, severity * ({waiting}), alert_id LIMIT ?",
            (count - ALERTS_MAX,),
        ).fetchall()
        self._base.executemany(
            "DELETE FROM alerts WHERE alert_id = ?", [(alert_id,) for alert_id, _ in unsent]
        )
        self._base.execute(
            "UPDATE head SET dropped = dropped + ?", (sum(is_unsent for _, is_unsent in unsent),)
        )

    # ------------------------------------------------------------------------------ what goes out

    def escalate(self, now_ns: int) -> int:
        """Hand on every alert that nobody acknowledged in time; return how many."""
        rows = self._read(
            "SELECT alert_id, severity, route_id, stage FROM alerts"
            " WHERE escalate_ns > 0 AND escalate_ns <= ? ORDER BY alert_id LIMIT 1000",
            (now_ns,),
            lambda found: found,
        )
        if not rows:
            return 0
        with self._transaction():
            for row in rows:
                self._hand_on(*row, now_ns=now_ns)
        return len(rows)

    def _hand_on(
        self, alert_id: int, severity: int, route_id: str, stage: int, *, now_ns: int
    ) -> None:
        route = self.routing.next_of(route_id)
        if route is None:  # routes were changed meanwhile
            self._base.execute("UPDATE alerts SET escalate_ns = 0 WHERE alert_id = ?", (alert_id,))
            return
        self._queue(alert_id, Severity(severity), route, stage + 1, now_ns)

    def claim(self, channel_id: str, now_ns: int, alerts_max: int) -> Claim | None:
        """Take what is due at a channel, the most severe first; None when nothing is."""
        due = "channel_id = ? AND state = 0 AND next_ns <= ?"
        is_due = self._read(
            f"SELECT 1 FROM deliveries WHERE {due} LIMIT 1",  # noqa: S608 - constants only
            (channel_id, now_ns),
            bool,
        )
        if not is_due:
            return None
        with self._transaction():
            rows = self._base.execute(
                f"SELECT deliveries.attempts, {_COLUMNS}"  # noqa: S608 - constants only
                f" FROM deliveries JOIN alerts USING (alert_id) WHERE {due}"
                " ORDER BY severity DESC, alert_id LIMIT ?",
                (channel_id, now_ns, alerts_max),
            ).fetchall()
            alerts = tuple(_stored(row[1:]) for row in rows)
            self._base.executemany(
                "UPDATE deliveries SET attempts = attempts + 1, next_ns = ?"
                " WHERE alert_id = ? AND channel_id = ?",
                [(now_ns + self._terms.lease_ns, each.alert_id, channel_id) for each in alerts],
            )
        if not alerts:
            return None
        return Claim(channel_id, alerts, 1 + max(row[0] for row in rows))

    def sent(self, claim: Claim, now_ns: int) -> None:
        """Note that a channel has taken what was claimed."""
        with self._transaction():
            self._base.executemany(
                "UPDATE deliveries SET state = 1, sent_ns = ?, fault = ''"
                " WHERE alert_id = ? AND channel_id = ?",
                [(now_ns, each.alert_id, claim.channel_id) for each in claim.alerts],
            )

    def failed(
        self,
        claim: Claim,
        fault: str,
        now_ns: int,
        chance: Callable[[], float],
        given_up: Callable[[StoredAlert], Alert],
    ) -> int:
        """Note that a try came to nothing; return how many alerts the channel gives up.

        What is given up goes to the next route at once, and is an alert of its own by ``given_up``,
        told by other channels; that an alert of that kind cannot be delivered is only noted.
        """
        ended = 0
        with self._transaction():
            for alert in claim.alerts:
                key = (alert.alert_id, claim.channel_id)
                attempts = self._base.execute(
                    "SELECT attempts FROM deliveries WHERE alert_id = ? AND channel_id = ?", key
                ).fetchone()
                if attempts is None:  # forgotten meanwhile
                    continue
                is_over = attempts[0] >= self._terms.attempts_max
                pause_ns = self._terms.pause_ns(attempts[0], chance)
                self._base.execute(
                    "UPDATE deliveries SET state = ?, next_ns = ?, fault = ?"
                    " WHERE alert_id = ? AND channel_id = ? AND state = 0",
                    (2 if is_over else 0, now_ns + pause_ns, plain(fault, NOTE_LENGTH_MAX), *key),
                )
                if is_over:
                    ended += 1
                    self._give_up(alert, claim.channel_id, now_ns, given_up)
        return ended

    def _give_up(
        self,
        alert: StoredAlert,
        channel_id: str,
        now_ns: int,
        given_up: Callable[[StoredAlert], Alert],
    ) -> None:
        self._base.execute(
            "UPDATE alerts SET escalate_ns = ? WHERE alert_id = ? AND escalate_ns > 0",
            (now_ns, alert.alert_id),
        )
        told = given_up(alert)
        if told.kind != alert.kind:
            self._take_one(told, now_ns, without=channel_id)

    def leave_channels(self, channel_ids: Iterable[str], now_ns: int) -> int:
        """Give up what waits for channels that the settings no longer have; return how many.

        Alerts that nobody has acknowledged go to the channels of today's route instead.
        """
        known = set(channel_ids)
        with self._transaction():
            rows = self._base.execute(
                "SELECT DISTINCT channel_id FROM deliveries WHERE state = 0"
            ).fetchall()
            gone = sorted(each for (each,) in rows if each not in known)
            return sum(self._leave(channel_id, now_ns) for channel_id in gone)

    def _leave(self, channel_id: str, now_ns: int) -> int:
        alerts = self._base.execute(
            "UPDATE deliveries SET state = 2, fault = 'the settings have no such channel any more'"
            " WHERE channel_id = ? AND state = 0 RETURNING alert_id",
            (channel_id,),
        ).fetchall()
        for (alert_id,) in alerts:
            kind, severity, is_done = self._base.execute(
                "SELECT kind, severity, acknowledged_ns > 0 FROM alerts WHERE alert_id = ?",
                (alert_id,),
            ).fetchone()
            route = self.routing.route_of(kind, Severity(severity))
            if route is not None and not is_done:
                self._queue(alert_id, Severity(severity), route, 0, now_ns)
        return len(alerts)

    # --------------------------------------------------------------------------------- for people

    def acknowledge(self, alert_id: int, by: str, now_ns: int, note: str = "") -> bool:
        """Note who looks after an alert: it is not told further.  False: no such open alert."""
        who = plain(by, 64)
        if not who:
            raise ValueError("say who acknowledges the alert")
        with self._transaction():
            done = self._base.execute(
                "UPDATE alerts SET acknowledged_ns = ?, acknowledged_by = ?, note = ?,"
                " escalate_ns = 0 WHERE alert_id = ? AND acknowledged_ns = 0",
                (now_ns, who, plain(note, NOTE_LENGTH_MAX), alert_id),
            )
            self._base.execute(
                "UPDATE deliveries SET state = 3 WHERE alert_id = ? AND state = 0 AND ?",
                (alert_id, done.rowcount),
            )
        return done.rowcount == 1

    def alerts(self, *, only_open: bool, alerts_max: int = 1_000) -> list[StoredAlert]:
        """Return the newest alerts first; ``only_open``: those that nobody acknowledged."""
        return self._read(
            f"SELECT {_COLUMNS} FROM alerts WHERE ? OR acknowledged_ns = 0"  # noqa: S608
            " ORDER BY alert_id DESC LIMIT ?",
            (not only_open, alerts_max),
            lambda rows: [_stored(row) for row in rows],
        )

    def deliveries(self, alert_id: int) -> list[tuple[str, DeliveryState, int, str]]:
        """Return (channel, state, tries, last fault) of an alert."""
        return self._read(
            "SELECT channel_id, state, attempts, fault FROM deliveries WHERE alert_id = ?"
            " ORDER BY channel_id",
            (alert_id,),
            lambda rows: [(row[0], DeliveryState(row[1]), row[2], row[3]) for row in rows],
        )

    def counts(self) -> dict[str, int]:
        """Return how many alerts are open, deliveries wait, and unsent alerts were dropped."""
        return self._read(
            "SELECT (SELECT count(*) FROM alerts WHERE acknowledged_ns = 0),"
            " (SELECT count(*) FROM deliveries WHERE state = 0), (SELECT dropped FROM head)",
            (),
            lambda rows: dict(zip(("open", "waiting", "dropped"), rows[0], strict=True)),
        )

    def _read(
        self,
        statement: str,
        values: tuple[object, ...],
        form: Callable[[list[Any]], ResultT],
    ) -> ResultT:
        with self._gate:
            try:
                return form(self._base.execute(statement, values).fetchall())
            except sqlite3.OperationalError as fault:
                raise AlertStoreUnwritable(f"{self._path} cannot be read: {fault}") from fault

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        with self._gate:
            try:
                self._base.execute("BEGIN IMMEDIATE")
                yield
                self._base.execute("COMMIT")
            except BaseException as fault:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
                if isinstance(fault, sqlite3.OperationalError):
                    raise AlertStoreUnwritable(
                        f"{self._path}: {fault}; nothing of this step was stored"
                    ) from fault
                raise


def _stored(row: Sequence[Any]) -> StoredAlert:
    values = dict(zip(StoredAlert.__struct_fields__, row, strict=True))
    values["severity"] = Severity(values["severity"])
    return StoredAlert(**values)
