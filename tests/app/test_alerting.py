"""Alerts of a whole server: a sequencer on threads, its journal on disk, a webhook that answers."""

import json
import time

import msgspec
import pytest

from fencang.app.serve.alert_settings import AlertSettings, ChannelSettings
from fencang.app.serve.alerting import ALERTS_FILE, Alerting, JournalRecords
from fencang.gateways.alerts.routes import Route
from fencang.gateways.alerts.store import AlertStoreForeign, AlertStoreUnwritable
from fencang.gateways.alerts.webhook import WebhookTerms
from fencang.gateways.metrics import Metrics
from fencang.gateways.secret import Secret
from fencang.journal.group_commit import ThreadedSequencer
from fencang.journal.recovery import recover
from fencang.journal.sqlite import SqliteJournal
from tests.gateways.test_alert_webhook import HERE, receiving
from tests.journal.counting_machine import CountingMachine, report
from tests.journal.storage import HEADER

WAIT_S = 20


@pytest.fixture
def receiver():
    with receiving() as made:
        yield made


def settings(port):
    terms = WebhookTerms(f"http://127.0.0.1:{port}/", HERE)
    channel = ChannelSettings("hook", terms, Secret("key"))
    return AlertSettings((channel,), (Route("all", ("hook",)),))


def told(receiver):
    return sorted(
        each["subject"] for _, _, body in receiver.taken for each in json.loads(body)["alerts"]
    )


def until(condition):
    ends = time.monotonic() + WAIT_S
    while not condition():
        assert time.monotonic() < ends, "it did not happen"
        time.sleep(0.02)


class Server:
    """A desk that only counts, with its alerts and metrics."""

    def __init__(self, folder, port):
        path = folder / "journal"
        journal = SqliteJournal.writer(path, HEADER)
        machine = recover(journal, None, CountingMachine).machine
        self.metrics, self.faults = Metrics(), []
        self.alerting = Alerting(
            settings(port),
            path,
            folder,
            desk_name="DESK",
            on_fault=self.faults.append,
            counts=self.metrics,
        )
        self.journal = journal
        self.sequencer = ThreadedSequencer(machine, journal, time.time_ns)
        self.sequencer.subscribe(self.alerting.feed.hear)
        self.sequencer.subscribe(
            lambda records: self.metrics.observe_batch(records, time.time_ns())
        )
        self.sequencer.start(freezes_garbage=False)
        self.alerting.start()

    def stop(self):
        self.sequencer.stop()
        self.alerting.stop()
        self.journal.close()


def test_what_calls_a_person_reaches_one_across_restarts(tmp_path, receiver):
    server = Server(tmp_path, receiver.port)
    for value in range(1, 8):
        server.sequencer.submit(report(value, f"INDEX-{value}"))
    server.sequencer.drain()
    until(lambda: len(told(receiver)) == 4)
    server.stop()
    assert server.faults == []
    assert server.metrics.alerts_sent == 4
    assert server.metrics.batch_records.total == 7
    again = Server(tmp_path, receiver.port)
    again.sequencer.submit(report(9, "INDEX-9"))
    again.alerting.notice("KeyAnomaly", "key 7", "it came from a new address")
    until(lambda: len(told(receiver)) == 6)
    again.stop()
    assert told(receiver) == ["INDEX-1", "INDEX-3", "INDEX-5", "INDEX-7", "INDEX-9", "key 7"]


def test_what_was_committed_while_alerts_were_off_is_told_later(tmp_path, receiver):
    server = Server(tmp_path, receiver.port)
    server.stop()
    journal = SqliteJournal.writer(tmp_path / "journal", HEADER)
    machine = recover(journal, None, CountingMachine).machine
    alone = ThreadedSequencer(machine, journal, time.time_ns)
    alone.start(freezes_garbage=False)
    alone.submit(report(1, "MISSED"))
    alone.stop()
    journal.close()
    assert [each.sequence for each in JournalRecords(tmp_path / "journal").records(1)] == [1]
    again = Server(tmp_path, receiver.port)
    until(lambda: told(receiver) == ["MISSED"])
    again.stop()


def test_stopping_waits_for_what_is_on_its_way(tmp_path, receiver):
    def slowly(handler):
        time.sleep(0.5)
        handler.send_response(204)
        handler.end_headers()

    receiver.answers = [slowly]
    server = Server(tmp_path, receiver.port)
    server.sequencer.submit(report(1, "SLOW"))
    server.sequencer.drain()
    server.stop()
    assert server.metrics.alerts_sent == 1
    assert told(receiver) == ["SLOW"]


def test_a_fault_of_the_queue_stops_neither_the_desk_nor_the_next_try(
    tmp_path, receiver, monkeypatch
):
    server = Server(tmp_path, receiver.port)
    really = server.alerting.store.take
    faults = [AlertStoreUnwritable("the disk is full"), RuntimeError("what nobody thought of")]

    def take(*arguments):
        if faults:
            raise faults.pop(0)
        return really(*arguments)

    monkeypatch.setattr(server.alerting.store, "take", take)
    server.sequencer.submit(report(1, "LATE"))
    until(lambda: told(receiver) == ["LATE"])
    server.stop()
    assert server.faults[0] == "the disk is full"
    assert "what nobody thought of" in server.faults[1]


def test_alerts_of_another_desk_are_refused(tmp_path):
    Server(tmp_path, 1).stop()
    other = tmp_path / "other"
    other.mkdir()
    (tmp_path / ALERTS_FILE).rename(other / ALERTS_FILE)
    SqliteJournal.writer(
        other / "journal", msgspec.structs.replace(HEADER, desk_id="desk-2")
    ).close()
    with pytest.raises(AlertStoreForeign):
        Alerting(settings(1), other / "journal", other, desk_name="DESK", on_fault=lambda _: None)


def test_a_journal_from_an_older_copy_is_not_told_half(tmp_path, receiver):
    """Its next records have numbers that were told already; none of them would be heard."""
    SqliteJournal.writer(tmp_path / "journal", HEADER).close()
    older = tmp_path / "older"
    older.mkdir()
    (older / "journal").write_bytes((tmp_path / "journal").read_bytes())
    server = Server(tmp_path, receiver.port)
    server.sequencer.submit(report(1, "TOLD"))
    until(lambda: told(receiver) == ["TOLD"])
    server.stop()
    (tmp_path / ALERTS_FILE).rename(older / ALERTS_FILE)
    with pytest.raises(AlertStoreForeign, match="an older copy"):
        Alerting(settings(1), older / "journal", older, desk_name="DESK", on_fault=lambda _: None)
